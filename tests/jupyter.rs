//! `tests/jupyter.py`: the kernel with Jupyter's own clients, and the notebook in `examples/`, where this machine's Python
//! has them.

#![cfg(all(feature = "notebook", feature = "plot"))]

use std::process::Command;

/// The exit code of a script that has tried nothing.
const NOT_TRIED: i32 = 77;

#[test]
fn jupyter_runs_cells_and_the_notebook() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jupyter.py");
    let done = Command::new("python3").args([script, "--installed", env!("CARGO_BIN_EXE_zilde")]).output();
    let Ok(output) = done else {
        eprintln!("there is no Python: nothing was tried");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    eprintln!("{told}");
    assert!(output.status.success() || output.status.code() == Some(NOT_TRIED), "{told}");
}

/// What runs everywhere: the notebook's cells give no error, and its text results are those that it holds.
#[test]
fn the_notebook_holds_what_its_cells_show() {
    let text = include_str!("../examples/transposed-convolutions.ipynb");
    let notebook: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let joined = |value: &serde_json::Value| match value {
        serde_json::Value::Array(lines) => lines.iter().filter_map(|line| line.as_str()).collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let mut session = zilde::Session::builder().page_width(100).build();
    session.run("]box on");
    let (mut results, mut pictures) = (0, 0);
    for cell in notebook["cells"].as_array().expect("cells") {
        if cell["cell_type"] != "code" {
            continue;
        }
        let lines = joined(&cell["source"]);
        let outputs = cell["outputs"].as_array().expect("outputs");
        for line in lines.lines().filter(|line| !line.starts_with(']')) {
            let outcome = session.run(line);
            assert_eq!(outcome.errors, 0, "{line}");
        }
        let last = lines.lines().last().unwrap_or_default();
        for output in outputs {
            assert_ne!(output["output_type"], "error", "{last}");
            let data = &output["data"];
            let is_picture =
                data["image/svg+xml"].is_string() || data["image/svg+xml"].is_array() || data["image/png"].is_string();
            pictures += usize::from(is_picture);
            if output["output_type"] == "execute_result" && !is_picture {
                let value = session.eval(last).expect("a value");
                assert_eq!(joined(&data["text/plain"]), value.to_string(), "{last}");
                results += 1;
            }
        }
    }
    assert!(results >= 4 && pictures >= 6, "{results} {pictures}");
}
