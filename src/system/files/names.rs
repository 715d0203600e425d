//! File names: their parts, whether there is a file, making folders and removing files.

use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access};
use crate::system::growing::{Items, characters};
use crate::system::{Call, monadic};

/// The option of `⎕NEXISTS` and `⎕NDELETE`.
pub const WILDCARD: &[&str] = &["Wildcard"];
/// The option of `⎕MKDIR`; the empty word is the principal one, which it does not have.
pub const MKDIR_OPTIONS: &[&str] = &["", "Unique"];

/// Names, and whether it is one by itself.
pub struct Names {
    /// The names.
    pub names: Vec<String>,
    /// Whether the value was a name and not a vector of names.
    pub single: bool,
}

impl Names {
    /// A name, or a vector of names.
    pub fn new(context: &Context, value: &Value) -> Result<Names> {
        let memory = context.memory();
        match value.array(memory)? {
            Array::Nested(items) if items.rank() == 1 => {
                let names = items.as_slice().iter().map(|item| convert::text(memory, item)).collect::<Result<_>>()?;
                Ok(Names { names, single: false })
            }
            _ => Ok(Names { names: vec![convert::text(memory, value)?], single: true }),
        }
    }

    /// The results of a function for each name: of one name a scalar.
    pub fn results(&self, context: &Context, mut each: impl FnMut(&str) -> Result<usize>) -> Result<Value> {
        let mut results = context.memory().vec(self.names.len())?;
        for name in &self.names {
            context.poll()?;
            results.push(each(name)? as i32);
        }
        match (self.single, &results[..]) {
            (true, [result]) => Ok(Value::Int(*result)),
            _ => Ok(Arr::new(context.memory(), &[results.len()], results)?.into()),
        }
    }
}

/// A name taken apart: folder with its slash, base name, extension with its dot.
pub fn parts(name: &str) -> (&str, &str, &str) {
    let (path, last) = name.split_at(name.rfind('/').map_or(0, |slash| slash + 1));
    match last.rfind('.') {
        Some(dot) if last != "." && last != ".." => (path, &last[..dot], &last[dot..]),
        _ => (path, last, ""),
    }
}

/// A name with random letters and digits behind its base name.
pub fn unique(name: &str) -> String {
    let (path, base, extension) = parts(name);
    format!("{path}{base}{}{extension}", host::unique_name().replace('-', ""))
}

/// `⎕NPARTS names`: folder, base name and extension of each. With 1 as left argument, names are made absolute first.
/// Dyalog: File Name Parts.
pub fn split(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let absolute = match left.as_ref().map(convert::int).transpose()? {
        None | Some(0) => false,
        Some(1) => true,
        Some(_) => return Err(Fault::domain().with_detail("the left argument of ⎕NPARTS is 0 or 1")),
    };
    let names = Names::new(context, &right)?;
    let mut all = Items::new(context);
    for name in &names.names {
        let whole = if absolute { normalised(context, name)? } else { name.clone() };
        let (path, base, extension) = parts(&whole);
        let items = [path, base, extension].map(|part| characters(context, part));
        let items = items.into_iter().collect::<Result<Vec<Value>>>()?;
        all.push(Array::from_items(memory, &[3], items, || Value::Char(' '))?.into())?;
    }
    match names.single {
        true => all.into_vec().pop().ok_or_else(|| Fault::internal("no name")),
        false => all.into_value(context.text("")?),
    }
}

/// An absolute name without `.` and superfluous slashes; `..` stays, as it may stand behind a link.
fn normalised(context: &Context, name: &str) -> Result<String> {
    let mut whole = String::new();
    if !name.starts_with('/') {
        whole = host::name_of(&context.host.folder()?);
    }
    for part in name.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if !whole.ends_with('/') {
            whole.push('/');
        }
        whole += part;
    }
    if (name.is_empty() || name.ends_with('/') || whole.is_empty()) && !whole.ends_with('/') {
        whole.push('/');
    }
    Ok(whole)
}

