//! `cargo xtask tidy`: the house rules that a program can check, each with its reason.

mod file_names;
mod rules;
mod source;
mod wire_names;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Whose every name is part of the protocol.
const WIRE_FILES: [&str; 5] = [
    "shared/src/wire.rs",
    "shared/src/entry.rs",
    "shared/src/turn.rs",
    "shared/src/close.rs",
    "shared/src/rejection.rs",
];

const DOCUMENTS: &str = "docs";
const PROTOCOL: &str = "docs/PROTOCOL.md";

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let mut findings = Vec::new();
    let mut files = Vec::new();
    rust_files(&ws.root, &ws.target, &mut files)?;
    files.sort();
    for file in &files {
        let name = file.strip_prefix(&ws.root).unwrap_or(file);
        findings.extend(rules::check(name, &read(file)?));
    }
    findings.extend(check_protocol(ws));
    findings.extend(check_documents(ws, &files)?);
    if findings.is_empty() {
        println!("{} Rust files are tidy", files.len());
        return Ok(());
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    bail!("{} untidy place(s)", findings.len())
}

/// Every wire name must be described. Without the document there is one finding, not one per name.
fn check_protocol(ws: &Workspace) -> Vec<String> {
    let Ok(protocol) = read(&ws.root.join(PROTOCOL)) else {
        return vec![format!("{PROTOCOL}: missing; it describes every frame")];
    };
    let check = |name: &&str| match read(&ws.root.join(name)) {
        Ok(text) => undocumented(name, &text, &protocol),
        Err(error) => vec![format!("{error:#}")],
    };
    WIRE_FILES.iter().flat_map(check).collect()
}

/// What the documents call by its file's name must be there under it.
fn check_documents(ws: &Workspace, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let folder = ws.root.join(DOCUMENTS);
    for item in fs::read_dir(&folder).with_context(|| format!("cannot list {DOCUMENTS}"))? {
        let path = item?.path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let name = path.strip_prefix(&ws.root).unwrap_or(&path).display();
        let astray = file_names::astray(&read(&path)?, files);
        let told = |(line, file)| format!("{name}:{line}: there is no `{file}`");
        findings.extend(astray.into_iter().map(told));
    }
    Ok(findings)
}

fn undocumented(file: &str, text: &str, protocol: &str) -> Vec<String> {
    let names = wire_names::wire_names(text);
    if names.is_empty() {
        return vec![format!(
            "{file}: holds no names that tidy can read, so nothing of it is compared with {PROTOCOL}"
        )];
    }
    names
        .into_iter()
        .filter(|name| !wire_names::mentions(protocol, name))
        .map(|name| {
            format!("{file}: `{name}` is not in {PROTOCOL}; who implements the protocol needs it")
        })
        .collect()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn rust_files(dir: &Path, target: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for item in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let item = item?;
        let path = item.path();
        let name = item.file_name().to_string_lossy().into_owned();
        if item.file_type()?.is_dir() {
            let generated =
                path == target || ["target", "dist", "node_modules"].contains(&name.as_str());
            if !generated && !name.starts_with('.') {
                rust_files(&path, target, files)?;
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_missing_from_the_protocol_is_told() {
        let text = "pub enum Rejection { RoomFull, Replaced }";
        let findings = undocumented("shared/src/rejection.rs", text, "| `room_full` | no |");
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("`replaced`"));
    }

    #[test]
    fn a_wire_file_without_names_is_told() {
        assert_eq!(
            undocumented("shared/src/close.rs", "pub const A: u16 = 1;", "").len(),
            1
        );
    }
}
