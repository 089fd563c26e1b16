//! Two pages.
