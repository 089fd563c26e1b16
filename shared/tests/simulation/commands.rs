//! What people ask for, rightly or wrongly signed, and in time or too late.

mod absence;
mod agreement;
mod upload;

use rand::RngExt as _;
use rand::rngs::StdRng;
use shared::{
    ClientFrame, ConnectionId, EntryHash, Epoch, Event, Input, Invite, LeaveReason, Receipt,
    Saying, Sealed, Seat, Seq, Signature, Turn,
};

use crate::model::{Verdict, Way};
use crate::people::{LINKS, PEOPLE, forger, key, message, secret, vouch, words};
use crate::world::World;

/// Of a hundred kinds of commands, the first that takes the floor.
const CLAIM: u32 = 85;

impl World {
    pub(crate) fn command(&mut self, rng: &mut StdRng, journal_works: bool) {
        let Some(connection) = self.some_connection(rng) else {
            return;
        };
        let seat = self.live(connection);
        let way = Way {
            behind: !self.log.is_empty() && rng.random_bool(0.08),
            sound: !rng.random_bool(if self.reading { 0.02 } else { 0.1 }),
            journal_works,
        };
        let who = self.views[&connection].who;
        let kind = match self.model.claimable() {
            Some(_) if rng.random_bool(0.2) => CLAIM,
            _ => rng.random_range(0..100),
        };
        let (frame, expected) = match kind {
            0..48 => self.say(rng, connection, way),
            48..57 => self.pass(rng, connection, way),
            57..59 => self.leave(connection, way),
            59..64 => self.invite(rng, connection, way),
            64..67 => self.reseat(rng, connection, way),
            67..68 => (ClientFrame::Typing {}, Verdict::Nothing),
            68..72 => self.receipt(rng, connection),
            72..79 => self.propose(rng, connection, way),
            79..85 => self.answer(rng, connection, way),
            CLAIM..90 => self.claim(rng, connection, way),
            90..94 => self.ask(rng, connection),
            94..96 => self.signal(rng, connection),
            96..99 => return self.upload(rng, connection, journal_works),
            _ => (ClientFrame::Ping {}, Verdict::Nothing),
        };
        let expected = if seat.is_some() {
            expected
        } else {
            Verdict::Refused("not_seated")
        };
        if let Some(view) = self.views.get_mut(&connection) {
            view.said = Some(frame.clone());
        }
        let input = Input::Frame {
            connection,
            frame: frame.clone(),
        };
        let verdict = self.run(input, connection, journal_works);
        assert_eq!(verdict, expected, "{who} in {seat:?}: {frame:?}, {way:?}");
    }

    /// Asks the model, if there is a seat to speak for.
    fn expect(
        &mut self,
        connection: ConnectionId,
        ask: impl FnOnce(&mut crate::model::Model, Seat) -> Verdict,
    ) -> Verdict {
        match self.live(connection) {
            Some(seat) => ask(&mut self.model, seat),
            None => Verdict::Nothing,
        }
    }

    /// The entry after which a command is signed, and the signature.
    fn sign(
        &self,
        connection: ConnectionId,
        event: &Event,
        way: Way,
    ) -> (EntryHash, shared::Signature) {
        let head = self.reader.bookmark().hash;
        let prev = match self.log.last() {
            Some(last) if way.behind => last.prev,
            _ => head,
        };
        let who = self.views[&connection].who;
        let seat = self.live(connection).unwrap_or(Seat::One);
        let signer = if way.sound { secret(who) } else { forger() };
        let sig = signer.sign_event(self.reader.scope(), &prev, seat, event);
        (prev, sig)
    }

    /// As [`World::sign`], where the hub does not look: without the cost where nobody else does.
    fn sign_lightly(
        &self,
        connection: ConnectionId,
        event: &Event,
        way: Way,
    ) -> (EntryHash, shared::Signature) {
        if self.reading || way.behind {
            return self.sign(connection, event, way);
        }
        (self.reader.bookmark().hash, shared::Signature([7; 64]))
    }

    fn some_turn(&self, rng: &mut StdRng) -> u64 {
        match rng.random_range(0..10) {
            0 => rng.random_range(0..=self.model.turn + 2),
            _ => self.model.turn,
        }
    }

    fn say(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let turn = self.some_turn(rng);
        let id = message(rng.random_range(0..self.log.len() as u64 + 8));
        let end_turn = rng.random_bool(self.brevity);
        let seen = self.some_seen(rng);
        let saying = Saying {
            id,
            turn: Turn(turn),
            end_turn,
            seen: seen.map(Seq),
        };
        let sealed = self.seal(connection, saying);
        self.draft.sealed = sealed.is_some();
        self.draft.forged = !way.sound;
        let event = Event::Say {
            id,
            turn: Turn(turn),
            end_turn,
            seen: seen.map(Seq),
            sealed: sealed.unwrap_or_else(|| Sealed::new(b"words".as_slice())),
        };
        let (prev, sig) = self.sign_lightly(connection, &event, way);
        let say = ClientFrame::signed(event, prev, sig).expect("a message");
        let expected = self.expect(connection, |model, seat| {
            model.say(seat, id, turn, end_turn, seen, way)
        });
        (say, expected)
    }

