//! The names of a text by scope, found in its words: where each is set and used. A text that is no APL yet has them too.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::check::Form;
use crate::syntax::scan::{Class, Word, words};
use crate::syntax::span::Span;
use crate::syntax::token::tokens;
use crate::syntax::traditional::{Names, header};

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text.
    Text,
    /// A dfn or dop.
    Dfn,
    /// A traditional function or operator.
    Traditional,
    /// A namespace.
    Space,
}

/// A name, once for all places of a text that have it.
pub type Name = Arc<str>;

/// A part of a text with names of its own.
#[derive(Debug)]
pub struct Scope {
    /// What it belongs to.
    pub kind: Kind,
    /// The scope around it.
    pub parent: usize,
    /// Where it stands.
    pub span: Span,
    /// Its own names, with what is first defined by them.
    pub own: BTreeMap<Name, Option<usize>>,
}

/// A name in a text.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The name.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
    /// The scope it stands in.
    pub scope: usize,
    /// Whether it is set here.
    pub sets: bool,
    /// Whether it is a member of what stands before a dot.
    pub member: bool,
}

/// What is defined in a text.
#[derive(Clone, Debug)]
pub struct Defined {
    /// The name.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
    /// The whole definition.
    pub whole: Span,
    /// The scope it is defined in.
    pub scope: usize,
    /// Whether it is a function or operator.
    pub function: bool,
    /// Whether it is a namespace.
    pub space: bool,
    /// The scope of the namespace.
    pub inside: Option<usize>,
}

/// The names of a text.
#[derive(Debug, Default)]
pub struct Model {
    /// The scopes; the first is that of the text.
    pub scopes: Vec<Scope>,
    /// All names, in order.
    pub names: Vec<Occurrence>,
    /// What is defined, in order.
    pub defined: Vec<Defined>,
    /// What was last defined by a name.
    last: HashMap<Name, usize>,
}

impl Model {
    /// Of a text.
    pub fn new(text: &str, form: Form) -> Model {
        let whole = Scope { kind: Kind::Text, parent: 0, span: Span::new(0, text.len()), own: BTreeMap::new() };
        let model = Model { scopes: vec![whole], ..Model::default() };
        let mut reader = Reader {
            text,
            model,
            open: vec![0],
            braces: Vec::new(),
            header: form == Form::Function,
            known: HashSet::new(),
        };
        reader.read();
        reader.model
    }

    /// The scope that a name in a scope belongs to: the innermost that has it, or the text's.
    pub fn home(&self, name: &str, scope: usize) -> usize {
        let mut at = scope;
        while at != 0 {
            if self.scopes[at].own.contains_key(name) {
                return at;
            }
            at = self.scopes[at].parent;
        }
        0
    }

    /// The name at a byte offset.
    pub fn at(&self, offset: usize) -> Option<&Occurrence> {
        let offset = offset as u32;
        self.names.iter().find(|name| name.span.start <= offset && offset <= name.span.end)
    }

    /// All places of the name that another place has, where both mean the same.
    pub fn same<'m>(&'m self, name: &'m str, home: usize) -> impl Iterator<Item = &'m Occurrence> {
        self.names
            .iter()
            .filter(move |other| *other.name == *name && !other.member && self.home(name, other.scope) == home)
    }

    /// The innermost scope at a byte offset.
    pub fn scope_at(&self, offset: usize) -> usize {
        let offset = offset as u32;
        let inside = |scope: &Scope| scope.span.start <= offset && offset <= scope.span.end;
        self.scopes.iter().rposition(inside).unwrap_or(0)
    }

    /// The names that can be used in a scope.
    pub fn visible(&self, scope: usize) -> BTreeSet<&str> {
        let mut found: BTreeSet<&str> = self.scopes[0].own.keys().map(|name| &**name).collect();
        let mut at = scope;
        while at != 0 {
            found.extend(self.scopes[at].own.keys().map(|name| &**name));
            at = self.scopes[at].parent;
        }
        found
    }

