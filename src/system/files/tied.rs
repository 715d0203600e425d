//! Native files: bytes of files that stay open, as arrays. `⎕NTIE`, `⎕NREAD` and their family.

use std::time::Duration;

use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::host::{self, Access, At, IfExists, Lock, Mode};
use crate::system::representation::{self, Kind};
use crate::system::{Call, monadic, unicode};

/// The options of `⎕NCREATE`.
pub const CREATE_OPTIONS: &[&str] = &["Unique", "IfExists"];

/// The conversion by positions in `⎕AV`.
const TRANSLATED: i64 = 82;

/// The numbers of an argument, between `least` and `most` of them.
pub(super) fn numbers(context: &Context, value: &Value, least: usize, most: usize) -> Result<Vec<i64>> {
    let numbers = convert::int_vec(context.memory(), value)?;
    if (least..=most).contains(&numbers.len()) {
        return Ok(numbers);
    }
    let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
    Err(Fault::length().with_detail(format!("{wanted} numbers are wanted, not {}", numbers.len())))
}

/// A count or a place in a file; `None` for ¯1.
fn place(number: i64) -> Result<Option<u64>> {
    match number {
        -1 => Ok(None),
        _ => u64::try_from(number).map(Some).map_err(|_| Fault::domain()),
    }
}

fn shy(context: &Context, value: Value) -> Result<Value> {
    context.shy.set(true);
    Ok(value)
}

fn name(context: &Context, left: Option<Value>) -> Result<String> {
    convert::text(context.memory(), &left.ok_or_else(Fault::syntax)?)
}

/// `name ⎕NTIE number` or `name ⎕NTIE number mode`: ties a file. The result, its number, is shy unless 0 asked for it.
/// Dyalog: Native File Tie.
pub fn tie(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, &right, 1, 2)?;
    let mode = match asked.get(1) {
        None => None,
        // What others may do is for Windows.
        Some(mode) => Some(match mode & 15 {
            0 => Mode::Read,
            1 => Mode::Write,
            2 => Mode::Both,
            _ => return Err(Fault::domain().with_detail(format!("{mode} is no mode"))),
        }),
    };
    let find = |access| context.host.place(&name, access);
    let (place, mode) = match mode {
        Some(Mode::Read) => (find(Access::Read)?, mode),
        Some(Mode::Write) => (find(Access::Write)?, mode),
        Some(Mode::Both) => (find(Access::Change)?, mode),
        // Without the right to write, as without the permission of the system.
        None => match find(Access::Change) {
            Ok(place) => (place, None),
            Err(_) => (find(Access::Read)?, Some(Mode::Read)),
        },
    };
    let number = context.ties.borrow_mut().tie(&place, asked[0], mode)?;
    context.shy.set(asked[0] != 0);
    Ok(Value::Int(number))
}

/// `name ⎕NCREATE number`: makes a file and ties it. Shy: its number. Dyalog: Native File Create.
pub fn create(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, &right, 1, 1)?;
    let unique = super::flag(call, "Unique")?;
    let exists = super::if_exists(call, &["Error", "Replace"])?;
    for _ in 0..100 {
        let name = if unique { super::names::unique(&name) } else { name.clone() };
        let place = context.host.place(&name, Access::Write)?;
        let exists = if exists == "Replace" && !unique { IfExists::Replace } else { IfExists::Error };
        if unique && place.stat().is_ok() {
            continue;
        }
        let number = context.ties.borrow_mut().create(&place, asked[0], exists)?;
        return shy(context, Value::Int(number));
    }
    Err(Fault::limit())
}

/// `⎕NUNTIE numbers`: closes files. Shy: the numbers of those that were tied. An empty argument sends what was written to
/// the disk. Dyalog: Native File Untie.
pub fn untie(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let asked = convert::int_vec(context.memory(), &right)?;
    let mut ties = context.ties.borrow_mut();
    if asked.is_empty() {
        ties.flush();
    }
    let untied: Vec<i32> = asked.into_iter().filter_map(|number| ties.untie(number)).map(|tie| tie.number).collect();
    shy(context, Arr::new(context.memory(), &[untied.len()], untied)?.into())
}

/// `⎕NNUMS`: the numbers of tied files.
pub fn tie_numbers(context: &Context) -> Result<Value> {
    let numbers: Vec<i32> = context.ties.borrow().iter().map(|tie| tie.number).collect();
    Ok(Arr::new(context.memory(), &[numbers.len()], numbers)?.into())
}

/// `⎕NNAMES`: their names, as the rows of a matrix.
pub fn tie_names(context: &Context) -> Result<Value> {
    let names: Vec<Vec<char>> = context.ties.borrow().iter().map(|tie| tie.name.chars().collect()).collect();
    let width = names.iter().map(Vec::len).max().unwrap_or(0);
    let mut table = context.memory().vec(width * names.len())?;
    for name in &names {
        table.extend_from_slice(name);
        table.extend(std::iter::repeat_n(' ', width - name.len()));
    }
    Ok(Arr::new(context.memory(), &[names.len(), width], table)?.into())
}

