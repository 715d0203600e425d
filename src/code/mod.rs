//! Code: from phrases to instructions. A definition keeps the phrases of its body; the binder groups the items of a
//! phrase into nodes according to the classes of its names; lowering makes instructions of nodes; the code of a body is
//! that of its phrases, with jumps between them.
//!
//! It runs nothing: that is done in `vm/`.

pub mod bind;
pub mod body;
pub mod controls;
pub mod definition;
pub mod instruction;
pub mod lower;
pub mod node;
pub mod program;
pub mod trim;
