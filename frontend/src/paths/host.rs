//! The room as seat 1's page keeps it while the two talk directly: the same one that a server keeps.

use std::collections::VecDeque;

use shared::{
    Bookmark, ClientFrame, ConnectionId, Delivery, Entry, Input, Outputs, Room, Seat, Seq,
    ServerFrame, Timestamp,
};

use super::{PATIENCE, keeper};
use crate::state::View;

/// This page's own connection to it.
const MINE: ConnectionId = ConnectionId(1);

/// As much may wait from the other; an honest page waits for answers before.
const MAX_WAITING: usize = 256;
/// As many frames may it bring, of a long talk that this page lacks.
const MAX_BROUGHT: usize = 2048;

/// What the room has to say.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Saying {
    /// To this page.
    Here(ServerFrame),
    /// To the other.
    There(ServerFrame),
    /// These are to be kept; nothing more is said until they are.
    Keep(Vec<Entry>),
}

#[derive(Clone, Debug)]
enum Waiting {
    Mine(ClientFrame),
    Theirs(ClientFrame),
    Join(Bookmark),
}

/// The room, and what waits to be said in it.
#[derive(Clone, Debug)]
pub(super) struct Host {
    room: Room,
    /// What this page knew before.
    adopted: Seq,
    /// What came since: the page itself may be shown it later.
    added: Vec<Entry>,
    waiting: VecDeque<Waiting>,
    keeping: bool,
    /// The other page's connection; each time it comes it is a new one.
    theirs: Option<ConnectionId>,
    last: ConnectionId,
    /// What this page is told once the other is there.
    held: Vec<ServerFrame>,
    /// Something that was said elsewhere does not fit to what was said here, or the other says too much.
    apart: bool,
    /// Until then the other has to have come.
    until: Timestamp,
}

impl Host {
    /// Goes on from what this page knows. `None` where it knows nothing.
    pub(super) fn new(now: Timestamp, view: &View) -> Option<Self> {
        let (record, head) = (view.record()?.clone(), view.bookmark()?);
        let begun = view.log.begun()?.outset;
        let mut hashes = vec![begun.hash];
        let mut dated = Timestamp::default();
        for entry in view.log.entries_after(begun.seq) {
            hashes.push(view.log.hash_of(entry.seq)?);
            dated = entry.at;
        }
        let mut host = Self {
            room: Room::adopt(record, hashes, dated, now),
            adopted: head.seq,
            added: Vec::new(),
            waiting: VecDeque::new(),
            keeping: false,
            theirs: None,
            last: MINE,
            held: Vec::new(),
            apart: false,
            until: now.after(PATIENCE),
        };
        let outputs = host.room.arrive(now, Seat::One, MINE, head);
        let said = host.told(view, outputs);
        host.held(said);
        Some(host)
    }

    /// Whether the other is there.
    pub(super) fn is_joined(&self) -> bool {
        self.theirs.is_some()
    }

