//! A namespace: names, what they stand for in it, and its own system variables.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::binding::{Binding, Operator};
use super::similar;
use super::user::{UserFunction, UserOperator};
use super::{ROOT, Workspace};
use crate::array::Value;
use crate::array::memory::Lease;
use crate::array::reference::{Memo, Reference};
use crate::code::definition::{Definition, Extent, Source};
use crate::code::node::Class;
use crate::context::{Context, Settings};
use crate::error::Result;
use crate::syntax::span::Span;

/// What an empty namespace takes from the workspace budget.
const SPACE_BYTES: usize = 512;

/// A namespace.
pub struct Space {
    /// What all namespaces of the session share.
    pub workspace: Rc<Workspace>,
    me: Weak<Space>,
    number: u64,
    parent: Weak<Space>,
    table: RefCell<Table>,
    /// The system variables, while the namespace is not the current one.
    settings: RefCell<Settings>,
    /// Its name, with those of the namespaces around it.
    path: Arc<str>,
    /// What it is displayed as.
    text: RefCell<Arc<str>>,
    /// The script that it was made by.
    script: RefCell<Option<Rc<Source>>>,
    /// Where that stands in a longer one.
    extent: Cell<Extent>,
    /// The files that arrays were read from.
    sources: RefCell<BTreeMap<u32, Rc<Source>>>,
    memo: RefCell<Memo>,
    _lease: Option<Lease>,
}

/// What names stand for, by their numbers.
enum Table {
    /// The root's: its functions are called most, so theirs is an array, and what it holds is ready for use.
    Dense(Vec<Binding>),
    /// Any other's.
    Sparse(BTreeMap<u32, Stored>),
}

impl Table {
    /// What a name stands for, if it is stored ready for use.
    #[inline(always)]
    fn stored(&self, symbol: u32) -> Option<&Binding> {
        match self {
            Table::Dense(bindings) => bindings.get(symbol as usize),
            Table::Sparse(stored) => found(stored, symbol),
        }
    }

    /// The same, to be changed.
    #[inline(always)]
    fn stored_mut(&mut self, symbol: u32) -> Option<&mut Binding> {
        match self {
            Table::Dense(bindings) => bindings.get_mut(symbol as usize),
            Table::Sparse(stored) => found_mut(stored, symbol),
        }
    }
}

#[inline(never)]
fn found(stored: &BTreeMap<u32, Stored>, symbol: u32) -> Option<&Binding> {
    match stored.get(&symbol) {
        Some(Stored::Other(binding)) => Some(binding),
        _ => None,
    }
}

#[inline(never)]
fn found_mut(stored: &mut BTreeMap<u32, Stored>, symbol: u32) -> Option<&mut Binding> {
    match stored.get_mut(&symbol) {
        Some(Stored::Other(binding)) => Some(binding),
        _ => None,
    }
}

/// What a name stands for in a namespace that may be dropped. Functions that run in the namespace don't hold it while
/// they are stored in it; otherwise the namespace would own itself.
enum Stored {
    Other(Binding),
    Defined(Rc<Definition>),
}

/// What a name stood for before it became local for a time.
pub struct Shadowed(Option<Stored>);

impl Stored {
    /// A binding that is outside of all scopes, in the namespace with this number.
    fn new(binding: Binding, here: u64) -> Stored {
        match definition(&binding) {
            Some((definition, home)) if home.number == here => Stored::Defined(definition),
            _ => Stored::Other(binding),
        }
    }

    fn class(&self) -> Option<Class> {
        match self {
            Stored::Other(binding) => binding.class(),
            Stored::Defined(definition) if definition.is_niladic() => Some(Class::Array),
            Stored::Defined(definition) => Some(definition.class),
        }
    }

    fn binding(&self, home: impl FnOnce() -> Option<Rc<Space>>) -> Binding {
        match self {
            Stored::Other(binding) => binding.clone(),
            Stored::Defined(definition) => home().map_or(Binding::Unset, |home| at_home(definition.clone(), home)),
        }
    }
}

/// The definition of a user's function or operator that has not been given operands, and the namespace that it runs in.
pub fn definition(binding: &Binding) -> Option<(Rc<Definition>, Rc<Space>)> {
    let of = |user: &UserFunction| (user.definition.clone(), user.space.clone());
    match binding {
        Binding::Function(function) => {
            let user = function.as_any()?.downcast_ref::<UserFunction>()?;
            user.operands.0.is_none().then(|| of(user))
        }
        Binding::Niladic(function) => Some(of(function)),
        Binding::Operator(Operator::User(user)) => Some((user.definition.clone(), user.space.clone())),
        _ => None,
    }
}

