//! What can happen to a room, in few bytes: the fuzzer finds its way the sooner.

use std::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};
use shared::{ConversationId, RoomId, Rules};

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
