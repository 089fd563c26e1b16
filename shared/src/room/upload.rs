//! What the two said while there was no server: taken over as they signed it, in their order, or not at all.

use super::{Cause, Outputs, Room};
use crate::entry::{Entry, Event};
use crate::ids::{ConnectionId, Timestamp};
use crate::record::{Fault, Record};
use crate::rejection::Rejection;
use crate::wire::MAX_SEALED_BYTES;

impl Room {
    /// Takes over entries of both seats, whoever brings them. What the journal has already is passed over, so both may
    /// bring the same.
    ///
    /// # Errors
    /// [`Rejection::NotBelieved`] for the first entry that cannot be: then none of them is taken.
    pub(super) fn upload(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        entries: Vec<Entry>,
    ) -> Result<Outputs, Rejection> {
        let mut new = Vec::new();
        for entry in entries {
            if !self.has(&entry)? {
                new.push(entry);
            }
        }
        // Before anything is done that costs more than reading it.
        if new.is_empty() {
            return Ok(Outputs::default());
        }
        let (mut record, mut dated) = (self.record.clone(), self.dated);
        for entry in &mut new {
            check(&record, entry)?;
            // Theirs are the clocks it was dated by, but nothing happens in the future, or before what it follows upon.
            entry.at = entry.at.min(now).max(dated);
            dated = entry.at;
            record.apply(entry);
        }
        Ok(self.append(new, Cause::Upload { connection }))
    }

    /// Whether the journal has this very entry.
    fn has(&self, entry: &Entry) -> Result<bool, Rejection> {
        let seq = entry.seq;
        match self.hash_after(seq) {
            // Of what lies before all that is known here nobody can say that it is so.
            None if seq < self.base => Err(Fault::OtherHistory { seq }.into()),
            None => Ok(false),
            Some(known) if *known == entry.hash(self.record.scope()) => Ok(true),
            Some(_) => Err(Fault::OtherHistory { seq }.into()),
        }
    }
}

/// Whether an entry can be next, and is of the kinds that the two can do without a server.
fn check(record: &Record, entry: &Entry) -> Result<(), Rejection> {
    record.check(entry)?;
    match &entry.event {
        Event::Say { sealed, .. } if sealed.0.len() > MAX_SEALED_BYTES => {
            let limit = MAX_SEALED_BYTES;
            Err(Rejection::TooLarge { limit })
        }
        event if event.needs_server() => Err(Fault::AgainstRules { seq: entry.seq }.into()),
        _ => Ok(()),
    }
}
