//! Component files: arrays by number in one file, of which every change is made completely or not at all.
//!
//! The file begins with [`MARK`]. Then records follow, each one change, in the order in which the changes were made:
//!
//! ```text
//! kind        1 byte    1 a component gets this content, 2 components are dropped, 3 the access matrix,
//!                       4 the properties, 5 the number that the next component has,
//!                       6 the number is the limit of the file's bytes, 0 for none
//! number      8 bytes   the component; how many are dropped, negative at the end
//! time        8 bytes   microseconds since 1970
//! user        4 bytes
//! length      8 bytes   of the content
//! check       4 bytes   CRC-32 of the content
//! check       4 bytes   CRC-32 of what stands before it in the record
//! content
//! ```
//!
//! Numbers have their low bytes first. A record that is cut off at the end of the file has not been made: it is passed
//! over, and overwritten by the next one. So a process may be killed at any time. What is replaced or dropped stays in the
//! file until it is written anew ([`ComponentFile::compact`]).
//!
//! Processes that have a file tied keep locks on bytes far behind its end: one for the tie, shared or exclusive, one for
//! each access, and one for `⎕FHOLD`. Before each access the records that others have added are read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::fcntl::fcntl;
use nix::libc;
use rustix::fs::OFlags;

use super::replacement::Replacement;
use super::ties::set_lock;
use super::{IfExists, Place, Watch, failed};
use crate::error::{ErrorKind, Fault, Result};

/// The first bytes of the file.
const MARK: &[u8; 16] = b"zilde component1";
const HEAD: usize = 37;

/// The byte whose lock says that the file is tied, and the ones behind it for an access and for `⎕FHOLD`.
const TIE: i64 = 1 << 62;
const ACCESS: i64 = TIE + 1;
const HOLD: i64 = TIE + 2;

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Record {
    Content = 1,
    Drop = 2,
    Permissions = 3,
    Properties = 4,
    First = 5,
    Limit = 6,
}

/// Where the content of a component is, and who wrote it when.
#[derive(Clone, Copy, Debug)]
pub struct Component {
    at: u64,
    /// Its bytes.
    pub length: u64,
    check: u32,
    /// Microseconds since 1970.
    pub time: u64,
    /// The number of the user.
    pub user: u32,
}

/// A component file that is tied.
pub struct ComponentFile {
    /// Its tie number, positive.
    pub number: i32,
    /// The name that it was tied with.
    pub name: String,
    /// Whether nobody else has it tied.
    pub exclusive: bool,
    file: File,
    writable: bool,
    /// Whether `⎕FHOLD` holds it.
    held: bool,
    /// How far the records have been read.
    end: u64,
    first: u64,
    next: u64,
    components: BTreeMap<u64, Component>,
    permissions: Option<Component>,
    properties: Option<Component>,
    limit: u64,
    /// When the first and the last record were written.
    pub times: (u64, u64),
}

fn damaged(name: &str) -> Fault {
    Fault::new(ErrorKind::from_number(23)).because(format!("{name}: not a component file of zilde, or damaged"))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros() as u64)
}

impl ComponentFile {
    /// Ties a file. FILE TIED if somebody else has it tied in a way that does not go together with this one.
    pub fn tie(place: &Place, number: i32, exclusive: bool, watch: Watch) -> Result<ComponentFile> {
        let unable = |error: io::Error| failed(&place.name, "open file", error);
        let (file, writable) = match place.open(OFlags::RDWR) {
            Ok(file) => (file, true),
            Err(error) if !exclusive && error.kind() == io::ErrorKind::PermissionDenied => {
                (place.open(OFlags::RDONLY).map_err(unable)?, false)
            }
            Err(error) => return Err(unable(error)),
        };
        ComponentFile::open(place, file, writable, number, exclusive, watch)
    }

    /// Makes a file and ties it exclusively.
    pub fn create(place: &Place, number: i32, watch: Watch) -> Result<ComponentFile> {
        let unable = |error: io::Error| failed(&place.name, "create file", error);
        // The file has its first bytes from the beginning on.
        super::replace(place, MARK, IfExists::Error, watch)?;
        let file = place.open(OFlags::RDWR).map_err(unable)?;
        ComponentFile::open(place, file, true, number, true, watch)
    }

