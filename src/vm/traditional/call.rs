//! Calls of traditional functions: arguments become local names, and a local name the result.

use std::rc::Rc;

use super::run::{self, Ended};
use super::shadow::Shadow;
use crate::array::Value;
use crate::code::program::{Program, Target};
use crate::context::{Context, Saved};
use crate::error::{Fault, Result};
use crate::function::Operand;
use crate::names::binding::Binding;
use crate::names::scope::Scope;
use crate::names::space::Space;
use crate::names::user::UserFunction;
use crate::vm::trapping;

/// Runs a function in its scope: SYNTAX ERROR for arguments that it does not take, LENGTH ERROR where it names the
/// items of one and there are not as many.
pub fn call(context: &Context, program: &Program, scope: &Rc<Scope>) -> Result<Option<Value>> {
    let space = &scope.function.space;
    let model = &program.model;
    // Arguments become variables, which hold nothing that is deferred.
    let left = match &*scope.left.borrow() {
        Binding::Array(left) => Some(left.clone().settled(context.memory())?),
        _ => None,
    };
    match (&left, model.left) {
        (Some(_), None) => return Err(Fault::syntax().because("The function does not take a left argument")),
        (None, Some(_)) if !model.ambivalent => {
            return Err(Fault::syntax().because("The function requires a left argument"));
        }
        _ => {}
    }
    let right = std::mem::replace(&mut *scope.right.borrow_mut(), Value::Bool(false)).settled(context.memory())?;
    let right = match &model.right {
        Some(Target::Each(names)) => Items::Each(items(context, &right, names.len())?),
        _ => Items::One(right),
    };
    let _shadow = Shadow::new(space, &program.locals);
    let _settings = Localised::new(context, program, scope);
    for &(symbol, line) in &program.labels {
        space.put(symbol, Binding::Label(line));
    }
    give(space, model.operands.0, scope.function.operands.0.as_ref());
    give(space, model.operands.1, scope.function.operands.1.as_ref());
    if let (Some(symbol), Some(left)) = (model.left, left) {
        space.put(symbol, Binding::Array(left));
    }
    match (&model.right, right) {
        (Some(Target::One(symbol)), Items::One(right)) => space.put(*symbol, Binding::Array(right)),
        (Some(Target::Each(names)), Items::Each(items)) => {
            for (&symbol, item) in names.iter().zip(items) {
                space.put(symbol, Binding::Array(item));
            }
        }
        _ => {}
    }
    let _home = Home { context, space };
    match run::run(context, program, scope, 0)? {
        Ended::Done => result(context, space, model.result.as_ref()),
        Ended::Replaced(function, line) => replaced(context, program, &function, line),
    }
}

/// The function goes on with another definition at a line of that: names that are local now keep their values, others
/// that become local have none.
#[cold]
fn replaced(context: &Context, old: &Program, function: &UserFunction, line: i64) -> Result<Option<Value>> {
    let space = &function.space;
    let Some(program) = &function.definition.program else { return Err(Fault::internal("no program")) };
    let added: Vec<u32> = program.locals.iter().copied().filter(|&symbol| !old.is_local(symbol)).collect();
    let _shadow = Shadow::new(space, &added);
    for &(symbol, _) in &old.labels {
        space.put(symbol, Binding::Unset);
    }
    for &(symbol, line) in &program.labels {
        space.put(symbol, Binding::Label(line));
    }
    space.workspace.ended();
    let scope = Scope::traditional(function, None, Value::Bool(false));
    space.workspace.begun(&scope);
    let from = program.entry(line).unwrap_or(program.steps.len());
    match run::run(context, program, &scope, from)? {
        Ended::Done => result(context, space, program.model.result.as_ref()),
        Ended::Replaced(function, line) => replaced(context, program, &function, line),
    }
}

/// Whatever namespace the function has changed into, its own is current again when this is dropped.
struct Home<'a> {
    context: &'a Context,
    space: &'a Rc<Space>,
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        self.space.switch(self.context);
    }
}

enum Items {
    One(Value),
    Each(Vec<Value>),
}

/// The items of an argument for the names that it is declared with.
fn items(context: &Context, value: &Value, count: usize) -> Result<Vec<Value>> {
    if value.rank() != 1 || value.count() != count {
        return Err(Fault::length().with_detail(format!("the function names {count} items of its right argument")));
    }
    (0..count).map(|at| value.item(context.memory(), at)).collect()
}

/// Gives an operand its local name.
fn give(space: &Space, symbol: Option<u32>, operand: Option<&Operand>) {
    let Some(symbol) = symbol else { return };
    let binding = match operand {
        Some(Operand::Array(value)) => Binding::Array(value.clone()),
        Some(Operand::Function(function)) => {
            space.workspace.note_function(symbol);
            Binding::Function(function.clone())
        }
        None => return,
    };
    space.put(symbol, binding);
}

/// The result, if there is one.
pub(super) fn result(context: &Context, space: &Space, target: Option<&Target>) -> Result<Option<Value>> {
    Ok(match target {
        None => None,
        Some(Target::One(symbol)) => space.get(*symbol).value(),
        Some(Target::Each(names)) => {
            let values: Option<Vec<Value>> = names.iter().map(|&symbol| space.get(symbol).value()).collect();
            match values {
                Some(values) => {
                    let memory = context.memory();
                    let array = crate::array::Array::from_items(memory, &[values.len()], values, || Value::Int(0))?;
                    Some(array.into())
                }
                None => None,
            }
        }
    })
}

/// System variables that are local: they keep their values on the way in, and get them back on the way out.
struct Localised<'a> {
    context: &'a Context,
    names: &'a [Rc<str>],
    saved: Option<Saved>,
}

impl<'a> Localised<'a> {
    fn new(context: &'a Context, program: &'a Program, scope: &Rc<Scope>) -> Localised<'a> {
        let names = &program.system_locals[..];
        let mut saved = (!names.is_empty()).then(|| Saved::new(context));
        for name in names {
            saved.iter_mut().for_each(|saved| saved.changes(context, name, trapping::identity(scope)));
        }
        Localised { context, names, saved }
    }
}

impl Drop for Localised<'_> {
    fn drop(&mut self) {
        if let Some(saved) = self.saved.take() {
            saved.restore_named(self.context, self.names);
        }
    }
}
