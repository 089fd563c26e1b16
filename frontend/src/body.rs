//! A message's body as it travels. Sealing slots in here; until then a body is its text in UTF-8.

use shared::Sealed;

/// Text to body.
#[must_use]
pub fn seal(text: &str) -> Sealed {
    Sealed::new(text.as_bytes())
}

/// Body to text. Bytes that are no text show as replacement characters: a strange client must not break this page.
#[must_use]
pub fn open(body: &Sealed) -> String {
    String::from_utf8_lossy(&body.0).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_and_other_bytes_do_no_harm() {
        assert_eq!(open(&seal("Grüße 👋\nזה")), "Grüße 👋\nזה");
        assert_eq!(open(&Sealed::new([0xff, b'a'])), "\u{fffd}a");
    }
}
