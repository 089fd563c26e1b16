//! What a person asks for: answered at once, refused, or turned into the entry to append.

use super::{Cause, Delivery, Outputs, Pending, Room, Sit};
use crate::close::CloseCode;
use crate::entry::{Entry, Event, Sealed};
use crate::ids::{Bookmark, ConnectionId, Seat, Seq, Timestamp};
use crate::receipt::Receipt;
use crate::rejection::Rejection;
use crate::seat_key::Signature;
use crate::wire::{ClientFrame, MAX_SEALED_BYTES, ResyncReason, ServerFrame, Wish};

impl Room {
    pub(super) fn join(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        sit: Sit,
        position: Option<Bookmark>,
    ) -> Outputs {
        if let Some(seat) = self.record.seat_of(&sit.key) {
            return self.admit(now, seat, connection, position);
        }
        match self.seated(now, sit) {
            Ok(_) if !self.witnessed => {
                let mut outputs = Outputs::reject(connection, None, Rejection::NeedsServer {});
                outputs.close(connection, CloseCode::UNAVAILABLE);
                outputs
            }
            Ok(entry) => {
                let cause = Cause::Join {
                    connection,
                    position,
                };
                self.append(vec![entry], cause)
            }
            Err(rejection) => {
                let code = match rejection {
                    Rejection::RoomFull {} => CloseCode::ROOM_FULL,
                    Rejection::BadSignature {} => CloseCode::BAD_PROOF,
                    _ => CloseCode::NOT_INVITED,
                };
                let mut outputs = Outputs::reject(connection, None, rejection);
                outputs.close(connection, code);
                outputs
            }
        }
    }

    /// The entry that gives a newcomer the first free seat.
    fn seated(&self, now: Timestamp, sit: Sit) -> Result<Entry, Rejection> {
        let Sit { key, invite, sig } = sit;
        let seat = self.record.first_vacant().ok_or(Rejection::RoomFull {})?;
        let event = Event::Sit { key, invite };
        self.record.allows(seat, &event)?;
        let entry = self.next_entry(now, seat, event, Some(sig));
        let authentic = self.record.is_authentic(&entry);
        authentic.then_some(entry).ok_or(Rejection::BadSignature {})
    }

    /// Lets the holder of `seat` in through `connection`, in place of any older connection.
    pub(super) fn admit(
        &mut self,
        now: Timestamp,
        seat: Seat,
        connection: ConnectionId,
        position: Option<Bookmark>,
    ) -> Outputs {
        let mut outputs = Outputs::default();
        let before = self.presence(seat);
        let Some(attendance) = self.attendance[seat.index()].as_mut() else {
            return outputs;
        };
        for old in attendance.arrive(connection, now) {
            outputs.close(old, CloseCode::SUPERSEDED);
        }

        let outset = self.record.outset(seat);
        let head = self.record.position().seq;
        let after = match self.resume(position) {
            Ok(seq) => seq.max(outset.seq),
            Err(why) => {
                outputs.send([connection], ServerFrame::Resync { why });
                outset.seq
            }
        };
        let welcome = ServerFrame::Welcome {
            seat,
            epoch: self.record.position().epoch,
            head,
            outset,
            floor: *self.floor(),
            peer: self.presence(seat.other()),
        };
        outputs.send([connection], welcome);
        if after < head {
            outputs.deliveries.push(Delivery::Replay {
                to: connection,
                after,
                upto: head,
            });
        }
        // Behind the entries they speak of. Their own, too: whoever comes back goes on from it.
        for seat in Seat::BOTH {
            if let Some(receipt) = self.receipts[seat.index()] {
                outputs.send([connection], ServerFrame::Receipt { seat, receipt });
            }
        }
        self.tell_ask(seat, connection, &mut outputs);
        self.tell_claimable_again(now, connection, &mut outputs);
        if before != self.presence(seat) {
            self.tell_presence(&mut outputs, seat);
        }
        outputs
    }

    /// Keeps how far `seat` has come, and tells the other. Whether it is signed the other looks; a word that speaks of
    /// another talk, of more than there is, or of less than was told before changes nothing.
    fn noted(&mut self, seat: Seat, receipt: Receipt) -> Outputs {
        let position = self.record.position();
        let known = self.receipts[seat.index()];
        let sound = receipt.epoch == position.epoch
            && receipt.delivered <= position.seq
            && receipt.read <= Some(receipt.delivered)
            && known.is_none_or(|known| known != receipt && receipt.goes_on_from(&known));
        if !sound {
            return Outputs::default();
        }
        self.receipts[seat.index()] = Some(receipt);
        Outputs::frame(
            self.connections(seat.other()),
            ServerFrame::Receipt { seat, receipt },
        )
    }

    /// The last entry a returning client can be believed to have.
    fn resume(&self, position: Option<Bookmark>) -> Result<Seq, ResyncReason> {
        let Some(Bookmark { epoch, seq, hash }) = position else {
            return Ok(Seq::START);
        };
        if epoch != self.record.position().epoch {
            return Err(ResyncReason::EpochChanged);
        }
        match self.hash_after(seq) {
            None => Err(ResyncReason::AheadOfJournal),
            Some(known) if *known != hash => Err(ResyncReason::OtherHistory),
            Some(_) => Ok(seq),
        }
    }

