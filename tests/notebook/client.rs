//! A client of a kernel, written from the protocols alone: ZMTP 3.1 and Jupyter's messages.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hmac_sha256::HMAC;
use serde_json::{Value, json};

/// No answer takes so long.
const LIMIT: Duration = Duration::from_secs(120);

/// A kernel that runs, and what it writes to standard error.
pub struct Kernel {
    pub process: Child,
    pub stderr: BufReader<ChildStderr>,
    file: Value,
    path: PathBuf,
}

static KERNELS: AtomicUsize = AtomicUsize::new(0);

impl Kernel {
    /// Starts a kernel that writes its own connection file.
    pub fn start() -> Kernel {
        Kernel::with(&[])
    }

    /// The same with options.
    pub fn with(options: &[&str]) -> Kernel {
        let number = KERNELS.fetch_add(1, Ordering::Relaxed);
        let name = format!("kernel-{}-{number}.json", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_file(&path);
        let mut process = Command::new(env!("CARGO_BIN_EXE_zilde"))
            .arg("kernel")
            .args(options)
            .arg(&path)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("zilde runs");
        let mut stderr = BufReader::new(process.stderr.take().expect("standard error"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("a line");
        assert!(line.contains("clients find this kernel by"), "{line}");
        let file = std::fs::read_to_string(&path).expect("a connection file");
        Kernel { process, stderr, file: serde_json::from_str(&file).expect("JSON"), path }
    }

    pub fn address(&self, channel: &str) -> SocketAddr {
        let port = self.file[format!("{channel}_port")].as_u64().expect("a port");
        format!("127.0.0.1:{port}").parse().expect("an address")
    }

    pub fn key(&self) -> String {
        self.file["key"].as_str().expect("a key").to_owned()
    }

    /// The next line on standard error.
    pub fn complaint(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("a line");
        line
    }

    /// The exit code.
    pub fn ended(mut self) -> Option<i32> {
        self.process.wait().expect("an end").code()
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A connection.
pub struct Connection {
    pub stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub fn new(address: SocketAddr, kind: &str, identity: &str) -> Connection {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(LIMIT)).expect("a timeout");
        stream.write_all(&greeting()).expect("greeted");
        let mut reader = BufReader::new(stream.try_clone().expect("a clone"));
        let mut theirs = [0; 64];
        reader.read_exact(&mut theirs).expect("a greeting");
        assert_eq!((theirs[0], theirs[9], theirs[10]), (0xff, 0x7f, 3));
        let mut connection = Connection { stream, reader };
        let mut ready = b"\x05READY".to_vec();
        for (name, value) in [("Socket-Type", kind), ("Identity", identity)] {
            ready.push(name.len() as u8);
            ready.extend_from_slice(name.as_bytes());
            ready.extend((value.len() as u32).to_be_bytes());
            ready.extend_from_slice(value.as_bytes());
        }
        connection.frame(4, &ready);
        let (flags, body) = connection.read_frame().expect("READY");
        assert!(flags == 4 && body.starts_with(b"\x05READY"), "{flags} {body:?}");
        connection
    }

    pub fn frame(&mut self, flags: u8, body: &[u8]) {
        let mut bytes = vec![flags | 2];
        bytes.extend((body.len() as u64).to_be_bytes());
        bytes.extend_from_slice(body);
        self.stream.write_all(&bytes).expect("sent");
    }

    pub fn send(&mut self, frames: &[Vec<u8>]) {
        for (at, frame) in frames.iter().enumerate() {
            self.frame(u8::from(at + 1 < frames.len()), frame);
        }
    }

    /// A frame; `None` where the connection has ended.
    pub fn read_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut byte = [0];
        self.reader.read_exact(&mut byte).ok()?;
        let flags = byte[0];
        let length = if flags & 2 == 0 {
            self.reader.read_exact(&mut byte).ok()?;
            u64::from(byte[0])
        } else {
            let mut bytes = [0; 8];
            self.reader.read_exact(&mut bytes).ok()?;
            u64::from_be_bytes(bytes)
        };
        let mut body = vec![0; usize::try_from(length).expect("a length")];
        self.reader.read_exact(&mut body).ok()?;
        Some((flags & !2, body))
    }

    /// The frames of a message.
    pub fn receive(&mut self) -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        loop {
            let (flags, body) = self.read_frame().expect("a frame");
            assert_eq!(flags & 4, 0, "a command");
            frames.push(body);
            if flags & 1 == 0 {
                return frames;
            }
        }
    }

    /// Waits until the kernel has seen all that was sent here; gives the number of frames that came before.
    pub fn settle(&mut self) -> usize {
        self.frame(4, b"\x04PING\0\0here");
        let mut before = 0;
        loop {
            let (flags, body) = self.read_frame().expect("a frame");
            if flags == 4 {
                assert_eq!(body, b"\x04PONGhere");
                return before;
            }
            before += 1;
        }
    }
}

pub fn greeting() -> [u8; 64] {
    let mut greeting = [0; 64];
    greeting[..12].copy_from_slice(&[0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]);
    greeting[12..16].copy_from_slice(b"NULL");
    greeting
}

/// A message that was received.
#[derive(Debug)]
pub struct Message {
    pub kind: String,
    pub parent: String,
    pub content: Value,
}

/// A client with all its connections.
pub struct Client {
    pub key: String,
    pub shell: Connection,
    pub control: Connection,
    pub stdin: Connection,
    pub iopub: Connection,
    name: String,
    count: usize,
}

impl Client {
    pub fn new(kernel: &Kernel, name: &str) -> Client {
        let open = |channel: &str, kind: &str| Connection::new(kernel.address(channel), kind, name);
        let mut iopub = open("iopub", "SUB");
        iopub.frame(4, b"\x09SUBSCRIBE");
        iopub.settle();
        let (shell, control, stdin) = (open("shell", "DEALER"), open("control", "DEALER"), open("stdin", "DEALER"));
        let name = format!("client-{}", KERNELS.fetch_add(1, Ordering::Relaxed));
        Client { key: kernel.key(), shell, control, stdin, iopub, name, count: 0 }
    }

    /// The frames of a message with a new number, which is given too.
    pub fn message(&mut self, kind: &str, content: &Value) -> (String, Vec<Vec<u8>>) {
        self.count += 1;
        let id = format!("{}-{}", self.name, self.count);
        let header = json!({ "msg_id": id, "msg_type": kind, "session": "s", "username": "u", "version": "5.3" });
        let parts = [header, json!({}), json!({}), content.clone()].map(|part| part.to_string().into_bytes());
        let mut mac = HMAC::new(&self.key);
        parts.iter().for_each(|part| mac.update(part));
        let signature: String = mac.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut frames = vec![b"<IDS|MSG>".to_vec(), signature.into_bytes()];
        frames.extend(parts);
        (id, frames)
    }

    pub fn ask(&mut self, kind: &str, content: &Value) -> String {
        let (id, frames) = self.message(kind, content);
        self.shell.send(&frames);
        id
    }

    /// Asks, and gives the content of the reply.
    pub fn reply(&mut self, kind: &str, content: &Value) -> Value {
        let id = self.ask(kind, content);
        let reply = self.replied();
        assert_eq!(reply.parent, id);
        reply.content
    }

    pub fn replied(&mut self) -> Message {
        read(&self.key, &self.shell.receive())
    }

    pub fn control(&mut self, kind: &str, content: &Value) -> Value {
        let (_, frames) = self.message(kind, content);
        self.control.send(&frames);
        read(&self.key, &self.control.receive()).content
    }

    pub fn published(&mut self) -> Message {
        read(&self.key, &self.iopub.receive())
    }

    /// What is published about a request until the kernel is idle again.
    pub fn output(&mut self, id: &str) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            let message = self.published();
            if message.parent != id {
                continue;
            }
            if message.content["execution_state"] == "idle" {
                return messages;
            }
            messages.push(message);
        }
    }

