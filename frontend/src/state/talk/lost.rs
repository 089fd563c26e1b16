//! Messages that stand in this page and in no journal: kept, so that they do not go with the page.

use std::rc::Rc;

use serde::Serialize;
use shared::{EntryId, Seat, Timestamp};

use super::{Line, Said, Talk, What};
use crate::json;

/// As many of the newest are kept.
const MOST: usize = 200;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    id: EntryId,
    seat: Seat,
    mine: bool,
    at: Timestamp,
    text: String,
}

json::objects! {
    Lost { id, seat, mine, at, text }
}

impl Talk {
    /// The messages that are here alone, the oldest first.
    #[must_use]
    pub fn lost(&self) -> Vec<Lost> {
        let lost = self.lines.iter().filter_map(|line| match &line.what {
            What::Said(said) if said.lost && said.closed.is_none() => Some(Lost {
                id: said.id,
                seat: said.seat,
                mine: said.mine,
                at: line.at,
                text: said.text.to_string(),
            }),
            _ => None,
        });
        let mut lost: Vec<_> = lost.collect();
        lost.drain(..lost.len().saturating_sub(MOST));
        lost
    }

    /// Shows again what an earlier visit of this browser had alone, each where its time is.
    pub(in crate::state) fn recall_lost(&mut self, kept: Vec<Lost>) {
        for Lost {
            id,
            seat,
            mine,
            at,
            text,
        } in kept
        {
            let said = Said {
                lost: true,
                ..Said::new(seat, mine, id, text.into())
            };
            if !self.says(seat, id) {
                let line: Rc<Line> = self.line(at, None, What::Said(said));
                let later = self.lines.iter().position(|line| line.at > at);
                self.lines.insert(later.unwrap_or(self.lines.len()), line);
            }
        }
    }

    /// Whether this message stands here.
    fn says(&self, by: Seat, name: EntryId) -> bool {
        let mut lines = self.lines.iter();
        lines.any(
            |line| matches!(&line.what, What::Said(said) if (said.seat, said.id) == (by, name)),
        )
    }
}
