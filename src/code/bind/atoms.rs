//! One item of a phrase as a node: literals, names, glyphs, parentheses, dfns, and the brackets behind them.

use std::rc::Rc;

use super::targets::output;
use super::{ALPHA, ALPHA_ALPHA, Bind, Binder, OMEGA_OMEGA, Unit, class_now, syntax_at};
use crate::array::{Array, Complex, Value};
use crate::code::definition::Definition;
use crate::code::node::{Class, NameRef, Node, NodeId};
use crate::error::{Fault, Result};
use crate::names::binding::derived_class;
use crate::operator;
use crate::primitive;
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind, Number, Phrase};

impl Binder<'_> {
    /// One item as a unit. If it is a function or an operator, the brackets after it belong to it; brackets after an array
    /// belong to the whole strand that the array ends. `after_function`: whether the item to its left is a function.
    pub(super) fn atom(&mut self, items: &[Item], at: usize, after_function: bool) -> Bind<(Unit, usize)> {
        self.around.context.poll().map_err(|fault| (fault, items[at].span.start))?;
        if !self.known.is_empty()
            && let Some((unit, mut next)) = self.known_at(items, at)
        {
            let unit = self.dotted(unit, items, &mut next)?;
            return Ok((unit, next));
        }
        let item = &items[at];
        let mut next = at + 1;
        if let Some((output, count)) = output(items, at) {
            self.bound.pure = false;
            let span = item.span.to(items[at + count - 1].span);
            return Ok((self.unit(Node::Output(output), Class::Function, span, at), at + count));
        }
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
            ItemKind::Name(name) => self.name(name, item.span, at, after_function),
            // Alone it is an array; before an exit code, the one system name that changes its class.
            ItemKind::Quad(name) if &**name == "OFF" && items.len() > next => {
                self.bound.pure = false;
                self.unit(Node::SystemFunction(name.clone()), Class::Function, item.span, at)
            }
            ItemKind::Quad(name) => self.quad(name, item.span, at)?,
            ItemKind::Glyph('#') => {
                self.bound.pure = false;
                let parent = super::members::is_parent(items, at);
                next += usize::from(parent);
                let node = if parent { Node::Parent } else { Node::Root };
                self.unit(node, Class::Array, item.span.to(items[next - 1].span), at)
            }
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
                Some(scope) if scope.function.definition.class > Class::Function => {
                    let class = scope.function.definition.class;
                    self.unit(Node::DelDel, class, item.span, at)
                }
                _ => return Err(syntax_at(item.span)),
            },
            ItemKind::OuterProduct => {
                let Some(_) = items.get(next) else { return Err(syntax_at(item.span)) };
                let (operand, after) = self.atom(items, next, false)?;
                // A name or what `⍎` makes may be a function when it is reached.
                let node = &self.bound.nodes[operand.node as usize];
                let open = matches!(node, Node::Name(_) | Node::Within { .. } | Node::Executed(_));
                if operand.class != Class::Function && !(open && operand.class == Class::Array) {
                    return Err(syntax_at(operand.span));
                }
                next = after;
                let node = self.prepared(Node::Outer(operand.node));
                self.unit(node, Class::Function, item.span.to(operand.span), at)
            }
            ItemKind::Parens(phrase) => match self.group(phrase)? {
                Some(inner) => {
                    let node = self.enclosed(inner.node, item.span);
                    Unit { node, first: at, span: item.span, open: false, parens: true, ..inner }
                }
                None => self.namespace(&[], item.span, at)?,
            },
            ItemKind::Dfn(body) => {
                let definition = Definition::new(self.around.space, self.around.source.clone(), body.clone());
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
            ItemKind::NamespaceNotation(members) => self.namespace(members, item.span, at)?,
            ItemKind::Brackets(_) => return Err(syntax_at(item.span)),
        };
        unit = self.dotted(unit, items, &mut next)?;
        if unit.class != Class::Array {
            unit = self.bracketed(unit, items, &mut next)?;
        }
        Ok((unit, next))
    }

    /// What stands in parentheses: `⍎` may turn out to be a function.
    fn enclosed(&mut self, node: NodeId, span: Span) -> NodeId {
        let at = |id: NodeId| &self.bound.nodes[id as usize];
        let executes = match at(node) {
            Node::Monad { function, .. } => match at(*function) {
                Node::Within { class: Class::Function, inner, .. } => inner.is_execute(),
                function => matches!(function, Node::Execute),
            },
            Node::Dyad { function, .. } => matches!(at(*function), Node::Execute),
            _ => false,
        };
        if executes { self.push(Node::Executed(node), span.start, span) } else { node }
    }

    /// Whether a node is `(⍎…)`.
    pub(super) fn is_executed(&self, node: NodeId) -> bool {
        matches!(self.bound.nodes[node as usize], Node::Executed(_))
    }

    /// A unit with the brackets that stand at `next`.
    pub(super) fn bracketed(&mut self, mut unit: Unit, items: &[Item], next: &mut usize) -> Bind<Unit> {
        while let Some(Item { kind: ItemKind::Brackets(phrases), span }) = items.get(*next) {
            self.fold_strand(&unit);
            unit = self.brackets(unit, phrases, *span)?;
            *next += 1;
            unit = self.dotted(unit, items, next)?;
        }
        Ok(unit)
    }

    /// `X[…]` or `f[…]`.
    pub(super) fn brackets(&mut self, unit: Unit, phrases: &[Phrase], span: Span) -> Bind<Unit> {
        let mut indices = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            let index = self.group(phrase)?;
            if index.as_ref().is_some_and(|index| index.class != Class::Array) {
                return Err(syntax_at(phrase.span));
            }
            indices.push(index.map(|index| index.node));
        }
        let whole = unit.span.to(span);
        let node = match (unit.class, &indices[..]) {
            (Class::Array, _) => Node::Index { array: unit.node, indices },
            (Class::Function, [Some(axis)]) => Node::Axis { function: unit.node, axis: *axis },
            (Class::Monadic, [Some(axis)]) => match &self.bound.nodes[unit.node as usize] {
                Node::PrimitiveOperator(row) => {
                    Node::Derived { operator: row, operand: NodeId::MAX, axis: Some(*axis) }
                }
                Node::OperatorName(_) => Node::OperatorAxis { operator: unit.node, axis: *axis },
                _ => return Err(syntax_at(span)),
            },
            _ => return Err(syntax_at(span)),
        };
        // What goes wrong with an index is reported under its bracket, with an axis under the function.
        let caret = if unit.class == Class::Array { span.start } else { unit.span.start };
        let node = self.push(node, caret, whole);
        Ok(Unit { node, class: unit.class, first: unit.first, open: false, parens: false, span: whole })
    }

    /// `(name: value ⋄ …)`.
    fn namespace(&mut self, members: &[(Rc<str>, Phrase)], span: Span, at: usize) -> Bind<Unit> {
        self.bound.pure = false;
        let mut values = Vec::with_capacity(members.len());
        for (name, phrase) in members {
            let value = self.phrase(&phrase.items)?.ok_or_else(|| syntax_at(phrase.span))?;
            let reference = NameRef { name: name.clone(), symbol: self.around.space.symbol(name) };
            values.push((reference, value.node, value.class));
        }
        Ok(self.unit(Node::Namespace(values), Class::Array, span, at))
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
    pub(super) fn name_ref(&mut self, name: &Rc<str>, span: Span) -> (NameRef, Class) {
        let symbol = self.around.space.symbol(name);
        let reference = NameRef { name: name.clone(), symbol };
        if let Some(class) = self.assigned_class(name, span.start) {
            return (reference, class);
        }
        let class = class_now(self.around.space, self.around.scope, &reference);
        if !self.bound.signature.iter().any(|(other, _)| other.symbol == symbol) {
            self.bound.signature.push((reference.clone(), class));
        }
        (reference, class)
    }

    /// Whether the phrase stands in a dfn: there are arguments called `⍺` and `⍵`.
    pub(super) fn in_dfn(&self) -> bool {
        self.around.scope.is_some_and(|scope| scope.has_arguments())
    }

    fn name(&mut self, name: &Rc<str>, span: Span, at: usize, after_function: bool) -> Unit {
        let (reference, class) = self.name_ref(name, span);
        let class = match class {
            Class::Hybrid if after_function => Class::Monadic,
            Class::Hybrid => Class::Function,
            class => class,
        };
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
        match self.around.space.workspace.system.class(name) {
            Some(Class::Function) => {
                self.bound.pure = false;
                Ok(self.unit(Node::SystemFunction(name.clone()), Class::Function, span, at))
            }
            Some(Class::Array) => Ok(self.unit(Node::System(name.clone()), Class::Array, span, at)),
            Some(_) => self.system_operator(name, span, at),
            None => Err((Fault::syntax().because(format!("Unknown system name: ⎕{name}")), span.start)),
        }
    }

    fn system_operator(&mut self, name: &str, span: Span, at: usize) -> Bind<Unit> {
        self.bound.pure = false;
        match self.around.space.workspace.system.operator(name) {
            Some(row) => Ok(self.unit(Node::SystemOperator(row), row.class, span, at)),
            None => Err((Fault::nonce(format!("⎕{name}")), span.start)),
        }
    }

    fn operand_class(&mut self, symbol: u32, name: &str, span: Span) -> Bind<Class> {
        let in_operator = self.around.scope.is_some_and(|scope| match symbol {
            ALPHA_ALPHA => scope.function.operands.0.is_some(),
            _ => scope.function.operands.1.is_some(),
        });
        if !in_operator {
            return Err(syntax_at(span));
        }
        let reference = NameRef { name: name.into(), symbol };
        let class = class_now(self.around.space, self.around.scope, &reference);
        self.bound.signature.push((reference, class));
        Ok(class)
    }

    fn glyph(&mut self, glyph: char, span: Span, at: usize, after_function: bool) -> Bind<Unit> {
        let in_dfn = self.in_dfn();
        match glyph {
            '⍵' if in_dfn => return Ok(self.unit(Node::Omega, Class::Array, span, at)),
            '⍺' if in_dfn => {
                let reference = NameRef { name: "⍺".into(), symbol: ALPHA };
                let class = match self.assigned_class("⍺", span.start) {
                    Some(class) => class,
                    None => class_now(self.around.space, self.around.scope, &reference),
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
            '⌶' => return self.system_operator("⌶", span, at),
            '&' => return Err((Fault::nonce(format!("the operator {glyph}")), span.start)),
            _ => {}
        }
        let function = primitive::lookup(glyph);
        if let Some(row) = operator::lookup(glyph)
            && (function.is_none() || after_function)
        {
            return Ok(self.unit(Node::PrimitiveOperator(row), derived_class(&row.derive), span, at));
        }
        match function {
            Some(row) => {
                self.bound.pure &= !row.facts.random;
                Ok(self.unit(Node::Primitive(row), Class::Function, span, at))
            }
            None => Err(syntax_at(span)),
        }
    }
}
