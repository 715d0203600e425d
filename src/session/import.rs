//! Source in files: functions, namespaces and arrays, one in a file, and folders of them, which become namespaces.
//!
//! The layout is that of Dyalog's Link: `.aplf` a function, `.aplo` an operator, `.apln` a namespace, `.apla` an array in
//! array notation, `.dyalog` any but an array.

use std::path::Path;
use std::rc::Rc;

use rustix::fs::FileType;

use super::Session;
use super::commands::{Reply, refused};
use super::derived::Assignment;
use crate::array::Value;
use crate::code::definition::Source;
use crate::error::{Fault, Result};
use crate::host::{self, Access, Host};
use crate::names::{Binding, Space, namespace_of};
use crate::system::files;
use crate::system::script::Requiring;
use crate::vm::Shown;
use crate::vm::script::Manner;

/// What became of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// What is worth to be told, a line each.
    pub warnings: Vec<String>,
    /// What could not be imported and why, a line each.
    pub errors: Vec<String>,
}

impl Imported {
    /// Notes the name that a file has defined, or what is wrong with it.
    fn note(&mut self, file: &File, made: Result<Option<Rc<str>>>) {
        match made {
            Ok(Some(other)) if *other != *stem(&file.name) => {
                self.warnings.push(format!("{}: defines {other}, not {}", file.name, stem(&file.name)));
            }
            Ok(_) => {}
            Err(fault) => self.errors.push(complaint(&file.name, &fault)),
        }
    }
}

/// What a file holds. What needs nothing else comes first, so that the order of the files does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Function,
    Array,
    Space,
}

/// A file to be imported.
struct File {
    kind: Kind,
    name: String,
    space: Rc<Space>,
}

/// What a file holds, by its name; nothing if it is no source.
fn kind_of(name: &str) -> Option<Kind> {
    match Path::new(name).extension()?.to_str()? {
        "aplf" | "aplo" => Some(Kind::Function),
        "apla" => Some(Kind::Array),
        "apln" | "dyalog" => Some(Kind::Space),
        _ => None,
    }
}

/// The name of a file without folder and extension.
fn stem(name: &str) -> &str {
    Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name)
}

impl Session {
    /// `]import path`, `]import space path`.
    pub(super) fn import_command(&mut self, words: &[&str]) -> Reply {
        let (space, path) = match words {
            [path] => (self.current_space(), *path),
            [space, path] => {
                self.create_space(Some(space))?;
                match self.eval(space).ok().and_then(|value| namespace_of(&self.root, &Binding::Array(value))) {
                    Some(space) => (space, *path),
                    None => return refused(format!("{space} is no namespace")),
                }
            }
            _ => return refused("]import takes a file or a folder, perhaps behind the name of a namespace"),
        };
        let host = self.context.host.clone();
        let imported = self.import(&host, path, &space);
        let reply: String = imported.warnings.iter().map(|line| format!("{line}\n")).collect();
        match imported.errors.is_empty() {
            true => Ok(reply + &format!("Imported: {} ← {path}\n", space.path())),
            false => refused(reply + &imported.errors.join("\n")),
        }
    }

    /// Imports a file or a folder into the namespace that the session is in.
    pub(crate) fn load(&mut self, host: &Host, path: &str) -> Imported {
        let space = self.current_space();
        self.import(host, path, &space)
    }

    fn import(&mut self, host: &Host, path: &str, space: &Rc<Space>) -> Imported {
        let mut imported = Imported::default();
        let mut files = Vec::new();
        match self.guarded(|session| session.find(host, path, space, &mut imported)) {
            Ok(found) => files = found,
            Err(fault) => imported.errors.push(fault.in_one_line()),
        }
        files.sort_by_key(|file| file.kind);
        let mut requiring = Requiring::new(host).made(Manner { replaces: true, ..Manner::default() });
        // Derived functions come last, because they are made of others.
        let mut derived = Vec::new();
        for file in &files {
            if !requiring.begin(&file.name, &file.space) {
                continue;
            }
            let source = match files::text::source(&self.context, host, &file.name) {
                Ok(source) => source,
                Err(fault) => {
                    imported.errors.push(complaint(&file.name, &fault));
                    continue;
                }
            };
            match Assignment::new(&source.text).filter(|_| file.kind == Kind::Function) {
                Some(assignment) => derived.push((file, source, assignment)),
                None => {
                    let made = self.guarded(|session| session.import_file(file, source, &mut requiring));
                    imported.note(file, made);
                }
            }
        }
        for (file, source, assignment) in derived {
            let made = self.guarded(|session| session.assign(&file.space, &assignment, source));
            imported.note(file, made.map(Some));
        }
        imported
    }

