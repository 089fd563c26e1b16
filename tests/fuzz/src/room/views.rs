//! What each connection has been told, and that it was right to tell it.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    Bookmark, ConnectionId, Delivery, Entry, EntryHash, Event, Floor, Record, Seat, Seq,
    ServerFrame,
};

/// Deliveries one input can cause at most: a welcome with all that goes along, and the others' goodbye.
const MOST_DELIVERIES: usize = 10;

/// One connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) seat: Option<Seat>,
    pub(crate) open: bool,
    claim: Option<Bookmark>,
    /// The last entry it knows.
    seen: Seq,
    /// The floor it heard of last.
    floor: Option<Floor>,
}

/// The room as whoever is told of it may know it.
pub(crate) struct Facts<'a> {
    pub(crate) record: &'a Record,
    pub(crate) log: &'a [Entry],
    /// The hash after each entry, the first at 0.
    pub(crate) hashes: &'a [EntryHash],
}

#[derive(Debug, Default)]
pub(crate) struct Views(BTreeMap<ConnectionId, View>);

impl Views {
    /// A new connection, which claims to know this much.
    pub(crate) fn open(&mut self, claim: Option<Bookmark>) -> ConnectionId {
        let id = ConnectionId(self.0.len() as u64);
        let view = View {
            seat: None,
            open: true,
            claim,
            seen: Seq::START,
            floor: None,
        };
        self.0.insert(id, view);
        id
    }

    /// One of the youngest connections, those that have ended among them.
    pub(crate) fn pick(&self, number: u8) -> Option<(ConnectionId, View)> {
        let age = usize::from(number % 6);
        self.0.iter().rev().nth(age).map(|(id, view)| (*id, *view))
    }

    pub(crate) fn gone(&mut self, connection: ConnectionId) {
        if let Some(view) = self.0.get_mut(&connection) {
            view.open = false;
        }
    }

    pub(crate) fn all_gone(&mut self) {
        self.0.values_mut().for_each(|view| view.open = false);
    }

    /// Whether somebody is connected to a seat.
    pub(crate) fn attended(&self, seat: Seat) -> bool {
        self.seated().any(|view| view.seat == Some(seat))
    }

    fn seated(&self) -> impl Iterator<Item = &View> {
        self.0
            .values()
            .filter(|view| view.open && view.seat.is_some())
    }

    pub(crate) fn deliver(&mut self, deliveries: Vec<Delivery>, facts: &Facts<'_>) {
        assert!(
            deliveries.len() <= MOST_DELIVERIES,
            "too much: {deliveries:?}"
        );
        for delivery in deliveries {
            match delivery {
                Delivery::Frame { to, frame } => {
                    let each: BTreeSet<_> = to.iter().collect();
                    assert_eq!(each.len(), to.len(), "nobody is told twice");
                    assert!(to.len() <= 2, "one connection for each seat");
                    for connection in to {
                        self.view(connection).hear(&frame, facts);
                    }
                }
                Delivery::Replay { to, after, upto } => {
                    let view = self.view(to);
                    assert_eq!(after, view.seen, "a replay begins where its reader is");
                    assert!(after < upto, "an empty replay");
                    view.seen = upto;
                }
                Delivery::Close { connection, .. } => self.view(connection).open = false,
            }
        }
    }

    fn view(&mut self, connection: ConnectionId) -> &mut View {
        self.0
            .get_mut(&connection)
            .expect("only who came is spoken to")
    }

    /// Whoever is connected sits, alone in the seat, and has seen all there is.
    pub(crate) fn check(&self, record: &Record) {
        let mut seats = BTreeSet::new();
        for view in self.seated() {
            let seat = view.seat.expect("only those are looked at");
            assert!(seats.insert(seat), "two connections to seat {seat}");
            assert!(
                record.key(seat).is_some(),
                "connected to seat {seat}, which is vacant"
            );
            assert_eq!(
                view.seen,
                record.position().seq,
                "I6: seat {seat} misses something"
            );
            let heard = view.floor.as_ref().map(told);
            assert_eq!(heard, Some(told(record.floor())), "seat {seat} is not told");
        }
    }
}

impl View {
    fn hear(&mut self, frame: &ServerFrame, facts: &Facts<'_>) {
        let goes_anywhere = matches!(frame, ServerFrame::Rejected { .. });
        assert!(
            self.open || goes_anywhere,
            "closed, and told of it: {frame:?}"
        );
        let head = facts.record.position();
        match frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                head: told,
                outset,
                floor,
                ..
            } => {
                assert_eq!((*epoch, *told), (head.epoch, head.seq));
                assert_eq!(*outset, facts.record.outset(*seat));
                assert_eq!(floor, facts.record.floor());
                self.seat = Some(*seat);
                self.floor = Some(*floor);
                self.seen = self.known(facts).max(outset.seq);
            }
            ServerFrame::Entry(entry) => {
                assert_eq!(facts.log.last(), Some(entry), "I4: told once it is there");
                assert_eq!(entry.seq, self.seen.next(), "I6: in order, without gaps");
                self.seen = entry.seq;
            }
            ServerFrame::Stored { id, seq, at } => {
                let index = usize::try_from(seq.0 - 1).expect("a log fits into memory");
                let entry = &facts.log[index];
                let is_it = matches!(&entry.event, Event::Say { id: of, .. } if of == id);
                assert!(is_it, "I4: told as stored, and is not");
                assert_eq!((self.seat, *at), (Some(entry.seat), entry.at));
                // A repeat is told of an entry long seen.
                self.seen = self.seen.max(*seq);
            }
            ServerFrame::Turn(floor) => {
                assert_eq!(floor, facts.record.floor());
                let before = self.floor.replace(*floor).expect("welcomed");
                assert!(floor.turn >= before.turn, "I3: the turn only grows");
                assert_ne!(told(floor), told(&before), "nothing moved");
            }
            ServerFrame::Ask { seat, turn } => {
                let floor = facts.record.floor();
                assert_eq!(self.seat, Some(seat.other()), "asked by the other");
                assert_eq!(floor.check_waiting(*seat, *turn), Ok(()));
            }
            ServerFrame::Claimable { turn } => {
                let me = self.seat.expect("welcomed");
                assert_eq!(facts.record.floor().check_waiting(me, *turn), Ok(()));
            }
            ServerFrame::Resync { .. } => {
                assert_eq!(self.known(facts), Seq::START, "what was known holds");
            }
            _ => {}
        }
    }

    /// What of its claim is true.
    fn known(&self, facts: &Facts<'_>) -> Seq {
        let here = facts.record.position().epoch;
        let true_claim = self.claim.filter(|claim| {
            let index = usize::try_from(claim.seq.0).unwrap_or(usize::MAX);
            claim.epoch == here && facts.hashes.get(index) == Some(&claim.hash)
        });
        true_claim.map_or(Seq::START, |claim| claim.seq)
    }
}

/// What everybody is told of, as soon as it changes.
fn told(of: &Floor) -> impl PartialEq + std::fmt::Debug + use<> {
    (of.turn, of.mode, of.pace, of.direct_only)
}
