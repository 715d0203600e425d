//! Tags: numbers that stand for elements. An array of tags has the same structure as the array that it stands for; each tag
//! knows the element's value, and where it came from.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::array::{Array, Value};
use crate::context::Context;
use crate::error::{Fault, Result};

/// So many elements are followed at most.
const MOST: usize = 1 << 21;

/// Where an element came from.
#[derive(Clone, Debug)]
enum From {
    /// From no array: a fill element, a number that is written out, or what a function made of nothing.
    Nowhere,
    /// An element of an array, by its position in the ravel.
    Element { array: usize, at: usize },
    /// It was computed from other elements.
    Computed(Rc<[i32]>),
    /// It was computed from others in a way that is not known.
    Unknown { how: Rc<str>, of: Rc<[i32]> },
}

/// An array whose elements are followed.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name, or how it is written.
    pub name: Rc<str>,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Where it is an item: of which array, and its position there.
    pub within: Option<(usize, usize)>,
}

/// All tags of one evaluation.
#[derive(Default)]
pub struct Tags {
    elements: RefCell<Vec<(Value, From)>>,
    arrays: RefCell<Vec<Known>>,
    /// The tags of names: in which call, the name, and its tags.
    names: RefCell<Vec<(usize, u32, Value)>>,
}

/// What an element came from.
#[derive(Debug, Default)]
pub struct Answer {
    /// The elements: the array, and their positions in its ravel.
    pub elements: Vec<(Known, Vec<usize>)>,
    /// What could not be looked through, with the arrays that it had.
    pub unknown: Vec<(Rc<str>, Vec<Rc<str>>)>,
}

impl Tags {
    fn add(&self, value: Value, from: From) -> Result<i32> {
        let elements = &mut *self.elements.borrow_mut();
        if elements.is_empty() {
            // 0 is the fill element of arrays of tags.
            elements.push((Value::Int(0), From::Nowhere));
        }
        if elements.len() >= MOST {
            return Err(Fault::limit().with_detail(format!("at most {MOST} elements are followed")));
        }
        elements.push((value, from));
        Ok((elements.len() - 1) as i32)
    }

    /// Tags for the elements of a value, each made by `tag` from its position and value.
    fn over(
        &self,
        context: &Context,
        value: &Value,
        tag: &mut dyn FnMut(usize, Value) -> Result<Value>,
    ) -> Result<Value> {
        let memory = context.memory();
        let count = value.count();
        if count > MOST {
            return Err(Fault::limit().with_detail(format!("at most {MOST} elements are followed")));
        }
        if value.is_simple_scalar() {
            return tag(0, value.clone());
        }
        let mut items = memory.vec(count.max(1))?;
        for at in 0..count {
            items.push(tag(at, value.item(memory, at)?)?);
        }
        let fill = || Value::Int(0);
        Ok(Array::from_items(memory, value.shape(), items, fill)?.into())
    }

    /// From now on a name stands for these tags in a call.
    pub fn know(&self, call: usize, symbol: u32, tags: Value) {
        let names = &mut *self.names.borrow_mut();
        match names.iter_mut().rev().find(|(of, name, _)| (*of, *name) == (call, symbol)) {
            Some((_, _, known)) => *known = tags,
            None => names.push((call, symbol, tags)),
        }
    }

    /// What a name stands for in a call.
    pub fn known(&self, call: usize, symbol: u32) -> Option<Value> {
        let names = self.names.borrow();
        names.iter().rev().find(|(of, name, _)| (*of, *name) == (call, symbol)).map(|(_, _, tags)| tags.clone())
    }

    /// The call that began last is over.
    pub fn forget(&self, call: usize) {
        let names = &mut *self.names.borrow_mut();
        while names.pop_if(|(of, ..)| *of == call).is_some() {}
    }

    /// Tags for the elements of a named array.
    pub fn named(&self, context: &Context, name: &Rc<str>, value: &Value) -> Result<Value> {
        self.within(context, name, value, None)
    }

    fn within(
        &self,
        context: &Context,
        name: &Rc<str>,
        value: &Value,
        within: Option<(usize, usize)>,
    ) -> Result<Value> {
        context.poll()?;
        let array = self.arrays.borrow().len();
        self.arrays.borrow_mut().push(Known { name: name.clone(), shape: value.shape().to_vec(), within });
        self.over(context, value, &mut |at, item| match item.is_simple_scalar() {
            true => Ok(Value::Int(self.add(item, From::Element { array, at })?)),
            false => context.memory().deeper(|| self.within(context, name, &item, Some((array, at)))),
        })
    }

    /// Tags for what came from no array.
    pub fn from_nowhere(&self, context: &Context, value: &Value) -> Result<Value> {
        self.made(context, value, &From::Nowhere)
    }

    /// Tags for what a function made of these, nobody knows how.
    pub fn unknown(&self, context: &Context, value: &Value, how: &str, arguments: &[&Value]) -> Result<Value> {
        let mut all = BTreeSet::new();
        for argument in arguments {
            self.collect(context, argument, &mut all)?;
        }
        let of: Rc<[i32]> = all.into_iter().filter(|tag| self.has_origin(*tag)).collect();
        let from = if of.is_empty() { From::Nowhere } else { From::Unknown { how: how.into(), of } };
        self.made(context, value, &from)
    }

