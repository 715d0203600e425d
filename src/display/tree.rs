//! Functions as they are written: plain text, text with all parentheses, nested boxes, or a tree.
//!
//! Works on [`Description`]s of functions. The four forms are those of Dyalog's
//! `]box -trains=def|parens|box|tree`; in a tree, parts move together as far as a blank between them allows.

use super::block::Block;
use super::wide::Clusters;
use super::{layout, sketch};
use crate::array::{Array, Value};
use crate::context::{Context, TrainStyle};
use crate::error::Result;
use crate::function::Description;

/// A function in one of the forms.
pub fn draw(
    context: &Context,
    description: &Description,
    style: TrainStyle,
    clusters: Option<&Clusters>,
) -> Result<Block> {
    if let TrainStyle::Def | TrainStyle::Parens = style {
        return Block::of_text(context.memory(), &text(context, description, style == TrainStyle::Parens)?);
    }
    match Part::of(context, description, &|value| literal(context, value))? {
        part if style == TrainStyle::Tree => part.tree(clusters)?.into_block(context),
        part if part.is_leaf() => Block::of_text(context.memory(), &text(context, description, false)?),
        part => sketch::draw(context, &part.value(context)?, sketch::Marks::None, clusters),
    }
}

/// A function as text, such as a caller would type: `+/÷≢`; with `all` parentheses `(+/)÷≢`.
pub fn text(context: &Context, description: &Description, all: bool) -> Result<String> {
    let mut out = String::new();
    Part::of(context, description, &|value| literal(context, value))?.write(&mut out, all)?;
    Ok(out)
}

/// A function as source that makes the same function again: its arrays are spelt by `spell`.
pub fn source(context: &Context, description: &Description, spell: Spell) -> Result<String> {
    let mut out = String::new();
    Part::of(context, description, spell)?.write(&mut out, false)?;
    Ok(out)
}

/// How an array among functions is written.
pub type Spell<'a> = &'a dyn Fn(&Value) -> Result<String>;

/// A description with its arrays as text and its trains in twos and threes.
enum Part {
    Leaf(String),
    Constant(Constant),
    Operator { label: String, left: Box<Part>, right: Option<Box<Part>> },
    Curried { label: String, right: Box<Part> },
    Train(Vec<Part>),
}

/// An array among functions.
struct Constant {
    text: String,
    /// Its text in a tree and among all parentheses.
    spelt: String,
    value: Value,
}

/// Recursion that does not care how deep a function is.
fn deep<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, work)
}

impl Part {
    fn of(context: &Context, description: &Description, spell: Spell) -> Result<Part> {
        Ok(match description {
            Description::Text(text) | Description::Named { name: text, .. } => Part::Leaf(text.to_string()),
            Description::Array(value) => {
                let text = spell(value)?;
                let spelt = repeated(context, value)?.unwrap_or_else(|| text.clone());
                Part::Constant(Constant { text, spelt, value: value.clone() })
            }
            Description::Derived { operator, left, right, axis } => {
                let mut label = operator.to_string();
                if let Some(axis) = axis {
                    label += &format!("[{}]", spell(axis)?);
                }
                let left = deep(|| Part::of(context, left, spell))?;
                let right = match right {
                    Some(right) => Some(Box::new(deep(|| Part::of(context, right, spell))?)),
                    None => None,
                };
                match &left {
                    // First and last are known by one name each.
                    Part::Leaf(tack) if matches!(tack.as_str(), "⊣" | "⊢") && matches!(label.as_str(), "/" | "⌿") => {
                        Part::Leaf(format!("{tack}{label}"))
                    }
                    _ => Part::Operator { label, left: Box::new(left), right },
                }
            }
            Description::Curried { operator, right } => {
                let mut label = String::new();
                deep(|| Part::of(context, operator, spell))?.write(&mut label, false)?;
                Part::Curried { label, right: Box::new(deep(|| Part::of(context, right, spell))?) }
            }
            Description::Train(tines) => {
                let mut parts = Vec::with_capacity(tines.len());
                for tine in tines {
                    parts.push(deep(|| Part::of(context, tine, spell))?);
                }
                // A long train is a fork of its last three tines, again and again.
                while parts.len() > 3 {
                    let last = parts.split_off(parts.len() - 3);
                    parts.push(Part::Train(last));
                }
                Part::Train(parts)
            }
        })
    }

