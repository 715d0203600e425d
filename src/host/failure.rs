//! Errors of the system as APL errors.

use std::io;

use crate::error::{ErrorKind, Fault, Particulars};

/// What the system says about a failure to do something with the file `name`: `name: Unable to open file ("…")`.
///
/// FILE NAME ERROR if the name is the trouble, FILE ACCESS ERROR if the file is, FILE SYSTEM NO SPACE on a full disk, and
/// FILE SYSTEM ERROR for all else. `⎕DMX.OSError` has the number of the error and its text.
pub fn failed(name: &str, action: &str, error: io::Error) -> Fault {
    use io::ErrorKind::*;
    let kind = match error.kind() {
        NotFound | AlreadyExists | NotADirectory | InvalidFilename => ErrorKind::FileName,
        PermissionDenied | IsADirectory | DirectoryNotEmpty | ReadOnlyFilesystem | ResourceBusy
        | ExecutableFileBusy | InvalidInput | CrossesDevices | NotSeekable | Unsupported => ErrorKind::FileAccess,
        _ if error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error()) => ErrorKind::FileAccess,
        StorageFull | QuotaExceeded | FileTooLarge => ErrorKind::from_number(34),
        OutOfMemory => ErrorKind::WsFull,
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => ErrorKind::FileName,
        _ => ErrorKind::from_number(26),
    };
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
    let os_error = (1, error.raw_os_error().unwrap_or(0), text.clone());
    let message = format!("{name}: Unable to {action} (\"{text}\")");
    Fault::new(kind).because(message).with_particulars(Particulars { os_error, ..Particulars::default() })
}
