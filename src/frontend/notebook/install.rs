//! `zilde kernel install`: the files by which Jupyter finds the kernel, and those that teach JupyterLab its keys.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::frontend::args::{KernelPlace, Options};
use crate::frontend::complete;
use crate::frontend::exit;

/// What the kernel is called.
pub const NAME: &str = "zilde";

/// Installs the kernel. Returns the exit code.
pub fn install(place: &KernelPlace, options: &Options) -> u8 {
    let options = place.options.clone().beside(options);
    let folder = match (&place.prefix, user_folder()) {
        (Some(prefix), _) => prefix.join("share").join("jupyter"),
        (None, Some(folder)) => folder,
        (None, None) => {
            exit::complain("there is no home folder; --prefix says where the kernel is to be installed");
            return exit::USAGE;
        }
    };
    match write(&folder, &options) {
        Ok(kernel) => {
            exit::complain(format_args!("the kernel is installed in {}", kernel.display()));
            exit::OK
        }
        Err(error) => {
            exit::complain(format_args!("{}: {error}", folder.display()));
            exit::USAGE
        }
    }
}

/// Where Jupyter looks for what a user has installed.
fn user_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("JUPYTER_DATA_DIR") {
        return Some(folder);
    }
    if cfg!(target_os = "macos") {
        return Some(variable("HOME")?.join("Library").join("Jupyter"));
    }
    if cfg!(windows) {
        return Some(variable("APPDATA")?.join("jupyter"));
    }
    let data = variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local").join("share")))?;
    Some(data.join("jupyter"))
}

/// Writes the files; gives the folder of the kernel.
fn write(folder: &Path, options: &Options) -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let kernel = folder.join("kernels").join(NAME);
    fs::create_dir_all(&kernel)?;
    fs::write(kernel.join("kernel.json"), format!("{:#}\n", spec(&program, options)))?;
    fs::write(kernel.join("logo-svg.svg"), include_str!("assets/logo-svg.svg"))?;
    let extension = folder.join("labextensions").join(format!("{NAME}-keys"));
    fs::create_dir_all(extension.join("static"))?;
    fs::write(extension.join("package.json"), format!("{:#}\n", package()))?;
    fs::write(extension.join("static").join(SCRIPT), script())?;
    Ok(kernel)
}

/// How Jupyter starts the kernel.
fn spec(program: &Path, options: &Options) -> Value {
    let mut words = vec![program.to_string_lossy().into_owned(), "kernel".to_owned()];
    words.extend(options.words());
    words.push("{connection_file}".to_owned());
    json!({
        "argv": words,
        "display_name": "APL (zilde)",
        "language": "apl",
        "interrupt_mode": "message",
        "metadata": { "debugger": false },
    })
}

/// The script with the keys.
const SCRIPT: &str = "keys.js";

/// What JupyterLab has to know of the script.
fn package() -> Value {
    json!({
        "name": format!("{NAME}-keys"),
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Types glyphs of APL behind a backtick",
        "license": "MIT",
        "jupyterlab": {
            "extension": true,
            "_build": { "load": format!("static/{SCRIPT}"), "extension": "./extension" },
        },
    })
}

/// The script that types glyphs.
fn script() -> String {
    let keys: serde_json::Map<String, Value> =
        complete::all().into_iter().map(|(key, glyph)| (key.to_string(), glyph.to_string().into())).collect();
    include_str!("assets/keys.js").replace("@NAME@", NAME).replace("@KEYS@", &Value::Object(keys).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::args::Grants;
    use crate::host::TemporaryFolder;

    #[test]
    fn the_files_are_written() {
        let folder = TemporaryFolder::new().expect("a folder");
        let grants = Grants { allow_read: vec!["data".into()], ..Grants::default() };
        let options = Options { sandbox: true, max_ws: Some(1 << 20), grants, ..Options::default() };
        let kernel = write(folder.path(), &options).expect("written");
        let read = |path: PathBuf| fs::read_to_string(path).expect("a file");
        let spec: Value = serde_json::from_str(&read(kernel.join("kernel.json"))).expect("JSON");
        let words: Vec<&str> = spec["argv"].as_array().unwrap().iter().skip(1).filter_map(Value::as_str).collect();
        assert_eq!(words, ["kernel", "--max-ws=1048576", "--sandbox", "--allow-read=data", "{connection_file}"]);
        let extension = folder.path().join("labextensions/zilde-keys");
        let package: Value = serde_json::from_str(&read(extension.join("package.json"))).expect("JSON");
        let script = read(extension.join(package["jupyterlab"]["_build"]["load"].as_str().unwrap()));
        assert!(script.contains("\"r\":\"⍴\"") && !script.contains('@'), "{script}");
    }
}
