//! A saved workspace is read: all of it into a new workspace, or some names into a namespace.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{DATA_MARK, MARK, OF_SPACES, OF_WORKSPACE, codec, file_of, split};
use crate::array::reference::{Code, Represented};
use crate::array::{Reference, Value};
use crate::code::definition::Source;
use crate::code::definition::reading;
use crate::context::{Context, Settings};
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access};
use crate::names::{Binding, Space};
use crate::syntax::grammar;
use crate::syntax::lines::logical_line;
use crate::syntax::span::Span;
use crate::syntax::tree::{ItemKind, Statement};
use crate::system::{What, clear_ws, files, formats, lookup};
use crate::vm::{Evaluator, Shown, traditional};

/// A saved workspace as it stands in its file.
pub struct Document {
    file: String,
    data: Data,
    workspace: Vec<Entry>,
    sections: Vec<Section>,
    current: usize,
}

/// Where the large arrays are.
enum Data {
    /// There are none.
    None,
    /// In a file of this name and length.
    File(String, usize),
    /// Here.
    Here(Arc<[u8]>),
}

/// A namespace.
struct Section {
    number: usize,
    parent: usize,
    name: Option<String>,
    is_loose: bool,
    entries: Vec<Entry>,
}

/// A definition or an assignment.
struct Entry {
    /// Its line in the file.
    line: usize,
    text: String,
    /// The name that is defined and the namespace that the definition belongs to, if they are others.
    define: Option<(String, usize)>,
}

impl Entry {
    /// The name that it gives a value; of a definition with a header, nothing.
    fn name(&self) -> Option<&str> {
        if let Some((name, _)) = &self.define {
            return Some(name);
        }
        if let Some(rest) = self.text.strip_prefix(":Large ") {
            return rest.split_whitespace().next();
        }
        if let Some(rest) = self.text.strip_prefix('\'') {
            return rest.split('\'').next();
        }
        // `1 2 ⎕STOP'name'`
        if self.text.starts_with(|c: char| c.is_ascii_digit()) {
            return self.text.split('\'').nth(1);
        }
        let (name, _) = self.text.split_once('←')?;
        (!self.text.starts_with('∇')).then(|| name.trim())
    }

    /// The same, also of a definition with a header.
    fn defines(&self) -> Option<String> {
        self.name().map(str::to_owned).or_else(|| header_name(&self.text))
    }

    /// Whether it needs nothing else: a header with lines, or a dfn or dop with its name.
    fn is_definition(&self, context: &Context) -> Result<bool> {
        if self.text.starts_with('∇') || self.define.is_some() {
            return Ok(true);
        }
        if !self.text.split_once('←').is_some_and(|(_, rest)| rest.starts_with('{')) {
            return Ok(false);
        }
        let read = reading(context, |go_on| grammar::parse_while(&self.text, go_on))?;
        Ok(read.is_ok_and(|body| match &body.statements[..] {
            [Statement::Expression(phrase)] => matches!(
                &phrase.items[..],
                [_, _, dfn] if matches!(dfn.kind, ItemKind::Dfn(_))
            ),
            _ => false,
        }))
    }
}

fn damaged(file: &str, line: usize, what: &str) -> Fault {
    let fault = Fault::new(ErrorKind::from_number(23)).because(format!("{file}:{line}: {what}"));
    fault.with_detail("the workspace is left as it was")
}

/// Reads the file of a workspace. FILE NAME ERROR, FILE ACCESS ERROR, FILE DAMAGED.
pub fn document(context: &Context, name: &str) -> Result<Document> {
    let file = file_of(name);
    let text = files::text::source(context, &context.host, &file)?.text;
    parse(context, &file, &text)
}

