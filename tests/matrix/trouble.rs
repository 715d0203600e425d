//! Too little memory, and interrupts: every case must end in WS FULL or INTERRUPT, or in its ordinary result.

use std::panic::{AssertUnwindSafe, catch_unwind};

use zilde::Value;
use zilde::array::Memory;
use zilde::context::{Context, Interrupt};
use zilde::error::{ErrorKind, Result};
use zilde::function::{Fun, Operand};
use zilde::operator::{self, Derive};
use zilde::primitive::TABLE;

use super::cases::{Cases, glyph, sampled};
use super::common::Kept;

/// Budgets that are too small for some functions: the result is the same as with a large budget, or WS FULL; and
/// all memory is returned to the budget.
const BUDGETS: [usize; 4] = [0, 300, 1500, 7000];

fn context(budget: usize) -> Context {
    Context::new(Memory::new(budget), Interrupt::default(), Box::new(Kept::default()))
}

/// Functions of the tables with what they are called: primitives, and what operators make of some of them.
fn functions(context: &Context) -> Vec<(String, Fun)> {
    let mut all: Vec<(String, Fun)> = TABLE.iter().map(|row| (row.glyph.to_string(), glyph(row.glyph))).collect();
    all.retain(|(name, _)| name != "?");
    for of in ['+', '-', '⌈', ',', '⌽', '⊂', '⍴', '≡', '⍕', '⍋', '⊤'] {
        let function = || Operand::Function(glyph(of));
        for row in operator::TABLE {
            let rank = || Operand::Array(Value::Int(1));
            let made = match (&row.derive, row.glyph) {
                (Derive::Monadic(derive), _) => derive(context, function(), None),
                (Derive::Dyadic(derive), '⍤' | '⍣' | '@' | '⌺') => derive(context, function(), rank()),
                (Derive::Dyadic(derive), _) => derive(context, function(), function()),
            };
            all.extend(made.ok().map(|made| (format!("({of}{})", row.glyph), made)));
        }
        all.extend(operator::outer_product(context, function()).ok().map(|made| (format!("(∘.{of})"), made)));
    }
    all
}

/// Calls every function on values, alone and in pairs.
fn every_case(cases: &mut Cases, step: usize, mut each: impl FnMut(&mut Cases, &str, &Fun, Option<&Value>, &Value)) {
    let functions = functions(cases.context());
    let count = cases.odd.len();
    for at in sampled(functions.len() * count, step, 0) {
        let (name, function) = &functions[at / count];
        let (i, j) = ((at * 7 + at / 11) % count, at % count);
        let (x, y) = (cases.odd[i].clone(), cases.odd[j].clone());
        each(cases, &format!("{name}{}", y.text), function, None, &y.value);
        each(cases, &format!("{}{name}{}", x.text, y.text), function, Some(&x.value), &y.value);
    }
}

fn called(context: &Context, function: &Fun, left: Option<&Value>, right: &Value) -> Option<Result<Value>> {
    let call = || function.call(context, left.cloned(), right.clone())?.settled(context.memory());
    catch_unwind(AssertUnwindSafe(call)).ok()
}

/// Everything with too little room.
pub fn scarce(step: usize) {
    let mut cases = Cases::new();
    let contexts = BUDGETS.map(context);
    every_case(&mut cases, step, |cases, name, function, left, right| {
        let reference =
            cases.case(|| name.to_string(), |session| function.call(session.context(), left.cloned(), right.clone()));
        for (context, budget) in contexts.iter().zip(BUDGETS) {
            cases.tried += 1;
            let named = || format!("{name}  in {budget} bytes");
            let Some(result) = called(context, function, left, right) else {
                cases.wrong(format!("{}\n    a panic", named()));
                continue;
            };
            let full = result.as_ref().is_err_and(|fault| fault.kind() == ErrorKind::WsFull);
            if !full {
                cases.agree(named, reference.clone(), Some(result));
            } else {
                drop(result);
            }
            if context.memory().used() > 0 {
                cases.wrong(format!("{}\n    {} bytes are never given back", named(), context.memory().used()));
            }
        }
    });
    cases.done();
}

/// Every function while an interrupt is requested: the function ends in INTERRUPT, or leaves the request pending.
pub fn stopped(step: usize) {
    let mut cases = Cases::new();
    let context = context(1 << 22);
    let stop = context.interrupt().clone();
    every_case(&mut cases, step, |cases, name, function, left, right| {
        cases.tried += 1;
        stop.raise();
        let result = called(&context, function, left, right);
        let still = stop.is_raised();
        stop.clear();
        let seen = matches!(&result, Some(Err(fault)) if fault.kind() == ErrorKind::Interrupt);
        if result.is_none() || seen == still {
            cases.wrong(format!("{name}\n    the stop is lost"));
        }
    });
    cases.done();
}
