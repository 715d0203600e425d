//! The history of typed lines, in a file in the user's data folder. A session also works without the file.

use std::fs;
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::history::FileHistory;

use super::super::exit;
use super::helper::Helper;

/// Entries that are kept; a block is one.
pub const ENTRIES: usize = 10_000;

/// A history file longer than this is none of ours.
const LONGEST: u64 = 16 << 20;

/// The history file, as long as it can be used.
pub struct History {
    path: Option<PathBuf>,
}

impl History {
    /// The file of this user.
    pub fn open() -> History {
        History { path: data_folder().map(|folder| folder.join("zilde").join("history")) }
    }

    /// Takes up what earlier sessions left.
    pub fn load(&mut self, editor: &mut Editor<Helper, FileHistory>) {
        let Some(path) = self.path.clone() else { return };
        if let Err(why) = prepare(&path) {
            return self.give_up(why);
        }
        if path.exists()
            && let Err(error) = editor.load_history(&path)
        {
            self.give_up(error);
        }
    }

    /// Adds an entry, in the file at once, so that no session's end can lose it.
    pub fn add(&mut self, editor: &mut Editor<Helper, FileHistory>, block: &str) {
        let added = editor.add_history_entry(block);
        let saved = match (&self.path, added) {
            (_, Err(error)) => Err(error),
            (Some(path), Ok(true)) => editor.append_history(path),
            _ => Ok(()),
        };
        if let Err(error) = saved {
            self.give_up(error);
        }
    }

    /// Says so once; the history then lasts as long as the session.
    fn give_up(&mut self, why: impl std::fmt::Display) {
        if let Some(path) = self.path.take() {
            exit::complain(format_args!("no history in {}: {why}", path.display()));
        }
    }
}

/// Checks that the file can be one of ours and makes its folder.
fn prepare(path: &Path) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(file) if !file.is_file() => Err("not a file".to_owned()),
        Ok(file) if file.len() > LONGEST => Err("too long".to_owned()),
        Ok(file) if file.permissions().readonly() => Err("read-only".to_owned()),
        Ok(_) => Ok(()),
    }
}

/// `$XDG_DATA_HOME`, or its default. Relative paths do not count, as the specification has it.
fn data_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    named("XDG_DATA_HOME").or_else(|| Some(named("HOME")?.join(".local").join("share")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_no_history() {
        assert!(prepare(&std::env::temp_dir()).is_err());
    }
}
