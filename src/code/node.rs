//! Bound expressions: a phrase after its names' classes are known, as a flat table of nodes.
//!
//! Nodes refer to each other by position, so that a chain of 10⁵ functions is built, traversed and dropped without
//! recursion.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::definition::{CachedPhrase, Definition};
use super::instruction::Code;
use crate::array::Value;
use crate::function::{Fun, Operand};
use crate::names::binding::SystemOperator;
use crate::operator::PrimitiveOperator;
use crate::primitive::Primitive;
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind};

/// What a name or an expression stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// An array, or a name without a value.
    Array,
    /// A function.
    Function,
    /// An operator that takes a left operand.
    Monadic,
    /// An operator that takes two operands.
    Dyadic,
    /// `/ ⌿ \ ⍀` under a name: an operator behind a function, a function anywhere else. Only names are of this class.
    Hybrid,
}

/// A position in [`Bound::nodes`].
pub type NodeId = u32;

/// A name and its number.
#[derive(Clone, Debug, PartialEq)]
pub struct NameRef {
    /// The name.
    pub name: Rc<str>,
    /// Its number in the space.
    pub symbol: u32,
}

/// A node of a bound expression.
#[derive(Clone)]
pub enum Node {
    // Arrays.
    /// A literal: `1 2 3`, `'abc'`, `⍬`.
    Constant(Value),
    /// A name that stands for an array.
    Name(NameRef),
    /// A system variable, `⎕IO`, or a system constant.
    System(Rc<str>),
    /// `⎕`: evaluated input.
    QuadInput,
    /// `⍞`: character input.
    QuoteQuadInput,
    /// `⍺`, where it is an array.
    Alpha,
    /// `⍵`.
    Omega,
    /// `a b c`: items side by side.
    Strand(Vec<NodeId>),
    /// `f Y`.
    Monad {
        /// The function.
        function: NodeId,
        /// Its argument.
        right: NodeId,
    },
    /// `X f Y`.
    Dyad {
        /// The left argument.
        left: NodeId,
        /// The function.
        function: NodeId,
        /// The right argument.
        right: NodeId,
    },
    /// `(⍎…)`: an application of `⍎` where it may turn out to be a function.
    Executed(NodeId),
    /// An argument before whose function something is that was bound as the function of a namespace: that is tested when
    /// the argument is known, before the function is called.
    Tested {
        /// The argument.
        argument: NodeId,
        /// What has to be a function.
        next: NodeId,
    },
    /// The value of an assignment to several targets, of which one is a name in a namespace that only evaluation tells: when
    /// both are known, the phrase is bound again, as the name may be that of a function.
    Revealed {
        /// The value.
        argument: NodeId,
        /// The namespace.
        space: NodeId,
    },
    /// `X[i;j]`.
    Index {
        /// What is indexed.
        array: NodeId,
        /// An index an axis, `None` where elided.
        indices: Vec<Option<NodeId>>,
    },
    /// `[a ⋄ b]`: items as major cells.
    Matrix(Vec<NodeId>),
    /// `#`: the root namespace.
    Root,
    /// `##`: the namespace around this one.
    Parent,
    /// `space.name`, `space.(…)`: of any class, evaluated in a namespace or in each of several.
    Within {
        /// References.
        space: NodeId,
        /// What is evaluated.
        inner: Rc<Inner>,
        /// What it is.
        class: Class,
    },
    /// `(name: value ⋄ …)`: a new namespace.
    Namespace(Vec<(NameRef, NodeId, Class)>),
    /// `target←value` in all forms; stands for the value.
    Assign {
        /// What is changed.
        target: Target,
        /// `f` in `target f←value`.
        function: Option<NodeId>,
        /// The value.
        value: NodeId,
    },

