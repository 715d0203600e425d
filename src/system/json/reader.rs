//! Reads JSON text value by value; a trait decides what is built from the values.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Options;
use crate::context::Context;
use crate::error::{Fault, Result};

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
        let mut parser = json5::Deserializer::from_str(text);
        let value = (&mut reader).deserialize(&mut parser).map_err(|error| error.to_string());
        value.and_then(|()| match (&mut parser).deserialize_any(IgnoredAny) {
            Err(error) if error.code() == Some(json5::ErrorCode::EofParsingValue) => Ok(()),
            _ => Err("something behind the value".to_string()),
        })
    } else {
        let mut parser = serde_json::Deserializer::from_str(text);
        // Depth is bounded by memory: each level grows the stack where it must.
        parser.disable_recursion_limit();
        let value = (&mut reader).deserialize(&mut parser);
        value.and_then(|()| parser.end()).map_err(|error| error.to_string())
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
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || parser.deserialize_any(self))
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
