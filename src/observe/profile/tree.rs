//! What was measured: functions along the ways on which they were called, with their lines.

use std::any::Any;
use std::ops::{Add, AddAssign, Sub};
use std::rc::Rc;

use super::timer::Timer;

/// Functions along different ways that are told apart; what is called beyond them counts for one entry a function.
const MOST_NODES: usize = 1 << 16;

/// What was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Nanoseconds.
    pub time: u64,
    /// Bytes of the arrays that were made.
    pub bytes: u64,
    /// How often the clock was read.
    pub reads: u64,
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost { time: self.time + other.time, bytes: self.bytes + other.bytes, reads: self.reads + other.reads }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        *self = *self + other;
    }
}

impl Sub for Cost {
    type Output = Cost;

    fn sub(self, other: Cost) -> Cost {
        Cost {
            time: self.time.saturating_sub(other.time),
            bytes: self.bytes.saturating_sub(other.bytes),
            reads: self.reads.saturating_sub(other.reads),
        }
    }
}

/// How often something was run, and what that took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// How often.
    pub count: u64,
    /// Without what was called.
    pub own: Cost,
    /// With what was called.
    pub total: Cost,
}

/// A function that was called.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name, with that of its namespace.
    pub name: Rc<str>,
    /// Its text.
    pub text: Rc<str>,
    /// The line that begins with each call, if it is one that counts.
    pub first: Option<u32>,
}

/// A function as it was called along one way.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Its number.
    pub function: usize,
    /// What it was called from, 0 for the session.
    pub parent: usize,
    /// The line of the function that called it.
    pub line: Option<u32>,
    /// All its calls.
    pub entry: Entry,
    /// Its lines by their numbers.
    pub lines: Vec<Entry>,
    /// What it called.
    pub children: Vec<usize>,
    /// What its function is known by.
    key: usize,
}

impl Node {
    fn line(&mut self, line: u32) -> &mut Entry {
        let at = line as usize;
        if self.lines.len() <= at {
            self.lines.resize(at + 1, Entry::default());
        }
        &mut self.lines[at]
    }
}

/// What was measured. Only what was spent without what was called is kept while it is made; the rest follows from it.
#[derive(Default)]
pub struct Profile {
    /// What is measured.
    pub timer: Timer,
    functions: Vec<(Known, Rc<dyn Any>)>,
    /// The first is the session.
    nodes: Vec<Node>,
    /// While functions are tried for all cells at once: what was counted, so that it can be taken back.
    tried: Vec<Counted>,
    trials: u32,
}

/// Something was counted: for a node, or for a line of it.
struct Counted {
    node: usize,
    line: Option<u32>,
    count: u64,
}

impl Profile {
    /// Nothing has been measured yet.
    pub fn new(timer: Timer) -> Profile {
        Profile { timer, nodes: vec![Node::default()], ..Profile::default() }
    }

