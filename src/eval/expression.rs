//! Evaluation of bound expressions: from the right to the left, each name read when it is reached.

use std::rc::Rc;

use super::assign;
use super::binding::{Binding, Hybrid, Operator};
use super::definition::Source;
use super::executed::{self, Execute};
use super::node::{Bound, Class, NameRef, Node, NodeId};
use super::scope::{self, Scope};
use super::space::Space;
use super::statement::Shown;
use super::user::{Parts, UserFunction, UserOperator};
use crate::array::{Array, Value};
use crate::context::{Context, Layout};
use crate::error::{ErrorKind, Fault, Place, Result};
use crate::function::{Description, Fun, Function, Operand};
use crate::operator::{self, Derive, PrimitiveOperator};
use crate::primitive::{self, Primitive, PrimitiveFunction};

/// Native stack that must be left when an expression descends, and what is added where it isn't.
pub(super) const RED_ZONE: usize = 96 * 1024;
pub(super) const STACK_PIECE: usize = 2 * 1024 * 1024;

/// A bound expression and all that its evaluation looks at.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub context: &'a Context,
    pub space: &'a Rc<Space>,
    pub scope: Option<&'a Rc<Scope>>,
    pub source: &'a Rc<Source>,
    pub bound: &'a Bound,
}

/// Where a byte offset of a source is, in words of the innermost named function around it.
pub fn place(scope: Option<&Rc<Scope>>, source: &Rc<Source>, caret: u32) -> Place {
    let mut at = scope;
    while let Some(scope) = at {
        let definition = &scope.function.definition;
        if !Rc::ptr_eq(&definition.source, source) {
            break;
        }
        if let Some(name) = &*definition.name.borrow() {
            return source.place(caret, Some((name, definition.span.start)));
        }
        at = scope.parent();
    }
    source.place(caret, None)
}

