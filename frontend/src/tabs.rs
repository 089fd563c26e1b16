//! The tabs of one conversation in one browser. One of them leads: it has the socket and the outbox, and its reducer
//! decides. The others mirror it: they are told every action in its order, and hand over what the person does in them.
//! Who leads is decided by a lock that ends with its document; here is what follows from that. No browser calls.

mod story;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use shared::{EntryId, Timestamp};

use crate::state::{Action, Kept};

pub use story::Story;
pub(crate) use words::{Heard, is_shared};
pub use words::{Want, Word};

/// A leader that has not answered by then does not answer at all: its tab is frozen, and another goes on.
const PATIENCE: Duration = Duration::from_secs(3);

/// A leader that has not spoken for so long is asked for a sign of life.
const IDLE: Duration = Duration::from_secs(5);

/// A leader-to-be reads what is kept, which takes a database that does not answer four seconds. One that has not spoken by
/// then is frozen.
const PREPARES: Duration = Duration::from_secs(10);

/// A tab's name, and also that of a time in which one tab leads: random numbers that JavaScript can hold.
pub type Name = u32;

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Tell the others.
    Post(Word),
    /// Take the lock from whoever has it.
    Steal,
    /// Begin to lead, and say so once it is done: [`Tabs::started`].
    Lead,
    /// Lead no longer: drop the socket and wait for the lock again.
    Yield,
    /// Show what this adds up to.
    Follow(Story),
    /// Show what this changes. `mine`: the person did it in this tab.
    Show {
        /// The actions.
        actions: Vec<Action>,
        /// Whether this tab wanted it.
        mine: bool,
    },
    /// The person wants this, in this tab or another.
    Do {
        /// In which, if not in this one.
        by: Option<Name>,
        /// What.
        want: Want,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Nobody has told this tab anything yet.
    Waiting,
    /// It is told by whoever leads in this time.
    Mirror(Name),
    /// It has the lock and prepares.
    Starting(Name),
    /// It leads.
    Leader(Name),
}

/// One tab among them.
#[derive(Clone, Debug)]
pub struct Tabs {
    name: Name,
    role: Role,
    story: Option<Story>,
    wants: Vec<(u32, Want)>,
    last: u32,
    /// What each tab's last want was that is done, whoever did it.
    done: BTreeMap<Name, u32>,
    answer_by: Option<Timestamp>,
    /// When the leader spoke last.
    heard: Timestamp,
    /// It led, and another took the lock. Until it is told more, or looked at, it takes nothing back: two pages that do not
    /// understand each other, of two versions say, would take it in turns for ever.
    robbed: bool,
}

impl Tabs {
    /// A tab that has just come, and what it does first.
    #[must_use]
    pub fn join(name: Name, now: Timestamp) -> (Self, Vec<Deed>) {
        let mut tabs = Self {
            name,
            role: Role::Waiting,
            story: None,
            wants: Vec::new(),
            last: 0,
            done: BTreeMap::new(),
            answer_by: None,
            heard: now,
            robbed: false,
        };
        let deeds = tabs.ask(now);
        (tabs, deeds)
    }

    /// Whether this tab leads.
    #[must_use]
    pub fn leads(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// Whether this tab has been shown all there is, and so leads or mirrors.
    #[must_use]
    pub fn knows(&self) -> bool {
        self.story.is_some()
    }

    /// Whether the person withdrew this message, as far as this tab was told.
    #[must_use]
    pub fn has_taken_back(&self, id: EntryId) -> bool {
        let story = self.story.as_ref();
        story.is_some_and(|story| story.has_taken_back(id))
    }

    /// When [`Tabs::woke`] is due.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let idle = matches!(self.role, Role::Mirror(_)).then(|| self.heard.after(IDLE));
        self.answer_by.or(idle)
    }

    /// The lock is this tab's; `term` names the time that begins.
    #[must_use]
    pub fn granted(&mut self, term: Name) -> Vec<Deed> {
        self.answer_by = None;
        self.robbed = false;
        self.role = Role::Starting(term);
        vec![Deed::Lead]
    }

    /// It leads now. `kept`: what the browser had kept, and when that was read, where the tab knew nothing before.
    #[must_use]
    pub fn started(&mut self, kept: Kept, began: Timestamp) -> Vec<Deed> {
        let Role::Starting(term) = self.role else {
            return vec![];
        };
        self.role = Role::Leader(term);
        self.story.get_or_insert_with(|| Story {
            kept,
            began,
            actions: Vec::new(),
        });
        let wants = std::mem::take(&mut self.wants);
        let done = wants
            .into_iter()
            .map(|(_, want)| Deed::Do { by: None, want });
        [Deed::Post(Word::Lead(term))]
            .into_iter()
            .chain(done)
            .collect()
    }

    /// Another tab has taken the lock: this one was too slow to answer.
    #[must_use]
    pub fn lost(&mut self, now: Timestamp) -> Vec<Deed> {
        self.robbed = true;
        let mut deeds = vec![Deed::Yield];
        deeds.extend(self.ask(now));
        deeds
    }

