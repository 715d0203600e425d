//! System variables and system functions: one table of names.

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::signal;
use crate::array::{Arr, Array, Type, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::eval::{self, Binding, Class, Scope, SystemNames, Workspace};
use crate::function::{Description, Fun, Function};
use crate::random::Random;

/// The system names of a session.
#[derive(Default)]
pub struct System;

type Get = fn(&Context, &Rc<Workspace>) -> Result<Value>;
type Set = fn(&Context, &Value) -> Result<()>;
type Call = fn(&Seen, &Context, Option<Value>, Value) -> Result<Value>;

/// A system name.
enum Name {
    Variable(Get, Set),
    Constant(Get),
    Function(Call),
    /// `⎕OFF`, and a function in `⎕OFF code`.
    Off,
    /// Known, but not there yet.
    Missing(Class),
}

/// What a system function sees besides its arguments.
struct Seen {
    workspace: Rc<Workspace>,
    scope: Option<Rc<Scope>>,
}

static NAMES: &[(&str, Name)] = &[
    ("IO", Name::Variable(|c, _| Ok(Value::from(c.io() as usize)), set_io)),
    ("CT", Name::Variable(|c, _| Ok(convert::scalar(c.ct())), set_ct)),
    ("ML", Name::Variable(|c, _| Ok(Value::Int(i32::from(c.ml()))), set_ml)),
    ("DIV", Name::Variable(|c, _| Ok(Value::Bool(c.div())), set_div)),
    ("PP", Name::Variable(|c, _| Ok(Value::from(c.pp())), set_pp)),
    ("PW", Name::Variable(|c, _| Ok(Value::from(c.pw())), set_pw)),
    ("FR", Name::Variable(|c, _| Ok(Value::Int(i32::from(c.settings().fr))), set_fr)),
    ("DCT", Name::Variable(|c, _| Ok(convert::scalar(c.settings().dct)), set_dct)),
    ("RL", Name::Variable(get_rl, set_rl)),
    ("A", Name::Constant(|c, _| c.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
    ("D", Name::Constant(|c, _| c.text("0123456789"))),
    ("AI", Name::Constant(accounting)),
    ("AN", Name::Constant(|c, _| c.text(&std::env::var("USER").unwrap_or_default()))),
    ("ARG", Name::Constant(arguments)),
    ("AV", Name::Missing(Class::Array)),
    ("DM", Name::Constant(|c, _| signal::lines(c))),
    ("DMX", Name::Missing(Class::Array)),
    ("EN", Name::Constant(|c, _| Ok(signal::number(c)))),
    ("LC", Name::Constant(|_, _| Ok(Value::zilde()))),
    ("SI", Name::Missing(Class::Array)),
    ("NULL", Name::Missing(Class::Array)),
    ("THIS", Name::Missing(Class::Array)),
    ("TC", Name::Constant(|c, _| c.text("\u{8}\n\r"))),
    ("TS", Name::Constant(timestamp)),
    ("WA", Name::Constant(|c, _| Ok(Value::from(c.memory().available())))),
    ("WSID", Name::Missing(Class::Array)),
    ("TRAP", Name::Missing(Class::Array)),
    ("PATH", Name::Missing(Class::Array)),
    ("LX", Name::Missing(Class::Array)),
    ("SE", Name::Missing(Class::Array)),
    ("OFF", Name::Off),
    ("C", Name::Function(case)),
    ("DL", Name::Function(delay)),
    ("EM", Name::Function(|_, c, _, y| signal::names(c, &y))),
    ("EX", Name::Function(expunge)),
    ("FMT", Name::Function(format)),
    ("NC", Name::Function(name_class)),
    ("SIGNAL", Name::Function(|_, c, x, y| signal::signal(c, x, y))),
    ("UCS", Name::Function(unicode)),
    ("VFI", Name::Missing(Class::Function)),
    ("AT", Name::Missing(Class::Function)),
    ("CR", Name::Missing(Class::Function)),
    ("CSV", Name::Missing(Class::Function)),
    ("DR", Name::Missing(Class::Function)),
    ("DT", Name::Missing(Class::Function)),
    ("FIX", Name::Missing(Class::Function)),
    ("FX", Name::Missing(Class::Function)),
    ("JSON", Name::Missing(Class::Function)),
    ("KL", Name::Missing(Class::Function)),
    ("LOAD", Name::Missing(Class::Function)),
    ("LOCK", Name::Missing(Class::Function)),
    ("MAP", Name::Missing(Class::Function)),
    ("MKDIR", Name::Missing(Class::Function)),
    ("MONITOR", Name::Missing(Class::Function)),
    ("NA", Name::Missing(Class::Function)),
    ("NAPPEND", Name::Missing(Class::Function)),
    ("NCREATE", Name::Missing(Class::Function)),
    ("NDELETE", Name::Missing(Class::Function)),
    ("NERASE", Name::Missing(Class::Function)),
    ("NEXISTS", Name::Missing(Class::Function)),
    ("NGET", Name::Missing(Class::Function)),
    ("NINFO", Name::Missing(Class::Function)),
    ("NL", Name::Missing(Class::Function)),
    ("NLOCK", Name::Missing(Class::Function)),
    ("NMOVE", Name::Missing(Class::Function)),
    ("NPARTS", Name::Missing(Class::Function)),
    ("NPUT", Name::Missing(Class::Function)),
    ("NR", Name::Missing(Class::Function)),
    ("NREAD", Name::Missing(Class::Function)),
    ("NREPLACE", Name::Missing(Class::Function)),
    ("NS", Name::Missing(Class::Function)),
    ("NSIZE", Name::Missing(Class::Function)),
    ("NTIE", Name::Missing(Class::Function)),
    ("NUNTIE", Name::Missing(Class::Function)),
    ("NXLATE", Name::Missing(Class::Function)),
    ("OR", Name::Missing(Class::Function)),
    ("PROFILE", Name::Missing(Class::Function)),
    ("R", Name::Missing(Class::Dyadic)),
    ("REFS", Name::Missing(Class::Function)),
    ("S", Name::Missing(Class::Dyadic)),
    ("OPT", Name::Missing(Class::Dyadic)),
    ("SH", Name::Missing(Class::Function)),
    ("SHADOW", Name::Missing(Class::Function)),
    ("SIZE", Name::Missing(Class::Function)),
    ("SRC", Name::Missing(Class::Function)),
    ("STATE", Name::Missing(Class::Function)),
    ("STOP", Name::Missing(Class::Function)),
    ("TRACE", Name::Missing(Class::Function)),
    ("WC", Name::Missing(Class::Function)),
    ("XML", Name::Missing(Class::Function)),
    ("XT", Name::Missing(Class::Function)),
    ("CMD", Name::Missing(Class::Function)),
    ("CONV", Name::Missing(Class::Function)),
    ("CS", Name::Missing(Class::Function)),
    ("CY", Name::Missing(Class::Function)),
    ("DF", Name::Missing(Class::Function)),
    ("DQ", Name::Missing(Class::Function)),
    ("ED", Name::Missing(Class::Function)),
    ("EXPORT", Name::Missing(Class::Function)),
    ("TID", Name::Constant(|_, _| Ok(Value::Int(0)))),
];

fn lookup(name: &str) -> Option<&'static Name> {
    NAMES.iter().find(|row| row.0 == name).map(|row| &row.1)
}

/// All system names, for completion.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|row| row.0)
}

impl SystemNames for System {
    fn class(&self, name: &str) -> Option<Class> {
        Some(match lookup(name)? {
            Name::Variable(..) | Name::Constant(_) | Name::Off => Class::Array,
            Name::Function(_) => Class::Function,
            // Operators that are missing bind as arrays, so that they fail where they are reached.
            Name::Missing(Class::Function) => Class::Function,
            Name::Missing(_) => Class::Array,
        })
    }

    fn get(&self, context: &Context, workspace: &Rc<Workspace>, name: &str) -> Result<Value> {
        match lookup(name) {
            Some(Name::Variable(get, _) | Name::Constant(get)) => get(context, workspace),
            Some(Name::Off) => off(context, 0),
            _ => Err(Fault::nonce(format!("⎕{name}"))),
        }
    }

    fn set(&self, context: &Context, name: &str, value: &Value) -> Result<()> {
        match lookup(name) {
            Some(Name::Variable(_, set)) => set(context, value),
            Some(Name::Missing(_)) => Err(Fault::nonce(format!("⎕{name}"))),
            _ => Err(Fault::syntax().because(format!("⎕{name} cannot be assigned"))),
        }
    }

    fn function(&self, workspace: &Rc<Workspace>, scope: Option<&Rc<Scope>>, name: &str) -> Option<Fun> {
        let (name, call) = NAMES.iter().find_map(|row| match row {
            (known, Name::Function(call)) if *known == name => Some((*known, *call)),
            (known, Name::Off) if *known == name => Some((*known, off_with as Call)),
            _ => None,
        })?;
        let seen = Seen { workspace: workspace.clone(), scope: scope.cloned() };
        Some(Rc::new(SystemFunction { name, call, seen }))
    }
}

/// A system function.
struct SystemFunction {
    name: &'static str,
    call: Call,
    seen: Seen,
}

impl Function for SystemFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        (self.call)(&self.seen, context, left, right.settled(context.memory())?)
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn describe(&self) -> Description {
        Description::Text(format!("⎕{}", self.name).into())
    }
}

