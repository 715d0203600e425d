//! `zilde fmt`: formats source files, or standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::args::Options;
use super::{exit, output};
use crate::formatter::{Kind, format};
use crate::tester::files;

/// Formats, or with `check` only tells which files are not formatted.
pub fn main(paths: &[PathBuf], check: bool, options: &Options) -> u8 {
    let output = output::Output::stdout(options.closed);
    let code = match paths {
        [path] if path.as_os_str() == "-" => standard_input(check, &output),
        _ if paths.iter().any(|path| path.as_os_str() == "-") => {
            exit::complain("fmt: - stands alone");
            exit::USAGE
        }
        _ => all(paths, check, &output),
    };
    exit::finished(&output, code)
}

fn standard_input(check: bool, output: &output::Output) -> u8 {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| error.to_string());
    let text = match read.and_then(|_| String::from_utf8(bytes).map_err(|_| "Invalid UTF-8".to_owned())) {
        Ok(text) => text,
        Err(why) => {
            exit::complain(format_args!("standard input: {why}"));
            return exit::USAGE;
        }
    };
    let formatted = format(&text, Kind::Script);
    if check {
        return if formatted == text { exit::OK } else { exit::ERROR };
    }
    // A failure shows at the end.
    let _ = output.write(&formatted);
    exit::OK
}

fn all(paths: &[PathBuf], check: bool, output: &output::Output) -> u8 {
    let found = files::find_all(paths, "source files", |path| kind(path).is_some());
    let mut code = exit::OK;
    let mut failed = |why: String| {
        exit::complain(why);
        code = exit::USAGE;
    };
    found.complaints.into_iter().for_each(&mut failed);
    let mut differ = false;
    for path in &found.files {
        let Some(kind) = kind(path) else {
            failed(format!("{}: no source file by its name", path.display()));
            continue;
        };
        match file(path, kind, check) {
            Ok(true) if check => {
                differ = true;
                let _ = output.write(&format!("{}\n", path.display()));
            }
            Ok(_) => {}
            Err(why) => failed(why),
        }
    }
    if code == exit::OK && differ { exit::ERROR } else { code }
}

/// What a file is, by its name.
fn kind(path: &Path) -> Option<Kind> {
    Kind::of(path.extension()?.to_str()?)
}

/// Formats a file, unless it is only looked at; whether it was not formatted.
fn file(path: &Path, kind: Kind, check: bool) -> Result<bool, String> {
    let text = files::read(path)?;
    let formatted = format(&text, kind);
    if formatted == text {
        return Ok(false);
    }
    if !check {
        files::replace(path, &formatted)?;
    }
    Ok(true)
}
