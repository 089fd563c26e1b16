//! What the page weighs, and what it may weigh.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use brotli::enc::BrotliEncoderParams;

/// wasm, js and css together, each compressed with brotli, as a browser downloads them.
const BUDGET: usize = 250 * 1024;

struct Weight {
    name: String,
    raw: usize,
    brotli: usize,
}

/// Prints the weight of each file of the page and fails above the budget. `others`: what belongs to it and is not made by
/// its build.
pub(crate) fn check(page: &Path, others: &[PathBuf]) -> Result<()> {
    let mut weights = Vec::new();
    let weighed = weigh(page, &mut weights);
    weighed.with_context(|| format!("cannot weigh {}", page.display()))?;
    for other in others {
        let weight = weight(other);
        weights.push(weight.with_context(|| format!("cannot weigh {}", other.display()))?);
    }
    weights.sort_by_key(|weight| std::cmp::Reverse(weight.brotli));
    println!("{:<48} {:>12} {:>12}", "page", "raw", "brotli");
    for Weight { name, raw, brotli } in &weights {
        println!("{name:<48} {:>12} {:>12}", kib(*raw), kib(*brotli));
    }
    let raw = weights.iter().map(|weight| weight.raw).sum();
    let total = weights.iter().map(|weight| weight.brotli).sum();
    println!(
        "{:<48} {:>12} {:>12}, budget {}",
        "total",
        kib(raw),
        kib(total),
        kib(BUDGET)
    );
    ensure!(
        weights.iter().any(|weight| weight.name.ends_with(".wasm")),
        "the page holds no wasm"
    );
    within_budget(total)
}

fn within_budget(total: usize) -> Result<()> {
    ensure!(
        total <= BUDGET,
        "the page weighs {} compressed, {} over its budget of {}",
        kib(total),
        kib(total - BUDGET),
        kib(BUDGET)
    );
    Ok(())
}

fn weigh(dir: &Path, weights: &mut Vec<Weight>) -> Result<()> {
    for item in fs::read_dir(dir)? {
        let path = item?.path();
        if path.is_dir() {
            weigh(&path, weights)?;
        } else if counts(&path) {
            weights.push(weight(&path)?);
        }
    }
    Ok(())
}

fn weight(path: &Path) -> Result<Weight> {
    let bytes = fs::read(path)?;
    let name = path.file_name().unwrap_or_default();
    Ok(Weight {
        name: name.to_string_lossy().into_owned(),
        raw: bytes.len(),
        brotli: compressed(&bytes)?,
    })
}

fn counts(path: &Path) -> bool {
    path.extension()
        .is_some_and(|kind| kind == "wasm" || kind == "js" || kind == "css")
}

fn compressed(mut bytes: &[u8]) -> Result<usize> {
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut out, &BrotliEncoderParams::default())?;
    Ok(out.len())
}

fn kib(bytes: usize) -> String {
    format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_itself_is_allowed_and_one_byte_more_is_not() {
        assert!(within_budget(BUDGET).is_ok());
        assert!(within_budget(BUDGET + 1).is_err());
    }

    #[test]
    fn sizes_are_told_in_kib_with_one_digit() {
        assert_eq!(kib(0), "0.0 KiB");
        assert_eq!(kib(1536), "1.5 KiB");
        assert_eq!(kib(BUDGET), "250.0 KiB");
    }

    #[test]
    fn only_what_the_budget_names_counts() {
        assert!(counts(Path::new("page/duologue_bg.wasm")));
        assert!(!counts(Path::new("page/index.html")));
    }

    #[test]
    fn repetition_compresses() -> Result<()> {
        assert!(compressed(&[7; 4096])? < 100);
        Ok(())
    }
}
