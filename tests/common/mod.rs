//! A session whose output the test keeps.

#![allow(dead_code)] // each test file uses what it needs

pub mod same;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zilde::context::{Asked, Console};
use zilde::{Rights, Session};

/// Output kept as text; no input.
#[derive(Clone, Default)]
pub struct Kept(Rc<RefCell<String>>);

impl Kept {
    /// What has been written since the last time.
    pub fn text(&self) -> String {
        self.0.take()
    }
}

impl Console for Kept {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.0.borrow_mut().push_str(text);
        Ok(())
    }

    fn read(&mut self, _asked: Asked<'_>) -> std::io::Result<Option<String>> {
        Ok(None)
    }
}

/// A session of 1 GiB and what it prints. It has a folder of its own for files, and reads those of the project.
pub struct Typed {
    pub session: Session,
    kept: Kept,
    pub folder: Folder,
}

/// An empty folder; removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("folder-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Typed {
    pub fn new() -> Typed {
        let kept = Kept::default();
        let folder = Folder::new();
        let rights =
            Rights::none().read(env!("CARGO_MANIFEST_DIR")).read(&folder.0).write(&folder.0).environment().programs();
        let builder = Session::builder().memory_limit(1 << 30).seed(Some(1));
        let session = builder.rights(rights).temporary_folder(&folder.0).build_with(Box::new(kept.clone()));
        Typed { session, kept, folder }
    }

    /// What a block of lines shows.
    pub fn shows(&mut self, block: &str) -> String {
        self.session.run(block);
        self.kept.0.take()
    }

    /// A session whose `f` is its folder with a slash.
    pub fn in_folder() -> Typed {
        let mut typed = Typed::new();
        typed.shows("f←(739⌶0),'/'");
        typed
    }

    /// Each line shows 1.
    #[track_caller]
    pub fn all_true(&mut self, lines: &[&str]) {
        let mut wrong = String::new();
        for line in lines {
            let shown = self.shows(line);
            if shown != "1\n" {
                wrong += &format!("{line}\n{shown}");
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    /// A line shows a report that begins like this.
    #[track_caller]
    pub fn fails(&mut self, line: &str, report: &str) {
        let shown = self.shows(line);
        assert!(shown.starts_with(report), "{line}: {shown}");
    }

    /// The lines as a transcript: input indented by six blanks, output behind it.
    pub fn transcript(&mut self, lines: &[&str]) -> String {
        let mut text = String::new();
        for line in lines {
            text += &format!("      {line}\n");
            text += &self.shows(line);
        }
        text
    }
}
