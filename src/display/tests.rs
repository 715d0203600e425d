//! Displays of arrays and functions against Dyalog's documentation.

use super::*;
use crate::array::Memory;
use crate::error::ErrorKind;

fn context() -> Context {
    Context::silent(Memory::new(1 << 28))
}

fn show(context: &Context, value: &Value) -> Result<String> {
    super::show(context, value, super::layout(context, false))
}

fn set(context: &Context, change: impl FnOnce(&mut crate::context::Settings)) {
    let mut settings = context.settings();
    change(&mut settings);
    context.set_settings(settings);
}

fn boxes(context: &Context, style: BoxStyle) {
    let mut layout = context.layout.borrow_mut();
    layout.boxed = true;
    layout.style = style;
}

fn ints(shape: &[usize], data: &[i32]) -> Value {
    Arr::new(&Memory::unlimited(), shape, data.to_vec()).unwrap().into()
}

fn iota(shape: &[usize]) -> Value {
    let count: i32 = shape.iter().product::<usize>() as i32;
    ints(shape, &(1..=count).collect::<Vec<_>>())
}

fn floats(shape: &[usize], data: &[f64]) -> Value {
    Arr::new(&Memory::unlimited(), shape, data.to_vec()).unwrap().into()
}

fn chars(shape: &[usize], text: &str) -> Value {
    Arr::new(&Memory::unlimited(), shape, text.chars().collect()).unwrap().into()
}

fn text(text: &str) -> Value {
    chars(&[text.chars().count()], text)
}

fn nested(shape: &[usize], items: Vec<Value>) -> Value {
    Array::from_items(&Memory::unlimited(), shape, items, || Value::Int(0)).unwrap().into()
}

fn list(items: Vec<Value>) -> Value {
    nested(&[items.len()], items)
}

/// The lines shown, without blanks at their ends.
fn lines(context: &Context, value: &Value) -> Vec<String> {
    show(context, value).unwrap().lines().map(|line| line.trim_end().to_string()).collect()
}

/// The characters of `⍕`, and its shape.
fn formatted(context: &Context, value: &Value) -> (String, Vec<usize>) {
    let result = format(context, value).unwrap();
    let Array::Char(chars) = result.array(context.memory()).unwrap() else { panic!("characters expected") };
    (chars.as_slice().iter().collect(), chars.shape().to_vec())
}

#[test]
fn simple_vectors() {
    let context = context();
    assert_eq!(show(&context, &ints(&[3], &[1, -2, 30])).unwrap(), "1 ¯2 30\n");
    assert_eq!(show(&context, &floats(&[3], &[0.1, 1.0, 1.12])).unwrap(), "0.1 1 1.12\n");
    let mixed = list(vec![Value::Char('A'), Value::Int(2), Value::Char('B'), Value::Char('C')]);
    assert_eq!(show(&context, &mixed).unwrap(), "A 2 BC\n");
    assert_eq!(show(&context, &Value::Float(-0.0)).unwrap(), "0\n");
    assert_eq!(show(&context, &Value::zilde()).unwrap(), "\n");
    assert_eq!(show(&context, &text("")).unwrap(), "\n");
    assert_eq!(show(&context, &ints(&[0, 3], &[])).unwrap(), "");
}

#[test]
fn print_precision_does_not_hold_for_whole_numbers_of_their_own() {
    let context = context();
    set(&context, |settings| settings.pp = 3);
    assert_eq!(show(&context, &Value::Int(123456)).unwrap(), "123456\n");
    let numbers = floats(&[6], &[123., 1234., 12345., 0.12345, 0.00012345, 0.00000012345]);
    assert_eq!(show(&context, &numbers).unwrap(), "123 1.23E3 1.23E4 0.123 0.000123 1.23E¯7\n");
}

