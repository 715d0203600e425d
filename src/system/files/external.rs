//! `⎕SHELL`: other programs, with options for their streams.

use std::time::Duration;

use super::encoding::Asked;
use super::text::{self, TextFile};
use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::host::{Access, End, Input, Job, Output};
use crate::system::{Call, monadic, representation};

/// The options of `⎕SHELL`.
pub const OPTIONS: &[&str] =
    &["Output", "Input", "WorkingDir", "InheritEnv", "Env", "Shell", "ExitCheck", "Timeout", "Signal", "Window"];

/// The signal that asks a program to end.
const TERMINATE: i64 = 15;

/// `⎕SHELL command`, `⎕SHELL program arguments`: runs a program; what was collected of its output streams, their numbers,
/// its exit code, the reason of its end and the number of its process. Dyalog: Execute External Program.
pub fn shell(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let memory = context.memory();
    let option = |name| call.options.get(name);
    let flag = |name, usual| option(name).map_or(Ok(usual), convert::int).map(|flag| flag != 0);
    let (outputs, forms) = outputs(context, option("Output"))?;
    let time = option("Timeout").map(convert::float).transpose()?.filter(|&time| time > 0.0);
    let environment = option("Env").map_or(Ok(Vec::new()), |value| pairs(context, value, true))?;
    let text = |value: &Value| convert::text(memory, value);
    let job = Job {
        words: words(context, &right, option("Shell"))?,
        folder: option("WorkingDir").map(text).transpose()?,
        inherits: flag("InheritEnv", 1)?,
        environment: environment.iter().map(|(name, value)| Ok((text(name)?, text(value)?))).collect::<Result<_>>()?,
        input: input(context, option("Input"))?,
        outputs,
        time: time.map(|time| Duration::from_secs_f64((time / 1000.0).min(1e9))),
        signal: option("Signal").map_or(Ok(TERMINATE), convert::int)? as i32,
    };
    let (end, collected) = context.watched(|watch| context.host.execute(job, watch))?;
    let (code, reason, process) = match end {
        End::Exit(code) => (code, 0, -1),
        End::Signal(signal) => (-signal, 1, -1),
        End::Time(process) => (-1006, 2, process as i32),
    };
    if flag("ExitCheck", 0)? && (code, reason) != (0, 0) {
        return Err(Fault::domain().because(format!("The program ended with exit code {code}")));
    }
    let (mut data, mut streams) = (Vec::new(), Vec::new());
    for ((stream, bytes), form) in (1..).zip(collected).zip(forms) {
        if let Some(bytes) = bytes {
            data.push(form.value(context, bytes)?);
            streams.push(Value::Int(stream));
        }
    }
    let list = |items: Vec<Value>| -> Result<Value> {
        Ok(Array::from_items(memory, &[items.len()], items, || Value::Int(0))?.into())
    };
    list(vec![list(data)?, list(streams)?, Value::Int(code), Value::Int(reason), Value::Int(process)])
}

/// The program and its arguments. A text is for the shell.
fn words(context: &Context, value: &Value, shell: Option<&Value>) -> Result<Vec<String>> {
    let memory = context.memory();
    let texts = |value: &Value| match value.array(memory)? {
        Array::Nested(items) if items.rank() < 2 => {
            items.as_slice().iter().map(|item| convert::text(memory, item)).collect::<Result<Vec<String>>>()
        }
        _ => Ok(vec![convert::text(memory, value)?]),
    };
    let words = match value.array(memory)? {
        Array::Nested(_) => texts(value)?,
        _ => {
            let command = convert::text(memory, value)?;
            let mut words = shell.map_or_else(|| Ok(vec!["/bin/sh".into(), "-c".into()]), texts)?;
            words.push(command);
            words
        }
    };
    match words.first() {
        Some(program) if !program.trim().is_empty() && !words.iter().any(|word| word.contains('\0')) => Ok(words),
        _ => Err(Fault::domain().with_detail("a command is wanted")),
    }
}

/// The pairs of an option: the rows of a matrix of two columns, a vector of pairs, or one pair.
fn pairs(context: &Context, value: &Value, names: bool) -> Result<Vec<(Value, Value)>> {
    let memory = context.memory();
    let wrong = || Fault::domain().with_detail("the option takes pairs");
    let array = value.array(memory)?;
    let pair = |array: &Array, at: usize| (array.item(at), array.item(at + 1));
    if array.rank() == 2 && array.shape()[1] == 2 {
        return Ok((0..array.shape()[0]).map(|row| pair(&array, 2 * row)).collect());
    }
    if array.rank() != 1 {
        return Err(wrong());
    }
    let is_first = |item: Value| item.rank() == 0 || names && matches!(item.array(memory), Ok(Array::Char(_)));
    if array.len() == 2 && is_first(array.item(0)) {
        return Ok(vec![pair(&array, 0)]);
    }
    let each = |item: Value| -> Result<(Value, Value)> {
        let item = item.array(memory)?;
        if item.rank() == 1 && item.len() == 2 { Ok(pair(&item, 0)) } else { Err(wrong()) }
    };
    (0..array.len()).map(|at| each(array.item(at))).collect()
}