/// Whether a name matches a pattern, in which `*` stands for any characters and `?` for one.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where the last star was met, and how much it stands for.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match &mut star {
                Some((at, met)) => {
                    *met += 1;
                    (p, n) = (*at + 1, *met);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// What is in a folder, given by its path with a slash, or without a name the present folder.
pub fn folder(context: &Context, path: &str) -> Result<Vec<String>> {
    let place = context.host.place(if path.is_empty() { "." } else { path }, Access::Read)?;
    context.watched(|watch| host::list(&place, watch))
}

/// The names of files that match a pattern.
pub fn matching(context: &Context, pattern: &str) -> Result<Vec<String>> {
    let (path, last) = pattern.split_at(pattern.rfind('/').map_or(0, |slash| slash + 1));
    let names = folder(context, path)?;
    Ok(names.iter().filter(|name| matches(last, name)).map(|name| format!("{path}{name}")).collect())
}

/// `⎕NEXISTS names`: whether there are files or folders with these names. Dyalog: Native File Exists.
pub fn exists(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let wildcard = super::flag(call, "Wildcard")?;
    let names = Names::new(context, &right)?;
    names.results(context, |name| {
        let found = match wildcard {
            true => !matching(context, name)?.is_empty(),
            false => !name.is_empty() && host::kind(&context.host.link(name, Access::Read)?)?.is_some(),
        };
        Ok(usize::from(found))
    })
}

/// The sum of 1 and 2 that a left argument is, 0 by default.
fn flags(left: Option<Value>) -> Result<(bool, bool)> {
    match left.as_ref().map(convert::int).transpose()?.unwrap_or(0) {
        flags @ 0..=3 => Ok((flags & 1 == 1, flags & 2 == 2)),
        _ => Err(Fault::domain().with_detail("the left argument is from 0 to 3")),
    }
}

/// `⎕NDELETE names`: removes files and empty folders. With 1 as left argument they need not exist, with 2 folders are removed
/// with all that is in them, with 3 both. Shy: how many each name removed. Dyalog: Native File Delete.
pub fn delete(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let (lenient, whole) = flags(left)?;
    let wildcard = super::flag(call, "Wildcard")?;
    let names = Names::new(context, &right)?;
    let results = names.results(context, |name| {
        let all = if wildcard { matching(context, name)? } else { vec![name.to_owned()] };
        let mut removed = 0;
        for name in &all {
            let place = context.host.link(name, Access::Write)?;
            if lenient && host::kind(&place)?.is_none() {
                continue;
            }
            if whole {
                remove_whole(context, name)?
            } else {
                host::remove(&place)?
            }
            removed += 1;
        }
        Ok(removed)
    })?;
    context.shy.set(true);
    Ok(results)
}

/// Removes a file, or a folder with all that is in it.
pub fn remove_whole(context: &Context, name: &str) -> Result<()> {
    // Folders come once to be emptied and once more to be removed.
    let mut work = vec![(name.to_owned(), false)];
    while let Some((name, emptied)) = work.pop() {
        context.poll()?;
        let place = context.host.link(&name, Access::Write)?;
        if emptied || host::kind(&place)?.is_none_or(|kind| !kind.is_dir()) {
            host::remove(&place)?;
            continue;
        }
        let within = context.watched(|watch| host::list(&place, watch))?;
        let path = name.trim_end_matches('/').to_owned();
        work.push((name, true));
        work.extend(within.into_iter().map(|inner| (format!("{path}/{inner}"), false)));
    }
    Ok(())
}

/// `⎕MKDIR names`: makes folders. With 1 as left argument they may exist, with 2 the folders that they are in are made too,
/// with 3 both. Shy: whether each was made; with the option Unique the names of those made. Dyalog: Make Directory.
pub fn make_folders(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let (lenient, parents) = flags(left)?;
    let names = Names::new(context, &right)?;
    let make = |name: &str| -> Result<bool> {
        if parents {
            let ends = name.trim_end_matches('/').match_indices('/').map(|(at, _)| at).filter(|&at| at > 0);
            for end in ends {
                let place = context.host.place(&name[..end], Access::Write);
                // What is above the folders that may be written exists.
                if let Ok(place) = place
                    && host::kind(&place)?.is_none()
                {
                    host::make_folder(&place)?;
                }
            }
        }
        let place = context.host.place(name, Access::Write)?;
        if lenient && host::kind(&place)?.is_some_and(|kind| kind.is_dir()) {
            return Ok(false);
        }
        host::make_folder(&place).map(|()| true)
    };
    let results = match super::flag(call, "Unique")? {
        false => names.results(context, |name| make(name).map(usize::from))?,
        true => {
            let mut made = Items::new(context);
            for name in &names.names {
                let name = unique(name);
                if !make(&name)? {
                    return Err(Fault::new(ErrorKind::FileName).because(format!("{name}: Already exists")));
                }
                made.push(characters(context, &name)?)?;
            }
            match names.single {
                true => made.into_vec().pop().ok_or_else(|| Fault::internal("no name"))?,
                false => made.into_value(context.text("")?)?,
            }
        }
    };
    context.shy.set(true);
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_patterns() {
        for (pattern, right, wrong) in [
            ("*", &["", "a", "a.b"][..], &[][..]),
            ("*.apl", &[".apl", "a.apl", "a.b.apl"], &["apl", "a.aplx"]),
            ("a?c*e", &["abce", "axcyye"], &["ace", "abc", "abcef"]),
            ("*a*b*", &["ab", "xaybz", "aab"], &["ba", "a"]),
            ("", &[""], &["a"]),
        ] {
            assert!(right.iter().all(|name| matches(pattern, name)), "{pattern}");
            assert!(!wrong.iter().any(|name| matches(pattern, name)), "{pattern}");
        }
    }

    #[test]
    fn names_have_parts() {
        for (name, wanted) in [
            ("/a/b.c/d.tar.gz", ("/a/b.c/", "d.tar", ".gz")),
            ("plain", ("", "plain", "")),
            ("a/..", ("a/", "..", "")),
            ("a/", ("a/", "", "")),
            (".", ("", ".", "")),
            ("x.", ("", "x", ".")),
        ] {
            assert_eq!(parts(name), wanted, "{name}");
        }
    }
}
