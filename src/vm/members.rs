//! Evaluation in other namespaces: `a.b`, `a.(b+c)`, `a.f x`, `a.b←`, `(a:1 ⋄ b:2)`.
//!
//! An array of references to the left of the dot gives an array of the same structure: of values, or of functions that
//! are applied item by item. To the right of the dot only the names of the namespace are visible; the arguments and
//! operands of the running function (`⍺`, `⍵`, `⍺⍺`, `⍵⍵`) keep their meaning there.

use std::rc::Rc;

use super::frame::Frame;
use super::machine::Ending;
use super::rebinding;
use crate::array::{Array, Shape, Value};
use crate::code::bind::Surroundings;
use crate::code::node::{Class, Inner, NameRef, Node, NodeId};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::function::{Description, Fun, Function, Structure};
use crate::names::binding::{Binding, Operator};
use crate::names::scope::Scope;
use crate::names::space::{Space, moved};
use crate::names::user::UserFunction;

impl Frame<'_> {
    /// The same expression with the names of a namespace. `work` may evaluate what is bound there.
    fn moved<T>(
        &self,
        target: &Rc<Space>,
        inner: &Inner,
        mut work: impl FnMut(&Frame, NodeId) -> Result<T>,
    ) -> Result<T> {
        let _entered = target.enter(self.context);
        let lent = self.scope.map(|scope| Scope::lend_arguments(scope, target));
        let around = Surroundings { space: target, scope: lent.as_ref(), ..self.around };
        rebinding::run(around, &inner.phrase, |frame| match frame.bound.root() {
            Some(root) => work(frame, root),
            None => Err(Fault::syntax()),
        })
    }

    /// What a node with a dot gives, if what stands behind the dot is of the class that the node was bound with;
    /// otherwise the phrase is bound again.
    fn as_bound<T>(&self, id: NodeId, space: NodeId, spaces: &Value, found: Result<T>) -> Result<T> {
        match found {
            Err(fault) if fault.kind() == ErrorKind::Rebind => {
                let fault = self.surprised(id);
                Err(self.keeping(fault, space, spaces))
            }
            found => self.located(id, found),
        }
    }

    /// What stands before a dot and behind it.
    fn dot(&self, id: NodeId) -> Result<(NodeId, &Inner)> {
        match self.bound.node(id) {
            Node::Within { space, inner, .. } => Ok((*space, inner)),
            _ => Err(Fault::internal("no dot")),
        }
    }

    /// The namespace that a scalar reference stands for.
    fn target(&self, value: &Value) -> Result<Rc<Space>> {
        let Some(reference) = value.reference() else {
            return Err(Fault::syntax().with_detail("what stands before the dot is no namespace"));
        };
        let space = self.space.workspace.space(reference);
        space.ok_or_else(|| Fault::value().with_detail("there is no namespace behind this reference"))
    }

    /// Does something in every namespace of an array of references, at any depth.
    fn each_space(&self, spaces: &Value, work: &mut dyn FnMut(&Rc<Space>) -> Result<Value>) -> Result<Value> {
        if spaces.rank() == 0 && spaces.is_simple_scalar() {
            return work(&self.target(spaces)?);
        }
        let memory = self.context.memory();
        let array = spaces.array(memory)?;
        let mut results = memory.vec(array.len())?;
        for item in array.items() {
            self.context.poll()?;
            let result = memory.deeper(|| self.each_space(&item, work))?;
            results.push(result.settled(memory)?);
        }
        Ok(Array::from_items(memory, array.shape(), results, || Value::Int(0))?.into())
    }

    /// `space.name` and `space.(…)`, where it is an array.
    pub fn within(&self, id: NodeId, spaces: &Value) -> Result<Value> {
        let (space, inner) = self.dot(id)?;
        let value = self.each_space(spaces, &mut |target| match &inner.name {
            Some(name) => match target.get(name.symbol) {
                Binding::Niladic(function) => function.call(self.context, None, Value::Bool(false)),
                other => self.member_value(name, other),
            },
            None => self
                .moved(target, inner, |frame, root| match frame.bound.class {
                    Some(Class::Array) => frame.array(root).map(Some),
                    _ => Ok(None),
                })?
                .ok_or_else(otherwise),
        });
        self.as_bound(id, space, spaces, value)
    }

    fn member_value(&self, name: &NameRef, binding: Binding) -> Result<Value> {
        match binding {
            Binding::Unset => Err(Fault::value().because(format!("Undefined name: {}", name.name))),
            other => other.value().ok_or_else(otherwise),
        }
    }

    /// The same as a statement of its own: whether it is shy, and nothing where there is no result.
    pub fn within_outermost(&self, id: NodeId, spaces: &Value) -> Result<(Option<Value>, Ending)> {
        let (space, inner) = self.dot(id)?;
        let assigned = |frame: &Frame, root: NodeId| matches!(frame.bound.node(root), Node::Assign { .. });
        if spaces.reference().is_none() {
            let mut shy = false;
            let value = self.each_space(spaces, &mut |target| {
                self.moved(target, inner, |frame, root| {
                    shy |= assigned(frame, root);
                    match frame.bound.class {
                        Some(Class::Array) => frame.array(root).map(Some),
                        _ => Ok(None),
                    }
                })?
                .ok_or_else(otherwise)
            });
            let value = self.as_bound(id, space, spaces, value)?;
            return Ok((Some(value), if shy { Ending::Shy } else { Ending::Value }));
        }
        let outermost = self.target(spaces).and_then(|target| {
            let outermost = self.moved(&target, inner, |frame, root| match frame.bound.class {
                Some(Class::Array) if assigned(frame, root) => Ok(Some((Some(frame.array(root)?), Ending::Shy))),
                Some(Class::Array) => frame.outermost().map(Some),
                _ => Ok(None),
            });
            outermost?.ok_or_else(otherwise)
        });
        self.as_bound(id, space, spaces, outermost)
    }

    /// `space.name` and `space.(…)`, where it is a function: one for each reference.
    pub fn function_within(&self, id: NodeId, spaces: &Value) -> Result<Fun> {
        let (space, inner) = self.dot(id)?;
        let tree = self.functions(spaces, inner);
        Ok(match self.as_bound(id, space, spaces, tree)? {
            Functions::One(function) => function,
            many => Rc::new(Distributed(many)),
        })
    }

    fn functions(&self, spaces: &Value, inner: &Inner) -> Result<Functions> {
        if spaces.rank() == 0 && spaces.is_simple_scalar() {
            let target = self.target(spaces)?;
            let function = match &inner.name {
                Some(name) => match target.get(name.symbol) {
                    Binding::Function(function) => function,
                    Binding::Operator(Operator::Hybrid(hybrid)) => hybrid.function.clone(),
                    Binding::Unset => {
                        return Err(Fault::value().because(format!("Undefined name: {}", name.name)));
                    }
                    _ => return Err(otherwise()),
                },
                None => self
                    .moved(&target, inner, |frame, root| match frame.bound.class {
                        Some(Class::Function) => frame.function(root).map(Some),
                        _ => Ok(None),
                    })?
                    .ok_or_else(otherwise)?,
            };
            let at_home = function.as_any().is_some_and(|any| any.is::<UserFunction>());
            return Ok(Functions::One(if at_home { function } else { Rc::new(InSpace { space: target, function }) }));
        }
        let memory = self.context.memory();
        let array = spaces.array(memory)?;
        let mut functions = memory.vec(array.len())?;
        for item in array.items() {
            functions.push(memory.deeper(|| self.functions(&item, inner))?);
        }
        Ok(Functions::Many(Shape::from_slice(array.shape()), functions))
    }

    /// `space.name`, where it is an operator.
    pub fn operator_within(&self, id: NodeId, spaces: &Value) -> Result<Operator> {
        let (space, inner) = self.dot(id)?;
        let operator = self.target(spaces).and_then(|target| match &inner.name {
            Some(name) => match target.get(name.symbol) {
                Binding::Operator(operator) => Ok(operator),
                Binding::Unset => Err(Fault::value().because(format!("Undefined name: {}", name.name))),
                _ => Err(otherwise()),
            },
            None => Err(Fault::syntax()),
        });
        self.as_bound(id, space, spaces, operator)
    }

    /// Does something to every namespace of a target with the values that go to each: `(a b).x←1 2`.
    pub fn for_each_space(
        &self,
        spaces: &Value,
        value: &Value,
        work: &mut dyn FnMut(&Rc<Space>, Value) -> Result<()>,
    ) -> Result<()> {
        if spaces.rank() == 0 && spaces.is_simple_scalar() {
            return work(&self.target(spaces)?, value.clone());
        }
        let memory = self.context.memory();
        let array = spaces.array(memory)?;
        let values = Items::new(value, array.shape(), memory)?;
        for (at, item) in array.items().enumerate() {
            self.context.poll()?;
            let value = values.item(at, memory)?;
            memory.deeper(|| self.for_each_space(&item, &value, work))?;
        }
        Ok(())
    }

    /// `(name: value ⋄ …)`: a new namespace in this one.
    pub fn namespace(&self, id: NodeId, members: &[(NameRef, NodeId, Class)]) -> Result<Value> {
        let mut bindings = Vec::with_capacity(members.len());
        for (name, value, _) in members {
            bindings.push((name.symbol, self.binding(*value, Some(name))?));
        }
        let (space, reference) = self.located(id, self.space.child(self.context, None))?;
        for ((symbol, binding), (_, value, _)) in bindings.into_iter().zip(members) {
            let literal = matches!(self.bound.node(*value), Node::Dfn(_));
            let binding = if literal { moved(&binding, self.space, &space) } else { binding };
            drop(space.set(symbol, binding));
        }
        Ok(reference.into())
    }
}

