//! The session: the facade that every front end and the library use.

mod builder;
mod commands;
mod derived;
pub(crate) mod editor;
mod evaluation;
mod export;
mod external;
mod functions;
pub(crate) mod help;
mod import;
pub(crate) mod measure;
pub(crate) use crate::syntax::lines;
mod output;
mod pictures;
mod saving;
mod script;
mod spaces;
pub(crate) mod suspension;
pub(crate) mod trace;
mod why;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

pub use builder::SessionBuilder;
pub use functions::Function;

use evaluation::{Evaluation, begin, guard};
use suspension::Prompt;

use crate::array::{Element, Value};
use crate::bounds::Held;
use crate::code::bind;
use crate::code::definition::Origin;
use crate::code::definition::Source;
use crate::code::node::Class;
use crate::console::Forms;
use crate::context::{Context, Interrupt};
use crate::error::{ErrorKind, Fault, OUTPUT_CLOSED, Result};
use crate::names::record::Recorder;
use crate::names::{self, Binding, Scope, Space};
use crate::random::Random;
use crate::suspension::Resumption;
use crate::syntax::tree::Statement;
use crate::system::script::Requiring;
use crate::vm::script::{Fixing, Manner};
use crate::vm::{self, Evaluator, Shown};

/// Longer lines are not kept for `]trace`.
const LONGEST_INPUT: usize = 1 << 16;

/// A workspace and everything that is evaluated in it.
///
/// ```
/// let mut session = zilde::Session::new();
/// let sum = session.eval("+/⍳10")?;
/// assert_eq!(sum.to_string(), "55");
/// # Ok::<(), zilde::Fault>(())
/// ```
pub struct Session {
    context: Rc<Context>,
    root: Rc<Space>,
    /// Whether shy results are shown too.
    show_shy: bool,
    /// Where the lines that are run stand in a file.
    origin: Option<Origin>,
    /// What `?` starts from in a clear workspace; somewhere else each time where there is none.
    seed: Option<u64>,
    /// How long an evaluation may take.
    time_limit: Option<Duration>,
    /// What it has allocated.
    held: Rc<Held>,
    /// Who is asked how a suspended function goes on.
    prompt: Option<Rc<dyn Prompt>>,
    /// The suspended function whose prompt this session is for.
    at: Option<Rc<Scope>>,
    /// Whether the workspace is another session's.
    is_lent: bool,
    /// The line that was run last and is no command, for `]trace`.
    last_input: Rc<RefCell<String>>,
    /// How variables were made, for `]why`.
    made: Rc<RefCell<HashMap<String, String>>>,
}

/// What became of a block of lines.
///
/// ```
/// let outcome = zilde::Session::new().run("1+1\n÷0\n2+2");
/// assert_eq!(outcome.errors, 1);
/// assert_eq!(outcome.last_error.expect("an error").kind(), zilde::ErrorKind::Domain);
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// How many statements ended in an error.
    pub errors: usize,
    /// The last of these errors.
    pub last_error: Option<Fault>,
    /// How many commands were not carried out; each has said why.
    pub refused: usize,
    /// The exit code that `⎕OFF` or `)OFF` asked for.
    pub off: Option<i32>,
    /// Whether the output is closed.
    pub output_closed: bool,
    /// How the suspended function goes on at whose prompt the lines were typed.
    pub(crate) resumption: Option<Resumption>,
}

