//! Reads JSON text value by value; a trait decides what is built from the values.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Options;
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};

/// What the parts of a text are put together by.
pub trait Builder {
    /// An array or object begins.
    fn begin(&mut self, object: bool) -> Result<()>;
    /// It ends.
    fn end(&mut self) -> Result<()>;
    /// The name of the member that comes next.
    fn member(&mut self, name: &str) -> Result<()>;
    /// A number.
    fn number(&mut self, x: f64) -> Result<()>;
    /// A string.
    fn string(&mut self, text: &str) -> Result<()>;
    /// `null`.
    fn null(&mut self) -> Result<()>;
    /// `true`, `false` and what else APL has not.
    fn word(&mut self, word: &str) -> Result<()>;
}

/// Reads a text, one value and nothing behind it. DOMAIN ERROR where it is no JSON.
pub fn read(context: &Context, options: &Options, text: &str, builder: &mut dyn Builder) -> Result<()> {
    let mut reader = Reader { context, builder, fault: None };
    let outcome = if options.json5 {
        // Where there is an error, the parser counts from the beginning of the text for each bracket that is open.
        if depth(context, text)?.saturating_mul(text.len()) > MOST_COUNTED {
            return Err(Fault::new(ErrorKind::Limit).because("JSON import: a text of this length is nested too deeply"));
        }
        let mut parser = json5::Deserializer::from_str(text);
        let value = (&mut reader).deserialize(&mut parser).map_err(|error| error.to_string());
        value.and_then(|()| match (&mut parser).deserialize_any(Nothing) {
            Err(error) if error.code() == Some(json5::ErrorCode::EofParsingValue) => Ok(()),
            _ => Err("something behind the value".to_string()),
        })
    } else {
        // Where brackets are not closed, the parser of texts looks for the place of the error once for each of them, and
        // counts from the beginning of the text. The one of streams knows the place, but is slower.
        match is_deep(text) {
            false => one_value(&mut reader, serde_json::Deserializer::from_str(text)),
            true => one_value(&mut reader, serde_json::Deserializer::from_reader(text.as_bytes())),
        }
    };
    match (reader.fault.take(), outcome) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(Fault::domain().because(format!("JSON import: {error}"))),
        (None, Ok(())) => Ok(()),
    }
}

struct Reader<'a> {
    context: &'a Context,
    builder: &'a mut dyn Builder,
    /// What has gone wrong that the text is not to blame for.
    fault: Option<Fault>,
}

/// One value and nothing behind it.
fn one_value<'de, R: serde_json::de::Read<'de>>(
    reader: &mut Reader,
    mut parser: serde_json::Deserializer<R>,
) -> std::result::Result<(), String> {
    // Depth is bounded by memory: each level grows the stack where it must.
    parser.disable_recursion_limit();
    let value = reader.deserialize(&mut parser);
    value.and_then(|()| parser.end()).map_err(|error| error.to_string())
}

/// Whether brackets are nested deeply, or seem to be.
fn is_deep(text: &str) -> bool {
    let mut depth = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEP
    })
}

/// How many brackets of a JSON5 text are open at the same time.
fn depth(context: &Context, text: &str) -> Result<usize> {
    let mut pace = context.pace();
    let (mut rest, mut open, mut deepest) = (text, 0usize, 0);
    while let Some(at) = rest.find(['[', '{', ']', '}', '"', '\'', '/']) {
        pace.step(1)?;
        let behind = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'[' | b'{' => {
                open += 1;
                deepest = deepest.max(open);
                behind
            }
            b']' | b'}' => {
                open = open.saturating_sub(1);
                behind
            }
            b'/' => behind_comment(behind),
            quote => behind_string(char::from(quote), behind),
        };
    }
    Ok(deepest)
}

/// What follows a comment, without its first character; all, where it is none.
fn behind_comment(text: &str) -> &str {
    let end = match text.chars().next() {
        Some('/') => text.split_once(['\n', '\r', '\u{2028}', '\u{2029}']),
        Some('*') => text[1..].split_once("*/"),
        _ => return text,
    };
    end.map_or("", |(_, rest)| rest)
}

