//! Component files: `⎕FCREATE ⎕FTIE ⎕FSTIE ⎕FREAD ⎕FAPPEND ⎕FREPLACE ⎕FDROP` and their like.

use super::names::parts;
use super::tied::numbers;
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::host::{self, Access, ComponentFile, Place};
use crate::system::names::matrix;
use crate::system::saved::codec;
use crate::system::{Call, monadic};

/// The options of `⎕FCREATE` and `⎕FCOPY`.
pub const OPTIONS: &[&str] = &["J", "C", "Z", "U", "S"];
/// The options of `⎕FCHK`.
pub const CHECK_OPTIONS: &[&str] = &["Repair", "Force", "Task"];
/// The extension of a name that has none.
const EXTENSION: &str = ".dcf";
/// The properties that can be set, and what they are at first.
const PROPERTIES: [(char, u8, u8); 4] = [('U', 1, 1), ('J', 1, 3), ('C', 1, 1), ('Z', 0, 1)];
/// Ticks of the times that components have.
const TICKS: f64 = 60.0;

fn shy(context: &Context, value: Value) -> Result<Value> {
    context.shy.set(true);
    Ok(value)
}

fn name(context: &Context, left: Option<Value>) -> Result<String> {
    convert::text(context.memory(), &left.ok_or_else(Fault::syntax)?)
}

/// A name with the extension of component files, unless it has one.
fn extended(name: &str) -> String {
    if parts(name).2.is_empty() { format!("{name}{EXTENSION}") } else { name.to_owned() }
}

/// The place of a file that is there: with the extension or, if there is no such file, as it is named.
fn existing(context: &Context, name: &str, access: Access) -> Result<Place> {
    let place = context.host.place(&extended(name), access)?;
    match host::kind(&place)? {
        None if extended(name) != name => context.host.place(name, access),
        _ => Ok(place),
    }
}

/// The number that a file is to be tied to: this one, or the first that is free. FILE TIE ERROR.
fn free(context: &Context, number: i64) -> Result<i32> {
    let ties = context.components.borrow();
    let used = |number: i32| ties.iter().any(|tie| tie.number == number);
    match i32::try_from(number) {
        Ok(0) => (1..i32::MAX).find(|&number| !used(number)).ok_or_else(Fault::limit),
        Ok(number) if number > 0 && !used(number) => Ok(number),
        Ok(number) if number > 0 => Err(tie_error(format!("{number} is the number of another file"))),
        _ => Err(Fault::domain().with_detail("tie numbers of component files are positive")),
    }
}

fn tie_error(detail: String) -> Fault {
    Fault::new(ErrorKind::from_number(18)).with_detail(detail.replace('-', "¯"))
}

/// Does something with the file that is tied to a number. FILE TIE ERROR.
fn with<T>(
    context: &Context,
    number: i64,
    work: impl FnOnce(&mut ComponentFile, host::Watch) -> Result<T>,
) -> Result<T> {
    let mut ties = context.components.borrow_mut();
    let tie = ties.iter_mut().find(|tie| i64::from(tie.number) == number);
    let tie = tie.ok_or_else(|| tie_error(format!("no file is tied to {number}")))?;
    context.watched(|watch| work(tie, watch))
}

/// Adds a tied file; its number, shy unless 0 asked for it.
fn add(context: &Context, asked: i64, tied: ComponentFile) -> Result<Value> {
    let number = tied.number;
    context.components.borrow_mut().push(tied);
    context.shy.set(asked != 0);
    Ok(Value::Int(number))
}

/// Sets the properties that options of a call give; the principal option, the journaling level, sets the checksum too.
fn set_options(call: &Call, tied: &mut ComponentFile) -> Result<()> {
    let mut all = properties(call.context, tied)?;
    let mut changed = false;
    for (at, (letter, _, most)) in PROPERTIES.into_iter().enumerate() {
        if let Some(value) = call.options.get(&letter.to_string()) {
            all[at] = property(value, most)?;
            changed = true;
            if letter == 'J' {
                all[2] = u8::from(all[at] > 0);
            }
        }
    }
    match changed {
        true => call.context.watched(|watch| tied.set_properties(&all, watch)),
        false => Ok(()),
    }
}

