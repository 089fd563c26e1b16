//! Duologue's page. What it knows and says is pure and tested without a browser: [`state`], [`link`], [`wording`],
//! [`text`], [`calendar`]. The browser is touched in [`browser`], [`storage`] and [`transport`] alone.

pub mod address;
pub mod app;
pub mod backoff;
pub mod browser;
pub mod calendar;
pub mod components;
pub mod direct;
pub mod hooks;
pub mod identity;
mod json;
pub mod link;
pub mod pages;
pub mod paths;
pub mod qr;
pub mod state;
pub mod storage;
pub mod tabs;
pub mod text;
pub mod transport;
pub mod wording;
