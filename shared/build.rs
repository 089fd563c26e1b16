//! Joins the words of the safety words' list into one text: a table of two thousand slices would weigh twice as much
//! in the page.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let words = bip39::Language::English.word_list().join(" ");
    fs::write(Path::new(&out).join("words.txt"), words)
}
