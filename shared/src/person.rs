//! One person's side of a room: what they sign, seal, read and believe. Pages, tests and other clients in Rust use it;
//! the server has no such thing.

mod signing;

use crate::chain::{Header, Scope};
use crate::entry::{Entry, Event};
use crate::ids::{Bookmark, Epoch, RoomId, Seat, Seq};
use crate::invite::LinkSecret;
use crate::record::{Fault, Outset, Record};
use crate::sealing::{BodyKey, Keyring, TooLong};
use crate::seat_key::{SeatKey, SeatSecret};
use crate::words::{SAFETY_WORDS, safety_words};

pub use signing::Saying;

/// Why something cannot be said or done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unable {
    /// No `welcome` has come.
    #[error("no seat yet")]
    NoSeat,
    /// There is no key yet to seal with: at the table it takes both.
    #[error("nobody to seal it for yet")]
    NoKey,
    /// The text does not fit.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

/// What the words of an entry come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It has none.
    Wordless,
    /// These.
    Words(String),
    /// They were sealed with a key that is not known here.
    Closed,
}

/// What there is to know once the hub has given a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seated {
    seat: Seat,
    record: Record,
    keys: Keyring,
}

/// A person in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    room: RoomId,
    secret: SeatSecret,
    /// The one the person came by is the first.
    links: Vec<LinkSecret>,
    seated: Option<Seated>,
}

impl Person {
    /// Somebody who has not sat down yet. `links`: the secrets of this room's links they know, the one they came by first.
    #[must_use]
    pub fn new(room: RoomId, secret: SeatSecret, links: Vec<LinkSecret>) -> Self {
        Self {
            room,
            secret,
            links,
            seated: None,
        }
    }

    /// The key of this person.
    #[must_use]
    pub fn key(&self) -> SeatKey {
        self.secret.key()
    }

    /// Where this person sits.
    #[must_use]
    pub fn seat(&self) -> Option<Seat> {
        self.seated.as_ref().map(|seated| seated.seat)
    }

    /// The link to come by: the one that stands, or else the one the person came by.
    #[must_use]
    pub fn link(&self) -> Option<&LinkSecret> {
        self.standing_link().or(self.links.first())
    }

    /// The link by which the last seat was taken or can be, if it is known here.
    #[must_use]
    pub fn standing_link(&self) -> Option<&LinkSecret> {
        let standing = self.record()?.invite_key()?;
        let is_it = |link: &&LinkSecret| link.invite_key(&self.room) == standing;
        self.links.iter().find(is_it)
    }

    /// All links known; the one the person came by is the first.
    #[must_use]
    pub fn links(&self) -> &[LinkSecret] {
        &self.links
    }

    /// Remembers a link of one's own making, to be announced by [`Person::invite`].
    pub fn add_link(&mut self, link: LinkSecret) {
        self.links.push(link);
    }

