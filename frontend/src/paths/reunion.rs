//! What follows from how both pages stand: when they go on without the server, and when they go back to it.

use shared::{ClientFrame, Seat, Seq, Standing, Timestamp, Word};

use super::between::can_be_told;
use super::keeper::Keeper;
use super::{Deed, GRACE, Order, PATIENCE, Paths, Peer, PeerFrame};
use crate::link::Path;
use crate::state::View;

impl Paths {
    /// Does what is due.
    pub(super) fn go_on(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        self.keeper.catch_up(view);
        self.leave_for_each_other(view, deeds);
        match &mut self.order {
            Order::Server => {}
            Order::Nobody => self.settle(now, view, deeds),
            Order::Host(host) => {
                let said = host.go_on(now, view);
                let over = host.is_over(now);
                self.say(said, deeds);
                if over {
                    self.give_up(now, deeds);
                } else {
                    self.keep_as_host(now, view, deeds);
                }
            }
            Order::Guest { until } => {
                if until.is_some_and(|until| until <= now) {
                    self.give_up(now, deeds);
                } else {
                    self.keep_as_guest(view, deeds);
                }
            }
        }
        let fault = self.keeper.fault.take();
        deeds.extend(fault.filter(|_| view.alarm.is_none()).map(Deed::Doubt));
        if !matches!(self.order, Order::Server) {
            if self.link == Path::Up && self.keeper.is_stale(now) {
                self.keeper.lost();
                deeds.push(Deed::Reconnect);
            }
            deeds.extend(self.keeper.upload(now, view).map(Deed::ToServer));
        }
        self.give_way(now, view, deeds);
        self.tell_standing(now, view, deeds);
        self.invite(now, view, deeds);
        let saved = self.saved(view);
        if self.told_saved != saved {
            self.told_saved = saved;
            deeds.push(Deed::Saved(saved));
        }
    }

    /// The two have agreed that the server stores nothing: it orders no more.
    fn leave_for_each_other(&mut self, view: &View, deeds: &mut Vec<Deed>) {
        let agreed = view.is_current() && view.direct_only().is_some();
        if agreed && matches!(self.order, Order::Server) {
            self.leave_server(view, deeds);
            self.order = Order::Nobody;
            deeds.push(Deed::ShowPath(self.shown()));
        }
    }

    /// Whether the journal has something else than this page, and that is of account. Where the two keep what they say to
    /// themselves it is, if they have not agreed to that after all, or if one of them has ended it without the other.
    fn is_to_yield(&self, view: &View) -> bool {
        let Keeper {
            apart,
            refused,
            anew,
            saved,
            ..
        } = self.keeper;
        match view.direct_only() {
            None => apart || refused || anew,
            Some(limit) => apart && (saved < limit || matches!(self.order, Order::Nobody)),
        }
    }

    /// How far the server is known to have the talk; `None`: it orders it, or has all of it.
    fn saved(&self, view: &View) -> Option<Seq> {
        match self.order {
            Order::Server => None,
            _ => Some(self.keeper.saved).filter(|saved| *saved < view.log.head()),
        }
    }

    /// Nobody orders: as soon as nothing is left that only this page has, the server does; unless it is to store nothing,
    /// as far as this page knows.
    fn settle(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        if now < self.rest_until {
            return;
        }
        if self.is_to_yield(view) {
            return self.yield_to_journal(deeds);
        }
        let wanted = view.direct_only().is_none() || self.keeper.ended;
        if wanted && self.keeper.saved >= view.log.head() {
            self.order_by_server(deeds);
        }
    }

    fn order_by_server(&mut self, deeds: &mut Vec<Deed>) {
        self.order = Order::Server;
        self.keeper = Keeper::default();
        if self.link == Path::Up {
            deeds.push(Deed::Reconnect);
        } else {
            deeds.push(Deed::ShowPath(self.link));
        }
    }

    /// The journal has something else: it is what both have agreed to believe.
    fn yield_to_journal(&mut self, deeds: &mut Vec<Deed>) {
        self.part(deeds);
        deeds.push(Deed::Yield(self.keeper.saved));
        self.order_by_server(deeds);
    }

