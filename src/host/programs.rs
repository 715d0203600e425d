//! Commands of the system's shell.

use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::fs::OFlags;

use super::read::rest;
use super::{Host, Watch, failed};
use crate::error::{Fault, Result};

/// Bytes of the budget that a byte of output takes: itself, its character, and a part of what a line takes.
const EACH: usize = 8;

/// What a command has written to its standard output, and its exit code; a signal that ended it counts from 128 on, as in
/// the shell.
pub struct Ran {
    /// The output.
    pub output: Vec<u8>,
    /// The exit code.
    pub code: i32,
}

/// A running command, with all that it has started. It is killed unless it has ended.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            // It may end by itself in this moment.
            let _ = killpg(Pid::from_raw(self.0.id() as i32), Signal::SIGKILL);
            let _ = self.0.wait();
        }
    }
}

impl Host {
    /// Runs a command by the shell, without input; its standard error is that of the process. DOMAIN ERROR without the right.
    pub fn run(&self, command: &str, watch: Watch) -> Result<Ran> {
        use std::os::unix::process::ExitStatusExt;
        if !self.rights.programs {
            let detail = "running programs needs the right to it, --allow-run";
            return Err(Fault::domain().because("Programs may not be run").with_detail(detail));
        }
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
