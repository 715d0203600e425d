//! Names of JSON objects' members as APL names, and back: `7162⌶`.
//!
//! A key that is not an APL name gets a `⍙` in front, and each of its characters that cannot be in a name is replaced by
//! its code between two `⍙`.

use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Function};
use crate::system::names::is_name;

const MARK: char = '⍙';

/// An APL name for a member.
pub fn mangled(name: &str) -> String {
    if is_name(name) && !name.starts_with(MARK) {
        return name.to_string();
    }
    let mut out = String::from(MARK);
    let fits = |c: char| c != MARK && (c.is_ascii_digit() || is_name(c.encode_utf8(&mut [0; 4])));
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if !fits(first) {
            out.push_str(&format!("{MARK}{}{MARK}", first as u32));
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        // Digits alone would be read as a code.
        match run.bytes().all(|b| b.is_ascii_digit()) {
            true => run.chars().for_each(|c| out.push_str(&format!("{MARK}{}{MARK}", c as u32))),
            false => out.push_str(run),
        }
        rest = behind;
    }
    out
}

/// The member's name that an APL name stands for; the name itself where it stands for no other.
pub fn demangled(name: &str) -> String {
    let Some(body) = name.strip_prefix(MARK) else { return name.to_string() };
    let mut out = String::new();
    for part in body.split(MARK) {
        match part.bytes().all(|b| b.is_ascii_digit()) {
            _ if part.is_empty() => {}
            false => out.push_str(part),
            true => match part.parse().ok().and_then(char::from_u32) {
                Some(c) => out.push(c),
                None => return name.to_string(),
            },
        }
    }
    out
}

/// `7162⌶`: `0(7162⌶)Y` a member's name as an APL name, `1(7162⌶)Y` the other way.
pub struct TranslateName;

impl Function for TranslateName {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let left = left.ok_or_else(|| Fault::syntax().because("The function requires a left argument"))?;
        let name = convert::text(context.memory(), &right)?;
        match convert::int(&left)? {
            0 => context.text(&mangled(&name)),
            1 => context.text(&demangled(&name)),
            _ => Err(Fault::domain()),
        }
    }

    fn describe(&self) -> Description {
        Description::Text("7162⌶".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        assert_eq!(mangled("2a"), "⍙2a");
        assert_eq!(mangled("f⍺"), "⍙f⍙9082⍙");
        assert_eq!(mangled("foo"), "foo");
        assert_eq!(demangled("⍙97"), "a");
        for name in ["", "2a", "97", "a b", "⍙x", "12 34", "é", "a--b", "x⍙1⍙", "😀"] {
            assert_eq!(demangled(&mangled(name)), name, "{}", mangled(name));
        }
    }
}
