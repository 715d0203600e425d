//! The scope of a running user function: its arguments, operands and local names, and the scopes around it.

mod names;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

pub use names::*;
use smallvec::SmallVec;

use super::binding::Binding;
use super::space::{Shadowed, Space};
use super::user::{Parts, UserFunction};
use crate::array::Value;
use crate::code::node::Class;
use crate::context::Saved;

/// A running user function.
pub struct Scope {
    /// What is running.
    pub function: UserFunction,
    /// The scope that this one was called from, in the same namespace: noted where a traditional function sees it.
    caller: OnceCell<Option<Rc<Scope>>>,
    /// The line of a traditional function that is running, the statement of a dfn.
    pub line: Cell<u32>,
    /// Local names by slot.
    slots: RefCell<SmallVec<[Binding; 4]>>,
    /// Local names that only `⍎` has made.
    extra: RefCell<Vec<(u32, Binding)>>,
    /// `⍺`: an array, or a function where a default made it one.
    pub left: RefCell<Binding>,
    /// `⍵`.
    pub right: RefCell<Value>,
    /// System variables as they were before this function changed one.
    pub settings: RefCell<Option<Box<Saved>>>,
    /// Whether an error guard is in force, so that calls are not tail calls.
    pub guarded: Cell<bool>,
    /// The namespace that a traditional function has changed into.
    moved: RefCell<Option<Rc<Space>>>,
    /// Whether there is one.
    is_moved: Cell<bool>,
    /// What `⎕SHADOW` has made local, with what it stood for before.
    shadowed: RefCell<Vec<(u32, Shadowed)>>,
    /// Whether this scope is for an expression in another namespace: it has the arguments and operands of a running
    /// function, but none of its names.
    only_arguments: bool,
}

/// The local names of a scope at some time.
pub struct Snapshot {
    slots: SmallVec<[Binding; 4]>,
    extra: Vec<(u32, Binding)>,
    left: Binding,
}

impl Scope {
    /// The scope of a call of a dfn, with nothing local yet.
    pub fn new(function: &UserFunction, left: Option<Value>, right: Value) -> Rc<Scope> {
        Rc::new(Scope::unshared(function, left, right))
    }

    /// The same with the arguments that are the topmost values, the left one first.
    pub fn taking(function: &UserFunction, values: &mut Vec<Value>, dyadic: bool) -> Rc<Scope> {
        let left = values.pop_if(|_| dyadic);
        let right = values.pop().unwrap_or(Value::Bool(false));
        Scope::new(function, left, right)
    }

    fn unshared(function: &UserFunction, left: Option<Value>, right: Value) -> Scope {
        let mut slots = SmallVec::new();
        slots.resize(function.definition.locals.len(), Binding::Unset);
        Scope {
            function: function.clone(),
            caller: OnceCell::new(),
            line: Cell::new(0),
            slots: RefCell::new(slots),
            extra: RefCell::default(),
            left: RefCell::new(left.map_or(Binding::Unset, Binding::Array)),
            right: RefCell::new(right),
            settings: RefCell::new(None),
            guarded: Cell::new(false),
            moved: RefCell::default(),
            is_moved: Cell::new(false),
            shadowed: RefCell::default(),
            only_arguments: false,
        }
    }

    /// The scope of the same call with another definition: it has the same arguments and values of local names. This one is
    /// at its end.
    pub fn taken_over_by(&self, function: &UserFunction) -> Rc<Scope> {
        let new = Scope {
            left: RefCell::new(self.left.take()),
            right: RefCell::new(self.right.replace(Value::Bool(false))),
            settings: RefCell::new(self.settings.take()),
            ..Scope::unshared(function, None, Value::Bool(false))
        };
        let new = Rc::new(new);
        for (symbol, binding) in self.own_names() {
            new.set_local(symbol, self.handed_over(&new, binding));
        }
        self.clear();
        new
    }