/// A binding for a namespace: a function or operator keeps the namespace that it runs in, but not the scope in which it was
/// made.
fn outside_scopes(binding: Binding) -> Binding {
    let inside = match &binding {
        Binding::Function(function) => {
            let user = function.as_any().and_then(|any| any.downcast_ref::<UserFunction>());
            user.is_some_and(|user| user.parent.is_some())
        }
        Binding::Niladic(user) => user.parent.is_some(),
        Binding::Operator(Operator::User(user)) => user.parent.is_some(),
        _ => false,
    };
    match definition(&binding) {
        Some((definition, home)) if inside => at_home(definition, home),
        _ => binding,
    }
}

/// What runs in one namespace as what runs in another; anything else as it is.
pub fn moved(binding: &Binding, from: &Space, to: &Rc<Space>) -> Binding {
    match definition(binding) {
        Some((definition, home)) if home.number == from.number => at_home(definition, to.clone()),
        _ => binding.clone(),
    }
}

/// A definition as a function or operator that runs in a namespace.
pub fn at_home(definition: Rc<Definition>, space: Rc<Space>) -> Binding {
    match definition.class {
        Class::Array | Class::Function | Class::Hybrid => {
            let niladic = definition.is_niladic();
            let function = Rc::new(UserFunction::outermost(definition, space));
            if niladic { Binding::Niladic(function) } else { Binding::Function(function) }
        }
        Class::Monadic | Class::Dyadic => {
            Binding::Operator(Operator::User(Rc::new(UserOperator { definition, parent: None, space })))
        }
    }
}

/// The path of a namespace within another one. A long one is abbreviated in the middle, so that a chain of namespaces
/// does not take the square of its length.
fn path_within(path: &str, name: &str) -> String {
    const LONGEST: usize = 1000;
    if path.len() <= LONGEST {
        return format!("{path}.{name}");
    }
    let end = path.char_indices().map(|(at, _)| at).find(|&at| at + LONGEST / 2 >= path.len());
    let end = end.and_then(|at| path.get(at..)).unwrap_or_default();
    let end = end.find('.').and_then(|at| end.get(at..)).unwrap_or_default();
    format!("#.…{end}.{name}")
}

impl Space {
    pub(super) fn root(workspace: &Rc<Workspace>) -> Rc<Space> {
        Space::made(workspace, Weak::new(), Table::Dense(Vec::new()), Settings::default(), "#".into(), None)
    }

    pub(super) fn session(root: &Rc<Space>) -> Rc<Space> {
        let table = Table::Sparse(BTreeMap::new());
        Space::made(&root.workspace, root.me.clone(), table, Settings::default(), "⎕SE".into(), None)
    }

    fn made(
        workspace: &Rc<Workspace>,
        parent: Weak<Space>,
        table: Table,
        settings: Settings,
        text: Arc<str>,
        lease: Option<Lease>,
    ) -> Rc<Space> {
        let number = workspace.next_number();
        Rc::new_cyclic(|me| Space {
            workspace: workspace.clone(),
            me: me.clone(),
            number,
            parent,
            table: RefCell::new(table),
            settings: RefCell::new(settings),
            path: text.clone(),
            text: RefCell::new(text),
            script: RefCell::default(),
            extent: Cell::default(),
            sources: RefCell::default(),
            memo: RefCell::default(),
            _lease: lease,
        })
    }

    /// A new namespace within this one, without names, with the system variables that are in force: `⎕NS ''`. It
    /// exists as long as this reference or another one to it. Can be a WS FULL.
    pub fn child(&self, context: &Context, name: Option<&str>) -> Result<(Rc<Space>, Reference)> {
        self.workspace.release_dropped();
        let text = path_within(&self.path, name.unwrap_or("[Namespace]"));
        let lease = context.memory().lease(SPACE_BYTES + text.len())?;
        let table = Table::Sparse(BTreeMap::new());
        let space = Space::made(&self.workspace, self.me.clone(), table, context.settings(), text.into(), Some(lease));
        let reference = space.reference();
        self.workspace.keep(&space);
        Ok((space, reference))
    }

    /// The number that the workspace knows it by.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it is `#`.
    pub fn is_root(&self) -> bool {
        self.number == ROOT
    }

