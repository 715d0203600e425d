//! Arrays as bytes: what the data file of a workspace and the components of files hold.
//!
//! An array is its type (a byte), its rank (a byte), its axis lengths (8 bytes each, low bytes first) and its elements, in
//! the narrowest type that holds them, as `⎕DR` has it. A nested array has its items one after the other, or its
//! prototype if it is empty. An object representation, the result of `⎕OR`, is a byte and three or four texts: its name,
//! its definition, how it is displayed, and the large arrays of a namespace. A nested array that occurs again is only the number of the one before, so that what shares
//! its parts in memory shares them here.

use std::collections::HashMap;

use crate::array::reference::{Code, Represented};
use crate::array::{Arr, Array, Reference, Value, convert, prototype, shape};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::system::representation::{self, Kind};

/// Types by the byte that stands for them.
const KINDS: [Kind; 9] = [
    Kind::Bit,
    Kind::Char8,
    Kind::Int8,
    Kind::Char16,
    Kind::Int16,
    Kind::Char32,
    Kind::Int32,
    Kind::Float,
    Kind::Complex,
];
const NESTED: u8 = 16;
const SHARED: u8 = 17;
const NULLS: u8 = 18;
const REFERENCES: u8 = 19;

/// Bytes that stand for the elements of an array of references.
const NULL: u8 = 0;
const TRADITIONAL: u8 = 1;
const DIRECT: u8 = 2;
const SPACE: u8 = 3;

/// Appends an array. DOMAIN ERROR for references to namespaces.
pub fn encode(context: &Context, value: &Value, out: &mut Vec<u8>) -> Result<()> {
    Encoder { context, seen: HashMap::new(), out }.value(value)
}

struct Encoder<'a> {
    context: &'a Context,
    /// Nested arrays by their addresses, which they keep as long as they are here.
    seen: HashMap<usize, (u64, Array)>,
    out: &'a mut Vec<u8>,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value) -> Result<()> {
        let array = value.array(self.context.memory())?;
        match &array {
            Array::Nested(items) => {
                let address = items.address();
                if let Some((number, _)) = self.seen.get(&address) {
                    self.out.push(SHARED);
                    self.out.extend_from_slice(&number.to_le_bytes());
                    return Ok(());
                }
                self.head(NESTED, array.shape());
                self.context.memory().deeper(|| -> Result<()> {
                    if items.is_empty() {
                        return self.value(&prototype::fill_item(self.context.memory(), &array)?);
                    }
                    let mut pace = self.context.pace();
                    for item in items.as_slice() {
                        pace.step(16)?;
                        self.value(item)?;
                    }
                    Ok(())
                })?;
                self.seen.insert(address, (self.seen.len() as u64, array.clone()));
            }
            Array::Ref(references) if references.as_slice().iter().all(Reference::is_null) => {
                self.head(NULLS, array.shape());
            }
            Array::Ref(references) => {
                self.head(REFERENCES, array.shape());
                let mut pace = self.context.pace();
                for reference in references.as_slice() {
                    pace.step(1)?;
                    self.reference(reference)?;
                }
            }
            simple => {
                let kind = representation::kind(self.context, simple)?;
                let tag = KINDS.iter().position(|&other| other == kind).unwrap_or_default();
                self.head(tag as u8, array.shape());
                let bytes = representation::bytes(self.context, simple, kind)?;
                self.context.memory().check(self.out.len().saturating_add(bytes.len()))?;
                self.out.extend_from_slice(&bytes);
            }
        }
        Ok(())
    }

    fn reference(&mut self, reference: &Reference) -> Result<()> {
        if reference.is_null() {
            self.out.push(NULL);
            return Ok(());
        }
        let refused = || Fault::domain().with_detail("references to namespaces are not stored in files; ⎕OR is");
        let code = reference.code().ok_or_else(refused)?;
        let (tag, data) = match &code.form {
            Represented::Traditional => (TRADITIONAL, None),
            Represented::Direct => (DIRECT, None),
            Represented::Space(data) => (SPACE, Some(&**data)),
        };
        self.out.push(tag);
        let text = reference.text();
        for bytes in [code.name.as_bytes(), code.definition.as_bytes(), text.as_bytes()].into_iter().chain(data) {
            self.context.memory().check(self.out.len().saturating_add(bytes.len()))?;
            self.out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            self.out.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn head(&mut self, tag: u8, shape: &[usize]) {
        self.out.extend_from_slice(&[tag, shape.len() as u8]);
        for &length in shape {
            self.out.extend_from_slice(&(length as u64).to_le_bytes());
        }
    }
}

/// The array that bytes stand for. FILE COMPONENT DAMAGED if they stand for none.
pub fn decode(context: &Context, bytes: &[u8]) -> Result<Value> {
    let mut decoder = Decoder { context, rest: bytes, shared: Vec::new() };
    let value = decoder.value()?;
    match decoder.rest {
        [] => Ok(value),
        _ => Err(damaged()),
    }
}

fn damaged() -> Fault {
    Fault::new(ErrorKind::from_number(38))
}

struct Decoder<'a> {
    context: &'a Context,
    rest: &'a [u8],
    shared: Vec<Value>,
}

