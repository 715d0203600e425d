//! `⎕NC ⎕NL ⎕EX`: classes of names, lists of names, and erasing names.

use std::rc::Rc;

use super::{Call, What, lookup, monadic};
use crate::array::{Arr, Array, Memory, Reference, Type, Value, convert};
use crate::code::definition::Definition;
use crate::code::node::Class;
use crate::error::{Fault, Result};
use crate::function::Operand;
use crate::names::{Binding, Operator, Scope, UserFunction};
use crate::syntax::token::{TokenKind, tokens};

/// The names in a character scalar or vector, the rows of a matrix or the items of a vector; and whether there was
/// only one that did not stand in a list.
pub fn listed(memory: &Memory, value: &Value) -> Result<(Vec<String>, bool)> {
    match value.array(memory)? {
        Array::Nested(arr) if arr.rank() < 2 => {
            let name = |item| memory.poll().and_then(|()| convert::text(memory, item));
            Ok((arr.as_slice().iter().map(name).collect::<Result<_>>()?, false))
        }
        Array::Char(arr) if arr.rank() == 2 => {
            let width = arr.shape()[1].max(1);
            let name = |row: &[char]| {
                memory.poll()?;
                Ok(row.iter().collect::<String>().trim().to_string())
            };
            Ok((arr.as_slice().chunks(width).map(name).collect::<Result<_>>()?, false))
        }
        Array::Char(arr) if arr.rank() > 2 => Err(Fault::misshapen("a matrix of names", arr.shape())),
        Array::Nested(arr) => Err(Fault::misshapen("a vector of names", arr.shape())),
        _ => Ok((vec![convert::text(memory, value)?], true)),
    }
}

/// Whether a text is a name and nothing else.
pub fn is_name(text: &str) -> bool {
    match tokens(text).as_deref() {
        Ok([token]) => matches!(&token.kind, TokenKind::Name(name) if **name == *text),
        _ => false,
    }
}

/// Whether a text is a name, or one with the names of namespaces before it: `a.b.c`, `#.x`, `##.x`, `⎕SE.x`.
pub fn is_path(text: &str) -> bool {
    let mut parts = text.rsplit('.');
    parts.next().is_some_and(is_name) && parts.all(is_place)
}

/// Whether a text may stand before a dot.
pub fn is_place(text: &str) -> bool {
    is_name(text) || matches!(text, "#" | "##") || ["⎕SE", "⎕THIS"].iter().any(|name| text.eq_ignore_ascii_case(name))
}

/// `⎕SHADOW Y`: makes names local to the innermost traditional function that is running; a shy 1 for each. DOMAIN ERROR for
/// what is no name. Dyalog: Shadow Name.
pub fn shadow(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    super::monadic(left)?;
    let memory = call.context.memory();
    let (listed, single) = listed(memory, &right)?;
    let names: Vec<&str> = match single {
        true => listed.iter().flat_map(|names| names.split_whitespace()).collect(),
        false => listed.iter().map(String::as_str).collect(),
    };
    if let Some(other) = names.iter().find(|name| !is_name(name)) {
        return Err(Fault::domain().with_detail(format!("{other} is no name")));
    }
    // A control structure outside of functions has no name, and nothing is local to it.
    let is_function = |scope: &Rc<Scope>| {
        let definition = &scope.function.definition;
        definition.program.is_some() && definition.name.borrow().is_some()
    };
    if let Some(scope) = call.space.workspace.stack().into_iter().find(is_function) {
        names.iter().for_each(|name| scope.shadow(call.space.symbol(&Rc::from(*name))));
    }
    call.context.shy.set(true);
    Ok(Arr::new(memory, &[names.len()], vec![true; names.len()])?.into())
}

/// A name's class in tenths: 21 a variable, 32 a dfn, 33 a derived function, 42 a dop, 43 another operator, 0 nothing,
/// ¯10 not a name.
pub fn class_of(call: &Call, name: &str) -> i32 {
    let (places, last) = name.rsplit_once('.').unwrap_or(("", name));
    if !places.is_empty() && !places.split('.').all(is_place) {
        return -10;
    }
    if let Some(rest) = last.strip_prefix('⎕').filter(|rest| !rest.is_empty()) {
        return match lookup(&rest.to_uppercase()).map(|row| &row.what) {
            Some(What::Variable(..) | What::Constant(_)) => 21,
            Some(What::Function(_) | What::Optional(..) | What::Off) => 33,
            Some(What::Operator(_)) => 43,
            Some(What::Missing(Class::Array, _)) => 21,
            Some(What::Missing(..)) => 33,
            None => -10,
        };
    }
    if let Some(class) = of_arguments(call, name) {
        return class;
    }
    if matches!(last, "#" | "##") {
        return 91;
    }
    if !is_name(last) {
        return -10;
    }
    of_binding(&crate::names::find(call.space, call.scope, name))
}

/// The names of a dfn's arguments and operands.
fn of_arguments(call: &Call, name: &str) -> Option<i32> {
    let operand = |operand: Option<&Operand>| match operand {
        Some(Operand::Array(_)) => 21,
        Some(Operand::Function(_)) => 33,
        None => 0,
    };
    let scope = call.scope;
    Some(match name {
        "⍺" => scope.map_or(0, |scope| of_binding(&scope.left.borrow())),
        "⍵" => scope.map_or(0, |_| 21),
        "⍺⍺" => operand(scope.and_then(|scope| scope.function.operands.0.as_ref())),
        "⍵⍵" => operand(scope.and_then(|scope| scope.function.operands.1.as_ref())),
        "∇" => scope.map_or(0, |_| 32),
        _ => return None,
    })
}

