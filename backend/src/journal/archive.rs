//! A journal as it lies in its folder: looked at, written out, copied. Nothing here changes it, whether a server is
//! writing it meanwhile or not.

mod backup;
mod check;
mod export;
mod sweep;

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use shared::{Epoch, RoomId, Seq};

use super::sqlite::{APPLICATION, FILE, FORM, is_earlier};
use sweep::Sweep;

/// Why a journal was not looked at, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is none.
    #[error("there is no journal in {}; name the directory that the server keeps it in", .0.display())]
    None(PathBuf),
    /// Another program's file, or none.
    #[error("{} is no journal of Duologue's", .0.display())]
    Foreign(PathBuf),
    /// A later version's file.
    #[error("{} was written by a newer Duologue (its form is {found}, this one knows {FORM}); use that one", .file.display())]
    Newer {
        /// Which.
        file: PathBuf,
        /// The version of its form.
        found: usize,
    },
    /// An earlier version's file, with conversations that were chained otherwise.
    #[error("{} holds conversations of an earlier state of Duologue, which this one cannot continue; keep the folder, and look at it with the binary that wrote it", .0.display())]
    Earlier(PathBuf),
    /// Whatever else SQLite says.
    #[error("{} cannot be read: {source}", .file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A copy is never made over anything.
    #[error("{} is there already; name a directory that is not", .0.display())]
    Taken(PathBuf),
    /// A copy beside the original goes with it.
    #[error("{} is in the journal's own directory, and would be lost with it; name one elsewhere, on another disk if you can", .0.display())]
    Within(PathBuf),
    /// The copy cannot be made.
    #[error("cannot write {}: {source}", .target.display())]
    Unwritable {
        /// Where to.
        target: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The copy is not what it should be.
    #[error("the copy in {} is damaged ({what}) and was removed; `duologue journal check` says more of the journal itself", .target.display())]
    BadCopy {
        /// Where to.
        target: PathBuf,
        /// What was found.
        what: String,
    },
    /// What was read out could not be written.
    #[error("cannot write what was read: {0}")]
    Output(#[from] io::Error),
}

/// What was found in a journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Rooms with entries.
    pub rooms: u64,
    /// Their entries.
    pub entries: u64,
    /// Conversations that are over.
    pub over: u64,
    /// What is damaged.
    pub damages: u64,
}

/// A journal in its folder, read only.
#[derive(Debug)]
pub struct Archive {
    connection: Connection,
    file: PathBuf,
    /// The version of its form.
    form: usize,
    /// After the connection, which is closed first.
    _sweep: Sweep,
}

/// A room as its row says it is.
struct Shelved {
    id: i64,
    room: RoomId,
    epoch: Epoch,
    head: Seq,
}

impl Archive {
    /// Opens the journal in `folder`, which may be on a disk that cannot be written.
    ///
    /// # Errors
    /// Where there is none, or none that can be read.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        let file = folder.join(FILE);
        if !file.is_file() {
            return Err(ArchiveError::None(folder.to_owned()));
        }
        let sweep = Sweep::after(&file);
        let opened = Self::connect(&file, false);
        // Beside a write-ahead log SQLite wants to write an index of it, even to read. Without one nothing is missed when
        // the file is taken as it is.
        let log = fs::metadata(folder.join(format!("{FILE}-wal")));
        let opened = match opened {
            Err(_) if log.map_or(0, |log| log.len()) == 0 => Self::connect(&file, true),
            opened => opened,
        };
        let (connection, application, form) =
            opened.map_err(|source| match source.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => ArchiveError::Foreign(file.clone()),
                _ => ArchiveError::Unreadable {
                    file: file.clone(),
                    source,
                },
            })?;
        if application != APPLICATION {
            return Err(ArchiveError::Foreign(file));
        }
        let form = usize::try_from(form).unwrap_or(usize::MAX);
        if form > FORM {
            return Err(ArchiveError::Newer { file, found: form });
        }
        // What cannot be told of a damaged file is told as damage later.
        if is_earlier(&connection, form).unwrap_or(false) {
            return Err(ArchiveError::Earlier(file));
        }
        Ok(Self {
            connection,
            file,
            form,
            _sweep: sweep,
        })
    }

    /// A connection, whose file it is, and the version of its form.
    fn connect(file: &Path, untouched: bool) -> rusqlite::Result<(Connection, i32, i32)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = if untouched {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(format!("file:{}?immutable=1", escaped(file)), flags)?
        } else {
            Connection::open_with_flags(file, flags)?
        };
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0));
        let (application, form) = (pragma("application_id")?, pragma("user_version")?);
        Ok((connection, application, form))
    }

    fn unreadable(&self, source: rusqlite::Error) -> ArchiveError {
        let file = self.file.clone();
        ArchiveError::Unreadable { file, source }
    }

    /// The rooms in the order of their names, and how many rows make no sense.
    fn rooms(&self) -> rusqlite::Result<(Vec<Shelved>, u64)> {
        let mut unclear = 0;
        let mut rooms = Vec::new();
        let mut query = self
            .connection
            .prepare("SELECT id, room, epoch, seq FROM rooms ORDER BY room")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (id, seq): (_, i64) = (row.get(0)?, row.get(3)?);
            let (room, epoch): (String, String) = (row.get(1)?, row.get(2)?);
            match (room.parse(), epoch.parse()) {
                (Ok(room), Ok(epoch)) => rooms.push(Shelved {
                    id,
                    room,
                    epoch,
                    head: Seq(seq.unsigned_abs()),
                }),
                _ => unclear += 1,
            }
        }
        Ok((rooms, unclear))
    }
}

/// A path in a URI.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            text.push(byte.into());
        } else {
            text.push_str(&format!("%{byte:02x}"));
        }
    }
    text
}
