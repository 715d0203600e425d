//! `⎕R` and `⎕S`: search, and replace, by regular expressions.
//!
//! A document becomes blocks of text; the search finds matches in each; a rule says what becomes of a match. What a
//! pattern means in PCRE is handled by [`translate`], the limit on searches by [`search`].

mod class;
pub mod document;
mod options;
mod search;
mod transform;
mod translate;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use crate::array::{Array, Memory, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Operand, Setting};
use crate::host::At;
use crate::names::{Binding, Space};
use crate::operator::derived::Derivation;
use crate::system::files::encoding::{Asked, Encoding};
use crate::system::growing::{Growing, Items, characters};
use crate::system::unicode::ends_line;
use document::Document;
use options::{Mode, Options, Shape};
use search::{Match, Pattern, Search};
use transform::Transformation;
use translate::Dialect;

/// `A⎕R B`: matches of the patterns `A` replaced by what `B` makes of them. Dyalog: Replace.
pub fn replace(context: &Context, space: &Rc<Space>, left: Operand, right: Option<Operand>) -> Result<Fun> {
    derived(context, space, left, right, true)
}

/// `A⎕S B`: what `B` makes of the matches of the patterns `A`. Dyalog: Search.
pub fn search(context: &Context, space: &Rc<Space>, left: Operand, right: Option<Operand>) -> Result<Fun> {
    derived(context, space, left, right, false)
}

fn derived(context: &Context, space: &Rc<Space>, left: Operand, right: Option<Operand>, replaces: bool) -> Result<Fun> {
    let memory = context.memory();
    let right = right.ok_or_else(Fault::syntax)?;
    let Operand::Array(patterns) = &left else { return Err(Fault::domain().with_detail("a pattern is a text")) };
    let rule = match &right {
        Operand::Function(function) => Rule::Function(function.clone()),
        Operand::Array(value) => match value.array(memory)? {
            codes if codes.kind().is_numeric() && !codes.is_empty() => {
                if replaces {
                    return Err(Fault::domain().with_detail("⎕R takes no transformation codes"));
                }
                let codes = convert::int_vec(memory, value)?;
                if codes.iter().any(|code| !(0..4).contains(code)) {
                    return Err(Fault::domain().with_detail("transformation codes are from 0 to 3"));
                }
                Rule::Codes { codes, scalar: value.rank() == 0 }
            }
            _ => Rule::Texts(texts(memory, value)?),
        },
    };
    let texts = texts(memory, patterns)?;
    if let Rule::Texts(rules) = &rule
        && rules.len() != 1
        && rules.len() != texts.len()
    {
        return Err(Fault::length().with_detail(format!("{} patterns take 1 transformation or as many", texts.len())));
    }
    let derivation = Derivation::of(context, if replaces { "⎕R" } else { "⎕S" }, [&left, &right])?.not_primitive();
    Ok(derivation.function(Finder {
        made: Rc::new(Made { texts, rule, replaces, left, right, space: Rc::downgrade(space) }),
        options: Options::default(),
        compiled: RefCell::default(),
    }))
}

/// A character, a text, or a vector of both.
fn texts(memory: &Memory, value: &Value) -> Result<Vec<String>> {
    if value.rank() > 1 {
        return Err(Fault::rank());
    }
    match value.array(memory)? {
        Array::Nested(items) => items.as_slice().iter().map(|item| convert::text(memory, item)).collect(),
        _ => Ok(vec![convert::text(memory, value)?]),
    }
}

/// What becomes of a match.
enum Rule {
    /// A text by a transformation pattern, one for all search patterns or one for each.
    Texts(Vec<String>),
    /// Numbers: 0 offset, 1 length, 2 block, 3 pattern.
    Codes { codes: Vec<i64>, scalar: bool },
    /// What a function makes of a namespace that describes the match.
    Function(Fun),
}