/// `⎕NREAD number code count` or `⎕NREAD number code count start`: so many elements of the type, from a byte or from the
/// present position on; ¯1 is for all. Fewer at the end of the file. Dyalog: Native File Read.
pub fn read(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let asked = numbers(context, &right, 3, 4)?;
    let (kind, translated) = conversion(asked[1])?;
    // A bit is read with the seven beside it.
    let size = kind.bits().div_ceil(8);
    let count = match place(asked[2])? {
        None => None,
        Some(count) => Some(usize::try_from(count).ok().and_then(|n| n.checked_mul(size)).ok_or_else(Fault::ws_full)?),
    };
    let start = place(asked.get(3).copied().unwrap_or(-1))?;
    let each = 1 + if kind == Kind::Bit { 8 } else { 8usize.div_ceil(size) };
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(asked[0])?;
    let bytes = context.watched(|watch| tie.read(count, start, watch, each))?;
    let whole = bytes.len() / size;
    let bytes = &bytes[..whole * size];
    if translated {
        let meaning = Translation::of(tie.translation.as_deref()).characters();
        let chars = context.collect(bytes.len(), |k| meaning[usize::from(bytes[k])])?;
        return Ok(Arr::new(context.memory(), &[chars.len()], chars)?.into());
    }
    let count = if kind == Kind::Bit { 8 * whole } else { whole };
    Ok(representation::elements(context, bytes, kind, &[count])?.into())
}

/// The type of a conversion code, and whether it is by positions in `⎕AV`.
fn conversion(code: i64) -> Result<(Kind, bool)> {
    if code == TRANSLATED {
        return Ok((Kind::Char8, true));
    }
    match Kind::of_code(code)? {
        Kind::Pointer => Err(Fault::domain().with_detail("boxes are not in files")),
        kind => Ok((kind, false)),
    }
}

/// `X ⎕NAPPEND number` or `X ⎕NAPPEND number code`: writes the elements of `X` at the end. Shy: the position behind them.
/// Dyalog: Native File Append.
pub fn append(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let asked = numbers(call.context, &right, 1, 2)?;
    write(call.context, left, asked[0], At::End, asked.get(1).copied())
}

/// `X ⎕NREPLACE number start` or `X ⎕NREPLACE number start code`: writes the elements of `X` from a byte on, or with ¯1
/// from the present position. Shy: the position behind them. Dyalog: Native File Replace.
pub fn replace(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let asked = numbers(call.context, &right, 2, 3)?;
    let at = place(asked[1])?.map_or(At::Here, At::Place);
    write(call.context, left, asked[0], at, asked.get(2).copied())
}

fn write(context: &Context, left: Option<Value>, number: i64, at: At, code: Option<i64>) -> Result<Value> {
    let array = left.ok_or_else(Fault::syntax)?.array(context.memory())?;
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(number)?;
    let narrow = representation::kind(context, &array)?;
    if narrow == Kind::Pointer {
        return Err(Fault::domain().with_detail("only simple arrays of one type are written to files"));
    }
    let bytes = match code.map(conversion).transpose()? {
        Some((_, true)) => Translation::of(tie.translation.as_deref()).bytes(context, &array)?,
        Some((kind, false)) => {
            if !(array.is_empty() || representation::widens(narrow, kind)) {
                return Err(
                    Fault::domain().with_detail(format!("not all elements are of the type {}", code.unwrap_or(0)))
                );
            }
            representation::bytes(context, &array, kind)?
        }
        None if narrow.is_character() && narrow != Kind::Char8 && !array.is_empty() => {
            return Err(Fault::domain()
                .with_detail("a character that does not fit into one byte; the codes 160 and 320 are for these"));
        }
        None => representation::bytes(context, &array, narrow)?,
    };
    let position = context.watched(|watch| tie.write(&bytes, at, watch))?;
    shy(context, convert::scalar(position as f64))
}

/// `⎕NSIZE number`: the bytes of a file. Dyalog: Native File Size.
pub fn size(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let asked = numbers(call.context, &right, 1, 1)?;
    let size = call.context.ties.borrow_mut().get(asked[0])?.size()?;
    Ok(convert::scalar(size as f64))
}

/// `size ⎕NRESIZE number`: cuts a file off, or fills it up with zeros. Shy: the number. Dyalog: Native File Resize.
pub fn resize(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let size = convert::int(&left.ok_or_else(Fault::syntax)?)?;
    let asked = numbers(context, &right, 1, 1)?;
    let size = u64::try_from(size).map_err(|_| Fault::domain())?;
    context.ties.borrow_mut().get(asked[0])?.resize(size)?;
    shy(context, Value::Int(asked[0] as i32))
}

/// `name ⎕NRENAME number`: gives a tied file another name. Shy: the number. Dyalog: Native File Rename.
pub fn rename(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, &right, 1, 1)?;
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(asked[0])?;
    let (old, new) = (context.host.link(&tie.name, Access::Change)?, context.host.link(&name, Access::Write)?);
    host::rename(&old, &new, IfExists::Error)?;
    tie.name = name;
    shy(context, Value::Int(tie.number))
}

