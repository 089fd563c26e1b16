//! The network: each connection brings whole frames in order, after a while, until it is cut. A cut is noticed at both
//! ends, at one, or at none; what was in the air arrives or does not.

use std::sync::Arc;

use axum::extract::ws::Message;
use rand::RngExt as _;
use shared::{ClientFrame, CloseCode, RoomId, ServerFrame};

use crate::journal::lock;
use crate::plan::NetworkFaults;
use crate::socket::{Post, Wire};
use crate::world::{Event, World};

/// The network broke.
const LOST: CloseCode = CloseCode(1006);

/// One connection of a page.
pub(crate) struct Connection {
    pub(crate) page: usize,
    room: RoomId,
    /// The hub's end, once it was reached.
    wire: Option<Arc<Wire>>,
    /// Whether the page still listens.
    listens: bool,
    /// Nothing new enters it.
    cut: bool,
    /// What is in the air arrives nevertheless.
    drains: bool,
    /// When the last frame of each direction arrives.
    up: u64,
    down: u64,
}

impl World {
    /// A page dials.
    pub(crate) fn dial(&mut self, page: usize, connection: u64) {
        let Some(human) = self.pages.get(&page).map(|page| &self.people[page.who]) else {
            return;
        };
        let (room, offline) = (human.room, human.offline);
        self.connections.insert(
            connection,
            Connection {
                page,
                room,
                wire: None,
                listens: true,
                cut: offline,
                drains: false,
                up: self.now,
                down: self.now,
            },
        );
        let wait = 1 + self.wait(self.plan.network.slowest);
        let event = if offline {
            Event::EndDown(connection)
        } else {
            Event::Reach(connection)
        };
        self.after(wait, event);
    }

    /// The connection reaches the hub, if there is one.
    pub(crate) fn reach(&mut self, id: u64) {
        let window = self.plan.window;
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.cut || !connection.listens {
            return;
        }
        let Some(hub) = self.hub.as_ref().filter(|hub| !hub.draining) else {
            return self.after(1, Event::EndDown(id));
        };
        let wire = Wire::new(id, connection.room, window);
        hub.accept(&wire);
        connection.wire = Some(wire);
    }

    /// What becomes of one more frame: whether it goes on its way, and whether the connection goes on.
    fn fate(&mut self) -> (bool, bool) {
        self.frames += 1;
        let NetworkFaults {
            lose, cut, lose_at, ..
        } = self.plan.network;
        if lose_at == Some(self.frames) {
            return (false, false);
        }
        if lose > 0.0 && self.rng.random_bool(lose) {
            return (false, false);
        }
        (true, !(cut > 0.0 && self.rng.random_bool(cut)))
    }

