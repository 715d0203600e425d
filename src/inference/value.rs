//! Abstract values: what is known of an array that is not there yet.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use num_complex::Complex64;

use crate::array::value::{Array, Type, Value};
use crate::array::{Memory, convert, prototype};

/// The numbers of more elements than this are not kept.
pub const MOST_NUMBERS: usize = 64;
/// The items of a longer vector are not kept one by one.
pub const MOST_ITEMS: usize = 16;

/// A length, or another whole number.
#[derive(Clone, Debug)]
pub enum Dim {
    /// A number.
    Known(i64),
    /// A number that is not known, but has a name.
    Symbol(Symbol),
    /// Any number.
    Unknown,
}

/// A number that the program computes, such as the length of a vector.
#[derive(Clone, Debug)]
pub struct Symbol {
    id: u32,
    /// How it is shown: `≢x`.
    pub name: Rc<str>,
}

/// Gives out symbols.
#[derive(Debug, Default)]
pub struct Symbols(Cell<u32>);

impl Symbols {
    /// A new one.
    pub fn next(&self, name: impl Into<Rc<str>>) -> Symbol {
        self.0.set(self.0.get() + 1);
        Symbol { id: self.0.get(), name: name.into() }
    }

    /// What the symbols that come later are told from the earlier ones by.
    pub fn mark(&self) -> u32 {
        self.0.get()
    }
}

impl Dim {
    /// The number, if it is known.
    pub fn known(&self) -> Option<i64> {
        match self {
            Dim::Known(n) => Some(*n),
            _ => None,
        }
    }

    /// Whether it is this number.
    pub fn is(&self, n: i64) -> bool {
        self.known() == Some(n)
    }

    /// Whether it may be this number.
    pub fn may_be(&self, n: i64) -> bool {
        self.known().is_none_or(|known| known == n)
    }

    /// Whether both are the same number for sure.
    pub fn same(&self, other: &Dim) -> bool {
        match (self, other) {
            (Dim::Known(a), Dim::Known(b)) => a == b,
            (Dim::Symbol(a), Dim::Symbol(b)) => a.id == b.id,
            _ => false,
        }
    }

    /// What is known of a number that is one of two.
    pub fn join(&self, other: &Dim) -> Dim {
        if self.same(other) { self.clone() } else { Dim::Unknown }
    }

    /// What is known of a number that is both.
    pub fn meet(&self, other: &Dim) -> Dim {
        match (self, other) {
            (Dim::Known(_), _) | (_, Dim::Unknown) => self.clone(),
            (_, Dim::Known(_)) | (Dim::Unknown, _) => other.clone(),
            _ => self.clone(),
        }
    }

    /// The sum.
    pub fn plus(&self, other: &Dim) -> Dim {
        match (self, other) {
            (Dim::Known(a), Dim::Known(b)) => a.checked_add(*b).map_or(Dim::Unknown, Dim::Known),
            (Dim::Known(0), _) => other.clone(),
            (_, Dim::Known(0)) => self.clone(),
            _ => Dim::Unknown,
        }
    }

    /// The product.
    pub fn times(&self, other: &Dim) -> Dim {
        match (self, other) {
            (Dim::Known(a), Dim::Known(b)) => a.checked_mul(*b).map_or(Dim::Unknown, Dim::Known),
            (Dim::Known(0), _) | (_, Dim::Known(0)) => Dim::Known(0),
            (Dim::Known(1), _) => other.clone(),
            (_, Dim::Known(1)) => self.clone(),
            _ => Dim::Unknown,
        }
    }

    fn older(&self, mark: u32) -> Dim {
        match self {
            Dim::Symbol(symbol) if symbol.id > mark => Dim::Unknown,
            _ => self.clone(),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dim::Known(n) if *n < 0 => write!(f, "¯{}", n.unsigned_abs()),
            Dim::Known(n) => write!(f, "{n}"),
            Dim::Symbol(symbol) => write!(f, "{}", symbol.name),
            Dim::Unknown => write!(f, "?"),
        }
    }
}