#[test]
fn matrices_align_their_columns() {
    let context = context();
    let products = ints(&[3, 3], &[6, 2, 5, 12, 4, 10, 18, 6, 15]);
    assert_eq!(lines(&context, &products), [" 6 2  5", "12 4 10", "18 6 15"]);
    let points = floats(&[2, 3], &[2., 4., 6.1, 8., 10.24, 12.]);
    assert_eq!(lines(&context, &points), ["2  4     6.1", "8 10.24 12"]);
    let mixed = nested(
        &[2, 4],
        vec![
            Value::Int(4),
            Value::Char('A'),
            Value::Char('B'),
            Value::Int(5),
            Value::Float(-0.000000003),
            Value::Char('C'),
            Value::Char('D'),
            Value::Float(123.56),
        ],
    );
    assert_eq!(lines(&context, &mixed), [" 4E0  AB   5", "¯3E¯9 CD 123.56"]);
}

#[test]
fn scaled_columns_and_planes() {
    let context = context();
    set(&context, |settings| settings.pp = 5);
    let data = [22., -0.000000123, 2.34, -212., 123456., 6.00002, 0., 22., -0.000000123, 2.34, -212., 123456.];
    let cube = floats(&[2, 2, 3], &data);
    let (_, shape) = formatted(&context, &cube);
    assert_eq!(shape, [2, 2, 29]);
    let want = [
        "  22    ¯1.2300E¯7  2.3400E0",
        "¯212     1.2346E5   6.0000E0",
        "",
        "   0     2.2000E1  ¯1.2300E¯7",
        "   2.34 ¯2.1200E2   1.2346E5",
    ];
    assert_eq!(lines(&context, &cube), want);
}

#[test]
fn blank_lines_between_planes() {
    let context = context();
    let letters = chars(&[3, 1, 1, 3], "THEREDFOX");
    assert_eq!(lines(&context, &letters), ["THE", "", "", "RED", "", "", "FOX"]);
    assert_eq!(lines(&context, &iota(&[2, 2, 2])), ["1 2", "3 4", "", "5 6", "7 8"]);
}

#[test]
fn boxes_have_a_blank_on_either_side() {
    let context = context();
    let three = iota(&[3]);
    let once = three.clone().enclose(context.memory()).unwrap();
    let twice = nested(&[], vec![once.clone()]);
    assert_eq!(formatted(&context, &once), (" 1 2 3 ".to_string(), vec![7]));
    assert_eq!(formatted(&context, &twice), ("  1 2 3  ".to_string(), vec![9]));
    let inner = list(vec![Value::Int(1), Value::Int(2), ints(&[3], &[3, 4, 5])]);
    let deep = list(vec![text("ABC"), Value::Int(100), inner, Value::Int(10)]);
    assert_eq!(formatted(&context, &deep), (" ABC  100  1 2  3 4 5   10".to_string(), vec![26]));
    let pair = |word: &str, n| list(vec![text(word), Value::Int(n)]);
    let pairs = list(vec![pair("ONE", 1), pair("TWO", 2), pair("THREE", 3), pair("FOUR", 4)]);
    assert_eq!(lines(&context, &pairs), ["  ONE  1   TWO  2   THREE  3   FOUR  4"]);
    assert_eq!(lines(&context, &list(vec![Value::Int(1), text(""), Value::Int(2)])), ["1    2"]);
}

#[test]
fn boxes_in_rows_and_columns() {
    let context = context();
    let words = ["ONE", "TWO", "THREE", "FOUR"];
    let items = (0..8).map(|k| if k % 2 == 0 { text(words[k / 2]) } else { Value::Int(k as i32 / 2 + 1) });
    assert_eq!(lines(&context, &nested(&[2, 4], items.collect())), [" ONE    1  TWO   2", " THREE  3  FOUR  4"]);
    let four = list(vec![Value::Int(1), text("AB"), ints(&[2, 2], &[2, 3, 4, 5]), chars(&[2, 2, 3], "CDEFGHIJKLMN")]);
    assert_eq!(formatted(&context, &four).1, [5, 16]);
    assert_eq!(
        lines(&context, &four),
        ["1  AB  2 3  CDE", "       4 5  FGH", "", "            IJK", "            LMN"]
    );
}

