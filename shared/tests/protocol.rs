//! `docs/PROTOCOL.md`, replayed: every example is a frame, every name has one, the tables and the proof are true.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signature, VerifyingKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::{
    ClientFrame, CloseCode, Entry, Event, Floor, LeaveReason, MAX_ENTRIES_A_TURN, MAX_FRAME_BYTES,
    MAX_SEALED_BYTES, Mode, Nonce, Presence, Rejection, ResyncReason, RoomId, SUBPROTOCOL,
    SeatSecret, ServerFrame, TurnCause,
};

const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/PROTOCOL.md"));

/// The wire names of a type's variants, and which one a value is. Without a wildcard: a new variant does not compile
/// until it stands here, and then fails until the document shows it.
macro_rules! names {
    ($of:ident: $kind:ty { $($variant:pat => $name:literal),+ $(,)? }) => {
        mod $of {
            use super::*;

            pub(super) const ALL: &[&str] = &[$($name),+];

            pub(super) fn name(value: &$kind) -> &'static str {
                match value {
                    $($variant => $name),+
                }
            }
        }
    };
}

names!(client: ClientFrame {
    ClientFrame::Hello { .. } => "hello",
    ClientFrame::Say { .. } => "say",
    ClientFrame::Pass { .. } => "pass",
    ClientFrame::Typing {} => "typing",
    ClientFrame::Leave {} => "leave",
    ClientFrame::Ping {} => "ping",
});

names!(server: ServerFrame {
    ServerFrame::Challenge { .. } => "challenge",
    ServerFrame::Welcome { .. } => "welcome",
    ServerFrame::Entries { .. } => "entries",
    ServerFrame::Entry(_) => "entry",
    ServerFrame::Turn(_) => "turn",
    ServerFrame::Presence { .. } => "presence",
    ServerFrame::Stored { .. } => "stored",
    ServerFrame::Rejected { .. } => "rejected",
    ServerFrame::Typing { .. } => "typing",
    ServerFrame::Resync { .. } => "resync",
    ServerFrame::Draining {} => "draining",
    ServerFrame::Pong {} => "pong",
});

names!(event: Event {
    Event::Sit { .. } => "sit",
    Event::Leave { .. } => "leave",
    Event::Say { .. } => "say",
    Event::Pass { .. } => "pass",
});

names!(leave_reason: LeaveReason {
    LeaveReason::Asked => "asked",
    LeaveReason::Absent => "absent",
});

names!(presence: Presence {
    Presence::Vacant {} => "vacant",
    Presence::Here {} => "here",
    Presence::Away { .. } => "away",
});

names!(resync: ResyncReason {
    ResyncReason::EpochChanged => "epoch_changed",
    ResyncReason::AheadOfJournal => "ahead_of_journal",
});

names!(rejection: Rejection {
    Rejection::Malformed { .. } => "malformed",
    Rejection::TooLarge { .. } => "too_large",
    Rejection::HelloFirst {} => "hello_first",
    Rejection::HelloTwice {} => "hello_twice",
    Rejection::BadProof {} => "bad_proof",
    Rejection::RoomFull {} => "room_full",
    Rejection::NoTable {} => "no_table",
    Rejection::NotSeated {} => "not_seated",
    Rejection::NotYourTurn { .. } => "not_your_turn",
    Rejection::StaleTurn { .. } => "stale_turn",
    Rejection::RateLimited { .. } => "rate_limited",
    Rejection::JournalUnavailable {} => "journal_unavailable",
});

names!(cause: TurnCause {
    TurnCause::Start => "start",
    TurnCause::Said => "said",
    TurnCause::Passed => "passed",
});

names!(mode: Mode {
    Mode::Strict => "strict",
});

/// The kinds of fenced blocks there are. One misspelt would be read by nobody.
const KINDS: [&str; 4] = ["json client", "json server", "text", "text proof"];

/// The contents of the fenced blocks of this kind, each with the line it begins in.
fn blocks(kind: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = DOCUMENT.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(opened) = line.strip_prefix("```") else {
            continue;
        };
        let content: Vec<_> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        let line = number + 1;
        assert!(
            KINDS.contains(&opened),
            "line {line}: no block is of kind {opened:?}"
        );
        if opened == kind {
            found.push((line, content.join("\n")));
        }
    }
    found
}

