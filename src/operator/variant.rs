//! `⍠`: a function with options.
//!
//! Reads the operand as names and values. Which options there are, and what they may be, each function knows itself
//! ([`Function::variant`]).

use super::derived::Derivation;
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Cells, Description, Fun, Function, Operand, Setting};

/// `f⍠B`: `f` with the options of `B`, a scalar for the principal option, a pair of name and value, or a vector of
/// such pairs. DOMAIN ERROR for options that `f` does not have. Dyalog: Variant.
pub fn variant(context: &Context, left: Operand, right: Operand) -> Result<Fun> {
    let made = Derivation::of(context, "⍠", [&left, &right])?;
    let function = left.function()?;
    let Operand::Array(options) = right else { return Err(Fault::domain()) };
    let settings = settings(context, &options)?;
    let adapted = function.variant(context, &settings)?;
    Ok(made.function(Variant { function, options, adapted }))
}

/// The options that an operand of `⍠` sets, in its order.
fn settings(context: &Context, options: &Value) -> Result<Vec<Setting>> {
    let memory = context.memory();
    match options.rank() {
        0 => {
            let value = if options.is_simple_scalar() { options.clone() } else { options.item(memory, 0)? };
            return Ok(vec![Setting { name: None, value }]);
        }
        1 => {}
        _ => return Err(Fault::misshapen("a vector of options", options.shape())),
    }
    let array = options.array(memory)?;
    if let Some(setting) = pair(context, &array)? {
        return Ok(vec![setting]);
    }
    let mut settings = memory.vec(array.len())?;
    for item in array.items() {
        let setting = pair(context, &item.array(memory)?)?;
        settings.push(setting.ok_or_else(|| Fault::domain().with_detail("an option is a pair of name and value"))?);
    }
    Ok(settings)
}

/// A name and its value; `None` where the array is no such pair.
fn pair(context: &Context, array: &Array) -> Result<Option<Setting>> {
    if array.rank() != 1 || array.len() != 2 {
        return Ok(None);
    }
    match array.item(0) {
        name @ (Value::Char(_) | Value::Array(Array::Char(_))) if name.rank() < 2 => {
            let name = convert::text(context.memory(), &name)?;
            Ok(Some(Setting { name: Some(name.into()), value: array.item(1) }))
        }
        _ => Ok(None),
    }
}

/// `f⍠B`.
struct Variant {
    function: Fun,
    options: Value,
    /// The function with its options set.
    adapted: Fun,
}

impl Function for Variant {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.adapted.call(context, left, right)
    }

    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        self.adapted.invoke(context, left, right)
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        self.adapted.as_any()
    }

    fn call_cells(
        &self,
        context: &Context,
        frame: &[usize],
        left: Option<&Cells>,
        right: &Cells,
    ) -> Result<Option<Cells>> {
        self.adapted.call_cells(context, frame, left, right)
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        self.adapted.inverse(context)
    }

    fn variant(&self, context: &Context, settings: &[Setting]) -> Result<Fun> {
        self.adapted.variant(context, settings)
    }

    fn describe(&self) -> Description {
        Description::Derived {
            operator: "⍠".into(),
            left: Box::new(self.function.described(1)),
            right: Some(Box::new(Description::Array(self.options.clone()))),
            axis: None,
        }
    }
}
