//! Cells that are run.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::message::Message;
use super::{Kernel, Work, console};
use crate::error::Fault;
use crate::frontend::exit;
use crate::session::Outcome;
use crate::session::lines::logical_line;

/// How long a cell that failed waits for those that were sent behind it before anybody could know of the failure.
const BEHIND: Duration = Duration::from_millis(20);

/// How a cell ended.
enum Ended {
    Well,
    /// With an error that nothing caught: its name, its message, and the report.
    Badly(String, String, Vec<String>),
    /// The program has ended the session.
    Left(u8),
}

impl Kernel {
    /// Runs a cell; gives the reply, and the exit code if the program has ended the session.
    pub(super) fn execute(&mut self, request: &Message) -> (Value, Option<u8>) {
        let code = request.text("code");
        let silent = request.flag("silent", false);
        let stored = request.flag("store_history", true) && !silent;
        if stored {
            self.count += 1;
        }
        if !silent {
            let input = json!({ "code": code, "execution_count": self.count });
            self.publisher.send("execute_input", &request.header, &input);
        }
        self.publisher.begin(request, silent);
        let may_ask = request.flag("allow_stdin", true);
        *self.questions.asked.borrow_mut() = may_ask.then(|| request.clone());
        let ended = self.run(code);
        // A notebook's output cannot fail.
        let _ = self.runner.session.end_line();
        self.questions.asked.borrow_mut().take();
        self.publisher.end(self.count);
        if stored {
            self.history.add(self.count, code);
        }
        match ended {
            Ended::Well => {
                let expressions = self.user_expressions(&request.content["user_expressions"]);
                let payload: [Value; 0] = [];
                let reply = json!({
                    "status": "ok",
                    "execution_count": self.count,
                    "user_expressions": expressions,
                    "payload": payload,
                });
                (reply, None)
            }
            Ended::Left(code) => {
                let payload = [json!({ "source": "ask_exit", "keepkernel": false })];
                let reply = json!({
                    "status": "ok",
                    "execution_count": self.count,
                    "user_expressions": {},
                    "payload": payload,
                });
                (reply, Some(code))
            }
            Ended::Badly(name, value, traceback) => {
                let behind =
                    if request.flag("stop_on_error", true) { self.sent_behind(request) } else { VecDeque::new() };
                if !silent {
                    // The report has been written to `stderr`. Clients show what is told here below it.
                    let place = traceback.last().cloned().unwrap_or_default();
                    let error = json!({ "ename": name, "evalue": value, "traceback": [place] });
                    self.publisher.send("error", &request.header, &error);
                }
                self.ahead.extend(behind);
                let reply = json!({
                    "status": "error",
                    "execution_count": self.count,
                    "ename": name,
                    "evalue": value,
                    "traceback": traceback,
                    "user_expressions": {},
                });
                (reply, None)
            }
        }
    }

    /// Runs the lines of a cell up to the first error that nothing catches. What is typed below a `⍞` is code: answers
    /// come from the client.
    fn run(&mut self, code: &str) -> Ended {
        self.runner.forget_interrupt();
        // The end interrupts too, and that is not to be forgotten.
        if self.leaving.load(Ordering::SeqCst) {
            return Ended::Left(exit::OK);
        }
        self.refused.borrow_mut().clear();
        let mut rest = code;
        while !rest.is_empty() {
            let begin = code.len() - rest.len();
            let (line, after) = logical_line(rest);
            rest = after;
            let outcome = self.runner.continued(line);
            match self.ended(&outcome) {
                Ended::Well => {}
                Ended::Badly(name, value, mut traceback) => {
                    let number = code[..begin].matches('\n').count() + 1;
                    traceback.push(format!("in cell {}, line {number}", self.count));
                    return Ended::Badly(name, value, traceback);
                }
                left => return left,
            }
        }
        Ended::Well
    }

    fn ended(&self, outcome: &Outcome) -> Ended {
        if let Some(code) = outcome.off {
            return Ended::Left(exit::of_off(code));
        }
        if let Some(fault) = &outcome.last_error {
            let (name, value) = named(fault);
            return Ended::Badly(name, value, console::traceback(fault));
        }
        if outcome.refused > 0 {
            let why = self.refused.borrow().clone();
            return Ended::Badly("COMMAND FAILED".to_owned(), why.clone(), vec![why]);
        }
        Ended::Well
    }

    /// Values that a client wants to know besides.
    fn user_expressions(&mut self, wanted: &Value) -> Value {
        let mut values = json!({});
        for (name, expression) in wanted.as_object().into_iter().flatten() {
            let expression = expression.as_str().unwrap_or_default();
            values[name] = match self.runner.session.eval(expression) {
                Ok(value) => {
                    let text = self.runner.session.shown(&value).unwrap_or_default();
                    json!({ "status": "ok", "data": { "text/plain": text.trim_end_matches('\n') }, "metadata": {} })
                }
                Err(fault) => {
                    let (name, value) = named(&fault);
                    json!({ "status": "error", "ename": name, "evalue": value, "traceback": console::traceback(&fault) })
                }
            };
        }
        values
    }

    /// What was sent before the failure of a cell could be known: the same client's cells among it are not run.
    fn sent_behind(&mut self, failed: &Message) -> VecDeque<Work> {
        let mut behind = std::mem::take(&mut self.ahead);
        let until = Instant::now() + BEHIND;
        while let Ok(work) = self.queue.recv_timeout(until.saturating_duration_since(Instant::now())) {
            behind.push_back(work);
        }
        let marked = |work| match work {
            Work::Request(socket, request)
                if request.kind() == "execute_request" && request.identities == failed.identities =>
            {
                Work::Aborted(socket, request)
            }
            other => other,
        };
        behind.into_iter().map(marked).collect()
    }
}

/// The name of an error, and what else its first line says.
fn named(fault: &Fault) -> (String, String) {
    let headline = fault.headline();
    let name = fault.name().into_owned();
    let value = headline.strip_prefix(&name).unwrap_or(&headline).trim_start_matches([':', ' ']).to_owned();
    (name, value)
}
