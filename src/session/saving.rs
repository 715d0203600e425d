//! `)save )load )copy )lib )drop`: workspaces in files. The work is done by `system/saved/`.

use std::rc::Rc;

use super::commands::{Refusal, Reply, columns, refused};
use super::{Outcome, Session};
use crate::context::{After, CLEAR, Settings};
use crate::error::{ErrorKind, Fault, Result};
use crate::names::Space;
use crate::system::{clear_ws, formats, saved, supplied};

/// What is said instead of an error of the file.
fn unread(fault: Fault) -> Refusal {
    match fault.kind() {
        ErrorKind::FileName => Refusal::Said("ws not found\n".into()),
        _ => Refusal::Said(format!("{}\n", fault.in_one_line())),
    }
}

impl Session {
    /// `)save name`, `)save`: the name is that of the workspace from then on. Another workspace is not replaced unless
    /// `-force` is given.
    pub(super) fn save_command(&mut self, words: &[&str]) -> Reply {
        let own = self.context.name.borrow().clone();
        let (flags, names): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('-'));
        let force = match flags[..] {
            [] => false,
            ["-force"] => true,
            _ => return refused(")save takes a name and perhaps -force"),
        };
        let name = match names[..] {
            [] if own == CLEAR => return refused(format!("not saved, this ws is {own}")),
            [] => own.clone(),
            [name] => saved::name_of(name),
            _ => return refused(")save takes one name"),
        };
        let context = self.context.clone();
        if !force && name != own && saved::exists(&context, &name).map_err(unread)? {
            return refused(format!("not saved, this ws is {own}"));
        }
        let unsaved =
            self.guarded(|session| saved::save(&session.context, &session.root, &name)).map_err(
                |fault| match unread(fault.clone()) {
                    Refusal::Said(_) => Refusal::Said(format!("not saved: {}\n", fault.in_one_line())),
                    other => other,
                },
            )?;
        *self.context.name.borrow_mut() = name.clone();
        match unsaved.is_empty() {
            true => Ok(format!("{name} saved\n")),
            false => refused(format!("{name} saved without {}", unsaved.join(" "))),
        }
    }

    /// `)load name`: replaces the workspace and runs `⎕LX`; `)xload name` does not run that.
    pub(super) fn load_command(&mut self, words: &[&str], run: bool, outcome: &mut Outcome) -> Reply {
        let [name] = words else { return refused("one name of a workspace is wanted") };
        let errors = self.load_workspace(name).map_err(unread)?;
        self.write(&format!("{} loaded\n", saved::name_of(name)))?;
        if !errors.is_empty() {
            return refused(errors.join("\n"));
        }
        let latent = self.context.latent.borrow().clone();
        if run && !latent.trim().is_empty() {
            self.statements(&latent, outcome)?;
        }
        Ok(String::new())
    }

    /// Replaces the workspace by a saved one; gives what could not be made. After an error all is as before.
    fn load_workspace(&mut self, name: &str) -> Result<Vec<String>> {
        let (random, latent, using) =
            (self.context.random.borrow().clone(), self.context.latent.take(), self.context.using.take());
        let traps = self.context.traps.take();
        self.begin_random();
        match self.guarded(|session| saved::load(&session.context, name)) {
            Ok((root, errors)) => {
                self.replace(root);
                *self.context.name.borrow_mut() = saved::name_of(name);
                self.context.note_fault(None);
                Ok(errors)
            }
            Err(fault) => {
                *self.context.random.borrow_mut() = random;
                *self.context.latent.borrow_mut() = latent;
                *self.context.using.borrow_mut() = using;
                *self.context.traps.borrow_mut() = traps;
                Err(fault)
            }
        }
    }

    /// Begins a new workspace, so that nothing is left of the old one, not even the table of its names.
    pub(super) fn clear(&mut self) {
        let root = clear_ws(&self.context);
        self.replace(root);
        *self.context.name.borrow_mut() = CLEAR.to_string();
        self.context.set_settings(Settings::default());
        self.begin_random();
        self.context.traps.take();
        self.context.latent.take();
        self.context.using.take();
        self.context.components.take();
        self.held.empty();
        self.furnish();
    }

    /// Another workspace takes the place of this one.
    fn replace(&mut self, root: Rc<Space>) {
        let old = std::mem::replace(&mut self.root, root);
        self.root.workspace.recorder.take_over(&old.workspace.recorder);
        // It belongs to the functions that are gone.
        self.context.profiler.clear();
        old.workspace.close();
    }

    /// Puts into `⎕SE` what belongs to every session.
    pub(super) fn furnish(&self) {
        // Without room for it there is room for nothing.
        let _ = formats::furnish(&self.context, &self.root);
    }

    /// What `⎕LOAD` and `⎕CLEAR` have asked for.
    pub(super) fn leave_for(&mut self, after: After, outcome: &mut Outcome) -> Result<()> {
        match after {
            After::Clear => {
                self.clear();
                Ok(())
            }
            After::Command(line) => self.command(&line, outcome),
            After::Load(name) => match self.load_command(&[&name], true, outcome) {
                Ok(text) => self.write(&text),
                Err(Refusal::Fault(fault)) => Err(fault),
                Err(Refusal::Said(why)) => {
                    outcome.refused += 1;
                    super::written(self.context.screen.borrow_mut().refuse(&why))
                }
            },
        }
    }

    /// `)copy workspace names`, `)pcopy workspace names`: replies with the names that do not exist or are protected.
    pub(super) fn copy(&mut self, words: &[&str], protect: bool) -> Reply {
        let words: Vec<&str> = words.iter().take_while(|word| !word.starts_with('⍝')).copied().collect();
        let Some((home, names)) = words.split_first() else { return refused("ws not found") };
        let space = self.current_space();
        let home = home.trim_matches('"');
        if !protect && let Some(missing) = supplied::copy_names(&self.context, &space, home, names)? {
            return match missing.is_empty() {
                true => Ok(String::new()),
                false => refused(format_args!("not found {}", missing.join(" "))),
            };
        }
        let copied = self.guarded(|session| saved::copy(&session.context, &space, home, names, protect));
        let copied = copied.map_err(unread)?;
        let mut why = copied.errors;
        let lists = [("not found", copied.missing), ("not copied", copied.kept)];
        why.extend(
            lists
                .iter()
                .filter(|(_, names)| !names.is_empty())
                .map(|(what, names)| format!("{what} {}", names.join(" "))),
        );
        match why.is_empty() {
            true => Ok(format!("{} copied\n", saved::name_of(home))),
            false => refused(why.join("\n")),
        }
    }

    /// `)lib folder`: the workspaces there.
    pub(super) fn lib_command(&mut self, words: &[&str]) -> Reply {
        let folder = match words {
            [] => "",
            [folder] => folder.trim_matches('"'),
            _ => return refused(")lib takes a folder, or nothing for the present one"),
        };
        let names =
            saved::list(&self.context, folder).map_err(|fault| Refusal::Said(format!("{}\n", fault.in_one_line())))?;
        Ok(columns(&names.iter().map(String::as_str).collect::<Vec<_>>(), self.context.pw()))
    }

    /// `)drop name`: removes the files of a workspace.
    pub(super) fn drop_command(&mut self, words: &[&str]) -> Reply {
        let [name] = words else { return refused("one name of a workspace is wanted") };
        saved::erase(&self.context, name).map_err(unread)?;
        Ok(format!("{} dropped\n", saved::name_of(name)))
    }
}