    /// What stands for a local name of this scope in another one: a function that was made in this one is made in that one.
    fn handed_over(&self, new: &Rc<Scope>, binding: Binding) -> Binding {
        let Binding::Function(function) = &binding else { return binding };
        match function.as_any().and_then(|any| any.downcast_ref::<UserFunction>()) {
            Some(user) if user.parent.as_ref().is_some_and(|parent| std::ptr::eq(&**parent, self)) => {
                Binding::Function(Rc::new(UserFunction::new(Parts {
                    definition: user.definition.clone(),
                    parent: Some(new.clone()),
                    operands: user.operands.clone(),
                    space: user.space.clone(),
                })))
            }
            _ => binding,
        }
    }

    /// The scope around this one, whose names it sees.
    pub fn parent(&self) -> Option<&Rc<Scope>> {
        self.function.parent.as_ref().or(self.caller())
    }

    /// The scope that it was called from, if that is known.
    pub(super) fn caller(&self) -> Option<&Rc<Scope>> {
        self.caller.get().and_then(Option::as_ref)
    }

    /// Notes the scope that it was called from. False if that was noted before.
    pub(super) fn note_caller(&self, caller: Option<Rc<Scope>>) -> bool {
        self.caller.set(caller).is_ok()
    }

    /// Whether a name that is not local to this traditional function is local to none that it was called from.
    #[inline]
    pub fn sees_no_dfn(&self, symbol: u32) -> bool {
        self.caller().is_none() && !self.function.space.workspace.is_local(symbol)
    }

    /// Whether names that are assigned become its own: it is a dfn's.
    pub fn keeps_names(&self) -> bool {
        self.function.definition.program.is_none() && !self.only_arguments
    }

    /// The number of the line that it has come to.
    pub fn line_number(&self) -> u32 {
        let definition = &self.function.definition;
        match &definition.program {
            Some(_) => self.line.get(),
            None => definition.line_of(self.line.get() as usize),
        }
    }

    /// Where it has come to, `f[2]`, and in which file: `f[2] at lib/f.aplf:3`.
    pub fn position(&self) -> String {
        let definition = &self.function.definition;
        match definition.source.in_file(definition.span.start, self.line_number() as usize) {
            Some(file) => format!("{} at {file}", self.line_name()),
            None => self.line_name(),
        }
    }

    /// Where it has come to, with the name of the innermost named function around a dfn that has none.
    fn line_name(&self) -> String {
        let definition = &self.function.definition;
        if let Some(name) = &*definition.name.borrow() {
            return format!("{name}[{}]", self.line_number());
        }
        let parent = self.function.parent.as_ref();
        match parent.filter(|parent| Rc::ptr_eq(&parent.function.definition.source, &definition.source)) {
            Some(parent) => stacker::maybe_grow(32 * 1024, 1 << 20, || parent.line_name()),
            None => "{…}".to_string(),
        }
    }

    /// The namespace whose names it sees: its own, or the one that it has changed into.
    pub fn here(&self) -> Rc<Space> {
        self.moved.borrow().clone().unwrap_or_else(|| self.function.space.clone())
    }

    /// Changes into another namespace; what is local stays where it is.
    pub fn move_to(&self, space: &Rc<Space>) {
        *self.moved.borrow_mut() = Some(space.clone());
        self.is_moved.set(true);
    }

    /// Whether it has changed into another namespace.
    pub fn is_moved(&self) -> bool {
        self.is_moved.get()
    }

    /// Becomes the scope of another call, with the topmost values as arguments: the same one, where nobody else holds it.
    #[inline]
    pub fn again(self: &mut Rc<Scope>, called: UserFunction, values: &mut Vec<Value>, dyadic: bool) {
        match Rc::get_mut(self) {
            Some(Scope {
                function,
                line,
                caller,
                slots,
                extra,
                left: alpha,
                right: omega,
                moved,
                is_moved,
                guarded,
                ..
            }) => {
                if caller.get().is_some() {
                    caller.take();
                }
                line.set(0);
                if !function.is(&called) {
                    *function = called;
                }
                let count = function.definition.locals.len();
                if slots.get_mut().len() != count {
                    slots.get_mut().resize(count, Binding::Unset);
                }
                extra.get_mut().clear();
                *alpha.get_mut() = match values.pop_if(|_| dyadic) {
                    Some(left) => Binding::Array(left),
                    None => Binding::Unset,
                };
                if let Some(right) = values.pop() {
                    *omega.get_mut() = right;
                }
                if is_moved.take() {
                    *moved.get_mut() = None;
                }
                guarded.set(false);
            }
            None => *self = Scope::taking(&called, values, dyadic),
        }
    }

