//! Lowering: a bound expression as instructions, in the order in which they are carried out.

use crate::primitive;
use crate::workspace::code::{Change, Code, Op, Source, TargetId};
use crate::workspace::node::{Bound, Class, NameRef, Node, NodeId, Target};

/// The instructions for a node, which leave its value, or else a function or operator. `locals`: the names that have
/// slots in the dfn that the expression stands in.
pub fn lower(bound: &Bound, node: NodeId, wanted: Wanted, locals: &[u32]) -> Code {
    let mut lowering = Lowering { bound, locals, code: Code::default(), left: Vec::new(), defaults: Vec::new() };
    // Mostly one instruction for each node, and a few tasks at a time.
    lowering.code.ops.reserve(bound.nodes.len());
    lowering.code.nodes.reserve(bound.nodes.len());
    lowering.left.reserve(8);
    lowering.left.push(Task::Node(node, wanted));
    while let Some(task) = lowering.left.pop() {
        match task {
            Task::Node(id, Wanted::Array) => lowering.array(id),
            Task::Node(id, Wanted::Function) => lowering.function(id),
            Task::Node(id, Wanted::Operator) => lowering.operator(id),
            Task::Node(id, Wanted::Operand) => lowering.operand(id),
            Task::Node(id, Wanted::Stored) => {
                if let Node::Assign { target, .. } = bound.node(id) {
                    lowering.store(target, Change::Value, id);
                }
            }
            Task::Emit(op, id) => lowering.emit(op, id),
            Task::Open(id) => {
                lowering.defaults.push(lowering.code.ops.len());
                lowering.emit(Op::Default(0), id);
            }
            Task::Close => lowering.close(),
        }
    }
    lowering.code
}

/// What a node is to leave, and where.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// A value.
    Array,
    /// A function among the components.
    Function,
    /// An operator among the components.
    Operator,
    /// An operand of either class among the components.
    Operand,
    /// Nothing: an assignment stores the topmost value instead of its own.
    Stored,
}

enum Task {
    Node(NodeId, Wanted),
    Emit(Op, NodeId),
    /// A default for `⍺` begins.
    Open(NodeId),
    /// It ends.
    Close,
}

struct Lowering<'a> {
    bound: &'a Bound,
    locals: &'a [u32],
    code: Code,
    /// What is still to be done, the next last.
    left: Vec<Task>,
    /// The positions at which the defaults for `⍺` begin that have not ended yet.
    defaults: Vec<usize>,
}

