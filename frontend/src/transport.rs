//! What a path to the other person brings, whatever carries it.

mod driver;
pub mod peer;
mod websocket;

use shared::{CloseCode, ServerFrame};

pub use driver::{Driver, Look, Report};

/// What a carrier tells.
#[expect(
    clippy::large_enum_variant,
    reason = "most are frames, and none lives long"
)]
#[derive(Clone, Debug)]
pub enum Event {
    /// A frame came.
    Frame(ServerFrame),
    /// Something came that is no frame known here; it counts as a sign of life.
    Noise,
    /// It is over.
    Closed(CloseCode),
}