/// A document from its text; `file` is the name by which errors call it. FILE DAMAGED.
fn parse(context: &Context, file: &str, text: &str) -> Result<Document> {
    let mut rest = text;
    let mut document =
        Document { file: file.into(), data: Data::None, workspace: Vec::new(), sections: Vec::new(), current: 1 };
    let (mut line, mut define, mut is_complete) = (0, None, false);
    while !rest.is_empty() {
        context.poll()?;
        let number = line + 1;
        let bad = |what: &str| damaged(file, number, what);
        let first = rest.lines().next().unwrap_or_default();
        // What begins a section is never the beginning of a longer entry.
        let taken = if first.starts_with([':', '⍝']) || first.is_empty() { first } else { logical_line(rest).0 };
        let after = &rest[taken.len()..];
        let after = after.strip_prefix('\r').unwrap_or(after);
        rest = after.strip_prefix('\n').unwrap_or(after);
        line += taken.matches('\n').count() + 1;
        if number == 1 && taken != MARK {
            return Err(bad("this is no workspace of zilde"));
        }
        let words: Vec<&str> = taken.split_whitespace().collect();
        let word = |at: usize| words.get(at).copied();
        let count = |at: usize| word(at).and_then(|word| word.parse().ok()).ok_or_else(|| bad("a number is missing"));
        match word(0).unwrap_or_default() {
            "" => {}
            comment if comment.starts_with('⍝') => {}
            ":End" => is_complete = true,
            ":Workspace" => {}
            ":Data" => {
                let name = word(1).filter(|name| !name.contains('/')).ok_or_else(|| bad("a file name is missing"))?;
                document.data = Data::File(name.to_owned(), count(2)?);
            }
            ":Current" => document.current = count(1)?,
            ":Define" => define = Some((word(1).ok_or_else(|| bad("a name is missing"))?.to_owned(), count(2)?)),
            ":Space" => {
                let number = count(1)?;
                let is_root = document.sections.is_empty();
                if number != document.sections.len() + 1 {
                    return Err(bad("namespaces are not in order"));
                }
                let parent = if is_root { 0 } else { count(2)? };
                if !is_root && parent >= number {
                    return Err(bad("a namespace stands before the one around it"));
                }
                let name = word(3).filter(|name| !is_root && *name != "-").map(str::to_owned);
                let is_loose = word(4) == Some("loose");
                document.sections.push(Section { number, parent, name, is_loose, entries: Vec::new() });
            }
            other if other.starts_with(':') && other != ":Large" => return Err(bad("an unknown word")),
            _ => {
                let entry = Entry { line: number, text: taken.to_owned(), define: define.take() };
                match document.sections.last_mut() {
                    Some(section) => section.entries.push(entry),
                    None => document.workspace.push(entry),
                }
            }
        }
    }
    match (is_complete, document.sections.is_empty()) {
        (true, false) => Ok(document),
        _ => Err(damaged(file, line, "the end is missing")),
    }
}

impl Document {
    /// The arrays of the data file, as bytes.
    fn data(&self, context: &Context) -> Result<Vec<u8>> {
        let (name, length) = match &self.data {
            Data::None => return Ok(Vec::new()),
            Data::Here(bytes) => return Ok(bytes.to_vec()),
            Data::File(name, length) => (name, length),
        };
        let (folder, _) = split(&self.file);
        let place = context.host.place(&format!("{folder}{name}"), Access::Read)?;
        let bytes = context.watched(|watch| host::read(&place, watch, 1))?;
        let check = name.rsplit('.').nth(1).and_then(|check| u32::from_str_radix(check, 16).ok());
        if bytes.len() != *length || check != Some(crc32fast::hash(&bytes)) {
            let fault = Fault::new(ErrorKind::from_number(23)).because(format!("{folder}{name}: not what was saved"));
            return Err(fault.with_detail("the workspace is left as it was"));
        }
        Ok(bytes)
    }

    /// The namespaces that some names need, and all that they need in turn.
    fn needed(&self, context: &Context, wanted: &dyn Fn(&str) -> bool) -> Result<HashSet<usize>> {
        let mut needed = HashSet::from([1]);
        let mut work = Vec::new();
        // The namespaces with names by the one around them.
        let mut inner: HashMap<usize, Vec<&Section>> = HashMap::new();
        for section in self.sections.iter().filter(|section| section.number > 1 && !section.is_loose) {
            inner.entry(section.parent).or_default().push(section);
        }
        let visit = |section: &Section, wanted: &dyn Fn(&str) -> bool, work: &mut Vec<usize>| {
            for entry in &section.entries {
                if !entry.defines().is_none_or(|name| wanted(&name)) {
                    continue;
                }
                work.extend(entry.define.iter().map(|(_, home)| *home));
                work.extend(entry.text.split("⎕SE.⍙").skip(1).filter_map(|rest| {
                    rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse::<usize>().ok()
                }));
            }
            let inner = inner.get(&section.number).into_iter().flatten();
            let inner = inner.filter(|inner| inner.name.as_deref().is_some_and(wanted));
            work.extend(inner.map(|inner| inner.number));
        };
        if let Some(root) = self.sections.first() {
            visit(root, wanted, &mut work);
        }
        while let Some(number) = work.pop() {
            context.poll()?;
            if let Some(section) = self.sections.get(number.wrapping_sub(1))
                && needed.insert(number)
            {
                work.push(section.parent);
                visit(section, &|_| true, &mut work);
            }
        }
        Ok(needed)
    }
}

