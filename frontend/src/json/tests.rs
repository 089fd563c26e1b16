//! What serde writes is read, whoever wrote it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::{Fault, ServerFrame, Signal, Word};

use super::*;
use crate::link::{Path, Stop};
use crate::state::{Action, Held};

/// The examples of the protocol, of one kind.
fn examples(kind: &str) -> Vec<&'static str> {
    let document = include_str!("../../../docs/PROTOCOL.md");
    let opened = format!("```{kind}\n");
    let parts = document.split(opened.as_str()).skip(1);
    let blocks: Vec<_> = parts
        .filter_map(|part| part.split("\n```").next())
        .collect();
    assert!(!blocks.is_empty(), "{kind}");
    blocks
}

#[track_caller]
fn assert_read<T: FromJson + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    let expected: T = serde_json::from_str(text).expect("an example");
    assert_eq!(read::<T>(text), Some(expected), "{text}");
}

/// What only the page writes is read as it was: what is written of it again is the same.
#[track_caller]
fn assert_back<T: FromJson + Serialize>(value: &T) {
    let text = write(value);
    let again = read::<T>(&text).map(|again| write(&again));
    assert_eq!(again.as_ref(), Some(&text));
}

#[test]
fn every_frame_of_the_document_is_read() {
    for text in examples("json server") {
        assert_read::<ServerFrame>(text);
    }
}

#[test]
fn so_is_every_signal_and_every_word_between_pages() {
    for text in examples("json signal") {
        assert_read::<Signal>(text);
    }
    for text in examples("json page") {
        assert_read::<Word>(text);
    }
}

#[test]
fn every_fault_is_read() {
    let seq = shared::Seq(3);
    let found = shared::Seq(4);
    for fault in [
        Fault::Gap {
            expected: seq,
            found,
        },
        Fault::Repeated { seq },
        Fault::OtherHistory { seq },
        Fault::Forged { seq },
        Fault::AgainstRules { seq },
        Fault::OtherLink { seq },
    ] {
        assert_eq!(read(&write(&fault)), Some(fault));
    }
}

#[test]
fn what_a_tab_tells_is_read_in_another() {
    let at = shared::Timestamp(7);
    let id = shared::EntryId([3; 16]);
    let stops = [
        Stop::Superseded,
        Stop::RoomFull,
        Stop::NoTable,
        Stop::NotInvited,
        Stop::Left,
        Stop::Withdrawn,
        Stop::Reseated,
        Stop::Over,
        Stop::Doubt,
        Stop::NoKey,
        Stop::Ended(shared::CloseCode(4500)),
    ];
    let mut actions: Vec<_> = stops
        .into_iter()
        .map(|stop| Action::Path(Path::Stopped(stop), at))
        .collect();
    actions.extend([
        Action::Path(Path::Connecting { again: true }, at),
        Action::Path(Path::Up, at),
        Action::Path(
            Path::Waiting {
                until: at,
                restarting: true,
            },
            at,
        ),
        Action::Frame(ServerFrame::Draining {}, at),
        Action::Ways(crate::paths::Ways {
            latency: Some(3),
            ..crate::paths::Ways::default()
        }),
        Action::Code(None),
        Action::Code(Some("code".into())),
        Action::Saved(None),
        Action::Saved(Some(shared::Seq(3))),
        Action::Yield(shared::Seq(3), at),
        Action::Tick(at),
        Action::Reread(crate::state::Kept::default()),
        Action::Adopt(crate::state::Outbox::default()),
        Action::Write("words".into()),
        Action::Send { id, at, more: true },
        Action::Settled(id),
        Action::TakeBack(id),
        Action::QueueAgain { id, at },
        Action::Asked(shared::Turn(2)),
        Action::Read(shared::Seq(4)),
        Action::TellReading(true),
        Action::Allow(false),
        Action::Unkept(at),
        Action::NewLink(shared::LinkSecret([8; 32])),
        Action::Verify([shared::SeatKey([1; 64]), shared::SeatKey([2; 64])]),
        Action::Afresh,
    ]);
    for action in &actions {
        assert_back(action);
    }
    for held in [
        Held::NotYourTurn { holder: Seat::Two },
        Held::TurnOver,
        Held::TalkOver,
        Held::PeerLeft,
        Held::PeerChanged,
        Held::PeerUnsure,
        Held::Refused { words: "no".into() },
    ] {
        assert_back(&held);
    }
}

#[test]
fn what_is_something_else_is_nothing() {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "7",
        r#"{"type":7}"#,
        r#"{"type":"dance"}"#,
        r#"{"type":"turn"}"#,
        r#"{"type":"typing","seat":3}"#,
        r#"{"type":"typing","seat":-1}"#,
    ] {
        assert_eq!(read::<ServerFrame>(text), None, "{text}");
    }
    // A later version may have more.
    let more = r#"{"type":"pong","more":true}"#;
    assert_eq!(read(more), Some(ServerFrame::Pong {}));
}