/// What follows a string, without the quote at its beginning.
fn behind_string(quote: char, mut text: &str) -> &str {
    while let Some(at) = text.find([quote, '\\']) {
        let behind = &text[at + 1..];
        if text[at..].starts_with(quote) {
            return behind;
        }
        let mut chars = behind.chars();
        chars.next();
        text = chars.as_str();
    }
    ""
}

/// What comes behind a value: whatever it is, it is not looked at.
struct Nothing;

impl Visitor<'_> for Nothing {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("nothing")
    }
}

/// What the parser of JSON5 may count in a text with an error.
const MOST_COUNTED: usize = 1 << 27;
/// More levels than texts have that are no attack.
const DEEP: usize = 200;

impl Reader<'_> {
    fn tell<E: Error>(&mut self, part: impl FnOnce(&mut dyn Builder) -> Result<()>) -> std::result::Result<(), E> {
        let told = self.context.poll().and_then(|()| part(self.builder));
        told.map_err(|fault| {
            self.fault = Some(fault);
            E::custom("")
        })
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> std::result::Result<(), D::Error> {
        match self.context.memory().grown(|| parser.deserialize_any(&mut *self)) {
            Ok(done) => done,
            Err(fault) => {
                self.fault = Some(fault);
                Err(D::Error::custom(""))
            }
        }
    }
}

impl<'de> Visitor<'de> for &mut Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, b: bool) -> std::result::Result<(), E> {
        self.tell(|builder| builder.word(if b { "true" } else { "false" }))
    }

    fn visit_i64<E: Error>(self, n: i64) -> std::result::Result<(), E> {
        self.tell(|builder| builder.number(n as f64))
    }

    fn visit_u64<E: Error>(self, n: u64) -> std::result::Result<(), E> {
        self.tell(|builder| builder.number(n as f64))
    }

    fn visit_f64<E: Error>(self, x: f64) -> std::result::Result<(), E> {
        self.tell(|builder| match (x.is_nan(), x.is_finite(), x.is_sign_negative()) {
            (_, true, _) => builder.number(x),
            (true, _, false) => builder.word("NaN"),
            (true, _, true) => builder.word("-NaN"),
            (_, _, false) => builder.word("Infinity"),
            (_, _, true) => builder.word("-Infinity"),
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> std::result::Result<(), E> {
        self.tell(|builder| builder.string(text))
    }

    fn visit_unit<E: Error>(self) -> std::result::Result<(), E> {
        self.tell(|builder| builder.null())
    }

    fn visit_none<E: Error>(self) -> std::result::Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, parser: D) -> std::result::Result<(), D::Error> {
        self.deserialize(parser)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        self.tell(|builder| builder.begin(false))?;
        while items.next_element_seed(&mut *self)?.is_some() {}
        self.tell(|builder| builder.end())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        self.tell(|builder| builder.begin(true))?;
        while let Some(name) = members.next_key::<Name>()? {
            self.tell(|builder| builder.member(&name.0))?;
            members.next_value_seed(&mut *self)?;
        }
        self.tell(|builder| builder.end())
    }
}

/// The name of a member.
struct Name(String);

impl<'de> serde::Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> std::result::Result<Name, D::Error> {
        String::deserialize(parser).map(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Memory;

    #[test]
    fn brackets_in_strings_and_comments_are_none() {
        let context = Context::silent(Memory::unlimited());
        for (text, deepest) in [
            ("[{a:[]},{}]", 3),
            ("['[[[', \"{{\\\"{\"]", 1),
            ("/*'*/[[1]]", 2),
            ("// \"\n[[[", 3),
            ("'\\'[[[[", 0),
            ("/[]", 1),
            ("[/*[[[", 1),
            ("]]][", 1),
        ] {
            assert_eq!(depth(&context, text), Ok(deepest), "{text}");
        }
    }
}