impl Session {
    /// A clear workspace with the defaults of [`Session::builder`].
    ///
    /// ```
    /// assert_eq!(zilde::Session::new().eval("2+2")?.to_string(), "4");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn new() -> Session {
        SessionBuilder::default().build()
    }

    /// Sets budget, console, seed and limits before the session begins.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().seed(Some(42)).memory_limit(64 << 20).build();
    /// assert_eq!(session.eval("⍳1E8").unwrap_err().kind(), zilde::ErrorKind::WsFull);
    /// ```
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// Runs lines as if they were typed: results, error reports and replies of commands go to the console, `⍞` and `⎕`
    /// read the next line of the block. After an error the rest of its line is dropped and the next line runs.
    ///
    /// ```
    /// // Shows 3 on standard output.
    /// let outcome = zilde::Session::new().run("x←1 2\n+/x");
    /// assert_eq!((outcome.errors, outcome.off), (0, None));
    /// assert_eq!(zilde::Session::new().run("⎕OFF 3").off, Some(3));
    /// ```
    pub fn run(&mut self, block: &str) -> Outcome {
        let mut outcome = Outcome::default();
        self.context.screen.borrow_mut().begin_block(block.into());
        self.take_desk();
        loop {
            // The lines behind the one that lets a suspended function go on are for the prompt at which that was called.
            if outcome.resumption.is_some() {
                return outcome;
            }
            let (block, from) = self.context.screen.borrow_mut().rest_of_block();
            let rest = block.get(from..).unwrap_or_default();
            if rest.is_empty() || outcome.off.is_some() || outcome.output_closed {
                break;
            }
            let (line, after) = lines::logical_line(rest);
            self.context.screen.borrow_mut().move_in_block(block.len() - after.len());
            self.line(line, &mut outcome);
        }
        self.leave_desk();
        self.context.screen.borrow_mut().begin_block("".into());
        outcome
    }

    /// Ends a line of the output that `⍞` began, as a front end does before it asks for the next block.
    #[doc(hidden)]
    pub fn end_line(&self) -> std::io::Result<()> {
        self.context.screen.borrow_mut().end_line()
    }

    /// Whether a text is the beginning of something that goes on: a bracket is still open.
    ///
    /// ```
    /// let session = zilde::Session::new();
    /// assert!(session.needs_more("f←{") && !session.needs_more("f←{⍵}"));
    /// ```
    pub fn needs_more(&self, text: &str) -> bool {
        lines::needs_more(text)
    }

    /// The value of an expression, or of the last of several. A definition such as `f←{⍵}` has the value `⍬`. VALUE ERROR
    /// where a function gives no result, SYNTAX ERROR where the expression is a function, INTERRUPT for `⎕OFF`, which
    /// leaves the session usable.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// session.eval("mean←{(+/⍵)÷≢⍵}")?;
    /// assert_eq!(f64::try_from(session.eval("mean 2 4 9")?)?, 5.0);
    /// assert!(session.eval("⎕OFF").is_err());
    /// assert_eq!(session.eval("1+1")?.to_string(), "2");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn eval(&mut self, expression: &str) -> Result<Value> {
        match self.each_statement(expression, |_| {})? {
            Shown::Value(value) | Shown::Shy(value) => value.settled(self.context.memory()),
            Shown::Function(..) => Err(Fault::syntax().because("A function, not an array")),
            Shown::Nothing => Ok(Value::zilde()),
        }
    }

    /// The values of the statements of a text that show one.
    pub(crate) fn values(&mut self, text: &str) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        let mut keep = |shown: &Shown| {
            if let Shown::Value(value) = shown {
                values.push(value.clone());
            }
        };
        let last = self.each_statement(text, &mut keep)?;
        keep(&last);
        values.into_iter().map(|value| value.settled(self.context.memory())).collect()
    }

    /// Runs the statements of a text one by one; gives the last one's result. After `⎕OFF` the session goes on: a
    /// program that uses the library decides itself when it ends.
    fn each_statement(&mut self, text: &str, mut done: impl FnMut(&Shown)) -> Result<Shown> {
        let _evaluation = self.begin();
        let result = self.guarded(|session| {
            let source = source(text);
            let body = source.parse(&session.context, text)?;
            let Some((last, before)) = body.statements.split_last() else { return Ok(Shown::Nothing) };
            for statement in before {
                done(&session.statement(&source, statement)?);
            }
            session.evaluator(&session.current_space(), &source).wanted(last)
        });
        match self.context.off.take() {
            Some(code) => Err(Fault::new(ErrorKind::Interrupt).because(format!("⎕OFF {code}"))),
            None => result,
        }
    }

    /// How an expression is read, part by part: its bound tree as indented text. Nothing is evaluated.
    ///
    /// ```
    /// assert!(zilde::Session::new().explain("1+2")?.contains('+'));
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn explain(&mut self, expression: &str) -> Result<String> {
        let _evaluation = self.begin();
        self.guarded(|session| {
            let source = source(expression);
            let body = source.parse(&session.context, expression)?;
            let mut text = String::new();
            for statement in &body.statements {
                let Statement::Expression(phrase) = statement else { return Err(Fault::syntax()) };
                text += &bind::explain(&session.evaluator(&session.current_space(), &source).bind(phrase)?);
            }
            Ok(text)
        })
    }

    /// The value of a variable.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// session.eval("x←⍳3")?;
    /// assert_eq!(session.get("x").expect("a variable").to_string(), "1 2 3");
    /// assert!(session.get("y").is_none());
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<Value> {
        match names::find(&self.current_space(), None, name) {
            Binding::Array(value) => Some(value),
            _ => None,
        }
    }

    /// Gives a variable a value. SYNTAX ERROR if `name` isn't a name, or is a function's.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// session.set("x", ndarray::array![[1.0, 2.0], [3.0, 4.0]])?;
    /// session.set("title", "sums")?;
    /// assert_eq!(session.eval("+⌿x")?.to_string(), "4 6");
    /// assert!(session.set("x y", 1).is_err() && session.set("x", f64::NAN).is_err());
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn set(&mut self, name: &str, value: impl TryInto<Value, Error: Into<Fault>>) -> Result<()> {
        if !is_name(name) {
            return Err(Fault::syntax().because(format!("Not a name: {name}")));
        }
        let value = value.try_into().map_err(Into::into)?;
        names::set(&self.current_space(), None, name.trim(), Binding::Array(value))
    }

    /// Takes the value from a name.
    pub(crate) fn forget(&mut self, name: &str) {
        names::forget(&self.current_space(), None, name);
    }

    /// Stops this session's evaluation from elsewhere.
    ///
    /// ```
    /// let mut session = zilde::Session::new();
    /// session.interrupt_handle().raise();
    /// assert_eq!(session.eval("{∇⍵}1").unwrap_err().kind(), zilde::ErrorKind::Interrupt);
    /// ```
    pub fn interrupt_handle(&self) -> Interrupt {
        self.context.interrupt().clone()
    }

    /// The names that stand for something, with their classes.
    #[doc(hidden)]
    pub fn names(&self) -> Vec<(Rc<str>, Class)> {
        self.current_space().names()
    }

    /// What a name stands for, in words; `None` for a function without arguments.
    pub(crate) fn what_is(&self, name: &str) -> Option<&'static str> {
        match names::find(&self.current_space(), None, name) {
            Binding::Niladic(_) => None,
            Binding::Function(_) => Some("a function with arguments"),
            Binding::Operator(_) => Some("an operator"),
            binding if names::namespace_of(&self.root, &binding).is_some() => Some("a namespace"),
            _ => Some("an array"),
        }
    }

    /// What a name stands for, as text: a value as it is shown, a function as it is defined. `None` where the name is not
    /// in use.
    pub(crate) fn written(&mut self, name: &str) -> Option<String> {
        let value = match names::find(&self.current_space(), None, name) {
            Binding::Unset => return None,
            Binding::Array(value) => value,
            _ => self.eval(&format!("⎕CR'{name}'")).ok()?,
        };
        self.shown(&value).ok()
    }

    /// Gives the names in a namespace, which is given by its name, as long as the session exists.
    pub(crate) fn members(&self) -> impl Fn(&str) -> Vec<(Rc<str>, Class)> + use<> {
        let space = Rc::downgrade(&self.current_space());
        move |path| {
            let found = space.upgrade().and_then(|space| names::path::named(&space, None, path));
            found.map_or_else(Vec::new, |space| space.names())
        }
    }

    /// Tells how many lines a traditional function has, with its header, as long as the session exists.
    pub(crate) fn line_counts(&self) -> impl Fn(&str) -> Option<u32> + use<> {
        let space = Rc::downgrade(&self.current_space());
        move |name| editor::line_count(&space.upgrade()?, name)
    }

    /// Which phrases of loaded files have been run, where that is recorded.
    pub(crate) fn recorder(&self) -> &Recorder {
        &self.root.workspace.recorder
    }

    /// System variables, layout, budget.
    #[doc(hidden)]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The context and the root namespace.
    pub(crate) fn workspace(&self) -> (Rc<Context>, Rc<Space>) {
        (self.context.clone(), self.root.clone())
    }

    /// Shows results, or not.
    pub(crate) fn show_results(&self, on: bool) {
        self.context.screen.borrow_mut().show_results(on);
    }

    /// Shows shy results too.
    #[doc(hidden)]
    pub fn show_shy(&mut self, on: bool) {
        self.show_shy = on;
    }

    /// Says where in a file the next block stands, so that errors in what it defines can say that.
    pub(crate) fn set_origin(&mut self, origin: Option<Origin>) {
        self.origin = origin;
    }

    /// A line of a block as a text of its own.
    fn source(&self, line: &str) -> Rc<Source> {
        Rc::new(Source::new(line).within(self.origin.clone()))
    }

    /// One line of a block, brackets closed.
    fn line(&mut self, line: &str, outcome: &mut Outcome) {
        let _evaluation = self.begin();
        let done = match lines::is_command(line) {
            true => self.command(line.trim(), outcome),
            false => {
                if line.len() <= LONGEST_INPUT && !line.trim().is_empty() {
                    *self.last_input.borrow_mut() = line.trim_end().to_owned();
                }
                self.statements(line, outcome)
            }
        };
        if let Err(fault) = done {
            self.report(fault, outcome);
        }
    }

    /// An evaluation begins, which may take so much time and memory; it lasts until the result is dropped.
    fn begin(&self) -> Option<Evaluation> {
        // At a suspended function this is a part of the evaluation that waits, whose time has most likely passed.
        if self.is_suspended() {
            self.renew_deadline();
        }
        begin(&self.context, &self.held, self.time_limit)
    }

    fn statements(&mut self, line: &str, outcome: &mut Outcome) -> Result<()> {
        if lines::is_definition(line) {
            return match lines::defined_dfn(line) {
                Some(inside) => self.statements(inside, outcome),
                None => editor::edit(&self.context, &self.current_space(), &self.source(line))
                    .and_then(|text| self.write(&text)),
            };
        }
        if lines::begins_script(line) {
            let result = self.guarded(|session| {
                let source = session.source(line);
                let script = vm::script::parts(&session.context, &source)?;
                let mut requiring = Requiring::new(&session.context.host);
                requiring.all(&session.context, &session.current_space(), &source, &script)?;
                let fixing = Fixing { context: &session.context, source: &source, manner: Manner::default() };
                fixing.content(&session.current_space(), &script)
            });
            return self.done(result, outcome);
        }
        if lines::is_structured(line) {
            let result = self.guarded(|session| {
                vm::traditional::immediate(&session.context, &session.current_space(), session.source(line))
            });
            return self.done(result, outcome);
        }
        let source = self.source(line);
        let body = self.guarded(|session| source.parse(&session.context, &lines::without_label(line)))?;
        // Lines that were joined by nothing but their line ends are lines of their own.
        for statement in &body.statements {
            if matches!(statement, Statement::Branch(target) if target.items.is_empty()) {
                self.end_suspension(outcome);
                break;
            }
            let result = self.guarded(|session| {
                let shown = session.statement(&source, statement)?;
                session.show(shown)
            });
            let left = matches!(&result, Err(fault) if !fault.kind().is_error())
                || self.context.off.get().is_some()
                || self.context.after.borrow().is_some();
            if result.is_ok() {
                self.remember(&source, statement);
            }
            self.done(result, outcome)?;
            if left {
                break;
            }
        }
        Ok(())
    }

    /// What is to be done after each statement; a branch with nowhere to go is no error.
    fn done(&mut self, result: Result<()>, outcome: &mut Outcome) -> Result<()> {
        self.root.workspace.release_dropped();
        if let Some(code) = self.context.off.take() {
            outcome.off = Some(code);
            return Ok(());
        }
        let after = self.context.after.take();
        if let Some(after) = after {
            if self.at.is_some() {
                self.after_all(after, outcome);
                return Ok(());
            }
            return self.leave_for(after, outcome);
        }
        let result = match result {
            Err(fault) if fault.kind().is_error() => self.trapped(fault),
            other => other,
        };
        match result {
            Err(fault) if !fault.kind().is_error() => self.left(&fault, outcome),
            other => other,
        }
    }

    /// Does what `⎕TRAP` says about an error that nothing has handled.
    fn trapped(&mut self, fault: Fault) -> Result<()> {
        let after =
            self.guarded(|session| match vm::respond(&session.context, &session.current_space(), None, &fault) {
                Some(after) => Err(after),
                None => Err(fault),
            });
        self.root.workspace.release_dropped();
        after
    }

    fn statement(&self, source: &Rc<Source>, statement: &Statement) -> Result<Shown> {
        self.evaluator(&self.current_space(), source).statement(statement)
    }

    /// The namespace that lines are run in: the root, or where `⎕CS` has gone, or that of the suspended function.
    fn current_space(&self) -> Rc<Space> {
        if let Some(scope) = &self.at {
            return scope.here();
        }
        self.root.workspace.session_current().unwrap_or_else(|| self.root.clone())
    }

    fn evaluator<'a>(&'a self, space: &'a Rc<Space>, source: &Rc<Source>) -> Evaluator<'a> {
        let scope = self.at.as_ref().filter(|scope| Rc::ptr_eq(&scope.here(), space));
        Evaluator { context: &self.context, space, scope, source: source.clone() }
    }

    fn show(&self, shown: Shown) -> Result<()> {
        let layout = crate::display::layout(&self.context, false);
        let forms = match shown {
            Shown::Nothing => return Ok(()),
            Shown::Shy(_) if !self.show_shy => return Ok(()),
            Shown::Value(value) | Shown::Shy(value) => {
                let text = crate::display::show(&self.context, &value, layout)?;
                let takes = self.context.screen.borrow().takes();
                let html = if takes.html { crate::display::html(&self.context, &value)? } else { None };
                Forms { html, ..Forms::of_text(text) }
            }
            Shown::Function(description, _) => {
                Forms::of_text(crate::display::show_function(&self.context, &description, layout)?)
            }
        };
        written(self.context.screen.borrow_mut().display(&forms))
    }

    /// `⎕RL` as it is in a clear workspace.
    fn begin_random(&self) {
        *self.context.random.borrow_mut() = self.seed.map_or_else(Random::unseeded, Random::seeded);
    }

    /// Writes the reply of a command.
    fn write(&self, text: &str) -> Result<()> {
        written(self.context.screen.borrow_mut().write(text))
    }

    /// Evaluates behind the only wall that catches a panic: a defect of zilde ends a statement, not the session.
    fn guarded<T>(&mut self, work: impl FnOnce(&Session) -> Result<T>) -> Result<T> {
        guard(&self.context, &self.root, || work(self))
    }

    fn report(&mut self, fault: Fault, outcome: &mut Outcome) {
        outcome.errors += 1;
        if fault.message() == Some(OUTPUT_CLOSED) || self.context.screen.borrow_mut().report(&fault).is_err() {
            outcome.output_closed = true;
        }
        self.context.note_fault(Some(&fault));
        outcome.last_error = Some(fault);
    }
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_lent {
            return;
        }
        // Breaks the reference cycles between workspace, namespaces and functions.
        self.root.workspace.close();
    }
}

/// Whether a text is a name that may be given a value.
fn is_name(text: &str) -> bool {
    matches!(
        crate::syntax::token::tokens(text).as_deref(),
        Ok([token]) if matches!(token.kind, crate::syntax::token::TokenKind::Name(_))
    )
}

fn written(result: std::io::Result<()>) -> Result<()> {
    result.map_err(|_| Fault::new(ErrorKind::Interrupt).because(OUTPUT_CLOSED))
}

fn source(text: &str) -> Rc<Source> {
    Rc::new(Source::new(text))
}

/// Bytes that a value takes from the budget for each item at most; kept for estimates by front ends.
pub const ITEM_BYTES: usize = <Value as Element>::COST;
