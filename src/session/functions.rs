//! Functions between APL and Rust: handles of APL functions, and Rust closures as APL functions.

use std::rc::Rc;
use std::time::Duration;

use ndarray::ArrayViewD;

use super::{Session, begin, guard, is_name};
use crate::array::Value;
use crate::bounds::Held;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::Fun;
use crate::library::{Native, Output};
use crate::names::{self, Binding, Space};

/// An APL function that is called from Rust. It is looked up once, so that a call parses and binds nothing.
///
/// The handle keeps the function that the name stood for when [`Session::function`] made it, also if the name gets another
/// function later.
///
/// ```
/// use ndarray::{ArrayD, array};
///
/// let mut session = zilde::Session::new();
/// session.eval("Scale ← {⍺×⍵÷⌈/⍵}")?;
/// let scale = session.function("Scale")?;
/// let result: ArrayD<f64> = scale.call2(10, array![1.0, 2.0, 4.0].view())?.try_into()?;
/// assert_eq!(result, array![2.5, 5.0, 10.0].into_dyn());
/// # Ok::<(), zilde::Fault>(())
/// ```
#[derive(Clone)]
pub struct Function {
    context: Rc<Context>,
    root: Rc<Space>,
    held: Rc<Held>,
    time_limit: Option<Duration>,
    function: Fun,
}

impl Function {
    /// The function applied to one argument: a [`Value`] or a reference to one, an ndarray array or a view of one, a
    /// vector, a number or text.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// let sum = session.function("+/")?;
    /// assert_eq!(f64::try_from(sum.call1(ndarray::array![1.5, 2.0])?)?, 3.5);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn call1(&self, right: impl TryInto<Value, Error: Into<Fault>>) -> Result<Value> {
        self.call(None, right.try_into().map_err(Into::into)?)
    }

    /// The function applied to a left and a right argument.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// let product = session.function("+.×")?;
    /// assert_eq!(f64::try_from(product.call2(vec![1.0, 2.0], vec![3.0, 4.0])?)?, 11.0);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn call2(
        &self,
        left: impl TryInto<Value, Error: Into<Fault>>,
        right: impl TryInto<Value, Error: Into<Fault>>,
    ) -> Result<Value> {
        self.call(Some(left.try_into().map_err(Into::into)?), right.try_into().map_err(Into::into)?)
    }

    fn call(&self, left: Option<Value>, right: Value) -> Result<Value> {
        let _evaluation = begin(&self.context, &self.held, self.time_limit);
        guard(&self.context, &self.root, || {
            self.function.call(&self.context, left, right)?.settled(self.context.memory())
        })
    }
}

impl Session {
    /// The function that a name stands for, or a function expression such as `"+.×"` or `"{⍵*2}"`. VALUE ERROR where the
    /// name has no value, SYNTAX ERROR where it is no function.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// let product = session.function("+.×")?;
    /// assert_eq!(f64::try_from(product.call2(vec![1, 2], vec![3, 4])?)?, 11.0);
    /// assert!(session.function("none").is_err());
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn function(&mut self, function: &str) -> Result<Function> {
        let found = self.guarded(|session| session.found_function(function))?;
        Ok(Function {
            context: self.context.clone(),
            root: self.root.clone(),
            held: self.held.clone(),
            time_limit: self.time_limit,
            function: found,
        })
    }

    fn found_function(&self, text: &str) -> Result<Fun> {
        match names::find(&self.current_space(), None, text.trim()) {
            Binding::Function(function) => return Ok(function),
            Binding::Unset if is_name(text) => return Err(Fault::value().because(format!("Undefined name: {text}"))),
            _ => {}
        }
        let source = super::source(text);
        let body = source.parse(&self.context, text)?;
        let no_function = || Fault::syntax().because(format!("Not a function: {text}"));
        let [statement] = &body.statements[..] else { return Err(no_function()) };
        match self.statement(&source, statement)? {
            super::Shown::Function(_, Some(function)) => Ok(function),
            _ => Err(no_function()),
        }
    }

    /// Makes a Rust closure a dyadic APL function of arrays of numbers.
    ///
    /// The closure gets views of the arguments and gives an array, a number, text, a [`Value`], or a `Result` with
    /// [`Fault`] as its error, which becomes the APL error of the call. A panic in it is a DOMAIN ERROR. What it allocates is
    /// not charged to the session's memory limit before it returns, and it is not interrupted.
    ///
    /// ```
    /// use ndarray::{Array1, Ix1};
    ///
    /// let mut session = zilde::Session::new();
    /// session.define("Axpy", |left, right| {
    ///     let (x, y) = (left.into_dimensionality::<Ix1>()?, right.into_dimensionality::<Ix1>()?);
    ///     if x.len() != y.len() {
    ///         return Err(zilde::Fault::length());
    ///     }
    ///     Ok::<Array1<f64>, zilde::Fault>(2.0 * &x + &y)
    /// })?;
    /// assert_eq!(session.eval("1 2 3 Axpy 10 20 30")?.to_string(), "12 24 36");
    /// assert_eq!(session.eval("1 2 Axpy 2 2⍴0").unwrap_err().kind(), zilde::ErrorKind::Rank);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn define<R: Output>(
        &mut self,
        name: &str,
        function: impl Fn(ArrayViewD<'_, f64>, ArrayViewD<'_, f64>) -> R + 'static,
    ) -> Result<()> {
        self.define_native(name, Native::dyadic(name, function))
    }

    /// Makes a Rust closure a monadic APL function of an array of numbers; see [`Session::define`].
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// session.define1("Norm", |x| x.iter().map(|x| x * x).sum::<f64>().sqrt())?;
    /// assert_eq!(session.eval("Norm 3 4")?.to_string(), "5");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn define1<R: Output>(
        &mut self,
        name: &str,
        function: impl Fn(ArrayViewD<'_, f64>) -> R + 'static,
    ) -> Result<()> {
        self.define_native(name, Native::monadic(name, function))
    }

    /// Makes a Rust closure an APL function of any values, called with one argument or with two; see
    /// [`Session::define`].
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// session.define_values("Rank", |left, right| if left.is_some() { -1 } else { right.rank() as i32 })?;
    /// assert_eq!(session.eval("(Rank 2 2⍴'abcd'),1 Rank 1")?.to_string(), "2 ¯1");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn define_values<R: Output>(
        &mut self,
        name: &str,
        function: impl Fn(Option<&Value>, &Value) -> R + 'static,
    ) -> Result<()> {
        self.define_native(name, Native::of_values(name, function))
    }

    pub(crate) fn define_native(&mut self, name: &str, native: Native) -> Result<()> {
        if !is_name(name) {
            return Err(Fault::syntax().because(format!("Not a name: {name}")));
        }
        names::set(&self.current_space(), None, name.trim(), Binding::Function(Rc::new(native)))
    }
}
