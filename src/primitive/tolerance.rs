//! Finds the numbers in arrays that are linked by tolerant equality, so that they get equal hashes.

use std::borrow::Cow;

use crate::array::Memory;
use crate::array::hash::Canon;
use crate::array::view::Elements;
use crate::context::Context;
use crate::error::{Fault, Result};

use super::sorting;

/// How numbers stand for each other in the hashes of these elements, at any depth.
pub fn canon(context: &Context, lists: &[Elements]) -> Result<Canon> {
    let ct = context.ct();
    if ct <= 0.0 {
        return Ok(Canon::exact());
    }
    let (mut floats, mut complex) = (false, false);
    walk(context, lists, |list| {
        floats |= matches!(list, Elements::Float(_));
        complex |= matches!(list, Elements::Complex(_));
        Ok(())
    })?;
    if !floats && !complex {
        // Whole numbers of 32 bits are never within tolerance of each other.
        return Ok(Canon::exact());
    }
    let mut numbers: Vec<f64> = Vec::new();
    let magnitude = |x: f64| if complex { x.abs() } else { x };
    let memory = context.memory();
    walk(context, lists, |list| {
        reserve(memory, &mut numbers, list.len())?;
        match list {
            Elements::Bool(a) => numbers.extend(a.iter().map(|&b| f64::from(u8::from(b)))),
            Elements::Int(a) => numbers.extend(a.iter().map(|&n| magnitude(f64::from(n)))),
            Elements::Float(a) => numbers.extend(a.iter().map(|&x| magnitude(x))),
            Elements::Complex(a) => numbers.extend(a.iter().map(|z| z.norm())),
            _ => {}
        }
        Ok(())
    })?;
    let order = sorting::grade_floats(context, &numbers, false)?;
    let sorted = context.collect(order.len(), |at| numbers[order[at] as usize])?;
    Ok(Canon::linking(&sorted, ct, complex))
}

/// Visits every simple list among these elements and in their boxes.
fn walk<'a>(
    context: &Context,
    lists: &[Elements<'a>],
    mut visit: impl FnMut(Elements<'a>) -> Result<()>,
) -> Result<()> {
    let mut work: Vec<(Elements, usize)> = lists.iter().map(|&list| (list, 0)).collect();
    let mut steps = 0_u32;
    while let Some((list, at)) = work.last_mut() {
        if let Elements::Framed(boxes) = *list {
            let elements = boxes.elements();
            work.pop();
            visit(elements)?;
        } else if list.is_simple() {
            let list = *list;
            work.pop();
            context.poll()?;
            visit(list)?;
        } else if *at >= list.len() {
            work.pop();
        } else {
            let item = list.item(*at).elements;
            *at += 1;
            steps += 1;
            if steps.is_multiple_of(1024) {
                context.poll()?;
            }
            if item.is_simple() { visit(item)? } else { work.push((item, 0)) }
        }
    }
    Ok(())
}

fn reserve(memory: &Memory, list: &mut Vec<f64>, more: usize) -> Result<()> {
    if list.capacity() - list.len() < more {
        let room = more.max(list.len());
        memory.check(room.saturating_mul(8))?;
        list.try_reserve(room).map_err(|_| Fault::ws_full())?;
    }
    Ok(())
}

/// The elements of a simple list of real numbers as floats.
pub fn floats<'a>(context: &Context, list: Elements<'a>) -> Result<Cow<'a, [f64]>> {
    Ok(match list {
        Elements::Float(a) => Cow::Borrowed(a),
        Elements::Int(a) => Cow::Owned(context.collect(a.len(), |at| f64::from(a[at]))?),
        Elements::Bool(a) => Cow::Owned(context.collect(a.len(), |at| f64::from(u8::from(a[at])))?),
        _ => return Err(Fault::internal("numbers expected")),
    })
}
