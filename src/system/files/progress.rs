//! The option `ProgressCallback` of `⎕NCOPY` and `⎕NMOVE`: a function of the program that is called while files are copied.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::array::{Array, Reference, Type, Value, convert};
use crate::context::Context;
use crate::error::{ErrorKind, Fault, Result};
use crate::function::Fun;
use crate::names::{Binding, Space};
use crate::system::Call;
use crate::system::growing::{Items, characters};

/// What is told, and to whom.
pub struct Progress<'a> {
    context: &'a Context,
    /// `⎕NCOPY` or `⎕NMOVE`.
    teller: &'static str,
    function: Fun,
    /// The left argument of the function.
    data: Option<Value>,
    /// The namespace that the function is given, and the one in it with the options.
    info: Rc<Space>,
    options: Rc<Space>,
    reference: Reference,
    /// Files that were copied, and files that there are.
    done: usize,
    limit: usize,
    /// What was done since the function was called last, and when that was.
    since: usize,
    last: VecDeque<String>,
    called: Instant,
}

impl<'a> Progress<'a> {
    /// What the option asks for: the name of a function, or its name and its left argument. Calls it for the first time.
    pub fn start(call: &Call<'a>, teller: &'static str) -> Result<Option<Progress<'a>>> {
        let Some(value) = call.options.get("ProgressCallback") else { return Ok(None) };
        let context = call.context;
        let memory = context.memory();
        let (name, data) = match value.kind() == Type::Nested && value.rank() == 1 && value.count() == 2 {
            true => (value.item(memory, 0)?, Some(value.item(memory, 1)?)),
            false => (value.clone(), None),
        };
        let name = convert::text(memory, &name)?;
        let Binding::Function(function) = crate::names::find(call.space, call.scope, name.trim()) else {
            return Err(Fault::domain().with_detail(format!("ProgressCallback: {name} is no function")));
        };
        let (info, reference) = call.space.child(context, None)?;
        let (options, inner) = info.child(context, Some("Options"))?;
        for (name, value) in [("ScanFirst", 1), ("Delay", 0), ("Skip", 0), ("LastFileCount", 1)] {
            set(&options, name, Value::Int(value));
        }
        set(&info, "Options", inner.into());
        set(&info, "Data", Value::zilde());
        let called = Instant::now();
        let (done, limit, since, last) = (0, 0, 0, VecDeque::new());
        let mut progress =
            Progress { context, teller, function, data, info, options, reference, done, limit, since, last, called };
        progress.tell("Start")?;
        Ok(Some(progress))
    }

    /// Whether files are counted before the first is copied.
    pub fn scans(&self) -> Result<bool> {
        Ok(self.option("ScanFirst")? != 0)
    }

    /// A file was found that is going to be copied.
    pub fn found(&mut self, name: &str) -> Result<()> {
        self.limit += 1;
        self.step("Scan", name)
    }

    /// All files have been found.
    pub fn scanned(&mut self) {
        self.since = 0;
        self.last.clear();
    }

    /// A file was copied.
    pub fn copied(&mut self, name: &str) -> Result<()> {
        self.done += 1;
        self.limit = self.limit.max(self.done);
        self.step("Progress", name)
    }

    /// Everything is done.
    pub fn end(mut self) -> Result<()> {
        self.limit = self.done;
        self.tell("Done")
    }

    fn step(&mut self, event: &'static str, name: &str) -> Result<()> {
        self.since += 1;
        let most = usize::try_from(self.option("LastFileCount")?).unwrap_or(usize::MAX);
        if most > 0 {
            if self.last.len() >= most {
                self.last.pop_front();
            }
            self.last.push_back(name.to_owned());
        }
        let skips = usize::try_from(self.option("Skip")?).unwrap_or(0);
        let waits = Duration::from_millis(u64::try_from(self.option("Delay")?).unwrap_or(0));
        if self.since > skips && self.called.elapsed() >= waits { self.tell(event) } else { Ok(()) }
    }

    /// Calls the function. INTERRUPT if it wants no more.
    fn tell(&mut self, event: &str) -> Result<()> {
        let context = self.context;
        set(&self.info, "Progress", Value::from(self.done));
        set(&self.info, "Limit", Value::from(self.limit));
        let mut last = Items::new(context);
        for name in self.last.drain(..) {
            last.push(characters(context, &name)?)?;
        }
        set(&self.info, "Last", last.into_value(context.text("")?)?);
        let told = vec![context.text(self.teller)?, context.text(event)?, self.reference.clone().into()];
        let told = Array::from_items(context.memory(), &[3], told, || Value::Int(0))?;
        let goes_on = self.function.call(context, self.data.clone(), told.into())?;
        context.shy.set(false);
        self.since = 0;
        self.called = Instant::now();
        match convert::int(&goes_on) {
            Ok(1) => Ok(()),
            Ok(0) => Err(Fault::new(ErrorKind::Interrupt)),
            _ => Err(Fault::domain().with_detail("the function of ProgressCallback gives 1 to go on, or 0")),
        }
    }

    fn option(&self, name: &str) -> Result<i64> {
        match self.options.get(self.options.symbol(&name.into())) {
            Binding::Array(value) => convert::int(&value),
            _ => Err(Fault::value().with_detail(format!("there is no option {name}"))),
        }
    }
}

fn set(space: &Space, name: &str, value: Value) {
    drop(space.set(space.symbol(&name.into()), Binding::Array(value)));
}
