//! Jupyter's messages: four JSON objects with a signature, as frames.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use hmac_sha256::HMAC;
use serde_json::{Value, json};

use super::locked;

/// Stands between the identities and the message.
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// The version of the protocol that is spoken.
pub const PROTOCOL: &str = "5.3";

/// How many signatures are remembered.
const SIGNATURES: usize = 1 << 16;

/// A message that has come.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Who it is from, as the sockets say.
    pub identities: Vec<Vec<u8>>,
    /// Its header, which becomes the parent of the answers.
    pub header: Value,
    /// What it holds.
    pub content: Value,
}

impl Message {
    /// The type of the message.
    pub fn kind(&self) -> &str {
        self.header["msg_type"].as_str().unwrap_or_default()
    }

    /// A text in the content; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.content[name].as_str().unwrap_or_default()
    }

    /// A switch in the content, or what it is where nothing is said.
    pub fn flag(&self, name: &str, otherwise: bool) -> bool {
        self.content[name].as_bool().unwrap_or(otherwise)
    }
}

/// Signs messages and checks signatures. Without a key, anything goes.
pub struct Signer {
    key: Vec<u8>,
    /// What this kernel calls itself in headers.
    session: String,
    count: AtomicU64,
    seen: Mutex<Seen>,
}

/// The latest signatures.
#[derive(Default)]
struct Seen {
    set: HashSet<Vec<u8>>,
    order: VecDeque<Vec<u8>>,
}

impl Seen {
    /// Notes a signature; false where it has been here before.
    fn note(&mut self, signature: &[u8]) -> bool {
        if !self.set.insert(signature.to_vec()) {
            return false;
        }
        self.order.push_back(signature.to_vec());
        if self.order.len() > SIGNATURES
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

impl Signer {
    /// A signer with a key.
    pub fn new(key: &str) -> Signer {
        let seen = Mutex::default();
        Signer { key: key.into(), session: random_text(), count: AtomicU64::new(0), seen }
    }

    /// The message that frames hold, of which those of the sockets come first; or why they hold none.
    pub fn read(&self, frames: &[Vec<u8>]) -> Result<Message, &'static str> {
        let at = frames.iter().position(|frame| frame == DELIMITER).ok_or("no delimiter")?;
        let (identities, rest) = frames.split_at(at);
        let [_, signature, header, parent, metadata, content, ..] = rest else { return Err("too few frames") };
        if !self.key.is_empty() {
            let expected = bytes_of_hex(signature).ok_or("not signed")?;
            let mut mac = HMAC::new(&self.key);
            [header, parent, metadata, content].iter().for_each(|part| mac.update(part));
            if !mac.finalize_verify(&expected) {
                return Err("wrongly signed");
            }
            if !locked(&self.seen).note(signature) {
                return Err("sent a second time");
            }
        }
        let object = |bytes: &[u8]| serde_json::from_slice(bytes).ok().filter(Value::is_object);
        let header = object(header).ok_or("the header is no JSON object")?;
        let content = object(content).ok_or("the content is no JSON object")?;
        let message = Message { identities: identities.to_vec(), header, content };
        if message.kind().is_empty() {
            return Err("without a type");
        }
        Ok(message)
    }

    /// The frames of a message, behind those of the sockets.
    pub fn write(&self, before: &[Vec<u8>], kind: &str, parent: &Value, content: &Value) -> Vec<Vec<u8>> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let header = json!({
            "msg_id": format!("{}_{number}", self.session),
            "session": self.session,
            "username": "zilde",
            "date": jiff::Timestamp::now().to_string(),
            "msg_type": kind,
            "version": PROTOCOL,
        });
        let empty = json!({});
        let parts = [&header, parent, &empty, content].map(|part| part.to_string().into_bytes());
        let mut signature = Vec::new();
        if !self.key.is_empty() {
            let mut mac = HMAC::new(&self.key);
            parts.iter().for_each(|part| mac.update(part));
            signature = hex(&mac.finalize()).into_bytes();
        }
        let mut frames = before.to_vec();
        frames.extend([DELIMITER.to_vec(), signature]);
        frames.extend(parts);
        frames
    }
}

/// 32 hexadecimal digits that nobody can tell beforehand.
pub fn random_text() -> String {
    let word = || RandomState::new().hash_one(std::process::id()).to_be_bytes();
    hex(&[word(), word()].concat())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of_hex(text: &[u8]) -> Option<[u8; 32]> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == 64 && text.is_ascii())?;
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_written() {
        let (here, there) = (Signer::new("secret"), Signer::new("secret"));
        let frames = here.write(&[b"who".to_vec()], "status", &json!({"a": 1}), &json!({"text": "⍴"}));
        let message = there.read(&frames).unwrap();
        assert_eq!((message.kind(), message.text("text")), ("status", "⍴"));
        assert_eq!(message.identities, [b"who".to_vec()]);
        assert_eq!(there.read(&frames).unwrap_err(), "sent a second time");
        let free = Signer::new("");
        let frames = free.write(&[], "status", &json!({}), &json!({}));
        assert!(free.read(&frames).is_ok() && free.read(&frames).is_ok());
    }

    #[test]
    fn what_is_wrong_is_told() {
        let (here, there) = (Signer::new("secret"), Signer::new("other"));
        let mut frames = here.write(&[], "status", &json!({}), &json!({}));
        assert_eq!(there.read(&frames).unwrap_err(), "wrongly signed");
        frames[5] = b"{\"a\":1}".to_vec();
        assert_eq!(here.read(&frames).unwrap_err(), "wrongly signed");
        frames[1] = b"".to_vec();
        assert_eq!(here.read(&frames).unwrap_err(), "not signed");
        assert_eq!(here.read(&frames[..4]).unwrap_err(), "too few frames");
        assert_eq!(here.read(&frames[1..]).unwrap_err(), "no delimiter");
        let free = Signer::new("");
        let parts = |header: &str, content: &str| {
            [DELIMITER, b"", header.as_bytes(), b"{}", b"{}", content.as_bytes()].map(<[u8]>::to_vec)
        };
        assert_eq!(free.read(&parts("[1]", "{}")).unwrap_err(), "the header is no JSON object");
        assert_eq!(free.read(&parts("{}", "{")).unwrap_err(), "the content is no JSON object");
        assert_eq!(free.read(&parts("{}", "{}")).unwrap_err(), "without a type");
        let deep = "[".repeat(100_000);
        assert_eq!(free.read(&parts(&deep, "{}")).unwrap_err(), "the header is no JSON object");
    }

    #[test]
    fn signatures_are_those_of_the_standard() {
        // RFC 4231, test case 2.
        let mac = HMAC::mac(b"what do ya want for nothing?", b"Jefe");
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(bytes_of_hex(hex(&mac).as_bytes()), Some(mac));
        assert_eq!(bytes_of_hex(b"+1"), None);
    }
}
