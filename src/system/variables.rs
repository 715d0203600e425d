//! System variables: what each may be set to. Their values live in the context.

use crate::array::{Array, Value, convert};
use crate::context::Context;
use crate::error::{Fault, Result};
use crate::random::Random;

fn change(context: &Context, set: impl FnOnce(&mut crate::context::Settings)) -> Result<()> {
    let mut settings = context.settings();
    set(&mut settings);
    context.set_settings(settings);
    Ok(())
}

/// A whole number within bounds. DOMAIN ERROR beyond them.
pub fn one_of(value: &Value, low: i64, high: i64) -> Result<i64> {
    let n = convert::int(value)?;
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
    let ct = convert::float(value)?;
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
    let pw = one_of(value, 42, 32767)?;
    change(context, |s| s.pw = pw as usize)
}

/// `⎕FR←value`.
pub fn set_fr(context: &Context, value: &Value) -> Result<()> {
    let fr = convert::int(value)?;
    match fr {
        645 | 1287 => change(context, |s| s.fr = fr as u16),
        _ => Err(Fault::domain()),
    }
}

/// `⎕DCT←value`.
pub fn set_dct(context: &Context, value: &Value) -> Result<()> {
    let dct = convert::float(value)?;
    if !(0.0..=2f64.powi(-32)).contains(&dct) {
        return Err(Fault::domain());
    }
    change(context, |s| s.dct = dct)
}

/// `⎕RL`: the seed, empty where there is none, and the generator.
pub fn get_rl(context: &Context) -> Result<Value> {
    let seed = match context.random.borrow().seed {
        Some(seed) => convert::scalar(seed as f64),
        None => Value::zilde(),
    };
    let items = vec![seed, Value::Int(1)];
    Ok(Array::from_items(context.memory(), &[2], items, || Value::Int(0))?.into())
}

/// `⎕RL←seed`, `⎕RL←seed generator`; an empty seed takes one at random.
pub fn set_rl(context: &Context, value: &Value) -> Result<()> {
    let memory = context.memory();
    if value.rank() > 1 {
        return Err(Fault::misshapen("a seed and a generator in a vector", value.shape()));
    }
    let items: Vec<Value> = value.array(memory)?.items().collect();
    let seed = match &items[..] {
        [] => Value::zilde(),
        [seed] => seed.clone(),
        [seed, generator] => {
            one_of(generator, 0, 2)?;
            seed.clone()
        }
        _ => return Err(Fault::length().with_detail("a seed is wanted, and perhaps a generator")),
    };
    let random = if seed.count() == 0 && seed.rank() == 1 {
        Random::unseeded()
    } else {
        Random::seeded(one_of(&seed, 0, i64::MAX)? as u64)
    };
    *context.random.borrow_mut() = random;
    Ok(())
}
