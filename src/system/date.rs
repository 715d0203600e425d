//! `⎕TS`: the time.

use crate::array::{Arr, Value};
use crate::context::Context;
use crate::error::Result;

/// `⎕TS`: year, month, day, hour, minute, second, millisecond, in UTC.
pub fn timestamp(context: &Context) -> Result<Value> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let (seconds, millis) = (now.as_secs() as i64, now.subsec_millis());
    let (days, time) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    let (year, month, day) = civil(days);
    let parts = [year, month, day, time / 3600, time / 60 % 60, time % 60, i64::from(millis)];
    Ok(Arr::new(context.memory(), &[7], parts.iter().map(|&n| n as i32).collect::<Vec<_>>())?.into())
}

/// The proleptic Gregorian date of a day counted from 1970-01-01 (Hinnant, "chrono-compatible low-level date
/// algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}
