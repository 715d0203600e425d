use super::drawn::Item;
use super::*;
use crate::Session;
use crate::array::Memory;

fn spec(text: &str) -> Spec {
    let mut spec = Spec::default();
    text.split(" · ").for_each(|part| spec.add(part).unwrap());
    spec
}

/// The first so many drawings.
fn drawings(text: &str, count: u32) -> Vec<Sample> {
    let spec = spec(text);
    (0..count).map(|number| draw::sample(&spec, &mut generator(42, number), number as usize).unwrap()).collect()
}

#[test]
fn what_is_not_understood_is_told() {
    for wrong in [
        "k",
        "k←",
        "k←real",
        "2←int",
        "k←int(",
        "k←int(1)",
        "k←int(5..1)",
        "k←int(0.5..2)",
        "k←bool(0..1)",
        "k←char(1..2)",
        "k←int 5..2",
        "k←int -1",
        "k←int 1.5",
        "k←int n..m",
        "a b←int",
    ] {
        assert!(Spec::default().add(wrong).is_err(), "{wrong}");
    }
    let mut twice = spec("k←int");
    assert!(twice.add("k←int").is_err());
}

#[test]
fn letters_are_shared() {
    for sample in drawings("a←int n m · b←float m n · c←bool n", 100) {
        let [a, b, c] = &sample.arrays[..] else { panic!() };
        assert_eq!(a.shape, [b.shape[1], b.shape[0]]);
        assert_eq!(a.shape[0], c.shape[0]);
    }
}

#[test]
fn axes_of_length_0_and_1_are_drawn_in_every_hundred() {
    for seed in 0..20 {
        let spec = spec("a←int n · b←float m k · c←int 0..3");
        let hundred: Vec<Sample> = (0..100)
            .map(|number| draw::sample(&spec, &mut generator(seed, number), number as usize).unwrap())
            .collect();
        for at in 0..4 {
            for length in [0, 1] {
                assert!(hundred.iter().filter(|sample| sample.lengths[at] == length).count() >= 10);
            }
        }
    }
    assert!(drawings("a←int 2..4", 100).iter().all(|sample| (2..=4).contains(&sample.lengths[0])));
}

#[test]
fn numbers_keep_to_their_ranges() {
    let all = |text: &str| -> Vec<f64> {
        let number = |item: &Item| if let Item::Number(x) = item { *x } else { panic!() };
        drawings(text, 100)
            .iter()
            .flat_map(|sample| sample.arrays[0].items.iter().map(number).collect::<Vec<_>>())
            .collect()
    };
    let ints = all("a←int 50");
    assert!((-9..=9).all(|n| ints.contains(&f64::from(n))) && ints.iter().all(|x| x.fract() == 0.0 && x.abs() <= 9.0));
    let ints = all("a←int(3..5) 50");
    assert!([3.0, 4.0, 5.0].iter().all(|n| ints.contains(n)) && ints.iter().all(|x| (3.0..=5.0).contains(x)));
    let floats = all("a←float 50");
    assert!(floats.contains(&0.0) && floats.iter().any(|x| x.abs() > 1e9) && floats.iter().any(|x| x.fract() != 0.0));
    assert!(all("a←float(¯1..0.5) 50").iter().all(|x| (-1.0..=0.5).contains(x)));
    assert!(all("a←bool 50").iter().all(|x| *x == 0.0 || *x == 1.0));
}

