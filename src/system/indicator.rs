//! `⎕SI ⎕XSI ⎕NSI ⎕LC`: the functions that are running.

use std::rc::Rc;

use crate::array::{Array, Value};
use crate::context::Context;
use crate::error::Result;
use crate::names::{Scope, Space};

/// `⎕SI`: the names of the functions that are running, the innermost first. Dyalog: State Indicator.
pub fn names(context: &Context, space: &Rc<Space>) -> Result<Value> {
    texts(context, space, &|scope| scope.function.definition.name.borrow().as_deref().unwrap_or_default().to_string())
}

/// `⎕XSI`: the same with the namespaces in which they are defined. Dyalog: Extended State Indicator.
pub fn paths(context: &Context, space: &Rc<Space>) -> Result<Value> {
    texts(context, space, &|scope| match scope.function.definition.name.borrow().as_deref() {
        Some(name) => format!("{}.{name}", scope.function.space.path()),
        None => String::new(),
    })
}

/// `⎕NSI`: the namespaces that they are running in. Dyalog: Namespace Indicator.
pub fn spaces(context: &Context, space: &Rc<Space>) -> Result<Value> {
    texts(context, space, &|scope| scope.here().path().to_string())
}

/// `⎕LC`: the numbers of the lines that they are executing. Dyalog: Line Count.
pub fn lines(context: &Context, space: &Rc<Space>) -> Result<Value> {
    let stack = space.workspace.stack();
    let memory = context.memory();
    let lines = stack.iter().map(|scope| Value::from(scope.line_number() as usize)).collect();
    Ok(Array::from_items(memory, &[stack.len()], lines, || Value::Int(0))?.into())
}

fn texts(context: &Context, space: &Rc<Space>, text: &dyn Fn(&Scope) -> String) -> Result<Value> {
    let stack = space.workspace.stack();
    let memory = context.memory();
    let mut items = memory.vec(stack.len())?;
    for scope in &stack {
        items.push(context.text(&text(scope))?);
    }
    let empty = context.text("")?;
    Ok(Array::from_items(memory, &[items.len()], items, || empty)?.into())
}
