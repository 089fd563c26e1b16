//! Who orders what the two say: the server, as long as both see it; else seat 1's page, for both, over a path of their
//! own. What is said without the server is brought there when one of the two sees it again. No browser calls.

mod between;
mod host;
mod keeper;
mod peer_frame;
mod reunion;

use std::time::Duration;

use serde::Serialize;
use shared::{
    Bookmark, ClientFrame, Entry, Fault, Rejection, ResyncReason, Seq, ServerFrame, Standing,
    Timestamp, Word,
};

use crate::direct::Way;
use crate::json;
use crate::link::Path;
use crate::state::View;
use host::{Host, Saying};
use keeper::Keeper;

pub use peer_frame::PeerFrame;

/// A server that cannot be reached is waited for this long before the two go on without: it may only restart.
const GRACE: Duration = Duration::from_secs(1);
/// Whoever was asked to come, or has come, waits for the other so long.
const PATIENCE: Duration = Duration::from_secs(8);
/// What is brought before that takes so long a page.
const A_PAGE: Duration = Duration::from_millis(500);
/// After it came to nothing it is tried again no sooner than this.
const PAUSE: Duration = Duration::from_secs(10);
/// How often the other page is asked for a sign of life.
const PING: Duration = Duration::from_secs(3);
/// A path that brings nothing for so long, although a sign of life is asked for, is none.
const SILENCE: Duration = Duration::from_secs(10);

/// What happens.
#[derive(Clone, Debug)]
pub enum Input {
    /// The path to the server changed.
    Link(Path),
    /// The server spoke.
    Server(ServerFrame),
    /// There is a path to the other page.
    Opened,
    /// It is gone.
    Closed,
    /// The other page spoke.
    Peer(String),
    /// This page wants something sent.
    Give(ClientFrame),
    /// What was to be kept is.
    Kept,
    /// The time that [`Paths::next_wake`] named has come, or the view has changed.
    Woke,
}

/// What is to be done about it, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Show what whoever orders said.
    Show(ServerFrame),
    /// Show the path to whoever orders.
    ShowPath(Path),
    /// Show what the other said before it is ordered.
    ShowAhead(Entry),
    /// Note how far the server is known to have the talk; `None`: it has all of it.
    Saved(Option<Seq>),
    /// Take back what comes after this entry: the server's journal went on differently.
    Yield(Seq),
    /// What the server shows cannot be believed.
    Doubt(Fault),
    /// Keep these, and say so with [`Input::Kept`].
    Keep(Vec<Entry>),
    /// Send to the server.
    ToServer(ClientFrame),
    /// Send to the other page.
    ToPeer(String),
    /// When all else is done, connect to the server anew, from [`Paths::position`].
    Reconnect,
    /// Give up the path to the other page.
    DropPeer,
}

/// Who orders what is said here.
#[derive(Clone, Debug)]
enum Order {
    /// The server.
    Server,
    /// This page, which sits in seat 1.
    Host(Box<Host>),
    /// The other page. Until it has welcomed this one: how long that may take.
    Guest { until: Option<Timestamp> },
    /// Nobody, until the server has what was said without it.
    Nobody,
}

/// The path to the other page.
#[derive(Clone, Debug)]
struct Peer {
    standing: Option<Standing>,
    told: Option<Standing>,
    /// Since when it has been asked for a sign of life, and nothing came.
    asked: Option<Timestamp>,
    pinged: Option<(u32, Timestamp)>,
    ping_at: Timestamp,
    latency: Option<u32>,
    /// What it has said is read by then, at the pace that is allowed.
    read_by: Timestamp,
}

/// The pace at which the other page may say things in the long run: 200 a second, far more than it needs to bring a long talk.
const A_THING: Duration = Duration::from_millis(5);
/// So far may it be ahead of that: 1000 things at once.
const AT_ONCE: Duration = Duration::from_secs(5);

impl Peer {
    /// Whether it may say one thing more.
    fn may_speak(&mut self, now: Timestamp) -> bool {
        let latest = now.after(AT_ONCE);
        // A clock that was set back must not make it a flood.
        let read_by = self.read_by.max(now).min(latest).after(A_THING);
        let may = read_by <= latest;
        if may {
            self.read_by = read_by;
        }
        may
    }
}

