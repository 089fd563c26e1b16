//! Whether all is there and in order, room by room.

use rusqlite::{Connection, ErrorCode, OptionalExtension as _};
use shared::{Entry, Record, Scope};

use super::{Archive, ArchiveError, Found, Shelved};
use crate::journal::sqlite::number;

/// Damages that SQLite lists before it gives up: more say nothing more.
const LISTED: u32 = 20;

impl Archive {
    /// Looks at every byte that SQLite vouches for, and folds every room's entries. `tell` hears of each damage, in one line
    /// without a word of what was said. Signatures are not looked at: a server takes what a seat sends, and the pages
    /// check who wrote it.
    ///
    /// # Errors
    /// What keeps it from being read at all; damage is no error, but found.
    pub fn check(&self, mut tell: impl FnMut(&str)) -> Result<Found, ArchiveError> {
        let mut found = Found::default();
        let mut damaged = |found: &mut Found, what: &str| {
            found.damages += 1;
            tell(what);
        };
        let looked = (|| {
            // All that follows is of one moment, whatever a server writes meanwhile.
            let moment = self.connection.unchecked_transaction()?;
            let listed = format!("PRAGMA integrity_check({LISTED})");
            let mut query = moment.prepare(&listed)?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let line: String = row.get(0)?;
                if line != "ok" {
                    let words: Vec<_> = line.split_whitespace().collect();
                    damaged(&mut found, &format!("the file: {}", words.join(" ")));
                }
            }
            let (rooms, unclear) = self.rooms()?;
            if unclear > 0 {
                damaged(&mut found, &format!("{unclear} rooms: no names of rooms"));
            }
            for shelved in &rooms {
                let (entries, fault) = fold(&moment, shelved)?;
                found.rooms += 1;
                found.entries += entries;
                if let Some(fault) = fault {
                    damaged(&mut found, &format!("room {}: {fault}", shelved.room));
                }
            }
            let strays = "SELECT count(*) FROM entries WHERE room NOT IN (SELECT id FROM rooms)";
            let strays: i64 = moment.query_row(strays, [], |row| row.get(0))?;
            if strays > 0 {
                damaged(&mut found, &format!("{strays} entries: of no room"));
            }
            if self.form >= 2 {
                let over = "SELECT count(*) FROM ended";
                let over: i64 = moment.query_row(over, [], |row| row.get(0))?;
                found.over = over.unsigned_abs();
                let twice = "SELECT room FROM rooms WHERE room IN (SELECT room FROM ended) LIMIT 1";
                let twice: Option<String> =
                    moment.query_row(twice, [], |row| row.get(0)).optional()?;
                if let Some(room) = twice {
                    damaged(&mut found, &format!("room {room}: over, and yet there"));
                }
            }
            Ok(())
        })();
        match looked {
            Ok(()) => Ok(found),
            Err(error) if is_damage(&error) => {
                damaged(&mut found, &format!("the file: {error}"));
                Ok(found)
            }
            Err(error) => Err(self.unreadable(error)),
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    let corrupt = error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt);
    let nonsense = matches!(
        error,
        Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
    );
    corrupt || nonsense
}

/// How many entries a room has, and what is wrong with them.
fn fold(connection: &Connection, shelved: &Shelved) -> rusqlite::Result<(u64, Option<String>)> {
    let &Shelved {
        id,
        room,
        epoch,
        head,
    } = shelved;
    let mut record = Record::new(Scope { room, epoch });
    let mut count = 0;
    // The last one's, which no hash covers.
    let mut at = None;
    let mut fault = None;
    let mut query = connection.prepare_cached(
        "SELECT seq, seat, message, entry FROM entries WHERE room = ?1 ORDER BY seq",
    )?;
    let mut rows = query.query([id])?;
    while let Some(row) = rows.next()? {
        count += 1;
        // All are counted; what comes after the first fault follows from it.
        if fault.is_some() {
            continue;
        }
        let seq: i64 = row.get(0)?;
        let json: String = row.get(3)?;
        let Ok(entry) = serde_json::from_str::<Entry>(&json) else {
            fault = Some(format!("entry {seq} cannot be read"));
            continue;
        };
        let said = entry.message().map(|id| id.0);
        let beside: (i64, u8, Option<[u8; 16]>) = (seq, row.get(1)?, row.get(2)?);
        let inside = (number(entry.seq.0), entry.seat.into(), said);
        if beside != inside {
            fault = Some(format!("entry {seq} is filed as what it is not"));
        } else if let Err(broken) = record.follows(&entry) {
            fault = Some(broken.to_string());
        } else {
            record.apply(&entry);
            at = Some(number(entry.at.0));
        }
    }
    if fault.is_none() && record.position().seq != head {
        let last = record.position().seq;
        fault = Some(format!("it ends at entry {}, not {}", last.0, head.0));
    }
    if fault.is_none() {
        let kept = "SELECT hash, at FROM rooms WHERE id = ?1";
        let kept = connection.query_row(kept, [id], |row| Ok((row.get(0)?, row.get(1)?)));
        let (hash, kept): ([u8; 32], i64) = kept?;
        if hash != record.bookmark().hash.0 {
            fault = Some(format!("entry {} is not the one that was written", head.0));
        } else if at != Some(kept) {
            fault = Some(format!("entry {} is of another time than its room", head.0));
        }
    }
    Ok((count, fault))
}