/// Makes what stands in a document.
struct Builder<'a> {
    context: &'a Context,
    document: &'a Document,
    data: Vec<u8>,
    /// Where each array of the data begins and ends.
    large: Vec<std::ops::Range<usize>>,
    spaces: HashMap<usize, Rc<Space>>,
    /// References keep the namespaces until they have their places.
    _references: Vec<Reference>,
    /// What could not be made.
    errors: Vec<String>,
}

impl<'a> Builder<'a> {
    /// Makes the namespaces that are needed; the first one is there.
    fn new(
        context: &'a Context,
        document: &'a Document,
        root: &Rc<Space>,
        needed: &dyn Fn(usize) -> bool,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Builder<'a>> {
        let data = document.data(context)?;
        let mut large = Vec::new();
        if !data.is_empty() {
            let mut at = DATA_MARK.len();
            while let Some(length) = data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()) {
                let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
                let end = (at + 8).saturating_add(length);
                large.push(at + 8..end);
                at = end.min(data.len());
            }
        }
        let session = root.workspace.session_space().ok_or_else(|| Fault::internal("no session"))?;
        let mut spaces = HashMap::from([(0, session.clone()), (1, root.clone())]);
        drop(session.set(session.symbol(&locator(1)), Binding::Array(root.reference().into())));
        let mut references = Vec::new();
        for section in document.sections.iter().skip(1).filter(|section| needed(section.number)) {
            context.poll()?;
            let parent = spaces.get(&section.parent).unwrap_or(root).clone();
            let (space, reference) = parent.child(context, section.name.as_deref())?;
            let binding = Binding::Array(reference.clone().into());
            // A namespace that was not asked for, but is referred to, gets no name beside those that were.
            let is_named =
                !section.is_loose && (section.parent > 1 || wanted(section.name.as_deref().unwrap_or_default()));
            if let Some(name) = section.name.as_deref().filter(|_| is_named) {
                drop(parent.set(parent.symbol(&name.into()), binding.clone()));
            }
            drop(session.set(session.symbol(&locator(section.number)), binding));
            spaces.insert(section.number, space);
            references.push(reference);
        }
        Ok(Builder { context, document, data, large, spaces, _references: references, errors: Vec::new() })
    }

    /// Definitions, then the rest, then system variables.
    fn build(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
        let document = self.document;
        for definitions in [true, false] {
            for section in &document.sections {
                let Some(space) = self.spaces.get(&section.number).cloned() else { continue };
                for entry in &section.entries {
                    self.context.poll()?;
                    let is_wanted = section.number > 1 || entry.defines().is_some_and(|name| wanted(&name));
                    if is_wanted && !entry.text.starts_with('⎕') && entry.is_definition(self.context)? == definitions
                    {
                        let made = self.entry(&space, entry);
                        self.note(entry, made)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Collects errors; interrupts and WS FULL end the work.
    fn note(&mut self, entry: &Entry, made: Result<()>) -> Result<()> {
        match made {
            Err(fault) if !fault.kind().is_error() || fault.kind().is_circumstance() => Err(fault),
            Err(fault) => {
                self.errors.push(format!("{}:{}: {}", self.document.file, entry.line, fault.headline()));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn entry(&self, space: &Rc<Space>, entry: &Entry) -> Result<()> {
        if let Some(rest) = entry.text.strip_prefix(":Large ") {
            let mut words = rest.split_whitespace();
            let (name, number) = (words.next(), words.next().and_then(|word| word.parse::<usize>().ok()));
            let range = number.and_then(|number| self.large.get(number.wrapping_sub(1)));
            let bytes = range.and_then(|range| self.data.get(range.clone()));
            let missing = || Fault::new(ErrorKind::from_number(23)).because("not in the data file");
            let (Some(name), Some(bytes)) = (name, bytes) else { return Err(missing()) };
            let value = codec::decode(self.context, bytes)?;
            drop(space.set(space.symbol(&name.into()), Binding::Array(value)));
            return Ok(());
        }
        let Some((name, home)) = &entry.define else { return self.run(space, &entry.text) };
        let home = self.spaces.get(home).ok_or_else(Fault::value)?;
        let own: Rc<str> = match header_name(&entry.text) {
            Some(own) => own.into(),
            None => name.as_str().into(),
        };
        let symbol = home.symbol(&own);
        let before = home.set(symbol, Binding::Unset);
        let made = self.run(home, &entry.text);
        let binding = home.set(symbol, before);
        drop(space.set(space.symbol(&name.as_str().into()), binding));
        made
    }

    /// Evaluates a text or defines a function in a namespace.
    fn run(&self, space: &Rc<Space>, text: &str) -> Result<()> {
        if let Some(rest) = text.strip_prefix('∇') {
            let lines = rest.trim_end().strip_suffix('∇').unwrap_or(rest).trim();
            let defined = traditional::define(self.context, space, Source::new(lines));
            return defined
                .map(drop)
                .map_err(|undefined| undefined.fault(|malformed| Fault::syntax().because(malformed.why)));
        }
        let source = Rc::new(Source::new(text));
        let body = source.parse(self.context, &source.text)?;
        for statement in &body.statements {
            Evaluator { context: self.context, space, scope: None, source: source.clone() }.statement(statement)?;
        }
        Ok(())
    }

    /// The value of what is assigned in a text.
    fn value(&self, space: &Rc<Space>, text: &str) -> Result<Value> {
        let source = Rc::new(Source::new(text));
        let body = source.parse(self.context, &source.text)?;
        let [statement] = &body.statements[..] else { return Err(Fault::syntax()) };
        match (Evaluator { context: self.context, space, scope: None, source }).statement(statement)? {
            Shown::Value(value) | Shown::Shy(value) => value.settled(self.context.memory()),
            _ => Err(Fault::value()),
        }
    }

    /// The system variables of all namespaces but the first `left` ones.
    fn settings(&mut self, left: usize) -> Result<()> {
        let document = self.document;
        for section in document.sections.iter().skip(left) {
            let Some(space) = self.spaces.get(&section.number).cloned() else { continue };
            let usual = self.context.settings();
            for entry in section.entries.iter().filter(|entry| entry.text.starts_with('⎕')) {
                let made = self.setting(&space, entry, OF_SPACES);
                self.note(entry, made)?;
            }
            let settings = self.context.settings();
            self.context.set_settings(usual);
            space.set_settings(self.context, settings);
        }
        Ok(())
    }

    fn setting(&self, space: &Rc<Space>, entry: &Entry, known: &[&str]) -> Result<()> {
        let (name, text) = entry.text.split_once('←').ok_or_else(Fault::syntax)?;
        let name = name.trim_start_matches('⎕');
        let settings = self.context.settings();
        self.context.set_settings(Settings { pw: settings.pw, ..Settings::default() });
        let value = self.value(space, text);
        self.context.set_settings(settings);
        let value = value?;
        match (name, lookup(name).map(|row| &row.what)) {
            ("DF", _) => {
                space.show_as(crate::array::convert::text(self.context.memory(), &value)?.into());
                Ok(())
            }
            ("SRC", _) => {
                let memory = self.context.memory();
                let lines = value.array(memory)?;
                let lines = lines.items().map(|line| crate::array::convert::text(memory, &line));
                let text = lines.collect::<Result<Vec<_>>>()?.join("\n");
                let span = Span::new(0, text.len());
                space.set_script(&Source::new(text), span);
                Ok(())
            }
            (name, Some(What::Variable(_, set))) if known.contains(&name) => set(self.context, &value),
            _ => Err(Fault::nonce(format!("⎕{name}"))),
        }
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        let Some(session) = self.spaces.get(&0) else { return };
        for number in self.spaces.keys().filter(|number| **number > 0) {
            drop(session.set(session.symbol(&locator(*number)), Binding::Unset));
        }
    }
}

fn locator(number: usize) -> Rc<str> {
    format!("⍙{number}").into()
}

/// The name in the header of a definition between `∇` and `∇`.
fn header_name(text: &str) -> Option<String> {
    let header = text.strip_prefix('∇')?.lines().next()?;
    crate::syntax::traditional::header_of(header).map(|header| header.name.to_string())
}

/// Reads a workspace into a new one; gives its root and what could not be made. The system variables that are in force
/// are those of the new one then. After an error all is as before.
pub fn load(context: &Context, name: &str) -> Result<(Rc<Space>, Vec<String>)> {
    let document = document(context, name)?;
    let before = context.settings();
    let root = clear_ws(context);
    let usual = Settings { pw: before.pw, ..Settings::default() };
    context.set_settings(usual.clone());
    let built = (|| -> Result<Vec<String>> {
        formats::furnish(context, &root)?;
        let mut builder = Builder::new(context, &document, &root, &|_| true, &|_| true)?;
        builder.build(&|_| true)?;
        builder.settings(1)?;
        for entry in &document.workspace {
            let made = builder.setting(&root, entry, OF_WORKSPACE);
            builder.note(entry, made)?;
        }
        for entry in document.sections[0].entries.iter().filter(|entry| entry.text.starts_with('⎕')) {
            let made = builder.setting(&root, entry, OF_SPACES);
            builder.note(entry, made)?;
        }
        if let Some(space) = builder.spaces.get(&document.current).filter(|_| document.current > 1) {
            crate::names::change_space(context, None, space);
        }
        Ok(std::mem::take(&mut builder.errors))
    })();
    match built {
        Ok(errors) => Ok((root, errors)),
        Err(fault) => {
            root.workspace.close();
            context.set_settings(before);
            Err(fault)
        }
    }
}

/// Brings what was in a namespace into another one, with its system variables.
pub fn restore(context: &Context, space: &Rc<Space>, code: &Code) -> Result<()> {
    let Represented::Space(data) = &code.form else { return Err(Fault::domain()) };
    let mut document = parse(context, &code.name, &code.definition)?;
    document.data = Data::Here(data.clone());
    let before = context.settings();
    context.set_settings(Settings { pw: before.pw, ..Settings::default() });
    let built = (|| -> Result<Vec<String>> {
        let mut builder = Builder::new(context, &document, space, &|_| true, &|_| true)?;
        builder.build(&|_| true)?;
        builder.settings(0)?;
        Ok(std::mem::take(&mut builder.errors))
    })();
    context.set_settings(before);
    match built?.first() {
        None => Ok(()),
        Some(error) => Err(Fault::domain().because(error.clone())),
    }
}

/// What became of the names that were to be copied.
#[derive(Debug, Default)]
pub struct Copied {
    /// Names that are not in the workspace.
    pub missing: Vec<String>,
    /// Names that were left as they are, because they were to be protected.
    pub kept: Vec<String>,
    /// What could not be made.
    pub errors: Vec<String>,
}

/// Copies names, or all, from a saved workspace into a namespace. If they are to be protected, names that are in use are
/// left as they are.
pub fn copy(context: &Context, space: &Rc<Space>, name: &str, names: &[&str], protect: bool) -> Result<Copied> {
    let document = document(context, name)?;
    let root = &document.sections[0];
    let mut there: Vec<String> =
        root.entries.iter().filter(|entry| !entry.text.starts_with('⎕')).filter_map(Entry::defines).collect();
    let inner = document.sections.iter().skip(1).filter(|section| section.parent == 1 && !section.is_loose);
    there.extend(inner.filter_map(|section| section.name.clone()));
    let in_use = |name: &str| !matches!(space.get(space.symbol(&name.into())), Binding::Unset);
    let known: HashSet<&str> = there.iter().map(String::as_str).collect();
    let asked: HashSet<&str> = names.iter().copied().collect();
    let asked = |name: &str| names.is_empty() || asked.contains(name);
    let mut copied = Copied::default();
    copied.missing.extend(names.iter().filter(|name| !known.contains(*name)).map(|name| name.to_string()));
    if protect {
        copied.kept.extend(there.iter().filter(|name| asked(name) && in_use(name)).cloned());
    }
    let kept: HashSet<String> = copied.kept.iter().cloned().collect();
    let wanted = |name: &str| asked(name) && !kept.contains(name);
    let needed = document.needed(context, &wanted)?;
    // What the names stood for: they have it again if this fails.
    let mut replaced = Vec::new();
    for name in there.iter().filter(|name| wanted(name)) {
        let symbol = space.symbol(&name.as_str().into());
        replaced.push((symbol, space.set(symbol, Binding::Unset)));
    }
    let before = context.settings();
    context.set_settings(Settings { pw: before.pw, ..Settings::default() });
    let built = (|| -> Result<Vec<String>> {
        let mut builder = Builder::new(context, &document, space, &|number| needed.contains(&number), &wanted)?;
        builder.build(&wanted)?;
        builder.settings(1)?;
        Ok(std::mem::take(&mut builder.errors))
    })();
    if built.is_err() {
        // The first of a name that stands there twice is what it was.
        replaced.into_iter().rev().for_each(|(symbol, binding)| drop(space.set(symbol, binding)));
    }
    context.set_settings(before);
    copied.errors = built?;
    Ok(copied)
}
