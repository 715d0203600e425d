//! Scripts: `:Namespace … :EndNamespace` makes a namespace, its functions first, then its code line by line.

use std::rc::Rc;

use super::statement::{self, Evaluator};
use super::traditional::define;
use crate::array::Reference;
use crate::code::definition::{self, Source};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::names;
use crate::names::binding::Binding;
use crate::names::space::{self, Space};
use crate::syntax::scan::first_line;
use crate::syntax::span::Span;
use crate::syntax::traditional::{self, Member, Script};

/// How namespaces are made of scripts, as the options of `⎕FIX` say.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    /// What fails in a namespace is left out. Otherwise nothing of the namespace is made.
    pub with_errors: bool,
    /// Namespaces get references to all namespaces of the script that are within or beside them.
    pub with_references: bool,
    /// Functions take the names of variables, and namespaces those of anything.
    pub replaces: bool,
}

/// A script that is being made.
pub struct Fixing<'a> {
    /// Settings, interrupts, output.
    pub context: &'a Context,
    /// The text.
    pub source: &'a Source,
    /// How it is made.
    pub manner: Manner,
}

/// Namespaces and their names.
type Spaces = Vec<(Rc<str>, Rc<Space>)>;

/// A namespace that was made.
struct Made {
    space: Rc<Space>,
    reference: Reference,
    /// All namespaces within it, if references to them are wanted.
    within: Spaces,
}

