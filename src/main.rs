//! The command line.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Counts what is allocated, so that a session can bound it. docs/safety.md says how to build a program without it, which
/// shows what it costs.
#[cfg(not(without_counting))]
#[global_allocator]
static ALLOCATOR: zilde::CountingAllocator = zilde::CountingAllocator;

/// Whether the process was started without standard output, as with `zilde >&-` in a shell.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Looks at standard output before Rust's runtime does: where it is closed, the runtime opens `/dev/null` in its place,
/// and a program can no longer tell that its output is lost.
#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look_at_standard_output() {
    CLOSED.store(rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err(), Ordering::Relaxed);
}

fn main() -> ExitCode {
    zilde::frontend::main(CLOSED.load(Ordering::Relaxed))
}
