//! `⌶`: functions of the interpreter by number.

use super::{date, json};
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::host;
use std::rc::Rc;

use crate::function::{Description, Fun, Function, Operand};
use crate::workspace::{Binding, Class, Space, SystemOperator};

/// `⌶` itself.
pub static OPERATOR: SystemOperator = SystemOperator { text: "⌶", class: Class::Monadic, derive: service };

/// `n⌶`: the service with this number. NONCE ERROR for those that are not there. Dyalog: I-Beam.
fn service(_context: &Context, space: &Rc<Space>, operand: Operand, _: Option<Operand>) -> Result<Fun> {
    let Operand::Array(number) = operand else { return Err(Fault::domain()) };
    match convert::int(&number)? {
        739 => Ok(Rc::new(TemporaryFolder)),
        900 => Ok(Rc::new(CalledMonadically(space.clone()))),
        1200 => date::date_text(),
        7162 => Ok(Rc::new(json::TranslateName)),
        number => Err(Fault::nonce(format!("the service {number}⌶"))),
    }
}

/// `739⌶0`: the name of the folder for temporary files. Dyalog: Temporary Directory.
struct TemporaryFolder;

impl Function for TemporaryFolder {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        super::monadic(left)?;
        if convert::int(&right)? != 0 {
            return Err(Fault::domain().with_detail("739⌶ takes 0"));
        }
        context.text(&host::name_of(&context.host.temporary_folder()?))
    }

    fn describe(&self) -> Description {
        Description::Text("739⌶".into())
    }
}

/// `900⌶`: whether the function that is running was called without a left argument. Dyalog: Called Monadically.
struct CalledMonadically(Rc<Space>);

impl Function for CalledMonadically {
    fn call(&self, _context: &Context, left: Option<Value>, _right: Value) -> Result<Value> {
        super::monadic(left)?;
        let stack = self.0.workspace.stack();
        let monadic = stack.first().is_some_and(|scope| {
            !scope.function.definition.is_niladic() && matches!(*scope.left.borrow(), Binding::Unset)
        });
        Ok(Value::Bool(monadic))
    }

    fn describe(&self) -> Description {
        Description::Text("900⌶".into())
    }
}
