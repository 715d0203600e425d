//! `]trace`: runs lines while a recording is made, and shows it as text.

mod text;

pub(crate) use text::{Manner, described, kind, marked, named, one_line, plain, remarks_on, shortened};

use super::commands::{Reply, refused};
use super::{Outcome, Session, lines, source};
use crate::code::instruction::Op;
use crate::code::lower::{Locals, Wanted, lower};
use crate::code::node::Class;
use crate::error::Fault;
use crate::observe::trace::{Limits, Recording};
use crate::syntax::tree::Statement;

impl Session {
    /// Records what runs from now on.
    #[doc(hidden)]
    pub fn begin_trace(&self, limits: Limits) {
        self.context.tracer.begin(limits, self.root.workspace.depth());
        // What is bound and lowered now is so for a trace.
        self.root.workspace.renew();
    }

    /// What was recorded.
    #[doc(hidden)]
    pub fn end_trace(&self) -> Recording {
        let recording = self.context.tracer.end();
        self.root.workspace.renew();
        recording
    }

    /// Runs a line or a script, or the last one again where it is empty, and records it. A reason where there is nothing to run.
    pub(crate) fn traced(&mut self, line: &str, limits: Limits, outcome: &mut Outcome) -> Result<Recording, String> {
        let line = match line {
            "" => self.last_input.borrow().clone(),
            line => line.to_owned(),
        };
        if line.is_empty() {
            return Err("nothing has been run yet; ]trace EXPRESSION traces an expression".to_owned());
        }
        if self.context.tracer.is_on() {
            return Err("a trace is being recorded already".to_owned());
        }
        if lines::is_command(&line) || lines::is_definition(&line) {
            return Err(format!("no expression that could be traced: {line}"));
        }
        *self.last_input.borrow_mut() = line.clone();
        let _evaluation = self.begin();
        self.begin_trace(limits);
        self.undisturbed(|session| {
            if let Err(fault) = session.line_or_script(&line, outcome) {
                session.report(fault, outcome);
            }
        });
        Ok(self.end_trace())
    }

    /// `]explain -steps EXPRESSION`: the parts in the order in which they are evaluated, which are those that a trace shows.
    /// Nothing is evaluated.
    pub(super) fn steps_of(&mut self, expression: &str) -> Result<String, Fault> {
        let _evaluation = self.begin();
        self.guarded(|session| {
            let text = source(expression);
            let body = text.parse(&session.context, expression)?;
            let mut lines = String::new();
            let mut number = 0;
            for statement in &body.statements {
                let Statement::Expression(phrase) = statement else { return Err(Fault::syntax()) };
                let bound = session.evaluator(&session.current_space(), &text).bind(phrase)?;
                let Some(root) = bound.root().filter(|_| bound.class == Some(Class::Array)) else {
                    return Err(Fault::syntax().because("A function, not an array"));
                };
                let code = lower(&bound, root, Wanted::Array, Locals::Slots(&[], None), true);
                let noted =
                    code.ops.iter().zip(&code.nodes).filter(|(op, _)| matches!(op, Op::Note)).map(|(_, node)| *node);
                for node in noted.chain([root]) {
                    number += 1;
                    let part = bound.places[node as usize].span.of(&text.text);
                    lines += &format!("{number:>3}  {}\n", one_line(part));
                }
            }
            Ok(lines)
        })
    }

