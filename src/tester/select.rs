//! Which cases are wanted.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use regex_lite::Regex;

/// The cases of all files that are wanted.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `-k`: the name, the input or the path of the file matches.
    pub pattern: Option<Regex>,
    /// `FILE:LINE`: files of which only the case at one of these lines is wanted.
    pub lines: Vec<(PathBuf, usize)>,
    /// `--failed`: the cases that failed last, by file and input.
    pub failed: Option<HashSet<(PathBuf, String)>>,
}

impl Selection {
    /// Those of one file.
    pub fn of(&self, path: &Path, only: bool) -> Wanted {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let lines: Vec<usize> = self.lines.iter().filter(|(file, _)| *file == whole).map(|(_, line)| *line).collect();
        let pattern = self.pattern.clone().filter(|pattern| !pattern.is_match(&path.to_string_lossy()));
        let failed = self.failed.as_ref().map(|failed| {
            failed.iter().filter(|(file, _)| *file == whole).map(|(_, input)| input.clone()).collect::<HashSet<_>>()
        });
        Wanted { pattern, lines, failed, only }
    }

    /// Whether anything is selected at all, so that a file may have no cases.
    pub fn is_any(&self) -> bool {
        self.pattern.is_some() || !self.lines.is_empty() || self.failed.is_some()
    }
}

/// The cases of a file that are wanted; all of them by default.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pattern: Option<Regex>,
    lines: Vec<usize>,
    failed: Option<HashSet<String>>,
    /// Only those marked `only`.
    only: bool,
}

impl Wanted {
    /// Whether a case is wanted: by its name, its input, the lines of the file that it stands on, counted from 1, and
    /// whether it is marked `only`.
    pub fn has(&self, name: Option<&str>, input: &str, lines: Range<usize>, only: bool) -> bool {
        let named = |pattern: &Regex| name.is_some_and(|name| pattern.is_match(name)) || pattern.is_match(input);
        self.pattern.as_ref().is_none_or(named)
            && (self.lines.is_empty() || self.lines.iter().any(|line| lines.contains(line)))
            && self.failed.as_ref().is_none_or(|failed| failed.contains(input))
            && (!self.only || only)
    }
}

/// `FILE:LINE` as a file and a line; any other path without one.
pub fn with_line(path: &Path) -> (PathBuf, Option<usize>) {
    let text = path.to_string_lossy();
    let parted = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok().filter(|n| *n > 0)?)));
    match parted {
        Some((file, line)) if !path.exists() => (PathBuf::from(file), Some(line)),
        _ => (path.to_path_buf(), None),
    }
}
