//! Frames of every kind, read in both ways.

use super::*;
use crate::entry::Sealed;
use crate::ids::{EntryHash, EntryId, Epoch, Turn};
use crate::receipt::Receipt;
use crate::seat_key::Signature;
use crate::turn::{Change, Mode};

fn asked() -> Vec<ClientFrame> {
    let (turn, proposal) = (Turn(3), Seq(4));
    let (prev, sig) = (EntryHash([1; 32]), Signature([2; 64]));
    vec![
        ClientFrame::Say {
            id: EntryId([3; 16]),
            turn,
            end_turn: true,
            seen: Some(Seq(2)),
            sealed: Sealed::new(vec![4; 64]),
            prev,
            sig,
        },
        ClientFrame::Pass { turn, prev, sig },
        ClientFrame::Claim { turn, prev, sig },
        ClientFrame::Propose {
            change: Change::Mode(Mode::Free),
            prev,
            sig,
        },
        ClientFrame::Accept {
            proposal,
            prev,
            sig,
        },
        ClientFrame::Decline {
            proposal,
            prev,
            sig,
        },
        ClientFrame::Withdraw {
            proposal,
            prev,
            sig,
        },
        ClientFrame::Ask { turn },
        ClientFrame::Bye {},
        ClientFrame::Typing {},
        ClientFrame::Receipt(Receipt {
            epoch: Epoch(1),
            delivered: Seq(3),
            read: Some(Seq(2)),
            sig,
        }),
        ClientFrame::Upload {
            entries: Vec::new(),
        },
        ClientFrame::Leave { prev, sig },
        ClientFrame::Ping {},
    ]
}

#[test]
fn a_page_reads_a_clients_frames_as_a_server_does() {
    for frame in asked() {
        let text = serde_json::to_string(&frame).expect("plain data");
        let served: ClientFrame = serde_json::from_str(&text).expect("a frame");
        assert_eq!(served, frame);
        let read: Asked = serde_json::from_str(&text).expect("a frame");
        assert_eq!(read.0, frame, "{text}");
    }
}

#[test]
fn what_has_no_place_between_pages_is_not_read() {
    for noise in [
        r#"{"type":"hello"}"#,
        r#"{"type":"pass"}"#,
        "{}",
        "null",
        "[]",
    ] {
        assert!(serde_json::from_str::<Asked>(noise).is_err(), "{noise}");
    }
}
