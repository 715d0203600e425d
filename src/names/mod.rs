//! The workspace: what all namespaces of a session share, that is, the numbering of names, the system names, and the
//! table of the namespaces. A namespace stays in the table for as long as there are references to it.
//!
//! Arrays hold a namespace as a [`Reference`]; the namespace itself is stored here. When the last reference to it is
//! dropped, its number is added to the queue `dropped`, and [`Workspace::release_dropped`] later empties the namespace.
//! That happens between statements and when a namespace is created, never while something is being evaluated, and
//! without recursion: what is dropped can only add more numbers to the queue.

mod access;
pub mod binding;
pub mod path;
pub mod record;
pub mod scope;
mod similar;
pub mod space;
pub mod user;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

pub use access::{change_space, find, forget, namespace_of, set, visible};
pub use binding::{Binding, Operator, SystemOperator};
pub use scope::Scope;
pub use space::Space;
pub use user::UserFunction;

use crate::array::Value;
use crate::array::reference::{DroppedNamespaces, Reference};
use crate::code::definition::Definition;
use crate::code::instruction::Component;
use crate::code::node::{self, Class};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Fun;

/// System variables, functions and operators, which `system/` provides.
pub trait SystemNames {
    /// The class of `⎕name`; `None` if there is no such name.
    fn class(&self, name: &str) -> Option<Class>;

    /// The value of a system variable.
    fn get(&self, context: &Context, space: &Rc<Space>, name: &str) -> Result<Value>;

    /// `⎕name←value`.
    fn set(&self, context: &Context, name: &str, value: &Value) -> Result<()>;

    /// A system function, as seen from a scope.
    fn function(&self, space: &Rc<Space>, scope: Option<&Rc<Scope>>, name: &str) -> Option<Fun>;

    /// NONCE ERROR for a name that is not there.
    fn missing(&self, name: &str) -> Fault;

    /// A system operator; `⌶` is one too.
    fn operator(&self, name: &str) -> Option<&'static SystemOperator>;
}

/// The number of the root namespace.
pub const ROOT: u64 = 0;
/// The number of `⎕SE`.
pub const SESSION: u64 = 1;

/// What all namespaces of a session share.
pub struct Workspace {
    symbols: RefCell<Symbols>,
    /// How many names have stood for a function or operator, in any namespace or scope.
    functions: Cell<u32>,
    /// `⎕` names.
    pub system: Box<dyn SystemNames>,
    /// The namespaces by number.
    spaces: RefCell<BTreeMap<u64, Rc<Space>>>,
    /// The number of the next one.
    next: Cell<u64>,
    /// The namespace that is current: its system variables are those of the context.
    current: RefCell<Option<Rc<Space>>>,
    /// The queue of the numbers of namespaces without references.
    dropped: DroppedNamespaces,
    /// Namespaces without references whose functions are still running, or have a name elsewhere.
    lingering: RefCell<Vec<u64>>,
    /// How many namespaces have still to be dropped before those are looked at again.
    wait: Cell<usize>,
    /// The namespace that the session's lines are run in; `None` for the root.
    session_current: RefCell<Option<Rc<Space>>>,
    /// The search path, `⎕PATH`: names of namespaces where functions are looked for that the current one lacks.
    path: OnceCell<Rc<RefCell<String>>>,
    /// The functions that are running, the innermost last.
    running: RefCell<Vec<Rc<Scope>>>,
    /// Which phrases have been run, if that is recorded.
    pub recorder: record::Recorder,
    /// A phrase of nothing.
    pub none: Rc<node::Bound>,
    /// Empty stacks for the next expression that is evaluated.
    pub spare: Cell<Option<Stacks>>,
    /// How many calls and turns of loops there are to the next poll.
    pub unpolled: Cell<u32>,
}

/// The stacks of an evaluation: values; functions, operators and operands.
pub type Stacks = (Vec<Value>, Vec<Component>, Vec<Rc<Scope>>);

#[derive(Default)]
struct Symbols {
    numbers: HashMap<Rc<str>, u32>,
    names: Vec<Rc<str>>,
    /// Whether each has ever stood for a function or operator, in any namespace or scope.
    functions: Vec<bool>,
    /// Whether each has ever been local to a dfn.
    locals: Vec<bool>,
}

impl Workspace {
    /// A clear workspace; its root namespace.
    pub fn clear_ws(system: Box<dyn SystemNames>) -> Rc<Space> {
        let workspace = Rc::new(Workspace {
            symbols: RefCell::default(),
            functions: Cell::new(0),
            system,
            spaces: RefCell::default(),
            next: Cell::new(ROOT),
            current: RefCell::default(),
            dropped: DroppedNamespaces::default(),
            lingering: RefCell::default(),
            wait: Cell::new(0),
            session_current: RefCell::default(),
            path: OnceCell::new(),
            running: RefCell::default(),
            recorder: record::Recorder::default(),
            none: Rc::default(),
            spare: Cell::default(),
            unpolled: Cell::new(1),
        });
        let root = Space::root(&workspace);
        workspace.keep(&root);
        workspace.keep(&Space::session(&root));
        *workspace.current.borrow_mut() = Some(root.clone());
        root
    }

