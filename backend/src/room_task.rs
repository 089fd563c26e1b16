//! One room's task, the only owner of its state: mail in, decision, append, delivery.

use std::collections::BTreeMap;
use std::sync::Arc;

use shared::{
    Bookmark, ClientFrame, ConnectionId, Delivery, Entry, Epoch, Input, Outputs, Room, RoomId,
    Rules, Seq, ServerFrame, Sit,
};
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use crate::hub::Hub;
use crate::journal::Unavailable;
use crate::outbox::{Outbox, Outgoing, Unreachable};

/// Entries read at once when a room is opened.
const LOAD_PAGE: usize = 1024;

/// What connections tell a room. Kept small: every room has a mailbox with places for many of these.
#[derive(Debug)]
pub(crate) enum Mail {
    /// A proven key wants a seat, and reads this outbox.
    Join {
        connection: ConnectionId,
        sit: Box<Sit>,
        position: Option<Bookmark>,
        outbox: Outbox,
    },
    /// A frame came.
    Frame {
        connection: ConnectionId,
        frame: Box<ClientFrame>,
    },
    /// The connection ended.
    Gone { connection: ConnectionId },
}

/// Runs a room until nobody is there and nothing is due.
pub(crate) async fn run(
    hub: Arc<Hub>,
    id: RoomId,
    rules: Rules,
    mut mailbox: mpsc::Receiver<Mail>,
) {
    let room = match load(&hub, id, rules).await {
        Ok(room) => room,
        Err(error) => {
            // Dropping the mail tells each connection that the room is unavailable; the next one tries again.
            tracing::error!(%error, "a room cannot be opened");
            hub.abandon(id, &mut mailbox);
            return;
        }
    };
    let mut task = RoomTask {
        hub,
        id,
        rules,
        room,
        outboxes: BTreeMap::new(),
        lost: Vec::new(),
    };
    if let Err(OutOfStep) = task.serve(&mut mailbox).await {
        // Everyone is told to come back, and finds the room as the journal has it.
        tracing::error!("a room is out of step with its journal and is opened again");
        task.hub.abandon(id, &mut mailbox);
    }
}

/// The journal does not stand where the room believes: what the room knows is worth nothing any more.
struct OutOfStep;

/// A room as its journal has it, or a new one.
async fn load(hub: &Hub, id: RoomId, rules: Rules) -> anyhow::Result<Room> {
    let Some(head) = hub.journal.position(id).await? else {
        return Ok(Room::new(rules, new_epoch(hub)?));
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
        return Ok(Room::new(rules, new_epoch(hub)?));
    }
    Ok(room)
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
    room: Room,
    /// In order, so that they also end in order.
    outboxes: BTreeMap<ConnectionId, Outbox>,
    /// Connections that could not take a frame, to be counted as gone when the step is over.
    lost: Vec<ConnectionId>,
}

impl RoomTask {
    async fn serve(&mut self, mailbox: &mut mpsc::Receiver<Mail>) -> Result<(), OutOfStep> {
        loop {
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
                () = self.hub.shutdown.stopping() => return Ok(()),
                () = due => {
                    self.step(Input::Wake).await?;
                    continue;
                }
                mail = mailbox.recv() => mail,
            };
            let Some(mail) = mail else { return Ok(()) };
            self.open(mail).await?;
        }
    }

    async fn open(&mut self, mail: Mail) -> Result<(), OutOfStep> {
        match mail {
            Mail::Join {
                connection,
                sit,
                position,
                outbox,
            } => {
                self.outboxes.insert(connection, outbox);
                let join = Input::Join {
                    connection,
                    sit: *sit,
                    position,
                };
                self.step(join).await
            }
            Mail::Frame { connection, frame } => {
                let frame = *frame;
                self.step(Input::Frame { connection, frame }).await
            }
            Mail::Gone { connection } => {
                self.outboxes.remove(&connection);
                self.step(Input::Gone { connection }).await
            }
        }
    }

    /// One input and all that follows from it. An append is answered before anything else is heard.
    async fn step(&mut self, input: Input) -> Result<(), OutOfStep> {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let outputs = self.room.handle(self.hub.clock.now(), input);
            next = self.carry_out(outputs).await?;
        }
        for connection in std::mem::take(&mut self.lost) {
            self.outboxes.remove(&connection);
            // A departure asks for nothing: its effects wait for a time to come.
            let _ = self
                .room
                .handle(self.hub.clock.now(), Input::Gone { connection });
        }
        Ok(())
    }

    /// Delivers, then appends; answers what the room must hear next.
    async fn carry_out(&mut self, outputs: Outputs) -> Result<Option<Input>, OutOfStep> {
        for delivery in outputs.deliveries {
            self.deliver(delivery);
        }
        if outputs.finished {
            return self.begin_anew().await.map(|()| None);
        }
        match outputs.append {
            Some(entry) => self.append(entry).await.map(Some),
            None => Ok(None),
        }
    }

    async fn append(&mut self, entry: Entry) -> Result<Input, OutOfStep> {
        let expected = self.room.position();
        let appended = self.hub.journal.append(self.id, expected, vec![entry]);
        let Err(error) = appended.await else {
            self.hub.metrics.entries.inc();
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
            let Some(outbox) = self.outboxes.get(&connection) else {
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

    /// Both seats are vacant: the talk is over and its entries go. Whoever comes next finds an empty room.
    async fn begin_anew(&mut self) -> Result<(), OutOfStep> {
        let begun = async {
            let next = new_epoch(&self.hub)?;
            let over = self.room.position().epoch;
            self.hub.journal.forget(self.id, over).await?;
            Ok::<_, Unavailable>(next)
        };
        let epoch = begun.await.map_err(|error| {
            tracing::error!(%error, "a finished talk could not be forgotten");
            OutOfStep
        })?;
        self.room = Room::new(self.rules, epoch);
        Ok(())
    }
}
