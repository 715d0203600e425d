//! What everybody sees: output, results and states, on the socket that clients subscribe to.
//!
//! Text is gathered for a moment, so that a program that writes many lines sends few messages; a thread sends what
//! waits. A result waits too: the last one of a cell is its result, those before it are displayed.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::locked;
use super::message::{Message, Signer};
use super::zmtp::Socket;

/// How long text waits for more.
const MOMENT: Duration = Duration::from_millis(50);

/// Bytes of text in a message.
const PIECE: usize = 1 << 16;

/// Where output goes.
pub struct Publisher {
    socket: Arc<Socket>,
    signer: Arc<Signer>,
    state: Mutex<State>,
    waiting: Condvar,
}

/// What is being run, and what waits to be sent of it.
#[derive(Default)]
struct State {
    /// The header of the request.
    parent: Value,
    /// Nothing is shown.
    silent: bool,
    stream: Option<(&'static str, String)>,
    result: Option<Value>,
}

impl Publisher {
    /// A publisher, with its thread.
    pub fn new(socket: Arc<Socket>, signer: Arc<Signer>) -> std::io::Result<Arc<Publisher>> {
        let state = Mutex::new(State { parent: json!({}), ..State::default() });
        let publisher = Arc::new(Publisher { socket, signer, state, waiting: Condvar::new() });
        let sender = publisher.clone();
        thread::Builder::new().name("publisher".to_owned()).spawn(move || {
            loop {
                let state = locked(&sender.state);
                let idle = |state: &mut State| state.stream.is_none() && state.result.is_none();
                drop(sender.waiting.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner));
                thread::sleep(MOMENT);
                sender.flush();
            }
        })?;
        Ok(publisher)
    }

    /// Sends a message about a request.
    pub fn send(&self, kind: &str, parent: &Value, content: &Value) {
        self.socket.publish(&self.signer.write(&[kind.as_bytes().to_vec()], kind, parent, content));
    }

    /// Says whether the kernel is busy with a request.
    pub fn status(&self, state: &str, parent: &Value) {
        self.send("status", parent, &json!({ "execution_state": state }));
    }

    /// What follows belongs to a request, and is shown unless that is to be `silent`.
    pub fn begin(&self, request: &Message, silent: bool) {
        *locked(&self.state) = State { parent: request.header.clone(), silent, ..State::default() };
    }

    /// Text on `stdout` or `stderr`.
    pub fn write(&self, name: &'static str, text: &str) {
        let mut state = locked(&self.state);
        if state.silent || text.is_empty() {
            return;
        }
        if state.result.is_some() || state.stream.as_ref().is_some_and(|(known, _)| *known != name) {
            self.flush_state(&mut state);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let (_, waiting) = state.stream.get_or_insert_with(|| (name, String::new()));
            // A character has at most four bytes.
            let most = PIECE.saturating_sub(waiting.len()).max(4).min(rest.len());
            let piece = (0..=most).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(rest.len());
            waiting.push_str(&rest[..piece]);
            rest = &rest[piece..];
            if waiting.len() >= PIECE {
                self.flush_state(&mut state);
            }
        }
        self.waiting.notify_one();
    }

    /// A result: a form for each type.
    pub fn result(&self, data: Value) {
        let mut state = locked(&self.state);
        if state.silent {
            return;
        }
        self.flush_state(&mut state);
        state.result = Some(data);
        self.waiting.notify_one();
    }

    /// Takes the end of the text back, if it waits still: it becomes the prompt of a question.
    pub fn take_back(&self, end: &str) -> bool {
        let mut state = locked(&self.state);
        let waiting = state.stream.as_mut().filter(|(name, text)| *name == "stdout" && text.ends_with(end));
        let taken = waiting.map(|(_, text)| text.truncate(text.len() - end.len())).is_some();
        if state.stream.as_ref().is_some_and(|(_, text)| text.is_empty()) {
            state.stream = None;
        }
        taken
    }

    /// Sends what waits.
    pub fn flush(&self) {
        self.flush_state(&mut locked(&self.state));
    }

    /// Sends what waits at the end of a cell, where a result is that of the cell.
    pub fn end(&self, count: u64) {
        let mut state = locked(&self.state);
        if let Some(data) = state.result.take() {
            let content = json!({ "data": data, "metadata": {}, "execution_count": count });
            self.send("execute_result", &state.parent, &content);
        }
        self.flush_state(&mut state);
    }

    /// Sends what waits, in its order: the lock is held meanwhile.
    fn flush_state(&self, state: &mut State) {
        if let Some((name, text)) = state.stream.take() {
            self.send("stream", &state.parent, &json!({ "name": name, "text": text }));
        }
        if let Some(data) = state.result.take() {
            let content = json!({ "data": data, "metadata": {}, "transient": {} });
            self.send("display_data", &state.parent, &content);
        }
    }
}