/// What the operator was given.
struct Made {
    texts: Vec<String>,
    rule: Rule,
    replaces: bool,
    left: Operand,
    right: Operand,
    /// Where the operator stands: the namespaces that describe matches are made in it.
    space: Weak<Space>,
}

/// The derived function, with its options.
struct Finder {
    made: Rc<Made>,
    options: Options,
    /// The patterns as they were compiled for texts of one kind or another.
    compiled: RefCell<Vec<(Dialect, Arc<[Pattern]>)>>,
}

impl Function for Finder {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let options = &self.options;
        let output = left.as_ref().map(convert::int).transpose()?;
        if output.is_some() && matches!(self.made.rule, Rule::Codes { .. }) {
            return Err(Fault::domain().with_detail("only text is written to files"));
        }
        if options.dot_all && options.mode == Mode::Line {
            return Err(Fault::domain().with_detail("DotAll is for the modes D and M"));
        }
        let (document, encoding) = if right.kind().is_numeric() && right.count() > 0 {
            let (text, encoding) = tied_text(context, convert::int(&right)?, &options.input)?;
            // As a result it is a vector of lines; in another file it stays as it is.
            let nested = output.is_none();
            let text = if nested { without_last_ending(&text) } else { &text };
            let document = Document::new(context, &characters(context, text)?, options.ending, options.normalise)?;
            let empty = nested && text.is_empty();
            (Document { nested, empty, ..document }, encoding)
        } else {
            (Document::new(context, &right, options.ending, options.normalise)?, Asked::DEFAULT)
        };
        let blocks = match options.mode {
            Mode::Line => document.lines(context)?,
            _ if document.empty => Vec::new(),
            _ => std::iter::once(0..document.text.len()).collect(),
        };
        let search =
            Search { patterns: self.patterns(&document.text)?, text: "".into(), overlapping: options.overlapping };
        let run = Run { finder: self, context, transformations: self.transformations()?, search };
        let result = if self.made.replaces { run.replace(document, &blocks)? } else { run.search(&document, &blocks)? };
        match output {
            None => Ok(result),
            Some(number) => {
                let asked = options.output.as_ref().unwrap_or(&encoding);
                append_to_tied(context, number, &result, options.ending, asked, !self.made.replaces)
            }
        }
    }

    fn variant(&self, context: &Context, settings: &[Setting]) -> Result<Fun> {
        let options = self.options.with(context, settings, self.made.replaces)?;
        Ok(Rc::new(Finder { made: self.made.clone(), options, compiled: RefCell::default() }))
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: if self.made.replaces { "⎕R" } else { "⎕S" }.into(),
            left: Box::new(self.made.left.described(2)),
            right: Some(Box::new(self.made.right.described(2))),
            axis: None,
        }
    }
}

/// The text of a tied file from its present position on, and its encoding.
fn tied_text(context: &Context, number: i64, asked: &Asked) -> Result<(String, Asked)> {
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(number)?;
    let start = tie.position();
    let mut bytes = context.watched(|watch| tie.read(None, None, watch, 6))?;
    let marked = if start == 0 { Encoding::marked(&bytes) } else { None };
    let mark = marked.is_some();
    let encoding = marked.unwrap_or_else(|| asked.encoding.clone());
    if mark {
        bytes.drain(..encoding.mark().len());
    }
    Ok((encoding.decode(context, bytes)?, Asked { encoding, mark }))
}

/// A text without the line ending at its end.
fn without_last_ending(text: &str) -> &str {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix(ends_line)).unwrap_or(text)
}

