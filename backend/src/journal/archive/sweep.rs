//! No trace of who only looked.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// Removes the write-ahead log and its index, which SQLite makes even to read, when this goes and they were not there
/// before. An index that is made beside a log that was there stays: whoever takes it away must know that nobody uses it.
#[derive(Debug)]
pub(super) struct Sweep(Option<PathBuf>);

impl Sweep {
    /// Called before the file is opened.
    pub(super) fn after(file: &Path) -> Self {
        let made = !log(file).exists();
        Self(made.then(|| file.to_owned()))
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        let Some(file) = self.0.take().filter(|file| log(file).exists()) else {
            return;
        };
        // By SQLite's own rule: the last to close a journal that it may write takes both away, and nobody is the last
        // while a server has it, which may have started meanwhile. Who may not write leaves them.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let _ = Connection::open_with_flags(file, flags).and_then(|last| {
            let tables = "SELECT count(*) FROM sqlite_schema";
            last.query_row(tables, [], |_| Ok(()))
        });
    }
}

fn log(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push("-wal");
    name.into()
}
