//! The rules of system names: what of their values is known before a program runs.

use super::value::Numbers;
use super::{Abstract, Dim, Kind};

const WHOLE: Kind = Kind::numbers(Numbers::Whole);

/// What a system function gives.
pub fn function(name: &str, left: Option<&Abstract>, right: &Abstract) -> Abstract {
    match (name, left) {
        ("UCS", None) => Abstract {
            kind: Kind { numbers: Numbers::Whole, chars: true, ..right.kind },
            ..right.shaped(right.shape.clone())
        },
        ("C", _) => right.shaped(right.shape.clone()),
        ("NC", None) => Abstract::array(None, Kind::numbers(Numbers::Real)),
        ("DR", None) => Abstract::scalar(WHOLE),
        ("FMT", None) => Abstract::array(Some(vec![Dim::Unknown; 2]), Kind::TEXT),
        ("JSON", Some(left)) if left.known_number() == Some(1) && left.rank() == Some(0) => text(),
        ("VFI", None) => {
            let valid = Abstract::vector(Dim::Unknown, Kind::numbers(Numbers::Boolean));
            Abstract::strand(vec![valid, Abstract::vector(Dim::Unknown, Kind::numbers(Numbers::Complex))])
        }
        ("NGET", None) => file(right),
        ("CSV", None) => table(right),
        _ => Abstract::unknown(),
    }
}

/// What the function that a system operator makes gives.
pub fn derived(name: &str, right: &Abstract) -> Abstract {
    match name {
        // One text gives one text, and each of several gives one.
        "⎕R" if right.kind.is_text() && right.rank().is_some_and(|rank| rank <= 1) => text(),
        "⎕S" if right.kind.is_text() && right.rank().is_some_and(|rank| rank <= 1) => {
            Abstract::vector(Dim::Unknown, Kind::ANY)
        }
        _ => Abstract::unknown(),
    }
}

/// What a system variable or constant is.
pub fn variable(name: &str) -> Abstract {
    match name {
        "IO" | "ML" | "PP" | "PW" | "FR" | "WX" | "EN" | "TID" => Abstract::scalar(WHOLE),
        "CT" | "DCT" | "DIV" | "WA" => Abstract::scalar(Kind::numbers(Numbers::Real)),
        "ARG" => Abstract::of_elements(Some(vec![Dim::Unknown]), &text()),
        "TS" => Abstract::vector(Dim::Known(7), WHOLE),
        "LC" => Abstract::vector(Dim::Unknown, WHOLE),
        "DM" => Abstract::vector(Dim::Unknown, Kind::ANY),
        _ => Abstract::unknown(),
    }
}

fn text() -> Abstract {
    Abstract::vector(Dim::Unknown, Kind::TEXT)
}

/// A number that is known among the items of an argument.
fn known(items: Option<&[Abstract]>, at: usize) -> Option<i64> {
    let item = items?.get(at)?;
    match item.numbers.as_deref()? {
        [Dim::Known(number)] if item.rank() == Some(0) => Some(*number),
        _ => None,
    }
}

/// `⎕NGET`: the content, a text or a vector of lines, its encoding and its line ends.
fn file(right: &Abstract) -> Abstract {
    let items = right.each_item();
    let name = right.rank() == Some(1) && right.kind.chars && right.kind.is_simple();
    let content = match known(items.as_deref(), 1) {
        Some(0) => text(),
        None if name => text(),
        Some(1) => Abstract::vector(Dim::Unknown, Kind::ANY),
        _ => Abstract::unknown(),
    };
    Abstract::strand(vec![content, Abstract::unknown(), Abstract::unknown()])
}

/// `⎕CSV` with four items, of which the last says that the first line has the names of the columns: a matrix and the names.
fn table(right: &Abstract) -> Abstract {
    let items = right.each_item();
    match items.as_deref().map(<[Abstract]>::len) {
        Some(4) if known(items.as_deref(), 3) == Some(1) => Abstract::strand(vec![
            Abstract::array(Some(vec![Dim::Unknown; 2]), Kind::ANY),
            Abstract::vector(Dim::Unknown, Kind::ANY),
        ]),
        _ => Abstract::unknown(),
    }
}