    /// The files of a folder and of the folders in it, for which namespaces are made; or the file.
    fn find(&self, host: &Host, path: &str, space: &Rc<Space>, imported: &mut Imported) -> Result<Vec<File>> {
        let is_folder = |kind: Option<FileType>| kind.is_some_and(|kind| kind.is_dir());
        let kind = host::kind(&host.place(path, Access::Read)?)?;
        if !is_folder(kind) {
            let kind = kind_of(path).unwrap_or(Kind::Space);
            return Ok(vec![File { kind, name: path.to_owned(), space: space.clone() }]);
        }
        let mut files = Vec::new();
        let mut work = vec![(path.trim_end_matches('/').to_owned(), space.clone())];
        while let Some((folder, space)) = work.pop() {
            let place = host.place(&folder, Access::Read)?;
            for name in self.context.watched(|watch| host::list(&place, watch))? {
                let whole = format!("{folder}/{name}");
                if name == ".linkconfig" {
                    imported.warnings.push(format!("{whole}: not read"));
                } else if name.starts_with('.') {
                    continue;
                } else if let Some(kind) = kind_of(&name) {
                    files.push(File { kind, name: whole, space: space.clone() });
                } else if is_folder(host::kind(&host.link(&whole, Access::Read)?)?) {
                    match self.space_within(&space, &name) {
                        Ok(inner) => work.push((whole, inner)),
                        Err(fault) => imported.errors.push(format!("{whole}: {}", fault.in_one_line())),
                    }
                }
            }
        }
        Ok(files)
    }

    /// The namespace with a name in another one, which is made if there is none.
    fn space_within(&self, outer: &Rc<Space>, name: &str) -> Result<Rc<Space>> {
        if !super::spaces::is_path(name) || name.contains(['.', '#', '⎕']) {
            return Err(Fault::domain().because("Not a name"));
        }
        let symbol = outer.symbol(&name.into());
        if let Some(space) = namespace_of(outer, &outer.get(symbol)) {
            return Ok(space);
        }
        let (space, reference) = outer.child(&self.context, Some(name))?;
        drop(outer.set(symbol, Binding::Array(reference.into())));
        Ok(space)
    }

    /// Imports the text of a file; gives the first name that it defines, but for arrays.
    fn import_file(&self, file: &File, source: Source, requiring: &mut Requiring) -> Result<Option<Rc<str>>> {
        if file.kind == Kind::Array {
            return self.array(&file.space, stem(&file.name), source).map(|()| None);
        }
        let names = requiring.objects(&self.context, &file.space, &source)?;
        Ok(names.into_iter().next())
    }

    /// Gives a name the value of a text in array notation.
    pub(super) fn array(&self, space: &Rc<Space>, name: &str, source: Source) -> Result<()> {
        let source = Rc::new(source);
        let value = self.array_value(space, &source)?;
        let symbol = space.symbol(&name.into());
        drop(space.set(symbol, Binding::Array(value)));
        space.note_source(symbol, source);
        Ok(())
    }

    /// The value of a text in array notation.
    pub(super) fn array_value(&self, space: &Rc<Space>, source: &Rc<Source>) -> Result<Value> {
        let body = source.parse(&self.context, &source.text)?;
        let mut value = None;
        for statement in &body.statements {
            value = match self.evaluator(space, source).statement(statement)? {
                Shown::Value(value) | Shown::Shy(value) => Some(value),
                _ => None,
            };
        }
        value.ok_or_else(Fault::value)?.settled(self.context.memory())
    }
}

/// File, line and what is wrong there.
fn complaint(name: &str, fault: &Fault) -> String {
    let file = fault.place().and_then(|place| place.file.as_deref());
    format!("{}: {}", file.unwrap_or(name), fault.in_one_line())
}
