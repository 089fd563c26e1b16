//! The source files that a document names: whoever follows one must find it.

use std::path::{Path, PathBuf};

/// The lines of a document that name a `.rs` file which is none of `files`, each with that name.
pub(crate) fn astray(document: &str, files: &[PathBuf]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(document.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let names = in_backticks(line)
            .flat_map(str::split_whitespace)
            .filter(|word| word.ends_with(".rs"))
            .flat_map(spelled_out);
        // By its last parts, as a reader of a table of one folder has it; by whole parts, for `room.rs` is not `om.rs`.
        let astray = names.filter(|name| !files.iter().any(|file| file.ends_with(Path::new(name))));
        found.extend(astray.map(|name| (number, name)));
    }
    found
}

fn in_backticks(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn spelled_out(word: &str) -> Vec<String> {
    let parts = word
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (names, after))) = parts else {
        return vec![word.to_owned()];
    };
    let names = names.split(',');
    names.map(|name| format!("{before}{name}{after}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(document: &str) -> Vec<String> {
        let files = ["shared/src/room.rs", "shared/src/record/rules.rs"].map(PathBuf::from);
        let found = astray(document, &files);
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn a_file_goes_by_its_last_parts() {
        assert!(names("`room.rs` and `record/rules.rs`, `shared/src/room.rs`").is_empty());
        assert_eq!(
            names("`om.rs`, `other/rules.rs`"),
            ["om.rs", "other/rules.rs"]
        );
    }

    #[test]
    fn braces_are_several_files() {
        assert_eq!(names("| `record/{rules,check}.rs` |"), ["record/check.rs"]);
    }

    #[test]
    fn only_code_in_a_line_names_a_file() {
        assert!(names("gone.rs\n```\nrun `gone.rs`\n```\n`room` gone.rs `room`").is_empty());
    }

    #[test]
    fn the_line_is_told() {
        assert_eq!(astray("one\n`gone.rs`\n", &[]), [(2, "gone.rs".to_owned())]);
    }
}