    /// Looks at a search path from now on, for good.
    pub fn follow(&self, path: &Rc<RefCell<String>>) {
        // Only the session does this, once.
        let _ = self.path.set(path.clone());
    }

    /// The function or operator that a name stands for along the search path, as a namespace sees it.
    pub fn on_path(&self, space: &Rc<Space>, symbol: u32) -> Binding {
        let Some(path) = self.path.get().filter(|path| !path.borrow().is_empty()) else { return Binding::Unset };
        let path = path.borrow().clone();
        let found = |space: &Rc<Space>| {
            Some(space.get(symbol))
                .filter(|binding| matches!(binding, Binding::Function(_) | Binding::Niladic(_) | Binding::Operator(_)))
        };
        let along = |word: &str| match word {
            "↑" => std::iter::successors(space.parent(), |space| space.parent()).find_map(|space| found(&space)),
            word => path::named(space, None, word).and_then(|space| found(&space)),
        };
        path.split_whitespace().find_map(along).unwrap_or_default()
    }

    /// The number of a name, given on first sight.
    pub fn symbol(&self, name: &Rc<str>) -> u32 {
        let symbols = &mut *self.symbols.borrow_mut();
        if let Some(&number) = symbols.numbers.get(name) {
            return number;
        }
        let number = symbols.names.len() as u32;
        symbols.names.push(name.clone());
        symbols.functions.push(false);
        symbols.locals.push(false);
        symbols.numbers.insert(name.clone(), number);
        number
    }

    /// The name with this number.
    pub fn name(&self, symbol: u32) -> Option<Rc<str>> {
        self.symbols.borrow().names.get(symbol as usize).cloned()
    }

    /// Notes that a name is about to get a function or operator somewhere. Names that never had one are arrays
    /// everywhere, so that they need not be looked up.
    pub fn note_function(&self, symbol: u32) {
        if let Some(flag) = self.symbols.borrow_mut().functions.get_mut(symbol as usize)
            && !std::mem::replace(flag, true)
        {
            self.functions.set(self.functions.get().wrapping_add(1));
        }
    }

    /// Notes that a dfn may make a name local.
    pub fn note_local(&self, symbol: u32) {
        if let Some(flag) = self.symbols.borrow_mut().locals.get_mut(symbol as usize) {
            *flag = true;
        }
    }

    /// Whether a name may be local to a dfn.
    pub fn is_local(&self, symbol: u32) -> bool {
        self.symbols.borrow().locals.get(symbol as usize).copied().unwrap_or(true)
    }

    /// Whether a name has ever stood for a function or operator.
    pub fn was_function(&self, symbol: u32) -> bool {
        // Symbols beyond the table are `⍺`, `⍺⍺` and `⍵⍵`.
        self.symbols.borrow().functions.get(symbol as usize).copied().unwrap_or(true)
    }

    /// All code of bodies is made anew when it is next run.
    pub fn outdate(&self) {
        self.functions.set(self.functions.get().wrapping_add(1));
    }

    /// Changes whenever a name stands for a function or operator for the first time.
    #[inline]
    pub fn generation(&self) -> u32 {
        self.functions.get()
    }

    /// All bound phrases and all codes of bodies are made anew when they are run next.
    pub fn renew(&self) {
        self.functions.set(self.functions.get().wrapping_add(1));
    }

    /// A traditional function gets another definition: all names that stand for the function have it then, unless it is
    /// running.
    pub fn redefine(&self, old: &Rc<Definition>, new: &Binding) {
        if self.running.borrow().iter().any(|scope| Rc::ptr_eq(&scope.function.definition, old)) {
            return;
        }
        let spaces: Vec<Rc<Space>> = self.spaces.borrow().values().cloned().collect();
        for space in spaces {
            for symbol in space.names_of(old) {
                drop(space.set(symbol, new.clone()));
            }
        }
    }

