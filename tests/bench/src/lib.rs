//! How much the server relays for a second of CPU, beside a bare relay under the same load.
//!
//! [`load::run`] drives conversations against an address, [`target`] starts what is measured there, [`relay`] is the
//! yardstick, and [`figures`] is what comes out. `cargo xtask bench` runs the rounds and compares.

pub mod cpu;
pub mod crowd;
pub mod figures;
mod frames;
pub mod load;
pub mod memory;
mod pace;
pub mod relay;
mod talk;
pub mod target;

use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub use talk::Kind;

/// As the server has it: with the library's 128 KiB the buffers would be most of what is measured.
const BUFFER_BYTES: usize = 4 * 1024;

fn small_buffers() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
}
