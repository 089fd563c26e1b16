//! From a folder to a journal: taken, made or checked, brought to the newest form.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::folder;
use super::forms::{FORM, is_earlier, migrate};
use super::progress::{Tell, watch};
use super::space::Space;

/// The journal's file in its folder.
pub(in crate::journal) const FILE: &str = "journal.sqlite3";

/// Connections that read. Each room is read when it opens and when somebody comes back; both are short.
const READERS: usize = 4;

/// What the write-ahead log keeps of the disk at most once it is empty.
const LOG_BYTES: u32 = 64 << 20;

/// What says that a database is this program's: `duol`.
pub(in crate::journal) const APPLICATION: i32 = i32::from_be_bytes(*b"duol");

/// Why a journal was not opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Something else has that name.
    #[error("{} is not a directory; name one with --data, or keep nothing with --memory", .0.display())]
    NotADirectory(PathBuf),
    /// It cannot be made or written.
    #[error("cannot write to {}: {error}; name another directory with --data, or keep nothing with --memory", .folder.display())]
    Unwritable {
        /// Which.
        folder: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process has it.
    #[error("{} is in use by another duologue; stop that one, or name another directory with --data", .0.display())]
    Locked(PathBuf),
    /// Another program's file, or none.
    #[error("{} is no journal of Duologue's, and was left as it is; name another directory with --data", .0.display())]
    Foreign(PathBuf),
    /// A later version's file.
    #[error("{} was written by a newer Duologue (its form is {found}, this one knows {known}); start that one, or name another directory with --data", .file.display())]
    Newer {
        /// Which.
        file: PathBuf,
        /// The version of its form.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
    /// An earlier version's file, with conversations that were chained otherwise.
    #[error("{} holds conversations of an earlier state of Duologue, which this one cannot continue; keep the folder and name another with --data", .0.display())]
    Earlier(PathBuf),
    /// It has been changed by something else than this program.
    #[error("{} is damaged ({what}) and was left as it is; keep a copy of its folder, then restore a backup, or name another directory with --data", .file.display())]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What was found.
        what: String,
    },
    /// Whatever else SQLite says.
    #[error("cannot open {}: {error}; name another directory with --data, or keep nothing with --memory", .file.display())]
    Unusable {
        /// Which.
        file: PathBuf,
        /// Why.
        error: rusqlite::Error,
    },
    /// The system has no thread to write with.
    #[error("no thread for the journal: {0}")]
    NoThread(io::Error),
}

/// A journal's parts.
pub(super) struct Opened {
    pub(super) lock: File,
    pub(super) file: PathBuf,
    pub(super) writes: Connection,
    pub(super) reads: Vec<Connection>,
}

pub(super) fn open(
    folder: &Path,
    pages: Option<u32>,
    tell: Option<Tell>,
) -> Result<Opened, OpenError> {
    let lock = folder::take(folder)?;
    let file = folder.join(FILE);
    if !file.exists() {
        // A write-ahead log alone means that the file beside it was lost.
        if log(&file).exists() {
            let what = "its write-ahead log is there and it is not".to_owned();
            return Err(OpenError::Damaged { file, what });
        }
        make(folder, &file)?;
    }
    let writes = check(&file, tell).map_err(|trouble| trouble.of(&file))?;
    let prepared = prepare(&file, writes, pages).map_err(|error| Trouble::Sqlite(error).of(&file));
    let (writes, reads) = prepared?;
    Ok(Opened {
        lock,
        file,
        writes,
        reads,
    })
}

/// Makes an empty journal under another name first: where there is a journal it is a whole one, and an empty file in its
/// place is damage.
fn make(folder: &Path, file: &Path) -> Result<(), OpenError> {
    let draft = folder.join(format!("{FILE}.new"));
    let drafted = || -> rusqlite::Result<()> {
        let mut connection = connect(&draft)?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
        migrate(&mut connection)?;
        connection.close().map_err(|(_, error)| error)
    };
    let unwritable = |error| OpenError::Unwritable {
        folder: folder.to_owned(),
        error,
    };
    let fresh = folder::private().truncate(true).open(&draft);
    let fresh = fresh.map_err(unwritable)?;
    drafted().map_err(|error| Trouble::Sqlite(error).of(&draft))?;
    let moved = fresh.sync_all().and_then(|()| fs::rename(&draft, file));
    let moved = moved.and_then(|()| File::open(folder)?.sync_all());
    moved.map_err(unwritable)
}