impl Frame<'_> {
    /// The fault, placed at a node unless it has a place already.
    pub fn blame(&self, node: NodeId, mut fault: Fault) -> Fault {
        if fault.wants_place(self.source.executed) {
            let at = &self.bound.places[node as usize];
            let caret = match self.bound.node(node) {
                // The variable to be changed is not there.
                Node::Assign { target, .. } if target.is_indexed() && fault.kind() == ErrorKind::Value => at.span.start,
                _ => at.caret,
            };
            self.source.locate(&mut fault, place(self.scope, self.source, caret));
        } else if fault.wants_heading() && !self.source.executed {
            let caret = self.bound.places[node as usize].caret;
            fault.set_heading(place(self.scope, self.source, caret).heading);
        }
        fault
    }

    /// A result, its fault placed at a node.
    pub fn located<T>(&self, node: NodeId, result: Result<T>) -> Result<T> {
        result.map_err(|fault| self.blame(node, fault))
    }

    /// What an assignment has come to; what cannot be assigned is placed where its target begins.
    pub fn assigned<T>(&self, node: NodeId, result: Result<T>) -> Result<T> {
        result.map_err(|mut fault| {
            if fault.kind() == ErrorKind::Syntax && fault.wants_place(self.source.executed) {
                let caret = self.bound.places[node as usize].span.start;
                self.source.locate(&mut fault, place(self.scope, self.source, caret));
            }
            self.blame(node, fault)
        })
    }

    /// The value of an array expression.
    pub fn array(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Constant(value) => Ok(value.clone()),
            Node::Omega => self.omega(id),
            Node::Name(name) => match scope::array(self.space, self.scope, name) {
                Some(value) => Ok(value),
                None => self.named(id, name),
            },
            Node::Alpha => self.alpha(id),
            _ => stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.compound(id)),
        }
    }

    /// The value of a name that does not stand for an array, or did not a moment ago.
    #[cold]
    fn named(&self, id: NodeId, name: &NameRef) -> Result<Value> {
        match scope::lookup(self.space, self.scope, name) {
            Binding::Array(value) => Ok(value),
            Binding::Label(line) => Ok(Value::from(line as usize)),
            Binding::Niladic(function) => self.located(id, function.call(self.context, None, Value::Bool(false))),
            Binding::Unset => Err(self.blame(id, self.undefined(&name.name))),
            // The name was bound as an array and has become something else since, to its right.
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn alpha(&self, id: NodeId) -> Result<Value> {
        if let Some(scope) = self.scope
            && let Binding::Array(value) = &*scope.left.borrow()
        {
            return Ok(value.clone());
        }
        Err(self.blame(id, Fault::value().with_detail("the function was called without a left argument")))
    }

    fn omega(&self, id: NodeId) -> Result<Value> {
        match self.scope {
            Some(scope) => Ok(scope.right.borrow().clone()),
            None => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn compound(&self, id: NodeId) -> Result<Value> {
        match self.bound.node(id) {
            Node::Monad { function, right } => {
                let right = self.array(*right)?;
                let value = match self.bound.node(*function) {
                    Node::Primitive(row) => row.monadic(self.context, right),
                    Node::Del => self.running(*function)?.call(self.context, None, right),
                    _ => self.function(*function)?.call(self.context, None, right),
                };
                self.located(id, value)
            }
            Node::Dyad { left, function, right } if self.is_mixed(*left) => {
                self.mixed_dyad(id, *left, *function, *right)
            }
            Node::Dyad { left, function, right } => {
                let right = self.array(*right)?;
                let value = match self.bound.node(*function) {
                    Node::Primitive(row) => row.dyadic(self.context, self.array(*left)?, right),
                    Node::Del => self.running(*function)?.call(self.context, Some(self.array(*left)?), right),
                    _ => {
                        let function = self.function(*function)?;
                        function.call(self.context, Some(self.array(*left)?), right)
                    }
                };
                self.located(id, value)
            }
            Node::Strand(items) => self.strand(id, items),
            Node::Executed(_) => self.executed_array(id),
            Node::Matrix(items) => {
                let vector = self.strand(id, items)?;
                self.located(id, matrix(self.context, vector))
            }
            Node::Index { array, indices } => {
                let mut list = self.indices(indices)?;
                list.reverse();
                let array = self.array(*array)?;
                self.located(id, primitive::index_brackets(self.context, &array, &list))
            }
            Node::Assign { target, function, value } => assign::assign(self, id, target, *function, *value),
            Node::System(name) => self.located(id, self.space.workspace.system.get(self.context, self.space, name)),
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => match self.operand(id)? {
                Operand::Array(value) => Ok(value),
                Operand::Function(_) => Err(self.blame(id, Fault::syntax())),
            },
            Node::QuadInput => {
                let text = self.read(id, "⎕:\n      ")?;
                let source = Rc::new(Source { text: text.into(), executed: false });
                match self.located(id, executed::execute(self.context, self.space, self.scope, source))? {
                    Shown::Value(value) | Shown::Shy(value) => Ok(value),
                    _ => Err(self.blame(id, Fault::value())),
                }
            }
            Node::QuoteQuadInput => {
                let text = self.read(id, "")?;
                self.located(id, self.context.text(&text))
            }
            Node::Root => {
                let root = self.space.workspace.root().ok_or_else(|| Fault::internal("no root"));
                Ok(self.located(id, root)?.reference().into())
            }
            Node::Parent => {
                let parent = self.space.parent().ok_or_else(|| Fault::internal("no root"));
                Ok(self.located(id, parent)?.reference().into())
            }
            Node::Within { space, inner, class: Class::Array } => self.within(id, *space, inner),
            Node::Namespace(members) => self.namespace(id, members),
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn read(&self, id: NodeId, prompt: &str) -> Result<String> {
        let line = self.context.console.borrow_mut().read(prompt);
        match line {
            Ok(Some(line)) => Ok(line),
            Ok(None) => Err(self.blame(id, Fault::new(crate::error::ErrorKind::EofInterrupt))),
            Err(_) => Err(self.blame(id, Fault::new(crate::error::ErrorKind::Interrupt))),
        }
    }

    /// The items of a strand, evaluated from the right.
    fn strand(&self, id: NodeId, items: &[NodeId]) -> Result<Value> {
        let memory = self.context.memory();
        let mut values = self.located(id, memory.vec(items.len()))?;
        for (at, &item) in items.iter().enumerate().rev() {
            if let Node::Executed(_) = self.bound.node(item) {
                return self.mixed(id, &items[..=at], values, None, None);
            }
            values.push(self.array(item)?.settled(memory)?);
        }
        values.reverse();
        let array = Array::from_items(memory, &[values.len()], values, || Value::Int(0));
        Ok(self.located(id, array)?.into())
    }

    /// The values of indices, last first, as they are evaluated.
    pub fn indices(&self, indices: &[Option<NodeId>]) -> Result<Vec<Option<Value>>> {
        indices.iter().rev().map(|index| index.map(|index| self.array(index)).transpose()).collect()
    }

    /// The function that a function expression stands for.
    pub fn function(&self, id: NodeId) -> Result<Fun> {
        Ok(match self.bound.node(id) {
            Node::Ready(function) => function.clone(),
            Node::Primitive(row) => Rc::new(PrimitiveFunction(row)),
            Node::FunctionName(name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Function(function) => function,
                Binding::Operator(Operator::Hybrid(hybrid)) => hybrid.function.clone(),
                Binding::Unset => return Err(self.blame(id, self.undefined(&name.name))),
                _ => return Err(self.blame(id, Fault::syntax())),
            },
            Node::Dfn(definition) => Rc::new(UserFunction::new(Parts {
                definition: definition.clone(),
                parent: self.scope.cloned(),
                operands: (None, None),
                space: self.space.clone(),
            })),
            Node::Del => Rc::new(self.running(id)?),
            _ => return stacker::maybe_grow(RED_ZONE, STACK_PIECE, || self.derived(id)),
        })
    }

    /// The function that is running: `∇`.
    fn running(&self, id: NodeId) -> Result<UserFunction> {
        match self.scope {
            Some(scope) => Ok(scope.function.clone()),
            None => Err(self.blame(id, Fault::syntax())),
        }
    }

    fn derived(&self, id: NodeId) -> Result<Fun> {
        match self.bound.node(id) {
            Node::AlphaFunction => match self.scope.map(|scope| scope.left.borrow().clone()) {
                Some(Binding::Function(function)) => Ok(function),
                _ => Err(self.blame(id, Fault::syntax())),
            },
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) => self.operand(id)?.function(),
            Node::Output { bare } => Ok(Rc::new(assign::Output { bare: *bare, within: self.scope.is_some() })),
            Node::Execute => Ok(Rc::new(Execute { space: self.space.clone(), scope: self.scope.cloned() })),
            Node::SystemFunction(name) => self
                .space
                .workspace
                .system
                .function(self.space, self.scope, name)
                .ok_or_else(|| self.blame(id, Fault::nonce(format!("⎕{name}")))),
            Node::Axis { function, axis } => {
                let axis = self.array(*axis)?;
                let function = self.function(*function)?;
                match crate::primitive::row(function.as_ref()) {
                    Some(row) => Ok(Rc::new(AxisFunction { row, axis })),
                    None => Err(self.blame(id, Fault::syntax().with_detail("the function does not take an axis"))),
                }
            }
            Node::Derived { operator, operand, axis } => {
                let axis = axis.map(|axis| self.array(axis)).transpose()?;
                let operand = self.operand(*operand)?;
                let made = match operator.derive {
                    Derive::Monadic(derive) => derive(self.context, operand, axis),
                    Derive::Dyadic(_) => Err(Fault::syntax()),
                };
                self.located(id, made)
            }
            Node::Derived2 { operator, left, right } => {
                let right = self.operand(*right)?;
                let left = self.operand(*left)?;
                let made = match operator.derive {
                    Derive::Dyadic(derive) => derive(self.context, left, right),
                    Derive::Monadic(_) => Err(Fault::syntax()),
                };
                self.located(id, made)
            }
            Node::Outer(operand) => {
                let operand = self.operand(*operand)?;
                self.located(id, operator::outer_product(self.context, operand))
            }
            Node::Train(tines) => {
                let mut operands = Vec::with_capacity(tines.len());
                for &tine in tines.iter().rev() {
                    operands.push(self.operand(tine)?);
                }
                operands.reverse();
                self.located(id, operator::train(self.context, operands))
            }
            Node::UserDerived { operator, left, right } => {
                let right = right.map(|right| self.operand(right)).transpose()?;
                let operator = self.operator(*operator)?;
                let left = self.operand(*left)?;
                let made = derive(self.context, self.space, &operator, left, right);
                self.located(id, made)
            }
            Node::AssignFunction { .. } | Node::ShowFunction(_) => self.effect(id)?.function(),
            Node::Within { space, inner, class: Class::Function } => self.within_function(id, *space, inner),
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// The value or function of an operand.
    pub fn operand(&self, id: NodeId) -> Result<Operand> {
        let of_scope = |pick: fn(&Scope) -> &Option<Operand>| {
            self.scope.and_then(|scope| pick(scope).clone()).ok_or_else(|| self.blame(id, Fault::syntax()))
        };
        match self.bound.node(id) {
            Node::AlphaAlpha(_) => of_scope(|scope| &scope.function.operands.0),
            Node::OmegaOmega(_) => of_scope(|scope| &scope.function.operands.1),
            Node::Executed(_) => self.executed_operand(id),
            node if is_array(node) => Ok(Operand::Array(self.array(id)?.settled(self.context.memory())?)),
            _ => Ok(Operand::Function(self.function(id)?)),
        }
    }

    /// The operator that an operator expression stands for.
    fn operator(&self, id: NodeId) -> Result<Operator> {
        match self.bound.node(id) {
            Node::PrimitiveOperator(row) => Ok(Operator::Primitive(row)),
            Node::SystemOperator(row) => Ok(Operator::System(row)),
            Node::Within { space, inner, class: Class::Monadic | Class::Dyadic } => {
                self.within_operator(id, *space, inner)
            }
            Node::OperatorName(name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Operator(operator) => Ok(operator),
                _ => Err(self.blame(id, Fault::syntax())),
            },
            Node::OperatorAxis { operator, axis } => {
                let axis = Some(self.array(*axis)?.settled(self.context.memory())?);
                match self.operator(*operator)? {
                    Operator::Hybrid(hybrid) if hybrid.axis.is_none() => {
                        let (function, operator) = (hybrid.function.clone(), hybrid.operator);
                        Ok(Operator::Hybrid(Rc::new(Hybrid { function, operator, axis })))
                    }
                    _ => Err(self.blame(id, Fault::syntax())),
                }
            }
            Node::Curried { operator, right } => {
                let right = self.operand(*right)?;
                Ok(Operator::Curried(Rc::new((self.operator(*operator)?, right))))
            }
            Node::AssignFunction { value, .. } | Node::ShowFunction(value) => {
                self.effect(id)?;
                self.operator(*value)
            }
            Node::Dfn(definition) => Ok(Operator::User(Rc::new(UserOperator {
                definition: definition.clone(),
                parent: self.scope.cloned(),
                space: self.space.clone(),
            }))),
            Node::DelDel => match self.scope {
                Some(scope) => Ok(Operator::User(Rc::new(UserOperator {
                    definition: scope.function.definition.clone(),
                    parent: scope.parent().cloned(),
                    space: self.space.clone(),
                }))),
                None => Err(self.blame(id, Fault::syntax())),
            },
            _ => Err(self.blame(id, Fault::syntax())),
        }
    }

    /// How an operator by itself is written.
    pub fn operator_description(&self, id: NodeId) -> Result<Description> {
        Ok(self.operator(id)?.describe())
    }

    /// Whether a node stands for an operator that is nothing else.
    fn is_operator(&self, id: NodeId) -> bool {
        match self.bound.node(id) {
            Node::PrimitiveOperator(_)
            | Node::SystemOperator(_)
            | Node::OperatorName(_)
            | Node::OperatorAxis { .. }
            | Node::DelDel
            | Node::Within { class: Class::Monadic | Class::Dyadic, .. }
            | Node::Curried { .. } => true,
            Node::Dfn(definition) => definition.class > Class::Function,
            Node::AssignFunction { value, .. } | Node::ShowFunction(value) => self.is_operator(*value),
            _ => false,
        }
    }

    /// A value with whether it is shy; nothing where the outermost function has no result.
    pub fn outermost(&self, id: NodeId) -> Result<(Option<Value>, bool)> {
        let (left, function, right) = match *self.bound.node(id) {
            Node::Monad { function, right } => (None, function, right),
            Node::Dyad { left, .. } if self.is_mixed(left) => return Ok((Some(self.array(id)?), false)),
            Node::Dyad { left, function, right } => (Some(left), function, right),
            Node::Within { space, ref inner, class: Class::Array } => return self.within_outermost(id, space, inner),
            Node::Name(ref name) => match scope::lookup(self.space, self.scope, name) {
                Binding::Niladic(function) => {
                    let value = self.located(id, function.invoke(self.context, None, Value::Bool(false)))?;
                    return Ok((value, self.context.shy.get()));
                }
                _ => return Ok((Some(self.array(id)?), false)),
            },
            _ => return Ok((Some(self.array(id)?), false)),
        };
        if let Node::Primitive(_) | Node::Ready(_) = self.bound.node(function) {
            return Ok((Some(self.array(id)?), false));
        }
        let right = self.array(right)?;
        let callee = self.function(function)?;
        let left = left.map(|left| self.array(left)).transpose()?;
        self.context.shy.set(false);
        let value = self.located(id, callee.invoke(self.context, left, right))?;
        Ok((value, callee.as_any().is_some() && self.context.shy.get()))
    }

    /// What a name is to stand for that is given the value of an expression.
    pub fn binding(&self, value: NodeId, name: Option<&NameRef>) -> Result<Binding> {
        if is_array(self.bound.node(value)) {
            return Ok(Binding::Array(self.array(value)?.settled(self.context.memory())?));
        }
        Ok(match self.bound.node(value) {
            Node::PrimitiveOperator(_)
            | Node::SystemOperator(_)
            | Node::OperatorName(_)
            | Node::OperatorAxis { .. }
            | Node::Curried { .. }
            | Node::Within { class: Class::Monadic | Class::Dyadic, .. }
            | Node::DelDel => Binding::Operator(self.operator(value)?),
            Node::Dfn(definition) => {
                if let Some(name) = name {
                    definition.name.borrow_mut().get_or_insert_with(|| name.name.clone());
                }
                match definition.class {
                    Class::Function => Binding::Function(self.function(value)?),
                    _ => Binding::Operator(self.operator(value)?),
                }
            }
            node => match self.hybrid(node)? {
                Some(hybrid) => Binding::Operator(Operator::Hybrid(hybrid)),
                None => Binding::Function(self.function(value)?),
            },
        })
    }

    /// `name←f` and `⎕←f`: done, and the function or operator passed on.
    pub fn effect(&self, id: NodeId) -> Result<Operand> {
        match self.bound.node(id) {
            Node::AssignFunction { name, space, value } => {
                let binding = self.binding(*value, name.as_ref())?;
                let passed = match &binding {
                    Binding::Function(function) => Operand::Function(function.clone()),
                    Binding::Operator(Operator::Hybrid(hybrid)) => Operand::Function(hybrid.function.clone()),
                    _ => Operand::Array(Value::zilde()),
                };
                match (name, self.scope) {
                    (Some(name), _) if space.is_some() => {
                        let spaces = match space {
                            Some(space) => self.array(*space)?.settled(self.context.memory())?,
                            None => Value::zilde(),
                        };
                        let set = self.for_each_space(&spaces, &Value::Bool(false), &mut |target, _| {
                            scope::Home::Space(target).set(name.symbol, binding.clone())
                        });
                        self.assigned(id, set)?;
                    }
                    (Some(name), scope) => {
                        self.space.workspace.note_function(name.symbol);
                        self.assigned(id, scope::assign(self.space, scope, name.symbol, binding))?;
                    }
                    (None, Some(scope)) => {
                        let mut left = scope.left.borrow_mut();
                        if matches!(*left, Binding::Unset) {
                            *left = binding;
                        }
                    }
                    (None, None) => return Err(self.blame(id, Fault::syntax())),
                }
                Ok(passed)
            }
            Node::ShowFunction(value) => {
                let (passed, description) = match self.is_operator(*value) {
                    true => (Operand::Array(Value::zilde()), self.operator_description(*value)?),
                    false => {
                        let function = self.function(*value)?;
                        let description = match function.describe() {
                            // Dyalog shows a train behind `⎕←` as `⊢` atop the train.
                            train @ Description::Train(_) => {
                                Description::Train(vec![Description::Text("⊢".into()), train])
                            }
                            other => other,
                        };
                        (Operand::Function(function), description)
                    }
                };
                let text = crate::display::show_function(self.context, &description, self.layout())?;
                assign::write(self.context, &text)?;
                Ok(passed)
            }
            _ => self.operand(id),
        }
    }

    /// How `⎕←` shows.
    pub fn layout(&self) -> Layout {
        crate::display::layout(self.context, self.scope.is_some())
    }

    /// What is a function and an operator too: `/`, `/[1]`, a name for one.
    fn hybrid(&self, node: &Node) -> Result<Option<Rc<Hybrid>>> {
        let (row, axis) = match node {
            Node::Primitive(row) => (row, None),
            Node::Axis { function, axis } => match self.bound.node(*function) {
                Node::Primitive(row) => (row, Some(axis)),
                _ => return Ok(None),
            },
            Node::FunctionName(name) => {
                return Ok(match scope::lookup(self.space, self.scope, name) {
                    Binding::Operator(Operator::Hybrid(hybrid)) => Some(hybrid),
                    _ => None,
                });
            }
            _ => return Ok(None),
        };
        let Some(operator) = operator::lookup(row.glyph) else { return Ok(None) };
        let axis = match axis {
            Some(&axis) => Some(self.array(axis)?.settled(self.context.memory())?),
            None => None,
        };
        let function: Fun = match &axis {
            Some(axis) => Rc::new(AxisFunction { row, axis: axis.clone() }),
            None => Rc::new(PrimitiveFunction(row)),
        };
        Ok(Some(Rc::new(Hybrid { function, operator, axis })))
    }

    fn undefined(&self, name: &str) -> Fault {
        let fault = Fault::value().because(format!("Undefined name: {name}"));
        match self.space.nearest(name) {
            Some(near) => fault.with_detail(format!("did you mean {near}?")),
            None => fault,
        }
    }
}

fn is_array(node: &Node) -> bool {
    matches!(
        node,
        Node::Constant(_)
            | Node::Name(_)
            | Node::System(_)
            | Node::QuadInput
            | Node::QuoteQuadInput
            | Node::Alpha
            | Node::Omega
            | Node::Strand(_)
            | Node::Monad { .. }
            | Node::Dyad { .. }
            | Node::Executed(_)
            | Node::Index { .. }
            | Node::Matrix(_)
            | Node::Assign { .. }
            | Node::Root
            | Node::Parent
            | Node::Within { class: Class::Array, .. }
            | Node::Namespace(_)
    )
}

/// The function that an operator makes of operands.
fn derive(
    context: &Context,
    space: &Rc<Space>,
    operator: &Operator,
    left: Operand,
    right: Option<Operand>,
) -> Result<Fun> {
    match (operator, right) {
        (Operator::System(row), right) => (row.derive)(context, space, left, right),
        (Operator::Primitive(PrimitiveOperator { derive, .. }), right) => match (derive, right) {
            (Derive::Monadic(derive), None) => derive(context, left, None),
            (Derive::Dyadic(derive), Some(right)) => derive(context, left, right),
            _ => Err(Fault::syntax()),
        },
        (Operator::Hybrid(hybrid), None) => match hybrid.operator.derive {
            Derive::Monadic(derive) => derive(context, left, hybrid.axis.clone()),
            Derive::Dyadic(_) => Err(Fault::syntax()),
        },
        (Operator::Curried(parts), None) => self::derive(context, space, &parts.0, left, Some(parts.1.clone())),
        (Operator::Hybrid(_) | Operator::Curried(_), Some(_)) => Err(Fault::syntax()),
        (Operator::User(user), right) => Ok(Rc::new(UserFunction::new(Parts {
            definition: user.definition.clone(),
            parent: user.parent.clone(),
            operands: (Some(left), right),
            space: user.space.clone(),
        }))),
    }
}

/// The items of a vector as major cells, each padded to the same rank: array notation in square brackets.
fn matrix(context: &Context, vector: Value) -> Result<Value> {
    let row = primitive::lookup('↑').ok_or_else(|| Fault::internal("no mix"))?;
    let memory = context.memory();
    let mut cells = Vec::new();
    for at in 0..vector.count() {
        let item = vector.item(memory, at)?;
        cells.push(if item.rank() == 0 { item.reshape(memory, &[1])? } else { item });
    }
    let items = Array::from_items(memory, &[cells.len()], cells, || Value::Int(0))?;
    row.call(context, None, items.into())
}

/// `f[k]`.
struct AxisFunction {
    row: &'static Primitive,
    axis: Value,
}

impl Function for AxisFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.row.call_axis(context, left, right, &self.axis)
    }

    fn inverse(&self, _context: &Context) -> Result<Fun> {
        let forward = AxisFunction { row: self.row, axis: self.axis.clone() };
        Ok(primitive::undo::with_axis(self.row, self.axis.clone(), Rc::new(forward)))
    }

    /// `0/[k]` the prototype where items are joined along an axis.
    fn identity(&self, context: &Context, prototype: &Value) -> Option<Result<Value>> {
        let replicate = primitive::lookup('/').filter(|_| ",⍪".contains(self.row.glyph))?;
        Some(replicate.call_axis(context, Some(Value::Bool(false)), prototype.clone(), &self.axis))
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "".into(),
            left: Box::new(Description::Text(self.row.glyph.to_string().into())),
            right: None,
            axis: Some(self.axis.clone()),
        }
    }
}
