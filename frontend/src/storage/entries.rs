//! The entries of a room, each under a key of its own: so that of a long talk only what is new is written.

use shared::{Entry, Seq};

use super::{Drawer, Place, Texts};
use crate::json;
use crate::state::{Begun, KeptLog, Log};

/// Where they begin.
pub(super) const BEGUN: &str = "begun";

/// What an entry is kept under. As texts, the keys are in the order of the numbers.
fn name(seq: Seq) -> String {
    format!("entry.{:012}", seq.0)
}

/// What was written of a log.
#[derive(Debug, Default)]
pub(super) struct Written {
    begun: Option<Begun>,
    upto: Seq,
}

impl Written {
    /// What is new in the log, and what is to go.
    pub(super) fn news(&mut self, log: &Log) -> Texts {
        // Until something is known, what an earlier visit knew stays.
        let Some(begun) = log.begun() else {
            return Texts::new();
        };
        let (mut texts, head) = (Texts::new(), log.head());
        let old = |seq| (name(Seq(seq)).into(), String::new());
        if self.begun.as_ref() != Some(begun) {
            if let Some(before) = self.begun.replace(*begun) {
                let first = before.outset.seq.0 + 1;
                texts.extend((first..=self.upto.0).map(old));
            }
            texts.push((BEGUN.into(), json::write(begun)));
            self.upto = begun.outset.seq;
        }
        texts.extend((head.0 + 1..=self.upto.0).map(old));
        let new = log.entries_after(self.upto.min(head));
        texts.extend(new.map(|entry| (name(entry.seq).into(), json::write(entry))));
        self.upto = head;
        texts
    }
}

impl Drawer {
    /// The entries that were kept, as far as they go on from one another.
    pub(super) async fn log(&self) -> Option<KeptLog> {
        let begun: Begun = self.get_json(BEGUN).await?;
        let first = begun.outset.seq.next();
        let texts = match &self.place {
            Place::Browser(database) => {
                let [first, last] = [first, Seq(u64::MAX)].map(|seq| self.key(&name(seq)));
                database.between(&first, &last).await
            }
            Place::Tab(storage) => {
                let kept = |seq| storage.get_item(&self.key(&name(Seq(seq)))).ok().flatten();
                (first.0..).map_while(kept).collect()
            }
            Place::Nowhere => Vec::new(),
        };
        let read = |text: &String| json::read::<Entry>(text);
        let entries: Vec<_> = texts.iter().map_while(read).collect();
        let upto = entries.last().map_or(begun.outset.seq, |entry| entry.seq);
        let begins = Some(begun);
        self.entries.replace(Written {
            begun: begins,
            upto,
        });
        Some(KeptLog { begun, entries })
    }

    /// Keeps these before they are told to anybody. Answers when they are, or cannot be.
    pub async fn keep_entries(&self, entries: &[Entry]) -> bool {
        let texts: Texts = entries
            .iter()
            .map(|entry| (name(entry.seq).into(), json::write(entry)))
            .collect();
        match self.write(&texts) {
            futures_util::future::Either::Left(kept) => kept,
            futures_util::future::Either::Right(kept) => kept.await,
        }
    }
}
