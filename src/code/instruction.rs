//! Code: a bound expression, or the body of a function, as a list of instructions for a stack of values and a stack of
//! components (functions, operators and operands). Instructions stand in the order of evaluation, from the right of an
//! expression to its left.
//!
//! Made by `code/lower.rs` and `code/body.rs`, run by `vm/machine.rs`.

use std::rc::Rc;

use super::node::{Bound, Node, NodeId, Target};
use crate::array::Value;
use crate::function::{Fun, Operand};
use crate::names::binding::Operator;
use crate::primitive::Primitive;
use crate::primitive::scalar::ScalarDyad;

/// The instructions of an expression, or of a body.
#[derive(Default)]
pub struct Code {
    /// What is done.
    pub ops: Vec<Op>,
    /// The node that each instruction belongs to: its caret, and what it refers to.
    pub nodes: Vec<NodeId>,
    /// What the assignments change.
    pub targets: Vec<Target>,
    /// How those do that change a name, or an element of one, where it lies.
    pub changes: Vec<TargetId>,
    /// Literals that are arguments of scalar functions.
    pub constants: Vec<Value>,
    /// The phrases of a body; none for an expression.
    pub portions: Vec<Portion>,
    /// The portion of each instruction of a body.
    pub portion: Vec<u32>,
    /// The instruction of a body at which each of its statements or steps begins, and where it ends.
    pub starts: Vec<u32>,
    /// The workspace's generation for which a body was made.
    pub generation: u32,
}

/// A phrase in the code of a body.
pub struct Portion {
    /// Its bound form; `None` where it was not bound when the code was made, or cannot be a part of it.
    pub bound: Option<Rc<Bound>>,
    /// The instruction at which it begins.
    pub begin: u32,
    /// The first instruction of its expression.
    pub start: u32,
    /// The number of its statement in a dfn, of its step in a traditional function.
    pub statement: u32,
    /// The line of the step; the statement of a dfn.
    pub line: u32,
    /// What it is to its statement.
    pub role: Role,
}

/// What a phrase of a dfn is to its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The statement itself: the result, or an assignment.
    Expression,
    /// The condition of a guard.
    Condition,
    /// The result behind a guard that holds.
    Outcome,
    /// The error numbers of an error guard.
    Codes,
    /// The result after an error.
    Handler,
}

impl Code {
    /// The phrase that an instruction of a body belongs to.
    #[inline]
    pub fn portion_of(&self, at: usize) -> Option<&Portion> {
        self.portions.get(*self.portion.get(at)? as usize)
    }

    /// Its bound form.
    pub fn bound(&self, at: usize) -> Option<&Rc<Bound>> {
        self.portion_of(at)?.bound.as_ref()
    }

    /// Whether nothing but the result of the expression or body follows an instruction: a call there need not have one.
    pub fn ends(&self, next: usize) -> bool {
        matches!(self.ops.get(next), None | Some(Op::Return { shy: false } | Op::Show))
    }
}

/// An instruction. What it takes from the stack of values is written (topmost first → result), the same for the components.
//
// The tag is a byte of its own, so that it is told apart in few steps; the fields stand in the order that takes least space.
#[repr(u8)]
pub enum Op {
    // Values.
    /// (→ value)
    Constant(Value),
    /// `⍵` (→ value)
    Omega,
    /// `⍺` (→ value)
    Alpha,
    /// A name (→ value)
    Name(Storage),
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
    /// `x[i]` for a name (index, if it comes from the stack → value)
    Element {
        /// The name.
        array: Storage,
        /// Its node.
        node: NodeId,
        /// Where the index comes from.
        index: Source,
    },
    /// The same with so many indices, one for each axis (first index, …, last index → value)
    Elements {
        /// The name.
        array: Storage,
        /// Its node.
        node: NodeId,
        /// The number of indices.
        count: u8,
    },
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
    /// `s.f Y` and `X s.f Y` for names (X, Y → value)
    CallMember {
        /// Whether there is a left argument.
        dyadic: bool,
        /// What stands before the dot.
        space: Storage,
        /// The number of the name behind it.
        member: u32,
        /// The node of the function.
        node: NodeId,
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
    /// `name←` (value, which may be deferred →)
    Assign(Storage),
    /// (value →) for another target without indices; the function of a modified assignment is the topmost component
    Store(TargetId),
    /// `name f←value` for a primitive, with a value that is not on the stack.
    Update {
        /// The primitive, if it is a scalar function.
        op: Option<ScalarDyad>,
        /// The name: a position in [`Code::changes`].
        target: u32,
        /// The same name.
        name: Storage,
        /// Where the value comes from.
        value: Source,
    },
    /// (first index, …, last index, value →)
    StoreIndexed(TargetId),
    /// `x[i]←value` and `x[i]f←value` for a name and a scalar function (index, value, those of them that come from the stack →)
    Put {
        /// The name with its index: a position in [`Code::changes`].
        target: u32,
        /// Where the index comes from.
        index: Source,
        /// Where the value comes from.
        value: Source,
    },
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
    /// `name←f`, `⎕←f`: done at once.
    Effect,

    // Bodies.
    /// A phrase of a dfn begins; the code is left where the classes of its names are others.
    Phrase(u32),
    /// The same for a step of a traditional function.
    Step(u32),
    /// An error guard comes into force (error numbers →)
    ErrorGuard,
    /// A line begins, at a statement or step: in bodies of which a profile is made
    Mark {
        /// The line.
        line: u32,
        /// The statement or step.
        step: u32,
    },
    /// Hands the topmost value, that of the node, on to the trace that is recorded (value → value)
    Note,
    /// Forgets a value (value →)
    Drop,
    /// A dfn ends with a value, which the session does not show if it is shy.
    Return {
        /// Whether it is.
        shy: bool,
    },
    /// A dfn ends without a value.
    End,
    /// Goes on elsewhere.
    Jump(u32),
    /// Goes on elsewhere unless the condition is as wanted (condition →)
    Test {
        /// The value with which the next instruction follows.
        wanted: bool,
        /// Where it goes on otherwise.
        otherwise: u32,
    },
    /// [`Op::Scalar`] and [`Op::Test`] of its result (X, Y, those of them that come from the stack →)
    Compare {
        /// The function.
        op: ScalarDyad,
        /// The value with which the next instruction follows.
        wanted: bool,
        /// Where it goes on otherwise.
        otherwise: u32,
        /// Its row of the table.
        row: &'static Primitive,
        /// Where `X` comes from.
        left: Source,
        /// Where `Y` comes from.
        right: Source,
    },
    /// The next value of a loop; goes on elsewhere where there is none (→ value)
    Next {
        /// The loop.
        slot: u32,
        /// Where it goes on at the end.
        done: u32,
    },
    /// The next value of a loop is given a name; goes on elsewhere where there is none.
    NextInto {
        /// The loop.
        slot: u32,
        /// Where it goes on at the end.
        done: u32,
        /// The name.
        storage: Storage,
    },
    /// The next value of a loop is given a name, and its body is run again; at the end the next instruction follows.
    Again {
        /// The loop.
        slot: u32,
        /// The first instruction of its body.
        body: u32,
        /// The name.
        storage: Storage,
    },
    /// The value of a statement is shown (value →)
    Show,
}

/// Where an argument comes from, so that the argument of a scalar function need not be put on the stack.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Source {
    /// The stack.
    Stack,
    /// `⍵`.
    Omega,
    /// `⍺`.
    Alpha,
    /// A literal: a position in [`Code::constants`].
    Constant(u32),
    /// A literal that is a whole number; 0 and 1 stand for booleans.
    Whole(i32),
    /// A name.
    Name(Storage),
}

