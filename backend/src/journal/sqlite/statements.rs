//! What is asked of the database, and how an entry lies in it.

use rusqlite::{Connection, Result, params};
use shared::{Entry, EntryHash, EntryId, Epoch, Position, RoomId, Scope, Seq};

use super::rooms::{self, Room, number, unreadable};
use super::{AppendError, Unavailable};

/// Entries as they are written, and what their room's row says of the last.
#[derive(Debug)]
pub(super) struct Batch {
    rows: Vec<Row>,
    last: Option<Last>,
}

/// The entry up to which a room has come.
#[derive(Debug)]
struct Last {
    seq: i64,
    at: i64,
    hash: EntryHash,
}

impl Batch {
    /// Written out, for whoever has the time: the writer has not.
    pub(super) fn new(scope: &Scope, entries: &[Entry]) -> std::result::Result<Self, Unavailable> {
        let last = entries.last().map(|entry| Last {
            seq: number(entry.seq.0),
            at: number(entry.at.0),
            hash: entry.hash(scope),
        });
        let rows: std::result::Result<_, _> = entries.iter().map(Row::new).collect();
        Ok(Self { rows: rows?, last })
    }

    /// What it adds to the write-ahead log in pages of this size, about: a leaf of each table and index, and long bodies.
    pub(super) fn pages(&self, size: usize) -> usize {
        self.rows.iter().map(|row| 3 + row.json.len() / size).sum()
    }
}

/// An entry as it is written: as JSON, the same as on the wire, with what it is looked up by beside it.
#[derive(Debug)]
struct Row {
    seq: i64,
    seat: u8,
    message: Option<EntryId>,
    json: String,
}

impl Row {
    fn new(entry: &Entry) -> std::result::Result<Self, Unavailable> {
        let json = serde_json::to_string(entry)
            .map_err(|error| Unavailable(format!("an entry cannot be written: {error}")))?;
        Ok(Self {
            seq: number(entry.seq.0),
            seat: entry.seat.into(),
            message: entry.message(),
            json,
        })
    }
}

/// A page of a room's entries.
pub(super) fn replay(
    connection: &Connection,
    room: RoomId,
    epoch: Epoch,
    after: Seq,
    limit: usize,
) -> std::result::Result<Vec<Entry>, Unavailable> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let page = || -> Result<Vec<String>> {
        connection
            .prepare_cached(
                "SELECT entry FROM entries \
                 WHERE room = (SELECT id FROM rooms WHERE room = ?1 AND epoch = ?2) AND seq > ?3 \
                 ORDER BY seq LIMIT ?4",
            )?
            .query_map(
                params![room.to_string(), epoch.to_string(), number(after.0), limit],
                |found| found.get(0),
            )?
            .collect()
    };
    let page = page().map_err(|error| unreadable(&error))?;
    let entries = page.iter().map(|json| {
        // The error is not told: it could hold words.
        serde_json::from_str(json).map_err(|_| Unavailable("an entry is damaged".to_owned()))
    });
    entries.collect()
}

/// Appends within a transaction. What is refused is refused before anything is written, so it harms nothing else in it.
pub(super) fn append(
    connection: &Connection,
    id: RoomId,
    expected: Position,
    batch: &Batch,
) -> Result<std::result::Result<(), AppendError>> {
    let found = rooms::find(connection, id)?;
    if found.is_none() && rooms::is_over(connection, id)? {
        return Ok(Err(AppendError::Over));
    }
    let actual = found.as_ref().map(|room| room.position);
    let begins = actual.is_none() && expected.seq == Seq::START;
    if actual != Some(expected) && !begins {
        return Ok(Err(AppendError::Conflict { actual }));
    }
    let Batch { rows, last } = batch;
    if let Some(id) = said_before(connection, found.as_ref(), rows)? {
        return Ok(Err(AppendError::Duplicate { id }));
    }
    let Some(last) = last else {
        return Ok(Ok(()));
    };
    let Last { seq, at, hash } = last;
    let room = match found {
        Some(room) => {
            connection
                .prepare_cached("UPDATE rooms SET seq = ?2, at = ?3, hash = ?4 WHERE id = ?1")?
                .execute(params![room.id, seq, at, hash.0])?;
            room.id
        }
        None => connection
            .prepare_cached(
                "INSERT INTO rooms (room, epoch, seq, at, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .insert(params![
                id.to_string(),
                expected.epoch.to_string(),
                seq,
                at,
                hash.0
            ])?,
    };
    let mut insert = connection.prepare_cached(
        "INSERT INTO entries (room, seq, seat, message, entry) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for row in rows {
        let message = row.message.map(|id| id.0);
        insert.execute(params![room, row.seq, row.seat, message, row.json])?;
    }
    Ok(Ok(()))
}

/// The first message among `rows` that is in the journal already, or twice among them.
fn said_before(
    connection: &Connection,
    room: Option<&Room>,
    rows: &[Row],
) -> Result<Option<EntryId>> {
    let mut known = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM entries WHERE room = ?1 AND seat = ?2 AND message = ?3)",
    )?;
    for (index, row) in rows.iter().enumerate() {
        let Some(id) = row.message else { continue };
        let twin = |other: &Row| (other.seat, other.message) == (row.seat, row.message);
        let known = match room {
            Some(room) => known.query_row(params![room.id, row.seat, id.0], |row| row.get(0))?,
            None => false,
        };
        if known || rows[..index].iter().any(twin) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Deletes an epoch within a transaction, and a conversation for good.
pub(super) fn forget(connection: &Connection, id: RoomId, epoch: Epoch) -> Result<()> {
    let over = rooms::find(connection, id)?.filter(|room| room.position.epoch == epoch);
    let Some(room) = over else { return Ok(()) };
    connection
        .prepare_cached("DELETE FROM entries WHERE room = ?1")?
        .execute([room.id])?;
    connection
        .prepare_cached("DELETE FROM rooms WHERE id = ?1")?
        .execute([room.id])?;
    if id != RoomId::Table {
        connection
            .prepare_cached("INSERT OR IGNORE INTO ended (room) VALUES (?1)")?
            .execute([id.to_string()])?;
    }
    Ok(())
}

/// Writes something that nobody reads, to see whether there is room again.
pub(super) fn probe(connection: &Connection) -> Result<()> {
    connection.execute("REPLACE INTO probe VALUES (1, zeroblob(8192))", [])?;
    connection.execute("DELETE FROM probe", [])?;
    Ok(())
}