    fn is_leaf(&self) -> bool {
        matches!(self, Part::Leaf(_) | Part::Constant(..))
    }

    /// Appends the text, with parentheses where they are needed, or everywhere.
    fn write(&self, out: &mut String, all: bool) -> Result<()> {
        match self {
            Part::Leaf(text) => push(out, text),
            Part::Constant(constant) => push(out, if all { &constant.spelt } else { &constant.text }),
            Part::Operator { label, left, right } => {
                let wrap = matches!(**left, Part::Train(_)) || all && !left.is_leaf();
                deep(|| left.write_wrapped(out, all, wrap))?;
                push(out, label);
                if let Some(right) = right {
                    deep(|| right.write_wrapped(out, all, !right.is_leaf()))?;
                }
            }
            Part::Curried { label, right } => {
                push(out, label);
                out.push(' ');
                deep(|| right.write_wrapped(out, all, !right.is_leaf()))?;
            }
            Part::Train(tines) => {
                for (k, tine) in tines.iter().enumerate() {
                    let wrap = match tine {
                        // Only a fork at the end reads the same without its parentheses.
                        Part::Train(inner) => {
                            all || k + 1 < tines.len()
                                || inner.len() != 3
                                || matches!(inner[0], Part::Constant(..)) && out.ends_with(is_word)
                        }
                        _ => all && !tine.is_leaf(),
                    };
                    deep(|| tine.write_wrapped(out, all, wrap))?;
                }
            }
        }
        Ok(())
    }

    fn write_wrapped(&self, out: &mut String, all: bool, wrap: bool) -> Result<()> {
        if !wrap {
            return self.write(out, all);
        }
        out.push('(');
        self.write(out, all)?;
        out.push(')');
        Ok(())
    }

    /// The parts as a nested array.
    fn value(&self, context: &Context) -> Result<Value> {
        let memory = context.memory();
        let vector = |items: Vec<Value>| -> Result<Value> {
            Ok(Array::from_items(memory, &[items.len()], items, || Value::Char(' '))?.into())
        };
        Ok(match self {
            Part::Leaf(text) => leaf_value(context, text)?,
            Part::Constant(constant) => constant.value.clone(),
            Part::Operator { label, left, right } => {
                let mut items = vec![deep(|| left.value(context))?, leaf_value(context, label)?];
                if let Some(right) = right {
                    items.push(deep(|| right.value(context))?);
                }
                vector(items)?
            }
            Part::Curried { label, right } => {
                vector(vec![leaf_value(context, label)?, deep(|| right.value(context))?])?
            }
            Part::Train(tines) => {
                let mut items = Vec::with_capacity(tines.len());
                for tine in tines {
                    items.push(deep(|| tine.value(context))?);
                }
                vector(items)?
            }
        })
    }

    fn tree(&self, clusters: Option<&Clusters>) -> Result<Drawing> {
        Ok(match self {
            Part::Leaf(text) => Drawing::of_text(text, clusters),
            Part::Constant(constant) => Drawing::of_text(&constant.spelt, clusters),
            Part::Operator { label, left, right: None } => {
                let mut drawing = deep(|| left.tree(clusters))?;
                let foot = drawing.stem;
                drawing.push(foot, "┌─┘");
                drawing.stem = foot + 2;
                drawing.push_label(label);
                drawing
            }
            Part::Operator { label, left, right: Some(right) } => {
                let mut drawing = Drawing::join(vec![deep(|| left.tree(clusters))?, deep(|| right.tree(clusters))?]);
                drawing.push_label(label);
                drawing
            }
            Part::Curried { label, right } => {
                let mut drawing = deep(|| right.tree(clusters))?;
                let foot = drawing.stem;
                drawing.push(foot - 2, "└─┐");
                drawing.stem = foot - 2;
                drawing.push_label(label);
                drawing
            }
            Part::Train(tines) => {
                let mut drawings = Vec::with_capacity(tines.len());
                for tine in tines {
                    drawings.push(deep(|| tine.tree(clusters))?);
                }
                Drawing::join(drawings)
            }
        })
    }
}

