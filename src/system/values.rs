//! `⎕VGET ⎕VSET`: the values of names, here or in namespaces, read and set by name.

use std::rc::Rc;

use super::Call;
use super::names::{self, Wanted};
use crate::array::{Array, Memory, Type, Value, convert};
use crate::error::{Fault, Result};
use crate::names::{Binding, Scope, Space, path};

/// The options of `⎕VSET`.
pub const OPTIONS: &[&str] = &["Trigger"];

/// The namespaces that a left argument gives, and the shape they are given in; `None` where the argument is one.
type Given = (Vec<Rc<Space>>, Option<Value>);

/// Where names are looked up: here as the running function sees them, elsewhere as the namespace has them.
struct Site<'a> {
    space: Rc<Space>,
    scope: Option<&'a Rc<Scope>>,
}

impl Site<'_> {
    /// The value of a name. `None` where it has none, DOMAIN ERROR where it is no name or that of a function.
    fn value(&self, name: &str) -> Result<Option<Value>> {
        checked(name)?;
        match crate::names::find(&self.space, self.scope, name) {
            Binding::Array(value) => Ok(Some(value)),
            Binding::Unset => Ok(None),
            _ => Err(Fault::domain().with_detail(format!("{name} is no variable"))),
        }
    }
}

fn checked(name: &str) -> Result<()> {
    match names::is_path(name) {
        true => Ok(()),
        false => Err(Fault::domain().with_detail(format!("{name} is not a name"))),
    }
}

/// `⎕VGET names`: what they stand for, in the namespaces of the left argument if there is one. A name may have beside it
/// what is taken where it has no value; without that it is a VALUE ERROR. `⎕VGET classes`: the names of these classes
/// with their values. DOMAIN ERROR for names of functions. Dyalog: Value Get.
pub fn get(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let Some(left) = left else {
        return got(call, &Site { space: call.space.clone(), scope: call.scope }, &right);
    };
    let (spaces, many) = given(call, &left)?;
    let mut values = Vec::with_capacity(spaces.len());
    for space in spaces {
        values.push(got(call, &Site { space, scope: None }, &right)?);
    }
    joined(call.context.memory(), values, many)
}

fn got(call: &Call, site: &Site, right: &Value) -> Result<Value> {
    let memory = call.context.memory();
    let missing = |name: &str| Fault::value().because(format!("Undefined name: {name}"));
    if right.rank() > 2 {
        return Err(Fault::misshapen("names in a vector or a matrix", right.shape()));
    }
    if matches!(right.kind(), Type::Bool | Type::Int | Type::Float) {
        return of_classes(call, site, right);
    }
    if let Some((names, fallbacks)) = columns(memory, right)? {
        let mut values = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            let fallback = || fallbacks.as_ref().map(|list| list.item(at)).transpose();
            values.push(match site.value(name)? {
                Some(value) => value,
                None => fallback()?.ok_or_else(|| missing(name))?,
            });
        }
        return Ok(Array::from_items(memory, &[values.len()], values, || Value::Int(0))?.into());
    }
    let one = |item: &Value| -> Result<Value> {
        let (name, fallback) = match pair(memory, item)? {
            Some((name, value)) => (name, Some(value)),
            None => (convert::text(memory, item)?, None),
        };
        site.value(&name)?.or(fallback).ok_or_else(|| missing(&name))
    };
    match (right.kind(), right.rank()) {
        (Type::Nested, 0) => {
            let item = right.item(memory, 0)?;
            let value = one(&item)?;
            if pair(memory, &item)?.is_some() { Ok(value) } else { value.enclose(memory) }
        }
        (Type::Nested, 1) => {
            let values = right.array(memory)?.items().map(|item| one(&item)).collect::<Result<Vec<_>>>()?;
            Ok(Array::from_items(memory, &[values.len()], values, || Value::Int(0))?.into())
        }
        (Type::Char, 0 | 1) => one(right),
        _ => Err(Fault::domain()),
    }
}

/// The names of some classes with their values: pairs, or a matrix of names and a vector of values.
fn of_classes(call: &Call, site: &Site, numbers: &Value) -> Result<Value> {
    let memory = call.context.memory();
    let wanted = Wanted::read(memory, numbers)?;
    if !wanted.have_values() {
        return Err(Fault::domain().with_detail("functions and operators have no values"));
    }
    let found = wanted.among(crate::names::visible(&site.space, site.scope));
    let found = found.into_iter().filter_map(|(name, binding)| match binding {
        Binding::Array(value) => Some((name, value)),
        _ => None,
    });
    if wanted.paired {
        let pairs = found.map(|(name, value)| {
            let pair = vec![call.context.text(&name)?, value];
            Ok(Array::from_items(memory, &[2], pair, || Value::Int(0))?.into())
        });
        let pairs = pairs.collect::<Result<Vec<Value>>>()?;
        return Ok(Array::from_items(memory, &[pairs.len()], pairs, Value::zilde)?.into());
    }
    let (names, values): (Vec<Rc<str>>, Vec<Value>) = found.unzip();
    let values = Array::from_items(memory, &[values.len()], values, || Value::Int(0))?.into();
    let both = vec![names::matrix(memory, &names)?, values];
    Ok(Array::from_items(memory, &[2], both, || Value::Int(0))?.into())
}

