//! The rooms in memory: find, open, retire.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use shared::{ConnectionId, RoomId, Rules};
use tokio::sync::mpsc;

use crate::addresses::Addresses;
use crate::clock::Clock;
use crate::ice::Ice;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::outside::{Outside, Randomness};
use crate::room_task::{self, Mail};
use crate::server::{Settings, Table};
use crate::shutdown::Shutdown;
use crate::tls::Tls;

/// Mails a room may have waiting. When they are more, the connections that send wait, and so do their peers.
const MAILBOX: usize = 64;

/// The mailboxes of the rooms in memory.
type Rooms = HashMap<RoomId, mpsc::Sender<Mail>>;

/// What every connection and every room shares.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) clock: Clock,
    pub(crate) randomness: Randomness,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) shutdown: Shutdown,
    pub(crate) public_url: Option<String>,
    pub(crate) addresses: Addresses,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) demo: bool,
    pub(crate) ice: Ice,
    pub(crate) tls: Option<Tls>,
    pub(crate) retention: Option<Duration>,
    table: Option<Table>,
    rooms: Mutex<Rooms>,
    connections: AtomicU64,
}

impl Hub {
    pub(crate) fn new(journal: Arc<dyn Journal>, settings: Settings, outside: Outside) -> Self {
        Self {
            clock: outside.clock,
            randomness: outside.randomness,
            metrics: Metrics::new(&*journal),
            journal,
            limits: settings.limits,
            shutdown: Shutdown::default(),
            public_url: settings.public_url,
            addresses: Addresses::new(&settings.limits),
            trusted_proxies: settings.trusted_proxies,
            demo: settings.demo,
            ice: settings.ice,
            tls: settings.tls,
            retention: settings.retention,
            table: settings.table,
            rooms: Mutex::default(),
            connections: AtomicU64::new(0),
        }
    }

    /// A name for a new connection, never used again in this process.
    pub(crate) fn connection_id(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }

    /// The rules of a room; `None` for the table of a server that keeps none.
    pub(crate) fn rules(&self, room: RoomId) -> Option<Rules> {
        let hold = match room {
            RoomId::Conversation(_) => None,
            RoomId::Table => Some(self.table?.hold),
        };
        Some(Rules { room, hold })
    }

    /// Whether a room is in memory or in the journal. The table counts as if it always were: there is only one.
    pub(crate) async fn is_known(&self, room: RoomId) -> bool {
        let open = |mailbox: &mpsc::Sender<Mail>| !mailbox.is_closed();
        let is_open = room == RoomId::Table || self.rooms().get(&room).is_some_and(open);
        is_open || matches!(self.journal.position(room).await, Ok(Some(_)))
    }

    /// Brings somebody to a room, and answers the room's mailbox.
    pub(crate) async fn join(
        self: &Arc<Self>,
        room: RoomId,
        rules: Rules,
        mut mail: Mail,
    ) -> mpsc::Sender<Mail> {
        loop {
            let mailbox = self.room(room, rules);
            match mailbox.send(mail).await {
                Ok(()) => return mailbox,
                // The room retired between the two lines above; it opens again.
                Err(mpsc::error::SendError(unsent)) => mail = unsent,
            }
        }
    }

    /// The mailbox of a room, opened if need be.
    fn room(self: &Arc<Self>, room: RoomId, rules: Rules) -> mpsc::Sender<Mail> {
        let mut rooms = self.rooms();
        // A task that has ended without taking its room out of here, at a stop or in a panic, is none to wait for.
        if let Some(mailbox) = rooms.get(&room).filter(|mailbox| !mailbox.is_closed()) {
            return mailbox.clone();
        }
        let (sender, receiver) = self.open(&mut rooms, room);
        self.shutdown
            .spawn(room_task::run(Arc::clone(self), room, rules, receiver));
        sender
    }

    /// Takes a room that nobody is in, so that nobody comes in: who wants to waits in the mailbox. Whoever took it must
    /// let it go by [`Hub::retire`] or [`Hub::abandon`].
    pub(crate) fn take(&self, room: RoomId) -> Option<mpsc::Receiver<Mail>> {
        let mut rooms = self.rooms();
        if rooms.contains_key(&room) {
            return None;
        }
        Some(self.open(&mut rooms, room).1)
    }

    fn open(&self, rooms: &mut Rooms, room: RoomId) -> (mpsc::Sender<Mail>, mpsc::Receiver<Mail>) {
        let (sender, receiver) = mpsc::channel(MAILBOX);
        if rooms.insert(room, sender.clone()).is_none() {
            self.metrics.rooms.inc();
        }
        (sender, receiver)
    }

    /// Closes a room's mailbox if nothing is in it.
    pub(crate) fn retire(&self, room: RoomId, mailbox: &mut mpsc::Receiver<Mail>) -> bool {
        let mut rooms = self.rooms();
        let idle = mailbox.is_empty();
        if idle {
            self.remove(&mut rooms, room, mailbox);
        }
        idle
    }

    /// Closes a room's mailbox, whatever is in it: the connections behind it are told to come back.
    pub(crate) fn abandon(&self, room: RoomId, mailbox: &mut mpsc::Receiver<Mail>) {
        self.remove(&mut self.rooms(), room, mailbox);
    }

    /// Under the lock, so that nobody is given a mailbox that closes.
    fn remove(&self, rooms: &mut Rooms, room: RoomId, mailbox: &mut mpsc::Receiver<Mail>) {
        mailbox.close();
        rooms.remove(&room);
        self.metrics.rooms.dec();
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        // A map insert or remove is whole or not at all.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use shared::{LinkSecret, Person};
    use tokio::time::timeout;

    use super::*;
    use crate::journal::MemoryJournal;
    use crate::outbox::outbox;
    use crate::outside::Outside;

    /// Somebody who comes to the table.
    fn join(hub: &Hub) -> Mail {
        let secret = shared::SeatSecret::from_bytes([1; 32]);
        let person = Person::new(RoomId::Table, secret, Vec::<LinkSecret>::new());
        let shared::ClientFrame::Hello {
            seat_key: key,
            invite,
            sig,
            ..
        } = person.hello(&shared::Nonce([0; 32]))
        else {
            unreachable!("hello is hello");
        };
        Mail::Join(Box::new(crate::room_task::Join {
            connection: hub.connection_id(),
            sit: shared::Sit { key, invite, sig },
            position: None,
            outbox: outbox(4).0,
        }))
    }

    #[tokio::test]
    async fn whoever_comes_while_the_hub_stops_does_not_hold_it_up() {
        let (journal, outside) = (Arc::new(MemoryJournal::default()), Outside::default());
        let hub = Arc::new(Hub::new(journal, Settings::default(), outside));
        let rules = hub.rules(RoomId::Table).expect("there is a table");
        let first = hub.join(RoomId::Table, rules, join(&hub)).await;
        hub.shutdown.finish().await;
        assert!(first.is_closed());
        // Its room has ended, and is still on the list.
        let late = hub.join(RoomId::Table, rules, join(&hub));
        let patience = Duration::from_secs(30);
        timeout(patience, late)
            .await
            .expect("it is let in, to be told");
        timeout(patience, hub.shutdown.finish())
            .await
            .expect("all ends");
    }
}
