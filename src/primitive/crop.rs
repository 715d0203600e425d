//! Take and drop with different numbers for each cell: `{3 3↑⍵↓image}¨⍳4 4`.
//!
//! After `⍵↓` the cells have different shapes; after `3 3↑` they have the same shape again. So nothing is copied before
//! the last of these steps: a [`Crop`] stores where the part of each cell begins and ends, and becomes an array when all
//! parts have one shape. If the positions are regular, as for windows on an image, the result is a view; if the parts are
//! whole cells with fills around them, only their positions are stored.

use super::axes;
use crate::array::{Arr, Array, Pending, Shape, Typed, Value, shape};
use crate::context::Context;
use crate::each_type;
use crate::error::Result;
use crate::function::{AxisSet, Cells};

/// Fewer elements than this are copied at once.
const FEW: usize = 256;

/// `↑` or `↓`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// `↑`.
    Take,
    /// `↓`.
    Drop,
}

/// A part of each cell, not copied yet.
pub struct Crop {
    /// The cells that are cut.
    base: Cells,
    /// The axes of the frame along which parts differ.
    present: AxisSet,
    /// For every index of those axes, a region for every axis of a cell.
    regions: Vec<Region>,
}

/// What is left of one axis.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Region {
    /// Where it begins; before the first element where fills come first.
    offset: i64,
    /// How long it is.
    length: i64,
    /// The elements from here on are still there; all others are fills.
    low: i64,
    /// The end of those.
    high: i64,
}

impl Region {
    fn whole(length: usize) -> Option<Region> {
        let length = i64::try_from(length).ok()?;
        Some(Region { offset: 0, length, low: 0, high: length })
    }

    /// What `count↑` or `count↓` leaves of it; `None` beyond the largest number.
    fn cut(self, how: Cut, count: i64) -> Option<Region> {
        let number = count.checked_abs()?;
        let (offset, length) = match how {
            Cut::Take if count < 0 => (self.offset.checked_add(self.length)?.checked_sub(number)?, number),
            Cut::Take => (self.offset, number),
            Cut::Drop => {
                let gone = number.min(self.length);
                (if count > 0 { self.offset + gone } else { self.offset }, self.length - gone)
            }
        };
        let low = self.low.max(offset);
        let high = self.high.min(offset.checked_add(length)?).max(low);
        Some(Region { offset, length, low, high })
    }

    /// Whether no fill is needed.
    fn is_inside(self) -> bool {
        self.length == 0 || self.low == self.offset && self.high == self.offset + self.length
    }
}

impl Crop {
    /// Nothing cut off yet.
    pub fn new(cells: Cells) -> Option<Crop> {
        let regions: Option<Vec<Region>> = cells.cell_shape().iter().map(|&n| Region::whole(n)).collect();
        Some(Crop { base: cells, present: AxisSet::default(), regions: regions? })
    }

    /// `left↑` or `left↓` on every part. `None` where that is an error in some cell, and the caller loops.
    pub fn cut(mut self, context: &Context, frame: &[usize], left: &Cells, how: Cut) -> Result<Option<Crop>> {
        let memory = context.memory();
        if left.cell_rank() > 1 || !left.value.kind().is_numeric() {
            return Ok(None);
        }
        let numbers = left.cell_shape().first().copied().unwrap_or(1);
        if self.base.cell_rank() == 0 && numbers > 0 && self.present.is_empty() {
            // Scalars have as many axes as there are numbers.
            if matches!(self.base.value, Value::Framed(_)) {
                return Ok(None);
            }
            let value =
                self.base.value.reshape(memory, &shape::join(&self.base.frame(), &Shape::from_elem(1, numbers)));
            let Ok(value) = value else { return Ok(None) };
            match Crop::new(Cells { value, present: self.base.present }) {
                Some(crop) => self = crop,
                None => return Ok(None),
            }
        }
        let rank = self.base.cell_rank();
        let mut counts = memory.vec(left.value.count())?;
        let whole = axes::whole_numbers(memory, &left.value.array(memory)?, |n| {
            counts.push(n);
            Ok(())
        });
        match whole {
            Err(fault) if fault.kind().is_final() => return Err(fault),
            Ok(()) if numbers <= rank => {}
            _ => return Ok(None),
        }
        let present = self.present.union(left.present);
        let dims: Option<Shape> = present.iter().map(|axis| frame.get(axis).copied()).collect();
        let Some(dims) = dims else { return Ok(None) };
        let mut regions = memory.vec(shape::count(&dims)?.saturating_mul(rank))?;
        let (own, theirs) = (steps(present, self.present, frame, rank), steps(present, left.present, frame, numbers));
        let mut pace = context.pace();
        let mut index = Index::new(&dims);
        loop {
            pace.step(rank)?;
            let (mine, count) = (index.at(&own), index.at(&theirs));
            let (cut, whole) = self.regions[mine..mine + rank].split_at(numbers);
            for (region, &count) in cut.iter().zip(&counts[count..count + numbers]) {
                match region.cut(how, count) {
                    Some(region) => regions.push(region),
                    None => return Ok(None),
                }
            }
            regions.extend_from_slice(whole);
            if !index.next(&dims) {
                break;
            }
        }
        Ok(Some(Crop { base: self.base, present, regions }))
    }

