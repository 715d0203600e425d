//! Files of snapshots: found, read, and replaced whole or not at all.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::transcript::Kind;
use super::{inline, markdown, text};
use crate::array::Memory;
use crate::host::{self, Access, Host, Rights, Watch};

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

/// Files, and why some could not be found.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, in order, each once.
    pub files: Vec<PathBuf>,
    /// What is wrong with paths.
    pub complaints: Vec<String>,
}

/// The files among `paths` and in the folders among them. A folder gives transcripts, Markdown with `apl` blocks and
/// programs with expectations; hidden folders and `target` are left out.
pub fn find(paths: &[PathBuf]) -> Found {
    find_all(paths, "snapshots", is_snapshot)
}

/// The files among `paths`, and in the folders among them those that are wanted: `what` says what they are.
pub fn find_all(paths: &[PathBuf], what: &str, wanted: fn(&Path) -> bool) -> Found {
    let mut found = Found::default();
    let mut files = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => {
                let before = files.len();
                walk(path, wanted, &mut files, &mut found.complaints);
                if files.len() == before && found.complaints.is_empty() {
                    found.complaints.push(format!("{}: no {what} found", path.display()));
                }
            }
            Ok(_) => files.push(path.clone()),
            Err(error) => found.complaints.push(named(path, error).to_string()),
        }
    }
    let mut seen = HashSet::new();
    files.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    found.files = files;
    found
}

fn walk(folder: &Path, wanted: fn(&Path) -> bool, found: &mut Vec<PathBuf>, complaints: &mut Vec<String>) {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries: io::Result<Vec<fs::DirEntry>> = fs::read_dir(&folder).and_then(Iterator::collect);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                complaints.push(named(&folder, error).to_string());
                continue;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut inner = Vec::new();
        for entry in entries {
            let name = entry.file_name();
            let hidden = name.as_encoded_bytes().starts_with(b".") || name == "target";
            // A link to a folder may lead anywhere, in circles even.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !hidden {
                inner.push(entry.path());
            } else if !is_folder && wanted(&entry.path()) {
                found.push(entry.path());
            }
        }
        folders.extend(inner.into_iter().rev());
    }
}

/// Whether a file in a folder is one. What cannot be read counts, so that it is told and not passed over.
fn is_snapshot(path: &Path) -> bool {
    let known =
        path.extension().is_some_and(|extension| ["aplt", "md", "apl", "apls"].iter().any(|known| extension == *known));
    // A pipe could be waited for without end.
    if !known || !fs::metadata(path).map_or(true, |about| about.is_file()) {
        return false;
    }
    let form = form(path);
    if form == Form::Transcript(Kind::Whole) {
        return true;
    }
    let Ok(bytes) = bytes(path) else { return true };
    let text = String::from_utf8_lossy(&bytes);
    match form {
        Form::Inline => inline::expects(&text),
        Form::Transcript(_) => !markdown::blocks(&mut text::lines(&text)).is_empty(),
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

/// At most one byte more than a file may have. Devices and pipes are refused: they may have no end, or wait for ever.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file, its byte order mark included; or what is wrong with it.
pub fn read(path: &Path) -> Result<String, String> {
    let bytes = bytes(path).map_err(|error| named(path, error).to_string())?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!("{}: longer than {} MiB", path.display(), LONGEST >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("{}:{line}: {}", path.display(), format_args!("Invalid UTF-8 at byte {valid}"))
    })
}

/// The file that a review of a file stands in.
pub fn review_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Removes the review of a file, if there is one: it is out of date.
pub fn remove_review(path: &Path) -> io::Result<()> {
    let review = review_of(path);
    match fs::symlink_metadata(&review) {
        Ok(about) if about.is_file() => fs::remove_file(&review).map_err(|error| named(&review, error)),
        _ => Ok(()),
    }
}

/// Replaces a file's text: the file is the old or the new one at any time, whatever happens. Links are not followed.
pub fn replace(path: &Path, text: &str) -> Result<(), String> {
    match fs::symlink_metadata(path) {
        Ok(old) if old.is_symlink() => return Err(refused(path, "a link, which is not followed")),
        Ok(old) if !old.is_file() => return Err(refused(path, "no regular file")),
        Ok(old) if old.permissions().readonly() => return Err(refused(path, "read-only")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(named(path, error).to_string()),
    }
    let watch = Watch { memory: &Memory::unlimited(), poll: &|| Ok(()) };
    let place = Host::new(Rights::all()).link(&host::name_of(path), Access::Write);
    place
        .and_then(|place| host::replace_lastingly(&place, text.as_bytes(), watch))
        .map_err(|fault| fault.message().map_or_else(|| fault.headline(), str::to_owned))
}

fn refused(path: &Path, why: &str) -> String {
    format!("{}: {why}", path.display())
}

/// The error with the file it is about.
fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
