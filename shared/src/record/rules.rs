//! What is allowed, whoever signed it: asked by the server before it accepts, and by a page before it believes.

use super::Record;
use crate::entry::Event;
use crate::ids::{RoomId, Seat, Seq, Turn};
use crate::invite::Invite;
use crate::rejection::Rejection;
use crate::seat_key::SeatKey;

impl Record {
    /// Whether `event` may be the next, done by `seat`.
    ///
    /// # Errors
    /// The [`Rejection`] that says why not.
    pub fn allows(&self, seat: Seat, event: &Event) -> Result<(), Rejection> {
        match event {
            Event::Sit { key, invite } => self.allows_sit(seat, key, invite.as_ref()),
            Event::Leave { .. } => match self.key(seat) {
                Some(_) => Ok(()),
                None => Err(Rejection::NotSeated {}),
            },
            Event::Say { turn, seen, .. } => self.allows_say(seat, *turn, *seen),
            Event::Pass { turn } => self.floor.check_pass(seat, *turn),
            Event::Claim { turn } => self.allows_claim(seat, *turn),
            Event::Propose { change } => self.allows_proposal(seat, *change),
            Event::Accept { proposal } | Event::Decline { proposal } => {
                self.allows_answer(seat.other(), *proposal)
            }
            Event::Withdraw { proposal } => self.allows_answer(seat, *proposal),
            Event::Invite { .. } => self.allows_invite(seat),
            Event::Reseat { key, .. } => self.allows_reseat(seat, key),
        }
    }

    fn allows_say(&self, seat: Seat, turn: Turn, seen: Option<Seq>) -> Result<(), Rejection> {
        self.floor.check(seat, turn)?;
        // Nobody has been shown what is not there yet.
        match seen.filter(|&seen| seen > self.head) {
            Some(_) => Err(Rejection::Behind { head: self.head }),
            None => Ok(()),
        }
    }

    /// How long the holder has to be away for it is the server's to say, which alone can see it.
    fn allows_claim(&self, seat: Seat, turn: Turn) -> Result<(), Rejection> {
        self.floor.check_waiting(seat, turn)?;
        match self.key(seat.other()) {
            Some(_) => Ok(()),
            // Nobody is away where nobody sits.
            None => Err(Rejection::SeatVacant {}),
        }
    }

    /// A conversation's seat is open to whoever comes by the standing invite; the first to come brings one along.
    fn allows_sit(
        &self,
        seat: Seat,
        key: &SeatKey,
        invite: Option<&Invite>,
    ) -> Result<(), Rejection> {
        // Seats are given in their order: seat 2 is nobody's while seat 1 is free.
        if self.first_vacant() != Some(seat) || self.seat_of(key).is_some() {
            return Err(Rejection::RoomFull {});
        }
        match (self.scope.room, invite) {
            (RoomId::Table, None) => Ok(()),
            (RoomId::Table, Some(_)) => Err(Rejection::NotAtTable {}),
            (RoomId::Conversation(_), None) => Err(Rejection::NotInvited {}),
            (RoomId::Conversation(_), Some(invite)) => {
                let welcome =
                    |standing: super::Standing| standing.open && standing.key == invite.key;
                if self.invite.is_none_or(welcome) {
                    Ok(())
                } else {
                    Err(Rejection::NotInvited {})
                }
            }
        }
    }

    /// Whether `seat` may make a new link. Whoever came by the last one is out with it, until they have spoken.
    ///
    /// # Errors
    /// The [`Rejection`] that says why not.
    pub fn allows_invite(&self, seat: Seat) -> Result<(), Rejection> {
        let peer = &self.places[seat.other().index()];
        let mine = self.invite.is_some_and(|standing| standing.by == seat);
        match self.scope.room {
            RoomId::Table => Err(Rejection::NotAtTable {}),
            RoomId::Conversation(_) if peer.key.is_none() || (mine && !peer.spoke) => Ok(()),
            RoomId::Conversation(_) => Err(Rejection::SeatTaken {}),
        }
    }

    fn allows_reseat(&self, seat: Seat, key: &SeatKey) -> Result<(), Rejection> {
        match self.scope.room {
            RoomId::Table => Err(Rejection::NotAtTable {}),
            _ if self.key(seat.other()).is_none() => Err(Rejection::SeatVacant {}),
            _ if self.seat_of(key).is_some() => Err(Rejection::BadSignature {}),
            // Whoever can still be sent away may not send away: else a stranger with a leaked link would be faster.
            _ if self.allows_invite(seat.other()).is_ok() => Err(Rejection::SeatTaken {}),
            RoomId::Conversation(_) => Ok(()),
        }
    }
}
