//! See `fuzz_bodies::open`.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_bodies::open(bytes));
