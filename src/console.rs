//! Output and input: the console that a front end provides, and the screen of a session, which knows the last line.
//!
//! `⍞←` leaves its line unfinished; all other output begins on a line of its own. What `⍞` wrote on the line is part of
//! the answer that the next `⍞` reads. Knows nothing of arrays.

use std::io;
use std::ops::Range;
use std::rc::Rc;

use crate::error::Fault;
use crate::syntax::scan::first_line;

/// Bytes of an unfinished line that may become part of an answer.
const LINE: usize = 1 << 16;

/// Where `⎕←`, `⍞←` and results go, and where `⎕` and `⍞` read.
///
/// ```
/// /// Forgets what is shown, and answers every question alike.
/// struct Yes;
///
/// impl zilde::Console for Yes {
///     fn write(&mut self, _text: &str) -> std::io::Result<()> {
///         Ok(())
///     }
///
///     fn read(&mut self, _asked: zilde::Asked<'_>) -> std::io::Result<Option<String>> {
///         Ok(Some("yes".to_owned()))
///     }
/// }
///
/// let mut session = zilde::Session::builder().console(Box::new(Yes)).build();
/// assert_eq!(session.eval("⍞")?.to_string(), "yes");
/// # Ok::<(), zilde::Fault>(())
/// ```
pub trait Console {
    /// Writes text as it is. An error means that the output is closed.
    fn write(&mut self, text: &str) -> io::Result<()>;

    /// Reads a line; `None` at the end of the input.
    fn read(&mut self, asked: Asked<'_>) -> io::Result<Option<String>>;

    /// Reads all lines that are left, as bytes.
    fn read_rest(&mut self) -> io::Result<Vec<u8>> {
        let mut text = String::new();
        while let Some(line) = self.read(Asked::Characters(""))? {
            text += &line;
            text.push('\n');
        }
        Ok(text.into())
    }

    /// Shows the result of a statement, text that ends in a line end.
    fn show(&mut self, text: &str) -> io::Result<()> {
        self.write(text)
    }

    /// The forms besides text in which results are made for [`Console::display`].
    fn takes(&self) -> Takes {
        Takes::default()
    }

    /// Shows a result in one of its forms.
    fn display(&mut self, forms: &Forms) -> io::Result<()> {
        self.show(&forms.text)
    }

    /// Shows a long text, in which one may move about where that is possible.
    fn view(&mut self, text: &str) -> io::Result<()> {
        self.write(text)
    }

    /// Whether results are shown. A front end may show only what `⎕←` and `⍞←` write.
    fn shows_results(&self) -> bool {
        true
    }

    /// Shows an error that nothing caught. A front end may send it elsewhere, or add its detail.
    fn report(&mut self, fault: &Fault) -> io::Result<()> {
        self.write(&(fault.report() + "\n"))
    }

    /// Shows why a `)command` or a `]command` failed. A front end may send it elsewhere.
    fn refuse(&mut self, text: &str) -> io::Result<()> {
        self.write(text)
    }

    /// The present size of the terminal that shows the output; `None` if the output does not go to a terminal.
    fn size(&self) -> Option<Size> {
        None
    }

    /// Whether what `⍞` wrote on a line is part of the answer that the next `⍞` reads there: yes in a session, no in a
    /// script, whose input is data.
    fn answers_with_line(&self) -> bool {
        true
    }

    /// Whether a line that is read appears behind what was written, as it does at a terminal, with its line end.
    fn echoes(&self) -> bool {
        false
    }
}

/// The forms besides text that a console can show.
///
/// ```
/// let takes = zilde::Takes { html: true, ..zilde::Takes::default() };
/// assert!(!takes.svg);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Takes {
    /// Arrays as tables of HTML.
    pub html: bool,
    /// Pictures as SVG.
    pub svg: bool,
    /// Pictures as PNG.
    pub png: bool,
    /// Escape sequences for colours in the text.
    pub colours: bool,
}

