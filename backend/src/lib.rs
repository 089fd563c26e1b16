//! The Duologue hub: it gives out the two seats of each room, journals what is said and pushes every change.
//!
//! The way of a frame: `connection` decodes it and keeps the limits, the room's task (`room_task`) lets
//! [`shared::Room`] decide, the [`journal`] makes it durable, and the `outbox` of each seat carries it out.

mod accept;
mod addresses;
pub mod clock;
pub mod config;
mod connection;
mod demo;
mod headers;
pub mod health;
mod http;
mod hub;
pub mod ice;
pub mod journal;
mod limits;
mod meter;
mod metrics;
mod origin;
mod outbox;
pub mod outside;
mod page;
mod retention;
mod room_task;
mod server;
mod shutdown;
mod stream;
mod tls;
pub mod websocket;

pub use limits::{Limits, Rate};
pub use server::{Server, Settings, Table};
pub use tls::{Tls, TlsError};
