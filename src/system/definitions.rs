//! `⎕CR ⎕NR ⎕VR ⎕FX ⎕OR`: functions and operators as text and back. `⎕AT ⎕ATX ⎕SIZE`: their attributes.

use std::rc::Rc;
use std::sync::Arc;

use super::names::{self, is_name, is_path};
use super::{Call, monadic, saved};
use crate::array::reference::{self, Reference, Represented};
use crate::array::{Arr, Array, Value, bytes, convert};
use crate::code::definition::Definition;
use crate::code::definition::Source;
use crate::code::definition::{Extent, File, numbered, reading};
use crate::code::node::Class;
use crate::context::Context;
use crate::display::tree::{self, literal};
use crate::error::{Fault, Result};
use crate::function::{Description, Fun};
use crate::names::{Binding, Operator, Space, UserFunction, path};
use crate::syntax::traditional::header_of;
use crate::syntax::tree::{Body, ItemKind, Statement};
use crate::syntax::{grammar, normal};
use crate::vm::traditional::{self, Undefined};

/// What a name that is no array stands for.
pub enum Code {
    /// A user's function or operator.
    Defined(Rc<Definition>),
    /// A function that is primitive or derived, or a primitive operator.
    Described(Description),
}

/// What a name stands for; `None` for an array and for nothing.
pub fn code(call: &Call, name: &str) -> Option<Code> {
    let of_function = |function: &Fun| {
        let user = function.as_any().and_then(|any| any.downcast_ref::<UserFunction>());
        match user.filter(|user| user.operands.0.is_none()) {
            Some(user) => Code::Defined(user.definition.clone()),
            None => Code::Described(function.describe()),
        }
    };
    if !is_path(name) {
        return None;
    }
    Some(match crate::names::find(call.space, call.scope, name) {
        Binding::Function(function) => of_function(&function),
        Binding::Niladic(user) => Code::Defined(user.definition.clone()),
        Binding::Operator(Operator::User(user)) => Code::Defined(user.definition.clone()),
        Binding::Operator(Operator::Hybrid(hybrid)) if hybrid.axis.is_none() => {
            Code::Described(Description::Text(hybrid.operator.glyph.to_string().into()))
        }
        Binding::Operator(operator) => Code::Described(operator.describe()),
        Binding::Unset | Binding::Array(_) | Binding::Label(_) => return None,
    })
}

/// The lines of a definition, without blanks that mean nothing: a traditional one's, or a dfn's from its name on. `step`:
/// by how many blanks what is within a structure or within braces stands further right.
fn lines_by(step: usize, name: &str, definition: &Definition) -> Vec<String> {
    definition.lines(step).unwrap_or_else(|| {
        let text = assigned(name, definition);
        match text.contains('\n') {
            true => normal::lines(&text, normal::Kind::Direct, step),
            false => vec![normal::direct(&text)],
        }
    })
}

/// The same where everything stands as far left as the header.
pub fn lines(name: &str, definition: &Definition) -> Vec<String> {
    lines_by(0, name, definition)
}

/// The lines of a definition as they were typed; those of a dfn with the assignment that made it, if it has the name.
pub fn typed(name: &str, definition: &Definition) -> Vec<String> {
    let source = &*definition.source.text;
    let text = match definition.program {
        Some(_) => source.to_string(),
        None => {
            let start = (definition.span.start as usize).min(source.len());
            let before = &source[source[..start].rfind('\n').map_or(0, |at| at + 1)..start];
            let assigns = before.trim_end().strip_suffix('←').is_some_and(|target| target.trim() == name);
            if assigns { format!("{before}{}", definition.text()) } else { assigned(name, definition) }
        }
    };
    text.split('\n').map(|line| line.trim_end_matches('\r').to_string()).collect()
}

/// A dfn with the name that it is asked for by.
fn assigned(name: &str, definition: &Definition) -> String {
    format!("{}←{}", name.rsplit('.').next().unwrap_or(name), definition.text())
}

