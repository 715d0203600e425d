//! Runs the examples: their output is what is written beside the expressions, and the results of the article's session are
//! those in the article.

mod common;
#[allow(dead_code)] // its `main` only prints what it reports
#[path = "../examples/kernels.rs"]
mod kernels;

use std::fs;
use std::path::Path;

use common::Typed;

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    fs::read_to_string(path).expect("an example")
}

#[test]
fn the_article_as_written() {
    let mut typed = Typed::new();
    let shown = typed.shows(&example("article.apl"));
    let boxes = "┌───┬───┐\n";
    let wanted = format!(
        "Was OFF\n3 8 10\n8 10\n{boxes}│4 5│4 5│\n└───┴───┘\n{boxes}│2 2│2 2│\n└───┴───┘\n1\n26 34 5\n1\n1\n0\n1\n"
    );
    assert_eq!(shown, wanted);
}

#[test]
fn the_predecessor_step_by_step() {
    let shown = Typed::new().shows(&example("predecessor.apl"));
    let joined = "\
0 0  1  2  2  4
0 0  3  4  6  8
3 6  4  8  5 10
9 12 12 16 15 20
";
    // Columns are as wide as their widest number: compare the numbers, line by line.
    let numbers = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split_whitespace().map(str::to_string).collect()).collect()
    };
    let lines = numbers(&shown);
    let wanted = numbers(joined);
    assert!(lines.windows(wanted.len()).any(|window| window == wanted), "{shown}");
    assert!(shown.ends_with("8 10\n1\n"), "{shown}");
}

#[test]
fn a_tour_of_the_language() {
    let text = example("tour.apl");
    let mut typed = Typed::new();
    let mut checked = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with('⍝') || line.is_empty() {
            continue;
        }
        let (code, answer) = match line.split_once("⍝→") {
            Some((code, answer)) => (code, Some(answer.trim().to_string())),
            None => (line, None),
        };
        let mut wanted: Vec<String> = answer.into_iter().collect();
        while let Some(more) = lines.peek().and_then(|line| line.strip_prefix("⍝→ ")) {
            wanted.push(more.to_string());
            lines.next();
        }
        let shown: Vec<String> = typed.shows(code).lines().map(str::to_string).collect();
        assert_eq!(shown, wanted, "{code}");
        checked += usize::from(!wanted.is_empty());
    }
    assert!(checked > 20, "only {checked} answers");
}

#[test]
fn kernels_called_from_rust() {
    let report = kernels::report().expect("no error");
    let lines: Vec<&str> = report.lines().collect();
    // The sum of a transposed convolution: over channels, sums of kernels times sums of images.
    let kernel = |at: usize| -1.0 + 2.0 * at as f64 / 23.0;
    let image = |at: usize| at as f64 / 39.0;
    let sum: f64 = (0..24)
        .map(|at| {
            let channel = at / 4 % 2;
            kernel(at) * (20 * channel..20 * channel + 20).map(image).sum::<f64>()
        })
        .sum();
    assert_eq!(lines[0], format!("mcTC: [3, 8, 10], sum {sum:.6}"));
    assert_eq!(lines[1], "UP: 26 34 5");
    assert!(lines[2].starts_with("LENGTH ERROR"), "{report}");
}