fn parse<T: DeserializeOwned>(line: usize, text: &str) -> T {
    serde_json::from_str(text)
        .unwrap_or_else(|error| panic!("{error} in the example at line {line}: {text}"))
}

/// Parses every example and writes it again: nothing may be lost, added or spelt in another way.
fn examples<F: Serialize + DeserializeOwned>(kind: &str) -> Vec<F> {
    let replay = |(line, text): (usize, String)| {
        let frame: F = parse(line, &text);
        let again = serde_json::to_value(&frame).expect("a frame is JSON");
        let shown: Value = parse(line, &text);
        assert_eq!(again, shown, "the example at line {line} is not exact");
        frame
    };
    blocks(kind).into_iter().map(replay).collect()
}

fn client_examples() -> Vec<ClientFrame> {
    examples("json client")
}

fn server_examples() -> Vec<ServerFrame> {
    examples("json server")
}

/// The rows of the tables whose first two headings are these, cell by cell, without backticks.
fn rows(first: &str, second: &str) -> Vec<Vec<String>> {
    let heading = format!("| {first} | {second} |");
    let mut rows = Vec::new();
    let mut lines = DOCUMENT.lines();
    while lines.any(|line| line.starts_with(&heading)) {
        let table = lines
            .by_ref()
            .skip(1)
            .take_while(|line| line.starts_with('|'));
        rows.extend(table.map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        }));
    }
    rows
}

fn yes(cell: Option<&String>) -> bool {
    match cell.map(String::as_str) {
        Some("yes") => true,
        Some("no") => false,
        other => panic!("{other:?} is neither yes nor no"),
    }
}

#[track_caller]
fn all_shown(what: &str, all: &[&str], shown: impl IntoIterator<Item = &'static str>) {
    let shown: BTreeSet<_> = shown.into_iter().collect();
    let all: BTreeSet<_> = all.iter().copied().collect();
    let missing: Vec<_> = all.difference(&shown).collect();
    assert!(missing.is_empty(), "{what} without an example: {missing:?}");
}

fn entries(frames: &[ServerFrame]) -> Vec<Entry> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Entries { entries } => entries.clone(),
        ServerFrame::Entry(entry) => vec![entry.clone()],
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

fn floors(frames: &[ServerFrame]) -> impl Iterator<Item = Floor> {
    frames.iter().filter_map(|frame| match frame {
        ServerFrame::Welcome { floor, .. } | ServerFrame::Turn(floor) => Some(*floor),
        _ => None,
    })
}

fn rejections(frames: &[ServerFrame]) -> impl Iterator<Item = &Rejection> {
    frames.iter().filter_map(|frame| match frame {
        ServerFrame::Rejected { rejection, .. } => Some(rejection),
        _ => None,
    })
}

#[test]
fn every_frame_has_an_example() {
    let frames = client_examples();
    all_shown(
        "client frames",
        client::ALL,
        frames.iter().map(client::name),
    );
    let frames = server_examples();
    all_shown("hub frames", server::ALL, frames.iter().map(server::name));
}

#[test]
fn every_name_inside_a_frame_has_an_example() {
    let frames = server_examples();
    let entries = entries(&frames);
    let events = || entries.iter().map(|entry| &entry.event);
    all_shown("events", event::ALL, events().map(event::name));
    let reasons = events().filter_map(|event| match event {
        Event::Leave { reason } => Some(leave_reason::name(reason)),
        _ => None,
    });
    all_shown("reasons to leave", leave_reason::ALL, reasons);
    let states = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Presence { presence, .. } => Some(presence::name(presence)),
        _ => None,
    });
    all_shown("presences", presence::ALL, states);
    let why = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Resync { why } => Some(resync::name(why)),
        _ => None,
    });
    all_shown("reasons to resync", resync::ALL, why);
    let modes = floors(&frames).map(|floor| mode::name(&floor.mode));
    all_shown("modes", mode::ALL, modes);
    // A cause may be told in a table alone: the first turn is rarely seen beginning.
    for name in cause::ALL {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name}");
    }
    assert!(floors(&frames).all(|floor| cause::ALL.contains(&cause::name(&floor.cause))));
}

