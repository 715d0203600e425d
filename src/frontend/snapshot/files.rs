//! Files of snapshots: found, read, and replaced whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::input::{InputFault, decoded};
use super::inline;
use super::transcript::Kind;

/// A longer file is no snapshot.
const LONGEST: u64 = 64 << 20;

/// How a file is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a transcript.
    Transcript(Kind),
    /// As a program with expectations.
    Inline,
}

/// The files among `paths` and in the folders among them, in order. A folder gives transcripts, Markdown with `apl`
/// blocks and programs with expectations; hidden folders and `target` are left out.
pub fn find(paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if fs::metadata(path).map_err(|error| named(path, error))?.is_dir() {
            walk(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries: io::Result<Vec<fs::DirEntry>> = fs::read_dir(&folder).and_then(Iterator::collect);
        let mut entries = entries.map_err(|error| named(&folder, error))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut inner = Vec::new();
        for entry in entries {
            let name = entry.file_name();
            let hidden = name.as_encoded_bytes().starts_with(b".") || name == "target";
            // A link to a folder may lead anywhere, in circles even.
            let is_folder = entry.file_type().map_err(|error| named(&entry.path(), error))?.is_dir();
            if is_folder && !hidden {
                inner.push(entry.path());
            } else if !is_folder && is_snapshot(&entry.path()) {
                found.push(entry.path());
            }
        }
        folders.extend(inner.into_iter().rev());
    }
    Ok(())
}

fn is_snapshot(path: &Path) -> bool {
    let holds = |wanted: &dyn Fn(&str) -> bool| read(path).is_ok_and(|text| wanted(&text));
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("aplt") => true,
        Some("md") => holds(&|text| text.contains("```apl")),
        Some("apl") => holds(&inline::expects),
        _ => false,
    }
}

/// How a file is played, by its name.
pub fn form(path: &Path) -> Form {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => Form::Transcript(Kind::Fenced),
        Some("apl" | "apls") => Form::Inline,
        _ => Form::Transcript(Kind::Whole),
    }
}

/// The text of a file, its byte order mark included.
pub fn read(path: &Path) -> Result<String, InputFault> {
    if fs::metadata(path)?.len() > LONGEST {
        return Err(InputFault::TooLong);
    }
    decoded(fs::read(path)?)
}

/// Replaces a file's text: the file is the old or the new one at any time, whatever happens. Links are not followed.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let old = match fs::symlink_metadata(path) {
        Ok(old) if !old.is_file() => {
            return Err(named(path, io::Error::new(io::ErrorKind::InvalidInput, "a link or no file")));
        }
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(named(path, error)),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sweep(folder);
    let temporary = folder.join(temporary_name(std::process::id(), unique()));
    let written = write_synced(&temporary, text, old).and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // It is of no use to anybody.
        let _ = fs::remove_file(&temporary);
        return Err(named(path, error));
    }
    // So that the new name survives a power cut too; not every system can do that.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn write_synced(path: &Path, text: &str, old: Option<fs::Metadata>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    if let Some(old) = old {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

const TEMPORARY: (&str, &str) = (".zilde-", ".tmp");

fn temporary_name(process: u32, number: u64) -> String {
    format!("{}{process}-{number}{}", TEMPORARY.0, TEMPORARY.1)
}

fn unique() -> u64 {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// Removes the temporary files of processes that are no more.
fn sweep(folder: &Path) {
    let processes = Path::new("/proc");
    let (Ok(entries), true) = (fs::read_dir(folder), processes.join("self").exists()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| {
            let inside = name.strip_prefix(TEMPORARY.0)?.strip_suffix(TEMPORARY.1)?;
            inside.split_once('-')?.0.parse::<u32>().ok()
        });
        if process.is_some_and(|process| !processes.join(process.to_string()).exists()) {
            // Somebody else may have been faster.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The error with the file it is about.
fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
