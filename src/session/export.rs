//! `]export`: a namespace as source files in a folder, in the layout that `]import` reads.

use std::rc::Rc;

use super::Session;
use super::commands::{Reply, refused};
use crate::array::Reference;
use crate::array::Value;
use crate::code::definition::File;
use crate::code::definition::Source;
use crate::code::node::Class;
use crate::display::notation::Notation;
use crate::error::{Fault, Result};
use crate::host::{self, Access, IfExists};
use crate::names::{Binding, Space, namespace_of, space};
use crate::system::definitions;

/// Namespaces within each other that array notation is written for.
const DEPTH: usize = 100;

/// What became of an export.
#[derive(Default)]
struct Exported {
    /// How many files were written.
    count: usize,
    /// What was not written and why, a line each.
    left: Vec<String>,
}

impl Session {
    /// `]export folder`, `]export space folder`.
    pub(super) fn export_command(&mut self, words: &[&str]) -> Reply {
        let (space, folder) = match words {
            [folder] => (self.current_space(), *folder),
            [space, folder] => match self.eval(space).ok().and_then(|value| self.space_of(value)) {
                Some(space) => (space, *folder),
                None => return refused(format!("{space} is no namespace")),
            },
            _ => return refused("]export takes a folder, perhaps behind the name of a namespace"),
        };
        let mut exported = Exported::default();
        let folder = folder.trim_end_matches('/');
        match self.guarded(|session| session.export_space(&space, folder, &mut exported)) {
            Ok(()) => {}
            Err(fault) if fault.kind().is_circumstance() => return Err(fault.into()),
            Err(fault) => {
                return refused(fault.in_one_line());
            }
        }
        let left: String = exported.left.iter().map(|line| format!("{line}\n")).collect();
        let files = if exported.count == 1 { "file" } else { "files" };
        Ok(format!("{left}Exported: {} → {folder}, {} {files}\n", space.path(), exported.count))
    }

    fn space_of(&self, value: Value) -> Option<Rc<Space>> {
        namespace_of(&self.root, &Binding::Array(value))
    }

    /// Writes what the names of a namespace stand for, each into a file of its own; of those within it, into folders.
    fn export_space(&self, space: &Rc<Space>, folder: &str, exported: &mut Exported) -> Result<()> {
        let mut work = vec![(space.clone(), folder.to_owned())];
        while let Some((space, folder)) = work.pop() {
            let place = self.context.host.place(&folder, Access::Change)?;
            if host::kind(&place)?.is_none() {
                host::make_folder(&place)?;
            }
            let mut names = space.bindings();
            names.sort_by_key(|(symbol, _)| space.workspace.name(*symbol));
            for (symbol, binding) in names {
                self.context.poll()?;
                let Some(name) = space.workspace.name(symbol) else { continue };
                let inner = namespace_of(&space, &binding).filter(|inner| space.holds(inner));
                let (extension, bytes) = match (&binding, inner) {
                    (_, Some(inner)) => match inner.script() {
                        Some(script) => whole("apln", &script, script.text.to_string()),
                        None => match self.as_notation(&space, symbol, &inner)? {
                            Some(bytes) => ("apla", bytes),
                            None => {
                                work.push((inner, format!("{folder}/{name}")));
                                continue;
                            }
                        },
                    },
                    (Binding::Array(value), None) => match self.array_bytes(&space, symbol, value) {
                        Ok(bytes) => ("apla", bytes),
                        Err(fault) if fault.kind().is_circumstance() => return Err(fault),
                        Err(fault) => {
                            exported.left.push(format!("{name}: {}", fault.in_one_line()));
                            continue;
                        }
                    },
                    _ => match space::definition(&binding) {
                        Some((definition, _)) => {
                            let extension = if definition.class > Class::Function { "aplo" } else { "aplf" };
                            let text = definitions::typed(&name, &definition).join("\n");
                            whole(extension, &definition.source, text)
                        }
                        None => match self.derived_file(&space, &name, &binding) {
                            Ok(file) => file,
                            Err(fault) if fault.kind().is_circumstance() => return Err(fault),
                            Err(fault) => {
                                exported.left.push(format!("{name}: {}", fault.in_one_line()));
                                continue;
                            }
                        },
                    },
                };
                let place = self.context.host.place(&format!("{folder}/{name}.{extension}"), Access::Write)?;
                self.context.watched(|watch| host::replace(&place, &bytes, IfExists::Replace, watch))?;
                exported.count += 1;
            }
        }
        Ok(())
    }