/// The exit code that `⎕OFF` asked for, once.
pub fn take_off(context: &Context) -> Option<i32> {
    context.off.take()
}

fn off_with(_: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::syntax().because("The function does not take a left argument"));
    }
    let code = i32::try_from(convert::int(&right)?).map_err(|_| Fault::domain())?;
    off(context, code)
}

fn off(context: &Context, code: i32) -> Result<Value> {
    context.off.set(Some(code));
    Err(Fault::new(ErrorKind::Interrupt))
}

fn change(context: &Context, set: impl FnOnce(&mut crate::context::Settings)) -> Result<()> {
    let mut settings = context.settings();
    set(&mut settings);
    context.set_settings(settings);
    Ok(())
}

fn one_of(value: &Value, low: i64, high: i64) -> Result<i64> {
    let n = convert::int(value)?;
    if (low..=high).contains(&n) {
        return Ok(n);
    }
    Err(Fault::domain().with_detail(format!("{n} is not from {low} to {high}")))
}

fn set_io(context: &Context, value: &Value) -> Result<()> {
    let io = one_of(value, 0, 1)?;
    change(context, |s| s.io = io)
}

fn set_ct(context: &Context, value: &Value) -> Result<()> {
    let ct = convert::float(value)?;
    // 2*¯32 is the greatest tolerance that Dyalog takes.
    if !(0.0..=2f64.powi(-32)).contains(&ct) {
        return Err(Fault::domain());
    }
    change(context, |s| s.ct = ct)
}

