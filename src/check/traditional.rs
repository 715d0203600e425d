//! Traditional functions and control structures on abstract values: branches and loops are joined.

use std::collections::HashSet;
use std::rc::Rc;

use super::callable::Callable;
use super::engine::Engine;
use super::facts::Facts;
use super::names::{Counted, Env, Home, Locals, Table, Thing};
use super::nodes::Evaluated;
use crate::code::definition::{CachedPhrase, Source};
use crate::error::ErrorKind;
use crate::inference::{Abstract, Failure};
use crate::syntax::fault::{SyntaxError, SyntaxErrorKind};
use crate::syntax::token::tokens;
use crate::syntax::traditional::{Code, Definition, Header, Kind, Names, Node, NodeKind, Structure, Test, When};
use crate::syntax::tree::{Item, ItemKind, Phrase};

impl Engine {
    /// What the words of a traditional function tell of names.
    pub fn traditional_facts(&self, text: &str, header: &Header) {
        let mut facts = self.facts.borrow_mut();
        let locals: HashSet<Rc<str>> = declared(header).chain(header.locals.iter().cloned()).collect();
        facts.set.insert(header.name.clone());
        facts.set.extend(locals.iter().cloned());
        facts.shadowed.extend(locals.iter().cloned());
        lines_of(text, &mut facts, Some(&locals));
    }

    /// Defines a traditional function: what it gives is not known before its body was looked at.
    pub fn define(&self, env: &Env, header: &Header) {
        let symbol = env.home.space.symbol(&header.name);
        let is_operator = header.left_operand.is_some();
        let thing = match (is_operator, &header.right) {
            (true, _) => Thing::Unclear,
            (false, None) => Thing::Array(Abstract::unknown()),
            (false, Some(_)) => Thing::Function(Rc::new(Callable::Traditional(Abstract::unknown()))),
        };
        env.set(symbol, thing);
    }

    /// The body of a traditional function by itself.
    pub fn traditional(
        &self,
        source: &Rc<Source>,
        file: usize,
        home: &Rc<Home>,
        offset: usize,
        definition: &Definition,
    ) {
        let header = &definition.header;
        let symbol = |name: &Rc<str>| home.space.symbol(name);
        let labels = definition.code.labels.iter().map(|(name, _)| name);
        let all = || declared(header).chain(header.locals.iter().cloned());
        let locals = Rc::new(Locals {
            names: Table::default(),
            declared: all().chain(labels.clone().cloned()).map(|name| symbol(&name)).collect(),
        });
        let env = Env { source: source.clone(), file, home: home.clone(), frame: None, locals: Some(locals.clone()) };
        let before: Vec<_> = locals.declared.iter().map(|&name| (name, home.space.get(name))).collect();
        for &name in &locals.declared {
            drop(home.space.set(name, crate::names::Binding::Unset));
        }
        let general = self.general.replace(true);
        let inside = self.enter(home);
        let settings = self.settings();
        if !header.system_locals.is_empty() {
            self.certain.set(false);
        }
        for name in arguments(header) {
            env.set(symbol(&name), Thing::Array(Abstract::unknown()));
        }
        for (name, line) in &definition.code.labels {
            env.set(symbol(name), Thing::Array(Abstract::count(crate::inference::Dim::Known(i64::from(*line)))));
        }
        // What an operand is depends on the call: nothing is bound with it.
        self.begin();
        self.code(&env, &definition.code, offset);
        self.pending_bodies();
        self.set_settings(settings);
        drop(inside);
        self.general.set(general);
        for (name, binding) in before {
            drop(home.space.set(name, binding));
        }
    }

    /// Lines of code with control structures.
    pub fn code(&self, env: &Env, code: &Code, offset: usize) {
        let branches = branches(&code.nodes);
        if branches {
            // Any line may follow any other: what is assigned anywhere is not known anywhere.
            self.forget(env, &code.nodes);
        }
        self.nodes(env, &code.nodes, offset);
        if branches {
            self.forget(env, &code.nodes);
        }
    }

    fn nodes(&self, env: &Env, nodes: &[Node], offset: usize) {
        for node in nodes {
            match &node.kind {
                NodeKind::Expression(phrase) | NodeKind::Branch(phrase) => {
                    drop(self.moved(env, phrase, offset));
                }
                NodeKind::Broken(error) => self.broken(env, error, offset),
                NodeKind::Structure(structure) => self.structure(env, structure, offset),
                NodeKind::Abort | NodeKind::Return | NodeKind::Leave(_) | NodeKind::Continue(_) => {}
            }
        }
    }

    /// A phrase whose places count from the beginning of a part of the text.
    fn moved(&self, env: &Env, phrase: &Phrase, offset: usize) -> Option<Abstract> {
        match self.told(env, &CachedPhrase::new(&phrase.moved(offset))) {
            Evaluated::Array(Ok(value), _) => Some(value),
            _ => None,
        }
    }

