//! A kernel for notebooks, `zilde kernel`: Jupyter's messaging protocol over a session.
//!
//! One thread, this one, has the session and does one request after the other. Clients' threads check the signatures of
//! what comes and put it into a queue; what must not wait (interrupts, the end) they do themselves.
//! <https://jupyter-client.readthedocs.io/en/stable/messaging.html>

mod connection;
mod console;
mod execution;
pub mod install;
mod message;
mod publisher;
mod questions;
mod zmtp;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Value, json};

use super::args::Options;
use super::exit;
use super::runner::Runner;
use super::signals::Idle;
use crate::context::Interrupt;
use connection::{CHANNELS, Connection};
use console::{Answer, NotebookConsole, Questions};
use message::{Message, PROTOCOL, Signer};
use publisher::Publisher;
use zmtp::{Event, Kind, Socket};

/// Requests that wait at most; clients that send more wait themselves.
const WAITING: usize = 1000;

/// What the queue holds.
enum Work {
    /// A request from a channel.
    Request(Arc<Socket>, Message),
    /// A cell behind one that failed, which is not run.
    Aborted(Arc<Socket>, Message),
    /// The end was asked for.
    Leave,
}

/// The kernel.
struct Kernel {
    runner: Runner,
    publisher: Arc<Publisher>,
    signer: Arc<Signer>,
    questions: Rc<Questions>,
    /// Why the last command was refused.
    refused: Rc<RefCell<String>>,
    queue: Receiver<Work>,
    /// The end was asked for, so that nothing more is run.
    leaving: Arc<AtomicBool>,
    /// What came while a failed cell looked for what was sent behind it.
    ahead: VecDeque<Work>,
    /// The number of the last cell.
    count: u64,
    history: questions::History,
}

/// Serves the clients of a connection file until one of them, or a program, ends it. Returns the exit code.
pub fn serve(options: &Options, path: &Path) -> u8 {
    match Kernel::start(options, path) {
        Ok(mut kernel) => kernel.serve(),
        Err(why) => {
            exit::complain(format_args!("{}: {why}", path.display()));
            exit::USAGE
        }
    }
}

impl Kernel {
    fn start(options: &Options, path: &Path) -> Result<Kernel, String> {
        let mut connection = Connection::read(path)?;
        let signer = Arc::new(Signer::new(&connection.key));
        let interrupt = Interrupt::default();
        let (sender, queue) = mpsc::sync_channel(WAITING);
        let (answering, answers) = mpsc::channel();
        let mut open = |channel: usize, kind: Kind, hear: Box<dyn Fn(Event) + Send + Sync>| {
            let name = CHANNELS.get(channel).copied().unwrap_or_default();
            let (socket, port) = Socket::listen(kind, name, connection.address(channel), hear)
                .map_err(|error| format!("{name}: {}: {error}", connection.address(channel)))?;
            connection.found(channel, port);
            Ok::<_, String>(socket)
        };
        let iopub = open(1, Kind::Publisher, Box::new(|_| {}))?;
        let publisher = Publisher::new(iopub, signer.clone()).map_err(|error| error.to_string())?;
        let leaving = Arc::<AtomicBool>::default();
        let desk = Arc::new(Desk {
            leaving: leaving.clone(),
            signer: signer.clone(),
            publisher: publisher.clone(),
            interrupt: interrupt.clone(),
            sender,
            shell: OnceLock::new(),
            control: OnceLock::new(),
        });
        let (at_shell, at_control, at_stdin) = (desk.clone(), desk.clone(), signer.clone());
        let shell = open(0, Kind::Router, Box::new(move |event| at_shell.shell(event)))?;
        let questions = open(
            2,
            Kind::Router,
            Box::new(move |event| {
                let answer = match event {
                    Event::Gone(who) => Some(Answer::Gone(who)),
                    Event::Message(who, frames) => received(&at_stdin, "stdin", who, &frames).map(Answer::Line),
                };
                // When nobody asks any more, the kernel has ended.
                answer.into_iter().for_each(|answer| drop(answering.send(answer)));
            }),
        )?;
        let control = open(3, Kind::Router, Box::new(move |event| at_control.control(event)))?;
        open(4, Kind::Echo, Box::new(|_| {}))?;
        // Nobody else sets them.
        let _ = (desk.shell.set(shell), desk.control.set(control));
        let questions =
            Rc::new(Questions { socket: questions, answers, asked: RefCell::default(), signer: signer.clone() });
        let refused = Rc::new(RefCell::default());
        let runner = Runner::with_interrupt(options, Idle::Stay, interrupt, |_, busy, interrupt| {
            Box::new(NotebookConsole {
                publisher: publisher.clone(),
                questions: questions.clone(),
                refused: refused.clone(),
                interrupt,
                busy,
            })
        });
        runner.session.context().layout.borrow_mut().boxed = true;
        if connection.write(path).map_err(|error| error.to_string())? {
            exit::complain(format_args!("kernel: clients find this kernel by {}", path.display()));
        }
        publisher.status("starting", &json!({}));
        let (ahead, history) = Default::default();
        Ok(Kernel { runner, publisher, signer, questions, refused, queue, leaving, ahead, count: 0, history })
    }