/// Appends a text, lines, or matches to a tied file; what does not end with a line ending gets one: a whole document, or
/// each match. Shy: how long the file is then.
fn append_to_tied(
    context: &Context,
    number: i64,
    value: &Value,
    ending: &str,
    asked: &Asked,
    each: bool,
) -> Result<Value> {
    let memory = context.memory();
    let mut text = Growing::new(context);
    if each {
        for item in value.array(memory)?.items() {
            let item = convert::text(memory, &item);
            let item = item.map_err(|fault| fault.with_detail("only text is written to files"))?;
            text.push(&item)?;
            if !item.ends_with(ends_line) {
                text.push(ending)?;
            }
        }
    } else {
        let document = Document::new(context, value, ending, false)?;
        text.push(&document.text)?;
        if !document.empty && !document.text.ends_with(ends_line) {
            text.push(ending)?;
        }
    }
    let mut bytes = asked.encoding.encode(context, &text.text)?;
    let mut ties = context.ties.borrow_mut();
    let tie = ties.get(number)?;
    if asked.mark && tie.size()? == 0 {
        bytes.splice(..0, asked.encoding.mark().iter().copied());
    }
    let length = context.watched(|watch| tie.write(&bytes, At::End, watch))?;
    context.shy.set(true);
    Ok(convert::scalar(length as f64))
}

impl Finder {
    /// The patterns, compiled for what the text needs.
    fn patterns(&self, text: &str) -> Result<Arc<[Pattern]>> {
        let options = &self.options;
        let by_lines = options.mode == Mode::Line;
        let odd = |c: char| ends_line(c) && !matches!(c, '\r' | '\n');
        let dialect = Dialect {
            ignore_case: options.ignore_case,
            multi_line: options.mode == Mode::Mixed,
            dot_all: options.dot_all || by_lines,
            lazy: !options.greedy,
            unicode: options.unicode,
            ascii_text: text.is_ascii(),
            odd_endings: !by_lines && (text.ends_with(ends_line) || text.contains(odd)),
        };
        if let Some((_, patterns)) = self.compiled.borrow().iter().find(|row| row.0 == dialect) {
            return Ok(patterns.clone());
        }
        let compile = |text: &String| {
            let escaped = match options.regex.0 {
                true => text.clone(),
                false => format!(r"\Q{}\E", text.replace(r"\E", r"\E\\E\Q")),
            };
            let chars: Vec<char> = escaped.chars().collect();
            Pattern::new(translate::translate(&chars, dialect)?)
        };
        let patterns: Arc<[Pattern]> = self.made.texts.iter().map(compile).collect::<Result<Vec<_>>>()?.into();
        self.compiled.borrow_mut().push((dialect, patterns.clone()));
        Ok(patterns)
    }

    fn transformations(&self) -> Result<Vec<Transformation>> {
        let Rule::Texts(texts) = &self.made.rule else { return Ok(Vec::new()) };
        let one = |text: &String| match self.options.regex.1 {
            true => Transformation::new(text),
            false => Ok(Transformation::literal(text)),
        };
        texts.iter().map(one).collect()
    }
}

/// One call of the derived function.
struct Run<'a> {
    finder: &'a Finder,
    context: &'a Context,
    transformations: Vec<Transformation>,
    search: Search,
}

/// A match and where it was found.
struct Found<'a> {
    block: &'a str,
    number: usize,
    one: Match,
}

