//! Where elements came from: an expression is run once more over arrays of tags that stand for the elements of its arrays.
//!
//! Only what has no effects but on the local names of dfns is run so; at anything else it is left. What a function does not
//! tell, as `⍋` or `⌹`, is said.

mod assign;
mod shadow;
mod tags;

use std::rc::Rc;

use super::frame::Frame;
use crate::array::Value;
use crate::code::bind::{self, Surroundings};
use crate::code::definition::{CachedPhrase, CachedStatement};
use crate::code::node::{Bound, Class, Form, Node, NodeId, Target};
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
    /// The tags of `⍺` and of `⍵`.
    left: Option<Value>,
    right: Option<Value>,
    /// While the elements are selected that an assignment changes: the node of the variable, and the tags of their places.
    standing: Option<(NodeId, Value)>,
}

impl<'a> Origins<'a> {
    /// Of an expression of the session.
    pub fn new(tags: &'a Rc<Tags>, around: Surroundings<'a>) -> Origins<'a> {
        Origins { tags, around, left: None, right: None, standing: None }
    }

    /// The tags of the whole. NONCE ERROR where it may do more than compute.
    pub fn whole(&mut self, bound: &Bound) -> Result<Value> {
        match (bound.root(), bound.class) {
            (Some(root), Some(Class::Array)) => self.array(bound, root),
            _ => Err(Fault::syntax()),
        }
    }

    /// From now on a name stands for these tags here.
    pub fn know(&mut self, symbol: u32, tags: Value) {
        self.tags.know(self.place(), symbol, tags);
    }

    /// What tells the names here from those of other calls.
    fn place(&self) -> usize {
        self.around.scope.map_or(0, |scope| Rc::as_ptr(scope) as usize)
    }

    /// The tags of a name here, or in a dfn around this one.
    fn known(&self, symbol: u32) -> Option<Value> {
        let outwards = scope::outwards(self.around.scope).map(|scope| Rc::as_ptr(scope) as usize);
        outwards.chain([0]).find_map(|place| self.tags.known(place, symbol))
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
        let mut origins = Origins { tags, around, left, right: Some(right), standing: None };
        let result = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || origins.body(function));
        tags.forget(origins.place());
        scope.clear();
        result
    }

    fn body(&mut self, function: &UserFunction) -> Result<Value> {
        let mut last = None;
        for statement in &function.definition.statements {
            match statement {
                CachedStatement::Expression(phrase) => {
                    let bound = bind::bound(self.around, phrase)?;
                    if self.named(&bound)? {
                        continue;
                    }
                    let value = self.whole(&bound)?;
                    if bound.form != Form::Assignment {
                        return Ok(value);
                    }
                    last = Some(value);
                }
                CachedStatement::Guard(condition, result) => {
                    let truth = self.phrase(condition)?;
                    if statement::truth(self.around.context, &self.values(&truth)?)? {
                        return self.phrase(result);
                    }
                    last = None;
                }
                CachedStatement::ErrorGuard(..) => {
                    return Err(Fault::nonce("a function with an error guard is not followed".to_owned()));
                }
            }
        }
        last.filter(|_| !function.definition.ends_below).ok_or_else(Fault::no_result)
    }

    fn phrase(&mut self, phrase: &CachedPhrase) -> Result<Value> {
        let bound = bind::bound(self.around, phrase)?;
        self.whole(&bound)
    }

    /// `name←f`, `⍺←f` in a dfn: whether the phrase is that.
    fn named(&mut self, bound: &Bound) -> Result<bool> {
        let (Some(scope), Some(root)) = (self.around.scope, bound.root()) else { return Ok(false) };
        let Node::AssignFunction { name, space: None, nearest: false, value } = bound.node(root) else {
            return Ok(false);
        };
        if name.is_none() && self.left.is_some() {
            return Ok(true);
        }
        if !bound.pure || bound.class != Some(Class::Function) {
            return Err(unfollowed(self.around, bound, root));
        }
        let function = Frame { around: self.around, bound }.function(*value)?;
        match name {
            Some(name) => scope.set_local(name.symbol, Binding::Function(function)),
            None => drop(scope.left.replace(Binding::Function(function))),
        }
        Ok(true)
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
        let around = self.around;
        let missing = || unfollowed(around, bound, id);
        if let Some((variable, places)) = &self.standing
            && *variable == id
        {
            return Ok(places.clone());
        }
        match bound.node(id) {
            Node::Constant(value) if value.rank() == 0 => self.tags.from_nowhere(context, value),
            Node::Constant(value) => {
                let text = bound.places[id as usize].span.of(&self.around.source.text);
                self.tags.named(context, &text.into(), value)
            }
            Node::Omega => self.right.clone().ok_or_else(missing),
            Node::Alpha => self.left.clone().ok_or_else(|| frame.blame(id, Fault::value())),
            Node::Name(name) => {
                if let Some(tags) = self.known(name.symbol) {
                    return Ok(tags);
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
                let list = self.indices(bound, indices)?;
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
            Node::System(_) | Node::Root | Node::Parent => {
                let text = bound.places[id as usize].span.of(&self.around.source.text);
                self.tags.named(context, &text.into(), &frame.leaf(id)?)
            }
            Node::Within { space, inner, class: Class::Array } => {
                let name = inner.name.as_ref().ok_or_else(missing)?;
                let tags = self.array(bound, *space)?;
                let holder = match self.values(&tags)?.reference() {
                    Some(reference) => self.around.space.workspace.space(reference),
                    None => None,
                };
                let text = bound.places[id as usize].span.of(&self.around.source.text);
                match holder.ok_or_else(missing)?.get(name.symbol) {
                    Binding::Array(value) => self.tags.named(context, &text.into(), &value),
                    _ => Err(missing()),
                }
            }
            // The default is evaluated where it is needed.
            Node::Assign { target: Target::Alpha, function: None, value } => {
                if self.left.is_none() {
                    let tags = self.array(bound, *value)?;
                    if let Some(scope) = self.around.scope {
                        *scope.left.borrow_mut() = Binding::Array(self.values(&tags)?);
                    }
                    self.left = Some(tags);
                }
                self.left.clone().ok_or_else(missing)
            }
            Node::Assign { target, function, value } if self.around.scope.is_some() => {
                let tags = self.array(bound, *value)?;
                self.assign(bound, id, target, *function, &tags)?;
                Ok(tags)
            }
            Node::Tested { argument, .. } | Node::Revealed { argument, .. } => self.array(bound, *argument),
            _ => Err(missing()),
        }
    }

    /// A function over tags.
    fn function(&mut self, bound: &Bound, id: NodeId) -> Result<Fun> {
        let context = self.around.context;
        let around = self.around;
        let missing = || unfollowed(around, bound, id);
        Ok(match bound.node(id) {
            Node::AlphaFunction => match self.around.scope.map(|scope| scope.left.borrow().clone()) {
                Some(Binding::Function(function)) => shadow::of(context, self.tags, &function)?,
                _ => return Err(missing()),
            },
            Node::Del => match self.around.scope {
                Some(scope) => Rc::new(shadow::Shadow::Dfn(self.tags.clone(), scope.function.clone())),
                None => return Err(missing()),
            },
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

/// What is told of a part that is not followed.
fn unfollowed(around: Surroundings, bound: &Bound, id: NodeId) -> Fault {
    let part = bound.places[id as usize].span.of(&around.source.text);
    Fault::nonce(match bound.pure {
        true => format!("{part} is not followed"),
        false => "the expression may do more than compute its result".to_owned(),
    })
}
