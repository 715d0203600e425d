//! Looks up major cells among others: the position of the first match of each, and which cells are the first of their kind.
//!
//! Chooses the table by what the cells are: a direct one for whole numbers and characters of a small range, open
//! addressing for others, two neighbouring buckets for floats under tolerance, hashes of whole cells for the rest.
//! The cells that are searched are called `hay`, those that are looked up `needles`.

use crate::array::hash::Canon;
use crate::array::view::{Elements, View};
use crate::array::{Memory, compare};
use crate::context::Context;
use crate::error::{Fault, Result};

use super::majors::{Majors, Whole, bounds};
use super::packing::{self, Packed};
use super::tables::{CellIndex, DirectIndex, FloatIndex, Index, IntIndex, NONE, WideIndex};
use super::tolerance;

/// For every needle, `result` of the position of the first cell of `hay` that matches it, or of `hay.count` where
/// there is none. Cells are compared as `≡` compares them, except that the shapes of cells are taken to be equal.
pub fn positions<R: Copy>(
    context: &Context,
    hay: Majors,
    needles: Majors,
    result: impl Fn(usize) -> R,
) -> Result<Vec<R>> {
    limit(hay.count)?;
    limit(needles.count)?;
    let ct = context.ct();
    let missing = result(hay.count);
    let found = |at: u32| if at == NONE { missing } else { result(at as usize) };
    if hay.count == 0 || hay.size != needles.size {
        return context.memory().filled(needles.count, missing);
    }
    if hay.size == 0 {
        let first = if hay.fill.same(&needles.fill) { result(0) } else { missing };
        return context.memory().filled(needles.count, first);
    }
    if let (Some((hay, cell)), Some((needles, other))) = (hay.opened(), needles.opened()) {
        if cell != other {
            return context.memory().filled(needles.count, missing);
        }
        return positions(context, hay, needles, result);
    }
    if needles.count <= 2 || hay.count.saturating_mul(needles.count) <= 32 {
        return scan(context, hay, needles, found);
    }
    if hay.size > 1 {
        return match packing::pack(context, &hay, Some(&needles))? {
            Some(packed) => packed_keys(context, &packed, found),
            None => cells(context, hay, needles, found),
        };
    }
    match (hay.elements, needles.elements) {
        (Elements::Bool(a), b) => whole(context, a, b, found),
        (Elements::Int(a), b) => whole(context, a, b, found),
        (Elements::Char(a), Elements::Char(b)) => whole_keys(context, a, b.len(), |at| b[at].code(), found),
        (Elements::Float(a), Elements::Bool(_) | Elements::Int(_) | Elements::Float(_)) => {
            match narrowed(context, a)? {
                Some(a) => whole(context, &a, needles.elements, found),
                None => {
                    let b = tolerance::floats(context, needles.elements)?;
                    let ct = if whole_apart(a, ct) && whole_apart(&b, ct) { 0.0 } else { ct };
                    let mut index = FloatIndex::new(ct);
                    fill(context, &mut index, a.len(), |at| a[at])?;
                    probe(context, &index, b.len(), |at| b[at], found)
                }
            }
        }
        (a, b)
            if a.is_simple() && b.is_simple() && matches!(a, Elements::Char(_)) != matches!(b, Elements::Char(_)) =>
        {
            context.memory().filled(needles.count, missing)
        }
        _ => cells(context, hay, needles, found),
    }
}

/// The positions of the cells that match no cell before them that was kept, ascending: `⍸≠`.
pub fn firsts(context: &Context, cells: Majors) -> Result<Vec<u32>> {
    Ok(classes(context, cells, false)?.firsts)
}

/// Classes of matching cells, for `∪`, `⌸` and others.
pub struct Classes {
    /// For every cell, the number of its class; classes are numbered as they appear.
    pub of: Vec<u32>,
    /// The position of the first cell of every class.
    pub firsts: Vec<u32>,
}

/// Gathers cells that match into classes.
pub fn classify(context: &Context, cells: Majors) -> Result<Classes> {
    classes(context, cells, true)
}