    /// The parts as cells; `None` where they are not of one shape, or may hold boxes.
    pub fn settled(self, context: &Context, frame: &[usize]) -> Result<Option<Cells>> {
        let memory = context.memory();
        let rank = self.base.cell_rank();
        let Some(first) = self.regions.get(..rank) else { return Ok(None) };
        let mut lengths = Shape::new();
        for region in first {
            match usize::try_from(region.length) {
                Ok(length) => lengths.push(length),
                Err(_) => return Ok(None),
            }
        }
        let alike = |cell: &[Region]| cell.iter().zip(first).all(|(a, b)| a.length == b.length);
        if rank > 0 && !self.regions.chunks_exact(rank).all(alike) {
            return Ok(None);
        }
        let present = self.present.union(self.base.present);
        let dims: Option<Shape> = present.iter().map(|axis| frame.get(axis).copied()).collect();
        let Some(dims) = dims else { return Ok(None) };
        let whole = shape::join(&dims, &lengths);
        let count = shape::count(&whole)?;
        if count >= FEW
            && let Some(placed) = self.placed(context, frame, (present, &dims), &lengths)?
        {
            return Ok(Some(Cells { value: placed.into(), present }));
        }
        let array = match self.base.value.clone().settled(memory)? {
            Value::Framed(_) => return Ok(None),
            value => value.into_array(memory)?,
        };
        if let Array::Float(data) = &array
            && count >= FEW
            && let Some((start, by)) = self.pattern(frame, present, &dims, data.shape())
        {
            let value = Pending::view(memory, data.clone(), start, &whole, &by)?.into();
            return Ok(Some(Cells { value, present }));
        }
        let value: Array = match &array {
            Array::Nested(_) | Array::Ref(_) => return Ok(None),
            simple => each_type!(simple, arr => self.copied(context, frame, present, &dims, arr, &whole)?.into()),
        };
        Ok(Some(Cells { value: value.into(), present }))
    }

    /// Whole cells with fills around them: where they lie among these is enough to know.
    fn placed(
        &self,
        context: &Context,
        frame: &[usize],
        (present, dims): (AxisSet, &[usize]),
        lengths: &[usize],
    ) -> Result<Option<Pending>> {
        let memory = context.memory();
        let cell = self.base.cell_shape();
        let rank = cell.len();
        let whole = |(region, &n): (&Region, &usize)| region.low == 0 && usize::try_from(region.high) == Ok(n);
        if rank == 0 || cell.contains(&0) || shape::product(lengths) <= shape::product(cell) {
            return Ok(None);
        }
        if !self.regions.chunks_exact(rank).all(|regions| regions.iter().zip(cell).all(whole)) {
            return Ok(None);
        }
        let own = steps(present, self.present, frame, rank);
        let strides = shape::strides(lengths);
        let mut offsets = memory.vec(shape::product(dims))?;
        let mut pace = context.pace();
        let mut index = Index::new(dims);
        loop {
            pace.step(rank)?;
            let regions = &self.regions[index.at(&own)..][..rank];
            // A whole cell begins at or behind the part's beginning.
            let before = |region: &Region| usize::try_from(-region.offset).unwrap_or(0);
            offsets.push(regions.iter().zip(&strides).map(|(region, step)| before(region) * step).sum());
            if !index.next(dims) {
                break;
            }
        }
        let cells = match &self.base.value {
            Value::Pending(cells) if !cells.is_placed() && self.base.present == present => cells.as_ref().clone(),
            Value::Array(Array::Float(data)) => {
                let strides = shape::strides(data.shape());
                let (outer, inner) = strides.split_at(self.base.present.len());
                let mut by = spread(present, self.base.present, outer);
                by.extend_from_slice(inner);
                Pending::view(memory, data.clone(), 0, &shape::join(dims, cell), &by)?
            }
            _ => return Ok(None),
        };
        cells.placed(lengths, offsets).map(Some)
    }

