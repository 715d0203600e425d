//! JSON text to APL: parts of the text as a parser hands them over, put together by one of two builders.

use std::fmt;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::matrix::Rows;
use super::{Options, mangle, text_of};
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::eval::{Binding, Space};
use crate::system::Call;
use crate::system::growing::Items;

/// `0 ⎕JSON Y`.
pub fn import(call: &Call, options: &Options, value: &Value) -> Result<Value> {
    let text = text_of(call.context, value)?.text;
    if options.matrix {
        let mut rows = Rows::new(call.context, options);
        read(call.context, options, &text, &mut rows)?;
        return rows.into_value();
    }
    let mut data = Data { context: call.context, options, open: Vec::new(), space: call.space.clone(), done: None };
    read(call.context, options, &text, &mut data)?;
    data.done.ok_or_else(|| Fault::internal("a text without a value"))
}

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
fn read(context: &Context, options: &Options, text: &str, builder: &mut dyn Builder) -> Result<()> {
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

/// Format D: arrays and namespaces.
struct Data<'a> {
    context: &'a Context,
    options: &'a Options,
    open: Vec<Open<'a>>,
    /// The namespace that the next one is to lie in.
    space: Rc<Space>,
    done: Option<Value>,
}

enum Open<'a> {
    Array(Items<'a>),
    Object {
        space: Rc<Space>,
        reference: Value,
        /// The namespace around.
        outer: Rc<Space>,
        name: String,
    },
}

impl Data<'_> {
    fn put(&mut self, value: Value) -> Result<()> {
        match self.open.last_mut() {
            None => self.done = Some(value),
            Some(Open::Array(items)) => items.push(value)?,
            Some(Open::Object { space, name, .. }) => {
                let symbol = space.symbol(&mangle::mangled(name).into());
                drop(space.set(symbol, Binding::Array(value)));
            }
        }
        Ok(())
    }
}

impl Builder for Data<'_> {
    fn begin(&mut self, object: bool) -> Result<()> {
        self.context.memory().check(2 * self.open.len() * size_of::<Open>())?;
        if !object {
            self.open.push(Open::Array(Items::new(self.context)));
            return Ok(());
        }
        let (space, reference) = self.space.child(self.context, Some("[JSON object]"))?;
        let outer = std::mem::replace(&mut self.space, space.clone());
        self.open.push(Open::Object { space, reference: reference.into(), outer, name: String::new() });
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let value = match self.open.pop() {
            Some(Open::Array(items)) => items.into_value(Value::Int(0))?,
            Some(Open::Object { reference, outer, .. }) => {
                self.space = outer;
                reference
            }
            None => return Err(Fault::internal("an end without a beginning")),
        };
        self.put(value)
    }

    fn member(&mut self, member: &str) -> Result<()> {
        if let Some(Open::Object { name, .. }) = self.open.last_mut() {
            *name = member.to_string();
        }
        Ok(())
    }

    fn number(&mut self, x: f64) -> Result<()> {
        self.put(convert::scalar(x))
    }

    fn string(&mut self, text: &str) -> Result<()> {
        let value = self.context.text(text)?;
        self.put(value)
    }

    fn null(&mut self) -> Result<()> {
        self.put(self.options.null.clone())
    }

    fn word(&mut self, word: &str) -> Result<()> {
        let value = self.context.text(word)?.enclose(self.context.memory())?;
        self.put(value)
    }
}
