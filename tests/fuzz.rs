//! A short run of the damaged input of `examples/fuzz.rs`: the same input each time.

mod common;

#[allow(dead_code)]
#[path = "../examples/fuzz.rs"]
mod fuzz;

use common::Folder;

#[test]
fn damaged_input_is_refused_and_nothing_else() {
    let folder = Folder::new();
    let mut bench = fuzz::Bench::new(&folder.0);
    for target in fuzz::TARGETS {
        for input in bench.good(target) {
            assert!(!input.is_empty(), "{}", target.name);
            assert_eq!(bench.read(target, &input), None, "{}", target.name);
        }
        for number in 1..=60 {
            let input = bench.input(target, number);
            let wrong = bench.read(target, &input);
            assert_eq!(wrong, None, "{} {number}: {:?}", target.name, String::from_utf8_lossy(&input));
        }
    }
}
