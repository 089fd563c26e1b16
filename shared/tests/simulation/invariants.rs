//! What must hold after each step.

use shared::{Entry, Event, Mode, Record, Seat};

use crate::model::Fact;
use crate::people::{key, link_of, number_of};
use crate::world::World;

impl World {
    pub(crate) fn check_invariants(&mut self) {
        let seated = self.room.record().keys();
        let expected = self.model.seated.map(|who| who.map(key));
        assert_eq!(seated, expected, "I1: who sits");
        if let [Some(one), Some(two)] = seated {
            assert_ne!(one, two, "I1: one person, one seat");
        }
        let floor = self.room.floor();
        let expected = (self.model.turn, self.model.holder);
        assert_eq!((floor.turn.0, floor.holder), expected, "I2: who speaks");
        assert_eq!(floor.mode, Mode::Strict, "I7: no timer changes the mode");

        // What was the same at the last step is the same now: both lists only grow.
        let new = self.checked.min(self.log.len());
        assert_eq!(
            self.facts[new..],
            self.model.facts[new..],
            "the journal and the model tell the same story"
        );
        for (entry, seq) in self.log[new..].iter().zip(new as u64 + 1..) {
            assert_eq!(entry.seq.0, seq);
            if let Event::Say { id, .. } = entry.event {
                assert!(self.names.insert((entry.seat, id)), "I5: {id} twice");
            }
        }
        self.checked = self.log.len();
        assert_eq!(self.room.position().seq.0, self.log.len() as u64);
        self.check_views();
    }

    fn check_views(&self) {
        let mut connected = [0; 2];
        for view in self.views.values() {
            let (Some(seat), None) = (view.seat, view.closed) else {
                continue;
            };
            connected[seat.index()] += 1;
            let sits = self.model.seated[seat.index()];
            assert_eq!(sits, Some(view.who), "nobody stays who has lost the seat");
            let other = seat.other().index();
            let (word, heard) = (self.model.receipts[other], view.heard[other]);
            assert!(
                word.is_none() || heard == word,
                "{} is told how far the other has come: {word:?}, not {heard:?}",
                view.who
            );
            if let Some(insider) = &view.insider {
                let known = insider.person.record().expect("welcomed");
                self.knows_the_room(known);
            }
        }
        assert!(
            connected.iter().all(|count| *count <= 1),
            "the newest connection of a seat is the only one: {connected:?}"
        );
        self.knows_the_room(&self.reader);
    }

    /// I6: whoever was shown the entries, from wherever they may see them, comes to the room's own conclusions.
    fn knows_the_room(&self, known: &Record) {
        let room = self.room.record();
        assert_eq!(known.bookmark(), room.bookmark(), "I6: the same talk");
        assert_eq!(known.keys(), room.keys());
        assert_eq!(known.floor(), room.floor());
        assert_eq!(known.generation(), room.generation());
        assert_eq!(known.invite_key(), room.invite_key());
        assert_eq!(known.is_open(), room.is_open());
        for seat in Seat::BOTH {
            let may = |record: &Record| record.allows_invite(seat).is_ok();
            assert!(room.key(seat).is_none() || may(known) == may(room));
        }
    }
}

pub(crate) fn fact(entry: &Entry) -> Fact {
    let seat = entry.seat;
    match &entry.event {
        Event::Sit { key, invite } => {
            let link = invite.map(|invite| link_of(&invite.key));
            Fact::Sat(seat, number_of(key), link)
        }
        Event::Leave { .. } => Fact::Left(seat),
        Event::Say { id, turn, .. } => Fact::Said(seat, *id, turn.0),
        Event::Pass { turn } => Fact::Passed(seat, turn.0),
        Event::Invite { invite } => Fact::Invited(seat, link_of(&invite.key)),
        Event::Reseat { key, .. } => Fact::Reseated(seat, number_of(key)),
    }
}