fn set_ml(context: &Context, value: &Value) -> Result<()> {
    let ml = one_of(value, 0, 3)?;
    change(context, |s| s.ml = ml as u8)
}

fn set_div(context: &Context, value: &Value) -> Result<()> {
    let div = one_of(value, 0, 1)?;
    change(context, |s| s.div = div == 1)
}

fn set_pp(context: &Context, value: &Value) -> Result<()> {
    let pp = one_of(value, 1, 34)?;
    change(context, |s| s.pp = pp as usize)
}

fn set_pw(context: &Context, value: &Value) -> Result<()> {
    let pw = one_of(value, 42, 32767)?;
    change(context, |s| s.pw = pw as usize)
}

fn set_fr(context: &Context, value: &Value) -> Result<()> {
    let fr = convert::int(value)?;
    match fr {
        645 | 1287 => change(context, |s| s.fr = fr as u16),
        _ => Err(Fault::domain()),
    }
}

fn set_dct(context: &Context, value: &Value) -> Result<()> {
    let dct = convert::float(value)?;
    if !(0.0..=2f64.powi(-32)).contains(&dct) {
        return Err(Fault::domain());
    }
    change(context, |s| s.dct = dct)
}

fn get_rl(context: &Context, _workspace: &Rc<Workspace>) -> Result<Value> {
    let seed = match context.random.borrow().seed {
        Some(seed) => convert::scalar(seed as f64),
        None => Value::zilde(),
    };
    let items = vec![seed, Value::Int(1)];
    Ok(Array::from_items(context.memory(), &[2], items, || Value::Int(0))?.into())
}

/// `⎕RL←seed`, `⎕RL←seed generator`; an empty seed takes one at random.
fn set_rl(context: &Context, value: &Value) -> Result<()> {
    let memory = context.memory();
    if value.rank() > 1 {
        return Err(Fault::rank());
    }
    let items: Vec<Value> = value.array(memory)?.items().collect();
    let seed = match &items[..] {
        [] => Value::zilde(),
        [seed] => seed.clone(),
        [seed, generator] => {
            one_of(generator, 0, 2)?;
            seed.clone()
        }
        _ => return Err(Fault::length()),
    };
    let random = if seed.count() == 0 && seed.rank() == 1 {
        Random::unseeded()
    } else {
        Random::seeded(one_of(&seed, 0, i64::MAX)? as u64)
    };
    *context.random.borrow_mut() = random;
    Ok(())
}

/// `⎕AI`: user, CPU time, connect time, keying time; milliseconds, with a fraction.
fn accounting(context: &Context, _workspace: &Rc<Workspace>) -> Result<Value> {
    let elapsed = context.began.elapsed().as_secs_f64() * 1e3;
    Ok(Arr::new(context.memory(), &[4], vec![0.0, elapsed, elapsed, 0.0])?.into())
}

