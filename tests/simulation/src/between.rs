//! Two pages, a server with a journal, and the paths between the three: each can be cut, and what is on one is lost then.
//! Nothing is asynchronous here: what is on its way waits until it is brought, in any order.

mod faults;
mod liar;
mod page;
mod people;
mod server;

use std::rc::Rc;
use std::time::Duration;

use shared::{
    BodyNonce, ConversationId, Entry, EntryId, Epoch, LinkSecret, Room, RoomId, Rules, Seat, Seq,
    Timestamp,
};
use yew::Reducible as _;

use frontend::paths::{Deed, Input};
use frontend::state::{Action, Kept, What};

use page::{kept, page};

pub use page::Page;

const LINK: LinkSecret = LinkSecret([7; 32]);
const EPOCH: Epoch = Epoch(3);
const SECRETS: [[u8; 32]; 2] = [[1; 32], [2; 32]];
/// How long the table keeps a seat.
const HOLD: Duration = Duration::from_secs(60);
const CONVERSATION: Rules = Rules {
    room: RoomId::Conversation(ConversationId([1; 16])),
    hold: None,
};

/// All of it.
pub struct World {
    /// The time.
    pub now: Timestamp,
    rules: Rules,
    server: Option<Room>,
    /// What the server has on its disk.
    pub journal: Vec<Entry>,
    /// The two, seat 1 first.
    pub pages: [Page; 2],
    /// Whether there is a path between them.
    pub direct: bool,
    numbers: u64,
    /// What this page gives the other next does not go.
    clogged: Option<usize>,
    /// Connections that were made to the server.
    pub connects: usize,
    /// Whether somebody is to be caught at a lie.
    pub dishonest: bool,
    /// Somebody wanted the server to store again.
    wanted_back: bool,
    /// What did not hold, first.
    broken: Option<String>,
}

/// Something that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// From this page to the server.
    ToServer(usize),
    /// To this page from the server.
    FromServer(usize),
    /// To this page from the other.
    FromPeer(usize),
    /// What this page's browser is to keep.
    Kept(usize),
}