    /// Becomes the scope of another call of the same function, with the topmost values as arguments. False, with nothing done,
    /// where more than arguments and local names has to change.
    pub fn restart(&self, values: &mut Vec<Value>, dyadic: bool) -> bool {
        if self.caller.get().is_some() || self.is_moved.get() {
            return false;
        }
        self.clear();
        let count = self.function.definition.locals.len();
        if count > 0 {
            self.slots.borrow_mut().resize(count, Binding::Unset);
        }
        self.line.set(0);
        // What is dropped may look at this scope.
        let left = values.pop_if(|_| dyadic).map_or(Binding::Unset, Binding::Array);
        drop(self.left.replace(left));
        if let Some(right) = values.pop() {
            drop(self.right.replace(right));
        }
        true
    }

    /// What `look` makes of the array in a slot of a dfn around this one, which a name with this number has; `None` where a
    /// look is to be taken elsewhere, or it is no array.
    #[inline]
    pub fn look_out<T>(&self, depth: u8, slot: u16, symbol: u32, look: impl FnOnce(&Value) -> T) -> Option<T> {
        self.outer(depth, slot, symbol)?.look(slot as usize, look)
    }

    /// The same for a change.
    #[inline]
    pub fn change_out<T>(&self, depth: u8, slot: u16, symbol: u32, change: impl FnOnce(&mut Value) -> T) -> Option<T> {
        self.outer(depth, slot, symbol)?.change_slot(slot as usize, change)
    }

    /// The dfn around this one that has a name with this number in a slot; `None` where a look is to be taken elsewhere.
    #[inline]
    pub fn outer(&self, depth: u8, slot: u16, symbol: u32) -> Option<&Scope> {
        let mut scope = self;
        for _ in 0..depth {
            // `⍎` may have made the name local.
            if !scope.extra.borrow().is_empty() {
                return None;
            }
            scope = scope.function.parent.as_deref()?;
        }
        scope.has(slot, symbol).then_some(scope)
    }

    /// Whether a slot belongs to the name with this number.
    #[inline]
    pub fn has(&self, slot: u16, symbol: u32) -> bool {
        self.function.definition.locals.get(slot as usize) == Some(&symbol)
    }

    /// Whether nobody else holds the scope of a call that is over; then it no longer holds the arguments.
    #[inline]
    pub fn rest(self: &mut Rc<Scope>) -> bool {
        match Rc::get_mut(self) {
            Some(scope) => {
                if scope.caller.get().is_some() {
                    scope.caller.take();
                }
                *scope.left.get_mut() = Binding::Unset;
                *scope.right.get_mut() = Value::Bool(false);
                true
            }
            None => false,
        }
    }

    /// What `look` makes of the array in a slot; `None` for what is no array, and where there is no such slot.
    #[inline]
    pub fn look<T>(&self, slot: usize, look: impl FnOnce(&Value) -> T) -> Option<T> {
        match self.slots.borrow().get(slot)? {
            Binding::Array(value) => Some(look(value)),
            _ => None,
        }
    }

    /// Has the array in a slot changed where it lies; `None` where there is none. What changes it must not look at names.
    #[inline]
    pub fn change_slot<T>(&self, slot: usize, change: impl FnOnce(&mut Value) -> T) -> Option<T> {
        match self.slots.borrow_mut().get_mut(slot)? {
            Binding::Array(value) => Some(change(value)),
            _ => None,
        }
    }

