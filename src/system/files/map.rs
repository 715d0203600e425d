//! `⎕MAP`: the bytes of a file as an array.

use super::super::Call;
use super::super::representation::{self, Kind};
use crate::array::{Type, Value, convert, shape};
use crate::error::{Fault, Result};
use crate::host::{self, Access};

/// Where an array may begin in a file: at a multiple of so many bytes.
const WORD: usize = 8;

/// `code shape ⎕MAP name`: the file as an array of a type, as `⎕DR` tells it; one ¯1 in the shape stands for as many as there
/// are. `code ⎕MAP name` is the first element. Behind the name may stand `'R'` and the byte to begin at. NONCE ERROR for
/// arrays that change their file, and for files with arrays. Dyalog: Map File.
pub fn map(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let left = left.ok_or_else(|| Fault::nonce("⎕MAP of a file that has an APL array"))?;
    let (name, start) = name_and_start(call, &right)?;
    let asked = convert::int_vec(memory, &left)?;
    let [code, lengths @ ..] = &asked[..] else { return Err(Fault::length().with_detail("a type and a shape")) };
    let kind = match Kind::of_code(*code)? {
        Kind::Pointer => return Err(Fault::domain().with_detail("boxes are not in files")),
        kind => kind,
    };
    let place = context.host.place(&name, Access::Read)?;
    let each = 1 + if kind == Kind::Bit { 8 } else { 8usize.div_ceil(kind.bits() / 8) };
    let bytes = context.watched(|watch| host::read(&place, watch, each))?;
    let bytes = bytes.get(start..).unwrap_or_default();
    let there = bytes.len().saturating_mul(8) / kind.bits();
    let shape = shape_of(lengths, there)?;
    if shape::count(&shape)? > there {
        return Err(Fault::length().with_detail(format!("the file has {there} elements")));
    }
    Ok(representation::elements(context, bytes, kind, &shape)?.into())
}

/// The shape of an array of `there` elements at most.
fn shape_of(lengths: &[i64], there: usize) -> Result<Vec<usize>> {
    let known = lengths.iter().filter(|&&length| length != -1);
    let known =
        known.map(|&length| usize::try_from(length).map_err(|_| Fault::domain())).collect::<Result<Vec<_>>>()?;
    let rest = match lengths.len() - known.len() {
        0 => 0,
        1 => there.checked_div(shape::count(&known)?).unwrap_or(0),
        _ => return Err(Fault::domain().with_detail("only one length may be ¯1")),
    };
    Ok(lengths.iter().map(|&length| usize::try_from(length).unwrap_or(rest)).collect())
}

/// A file name, or a name, `'R'` and a number.
fn name_and_start(call: &Call, right: &Value) -> Result<(String, usize)> {
    let memory = call.context.memory();
    if right.kind() != Type::Nested {
        return Ok((convert::text(memory, right)?, 0));
    }
    let count = right.count();
    if right.rank() != 1 || !(1..=3).contains(&count) {
        return Err(Fault::length().with_detail("a name, R and a number"));
    }
    let name = convert::text(memory, &right.item(memory, 0)?)?;
    if count > 1 {
        match convert::text(memory, &right.item(memory, 1)?)?.as_str() {
            "R" | "r" => {}
            "W" | "w" => return Err(Fault::nonce("⎕MAP of a file that is changed with its array")),
            _ => return Err(Fault::domain().with_detail("the access is R or W")),
        }
    }
    let start = if count > 2 { convert::int(&right.item(memory, 2)?)? } else { 0 };
    let start = usize::try_from(start).ok().filter(|start| start.is_multiple_of(WORD));
    let unfit = || Fault::domain().with_detail(format!("the array begins at a multiple of {WORD} bytes"));
    Ok((name, start.ok_or_else(unfit)?))
}
