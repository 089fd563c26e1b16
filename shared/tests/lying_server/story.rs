//! The honest talk that is lied about, and how a server would go about it.

use std::time::Duration;

use shared::{
    Change, Entry, EntryHash, Epoch, Event, Fault, LinkSecret, Mode, Outset, Pace, Person, Record,
    RoomId, Scope, Seat, SeatSecret, Seq,
};

use crate::support::{Hall, id, link, secret};

/// Who sits in seat 1 all the time, and is shown the lies.
pub(crate) const ONE: u8 = 1;
/// Who sits in seat 2 first.
pub(crate) const TWO: u8 = 2;
/// The key under which `TWO` comes back.
pub(crate) const TWO_AGAIN: u8 = 3;
/// Who sits in seat 2 later.
pub(crate) const THREE: u8 = 4;
/// The server's own.
pub(crate) const SERVER: u8 = 66;

/// A conversation with an entry of each kind, and all who took part:
///
/// ```text
///  1 sit one       2 sit two     3 say one    4 say two    5 pass one   6 say two    7 reseat two
///  8 say one       9 leave two  10 invite    11 sit three 12 say three 13 say one   14 pass three
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) scope: Scope,
    pub(crate) log: Vec<Entry>,
    /// Where the talk begins for whoever came last.
    pub(crate) outset: Outset,
    links: [LinkSecret; 2],
}

/// What two agree on, and what one does while the other is away:
///
/// ```text
///  1 sit one       2 sit two     3 say one      4 propose two (free)   5 accept one   6 say two    7 say one
///  8 propose one (strict)        9 accept two  10 say two              11 propose two (letters)    12 decline one
/// 13 claim two    14 propose one (live)        15 withdraw one         16 say two
/// ```
pub(crate) fn of_agreement(room: RoomId, epoch: Epoch) -> Story {
    let mut hall = Hall::new(room, epoch);
    let links = [link(1), link(2)];
    let [one, two] = [ONE, TWO].map(|number| hall.guest(number, vec![links[0]]));
    let propose = |change| Event::Propose { change };
    let told = [
        hall.join(one).map(|_| ()),
        hall.join(two).map(|_| ()),
        hall.say(one, 1, true),
        hall.act(two, propose(Change::Mode(Mode::Free))),
        hall.act(one, Event::Accept { proposal: Seq(4) }),
        hall.say(two, 2, true),
        hall.say(one, 3, true),
        hall.act(one, propose(Change::Mode(Mode::Strict))),
        hall.act(two, Event::Accept { proposal: Seq(8) }),
        hall.say(two, 4, true),
        hall.act(two, propose(Change::Pace(Pace::Letters))),
        hall.act(one, Event::Decline { proposal: Seq(11) }),
    ];
    assert_eq!(told, [const { Ok(()) }; 12]);
    let turn = hall.room.floor().turn;
    hall.bye(one);
    hall.wait(Duration::from_secs(600));
    let told = [
        hall.act(two, Event::Claim { turn }),
        hall.join(one).map(|_| ()),
        hall.act(one, propose(Change::Pace(Pace::Live))),
        hall.act(one, Event::Withdraw { proposal: Seq(14) }),
        hall.say(two, 5, true),
    ];
    assert_eq!(told, [const { Ok(()) }; 5]);
    assert_eq!(hall.log.len(), 16);
    Story {
        scope: hall.scope(),
        outset: hall.room.record().outset(Seat::Two),
        log: hall.log,
        links,
    }
}