fn property(value: &Value, most: u8) -> Result<u8> {
    let number = u8::try_from(convert::int(value)?).ok().filter(|&number| number <= most);
    number.ok_or_else(|| Fault::domain().with_detail(format!("the property is from 0 to {most}")))
}

fn properties(context: &Context, tied: &mut ComponentFile) -> Result<[u8; 4]> {
    let known = context.watched(|watch| tied.properties(watch))?;
    let usual = PROPERTIES.map(|(_, usual, _)| usual);
    Ok(known.and_then(|known| known.try_into().ok()).unwrap_or(usual))
}

/// `name ⎕FCREATE number`: makes a file and ties it exclusively. Dyalog: File Create.
pub fn create(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let left = left.ok_or_else(Fault::syntax)?;
    let (name, limit) = match left.array(memory)? {
        Array::Nested(items) if items.rank() == 1 && (1..=2).contains(&items.len()) => {
            let limit = items.as_slice().get(1).map(convert::int).transpose()?;
            (convert::text(memory, &items.as_slice()[0])?, limit)
        }
        _ => (convert::text(memory, &left)?, None),
    };
    let asked = numbers(context, &right, 1, 2)?;
    if asked.get(1).is_some_and(|span| *span != 64) {
        return Err(Fault::domain().with_detail("the span of a component file is 64"));
    }
    let number = free(context, asked[0])?;
    let place = context.host.place(&extended(&name), Access::Change)?;
    let mut tied = context.watched(|watch| ComponentFile::create(&place, number, watch))?;
    set_options(call, &mut tied)?;
    if let Some(limit) = limit {
        let limit = u64::try_from(limit).map_err(|_| Fault::domain())?;
        context.watched(|watch| tied.set_limit(limit, watch))?;
    }
    add(context, asked[0], tied)
}

fn tie_as(call: &Call, left: Option<Value>, right: &Value, exclusive: bool) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, right, 1, 2)?;
    let number = free(context, asked[0])?;
    let place = match existing(context, &name, Access::Change) {
        // Without the right to write a file can still be shared.
        Err(_) if !exclusive => existing(context, &name, Access::Read)?,
        place => place?,
    };
    let tied = context.watched(|watch| ComponentFile::tie(&place, number, exclusive, watch))?;
    add(context, asked[0], tied)
}

/// `name ⎕FTIE number`: ties a file exclusively. Dyalog: Exclusive File Tie.
pub fn tie(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    tie_as(call, left, &right, true)
}

/// `name ⎕FSTIE number`: ties a file that others may tie, too. Dyalog: File Share Tie.
pub fn share(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    tie_as(call, left, &right, false)
}

/// `⎕FUNTIE numbers`: unties files. Shy: those that were tied. Dyalog: File Untie.
pub fn untie(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let asked = convert::int_vec(context.memory(), &right)?;
    let mut ties = context.components.borrow_mut();
    let mut untied = Vec::new();
    for number in asked {
        if let Some(at) = ties.iter().position(|tie| i64::from(tie.number) == number) {
            untied.push(ties.remove(at).number);
        }
    }
    shy(context, Arr::new(context.memory(), &[untied.len()], untied)?.into())
}

/// `⎕FNUMS`: the numbers of tied files.
pub fn tie_numbers(context: &Context) -> Result<Value> {
    let numbers: Vec<i32> = context.components.borrow().iter().map(|tie| tie.number).collect();
    Ok(Arr::new(context.memory(), &[numbers.len()], numbers)?.into())
}

/// `⎕FNAMES`: their names, as the rows of a matrix.
pub fn tie_names(context: &Context) -> Result<Value> {
    let names: Vec<std::rc::Rc<str>> = context.components.borrow().iter().map(|tie| tie.name.as_str().into()).collect();
    matrix(context.memory(), &names)
}

fn encoded(context: &Context, left: Option<Value>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    codec::encode(context, &left.ok_or_else(Fault::syntax)?, &mut bytes)?;
    Ok(bytes)
}

/// `X ⎕FAPPEND number`: appends a component. Shy: its number. Dyalog: File Append Component.
pub fn append(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let asked = numbers(context, &right, 1, 2)?;
    let bytes = encoded(context, left)?;
    let number = with(context, asked[0], |tied, watch| tied.append(&bytes, watch))?;
    shy(context, convert::scalar(number as f64))
}

