//! A workspace as text and data.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{DATA_MARK, OF_SPACES, OF_WORKSPACE, codec};
use crate::array::reference::{Code, Represented};
use crate::array::view::View;
use crate::array::{Array, Reference, Value};
use crate::code::controls::Control;
use crate::code::definition::Definition;
use crate::context::{Context, Settings};
use crate::display::notation::Notation;
use crate::display::tree;
use crate::error::{ErrorKind, Fault, Result};
use crate::function::Description;
use crate::names::{Binding, Space};
use crate::system::{What, lookup, names, supplied};

/// Arrays with more elements than this are in the data file, unless they hold namespaces.
const LARGE: usize = 1 << 14;
/// So are deeper ones.
const DEEP: usize = 40;

/// What is saved.
pub struct Written {
    /// The text, without its first lines.
    pub text: String,
    /// The content of the data file; empty if there is none.
    pub data: Vec<u8>,
    /// Names that stand for what cannot be written.
    pub unsaved: Vec<String>,
}

/// A namespace that is saved.
struct Known {
    space: Rc<Space>,
    /// The number of the namespace around it; 0 for the session's.
    parent: usize,
    /// Whether its name in that namespace stands for it.
    is_bound: bool,
}

struct Writer<'a> {
    context: &'a Context,
    /// The first namespace that is saved.
    root: &'a Rc<Space>,
    /// The namespaces found so far; the numbers begin at 1.
    known: RefCell<Vec<Known>>,
    numbers: RefCell<HashMap<u64, usize>>,
    data: Vec<u8>,
    /// How many arrays are in the data.
    large: usize,
    unsaved: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(context: &'a Context, root: &'a Rc<Space>) -> Writer<'a> {
        Writer {
            context,
            root,
            known: RefCell::new(vec![Known { space: root.clone(), parent: 0, is_bound: false }]),
            numbers: RefCell::new(HashMap::from([(root.number(), 1)])),
            data: Vec::new(),
            large: 0,
            unsaved: Vec::new(),
        }
    }
}

/// Writes all that can be reached from the root.
pub fn write(context: &Context, root: &Rc<Space>) -> Result<Written> {
    let mut writer = Writer::new(context, root);
    let mut text = writer.workspace()?;
    writer.sections(&mut text)?;
    let current = root.workspace.session_current().unwrap_or_else(|| root.clone());
    if !current.is_root()
        && let Some(number) = writer.numbers.borrow().get(&current.number())
    {
        text += &format!(":Current {number}\n");
    }
    text += ":End\n";
    Ok(Written { text, data: writer.data, unsaved: writer.unsaved })
}

/// Writes what is in a namespace, with the namespaces without names that it refers to. DOMAIN ERROR if it refers to
/// another one that is not in it.
pub fn write_space(context: &Context, space: &Rc<Space>) -> Result<Written> {
    let mut writer = Writer::new(context, space);
    let mut text = ":Workspace\n".to_string();
    writer.sections(&mut text)?;
    text += ":End\n";
    match writer.unsaved.first() {
        None => Ok(Written { text, data: writer.data, unsaved: writer.unsaved }),
        Some(name) => Err(Fault::domain().because(format!("{name} has no representation"))),
    }
}

