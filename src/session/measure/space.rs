//! `]map`: the namespaces with their names, as a tree. `]size`: the names by their bytes.

use std::rc::Rc;

use crate::code::node::Class;
use crate::error::Result;
use crate::names::{self, Binding, Space, namespace_of};
use crate::session::Session;
use crate::session::commands::{Refusal, Reply, refused};
use crate::system::definitions;

/// Namespaces that are nested deeper are not shown.
const DEEPEST: usize = 20;

impl Session {
    /// `]map [NAMESPACE]`: `∇` functions, `∘` operators, `~` variables, then the namespaces.
    pub(in crate::session) fn map_command(&mut self, words: &[&str]) -> Reply {
        let space = match words {
            [] => self.current_space(),
            [name] => match namespace_of(&self.root, &names::find(&self.current_space(), None, name)) {
                Some(space) => space,
                None if *name == "#" => self.root.clone(),
                None => return refused(format_args!("{name} is no namespace")),
            },
            _ => return refused("]map takes a namespace, or nothing"),
        };
        let mut text = format!("{}\n", space.path());
        let mut seen = vec![space.number()];
        self.mapped(&space, 1, &mut seen, &mut text)?;
        Ok(text)
    }

    fn mapped(&self, space: &Rc<Space>, depth: usize, seen: &mut Vec<u64>, text: &mut String) -> Result<()> {
        self.context.poll()?;
        let indent = "·   ".repeat(depth);
        let mut inner = Vec::new();
        let mut lines: [(&str, Vec<String>); 3] = [("∇", Vec::new()), ("∘", Vec::new()), ("~", Vec::new())];
        for (name, class) in space.names() {
            let binding = space.get(space.symbol(&name));
            match (class, namespace_of(&self.root, &binding)) {
                (_, Some(within)) => inner.push((name, within)),
                (Class::Function, _) => lines[0].1.push(name.to_string()),
                (Class::Array, _) if matches!(binding, Binding::Niladic(_)) => lines[0].1.push(name.to_string()),
                (Class::Array, _) => lines[2].1.push(name.to_string()),
                _ => lines[1].1.push(name.to_string()),
            }
        }
        for (mark, names) in lines.iter().filter(|(_, names)| !names.is_empty()) {
            *text += &format!("{indent}{mark} {}\n", names.join(" "));
        }
        for (name, within) in inner {
            // One that is there already, under another name or around this one, is not shown again.
            if seen.contains(&within.number()) || depth >= DEEPEST {
                *text += &format!("{indent}{name} → {}\n", within.path());
                continue;
            }
            seen.push(within.number());
            *text += &format!("{indent}{name}\n");
            stacker::maybe_grow(64 * 1024, 1 << 20, || self.mapped(&within, depth + 1, seen, text))?;
        }
        Ok(())
    }

    /// `]size [NAMES]`: the names with the bytes that they take, the largest first.
    pub(in crate::session) fn size_command(&mut self, words: &[&str]) -> Reply {
        let space = self.current_space();
        let names: Vec<Rc<str>> = match words {
            [] => space.names().into_iter().map(|(name, _)| name).collect(),
            words => words.iter().map(|word| Rc::from(*word)).collect(),
        };
        let mut sizes = Vec::new();
        for name in names {
            if matches!(names::find(&space, None, &name), Binding::Unset) {
                return refused(format_args!("{name} has no value"));
            }
            let bytes = definitions::size_in(&self.context, &space, &name).map_err(Refusal::Fault)?;
            sizes.push((name, bytes));
        }
        if words.is_empty() {
            sizes.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        }
        let width = sizes.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        Ok(sizes
            .iter()
            .map(|(name, bytes)| format!("{name}{} {bytes:>12}\n", " ".repeat(width - name.chars().count())))
            .collect())
    }
}
