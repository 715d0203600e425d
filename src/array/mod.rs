//! Arrays: values, their storage, and the operations that all other modules need. Functions are not known here.

pub mod arr;
pub mod compare;
pub mod convert;
pub mod discards;
mod edit;
mod framed;
pub mod hash;
pub mod memory;
pub mod order;
pub mod pending;
pub mod prototype;
pub mod rearrange;
pub mod reference;
pub mod scatter;
pub mod shape;
mod size;
pub mod squeeze;
pub mod typed;
pub mod value;
pub mod view;
pub mod widen;

pub use arr::{Arr, Complex, Element};
pub use memory::Memory;
pub use pending::Pending;
pub use reference::Reference;
pub use shape::Shape;
pub use size::{address, bytes};
pub use typed::Typed;
pub use value::{Array, Framed, Type, Value};
