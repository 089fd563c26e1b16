//! People who come, by a link or without, and with what they know.

use rand::RngExt as _;
use rand::rngs::StdRng;
use shared::{Bookmark, ConnectionId, EntryHash, Epoch, Input, RoomId, Seq, Sit};

use crate::model::{Verdict, Way};
use crate::people::{LINKS, PEOPLE, forger, key, secret, vouch};
use crate::readers::Insider;
use crate::world::{View, World, YOUNGEST};

impl World {
    pub(crate) fn join(&mut self, rng: &mut StdRng, journal_works: bool) {
        let connection = ConnectionId(self.connections);
        self.connections += 1;
        let who = rng.random_range(0..PEOPLE);
        let link = self.some_link(rng, who);
        let way = Way {
            behind: false,
            sound: !rng.random_bool(0.1),
            journal_works,
        };
        let room = self.rules.room;
        let insider = self.insider(rng, who);
        let position = match &insider {
            Some(insider) => insider.person.bookmark(),
            None => rng.random_bool(0.5).then(|| self.some_bookmark(rng)),
        };
        let view = View {
            who,
            insider,
            ..View::default()
        };
        self.views.insert(connection, view);
        let oldest = self.connections.saturating_sub(YOUNGEST);
        let remembered = |id: &ConnectionId, view: &View| id.0 >= oldest || view.closed.is_none();
        self.views.retain(|id, view| remembered(id, view));

        let expected = self.model.join(who, link, way);
        let sit = some_sit(rng, room, who, link, way.sound);
        let join = Input::Join {
            connection,
            sit,
            position,
        };
        let verdict = self.run(join, connection, journal_works);
        assert_eq!(verdict, expected, "join of {who} by {link:?}, {way:?}");
        let Verdict::Seated(seat) = verdict else {
            let closed = self.views[&connection].closed;
            assert!(closed.is_some(), "whoever is refused is sent away");
            return;
        };
        for (other, view) in &self.views {
            if view.seat == Some(seat) && *other != connection {
                assert!(view.closed.is_some(), "{other:?} still holds seat {seat}");
            }
        }
    }

    /// The link somebody comes by; from then on they have it. At the table hardly anybody has any.
    fn some_link(&mut self, rng: &mut StdRng, who: u8) -> Option<u8> {
        let without = if self.rules.room == RoomId::Table {
            0.9
        } else {
            0.1
        };
        if rng.random_bool(without) {
            return None;
        }
        let standing = self.model.standing.map(|standing| standing.link);
        let number = match standing.filter(|_| rng.random_bool(0.5)) {
            Some(right) => right,
            None => rng.random_range(0..LINKS),
        };
        self.secrets.may_learn(who, number).then(|| {
            self.links.entry(who).or_default().insert(number);
            number
        })
    }

    /// Somebody with what they knew before, or with their key and links alone.
    fn insider(&self, rng: &mut StdRng, who: u8) -> Option<Insider> {
        if !self.reading {
            return None;
        }
        let known = self.known.get(&who).filter(|_| rng.random_bool(0.8));
        let mut insider = known
            .cloned()
            .unwrap_or_else(|| Insider::new(self.rules.room, who));
        self.links_of(who).for_each(|link| insider.learn(link));
        Some(insider)
    }

    pub(crate) fn links_of(&self, who: u8) -> impl Iterator<Item = u8> {
        self.links.get(&who).into_iter().flatten().copied()
    }

    fn some_bookmark(&self, rng: &mut StdRng) -> Bookmark {
        let epoch = self.epochs - u64::from(self.epochs > 0 && rng.random_bool(0.2));
        let seq = rng.random_range(0..=self.log.len() + 2);
        let hash = self
            .log
            .get(seq)
            .map_or(self.reader.bookmark().hash, |next| next.prev);
        Bookmark {
            epoch: Epoch(epoch),
            seq: Seq(seq as u64),
            hash: if rng.random_bool(0.9) {
                hash
            } else {
                EntryHash([7; 32])
            },
        }
    }
}

/// The wish to sit; if it is not sound, it is signed by another, or by a key that agrees with everybody.
fn some_sit(rng: &mut StdRng, room: RoomId, who: u8, by: Option<u8>, sound: bool) -> Sit {
    let key = key(who);
    let invite = by.map(|number| vouch(&room, number, who));
    let signer = if sound { secret(who) } else { forger() };
    let mut sit = Sit {
        key,
        invite,
        sig: signer.sign_sit(&room, invite.as_ref()),
    };
    if let Some(invite) = sit
        .invite
        .as_mut()
        .filter(|_| !sound && rng.random_bool(0.5))
    {
        // The link's word for somebody else, as seen in the journal.
        invite.sig = vouch(&room, by.unwrap_or_default(), PEOPLE).sig;
        sit.sig = secret(who).sign_sit(&room, sit.invite.as_ref());
    }
    sit
}
