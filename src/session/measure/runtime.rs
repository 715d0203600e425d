//! `]runtime`: how long expressions take, one by one or compared with each other.

use std::time::{Duration, Instant};

use crate::array::{Value, compare};
use crate::bounds::processor_time;
use crate::error::{Fault, Result};
use crate::session::commands::{Refusal, Reply, refused};
use crate::session::{Session, source};
use crate::vm::Shown;

/// How long expressions are repeated that are compared.
const COMPARED: Duration = Duration::from_secs(1);

/// The columns of the longest bar.
const BAR: usize = 40;

/// How often an expression is run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Repeat {
    Times(u32),
    For(Duration),
}

/// What one run took.
struct Taken {
    elapsed: f64,
    processor: f64,
    result: Option<Value>,
}

impl Session {
    /// `]runtime [-c|-compare] [-repeat=N|Ns] EXPRESSION`, `"EXPRESSION" "EXPRESSION"`.
    pub(in crate::session) fn runtime_command(&mut self, argument: &str) -> Reply {
        let (mut compare, mut repeat, mut rest) = (false, None, argument);
        while rest.starts_with('-') {
            let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            match word {
                "-c" | "-compare" => compare = true,
                _ => match word.strip_prefix("-repeat=").and_then(repetition) {
                    Some(times) => repeat = Some(times),
                    None => {
                        return refused(
                            "the options of ]runtime are -c, -compare and -repeat=N or -repeat=Ns, seconds",
                        );
                    }
                },
            }
            rest = behind.trim_start();
        }
        let Some(expressions) = expressions(rest) else {
            return refused("]runtime takes an expression, or several in quotes: ]runtime -c \"+/⍳9\" \"9×10÷2\"");
        };
        let repeat = repeat.unwrap_or(if compare { Repeat::For(COMPARED) } else { Repeat::Times(1) });
        let mut all = Vec::new();
        for expression in expressions {
            let taken = self.undisturbed(|session| session.timed(&expression, repeat))?;
            all.push((expression, taken));
        }
        if compare { self.compared(&all).map_err(Refusal::Fault) } else { Ok(all.iter().map(single).collect()) }
    }

    /// Runs an expression so often, without showing anything.
    fn timed(&mut self, expression: &str, repeat: Repeat) -> Result<Taken> {
        self.guarded(|session| {
            let text = source(expression);
            let body = text.parse(&session.context, expression)?;
            let space = session.current_space();
            let evaluator = session.evaluator(&space, &text);
            let run = || {
                let mut result = None;
                for statement in &body.statements {
                    result = match evaluator.statement(statement)? {
                        Shown::Value(value) | Shown::Shy(value) => Some(value.settled(session.context.memory())?),
                        Shown::Nothing | Shown::Function(..) => None,
                    };
                }
                Ok::<Option<Value>, Fault>(result)
            };
            // The first run binds and makes what is kept for the others.
            let (mut count, mut result) = (0u32, None);
            let (began, processor) = (Instant::now(), processor_time());
            loop {
                result = match run()? {
                    None => result,
                    some => some,
                };
                count += 1;
                let enough = match repeat {
                    Repeat::Times(times) => count >= times,
                    Repeat::For(time) => began.elapsed() >= time,
                };
                if enough || count == u32::MAX {
                    break;
                }
            }
            let each = |time: Duration| time.as_secs_f64() / f64::from(count);
            let processor = processor_time().saturating_sub(processor);
            Ok(Taken { elapsed: each(began.elapsed()), processor: each(processor), result })
        })
    }

    /// A line for each expression, with a bar; `*` marks those with another result than the first.
    fn compared(&self, all: &[(String, Taken)]) -> Result<String> {
        let memory = self.context.memory();
        let width = all.iter().map(|(expression, _)| expression.chars().count()).max().unwrap_or(0);
        let (first, longest) =
            (all.first().map(|(_, taken)| taken), all.iter().map(|(_, taken)| taken.elapsed).fold(0.0, f64::max));
        let mut text = String::new();
        for (expression, taken) in all {
            let same = match (first.and_then(|first| first.result.as_ref()), &taken.result) {
                (Some(first), Some(result)) => compare::matches(memory, first, result, self.context.ct())?,
                (None, None) => true,
                _ => false,
            };
            let percent = match first {
                Some(first) if first.elapsed > 0.0 => ((taken.elapsed / first.elapsed - 1.0) * 100.0).round(),
                _ => 0.0,
            };
            let sign = if percent > 0.0 { "+" } else { "" };
            let bar = if longest > 0.0 { (taken.elapsed / longest * BAR as f64).round() as usize } else { 0 };
            let blanks = " ".repeat(width - expression.chars().count());
            let mark = if same { ' ' } else { '*' };
            let percent = format!("{sign}{percent}%");
            text += &format!(
                "{mark} {expression}{blanks} → {} | {percent:>5} {}\n",
                scaled(taken.elapsed),
                "⎕".repeat(bar)
            );
        }
        Ok(text)
    }
}