    // Functions.
    /// A primitive function.
    Primitive(&'static Primitive),
    /// `⍎`.
    Execute,
    /// A function that writes its argument.
    Output(Output),
    /// A function or operand that needs no evaluation.
    Ready(Fun),
    /// A name that stands for a function; `⍺` where a default made it one.
    FunctionName(NameRef),
    /// A system function, `⎕UCS`.
    SystemFunction(Rc<str>),
    /// `⍺`, where it is a function.
    AlphaFunction,
    /// `⍺⍺`, an operand of either class.
    AlphaAlpha(Class),
    /// `⍵⍵`, an operand of either class.
    OmegaOmega(Class),
    /// `{ … }`: a function where the class says so, otherwise an operator.
    Dfn(Rc<Definition>),
    /// `∇`.
    Del,
    /// `f[k]`.
    Axis {
        /// The function.
        function: NodeId,
        /// The axis.
        axis: NodeId,
    },
    /// A primitive operator with one operand and perhaps an axis.
    Derived {
        /// The operator.
        operator: &'static PrimitiveOperator,
        /// Its operand.
        operand: NodeId,
        /// The axis in brackets.
        axis: Option<NodeId>,
    },
    /// A primitive operator with two operands.
    Derived2 {
        /// The operator.
        operator: &'static PrimitiveOperator,
        /// Its left operand.
        left: NodeId,
        /// Its right operand.
        right: NodeId,
    },
    /// `∘.f`.
    Outer(NodeId),
    /// An operator that is no primitive one with its operands.
    UserDerived {
        /// The operator: a name, a dop, `∇∇` or a system operator.
        operator: NodeId,
        /// Its left operand.
        left: NodeId,
        /// Its right operand.
        right: Option<NodeId>,
    },
    /// A train of two or more tines.
    Train(Vec<NodeId>),
    /// `name←f`.
    AssignFunction {
        /// The name; `None` for the default `⍺←f`.
        name: Option<NameRef>,
        /// The namespaces, in `space.name←f`.
        space: Option<NodeId>,
        /// Whether it is `name∘←f`.
        nearest: bool,
        /// The function or operator.
        value: NodeId,
    },
    /// `⎕←f`: shown, and passed on.
    ShowFunction(NodeId),

    // Operators.
    /// A primitive operator by itself, as in `op←¨`.
    PrimitiveOperator(&'static PrimitiveOperator),
    /// A system operator, `⎕R`.
    SystemOperator(&'static SystemOperator),
    /// A name that stands for an operator.
    OperatorName(NameRef),
    /// A named operator with an axis: `s[1]` after `s←/`.
    OperatorAxis {
        /// The operator.
        operator: NodeId,
        /// The axis.
        axis: NodeId,
    },
    /// A dyadic operator with its right operand, which takes a left one yet: `⍣¯1`.
    Curried {
        /// The operator.
        operator: NodeId,
        /// Its right operand.
        right: NodeId,
    },
    /// `∇∇`.
    DelDel,
}

/// How a function writes its argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output {
    /// `⎕∘←`, `⎕←¨`: lines.
    Lines,
    /// `⍞∘←`: lines, without what `]box` and such do.
    BareLines,
    /// `⍞←¨`: behind what stands on the last line.
    Bare,
}

impl Node {
    /// Whether it stands for an array.
    pub fn is_array(&self) -> bool {
        matches!(
            self,
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
                | Node::Tested { .. }
                | Node::Revealed { .. }
                | Node::Index { .. }
                | Node::Matrix(_)
                | Node::Assign { .. }
                | Node::Root
                | Node::Parent
                | Node::Within { class: Class::Array, .. }
                | Node::Namespace(_)
        )
    }
}

impl Node {
    /// Whether a trace shows its value: a literal says what it is by itself.
    pub fn is_part(&self) -> bool {
        !matches!(self, Node::Constant(_) | Node::Tested { .. } | Node::Revealed { .. })
    }
}

impl Target {
    /// The same for `∘←`: `None` for what selects elements or takes no name.
    pub fn nearest(self) -> Option<Target> {
        match self {
            Target::Name(name) => Some(Target::Nearest(name)),
            Target::Strand(targets) => {
                Some(Target::Strand(targets.into_iter().map(Target::nearest).collect::<Option<Vec<Target>>>()?))
            }
            Target::Member { ref target, .. } if !matches!(**target, Target::Indexed { .. }) => Some(self),
            Target::System(_) => Some(self),
            _ => None,
        }
    }

    /// Whether an index in brackets says what is changed.
    pub fn is_indexed(&self) -> bool {
        match self {
            Target::Indexed { .. } | Target::SystemIndexed { .. } => true,
            Target::Member { target, .. } => target.is_indexed(),
            _ => false,
        }
    }
}

/// What an assignment changes.
#[derive(Clone, Debug)]
pub enum Target {
    /// `name←`.
    Name(NameRef),
    /// `name∘←`: where the name is set, or else in the namespace.
    Nearest(NameRef),
    /// `⎕IO←`.
    System(Rc<str>),
    /// `⎕LX[i]←`.
    SystemIndexed {
        /// The system variable.
        name: Rc<str>,
        /// An index an axis.
        indices: Vec<Option<NodeId>>,
    },
    /// `⎕←`.
    Quad,
    /// `⍞←`.
    QuoteQuad,
    /// `⍺←`: only where there is no left argument yet.
    Alpha,
    /// `(a b)←`, nested.
    Strand(Vec<Target>),
    /// `name[i;j]←`.
    Indexed {
        /// The variable.
        name: NameRef,
        /// An index an axis.
        indices: Vec<Option<NodeId>>,
    },
    /// `(expression name)←`: the elements that the expression selects.
    Selective {
        /// The variable.
        name: NameRef,
        /// The expression with the variable in it.
        selection: NodeId,
        /// The node in it that stands for the variable.
        variable: NodeId,
        /// The namespace that has the variable, in `(expression space.name)←`.
        space: Option<NodeId>,
    },
    /// `space.target←`: in a namespace, or in each of several with its own item of the value.
    Member {
        /// References.
        space: NodeId,
        /// What is changed there.
        target: Box<Target>,
    },
}

/// A bound phrase.
#[derive(Default)]
pub struct Bound {
    /// The nodes; every one comes after those it refers to.
    pub nodes: Vec<Node>,
    /// Where each node's caret belongs, and what it covers.
    pub places: Vec<Where>,
    /// The class of the whole; `None` for an empty phrase.
    pub class: Option<Class>,
    /// The names that the binding depends on, with the class each had; in the end only those of which another class is
    /// known than array.
    pub signature: Vec<(NameRef, Class)>,
    /// The names in targets of a dfn, with the class that each had within the dfn.
    pub targets: Vec<(u32, Class)>,
    /// What stands on the right of dots, with the class each had.
    pub members: Vec<Member>,
    /// The workspace's generation for which the signature is enough.
    pub generation: u32,
    /// Whether it can be applied to all cells at once: no side effects, nothing that depends on where it runs.
    pub pure: bool,
    /// Why the phrase has to be bound again, while the evaluation is being left for that.
    pub surprise: RefCell<Option<Surprise>>,
    /// What the whole is as a statement.
    pub form: Form,
    /// Whether it depends on no name's class but by the workspace's generation.
    pub steady: bool,
    /// The class of `⍺`, if it depends on that and on nothing else.
    pub only_left: Option<Class>,
    /// The instructions for the whole, made when it is first evaluated.
    pub code: OnceCell<Code>,
    /// The instructions that store the topmost value as the assignment does that the whole is: for the turns of a loop.
    pub store: OnceCell<Code>,
}

/// What a bound phrase is as a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Nothing at all.
    #[default]
    Empty,
    /// An array expression.
    Value,
    /// An assignment of a value.
    Assignment,
    /// A function or operator that is named or shown.
    Naming,
    /// Another function or operator.
    Function,
}

/// A name, or what stands behind a dot, that is of another class than it was bound with, when it is reached.
#[derive(Clone, Default)]
pub struct Surprise {
    /// Where it stands, and its caret.
    pub place: Where,
    /// What was computed before: all that stands to its right, operands and indices among it.
    pub known: Vec<Known>,
}

/// A part of a phrase that has been evaluated and is not to be evaluated again.
#[derive(Clone)]
pub struct Known {
    /// Where it stands.
    pub span: Span,
    /// What it gave.
    pub operand: Operand,
    /// What it is to its neighbours.
    pub part: Part,
}

/// What an evaluated part of a phrase is to its neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// A single item, which may be part of a strand, or a function.
    Item,
    /// A strand, which may be part of a longer one.
    Strand,
    /// A result of a call, an assignment or an index, to which nothing on its left can be joined.
    Result,
}

