//! What the view answers: who may speak, what is to be sent, how far the talk is known.

mod floor;

use std::time::Duration;

use shared::{
    BodyNonce, Bookmark, ClientFrame, EntryId, MAX_TEXT_BYTES, Mode, Presence, Record, RoomId,
    Saying, Seat, SeatKey, Timestamp, Turn,
};

use super::{Refusal, View};
use crate::link::{Path, Stop};

/// A message on its way for longer is mentioned.
const SLOW: Duration = Duration::from_secs(1);

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60_000;

/// What the person knows of who sits across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Nobody sits there.
    Alone,
    /// Somebody whose safety words were not compared.
    Unverified,
    /// Somebody whose safety words were the same.
    Verified,
    /// Somebody else than when they were compared, or with another key.
    Changed,
}

impl View {
    /// Whether the hub is there and has told everything that happened. Lines that stand here from before may reach
    /// further than what has been told again.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let told = self.record().map(|record| record.position().seq);
        self.path == Path::Up
            && self.welcomed
            && self
                .seating
                .is_some_and(|seating| told >= Some(seating.head))
    }

    /// Whether the floor is mine, as far as is known.
    #[must_use]
    pub fn is_my_turn(&self) -> bool {
        self.seating.is_some_and(|s| s.floor.is_open_to(s.seat))
    }

    /// Whether the floor is mine and I have not yet said in this turn what moves it.
    #[must_use]
    pub fn may_speak(&self) -> bool {
        self.is_my_turn() && !self.outbox.is_spent(self.mode())
    }

    /// Where I sit or sat last.
    #[must_use]
    pub fn my_seat(&self) -> Option<Seat> {
        self.seating.map(|seating| seating.seat)
    }

    /// Whether the other seat is free because somebody left it. Seat 2 is given out only while seat 1 is taken.
    #[must_use]
    pub fn peer_left(&self) -> bool {
        self.seating.is_some_and(|seating| {
            let vacant = seating.peer == Presence::Vacant {};
            vacant && (seating.seat == Seat::Two || self.talk.has_left(seating.seat.other()))
        })
    }

    /// Why this page will not go on of itself.
    #[must_use]
    pub fn stop(&self) -> Option<Stop> {
        match self.path {
            Path::Stopped(stop) => Some(stop),
            _ => None,
        }
    }

    /// How far the talk is known, and what it was.
    #[must_use]
    pub fn bookmark(&self) -> Option<Bookmark> {
        self.person.as_ref()?.bookmark()
    }

    /// What the entries add up to.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        self.person.as_ref()?.record()
    }

    /// Both keys, once both sit.
    #[must_use]
    pub fn keys(&self) -> Option<[SeatKey; 2]> {
        match self.record()?.keys() {
            [Some(one), Some(two)] => Some([one, two]),
            _ => None,
        }
    }

    /// What the person knows of who sits across.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let Some(keys) = self.keys() else {
            return Trust::Alone;
        };
        // At the table whoever comes is somebody else.
        let seen = self.seen.filter(|_| self.room != RoomId::Table);
        // Who sits in which seat may change when a server begins anew; the two are the same two.
        let [one, two] = keys;
        let same = |before| before == [one, two] || before == [two, one];
        match (self.verified, seen) {
            (Some(verified), _) if same(verified) => Trust::Verified,
            (Some(_), _) => Trust::Changed,
            (None, Some(seen)) if !same(seen) => Trust::Changed,
            (None, _) => Trust::Unverified,
        }
    }

    /// Whether I may make a new link to the other seat; whoever sits there is out then.
    #[must_use]
    pub fn may_invite(&self) -> bool {
        let seat = self.my_seat().filter(|_| self.is_current());
        seat.zip(self.record())
            .is_some_and(|(seat, record)| record.allows_invite(seat).is_ok())
    }

    /// Whether a direct path to the other page may be tried.
    #[must_use]
    pub fn allows_direct(&self) -> bool {
        self.allows == Some(true)
    }

    /// Whether two sit here, and this page reaches neither the server nor the other.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        let ways = self.ways;
        !ways.server && !ways.direct && self.stop().is_none() && self.keys().is_some()
    }

    /// Whether the person is to be asked for a direct path: once, as soon as there is somebody at its other end.
    #[must_use]
    pub fn asks_for_direct(&self) -> bool {
        self.allows.is_none() && self.is_current() && self.keys().is_some()
    }

    /// Whether what is written has nobody it could be sealed for yet.
    #[must_use]
    pub fn waits_for_company(&self) -> bool {
        let can_seal = self.person.as_ref().is_some_and(|person| person.can_seal());
        self.is_current() && !can_seal
    }

    /// The turn in which what is written may be said.
    ///
    /// # Errors
    /// The [`Refusal`] that says why it may not.
    pub fn may_send(&self) -> Result<Turn, Refusal> {
        let seating = self.seating.ok_or(Refusal::NoSeat)?;
        if !self.is_my_turn() {
            return Err(Refusal::NotYourTurn(seating.floor.holder));
        }
        if self.outbox.is_spent(self.mode()) {
            return Err(Refusal::Underway);
        }
        if self.stop().is_some() {
            return Err(Refusal::Unreachable);
        }
        if self.draft.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        match self.draft.len().checked_sub(MAX_TEXT_BYTES) {
            Some(over @ 1..) => Err(Refusal::TooLong(over)),
            _ => Ok(seating.floor.turn),
        }
    }

    /// The turn in which a held message may be said: this one, or my next.
    ///
    /// # Errors
    /// The [`Refusal`] that says why none may.
    pub fn may_queue(&self) -> Result<Turn, Refusal> {
        let seating = self.seating.ok_or(Refusal::NoSeat)?;
        if self.mode() == Mode::Strict && self.outbox.is_underway() {
            return Err(Refusal::Underway);
        }
        if self.stop().is_some() {
            return Err(Refusal::Unreachable);
        }
        let turn = seating.floor.turn;
        Ok(if self.is_my_turn() { turn } else { turn.next() })
    }

    /// Whether what is on its way is for a turn that has not come: the person has asked for that.
    #[must_use]
    pub fn waits_for_turn(&self) -> bool {
        let floor = self.seating.map(|seating| seating.floor);
        let turn = self.outbox.underway().map(|pending| pending.turn);
        floor
            .zip(turn)
            .is_some_and(|(floor, turn)| floor.mode == Mode::Strict && turn > floor.turn)
    }

    /// The turn that may be passed.
    ///
    /// # Errors
    /// The [`Refusal`] that says why none may.
    pub fn may_pass(&self) -> Result<Turn, Refusal> {
        let seating = self.seating.ok_or(Refusal::NoSeat)?;
        if !self.is_my_turn() {
            return Err(Refusal::NotYourTurn(seating.floor.holder));
        }
        if self.mode() == Mode::Free || self.outbox.is_underway() {
            return Err(Refusal::Underway);
        }
        if self.is_current() {
            Ok(seating.floor.turn)
        } else {
            Err(Refusal::Unreachable)
        }
    }

    /// The message to give to the path now, if any.
    #[must_use]
    pub fn due(&self) -> Option<EntryId> {
        if !self.is_current()
            || self.waits_for_company()
            || self.waits_for_turn()
            || self.alarm.is_some()
        {
            return None;
        }
        Some(self.outbox.due(self.now)?.id)
    }

    /// The frame in which a message goes: the same as before, or sealed now with this new nonce.
    #[must_use]
    pub fn frame_of(&self, id: EntryId, nonce: &BodyNonce) -> Option<ClientFrame> {
        let pending = self.outbox.get(id)?;
        let person = self.person.as_ref()?;
        let saying = Saying {
            id,
            turn: pending.turn,
            end_turn: !pending.more,
            seen: pending.seen,
        };
        let seal = || person.say(saying, &pending.text, nonce).ok();
        pending.frame().or_else(seal)
    }

    /// When the page looks different although nothing happens.
    #[must_use]
    pub fn next_tick(&self) -> Option<Timestamp> {
        let countdown = match self.path {
            Path::Waiting { until, .. } => {
                let left = until.0.saturating_sub(self.now.0);
                Some(Timestamp(self.now.0 + (left % SECOND).max(SECOND / 10)))
            }
            _ => None,
        };
        let minute = match self.seating.map(|seating| seating.peer) {
            Some(Presence::Away { since }) => {
                let gone = self.now.0.saturating_sub(since.0);
                Some(Timestamp(self.now.0 + MINUTE - gone % MINUTE))
            }
            _ => None,
        };
        let slow = self.outbox.underway().map(|p| p.written.after(SLOW));
        [
            countdown,
            minute,
            slow,
            self.outbox.due_at(),
            self.receipt_due_at(),
            self.wants_server,
            self.peer_writes_until,
        ]
        .into_iter()
        .flatten()
        .filter(|&at| at > self.now)
        .min()
    }

    /// Whether a message has been on its way for so long that it is worth a word; before, the word would flicker.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        let waits = self.waits_for_company() || self.waits_for_turn();
        let underway = self.outbox.underway().filter(|_| !waits);
        underway.is_some_and(|pending| pending.written.after(SLOW) <= self.now)
    }
}
