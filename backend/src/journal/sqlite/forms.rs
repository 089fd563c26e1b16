//! The forms that the tables have had, and how each is brought to the next.

use rusqlite::{Connection, Result};

/// How the tables came to be, each step from the form before it. Never changed, only added to.
const STEPS: &[&str] = &[
    "
    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        room TEXT NOT NULL UNIQUE,
        epoch TEXT NOT NULL,
        seq INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE entries (
        room INTEGER NOT NULL REFERENCES rooms (id),
        seq INTEGER NOT NULL,
        seat INTEGER NOT NULL,
        message BLOB,
        entry TEXT NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT;
    CREATE UNIQUE INDEX messages ON entries (room, seat, message) WHERE message IS NOT NULL;
    CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB) STRICT;
",
    "
    ALTER TABLE rooms ADD COLUMN at INTEGER;
    ALTER TABLE rooms ADD COLUMN hash BLOB;
    UPDATE rooms SET at = (
        SELECT CASE WHEN json_valid(entry) THEN CAST(json_extract(entry, '$.at') AS INTEGER) END
        FROM entries WHERE entries.room = rooms.id AND entries.seq = rooms.seq
    );
    CREATE TABLE ended (room TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
",
    // From here on an entry's hash does not cover its time. What was chained before cannot be gone on with, so this step
    // meets tables without rooms only, and every room has a time and a hash.
    "
    DROP TABLE rooms;
    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        room TEXT NOT NULL UNIQUE,
        epoch TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
",
];

/// The newest form.
pub(in crate::journal) const FORM: usize = STEPS.len();

/// The first form whose entries are chained as they are now.
const CHAINED: usize = 3;

/// Whether tables of this form hold entries that were chained otherwise: each of their rooms would seem damaged.
pub(in crate::journal) fn is_earlier(connection: &Connection, form: usize) -> Result<bool> {
    if !(1..CHAINED).contains(&form) {
        return Ok(false);
    }
    let held = "SELECT EXISTS (SELECT 1 FROM rooms) OR EXISTS (SELECT 1 FROM entries)";
    connection.query_row(held, [], |row| row.get(0))
}

/// Brings the tables to the newest form, all or nothing.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let form: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = STEPS.iter().zip(1_i32..);
    for (step, number) in missing.skip(usize::try_from(form).unwrap_or(0)) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