    /// Whether a name is that of a function or operator, where the text defines it.
    pub fn is_function(&self, name: &str) -> Option<bool> {
        self.last.get(name).map(|&at| self.defined[at].function)
    }

    /// Where a name is defined that belongs to a scope.
    pub fn definition(&self, name: &str, scope: usize) -> Option<&Defined> {
        self.scopes[scope].own.get(name).copied().flatten().map(|at| &self.defined[at])
    }

    /// Whether a scope lies in another one.
    pub fn is_inside(&self, scope: usize, outer: usize) -> bool {
        let mut at = scope;
        while at != outer && at != 0 {
            at = self.scopes[at].parent;
        }
        at == outer
    }

    fn define(&mut self, defined: Defined) {
        let at = self.defined.len();
        self.last.insert(defined.name.clone(), at);
        self.scopes[defined.scope].own.entry(defined.name.clone()).or_default().get_or_insert(at);
        self.defined.push(defined);
    }
}

struct Reader<'t> {
    text: &'t str,
    model: Model,
    /// The scopes that are open.
    open: Vec<usize>,
    /// For each open bracket, whether it is a brace, and what it defines.
    braces: Vec<(bool, Option<usize>)>,
    /// The next line of code may be the header of a function without `∇`.
    header: bool,
    /// The names so far.
    known: HashSet<Name>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            self.line(line, at);
            at += line.len();
        }
        for scope in &self.open {
            self.model.scopes[*scope].span.end = self.text.len() as u32;
        }
    }

    /// A name as it was read before.
    fn interned(&mut self, name: &str) -> Name {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let name = Name::from(name);
        self.known.insert(name.clone());
        name
    }

    fn scope(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, start: usize) -> usize {
        let parent = self.scope();
        let span = Span::new(start, self.text.len());
        self.model.scopes.push(Scope { kind, parent, span, own: BTreeMap::new() });
        self.open.push(self.model.scopes.len() - 1);
        self.model.scopes.len() - 1
    }

    fn pop(&mut self, end: usize) {
        if self.open.len() > 1
            && let Some(scope) = self.open.pop()
        {
            self.model.scopes[scope].span.end = end as u32;
        }
    }

    fn line(&mut self, line: &str, start: usize) {
        let all = words(line);
        let code: Vec<&Word> = all.iter().filter(|word| !matches!(word.class, Class::Blank | Class::Comment)).collect();
        let Some(first) = code.first() else { return };
        let kind = |model: &Model, scope: usize| model.scopes[scope].kind;
        if self.braces.is_empty() {
            if first.class == Class::Glyph('∇') {
                if kind(&self.model, self.scope()) == Kind::Traditional {
                    return self.pop(start + line.trim_end().len());
                }
                let behind = first.range.end;
                return self.definition(line, behind, start);
            }
            if self.header {
                self.header = false;
                let is_header = tokens(line.trim_end()).is_ok_and(|tokens| header(&tokens, Span::default()).is_ok());
                if is_header && !line.contains('{') {
                    return self.definition(line, 0, start);
                }
            }
            if let [colon, word, rest @ ..] = &code[..]
                && colon.class == Class::Glyph(':')
                && word.class == Class::Name
            {
                let text = line[word.range.clone()].to_ascii_lowercase();
                if text == "namespace" {
                    return self.namespace(line, rest.first(), start);
                }
                if text == "endnamespace" {
                    if let Some(defined) =
                        self.model.defined.iter_mut().rev().find(|defined| defined.space && defined.whole.end == 0)
                    {
                        defined.whole.end = (start + line.trim_end().len()) as u32;
                    }
                    return self.pop(start + line.trim_end().len());
                }
            }
        }
        self.code(line, &code, start);
        // `1 ∇` ends a definition too.
        let closes = code.last().is_some_and(|word| word.class == Class::Glyph('∇')) && code.len() > 1;
        if closes && self.braces.is_empty() && kind(&self.model, self.scope()) == Kind::Traditional {
            self.pop(start + line.trim_end().len());
        }
    }

    /// The header of a traditional function.
    fn definition(&mut self, line: &str, behind: usize, start: usize) {
        let head = line[behind..].trim_end().trim_end_matches('∇');
        let Ok(read) = tokens(head).and_then(|tokens| header(&tokens, Span::default())) else {
            // `∇f←{`: a dfn between `∇` and `∇`.
            let words = words(line);
            let code: Vec<&Word> = words
                .iter()
                .filter(|word| !matches!(word.class, Class::Blank | Class::Comment | Class::Glyph('∇')))
                .collect();
            return self.code(line, &code, start);
        };
        let base = start + behind;
        let name = read.span.moved(base);
        let outer = self.scope();
        let whole = Span { start: name.start, end: 0 };
        let own = self.interned(&read.name);
        let (function, space, inside) = (true, false, None);
        self.model.define(Defined { name: own, span: name, whole, scope: outer, function, space, inside });
        let scope = self.push(Kind::Traditional, base);
        let names = read.left.iter().chain(&read.left_operand).chain(&read.right_operand);
        let values = read.right.iter().chain(&read.result).flat_map(Names::iter);
        for name in names.chain(values).chain(&read.locals) {
            let name = self.interned(name);
            self.model.scopes[scope].own.entry(name).or_default();
        }
        for word in words(head).into_iter().filter(|word| word.class == Class::Name) {
            let text = self.interned(&head[word.range.clone()]);
            let span = Span::new(base + word.range.start, base + word.range.end);
            let scope = if *text == *read.name { outer } else { scope };
            self.model.names.push(Occurrence { name: text, span, scope, sets: true, member: false });
        }
        if line.trim_end().ends_with('∇') && line.trim().len() > '∇'.len_utf8() && behind > 0 {
            self.pop(start + line.trim_end().len());
        }
    }

    fn namespace(&mut self, line: &str, name: Option<&&Word>, start: usize) {
        let outer = self.scope();
        let scope = self.push(Kind::Space, start);
        if let Some(word) = name.filter(|word| word.class == Class::Name) {
            let name = self.interned(&line[word.range.clone()]);
            let span = Span::new(start + word.range.start, start + word.range.end);
            let whole = Span { start: start as u32, end: 0 };
            let (function, space, inside) = (false, true, Some(scope));
            self.model.define(Defined { name: name.clone(), span, whole, scope: outer, function, space, inside });
            self.model.names.push(Occurrence { name, span, scope: outer, sets: true, member: false });
        }
    }

    /// The scope of the namespace that the name read last stands for, which a dot follows.
    fn space_before(&self) -> Option<usize> {
        let before = self.model.names.last().filter(|before| !before.member)?;
        let home = self.model.home(&before.name, before.scope);
        self.model.definition(&before.name, home)?.inside
    }

    fn code(&mut self, line: &str, code: &[&Word], start: usize) {
        for (at, word) in code.iter().enumerate() {
            match word.class {
                Class::Open => {
                    let brace = line[word.range.clone()].starts_with('{');
                    let named = (brace && at >= 2 && code[at - 1].class == Class::Glyph('←'))
                        .then_some(self.model.defined.len());
                    let named = named.and_then(|count| count.checked_sub(1)).filter(|&last| {
                        let defined = &self.model.defined[last];
                        defined.span.end as usize == start + code[at - 2].range.end
                    });
                    if let Some(defined) = named {
                        self.model.defined[defined].function = true;
                    }
                    self.braces.push((brace, named));
                    if brace {
                        self.push(Kind::Dfn, start + word.range.start);
                    }
                }
                Class::Close => {
                    if let Some((brace, named)) = self.braces.pop() {
                        let end = start + word.range.end;
                        if brace {
                            self.pop(end);
                        }
                        if let Some(defined) = named {
                            self.model.defined[defined].whole.end = end as u32;
                        }
                    }
                }
                Class::Name => self.name(line, code, at, start),
                _ => {}
            }
        }
    }

    fn name(&mut self, line: &str, code: &[&Word], at: usize, start: usize) {
        let word = code[at];
        let name = self.interned(&line[word.range.clone()]);
        let span = Span::new(start + word.range.start, start + word.range.end);
        let glyph = |at: Option<usize>| at.and_then(|at| code.get(at)).map(|word| word.class);
        // A control word.
        let colon =
            at.checked_sub(1).and_then(|before| code.get(before)).filter(|word| word.class == Class::Glyph(':'));
        if colon.is_some_and(|colon| colon.range.end == word.range.start)
            && (at == 1 || glyph(at.checked_sub(2)) != Some(Class::Close))
            && self.braces.is_empty()
        {
            return;
        }
        let dotted = glyph(at.checked_sub(1)) == Some(Class::Glyph('.'));
        let before = at.checked_sub(2).and_then(|at| code.get(at));
        let member = dotted
            && before.is_some_and(|before| match before.class {
                Class::Name => !self.model.is_function(&line[before.range.clone()]).unwrap_or(false),
                Class::Quad | Class::Close => true,
                Class::Glyph(glyph) => glyph == '#',
                _ => false,
            });
        let given = self.sets(line, code, at);
        // A name in a namespace of the text is one of its scope.
        let inside = before
            .filter(|before| member && before.class == Class::Name)
            .and_then(|_| self.space_before())
            .filter(|&scope| given || self.model.scopes[scope].own.contains_key(&name));
        let member = member && inside.is_none();
        let sets = !member && given;
        let scope = inside.unwrap_or_else(|| self.scope());
        if sets {
            let home = self.setting_scope(&name, scope);
            if self.model.definition(&name, home).is_none() {
                let function = matches!(glyph(Some(at + 2)), Some(Class::Glyph(glyph)) if crate::primitive::lookup(glyph).is_some() && at + 3 == code.len());
                let end = start + line.trim_end().len();
                let whole = Span { start: span.start, end: end as u32 };
                self.model.define(Defined {
                    name: name.clone(),
                    span,
                    whole,
                    scope: home,
                    function,
                    space: false,
                    inside: None,
                });
            }
        }
        self.model.names.push(Occurrence { name, span, scope, sets, member });
    }

    /// Whether a name stands where it is given a value: before an arrow, or in parentheses before one.
    fn sets(&self, line: &str, code: &[&Word], at: usize) -> bool {
        let is = |at: usize, class: Class| code.get(at).is_some_and(|word| word.class == class);
        if is(at + 1, Class::Glyph('←')) {
            return true;
        }
        // `(a b c)←`
        let mut end = at + 1;
        while code.get(end).is_some_and(|word| word.class == Class::Name) {
            end += 1;
        }
        let mut begin = at;
        while begin > 0 && code[begin - 1].class == Class::Name {
            begin -= 1;
        }
        let round = |at: usize, text: &str| code.get(at).is_some_and(|word| line[word.range.clone()] == *text);
        // A list at the beginning of a statement may stand without parentheses: `a b←1 2`.
        let bare =
            is(end, Class::Glyph('←')) && (begin == 0 || is(begin - 1, Class::Glyph('⋄')) || round(begin - 1, "{"));
        bare || begin > 0 && round(begin - 1, "(") && round(end, ")") && is(end + 1, Class::Glyph('←'))
    }

    /// The scope that a name is set in: the innermost dfn's; in a traditional function its own only where it is declared.
    fn setting_scope(&self, name: &str, scope: usize) -> usize {
        let mut at = scope;
        loop {
            let here = &self.model.scopes[at];
            match here.kind {
                Kind::Dfn | Kind::Space | Kind::Text => return at,
                Kind::Traditional if here.own.contains_key(name) => return at,
                Kind::Traditional => at = here.parent,
            }
        }
    }
}
