//! The controls of lines of a function: where it stops, where it shows what it computes, and where it measures that.
//!
//! A function with controls is run statement by statement, never as the code of its whole body.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

/// What was measured of a line, or of a whole function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// How often it was run.
    pub count: u64,
    /// The processor time.
    pub busy: Duration,
    /// The time that passed.
    pub passed: Duration,
}

/// The controls of a function. Lines are counted from the header, whose number stands for the end of the function.
#[derive(Debug, Default)]
pub struct Controls {
    /// Whether there are any.
    on: Cell<bool>,
    stops: RefCell<Vec<u32>>,
    traces: RefCell<Vec<u32>>,
    monitors: RefCell<BTreeMap<u32, Measured>>,
}

/// Which control of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// `⎕STOP`: the function is suspended before the line.
    Stop,
    /// `⎕TRACE`: the statements of the line show what they give.
    Trace,
    /// `⎕MONITOR`: the line is measured.
    Monitor,
}

impl Control {
    /// All of them.
    pub const ALL: [Control; 3] = [Control::Stop, Control::Trace, Control::Monitor];

    /// The name of the system function that sets it.
    pub fn name(self) -> &'static str {
        match self {
            Control::Stop => "⎕STOP",
            Control::Trace => "⎕TRACE",
            Control::Monitor => "⎕MONITOR",
        }
    }
}

impl Controls {
    /// Whether there are any.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.on.get()
    }

    /// Whether any line is measured.
    pub fn measures(&self) -> bool {
        !self.monitors.borrow().is_empty()
    }

    /// The lines that have a control, in ascending order.
    pub fn lines(&self, control: Control) -> Vec<u32> {
        match control {
            Control::Stop => self.stops.borrow().clone(),
            Control::Trace => self.traces.borrow().clone(),
            Control::Monitor => self.monitors.borrow().keys().copied().collect(),
        }
    }

    /// Gives these lines, in ascending order, a control, and takes it from the others. What was measured is forgotten.
    pub fn set(&self, control: Control, lines: Vec<u32>) {
        match control {
            Control::Stop => *self.stops.borrow_mut() = lines,
            Control::Trace => *self.traces.borrow_mut() = lines,
            Control::Monitor => {
                *self.monitors.borrow_mut() = lines.into_iter().map(|line| (line, Measured::default())).collect();
            }
        }
        self.on.set(!self.stops.borrow().is_empty() || !self.traces.borrow().is_empty() || self.measures());
    }

    /// Sets those of a definition that this one replaces, where its lines are: `line` tells that of each. What was measured
    /// is forgotten.
    pub fn follow(&self, old: &Controls, line: impl Fn(u32) -> Option<u32>) {
        if old.is_on() {
            for control in Control::ALL {
                self.set(control, old.lines(control).into_iter().filter_map(&line).collect());
            }
        }
    }

    /// What was measured, by line.
    pub fn measurements(&self) -> BTreeMap<u32, Measured> {
        self.monitors.borrow().clone()
    }

    /// Whether the function stops before a line.
    pub fn stops_at(&self, line: u32) -> bool {
        self.stops.borrow().contains(&line)
    }

    /// Whether the statements of a line show what they give.
    pub fn traces_at(&self, line: u32) -> bool {
        self.traces.borrow().contains(&line)
    }

    /// A line was run once more, or a part of it if `count` is 0, in this time.
    pub fn measured(&self, line: u32, count: u64, busy: Duration, passed: Duration) {
        if let Some(row) = self.monitors.borrow_mut().get_mut(&line) {
            row.count += count;
            row.busy += busy;
            row.passed += passed;
        }
    }
}
