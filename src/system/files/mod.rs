//! Files: text files, and what the system knows of files and folders.
//!
//! These functions turn values into names, bytes and texts, and back. Files themselves are the host's.

pub mod encoding;
pub mod text;
