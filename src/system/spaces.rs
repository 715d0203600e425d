//! `⎕NS ⎕THIS ⎕SE ⎕CS ⎕DF`: namespaces made, copied, named and changed into.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Call, monadic, names, saved};
use crate::array::reference::{Code, Reference, Represented};
use crate::array::{Arr, Array, Type, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::names::{Binding, Space, path};

/// `⎕THIS`: a reference to the namespace in which it stands. Dyalog: This Space.
pub fn this(space: &Rc<Space>) -> Value {
    space.reference().into()
}

/// `⎕SE`: a reference to the session's own namespace. Dyalog: Session Namespace.
pub fn session(space: &Rc<Space>) -> Result<Value> {
    let session = space.workspace.session_space().ok_or_else(Fault::value)?;
    Ok(session.reference().into())
}

/// `⎕NS names`: a new namespace with copies of what these names stand for; `⎕NS spaces`: with what is in these; `⎕NS` of an
/// object representation of a namespace, the result of `⎕OR`: with what is in it. With a
/// left argument, that is the namespace, or several, given by name and made where it is missing. Gives a reference, or
/// the namespace's name, which is shy then. DOMAIN ERROR where the name is that of something else. Dyalog: Namespace.
pub fn namespace(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = call.context.memory();
    let content = content(call, &right)?;
    let Some(left) = left else {
        let (space, reference) = call.space.child(call.context, None)?;
        fill(call, &space, &content)?;
        return Ok(reference.into());
    };
    call.context.shy.set(true);
    let single = left.kind() == Type::Char && left.rank() < 2 || left.reference().is_some();
    if single {
        let space = target(call, &left)?;
        fill(call, &space, &content)?;
        return call.context.text(&space.path());
    }
    let targets = left.array(memory)?;
    let mut made = Vec::with_capacity(targets.len());
    for item in targets.items() {
        let space = target(call, &item)?;
        fill(call, &space, &content)?;
        made.push(call.context.text(&space.path())?);
    }
    Ok(Array::from_items(memory, targets.shape(), made, Value::zilde)?.into())
}

/// What is to be copied.
enum Content {
    /// Names and what they stand for.
    Names(Vec<(Rc<str>, Binding)>),
    /// All of these.
    Spaces(Vec<Rc<Space>>),
    /// What was in a namespace when `⎕OR` was applied to it.
    Snapshot(Code),
}

fn content(call: &Call, right: &Value) -> Result<Content> {
    let memory = call.context.memory();
    let array = right.array(memory)?;
    if let Some(code @ Code { form: Represented::Space(_), .. }) = right.reference().and_then(Reference::code) {
        return Ok(Content::Snapshot(code.clone()));
    }
    if matches!(array, Array::Ref(_)) && !array.is_empty() {
        let space = |item: Value| {
            let space = item.reference().and_then(|reference| call.space.workspace.space(reference));
            space.ok_or_else(Fault::domain)
        };
        return Ok(Content::Spaces(array.items().map(space).collect::<Result<_>>()?));
    }
    if array.is_empty() {
        return Ok(Content::Names(Vec::new()));
    }
    if !matches!(array, Array::Char(_) | Array::Nested(_)) {
        return Err(Fault::domain().with_detail("names or references of what is to be in the namespace"));
    }
    let mut found = Vec::new();
    for name in names::listed(memory, right)?.0.iter().flat_map(|text| text.split_whitespace()) {
        let last = name.rsplit('.').next().unwrap_or_default();
        if !names::is_name(last) {
            return Err(Fault::domain().with_detail(format!("{name} is not a name")));
        }
        match crate::names::find(call.space, call.scope, name) {
            Binding::Unset => return Err(Fault::value().because(format!("Undefined name: {name}"))),
            binding => found.push((last.into(), binding)),
        }
    }
    Ok(Content::Names(found))
}

/// The namespace that is to be filled; made, with those around it, where it is not there.
fn target(call: &Call, given: &Value) -> Result<Rc<Space>> {
    if given.reference().is_some() {
        return path::given(call.context, call.space, call.scope, given);
    }
    let name = convert::text(call.context.memory(), given)?;
    let name = name.trim();
    if let Some(space) = path::named(call.space, call.scope, name) {
        return Ok(space);
    }
    let (outer, last) = match name.rsplit_once('.') {
        Some((before, last)) => (Some(before), last),
        None => (None, name),
    };
    if !names::is_name(last) {
        return Err(Fault::domain().with_detail(format!("{last} is not a name")));
    }
    if !matches!(crate::names::find(call.space, call.scope, name), Binding::Unset) {
        return Err(Fault::domain().with_detail(format!("{name} is in use and no namespace")));
    }
    // The names of a path are few, and each is there or made before the next.
    let parent = match outer {
        Some(outer) => call.context.memory().deeper(|| target(call, &call.context.text(outer)?))?,
        None => call.space.clone(),
    };
    let (space, reference) = parent.child(call.context, Some(last))?;
    let binding = Binding::Array(reference.into());
    match outer {
        Some(_) => drop(parent.set(parent.symbol(&last.into()), binding)),
        None => crate::names::set(call.space, call.scope, last, binding)?,
    }
    Ok(space)
}

fn fill(call: &Call, space: &Rc<Space>, content: &Content) -> Result<()> {
    match content {
        Content::Names(bindings) => {
            for (name, binding) in bindings {
                let symbol = space.symbol(name);
                let mut copies = Copies::new(call.context);
                let binding = match crate::names::space::definition(binding) {
                    Some((definition, _)) => crate::names::space::at_home(definition, space.clone()),
                    None => copies.contained(space, name, binding)?,
                };
                drop(space.set(symbol, binding));
                copies.finish()?;
            }
        }
        Content::Snapshot(code) => saved::restore(call.context, space, code)?,
        Content::Spaces(spaces) => {
            for from in spaces {
                let mut copies = Copies::new(call.context);
                copies.merge(from, space)?;
                copies.finish()?;
            }
        }
    }
    Ok(())
}

/// Copies of namespaces with those that lie in them; references among them go to the copies.
struct Copies<'a> {
    context: &'a Context,
    /// Copies by the number of the original.
    made: HashMap<u64, Reference>,
    /// What has been copied as a place and has still to get its names.
    left: Vec<(Rc<Space>, Rc<Space>)>,
}