fn classes(context: &Context, cells: Majors, all: bool) -> Result<Classes> {
    limit(cells.count)?;
    let (memory, count) = (context.memory(), cells.count);
    if cells.size == 0 || count == 0 {
        return Ok(Classes {
            of: memory.filled(if all { count } else { 0 }, 0)?,
            firsts: if count == 0 { Vec::new() } else { vec![0] },
        });
    }
    if let Some((cells, _)) = cells.opened() {
        return classes(context, cells, all);
    }
    if cells.size == 1 {
        match cells.elements {
            Elements::Bool(a) => return whole_classes(context, a, all),
            Elements::Int(a) => return whole_classes(context, a, all),
            Elements::Char(a) => return whole_classes(context, a, all),
            Elements::Float(a) => {
                if let Some(a) = narrowed(context, a)? {
                    return whole_classes(context, &a, all);
                }
                let ct = if whole_apart(a, context.ct()) { 0.0 } else { context.ct() };
                return sort_out(context, &mut FloatIndex::new(ct), count, |at| a[at], usize::MAX, all);
            }
            _ => {}
        }
    }
    if let Some(packed) = packing::pack(context, &cells, None)? {
        let keys = &packed.hay;
        return match direct_span(packed.bounds(), count) {
            Some(span) => {
                let mut index = DirectIndex::new(memory, 0, span)?;
                sort_out(context, &mut index, count, |at| keys[at] as i64, usize::MAX, all)
            }
            None => sort_out(context, &mut WideIndex::new(), count, |at| keys[at], usize::MAX, all),
        };
    }
    let canon = tolerance::canon(context, &[cells.elements])?;
    let mut index = CellIndex::new(context.ct());
    let poll = Polled::new(context, cells.size.max(64));
    sort_out_polled(context, &mut index, count, |at| cell_key(&canon, &cells, at), usize::MAX, all, &poll)
}

/// Tables hold positions in 32 bits.
fn limit(count: usize) -> Result<()> {
    if count >= NONE as usize {
        return Err(Fault::limit().with_detail(format!("a search among {count} cells")));
    }
    Ok(())
}

/// A code that no element has.
const NOT_WHOLE: i64 = i64::MIN;

/// Looks numbers of any kind up among whole ones.
fn whole<H: Whole, R: Copy>(
    context: &Context,
    hay: &[H],
    needles: Elements,
    found: impl Fn(u32) -> R,
) -> Result<Vec<R>> {
    let ct = context.ct();
    match needles {
        Elements::Bool(b) => whole_keys(context, hay, b.len(), |at| b[at].code(), found),
        Elements::Int(b) => whole_keys(context, hay, b.len(), |at| b[at].code(), found),
        Elements::Float(b) => whole_keys(context, hay, b.len(), |at| nearest(b[at], ct), found),
        Elements::Complex(b) => {
            let nearest = |at: usize| {
                let whole = nearest(b[at].re, ct.max(f64::EPSILON));
                match compare::near_complex(b[at], (whole as f64).into(), ct) {
                    true => whole,
                    false => NOT_WHOLE,
                }
            };
            whole_keys(context, hay, b.len(), nearest, found)
        }
        Elements::Char(_) | Elements::Ref(_) => context.memory().filled(needles.len(), found(NONE)),
        Elements::Boxes(b) => {
            // A box may hold what no number matches; a scalar among boxes may be any.
            let nearest = |at: usize| {
                let item = View::of(&b[at]);
                match item.elements {
                    _ if !item.is_simple_scalar() => NOT_WHOLE,
                    Elements::Bool([n]) => n.code(),
                    Elements::Int([n]) => n.code(),
                    Elements::Float([x]) => nearest(*x, ct),
                    Elements::Complex([z]) if compare::near_complex(*z, z.re.round().into(), ct) => {
                        nearest(z.re.round(), ct)
                    }
                    _ => NOT_WHOLE,
                }
            };
            whole_keys(context, hay, b.len(), nearest, found)
        }
        Elements::Framed(_) => context.memory().filled(needles.len(), found(NONE)),
    }
}

