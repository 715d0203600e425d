//! Assignment in all its forms. Everything is computed first and stored last, so that every variable keeps its value if
//! an error occurs in between. The result is the assigned value.

use super::frame::Frame;
use super::indexed;
use super::selective;
use super::trapping;
use crate::array::{Reference, Value};
use crate::code::node::{Output, Target};
use crate::context::{Context, Saved};
use crate::error::{Fault, Result};
use crate::function::{Description, Fun, Function};
use crate::names::binding::Binding;
use crate::names::scope;
use crate::primitive::{self, Primitive};

/// Writes lines to the session.
pub fn write(context: &Context, text: &str) -> Result<()> {
    done(context.screen.borrow_mut().write(text))
}

/// Writes text behind what stands on the last line.
fn write_bare(context: &Context, text: &str) -> Result<()> {
    done(context.screen.borrow_mut().write_bare(text))
}

fn done(written: std::io::Result<()>) -> Result<()> {
    written.map_err(|_| Fault::new(crate::error::ErrorKind::Interrupt).because(crate::error::OUTPUT_CLOSED))
}

/// `f` in `target f←value`.
#[derive(Clone)]
pub enum Modifier {
    /// A primitive.
    Primitive(&'static Primitive),
    /// Any other function.
    Function(Fun),
}

impl Modifier {
    /// The row of the table, if it is a primitive.
    pub fn row(&self) -> Option<&'static Primitive> {
        match self {
            Modifier::Primitive(row) => Some(row),
            Modifier::Function(function) => primitive::row(function.as_ref()),
        }
    }

    /// The new value, made of the old one and the value of the assignment.
    pub fn call(&self, context: &Context, old: Option<Value>, value: Value) -> Result<Value> {
        match self {
            Modifier::Primitive(row) => row.call(context, old, value),
            Modifier::Function(function) => function.call(context, old, value),
        }
    }
}

/// `target←value` and `target f←value`, for a target without indices that is no strand.
pub fn store(frame: &Frame, target: &Target, function: Option<&Modifier>, value: Value) -> Result<()> {
    let context = frame.context;
    let modified = |old: &dyn Fn() -> Result<Value>, value: Value| match function {
        Some(function) => function.call(context, Some(old()?), value)?.settled(context.memory()),
        None => Ok(value),
    };
    match target {
        Target::Name(name) => {
            let Some(function) = function else {
                if let Some(code) = value.reference().and_then(Reference::code).filter(|code| code.is_direct()) {
                    return frame.fix_code(Some(name.symbol), code);
                }
                return scope::assign(frame.space, frame.scope, name.symbol, Binding::Array(value));
            };
            if indexed::update_whole(frame, name, function, &value)? {
                return Ok(());
            }
            let old = indexed::current(frame, name)?;
            let new = function.call(context, Some(old), value)?.settled(context.memory())?;
            scope::update(frame.space, frame.scope, name.symbol, Binding::Array(new))
        }
        Target::Nearest(name) => scope::update(frame.space, frame.scope, name.symbol, Binding::Array(value)),
        Target::System(name) => {
            let system = &frame.space.workspace.system;
            let new = modified(&|| system.get(context, frame.space, name), value)?;
            // What a dfn changes is as it was when the dfn ends.
            if let Some(scope) = frame.scope.filter(|scope| scope.keeps_names()) {
                let mut settings = scope.settings.borrow_mut();
                settings.get_or_insert_with(|| Box::new(Saved::new(context))).changes(
                    context,
                    name,
                    trapping::identity(scope),
                );
                // What a tail call would end may have to be come back to.
                if &**name == "TRAP" {
                    scope.guarded.set(true);
                }
            }
            system.set(context, name, &new)
        }
        Target::Quad => {
            let text = crate::display::show(context, &value, frame.layout())?;
            write(context, &text)
        }
        Target::QuoteQuad => {
            let text = crate::display::show_bare(context, &value, frame.layout())?;
            write_bare(context, &text)
        }
        Target::Alpha => match (frame.scope, function) {
            (Some(scope), None) => {
                *scope.left.borrow_mut() = Binding::Array(value);
                Ok(())
            }
            _ => Err(Fault::syntax()),
        },
        Target::Selective { name, selection, variable, space: None } => {
            selective::assign(frame, frame, name, *selection, *variable, function, value)
        }
        Target::Selective { name, selection, variable, space: Some(space) } => {
            let spaces = frame.array(*space)?.settled(context.memory())?;
            frame.for_each_space(&spaces, &value, &mut |target, value| {
                let owner = frame.moved_to(target, None, frame.bound);
                selective::assign(frame, &owner, name, *selection, *variable, function, value)
            })
        }
        // They have instructions of their own.
        Target::Strand(_) | Target::Indexed { .. } | Target::SystemIndexed { .. } | Target::Member { .. } => {
            Err(Fault::internal("a target with parts"))
        }
    }
}