/// `1.2E¯3`.
fn scaled(seconds: f64) -> String {
    let text = format!("{seconds:.1e}");
    text.replace('-', "¯").replace('e', "E")
}

/// What one expression took, in milliseconds.
fn single((expression, taken): &(String, Taken)) -> String {
    let cell = |seconds: f64| {
        let milliseconds = seconds * 1e3;
        if milliseconds < 10.0 { format!("{milliseconds:.2}") } else { format!("{milliseconds:.0}") }
    };
    let (processor, elapsed) = (cell(taken.processor), cell(taken.elapsed));
    let width = processor.len().max(elapsed.len()).max(4);
    let line = "─".repeat(width);
    format!(
        "\n* Benchmarking \"{expression}\"\n┌──────────┬{line}┐\n│          │{:<width$}│\n├──────────┼{line}┤\n\
         │CPU (avg):│{processor:<width$}│\n├──────────┼{line}┤\n│Elapsed:  │{elapsed:<width$}│\n└──────────┴{line}┘\n",
        "(ms)"
    )
}

/// `10` times, or `2s`, so many seconds.
fn repetition(text: &str) -> Option<Repeat> {
    match text.strip_suffix('s') {
        Some(seconds) => {
            let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..=3600.0).contains(seconds))?;
            Some(Repeat::For(Duration::from_secs_f64(seconds)))
        }
        None => text.parse().ok().filter(|times| *times > 0).map(Repeat::Times),
    }
}

/// The expressions: several in quotes, or else one.
fn expressions(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let quoted = |quote: char| {
        let mut all = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let mut inside = String::new();
            rest = rest.strip_prefix(quote)?;
            loop {
                let end = rest.find(quote)?;
                inside += &rest[..end];
                rest = &rest[end + quote.len_utf8()..];
                // A quote twice stands for one.
                match rest.strip_prefix(quote) {
                    Some(behind) => {
                        inside.push(quote);
                        rest = behind;
                    }
                    None => break,
                }
            }
            if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
                return None;
            }
            rest = rest.trim_start();
            all.push(inside);
        }
        Some(all)
    };
    quoted('"').or_else(|| quoted('\'')).or_else(|| Some(vec![text.to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_stand_in_quotes_or_alone() {
        assert_eq!(expressions("+/⍳9").unwrap(), ["+/⍳9"]);
        assert_eq!(expressions("\"+/⍳9\"  \"×/⍳9\"").unwrap(), ["+/⍳9", "×/⍳9"]);
        assert_eq!(expressions("'⍴''ab''' '1'").unwrap(), ["⍴'ab'", "1"]);
        assert_eq!(expressions("'ab'≡'cd'").unwrap(), ["'ab'≡'cd'"]);
        assert_eq!(expressions("  "), None);
        assert_eq!(repetition("5"), Some(Repeat::Times(5)));
        assert_eq!(repetition("2s"), Some(Repeat::For(Duration::from_secs(2))));
        assert_eq!([repetition("0"), repetition("-1"), repetition("xs")], [None; 3]);
    }

    #[test]
    fn what_is_compared_has_a_line_each_and_a_mark_where_it_differs() {
        let mut session = Session::new();
        let Ok(text) = session.runtime_command("-c -repeat=3 \"+/⍳10\" \"55\" \"56\"") else { panic!("refused") };
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("  +/⍳10 → ") && lines[0].contains("|    0% "), "{text}");
        assert!(lines[1].starts_with("  55    → ") && lines[2].starts_with("* 56    → "), "{text}");
        let Ok(text) = session.runtime_command("-repeat=2 n←0 ⋄ n+←1") else { panic!("refused") };
        assert!(text.contains("* Benchmarking \"n←0 ⋄ n+←1\"") && text.contains("Elapsed:"), "{text}");
        assert_eq!(session.eval("n").unwrap().to_string(), "1");
        assert!(session.runtime_command("÷0").is_err() && session.runtime_command("-x 1").is_err());
    }
}