#[test]
fn headings_above_numbers() {
    let context = context();
    let mut items = vec![Value::Char(' '), text("West"), text("Central"), text("East")];
    let rows = [
        ("Biscuits", [50., 5.25, 75.]),
        ("Cakes", [250., 20.15, 900.]),
        ("Buns", [500., 80.98, 650.]),
        ("Rolls", [1000., 90.03, 1200.]),
    ];
    for (name, numbers) in rows {
        items.push(text(name));
        items.extend(numbers.map(Value::Float));
    }
    let want = [
        "           West  Central  East",
        " Biscuits    50     5.25    75",
        " Cakes      250    20.15   900",
        " Buns       500    80.98   650",
        " Rolls     1000    90.03  1200",
    ];
    assert_eq!(lines(&context, &nested(&[5, 4], items)), want);
}

#[test]
fn scalars_of_characters_beside_boxes() {
    let context = context();
    let items = vec![
        list(vec![text("Spades")]),
        Value::Char(':'),
        list(vec![Value::Char('2'), text("Ace")]),
        list(vec![text("Clubs")]),
        Value::Char(':'),
        list(vec![Value::Char('4')]),
    ];
    assert_eq!(lines(&context, &nested(&[2, 3], items)), ["  Spades  : 2 Ace", "  Clubs   : 4"]);
}

#[test]
fn format_keeps_characters_and_ranks() {
    let context = context();
    assert!(matches!(format(&context, &Value::Char('a')), Ok(Value::Char('a'))));
    assert_eq!(formatted(&context, &Value::Int(10)), ("10".to_string(), vec![2]));
    assert_eq!(formatted(&context, &iota(&[2, 3, 4])).1, [2, 3, 11]);
    assert_eq!(formatted(&context, &Value::zilde()), (String::new(), vec![0]));
    assert_eq!(formatted(&context, &ints(&[1_000_000_000_000, 0], &[])).1, [1_000_000_000_000, 0]);
    let row = list(vec![chars(&[1, 2], "ab")]);
    assert_eq!(formatted(&context, &row).1, [1, 4]);
}

#[test]
fn wide_arrays_are_folded() {
    let context = context();
    set(&context, |settings| settings.pw = Some(40));
    let rows: Vec<i32> = (10..70).collect();
    let want = [
        "10 11 12 13 14 15 16 17 18 19 20 21 22",
        "30 31 32 33 34 35 36 37 38 39 40 41 42",
        "50 51 52 53 54 55 56 57 58 59 60 61 62",
        "      23 24 25 26 27 28 29",
        "      43 44 45 46 47 48 49",
        "      63 64 65 66 67 68 69",
    ];
    assert_eq!(lines(&context, &ints(&[3, 20], &rows)), want);
    set(&context, |settings| settings.pw = Some(30));
    assert_eq!(
        lines(&context, &text(&"0123456789".repeat(6))),
        ["012345678901234567890123456789", "      012345678901234567890123", "      456789"]
    );
    assert_eq!(
        lines(&context, &ints(&[10], &[100_000; 10])),
        ["100000 100000 100000 100000", "      100000 100000 100000", "      100000 100000 100000"]
    );
    assert_eq!(
        show_bare(&context, &ints(&[5], &[100_000; 5]), layout(&context, false)).unwrap(),
        "100000 100000 100000 100000 100000"
    );
    // A line end in the text begins a new line.
    assert_eq!(show(&context, &text("one\ntwo")).unwrap(), "one\ntwo\n");
}

#[test]
fn joined_boxes() {
    let context = context();
    boxes(&context, BoxStyle::Min);
    let abc = list(vec![text("ABC"), iota(&[1, 4])]);
    assert_eq!(lines(&context, &abc), ["┌───┬───────┐", "│ABC│1 2 3 4│", "└───┴───────┘"]);
    assert_eq!(lines(&context, &iota(&[3])), ["1 2 3"]);
    let uneven = list(vec![iota(&[3]), ints(&[2, 2], &[1; 4]), Value::Int(1)]);
    assert_eq!(lines(&context, &uneven), ["┌─────┬───┬─┐", "│1 2 3│1 1│1│", "│     │1 1│ │", "└─────┴───┴─┘"]);
    let empties = list(vec![text(""), text("a"), Value::zilde()]);
    assert_eq!(lines(&context, &empties), ["┌┬─┬┐", "││a││", "└┴─┴┘"]);
    let pair = |name: &str, n| list(vec![text(name), Value::Int(n)]);
    let matrix = nested(&[2, 2], vec![pair("Adam", 1), pair("Bob", 2), pair("Danni", 4), pair("Eve", 5)]);
    let want = [
        "┌─────────┬───────┐",
        "│┌────┬─┐ │┌───┬─┐│",
        "││Adam│1│ ││Bob│2││",
        "│└────┴─┘ │└───┴─┘│",
        "├─────────┼───────┤",
        "│┌─────┬─┐│┌───┬─┐│",
        "││Danni│4│││Eve│5││",
        "│└─────┴─┘│└───┴─┘│",
        "└─────────┴───────┘",
    ];
    assert_eq!(lines(&context, &matrix), want);
}

