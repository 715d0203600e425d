//! Date-time codes: how systems write a moment as one number, or as a vector of several.
//!
//! From the tables of Dyalog's documentation of Date-time (`⎕DT`).

use super::calendar::{DAY, Moment, SECOND, date_of, day_of, day_of_week, day_of_year, valid_day, week, weekday};

/// A representation of moments.
#[derive(Clone, Copy)]
pub enum Code {
    /// One number.
    Number {
        /// How the number counts.
        count: Count,
        /// Whether it may be negative.
        negative: bool,
    },
    /// Several numbers.
    Stamp(Stamp),
}

/// How a time number counts.
#[derive(Clone, Copy)]
pub enum Count {
    /// Days with a fraction, from so many half days after the beginning of day 0.
    Days(i64),
    /// Ticks of a length in nanoseconds, a fraction, from a day on.
    Ticks(i64, (i64, i64)),
    /// OLE Automation dates: below 0 the fraction still counts forward.
    Ole,
    /// Excel's days, which include 1900-02-29.
    Excel,
    /// The packed date and time of DOS.
    Dos,
    /// `yyyymmdd.hhmmss`.
    Decimal,
    /// `yyyymmddhhmmss`.
    Digits,
}

/// What a timestamp consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Year, month, day, hour, minute, second and a part of a second, so many of them a second.
    Date(i64),
    /// Year, day of the year, hour, minute, second, microsecond.
    DayOfYear,
    /// ISO year, week, weekday, hour, minute, second, microsecond.
    Week,
    /// Date and time as decimal numbers.
    Decimal,
    /// Day number, hour, minute, second.
    DayNumber,
}

/// The representation with this code.
pub fn lookup(code: i64) -> Option<Code> {
    let from = |year, month, day| day_of(year, month, day);
    let days = |year, month, day, half, negative| {
        Some(Code::Number { count: Count::Days(2 * from(year, month, day) + half), negative })
    };
    let ticks = |year, month, day, tick, negative| {
        Some(Code::Number { count: Count::Ticks(from(year, month, day), tick), negative })
    };
    let other = |count, negative| Some(Code::Number { count, negative });
    const NANO: (i64, i64) = (1, 1);
    const MICRO: (i64, i64) = (1000, 1);
    const MILLI: (i64, i64) = (1_000_000, 1);
    const WHOLE: (i64, i64) = (SECOND, 1);
    match code {
        1 => days(1899, 12, 31, 0, true),
        2 => ticks(1970, 1, 1, (SECOND, 60), true),
        10 => ticks(2000, 1, 1, NANO, true),
        11 => ticks(2024, 1, 1, MILLI, true),
        12 => ticks(1970, 1, 1, MILLI, true),
        13 => days(1970, 1, 1, 0, true),
        14 => ticks(2001, 1, 1, MILLI, true),
        15 => ticks(1970, 1, 1, MICRO, true),
        16 => ticks(1970, 1, 1, NANO, true),
        17 => ticks(1900, 1, 1, MICRO, false),
        20 => ticks(1970, 1, 1, WHOLE, true),
        21 => ticks(1980, 1, 1, (4000, 1), false),
        22 => ticks(1582, 10, 15, NANO, false),
        30 => other(Count::Dos, false),
        31 => ticks(1601, 1, 1, (100, 1), false),
        32 => ticks(1, 1, 1, (100, 1), false),
        33 => other(Count::Ole, true),
        40 => other(Count::Excel, false),
        41 => days(1904, 1, 1, 0, false),
        42 => ticks(1960, 1, 1, MILLI, true),
        43 => ticks(1582, 10, 14, WHOLE, false),
        44 => ticks(1960, 1, 1, WHOLE, true),
        50 => days(-4713, 11, 24, 1, false),
        51 => days(1800, 1, 1, 0, false),
        52 => days(1858, 11, 16, 1, true),
        53 => days(1858, 11, 17, 0, true),
        54 => days(1899, 12, 31, 1, true),
        55 => days(1950, 1, 1, 0, true),
        56 => days(1958, 1, 1, 0, true),
        60 => other(Count::Decimal, false),
        61 => other(Count::Digits, false),
        70 => ticks(1978, 1, 1, MILLI, false),
        -1 => Some(Code::Stamp(Stamp::Date(1000))),
        -2 => Some(Code::Stamp(Stamp::Date(1_000_000))),
        -3 => Some(Code::Stamp(Stamp::Date(SECOND))),
        -10 => Some(Code::Stamp(Stamp::DayOfYear)),
        -11 => Some(Code::Stamp(Stamp::Week)),
        -20 => Some(Code::Stamp(Stamp::Decimal)),
        -30 => Some(Code::Stamp(Stamp::DayNumber)),
        _ => None,
    }
}

/// Whether a moment is not before the year ¯4713.
fn known(moment: Moment) -> Option<Moment> {
    (moment.day >= day_of(-4713, 1, 1)).then_some(moment)
}