    /// `]trace [-calls] [EXPRESSION]`, or the name of a script.
    pub(super) fn trace_command(&mut self, argument: &str, outcome: &mut Outcome) -> Reply {
        let (calls, line) = match argument.strip_prefix("-calls") {
            Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => (true, rest.trim()),
            _ => (false, argument),
        };
        if line.starts_with('-') && line[1..].starts_with(char::is_alphabetic) {
            return refused(format_args!("]trace has one option, -calls; not {line}"));
        }
        let manner = Manner { calls, width: self.context.pw() };
        match self.traced(line, manner.limits(), outcome) {
            Ok(recording) => Ok(plain(&self.context, &recording, manner)),
            Err(why) => refused(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    /// What `]trace` replies to a line, without the blanks that align it.
    fn traced(setup: &str, line: &str) -> Vec<String> {
        let mut session = Session::new();
        session.run(setup);
        let Ok(text) = session.trace_command(line, &mut Outcome::default()) else { panic!("{line} was refused") };
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn parts_are_shown_from_the_right() {
        assert_eq!(
            traced("n←4", "×/1+⍳n"),
            ["▸ ×/1+⍳n", "n integer 4", "⍳n integer 4 1 2 3 4", "1+⍳n integer 4 2 3 4 5", "×/1+⍳n integer 120"]
        );
        assert_eq!(
            traced("m←2 2⍴⍳4", "m[2;]+'ab'⍳'b'"),
            [
                "▸ m[2;]+'ab'⍳'b'",
                "'ab'⍳'b' integer 2",
                "m integer 2 2 1 2 ⋄ 3 4",
                "m[2;] integer 2 3 4",
                "m[2;]+'ab'⍳'b' integer 2 5 6"
            ]
        );
        assert_eq!(traced("", "5"), ["▸ 5"]);
    }

    #[test]
    fn explain_lists_the_parts_that_a_trace_shows() {
        let mut session = Session::new();
        session.run("n←3\nf←{⍵}");
        let steps = session.steps_of("x←n+f 2×⍳n").expect("steps");
        let parts: Vec<&str> = steps.lines().map(|line| line.split_whitespace().last().unwrap_or_default()).collect();
        assert_eq!(steps.lines().next(), Some("  1  n"));
        // n, ⍳n, 2×⍳n, f …, n on the left, the sum, the assignment.
        assert_eq!(parts.len(), 7, "{steps}");
        assert!(steps.ends_with("  7  x←n+f 2×⍳n\n"), "{steps}");
        assert!(session.get("x").is_none());
        assert!(session.steps_of("+/").is_err());
    }

    #[test]
    fn calls_are_entered_where_that_is_asked_for() {
        let setup = "f←{y←⍵×2 ⋄ y+⍺}";
        assert_eq!(traced(setup, "10 f 3"), ["▸ 10 f 3", "10 f 3 integer 16"]);
        assert_eq!(
            traced(setup, "-calls 10 f 3"),
            [
                "▸ 10 f 3",
                "→ f ⍺: integer 10 ⍵: integer 3",
                "f[0] y←⍵×2",
                "⍵ integer 3",
                "⍵×2 integer 6",
                "y←⍵×2 integer 6",
                "f[0] y+⍺",
                "⍺ integer 10",
                "y integer 6",
                "y+⍺ integer 16",
                "← integer 16",
                "10 f 3 integer 16",
            ]
        );
        let tail = traced("c←{⍵=0:9 ⋄ ∇⍵-1}", "-calls c 1");
        assert!(tail.contains(&"→ c (a tail call) ⍵: integer 0".to_owned()), "{tail:?}");
    }

    #[test]
    fn it_tells_which_cells_there_were_and_whether_they_ran_at_once() {
        let all = |line: &str| traced("m←3 4⍴⍳12\n∇r←t x\nr←⌽x\n∇", line).pop().unwrap_or_default();
        assert!(all("(⌽⍤1)m").ends_with("⍝ ⍤: 3 cells of shape 4, all at once"), "{}", all("(⌽⍤1)m"));
        assert!(all("(t⍤1)m").ends_with("⍝ ⍤: 3 cells of shape 4, one after the other"), "{}", all("(t⍤1)m"));
        assert!(all("{⍵+1}¨⍳3").ends_with("⍝ ¨: 3 items, all at once; applied as +∘1"), "{}", all("{⍵+1}¨⍳3"));
        let cells = traced("", "-calls {⍵>1:⍵×10 ⋄ -⍵}¨⍳3");
        assert!(cells.contains(&"⍵×10 integer, 2 cells 20 30".to_owned()), "{cells:?}");
        let large = traced("a←600 700⍴0.5", "1⌷⍉a");
        assert!(
            large.iter().any(|line| line.starts_with("⍉a") && line.ends_with("⍝ a view: nothing is copied")),
            "{large:?}"
        );
    }

    #[test]
    fn changes_of_names_are_told() {
        assert_eq!(traced("", "x←3 1"), ["▸ x←3 1", "x←3 1 integer 2 3 1"]);
        assert_eq!(traced("x←3 1", "x[2]←9"), ["▸ x[2]←9", "x[2]←9 integer 9", "x integer 2 3 9 ⍝ its new value"]);
        // In a namespace, and of a system variable: the line is left out, as it says the same.
        let walked = |line: &str| {
            let mut session = Session::new();
            session.run("'n'⎕NS''");
            let recording = session.traced(line, Limits::default(), &mut Outcome::default()).expect("a recording");
            let changes = recording.steps().iter().filter_map(|step| match &step.what {
                crate::observe::trace::What::Change { name, .. } => Some(name.to_string()),
                _ => None,
            });
            changes.collect::<Vec<String>>()
        };
        assert_eq!(walked("n.x←5 6 ⋄ ⎕IO←0 ⋄ n.x[1]+←1 ⋄ y←n.x"), ["n.x", "⎕IO", "y"]);
        let split = traced("", "(a b)←4 5");
        assert_eq!(split[2..], ["b integer 5 ⍝ its new value", "a integer 4 ⍝ its new value"]);
    }

    #[test]
    fn errors_are_shown_where_they_arise() {
        let text = traced("f←{÷⍵}", "-calls 1+f 0");
        let at = text.iter().position(|line| line == "DOMAIN ERROR: Divide by zero").expect("an error");
        assert_eq!(text[at + 1..], ["f←{÷⍵}", "∧"]);
        // One that is caught is shown too.
        let caught = traced("g←{0::¯1 ⋄ ÷⍵}", "-calls g 0");
        assert!(
            caught.contains(&"DOMAIN ERROR: Divide by zero".to_owned()) && caught.contains(&"← integer ¯1".to_owned())
        );
    }

    #[test]
    fn an_error_in_a_call_that_is_not_entered_is_shown_too() {
        let text = traced("f←{g ⍵-⍵}\ng←{÷⍵}\nh←{0::9 ⋄ f ⍵}", "2+f 3");
        assert_eq!(text, ["▸ 2+f 3", "DOMAIN ERROR: Divide by zero", "g←{÷⍵}", "∧"]);
        // One that a call handles is its own affair.
        assert_eq!(traced("f←{÷⍵-⍵}\nh←{0::9 ⋄ f ⍵}", "2+h 3"), ["▸ 2+h 3", "h 3 integer 9", "2+h 3 integer 11"]);
    }

    #[test]
    fn what_the_functions_of_a_train_give_is_told() {
        let last = |line: &str| traced("", line).pop().unwrap_or_default();
        assert_eq!(last("(+/÷≢)1 2 6"), "(+/÷≢)1 2 6 integer 3 ⍝ ≢ gives 3; +/ gives 9");
        assert_eq!(last("(-2×⊢)5"), "(-2×⊢)5 integer ¯10 ⍝ ⊢ gives 5; × gives 10");
        assert_eq!(last("3(+,-)4"), "3(+,-)4 integer 2 7 ¯1 ⍝ - gives ¯1; + gives 7");
    }

    #[test]
    fn the_last_input_is_traced_again() {
        assert_eq!(traced("1+2\n]box", ""), ["▸ 1+2", "1+2 integer 3"]);
        assert_eq!(traced("1+2\n]trace 2×4", ""), ["▸ 2×4", "2×4 integer 8"]);
        let mut session = Session::new();
        assert!(session.trace_command("", &mut Outcome::default()).is_err());
        assert!(session.trace_command(")vars", &mut Outcome::default()).is_err());
        assert!(session.trace_command("-deep 1", &mut Outcome::default()).is_err());
    }

    #[test]
    fn what_never_ends_is_interrupted_and_bounded() {
        let mut session = Session::builder().time_limit(Some(std::time::Duration::from_millis(300))).build();
        let limits = Limits { steps: 500, ..Limits::default() };
        let mut outcome = Outcome::default();
        let recording = session.traced("{∇⍵+1}1", limits, &mut outcome).expect("a recording");
        assert_eq!(recording.steps().len(), 500);
        assert!(recording.dropped() > 0);
        assert_eq!(outcome.last_error.expect("an interrupt").kind(), ErrorKind::Interrupt);
        // The session is as it was, and runs as fast.
        assert_eq!(session.eval("+/⍳4").unwrap().to_string(), "10");
    }

    #[test]
    fn what_fills_the_memory_ends_in_ws_full_and_leaves_nothing_behind() {
        let mut session = Session::builder().memory_limit(32 << 20).build();
        session.run("x←1");
        let before = session.context().memory().used();
        let mut outcome = Outcome::default();
        let limits = Limits { bytes: 1 << 20, ..Limits::default() };
        drop(session.traced("{∇⍵,⍵}x", limits, &mut outcome));
        assert_eq!(outcome.last_error.expect("an error").kind(), ErrorKind::WsFull);
        assert_eq!(session.context().memory().used(), before);
        let deep =
            session.traced("{⍵=0:0 ⋄ 1+∇⍵-1}1000", Limits::default(), &mut Outcome::default()).expect("a recording");
        assert_eq!(deep.steps().iter().map(|step| step.depth).max(), Some(1001));
    }

    #[test]
    fn recorded_values_do_not_change_when_their_variables_do() {
        let mut session = Session::new();
        session.run("x←1 2 3 4.5 ⋄ r←⍬");
        let recording = session
            .traced("x[1]←9 ⋄ x[2]←8 ⋄ r,←1 ⋄ r,←2", Limits::default(), &mut Outcome::default())
            .expect("a recording");
        let changes: Vec<String> = recording
            .steps()
            .iter()
            .filter_map(|step| match &step.what {
                crate::observe::trace::What::Change { value: Some(value), .. } => {
                    Some(value.value.as_ref()?.to_string())
                }
                _ => None,
            })
            .collect();
        assert_eq!(changes, ["9 2 3 4.5", "9 8 3 4.5", "1", "1 2"]);
    }
}