    pub(super) fn frame(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        frame: ClientFrame,
    ) -> Outputs {
        let id = match &frame {
            ClientFrame::Say { id, .. } => Some(*id),
            _ => None,
        };
        let Some(seat) = self.seat_of(connection) else {
            return Outputs::reject(connection, id, Rejection::NotSeated {});
        };
        match self.command(now, connection, seat, frame) {
            Ok(outputs) => outputs,
            Err(rejection) => Outputs::reject(connection, id, rejection),
        }
    }

    fn command(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        seat: Seat,
        frame: ClientFrame,
    ) -> Result<Outputs, Rejection> {
        let wish = match frame.into_wish() {
            Ok(wish) => wish,
            Err(ClientFrame::Upload { entries }) => return self.upload(now, connection, entries),
            Err(passing) => return self.passing(now, connection, seat, &passing),
        };
        // Before the floor is looked at: the first answer holds although the turn has moved since (I5).
        if let Event::Say { id, .. } = wish.event
            && let Some((seq, at)) = self.record.answered(seat, id)
        {
            let stored = ServerFrame::Stored { id, seq, at };
            return Ok(Outputs::frame([connection], stored));
        }
        let entry = self.granted(now, seat, wish)?;
        Ok(self.append(vec![entry], Cause::Frame { connection }))
    }

    /// What leaves nothing in the journal.
    fn passing(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        seat: Seat,
        frame: &ClientFrame,
    ) -> Result<Outputs, Rejection> {
        match frame {
            ClientFrame::Hello { .. } => Err(Rejection::HelloTwice {}),
            ClientFrame::Ping {} => Ok(Outputs::frame([connection], ServerFrame::Pong {})),
            ClientFrame::Typing {} => {
                let typing = ServerFrame::Typing { seat };
                Ok(Outputs::frame(self.connections(seat.other()), typing))
            }
            ClientFrame::Bye {} => Ok(self.bye(now, seat)),
            ClientFrame::Ask { turn } => self.ask(seat, *turn),
            ClientFrame::Receipt(receipt) => Ok(self.noted(seat, *receipt)),
            ClientFrame::Signal { payload } => {
                check_size(payload)?;
                let payload = payload.clone();
                let signal = ServerFrame::Signal { payload };
                Ok(Outputs::frame(self.connections(seat.other()), signal))
            }
            // Looked at before.
            _ => Ok(Outputs::default()),
        }
    }

    /// Whether this is the place for it: of what the two say directly by choice the server keeps nothing, and their pages
    /// cannot do what takes a server.
    fn check_place(&self, event: &Event) -> Result<(), Rejection> {
        let direct_only = self.floor().direct_only.is_some() && !event.is_back_to_server();
        match (self.witnessed, event.needs_server()) {
            (true, _) | (false, true) if direct_only => Err(Rejection::DirectOnly {}),
            (false, true) => Err(Rejection::NeedsServer {}),
            _ => Ok(()),
        }
    }

    /// The entry that a wish becomes.
    fn granted(&self, now: Timestamp, seat: Seat, wish: Wish) -> Result<Entry, Rejection> {
        let Wish { event, prev, sig } = wish;
        self.check_place(&event)?;
        if let Event::Say { sealed: body, .. } | Event::Reseat { keyring: body, .. } = &event {
            check_size(body)?;
        }
        self.record.allows(seat, &event)?;
        if let Event::Claim { .. } = event {
            self.check_away(now)?;
        }
        let last = self.record.bookmark();
        if prev != last.hash {
            return Err(Rejection::Behind { head: last.seq });
        }
        // What is said a server relays as fast as it comes; the other side checks its signature. What changes who sits or
        // what holds is rare, and must not stand in the journal unsigned. A page keeps only what it believes.
        let relayed = self.witnessed && matches!(event, Event::Say { .. } | Event::Pass { .. });
        let entry = self.next_entry(now, seat, event, Some(sig));
        let sound = relayed || self.record.is_authentic(&entry);
        sound.then_some(entry).ok_or(Rejection::BadSignature {})
    }

    pub(super) fn next_entry(
        &self,
        now: Timestamp,
        seat: Seat,
        event: Event,
        sig: Option<Signature>,
    ) -> Entry {
        let last = self.record.bookmark();
        Entry {
            seq: last.seq.next(),
            at: now.max(self.dated),
            seat,
            prev: last.hash,
            event,
            sig,
        }
    }

    /// Asks for what is next to be made durable.
    pub(super) fn append(&mut self, entries: Vec<Entry>, cause: Cause) -> Outputs {
        debug_assert!(
            self.pending.is_none(),
            "an append is answered before the next input"
        );
        self.pending = Some(Pending {
            entries: entries.clone(),
            cause,
        });
        Outputs {
            append: entries,
            ..Outputs::default()
        }
    }
}

fn check_size(body: &Sealed) -> Result<(), Rejection> {
    if body.0.len() > MAX_SEALED_BYTES {
        let limit = MAX_SEALED_BYTES;
        return Err(Rejection::TooLarge { limit });
    }
    Ok(())
}
