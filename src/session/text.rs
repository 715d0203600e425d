//! Texts that several parts of the session share.

/// The message of the fault that a closed output raises.
pub const OUTPUT_CLOSED: &str = "output closed";
