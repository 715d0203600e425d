//! APL to JSON text: data, matrices, datasets, and how the text is laid out.

use super::matrix::{self, Part};
use super::{Options, mangle};
use crate::array::reference::Reference;
use crate::array::{Array, Framed, Type, Value, convert};
use crate::context::{Context, Pace};
use crate::error::{Fault, Result};
use crate::names::Binding;
use crate::system::Call;
use crate::system::growing::{Growing, characters};

/// `1 ⎕JSON Y`.
pub fn export(call: &Call, options: &Options, value: &Value) -> Result<Value> {
    let mut writer = Writer {
        call,
        options,
        out: Growing::new(call.context),
        pace: call.context.pace(),
        depth: 0,
        fresh: true,
        inside: Vec::new(),
    };
    match options.matrix {
        true => writer.matrix(value)?,
        false => writer.value(value)?,
    }
    characters(call.context, &writer.out.text)
}

struct Writer<'a> {
    call: &'a Call<'a>,
    options: &'a Options,
    out: Growing<'a>,
    pace: Pace<'a>,
    depth: usize,
    /// Whether nothing stands yet in the array or object that is open.
    fresh: bool,
    /// The namespaces that are being written: one inside of itself has no text.
    inside: Vec<u64>,
}

impl<'a> Writer<'a> {
    fn context(&self) -> &'a Context {
        self.call.context
    }

    fn unconvertible(&self) -> Fault {
        let io = self.context().io();
        Fault::domain().because(format!("JSON export: the right argument cannot be converted (⎕IO={io})"))
    }

    fn line(&mut self) -> Result<()> {
        if self.options.compact {
            return Ok(());
        }
        self.out.push("\n")?;
        for _ in 0..self.depth {
            self.out.push("  ")?;
        }
        Ok(())
    }

    fn open(&mut self, bracket: &str) -> Result<()> {
        self.context().poll()?;
        self.out.push(bracket)?;
        self.depth += 1;
        self.fresh = true;
        Ok(())
    }

    /// Before each item of an array and each member of an object.
    fn item(&mut self) -> Result<()> {
        self.pace.step(16)?;
        if !std::mem::replace(&mut self.fresh, false) {
            self.out.push(",")?;
        }
        self.line()
    }

    fn close(&mut self, bracket: &str) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if !std::mem::replace(&mut self.fresh, false) {
            self.line()?;
        }
        self.out.push(bracket)
    }

    fn member(&mut self, name: &str) -> Result<()> {
        self.item()?;
        self.string(name.chars())?;
        self.out.push(if self.options.compact { ":" } else { ": " })
    }

    fn number(&mut self, x: f64) -> Result<()> {
        if x.fract() == 0.0 && x.abs() < 1e17 {
            return self.out.push(&(x as i64).to_string());
        }
        match serde_json::Number::from_f64(x) {
            Some(number) => self.out.push(&number.to_string()),
            None => Err(Fault::domain()),
        }
    }

    fn string(&mut self, chars: impl Iterator<Item = char>) -> Result<()> {
        self.out.push("\"")?;
        for c in chars {
            match c {
                '"' => self.out.push("\\\"")?,
                '\\' => self.out.push("\\\\")?,
                '\u{8}' => self.out.push("\\b")?,
                '\u{c}' => self.out.push("\\f")?,
                '\n' => self.out.push("\\n")?,
                '\r' => self.out.push("\\r")?,
                '\t' => self.out.push("\\t")?,
                ' '..='~' => self.out.chars(&[c])?,
                c if c >= ' ' && !self.options.ascii => self.out.chars(&[c])?,
                c if self.options.json5 && (c as u32) < 0x100 => self.out.push(&format!("\\x{:02X}", c as u32))?,
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        self.out.push(&format!("\\u{unit:04X}"))?;
                    }
                }
            }
        }
        self.out.push("\"")
    }

    /// Any value as data.
    fn value(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Bool(b) => return self.number(f64::from(u8::from(*b))),
            Value::Int(n) => return self.number(f64::from(*n)),
            Value::Float(x) => return self.number(*x),
            Value::Char(c) => return self.string([*c].into_iter()),
            _ => {}
        }
        self.context().memory().deeper(|| self.compound(value))
    }

    fn compound(&mut self, value: &Value) -> Result<()> {
        let memory = self.context().memory();
        if let Some(reference) = value.reference() {
            return if reference.is_null() { self.out.push("null") } else { self.namespace(reference) };
        }
        let array = value.array(memory)?;
        match (&array, array.rank()) {
            (Array::Complex(_), 0) => Err(self.unconvertible()),
            (_, 0) => self.enclosed(&array.item(0)),
            (Array::Char(chars), 1) => self.string(chars.as_slice().iter().copied()),
            (_, 1) => {
                self.open("[")?;
                for item in array.items() {
                    self.item()?;
                    self.value(&item)?;
                }
                self.close("]")
            }
            (_, rank) if self.options.split => {
                self.open("[")?;
                let cells = Framed::close(array.clone(), rank - 1)?;
                for at in 0..cells.count() {
                    self.item()?;
                    self.value(&cells.item(memory, at)?)?;
                }
                self.close("]")
            }
            _ => Err(self.unconvertible()),
        }
    }

    /// What a scalar encloses: text that is written as it is, or a wrapper.
    fn enclosed(&mut self, content: &Value) -> Result<()> {
        let memory = self.context().memory();
        if let Value::Array(Array::Char(chars)) = content
            && chars.rank() == 1
        {
            return self.out.chars(chars.as_slice());
        }
        if content.rank() != 1 || content.kind() != Type::Nested || content.count() < 2 {
            return Err(self.unconvertible());
        }
        let parts: Vec<Value> = content.array(memory)?.items().collect();
        match (convert::int(&parts[0]).unwrap_or(0), &parts[1..]) {
            (1, [word]) => {
                let word = convert::text(memory, word).map_err(|_| self.unconvertible())?;
                self.out.push(&word)
            }
            (code @ 2..=4, [dataset, selections @ ..]) if selections.len() < 3 => {
                self.dataset(code, dataset, selections)
            }
            _ => Err(self.unconvertible()),
        }
    }

    /// A table as an array of objects. Code 2: a matrix with the names in its first row; 3: a matrix and the names; 4:
    /// the columns and the names.
    fn dataset(&mut self, code: i64, dataset: &Value, selections: &[Value]) -> Result<()> {
        let memory = self.context().memory();
        let wrong = self.unconvertible();
        let array = dataset.array(memory)?;
        let (names, records, cell): (Vec<Value>, usize, Box<dyn Fn(usize, usize) -> Result<Value>>) = match code {
            2 => {
                let [rows, columns] = *array.shape() else { return Err(wrong) };
                if rows == 0 {
                    return Err(wrong);
                }
                let names = (0..columns).map(|k| array.item(k)).collect();
                (names, rows - 1, Box::new(move |row, column| Ok(array.item((row + 1) * columns + column))))
            }
            _ if array.rank() != 1 || array.len() != 2 => return Err(wrong),
            3 => {
                let table = array.item(0).array(memory)?;
                let names: Vec<Value> = array.item(1).array(memory)?.items().collect();
                let [rows, columns] = *table.shape() else { return Err(wrong) };
                if names.len() != columns {
                    return Err(wrong);
                }
                (names, rows, Box::new(move |row, column| Ok(table.item(row * columns + column))))
            }
            _ => {
                let fields: Vec<Value> = array.item(0).array(memory)?.items().collect();
                let names: Vec<Value> = array.item(1).array(memory)?.items().collect();
                let records = fields.first().map_or(0, Value::tally);
                if names.len() != fields.len()
                    || fields.iter().any(|field| field.rank() != 1 || field.count() != records)
                {
                    return Err(wrong);
                }
                let memory = memory.clone();
                (names, records, Box::new(move |row, column| fields[column].item(&memory, row)))
            }
        };
        let io = self.context().io();
        let selected = |selection: Option<&Value>, count: usize| -> Result<Vec<usize>> {
            let Some(selection) = selection else { return Ok((0..count).collect()) };
            let chosen = convert::int_vec(memory, selection)?.into_iter().map(|n| usize::try_from(n - io));
            let chosen: Vec<usize> = chosen.collect::<std::result::Result<_, _>>().map_err(|_| Fault::index())?;
            if chosen.iter().any(|&n| n >= count) { Err(Fault::index()) } else { Ok(chosen) }
        };
        let chosen_records = selected(selections.first(), records)?;
        let fields = selected(selections.get(1), names.len())?;
        let names = names.iter().map(|name| convert::text(memory, name)).collect::<Result<Vec<_>>>()?;
        self.open("[")?;
        for record in chosen_records {
            self.item()?;
            self.open("{")?;
            for &field in &fields {
                self.member(&names[field])?;
                self.value(&cell(record, field)?)?;
            }
            self.close("}")?;
        }
        self.close("]")
    }

    /// A namespace as an object: its arrays and namespaces, by name. DOMAIN ERROR where it has a function or an operator.
    fn namespace(&mut self, reference: &Reference) -> Result<()> {
        let space = self.call.space.workspace.space(reference).ok_or_else(|| self.unconvertible())?;
        if self.inside.contains(&space.number()) {
            return Err(self.unconvertible());
        }
        self.inside.push(space.number());
        let mut members: Vec<(std::rc::Rc<str>, Value)> = Vec::new();
        for (symbol, binding) in space.bindings() {
            match (space.workspace.name(symbol), binding) {
                (Some(name), Binding::Array(value)) => members.push((name, value)),
                (_, Binding::Niladic(_) | Binding::Function(_) | Binding::Operator(_)) => {
                    return Err(self.unconvertible().with_detail("functions and operators have no text in JSON"));
                }
                (None, _) | (_, Binding::Unset | Binding::Label(_)) => {}
            }
        }
        members.sort_by(|a, b| a.0.cmp(&b.0));
        self.open("{")?;
        for (name, value) in &members {
            self.member(&mangle::demangled(name))?;
            self.value(value)?;
        }
        self.inside.pop();
        self.close("}")
    }

    /// The rows of a matrix.
    fn matrix(&mut self, value: &Value) -> Result<()> {
        let rows = matrix::rows(self.context(), value)?;
        // What closes each part that is open, and whether its parts have names.
        let mut open: Vec<(&str, bool)> = Vec::new();
        for row in &rows {
            while open.len() > row.depth {
                if let Some((bracket, _)) = open.pop() {
                    self.close(bracket)?;
                }
            }
            match open.last() {
                Some((_, true)) => self.member(&row.name)?,
                Some((_, false)) => self.item()?,
                None => {}
            }
            match &row.part {
                Part::Object => {
                    self.open("{")?;
                    open.push(("}", true));
                }
                Part::Array => {
                    self.open("[")?;
                    open.push(("]", false));
                }
                Part::Number(x) => self.number(*x)?,
                Part::Text(text) => self.string(text.chars())?,
                Part::Raw(text) => self.out.push(text)?,
            }
        }
        while let Some((bracket, _)) = open.pop() {
            self.close(bracket)?;
        }
        Ok(())
    }
}