    /// A namespace without a name of its own in array notation, if it has arrays only.
    fn as_notation(&self, space: &Rc<Space>, symbol: u32, inner: &Rc<Space>) -> Result<Option<Vec<u8>>> {
        match self.array_bytes(space, symbol, &inner.reference().into()) {
            Err(fault) if fault.kind().is_circumstance() => Err(fault),
            bytes => Ok(bytes.ok()),
        }
    }

    /// The same as a text; `around` are the numbers of the namespaces around it.
    fn notation_of(&self, reference: &Reference, around: &[u64]) -> Result<String> {
        let refused = || Fault::domain().because("an array with references has no file");
        let space = self.root.workspace.space(reference).ok_or_else(refused)?;
        // A name of its own is that of a folder, or refers to what lies elsewhere.
        if !space.path().ends_with(']') || around.contains(&space.number()) || around.len() > DEPTH {
            return Err(refused());
        }
        let around = [around, &[space.number()]].concat();
        let inner = |reference: &Reference| self.notation_of(reference, &around);
        let notation = Notation { context: &self.context, reference: &inner };
        let mut lines = Vec::new();
        for (symbol, binding) in space.bindings() {
            self.context.poll()?;
            let name = space.workspace.name(symbol);
            match (name, binding) {
                (Some(name), Binding::Array(value)) => lines.push(format!(" {name}: {}\n", notation.write(&value)?)),
                (_, Binding::Unset) => {}
                _ => return Err(refused()),
            }
        }
        lines.sort();
        Ok(if lines.is_empty() { "()".into() } else { format!("(\n{})", lines.concat()) })
    }

    /// An array in array notation: the file that it was read from, if that still gives the same.
    fn array_bytes(&self, space: &Rc<Space>, symbol: u32, value: &Value) -> Result<Vec<u8>> {
        let reference = |reference: &Reference| self.notation_of(reference, &[]);
        let notation = Notation { context: &self.context, reference: &reference };
        let text = notation.write(value)?;
        if let Some(source) = space.source_of(symbol)
            && let Some(file) = source.origin.as_ref().and_then(|origin| origin.file.as_ref())
            && let Ok(before) = self.array_value(space, &source)
            && notation.write(&before)? == text
        {
            return Ok(file.bytes.clone());
        }
        Ok((text + "\n").into_bytes())
    }
}

/// The extension and the bytes of a file for a text: those of the file that it was read from, if that holds nothing
/// else but comments.
fn whole(extension: &'static str, source: &Source, text: String) -> (&'static str, Vec<u8>) {
    let holds_only = |file: &&Rc<File>| {
        let content = String::from_utf8_lossy(&file.bytes).replace("\r\n", "\n").replace('\r', "\n");
        let rest = content.trim_start_matches('\u{feff}').split_once(text.trim());
        let says_nothing = |line: &str| matches!(line.trim().chars().next(), None | Some('⍝' | '∇'));
        rest.is_some_and(|(before, after)| before.lines().chain(after.lines()).all(says_nothing))
    };
    match source.origin.as_ref().and_then(|origin| origin.file.as_ref()).filter(holds_only) {
        Some(file) => (if file.name.ends_with(".dyalog") { "dyalog" } else { extension }, file.bytes.clone()),
        None => (extension, (text + "\n").into_bytes()),
    }
}