/// What there is to show of the paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ways {
    /// Whether the server is there.
    pub server: bool,
    /// Whether there is a path to the other page.
    pub direct: bool,
    /// Whether the two talk over it, since one of them or both do not see the server.
    pub alone: bool,
    /// Milliseconds there and back, as measured last.
    pub latency: Option<u32>,
    /// What became of the path to the other page.
    pub way: Way,
}

json::objects! {
    Ways { server, direct, alone, latency, way }
}

impl Ways {
    /// Whether a path to the other page is being looked for.
    #[must_use]
    pub fn is_sought(&self) -> bool {
        self.way == Way::Trying
    }
}

/// The paths of one page.
#[derive(Clone, Debug)]
pub struct Paths {
    order: Order,
    link: Path,
    /// Since when the server cannot be reached.
    gone_since: Option<Timestamp>,
    keeper: Keeper,
    peer: Option<Peer>,
    /// The other was asked to come, and has until then.
    invited: Option<Timestamp>,
    /// It came to nothing; no try before this.
    not_before: Timestamp,
    pings: u32,
    told_saved: Option<Seq>,
    /// When the server said last that it has lost something.
    lost_at: Option<Timestamp>,
    /// It says so again and again: it orders no sooner than this.
    rest_until: Timestamp,
}

impl Paths {
    /// Of a page that has just been opened. `saved`: how far the server is known to have what the page has kept; `None`:
    /// all of it.
    #[must_use]
    pub fn new(saved: Option<Seq>) -> Self {
        let order = saved.map_or(Order::Server, |_| Order::Nobody);
        Self {
            order,
            link: Path::Connecting { again: false },
            gone_since: None,
            keeper: Keeper::new(saved.unwrap_or_default()),
            peer: None,
            invited: None,
            not_before: Timestamp::default(),
            pings: 0,
            told_saved: saved,
            lost_at: None,
            rest_until: Timestamp::default(),
        }
    }

    /// What to come back to the server with.
    #[must_use]
    pub fn position(&self, view: &View) -> Option<Bookmark> {
        let known = view.bookmark()?;
        match self.order {
            Order::Server => Some(known),
            _ => {
                let (seq, epoch) = (self.keeper.saved, known.epoch);
                let hash = view.log.hash_of(seq)?;
                Some(Bookmark { epoch, seq, hash })
            }
        }
    }

    /// What to show.
    #[must_use]
    pub fn ways(&self) -> Ways {
        Ways {
            server: self.link == Path::Up,
            direct: self.peer.is_some(),
            alone: matches!(self.order, Order::Host(_) | Order::Guest { .. }),
            latency: self.peer.as_ref().and_then(|peer| peer.latency),
            way: Way::default(),
        }
    }

