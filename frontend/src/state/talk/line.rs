//! One line of the talk, and what it can tell.

use std::rc::Rc;

use shared::{
    Change, Entry, EntryHash, EntryId, Epoch, Fault, LeaveReason, Reading, Seat, Seq, Timestamp,
};

use super::Reach;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its name.
    pub id: EntryId,
    /// Who said it.
    pub seat: Seat,
    /// Whether I was in that seat.
    pub mine: bool,
    /// The words; empty while they are closed.
    pub text: Rc<str>,
    /// Whether the hub has lost it: then it is in this browser only.
    pub lost: bool,
    /// Whether it was written before what the other said just above it had been shown.
    pub crossed: bool,
    /// How far it has come, where it is mine.
    pub reach: Reach,
    /// The message as it came, where this page has no key to it.
    pub closed: Option<Rc<Closed>>,
}

impl Said {
    /// One of which nothing more is known.
    pub(in crate::state) fn new(seat: Seat, mine: bool, id: EntryId, text: Rc<str>) -> Self {
        Self {
            id,
            seat,
            mine,
            text,
            lost: false,
            crossed: false,
            reach: Reach::default(),
            closed: None,
        }
    }
}

/// A message that cannot be read here, at least not yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The key it takes.
    pub generation: Seq,
    /// The entry.
    pub entry: Entry,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Something was said.
    Said(Said),
    /// A seat was taken.
    Sat {
        /// Which.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// A seat was given up.
    Left {
        /// Which.
        seat: Seat,
        /// Why.
        reason: LeaveReason,
    },
    /// The floor was handed over without a word.
    Passed {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// The floor was taken from somebody who was away.
    Claimed {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// A change was proposed.
    Proposed {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
        /// Which.
        change: Change,
    },
    /// A change was agreed on, and holds from here on.
    Agreed(Change),
    /// What the other proposed was not wanted.
    Declined {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// A proposal was taken back.
    Withdrawn {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// The other seat was opened by a new link; who sat there and had said nothing is out.
    Invited {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// Somebody goes on under a new key.
    Reseated {
        /// Who.
        seat: Seat,
        /// Whether that is me.
        mine: bool,
    },
    /// The journal began anew; what stands above is in this page only.
    Anew,
    /// The hub lost its last messages.
    Lost {
        /// How many of them this page still shows.
        messages: usize,
    },
    /// Something happened here while I had no seat.
    Gap,
    /// This browser keeps nothing.
    Unkept,
    /// What the hub showed cannot be believed.
    Doubt(Fault),
    /// The hub has another talk than the one above, and shows it from its beginning.
    Afresh,
    /// The server's journal went on differently than the two did without it.
    Yielded,
}

/// One line of the talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Tells it from every other line of this page.
    pub key: usize,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// The journal's life it belongs to.
    pub epoch: Option<Epoch>,
    /// Its number, while the hub knows it.
    pub(super) seq: Option<Seq>,
    /// Its hash, where it was seen as an entry.
    pub(super) hash: Option<EntryHash>,
}

impl Line {
    /// One that nobody has ordered yet.
    pub(in crate::state) fn ahead(at: Timestamp, what: What) -> Self {
        Self {
            key: usize::MAX,
            at,
            what,
            epoch: None,
            seq: None,
            hash: None,
        }
    }

    /// Whether nobody has ordered it yet.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.key == usize::MAX
    }

    /// Its number, while the hub knows it.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        self.seq
    }

    /// Whether the hub knows it by its number. The same message may stand here again if not.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.seq.is_some()
    }
}

/// What is known of an entry besides what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::state) struct Insight {
    /// The key its words take.
    pub(in crate::state) generation: Seq,
    /// Its words.
    pub(in crate::state) reading: Reading,
    /// My seat.
    pub(in crate::state) me: Option<Seat>,
    /// What came into force with it.
    pub(in crate::state) agreed: Option<Change>,
}
