//! `⎕NCOPY` and `⎕NMOVE`.

use super::names::{Names, matching, parts, remove_whole};
use super::progress::Progress;
use crate::array::{Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access, IfExists, Place};
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
            let sources = self.sources(name)?;
            for source in &sources {
                each(source, &self.target(source)?)?;
            }
            Ok(sources.len())
        })?;
        self.context.shy.set(true);
        Ok(results)
    }

    /// The files and folders that a name stands for.
    fn sources(&self, name: &str) -> Result<Vec<String>> {
        if self.wildcard { matching(self.context, name) } else { Ok(vec![name.to_owned()]) }
    }

    /// Counts what is to be done, if the option `ProgressCallback` wants it: each source; if `whole`, with all files in it.
    fn scan(&self, progress: &mut Option<Progress>, whole: bool) -> Result<()> {
        let Some(progress) = progress.as_mut() else { return Ok(()) };
        if !progress.scans()? {
            return Ok(());
        }
        for name in &self.names.names {
            let mut work = self.sources(name)?;
            while let Some(name) = work.pop() {
                self.context.poll()?;
                progress.found(&name)?;
                if whole {
                    let within = content(self.context, &self.context.host.place(&name, Access::Read)?)?;
                    work.extend(within.unwrap_or_default().iter().map(|inner| format!("{name}/{inner}")));
                }
            }
        }
        progress.scanned();
        Ok(())
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
    let mut progress = Progress::start(call, "⎕NCOPY")?;
    request.scan(&mut progress, true)?;
    let results = request.all(|from, to| {
        copy_whole(call.context, from, to, existing, alike, |name| match &mut progress {
            Some(progress) => progress.copied(name),
            None => Ok(()),
        })
    })?;
    progress.map_or(Ok(()), Progress::end)?;
    call.context.shy.set(true);
    Ok(results)
}

/// The names of what is in a folder; nothing if it is no folder.
fn content(context: &Context, place: &Place) -> Result<Option<Vec<String>>> {
    if !host::kind(place)?.is_some_and(|kind| kind.is_dir()) {
        return Ok(None);
    }
    context.watched(|watch| host::list(place, watch)).map(Some)
}

/// Copies a file, or a folder with all that is in it; calls `copied` for each.
fn copy_whole(
    context: &Context,
    from: &str,
    to: &str,
    existing: Existing,
    alike: bool,
    mut copied: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    if host::is_within(to, from) {
        return Err(Fault::new(ErrorKind::FileName).because(format!("{to}: Within {from}")));
    }
    let mut work = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = work.pop() {
        context.poll()?;
        let (source, target) = (context.host.place(&from, Access::Read)?, context.host.place(&to, Access::Write)?);
        let there = host::kind(&target)?;
        if let Some(within) = content(context, &source)? {
            if there.is_none() {
                host::make_folder(&target)?;
            } else if there.is_some_and(|kind| !kind.is_dir()) {
                return Err(Fault::new(ErrorKind::FileName).because(format!("{to}: Not a directory")));
            }
            work.extend(within.iter().map(|name| (format!("{from}/{name}"), format!("{to}/{name}"))));
            copied(&from)?;
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
        copied(&from)?;
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
    let mut progress = Progress::start(call, "⎕NMOVE")?;
    request.scan(&mut progress, false)?;
    let results = request.all(|from, to| {
        let (source, target) = (context.host.link(from, Access::Change)?, context.host.link(to, Access::Write)?);
        match host::try_rename(&source, &target, IfExists::Error) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && skips => {}
            Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices && !only => {
                copy_whole(context, from, to, Existing::Error, true, |_| Ok(()))?;
                remove_whole(context, from)?;
            }
            Err(error) => return Err(host::failed(from, "move file", error)),
        }
        progress.as_mut().map_or(Ok(()), |progress| progress.copied(from))
    })?;
    progress.map_or(Ok(()), Progress::end)?;
    context.shy.set(true);
    Ok(results)
}
