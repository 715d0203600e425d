//! JSON text to APL: values and namespaces, or a matrix.

use std::rc::Rc;

use super::matrix::Rows;
use super::reader::{Builder, read};
use super::{Options, mangle, text_of};
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::names::{Binding, Space};
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