/// Where what a name stands for is found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
pub enum Storage {
    /// In a slot of the dfn that is running, if it is set there.
    Slot(u32),
    /// In a slot of a dfn around it, if it is set there.
    Outer {
        /// How many dfns further out.
        depth: u8,
        /// The slot.
        slot: u16,
        /// The number of the name.
        symbol: u32,
    },
    /// In the namespace of the traditional function that is running, to which the name with this number is local.
    Own(u32),
    /// Not local to the traditional function that is running: in the namespace that it sees, unless a dfn that it was called
    /// from has the name with this number.
    Global(u32),
    /// Wherever a name with this number is found.
    Elsewhere(u32),
}

/// A position in [`Code::targets`], and how the target changes.
#[derive(Clone, Copy)]
pub struct TargetId {
    /// The position.
    pub at: u32,
    /// How it changes.
    pub change: Change,
    /// Where it is, if it is a name, or elements of one.
    pub storage: Option<Storage>,
    /// The number of indices, if there is one for each axis.
    pub indices: u8,
}

/// How an assignment changes its target.
#[derive(Clone, Copy)]
pub enum Change {
    /// To the value.
    Value,
    /// By a scalar function, `target+←value`.
    Scalar(ScalarDyad, &'static Primitive),
    /// By another primitive, `target,←value`.
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
    /// Whether it is the stack.
    pub fn is_stack(self) -> bool {
        matches!(self, Source::Stack)
    }
}

impl Op {
    /// The other instruction that may follow.
    pub fn target(&self) -> Option<u32> {
        match self {
            Op::Jump(to)
            | Op::Test { otherwise: to, .. }
            | Op::Compare { otherwise: to, .. }
            | Op::Next { done: to, .. }
            | Op::NextInto { done: to, .. }
            | Op::Again { body: to, .. } => Some(*to),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn target_mut(&mut self) -> Option<&mut u32> {
        match self {
            Op::Jump(to)
            | Op::Test { otherwise: to, .. }
            | Op::Compare { otherwise: to, .. }
            | Op::Next { done: to, .. }
            | Op::NextInto { done: to, .. }
            | Op::Again { body: to, .. } => Some(to),
            _ => None,
        }
    }

    /// How many values it takes from the stack, and how many it leaves there; for those that do so once and for all.
    pub fn values(&self, node: &Node, targets: &[Target]) -> (usize, usize) {
        let there = |indices: &[Option<NodeId>]| indices.iter().flatten().count();
        let indices = |target: &Target| match target {
            Target::Indexed { indices, .. } | Target::SystemIndexed { indices, .. } => there(indices),
            _ => 0,
        };
        match (self, node) {
            (Op::Constant(_) | Op::Omega | Op::Alpha | Op::Name(_) | Op::Leaf | Op::Whole, _) => (0, 1),
            (Op::Strand(count) | Op::Matrix(count), _) => (*count as usize, 1),
            (Op::Index, Node::Index { indices, .. }) => (1 + there(indices), 1),
            (Op::Element { index, .. }, _) => (usize::from(index.is_stack()), 1),
            (Op::Elements { count, .. }, _) => (usize::from(*count), 1),
            (Op::Put { index, value, .. }, _) => (usize::from(index.is_stack()) + usize::from(value.is_stack()), 0),
            (Op::Monad(_) | Op::Within, _) => (1, 1),
            (Op::Dyad(_), _) => (2, 1),
            (Op::Scalar { left, right, .. }, _) => (usize::from(left.is_stack()) + usize::from(right.is_stack()), 1),
            (
                Op::Apply { dyadic, .. } | Op::Call { dyadic } | Op::CallMember { dyadic, .. } | Op::Recall { dyadic },
                _,
            ) => (1 + usize::from(*dyadic), 1),
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
