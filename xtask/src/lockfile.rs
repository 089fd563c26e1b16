//! Reads the version of a package out of Cargo.lock.

use anyhow::{Context, Result, ensure};

/// The version of `package`, which must be locked exactly once.
pub(crate) fn version_of(lock: &str, package: &str) -> Result<String> {
    let wanted = format!("name = \"{package}\"");
    let mut versions = lock
        .split("[[package]]")
        .filter(|section| section.lines().any(|line| line.trim() == wanted))
        .filter_map(|section| section.lines().find_map(version_line));
    let version = versions
        .next()
        .with_context(|| format!("Cargo.lock names no {package}"))?;
    ensure!(
        versions.next().is_none(),
        "Cargo.lock holds more than one {package}"
    );
    Ok(version.to_owned())
}

fn version_line(line: &str) -> Option<&str> {
    line.trim().strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen-macro"
version = "0.2.99"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = [
 "cfg-if",
]

[[package]]
name = "twice"
version = "1.0.0"

[[package]]
name = "twice"
version = "2.0.0"
"#;

    #[test]
    fn the_version_of_the_exact_name_is_found() -> Result<()> {
        assert_eq!(version_of(LOCK, "wasm-bindgen")?, "0.2.130");
        Ok(())
    }

    #[test]
    fn a_name_that_is_missing_or_locked_twice_is_refused() {
        assert!(version_of(LOCK, "wasm").is_err());
        assert!(version_of(LOCK, "twice").is_err());
    }
}
