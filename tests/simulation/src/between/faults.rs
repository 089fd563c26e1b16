//! What goes wrong in ways of its own, and what only a dishonest page or server does.

use frontend::paths::{Deed, Input, PeerFrame};
use shared::{Epoch, Room, ServerFrame};

use super::{RULES, World};

impl World {
    /// A page hears this of the server, whoever says it.
    pub fn hears(&mut self, who: usize, frame: ServerFrame) {
        self.feed(who, Input::Server(frame));
    }

    /// A page hears this of the other.
    pub fn hears_other(&mut self, who: usize, frame: &PeerFrame) {
        self.feed(who, Input::Peer(frame.to_text()));
    }

    /// The same, and what the page would do about it is not done.
    pub fn would_do(&mut self, who: usize, frame: &PeerFrame) -> Vec<Deed> {
        let page = &mut self.pages[who];
        let input = Input::Peer(frame.to_text());
        page.paths.handle(self.now, &page.view, input)
    }

    /// What this page gives the other next does not go into the path, which is given up for it.
    pub fn clog(&mut self, who: usize) {
        self.clogged = Some(who);
    }

    /// The server starts with nothing, in another life of its journal.
    pub fn start_anew(&mut self, epoch: Epoch) {
        self.journal.clear();
        self.server = Some(Room::new(RULES, epoch));
        self.start();
    }
}
