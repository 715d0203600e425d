//! Rights: which files a session may read and write, and whether it may read the environment.

use std::path::{Path, PathBuf};

use super::place;

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read it, or ask about it.
    Read,
    /// Write, create or remove it.
    Write,
    /// Both, so that both rights are needed.
    Change,
}

/// What a session may do outside of its process. By default nothing.
///
/// ```
/// use zilde::{Rights, Session};
/// let rights = Rights::none().read("data").write("results").environment();
/// let session = Session::builder().rights(rights).build();
/// # drop(session);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    read: Reach,
    write: Reach,
    pub(super) environment: bool,
    pub(super) programs: bool,
}

/// Which files a right is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    everywhere: bool,
    /// Files, and folders with all that is in them: absolute paths without links.
    beneath: Vec<PathBuf>,
}

impl Rights {
    /// No right at all.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none()).build();
    /// assert!(session.eval("⊃⎕NGET 'Cargo.toml'").is_err());
    /// ```
    pub fn none() -> Rights {
        Rights::default()
    }

    /// All that the user may do.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::all()).build();
    /// assert!(session.eval("⊃⎕NGET 'Cargo.toml'").is_ok());
    /// ```
    pub fn all() -> Rights {
        Rights::none().read_everything().write_everything().environment().programs()
    }

    /// These rights, and to read a file, or a folder with all that is in it. Relative paths start at the present folder.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none().read("Cargo.toml")).build();
    /// assert!(session.eval("⊃⎕NGET 'Cargo.toml'").is_ok());
    /// ```
    pub fn read(mut self, path: impl AsRef<Path>) -> Rights {
        self.read.add(path.as_ref());
        self
    }

    /// These rights, and to read all files that the user may read.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none().read_everything()).build();
    /// assert!(session.eval("⊃⎕NGET 'Cargo.toml'").is_ok());
    /// ```
    pub fn read_everything(mut self) -> Rights {
        self.read.everywhere = true;
        self
    }

    /// These rights, and to write, create and remove a file, or all that is in a folder.
    ///
    /// ```no_run
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none().write("results")).build();
    /// session.eval("(⊂'a line')⎕NPUT'results/new'")?;
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn write(mut self, path: impl AsRef<Path>) -> Rights {
        self.write.add(path.as_ref());
        self
    }

    /// These rights, and to write all files that the user may write.
    ///
    /// ```no_run
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none().write_everything()).build();
    /// session.eval("(⊂'a line')⎕NPUT'results/new'")?;
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn write_everything(mut self) -> Rights {
        self.write.everywhere = true;
        self
    }

    /// These rights, and to read environment variables.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none().environment()).build();
    /// assert!(session.eval("⎕AN").is_ok());
    /// ```
    pub fn environment(mut self) -> Rights {
        self.environment = true;
        self
    }

    /// These rights, and to run programs, which no other right limits.
    ///
    /// ```no_run
    /// let mut session = zilde::Session::builder().rights(zilde::Rights::none().programs()).build();
    /// session.eval("⎕SH'date'")?;
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn programs(mut self) -> Rights {
        self.programs = true;
        self
    }

    /// Which files may be accessed like that.
    pub(super) fn reach(&self, access: Access) -> Reach {
        match access {
            Access::Read => self.read.clone(),
            Access::Write => self.write.clone(),
            Access::Change => self.read.and(&self.write),
        }
    }
}

impl Reach {
    /// A path that cannot be resolved, such as one through a folder that may not be searched, adds nothing.
    fn add(&mut self, path: &Path) {
        self.beneath.extend(place::resolve(path, true));
    }

    pub(super) fn is_everywhere(&self) -> bool {
        self.everywhere
    }

    /// Whether a resolved path is in reach.
    pub(super) fn covers(&self, resolved: &Path) -> bool {
        self.everywhere || self.beneath.iter().any(|root| resolved.starts_with(root))
    }

    /// What is in reach of both.
    fn and(&self, other: &Reach) -> Reach {
        let within = |one: &Reach, other: &Reach| -> Vec<PathBuf> {
            one.beneath.iter().filter(|root| other.covers(root)).cloned().collect()
        };
        let mut beneath = within(self, other);
        beneath.extend(within(other, self));
        Reach { everywhere: self.everywhere && other.everywhere, beneath }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_needs_both_rights() {
        let rights = Rights::none().read("/usr").write("/usr/lib").write("/var");
        let reach = |access| rights.reach(access);
        assert!(reach(Access::Read).covers(Path::new("/usr/a")) && !reach(Access::Read).covers(Path::new("/usrx")));
        assert!(reach(Access::Write).covers(Path::new("/var/a")));
        let both = reach(Access::Change);
        let lib = std::fs::canonicalize("/usr/lib").unwrap();
        assert!(both.covers(&lib.join("a")) && !both.covers(Path::new("/var/a")) && !both.covers(Path::new("/usr/a")));
        assert!(Rights::all().reach(Access::Change).is_everywhere());
        assert!(!Rights::none().write_everything().reach(Access::Change).covers(Path::new("/a")));
    }
}
