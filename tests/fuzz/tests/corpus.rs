//! The inputs worth keeping, run through what they are for: found by fuzzing, written by hand, and the examples of
//! `docs/PROTOCOL.md`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names the input when a check fails.
fn run(name: &str, check: fn(&[u8]), bytes: &[u8]) {
    let ran = catch_unwind(AssertUnwindSafe(|| check(bytes)));
    assert!(ran.is_ok(), "{name} breaks what must hold, see above");
}

fn replay(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(ROOT).join("corpus").join(target);
    let items = fs::read_dir(&corpus).expect("the inputs are in git");
    let mut count = 0;
    for item in items {
        let file = item.expect("the folder can be listed").path();
        run(
            &file.display().to_string(),
            check,
            &fs::read(&file).expect("a file"),
        );
        count += 1;
    }
    assert!(count > 0, "{} is empty", corpus.display());
}

#[test]
fn frames_that_were_kept() {
    replay("frame", fuzz_bodies::frame);
}

#[test]
fn rooms_that_were_kept() {
    replay("room", fuzz_bodies::room);
}

#[test]
fn sealed_things_that_were_kept() {
    replay("open", fuzz_bodies::open);
}

/// The fenced blocks of JSON in the document.
fn examples() -> Vec<String> {
    let document = Path::new(ROOT).join("../../docs/PROTOCOL.md");
    let document = fs::read_to_string(document).expect("the document");
    let blocks = document.split("```json").skip(1);
    let contents = blocks.map(|block| {
        let (_, after) = block.split_once('\n').expect("a block has lines");
        after.split("```").next().unwrap_or(after).to_owned()
    });
    contents.collect()
}

#[test]
fn every_example_of_the_protocol() {
    let examples = examples();
    assert!(examples.len() > 10, "the document has examples");
    for example in &examples {
        run(example, fuzz_bodies::frame, example.as_bytes());
        // Cut anywhere it is no frame; that must be all.
        for end in 0..example.len() {
            fuzz_bodies::frame(&example.as_bytes()[..end]);
        }
    }
}
