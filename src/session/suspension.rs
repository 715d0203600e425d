//! Prompts at suspended functions: `→` lets them go on or ends them, `)si )sinl )reset ]suspend`.
//!
//! Each suspension has a session of its own over the same workspace, whose lines see the names of the suspended function.
//! It lasts until the function goes on.

use std::fmt::Write;
use std::rc::Rc;
use std::time::Instant;

use super::commands::{Reply, refused};
use super::{Outcome, Session};
use crate::context::After;
use crate::error::{Fault, Result};
use crate::names::Scope;
use crate::suspension::{Cause, Desk, Resumption};

/// A front end at which somebody types what becomes of a suspended function.
pub(crate) trait Prompt {
    /// Reads lines and runs them in the session until one lets the function go on, which its outcome tells, or the person
    /// leaves. `first` are lines that were typed already.
    fn converse(&self, session: &mut Session, first: String) -> Left;
}

/// How a person has left a prompt.
pub(crate) enum Left {
    /// The suspended function goes on or ends.
    GoesOn(Resumption),
    /// The program ends, with this exit code.
    Off(i32),
}

/// The desk of a session.
struct SessionDesk {
    session: Session,
    prompt: Rc<dyn Prompt>,
}

impl Session {
    /// From now on functions are suspended when an error ends them, and this prompt asks how they go on; with `None` they
    /// are not. Gives the prompt before.
    pub(crate) fn suspend_at(&mut self, prompt: Option<Rc<dyn Prompt>>) -> Option<Rc<dyn Prompt>> {
        std::mem::replace(&mut self.prompt, prompt)
    }

    /// While lines are run, functions can be suspended, if there is a prompt for that.
    pub(super) fn take_desk(&self) {
        let Some(prompt) = self.prompt.clone() else { return };
        let desk = SessionDesk { session: self.nested(None), prompt };
        self.context.traps.borrow_mut().record_all(true);
        self.context.suspensions.provide(Some(Rc::new(desk)));
    }

    /// Lines have been run.
    pub(super) fn leave_desk(&self) {
        if self.prompt.is_some() {
            self.context.traps.borrow_mut().record_all(false);
            self.context.suspensions.provide(None);
        }
    }

    /// A session over the same workspace, for the prompt at a suspended function.
    fn nested(&self, at: Option<Rc<Scope>>) -> Session {
        Session {
            context: self.context.clone(),
            root: self.root.clone(),
            origin: None,
            held: self.held.clone(),
            prompt: None,
            show_shy: self.show_shy,
            seed: self.seed,
            time_limit: self.time_limit,
            at,
            is_lent: true,
            last_input: self.last_input.clone(),
            made: self.made.clone(),
        }
    }

    /// Does something in which no function is suspended: an error ends it.
    pub(super) fn undisturbed<T>(&mut self, work: impl FnOnce(&mut Session) -> T) -> T {
        let context = self.context.clone();
        let desk = context.suspensions.provide(None);
        let done = work(self);
        context.suspensions.provide(desk);
        done
    }

    /// The time that an evaluation may take begins again.
    pub(super) fn renew_deadline(&self) {
        if let Some(limit) = self.time_limit {
            self.context.set_deadline(Some(Instant::now() + limit));
        }
    }

    /// Whether this is the prompt at a suspended function.
    pub(super) fn is_suspended(&self) -> bool {
        self.at.is_some()
    }

    /// What is no error and has ended a statement: at a prompt, a branch lets the suspended function go on.
    pub(super) fn left(&self, fault: &Fault, outcome: &mut Outcome) -> Result<()> {
        let suspensions = &self.context.suspensions;
        match fault.branch() {
            Some(line) => {
                let Some(scope) = &self.at else { return Ok(()) };
                if scope.has_arguments() && line != i64::from(scope.line_number()) {
                    let why = "A dfn goes on at the line where it was suspended: →⎕LC";
                    return Err(Fault::syntax().because(why));
                }
                outcome.resumption = Some(Resumption::Line(line));
            }
            // A suspension further in, or the function that was called, has ended.
            None if suspensions.is_ending() => outcome.resumption = Some(Resumption::End),
            None => {}
        }
        Ok(())
    }

