//! What the browser is told about one end, one thing after the other, each whole: of two descriptions told at once the
//! second answer would be none.

use std::rc::{Rc, Weak};

use js_sys::{Function, Promise, Reflect};
use shared::Signal;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{RtcIceCandidateInit, RtcPeerConnection, RtcSdpType, RtcSessionDescriptionInit};

use super::{Inner, PeerEvent};

/// Something to tell the browser.
pub(super) enum Step {
    /// Make an offer and tell it the other end. `anew`: under the next number, with whatever ways there are to this end now.
    Offer { anew: bool },
    /// Take the other end's offer, and make and tell the answer.
    Accept { session: u32, sdp: String },
    /// Take the other end's answer.
    Answer(String),
    /// Take a way to the other end.
    Candidate(RtcIceCandidateInit),
}

impl Inner {
    /// Tells the browser this when all before is told.
    pub(super) fn then(self: &Rc<Self>, step: Step) {
        self.steps.borrow_mut().push_back(step);
        if !self.stepping.replace(true) {
            spawn_local(walk(Rc::downgrade(self)));
        }
    }

    /// What is described next has other ways to this end.
    fn restart(&self) {
        self.session.set(self.session.get().wrapping_add(1));
        self.early.replace(Some(Vec::new()));
        // Known to browsers since 2020, and not to `web-sys`.
        let restart = Reflect::get(&self.connection, &JsValue::from_str("restartIce")).ok();
        if let Some(restart) = restart.and_then(|restart| restart.dyn_into::<Function>().ok()) {
            restart.call0(&self.connection).ok();
        }
    }

    /// Takes a description of the other end, and the ways to it that were told before.
    fn take_description(&self, kind: RtcSdpType, sdp: &str) -> Promise {
        let description = RtcSessionDescriptionInit::new(kind);
        description.set_sdp(sdp);
        let taken = self.connection.set_remote_description(&description);
        // The browser adds them after the description, in the order of asking (WebRTC 1.0, "chain an operation").
        for candidate in self.early.take().into_iter().flatten() {
            self.add(&candidate);
        }
        taken
    }

    /// Takes a way to the other end, once it is described.
    fn take_candidate(&self, candidate: RtcIceCandidateInit) {
        match &mut *self.early.borrow_mut() {
            Some(early) => early.push(candidate),
            None => self.add(&candidate),
        }
    }

    fn add(&self, candidate: &RtcIceCandidateInit) {
        let added = self
            .connection
            .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(candidate));
        spawn_local(async move {
            // One that the browser does not understand is one way less.
            JsFuture::from(added).await.ok();
        });
    }

    fn tell(&self, described: Result<Option<Signal>, JsValue>) {
        match described {
            Ok(None) => {}
            Ok(Some(signal)) => (self.on)(PeerEvent::Signal(signal)),
            // A path that is open goes on: it ends by what is heard of it, and not by what others say.
            Err(_) if self.open_channel().is_some() => {}
            Err(_) => (self.on)(PeerEvent::Closed),
        }
    }
}

/// Takes step after step, until there is none or the end is dropped: nothing here keeps it while it waits.
async fn walk(end: Weak<Inner>) {
    while let Some(inner) = end.upgrade() {
        let Some(step) = inner.steps.borrow_mut().pop_front() else {
            return inner.stepping.set(false);
        };
        let connection = inner.connection.clone();
        let described = match step {
            Step::Candidate(candidate) => {
                inner.take_candidate(candidate);
                continue;
            }
            Step::Answer(sdp) => {
                let taken = inner.take_description(RtcSdpType::Answer, &sdp);
                drop(inner);
                JsFuture::from(taken).await.map(|_| None)
            }
            Step::Offer { anew } => {
                if anew {
                    inner.restart();
                }
                let session = inner.session.get();
                drop(inner);
                let sdp = described(&connection).await;
                sdp.map(|sdp| Some(Signal::Offer { session, sdp }))
            }
            Step::Accept { session, sdp } => {
                inner.session.set(session);
                let taken = inner.take_description(RtcSdpType::Offer, &sdp);
                drop(inner);
                let sdp = answer(&connection, taken).await;
                sdp.map(|sdp| Some(Signal::Answer { session, sdp }))
            }
        };
        if let Some(inner) = end.upgrade() {
            inner.tell(described);
        }
    }
}

async fn answer(connection: &RtcPeerConnection, taken: Promise) -> Result<String, JsValue> {
    JsFuture::from(taken).await?;
    described(connection).await
}

/// Has this end describe itself. Without a description to take it makes the one that is due: an offer, or an answer to the
/// offer it has taken.
async fn described(connection: &RtcPeerConnection) -> Result<String, JsValue> {
    let made = connection.set_local_description(JsValue::UNDEFINED.unchecked_ref());
    JsFuture::from(made).await?;
    let description = connection.local_description();
    Ok(description.map_or_else(String::new, |description| description.sdp()))
}