    /// Does something with what the slots hold.
    #[inline]
    pub fn with_slots<T>(&self, work: impl FnOnce(&mut [Binding]) -> T) -> T {
        work(&mut self.slots.borrow_mut())
    }

    /// Puts an array into a slot.
    #[inline]
    pub fn set_slot(&self, slot: usize, value: Value) {
        let old = match self.slots.borrow_mut().get_mut(slot) {
            Some(Binding::Array(old)) => {
                *old = value;
                return;
            }
            place => place.map(|place| std::mem::replace(place, Binding::Array(value))),
        };
        drop(old);
    }

    /// Whether there are arguments called `⍺` and `⍵`.
    pub fn has_arguments(&self) -> bool {
        self.function.definition.program.is_none()
    }

    /// A scope for an expression in another namespace: it has the arguments and operands of `scope`, and none of its names.
    pub fn lend_arguments(scope: &Rc<Scope>, space: &Rc<Space>) -> Rc<Scope> {
        let (definition, operands) = (scope.function.definition.clone(), scope.function.operands.clone());
        Rc::new(Scope {
            function: UserFunction::new(Parts { definition, parent: None, operands, space: space.clone() }),
            caller: OnceCell::new(),
            line: scope.line.clone(),
            slots: RefCell::default(),
            extra: RefCell::default(),
            left: scope.left.clone(),
            right: scope.right.clone(),
            settings: RefCell::new(None),
            guarded: Cell::new(true),
            moved: RefCell::default(),
            is_moved: Cell::new(false),
            shadowed: RefCell::default(),
            only_arguments: true,
        })
    }

    /// Whether a name is local to a traditional function: then its namespace has it, whatever scopes there are around.
    fn shadows(&self, symbol: u32) -> bool {
        !self.only_arguments
            && self.function.definition.program.as_ref().is_some_and(|program| program.is_local(symbol))
            || self.shadowed.borrow().iter().any(|(other, _)| *other == symbol)
    }

    /// Makes a name local to a traditional function that is running, and stand for nothing: `⎕SHADOW`.
    pub fn shadow(&self, symbol: u32) {
        let space = &self.function.space;
        if self.shadows(symbol) {
            drop(space.set(symbol, Binding::Unset));
        } else {
            self.shadowed.borrow_mut().push((symbol, space.shadow(symbol, Binding::Unset)));
        }
    }

    /// Gives the names that `⎕SHADOW` has made local what they stood for before.
    #[inline]
    pub fn unshadow(&self) {
        if self.shadowed.borrow().is_empty() {
            return;
        }
        let shadowed = self.shadowed.take();
        for (symbol, old) in shadowed.into_iter().rev() {
            drop(self.function.space.unshadow(symbol, old));
        }
    }

    /// The names that are local to a traditional function, in the order of their numbers.
    pub fn local_names(&self) -> &[u32] {
        match &self.function.definition.program {
            Some(program) if !self.only_arguments => &program.locals,
            _ => &[],
        }
    }

    /// The scope of a call of a traditional function, with what its names may be those of: a dfn that it was called
    /// from.
    pub fn traditional(function: &UserFunction, left: Option<Value>, right: Value) -> Rc<Scope> {
        let scope = Scope::unshared(function, left, right);
        let caller = function.space.workspace.innermost(&function.space);
        scope.note_caller(caller.and_then(|caller| caller.visible(function)));
        Rc::new(scope)
    }

    /// This scope or one around it, for the names that a traditional function called from here sees.
    fn visible(self: Rc<Scope>, callee: &UserFunction) -> Option<Rc<Scope>> {
        match (&self.function.definition.program, &callee.definition.program) {
            // A dfn's names are seen.
            (None, _) => Some(self),
            // What this one hides from the scopes behind it, the callee hides too; or there is nothing to hide.
            (Some(mine), Some(its))
                if self.caller().is_none() || mine.locals.iter().all(|&name| its.is_local(name)) =>
            {
                self.caller().cloned()
            }
            _ => Some(self),
        }
    }

