//! The path to the other page.

use std::rc::Rc;

use shared::{ClientFrame, Presence, Sealed, Seat, Signal};

use super::{Inner, Report, number};
use crate::browser::{clock, random};
use crate::direct::{Deed, Happening};
use crate::json;
use crate::paths::Input;
use crate::state::{Action, View};
use crate::transport::peer::{Peer, PeerEvent};

impl Inner {
    /// Tells the direct path what has changed of what it depends on.
    pub(super) fn note_others(self: &Rc<Self>) {
        let up = self.welcomed.get();
        let served = self.paths.borrow().is_served();
        let noted = self.view(|view| {
            let here = view.is_current()
                && view
                    .seating
                    .is_some_and(|seating| seating.peer == Presence::Here {});
            let seated = view.my_seat().filter(|_| view.keys().is_some());
            // Who is at the server nobody tells where a page orders.
            (seated, up && (here || !served), view.allows_direct())
        });
        let Some((seated, hub, allowed)) = noted else {
            return;
        };
        self.direct(seated.map_or(Happening::Vacant, Happening::Seated));
        self.direct(Happening::Hub(hub));
        self.direct(Happening::Allowed(allowed));
    }

    /// Something happened to the direct path.
    pub(super) fn direct(self: &Rc<Self>, happening: Happening) {
        self.directed(happening);
    }

    /// The same, and answers whether anything is to be done about it.
    fn directed(self: &Rc<Self>, happening: Happening) -> bool {
        let now = clock::now();
        let handed = matches!(happening, Happening::ByHand | Happening::Handed(_));
        let deeds = self.direct.borrow_mut().handle(now, number(), happening);
        let matters = !deeds.is_empty();
        for deed in deeds {
            match deed {
                Deed::Signal(signal) => self.signal(&signal),
                Deed::Offer { session } => {
                    self.by_hand.set(handed.then_some(session));
                    let ice = self.ice.borrow().clone();
                    self.have(Peer::offer(session, &ice, self.on_peer()));
                }
                Deed::Accept { session, sdp } => {
                    self.by_hand.set(handed.then_some(session));
                    let ice = self.ice.borrow().clone();
                    self.have(Peer::accept(session, &sdp, &ice, self.on_peer()));
                }
                Deed::Take(signal) => {
                    if let Some(peer) = &*self.peer.borrow() {
                        peer.take(&signal);
                    }
                }
                Deed::Restart => {
                    if let Some(peer) = &*self.peer.borrow() {
                        peer.restart();
                    }
                }
                Deed::Drop => {
                    drop(self.peer.take());
                    if self.open.take() {
                        self.input(Input::Closed);
                    }
                }
                Deed::Report { opened } => {
                    self.send_frame(&ClientFrame::Direct { opened });
                }
            }
        }
        self.show_ways();
        self.set_timer();
        matters
    }

    pub(super) fn hand(self: &Rc<Self>, code: Option<&str>) -> bool {
        let Some(code) = code else {
            return self.directed(Happening::ByHand);
        };
        let signal: Option<Signal> = code.trim().parse().ok().and_then(|payload| {
            let words = self.view(|view| view.person.as_ref()?.open_signal(&payload))??;
            json::read(&words)
        });
        // One of an earlier attempt is of no use any more.
        signal.is_some_and(|signal| self.directed(Happening::Handed(signal)))
    }

    /// All ways to this end are known: a code for the other to take, where people carry it.
    fn described(&self, sdp: String) {
        let Some(session) = self.by_hand.take() else {
            return;
        };
        let signal = match self.view(View::my_seat).flatten() {
            Some(Seat::Two) => Signal::Answer { session, sdp },
            _ => Signal::Offer { session, sdp },
        };
        if let Some(code) = self.sealed(&signal) {
            let code = Action::Code(Some(code.to_string()));
            self.report.emit(Report::Act(code));
        }
    }

    fn have(self: &Rc<Self>, peer: Option<Peer>) {
        if peer.is_none() {
            self.direct(Happening::Unsupported);
        } else {
            self.peer.replace(peer);
        }
    }

    fn on_peer(self: &Rc<Self>) -> impl Fn(PeerEvent) + 'static {
        let weak = Rc::downgrade(self);
        move |event| {
            if let Some(inner) = weak.upgrade() {
                inner.peer_event(event);
            }
        }
    }

    fn peer_event(self: &Rc<Self>, event: PeerEvent) {
        match event {
            PeerEvent::Signal(signal) => self.direct(Happening::Ready(signal)),
            PeerEvent::Open => {
                self.direct(Happening::Opened);
                if !self.open.replace(true) {
                    self.input(Input::Opened);
                }
            }
            PeerEvent::Described(sdp) => self.described(sdp),
            PeerEvent::Message(text) => self.input(Input::Peer(text)),
            PeerEvent::Shaky => self.direct(Happening::Shaky),
            PeerEvent::Closed => self.direct(Happening::Closed),
        }
    }

    fn sealed(&self, signal: &Signal) -> Option<Sealed> {
        let (words, nonce) = (json::write(signal), random::bytes()?);
        self.view(|view| view.person.as_ref()?.seal_signal(&words, &nonce))?
    }

    fn signal(&self, signal: &Signal) {
        let sealed = self.sealed(signal);
        // Another try may begin with it, and what lets it use a relay is not good for long.
        if let Signal::Ready { .. } = signal {
            self.send_frame(&ClientFrame::Ice {});
        }
        if let Some(payload) = sealed {
            self.send_frame(&ClientFrame::Signal { payload });
        }
    }

    pub(super) fn send_to_peer(self: &Rc<Self>, text: &str) {
        let went = self
            .peer
            .borrow()
            .as_ref()
            .is_some_and(|peer| peer.send(text));
        // What does not go into it is lost on it, and whoever waits for it would wait for ever.
        if !went && self.open.get() {
            self.direct(Happening::Closed);
        }
    }
}
