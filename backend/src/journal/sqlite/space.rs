//! Whether a write was refused for want of room. SQLite tells a full disk from a broken one, but takes a quota that is
//! used up and a limit on the size of files for the broken one, and does not tell what the system said. So the system is
//! asked again, with a file that holds nothing.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Error, ffi};

use super::folder::private;

/// What is written to try it: pages of SQLite's, so many that an entry of any length needs fewer.
const PAGE: [u8; 4096] = [0; 4096];
const PAGES: u64 = 16;

/// Where a journal lies.
#[derive(Clone, Debug)]
pub(super) struct Space {
    /// The journal and its log: what is tried begins where they end, for a limit on sizes to be met.
    files: [PathBuf; 2],
    trial: PathBuf,
}

impl Space {
    /// Beside this file.
    pub(super) fn beside(file: &Path) -> Self {
        let with = |end: &str| {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        Self {
            files: [file.to_owned(), with("-wal")],
            trial: with("-trial"),
        }
    }

    /// What the system says of the refused write behind `error`, if that is what it is and still so.
    pub(super) fn refusal(&self, error: &Error) -> Option<io::Error> {
        let code = error.sqlite_error()?.extended_code;
        if code != ffi::SQLITE_IOERR_WRITE {
            return None;
        }
        let refused = self.try_out().err();
        // It may not even have been made.
        let _ = fs::remove_file(&self.trial);
        refused
    }

    /// The same, if it is for want of room.
    pub(super) fn want(&self, error: &Error) -> Option<io::Error> {
        self.refusal(error).filter(is_want)
    }

    fn try_out(&self) -> io::Result<()> {
        let length = |file| fs::metadata(file).map_or(0, |found| found.len());
        let end = self.files.iter().map(length).max().unwrap_or(0);
        let trial = private().truncate(true).open(&self.trial)?;
        for page in 0..PAGES {
            trial.write_all_at(&PAGE, end + page * PAGE.len() as u64)?;
        }
        // Some file systems count only now.
        trial.sync_all()
    }
}

/// Whether it is for want of room.
pub(super) fn is_want(refusal: &io::Error) -> bool {
    matches!(
        refusal.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
