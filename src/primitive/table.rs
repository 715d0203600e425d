//! The table of primitive functions: glyph, names, key, and what each valence is.
//!
//! Help, completion, prefix keys and the table in docs/glyphs.md are made from it.

use super::scalar::{self, ScalarDyad, ScalarMonad};
use super::{Dyad, Facts, Identity, Monad, Moves, Primitive, Role};
use super::{
    catenate, enclose, format, grade, index, linear, mix, partition, radix, replicate, reshape, roll, rotate, search,
    sets, take, transpose,
};
use crate::inference::{Rule, rules};

/// The primitive function of a glyph.
pub fn lookup(glyph: char) -> Option<&'static Primitive> {
    TABLE.iter().find(|row| row.glyph == glyph)
}

/// Every glyph that is a function by itself, or can be one.
pub static TABLE: &[Primitive] = &[
    Primitive {
        glyph: '+',
        names: &["plus"],
        key: None,
        monad: Monad::scalar("Conjugate", ScalarMonad::Conjugate),
        dyad: Dyad::scalar("Plus", ScalarDyad::Plus, Identity::Number(0.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Conjugate), Some(ScalarDyad::Plus), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/plus.md"),
    },
    Primitive {
        glyph: '-',
        names: &["minus"],
        key: None,
        monad: Monad::scalar("Negate", ScalarMonad::Negate),
        dyad: Dyad::scalar("Minus", ScalarDyad::Minus, Identity::Number(0.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Negate), Some(ScalarDyad::Minus), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/minus.md"),
    },
    Primitive {
        glyph: '×',
        names: &["times"],
        key: Some('-'),
        monad: Monad::scalar("Direction", ScalarMonad::Direction),
        dyad: Dyad::scalar("Times", ScalarDyad::Times, Identity::Number(1.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Direction), Some(ScalarDyad::Times), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/times.md"),
    },
    Primitive {
        glyph: '÷',
        names: &["divide"],
        key: Some('='),
        monad: Monad::scalar("Reciprocal", ScalarMonad::Reciprocal),
        dyad: Dyad::scalar("Divide", ScalarDyad::Divide, Identity::Number(1.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Reciprocal), Some(ScalarDyad::Divide), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/divide.md"),
    },
    Primitive {
        glyph: '*',
        names: &["star"],
        key: Some('p'),
        monad: Monad::scalar("Exponential", ScalarMonad::Exponential),
        dyad: Dyad::scalar("Power", ScalarDyad::Power, Identity::Number(1.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Exponential), Some(ScalarDyad::Power), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/star.md"),
    },
    Primitive {
        glyph: '⍟',
        names: &["log"],
        key: Some('*'),
        monad: Monad::scalar("Natural logarithm", ScalarMonad::Logarithm),
        dyad: Dyad::scalar("Logarithm", ScalarDyad::Logarithm, Identity::None),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Logarithm), Some(ScalarDyad::Logarithm), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/log.md"),
    },
    Primitive {
        glyph: '⌈',
        names: &["ceiling"],
        key: Some('s'),
        monad: Monad::scalar("Ceiling", ScalarMonad::Ceiling),
        dyad: Dyad::scalar("Maximum", ScalarDyad::Maximum, Identity::Number(-f64::MAX)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/ceiling.md"),
    },
    Primitive {
        glyph: '⌊',
        names: &["floor"],
        key: Some('d'),
        monad: Monad::scalar("Floor", ScalarMonad::Floor),
        dyad: Dyad::scalar("Minimum", ScalarDyad::Minimum, Identity::Number(f64::MAX)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/floor.md"),
    },
    Primitive {
        glyph: '|',
        names: &["stile"],
        key: Some('m'),
        monad: Monad::scalar("Magnitude", ScalarMonad::Magnitude),
        dyad: Dyad::scalar("Residue", ScalarDyad::Residue, Identity::Number(0.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/stile.md"),
    },
    Primitive {
        glyph: '!',
        names: &["exclamation"],
        key: Some('_'),
        monad: Monad::scalar("Factorial", ScalarMonad::Factorial),
        dyad: Dyad::scalar("Binomial", ScalarDyad::Binomial, Identity::Number(1.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Factorial), Some(ScalarDyad::Binomial), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/exclamation.md"),
    },
    Primitive {
        glyph: '○',
        names: &["circle"],
        key: Some('o'),
        monad: Monad::scalar("Pi times", ScalarMonad::PiTimes),
        dyad: Dyad::scalar("Circular", ScalarDyad::Circular, Identity::None),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::PiTimes), Some(ScalarDyad::Circular), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/circle.md"),
    },
    Primitive {
        glyph: '~',
        names: &["tilde"],
        key: Some('t'),
        monad: Monad::scalar("Not", ScalarMonad::Not),
        dyad: Some(Dyad::whole("Without", sets::without, Rule::values(rules::some_of_left))),
        inverse: Some(|c, x, y| scalar::inverse(c, Some(ScalarMonad::Not), None, x, y)),
        facts: Facts::NONE.moving(Moves::Without),
        doc: include_str!("docs/tilde.md"),
    },
    Primitive {
        glyph: '∧',
        names: &["and"],
        key: Some('0'),
        monad: None,
        dyad: Dyad::scalar("Lowest common multiple / And", ScalarDyad::And, Identity::Number(1.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/and.md"),
    },
    Primitive {
        glyph: '∨',
        names: &["or"],
        key: Some('9'),
        monad: None,
        dyad: Dyad::scalar("Greatest common divisor / Or", ScalarDyad::Or, Identity::Number(0.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/or.md"),
    },
    Primitive {
        glyph: '⍲',
        names: &["nand"],
        key: Some(')'),
        monad: None,
        dyad: Dyad::scalar("Nand", ScalarDyad::Nand, Identity::None),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/nand.md"),
    },
    Primitive {
        glyph: '⍱',
        names: &["nor"],
        key: Some('('),
        monad: None,
        dyad: Dyad::scalar("Nor", ScalarDyad::Nor, Identity::None),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/nor.md"),
    },
    Primitive {
        glyph: '<',
        names: &["less"],
        key: Some('3'),
        monad: None,
        dyad: Dyad::scalar("Less than", ScalarDyad::Less, Identity::Number(0.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/less.md"),
    },
    Primitive {
        glyph: '≤',
        names: &["lessequal"],
        key: Some('4'),
        monad: None,
        dyad: Dyad::scalar("Less than or equal to", ScalarDyad::LessEqual, Identity::Number(1.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/lessequal.md"),
    },
    Primitive {
        glyph: '=',
        names: &["equal"],
        key: Some('5'),
        monad: None,
        dyad: Dyad::scalar("Equal to", ScalarDyad::Equal, Identity::Number(1.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, None, Some(ScalarDyad::Equal), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/equal.md"),
    },
    Primitive {
        glyph: '≥',
        names: &["greaterequal"],
        key: Some('6'),
        monad: None,
        dyad: Dyad::scalar("Greater than or equal to", ScalarDyad::GreaterEqual, Identity::Number(1.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/greaterequal.md"),
    },
    Primitive {
        glyph: '>',
        names: &["greater"],
        key: Some('7'),
        monad: None,
        dyad: Dyad::scalar("Greater than", ScalarDyad::Greater, Identity::Number(0.0)),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/greater.md"),
    },
    Primitive {
        glyph: '≠',
        names: &["notequal"],
        key: Some('8'),
        monad: Some(Monad::whole("Unique mask", sets::unique_mask, Rule::shapes(rules::unique_mask))),
        dyad: Dyad::scalar("Not equal to", ScalarDyad::NotEqual, Identity::Number(0.0)),
        inverse: Some(|c, x, y| scalar::inverse(c, None, Some(ScalarDyad::NotEqual), x, y)),
        facts: Facts::NONE,
        doc: include_str!("docs/notequal.md"),
    },
    Primitive {
        glyph: '?',
        names: &["query"],
        key: Some('q'),
        monad: Some(Monad::whole("Roll", roll::roll, Rule::shapes(rules::roll))),
        dyad: Some(Dyad::whole("Deal", roll::deal, Rule::values(rules::deal))),
        inverse: None,
        facts: Facts::RANDOM,
        doc: include_str!("docs/query.md"),
    },
    Primitive {
        glyph: '⍴',
        names: &["rho"],
        key: Some('r'),
        monad: Some(Monad::whole("Shape", reshape::shape, Rule::values(rules::shape)).with_cells(reshape::shape_cells)),
        dyad: Some(
            Dyad::whole("Reshape", reshape::reshape, Rule::left(rules::reshape))
                .with_cells(reshape::reshape_cells)
                .with_identity(Identity::Of(reshape::reshape_identity)),
        ),
        inverse: None,
        facts: Facts::SELECTS.moving(Moves::Dyad),
        doc: include_str!("docs/rho.md"),
    },
    Primitive {
        glyph: ',',
        names: &["comma"],
        key: None,
        monad: Some(
            Monad::whole("Ravel", catenate::ravel, Rule::shapes(rules::ravel))
                .with_axis(catenate::ravel_axis)
                .with_cells(catenate::ravel_cells),
        ),
        dyad: Some(
            Dyad::whole("Catenate", catenate::catenate_last, Rule::shapes(rules::catenate_last))
                .with_axis(catenate::catenate_axis)
                .with_cells(catenate::catenate_last_cells)
                .with_update(catenate::append_last)
                .with_identity(Identity::Of(replicate::identity_last)),
        ),
        inverse: Some(catenate::undo_ravel),
        facts: Facts::selects(Role::JoinLast).like_right().moving(Moves::Joins),
        doc: include_str!("docs/comma.md"),
    },
    Primitive {
        glyph: '⍪',
        names: &["commabar"],
        key: Some('<'),
        monad: Some(
            Monad::whole("Table", catenate::table, Rule::shapes(rules::table)).with_cells(catenate::table_cells),
        ),
        dyad: Some(
            Dyad::whole("Catenate first", catenate::catenate_first, Rule::shapes(rules::catenate_first))
                .with_axis(catenate::catenate_axis)
                .with_cells(catenate::catenate_first_cells)
                .with_update(catenate::append_first)
                .with_identity(Identity::Of(replicate::identity_first)),
        ),
        inverse: Some(catenate::undo_table),
        facts: Facts::selects(Role::JoinFirst).moving(Moves::Joins),
        doc: include_str!("docs/commabar.md"),
    },
    Primitive {
        glyph: '⌽',
        names: &["circlestile"],
        key: Some('%'),
        monad: Some(
            Monad::whole("Reverse", rotate::reverse_last, Rule::shapes(rules::rearranged))
                .with_axis(rotate::reverse_axis)
                .with_cells(rotate::reverse_last_cells),
        ),
        dyad: Some(
            Dyad::whole("Rotate", rotate::rotate_last, Rule::left(rules::rearranged))
                .with_cells(rotate::rotate_last_cells)
                .with_axis(rotate::rotate_axis)
                .with_identity(Identity::Of(rotate::identity)),
        ),
        inverse: Some(rotate::undo_last),
        facts: Facts::SELECTS.like_right().moving(Moves::Alike),
        doc: include_str!("docs/circlestile.md"),
    },
    Primitive {
        glyph: '⊖',
        names: &["circlebar"],
        key: Some('&'),
        monad: Some(
            Monad::whole("Reverse first", rotate::reverse_first, Rule::shapes(rules::rearranged))
                .with_axis(rotate::reverse_axis)
                .with_cells(rotate::reverse_first_cells),
        ),
        dyad: Some(
            Dyad::whole("Rotate first", rotate::rotate_first, Rule::left(rules::rearranged))
                .with_cells(rotate::rotate_first_cells)
                .with_axis(rotate::rotate_axis)
                .with_identity(Identity::Of(rotate::identity)),
        ),
        inverse: Some(rotate::undo_first),
        facts: Facts::SELECTS.moving(Moves::Alike),
        doc: include_str!("docs/circlebar.md"),
    },
    Primitive {
        glyph: '⍉',
        names: &["transpose"],
        key: Some('^'),
        monad: Some(
            Monad::whole("Transpose", transpose::transpose, Rule::shapes(rules::transpose))
                .with_cells(transpose::transpose_cells),
        ),
        dyad: Some(
            Dyad::whole("Transpose axes", transpose::transpose_axes, Rule::left(rules::transpose_axes))
                .with_cells(transpose::transpose_axes_cells),
        ),
        inverse: Some(transpose::undo),
        facts: Facts::SELECTS.moving(Moves::Alike),
        doc: include_str!("docs/transpose.md"),
    },
    Primitive {
        glyph: '↑',
        names: &["uparrow"],
        key: Some('y'),
        monad: Some(
            Monad::whole("Mix", enclose::mix, Rule::values(rules::mix))
                .with_axis(mix::mix_axis)
                .with_cells(enclose::mix_cells),
        ),
        dyad: Some(
            Dyad::whole("Take", take::take, Rule::left(rules::take))
                .with_axis(take::take_axis)
                .with_cells(take::take_cells),
        ),
        inverse: Some(enclose::undo_mix),
        facts: Facts::selects(Role::Take).like_right().moving(Moves::Alike),
        doc: include_str!("docs/uparrow.md"),
    },
    Primitive {
        glyph: '↓',
        names: &["downarrow"],
        key: Some('u'),
        monad: Some(
            Monad::whole("Split", enclose::split, Rule::shapes(rules::split))
                .with_axis(enclose::split_axis)
                .with_cells(enclose::split_cells),
        ),
        dyad: Some(
            Dyad::whole("Drop", take::drop, Rule::left(rules::drop))
                .with_axis(take::drop_axis)
                .with_cells(take::drop_cells)
                .with_identity(Identity::Of(take::drop_identity)),
        ),
        inverse: Some(enclose::undo_split),
        facts: Facts::selects(Role::Drop).like_right().moving(Moves::Alike),
        doc: include_str!("docs/downarrow.md"),
    },
    Primitive {
        glyph: '⊂',
        names: &["enclose"],
        key: Some('z'),
        monad: Some(
            Monad::whole("Enclose", enclose::enclose, Rule::values(rules::enclose))
                .with_axis(enclose::enclose_axis)
                .with_cells(enclose::enclose_cells),
        ),
        dyad: Some(
            Dyad::whole(
                "Partitioned enclose",
                partition::partitioned_enclose,
                Rule::values(rules::partitioned_enclose),
            )
            .with_axis(partition::partitioned_enclose_axis),
        ),
        inverse: Some(enclose::undo_enclose),
        facts: Facts::NONE.moving(Moves::Alike),
        doc: include_str!("docs/enclose.md"),
    },
    Primitive {
        glyph: '⊃',
        names: &["disclose"],
        key: Some('x'),
        monad: Some(
            Monad::whole("First", enclose::first, Rule::values(rules::first))
                .with_axis(mix::mix_axis)
                .with_cells(enclose::first_cells),
        ),
        dyad: Some(
            Dyad::whole("Pick", index::pick, Rule::values(rules::pick))
                .with_cells(index::pick_cells)
                .with_identity(Identity::Of(index::pick_identity)),
        ),
        inverse: Some(enclose::undo_first),
        facts: Facts::selects(Role::Pick).like_right().moving(Moves::Alike),
        doc: include_str!("docs/disclose.md"),
    },
    Primitive {
        glyph: '⊆',
        names: &["nest"],
        key: Some('Z'),
        monad: Some(Monad::whole("Nest", enclose::nest, Rule::values(rules::nest)).with_cells(enclose::nest_cells)),
        dyad: Some(
            Dyad::whole("Partition", partition::partition, Rule::values(rules::partition))
                .with_axis(partition::partition_axis),
        ),
        inverse: Some(enclose::undo_nest),
        facts: Facts::NONE.moving(Moves::Alike),
        doc: include_str!("docs/nest.md"),
    },
    Primitive {
        glyph: '⌷',
        names: &["squad"],
        key: Some('L'),
        monad: Some(Monad::whole("Materialise", index::materialise, Rule::values(rules::same))),
        dyad: Some(
            Dyad::whole("Index", index::squad, Rule::left(rules::index))
                .with_axis(index::squad_axis)
                .with_cells(index::squad_cells),
        ),
        inverse: None,
        facts: Facts::selects(Role::Index).like_right().moving(Moves::Alike),
        doc: include_str!("docs/squad.md"),
    },
    Primitive {
        glyph: '≡',
        names: &["match"],
        key: Some(':'),
        monad: Some(Monad::whole("Depth", search::depth, Rule::values(rules::whole_number))),
        dyad: Some(Dyad::whole("Match", search::matches, Rule::values(rules::truth))),
        inverse: None,
        facts: Facts::NONE.moving(Moves::Structure),
        doc: include_str!("docs/match.md"),
    },
    Primitive {
        glyph: '≢',
        names: &["tally"],
        key: Some('"'),
        monad: Some(Monad::whole("Tally", reshape::tally, Rule::values(rules::tally)).with_cells(reshape::tally_cells)),
        dyad: Some(Dyad::whole("Not match", search::not_matches, Rule::values(rules::truth))),
        inverse: None,
        facts: Facts::NONE.moving(Moves::Structure),
        doc: include_str!("docs/tally.md"),
    },
    Primitive {
        glyph: '⊣',
        names: &["lefttack"],
        key: Some('|'),
        monad: Some(Monad::whole("Same", reshape::same, Rule::values(rules::same)).with_cells(reshape::same_cells)),
        dyad: Some(Dyad::whole("Left", reshape::left, Rule::values(rules::left)).with_cells(reshape::left_cells)),
        inverse: Some(reshape::undo_left),
        facts: Facts::SELECTS.moving(Moves::Left),
        doc: include_str!("docs/lefttack.md"),
    },
    Primitive {
        glyph: '⊢',
        names: &["righttack"],
        key: Some('\\'),
        monad: Some(Monad::whole("Same", reshape::same, Rule::values(rules::same)).with_cells(reshape::same_cells)),
        dyad: Some(Dyad::whole("Right", reshape::right, Rule::values(rules::same)).with_cells(reshape::right_cells)),
        inverse: Some(reshape::undo_tack),
        facts: Facts::selects(Role::Same).like_right().moving(Moves::Alike),
        doc: include_str!("docs/righttack.md"),
    },
    Primitive {
        glyph: '⍳',
        names: &["iota"],
        key: Some('i'),
        monad: Some(Monad::whole("Index generator", search::iota, Rule::values(rules::index_generator))),
        dyad: Some(Dyad::whole("Index of", search::index_of, Rule::shapes(rules::index_of))),
        inverse: Some(search::undo_indices),
        facts: Facts { role: Role::Count, ..Facts::NONE },
        doc: include_str!("docs/iota.md"),
    },
    Primitive {
        glyph: '⍸',
        names: &["where"],
        key: Some('I'),
        monad: Some(Monad::whole("Where", search::indices, Rule::values(rules::where_true))),
        dyad: Some(Dyad::whole("Interval index", search::interval_index, Rule::values(rules::index_of))),
        inverse: Some(search::undo_where),
        facts: Facts::NONE,
        doc: include_str!("docs/where.md"),
    },
    Primitive {
        glyph: '∊',
        names: &["epsilon"],
        key: Some('e'),
        monad: Some(
            Monad::whole("Enlist / Type", enclose::enlist, Rule::values(rules::enlist))
                .with_cells(enclose::enlist_cells),
        ),
        dyad: Some(Dyad::whole("Membership", sets::membership, Rule::shapes(rules::membership))),
        inverse: None,
        facts: Facts::SELECTS.moving(Moves::Monad),
        doc: include_str!("docs/epsilon.md"),
    },
    Primitive {
        glyph: '⍷',
        names: &["find"],
        key: Some('E'),
        monad: None,
        dyad: Some(Dyad::whole("Find", search::find, Rule::shapes(rules::find))),
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/find.md"),
    },
    Primitive {
        glyph: '∪',
        names: &["union"],
        key: Some('v'),
        monad: Some(Monad::whole("Unique", sets::unique, Rule::values(rules::unique))),
        dyad: Some(
            Dyad::whole("Union", sets::union, Rule::values(rules::union))
                .with_identity(Identity::Of(sets::union_identity)),
        ),
        inverse: None,
        facts: Facts::NONE.moving(Moves::Union),
        doc: include_str!("docs/union.md"),
    },
    Primitive {
        glyph: '∩',
        names: &["intersection"],
        key: Some('c'),
        monad: None,
        dyad: Some(Dyad::whole("Intersection", sets::intersection, Rule::values(rules::some_of_left))),
        inverse: None,
        facts: Facts::NONE.moving(Moves::Common),
        doc: include_str!("docs/intersection.md"),
    },
    Primitive {
        glyph: '/',
        names: &["slash"],
        key: None,
        monad: None,
        dyad: Some(
            Dyad::whole("Replicate", replicate::replicate_last, Rule::left(rules::replicate_last))
                .with_cells(replicate::replicate_last_cells)
                .with_axis(replicate::replicate_axis)
                .with_identity(Identity::Number(1.0)),
        ),
        inverse: None,
        facts: Facts::SELECTS.moving(Moves::Dyad),
        doc: include_str!("docs/slash.md"),
    },
    Primitive {
        glyph: '⌿',
        names: &["slashbar"],
        key: Some('/'),
        monad: None,
        dyad: Some(
            Dyad::whole("Replicate first", replicate::replicate_first, Rule::left(rules::replicate_first))
                .with_cells(replicate::replicate_first_cells)
                .with_axis(replicate::replicate_axis)
                .with_identity(Identity::Number(1.0)),
        ),
        inverse: None,
        facts: Facts::SELECTS.moving(Moves::Dyad),
        doc: include_str!("docs/slashbar.md"),
    },
    Primitive {
        glyph: '\\',
        names: &["backslash"],
        key: None,
        monad: None,
        dyad: Some(
            Dyad::whole("Expand", replicate::expand_last, Rule::left(rules::expand_last))
                .with_axis(replicate::expand_axis)
                .with_identity(Identity::Number(1.0)),
        ),
        inverse: None,
        facts: Facts::SELECTS.moving(Moves::Dyad),
        doc: include_str!("docs/backslash.md"),
    },
    Primitive {
        glyph: '⍀',
        names: &["backslashbar"],
        key: Some('.'),
        monad: None,
        dyad: Some(
            Dyad::whole("Expand first", replicate::expand_first, Rule::left(rules::expand_first))
                .with_axis(replicate::expand_axis)
                .with_identity(Identity::Number(1.0)),
        ),
        inverse: None,
        facts: Facts::SELECTS.moving(Moves::Dyad),
        doc: include_str!("docs/backslashbar.md"),
    },
    Primitive {
        glyph: '⍋',
        names: &["gradeup"],
        key: Some('$'),
        monad: Some(Monad::whole("Grade up", grade::up, Rule::shapes(rules::grade)).with_cells(grade::up_cells)),
        dyad: Some(Dyad::whole("Collating grade up", grade::collate_up, Rule::values(rules::grade))),
        inverse: Some(grade::undo_up),
        facts: Facts::NONE,
        doc: include_str!("docs/gradeup.md"),
    },
    Primitive {
        glyph: '⍒',
        names: &["gradedown"],
        key: Some('#'),
        monad: Some(Monad::whole("Grade down", grade::down, Rule::shapes(rules::grade)).with_cells(grade::down_cells)),
        dyad: Some(Dyad::whole("Collating grade down", grade::collate_down, Rule::values(rules::grade))),
        inverse: Some(grade::undo_down),
        facts: Facts::NONE,
        doc: include_str!("docs/gradedown.md"),
    },
    Primitive {
        glyph: '⍎',
        names: &["execute"],
        key: Some(';'),
        monad: None,
        dyad: None,
        inverse: None,
        facts: Facts::NONE,
        doc: include_str!("docs/execute.md"),
    },
    Primitive {
        glyph: '⍕',
        names: &["format"],
        key: Some('\''),
        monad: Some(Monad::whole("Format", format::format, Rule::values(rules::format))),
        dyad: Some(Dyad::whole("Format by specification", format::format_by, Rule::values(rules::format_by))),
        inverse: Some(format::undo_format),
        facts: Facts::NONE,
        doc: include_str!("docs/format.md"),
    },
    Primitive {
        glyph: '⊥',
        names: &["base"],
        key: Some('b'),
        monad: None,
        dyad: Some(Dyad::whole("Decode", radix::decode, Rule::shapes(rules::decode))),
        inverse: Some(radix::undo_decode),
        facts: Facts::NONE,
        doc: include_str!("docs/base.md"),
    },
    Primitive {
        glyph: '⊤',
        names: &["represent"],
        key: Some('n'),
        monad: None,
        dyad: Some(
            Dyad::whole("Encode", radix::encode, Rule::shapes(rules::encode)).with_identity(Identity::Number(0.0)),
        ),
        inverse: Some(radix::undo_encode),
        facts: Facts::NONE,
        doc: include_str!("docs/represent.md"),
    },
    Primitive {
        glyph: '⌹',
        names: &["domino"],
        key: Some('+'),
        monad: Some(Monad::whole("Matrix inverse", linear::inverse, Rule::values(rules::matrix_inverse))),
        dyad: Some(Dyad::whole("Matrix divide", linear::divide, Rule::values(rules::matrix_divide))),
        inverse: Some(linear::undo),
        facts: Facts::NONE,
        doc: include_str!("docs/domino.md"),
    },
];
