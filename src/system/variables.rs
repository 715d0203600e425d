//! System variables: what each may be set to. Their values live in the context.

use crate::array::{Arr, Array, Memory, Value, convert};
use crate::context::{Context, PAGE_WIDTHS};
use crate::error::{Fault, Result};
use crate::random::{Random, Seed};

fn change(context: &Context, set: impl FnOnce(&mut crate::context::Settings)) -> Result<()> {
    let mut settings = context.settings();
    set(&mut settings);
    context.set_settings(settings);
    Ok(())
}

/// The number in an array of one element, whatever its rank.
fn number(value: &Value) -> Result<f64> {
    match value.rank() > 1 && value.count() == 1 {
        true => convert::float(&value.item(&Memory::unlimited(), 0)?),
        false => convert::float(value),
    }
}

/// A whole number within bounds. DOMAIN ERROR beyond them.
pub fn one_of(value: &Value, low: i64, high: i64) -> Result<i64> {
    let n = convert::whole(number(value)?).ok_or_else(Fault::domain)?;
    if (low..=high).contains(&n) {
        return Ok(n);
    }
    Err(Fault::domain().with_detail(format!("{n} is not from {low} to {high}")))
}

/// `⎕IO←value`.
pub fn set_io(context: &Context, value: &Value) -> Result<()> {
    let io = one_of(value, 0, 1)?;
    change(context, |s| s.io = io)
}

/// `⎕CT←value`.
pub fn set_ct(context: &Context, value: &Value) -> Result<()> {
    let ct = number(value)?;
    // 2*¯32 is the greatest tolerance that Dyalog takes.
    if !(0.0..=2f64.powi(-32)).contains(&ct) {
        return Err(Fault::domain());
    }
    change(context, |s| s.ct = ct)
}

/// `⎕ML←value`.
pub fn set_ml(context: &Context, value: &Value) -> Result<()> {
    let ml = one_of(value, 0, 3)?;
    change(context, |s| s.ml = ml as u8)
}

/// `⎕DIV←value`.
pub fn set_div(context: &Context, value: &Value) -> Result<()> {
    let div = one_of(value, 0, 1)?;
    change(context, |s| s.div = div == 1)
}

/// `⎕PP←value`.
pub fn set_pp(context: &Context, value: &Value) -> Result<()> {
    let pp = one_of(value, 1, 34)?;
    change(context, |s| s.pp = pp as usize)
}

/// `⎕PW←value`.
pub fn set_pw(context: &Context, value: &Value) -> Result<()> {
    let pw = one_of(value, *PAGE_WIDTHS.start() as i64, *PAGE_WIDTHS.end() as i64)?;
    change(context, |s| s.pw = Some(pw as usize))
}

/// `⎕FR←value`.
pub fn set_fr(context: &Context, value: &Value) -> Result<()> {
    let fr = convert::whole(number(value)?);
    match fr {
        Some(fr @ (645 | 1287)) => change(context, |s| s.fr = fr as u16),
        _ => Err(Fault::domain()),
    }
}

/// `⎕DCT←value`.
pub fn set_dct(context: &Context, value: &Value) -> Result<()> {
    let dct = number(value)?;
    if !(0.0..=2f64.powi(-32)).contains(&dct) {
        return Err(Fault::domain());
    }
    change(context, |s| s.dct = dct)
}

/// `⎕WX←value`. There are no windows whose names it could expose.
pub fn set_wx(context: &Context, value: &Value) -> Result<()> {
    match one_of(value, 0, 3)? {
        2 => Err(Fault::domain()),
        wx => change(context, |s| s.wx = wx as u8),
    }
}

/// `⎕USING`: an empty vector of texts until it is set.
pub fn get_using(context: &Context) -> Result<Value> {
    let set = context.using.borrow().clone();
    match set {
        Some(value) => Ok(value),
        None => {
            let empty = context.text("")?;
            Ok(Array::from_items(context.memory(), &[0], Vec::new(), || empty)?.into())
        }
    }
}

