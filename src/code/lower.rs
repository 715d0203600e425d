//! Lowering: a bound expression as instructions, in the order in which they are carried out.

use crate::array::Value;
use crate::code::instruction::{Change, Code, Op, Source, Storage, TargetId};
use crate::code::node::{Bound, Class, NameRef, Node, NodeId, Target};
use crate::names::scope::Scope;
use crate::primitive;

/// The names that an instruction may reach directly.
#[derive(Clone, Copy)]
pub enum Locals<'a> {
    /// Those with slots in a dfn and in the dfns around it, of which this is the parent.
    Slots(&'a [u32], Option<&'a Scope>),
    /// Those that are local to a traditional function, in the order of their numbers.
    Own(&'a [u32]),
}

/// The instructions for a node, which leave its value, or else a function or operator. Where they are `traced`, the value of
/// each of its parts is noted, and no part is fused with what takes it.
pub fn lower(bound: &Bound, node: NodeId, wanted: Wanted, locals: Locals, traced: bool) -> Code {
    let mut code = Code::default();
    // Mostly one instruction for each node.
    code.ops.reserve(bound.nodes.len());
    code.nodes.reserve(bound.nodes.len());
    let traced = traced.then_some(node);
    work_off(
        Lowering { bound, locals, code: &mut code, left: Vec::with_capacity(8), defaults: Vec::new(), traced },
        node,
        wanted,
    );
    code
}

/// The same behind other instructions.
pub fn lower_onto(code: &mut Code, bound: &Bound, node: NodeId, wanted: Wanted, locals: Locals) {
    let left = Vec::with_capacity(8);
    work_off(Lowering { bound, locals, code, left, defaults: Vec::new(), traced: None }, node, wanted);
}