/// Something on the right of a dot that the binding depends on.
#[derive(Clone)]
pub struct Member {
    /// References.
    pub space: NodeId,
    /// What is evaluated there.
    pub inner: Rc<Inner>,
    /// Whether an array follows, that is, an argument if it is a function.
    pub followed: bool,
    /// What it is.
    pub class: Class,
}

/// What stands on the right of a dot.
pub struct Inner {
    /// As it is bound in a namespace.
    pub phrase: CachedPhrase,
    /// The name, where it is nothing else.
    pub name: Option<NameRef>,
}

impl Inner {
    /// Whether it is `⍎`.
    pub fn is_execute(&self) -> bool {
        matches!(&self.phrase.phrase.items[..], [Item { kind: ItemKind::Glyph('⍎'), .. }])
    }
}

/// Where a node stands in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Where {
    /// The byte offset of the caret when the node fails.
    pub caret: u32,
    /// All that belongs to the node.
    pub span: Span,
}

impl Bound {
    /// The node of the whole phrase.
    pub fn root(&self) -> Option<NodeId> {
        (self.nodes.len() as NodeId).checked_sub(1)
    }

    /// What the whole is as a statement.
    pub(crate) fn form(&self) -> Form {
        let Some(root) = self.root() else { return Form::Empty };
        match (self.class, self.node(root)) {
            (Some(Class::Array), Node::Assign { .. }) => Form::Assignment,
            (Some(Class::Array), _) => Form::Value,
            (_, Node::AssignFunction { .. } | Node::ShowFunction(_)) => Form::Naming,
            _ => Form::Function,
        }
    }

    /// Whether a node is an application of `⍎`.
    pub fn is_execution(&self, id: NodeId) -> bool {
        match self.node(id) {
            Node::Monad { function, .. } | Node::Dyad { function, .. } => matches!(self.node(*function), Node::Execute),
            Node::Executed(_) => true,
            _ => false,
        }
    }

    /// A node. The binder only makes positions that exist.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }
}