impl Run<'_> {
    /// Calls `each` with the matches in a block that the limit lets through.
    fn matches(&self, block: &str, number: usize, mut each: impl FnMut(Found) -> Result<()>) -> Result<()> {
        let limit = self.finder.options.limit;
        let wanted = limit.unsigned_abs();
        let search = Search { text: block.into(), ..self.search.clone() };
        self.context.memory().check(block.len())?;
        let mut count = 0;
        search.each(self.context, |one| {
            count += 1;
            if limit >= 0 || count == wanted {
                each(Found { block, number, one })?;
            }
            Ok(limit == 0 || count < wanted)
        })
    }

    fn replace(&self, document: Document, blocks: &[Range<usize>]) -> Result<Value> {
        let mut out = Growing::new(self.context);
        let mut describer = self.describer()?;
        let mut behind = 0;
        for (number, range) in blocks.iter().enumerate() {
            self.context.poll()?;
            // The ending of the line before.
            out.push(&document.text[behind..range.start])?;
            behind = range.end;
            let block = &document.text[range.clone()];
            let mut copied = 0;
            self.matches(block, number, |found| {
                let Range { start, end } = found.one.range();
                out.push(block.get(copied..start).unwrap_or(""))?;
                copied = end.max(copied);
                match &self.finder.made.rule {
                    Rule::Function(function) => {
                        let argument = describer.as_mut().ok_or_else(|| Fault::internal("no namespace"))?;
                        let result = function.call(self.context, None, argument.describe(&found)?)?;
                        let text = convert::text(self.context.memory(), &result);
                        out.push(&text.map_err(|fault| fault.with_detail("⎕R replaces matches by texts"))?)
                    }
                    _ => self.transform(&found, &mut out),
                }
            })?;
            out.push(&block[copied..])?;
        }
        out.push(&document.text[behind..])?;
        let nested = match self.finder.options.shape {
            Shape::Implied => document.nested,
            Shape::Simple => false,
            Shape::Nested => true,
        };
        let mut text = out.text;
        if nested && !document.nested {
            // The ending of a text's last line begins no other.
            let kept = text.trim_end_matches('\n').trim_end_matches('\r').len();
            let last = text[kept..].len();
            if last > 0 && last < 3 && text.len() > last {
                text.truncate(kept);
            }
        }
        Document { text, nested, empty: document.empty }.into_value(self.context)
    }

    fn search(&self, document: &Document, blocks: &[Range<usize>]) -> Result<Value> {
        let context = self.context;
        let memory = context.memory();
        let mut items = Items::new(context);
        let mut describer = self.describer()?;
        for (number, range) in blocks.iter().enumerate() {
            context.poll()?;
            let block = &document.text[range.clone()];
            let offsets = Offsets::new(block);
            self.matches(block, number, |found| {
                let item = match &self.finder.made.rule {
                    Rule::Texts(_) => {
                        let mut out = Growing::new(context);
                        self.transform(&found, &mut out)?;
                        characters(context, &out.text)?
                    }
                    Rule::Codes { codes, scalar } => {
                        let Range { start, end } = found.one.range();
                        let number = |code: &i64| match code {
                            0 => offsets.of(block, start),
                            1 => offsets.of(block, end) - offsets.of(block, start),
                            2 => found.number,
                            _ => found.one.pattern,
                        };
                        let numbers: Vec<usize> = codes.iter().map(number).collect();
                        match (scalar, &numbers[..]) {
                            (true, [number]) => Value::from(*number),
                            _ => Value::counts(memory, &numbers)?,
                        }
                    }
                    Rule::Function(function) => {
                        let argument = describer.as_mut().ok_or_else(|| Fault::internal("no namespace"))?;
                        match function.invoke(context, None, argument.describe(&found)?)? {
                            Some(value) => value,
                            None => return Ok(()),
                        }
                    }
                };
                items.push(item)
            })?;
        }
        context.shy.set(false);
        let prototype = match &self.finder.made.rule {
            Rule::Codes { scalar: true, .. } => Value::Int(0),
            Rule::Codes { codes, .. } => Value::counts(memory, &vec![0; codes.len()])?,
            Rule::Texts(_) => context.text("")?,
            Rule::Function(_) => Value::Int(0),
        };
        items.into_value(prototype)
    }

    fn transform(&self, found: &Found, out: &mut Growing) -> Result<()> {
        let which = if self.transformations.len() == 1 { 0 } else { found.one.pattern };
        let names = self.search.patterns.get(found.one.pattern).map_or(&[][..], |pattern| &pattern.names);
        match self.transformations.get(which) {
            Some(transformation) => transformation.apply(found.block, &found.one, names, out),
            None => Err(Fault::internal("a match without a transformation")),
        }
    }

    /// The namespace for a transformation function, where there is one.
    fn describer(&self) -> Result<Option<Describer<'_>>> {
        let made = &self.finder.made;
        if !matches!(made.rule, Rule::Function(_)) {
            return Ok(None);
        }
        let parent = made.space.upgrade().ok_or_else(Fault::value)?;
        let (space, reference) = parent.child(self.context, None)?;
        let describer =
            Describer { run: self, space, reference: reference.into(), block: usize::MAX, offsets: Offsets::new("") };
        describer.set("ReplaceMode", Value::Bool(made.replaces));
        describer.set("TextOnly", Value::Bool(made.replaces));
        Ok(Some(describer))
    }
}

