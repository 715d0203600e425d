//! `G` phrases of a format specification: digits in a picture.

use super::grammar::Data;

/// The picture with digits in it; `None` where they are more than it has places for.
///
/// A `9` shows its digit always. A `Z` shows it unless it is a zero with no digit shown on one side of it; text
/// between two places shows where digits show on both sides, text before the first and behind the last always.
pub fn fill(data: &Data, pattern: &[char], digits: &[char]) -> Option<Vec<char>> {
    let (always, unless_zero) = (data.symbol('9'), data.symbol('Z'));
    let is_place = |c: char| c == always || c == unless_zero;
    let places = pattern.iter().filter(|&&c| is_place(c)).count();
    let missing = places.checked_sub(digits.len())?;
    let digit = |place: usize| if place < missing { '0' } else { digits[place - missing] };

    // The first and the last place of which the digit shows.
    let mut shown: Option<(usize, usize)> = None;
    for (place, &c) in pattern.iter().filter(|&&c| is_place(c)).enumerate() {
        if c == always || digit(place) != '0' {
            shown = Some((shown.map_or(place, |(first, _)| first), place));
        }
    }
    let mut out = Vec::with_capacity(pattern.len());
    let mut place = 0;
    for &c in pattern {
        let inside = |before: usize| shown.is_some_and(|(first, last)| before > first && before <= last);
        if is_place(c) {
            let visible = shown.is_some_and(|(first, last)| (first..=last).contains(&place));
            out.push(if visible { digit(place) } else { ' ' });
            place += 1;
        } else if place == 0 || place == places || inside(place) {
            out.push(c);
        } else {
            out.push(' ');
        }
    }
    Some(out)
}
