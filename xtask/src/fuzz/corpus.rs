//! The inputs that are kept in git for the tests, and how they come there.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// What the inputs of a target may come to: they are in every clone, and every test run goes through them.
const MOST: Size = Size {
    files: 150,
    bytes: 300 * 1024,
};

/// Bytes of an input, where many go into one file, and of such a file.
const LINE: u32 = 768;
const FILE: usize = 4096;

/// Bytes of an input that has a file to itself.
const ALONE: u32 = 4096;

/// Files that this program makes out of many inputs.
const JOINED: &str = "found-";

/// One target's folder.
pub(super) struct Kept {
    pub(super) dir: PathBuf,
    /// Whether the target takes each line of an input as an input too, so that many small ones go into one file.
    pub(super) by_lines: bool,
}

impl Kept {
    /// Bytes an input to be kept may have.
    pub(super) fn most_bytes(&self) -> u32 {
        if self.by_lines { LINE } else { ALONE }
    }

    /// Copies the inputs, each into a file of its own.
    pub(super) fn lay_into(&self, found: &Path) -> Result<()> {
        for file in files(&self.dir)? {
            let name = file_name(&file);
            if self.by_lines {
                for (number, line) in fs::read(&file)?.split(|byte| *byte == b'\n').enumerate() {
                    fs::write(found.join(format!("{name}-{number}")), line)?;
                }
            } else {
                fs::copy(&file, found.join(name))?;
            }
        }
        Ok(())
    }

    /// Takes over what was found. Files that people gave a name stay: they say what they are for.
    pub(super) fn take(&self, found: &Path) -> Result<()> {
        let mut inputs = Vec::new();
        for file in files(found)? {
            let name = file_name(&file);
            if self.by_lines || by_the_fuzzer(&name) {
                inputs.push((name, fs::read(&file)?));
            }
        }
        if self.by_lines {
            inputs = joined(inputs.into_iter().map(|(_, input)| input));
        }
        let named = files(&self.dir)?;
        let named = named.iter().filter(|file| !by_the_fuzzer(&file_name(file)));
        let size = Size {
            files: inputs.len() + named.count(),
            bytes: inputs.iter().map(|(_, input)| input.len() as u64).sum(),
        };
        ensure!(
            size.files <= MOST.files && size.bytes <= MOST.bytes,
            "{size} are too much to keep, at most {MOST}; choose by hand from {}",
            found.display()
        );
        for file in files(&self.dir)? {
            if by_the_fuzzer(&file_name(&file)) {
                fs::remove_file(file)?;
            }
        }
        for (name, input) in inputs {
            fs::write(self.dir.join(name), input)?;
        }
        println!("kept in {}", self.dir.display());
        Ok(())
    }
}

/// Small inputs as lines of few files.
fn joined(inputs: impl Iterator<Item = Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for input in inputs {
        match files.last_mut() {
            Some((_, file)) if file.len() + input.len() < FILE => {
                file.push(b'\n');
                file.extend(input);
            }
            _ => files.push((format!("{JOINED}{:03}", files.len() + 1), input)),
        }
    }
    files
}

/// Whether nobody chose the name: it is the input's SHA-1, or a file of many.
fn by_the_fuzzer(name: &str) -> bool {
    let hash = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    hash || name.starts_with(JOINED)
}

fn file_name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// How many files there are, and how many bytes in all.
#[derive(Clone, Copy)]
pub(super) struct Size {
    files: usize,
    bytes: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} files of {} KiB",
            self.files,
            self.bytes.div_ceil(1024)
        )
    }
}

pub(super) fn size(dir: &Path) -> Result<Size> {
    let files = files(dir)?;
    let bytes: io::Result<u64> = files.iter().map(|file| Ok(file.metadata()?.len())).sum();
    Ok(Size {
        files: files.len(),
        bytes: bytes?,
    })
}

/// The youngest file.
pub(super) fn newest(dir: &Path) -> Result<Option<PathBuf>> {
    if !dir.is_dir() {
        return Ok(None);
    }
    let when = |file: &PathBuf| file.metadata().and_then(|of| of.modified()).ok();
    Ok(files(dir)?.into_iter().max_by_key(when))
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let items = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let paths: io::Result<Vec<_>> = items.map(|item| Ok(item?.path())).collect();
    let mut paths = paths?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_people_are_told_from_others() {
        assert!(by_the_fuzzer("e8b331784c1b9e74c9c01f3fbb69cebf3ca78abb"));
        assert!(by_the_fuzzer("found-001"));
        assert!(!by_the_fuzzer("the-last-number"));
    }

    #[test]
    fn small_inputs_share_a_file_and_large_ones_do_not() {
        let inputs = [
            b"a".to_vec(),
            b"b".to_vec(),
            vec![b'c'; FILE],
            b"d".to_vec(),
        ];
        let files = joined(inputs.into_iter());
        let contents: Vec<_> = files.iter().map(|(_, file)| file.len()).collect();
        assert_eq!(contents, [3, FILE, 1]);
        assert_eq!(files[0], ("found-001".to_owned(), b"a\nb".to_vec()));
    }
}
