//! `⎕REFS`: the names that occur in the text of a function or operator.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::definitions::{Code, code, lines};
use super::{Call, monadic, names};
use crate::array::{Value, convert};
use crate::error::{Fault, Result};
use crate::syntax::token::{Token, TokenKind, tokens};

/// `⎕REFS name`: the names in the text of a function or operator, its own, its locals and its labels too, in order, as
/// the rows of a matrix; none for what has no text. DOMAIN ERROR for any other name. Dyalog: Cross References.
pub fn references(call: &Call, left: Option<Value>, right: Value) -> Result<Value> {
    monadic(left)?;
    let memory = call.context.memory();
    if right.rank() > 1 {
        return Err(Fault::misshapen("a name", right.shape()));
    }
    let name = convert::text(memory, &right)?;
    let mut found = BTreeSet::new();
    match code(call, &name) {
        Some(Code::Defined(definition)) => {
            for line in lines(&name, &definition) {
                // A line that cannot be read mentions nothing.
                collect(&tokens(&line).unwrap_or_default(), definition.program.is_some(), &mut found);
            }
        }
        Some(Code::Described(_)) => {}
        None => return Err(Fault::domain().with_detail(format!("{name} is no function or operator"))),
    }
    names::matrix(memory, &Vec::from_iter(found))
}

/// The names among the tokens of a line. In a traditional function a word behind a colon is not a name, as in `:If` and `:In`,
/// unless the colon ends a label.
fn collect(tokens: &[Token], traditional: bool, found: &mut BTreeSet<Rc<str>>) {
    let labelled = matches!(tokens.first(), Some(Token { kind: TokenKind::Name(_), .. }));
    for (at, token) in tokens.iter().enumerate() {
        let TokenKind::Name(name) = &token.kind else { continue };
        let behind_colon = at > 0 && tokens[at - 1].kind == TokenKind::Colon;
        if !traditional || !behind_colon || labelled && at == 2 {
            found.insert(name.clone());
        }
    }
}