    /// Runs a cell: what is published, and the reply.
    pub fn run(&mut self, code: &str) -> (Vec<Message>, Value) {
        self.run_with(&json!({ "code": code, "allow_stdin": false }))
    }

    pub fn run_with(&mut self, content: &Value) -> (Vec<Message>, Value) {
        let id = self.ask("execute_request", content);
        let output = self.output(&id);
        let reply = self.replied();
        assert_eq!((reply.parent, &*reply.kind), (id, "execute_reply"));
        (output, reply.content)
    }

    /// What a cell shows: the text of its streams and results.
    pub fn shown(&mut self, code: &str) -> String {
        text(&self.run(code).0)
    }
}

/// The text of streams and results.
pub fn text(messages: &[Message]) -> String {
    let of = |message: &Message| {
        let content = &message.content;
        content["text"].as_str().or(content["data"]["text/plain"].as_str()).unwrap_or_default().to_owned()
    };
    messages.iter().map(of).collect()
}

/// A message as frames, with its signature checked.
pub fn read(key: &str, frames: &[Vec<u8>]) -> Message {
    let at = frames.iter().position(|frame| frame == b"<IDS|MSG>").expect("a delimiter");
    let [signature, parts @ ..] = &frames[at + 1..] else { panic!("no signature") };
    assert_eq!(parts.len(), 4);
    let mut mac = HMAC::new(key);
    parts.iter().for_each(|part| mac.update(part));
    let expected: String = mac.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(String::from_utf8_lossy(signature), expected);
    let part = |at: usize| serde_json::from_slice::<Value>(&parts[at]).expect("JSON");
    let (header, parent) = (part(0), part(1));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Message { kind: text(&header["msg_type"]), parent: text(&parent["msg_id"]), content: part(3) }
}
