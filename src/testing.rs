//! Helpers for Rust tests of APL programs: run the tests of a folder, with native kernels to compare with; compare arrays
//! with a tolerance.
#![allow(clippy::panic)] // these are assertions

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array, ArrayD, ArrayViewD, Dimension};

use crate::array::Value;
use crate::library::Output;
use crate::session::Session;
#[doc(hidden)]
pub use crate::tally::Outcome;
use crate::tester::{self, Define, Plan, Project, mutation};

/// Runs the tests of a folder or a file, as `zilde test` does.
///
/// # Panics
/// With the report, where anything is not as the files expect, or there is nothing to test.
///
/// ```no_run
/// zilde::testing::run_dir("tests/apl");
/// ```
#[track_caller]
pub fn run_dir(path: impl AsRef<Path>) {
    Suite::new(path).run();
}

/// The tests of a folder or a file, with functions that are written in Rust: so that APL programs are tested against
/// native kernels.
///
/// A transcript such as
///
/// ```text
/// ⍝! forall x←float n m · y←float m k
///       (x+.×y)≡x nativeProduct y
/// 1
/// ```
///
/// is run with
///
/// ```no_run
/// use ndarray::Ix2;
/// use zilde::testing::Suite;
///
/// Suite::new("tests/apl")
///     .define("nativeProduct", |x, y| {
///         let product = x.into_dimensionality::<Ix2>()?.dot(&y.into_dimensionality::<Ix2>()?);
///         Ok::<_, zilde::Fault>(product)
///     })
///     .run();
/// ```
pub struct Suite {
    plan: Plan,
}

impl Suite {
    /// The tests of a folder or a file.
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").run();
    /// ```
    pub fn new(path: impl AsRef<Path>) -> Suite {
        let path = path.as_ref().to_path_buf();
        // What is wrong with the file of the project is told by the run.
        Suite { plan: Plan { paths: vec![path], jobs: Some(1), ..Plan::default() } }
    }

    fn with(mut self, define: Define) -> Suite {
        self.plan.limits.natives.push(define);
        self
    }

    /// Gives every file a dyadic function of arrays of numbers; see [`Session::define`].
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").define("nativeSum", |x, y| &x + &y).run();
    /// ```
    pub fn define<R: Output>(
        self,
        name: &str,
        function: impl Fn(ArrayViewD<'_, f64>, ArrayViewD<'_, f64>) -> R + Send + Sync + 'static,
    ) -> Suite {
        let (name, function) = (name.to_owned(), Arc::new(function));
        self.with(Arc::new(move |session: &mut Session| {
            let function = function.clone();
            session.define(&name, move |left, right| function(left, right))
        }))
    }

