//! A room's row: where it stands, since when, and whether that is so; and the names of those that are over.

use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use shared::{Entry, EntryHash, Epoch, Position, RoomId, Scope, Seq, Timestamp};

use super::Unavailable;

/// A room's row.
pub(super) struct Room {
    pub(super) id: i64,
    pub(super) position: Position,
    /// Its last entry's, by which it is purged.
    at: i64,
    /// Of its last entry, and so of all of them.
    hash: EntryHash,
}

/// SQLite's integers end at 2⁶³, where no number here will ever come; beyond it is its end.
pub(in crate::journal) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unreadable(error: &rusqlite::Error) -> Unavailable {
    Unavailable(format!("the journal cannot be read: {error}"))
}

/// What a column says in text, as what it means.
pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> Result<T>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text: String = row.get(column)?;
    let failed = |error| {
        let kind = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(error))
    };
    text.parse().map_err(failed)
}

pub(super) fn find(connection: &Connection, room: RoomId) -> Result<Option<Room>> {
    connection
        .prepare_cached("SELECT id, epoch, seq, at, hash FROM rooms WHERE room = ?1")?
        .query_row([room.to_string()], |row| {
            Ok(Room {
                id: row.get(0)?,
                position: place(row, 1)?,
                at: row.get(3)?,
                hash: EntryHash(row.get(4)?),
            })
        })
        .optional()
}

/// An epoch and a seq, in this column and the next.
fn place(row: &Row<'_>, column: usize) -> Result<Position> {
    let epoch: Epoch = parsed(row, column)?;
    let seq = Seq(row.get::<_, i64>(column + 1)?.unsigned_abs());
    Ok(Position { epoch, seq })
}

/// Where a room's journal stands, if it does: the last entry is there, is what was written, and nothing comes after it.
/// What stands before it is held against it by its hash, when the room is opened.
pub(super) fn position(
    connection: &Connection,
    id: RoomId,
) -> std::result::Result<Option<Position>, Unavailable> {
    let Some(room) = find(connection, id).map_err(|error| unreadable(&error))? else {
        return Ok(None);
    };
    if holds(connection, id, &room).map_err(|error| unreadable(&error))? {
        return Ok(Some(room.position));
    }
    Err(Unavailable(format!(
        "its last entry is not the one that was written; `duologue journal check` says more of conversation {id}"
    )))
}

fn holds(connection: &Connection, id: RoomId, room: &Room) -> Result<bool> {
    let last: Option<String> = connection
        .prepare_cached("SELECT entry FROM entries WHERE room = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([room.id], |row| row.get(0))
        .optional()?;
    let Some(last) = last.and_then(|json| serde_json::from_str::<Entry>(&json).ok()) else {
        return Ok(false);
    };
    let Position { epoch, seq } = room.position;
    let scope = Scope { room: id, epoch };
    // No hash covers the time.
    Ok(last.seq == seq && number(last.at.0) == room.at && last.hash(&scope) == room.hash)
}

/// Whether a conversation is over.
pub(super) fn is_over(connection: &Connection, room: RoomId) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM ended WHERE room = ?1)")?
        .query_row([room.to_string()], |row| row.get(0))
}

/// A page of the conversations in which nothing was said since `before`, in the order of their names.
pub(super) fn stale(
    connection: &Connection,
    before: Timestamp,
    after: Option<RoomId>,
    limit: usize,
) -> Result<Vec<(RoomId, Position)>> {
    let after = after.map_or_else(String::new, |room| room.to_string());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT room, epoch, seq FROM rooms \
             WHERE room > ?1 AND room <> ?2 AND at < ?3 ORDER BY room LIMIT ?4",
        )?
        .query_map(
            params![after, RoomId::Table.to_string(), number(before.0), limit],
            |row| Ok((parsed(row, 0)?, place(row, 1)?)),
        )?
        .collect()
}
