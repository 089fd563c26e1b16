//! One WebSocket to the hub. Dropping it closes it, and nothing is heard of it any more.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use futures_util::future::{AbortHandle, abortable};
use futures_util::{SinkExt as _, StreamExt as _};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};
use shared::{CloseCode, SUBPROTOCOL};
use wasm_bindgen_futures::spawn_local;

use super::Event;
use crate::browser::page;
use crate::json;

/// An open or opening socket.
pub(super) struct Socket {
    /// The only strong reference: when it goes, the socket closes.
    socket: Rc<RefCell<WebSocket>>,
    reader: AbortHandle,
}

impl Socket {
    /// Connects to this site's hub. `None` where the browser forbids even the try.
    pub(super) fn open(on: impl Fn(Event) + 'static) -> Option<Self> {
        let url = url(&page::origin(), DEVELOPED_WITH);
        let socket = WebSocket::open_with_protocol(&url, SUBPROTOCOL).ok()?;
        let socket = Rc::new(RefCell::new(socket));
        let source = Rc::downgrade(&socket);
        let (reading, reader) = abortable(async move {
            // Borrowed for the time of a look only: whoever hears an event may send, or drop the socket.
            let next = || {
                poll_fn(|context| match source.upgrade() {
                    Some(socket) => socket.borrow_mut().poll_next_unpin(context),
                    None => Poll::Ready(None),
                })
            };
            while let Some(received) = next().await {
                match received {
                    Ok(Message::Text(text)) => on(read(&text)),
                    Ok(Message::Bytes(_)) => on(Event::Noise),
                    Err(WebSocketError::ConnectionClose(close)) => {
                        on(Event::Closed(CloseCode(close.code)));
                    }
                    // A broken connection is closed next, and that is reported.
                    Err(_) => {}
                }
            }
        });
        spawn_local(async move {
            // Aborted is as good as ended.
            reading.await.ok();
        });
        Some(Self { socket, reader })
    }

    /// Sends a frame, written down. `false`: it went nowhere, and the socket's end will be reported.
    pub(super) fn send(&self, frame: String) -> bool {
        let mut socket = self.socket.borrow_mut();
        matches!(socket.state(), State::Open)
            && socket.start_send_unpin(Message::Text(frame)).is_ok()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({:?})", self.socket.borrow().state())
    }
}

/// The hub of a page under development: trunk's proxy leaves out the subprotocol, without which a browser refuses the
/// socket. A released page knows of none.
const DEVELOPED_WITH: Option<&str> = if cfg!(debug_assertions) {
    match option_env!("DUOLOGUE_HUB") {
        None => Some("ws://127.0.0.1:8080/ws"),
        named => named,
    }
} else {
    None
};

/// The port of trunk's server, as `Trunk.toml` has it.
const TRUNK: &str = ":8081";

/// Where the hub of a page at `origin` is: where the page came from, unless that is trunk.
fn url(origin: &str, developed_with: Option<&str>) -> String {
    match developed_with.filter(|_| origin.ends_with(TRUNK)) {
        Some(hub) => hub.into(),
        // `http` becomes `ws`, `https` becomes `wss`.
        None => format!("{}/ws", origin.replacen("http", "ws", 1)),
    }
}

/// A later protocol may have frames that this page does not know: they are none of its business.
fn read(text: &str) -> Event {
    json::read(text).map_or(Event::Noise, Event::Frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_served_by_trunk_dials_another_port() {
        let hub = Some("ws://127.0.0.1:8080/ws");
        assert_eq!(url("http://127.0.0.1:8081", hub), "ws://127.0.0.1:8080/ws");
        assert_eq!(url("http://127.0.0.1:8081", None), "ws://127.0.0.1:8081/ws");
        assert_eq!(url("http://127.0.0.1:8080", hub), "ws://127.0.0.1:8080/ws");
        assert_eq!(url("https://example.org", hub), "wss://example.org/ws");
    }
}