impl Lowering<'_> {
    fn emit(&mut self, op: Op, id: NodeId) {
        self.code.ops.push(op);
        self.code.nodes.push(id);
    }

    fn close(&mut self) {
        if let Some(at) = self.defaults.pop() {
            self.code.ops[at] = Op::Default((self.code.ops.len() - at - 1) as u32);
        }
    }

    /// Does these next, in this order.
    fn then(&mut self, tasks: impl IntoIterator<Item = Task, IntoIter: DoubleEndedIterator>) {
        self.left.extend(tasks.into_iter().rev());
    }

    fn array(&mut self, id: NodeId) {
        use Task::{Emit, Node as Do};
        use Wanted::{Array, Function};
        match self.bound.node(id) {
            Node::Constant(value) => self.emit(Op::Constant(value.clone()), id),
            Node::Omega => self.emit(Op::Omega, id),
            Node::Alpha => self.emit(Op::Alpha, id),
            Node::Name(name) => {
                self.emit(self.slot(name).map_or(Op::Name(name.symbol), Op::Local), id);
            }
            Node::Strand(items) => {
                self.left.push(Emit(Op::Strand(items.len() as u32), id));
                self.left.extend(items.iter().map(|&item| Do(item, Array)));
            }
            Node::Matrix(items) => {
                self.left.push(Emit(Op::Matrix(items.len() as u32), id));
                self.left.extend(items.iter().map(|&item| Do(item, Array)));
            }
            Node::Monad { function, right } => {
                let op = match self.bound.node(*function) {
                    Node::Primitive(row) => Op::Monad(row),
                    Node::Del => Op::Recall { dyadic: false },
                    Node::Ready(ready) => Op::Apply { function: ready.clone(), dyadic: false },
                    _ => {
                        let call = Emit(Op::Call { dyadic: false }, id);
                        return self.then([Do(*right, Array), Do(*function, Function), call]);
                    }
                };
                self.then([Do(*right, Array), Emit(op, id)]);
            }
            Node::Dyad { left, function, right } => {
                let (before, after) = (Do(*right, Array), Do(*left, Array));
                match self.bound.node(*function) {
                    Node::Primitive(row) => match row.scalar_dyad() {
                        Some(op) => {
                            let mut sources = (self.source(*left), self.source(*right));
                            // What the left argument does must not be seen by the right one.
                            if let (Source::Stack, Source::Local(..)) = sources {
                                sources.1 = Source::Stack;
                            }
                            let (left, right) = sources;
                            self.left.push(Emit(Op::Scalar { op, row, left, right }, id));
                            self.left.extend(matches!(left, Source::Stack).then_some(after));
                            self.left.extend(matches!(right, Source::Stack).then_some(before));
                        }
                        None => self.then([before, after, Emit(Op::Dyad(row), id)]),
                    },
                    Node::Del => self.then([before, after, Emit(Op::Recall { dyadic: true }, id)]),
                    Node::Ready(ready) => {
                        let op = Op::Apply { function: ready.clone(), dyadic: true };
                        self.then([before, after, Emit(op, id)]);
                    }
                    _ => self.then([before, Do(*function, Function), after, Emit(Op::Call { dyadic: true }, id)]),
                }
            }
            Node::Index { array, indices } => {
                self.left.push(Emit(Op::Index, id));
                self.left.push(Do(*array, Array));
                self.left.extend(indices.iter().flatten().map(|&index| Do(index, Array)));
            }
            Node::Within { space, class: Class::Array, .. } => self.then([Do(*space, Array), Emit(Op::Within, id)]),
            Node::Tested { argument, next } => {
                self.then([Do(*argument, Array), Do(*next, Function), Emit(Op::Forget, id)]);
            }
            Node::Revealed { argument, space } => {
                self.then([Do(*argument, Array), Do(*space, Array), Emit(Op::Reveal, *space)]);
            }
            Node::Assign { target, function, value } => {
                let default = matches!(target, Target::Alpha) && function.is_none();
                if default {
                    self.left.push(Task::Close);
                }
                let change = self.change(*function);
                if let Change::Function = change {
                    self.left.push(Emit(Op::Forget, id));
                }
                self.store(target, change, id);
                self.left.push(Emit(Op::Copy, id));
                if let (Change::Function, Some(function)) = (change, function) {
                    self.left.push(Do(*function, Function));
                }
                self.left.push(Emit(Op::Settle, id));
                self.left.push(Do(*value, Array));
                if default {
                    self.left.push(Task::Open(id));
                }
            }
            Node::Executed(_) | Node::Namespace(_) => self.emit(Op::Whole, id),
            _ => self.emit(Op::Leaf, id),
        }
    }

    /// Where an argument of a scalar function comes from.
    fn source(&mut self, id: NodeId) -> Source {
        match self.bound.node(id) {
            Node::Omega => Source::Omega,
            Node::Constant(value) => {
                self.code.constants.push(value.clone());
                Source::Constant(self.code.constants.len() as u32 - 1)
            }
            Node::Name(name) => match self.slot(name) {
                Some(slot) => Source::Local(slot, id),
                None => Source::Stack,
            },
            _ => Source::Stack,
        }
    }

    fn slot(&self, name: &NameRef) -> Option<u32> {
        self.locals.iter().position(|&local| local == name.symbol).map(|slot| slot as u32)
    }

    /// How an assignment with a function, or without one, changes its target.
    fn change(&self, function: Option<NodeId>) -> Change {
        match function.map(|function| self.bound.node(function)) {
            None => Change::Value,
            Some(Node::Primitive(row)) => Change::Primitive(row),
            Some(Node::Ready(function)) => primitive::row(&**function).map_or(Change::Function, Change::Primitive),
            Some(_) => Change::Function,
        }
    }

    /// The tasks that store the topmost value, in reverse order.
    fn store(&mut self, target: &Target, change: Change, id: NodeId) {
        if let Target::Strand(targets) = target {
            for target in targets {
                self.store(target, change, id);
            }
            self.left.push(Task::Emit(Op::Split(targets.len() as u32), id));
            return;
        }
        if let (Target::Name(name), Change::Value) = (target, change) {
            return self.left.push(Task::Emit(Op::Assign(name.symbol), id));
        }
        let at = TargetId { at: self.code.targets.len() as u32, change };
        self.code.targets.push(target.clone());
        let array = |node: &NodeId| Task::Node(*node, Wanted::Array);
        match target {
            Target::Indexed { indices, .. } | Target::SystemIndexed { indices, .. } => {
                self.left.push(Task::Emit(Op::StoreIndexed(at), id));
                self.left.extend(indices.iter().flatten().map(array));
            }
            Target::Member { space, target } => {
                self.left.push(Task::Emit(Op::StoreMember(at), id));
                self.left.push(array(space));
                if let Target::Indexed { indices, .. } = &**target {
                    self.left.extend(indices.iter().flatten().map(array));
                }
            }
            _ => self.left.push(Task::Emit(Op::Store(at), id)),
        }
    }

    fn function(&mut self, id: NodeId) {
        use Task::{Emit, Node as Do};
        use Wanted::{Array, Function, Operand, Operator};
        match self.bound.node(id) {
            Node::Axis { function, axis } => {
                self.then([Do(*axis, Array), Do(*function, Function), Emit(Op::Axis, id)]);
            }
            Node::Derived { operand, axis, .. } => {
                self.then([Do(*operand, Operand), Emit(Op::Derive, id)]);
                self.left.extend(axis.map(|axis| Do(axis, Array)));
            }
            Node::Derived2 { left, right, .. } => {
                self.then([Do(*right, Operand), Do(*left, Operand), Emit(Op::DeriveBoth, id)]);
            }
            Node::Outer(operand) => self.then([Do(*operand, Operand), Emit(Op::Outer, id)]),
            Node::Train(tines) => {
                self.left.push(Emit(Op::Train(tines.len() as u32), id));
                self.left.extend(tines.iter().map(|&tine| Do(tine, Operand)));
            }
            Node::UserDerived { operator, left, right } => {
                self.then([Do(*operator, Operator), Do(*left, Operand), Emit(Op::DeriveUser, id)]);
                self.left.extend(right.map(|right| Do(right, Operand)));
            }
            Node::Within { space, class: Class::Function, .. } => {
                self.then([Do(*space, Array), Emit(Op::FunctionWithin, id)]);
            }
            _ => self.emit(Op::Function, id),
        }
    }

    fn operand(&mut self, id: NodeId) {
        match self.bound.node(id) {
            Node::AlphaAlpha(_) | Node::OmegaOmega(_) | Node::Executed(_) => self.emit(Op::Operand, id),
            node if node.is_array() => {
                self.then([Task::Node(id, Wanted::Array), Task::Emit(Op::AsOperand, id)]);
            }
            _ => self.function(id),
        }
    }

    fn operator(&mut self, id: NodeId) {
        use Task::{Emit, Node as Do};
        use Wanted::{Array, Operand, Operator};
        match self.bound.node(id) {
            Node::OperatorAxis { operator, axis } => {
                self.then([Do(*axis, Array), Do(*operator, Operator), Emit(Op::OperatorAxis, id)]);
            }
            Node::Curried { operator, right } => {
                self.then([Do(*right, Operand), Do(*operator, Operator), Emit(Op::Curry, id)]);
            }
            Node::Within { space, class: Class::Monadic | Class::Dyadic, .. } => {
                self.then([Do(*space, Array), Emit(Op::OperatorWithin, id)]);
            }
            _ => self.emit(Op::Operator, id),
        }
    }
}
