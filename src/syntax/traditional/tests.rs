use super::*;
use crate::syntax::TO_THE_END;

fn written(text: &str) -> String {
    match code(text, TO_THE_END) {
        Ok(code) => nodes(text, &code.nodes),
        Err(error) => format!("{error} @{}", error.span.of(text)),
    }
}

fn nodes(text: &str, nodes: &[Node]) -> String {
    nodes.iter().map(|node| format!("{}{}", node.line, node_text(text, &node.kind))).collect::<Vec<_>>().join(" ")
}

fn node_text(text: &str, kind: &NodeKind) -> String {
    let of = |phrase: &Phrase| phrase.span.of(text).to_string();
    match kind {
        NodeKind::Expression(phrase) => format!("‹{}›", of(phrase)),
        NodeKind::Branch(phrase) => format!("→‹{}›", of(phrase)),
        NodeKind::Abort => "→".into(),
        NodeKind::Return => "return".into(),
        NodeKind::Leave(_) => "leave".into(),
        NodeKind::Continue(_) => "continue".into(),
        NodeKind::Broken(error) => format!("broken({error})"),
        NodeKind::Structure(structure) => {
            let name = match &structure.kind {
                Kind::If => "if".into(),
                Kind::While => "while".into(),
                Kind::Repeat => "repeat".into(),
                Kind::For { targets, each, values } => {
                    format!("for {} {} {}", of(targets), if *each { "each" } else { "in" }, of(values))
                }
                Kind::Select(phrase) => format!("select {}", of(phrase)),
                Kind::Trap(phrase) => format!("trap {}", of(phrase)),
                Kind::With(phrase) => format!("with {}", of(phrase)),
                Kind::Hold(phrase) => format!("hold {}", of(phrase)),
                Kind::Disposable(phrase) => format!("disposable {}", of(phrase)),
                Kind::Section => "section".into(),
            };
            let clauses = structure.clauses.iter().map(|clause| {
                let when = match &clause.when {
                    When::First => String::new(),
                    When::Tests(tests) => tests_text(text, tests),
                    When::Case(phrase) => format!("case {}", operand(text, phrase)),
                    When::CaseList(phrase) => format!("list {}", operand(text, phrase)),
                    When::Else => "else".into(),
                };
                format!("[{when}: {}]", nodes(text, &clause.body))
            });
            let until = if structure.until.is_empty() { String::new() } else { tests_text(text, &structure.until) };
            format!("({name} {}{until} {})", clauses.collect::<String>(), structure.end)
        }
    }
}

fn tests_text(text: &str, tests: &[Test]) -> String {
    let joint = |joint| if joint == Joint::And { "∧" } else { "∨" };
    let before = |test: &Test| match &test.before[..] {
        [] => String::new(),
        before => format!(" {} ", nodes(text, before)),
    };
    tests
        .iter()
        .map(|test| format!("{}{}{}", before(test), joint(test.joint), operand(text, &test.condition)))
        .collect()
}

fn operand<'t>(text: &'t str, phrase: &Result<Phrase, SyntaxError>) -> std::borrow::Cow<'t, str> {
    match phrase {
        Ok(phrase) => phrase.span.of(text).into(),
        Err(error) => format!("({error})").into(),
    }
}

fn headed(text: &str) -> String {
    let names = |names: &Option<Names>| match names {
        None => "-".into(),
        Some(Names::One(name)) => name.to_string(),
        Some(Names::Each(names)) => format!("({})", names.join(" ")),
    };
    let name = |name: &Option<Rc<str>>| name.as_deref().unwrap_or("-").to_string();
    match definition(text, TO_THE_END).map(|definition| definition.header) {
        Ok(h) => format!(
            "{} result {}{} left {}{} operands {} {} right {} locals {} {}",
            h.name,
            names(&h.result),
            if h.shy { "!" } else { "" },
            name(&h.left),
            if h.ambivalent { "?" } else { "" },
            name(&h.left_operand),
            name(&h.right_operand),
            names(&h.right),
            h.locals.join(","),
            h.system_locals.join(","),
        )
        .trim()
        .to_string(),
        Err(error) => format!("{error} @{}", error.span.of(text)),
    }
}