    /// `→` at a prompt: ends the suspended function and those that it was called from, up to the prompt before.
    pub(super) fn end_suspension(&self, outcome: &mut Outcome) {
        if self.is_suspended() {
            self.end_suspensions(1, outcome);
        }
    }

    fn end_suspensions(&self, count: usize, outcome: &mut Outcome) {
        let suspensions = &self.context.suspensions;
        suspensions.end(suspensions.count().saturating_sub(count));
        outcome.resumption = Some(Resumption::End);
    }

    /// What is done when nothing is suspended any more.
    pub(super) fn after_all(&self, after: After, outcome: &mut Outcome) {
        *self.context.after.borrow_mut() = Some(after);
        self.end_suspensions(usize::MAX, outcome);
    }

    /// `)reset`, `)sic`: ends all suspensions, or so many.
    pub(super) fn reset_command(&mut self, words: &[&str], outcome: &mut Outcome) -> Reply {
        let count = match words {
            [] => usize::MAX,
            [count] => match count.parse() {
                Ok(count) => count,
                Err(_) => return refused(")reset takes the number of suspensions to end, or nothing for all"),
            },
            _ => return refused(")reset takes one number"),
        };
        self.context.note_fault(None);
        if self.is_suspended() && count > 0 {
            self.end_suspensions(count, outcome);
        }
        Ok(String::new())
    }

    /// `)si`, `)sinl`: the functions that are running, the innermost first, and the operators, `⍎` and `⎕` that have called
    /// them; a star marks functions that are suspended.
    pub(super) fn indicator_command(&self, words: &[&str], names: bool) -> Reply {
        let depths = self.context.suspensions.depths();
        let stack = self.root.workspace.stack();
        let mut pending = self.context.suspensions.pending().into_iter().peekable();
        let mut lines = Vec::new();
        for (at, scope) in stack.iter().enumerate() {
            self.context.poll()?;
            let is_suspended = depths.contains(&(stack.len() - at));
            let mut line = indicated(scope);
            if is_suspended {
                line.push('*');
            }
            if names {
                local_names(scope, &mut line);
            }
            lines.push(line);
            // Below a function stands what has called it and waits for it.
            let running = stack.len() - at - 1;
            while let Some((symbol, _)) = pending.next_if(|(_, callers)| *callers >= running) {
                lines.push(symbol.to_string());
            }
        }
        match words {
            [] => {}
            [count] => match count.replace('¯', "-").parse::<isize>() {
                Ok(count @ 0..) => lines.truncate(count as usize),
                Ok(count) => drop(lines.drain(..lines.len().saturating_sub(count.unsigned_abs()))),
                Err(_) => return refused(")si takes a number of lines"),
            },
            _ => return refused(")si takes one number"),
        }
        Ok(lines.into_iter().map(|line| line + "\n").collect())
    }

    /// `]suspend on`, `]suspend off`, `]suspend`.
    pub(super) fn suspend_command(&mut self, tail: &str) -> Reply {
        let suspensions = &self.context.suspensions;
        let told = |on: bool| if on { "on" } else { "off" };
        let before = suspensions.is_on();
        match tail.to_lowercase().as_str() {
            "" => return Ok(format!("Is {}\n", told(before))),
            "on" if !suspensions.has_desk() => return refused("functions are suspended at a terminal only"),
            "on" => suspensions.turn(true),
            "off" => suspensions.turn(false),
            _ => return refused("]suspend takes on or off"),
        }
        Ok(format!("Was {}\n", told(before)))
    }
}

/// A line of `)si`: `#.f[2]`, with the namespace that the function has changed into before it.
fn indicated(scope: &Scope) -> String {
    let function = &scope.function;
    let name = function.definition.name.borrow().clone().unwrap_or_else(|| "{…}".into());
    let line = format!("{}.{name}[{}]", function.space.path(), scope.line_number());
    match scope.is_moved() && scope.here().number() != function.space.number() {
        true => format!("[{}] {line}", scope.here().path()),
        false => line,
    }
}

