//! The picture of a session in the README is what zilde shows.
//!
//! `docs/session.svg` is drawn from the inputs in `docs/session.aplt`. After a change of either,
//! `DRAW=1 cargo test --test picture` draws it again.

use std::cell::RefCell;
use std::fmt::Write;
use std::path::Path;
use std::rc::Rc;

use zilde::context::{Asked, Console};
use zilde::testing::run_dir;
use zilde::{Fault, Session};

/// How a line is coloured, as a class of the style sheet in the picture.
#[derive(Clone, Copy)]
enum Style {
    Input,
    Output,
    Dim,
}

/// The lines on the screen.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<(Style, String)>>>);

impl Screen {
    fn add(&self, style: Style, text: &str) {
        self.0.borrow_mut().extend(text.lines().map(|line| (style, line.trim_end().to_owned())));
    }
}

impl Console for Screen {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.add(Style::Output, text);
        Ok(())
    }

    fn read(&mut self, _asked: Asked<'_>) -> std::io::Result<Option<String>> {
        Ok(None)
    }

    /// As at a terminal: the three lines of a report, and a dim one with the shapes.
    fn report(&mut self, fault: &Fault) -> std::io::Result<()> {
        self.add(Style::Output, &fault.report());
        self.add(Style::Dim, &fault.detail().unwrap_or_default());
        Ok(())
    }
}

/// The screen after the inputs of a transcript, each below the prompt of six blanks.
fn played(transcript: &str) -> Vec<(Style, String)> {
    let screen = Screen::default();
    let mut session = Session::builder().build_with(Box::new(screen.clone()));
    session.run("]box on");
    screen.0.take();
    let mut lines = transcript.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("      ") {
            screen.add(Style::Input, line);
            let before = screen.0.borrow().len();
            session.run(line);
            // What the transcript says of the output, in which a line may look like input. It has no dim lines.
            let shown = screen.0.borrow()[before..].iter().filter(|(style, _)| matches!(style, Style::Output)).count();
            lines.by_ref().take(shown).for_each(drop);
        }
    }
    screen.0.take()
}

/// Every character has its own place, so that columns are straight in whatever font the viewer has.
fn drawn(lines: &[(Style, String)]) -> String {
    const WIDTH: usize = 9;
    const HEIGHT: usize = 19;
    const MARGIN: usize = 16;
    let columns = lines.iter().map(|(_, line)| line.chars().count()).max().unwrap_or(0);
    let (width, height) = (columns * WIDTH + 2 * MARGIN, lines.len() * HEIGHT + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">
<style>
text {{ font: 15px 'APL386 Unicode', 'APL385 Unicode', 'DejaVu Sans Mono', Menlo, Consolas, monospace }}
.input {{ fill: #9cdcfe }}
.output {{ fill: #e6e6e6 }}
.dim {{ fill: #8c8c8c }}
</style>
<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e1e1e\"/>
"
    );
    for (row, (style, line)) in lines.iter().enumerate() {
        let class = match style {
            Style::Input => "input",
            Style::Output => "output",
            Style::Dim => "dim",
        };
        let y = MARGIN + row * HEIGHT + 14;
        let blanks = line.chars().take_while(|c| *c == ' ').count();
        let places = blanks..line.chars().count();
        let xs: Vec<String> = places.map(|column| (MARGIN + column * WIDTH).to_string()).collect();
        let text = line.trim_start().replace('&', "&amp;").replace('<', "&lt;");
        writeln!(svg, "<text class=\"{class}\" y=\"{y}\" x=\"{}\" xml:space=\"preserve\">{text}</text>", xs.join(" "))
            .expect("a string takes all text");
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_shows_the_session() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    run_dir(docs.join("session.aplt"));
    let transcript = std::fs::read_to_string(docs.join("session.aplt")).expect("the transcript");
    let (path, picture) = (docs.join("session.svg"), drawn(&played(&transcript)));
    if std::env::var_os("DRAW").is_some() {
        std::fs::write(&path, &picture).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, picture, "draw it again: DRAW=1 cargo test --test picture");
}
