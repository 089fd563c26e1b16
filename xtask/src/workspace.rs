//! Where things lie in this checkout, and the shell that runs commands in its root.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::Shell;

pub(crate) struct Workspace {
    pub(crate) sh: Shell,
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent folder")?
            .to_path_buf();
        // A relative CARGO_TARGET_DIR means the root here, because every cargo below runs there.
        let target = root
            .join(env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from));
        let sh = Shell::new()?;
        sh.change_dir(&root);
        Ok(Self { sh, root, target })
    }

    /// The built page, ready to be embedded. Not `page`: cargo keeps the profile of that name there.
    pub(crate) fn page(&self) -> PathBuf {
        self.target.join("page-dist")
    }

    /// The release binary, page inside.
    pub(crate) fn binary(&self) -> PathBuf {
        self.release("duologue")
    }

    /// A program built for release.
    pub(crate) fn release(&self, name: &str) -> PathBuf {
        self.target
            .join("release")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