    /// Where the first part begins, and the steps along the frame and the parts, where there are such steps and no
    /// fills.
    fn pattern(&self, frame: &[usize], present: AxisSet, dims: &[usize], of: &[usize]) -> Option<(usize, Shape)> {
        if !self.regions.iter().all(|region| region.is_inside()) {
            return None;
        }
        let strides = shape::strides(of);
        let (outer, inner) = strides.split_at(self.base.present.len());
        let rank = inner.len();
        let own = steps(present, self.present, frame, rank);
        let base = spread(present, self.base.present, outer);
        let place = |index: &Index| -> Option<usize> {
            let regions = &self.regions[index.at(&own)..][..rank];
            let inside =
                regions.iter().zip(inner).map(|(region, step)| Some(usize::try_from(region.offset).ok()? * step));
            inside.sum::<Option<usize>>().map(|inside| inside + index.at(&base))
        };
        let mut index = Index::new(dims);
        let start = place(&index)?;
        let mut by = Shape::new();
        for axis in 0..dims.len() {
            if dims[axis] == 1 {
                by.push(0);
                continue;
            }
            let mut next = Index::new(dims);
            next.0[axis] = 1;
            by.push(place(&next)?.checked_sub(start)?);
        }
        loop {
            if place(&index)? != start + index.at(&by) {
                return None;
            }
            if !index.next(dims) {
                break;
            }
        }
        by.extend_from_slice(inner);
        Some((start, by))
    }

    /// The parts, written one behind another.
    fn copied<T: Typed>(
        &self,
        context: &Context,
        frame: &[usize],
        present: AxisSet,
        dims: &[usize],
        from: &Arr<T>,
        whole: &[usize],
    ) -> Result<Arr<T>> {
        let memory = context.memory();
        let fill = T::fill(memory, from)?;
        let mut out = memory.filled(shape::count(whole)?, fill)?;
        let strides = shape::strides(from.shape());
        let (outer, inner) = strides.split_at(self.base.present.len());
        let rank = inner.len();
        let own = steps(present, self.present, frame, rank);
        let base = spread(present, self.base.present, outer);
        let to = shape::strides(&whole[dims.len()..]);
        let size = shape::product(&whole[dims.len()..]);
        let mut pace = context.pace();
        let mut index = Index::new(dims);
        for part in out.chunks_exact_mut(size.max(1)) {
            let regions = &self.regions[index.at(&own)..][..rank];
            let cell = from.as_slice().get(index.at(&base)..).unwrap_or(&[]);
            paste(regions, cell, inner, part, &to);
            pace.step(size + 16)?;
            if !index.next(dims) {
                break;
            }
        }
        Arr::new(memory, whole, out)
    }
}

/// Copies what is there of a cell to where it belongs in a part.
fn paste<T: Clone>(regions: &[Region], cell: &[T], steps: &[usize], part: &mut [T], to: &[usize]) {
    let ([region, rest @ ..], [step, steps @ ..], [width, to @ ..]) = (regions, steps, to) else {
        if let (Some(from), Some(to)) = (cell.first(), part.first_mut()) {
            *to = from.clone();
        }
        return;
    };
    let (Ok(low), Ok(count)) = (usize::try_from(region.low), usize::try_from(region.high - region.low)) else { return };
    let Ok(place) = usize::try_from(region.low - region.offset) else { return };
    if rest.is_empty() {
        if let (Some(from), Some(to)) = (cell.get(low..low + count), part.get_mut(place..place + count)) {
            to.clone_from_slice(from);
        }
        return;
    }
    for k in 0..count {
        let (from, into) = ((low + k) * step, (place + k) * width);
        if let (Some(cell), Some(part)) = (cell.get(from..), part.get_mut(into..)) {
            paste(rest, cell, steps, part, to);
        }
    }
}

/// The step along every axis of `all` in something whose axes are those in `present`, `size` elements each.
fn steps(all: AxisSet, present: AxisSet, frame: &[usize], size: usize) -> Shape {
    let dims: Shape = present.iter().map(|axis| frame.get(axis).copied().unwrap_or(1)).collect();
    let strides: Shape = shape::strides(&dims).iter().map(|step| step * size).collect();
    spread(all, present, &strides)
}

/// The same strides along every axis of `all`, 0 where it is not in `present`.
fn spread(all: AxisSet, present: AxisSet, strides: &[usize]) -> Shape {
    let mut own = strides.iter();
    all.iter().map(|axis| if present.has(axis) { own.next().copied().unwrap_or(0) } else { 0 }).collect()
}

/// An index of a frame.
struct Index(Shape);

impl Index {
    fn new(dims: &[usize]) -> Index {
        Index(Shape::from_elem(0, dims.len()))
    }

    fn at(&self, steps: &[usize]) -> usize {
        self.0.iter().zip(steps).map(|(index, step)| index * step).sum()
    }

    /// Moves on; `false` behind the last one.
    fn next(&mut self, dims: &[usize]) -> bool {
        for (index, &n) in self.0.iter_mut().zip(dims).rev() {
            *index += 1;
            if *index < n {
                return true;
            }
            *index = 0;
        }
        false
    }
}