/// `⎕USING←value`: texts. There is no .NET in which anything could be searched.
pub fn set_using(context: &Context, value: &Value) -> Result<()> {
    let memory = context.memory();
    let texts = match value.array(memory)? {
        Array::Nested(items) if items.rank() == 1 => {
            items.as_slice().iter().try_for_each(|item| convert::text(memory, item).map(drop))?;
            value.clone()
        }
        _ => {
            let text = context.text(&convert::text(memory, value)?)?;
            // An empty text is no text at all.
            let texts = if text.count() == 0 { Vec::new() } else { vec![text] };
            let empty = context.text("")?;
            Array::from_items(memory, &[texts.len()], texts, || empty)?.into()
        }
    };
    *context.using.borrow_mut() = Some(texts);
    Ok(())
}

/// `⎕RL`: the seed, empty where it is not told, and the generator.
pub fn get_rl(context: &Context) -> Result<Value> {
    let memory = context.memory();
    let random = context.random.borrow();
    let seed = match random.seed() {
        Seed::Hidden => Value::zilde(),
        Seed::Number(seed) => convert::scalar(seed as f64),
        Seed::State(state) => Arr::new(memory, &[state.len()], state)?.into(),
    };
    let items = vec![seed, Value::Int(i32::from(random.generator()))];
    Ok(Array::from_items(memory, &[2], items, || Value::Int(0))?.into())
}

/// `⎕RL←seed`, where that is one for the generator in use; otherwise `⎕RL←seed generator`.
pub fn set_rl(context: &Context, value: &Value) -> Result<()> {
    let memory = context.memory();
    if value.rank() > 1 {
        return Err(Fault::misshapen("a seed and a generator in a vector", value.shape()));
    }
    let current = context.random.borrow().generator();
    let alone = seed(context, value).ok().and_then(|seed| Random::of(current, seed));
    let random = match alone {
        Some(random) => random,
        None if value.count() == 2 => {
            let generator = one_of(&value.item(memory, 1)?, 0, 2)? as u8;
            let seed = seed(context, &value.item(memory, 0)?)?;
            let wrong = || Fault::domain().with_detail(format!("not a seed for generator {generator}"));
            Random::of(generator, seed).ok_or_else(wrong)?
        }
        None if value.count() < 2 => {
            return Err(Fault::domain().with_detail(format!("not a seed for generator {current}")));
        }
        None => return Err(Fault::length().with_detail("a seed is wanted, and perhaps a generator")),
    };
    *context.random.borrow_mut() = random;
    Ok(())
}

/// The first item of `⎕RL`.
fn seed(context: &Context, value: &Value) -> Result<Seed> {
    let memory = context.memory();
    Ok(match value.count() {
        0 if value.rank() == 1 => Seed::Hidden,
        1 => Seed::Number(one_of(value, 0, i64::MAX)? as u64),
        _ => {
            let numbers = convert::ints(memory, &value.array(memory)?)?;
            let state: Option<Vec<i32>> = numbers.iter().map(|&n| i32::try_from(n).ok()).collect();
            Seed::State(state.ok_or_else(Fault::domain)?)
        }
    })
}

/// `⎕LX←text`.
pub fn set_lx(context: &Context, value: &Value) -> Result<()> {
    *context.latent.borrow_mut() = convert::text(context.memory(), value)?;
    Ok(())
}

/// `⎕PATH←text`: names of namespaces, with blanks between them. DOMAIN ERROR for other words.
pub fn set_path(context: &Context, value: &Value) -> Result<()> {
    let text = convert::text(context.memory(), value)?;
    let is_space = |word: &str| word == "↑" || word.split('.').all(super::names::is_place);
    if let Some(word) = text.split_whitespace().find(|word| !is_space(word)) {
        return Err(Fault::domain().with_detail(format!("{word} is no name of a namespace")));
    }
    *context.path.borrow_mut() = text;
    Ok(())
}

/// `⎕WSID←text`.
pub fn set_wsid(context: &Context, value: &Value) -> Result<()> {
    *context.name.borrow_mut() = convert::text(context.memory(), value)?;
    Ok(())
}
