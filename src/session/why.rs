//! `]why`: which elements of which arrays an element of a result came from.

use std::rc::Rc;

use super::commands::{Reply, refused};
use super::{Session, source};
use crate::array::{Value, compare, shape};
use crate::code::bind::Surroundings;
use crate::code::definition::Source;
use crate::code::node::{Bound, Node, NodeId};
use crate::error::{ErrorKind, Fault, Result};
use crate::primitive::Role;
use crate::syntax::tree::{Item, ItemKind, Phrase, Statement};
use crate::vm::{Answer, Known, Origins, Tags, number};

/// Elements of a result that are explained.
const MOST: usize = 12;
/// Positions that are listed.
const LISTED: usize = 24;
/// Variables whose making is remembered, and the longest text of it.
const REMEMBERED: usize = 1000;
const LONGEST: usize = 4000;

impl Session {
    /// Remembers how a variable was made, where a statement has just assigned it.
    pub(super) fn remember(&self, source: &Source, statement: &Statement) {
        let Statement::Expression(Phrase { items, .. }) = statement else { return };
        let [Item { kind: ItemKind::Name(name), .. }, Item { kind: ItemKind::Glyph('←'), .. }, first, .., last] =
            &items[..]
        else {
            if let [Item { kind: ItemKind::Name(name), .. }, Item { kind: ItemKind::Glyph('←'), .. }, ..] = &items[..]
            {
                self.made.borrow_mut().remove(&**name);
            }
            return;
        };
        let text = first.span.to(last.span).of(&source.text);
        let made = &mut *self.made.borrow_mut();
        if text.len() <= LONGEST && (made.len() < REMEMBERED || made.contains_key(&**name)) {
            made.insert(name.to_string(), text.to_owned());
        }
    }

    /// `]why EXPRESSION`, as `]why r[2;3]`.
    pub(super) fn why_command(&mut self, expression: &str) -> Reply {
        match self.guarded(|session| session.why(expression)) {
            Ok(text) => Ok(text),
            Err(fault) if fault.kind() == ErrorKind::Nonce => refused(format_args!(
                "]why cannot tell: {}",
                fault.message().unwrap_or("the expression is not followed")
            )),
            Err(fault) => Err(fault.into()),
        }
    }

    fn why(&self, expression: &str) -> Result<String> {
        let asked = source(expression);
        let tags = Rc::new(Tags::default());
        let bound = self.bound(&asked, expression)?;
        let space = self.current_space();
        let around = Surroundings { context: &self.context, space: &space, scope: None, source: &asked };
        let mut origins = Origins::new(&tags, around);
        // A variable whose making is known is looked through.
        if let Some((symbol, made)) = self.variable(&bound)
            && let Some(through) = self.made_tags(&tags, &made, symbol)?
        {
            origins.know(symbol, through);
        }
        let result = origins.whole(&bound)?.settled(self.context.memory())?;
        self.explained(&tags, &result)
    }

    fn bound(&self, text: &Rc<Source>, expression: &str) -> Result<Bound> {
        let body = text.parse(&self.context, expression)?;
        let [Statement::Expression(phrase)] = &body.statements[..] else { return Err(Fault::syntax()) };
        self.evaluator(&self.current_space(), text).bind(phrase)
    }

    /// The variable whose elements are asked for, and how it was made.
    fn variable(&self, bound: &Bound) -> Option<(u32, String)> {
        let array = match bound.node(bound.root()?) {
            Node::Index { array, .. } => *array,
            // `2⊃r`, `⊃r`, `2⌷r`
            Node::Dyad { right, function, .. } | Node::Monad { right, function } if picks(bound, *function) => *right,
            Node::Name(_) => bound.root()?,
            _ => return None,
        };
        match bound.node(array) {
            Node::Name(name) => Some((name.symbol, self.made.borrow().get(&*name.name)?.clone())),
            _ => None,
        }
    }

