//! Loads what is tested: source files, folders of them, and scripts.

use std::path::Path;

use super::files;
use crate::host::{Host, Rights, name_of};
use crate::session::Session;

/// Loads a source file or a folder by the rules of source folders, or runs a script without showing results. Tells what
/// is wrong where that fails.
pub fn load(session: &mut Session, path: &Path) -> Result<(), String> {
    let told = |why: String| format!("{}: {why}", path.display());
    if !path.exists() {
        return Err(told("no such file or folder".to_owned()));
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if path.is_dir() || ["aplf", "aplo", "apln", "apla", "dyalog"].contains(&extension) {
        // What a test names may be read.
        let host = Host::new(Rights::none().read(path));
        let imported = session.load(&host, &name_of(path));
        return if imported.errors.is_empty() { Ok(()) } else { Err(imported.errors.join("; ")) };
    }
    if !["apl", "apls"].contains(&extension) {
        return Err(told("expected a source file, a folder or a script".to_owned()));
    }
    let text = files::read(path)?;
    session.show_results(false);
    let outcome = session.run(text.strip_prefix('\u{feff}').unwrap_or(&text));
    session.show_results(true);
    match (outcome.last_error, outcome.off) {
        (Some(fault), _) => Err(told(fault.report().replace('\n', " / "))),
        (None, Some(_)) => Err(told("leaves the session".to_owned())),
        (None, None) => Ok(()),
    }
}