/// A number of days as whole days and nanoseconds, as exact as the number is.
fn split(days: f64) -> Option<(i64, i64)> {
    if days.abs() >= (1u64 << 30) as f64 {
        return None;
    }
    let whole = days.floor();
    let nanos = (days - whole) * DAY as f64;
    // Rounds to a power of ten of nanoseconds that the precision of the number allows, so that rounding errors do not
    // give the last nanosecond of the second before.
    let unsure = (days.abs() * f64::EPSILON / 2.0 * DAY as f64).max(1.0);
    let unit = 10f64.powi(unsure.log10().ceil() as i32);
    Some((whole as i64, ((nanos / unit).round() * unit) as i64))
}

fn shifted(day: i64, half_days: i64, nanos: i64) -> Option<Moment> {
    Moment::from_nanos(
        i128::from(day) * i128::from(DAY) + i128::from(half_days) * i128::from(DAY / 2) + i128::from(nanos),
    )
}

/// The moment that a number stands for; `None` where it stands for none.
pub fn from_number(count: Count, negative: bool, x: f64) -> Option<Moment> {
    if x < 0.0 && !negative {
        return None;
    }
    let moment = match count {
        Count::Days(epoch) => {
            let (day, nanos) = split(x)?;
            shifted(day, epoch, nanos)?
        }
        Count::Ticks(epoch, (length, parts)) => {
            if x.abs() >= 9e27 {
                return None;
            }
            let whole = x.floor();
            let parts = i128::from(parts);
            // A tick's end, where it is between two nanoseconds, is the later one: so it is found again.
            let nanos = (whole as i128 * i128::from(length) + parts - 1).div_euclid(parts);
            let rest = ((x - whole) * length as f64 / parts as f64).round() as i128;
            Moment::from_nanos(i128::from(epoch) * i128::from(DAY) + nanos + rest)?
        }
        Count::Ole => {
            let (day, nanos) = split((x - x.trunc()).abs())?;
            shifted(day + split(x.trunc())?.0, -2, nanos)?
        }
        Count::Excel if (60.0..61.0).contains(&x) => return None,
        Count::Excel => {
            let (day, nanos) = split(x)?;
            shifted(day, if x >= 61.0 { -2 } else { 0 }, nanos)?
        }
        Count::Dos => {
            let bits = u32::try_from(x as i64).ok().filter(|&bits| f64::from(bits) == x)?;
            let field = |from: u32, width: u32| i64::from(bits >> from & ((1 << width) - 1));
            let day = valid_day(1980 + field(25, 7), field(21, 4), field(16, 5))?;
            Moment::at(day, field(11, 5), field(5, 6), 2 * field(0, 5), 0)?
        }
        Count::Decimal => {
            let date = x.floor();
            from_digits(date as i64, ((x - date) * 1e6).round() as i64)?
        }
        Count::Digits => {
            let digits = x as i64;
            if digits as f64 != x {
                return None;
            }
            from_digits(digits / 1_000_000, digits % 1_000_000)?
        }
    };
    known(moment)
}

/// The moment of a date `yyyymmdd` and a time `hhmmss`.
fn from_digits(date: i64, time: i64) -> Option<Moment> {
    if !(10_000..100_000_000).contains(&date) || !(0..1_000_000).contains(&time) {
        return None;
    }
    let day = valid_day(date / 10_000, date / 100 % 100, date % 100)?;
    Moment::at(day, time / 10_000, time / 100 % 100, time % 100, 0)
}

/// The number that stands for a moment; `None` where there is none.
pub fn to_number(count: Count, negative: bool, moment: Moment) -> Option<f64> {
    let days = |half_days: i64| {
        let nanos = moment.nanos() - i128::from(half_days) * i128::from(DAY / 2);
        let (day, nano) = (nanos.div_euclid(i128::from(DAY)), nanos.rem_euclid(i128::from(DAY)));
        (day as f64, nano as f64 / DAY as f64)
    };
    let clock = moment.clock();
    let (year, month, day) = date_of(moment.day);
    let x = match count {
        Count::Days(epoch) => {
            let (day, fraction) = days(epoch);
            day + fraction
        }
        Count::Ticks(epoch, (length, parts)) => {
            let nanos = moment.nanos() - i128::from(epoch) * i128::from(DAY);
            (nanos * i128::from(parts)).div_euclid(i128::from(length)) as f64
        }
        Count::Ole => {
            let (day, fraction) = days(-2);
            if day < 0.0 { day - fraction } else { day + fraction }
        }
        Count::Excel => {
            let (day, fraction) = days(0);
            if day >= 60.0 { day + 1.0 + fraction } else { day + fraction }
        }
        Count::Dos if (1980..2108).contains(&year) => {
            let date = ((year - 1980) << 9) | (month << 5) | day;
            ((date << 16) | (clock[0] << 11) | (clock[1] << 5) | (clock[2] / 2)) as f64
        }
        Count::Decimal | Count::Digits if (1..=9999).contains(&year) => {
            let date = ((year * 100 + month) * 100 + day) as f64;
            let time = ((clock[0] * 100 + clock[1]) * 100 + clock[2]) as f64;
            if matches!(count, Count::Decimal) { date + time / 1e6 } else { date * 1e6 + time }
        }
        _ => return None,
    };
    (negative || x >= 0.0).then_some(x)
}

