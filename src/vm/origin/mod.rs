//! Where elements came from: an expression is run once more over arrays of tags that stand for the elements of its arrays.
//!
//! Only expressions without side effects can be run so. What a function does not tell, as `⍋` or `⌹`, is said.

mod shadow;
mod tags;

use std::rc::Rc;

use super::frame::Frame;
use crate::array::Value;
use crate::code::bind::{self, Surroundings};
use crate::code::definition::{CachedPhrase, CachedStatement};
use crate::code::node::{Bound, Class, Node, NodeId, Target};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};
use crate::names::binding::Binding;
use crate::names::scope::{self, Scope};
use crate::names::user::{Parts, UserFunction};
use crate::primitive;
use crate::vm::statement;
pub use tags::{Answer, Known, Tags, number};

/// What a call takes from the workspace budget while it is followed.
const FRAME_BYTES: usize = 8 * 1024;
const RED_ZONE: usize = 192 * 1024;
const STACK_PIECE: usize = 4 * 1024 * 1024;

/// An expression that is run over tags.
pub struct Origins<'a> {
    tags: &'a Rc<Tags>,
    around: Surroundings<'a>,
    /// The tags of `⍺`, of `⍵` and of local names.
    left: Option<Value>,
    right: Option<Value>,
    locals: Vec<(u32, Value)>,
}

