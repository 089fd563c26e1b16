//! One end of a path from browser to browser: a WebRTC data channel (RFC 8831). Dropping it closes it, and nothing is
//! heard of it any more.

mod steps;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::{JSON, JsString};
use serde::Serialize;
use shared::{IceServer, MAX_FRAME_BYTES, SUBPROTOCOL, Signal};
use wasm_bindgen::JsCast as _;
use web_sys::{
    Event, EventTarget, MessageEvent, RtcDataChannel, RtcDataChannelEvent, RtcDataChannelState,
    RtcIceCandidateInit, RtcIceConnectionState, RtcPeerConnection, RtcPeerConnectionIceEvent,
};

use crate::json;
use steps::Step;

/// So many bytes may wait to be sent. The other end reads slowly then, or not at all.
const WAITING: u32 = 1024 * 1024;

/// What the browser is told of these servers.
#[derive(Serialize)]
struct Configuration<'s> {
    #[serde(rename = "iceServers")]
    ice_servers: &'s [IceServer],
}

/// What an end tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerEvent {
    /// The other end is to know this.
    Signal(Signal),
    /// No more ways to this end will be found: this describes it, with all of them.
    Described(String),
    /// The path is open, or whole again.
    Open,
    /// The other end sent this.
    Message(String),
    /// Nothing was heard of the other end for a while; it may come back.
    Shaky,
    /// The path is over.
    Closed,
}

/// What the browser tells, and by what name.
#[derive(Clone, Copy)]
enum Told {
    Candidate,
    State,
    Channel,
    Open,
    Message,
    Close,
}

impl Told {
    fn name(self) -> &'static str {
        match self {
            Told::Candidate => "icecandidate",
            Told::State => "iceconnectionstatechange",
            Told::Channel => "datachannel",
            Told::Open => "open",
            Told::Message => "message",
            Told::Close => "close",
        }
    }
}

/// One end, open or on its way there.
pub struct Peer(Rc<Inner>);

struct Inner {
    connection: RtcPeerConnection,
    /// The number of the last offer.
    session: Cell<u32>,
    channel: RefCell<Option<RtcDataChannel>>,
    /// Candidates that came before the description they go with. `None`: that is there.
    early: RefCell<Option<Vec<RtcIceCandidateInit>>>,
    /// What the browser is to be told yet, and whether it is being told something.
    steps: RefCell<VecDeque<Step>>,
    stepping: Cell<bool>,
    shaky: Cell<bool>,
    on: Box<dyn Fn(PeerEvent)>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Peer {
    /// Makes an end and offers it. `None` where the browser can make none.
    #[must_use]
    pub fn offer(
        session: u32,
        ice: &[IceServer],
        on: impl Fn(PeerEvent) + 'static,
    ) -> Option<Self> {
        let peer = Self::make(session, ice, Box::new(on))?;
        let channel = peer.0.connection.create_data_channel(SUBPROTOCOL);
        peer.0.use_channel(channel);
        peer.0.then(Step::Offer { anew: false });
        Some(peer)
    }

    /// Makes an end and answers an offer. `None` where the browser can make none.
    #[must_use]
    pub fn accept(
        session: u32,
        sdp: &str,
        ice: &[IceServer],
        on: impl Fn(PeerEvent) + 'static,
    ) -> Option<Self> {
        let peer = Self::make(session, ice, Box::new(on))?;
        peer.0.listen(&peer.0.connection, Told::Channel);
        let sdp = sdp.to_owned();
        peer.0.then(Step::Accept { session, sdp });
        Some(peer)
    }

    fn make(session: u32, ice: &[IceServer], on: Box<dyn Fn(PeerEvent)>) -> Option<Self> {
        let servers = Configuration { ice_servers: ice };
        let configuration = JSON::parse(&json::write(&servers)).ok()?;
        let configuration = configuration.unchecked_ref();
        // Servers that this browser does not understand are no help, and no hindrance.
        let connection = RtcPeerConnection::new_with_configuration(configuration)
            .or_else(|_| RtcPeerConnection::new());
        let connection = connection.ok()?;
        let inner = Rc::new(Inner {
            connection,
            session: Cell::new(session),
            channel: RefCell::default(),
            early: RefCell::new(Some(Vec::new())),
            steps: RefCell::default(),
            stepping: Cell::default(),
            shaky: Cell::default(),
            on,
            listeners: RefCell::default(),
        });
        inner.listen(&inner.connection, Told::Candidate);
        inner.listen(&inner.connection, Told::State);
        Some(Self(inner))
    }

    /// Takes what the other end told: an answer, a candidate, or a further offer.
    pub fn take(&self, signal: &Signal) {
        match signal {
            Signal::Offer { session, sdp } => {
                let (session, sdp) = (*session, sdp.clone());
                self.0.then(Step::Accept { session, sdp });
            }
            Signal::Answer { sdp, .. } => self.0.then(Step::Answer(sdp.clone())),
            Signal::Candidate {
                candidate,
                mid,
                line,
                ..
            } => {
                let init = RtcIceCandidateInit::new(candidate);
                init.set_sdp_mid(mid.as_deref());
                init.set_sdp_m_line_index(*line);
                self.0.then(Step::Candidate(init));
            }
            Signal::Ready { .. } | Signal::No { .. } => {}
        }
    }

    /// Offers anew, under the next number, with whatever ways there are to this end now.
    pub fn restart(&self) {
        self.0.then(Step::Offer { anew: true });
    }

    /// Sends a text. `false`: it went nowhere, since the path is not open or too much waits to go already.
    #[must_use]
    pub fn send(&self, text: &str) -> bool {
        self.0.open_channel().is_some_and(|channel| {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            channel.buffered_amount().saturating_add(length) <= WAITING
                && channel.send_with_str(text).is_ok()
        })
    }
}

impl Inner {
    /// Whoever drops the end in the middle of an event hears of no other.
    fn listen(self: &Rc<Self>, target: &EventTarget, told: Told) {
        let weak = Rc::downgrade(self);
        let listener = EventListener::new(target, told.name(), move |event| {
            if let Some(inner) = weak.upgrade() {
                inner.heard(told, event);
            }
        });
        self.listeners.borrow_mut().push(listener);
    }

