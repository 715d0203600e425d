//! Functions on abstract values: primitives, what operators make of functions, trains, and calls of dfns.

use std::rc::Rc;

use super::engine::Engine;
use super::names::{Closure, Counted, Home};
use crate::array::Value;
use crate::context::Context;
use crate::error::{ErrorKind, Fault};
use crate::function::{Description, Fun, Function};
use crate::inference::operators::{self, ByShape, Derived, Driver, Operand};
use crate::inference::value::Numbers;
use crate::inference::{self, Abstract, Call, Depends, Failure, Kind, Outcome};
use crate::names::SystemOperator;
use crate::operator::{self, PrimitiveOperator};
use crate::primitive::{self, DyadCall, Identity, Primitive, PrimitiveFunction};
use crate::syntax::scan::Class;

/// A function.
pub enum Callable {
    /// A primitive one.
    Primitive(&'static Primitive),
    /// What a primitive operator makes of its operands.
    Derived(Made),
    /// A train.
    Train(Vec<Operand>),
    /// A function with an axis in brackets.
    Axis(Rc<Callable>, Abstract),
    /// A function that is made already, of primitives only.
    Ready(Fun, Rc<Callable>),
    /// A dfn, or a dop with its operands.
    User(Rc<Closure>),
    /// A traditional function; what it gives.
    Traditional(Abstract),
    /// `⎕∘←`: gives its argument.
    Output,
    /// `⍎`
    Execute,
    /// A system function, called in a namespace.
    System(Rc<str>, Rc<Home>),
    /// What a system operator makes of its operands.
    SystemDerived(&'static str, Operand, Option<Operand>),
    /// A function that runs with the settings of a namespace.
    Within(Rc<Home>, Rc<Callable>),
    /// One of which nothing is known.
    Unknown,
}

/// What a primitive operator makes.
pub struct Made {
    /// Its rule.
    pub rule: operators::Rule,
    /// The left operand.
    pub alpha: Operand,
    /// The right operand.
    pub omega: Option<Operand>,
    /// The axis in brackets.
    pub axis: Option<Abstract>,
}

/// An operator.
#[derive(Clone)]
pub enum Op {
    /// A primitive one.
    Primitive(&'static PrimitiveOperator),
    /// A dop.
    User(Rc<Closure>),
    /// A system operator.
    System(&'static SystemOperator),
}

/// Longer literals are not computed with.
const MOST_ELEMENTS: usize = 2_000;
/// No array of more elements is made to ask a primitive for the shape of its result.
const MOST_ASKED: usize = 20_000;

/// The system operators of whose functions something is known.
const SYSTEM_OPERATORS: [&str; 2] = ["⎕R", "⎕S"];

/// A function as operands have it.
pub fn function(callable: Callable) -> Operand {
    Operand::Function(Rc::new(callable))
}

impl Callable {
    /// A function that the binder has made.
    pub fn ready(made: &Fun) -> Rc<Callable> {
        let parts = match Callable::described(&made.describe(), 0) {
            Operand::Function(function) => function.downcast::<Callable>().ok(),
            Operand::Array(_) => None,
        };
        match parts {
            Some(parts) if made.structure().primitive => Rc::new(Callable::Ready(made.clone(), parts)),
            Some(parts) => parts,
            None => Rc::new(Callable::Unknown),
        }
    }

    fn described(description: &Description, depth: usize) -> Operand {
        let inner = |description: &Description| Callable::described(description, depth + 1);
        if depth > 100 {
            return function(Callable::Unknown);
        }
        match description {
            Description::Array(value) => Operand::Array(Abstract::of(value)),
            Description::Text(text) => {
                let mut chars = text.chars();
                let row = chars.next().filter(|_| chars.next().is_none()).and_then(primitive::lookup);
                function(row.map_or(Callable::Unknown, Callable::Primitive))
            }
            Description::Train(tines) => function(Callable::Train(tines.iter().map(inner).collect())),
            Description::Derived { operator, left, right, axis } => {
                if &**operator == "." && matches!(&**left, Description::Text(text) if &**text == "∘") {
                    let alpha = right.as_deref().map_or_else(|| function(Callable::Unknown), inner);
                    return function(Callable::Derived(Made {
                        rule: operators::OUTER,
                        alpha,
                        omega: None,
                        axis: None,
                    }));
                }
                if let Some(name) = SYSTEM_OPERATORS.iter().find(|name| ***name == **operator) {
                    return function(Callable::SystemDerived(name, inner(left), right.as_deref().map(inner)));
                }
                let mut chars = operator.chars();
                let row = chars.next().filter(|_| chars.next().is_none()).and_then(operator::lookup);
                let Some(rule) = row.map(|row| row.rule) else { return function(Callable::Unknown) };
                let (alpha, omega) = (inner(left), right.as_deref().map(inner));
                function(Callable::Derived(Made { rule, alpha, omega, axis: axis.as_ref().map(Abstract::of) }))
            }
            Description::Named { .. } | Description::Curried { .. } => function(Callable::Unknown),
        }
    }
}

impl Driver for Engine {
    fn apply(&self, function: &operators::Function, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        match function.downcast_ref::<Callable>() {
            Some(callable) => self.call(callable, left, right),
            None => Ok(Abstract::unknown()),
        }
    }

    fn apply_many(&self, function: &operators::Function, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        let mark = self.symbols.mark();
        let _many = Counted::new(&self.many);
        let loose = |argument: &Abstract| argument.loose();
        let left = left.map(loose);
        Ok(self.apply(function, left.as_ref(), &right.loose())?.older(mark))
    }

    fn strand(&self, elements: Vec<Abstract>) -> Abstract {
        self.side_by_side(elements)
    }

    fn identity(&self, function: &operators::Function) -> Option<Kind> {
        let callable = function.downcast_ref::<Callable>()?;
        let row = match callable {
            Callable::Primitive(row) => row,
            _ => return None,
        };
        let dyad = row.dyad.as_ref()?;
        match (&dyad.call, &dyad.identity) {
            (DyadCall::Scalar(_), Identity::Number(n)) if n.fract() == 0.0 && n.abs() <= 1.0 => {
                Some(Kind::numbers(Numbers::Boolean))
            }
            (DyadCall::Scalar(_), Identity::Number(_)) => Some(Kind::numbers(Numbers::Real)),
            _ => None,
        }
    }
}

impl Engine {
    /// `left f right`.
    pub fn call(&self, callable: &Callable, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            if !self.step() {
                self.lose();
                return Ok(Abstract::unknown());
            }
            self.called(callable, left, right)
        })
    }

    fn called(&self, callable: &Callable, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        match callable {
            Callable::Primitive(row) => self.primitive(row, left, right, None),
            Callable::Ready(made, parts) => {
                if let Some(done) = self.computed(&**made, is_calculable(parts), left, right) {
                    return done;
                }
                let asked = decides_by_shape(parts, left.is_some())
                    .then(|| self.asked(&**made, Depends::Shapes, left, right))
                    .flatten();
                let inferred = self.call(parts, left, right);
                refined(asked, inferred)
            }
            Callable::Derived(Made { rule, alpha, omega, axis }) => {
                let before = self.bodies.get();
                let result = (rule.infer)(&Derived {
                    driver: self,
                    alpha,
                    omega: omega.as_ref(),
                    axis: axis.as_ref(),
                    origin: self.origin(),
                    left,
                    right,
                });
                // Operands that were not followed may have changed names.
                if self.bodies.get() == before && (is_user(alpha) || omega.as_ref().is_some_and(is_user)) {
                    self.lose();
                }
                result
            }
            Callable::Train(tines) => self.train(tines, left, right),
            Callable::Axis(function, axis) => match &**function {
                Callable::Primitive(row) => self.primitive(row, left, right, Some(axis)),
                Callable::Derived(Made { rule, alpha, omega, axis: None }) => self.called(
                    &Callable::Derived(Made {
                        rule: *rule,
                        alpha: alpha.clone(),
                        omega: omega.clone(),
                        axis: Some(axis.clone()),
                    }),
                    left,
                    right,
                ),
                Callable::Ready(_, parts) => self.called(&Callable::Axis(parts.clone(), axis.clone()), left, right),
                _ => Ok(Abstract::unknown()),
            },
            Callable::User(closure) => self.dfn(closure, left, right),
            Callable::Traditional(result) => Ok(result.clone()),
            Callable::Output => Ok(right.clone()),
            Callable::Execute => {
                self.havoc();
                Ok(Abstract::unknown())
            }
            Callable::System(name, home) => Ok(self.system((name, home), left, right)),
            Callable::SystemDerived(name, alpha, omega) => {
                if [Some(alpha), omega.as_ref()].into_iter().flatten().any(is_user) {
                    self.lose();
                }
                Ok(inference::system::derived(name, right))
            }
            Callable::Within(home, callable) => {
                let _inside = self.enter(home);
                self.called(callable, left, right)
            }
            Callable::Unknown => {
                self.lose();
                Ok(Abstract::unknown())
            }
        }
    }

    /// A call of a system function.
    fn system(&self, (name, home): (&str, &Home), left: Option<&Abstract>, right: &Abstract) -> Abstract {
        let empty = name == "NS" && left.is_none() && right.lengths() == Some(vec![0]);
        let made = (empty && self.many.get() == 0).then(|| self.new_space(home, None)).flatten();
        match made {
            Some((_, reference)) => reference,
            None => inference::system::function(name, left, right),
        }
    }

    fn train(&self, tines: &[Operand], left: Option<&Abstract>, right: &Abstract) -> Outcome {
        let apply = |tine: &Operand, left: Option<&Abstract>, right: &Abstract| match tine {
            Operand::Array(array) => Ok(array.clone()),
            Operand::Function(function) => self.apply(function, left, right),
        };
        let Some((last, mut rest)) = tines.split_last() else { return Ok(Abstract::unknown()) };
        let mut result = apply(last, left, right)?;
        while let [before @ .., middle] = rest {
            rest = before;
            match rest.split_last() {
                Some((outer, others)) => {
                    let other = apply(outer, left, right)?;
                    result = apply(middle, Some(&other), &result)?;
                    rest = others;
                }
                None => result = apply(middle, None, &result)?,
            }
        }
        Ok(result)
    }

    fn primitive(
        &self,
        row: &'static Primitive,
        left: Option<&Abstract>,
        right: &Abstract,
        axis: Option<&Abstract>,
    ) -> Outcome {
        let function = PrimitiveFunction(row);
        let computed = match axis {
            None => self.computed(&function, !row.facts.random, left, right),
            Some(axis) => axis.value.as_ref().and_then(|axis| {
                let function = AlongAxis { row, axis: axis.clone() };
                self.computed(&function, !row.facts.random, left, right)
            }),
        };
        if let Some(done) = computed {
            return done;
        }
        if left.is_none() && row.monad.is_none() || left.is_some() && row.dyad.is_none() {
            let text = if left.is_none() {
                "the function requires a left argument"
            } else {
                "the function takes no left argument"
            };
            return Err(Failure::new(ErrorKind::Syntax, text));
        }
        let asked = match axis {
            None => self.asked(&function, row.depends(left.is_some()), left, right),
            Some(_) => None,
        };
        refined(
            asked,
            row.infer(&Call {
                left,
                right,
                axis,
                origin: self.origin(),
                ordinary: self.certain.get() && self.context.ml() == 1,
            }),
        )
    }

    /// The result itself, where the arguments are known and short, and the function has no effects.
    fn computed(
        &self,
        function: &dyn Function,
        calculable: bool,
        left: Option<&Abstract>,
        right: &Abstract,
    ) -> Option<Outcome> {
        if !calculable || !self.certain.get() {
            return None;
        }
        let known = |argument: &Abstract| argument.value.clone().filter(|value| value.count() <= MOST_ELEMENTS);
        let right = known(right)?;
        let left = match left {
            Some(left) => Some(known(left)?),
            None => None,
        };
        let memory = self.context.memory();
        match function.call(&self.context, left, right).and_then(|value| value.settled(memory)) {
            Ok(value) => Some(Ok(self.constant(&value))),
            Err(fault) => failure(&fault).map(Err),
        }
    }

    /// The shape that a function gives for arguments of the same shapes, where nothing else decides it.
    fn asked(
        &self,
        function: &dyn Function,
        depends: Depends,
        left: Option<&Abstract>,
        right: &Abstract,
    ) -> Option<Result<Vec<usize>, Failure>> {
        let stands = |argument: &Abstract| {
            let shape = argument.lengths()?;
            let count = shape.iter().try_fold(1_usize, |count, n| count.checked_mul(*n))?;
            let one = if argument.kind.is_text() { Value::Char(' ') } else { Value::Bool(true) };
            // Items that are arrays have no place in what stands for them.
            let fits = count <= MOST_ASKED && argument.kind.is_simple();
            one.reshape(self.context.memory(), &shape).ok().filter(|_| fits)
        };
        let left = match (left, depends) {
            (_, Depends::Values) => return None,
            (None, _) => None,
            (Some(left), Depends::Shapes) => Some(stands(left)?),
            (Some(left), Depends::Left) => {
                Some(left.value.clone().filter(|value| self.certain.get() && value.count() <= MOST_ELEMENTS)?)
            }
        };
        let right = stands(right)?;
        match function.call(&self.context, left, right) {
            Ok(value) => Some(Ok(value.shape().to_vec())),
            Err(fault) => {
                let failure = failure(&fault)?;
                let told = matches!(failure.kind, ErrorKind::Length | ErrorKind::Rank)
                    || failure.kind == ErrorKind::Index && depends == Depends::Left;
                told.then_some(Err(failure))
            }
        }
    }

    /// What is known of a value that a program has.
    pub fn constant(&self, value: &Value) -> Abstract {
        let known = Abstract::of(value);
        if value.count() > MOST_ELEMENTS { known.loose() } else { known }
    }
}

/// What a rule gives, with the shape that the function itself gives.
fn refined(asked: Option<Result<Vec<usize>, Failure>>, inferred: Outcome) -> Outcome {
    match asked {
        Some(Err(failure)) => Err(failure),
        Some(Ok(shape)) => {
            let mut result = inferred.unwrap_or_else(|_| Abstract::unknown());
            result.shape = Some(shape.into_iter().map(|n| crate::inference::Dim::Known(n as i64)).collect());
            Ok(result)
        }
        None => inferred,
    }
}

/// An error as one that the program must meet; `None` for those that say something about the machine.
fn failure(fault: &Fault) -> Option<Failure> {
    let told = matches!(
        fault.kind(),
        ErrorKind::Syntax
            | ErrorKind::Length
            | ErrorKind::Rank
            | ErrorKind::Domain
            | ErrorKind::Index
            | ErrorKind::Value
    );
    let text = match (fault.message(), fault.detail()) {
        (Some(message), Some(detail)) => format!("{message} ({detail})"),
        (Some(message), None) => message.to_owned(),
        (None, detail) => detail.map(|detail| detail.into_owned()).unwrap_or_default(),
    };
    told.then(|| Failure::new(fault.kind(), text))
}

/// A primitive function with an axis that is known.
struct AlongAxis {
    row: &'static Primitive,
    axis: Value,
}

impl Function for AlongAxis {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> crate::error::Result<Value> {
        self.row.call_axis(context, left, right, &self.axis)
    }

    fn describe(&self) -> Description {
        Description::Text(self.row.glyph.to_string().into())
    }
}

/// Whether a function can be computed on literals: it ends soon and has no effects.
fn is_calculable(callable: &Callable) -> bool {
    let operand = |operand: &Operand| match operand {
        Operand::Array(_) => true,
        Operand::Function(function) => function.downcast_ref::<Callable>().is_some_and(is_calculable),
    };
    match callable {
        Callable::Primitive(row) => !row.facts.random,
        Callable::Derived(made) => {
            let few =
                |omega: &Operand| matches!(omega, Operand::Array(n) if n.known_number().is_some_and(|n| n.abs() <= 16));
            (made.rule.ends || made.omega.as_ref().is_some_and(few))
                && operand(&made.alpha)
                && made.omega.as_ref().is_none_or(operand)
        }
        Callable::Train(tines) => tines.iter().all(operand),
        Callable::Ready(_, parts) => is_calculable(parts),
        _ => false,
    }
}

/// Whether an operand may change names.
fn is_user(operand: &Operand) -> bool {
    matches!(operand, Operand::Function(f) if !is_pure(f))
}

/// Whether a function is made of primitives only, or a dfn that mentions no names: it changes none.
fn is_pure(function: &operators::Function) -> bool {
    let operand = |operand: &Operand| match operand {
        Operand::Array(_) => true,
        Operand::Function(function) => is_pure(function),
    };
    match function.downcast_ref::<Callable>() {
        Some(Callable::Primitive(_) | Callable::Ready(..) | Callable::Output) => true,
        Some(Callable::Derived(made)) => operand(&made.alpha) && made.omega.as_ref().is_none_or(operand),
        Some(Callable::Train(tines)) => tines.iter().all(operand),
        Some(Callable::User(closure)) => {
            let words = crate::syntax::scan::words(&closure.definition.text());
            words.iter().all(|word| !matches!(word.class, Class::Name | Class::Quad | Class::Glyph('⍎' | '∇' | '←')))
        }
        _ => false,
    }
}

/// Whether the shapes of the arguments alone decide the shape of a derived function's result, with two arguments or with
/// one.
fn decides_by_shape(callable: &Callable, dyadic: bool) -> bool {
    let operand = |operand: &Operand, dyadic: bool| match operand {
        Operand::Array(_) => true,
        Operand::Function(function) => {
            function.downcast_ref::<Callable>().is_some_and(|callable| decides_by_shape(callable, dyadic))
        }
    };
    match callable {
        Callable::Primitive(row) => row.depends(dyadic) == Depends::Shapes && !row.facts.random,
        Callable::Derived(made) => {
            let both = |of: &Operand| operand(of, false) && operand(of, true);
            let rest = made.omega.as_ref().is_none_or(both);
            match made.rule.by_shape {
                ByShape::Never => false,
                ByShape::Monadic => !dyadic && operand(&made.alpha, true),
                ByShape::Always => both(&made.alpha) && rest,
                ByShape::Alike => operand(&made.alpha, dyadic) && rest,
            }
        }
        Callable::Train(tines) => {
            // Every second tine, counted from the right, is between two others, or before one.
            let inner = |(at, tine): (usize, &Operand)| match at % 2 {
                0 => operand(tine, dyadic),
                _ => operand(tine, at + 1 < tines.len()),
            };
            tines.iter().rev().enumerate().all(inner)
        }
        Callable::Ready(_, parts) => decides_by_shape(parts, dyadic),
        _ => false,
    }
}