/// What stands behind a dot is of another class than it was bound with.
fn otherwise() -> Fault {
    Fault::new(ErrorKind::Rebind)
}

/// Items of an argument that go with those of something of a shape: one for each, or one for all.
enum Items<'a> {
    One(Value),
    Each(&'a Value),
}

impl<'a> Items<'a> {
    fn new(value: &'a Value, shape: &[usize], memory: &crate::array::Memory) -> Result<Items<'a>> {
        if value.rank() == 0 {
            return Ok(Items::One(value.item(memory, 0)?));
        }
        if value.shape() != shape {
            return Err(Fault::mismatch(shape, value.shape()));
        }
        Ok(Items::Each(value))
    }

    fn item(&self, at: usize, memory: &crate::array::Memory) -> Result<Value> {
        match self {
            Items::One(value) => Ok(value.clone()),
            Items::Each(value) => value.item(memory, at),
        }
    }
}

/// A function as it is in a namespace: its system variables are in force while it runs.
struct InSpace {
    space: Rc<Space>,
    function: Fun,
}

impl Function for InSpace {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let _entered = self.space.enter(context);
        self.function.call(context, left, right)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let _entered = self.space.enter(context);
        self.function.invoke(context, left, right)
    }

    fn may_be_shy(&self) -> bool {
        self.function.may_be_shy()
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        self.function.as_any()
    }

