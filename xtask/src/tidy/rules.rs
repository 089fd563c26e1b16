//! The rules for single Rust files.

use std::path::Path;

use super::source;

/// Longer files hold more than one idea.
const MOST_LINES: usize = 400;

/// Words that no file may use, and why.
const NOWHERE: [(&str, &str); 3] = [
    ("#[ignore", "a test that does not run protects nothing"),
    ("todo!", "finish it or leave it out"),
    ("dbg!", "a leftover of debugging"),
];

/// Words that no test may use, and why.
const NOT_IN_TESTS: [(&str, &str); 1] = [(
    "thread::sleep",
    "wait for a frame or a condition, never for a time",
)];

/// Words that `shared` may not use, and why.
const NOT_IN_SHARED: [(&str, &str); 7] = [
    ("HashMap", "its order differs between runs; use BTreeMap"),
    ("HashSet", "its order differs between runs; use BTreeSet"),
    ("SystemTime", "time is an argument"),
    ("Instant", "time is an argument"),
    ("rand", "randomness is an argument"),
    ("thread_rng", "randomness is an argument"),
    ("getrandom", "randomness is an argument"),
];

/// What is wrong with the file called `name`, one line each.
pub(crate) fn check(name: &Path, text: &str) -> Vec<String> {
    let code = source::without_text(text);
    let (product, tests) = source::split_tests(name, &code);
    let mut findings = Vec::new();
    if !text.starts_with("//!") {
        findings.push(format!(
            "{}:1: open with one `//!` line that says what the file owns",
            name.display()
        ));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        findings.push(format!(
            "{}: {lines} lines, at most {MOST_LINES}; split by idea",
            name.display()
        ));
    }
    let mut refuse = |part: &str, first_line: usize, words: &[(&str, &str)]| {
        for (number, line) in part.lines().enumerate() {
            for (word, why) in words
                .iter()
                .filter(|(word, _)| source::has_word(line, word))
            {
                let number = first_line + number;
                findings.push(format!(
                    "{}:{number}: `{word}` is refused: {why}",
                    name.display()
                ));
            }
        }
    };
    refuse(&code, 1, &NOWHERE);
    refuse(tests, 1 + product.matches('\n').count(), &NOT_IN_TESTS);
    if name.starts_with("shared/src") {
        refuse(product, 1, &NOT_IN_SHARED);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, text: &str) -> Vec<String> {
        check(Path::new(name), text)
    }

    #[test]
    fn a_tidy_file_has_no_findings() {
        assert!(findings("shared/src/room.rs", "//! Rooms.\n\nfn a() {}\n").is_empty());
    }

    #[test]
    fn a_file_that_does_not_say_what_it_owns_is_refused() {
        assert_eq!(findings("a.rs", "fn a() {}\n").len(), 1);
    }

    #[test]
    fn a_long_file_is_refused() {
        let long = format!("//! Long.\n{}", "\n".repeat(MOST_LINES));
        assert!(findings("a.rs", &long)[0].contains("split by idea"));
        assert!(findings("a.rs", long.trim_end()).is_empty());
    }

    #[test]
    fn leftovers_are_refused_with_their_line() {
        let found = findings(
            "a.rs",
            "//! A.\nfn a() { todo!() }\n#[ignore = \"later\"]\n",
        );
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("a.rs:2:"));
    }

    #[test]
    fn only_tests_may_not_sleep() {
        let sleep = "//! A.\nfn a() { std::thread::sleep(t); }\n";
        assert!(findings("backend/src/a.rs", sleep).is_empty());
        assert_eq!(findings("backend/tests/a.rs", sleep).len(), 1);
        let inside = "//! A.\n#[cfg(test)]\nmod tests { fn a() { thread::sleep(t); } }\n";
        assert!(findings("backend/src/a.rs", inside)[0].starts_with("backend/src/a.rs:3:"));
    }

    #[test]
    fn shared_is_kept_pure_but_may_talk_about_it() {
        assert_eq!(
            findings("shared/src/a.rs", "//! A.\nuse std::time::Instant;\n").len(),
            1
        );
        assert_eq!(
            findings("shared/src/a.rs", "//! A.\nuse rand::Rng;\n").len(),
            1
        );
        assert!(findings("shared/src/a.rs", "//! No Instant.\nuse rand_core::Rng;\n").is_empty());
        assert!(findings("backend/src/a.rs", "//! A.\nuse std::time::Instant;\n").is_empty());
    }
}
