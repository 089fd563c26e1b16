//! See `fuzz_bodies::frame`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_bodies::frame(bytes));