    fn made(&self, context: &Context, value: &Value, from: &From) -> Result<Value> {
        context.poll()?;
        self.over(context, value, &mut |_, item| match item.is_simple_scalar() {
            true => Ok(Value::Int(self.add(item, from.clone())?)),
            false => context.memory().deeper(|| self.made(context, &item, from)),
        })
    }

    fn has_origin(&self, tag: i32) -> bool {
        !matches!(self.elements.borrow().get(tag as usize), None | Some((_, From::Nowhere)))
    }

    fn collect(&self, context: &Context, tags: &Value, all: &mut BTreeSet<i32>) -> Result<()> {
        context.poll()?;
        for at in 0..tags.count() {
            match tags.item(context.memory(), at)? {
                item if item.is_simple_scalar() => _ = all.insert(number(&item)),
                item => context.memory().deeper(|| self.collect(context, &item, all))?,
            }
        }
        Ok(())
    }

    /// Tags for a result of a scalar function, from those of its arguments, which were spread over the result.
    pub fn computed(&self, context: &Context, value: &Value, arguments: &[&Value]) -> Result<Value> {
        context.poll()?;
        let memory = context.memory();
        self.over(context, value, &mut |at, item| {
            let parts = arguments.iter().map(|argument| argument.item(memory, at)).collect::<Result<Vec<Value>>>()?;
            if !item.is_simple_scalar() {
                let parts: Vec<&Value> = parts.iter().collect();
                return memory.deeper(|| self.computed(context, &item, &parts));
            }
            let of: Rc<[i32]> = parts.iter().map(number).filter(|tag| self.has_origin(*tag)).collect();
            let from = if of.is_empty() { From::Nowhere } else { From::Computed(of) };
            Ok(Value::Int(self.add(item, from)?))
        })
    }

    /// The values that tags stand for.
    pub fn values(&self, context: &Context, tags: &Value) -> Result<Value> {
        context.poll()?;
        let memory = context.memory();
        let tags = tags.clone().settled(memory)?;
        let value_of = |item: &Value| {
            self.elements.borrow().get(number(item) as usize).map_or(Value::Int(0), |(value, _)| value.clone())
        };
        if tags.is_simple_scalar() {
            return Ok(value_of(&tags));
        }
        let mut items = memory.vec(tags.count())?;
        for at in 0..tags.count() {
            let item = tags.item(memory, at)?;
            items.push(match item.is_simple_scalar() {
                true => value_of(&item),
                false => memory.deeper(|| self.values(context, &item))?,
            });
        }
        Ok(Array::from_items(memory, tags.shape(), items, || Value::Int(0))?.into())
    }

    /// What one element came from.
    pub fn answer(&self, context: &Context, tag: i32) -> Result<Answer> {
        let mut answer = Answer::default();
        let mut found: BTreeSet<(usize, usize)> = BTreeSet::new();
        self.follow(context, &[tag], &mut |from| {
            match from {
                From::Element { array, at } => _ = found.insert((*array, *at)),
                From::Unknown { how, of } => {
                    let arrays = self.arrays_of(context, of)?;
                    if !answer.unknown.contains(&(how.clone(), arrays.clone())) {
                        answer.unknown.push((how.clone(), arrays));
                    }
                }
                From::Computed(_) | From::Nowhere => {}
            }
            Ok(matches!(from, From::Computed(_)))
        })?;
        let arrays = self.arrays.borrow();
        for (array, at) in found {
            let known = &arrays[array];
            // The same array may have been met several times.
            let same = |(of, _): &&mut (Known, Vec<usize>)| {
                of.name == known.name && of.shape == known.shape && of.within == known.within
            };
            match answer.elements.iter_mut().find(same) {
                Some((_, positions)) if positions.contains(&at) => {}
                Some((_, positions)) => positions.push(at),
                None => answer.elements.push((known.clone(), vec![at])),
            }
        }
        answer.elements.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Ok(answer)
    }

    /// The names of the arrays that elements came from, in one way or another.
    fn arrays_of(&self, context: &Context, of: &[i32]) -> Result<Vec<Rc<str>>> {
        let arrays = self.arrays.borrow();
        let mut names: Vec<Rc<str>> = Vec::new();
        self.follow(context, of, &mut |from| {
            if let From::Element { array, .. } = from {
                let name = &arrays[*array].name;
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            Ok(true)
        })?;
        names.sort();
        Ok(names)
    }

    /// Meets what these tags came from, each tag once; `meet` says whether to go on with what that came from in its turn.
    fn follow(&self, context: &Context, tags: &[i32], meet: &mut dyn FnMut(&From) -> Result<bool>) -> Result<()> {
        let elements = self.elements.borrow();
        let (mut seen, mut work) = (BTreeSet::new(), tags.to_vec());
        let mut pace = context.pace();
        while let Some(tag) = work.pop() {
            pace.step(1)?;
            if !seen.insert(tag) {
                continue;
            }
            let Some((_, from)) = elements.get(tag as usize) else { continue };
            if meet(from)?
                && let From::Computed(of) | From::Unknown { of, .. } = from
            {
                work.extend(of.iter());
            }
        }
        Ok(())
    }

    /// An array that was met, by its number.
    pub fn array(&self, number: usize) -> Option<Known> {
        self.arrays.borrow().get(number).cloned()
    }
}

/// The tag that a simple scalar is.
pub fn number(tag: &Value) -> i32 {
    match tag {
        Value::Int(tag) => *tag,
        Value::Bool(tag) => i32::from(*tag),
        _ => 0,
    }
}
