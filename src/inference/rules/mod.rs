//! The rules of the primitive functions that are no scalar functions.
//!
//! They fail only where the primitive must. Where shapes are known as numbers the primitive itself is asked, so that
//! these rules are about what is known in part.

mod numbers;
mod search;
mod selection;
mod structure;

pub use numbers::*;
pub use search::*;
pub use selection::*;
pub use structure::*;

use super::value::Numbers;
use super::{Dim, Kind};

const WHOLE: Kind = Kind::numbers(Numbers::Whole);
const BOOLEAN: Kind = Kind::numbers(Numbers::Boolean);

type Shape = Option<Vec<Dim>>;