/// A result in several forms, which a console may choose from. There are those that the console takes, where they show
/// more than the text does.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// /// Shows tables.
/// struct Page(Arc<Mutex<String>>);
///
/// impl zilde::Console for Page {
///     fn write(&mut self, text: &str) -> std::io::Result<()> {
///         self.0.lock().expect("no panic").push_str(text);
///         Ok(())
///     }
///
///     fn read(&mut self, _asked: zilde::Asked<'_>) -> std::io::Result<Option<String>> {
///         Ok(None)
///     }
///
///     fn takes(&self) -> zilde::Takes {
///         zilde::Takes { html: true, ..zilde::Takes::default() }
///     }
///
///     fn display(&mut self, forms: &zilde::Forms) -> std::io::Result<()> {
///         self.write(forms.html.as_ref().unwrap_or(&forms.text))
///     }
/// }
///
/// let page = Arc::new(Mutex::new(String::new()));
/// zilde::Session::builder().console(Box::new(Page(page.clone()))).build().run("2 2⍴⍳4");
/// assert!(page.lock().expect("no panic").contains("<table"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forms {
    /// Lines, each ended by a line end.
    pub text: String,
    /// HTML.
    pub html: Option<String>,
    /// SVG.
    pub svg: Option<String>,
    /// The bytes of a PNG file.
    pub png: Option<Vec<u8>>,
}

impl Forms {
    /// Text alone.
    ///
    /// ```
    /// assert_eq!(zilde::Forms::of_text("4\n".to_owned()).html, None);
    /// ```
    pub fn of_text(text: String) -> Forms {
        Forms { text, ..Forms::default() }
    }
}

/// The size of a terminal.
///
/// ```
/// assert_eq!(zilde::Size { columns: 80, lines: 24 }.columns, 80);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The number of columns.
    pub columns: usize,
    /// The number of lines.
    pub lines: usize,
}

/// What a line is read for.
///
/// ```
/// let prompt = |asked: zilde::Asked<'_>| match asked {
///     zilde::Asked::Characters(before) => before.to_owned(),
///     _ => "⎕:".to_owned(),
/// };
/// assert_eq!(prompt(zilde::Asked::Characters("Name: ")), "Name: ");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked<'a> {
    /// `⎕`: an expression. `⎕:` and six blanks on the next line ask for it.
    Expression,
    /// `⍞`: characters, typed behind this text, which was written already.
    Characters(&'a str),
}

/// A console without output and input, for evaluation and display outside a session.
pub struct Silent;

impl Console for Silent {
    fn write(&mut self, _text: &str) -> io::Result<()> {
        Ok(())
    }

    fn read(&mut self, _asked: Asked<'_>) -> io::Result<Option<String>> {
        Ok(None)
    }
}

/// The console of a session, with the state of its last line and the lines that were typed ahead.
pub struct Screen {
    console: Box<dyn Console>,
    /// What `⍞` wrote since the last line end, other output or input.
    line: String,
    /// Whether the last line of the output is unfinished.
    open: bool,
    /// Whether results are left out, as long as a file is loaded.
    mute: bool,
    typed: Typed,
}

/// Lines of a block that have not been run yet.
#[derive(Clone, Debug, Default)]
struct Typed {
    block: Rc<str>,
    rest: Range<usize>,
}

impl Screen {
    /// The screen of a console.
    pub fn new(console: Box<dyn Console>) -> Screen {
        Screen { console, line: String::new(), open: false, mute: false, typed: Typed::default() }
    }

