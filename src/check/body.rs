//! Bodies of dfns and dops on abstract values: statement after statement, guards joined.

use std::rc::Rc;

use super::engine::Engine;
use super::findings::Finding;
use super::names::{Closure, Counted, Env, Frame, Thing};
use super::nodes::Evaluated;
use crate::code::definition::{CachedPhrase, CachedStatement};
use crate::code::node::Class;
use crate::inference::{Abstract, Failure, Outcome};
use crate::syntax::span::Span;
use crate::syntax::tree::{Item, ItemKind, Phrase};

/// Calls are followed no deeper.
const DEEPEST: usize = 24;

/// How a statement ends.
enum End {
    /// The next one is run.
    Goes,
    /// The function ends, with this or with nothing.
    Ends(Option<Outcome>),
}

impl Engine {
    /// A call of a dfn, with what is known of its arguments.
    pub fn dfn(&self, closure: &Rc<Closure>, left: Option<&Abstract>, right: &Abstract) -> Outcome {
        let key = (closure.file, closure.definition.span.start);
        let active = self.active.borrow().get(&key).copied().unwrap_or(0);
        // What a recursion ends in is not known before it ends; a number may tell when that is.
        let counts = [left, Some(right)].into_iter().flatten().any(|argument| argument.value.is_some());
        let open = closure.definition.class > Class::Function && closure.operands.0.is_none();
        if self.depth.get() >= DEEPEST || active >= if counts { DEEPEST } else { 2 } || open {
            self.cut((closure.file, closure.definition.span), left, right);
            return Ok(Abstract::unknown());
        }
        self.follow((closure.file, closure.definition.span), left, right);
        self.bodies.set(self.bodies.get() + 1);
        *self.active.borrow_mut().entry(key).or_insert(0) += 1;
        let _depth = Counted::new(&self.depth);
        let _inside = self.enter(&closure.home);
        let settings = self.settings();
        let result = self.run(closure, left.cloned().map(Thing::Array), right);
        self.set_settings(settings);
        if let Some(active) = self.active.borrow_mut().get_mut(&key) {
            *active -= 1;
        }
        result
    }

    /// The body of a function by itself, with arguments of which nothing is known: what fails in it is told.
    pub fn alone(&self, closure: &Rc<Closure>) {
        if closure.definition.class > Class::Function {
            return;
        }
        let uses = Uses::of(closure);
        let general = self.general.replace(true);
        let _inside = self.enter(&closure.home);
        let settings = self.settings();
        let unknown = Abstract::unknown();
        self.begin();
        if uses.default {
            // Both valences: what fails in both is told.
            let before = self.findings.borrow().len();
            drop(self.run(closure, None, &unknown));
            let without = self.findings.borrow_mut().split_off(before);
            self.set_settings(settings.clone());
            self.begin();
            drop(self.run(closure, Some(Thing::Array(unknown.clone())), &unknown));
            let is_in_both = |finding: &Finding| {
                without.iter().any(|other| other.span == finding.span && other.label == finding.label)
            };
            let mut findings = self.findings.borrow_mut();
            let with = findings.split_off(before);
            findings.extend(with.into_iter().filter(is_in_both));
        } else {
            let left = uses.left.then(|| Thing::Array(unknown.clone()));
            drop(self.run(closure, left, &unknown));
        }
        self.set_settings(settings);
        self.general.set(general);
    }

    fn run(&self, closure: &Rc<Closure>, left: Option<Thing>, right: &Abstract) -> Outcome {
        let frame = Frame::new(closure, left, right);
        let env = Env {
            source: closure.definition.source.clone(),
            file: closure.file,
            home: closure.home.clone(),
            frame: Some(frame),
            locals: closure.locals.clone(),
        };
        let guarded = self.guarded.get();
        let result = self.statements(&env, &closure.definition.statements);
        self.guarded.set(guarded);
        result
    }

    fn statements(&self, env: &Env, statements: &[CachedStatement]) -> Outcome {
        let many = self.many.get();
        let mut results: Vec<Outcome> = Vec::new();
        let mut caught = false;
        let mut ended = false;
        for (at, statement) in statements.iter().enumerate() {
            let last = at + 1 == statements.len();
            match self.statement(env, statement, last, &mut results, &mut caught) {
                End::Goes => {}
                End::Ends(result) => {
                    results.extend(result);
                    ended = true;
                    self.after(env, statement, statements.get(at + 1));
                    break;
                }
            }
        }
        if !ended {
            results.push(Ok(Abstract::unknown()));
        }
        self.many.set(many);
        joined(results, caught)
    }

    fn statement(
        &self,
        env: &Env,
        statement: &CachedStatement,
        last: bool,
        results: &mut Vec<Outcome>,
        caught: &mut bool,
    ) -> End {
        match statement {
            CachedStatement::Expression(phrase) => match self.told(env, phrase) {
                Evaluated::Array(Ok(_), true) | Evaluated::Function(true) if !last => End::Goes,
                Evaluated::Array(outcome, _) => End::Ends(Some(outcome)),
                Evaluated::Function(..) => End::Ends(Some(Ok(Abstract::unknown()))),
                // An assignment that could not be bound does not end the function, and it may be one.
                Evaluated::Nothing if last => End::Ends(Some(Ok(Abstract::unknown()))),
                Evaluated::Nothing => {
                    results.push(Ok(Abstract::unknown()));
                    End::Goes
                }
            },
            CachedStatement::Guard(condition, result) => self.guard(env, condition, result, results),
            CachedStatement::ErrorGuard(codes, handler) => {
                drop(self.told(env, codes));
                // What fails from here on is caught.
                self.guarded.set(self.guarded.get() + 1);
                results.push(Ok(match self.phrase(env, handler) {
                    Evaluated::Array(Ok(value), _) => value,
                    _ => Abstract::unknown(),
                }));
                *caught = true;
                self.many.set(self.many.get() + 1);
                End::Goes
            }
        }
    }

