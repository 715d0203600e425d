//! The settings with which a session begins: memory limit, console, seed, time limit.

use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super::Session;
use crate::array::Memory;
use crate::bounds::Held;
use crate::context::{Asked, Console, Context, Interrupt, PAGE_WIDTHS};
use crate::host::{Host, Rights, Substitute};
use crate::system::clear_ws;

/// Settings of a session before it begins.
///
/// ```
/// use std::time::Duration;
///
/// let builder = zilde::Session::builder().memory_limit(1 << 28).time_limit(Some(Duration::from_secs(10)));
/// assert_eq!(builder.build().eval("+/⍳4")?.to_string(), "10");
/// # Ok::<(), zilde::Fault>(())
/// ```
#[derive(Default)]
pub struct SessionBuilder {
    memory_limit: Option<usize>,
    console: Option<Box<dyn Console + Send>>,
    seed: Option<u64>,
    time_limit: Option<Duration>,
    page_width: Option<usize>,
    interrupt: Option<Interrupt>,
    rights: Rights,
    temporary: Option<PathBuf>,
    records: bool,
    substitute: Option<Substitute>,
}

impl SessionBuilder {
    /// The workspace budget in bytes; by default half of the machine's memory or of the control group's limit.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().memory_limit(1 << 20).build();
    /// assert_eq!(session.eval("⍳1E6").unwrap_err().kind(), zilde::ErrorKind::WsFull);
    /// ```
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = Some(bytes);
        self
    }

    /// Where output goes and input comes from; by default standard output and no input.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// /// Keeps what is shown.
    /// struct Page(Arc<Mutex<String>>);
    ///
    /// impl zilde::Console for Page {
    ///     fn write(&mut self, text: &str) -> std::io::Result<()> {
    ///         self.0.lock().expect("no panic").push_str(text);
    ///         Ok(())
    ///     }
    ///
    ///     fn read(&mut self, _asked: zilde::Asked<'_>) -> std::io::Result<Option<String>> {
    ///         Ok(None)
    ///     }
    /// }
    ///
    /// let text = Arc::new(Mutex::new(String::new()));
    /// zilde::Session::builder().console(Box::new(Page(text.clone()))).build().run("⍳3");
    /// assert_eq!(*text.lock().expect("no panic"), "1 2 3\n");
    /// ```
    pub fn console(mut self, console: Box<dyn Console + Send>) -> Self {
        self.console = Some(console);
        self
    }

    /// The seed of `?`; without one, numbers differ from session to session.
    ///
    /// ```
    /// let roll = || zilde::Session::builder().seed(Some(7)).build().eval("?1E9");
    /// assert_eq!(roll()?, roll()?);
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn seed(mut self, seed: Option<u64>) -> Self {
        self.seed = seed;
        self
    }

    /// How long each line may take that the session evaluates; then INTERRUPT.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let mut session = zilde::Session::builder().time_limit(Some(Duration::from_millis(10))).build();
    /// assert_eq!(session.eval("{∇⍵}1").unwrap_err().kind(), zilde::ErrorKind::Interrupt);
    /// ```
    pub fn time_limit(mut self, limit: Option<Duration>) -> Self {
        self.time_limit = limit;
        self
    }

    /// `⎕PW` to begin with; by default it is as wide as the terminal, and 80 where there is none.
    ///
    /// ```
    /// assert_eq!(zilde::Session::builder().page_width(50).build().eval("⎕PW")?.to_string(), "50");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn page_width(mut self, columns: usize) -> Self {
        self.page_width = Some(columns);
        self
    }

    /// A handle made beforehand, for signal handlers.
    ///
    /// ```
    /// let stop = zilde::Interrupt::default();
    /// let mut session = zilde::Session::builder().interrupt(stop.clone()).build();
    /// stop.raise();
    /// assert!(session.eval("{∇⍵}1").is_err());
    /// ```
    pub fn interrupt(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    /// What the session may do outside of its process: read and write files, read the environment. By default nothing.
    ///
    /// ```
    /// use zilde::{Rights, Session};
    ///
    /// let read = "≢⊃⎕NGET 'Cargo.toml'";
    /// assert!(Session::new().eval(read).is_err());
    /// assert!(Session::builder().rights(Rights::none().read("Cargo.toml")).build().eval(read).is_ok());
    /// ```
    pub fn rights(mut self, rights: Rights) -> Self {
        self.rights = rights;
        self
    }

    /// The folder that `739⌶` gives; by default that of the system.
    ///
    /// ```
    /// let mut session = zilde::Session::builder().temporary_folder("/scratch").build();
    /// assert_eq!(session.eval("739⌶0")?.to_string(), "/scratch");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn temporary_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.temporary = Some(folder.into());
        self
    }

    /// Records which phrases of loaded files are run.
    pub(crate) fn recording(mut self, records: bool) -> Self {
        self.records = records;
        self
    }

    /// Reads a source file as another one.
    pub(crate) fn substitute(mut self, substitute: Option<Substitute>) -> Self {
        self.substitute = substitute;
        self
    }

    /// The session.
    ///
    /// ```
    /// let mut session = zilde::SessionBuilder::default().build();
    /// assert_eq!(session.eval("⌽1 2")?.to_string(), "2 1");
    /// # Ok::<(), zilde::Fault>(())
    /// ```
    pub fn build(mut self) -> Session {
        let console: Box<dyn Console> = match self.console.take() {
            Some(console) => console,
            None => Box::new(Stdout),
        };
        self.build_with(console)
    }

    /// Makes the session on a thread of its own, which runs `work` with it, and whose stack is large enough for deep
    /// recursion. A session stays on its thread; its settings can be sent to one, and [`SessionBuilder::interrupt`] gives a
    /// handle that stops it from any thread.
    ///
    /// ```
    /// use zilde::{Interrupt, Session};
    ///
    /// let stop = Interrupt::default();
    /// let builder = Session::builder().interrupt(stop.clone());
    /// let thread = builder.spawn(|mut session| session.eval("+/⍳100").map(|sum| sum.to_string()))?;
    /// assert_eq!(thread.join().expect("no panic")?, "5050");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn spawn<T: Send + 'static>(
        self,
        work: impl FnOnce(Session) -> T + Send + 'static,
    ) -> std::io::Result<std::thread::JoinHandle<T>> {
        std::thread::Builder::new().stack_size(STACK).spawn(move || work(self.build()))
    }

    /// The session with a console that stays on this thread, in place of that of [`SessionBuilder::console`].
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    ///
    /// struct Lines(Rc<RefCell<Vec<String>>>);
    ///
    /// impl zilde::Console for Lines {
    ///     fn write(&mut self, text: &str) -> std::io::Result<()> {
    ///         self.0.borrow_mut().push(text.to_owned());
    ///         Ok(())
    ///     }
    ///
    ///     fn read(&mut self, _asked: zilde::Asked<'_>) -> std::io::Result<Option<String>> {
    ///         Ok(None)
    ///     }
    /// }
    ///
    /// let lines = Rc::new(RefCell::new(Vec::new()));
    /// zilde::Session::builder().build_with(Box::new(Lines(lines.clone()))).run("1+1");
    /// assert_eq!(lines.borrow().concat(), "2\n");
    /// ```
    pub fn build_with(self, console: Box<dyn Console>) -> Session {
        let memory = Memory::new(self.memory_limit.unwrap_or_else(default_limit));
        let mut context = Context::new(memory, self.interrupt.unwrap_or_default(), console);
        context.host = Host::new(self.rights).with_temporary_folder(self.temporary).with_substitute(self.substitute);
        let mut settings = context.settings();
        if let Some(columns) = self.page_width {
            settings.pw = Some(columns.clamp(*PAGE_WIDTHS.start(), *PAGE_WIDTHS.end()));
        }
        context.set_settings(settings);
        let root = clear_ws(&context);
        if self.records {
            root.workspace.recorder.begin();
        }
        let session = Session {
            context: Rc::new(context),
            root,
            show_shy: false,
            origin: None,
            seed: self.seed,
            time_limit: self.time_limit,
            held: Rc::new(Held::at_start()),
            prompt: None,
            at: None,
            is_lent: false,
            last_input: Rc::default(),
            made: Rc::default(),
        };
        session.begin_random();
        session.furnish();
        session
    }
}

/// Stack of a thread of its own. Deeper recursion goes on in pieces that are charged to the workspace.
const STACK: usize = 16 << 20;

/// Standard output, and no input.
struct Stdout;

impl Console for Stdout {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    fn read(&mut self, _asked: Asked<'_>) -> std::io::Result<Option<String>> {
        Ok(None)
    }
}

/// Half of the memory that the machine, the control group or the process limit grants; 1 GiB where none says.
fn default_limit() -> usize {
    let number = |text: String| text.trim().parse::<usize>().ok();
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok().and_then(number));
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<usize>().ok()?.checked_mul(1024)
    });
    let process = std::fs::read_to_string("/proc/self/limits").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
        line.split_whitespace().next()?.parse::<usize>().ok()
    });
    let limit = [group, machine, process].into_iter().flatten().min().unwrap_or(2 << 30);
    limit / 2
}