/// `X ⎕FREPLACE number component`: replaces a component. Shy: its number. Dyalog: File Replace Component.
pub fn replace(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let asked = numbers(context, &right, 2, 3)?;
    let bytes = encoded(context, left)?;
    with(context, asked[0], |tied, watch| tied.replace(asked[1], &bytes, watch))?;
    shy(context, convert::scalar(asked[1] as f64))
}

/// `⎕FREAD number component`: the array; of a vector of components, a vector of arrays. Dyalog: File Read Components.
pub fn read(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let memory = context.memory();
    if right.rank() > 1 || !(2..=3).contains(&right.count()) {
        return Err(Fault::length().with_detail("a tie number and components are wanted"));
    }
    let tie = convert::int(&right.item(memory, 0)?)?;
    let wanted = right.item(memory, 1)?;
    let components = convert::int_vec(memory, &wanted)?;
    let contents = with(context, tie, |tied, watch| tied.read(&components, watch))?;
    let values = contents.iter().map(|bytes| codec::decode(context, bytes)).collect::<Result<Vec<_>>>()?;
    match (wanted.rank(), &values[..]) {
        (0, [only]) => Ok(only.clone()),
        _ => Ok(Array::from_items(memory, &[values.len()], values, Value::zilde)?.into()),
    }
}

/// `⎕FDROP number count`: drops components at the beginning, or with a negative count at the end. Shy: their numbers.
/// Dyalog: File Drop Component.
pub fn drop_components(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let asked = numbers(context, &right, 2, 3)?;
    let dropped = with(context, asked[0], |tied, watch| tied.drop(asked[1], watch))?;
    let count = usize::try_from(dropped.end - dropped.start).map_err(|_| Fault::ws_full())?;
    let first = usize::try_from(dropped.start).map_err(|_| Fault::ws_full())?;
    let numbers = context.collect(count, |k| first + k)?;
    shy(context, convert::counts(context.memory(), &[count], &numbers)?)
}

fn vector(context: &Context, items: Vec<f64>) -> Result<Value> {
    let items: Vec<Value> = items.into_iter().map(convert::scalar).collect();
    Ok(Array::from_items(context.memory(), &[items.len()], items, || Value::Int(0))?.into())
}

/// `⎕FSIZE number`: the first component, the next one, the bytes of the file and their limit. Dyalog: File Size.
pub fn size(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let asked = numbers(call.context, &right, 1, 2)?;
    let (first, next, bytes) = with(call.context, asked[0], |tied, watch| tied.size(watch))?;
    let limit = with(call.context, asked[0], |tied, _| Ok(tied.limit()))?;
    vector(call.context, vec![first as f64, next as f64, bytes as f64, limit as f64])
}

fn ticks(microseconds: u64) -> f64 {
    (microseconds as f64 * TICKS / 1e6).floor()
}

/// `⎕FRDCI number component`: its bytes, the user and the time in 60ths of a second since 1970. Dyalog: File Read
/// Component Information.
pub fn information(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let asked = numbers(call.context, &right, 2, 3)?;
    let known = with(call.context, asked[0], |tied, watch| tied.information(asked[1], watch))?;
    vector(call.context, vec![known.length as f64, f64::from(known.user), ticks(known.time)])
}

/// `⎕FHIST number`: user and time of creation, of the last change of access, and of the last change. Dyalog: File History.
pub fn history(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let asked = numbers(context, &right, 1, 2)?;
    let (created, changed) = with(context, asked[0], |tied, watch| {
        tied.size(watch)?;
        Ok(tied.times)
    })?;
    let user = f64::from(host::user());
    let rows = [user, ticks(created), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, user, ticks(changed)];
    let rows: Vec<Value> = rows.into_iter().map(convert::scalar).collect();
    Ok(Array::from_items(context.memory(), &[5, 2], rows, || Value::Int(0))?.into())
}

/// `⎕FRDAC number`: the access matrix. Dyalog: File Read Access.
pub fn permissions(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let asked = numbers(context, &right, 1, 2)?;
    match with(context, asked[0], |tied, watch| tied.permissions(watch))? {
        Some(bytes) => codec::decode(context, &bytes),
        None => Ok(Arr::<i32>::new(context.memory(), &[0, 3], Vec::new())?.into()),
    }
}

