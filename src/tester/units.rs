//! Sizes and times as they are written on the command line, in directives and in `zilde.toml`.

use std::time::Duration;

/// A number of bytes: `1048576`, `512K`, `512M`, `1G`, `1GiB`.
pub fn size(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.to_ascii_uppercase();
    let scale = match unit.trim_end_matches('B').trim_end_matches('I') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err("expected a number of bytes, as 512M or 2G".to_owned()),
    };
    let number: usize = number.parse().map_err(|_| "expected a number of bytes, as 512M or 2G".to_owned())?;
    number.checked_mul(1 << scale).filter(|&bytes| bytes > 0).ok_or_else(|| "out of range".to_owned())
}

/// A time: `500ms`, `10`, `10s`, `2m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("", 1.0)];
    let expected = || "expected a time, as 500ms, 10 or 2m".to_owned();
    let (number, scale) =
        units.iter().find_map(|(unit, scale)| Some((text.strip_suffix(unit)?, scale))).ok_or_else(expected)?;
    let seconds: f64 = number.parse().map_err(|_| expected())?;
    Duration::try_from_secs_f64(seconds * scale).map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(size("512M"), Ok(512 << 20));
        assert_eq!(size("1GiB"), Ok(1 << 30));
        assert_eq!(size("1000"), Ok(1000));
        for wrong in ["", "G", "1X", "-1", "0", "99999999999T", "1.5G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "-1", "nan", "inf", "1e400"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
