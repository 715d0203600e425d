//! `⎕NCOPY` and `⎕NMOVE`.

use super::names::{Names, matching, parts, remove_whole};
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access, IfExists};
use crate::system::Call;

/// The options of `⎕NCOPY`.
pub const COPY_OPTIONS: &[&str] = &["Wildcard", "IfExists", "PreserveAttributes", "ProgressCallback"];
/// The options of `⎕NMOVE`.
pub const MOVE_OPTIONS: &[&str] = &["Wildcard", "IfExists", "RenameOnly", "ProgressCallback"];

/// What is copied, and how.
struct Request<'a> {
    context: &'a Context,
    names: Names,
    to: String,
    /// Whether `to` is a folder, into which copies are put.
    into: bool,
    wildcard: bool,
}

impl<'a> Request<'a> {
    fn new(call: &Call<'a>, left: Option<Value>, right: &Value) -> Result<Request<'a>> {
        let context = call.context;
        if call.options.get("ProgressCallback").is_some() {
            return Err(Fault::nonce("the option ProgressCallback"));
        }
        let names = Names::new(context, right)?;
        let to = convert::text(context.memory(), &left.ok_or_else(Fault::syntax)?)?;
        let wildcard = super::flag(call, "Wildcard")?;
        let into = host::kind(&context.host.place(&to, Access::Write)?)?.is_some_and(|kind| kind.is_dir());
        if !into && (wildcard || !names.single) {
            let message = format!("{to}: Not an existing directory");
            return Err(Fault::new(ErrorKind::FileName).because(message));
        }
        Ok(Request { context, names, to, into, wildcard })
    }

    /// Calls `each` with every source and the name that it gets. Shy: how many sources each name stands for.
    fn all(&self, mut each: impl FnMut(&str, &str) -> Result<()>) -> Result<Value> {
        let results = self.names.results(self.context, |name| {
            let sources = if self.wildcard { matching(self.context, name)? } else { vec![name.to_owned()] };
            for source in &sources {
                each(source, &self.target(source)?)?;
            }
            Ok(sources.len())
        })?;
        self.context.shy.set(true);
        Ok(results)
    }

    fn target(&self, source: &str) -> Result<String> {
        if !self.into {
            return Ok(self.to.clone());
        }
        let (_, base, extension) = parts(source.trim_end_matches('/'));
        if ["", ".", ".."].contains(&base) && extension.is_empty() {
            let message = format!("{source}: Not to be put into a directory");
            return Err(Fault::new(ErrorKind::FileName).because(message));
        }
        Ok(format!("{}/{base}{extension}", self.to.trim_end_matches('/')))
    }
}

/// What is done about files that exist.
#[derive(Clone, Copy, PartialEq)]
enum Existing {
    Error,
    Skip,
    Replace,
    ReplaceIfNewer,
}

/// `to ⎕NCOPY from`: copies files, and folders with all that is in them, to a name or into a folder. Shy: how many each name
/// stands for. Dyalog: Native File Copy.
pub fn copy(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let request = Request::new(call, left, &right)?;
    let existing = match super::if_exists(call, &["Error", "Skip", "Replace", "ReplaceIfNewer"])? {
        "Skip" => Existing::Skip,
        "Replace" => Existing::Replace,
        "ReplaceIfNewer" => Existing::ReplaceIfNewer,
        _ => Existing::Error,
    };
    let alike = super::flag(call, "PreserveAttributes")?;
    request.all(|from, to| copy_whole(call.context, from, to, existing, alike))
}

/// Copies a file, or a folder with all that is in it.
fn copy_whole(context: &Context, from: &str, to: &str, existing: Existing, alike: bool) -> Result<()> {
    if host::is_within(to, from) {
        return Err(Fault::new(ErrorKind::FileName).because(format!("{to}: Within {from}")));
    }
    let mut work = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = work.pop() {
        context.poll()?;
        let (source, target) = (context.host.place(&from, Access::Read)?, context.host.place(&to, Access::Write)?);
        let there = host::kind(&target)?;
        if host::kind(&source)?.is_some_and(|kind| kind.is_dir()) {
            if there.is_none() {
                host::make_folder(&target)?;
            } else if there.is_some_and(|kind| !kind.is_dir()) {
                return Err(Fault::new(ErrorKind::FileName).because(format!("{to}: Not a directory")));
            }
            let within = context.watched(|watch| host::list(&source, watch))?;
            work.extend(within.iter().map(|name| (format!("{from}/{name}"), format!("{to}/{name}"))));
            continue;
        }
        let newer = || match (source.stat(), target.stat()) {
            (Ok(source), Ok(target)) => {
                (source.st_mtime, source.st_mtime_nsec) > (target.st_mtime, target.st_mtime_nsec)
            }
            _ => true,
        };
        let skipped = match existing {
            Existing::Skip => there.is_some(),
            Existing::ReplaceIfNewer => there.is_some() && !newer(),
            _ => false,
        };
        let exists = if existing == Existing::Error { IfExists::Error } else { IfExists::Replace };
        if !skipped {
            context.watched(|watch| host::copy(&source, &target, exists, alike, watch))?;
        }
    }
    Ok(())
}

/// `to ⎕NMOVE from`: moves files and folders to a name or into a folder. Shy: how many each name stands for. Dyalog: Native
/// File Move.
pub fn move_files(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let request = Request::new(call, left, &right)?;
    let skips = super::if_exists(call, &["Error", "Skip"])? == "Skip";
    let only = super::flag(call, "RenameOnly")?;
    request.all(|from, to| {
        let (source, target) = (context.host.link(from, Access::Change)?, context.host.link(to, Access::Write)?);
        match host::try_rename(&source, &target, IfExists::Error) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && skips => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices && !only => {
                copy_whole(context, from, to, Existing::Error, true)?;
                remove_whole(context, from)
            }
            Err(error) => Err(host::failed(from, "move file", error)),
        }
    })
}
