//! Standard output: buffered, able to fail, and shared between a front end's loop and its console.
//!
//! Knows what went wrong. Does not know what is written.

use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;

/// Where text goes. Clones write to the same place.
#[derive(Clone)]
pub struct Output(Rc<RefCell<State>>);

struct State {
    writer: BufWriter<Box<dyn Write>>,
    failure: Option<io::ErrorKind>,
    message: String,
    /// Whether programs must not write U+001E.
    framed: bool,
    /// What was written and read since this was asked last, where it is recorded.
    record: Option<(String, Vec<String>)>,
}

/// What U+001E is shown as where it ends blocks: ␞, the symbol for it.
const SHOWN: &str = "\u{241e}";

/// How writing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The program that reads the output has closed the pipe. This is not an error.
    Closed,
    /// Anything else, such as a full disk.
    Failed(String),
}

impl Output {
    /// Standard output, or what fails where that was `closed` when the process began.
    pub fn stdout(closed: bool) -> Output {
        if closed {
            return Output::to(Box::new(Closed));
        }
        widen_pipe();
        Output::to(Box::new(io::stdout()))
    }

    /// Any writer.
    pub fn to(writer: Box<dyn Write>) -> Output {
        Output(Rc::new(RefCell::new(State {
            writer: BufWriter::new(writer),
            failure: None,
            message: String::new(),
            framed: false,
            record: None,
        })))
    }

    /// Writes text into the buffer. After a failure nothing is written any more and the failure is repeated.
    pub fn write(&self, text: &str) -> io::Result<()> {
        if let Some((shown, _)) = &mut self.0.borrow_mut().record {
            *shown += text;
        }
        if self.0.borrow().framed && text.contains('\u{1e}') {
            return self.mark(&text.replace('\u{1e}', SHOWN));
        }
        self.mark(text)
    }

    /// From now on only [`Output::mark`] writes U+001E.
    pub fn frame(&self) {
        self.0.borrow_mut().framed = true;
    }

    /// Records what is written and read from now on, or no longer.
    pub fn record(&self, on: bool) {
        self.0.borrow_mut().record = on.then(Default::default);
    }

    /// Notes a line that a program has read; at a terminal it ends what stands before it.
    pub fn heard(&self, line: &str) {
        if let Some((shown, read)) = &mut self.0.borrow_mut().record {
            if !shown.is_empty() && !shown.ends_with('\n') {
                shown.push('\n');
            }
            read.push(line.to_owned());
        }
    }

    /// What was written and read since this was asked last.
    pub fn recorded(&self) -> (String, Vec<String>) {
        self.0.borrow_mut().record.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Writes what no program could write, and what is not recorded.
    pub fn mark(&self, text: &str) -> io::Result<()> {
        self.0.borrow_mut().attempt(|writer| writer.write_all(text.as_bytes()))
    }

    /// Sends what the buffer holds.
    pub fn flush(&self) -> io::Result<()> {
        self.0.borrow_mut().attempt(|writer| writer.flush())
    }

    /// How writing ended, if it did.
    pub fn broken(&self) -> Option<Broken> {
        let state = self.0.borrow();
        Some(match state.failure? {
            io::ErrorKind::BrokenPipe => Broken::Closed,
            _ => Broken::Failed(state.message.clone()),
        })
    }
}

impl State {
    fn attempt(&mut self, write: impl FnOnce(&mut BufWriter<Box<dyn Write>>) -> io::Result<()>) -> io::Result<()> {
        if let Some(kind) = self.failure {
            return Err(kind.into());
        }
        write(&mut self.writer).inspect_err(|error| {
            self.failure = Some(error.kind());
            self.message = error.to_string();
        })
    }
}

/// Standard output where there is none.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("closed"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Long results go through a pipe in fewer, larger pieces; where standard output is no pipe, nothing happens.
fn widen_pipe() {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(io::stdout(), 1 << 20);
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A writer whose text a test can look at.
    #[derive(Clone, Default)]
    pub struct Page(Rc<RefCell<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Page {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.borrow().clone()).unwrap()
        }
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn failures_stay() {
        let output = Output::to(Box::new(Full));
        output.write("a").unwrap();
        assert_eq!(output.broken(), None);
        assert!(output.flush().is_err());
        assert!(output.write("b").is_err());
        assert!(matches!(output.broken(), Some(Broken::Failed(_))));
    }
}