/// `⎕VSET pairs`: gives names values, in the namespaces of the left argument if there is one; `⎕VSET names values` with a
/// matrix of names. References to where they are, shy. Nothing is set if something cannot be. Dyalog: Value Set.
pub fn set(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = call.context.memory();
    if let Some(option) = call.options.get("Trigger") {
        // There are no triggers that could run.
        super::variables::one_of(option, 0, 1)?;
    }
    let pairs = pairs(memory, &right)?;
    let (sites, many): (Vec<Site>, _) = match left {
        None => (vec![Site { space: call.space.clone(), scope: call.scope }], None),
        Some(left) => {
            let (spaces, many) = given(call, &left)?;
            (spaces.into_iter().map(|space| Site { space, scope: None }).collect(), many)
        }
    };
    for site in &sites {
        pairs.iter().try_for_each(|(name, _)| site.value(name).map(drop))?;
    }
    for site in &sites {
        for (name, value) in &pairs {
            crate::names::set(&site.space, site.scope, name, Binding::Array(value.clone()))?;
        }
    }
    call.context.shy.set(true);
    joined(memory, sites.iter().map(|site| site.space.reference().into()).collect(), many)
}

/// Names and what they are to stand for.
fn pairs(memory: &Memory, right: &Value) -> Result<Vec<(String, Value)>> {
    if right.rank() > 1 {
        return Err(Fault::misshapen("pairs of a name and a value in a vector", right.shape()));
    }
    if let Some((names, values)) = columns(memory, right)? {
        let values = values.ok_or_else(Fault::domain)?;
        let pair = |(at, name)| Ok((name, values.item(at)?));
        return names.into_iter().enumerate().map(pair).collect();
    }
    let wrong = || Fault::domain().with_detail("pairs of a name and a value are wanted");
    right.array(memory)?.items().map(|item| pair(memory, &item)?.ok_or_else(wrong)).collect()
}

/// A vector of a name and a value.
fn pair(memory: &Memory, item: &Value) -> Result<Option<(String, Value)>> {
    if item.rank() != 1 || item.count() != 2 || item.kind() != Type::Nested {
        return Ok(None);
    }
    let name = item.item(memory, 0)?;
    match name.kind() == Type::Char && name.rank() < 2 {
        true => Ok(Some((convert::text(memory, &name)?, item.item(memory, 1)?))),
        false => Ok(None),
    }
}

/// One value for each name of a matrix, or one for all.
struct Column {
    values: Array,
}

impl Column {
    fn item(&self, at: usize) -> Result<Value> {
        Ok(self.values.item(if self.values.rank() == 0 { 0 } else { at }))
    }
}

/// The rows of a character matrix, and the values beside it if there are any. `None` where there is no such matrix.
fn columns(memory: &Memory, right: &Value) -> Result<Option<(Vec<String>, Option<Column>)>> {
    let is_matrix = |value: &Value| value.kind() == Type::Char && value.rank() == 2;
    if is_matrix(right) {
        return Ok(Some((names::listed(memory, right)?.0, None)));
    }
    if right.rank() != 1 || right.count() != 2 || right.kind() != Type::Nested {
        return Ok(None);
    }
    let (names, values) = (right.item(memory, 0)?, right.item(memory, 1)?);
    if !is_matrix(&names) {
        return Ok(None);
    }
    let names = names::listed(memory, &names)?.0;
    if values.rank() > 1 {
        return Err(Fault::misshapen("a vector of values", values.shape()));
    }
    if values.rank() == 1 && values.count() != names.len() {
        return Err(Fault::length().with_detail(format!("{} names, {} values", names.len(), values.count())));
    }
    Ok(Some((names, Some(Column { values: values.array(memory)? }))))
}

/// The namespaces that an argument gives; with the argument itself where it is an array of several.
fn given(call: &Call, left: &Value) -> Result<Given> {
    let one = |value: &Value| path::given(call.context, call.space, call.scope, value);
    if left.reference().is_some() || left.kind() == Type::Char && left.rank() < 2 {
        return Ok((vec![one(left)?], None));
    }
    let items = left.array(call.context.memory())?;
    Ok((items.items().map(|item| one(&item)).collect::<Result<_>>()?, Some(left.clone())))
}

fn joined(memory: &Memory, mut values: Vec<Value>, many: Option<Value>) -> Result<Value> {
    match many {
        None => values.pop().ok_or_else(Fault::value),
        Some(left) => Ok(Array::from_items(memory, left.shape(), values, Value::zilde)?.into()),
    }
}
