//! A broadcast channel: what one document of this site says, its others hear.

use std::fmt;

use gloo_events::EventListener;
use wasm_bindgen::JsCast as _;
use web_sys::{BroadcastChannel, MessageEvent};

/// An open channel. Dropping it closes it.
pub struct Channel {
    channel: BroadcastChannel,
    _on_message: EventListener,
}

impl Channel {
    /// Opens it; `None` where the browser has none.
    #[must_use]
    pub fn open(name: &str, on: impl Fn(&str) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let on_message = EventListener::new(&channel, "message", move |event| {
            let data = event.dyn_ref().map(MessageEvent::data);
            if let Some(text) = data.and_then(|data| data.as_string()) {
                on(&text);
            }
        });
        Some(Self {
            channel,
            _on_message: on_message,
        })
    }

    /// Tells the others. A channel that takes nothing any more belongs to a page that goes.
    pub fn post(&self, text: &str) {
        self.channel.post_message(&text.into()).ok();
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({})", self.channel.name())
    }
}
