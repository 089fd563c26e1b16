//! The server of that world, and the way to it.

use shared::{
    ClientFrame, ConnectionId, Delivery, Entry, Input as Happening, Nonce, Outputs, Room,
    ServerFrame, Sit,
};

use super::{EPOCH, World};
use frontend::link::Path;
use frontend::paths::Input;

impl World {
    /// The page can reach the server.
    pub fn link(&mut self, who: usize) {
        self.pages[who].linked = true;
        self.connect(who);
    }

    /// It cannot.
    pub fn unlink(&mut self, who: usize) {
        self.pages[who].linked = false;
        self.lose(who);
        self.fail(who);
    }

    /// The server's process is killed. `lost`: as many of its last entries were not on its disk after all.
    pub fn kill(&mut self, lost: usize) {
        self.server = None;
        let kept = self.journal.len().saturating_sub(lost).max(2);
        self.journal.truncate(kept);
        for who in 0..2 {
            self.lose(who);
            self.fail(who);
        }
    }

    /// It starts again.
    pub fn start(&mut self) {
        if self.server.is_none() {
            let entries = self.journal.clone();
            let restored = Room::restore(self.rules, EPOCH, entries, self.now);
            self.check(restored.is_ok(), || "I5: the journal is broken".to_owned());
            self.server = restored.ok();
        }
        for who in 0..2 {
            if self.pages[who].linked && self.pages[who].connection.is_none() {
                self.connect(who);
            }
        }
    }

    /// The server looks at its clock.
    pub(super) fn wake_server(&mut self) {
        let now = self.now;
        if let Some(room) = &mut self.server
            && room.next_wake().is_some_and(|at| at <= now)
        {
            let outputs = room.handle(now, Happening::Wake);
            self.run(outputs);
        }
    }

    pub(super) fn lose(&mut self, who: usize) {
        let page = &mut self.pages[who];
        page.to_server.clear();
        page.from_server.clear();
        if let (Some(connection), Some(room)) = (page.connection.take(), &mut self.server) {
            let outputs = room.handle(self.now, Happening::Gone { connection });
            self.run(outputs);
        }
    }

    fn fail(&mut self, who: usize) {
        let path = Path::Waiting {
            until: self.now,
            restarting: false,
        };
        self.feed(who, Input::Link(path));
    }

    pub(super) fn connect(&mut self, who: usize) {
        self.connects += 1;
        self.lose(who);
        if !self.pages[who].linked || self.server.is_none() {
            return self.fail(who);
        }
        self.feed(who, Input::Link(Path::Connecting { again: false }));
        let number = self.number();
        let page = &mut self.pages[who];
        let connection = *page.connection.insert(ConnectionId(number));
        self.feed(who, Input::Link(Path::Up));
        let page = &self.pages[who];
        let position = page.paths.position(&page.view);
        let hello = page
            .view
            .person
            .as_ref()
            .map(|person| person.hello_from(&Nonce([0; 32]), position));
        if let Some(ClientFrame::Hello {
            seat_key: key,
            invite,
            sig,
            position,
            ..
        }) = hello
            && let Some(room) = &mut self.server
        {
            let sit = Sit { key, invite, sig };
            let join = Happening::Join {
                connection,
                sit,
                position,
            };
            let outputs = room.handle(self.now, join);
            self.run(outputs);
        }
    }

    pub(super) fn served(&mut self, who: usize, frame: ClientFrame) {
        let connection = self.pages[who].connection;
        if let (Some(connection), Some(room)) = (connection, &mut self.server) {
            let outputs = room.handle(self.now, Happening::Frame { connection, frame });
            self.run(outputs);
        }
    }

    fn run(&mut self, mut outputs: Outputs) {
        loop {
            for delivery in outputs.deliveries {
                self.carry(delivery);
            }
            let Some(room) = self.server.as_mut().filter(|_| !outputs.append.is_empty()) else {
                return;
            };
            self.journal.extend(outputs.append);
            outputs = room.handle(self.now, Happening::Appended);
            let (limit, head) = (room.floor().direct_only, room.position().seq);
            let sound = self.wanted_back || limit.is_none_or(|limit| head <= limit);
            self.check(sound, || {
                format!("consent: the server stores entry {head:?}, and nothing was to follow on {limit:?}")
            });
        }
    }

    fn carry(&mut self, delivery: Delivery) {
        let (to, frames) = match delivery {
            Delivery::Frame { to, frame } => (to, vec![frame]),
            Delivery::Replay { to, after, upto } => {
                let between = |entry: &&Entry| entry.seq > after && entry.seq <= upto;
                let entries: Vec<_> = self.journal.iter().filter(between).cloned().collect();
                let pages = entries.chunks(2).map(|entries| ServerFrame::Entries {
                    entries: entries.to_vec(),
                });
                (vec![to], pages.collect())
            }
            // One connection a page, and each ends itself.
            Delivery::Close { .. } => return,
        };
        for page in &mut self.pages {
            if page
                .connection
                .is_some_and(|connection| to.contains(&connection))
            {
                page.from_server.extend(frames.iter().cloned());
            }
        }
    }
}
