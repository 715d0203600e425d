//! Arrays in the files of other programs: the functions of the namespace `⎕SE.file`, one for each format.
//!
//! `⎕SE.file.npy name` reads a file, `X ⎕SE.file.npy name` writes one. A format is a row of [`FORMATS`]: functions from
//! bytes to an array and back. What needs a large crate is behind a feature of the package; without it, the name is a
//! NONCE ERROR that tells the feature.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "arrow")]
mod columns;
#[cfg(feature = "image")]
mod jpeg;
mod npy;
#[cfg(feature = "npz")]
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "image")]
mod picture;
#[cfg(feature = "image")]
mod png;
#[cfg(feature = "sound")]
mod wav;

use std::rc::Rc;

use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Function};
use crate::host::{self, Access, Host, IfExists};
use crate::names::{Binding, Space};

/// The name of the namespace in `⎕SE`.
pub const SPACE: &str = "file";

/// A format.
pub struct Format {
    /// The name of its function.
    pub name: &'static str,
    /// The feature that it needs.
    feature: &'static str,
    /// How it is read and written, where the feature is there.
    code: Option<Code>,
}

/// How a format is read and written.
struct Code {
    read: fn(&Context, &[u8]) -> Result<Value>,
    write: fn(&Context, &Value) -> Result<Vec<u8>>,
}

/// The row of a format whose module is there only with the feature of this name.
macro_rules! with_feature {
    ($name:literal, $feature:literal, $module:ident) => {
        Format {
            name: $name,
            feature: $feature,
            #[cfg(feature = $feature)]
            code: Some(Code { read: $module::read, write: $module::write }),
            #[cfg(not(feature = $feature))]
            code: None,
        }
    };
}

/// All formats.
pub static FORMATS: &[Format] = &[
    with_feature!("arrow", "arrow", arrow),
    with_feature!("jpeg", "image", jpeg),
    Format { name: "npy", feature: "", code: Some(Code { read: npy::read, write: npy::write }) },
    with_feature!("npz", "npz", npz),
    with_feature!("parquet", "parquet", parquet),
    with_feature!("png", "image", png),
    with_feature!("wav", "sound", wav),
];

/// Puts the namespace into `⎕SE`.
pub fn furnish(context: &Context, root: &Rc<Space>) -> Result<()> {
    let Some(session) = root.workspace.session_space() else { return Ok(()) };
    let (space, reference) = session.child(context, Some(SPACE))?;
    for format in FORMATS {
        let function = Binding::Function(Rc::new(FormatFunction(format)));
        drop(space.set(space.symbol(&format.name.into()), function));
    }
    drop(session.set(session.symbol(&SPACE.into()), Binding::Array(reference.into())));
    super::pictures::furnish(root);
    Ok(())
}

impl Format {
    /// How its files are read and written. NONCE ERROR without the feature.
    fn code(&self) -> Result<&Code> {
        let Format { name, feature, code } = self;
        code.as_ref().ok_or_else(|| super::without(&format!("⎕SE.{SPACE}.{name}"), feature))
    }
}

impl Code {
    fn read_file(&self, context: &Context, host: &Host, file: &str) -> Result<Value> {
        let place = host.place(file, Access::Read)?;
        let bytes = context.watched(|watch| host::read(&place, watch, 2))?;
        (self.read)(context, &bytes)
    }
}

/// What a file of a format holds, with the rights of a host.
pub fn read(context: &Context, host: &Host, format: &str, file: &str) -> Result<Value> {
    let format = FORMATS.iter().find(|row| row.name == format).ok_or_else(Fault::domain)?;
    format.code()?.read_file(context, host, file)
}

/// Reads and writes files of a format.
struct FormatFunction(&'static Format);

impl Function for FormatFunction {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        let code = self.0.code()?;
        let file = convert::text(context.memory(), &right)?;
        match left {
            None => code.read_file(context, &context.host, &file),
            Some(left) => {
                let bytes = (code.write)(context, &left.settled(context.memory())?)?;
                let place = context.host.place(&file, Access::Write)?;
                context.watched(|watch| host::replace(&place, &bytes, IfExists::Replace, watch))?;
                Ok(Value::from(bytes.len()))
            }
        }
    }

    fn describe(&self) -> Description {
        Description::Text(format!("⎕SE.{SPACE}.{}", self.0.name).into())
    }
}

/// DOMAIN ERROR: the file is not of the format.
fn unfit(format: &str, why: impl std::fmt::Display) -> Fault {
    Fault::domain().because(format!("not a file of the format {format}")).with_detail(why.to_string())
}

/// The names and the arrays of a file that has several, as two vectors.
#[cfg(any(feature = "npz", feature = "arrow"))]
fn named<'a>(context: &Context, arrays: impl IntoIterator<Item = (&'a str, Value)>) -> Result<Value> {
    let memory = context.memory();
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (name, value) in arrays {
        names.push(context.text(name)?);
        values.push(value);
    }
    let (count, empty) = (names.len(), context.text("")?);
    let names = Array::from_items(memory, &[count], names, || empty)?;
    let values = Array::from_items(memory, &[count], values, Value::zilde)?;
    Ok(Array::from_items(memory, &[2], vec![names.into(), values.into()], || Value::Int(0))?.into())
}

/// The arrays that are to be written, each with its name.
#[cfg(any(feature = "npz", feature = "arrow"))]
fn names_and_arrays(context: &Context, value: &Value) -> Result<Vec<(String, Value)>> {
    let memory = context.memory();
    let wrong = || Fault::length().with_detail("names and as many arrays are wanted");
    if value.shape() != [2] {
        return Err(wrong());
    }
    let (names, values) = (value.item(memory, 0)?.array(memory)?, value.item(memory, 1)?.array(memory)?);
    if names.len() != values.len() || names.rank() > 1 || values.rank() > 1 {
        return Err(wrong());
    }
    names.items().zip(values.items()).map(|(name, value)| Ok((convert::text(memory, &name)?, value))).collect()
}
