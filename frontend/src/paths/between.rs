//! What comes from the other page, and what is said to it.

use shared::{Bookmark, ClientFrame, Entry, Seat, ServerFrame, Standing, Timestamp, Wish, Word};

use super::host::Host;
use super::keeper::{self, Keeper};
use super::{A_PAGE, Deed, Order, PATIENCE, PAUSE, PING, Paths, Peer, PeerFrame, SILENCE};
use crate::link::Path;
use crate::state::View;

impl Paths {
    pub(super) fn opened(&mut self, now: Timestamp) {
        self.not_before = Timestamp::default();
        self.peer = Some(Peer {
            standing: None,
            told: None,
            asked: None,
            pinged: None,
            ping_at: now,
            latency: None,
            read_by: now,
        });
    }

    pub(super) fn closed(&mut self, deeds: &mut Vec<Deed>) {
        self.peer = None;
        self.invited = None;
        self.part(deeds);
    }

    /// Neither page orders any more.
    pub(super) fn part(&mut self, deeds: &mut Vec<Deed>) {
        match self.order {
            Order::Host(_) => self.to_peer(&PeerFrame::Server(ServerFrame::Draining {}), deeds),
            Order::Guest { .. } => self.to_peer(&PeerFrame::Word(Word::Bye {}), deeds),
            Order::Server | Order::Nobody => return,
        }
        self.order = Order::Nobody;
        deeds.push(Deed::ShowPath(self.shown()));
    }

    /// It came to nothing.
    pub(super) fn give_up(&mut self, now: Timestamp, deeds: &mut Vec<Deed>) {
        self.invited = None;
        self.not_before = now.after(PAUSE);
        self.part(deeds);
    }

    pub(super) fn to_peer(&self, frame: &PeerFrame, deeds: &mut Vec<Deed>) {
        if self.peer.is_some() {
            deeds.push(Deed::ToPeer(frame.to_text()));
        }
    }

    pub(super) fn peer_said(
        &mut self,
        now: Timestamp,
        view: &View,
        text: &str,
        deeds: &mut Vec<Deed>,
    ) {
        let (Some(peer), Some(seat)) = (&mut self.peer, view.my_seat()) else {
            return;
        };
        peer.asked = None;
        if !peer.may_speak(now) {
            self.peer = None;
            deeds.push(Deed::DropPeer);
            return;
        }
        match PeerFrame::read(text, seat.other()) {
            Some(PeerFrame::Word(word)) => self.word(now, view, word, deeds),
            Some(PeerFrame::Server(frame)) => self.host_said(now, view, frame, deeds),
            // A later version of the page may say more.
            None => {}
        }
    }

    fn word(&mut self, now: Timestamp, view: &View, word: Word, deeds: &mut Vec<Deed>) {
        let Some(peer) = &mut self.peer else { return };
        match word {
            Word::Standing(standing) => peer.standing = Some(standing),
            Word::Ping(number) => self.to_peer(&PeerFrame::Word(Word::Pong(number)), deeds),
            Word::Pong(number) => {
                if let Some((_, at)) = peer.pinged.take_if(|(pinged, _)| *pinged == number) {
                    let took = now.0.saturating_sub(at.0);
                    let took = u32::try_from(took).unwrap_or(u32::MAX);
                    // Whoever looks at it need not be shown every hop.
                    let near = |known: &u32| known.abs_diff(took) <= 5 + known / 4;
                    let known = peer.latency.filter(near);
                    peer.latency = known.or(Some(took));
                }
            }
            Word::Come {} if view.my_seat() == Some(Seat::Two) => self.come(now, view, deeds),
            Word::Join(position) => self.join(now, view, position, deeds),
            Word::Come {} => {}
            other => {
                if let Some(frame) = other.into_frame() {
                    self.guest_said(now, view, frame, deeds);
                }
            }
        }
    }

    /// Seat 1 keeps the room from now on. What it lacks it is brought first.
    fn come(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        let head = self.peer.as_ref().and_then(|peer| peer.standing);
        let (Some(theirs), Some(mine)) = (head, view.bookmark().filter(|_| view.alarm.is_none()))
        else {
            return;
        };
        // Whoever asks again and again must not keep this page from the server.
        let waits = matches!(self.order, Order::Guest { until: Some(_) });
        if waits || now < self.not_before || !can_be_told(view, &theirs) {
            return;
        }
        self.leave_server(view, deeds);
        deeds.push(Deed::ShowPath(Path::Connecting { again: false }));
        let mut patience = PATIENCE;
        for entries in keeper::pages(view.log.entries_after(theirs.head.seq)) {
            self.to_peer(&PeerFrame::Word(Word::Upload(entries)), deeds);
            patience += A_PAGE;
        }
        self.order = Order::Guest {
            until: Some(now.after(patience)),
        };
        self.to_peer(&PeerFrame::Word(Word::Join(mine)), deeds);
    }