/// What is wrong with a file that is there.
enum Trouble {
    Foreign,
    Newer(usize),
    Earlier,
    Damaged(String),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Trouble {
    fn of(self, file: &Path) -> OpenError {
        let file = file.to_owned();
        match self {
            Self::Foreign => OpenError::Foreign(file),
            Self::Newer(found) => OpenError::Newer {
                file,
                found,
                known: FORM,
            },
            Self::Earlier => OpenError::Earlier(file),
            Self::Damaged(what) => OpenError::Damaged { file, what },
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => OpenError::Foreign(file),
                Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged {
                    file,
                    what: error.to_string(),
                },
                _ => OpenError::Unusable { file, error },
            },
        }
    }
}

/// Looks at a file before anything is written to it.
fn check(file: &Path, tell: Option<Tell>) -> Result<Connection, Trouble> {
    let empty = fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() == 0);
    if empty {
        return Err(Trouble::Damaged("it is empty".to_owned()));
    }
    let mut connection = connect(file)?;
    // What a killed server left in its log stays there, should this end without a journal: to close the last connection
    // moves it into the file. A log that is made only now goes again.
    if fs::metadata(log(file)).is_ok_and(|found| found.len() > 0) {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    if pragma("application_id")? != APPLICATION {
        return Err(Trouble::Foreign);
    }
    let version = usize::try_from(pragma("user_version")?).unwrap_or(usize::MAX);
    if version > FORM {
        return Err(Trouble::Newer(version));
    }
    if is_earlier(&connection, version)? {
        return Err(Trouble::Earlier);
    }
    watch(&mut connection, file, tell)?;
    // The quick one does not compare a table with its indexes. For entries that shows when their room is opened; a room
    // that its index does not know would be begun anew.
    for check in ["PRAGMA quick_check(1)", "PRAGMA integrity_check(rooms)"] {
        let found: String = connection.query_row(check, [], |row| row.get(0))?;
        if found != "ok" {
            // It may have several lines.
            let words: Vec<_> = found.split_whitespace().collect();
            return Err(Trouble::Damaged(words.join(" ")));
        }
    }
    Ok(connection)
}

/// The write-ahead log of a journal's file.
fn log(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// A connection to a file that is there.
fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
}

/// The connections as they are used.
fn prepare(
    file: &Path,
    mut writes: Connection,
    pages: Option<u32>,
) -> rusqlite::Result<(Connection, Vec<Connection>)> {
    writes.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    writes.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    // Synced at every commit, not only at every checkpoint: that is what an acknowledgement means.
    writes.pragma_update(None, "synchronous", "full")?;
    // The writer does it, and looks at what comes of it.
    writes.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    // A log that had to grow, while somebody read for long, is cut when it is emptied.
    writes.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    // What is forgotten is overwritten with zeros.
    writes.pragma_update_and_check(None, "secure_delete", "on", |_| Ok(()))?;
    migrate(&mut writes)?;
    // What a killed server left in its log. The writer counts from here: without this, servers that are killed often
    // enough would leave a log that grows without end. A full disk is no reason not to start, and says so later; nor is
    // somebody who reads.
    let moved = writes.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = moved
        && !matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy)
        )
        && Space::beside(file).want(&error).is_none()
    {
        return Err(error);
    }
    if let Some(pages) = pages {
        writes.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    watch(&mut writes, file, None)?;
    let reader = |_| {
        let connection = connect(file)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    };
    let reads: rusqlite::Result<Vec<_>> = (0..READERS).map(reader).collect();
    Ok((writes, reads?))
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    /// Without these two a commit may be told before the disk has it, and nothing but a power cut would show it.
    #[test]
    fn the_writer_syncs_its_log_at_every_commit() {
        let program = env::current_exe().unwrap();
        let target = program.ancestors().nth(3).unwrap();
        let home = target.join("tmp").join("opened");
        let _ = fs::remove_dir_all(&home);
        // As it is made, and as it is found.
        for _ in 0..2 {
            let Opened { writes, .. } = open(&home, None, None).unwrap();
            let level = writes.pragma_query_value(None, "synchronous", |row| row.get::<_, i32>(0));
            assert_eq!(level, Ok(2), "full");
            let mode = writes.pragma_query_value(None, "journal_mode", |row| row.get(0));
            assert_eq!(mode, Ok("wal".to_owned()));
        }
    }
}
