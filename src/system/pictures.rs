//! `⎕SE.plot`: pictures of arrays, shown as `]plot` shows them or written to files.

use std::rc::{Rc, Weak};

use crate::array::Value;
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::function::{Description, Function};
use crate::names::{Binding, Space};

/// The name of the function in `⎕SE`.
const NAME: &str = "plot";

/// Puts the function into `⎕SE`.
pub fn furnish(root: &Rc<Space>) {
    let Some(session) = root.workspace.session_space() else { return };
    let function = Binding::Function(Rc::new(Plot(Rc::downgrade(root))));
    drop(session.set(session.symbol(&NAME.into()), function));
}

/// Shows a picture of its right argument. The left one has the options: a text as behind `]plot`, or a namespace.
struct Plot(Weak<Space>);

impl Function for Plot {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        self.invoke(context, left, right)?.ok_or_else(Fault::no_result)
    }

    /// What was written to a file has its number of bytes as a shy result; what was shown has none.
    fn invoke(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Option<Value>> {
        let written = code::call(self.0.upgrade().as_ref(), context, left, &right)?;
        context.shy.set(written.is_some());
        Ok(written.map(Value::from))
    }

    fn may_be_shy(&self) -> bool {
        true
    }

    fn describe(&self) -> Description {
        Description::Text(format!("⎕SE.{NAME}").into())
    }
}

/// What `]plot` is given: shows the picture of a value, or writes it; gives the bytes that were written.
#[cfg(feature = "plot")]
pub use code::{Options, parse, show};

#[cfg(feature = "plot")]
mod code {
    use std::rc::Rc;

    use super::*;
    use crate::array::convert;
    use crate::display;
    use crate::error::{ErrorKind, OUTPUT_CLOSED};
    use crate::host::{self, Access, IfExists};
    use crate::picture::Picture;
    pub use crate::picture::{Options, parse};

    pub fn call(
        root: Option<&Rc<Space>>,
        context: &Context,
        left: Option<Value>,
        right: &Value,
    ) -> Result<Option<usize>> {
        let options = left.map_or_else(|| Ok(Options::default()), |left| given(root, context, &left))?;
        show(context, &options, right)
    }

    /// The options that a left argument has.
    fn given(root: Option<&Rc<Space>>, context: &Context, left: &Value) -> Result<Options> {
        let wrong = |why: String| Fault::domain().with_detail(why);
        let space = left.reference().and_then(|reference| root?.workspace.space(reference));
        let Some(space) = space else {
            let text = convert::text(context.memory(), left)?;
            let (options, rest) = parse(&text).map_err(wrong)?;
            return if rest.is_empty() { Ok(options) } else { Err(wrong(format!("not an option: {rest}"))) };
        };
        let mut options = Options::default();
        for (name, _) in space.names() {
            let Some(value) = space.get(space.symbol(&name)).value() else { continue };
            options.set(&name, &option(context, &value)?).map_err(wrong)?;
        }
        Ok(options)
    }

    /// The value of an option as text: of several texts or numbers, with commas between them.
    fn option(context: &Context, value: &Value) -> Result<String> {
        let memory = context.memory();
        if let Ok(text) = convert::text(memory, value) {
            return Ok(text);
        }
        let array = value.array(memory)?;
        let mut parts = Vec::new();
        for item in array.items().take(1000) {
            let written = display::format(context, &item)?;
            parts.push(convert::text(memory, &written)?);
        }
        Ok(parts.join(","))
    }

    pub fn show(context: &Context, options: &Options, value: &Value) -> Result<Option<usize>> {
        let picture = Picture::new(context, value, options)?;
        let Some(file) = &options.to else {
            let forms = picture.forms(context)?;
            let shown = context.screen.borrow_mut().display(&forms);
            return match shown {
                Ok(()) => Ok(None),
                Err(_) => Err(Fault::new(ErrorKind::Interrupt).because(OUTPUT_CLOSED)),
            };
        };
        let bytes = if file.to_lowercase().ends_with(".svg") {
            picture.svg(context)?.into_bytes()
        } else {
            picture.png(context)?
        };
        let place = context.host.place(file, Access::Write)?;
        context.watched(|watch| host::replace(&place, &bytes, IfExists::Replace, watch))?;
        Ok(Some(bytes.len()))
    }
}

#[cfg(not(feature = "plot"))]
mod code {
    use super::*;

    pub fn call(_: Option<&Rc<Space>>, _: &Context, _: Option<Value>, _: &Value) -> Result<Option<usize>> {
        Err(crate::system::without(&format!("⎕SE.{NAME}"), "plot"))
    }
}
