//! The path to the server.

use std::rc::Rc;

use shared::{ClientFrame, Nonce, ServerFrame};

use super::Inner;
use crate::browser::{clock, random};
use crate::direct;
use crate::json;
use crate::link::{Deed, Happening, Path};
use crate::paths::Input;
use crate::transport::Event;
use crate::transport::websocket::Socket;

impl Inner {
    pub(super) fn happened(self: &Rc<Self>, happening: Happening) {
        let (now, chance) = (clock::now(), random::chance());
        let before = self.link.borrow().path();
        let deeds = self.link.borrow_mut().handle(now, chance, happening);
        for deed in deeds {
            match deed {
                Deed::Open => self.open_socket(),
                Deed::Drop => drop(self.socket.take()),
                Deed::Ping => drop(self.send_frame(&ClientFrame::Ping {})),
            }
        }
        let path = self.link.borrow().path();
        if path != Path::Up {
            self.welcomed.set(false);
        }
        if path != before || self.shown.get().is_none() {
            self.input(Input::Link(path));
            self.note_others();
        } else {
            self.set_timer();
        }
    }

    fn open_socket(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let socket = Socket::open(move |event| {
            if let Some(inner) = weak.upgrade() {
                inner.event(event);
            }
        });
        // Without a socket the connect limit passes, and the next try follows as after any failure.
        self.socket.replace(socket);
    }

    fn event(self: &Rc<Self>, event: Event) {
        match event {
            Event::Frame(frame) => {
                self.happened(Happening::Heard);
                self.frame(frame);
            }
            Event::Noise => self.happened(Happening::Heard),
            Event::Closed(code) => self.happened(Happening::Closed(code)),
        }
    }

    fn frame(self: &Rc<Self>, frame: ServerFrame) {
        if let Some(happening) = Happening::told_by(&frame) {
            self.happened(happening);
        }
        match frame {
            ServerFrame::Challenge { nonce } => self.hello(&nonce),
            ServerFrame::Signal { payload } => {
                let words = self.view(|view| view.person.as_ref()?.open_signal(&payload));
                let signal = words.flatten().and_then(|words| json::read(&words));
                if let Some(signal) = signal {
                    self.direct(direct::Happening::Signalled(signal));
                }
            }
            ServerFrame::Ice { servers } => drop(self.ice.replace(servers)),
            frame => {
                let welcome = matches!(frame, ServerFrame::Welcome { .. });
                self.input(Input::Server(frame));
                if welcome {
                    self.welcomed.set(true);
                    self.note_others();
                }
            }
        }
    }

    fn hello(&self, nonce: &Nonce) {
        let hello = self.view(|view| {
            let position = self.paths.borrow().position(view);
            let person = view.person.as_ref()?;
            Some(person.hello_from(nonce, position))
        });
        if let Some(hello) = hello.flatten() {
            self.send_frame(&hello);
        }
    }

    pub(super) fn send_frame(&self, frame: &ClientFrame) -> bool {
        self.send_to_server(json::write(frame))
    }

    pub(super) fn send_to_server(&self, frame: String) -> bool {
        let socket = self.socket.borrow();
        socket.as_ref().is_some_and(|socket| socket.send(frame))
    }
}
