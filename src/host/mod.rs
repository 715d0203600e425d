//! What a session may use of the system: files, programs, the environment. Everything that leaves the process goes through here.
//!
//! A [`Host`] has [`Rights`]. A file name becomes a [`Place`] only if the rights reach there, and every access to a file
//! goes through a place. Knows bytes and names, and errors as APL reports them; knows nothing of arrays and evaluation.

mod components;
mod failure;
mod job;
mod place;
mod programs;
mod read;
mod replacement;
mod rights;
mod ties;
mod tree;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use components::ComponentFile;
pub use failure::failed;
pub use job::{End, Input, Job, Output};
pub use place::{Place, name_of, path_of};
pub use read::read;
pub use replacement::unique_name;
pub use rights::{Access, Rights};
pub use ties::{At, Lock, Mode, Ties};
pub use tree::{copy, is_within, kind, list, make_folder, remove, rename, try_rename, user, user_name};
pub use write::{IfExists, append, replace, replace_lastingly};

use crate::array::Memory;
use crate::error::{ErrorKind, Fault, Result};

/// What long work with files needs of the session: the budget, and whether it is to stop.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// The workspace budget.
    pub memory: &'a Memory,
    /// Fails if the work is to stop.
    pub poll: &'a dyn Fn() -> Result<()>,
}

/// The system, as far as a session may use it.
#[derive(Clone, Debug, Default)]
pub struct Host {
    rights: Rights,
    temporary: Option<PathBuf>,
    substitute: Option<Substitute>,
}

/// A content that is read in place of a source file's own.
#[derive(Clone, Debug)]
pub struct Substitute {
    /// The file, its links resolved.
    pub path: PathBuf,
    /// The content.
    pub content: Arc<[u8]>,
}

impl Host {
    /// The system with these rights.
    pub fn new(rights: Rights) -> Host {
        Host { rights, ..Host::default() }
    }

    /// The same, with a folder of its own for temporary files.
    pub fn with_temporary_folder(mut self, folder: Option<PathBuf>) -> Host {
        self.temporary = folder;
        self
    }

    /// The same, with a source file that is read as another one.
    pub fn with_substitute(mut self, substitute: Option<Substitute>) -> Host {
        self.substitute = substitute;
        self
    }

    /// The content of a source file, if it is read as another one.
    pub fn substitute(&self, name: &str) -> Option<&[u8]> {
        let substitute = self.substitute.as_ref()?;
        let path = std::fs::canonicalize(path_of(name)).ok()?;
        (path == substitute.path).then_some(&*substitute.content)
    }

    /// The same, with the right to read a file or a folder.
    pub fn reading(&self, path: &Path) -> Host {
        Host { rights: self.rights.clone().read(path), ..self.clone() }
    }

    /// An environment variable; `None` if it is not set. DOMAIN ERROR without the right.
    pub fn variable(&self, name: &str) -> Result<Option<String>> {
        self.environment()?;
        Ok(std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// How far local time is ahead of UTC at a moment, so many nanoseconds after 1970 has begun: by the environment variable
    /// TZ and the system's tables. UTC without the right to the environment.
    pub fn ahead_of_utc(&self, nanos: i128) -> i128 {
        if !self.rights.environment {
            return 0;
        }
        let seconds = |moment| jiff::tz::TimeZone::system().to_offset(moment).seconds();
        jiff::Timestamp::from_nanosecond(nanos).map_or(0, |moment| i128::from(seconds(moment)) * 1_000_000_000)
    }

    /// The number of the user; 0 without the right to the environment.
    pub fn user_number(&self) -> u32 {
        if self.rights.environment { rustix::process::geteuid().as_raw() } else { 0 }
    }

    /// The processor time that the process has used.
    pub fn computing_time(&self) -> std::time::Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        std::time::Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
    }

    fn environment(&self) -> Result<()> {
        if !self.rights.environment {
            let detail = "reading the environment needs the right to it, --allow-env";
            return Err(Fault::domain().because("The environment may not be read").with_detail(detail));
        }
        Ok(())
    }

    /// The folder for temporary files: the session's own, or that of the system, which the environment names. DOMAIN ERROR
    /// without the right to the environment.
    pub fn temporary_folder(&self) -> Result<PathBuf> {
        match &self.temporary {
            Some(folder) => Ok(folder.clone()),
            None => self.environment().map(|()| std::env::temp_dir()),
        }
    }

    /// Where a file is, if it may be accessed like that. FILE NAME ERROR, FILE ACCESS ERROR.
    pub fn place(&self, name: &str, access: Access) -> Result<Place> {
        self.find(name, access, true)
    }

    /// As [`Host::place`]; if the name is that of a link, the place of the link itself.
    pub fn link(&self, name: &str, access: Access) -> Result<Place> {
        self.find(name, access, false)
    }

    /// The folder that relative names start from.
    pub fn folder(&self) -> Result<PathBuf> {
        self.place(".", Access::Read)?;
        std::env::current_dir().map_err(|error| failed(".", "find directory", error))
    }

    fn find(&self, name: &str, access: Access, follow: bool) -> Result<Place> {
        let path = path_of(name);
        if path.as_os_str().is_empty() || path.as_os_str().as_encoded_bytes().contains(&0) {
            let message = format!("{name}: Invalid file or directory name");
            return Err(Fault::new(ErrorKind::FileName).because(message));
        }
        let reach = self.rights.reach(access);
        if reach.is_everywhere() {
            return Ok(Place::unjudged(name, path, follow));
        }
        // What cannot be resolved is refused like what is out of reach, so that nothing is told of it.
        let resolved = place::resolve(&path, follow).map_err(|_| refused(name, access, &path))?;
        if !reach.covers(&resolved) {
            return Err(refused(name, access, &path));
        }
        Place::judged(name, &resolved).map_err(|error| failed(name, "open file", error))
    }
}

/// FILE ACCESS ERROR: the rights do not reach there.
fn refused(name: &str, access: Access, path: &Path) -> Fault {
    let flags = match access {
        Access::Read => format!("--allow-read={}", path.display()),
        Access::Write => format!("--allow-write={}", path.display()),
        Access::Change => format!("--allow-read={0} and --allow-write={0}", path.display()),
    };
    let message = format!("{name}: Not permitted");
    Fault::new(ErrorKind::FileAccess).because(message).with_detail(format!("the session lacks the right: {flags}"))
}

/// The folder in which programs keep temporary files of one run; removed at the end.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// A new folder in the system's folder for temporary files.
    pub fn new() -> std::io::Result<TemporaryFolder> {
        use std::os::unix::fs::DirBuilderExt;
        let base = std::fs::canonicalize(std::env::temp_dir())?;
        for _ in 0..100 {
            let folder = base.join(format!("zilde-{}", unique_name()));
            match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(TemporaryFolder(folder)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed stays; there is nobody to tell.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
