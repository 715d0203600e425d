//! How long and how much: `]runtime`, `]profile`, `]map`, `]size`.

pub mod flame;
pub mod profile;
mod runtime;
mod space;