impl Drop for Part {
    /// Takes long chains apart without recursion.
    fn drop(&mut self) {
        let mut work = Vec::new();
        self.give_up_parts(&mut work);
        while let Some(mut part) = work.pop() {
            part.give_up_parts(&mut work);
        }
    }
}

impl Part {
    fn give_up_parts(&mut self, work: &mut Vec<Part>) {
        let leaf = || Box::new(Part::Leaf(String::new()));
        match self {
            Part::Operator { left, right, .. } => {
                if !left.is_leaf() {
                    work.push(*std::mem::replace(left, leaf()));
                }
                work.extend(right.take().map(|right| *right));
            }
            Part::Curried { right, .. } if !right.is_leaf() => work.push(*std::mem::replace(right, leaf())),
            Part::Curried { .. } => {}
            Part::Train(tines) => work.append(tines),
            Part::Leaf(_) | Part::Constant(..) => {}
        }
    }
}

/// Appends text, with a blank before it where it would run into a name or a number.
fn push(out: &mut String, text: &str) {
    if out.ends_with(is_word) && text.starts_with(is_word) {
        out.push(' ');
    }
    out.push_str(text);
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '∆' | '⍙' | '¯' | '.' | '\'' | '⎕' | '#')
}

/// Text as a vector, several lines as a matrix. One glyph is a vector too: glyphs side by side are no text.
fn leaf_value(context: &Context, text: &str) -> Result<Value> {
    if text.contains('\n') {
        let block = Block::of_text(context.memory(), text)?;
        let shape = [block.height(), block.width()];
        return block.into_value(context.memory(), &shape);
    }
    context.text(text)
}

/// An array of equal scalars as `(2⍴3)`.
fn repeated(context: &Context, value: &Value) -> Result<Option<String>> {
    let array = value.array(context.memory())?;
    let mut items = array.items();
    let Some(first) = items.next().filter(Value::is_simple_scalar) else { return Ok(None) };
    if array.len() < 2 {
        return Ok(None);
    }
    let text = literal(context, &first)?;
    for item in items {
        context.poll()?;
        if !item.is_simple_scalar() || literal(context, &item)? != text {
            return Ok(None);
        }
    }
    let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    Ok(Some(format!("({}⍴{text})", shape.join(" "))))
}

/// An array as it would be typed: `1 2 3`, `'abc'`, `(,5)`, `'ab'(1 2)`, `(2 2⍴1 2 3 4)`, `⍬`.
pub fn literal(context: &Context, value: &Value) -> Result<String> {
    // Boxes within boxes, each with one item, are opened in a row.
    let (mut before, mut value, mut depth) = (String::new(), value.clone(), 0);
    while let Value::Array(Array::Nested(items)) = &value
        && let (0 | 1, [item @ Value::Array(Array::Nested(inner))]) = (items.rank(), items.as_slice())
        && inner.rank() < 2
        && inner.len() == 1
    {
        context.poll()?;
        before += if items.rank() == 0 { "(⊂" } else { "(,⊂" };
        depth += 1;
        value = item.clone();
    }
    Ok(before + &opened(context, &value)? + &")".repeat(depth))
}

/// The same of what is no such box.
fn opened(context: &Context, value: &Value) -> Result<String> {
    let array = value.array(context.memory())?;
    if array.rank() > 1 {
        let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
        let ravel = literal(context, &array.reshape(&[array.len()])?.into())?;
        return Ok(format!("({}⍴{ravel})", shape.join(" ")));
    }
    if array.rank() == 1 && array.len() == 1 && !matches!(array, Array::Nested(_)) {
        return Ok(format!("(,{})", literal(context, &value.item(context.memory(), 0)?)?));
    }
    Ok(match &array {
        Array::Char(chars) => format!("'{}'", String::from_iter(chars.as_slice()).replace('\'', "''")),
        Array::Nested(items) => {
            let mut out = String::new();
            for item in items.as_slice() {
                context.poll()?;
                let text = context.memory().deeper(|| literal(context, item))?;
                if item.rank() == 0 || text.starts_with(['\'', '(']) {
                    push(&mut out, &text);
                } else {
                    out += &format!("({text})");
                }
            }
            match (items.rank(), items.len()) {
                (0, _) => format!("(⊂{out})"),
                (_, 0) => "⍬".to_string(),
                (_, 1) => format!("(,⊂{out})"),
                _ => out,
            }
        }
        _ if array.is_empty() => "⍬".to_string(),
        _ => layout::layout(context, value, false, None)?.paint(context)?.row(0).iter().collect(),
    })
}

