//! `⌶`: functions of the interpreter by number.

use std::rc::Rc;

#[cfg(feature = "json")]
use super::json;
use super::{Call, Options, case, date, definitions, representation, svd};
use crate::array::{Arr, Value, convert};
use crate::code::node::Class;
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::function::{Description, Fun, Function, Operand};
use crate::host;
use crate::names::{Binding, Space, SystemOperator};
use crate::random::Random;
use crate::vm::Execute;

/// `⌶` itself.
pub static OPERATOR: SystemOperator = SystemOperator { text: "⌶", class: Class::Monadic, derive: service };

/// What a service does.
type Routine = fn(&Call, Option<Value>, Value) -> Result<Value>;

/// The services by number.
const SERVICES: &[(i64, Routine)] = &[
    (85, execute),
    (120, uuid),
    (127, |call, left, _| monadic(call, left, Value::zilde())),
    (180, definitions::canonical),
    (181, representation::representation),
    (739, temporary_folder),
    (819, to_case),
    (900, called_monadically),
    (1111, |call, left, _| setting(call, left, threads())),
    (1112, |call, left, _| setting(call, left, i32::MAX)),
    (1500, |_, _, right| Ok(right)),
    (2000, memory_statistics),
    (2002, |call, left, _| monadic(call, left, Value::from(call.context.memory().available()))),
    (2704, |call, left, _| setting(call, left, 0)),
    (3002, |call, left, _| setting(call, left, 1)),
    (3012, |call, left, _| setting(call, left, 0)),
    (8415, singular_values),
    (9468, |call, left, _| setting(call, left, 0)),
    (9469, |call, left, _| setting(call, left, 0)),
    (50100, line_count),
];

/// `n⌶`: the service with this number. NONCE ERROR for those that are not there. Dyalog: I-Beam.
fn service(_context: &Context, space: &Rc<Space>, operand: Operand, _: Option<Operand>) -> Result<Fun> {
    let Operand::Array(number) = operand else { return Err(Fault::domain()) };
    match convert::int(&number)? {
        1200 => date::date_text(),
        #[cfg(feature = "json")]
        7162 => Ok(Rc::new(json::TranslateName)),
        number => match SERVICES.iter().find(|(known, _)| *known == number) {
            Some(&(number, routine)) => Ok(Rc::new(Service { number, routine, space: space.clone() })),
            None => Err(Fault::nonce(format!("the service {number}⌶"))),
        },
    }
}

struct Service {
    number: i64,
    routine: Routine,
    space: Rc<Space>,
}

impl Function for Service {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let memory = context.memory();
        let options = Options::default();
        let running = self.space.workspace.running_now();
        let scope = running.as_ref().filter(|scope| Rc::ptr_eq(&scope.here(), &self.space));
        let call = Call { context, space: &self.space, scope, options: &options };
        let left = left.map(|left| left.settled(memory)).transpose()?;
        (self.routine)(&call, left, right.settled(memory)?)
    }

    fn describe(&self) -> Description {
        Description::Text(format!("{}⌶", self.number).into())
    }
}

fn monadic(_call: &Call, left: Option<Value>, result: Value) -> Result<Value> {
    super::monadic(left)?;
    Ok(result)
}

/// A setting that can be asked for and set, and has no effect here.
fn setting(call: &Call, left: Option<Value>, value: i32) -> Result<Value> {
    monadic(call, left, Value::Int(value))
}

fn threads() -> i32 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as i32)
}

/// `739⌶0`: the name of the folder for temporary files. Dyalog: Temporary Directory.
fn temporary_folder(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    super::monadic(left)?;
    if convert::int(&right)? != 0 {
        return Err(Fault::domain().with_detail("739⌶ takes 0"));
    }
    call.context.text(&host::name_of(&call.context.host.temporary_folder()?))
}

