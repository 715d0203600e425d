//! `)ed name`: a function, operator or array is edited as text by a program of the user's.

use super::Session;
use super::commands::{Reply, refused};
use crate::array::Reference;
use crate::code::definition::Source;
use crate::display::notation::Notation;
use crate::error::{Fault, Result};
use crate::names::{self, Binding, path, space};
use crate::system::script;

/// What is edited.
enum Form {
    /// The text of a definition, or something new.
    Code,
    /// The value of a variable, in array notation.
    Array,
}

impl Session {
    /// `)ed name`. The name may be that of nothing: then it is the first line of what is edited.
    pub(super) fn edit_command(&mut self, words: &[&str]) -> Reply {
        let [name] = words else { return refused(")ed takes one name") };
        let name = name.trim_start_matches('∇');
        let found = path::locate(&self.current_space(), None, name).filter(|place| super::spaces::is_path(&place.name));
        let Some(place) = found else { return refused(format!("{name} is no name")) };
        let (home, last) = (place.space, place.name);
        let binding = names::find(&home, None, &last);
        let (form, text) = match (&binding, space::definition(&binding)) {
            (_, Some((definition, _))) if definition.program.is_some() => {
                (Form::Code, definition.source.text.to_string())
            }
            (_, Some((definition, _))) => (Form::Code, format!("{last}←{}", definition.text())),
            (Binding::Array(value), _) => {
                let reference = |_: &Reference| Err(Fault::domain().because("A namespace is not edited as text"));
                (Form::Array, Notation { context: &self.context, reference: &reference }.write(value)?)
            }
            (Binding::Unset, _) => (Form::Code, last.to_string()),
            _ => return refused(format!("{name} has no text: assign it instead")),
        };
        let extension = match form {
            Form::Code => "aplf",
            Form::Array => "apla",
        };
        let before = format!("{text}\n");
        let edited = self.context.host.edit(&format!("{last}.{extension}"), &before)?;
        if edited.text == before {
            return Ok(String::new());
        }
        let text = edited.text.trim_end().to_owned();
        let fixed: Result<()> = self.guarded(|session| match form {
            Form::Code => {
                let host = session.context.host.clone();
                script::Requiring::new(&host).objects(&session.context, &home, &Source::new(text)).map(drop)
            }
            Form::Array => session.array(&home, &last, Source::new(text)),
        });
        let new = space::definition(&names::find(&home, None, &last));
        if let (Ok(()), Some((old, _)), Some((new, _))) = (&fixed, space::definition(&binding), new) {
            new.follow(&old);
        }
        match fixed {
            Ok(()) => Ok(String::new()),
            Err(fault) => {
                let reply = format!("not fixed: {}; the text is in {}", fault.headline(), edited.path.display());
                edited.keep();
                refused(reply)
            }
        }
    }
}