/// Adds the names that are local to a function, at every eighth column.
fn local_names(scope: &Scope, line: &mut String) {
    let definition = &scope.function.definition;
    let locals = match &definition.program {
        Some(program) => &program.locals,
        None => &definition.locals,
    };
    let workspace = &scope.function.space.workspace;
    let system = definition.program.iter().flat_map(|program| &program.system_locals);
    let names = locals.iter().filter_map(|&symbol| workspace.name(symbol)).map(|name| name.to_string());
    for name in names.chain(system.map(|name| format!("⎕{name}"))) {
        let width = line.chars().count();
        let gap = 8 - width % 8;
        // Writing to a string does not fail.
        let _ = write!(line, "{}{name}", " ".repeat(gap));
    }
}

impl Desk for SessionDesk {
    fn suspended(&self, cause: Cause) -> Resumption {
        let mut session = self.session.nested(self.session.root.workspace.running_now());
        let context = session.context.clone();
        let told = match cause {
            Cause::Error(fault) => {
                context.note_fault(Some(fault));
                context.screen.borrow_mut().report(fault)
            }
            Cause::Stop(at) => context.screen.borrow_mut().write(&format!("{at}\n")),
        };
        let typed = context.screen.borrow_mut().take_block();
        let left = match told {
            Ok(()) => self.prompt.converse(&mut session, typed),
            Err(_) => Left::Off(0),
        };
        session.renew_deadline();
        match left {
            Left::GoesOn(resumption) => resumption,
            Left::Off(code) => {
                context.off.set(Some(code));
                context.suspensions.end(0);
                Resumption::End
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::context::{Asked, Console};

    /// What was shown.
    #[derive(Clone, Default)]
    struct Page(Rc<RefCell<String>>);

    impl Console for Page {
        fn write(&mut self, text: &str) -> std::io::Result<()> {
            self.0.borrow_mut().push_str(text);
            Ok(())
        }

        fn read(&mut self, _: Asked<'_>) -> std::io::Result<Option<String>> {
            Ok(None)
        }
    }

    /// Somebody who types lines, whatever prompt there is. At the end they leave.
    struct Typist {
        lines: RefCell<std::vec::IntoIter<String>>,
        page: Page,
        deepest: Cell<usize>,
    }

    impl Typist {
        fn type_at(&self, session: &mut Session, first: String) -> Left {
            let mut typed = Some(first).filter(|first| !first.is_empty());
            loop {
                let count = session.context().suspensions.count();
                self.deepest.set(self.deepest.get().max(count));
                let Some(line) = typed.take().or_else(|| self.lines.borrow_mut().next()) else {
                    return Left::Off(0);
                };
                *self.page.0.borrow_mut() += &format!("{}{line}\n", "*".repeat(count));
                let outcome = session.run(&line);
                match (outcome.off, outcome.resumption) {
                    (Some(code), _) => return Left::Off(code),
                    (None, Some(resumption)) => return Left::GoesOn(resumption),
                    (None, None) => {}
                }
            }
        }
    }

    impl Prompt for Typist {
        fn converse(&self, session: &mut Session, first: String) -> Left {
            self.type_at(session, first)
        }
    }

    /// What is shown when lines are typed: each behind as many stars as there are suspensions.
    fn conversation(lines: &[&str]) -> String {
        let page = Page::default();
        let typed: Vec<String> = lines.iter().map(|line| line.to_string()).collect();
        let mut session = Session::builder().memory_limit(1 << 28).build_with(Box::new(page.clone()));
        let typist = Typist { lines: RefCell::new(typed.into_iter()), page: page.clone(), deepest: Cell::default() };
        let typist = Rc::new(typist);
        session.suspend_at(Some(typist.clone()));
        typist.type_at(&mut session, String::new());
        assert_eq!(session.root.workspace.depth(), 0, "{}", page.0.borrow());
        assert_eq!(session.context.suspensions.count(), 0);
        drop(session);
        page.0.take()
    }

    /// The answers alone, of lines that are typed; those of definitions are left out.
    fn answers(lines: &[&str]) -> Vec<String> {
        let shown = conversation(lines);
        shown.lines().filter(|line| !lines.contains(&line.trim_start_matches('*'))).map(str::to_owned).collect()
    }

    const DIVIDE: &str = "⊢⎕FX 'r←divide x' 'r←x-3' 'r←12÷r' 'r←r+1'";

    #[test]
    fn a_function_goes_on_where_it_stopped() {
        // Local names are seen and changed, and what waits for the result goes on: 12÷4 is 3, and 1 more.
        let typed: &[&str] = &[DIVIDE, "10×divide 3", ")si", "r", "x", "r←4", "→⎕LC", ")si", "r"];
        let wanted = [
            "divide",
            "DOMAIN ERROR: Divide by zero",
            "divide[2] r←12÷r",
            "              ∧",
            "#.divide[2]*",
            "0",
            "3",
            "40",
            "VALUE ERROR: Undefined name: r",
            "      r",
            "      ∧",
        ];
        assert_eq!(answers(typed), wanted);
        // At another line; at none, which ends the function with the result that it has.
        assert_eq!(answers(&[DIVIDE, "divide 3", "r←7", "→3"]).last().unwrap(), "8");
        assert_eq!(answers(&[DIVIDE, "10×divide 3", "r←7", "→0"]).last().unwrap(), "70");
        assert_eq!(answers(&[DIVIDE, "divide 3", "x←5", "→1"]).last().unwrap(), "7");
    }

    #[test]
    fn operators_and_loops_go_on() {
        // 12÷2 is 6, 12÷5 after the change, 12÷4 is 3: 7, 3.4 and 4.
        assert_eq!(answers(&[DIVIDE, "divide¨5 3 7", "r←5", "→⎕LC"]).last().unwrap(), "7 3.4 4");
        let outer = "⊢⎕FX 'z←outer y;i' 'z←⍬' ':For i :In y' 'z,←divide i' ':EndFor'";
        assert_eq!(answers(&[DIVIDE, outer, "outer 5 3 7", "r←6", "→⎕LC"]).last().unwrap(), "7 3 4");
        assert_eq!(answers(&[DIVIDE, "+/⍎'divide 3'", "r←4", "→⎕LC"]).last().unwrap(), "4");
    }

    #[test]
    fn a_dfn_restarts_its_line() {
        let f = "f←{\n n←⍵-3\n 10÷n\n}";
        let typed: &[&str] = &["f←{\n n←⍵-3\n 10÷n\n}", "1+f 3", "n ⍵", "→1", "n←5", "→⎕LC"];
        let shown = conversation(typed);
        assert!(shown.contains(&format!("{f}\n")));
        let wanted = "*n ⍵\n0 3\n*→1\nSYNTAX ERROR: A dfn goes on at the line where it was suspended: →⎕LC\n";
        assert!(shown.contains(wanted), "{shown}");
        assert!(shown.ends_with("*→⎕LC\n3\n"), "{shown}");
        // What is anonymous and stands in one line is not suspended; in a function it is.
        assert!(!conversation(&["{÷⍵}0", "1"]).contains('*'));
        assert!(conversation(&["g←{÷⍵}", "g 0", ")si"]).ends_with("*)si\n#.g[0]*\n"));
    }

    #[test]
    fn suspensions_nest_and_end() {
        let typed: &[&str] = &[DIVIDE, "divide 3", "divide 3", ")si", "→", ")si", "→", ")si", "1+1"];
        let wanted = "**)si\n#.divide[2]*\n#.divide[2]*\n**→\n*)si\n#.divide[2]*\n*→\n)si\n1+1\n2\n";
        let shown = conversation(typed);
        assert!(shown.ends_with(wanted), "{shown}");
        let shown = conversation(&[DIVIDE, "divide 3", "divide 3", "divide 3", ")reset 2", ")reset", ")si", "2"]);
        assert!(shown.ends_with("***)reset 2\n*)reset\n)si\n2\n2\n"), "{shown}");
        // `→` in a function ends what was called at this prompt, not what is suspended.
        let shown = conversation(&[DIVIDE, "⊢⎕FX 'stop' '→'", "divide 3", "stop", "r←12", "→⎕LC"]);
        assert!(shown.ends_with("*stop\n*r←12\n*→⎕LC\n2\n"), "{shown}");
    }

    #[test]
    fn what_is_handled_is_not_suspended() {
        let trap = "⊢⎕FX 'r←tried y' ':Trap 11' 'r←divide y' ':Else' 'r←''caught''' ':EndTrap'";
        assert_eq!(answers(&[DIVIDE, trap, "tried 3"]).last().unwrap(), "caught");
        assert_eq!(answers(&[DIVIDE, "{11::'caught' ⋄ divide ⍵}3"]).last().unwrap(), "caught");
        assert_eq!(answers(&[DIVIDE, "⎕TRAP←11 'E' '→0'", "5,divide 3"]).last().unwrap(), "5 0");
        // The trap of another error does not count.
        assert!(conversation(&[DIVIDE, "{5::'caught' ⋄ divide ⍵}3", "1"]).ends_with("*1\n1\n"));
        // A trap in force stays so while the function is suspended.
        let both = "⊢⎕FX 'r←both y' ':Trap 5' 'r←y÷0' 'r←1 2+3 4 5' ':Else' 'r←''length''' ':EndTrap'";
        assert_eq!(answers(&[both, "both 1", "→3"]).last().unwrap(), "length");
    }

    #[test]
    fn a_signalled_error_suspends_the_caller() {
        let typed: &[&str] = &[
            "⊢⎕FX 'check y' '''bad'' ⎕SIGNAL (y<0)/500'",
            "⊢⎕FX 'use y' 'check y' '''ok'''",
            "use ¯1",
            ")si",
            "y←1",
            "→⎕LC",
        ];
        let shown = conversation(typed);
        assert!(shown.ends_with("*)si\n#.use[1]*\n*y←1\n*→⎕LC\nok\n"), "{shown}");
    }

    #[test]
    fn a_new_definition_goes_on() {
        let new = "⊢⎕FX 'r←divide x;e' 'r←x-3' 'e←r=0' 'r←12÷r+e' 'r←100+r'";
        let typed: &[&str] = &[DIVIDE, "10+divide 3", new, "→2"];
        assert_eq!(answers(typed).last().unwrap(), "122", "{}", conversation(typed));
        let labels = "⊢⎕FX 'r←divide x' '→go' 'r←0' 'go:r←x' '→end' 'end:r←r,1'";
        assert_eq!(answers(&[DIVIDE, "divide 3", labels, "→1"]).last().unwrap(), "3 1");
    }

    #[test]
    fn stops_and_their_end() {
        let foo = "⊢⎕FX 'r←foo' 'r←10'";
        let typed: &[&str] = &[foo, "0 1 ⎕STOP 'foo'", "foo", "r", "→1", "r", "→⎕LC"];
        let wanted = ["foo[1]", "VALUE ERROR: Undefined name: r", "      r", "      ∧", "foo[0]", "10", "10"];
        assert_eq!(answers(typed), wanted);
        // In a loop, at each turn; taken away while it is suspended.
        let sum = "⊢⎕FX 'r←sum y;i' 'r←0' ':For i :In y' 'r+←i' ':EndFor'";
        let typed: &[&str] = &[sum, "3 ⎕STOP 'sum'", "sum 5 6 7", "i r", "→⎕LC", "i r", "⍬ ⎕STOP 'sum'", "→⎕LC"];
        assert_eq!(answers(typed), ["sum", "sum[3]", "5 0", "sum[3]", "6 5", "18"]);
        let dfn = "h←{\n a←⍵\n a+1\n}";
        let typed: &[&str] = &["h←{\n a←⍵\n a+1\n}", "2 ⎕STOP 'h'", "h 4", "a←9", "→⎕LC"];
        let shown = conversation(typed);
        assert!(shown.contains(dfn) && shown.ends_with("h 4\nh[2]\n*a←9\n*→⎕LC\n10\n"), "{shown}");
        // A trap for stops handles them.
        let trap = "⊢⎕FX 'r←tried' ':Trap 1001' 'r←foo' ':Else' 'r←''stop''' ':EndTrap'";
        assert_eq!(answers(&[foo, trap, "1 ⎕STOP 'foo'", "tried"]).last().unwrap(), "stop");
    }

    #[test]
    fn lines_that_were_typed_ahead_are_for_the_prompt() {
        let typed: &[&str] = &[DIVIDE, "divide 3\nr\nr←4\n→⎕LC\n'then'\n"];
        let shown = conversation(typed);
        assert!(shown.ends_with("*r\nr←4\n→⎕LC\n'then'\n\n0\n4\nthen\n"), "{shown}");
    }

    #[test]
    fn the_session_is_left_and_the_workspace_changed() {
        assert!(conversation(&[DIVIDE, "divide 3", "divide 3", ")off"]).ends_with("**)off\n"));
        let shown = conversation(&[DIVIDE, "v←1", "divide 3", ")clear", "⎕NC 'v'", ")si"]);
        assert!(shown.ends_with("*)clear\nclear ws\n⎕NC 'v'\n0\n)si\n"), "{shown}");
        let shown = conversation(&[DIVIDE, "divide 3", ")save w"]);
        assert!(shown.contains("functions are suspended; )reset ends them"), "{shown}");
    }

    #[test]
    fn names_are_listed() {
        let shown =
            conversation(&[DIVIDE, "⊢⎕FX 'z←a outer b;c;⎕IO' 'z←divide b'", "1 outer 3", ")sinl", ")si 1", ")si ¯1"]);
        let wanted = "*)sinl\n#.divide[2]*    r       x\n#.outer[1]      z       a       b       c       ⎕IO\n*)si 1\n#.divide[2]*\n*)si ¯1\n#.outer[1]\n";
        assert!(shown.ends_with(wanted), "{shown}");
    }

    #[test]
    fn executed_texts_are_listed() {
        let outer = "⊢⎕FX 'z←outer y' 'z←⍎''⍎''''divide y'''''''";
        let shown = conversation(&[DIVIDE, outer, "outer 3", "⍎'divide 3'", ")si", "→", ")si"]);
        let inner = "#.divide[2]*\n⍎\n⍎\n#.outer[1]\n";
        let wanted = format!("**)si\n#.divide[2]*\n⍎\n{inner}**→\n*)si\n{inner}");
        assert!(shown.ends_with(&wanted), "{shown}");
    }

    #[test]
    fn operators_that_wait_are_listed() {
        let plus = "plus←{⍺+÷⍵}";
        let matdiv = "⊢⎕FX 'r←matdiv y' 'r←y plus.× y'";
        let shown = conversation(&[plus, matdiv, "1 matdiv¨⍣2⊢0", "matdiv 0 0", ")si"]);
        assert!(shown.ends_with("*)si\n#.plus[0]*\n.\n#.matdiv[1]\n"), "{shown}");
        for (line, waiting) in [
            ("plus/¨(1 0)(2 0)", "/\n¨\n"),
            ("1∘.plus 0", ".\n"),
            ("(1 plus⍤0⊢0)+plus⍨1", "⍤\n"),
            ("3 plus⍣2⊢0", "⍣\n"),
            ("⍎'plus\\2 0'", "\\\n⍎\n"),
            ("(⊢plus-)0", ""),
            ("2 plus 0", ""),
        ] {
            let shown = conversation(&[plus, line, ")si"]);
            assert!(shown.ends_with(&format!("*)si\n#.plus[0]*\n{waiting}")), "{line}\n{shown}");
        }
        // What has ended waits no more.
        let shown = conversation(&[plus, "r←plus/1 2 ⋄ 1 plus 0", ")si", "→", "plus/1 0", "→", ")si"]);
        assert!(shown.contains("*)si\n#.plus[0]*\n*→\n") && shown.ends_with("*→\n)si\n"), "{shown}");
    }

    #[test]
    fn a_dfn_goes_on_with_a_new_definition() {
        let old = "f←{\n n←⍵-3\n half←{⍵÷n+2}\n half 10÷n\n}";
        // Local names keep their values, and local functions see them: half 2 is 2÷0+2.
        let new = "⊢⎕FX 'f←{' 'n←⍵-3' 'half←{⍵÷n+2}' 'half 10÷n+5' '}'";
        assert_eq!(answers(&[old, "1+f 3", new, "→⎕LC"]).last().unwrap(), "2");
        // With another line before it, the line that has the number now is run.
        let longer = "⊢⎕FX 'f←{' 'n←⍵-3' 'half←{⍵÷n+2}' 'n←5' 'half 10÷n' '}'";
        assert_eq!(answers(&[old, "7×f 3", longer, "→⎕LC"]).last().unwrap(), "2");
        // Its callers, and a suspended function that is no dfn any more, keep what they have: 10÷5 is 2, 2÷7 and 1 more.
        let outer = "g←{\n 1+f ⍵\n}";
        let typed: &[&str] = &[old, outer, "g 3", "⊢⎕FX 'g←{' '¯1' '}'", "n←5", "→⎕LC"];
        assert_eq!(answers(typed).last().unwrap(), "1.285714286");
        assert_eq!(answers(&[old, "1+f 3", "⊢⎕FX 'r←f x' 'r←9'", "n←5", "→⎕LC"]).last().unwrap(), "1.285714286");
        // A stopped one too: half 10÷15, n being 10.
        assert_eq!(answers(&[old, "3 ⎕STOP 'f'", "f 13", new, "→⎕LC"]).last().unwrap(), "0.05555555556");
        // What is assigned at its prompt is local to it, and an error guard keeps the definition.
        assert!(conversation(&[old, "f 3", "f←{9}", "→⎕LC"]).contains("DOMAIN ERROR: Divide by zero\nf[3] half 10÷n"));
        let guarded = "k←{\n 5::0\n ÷⍵\n}";
        assert_eq!(answers(&[guarded, "k 0", "⊢⎕FX 'k←{' '5::0' '7' '}'", "→⎕LC"]).last().unwrap().trim(), "∧");
    }

    #[test]
    fn controls_stay_with_their_lines_when_a_function_is_edited() {
        let f = "⊢⎕FX 'r←f x' 'r←x' 'r←r+1' 'r←r×2'";
        let stops = |edits: &[&str]| {
            let typed = [&[f, "1 3 ⎕STOP 'f'", "2 ⎕TRACE 'f'"], edits, &["(⎕STOP 'f')(⎕TRACE 'f')"]].concat();
            answers(&typed).last().unwrap().trim().to_owned()
        };
        assert_eq!(stops(&["∇f[1.5]\nr←r-1\n∇"]), "1 4  3");
        assert_eq!(stops(&["∇f[2]\nr←r+5\n∇"]), "1 3  2");
        assert_eq!(stops(&["∇f[∆1]\n∇"]), "2  1");
        // A new definition has none.
        assert_eq!(stops(&[f]), "");
    }

    #[test]
    fn it_can_be_turned_off() {
        let shown = conversation(&[DIVIDE, "]suspend off", "divide 3", ")si", "]suspend on", "divide 3", ")si"]);
        assert!(shown.contains("∧\n)si\n]suspend on\nWas off\n") && shown.ends_with("*)si\n#.divide[2]*\n"), "{shown}");
        let mut session = Session::builder().build_with(Box::new(Page::default()));
        assert_eq!(session.run("]suspend on").refused, 1);
    }
}
