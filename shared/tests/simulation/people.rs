//! Who comes, by which links, and what they say: all told apart by numbers.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use shared::{ConversationId, EntryId, Invite, InviteKey, LinkSecret, RoomId, SeatKey, SeatSecret};

/// People who come and go: more than there are seats.
pub(crate) const PEOPLE: u8 = 6;

/// Links that are made, used and used up.
pub(crate) const LINKS: u8 = 4;

pub(crate) const CONVERSATION: RoomId = RoomId::Conversation(ConversationId([5; 16]));

/// A person's secret; made once, since it is asked for at each step.
pub(crate) fn secret(number: u8) -> &'static SeatSecret {
    static SECRETS: OnceLock<Vec<SeatSecret>> = OnceLock::new();
    let make = || {
        let numbers = 0..=PEOPLE;
        numbers
            .map(|number| SeatSecret::from_bytes([number; 32]))
            .collect()
    };
    &SECRETS.get_or_init(make)[usize::from(number)]
}

/// Somebody who never sits, and signs what is not theirs.
pub(crate) fn forger() -> &'static SeatSecret {
    secret(PEOPLE)
}

pub(crate) fn key(number: u8) -> SeatKey {
    secret(number).key()
}

pub(crate) fn number_of(key: &SeatKey) -> u8 {
    let known = (0..PEOPLE).find(|number| self::key(*number) == *key);
    known.expect("one of the people")
}

pub(crate) fn link(number: u8) -> LinkSecret {
    LinkSecret([number; 32])
}

/// The link's word for somebody; remembered, since it is the same each time.
pub(crate) fn vouch(room: &RoomId, number: u8, who: u8) -> Invite {
    static WORDS: Mutex<BTreeMap<(RoomId, u8, u8), Invite>> = Mutex::new(BTreeMap::new());
    let mut words = WORDS.lock().expect("nobody failed here");
    let word = words.entry((*room, number, who));
    *word.or_insert_with(|| link(number).vouch(room, &key(who)))
}

pub(crate) fn link_of(invite: &InviteKey) -> u8 {
    static KEYS: OnceLock<Vec<InviteKey>> = OnceLock::new();
    let make = || {
        (0..LINKS)
            .map(|number| link(number).invite_key(&CONVERSATION))
            .collect()
    };
    let known = KEYS
        .get_or_init(make)
        .iter()
        .zip(0..)
        .find(|(key, _)| *key == invite);
    known.expect("one of the links").1
}

pub(crate) fn message(number: u64) -> EntryId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    EntryId(bytes)
}

/// What a message says.
pub(crate) fn words(id: EntryId) -> String {
    format!("the words of {id}")
}