    /// The last entry that somebody says they had seen: mostly told while both may speak, and rarely one to come.
    fn some_seen(&self, rng: &mut StdRng) -> Option<u64> {
        let tells = if self.model.is_free() { 0.9 } else { 0.05 };
        let head = self.log.len() as u64;
        let ahead = u64::from(rng.random_bool(0.03));
        rng.random_bool(tells)
            .then(|| rng.random_range(head.saturating_sub(3)..=head) + ahead)
    }

    /// The words as a page seals them, in a world that reads and if there is somebody to seal them for.
    fn seal(&mut self, connection: ConnectionId, saying: Saying) -> Option<Sealed> {
        let insider = self.views[&connection].insider.as_ref()?;
        self.nonces += 1;
        let mut nonce = [0; 24];
        nonce[..8].copy_from_slice(&self.nonces.to_be_bytes());
        match insider.person.say(saying, &words(saying.id), &nonce) {
            Ok(ClientFrame::Say { sealed, .. }) => Some(sealed),
            _ => None,
        }
    }

    fn pass(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let number = self.some_turn(rng);
        let turn = Turn(number);
        self.draft.forged = !way.sound;
        let (prev, sig) = self.sign_lightly(connection, &Event::Pass { turn }, way);
        let expected = self.expect(connection, |model, seat| model.pass(seat, number, way));
        (ClientFrame::Pass { turn, prev, sig }, expected)
    }

    /// How far somebody has come, or says so. Nobody signs it here: the hub does not look.
    fn receipt(&mut self, rng: &mut StdRng, connection: ConnectionId) -> (ClientFrame, Verdict) {
        let position = self.reader.position();
        let head = position.seq.0;
        let delivered = rng.random_range(head.saturating_sub(4)..=head + 1);
        let read = rng.random_range(delivered.saturating_sub(2)..=delivered + 1);
        let elsewhere = rng.random_bool(0.1);
        let word = Receipt {
            epoch: Epoch(position.epoch.0 + u64::from(elsewhere)),
            delivered: Seq(delivered),
            read: rng.random_bool(0.7).then_some(Seq(read)),
            sig: Signature([7; 64]),
        };
        if let Some(seat) = self.live(connection) {
            self.model.receipt(seat, position.epoch, word);
        }
        (ClientFrame::Receipt(word), Verdict::Nothing)
    }

    fn leave(&mut self, connection: ConnectionId, way: Way) -> (ClientFrame, Verdict) {
        let reason = LeaveReason::Asked;
        let (prev, sig) = self.sign(connection, &Event::Leave { reason }, way);
        let expected = self.expect(connection, |model, seat| model.leave(seat, way));
        (ClientFrame::Leave { prev, sig }, expected)
    }

    fn invite(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let who = self.views[&connection].who;
        let number = rng.random_range(0..LINKS);
        if !self.secrets.may_learn(who, number) {
            return (ClientFrame::Ping {}, Verdict::Nothing);
        }
        self.links.entry(who).or_default().insert(number);
        if let Some(insider) = self
            .views
            .get_mut(&connection)
            .and_then(|view| view.insider.as_mut())
        {
            insider.learn(number);
        }
        let mut invite: Invite = vouch(&self.rules.room, number, who);
        let mut signed = way;
        if !way.sound && rng.random_bool(0.5) {
            // Truly signed, but the link speaks for somebody else.
            invite.sig = vouch(&self.rules.room, number, PEOPLE).sig;
            signed.sound = true;
        }
        let (prev, sig) = self.sign(connection, &Event::Invite { invite }, signed);
        let expected = self.expect(connection, |model, seat| model.invite(seat, number, way));
        (ClientFrame::Invite { invite, prev, sig }, expected)
    }

    fn reseat(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let number = rng.random_range(0..PEOPLE);
        let mut new = key(number);
        let mut signed = way;
        if !way.sound && rng.random_bool(0.5) {
            // Truly signed, but anybody can know what this key agrees upon.
            new.0[32..].fill(0);
            signed.sound = true;
        }
        let keyring = self.keyring(connection, new);
        let event = Event::Reseat {
            key: new,
            keyring: keyring.clone(),
        };
        let (prev, sig) = self.sign(connection, &event, signed);
        let expected = self.expect(connection, |model, seat| {
            // A key that is no key is nobody's, so it does not sit already either.
            let who = if new == key(number) { number } else { u8::MAX };
            model.reseat(seat, who, way)
        });
        let frame = ClientFrame::Reseat {
            key: new,
            keyring,
            prev,
            sig,
        };
        (frame, expected)
    }

    /// The keys to all that was said, as a page hands them over.
    fn keyring(&mut self, connection: ConnectionId, to: shared::SeatKey) -> Sealed {
        let nothing = || Sealed::new([0; 128]);
        self.nonces += 1;
        let mut nonce = [1; 24];
        nonce[..8].copy_from_slice(&self.nonces.to_be_bytes());
        let Some(insider) = &self.views[&connection].insider else {
            return nothing();
        };
        let Some(ClientFrame::Reseat { keyring, .. }) = insider.person.reseat(to, &nonce) else {
            return nothing();
        };
        // What was said before the other sat there is another's talk.
        let (record, seat) = (insider.person.record(), insider.person.seat());
        let since = record
            .zip(seat)
            .map(|(record, seat)| record.outset(seat.other()).seq);
        let ring = insider.ring.iter().copied();
        self.draft.ring = ring
            .filter(|at| since.is_some_and(|since| *at >= since))
            .collect();
        keyring
    }
}