impl Stamp {
    /// What stands for the elements that a timestamp does not have.
    fn defaults(self) -> &'static [i64] {
        match self {
            Stamp::Date(_) | Stamp::Week => &[1, 1, 1, 0, 0, 0, 0],
            Stamp::DayOfYear => &[1, 1, 0, 0, 0, 0],
            Stamp::Decimal => &[10101, 0],
            Stamp::DayNumber => &[-693_594, 0, 0, 0],
        }
    }

    /// Whether timestamps can tell of a day.
    fn covers(self, day: i64) -> bool {
        (day_of(1, 1, 1)..=day_of(4000, 2, 28)).contains(&day)
    }

    /// The moment that a timestamp stands for; `None` where it stands for none.
    pub fn read(self, elements: &[i64]) -> Option<Moment> {
        let defaults = self.defaults();
        if elements.len() > defaults.len() {
            return None;
        }
        let e = |k: usize| elements.get(k).or(defaults.get(k)).copied().unwrap_or(0);
        let parts = |k: usize, a_second: i64| e(k).checked_mul(SECOND / a_second);
        let moment = match self {
            Stamp::Date(a_second) => Moment::at(valid_day(e(0), e(1), e(2))?, e(3), e(4), e(5), parts(6, a_second)?)?,
            Stamp::DayOfYear => {
                let day = valid_day(e(0), 1, 1)?.checked_add(e(1))?.checked_sub(1)?;
                if e(1) < 1 || day > valid_day(e(0), 12, 31)? {
                    return None;
                }
                Moment::at(day, e(2), e(3), e(4), parts(5, 1_000_000)?)?
            }
            Stamp::Week => Moment::at(day_of_week(e(0), e(1), e(2))?, e(3), e(4), e(5), parts(6, 1_000_000)?)?,
            Stamp::Decimal => from_digits(e(0), e(1))?,
            Stamp::DayNumber => Moment::at(e(0), e(1), e(2), e(3), 0)?,
        };
        self.covers(moment.day).then_some(moment)
    }

    /// The timestamp of a moment; `None` beyond the years that they are for.
    pub fn write(self, moment: Moment) -> Option<Vec<i64>> {
        if !self.covers(moment.day) {
            return None;
        }
        let (year, month, day) = date_of(moment.day);
        let [hour, minute, second, nano] = moment.clock();
        Some(match self {
            Stamp::Date(a_second) => vec![year, month, day, hour, minute, second, nano / (SECOND / a_second)],
            Stamp::DayOfYear => vec![year, day_of_year(moment.day), hour, minute, second, nano / 1000],
            Stamp::Week => {
                let (year, number) = week(moment.day);
                vec![year, number, weekday(moment.day), hour, minute, second, nano / 1000]
            }
            Stamp::Decimal => {
                vec![(year * 100 + month) * 100 + day, (hour * 100 + minute) * 100 + second]
            }
            Stamp::DayNumber => vec![moment.day, hour, minute, second],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2020-02-26 11:33:54.466, from the documentation, and numbers that other systems give it.
    #[test]
    fn a_moment_by_its_codes() {
        let moment = Stamp::Date(1000).read(&[2020, 2, 26, 11, 33, 54, 466]).unwrap();
        let number = |code| match lookup(code) {
            Some(Code::Number { count, negative }) => {
                let x = to_number(count, negative, moment).unwrap();
                let back = from_number(count, negative, x).unwrap();
                assert!((back.nanos() - moment.nanos()).abs() < 2_000_000_000, "{code}");
                x
            }
            _ => panic!("{code} is no number"),
        };
        assert_eq!(number(20), 1582716834.0);
        assert_eq!(number(12), 1582716834466.0);
        assert_eq!(number(2), 94963010067.0);
        assert_eq!(number(31), 132271904344660000.0);
        assert_eq!(number(32), 637183136344660000.0);
        assert_eq!(number(40).floor(), 43887.0);
        assert_eq!(number(41).floor(), 42425.0);
        assert_eq!(number(50).floor(), 2458905.0);
        assert_eq!(number(53).floor(), 58905.0);
        assert_eq!(number(61), 20200226113354.0);
        assert_eq!(number(30), f64::from((40u32 << 25) | (2 << 21) | (26 << 16) | (11 << 11) | (33 << 5) | 27));
    }

    #[test]
    fn days_before_their_epoch() {
        let ole = from_number(Count::Ole, true, -1.25).unwrap();
        assert_eq!((date_of(ole.day), ole.clock()), ((1899, 12, 29), [6, 0, 0, 0]));
        assert_eq!(to_number(Count::Ole, true, ole), Some(-1.25));
        assert_eq!(from_number(Count::Excel, false, 60.5), None);
        assert_eq!(from_number(Count::Excel, false, 61.0).map(|m| date_of(m.day)), Some((1900, 3, 1)));
        assert_eq!(from_number(Count::Excel, false, 59.0).map(|m| date_of(m.day)), Some((1900, 2, 28)));
        assert_eq!(from_number(Count::Excel, false, -1.0), None);
    }
}