impl Copies<'_> {
    fn new(context: &Context) -> Copies<'_> {
        Copies { context, made: HashMap::new(), left: Vec::new() }
    }

    /// The names of one namespace go to another. A name that stands for something of another class there stays.
    fn merge(&mut self, from: &Rc<Space>, to: &Rc<Space>) -> Result<()> {
        if from.number() == to.number() {
            return Ok(());
        }
        self.made.insert(from.number(), to.reference());
        self.left.push((from.clone(), to.clone()));
        Ok(())
    }

    /// Copies names until nothing is left.
    fn finish(&mut self) -> Result<()> {
        while let Some((from, to)) = self.left.pop() {
            for (symbol, binding) in from.bindings() {
                self.context.poll()?;
                let Some(name) = from.workspace.name(symbol) else { continue };
                let old = to.get(symbol);
                let both = (crate::names::namespace_of(&from, &binding), crate::names::namespace_of(&to, &old));
                match both {
                    (Some(inner), Some(there)) if from.holds(&inner) => self.merge(&inner, &there)?,
                    _ if !matches!(old, Binding::Unset) && !alike(&both, &old, &binding) => {}
                    _ => {
                        let binding = self.inner(&from, &to, &name, &binding)?;
                        drop(to.set(symbol, binding));
                    }
                }
            }
        }
        Ok(())
    }

    /// A binding with the namespace that it may be copied into another one.
    fn contained(&mut self, to: &Rc<Space>, name: &str, binding: &Binding) -> Result<Binding> {
        match crate::names::namespace_of(to, binding) {
            Some(original) => Ok(Binding::Array(self.copy(&original, to, name)?.into())),
            None => Ok(binding.clone()),
        }
    }

    fn copy(&mut self, original: &Rc<Space>, to: &Rc<Space>, name: &str) -> Result<Reference> {
        if let Some(reference) = self.made.get(&original.number()) {
            return Ok(reference.clone());
        }
        let name = if original.path().ends_with(']') { None } else { Some(name) };
        let (copy, reference) = to.child(self.context, name)?;
        self.made.insert(original.number(), reference.clone());
        self.left.push((original.clone(), copy));
        Ok(reference)
    }

    /// A binding of a namespace for its copy: what lies in the namespace is copied too.
    fn inner(&mut self, from: &Rc<Space>, to: &Rc<Space>, name: &str, binding: &Binding) -> Result<Binding> {
        match binding {
            Binding::Array(value) => Ok(Binding::Array(self.value(from, to, name, value)?)),
            other => Ok(crate::names::space::moved(other, from, to)),
        }
    }

    fn value(&mut self, from: &Rc<Space>, to: &Rc<Space>, name: &str, value: &Value) -> Result<Value> {
        let memory = self.context.memory();
        match value {
            Value::Array(Array::Ref(references)) => {
                let mut copies = memory.vec(references.len())?;
                for reference in references.as_slice() {
                    copies.push(match from.workspace.space(reference) {
                        Some(inner) if self.made.contains_key(&inner.number()) || from.holds(&inner) => {
                            self.copy(&inner, to, name)?
                        }
                        _ => reference.clone(),
                    });
                }
                Ok(Arr::new(memory, references.shape(), copies)?.into())
            }
            Value::Array(Array::Nested(items)) if crate::array::view::View::of(value).elements.hold_namespaces() => {
                let mut copies = memory.vec(items.len())?;
                for item in items.as_slice() {
                    copies.push(memory.deeper(|| self.value(from, to, name, item))?);
                }
                Ok(Array::from_items(memory, items.shape(), copies, || Value::Int(0))?.into())
            }
            other => Ok(other.clone()),
        }
    }
}

