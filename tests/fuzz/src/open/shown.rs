//! What a hub without rules shows: where the talk begins, and entries.

use arbitrary::Arbitrary;
use shared::{
    Change, Entry, EntryHash, EntryId, Event, Floor, LeaveReason, LinkSecret, Opening, Outset,
    Record, Scope, Sealed, Seat, SeatKey, SeatSecret, Seq, Sitter, Timestamp, Turn, TurnCause,
};

use super::stranger;
use crate::wanted::Wanted;

pub(crate) const LINK: LinkSecret = LinkSecret([7; 32]);

/// An [`Outset`].
#[derive(Arbitrary, Debug)]
pub(crate) struct Beginning {
    seq: u64,
    hash: [u8; 32],
    turn: u64,
    first_holds: bool,
    said: u8,
    /// What would be agreed there.
    agreed: Option<Wanted>,
    peer: Peer,
}

#[derive(Arbitrary, Debug)]
enum Peer {
    Nobody,
    Alone,
    ByLink,
    ByAnothersLink,
    Key(Vec<u8>),
}

impl Beginning {
    pub(crate) fn outset(&self, scope: &Scope) -> Outset {
        let mut floor = Floor {
            turn: Turn(self.turn),
            holder: seat(self.first_holds),
            cause: TurnCause::Said,
            said: self.said,
            ..Floor::new(scope.room)
        };
        match self.agreed.map(Wanted::change) {
            Some(Change::Mode(mode)) => floor.mode = mode,
            Some(Change::Pace(pace)) => floor.pace = pace,
            Some(Change::Store(_)) => floor.direct_only = Some(Seq(self.seq)),
            None => {}
        }
        let secret = stranger::two();
        let two = secret.key();
        let prev = EntryHash(self.hash);
        // The entry that a true beginning names, signed; whoever it vouches for.
        let entry = |vouched: &SeatKey| {
            let invite = LINK.vouch(&scope.room, vouched);
            let event = Event::Invite { invite };
            let sig = secret.sign_event(scope, &prev, Seat::One, &event);
            let opened = Opening { prev, invite, sig };
            let entry = Entry {
                seq: Seq(self.seq),
                at: Timestamp(self.turn),
                seat: Seat::One,
                prev,
                event,
                sig: Some(sig),
            };
            (opened, entry.hash(scope))
        };
        let by = |vouched| Sitter {
            key: two,
            opened: Some(entry(vouched).0),
        };
        let peer = match &self.peer {
            Peer::Nobody => None,
            Peer::Alone => Some(Sitter {
                key: two,
                opened: None,
            }),
            Peer::ByLink => Some(by(&two)),
            Peer::ByAnothersLink => Some(by(&stranger::one().key())),
            Peer::Key(bytes) => {
                let mut key = two;
                let length = bytes.len().min(64);
                key.0[..length].copy_from_slice(&bytes[..length]);
                Some(Sitter { key, opened: None })
            }
        };
        Outset {
            seq: Seq(self.seq),
            hash: match &self.peer {
                Peer::ByLink => entry(&two).1,
                _ => prev,
            },
            floor,
            peer,
        }
    }
}

/// An entry, and in what it lies.
#[derive(Arbitrary, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) first: bool,
    pub(crate) at: u64,
    pub(crate) lie: Lie,
    pub(crate) what: What<'a>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Lie {
    None,
    Number(u64),
    Before([u8; 32]),
    Unsigned,
    BySomebodyElse,
}

#[derive(Arbitrary, Debug)]
pub(crate) enum What<'a> {
    Sit {
        ours: bool,
        invited: bool,
    },
    Leave {
        absent: bool,
    },
    Say {
        id: u8,
        turn: Option<u64>,
        end_turn: bool,
        seen: Option<u64>,
        inside: &'a [u8],
    },
    Pass {
        turn: Option<u64>,
    },
    Invite {
        link: u8,
    },
    Reseat {
        ours: bool,
        inside: &'a [u8],
    },
    Claim {
        turn: Option<u64>,
    },
    Propose(Wanted),
    /// None: what the other has proposed, or the author where it is taken back.
    Accept(Option<u64>),
    Decline(Option<u64>),
    Withdraw(Option<u64>),
}

impl What<'_> {
    /// The event, its body still open: what is inside, if there is one.
    pub(crate) fn event(&self, record: &Record, by: Seat, author: &SeatSecret) -> Event {
        let (room, present) = (&record.scope().room, record.floor().turn);
        let one_of = |ours: bool| {
            if ours {
                stranger::one()
            } else {
                stranger::two()
            }
            .key()
        };
        let proposal = |of: Seat, number: Option<u64>| {
            let open = record.proposal(of).map_or(Seq::START, |open| open.seq);
            number.map_or(open, Seq)
        };
        let in_turn = |turn: Option<u64>| turn.map_or(present, Turn);
        match *self {
            Self::Sit { ours, invited } => {
                let key = one_of(ours);
                let invite = invited.then(|| LINK.vouch(room, &key));
                Event::Sit { key, invite }
            }
            Self::Leave { absent } => Event::Leave {
                reason: if absent {
                    LeaveReason::Absent
                } else {
                    LeaveReason::Asked
                },
            },
            Self::Say {
                id,
                turn,
                end_turn,
                seen,
                inside,
            } => Event::Say {
                id: EntryId([id; 16]),
                turn: in_turn(turn),
                end_turn,
                seen: seen.map(Seq),
                sealed: Sealed::new(inside),
            },
            Self::Pass { turn } => Event::Pass {
                turn: in_turn(turn),
            },
            Self::Invite { link } => Event::Invite {
                invite: LinkSecret([link; 32]).vouch(room, &author.key()),
            },
            Self::Reseat { ours, inside } => Event::Reseat {
                key: one_of(ours),
                keyring: Sealed::new(inside),
            },
            Self::Claim { turn } => Event::Claim {
                turn: in_turn(turn),
            },
            Self::Propose(wanted) => Event::Propose {
                change: wanted.change(),
            },
            Self::Accept(number) => Event::Accept {
                proposal: proposal(by.other(), number),
            },
            Self::Decline(number) => Event::Decline {
                proposal: proposal(by.other(), number),
            },
            Self::Withdraw(number) => Event::Withdraw {
                proposal: proposal(by, number),
            },
        }
    }
}

pub(crate) fn seat(first: bool) -> Seat {
    if first { Seat::One } else { Seat::Two }
}
