//! Loads what is tested: source files, folders of them, scripts, and arrays of other programs to compare with.

use std::path::Path;

use crate::array::Memory;
use crate::code::definition::Origin;
use crate::error::Fault;
use crate::host::{Host, name_of};
use crate::session::Session;
use crate::session::lines;
use crate::system::{files, formats};

/// Loads a source file or a folder by the rules of source folders, runs a script, or reads arrays. Tells what is wrong where
/// that fails.
pub fn load(session: &mut Session, path: &Path) -> Result<(), String> {
    let told = |why: String| format!("{}: {why}", path.display());
    if !path.exists() {
        return Err(told("no such file or folder".to_owned()));
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    // What a test names may be read.
    let host = session.context().host.reading(path);
    if path.is_dir() || ["aplf", "aplo", "apln", "apla", "dyalog"].contains(&extension) {
        let imported = session.load(&host, &name_of(path));
        return if imported.errors.is_empty() { Ok(()) } else { Err(imported.errors.join("; ")) };
    }
    match extension {
        "apl" | "apls" => script(session, &host, path).map_err(told),
        "npy" | "npz" => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            arrays(session, &host, path, extension, &stem).map_err(|fault| told(fault.to_string()))
        }
        _ => Err(told("expected a source file, a folder, a script, or arrays (.npy, .npz)".to_owned())),
    }
}

/// Runs a script without showing results, up to its first error.
fn script(session: &mut Session, host: &Host, path: &Path) -> Result<(), String> {
    let name = name_of(path);
    let source = files::text::source(session.context(), host, &name).map_err(|fault| fault.headline())?;
    let (text, file) = (source.text.clone(), source.origin.and_then(|origin| origin.file));
    let mut rest = &*text;
    let mut before = 0;
    session.show_results(false);
    let mut done = Ok(());
    while !rest.is_empty() && done.is_ok() {
        let (line, after) = lines::logical_line(rest);
        let shebang = before == 0 && line.starts_with("#!");
        session.set_origin(Some(Origin { file: file.clone(), before }));
        before += rest[..rest.len() - after.len()].matches('\n').count();
        rest = after;
        if shebang {
            continue;
        }
        let outcome = session.run(line);
        done = match (outcome.last_error, outcome.off) {
            (Some(fault), _) => Err(fault.report().replace('\n', " / ")),
            (None, Some(_)) => Err("leaves the session".to_owned()),
            (None, None) => Ok(()),
        };
    }
    session.set_origin(None);
    session.show_results(true);
    done
}

/// Gives the arrays of a file to variables: of a `.npy` to the one that is called as the file, of a `.npz` to those that
/// are called as in the file.
fn arrays(session: &mut Session, host: &Host, path: &Path, format: &str, stem: &str) -> Result<(), Fault> {
    let value = formats::read(session.context(), host, format, &name_of(path))?;
    if format == "npy" {
        return session.set(stem, value);
    }
    let memory = Memory::unlimited();
    let (names, values) = (value.item(&memory, 0)?.array(&memory)?, value.item(&memory, 1)?.array(&memory)?);
    for (name, value) in names.items().zip(values.items()) {
        session.set(&String::try_from(name)?, value)?;
    }
    Ok(())
}
