//! The names that go over the wire, read from the source that defines them.

use std::path::Path;

use super::source::{has_word, is_word, split_tests, without_text};

/// The wire name of every variant of every public enum, and every close code, outside the tests.
pub(crate) fn wire_names(source: &str) -> Vec<String> {
    let code = without_text(source);
    let (code, _) = split_tests(Path::new(""), &code);
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(found) = code[at..].find("pub enum ") {
        at += found + "pub enum ".len();
        let Some(open) = code[at..].find('{').map(|open| at + open) else {
            break;
        };
        at = variants(source, code, open + 1, &mut names);
    }
    names.extend(code.lines().filter_map(close_code));
    names
}

/// The number in `pub const NAME: CloseCode = CloseCode(number);`, which is its name on the wire.
fn close_code(line: &str) -> Option<String> {
    let (_, value) = line
        .trim()
        .strip_prefix("pub const ")?
        .split_once("= CloseCode(")?;
    Some(value.split_once(')')?.0.replace('_', ""))
}

/// Whether the document has this very name, not only a longer one, and as a name: words like
/// `say` are in every text, so they count only behind a backtick or a quotation mark.
pub(crate) fn mentions(document: &str, name: &str) -> bool {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return has_word(document, name);
    }
    ['`', '"']
        .iter()
        .any(|mark| has_word(document, &format!("{mark}{name}")))
}

/// As serde's `rename_all = "snake_case"` does it.
fn snake_case(variant: &str) -> String {
    let mut name = String::new();
    for c in variant.chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

/// Reads the variants from just behind the enum's brace, and returns where the enum ends.
fn variants(source: &str, code: &str, mut at: usize, names: &mut Vec<String>) -> usize {
    loop {
        let mut renamed = None;
        at = skip_space(code, at);
        while code[at..].starts_with('#') {
            let end = skip_group(code, at + 1);
            // The name stands in a string, and only the source still has those.
            renamed = renamed.or(rename(&source[at..end]));
            at = skip_space(code, end);
        }
        let length = code[at..].find(|c| !is_word(c)).unwrap_or(code.len() - at);
        if length == 0 {
            return at;
        }
        names.push(renamed.unwrap_or_else(|| snake_case(&code[at..at + length])));
        at = skip_to_next(code, at + length);
    }
}

/// The value in `#[serde(rename = "value")]`.
fn rename(attribute: &str) -> Option<String> {
    let (_, after) = attribute.split_once("rename")?;
    let value = after
        .trim_start()
        .strip_prefix('=')?
        .trim_start()
        .strip_prefix('"')?;
    value.split('"').next().map(str::to_owned)
}

fn skip_space(code: &str, at: usize) -> usize {
    code.len() - code[at..].trim_start().len()
}

/// Behind the bracketed group that begins at `at`.
fn skip_group(code: &str, at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + offset + c.len_utf8();
        }
    }
    code.len()
}

/// Behind the comma that ends a variant, or at the brace that ends the enum.
fn skip_to_next(code: &str, mut at: usize) -> usize {
    while let Some(c) = code[at..].chars().next() {
        match c {
            '(' | '[' | '{' => at = skip_group(code, at),
            '}' => return at,
            ',' => return at + 1,
            _ => at += c.len_utf8(),
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_serde_spells_them() {
        assert_eq!(snake_case("Say"), "say");
        assert_eq!(snake_case("RoomFull"), "room_full");
        assert_eq!(snake_case("WebRTC2"), "web_r_t_c2");
    }

    #[test]
    fn every_kind_of_variant_is_read() {
        let source = r#"
            //! pub enum NotThis { Nor, That }
            /// Doc with a { brace, and a comma.
            #[derive(Serialize)]
            #[serde(tag = "type", rename_all = "snake_case")]
            pub enum ClientFrame<'a, T: Into<u8>> {
                /// Said, with { braces.
                Hello { room: Map<RoomId, Seat>, #[serde(default)] position: Option<Position> },
                Say(Box<Said>, u8), // Comment, Comma
                #[serde(rename = "tea")]
                #[doc = "x"]
                Coffee,
                RoomFull = 4_001,
                Last
            }
            enum Private { Hidden }
            pub(crate) enum Inner { Hidden }
            pub enum Empty {}
            pub struct After { pub x: u8 }
            pub enum Code { A = (1 + 2), B }
            #[cfg(test)]
            mod tests { pub enum InTests { Hidden } }
        "#;
        assert_eq!(
            wire_names(source),
            ["hello", "say", "tea", "room_full", "last", "a", "b"]
        );
    }

    #[test]
    fn close_codes_go_by_their_numbers() {
        let source = "impl CloseCode {\n    pub const ROOM_FULL: CloseCode = CloseCode(4501);\n}";
        assert_eq!(wire_names(source), ["4501"]);
    }

    #[test]
    fn a_broken_file_ends_quietly() {
        assert_eq!(wire_names("pub enum A { B(").len(), 1);
        assert!(wire_names("pub enum A").is_empty());
    }

    #[test]
    fn a_longer_name_is_no_mention() {
        assert!(mentions("close `room_full` then", "room_full"));
        assert!(!mentions("`not_room_full`", "room_full"));
        assert!(!mentions("`said`", "say"));
    }

    #[test]
    fn names_count_as_code_and_numbers_anywhere() {
        assert!(mentions(r#"{"type": "say"}"#, "say"));
        assert!(mentions("`say {id}`", "say"));
        assert!(!mentions("what they say", "say"));
        assert!(mentions("| 4501 |", "4501"));
    }
}