/// The namespace that describes a match for a transformation function. There is one for the whole run, so that functions
/// can keep something in it.
struct Describer<'a> {
    run: &'a Run<'a>,
    space: Rc<Space>,
    reference: Value,
    /// The block in which the match is.
    block: usize,
    offsets: Offsets,
}

impl Describer<'_> {
    fn set(&self, name: &str, value: Value) {
        drop(self.space.set(self.space.symbol(&name.into()), Binding::Array(value)));
    }

    fn describe(&mut self, found: &Found) -> Result<Value> {
        let context = self.run.context;
        let memory = context.memory();
        let mode = self.run.finder.options.mode;
        if self.block != found.number {
            self.block = found.number;
            self.offsets = Offsets::new(found.block);
            self.set("Block", characters(context, found.block)?);
            self.set("BlockNum", Value::from(if mode == Mode::Line { found.number } else { 0 }));
        }
        let pattern = self.run.search.patterns.get(found.one.pattern);
        let text = self.run.finder.made.texts.get(found.one.pattern).map_or("", String::as_str);
        self.set("Pattern", characters(context, text)?);
        self.set("PatternNum", Value::from(found.one.pattern));
        self.set("Match", characters(context, &found.block[found.one.range()])?);
        // Groups behind the last one that took part are not told of.
        let used = found.one.groups.iter().rposition(Option::is_some).map_or(1, |last| last + 1);
        let groups = &found.one.groups[..used.min(found.one.groups.len())];
        let numbers = |number: &dyn Fn(&Range<usize>) -> usize| -> Result<Value> {
            let items =
                groups.iter().map(|group| group.as_ref().map_or(Value::Int(-1), |range| Value::from(number(range))));
            Ok(Array::from_items(memory, &[groups.len()], items.collect(), || Value::Int(0))?.into())
        };
        let at = |place: usize| self.offsets.of(found.block, place);
        self.set("Offsets", numbers(&|range| at(range.start))?);
        self.set("Lengths", numbers(&|range| at(range.end) - at(range.start))?);
        let mut names = Vec::with_capacity(used);
        for k in 0..used {
            let name = pattern.and_then(|pattern| pattern.names.get(k)).map_or("", String::as_str);
            names.push(characters(context, name)?);
        }
        self.set("Names", Array::from_items(memory, &[names.len()], names, || Value::Char(' '))?.into());
        Ok(self.reference.clone())
    }
}

/// Characters before places in a text, found without counting from its start each time.
struct Offsets {
    ascii: bool,
    /// The characters before every 256th byte.
    marks: Vec<usize>,
}

impl Offsets {
    fn new(text: &str) -> Offsets {
        let ascii = text.is_ascii();
        let mut marks = Vec::new();
        if !ascii {
            let mut count = 0;
            for piece in text.as_bytes().chunks(256) {
                marks.push(count);
                count += begins(piece);
            }
        }
        Offsets { ascii, marks }
    }

    fn of(&self, text: &str, place: usize) -> usize {
        if self.ascii {
            return place;
        }
        let mark = (place / 256).min(self.marks.len().saturating_sub(1));
        let before = self.marks.get(mark).copied().unwrap_or(0);
        before + text.as_bytes().get(256 * mark..place).map_or(0, begins)
    }
}

/// How many characters begin in bytes of UTF-8.
fn begins(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}
