//! What this browser keeps of a room: the seat's key, the links, the draft, what is not acknowledged yet, and how far
//! the talk was known. The table's belongs to the tab, a conversation's to the browser. A browser that keeps nothing
//! loses only the reload.

pub mod part;

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use futures_util::future::Either;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::{Bookmark, LinkSecret, RoomId, SeatKey, SeatSecret, base64url};
use web_sys::Storage;

use crate::browser::database::Database;
use crate::state::{Alarm, Kept, Outbox};
use part::Part;

const SEAT: &str = "seat";
const LINKS: &str = "links";
const DRAFT: &str = "draft";
const OUTBOX: &str = "outbox";
const KNOWN: &str = "known";
const VERIFIED: &str = "verified";
const SEEN: &str = "seen";
const ALARM: &str = "alarm";
const TELLS: &str = "tells-reading";

/// Where a drawer's contents are.
#[derive(Clone, Debug)]
enum Place {
    Tab(Storage),
    Browser(Database),
    Nowhere,
}

/// The drawer of one room.
#[derive(Clone, Debug)]
pub struct Drawer {
    room: RoomId,
    part: Part,
    place: Place,
    /// The outbox as it was written last: what changes nothing is not written again while somebody waits.
    written: Rc<RefCell<String>>,
}

impl Drawer {
    /// Opens the drawer of `room`, or of the one who tries its seat 2.
    pub async fn open(room: RoomId, part: Part) -> Self {
        let place = match room {
            RoomId::Table => {
                let window = web_sys::window();
                let storage = window.and_then(|window| window.session_storage().ok()?);
                storage.map_or(Place::Nowhere, Place::Tab)
            }
            RoomId::Conversation(_) => {
                let database = Database::open().await;
                database.map_or(Place::Nowhere, Place::Browser)
            }
        };
        Self {
            room,
            part,
            place,
            written: Rc::default(),
        }
    }

    /// The seat's key.
    pub async fn seat(&self) -> Option<SeatSecret> {
        secret(&self.get(SEAT).await?)
    }

    /// The seat's key: `fresh`, unless one is kept. Answers the one to sit with.
    pub async fn seat_or(&self, fresh: SeatSecret) -> SeatSecret {
        let text = base64url::encode(&fresh.to_bytes());
        let kept = match &self.place {
            Place::Browser(database) => database.get_or_add(&self.key(SEAT), &text).await,
            _ => None,
        };
        kept.and_then(|kept| secret(&kept)).unwrap_or(fresh)
    }

    /// Keeps the seat's key and forgets what another key left here: it is another person's.
    pub fn begin(&self, seat: &SeatSecret) {
        self.set(SEAT, &base64url::encode(&seat.to_bytes()));
        for what in [LINKS, DRAFT, OUTBOX, KNOWN, VERIFIED, SEEN, ALARM, TELLS] {
            self.set(what, "");
        }
    }

    /// The secrets of the links to this room, the newest first.
    pub async fn links(&self) -> Vec<LinkSecret> {
        let kept: Vec<String> = self.get_json(LINKS).await.unwrap_or_default();
        let link = |text: &String| LinkSecret::from_fragment(text).ok();
        kept.iter().filter_map(link).collect()
    }

    /// Keeps the secrets of the links.
    pub fn set_links(&self, links: &[LinkSecret]) {
        let links: Vec<_> = links.iter().map(|link| link.to_fragment()).collect();
        self.set_json(LINKS, &links);
    }

    /// What was left unsent, how far the talk was known, and by which links.
    pub async fn kept(&self) -> Kept {
        let outbox = self.get(OUTBOX).await.unwrap_or_default();
        Kept {
            draft: self.get(DRAFT).await.unwrap_or_default(),
            outbox: Outbox::from_text(&outbox),
            known: self.get_json(KNOWN).await,
            verified: self.get_json(VERIFIED).await,
            seen: self.get_json(SEEN).await,
            alarm: self.get_json(ALARM).await,
            tells_reading: self.get(TELLS).await.is_some_and(|told| !told.is_empty()),
            links: self.links().await,
        }
    }

    /// Keeps what is being written.
    pub fn set_draft(&self, draft: &str) {
        self.set(DRAFT, draft);
    }

    /// Keeps what is on its way.
    pub fn set_outbox(&self, outbox: &Outbox) {
        let text = text_of(outbox);
        if *self.written.borrow() != text {
            self.set(OUTBOX, &text);
            self.written.replace(text);
        }
    }

    /// Keeps what is on its way, before it leaves. Answers whether it is kept: at once, or as soon as it is.
    pub fn keep_outbox(&self, outbox: &Outbox) -> Either<bool, impl Future<Output = bool> + use<>> {
        let (key, text) = (self.key(OUTBOX), text_of(outbox));
        self.written.replace(text.clone());
        match &self.place {
            Place::Tab(storage) => Either::Left(storage.set_item(&key, &text).is_ok()),
            Place::Browser(database) => Either::Right(database.keep(&key, &text)),
            Place::Nowhere => Either::Left(false),
        }
    }

    /// Whether nothing is kept here.
    #[must_use]
    pub fn keeps_nothing(&self) -> bool {
        matches!(self.place, Place::Nowhere)
    }

    /// Keeps whether it is told what was read.
    pub fn set_tells_reading(&self, tells: bool) {
        self.set(TELLS, if tells { "yes" } else { "" });
    }

    /// Keeps how far the talk is known.
    pub fn set_known(&self, known: Bookmark) {
        self.set_json(KNOWN, &known);
    }

    /// Keeps whose safety words were compared.
    pub fn set_verified(&self, keys: [SeatKey; 2]) {
        self.set_json(VERIFIED, &keys);
    }

    /// Keeps who sat here when all was known last.
    pub fn set_seen(&self, keys: [SeatKey; 2]) {
        self.set_json(SEEN, &keys);
    }

    /// Keeps what cannot be believed, or that nothing is.
    pub fn set_alarm(&self, alarm: Option<Alarm>) {
        match alarm {
            Some(alarm) => self.set_json(ALARM, &alarm),
            None => self.set(ALARM, ""),
        }
    }

    async fn get_json<T: DeserializeOwned>(&self, what: &str) -> Option<T> {
        serde_json::from_str(&self.get(what).await?).ok()
    }

    fn set_json(&self, what: &str, value: &impl Serialize) {
        self.set(what, &serde_json::to_string(value).unwrap_or_default());
    }

    async fn get(&self, what: &str) -> Option<String> {
        let key = self.key(what);
        match &self.place {
            Place::Tab(storage) => storage.get_item(&key).ok()?,
            Place::Browser(database) => database.get(&key).await,
            Place::Nowhere => None,
        }
    }

    /// Keeps `value`; an empty one is not worth a place. A full or forbidden storage is not an error of the talk's.
    fn set(&self, what: &str, value: &str) {
        let key = self.key(what);
        match &self.place {
            Place::Tab(storage) if value.is_empty() => drop(storage.remove_item(&key)),
            Place::Tab(storage) => drop(storage.set_item(&key, value)),
            Place::Browser(database) => database.set(&key, value),
            Place::Nowhere => {}
        }
    }

    fn key(&self, what: &str) -> String {
        format!("duologue.{}{}.{what}", self.room, self.part.infix())
    }
}

fn text_of(outbox: &Outbox) -> String {
    if outbox.is_empty() {
        String::new()
    } else {
        outbox.to_text()
    }
}

fn secret(text: &str) -> Option<SeatSecret> {
    let bytes = base64url::decode_array(text).ok()?;
    Some(SeatSecret::from_bytes(bytes))
}