    fn broken(&self, env: &Env, error: &SyntaxError, offset: usize) {
        let span = error.span.moved(offset);
        self.tell_failure(env, span, &syntax_failure(error));
    }

    /// A control structure: each part may be run or not, and loops again and again.
    fn structure(&self, env: &Env, structure: &Structure, offset: usize) {
        let loops = matches!(structure.kind, Kind::While | Kind::Repeat | Kind::For { .. });
        let parts = || structure.clauses.iter().flat_map(|clause| &clause.body);
        let forget = || {
            parts().for_each(|node| self.forget(env, std::slice::from_ref(node)));
            for clause in &structure.clauses {
                if let When::Tests(tests) = &clause.when {
                    tests.iter().for_each(|test| self.forget_test(env, test));
                }
            }
            structure.until.iter().for_each(|test| self.forget_test(env, test));
        };
        let phrase = match &structure.kind {
            Kind::For { values, .. } => Some(values),
            Kind::Select(phrase)
            | Kind::Trap(phrase)
            | Kind::With(phrase)
            | Kind::Hold(phrase)
            | Kind::Disposable(phrase) => Some(phrase),
            _ => None,
        };
        let subject = phrase.and_then(|phrase| self.moved(env, phrase, offset));
        let subject_home = subject.as_ref().and_then(|value| self.home_of(value));
        if loops {
            forget();
        }
        if let Kind::For { targets, each, .. } = &structure.kind {
            let element = match (each, subject) {
                (false, Some(values)) => values.element(),
                _ => Abstract::unknown(),
            };
            self.loop_targets(env, targets, &element);
        }
        let quiet = matches!(structure.kind, Kind::Trap(_) | Kind::With(_)).then(|| Counted::new(&self.guarded));
        // Behind `:With` the names are those of a namespace.
        let home = subject_home.filter(|_| matches!(structure.kind, Kind::With(_)));
        let moved = home.as_ref().map(|home| env.within(home));
        let inside = home.as_ref().and_then(|home| self.enter(home));
        let unknown = matches!(structure.kind, Kind::With(_)) && home.is_none();
        let env = moved.as_ref().unwrap_or(env);
        for clause in &structure.clauses {
            match &clause.when {
                When::Tests(tests) => tests.iter().for_each(|test| self.test(env, test, offset)),
                When::Case(Ok(phrase)) | When::CaseList(Ok(phrase)) => drop(self.moved(env, phrase, offset)),
                _ => {}
            }
            match unknown {
                true => self.havoc(),
                false => self.nodes(env, &clause.body, offset),
            }
            // Another part begins with the names as they were before, and this one may not have been run.
            if structure.clauses.len() > 1 || !matches!(structure.kind, Kind::Section) {
                self.forget(env, &clause.body);
            }
        }
        structure.until.iter().for_each(|test| self.test(env, test, offset));
        drop((inside, quiet));
        forget();
    }

    fn test(&self, env: &Env, test: &Test, offset: usize) {
        self.nodes(env, &test.before, offset);
        match &test.condition {
            Ok(phrase) => drop(self.moved(env, phrase, offset)),
            Err(error) => self.broken(env, error, offset),
        }
    }

    fn loop_targets(&self, env: &Env, targets: &Phrase, element: &Abstract) {
        let mut names = Vec::new();
        named(&targets.items, &mut names);
        let value = if names.len() == 1 { element.loose() } else { Abstract::unknown() };
        for name in names {
            let symbol = env.home.space.symbol(&name);
            env.set(symbol, Thing::Array(value.clone()));
            env.set(symbol, Thing::Array(value.clone()));
        }
    }

