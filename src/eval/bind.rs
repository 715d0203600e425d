//! Binding: a phrase's flat items to nodes, once the classes of its names are known.
//!
//! The published table of binding strengths (Dyalog, "Binding strength") read as a procedure: brackets bind to what is
//! on their left, an operator takes one item on its right, neighbouring arrays become a strand, an operator takes all
//! of what was made on its left; functions then take their arguments from the right. It evaluates nothing but
//! operators whose operands are known already.

use std::rc::Rc;

use super::node::{Bound, Class, NameRef, Node, NodeId, Target, Where};
use super::scope::{self, Scope};
use super::user::{Definition, Source};
use super::workspace::Workspace;
use crate::array::{Array, Complex, Value};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Fun, Operand};
use crate::operator::{self, Derive};
use crate::primitive::{self, PrimitiveFunction};
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind, Number, Phrase};

/// The symbols of `⍺`, `⍺⍺` and `⍵⍵` in a signature.
pub const ALPHA: u32 = u32::MAX;
/// See [`ALPHA`].
pub const ALPHA_ALPHA: u32 = u32::MAX - 1;
/// See [`ALPHA`].
pub const OMEGA_OMEGA: u32 = u32::MAX - 2;

/// What the binder may look at.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub context: &'a Context,
    pub workspace: &'a Rc<Workspace>,
    pub scope: Option<&'a Rc<Scope>>,
    pub source: &'a Rc<Source>,
}

/// A binding failure: the fault, and the byte offset that its caret belongs under.
pub type Failure = (Fault, u32);

/// Binds a phrase.
pub fn bind(around: Surroundings, phrase: &Phrase) -> std::result::Result<Bound, Failure> {
    let mut binder = Binder { around, bound: Bound { pure: true, ..Bound::default() }, assigned: Vec::new() };
    let unit = binder.phrase(&phrase.items)?;
    binder.bound.class = unit.as_ref().map(|unit| unit.class);
    if let Some(unit) = unit {
        // The whole is the last node: repeat it at the end if something else came after it.
        if Some(unit.node) != binder.bound.root() {
            let again = binder.bound.nodes[unit.node as usize].clone();
            let place = binder.bound.places[unit.node as usize];
            binder.bound.nodes.push(again);
            binder.bound.places.push(place);
        }
    }
    Ok(binder.bound)
}

/// The class that a name of a signature has now.
pub fn class_now(workspace: &Workspace, scope: Option<&Rc<Scope>>, name: &NameRef) -> Class {
    let operand = |operand: Option<&Operand>| match operand {
        Some(Operand::Function(_)) => Class::Function,
        _ => Class::Array,
    };
    match name.symbol {
        ALPHA => scope.map_or(Class::Array, |scope| scope.left_class()),
        ALPHA_ALPHA => operand(scope.and_then(|scope| scope.operands.0.as_ref())),
        OMEGA_OMEGA => operand(scope.and_then(|scope| scope.operands.1.as_ref())),
        symbol => scope::class_of(workspace, scope, symbol).unwrap_or(Class::Array),
    }
}

/// A node that is being combined with its neighbours.
#[derive(Clone)]
struct Unit {
    node: NodeId,
    class: Class,
    /// Position of its first item in the phrase.
    first: usize,
    /// Whether it is a strand that a further array may join.
    open: bool,
    /// Whether it is an expression in parentheses.
    parens: bool,
    span: Span,
}

type Bind<T> = std::result::Result<T, Failure>;

struct Binder<'a> {
    around: Surroundings<'a>,
    bound: Bound,
    /// Classes of names that this very phrase assigns, further right.
    assigned: Vec<(Rc<str>, Class)>,
}

fn syntax_at(span: Span) -> Failure {
    (Fault::syntax(), span.start)
}