#[test]
fn joined_boxes_with_marks() {
    let context = context();
    boxes(&context, BoxStyle::Mid);
    let abc = list(vec![text("ABC"), iota(&[1, 4])]);
    assert_eq!(lines(&context, &abc), ["┌→──┬───────┐", "│ABC│1 2 3 4↓", "└──→┴~─────→┘"]);
    let eights = list(vec![Value::Int(8), ints(&[1], &[8]), Value::Int(88), ints(&[1], &[88])]);
    assert_eq!(lines(&context, &eights), ["┌→┬─┬──┬──┐", "│8│8│88│88│", "└─┴→┴~─┴~→┘"]);
}

#[test]
fn boxes_of_their_own() {
    let context = context();
    boxes(&context, BoxStyle::Max);
    assert_eq!(lines(&context, &Value::Int(67)), ["", "67", ""]);
    assert_eq!(lines(&context, &Value::zilde()), ["┌⊖┐", "│0│", "└~┘"]);
    assert_eq!(lines(&context, &ints(&[2, 2], &[1, 2, 3, 14])), ["┌→───┐", "↓1  2│", "│3 14│", "└~───┘"]);
    let abc = list(vec![text("ABC"), iota(&[1, 4])]);
    let want = [
        "┌→────────────────┐",
        "│ ┌→──┐ ┌→──────┐ │",
        "│ │ABC│ ↓1 2 3 4│ │",
        "│ └───┘ └~──────┘ │",
        "└∊────────────────┘",
    ];
    assert_eq!(lines(&context, &abc), want);
    let four = list(vec![Value::Int(1), Value::Char('a'), text("abc"), iota(&[2, 3])]);
    let want = [
        "┌→──────────────────┐",
        "│     ┌→──┐ ┌→────┐ │",
        "│ 1 a │abc│ ↓1 2 3│ │",
        "│   - └───┘ │4 5 6│ │",
        "│           └~────┘ │",
        "└∊──────────────────┘",
    ];
    assert_eq!(lines(&context, &four), want);
    let cube = lines(&context, &iota(&[2, 2, 2]));
    assert_eq!(cube, ["┌┌→──┐", "↓↓1 2│", "││3 4│", "││   │", "││5 6│", "││7 8│", "└└~──┘"]);
    let mixed = list(vec![Value::Char('X'), Value::Int(1234)]);
    assert_eq!(lines(&context, &mixed), ["┌→─────┐", "│X 1234│", "└+─────┘"]);
}

fn glyph(c: &str) -> Description {
    Description::Text(c.into())
}

fn derived(left: Description, operator: &str, right: Option<Description>) -> Description {
    Description::Derived { operator: operator.into(), left: Box::new(left), right: right.map(Box::new), axis: None }
}

fn drawn(description: &Description, style: TrainStyle) -> Vec<String> {
    let context = context();
    let block = tree::draw(&context, description, style, None).unwrap();
    block.to_text(&context).unwrap().lines().map(|line| line.trim_end().to_string()).collect()
}

