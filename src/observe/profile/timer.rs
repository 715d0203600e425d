//! What times are taken from: the timers of a profile, and the clock of samples.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::bounds::processor_time;

/// How often the clock of samples is set.
const SAMPLE: Duration = Duration::from_micros(100);

/// What is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timer {
    /// The processor time of the thread.
    Cpu,
    /// The time of the clock.
    #[default]
    Elapsed,
    /// The same, as a clock shows it that another thread sets every now and then: reading it costs next to nothing.
    Sampled,
    /// No time, only how often lines are run.
    None,
    /// Which lines are run.
    Coverage,
}

impl Timer {
    /// As `⎕PROFILE` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Timer::Cpu => "CPU",
            Timer::Elapsed | Timer::Sampled => "elapsed",
            Timer::None => "none",
            Timer::Coverage => "coverage",
        }
    }
}

/// A clock that a thread of its own sets.
pub struct Clock {
    now: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Clock {
    /// `None` where no thread can be started.
    pub fn new() -> Option<Clock> {
        let (now, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (set, stopped) = (now.clone(), stop.clone());
        let began = Instant::now();
        let thread = std::thread::Builder::new().name("profile".into()).stack_size(64 << 10).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                set.store(began.elapsed().as_nanos() as u64, Ordering::Relaxed);
                std::thread::sleep(SAMPLE);
            }
        });
        Some(Clock { now, stop, thread: Some(thread.ok()?) })
    }

    /// Nanoseconds.
    #[inline]
    pub fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It does nothing that could fail.
            let _ = thread.join();
        }
    }
}

/// How long reading a clock takes, and how finely it tells time, in milliseconds.
pub fn calibrate(timer: Timer) -> (f64, f64) {
    const READINGS: u32 = 2000;
    let began = Instant::now();
    let read = || match timer {
        Timer::Cpu => processor_time(),
        _ => began.elapsed(),
    };
    if matches!(timer, Timer::None | Timer::Coverage) {
        return (0.0, 0.0);
    }
    let (mut last, mut finest) = (read(), Duration::MAX);
    for _ in 0..READINGS {
        let now = read();
        if now > last {
            finest = finest.min(now - last);
        }
        last = now;
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let bias = milliseconds(began.elapsed()) / f64::from(READINGS);
    (bias, if finest == Duration::MAX { bias } else { milliseconds(finest) })
}