    /// A page sends a frame.
    pub(crate) fn leaves_page(&mut self, id: u64, frame: ClientFrame) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if connection.cut {
            return;
        }
        let page = connection.page;
        let text = serde_json::to_string(&frame).unwrap_or_default();
        let (passes, goes_on) = self.fate();
        if passes {
            self.send_up(id, Message::Text(text.into()));
        }
        if !goes_on {
            self.cut(id);
        }
        let repeat = self.plan.network.repeat;
        if repeat > 0.0
            && !matches!(frame, ClientFrame::Hello { .. })
            && self.rng.random_bool(repeat)
        {
            let most = *crate::plan::pick(&mut self.rng, &[5, 1_000, 60_000]);
            let wait = self.wait(most);
            self.after(wait, Event::Repeat(page, Box::new(frame)));
        }
    }

    /// Somebody's client sends once more what it has sent before.
    pub(crate) fn repeat(&mut self, page: usize, frame: &ClientFrame) {
        // One that is stored: within a connection nothing passes twice, so a page takes each refusal for its last try's.
        let up = self.pages.get(&page).filter(|page| {
            let stored = |id| lock(&self.device).disk.has(self.people[page.who].room, id);
            let said = |frame: &ClientFrame| match frame {
                ClientFrame::Say { id, .. } => stored(*id),
                _ => true,
            };
            page.view.welcomed && said(frame)
        });
        let connection = up.and_then(crate::page::Page::connection);
        if let Some(id) = connection
            && self.connections.get(&id).is_some_and(|there| !there.cut)
        {
            let text = serde_json::to_string(frame).unwrap_or_default();
            self.send_up(id, Message::Text(text.into()));
        }
    }

    fn send_up(&mut self, id: u64, message: Message) {
        let wait = 1 + self.wait(self.plan.network.slowest);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.up = connection.up.max(self.now + wait);
            let at = connection.up;
            self.at(at, Event::Up(id, message));
        }
    }

    fn end_up(&mut self, id: u64) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.up += 1;
            let at = connection.up.max(self.now);
            self.at(at, Event::EndUp(id));
        }
    }

    /// The hub's process has sent something.
    pub(crate) fn leaves_hub(&mut self, id: u64, post: Post) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if let Post::End = post {
            // Read or not, all that was sent arrives first.
            if !connection.cut {
                let at = connection.down.max(self.now) + 1;
                self.at(at, Event::EndDown(id));
            }
            return;
        }
        if connection.cut {
            return;
        }
        let (passes, goes_on) = self.fate();
        if passes {
            let wait = 1 + self.wait(self.plan.network.slowest);
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.down = connection.down.max(self.now + wait);
                let at = connection.down;
                self.at(at, Event::Down(id, post));
            }
        }
        if !goes_on {
            self.cut(id);
        }
    }

    /// Cuts a connection.
    pub(crate) fn cut(&mut self, id: u64) {
        let (told, drains) = (self.plan.network.told, self.rng.random_bool(0.5));
        let [page, hub] = [(); 2].map(|()| self.rng.random_bool(told));
        let Some(connection) = self.connections.get_mut(&id).filter(|there| !there.cut) else {
            return;
        };
        connection.cut = true;
        connection.drains = drains;
        self.trace.note(self.now, &format!("c{id} is cut"));
        if page {
            let wait = self.wait(500);
            self.after(wait, Event::EndDown(id));
        }
        if hub {
            let wait = self.wait(500);
            self.after(wait, Event::EndUp(id));
        }
    }

    /// The hub's process is gone, and its ends of all connections with it.
    pub(crate) fn hub_connections_end(&mut self) {
        let ids: Vec<_> = self.connections.keys().copied().collect();
        for id in ids {
            let Some(connection) = self.connections.get_mut(&id) else {
                continue;
            };
            if connection.wire.take().is_some() && !connection.cut {
                self.cut(id);
            }
        }
    }

    pub(crate) fn reaches_hub(&mut self, id: u64, message: Message) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if connection.cut && !connection.drains {
            return;
        }
        if let Some(wire) = &connection.wire {
            if let Message::Text(text) = &message {
                self.trace.note(self.now, &format!("c{id} up   {text}"));
            }
            wire.arrive(message);
        }
    }

    pub(crate) fn end_reaches_hub(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if let Some(wire) = connection.wire.take() {
            self.trace.note(self.now, &format!("c{id} up   ended"));
            wire.end();
        }
        self.forget(id);
    }

    pub(crate) fn reaches_page(&mut self, id: u64, post: Post) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if connection.cut && !connection.drains {
            return;
        }
        let page = connection.page;
        if let Some(asleep) = self.asleep(page) {
            return asleep.push(Event::Down(id, post));
        }
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if let Some(wire) = &connection.wire {
            wire.read();
        }
        if !connection.listens {
            return;
        }
        match post {
            Post::Frame(text) => {
                self.trace.note(self.now, &format!("c{id} down {text}"));
                if let Ok(frame) = serde_json::from_str::<ServerFrame>(&text) {
                    self.with_page(page, |page, hands| page.hear(hands, frame));
                }
            }
            // Browsers answer by themselves.
            Post::Ping if !connection.cut => self.send_up(id, Message::Pong(Default::default())),
            Post::Close(code) => self.page_hears_end(id, code),
            Post::Ping | Post::End => {}
        }
    }

    pub(crate) fn end_reaches_page(&mut self, id: u64) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        let page = connection.page;
        if let Some(asleep) = self.asleep(page) {
            return asleep.push(Event::EndDown(id));
        }
        self.page_hears_end(id, LOST);
    }

    fn page_hears_end(&mut self, id: u64, code: CloseCode) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let (page, listened) = (connection.page, connection.listens);
        connection.listens = false;
        if !connection.cut {
            self.send_up(id, Message::Close(None));
            self.end_up(id);
        }
        self.forget(id);
        if listened {
            self.trace
                .note(self.now, &format!("c{id} down closed {}", code.0));
            self.with_page(page, |page, hands| page.closed(hands, code));
        }
    }

    /// A page drops a connection.
    pub(crate) fn hang_up(&mut self, id: u64) {
        let told = self.rng.random_bool(self.plan.network.told);
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if !connection.listens {
            return;
        }
        connection.listens = false;
        if !connection.cut && told {
            self.send_up(id, Message::Close(None));
            self.end_up(id);
        }
    }

    /// Nobody needs it any more.
    fn forget(&mut self, id: u64) {
        let over = |there: &Connection| !there.listens && there.wire.is_none();
        if self.connections.get(&id).is_some_and(over) {
            self.connections.remove(&id);
        }
    }
}
