//! What is observed while a program runs, if anybody asks for it: each part of each phrase with its value (`trace.rs`), and
//! what functions and lines take (`profile.rs`). How far a loop is, it tells always (`progress.rs`).
//!
//! The machine tells, and this keeps; how it is shown is for others to know. Nothing here changes what a program does.

pub mod profile;
pub mod progress;
pub mod trace;