impl Story {
    pub(crate) fn of(room: RoomId, epoch: Epoch) -> Self {
        let mut hall = Hall::new(room, epoch);
        let links = [link(1), link(2)];
        let [one, two] = [ONE, TWO].map(|number| hall.guest(number, vec![links[0]]));
        let again = hall.guest(TWO_AGAIN, vec![links[0]]);
        let three = hall.guest(THREE, vec![links[1]]);
        let told = [
            hall.join(one).map(|_| ()),
            hall.join(two).map(|_| ()),
            hall.say(one, 1, true),
            hall.say(two, 2, true),
            hall.pass(one),
            hall.say(two, 3, true),
            hall.reseat(one, secret(TWO_AGAIN).key()),
            hall.say(one, 4, true),
            hall.join(again).and_then(|_| hall.leave(again)),
            hall.invite(one, links[1]),
            hall.join(three).map(|_| ()),
            hall.say(three, 5, true),
            hall.say(one, 6, true),
            hall.pass(three),
        ];
        assert_eq!(told, [const { Ok(()) }; 14]);
        assert_eq!(hall.log.len(), told.len());
        Self {
            scope: hall.scope(),
            outset: hall.room.record().outset(Seat::Two),
            log: hall.log,
            links,
        }
    }

    /// Whoever sits in seat 1, on a new device: nothing is known, all is shown.
    pub(crate) fn one(&self) -> Person {
        let [old, new] = self.links;
        let mut one = Person::new(self.scope.room, secret(ONE), vec![new, old]);
        let outset = Record::new(self.scope).outset(Seat::One);
        let begun = one.welcome(Seat::One, self.scope.epoch, outset);
        begun.expect("the very beginning");
        one
    }

    /// Whoever came last.
    pub(crate) fn three(&self) -> Person {
        Person::new(self.scope.room, secret(THREE), vec![self.links[1]])
    }

    /// The entries before entry `seq`, and the hash of them.
    fn before(&self, seq: u64) -> EntryHash {
        let mut record = Record::new(self.scope);
        for entry in self.log.iter().filter(|entry| entry.seq.0 < seq) {
            record.apply(entry);
        }
        record.bookmark().hash
    }

    /// The talk up to before `seq`, and then this, with the signature of `author`.
    pub(crate) fn then(
        &self,
        seq: u64,
        author: &SeatSecret,
        seat: Seat,
        event: Event,
    ) -> Vec<Entry> {
        let prev = self.before(seq);
        let sig = match &event {
            Event::Sit { invite, .. } => author.sign_sit(&self.scope.room, invite.as_ref()),
            _ => author.sign_event(&self.scope, &prev, seat, &event),
        };
        let mut shown = self.log[..seq as usize - 1].to_vec();
        shown.push(Entry {
            seq: Seq(seq),
            at: self.log[0].at,
            seat,
            prev,
            event,
            sig: Some(sig),
        });
        shown
    }

    /// With entry `seq` changed, and no other.
    pub(crate) fn with(&self, seq: u64, change: impl FnOnce(&mut Entry)) -> Vec<Entry> {
        let mut shown = self.log.clone();
        change(&mut shown[seq as usize - 1]);
        shown
    }

    /// As a cunning server shows it: numbered through, and each `prev` made to fit what stands before it.
    pub(crate) fn smoothed(&self, mut shown: Vec<Entry>) -> Vec<Entry> {
        let mut prev = self.scope.genesis();
        for (entry, seq) in shown.iter_mut().zip(1..) {
            (entry.seq, entry.prev) = (Seq(seq), prev);
            prev = entry.hash(&self.scope);
        }
        shown
    }
}

/// Numbered through, with each `prev` as it was.
pub(crate) fn renumbered(mut shown: Vec<Entry>) -> Vec<Entry> {
    for (entry, seq) in shown.iter_mut().zip(1..) {
        entry.seq = Seq(seq);
    }
    shown
}

/// Shows entries one after another, and answers the first fault that is found.
pub(crate) fn read(person: &mut Person, shown: &[Entry]) -> Result<(), Fault> {
    for entry in shown {
        person.check(entry)?;
        person.take(entry);
    }
    Ok(())
}

/// Something that was never said.
pub(crate) fn say(name: u8, turn: u64) -> Event {
    Event::Say {
        id: id(name),
        turn: shared::Turn(turn),
        end_turn: true,
        seen: None,
        sealed: shared::Sealed::new([0; 128]),
    }
}