fn name_in(call: &Call, value: &Value) -> Result<String> {
    convert::text(call.context.memory(), value)
}

/// `⎕NR Y`: the lines of a function or operator as a vector; an empty vector for a variable and for nothing. A
/// function that has no lines gives its parts. Dyalog: Nested Representation.
pub fn nested(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    represented(call, left, &right, vector)
}

/// `⎕CR Y`: the same as the rows of a matrix. Dyalog: Canonical Representation.
pub fn canonical(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    represented(call, left, &right, matrix)
}

/// How lines of text become an array.
type Form = fn(&Context, &[String]) -> Result<Value>;

fn represented(call: &Call, left: Option<Value>, right: &Value, form: Form) -> Result<Value> {
    monadic(left)?;
    if let Some(lines) = of_object(right) {
        return form(call.context, &lines);
    }
    let name = name_in(call, right)?;
    if let Binding::Function(function) = crate::names::find(call.space, call.scope, &name)
        && function.structure().is_too_large()
    {
        return Err(Fault::ws_full().with_detail("the function has too many parts to be written out"));
    }
    match code(call, &name) {
        Some(Code::Defined(definition)) => form(call.context, &lines(&name, &definition)),
        // One part is a vector, too.
        Some(Code::Described(Description::Text(text))) => {
            let part = part_text(call.context, &text, form)?;
            Ok(Array::from_items(call.context.memory(), &[1], vec![part], || Value::Char(' '))?.into())
        }
        Some(Code::Described(description)) => parts(call.context, &description, form),
        None => form(call.context, &[]),
    }
}

/// `⎕VR Y`: the lines between `∇`, numbered, as one text. Dyalog: Vector Representation.
pub fn listed(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let mut lines = match of_object(&right) {
        Some(lines) => lines,
        None => {
            let name = name_in(call, &right)?;
            let Some(Code::Defined(definition)) = code(call, &name) else { return call.context.text("") };
            lines(&name, &definition)
        }
    };
    if let Some(header) = lines.first_mut().filter(|header| !header.starts_with(' ')) {
        header.insert(0, ' ');
    }
    call.context.text(&numbered(&lines, "\r"))
}

fn vector(context: &Context, lines: &[String]) -> Result<Value> {
    let item = |line: &String| context.poll().and_then(|()| context.text(line));
    let items = lines.iter().map(item).collect::<Result<Vec<_>>>()?;
    let empty = context.text("")?;
    Ok(Array::from_items(context.memory(), &[items.len()], items, || empty)?.into())
}

/// Lines that begin with blanks have one behind the longest of them, too.
fn matrix(context: &Context, lines: &[String]) -> Result<Value> {
    let memory = context.memory();
    let margin = usize::from(lines.first().is_some_and(|header| header.starts_with(' ')));
    let width = lines.iter().map(|line| line.chars().count() + margin).max().unwrap_or(0);
    let mut chars = memory.vec(lines.len().saturating_mul(width))?;
    let mut pace = context.pace();
    for line in lines {
        pace.step(width)?;
        chars.extend(line.chars().chain(std::iter::repeat(' ')).take(width));
    }
    Ok(Arr::new(memory, &[lines.len(), width], chars)?.into())
}

/// A glyph, a name or a dfn among the parts of a function.
fn part_text(context: &Context, text: &str, form: Form) -> Result<Value> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Ok(Value::Char(only)),
        _ if text.contains('\n') => form(context, &text.lines().map(str::to_string).collect::<Vec<_>>()),
        _ => context.text(text),
    }
}

