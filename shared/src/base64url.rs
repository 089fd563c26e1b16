//! Bytes as unpadded base64url text (RFC 4648, section 5), the form they have in every frame and link.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::Visitor;

/// Why a text is not the bytes it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A character outside the alphabet, padding, or an impossible length.
    #[error("not unpadded base64url")]
    NotBase64Url,
    /// Well-formed text of another length.
    #[error("expected {expected} bytes, found {found}")]
    WrongLength {
        /// Bytes wanted.
        expected: usize,
        /// Bytes there were.
        found: usize,
    },
}

/// Writes bytes as unpadded base64url.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Writes bytes as unpadded base64url, without an allocation: every frame has some of these.
pub(crate) fn write(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Display::fmt(&Base64Display::new(bytes, &URL_SAFE_NO_PAD), f)
}

/// Reads unpadded base64url.
///
/// # Errors
/// [`DecodeError::NotBase64Url`] for anything else.
pub fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| DecodeError::NotBase64Url)
}

/// Reads exactly `N` bytes of unpadded base64url, without an allocation where they are.
///
/// # Errors
/// [`DecodeError`] when the text is not base64url or has another length.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    let mut bytes = [0; N];
    if URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) == Ok(N) {
        return Ok(bytes);
    }
    Err(DecodeError::WrongLength {
        expected: N,
        found: decode(text)?.len(),
    })
}

/// Gives a newtype over `[u8; N]` its text form: `Display`, `FromStr`, serde, and a `Debug` that shows the same.
macro_rules! text_form {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::base64url::write(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::base64url::DecodeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::base64url::decode_array(text).map(Self)
            }
        }

        $crate::base64url::serde_as_text!($name);
    };
}

/// Serializes a type as its `Display` text and reads it back by `FromStr`.
macro_rules! serde_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::base64url::Text(std::marker::PhantomData))
            }
        }
    };
}

/// Reads a text where it stands: a string of its own for each of a frame's names would be most of reading it.
pub(crate) struct Text<T>(pub(crate) PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

pub(crate) use {serde_as_text, text_form};

#[cfg(test)]
mod tests {
    use super::*;

    fn only_its_own_length<const N: usize>() {
        let bytes = [0xa7; N];
        assert_eq!(decode_array(&encode(&bytes)), Ok(bytes));
        for found in [0, N - 1, N + 1, 2 * N] {
            let wrong = DecodeError::WrongLength { expected: N, found };
            let text = encode(&vec![0xa7; found]);
            assert_eq!(decode_array::<N>(&text), Err(wrong));
        }
        let text = "!".repeat(encode(&bytes).len());
        assert_eq!(decode_array::<N>(&text), Err(DecodeError::NotBase64Url));
    }

    #[test]
    fn an_array_is_read_from_its_own_length_only() {
        only_its_own_length::<16>();
        only_its_own_length::<32>();
        only_its_own_length::<64>();
    }
}
