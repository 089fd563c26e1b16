//! What this browser keeps of a room: the seat's key, the links, the draft, what is not acknowledged yet, and how far
//! the talk was known. The table's belongs to the tab, a conversation's to the browser. A browser that keeps nothing
//! loses only the reload.

mod entries;
pub mod part;

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use futures_util::future::Either;
use shared::{LinkSecret, RoomId, SeatSecret, base64url};
use web_sys::Storage;

use crate::browser::database::Database;
use crate::json::{self, FromJson};
use crate::state::{Kept, Outbox, View};
use entries::Written;
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
const HEARD: &str = "heard";
const SAVED: &str = "saved";
const WANTS: &str = "wants";
const LOST: &str = "lost";
const ALLOWS: &str = "allows";

/// What is kept, by its name.
type Texts = Vec<(Cow<'static, str>, String)>;

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
    /// What was written last: what has not changed is not written again while somebody waits.
    written: Rc<RefCell<Texts>>,
    /// The entries that were.
    entries: Rc<RefCell<Written>>,
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
            entries: Rc::default(),
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
        let others = [
            LINKS,
            DRAFT,
            OUTBOX,
            KNOWN,
            VERIFIED,
            SEEN,
            ALARM,
            TELLS,
            HEARD,
            SAVED,
            ALLOWS,
            entries::BEGUN,
        ];
        let mut texts: Texts = others.map(|what| (what.into(), String::new())).into();
        texts.push((SEAT.into(), base64url::encode(&seat.to_bytes())));
        drop(self.write(&texts));
    }

    /// The secrets of the links to this room, the newest first.
    pub async fn links(&self) -> Vec<LinkSecret> {
        let kept: Vec<String> = self.get_json(LINKS).await.unwrap_or_default();
        let link = |text: &String| LinkSecret::from_fragment(text).ok();
        kept.iter().filter_map(link).collect()
    }

    /// Keeps the secrets of the links.
    pub fn set_links(&self, links: &[LinkSecret]) {
        drop(self.write(&vec![(LINKS.into(), links_text(links))]));
    }

    /// What was left unsent, how far the talk was known, and by which links.
    pub async fn kept(&self) -> Kept {
        // Another tab may have written here since this one did.
        self.written.borrow_mut().clear();
        let outbox = self.get(OUTBOX).await.unwrap_or_default();
        Kept {
            draft: self.get(DRAFT).await.unwrap_or_default(),
            outbox: Outbox::from_text(&outbox),
            known: self.get_json(KNOWN).await,
            verified: self.get_json(VERIFIED).await,
            seen: self.get_json(SEEN).await,
            alarm: self.get_json(ALARM).await,
            heard: self.get_json(HEARD).await,
            tells_reading: self.get(TELLS).await.is_some_and(|told| !told.is_empty()),
            links: self.links().await,
            log: self.log().await,
            saved: self.get_json(SAVED).await,
            wants_server: self.get(WANTS).await.is_some_and(|told| !told.is_empty()),
            lost: self.get_json(LOST).await.unwrap_or_default(),
            allows: self.get_json(ALLOWS).await,
        }
    }

    /// Keeps what has changed of what this view knows: all of it together, so that a message taken back, say, is in the
    /// draft or in the outbox whatever happens. Answers whether it is kept: at once, or as soon as it is.
    pub fn keep(&self, view: &View) -> Either<bool, impl Future<Output = bool> + use<>> {
        let mut texts = texts_of(view);
        let mut written = self.written.borrow_mut();
        texts.retain(|text| !written.contains(text));
        written.retain(|(before, _)| texts.iter().all(|(what, _)| what != before));
        written.extend(texts.iter().cloned());
        texts.extend(self.entries.borrow_mut().news(&view.log));
        self.write(&texts)
    }

    /// The same, before a message leaves: the outbox is written even if it was written before, since of that nobody
    /// knows whether it is kept.
    pub fn keep_first(&self, view: &View) -> Either<bool, impl Future<Output = bool> + use<>> {
        self.written.borrow_mut().retain(|(what, _)| what != OUTBOX);
        self.keep(view)
    }

    /// Whether nothing is kept here.
    #[must_use]
    pub fn keeps_nothing(&self) -> bool {
        matches!(self.place, Place::Nowhere)
    }

    async fn get_json<T: FromJson>(&self, what: &str) -> Option<T> {
        json::read(&self.get(what).await?)
    }

    async fn get(&self, what: &str) -> Option<String> {
        let key = self.key(what);
        match &self.place {
            Place::Tab(storage) => storage.get_item(&key).ok()?,
            Place::Browser(database) => database.get(&key).await,
            Place::Nowhere => None,
        }
    }

    /// Writes these; an empty one is not worth a place. A full or forbidden storage is not an error of the talk's.
    fn write(&self, texts: &Texts) -> Either<bool, impl Future<Output = bool> + use<>> {
        let texts = texts.iter().map(|(what, text)| (self.key(what), &**text));
        match &self.place {
            Place::Tab(storage) => Either::Left(texts.fold(true, |kept, (key, text)| {
                let written = if text.is_empty() {
                    storage.remove_item(&key)
                } else {
                    storage.set_item(&key, text)
                };
                kept && written.is_ok()
            })),
            Place::Browser(database) => Either::Right(database.keep(&mut texts.into_iter())),
            Place::Nowhere => Either::Left(false),
        }
    }

    fn key(&self, what: &str) -> String {
        format!("duologue.{}{}.{what}", self.room, self.part.infix())
    }
}

