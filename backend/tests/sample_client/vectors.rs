//! `docs/duologue.py` makes the values of `docs/vectors.txt` again.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::sample::run;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors.txt");

async fn check(vectors: &Path) -> (Option<i32>, String, String) {
    let checked = run("duologue.py").arg(vectors).output().await;
    let Output {
        status,
        stdout,
        stderr,
    } = checked.expect("Python starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[tokio::test]
async fn it_agrees_with_every_vector() {
    let vectors = fs::read_to_string(VECTORS).expect("the vectors");
    let sections = vectors.lines().filter(|line| line.starts_with('['));
    let all = format!("{} vectors agree\n", sections.count());
    assert_eq!(
        check(Path::new(VECTORS)).await,
        (Some(0), all, String::new())
    );
}

#[tokio::test]
async fn it_notices_a_vector_that_differs() {
    let vectors = fs::read_to_string(VECTORS).expect("the vectors");
    let differing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differing_vectors.txt");
    // In one section the answer is another.
    let altered = vectors.replacen("opens no", "opens yes", 1);
    assert_ne!(altered, vectors);
    fs::write(&differing, altered).expect("a folder for tests");
    let (code, _, complaint) = check(&differing).await;
    assert_eq!(code, Some(1));
    assert_eq!(complaint, "refused body: an altered body: opens\n");
}
