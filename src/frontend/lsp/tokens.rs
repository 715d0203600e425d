//! Colours by what words are: functions, operators, names by their classes, arguments, text.

use lsp_types::{Range, SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend};

use super::documents::Document;
use super::server::Server;
use crate::code::node::Class as NameClass;
use crate::syntax::scan::{Class, words};
use crate::syntax::traditional::control_words;
use crate::{operator, primitive};

/// The types, in the order of their numbers.
const TYPES: [SemanticTokenType; 9] = [
    SemanticTokenType::COMMENT,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::OPERATOR,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::KEYWORD,
    SemanticTokenType::NAMESPACE,
];

/// What the numbers stand for.
pub fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: Vec::new() }
}

/// The words of a text with their types, or those of the lines of a range.
pub fn of(server: &Server, document: &Document, range: Option<Range>) -> SemanticTokens {
    let model = document.model();
    let spaces: Vec<&str> =
        model.defined.iter().filter(|defined| defined.space).map(|defined| &*defined.name).collect();
    let known = server.analysis.of(document);
    let class = |name: &str| known.as_ref().and_then(|known| known.classes.get(name)).copied();
    let mut data = Vec::new();
    let mut last = (0, 0);
    let end = range.map_or(usize::MAX, |range| range.end.line as usize + 1);
    for at in range.map_or(0, |range| range.start.line as usize)..document.text.lines().min(end) {
        let line = document.text.line_text(at);
        let mut column = 0_u32;
        let mut colon = false;
        for word in words(line) {
            let text = &line[word.range.clone()];
            let length = text.chars().map(char::len_utf16).sum::<usize>() as u32;
            let kind = match word.class {
                Class::Comment => Some(0),
                Class::Text { .. } => Some(1),
                Class::Number | Class::Glyph('⍬') => Some(2),
                Class::Name if colon && control_words(&format!(":{text}")).any => Some(7),
                Class::Name => Some(match (class(text), model.is_function(text)) {
                    _ if spaces.contains(&text) => 8,
                    (Some(NameClass::Function), _) => 4,
                    (Some(NameClass::Monadic | NameClass::Dyadic | NameClass::Hybrid), _) => 5,
                    (None, Some(true)) => 4,
                    _ => 3,
                }),
                Class::Quad => Some(4),
                Class::Glyph('⍺' | '⍵' | '∇') => Some(6),
                Class::Glyph('⍞' | '#') => Some(8),
                Class::Glyph('←' | '→' | '⋄' | ':') => Some(7),
                // A slash is an operator far more often.
                Class::Glyph(glyph) if operator::lookup(glyph).is_some() => Some(5),
                Class::Glyph(glyph) if primitive::lookup(glyph).is_some() => Some(4),
                _ => None,
            };
            colon = word.class == Class::Glyph(':');
            if let Some(token_type) = kind {
                let line = at as u32;
                let delta_line = line - last.0;
                let delta_start = if delta_line == 0 { column - last.1 } else { column };
                data.push(SemanticToken { delta_line, delta_start, length, token_type, token_modifiers_bitset: 0 });
                last = (line, column);
            }
            column += length;
        }
    }
    SemanticTokens { result_id: None, data }
}
