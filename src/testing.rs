//! What Rust tests of programs in APL need.