    /// What is known of the room, once there is a seat.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        self.seated.as_ref().map(|seated| &seated.record)
    }

    /// How far the talk is known, to come back with; nothing before the first entry.
    #[must_use]
    pub fn bookmark(&self) -> Option<Bookmark> {
        let bookmark = self.record()?.bookmark();
        (bookmark.seq > Seq::START).then_some(bookmark)
    }

    /// The words to compare, once both sit.
    #[must_use]
    pub fn safety_words(&self) -> Option<[&'static str; SAFETY_WORDS]> {
        let [one, two] = self.record()?.keys();
        Some(safety_words(&self.room, [one?, two?]))
    }

    /// Takes a seat, or takes it again. What was known is kept if the hub goes on from there.
    ///
    /// # Errors
    /// The [`Fault`] in where the hub says the talk begins.
    pub fn welcome(&mut self, seat: Seat, epoch: Epoch, outset: Outset) -> Result<(), Fault> {
        // Also in the other seat: whoever left one may be let into the other, and the hub goes on from what they knew.
        let goes_on = |known: &&mut Seated| {
            let Bookmark { epoch: of, seq, .. } = known.record.bookmark();
            of == epoch && seq >= outset.seq
        };
        if let Some(known) = self.seated.as_mut().filter(goes_on) {
            known.seat = seat;
            return Ok(());
        }
        let scope = Scope {
            room: self.room,
            epoch,
        };
        self.seated = Some(Seated {
            seat,
            record: Record::begin(scope, seat, outset)?,
            keys: Keyring::default(),
        });
        self.learn_key();
        Ok(())
    }

    /// Forgets what is known: the hub begins again at the outset.
    pub fn forget(&mut self) {
        self.seated = None;
    }

    /// Whether the next entry can be believed.
    ///
    /// # Errors
    /// The [`Fault`]; also when no seat is held.
    pub fn check(&self, entry: &Entry) -> Result<(), Fault> {
        let seq = entry.seq;
        let record = self.record().ok_or(Fault::AgainstRules { seq })?;
        record.check(entry)?;
        // Whoever is let in has signed nothing there. Only the link tells the talk from one made up for them.
        let lets_me_in = matches!(&entry.event, Event::Reseat { key, .. } if *key == self.key());
        if lets_me_in && self.standing_link().is_none() {
            return Err(Fault::OtherLink { seq });
        }
        Ok(())
    }

    /// Takes in the next entry, and reads it.
    pub fn take(&mut self, entry: &Entry) -> Reading {
        let reading = match &entry.event {
            Event::Say { .. } => self.generation().map_or(Reading::Closed, |now| {
                self.read(now, entry)
                    .map_or(Reading::Closed, Reading::Words)
            }),
            _ => Reading::Wordless,
        };
        if let Some(seated) = &mut self.seated {
            seated.record.apply(entry);
            self.learn_key();
            self.learn_keyring(entry);
        }
        reading
    }

    /// The words of a message that was said in `generation`, if they are for this person.
    #[must_use]
    pub fn read(&self, generation: Seq, entry: &Entry) -> Option<String> {
        let seated = self.seated.as_ref()?;
        let Event::Say {
            id,
            turn,
            end_turn,
            seen,
            ref sealed,
        } = entry.event
        else {
            return None;
        };
        let header = Header {
            scope: *seated.record.scope(),
            prev: entry.prev,
            seat: entry.seat,
            id,
            turn,
            end_turn,
            seen,
        };
        seated.keys.get(generation)?.open(&header, sealed).ok()
    }

    /// The generation of what is said now.
    #[must_use]
    pub fn generation(&self) -> Option<Seq> {
        self.record().map(Record::generation)
    }

    /// Whether something can be sealed now.
    #[must_use]
    pub fn can_seal(&self) -> bool {
        self.body_key().is_some()
    }

    pub(crate) fn body_key(&self) -> Option<&BodyKey> {
        let seated = self.seated.as_ref()?;
        seated.keys.get(seated.record.generation())
    }

    fn derive(
        &self,
        record: &Record,
        generation: Seq,
        seats: [Option<SeatKey>; 2],
    ) -> Option<BodyKey> {
        // Whoever left still has the old link, and whoever comes next comes by another: it is a key for nobody.
        if seats.contains(&None) && !record.is_open() {
            return None;
        }
        let of_standing =
            |link: &&LinkSecret| record.invite_key() == Some(link.invite_key(&self.room));
        let link = self.links.iter().find(of_standing);
        // Without the link's secret a server could sit in between.
        if link.is_none() && self.room != RoomId::Table {
            return None;
        }
        BodyKey::derive(record.scope(), generation, link, &self.secret, seats)
    }

    /// Derives the key of this generation, where it can be.
    fn learn_key(&mut self) {
        let Some(Seated { record, keys, .. }) = &self.seated else {
            return;
        };
        let generation = record.generation();
        if keys.get(generation).is_some() {
            return;
        }
        let derived = self.derive(record, generation, record.keys());
        if let (Some(key), Some(seated)) = (derived, &mut self.seated) {
            seated.keys.insert(generation, key);
        }
    }

    /// Takes the keys along that the other has sealed for this person.
    fn learn_keyring(&mut self, entry: &Entry) {
        let (Event::Reseat { key, keyring }, Some(seated)) = (&entry.event, &mut self.seated)
        else {
            return;
        };
        let from = seated.record.key(entry.seat);
        if let Some(from) = from.filter(|_| *key == self.secret.key())
            && let Ok(keys) = Keyring::open(seated.record.scope(), &self.secret, &from, keyring)
        {
            seated.keys.extend(keys, Seq(entry.seq.0.saturating_sub(1)));
        }
    }
}
