//! Who I am in a room: the seat's key, found or made.

use std::cell::RefCell;
use std::time::Duration;

use shared::{LinkSecret, Person, RoomId, SeatSecret};

use crate::browser::{locks, random};
use crate::storage::Drawer;

/// A reloaded page's predecessor may hold its lock for a moment longer.
const PATIENCE: Duration = Duration::from_millis(600);

thread_local! {
    /// This tab's person at the table. The lock is this document's own for good, so it is asked for only once.
    static AT_TABLE: RefCell<Option<SeatSecret>> = const { RefCell::new(None) };
}

/// Who sits here.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The seat's key.
    pub secret: SeatSecret,
    /// The links known, the one the person came by first.
    pub links: Vec<LinkSecret>,
    /// Whether the key was here before.
    pub known: bool,
}

impl Identity {
    /// The person to sit as.
    #[must_use]
    pub fn person(&self, room: RoomId) -> Person {
        self.person_of(room, self.links.clone())
    }

    /// The person to sit as, knowing these links.
    #[must_use]
    pub fn person_of(&self, room: RoomId, links: Vec<LinkSecret>) -> Person {
        Person::new(room, self.secret.clone(), links)
    }
}

/// Who is to sit here, with the link they came by, if any; `None` where the browser cannot make a key.
pub async fn identity(
    room: RoomId,
    drawer: &Drawer,
    came_by: Option<LinkSecret>,
) -> Option<Identity> {
    let known = drawer.seat().await.is_some();
    let secret = match room {
        RoomId::Table => at_table(drawer).await?,
        RoomId::Conversation(_) => in_conversation(drawer).await?,
    };
    let mut links = drawer.links().await;
    if let Some(link) = came_by {
        links.retain(|kept| *kept != link);
        links.insert(0, link);
        drawer.set_links(&links);
    }
    Some(Identity {
        secret,
        links,
        known,
    })
}

async fn in_conversation(drawer: &Drawer) -> Option<SeatSecret> {
    match drawer.seat().await {
        Some(kept) => Some(kept),
        None => Some(drawer.seat_or(make()?).await),
    }
}

async fn at_table(drawer: &Drawer) -> Option<SeatSecret> {
    if let Some(known) = AT_TABLE.with_borrow(Clone::clone) {
        return Some(known);
    }
    let seat = match drawer.seat().await {
        // A duplicated tab has a copy of the key, and finds its lock taken: it is a person of its own.
        Some(kept) if lock(&kept, PATIENCE).await == locks::Claim::Taken => None,
        kept => kept,
    };
    let seat = match seat {
        Some(seat) => seat,
        None => {
            let seat = make()?;
            drawer.begin(&seat);
            lock(&seat, Duration::ZERO).await;
            seat
        }
    };
    AT_TABLE.set(Some(seat.clone()));
    Some(seat)
}

async fn lock(seat: &SeatSecret, patience: Duration) -> locks::Claim {
    locks::claim(&format!("duologue.seat.{}", seat.key()), patience).await
}

fn make() -> Option<SeatSecret> {
    Some(SeatSecret::from_bytes(random::bytes()?))
}
