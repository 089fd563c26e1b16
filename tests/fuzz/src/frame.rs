//! Any text as a frame.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::{ClientFrame, EntryHash, EntryId, Epoch, RoomId, Sealed, SeatKey, ServerFrame};

/// What parses as a frame survives its own text: it is written, and read again as the same. Names have one text only.
/// Nothing panics. That goes for all of the bytes, and for each line of them, so that many small inputs fit into one.
///
/// # Panics
/// When that is not so.
pub fn frame(bytes: &[u8]) {
    one(bytes);
    if bytes.contains(&b'\n') {
        bytes.split(|byte| *byte == b'\n').for_each(one);
    }
}

fn one(bytes: &[u8]) {
    survives_its_text::<ClientFrame>(bytes);
    survives_its_text::<ServerFrame>(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        has_one_text::<RoomId>(text);
        has_one_text::<Epoch>(text);
        has_one_text::<EntryId>(text);
        has_one_text::<EntryHash>(text);
        has_one_text::<SeatKey>(text);
        has_one_text::<Sealed>(text);
    }
}

fn survives_its_text<F: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(frame) = serde_json::from_slice::<F>(bytes) else {
        return;
    };
    let text = serde_json::to_string(&frame).expect("a frame is JSON");
    let again: F = serde_json::from_str(&text).expect("a frame's own text is a frame");
    assert_eq!(again, frame, "another frame came back from {text}");
}

/// Else two rooms, or two messages, could pass for one.
fn has_one_text<N: FromStr + Display>(text: &str) {
    if let Ok(name) = text.parse::<N>() {
        assert_eq!(name.to_string(), text, "a name with two texts");
    }
}
