//! `⎕C`: case folding and case conversion, character for character.
//!
//! Uses Unicode's simple mappings: a character whose upper case is several characters (`ß`) does not change, so that the
//! shape of a text does not change either.

use std::collections::HashMap;

use super::Call;
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};

/// `⎕C Y`: characters folded for comparison; `1 ⎕C Y` in upper case, `¯1 ⎕C Y` in lower case, `¯3 ⎕C Y` folded.
/// Shapes, depths and everything that is no character stay. Dyalog: Case Convert.
pub fn convert(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let map = match left.map(|left| convert::int(&left)).transpose()? {
        None | Some(-3) => fold,
        Some(1) => upper,
        Some(-1) => lower,
        Some(mode) => return Err(Fault::domain().with_detail(format!("{mode} is not 1, ¯1 or ¯3"))),
    };
    map_chars(call.context, &right, map, &mut HashMap::new())
}

/// `seen` has the results for the arrays of boxes converted so far, by their addresses, so that shared parts stay shared.
fn map_chars(
    context: &Context,
    value: &Value,
    map: fn(char) -> char,
    seen: &mut HashMap<usize, Value>,
) -> Result<Value> {
    let memory = context.memory();
    if !matches!(value, Value::Char(_) | Value::Array(_) | Value::Framed(_)) {
        return Ok(value.clone());
    }
    Ok(match value.array(memory)? {
        Array::Char(arr) => {
            let source = arr.as_slice();
            let data = context.collect(source.len(), |k| map(source[k]))?;
            Arr::new(memory, arr.shape(), data)?.into()
        }
        Array::Nested(arr) if !arr.is_empty() => {
            if let Some(known) = seen.get(&arr.address()) {
                return Ok(known.clone());
            }
            let mut items = memory.vec(arr.len())?;
            let mut pace = context.pace();
            for item in arr.as_slice() {
                pace.step(1)?;
                items.push(memory.deeper(|| map_chars(context, item, map, seen))?);
            }
            let made: Value = Array::from_items(memory, arr.shape(), items, || Value::Int(0))?.into();
            if matches!(value, Value::Array(_)) {
                // Only what the argument itself holds stays where it is until this is over.
                seen.insert(arr.address(), made.clone());
            }
            made
        }
        plain => plain.into(),
    })
}

/// A character's simple case folding.
pub fn fold(c: char) -> char {
    match c {
        // Cherokee folds to its capitals, which are older; the dotless i is a letter of its own.
        '\u{13a0}'..='\u{13f5}' | 'ı' => c,
        '\u{ab70}'..='\u{abbf}' | '\u{13f8}'..='\u{13fd}' => upper(c),
        _ => lower(upper(c)),
    }
}

/// A character's simple upper case.
pub fn upper(c: char) -> char {
    if let Some(only) = single(c.to_uppercase()) {
        return only;
    }
    // Greek with an iota below, whose capitals are one character when they begin a word.
    let capital = match c {
        '\u{1f80}'..='\u{1faf}' if (c as u32) & 8 == 0 => c as u32 + 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => c as u32 + 9,
        _ => c as u32,
    };
    char::from_u32(capital).unwrap_or(c)
}

/// A character's simple lower case.
pub fn lower(c: char) -> char {
    match single(c.to_lowercase()) {
        Some(only) => only,
        None if c == 'İ' => 'i',
        None => c,
    }
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    match (mapped.next(), mapped.next()) {
        (only, None) => only,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_mappings_keep_one_character_one() {
        assert_eq!("ßŉᾀᾳa".chars().map(upper).collect::<String>(), "ßŉᾈᾼA");
        assert_eq!("İẞΣK".chars().map(lower).collect::<String>(), "ißσk");
        assert_eq!("ςſµıꭰᏸẞİ".chars().map(fold).collect::<String>(), "σsμıᎠᏰßi");
    }
}
