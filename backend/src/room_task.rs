//! One room's task, the only owner of its state: mail in, decision, append, delivery.

pub(crate) mod over;

use std::pin::pin;
use std::sync::Arc;

use shared::{
    Bookmark, ClientFrame, ConnectionId, Delivery, Entry, Epoch, Input, Room, RoomId, Rules, Seq,
    ServerFrame, Sit,
};
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use crate::clock::LEAP;
use crate::hub::Hub;
use crate::journal::Unavailable;
use crate::outbox::{Outbox, Outgoing, Unreachable};

/// Entries read at once when a room is opened.
const LOAD_PAGE: usize = 1024;

/// What connections tell a room. Kept small: every room has a mailbox with places for many of these.
#[derive(Debug)]
pub(crate) enum Mail {
    /// Somebody comes.
    Join(Box<Join>),
    /// A frame came.
    Frame {
        connection: ConnectionId,
        frame: Box<ClientFrame>,
    },
    /// The connection ended.
    Gone { connection: ConnectionId },
}

/// A proven key wants a seat, and reads this outbox.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) connection: ConnectionId,
    pub(crate) sit: Sit,
    pub(crate) position: Option<Bookmark>,
    pub(crate) outbox: Outbox,
}

/// Runs a room until nobody is there and nothing is due.
pub(crate) async fn run(
    hub: Arc<Hub>,
    id: RoomId,
    rules: Rules,
    mut mailbox: mpsc::Receiver<Mail>,
) {
    // In a box, as all that is done seldom: else every room keeps the place for it all its life.
    let room = match Box::pin(load(&hub, id, rules)).await {
        Ok(Some(room)) => room,
        Ok(None) => {
            over::turn_away(&hub, id, &mut mailbox);
            return;
        }
        Err(error) => {
            // Dropping the mail tells each connection that the room is unavailable; the next one tries again.
            tracing::error!(%error, %id, "a room cannot be opened");
            hub.abandon(id, &mut mailbox);
            return;
        }
    };
    let mut task = RoomTask {
        ahead: hub.clock.ahead(),
        hub,
        id,
        rules,
        room,
        outboxes: Vec::new(),
        lost: Vec::new(),
        over: false,
    };
    match task.serve(&mut mailbox).await {
        Err(OutOfStep) => {
            // Everyone is told to come back, and finds the room as the journal has it.
            tracing::error!("a room is out of step with its journal and is opened again");
            task.hub.abandon(id, &mut mailbox);
        }
        Ok(()) if task.over => over::turn_away(&task.hub, id, &mut mailbox),
        Ok(()) => {}
    }
}

/// What is to be done when the deliveries are done.
enum Next {
    /// To make this durable, and tell the room of it.
    Append(Vec<Entry>),
    /// To end the talk.
    BeginAnew,
    Nothing,
}

/// The journal does not stand where the room believes: what the room knows is worth nothing any more.
struct OutOfStep;

/// A room as its journal has it, or a new one; `None` for a conversation that is over.
async fn load(hub: &Hub, id: RoomId, rules: Rules) -> anyhow::Result<Option<Box<Room>>> {
    let Some(head) = hub.journal.position(id).await? else {
        return begin(hub, id, rules).await;
    };
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(Seq::START, |entry| entry.seq);
        if after >= head.seq {
            break;
        }
        let page = hub.journal.replay(id, head.epoch, after, LOAD_PAGE).await?;
        anyhow::ensure!(!page.is_empty(), "the journal ends before its head");
        entries.extend(page);
    }
    let room = Room::restore(rules, head.epoch, entries, hub.clock.now())?;
    if room.is_over() {
        // It could not be forgotten when it ended.
        hub.journal.forget(id, head.epoch).await?;
        return begin(hub, id, rules).await;
    }
    Ok(Some(Box::new(room)))
}

/// A new room under a name that may have one.
async fn begin(hub: &Hub, id: RoomId, rules: Rules) -> anyhow::Result<Option<Box<Room>>> {
    if hub.journal.is_over(id).await? {
        return Ok(None);
    }
    Ok(Some(Box::new(Room::new(rules, new_epoch(hub)?))))
}

fn new_epoch(hub: &Hub) -> Result<Epoch, Unavailable> {
    let bytes = hub.randomness.bytes();
    let number = bytes.map_err(|error| Unavailable(error.to_string()))?;
    Ok(Epoch(u64::from_le_bytes(number)))
}

struct RoomTask {
    hub: Arc<Hub>,
    id: RoomId,
    rules: Rules,
    /// In a box, for it is moved a few times before its task holds it, and each time takes its place there.
    room: Box<Room>,
    /// A handful at most: two who sit, and whoever comes in just now.
    outboxes: Vec<(ConnectionId, Outbox)>,
    /// Connections that could not take a frame, to be counted as gone when the step is over.
    lost: Vec<ConnectionId>,
    /// The talk has ended, and there will be no other in this room.
    over: bool,
    /// How far ahead the clock was at the last step.
    ahead: u64,
}