/// What elements an array may have, or its prototype if it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// The widest numbers.
    pub numbers: Numbers,
    /// Characters.
    pub chars: bool,
    /// Arrays that are no simple scalars.
    pub nested: bool,
    /// References to namespaces.
    pub references: bool,
}

/// Sets of numbers, each within the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Numbers {
    /// No numbers.
    #[default]
    None,
    /// 0 and 1.
    Boolean,
    /// Whole numbers.
    Whole,
    /// Real numbers.
    Real,
    /// All numbers.
    Complex,
}

impl Kind {
    /// Anything.
    pub const ANY: Kind = Kind { numbers: Numbers::Complex, chars: true, nested: true, references: true };
    /// Characters only.
    pub const TEXT: Kind = Kind { chars: true, ..Kind::NONE };
    /// Nested items only.
    pub const NESTED: Kind = Kind { nested: true, ..Kind::NONE };
    const NONE: Kind = Kind { numbers: Numbers::None, chars: false, nested: false, references: false };

    /// Numbers only.
    pub const fn numbers(numbers: Numbers) -> Kind {
        Kind { numbers, ..Kind::NONE }
    }

    /// What may be in either.
    pub fn join(self, other: Kind) -> Kind {
        Kind {
            numbers: self.numbers.max(other.numbers),
            chars: self.chars | other.chars,
            nested: self.nested | other.nested,
            references: self.references | other.references,
        }
    }

    /// Whether all elements are simple.
    pub fn is_simple(self) -> bool {
        !self.nested
    }

    /// Whether there are only numbers.
    pub fn is_numeric(self) -> bool {
        self == Kind::numbers(self.numbers) && self.numbers != Numbers::None
    }

    /// Whether there are only characters.
    pub fn is_text(self) -> bool {
        self == Kind::TEXT
    }

    fn within(self, other: Kind) -> bool {
        self.join(other) == other
    }

    /// Whether a simple scalar may be the prototype of an empty array of this kind. All numbers have the same one.
    fn of_prototype(self, prototype: &Value) -> bool {
        match Abstract::of(prototype).kind {
            kind if kind.is_numeric() => self.numbers != Numbers::None,
            kind => kind.within(self),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Kind { nested: true, .. } if *self == Kind::NESTED => "nested",
            Kind { nested: false, references: false, chars: false, numbers } => match numbers {
                Numbers::None => "empty",
                Numbers::Boolean => "Boolean",
                Numbers::Whole => "integer",
                Numbers::Real => "real",
                Numbers::Complex => "numeric",
            },
            _ if self.is_text() => "character",
            Kind { nested: false, references: true, chars: false, numbers: Numbers::None } => "namespace",
            Kind { nested: false, .. } => "simple",
            _ => "any",
        };
        f.write_str(word)
    }
}

/// What is known of an array.
#[derive(Clone, Debug)]
pub struct Abstract {
    /// Its shape; `None` where not even the rank is known.
    pub shape: Option<Vec<Dim>>,
    /// Its elements.
    pub kind: Kind,
    /// Whether the kind is that of the prototype too, if there are no elements.
    pub typed: bool,
    /// What every item that is no simple scalar lies within, and the prototype; `None` where nothing is known.
    pub item: Option<Rc<Abstract>>,
    /// The items of a short vector or of a scalar, one by one.
    pub items: Option<Rc<Vec<Abstract>>>,
    /// The elements of a short vector of whole numbers, or the only element.
    pub numbers: Option<Vec<Dim>>,
    /// The array itself, if it is known.
    pub value: Option<Value>,
}

impl Abstract {
    /// Nothing is known.
    pub fn unknown() -> Abstract {
        Abstract::array(None, Kind::ANY)
    }

    /// An array of this shape with these elements.
    pub fn array(shape: Option<Vec<Dim>>, kind: Kind) -> Abstract {
        Abstract { shape, kind, typed: true, item: None, items: None, numbers: None, value: None }
    }

    /// A scalar.
    pub fn scalar(kind: Kind) -> Abstract {
        Abstract::array(Some(Vec::new()), kind)
    }

    /// A vector of this length.
    pub fn vector(length: Dim, kind: Kind) -> Abstract {
        Abstract::array(Some(vec![length]), kind)
    }

