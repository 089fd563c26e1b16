//! One WebSocket to the hub. Dropping it closes it, and nothing is heard of it any more.
//!
//! On `web-sys` itself: a socket that never opens must go when it is dropped, and its close code must be known; as a
//! stream it gives neither at once.

use std::fmt;

use gloo_events::EventListener;
use serde::Deserialize;
use shared::{ClientFrame, CloseCode, SUBPROTOCOL, ServerFrame};
use wasm_bindgen::JsCast as _;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::Event;
use crate::browser::page;

/// An open or opening socket.
pub(super) struct Socket {
    socket: WebSocket,
    /// They go before the socket closes, so that its end is not reported.
    listeners: Vec<EventListener>,
}

impl Socket {
    /// Connects to this site's hub. `None` where the browser forbids even the try.
    pub(super) fn open(on: impl Fn(Event) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new_with_str(&url(), SUBPROTOCOL).ok()?;
        let on_message = {
            let on = on.clone();
            EventListener::new(&socket, "message", move |event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                if let Some(text) = data.and_then(|data| data.as_string()) {
                    on(read(&text));
                }
            })
        };
        let on_close = EventListener::new(&socket, "close", move |event| {
            let code = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
            on(Event::Closed(CloseCode(code)));
        });
        Some(Self {
            socket,
            listeners: vec![on_message, on_close],
        })
    }

    /// Sends a frame. `false`: it went nowhere, and the socket's end will be reported.
    pub(super) fn send(&self, frame: &ClientFrame) -> bool {
        serde_json::to_string(frame).is_ok_and(|text| self.socket.send_with_str(&text).is_ok())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.listeners.clear();
        self.socket.close().ok();
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket(state {})", self.socket.ready_state())
    }
}

fn url() -> String {
    // `http` becomes `ws`, `https` becomes `wss`.
    format!("{}/ws", page::origin().replacen("http", "ws", 1))
}

/// A later protocol may have frames that this page does not know: they are none of its business.
fn read(text: &str) -> Event {
    match serde_json::from_str::<ServerFrame>(text) {
        Ok(frame) => Event::Frame(frame),
        Err(error) => {
            if !is_unknown(text) {
                page::warn(&format!("a frame cannot be read: {error}"));
            }
            Event::Noise
        }
    }
}

/// Whether the text is a frame of a type this page does not know.
fn is_unknown(text: &str) -> bool {
    const KNOWN: [&str; 12] = [
        "challenge",
        "welcome",
        "entries",
        "entry",
        "turn",
        "presence",
        "stored",
        "rejected",
        "typing",
        "resync",
        "draining",
        "pong",
    ];
    #[derive(Deserialize)]
    struct Named<'f> {
        #[serde(rename = "type")]
        name: &'f str,
    }
    serde_json::from_str::<Named<'_>>(text).is_ok_and(|frame| !KNOWN.contains(&frame.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_later_protocol_are_told_from_broken_ones() {
        assert!(is_unknown(r#"{"type":"signal","payload":1}"#));
        for broken in [r#"{"type":"turn"}"#, "{", "[]", "null", ""] {
            assert!(!is_unknown(broken), "{broken}");
        }
    }
}
