//! Applies each function, operator and axis to values chosen to be odd.
//!
//! Every case must end in a value that can be displayed and matches itself, or in a named error. The result must be the
//! same if the arguments are stored in another way, and if an operator has to call its operand item by item. What is
//! inferred of arguments that are known in part must be right (`inferred.rs`). The ordinary
//! tests run a fixed sample of all pairs; the ignored ones run all:
//! `cargo test --profile quick --test matrix -- --ignored`.

mod cases;
#[path = "../common/mod.rs"]
mod common;
mod functions;
mod inferred;
mod lines;
mod operators;
mod trouble;
mod values;

#[test]
fn functions_of_one_argument() {
    functions::monads(7);
}

#[test]
fn functions_of_two_arguments() {
    functions::dyads(31);
}

#[test]
fn functions_with_an_axis() {
    functions::axes(31);
}

#[test]
fn operators_with_one_operand() {
    operators::monadic(31);
}

#[test]
fn operators_with_two_operands() {
    operators::dyadic(101);
}

#[test]
fn indices_assignments_and_system_names() {
    lines::all(7);
}

#[test]
fn too_little_room() {
    trouble::scarce(11);
}

#[test]
fn stops_are_not_lost() {
    trouble::stopped(5);
}

#[test]
fn functions_of_partly_known_arguments() {
    inferred::functions(101);
}

#[test]
fn functions_one_after_the_other_on_partly_known_arguments() {
    inferred::pairs(301);
}

#[test]
fn axes_and_partly_known_arguments() {
    inferred::axes(101);
}

#[test]
fn operators_and_partly_known_arguments() {
    inferred::operators(101);
}

#[test]
fn lines_about_partly_known_values() {
    inferred::lines(23);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_functions_of_one_argument() {
    functions::monads(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_functions_of_two_arguments() {
    functions::dyads(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_functions_with_an_axis() {
    functions::axes(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_operators_with_one_operand() {
    operators::monadic(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_operators_with_two_operands() {
    operators::dyadic(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_indices_assignments_and_system_names() {
    lines::all(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_too_little_room() {
    trouble::scarce(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_stops_are_not_lost() {
    trouble::stopped(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_functions_of_partly_known_arguments() {
    inferred::functions(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_functions_one_after_the_other_on_partly_known_arguments() {
    inferred::pairs(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_axes_and_partly_known_arguments() {
    inferred::axes(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_operators_and_partly_known_arguments() {
    inferred::operators(1);
}

#[test]
#[ignore = "every case: for release builds"]
fn all_lines_about_partly_known_values() {
    inferred::lines(1);
}