#[test]
fn every_refusal_has_an_example_and_a_true_row() {
    let frames = server_examples();
    all_shown(
        "refusals",
        rejection::ALL,
        rejections(&frames).map(rejection::name),
    );
    let table: BTreeMap<_, _> = rows("Code", "Fields")
        .into_iter()
        .map(|row| (row[0].clone(), row))
        .collect();
    let told: Vec<_> = table.keys().map(String::as_str).collect();
    let mut all = rejection::ALL.to_vec();
    all.sort_unstable();
    assert_eq!(told, all, "the table's codes");
    for example in rejections(&frames) {
        let row = &table[rejection::name(example)];
        let value = serde_json::to_value(example).unwrap();
        let fields = value.as_object().unwrap().keys().map(String::as_str);
        let mut fields: Vec<_> = fields.filter(|field| *field != "code").collect();
        fields.sort_unstable();
        let mut told: Vec<_> = row[1].split(", ").filter(|cell| !cell.is_empty()).collect();
        told.sort_unstable();
        assert_eq!(told, fields, "fields of {}", row[0]);
        assert_eq!(yes(row.last()), example.is_retryable(), "{}", row[0]);
    }
}

#[test]
fn the_table_of_close_codes_is_complete_and_true() {
    let mut told = BTreeSet::new();
    for row in rows("Code", "Name") {
        let code = CloseCode(row[0].parse().expect("a number"));
        let name = if row[1] == "—" { "" } else { row[1].as_str() };
        assert_eq!(code.name(), name, "{code:?}");
        assert_eq!(yes(row.last()), code.should_reconnect(), "{code:?}");
        assert!(told.insert(code), "{code:?} stands there twice");
    }
    // Whatever has a name, or is an exception to the ranges, must be told.
    let noteworthy = (0..=u16::MAX).map(CloseCode).filter(|code| {
        let in_range = (4000..=4499).contains(&code.0);
        !code.name().is_empty() || code.should_reconnect() != in_range
    });
    assert_eq!(told, noteworthy.collect());
}

/// What hexadecimal digits say.
fn bytes(hex: &str) -> Vec<u8> {
    assert_eq!(hex.len() % 2, 0, "{hex}");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn the_worked_proof_is_true() {
    let [(_, block)] = &blocks("text proof")[..] else {
        panic!("one worked proof");
    };
    let told: BTreeMap<_, _> = block
        .lines()
        .map(|line| line.split_once("  ").expect("a name and a value"))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let told = |name: &str| told[name];

    // As a stranger would do it, from the document's words.
    let room: RoomId = told("room").parse().unwrap();
    let signed = [
        b"duologue.v1 hello\0".as_slice(),
        &bytes(told("nonce")),
        &bytes(told("seat key")),
        told("room").as_bytes(),
    ]
    .concat();
    assert_eq!(bytes(told("signed")), signed);
    let signature = Signature::from_slice(&bytes(told("proof"))).unwrap();
    let key: [u8; 32] = bytes(told("seat key")).try_into().unwrap();
    VerifyingKey::from_bytes(&key)
        .unwrap()
        .verify_strict(&signed, &signature)
        .unwrap();

    // As we do it.
    let secret = SeatSecret::from_bytes(bytes(told("secret")).try_into().unwrap());
    let nonce = Nonce(bytes(told("nonce")).try_into().unwrap());
    assert_eq!(secret.key().0, key);
    let proof = secret.prove(&nonce, &room);
    assert_eq!(proof.0, signature.to_bytes());

    // And as the examples show it.
    let challenge = ServerFrame::Challenge { nonce };
    assert!(server_examples().contains(&challenge));
    let of_the_example = |frame: &ClientFrame| match frame {
        ClientFrame::Hello {
            room: of,
            seat_key,
            proof: shown,
            ..
        } => (*of, *seat_key, *shown) == (room, secret.key(), proof),
        _ => false,
    };
    assert!(client_examples().iter().any(of_the_example));
}

#[test]
fn sizes_are_told_as_they_are() {
    for text in [
        SUBPROTOCOL.to_owned(),
        format!("{MAX_SEALED_BYTES} bytes"),
        format!("{MAX_FRAME_BYTES} bytes"),
        format!("up to {MAX_ENTRIES_A_TURN} messages"),
    ] {
        assert!(DOCUMENT.contains(&text), "{text}");
    }
    let limit = MAX_SEALED_BYTES;
    let frames = server_examples();
    assert!(rejections(&frames).any(|no| *no == Rejection::TooLarge { limit }));
}