    /// A vector of whole numbers, of each what is known.
    pub fn counts(numbers: Vec<Dim>) -> Abstract {
        let shape = Some(vec![Dim::Known(numbers.len() as i64)]);
        let kept = (numbers.len() <= MOST_NUMBERS).then_some(numbers);
        Abstract { numbers: kept, ..Abstract::array(shape, Kind::numbers(Numbers::Whole)) }
    }

    /// A whole number.
    pub fn count(number: Dim) -> Abstract {
        Abstract { numbers: Some(vec![number]), ..Abstract::scalar(Kind::numbers(Numbers::Whole)) }
    }

    /// Elements that are all within one abstract value, which each of them is if it is a simple scalar, and encloses otherwise.
    /// Where there are none, nothing is known of the prototype.
    pub fn of_elements(shape: Option<Vec<Dim>>, element: &Abstract) -> Abstract {
        let array = Abstract::elements(shape, element);
        Abstract { typed: array.has_elements(), ..array }
    }

    fn elements(shape: Option<Vec<Dim>>, element: &Abstract) -> Abstract {
        match element.rank() {
            Some(0) if element.kind.is_simple() => Abstract::array(shape, element.kind),
            Some(rank) if rank > 0 || element.kind == Kind::NESTED => {
                Abstract { item: Some(Rc::new(element.loose())), ..Abstract::array(shape, Kind::NESTED) }
            }
            // It may be a simple scalar.
            _ => Abstract {
                item: Some(Rc::new(element.loose())),
                ..Abstract::array(shape, element.kind.join(Kind::NESTED))
            },
        }
    }

    /// All that there is to know of an array.
    pub fn of(value: &Value) -> Abstract {
        let memory = Memory::unlimited();
        let shape: Vec<Dim> = value.shape().iter().map(|&n| Dim::Known(n as i64)).collect();
        let unknown = || Abstract::array(Some(shape.clone()), Kind::ANY);
        let Ok(value) = value.clone().settled(&memory) else { return unknown() };
        let Ok(array) = value.array(&memory) else { return unknown() };
        let mut found = Abstract { value: Some(value), ..unknown() };
        found.kind = match &array {
            Array::Bool(_) => Kind::numbers(Numbers::Boolean),
            Array::Int(data) => numbers(data.as_slice().iter().map(|&n| Complex64::from(f64::from(n)))),
            Array::Float(data) => numbers(data.as_slice().iter().map(|&x| Complex64::from(x))),
            Array::Complex(data) => numbers(data.as_slice().iter().copied()),
            Array::Char(_) => Kind::TEXT,
            Array::Ref(_) => Kind { references: true, ..Kind::NONE },
            Array::Nested(_) => Kind::NONE,
        };
        if matches!(array, Array::Bool(_) | Array::Int(_) | Array::Float(_))
            && array.rank() <= 1
            && array.len() <= MOST_NUMBERS
            && let Ok(numbers) = convert::ints(&memory, &array)
        {
            found.numbers = Some(numbers.into_iter().map(Dim::Known).collect());
        }
        if let Array::Nested(_) = array {
            if array.is_empty() {
                found.kind = Kind::ANY;
                return found;
            }
            let items: Vec<Abstract> = array.items().map(|item| Abstract::of(&item)).collect();
            for item in &items {
                found.add_item(item);
            }
            if array.rank() <= 1 && items.len() <= MOST_ITEMS {
                found.items = Some(Rc::new(items));
            }
        }
        found
    }

    /// Elements of a strand or of a nested vector.
    pub fn strand(elements: Vec<Abstract>) -> Abstract {
        let mut whole = Abstract::array(Some(vec![Dim::Known(elements.len() as i64)]), Kind::NONE);
        for element in &elements {
            whole.add_item(element);
        }
        let number = |element: &Abstract| match (&element.shape, &element.numbers) {
            (Some(shape), Some(numbers)) if shape.is_empty() => numbers.first().cloned(),
            _ => None,
        };
        if elements.len() <= MOST_NUMBERS {
            whole.numbers = elements.iter().map(number).collect();
        }
        if elements.len() <= MOST_ITEMS {
            whole.items = Some(Rc::new(elements));
        }
        whole
    }

