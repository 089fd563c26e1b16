//! Safety words: the same few on both sides when both hold the same two keys, and others when somebody is in between.

use sha2::{Digest as _, Sha256};

use crate::ids::RoomId;
use crate::seat_key::SeatKey;

/// How many words are compared. Eight of 2048 are 88 bits.
pub const SAFETY_WORDS: usize = 8;

/// Times the hash is taken. Somebody in between must find two pairs of keys with the same words while both people
/// wait, 2^44 tries and more; this makes each of them 2^14 times as long.
const ROUNDS: u32 = 1 << 14;

const WORDS: &[u8] = b"duologue.v1 words\0";

/// The English words of BIP-39, one text, in their order. Any two differ in their first four letters.
const LIST: &str = include_str!(concat!(env!("OUT_DIR"), "/words.txt"));

/// The words of two seats in a room, seat 1's key first.
///
/// The hash of context, keys and room is hashed again and again, each time with the first input behind it; each word is
/// chosen by 11 bits of the result, from the left.
#[must_use]
pub fn safety_words(room: &RoomId, seats: [SeatKey; 2]) -> [&'static str; SAFETY_WORDS] {
    let [one, two] = seats;
    let room = room.to_string();
    let input = [WORDS, &one.0, &two.0, room.as_bytes()].concat();
    let mut hash = Sha256::digest(&input);
    for _ in 1..ROUNDS {
        hash = Sha256::new()
            .chain_update(hash)
            .chain_update(&input)
            .finalize();
    }
    let mut bits = hash
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    std::array::from_fn(|_| {
        let index = bits
            .by_ref()
            .take(11)
            .fold(0, |index, bit| index << 1 | usize::from(bit));
        LIST.split(' ').nth(index).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seat_key::SeatSecret;

    #[test]
    fn words_depend_on_both_keys_their_order_and_the_room() {
        let [one, two, three] = [1, 2, 3].map(|n| SeatSecret::from_bytes([n; 32]).key());
        let words = safety_words(&RoomId::Table, [one, two]);
        assert_eq!(words, safety_words(&RoomId::Table, [one, two]));
        assert!(words.iter().all(|word| !word.is_empty()));
        let elsewhere = RoomId::Conversation(crate::ids::ConversationId([0; 16]));
        for other in [
            safety_words(&RoomId::Table, [two, one]),
            safety_words(&RoomId::Table, [one, three]),
            safety_words(&elsewhere, [one, two]),
        ] {
            assert_ne!(other, words);
        }
    }

    #[test]
    fn the_list_is_whole() {
        assert_eq!(LIST.split(' ').count(), 2048);
        assert!(LIST.starts_with("abandon ") && LIST.ends_with(" zoo"));
    }
}