    /// `⍞←`: writes text behind what stands on the last line.
    pub fn write_bare(&mut self, text: &str) -> io::Result<()> {
        let last = match text.rfind('\n') {
            Some(end) => {
                self.line.clear();
                &text[end + 1..]
            }
            None => text,
        };
        if !text.is_empty() {
            self.open = !text.ends_with('\n');
        }
        let room = LINE.saturating_sub(self.line.len());
        let kept = last.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= room).last();
        self.line.push_str(&last[..kept.unwrap_or(0)]);
        self.console.write(text)
    }

    /// `⎕←` and replies of commands: writes lines, each ended by a line end.
    pub fn write(&mut self, lines: &str) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.end_line()?;
        self.console.write(lines)
    }

    /// Shows a result, if results are shown.
    pub fn show(&mut self, lines: &str) -> io::Result<()> {
        self.display(&Forms::of_text(lines.to_owned()))
    }

    /// Shows a result in one of its forms, if results are shown.
    pub fn display(&mut self, forms: &Forms) -> io::Result<()> {
        if forms.text.is_empty() || self.mute || !self.console.shows_results() {
            return Ok(());
        }
        self.end_line()?;
        self.console.display(forms)
    }

    /// Shows a long text.
    pub fn view(&mut self, lines: &str) -> io::Result<()> {
        self.end_line()?;
        self.console.view(lines)
    }

    /// The forms besides text that results are shown in.
    pub fn takes(&self) -> Takes {
        if self.mute { Takes::default() } else { self.console.takes() }
    }

    /// Shows results from now on, or not.
    pub fn show_results(&mut self, on: bool) {
        self.mute = !on;
    }

    /// Shows an error.
    pub fn report(&mut self, fault: &Fault) -> io::Result<()> {
        self.end_line()?;
        self.console.report(fault)
    }

    /// Shows why a command failed.
    pub fn refuse(&mut self, lines: &str) -> io::Result<()> {
        self.end_line()?;
        self.console.refuse(lines)
    }

    /// The present size of the terminal, if the output goes to one.
    pub fn size(&self) -> Option<Size> {
        self.console.size()
    }

    /// Ends a line that `⍞` began.
    pub fn end_line(&mut self) -> io::Result<()> {
        self.line.clear();
        if std::mem::take(&mut self.open) { self.console.write("\n") } else { Ok(()) }
    }

    /// `⍞`: a line, behind what `⍞` wrote before it where that is part of the answer.
    pub fn read_characters(&mut self) -> io::Result<Option<String>> {
        let line = std::mem::take(&mut self.line);
        let answer = self.read(Asked::Characters(&line))?;
        Ok(answer.map(|answer| if self.console.answers_with_line() { line + &answer } else { answer }))
    }

    /// `⎕`: a line to be evaluated.
    pub fn read_expression(&mut self) -> io::Result<Option<String>> {
        self.end_line()?;
        self.read(Asked::Expression)
    }

    /// `⎕NGET`: all that is left of the block that is running and of the console.
    pub fn read_rest(&mut self) -> io::Result<Vec<u8>> {
        self.line.clear();
        let typed = self.typed.block.get(self.typed.rest.clone()).unwrap_or_default().to_owned();
        self.typed = Typed::default();
        let mut bytes = typed.into_bytes();
        bytes.extend(self.console.read_rest()?);
        Ok(bytes)
    }

    /// The next line of the block that is running; where that has none, of the console.
    fn read(&mut self, asked: Asked<'_>) -> io::Result<Option<String>> {
        if let Some(line) = self.typed.next_line() {
            return Ok(Some(line));
        }
        let answer = self.console.read(asked);
        self.open &= !self.console.echoes();
        answer
    }

    /// Makes `block` what `⎕` and `⍞` read first, except for what has been run of it.
    pub fn begin_block(&mut self, block: Rc<str>) {
        self.typed = Typed { rest: 0..block.len(), block };
    }

    /// What has neither been run nor read of the block: the block and the place from which on. What was typed to be run
    /// is input, so that what `⍞` wrote before it is no part of a later answer.
    pub fn rest_of_block(&mut self) -> (Rc<str>, usize) {
        self.line.clear();
        (self.typed.block.clone(), self.typed.rest.start)
    }

    /// Takes what has neither been run nor read of the block.
    pub fn take_block(&mut self) -> String {
        let typed = std::mem::take(&mut self.typed);
        typed.block.get(typed.rest).unwrap_or_default().to_owned()
    }

    /// Notes that the block is about to be run up to here.
    pub fn move_in_block(&mut self, to: usize) {
        self.typed.rest.start = to.min(self.typed.rest.end);
    }
}