/// The parts of a function, in the order in which they are written.
fn parts(context: &Context, description: &Description, form: Form) -> Result<Value> {
    let memory = context.memory();
    let several = |items: Vec<Value>| -> Result<Value> {
        Ok(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
    };
    context.memory().deeper(|| match description {
        Description::Text(text) => part_text(context, text, form),
        Description::Named { lines, .. } => form(context, lines),
        Description::Array(value) => Ok(value.clone()),
        Description::Train(tines) => {
            several(tines.iter().map(|tine| parts(context, tine, form)).collect::<Result<_>>()?)
        }
        Description::Curried { operator, right } => {
            several(vec![parts(context, operator, form)?, parts(context, right, form)?])
        }
        Description::Derived { operator, left, right, axis } => {
            // An axis is written behind the glyph that it belongs to, as in `]box -trains=box`.
            let operator = match axis {
                Some(axis) => format!("{operator}[{}]", literal(context, axis)?).into(),
                None => operator.clone(),
            };
            let mut items = vec![parts(context, left, form)?, part_text(context, &operator, form)?];
            if let Some(right) = right {
                items.push(parts(context, right, form)?);
            }
            several(items)
        }
    })
}

/// `⎕FX Y`: defines the function or operator with these lines, which may be a vector of texts, the rows of a matrix or
/// one text; its name, shyly. Where that fails, the number of the line that is to blame. Dyalog: Fix Definition.
pub fn fix(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let mut lines = match of_object(&right) {
        Some(lines) => lines,
        None => given(context, &right)?,
    };
    // Dels before the first and after the last line, and numbers before the others, as `⎕VR` writes them.
    if let Some(first) = lines.first_mut()
        && let Some(rest) = first.trim_start().strip_prefix('∇')
    {
        *first = rest.to_string();
    }
    if lines.len() > 1 && lines.last().is_some_and(|last| last.trim() == "∇") {
        lines.pop();
    }
    let failed = |line: usize| {
        context.shy.set(false);
        Ok(Value::from(line + context.io() as usize))
    };
    let Some(first) = lines.first() else { return failed(0) };
    let text = lines.join("\n");
    let name: Rc<str> = match braced(context, first, &text)? {
        None => match traditional::define(context, call.space, Source::new(&*text)) {
            Ok(name) => name,
            Err(Undefined::Malformed(malformed)) => return failed(malformed.line),
            Err(Undefined::Stopped(fault)) => return Err(fault),
        },
        Some(Err(line)) => return failed(line),
        Some(Ok((name, body))) => {
            let symbol = call.space.symbol(&name);
            if matches!(call.space.get(symbol), Binding::Array(_) | Binding::Label(_)) {
                return failed(0);
            }
            let source = Rc::new(Source::new(text));
            let definition = Rc::new(Definition::new(call.space, source, body));
            *definition.name.borrow_mut() = Some(name.clone());
            drop(call.space.set(symbol, crate::names::space::at_home(definition, call.space.clone())));
            name
        }
    };
    context.shy.set(true);
    context.text(&name)
}

/// The lines of a definition as they are given.
fn given(context: &Context, value: &Value) -> Result<Vec<String>> {
    let memory = context.memory();
    match value.array(memory)? {
        Array::Nested(items) if items.rank() < 2 => {
            let line = |item: &Value| context.poll().and_then(|()| convert::text(memory, item));
            items.as_slice().iter().map(line).collect()
        }
        Array::Char(chars) if chars.rank() == 2 => {
            let width = chars.shape()[1].max(1);
            Ok(chars
                .as_slice()
                .chunks(width)
                .map(|row| row.iter().collect::<String>().trim_end().to_string())
                .collect())
        }
        Array::Char(chars) if chars.rank() < 2 => {
            let text: String = chars.as_slice().iter().collect();
            let unnumbered = |line: &str| {
                let trimmed = line.trim_start();
                match trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                    Some((number, rest)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                        rest.trim_start().to_string()
                    }
                    _ => line.to_string(),
                }
            };
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            Ok(text.split('\n').map(unnumbered).collect())
        }
        Array::Char(_) | Array::Nested(_) => Err(Fault::rank()),
        _ => Err(Fault::domain()),
    }
}

