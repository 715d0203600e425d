//! Inputs that claim something: properties (`⍝! forall`) and expressions that have to agree (`⍝! same`).

use std::time::{Duration, Instant};

use super::case::{Counterexample, Verdict};
use super::difference;
use super::directive::Directives;
use super::player::{Played, Player, Trouble, trouble_of};
use super::property::{self, Found, Sample, Spec, Trial};
use crate::syntax::scan::{self, Class, Word};

/// What became of a claim.
pub struct Claimed {
    /// What its last run displayed.
    pub played: Played,
    /// The judgement.
    pub verdict: Verdict,
    /// The drawing for which it fails.
    pub counterexample: Option<Counterexample>,
    /// How the arrays differ that it compares.
    pub detail: Vec<String>,
}

/// Tests a claim, which has to give the output `expected`.
pub fn test(player: &mut Player, input: &str, directives: &Directives, expected: &[String]) -> Claimed {
    let begun = Instant::now();
    let mut claimed = match &directives.forall {
        Some(spec) => property(player, spec, input, directives, expected),
        None => {
            let played = once(player, input, directives);
            let verdict = Verdict::of(&played, Some(expected), directives);
            Claimed { played, verdict, counterexample: None, detail: Vec::new() }
        }
    };
    claimed.played.time = begun.elapsed();
    claimed
}

/// The input run once. Of expressions that have to agree, the lines say how they differ.
fn once(player: &mut Player, input: &str, directives: &Directives) -> Played {
    if directives.same.is_none() {
        return player.play(input, directives);
    }
    let played = |lines, fault: Option<crate::error::Fault>| {
        let trouble = fault.as_ref().and_then(trouble_of);
        Played { lines, fault, trouble, time: Duration::ZERO }
    };
    let values = match player.values(input, directives) {
        Ok(values) => values,
        Err(fault) => {
            let lines = fault.report().lines().map(str::to_owned).collect();
            return played(lines, Some(fault));
        }
    };
    let Some((first, others)) = values.split_first().filter(|(_, others)| !others.is_empty()) else {
        return played(vec!["same needs two expressions with values, at least".to_owned()], None);
    };
    for (at, other) in others.iter().enumerate() {
        let mut lines = difference::explained(first, other, directives.tolerance);
        if !lines.is_empty() {
            lines.insert(0, format!("expression {} differs from the first:", at + 2));
            return played(lines, None);
        }
    }
    played(Vec::new(), None)
}