    /// A reference to it.
    pub fn reference(&self) -> Reference {
        if let Some(reference) = self.memo.borrow().reference() {
            return reference;
        }
        let reference = Reference::new(self.number, self.text.borrow().clone(), self.workspace.dropped());
        *self.memo.borrow_mut() = reference.memo();
        reference
    }

    /// Whether anybody holds a reference to it.
    pub fn is_referred_to(&self) -> bool {
        self.memo.borrow().reference().is_some()
    }

    /// The namespace it lies in, `##`; the root's is the root. Where that is gone, the root.
    pub fn parent(&self) -> Option<Rc<Space>> {
        self.parent.upgrade().or_else(|| self.workspace.root())
    }

    /// Its name, with those of the namespaces around it: `#.a`.
    pub fn path(&self) -> Arc<str> {
        self.path.clone()
    }

    /// Whether another namespace lies in it.
    pub fn holds(&self, other: &Space) -> bool {
        other.parent.upgrade().is_some_and(|parent| parent.number == self.number)
    }

    /// The script that it was made by.
    pub fn script(&self) -> Option<Rc<Source>> {
        self.script.borrow().clone()
    }

    /// Where the script that it was made by stands in a longer one.
    pub fn extent(&self) -> Extent {
        self.extent.get()
    }

    /// Notes the script that it is being made by: a part of a text.
    pub fn set_script(&self, source: &Source, span: Span) {
        *self.script.borrow_mut() = Some(Rc::new(source.part(span)));
        self.extent.set(source.extent(span));
    }

    /// Notes the file that the array with a name was read from.
    pub fn note_source(&self, symbol: u32, source: Rc<Source>) {
        self.sources.borrow_mut().insert(symbol, source);
    }

    /// The file that the array with a name was read from, which may have become another one since.
    pub fn source_of(&self, symbol: u32) -> Option<Rc<Source>> {
        self.sources.borrow().get(&symbol).cloned()
    }

    /// What it is displayed as.
    pub fn text(&self) -> Arc<str> {
        self.text.borrow().clone()
    }

    /// Displays it as something else from now on: `⎕DF`.
    pub fn show_as(&self, text: Arc<str>) {
        *self.text.borrow_mut() = text.clone();
        if let Some(reference) = self.memo.borrow().reference() {
            reference.show_as(text);
        }
    }

    /// The number of a name, given on first sight.
    pub fn symbol(&self, name: &Rc<str>) -> u32 {
        self.workspace.symbol(name)
    }

    /// What a name stands for here.
    pub fn get(&self, symbol: u32) -> Binding {
        match &*self.table.borrow() {
            Table::Dense(bindings) => bindings.get(symbol as usize).cloned().unwrap_or_default(),
            Table::Sparse(stored) => {
                stored.get(&symbol).map_or(Binding::Unset, |stored| stored.binding(|| self.me.upgrade()))
            }
        }
    }

    /// The user function that a name stands for here, if it has no operands.
    pub fn function(&self, symbol: u32) -> Option<UserFunction> {
        match &*self.table.borrow() {
            Table::Dense(bindings) => match bindings.get(symbol as usize)? {
                Binding::Function(function) => function.as_any()?.downcast_ref::<UserFunction>().cloned(),
                _ => None,
            },
            Table::Sparse(stored) => match stored.get(&symbol)? {
                Stored::Defined(definition) if definition.class == Class::Function && !definition.is_niladic() => {
                    Some(UserFunction::outermost(definition.clone(), self.me.upgrade()?))
                }
                Stored::Other(Binding::Function(function)) => {
                    function.as_any()?.downcast_ref::<UserFunction>().cloned()
                }
                _ => None,
            },
        }
    }

    /// What `look` makes of the array that a name stands for here; `None` where the name stands for no array.
    #[inline(always)]
    pub fn look<T>(&self, symbol: u32, look: impl FnOnce(&Value) -> T) -> Option<T> {
        match self.table.borrow().stored(symbol) {
            Some(Binding::Array(value)) => Some(look(value)),
            _ => None,
        }
    }

    /// Has the array that a name stands for here changed where it lies; `None` where the name stands for no array. What
    /// changes it must not look at names.
    #[inline(always)]
    pub fn change<T>(&self, symbol: u32, change: impl FnOnce(&mut Value) -> T) -> Option<T> {
        match self.table.borrow_mut().stored_mut(symbol) {
            Some(Binding::Array(value)) => Some(change(value)),
            _ => None,
        }
    }