impl RoomTask {
    async fn serve(&mut self, mailbox: &mut mpsc::Receiver<Mail>) -> Result<(), OutOfStep> {
        let hub = Arc::clone(&self.hub);
        let mut stopping = pin!(hub.shutdown.stopping());
        loop {
            if self.over {
                return Ok(());
            }
            let wake = self.room.next_wake();
            if wake.is_none() && !self.room.is_attended() && self.hub.retire(self.id, mailbox) {
                return Ok(());
            }
            let due = async {
                match wake {
                    Some(at) => sleep_until(self.hub.clock.instant(at)).await,
                    None => std::future::pending().await,
                }
            };
            // In this order, so that chance decides nothing: who sends a lot holds up neither the end nor the time.
            let mail = tokio::select! {
                biased;
                () = stopping.as_mut() => return Ok(()),
                () = due => {
                    let next = self.take(Input::Wake);
                    self.step(next).await?;
                    continue;
                }
                mail = mailbox.recv() => mail,
            };
            let Some(mail) = mail else { return Ok(()) };
            let next = self.open(mail);
            self.step(next).await?;
        }
    }

    fn open(&mut self, mail: Mail) -> Next {
        match mail {
            Mail::Join(join) => {
                let Join {
                    connection,
                    sit,
                    position,
                    outbox,
                } = *join;
                self.outboxes.push((connection, outbox));
                let join = Input::Join {
                    connection,
                    sit,
                    position,
                };
                self.take(join)
            }
            Mail::Frame { connection, frame } => {
                let frame = *frame;
                self.take(Input::Frame { connection, frame })
            }
            Mail::Gone { connection } => {
                self.forget(connection);
                self.take(Input::Gone { connection })
            }
        }
    }

    /// One input: delivers, and answers what is to be done then. Apart from [`RoomTask::step`], so that nothing of what
    /// goes through here waits there with it.
    fn take(&mut self, input: Input) -> Next {
        let now = self.hub.clock.now();
        let ahead = self.hub.clock.ahead();
        // Nobody could come back while nothing ran.
        if ahead.saturating_sub(self.ahead) >= LEAP {
            self.room.leapt(now);
        }
        self.ahead = ahead;
        let outputs = self.room.handle(now, input);
        for delivery in outputs.deliveries {
            self.deliver(delivery);
        }
        if outputs.finished {
            Next::BeginAnew
        } else if outputs.append.is_empty() {
            Next::Nothing
        } else {
            Next::Append(outputs.append)
        }
    }

    /// All that follows from an input. An append is answered before anything else is heard.
    async fn step(&mut self, mut next: Next) -> Result<(), OutOfStep> {
        loop {
            next = match next {
                Next::Append(entries) => {
                    let answer = self.append(entries).await?;
                    self.take(answer)
                }
                Next::BeginAnew => {
                    Box::pin(self.begin_anew()).await?;
                    Next::Nothing
                }
                Next::Nothing => break,
            };
        }
        for connection in std::mem::take(&mut self.lost) {
            self.forget(connection);
            // A departure asks for nothing: its effects wait for a time to come.
            let _ = self
                .room
                .handle(self.hub.clock.now(), Input::Gone { connection });
        }
        Ok(())
    }

    async fn append(&mut self, entries: Vec<Entry>) -> Result<Input, OutOfStep> {
        let expected = self.room.position();
        let count = entries.len() as u64;
        let appended = self.hub.journal.append(self.id, expected, entries);
        let Err(error) = appended.await else {
            self.hub.metrics.entries.inc_by(count);
            return Ok(Input::Appended);
        };
        tracing::error!(%error, "an entry could not be stored");
        // Not every failure says whether the entry is in. Only the journal's own position does.
        let begun = expected.seq > Seq::START;
        match self.hub.journal.position(self.id).await {
            Ok(actual) if actual == begun.then_some(expected) => Ok(Input::NotAppended),
            _ => Err(OutOfStep),
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        let mut push = |connection, item| {
            let mut outboxes = self.outboxes.iter();
            let Some((_, outbox)) = outboxes.find(|(of, _)| *of == connection) else {
                return;
            };
            if let Err(Unreachable) = outbox.push(item) {
                self.lost.push(connection);
            }
        };
        match delivery {
            Delivery::Frame { to, frame } => {
                if let ServerFrame::Rejected { .. } = frame {
                    self.hub.metrics.rejections.inc();
                }
                if let ServerFrame::Welcome { .. } = frame {
                    let welcomed = self.outboxes.iter().filter(|(of, _)| to.contains(of));
                    welcomed.for_each(|(_, outbox)| outbox.seat());
                }
                // Encoded once for both seats.
                let text = crate::connection::encode(&frame);
                for connection in to {
                    push(connection, Outgoing::Frame(text.clone()));
                }
            }
            Delivery::Replay { to, after, upto } => {
                let epoch = self.room.position().epoch;
                push(to, Outgoing::Replay { epoch, after, upto });
            }
            Delivery::Close { connection, code } => push(connection, Outgoing::Close(code)),
        }
    }

    /// Lets go of a connection.
    fn forget(&mut self, connection: ConnectionId) {
        self.outboxes.retain(|(of, _)| *of != connection);
    }

    /// Both seats are vacant: the talk is over and its entries go. Whoever comes to the table next finds it empty.
    async fn begin_anew(&mut self) -> Result<(), OutOfStep> {
        let begun = async {
            let over = self.room.position().epoch;
            self.hub.journal.forget(self.id, over).await?;
            begin(&self.hub, self.id, self.rules).await
        };
        let next = begun.await.map_err(|error| {
            tracing::error!(%error, "a finished talk could not be forgotten");
            OutOfStep
        })?;
        match next {
            Some(room) => self.room = room,
            None => self.over = true,
        }
        Ok(())
    }
}