fn work_off(mut lowering: Lowering, node: NodeId, wanted: Wanted) {
    let bound = lowering.bound;
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
            Task::Node(id, Wanted::Made) => lowering.made(id),
            Task::Emit(op, id) => lowering.emit(op, id),
            Task::Open(id) => {
                lowering.defaults.push(lowering.code.ops.len());
                lowering.emit(Op::Default(0), id);
            }
            Task::Close => lowering.close(),
        }
    }
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
    /// Nothing: an assignment is made whose value nobody needs.
    Made,
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
    locals: Locals<'a>,
    code: &'a mut Code,
    /// What is still to be done, the next last.
    left: Vec<Task>,
    /// The positions at which the defaults for `⍺` begin that have not ended yet.
    defaults: Vec<usize>,
    /// Where it is traced: the whole, whose value is noted by whoever runs the code.
    traced: Option<NodeId>,
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
        if self.traced.is_some_and(|whole| whole != id) && self.bound.node(id).is_part() {
            self.left.push(Emit(Op::Note, id));
        }
        match self.bound.node(id) {
            Node::Constant(value) => self.emit(Op::Constant(value.clone()), id),
            Node::Omega => self.emit(Op::Omega, id),
            Node::Alpha => self.emit(Op::Alpha, id),
            Node::Name(name) => {
                self.emit(Op::Name(self.storage(name)), id);
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
                    Node::Within { .. } if let Some(call) = self.member(*function, false) => call,
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
                            if let (Source::Stack, Source::Name(_) | Source::Alpha) = sources {
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
                    // The function is looked up before what the left argument does, if that does anything.
                    Node::Within { .. }
                        if !self.source(*left).is_stack()
                            && let Some(call) = self.member(*function, true) =>
                    {
                        self.then([before, after, Emit(call, id)]);
                    }
                    _ => self.then([before, Do(*function, Function), after, Emit(Op::Call { dyadic: true }, id)]),
                }
            }
            Node::Index { array, indices } => {
                match (self.bound.node(*array), &indices[..], all(indices)) {
                    (Node::Name(name), &[Some(at)], 1) if self.traced.is_none() => {
                        let index = self.source(at);
                        self.left.push(Emit(Op::Element { array: self.storage(name), node: *array, index }, id));
                        self.left.extend(index.is_stack().then_some(Do(at, Array)));
                        return;
                    }
                    (Node::Name(name), _, count @ 1..) if self.traced.is_none() => {
                        self.left.push(Emit(Op::Elements { array: self.storage(name), node: *array, count }, id));
                    }
                    _ => {
                        self.left.push(Emit(Op::Index, id));
                        self.left.push(Do(*array, Array));
                    }
                }
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
                self.settle(*value, id);
                self.left.push(Do(*value, Array));
                if default {
                    self.left.push(Task::Open(id));
                }
            }
            Node::Executed(_) | Node::Namespace(_) => self.emit(Op::Whole, id),
            _ => self.emit(Op::Leaf, id),
        }
    }

    /// An assignment whose value nobody needs.
    fn made(&mut self, id: NodeId) {
        use Task::{Emit, Node as Do};
        let Node::Assign { target, function, value } = self.bound.node(id) else { return self.array(id) };
        let change = self.change(*function);
        match (target, change, self.source(*value)) {
            (
                Target::Name(name),
                Change::Scalar(..) | Change::Primitive(_),
                value @ (Source::Name(_) | Source::Omega | Source::Alpha | Source::Constant(_) | Source::Whole(_)),
            ) => {
                let op = match change {
                    Change::Scalar(op, _) => Some(op),
                    _ => None,
                };
                let name = self.storage(name);
                let target = self.changing(target, change, name, 0);
                self.emit(Op::Update { op, target, name, value }, id);
            }
            (Target::Indexed { name, indices }, Change::Value | Change::Scalar(..), from)
                if let [Some(at)] = indices[..]
                    && self.traced.is_none() =>
            {
                let index = self.source(at);
                // What the index does must not be seen by the value.
                let from = match (index, from) {
                    (Source::Stack, Source::Name(_) | Source::Alpha) => Source::Stack,
                    _ => from,
                };
                let target = self.changing(target, change, self.storage(name), 1);
                self.left.push(Emit(Op::Put { target, index, value: from }, id));
                self.left.extend(index.is_stack().then_some(Do(at, Wanted::Array)));
                self.left.extend(from.is_stack().then_some(Do(*value, Wanted::Array)));
            }
            // Its value is needed where there is an argument already.
            (Target::Alpha, ..) => {
                self.left.push(Emit(Op::Drop, id));
                self.array(id);
            }
            _ => {
                if let Change::Function = change {
                    self.left.push(Emit(Op::Forget, id));
                }
                self.store(target, change, id);
                if let (Change::Function, Some(function)) = (change, function) {
                    self.left.push(Do(*function, Wanted::Function));
                }
                // An assignment to a name settles by itself.
                if !matches!((target, change), (Target::Name(_), Change::Value)) {
                    self.settle(*value, id);
                }
                self.left.push(Do(*value, Wanted::Array));
            }
        }
    }

    /// The position of a change of a name, or of its element at so many indices.
    fn changing(&mut self, target: &Target, change: Change, storage: Storage, indices: u8) -> u32 {
        let at = self.code.targets.len() as u32;
        self.code.targets.push(target.clone());
        self.code.changes.push(TargetId { at, change, storage: Some(storage), indices });
        self.code.changes.len() as u32 - 1
    }

    /// What may be deferred is settled before it is assigned.
    fn settle(&mut self, value: NodeId, id: NodeId) {
        if !matches!(self.bound.node(value), Node::Constant(_) | Node::Name(_)) {
            self.left.push(Task::Emit(Op::Settle, id));
        }
    }

    /// Where an argument of a scalar function comes from.
    fn source(&mut self, id: NodeId) -> Source {
        match self.bound.node(id) {
            Node::Omega if self.traced.is_none() => Source::Omega,
            Node::Alpha if self.traced.is_none() => Source::Alpha,
            Node::Constant(Value::Bool(b)) => Source::Whole(i32::from(*b)),
            Node::Constant(Value::Int(n)) if !matches!(n, 0 | 1) => Source::Whole(*n),
            Node::Constant(value) => {
                self.code.constants.push(value.clone());
                Source::Constant(self.code.constants.len() as u32 - 1)
            }
            Node::Name(name) if self.is_plain(name) => Source::Name(self.storage(name)),
            _ => Source::Stack,
        }
    }

    /// Whether a name can be looked up where it is needed: what may be a function without arguments is called in its turn.
    fn is_plain(&self, name: &NameRef) -> bool {
        self.traced.is_none() && !self.bound.signature.iter().any(|(known, _)| known.symbol == name.symbol)
    }

    /// The call of a function `s.f`, if both are names.
    fn member(&self, function: NodeId, dyadic: bool) -> Option<Op> {
        let Node::Within { space, inner, class: Class::Function } = self.bound.node(function) else { return None };
        let (Node::Name(space), Some(member)) = (self.bound.node(*space), &inner.name) else { return None };
        let call = Op::CallMember { dyadic, space: self.storage(space), member: member.symbol, node: function };
        self.is_plain(space).then_some(call)
    }

    fn storage(&self, name: &NameRef) -> Storage {
        let symbol = name.symbol;
        match self.locals {
            Locals::Slots(names, parent) => match names.iter().position(|&local| local == symbol) {
                Some(slot) => Storage::Slot(slot as u32),
                None => outer(parent, symbol).unwrap_or(Storage::Elsewhere(symbol)),
            },
            Locals::Own(names) if names.binary_search(&symbol).is_ok() => Storage::Own(symbol),
            Locals::Own(_) => Storage::Global(symbol),
        }
    }

    /// How an assignment with a function, or without one, changes its target.
    fn change(&self, function: Option<NodeId>) -> Change {
        let row = match function.map(|function| self.bound.node(function)) {
            None => return Change::Value,
            Some(Node::Primitive(row)) => Some(*row),
            Some(Node::Ready(function)) => primitive::row(&**function),
            Some(_) => None,
        };
        match row.map(|row| (row, row.scalar_dyad())) {
            Some((row, Some(op))) => Change::Scalar(op, row),
            Some((row, None)) => Change::Primitive(row),
            None => Change::Function,
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
            return self.left.push(Task::Emit(Op::Assign(self.storage(name)), id));
        }
        let (storage, indices) = match target {
            Target::Name(name) => (Some(self.storage(name)), 0),
            Target::Indexed { name, indices } => (Some(self.storage(name)), all(indices)),
            _ => (None, 0),
        };
        let at = TargetId { at: self.code.targets.len() as u32, change, storage, indices };
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

/// The number of indices, if none is elided; otherwise 0.
fn all(indices: &[Option<NodeId>]) -> u8 {
    match indices.iter().all(Option::is_some) {
        true => u8::try_from(indices.len()).unwrap_or(0),
        false => 0,
    }
}

/// The slot of a name in the nearest of the dfns around one that has it.
fn outer(parent: Option<&Scope>, symbol: u32) -> Option<Storage> {
    let mut at = parent;
    for depth in 1..=u8::MAX {
        let scope = at.filter(|scope| scope.keeps_names())?;
        if let Some(slot) = scope.function.definition.locals.iter().position(|&local| local == symbol) {
            return Some(Storage::Outer { depth, slot: u16::try_from(slot).ok()?, symbol });
        }
        at = scope.function.parent.as_deref();
    }
    None
}