    /// Does something with what all names stand for, by their numbers, if they are stored like this.
    #[inline]
    pub fn with_bindings<T>(&self, work: impl FnOnce(&mut [Binding]) -> T) -> Option<T> {
        match &mut *self.table.borrow_mut() {
            Table::Dense(bindings) => Some(work(bindings)),
            Table::Sparse(_) => None,
        }
    }

    /// Gives a name another array, if it stands for one or for nothing. Otherwise the array comes back.
    #[inline]
    pub fn set_array(&self, symbol: u32, value: Value) -> std::result::Result<(), Value> {
        let mut table = self.table.borrow_mut();
        let place = table.stored_mut(symbol);
        match place {
            Some(Binding::Array(old)) => {
                *old = value;
                Ok(())
            }
            Some(place @ Binding::Unset) => {
                *place = Binding::Array(value);
                Ok(())
            }
            _ => Err(value),
        }
    }

    /// The class of what a name stands for here.
    pub fn class(&self, symbol: u32) -> Option<Class> {
        match &*self.table.borrow() {
            Table::Dense(bindings) => bindings.get(symbol as usize)?.class(),
            Table::Sparse(stored) => stored.get(&symbol)?.class(),
        }
    }

    /// Assigns to a name and returns its previous binding. A function or operator keeps the namespace that it runs in, but
    /// has no access to the scope in which it was made.
    pub fn set(&self, symbol: u32, binding: Binding) -> Binding {
        if matches!(binding, Binding::Function(_) | Binding::Operator(_)) {
            self.workspace.note_function(symbol);
        }
        let binding = outside_scopes(binding);
        match &mut *self.table.borrow_mut() {
            Table::Dense(bindings) => {
                let at = symbol as usize;
                if at >= bindings.len() {
                    bindings.resize(at + 1, Binding::Unset);
                }
                std::mem::replace(&mut bindings[at], binding)
            }
            Table::Sparse(stored) => {
                let old = match binding {
                    Binding::Unset => stored.remove(&symbol),
                    other => stored.insert(symbol, Stored::new(other, self.number)),
                };
                old.map_or(Binding::Unset, |old| old.binding(|| self.me.upgrade()))
            }
        }
    }

    /// Binds a name for a time, with the binding stored as it is; returns what [`Space::unshadow`] has to restore.
    pub fn shadow(&self, symbol: u32, binding: Binding) -> Shadowed {
        Shadowed(match &mut *self.table.borrow_mut() {
            Table::Dense(bindings) => {
                let at = symbol as usize;
                if at >= bindings.len() {
                    bindings.resize(at + 1, Binding::Unset);
                }
                Some(Stored::Other(std::mem::replace(&mut bindings[at], binding)))
            }
            Table::Sparse(stored) => match binding {
                Binding::Unset => stored.remove(&symbol),
                other => stored.insert(symbol, Stored::Other(other)),
            },
        })
    }

    /// Restores the earlier value of a name and returns the present one.
    pub fn unshadow(&self, symbol: u32, shadowed: Shadowed) -> Shadowed {
        match (&mut *self.table.borrow_mut(), shadowed.0) {
            (Table::Dense(bindings), Some(Stored::Other(old))) => match bindings.get_mut(symbol as usize) {
                Some(place) => Shadowed(Some(Stored::Other(std::mem::replace(place, old)))),
                None => Shadowed(None),
            },
            (Table::Dense(_), _) => Shadowed(None),
            (Table::Sparse(stored), Some(old)) => Shadowed(stored.insert(symbol, old)),
            (Table::Sparse(stored), None) => Shadowed(stored.remove(&symbol)),
        }
    }

    /// Binds a name that is shadowed, with the binding stored as it is.
    pub fn put(&self, symbol: u32, binding: Binding) {
        drop(self.shadow(symbol, binding));
    }

    /// The names that stand for a definition.
    pub fn names_of(&self, definition: &Rc<Definition>) -> Vec<u32> {
        let is = |binding: &Binding| self::definition(binding).is_some_and(|(found, _)| Rc::ptr_eq(&found, definition));
        match &*self.table.borrow() {
            Table::Dense(bindings) => {
                let same = (0..).zip(bindings).filter(|(_, binding)| is(binding));
                same.map(|(symbol, _)| symbol).collect()
            }
            Table::Sparse(stored) => {
                let same = stored.iter().filter(|(_, stored)| match stored {
                    Stored::Defined(found) => Rc::ptr_eq(found, definition),
                    Stored::Other(binding) => is(binding),
                });
                same.map(|(&symbol, _)| symbol).collect()
            }
        }
    }

