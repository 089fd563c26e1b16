//! How far each message has come with the other, and how far I have come with theirs.

use std::rc::Rc;

use shared::{EntryHash, Receipt, Seq};

use super::super::outbox::Progress;
use super::{Line, Said, Talk, What};

/// How far a message that the hub has has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The hub has it.
    #[default]
    Stored,
    /// The other's page has opened it.
    Delivered,
    /// The other has read it.
    Read,
}

/// How far any message has come, acknowledged or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rank {
    /// The hub has it, and perhaps the other.
    Through(Reach),
    /// The hub has lost it.
    Lost,
    /// Mine, not acknowledged.
    Pending(Progress),
}

impl Rank {
    /// That of a message in the talk. `unsaved`: the server does not have it yet; what the other says of it holds all the
    /// same.
    #[must_use]
    pub fn of(said: &Said, unsaved: bool) -> Self {
        if unsaved && said.reach == Reach::Stored {
            Self::Pending(Progress::Sent)
        } else if said.lost {
            Self::Lost
        } else {
            Self::Through(said.reach)
        }
    }
}

impl Talk {
    /// The other's last message before which none is closed to me.
    pub(in crate::state) fn opened(&self) -> Seq {
        let theirs = self
            .known_after(Seq::START)
            .filter(|line| matches!(&line.what, What::Said(said) if !said.mine));
        let open = |line: &&Line| !matches!(&line.what, What::Said(said) if said.closed.is_some());
        let last = theirs.take_while(open).last();
        last.and_then(|line| line.seq).unwrap_or_default()
    }

    /// The hash of an entry, if it stands here.
    pub(in crate::state) fn hash_of(&self, seq: Seq) -> Option<EntryHash> {
        let mut lines = self.lines.iter().rev();
        lines.find(|line| line.seq == Some(seq))?.hash
    }

    /// Marks my messages after `outset`, where the other's talk begins, by how far they have come. No mark falls.
    pub(in crate::state) fn mark(&mut self, outset: Seq, word: &Receipt) {
        for line in self.lines.iter_mut().rev() {
            let Some(seq) = line.seq.filter(|seq| *seq <= word.delivered) else {
                continue;
            };
            if seq <= outset {
                break;
            }
            let reach = if Some(seq) <= word.read {
                Reach::Read
            } else {
                Reach::Delivered
            };
            let rises = |said: &Said| said.mine && said.reach < reach;
            if matches!(&line.what, What::Said(said) if rises(said))
                && let What::Said(said) = &mut Rc::make_mut(line).what
            {
                said.reach = reach;
            }
        }
    }
}
