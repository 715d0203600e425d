//! Evaluation: bound expressions, statements, calls of user functions, assignment.

mod activation;
mod assign;
mod call;
mod cells;
mod elements;
mod evaluate;
mod executed;
mod expression;
mod frame;
mod functions;
mod guards;
mod indexed;
mod instructions;
mod machine;
mod members;
mod naming;
mod numbers;
mod origin;
mod phrases;
mod profiling;
mod rebinding;
pub mod script;
mod selective;
mod statement;
mod storage;
mod suspended;
mod synonym;
mod tracing;
pub mod traditional;
mod trapping;
mod turns;

pub use executed::Execute;
pub use origin::{Answer, Known, Origins, Tags, number};
pub use profiling::begin_profile;
pub use statement::{Evaluator, Shown};
pub use trapping::respond;