    /// What each name stands for, by its number.
    pub fn bindings(&self) -> Vec<(u32, Binding)> {
        match &*self.table.borrow() {
            Table::Dense(bindings) => {
                let pairs = (0..).zip(bindings).filter(|(_, binding)| binding.class().is_some());
                pairs.map(|(symbol, binding)| (symbol, binding.clone())).collect()
            }
            Table::Sparse(stored) => {
                stored.iter().map(|(&symbol, stored)| (symbol, stored.binding(|| self.me.upgrade()))).collect()
            }
        }
    }

    /// All names that stand for something, with their classes, in alphabetical order.
    pub fn names(&self) -> Vec<(Rc<str>, Class)> {
        let named = |(symbol, binding): (u32, Binding)| Some((self.workspace.name(symbol)?, binding.class()?));
        let mut names: Vec<_> = self.bindings().into_iter().filter_map(named).collect();
        names.sort();
        names
    }

    /// Forgets every name.
    pub fn clear(&self) {
        let empty = match &*self.table.borrow() {
            Table::Dense(_) => Table::Dense(Vec::new()),
            Table::Sparse(_) => Table::Sparse(BTreeMap::new()),
        };
        let old = self.table.replace(empty);
        drop(old);
    }

    /// The name closest to one that has no value, for the error's detail.
    pub fn nearest(&self, name: &str) -> Option<Rc<str>> {
        let names = self.names();
        let best = names.iter().map(|(other, _)| (similar::distance(name, other), other)).min_by_key(|(d, _)| *d)?;
        (best.0 <= 1 + name.chars().count() / 4).then(|| best.1.clone())
    }

    /// Its system variables.
    pub fn settings(&self, context: &Context) -> Settings {
        if self.is_current() { context.settings() } else { self.settings.borrow().clone() }
    }

    /// Replaces its system variables; callers have checked them.
    pub fn set_settings(&self, context: &Context, settings: Settings) {
        match self.is_current() {
            true => context.set_settings(settings),
            false => *self.settings.borrow_mut() = settings,
        }
    }

    /// Whether its system variables are in force.
    #[inline]
    pub fn is_current(&self) -> bool {
        self.workspace.current().borrow().as_ref().is_some_and(|current| current.number == self.number)
    }

    /// Puts its system variables in force from now on.
    pub fn switch(self: &Rc<Space>, context: &Context) {
        if self.is_current() {
            return;
        }
        if let Some(before) = self.workspace.current().replace(Some(self.clone())) {
            exchange(context, &before, self);
        }
    }

    /// Puts its system variables in force for as long as the result lives; `None` where they are already.
    #[inline]
    pub fn enter<'a>(&self, context: &'a Context) -> Option<Entered<'a>> {
        if self.is_current() { None } else { self.entered(context) }
    }

    #[cold]
    fn entered<'a>(&self, context: &'a Context) -> Option<Entered<'a>> {
        let me = self.me.upgrade()?;
        let before = self.workspace.current().replace(Some(me))?;
        exchange(context, &before, self);
        Some(Entered { context, before })
    }
}

/// Puts the system variables of another namespace in force.
fn exchange(context: &Context, from: &Space, to: &Space) {
    let live = context.settings();
    // The page is the session's.
    let settings = Settings { pw: live.pw, ..to.settings.borrow().clone() };
    *from.settings.borrow_mut() = live;
    context.set_settings(settings);
}

/// A namespace is current; the one before is again when this is dropped.
pub struct Entered<'a> {
    context: &'a Context,
    before: Rc<Space>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let current = self.before.workspace.current().replace(Some(self.before.clone()));
        if let Some(current) = current {
            exchange(self.context, &current, &self.before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::path_within;

    #[test]
    fn long_paths_are_abbreviated() {
        assert_eq!(path_within("#.a", "b"), "#.a.b");
        let path = (0..10_000).fold("#".to_string(), |path, at| path_within(&path, &format!("é{at}")));
        assert!(path.len() < 1020, "{}", path.len());
        assert!(path.starts_with("#.….é") && path.ends_with(".é9998.é9999"), "{path}");
    }
}
