//! A room, its journal, and the people around it.

use std::time::Duration;

use shared::{
    Bookmark, ClientFrame, Entry, EntryHash, EntryId, Epoch, Event, Fault, Input, LeaveReason,
    Outputs, Record, Room, RoomId, Rules, Scope, Sealed, Seat, SeatSecret, Seq, ServerFrame,
    Signature, Sit, Timestamp,
};

use super::people::{invite, person, sign, sign_sit};
use super::step::{Knows, Setting, Step, Truth};
use super::tally::Tally;
use super::views::{Facts, View, Views};

/// Wakes that one moment can cause: two seats, each announced and given up, and a journal that fails once.
const MOST_WAKES: usize = 5;

#[derive(Debug)]
pub(crate) struct World<'a> {
    rules: Rules,
    frames: Vec<&'a [u8]>,
    room: Room,
    journal_works: bool,
    now: Timestamp,
    views: Views,
    log: Vec<Entry>,
    hashes: Vec<EntryHash>,
    /// What the log adds up to, folded beside the room.
    fold: Record,
    tally: Tally,
}

impl<'a> World<'a> {
    pub(crate) fn new(setting: Setting, frames: Vec<&'a [u8]>) -> Self {
        let rules = setting.rules();
        let (epoch, room) = (Epoch(1), rules.room);
        let fold = Record::new(Scope { room, epoch });
        Self {
            rules,
            frames,
            room: Room::new(rules, epoch),
            journal_works: true,
            now: Timestamp(1_000_000),
            views: Views::default(),
            log: Vec::new(),
            hashes: vec![fold.bookmark().hash],
            fold,
            tally: Tally::new(rules),
        }
    }

    /// Lets one thing happen, and looks whether all is well.
    pub(crate) fn take(&mut self, step: Step) {
        match step {
            Step::Join {
                person: who,
                link,
                knows,
                truth,
            } => self.join(person(who), link, knows, truth),
            Step::Gone { connection } => {
                if let Some((connection, _)) = self.views.pick(connection) {
                    self.views.gone(connection);
                    self.run(Input::Gone { connection });
                }
            }
            Step::Wait { tenths } => self.wait(Duration::from_millis(u64::from(tenths) * 100)),
            Step::Journal { works } => self.journal_works = works,
            Step::Restart => self.restart(),
            Step::Typing { connection } => self.send(connection, ClientFrame::Typing {}),
            Step::Line { connection, line } => {
                let lines = self.frames.len().max(1);
                let line = self.frames.get(usize::from(line) % lines);
                if let Some(frame) = line.and_then(|line| serde_json::from_slice(line).ok()) {
                    self.send(connection, frame);
                }
            }
            Step::Say {
                connection,
                id,
                turn,
                end_turn,
                size,
                truth,
            } => {
                let event = Event::Say {
                    id: EntryId([id % 16; 16]),
                    turn: turn.when_it_is(self.fold.floor().turn),
                    end_turn,
                    sealed: Sealed::new(vec![id; size.bytes()]),
                };
                self.wish(connection, truth, |_| Some(event));
            }
            Step::Pass {
                connection,
                turn,
                truth,
            } => {
                let turn = turn.when_it_is(self.fold.floor().turn);
                self.wish(connection, truth, |_| Some(Event::Pass { turn }));
            }
            Step::Leave { connection, truth } => {
                let reason = LeaveReason::Asked;
                self.wish(connection, truth, |_| Some(Event::Leave { reason }));
            }
            Step::Invite {
                connection,
                link,
                truth,
            } => {
                let room = self.rules.room;
                self.wish(connection, truth, |me| {
                    invite(link, &room, me).map(|invite| Event::Invite { invite })
                });
            }
            Step::Reseat {
                connection,
                person: who,
                size,
                truth,
            } => {
                let key = person(who).key();
                let keyring = Sealed::new(vec![who; size.bytes()]);
                self.wish(connection, truth, |_| Some(Event::Reseat { key, keyring }));
            }
        }
        self.check();
    }

    fn join(&mut self, who: &SeatSecret, link: u8, knows: Knows, truth: Truth) {
        let room = self.rules.room;
        let invite = invite(link, &room, who);
        let sit = Sit {
            key: who.key(),
            invite,
            sig: sign_sit(truth, who, &room, invite.as_ref()),
        };
        let position = self.claim(knows);
        let connection = self.views.open(position);
        self.run(Input::Join {
            connection,
            sit,
            position,
        });
    }

    fn claim(&self, knows: Knows) -> Option<Bookmark> {
        let Bookmark { epoch, seq, hash } = self.fold.bookmark();
        let at = |seq: u64| self.hashes[usize::try_from(seq).expect("a log fits into memory")];
        Some(match knows {
            Knows::Nothing => return None,
            Knows::AllBut(few) => {
                let seq = seq.0.saturating_sub(u64::from(few));
                let hash = at(seq);
                let seq = Seq(seq);
                Bookmark { epoch, seq, hash }
            }
            Knows::More(few) => {
                let seq = Seq(seq.0 + 1 + u64::from(few));
                Bookmark { epoch, seq, hash }
            }
            Knows::Otherwise(few) => {
                let seq = Seq(seq.0.saturating_sub(u64::from(few)));
                let hash = EntryHash([few; 32]);
                Bookmark { epoch, seq, hash }
            }
            Knows::AnotherEpoch => {
                let epoch = Epoch(epoch.0 - 1);
                Bookmark { epoch, seq, hash }
            }
        })
    }

