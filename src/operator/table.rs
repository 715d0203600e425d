//! The table of primitive operators: glyph, names, key, title and how each makes its function.

use super::{Derive, PrimitiveOperator};
use super::{at, compose, each, key, power, product, rank, reduce, scan, stencil, variant};

/// The primitive operator of a glyph.
pub fn lookup(glyph: char) -> Option<&'static PrimitiveOperator> {
    TABLE.iter().find(|row| row.glyph == glyph)
}

/// Every glyph that is an operator.
pub static TABLE: &[PrimitiveOperator] = &[
    PrimitiveOperator {
        glyph: '/',
        names: &["slash"],
        key: None,
        title: "Reduce",
        derive: Derive::Monadic(reduce::reduce_last),
        doc: include_str!("../primitive/docs/slash.md"),
    },
    PrimitiveOperator {
        glyph: '⌿',
        names: &["slashbar"],
        key: Some('/'),
        title: "Reduce first",
        derive: Derive::Monadic(reduce::reduce_first),
        doc: include_str!("../primitive/docs/slashbar.md"),
    },
    PrimitiveOperator {
        glyph: '\\',
        names: &["backslash"],
        key: None,
        title: "Scan",
        derive: Derive::Monadic(scan::scan_last),
        doc: include_str!("../primitive/docs/backslash.md"),
    },
    PrimitiveOperator {
        glyph: '⍀',
        names: &["backslashbar"],
        key: Some('.'),
        title: "Scan first",
        derive: Derive::Monadic(scan::scan_first),
        doc: include_str!("../primitive/docs/backslashbar.md"),
    },
    PrimitiveOperator {
        glyph: '¨',
        names: &["each"],
        key: Some('1'),
        title: "Each",
        derive: Derive::Monadic(each::each),
        doc: include_str!("docs/each.md"),
    },
    PrimitiveOperator {
        glyph: '⍨',
        names: &["commute"],
        key: Some('T'),
        title: "Commute / Constant",
        derive: Derive::Monadic(compose::commute),
        doc: include_str!("docs/commute.md"),
    },
    PrimitiveOperator {
        glyph: '∘',
        names: &["jot"],
        key: Some('j'),
        title: "Beside / Bind",
        derive: Derive::Dyadic(compose::beside),
        doc: include_str!("docs/jot.md"),
    },
    PrimitiveOperator {
        glyph: '.',
        names: &["dot"],
        key: None,
        title: "Inner product",
        derive: Derive::Dyadic(product::inner_product),
        doc: include_str!("docs/dot.md"),
    },
    PrimitiveOperator {
        glyph: '⍤',
        names: &["jotdiaeresis"],
        key: Some('J'),
        title: "Rank / Atop",
        derive: Derive::Dyadic(rank::rank_or_atop),
        doc: include_str!("docs/rank.md"),
    },
    PrimitiveOperator {
        glyph: '⍥',
        names: &["over"],
        key: Some('O'),
        title: "Over",
        derive: Derive::Dyadic(compose::over),
        doc: include_str!("docs/over.md"),
    },
    PrimitiveOperator {
        glyph: '⍛',
        names: &["behind"],
        key: Some('F'),
        title: "Behind",
        derive: Derive::Dyadic(compose::behind),
        doc: include_str!("docs/behind.md"),
    },
    PrimitiveOperator {
        glyph: '⍣',
        names: &["power"],
        key: Some('P'),
        title: "Power",
        derive: Derive::Dyadic(power::power),
        doc: include_str!("docs/power.md"),
    },
    PrimitiveOperator {
        glyph: '@',
        names: &["at"],
        key: None,
        title: "At",
        derive: Derive::Dyadic(at::at),
        doc: include_str!("docs/at.md"),
    },
    PrimitiveOperator {
        glyph: '⌸',
        names: &["key"],
        key: Some('K'),
        title: "Key",
        derive: Derive::Monadic(key::key),
        doc: include_str!("docs/key.md"),
    },
    PrimitiveOperator {
        glyph: '⌺',
        names: &["stencil"],
        key: Some('~'),
        title: "Stencil",
        derive: Derive::Dyadic(stencil::stencil),
        doc: include_str!("docs/stencil.md"),
    },
    PrimitiveOperator {
        glyph: '⍠',
        names: &["variant"],
        key: Some('?'),
        title: "Variant",
        derive: Derive::Dyadic(variant::variant),
        doc: include_str!("docs/variant.md"),
    },
];