/// The name and the body of a dfn or dop, or the line where its definition fails.
type Braced = std::result::Result<(Rc<str>, Rc<Body>), usize>;

/// The dfn or dop whose definition this is; `None` where it is no such definition.
fn braced(context: &Context, first: &str, text: &str) -> Result<Option<Braced>> {
    let Some((name, rest)) = first.split_once('←') else { return Ok(None) };
    if !is_name(name.trim()) || !rest.trim_start().starts_with('{') {
        return Ok(None);
    }
    // `r←{x} f y` is the header of a traditional function with an optional left argument.
    if header_of(first).is_some() {
        return Ok(None);
    }
    let line = |offset: u32| text[..(offset as usize).min(text.len())].matches('\n').count();
    let body = match reading(context, |go_on| grammar::parse_while(text, go_on))? {
        Ok(body) => body,
        Err(error) => return Ok(Some(Err(line(error.span.start)))),
    };
    let [Statement::Expression(phrase)] = &body.statements[..] else { return Ok(Some(Err(0))) };
    Ok(Some(match &phrase.items[..] {
        [name, arrow, dfn] => match (&name.kind, &arrow.kind, &dfn.kind) {
            (ItemKind::Name(name), ItemKind::Glyph('←'), ItemKind::Dfn(body)) => Ok((name.clone(), body.clone())),
            _ => Err(0),
        },
        _ => Err(0),
    }))
}

/// `⎕OR Y`: a function or an operator as a scalar, which is displayed as it is and which `⎕FX` makes a function again; what
/// is in a namespace as a scalar, of which `⎕NS` makes a namespace; the value of a variable. Dyalog: Object
/// Representation.
pub fn object(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let name = name_in(call, &right)?;
    let context = call.context;
    let last: Arc<str> = name.rsplit('.').next().unwrap_or(&name).into();
    let (definition, text, form) = match code(call, &name) {
        Some(Code::Defined(definition)) => match definition.listing() {
            Some(listing) => (lines(&name, &definition).join("\n"), listing.to_string(), Represented::Traditional),
            None => (definition.text().to_string(), definition.text().to_string(), Represented::Direct),
        },
        Some(Code::Described(description)) => {
            let text = tree::text(context, &description, false)?;
            (text.trim_end().to_owned(), text.trim_end().to_owned(), Represented::Direct)
        }
        None => {
            return match crate::names::find(call.space, call.scope, &name) {
                Binding::Array(value) if value.reference().is_some_and(Reference::is_space) => {
                    let space = value.reference().and_then(|reference| call.space.workspace.space(reference));
                    let code = saved::snapshot(context, &space.ok_or_else(Fault::domain)?, last.clone())?;
                    Ok(Reference::of_code(code, format!("∇{last}")).into())
                }
                Binding::Array(value) if is_path(&name) => Ok(value),
                _ => Err(Fault::value().because(format!("Undefined name: {name}"))),
            };
        }
    };
    let code = reference::Code { name: last, definition: definition.into(), form };
    Ok(Reference::of_code(code, text).into())
}

/// The lines of a function that is an array.
fn of_object(value: &Value) -> Option<Vec<String>> {
    let code = value.reference()?.code()?;
    let head = match code.form {
        Represented::Traditional => String::new(),
        Represented::Direct => format!("{}←", code.name),
        Represented::Space(_) => return None,
    };
    Some(format!("{head}{}", code.definition).split('\n').map(str::to_owned).collect())
}

