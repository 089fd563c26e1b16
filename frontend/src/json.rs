//! JSON, read by hand: what `serde` makes to read these types was a fifth of the whole page. It still writes them, and the
//! tests hold what is read against that.

mod frames;

use serde::Serialize;
use serde_json::Value;
use shared::Seat;

/// What can be read from JSON.
pub(crate) trait FromJson: Sized {
    /// Reads it. Fields that are not known are no fault: a later version may have more.
    fn from_json(json: &Value) -> Option<Self>;

    /// What a field that is not there stands for.
    fn missing() -> Option<Self> {
        None
    }
}

/// Reads a text.
#[must_use]
pub(crate) fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&serde_json::from_str(text).ok()?)
}

/// Writes a value down.
#[must_use]
pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> String {
    // Plain data with string keys: there is nothing in it that JSON cannot hold.
    serde_json::to_string(value).unwrap_or_default()
}

/// A field of an object.
pub(crate) fn field<T: FromJson>(json: &Value, name: &str) -> Option<T> {
    json.get(name).map_or_else(T::missing, T::from_json)
}

/// An item of an array.
pub(crate) fn item<T: FromJson>(json: &Value, at: usize) -> Option<T> {
    T::from_json(json.get(at)?)
}

/// The name of an enum's variant, and what it holds.
pub(crate) fn variant(json: &Value) -> Option<(&str, &Value)> {
    match json {
        Value::String(name) => Some((name, &Value::Null)),
        Value::Object(fields) => {
            let (name, content) = fields.iter().next()?;
            Some((name, content))
        }
        _ => None,
    }
}

/// A value with these fields of an object, and after a semicolon those that are read from the whole object.
macro_rules! of {
    ($json:expr, $($path:ident)::+ { $($field:ident),* $(; $($whole:ident),+)? }) => {
        $($path)::+ {
            $($field: $crate::json::field($json, stringify!($field))?,)*
            $($($whole: $crate::json::FromJson::from_json($json)?,)+)?
        }
    };
}

/// Structs that are objects.
macro_rules! objects {
    ($($kind:ident { $($field:ident),+ })+) => {
        $(impl $crate::json::FromJson for $kind {
            fn from_json(json: &serde_json::Value) -> Option<Self> {
                Some($crate::json::of!(json, $kind { $($field),+ }))
            }
        })+
    };
}

/// Enums that are words.
macro_rules! words {
    ($($kind:ident { $($variant:ident $word:literal),+ })+) => {
        $(impl $crate::json::FromJson for $kind {
            fn from_json(json: &serde_json::Value) -> Option<Self> {
                Some(match json.as_str()? {
                    $($word => Self::$variant,)+
                    _ => return None,
                })
            }
        })+
    };
}

pub(crate) use {objects, of, words};

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Value) -> Option<Self> {
        match json {
            Value::Null => Some(None),
            some => T::from_json(some).map(Some),
        }
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_array()?.iter().map(T::from_json).collect()
    }
}

impl<T: FromJson> FromJson for [T; 2] {
    fn from_json(json: &Value) -> Option<Self> {
        Some([item(json, 0)?, item(json, 1)?])
    }
}

impl FromJson for String {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl FromJson for bool {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_bool()
    }
}

impl FromJson for u64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()
    }
}

/// Numbers of fewer bits.
macro_rules! narrow {
    ($($kind:ty),+) => {
        $(impl FromJson for $kind {
            fn from_json(json: &Value) -> Option<Self> {
                Self::try_from(json.as_u64()?).ok()
            }
        })+
    };
}

narrow!(u8, u16, u32);

impl FromJson for Seat {
    fn from_json(json: &Value) -> Option<Self> {
        Self::try_from(u8::from_json(json)?).ok()
    }
}

#[cfg(test)]
mod tests;
