//! What this browser keeps: the seat's key, the draft, and what is not acknowledged yet. The table's belong to the
//! tab, a conversation's to the browser. A browser that keeps nothing loses only the reload.

use shared::{RoomId, SeatSecret, base64url};
use web_sys::Storage;

use crate::state::Outbox;

const SEAT: &str = "seat";
const DRAFT: &str = "draft";
const OUTBOX: &str = "outbox";

/// The drawer of one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawer {
    room: RoomId,
}

impl Drawer {
    /// The drawer of `room`.
    #[must_use]
    pub fn of(room: RoomId) -> Self {
        Self { room }
    }

    /// The seat's key.
    #[must_use]
    pub fn seat(&self) -> Option<SeatSecret> {
        let bytes = base64url::decode_array(&self.get(SEAT)?).ok()?;
        Some(SeatSecret::from_bytes(bytes))
    }

    /// Keeps the seat's key and forgets what another key left here: it is another person's.
    pub fn begin(&self, seat: &SeatSecret) {
        self.set(SEAT, &base64url::encode(&seat.to_bytes()));
        self.set(DRAFT, "");
        self.set(OUTBOX, "");
    }

    /// What was being written.
    #[must_use]
    pub fn draft(&self) -> String {
        self.get(DRAFT).unwrap_or_default()
    }

    /// Keeps what is being written.
    pub fn set_draft(&self, draft: &str) {
        self.set(DRAFT, draft);
    }

    /// What was on its way.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        Outbox::from_text(&self.get(OUTBOX).unwrap_or_default())
    }

    /// Keeps what is on its way.
    pub fn set_outbox(&self, outbox: &Outbox) {
        let text = if outbox.is_empty() {
            String::new()
        } else {
            outbox.to_text()
        };
        self.set(OUTBOX, &text);
    }

    fn get(&self, what: &str) -> Option<String> {
        self.storage()?.get_item(&self.key(what)).ok()?
    }

    /// Keeps `value`; an empty one is not worth a place. A full or forbidden storage is not an error of the talk's.
    fn set(&self, what: &str, value: &str) {
        if let Some(storage) = self.storage() {
            let key = self.key(what);
            if value.is_empty() {
                storage.remove_item(&key).ok();
            } else {
                storage.set_item(&key, value).ok();
            }
        }
    }

    fn key(&self, what: &str) -> String {
        format!("duologue.{}.{what}", self.room)
    }

    fn storage(&self) -> Option<Storage> {
        let window = web_sys::window()?;
        match self.room {
            RoomId::Table => window.session_storage().ok()?,
            RoomId::Conversation(_) => window.local_storage().ok()?,
        }
    }
}
