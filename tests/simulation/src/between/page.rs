//! One of the two pages, and what its browser keeps.

use std::collections::VecDeque;
use std::rc::Rc;

use frontend::paths::Paths;
use frontend::state::{Action, Kept, Outbox, View};
use shared::{
    Change, ClientFrame, ConnectionId, Person, RoomId, SeatSecret, Seq, ServerFrame, Timestamp,
};
use yew::Reducible as _;

use super::{LINK, SECRETS};

/// One of the two.
pub struct Page {
    /// What it knows.
    pub view: Rc<View>,
    /// Its paths.
    pub paths: Paths,
    /// Whether there is a way to the server.
    pub(super) linked: bool,
    pub(super) connection: Option<ConnectionId>,
    pub(super) to_server: VecDeque<ClientFrame>,
    pub(super) from_server: VecDeque<ServerFrame>,
    pub(super) from_peer: VecDeque<String>,
    pub(super) keeping: usize,
    /// It gives something to its paths just now.
    pub(super) giving: bool,
    /// What it proposed last since the person wants the server back, and after which entry.
    pub(super) asked_back: Option<(Change, Seq, Timestamp)>,
}

pub(super) fn page(room: RoomId, who: usize, now: Timestamp, kept: Kept) -> Page {
    let links = match room {
        RoomId::Table => vec![],
        RoomId::Conversation(_) => vec![LINK],
    };
    let person = Person::new(room, SeatSecret::from_bytes(SECRETS[who]), links);
    let saved = kept.saved;
    let view = Rc::new(View::new(room, now)).reduce(Action::Restored(Box::new(person), kept));
    Page {
        view,
        paths: Paths::new(saved),
        linked: false,
        connection: None,
        to_server: VecDeque::new(),
        from_server: VecDeque::new(),
        from_peer: VecDeque::new(),
        keeping: 0,
        giving: false,
        asked_back: None,
    }
}

/// What a browser keeps of a view.
pub(super) fn kept(view: &View) -> Kept {
    Kept {
        draft: view.draft.to_string(),
        outbox: Outbox::from_text(&view.outbox.to_text()),
        known: view.bookmark(),
        links: vec![LINK],
        seen: view.seen,
        log: view.log.kept(),
        saved: view.saved,
        lost: view.talk.lost(),
        wants_server: view.wants_server.is_some(),
        ..Kept::default()
    }
}
