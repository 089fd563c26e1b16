//! Rust source as far as tidy understands it: what is code, what is text, what is test.

use std::path::Path;

/// The source with comments, strings and character literals blanked. Every byte keeps its place
/// and every line its number, so that a finding here is a finding in the original.
pub(crate) fn without_text(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let text = text_length(rest, code.chars().next_back());
        let (taken, after) = rest.split_at(text.unwrap_or(first.len_utf8()));
        if text.is_some() {
            code.extend(
                taken
                    .bytes()
                    .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
            );
        } else {
            code.push_str(taken);
        }
        rest = after;
    }
    code
}

/// The bytes of the comment or literal that `rest` begins with, if it does.
fn text_length(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if rest.starts_with('"') {
        return Some(quoted(rest, '"'));
    }
    if rest.starts_with('r') && !before.is_some_and(|c| is_word(c) && c != 'b' && c != 'c') {
        return raw_string(rest);
    }
    if rest.starts_with('\'') {
        // `'a'` and `'\n'` are literals, `'a` is a lifetime.
        let mut chars = rest.chars().skip(1);
        let literal = chars.next() == Some('\\') || chars.next() == Some('\'');
        return literal.then(|| quoted(rest, '\''));
    }
    None
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    let body = rest[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(rest.len() - body.len() + length)
}

/// Splits code into the product and its tests. Files in a `tests` folder are tests throughout;
/// elsewhere, tests begin at the first `#[cfg(test)]`, since they stand last by habit.
pub(crate) fn split_tests<'a>(name: &Path, code: &'a str) -> (&'a str, &'a str) {
    if name.components().any(|part| part.as_os_str() == "tests") {
        return ("", code);
    }
    code.split_at(code.find("#[cfg(test)]").unwrap_or(code.len()))
}

/// Whether `text` has `word` where no longer word surrounds it.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        // A word like `todo!` sets its own bounds where it ends in punctuation.
        let joins = |edge: Option<char>, other: Option<char>| {
            edge.is_some_and(is_word) && other.is_some_and(is_word)
        };
        !joins(word.chars().next(), before) && !joins(word.chars().next_back(), after)
    })
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn blanks(source: &str, expected: &str) {
        let code = without_text(source);
        assert_eq!(code.len(), source.len());
        assert_eq!(
            code.split_whitespace().collect::<Vec<_>>().join(" "),
            expected
        );
    }

    #[test]
    fn comments_are_blanked() {
        blanks("a // todo!\nb /* x /* y */ z */ c", "a b c");
        blanks("a // no end", "a");
    }

    #[test]
    fn strings_are_blanked() {
        blanks(r#"a("todo! \" // ", b)"#, "a( , b)");
        blanks(r##"a(r#"todo! " x"#, b)"##, "a( , b)");
        blanks(r#"a(br"\", b)"#, "a(b , b)");
        blanks("for \"ä\" x", "for x");
    }

    #[test]
    fn characters_are_blanked_and_lifetimes_are_not() {
        blanks(r#"f('"', '\'', '{')"#, "f( , , )");
        blanks("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)");
    }

    #[test]
    fn raw_names_are_code() {
        blanks("r#type + rest", "r#type + rest");
    }

    #[test]
    fn words_end_where_words_end() {
        assert!(has_word("use rand::Rng;", "rand"));
        assert!(!has_word("use rand_core::Rng;", "rand"));
        assert!(!has_word("operand", "rand"));
        assert!(has_word("dbg!(x)", "dbg!"));
        assert!(has_word("rand_core, rand", "rand"));
    }
}
