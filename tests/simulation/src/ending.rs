//! What must have come true once there were no faults for a while: everything that was on its way has arrived or says why
//! not, and everybody sees the same.

use frontend::link::{Path, Stop};
use frontend::state::{Progress, What};
use shared::{EntryId, Timestamp};

use crate::journal::lock;
use crate::page::Page;
use crate::world::World;

impl World {
    /// # Errors
    /// What has not come true.
    pub(crate) fn check_ending(&self) -> Result<(), String> {
        if self.hub.is_none() {
            return Err("liveness: the hub does not run".to_owned());
        }
        for (id, page) in &self.pages {
            self.check_path(*id, page)?;
            self.check_outbox(*id, page)?;
        }
        for key in 0..self.people.len() {
            let up =
                |page: &&Page| self.people[page.who].key == key && page.link.path() == Path::Up;
            if self.pages.values().filter(up).count() > 1 {
                return Err(format!("I1: two connections of person {key} have one seat"));
            }
        }
        self.check_transcripts()
    }

    /// A page is connected and knows everything, or knows why it is not to come back.
    fn check_path(&self, id: usize, page: &Page) -> Result<(), String> {
        let path = page.link.path();
        match path {
            Path::Stopped(Stop::Doubt | Stop::Ended(_) | Stop::NoKey) => {
                Err(format!("liveness: page {id} has given up: {path:?}"))
            }
            Path::Stopped(_) => Ok(()),
            Path::Up if page.view.is_current() => {
                let room = self.people[page.who].room;
                let head = lock(&self.device).disk.position(room);
                let known = page.view.bookmark().map(|mark| (mark.epoch, mark.seq));
                if head.map(|head| (head.epoch, head.seq)) == known {
                    return Ok(());
                }
                Err(format!(
                    "I6: page {id} knows {known:?} of {head:?}, and does not know it"
                ))
            }
            _ => Err(format!("liveness: page {id} is not back: {path:?}")),
        }
    }

    /// What a connected page has in its outbox has a reason to be there.
    fn check_outbox(&self, id: usize, page: &Page) -> Result<(), String> {
        let waits = page.view.waits_for_company() || page.view.waits_for_turn();
        if page.view.stop().is_some() || waits {
            return Ok(());
        }
        for pending in page.view.outbox.iter() {
            let (name, room) = (pending.id, self.people[page.who].room);
            if !matches!(pending.progress, Progress::Held(_)) {
                let progress = &pending.progress;
                return Err(format!(
                    "liveness: page {id} still has {name} on its way: {progress:?}"
                ));
            }
            let seat = page.view.my_seat();
            let there = lock(&self.device)
                .disk
                .present(room)
                .and_then(|ledger| ledger.said(name));
            // What stands before its sitting a page is not shown: it lost the seat before it heard that it was stored.
            let shown = |seq| {
                let record = page.view.record();
                let outset = record.zip(seat).map(|(record, seat)| record.outset(seat));
                outset.is_none_or(|outset| seq > outset.seq)
            };
            if there.is_some_and(|(by, seq)| Some(by) == seat && shown(seq)) {
                return Err(format!("I5: page {id} holds {name}, which is stored"));
            }
        }
        Ok(())
    }

    /// Whoever sits in the same room reads the same words in the same order, from where both may read.
    fn check_transcripts(&self) -> Result<(), String> {
        for room in self.rooms() {
            let mut seen: Vec<Vec<(Timestamp, EntryId, String)>> = Vec::new();
            let here =
                |page: &&Page| page.link.path() == Path::Up && self.people[page.who].room == room;
            for page in self.pages.values().filter(here) {
                let (view, device) = (&page.view, lock(&self.device));
                let (Some(record), Some(ledger)) = (view.record(), device.disk.present(room))
                else {
                    continue;
                };
                // What was said before somebody took this seat is another's talk, but for what they said then.
                let outset = view.my_seat().map(|seat| record.outset(seat).seq);
                let mut said = Vec::new();
                for line in view.talk.lines().iter().filter(|line| line.is_known()) {
                    let What::Said(words) = &line.what else {
                        continue;
                    };
                    let seq = ledger.said(words.id).map(|(_, seq)| seq);
                    if words.closed.is_some() {
                        // A second device has only the links that the first had then.
                        said.clear();
                    } else if seq > outset {
                        said.push((line.at, words.id, words.text.to_string()));
                    }
                }
                seen.push(said);
            }
            let [one, two] = &seen[..] else {
                continue;
            };
            // One of them may have sat down later than the other.
            let (short, long) = if one.len() < two.len() {
                (one, two)
            } else {
                (two, one)
            };
            if !long.ends_with(short) {
                return Err(format!(
                    "I6: two people read different things: {one:?} and {two:?}"
                ));
            }
        }
        Ok(())
    }
}