    /// When [`Input::Woke`] is due, if nothing happens before.
    #[must_use]
    pub fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let peer = self.peer.as_ref();
        let until = match self.order {
            Order::Guest { until } => until,
            _ => None,
        };
        [
            peer.map(|peer| peer.ping_at),
            peer.and_then(|peer| peer.asked).map(|at| at.after(SILENCE)),
            self.gone_since.map(|since| since.after(GRACE)),
            self.invited,
            until,
            peer.map(|_| self.not_before),
            self.keeper.wake(),
            Some(self.rest_until),
        ]
        .into_iter()
        .flatten()
        .filter(|at| *at > now)
        .min()
    }

    /// Takes in what happened. What follows from it may change the view, after which `Woke` tells the rest: until nothing
    /// more is to be done.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, view: &View, input: Input) -> Vec<Deed> {
        let mut deeds = Vec::new();
        match input {
            Input::Link(path) => self.linked(now, path, &mut deeds),
            Input::Server(frame) => self.server_said(now, view, frame, &mut deeds),
            Input::Opened => self.opened(now),
            Input::Closed => self.closed(&mut deeds),
            Input::Peer(text) => self.peer_said(now, view, &text, &mut deeds),
            Input::Give(frame) => self.give(frame, &mut deeds),
            Input::Kept => {
                if let Order::Host(host) = &mut self.order {
                    let said = host.kept(now, view);
                    self.say(said, &mut deeds);
                }
            }
            Input::Woke => self.look_after_peer(now, &mut deeds),
        }
        self.go_on(now, view, &mut deeds);
        deeds
    }

    /// Whether the server orders.
    #[must_use]
    pub fn is_served(&self) -> bool {
        matches!(self.order, Order::Server)
    }

    /// Whether something can be sent to whoever orders.
    #[must_use]
    pub fn can_give(&self) -> bool {
        match &self.order {
            Order::Server => self.link == Path::Up,
            Order::Host(host) => host.is_joined(),
            Order::Guest { until } => until.is_none(),
            Order::Nobody => false,
        }
    }

    fn linked(&mut self, now: Timestamp, path: Path, deeds: &mut Vec<Deed>) {
        self.link = path;
        match path {
            Path::Up => {
                self.gone_since = None;
                self.keeper.linked(now);
            }
            Path::Waiting { .. } => {
                self.gone_since.get_or_insert(now);
                self.keeper.lost();
            }
            Path::Connecting { .. } => self.keeper.lost(),
            Path::Stopped(_) => {
                if !matches!(self.order, Order::Server) {
                    self.order = Order::Nobody;
                }
                if self.peer.take().is_some() {
                    deeds.push(Deed::DropPeer);
                }
            }
        }
        if matches!(self.order, Order::Server | Order::Nobody) {
            deeds.push(Deed::ShowPath(self.shown()));
        }
    }

    fn server_said(
        &mut self,
        now: Timestamp,
        view: &View,
        frame: ServerFrame,
        deeds: &mut Vec<Deed>,
    ) {
        // It has lost what it had, and may have gone on from there. This page has it still, and brings back what it can.
        let lost = matches!(
            frame,
            ServerFrame::Resync {
                why: ResyncReason::AheadOfJournal | ResyncReason::OtherHistory
            }
        );
        if lost && matches!(self.order, Order::Server) {
            self.order = Order::Nobody;
            self.keeper = Keeper::new(view.log.head());
            deeds.push(Deed::ShowPath(self.shown()));
            let again = self.lost_at.replace(now);
            if again.is_some_and(|before| now < before.after(PAUSE)) {
                self.rest_until = now.after(GRACE);
            }
        }
        match self.order {
            Order::Server => deeds.push(Deed::Show(frame)),
            _ => self.keeper.hear(now, view, frame),
        }
    }

    /// The path as the view is to see it while no page orders.
    fn shown(&self) -> Path {
        match (&self.order, self.link) {
            // The server is there, but what it says is not for the view yet.
            (Order::Nobody, Path::Up) => Path::Connecting { again: false },
            (_, link) => link,
        }
    }

    fn give(&mut self, frame: ClientFrame, deeds: &mut Vec<Deed>) {
        let is_say = matches!(frame, ClientFrame::Say { .. });
        match &mut self.order {
            Order::Server => {
                // Over both paths: whichever is faster is shown first.
                if is_say {
                    self.send_word(frame.clone(), deeds);
                }
                deeds.push(Deed::ToServer(frame));
            }
            Order::Host(host) => host.mine(frame),
            Order::Guest { .. } => self.send_word(frame, deeds),
            Order::Nobody => {}
        }
    }

    /// A client's frame for the page that keeps the room; what takes a server is refused here.
    fn send_word(&self, frame: ClientFrame, deeds: &mut Vec<Deed>) {
        match Word::of(frame) {
            Some(word) => self.to_peer(&PeerFrame::Word(word), deeds),
            None => deeds.push(Deed::Show(ServerFrame::Rejected {
                id: None,
                rejection: Rejection::NeedsServer {},
            })),
        }
    }

    fn say(&mut self, said: Vec<Saying>, deeds: &mut Vec<Deed>) {
        for saying in said {
            match saying {
                Saying::Here(frame) => {
                    if let ServerFrame::Welcome { .. } = frame {
                        deeds.push(Deed::ShowPath(Path::Up));
                    }
                    deeds.push(Deed::Show(frame));
                }
                Saying::There(frame) => self.to_peer(&PeerFrame::Server(frame), deeds),
                Saying::Keep(entries) => deeds.push(Deed::Keep(entries)),
            }
        }
    }
}