    fn structure(&self) -> Structure {
        self.function.structure()
    }

    fn describe(&self) -> Description {
        self.function.describe()
    }
}

/// A function for each reference of an array.
enum Functions {
    One(Fun),
    Many(Shape, Vec<Functions>),
}

/// Functions that take their arguments item by item: `(a b).f x y`.
struct Distributed(Functions);

impl Functions {
    fn call(&self, context: &Context, left: Option<&Value>, right: &Value) -> Result<Value> {
        let (shape, functions) = match self {
            Functions::One(function) => return function.call(context, left.cloned(), right.clone()),
            Functions::Many(shape, functions) => (shape, functions),
        };
        let memory = context.memory();
        let lefts = left.map(|left| Items::new(left, shape, memory)).transpose()?;
        let rights = Items::new(right, shape, memory)?;
        let mut results = memory.vec(functions.len())?;
        for (at, function) in functions.iter().enumerate() {
            context.poll()?;
            let left = lefts.as_ref().map(|lefts| lefts.item(at, memory)).transpose()?;
            let right = rights.item(at, memory)?;
            let result = memory.deeper(|| function.call(context, left.as_ref(), &right))?;
            results.push(result.settled(memory)?);
        }
        Ok(Array::from_items(memory, shape, results, || Value::Int(0))?.into())
    }

    fn first(&self) -> Option<&Fun> {
        match self {
            Functions::One(function) => Some(function),
            Functions::Many(_, functions) => functions.first().and_then(Functions::first),
        }
    }
}

impl Function for Distributed {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.0.call(context, left.as_ref(), &right)
    }

    fn describe(&self) -> Description {
        self.0.first().map_or(Description::Text("".into()), |function| function.describe())
    }
}
