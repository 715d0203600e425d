//! The trait of everything that can be applied to arrays: to whole arguments, or to all cells of them at once.
//!
//! Primitives, derived functions, trains and user functions implement [`Function`]; operators make them from
//! [`Operand`]s.

use std::rc::Rc;

use crate::array::{Shape, Value};
use crate::context::Context;
use crate::error::{Fault, Result};

/// A function, shared.
pub type Fun = Rc<dyn Function>;

/// A callable: `f Y` and `X f Y`.
pub trait Function {
    /// `f right`, or `left f right`. A function without a result raises VALUE ERROR.
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value>;

    /// The same where a missing result is no error: as a statement of its own.
    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.call(context, left, right).map(Some)
    }

    /// The same as the last function of another one. [`Context::shy`] tells afterwards whether the result is shy.
    fn invoke_last(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        context.shy.set(false);
        let result = self.invoke(context, left, right);
        context.shy.set(context.shy.get() && self.may_be_shy());
        result
    }

    /// Whether [`Context::shy`] says after [`Function::invoke`] whether the result is shy; otherwise it is not.
    fn may_be_shy(&self) -> bool {
        self.as_any().is_some()
    }

    /// Applied to all cells at once; see [`Cells`]. `Ok(None)` where there is no such form for these arguments, and
    /// callers then loop. After most errors they loop as well, so that the error seen is the loop's; interrupts, WS FULL
    /// and INTERNAL ERROR are reported as they are. Must be free of side effects and agree with the loop in everything
    /// but speed.
    fn call_cells(
        &self,
        _context: &Context,
        _frame: &[usize],
        _left: Option<&Cells>,
        _right: &Cells,
    ) -> Result<Option<Cells>> {
        Ok(None)
    }

    /// As [`Function::call_cells`], where the cells of the results may have different shapes.
    fn call_various(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Results>> {
        Ok(self.call_cells(context, frame, left, right)?.map(Results::Alike))
    }

    /// The function that undoes this one, `f⍣¯1`: its monadic call solves `f Y`, its dyadic call `X f Y` for `Y`.
    /// DOMAIN ERROR where there is none.
    fn inverse(&self, _context: &Context) -> Result<Fun> {
        Err(Fault::domain().because("No inverse"))
    }

    /// The function whose dyadic call `R g Y` solves `R≡X f Y` for `X`: what undoes `f∘Y`.
    fn inverse_left(&self, _context: &Context) -> Result<Fun> {
        Err(Fault::domain().because("No inverse"))
    }

    /// The function whose monadic call `g R` solves `R≡X f X` for `X`: what undoes `f⍨`.
    fn inverse_both(&self, _context: &Context) -> Result<Fun> {
        Err(Fault::domain().because("No inverse"))
    }

    /// The same function with options set, `f⍠A`. DOMAIN ERROR for an option that it does not have.
    fn variant(&self, _context: &Context, _settings: &[Setting]) -> Result<Fun> {
        Err(Fault::domain().because("The function has no options"))
    }

    /// The same function along the axis in brackets, `(+/)[1]`; `None` where it takes none.
    fn along(&self, _axis: &Value) -> Option<Fun> {
        None
    }

    /// The item that a reduction of an empty array gives: 0 for `+`, 1 for `×`. `None`: DOMAIN ERROR.
    fn identity(&self, _context: &Context, _prototype: &Value) -> Option<Result<Value>> {
        None
    }

    /// The function that this one does nothing but apply to its arguments, where that is one without side effects that
    /// always gives the same result for the same arguments: `+` for `{⍺+⍵}`, `⌽` for `{⌽⍵}`, `-⍨` for `{⍵-⍺}`. It is
    /// only for speed: identity elements, inverses and descriptions are this function's own.
    fn synonym(&self, _context: &Context, _dyadic: bool) -> Option<Fun> {
        None
    }

    /// The function itself for those that are told apart by their kind: primitives and user functions.
    fn as_any(&self) -> Option<&dyn std::any::Any> {
        None
    }

    /// What it is made of.
    fn structure(&self) -> Structure {
        Structure::OTHER
    }

    /// How it is written, as a tree for display.
    fn describe(&self) -> Description;

    /// How it is written as one of this many parts of another function; `…` where it is too large for that.
    fn described(&self, parts: usize) -> Description {
        let structure = self.structure();
        match structure.size as usize > MOST_WRITTEN / parts.max(1) || structure.depth > DEEPEST_WRITTEN {
            true => Description::Text("…".into()),
            false => self.describe(),
        }
    }
}

/// Functions of more parts than this are not written out, nor are deeper ones.
const MOST_WRITTEN: usize = 1 << 17;
const DEEPEST_WRITTEN: u32 = 250;

/// Derived functions are at most this deep.
const DEEPEST: u32 = 100_000;

/// What a function is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Structure {
    /// How many operators, one around the other, it has.
    pub depth: u32,
    /// The functions and arrays in it, each as often as it occurs.
    pub size: u32,
    /// Whether it is made of nothing but primitive functions, primitive operators and arrays.
    pub primitive: bool,
    /// Whether it is made of nothing but these and system functions.
    pub built_in: bool,
    /// Whether a traditional function occurs in it.
    pub traditional: bool,
}