    /// Time passes, and the room is woken as often as it asks for it.
    fn wait(&mut self, time: Duration) {
        self.now = self.now.after(time);
        let mut wakes = 0;
        while self.room.next_wake().is_some_and(|at| at <= self.now) {
            self.run(Input::Wake);
            wakes += 1;
            assert!(wakes < MOST_WAKES, "the room does not come to rest");
        }
    }

    /// The process ends, and the next begins with what the journal has.
    pub(crate) fn restart(&mut self) {
        self.views.all_gone();
        let epoch = self.fold.position().epoch;
        let restored = Room::restore(self.rules, epoch, self.log.clone(), self.now);
        self.room = restored.expect("the journal is what the room wrote");
        self.check();
    }

    /// Sends what the person behind a connection wants to happen, signed as truly as `truth` says.
    fn wish(
        &mut self,
        connection: u8,
        truth: Truth,
        event: impl FnOnce(&SeatSecret) -> Option<Event>,
    ) {
        let Some((_, View { seat, .. })) = self.views.pick(connection) else {
            return;
        };
        let seat = seat.unwrap_or(Seat::One);
        let key = self.fold.key(seat);
        let mut people = (0..4).map(person);
        let sitter = people.find(|who| Some(who.key()) == key);
        let me = sitter.unwrap_or_else(|| person(0));
        let Some(event) = event(me) else {
            return;
        };
        let after = match truth {
            Truth::After(few) => self.hashes.len().saturating_sub(1 + usize::from(few)),
            _ => self.hashes.len() - 1,
        };
        let prev = self.hashes[after];
        let sig = sign(truth, me, self.fold.scope(), &prev, seat, &event);
        if let Some(frame) = ClientFrame::signed(event, prev, sig) {
            self.send(connection, frame);
        }
    }

    fn send(&mut self, connection: u8, frame: ClientFrame) {
        if let Some((connection, _)) = self.views.pick(connection) {
            self.run(Input::Frame { connection, frame });
        }
    }

    /// Runs an input to its end, as the hub's room task does.
    fn run(&mut self, input: Input) {
        let signed = signed(&input);
        let outputs = self.handle(input);
        if let Some(entry) = outputs.append {
            self.check_entry(&entry);
            if let Some((prev, sig)) = signed {
                assert_eq!(
                    (entry.prev, entry.sig),
                    (prev, Some(sig)),
                    "as it was signed"
                );
            }
            let answer = if self.journal_works {
                self.fold.apply(&entry);
                self.hashes.push(self.fold.bookmark().hash);
                self.tally.read(&entry);
                self.log.push(entry);
                Input::Appended
            } else {
                Input::NotAppended
            };
            let outputs = self.handle(answer);
            assert!(outputs.append.is_none(), "one entry for one input");
            if outputs.finished {
                self.begin_anew();
            }
        }
    }

    fn handle(&mut self, input: Input) -> Outputs {
        let mut outputs = self.room.handle(self.now, input);
        let facts = Facts {
            record: &self.fold,
            log: &self.log,
            hashes: &self.hashes,
        };
        self.views
            .deliver(std::mem::take(&mut outputs.deliveries), &facts);
        outputs
    }

    /// An entry is the next, and is what a page believes. Only the signature of what is said is left to the pages.
    fn check_entry(&self, entry: &Entry) {
        match self.fold.check(entry) {
            Ok(()) => {}
            Err(Fault::Forged { .. }) => {
                let relayed = matches!(entry.event, Event::Say { .. } | Event::Pass { .. });
                assert!(relayed, "an unsigned change of who sits: {entry:?}");
            }
            Err(fault) => panic!("{fault}: {entry:?}"),
        }
        if let Event::Leave {
            reason: LeaveReason::Absent,
        } = entry.event
        {
            assert_eq!(self.rules.room, RoomId::Table, "I7: a seat is kept");
            assert!(!self.views.attended(entry.seat), "I7: absent, and there");
        }
        // As the journal and the pages keep it.
        let frame = ServerFrame::Entry(entry.clone());
        let text = serde_json::to_string(&frame).expect("a frame is JSON");
        assert_eq!(serde_json::from_str::<ServerFrame>(&text).ok(), Some(frame));
    }

    /// Both have left: another epoch.
    fn begin_anew(&mut self) {
        assert_eq!(
            self.fold.keys(),
            [None, None],
            "finished, and somebody sits"
        );
        let epoch = Epoch(self.fold.position().epoch.0 + 1);
        let room = self.rules.room;
        self.room = Room::new(self.rules, epoch);
        self.fold = Record::new(Scope { room, epoch });
        self.hashes = vec![self.fold.bookmark().hash];
        self.log.clear();
        self.tally = Tally::new(self.rules);
    }

    fn check(&self) {
        assert_eq!(*self.room.record(), self.fold, "the room is its log's fold");
        self.tally.agrees_with(&self.room);
        self.views.check(&self.fold);
        let connected = Seat::BOTH.map(|seat| self.views.attended(seat));
        assert_eq!(self.room.is_attended(), connected != [false, false]);
    }
}

/// What a frame was signed after, and the signature.
fn signed(input: &Input) -> Option<(EntryHash, Signature)> {
    let Input::Frame { frame, .. } = input else {
        return None;
    };
    match *frame {
        ClientFrame::Say { prev, sig, .. }
        | ClientFrame::Pass { prev, sig, .. }
        | ClientFrame::Invite { prev, sig, .. }
        | ClientFrame::Reseat { prev, sig, .. }
        | ClientFrame::Leave { prev, sig } => Some((prev, sig)),
        ClientFrame::Hello { .. }
        | ClientFrame::Typing {}
        | ClientFrame::Receipt(_)
        | ClientFrame::Ping {} => None,
    }
}
