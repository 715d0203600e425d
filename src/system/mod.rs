//! System names: the table of `⎕` names and one file a family.
//!
//! A system name is a row of `table.rs`, a function in the file of its family, and a page of documentation. Besides its
//! arguments a system function gets a [`Call`]: the context, and the scope whose names it sees. The session and the front
//! ends are not known here.

mod case;
mod constants;
mod controls;
#[cfg(feature = "csv")]
mod csv;
mod date;
pub mod definitions;
mod events;
pub mod files;
mod format;
pub mod formats;
mod growing;
mod ibeam;
mod indicator;
#[cfg(feature = "json")]
mod json;
mod mentions;
mod names;
pub mod pictures;
mod profile;
#[cfg(feature = "regex")]
mod regex;
mod representation;
mod requests;
pub mod saved;
pub mod script;
mod spaces;
pub mod supplied;
mod svd;
mod table;
mod trap;
mod unicode;
mod values;
mod variables;
mod verify;
#[cfg(feature = "xml")]
mod xml;

use std::borrow::Cow;
use std::rc::Rc;

use crate::array::Value;
use crate::code::node::Class;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function, Setting, Structure};
use crate::names::{Scope, Space, SystemNames, SystemOperator, Workspace};
pub use names::is_name;
pub use table::{TABLE, lookup};

/// The root namespace of a clear workspace.
pub fn clear_ws(context: &Context) -> Rc<Space> {
    let root = Workspace::clear_ws(Box::new(System));
    root.workspace.follow(&context.path);
    root
}

/// A row of the table.
pub struct SystemName {
    /// The name in capitals, without its `⎕`.
    pub name: &'static str,
    /// What the documentation calls it: `Verify and fix input`.
    pub title: &'static str,
    /// What it stands for.
    pub what: What,
    /// The documentation page, in Markdown; its examples are run by the tests. Empty where there is none yet.
    pub doc: &'static str,
}

/// What a system name stands for.
pub enum What {
    /// A variable: what it is, and how it is set.
    Variable(Get, fn(&Context, &Value) -> Result<()>),
    /// A value that can't be set.
    Constant(Get),
    /// A function.
    Function(Routine),
    /// A function with options that `⍠` sets, the principal one first.
    Optional(Routine, &'static [&'static str]),
    /// `⎕OFF`: an array by itself, a function before an exit code.
    Off,
    /// An operator.
    Operator(SystemOperator),
    /// Known, but not there yet, or not without a feature of the package: of this class.
    Missing(Class, Option<&'static str>),
}

impl SystemName {
    /// Whether it is only known, and not there yet.
    pub fn is_missing(&self) -> bool {
        matches!(self.what, What::Missing(..))
    }
}

/// The value of a variable or constant.
pub type Get = fn(&Context, &Rc<Space>) -> Result<Value>;

/// A system function: `⎕f right`, or `left ⎕f right`.
pub type Routine = fn(&Call, Option<Value>, Value) -> Result<Value>;

/// What a system function sees besides its arguments.
pub struct Call<'a> {
    /// System variables, budget, console.
    pub context: &'a Context,
    /// Global names.
    pub space: &'a Rc<Space>,
    /// The user function that is running, if any.
    pub scope: Option<&'a Rc<Scope>>,
    /// What `⍠` has set.
    pub options: &'a Options,
}

/// Options by name, as `⍠` has set them.
#[derive(Clone, Default)]
pub struct Options(Vec<(&'static str, Value)>);

impl Options {
    /// The value of an option; `None` where it is the default.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|row| row.0 == name).map(|row| &row.1)
    }

    /// These options with some more, later ones winning. DOMAIN ERROR for a name that is not among `known`.
    pub fn with(&self, known: &'static [&'static str], settings: &[Setting]) -> Result<Options> {
        let mut all = self.clone();
        for setting in settings {
            let name = match &setting.name {
                None => known.first(),
                Some(name) => known.iter().find(|row| ***row == **name),
            };
            let unknown = || {
                let name = setting.name.as_deref().unwrap_or("principal");
                Fault::domain().with_detail(format!("no {name} option; there is {}", known.join(" ")))
            };
            let name = *name.ok_or_else(unknown)?;
            all.0.retain(|row| row.0 != name);
            all.0.push((name, setting.value.clone()));
        }
        Ok(all)
    }
}

/// SYNTAX ERROR where there is a left argument.
fn monadic(left: Option<Value>) -> Result<()> {
    match left {
        Some(_) => Err(Fault::syntax().because("The function does not take a left argument")),
        None => Ok(()),
    }
}

