//! Where a body stands.

use arbitrary::Arbitrary;
use shared::{
    ConversationId, EntryHash, EntryId, Epoch, Header, LinkSecret, RoomId, Scope, Seat, SeatKey,
    Seq, Turn,
};

use super::stranger;

/// A header, and by which link and keys what stands there is sealed.
#[derive(Arbitrary, Clone, Debug)]
pub(crate) struct Place {
    conversation: Option<[u8; 16]>,
    epoch: u64,
    prev: [u8; 32],
    first: bool,
    id: [u8; 16],
    turn: u64,
    end_turn: bool,
    seen: Option<u64>,
    link: Option<[u8; 32]>,
    both_sit: bool,
}

impl Place {
    pub(crate) fn header(&self) -> Header {
        let room = self
            .conversation
            .map_or(RoomId::Table, |id| RoomId::Conversation(ConversationId(id)));
        Header {
            scope: Scope {
                room,
                epoch: Epoch(self.epoch),
            },
            prev: EntryHash(self.prev),
            seat: if self.first { Seat::One } else { Seat::Two },
            id: EntryId(self.id),
            turn: Turn(self.turn),
            end_turn: self.end_turn,
            seen: self.seen.map(Seq),
        }
    }

    pub(crate) fn link(&self) -> Option<LinkSecret> {
        self.link.map(LinkSecret)
    }

    pub(crate) fn seats(&self) -> [Option<SeatKey>; 2] {
        let other = self.both_sit.then(|| stranger::two().key());
        [Some(stranger::one().key()), other]
    }

    /// A place that differs in one thing.
    pub(crate) fn another(&self, which: u32) -> Self {
        let mut other = self.clone();
        let at = which.to_be_bytes()[0];
        let bit = 1 << (at % 8);
        match which % 8 {
            0 => {
                let mut id = self.conversation.unwrap_or_default();
                id[usize::from(at) % 16] ^= bit;
                other.conversation = Some(id);
            }
            1 => other.epoch ^= 1 << (at % 64),
            2 => other.prev[usize::from(at) % 32] ^= bit,
            3 => other.first ^= true,
            4 => other.id[usize::from(at) % 16] ^= bit,
            5 => other.turn ^= 1 << (at % 64),
            6 => other.end_turn ^= true,
            _ => other.seen = Some(self.seen.map_or(0, |seen| seen ^ (1 << (at % 64)))),
        }
        other
    }
}
