//! Arrow's arrays from columns of APL.

use std::sync::Arc;

use arrow_array::{
    Array as _, ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, new_null_array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field};

use super::super::names_and_arrays;
use crate::array::{Arr, Array, Reference, Type, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::system::representation::{self, Kind};

/// The table of names and columns.
pub fn batch(context: &Context, value: &Value) -> Result<RecordBatch> {
    let mut columns = Vec::new();
    for (name, value) in names_and_arrays(context, value)? {
        let array = value.array(context.memory())?;
        if array.rank() != 1 {
            return Err(Fault::misshapen("a column is a vector", array.shape()));
        }
        columns.push((name.clone(), Writer { context, name: &name }.column(&array)?, true));
    }
    match &columns[..] {
        [] => return Err(Fault::length().with_detail("a table has at least one column")),
        [first, rest @ ..] => {
            if let Some(other) = rest.iter().find(|other| other.1.len() != first.1.len()) {
                let (rows, others) = (first.1.len(), other.1.len());
                let why = format!("column {} has {rows} rows, column {} {others}", first.0, other.0);
                return Err(Fault::length().with_detail(why));
            }
        }
    }
    RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| Fault::domain().because(error.to_string()))
}

/// Writes a column.
struct Writer<'a> {
    context: &'a Context,
    /// Its name.
    name: &'a str,
}

impl Writer<'_> {
    fn column(&self, array: &Array) -> Result<ArrayRef> {
        match array {
            Array::Nested(items) => self.nested(items),
            Array::Ref(items) if items.as_slice().iter().all(Reference::is_null) => {
                Ok(new_null_array(&DataType::Null, items.len()))
            }
            simple => self.simple(simple, None),
        }
    }

    /// Numbers and characters; those that the mask says are missing.
    fn simple(&self, array: &Array, mask: Option<NullBuffer>) -> Result<ArrayRef> {
        let memory = self.context.memory();
        Ok(match representation::kind(self.context, array)? {
            Kind::Bit => Arc::new(BooleanArray::new(convert::bools(memory, array)?.to_vec().into(), mask)),
            Kind::Int8 | Kind::Int16 | Kind::Int32 => {
                Arc::new(Int64Array::new(convert::ints(memory, array)?.into(), mask))
            }
            Kind::Float => Arc::new(Float64Array::new(convert::floats(memory, array)?.into_owned().into(), mask)),
            Kind::Char8 | Kind::Char16 | Kind::Char32 => self.texts(array.items().map(Some))?,
            Kind::Complex => return Err(self.refused("complex numbers have no type there")),
            Kind::Pointer => return Err(self.refused("references have no type there")),
        })
    }

    /// A column of boxes: texts, lists, and what is missing.
    fn nested(&self, items: &Arr<Value>) -> Result<ArrayRef> {
        let memory = self.context.memory();
        let Some(prototype) = items.prototype().filter(|_| items.is_empty()) else {
            return self.boxes(items);
        };
        // Without items, the type is that of the prototype.
        let one = Arr::new(memory, &[1], vec![prototype.clone()])?;
        Ok(self.boxes(&one)?.slice(0, 0))
    }

    fn boxes(&self, items: &Arr<Value>) -> Result<ArrayRef> {
        let memory = self.context.memory();
        let is_missing = |item: &Value| item.reference().is_some_and(Reference::is_null);
        let there = || items.as_slice().iter().filter(|item| !is_missing(item));
        let is_text = |item: &Value| item.kind() == Type::Char && item.rank() <= 1;
        if there().any(is_text) && there().all(|item| is_text(item) || item.count() == 0 && item.rank() == 1) {
            return self.texts(items.as_slice().iter().map(|item| Some(item.clone()).filter(|item| !is_missing(item))));
        }
        let mask = NullBuffer::from_iter(items.as_slice().iter().map(|item| !is_missing(item)));
        let mask = Some(mask).filter(|mask| mask.null_count() > 0);
        let (mut flat, mut lengths) = (Vec::new(), Vec::new());
        let is_list = there().all(|item| item.rank() == 1);
        let mut pace = self.context.pace();
        for item in items.as_slice() {
            let array = item.array(memory)?;
            pace.step(1 + array.len())?;
            match (is_missing(item), is_list) {
                (true, true) => lengths.push(0),
                (true, false) => flat.push(Value::Int(0)),
                (false, true) => {
                    lengths.push(array.len());
                    memory.check(array.len().saturating_mul(size_of::<Value>()))?;
                    flat.extend(array.items());
                }
                (false, false) => flat.push(item.clone()),
            }
        }
        let count = flat.len();
        let flat = Array::from_items(memory, &[count], flat, || Value::Int(0))?;
        match is_list {
            true => {
                let inner = memory.deeper(|| self.column(&flat))?;
                let field = Arc::new(Field::new_list_field(inner.data_type().clone(), true));
                i32::try_from(inner.len()).map_err(|_| self.too_long())?;
                let list = ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), inner, mask);
                Ok(Arc::new(list.map_err(|error| self.refused(&error.to_string()))?))
            }
            false if flat.kind().is_numeric() => self.simple(&flat, mask),
            false => Err(self.refused("its items are of different kinds")),
        }
    }

    fn texts(&self, items: impl Iterator<Item = Option<Value>>) -> Result<ArrayRef> {
        let memory = self.context.memory();
        let (mut texts, mut total) = (Vec::new(), 0usize);
        let mut pace = self.context.pace();
        for item in items {
            let text = item.map(|item| convert::text(memory, &item)).transpose()?;
            let length = text.as_ref().map_or(0, String::len);
            pace.step(1 + length)?;
            total = total.saturating_add(length);
            texts.push(text);
        }
        i32::try_from(total).map_err(|_| self.too_long())?;
        memory.check(total)?;
        Ok(Arc::new(StringArray::from_iter(texts)))
    }

    fn too_long(&self) -> Fault {
        Fault::limit().with_detail(format!("column {} has more than 2*31 letters or items", self.name))
    }

    fn refused(&self, why: &str) -> Fault {
        Fault::domain().because(format!("{why}: column {}", self.name))
    }
}