impl Structure {
    /// A primitive function by itself.
    pub const PRIMITIVE: Structure =
        Structure { depth: 0, size: 1, primitive: true, built_in: true, traditional: false };
    /// A system function by itself.
    pub const SYSTEM: Structure = Structure { primitive: false, ..Structure::PRIMITIVE };
    /// Any other function by itself.
    pub const OTHER: Structure = Structure { depth: 0, size: 1, primitive: false, built_in: false, traditional: false };

    /// A primitive operator with operands, or a train. LIMIT ERROR where that is too deep.
    pub fn around<'a>(operands: impl IntoIterator<Item = &'a Operand>) -> Result<Structure> {
        let mut whole = Structure::PRIMITIVE;
        for operand in operands {
            let part = operand.structure();
            whole.depth = whole.depth.max(part.depth + 1);
            whole.size = whole.size.saturating_add(part.size);
            whole.primitive &= part.primitive;
            whole.built_in &= part.built_in;
            whole.traditional |= part.traditional;
        }
        match whole.depth > DEEPEST {
            true => Err(Fault::limit().with_detail(format!("a function is made of at most {DEEPEST} levels"))),
            false => Ok(whole),
        }
    }

    /// Whether the whole function is too large to be written.
    pub fn is_too_large(&self) -> bool {
        self.size as usize > MOST_WRITTEN || self.depth > DEEPEST_WRITTEN
    }
}

/// An option of a function and its value, as `⍠` sets it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The option's name; `None` for the function's principal option.
    pub name: Option<Rc<str>>,
    /// Its value, which the function checks.
    pub value: Value,
}

/// What an operator is applied to.
#[derive(Clone)]
pub enum Operand {
    /// An array, as in `⍤1`.
    Array(Value),
    /// A function, as in `+/`.
    Function(Fun),
}

impl Operand {
    /// The function, or SYNTAX ERROR.
    pub fn function(self) -> Result<Fun> {
        match self {
            Operand::Function(f) => Ok(f),
            Operand::Array(_) => Err(Fault::syntax()),
        }
    }

    /// What it is made of.
    pub fn structure(&self) -> Structure {
        match self {
            Operand::Function(f) => f.structure(),
            Operand::Array(_) => Structure::PRIMITIVE,
        }
    }

    /// How it is written as one of this many parts of a function.
    pub fn described(&self, parts: usize) -> Description {
        match self {
            Operand::Function(f) => f.described(parts),
            Operand::Array(value) => Description::Array(value.clone()),
        }
    }
}

/// How a function is written: what `]box -trains=` draws.
#[derive(Clone, Debug)]
pub enum Description {
    /// A glyph, a name, or the text of a dfn.
    Text(Rc<str>),
    /// A traditional function.
    Named {
        /// What it is called.
        name: Rc<str>,
        /// Its lines, the header first.
        lines: Rc<[String]>,
    },
    /// An array operand.
    Array(Value),
    /// An operator (or an axis in brackets, as text) behind its left operand, with a right one where it takes one.
    Derived {
        /// The operator's glyph, name or source text.
        operator: Rc<str>,
        /// The left operand.
        left: Box<Description>,
        /// The right operand.
        right: Option<Box<Description>>,
        /// The axis in brackets.
        axis: Option<Value>,
    },
    /// A train of two or more tines.
    Train(Vec<Description>),
    /// A dyadic operator with its right operand: `⍣ ¯1`.
    Curried {
        /// The operator.
        operator: Box<Description>,
        /// Its right operand.
        right: Box<Description>,
    },
}

/// The cells of an argument: the trailing axes of one array, applied to all at once.
///
/// `value`'s leading axes are those axes of the joint frame that this argument has, in order; along the others it is
/// broadcast (the same cell for every index). The axes behind are each cell's own. A boxed cell is a scalar cell of a
/// framed value.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Frame axes that are present, then the cell's axes.
    pub value: Value,
    /// Which axes of the joint frame are present.
    pub present: AxisSet,
}

impl Cells {
    /// The rank of each cell.
    pub fn cell_rank(&self) -> usize {
        self.value.rank() - self.present.len()
    }

    /// The shape of each cell.
    pub fn cell_shape(&self) -> &[usize] {
        &self.value.shape()[self.present.len()..]
    }

    /// One value, the same for every index of the frame.
    pub fn constant(value: Value) -> Cells {
        Cells { value, present: AxisSet::default() }
    }

    /// The shape of the frame axes that are present.
    pub fn frame(&self) -> Shape {
        Shape::from_slice(&self.value.shape()[..self.present.len()])
    }
}

/// The results of a function for all cells.
pub enum Results {
    /// Of one shape, side by side.
    Alike(Cells),
    /// One for each index of the frame.
    Various(Vec<Value>),
}

/// A set of axes of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AxisSet(u32);

impl AxisSet {
    /// The axes `from..to`.
    pub fn range(from: usize, to: usize) -> AxisSet {
        AxisSet((from..to).fold(0, |set, axis| set | 1 << axis))
    }

    /// Whether the axis is in the set.
    pub fn has(self, axis: usize) -> bool {
        self.0 >> axis & 1 == 1
    }

    /// The number of axes.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The axes in either set.
    pub fn union(self, other: AxisSet) -> AxisSet {
        AxisSet(self.0 | other.0)
    }

    /// The axes in this set and not in the other.
    pub fn without(self, other: AxisSet) -> AxisSet {
        AxisSet(self.0 & !other.0)
    }

    /// The axes, in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..32).filter(move |&axis| self.has(axis))
    }
}
