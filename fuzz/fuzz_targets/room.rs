//! See `fuzz_bodies::room`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_bodies::room(bytes));