    fn open(
        place: &Place,
        file: File,
        writable: bool,
        number: i32,
        exclusive: bool,
        watch: Watch,
    ) -> Result<ComponentFile> {
        let mut tied = ComponentFile {
            number,
            name: place.name.clone(),
            exclusive,
            file,
            writable,
            held: false,
            end: MARK.len() as u64,
            first: 1,
            next: 1,
            components: BTreeMap::new(),
            permissions: None,
            properties: None,
            limit: 0,
            times: (0, 0),
        };
        if !tied.lock(if exclusive { libc::F_WRLCK } else { libc::F_RDLCK }, TIE)? {
            return Err(Fault::new(ErrorKind::from_number(24)).because(format!("{}: tied by another", place.name)));
        }
        let mut mark = [0; MARK.len()];
        match tied.file.read_exact_at(&mut mark, 0) {
            Ok(()) if mark == *MARK => {}
            Ok(()) => return Err(damaged(&place.name)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(damaged(&place.name)),
            Err(error) => return Err(failed(&place.name, "read file", error)),
        }
        tied.access(false, watch, |_| Ok(()))?;
        Ok(tied)
    }

    /// Takes or gives back a lock on a byte, if that is possible at once.
    fn lock(&self, kind: i32, byte: i64) -> Result<bool> {
        let asked =
            libc::flock { l_type: kind as i16, l_whence: libc::SEEK_SET as i16, l_start: byte, l_len: 1, l_pid: 0 };
        match fcntl(&self.file, set_lock(&asked)) {
            Ok(_) => Ok(true),
            Err(nix::Error::EAGAIN | nix::Error::EACCES) => Ok(false),
            Err(error) => Err(failed(&self.name, "lock file", io::Error::from(error))),
        }
    }

    fn wait(&self, kind: i32, byte: i64, watch: Watch) -> Result<()> {
        while !self.lock(kind, byte)? {
            (watch.poll)()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Does something with the file while no other process does, after its latest records have been read.
    fn access<T>(&mut self, writes: bool, watch: Watch, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if writes && !self.writable {
            return Err(Fault::new(ErrorKind::FileAccess).because(format!("{}: tied to be read", self.name)));
        }
        let shares = !self.exclusive;
        if shares {
            self.wait(if writes { libc::F_WRLCK } else { libc::F_RDLCK }, ACCESS, watch)?;
        }
        let done = self.catch_up(watch).and_then(|()| work(self));
        if shares {
            self.lock(libc::F_UNLCK, ACCESS)?;
        }
        done
    }

    fn length(&self) -> Result<u64> {
        Ok(self.file.metadata().map_err(|error| failed(&self.name, "read file", error))?.len())
    }

    /// Reads the records behind those that are known.
    fn catch_up(&mut self, watch: Watch) -> Result<()> {
        let length = self.length()?;
        while self.end + HEAD as u64 <= length {
            (watch.poll)()?;
            let mut head = [0; HEAD];
            self.file.read_exact_at(&mut head, self.end).map_err(|error| failed(&self.name, "read file", error))?;
            let long = |at: usize| u64::from_le_bytes(std::array::from_fn(|k| head[at + k]));
            let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|k| head[at + k]));
            if crc32fast::hash(&head[..HEAD - 4]) != word(HEAD - 4) {
                return Err(damaged(&self.name));
            }
            let at = self.end + HEAD as u64;
            let component = Component { at, length: long(21), check: word(29), time: long(9), user: word(17) };
            let end = at.checked_add(component.length).filter(|&end| end <= length);
            let Some(end) = end else { break };
            self.note(head[0], long(1), component)?;
            self.end = end;
        }
        Ok(())
    }

    /// A record has been made.
    fn note(&mut self, kind: u8, number: u64, component: Component) -> Result<()> {
        const CONTENT: u8 = Record::Content as u8;
        const DROP: u8 = Record::Drop as u8;
        const PERMISSIONS: u8 = Record::Permissions as u8;
        const PROPERTIES: u8 = Record::Properties as u8;
        const FIRST: u8 = Record::First as u8;
        const LIMIT: u8 = Record::Limit as u8;
        match kind {
            CONTENT if self.first <= number && number <= self.next => {
                self.components.insert(number, component);
                self.next = self.next.max(number + 1);
            }
            DROP => match number as i64 {
                count if count >= 0 => {
                    self.first = self.first.saturating_add(count as u64).min(self.next);
                    self.components = self.components.split_off(&self.first);
                }
                count => {
                    self.next = self.next.saturating_sub(count.unsigned_abs()).max(self.first);
                    drop(self.components.split_off(&self.next));
                }
            },
            PERMISSIONS => self.permissions = Some(component),
            PROPERTIES => self.properties = Some(component),
            FIRST if self.components.is_empty() => (self.first, self.next) = (number, number),
            LIMIT => self.limit = number,
            _ => return Err(damaged(&self.name)),
        }
        if self.times.0 == 0 {
            self.times.0 = component.time;
        }
        self.times.1 = component.time;
        Ok(())
    }

    /// Appends a record.
    fn add(&mut self, kind: Record, number: u64, content: &[u8], from: Option<&Component>) -> Result<()> {
        let unable = |error: io::Error| failed(&self.name, "write file", error);
        let length = content.len() as u64;
        let (time, user) = from.map_or_else(|| (now(), super::user()), |from| (from.time, from.user));
        let check = crc32fast::hash(content);
        let mut record = Vec::new();
        record.try_reserve_exact(HEAD + content.len()).map_err(|_| Fault::ws_full())?;
        record.push(kind as u8);
        for field in [number, time] {
            record.extend_from_slice(&field.to_le_bytes());
        }
        record.extend_from_slice(&user.to_le_bytes());
        record.extend_from_slice(&length.to_le_bytes());
        record.extend_from_slice(&check.to_le_bytes());
        record.extend_from_slice(&crc32fast::hash(&record).to_le_bytes());
        record.extend_from_slice(content);
        let full = self.end.saturating_add(record.len() as u64) > self.limit && self.limit > 0;
        if kind == Record::Content && full {
            return Err(Fault::new(ErrorKind::from_number(21)));
        }
        // What a process has not finished is behind the end.
        if self.length()? > self.end {
            self.file.set_len(self.end).map_err(unable)?;
        }
        if let Err(error) = self.file.write_all_at(&record, self.end) {
            let _ = self.file.set_len(self.end);
            return Err(unable(error));
        }
        let component = Component { at: self.end + HEAD as u64, length, check, time, user };
        self.note(kind as u8, number, component)?;
        self.end += record.len() as u64;
        Ok(())
    }

    fn content(&self, component: &Component, watch: Watch) -> Result<Vec<u8>> {
        let length = usize::try_from(component.length).map_err(|_| Fault::ws_full())?;
        let mut bytes = watch.memory.filled(length, 0)?;
        let read = self.file.read_exact_at(&mut bytes, component.at);
        read.map_err(|error| failed(&self.name, "read file", error))?;
        match crc32fast::hash(&bytes) == component.check {
            true => Ok(bytes),
            false => Err(Fault::new(ErrorKind::from_number(38)).because(format!("{}: damaged", self.name))),
        }
    }

    fn find(&self, number: i64) -> Result<&Component> {
        let found = u64::try_from(number).ok().and_then(|number| self.components.get(&number));
        found.ok_or_else(|| {
            let detail = format!("there is no component {number}; the first is {}, the next {}", self.first, self.next);
            Fault::new(ErrorKind::from_number(20)).with_detail(detail.replace('-', "¯"))
        })
    }

    /// The contents of some components, read at once. FILE INDEX ERROR, FILE COMPONENT DAMAGED.
    pub fn read(&mut self, numbers: &[i64], watch: Watch) -> Result<Vec<Vec<u8>>> {
        self.access(false, watch, |file| {
            numbers.iter().map(|&number| file.content(file.find(number)?, watch)).collect()
        })
    }

    /// What is known of a component. FILE INDEX ERROR.
    pub fn information(&mut self, number: i64, watch: Watch) -> Result<Component> {
        self.access(false, watch, |file| file.find(number).copied())
    }

    /// Appends a component; its number.
    pub fn append(&mut self, content: &[u8], watch: Watch) -> Result<u64> {
        self.access(true, watch, |file| {
            let number = file.next;
            file.add(Record::Content, number, content, None)?;
            Ok(number)
        })
    }

    /// Replaces a component. FILE INDEX ERROR.
    pub fn replace(&mut self, number: i64, content: &[u8], watch: Watch) -> Result<()> {
        self.access(true, watch, |file| {
            file.find(number)?;
            file.add(Record::Content, number as u64, content, None)
        })
    }

    /// Drops components at the beginning, or a negative number at the end; which ones. FILE INDEX ERROR.
    pub fn drop(&mut self, count: i64, watch: Watch) -> Result<std::ops::Range<u64>> {
        self.access(true, watch, |file| {
            if count.unsigned_abs() > file.next - file.first {
                return Err(Fault::new(ErrorKind::from_number(20)).with_detail("there are fewer components"));
            }
            let before = file.first..file.next;
            if count != 0 {
                file.add(Record::Drop, count as u64, &[], None)?;
            }
            Ok(if count < 0 { file.next..before.end } else { before.start..file.first })
        })
    }

    /// The numbers of the first component and of the next one, and how long the file is.
    pub fn size(&mut self, watch: Watch) -> Result<(u64, u64, u64)> {
        self.access(false, watch, |file| Ok((file.first, file.next, file.end)))
    }

    /// The most bytes that the file may have.
    pub fn limit(&self) -> u64 {
        if self.limit == 0 { u64::MAX } else { self.limit }
    }

    /// Limits the bytes of the file; 0 for no limit.
    pub fn set_limit(&mut self, limit: u64, watch: Watch) -> Result<()> {
        self.access(true, watch, |file| file.add(Record::Limit, limit, &[], None))
    }

    /// The access matrix as it was set.
    pub fn permissions(&mut self, watch: Watch) -> Result<Option<Vec<u8>>> {
        self.access(false, watch, |file| file.permissions.map(|at| file.content(&at, watch)).transpose())
    }

    /// Sets the access matrix.
    pub fn set_permissions(&mut self, content: &[u8], watch: Watch) -> Result<()> {
        self.access(true, watch, |file| file.add(Record::Permissions, 0, content, None))
    }

    /// The properties as they were set.
    pub fn properties(&mut self, watch: Watch) -> Result<Option<Vec<u8>>> {
        self.access(false, watch, |file| file.properties.map(|at| file.content(&at, watch)).transpose())
    }

    /// Sets the properties.
    pub fn set_properties(&mut self, content: &[u8], watch: Watch) -> Result<()> {
        self.access(true, watch, |file| file.add(Record::Properties, 0, content, None))
    }

    /// The numbers of the components whose content is not what was written.
    pub fn check(&mut self, watch: Watch) -> Result<Vec<u64>> {
        self.access(false, watch, |file| {
            let mut wrong = Vec::new();
            for (&number, component) in &file.components {
                (watch.poll)()?;
                match file.content(component, watch) {
                    Err(fault) if fault.kind().is_circumstance() => return Err(fault),
                    Err(_) => wrong.push(number),
                    Ok(_) => {}
                }
            }
            Ok(wrong)
        })
    }

    /// Takes the lock of `⎕FHOLD`, for which it waits, or gives it back.
    pub fn hold(&mut self, hold: bool, watch: Watch) -> Result<()> {
        match hold {
            true if !self.held => self.wait(if self.writable { libc::F_WRLCK } else { libc::F_RDLCK }, HOLD, watch)?,
            false if self.held => drop(self.lock(libc::F_UNLCK, HOLD)?),
            _ => {}
        }
        self.held = hold;
        Ok(())
    }

    /// Writes what is in the file to a new one, without what has been replaced and dropped, and ties that exclusively.
    pub fn copy(&mut self, place: &Place, number: i32, watch: Watch) -> Result<ComponentFile> {
        let mut copy = ComponentFile::create(place, number, watch)?;
        self.copy_into(&mut copy, watch)?;
        Ok(copy)
    }

    fn copy_into(&mut self, copy: &mut ComponentFile, watch: Watch) -> Result<()> {
        self.access(false, watch, |file| {
            let (first, next) = (file.first, file.next);
            if first > 1 {
                copy.add(Record::First, first, &[], None)?;
            }
            if file.limit > 0 {
                copy.add(Record::Limit, file.limit, &[], None)?;
            }
            for number in first..next {
                (watch.poll)()?;
                let component = file.find(number as i64)?;
                copy.add(Record::Content, number, &file.content(component, watch)?, Some(component))?;
            }
            for (kind, known) in [(Record::Permissions, file.permissions), (Record::Properties, file.properties)] {
                if let Some(component) = known {
                    copy.add(kind, 0, &file.content(&component, watch)?, Some(&component))?;
                }
            }
            Ok(())
        })
    }

    /// Writes the file anew, without what has been replaced and dropped. FILE ACCESS ERROR unless it is tied exclusively.
    pub fn compact(&mut self, place: &Place, watch: Watch) -> Result<()> {
        if !self.exclusive {
            return Err(Fault::new(ErrorKind::FileAccess).because(format!("{}: not tied exclusively", self.name)));
        }
        let unable = |error: io::Error| failed(&place.name, "create file", error);
        let target = place.followed().ok_or_else(|| unable(io::ErrorKind::NotFound.into()))?;
        let old = target.stat().map_err(unable)?;
        let new = Replacement::new(&target, Some(&old)).map_err(unable)?;
        new.file.write_all_at(MARK, 0).map_err(unable)?;
        let file = new.place.open(OFlags::RDWR).map_err(unable)?;
        let mut copy = ComponentFile::open(&new.place, file, true, self.number, true, watch)?;
        self.copy_into(&mut copy, watch)?;
        new.take_place(&target, false, false).map_err(unable)?;
        copy.name = std::mem::take(&mut self.name);
        *self = copy;
        Ok(())
    }
}
