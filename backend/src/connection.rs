//! One WebSocket: challenge and hello, decode and encode, heartbeat, limits. No rule of the room is here.

mod gate;
mod socket;

use std::cell::RefCell;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::Utf8Bytes;
use shared::{
    ClientFrame, CloseCode, ConnectionId, Entry, Epoch, Event, Nonce, Rejection, RoomId, Seq,
    ServerFrame, Sit,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::addresses::Admitted;
use crate::hub::Hub;
use crate::outbox::{Inbox, Outgoing, outbox};
use crate::room_task::{Join, Mail};
use crate::websocket::Carrier;
use gate::Gate;
use socket::{Received, Socket};

/// Bytes that most frames have at most.
const USUAL_FRAME: usize = 1024;

/// A frame as it travels.
pub(crate) fn encode(frame: &ServerFrame) -> Utf8Bytes {
    // Written where there is room and then copied: a text that grows as it is written is moved several times.
    thread_local! {
        static DESK: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(USUAL_FRAME));
    }
    DESK.with_borrow_mut(|desk| {
        desk.clear();
        // A frame is plain data with string keys; there is nothing in it that JSON cannot hold.
        let _ = serde_json::to_writer(&mut *desk, frame);
        let text = Bytes::copy_from_slice(desk);
        // A page of entries was here once; the next frames need no such room.
        desk.shrink_to(USUAL_FRAME);
        Utf8Bytes::try_from(text).unwrap_or_default()
    })
}

/// Serves one socket from its first frame to its last.
pub(crate) async fn serve(
    hub: Arc<Hub>,
    socket: Pin<Box<dyn Carrier>>,
    admitted: Option<Admitted>,
) {
    hub.metrics.connections.inc();
    let mut socket = Socket::new(socket);
    // What is done once, or seldom, is in boxes here and below: else every connection keeps the place for it all its life.
    let opening = Box::pin(open(&hub, &mut socket, admitted.as_ref()));
    let code = match opening.await {
        Ok(connection) => {
            let code = connection.run(&mut socket).await;
            connection.part().await;
            code
        }
        Err(code) => code,
    };
    match code {
        Some(code) => {
            hub.metrics.close(code);
            Box::pin(socket.close(code)).await;
        }
        None => Box::pin(socket.finish()).await,
    }
    hub.metrics.connections.dec();
}

/// Why a connection ends: by the hub with a code, or by the other side.
type Ending = Option<CloseCode>;

/// Challenge, hello, join.
async fn open(
    hub: &Arc<Hub>,
    socket: &mut Socket,
    admitted: Option<&Admitted>,
) -> Result<Connection, Ending> {
    let bytes = hub.randomness.bytes().map_err(|error| {
        tracing::error!(%error, "no challenge can be made");
        Some(CloseCode::UNAVAILABLE)
    })?;
    let nonce = Nonce(bytes);
    socket.send(&ServerFrame::Challenge { nonce }).await?;

    let text = tokio::select! {
        biased;
        first = timeout(hub.limits.hello_within, socket.receive_text()) => {
            first.map_err(|_| Some(CloseCode::SILENT))??
        }
        () = hub.shutdown.stopping() => return Err(Some(CloseCode::DRAINING)),
    };
    let (room, sit, proof, position) = match decode(&text) {
        Ok(ClientFrame::Hello {
            room,
            seat_key: key,
            proof,
            invite,
            sig,
            position,
        }) => (room, Sit { key, invite, sig }, proof, position),
        Ok(_) => {
            return Err(refuse(
                hub,
                socket,
                Rejection::HelloFirst {},
                CloseCode::HELLO_FIRST,
            )
            .await);
        }
        Err(malformed) => return Err(refuse(hub, socket, malformed, CloseCode::HELLO_FIRST).await),
    };
    if !sit.key.verify(&nonce, &room, &proof) {
        return Err(refuse(hub, socket, Rejection::BadProof {}, CloseCode::BAD_PROOF).await);
    }
    let Some(rules) = hub.rules(room) else {
        return Err(refuse(hub, socket, Rejection::NoTable {}, CloseCode::NO_TABLE).await);
    };

    // Coming to a room where somebody is, or that the journal has, costs nothing: only making rooms without end uses up
    // what there is. After a restart everybody comes back at once, perhaps a whole house from one address.
    if let Some(admitted) = admitted
        && !hub.is_known(room).await
        && let Err(wait) = admitted.open_room(Instant::now())
    {
        return Err(refuse(hub, socket, rate_limited(wait), CloseCode::FLOOD).await);
    }

    let id = hub.connection_id();
    let (outbox, inbox) = outbox(hub.limits.outbox_frames);
    let join = Mail::Join(Box::new(Join {
        connection: id,
        sit,
        position,
        outbox,
    }));
    let mailbox = hub.join(room, rules, join).await;
    Ok(Connection {
        hub: Arc::clone(hub),
        id,
        room,
        mailbox,
        inbox,
    })
}

