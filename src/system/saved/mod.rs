//! Workspaces in files: `)save`, `)load`, `)copy`, `⎕SAVE`.
//!
//! A workspace is a text, `NAME.zws`, and where it has large arrays also a data file beside it, `NAME.CHECK.zwd`, which the
//! text names. `CHECK` is a checksum of the data, so that a new data file never takes the place of one that a text on the
//! disk still needs: the data is written first, then the text replaces the old one, then the old data is removed.
//!
//! ```text
//! ⍝ zilde workspace 1
//! :Data NAME.1b2c3d4e.zwd 1024
//! :Workspace
//! ⎕LX←'main'
//! :Space 1 #
//! ⎕IO←0
//! ∇ r←f x
//! …
//! ∇
//! mean←+⌿÷≢
//! small←1 2 3
//! inner←⎕SE.⍙3
//! :Large big 1 ⍝ 1000 1000
//! :Space 2 1 util ⍝ #.util
//! :Space 3 2 - ⍝ #.util.[Namespace]
//! :End
//! ```
//!
//! Each namespace is a section: its number, that of the namespace around it, and the name that it has there; `-` stands for
//! none, and a third word `loose` says that it was made with that name, but the name stands for it no more. A section has
//! definitions and assignments, which are evaluated in the namespace with the defaults of all system variables. In them a
//! namespace is called `⎕SE.⍙` and its number. `:Define NAME NUMBER` stands before a definition that belongs to another
//! namespace, or has another name in its header. `:Large NAME K` gives the name the `K`th array of the data file.

pub mod codec;
mod read;
mod write;

use std::rc::Rc;
use std::sync::Arc;

use crate::array::reference::{Code, Represented};
use crate::array::{Array, Value, convert};
use crate::context::{After, Context};
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access};
use crate::names::Space;
use crate::system::{Call, monadic};

pub use read::{Copied, copy, load, restore};

/// The end of the name of a workspace's file.
pub const EXTENSION: &str = ".zws";
/// The end of the name of its data file.
const DATA: &str = ".zwd";
/// The first line.
const MARK: &str = "⍝ zilde workspace 1";
/// The beginning of a data file.
const DATA_MARK: &[u8] = b"zilde data 1\n";
/// The system variables that each namespace has.
const OF_SPACES: &[&str] = &["IO", "ML", "CT", "DIV", "PP", "FR", "DCT", "WX", "PATH"];
/// Those that the workspace has.
const OF_WORKSPACE: &[&str] = &["RL", "LX", "USING", "TRAP"];

/// The file of a workspace.
pub fn file_of(name: &str) -> String {
    let name = name.trim_matches('"');
    if name.ends_with(EXTENSION) { name.to_owned() } else { format!("{name}{EXTENSION}") }
}

/// The name of a workspace without what all their files end with.
pub fn name_of(name: &str) -> String {
    let name = name.trim_matches('"');
    name.strip_suffix(EXTENSION).unwrap_or(name).to_owned()
}

/// Folder (with its slash) and last part of a path.
fn split(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |at| at + 1))
}

/// Whether there is a file of that workspace.
pub fn exists(context: &Context, name: &str) -> Result<bool> {
    Ok(host::kind(&context.host.place(&file_of(name), Access::Read)?)?.is_some())
}

/// Saves a workspace; gives the names that could not be saved.
pub fn save(context: &Context, root: &Rc<Space>, name: &str) -> Result<Vec<String>> {
    let file = file_of(name);
    let (folder, last) = split(&file);
    let stem = last.strip_suffix(EXTENSION).unwrap_or(last);
    if stem.is_empty() {
        return Err(Fault::new(ErrorKind::FileName).because("A workspace needs a name"));
    }
    let written = write::write(context, root)?;
    let mut text = format!("{MARK}\n");
    let mut data_name = None;
    if !written.data.is_empty() {
        let data = format!("{stem}.{:08x}{DATA}", crc32fast::hash(&written.data));
        text += &format!(":Data {data} {}\n", written.data.len());
        let place = context.host.place(&format!("{folder}{data}"), Access::Write)?;
        context.watched(|watch| host::replace_lastingly(&place, &written.data, watch))?;
        data_name = Some(data);
    }
    text += &written.text;
    let place = context.host.place(&file, Access::Write)?;
    context.watched(|watch| host::replace_lastingly(&place, text.as_bytes(), watch))?;
    // Data files of earlier versions that cannot be removed do no harm.
    let _ = remove_data(context, folder, stem, data_name.as_deref());
    Ok(written.unsaved)
}

