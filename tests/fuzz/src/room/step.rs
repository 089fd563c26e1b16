//! What can happen to a room, in few bytes: the fuzzer finds its way the sooner.

use std::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};
use shared::{Bookmark, ConversationId, EntryHash, Epoch, RoomId, Rules, Seq};

use crate::wanted::Wanted;

/// Which kind of room it is.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) struct Setting {
    table: bool,
    hold_seconds: u8,
}

impl Setting {
    pub(crate) fn rules(self) -> Rules {
        if !self.table {
            let room = RoomId::Conversation(ConversationId([7; 16]));
            return Rules { room, hold: None };
        }
        let hold = Duration::from_secs(u64::from(self.hold_seconds) + 1);
        Rules {
            room: RoomId::Table,
            hold: Some(hold),
        }
    }
}

/// One thing that happens. People, links and connections are numbers that stand for some there are.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Step {
    Join {
        person: u8,
        link: u8,
        knows: Knows,
        truth: Truth,
    },
    Gone {
        connection: u8,
    },
    Say {
        connection: u8,
        id: u8,
        turn: Turn,
        end_turn: bool,
        seen: Number,
        size: Size,
        truth: Truth,
    },
    Pass {
        connection: u8,
        turn: Turn,
        truth: Truth,
    },
    Leave {
        connection: u8,
        truth: Truth,
    },
    Invite {
        connection: u8,
        link: u8,
        truth: Truth,
    },
    Reseat {
        connection: u8,
        person: u8,
        size: Size,
        truth: Truth,
    },
    Claim {
        connection: u8,
        turn: Turn,
        truth: Truth,
    },
    Propose {
        connection: u8,
        wanted: Wanted,
        truth: Truth,
    },
    Answer {
        connection: u8,
        how: Answer,
        proposal: Number,
        truth: Truth,
    },
    Ask {
        connection: u8,
        turn: Turn,
    },
    Bye {
        connection: u8,
    },
    Signal {
        connection: u8,
        size: Size,
    },
    /// What two did without a server, in few words, brought by a connection with some of the last entries before it.
    Upload {
        connection: u8,
        overlap: u8,
        done: [Done; 3],
        truth: Truth,
    },
    /// A line of the input as a frame, if it is one.
    Line {
        connection: u8,
        line: u8,
    },
    Typing {
        connection: u8,
    },
    Wait {
        /// In steps of a tenth of a second.
        tenths: u16,
    },
    /// From here on, the journal takes what it is given or does not.
    Journal {
        works: bool,
    },
    Restart,
}

/// How truly something is signed. Mostly it is: lies are refused and lead nowhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Truth {
    Signed,
    /// Another signs in one's place.
    ByAnother(u8),
    /// Signed after an older entry than the last.
    After(u8),
    /// A bit of the signature is not as it was.
    Altered(u8),
}

impl<'a> Arbitrary<'a> for Truth {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let byte = u8::arbitrary(u)?;
        Ok(match byte {
            0..=191 => Self::Signed,
            192..=211 => Self::ByAnother(byte),
            212..=231 => Self::After(byte - 211),
            _ => Self::Altered(byte),
        })
    }
}

/// A turn: mostly the present one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(u8);

impl Turn {
    pub(crate) fn when_it_is(self, present: shared::Turn) -> shared::Turn {
        match self.0 {
            0..=223 => present,
            255 => shared::Turn(u64::MAX),
            near => shared::Turn((present.0 + u64::from(near)).saturating_sub(239)),
        }
    }
}

impl<'a> Arbitrary<'a> for Turn {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u8::arbitrary(u).map(Self)
    }
}

/// The bytes of a body: mostly few, else about as many as there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size(u8);

impl Size {
    pub(crate) fn bytes(self) -> usize {
        match self.0 {
            0..=247 => usize::from(self.0),
            large => shared::MAX_SEALED_BYTES + usize::from(large) - 251,
        }
    }
}

impl<'a> Arbitrary<'a> for Size {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u8::arbitrary(u).map(Self)
    }
}

/// A number of an entry: mostly the one that is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(u8);

impl Number {
    pub(crate) const MEANT: Self = Self(0);

    pub(crate) fn or(self, meant: Seq) -> Seq {
        match self.0 {
            0..=223 => meant,
            255 => Seq(u64::MAX),
            near => Seq((meant.0 + u64::from(near)).saturating_sub(239)),
        }
    }
}

impl<'a> Arbitrary<'a> for Number {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u8::arbitrary(u).map(Self)
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Answer {
    Accept,
    Decline,
    Withdraw,
}

/// What somebody does without a server.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Done {
    Nothing,
    Say { first: bool, id: u8, end_turn: bool },
    Pass { first: bool },
    Propose { first: bool, wanted: Wanted },
    Answer { first: bool, how: Answer },
    Leave { first: bool },
    Claim { first: bool },
}

/// What somebody who comes claims to know of the talk.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Knows {
    Nothing,
    /// All but the last few entries.
    AllBut(u8),
    /// An entry that there is not yet.
    More(u8),
    /// Another entry than there is.
    Otherwise(u8),
    /// A talk before this one.
    AnotherEpoch,
}

impl Knows {
    /// What is told of it to the hub. `hashes`: after each entry, the first at 0.
    pub(crate) fn bookmark(self, last: Bookmark, hashes: &[EntryHash]) -> Option<Bookmark> {
        let Bookmark { epoch, seq, hash } = last;
        Some(match self {
            Self::Nothing => return None,
            Self::AllBut(few) => {
                let seq = seq.0.saturating_sub(u64::from(few));
                let hash = hashes[usize::try_from(seq).expect("a log fits into memory")];
                let seq = Seq(seq);
                Bookmark { epoch, seq, hash }
            }
            Self::More(few) => {
                let seq = Seq(seq.0 + 1 + u64::from(few));
                Bookmark { epoch, seq, hash }
            }
            Self::Otherwise(few) => {
                let seq = Seq(seq.0.saturating_sub(u64::from(few)));
                let hash = EntryHash([few; 32]);
                Bookmark { epoch, seq, hash }
            }
            Self::AnotherEpoch => {
                let epoch = Epoch(epoch.0 - 1);
                Bookmark { epoch, seq, hash }
            }
        })
    }
}