/// Result, valence and operands of what a name stands for, as `⎕AT` tells them.
fn syntax(call: &Call, name: &str) -> [i32; 3] {
    let definition = match code(call, name) {
        Some(Code::Defined(definition)) => definition,
        Some(Code::Described(_)) if super::names::class_of(call, name) < 40 => return [1, -2, 0],
        Some(Code::Described(_)) => return [1, -2, 1],
        None => return [0, 0, 0],
    };
    let operands = match definition.class {
        Class::Monadic => 1,
        Class::Dyadic => 2,
        _ => 0,
    };
    let Some(program) = &definition.program else { return [1, -2, operands] };
    let model = &program.model;
    let result = match (&model.result, model.shy) {
        (None, _) => 0,
        (Some(_), true) => -1,
        (Some(_), false) => 1,
    };
    let valence = match (&model.right, model.left, model.ambivalent) {
        (None, ..) => 0,
        (Some(_), None, _) => 1,
        (Some(_), Some(_), false) => 2,
        (Some(_), Some(_), true) => -2,
    };
    [result, valence, operands]
}

fn numbers(context: &Context, numbers: &[i32]) -> Result<Value> {
    Ok(Arr::new(context.memory(), &[numbers.len()], numbers.to_vec())?.into())
}

/// `⎕AT Y`: for each name its syntax, when it was fixed, whether it is locked and by whom it was fixed. `X ⎕AT Y`: as in
/// APL2, 1 valences, 2 times, 3 properties, 4 sizes. When and by whom is not known. Dyalog: Attributes.
pub fn attributes(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let (listed, mut single) = names::listed(memory, &right)?;
    single |= right.rank() == 0;
    let mut items: Vec<Value> = Vec::new();
    let mode = left.map(|left| convert::int(&left)).transpose()?;
    for name in &listed {
        context.poll()?;
        let [result, valence, operands] = syntax(call, name);
        match mode {
            None => {
                items.push(numbers(context, &[result, valence, operands])?);
                items.push(numbers(context, &[0; 7])?);
                items.push(Value::Int(0));
                items.push(context.text("")?);
            }
            Some(1) => {
                let variable = names::class_of(call, name) == 21;
                let explicit = i32::from(variable || result != 0);
                items.extend([explicit, valence.abs(), operands].map(Value::Int));
            }
            Some(2) => items.extend([0; 7].map(Value::Int)),
            Some(3) => items.extend([0; 4].map(Value::Int)),
            Some(4) => {
                let size = Value::from(size_of_name(call, name)?);
                items.extend([size.clone(), size]);
            }
            Some(_) => return Err(Fault::domain().with_detail("the left argument is from 1 to 4")),
        }
    }
    let columns = items.len().checked_div(listed.len()).unwrap_or(4);
    let shape = [listed.len(), columns];
    let shape = if single { &shape[1..] } else { &shape[..] };
    Ok(Array::from_items(memory, shape, items, || Value::Int(0))?.into())
}

/// `X ⎕ATX Y`: facts about names, by their numbers. Dyalog: Extended Attributes.
pub fn extended(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let memory = call.context.memory();
    let left = left.ok_or_else(|| Fault::syntax().because("The function requires a left argument"))?;
    if left.rank() > 1 || right.rank() > 1 {
        return Err(Fault::rank());
    }
    let codes = convert::int_vec(memory, &left)?;
    let (listed, single) = names::listed(memory, &right)?;
    let of_name = |name: &String| -> Result<Value> {
        let facts = codes.iter().map(|&code| fact(call, code, name)).collect::<Result<Vec<_>>>()?;
        match (left.rank(), &facts[..]) {
            (0, [only]) => Ok(only.clone()),
            _ => Ok(Array::from_items(memory, &[facts.len()], facts, || Value::Int(0))?.into()),
        }
    };
    match (single, right.rank(), &listed[..]) {
        (true, _, [name]) => of_name(name),
        (false, 0, [name]) => of_name(name)?.enclose(memory),
        _ => {
            let by_code = |code: i64| -> Result<Value> {
                let facts = listed.iter().map(|name| fact(call, code, name)).collect::<Result<Vec<_>>>()?;
                Ok(Array::from_items(memory, &[facts.len()], facts, || Value::Int(0))?.into())
            };
            let rows = codes.iter().map(|&code| by_code(code)).collect::<Result<Vec<_>>>()?;
            match (left.rank(), &rows[..]) {
                (0, [only]) => Ok(only.clone()),
                _ => Ok(Array::from_items(memory, &[rows.len()], rows, || Value::Int(0))?.into()),
            }
        }
    }
}