    /// Gives every file a monadic function of an array of numbers; see [`Session::define1`].
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").define1("nativeTotal", |x| x.sum()).run();
    /// ```
    pub fn define1<R: Output>(
        self,
        name: &str,
        function: impl Fn(ArrayViewD<'_, f64>) -> R + Send + Sync + 'static,
    ) -> Suite {
        let (name, function) = (name.to_owned(), Arc::new(function));
        self.with(Arc::new(move |session: &mut Session| {
            let function = function.clone();
            session.define1(&name, move |right| function(right))
        }))
    }

    /// Gives every file a function of any values; see [`Session::define_values`].
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").define_values("nativeRank", |_, x| x.rank() as i64).run();
    /// ```
    pub fn define_values<R: Output>(
        self,
        name: &str,
        function: impl Fn(Option<&Value>, &Value) -> R + Send + Sync + 'static,
    ) -> Suite {
        let (name, function) = (name.to_owned(), Arc::new(function));
        self.with(Arc::new(move |session: &mut Session| {
            let function = function.clone();
            session.define_values(&name, move |left, right| function(left, right))
        }))
    }

    /// Loads a source file or folder before each file, as `⍝! load` does.
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").load("src").run();
    /// ```
    pub fn load(mut self, path: impl AsRef<Path>) -> Suite {
        let path = path.as_ref();
        self.plan.project.load.push(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
        self
    }

    /// The number of drawings of each property, in place of 100.
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").cases(1000).run();
    /// ```
    pub fn cases(mut self, cases: u32) -> Suite {
        self.plan.limits.cases = Some(cases.max(1));
        self
    }

    /// The seed of the drawings.
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").seed(7).run();
    /// ```
    pub fn seed(mut self, seed: u64) -> Suite {
        self.plan.limits.drawing_seed = Some(seed);
        self
    }

    /// Runs the tests; what is not as expected is an error with the report as its text.
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// if let Err(report) = Suite::new("tests/apl").check() {
    ///     eprintln!("{report}");
    /// }
    /// ```
    pub fn check(self) -> Result<(), String> {
        let tested = tester::test(&self.plan()?);
        if tested.summary.code() == 0 { Ok(()) } else { Err(tested.report()) }
    }

    /// Changes one word of the loaded code at a time, as `zilde test --mutate` does, for as long as `budget`; gives the report
    /// about the changes that no test notices. What is wrong with the tests as the code is is an error.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use zilde::testing::Suite;
    ///
    /// println!("{}", Suite::new("tests/apl").mutate(Duration::from_secs(60))?);
    /// # Ok::<(), String>(())
    /// ```
    pub fn mutate(self, budget: Duration) -> Result<String, String> {
        match mutation::mutate(&self.plan()?, Some(budget)) {
            Ok(mutation) => Ok(mutation.report()),
            Err(tested) => Err(tested.report()),
        }
    }

    /// What is to be run, with what the project says.
    fn plan(mut self) -> Result<Plan, String> {
        let load = std::mem::take(&mut self.plan.project.load);
        let project = Project::of(&self.plan.paths[0])?;
        let limits = &mut self.plan.limits;
        limits.memory = limits.memory.or(project.max_ws);
        limits.time = limits.time.or(project.timeout);
        limits.file_time = project.file_timeout;
        limits.seed = project.seed;
        limits.cases = limits.cases.or(project.cases);
        limits.tolerance = project.tolerance;
        self.plan.project = project;
        self.plan.project.load.extend(load);
        Ok(self.plan)
    }

    /// Runs the tests.
    ///
    /// # Panics
    /// With the report, where anything is not as the files expect, or there is nothing to test.
    ///
    /// ```no_run
    /// use zilde::testing::Suite;
    ///
    /// Suite::new("tests/apl").run();
    /// ```
    #[track_caller]
    pub fn run(self) {
        if let Err(report) = self.check() {
            panic!("{report}");
        }
    }
}

/// Checks that a value is an array of numbers of the same shape, each within `tolerance` of the expected one, relative
/// to the larger where that is above 1.
///
/// # Panics
/// Where it is not; the message names the first element that is not close.
///
/// ```
/// let value = zilde::Session::new().eval("÷3 7")?;
/// zilde::testing::assert_close(&value, &ndarray::array![0.333333, 0.142857], 1e-6);
/// # Ok::<(), zilde::Fault>(())
/// ```
#[track_caller]
pub fn assert_close<D: Dimension>(value: &Value, expected: &Array<f64, D>, tolerance: f64) {
    let got: ArrayD<f64> = match value.clone().try_into() {
        Ok(got) => got,
        Err(fault) => panic!("no array of real numbers: {fault}\n{value}"),
    };
    assert_eq!(got.shape(), expected.shape(), "shapes differ");
    for ((index, got), expected) in got.indexed_iter().zip(expected) {
        let close = (got - expected).abs() <= tolerance * got.abs().max(expected.abs()).max(1.0);
        assert!(close, "at {:?}: {got} is not within {tolerance} of {expected}", index.slice());
    }
}

/// Checks that a [`Value`] is close to an ndarray: `assert_apl_close!(value, array, 1e-9)`. See [`assert_close`].
#[macro_export]
macro_rules! assert_apl_close {
    ($value:expr, $expected:expr, $tolerance:expr $(,)?) => {
        $crate::testing::assert_close(&$value, &$expected, $tolerance)
    };
}