/// The text of every drawing gives the same array.
#[test]
fn drawings_can_be_pasted() {
    let mut session = Session::new();
    for spec in [
        "a←bool n",
        "a←int n m",
        "a←float n m k",
        "a←complex n",
        "a←char n m",
        "a←nested n",
        "a←nested n m",
        "a←nested",
        "a←char",
        "a←complex",
        "a←float",
    ] {
        for sample in drawings(spec, 100) {
            let text = sample.arrays[0].text();
            let value = sample.arrays[0].value(&Memory::unlimited()).unwrap();
            let again = session.eval(&text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            session.set("a", value).unwrap();
            session.set("b", again).unwrap();
            // The items of an empty array of boxes are not shown by its text.
            let empty = sample.arrays[0].items.is_empty();
            let same = if empty { "(⍴a)≡⍴b" } else { "a≡b" };
            assert_eq!(session.eval(same).unwrap().to_string(), "1", "{text}");
        }
    }
}

/// The smallest failing drawing, as APL.
fn smallest(text: &str, fails: impl Fn(&Sample) -> bool) -> Vec<String> {
    let found =
        check(&spec(text), 200, 42, SHRINKS, |sample| if fails(sample) { Trial::Failed(0) } else { Trial::Held });
    let Found::Failed(_, sample, steps) = found else { panic!("{found:?}") };
    assert!(steps > 0 && fails(&sample));
    sample.arrays.iter().map(Drawn::text).collect()
}

fn total(sample: &Sample, wanted: impl Fn(f64) -> bool) -> usize {
    let wanted = |item: &&Item| matches!(item, Item::Number(x) if wanted(*x));
    sample.arrays.iter().flat_map(|array| array.items.iter()).filter(wanted).count()
}

#[test]
fn failures_are_made_small() {
    assert_eq!(smallest("a←int n m", |sample| sample.arrays[0].items.len() >= 6).len(), 1);
    assert_eq!(smallest("a←int n", |sample| sample.arrays[0].shape[0] >= 3), ["0 0 0"]);
    assert_eq!(smallest("a←int n m", |sample| total(sample, |x| x > 4.0) > 0), ["1 1⍴5"]);
    assert_eq!(smallest("a←int n", |sample| total(sample, |x| x < 0.0) > 1), ["¯1 ¯1"]);
    assert_eq!(smallest("a←float n", |sample| total(sample, |x| x.fract() != 0.0) > 0), [",0.5"]);
    assert_eq!(smallest("a←float n", |sample| total(sample, |x| x > 1e9) > 0).len(), 1);
    assert_eq!(smallest("a←int n · b←int n m", |sample| sample.lengths[0] > 1), ["0 0", "2 0⍴0"]);
    assert_eq!(smallest("a←int(2..9) 2..5", |sample| sample.lengths[0] > 2), ["2 2 2"]);
    let glyph = |sample: &Sample| sample.arrays[0].items.contains(&Item::Char('z'));
    assert_eq!(smallest("a←char n", glyph), [",'z'"]);
    let boxed = |sample: &Sample| sample.arrays[0].items.iter().any(|item| matches!(item, Item::Array(_)));
    let text = smallest("a←nested n", boxed).concat();
    assert!([",⊂⍬", ",⊂''"].contains(&&*text), "{text}");
}

#[test]
fn drawings_are_dropped_and_counted() {
    let spec = spec("a←int n");
    let few = |sample: &Sample| if sample.lengths[0] > 1 { Trial::Dropped } else { Trial::Held };
    assert!(matches!(check(&spec, 100, 1, SHRINKS, few), Found::Scarce(101, _)));
    let most = |sample: &Sample| if sample.lengths[0] > 6 { Trial::Dropped } else { Trial::Held };
    assert_eq!(check(&spec, 100, 1, SHRINKS, most), Found::Held);
    assert_eq!(check(&spec, 100, 1, SHRINKS, |_| Trial::Spoilt), Found::Spoilt);
    let large = super::tests::spec("a←int 100000 100000");
    assert_eq!(check(&large, 100, 1, SHRINKS, |_| Trial::Held), Found::TooLarge);
}

#[test]
fn drawings_depend_on_the_seed_alone() {
    assert_eq!(drawings("a←nested n", 30), drawings("a←nested n", 30));
    let spec = spec("a←float 10");
    let first = |seed| draw::sample(&spec, &mut generator(seed, 0), 0);
    assert_ne!(first(1), first(2));
}
