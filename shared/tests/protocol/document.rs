//! `docs/PROTOCOL.md` as a test reads it: fenced blocks, tables, examples.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::{ClientFrame, Entry, ServerFrame};

pub(crate) const DOCUMENT: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/PROTOCOL.md"));

/// The kinds of fenced blocks there are. One misspelt would be read by nobody.
const KINDS: [&str; 7] = [
    "json page",
    "json client",
    "json server",
    "json signal",
    "text",
    "text proof",
    "text talk",
];

/// The contents of the fenced blocks of this kind, each with the line it begins in.
pub(crate) fn blocks(kind: &str) -> Vec<(usize, String)> {
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

pub(crate) fn parse<T: DeserializeOwned>(line: usize, text: &str) -> T {
    serde_json::from_str(text)
        .unwrap_or_else(|error| panic!("{error} in the example at line {line}: {text}"))
}

/// Parses every example and writes it again: nothing may be lost, added or spelt in another way.
pub(crate) fn examples<F: Serialize + DeserializeOwned>(kind: &str) -> Vec<F> {
    let replay = |(line, text): (usize, String)| {
        let frame: F = parse(line, &text);
        let again = serde_json::to_value(&frame).expect("a frame is JSON");
        let shown: Value = parse(line, &text);
        assert_eq!(again, shown, "the example at line {line} is not exact");
        frame
    };
    blocks(kind).into_iter().map(replay).collect()
}

pub(crate) fn client_examples() -> Vec<ClientFrame> {
    examples("json client")
}

pub(crate) fn server_examples() -> Vec<ServerFrame> {
    examples("json server")
}

/// The rows of the tables whose first two headings are these, cell by cell, without backticks.
pub(crate) fn rows(first: &str, second: &str) -> Vec<Vec<String>> {
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

pub(crate) fn yes(cell: Option<&String>) -> bool {
    match cell.map(String::as_str) {
        Some("yes") => true,
        Some("no") => false,
        other => panic!("{other:?} is neither yes nor no"),
    }
}

/// The names and values of the one block of this kind.
pub(crate) fn told(kind: &str) -> BTreeMap<String, String> {
    let [(_, block)] = &blocks(kind)[..] else {
        panic!("one block of kind {kind:?}");
    };
    block
        .lines()
        .map(|line| line.split_once("  ").expect("a name and a value"))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// The entries in these frames.
pub(crate) fn entries(frames: &[ServerFrame]) -> Vec<Entry> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Entries { entries } => entries.clone(),
        ServerFrame::Entry(entry) => vec![entry.clone()],
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

/// What hexadecimal digits say.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    assert_eq!(hex.len() % 2, 0, "{hex}");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(byte).collect()
}