#[test]
fn trees() {
    let minmax = Description::Train(vec![derived(glyph("⌊"), "/", None), glyph(","), derived(glyph("⌈"), "/", None)]);
    assert_eq!(drawn(&minmax, TrainStyle::Tree), ["  ┌─┼─┐", "  / , /", "┌─┘ ┌─┘", "⌊   ⌈"]);
    let long = Description::Train("⌽+,-,×,÷".chars().map(|c| glyph(&c.to_string())).collect());
    let want = ["┌─┴─┐", "⌽ ┌─┼───┐", "  + , ┌─┼───┐", "      - , ┌─┼─┐", "          × , ÷"];
    assert_eq!(drawn(&long, TrainStyle::Tree), want);
    // ,∘⍉ 2@0⍴⊃
    let numbers = derived(Description::Array(Value::Int(2)), "@", Some(Description::Array(Value::Int(0))));
    let fork = Description::Train(vec![numbers, glyph("⍴"), glyph("⊃")]);
    let atop = Description::Train(vec![derived(glyph(","), "∘", Some(glyph("⍉"))), fork]);
    let want = [" ┌──┴──┐", " ∘   ┌─┼─┐", "┌┴┐  @ ⍴ ⊃", ", ⍉ ┌┴┐", "    2 0"];
    assert_eq!(drawn(&atop, TrainStyle::Tree), want);
    // ⌷⍨∘⊃⍨⍤0 99
    let commuted = derived(derived(derived(glyph("⌷"), "⍨", None), "∘", Some(glyph("⊃"))), "⍨", None);
    let ranked = derived(commuted, "⍤", Some(Description::Array(ints(&[2], &[0, 99]))));
    let want = ["      ⍤", "     ┌┴┐", "     ⍨ 0 99", "   ┌─┘", "   ∘", "  ┌┴┐", "  ⍨ ⊃", "┌─┘", "⌷"];
    assert_eq!(drawn(&ranked, TrainStyle::Tree), want);
    assert_eq!(drawn(&ranked, TrainStyle::Def), ["⌷⍨∘⊃⍨⍤0 99"]);
    // {⌈/,⍺↓⍵}⌺3 3⍤2
    let windows = derived(glyph("{⌈/,⍺↓⍵}"), "⌺", Some(Description::Array(ints(&[2], &[3, 3]))));
    let planes = derived(windows, "⍤", Some(Description::Array(Value::Int(2))));
    let want = ["     ⍤", "    ┌┴┐", "    ⌺ 2", "┌───┴────┐", "{⌈/,⍺↓⍵} (2⍴3)"];
    assert_eq!(drawn(&planes, TrainStyle::Tree), want);
    assert_eq!(drawn(&planes, TrainStyle::Parens), ["({⌈/,⍺↓⍵}⌺(2⍴3))⍤2"]);
    assert_eq!(drawn(&planes, TrainStyle::Def), ["{⌈/,⍺↓⍵}⌺3 3⍤2"]);
}

#[test]
fn trees_whose_parts_reach_below_their_neighbours() {
    let each = |f| derived(f, "¨", None);
    let key = derived(derived(glyph(","), "∘", Some(glyph("⊂"))), "⌸", None);
    let last = each(derived(glyph("⊢"), "/", None));
    let group = Description::Train(vec![glyph("↓"), each(glyph("⊃")), key, last]);
    let want = ["┌──┴──┐", "↓ ┌───┼───┐", "  ¨   ⌸   ¨", "┌─┘ ┌─┘ ┌─┘", "⊃   ∘   ⊢/", "   ┌┴┐", "   , ⊂"];
    assert_eq!(drawn(&group, TrainStyle::Tree), want);
    assert_eq!(drawn(&group, TrainStyle::Def), ["↓⊃¨,∘⊂⌸⊢/¨"]);
    assert_eq!(drawn(&group, TrainStyle::Parens), ["↓((⊃¨)((,∘⊂)⌸)(⊢/¨))"]);
}

