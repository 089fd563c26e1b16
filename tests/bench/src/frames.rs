//! The frames of the load: the one place in the benchmark that knows the protocol.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use shared::{
    ClientFrame, ConversationId, Entry, EntryHash, EntryId, Epoch, Event, LinkSecret, Nonce,
    Person, RoomId, Scope, Sealed, Seat, SeatSecret, Seq, ServerFrame, Signature, Timestamp, Turn,
};
use test_client::entry_id;
use tokio_tungstenite::tungstenite::Utf8Bytes;

const BODY_BYTES: usize = 100;

/// Under every message. The server leaves it to the other side to check, and a true one would cost the load more than
/// all else it does for a message; its size is what counts here.
const UNCHECKED: Signature = Signature([7; 64]);

/// One seat of one conversation: what it says, and what it must remember to say it.
pub(crate) struct Speaker {
    person: Person,
    scope: Scope,
    seat: Seat,
    /// The hash of the last entry, after which the next message must be said.
    last: EntryHash,
    body: Sealed,
    said: u64,
    /// What was said and is not yet told as stored.
    saying: Option<Event>,
    turn: Turn,
}

/// What a frame from the server means to the load.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// One's own message is in the journal.
    Stored(EntryId),
    /// The other's message.
    Said(EntryId),
    /// Nothing that anybody waits for; the speaker remembers what it has to.
    Other,
}

/// The fields that the load looks at. The rest is skipped: reading all of it would cost more than the server's own work.
#[derive(Deserialize)]
struct Glance<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: Option<EntryId>,
    seq: Option<Seq>,
    at: Option<Timestamp>,
    turn: Option<Turn>,
    event: Option<GlanceEvent>,
}

#[derive(Deserialize)]
struct GlanceEvent {
    id: Option<EntryId>,
}

impl Speaker {
    /// Whoever sits in `seat` of the conversation of this number.
    pub(crate) fn new(conversation: u64, seat: Seat) -> Self {
        let room = RoomId::Conversation(ConversationId(sixteen_bytes(conversation)));
        let link = LinkSecret([7; 32]);
        let scope = Scope {
            room,
            epoch: Epoch(0),
        };
        Self {
            person: Person::new(room, secret(conversation, seat), vec![link]),
            scope,
            seat,
            last: scope.genesis(),
            body: Sealed::new(vec![b'x'; BODY_BYTES]),
            said: 0,
            saying: None,
            turn: Turn::FIRST,
        }
    }

    /// The first frame, in answer to the server's first.
    pub(crate) fn hello(&self, challenge: &str) -> Result<Utf8Bytes> {
        encode(&self.person.hello(&nonce(challenge)?))
    }

    /// Whether `answer` shows that the seat is given: after the welcome, in a new conversation, the first page is the
    /// last.
    pub(crate) fn welcomed(&mut self, answer: &str) -> Result<bool> {
        match decode(answer)? {
            ServerFrame::Welcome { epoch, floor, .. } => {
                self.scope.epoch = epoch;
                self.turn = floor.turn;
                Ok(false)
            }
            ServerFrame::Entries { entries } => {
                let last = entries.last().context("a page without entries")?;
                self.last = last.hash(&self.scope);
                Ok(true)
            }
            ServerFrame::Rejected { .. } => bail!("the server refuses the seat: {answer}"),
            _ => Ok(false),
        }
    }

    /// The next message, which hands the floor over.
    pub(crate) fn say(&mut self) -> Result<(EntryId, Utf8Bytes)> {
        self.said += 1;
        let id = entry_id(self.said);
        let (turn, end_turn) = (self.turn, true);
        let text = encode(&ClientFrame::Say {
            id,
            turn,
            end_turn,
            seen: None,
            sealed: self.body.clone(),
            prev: self.last,
            sig: UNCHECKED,
        })?;
        self.saying = Some(Event::Say {
            id,
            turn,
            end_turn,
            seen: None,
            sealed: self.body.clone(),
        });
        Ok((id, text))
    }

    /// Takes the other side's word for what the last entry is: to hash it here too would cost the load twice.
    pub(crate) fn believe(&mut self, other: &Self) {
        self.last = other.last;
    }

    /// Takes in a frame from the server.
    pub(crate) fn hear(&mut self, text: &str) -> Result<Heard> {
        let glance: Glance<'_> =
            serde_json::from_str(text).with_context(|| format!("not a frame: {text}"))?;
        let event = glance.event.and_then(|event| event.id);
        Ok(match (glance.kind, glance.id, event, glance.turn) {
            ("stored", Some(id), _, _) => {
                let (seq, at) = glance.seq.zip(glance.at).context("stored as nothing")?;
                self.keep(seq, at);
                Heard::Stored(id)
            }
            ("entry", _, Some(id), _) => Heard::Said(id),
            ("turn", _, _, Some(turn)) => {
                self.turn = turn;
                Heard::Other
            }
            ("rejected" | "draining", ..) => bail!("the server does not play along: {text}"),
            _ => Heard::Other,
        })
    }

    /// What was said has become the last entry.
    fn keep(&mut self, seq: Seq, at: Timestamp) {
        if let Some(event) = self.saying.take() {
            let entry = Entry {
                seq,
                at,
                seat: self.seat,
                prev: self.last,
                event,
                sig: Some(UNCHECKED),
            };
            self.last = entry.hash(&self.scope);
        }
    }