impl<'a> Origins<'a> {
    /// Of an expression of the session.
    pub fn new(tags: &'a Rc<Tags>, around: Surroundings<'a>) -> Origins<'a> {
        Origins { tags, around, left: None, right: None, locals: Vec::new() }
    }

    /// The tags of the whole. NONCE ERROR where it may do more than compute.
    pub fn whole(&mut self, bound: &Bound) -> Result<Value> {
        if !bound.pure {
            return Err(Fault::nonce("the expression may do more than compute its result".to_owned()));
        }
        match (bound.root(), bound.class) {
            (Some(root), Some(Class::Array)) => self.array(bound, root),
            _ => Err(Fault::syntax()),
        }
    }

    /// From now on a name stands for these tags.
    pub fn know(&mut self, symbol: u32, tags: Value) {
        self.locals.push((symbol, tags));
    }

    /// What a dfn gives for tags.
    pub fn called(
        context: &Context,
        tags: &Rc<Tags>,
        function: &UserFunction,
        left: Option<Value>,
        right: Value,
    ) -> Result<Value> {
        if function.definition.program.is_some() {
            let name = function.definition.called();
            return Err(Fault::nonce(format!("{name} is a traditional function, which is not followed")));
        }
        let _descent = context.descend(FRAME_BYTES)?;
        let _entered = function.space.enter(context);
        // The values are there too, for functions within this one that read names of it.
        let values = |of: &Value| tags.values(context, of);
        let scope = Scope::new(function, left.as_ref().map(values).transpose()?, values(&right)?);
        let around = Surroundings::in_body(context, &function.space, &scope);
        let mut origins = Origins { tags, around, left, right: Some(right), locals: Vec::new() };
        let result = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || origins.body(function));
        scope.clear();
        result
    }

    fn body(&mut self, function: &UserFunction) -> Result<Value> {
        for statement in &function.definition.statements {
            match statement {
                CachedStatement::Expression(phrase) => {
                    let (bound, value) = self.phrase(phrase)?;
                    if !matches!(bound.root().map(|root| bound.node(root)), Some(Node::Assign { .. })) {
                        return Ok(value);
                    }
                }
                CachedStatement::Guard(condition, result) => {
                    let (_, truth) = self.phrase(condition)?;
                    if statement::truth(self.around.context, &self.values(&truth)?)? {
                        return Ok(self.phrase(result)?.1);
                    }
                }
                CachedStatement::ErrorGuard(..) => {
                    return Err(Fault::nonce("a function with an error guard is not followed".to_owned()));
                }
            }
        }
        Err(Fault::no_result())
    }

    fn phrase(&mut self, phrase: &CachedPhrase) -> Result<(Rc<Bound>, Value)> {
        let bound = bind::bound(self.around, phrase)?;
        let value = self.whole(&bound)?;
        Ok((bound, value))
    }

    fn values(&self, tags: &Value) -> Result<Value> {
        self.tags.values(self.around.context, tags)
    }

    fn array(&mut self, bound: &Bound, id: NodeId) -> Result<Value> {
        let context = self.around.context;
        context.poll()?;
        context.memory().deeper(|| self.array_of(bound, id))?.settled(context.memory())
    }

    fn array_of(&mut self, bound: &Bound, id: NodeId) -> Result<Value> {
        let context = self.around.context;
        let frame = Frame { around: self.around, bound };
        let missing = || Fault::nonce("a part of the expression is not followed".to_owned());
        match bound.node(id) {
            Node::Constant(value) if value.rank() == 0 => self.tags.from_nowhere(context, value),
            Node::Constant(value) => {
                let text = bound.places[id as usize].span.of(&self.around.source.text);
                self.tags.named(context, &text.into(), value)
            }
            Node::Omega => self.right.clone().ok_or_else(missing),
            Node::Alpha => self.left.clone().ok_or_else(|| frame.blame(id, Fault::value())),
            Node::Name(name) => {
                if let Some((_, tags)) = self.locals.iter().rev().find(|(symbol, _)| *symbol == name.symbol) {
                    return Ok(tags.clone());
                }
                match scope::lookup(self.around.space, self.around.scope, name) {
                    Binding::Array(value) => self.tags.named(context, &name.name, &value),
                    Binding::Unset => Err(frame.blame(id, frame.undefined(&name.name))),
                    _ => Err(missing()),
                }
            }
            Node::Strand(items) => {
                let mut parts = Vec::new();
                for &item in items.iter().rev() {
                    parts.push(self.array(bound, item)?);
                }
                parts.reverse();
                let shape = [parts.len()];
                let strand = crate::array::Array::from_items(context.memory(), &shape, parts, || Value::Int(0))?;
                Ok(strand.into())
            }
            Node::Index { array, indices } => {
                let mut list = super::frame::Indices::new();
                for index in indices.iter().rev() {
                    list.push(match index {
                        Some(index) => {
                            let tags = self.array(bound, *index)?;
                            Some(self.values(&tags)?)
                        }
                        None => None,
                    });
                }
                list.reverse();
                let array = self.array(bound, *array)?;
                frame.located(id, primitive::index_brackets(context, &array, &list))
            }
            Node::Monad { function, right } => {
                let right = self.array(bound, *right)?;
                let function = self.function(bound, *function)?;
                frame.located(id, function.call(context, None, right))
            }
            Node::Dyad { left, function, right } => {
                let right = self.array(bound, *right)?;
                let function = self.function(bound, *function)?;
                let left = self.array(bound, *left)?;
                frame.located(id, function.call(context, Some(left), right))
            }
            Node::Assign { target: Target::Name(name), function: None, value } if self.around.scope.is_some() => {
                let tags = self.array(bound, *value)?;
                if let Some(scope) = self.around.scope {
                    scope.set_local(name.symbol, Binding::Array(self.values(&tags)?));
                }
                self.locals.push((name.symbol, tags.clone()));
                Ok(tags)
            }
            Node::Tested { argument, .. } | Node::Revealed { argument, .. } => self.array(bound, *argument),
            _ => Err(missing()),
        }
    }

    /// A function over tags.
    fn function(&mut self, bound: &Bound, id: NodeId) -> Result<Fun> {
        let context = self.around.context;
        let missing = || Fault::nonce("a function of the expression is not followed".to_owned());
        Ok(match bound.node(id) {
            Node::Primitive(row) => Rc::new(shadow::Shadow::Primitive(self.tags.clone(), row, None)),
            Node::Ready(function) => shadow::of(context, self.tags, function)?,
            Node::FunctionName(name) => match scope::lookup(self.around.space, self.around.scope, name) {
                Binding::Function(function) => shadow::of(context, self.tags, &function)?,
                _ => return Err(missing()),
            },
            Node::AlphaAlpha(Class::Function) | Node::OmegaOmega(Class::Function) => {
                match self.around.scope.and_then(|scope| {
                    let (left, right) = &scope.function.operands;
                    if matches!(bound.node(id), Node::AlphaAlpha(_)) { left.clone() } else { right.clone() }
                }) {
                    Some(Operand::Function(function)) => shadow::of(context, self.tags, &function)?,
                    _ => return Err(missing()),
                }
            }
            Node::Dfn(definition) if definition.class == Class::Function => {
                let function = UserFunction::new(Parts {
                    definition: definition.clone(),
                    parent: self.around.scope.cloned(),
                    operands: (None, None),
                    space: self.around.space.clone(),
                });
                Rc::new(shadow::Shadow::Dfn(self.tags.clone(), function))
            }
            Node::Axis { function, axis } => match bound.node(*function) {
                Node::Primitive(row) => {
                    let tags = self.array(bound, *axis)?;
                    Rc::new(shadow::Shadow::Primitive(self.tags.clone(), row, Some(self.values(&tags)?)))
                }
                _ => return Err(missing()),
            },
            Node::Derived { operator, operand, axis } => {
                let axis = match axis {
                    Some(axis) => {
                        let tags = self.array(bound, *axis)?;
                        Some(self.values(&tags)?)
                    }
                    None => None,
                };
                let operand = self.operand(bound, *operand)?;
                let glyph = operator.glyph.to_string();
                shadow::derived(context, self.tags, &glyph, operand, None, axis)?.ok_or_else(missing)?
            }
            Node::Derived2 { operator, left, right } => {
                let right = self.operand(bound, *right)?;
                let left = self.operand(bound, *left)?;
                let glyph = operator.glyph.to_string();
                shadow::derived(context, self.tags, &glyph, left, Some(right), None)?.ok_or_else(missing)?
            }
            Node::Outer(operand) => {
                let operand = self.operand(bound, *operand)?;
                crate::operator::outer_product(context, operand)?
            }
            Node::Train(tines) => {
                let mut all = Vec::new();
                for &tine in tines.iter().rev() {
                    all.push(match self.operand(bound, tine)? {
                        Operand::Array(value) => Operand::Array(self.tags.from_nowhere(context, &value)?),
                        function => function,
                    });
                }
                all.reverse();
                crate::operator::train(context, all)?
            }
            _ => return Err(missing()),
        })
    }

    /// A function over tags, or an array as it is.
    fn operand(&mut self, bound: &Bound, id: NodeId) -> Result<Operand> {
        if bound.node(id).is_array() {
            let tags = self.array(bound, id)?;
            return Ok(Operand::Array(self.values(&tags)?));
        }
        self.function(bound, id).map(Operand::Function)
    }
}