/// What becomes of bytes that were collected.
enum Form {
    /// Lines of text.
    Lines(Option<Asked>),
    /// A vector of a type.
    Vector(representation::Kind),
}

impl Form {
    fn value(self, context: &Context, bytes: Vec<u8>) -> Result<Value> {
        match self {
            Form::Lines(asked) => text::lines(context, &TextFile::new(context, bytes, asked)?.text),
            Form::Vector(kind) => {
                let count = bytes.len() * 8 / kind.bits();
                Ok(representation::elements(context, &bytes[..count * kind.bits() / 8], kind, &[count])?.into())
            }
        }
    }
}

/// Where a stream goes or comes from: a word, with what stands behind it.
fn destination(context: &Context, value: &Value) -> Result<(String, Vec<Value>)> {
    let memory = context.memory();
    match value.array(memory)? {
        Array::Nested(items) if items.rank() == 1 => {
            let mut items = items.as_slice().iter().cloned();
            let word = items.next().unwrap_or_else(Value::zilde);
            Ok((convert::text(memory, &word)?, items.collect()))
        }
        Array::Char(_) => Ok((convert::text(memory, value)?, Vec::new())),
        _ => Ok(("Stream".into(), vec![value.clone()])),
    }
}

fn outputs(context: &Context, value: Option<&Value>) -> Result<([Output; 2], [Form; 2])> {
    let memory = context.memory();
    let mut outputs = [Output::Collected, Output::Stream(1)];
    let mut forms = [Form::Lines(None), Form::Lines(None)];
    for (stream, to) in value.map_or(Ok(Vec::new()), |value| pairs(context, value, false))? {
        let at = match convert::int(&stream)? {
            stream @ (1 | 2) => stream as usize - 1,
            stream => return Err(Fault::nonce(format!("the output stream {stream} of ⎕SHELL"))),
        };
        let (word, rest) = destination(context, &to)?;
        outputs[at] = match (&*word, &rest[..]) {
            ("Array", []) => Output::Collected,
            ("Array", [form]) => {
                forms[at] = match form.kind().is_numeric() {
                    true => Form::Vector(representation::Kind::of_code(convert::int(form)?)?),
                    false => Form::Lines(Asked::new(memory, form)?),
                };
                Output::Collected
            }
            ("Null", []) => Output::Nowhere,
            ("Stream", [to]) => match convert::int(to)? {
                stream @ (1 | 2) if stream as usize != at + 1 => Output::Stream(stream as usize),
                _ => return Err(Fault::domain().with_detail("an output stream goes to stream 1 or 2")),
            },
            ("File", [name]) if !name.kind().is_numeric() => {
                Output::File(context.host.place(&convert::text(memory, name)?, Access::Write)?)
            }
            _ => return Err(Fault::nonce(format!("the destination {word} of ⎕SHELL"))),
        };
    }
    Ok((outputs, forms))
}

fn input(context: &Context, value: Option<&Value>) -> Result<Input> {
    let memory = context.memory();
    let mut input = Input::Empty;
    for (stream, from) in value.map_or(Ok(Vec::new()), |value| pairs(context, value, false))? {
        let stream = convert::int(&stream)?;
        if stream != 0 {
            return Err(Fault::nonce(format!("the input stream {stream} of ⎕SHELL")));
        }
        let (word, rest) = destination(context, &from)?;
        input = match (&*word, &rest[..]) {
            ("Null", []) => Input::Empty,
            ("File", [name]) if !name.kind().is_numeric() => {
                Input::File(context.host.place(&convert::text(memory, name)?, Access::Read)?)
            }
            ("Array", [data, form @ ..]) => Input::Bytes(given(context, data, form.first())?),
            _ => return Err(Fault::nonce(format!("the source {word} of ⎕SHELL"))),
        };
    }
    Ok(input)
}

/// The bytes of an array that is a program's input: of lines, each with a line end; of a text; of numbers.
fn given(context: &Context, data: &Value, form: Option<&Value>) -> Result<Vec<u8>> {
    let memory = context.memory();
    let array = data.array(memory)?;
    let typed = form.filter(|form| form.kind().is_numeric());
    let asked = match form.filter(|_| typed.is_none()) {
        Some(form) => Asked::new(memory, form)?.unwrap_or(Asked::DEFAULT),
        None => Asked::DEFAULT,
    };
    match &array {
        Array::Nested(items) => {
            let mut text = String::new();
            for line in items.as_slice() {
                text += &convert::text(memory, line)?;
                text.push('\n');
            }
            asked.encoding.encode(context, &text)
        }
        Array::Char(chars) if typed.is_none() => {
            let text: String = chars.as_slice().iter().collect();
            asked.encoding.encode(context, &if form.is_some() { text + "\n" } else { text })
        }
        _ => {
            let kind = match typed {
                Some(code) => representation::Kind::of_code(convert::int(code)?)?,
                None => representation::kind(context, &array)?,
            };
            representation::bytes(context, &array.reshape(&[array.len()])?, kind)
        }
    }
}