/// The whole number of 32 bits that `x` is equal to within tolerance.
fn nearest(x: f64, ct: f64) -> i64 {
    let near = x.round();
    if compare::near(x, near, ct) && near.abs() <= 2_147_483_648.0 { near as i64 } else { NOT_WHOLE }
}

/// The floats as whole numbers of 32 bits, where all are.
fn narrowed(context: &Context, floats: &[f64]) -> Result<Option<Vec<i32>>> {
    let fits = |x: &f64| f64::from(*x as i32) == *x;
    if !floats.iter().take(64).all(fits) {
        return Ok(None);
    }
    let mut out = context.memory().vec(floats.len())?;
    let mut all = true;
    context.chunks(floats.len(), |range| {
        let block = &floats[range];
        all = all && block.iter().all(fits);
        if all {
            out.extend(block.iter().map(|&x| x as i32));
        }
        Ok(())
    })?;
    Ok(all.then_some(out))
}

/// Whether all numbers are whole and so small that no two of them are equal within tolerance.
fn whole_apart(numbers: &[f64], ct: f64) -> bool {
    numbers.iter().all(|x| x.fract() == 0.0 && x.abs() * ct < 0.4)
}

/// The length of a direct table for keys between these bounds, where it is worth its memory.
fn direct_span((low, high): (i64, i64), lookups: usize) -> Option<usize> {
    let span = usize::try_from(high.checked_sub(low)?.checked_add(1)?).ok()?;
    (span <= lookups.saturating_mul(8).saturating_add(256)).then_some(span)
}

fn whole_keys<H: Whole, R: Copy>(
    context: &Context,
    hay: &[H],
    count: usize,
    needle: impl Fn(usize) -> i64,
    found: impl Fn(u32) -> R,
) -> Result<Vec<R>> {
    let memory = context.memory();
    let bounds = bounds(hay);
    if let Some(span) = direct_span(bounds, hay.len() + count) {
        let mut index = DirectIndex::new(memory, bounds.0, span)?;
        fill(context, &mut index, hay.len(), |at| hay[at].code())?;
        return probe(context, &index, count, needle, found);
    }
    if count < hay.len() / 4 {
        return backwards(context, hay, count, needle, found);
    }
    let mut index = IntIndex::new();
    fill(context, &mut index, hay.len(), |at| hay[at].code())?;
    probe(context, &index, count, needle, found)
}

/// For few needles in much hay: a table of the needles, and one pass over the hay until all are found.
fn backwards<H: Whole, R: Copy>(
    context: &Context,
    hay: &[H],
    count: usize,
    needle: impl Fn(usize) -> i64,
    found: impl Fn(u32) -> R,
) -> Result<Vec<R>> {
    let memory = context.memory();
    let mut index = IntIndex::new();
    let classes = sort_out(context, &mut index, count, needle, usize::MAX, true)?;
    let mut first = memory.filled(classes.firsts.len(), NONE)?;
    let mut left = first.len();
    for (block, keys) in hay.chunks(crate::context::CHUNK).enumerate() {
        context.poll()?;
        for (at, key) in keys.iter().enumerate() {
            let class = index.find(key.code());
            if class != NONE && first[class as usize] == NONE {
                first[class as usize] = (block * crate::context::CHUNK + at) as u32;
                left -= 1;
            }
        }
        if left == 0 {
            break;
        }
    }
    context.collect(count, |at| found(first.get(classes.of[at] as usize).copied().unwrap_or(NONE)))
}

fn whole_classes<H: Whole>(context: &Context, keys: &[H], all: bool) -> Result<Classes> {
    let memory = context.memory();
    let bounds = bounds(keys);
    if let Some(span) = direct_span(bounds, keys.len()) {
        let mut index = DirectIndex::new(memory, bounds.0, span)?;
        return sort_out(context, &mut index, keys.len(), |at| keys[at].code(), span, all);
    }
    let mut index = IntIndex::new();
    sort_out(context, &mut index, keys.len(), |at| keys[at].code(), usize::MAX, all)
}

