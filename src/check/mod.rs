//! `zilde check`: reads, binds and infers programs without running them, and tells what must fail.
//!
//! The phrases of a program are bound as the machine binds them, and their nodes are carried out on abstract values
//! (`inference`): expressions and functions in `nodes.rs` and `callable.rs`, the bodies of dfns in `body.rs`, traditional
//! functions and control structures in `traditional.rs`, namespaces in `spaces.rs`. What is called is followed with what is known of its arguments;
//! what is not called is looked at with arguments of which nothing is known. Loops and branches are joined.
//!
//! Nothing of the program is run. Only primitive functions without side effects are computed, on short literals and on
//! arrays of the same shape as an argument.

mod body;
mod callable;
mod engine;
mod facts;
mod findings;
mod names;
mod nodes;
mod project;
mod spaces;
mod targets;
mod traditional;

pub use findings::{Finding, Fix, Label, Note};
pub use project::{Checked, Form, Input, Lines, Project, inputs};
