//! Programs with arguments, whose streams go where they are told.

use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::fs::OFlags;

use super::programs::{EACH, Running};
use super::{Host, Place, Watch, failed};
use crate::error::{Fault, Result};

/// Where an output stream of a program goes.
pub enum Output {
    /// It is collected.
    Collected,
    /// To another stream.
    Stream(usize),
    /// Nowhere.
    Nowhere,
    /// To the end of a file.
    File(Place),
}

/// Where the standard input of a program comes from.
pub enum Input {
    /// It is empty.
    Empty,
    /// Bytes.
    Bytes(Vec<u8>),
    /// A file.
    File(Place),
}

/// A program to be run.
pub struct Job {
    /// Its name and its arguments.
    pub words: Vec<String>,
    /// The folder that it runs in, if it is another one.
    pub folder: Option<String>,
    /// Whether it has the environment of the process.
    pub inherits: bool,
    /// What its environment has besides.
    pub environment: Vec<(String, String)>,
    /// Its standard input.
    pub input: Input,
    /// Its standard output, and its standard error.
    pub outputs: [Output; 2],
    /// How long it is waited for.
    pub time: Option<Duration>,
    /// The signal that it is sent when it is left.
    pub signal: i32,
}

/// Why a program is no longer waited for.
pub enum End {
    /// It has ended with an exit code.
    Exit(i32),
    /// A signal has ended it.
    Signal(i32),
    /// Its time is over; the number of its process.
    Time(u32),
}

/// An output stream that is collected.
struct Collector {
    pipe: std::io::PipeReader,
    bytes: Vec<u8>,
    open: bool,
}

impl Collector {
    /// Takes what is there; tells whether that was anything.
    fn take(&mut self, watch: Watch) -> Result<bool> {
        use std::io::Read;
        let mut piece = [0; 1 << 16];
        let count = match self.pipe.read(&mut piece) {
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(false),
            Err(_) => 0,
        };
        self.open = count > 0;
        watch.memory.check((self.bytes.len() + count).saturating_mul(EACH))?;
        self.bytes.extend_from_slice(&piece[..count]);
        Ok(count > 0)
    }
}

impl Host {
    /// Runs a program: why it has ended, and what was collected of its streams 1 and 2. DOMAIN ERROR without the right.
    pub fn execute(&self, job: Job, watch: Watch) -> Result<(End, [Option<Vec<u8>>; 2])> {
        use std::os::unix::process::ExitStatusExt;
        self.may_run()?;
        let name = job.words.first().cloned().unwrap_or_default();
        let unable = |error| failed(&name, "run program", error);
        let mut program = Command::new(super::path_of(&name));
        program.args(job.words.iter().skip(1).map(|word| super::path_of(word))).process_group(0);
        if let Some(folder) = &job.folder {
            program.current_dir(super::path_of(folder));
        }
        if !job.inherits {
            program.env_clear();
        }
        program.envs(job.environment.iter().map(|(name, value)| (name, value)));
        program.stdin(match &job.input {
            Input::Empty => Stdio::null(),
            Input::Bytes(_) => Stdio::piped(),
            Input::File(place) => {
                let file = place.open(OFlags::RDONLY).map_err(|error| failed(&place.name, "open file", error))?;
                Stdio::from(file)
            }
        });
        let mut collectors: [Option<Collector>; 2] = [None, None];
        let mut writers: [Option<std::io::PipeWriter>; 2] = [None, None];
        for (at, output) in job.outputs.iter().enumerate() {
            if matches!(output, Output::Collected) {
                let (reader, writer) = std::io::pipe().map_err(unable)?;
                rustix::fs::fcntl_setfl(&reader, OFlags::NONBLOCK).map_err(|error| unable(error.into()))?;
                collectors[at] = Some(Collector { pipe: reader, bytes: Vec::new(), open: true });
                writers[at] = Some(writer);
            }
        }
        for at in 0..2 {
            let to = if let Output::Stream(stream) = job.outputs[at] { stream.wrapping_sub(1) } else { at };
            let stream = match (job.outputs.get(to), writers.get(to)) {
                (Some(Output::Collected), Some(Some(writer))) => Stdio::from(writer.try_clone().map_err(unable)?),
                (Some(Output::Nowhere), _) => Stdio::null(),
                (Some(Output::File(place)), _) => {
                    let flags = OFlags::WRONLY | OFlags::APPEND;
                    Stdio::from(place.open(flags).map_err(|error| failed(&place.name, "open file", error))?)
                }
                _ => return Err(Fault::domain().with_detail("a stream goes to a stream that goes nowhere")),
            };
            if at == 0 {
                program.stdout(stream)
            } else {
                program.stderr(stream)
            };
        }
        let mut running = Running(program.spawn().map_err(unable)?);
        // Only the program has the other ends of the pipes now.
        drop((program, writers));
        if let (Input::Bytes(bytes), Some(mut pipe)) = (job.input, running.0.stdin.take()) {
            // Ends when all is written, or when nobody reads it any more.
            std::thread::spawn(move || std::io::Write::write_all(&mut pipe, &bytes));
        }
        let began = std::time::Instant::now();
        let end = loop {
            (watch.poll)()?;
            let mut busy = false;
            for collector in collectors.iter_mut().flatten().filter(|collector| collector.open) {
                busy |= collector.take(watch)?;
            }
            if busy {
                continue;
            }
            // What it has written before its end has come; what it has started in the background may go on.
            if let Some(status) = running.0.try_wait().map_err(unable)? {
                for collector in collectors.iter_mut().flatten().filter(|collector| collector.open) {
                    while collector.take(watch)? {}
                }
                break match status.code() {
                    Some(code) => End::Exit(code),
                    None => End::Signal(status.signal().unwrap_or(0)),
                };
            }
            if job.time.is_some_and(|time| began.elapsed() >= time) {
                break End::Time(self.leave(running, job.signal));
            }
            match collectors.iter().flatten().find(|collector| collector.open) {
                Some(collector) => drop(super::read::wait(&collector.pipe, rustix::event::PollFlags::IN)),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        Ok((end, collectors.map(|collector| collector.map(|collector| collector.bytes))))
    }

    /// Leaves a program to itself, after a signal; gives the number of its process.
    fn leave(&self, running: Running, signal: i32) -> u32 {
        let number = running.0.id();
        if let Ok(signal) = Signal::try_from(signal) {
            // It may end by itself in this moment.
            let _ = killpg(Pid::from_raw(number as i32), signal);
        }
        // When it ends, the system may forget it.
        std::thread::spawn(move || {
            let mut running = running;
            running.0.wait()
        });
        number
    }
}