impl World {
    /// Both sit, both see the server, and there is no other path.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "two people and a server are no default"
    )]
    pub fn new() -> Self {
        Self::of(CONVERSATION)
    }

    /// The same at the table.
    #[must_use]
    pub fn at_table() -> Self {
        Self::of(Rules {
            room: RoomId::Table,
            hold: Some(HOLD),
        })
    }

    /// Both talk over the path of their own, since the server is gone. One thing was said before.
    ///
    /// # Panics
    /// Where they do not.
    #[must_use]
    #[track_caller]
    pub fn alone() -> Self {
        let mut world = Self::new();
        world.speak("one");
        world.open();
        world.deliver();
        world.kill(0);
        world.wait(Duration::from_secs(3));
        let ways = world.pages.each_ref().map(|page| page.paths.ways());
        let shown = ways.map(|ways| (ways.server, ways.direct, ways.alone));
        assert_eq!(shown, [(false, true, true); 2]);
        world
    }

    fn of(rules: Rules) -> Self {
        let now = Timestamp(1_000_000);
        let mut world = Self {
            now,
            rules,
            server: Some(Room::new(rules, EPOCH)),
            journal: Vec::new(),
            pages: [0, 1].map(|who| page(rules.room, who, now, Kept::default())),
            direct: false,
            numbers: 0,
            clogged: None,
            connects: 0,
            dishonest: false,
            wanted_back: false,
            broken: None,
        };
        for who in 0..2 {
            world.link(who);
            world.deliver();
        }
        world
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn nonce(&mut self) -> BodyNonce {
        let mut nonce = [0; 24];
        nonce[..8].copy_from_slice(&self.number().to_be_bytes());
        nonce
    }

    /// What is on its way.
    pub fn posts(&self) -> Vec<Post> {
        let mut posts = Vec::new();
        for (who, page) in self.pages.iter().enumerate() {
            let ways = [
                (page.to_server.is_empty(), Post::ToServer(who)),
                (page.from_server.is_empty(), Post::FromServer(who)),
                (page.from_peer.is_empty(), Post::FromPeer(who)),
                (page.keeping == 0, Post::Kept(who)),
            ];
            posts.extend(
                ways.into_iter()
                    .filter(|(empty, _)| !empty)
                    .map(|(_, post)| post),
            );
        }
        posts
    }

    /// Brings what is first on one way.
    pub fn bring(&mut self, post: Post) {
        match post {
            Post::ToServer(who) => {
                if let Some(frame) = self.pages[who].to_server.pop_front() {
                    self.served(who, frame);
                }
            }
            Post::FromServer(who) => {
                if let Some(frame) = self.pages[who].from_server.pop_front() {
                    self.feed(who, Input::Server(frame));
                }
            }
            Post::FromPeer(who) => {
                if let Some(text) = self.pages[who].from_peer.pop_front() {
                    self.feed(who, Input::Peer(text));
                }
            }
            Post::Kept(who) => {
                self.pages[who].keeping -= 1;
                self.feed(who, Input::Kept);
            }
        }
    }

    /// Brings all that is on its way.
    pub fn deliver(&mut self) {
        for _ in 0..10_000 {
            let Some(post) = self.posts().first().copied() else {
                return;
            };
            self.bring(post);
        }
        self.check(false, || "liveness: it never ends".to_owned());
    }

    /// Time passes, in steps, and all arrives.
    pub fn wait(&mut self, duration: Duration) {
        let end = self.now.after(duration);
        while self.now < end {
            self.now = self.now.after(Duration::from_millis(500));
            self.wake();
            self.wake_server();
            self.deliver();
        }
    }

    /// The clocks are looked at.
    pub fn wake(&mut self) {
        for who in 0..2 {
            self.wake_page(who);
        }
    }

    /// One of them looks at its clock.
    pub fn wake_page(&mut self, who: usize) {
        self.act(who, Action::Tick(self.now));
        self.feed(who, Input::Woke);
    }

    /// There is a path between the two.
    pub fn open(&mut self) {
        if !self.direct {
            self.direct = true;
            for who in 0..2 {
                self.feed(who, Input::Opened);
            }
        }
    }

    /// There is none.
    pub fn cut(&mut self) {
        if self.direct {
            self.direct = false;
            for who in 0..2 {
                self.pages[who].from_peer.clear();
            }
            for who in 0..2 {
                self.feed(who, Input::Closed);
            }
        }
    }

    /// The page is loaded again, with what its browser keeps.
    pub fn reload(&mut self, who: usize) {
        let kept = kept(&self.pages[who].view);
        self.reload_with(who, kept);
    }

    fn reload_with(&mut self, who: usize, kept: Kept) {
        self.cut();
        self.lose(who);
        let linked = self.pages[who].linked;
        self.pages[who] = page(self.rules.room, who, self.now, kept);
        self.pages[who].linked = linked;
        self.connect(who);
    }

    /// Changes what the page knows.
    pub fn act(&mut self, who: usize, action: Action) {
        let page = &mut self.pages[who];
        page.view = Rc::clone(&page.view).reduce(action);
        let alarm = page.view.alarm;
        self.check(self.dishonest || alarm.is_none(), || {
            format!("I6: page {who} does not believe what it is shown: {alarm:?}")
        });
    }

    fn feed(&mut self, who: usize, input: Input) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let page = &mut self.pages[who];
            let deeds = page.paths.handle(self.now, &page.view, input);
            if !deeds.is_empty() {
                next = Some(Input::Woke);
            }
            // What happens on the new connection comes after all else.
            let anew = deeds.contains(&Deed::Reconnect);
            for deed in deeds {
                self.do_it(who, deed);
            }
            if anew {
                self.connect(who);
            }
        }
        self.give_due(who);
    }

    fn do_it(&mut self, who: usize, deed: Deed) {
        let now = self.now;
        match deed {
            Deed::Show(frame) => {
                let frame = self.pages[who].view.in_full(frame);
                self.act(who, Action::Frame(frame, now));
            }
            Deed::ShowPath(path) => self.act(who, Action::Path(path, now)),
            Deed::ShowAhead(entry) => self.act(who, Action::Ahead(entry, now)),
            Deed::Saved(saved) => self.act(who, Action::Saved(saved)),
            Deed::Yield(seq) => self.act(who, Action::Yield(seq, now)),
            Deed::Doubt(fault) => self.act(who, Action::Doubt(fault, now)),
            Deed::Keep(_) => self.pages[who].keeping += 1,
            Deed::ToServer(frame) => {
                if self.pages[who].connection.is_some() {
                    self.pages[who].to_server.push_back(frame);
                }
            }
            Deed::ToPeer(_) if self.clogged.take_if(|clogged| *clogged == who).is_some() => {
                // The page gives the path up at once, in the middle of what it does.
                self.cut();
            }
            Deed::ToPeer(text) => {
                if self.direct {
                    self.pages[1 - who].from_peer.push_back(text);
                }
            }
            Deed::Reconnect => {}
            Deed::DropPeer => self.cut(),
        }
    }

    /// What a page shows as said, in order; not what it alone still has.
    pub fn texts(&self, who: usize) -> Vec<String> {
        let lines = self.pages[who].view.talk.lines();
        let said = lines.iter().filter_map(|line| match &line.what {
            What::Said(said) if !said.lost => Some(said.text.to_string()),
            _ => None,
        });
        said.collect()
    }

    /// The names of what was said, as the journal has it.
    pub fn stored(&self) -> Vec<EntryId> {
        self.journal.iter().filter_map(Entry::message).collect()
    }

    /// Notes the first thing that does not hold.
    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.broken.get_or_insert_with(what);
        }
    }

    /// What did not hold first, if anything.
    #[must_use]
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// Both pages are the server's, and show just what the journal has.
    pub fn check_one_talk(&mut self) {
        let known = |entry: &Entry| (entry.seq, entry.prev, entry.sig);
        let journal: Vec<_> = self.journal.iter().map(known).collect();
        for who in 0..2 {
            let view = &self.pages[who].view;
            let shown: Vec<_> = view.log.entries_after(Seq(0)).map(known).collect();
            let (same, settled, path) = (shown == journal, view.saved.is_none(), view.path);
            let current = view.is_current();
            self.check(same, || format!("I6: page {who} and the journal differ"));
            self.check(settled, || {
                format!("liveness: page {who} still has what the server has not")
            });
            self.check(current, || {
                format!("liveness: page {who} is not there: {path:?}")
            });
        }
        let same = self.texts(0) == self.texts(1);
        self.check(same, || "I6: the two read different things".to_owned());
    }

    /// The same, for tests that end there.
    ///
    /// # Panics
    /// Where anything does not hold.
    #[track_caller]
    pub fn assert_one_talk(&mut self) {
        self.check_one_talk();
        assert_eq!(self.broken(), None);
    }

    /// Who may speak now, as this page knows it.
    pub fn holder(&self, who: usize) -> Option<Seat> {
        self.pages[who]
            .view
            .seating
            .map(|seating| seating.floor.holder)
    }
}
