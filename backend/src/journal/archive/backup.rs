//! A copy to keep elsewhere.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{self, Path};

use rusqlite::Connection;

use super::{Archive, ArchiveError};
use crate::journal::sqlite::{FILE, private};

impl Archive {
    /// Copies the journal as it is at this moment into `target`, a directory that is not there yet and that a server can
    /// be started on. It is on the disk when this returns.
    ///
    /// # Errors
    /// What keeps it from being read or written; then there is no `target`.
    pub fn backup(&self, target: &Path) -> Result<(), ArchiveError> {
        let unwritable = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => ArchiveError::Taken(target.to_owned()),
            _ => ArchiveError::Unwritable {
                target: target.to_owned(),
                source,
            },
        };
        self.is_elsewhere(target)?;
        DirBuilder::new()
            .mode(0o700)
            .create(target)
            .map_err(unwritable)?;
        let copied = self.copy(target);
        if copied.is_err() {
            // It was made here, and what is in it is no copy.
            let _ = fs::remove_dir_all(target);
        }
        copied
    }

    /// Whether `target` is not in the journal's own folder, by whatever way it is named.
    fn is_elsewhere(&self, target: &Path) -> Result<(), ArchiveError> {
        let home = self.file.parent().and_then(|home| home.canonicalize().ok());
        let there = target.canonicalize();
        let there = there.or_else(|_| parent(target).canonicalize());
        match (home, there) {
            (Some(home), Ok(there)) if there.starts_with(&home) => {
                Err(ArchiveError::Within(target.to_owned()))
            }
            // What cannot be found shows when it is written.
            _ => Ok(()),
        }
    }

    fn copy(&self, target: &Path) -> Result<(), ArchiveError> {
        let unwritable = |source| ArchiveError::Unwritable {
            target: target.to_owned(),
            source,
        };
        // Under another name until it is whole: no server starts on half a journal.
        let draft = target.join(format!("{FILE}.new"));
        let private = private().truncate(true).open(&draft);
        let private = private.map_err(unwritable)?;
        // From the root: a name that begins with `file:` means something else to SQLite.
        let whole = path::absolute(&draft).map_err(unwritable)?;
        // A path is bytes, whatever SQLite takes for text. It cannot be told apart whether reading or writing failed.
        self.connection
            .execute(
                "VACUUM INTO CAST(?1 AS TEXT)",
                [whole.as_os_str().as_bytes()],
            )
            .map_err(|source| unwritable(io::Error::other(source)))?;
        let copy = Connection::open(&whole).map_err(|source| self.unreadable(source))?;
        let checked: String = copy
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .unwrap_or_else(|error| error.to_string());
        drop(copy);
        if checked != "ok" {
            return Err(ArchiveError::BadCopy {
                target: target.to_owned(),
                what: checked,
            });
        }
        private.sync_all().map_err(unwritable)?;
        fs::rename(&draft, target.join(FILE)).map_err(unwritable)?;
        File::open(target)
            .and_then(|folder| folder.sync_all())
            .map_err(unwritable)?;
        // The entry of the folder itself.
        File::open(parent(target))
            .and_then(|parent| parent.sync_all())
            .map_err(unwritable)
    }
}

/// Where it lies; a path of one word lies in the working directory.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
