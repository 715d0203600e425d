//! The bound tree of a phrase as indented text, with the names of its functions and operators, for `]explain`.

use crate::code::node::{Bound, Class, Node, NodeId, Output, Target};
use crate::function::Description;
use crate::primitive::{Primitive, lookup};

/// The tree of a bound phrase, a line a node, two blanks a level.
pub fn explain(bound: &Bound) -> String {
    let mut text = String::new();
    if let Some(root) = bound.root() {
        Explainer { bound, text: &mut text }.node(root, 0, "");
    }
    text
}

struct Explainer<'a> {
    bound: &'a Bound,
    text: &'a mut String,
}

impl Explainer<'_> {
    fn line(&mut self, level: usize, role: &str, what: &str) {
        let indent = "  ".repeat(level.min(200));
        self.text.push_str(&format!("{indent}{role}{what}\n"));
    }

    fn node(&mut self, id: NodeId, level: usize, role: &str) {
        stacker::maybe_grow(64 * 1024, 1 << 20, || self.grown(id, level, role));
    }

    fn grown(&mut self, id: NodeId, level: usize, role: &str) {
        match self.bound.node(id) {
            Node::Constant(value) => self.line(level, role, &format!("constant {}", brief(&value.to_string()))),
            Node::Name(name) => self.line(level, role, &format!("array {}", name.name)),
            Node::FunctionName(name) => self.line(level, role, &format!("function {}", name.name)),
            Node::OperatorName(name) => self.line(level, role, &format!("operator {}", name.name)),
            Node::System(name) => self.line(level, role, &format!("system variable ⎕{name}")),
            Node::SystemFunction(name) => self.line(level, role, &format!("system function ⎕{name}")),
            Node::QuadInput => self.line(level, role, "evaluated input ⎕"),
            Node::QuoteQuadInput => self.line(level, role, "character input ⍞"),
            Node::Alpha | Node::AlphaFunction => self.line(level, role, "left argument ⍺"),
            Node::Omega => self.line(level, role, "right argument ⍵"),
            Node::AlphaAlpha(_) => self.line(level, role, "left operand ⍺⍺"),
            Node::OmegaOmega(_) => self.line(level, role, "right operand ⍵⍵"),
            Node::Del => self.line(level, role, "this function ∇"),
            Node::DelDel => self.line(level, role, "this operator ∇∇"),
            Node::Execute => self.line(level, role, "⍎ execute"),
            Node::Output(Output::Lines) => self.line(level, role, "⎕∘← write"),
            Node::Output(_) => self.line(level, role, "⍞∘← write bare"),
            Node::Primitive(row) => self.line(level, role, &format!("function {} {}", row.glyph, row.names[0])),
            Node::SystemOperator(row) => self.line(level, role, &format!("operator {}", row.text)),
            Node::PrimitiveOperator(row) => self.line(level, role, &format!("operator {} {}", row.glyph, row.title)),
            Node::Ready(function) => self.description(&function.describe(), level, role),
            Node::Dfn(definition) => {
                let kind = if definition.class == Class::Function { "dfn" } else { "dop" };
                self.line(level, role, &format!("{kind} {}", brief(&definition.text())));
            }
            Node::Executed(argument) | Node::Tested { argument, .. } | Node::Revealed { argument, .. } => {
                self.node(*argument, level, role);
            }
            Node::Strand(items) => self.many(level, role, "strand", items),
            Node::Root => self.line(level, role, "root namespace #"),
            Node::Parent => self.line(level, role, "parent namespace ##"),
            Node::Within { space, inner, .. } => {
                let what = inner.name.as_ref().map_or("an expression", |name| &*name.name);
                self.line(level, role, &format!("{what} in a namespace"));
                self.node(*space, level + 1, "namespace: ");
            }
            Node::Namespace(members) => {
                self.line(level, role, "new namespace");
                for (name, value, _) in members {
                    self.node(*value, level + 1, &format!("{}: ", name.name));
                }
            }
            Node::Matrix(items) => self.many(level, role, "array of major cells", items),
            Node::Train(tines) => {
                let what = if tines.len() == 2 { "atop" } else { "train" };
                self.many(level, role, what, tines);
            }
            Node::Monad { function, right } => {
                self.line(level, role, &format!("call{}", title(self.bound.node(*function), false)));
                self.node(*function, level + 1, "function: ");
                self.node(*right, level + 1, "right: ");
            }
            Node::Dyad { left, function, right } => {
                self.line(level, role, &format!("call{}", title(self.bound.node(*function), true)));
                self.node(*left, level + 1, "left: ");
                self.node(*function, level + 1, "function: ");
                self.node(*right, level + 1, "right: ");
            }
            Node::Index { array, indices } => {
                self.line(level, role, "index");
                self.node(*array, level + 1, "array: ");
                self.elided(indices, level + 1);
            }
            Node::Axis { function, axis } => {
                self.line(level, role, "function with axis");
                self.node(*function, level + 1, "function: ");
                self.node(*axis, level + 1, "axis: ");
            }
            Node::Derived { operator, operand, axis } => {
                self.line(level, role, &format!("derived by {} {}", operator.glyph, operator.title));
                self.node(*operand, level + 1, "operand: ");
                if let Some(axis) = axis {
                    self.node(*axis, level + 1, "axis: ");
                }
            }
            Node::Derived2 { operator, left, right } => {
                self.line(level, role, &format!("derived by {} {}", operator.glyph, operator.title));
                self.node(*left, level + 1, "left operand: ");
                self.node(*right, level + 1, "right operand: ");
            }
            Node::Outer(operand) => {
                self.line(level, role, "derived by ∘. Outer product");
                self.node(*operand, level + 1, "operand: ");
            }
            Node::OperatorAxis { operator, axis } => {
                self.line(level, role, "operator with axis");
                self.node(*operator, level + 1, "operator: ");
                self.node(*axis, level + 1, "axis: ");
            }
            Node::Curried { operator, right } => {
                self.line(level, role, "operator with its right operand");
                self.node(*operator, level + 1, "operator: ");
                self.node(*right, level + 1, "right operand: ");
            }
            Node::UserDerived { operator, left, right } => {
                self.line(level, role, "derived");
                self.node(*operator, level + 1, "operator: ");
                self.node(*left, level + 1, "left operand: ");
                if let Some(right) = right {
                    self.node(*right, level + 1, "right operand: ");
                }
            }
            Node::Assign { target, function, value } => {
                self.line(level, role, if function.is_some() { "modify" } else { "assign" });
                self.target(target, level + 1);
                if let Some(function) = function {
                    self.node(*function, level + 1, "function: ");
                }
                self.node(*value, level + 1, "value: ");
            }
            Node::AssignFunction { name, value, .. } => {
                let name = name.as_ref().map_or("⍺", |name| &*name.name);
                self.line(level, role, &format!("define {name}"));
                self.node(*value, level + 1, "as: ");
            }
            Node::ShowFunction(value) => {
                self.line(level, role, "show");
                self.node(*value, level + 1, "");
            }
        }
    }

    fn many(&mut self, level: usize, role: &str, what: &str, items: &[NodeId]) {
        self.line(level, role, what);
        for &item in items {
            self.node(item, level + 1, "");
        }
    }

    fn elided(&mut self, indices: &[Option<NodeId>], level: usize) {
        for index in indices {
            match index {
                Some(index) => self.node(*index, level, "along: "),
                None => self.line(level, "along: ", "all"),
            }
        }
    }

    fn target(&mut self, target: &Target, level: usize) {
        match target {
            Target::Name(name) => self.line(level, "to: ", &name.name),
            Target::Nearest(name) => self.line(level, "to: ", &format!("{}, where it is set", name.name)),
            Target::System(name) => self.line(level, "to: ", &format!("⎕{name}")),
            Target::SystemIndexed { name, indices } => {
                self.line(level, "to: ", &format!("elements of ⎕{name}"));
                self.elided(indices, level + 1);
            }
            Target::Quad => self.line(level, "to: ", "⎕"),
            Target::QuoteQuad => self.line(level, "to: ", "⍞"),
            Target::Alpha => self.line(level, "to: ", "⍺, unless there is a left argument"),
            Target::Strand(targets) => {
                self.line(level, "to: ", "names side by side");
                targets.iter().for_each(|target| self.target(target, level + 1));
            }
            Target::Indexed { name, indices } => {
                self.line(level, "to: ", &format!("elements of {}", name.name));
                self.elided(indices, level + 1);
            }
            Target::Member { space, target } => {
                self.line(level, "to: ", "in a namespace");
                self.node(*space, level + 1, "namespace: ");
                self.target(target, level + 1);
            }
            Target::Selective { name, selection, .. } => {
                self.line(level, "to: ", &format!("elements of {} that are selected by", name.name));
                self.node(*selection, level + 1, "");
            }
        }
    }

    /// A function that was made when the phrase was bound.
    fn description(&mut self, description: &Description, level: usize, role: &str) {
        match description {
            Description::Text(text) | Description::Named { name: text, .. } => {
                let mut chars = text.chars();
                let row = chars.next().filter(|_| chars.next().is_none()).and_then(lookup);
                let name = row.map_or(String::new(), |row| format!(" {}", row.names[0]));
                self.line(level, role, &format!("function {}{name}", brief(text)));
            }
            Description::Array(value) => self.line(level, role, &format!("constant {}", brief(&value.to_string()))),
            Description::Derived { operator, left, right, axis } => {
                let row = operator.chars().next().and_then(crate::operator::lookup);
                let name = row.map_or(String::new(), |row| format!(" {}", row.title));
                self.line(level, role, &format!("derived by {operator}{name}"));
                let operand = if right.is_some() { "left operand: " } else { "operand: " };
                stacker::maybe_grow(64 * 1024, 1 << 20, || self.description(left, level + 1, operand));
                if let Some(right) = right {
                    self.description(right, level + 1, "right operand: ");
                }
                if let Some(axis) = axis {
                    self.line(level + 1, "axis: ", &brief(&axis.to_string()));
                }
            }
            Description::Curried { operator, right } => {
                self.line(level, role, "operator with its right operand");
                self.description(operator, level + 1, "operator: ");
                self.description(right, level + 1, "right operand: ");
            }
            Description::Train(tines) => {
                self.line(level, role, if tines.len() == 2 { "atop" } else { "train" });
                tines.iter().for_each(|tine| self.description(tine, level + 1, ""));
            }
        }
    }
}

/// What the documentation calls a primitive in this valence.
fn title(function: &Node, dyadic: bool) -> String {
    let row: Option<&Primitive> = match function {
        Node::Primitive(row) => Some(row),
        _ => None,
    };
    let title = row.and_then(|row| match dyadic {
        true => row.dyad.as_ref().map(|dyad| dyad.title),
        false => row.monad.as_ref().map(|monad| monad.title),
    });
    title.map_or(String::new(), |title| format!(": {title}"))
}

/// The first line of a text, cut to what fits.
fn brief(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.chars().count() > 60 || text.lines().count() > 1 {
        true => line.chars().take(60).chain("…".chars()).collect(),
        false => line.to_string(),
    }
}
