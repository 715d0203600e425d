//! Frames: a byte of flags, a length, and that many bytes. Messages are frames of which all but the last say that more
//! follow; commands are frames of their own.

use std::io::{self, Read};

/// Another frame of the message follows.
const MORE: u8 = 1;
/// The length takes eight bytes, not one.
const LONG: u8 = 2;
/// A command, no part of a message.
const COMMAND: u8 = 4;

/// Bytes that are read at a time, so that a length alone takes no memory.
const PIECE: u64 = 1 << 16;

/// A frame.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whether it is a command.
    pub is_command: bool,
    /// Whether another one of the message follows.
    pub more: bool,
    /// What it holds.
    pub body: Vec<u8>,
}

/// Reads a frame of at most `room` bytes.
pub fn read(reader: &mut impl Read, room: usize) -> io::Result<Frame> {
    let mut byte = [0];
    reader.read_exact(&mut byte)?;
    let [flags] = byte;
    if flags & !(MORE | LONG | COMMAND) != 0 {
        return Err(invalid("unknown flags of a frame"));
    }
    let length = if flags & LONG == 0 {
        reader.read_exact(&mut byte)?;
        u64::from(byte[0])
    } else {
        let mut bytes = [0; 8];
        reader.read_exact(&mut bytes)?;
        u64::from_be_bytes(bytes)
    };
    if usize::try_from(length).map_or(true, |length| length > room) {
        return Err(invalid("a message that is too long"));
    }
    let mut body = Vec::new();
    while (body.len() as u64) < length {
        let piece = PIECE.min(length - body.len() as u64);
        if reader.by_ref().take(piece).read_to_end(&mut body)? as u64 != piece {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Frame { is_command: flags & COMMAND != 0, more: flags & MORE != 0, body })
}

/// A message as bytes.
pub fn message<T: AsRef<[u8]>>(frames: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        write(&mut bytes, if at + 1 < frames.len() { MORE } else { 0 }, frame.as_ref());
    }
    bytes
}

/// A command as bytes: its name, and what belongs to it.
pub fn command(name: &str, data: &[u8]) -> Vec<u8> {
    // Names are shorter than 256 bytes.
    let mut body = vec![name.len() as u8];
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(data);
    let mut bytes = Vec::new();
    write(&mut bytes, COMMAND, &body);
    bytes
}

/// The name of a command, and what belongs to it.
pub fn parts(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = body.split_first()?;
    rest.split_at_checked(length.into())
}

fn write(bytes: &mut Vec<u8>, flags: u8, body: &[u8]) {
    match u8::try_from(body.len()) {
        Ok(length) => bytes.extend([flags, length]),
        Err(_) => {
            bytes.push(flags | LONG);
            bytes.extend((body.len() as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(body);
}

/// What no client of this protocol sends.
pub fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_were_written() {
        let long = vec![7; 300];
        let bytes = [message(&[&b"ab"[..], b"", &long]), command("PING", b"\0\x05x")].concat();
        let mut reader = &bytes[..];
        let mut next = || read(&mut reader, 300).unwrap();
        assert_eq!(next(), Frame { is_command: false, more: true, body: b"ab".to_vec() });
        assert_eq!(next(), Frame { is_command: false, more: true, body: Vec::new() });
        assert_eq!(next(), Frame { is_command: false, more: false, body: long.clone() });
        let ping = next();
        assert!(ping.is_command && parts(&ping.body) == Some((b"PING", b"\0\x05x")));
        assert!(read(&mut reader, 300).is_err());
    }

    #[test]
    fn bad_frames_are_refused() {
        let kind = |bytes: &[u8]| read(&mut &*bytes, 100).unwrap_err().kind();
        assert_eq!(kind(&[8, 0]), io::ErrorKind::InvalidData);
        assert_eq!(kind(&[0, 101]), io::ErrorKind::InvalidData);
        assert_eq!(kind(&[LONG, 255, 255, 255, 255, 255, 255, 255, 255]), io::ErrorKind::InvalidData);
        assert_eq!(kind(&[0, 5, 1]), io::ErrorKind::UnexpectedEof);
        assert_eq!(parts(&[5, b'a']), None);
        assert_eq!(parts(&[]), None);
    }
}
