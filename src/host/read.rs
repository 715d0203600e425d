//! Reading whole files: within the budget, and so that it can be stopped.

use std::io::{self, Read};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags};

use super::{Place, Watch, failed};
use crate::error::{Fault, Result};

/// Bytes read between two looks at whether to stop.
const PIECE: usize = 1 << 20;

/// How long a pipe is waited for between two looks at whether to stop.
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// All that is in a file. `each` is how many bytes of the budget a byte will take in the end, with what becomes of it.
///
/// FILE NAME ERROR, FILE ACCESS ERROR, WS FULL. Waits for pipes.
pub fn read(place: &Place, watch: Watch, each: usize) -> Result<Vec<u8>> {
    let unable = |error: io::Error| failed(&place.name, "open file", error);
    let file = place.open(OFlags::RDONLY).map_err(unable)?;
    let about = rustix::fs::fstat(&file).map_err(|error| unable(error.into()))?;
    let kind = FileType::from_raw_mode(about.st_mode);
    let expected = if kind == FileType::RegularFile { usize::try_from(about.st_size).unwrap_or(0) } else { 0 };
    if kind == FileType::Fifo {
        // Before anybody has opened the other end, a pipe would seem to be at its end.
        while !wait(&file, PollFlags::IN) {
            (watch.poll)()?;
        }
    }
    rest(file, &place.name, watch, each, expected)
}

/// What follows in a file; `expected` is how many bytes there probably are.
pub fn rest(mut file: impl Read + AsFd, name: &str, watch: Watch, each: usize, expected: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more shows that there is no more.
    grow(&mut bytes, expected.saturating_add(1), watch, each)?;
    loop {
        (watch.poll)()?;
        if bytes.len() == bytes.capacity() {
            let more = bytes.len().max(PIECE);
            grow(&mut bytes, more, watch, each)?;
        }
        let room = (bytes.capacity() - bytes.len()).min(PIECE);
        let before = bytes.len();
        match (&mut file).take(room as u64).read_to_end(&mut bytes) {
            Ok(0) => return Ok(bytes),
            Ok(_) => {}
            // What came before the error is kept.
            Err(_) if bytes.len() > before => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => drop(wait(&file, PollFlags::IN)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(name, "read file", error)),
        }
    }
}

/// Waits a moment for a pipe; tells whether it is ready. An error shows when the file is used.
pub(super) fn wait(file: impl AsFd, until: PollFlags) -> bool {
    poll(&mut [PollFd::new(&file, until)], Some(&WAIT)) != Ok(0)
}

fn grow(bytes: &mut Vec<u8>, more: usize, watch: Watch, each: usize) -> Result<()> {
    watch.memory.check(bytes.len().saturating_add(more).saturating_mul(each))?;
    bytes.try_reserve_exact(more).map_err(|_| Fault::ws_full())
}