/// `name[indices]←value` and `name[indices]f←value`, of a variable or a system variable.
pub fn store_indexed(
    frame: &Frame,
    target: &Target,
    indices: &[Option<Value>],
    function: Option<&Modifier>,
    value: Value,
) -> Result<()> {
    match target {
        Target::Indexed { name, .. } => indexed::set(frame, name, indices, function, value),
        Target::SystemIndexed { name, .. } => {
            let old = frame.space.workspace.system.get(frame.context, frame.space, name)?;
            let new = indexed::changed(frame.context, old, indices, function, value)?;
            store(frame, &Target::System(name.clone()), None, new)
        }
        _ => Err(Fault::internal("no indices")),
    }
}

/// `spaces.target←value`: in a namespace, or in each of several with its own item of the value.
pub fn store_member(
    frame: &Frame,
    spaces: &Value,
    target: &Target,
    indices: &[Option<Value>],
    function: Option<&Modifier>,
    value: &Value,
) -> Result<()> {
    frame.for_each_space(spaces, value, &mut |space, value| {
        let _entered = space.enter(frame.context);
        let owner = frame.moved_to(space, None, frame.bound);
        store_there(&owner, target, indices, function, value)
    })
}

fn store_there(
    owner: &Frame,
    target: &Target,
    indices: &[Option<Value>],
    function: Option<&Modifier>,
    value: Value,
) -> Result<()> {
    match target {
        Target::Indexed { .. } => store_indexed(owner, target, indices, function, value),
        // The last name is given its item first, as the strand is read from the right.
        Target::Strand(targets) => {
            let parts = split(owner.context, &value, targets.len())?;
            for (target, part) in targets.iter().zip(parts).rev() {
                store_there(owner, target, indices, function, part)?;
            }
            Ok(())
        }
        target => store(owner, target, function, value),
    }
}

/// The items for the names of a strand; a single one, whatever its rank, goes to each. RANK ERROR, LENGTH ERROR.
pub fn split(context: &Context, value: &Value, count: usize) -> Result<Vec<Value>> {
    let memory = context.memory();
    if value.rank() > 1 && value.count() != 1 {
        return Err(Fault::misshapen("a vector of an item for each name", value.shape()));
    }
    if value.count() != 1 && value.count() != count {
        return Err(Fault::length().with_detail(format!("{count} names, {} items", value.count())));
    }
    (0..count).map(|at| value.item(memory, if value.count() == 1 { 0 } else { at })).collect()
}

/// `⎕∘←`, `⍞∘←`, and `⎕←` and `⍞←` under `¨`: writes its argument and returns it.
pub struct Written {
    /// How.
    pub how: Output,
    /// Whether it stands in a function.
    pub within: bool,
}

impl Function for Written {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        if left.is_some() {
            return Err(Fault::syntax().because("The function does not take a left argument"));
        }
        let layout = crate::display::layout(context, self.within);
        let right = right.settled(context.memory())?;
        match self.how {
            Output::Lines => write(context, &crate::display::show(context, &right, layout)?)?,
            Output::BareLines => write(context, &crate::display::show_bare(context, &right, layout)?)?,
            Output::Bare => write_bare(context, &crate::display::show_bare(context, &right, layout)?)?,
        }
        Ok(right)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let written = self.call(context, left, right)?;
        context.shy.set(true);
        Ok(Some(written))
    }

    fn may_be_shy(&self) -> bool {
        true
    }

    fn describe(&self) -> Description {
        Description::Text(if self.how == Output::Lines { "⎕∘←" } else { "⍞∘←" }.into())
    }
}
