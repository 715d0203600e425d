//! Whatever the documents show is run.
//!
//! The word behind a fence says how: `apl` blocks are transcripts (those marked `apl skip a program` are programs with
//! answers), `sh` blocks are commands, `console` blocks are commands (`$ `) with their output, `rust` blocks are
//! documentation tests of the library. `text` and a reason mark a block that is not run; their number is asserted, so
//! that no other is added without a thought. The documentation pages of glyphs and names are run by `tests/pages.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zilde::testing::run_dir;

/// How many blocks are marked as not run.
const MARKED: usize = 3;

/// A fenced block.
struct Block {
    /// Its document and line.
    place: String,
    /// What stands behind its fence.
    info: String,
    lines: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents: those of the package and those in `docs/`.
fn documents() -> Vec<PathBuf> {
    let entries = |folder: PathBuf| fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = entries(root().to_owned())
        .chain(entries(root().join("docs")))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 5, "{paths:?}");
    paths
}

/// The fenced blocks of a document, and its other lines with their numbers.
fn parts(path: &Path) -> (Vec<Block>, Vec<(usize, String)>) {
    let text = fs::read_to_string(path).expect("a document");
    let name = path.strip_prefix(root()).expect("a document of the package").display().to_string();
    let (mut blocks, mut prose): (Vec<Block>, Vec<(usize, String)>) = Default::default();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), open) {
            (Some(info), false) => {
                let place = format!("{name}:{}", number + 1);
                blocks.push(Block { place, info: info.trim().to_owned(), lines: Vec::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => blocks.last_mut().expect("an open block").lines.push(line.to_owned()),
            (None, false) => prose.push((number + 1, line.to_owned())),
        }
    }
    assert!(!open, "{name}: an open block");
    (blocks, prose)
}

fn blocks(kind: &str) -> Vec<Block> {
    let of_kind = |block: &Block| block.info.split(' ').next() == Some(kind);
    documents().iter().flat_map(|path| parts(path).0).filter(of_kind).collect()
}

#[test]
fn every_block_says_how_it_is_run() {
    let mut wrong = Vec::new();
    for path in documents() {
        let (blocks, prose) = parts(&path);
        for Block { place, info, .. } in blocks {
            let known = match info.split_once(' ').map_or((&*info, ""), |(kind, rest)| (kind, rest.trim())) {
                ("apl", "" | "skip a program") | ("sh" | "console", "") => true,
                // tests/terminal.rs types them.
                ("terminal", "") => place.starts_with("docs/debugging.md:"),
                // Where the library includes it.
                ("rust", "") => place.starts_with("README.md:"),
                ("text", why) => !why.is_empty(),
                _ => false,
            };
            if !known {
                wrong.push(format!("{place}: ```{info}"));
            }
        }
        for (number, line) in prose {
            // In lists text is indented too, by fewer blanks than input.
            if line.starts_with("      ") && !line.trim().is_empty() {
                wrong.push(format!("{}:{number}: an example outside a block: {line}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "not run:\n{}", wrong.join("\n"));
}

#[test]
fn blocks_that_are_not_run_are_counted() {
    let marked: Vec<String> = blocks("text").iter().map(|block| format!("{}: {}", block.place, block.info)).collect();
    assert_eq!(marked.len(), MARKED, "marked as not run:\n{}", marked.join("\n"));
}

#[test]
fn transcripts_in_documents_are_right() {
    let apl = |path: &PathBuf| parts(path).0.iter().any(|block| block.info == "apl");
    let with_blocks: Vec<PathBuf> = documents().into_iter().filter(apl).collect();
    assert!(!with_blocks.is_empty());
    for path in with_blocks {
        run_dir(path);
    }
}

#[test]
fn programs_in_documents_are_right() {
    let folder = Folder::new("programs");
    // What a program uses may be defined in the transcripts before it.
    for (number, block) in blocks("apl").iter().filter(|block| block.info == "apl skip a program").enumerate() {
        let path = folder.0.join(format!("{number}.apl"));
        fs::write(&path, block.lines.join("\n")).expect("a file");
        run_dir(path);
    }
}

/// A folder of its own that holds the examples, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("examples")).expect("a folder");
        let mut folders = vec![PathBuf::from("examples")];
        while let Some(folder) = folders.pop() {
            fs::create_dir_all(path.join(&folder)).expect("a folder");
            for entry in fs::read_dir(root().join(&folder)).expect("the examples").flatten() {
                let inner = folder.join(entry.file_name());
                match entry.path().is_dir() {
                    true if entry.file_name() != "target" => folders.push(inner),
                    true => {}
                    false => drop(fs::copy(entry.path(), path.join(inner)).expect("a copy")),
                }
            }
        }
        Folder(path)
    }

    /// Runs a command line here, where `zilde` is the built program.
    fn shell(&self, command: &str) -> Output {
        let built = Path::new(env!("CARGO_BIN_EXE_zilde")).parent().expect("a folder");
        let others = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(built.to_owned()).chain(std::env::split_paths(&others));
        Command::new("sh")
            .args(["-c", command])
            .current_dir(&self.0)
            .env("PATH", std::env::join_paths(paths).expect("paths"))
            .env_remove("CI")
            .env("XDG_CACHE_HOME", self.0.join("cache"))
            .output()
            .expect("a shell")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn commands_in_documents_work() {
    let folder = Folder::new("commands");
    let mut commands = 0;
    for block in blocks("sh") {
        for line in &block.lines {
            let command = line.split(" # ").next().unwrap_or_default().trim();
            let told = format!("{}: {command}", block.place);
            match command.split_whitespace().next() {
                None | Some("#") => continue,
                Some("cargo") => assert_eq!(cargo(command), Ok(()), "{told}"),
                Some(program) if root().join(program).is_file() => {}
                Some(_) => {
                    let output = folder.shell(command);
                    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
                }
            }
            commands += 1;
        }
    }
    assert!(commands >= 3, "only {commands}");
}

#[test]
fn consoles_in_documents_are_right() {
    let folder = Folder::new("consoles");
    for block in blocks("console") {
        let mut lines = block.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{}: no command: {line}", block.place));
            let mut wanted = String::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                wanted += &format!("{line}\n");
            }
            let output = folder.shell(command);
            assert_eq!(String::from_utf8_lossy(&output.stdout), wanted, "{}: {command}", block.place);
        }
    }
}

/// Whether what a command of cargo names exists: building and testing within a test would take too long.
fn cargo(command: &str) -> Result<(), String> {
    let exists = |paths: &[String]| paths.iter().any(|path| root().join(path).exists());
    let mut words = command.split_whitespace().skip(1).peekable();
    let verb = words.next().unwrap_or_default();
    if !["build", "test", "bench", "run", "install", "doc", "fmt", "clippy"].contains(&verb) {
        return Err(format!("unknown command {verb}"));
    }
    while let Some(word) = words.next() {
        if word == "--profile" {
            let name = words.next().unwrap_or_default();
            let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
            match manifest.contains(&format!("[profile.{name}]")) {
                true => continue,
                false => return Err(format!("no profile {name}")),
            }
        }
        let named = match word {
            "--test" => |name: &str| vec![format!("tests/{name}.rs"), format!("tests/{name}/main.rs")],
            "--example" => |name: &str| vec![format!("examples/{name}.rs")],
            "--bench" => |name: &str| vec![format!("benches/{name}.rs")],
            "--path" => |name: &str| vec![format!("{name}/Cargo.toml")],
            "--release" | "--locked" | "--all-targets" | "--all-features" | "--check" => continue,
            "--" if verb == "run" => |name: &str| vec![name.to_owned()],
            // What follows is for the tests.
            "--" => return Ok(()),
            _ => return Err(format!("unknown word {word}")),
        };
        let name = words.next().unwrap_or_default();
        if !exists(&named(name)) {
            return Err(format!("no {name} for {word}"));
        }
    }
    Ok(())
}

/// The code within lines of prose.
fn code(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn options_in_documents_exist() {
    let folder = Folder::new("options");
    let commands = [
        "",
        "run",
        "session",
        "test",
        "doc",
        "explain",
        "trace",
        "profile",
        "kernel",
        "kernel install",
        "check",
        "fmt",
        "keys",
        "lsp",
    ];
    let help: Vec<String> = commands
        .iter()
        .map(|command| String::from_utf8_lossy(&folder.shell(&format!("zilde {command} --help")).stdout).into_owned())
        .collect();
    let script = std::fs::read_to_string(".ci/run").expect(".ci/run");
    let mut options = 0;
    for path in documents() {
        for (number, line) in parts(&path).1 {
            for code in code(&line) {
                let named = code.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2);
                // Those of other programs are not ours.
                for option in named.filter(|_| !code.contains("cargo ") && !code.starts_with("valgrind ")) {
                    let name = option.split('=').next().unwrap_or(option);
                    let known = match code.starts_with(".ci/run") {
                        true => script.contains(name),
                        false => help.iter().any(|text| text.contains(name)),
                    };
                    assert!(known, "{}:{number}: no option {option}", path.display());
                    options += 1;
                }
            }
        }
    }
    assert!(options >= 5, "only {options}");
}

/// Links from one document to another file of the package.
#[test]
fn files_named_in_documents_exist() {
    for path in documents() {
        let folder = path.parent().expect("a folder");
        for (number, line) in parts(&path).1 {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = link.split('#').next().unwrap_or_default();
                let outside = file.is_empty() || file.contains("://");
                assert!(outside || folder.join(file).exists(), "{}:{number}: no {link}", path.display());
            }
            for code in code(&line).filter(|code| code.contains('/') && !code.contains([' ', '*', '…'])) {
                let here = ["src/", "tests/", "examples/", "docs/", "benches/"].iter().any(|top| code.starts_with(top));
                let name = code.contains("NAME") || code == "tests/apl";
                assert!(!here || name || root().join(code).exists(), "{}:{number}: no {code}", path.display());
            }
        }
    }
}

/// Where what the library exports is defined.
const EXPORTED: &[&str] = &[
    "src/allocation.rs",
    "src/console.rs",
    "src/error/mod.rs",
    "src/error/kind.rs",
    "src/host/rights.rs",
    "src/interrupt.rs",
    "src/library/item.rs",
    "src/library/mod.rs",
    "src/library/native.rs",
    "src/session/builder.rs",
    "src/session/functions.rs",
    "src/session/mod.rs",
    "src/testing.rs",
];

/// What stands beside it in these files and is not exported.
const INTERNAL: &[&str] = &[
    "Access",
    "Native",
    "Particulars",
    "Place",
    "Reach",
    "Reporting",
    "Screen",
    "Silent",
    "Workers",
    "Rights",
    "held",
    "shape_text",
];

#[test]
fn what_is_exported_has_an_example() {
    let mut without = Vec::new();
    for file in EXPORTED {
        let text = fs::read_to_string(root().join(file)).expect("a source file");
        let mut comment = String::new();
        let mut skipped = false;
        for line in text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")) {
            let trimmed = line.trim_start();
            if trimmed.starts_with("///") || trimmed.starts_with("#[") {
                comment += trimmed;
                continue;
            }
            if line.starts_with("impl") {
                skipped =
                    INTERNAL.iter().any(|name| *name != "Rights" && line.contains(name)) || comment.contains("hidden");
            }
            let item = trimmed.strip_prefix("pub ").filter(|_| line.len() - trimmed.len() <= 4);
            let kinds = ["fn ", "struct ", "enum ", "trait "];
            let named = item.and_then(|item| kinds.iter().find_map(|kind| item.strip_prefix(kind)));
            if let Some(named) = named {
                let name = named.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                let method = line.starts_with(' ');
                let internal = if method { skipped } else { INTERNAL.contains(&name) };
                let hidden = comment.contains("doc(hidden)");
                if !internal && !hidden && !comment.contains("```") {
                    without.push(format!("{file}: {name}"));
                }
            }
            comment.clear();
        }
    }
    assert!(without.is_empty(), "without an example: {without:#?}");
}
