//! How the session shows results: what `]box`, `]rows` and `]lines` set.

/// `]lines` to begin with.
pub const LONGEST: usize = 1000;

/// How the session shows results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// `]box on`.
    pub boxed: bool,
    /// `]box -style=`.
    pub style: BoxStyle,
    /// `]box -trains=`.
    pub trains: TrainStyle,
    /// `]box -fns=on`: boxes in `⎕←` inside functions too.
    pub in_functions: bool,
    /// `]rows`.
    pub rows: Rows,
    /// Lines that a result takes at most where `]rows -fold=` is asked for.
    pub height: usize,
    /// Characters are laid out by the columns that they take on a terminal, not one column each.
    pub wide: bool,
    /// `]lines`: how many lines of a result a terminal shows at most.
    pub longest: Option<usize>,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            boxed: false,
            style: BoxStyle::Min,
            trains: TrainStyle::Box,
            in_functions: false,
            rows: Rows::default(),
            height: 22,
            wide: false,
            longest: None,
        }
    }
}

/// `]rows`: what becomes of results wider or higher than a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// `]rows on`; otherwise lines are folded together at `⎕PW`.
    pub on: bool,
    /// `-style=`.
    pub style: RowStyle,
    /// `-fold=`: the last lines shown of what is too high.
    pub fold: Option<usize>,
    /// `-fns=on`: in functions too.
    pub in_functions: bool,
    /// `-dots=`: stands for what is left out.
    pub dots: char,
}

impl Default for Rows {
    fn default() -> Self {
        Rows { on: false, style: RowStyle::Long, fold: None, in_functions: false, dots: '·' }
    }
}

/// `]box -style=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxStyle {
    /// Lines without marks.
    Min,
    /// Lines with marks for shape and type at nested arrays, simple ones bare.
    Mid,
    /// As `]display`: every array in a box with marks.
    Max,
}

/// `]box -trains=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainStyle {
    /// Nested boxes.
    Box,
    /// A tree.
    Tree,
    /// Text with all parentheses.
    Parens,
    /// Text as it was defined.
    Def,
}

/// `]rows -style=`: lines wider than `⎕PW`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStyle {
    /// As long as they are.
    Long,
    /// Cut off, with dots at the end.
    Cut,
    /// Each by itself continued six blanks in.
    Wrap,
}
