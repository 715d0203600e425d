//! Places of files: a folder that is open, and a name in it.
//!
//! A name that is judged is resolved first: `.`, `..` and links are followed, so that the result has none of them. Then the
//! folders on the way are opened one after the other, each without following links. So what is accessed is what was
//! judged, even if somebody else changes links in the meantime.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags, Stat};

/// Links that are followed on the way to a file.
const LINKS: usize = 40;

/// Bytes that are not UTF-8 are shown as characters of a private plane: this one for the byte 0.
const ODD_BYTES: u32 = 0x10_ff00;

/// The path that a file name stands for.
pub fn path_of(name: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(name.len());
    for c in name.chars() {
        match (c as u32).checked_sub(ODD_BYTES) {
            Some(byte @ 0x80..=0xff) => bytes.push(byte as u8),
            _ => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    OsString::from_vec(bytes).into()
}

/// A path as a file name that stands for it.
pub fn name_of(path: &Path) -> String {
    let mut name = String::new();
    for piece in path.as_os_str().as_bytes().utf8_chunks() {
        name += piece.valid();
        name.extend(piece.invalid().iter().filter_map(|&byte| char::from_u32(ODD_BYTES + u32::from(byte))));
    }
    name
}

/// Where a file is, or would be.
#[derive(Debug)]
pub struct Place {
    /// The name that the program gave.
    pub name: String,
    /// The folder; the path starts at the present folder where there is none.
    folder: Option<OwnedFd>,
    /// The file's name in the folder; a whole path if there is none.
    path: PathBuf,
    /// Whether a link with this name is followed.
    follow: bool,
}

impl Place {
    /// A place that needs no judgement, as everything is allowed.
    pub(super) fn unjudged(name: &str, path: PathBuf, follow: bool) -> Place {
        Place { name: name.into(), folder: None, path, follow }
    }

    /// The place of a resolved path.
    pub(super) fn judged(name: &str, resolved: &Path) -> io::Result<Place> {
        let mut folder = open_folder(CWD, Path::new("/"))?;
        let mut parts = resolved.components().filter_map(|part| match part {
            Component::Normal(part) => Some(part),
            _ => None,
        });
        let mut last = parts.next().unwrap_or(OsStr::new("."));
        for part in parts {
            folder = match open_folder(folder.as_fd(), Path::new(last)) {
                Ok(inner) => inner,
                // The system finds no file with the empty name, whatever is to be done with it.
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    let path = PathBuf::new();
                    return Ok(Place { name: name.into(), folder: Some(folder), path, follow: false });
                }
                Err(error) => return Err(error),
            };
            last = part;
        }
        Ok(Place { name: name.into(), folder: Some(folder), path: last.into(), follow: false })
    }

    pub(super) fn folder(&self) -> BorrowedFd<'_> {
        self.folder.as_ref().map_or(CWD, AsFd::as_fd)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The place of another file in the same folder.
    pub(super) fn sibling(&self, name: &str) -> io::Result<Place> {
        if self.path.as_os_str().is_empty() {
            return Err(rustix::io::Errno::NOENT.into());
        }
        let folder = self.folder.as_ref().map(OwnedFd::try_clone).transpose()?;
        Ok(Place { name: self.name.clone(), folder, path: self.path.with_file_name(name), follow: false })
    }

    /// The place that a link with this name leads to, or this one; nothing if it leads nowhere.
    pub(super) fn followed(&self) -> Option<Place> {
        let path = match self.follow {
            true => resolve(&self.path, true).ok()?,
            false => self.path.clone(),
        };
        let folder = self.folder.as_ref().map(OwnedFd::try_clone).transpose().ok()?;
        Some(Place { name: self.name.clone(), folder, path, follow: false })
    }

    /// Opens the file; waits for nothing, not even for the other end of a pipe.
    pub(super) fn open(&self, flags: OFlags) -> io::Result<File> {
        let mut flags = flags | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        if !self.follow {
            flags |= OFlags::NOFOLLOW;
        }
        Ok(rustix::fs::openat(self.folder(), &self.path, flags, Mode::from_raw_mode(0o666))?.into())
    }

    /// Where a link leads to, as it says itself.
    pub fn target(&self) -> Option<String> {
        let target = rustix::fs::readlinkat(self.folder(), &self.path, Vec::new()).ok()?;
        Some(name_of(Path::new(OsStr::from_bytes(target.to_bytes()))))
    }

    /// Whether the system lets the process write the file, or else read it.
    pub fn allows(&self, writing: bool) -> bool {
        let access = if writing { rustix::fs::Access::WRITE_OK } else { rustix::fs::Access::READ_OK };
        rustix::fs::accessat(self.folder(), &self.path, access, AtFlags::empty()).is_ok()
    }

    /// What the system knows of the file.
    pub fn stat(&self) -> io::Result<Stat> {
        let flags = if self.follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        Ok(rustix::fs::statat(self.folder(), &self.path, flags)?)
    }

    /// Renames the file; if `keep`, not over another one.
    pub(super) fn rename(&self, to: &Place, keep: bool) -> io::Result<()> {
        let flags = if keep { RenameFlags::NOREPLACE } else { RenameFlags::empty() };
        Ok(rustix::fs::renameat_with(self.folder(), &self.path, to.folder(), &to.path, flags)?)
    }
}

#[cfg(target_os = "linux")]
const FOLDER: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const FOLDER: OFlags = OFlags::RDONLY;

fn open_folder(from: BorrowedFd<'_>, name: &Path) -> io::Result<OwnedFd> {
    let flags = FOLDER | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(from, name, flags, Mode::empty())?)
}

