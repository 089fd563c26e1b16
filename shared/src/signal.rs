//! What two pages tell each other about a path of their own. It goes through the hub, which must neither read it (it
//! names addresses) nor change it (it names the certificates by which the two know each other on that path): so it is
//! signed by the seat, and sealed for the other.

use serde::{Deserialize, Serialize};

use crate::chain::Scope;
use crate::entry::Sealed;
use crate::ids::Seat;
use crate::person::Person;
use crate::sealing::BodyNonce;
use crate::seat_key::Signature;

/// Sets signals apart from every other use of the keys.
const SIGNAL: &[u8] = b"duologue.v1 signal\0";

const SIGNATURE: usize = 64;

/// What the two pages tell each other so that a path between them opens. Seat 1 offers and seat 2 answers. `session` is
/// the number of an offer and of all that belongs to it: seat 2 chooses the first by chance, and each further offer for
/// the same path has the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Signal {
    /// This page may have such a path and is there.
    Ready {
        /// From seat 2: the number of the offer that it takes next. Seat 1 has none, and wants to be told one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<u32>,
    },
    /// A description of seat 1's end (SDP, RFC 8866, as RFC 9429 has it made), which names the certificate that it
    /// will show.
    Offer {
        /// Which offer.
        session: u32,
        /// The description.
        sdp: String,
    },
    /// Seat 2's end, described in answer to that.
    Answer {
        /// To which offer.
        session: u32,
        /// The description.
        sdp: String,
    },
    /// A way to reach this end that was found since (trickle ICE, RFC 8838).
    Candidate {
        /// Of which offer, or of the answer to which.
        session: u32,
        /// The candidate (RFC 8839, section 5.1).
        candidate: String,
        /// The part of the description that it is for, by its name there (RFC 5888).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mid: Option<String>,
        /// The same, counted from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u16>,
    },
    /// This page may have such a path no longer.
    No {
        /// The offer of the path that ends with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<u32>,
    },
}

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

    fn text(signal: &Signal) -> String {
        serde_json::to_string(signal).expect("JSON")
    }

    fn read(text: &str) -> Option<Signal> {
        serde_json::from_str(text).ok()
    }

    fn one_of_each() -> [Signal; 8] {
        let session = u32::MAX;
        let sdp = "v=0\r\na=fingerprint:sha-256 4A:AD\r\n".to_owned();
        let candidate = |mid: Option<&str>, line| Signal::Candidate {
            session,
            candidate: "candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host".to_owned(),
            mid: mid.map(str::to_owned),
            line,
        };
        [
            Signal::Ready {
                session: Some(session),
            },
            Signal::Ready { session: None },
            Signal::Offer {
                session,
                sdp: sdp.clone(),
            },
            Signal::Answer { session, sdp },
            candidate(Some("0"), Some(0)),
            candidate(None, None),
            Signal::No {
                session: Some(session),
            },
            Signal::No { session: None },
        ]
    }

    #[test]
    fn what_is_told_is_read_again() {
        for signal in one_of_each() {
            let text = text(&signal);
            assert_eq!(read(&text), Some(signal), "{text}");
        }
    }

    #[test]
    fn other_words_are_none_of_its_business() {
        for text in [
            "",
            "null",
            "offer",
            r#"{"type":"wave"}"#,
            r#"{"type":"offer","session":1}"#,
            r#"{"type":"answer","sdp":"v=0"}"#,
            r#"{"type":"candidate","session":1}"#,
            r#"{"type":"ready","session":4294967296}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let later = r#"{"type":"ready","since":"later"}"#;
        let ready = Signal::Ready { session: None };
        assert_eq!(read(later), Some(ready), "a later page's");
    }

    #[test]
    fn a_description_with_all_its_candidates_fits() {
        let [one, two] = two();
        let line = "a=candidate:842163049 1 udp 1677729535 2001:db8:85a3:8d3:1319:8a2e:370:7348 46154 typ srflx raddr \
                    2001:db8:85a3:8d3:1319:8a2e:370:7349 rport 46154 generation 0 network-id 1 network-cost 10\r\n";
        let signal = Signal::Offer {
            session: u32::MAX,
            sdp: line.repeat(70),
        };
        let nonce = &[3; 24];
        let sealed = one.seal_signal(&text(&signal), nonce).expect("it fits");
        let words = two.open_signal(&sealed).expect("it is for seat 2");
        assert_eq!(read(&words), Some(signal));
        let long = "x".repeat(crate::MAX_TEXT_BYTES - SIGNATURE + 1);
        assert_eq!(one.seal_signal(&long, nonce), None);
        assert!(one.seal_signal(&long[1..], nonce).is_some());
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
