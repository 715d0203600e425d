//! The console of a notebook: output goes to everybody, questions go to the client whose cell runs.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use serde_json::{Value, json};

use super::message::{Message, Signer};
use super::publisher::Publisher;
use super::zmtp::Socket;
use crate::console::{Forms, Takes};
use crate::context::{Asked, Console, Interrupt, Size};
use crate::error::Fault;
use crate::frontend::signals::Busy;

/// How often a wait for an answer looks whether it was interrupted.
const GLANCE: Duration = Duration::from_millis(50);

/// The size of what a notebook shows: lines of this many characters; `]lines` bounds their number.
const SIZE: Size = Size { columns: 100, lines: usize::MAX };

/// What a client sends while it is asked.
pub enum Answer {
    /// A line.
    Line(Message),
    /// The client with this identity has gone.
    Gone(Vec<u8>),
}

/// Asks clients for lines.
pub struct Questions {
    /// The socket for questions.
    pub socket: Arc<Socket>,
    /// What comes from there.
    pub answers: Receiver<Answer>,
    /// Who may be asked: the request that is running, if its client can answer.
    pub asked: RefCell<Option<Message>>,
    /// The signatures.
    pub signer: Arc<Signer>,
}

/// The console.
pub struct NotebookConsole {
    /// Where output goes.
    pub publisher: Arc<Publisher>,
    /// Where input comes from.
    pub questions: Rc<Questions>,
    /// Why the last command was refused.
    pub refused: Rc<RefCell<String>>,
    /// So that an interrupt ends a wait for input.
    pub interrupt: Interrupt,
    /// Whether something is evaluated.
    pub busy: Busy,
}

impl Console for NotebookConsole {
    fn write(&mut self, text: &str) -> io::Result<()> {
        self.publisher.write("stdout", text);
        Ok(())
    }

    fn read(&mut self, asked: Asked<'_>) -> io::Result<Option<String>> {
        // What a program has written as a prompt is shown beside the field, unless everybody has got it already.
        let prompt = match asked {
            Asked::Expression => "⎕:",
            Asked::Characters(before) if !before.is_empty() && self.publisher.take_back(before) => before,
            Asked::Characters(_) => "",
        };
        self.publisher.flush();
        self.busy.wait(|| self.questions.ask(prompt, &self.interrupt))
    }

    fn takes(&self) -> Takes {
        Takes { html: true, svg: true, png: true, colours: false }
    }

    fn display(&mut self, forms: &Forms) -> io::Result<()> {
        let mut data = json!({ "text/plain": forms.text.trim_end_matches('\n') });
        let others = [("text/html", &forms.html), ("image/svg+xml", &forms.svg)];
        for (name, form) in others {
            if let Some(form) = form {
                data[name] = form.as_str().into();
            }
        }
        if let Some(png) = &forms.png {
            data["image/png"] = super::base64(png).into();
        }
        self.publisher.result(data);
        Ok(())
    }

    fn show(&mut self, text: &str) -> io::Result<()> {
        self.display(&Forms::of_text(text.to_owned()))
    }

    fn report(&mut self, fault: &Fault) -> io::Result<()> {
        self.publisher.write("stderr", &traceback(fault).join("\n"));
        self.publisher.write("stderr", "\n");
        Ok(())
    }

    fn refuse(&mut self, text: &str) -> io::Result<()> {
        text.trim_end().clone_into(&mut self.refused.borrow_mut());
        self.publisher.write("stderr", text);
        Ok(())
    }

    fn echoes(&self) -> bool {
        true
    }

    fn size(&self) -> Option<Size> {
        Some(SIZE)
    }
}

/// The report of an error with its caret, and below it the shapes, the place in a file, and who called whom.
pub fn traceback(fault: &Fault) -> Vec<String> {
    fault.lines().into_iter().chain(fault.circumstances()).collect()
}

impl Questions {
    /// Asks for a line; `None` where nobody can answer.
    fn ask(&self, prompt: &str, interrupt: &Interrupt) -> io::Result<Option<String>> {
        let asked = self.asked.borrow();
        let Some(request) = &*asked else { return Ok(None) };
        let Some(client) = request.identities.first() else { return Ok(None) };
        // What was answered to an earlier question, which has been interrupted, is no answer to this one.
        while self.answers.try_recv().is_ok() {}
        let question = json!({ "prompt": prompt, "password": false });
        let frames = self.signer.write(&request.identities[1..], "input_request", &request.header, &question);
        if !self.socket.send(client, &frames) {
            return Ok(None);
        }
        loop {
            match self.answers.recv_timeout(GLANCE) {
                Ok(Answer::Line(message)) if message.identities.first() == Some(client) => {
                    return Ok(Some(line_of(&message.content)));
                }
                Ok(Answer::Gone(gone)) if gone == *client => return Err(io::ErrorKind::Interrupted.into()),
                Err(RecvTimeoutError::Timeout) if interrupt.is_raised() => {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// The line that an answer holds.
fn line_of(content: &Value) -> String {
    let line = content["value"].as_str().unwrap_or_default();
    line.strip_suffix('\n').unwrap_or(line).replace('\n', " ")
}
