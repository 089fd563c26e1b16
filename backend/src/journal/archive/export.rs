//! Every entry as a line of JSON.

use std::io::Write;

use shared::Entry;

use super::{Archive, ArchiveError, Found, Shelved};

impl Archive {
    /// Writes each entry as `{"room": …, "epoch": …, "entry": …}` on a line of its own, rooms by name, entries in order;
    /// what is said is sealed there as it is in the journal. `tell` hears of each entry that cannot be read, and is left out.
    ///
    /// # Errors
    /// What keeps it from being read or written to the end.
    pub fn export(
        &self,
        mut out: impl Write,
        mut tell: impl FnMut(&str),
    ) -> Result<Found, ArchiveError> {
        let unreadable = |error| self.unreadable(error);
        let (rooms, unclear) = self.rooms().map_err(unreadable)?;
        let mut found = Found {
            damages: unclear,
            ..Found::default()
        };
        if unclear > 0 {
            tell(&format!("{unclear} rooms: no names of rooms"));
        }
        let mut query = self
            .connection
            .prepare("SELECT seq, entry FROM entries WHERE room = ?1 ORDER BY seq")
            .map_err(unreadable)?;
        for Shelved {
            id, room, epoch, ..
        } in rooms
        {
            found.rooms += 1;
            // Read whole before any of it is written: whoever reads slowly must not keep a server from emptying its log.
            let rows = query.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)));
            let entries: rusqlite::Result<Vec<(i64, String)>> = rows.map_err(unreadable)?.collect();
            for (seq, json) in entries.map_err(unreadable)? {
                if serde_json::from_str::<Entry>(&json).is_err() {
                    found.damages += 1;
                    tell(&format!("room {room}: entry {seq} cannot be read"));
                    continue;
                }
                found.entries += 1;
                // Names and epochs are plain letters; the entry is JSON as it is.
                writeln!(
                    out,
                    r#"{{"room":"{room}","epoch":"{epoch}","entry":{json}}}"#
                )?;
            }
        }
        out.flush()?;
        Ok(found)
    }
}
