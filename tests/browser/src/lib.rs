//! A hub, a browser, a page: what the browser tests are made of.
//!
//! Everything is started for one test and ended with it, by process id. Waiting is for an event in the page, never
//! for a time to pass.

mod browser;
mod film;
mod frames;
mod hub;
pub mod namespace;
mod page;
mod process;
mod relay;
mod wire;

pub use browser::Browser;
pub use film::Film;
pub use hub::Hub;
pub use page::{Line, Page};
pub use relay::Relay;
pub use wire::{Connection, Way, Wire};