async fn refuse(hub: &Hub, socket: &mut Socket, rejection: Rejection, code: CloseCode) -> Ending {
    let rejected = ServerFrame::Rejected {
        id: None,
        rejection,
    };
    match in_time(hub, socket.send(&rejected)).await {
        Ok(()) => Some(code),
        Err(ending) => ending,
    }
}

/// A write that whoever reads nothing can stop for the time of silence at most, and not when the server ends.
async fn in_time(
    hub: &Hub,
    writing: impl Future<Output = Result<(), Ending>>,
) -> Result<(), Ending> {
    tokio::select! {
        biased;
        written = writing => written,
        () = sleep(hub.limits.silent_after) => Err(Some(CloseCode::SLOW)),
        () = hub.shutdown.stopping() => Err(Some(CloseCode::DRAINING)),
    }
}

/// A millisecond more than the time to wait, so that it is over then.
fn rate_limited(wait: Duration) -> Rejection {
    let after = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Rejection::RateLimited {
        after: after.saturating_add(1),
    }
}

fn decode(text: &str) -> Result<ClientFrame, Rejection> {
    serde_json::from_str(text).map_err(|error| Rejection::Malformed {
        detail: error.to_string(),
    })
}

/// A socket that has been brought to its room.
struct Connection {
    hub: Arc<Hub>,
    id: ConnectionId,
    room: RoomId,
    mailbox: mpsc::Sender<Mail>,
    inbox: Inbox,
}

impl Connection {
    /// Carries frames both ways until one side ends it.
    async fn run(&self, socket: &mut Socket) -> Ending {
        match self.carry(socket).await {
            Ok(never) => match never {},
            Err(ending) => ending,
        }
    }

    async fn carry(&self, socket: &mut Socket) -> Result<Infallible, Ending> {
        let hub = Arc::clone(&self.hub);
        let limits = &hub.limits;
        // Waited for once and not anew for each frame: to enter and to leave the list of all who wait for the end touches
        // the neighbours in it.
        let mut stopping = pin!(hub.shutdown.stopping());
        let mut gate = Gate::new(limits);
        let mut heard = Instant::now();
        // One timer, moved only when it fires: most frames find it running and leave it alone.
        let mut heartbeat = pin!(sleep(limits.ping_after));
        loop {
            tokio::select! {
                biased;
                () = stopping.as_mut() => {
                    // It goes with the close, which has its time: whoever reads nothing does not hold up the end.
                    socket.feed(encode(&ServerFrame::Draining {})).await?;
                    return Err(Some(CloseCode::DRAINING));
                }
                item = self.inbox.receive() => {
                    if self.inbox.has_overflowed() {
                        return Err(Some(CloseCode::SLOW));
                    }
                    let first = item.ok_or(Some(CloseCode::UNAVAILABLE))?;
                    // A reader that stops reading stops this write. The queue behind it tells, or the time: none of which
                    // is looked at while what is written goes.
                    tokio::select! {
                        biased;
                        written = self.write(socket, first) => written?,
                        () = self.inbox.overflow() => return Err(Some(CloseCode::SLOW)),
                        () = sleep(limits.silent_after) => return Err(Some(CloseCode::SLOW)),
                        () = stopping.as_mut() => return Err(Some(CloseCode::DRAINING)),
                    }
                }
                received = socket.receive() => {
                    heard = Instant::now();
                    match received? {
                        Received::Heartbeat => {}
                        Received::Text(text) => self.frame(socket, &mut gate, heard, &text).await?,
                    }
                }
                () = heartbeat.as_mut() => {
                    let idle = heard.elapsed();
                    if idle >= limits.silent_after {
                        return Err(Some(CloseCode::SILENT));
                    }
                    if idle >= limits.ping_after {
                        Box::pin(in_time(&hub, socket.ping())).await?;
                        heartbeat.as_mut().reset(heard + limits.silent_after);
                    } else {
                        heartbeat.as_mut().reset(heard + limits.ping_after);
                    }
                }
            }
        }
    }