#[test]
fn headers_of_functions() {
    assert_eq!(headed("f"), "f result - left - operands - - right - locals");
    assert_eq!(headed("r←f ⍝ r←g"), "f result r left - operands - - right - locals");
    assert_eq!(headed("r←f y"), "f result r left - operands - - right y locals");
    assert_eq!(headed("x f y;a;⎕io"), "f result - left x operands - - right y locals a IO");
    assert_eq!(headed("{r}←{x}f y"), "f result r! left x? operands - - right y locals");
    assert_eq!(headed("f(a b)"), "f result - left - operands - - right (a b) locals");
    assert_eq!(headed("(a b)←x f(c)"), "f result (a b) left x operands - - right (c) locals");
    assert_eq!(headed("{(a b)}←f"), "f result (a b)! left - operands - - right - locals");
}

#[test]
fn headers_of_operators() {
    assert_eq!(headed("r←(f op)y"), "op result r left - operands f - right y locals");
    assert_eq!(headed("r←x(f op g)y"), "op result r left x operands f g right y locals");
    assert_eq!(headed("{x}(f op g)(y z)"), "op result - left x? operands f g right (y z) locals");
}

#[test]
fn nonsense_is_no_header() {
    for text in ["", "1", "r←", "r←f y z w", "{x}f", "(f op)", "r←(f op g h)y", "f;", "f;1", "f;;a", "f y:", "r←r←f"]
    {
        assert!(headed(text).starts_with("SYNTAX ERROR"), "{text}: {}", headed(text));
    }
}

#[test]
fn locals_may_stand_on_lines_of_their_own() {
    let text = "f;a\n ⍝ more\n  ;b;⎕ML ⍝ locals\n;c\na←1\n;d";
    assert_eq!(headed(text), "f result - left - operands - - right - locals a,b,c ML");
    let code = definition(text, TO_THE_END).unwrap().code;
    assert_eq!(nodes(text, &code.nodes), "4‹a←1› 5broken(SYNTAX ERROR: Misplaced semicolon)");
    assert!(headed("f\n;a b").starts_with("SYNTAX ERROR"));
}

#[test]
fn lines_statements_and_labels() {
    assert_eq!(written("a ⋄ b\n\n⍝ c\nL:d⋄→L⋄→\nM:"), "0‹a› 0‹b› 3‹d› 3→‹L› 3→");
    let labels = code("a\nL:b\nM:", TO_THE_END).unwrap().labels;
    assert_eq!(labels, [("L".into(), 1), ("M".into(), 2)]);
    assert_eq!(written("L:a\nL:b"), "SYNTAX ERROR: The label L is there already @L");
    assert_eq!(written("f←{\na⋄b\n}\nc"), "0‹f←{\na⋄b\n}› 3‹c›");
    assert_eq!(written("'a\nb"), "0broken(SYNTAX ERROR: Unpaired quote) 1‹b›");
    assert_eq!(written("a)\nb"), "0broken(SYNTAX ERROR: Unpaired parenthesis) 1‹b›");
    assert_eq!(written("a:b:c"), "0broken(SYNTAX ERROR: Misplaced colon)");
}

#[test]
fn conditions() {
    assert_eq!(written(":If a\nb\n:EndIf"), "0(if [∧a: 1‹b›] 2)");
    assert_eq!(written(":if a ⋄ b ⋄ :ELSE ⋄ c ⋄ :end"), "0(if [∧a: 0‹b›][else: 0‹c›] 0)");
    assert_eq!(written(":If a\n:AndIf b\n:AndIf c\nd\n:EndIf"), "0(if [∧a∧b∧c: 3‹d›] 4)");
    assert_eq!(written(":If a\n:ElseIf b\n:OrIf c\nd\n:Else\ne\n:End"), "0(if [∧a: ][∧b∨c: 3‹d›][else: 5‹e›] 6)");
    assert_eq!(written(":If a\n:AndIf b\n:OrIf c\n:End"), "SYNTAX ERROR: :AndIf and :OrIf don't mix @:OrIf");
    assert_eq!(written(":If\n:End"), "0(if [∧(SYNTAX ERROR: Expression expected): ] 1)");
}

