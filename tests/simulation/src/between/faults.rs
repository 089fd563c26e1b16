//! What goes wrong in ways of its own, and what only a dishonest page or server does.

use frontend::paths::{Deed, Input, PeerFrame};
use frontend::state::Kept;
use shared::{ClientFrame, Epoch, Room, ServerFrame};

use super::{LINK, Post, World};

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

    /// What this page gives the server next; it gets lost with what else is on that way, if `lost`.
    pub fn going(&mut self, who: usize, lost: bool) -> Vec<ClientFrame> {
        let going = &mut self.pages[who].to_server;
        let frames = going.iter().cloned().collect();
        if lost {
            going.clear();
        }
        frames
    }

    /// Brings what is on these ways alone, until nothing is.
    pub fn bring_all(&mut self, ways: &[Post]) {
        while let Some(post) = self.posts().into_iter().find(|post| ways.contains(post)) {
            self.bring(post);
        }
    }

    /// The page is loaded again, and its browser has kept nothing but the key.
    pub fn reload_without_memory(&mut self, who: usize) {
        let links = vec![LINK];
        let kept = Kept {
            links,
            ..Kept::default()
        };
        self.reload_with(who, kept);
    }

    /// The server starts with nothing, in another life of its journal.
    pub fn start_anew(&mut self, epoch: Epoch) {
        self.journal.clear();
        self.server = Some(Room::new(self.rules, epoch));
        self.start();
    }
}
