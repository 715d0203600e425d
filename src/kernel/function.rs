//! The scalar functions by name, and what is known of each without its arguments.

/// Monadic scalar functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is named as in the table
pub enum ScalarMonad {
    Conjugate,
    Negate,
    Direction,
    Reciprocal,
    Exponential,
    Logarithm,
    Ceiling,
    Floor,
    Magnitude,
    Factorial,
    PiTimes,
    Not,
}

/// Dyadic scalar functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is named as in the table
pub enum ScalarDyad {
    Plus,
    Minus,
    Times,
    Divide,
    Power,
    Logarithm,
    Maximum,
    Minimum,
    Residue,
    Binomial,
    Circular,
    And,
    Or,
    Nand,
    Nor,
    Less,
    LessEqual,
    Equal,
    GreaterEqual,
    Greater,
    NotEqual,
}

impl ScalarMonad {
    /// The glyph, for messages.
    pub fn glyph(self) -> char {
        match self {
            ScalarMonad::Conjugate => '+',
            ScalarMonad::Negate => '-',
            ScalarMonad::Direction => '×',
            ScalarMonad::Reciprocal => '÷',
            ScalarMonad::Exponential => '*',
            ScalarMonad::Logarithm => '⍟',
            ScalarMonad::Ceiling => '⌈',
            ScalarMonad::Floor => '⌊',
            ScalarMonad::Magnitude => '|',
            ScalarMonad::Factorial => '!',
            ScalarMonad::PiTimes => '○',
            ScalarMonad::Not => '~',
        }
    }

    /// Whether results for reals are whole.
    pub fn is_whole(self) -> bool {
        matches!(self, ScalarMonad::Direction | ScalarMonad::Ceiling | ScalarMonad::Floor | ScalarMonad::Not)
    }

    /// Whether whole numbers stay as they are.
    pub fn keeps_whole(self) -> bool {
        matches!(self, ScalarMonad::Conjugate | ScalarMonad::Ceiling | ScalarMonad::Floor)
    }
}

impl ScalarDyad {
    /// The glyph, for messages.
    pub fn glyph(self) -> char {
        match self {
            ScalarDyad::Plus => '+',
            ScalarDyad::Minus => '-',
            ScalarDyad::Times => '×',
            ScalarDyad::Divide => '÷',
            ScalarDyad::Power => '*',
            ScalarDyad::Logarithm => '⍟',
            ScalarDyad::Maximum => '⌈',
            ScalarDyad::Minimum => '⌊',
            ScalarDyad::Residue => '|',
            ScalarDyad::Binomial => '!',
            ScalarDyad::Circular => '○',
            ScalarDyad::And => '∧',
            ScalarDyad::Or => '∨',
            ScalarDyad::Nand => '⍲',
            ScalarDyad::Nor => '⍱',
            ScalarDyad::Less => '<',
            ScalarDyad::LessEqual => '≤',
            ScalarDyad::Equal => '=',
            ScalarDyad::GreaterEqual => '≥',
            ScalarDyad::Greater => '>',
            ScalarDyad::NotEqual => '≠',
        }
    }

    /// Whether all results are truth values.
    pub fn is_predicate(self) -> bool {
        use ScalarDyad::{Equal, Greater, GreaterEqual, Less, LessEqual, Nand, Nor, NotEqual};
        matches!(self, Nand | Nor | Less | LessEqual | Equal | GreaterEqual | Greater | NotEqual)
    }

    /// The results for `0 0 1 1` and `0 1 0 1`, where they are truth values again.
    pub fn truth_table(self) -> Option<[bool; 4]> {
        let bits = match self {
            ScalarDyad::And | ScalarDyad::Times | ScalarDyad::Minimum => 0b0001,
            ScalarDyad::Or | ScalarDyad::Maximum => 0b0111,
            ScalarDyad::Nand => 0b1110,
            ScalarDyad::Nor => 0b1000,
            ScalarDyad::Less | ScalarDyad::Residue => 0b0100,
            ScalarDyad::LessEqual | ScalarDyad::Binomial => 0b1101,
            ScalarDyad::Equal => 0b1001,
            ScalarDyad::GreaterEqual | ScalarDyad::Power => 0b1011,
            ScalarDyad::Greater => 0b0010,
            ScalarDyad::NotEqual => 0b0110,
            _ => return None,
        };
        Some([bits & 8 != 0, bits & 4 != 0, bits & 2 != 0, bits & 1 != 0])
    }
}