/// The object representation of a namespace: all that is in it, as a workspace has it in its files.
pub fn snapshot(context: &Context, space: &Rc<Space>, name: Arc<str>) -> Result<Code> {
    let written = write::write_space(context, space)?;
    let definition = format!("{MARK}\n{}", written.text).into();
    Ok(Code { name, definition, form: Represented::Space(written.data.into()) })
}

/// Removes the files of a workspace.
pub fn erase(context: &Context, name: &str) -> Result<()> {
    let file = file_of(name);
    let (folder, last) = split(&file);
    host::remove(&context.host.link(&file, Access::Write)?)?;
    let _ = remove_data(context, folder, last.strip_suffix(EXTENSION).unwrap_or(last), None);
    Ok(())
}

/// Removes the data files of a workspace but one.
fn remove_data(context: &Context, folder: &str, stem: &str, keep: Option<&str>) -> Result<()> {
    let place = context.host.place(if folder.is_empty() { "." } else { folder }, Access::Read)?;
    for other in context.watched(|watch| host::list(&place, watch))? {
        let check = other.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.'));
        let check = check.and_then(|rest| rest.strip_suffix(DATA));
        let is_data = check.is_some_and(|check| check.len() == 8 && check.bytes().all(|b| b.is_ascii_hexdigit()));
        if is_data && keep != Some(&*other) {
            host::remove(&context.host.link(&format!("{folder}{other}"), Access::Write)?)?;
        }
    }
    Ok(())
}

/// The names of the workspaces in a folder.
pub fn list(context: &Context, folder: &str) -> Result<Vec<String>> {
    let place = context.host.place(if folder.is_empty() { "." } else { folder }, Access::Read)?;
    let names = context.watched(|watch| host::list(&place, watch))?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(EXTENSION)).map(str::to_owned).collect())
}

/// `⎕SAVE name`, `0 ⎕SAVE name`: saves the workspace; 1. Functions that are running are not part of it. Dyalog: Save
/// Workspace.
pub fn save_function(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    if let Some(left) = left {
        convert::bools(context.memory(), &left.array(context.memory())?)?;
    }
    let name = convert::text(context.memory(), &right)?;
    let root = call.space.workspace.root().ok_or_else(|| Fault::internal("no root"))?;
    save(context, &root, &name)?;
    *context.name.borrow_mut() = name_of(&name);
    Ok(Value::Bool(true))
}

/// `⎕LOAD name`: ends all that is running and loads a workspace. Dyalog: Load Workspace.
pub fn load_function(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let name = convert::text(context.memory(), &right)?;
    // A workspace that is not there or not complete changes nothing.
    read::document(context, &name)?;
    leave(context, After::Load(name))
}

/// `⎕CLEAR`: ends all that is running and clears the workspace.
pub fn clear(context: &Context) -> Result<Value> {
    leave(context, After::Clear)
}

fn leave(context: &Context, after: After) -> Result<Value> {
    *context.after.borrow_mut() = Some(after);
    // An interrupt with a text of its own, which nothing catches.
    Err(Fault::new(ErrorKind::Interrupt).because("the workspace is left"))
}

/// What `⎕CY` copies from a saved workspace: the names, or all; a shy empty list. DOMAIN ERROR for what is not there.
pub fn copy_function(call: &Call, names: Option<&[String]>, path: &str) -> Result<Value> {
    let context = call.context;
    let names: Vec<&str> = names.unwrap_or_default().iter().map(String::as_str).collect();
    let copied = copy(context, call.space, path, &names, false)?;
    if let Some(missing) = copied.missing.first() {
        return Err(Fault::domain().with_detail(format!("{missing} is not in {path}")));
    }
    context.shy.set(true);
    let empty = context.text("")?;
    Ok(Array::from_items(context.memory(), &[0], Vec::new(), || empty)?.into())
}