    /// Widens what is known of the elements by one that is added.
    fn add_item(&mut self, element: &Abstract) {
        let simple = element.rank() == Some(0) && element.kind.is_simple();
        if simple {
            self.kind = self.kind.join(element.kind);
            return;
        }
        let first = !self.kind.nested;
        self.kind.nested = true;
        if element.rank().is_none_or(|rank| rank == 0) {
            // It may be a simple scalar.
            self.kind = self.kind.join(Kind { nested: false, ..element.kind });
        }
        self.item = match &self.item {
            None if first => Some(Rc::new(element.loose())),
            Some(item) => Some(Rc::new(item.join(&element.loose()))),
            None => None,
        };
    }

    /// The items of a short vector, or of a scalar, if they are known one by one.
    pub fn each_item(&self) -> Option<Vec<Abstract>> {
        if let Some(items) = &self.items {
            return Some((**items).clone());
        }
        if let (None, Some(numbers), true) = (&self.value, &self.numbers, self.kind.is_simple()) {
            let few = numbers.len() <= MOST_ITEMS;
            let one = |number: &Dim| Abstract { kind: self.kind, ..Abstract::count(number.clone()) };
            return few.then(|| numbers.iter().map(one).collect());
        }
        let value = self.value.as_ref().filter(|value| value.rank() <= 1 && value.count() <= MOST_ITEMS)?;
        let array = value.array(&Memory::unlimited()).ok()?;
        Some(array.items().map(|item| Abstract::of(&item)).collect())
    }

    /// The rank, if it is known.
    pub fn rank(&self) -> Option<usize> {
        self.shape.as_ref().map(Vec::len)
    }

    /// The shape as numbers, if all of it is known.
    pub fn lengths(&self) -> Option<Vec<usize>> {
        self.shape.as_ref()?.iter().map(|dim| usize::try_from(dim.known()?).ok()).collect()
    }

    /// How many elements there are.
    pub fn size(&self) -> Dim {
        match &self.shape {
            Some(shape) => shape.iter().fold(Dim::Known(1), |size, dim| size.times(dim)),
            None => Dim::Unknown,
        }
    }

    /// The same for a function that may put the prototype where there was no element.
    pub fn filled(&self) -> Abstract {
        match self.typed || self.has_elements() {
            true => self.clone(),
            false => Abstract::array(self.shape.clone(), Kind::ANY),
        }
    }

    /// Whether there is at least one element for sure.
    pub fn has_elements(&self) -> bool {
        self.size().known().is_some_and(|size| size > 0)
    }

    /// Whether it may have just one element.
    pub fn may_be_single(&self) -> bool {
        self.shape.as_ref().is_none_or(|shape| shape.iter().all(|dim| dim.may_be(1)))
    }

    /// Whether it has just one element for sure.
    pub fn is_single(&self) -> bool {
        self.shape.as_ref().is_some_and(|shape| shape.iter().all(|dim| dim.is(1)))
    }

    /// The only element as a whole number, as far as it is known.
    pub fn number(&self) -> Option<Dim> {
        match &self.numbers.as_deref() {
            Some([number]) => Some(number.clone()),
            _ => None,
        }
    }

    /// The only element, if it is a known whole number.
    pub fn known_number(&self) -> Option<i64> {
        self.number()?.known()
    }

    /// Whether there may be references in it, at any depth.
    pub fn has_references(&self) -> bool {
        self.kind.references || self.item.as_ref().is_some_and(|item| item.has_references())
    }

