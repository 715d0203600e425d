//! `zilde keys`: the table of glyphs for people, as JSON, and as files for editors.

use serde_json::{Value, json};

use super::args::{EditorFile, Options};
use super::{exit, output};
use crate::session::help;
use crate::{glyphs, operator, primitive};

/// Prints what is asked for.
pub fn main(json: bool, editor: Option<EditorFile>, options: &Options) -> u8 {
    let output = output::Output::stdout(options.closed);
    let text = match (json, editor) {
        (true, _) => pretty(&table()),
        (_, Some(EditorFile::Textmate)) => pretty(&grammar()),
        (_, Some(EditorFile::Language)) => pretty(&language()),
        (_, Some(EditorFile::Vim)) => keymap(),
        (false, None) => help::page("keys", 80).unwrap_or_default(),
    };
    // A failure shows at the end.
    let _ = output.write(&text);
    exit::finished(&output, exit::OK)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// A row for each glyph.
fn table() -> Value {
    let rows = glyphs::rows().into_iter().map(|(glyph, key, _, uses)| {
        let mut names: Vec<&str> = Vec::new();
        for entry in glyphs::find(&glyph.to_string()) {
            names.extend(entry.names.iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
        json!({
            "glyph": glyph,
            "key": key,
            "names": names,
            "uses": uses,
            "pairs": glyphs::pairs(glyph).collect::<Vec<_>>(),
            "function": primitive::lookup(glyph).is_some(),
            "operator": operator::lookup(glyph).is_some(),
        })
    });
    Value::Array(rows.collect())
}

/// A class of characters for a regular expression.
fn class(glyphs: impl Iterator<Item = char>) -> String {
    let escaped = |glyph: char| match glyph {
        '\\' | ']' | '[' | '^' | '-' | '/' => format!("\\{glyph}"),
        other => other.to_string(),
    };
    format!("[{}]", glyphs.map(escaped).collect::<String>())
}

const NAME: &str = "[A-Za-z_∆⍙ΔÀ-ÖØ-öø-ÿⒶ-Ⓩ][0-9A-Za-z_∆⍙ΔÀ-ÖØ-öø-ÿⒶ-Ⓩ]*";

/// A TextMate grammar.
fn grammar() -> Value {
    let operators = class(operator::TABLE.iter().map(|row| row.glyph).chain(['⌶', '&']));
    let functions =
        class(primitive::TABLE.iter().map(|row| row.glyph).filter(|glyph| operator::lookup(*glyph).is_none()));
    let named = |name: &str, pattern: &str| json!({ "name": format!("{name}.apl"), "match": pattern });
    json!({
        "name": "APL",
        "scopeName": "source.apl",
        "fileTypes": ["apl", "apls", "aplf", "aplo", "apln", "apla", "dyalog"],
        "firstLineMatch": "^#!.*zilde",
        "patterns": [
            named("comment.line.shebang", "\\A#!.*$"),
            named("comment.line.lamp", "⍝.*$"),
            named("string.quoted.single", "'[^'\\r\\n]*'"),
            named("string.quoted.double", "\"[^\"\\r\\n]*\""),
            named("invalid.illegal.string", "['\"][^\\r\\n]*$"),
            named("constant.numeric", "(?<![A-Za-z0-9_∆⍙])¯?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[Ee]¯?[0-9]+)?(?:[Jj]¯?[0-9.]+(?:[Ee]¯?[0-9]+)?)?"),
            named("constant.language", "⍬"),
            named("keyword.control", "(?<=^|[⋄\\s]):[A-Za-z]+"),
            named("support.function.system", &format!("⎕(?:{NAME})?|⍞")),
            named("variable.language.argument", "⍺⍺|⍵⍵|∇∇|[⍺⍵∇⍶⍹]"),
            named("variable.other", NAME),
            named("keyword.operator.assignment", "[←→]"),
            named("punctuation.separator.statement", "[⋄;:]"),
            named("storage.modifier.operator", &operators),
            named("entity.name.function", &functions),
            named("punctuation.bracket", "[()\\[\\]{}]"),
        ],
    })
}

/// A language configuration of VS Code.
fn language() -> Value {
    json!({
        "comments": { "lineComment": "⍝" },
        "brackets": [["(", ")"], ["[", "]"], ["{", "}"]],
        "autoClosingPairs": [
            { "open": "(", "close": ")" },
            { "open": "[", "close": "]" },
            { "open": "{", "close": "}" },
            { "open": "'", "close": "'", "notIn": ["string", "comment"] },
        ],
        "surroundingPairs": [["(", ")"], ["[", "]"], ["{", "}"], ["'", "'"]],
        "wordPattern": format!("⎕?{NAME}|¯?[0-9]+(\\.[0-9]+)?"),
        "indentationRules": {
            "increaseIndentPattern": "^((?!⍝).)*[({\\[]\\s*(⍝.*)?$|^\\s*:(If|While|Repeat|For|Select|Trap|With|Hold|Namespace|Else|ElseIf|Case|CaseList)\\b",
            "decreaseIndentPattern": "^\\s*([)}\\]]|:(End[A-Za-z]*|Until|Else|ElseIf|Case|CaseList)\\b)",
        },
    })
}

/// A keymap of Vim: a backtick and a key type a glyph.
fn keymap() -> String {
    let mut text = "\" Made by `zilde keys --editor vim`.\nlet b:keymap_name = \"apl\"\nloadkeymap\n".to_owned();
    for (key, glyph) in super::complete::all() {
        let key = match key {
            '|' => "<Bar>".to_owned(),
            '\\' => "\\\\".to_owned(),
            '<' => "<lt>".to_owned(),
            other => other.to_string(),
        };
        text += &format!("`{key} {glyph}\n");
    }
    text
}