/// `name ⎕NERASE number`: unties a file and removes it; the name is the one that it was tied with. Shy: the number.
/// Dyalog: Native File Erase.
pub fn erase(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, &right, 1, 1)?;
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(asked[0])?;
    if tie.name != name {
        let detail = format!("the file was tied as {}", tie.name);
        return Err(Fault::new(crate::error::ErrorKind::FileName).with_detail(detail));
    }
    host::remove(&context.host.link(&name, Access::Write)?)?;
    let number = tie.number;
    ties.untie(asked[0]);
    shy(context, Value::Int(number))
}

/// `X ⎕NLOCK number`, `X ⎕NLOCK number start`, `X ⎕NLOCK number start count`: with `X` 2 an exclusive lock on bytes, with 1 a
/// shared one, with 0 none; a second number is how many seconds to wait for it. Shy: the right argument. Dyalog: Native
/// File Lock.
pub fn lock(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let how = convert::floats(memory, &left.ok_or_else(Fault::syntax)?.array(memory)?)?.into_owned();
    let lock = match how.first() {
        Some(0.0) => Lock::Free,
        Some(1.0) => Lock::Shared,
        Some(2.0) => Lock::Exclusive,
        _ => return Err(Fault::domain().with_detail("a lock is 0, 1 or 2")),
    };
    let limit = match how[1..] {
        [] => None,
        [seconds] => Some(Duration::try_from_secs_f64(seconds).map_err(|_| Fault::domain())?),
        _ => return Err(Fault::length().with_detail("a lock and a time are wanted")),
    };
    let asked = numbers(context, &right, 1, 3)?;
    let start = asked.get(1).copied().unwrap_or(0);
    let end = asked.get(2).map_or(Some(i64::MAX), |count| start.checked_add(*count)).unwrap_or(i64::MAX);
    if start < 0 || end <= start {
        return Err(Fault::domain().with_detail("a region begins at 0 or later and has at least one byte"));
    }
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(asked[0])?;
    context.watched(|watch| tie.lock(lock, start..end, limit, watch))?;
    shy(context, right)
}

/// `⎕NXLATE number`: which byte each position of `⎕AV` is written as. `table ⎕NXLATE number` sets that; the result, the old
/// table, is shy. Dyalog: Native File Translate.
pub fn translate(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let asked = numbers(context, &right, 1, 1)?;
    if asked[0] == 0 {
        return Err(Fault::nonce("⎕NXLATE for ⎕DR"));
    }
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(asked[0])?;
    let old: Vec<i32> = Translation::of(tie.translation.as_deref()).0.iter().map(|&byte| i32::from(byte)).collect();
    if let Some(left) = left {
        let table = convert::int_vec(context.memory(), &left)?;
        let table: Option<Vec<u8>> = table.iter().map(|&byte| u8::try_from(byte).ok()).collect();
        let table = table.filter(|table| table.len() == 256);
        tie.translation = Some(table.ok_or_else(|| Fault::domain().with_detail("a table has 256 bytes"))?);
        context.shy.set(true);
    }
    Ok(Arr::new(context.memory(), &[256], old)?.into())
}

/// The byte that each position of `⎕AV` is written as.
struct Translation(Vec<u8>);

impl Translation {
    /// The table that was set; otherwise characters with a code point below 256 are that byte, and the other positions
    /// have the bytes that are left, in order.
    fn of(table: Option<&[u8]>) -> Translation {
        if let Some(table) = table {
            return Translation(table.to_vec());
        }
        let direct: Vec<Option<u8>> = unicode::ATOMIC_VECTOR.chars().map(|c| u8::try_from(c as u32).ok()).collect();
        let mut left = (0..=255).filter(|byte| !direct.contains(&Some(*byte)));
        Translation(direct.iter().map(|byte| byte.or_else(|| left.next()).unwrap_or(0)).collect())
    }

    /// The character of each byte.
    fn characters(&self) -> Vec<char> {
        let characters: Vec<char> = unicode::ATOMIC_VECTOR.chars().collect();
        let of = |byte: u8| self.0.iter().position(|&other| other == byte).and_then(|at| characters.get(at));
        (0..=255).map(|byte| of(byte).copied().unwrap_or('\u{0}')).collect()
    }

    /// The bytes of characters. DOMAIN ERROR for one that is not in `⎕AV`.
    fn bytes(&self, context: &Context, array: &Array) -> Result<Vec<u8>> {
        let Array::Char(chars) = array else {
            return if array.is_empty() {
                Ok(Vec::new())
            } else {
                Err(Fault::domain().with_detail("characters are wanted"))
            };
        };
        let of: std::collections::HashMap<char, u8> =
            unicode::ATOMIC_VECTOR.chars().zip(self.0.iter().copied()).collect();
        let mut bytes = context.memory().vec(chars.len())?;
        context.chunks(chars.len(), |range| {
            for c in &chars.as_slice()[range] {
                let byte = of.get(c).ok_or_else(|| Fault::domain().with_detail(format!("{c} is not in ⎕AV")))?;
                bytes.push(*byte);
            }
            Ok(())
        })?;
        Ok(bytes)
    }
}