/// `matrix ⎕FSTAC number`: sets the access matrix, which is kept and not obeyed. Shy: the number. Dyalog: File Set Access.
pub fn set_permissions(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let asked = numbers(context, &right, 1, 2)?;
    let matrix = left.ok_or_else(Fault::syntax)?.array(memory)?;
    let rows = convert::int_vec(memory, &matrix.reshape(&[matrix.len()])?.into())?;
    let columns = matrix.shape().last().copied().unwrap_or(0);
    if matrix.rank() > 2 || columns != 3 {
        return Err(Fault::misshapen("a matrix of three columns", matrix.shape()));
    }
    let rows: Option<Vec<i32>> = rows.iter().map(|&n| i32::try_from(n).ok()).collect();
    let rows = rows.ok_or_else(Fault::domain)?;
    let matrix = Arr::new(memory, &[rows.len() / 3, 3], rows)?;
    let bytes = encoded(context, Some(matrix.into()))?;
    with(context, asked[0], |tied, watch| tied.set_permissions(&bytes, watch))?;
    shy(context, Value::Int(asked[0] as i32))
}

/// `letters ⎕FPROPS number`: properties; `(letter value) ⎕FPROPS number` sets some and gives those before. Dyalog: File
/// Properties.
pub fn file_properties(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let memory = context.memory();
    let asked = numbers(context, &right, 1, 2)?;
    let left = left.ok_or_else(Fault::syntax)?.array(memory)?;
    let number = asked[0];
    let before = with(context, number, |tied, _| properties(context, tied))?;
    let value = |letter: char| match letter {
        'S' => Ok(64),
        'E' => Ok(0),
        _ => {
            let at = PROPERTIES.iter().position(|row| row.0 == letter);
            let unknown = || Fault::domain().with_detail(format!("no property {letter}; there is SEUJCZ"));
            at.map(|at| i32::from(before[at])).ok_or_else(unknown)
        }
    };
    if let Array::Char(letters) = &left {
        let values = letters.as_slice().iter().map(|&letter| value(letter)).collect::<Result<Vec<_>>>()?;
        return match left.rank() {
            0 => Ok(Value::Int(values[0])),
            _ => Ok(Arr::new(memory, &[values.len()], values)?.into()),
        };
    }
    let single = left.item(0).is_simple_scalar();
    let pairs: Vec<Value> = if single { vec![left.clone().into()] } else { left.items().collect() };
    let mut after = before;
    let mut old = Vec::new();
    for pair in &pairs {
        let letter = convert::text(memory, &pair.item(memory, 0)?)?.chars().next().unwrap_or(' ');
        old.push(value(letter)?);
        let at = PROPERTIES.iter().position(|row| row.0 == letter).filter(|_| pair.count() == 2);
        let at = at.ok_or_else(|| Fault::domain().with_detail(format!("the property {letter} cannot be set")))?;
        after[at] = property(&pair.item(memory, 1)?, PROPERTIES[at].2)?;
    }
    with(context, number, |tied, watch| tied.set_properties(&after, watch))?;
    match (single, &old[..]) {
        (true, [only]) => Ok(Value::Int(*only)),
        _ => Ok(Arr::new(memory, &[old.len()], old)?.into()),
    }
}

/// `⎕FHOLD numbers`: gives back all files that are held and waits until these are free. Shy: the numbers. Dyalog: File
/// Hold.
pub fn hold(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let array = right.array(context.memory())?;
    let columns = if array.rank() == 2 { array.shape()[1].max(1) } else { array.len().max(1) };
    let all = convert::int_vec(context.memory(), &array.reshape(&[array.len()])?.into())?;
    // Of a matrix the first row has the numbers.
    let asked = &all[..columns.min(all.len())];
    let mut ties = context.components.borrow_mut();
    if let Some(unknown) = asked.iter().find(|&&number| !ties.iter().any(|tie| i64::from(tie.number) == number)) {
        return Err(tie_error(format!("no file is tied to {unknown}")));
    }
    context.watched(|watch| {
        ties.iter_mut().try_for_each(|tie| tie.hold(false, watch))?;
        // Everybody takes the locks in the same order.
        let mut wanted: Vec<&mut ComponentFile> =
            ties.iter_mut().filter(|tie| asked.contains(&i64::from(tie.number))).collect();
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        wanted.into_iter().try_for_each(|tie| tie.hold(true, watch))
    })?;
    shy(context, right)
}