    /// Whether another one tells nothing more than this one: what lies within it lies within this.
    pub fn covers(&self, other: &Abstract) -> bool {
        let dims = |a: &Vec<Dim>, b: &Vec<Dim>| {
            let covers = |(a, b): (&Dim, &Dim)| a.same(b) || matches!(a, Dim::Unknown);
            a.len() == b.len() && a.iter().zip(b).all(covers)
        };
        let (shape, numbers) = (|of: &Abstract| of.shape.clone(), |of: &Abstract| of.numbers.clone());
        let within = |part: &dyn Fn(&Abstract) -> Option<Vec<Dim>>| match (part(self), part(other)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(a), Some(b)) => dims(&a, &b),
        };
        let items = match (&self.item, &other.item) {
            (None, _) => true,
            (Some(_), None) => !other.kind.nested,
            (Some(a), Some(b)) => a.covers(b),
        };
        within(&shape)
            && within(&numbers)
            && items
            && self.items.is_none()
            && self.value.is_none()
            && other.kind.within(self.kind)
            && (other.typed || !self.typed)
    }

    /// What any element lies within, as a scalar or as what it encloses.
    pub fn element(&self) -> Abstract {
        if self.kind.is_simple() {
            return Abstract::scalar(self.kind);
        }
        let item = self.item.as_deref().cloned().unwrap_or_else(Abstract::unknown);
        match self.kind == Kind::NESTED {
            true => item,
            false => item.join(&Abstract::scalar(Kind { nested: false, ..self.kind })),
        }
    }

    /// The same without elements: shape and kind.
    pub fn loose(&self) -> Abstract {
        Abstract { items: None, numbers: None, value: None, ..self.clone() }
    }

    /// The same with another shape, and nothing known of single elements.
    pub fn shaped(&self, shape: Option<Vec<Dim>>) -> Abstract {
        Abstract { shape, ..self.loose() }
    }

    /// The same without symbols that were made after a mark: what they stand for differs from call to call.
    pub fn older(&self, mark: u32) -> Abstract {
        let dims = |dims: &Vec<Dim>| dims.iter().map(|dim| dim.older(mark)).collect();
        Abstract {
            shape: self.shape.as_ref().map(dims),
            kind: self.kind,
            typed: self.typed,
            item: self.item.as_ref().map(|item| Rc::new(item.older(mark))),
            items: self.items.as_ref().map(|items| Rc::new(items.iter().map(|item| item.older(mark)).collect())),
            numbers: self.numbers.as_ref().map(dims),
            value: self.value.clone(),
        }
    }

    /// The same where lengths that are not known get names: `≢x`, `1⊃⍴x`.
    pub fn named(mut self, name: &str, symbols: &Symbols) -> Abstract {
        let Some(shape) = &mut self.shape else { return self };
        for (axis, dim) in shape.iter_mut().enumerate() {
            if let Dim::Unknown = dim {
                let text = if axis == 0 { format!("≢{name}") } else { format!("{}⊃⍴{name}", axis + 1) };
                *dim = Dim::Symbol(symbols.next(text));
            }
        }
        self
    }

    /// What is known of an array that is one of two.
    pub fn join(&self, other: &Abstract) -> Abstract {
        let shape = match (&self.shape, &other.shape) {
            (Some(a), Some(b)) if a.len() == b.len() => Some(a.iter().zip(b).map(|(a, b)| a.join(b)).collect()),
            _ => None,
        };
        let item = match (self.kind.nested, other.kind.nested) {
            (true, true) => match (&self.item, &other.item) {
                (Some(a), Some(b)) => Some(Rc::new(if Rc::ptr_eq(a, b) { (**a).clone() } else { a.join(b) })),
                _ => None,
            },
            (true, false) => self.item.clone(),
            (false, true) => other.item.clone(),
            (false, false) => None,
        };
        let numbers = match (&self.numbers, &other.numbers, &shape) {
            (Some(a), Some(b), Some(_)) if a.len() == b.len() => {
                Some(a.iter().zip(b).map(|(a, b)| a.join(b)).collect())
            }
            _ => None,
        };
        let memory = Memory::unlimited();
        let same = |a: &Value, b: &Value| crate::array::compare::matches(&memory, a, b, 0.0).unwrap_or(false);
        let value = match (&self.value, &other.value) {
            (Some(a), Some(b)) if same(a, b) => Some(a.clone()),
            _ => None,
        };
        let items = value.as_ref().and(self.items.clone());
        let typed = self.typed && other.typed;
        Abstract { shape, kind: self.kind.join(other.kind), typed, item, items, numbers, value }
    }

    /// Whether an array may be the one that this is known of.
    pub fn contains(&self, value: &Value) -> bool {
        let memory = Memory::unlimited();
        let Ok(value) = value.clone().settled(&memory) else { return true };
        let fits = |shape: &Vec<Dim>| {
            shape.len() == value.rank() && shape.iter().zip(value.shape()).all(|(dim, &n)| dim.may_be(n as i64))
        };
        if !self.shape.as_ref().is_none_or(fits) {
            return false;
        }
        let known = Abstract::of(&value);
        if let (Some(mine), Some(its)) = (&self.numbers, &known.numbers)
            && !(mine.len() == its.len() && mine.iter().zip(its).all(|(a, b)| b.known().is_some_and(|n| a.may_be(n))))
        {
            return false;
        }
        // A reference is another one each time.
        if let Some(mine) = self.value.as_ref().filter(|_| !self.has_references()) {
            return crate::array::compare::matches(&memory, mine, &value, 1e-9).unwrap_or(true);
        }
        let Ok(array) = value.array(&memory) else { return true };
        match &array {
            _ if array.is_empty() => {
                if !self.typed {
                    return true;
                }
                let Ok(prototype) = prototype::fill_item(&memory, &array) else { return true };
                match prototype.is_simple_scalar() {
                    true => self.kind.of_prototype(&prototype),
                    false => self.kind.nested && self.item.as_ref().is_none_or(|mine| mine.contains(&prototype)),
                }
            }
            Array::Nested(_) => {
                let nested =
                    |item: &Value| self.kind.nested && self.item.as_ref().is_none_or(|mine| mine.contains(item));
                let one_by_one = |at: usize, item: &Value| {
                    self.items.as_ref().and_then(|items| items.get(at)).is_none_or(|mine| mine.contains(item))
                };
                array.items().enumerate().all(|(at, item)| {
                    let fits = if item.is_simple_scalar() {
                        Abstract::of(&item).kind.within(self.kind)
                    } else {
                        nested(&item)
                    };
                    fits && one_by_one(at, &item)
                })
            }
            _ => known.kind.within(self.kind),
        }
    }

    /// The shape as text: `2 3`, `≢x 4`, `?`; `None` where not even the rank is known.
    pub fn shape_text(&self) -> Option<String> {
        let shape = self.shape.as_ref()?;
        Some(shape.iter().map(Dim::to_string).collect::<Vec<_>>().join(" "))
    }

    /// Whether the whole shape is known, each length by its number or by a name.
    pub fn is_shaped(&self) -> bool {
        self.shape.as_ref().is_some_and(|shape| shape.iter().all(|dim| !matches!(dim, Dim::Unknown)))
    }
}

