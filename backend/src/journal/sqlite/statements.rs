//! What is asked of the database, and how an entry lies in it.

use rusqlite::{Connection, OptionalExtension as _, Result, Row as Found, params};
use shared::{Entry, EntryId, Epoch, Event, Position, RoomId, Seq};

use super::{AppendError, Unavailable};

/// An entry as it is written: as JSON, the same as on the wire, with what it is looked up by beside it.
#[derive(Debug)]
pub(super) struct Row {
    seq: i64,
    seat: u8,
    message: Option<EntryId>,
    json: String,
}

impl Row {
    pub(super) fn new(entry: &Entry) -> std::result::Result<Self, Unavailable> {
        let json = serde_json::to_string(entry)
            .map_err(|error| Unavailable(format!("an entry cannot be written: {error}")))?;
        let message = match entry.event {
            Event::Say { id, .. } => Some(id),
            _ => None,
        };
        Ok(Self {
            seq: number(entry.seq),
            seat: entry.seat.into(),
            message,
            json,
        })
    }

    /// Its bytes, for whoever counts what was written.
    pub(super) fn size(&self) -> usize {
        self.json.len()
    }
}

/// SQLite's integers end at 2⁶³, where no room will ever come; beyond it is its end.
fn number(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// A room's row.
struct Room {
    id: i64,
    position: Position,
}

fn room(connection: &Connection, room: RoomId) -> Result<Option<Room>> {
    connection
        .prepare_cached("SELECT id, epoch, seq FROM rooms WHERE room = ?1")?
        .query_row([room.to_string()], |found| {
            let epoch = epoch(found)?;
            let seq = Seq(found.get::<_, i64>(2)?.unsigned_abs());
            Ok(Room {
                id: found.get(0)?,
                position: Position { epoch, seq },
            })
        })
        .optional()
}

fn epoch(found: &Found<'_>) -> Result<Epoch> {
    let text: String = found.get(1)?;
    let failed = |error| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
    };
    text.parse().map_err(failed)
}

/// Where a room's journal stands.
pub(super) fn position(
    connection: &Connection,
    id: RoomId,
) -> std::result::Result<Option<Position>, Unavailable> {
    let found = room(connection, id).map_err(|error| unreadable(&error))?;
    Ok(found.map(|room| room.position))
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
                params![room.to_string(), epoch.to_string(), number(after), limit],
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

fn unreadable(error: &rusqlite::Error) -> Unavailable {
    Unavailable(format!("the journal cannot be read: {error}"))
}

/// Appends within a transaction. What is refused is refused before anything is written, so it harms nothing else in it.
pub(super) fn append(
    connection: &Connection,
    id: RoomId,
    expected: Position,
    rows: &[Row],
) -> Result<std::result::Result<(), AppendError>> {
    let found = room(connection, id)?;
    let actual = found.as_ref().map(|room| room.position);
    let begins = actual.is_none() && expected.seq == Seq::START;
    if actual != Some(expected) && !begins {
        return Ok(Err(AppendError::Conflict { actual }));
    }
    if let Some(id) = said_before(connection, found.as_ref(), rows)? {
        return Ok(Err(AppendError::Duplicate { id }));
    }
    let head = rows.last().map_or(number(expected.seq), |row| row.seq);
    let room = match found {
        Some(room) => {
            connection
                .prepare_cached("UPDATE rooms SET seq = ?2 WHERE id = ?1")?
                .execute(params![room.id, head])?;
            room.id
        }
        None => connection
            .prepare_cached("INSERT INTO rooms (room, epoch, seq) VALUES (?1, ?2, ?3)")?
            .insert(params![id.to_string(), expected.epoch.to_string(), head])?,
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

/// Deletes an epoch within a transaction.
pub(super) fn forget(connection: &Connection, id: RoomId, epoch: Epoch) -> Result<()> {
    let over = room(connection, id)?.filter(|room| room.position.epoch == epoch);
    let Some(room) = over else { return Ok(()) };
    connection
        .prepare_cached("DELETE FROM entries WHERE room = ?1")?
        .execute([room.id])?;
    connection
        .prepare_cached("DELETE FROM rooms WHERE id = ?1")?
        .execute([room.id])?;
    Ok(())
}

/// Writes something that nobody reads, to see whether there is room again.
pub(super) fn probe(connection: &Connection) -> Result<()> {
    connection.execute("REPLACE INTO probe VALUES (1, zeroblob(8192))", [])?;
    connection.execute("DELETE FROM probe", [])?;
    Ok(())
}
