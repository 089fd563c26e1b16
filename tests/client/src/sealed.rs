//! What a page would do: seal what is said, and read what is sealed.

use shared::{Entry, EntryId, Saying, Seq, Turn};

use crate::Client;

impl Client {
    /// Says something sealed, after all that has happened by now, and hands the floor over.
    pub async fn say_sealed(&mut self, id: EntryId, turn: Turn, words: &str) {
        self.ping().await;
        // No two messages of a test have the same name, and so no two bodies the same nonce.
        let mut nonce = [0; 24];
        nonce[..16].copy_from_slice(&id.0);
        let saying = Saying::in_turn(id, turn, true);
        let say = self.person().say(saying, words, &nonce);
        self.send(&say.expect("both sit")).await;
    }

    /// What an entry says, opened with the key of its time.
    #[must_use]
    pub fn read(&self, entry: &Entry) -> String {
        let before = self.knew_at(Seq(entry.seq.0 - 1));
        let generation = before.generation().expect("a seat");
        let words = self.person().read(generation, entry);
        words.expect("it was sealed for this seat")
    }
}
