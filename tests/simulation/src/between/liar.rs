//! Somebody with a seat's key who brings the server what was never said, or not like that.

use shared::{
    ClientFrame, Entry, EntryId, Event, Input as Happening, LeaveReason, Record, Sealed, Seat,
    SeatSecret,
};

use super::{SECRETS, World};

/// Ways to lie.
const LIES: u8 = 7;

impl World {
    /// One of the two brings the server something that it must not take, `lie` says what, together with something that it
    /// could take. Nothing of either may be stored.
    pub fn lie(&mut self, who: usize, lie: u8) {
        let (lie, id) = (lie % LIES, EntryId([255 - lie; 16]));
        let (Some(room), Some(connection)) = (&mut self.server, self.pages[who].connection) else {
            return;
        };
        let liar = Seat::BOTH[who];
        let mut record = room.record().clone();
        let holder = record.floor().holder;
        let mut entries = Vec::new();
        // What both could have said, if it is this one's turn.
        if holder == liar {
            let turn = record.floor().turn;
            let entry = signed(&record, liar, liar, Event::Pass { turn });
            record.apply(&entry);
            entries.push(entry);
        }
        let turn = record.floor().turn;
        let say = |turn| Event::Say {
            id,
            turn,
            end_turn: true,
            seen: None,
            sealed: Sealed::new(b"never said".as_slice()),
        };
        let next = record.floor().holder;
        // By whoever may speak, and well signed.
        let mut entry = signed(&record, next, next, say(turn));
        match lie {
            // For a turn that has not come.
            0 => entry = signed(&record, liar, liar, say(turn.next())),
            // In the other's name.
            1 => entry = signed(&record, liar, liar.other(), say(turn)),
            // What takes a server.
            2 => entry = signed(&record, liar, liar, Event::Claim { turn }),
            3 => {
                let reason = LeaveReason::Asked;
                entry = signed(&record, liar, liar, Event::Leave { reason });
            }
            // Changed.
            4 => entry.sig.iter_mut().for_each(|sig| sig.0[5] ^= 1),
            // With something missing before it.
            5 => entry.seq = entry.seq.next(),
            // Another past.
            _ => entry.prev.0[3] ^= 1,
        }
        entries.push(entry);
        let frame = ClientFrame::Upload { entries };
        let outputs = room.handle(self.now, Happening::Frame { connection, frame });
        let taken = !outputs.append.is_empty();
        self.check(!taken, || {
            format!("I6: the server takes what cannot be believed, lie {lie}")
        });
    }
}

/// The next entry, done by `seat` and signed by whoever sits in `by`.
fn signed(record: &Record, by: Seat, seat: Seat, event: Event) -> Entry {
    let last = record.bookmark();
    let secret = SeatSecret::from_bytes(SECRETS[by.index()]);
    let sig = secret.sign_event(record.scope(), &last.hash, seat, &event);
    Entry {
        seq: last.seq.next(),
        at: shared::Timestamp::default(),
        seat,
        prev: last.hash,
        event,
        sig: Some(sig),
    }
}