    fn guard(&self, env: &Env, condition: &CachedPhrase, result: &CachedPhrase, results: &mut Vec<Outcome>) -> End {
        let truth = match self.told(env, condition) {
            Evaluated::Array(Ok(value), _) => value.known_number(),
            Evaluated::Array(Err(failure), _) => return End::Ends(Some(Err(failure))),
            _ => None,
        };
        let fixed = !mentions(&condition.phrase);
        if truth == Some(0) {
            if fixed {
                self.tell_unreachable(env, span_of(result, condition), "the condition is never true");
            }
            return End::Goes;
        }
        if truth.is_none() {
            // What this side and the statements below change outside of the function may be changed or not.
            self.many.set(self.many.get() + 1);
        }
        let names = env.frame.as_ref().map(|frame| frame.keep());
        let value = match result.phrase.items.is_empty() {
            true => Ok(Abstract::unknown()),
            false => match self.told(env, result) {
                Evaluated::Array(outcome, _) => outcome,
                _ => Ok(Abstract::unknown()),
            },
        };
        if truth == Some(1) {
            return End::Ends(Some(value));
        }
        if let (Some(frame), Some(names)) = (&env.frame, names) {
            frame.give_back(names);
        }
        results.push(value);
        End::Goes
    }

    /// A phrase whose failure is told.
    pub fn told(&self, env: &Env, phrase: &CachedPhrase) -> Evaluated {
        let evaluated = self.phrase(env, phrase);
        if let Evaluated::Array(Err(failure), _) = &evaluated {
            self.tell_failure(env, phrase.phrase.span, failure);
        }
        evaluated
    }

    /// What stands below a statement that ends the function.
    fn after(&self, env: &Env, statement: &CachedStatement, next: Option<&CachedStatement>) {
        let Some(next) = next else { return };
        let fixed = match statement {
            CachedStatement::Expression(_) => true,
            CachedStatement::Guard(condition, _) => !mentions(&condition.phrase),
            CachedStatement::ErrorGuard(..) => false,
        };
        let first = match next {
            CachedStatement::Expression(phrase)
            | CachedStatement::Guard(phrase, _)
            | CachedStatement::ErrorGuard(phrase, _) => phrase.phrase.span,
        };
        if fixed {
            self.tell_unreachable(env, first, "the statement before it ends the function");
        }
    }
}

impl Frame {
    /// The names as they are.
    fn keep(&self) -> Vec<(u32, Thing, usize)> {
        self.names.borrow().iter().map(|(symbol, slot)| (*symbol, slot.thing.clone(), slot.times)).collect()
    }

    /// The names as they were before a branch that ends the function.
    fn give_back(&self, names: Vec<(u32, Thing, usize)>) {
        let mut table = self.names.borrow_mut();
        table.clear();
        table.extend(names.into_iter().map(|(symbol, thing, times)| (symbol, super::names::Slot { thing, times })));
    }
}

/// What one of several ends gives. Where an error may be caught, it is no error of the function.
fn joined(results: Vec<Outcome>, caught: bool) -> Outcome {
    let mut value: Option<Abstract> = None;
    let mut failure: Option<Failure> = None;
    for result in results {
        match result {
            Ok(result) => value = Some(value.map_or_else(|| result.clone(), |value| value.join(&result))),
            Err(_) if caught => value = Some(Abstract::unknown()),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match (value, failure) {
        (Some(value), _) => Ok(value),
        (None, Some(failure)) => Err(failure),
        (None, None) => Ok(Abstract::unknown()),
    }
}

fn span_of(result: &CachedPhrase, condition: &CachedPhrase) -> Span {
    if result.phrase.items.is_empty() { condition.phrase.span } else { result.phrase.span }
}

/// Whether a phrase mentions names, whose values may be another program's settings.
fn mentions(phrase: &Phrase) -> bool {
    phrase.items.iter().any(|item| match &item.kind {
        ItemKind::Name(_) | ItemKind::Quad(_) => true,
        ItemKind::Parens(phrase) => mentions(phrase),
        ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
            phrases.iter().any(mentions)
        }
        _ => false,
    })
}

/// How a function uses its left argument.
#[derive(Default)]
struct Uses {
    left: bool,
    default: bool,
}

impl Uses {
    fn of(closure: &Closure) -> Uses {
        let mut uses = Uses::default();
        for statement in &closure.definition.statements {
            let phrases = match statement {
                CachedStatement::Expression(phrase) => vec![phrase],
                CachedStatement::Guard(a, b) | CachedStatement::ErrorGuard(a, b) => vec![a, b],
            };
            phrases.into_iter().for_each(|phrase| uses.items(&phrase.phrase.items));
        }
        uses
    }

    fn items(&mut self, items: &[Item]) {
        for (at, item) in items.iter().enumerate() {
            match &item.kind {
                ItemKind::Glyph('⍺') => {
                    self.left = true;
                    self.default |= items.get(at + 1).is_some_and(|next| next.kind == ItemKind::Glyph('←'));
                }
                ItemKind::Parens(phrase) => self.items(&phrase.items),
                ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
                    phrases.iter().for_each(|phrase| self.items(&phrase.items))
                }
                ItemKind::NamespaceNotation(members) => {
                    members.iter().for_each(|(_, phrase)| self.items(&phrase.items));
                }
                _ => {}
            }
        }
    }
}