    /// The tags of what a variable was made by; `None` where that gives something else now.
    fn made_tags(&self, tags: &Rc<Tags>, made: &str, symbol: u32) -> Result<Option<Value>> {
        let space = self.current_space();
        let text = source(made);
        let Ok(bound) = self.bound(&text, made) else { return Ok(None) };
        // What is written out came from nowhere else.
        if !bound.nodes.iter().any(|node| matches!(node, Node::Name(_))) {
            return Ok(None);
        }
        let around = Surroundings { context: &self.context, space: &space, scope: None, source: &text };
        let result = match Origins::new(tags, around).whole(&bound) {
            Ok(result) => result.settled(self.context.memory())?,
            Err(fault) if fault.kind() == ErrorKind::Nonce => {
                let why = fault.message().unwrap_or("it is not followed");
                return Err(Fault::nonce(format!("it was made by {made}, and {why}")));
            }
            Err(fault) if fault.kind().is_circumstance() => return Err(fault),
            Err(_) => return Ok(None),
        };
        let now = space.get(symbol).value();
        let same = match &now {
            Some(now) => compare::matches(self.context.memory(), &tags.values(&self.context, &result)?, now, 0.0)?,
            None => false,
        };
        Ok(same.then_some(result))
    }

    /// What each element of a result came from.
    fn explained(&self, tags: &Tags, result: &Value) -> Result<String> {
        let memory = self.context.memory();
        let mut found = Vec::new();
        let mut work = vec![(String::new(), result.clone())];
        let mut more = 0;
        while let Some((place, item)) = work.pop() {
            self.context.poll()?;
            if item.is_simple_scalar() {
                match found.len() < MOST {
                    true => found.push((place, item)),
                    false => more += 1,
                }
                continue;
            }
            let count = item.count();
            more += count.saturating_sub(MOST);
            for at in (0..count.min(MOST)).rev() {
                work.push((format!("{place}{}", self.position(item.shape(), at)), item.item(memory, at)?));
            }
        }
        let mut text = String::new();
        let several = found.len() > 1;
        for (place, tag) in found {
            let value = tags.values(&self.context, &tag)?;
            let answer = tags.answer(&self.context, number(&tag))?;
            let shown = crate::display::brief(&self.context, &value, 30);
            let place = if several { format!("{place} ") } else { String::new() };
            let told = if number(&tag) == 0 { "is a fill element".to_owned() } else { self.told(tags, &answer) };
            text += &format!("{place}{shown} {told}\n");
        }
        if more > 0 {
            text += &format!("··· {more} more elements\n");
        }
        Ok(text)
    }

    fn told(&self, tags: &Tags, answer: &Answer) -> String {
        let mut parts: Vec<String> =
            answer.elements.iter().map(|(known, positions)| self.listed_positions(tags, known, positions)).collect();
        for (how, arrays) in &answer.unknown {
            parts.push(format!("what {how} made of {}; it cannot tell of which elements", arrays.join(" and ")));
        }
        match parts.is_empty() {
            true => "comes from no array".to_owned(),
            false => format!("comes from {}", parts.join(", ")),
        }
    }

    /// Elements of one array: `m[1;2] m[1;3]`.
    fn listed_positions(&self, tags: &Tags, known: &Known, positions: &[usize]) -> String {
        let mut positions = positions.to_vec();
        positions.sort_unstable();
        let name = self.name_of(tags, known);
        let count: usize = shape::product(&known.shape);
        if known.shape.is_empty() {
            return name;
        }
        if positions.len() == count && count > 1 {
            return format!("all {count} elements of {name}");
        }
        let listed: Vec<String> =
            positions.iter().take(LISTED).map(|&at| format!("{name}{}", self.position(&known.shape, at))).collect();
        match positions.len() > LISTED {
            true => format!("{} and {} more elements of {name}", listed.join(" "), positions.len() - LISTED),
            false => listed.join(" "),
        }
    }

    /// The name of an array, or that of the array that it is an item of, with its place there.
    fn name_of(&self, tags: &Tags, known: &Known) -> String {
        let mut places = Vec::new();
        let mut at = known.clone();
        while let Some((array, position)) = at.within {
            let Some(outer) = tags.array(array) else { break };
            places.push(self.position(&outer.shape, position));
            at = outer;
        }
        places.reverse();
        // An item of an item: `(⊃x[2])[1]` is written `x[2][1]` here.
        let written = known.name.starts_with(|c: char| c.is_alphabetic() || "∆⍙_#⎕".contains(c));
        let name = if written { known.name.to_string() } else { format!("({})", known.name) };
        name + &places.concat()
    }