impl fmt::Display for Abstract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |text: &str| if self.kind == Kind::ANY { String::new() } else { format!("{text} ") };
        let kind = word(&self.kind.to_string());
        match self.shape.as_deref() {
            None if kind.is_empty() => write!(f, "array"),
            None => write!(f, "{kind}array"),
            Some([]) => write!(f, "{kind}scalar"),
            Some([length]) => write!(f, "{kind}vector, length {length}"),
            Some(shape) => {
                let noun =
                    if shape.len() == 2 { "matrix".to_owned() } else { format!("array of rank {}", shape.len()) };
                write!(f, "{kind}{noun}, shape {}", self.shape_text().unwrap_or_default())
            }
        }
    }
}

/// The narrowest kind of numbers, however they are stored.
fn numbers(all: impl Iterator<Item = Complex64>) -> Kind {
    let one = |x: Complex64| match (x.im == 0.0, x.re.fract() == 0.0, x.re == 0.0 || x.re == 1.0) {
        (false, ..) => Numbers::Complex,
        (true, false, _) => Numbers::Real,
        (true, true, false) => Numbers::Whole,
        (true, true, true) => Numbers::Boolean,
    };
    Kind::numbers(all.map(one).max().unwrap_or(Numbers::Boolean))
}

/// Whether elements of a type are numbers.
pub fn numbers_of(kind: Type) -> Numbers {
    match kind {
        Type::Bool => Numbers::Boolean,
        Type::Int => Numbers::Whole,
        Type::Float => Numbers::Real,
        Type::Complex => Numbers::Complex,
        _ => Numbers::None,
    }
}