    fn keep_as_host(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        if self.is_to_yield(view) {
            return self.yield_to_journal(deeds);
        }
        let Order::Host(host) = &mut self.order else {
            return;
        };
        if !host.is_at_rest(view) {
            return;
        }
        // The server has something that neither page was told of before it went.
        let entries = self.keeper.news();
        if !entries.is_empty() {
            host.mine(ClientFrame::Upload { entries });
            let said = host.go_on(now, view);
            return self.say(said, deeds);
        }
        let back = |peer: &Peer| {
            let both = peer.standing.filter(|standing| standing.server);
            both.is_some_and(|standing| {
                standing.saved == view.log.head() && standing.head.seq == view.log.head()
            })
        };
        if self.link == Path::Up
            && view.direct_only().is_none()
            && self.keeper.is_done(view)
            && self.peer.as_ref().is_some_and(back)
        {
            self.part(deeds);
            self.settle(now, view, deeds);
        }
    }

    fn keep_as_guest(&mut self, view: &View, deeds: &mut Vec<Deed>) {
        if self.is_to_yield(view) {
            return self.yield_to_journal(deeds);
        }
        let entries = self.keeper.news();
        if !entries.is_empty() {
            self.to_peer(&PeerFrame::Word(Word::Upload(entries)), deeds);
        }
    }

    /// The two have gone on differently, and the other has what the journal has.
    fn give_way(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        let standing = self.peer.as_ref().and_then(|peer| peer.standing);
        let apart = standing.is_some_and(|theirs| {
            let more = theirs.saved > self.keeper.saved && theirs.saved <= theirs.head.seq;
            (theirs.apart || is_apart(view, &theirs)) && more
        });
        if apart && matches!(self.order, Order::Nobody) && self.is_gone(now) {
            self.yield_to_journal(deeds);
        }
    }

    fn is_gone(&self, now: Timestamp) -> bool {
        self.gone_since
            .is_some_and(|since| since.after(GRACE) <= now)
    }

    fn standing(&self, now: Timestamp, view: &View) -> Option<Standing> {
        let head = view.bookmark()?;
        let theirs = self.peer.as_ref()?.standing;
        Some(Standing {
            server: !self.is_gone(now),
            saved: match self.order {
                Order::Server => head.seq,
                _ => self.keeper.saved,
            },
            head,
            apart: theirs.is_some_and(|theirs| is_apart(view, &theirs)),
        })
    }

    fn tell_standing(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        let standing = self.standing(now, view);
        if let (Some(standing), Some(peer)) = (standing, &mut self.peer)
            && peer.told.replace(standing) != Some(standing)
        {
            self.to_peer(&PeerFrame::Word(Word::Standing(standing)), deeds);
        }
    }

    /// Asks seat 2 to go on without the server, where that is the way to go on.
    fn invite(&mut self, now: Timestamp, view: &View, deeds: &mut Vec<Deed>) {
        if self.invited.is_some_and(|until| until <= now) {
            self.give_up(now, deeds);
        }
        let standing = self.peer.as_ref().and_then(|peer| peer.standing);
        let alone = standing.is_some_and(|theirs| {
            let apart = theirs.apart || is_apart(view, &theirs);
            let choice = view.direct_only().is_some();
            let wanted = choice || self.is_gone(now) || !theirs.server;
            !apart && wanted && can_be_told(view, &theirs)
        });
        let may = view.my_seat() == Some(Seat::One)
            && view.keys().is_some()
            && view.alarm.is_none()
            && !matches!(self.link, Path::Stopped(_))
            && matches!(self.order, Order::Server | Order::Nobody)
            && self.invited.is_none()
            && self.not_before <= now;
        if may && alone {
            self.invited = Some(now.after(PATIENCE));
            self.to_peer(&PeerFrame::Word(Word::Come {}), deeds);
        }
    }
}

/// Whether the other's talk is another than this page's, as far as this page can see.
fn is_apart(view: &View, theirs: &Standing) -> bool {
    let Some(mine) = view.bookmark() else {
        return false;
    };
    theirs.head.epoch != mine.epoch
        || (theirs.head.seq <= mine.seq
            && view.log.hash_of(theirs.head.seq) != Some(theirs.head.hash))
}