/// `name ⎕FCOPY number`: a copy, tied exclusively; its number. Dyalog: File Copy.
pub fn copy(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, &right, 1, 2)?;
    let number = free(context, 0)?;
    let place = context.host.place(&extended(&name), Access::Change)?;
    let mut copy = with(context, asked[0], |tied, watch| tied.copy(&place, number, watch))?;
    set_options(call, &mut copy)?;
    add(context, 0, copy)
}

/// `⎕FRESIZE number`, `limit ⎕FRESIZE number`: writes the file anew, without what has been replaced and dropped, and limits
/// its bytes. Shy: the number. Dyalog: File Resize.
pub fn resize(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let asked = numbers(context, &right, 1, 2)?;
    let limit = left.map(|left| convert::int(&left)).transpose()?;
    let limit = limit.map(|limit| u64::try_from(limit).map_err(|_| Fault::domain())).transpose()?;
    if let Some(limit) = limit {
        with(context, asked[0], |tied, watch| tied.set_limit(limit, watch))?;
    }
    let (name, exclusive) = with(context, asked[0], |tied, _| Ok((tied.name.clone(), tied.exclusive)))?;
    if exclusive || limit.is_none() {
        let place = context.host.place(&name, Access::Change)?;
        with(context, asked[0], |tied, watch| tied.compact(&place, watch))?;
    }
    shy(context, Value::Int(asked[0] as i32))
}

/// The place of the file that is tied exclusively to a number.
fn own(context: &Context, number: i64) -> Result<Place> {
    let (name, exclusive) = with(context, number, |tied, _| Ok((tied.name.clone(), tied.exclusive)))?;
    if !exclusive {
        return Err(Fault::new(ErrorKind::FileAccess).because(format!("{name}: not tied exclusively")));
    }
    context.host.link(&name, Access::Change)
}

/// `name ⎕FERASE number`: unties and removes a file; the name is that by which it was tied. Shy: the number. Dyalog: File
/// Erase.
pub fn erase(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = name(context, left)?;
    let asked = numbers(context, &right, 1, 2)?;
    let place = own(context, asked[0])?;
    if place.name != name && place.name != extended(&name) {
        let detail = format!("the file was tied as {}", place.name);
        return Err(Fault::new(ErrorKind::FileName).with_detail(detail));
    }
    host::remove(&place)?;
    context.components.borrow_mut().retain(|tie| i64::from(tie.number) != asked[0]);
    shy(context, Value::Int(asked[0] as i32))
}

/// `name ⎕FRENAME number`: gives a file another name. Shy: the number. Dyalog: File Rename.
pub fn rename(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    let name = extended(&name(context, left)?);
    let asked = numbers(context, &right, 1, 2)?;
    let old = own(context, asked[0])?;
    host::rename(&old, &context.host.link(&name, Access::Write)?, host::IfExists::Error)?;
    with(context, asked[0], |tied, _| {
        tied.name = name;
        Ok(())
    })?;
    shy(context, Value::Int(asked[0] as i32))
}

/// `⎕FLIB folder`: the names of the files with the extension of component files, as the rows of a matrix. Dyalog: File
/// Library.
pub fn library(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let context = call.context;
    let folder = convert::text(context.memory(), &right)?;
    let place = context.host.place(if folder.is_empty() { "." } else { &folder }, Access::Read)?;
    let names = context.watched(|watch| host::list(&place, watch))?;
    let slash = if folder.is_empty() || folder.ends_with('/') { "" } else { "/" };
    let of_folder = |name: &String| std::rc::Rc::from(format!("{folder}{slash}{name}"));
    let names: Vec<_> = names.iter().filter(|name| name.ends_with(EXTENSION)).map(of_folder).collect();
    matrix(context.memory(), &names)
}

/// `⎕FCHK name`: the numbers of damaged components. Dyalog: File Check and Repair.
pub fn check(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    let context = call.context;
    if left.is_some() || call.options.get("Repair").is_some() || call.options.get("Task").is_some() {
        return Err(Fault::nonce("the repair of component files"));
    }
    let name = convert::text(context.memory(), &right)?;
    let place = existing(context, &name, Access::Change)?;
    let wrong = context.watched(|watch| ComponentFile::tie(&place, 1, true, watch)?.check(watch))?;
    vector(context, wrong.into_iter().map(|number| number as f64).collect())
}