#[test]
fn statements_between_conditions() {
    assert_eq!(written(":If a\nb\n:AndIf c\nd\n:End"), "0(if [∧a 1‹b› ∧c: 3‹d›] 4)");
    assert_eq!(
        written(":If a\nb\n:OrIf c\nd\ne\n:OrIf f\ng\n:Else\nh\n:End"),
        "0(if [∧a 1‹b› ∨c 3‹d› 4‹e› ∨f: 6‹g›][else: 8‹h›] 9)"
    );
    assert_eq!(written(":If a\n:ElseIf b\nc\n:AndIf d\n:End"), "0(if [∧a: ][∧b 2‹c› ∧d: ] 4)");
    assert_eq!(written(":While a\nb\n:AndIf c\nd\n:End"), "0(while [∧a 1‹b› ∧c: 3‹d›] 4)");
    assert_eq!(written(":Repeat\na\n:Until b\nc\n:OrIf d\ne"), "0(repeat [: 1‹a›]∧b 3‹c› ∨d 2) 5‹e›");
    let inner = ":If a\n:If b\nc\n:End\n:AndIf d\n:End";
    assert_eq!(written(inner), "0(if [∧a 1(if [∧b: 2‹c›] 3) ∧d: ] 5)");
}

/// A function's lines below its header: words that do not belong together don't keep it from being defined.
fn tolerated(text: &str) -> String {
    let text = format!("f\n{text}");
    definition(&text, TO_THE_END)
        .map_or_else(|error| error.to_string(), |definition| nodes(&text, &definition.code.nodes))
}

#[test]
fn broken_structures_fail_where_they_begin() {
    let without = "broken(SYNTAX ERROR: Control structure without end)";
    let misplaced = "broken(SYNTAX ERROR: Misplaced control word)";
    assert_eq!(tolerated("a\n:For i :In b\nc"), format!("1‹a› 2{without} 3‹c›"));
    assert_eq!(tolerated(":If a\nb\n:EndWhile\nc"), format!("1{without} 2‹b› 4‹c›"));
    assert_eq!(tolerated(":While a\n:If b\nc\n:EndWhile\nd"), format!("1(while [∧a: 2{without} 3‹c›] 4) 5‹d›"));
    assert_eq!(tolerated(":If a\n:Repeat\nb\n:Else\nc\n:End"), {
        format!("1(if [∧a: 2{without} 3‹b›][else: 5‹c›] 6)")
    });
    assert_eq!(tolerated("a\n:EndIf\nb"), format!("1‹a› 2{misplaced} 3‹b›"));
    assert_eq!(tolerated(":Case 1"), format!("1{misplaced}"));
    assert_eq!(tolerated(":Trap 0\n:ElseIf a\n:End"), format!("1(trap 0 [: 2{misplaced}] 3)"));
    assert_eq!(tolerated(":If a\nb\n:AndIf c\nd\n:OrIf e\ng\n:End"), {
        "1broken(SYNTAX ERROR: :AndIf and :OrIf don't mix) 2‹b› 4‹d› 6‹g›"
    });
    assert_eq!(tolerated(":Repeat\na\n:Until b\n:AndIf c\n:OrIf d\ne"), {
        "1broken(SYNTAX ERROR: :AndIf and :OrIf don't mix) 2‹a› 6‹e›"
    });
    assert_eq!(tolerated(":For i\na\n:End"), "1broken(SYNTAX ERROR: :In expected) 2‹a›");
}