    fn position(&self, shape: &[usize], at: usize) -> String {
        let io = self.context.io() as usize;
        let mut rest = at;
        let mut index: Vec<String> = Vec::new();
        for &length in shape.iter().rev() {
            index.push((rest % length.max(1) + io).to_string());
            rest /= length.max(1);
        }
        index.reverse();
        if index.is_empty() { String::new() } else { format!("[{}]", index.join(";")) }
    }
}

/// Whether a function takes one of the items of its argument.
fn picks(bound: &Bound, function: NodeId) -> bool {
    matches!(bound.node(function), Node::Primitive(row) if matches!(row.facts.role, Role::Pick | Role::Index))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(setup: &str, expression: &str) -> String {
        let mut session = Session::new();
        session.run(setup);
        match session.why_command(expression) {
            Ok(text) => text.trim_end().to_owned(),
            Err(crate::session::commands::Refusal::Said(why)) => why.trim_end().to_owned(),
            Err(crate::session::commands::Refusal::Fault(fault)) => fault.report(),
        }
    }

    #[test]
    fn structural_functions_move_elements() {
        let setup = "m←2 3⍴10×⍳6\nv←7 8 9\nx←(1 2)(3 4)";
        for (expression, wanted) in [
            ("(⌽m)[1;1]", "30 comes from m[1;3]"),
            ("(⍉m)[3;2]", "60 comes from m[2;3]"),
            ("(2⌽v)[1]", "9 comes from v[3]"),
            ("(v,,m)[5]", "20 comes from m[1;2]"),
            ("⊃⌽v", "9 comes from v[3]"),
            ("2⊃⌽¨x", "[1] 4 comes from x[2][2]\n[2] 3 comes from x[2][1]"),
            ("(4↑v)[3 4]", "[1] 9 comes from v[3]\n[2] 0 is a fill element"),
            ("(1 0 1/v)[2]", "9 comes from v[3]"),
            ("((⌽⍤1)m)[2;1]", "60 comes from m[2;3]"),
            ("(2 1⍴v)[2;1]", "8 comes from v[2]"),
            ("(↑x)[2;1]", "3 comes from x[2][1]"),
            ("≢v", "3 comes from no array"),
            ("(∪8 7 8,v)[3]", "9 comes from v[3]"),
            ("(v~8)[2]", "9 comes from v[3]"),
            ("(v∩9 10)[1]", "9 comes from v[3]"),
            ("(8 8∪v)[3]", "7 comes from v[1]"),
            ("(∪m⍪m)[2;3]", "60 comes from m[2;3]"),
            ("('aba'{⍺,+/⍵}⌸v)[1;2]", "16 comes from v[1] v[3]"),
            ("('aba'{⍺,⌽⍵}⌸v[1 2 2])[1;1 2]", "[1] 'a' comes from ('aba')[1]\n[2] 8 comes from v[2]"),
            ("({≢⍵}⌸7 8 7)[1]", "2 comes from no array"),
        ] {
            assert_eq!(why(setup, expression), wanted, "{expression}");
        }
    }

    #[test]
    fn scalar_functions_have_the_elements_of_both_arguments() {
        let setup = "m←2 3⍴10×⍳6\nv←7 8 9\nw←1 2 3";
        for (expression, wanted) in [
            ("(v+w)[2]", "10 comes from v[2], w[2]"),
            ("(+/m)[2]", "150 comes from m[2;1] m[2;2] m[2;3]"),
            ("(+⌿m)[2]", "70 comes from m[1;2] m[2;2]"),
            ("+/,m", "210 comes from all 6 elements of m"),
            ("(v∘.×w)[3;1]", "9 comes from v[3], w[1]"),
            ("(m+.×w)[1]", "140 comes from m[1;1] m[1;2] m[1;3], all 3 elements of w"),
            ("(+\\v)[2]", "15 comes from v[1] v[2]"),
            ("(2-/v)[1]", "¯1 comes from v[1] v[2]"),
            ("(-v)[3]", "¯9 comes from v[3]"),
            ("({(+/⍵)÷≢⍵}m[1;])", "20 comes from m[1;1] m[1;2] m[1;3]"),
            ("({⍵>8:⍵×2 ⋄ ⍵}¨v)[3]", "18 comes from v[3]"),
            ("((+/÷≢)v)", "8 comes from all 3 elements of v"),
            ("(m×2)[1;2]", "40 comes from m[1;2]"),
        ] {
            assert_eq!(why(setup, expression), wanted, "{expression}");
        }
    }

    #[test]
    fn local_names_of_dfns_are_followed() {
        let setup = "m←2 3⍴10×⍳6\nv←7 8 9\nw←1 2 3\n'ns'⎕NS''\nns.a←4 5";
        for (expression, wanted) in [
            ("{x←⍵ ⋄ x[2]←w[3] ⋄ x[2]}v", "3 comes from w[3]"),
            ("{x←⍵ ⋄ x[2]←w[3] ⋄ x[1]}v", "7 comes from v[1]"),
            ("{x←⍵ ⋄ x[;2]+←w[1] ⋄ x[2;2]}m", "51 comes from m[2;2], w[1]"),
            ("{x←⍵ ⋄ (⌽x)←w ⋄ x[1]}v", "3 comes from w[3]"),
            ("{x←⍵ ⋄ ((x>7)/x)×←w[2] ⋄ x[3]}v", "18 comes from v[3], w[2]"),
            ("{x←⍵ ⋄ ((,x)[4])←0 ⋄ x[2;1]}m", "0 comes from no array"),
            ("{(a b)←⍵ ⋄ b-a}v[1 3]", "2 comes from v[1] v[3]"),
            ("{s←0 ⋄ s+←⍵[1] ⋄ s+←⍵[3] ⋄ s}v", "16 comes from v[1] v[3]"),
            ("{a←⍵ ⋄ {a[⍵]}2}v", "8 comes from v[2]"),
            ("{⍵=1:v[1] ⋄ v[⍵]+∇⍵-1}2", "15 comes from v[1] v[2]"),
            ("{⍺←w[2] ⋄ ⍺×⍵}v[1]", "14 comes from v[1], w[2]"),
            ("w[3]{⍺←w[2] ⋄ ⍺×⍵}v[1]", "21 comes from v[1], w[3]"),
            ("{twice←{⍵×2} ⋄ twice ⍵}v[2]", "16 comes from v[2]"),
            ("ns.a[2]×#.v[1]", "35 comes from #.v[1], ns.a[2]"),
        ] {
            assert_eq!(why(setup, expression), wanted, "{expression}");
        }
        // Names that are not local, and texts, are left alone.
        for expression in ["{v[1]←0 ⋄ v[1]}1", "{v,←1 ⋄ ⍵}1", "{⍎'v←0'}1", "{⎕←⍵}1"] {
            let mut session = Session::new();
            session.run(setup);
            assert!(session.why_command(expression).is_err(), "{expression}");
            assert_eq!(session.eval("v").unwrap().to_string(), "7 8 9", "{expression}");
        }
        assert!(why("ex←⍎", "ex'⎕←1'").starts_with("]why cannot tell"));
    }

    #[test]
    fn a_variable_is_looked_through_as_long_as_it_is_what_it_was_made() {
        let setup = "m←2 3⍴⍳6\nr←⍉m+1";
        assert_eq!(why(setup, "r[3;2]"), "7 comes from m[2;3]");
        assert_eq!(why(&format!("{setup}\nm[1;1]←99"), "r[3;2]"), "7 comes from r[3;2]");
        assert_eq!(why(&format!("{setup}\nr[1;1]←0"), "r[3;2]"), "7 comes from r[3;2]");
        assert_eq!(why("v←5 6", "v[2]"), "6 comes from v[2]");
    }

    #[test]
    fn it_says_what_it_cannot_tell() {
        let setup = "v←3 1 2\n∇r←g x\nr←x\n∇\nn←0";
        assert_eq!(
            why(setup, "⍋v").lines().next(),
            Some("[1] 2 comes from what ⍋ made of v; it cannot tell of which elements")
        );
        assert_eq!(why(setup, "v[⍋v]").lines().next(), Some("[1] 1 comes from v[2]"));
        assert_eq!(why(setup, "g v"), "]why cannot tell: g is a traditional function, which is not followed");
        assert!(why(setup, "n←5").starts_with("]why cannot tell"));
        assert!(why(setup, "?9").starts_with("]why cannot tell"));
        assert!(why(setup, "v[7]").starts_with("INDEX ERROR"));
        // Nothing has been done.
        let mut session = Session::new();
        session.run("n←0");
        drop(session.why_command("{n⊢←1 ⋄ ⍵}5"));
        assert_eq!(session.eval("n").unwrap().to_string(), "0");
    }
}
