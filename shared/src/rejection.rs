//! Every "no", as a value with a stable code.

use std::fmt;

use serde::Serialize;

use crate::ids::{Seat, Seq, Turn};
use crate::record::Fault;

/// Why a command was refused. The room is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Rejection {
    /// The frame is no frame of this protocol.
    Malformed {
        /// What is wrong with it, for the person who writes the client.
        detail: String,
    },
    /// The body is longer than a body may be.
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The first frame must be `hello`.
    HelloFirst {},
    /// `hello` may come once on a connection.
    HelloTwice {},
    /// The proof was not made by this seat key for this challenge and room.
    BadProof {},
    /// Both seats are taken by others.
    RoomFull {},
    /// This server keeps no table; a conversation of one's own is to be had.
    NoTable {},
    /// The conversation is over: both left, or nobody said anything for longer than the server keeps what is said.
    RoomOver {},
    /// This connection holds no seat (any more).
    NotSeated {},
    /// The other seat holds the floor.
    NotYourTurn {
        /// The present turn.
        turn: Turn,
        /// Who holds it.
        holder: Seat,
    },
    /// The floor is this seat's, but in another turn than the command was made for.
    StaleTurn {
        /// The present turn.
        turn: Turn,
        /// Who holds it.
        holder: Seat,
    },
    /// Both may speak: there is no turn to hand over, to ask for or to take.
    NoTurns {},
    /// The floor is this seat's already.
    YourTurn {},
    /// The floor was asked for in this turn already.
    AskedAlready {},
    /// Whoever holds the floor is here, or has not been away for long enough.
    NotAway {},
    /// It is as proposed already.
    NothingToChange {},
    /// This seat has a proposal open; it can be withdrawn.
    AlreadyProposed {},
    /// There is no such proposal (any more).
    NoProposal {},
    /// It was signed after another entry than the last: what came since has to be seen first.
    Behind {
        /// The last entry there is.
        head: Seq,
    },
    /// Of what was uploaded an entry is not what it says, or not the next; nothing was taken.
    NotBelieved {
        /// Which, and what is wrong with it.
        fault: Fault,
    },
    /// The signature is not this seat's, or what it hands on is no key of anybody's.
    BadSignature {},
    /// The link was used, replaced, or never was one.
    NotInvited {},
    /// The table has no links: its seats are for whoever comes.
    NotAtTable {},
    /// Whoever sits in the other seat cannot be sent away: they have spoken already, or it is they who made the link
    /// and the one who came by it has not.
    SeatTaken {},
    /// Nobody sits in the other seat.
    SeatVacant {},
    /// It takes a server, and none keeps this room: two pages talk directly.
    NeedsServer {},
    /// The two have the server store nothing: what is to stand in the talk is for their pages, and what takes a server has
    /// to wait until one of them wants it back.
    DirectOnly {},
    /// Too many frames; the same may be sent again later.
    RateLimited {
        /// Milliseconds to wait.
        after: u64,
    },
    /// The journal did not take the entry; nothing happened, and the same may be sent again.
    JournalUnavailable {},
}

impl Rejection {
    /// Whether the very same command may succeed later without anything else being done.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Rejection::RateLimited { .. } | Rejection::JournalUnavailable {}
        )
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        Self::NotBelieved { fault }
    }
}

/// In words a person can act on.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::Malformed { detail } => write!(f, "the frame cannot be read: {detail}"),
            Rejection::TooLarge { limit } => {
                write!(f, "the message is longer than {limit} bytes; shorten it")
            }
            Rejection::HelloFirst {} => f.write_str("say hello first"),
            Rejection::HelloTwice {} => f.write_str("hello was said already"),
            Rejection::BadProof {} => f.write_str("this seat belongs to another key"),
            Rejection::RoomFull {} => f.write_str("both seats are taken"),
            Rejection::NoTable {} => {
                f.write_str("this server keeps no table; open a conversation instead")
            }
            Rejection::RoomOver {} => f.write_str("the conversation is over; open another"),
            Rejection::NotSeated {} => f.write_str("this connection holds no seat"),
            Rejection::NotYourTurn { holder, .. } => {
                write!(f, "it is seat {holder}'s turn")
            }
            Rejection::StaleTurn { turn, .. } => {
                write!(f, "that turn is over; it is turn {turn} now")
            }
            Rejection::NoTurns {} => f.write_str("both may speak now, there are no turns"),
            Rejection::YourTurn {} => f.write_str("it is your turn already"),
            Rejection::AskedAlready {} => f.write_str("you asked for this turn already"),
            Rejection::NotAway {} => {
                f.write_str("the other is here, or has not been away for long enough; wait")
            }
            Rejection::NothingToChange {} => f.write_str("it is so already"),
            Rejection::AlreadyProposed {} => {
                f.write_str("you have proposed something already; withdraw that first")
            }
            Rejection::NoProposal {} => f.write_str("there is no such proposal any more"),
            Rejection::Behind { .. } => f.write_str("something happened in between; try again"),
            Rejection::NotBelieved { fault } => write!(f, "nothing was taken: {fault}"),
            Rejection::BadSignature {} => f.write_str("the signature is not this seat's"),
            Rejection::NotInvited {} => {
                f.write_str("this link was used or replaced; ask for a new one")
            }
            Rejection::NotAtTable {} => f.write_str("the table has no links"),
            Rejection::SeatTaken {} => f.write_str("the other cannot be sent away from their seat"),
            Rejection::SeatVacant {} => f.write_str("nobody sits in the other seat"),
            Rejection::NeedsServer {} => {
                f.write_str("that takes the server; wait until it can be reached")
            }
            Rejection::DirectOnly {} => {
                f.write_str("you two have the server store nothing; let it store again first")
            }
            Rejection::RateLimited { after } => write!(f, "too fast; wait {after} ms"),
            Rejection::JournalUnavailable {} => {
                f.write_str("the server could not store this; try again")
            }
        }
    }
}
