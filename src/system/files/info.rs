//! `⎕NINFO`: what the system knows of files.

use rustix::fs::{FileType, Stat};

use super::names::{folder, matches};
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access, Place};
use crate::system::Call;
use crate::system::date;
use crate::system::growing::{Items, characters};

/// The options of `⎕NINFO`.
pub const OPTIONS: &[&str] = &["Wildcard", "Recurse", "Follow"];

/// A file to tell about.
enum File {
    Named(String),
    Tied(i64),
}

/// How names are looked for.
struct Search {
    wildcard: bool,
    /// How many levels of folders below; none where folders are not searched.
    levels: Option<usize>,
    /// Whether folders that cannot be read are passed over.
    lenient: bool,
    follow: bool,
}

/// `⎕NINFO files`, `properties ⎕NINFO files`: properties of files: 0 name, 1 type, 2 size and others. Dyalog: Native File
/// Information.
pub fn info(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let wanted = left.unwrap_or(Value::Int(0));
    let properties = convert::ints(memory, &wanted.array(memory)?)?;
    let search = Search::new(call)?;
    let (files, single) = files(context, &right)?;
    let mut found = Vec::new();
    for file in files {
        match file {
            File::Named(name) => search.find(context, &name, &mut found)?,
            tied => found.push(tied),
        }
    }
    let searched = search.wildcard || search.levels.is_some();
    let single = single && !searched;
    let mut columns: Vec<Items> = properties.iter().map(|_| Items::new(context)).collect();
    for file in &found {
        context.poll()?;
        let known = match Known::new(context, file, search.follow) {
            // A link that was found, but leads nowhere or out of what may be read.
            Err(fault) if searched && search.follow && !fault.kind().is_circumstance() => {
                Known::new(context, file, false)
            }
            known => known,
        };
        let known = match known {
            Ok(known) => known,
            // It was there when the names were looked for, but is no more.
            Err(fault) if searched && fault.kind() == ErrorKind::FileName => continue,
            Err(fault) => return Err(fault),
        };
        for (property, column) in properties.iter().zip(&mut columns) {
            column.push(known.property(context, *property)?)?;
        }
    }
    let mut items = Items::new(context);
    for column in columns {
        items.push(match single {
            true => column.into_vec().pop().ok_or_else(|| Fault::internal("no file"))?,
            false => column.into_value(context.text("")?)?,
        })?;
    }
    Ok(Array::from_items(memory, wanted.shape(), items.into_vec(), || Value::Int(0))?.into())
}

/// A name, a tie number, or a vector of both; and whether it is one by itself.
fn files(context: &Context, value: &Value) -> Result<(Vec<File>, bool)> {
    let memory = context.memory();
    let one = |value: &Value| match value.kind().is_numeric() && value.count() == 1 {
        true => convert::int(value).map(File::Tied),
        false => convert::text(memory, value).map(File::Named),
    };
    match value.array(memory)? {
        Array::Char(_) => Ok((vec![one(value)?], true)),
        array if array.rank() == 0 && array.kind().is_numeric() => Ok((vec![one(value)?], true)),
        array if array.rank() == 1 => Ok((array.items().map(|item| one(&item)).collect::<Result<_>>()?, false)),
        _ => Err(Fault::rank()),
    }
}

impl Search {
    fn new(call: &Call) -> Result<Search> {
        let memory = call.context.memory();
        let unfit = || Fault::domain().with_detail("the option Recurse is 0, 1 or 2, perhaps with a number of levels");
        let recurse = call.options.get("Recurse").map(|value| convert::int_vec(memory, value)).transpose()?;
        let (levels, lenient) = match recurse.as_deref() {
            None | Some([0]) => (None, false),
            Some([how @ (1 | 2)]) | Some([how @ (1 | 2), -1]) => (Some(usize::MAX), *how == 2),
            Some([how @ (1 | 2), levels]) => (Some(usize::try_from(*levels).map_err(|_| unfit())?), *how == 2),
            Some(_) => return Err(unfit()),
        };
        let follow = match call.options.get("Follow") {
            None => true,
            Some(_) => super::flag(call, "Follow")?,
        };
        Ok(Search { wildcard: super::flag(call, "Wildcard")?, levels, lenient, follow })
    }

