//! `zilde test --watch`: runs again what a change of a file touches, until the process is interrupted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::exit;
use super::output::Output;
use crate::tester::{self, Plan, Tested};

/// How often the files are looked at.
const PACE: Duration = Duration::from_millis(300);

/// Runs all tests, and then again and again those whose files have changed, or files that they load.
pub fn watch(plan: &Plan, output: &Output, mut told: impl FnMut(&Tested)) -> u8 {
    let mut before: HashMap<PathBuf, u128> = HashMap::new();
    loop {
        let (files, _) = tester::found(&mut plan.clone());
        let now: HashMap<PathBuf, u128> = files.iter().map(|file| (file.clone(), state(file, plan))).collect();
        let changed: Vec<PathBuf> = files.into_iter().filter(|file| before.get(file) != now.get(file)).collect();
        if !changed.is_empty() {
            let tested = tester::test(&Plan { paths: changed, filter: None, shard: None, ..plan.clone() });
            told(&tested);
        }
        before = now;
        if output.flush().is_err() || output.broken().is_some() {
            return exit::finished(output, exit::OK);
        }
        std::thread::sleep(PACE);
    }
}

/// A number that is another one after any of the files has changed that a test file depends on.
fn state(file: &Path, plan: &Plan) -> u128 {
    let mut state = 0_u128;
    let mut work = tester::sources(file, plan);
    while let Some(path) = work.pop() {
        let Ok(about) = std::fs::metadata(&path) else { continue };
        let time = about.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        state = state.wrapping_mul(31).wrapping_add(time.map_or(0, |time| time.as_nanos()) + u128::from(about.len()));
        if about.is_dir() {
            work.extend(std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    state
}