    /// Nothing is known any more of what some statements assign.
    fn forget(&self, env: &Env, nodes: &[Node]) {
        for node in nodes {
            match &node.kind {
                NodeKind::Expression(phrase) | NodeKind::Branch(phrase) => self.forget_phrase(env, phrase),
                NodeKind::Structure(structure) => {
                    for clause in &structure.clauses {
                        if let When::Tests(tests) = &clause.when {
                            tests.iter().for_each(|test| self.forget_test(env, test));
                        }
                        self.forget(env, &clause.body);
                    }
                    structure.until.iter().for_each(|test| self.forget_test(env, test));
                    match &structure.kind {
                        Kind::For { targets, values, .. } => {
                            self.forget_names(env, &targets.items);
                            self.forget_phrase(env, values);
                        }
                        Kind::Select(phrase)
                        | Kind::Trap(phrase)
                        | Kind::With(phrase)
                        | Kind::Hold(phrase)
                        | Kind::Disposable(phrase) => self.forget_phrase(env, phrase),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn forget_test(&self, env: &Env, test: &Test) {
        self.forget(env, &test.before);
        if let Ok(phrase) = &test.condition {
            self.forget_phrase(env, phrase);
        }
    }

    fn forget_phrase(&self, env: &Env, phrase: &Phrase) {
        let arrow = phrase.items.iter().any(|item| matches!(item.kind, ItemKind::Glyph('←')));
        let inside = phrase.items.iter().any(|item| matches!(item.kind, ItemKind::Parens(_) | ItemKind::Brackets(_)));
        if arrow || inside {
            self.forget_names(env, &phrase.items);
        }
        if sets_system(&phrase.items) {
            self.certain.set(false);
        }
    }

    /// The names that stand left of an arrow, and perhaps more.
    fn forget_names(&self, env: &Env, items: &[Item]) {
        let mut names = Vec::new();
        named(items, &mut names);
        let facts: Vec<bool> = names.iter().map(|name| self.facts.borrow().set.contains(name)).collect();
        for (name, set) in names.into_iter().zip(facts) {
            let symbol = env.home.space.symbol(&name);
            if set {
                self.forget_member(symbol);
            }
            let Some(table) = env.table_of(symbol).filter(|_| set) else { continue };
            if let Some(slot) = table.borrow_mut().get_mut(&symbol) {
                slot.thing = slot.thing.loose();
                slot.times += 1;
            }
        }
    }
}

/// A syntax error as a failure.
pub fn syntax_failure(error: &SyntaxError) -> Failure {
    let kind = match error.kind {
        SyntaxErrorKind::Syntax => ErrorKind::Syntax,
        SyntaxErrorKind::Limit => ErrorKind::Limit,
        SyntaxErrorKind::Domain => ErrorKind::Domain,
        SyntaxErrorKind::Nonce => ErrorKind::Nonce,
    };
    Failure::new(kind, error.message.clone().unwrap_or_default())
}

/// The names that a header gives values.
fn arguments(header: &Header) -> impl Iterator<Item = Rc<str>> {
    header.left.iter().cloned().chain(header.right.iter().flat_map(Names::iter).cloned())
}

/// The names of a header, without those behind semicolons.
fn declared(header: &Header) -> impl Iterator<Item = Rc<str>> {
    let operands = header.left_operand.iter().chain(&header.right_operand).cloned();
    arguments(header).chain(operands).chain(header.result.iter().flat_map(Names::iter).cloned())
}

/// Adds the words of lines to what is known of names.
pub fn lines_of(text: &str, facts: &mut Facts, locals: Option<&HashSet<Rc<str>>>) {
    let add = |facts: &mut Facts, text: &str| match tokens(text) {
        Ok(tokens) => {
            loop_names(&tokens, facts);
            facts.tokens(&tokens, locals);
            true
        }
        Err(_) => false,
    };
    if add(facts, text) {
        return;
    }
    for line in text.lines() {
        if !add(facts, line) {
            // What it sets is not known.
            facts.set.extend(
                crate::syntax::scan::words(line)
                    .into_iter()
                    .filter(|word| word.class == crate::syntax::scan::Class::Name)
                    .map(|word| line[word.range].into()),
            );
        }
    }
}

/// The names between `:For` and `:In`, and labels.
fn loop_names(tokens: &[crate::syntax::token::Token], facts: &mut Facts) {
    use crate::syntax::token::TokenKind;
    let mut loops = false;
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            TokenKind::Colon => {
                let next = tokens.get(at + 1).map(|token| &token.kind);
                loops = matches!(next, Some(TokenKind::Name(name)) if name.eq_ignore_ascii_case("for"));
                if let Some(TokenKind::Name(label)) = at.checked_sub(1).map(|before| &tokens[before].kind) {
                    facts.set.insert(label.clone());
                }
            }
            TokenKind::LineEnd | TokenKind::Diamond => loops = false,
            TokenKind::Name(name) if loops => drop(facts.set.insert(name.clone())),
            _ => {}
        }
    }
}

fn named(items: &[Item], names: &mut Vec<Rc<str>>) {
    for item in items {
        match &item.kind {
            ItemKind::Name(name) => names.push(name.clone()),
            ItemKind::Parens(phrase) => named(&phrase.items, names),
            ItemKind::Brackets(phrases) | ItemKind::VectorNotation(phrases) | ItemKind::MatrixNotation(phrases) => {
                phrases.iter().for_each(|phrase| named(&phrase.items, names));
            }
            _ => {}
        }
    }
}

fn sets_system(items: &[Item]) -> bool {
    items
        .windows(2)
        .any(|pair| matches!(pair, [Item { kind: ItemKind::Quad(_), .. }, Item { kind: ItemKind::Glyph('←'), .. }]))
}

/// Whether lines branch to others, or structures are left in ways that no structure tells.
fn branches(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.kind {
        NodeKind::Branch(_) => true,
        NodeKind::Structure(structure) => structure.clauses.iter().any(|clause| branches(&clause.body)),
        _ => false,
    })
}