impl Fixing<'_> {
    /// Makes the functions and namespaces of a script that has nothing else, dfns among them. Gives the names. DOMAIN ERROR
    /// for other code.
    pub fn objects(&self, space: &Rc<Space>, script: &Script) -> Result<Vec<Rc<str>>> {
        let mut names = Vec::new();
        for member in &script.members {
            match member {
                Member::Function(span) => names.push(self.function(space, *span)?),
                Member::Code(span) => {
                    if !is_comment(span.of(&self.source.text)) {
                        names.push(self.function(space, *span)?);
                    }
                }
                Member::Space(_) | Member::Require(_) => {}
            }
        }
        let mut beside = Spaces::new();
        for member in &script.members {
            if let Member::Space(inner) = member {
                let name = inner.name.clone().ok_or_else(|| Fault::domain().because("A namespace without a name"))?;
                let made = self.space(space, inner, true, &beside)?;
                beside.push((name.clone(), made.space));
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Makes what a script says in a namespace: its functions, its code, and the namespaces in it.
    pub fn content(&self, space: &Rc<Space>, script: &Script) -> Result<()> {
        self.inner(space, script).map(drop)
    }

    /// Makes the namespace that a script is, within another one; named there if the script has a name and `named` says so.
    /// Where anything fails, a namespace of that name stays as it was.
    pub fn only(&self, outer: &Rc<Space>, script: &Script, named: bool) -> Result<Reference> {
        self.space(outer, script, named, &Spaces::new()).map(|made| made.reference)
    }

    /// The same, beside namespaces that the script has made before.
    fn space(&self, outer: &Rc<Space>, script: &Script, named: bool, beside: &Spaces) -> Result<Made> {
        let (space, reference) = outer.child(self.context, script.name.as_deref())?;
        space.set_script(self.source, script.span);
        let name = script.name.as_ref().filter(|_| named);
        let before = match name {
            Some(name) => {
                let symbol = outer.symbol(name);
                let there = outer.get(symbol);
                let in_use = !matches!(there, Binding::Unset) && names::namespace_of(outer, &there).is_none();
                if in_use && !self.manner.replaces {
                    return Err(Fault::domain().because(format!("{name} is in use and no namespace")));
                }
                // It has its name while its code runs.
                Some((symbol, outer.set(symbol, Binding::Array(reference.clone().into()))))
            }
            None => None,
        };
        let _entered = space.enter(self.context);
        let made = self
            .introduce_siblings(&space, name, beside)
            .and_then(|()| stacker::maybe_grow(96 * 1024, 1 << 20, || self.inner(&space, script)));
        match (made, before) {
            (Ok(within), _) => Ok(Made { space, reference, within }),
            (Err(fault), before) => {
                if let Some((symbol, old)) = before {
                    drop(outer.set(symbol, old));
                }
                Err(fault)
            }
        }
    }

    /// Makes what is in a namespace; gives all namespaces within it, if references to them are wanted.
    fn inner(&self, space: &Rc<Space>, script: &Script) -> Result<Spaces> {
        for member in &script.members {
            if let Member::Function(span) = member {
                self.forgiven(self.function(space, *span))?;
            }
        }
        let (mut beside, mut within) = (Spaces::new(), Spaces::new());
        for member in &script.members {
            self.context.poll()?;
            match member {
                Member::Function(_) | Member::Require(_) => {}
                Member::Code(span) => drop(self.forgiven(self.code(space, *span))?),
                Member::Space(inner) => {
                    let Some(made) = self.forgiven(self.space(space, inner, true, &beside))? else { continue };
                    for (name, deeper) in &made.within {
                        self.introduce(space, name, deeper)?;
                    }
                    if self.manner.with_references {
                        within.extend(made.within);
                        beside.extend(inner.name.clone().map(|name| (name, made.space)));
                    }
                }
            }
        }
        within.extend(beside);
        Ok(within)
    }

    /// Defines the function whose lines are a part of the script, and notes where they stand.
    pub fn function(&self, space: &Rc<Space>, span: Span) -> Result<Rc<str>> {
        let text = &*self.source.text;
        let variable = self.cleared(space, span.of(text));
        let defined = define(self.context, space, self.source.part(span)).map_err(|undefined| {
            undefined.fault(|malformed| {
                let mut fault = Fault::new(ErrorKind::Syntax).named("defn error").because(malformed.why);
                fault.set_place(malformed.place);
                fault
            })
        });
        let name = match defined {
            Ok(name) => name,
            Err(fault) => {
                if let Some((symbol, value)) = variable {
                    drop(space.set(symbol, value));
                }
                return Err(fault);
            }
        };
        if let Some((definition, _)) = space::definition(&space.get(space.symbol(&name))) {
            // A `∇` that closes it belongs to it.
            let behind = text[span.end as usize..].trim_start();
            let end = if behind.starts_with('∇') {
                text.len() - behind.len() + '∇'.len_utf8()
            } else {
                span.end as usize
            };
            if definition.program.is_some() {
                definition.extent.set(self.source.extent(Span::new(span.start as usize, end)));
            }
        }
        Ok(name)
    }

    /// The variable whose name a definition takes, if it may; the name is free then.
    fn cleared(&self, space: &Rc<Space>, text: &str) -> Option<(u32, Binding)> {
        if !self.manner.replaces {
            return None;
        }
        let name = match traditional::header_of(first_line(text.trim_start()).0) {
            Some(header) => header.name,
            None => text.split_once('←')?.0.trim().into(),
        };
        let symbol = space.symbol(&name);
        matches!(space.get(symbol), Binding::Array(_)).then(|| (symbol, space.set(symbol, Binding::Unset)))
    }

    /// Evaluates a part of a script.
    fn code(&self, space: &Rc<Space>, span: Span) -> Result<()> {
        let context = self.context;
        let blanks = span.of(&self.source.text).len() - span.of(&self.source.text).trim_start().len();
        let source = Rc::new(self.source.part(Span { start: span.start + blanks as u32, end: span.end }));
        let body = source.parse(context, &source.text)?;
        let evaluator = Evaluator { context, space, scope: None, source };
        for statement in &body.statements {
            let shown = evaluator.statement(statement)?;
            statement::show(context, None, shown)?;
        }
        Ok(())
    }

    /// What was made; nothing if it failed and may.
    fn forgiven<T>(&self, made: Result<T>) -> Result<Option<T>> {
        match made {
            Err(fault) if self.manner.with_errors && fault.kind().is_error() && !fault.kind().is_circumstance() => {
                Ok(None)
            }
            made => made.map(Some),
        }
    }

    /// A namespace and those beside it get references to each other.
    fn introduce_siblings(&self, space: &Rc<Space>, name: Option<&Rc<str>>, beside: &Spaces) -> Result<()> {
        let Some(name) = name.filter(|_| self.manner.with_references) else { return Ok(()) };
        for (other, sibling) in beside {
            self.introduce(space, other, sibling)?;
            self.introduce(sibling, name, space)?;
        }
        Ok(())
    }

    /// Puts a reference to a namespace into another one, unless that uses the name for something else.
    fn introduce(&self, to: &Space, name: &Rc<str>, other: &Space) -> Result<()> {
        self.context.poll()?;
        let symbol = to.symbol(name);
        if matches!(to.get(symbol), Binding::Unset) {
            drop(to.set(symbol, Binding::Array(other.reference().into())));
        }
        Ok(())
    }
}

/// Whether a part of a script has no statements.
pub fn is_comment(text: &str) -> bool {
    let code = |line: &str| !matches!(line.trim_start_matches([' ', '\t', '⋄', '\r']).chars().next(), None | Some('⍝'));
    !text.split('\n').any(code)
}

/// The parts of a script. SYNTAX ERROR at what does not belong there.
pub fn parts(context: &Context, source: &Source) -> Result<Script> {
    let read = definition::reading(context, |go_on| traditional::script(&source.text, go_on))?;
    read.map_err(|error| source.refused(&error))
}