#[test]
fn loops() {
    assert_eq!(written(":While a\nb\n:EndWhile"), "0(while [∧a: 1‹b›] 2)");
    assert_eq!(written(":While a\n:OrIf b\nc\n:Until d\n:AndIf e\nf"), "0(while [∧a∨b: 2‹c›]∧d∧e 3) 5‹f›");
    assert_eq!(written(":Repeat\n:Leave\n:Continue\n:EndRepeat"), "0(repeat [: 1leave 2continue] 3)");
    assert_eq!(written(":Repeat\n:Repeat\n:Until a\n:Until b"), "0(repeat [: 1(repeat [: ]∧a 2)]∧b 3)");
    assert_eq!(written(":For i :In a\nb\n:EndFor"), "0(for i in a [: 1‹b›] 2)");
    assert_eq!(written(":for i (j k):ineach a b⋄c⋄:end"), "0(for i (j k) each a b [: 0‹c›] 0)");
    assert_eq!(written(":For (i j) :In a\n:End"), "0(for i j in a [: ] 1)");
    assert_eq!(written(":For ((i j)) :InEach a\n:End"), "0(for i j each a [: ] 1)");
    assert_eq!(written(":For (i j)k :In a\n:End"), "0(for (i j)k in a [: ] 1)");
    assert_eq!(written(":For i\n:End"), "SYNTAX ERROR: :In expected @");
    assert_eq!(written(":Leave\n:Continue"), "0leave 1continue");
}

#[test]
fn choices_and_traps() {
    let text = ":Select a\n:Case b\nc\n:CaseList d\ne\n:Else\nf\n:EndSelect";
    assert_eq!(written(text), "0(select a [: ][case b: 2‹c›][list d: 4‹e›][else: 6‹f›] 7)");
    let text = ":Trap 0\na\n:Case 11\nb\n:Else\nc\n:EndTrap";
    assert_eq!(written(text), "0(trap 0 [: 1‹a›][case 11: 3‹b›][else: 5‹c›] 6)");
    assert_eq!(written(":With a\n:Hold b\n:End\n:End"), "0(with a [: 1(hold b [: ] 2)] 3)");
    assert_eq!(written(":Section of this\na\n:EndSection of this"), "0(section [: 1‹a›] 2)");
    assert_eq!(written(":GoTo a\n:Return"), "0→‹a› 1return");
}

#[test]
fn what_does_not_fit_is_named() {
    for text in [":EndIf", ":Else", ":Case 1", ":Until 1", ":In a", ":EndNamespace", ":Select a\n:ElseIf b"] {
        assert!(written(text).starts_with("SYNTAX ERROR: Misplaced control word"), "{text}: {}", written(text));
    }
    assert_eq!(written(":If a\n:For i :In b"), "SYNTAX ERROR: Control structure without end @:For");
    assert_eq!(written(":If a\n:EndFor"), "SYNTAX ERROR: Control structure without end @:If");
    assert_eq!(written(":If a\n:Else\n:ElseIf b\n:End"), "SYNTAX ERROR: Misplaced control word @:ElseIf");
    assert_eq!(written(":Wenn a"), "0broken(SYNTAX ERROR: Unknown control word)");
    assert_eq!(written(":If a\n:Else b\n:End"), "SYNTAX ERROR: Nothing expected behind this word @b");
    let deep = ":Repeat\n".repeat(MAX + 1);
    assert!(written(&deep).starts_with("LIMIT ERROR"));
}

const MAX: usize = crate::syntax::grammar::MAX_NESTING;

#[test]
fn a_session_sees_what_is_open() {
    let opens = |line| control_words(line).open;
    assert_eq!(opens(":If a"), 1);
    assert_eq!(opens("L: :For i :In a"), 1);
    assert_eq!(opens(":If a ⋄ b ⋄ :EndIf"), 0);
    assert_eq!(opens(":until x"), -1);
    assert_eq!(opens("':If' ⍝ :If"), 0);
    assert_eq!(opens("x :If"), 0);
    assert_eq!(opens(":Else"), 0);
    assert_eq!(opens(":Namespace a"), 1);
    assert!(control_words("a ⋄ :Else").any);
    assert!(!control_words("a:b ⋄ (:If)").any);
}