impl Typed {
    fn next_line(&mut self) -> Option<String> {
        let rest = self.block.get(self.rest.clone()).filter(|rest| !rest.is_empty())?;
        let (line, length) = first_line(rest);
        self.rest.start += length;
        Some(line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;

    use super::*;

    /// What was written, and what is to be read.
    #[derive(Clone, Default)]
    struct Terminal {
        written: Rc<RefCell<String>>,
        answers: Rc<RefCell<VecDeque<&'static str>>>,
        script: bool,
        quiet: bool,
    }

    impl Console for Terminal {
        fn write(&mut self, text: &str) -> io::Result<()> {
            self.written.borrow_mut().push_str(text);
            Ok(())
        }

        fn read(&mut self, _asked: Asked<'_>) -> io::Result<Option<String>> {
            Ok(self.answers.borrow_mut().pop_front().map(str::to_owned))
        }

        fn shows_results(&self) -> bool {
            !self.quiet
        }

        fn answers_with_line(&self) -> bool {
            !self.script
        }
    }

    #[test]
    fn an_answer_includes_the_line() {
        let terminal = Terminal { answers: Rc::new(RefCell::new(["Ada", "7", "Bob"].into())), ..Terminal::default() };
        let mut screen = Screen::new(Box::new(terminal.clone()));
        screen.write_bare("two lines\nName").unwrap();
        screen.write_bare(": ").unwrap();
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some("Name: Ada"));
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some("7"));
        screen.write_bare("x").unwrap();
        screen.write("5\n").unwrap();
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some("Bob"));
        assert_eq!(screen.read_characters().unwrap(), None);
        assert_eq!(*terminal.written.borrow(), "two lines\nName: x\n5\n");
    }

    #[test]
    fn an_answer_to_a_script_does_not() {
        let terminal = Terminal { answers: Rc::new(RefCell::new(["Ada"].into())), script: true, ..Terminal::default() };
        let mut screen = Screen::new(Box::new(terminal.clone()));
        screen.write_bare("Name: ").unwrap();
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some("Ada"));
        screen.show("Hello\n").unwrap();
        assert_eq!(*terminal.written.borrow(), "Name: \nHello\n");
    }

    #[test]
    fn only_quote_quad_goes_on_in_a_line() {
        let terminal = Terminal::default();
        let mut screen = Screen::new(Box::new(terminal.clone()));
        screen.write_bare("ab").unwrap();
        screen.write_bare("").unwrap();
        screen.write_bare("c").unwrap();
        screen.write("").unwrap();
        screen.show("1\n").unwrap();
        screen.end_line().unwrap();
        screen.write_bare("d").unwrap();
        screen.report(&Fault::domain()).unwrap();
        assert_eq!(*terminal.written.borrow(), "abc\n1\nd\nDOMAIN ERROR\n");
        let quiet = Terminal { quiet: true, ..Terminal::default() };
        let mut screen = Screen::new(Box::new(quiet.clone()));
        screen.write_bare("a").unwrap();
        screen.show("1\n").unwrap();
        screen.write_bare("b").unwrap();
        screen.write("2\n").unwrap();
        assert_eq!(*quiet.written.borrow(), "ab\n2\n");
    }

    #[test]
    fn lines_of_a_block_are_read_before_the_console() {
        let terminal = Terminal { answers: Rc::new(RefCell::new(["later"].into())), ..Terminal::default() };
        let mut screen = Screen::new(Box::new(terminal));
        screen.begin_block("x←⍞\none\r\n\n2".into());
        screen.move_in_block("x←⍞\n".len());
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some("one"));
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some(""));
        assert_eq!(screen.read_expression().unwrap().as_deref(), Some("2"));
        assert_eq!(screen.read_characters().unwrap().as_deref(), Some("later"));
    }
}