    /// Hands one frame to the room, or refuses it.
    async fn frame(
        &self,
        socket: &mut Socket,
        gate: &mut Gate,
        now: Instant,
        text: &str,
    ) -> Result<(), Ending> {
        self.hub.metrics.frames.inc();
        let answer = match gate.admit(now)?.and_then(|()| decode(text)) {
            // Passwords, and what operators go by, are not for strangers.
            Ok(ClientFrame::Ice {} | ClientFrame::Direct { .. }) if !self.inbox.is_seated() => {
                let (id, rejection) = (None, Rejection::NotSeated {});
                Box::new(ServerFrame::Rejected { id, rejection })
            }
            Ok(ClientFrame::Ice {}) => Box::new(self.ice()),
            Ok(ClientFrame::Direct { opened }) => {
                self.hub.metrics.direct(opened);
                return Ok(());
            }
            Ok(frame) => {
                let (connection, frame) = (self.id, Box::new(frame));
                let mail = Mail::Frame { connection, frame };
                let unavailable = |_| Some(CloseCode::UNAVAILABLE);
                return self.mailbox.send(mail).await.map_err(unavailable);
            }
            Err(rejection) => {
                self.hub.metrics.rejections.inc();
                let id = None;
                Box::new(ServerFrame::Rejected { id, rejection })
            }
        };
        Box::pin(in_time(&self.hub, socket.send(&answer))).await
    }

    /// What helps two pages find a path of their own: no business of the room's.
    fn ice(&self) -> ServerFrame {
        let servers = self.hub.ice.servers(self.hub.clock.now(), self.id);
        ServerFrame::Ice { servers }
    }

    /// Writes what is ready, all in one go.
    async fn write(&self, socket: &mut Socket, first: Outgoing) -> Result<(), Ending> {
        let mut next = Some(first);
        while let Some(item) = next {
            match item {
                Outgoing::Frame(text) => socket.feed(text).await?,
                Outgoing::Replay { epoch, after, upto } => {
                    Box::pin(self.replay(socket, epoch, after, upto)).await?;
                }
                Outgoing::Close(code) => {
                    socket.flush().await?;
                    return Err(Some(code));
                }
            }
            next = self.inbox.ready();
        }
        socket.flush().await
    }

    /// Reads the journal page by page, at the pace of this connection; what happens meanwhile waits in the queue.
    async fn replay(
        &self,
        socket: &mut Socket,
        epoch: Epoch,
        mut after: Seq,
        upto: Seq,
    ) -> Result<(), Ending> {
        while after < upto {
            let page = self.hub.limits.page_entries;
            let entries = self.hub.journal.replay(self.room, epoch, after, page).await;
            let mut entries = entries.map_err(|error| {
                tracing::error!(%error, "a replay failed");
                Some(CloseCode::UNAVAILABLE)
            })?;
            entries.retain(|entry| entry.seq <= upto);
            cut(&mut entries, self.hub.limits.page_bytes);
            // The epoch ended in the meantime: whoever reads this comes back to another talk.
            let last = entries.last().ok_or(Some(CloseCode::UNAVAILABLE))?;
            after = last.seq;
            socket.send(&ServerFrame::Entries { entries }).await?;
        }
        Ok(())
    }

    /// Tells the room that this connection ended.
    async fn part(self) {
        let connection = self.id;
        // A room that is gone needs no telling.
        let _ = self.mailbox.send(Mail::Gone { connection }).await;
    }
}

/// Shortens a page to about `bytes` of bodies; at least one entry stays.
fn cut(entries: &mut Vec<Entry>, bytes: usize) {
    let mut sum = 0;
    let fitting = entries.iter().take_while(|entry| {
        sum += match &entry.event {
            Event::Say { sealed, .. } => sealed.0.len(),
            Event::Reseat { keyring, .. } => keyring.0.len(),
            _ => 0,
        };
        sum <= bytes
    });
    let fitting = fitting.count().max(1);
    entries.truncate(fitting);
}

#[cfg(test)]
mod tests;