/// What is kept of a view, once it holds what was kept before.
fn texts_of(view: &View) -> Texts {
    let mut texts = Texts::new();
    if view.restored {
        texts.push((DRAFT.into(), view.draft.to_string()));
        let outbox = Some(&view.outbox).filter(|outbox| !outbox.is_empty());
        let outbox = outbox.map(|outbox| outbox.to_text());
        texts.push((OUTBOX.into(), outbox.unwrap_or_default()));
        let tells = view.receipts.willing.then(|| "yes".to_owned());
        texts.push((TELLS.into(), tells.unwrap_or_default()));
        texts.push((
            SAVED.into(),
            view.saved.as_ref().map_or_else(String::new, json::write),
        ));
        let lost = Some(view.talk.lost()).filter(|lost| !lost.is_empty());
        texts.push((
            LOST.into(),
            lost.as_ref().map_or_else(String::new, json::write),
        ));
        let wants = view.wants_server.map(|_| "server".to_owned());
        texts.push((WANTS.into(), wants.unwrap_or_default()));
        texts.push((
            ALARM.into(),
            view.alarm.as_ref().map_or_else(String::new, json::write),
        ));
    }
    let links = view.person.as_ref().map(|person| person.links());
    let links = links.filter(|links| !links.is_empty());
    // What an earlier visit knew is kept until this one knows as much.
    let known = view
        .bookmark()
        .filter(|_| view.known.is_none() && view.alarm.is_none());
    let others = [
        (LINKS, links.map(links_text)),
        (VERIFIED, view.verified.as_ref().map(json::write)),
        (SEEN, view.seen.as_ref().map(json::write)),
        (KNOWN, known.as_ref().map(json::write)),
        (ALLOWS, view.allows.as_ref().map(json::write)),
        (HEARD, view.receipts.heard().as_ref().map(json::write)),
    ];
    let others = others.into_iter();
    texts.extend(others.filter_map(|(what, text)| Some((what.into(), text?))));
    texts
}

fn links_text(links: &[LinkSecret]) -> String {
    let links: Vec<_> = links.iter().map(|link| link.to_fragment()).collect();
    json::write(&links)
}

fn secret(text: &str) -> Option<SeatSecret> {
    let bytes = base64url::decode_array(text).ok()?;
    Some(SeatSecret::from_bytes(bytes))
}