    /// The files with a name, or that match it.
    fn find(&self, context: &Context, name: &str, found: &mut Vec<File>) -> Result<()> {
        if !self.wildcard && self.levels.is_none() {
            found.push(File::Named(name.to_owned()));
            return Ok(());
        }
        let (path, last) = name.split_at(name.rfind('/').map_or(0, |slash| slash + 1));
        let mut work = vec![(path.to_owned(), 0)];
        while let Some((path, level)) = work.pop() {
            context.poll()?;
            let names = match folder(context, &path) {
                Ok(names) => names,
                Err(_) if self.lenient && level > 0 => continue,
                Err(fault) => return Err(fault),
            };
            let mut within = Vec::new();
            for name in names {
                let whole = format!("{path}{name}");
                if self.levels.is_some_and(|levels| level < levels)
                    && host::kind(&context.host.link(&whole, Access::Read)?)?.is_some_and(|kind| kind.is_dir())
                {
                    within.push((whole.clone() + "/", level + 1));
                }
                if if self.wildcard { matches(last, &name) } else { last == name } {
                    context.memory().check((found.len() + 1) * 256)?;
                    found.push(File::Named(whole));
                }
            }
            work.extend(within.into_iter().rev());
        }
        Ok(())
    }
}

/// What is known of a file.
struct Known {
    name: String,
    place: Place,
    stat: Stat,
    position: u64,
}

impl Known {
    fn new(context: &Context, file: &File, follow: bool) -> Result<Known> {
        let (name, position) = match file {
            File::Named(name) => (name.clone(), 0),
            File::Tied(number) => {
                let mut ties = context.ties.borrow_mut();
                let tie = ties.get(*number)?;
                (tie.name.clone(), tie.position())
            }
        };
        let place = match follow {
            true => context.host.place(&name, Access::Read)?,
            false => context.host.link(&name, Access::Read)?,
        };
        let stat = place.stat().map_err(|error| host::failed(&name, "find file", error))?;
        Ok(Known { name, place, stat, position })
    }

    fn property(&self, context: &Context, property: i64) -> Result<Value> {
        let stat = &self.stat;
        let time = |seconds: i128, nanos: i128| seconds * 1_000_000_000 + nanos;
        let modified = time(stat.st_mtime.into(), stat.st_mtime_nsec.into());
        let accessed = time(stat.st_atime.into(), stat.st_atime_nsec.into());
        let changed = time(stat.st_ctime.into(), stat.st_ctime_nsec.into());
        let base = self.name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        Ok(match property {
            0 => characters(context, &self.name)?,
            1 => Value::Int(match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory => 1,
                FileType::RegularFile => 2,
                FileType::CharacterDevice => 3,
                FileType::Symlink => 4,
                FileType::BlockDevice => 5,
                FileType::Fifo => 6,
                FileType::Socket => 7,
                _ => 0,
            }),
            2 => convert::scalar(stat.st_size as f64),
            3 => date::stamp(context, modified)?,
            4 => characters(context, &stat.st_uid.to_string())?,
            5 => characters(context, &host::user_name(stat.st_uid))?,
            6 => Value::Bool(base.starts_with('.') && base != "." && base != ".."),
            7 => characters(context, &self.place.target().unwrap_or_default())?,
            8 => convert::scalar(self.position as f64),
            9 => date::stamp(context, accessed)?,
            10 => date::stamp(context, changed)?,
            11 => Value::Bool(self.place.allows(false)),
            12 => Value::Bool(self.place.allows(true)),
            13 => date::number(modified),
            14 => date::number(accessed),
            15 => date::number(changed),
            _ => Arr::<i32>::new(context.memory(), &[0], Vec::new())?.into(),
        })
    }
}