/// The absolute path of a file without `.`, `..` and links; of the last name only if `follow`. The last names may be
/// those of files that do not exist.
pub fn resolve(path: &Path, follow: bool) -> io::Result<PathBuf> {
    let mut resolved = PathBuf::new();
    if path.is_relative() {
        resolved = std::env::current_dir()?;
    }
    let mut rest: VecDeque<OsString> = path.components().map(|part| part.as_os_str().to_owned()).collect();
    let (mut links, mut missing) = (0, false);
    while let Some(part) = rest.pop_front() {
        let part = match Path::new(&part).components().next() {
            Some(Component::RootDir) => {
                resolved = PathBuf::from("/");
                continue;
            }
            Some(Component::ParentDir) if missing => return Err(io::ErrorKind::NotFound.into()),
            Some(Component::ParentDir) => {
                resolved.pop();
                continue;
            }
            Some(Component::Normal(_)) => part,
            _ => continue,
        };
        resolved.push(&part);
        if missing || rest.is_empty() && !follow {
            continue;
        }
        match std::fs::symlink_metadata(&resolved) {
            Ok(about) if about.is_symlink() => {
                links += 1;
                if links > LINKS {
                    return Err(rustix::io::Errno::LOOP.into());
                }
                let target = std::fs::read_link(&resolved)?;
                resolved.pop();
                for part in target.components().rev() {
                    rest.push_front(part.as_os_str().to_owned());
                }
            }
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                missing = true
            }
            Err(error) => return Err(error),
        }
    }
    Ok(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn names_stand_for_any_bytes() {
        for bytes in [&b"plain"[..], b"\xff\x80a\xc3", "é⍵\u{10ff01}".as_bytes()] {
            let path = PathBuf::from(OsString::from_vec(bytes.to_vec()));
            assert_eq!(path_of(&name_of(&path)), path);
        }
        assert_eq!(name_of(Path::new("a/é")), "a/é");
    }

    #[test]
    fn links_are_resolved() {
        let folder = super::super::TemporaryFolder::new().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("../a/b/./", root.join("a/in")).unwrap();
        symlink("/etc", root.join("out")).unwrap();
        symlink("nowhere", root.join("a/dangling")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let resolved = |name: &str, follow| resolve(&root.join(name), follow).map_err(|error| error.kind());
        assert_eq!(resolved("a/in/x", true), Ok(root.join("a/b/x")));
        assert_eq!(resolved("a/in", false), Ok(root.join("a/in")));
        assert_eq!(resolved("a/in/../../new/file", true), Ok(root.join("new/file")));
        assert_eq!(resolved("out/passwd", true), Ok(std::fs::canonicalize("/etc").unwrap().join("passwd")));
        assert_eq!(resolved("a/dangling", true), Ok(root.join("a/nowhere")));
        assert_eq!(resolved("nothing/../a", true), Err(io::ErrorKind::NotFound));
        assert!(resolved("loop", true).is_err());
        assert_eq!(resolve(Path::new("x"), true).unwrap(), resolve(Path::new("."), true).unwrap().join("x"));
    }

    /// What was judged is opened, not what a link leads to that somebody has put there since.
    #[test]
    fn a_judged_place_follows_no_links() {
        let folder = super::super::TemporaryFolder::new().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("a")).unwrap();
        std::fs::write(root.join("a/file"), "inside").unwrap();
        let place = Place::judged("file", &root.join("a/file")).unwrap();
        assert!(place.open(OFlags::RDONLY).is_ok());
        std::fs::remove_file(root.join("a/file")).unwrap();
        symlink("/etc/passwd", root.join("a/file")).unwrap();
        assert!(place.open(OFlags::RDONLY).is_err());
        std::fs::rename(root.join("a"), root.join("b")).unwrap();
        symlink("b", root.join("a")).unwrap();
        let place = Place::judged("file", &root.join("a/file")).unwrap();
        assert!(place.open(OFlags::RDONLY).is_err() && place.stat().is_err());
    }
}
