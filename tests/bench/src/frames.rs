//! The frames of the load: the one place in the benchmark that knows the protocol.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use shared::{
    ClientFrame, ConversationId, EntryId, Nonce, RoomId, Sealed, Seat, SeatSecret, ServerFrame,
    Turn,
};
use test_client::entry_id;
use tokio_tungstenite::tungstenite::Utf8Bytes;

const BODY_BYTES: usize = 100;

/// One seat of one conversation: what it says, and what it must remember to say it.
pub(crate) struct Speaker {
    room: RoomId,
    secret: SeatSecret,
    body: Sealed,
    said: u64,
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
        Self {
            room: RoomId::Conversation(ConversationId(sixteen_bytes(conversation))),
            secret: secret(conversation, seat),
            body: Sealed::new(vec![b'x'; BODY_BYTES]),
            said: 0,
            turn: Turn::FIRST,
        }
    }

    /// The first frame, in answer to the server's first.
    pub(crate) fn hello(&self, challenge: &str) -> Result<Utf8Bytes> {
        let nonce = nonce(challenge)?;
        encode(&ClientFrame::Hello {
            room: self.room,
            seat_key: self.secret.key(),
            proof: self.secret.prove(&nonce, &self.room),
            position: None,
        })
    }

    /// Whether `answer` gives the seat.
    pub(crate) fn welcomed(&mut self, answer: &str) -> Result<bool> {
        match decode(answer)? {
            ServerFrame::Welcome { floor, .. } => {
                self.turn = floor.turn;
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
        let text = encode(&ClientFrame::Say {
            id,
            turn: self.turn,
            end_turn: true,
            sealed: self.body.clone(),
        })?;
        Ok((id, text))
    }

    /// Takes in a frame from the server.
    pub(crate) fn hear(&mut self, text: &str) -> Result<Heard> {
        let glance: Glance<'_> =
            serde_json::from_str(text).with_context(|| format!("not a frame: {text}"))?;
        let event = glance.event.and_then(|event| event.id);
        Ok(match (glance.kind, glance.id, event, glance.turn) {
            ("stored", Some(id), _, _) => Heard::Stored(id),
            ("entry", _, Some(id), _) => Heard::Said(id),
            ("turn", _, _, Some(turn)) => {
                self.turn = turn;
                Heard::Other
            }
            ("rejected" | "draining", ..) => bail!("the server does not play along: {text}"),
            _ => Heard::Other,
        })
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
    use shared::{Entry, Event, Seq, Timestamp};

    use super::*;

    const ID: EntryId = EntryId([7; 16]);

    fn hear(frame: &ServerFrame) -> (Heard, Turn) {
        let text = serde_json::to_string(frame).unwrap();
        let mut speaker = Speaker::new(1, Seat::One);
        (speaker.hear(&text).unwrap(), speaker.turn())
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
            event: Event::Say {
                id: ID,
                turn: Turn(4),
                end_turn: true,
                sealed: Sealed::new(*b"words"),
            },
        });
        assert_eq!(hear(&entry), (Heard::Said(ID), Turn::FIRST));
        let turn = r#"{"type":"turn","turn":5,"holder":1,"mode":"strict","cause":"said"}"#;
        let turn: ServerFrame = serde_json::from_str(turn).unwrap();
        assert_eq!(hear(&turn), (Heard::Other, Turn(5)));
        assert_eq!(hear(&ServerFrame::Pong {}).0, Heard::Other);
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