    /// This tab, leading, has acted: the others are told.
    #[must_use]
    pub fn acted(&mut self, by: Option<Name>, actions: Vec<Action>) -> Vec<Deed> {
        let (Role::Leader(term), Some(story)) = (self.role, &mut self.story) else {
            return vec![];
        };
        let actions: Vec<_> = actions.into_iter().filter(is_shared).collect();
        if actions.is_empty() {
            return vec![];
        }
        for action in actions.clone() {
            story.note(action);
        }
        vec![Deed::Post(Word::News { term, by, actions })]
    }

    /// The person wants something in this tab.
    #[must_use]
    pub fn want(&mut self, now: Timestamp, want: Want) -> Vec<Deed> {
        if self.leads() {
            return vec![Deed::Do { by: None, want }];
        }
        self.last += 1;
        self.wants.push((self.last, want.clone()));
        match self.role {
            Role::Mirror(_) => {
                self.answer_by.get_or_insert(now.after(PATIENCE));
                let (tab, number) = (self.name, self.last);
                vec![Deed::Post(Word::Want { tab, number, want })]
            }
            _ => vec![],
        }
    }

    /// Somebody looks at this tab.
    #[must_use]
    pub fn looked_at(&mut self, now: Timestamp) -> Vec<Deed> {
        match self.role {
            Role::Mirror(_) if self.wants.is_empty() => self.want(now, Want::Look),
            Role::Waiting if self.robbed => {
                self.robbed = false;
                self.ask(now)
            }
            _ => vec![],
        }
    }

    /// The time that [`Tabs::next_wake`] named has come. `visible`: somebody looks at this tab.
    #[must_use]
    pub fn woke(&mut self, now: Timestamp, visible: bool) -> Vec<Deed> {
        if self.next_wake().is_none_or(|by| by > now) {
            return vec![];
        }
        match self.answer_by.take() {
            Some(_) => vec![Deed::Steal],
            None => self.want(now, Want::Knock(visible)),
        }
    }

    /// Another tab has spoken.
    #[must_use]
    pub fn hear(&mut self, now: Timestamp, word: Word) -> Vec<Deed> {
        match (self.role, word) {
            (Role::Leader(term), Word::Join(tab)) => {
                let story = self.story.clone().unwrap_or_default();
                vec![Deed::Post(Word::All { tab, term, story })]
            }
            (Role::Leader(_), Word::Want { tab, number, want }) => {
                let heard = Deed::Post(Word::Heard { tab, number });
                // A tab that has heard no answer asks again.
                if self.is_done(tab, number) {
                    return vec![heard];
                }
                self.done.insert(tab, number);
                let by = Some(tab);
                vec![Deed::Do { by, want }, heard]
            }
            (_, Word::Heard { tab, number }) => {
                self.heard(now, tab, number);
                vec![]
            }
            (Role::Starting(_), Word::Join(tab)) => vec![Deed::Post(Word::Soon(tab))],
            (Role::Leader(_) | Role::Starting(_), _) => vec![],
            (Role::Waiting, Word::Soon(tab)) if tab == self.name => {
                self.answer_by = Some(now.after(PREPARES));
                vec![]
            }
            (_, Word::Lead(_)) => self.ask(now),
            (_, Word::All { tab, term, story }) if tab == self.name => {
                self.follow(now, term, story)
            }
            (Role::Mirror(of), Word::News { term, by, actions }) if of == term => {
                if let Some(story) = &mut self.story {
                    for action in actions.clone() {
                        story.note(action);
                    }
                }
                self.heard = now;
                let mine = by == Some(self.name);
                vec![Deed::Show { actions, mine }]
            }
            _ => vec![],
        }
    }

    fn is_done(&self, tab: Name, number: u32) -> bool {
        self.done.get(&tab).is_some_and(|&last| last >= number)
    }

    fn heard(&mut self, now: Timestamp, tab: Name, number: u32) {
        if !self.is_done(tab, number) {
            self.done.insert(tab, number);
        }
        self.heard = now;
        if tab == self.name {
            self.wants.retain(|&(later, _)| later > number);
            if matches!(self.role, Role::Mirror(_)) {
                let pending = !self.wants.is_empty();
                self.answer_by = pending.then(|| now.after(PATIENCE));
            }
        }
    }

    fn ask(&mut self, now: Timestamp) -> Vec<Deed> {
        self.role = Role::Waiting;
        self.answer_by = (!self.robbed).then(|| now.after(PATIENCE));
        vec![Deed::Post(Word::Join(self.name))]
    }

    fn follow(&mut self, now: Timestamp, term: Name, story: Story) -> Vec<Deed> {
        self.robbed = false;
        self.role = Role::Mirror(term);
        self.heard = now;
        self.story = Some(story.clone());
        let pending = !self.wants.is_empty();
        self.answer_by = pending.then(|| now.after(PATIENCE));
        // What nobody has answered may be with nobody: whoever knows it already does it once only.
        let again = self.wants.iter().map(|(number, want)| {
            let (tab, number, want) = (self.name, *number, want.clone());
            Deed::Post(Word::Want { tab, number, want })
        });
        [Deed::Follow(story)].into_iter().chain(again).collect()
    }
}

#[cfg(test)]
mod tests;