    /// Whether nothing has ever been measured.
    pub(super) fn is_new(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What was called, by the ways of calls: the first is the session, the others come behind what called them.
    pub fn nodes(&self) -> Vec<Node> {
        let mut nodes = self.nodes.clone();
        for node in nodes.iter_mut().skip(1) {
            // The line that begins with each call is not counted by itself.
            if let Some(first) = self.functions[node.function].0.first {
                let calls = node.entry.count;
                let line = node.line(first);
                line.count =
                    if self.timer == Timer::Coverage { (line.count + calls).min(1) } else { line.count + calls };
            }
            node.entry.total = node.entry.own;
            node.lines.iter_mut().for_each(|line| line.total = line.own);
        }
        for at in (1..nodes.len()).rev() {
            let Node { parent, line, entry, .. } = &nodes[at];
            let (parent, line, total) = (*parent, *line, entry.total);
            nodes[parent].entry.total += total;
            if let Some(line) = line {
                nodes[parent].line(line).total += total;
            }
        }
        nodes
    }

    /// A function by its number.
    pub fn function(&self, number: usize) -> Option<&Known> {
        self.functions.get(number).map(|(known, _)| known)
    }

    /// The functions, in the order in which they were called first, with all their calls and lines. What a function takes
    /// that calls itself counts once.
    pub fn functions(&self) -> Vec<(&Known, Entry, Vec<Entry>)> {
        let nodes = self.nodes();
        let mut all: Vec<(&Known, Entry, Vec<Entry>)> =
            self.functions.iter().map(|(known, _)| (known, Entry::default(), Vec::new())).collect();
        for node in nodes.iter().skip(1) {
            let within = is_within(&nodes, node);
            let Some((_, entry, lines)) = all.get_mut(node.function) else { continue };
            add(entry, &node.entry, !within);
            if lines.len() < node.lines.len() {
                lines.resize(node.lines.len(), Entry::default());
            }
            for (sum, line) in lines.iter_mut().zip(&node.lines) {
                add(sum, line, !within);
            }
        }
        all
    }

    /// Something was spent in a node, 0 for the session, and in a line of it.
    pub(super) fn spend(&mut self, node: usize, line: Option<u32>, cost: Cost) {
        let Some(node) = self.nodes.get_mut(node) else { return };
        node.entry.own += cost;
        if let Some(line) = line {
            node.line(line).own += cost;
        }
    }

    /// Counts a node, or a line of it.
    #[inline]
    pub(super) fn count(&mut self, node: usize, line: Option<u32>, count: u64) {
        let of = &mut self.nodes[node];
        let entry = match line {
            None => &mut of.entry,
            Some(line) => of.line(line),
        };
        let more = if self.timer == Timer::Coverage { count.min(1 - entry.count.min(1)) } else { count };
        entry.count += more;
        if self.trials > 0 && more > 0 {
            self.tried.push(Counted { node, line, count: more });
        }
    }

    /// A function is tried for all cells at once: gives what takes back what is counted.
    pub(super) fn tries(&mut self) -> usize {
        self.trials += 1;
        self.tried.len()
    }

    /// The trial is over; where it has come to nothing, what was counted since it began is taken back.
    pub(super) fn tried(&mut self, mark: usize, kept: bool) {
        if !kept {
            for Counted { node, line, count } in self.tried.drain(mark..) {
                let entry = match line {
                    None => &mut self.nodes[node].entry,
                    Some(line) => self.nodes[node].line(line),
                };
                entry.count -= count;
            }
        }
        self.trials = self.trials.saturating_sub(1);
        if self.trials == 0 {
            self.tried.clear();
        }
    }

    /// The node of a function that is called from a line of a node, and its line that begins with the call.
    #[inline]
    pub(super) fn child(
        &mut self,
        parent: usize,
        line: Option<u32>,
        key: usize,
        known: impl FnOnce() -> (Known, Rc<dyn Any>),
    ) -> (usize, Option<u32>) {
        let same = |&&child: &&usize| {
            let node = &self.nodes[child];
            node.key == key && node.line == line
        };
        let child = match self.nodes[parent].children.iter().find(same) {
            Some(child) => *child,
            None => self.new_child(parent, line, key, known),
        };
        (child, self.functions[self.nodes[child].function].0.first)
    }

    #[cold]
    fn new_child(
        &mut self,
        parent: usize,
        line: Option<u32>,
        key: usize,
        known: impl FnOnce() -> (Known, Rc<dyn Any>),
    ) -> usize {
        let other = self.nodes.iter().skip(1).position(|node| node.key == key);
        if self.nodes.len() >= MOST_NODES
            && let Some(other) = other
        {
            return other + 1;
        }
        let function = match other {
            Some(other) => self.nodes[other + 1].function,
            None => {
                self.functions.push(known());
                self.functions.len() - 1
            }
        };
        self.nodes.push(Node { function, parent, line, key, ..Node::default() });
        let child = self.nodes.len() - 1;
        self.nodes[parent].children.push(child);
        child
    }
}

/// Whether a node is called, directly or not, from another one of the same function.
fn is_within(nodes: &[Node], node: &Node) -> bool {
    let mut at = node.parent;
    while at != 0 {
        if nodes[at].function == node.function {
            return true;
        }
        at = nodes[at].parent;
    }
    false
}

fn add(sum: &mut Entry, part: &Entry, whole: bool) {
    sum.count += part.count;
    sum.own += part.own;
    if whole {
        sum.total += part.total;
    }
}
