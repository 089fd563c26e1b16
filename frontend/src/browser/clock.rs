//! What time it is, and how a moment looks on the person's clock.

use js_sys::Date;
use shared::Timestamp;
use wasm_bindgen::JsValue;

use crate::calendar::Local;

const DAY_MS: f64 = 86_400_000.0;

/// The present.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970 fit"
)]
pub fn now() -> Timestamp {
    Timestamp(Date::now().max(0.0) as u64)
}

/// A moment where the person is.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "dates within a few thousand years are exact"
)]
pub fn local(at: Timestamp) -> Local {
    let date = Date::new(&JsValue::from_f64(at.0 as f64));
    let here = at.0 as f64 - date.get_timezone_offset() * 60_000.0;
    Local {
        day: (here / DAY_MS).floor() as i64,
        hour: date.get_hours() as u8,
        minute: date.get_minutes() as u8,
    }
}
