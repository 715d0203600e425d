//! Moments, the proleptic Gregorian calendar and ISO weeks.
//!
//! Day 0 is 1899-12-31, as in Dyalog's date numbers. Years are astronomical: there is a year 0. The date formats of other
//! systems are in `codes`.

/// Nanoseconds of a day; days have no leap seconds.
pub const DAY: i64 = 86_400_000_000_000;
/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;

/// A time: a day and the nanoseconds that have passed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Days since 1899-12-31.
    pub day: i64,
    /// Nanoseconds since midnight, less than [`DAY`].
    pub nano: i64,
}

impl Moment {
    /// So many nanoseconds after the midnight that day 0 begins with; `None` beyond a few million years.
    pub fn from_nanos(nanos: i128) -> Option<Moment> {
        let day = i64::try_from(nanos.div_euclid(i128::from(DAY))).ok()?;
        let nano = nanos.rem_euclid(i128::from(DAY)) as i64;
        (day.abs() < 1 << 30).then_some(Moment { day, nano })
    }

    /// Nanoseconds since the midnight that day 0 begins with.
    pub fn nanos(self) -> i128 {
        i128::from(self.day) * i128::from(DAY) + i128::from(self.nano)
    }

    /// The time now, in UTC.
    pub fn now() -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Moment::from_unix(since.as_nanos() as i128).unwrap_or(Moment { day: 0, nano: 0 })
    }

    /// So many nanoseconds after 1970 has begun.
    pub fn from_unix(nanos: i128) -> Option<Moment> {
        Moment::from_nanos(i128::from(day_of(1970, 1, 1)) * i128::from(DAY) + nanos)
    }

    /// Nanoseconds since 1970 has begun.
    pub fn unix(self) -> i128 {
        self.nanos() - i128::from(day_of(1970, 1, 1)) * i128::from(DAY)
    }

    /// Hour, minute, second and nanoseconds.
    pub fn clock(self) -> [i64; 4] {
        let seconds = self.nano / SECOND;
        [seconds / 3600, seconds / 60 % 60, seconds % 60, self.nano % SECOND]
    }

    /// A day and a time of day; `None` where there is no such time.
    pub fn at(day: i64, hour: i64, minute: i64, second: i64, nano: i64) -> Option<Moment> {
        let within = |n: i64, end: i64| (0..end).contains(&n);
        let valid = within(hour, 24) && within(minute, 60) && within(second, 60) && within(nano, SECOND);
        valid.then(|| Moment { day, nano: ((hour * 60 + minute) * 60 + second) * SECOND + nano })
    }
}

/// Days from 1899-12-31 to 1970-01-01.
const UNIX: i64 = 25568;

/// The day of a date (Hinnant, "chrono-compatible low-level date algorithms"). The month is from 1 to 12; a day
/// beyond its end counts on.
pub fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468 + UNIX
}

/// The year, month and day of a day.
pub fn date_of(day: i64) -> (i64, i64, i64) {
    let z = day - UNIX + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// The day of a date; `None` where the calendar has none.
pub fn valid_day(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(-9999..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let found = day_of(year, month, day);
    (date_of(found) == (year, month, day)).then_some(found)
}

/// The day of the week, 1 for Monday to 7.
pub fn weekday(day: i64) -> i64 {
    // 1899-12-31 was a Sunday.
    (day - 1).rem_euclid(7) + 1
}

/// The day of the year, from 1.
pub fn day_of_year(day: i64) -> i64 {
    day - day_of(date_of(day).0, 1, 1) + 1
}

/// The Monday that the first ISO week of a year begins with.
fn first_monday(year: i64) -> i64 {
    let fourth = day_of(year, 1, 4);
    fourth - weekday(fourth) + 1
}

/// The ISO week of a day and the year it belongs to.
pub fn week(day: i64) -> (i64, i64) {
    let thursday = day - weekday(day) + 4;
    let year = date_of(thursday).0;
    (year, (day - first_monday(year)).div_euclid(7) + 1)
}

/// The day with this weekday in an ISO week; `None` where the year has no such week.
pub fn day_of_week(year: i64, number: i64, weekday: i64) -> Option<i64> {
    if !(-9999..=9999).contains(&year) || !(1..=53).contains(&number) || !(1..=7).contains(&weekday) {
        return None;
    }
    let day = first_monday(year) + 7 * (number - 1) + weekday - 1;
    (week(day) == (year, number)).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates() {
        assert_eq!(day_of(1899, 12, 31), 0);
        assert_eq!(day_of(1970, 1, 1), UNIX);
        assert_eq!(day_of(1, 1, 1), -693_594);
        assert_eq!(date_of(43_508), (2019, 2, 13));
        for day in (-2_500_000..1_000_000).step_by(997) {
            let (year, month, of_month) = date_of(day);
            assert_eq!(day_of(year, month, of_month), day);
        }
        assert_eq!(valid_day(2019, 2, 29), None);
        assert!(valid_day(2020, 2, 29).is_some());
        assert_eq!(valid_day(1900, 2, 29), None);
    }

    #[test]
    fn weeks() {
        // A Wednesday.
        assert_eq!(weekday(43_508), 3);
        assert_eq!(week(day_of(2019, 3, 4)), (2019, 10));
        // Weeks belong to the year of their Thursday.
        assert_eq!(week(day_of(2021, 1, 3)), (2020, 53));
        assert_eq!(week(day_of(2018, 12, 31)), (2019, 1));
        assert_eq!(day_of_week(2020, 53, 7), Some(day_of(2021, 1, 3)));
        assert_eq!(day_of_week(2019, 53, 1), None);
        assert_eq!(day_of_year(day_of(2020, 12, 31)), 366);
    }
}
