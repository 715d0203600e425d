//! The control words. They may be in upper or lower case.

/// A control word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    If,
    ElseIf,
    AndIf,
    OrIf,
    Else,
    While,
    Until,
    Repeat,
    For,
    In,
    InEach,
    Select,
    Case,
    CaseList,
    Trap,
    With,
    Hold,
    Disposable,
    Section,
    GoTo,
    Return,
    Leave,
    Continue,
    /// `:End`: of whatever is open.
    End,
    EndIf,
    EndWhile,
    EndRepeat,
    EndFor,
    EndSelect,
    EndTrap,
    EndWith,
    EndHold,
    EndDisposable,
    EndSection,
    /// What says something about a function and does nothing when it runs: `:Access`, `:Signature`, `:Attribute`.
    Declaration,
    /// `:Implements`
    Implements,
    Namespace,
    EndNamespace,
    /// `:Include`
    Include,
    /// `:Require`: a line of a script.
    Require,
    /// `:Class`, `:Interface`, `:Property`
    Class,
    EndClass,
    /// `:Field`: a line of a class.
    Member,
}

const WORDS: &[(&str, Word)] = &[
    ("if", Word::If),
    ("elseif", Word::ElseIf),
    ("andif", Word::AndIf),
    ("orif", Word::OrIf),
    ("else", Word::Else),
    ("while", Word::While),
    ("until", Word::Until),
    ("repeat", Word::Repeat),
    ("for", Word::For),
    ("in", Word::In),
    ("ineach", Word::InEach),
    ("select", Word::Select),
    ("case", Word::Case),
    ("caselist", Word::CaseList),
    ("trap", Word::Trap),
    ("with", Word::With),
    ("hold", Word::Hold),
    ("disposable", Word::Disposable),
    ("section", Word::Section),
    ("goto", Word::GoTo),
    ("return", Word::Return),
    ("leave", Word::Leave),
    ("continue", Word::Continue),
    ("end", Word::End),
    ("endif", Word::EndIf),
    ("endwhile", Word::EndWhile),
    ("endrepeat", Word::EndRepeat),
    ("endfor", Word::EndFor),
    ("endselect", Word::EndSelect),
    ("endtrap", Word::EndTrap),
    ("endwith", Word::EndWith),
    ("endhold", Word::EndHold),
    ("enddisposable", Word::EndDisposable),
    ("endsection", Word::EndSection),
    ("access", Word::Declaration),
    ("signature", Word::Declaration),
    ("attribute", Word::Declaration),
    ("implements", Word::Implements),
    ("namespace", Word::Namespace),
    ("endnamespace", Word::EndNamespace),
    ("class", Word::Class),
    ("endclass", Word::EndClass),
    ("interface", Word::Class),
    ("endinterface", Word::EndClass),
    ("property", Word::Class),
    ("endproperty", Word::EndClass),
    ("field", Word::Member),
    ("include", Word::Include),
    ("require", Word::Require),
];

impl Word {
    /// The word that is written so, without its colon.
    pub fn of(text: &str) -> Option<Word> {
        let lower = text.to_lowercase();
        WORDS.iter().find(|row| row.0 == lower).map(|row| row.1)
    }

    /// What is said where something stands that Dyalog has and zilde has not.
    pub fn missing(self) -> Option<&'static str> {
        Some(match self {
            Word::Class | Word::EndClass => "classes",
            Word::Member => ":Field belongs to classes",
            Word::Implements => ":Implements belongs to triggers and classes",
            Word::Include => ":Include of a namespace",
            _ => return None,
        })
    }

    /// Whether it begins a control structure, which something must end.
    pub fn begins(self) -> bool {
        matches!(
            self,
            Word::If
                | Word::While
                | Word::Repeat
                | Word::For
                | Word::Select
                | Word::Trap
                | Word::With
                | Word::Hold
                | Word::Disposable
                | Word::Section
                | Word::Namespace
                | Word::Class
        )
    }

    /// Whether it ends a control structure. `:Until` does too.
    pub fn ends(self) -> bool {
        matches!(
            self,
            Word::End
                | Word::Until
                | Word::EndIf
                | Word::EndWhile
                | Word::EndRepeat
                | Word::EndFor
                | Word::EndSelect
                | Word::EndTrap
                | Word::EndWith
                | Word::EndHold
                | Word::EndDisposable
                | Word::EndSection
                | Word::EndNamespace
                | Word::EndClass
        )
    }
}

impl Word {
    /// Whether it begins another part of a control structure.
    fn goes_on(self) -> bool {
        matches!(self, Word::Else | Word::ElseIf | Word::AndIf | Word::OrIf | Word::Case | Word::CaseList)
    }
}

/// The control words of a line, found without parsing it, so that a session knows whether a text is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ControlWords {
    /// How many structures it opens more than it closes.
    pub open: i32,
    /// Whether there are any.
    pub any: bool,
    /// Whether the line begins with one that stands as far left as the first of its structure.
    pub outdented: bool,
}

/// The control words of a line; those in text and comments don't count.
pub fn control_words(line: &str) -> ControlWords {
    use crate::syntax::scan::{Class, words_of};
    let mut found = ControlWords::default();
    // What may stand next: a word where a statement begins, or behind its colon; a label's colon behind a name.
    let mut next = Next::Statement;
    for word in words_of(line) {
        let text = &line[word.range];
        next = match (next, word.class) {
            (Next::Word, Class::Name) => {
                if let Some(word) = Word::of(text) {
                    found.outdented |= !found.any && (word.ends() || word.goes_on());
                    found.any = true;
                    found.open += i32::from(word.begins()) - i32::from(word.ends());
                }
                Next::Nothing
            }
            (Next::Statement, Class::Name) => Next::Label,
            (Next::Statement, Class::Glyph(':')) => Next::Word,
            (Next::Label, Class::Glyph(':')) | (_, Class::Glyph('⋄')) => Next::Statement,
            (Next::Statement | Next::Label, Class::Blank) => next,
            _ => Next::Nothing,
        };
    }
    found
}

#[derive(Clone, Copy)]
enum Next {
    Statement,
    Word,
    Label,
    Nothing,
}