    /// Seat 2 comes to the room that is kept here.
    fn join(&mut self, now: Timestamp, view: &View, position: Bookmark, deeds: &mut Vec<Deed>) {
        self.begin(now, view, deeds);
        if let Order::Host(host) = &mut self.order {
            host.join(position);
        }
    }

    /// Begins to keep the room, if the other was asked to come.
    fn begin(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        if self.invited.take().is_none() {
            return;
        }
        if let Some(host) = Host::new(now, view) {
            self.leave_server(view, deeds);
            self.order = Order::Host(Box::new(host));
            deeds.push(Deed::ShowPath(Path::Connecting { again: false }));
        }
    }

    /// What the server says from now on is not for the view.
    pub(super) fn leave_server(&mut self, view: &View, deeds: &mut Vec<Deed>) {
        if matches!(self.order, Order::Server) {
            // All that is known here it has said.
            self.keeper = Keeper::new(view.log.head());
            if self.link == Path::Up {
                deeds.push(Deed::Reconnect);
            }
        }
    }

    fn host_said(
        &mut self,
        now: Timestamp,
        view: &View,
        frame: ServerFrame,
        deeds: &mut Vec<Deed>,
    ) {
        let Order::Guest { until } = &mut self.order else {
            return;
        };
        if !is_of_this_talk(view, &frame) {
            return self.give_up(now, deeds);
        }
        match frame {
            ServerFrame::Draining {} => {
                self.order = Order::Nobody;
                deeds.push(Deed::ShowPath(self.shown()));
            }
            // It keeps another talk than this page knows.
            ServerFrame::Resync { .. } => self.give_up(now, deeds),
            ServerFrame::Welcome { .. } => {
                *until = None;
                deeds.push(Deed::ShowPath(Path::Up));
                deeds.push(Deed::Show(frame));
            }
            frame if until.is_none() => deeds.push(Deed::Show(frame)),
            _ => {}
        }
    }

    fn guest_said(
        &mut self,
        now: Timestamp,
        view: &View,
        frame: ClientFrame,
        deeds: &mut Vec<Deed>,
    ) {
        if let ClientFrame::Upload { .. } = frame {
            self.begin(now, view, deeds);
        }
        match (&mut self.order, frame) {
            (Order::Host(_), ClientFrame::Bye {}) => self.give_up(now, deeds),
            (Order::Host(host), frame) => host.theirs(frame),
            (Order::Server, frame @ ClientFrame::Say { .. }) => {
                deeds.extend(ahead(now, view, frame).map(Deed::ShowAhead));
            }
            _ => {}
        }
    }

    pub(super) fn look_after_peer(&mut self, now: Timestamp, deeds: &mut Vec<Deed>) {
        let Some(peer) = &mut self.peer else { return };
        // Not since it was heard last: this page may have slept, and what came meanwhile is read after this.
        if peer.asked.is_some_and(|asked| asked.after(SILENCE) <= now) {
            self.peer = None;
            deeds.push(Deed::DropPeer);
            return;
        }
        if peer.ping_at <= now {
            self.pings = self.pings.wrapping_add(1);
            peer.ping_at = now.after(PING);
            peer.asked.get_or_insert(now);
            peer.pinged = Some((self.pings, now));
            self.to_peer(&PeerFrame::Word(Word::Ping(self.pings)), deeds);
        }
    }
}

/// Whether a page can have said this that keeps the very talk which is known here. It cannot say what takes a server.
fn is_of_this_talk(view: &View, frame: &ServerFrame) -> bool {
    let known = |entry: &Entry| entry.seq <= view.log.head();
    let from_page = |entry: &Entry| known(entry) || !entry.event.needs_server();
    match frame {
        ServerFrame::Welcome { seat, epoch, .. } => {
            let begun = view.log.begun();
            begun.is_some_and(|begun| (begun.seat, begun.epoch) == (*seat, *epoch))
        }
        ServerFrame::Entry(entry) => from_page(entry),
        ServerFrame::Entries { entries } => entries.iter().all(from_page),
        _ => true,
    }
}

/// Whether the other can believe this page all that it lacks, without a server.
pub(super) fn can_be_told(view: &View, theirs: &Standing) -> bool {
    let mut lacking = view.log.entries_after(theirs.head.seq);
    !lacking.any(|entry| entry.event.needs_server())
}

/// What the other has sent to the server, as the entry it will be if nothing comes before it.
fn ahead(now: Timestamp, view: &View, say: ClientFrame) -> Option<Entry> {
    let (person, seat) = (view.person.as_ref()?, view.my_seat()?.other());
    let last = view.bookmark()?;
    let Wish { event, prev, sig } = say.into_wish().ok()?;
    let entry = Entry {
        seq: last.seq.next(),
        at: now,
        seat,
        prev,
        event,
        sig: Some(sig),
    };
    person.check(&entry).is_ok().then_some(entry)
}
