//! Texts and lists that grow while they are made, within the workspace budget.
//!
//! The bytes are charged to the budget only when the result is complete. Until then, each time it grows, its whole new
//! size is checked against the budget.

use crate::array::{Arr, Array, Element, Value};
use crate::context::Context;
use crate::error::{Fault, Result};

/// A text as a character vector.
pub fn characters(context: &Context, text: &str) -> Result<Value> {
    let mut chars = context.memory().vec(if text.is_ascii() { text.len() } else { text.chars().count() })?;
    extend(&mut chars, text);
    Ok(Arr::new(context.memory(), &[chars.len()], chars)?.into())
}

/// Appends the characters of a text.
pub fn extend(chars: &mut Vec<char>, text: &str) {
    match text.is_ascii() {
        true => chars.extend(text.bytes().map(char::from)),
        false => chars.extend(text.chars()),
    }
}

/// A text that grows, within the workspace budget.
pub struct Growing<'a> {
    context: &'a Context,
    /// The text so far.
    pub text: String,
}

impl<'a> Growing<'a> {
    /// An empty text.
    pub fn new(context: &'a Context) -> Growing<'a> {
        Growing { context, text: String::new() }
    }

    fn reserve(&mut self, more: usize) -> Result<()> {
        if self.text.capacity() - self.text.len() < more {
            let wanted = self.text.len().max(more).max(64);
            self.context.poll()?;
            self.context.memory().check(wanted.saturating_mul(2))?;
            self.text.try_reserve(wanted).map_err(|_| Fault::ws_full())?;
        }
        Ok(())
    }

    /// Appends a text.
    pub fn push(&mut self, text: &str) -> Result<()> {
        self.reserve(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// Appends characters.
    pub fn chars(&mut self, chars: &[char]) -> Result<()> {
        self.reserve(chars.iter().map(|c| c.len_utf8()).sum())?;
        self.text.extend(chars);
        Ok(())
    }
}

/// A list of values that grows, within the workspace budget.
pub struct Items<'a> {
    context: &'a Context,
    items: Vec<Value>,
}

impl<'a> Items<'a> {
    /// An empty list.
    pub fn new(context: &'a Context) -> Items<'a> {
        Items { context, items: Vec::new() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Appends a value.
    pub fn push(&mut self, value: Value) -> Result<()> {
        if self.items.len() == self.items.capacity() {
            self.context.poll()?;
            let more = self.items.len().max(8);
            self.context.memory().check((self.items.len() + more).saturating_mul(Value::COST))?;
            self.items.try_reserve_exact(more).map_err(|_| Fault::ws_full())?;
        }
        self.items.push(value);
        Ok(())
    }

    /// The list.
    pub fn into_vec(self) -> Vec<Value> {
        self.items
    }

    /// A vector; `prototype` is the item that fills come from where it is empty.
    pub fn into_value(self, prototype: Value) -> Result<Value> {
        let count = [self.items.len()];
        Ok(Array::from_items(self.context.memory(), &count, self.items, || prototype)?.into())
    }
}
