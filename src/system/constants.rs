//! Constants of the session (account, arguments, tied files), `⎕DL` and `⎕OFF`.

use std::time::{Duration, Instant};

use super::{Call, monadic};
use crate::array::{Arr, Array, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};

/// `⎕AI`: user, processor time, connect time, keying time, in milliseconds with a fraction. The keying time is not
/// measured.
pub fn accounting(context: &Context) -> Result<Value> {
    let [computed, elapsed] =
        [context.host.computing_time(), context.began.elapsed()].map(|time| time.as_secs_f64() * 1e3);
    let user = f64::from(context.host.user_number());
    Ok(Arr::new(context.memory(), &[4], vec![user, computed, elapsed, 0.0])?.into())
}

/// `⎕AN`: the user's name, from the environment variable `USER`. DOMAIN ERROR without the right to read that.
pub fn account(context: &Context) -> Result<Value> {
    context.text(&context.host.variable("USER")?.unwrap_or_default())
}

/// `⎕ARG`: the command line.
pub fn arguments(context: &Context) -> Result<Value> {
    let memory = context.memory();
    let items = context.arguments.borrow().iter().map(|text| Value::text(memory, text)).collect::<Result<Vec<_>>>()?;
    Ok(Array::from_items(memory, &[items.len()], items, Value::zilde)?.into())
}

/// `⎕DL seconds`: waits, and gives the seconds waited. Shy.
pub fn delay(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let seconds = convert::float(&right)?;
    if seconds < 0.0 {
        return Err(Fault::domain());
    }
    let began = Instant::now();
    // Sleeps in short intervals, so that an interrupt is noticed at once.
    while began.elapsed().as_secs_f64() < seconds {
        call.context.poll()?;
        let left = seconds - began.elapsed().as_secs_f64();
        std::thread::sleep(Duration::from_secs_f64(left.clamp(0.0, 0.01)));
    }
    call.context.shy.set(true);
    Ok(convert::scalar(began.elapsed().as_secs_f64()))
}

/// `⎕OFF code`: ends the session with this exit code.
pub fn off_with(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let code = i32::try_from(convert::int(&right)?).map_err(|_| Fault::domain())?;
    off(call.context, code)
}

/// `⎕OFF`: the interrupt that ends the session; the exit code is kept where the session finds it.
pub fn off(context: &Context, code: i32) -> Result<Value> {
    context.off.set(Some(code));
    Err(Fault::new(ErrorKind::Interrupt))
}
