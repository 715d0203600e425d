//! Code: a bound expression as a list of instructions for a stack of values and a stack of components
//! (functions, operators and operands). Instructions stand in the order of evaluation, from the right of the expression to its left.
//!
//! Made by `bind/lower.rs`, run by `eval/machine.rs`.

use super::binding::Operator;
use super::node::{Node, NodeId, Target};
use crate::array::Value;
use crate::function::{Fun, Operand};
use crate::primitive::Primitive;
use crate::primitive::scalar::ScalarDyad;

/// The instructions of an expression.
#[derive(Default)]
pub struct Code {
    /// What is done.
    pub ops: Vec<Op>,
    /// The node that each instruction belongs to: its caret, and what it refers to.
    pub nodes: Vec<NodeId>,
    /// What the assignments change.
    pub targets: Vec<Target>,
    /// Literals that are arguments of scalar functions.
    pub constants: Vec<Value>,
}

/// An instruction. What it takes from the stack of values is written (topmost first → result), the same for the components.
pub enum Op {
    // Values.
    /// (→ value)
    Constant(Value),
    /// `⍵` (→ value)
    Omega,
    /// `⍺` (→ value)
    Alpha,
    /// A name with a slot in the dfn that is running (→ value)
    Local(u32),
    /// Another name, by its number (→ value)
    Name(u32),
    /// A system variable, input, or another node without parts (→ value)
    Leaf,
    /// A node that is evaluated by its own file, with its parts (→ value)
    Whole,
    /// Makes what is deferred a stored array (value → value)
    Settle,
    /// (value → value value)
    Copy,
    /// (last item, …, first item → strand), so many items
    Strand(u32),
    /// The same, with the items as major cells.
    Matrix(u32),
    /// `X[i;j]` (X, first index, …, last index → value)
    Index,
    /// `f Y` (Y → value)
    Monad(&'static Primitive),
    /// `X f Y` (X, Y → value)
    Dyad(&'static Primitive),
    /// `X f Y` for a scalar function (X, Y, those of them that come from the stack → value)
    Scalar {
        /// The function.
        op: ScalarDyad,
        /// Its row of the table.
        row: &'static Primitive,
        /// Where `X` comes from.
        left: Source,
        /// Where `Y` comes from.
        right: Source,
    },
    /// A function that is ready, with two arguments or one (X, Y → value)
    Apply {
        /// The function.
        function: Fun,
        /// Whether there is a left argument.
        dyadic: bool,
    },
    /// The topmost component (X, Y → value)
    Call {
        /// Whether there is a left argument.
        dyadic: bool,
    },
    /// `∇` (X, Y → value)
    Recall {
        /// Whether there is a left argument.
        dyadic: bool,
    },
    /// What stands behind a dot, in namespaces (namespaces → value)
    Within,
    /// The phrase is bound again, now that these are known (namespaces →)
    Reveal,

    // Assignment.
    /// Where there is a left argument: it is the value, and so many instructions are skipped (→ value, or nothing)
    Default(u32),
    /// Takes a value apart for so many names (value → item of the last name, …, item of the first name)
    Split(u32),
    /// `name←`, by its number (value →)
    Assign(u32),
    /// (value →) for another target without indices; the function of a modified assignment is the topmost component
    Store(TargetId),
    /// (first index, …, last index, value →)
    StoreIndexed(TargetId),
    /// (namespaces, first index, …, last index, value →)
    StoreMember(TargetId),
    /// Drops the function of a modified assignment from the components.
    Forget,

    // Components.
    /// A function without parts (components: → function)
    Function,
    /// An operator without parts (components: → operator)
    Operator,
    /// An operand of either class (components: → operand)
    Operand,
    /// (value →) (components: → operand)
    AsOperand,
    /// `f[k]` (axis →) (components: f → function)
    Axis,
    /// A primitive operator with one operand (axis →, where it has one) (components: operand → function)
    Derive,
    /// A primitive operator with two operands (components: left, right → function)
    DeriveBoth,
    /// `∘.f` (components: operand → function)
    Outer,
    /// So many tines (components: first, …, last → function)
    Train(u32),
    /// An operator that is no primitive (components: left, operator, right where there is one → function)
    DeriveUser,
    /// An operator with an axis (axis →) (components: operator → operator)
    OperatorAxis,
    /// A dyadic operator with its right operand (components: operator, right → operator)
    Curry,
    /// What stands behind a dot, in namespaces (namespaces →) (components: → function)
    FunctionWithin,
    /// The same for an operator.
    OperatorWithin,
}

/// Where an argument comes from, so that the argument of a scalar function need not be put on the stack.
#[derive(Clone, Copy)]
pub enum Source {
    /// The stack.
    Stack,
    /// `⍵`.
    Omega,
    /// A literal: a position in [`Code::constants`].
    Constant(u32),
    /// A name with a slot in the dfn that is running, and its node.
    Local(u32, NodeId),
}

/// A position in [`Code::targets`], and how the target changes.
#[derive(Clone, Copy)]
pub struct TargetId {
    /// The position.
    pub at: u32,
    /// How it changes.
    pub change: Change,
}

/// How an assignment changes its target.
#[derive(Clone, Copy)]
pub enum Change {
    /// To the value.
    Value,
    /// By a primitive, `target+←value`.
    Primitive(&'static Primitive),
    /// By the function that is the topmost component.
    Function,
}

/// A function, an operator or an operand while an expression is evaluated.
pub enum Component {
    /// An array, as an operand.
    Array(Value),
    /// A function.
    Function(Fun),
    /// An operator.
    Operator(Operator),
}

impl From<Operand> for Component {
    fn from(operand: Operand) -> Component {
        match operand {
            Operand::Array(value) => Component::Array(value),
            Operand::Function(function) => Component::Function(function),
        }
    }
}

impl Source {
    fn is_stack(self) -> bool {
        matches!(self, Source::Stack)
    }
}

impl Op {
    /// How many values it takes from the stack, and how many it leaves there; for those that do so once and for all.
    pub fn values(&self, node: &Node, targets: &[Target]) -> (usize, usize) {
        let there = |indices: &[Option<NodeId>]| indices.iter().flatten().count();
        let indices = |target: &Target| match target {
            Target::Indexed { indices, .. } | Target::SystemIndexed { indices, .. } => there(indices),
            _ => 0,
        };
        match (self, node) {
            (Op::Constant(_) | Op::Omega | Op::Alpha | Op::Local(_) | Op::Name(_) | Op::Leaf | Op::Whole, _) => (0, 1),
            (Op::Strand(count) | Op::Matrix(count), _) => (*count as usize, 1),
            (Op::Index, Node::Index { indices, .. }) => (1 + there(indices), 1),
            (Op::Monad(_) | Op::Within, _) => (1, 1),
            (Op::Dyad(_), _) => (2, 1),
            (Op::Scalar { left, right, .. }, _) => (usize::from(left.is_stack()) + usize::from(right.is_stack()), 1),
            (Op::Apply { dyadic, .. } | Op::Call { dyadic } | Op::Recall { dyadic }, _) => {
                (1 + usize::from(*dyadic), 1)
            }
            (
                Op::Assign(_)
                | Op::Store(_)
                | Op::Reveal
                | Op::AsOperand
                | Op::Axis
                | Op::OperatorAxis
                | Op::FunctionWithin
                | Op::OperatorWithin,
                _,
            ) => (1, 0),
            (Op::StoreIndexed(id), _) => (1 + targets.get(id.at as usize).map_or(0, indices), 0),
            (Op::StoreMember(id), _) => match targets.get(id.at as usize) {
                Some(Target::Member { target, .. }) => (2 + indices(target), 0),
                _ => (2, 0),
            },
            (Op::Derive, Node::Derived { axis: Some(_), .. }) => (1, 0),
            _ => (0, 0),
        }
    }

    /// The same for the other stack.
    pub fn components(&self, node: &Node) -> (usize, usize) {
        match (self, node) {
            (Op::Call { .. } | Op::Forget, _) => (1, 0),
            (
                Op::Function | Op::Operator | Op::Operand | Op::AsOperand | Op::FunctionWithin | Op::OperatorWithin,
                _,
            ) => (0, 1),
            (Op::Axis | Op::Derive | Op::Outer | Op::OperatorAxis, _) => (1, 1),
            (Op::DeriveBoth | Op::Curry, _) => (2, 1),
            (Op::Train(count), _) => (*count as usize, 1),
            (Op::DeriveUser, Node::UserDerived { right, .. }) => (2 + usize::from(right.is_some()), 1),
            _ => (0, 0),
        }
    }

    /// Whether it stores a value under a target.
    pub fn stores(&self) -> bool {
        matches!(self, Op::Assign(_) | Op::Store(_) | Op::StoreIndexed(_) | Op::StoreMember(_))
    }
}