    fn serve(&mut self) -> u8 {
        loop {
            let work = self.ahead.pop_front().map_or_else(|| self.queue.recv(), Ok);
            let (socket, request, aborted) = match work {
                Ok(Work::Request(socket, request)) => (socket, request, false),
                Ok(Work::Aborted(socket, request)) => (socket, request, true),
                Ok(Work::Leave) | Err(_) => return exit::OK,
            };
            self.publisher.status("busy", &request.header);
            let code = if aborted {
                let content = json!({ "status": "aborted", "execution_count": self.count });
                reply(&socket, &self.signer, &request, &content);
                None
            } else {
                self.answer(&socket, &request)
            };
            self.publisher.status("idle", &request.header);
            if let Some(code) = code {
                return code;
            }
        }
    }

    /// Answers a request; the exit code if the program has ended the session.
    fn answer(&mut self, socket: &Socket, request: &Message) -> Option<u8> {
        let mut left = None;
        let content = match request.kind() {
            "execute_request" => {
                let (reply, code) = self.execute(request);
                left = code;
                reply
            }
            "kernel_info_request" => kernel_info(),
            "is_complete_request" => questions::is_complete(request.text("code")),
            "complete_request" => self.complete(request),
            "inspect_request" => self.inspect(request),
            "history_request" => self.history.reply(&request.content),
            // There are no comms.
            "comm_info_request" => json!({ "status": "ok", "comms": {} }),
            "comm_open" => {
                let id = &request.content["comm_id"];
                self.publisher.send("comm_close", &request.header, &json!({ "comm_id": id, "data": {} }));
                return None;
            }
            "comm_msg" | "comm_close" => return None,
            other => {
                exit::complain(format_args!("kernel: a message of the unknown type {other:?} is ignored"));
                return None;
            }
        };
        reply(socket, &self.signer, request, &content);
        left
    }
}

/// Where messages arrive, on the threads of clients.
struct Desk {
    signer: Arc<Signer>,
    publisher: Arc<Publisher>,
    interrupt: Interrupt,
    leaving: Arc<AtomicBool>,
    sender: SyncSender<Work>,
    shell: OnceLock<Arc<Socket>>,
    control: OnceLock<Arc<Socket>>,
}

impl Desk {
    fn shell(&self, event: Event) {
        let Event::Message(who, frames) = event else { return };
        if let Some(request) = received(&self.signer, "shell", who, &frames) {
            self.queue(self.shell.wait(), request);
        }
    }

    /// What must not wait for the cell that runs is done here.
    fn control(&self, event: Event) {
        let Event::Message(who, frames) = event else { return };
        let Some(request) = received(&self.signer, "control", who, &frames) else { return };
        let control = self.control.wait();
        let content = match request.kind() {
            "interrupt_request" => {
                self.interrupt.raise();
                json!({ "status": "ok" })
            }
            "shutdown_request" => {
                self.leaving.store(true, Ordering::SeqCst);
                self.interrupt.raise();
                json!({ "status": "ok", "restart": request.flag("restart", false) })
            }
            "kernel_info_request" => kernel_info(),
            _ => return self.queue(control, request),
        };
        self.publisher.status("busy", &request.header);
        if request.kind() == "shutdown_request" {
            self.publisher.send("shutdown_reply", &request.header, &content);
        }
        reply(control, &self.signer, &request, &content);
        self.publisher.status("idle", &request.header);
        if request.kind() == "shutdown_request" {
            // What waits before it is not run any more: a cell would have to be interrupted too.
            let _ = self.sender.send(Work::Leave);
        }
    }

    /// Queues a request; waits where too many do.
    fn queue(&self, socket: &Arc<Socket>, request: Message) {
        // When nobody receives any more, the kernel has ended.
        let _ = self.sender.send(Work::Request(socket.clone(), request));
    }
}

/// The message that a client's frames hold; of anything else a line on standard error tells.
fn received(signer: &Signer, channel: &str, who: Vec<u8>, frames: &[Vec<u8>]) -> Option<Message> {
    match signer.read(frames) {
        Ok(mut message) => {
            message.identities.insert(0, who);
            Some(message)
        }
        Err(why) => {
            exit::complain(format_args!("kernel: {channel}: a message is ignored: {why}"));
            None
        }
    }
}

/// Sends the answer to a request; its type is that of the request with `reply` in the place of `request`.
fn reply(socket: &Socket, signer: &Signer, request: &Message, content: &Value) {
    let Some((client, rest)) = request.identities.split_first() else { return };
    let kind = request.kind().replace("_request", "_reply");
    socket.send(client, &signer.write(rest, &kind, &request.header, content));
}

/// What a client is told about the kernel.
fn kernel_info() -> Value {
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "zilde",
        "implementation_version": VERSION,
        "language_info": {
            "name": "apl",
            "version": VERSION,
            "mimetype": "text/apl",
            "file_extension": ".apl",
            "pygments_lexer": "apl",
            "codemirror_mode": "apl",
        },
        "banner": format!("zilde {VERSION}   ]help helps   `r and Tab types ⍴"),
        "debugger": false,
        "help_links": [{ "text": "Dyalog APL, the language", "url": "https://docs.dyalog.com/20.0/" }],
    })
}

/// What a mutex holds, also after a panic of another thread.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes as text in base 64.
fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
