//! Tables of named columns, as Parquet and Arrow have them. In APL they are names and columns, `names columns`; each column
//! is a vector with an item for each row, and `⎕NULL` stands for what is missing.

mod read;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use read::table;
pub use write::batch;

use super::unfit;
use crate::error::Result;

/// Rows that are written between two polls.
pub const PIECE: usize = 1 << 16;

/// Does the work of a crate that panics on some damaged files: DOMAIN ERROR then.
pub fn contained<T>(format: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(unfit(format, "it is damaged")))
}