    fn use_channel(self: &Rc<Self>, channel: RtcDataChannel) {
        for told in [Told::Open, Told::Message, Told::Close] {
            self.listen(&channel, told);
        }
        self.channel.replace(Some(channel));
    }

    fn open_channel(&self) -> Option<RtcDataChannel> {
        let channel = self.channel.borrow().clone();
        channel.filter(|channel| channel.ready_state() == RtcDataChannelState::Open)
    }

    fn heard(self: &Rc<Self>, told: Told, event: &Event) {
        let tell = match told {
            Told::Candidate => self.candidate(event),
            Told::State => self.state(),
            Told::Channel => {
                let channel = event.unchecked_ref::<RtcDataChannelEvent>().channel();
                if self.channel.borrow().is_none() && channel.label() == SUBPROTOCOL {
                    self.use_channel(channel);
                } else {
                    channel.close();
                }
                None
            }
            Told::Open => Some(PeerEvent::Open),
            Told::Message => {
                let data = event.unchecked_ref::<MessageEvent>().data();
                data.dyn_ref::<JsString>().map(|text| {
                    // Looked at before it is copied: no honest page says more at once.
                    let fits = usize::try_from(text.length()).is_ok_and(|it| it <= MAX_FRAME_BYTES);
                    if fits {
                        PeerEvent::Message(text.into())
                    } else {
                        PeerEvent::Closed
                    }
                })
            }
            Told::Close => Some(PeerEvent::Closed),
        };
        if let Some(tell) = tell {
            (self.on)(tell);
        }
    }

    /// No candidate says that there are no more; an empty one, that there are no more of one kind.
    fn candidate(&self, event: &Event) -> Option<PeerEvent> {
        let event = event.unchecked_ref::<RtcPeerConnectionIceEvent>();
        let Some(found) = event.candidate() else {
            let description = self.connection.local_description()?;
            return Some(PeerEvent::Described(description.sdp()));
        };
        let candidate = found.candidate();
        (!candidate.is_empty()).then(|| {
            PeerEvent::Signal(Signal::Candidate {
                session: self.session.get(),
                candidate,
                mid: found.sdp_mid(),
                line: found.sdp_m_line_index(),
            })
        })
    }

    fn state(&self) -> Option<PeerEvent> {
        match self.connection.ice_connection_state() {
            RtcIceConnectionState::Disconnected => {
                self.shaky.set(true);
                Some(PeerEvent::Shaky)
            }
            RtcIceConnectionState::Connected | RtcIceConnectionState::Completed => {
                let mended = self.shaky.take() && self.open_channel().is_some();
                mended.then_some(PeerEvent::Open)
            }
            RtcIceConnectionState::Failed => Some(PeerEvent::Closed),
            _ => None,
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.connection.close();
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peer({:?})", self.0.connection.ice_connection_state())
    }
}