fn property(player: &mut Player, spec: &Spec, input: &str, directives: &Directives, expected: &[String]) -> Claimed {
    let names: Vec<&str> = spec.arrays.iter().map(|array| &*array.name).collect();
    let seed = player.drawing_seed(directives);
    let cases = player.limits().cases.or(directives.cases).unwrap_or(property::CASES);
    // A failure that is known is told as such at the end.
    let plain = Directives { xfail: None, ..directives.clone() };
    let plain = Directives { seed: Some(plain.seed.unwrap_or(seed)), ..plain };
    let shrinks = if player.limits().hasty { 0 } else { property::SHRINKS };
    let limit = directives.time.or(player.limits().time);
    let begun = Instant::now();
    let nothing = Played { lines: Vec::new(), fault: None, trouble: None, time: Duration::ZERO };
    let mut last = nothing.clone();
    let mut complaint = None;
    // Trials that make a failure smaller stop when the time is up; what was found until then is told.
    let mut failed = false;
    let mut trial = |sample: &Sample| {
        if limit.is_some_and(|limit| begun.elapsed() > limit) {
            if !failed {
                last = Played { trouble: Some(Trouble::TimedOut), ..nothing.clone() };
            }
            return Trial::Spoilt;
        }
        if let Err(fault) = player.give(&names, sample) {
            complaint = Some(fault.headline());
            return Trial::Spoilt;
        }
        match directives.condition.as_deref().map_or(Ok(true), |condition| holds(player, condition, &plain)) {
            Ok(true) => {}
            Ok(false) => return Trial::Dropped,
            Err(why) => {
                complaint = Some(format!("where {why}"));
                return Trial::Spoilt;
            }
        }
        let played = once(player, input, &plain);
        match Verdict::of(&played, Some(expected), &plain) {
            Verdict::Passed => Trial::Held,
            Verdict::Spoilt(_) => {
                if !failed {
                    last = played;
                }
                Trial::Spoilt
            }
            _ => {
                failed = true;
                Trial::Failed(played.fault.as_ref().map_or(0, |fault| fault.kind().number()))
            }
        }
    };
    let found = property::check(spec, cases, seed, shrinks, &mut trial);
    let falsified = |why: String| (Verdict::Falsified(why), None);
    let mut detail = Vec::new();
    let (verdict, counterexample) = match found {
        Found::Held => (Verdict::Passed, None),
        Found::Failed(number, sample, steps) => {
            let given = player.give(&names, &sample);
            last = once(player, input, &plain);
            if given.is_ok() && directives.same.is_none() && last.fault.is_none() {
                detail = compared(player, input, &plain);
            }
            let assign = |(name, drawn): (&&str, &property::Drawn)| format!("{name}←{}", drawn.text());
            let assignments = names.iter().zip(&sample.arrays).map(assign).collect();
            let verdict = Verdict::Falsified("does not hold for every drawing".to_owned());
            (verdict, Some(Counterexample { assignments, number, steps, seed }))
        }
        Found::Scarce(dropped, of) => falsified(format!("cannot be tested: where drops {dropped} of {of} drawings")),
        Found::TooLarge => falsified("cannot be tested: a drawing has too many elements".to_owned()),
        Found::Spoilt => match (complaint, last.trouble) {
            (Some(why), _) => falsified(format!("cannot be tested: {why}")),
            (None, trouble) => (Verdict::Spoilt(trouble.unwrap_or(Trouble::TimedOut)), None),
        },
    };
    player.forget(&names);
    let verdict = match (verdict, &directives.xfail) {
        (Verdict::Falsified(_), Some(_)) => Verdict::KnownToDiffer,
        (Verdict::Passed, Some(_)) => Verdict::PassedAfterAll,
        (verdict, _) => verdict,
    };
    Claimed { played: last, verdict, counterexample, detail }
}

/// Whether a condition is 1; or what is wrong with it.
fn holds(player: &mut Player, condition: &str, directives: &Directives) -> Result<bool, String> {
    let values = player.values(condition, directives).map_err(|fault| format!("{condition}: {}", fault.headline()))?;
    let value = values.last().ok_or_else(|| format!("{condition}: no value"))?;
    bool::try_from(value).map_err(|_| format!("{condition}: neither 0 nor 1"))
}

/// Where the input is `left≡right`, how the two differ.
fn compared(player: &mut Player, input: &str, directives: &Directives) -> Vec<String> {
    let Some((left, right)) = sides(input) else { return Vec::new() };
    let (left, right) = (player.values(left, directives), player.values(right, directives));
    let last = |values: Vec<crate::Value>| values.into_iter().next_back();
    match (left.ok().and_then(last), right.ok().and_then(last)) {
        (Some(left), Some(right)) => difference::explained(&left, &right, directives.tolerance),
        _ => Vec::new(),
    }
}

/// The two sides of an expression `left≡right` whose left side is an expression in brackets, or names and numbers.
fn sides(input: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let mut brackets = 0;
    let mut names = 0;
    for Word { class, range } in scan::words(input) {
        match class {
            Class::Glyph('≡') if depth == 0 && brackets + names.min(1) == 1 => {
                return Some((&input[..range.start], &input[range.end..]));
            }
            Class::Open => depth += 1,
            Class::Close => {
                depth -= 1;
                brackets += usize::from(depth == 0);
            }
            Class::Name | Class::Number | Class::Text { .. } if depth == 0 => names += 1,
            Class::Blank => {}
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::sides;

    #[test]
    fn sides_of_a_comparison() {
        assert_eq!(sides("(k f x)≡k g x"), Some(("(k f x)", "k g x")));
        assert_eq!(sides("x≡⌽⌽x"), Some(("x", "⌽⌽x")));
        assert_eq!(sides("(a≡b)≡c"), Some(("(a≡b)", "c")));
        for none in ["⌽x≡y", "∧/(x)≡y", "≡x", "x≢y", "f x ⋄ x≡y", "(a) b≡c"] {
            assert_eq!(sides(none), None, "{none}");
        }
    }
}
