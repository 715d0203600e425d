//! A client that is connected: how the two sides greet each other, and what is sent to it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

use super::frame::{self, Frame, invalid};
use super::socket::Kind;
use crate::frontend::notebook::locked;

/// How long a client may take to introduce itself, and how long none of what is sent may be taken.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest message that is taken from a client.
const LONGEST: usize = 1 << 26;

/// The topics that a client may have.
const TOPICS: usize = 1000;

/// A client.
pub struct Peer {
    /// What it calls itself, or what it was called here.
    pub identity: Vec<u8>,
    stream: Mutex<TcpStream>,
    /// The beginnings of the messages that it wants.
    topics: Mutex<Vec<Vec<u8>>>,
}

/// Both sides begin with this: ten bytes that no older protocol begins with, version 3.1, the mechanism `NULL`, and
/// zeros.
fn greeting() -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[0] = 0xff;
    bytes[9] = 0x7f;
    bytes[10] = 3;
    bytes[11] = 1;
    bytes[12..16].copy_from_slice(b"NULL");
    bytes
}

impl Peer {
    /// Greets a client; one that gives itself no identity has that of its `number`.
    pub fn greet(stream: &TcpStream, kind: Kind, number: u32) -> io::Result<Peer> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut writer = stream.try_clone()?;
        let mut reader = stream;
        writer.write_all(&greeting())?;
        let mut theirs = [0; 64];
        reader.read_exact(&mut theirs)?;
        if theirs[0] != 0xff || theirs[9] & 1 == 0 || theirs[10] < 3 {
            return Err(invalid("no greeting of ZMTP 3"));
        }
        if theirs[12..32] != greeting()[12..32] {
            return Err(invalid("a security mechanism other than NULL"));
        }
        let ours = kind.name();
        let mut about = property("Socket-Type", ours.as_bytes());
        about.extend(property("Identity", b""));
        writer.write_all(&frame::command("READY", &about))?;
        let ready = frame::read(&mut reader, 1 << 12)?;
        let Some((b"READY", about)) = frame::parts(&ready.body).filter(|_| ready.is_command) else {
            return Err(invalid("no READY"));
        };
        let about = properties(about).ok_or_else(|| invalid("a broken READY"))?;
        let find = |name: &str| about.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        let theirs = find("Socket-Type").map(|(_, value)| *value).unwrap_or_default();
        if !kind.talks_to(theirs) {
            // The connection ends here; if this cannot be told, nothing is lost.
            let _ = writer.write_all(&frame::command("ERROR", b"\x13Invalid socket type"));
            return Err(invalid("a socket of the wrong type"));
        }
        stream.set_read_timeout(None)?;
        let identity = match find("Identity").map(|(_, value)| value.to_vec()) {
            Some(identity) if !identity.is_empty() => identity,
            // As in libzmq: what a client calls itself does not begin with a zero.
            _ => [&[0][..], &number.to_be_bytes()].concat(),
        };
        Ok(Peer { identity, stream: Mutex::new(writer), topics: Mutex::default() })
    }

    /// The next message; answers the commands before it.
    pub fn read(&self, reader: &mut impl Read) -> io::Result<Vec<Vec<u8>>> {
        let mut frames = Vec::new();
        let mut room = LONGEST;
        loop {
            let Frame { is_command, more, body } = frame::read(reader, room)?;
            if is_command {
                self.command(&body)?;
                continue;
            }
            // A frame costs more than its bytes, so that empty ones have an end too.
            room = room.checked_sub(body.len() + 64).ok_or_else(|| invalid("a message that is too long"))?;
            frames.push(body);
            if !more {
                return Ok(frames);
            }
        }
    }

    fn command(&self, body: &[u8]) -> io::Result<()> {
        match frame::parts(body).ok_or_else(|| invalid("a broken command"))? {
            // Two bytes say how long the client waits.
            (b"PING", data) => self.write(&frame::command("PONG", data.get(2..).unwrap_or_default())),
            (b"SUBSCRIBE", topic) => self.subscribe(topic),
            (b"CANCEL", topic) => {
                self.cancel(topic);
                Ok(())
            }
            (b"ERROR", _) => Err(invalid("the client ended the connection")),
            _ => Ok(()),
        }
    }

    /// From now on, messages that begin with the topic are wanted.
    pub fn subscribe(&self, topic: &[u8]) -> io::Result<()> {
        let mut topics = locked(&self.topics);
        if topics.len() >= TOPICS {
            return Err(invalid("too many topics"));
        }
        topics.push(topic.to_vec());
        Ok(())
    }

    /// Takes a subscription back.
    pub fn cancel(&self, topic: &[u8]) {
        let mut topics = locked(&self.topics);
        if let Some(at) = topics.iter().position(|known| known == topic) {
            topics.swap_remove(at);
        }
    }

    /// Takes all subscriptions back.
    pub fn unsubscribe(&self) {
        locked(&self.topics).clear();
    }

    /// Whether a message with this first frame is wanted.
    pub fn wants(&self, topic: &[u8]) -> bool {
        locked(&self.topics).iter().any(|wanted| topic.starts_with(wanted))
    }

    /// Sends bytes. Fails where the client has gone, or has taken nothing for too long; then the connection ends.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stream = locked(&self.stream);
        stream.write_all(bytes).inspect_err(|_| {
            // A part of a message may have been sent, after which no other one can be. The reader sees the end too.
            let _ = stream.shutdown(std::net::Shutdown::Both);
        })
    }
}

/// A property in READY: a name and a value, each behind its length.
fn property(name: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![name.len() as u8];
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend((value.len() as u32).to_be_bytes());
    bytes.extend_from_slice(value);
    bytes
}

fn properties(mut bytes: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (name, rest) = frame::parts(bytes)?;
        let (length, rest) = rest.split_first_chunk()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        found.push((name, value));
        bytes = rest;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_they_were_written() {
        let bytes = [property("Socket-Type", b"DEALER"), property("Identity", b"")].concat();
        assert_eq!(properties(&bytes), Some(vec![(&b"Socket-Type"[..], &b"DEALER"[..]), (b"Identity", b"")]));
        for end in [1, 5, 14, bytes.len() - 1] {
            assert_eq!(properties(&bytes[..end]), None, "{end}");
        }
    }
}
