//! What must hold after each step.

use shared::{Entry, Event, Floor, Mode, Presence, Record, SILENT_BYE, SILENT_DROP, Seat, Seq};

use crate::model::Fact;
use crate::people::{key, link_of, number_of};
use crate::world::{View, World};

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
        let strict = floor.mode == Mode::Strict;
        let may = Seat::BOTH.map(|seat| floor.is_open_to(seat));
        assert!(!strict || may != [true, true], "I2: one in strict turns");
        let agreed = (
            self.model.mode(),
            self.model.pace,
            self.model.direct_only.map(Seq),
        );
        let told = (floor.mode, floor.pace, floor.direct_only);
        assert_eq!(told, agreed, "what was agreed, no more");

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
            self.knows_what_goes_on(view, seat);
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

    /// Whoever is connected has been told how the floor and the other stand.
    fn knows_what_goes_on(&self, view: &View, seat: Seat) {
        let floor = self.room.floor();
        let told = |of: &Floor| (of.turn, of.mode, of.pace, of.direct_only);
        assert_eq!(view.floor.as_ref().map(told), Some(told(floor)), "{view:?}");
        let other = seat.other().index();
        let empty = self.model.empty_since[other];
        let (here, away) = (
            Presence::Here {},
            empty.map(|since| Presence::Away { since }),
        );
        let silent = if self.model.bye[other] {
            SILENT_BYE
        } else {
            SILENT_DROP
        };
        let vacant = self.model.seated[other].is_none();
        let true_words: &[Option<Presence>] = match empty {
            _ if vacant => &[Some(Presence::Vacant {})],
            None => &[Some(here)],
            // A lost connection is not mentioned at first, nor is one that said goodbye.
            Some(since) if self.model.now < since.after(silent) => &[Some(here), away],
            Some(_) => &[away],
        };
        assert!(true_words.contains(&view.peer), "{view:?}: {true_words:?}");
        let question = self.model.open_question();
        if let Some(question) = question.filter(|_| self.model.holder == seat) {
            assert_eq!(view.asked, Some(question.number), "the holder is asked");
        }
    }

    /// Whoever waits knows when they need not.
    pub(crate) fn knows_what_can_be_claimed(&self) {
        let Some((waiting, _, since)) = self.model.claimable() else {
            return;
        };
        for view in self.views.values() {
            if view.seat == Some(waiting) && view.closed.is_none() {
                assert_eq!(view.claimable, Some(since), "{view:?}");
            }
        }
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
            let proposal = room.proposal(seat).map(|it| (it.seq.0, it.change));
            assert_eq!(proposal, self.model.proposals[seat.index()]);
            assert_eq!(known.proposal(seat), room.proposal(seat));
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
        Event::Say { id, turn, seen, .. } => Fact::Said(seat, *id, turn.0, seen.map(|seq| seq.0)),
        Event::Pass { turn } => Fact::Passed(seat, turn.0),
        Event::Claim { turn } => Fact::Claimed(seat, turn.0),
        Event::Propose { change } => Fact::Proposed(seat, *change),
        Event::Accept { proposal } => Fact::Accepted(seat, proposal.0),
        Event::Decline { proposal } => Fact::Declined(seat, proposal.0),
        Event::Withdraw { proposal } => Fact::Withdrew(seat, proposal.0),
        Event::Invite { invite } => Fact::Invited(seat, link_of(&invite.key)),
        Event::Reseat { key, .. } => Fact::Reseated(seat, number_of(key)),
    }
}