/// `⎕TS`: year, month, day, hour, minute, second, millisecond, in UTC.
fn timestamp(context: &Context, _workspace: &Rc<Workspace>) -> Result<Value> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let (seconds, millis) = (now.as_secs() as i64, now.subsec_millis());
    let (days, time) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    let (year, month, day) = civil(days);
    let parts = [year, month, day, time / 3600, time / 60 % 60, time % 60, i64::from(millis)];
    Ok(Arr::new(context.memory(), &[7], parts.iter().map(|&n| n as i32).collect::<Vec<_>>())?.into())
}

/// The proleptic Gregorian date of a day counted from 1970-01-01 (Hinnant, "chrono-compatible low-level date
/// algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

fn arguments(context: &Context, _workspace: &Rc<Workspace>) -> Result<Value> {
    let memory = context.memory();
    let items = context.arguments.borrow().iter().map(|text| Value::text(memory, text)).collect::<Result<Vec<_>>>()?;
    Ok(Array::from_items(memory, &[items.len()], items, Value::zilde)?.into())
}

/// `⎕DL seconds`: waits, and gives the seconds waited.
fn delay(_seen: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::syntax());
    }
    let seconds = convert::float(&right)?;
    if seconds < 0.0 {
        return Err(Fault::domain());
    }
    let began = Instant::now();
    // Short naps, so that an interrupt is seen at once.
    while began.elapsed().as_secs_f64() < seconds {
        context.poll()?;
        let left = seconds - began.elapsed().as_secs_f64();
        std::thread::sleep(Duration::from_secs_f64(left.clamp(0.0, 0.01)));
    }
    context.shy.set(true);
    Ok(convert::scalar(began.elapsed().as_secs_f64()))
}

/// `⎕UCS`: characters to code points and back; `'UTF-8' ⎕UCS` to and from bytes.
fn unicode(_seen: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = context.memory();
    let array = right.array(memory)?;
    if let Some(left) = left {
        let encoding = convert::text(memory, &left)?.to_uppercase();
        if right.rank() > 1 {
            return Err(Fault::rank());
        }
        return encoded(context, &encoding, &array);
    }
    match &array {
        Array::Char(chars) => {
            let source = chars.as_slice();
            let data = context.collect(source.len(), |k| source[k] as i32)?;
            Ok(Arr::new(memory, array.shape(), data)?.into())
        }
        Array::Nested(arr) => {
            let one = |item: &Value| {
                if !item.is_simple_scalar() {
                    return Err(Fault::domain());
                }
                unicode(_seen, context, None, item.clone())
            };
            let items = arr.as_slice().iter().map(one).collect::<Result<Vec<_>>>()?;
            Ok(Array::from_items(memory, array.shape(), items, || Value::Char(' '))?.into())
        }
        _ => {
            memory.check(array.len() * 12)?;
            let codes = convert::ints(&array)?;
            let mut chars = memory.vec(codes.len())?;
            context.chunks(codes.len(), |range| {
                for &code in &codes[range] {
                    let c = u32::try_from(code).ok().and_then(char::from_u32);
                    chars.push(c.ok_or_else(|| Fault::domain().with_detail(format!("{code} is not a character")))?);
                }
                Ok(())
            })?;
            Ok(Arr::new(memory, array.shape(), chars)?.into())
        }
    }
}

fn encoded(context: &Context, encoding: &str, array: &Array) -> Result<Value> {
    let memory = context.memory();
    let to_codes = |codes: Vec<i32>| -> Result<Value> { Ok(Arr::new(memory, &[codes.len()], codes)?.into()) };
    let to_text = |text: String| Value::text(memory, &text);
    match (array, encoding) {
        (Array::Char(chars), "UTF-8") => {
            let text: String = chars.as_slice().iter().collect();
            to_codes(text.bytes().map(i32::from).collect())
        }
        (Array::Char(chars), "UTF-16") => {
            let text: String = chars.as_slice().iter().collect();
            to_codes(text.encode_utf16().map(i32::from).collect())
        }
        (Array::Char(chars), "UTF-32") => to_codes(chars.as_slice().iter().map(|&c| c as i32).collect()),
        (_, "UTF-8") => {
            let bytes = convert::ints(array)?.into_iter().map(|n| u8::try_from(n).or(u8::try_from(n + 256)));
            let bytes: Vec<u8> = bytes.collect::<std::result::Result<_, _>>().map_err(|_| Fault::domain())?;
            to_text(String::from_utf8(bytes).map_err(|_| Fault::domain().because("Not UTF-8"))?)
        }
        (_, "UTF-16") => {
            let units: std::result::Result<Vec<u16>, _> =
                convert::ints(array)?.into_iter().map(u16::try_from).collect();
            let units = units.map_err(|_| Fault::domain())?;
            to_text(String::from_utf16(&units).map_err(|_| Fault::domain())?)
        }
        (_, "UTF-32") => {
            let codes = convert::ints(array)?.into_iter().map(|n| u32::try_from(n).ok().and_then(char::from_u32));
            to_text(codes.collect::<Option<String>>().ok_or_else(Fault::domain)?)
        }
        _ => Err(Fault::domain().because(format!("Unknown encoding {encoding}"))),
    }
}