#[test]
fn trains_in_boxes_and_in_text() {
    let mean = Description::Train(vec![derived(glyph("+"), "⌿", None), glyph("÷"), glyph("≢")]);
    let want = ["┌─────┬─┬─┐", "│┌─┬─┐│÷│≢│", "││+│⌿││ │ │", "│└─┴─┘│ │ │", "└─────┴─┴─┘"];
    assert_eq!(drawn(&mean, TrainStyle::Box), want);
    assert_eq!(drawn(&mean, TrainStyle::Def), ["+⌿÷≢"]);
    let atop = Description::Train(vec![glyph("-"), Description::Train(vec![glyph("+"), glyph("×")])]);
    assert_eq!(drawn(&atop, TrainStyle::Def), ["-(+×)"]);
    let names = Description::Train(vec![glyph("foo"), glyph("goo"), Description::Array(Value::Int(2))]);
    assert_eq!(drawn(&names, TrainStyle::Def), ["foo goo 2"]);
    let over = derived(atop.clone(), "⍥", Some(mean.clone()));
    assert_eq!(drawn(&over, TrainStyle::Def), ["(-(+×))⍥(+⌿÷≢)"]);
    let context = context();
    assert_eq!(show_function(&context, &mean, layout(&context, false)).unwrap(), "+⌿÷≢\n");
    assert_eq!(show_function(&context, &glyph("{\n a←⍵\n}"), layout(&context, false)).unwrap(), "{\n a←⍵\n}\n");
}

#[test]
fn depth_and_size_have_limits_of_memory_only() {
    let context = context();
    let mut deep = iota(&[1]);
    for _ in 0..20_000 {
        deep = deep.enclose(context.memory()).unwrap();
    }
    assert_eq!(formatted(&context, &deep).1, [40_001]);
    // Every level makes boxes wider and higher.
    assert_eq!(display(&context, &deep, BoxStyle::Max, None).unwrap_err().kind(), ErrorKind::WsFull);
    assert_eq!(display(&context, &deep, BoxStyle::Min, None).unwrap_err().kind(), ErrorKind::WsFull);
    let tall = ints(&[1_000_000_000_000, 0], &[]);
    assert_eq!(show(&context, &tall).unwrap_err().kind(), ErrorKind::WsFull);
    let mut commuted = glyph("-");
    for _ in 0..2_000 {
        commuted = derived(commuted, "⍨", None);
    }
    assert_eq!(tree::text(&context, &commuted, false).unwrap().chars().count(), 2_001);
}

#[test]
fn interrupts_stop_a_display() {
    let context = context();
    context.interrupt().raise();
    assert_eq!(show(&context, &iota(&[10, 10])).unwrap_err().kind(), ErrorKind::Interrupt);
}

#[test]
fn wide_characters_take_two_columns_and_combining_marks_none() {
    let context = context();
    let array = nested(&[2, 2], vec![text("日本"), text("a"), text("b"), text("c\u{301}d")]);
    assert_eq!(show(&context, &array).unwrap().lines().collect::<Vec<_>>(), [" 日本  a   ", " b   c\u{301}d "]);
    context.layout.borrow_mut().wide = true;
    assert_eq!(show(&context, &array).unwrap().lines().collect::<Vec<_>>(), [" 日本  a  ", " b     c\u{301}d "]);
    boxes(&context, BoxStyle::Min);
    assert_eq!(lines(&context, &array), ["┌────┬──┐", "│日本│a │", "├────┼──┤", "│b   │c\u{301}d│", "└────┴──┘"]);
    boxes(&context, BoxStyle::Max);
    assert_eq!(
        lines(&context, &list(vec![Value::Char('🙂'), text("ab")])),
        ["┌→────────┐", "│    ┌→─┐ │", "│ 🙂 │ab│ │", "│ -- └──┘ │", "└∊────────┘"]
    );
    assert_eq!(lines(&context, &chars(&[2, 2], "한ab글")), ["┌→──┐", "↓한a│", "│b글│", "└───┘"]);
}

#[test]
fn wide_characters_are_not_torn_apart_where_lines_are_folded() {
    let context = context();
    set(&context, |settings| settings.pw = Some(30));
    boxes(&context, BoxStyle::Min);
    let wide = |count| "語".repeat(count);
    assert_eq!(
        lines(&context, &text(&format!("a{}", wide(20)))),
        [format!("a{}", wide(14)), format!("      {}", wide(6))]
    );
    let shown = lines(&context, &list(vec![text(&wide(30))]));
    assert_eq!(
        (&shown[1], &shown[4], &shown[7]),
        (&format!("│{}", wide(14)), &format!("      {}", wide(12)), &format!("      {}│", wide(4)))
    );
    assert_eq!(shown[0], format!("┌{}", "─".repeat(28)));
}