    /// The present turn, as far as this seat has heard.
    pub(crate) fn turn(&self) -> Turn {
        self.turn
    }
}

/// Not random, so that every run is the same; a server under test holds nothing worth a secret.
fn secret(conversation: u64, seat: Seat) -> SeatSecret {
    let mut bytes = [u8::from(seat); 32];
    bytes[..16].copy_from_slice(&sixteen_bytes(conversation));
    SeatSecret::from_bytes(bytes)
}

fn sixteen_bytes(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

fn nonce(challenge: &str) -> Result<Nonce> {
    match decode(challenge)? {
        ServerFrame::Challenge { nonce } => Ok(nonce),
        _ => bail!("expected a challenge, got {challenge}"),
    }
}

fn decode(text: &str) -> Result<ServerFrame> {
    serde_json::from_str(text).with_context(|| format!("not a frame: {text}"))
}

fn encode(frame: &ClientFrame) -> Result<Utf8Bytes> {
    let text = serde_json::to_string(frame).context("a frame that is not JSON")?;
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use shared::{Presence, Record, Wish};

    use super::*;

    const ID: EntryId = EntryId([7; 16]);

    fn hear(frame: &ServerFrame) -> (Heard, Turn) {
        let mut speaker = Speaker::new(1, Seat::One);
        (speaker.hear(&text(frame)).unwrap(), speaker.turn())
    }

    #[test]
    fn a_glance_sees_what_the_whole_frame_says() {
        let (seq, at) = (Seq(9), Timestamp(1));
        let stored = ServerFrame::Stored { id: ID, seq, at };
        assert_eq!(hear(&stored).0, Heard::Stored(ID));
        let entry = ServerFrame::Entry(Entry {
            seq,
            at,
            seat: Seat::Two,
            prev: EntryHash([0; 32]),
            event: Event::Say {
                id: ID,
                turn: Turn(4),
                end_turn: true,
                seen: None,
                sealed: Sealed::new(*b"words"),
            },
            sig: Some(UNCHECKED),
        });
        assert_eq!(hear(&entry), (Heard::Said(ID), Turn::FIRST));
        let turn = r#"{"type":"turn","turn":5,"holder":1,"mode":"strict","cause":"said","said":0,"pace":"live"}"#;
        let turn: ServerFrame = serde_json::from_str(turn).unwrap();
        assert_eq!(hear(&turn), (Heard::Other, Turn(5)));
        assert_eq!(hear(&ServerFrame::Pong {}).0, Heard::Other);
    }

    fn text(frame: &ServerFrame) -> String {
        serde_json::to_string(frame).unwrap()
    }

    #[test]
    fn each_message_follows_upon_the_one_before() {
        let mut speakers = Seat::BOTH.map(|seat| Speaker::new(1, seat));
        let mut record = Record::new(Scope {
            epoch: Epoch(5),
            ..speakers[0].scope
        });
        let sit = Entry {
            seq: Seq(1),
            at: Timestamp(1),
            seat: Seat::One,
            prev: record.bookmark().hash,
            event: Event::Sit {
                key: speakers[0].person.key(),
                invite: None,
            },
            sig: Some(UNCHECKED),
        };
        record.apply(&sit);
        let welcome = ServerFrame::Welcome {
            seat: Seat::One,
            epoch: Epoch(5),
            head: Seq(1),
            outset: record.outset(Seat::One),
            floor: *record.floor(),
            peer: Presence::Vacant {},
        };
        for speaker in &mut speakers {
            assert!(!speaker.welcomed(&text(&welcome)).unwrap());
            let entries = vec![sit.clone()];
            let page = ServerFrame::Entries { entries };
            assert!(speaker.welcomed(&text(&page)).unwrap());
        }
        let [mut one, mut two] = speakers;
        for seq in [Seq(2), Seq(3)] {
            let (_, said) = one.say().unwrap();
            let frame: ClientFrame = serde_json::from_str(&said).unwrap();
            let Wish { event, prev, sig } = frame.into_wish().unwrap();
            let at = Timestamp(seq.0 + 100);
            let entry = Entry {
                seq,
                at,
                seat: one.seat,
                prev,
                event,
                sig: Some(sig),
            };
            let id = entry.message().expect("a message");
            assert_eq!(record.follows(&entry), Ok(()));
            record.apply(&entry);
            one.hear(&text(&ServerFrame::Stored { id, seq, at }))
                .unwrap();
            two.believe(&one);
            std::mem::swap(&mut one, &mut two);
        }
    }

    #[test]
    fn a_refusal_ends_the_load() {
        let mut speaker = Speaker::new(1, Seat::One);
        let refused = r#"{"type":"rejected","code":"rate_limited","retry_after_ms":20}"#;
        assert!(speaker.hear(refused).is_err());
        assert!(speaker.welcomed(refused).is_err());
    }

    #[test]
    fn seats_and_conversations_differ() {
        let keys = [(1, Seat::One), (1, Seat::Two), (2, Seat::One)]
            .map(|(conversation, seat)| secret(conversation, seat).key());
        assert_ne!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }
}
