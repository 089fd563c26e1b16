//! The tables of refusals, close codes and sizes are true.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    CloseCode, MAX_ENTRIES_A_TURN, MAX_FRAME_BYTES, MAX_SEALED_BYTES, MAX_TEXT_BYTES, Rejection,
    SAFETY_WORDS, SUBPROTOCOL, ServerFrame,
};

use crate::document::{DOCUMENT, rows, server_examples, yes};
use crate::names::{all_shown, rejection};

fn rejections(frames: &[ServerFrame]) -> impl Iterator<Item = &Rejection> {
    frames.iter().filter_map(|frame| match frame {
        ServerFrame::Rejected { rejection, .. } => Some(rejection),
        _ => None,
    })
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

#[test]
fn sizes_are_told_as_they_are() {
    for text in [
        SUBPROTOCOL.to_owned(),
        format!("{MAX_SEALED_BYTES} bytes"),
        format!("{MAX_TEXT_BYTES} bytes"),
        format!("{MAX_FRAME_BYTES} bytes"),
        format!("{SAFETY_WORDS} words"),
        format!("up to {MAX_ENTRIES_A_TURN} messages"),
    ] {
        assert!(DOCUMENT.contains(&text), "{text}");
    }
    let limit = MAX_SEALED_BYTES;
    let frames = server_examples();
    assert!(rejections(&frames).any(|no| *no == Rejection::TooLarge { limit }));
}