    /// Clears the local names, which breaks the reference cycles between a scope and the functions defined in it.
    #[inline]
    pub fn clear(&self) {
        // Not in place: what is dropped may look at this scope.
        if !self.function.definition.locals.is_empty() {
            let slots = self.slots.take();
            drop(slots);
        }
        if !self.extra.borrow().is_empty() {
            let extra = self.extra.take();
            drop(extra);
        }
    }

    /// The local names and `⍺` as they are now, for [`Scope::unwind`].
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            slots: self.slots.borrow().clone(),
            extra: self.extra.borrow().clone(),
            left: self.left.borrow().clone(),
        }
    }

    /// Makes them what they were.
    pub fn unwind(&self, snapshot: Snapshot) {
        let now = (self.slots.replace(snapshot.slots), self.extra.replace(snapshot.extra));
        drop((now, self.left.replace(snapshot.left)));
    }

    /// The number of this call of the capsule, that is, of the outermost function whose text contains this one.
    pub fn capsule(&self) -> usize {
        let mut outermost = self;
        while let Some(parent) = outermost.parent().filter(|parent| parent.keeps_names())
            && outermost.keeps_names()
        {
            outermost = parent;
        }
        std::ptr::from_ref(outermost) as usize
    }

    /// The class of `⍺`.
    #[inline]
    pub fn left_class(&self) -> Class {
        match &*self.left.borrow() {
            Binding::Array(_) => Class::Array,
            other => other.class().unwrap_or(Class::Array),
        }
    }

    /// The slot of a local name of this scope.
    fn slot(&self, symbol: u32) -> Option<usize> {
        self.function.definition.locals.iter().position(|&local| local == symbol)
    }

    /// What `look` makes of a local name's binding; `None` where the name stands for nothing here.
    fn own<T>(&self, symbol: u32, look: impl FnOnce(&Binding) -> T) -> Option<T> {
        if let Some(slot) = self.slot(symbol)
            && let Some(binding) = self.slots.borrow().get(slot)
            && !matches!(binding, Binding::Unset)
        {
            return Some(look(binding));
        }
        let extra = self.extra.borrow();
        extra.iter().find(|(other, _)| *other == symbol).map(|(_, binding)| look(binding))
    }

    /// The class of a local name; `None` where it stands for nothing here.
    pub fn own_class(&self, symbol: u32) -> Option<Class> {
        self.own(symbol, Binding::class).flatten()
    }

    /// The local names that stand for something.
    pub fn own_names(&self) -> Vec<(u32, Binding)> {
        let slots = self.slots.borrow();
        let pairs = self.function.definition.locals.iter().copied().zip(slots.iter().cloned());
        let extra = self.extra.borrow();
        pairs.chain(extra.iter().cloned()).filter(|(_, binding)| !matches!(binding, Binding::Unset)).collect()
    }

    /// Makes a local name stand for something, whatever it was before.
    pub fn set_local(&self, symbol: u32, binding: Binding) {
        if let Some(slot) = self.slot(symbol) {
            let old = self.slots.borrow_mut().get_mut(slot).map(|place| std::mem::replace(place, binding));
            drop(old);
            return;
        }
        self.function.space.workspace.note_local(symbol);
        let mut extra = self.extra.borrow_mut();
        extra.retain(|(other, _)| *other != symbol);
        extra.push((symbol, binding));
    }

    /// Has a local array changed where it lies; `None` where the name stands for no array here. What changes it must
    /// not look at names.
    fn change<T>(&self, symbol: u32, change: impl FnOnce(&mut Value) -> T) -> Option<T> {
        let mut slots = self.slots.borrow_mut();
        if let Some(slot) = self.slot(symbol)
            && let Some(Binding::Array(value)) = slots.get_mut(slot)
        {
            return Some(change(value));
        }
        let mut extra = self.extra.borrow_mut();
        match extra.iter_mut().find(|(other, _)| *other == symbol) {
            Some((_, Binding::Array(value))) => Some(change(value)),
            _ => None,
        }
    }
}
