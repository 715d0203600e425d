//! The pictures of docs/pictures.md are what `examples/pictures.apl` draws.
//!
//! After a change, `DRAW=1 cargo test --test pictures` draws them again.

#![cfg(feature = "plot")]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_pictures_of_the_documents_are_drawn() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let held = root.join("docs/pictures");
    let folder = match std::env::var_os("DRAW") {
        Some(_) => held.clone(),
        None => Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures"),
    };
    fs::create_dir_all(&folder).expect("a folder");
    let script = root.join("examples/pictures.apl");
    let output = Command::new(env!("CARGO_BIN_EXE_zilde")).arg(script).arg(&folder).output().expect("zilde runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    for name in ["lines.svg", "scatter.svg", "bars.svg", "histogram.svg", "heat.svg", "image.png"] {
        let drawn = fs::read(folder.join(name)).expect("a picture");
        assert!(drawn == fs::read(held.join(name)).expect("a picture"), "docs/pictures/{name} has changed");
    }
}
