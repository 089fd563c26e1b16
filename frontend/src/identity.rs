//! Who I am in a room: the seat's key, found or made.

use std::cell::RefCell;
use std::time::Duration;

use shared::{RoomId, SeatSecret};

use crate::browser::{locks, random};
use crate::storage::Drawer;

/// A reloaded page's predecessor may hold its lock for a moment longer.
const PATIENCE: Duration = Duration::from_millis(600);

thread_local! {
    /// This tab's person at the table. The lock is this document's own for good, so it is asked for only once.
    static AT_TABLE: RefCell<Option<SeatSecret>> = const { RefCell::new(None) };
}

/// The key to sit with; `None` where the browser cannot make one.
pub async fn seat(room: RoomId) -> Option<SeatSecret> {
    match room {
        RoomId::Table => at_table().await,
        RoomId::Conversation(_) => in_conversation(room),
    }
}

fn in_conversation(room: RoomId) -> Option<SeatSecret> {
    let drawer = Drawer::of(room);
    drawer.seat().or_else(|| make(&drawer))
}

async fn at_table() -> Option<SeatSecret> {
    if let Some(known) = AT_TABLE.with_borrow(Clone::clone) {
        return Some(known);
    }
    let drawer = Drawer::of(RoomId::Table);
    let seat = match drawer.seat() {
        // A duplicated tab has a copy of the key, and finds its lock taken: it is a person of its own.
        Some(kept) if lock(&kept, PATIENCE).await == locks::Claim::Taken => None,
        kept => kept,
    };
    let seat = match seat {
        Some(seat) => seat,
        None => {
            let seat = make(&drawer)?;
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

fn make(drawer: &Drawer) -> Option<SeatSecret> {
    let seat = SeatSecret::from_bytes(random::bytes()?);
    drawer.begin(&seat);
    Some(seat)
}
