//! What two pages tell each other about a path of their own. It goes through the hub, which must neither read it (it
//! names addresses) nor change it (it names the certificates by which the two know each other on that path): so it is
//! signed by the seat, and sealed for the other.

use crate::chain::Scope;
use crate::entry::Sealed;
use crate::ids::Seat;
use crate::person::Person;
use crate::sealing::BodyNonce;
use crate::seat_key::Signature;

/// Sets signals apart from every other use of the keys.
const SIGNAL: &[u8] = b"duologue.v1 signal\0";

const SIGNATURE: usize = 64;

/// What a signal from this seat is bound to, and the first part of what its author signs.
fn header(scope: &Scope, from: Seat) -> Vec<u8> {
    [SIGNAL, &scope.bytes(), &[from.into()]].concat()
}

impl Person {
    /// Signs and seals `words` for whoever sits across. `nonce` is random, and new for each call. `None` while nobody
    /// does, and for words that are too long.
    #[must_use]
    pub fn seal_signal(&self, words: &str, nonce: &BodyNonce) -> Option<Sealed> {
        let (record, seat, key) = (self.record()?, self.seat()?, self.body_key()?);
        record.key(seat.other())?;
        let header = header(record.scope(), seat);
        let sig = self.sign_bytes(&[&header, words.as_bytes()].concat());
        let signed = [&sig.0, words.as_bytes()].concat();
        key.seal_bytes(&header, nonce, &signed).ok()
    }

    /// The words of a signal, if whoever sits across has sealed and signed it for this seat.
    #[must_use]
    pub fn open_signal(&self, payload: &Sealed) -> Option<String> {
        let (record, seat, key) = (self.record()?, self.seat()?, self.body_key()?);
        let author = record.key(seat.other())?;
        let header = header(record.scope(), seat.other());
        let signed = key.open_bytes(&header, payload).ok()?;
        let (sig, words) = signed.split_first_chunk::<SIGNATURE>()?;
        let words = std::str::from_utf8(words).ok()?;
        let bytes = [&header, words.as_bytes()].concat();
        author
            .has_signed(&bytes, &Signature(*sig))
            .then(|| words.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Entry, Event};
    use crate::ids::{Epoch, RoomId, Seq, Timestamp};
    use crate::record::Record;
    use crate::seat_key::SeatSecret;

    const EPOCH: Epoch = Epoch(7);

    /// Those who sit at the table, in both seats.
    fn two() -> [Person; 2] {
        let scope = Scope {
            room: RoomId::Table,
            epoch: EPOCH,
        };
        let secrets = [1, 2].map(|number| SeatSecret::from_bytes([number; 32]));
        let mut record = Record::new(scope);
        let outset = record.outset(Seat::One);
        let mut people = secrets
            .clone()
            .map(|secret| Person::new(RoomId::Table, secret, Vec::new()));
        for (person, seat) in people.iter_mut().zip(Seat::BOTH) {
            person.welcome(seat, EPOCH, outset).expect("the beginning");
        }
        for (secret, seat) in secrets.iter().zip(Seat::BOTH) {
            let last = record.bookmark();
            let entry = Entry {
                seq: last.seq.next(),
                at: Timestamp::default(),
                seat,
                prev: last.hash,
                event: Event::Sit {
                    key: secret.key(),
                    invite: None,
                },
                sig: Some(secret.sign_sit(&RoomId::Table, None)),
            };
            for person in &mut people {
                person.check(&entry).expect("it is honest");
                person.take(&entry);
            }
            record.apply(&entry);
        }
        assert_eq!(record.position().seq, Seq(2));
        people
    }

    #[test]
    fn a_signal_is_for_the_other_alone() {
        let [one, two] = two();
        let sealed = one.seal_signal("offer", &[3; 24]).expect("both sit");
        assert_eq!(two.open_signal(&sealed).as_deref(), Some("offer"));
        assert_eq!(one.open_signal(&sealed), None, "not back to its author");
        let seen = sealed.0.windows(5).any(|bytes| bytes == b"offer");
        assert!(!seen, "nobody in between reads it");
    }

    #[test]
    fn a_changed_signal_is_none() {
        let [one, two] = two();
        let sealed = one.seal_signal("offer", &[3; 24]).expect("both sit");
        for at in 0..sealed.0.len() {
            let mut bytes = sealed.0.to_vec();
            bytes[at] ^= 1;
            assert_eq!(two.open_signal(&Sealed::new(bytes)), None, "byte {at}");
        }
    }

    #[test]
    fn whoever_has_the_key_alone_signs_nothing_for_the_other() {
        let [one, two] = two();
        // Seat 2 knows the key too, and could seal what seat 1 never said.
        let header = header(one.record().expect("a seat").scope(), Seat::One);
        let sig = two.sign_bytes(&[&header, &b"made up"[..]].concat());
        let signed = [&sig.0, &b"made up"[..]].concat();
        let key = two.body_key().expect("both sit");
        let sealed = key.seal_bytes(&header, &[4; 24], &signed).expect("short");
        assert_eq!(two.open_signal(&sealed), None);
    }

    #[test]
    fn alone_there_is_nobody_to_signal_to() {
        let secret = SeatSecret::from_bytes([1; 32]);
        let person = Person::new(RoomId::Table, secret, Vec::new());
        assert_eq!(person.seal_signal("offer", &[3; 24]), None);
    }
}
