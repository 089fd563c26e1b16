//! People who check and read all they are shown, and a plain reckoning of who can read what.

use std::collections::{BTreeMap, BTreeSet};

use shared::{Entry, Epoch, Event, Fault, Outset, Person, Reading, Record, RoomId, Seat, Seq};

use crate::model::Model;
use crate::people::{key, link, secret, words};

/// Keys that a keyring holds.
const KEYS_IN_A_RING: usize = shared::MAX_TEXT_BYTES / 40;

/// Who can make the key of what is said after an entry.
#[derive(Clone, Copy, Debug)]
struct Generation {
    seq: Seq,
    seated: [Option<u8>; 2],
    link: Option<u8>,
}

/// What comes with an entry besides its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    /// Somebody else signed it.
    pub(crate) forged: bool,
    /// Its body was sealed as a page does.
    pub(crate) sealed: bool,
    /// The generations of the keys that are handed over with it.
    pub(crate) ring: BTreeSet<Seq>,
}

/// What is known of the entries of one epoch beyond what they say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    drafts: BTreeMap<Seq, Draft>,
    generations: Vec<Generation>,
    /// Links that somebody must not learn any more: they sit without them, so that what they say has another key.
    kept_from: BTreeSet<(u8, u8)>,
}

impl Secrets {
    /// Takes note of an entry; `model` is the room after it.
    pub(crate) fn note(
        &mut self,
        entry: &Entry,
        mut draft: Draft,
        model: &Model,
        links: &BTreeMap<u8, BTreeSet<u8>>,
    ) {
        let of_who_sits = matches!(
            entry.event,
            Event::Sit { .. } | Event::Leave { .. } | Event::Invite { .. } | Event::Reseat { .. }
        );
        if of_who_sits {
            let link = model.standing.map(|standing| standing.link);
            self.generations.push(Generation {
                seq: entry.seq,
                seated: model.seated,
                link,
            });
            for who in model.seated.into_iter().flatten() {
                let missing =
                    link.filter(|link| links.get(&who).is_none_or(|known| !known.contains(link)));
                self.kept_from.extend(missing.map(|link| (who, link)));
            }
        }
        if let Event::Reseat { .. } = entry.event {
            while draft.ring.len() > KEYS_IN_A_RING {
                draft.ring.pop_first();
            }
        }
        self.drafts.insert(entry.seq, draft);
    }

    pub(crate) fn may_learn(&self, who: u8, link: u8) -> bool {
        !self.kept_from.contains(&(who, link))
    }

    /// What an honest reader finds wrong with an entry.
    pub(crate) fn verdict(&self, seq: Seq) -> Result<(), Fault> {
        let forged = self.drafts.get(&seq).is_some_and(|draft| draft.forged);
        if forged {
            Err(Fault::Forged { seq })
        } else {
            Ok(())
        }
    }

    /// The generation that holds right after an entry.
    fn generation(&self, after: Seq) -> Option<Generation> {
        let count = self
            .generations
            .partition_point(|generation| generation.seq <= after);
        Some(self.generations[count.checked_sub(1)?])
    }
}

/// Somebody who sits, or listens in, with all they know.
#[derive(Clone, Debug)]
pub(crate) struct Insider {
    who: u8,
    pub(crate) person: Person,
    links: BTreeSet<u8>,
    /// The generations whose keys they should have.
    pub(crate) ring: BTreeSet<Seq>,
}

impl Insider {
    pub(crate) fn new(room: RoomId, who: u8) -> Self {
        Self {
            who,
            person: Person::new(room, secret(who).clone(), Vec::new()),
            links: BTreeSet::new(),
            ring: BTreeSet::new(),
        }
    }

    pub(crate) fn learn(&mut self, number: u8) {
        if self.links.insert(number) {
            self.person.add_link(link(number));
        }
    }

    /// Shows a whole journal to somebody who should never have seen it: they read what is theirs, and not a word more.
    pub(crate) fn eavesdrop(mut self, record: &Record, log: &[Entry], secrets: &Secrets) {
        let scope = *record.scope();
        let outset = Record::new(scope).outset(Seat::One);
        self.welcome(Seat::One, scope.epoch, outset, secrets);
        for entry in log {
            self.take_unchecked(entry, secrets);
        }
    }

    pub(crate) fn welcome(&mut self, seat: Seat, epoch: Epoch, outset: Outset, secrets: &Secrets) {
        let position = |person: &Person| person.record().map(Record::position);
        let before = position(&self.person);
        let begun = self.person.welcome(seat, epoch, outset);
        begun.expect("an honest outset");
        if position(&self.person) != before {
            self.ring.clear();
            self.learn_key(outset.seq, secrets);
        }
    }

    pub(crate) fn forget(&mut self) {
        self.person.forget();
        self.ring.clear();
    }

    /// Checks an entry, reads it, and knows exactly what they should know of it.
    pub(crate) fn take(&mut self, entry: &Entry, secrets: &Secrets) {
        let mut verdict = secrets.verdict(entry.seq);
        let before = secrets.generation(Seq(entry.seq.0 - 1));
        let lets_me_in =
            matches!(&entry.event, Event::Reseat { key: to, .. } if *to == key(self.who));
        if verdict.is_ok() && lets_me_in && !before.is_some_and(|before| self.knows_link(before)) {
            let seq = entry.seq;
            verdict = Err(Fault::OtherLink { seq });
        }
        assert_eq!(self.person.check(entry), verdict, "{entry:?}");
        self.take_unchecked(entry, secrets);
    }

    pub(crate) fn take_unchecked(&mut self, entry: &Entry, secrets: &Secrets) {
        let draft = secrets.drafts.get(&entry.seq).expect("noted");
        let generation = secrets.generation(Seq(entry.seq.0 - 1));
        let expected = match &entry.event {
            Event::Say { id, .. } => {
                let mine = generation.is_some_and(|generation| self.ring.contains(&generation.seq));
                if draft.sealed && mine {
                    Reading::Words(words(*id))
                } else {
                    Reading::Closed
                }
            }
            _ => Reading::Wordless,
        };
        let reading = self.person.take(entry);
        assert_eq!(
            reading, expected,
            "person {} with {:?} and {:?} reads {entry:?} of {generation:?}",
            self.who, self.links, self.ring
        );
        self.learn_key(entry.seq, secrets);
        if matches!(&entry.event, Event::Reseat { key: to, .. } if *to == key(self.who)) {
            self.ring.extend(&draft.ring);
        }
    }

    /// The key is theirs who sit, and while one sits alone, theirs who have the link.
    fn learn_key(&mut self, after: Seq, secrets: &Secrets) {
        let Some(generation) = secrets.generation(after) else {
            return;
        };
        let mine = match generation.seated {
            [Some(one), Some(two)] => [one, two].contains(&self.who) && self.knows_link(generation),
            _ => generation.link.is_some() && self.knows_link(generation),
        };
        if mine {
            self.ring.insert(generation.seq);
        }
    }

    /// Whether they have the link by which people sit there; at the table there is none to have.
    fn knows_link(&self, generation: Generation) -> bool {
        let known = |link| self.links.contains(&link);
        generation.link.is_none_or(known)
    }
}
