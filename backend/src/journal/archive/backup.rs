//! A copy to keep elsewhere.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

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

    fn copy(&self, target: &Path) -> Result<(), ArchiveError> {
        let unwritable = |source| ArchiveError::Unwritable {
            target: target.to_owned(),
            source,
        };
        // Under another name until it is whole: no server starts on half a journal.
        let draft = target.join(format!("{FILE}.new"));
        let private = private().truncate(true).open(&draft);
        let private = private.map_err(unwritable)?;
        // It cannot be told apart whether reading or writing failed.
        self.connection
            .execute("VACUUM INTO ?1", [draft.to_string_lossy()])
            .map_err(|source| unwritable(io::Error::other(source)))?;
        let copy = Connection::open(&draft).map_err(|source| self.unreadable(source))?;
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
        // The entry of the folder itself; a path of one word lies in the working directory.
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        File::open(parent)
            .and_then(|parent| parent.sync_all())
            .map_err(unwritable)
    }
}