/// What comes behind the point: 1 for what is traditional, 2 for dfns and dops.
fn kind(definition: &Definition) -> i32 {
    if definition.program.is_some() { 1 } else { 2 }
}

/// The class of what a name stands for, in tenths.
fn of_binding(binding: &Binding) -> i32 {
    match binding {
        Binding::Unset => 0,
        Binding::Array(value) if value.reference().is_some_and(Reference::is_space) => 91,
        Binding::Array(_) => 21,
        Binding::Label(_) => 10,
        Binding::Niladic(_) => 31,
        Binding::Function(function) => match function.as_any().and_then(|any| any.downcast_ref::<UserFunction>()) {
            Some(user) if user.operands.0.is_none() => 30 + kind(&user.definition),
            _ => 33,
        },
        Binding::Operator(Operator::User(user)) => 40 + kind(&user.definition),
        Binding::Operator(_) => 43,
    }
}

/// `⎕NC Y`: for each name 2 where it is a variable, 3 a function, 4 an operator, 0 nothing, ¯1 not a name; with
/// sub-classes, such as 3.2 for a dfn, where `Y` is nested. One class, not a vector, for one name. Dyalog: Name Classification.
pub fn class(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let memory = call.context.memory();
    let (names, single) = listed(memory, &right)?;
    let fine = right.kind() == Type::Nested;
    let tenths = names.iter().map(|name| class_of(call, name));
    if let (true, 0, [name]) = (fine, right.rank(), &names[..]) {
        return Ok(convert::scalar(f64::from(class_of(call, name)) / 10.0));
    }
    if fine {
        let classes: Vec<Value> = tenths.map(|n| convert::scalar(f64::from(n) / 10.0)).collect();
        return Ok(Array::from_items(memory, &[classes.len()], classes, || Value::Int(0))?.into());
    }
    let classes: Vec<i32> = tenths.map(|n| n.div_euclid(10)).collect();
    match (single, &classes[..]) {
        (true, [class]) => Ok(Value::Int(*class)),
        _ => Ok(Arr::new(memory, &[classes.len()], classes)?.into()),
    }
}

/// `⎕NL Y`: the names of these classes, in order, as the rows of a matrix; a vector of names where a class is
/// negative. `X ⎕NL Y`: those that begin with a character of `X`. Dyalog: Name List.
pub fn list(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = call.context.memory();
    let initials = left.map(|left| convert::text(memory, &left)).transpose()?;
    if right.rank() > 1 {
        return Err(Fault::misshapen("a vector of classes", right.shape()));
    }
    let wanted = Wanted::read(memory, &right)?;
    let begins = |name: &str| initials.as_ref().is_none_or(|set| name.chars().next().is_some_and(|c| set.contains(c)));
    let found = wanted.among(crate::names::visible(call.space, call.scope));
    let names: Vec<Rc<str>> = found.into_iter().map(|(name, _)| name).filter(|name| begins(name)).collect();
    if wanted.paired {
        let items = names.iter().map(|name| call.context.text(name)).collect::<Result<Vec<_>>>()?;
        let empty = call.context.text("")?;
        return Ok(Array::from_items(memory, &[items.len()], items, || empty)?.into());
    }
    matrix(memory, &names)
}

/// Classes of names, as numbers ask for them.
pub struct Wanted {
    /// In tenths; whole classes as multiples of ten.
    classes: Vec<i32>,
    /// Whether one of the numbers was negative.
    pub paired: bool,
}

impl Wanted {
    /// From a scalar or vector. DOMAIN ERROR for what is no class.
    pub fn read(memory: &Memory, numbers: &Value) -> Result<Wanted> {
        let array = numbers.array(memory)?;
        let numbers = convert::floats(memory, &array)?;
        let class = |number: &f64| {
            let tenths = convert::whole(number.abs() * 10.0).filter(|tenths| (10..100).contains(tenths));
            tenths.map(|tenths| tenths as i32).ok_or_else(Fault::domain)
        };
        let classes = numbers.iter().map(class).collect::<Result<_>>()?;
        Ok(Wanted { classes, paired: numbers.iter().any(|&number| number < 0.0) })
    }

    /// Whether there are none but variables and namespaces among the classes.
    pub fn have_values(&self) -> bool {
        self.classes.iter().all(|class| matches!(class / 10, 2 | 8 | 9))
    }

    /// The names of these classes, in order.
    pub fn among(&self, mut names: Vec<(Rc<str>, Binding)>) -> Vec<(Rc<str>, Binding)> {
        names.retain(|(_, binding)| {
            let class = of_binding(binding);
            self.classes.iter().any(|&want| want == class || want % 10 == 0 && want / 10 == class / 10)
        });
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names
    }
}

/// Names as the rows of a matrix.
pub fn matrix(memory: &Memory, names: &[Rc<str>]) -> Result<Value> {
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut chars = memory.vec(names.len().saturating_mul(width))?;
    for name in names {
        chars.extend(name.chars().chain(std::iter::repeat(' ')).take(width));
    }
    Ok(Arr::new(memory, &[names.len(), width], chars)?.into())
}

/// `⎕EX Y`: erases names, here or in the namespaces before their dots; 1 for each that is now unused, 0 for others. Shy.
/// Dyalog: Expunge.
pub fn expunge(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let (names, single) = listed(call.context.memory(), &right)?;
    let free: Vec<bool> = names.iter().map(|name| is_path(name)).collect();
    for name in names.iter().filter(|name| is_path(name)) {
        crate::names::forget(call.space, call.scope, name);
    }
    call.context.shy.set(true);
    match (single, &free[..]) {
        (true, [free]) => Ok(Value::Bool(*free)),
        _ => Ok(Arr::new(call.context.memory(), &[free.len()], free)?.into()),
    }
}