/// NONCE ERROR for what is not there without a feature of the package.
pub(crate) fn without(name: &str, feature: &str) -> Fault {
    let detail = format!("build zilde with --features {feature}");
    Fault::nonce(format!("{name} needs the feature {feature}")).with_detail(detail)
}

/// The system names of a session.
#[derive(Default)]
pub struct System;

/// The system names that are there, for completion.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|row| !row.is_missing()).map(|row| row.name)
}

/// The page of a system name, given in any case, with or without its `⎕`. A name that is not there yet needs the `⎕`:
/// without it, it may be a word to search for, as in `]help map`.
pub fn page(name: &str) -> Option<Cow<'static, str>> {
    let row = lookup(&name.trim_start_matches('⎕').to_uppercase())?;
    if !row.is_missing() {
        return Some(row.doc.into());
    }
    let why = match row.what {
        What::Missing(_, Some(feature)) => format!("needs the feature `{feature}` of the package"),
        _ => "is not there yet".to_owned(),
    };
    let text = || format!("# ⎕{0} {1}\n\n`⎕{0}` {why}.\n", row.name, row.title);
    name.starts_with('⎕').then(|| text().into())
}

impl SystemNames for System {
    fn class(&self, name: &str) -> Option<Class> {
        Some(match &lookup(name)?.what {
            What::Variable(..) | What::Constant(_) | What::Off => Class::Array,
            What::Function(_) | What::Optional(..) => Class::Function,
            What::Operator(operator) => operator.class,
            // Operators that are missing bind as arrays, so that they fail where they are reached.
            What::Missing(Class::Function, _) => Class::Function,
            What::Missing(..) => Class::Array,
        })
    }

    fn get(&self, context: &Context, space: &Rc<Space>, name: &str) -> Result<Value> {
        match lookup(name).map(|row| &row.what) {
            Some(What::Variable(get, _) | What::Constant(get)) => get(context, space),
            Some(What::Off) => constants::off(context, 0),
            _ => Err(self.missing(name)),
        }
    }

    fn set(&self, context: &Context, name: &str, value: &Value) -> Result<()> {
        match lookup(name).map(|row| &row.what) {
            Some(What::Variable(_, set)) => set(context, value),
            Some(What::Missing(..)) => Err(self.missing(name)),
            _ => Err(Fault::syntax().because(format!("⎕{name} cannot be assigned"))),
        }
    }

    fn function(&self, space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str) -> Option<Fun> {
        let row = lookup(name)?;
        let (call, known): (Routine, &[&str]) = match row.what {
            What::Function(call) => (call, &[]),
            What::Optional(call, known) => (call, known),
            What::Off => (constants::off_with, &[]),
            _ => return None,
        };
        Some(Rc::new(SystemFunction {
            name: row.name,
            call,
            known,
            options: Options::default(),
            space: space.clone(),
            scope: scope.cloned(),
        }))
    }

    fn missing(&self, name: &str) -> Fault {
        match lookup(name).map(|row| &row.what) {
            Some(What::Missing(_, Some(feature))) => without(&format!("⎕{name}"), feature),
            _ => Fault::nonce(format!("⎕{name}")),
        }
    }

    fn operator(&self, name: &str) -> Option<&'static SystemOperator> {
        if name == ibeam::OPERATOR.text {
            return Some(&ibeam::OPERATOR);
        }
        match &lookup(name)?.what {
            What::Operator(operator) => Some(operator),
            _ => None,
        }
    }
}

/// A system function as seen from a scope, with its options.
#[derive(Clone)]
struct SystemFunction {
    name: &'static str,
    call: Routine,
    known: &'static [&'static str],
    options: Options,
    space: Rc<Space>,
    scope: Option<Rc<Scope>>,
}

impl Function for SystemFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let memory = context.memory();
        let call = Call { context, space: &self.space, scope: self.scope.as_ref(), options: &self.options };
        let left = left.map(|left| left.settled(memory)).transpose()?;
        (self.call)(&call, left, right.settled(memory)?)
    }

    fn variant(&self, _context: &Context, settings: &[Setting]) -> Result<Fun> {
        let options = self.options.with(self.known, settings)?;
        Ok(Rc::new(SystemFunction { options, ..self.clone() }))
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn structure(&self) -> Structure {
        Structure::SYSTEM
    }

    fn describe(&self) -> Description {
        Description::Text(format!("⎕{}", self.name).into())
    }
}
