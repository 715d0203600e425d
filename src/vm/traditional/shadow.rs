//! Local names of traditional functions: their outer values are saved during the call and restored after it.

use std::rc::Rc;

use crate::names::binding::Binding;
use crate::names::space::{Shadowed, Space};

/// Names of a namespace that are local until this is dropped, whatever happens in between.
pub struct Shadow {
    space: Rc<Space>,
    names: Vec<(u32, Shadowed)>,
}

impl Shadow {
    /// Makes names stand for nothing.
    pub fn new(space: &Rc<Space>, names: &[u32]) -> Shadow {
        let names = names.iter().map(|&symbol| (symbol, space.shadow(symbol, Binding::Unset))).collect();
        Shadow { space: space.clone(), names }
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        for (symbol, old) in self.names.drain(..) {
            drop(self.space.unshadow(symbol, old));
        }
    }
}