impl Writer<'_> {
    /// The sections of all namespaces.
    fn sections(&mut self, text: &mut String) -> Result<()> {
        // Sections may refer to namespaces that are not known before.
        let mut number = 1;
        while number <= self.known.borrow().len() {
            *text += &self.section(number)?;
            number += 1;
        }
        Ok(())
    }

    /// The number of a namespace; those around it get theirs before.
    fn number(&self, space: &Rc<Space>) -> Result<usize> {
        let mut path = vec![space.clone()];
        let session = self.root.workspace.session_space().map(|session| session.number());
        loop {
            let last = &path[path.len() - 1];
            if self.numbers.borrow().contains_key(&last.number()) {
                break;
            }
            match last.parent() {
                _ if session == Some(last.number()) => break,
                Some(parent) if parent.is_root() && !self.root.is_root() => {
                    // Nobody else knows a namespace without a name: it goes with the one that is copied.
                    if last.path().ends_with(']') {
                        break;
                    }
                    let why = format!("{} is not within {}", last.path(), self.root.path());
                    return Err(Fault::domain().because(why));
                }
                Some(parent) => path.push(parent),
                None => break,
            }
        }
        let mut number = usize::from(!self.root.is_root());
        for space in path.into_iter().rev() {
            if session == Some(space.number()) {
                number = 0;
                continue;
            }
            let found = self.numbers.borrow().get(&space.number()).copied();
            number = found.unwrap_or_else(|| {
                let mut known = self.known.borrow_mut();
                known.push(Known { space: space.clone(), parent: number, is_bound: false });
                self.numbers.borrow_mut().insert(space.number(), known.len());
                known.len()
            });
        }
        Ok(number)
    }

    /// An expression for a namespace.
    fn locator(&self, space: &Rc<Space>) -> Result<String> {
        if space.is_root() {
            return Ok("#".into());
        }
        Ok(match self.number(space)? {
            0 => "⎕SE".into(),
            number => format!("⎕SE.⍙{number}"),
        })
    }

    /// An expression for a reference or an object representation.
    fn refer(&self, reference: &Reference) -> Result<String> {
        if let Some(code) = reference.code() {
            return self.represent(code);
        }
        match self.root.workspace.space(reference) {
            Some(space) => self.locator(&space),
            None => Ok("⎕NULL".into()),
        }
    }

    /// An expression for a function as an array: it is defined in a namespace of its own.
    fn represent(&self, code: &Code) -> Result<String> {
        let definition = match code.form {
            Represented::Direct => format!("{}←{}", code.name, code.definition),
            Represented::Traditional => {
                let lines =
                    code.definition.split('\n').map(|line| self.context.text(line)).collect::<Result<Vec<_>>>()?;
                let lines = Array::from_items(self.context.memory(), &[lines.len()], lines, || Value::Char(' '))?;
                format!("_←⎕FX {}", self.array(&lines.into())?)
            }
            Represented::Space(_) => return Err(Fault::internal("a copy of a namespace as text")),
        };
        Ok(format!("((⎕NS⍬).{{{definition}\n⎕OR'{}'}}⍬)", code.name))
    }

    fn array(&self, value: &Value) -> Result<String> {
        Notation { context: self.context, reference: &|reference| self.refer(reference) }.write(value)
    }

    /// What belongs to the whole workspace.
    fn workspace(&self) -> Result<String> {
        let mut text = ":Workspace\n".to_string();
        for name in OF_WORKSPACE {
            if let Some(What::Variable(get, _)) = lookup(name).map(|row| &row.what) {
                let value = get(self.context, self.root)?;
                let value = if value.count() > 0 { self.array(&value)? } else { continue };
                // So it is in a clear workspace.
                if (*name, &*value) != ("RL", "⍬ 1") {
                    text += &format!("⎕{name}←{value}\n");
                }
            }
        }
        Ok(text)
    }

    /// The system variables of a namespace that are not as in a clear workspace.
    fn settings(&self, space: &Rc<Space>) -> Result<String> {
        let read = |settings: Settings| -> Result<Vec<Option<String>>> {
            let before = self.context.settings();
            self.context.set_settings(settings);
            let texts = OF_SPACES.iter().map(|name| match lookup(name).map(|row| &row.what) {
                Some(What::Variable(get, _)) => self.array(&get(self.context, space)?).map(Some),
                _ => Ok(None),
            });
            let texts = texts.collect();
            self.context.set_settings(before);
            texts
        };
        let (own, usual) = (read(space.settings(self.context))?, read(Settings::default())?);
        let differ = OF_SPACES.iter().zip(own).zip(usual).filter(|((_, own), usual)| own != usual);
        Ok(differ.map(|((name, own), _)| format!("⎕{name}←{}\n", own.unwrap_or_default())).collect())
    }

    fn section(&mut self, number: usize) -> Result<String> {
        let (space, parent, is_bound) = {
            let known = self.known.borrow();
            let known = &known[number - 1];
            (known.space.clone(), known.parent, known.is_bound)
        };
        let path = space.path();
        // What a copy of a namespace was called does not matter.
        let shown = if self.root.is_root() { format!(" ⍝ {path}") } else { String::new() };
        let mut text = match path.rsplit('.').next() {
            _ if number == 1 => "\n:Space 1 #\n".to_string(),
            Some(name) if names::is_name(name) => {
                let loose = if is_bound { "" } else { " loose" };
                format!("\n:Space {number} {parent} {name}{loose}{shown}\n")
            }
            _ => format!("\n:Space {number} {parent} -{shown}\n"),
        };
        text += &self.settings(&space)?;
        if *space.text() != *path {
            text += &format!("⎕DF←{}\n", self.array(&self.context.text(&space.text())?)?);
        }
        if let Some(script) = space.script() {
            let lines = script.text.lines().map(|line| self.context.text(line)).collect::<Result<Vec<_>>>()?;
            let lines = Array::from_items(self.context.memory(), &[lines.len()], lines, || Value::Char(' '))?;
            text += &format!("⎕SRC←{}\n", self.array(&lines.into())?);
        }
        let mut bindings: Vec<(Rc<str>, Binding)> = space
            .bindings()
            .into_iter()
            .filter_map(|(symbol, binding)| Some((space.workspace.name(symbol)?, binding)))
            .collect();
        bindings.sort_by(|a, b| a.0.cmp(&b.0));
        // Definitions first, then what may use them.
        let (mut definitions, mut derived, mut arrays) = (String::new(), String::new(), String::new());
        for (name, binding) in &bindings {
            self.context.poll()?;
            match (binding, crate::names::space::definition(binding)) {
                (Binding::Array(value), _) => arrays += &self.variable(&space, number, name, value)?,
                (_, Some((definition, home))) => {
                    let (is_alias, entry) = self.defined(&space, name, &definition, &home)?;
                    if is_alias {
                        derived += &entry;
                    } else {
                        definitions += &entry;
                        derived += &controls(name, &definition);
                    }
                }
                (Binding::Function(function), _) if !function.structure().is_too_large() => {
                    derived += &self.derived(&space, name, &function.describe())?;
                }
                (Binding::Operator(operator), _) => derived += &self.derived(&space, name, &operator.describe())?,
                (Binding::Unset | Binding::Label(_), _) => {}
                _ => self.unsaved.push(format!("{path}.{name}")),
            }
            self.context.memory().check(text.len() + definitions.len() + derived.len() + arrays.len())?;
        }
        Ok(text + &definitions + &derived + &arrays)
    }

    /// A variable; nothing for a namespace that has the name as its own.
    fn variable(&mut self, space: &Rc<Space>, number: usize, name: &str, value: &Value) -> Result<String> {
        let inner = value.reference().and_then(|reference| self.root.workspace.space(reference));
        if let Some(inner) = inner
            && space.holds(&inner)
            && *inner.path() == *format!("{}.{name}", space.path())
        {
            let at = self.number(&inner)?;
            let known = &mut self.known.borrow_mut()[at - 1];
            if known.parent == number && !known.is_bound {
                known.is_bound = true;
                return Ok(String::new());
            }
        }
        let elements = View::of(value).elements;
        if elements.hold_snapshots() || is_large(value) && !elements.hold_namespaces() {
            let mut bytes = Vec::new();
            match codec::encode(self.context, value, &mut bytes) {
                // References to namespaces beside copies of others.
                Err(fault) if fault.kind() == ErrorKind::Domain => {
                    self.unsaved.push(format!("{}.{name}", space.path()));
                    return Ok(String::new());
                }
                encoded => encoded?,
            }
            if self.data.is_empty() {
                self.data.extend_from_slice(DATA_MARK);
            }
            self.data.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            self.data.append(&mut bytes);
            self.large += 1;
            let shape: Vec<String> = value.shape().iter().map(usize::to_string).collect();
            return Ok(format!(":Large {name} {} ⍝ {}\n", self.large, shape.join(" ")));
        }
        Ok(format!("{name}←{}\n", self.array(value)?))
    }

    /// A definition, and whether it is only another name for one.
    fn defined(
        &self,
        space: &Rc<Space>,
        name: &str,
        definition: &Rc<Definition>,
        home: &Rc<Space>,
    ) -> Result<(bool, String)> {
        // A function of a namespace that is not saved belongs to the one that it is in.
        let home = if self.root.is_root() || self.number(home).is_ok() { home } else { space };
        let is_here = space.number() == home.number();
        let own = definition.name.borrow().clone();
        let is_traditional = definition.program.is_some();
        let text = match is_traditional {
            true => format!("∇ {}\n∇\n", definition.source.text.trim_end()),
            false => format!("{name}←{}\n", definition.text()),
        };
        if is_here && (!is_traditional || own.as_deref() == Some(name)) {
            return Ok((false, text));
        }
        // The name in the header if it is still there, otherwise the first one.
        let mut there: Vec<Rc<str>> =
            home.names_of(definition).into_iter().filter_map(|symbol| home.workspace.name(symbol)).collect();
        there.sort_by_key(|other| (Some(other) != own.as_ref(), other.clone()));
        match there.first() {
            Some(first) if !(definition.is_niladic() || is_here && **first == *name) => {
                let place = if is_here { String::new() } else { format!("{}.", self.locator(home)?) };
                Ok((true, format!("{name}←{place}{first}\n")))
            }
            _ => Ok((false, format!(":Define {name} {}\n{text}", self.number(home)?))),
        }
    }

    /// A function or operator that is derived or primitive.
    fn derived(&mut self, space: &Rc<Space>, name: &str, description: &Description) -> Result<String> {
        let spell = |value: &Value| {
            Notation { context: self.context, reference: &|reference| self.refer(reference) }.write_item(value)
        };
        let text = tree::source(self.context, description, &spell)?;
        if !names::is_name(&text) && !text.contains('…') {
            return Ok(format!("{name}←{text}\n"));
        }
        // Functions that zilde has in place of those of Dyalog's workspaces are copied from there.
        match supplied::workspace_of(&text) {
            Some(home) if text == name => Ok(format!("'{text}'⎕CY'{home}'\n")),
            _ => {
                self.unsaved.push(format!("{}.{name}", space.path()));
                Ok(String::new())
            }
        }
    }
}

/// The controls of a definition's lines, a statement for each kind.
fn controls(name: &str, definition: &Definition) -> String {
    let mut text = String::new();
    for control in Control::ALL {
        let lines: Vec<String> = definition.controls.lines(control).iter().map(u32::to_string).collect();
        if !lines.is_empty() {
            text += &format!("{} {}'{name}'\n", lines.join(" "), control.name());
        }
    }
    text
}

/// Whether an array has so many elements, or is so deep, that it is kept in the data file.
fn is_large(value: &Value) -> bool {
    let mut count = 0usize;
    let mut work = vec![(value.clone(), 0)];
    while let Some((value, depth)) = work.pop() {
        count = count.saturating_add(value.count().max(1));
        if count > LARGE || depth > DEEP {
            return true;
        }
        match &value {
            Value::Array(Array::Nested(items)) => {
                work.extend(items.as_slice().iter().map(|item| (item.clone(), depth + 1)))
            }
            Value::Framed(framed) => count = count.saturating_add(framed.flat().count()),
            _ => {}
        }
    }
    count > LARGE
}