impl<'a> Decoder<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize> {
        let bytes = self.take(8)?.try_into().map_err(|_| damaged())?;
        usize::try_from(u64::from_le_bytes(bytes)).map_err(|_| damaged())
    }

    fn value(&mut self) -> Result<Value> {
        let memory = self.context.memory();
        let tag = self.take(1)?[0];
        if tag == SHARED {
            let number = self.number()?;
            return self.shared.get(number).cloned().ok_or_else(damaged);
        }
        let rank = self.take(1)?[0];
        let lengths = (0..rank).map(|_| self.number()).collect::<Result<Vec<_>>>()?;
        let count = shape::count(&lengths)?;
        match tag {
            NESTED => {
                let made = self.context.memory().deeper(|| self.nested(&lengths, count))?;
                self.shared.push(made.clone());
                Ok(made)
            }
            REFERENCES => {
                // Each takes a byte at least.
                if count > self.rest.len() {
                    return Err(damaged());
                }
                let mut references = memory.vec(count)?;
                let mut pace = self.context.pace();
                for _ in 0..count {
                    pace.step(1)?;
                    references.push(self.reference()?);
                }
                Ok(Arr::new(memory, &lengths, references)?.into())
            }
            NULLS => Ok(Arr::new(memory, &lengths, memory.filled(count, Reference::null())?)?.into()),
            _ => {
                let kind = *KINDS.get(usize::from(tag)).ok_or_else(damaged)?;
                let bits = count.checked_mul(kind.bits()).ok_or_else(damaged)?;
                let bytes = self.take(bits.div_ceil(8))?;
                match representation::elements(self.context, bytes, kind, &lengths) {
                    Ok(array) if lengths.is_empty() => Ok(narrow(array.into())),
                    Ok(array) => Ok(array.into()),
                    Err(fault) if fault.kind() == ErrorKind::Domain => Err(damaged()),
                    Err(fault) => Err(fault),
                }
            }
        }
    }

    fn reference(&mut self) -> Result<Reference> {
        let tag = self.take(1)?[0];
        if tag == NULL {
            return Ok(Reference::null());
        }
        let (name, definition, text) = (self.text()?, self.text()?, self.text()?);
        let form = match tag {
            TRADITIONAL => Represented::Traditional,
            DIRECT => Represented::Direct,
            SPACE => Represented::Space(self.bytes()?.into()),
            _ => return Err(damaged()),
        };
        Ok(Reference::of_code(Code { name: name.into(), definition: definition.into(), form }, text))
    }

    fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| damaged())
    }

    /// As many bytes as the number before them tells.
    fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        let bytes = self.take(length)?;
        self.context.memory().check(length)?;
        Ok(bytes)
    }

    fn nested(&mut self, lengths: &[usize], count: usize) -> Result<Value> {
        let memory = self.context.memory();
        if count == 0 {
            let item = self.value()?;
            return Ok(Arr::empty_of(memory, lengths, item)?.into());
        }
        // Each item takes two bytes at least.
        if count > self.rest.len() {
            return Err(damaged());
        }
        let mut items = memory.vec(count)?;
        let mut pace = self.context.pace();
        for _ in 0..count {
            pace.step(16)?;
            items.push(self.value()?);
        }
        Ok(Array::from_items(memory, lengths, items, || Value::Int(0))?.into())
    }
}

/// A scalar number as it is kept elsewhere.
fn narrow(value: Value) -> Value {
    match value {
        Value::Float(x) => convert::scalar(x),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Memory;

    #[test]
    fn no_bytes_are_a_crash() {
        let context = Context::silent(Memory::new(1 << 24));
        let text = context.text("ab").unwrap();
        let items = vec![text.clone(), Value::Int(5), Value::complex(crate::array::Complex::new(1.0, 2.0)), text];
        let nested = Array::from_items(context.memory(), &[2, 2], items, || Value::Int(0)).unwrap();
        let mut bytes = Vec::new();
        encode(&context, &nested.into(), &mut bytes).unwrap();
        assert!(decode(&context, &bytes).is_ok());
        for length in 0..bytes.len() {
            assert!(decode(&context, &bytes[..length]).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            for change in [1, 16, 255] {
                let mut other = bytes.clone();
                other[at] ^= change;
                let _ = decode(&context, &other);
            }
        }
    }
}
