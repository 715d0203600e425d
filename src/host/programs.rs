//! Commands of the system's shell.

use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::fs::OFlags;

use super::read::rest;
use super::{Host, TemporaryFolder, Watch, failed};
use crate::error::{Fault, Result};

/// Bytes of the budget that a byte of output takes: itself, its character, and a part of what a line takes.
pub(super) const EACH: usize = 8;

/// What a command has written to its standard output, and its exit code; a signal that ended it counts from 128 on, as in
/// the shell.
pub struct Ran {
    /// The output.
    pub output: Vec<u8>,
    /// The exit code.
    pub code: i32,
}

/// A running command, with all that it has started. It is killed unless it has ended.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            // It may end by itself in this moment.
            let _ = killpg(Pid::from_raw(self.0.id() as i32), Signal::SIGKILL);
            let _ = self.0.wait();
        }
    }
}

/// What an editor has made of a text, and the folder where it is, as long as this is there.
pub struct Edited {
    /// The text.
    pub text: String,
    /// The file.
    pub path: PathBuf,
    folder: TemporaryFolder,
}

impl Edited {
    /// Leaves the file where it is.
    pub fn keep(self) {
        std::mem::forget(self.folder);
    }
}

impl Host {
    /// Lets the user edit a text with the program that the environment names (VISUAL or EDITOR, otherwise vi), in a file
    /// with this name. DOMAIN ERROR without the right to run programs or if the editor fails.
    pub fn edit(&self, file: &str, text: &str) -> Result<Edited> {
        self.may_run()?;
        let unable = |error| failed(file, "edit file", error);
        let folder = TemporaryFolder::new().map_err(unable)?;
        let path = folder.path().join(file);
        std::fs::write(&path, text).map_err(unable)?;
        let named = |name| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
        let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".into());
        let status = Command::new("/bin/sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(&path).status();
        if !status.map_err(unable)?.success() {
            return Err(Fault::domain().because(format!("{editor} has failed")));
        }
        let text = std::fs::read_to_string(&path).map_err(unable)?;
        Ok(Edited { text, path, folder })
    }

    /// DOMAIN ERROR without the right to run programs.
    pub(super) fn may_run(&self) -> Result<()> {
        if self.rights.programs {
            return Ok(());
        }
        let detail = "running programs needs the right to it, --allow-run";
        Err(Fault::domain().because("Programs may not be run").with_detail(detail))
    }

    /// Runs a command by the shell, without input; its standard error is that of the process. DOMAIN ERROR without the right.
    pub fn run(&self, command: &str, watch: Watch) -> Result<Ran> {
        use std::os::unix::process::ExitStatusExt;
        self.may_run()?;
        let unable = |error| failed("/bin/sh", "run program", error);
        // A group of its own, so that what it starts can be stopped with it.
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
        let mut running = Running(shell.spawn().map_err(unable)?);
        let stdout = running.0.stdout.take().ok_or_else(|| Fault::internal("no pipe"))?;
        rustix::fs::fcntl_setfl(&stdout, OFlags::NONBLOCK).map_err(|error| unable(error.into()))?;
        let output = rest(std::fs::File::from(OwnedFd::from(stdout)), "/bin/sh", watch, EACH, 0)?;
        let status = loop {
            match running.0.try_wait().map_err(unable)? {
                Some(status) => break status,
                None => {
                    (watch.poll)()?;
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        };
        Ok(Ran { output, code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)) })
    }
}
