//! What a message looks like: links found, direction tricks taken out, lone emoji noticed.

use std::borrow::Cow;

use linkify::{LinkFinder, LinkKind};

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Words.
    Words(&'t str),
    /// An `http` or `https` address.
    Address(&'t str),
}

/// More emoji than this are a text, not a gesture.
const GESTURE: usize = 3;

/// Takes out the characters that would reorder what stands outside the message (U+202A–E, U+2066–9).
#[must_use]
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if text.contains(reorders) {
        Cow::Owned(text.replace(reorders, ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn reorders(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Splits a message into words and addresses. Joined again, the pieces are the message.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut pieces = Vec::new();
    for span in finder.spans(text) {
        let part = span.as_str();
        if span.kind().is_some() && is_web(part) {
            pieces.push(Piece::Address(part));
        } else {
            pieces.push(Piece::Words(part));
        }
    }
    pieces
}

/// Only the web's own schemes become links: nothing a click could run.
fn is_web(address: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Whether a message is nothing but a few emoji.
#[must_use]
pub fn is_gesture(text: &str) -> bool {
    let mut shown = 0;
    let mut joined = false;
    let mut half_flag = false;
    for c in text.trim().chars() {
        match c {
            '\u{200D}' => joined = true,
            // Variation selector, skin tones: part of the emoji before.
            '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' => {}
            '\u{1F1E6}'..='\u{1F1FF}' => {
                half_flag = !half_flag;
                shown += usize::from(half_flag);
            }
            '\u{2600}'..='\u{27BF}'
            | '\u{2B50}'
            | '\u{2B55}'
            | '\u{1F300}'..='\u{1F6FF}'
            | '\u{1F7E0}'..='\u{1F7EB}'
            | '\u{1F900}'..='\u{1FAFF}' => {
                shown += usize::from(!joined);
                joined = false;
            }
            _ => return false,
        }
    }
    (1..=GESTURE).contains(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_overrides_are_taken_out_and_marks_are_kept() {
        assert_eq!(neutralise("a\u{202E}b\u{2067}c\u{2069}d"), "abcd");
        assert_eq!(neutralise("\u{200F}שלום e\u{301}"), "\u{200F}שלום e\u{301}");
    }

    #[test]
    fn web_addresses_become_links_and_nothing_else_does() {
        let text = "see https://example.org/a?b=(c), or HTTP://EXAMPLE.ORG.";
        assert_eq!(
            pieces(text),
            [
                Piece::Words("see "),
                Piece::Address("https://example.org/a?b=(c)"),
                Piece::Words(", or "),
                Piece::Address("HTTP://EXAMPLE.ORG"),
                Piece::Words("."),
            ]
        );
        for harmless in [
            "javascript:alert(1)",
            "ftp://example.org",
            "data:text/html,x",
        ] {
            let found = pieces(harmless);
            assert!(
                found.iter().all(|piece| matches!(piece, Piece::Words(_))),
                "{found:?}"
            );
        }
    }

    #[test]
    fn pieces_joined_are_the_message() {
        for text in [
            "",
            "<b>https://x.example</b>",
            "ß https://é.example/ü\n\nend",
        ] {
            let joined: String = pieces(text)
                .iter()
                .map(|piece| match piece {
                    Piece::Words(part) | Piece::Address(part) => *part,
                })
                .collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_few_emoji_are_a_gesture() {
        for gesture in ["👍", "❤️", "👩‍👩‍👧‍👦 ".trim(), "🇩🇪🇫🇷", "👋🏽👋🏽"]
        {
            assert!(is_gesture(gesture), "{gesture}");
        }
        for text in ["", "ok 👍", "👍👍👍👍", "1", "\u{FE0F}"] {
            assert!(!is_gesture(text), "{text}");
        }
    }
}