/// `⎕C`: folded for comparison; `1 ⎕C` upper case, `¯1 ⎕C` lower case.
fn case(_seen: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    let mode = left.map(|left| one_of(&left, -3, 1)).transpose()?.unwrap_or(-3);
    map_chars(context, &right, &|c| {
        let mut mapped: Box<dyn Iterator<Item = char>> = match mode {
            1 => Box::new(c.to_uppercase()),
            _ => Box::new(c.to_lowercase()),
        };
        // One character stays one: those that would become several stay as they are.
        match (mapped.next(), mapped.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    })
}

fn map_chars(context: &Context, value: &Value, map: &dyn Fn(char) -> char) -> Result<Value> {
    let memory = context.memory();
    Ok(match value.array(memory)? {
        Array::Char(arr) => {
            let source = arr.as_slice();
            let data = context.collect(source.len(), |k| map(source[k]))?;
            Arr::new(memory, arr.shape(), data)?.into()
        }
        Array::Nested(arr) => {
            let one = |item: &Value| stacker::maybe_grow(64 * 1024, 1 << 20, || map_chars(context, item, map));
            let items = arr.as_slice().iter().map(one).collect::<Result<Vec<_>>>()?;
            Array::from_items(memory, arr.shape(), items, || arr.prototype().cloned().unwrap_or(Value::Int(0)))?.into()
        }
        plain => plain.into(),
    })
}

/// `⎕FMT`: the array as a character matrix, as the session would show it without folding.
fn format(_seen: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::nonce("dyadic ⎕FMT"));
    }
    let block = crate::display::plain(context, &right)?;
    let shape = [block.height(), block.width()];
    block.into_value(context.memory(), &shape)
}

/// The names in a character vector, matrix or vector of vectors.
fn listed(context: &Context, value: &Value) -> Result<Vec<String>> {
    let memory = context.memory();
    match value.array(memory)? {
        Array::Nested(arr) => arr.as_slice().iter().map(|item| convert::text(memory, item)).collect(),
        Array::Char(arr) if arr.rank() == 2 => {
            let width = arr.shape()[1].max(1);
            Ok(arr.as_slice().chunks(width).map(|row| row.iter().collect::<String>().trim().to_string()).collect())
        }
        _ => Ok(vec![convert::text(memory, value)?]),
    }
}

/// `⎕NC`: 2 a variable, 3 a function, 4 an operator, 0 nothing, ¯1 not a name.
fn name_class(seen: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::nonce("dyadic ⎕NC"));
    }
    let scalar = right.rank() < 2 && right.kind() != Type::Nested;
    let names = listed(context, &right)?;
    let class = |name: &String| {
        let valid = name.chars().next().is_some_and(|c| c.is_alphabetic() || "_∆⍙⎕".contains(c));
        match eval::find(&seen.workspace, seen.scope.as_ref(), name) {
            _ if !valid => -1,
            Binding::Unset => 0,
            Binding::Array(_) => 2,
            Binding::Function(_) => 3,
            Binding::Operator(_) => 4,
        }
    };
    let classes: Vec<i32> = names.iter().map(class).collect();
    match (scalar, &classes[..]) {
        (true, [class]) => Ok(Value::Int(*class)),
        _ => Ok(Arr::new(context.memory(), &[classes.len()], classes)?.into()),
    }
}

/// `⎕EX`: forgets names; 1 for each that is free now.
fn expunge(seen: &Seen, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
    if left.is_some() {
        return Err(Fault::syntax());
    }
    let names = listed(context, &right)?;
    for name in &names {
        eval::forget(&seen.workspace, seen.scope.as_ref(), name);
    }
    if right.rank() < 2 && right.kind() != Type::Nested {
        return Ok(Value::Bool(true));
    }
    Ok(Arr::new(context.memory(), &[names.len()], vec![true; names.len()])?.into())
}