/// Looks cells up that fit a word each.
fn packed_keys<R: Copy>(context: &Context, packed: &Packed, found: impl Fn(u32) -> R) -> Result<Vec<R>> {
    let (hay, needles) = (&packed.hay, &packed.needles);
    if let Some(span) = direct_span(packed.bounds(), hay.len() + needles.len()) {
        let mut index = DirectIndex::new(context.memory(), 0, span)?;
        fill(context, &mut index, hay.len(), |at| hay[at] as i64)?;
        return probe(context, &index, needles.len(), |at| needles[at] as i64, found);
    }
    let mut index = WideIndex::new();
    fill(context, &mut index, hay.len(), |at| hay[at])?;
    probe(context, &index, needles.len(), |at| needles[at], found)
}

type CellKey<'a> = (u64, Elements<'a>);

fn cell_key<'a>(canon: &Canon, cells: &Majors<'a>, at: usize) -> CellKey<'a> {
    let cell = cells.cell(at);
    (canon.hash(cell), cell)
}

/// Cells of several elements, boxes, complex numbers: by the hashes of whole cells.
fn cells<R: Copy>(context: &Context, hay: Majors, needles: Majors, found: impl Fn(u32) -> R) -> Result<Vec<R>> {
    let canon = tolerance::canon(context, &[hay.elements, needles.elements])?;
    let mut index = CellIndex::new(context.ct());
    let poll = Polled::new(context, hay.size.max(64));
    let mut room = 0;
    for at in 0..hay.count {
        if room == 0 {
            room = make_room(context.memory(), &mut index, at, hay.count)?;
        }
        room -= 1;
        poll.step()?;
        index.store(cell_key(&canon, &hay, at), at as u32);
    }
    let mut out = context.memory().vec(needles.count)?;
    for at in 0..needles.count {
        poll.step()?;
        out.push(found(index.find(cell_key(&canon, &needles, at))));
    }
    Ok(out)
}

/// Few comparisons: no table at all.
fn scan<R: Copy>(context: &Context, hay: Majors, needles: Majors, found: impl Fn(u32) -> R) -> Result<Vec<R>> {
    let ct = context.ct();
    let poll = Polled::new(context, hay.size);
    let mut out = context.memory().vec(needles.count)?;
    for at in 0..needles.count {
        let needle = needles.cell(at);
        let position = match (hay.elements, whole_code(needle, ct)) {
            (Elements::Bool(a), Some(code)) if hay.size == 1 => place(context, a, |x| x.code() == code)?,
            (Elements::Int(a), Some(code)) if hay.size == 1 => place(context, a, |x| x.code() == code)?,
            (Elements::Char(a), _) if hay.size == 1 && matches!(needle, Elements::Char(_)) => {
                let code = needle_char(needle);
                place(context, a, |&x| Some(x) == code)?
            }
            (Elements::Float(a), _) if hay.size == 1 && matches!(needle, Elements::Float(_) | Elements::Int(_)) => {
                let x = tolerance::floats(context, needle)?.first().copied().unwrap_or_default();
                place(context, a, |&y| compare::near(x, y, ct))?
            }
            _ => {
                let mut position = NONE;
                for at in 0..hay.count {
                    poll.step()?;
                    if compare::elements_match(hay.cell(at), needle, ct) {
                        position = at as u32;
                        break;
                    }
                }
                position
            }
        };
        out.push(found(position));
    }
    Ok(out)
}

/// The whole number of 32 bits that a single element is.
fn whole_code(element: Elements, ct: f64) -> Option<i64> {
    match element {
        Elements::Bool([b]) => Some(b.code()),
        Elements::Int([n]) => Some(n.code()),
        Elements::Float([x]) => Some(nearest(*x, ct)),
        _ => None,
    }
}

fn needle_char(element: Elements) -> Option<char> {
    match element {
        Elements::Char([c]) => Some(*c),
        _ => None,
    }
}

