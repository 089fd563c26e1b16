//! A room, its journal, and the people around it.

use std::time::Duration;

use shared::{
    ClientFrame, Entry, EntryHash, EntryId, Epoch, Event, Fault, Input, LeaveReason, Mode, Outputs,
    Pace, Presence, Record, Room, RoomId, Rules, Scope, Sealed, Seat, SeatSecret, ServerFrame,
    Signature, Sit, Timestamp,
};

use super::deeds::{answer, without_a_server};
use super::people::{invite, person, sign, sign_sit};
use super::step::{Knows, Setting, Step, Truth};
use super::tally::Tally;
use super::views::{Facts, View, Views};

/// Wakes that one moment can cause: two seats, each announced and given up, a floor that can be taken, and a journal that
/// fails once.
const MOST_WAKES: usize = 6;

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
                seen,
                size,
                truth,
            } => {
                let head = self.fold.position().seq;
                let free = self.fold.floor().mode == Mode::Free;
                let event = Event::Say {
                    id: EntryId([id % 16; 16]),
                    turn: turn.when_it_is(self.fold.floor().turn),
                    end_turn,
                    seen: free.then(|| seen.or(head)),
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
            Step::Claim {
                connection,
                turn,
                truth,
            } => {
                let turn = turn.when_it_is(self.fold.floor().turn);
                self.wish(connection, truth, |_| Some(Event::Claim { turn }));
            }
            Step::Propose {
                connection,
                wanted,
                truth,
            } => {
                let change = wanted.change();
                self.wish(connection, truth, |_| Some(Event::Propose { change }));
            }
            Step::Answer {
                connection,
                how,
                proposal,
                truth,
            } => {
                let seat = self.views.pick(connection).and_then(|(_, view)| view.seat);
                let event = answer(&self.fold, seat.unwrap_or(Seat::One), how, proposal);
                self.wish(connection, truth, |_| Some(event));
            }
            Step::Ask { connection, turn } => {
                let turn = turn.when_it_is(self.fold.floor().turn);
                self.send(connection, ClientFrame::Ask { turn });
            }
            Step::Bye { connection } => self.send(connection, ClientFrame::Bye {}),
            Step::Signal { connection, size } => {
                let payload = Sealed::new(vec![1; size.bytes()]);
                self.send(connection, ClientFrame::Signal { payload });
            }
            Step::Upload {
                connection,
                overlap,
                done,
                truth,
            } => {
                let known = self.log.len().saturating_sub(usize::from(overlap % 4));
                let mut entries = self.log[known..].to_vec();
                entries.extend(without_a_server(&self.fold, self.now, &done, truth));
                self.send(connection, ClientFrame::Upload { entries });
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
        let position = knows.bookmark(self.fold.bookmark(), &self.hashes);
        let connection = self.views.open(position);
        self.run(Input::Join {
            connection,
            sit,
            position,
        });
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
            let bye = frame == ClientFrame::Bye {};
            self.run(Input::Frame { connection, frame });
            if bye {
                self.views.gone(connection);
            }
        }
    }

    /// Runs an input to its end, as the hub's room task does.
    fn run(&mut self, input: Input) {
        let (signed, brought) = (signed(&input), self.brought(&input));
        let append = self.handle(input).append;
        if append.is_empty() {
            return;
        }
        assert_eq!(append.len(), brought.unwrap_or(1), "all of it or nothing");
        let mut fold = self.fold.clone();
        for entry in &append {
            self.check_entry(&fold, entry, brought.is_none());
            fold.apply(entry);
        }
        if let Some(signed) = signed {
            let [entry] = &append[..] else {
                panic!("one entry for one wish: {append:?}");
            };
            let as_it_was = (entry.prev, entry.sig.expect("a signature"));
            assert_eq!(as_it_was, signed, "as it was signed");
        }
        let answer = if self.journal_works {
            for entry in &append {
                self.fold.apply(entry);
                self.hashes.push(self.fold.bookmark().hash);
                self.tally.read(entry);
            }
            self.log.extend(append.iter().cloned());
            Input::Appended
        } else {
            Input::NotAppended
        };
        let outputs = self.handle(answer);
        assert!(outputs.append.is_empty(), "one append for one input");
        if outputs.finished {
            self.begin_anew();
        }
    }

    /// Of an upload, how many entries it brings that are not known.
    fn brought(&self, input: &Input) -> Option<usize> {
        let Input::Frame {
            frame: ClientFrame::Upload { entries },
            ..
        } = input
        else {
            return None;
        };
        let head = self.fold.position().seq;
        Some(entries.iter().filter(|entry| entry.seq > head).count())
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

    /// An entry is the next, and is what a page believes. Only the signature of what is relayed is left to the pages.
    fn check_entry(&self, fold: &Record, entry: &Entry, relayed: bool) {
        match fold.check(entry) {
            Ok(()) => {}
            Err(Fault::Forged { .. }) => {
                let said = matches!(entry.event, Event::Say { .. } | Event::Pass { .. });
                assert!(relayed && said, "not signed, and it counts: {entry:?}");
            }
            Err(fault) => panic!("{fault}: {entry:?}"),
        }
        match entry.event {
            Event::Leave {
                reason: LeaveReason::Absent,
            } => {
                assert_eq!(self.rules.room, RoomId::Table, "I7: a seat is kept");
                assert!(!self.views.attended(entry.seat), "I7: absent, and there");
            }
            Event::Claim { .. } => {
                assert!(self.views.attended(entry.seat), "I8: nobody claims");
                assert!(!self.views.attended(entry.seat.other()), "I8: there");
                let least = Pace::Live.claim_after(true).expect("a time");
                match self.room.presence(entry.seat.other()) {
                    Presence::Away { since } => assert!(since.after(least) <= self.now),
                    other => panic!("I8: {other:?}"),
                }
            }
            _ => {}
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
    let wish = frame.clone().into_wish().ok()?;
    Some((wish.prev, wish.sig))
}
