//! What a test waits for, each by its name.

use shared::{Entry, EntryId, Floor, Presence, Rejection, Seat, Seq, ServerFrame};

use crate::{Client, Welcome};

impl Client {
    /// Waits for `welcome`.
    pub async fn welcome(&mut self) -> Welcome {
        self.pick("welcome", |frame| match *frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                head,
                outset,
                floor,
                peer,
            } => Some(Welcome {
                seat,
                epoch,
                head,
                outset,
                floor,
                peer,
            }),
            _ => None,
        })
        .await
    }

    /// Waits for the next live entry.
    pub async fn entry(&mut self) -> Entry {
        self.pick("an entry", |frame| match frame {
            ServerFrame::Entry(entry) => Some(entry.clone()),
            _ => None,
        })
        .await
    }

    /// Waits for the next page of a replay.
    pub async fn entries(&mut self) -> Vec<Entry> {
        self.pick("a page of entries", |frame| match frame {
            ServerFrame::Entries { entries } => Some(entries.clone()),
            _ => None,
        })
        .await
    }

    /// Waits for the next move of the floor.
    pub async fn turn(&mut self) -> Floor {
        self.pick("a turn", |frame| match frame {
            ServerFrame::Turn(floor) => Some(*floor),
            _ => None,
        })
        .await
    }

    /// Waits for the acknowledgement of a message.
    pub async fn stored(&mut self, id: EntryId) -> Seq {
        self.pick("stored", |frame| match *frame {
            ServerFrame::Stored { id: of, seq, .. } if of == id => Some(seq),
            _ => None,
        })
        .await
    }

    /// Waits for the next refusal.
    pub async fn rejected(&mut self) -> (Option<EntryId>, Rejection) {
        self.pick("a refusal", |frame| match frame {
            ServerFrame::Rejected { id, rejection } => Some((*id, rejection.clone())),
            _ => None,
        })
        .await
    }

    /// Waits for the next word on the other's presence.
    pub async fn presence(&mut self) -> (Seat, Presence) {
        self.pick("presence", |frame| match *frame {
            ServerFrame::Presence { seat, presence } => Some((seat, presence)),
            _ => None,
        })
        .await
    }
}