    /// The number for a new namespace.
    pub(super) fn next_number(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    /// Adds a new namespace to the table, where it stays as long as there are references to it.
    pub(super) fn keep(&self, space: &Rc<Space>) {
        self.spaces.borrow_mut().insert(space.number(), space.clone());
    }

    /// The queue of the numbers of namespaces without references.
    pub(super) fn dropped(&self) -> &DroppedNamespaces {
        &self.dropped
    }

    /// The namespace that a reference stands for; `None` for `⎕NULL` and for a reference from another session.
    pub fn space(&self, reference: &Reference) -> Option<Rc<Space>> {
        let number = reference.number(&self.dropped)?;
        self.spaces.borrow().get(&number).cloned()
    }

    /// The root namespace, `#`; `None` only while the session goes down.
    pub fn root(&self) -> Option<Rc<Space>> {
        self.spaces.borrow().get(&ROOT).cloned()
    }

    /// The session's own namespace, `⎕SE`; `None` only while the session goes down.
    pub fn session_space(&self) -> Option<Rc<Space>> {
        self.spaces.borrow().get(&SESSION).cloned()
    }

    /// The namespace that the session's lines are run in.
    pub fn session_current(&self) -> Option<Rc<Space>> {
        self.session_current.borrow().clone().or_else(|| self.root())
    }

    /// Sets the namespace that the session's lines are run in.
    pub fn set_session_current(&self, space: &Rc<Space>) {
        *self.session_current.borrow_mut() = Some(space.clone());
    }

    /// The namespace whose system variables are in force.
    pub(super) fn current(&self) -> &RefCell<Option<Rc<Space>>> {
        &self.current
    }

    /// Empties and removes the namespaces whose numbers are in the queue, unless their functions are still running.
    pub fn release_dropped(&self) {
        let mut numbers = self.dropped.take();
        let mut count = numbers.len();
        while count > 0 {
            // Those that were still held the last time are looked at again when as many others have been dropped, so that
            // each costs constant time.
            self.wait.set(self.wait.get().saturating_sub(count));
            let again = self.wait.get() == 0;
            if again {
                numbers.append(&mut self.lingering.borrow_mut());
            }
            count = 0;
            for number in numbers {
                let found = self.spaces.borrow().get(&number).cloned();
                let Some(space) = found.filter(|space| number > SESSION && !space.is_referred_to()) else { continue };
                // One reference is the table's, one is the variable `space`.
                if Rc::strong_count(&space) > 2 {
                    self.lingering.borrow_mut().push(number);
                    continue;
                }
                self.spaces.borrow_mut().remove(&number);
                space.clear();
                count += 1;
            }
            if again {
                self.wait.set(self.lingering.borrow().len());
            }
            numbers = self.dropped.take();
        }
    }

    /// Notes that a function is running, until [`Workspace::ended`].
    #[inline]
    pub fn begun(&self, scope: &Rc<Scope>) {
        self.running.borrow_mut().push(scope.clone());
    }

    /// The innermost function that is running has come to its end.
    #[inline]
    pub fn ended(&self) {
        let scope = self.running.borrow_mut().pop();
        drop(scope);
    }

    /// The innermost function that is running.
    pub fn running_now(&self) -> Option<Rc<Scope>> {
        self.running.borrow().last().cloned()
    }

    /// How many functions are running.
    pub fn depth(&self) -> usize {
        self.running.borrow().len()
    }

    /// Forgets functions that were abandoned while they were running: no more than `depth` are left.
    pub fn abandon(&self, depth: usize) {
        let depth = depth.min(self.depth());
        let abandoned = self.running.borrow_mut().split_off(depth);
        drop(abandoned);
    }

    /// The functions that are running, the innermost first.
    pub fn stack(&self) -> Vec<Rc<Scope>> {
        self.running.borrow().iter().rev().cloned().collect()
    }

    /// The innermost function that is running in a namespace. It and those that it was called from know their callers from
    /// now on.
    pub(super) fn innermost(&self, space: &Space) -> Option<Rc<Scope>> {
        let running = self.running.borrow();
        let mut here = running.iter().rev().filter(|scope| scope.function.space.number() == space.number());
        let innermost = here.next()?;
        let mut at = innermost;
        // What was noted before knows all its callers.
        while at.caller().is_none() {
            let next = here.next();
            if !at.note_caller(next.cloned()) {
                break;
            }
            let Some(next) = next else { break };
            at = next;
        }
        Some(innermost.clone())
    }

    /// How many namespaces there are.
    pub fn spaces(&self) -> usize {
        self.spaces.borrow().len()
    }

    /// Forgets every name of every namespace, and every namespace but the root.
    pub fn clear(&self) {
        let all: Vec<Rc<Space>> = self.spaces.borrow().values().cloned().collect();
        for space in &all {
            space.clear();
        }
        self.spaces.borrow_mut().retain(|number, _| *number <= SESSION);
        *self.current.borrow_mut() = self.root();
        *self.session_current.borrow_mut() = None;
        self.dropped.take();
        self.lingering.borrow_mut().clear();
        self.running.borrow_mut().clear();
    }

    /// Clears the workspace at the end of a session, to break the reference cycles between it, namespaces and functions.
    pub fn close(&self) {
        self.clear();
        *self.current.borrow_mut() = None;
        self.spaces.borrow_mut().clear();
    }
}