/// `900⌶`: whether the function that is running was called without a left argument. Dyalog: Called Monadically.
fn called_monadically(call: &Call, left: Option<Value>, _right: Value) -> Result<Value> {
    super::monadic(left)?;
    let monadic =
        call.space.workspace.running_now().is_some_and(|scope| {
            !scope.function.definition.is_niladic() && matches!(*scope.left.borrow(), Binding::Unset)
        });
    Ok(Value::Bool(monadic))
}

/// `X(85⌶)text`: what `⍎` gives; with 1, shy results do not count. ERROR 85 if there is none. Dyalog: Execute Expression.
fn execute(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let strict = match left.as_ref().map(convert::int).transpose()? {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(Fault::domain().with_detail("the left argument of 85⌶ is 0 or 1")),
    };
    let execute = Execute { space: call.space.clone(), scope: call.scope.cloned() };
    context.shy.set(false);
    let result = execute.invoke(context, None, right)?;
    let shy = context.shy.replace(false);
    result.filter(|_| !(strict && shy)).ok_or_else(|| Fault::new(ErrorKind::Numbered(85)))
}

/// `120⌶Y`: a new universally unique identifier: of version 7, which begins with the time, for 7, otherwise random.
fn uuid(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    super::monadic(left)?;
    let version = if right.rank() == 0 && convert::int(&right).is_ok_and(|version| version == 7) { 7 } else { 4 };
    let mut random = Random::unseeded();
    let mut bytes: [u8; 16] = std::array::from_fn(|_| random.below(256) as u8);
    if version == 7 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        bytes[..6].copy_from_slice(&(since.as_millis() as u64).to_be_bytes()[2..]);
    }
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits =
        |range: std::ops::Range<usize>| bytes[range].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let groups = [0..4, 4..6, 6..8, 8..10, 10..16].map(digits);
    call.context.text(&groups.join("-"))
}

/// `819⌶Y`: characters in lower case; `1(819⌶)Y` in upper case, `0(819⌶)Y` in lower case. Dyalog: Case Convert.
fn to_case(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let mode = match left.as_ref().map(convert::int).transpose()? {
        None | Some(0) => -1,
        Some(1) => 1,
        Some(_) => return Err(Fault::domain().with_detail("the left argument of 819⌶ is 0 or 1")),
    };
    case::convert(call, Some(Value::Int(mode)), right)
}

/// `2000⌶Y`: facts about the memory by their numbers: 0 available, 1 and 13 used, 16 the limit; others are ¯1. A left
/// argument has no effect. Dyalog: Memory Manager Statistics.
fn memory_statistics(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = call.context.memory();
    if left.is_some() {
        return Ok(Value::zilde());
    }
    let array = right.array(memory)?;
    let facts = convert::ints(memory, &array)?;
    let fact = |code: &i64| match code {
        0 => memory.available() as f64,
        1 | 13 | 14 => memory.used() as f64,
        16 => memory.available() as f64 + memory.used() as f64,
        2..=4 | 15 | 19..=24 => 0.0,
        _ => -1.0,
    };
    let facts: Vec<f64> = facts.iter().map(fact).collect();
    Ok(Arr::new(memory, array.shape(), facts)?.into())
}

/// `8415⌶Y`: the singular value decomposition of a matrix. Dyalog: Singular Value Decomposition.
fn singular_values(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    super::monadic(left)?;
    svd::decompose(call.context, &right.array(call.context.memory())?)
}

/// `50100⌶Y`: the number of lines of each function, its header included; 0 for what is none. Dyalog: Line Count.
fn line_count(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    super::monadic(left)?;
    let (names, single) = super::names::listed(call.context.memory(), &right)?;
    let count = |name: &String| match definitions::code(call, name) {
        Some(definitions::Code::Defined(definition)) => definitions::lines(name, &definition).len(),
        _ => 0,
    };
    let counts: Vec<usize> = names.iter().map(count).collect();
    match (single, &counts[..]) {
        (true, [count]) => Ok(Value::from(*count)),
        _ => convert::counts(call.context.memory(), &[counts.len()], &counts),
    }
}