    /// Whether there is nothing to wait for any more.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.apart || (!self.is_joined() && self.until <= now)
    }

    /// Whether nothing is on its way in it, nor from it to this page.
    pub(super) fn is_at_rest(&self, view: &View) -> bool {
        self.waiting.is_empty() && !self.keeping && self.room.position().seq == view.log.head()
    }

    /// This page wants something.
    pub(super) fn mine(&mut self, frame: ClientFrame) {
        self.waiting.push_back(Waiting::Mine(frame));
    }

    /// The other page wants something.
    pub(super) fn theirs(&mut self, frame: ClientFrame) {
        let most = match frame {
            ClientFrame::Upload { .. } => MAX_BROUGHT,
            _ => MAX_WAITING,
        };
        if self.waiting.len() >= most {
            self.apart = true;
            return;
        }
        self.waiting.push_back(Waiting::Theirs(frame));
    }

    /// The other page goes on from here.
    pub(super) fn join(&mut self, position: Bookmark) {
        self.waiting.push_back(Waiting::Join(position));
    }

    /// What was to be kept is.
    pub(super) fn kept(&mut self, now: Timestamp, view: &View) -> Vec<Saying> {
        if !std::mem::take(&mut self.keeping) {
            return vec![];
        }
        // What the other brings takes its time.
        self.until = now.after(PATIENCE);
        let outputs = self.room.handle(now, Input::Appended);
        let told = self.told(view, outputs);
        self.held(told)
    }

    /// Takes in what waits, up to something that is to be kept.
    pub(super) fn go_on(&mut self, now: Timestamp, view: &View) -> Vec<Saying> {
        let mut said = Vec::new();
        while !self.keeping
            && let Some(next) = self.waiting.pop_front()
        {
            let outputs = match next {
                Waiting::Mine(frame @ ClientFrame::Upload { .. })
                | Waiting::Theirs(frame @ ClientFrame::Upload { .. }) => self.upload(now, frame),
                Waiting::Mine(frame) => self.frame(now, MINE, frame),
                Waiting::Theirs(frame) => match self.theirs {
                    Some(theirs) => self.frame(now, theirs, frame),
                    None => Outputs::default(),
                },
                Waiting::Join(position) => {
                    self.last = ConnectionId(self.last.0 + 1);
                    self.theirs = Some(self.last);
                    self.room.arrive(now, Seat::Two, self.last, position)
                }
            };
            if self.is_joined() {
                said.extend(self.held.drain(..).map(Saying::Here));
            }
            let told = self.told(view, outputs);
            said.extend(self.held(told));
        }
        said
    }

    fn frame(&mut self, now: Timestamp, connection: ConnectionId, frame: ClientFrame) -> Outputs {
        self.room.handle(now, Input::Frame { connection, frame })
    }

    /// Takes over what was said elsewhere. Who brings it is of no account, and the other brings it before it comes.
    fn upload(&mut self, now: Timestamp, frame: ClientFrame) -> Outputs {
        let outputs = self.frame(now, MINE, frame);
        if outputs.deliveries.is_empty() {
            return outputs;
        }
        self.apart = true;
        Outputs::default()
    }

    /// Holds what this page is told, until the other is there; answers the rest.
    fn held(&mut self, said: Vec<Saying>) -> Vec<Saying> {
        if self.is_joined() {
            return said;
        }
        let (mut rest, held) = (Vec::new(), &mut self.held);
        for saying in said {
            match saying {
                Saying::Here(frame) => held.push(frame),
                other => rest.push(other),
            }
        }
        rest
    }

    fn told(&mut self, view: &View, outputs: Outputs) -> Vec<Saying> {
        let mut said = Vec::new();
        for delivery in outputs.deliveries {
            match delivery {
                Delivery::Frame { to, frame } => {
                    for connection in to {
                        said.extend(self.to(connection, frame.clone()));
                    }
                }
                Delivery::Replay { to, after, upto } => {
                    for entries in self.pages(view, after, upto) {
                        said.extend(self.to(to, ServerFrame::Entries { entries }));
                    }
                }
                // An older connection of the same page: the path to it is the same.
                Delivery::Close { .. } => {}
            }
        }
        if !outputs.append.is_empty() {
            self.keeping = true;
            self.added.extend(outputs.append.iter().cloned());
            said.push(Saying::Keep(outputs.append));
        }
        said
    }

    fn to(&self, connection: ConnectionId, frame: ServerFrame) -> Option<Saying> {
        if connection == MINE {
            Some(Saying::Here(frame))
        } else {
            (self.theirs == Some(connection)).then_some(Saying::There(frame))
        }
    }

    /// The entries between, a few at a time: as many as one message over the path can hold.
    fn pages(&self, view: &View, after: Seq, upto: Seq) -> Vec<Vec<Entry>> {
        let before = view.log.entries_after(after);
        let before = before.take_while(|entry| entry.seq <= self.adopted.min(upto));
        let since = self.added.iter();
        let since = since.filter(|entry| entry.seq > after && entry.seq <= upto);
        keeper::pages(before.chain(since))
    }
}
