//! A page in the hands of a hub and a person who hold to no rule.

use arbitrary::Arbitrary;
use shared::{
    BodyNonce, Change, ClientFrame, ConversationId, Entry, EntryHash, EntryId, Epoch, Event,
    Header, Mode, Person, Reading, RoomId, Saying, SeatSecret, Seq, Timestamp,
};

use super::shown::{Beginning, LINK, Lie, Shown, seat};
use super::stranger;

/// Enough for one to come, speak, be let in again and go.
const MOST_ENTRIES: usize = 24;

const ROOM: RoomId = RoomId::Conversation(ConversationId([7; 16]));
const NONCE: BodyNonce = [9; 24];

/// What a hub shows, and what is said at the end.
#[derive(Arbitrary, Debug)]
pub(crate) struct Talk<'a> {
    first: bool,
    epoch: u64,
    /// None for the room's very beginning.
    beginning: Option<Beginning>,
    text: &'a str,
    shown: Vec<Shown<'a>>,
}

impl Talk<'_> {
    pub(crate) fn go(&self) {
        let mut me = Person::new(ROOM, stranger::one().clone(), vec![LINK]);
        let epoch = Epoch(self.epoch);
        let mut outset =
            shared::Record::new(shared::Scope { room: ROOM, epoch }).outset(seat(self.first));
        if let Some(beginning) = &self.beginning {
            outset = beginning.outset(&shared::Scope { room: ROOM, epoch });
        }
        if me.welcome(seat(self.first), epoch, outset).is_err() {
            return;
        }
        let mut ring = None;
        for shown in self.shown.iter().take(MOST_ENTRIES) {
            if let Some(entry) = show(&mut me, shown, ring)
                && let Event::Reseat { key, .. } = entry.event
                && key == me.key()
            {
                ring = Some(entry.seq);
            }
        }
        speak(&me, self.text);
    }
}

/// Shows an entry, which is taken in if it is believed; answers it then. `ring`: since when the last ring of keys holds.
fn show(me: &mut Person, shown: &Shown<'_>, ring: Option<Seq>) -> Option<Entry> {
    let record = me.record()?;
    let (scope, last) = (*record.scope(), record.bookmark());
    let by = seat(shown.first);
    let [one, two] = [stranger::one(), stranger::two()];
    let author: &SeatSecret = match record.key(by) {
        Some(key) if key == one.key() => one,
        _ => two,
    };
    let mut entry = Entry {
        seq: last.seq.next(),
        at: Timestamp(shown.at),
        seat: by,
        prev: last.hash,
        event: shown.what.event(record, by, author),
        sig: None,
    };
    match shown.lie {
        Lie::Number(seq) => entry.seq = Seq(seq),
        Lie::Before(hash) => entry.prev = EntryHash(hash),
        _ => {}
    }
    let inside = seal_inside(me, &mut entry);
    let author = match (&entry.event, shown.lie) {
        (Event::Sit { key, .. }, _) if *key == one.key() => one,
        (Event::Sit { .. }, _) => two,
        (_, Lie::BySomebodyElse) => &SeatSecret::from_bytes([3; 32]),
        _ => author,
    };
    if !matches!(shown.lie, Lie::Unsigned) {
        let sig = author.sign_event(&scope, &entry.prev, by, &entry.event);
        entry.sig = Some(sig);
    }
    me.check(&entry).ok()?;
    let before = me.bookmark();
    let ringed = me.generation() == ring && ring.is_some();
    let reading = me.take(&entry);
    assert_ne!(me.bookmark(), before, "taken in, and nothing is new");
    match (&entry.event, inside) {
        (Event::Say { .. }, Some(inside)) => {
            // With its ring the stranger may have given a false key, to what is said till somebody comes or goes.
            let words = stranger::words(&inside).map_or(Reading::Closed, Reading::Words);
            assert!(reading == words || (ringed && reading == Reading::Closed));
        }
        (Event::Say { .. }, None) => assert_eq!(reading, Reading::Closed),
        _ => assert_eq!(reading, Reading::Wordless),
    }
    Some(entry)
}

/// Seals what is inside a message or a ring, as somebody can who shares the keys; answers what it was, where the page
/// has that key too.
fn seal_inside(me: &Person, entry: &mut Entry) -> Option<Vec<u8>> {
    let record = me.record()?;
    let scope = *record.scope();
    match &mut entry.event {
        Event::Say {
            id,
            turn,
            end_turn,
            seen,
            sealed,
        } => {
            let [Some(first), Some(second)] = record.keys() else {
                return None;
            };
            let mine = stranger::one().key();
            let ours = [mine, stranger::two().key()];
            let linked = record.invite_key() == Some(LINK.invite_key(&ROOM));
            if !linked || !me.can_seal() || first == second {
                return None;
            }
            if !ours.contains(&first) || !ours.contains(&second) {
                return None;
            }
            let header = Header {
                scope,
                prev: entry.prev,
                seat: entry.seat,
                id: *id,
                turn: *turn,
                end_turn: *end_turn,
                seen: *seen,
            };
            let generation = record.generation().0;
            let key = stranger::talk_key(&scope, generation, LINK, [first, second]);
            let inside = sealed.0.to_vec();
            *sealed = stranger::seal(&key, &header.bytes(), &NONCE, &inside);
            Some(inside)
        }
        Event::Reseat { keyring, .. } => {
            let key = stranger::ring_key(&scope);
            let inside = keyring.0.to_vec();
            *keyring = stranger::seal(&key, stranger::RING, &NONCE, &inside);
            None
        }
        _ => None,
    }
}

/// Whatever was shown, what can be said can be read again.
fn speak(me: &Person, text: &str) {
    let Some(record) = me.record() else {
        return;
    };
    let (turn, seq) = (record.floor().turn, record.position().seq.next());
    let free = record.floor().mode == Mode::Free;
    let saying = Saying {
        id: EntryId([0xff; 16]),
        turn,
        end_turn: true,
        seen: free.then_some(record.position().seq),
    };
    let said = me.say(saying, text, &NONCE);
    assert_eq!(said.is_ok(), me.can_seal(), "{said:?}");
    if let Ok(said) = said {
        let entry = me.stored(&said, seq, Timestamp(1)).expect("a seat");
        let generation = me.generation().expect("a seat");
        assert_eq!(me.read(generation, &entry).as_deref(), Some(text));
    }
    let another = SeatSecret::from_bytes([4; 32]).key();
    let frames: [Option<ClientFrame>; 6] = [
        me.pass(turn),
        me.claim(turn),
        me.propose(Change::Mode(Mode::Free)),
        me.leave(),
        me.invite(&LINK),
        me.reseat(another, &NONCE),
    ];
    for frame in frames.iter().flatten() {
        let text = serde_json::to_string(frame).expect("a frame is JSON");
        assert!(text.len() <= shared::MAX_FRAME_BYTES);
    }
    let _ = me.safety_words();
}
