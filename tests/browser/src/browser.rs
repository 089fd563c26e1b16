//! Chromium, driven by chromedriver.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use thirtyfour::prelude::*;
use tokio::process::Command;

use crate::page::Page;
use crate::process::Process;

/// Headless, and silent towards the outside: the tests must run where there is no network. A headless browser has no
/// mouse; it is told that it has, or the page would take it for a phone.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
];

/// How often the driver is started once more when it does not come up.
const DRIVER_TRIES: u32 = 3;

/// How long a browser may take to end.
const GOODBYE: Duration = Duration::from_secs(10);

/// One browser with a profile of its own. Its tabs share what tabs of one browser share.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    port: u16,
    /// Dropped after the browser it drives has been ended.
    _process: Process,
}

/// Also when a test fails: asks the driver to end its browsers, which it leaves behind when it is merely killed.
impl Drop for Browser {
    fn drop(&mut self) {
        let end = || -> std::io::Result<()> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(GOODBYE))?;
            stream.write_all(
                b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            )?;
            stream.read_to_end(&mut Vec::new())?;
            Ok(())
        };
        if let Err(error) = end() {
            eprintln!("a browser may be left behind: {error}");
        }
    }
}

/// Starts the driver. Told to choose a port, it takes one that is free in one address family and then asks for the same
/// in the other; where a connection of another test holds that, it ends, and a second try gets another port.
async fn start_driver(program: &str) -> anyhow::Result<(Process, u16)> {
    let mut command = Command::new(program);
    command.arg("--port=0");
    let mut tries = 1..=DRIVER_TRIES;
    loop {
        let started = Process::start(&mut command, |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        })
        .await;
        match (started, tries.next()) {
            (Err(error), Some(attempt)) => eprintln!("start {attempt} of the driver: {error:#}"),
            (started, _) => return started,
        }
    }
}

impl Browser {
    /// Starts a browser of desktop size. `CHROMEDRIVER` and `CHROMIUM` name the programs where they are elsewhere.
    ///
    /// # Errors
    /// When either does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_on(None).await
    }

    /// Starts a browser on a profile that an earlier one has left, or that it is to leave.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_keeping(profile: &Path) -> anyhow::Result<Self> {
        Self::start_on(Some(profile)).await
    }

    async fn start_on(profile: Option<&Path>) -> anyhow::Result<Self> {
        let program =
            |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
        let (process, port) = start_driver(&program("CHROMEDRIVER", "chromedriver")).await?;

        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(&program("CHROMIUM", "/usr/bin/chromium"))?;
        for flag in FLAGS {
            capabilities.add_arg(flag)?;
        }
        capabilities.add_arg("--window-size=1280,800")?;
        if let Some(profile) = profile {
            capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)
            .await
            .context("the browser does not start")?;
        // The library would end the session when its last handle goes, by a blocking call; `Drop` above does it.
        driver.clone().leak()?;
        Ok(Self {
            driver,
            port,
            _process: process,
        })
    }

    /// The first tab, at `url`.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn open(&self, url: &str) -> anyhow::Result<Page> {
        self.driver.goto(url).await?;
        Page::of(&self.driver).await
    }

    /// One more tab, at `url`.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn open_tab(&self, url: &str) -> anyhow::Result<Page> {
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab).await?;
        self.open(url).await
    }

    /// The tab that a script in `opener` opens.
    ///
    /// # Errors
    /// When no tab appears.
    pub async fn opened_by(&self, opener: &Page, script: &str) -> anyhow::Result<Page> {
        let before = self.driver.windows().await?;
        opener.evaluate(&format!("Boolean({script})")).await?;
        let after = self.driver.windows().await?;
        let opened = after.into_iter().find(|window| !before.contains(window));
        self.driver
            .switch_to_window(opened.context("no tab was opened")?)
            .await?;
        Page::of(&self.driver).await
    }

    /// Starts a browser and opens `url` in it.
    ///
    /// # Errors
    /// As [`Browser::start`] and [`Browser::open`].
    pub async fn at(url: &str) -> anyhow::Result<(Self, Page)> {
        let browser = Self::start().await?;
        let page = browser.open(url).await?;
        Ok((browser, page))
    }
}