fn fact(call: &Call, code: i64, name: &str) -> Result<Value> {
    let context = call.context;
    let [result, valence, operands] = syntax(call, name);
    let class = names::class_of(call, name);
    Ok(match code {
        0 => context.text(name)?,
        10 => Value::Int(result),
        11 => Value::Int(valence),
        12 => Value::Int(operands),
        20 | 52 => context.text("")?,
        21 => Value::Int(0),
        22 => Value::zilde(),
        50 => context.text(file_of(call, name, class).as_ref().map_or("", |file| &file.name))?,
        51 => context.text(file_of(call, name, class).as_ref().map_or("", |file| &file.encoding))?,
        53 => match file_of(call, name, class) {
            Some(file) if !file.line_end.is_empty() => numbers(context, &file.line_end)?,
            _ => Value::zilde(),
        },
        23 => Value::from(size_of_name(call, name)?),
        30..=32 => Value::Int(-1),
        40 => Value::Int(class.div_euclid(10)),
        41 => Value::Int(class.rem_euclid(10)),
        42 => convert::scalar(f64::from(class) / 10.0),
        54 | 55 => {
            let extent = match self::code(call, name) {
                Some(Code::Defined(definition)) => definition.extent.get(),
                Some(Code::Described(_)) => Extent::default(),
                None if class == 91 => {
                    path::named(call.space, call.scope, name).map(|space| space.extent()).unwrap_or_default()
                }
                None => Extent::default(),
            };
            Value::from(if code == 54 { extent.before } else { extent.lines })
        }
        60..=62 => match self::code(call, name) {
            Some(Code::Defined(definition)) => match code {
                61 => vector(context, &lines_by(4, name, &definition))?,
                _ => vector(context, &typed(name, &definition))?,
            },
            _ => vector(context, &[])?,
        },
        _ => return Err(Fault::domain().with_detail(format!("no attribute {code}"))),
    })
}

/// The file that a function, an operator or a namespace was read from.
fn file_of(call: &Call, name: &str, class: i32) -> Option<Rc<File>> {
    match code(call, name) {
        Some(Code::Defined(definition)) => definition.file().cloned(),
        None if class == 91 => path::named(call.space, call.scope, name)?.script()?.origin.as_ref()?.file.clone(),
        _ => None,
    }
}

/// `⎕SIZE Y`: the bytes that each name's value takes, 0 for nothing and for system names. Dyalog: Size of Object.
pub fn size(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let memory = call.context.memory();
    let (names, _) = names::listed(memory, &right)?;
    let sizes = names.iter().map(|name| size_of_name(call, name)).collect::<Result<Vec<usize>>>()?;
    convert::counts(memory, &[sizes.len()], &sizes)
}

/// The bytes that the value of a name takes, as a namespace sees it.
pub fn size_in(context: &Context, space: &Rc<Space>, name: &str) -> Result<usize> {
    size_of_name(&Call { context, space, scope: None, options: &super::Options::default() }, name)
}

fn size_of_name(call: &Call, name: &str) -> Result<usize> {
    if !is_path(name) {
        return Ok(0);
    }
    match crate::names::find(call.space, call.scope, name) {
        Binding::Unset | Binding::Label(_) => Ok(0),
        Binding::Array(value) => bytes(call.context.memory(), &value),
        _ => Ok(match code(call, name) {
            Some(Code::Defined(definition)) => 64 + lines(name, &definition).iter().map(String::len).sum::<usize>(),
            _ => 64,
        }),
    }
}