/// The position of the first element that is right.
fn place<T>(context: &Context, hay: &[T], right: impl Fn(&T) -> bool) -> Result<u32> {
    for (block, elements) in hay.chunks(crate::context::CHUNK).enumerate() {
        context.poll()?;
        if let Some(at) = elements.iter().position(&right) {
            return Ok((block * crate::context::CHUNK + at) as u32);
        }
    }
    Ok(NONE)
}

/// Makes room for the next keys of `count`, `seen` of which are stored; says for how many. Where keys repeat, a small
/// table does and stays in the cache.
fn make_room<I: Index>(memory: &Memory, index: &mut I, seen: usize, count: usize) -> Result<usize> {
    const STEP: usize = 4096;
    let left = count - seen;
    let step = if seen > 0 && index.stored() * 2 > seen { left } else { left.min(STEP.max(seen)) };
    index.reserve(memory, step)?;
    Ok(step)
}

/// Stores every key's first position.
fn fill<I: Index>(context: &Context, index: &mut I, count: usize, key: impl Fn(usize) -> I::Key) -> Result<()> {
    let mut start = 0;
    while start < count {
        let room = make_room(context.memory(), index, start, count)?;
        context.chunks(room, |range| {
            for at in start + range.start..start + range.end {
                index.store(key(at), at as u32);
            }
            Ok(())
        })?;
        start += room;
    }
    Ok(())
}

fn probe<I: Index, R: Copy>(
    context: &Context,
    index: &I,
    count: usize,
    key: impl Fn(usize) -> I::Key,
    found: impl Fn(u32) -> R,
) -> Result<Vec<R>> {
    context.collect(count, |at| found(index.find(key(at))))
}

/// Numbers the classes of keys as they appear; unless `all`, stops as soon as there are `most` of them.
fn sort_out<I: Index>(
    context: &Context,
    index: &mut I,
    count: usize,
    key: impl Fn(usize) -> I::Key,
    most: usize,
    all: bool,
) -> Result<Classes> {
    sort_out_polled(context, index, count, key, most, all, &Polled::new(context, 1))
}

fn sort_out_polled<I: Index>(
    context: &Context,
    index: &mut I,
    count: usize,
    key: impl Fn(usize) -> I::Key,
    most: usize,
    all: bool,
    poll: &Polled,
) -> Result<Classes> {
    let mut of = context.memory().vec(if all { count } else { 0 })?;
    let mut firsts: Vec<u32> = Vec::new();
    let (mut start, mut room) = (0, 0);
    while start < count && (all || firsts.len() < most) {
        context.poll()?;
        if room == 0 {
            room = make_room(context.memory(), index, start, count)?;
        }
        let step = room.min(poll.stride);
        reserve(context.memory(), &mut firsts, step)?;
        for at in start..start + step {
            let class = index.find_or_store(key(at), firsts.len() as u32);
            if class as usize == firsts.len() {
                firsts.push(at as u32);
            }
            if all {
                of.push(class);
            }
        }
        start += step;
        room -= step;
    }
    Ok(Classes { of, firsts })
}

/// Keeps a growing list within the budget.
fn reserve(memory: &Memory, list: &mut Vec<u32>, more: usize) -> Result<()> {
    if list.capacity() - list.len() < more {
        let room = more.max(list.len());
        memory.check(room.saturating_mul(4))?;
        list.try_reserve(room).map_err(|_| Fault::ws_full())?;
    }
    Ok(())
}

/// Polls once in so many steps as make some work worth it.
struct Polled<'a> {
    context: &'a Context,
    stride: usize,
    steps: std::cell::Cell<usize>,
}

impl<'a> Polled<'a> {
    /// For steps that look at `size` elements each.
    fn new(context: &'a Context, size: usize) -> Polled<'a> {
        let stride = if size == 1 { crate::context::CHUNK } else { (4096 / (size + 1)).max(1) };
        Polled { context, stride, steps: std::cell::Cell::new(0) }
    }

    fn step(&self) -> Result<()> {
        let steps = self.steps.get() + 1;
        if steps < self.stride.min(1024) {
            self.steps.set(steps);
            return Ok(());
        }
        self.steps.set(0);
        self.context.poll()
    }
}