impl Binder<'_> {
    fn push(&mut self, node: Node, caret: u32, span: Span) -> NodeId {
        self.bound.nodes.push(node);
        self.bound.places.push(Where { caret, span });
        self.bound.nodes.len() as NodeId - 1
    }

    fn unit(&mut self, node: Node, class: Class, span: Span, first: usize) -> Unit {
        let node = self.push(node, span.start, span);
        Unit { node, class, first, open: false, parens: false, span }
    }

    /// A whole phrase: from the right, each `←` makes what is behind it a single unit.
    fn phrase(&mut self, items: &[Item]) -> Bind<Option<Unit>> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let arrows: Vec<usize> = (0..items.len()).filter(|&k| items[k].kind == ItemKind::Glyph('←')).collect();
            let mut tail = None;
            let mut end = items.len();
            for &arrow in arrows.iter().rev() {
                let value = self.segment(&items[arrow + 1..end], tail.take())?;
                let value = value.ok_or_else(|| syntax_at(items[arrow].span))?;
                let start = arrows.iter().rev().find(|&&other| other < arrow).map_or(0, |&other| other + 1);
                let (unit, rest) = self.assignment(&items[start..arrow], items[arrow].span, value)?;
                tail = Some(unit);
                end = start + rest;
            }
            self.segment(&items[..end], tail)
        })
    }

    /// Items without `←` at their level, followed by what an assignment behind them stands for.
    fn segment(&mut self, items: &[Item], tail: Option<Unit>) -> Bind<Option<Unit>> {
        let mut units = self.units(items)?;
        units.extend(tail.map(|unit| Unit { first: items.len(), ..unit }));
        self.combine(units)
    }

    /// Functions take their arguments, from the right; tines without an argument make a train.
    fn combine(&mut self, mut units: Vec<Unit>) -> Bind<Option<Unit>> {
        let Some(mut right) = units.pop() else { return Ok(None) };
        match right.class {
            Class::Array => {
                while let Some(function) = units.pop() {
                    right = match function.class {
                        Class::Array => self.strand(function, right),
                        Class::Function => {
                            let left = units.pop_if(|unit| unit.class == Class::Array);
                            self.apply(left, function, right)
                        }
                        _ => return Err(syntax_at(function.span)),
                    };
                }
                Ok(Some(right))
            }
            Class::Function if units.is_empty() => Ok(Some(right)),
            Class::Function => {
                let first = units.first().map_or(right.first, |unit| unit.first);
                let span = units.first().map_or(right.span, |unit| unit.span.to(right.span));
                units.push(right);
                if let Some(operator) = units.iter().find(|unit| unit.class > Class::Function) {
                    return Err(syntax_at(operator.span));
                }
                let tines = units.iter().map(|unit| unit.node).collect();
                let node = self.prepared(Node::Train(tines));
                Ok(Some(self.unit(node, Class::Function, span, first)))
            }
            _ if units.is_empty() => Ok(Some(right)),
            _ => Err(syntax_at(right.span)),
        }
    }

    fn apply(&mut self, left: Option<Unit>, function: Unit, right: Unit) -> Unit {
        let mut caret = function.span.start;
        let mut span = function.span.to(right.span);
        let mut first = function.first;
        let node = match left {
            Some(left) => {
                if left.parens {
                    caret = left.span.start;
                }
                span = left.span.to(span);
                first = left.first;
                Node::Dyad { left: left.node, function: function.node, right: right.node }
            }
            None => Node::Monad { function: function.node, right: right.node },
        };
        self.bound.places[function.node as usize].span = function.span;
        let node = self.push(node, caret, span);
        Unit { node, class: Class::Array, first, open: false, parens: false, span }
    }

    /// Two neighbouring arrays side by side.
    fn strand(&mut self, left: Unit, right: Unit) -> Unit {
        let span = left.span.to(right.span);
        let mut items = match &self.bound.nodes[left.node as usize] {
            Node::Strand(items) if left.open => items.clone(),
            Node::Constant(value) if left.open && value.rank() > 0 => {
                let all: Vec<Value> = match value.array(self.around.context.memory()) {
                    Ok(array) => array.items().collect(),
                    Err(_) => vec![value.clone()],
                };
                all.into_iter().map(|item| self.push(Node::Constant(item), left.span.start, left.span)).collect()
            }
            _ => vec![left.node],
        };
        items.push(right.node);
        let node = self.push(Node::Strand(items), span.start, span);
        Unit { node, class: Class::Array, first: left.first, open: true, parens: false, span }
    }

    /// Atoms with their brackets, operators with their operands, strands.
    fn units(&mut self, items: &[Item]) -> Bind<Vec<Unit>> {
        let mut units: Vec<Unit> = Vec::new();
        let mut at = 0;
        // What was read to see whether an operand goes on, and did not belong to it.
        let mut ahead: Option<Unit> = None;
        while at < items.len() || ahead.is_some() {
            let atom = match ahead.take() {
                Some(atom) => atom,
                None => {
                    let after_function = units.last().is_some_and(|unit| unit.class == Class::Function);
                    let (atom, next) = self.atom(items, at, after_function)?;
                    at = next;
                    atom
                }
            };
            match atom.class {
                Class::Array => {
                    match units.pop_if(|unit| unit.class == Class::Array) {
                        Some(left) => {
                            let joined = self.join(left, atom);
                            units.push(joined);
                        }
                        None => units.push(atom),
                    };
                }
                Class::Function => units.push(atom),
                Class::Monadic | Class::Dyadic => {
                    let Some(left) = units.pop() else {
                        let bare = !matches!(self.bound.nodes[atom.node as usize], Node::Derived { .. });
                        if at == items.len() && bare {
                            units.push(atom);
                            continue;
                        }
                        return Err(syntax_at(atom.span));
                    };
                    if left.class > Class::Function {
                        return Err(syntax_at(atom.span));
                    }
                    let mut right = None;
                    if atom.class == Class::Dyadic {
                        let Some(_) = items.get(at) else { return Err(syntax_at(atom.span)) };
                        let (operand, next) = self.atom(items, at, false)?;
                        if operand.class > Class::Function {
                            return Err(syntax_at(operand.span));
                        }
                        at = next;
                        let (operand, after) = self.operand_strand(items, &mut at, operand)?;
                        right = Some(operand);
                        ahead = after;
                    }
                    let derived = self.derive(left, atom, right)?;
                    units.push(derived);
                }
            }
        }
        self.fold_strands(&mut units);
        Ok(units)
    }

    /// The strand that a right operand begins; and the unit behind it, if it had to be read.
    fn operand_strand(&mut self, items: &[Item], at: &mut usize, first: Unit) -> Bind<(Unit, Option<Unit>)> {
        let mut operand = first;
        while operand.class == Class::Array {
            let may_be_array = match items.get(*at).map(|item| &item.kind) {
                Some(ItemKind::Glyph(glyph)) => matches!(glyph, '⍵' | '⍺' | '⍬' | '⍞'),
                Some(ItemKind::Dfn(_) | ItemKind::DelDel | ItemKind::OuterProduct) | None => false,
                Some(_) => true,
            };
            if !may_be_array {
                break;
            }
            let (next, after) = self.atom(items, *at, true)?;
            *at = after;
            if next.class != Class::Array {
                return Ok((operand, Some(next)));
            }
            operand = self.join(operand, next);
        }
        let mut alone = [operand];
        self.fold_strands(&mut alone);
        let [operand] = alone;
        Ok((operand, None))
    }

    /// A further array to the right of one: a longer strand.
    fn join(&mut self, left: Unit, atom: Unit) -> Unit {
        // A run of numbers is a strand by itself, so that `1 2 'abc'` has three items.
        let parts: Option<Vec<Value>> = match &self.bound.nodes[atom.node as usize] {
            Node::Constant(value) if atom.open && value.rank() == 1 => {
                value.array(self.around.context.memory()).ok().map(|array| array.items().collect())
            }
            _ => None,
        };
        let Some(parts) = parts else {
            return self.strand(left, Unit { open: false, ..atom });
        };
        let mut joined = left;
        for part in parts {
            let node = self.push(Node::Constant(part), atom.span.start, atom.span);
            joined = self.strand(joined, Unit { node, open: false, ..atom.clone() });
        }
        joined
    }

    /// Strands of literals become literals.
    fn fold_strands(&mut self, units: &mut [Unit]) {
        for unit in units {
            let Node::Strand(items) = &self.bound.nodes[unit.node as usize] else { continue };
            let constants = items.iter().map(|&item| match &self.bound.nodes[item as usize] {
                Node::Constant(value) => Some(value.clone()),
                _ => None,
            });
            if let Some(values) = constants.collect::<Option<Vec<Value>>>() {
                let memory = self.around.context.memory();
                if let Ok(array) = Array::from_items(memory, &[values.len()], values, || Value::Int(0)) {
                    self.bound.nodes[unit.node as usize] = Node::Constant(array.into());
                }
            }
        }
    }

    /// The function that an operator makes of its operands.
    fn derive(&mut self, left: Unit, operator: Unit, right: Option<Unit>) -> Bind<Unit> {
        let mut alone = [left];
        self.fold_strands(&mut alone);
        let [left] = alone;
        let mut span = left.span.to(operator.span);
        let right_node = right.as_ref().map(|right| {
            span = span.to(right.span);
            right.node
        });
        let node = match (&self.bound.nodes[operator.node as usize], right_node) {
            (Node::Derived { operator, axis, .. }, _) => Node::Derived { operator, operand: left.node, axis: *axis },
            (Node::PrimitiveOperator(row), Some(right)) => {
                if row.glyph == '.' && left.class == Class::Array {
                    return Err(syntax_at(operator.span));
                }
                Node::Derived2 { operator: row, left: left.node, right }
            }
            (Node::PrimitiveOperator(row), None) => Node::Derived { operator: row, operand: left.node, axis: None },
            _ => Node::UserDerived { operator: operator.node, left: left.node, right: right_node },
        };
        let node = self.prepared(node);
        // Dyalog's caret for a derived function stands under the end of its left operand.
        let mut unit = self.unit(node, Class::Function, span, left.first);
        self.bound.places[unit.node as usize].caret = left.span.start;
        unit.first = left.first;
        Ok(unit)
    }

    /// The same node, with the function made now where nothing in it can change.
    fn prepared(&mut self, node: Node) -> Node {
        let context = self.around.context;
        let made: Option<Result<Fun>> = match &node {
            Node::Derived { operator, operand, axis: None } => match (&operator.derive, self.ready(*operand)) {
                (Derive::Monadic(derive), Some(operand)) => Some(derive(context, operand, None)),
                _ => None,
            },
            Node::Derived2 { operator, left, right } => {
                match (&operator.derive, self.ready(*left), self.ready(*right)) {
                    (Derive::Dyadic(derive), Some(left), Some(right)) => Some(derive(context, left, right)),
                    _ => None,
                }
            }
            Node::Outer(operand) => self.ready(*operand).map(|operand| operator::outer_product(context, operand)),
            Node::Train(tines) => {
                let ready: Option<Vec<Operand>> = tines.iter().map(|&tine| self.ready(tine)).collect();
                ready.map(|tines| operator::train(context, tines))
            }
            _ => None,
        };
        match made {
            Some(Ok(function)) => Node::Ready(function),
            // What fails is made, and fails, when it is reached.
            _ => node,
        }
    }

    fn ready(&self, node: NodeId) -> Option<Operand> {
        match &self.bound.nodes[node as usize] {
            Node::Constant(value) => Some(Operand::Array(value.clone())),
            Node::Primitive(row) => Some(Operand::Function(Rc::new(PrimitiveFunction(row)))),
            Node::Ready(function) => Some(Operand::Function(function.clone())),
            _ => None,
        }
    }

    /// One item with the brackets behind it. `operand`: whether a function stands on its left.
    fn atom(&mut self, items: &[Item], at: usize, after_function: bool) -> Bind<(Unit, usize)> {
        let item = &items[at];
        let mut next = at + 1;
        let mut unit = match &item.kind {
            ItemKind::Number(_) => {
                let mut run = Vec::new();
                while let Some(Item { kind: ItemKind::Number(number), .. }) = items.get(next - 1) {
                    run.push(*number);
                    next += 1;
                }
                next -= 1;
                let span = item.span.to(items[next - 1].span);
                let value = self.numbers(&run).map_err(|fault| (fault, span.start))?;
                let mut unit = self.unit(Node::Constant(value), Class::Array, span, at);
                unit.open = run.len() > 1;
                unit
            }
            ItemKind::Text(text) => {
                let mut chars = text.chars();
                let value = match (chars.next(), chars.next()) {
                    (Some(only), None) => Value::Char(only),
                    _ => self.around.context.text(text).map_err(|fault| (fault, item.span.start))?,
                };
                self.unit(Node::Constant(value), Class::Array, item.span, at)
            }
            ItemKind::Name(name) => self.name(name, item.span, at),
            // Alone it is an array; before an exit code, the one system name that changes its class.
            ItemKind::Quad(name) if &**name == "OFF" && items.len() > next => {
                self.bound.pure = false;
                self.unit(Node::SystemFunction(name.clone()), Class::Function, item.span, at)
            }
            ItemKind::Quad(name) => self.quad(name, item.span, at)?,
            ItemKind::Glyph(glyph) => self.glyph(*glyph, item.span, at, after_function)?,
            ItemKind::AlphaAlpha => {
                let class = self.operand_class(ALPHA_ALPHA, "⍺⍺", item.span)?;
                self.unit(Node::AlphaAlpha(class), class, item.span, at)
            }
            ItemKind::OmegaOmega => {
                let class = self.operand_class(OMEGA_OMEGA, "⍵⍵", item.span)?;
                self.unit(Node::OmegaOmega(class), class, item.span, at)
            }
            ItemKind::DelDel => match self.around.scope {
                Some(scope) if scope.definition.class > Class::Function => {
                    let class = scope.definition.class;
                    self.unit(Node::DelDel, class, item.span, at)
                }
                _ => return Err(syntax_at(item.span)),
            },
            ItemKind::OuterProduct => {
                let Some(_) = items.get(next) else { return Err(syntax_at(item.span)) };
                let (operand, after) = self.atom(items, next, false)?;
                if operand.class != Class::Function {
                    return Err(syntax_at(operand.span));
                }
                next = after;
                let node = self.prepared(Node::Outer(operand.node));
                self.unit(node, Class::Function, item.span.to(operand.span), at)
            }
            ItemKind::Parens(phrase) => match self.phrase(&phrase.items)? {
                Some(inner) => Unit { first: at, span: item.span, open: false, parens: true, ..inner },
                None => return Err((Fault::nonce("namespaces"), item.span.start)),
            },
            ItemKind::Dfn(body) => {
                let definition = Definition::new(self.around.workspace, self.around.source.clone(), body.clone());
                let class = definition.class;
                self.unit(Node::Dfn(Rc::new(definition)), class, item.span, at)
            }
            ItemKind::VectorNotation(phrases) => {
                let nodes = self.elements(phrases)?;
                self.unit(Node::Strand(nodes), Class::Array, item.span, at)
            }
            ItemKind::MatrixNotation(phrases) => {
                let nodes = self.elements(phrases)?;
                self.unit(Node::Matrix(nodes), Class::Array, item.span, at)
            }
            ItemKind::NamespaceNotation(_) => return Err((Fault::nonce("namespaces"), item.span.start)),
            ItemKind::Brackets(_) => return Err(syntax_at(item.span)),
        };
        while let Some(Item { kind: ItemKind::Brackets(phrases), span }) = items.get(next) {
            unit = self.brackets(unit, phrases, *span)?;
            next += 1;
        }
        Ok((unit, next))
    }

    /// `X[…]` or `f[…]`.
    fn brackets(&mut self, unit: Unit, phrases: &[Phrase], span: Span) -> Bind<Unit> {
        let mut indices = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            let index = self.phrase(&phrase.items)?;
            if index.as_ref().is_some_and(|index| index.class != Class::Array) {
                return Err(syntax_at(phrase.span));
            }
            indices.push(index.map(|index| index.node));
        }
        let whole = unit.span.to(span);
        let node = match (unit.class, &indices[..]) {
            (Class::Array, _) => {
                // An index that fails is reported where the array stands.
                Node::Index { array: unit.node, indices }
            }
            (Class::Function, [Some(axis)]) => Node::Axis { function: unit.node, axis: *axis },
            (Class::Monadic, [Some(axis)]) => match &self.bound.nodes[unit.node as usize] {
                Node::PrimitiveOperator(row) => {
                    Node::Derived { operator: row, operand: NodeId::MAX, axis: Some(*axis) }
                }
                _ => return Err(syntax_at(span)),
            },
            _ => return Err(syntax_at(span)),
        };
        let node = self.push(node, unit.span.start, whole);
        Ok(Unit { node, class: unit.class, first: unit.first, open: false, parens: false, span: whole })
    }

    fn elements(&mut self, phrases: &[Phrase]) -> Bind<Vec<NodeId>> {
        let mut nodes = Vec::new();
        for phrase in phrases {
            match self.phrase(&phrase.items)? {
                Some(unit) if unit.class == Class::Array => nodes.push(unit.node),
                Some(unit) => return Err(syntax_at(unit.span)),
                None => {}
            }
        }
        Ok(nodes)
    }

    fn numbers(&self, run: &[Number]) -> Result<Value> {
        let one = |number: &Number| match *number {
            Number::Int(n @ (0 | 1)) => Value::Bool(n == 1),
            Number::Int(n) => Value::Int(n),
            Number::Float(x) => Value::Float(x),
            Number::Complex(re, im) => Value::complex(Complex::new(re, im)),
        };
        if let [only] = run {
            return Ok(one(only));
        }
        let memory = self.around.context.memory();
        let mut items = memory.vec(run.len())?;
        items.extend(run.iter().map(one));
        Ok(Array::from_items(memory, &[run.len()], items, || Value::Int(0))?.into())
    }

    /// A name in this phrase, and its class as far as it is known.
    fn name_ref(&mut self, name: &Rc<str>) -> (NameRef, Class) {
        let symbol = self.around.workspace.symbol(name);
        let reference = NameRef { name: name.clone(), symbol };
        if let Some((_, class)) = self.assigned.iter().rev().find(|(other, _)| other == name) {
            return (reference, *class);
        }
        let class = class_now(self.around.workspace, self.around.scope, &reference);
        if !self.bound.signature.iter().any(|(other, _)| other.symbol == symbol) {
            self.bound.signature.push((reference.clone(), class));
        }
        (reference, class)
    }

    fn name(&mut self, name: &Rc<str>, span: Span, at: usize) -> Unit {
        let (reference, class) = self.name_ref(name);
        let node = match class {
            Class::Array => Node::Name(reference),
            Class::Function => Node::FunctionName(reference),
            _ => Node::OperatorName(reference),
        };
        self.unit(node, class, span, at)
    }

    fn quad(&mut self, name: &Rc<str>, span: Span, at: usize) -> Bind<Unit> {
        if name.is_empty() {
            self.bound.pure = false;
            return Ok(self.unit(Node::QuadInput, Class::Array, span, at));
        }
        match self.around.workspace.system.class(name) {
            Some(Class::Function) => {
                self.bound.pure = false;
                Ok(self.unit(Node::SystemFunction(name.clone()), Class::Function, span, at))
            }
            Some(_) => Ok(self.unit(Node::System(name.clone()), Class::Array, span, at)),
            None => Err((Fault::syntax().because(format!("Unknown system name: ⎕{name}")), span.start)),
        }
    }

    fn operand_class(&mut self, symbol: u32, name: &str, span: Span) -> Bind<Class> {
        let in_operator = self.around.scope.is_some_and(|scope| match symbol {
            ALPHA_ALPHA => scope.operands.0.is_some(),
            _ => scope.operands.1.is_some(),
        });
        if !in_operator {
            return Err(syntax_at(span));
        }
        let reference = NameRef { name: name.into(), symbol };
        let class = class_now(self.around.workspace, self.around.scope, &reference);
        self.bound.signature.push((reference, class));
        Ok(class)
    }

    fn glyph(&mut self, glyph: char, span: Span, at: usize, after_function: bool) -> Bind<Unit> {
        let in_dfn = self.around.scope.is_some();
        match glyph {
            '⍵' if in_dfn => return Ok(self.unit(Node::Omega, Class::Array, span, at)),
            '⍺' if in_dfn => {
                let reference = NameRef { name: "⍺".into(), symbol: ALPHA };
                let class = match self.assigned.iter().rev().find(|(name, _)| &**name == "⍺") {
                    Some((_, class)) => *class,
                    None => class_now(self.around.workspace, self.around.scope, &reference),
                };
                self.bound.signature.push((reference, class));
                let node = if class == Class::Function { Node::AlphaFunction } else { Node::Alpha };
                return Ok(self.unit(node, class, span, at));
            }
            '⍬' => return Ok(self.unit(Node::Constant(Value::zilde()), Class::Array, span, at)),
            '⍞' => {
                self.bound.pure = false;
                return Ok(self.unit(Node::QuoteQuadInput, Class::Array, span, at));
            }
            '∇' if in_dfn => {
                self.bound.pure = false;
                return Ok(self.unit(Node::Del, Class::Function, span, at));
            }
            '⍎' => {
                self.bound.pure = false;
                return Ok(self.unit(Node::Execute, Class::Function, span, at));
            }
            '?' => self.bound.pure = false,
            '→' => return Err((Fault::nonce("branch"), span.start)),
            '#' => return Err((Fault::nonce("namespaces"), span.start)),
            '&' | '⍠' | '⌶' => return Err((Fault::nonce(format!("the operator {glyph}")), span.start)),
            _ => {}
        }
        let function = primitive::lookup(glyph);
        if let Some(row) = operator::lookup(glyph)
            && (function.is_none() || after_function)
        {
            let class = match row.derive {
                Derive::Monadic(_) => Class::Monadic,
                Derive::Dyadic(_) => Class::Dyadic,
            };
            return Ok(self.unit(Node::PrimitiveOperator(row), class, span, at));
        }
        match function {
            Some(row) => Ok(self.unit(Node::Primitive(row), Class::Function, span, at)),
            None => Err(syntax_at(span)),
        }
    }

    /// The assignment of `value` to what stands at the end of `items`: the unit it makes, and how many items are left
    /// before its target.
    fn assignment(&mut self, items: &[Item], arrow: Span, value: Unit) -> Bind<(Unit, usize)> {
        if items.is_empty() {
            return Err(syntax_at(arrow));
        }
        let (target, function, first) = self.target(items, &value)?;
        let span = items[first].span.to(value.span);
        let class = value.class;
        let plain = matches!(target, Target::Name(_) | Target::Strand(_));
        if !plain || function.is_some() {
            self.bound.pure = false;
        }
        if let Target::Name(name) = &target {
            self.assigned.push((name.name.clone(), class));
        }
        let node = match class {
            Class::Array => Node::Assign { target, function, value: value.node },
            _ if function.is_some() => return Err(syntax_at(arrow)),
            _ => match target {
                Target::Name(name) => Node::AssignFunction { name: Some(name), value: value.node },
                Target::Alpha => {
                    self.assigned.push(("⍺".into(), class));
                    Node::AssignFunction { name: None, value: value.node }
                }
                Target::Quad => Node::ShowFunction(value.node),
                _ => return Err(syntax_at(items[first].span)),
            },
        };
        let node = self.push(node, items[first].span.start, span);
        Ok((Unit { node, class, first, open: false, parens: false, span }, first))
    }

    /// What an assignment changes, the function that modifies it, and the position of the target's first item.
    fn target(&mut self, items: &[Item], value: &Unit) -> Bind<(Target, Option<NodeId>, usize)> {
        let last = items.len() - 1;
        let single = |target| Ok((target, None, last));
        match &items[last].kind {
            ItemKind::Glyph('⍞') => single(Target::QuoteQuad),
            ItemKind::Glyph('⍺') => single(Target::Alpha),
            ItemKind::Quad(name) if name.is_empty() => single(Target::Quad),
            ItemKind::Name(_) | ItemKind::Quad(_) => self.names(items, value),
            ItemKind::Brackets(phrases) if last > 0 => match &items[last - 1].kind {
                ItemKind::Name(name) => {
                    let (name, class) = self.name_ref(name);
                    if class != Class::Array {
                        return self.modified(items);
                    }
                    let mut indices = Vec::with_capacity(phrases.len());
                    for phrase in phrases {
                        indices.push(self.phrase(&phrase.items)?.map(|unit| unit.node));
                    }
                    Ok((Target::Indexed { name, indices }, None, last - 1))
                }
                _ => self.modified(items),
            },
            ItemKind::Parens(phrase) => {
                if self.strand_targets(&phrase.items).is_some() {
                    return self.names(items, value);
                }
                match self.phrase(&phrase.items)? {
                    Some(unit) if unit.class == Class::Function => self.modified(items),
                    Some(unit) if unit.class == Class::Array => {
                        let target = self.selective(&phrase.items, unit.node);
                        target.map(|target| (target, None, last)).ok_or_else(|| syntax_at(items[last].span))
                    }
                    _ => Err(syntax_at(items[last].span)),
                }
            }
            _ => self.modified(items),
        }
    }

    /// `a b c←`: names side by side. A function's name before them is applied to what they are given, and at the end,
    /// outside of dfns, it modifies the name before it.
    fn names(&mut self, items: &[Item], value: &Unit) -> Bind<(Target, Option<NodeId>, usize)> {
        let last = items.len() - 1;
        if let (ItemKind::Name(name), true, None) = (&items[last].kind, last > 0, self.around.scope)
            && value.class == Class::Array
            && self.name_ref(name).1 == Class::Function
            && matches!(items[last - 1].kind, ItemKind::Name(_) | ItemKind::Brackets(_) | ItemKind::Parens(_))
        {
            return self.modified(items);
        }
        let mut targets = Vec::new();
        let mut first = items.len();
        for (k, item) in items.iter().enumerate().rev() {
            let target = match &item.kind {
                ItemKind::Name(name) => {
                    let (reference, class) = self.name_ref(name);
                    if k < last && class != Class::Array {
                        break;
                    }
                    Target::Name(reference)
                }
                ItemKind::Quad(name) if !name.is_empty() => match self.around.workspace.system.class(name) {
                    Some(Class::Array) => Target::System(name.clone()),
                    _ => break,
                },
                ItemKind::Parens(phrase) => match self.strand_targets(&phrase.items) {
                    Some(inner) => inner,
                    None => break,
                },
                _ => break,
            };
            targets.push(target);
            first = k;
        }
        targets.reverse();
        match targets.len() {
            0 => Err(syntax_at(items[last].span)),
            1 => Ok((targets.remove(0), None, first)),
            _ => Ok((Target::Strand(targets), None, first)),
        }
    }

    /// The names of `(a (b c))←`; `None` where there is anything else in the parentheses.
    fn strand_targets(&mut self, items: &[Item]) -> Option<Target> {
        if items.is_empty() {
            return None;
        }
        let targets: Option<Vec<Target>> = items
            .iter()
            .map(|item| match &item.kind {
                ItemKind::Name(name) => {
                    let (reference, class) = self.name_ref(name);
                    (class == Class::Array || items.len() == 1).then_some(Target::Name(reference))
                }
                ItemKind::Quad(name) if name.is_empty() => Some(Target::Quad),
                ItemKind::Quad(name) => match self.around.workspace.system.class(name) {
                    Some(Class::Array) => Some(Target::System(name.clone())),
                    _ => None,
                },
                ItemKind::Parens(phrase) => self.strand_targets(&phrase.items),
                _ => None,
            })
            .collect();
        // One name in parentheses is that name.
        targets.map(|mut targets| if targets.len() == 1 { targets.remove(0) } else { Target::Strand(targets) })
    }

    /// `(expression name)←`: the variable is the last name of the expression.
    fn selective(&mut self, items: &[Item], selection: NodeId) -> Option<Target> {
        let span = last_name(items)?;
        let variable = self.bound.places.iter().rposition(|place| place.span == span)? as NodeId;
        match &self.bound.nodes[variable as usize] {
            Node::Name(name) => Some(Target::Selective { name: name.clone(), selection, variable }),
            _ => None,
        }
    }

    /// `target f←value`.
    fn modified(&mut self, items: &[Item]) -> Bind<(Target, Option<NodeId>, usize)> {
        let last = &items[items.len() - 1];
        let units = self.units(items)?;
        let [.., target, function] = &units[..] else { return Err(syntax_at(last.span)) };
        if function.class != Class::Function || target.class != Class::Array {
            return Err(syntax_at(last.span));
        }
        let before = &items[..function.first];
        let none = Unit { class: Class::Array, open: false, parens: false, ..function.clone() };
        let function = function.node;
        let (target, inner, first) = match before.last().map(|item| &item.kind) {
            Some(ItemKind::Quad(name)) if name.is_empty() => return Err(syntax_at(last.span)),
            Some(_) => self.target(before, &none)?,
            None => return Err(syntax_at(last.span)),
        };
        if inner.is_some() {
            return Err(syntax_at(last.span));
        }
        Ok((target, Some(function), first))
    }
}

/// The last name in a phrase, looking into brackets' left and parentheses.
fn last_name(items: &[Item]) -> Option<Span> {
    items.iter().rev().find_map(|item| match &item.kind {
        ItemKind::Name(_) => Some(item.span),
        ItemKind::Parens(phrase) => last_name(&phrase.items),
        _ => None,
    })
}