/// Whether one binding may take another's place in a merge.
fn alike(spaces: &(Option<Rc<Space>>, Option<Rc<Space>>), old: &Binding, new: &Binding) -> bool {
    spaces.0.is_some() == spaces.1.is_some() && old.class() == new.class()
}

/// `⎕CS space`: the rest of the traditional function runs in that namespace, or the session does; an empty argument
/// changes nothing. Gives the name of the namespace before, shy. NONCE ERROR in a dfn. Dyalog: Change Space.
pub fn change(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::nonce("⎕CS with names to export"));
    }
    if call.scope.is_some_and(|scope| scope.has_arguments()) {
        return Err(Fault::nonce("⎕CS in a dfn"));
    }
    let before = call.context.text(&call.space.path())?;
    if right.count() > 0 {
        let space = path::given(call.context, call.space, call.scope, &right)?;
        crate::names::change_space(call.context, call.scope, &space);
    }
    call.context.shy.set(true);
    Ok(before)
}

/// `⎕DF text`: sets the text by which the current namespace is displayed; `⎕DF ⎕NULL` restores its name. The result, which
/// is shy, is the previous text, or `⎕NULL` for the name. Dyalog: Display Represented.
pub fn display_form(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let before = match call.space.text() {
        text if *text == *call.space.path() => Reference::null().into(),
        text => context.text(&text)?,
    };
    match right.reference() {
        Some(reference) if reference.is_null() => call.space.show_as(call.space.path()),
        Some(_) => return Err(Fault::domain()),
        None if right.rank() > 1 => return Err(Fault::nonce("a display form of several lines")),
        None => call.space.show_as(convert::text(context.memory(), &right)?.into()),
    }
    context.shy.set(true);
    Ok(before)
}
