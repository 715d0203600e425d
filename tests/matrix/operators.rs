//! Operators with functions and arrays as operands: each result must be the same for an operand that can only be called
//! item by item.

use std::rc::Rc;

use zilde::Value;
use zilde::array::Type;
use zilde::context::Context;
use zilde::error::Result;
use zilde::function::{Description, Fun, Function, Operand};
use zilde::operator::{self, Derive, PrimitiveOperator};
use zilde::primitive::TABLE;

use super::cases::{Cases, Odd, glyph, sampled};
use super::functions::alternative;
use super::values::OPERANDS;

/// A function that hides what it is: it can be called, and knows its identity and inverse.
struct Plain(Fun);

impl Function for Plain {
    fn call(&self, context: &Context, left: Option<Value>, right: Value) -> Result<Value> {
        // A loop settles what it is given: nothing that is pending gets here.
        self.0.call(context, left, right)?.settled(context.memory())
    }

    fn inverse(&self, context: &Context) -> Result<Fun> {
        self.0.inverse(context)
    }

    fn inverse_left(&self, context: &Context) -> Result<Fun> {
        self.0.inverse_left(context)
    }

    fn identity(&self, context: &Context, prototype: &Value) -> Option<Result<Value>> {
        self.0.identity(context, prototype)
    }

    fn describe(&self) -> Description {
        self.0.describe()
    }
}

/// An operand with its text, and the same as one that hides what it is.
#[derive(Clone)]
struct Choice {
    text: String,
    operand: Operand,
    plain: Operand,
}

fn functions() -> Vec<Choice> {
    let choice = |c: char| Choice {
        text: c.to_string(),
        operand: Operand::Function(glyph(c)),
        plain: Operand::Function(Rc::new(Plain(glyph(c)))),
    };
    TABLE.iter().filter(|row| row.glyph != '?').map(|row| choice(row.glyph)).collect()
}

fn arrays(cases: &mut Cases) -> Vec<Choice> {
    let choice = |text: &&str| {
        let value = cases.value(text);
        Choice { text: format!("({text})"), operand: Operand::Array(value.clone()), plain: Operand::Array(value) }
    };
    OPERANDS.iter().map(choice).collect()
}

/// One derived function on one argument and on two: with a plain operand, and with arguments stored otherwise.
fn tried(cases: &mut Cases, text: &str, derive: impl Fn(&Context, bool) -> Result<Fun>, at: usize) {
    let count = cases.odd.len();
    let (i, j) = ((at * 7 + at / 11) % count, at % count);
    let (x, y) = (cases.odd[i].clone(), cases.odd[j].clone());
    let alternative = alternative(cases, j, at);
    // Scans that go on from what they have differ in the last digits, which these make the first.
    let differences = ["-\\", "÷\\", "∨\\", "∧\\", "-⍀", "÷⍀", "∨⍀", "∧⍀"].contains(&text);
    // A function that hides that it takes the first or last item gives nothing for nothing.
    let takes = ["⊣/", "⊢/", "⊣⌿", "⊢⌿"].contains(&text);
    let rounds = differences && (y.value.kind() > Type::Int || y.text.contains("130"));
    for left in [None, Some(x)] {
        let before = left.as_ref().map_or("", |x| &x.text);
        let run = |context: &Context, plain: bool, right: &Odd| {
            let f = derive(context, plain)?;
            f.call(context, left.as_ref().map(|x| x.value.clone()), right.value.clone())
        };
        let name = || format!("{before}({text}){}", y.text);
        let one = cases.case(name, |session| run(session.context(), false, &y));
        cases.told(name, &one);
        let named = || format!("{before}({text}){}  item by item", y.text);
        let other = cases.case(named, |session| run(session.context(), true, &y));
        // A scalar function has a result for the prototype of anything; a function that hides what it is may not.
        let empty = y.value.count() == 0 || left.as_ref().is_some_and(|x| x.value.count() == 0);
        if !(rounds || empty && (takes || matches!(other, Some(Err(_))))) {
            cases.agree(named, one.clone(), other);
        }
        if let Some(alternative) = &alternative {
            let named = || format!("{before}({text}){}", alternative.text);
            let other = cases.case(named, |session| run(session.context(), false, alternative));
            cases.agree_as_stored(named, one, other);
        }
    }
}

/// Every operator with one operand, and the outer product, with every function, on every value.
pub fn monadic(step: usize) {
    let mut cases = Cases::new();
    let mut choices = functions();
    choices.extend(arrays(&mut cases));
    let rows: Vec<&PrimitiveOperator> =
        operator::TABLE.iter().filter(|row| matches!(row.derive, Derive::Monadic(_))).collect();
    let count = cases.odd.len();
    let kinds = rows.len() + 1;
    for at in sampled(kinds * choices.len() * count, step, 0) {
        let choice = choices[at / count % choices.len()].clone();
        let pick = |plain: bool| if plain { choice.plain.clone() } else { choice.operand.clone() };
        match rows.get(at / (choices.len() * count)) {
            Some(row) => {
                let Derive::Monadic(make) = row.derive else { continue };
                let text = format!("{}{}", choice.text, row.glyph);
                tried(&mut cases, &text, |context, plain| make(context, pick(plain), None), at);
            }
            None => {
                let text = format!("∘.{}", choice.text);
                tried(&mut cases, &text, |context, plain| operator::outer_product(context, pick(plain)), at);
            }
        }
    }
    cases.done();
}

/// Every operator with two operands, with every pair of functions and arrays, on a few values each.
pub fn dyadic(step: usize) {
    const VALUES: usize = 8;
    let mut cases = Cases::new();
    let mut choices = functions();
    choices.extend(arrays(&mut cases));
    let rows: Vec<&PrimitiveOperator> =
        operator::TABLE.iter().filter(|row| matches!(row.derive, Derive::Dyadic(_))).collect();
    let pairs = choices.len() * choices.len();
    for at in sampled(rows.len() * pairs * VALUES, step, 0) {
        let row = rows[at / (pairs * VALUES)];
        let (f, g) = (&choices[at / VALUES / choices.len() % choices.len()], &choices[at / VALUES % choices.len()]);
        let Derive::Dyadic(make) = row.derive else { continue };
        // These go on until something is the same, and often nothing is.
        if row.glyph == '⍣' && matches!(g.operand, Operand::Function(_)) {
            continue;
        }
        let text = format!("{}{}{}", f.text, row.glyph, g.text);
        let made = |context: &Context, plain: bool| match plain {
            true => make(context, f.plain.clone(), g.plain.clone()),
            false => make(context, f.operand.clone(), g.operand.clone()),
        };
        // Another value of the odd ones each time.
        tried(&mut cases, &text, made, at * 13 + at / VALUES);
    }
    cases.done();
}
