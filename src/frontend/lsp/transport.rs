//! Messages over standard input and output. What is no message is answered with an error and skipped, so that a client
//! that sends garbage once can go on.

use std::io::{self, BufRead, BufReader, Read};
use std::thread::JoinHandle;

use lsp_server::{Connection, Message, Request};

/// The method that stands for what is no message.
pub const GARBAGE: &str = "$/garbage";
/// A longer message is skipped.
const MOST_BYTES: u64 = 1 << 30;
/// A longer line is no header.
const MOST_HEADER: u64 = 1 << 16;

/// A connection with the process that has started this one, and the thread that writes to it.
pub fn connect() -> io::Result<(Connection, JoinHandle<()>)> {
    let (outside, server) = Connection::memory();
    let Connection { sender, receiver } = outside;
    let named = |name: &str| std::thread::Builder::new().name(name.to_owned());
    // It ends with the process: nothing interrupts a read.
    named("reader").spawn(move || {
        let mut input = BufReader::new(io::stdin());
        // At the end, or where standard input fails, the server ends.
        while let Ok(Some(message)) = read(&mut input) {
            if sender.send(message.unwrap_or_else(garbage)).is_err() {
                break;
            }
        }
    })?;
    let writer = named("writer").spawn(move || {
        let mut output = io::stdout();
        for message in &receiver {
            // A client that is gone reads nothing.
            if message.write(&mut output).is_err() {
                break;
            }
        }
    })?;
    Ok((server, writer))
}

/// A request that nobody has sent, which is refused.
fn garbage() -> Message {
    Message::Request(Request::new(0.into(), GARBAGE.to_owned(), serde_json::Value::Null))
}

/// The next message; `Some(None)` for something else, `None` at the end.
fn read(input: &mut impl BufRead) -> io::Result<Option<Option<Message>>> {
    let mut length: Option<u64> = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(MOST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        match (text.trim().split_once(':'), length) {
            (Some((name, value)), _) if name.trim().eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok();
            }
            (None, Some(_)) if text.trim().is_empty() => break,
            // Other headers, and lines that are none.
            _ => {}
        }
    }
    let length = length.unwrap_or(0);
    if length > MOST_BYTES {
        return Ok(Some(None));
    }
    let mut body = Vec::new();
    if input.by_ref().take(length).read_to_end(&mut body)? < length as usize {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&body).ok()))
}

#[cfg(test)]
mod tests {
    use super::read;

    /// The methods of the messages in a stream, and where something else is skipped.
    fn methods(text: &str) -> Vec<String> {
        let mut input = text.as_bytes();
        let mut found = Vec::new();
        while let Some(message) = read(&mut input).unwrap() {
            found.push(match message {
                Some(lsp_server::Message::Notification(notification)) => notification.method,
                Some(_) => "other".to_owned(),
                None => "none".to_owned(),
            });
        }
        found
    }

    fn sent(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn garbage_is_skipped() {
        let (a, b) = (sent(r#"{"jsonrpc":"2.0","method":"a"}"#), sent(r#"{"jsonrpc":"2.0","method":"b"}"#));
        assert_eq!(methods(&format!("{a}{b}")), ["a", "b"]);
        assert_eq!(methods(&format!("{a}\r\nnonsense\r\n: :\r\n{b}")), ["a", "b"]);
        assert_eq!(methods(&format!("{a}{}{b}", sent("{no json"))), ["a", "none", "b"]);
        assert_eq!(
            methods(&format!("{a}content-length:  30 \nX: y\n\n{}", r#"{"jsonrpc":"2.0","method":"c"}"#)),
            ["a", "c"]
        );
        assert_eq!(methods(&format!("{a}Content-Length: 99999999999999\r\n\r\n{b}")), ["a", "none", "b"]);
        assert_eq!(methods(&format!("{a}Content-Length: 5000\r\n\r\nhalf")), ["a"]);
    }
}