/// A picture of a part. Lines are kept from the lowest to the topmost, so that parents are put on top.
struct Drawing {
    lines: Vec<Line>,
    /// The column at which it hangs from what is above it.
    stem: isize,
}

struct Line {
    start: isize,
    text: Vec<char>,
}

impl Line {
    fn end(&self) -> isize {
        self.start + self.text.len() as isize
    }
}

impl Drawing {
    fn of_text(text: &str, clusters: Option<&Clusters>) -> Drawing {
        let columns = |line: &str| {
            let text: Vec<char> = line.chars().collect();
            clusters.map_or_else(|| text.clone(), |clusters| clusters.columns(&text))
        };
        let lines = text.lines().rev().map(|line| Line { start: 0, text: columns(line) });
        Drawing { lines: lines.collect(), stem: 0 }
    }

    fn push(&mut self, start: isize, text: &str) {
        self.lines.push(Line { start, text: text.chars().collect() });
    }

    /// Puts an operator on top.
    fn push_label(&mut self, label: &str) {
        let stem = self.stem;
        for line in label.lines().rev() {
            self.push(stem, line);
        }
    }

    /// Two or three parts side by side below one line: `┌─┴─┐` or `┌─┼─┐`.
    fn join(parts: Vec<Drawing>) -> Drawing {
        let mut parts = parts.into_iter();
        let Some(mut all) = parts.next() else {
            return Drawing::of_text("", None);
        };
        let mut stems = vec![all.stem];
        for part in parts {
            stems.push(all.place_beside(part));
        }
        let (Some(&first), Some(&last)) = (stems.first(), stems.last()) else {
            return all;
        };
        let mut bar = vec!['─'; (last - first + 1).max(1) as usize];
        let stem = if stems.len() == 3 { stems[1] } else { (first + last) / 2 };
        let mark = if stems.len() == 3 { '┼' } else { '┴' };
        // A part alone hangs from nothing.
        if stems.len() > 1 {
            for (column, c) in [(first, '┌'), (stem, mark), (last, '┐')] {
                if let Some(cell) = bar.get_mut((column - first) as usize) {
                    *cell = c;
                }
            }
            all.lines.push(Line { start: first, text: bar });
        }
        all.stem = stem;
        all
    }

    /// Places another part to the right, as near as a blank between them allows; its stem.
    fn place_beside(&mut self, mut part: Drawing) -> isize {
        let ends = self.lines.iter().rev().map(Line::end);
        let starts = part.lines.iter().rev().map(|line| line.start);
        let shift = ends.zip(starts).map(|(end, start)| end + 1 - start).max().unwrap_or(0);
        // The topmost lines are those at the end.
        let extra = part.lines.len().saturating_sub(self.lines.len());
        let lower: Vec<Line> = part.lines.drain(..extra).collect();
        let offset = self.lines.len() - part.lines.len();
        for (mine, theirs) in self.lines.iter_mut().skip(offset).zip(part.lines) {
            let gap = theirs.start + shift - mine.end();
            mine.text.extend(std::iter::repeat_n(' ', gap.max(0) as usize));
            mine.text.extend(theirs.text);
        }
        if !lower.is_empty() {
            let moved = lower.into_iter().map(|line| Line { start: line.start + shift, text: line.text });
            self.lines.splice(0..0, moved);
        }
        part.stem + shift
    }

    fn into_block(self, context: &Context) -> Result<Block> {
        let left = self.lines.iter().map(|line| line.start).min().unwrap_or(0);
        let right = self.lines.iter().map(Line::end).max().unwrap_or(0);
        let mut block = Block::blank(context.memory(), self.lines.len(), (right - left).max(0) as usize)?;
        for (row, line) in self.lines.iter().rev().enumerate() {
            if row % 256 == 0 {
                context.poll()?;
            }
            block.write(row, (line.start - left) as usize, line.text.iter().copied());
        }
        Ok(block)
    }
}
