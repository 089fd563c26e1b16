//! The folder: made if there is none, for its owner only, and used by one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::open::OpenError;

/// The file by which processes keep each other out.
const LOCK: &str = "journal.lock";

/// Makes the folder if need be, and takes it.
pub(super) fn take(folder: &Path) -> Result<File, OpenError> {
    let unwritable = |error| OpenError::Unwritable {
        folder: folder.to_owned(),
        error,
    };
    match DirBuilder::new().recursive(true).mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory
            ) =>
        {
            return Err(OpenError::NotADirectory(folder.to_owned()));
        }
        Err(error) => return Err(unwritable(error)),
    }
    let lock = private()
        .truncate(false)
        .open(folder.join(LOCK))
        .map_err(unwritable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

/// How files are made here: for their owner only.
pub(in crate::journal) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    options
}
