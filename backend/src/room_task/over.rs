//! The task of a conversation that is over: whoever comes is told so.

use shared::{CloseCode, Rejection, RoomId, ServerFrame};
use tokio::sync::mpsc;

use super::Mail;
use crate::connection::encode;
use crate::hub::Hub;
use crate::outbox::Outgoing;

/// Turns away all who wait, and retires.
pub(crate) fn turn_away(hub: &Hub, room: RoomId, mailbox: &mut mpsc::Receiver<Mail>) {
    let rejected = encode(&ServerFrame::Rejected {
        id: None,
        rejection: Rejection::RoomOver {},
    });
    loop {
        while let Ok(mail) = mailbox.try_recv() {
            if let Mail::Join(join) = mail {
                hub.metrics.rejections.inc();
                // One whose queue is full or gone needs no telling.
                let _ = join.outbox.push(Outgoing::Frame(rejected.clone()));
                let _ = join.outbox.push(Outgoing::Close(CloseCode::ROOM_OVER));
            }
        }
        if hub.retire(room, mailbox) {
            return;
        }
    }
}
