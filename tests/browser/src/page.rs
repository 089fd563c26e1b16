//! One tab with Duologue in it, in a person's words: say, read, wait until.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use thirtyfour::WindowHandle;
use thirtyfour::prelude::*;

/// What should happen in the page happens within this time, or the test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who said it.
    pub seat: String,
    /// How far it has come.
    pub state: String,
    /// The words.
    pub text: String,
}

/// A tab.
#[derive(Clone, Debug)]
pub struct Page {
    driver: WebDriver,
    window: WindowHandle,
}

/// The element with a `data-testid`.
fn element(id: &str) -> String {
    format!("document.querySelector('[data-testid=\"{id}\"]')")
}

impl Page {
    pub(crate) async fn of(driver: &WebDriver) -> anyhow::Result<Self> {
        driver.set_script_timeout(PATIENCE).await?;
        Ok(Self {
            driver: driver.clone(),
            window: driver.window().await?,
        })
    }

    /// Makes this tab the one that is driven. Tabs of one browser share a driver.
    async fn focus(&self) -> anyhow::Result<()> {
        self.driver.switch_to_window(self.window.clone()).await?;
        Ok(())
    }

    /// Runs JavaScript and answers what it returns.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn evaluate(&self, expression: &str) -> anyhow::Result<Value> {
        self.focus().await?;
        let script = format!("return ({expression});");
        let returned = self.driver.execute(script, Vec::new()).await?;
        Ok(returned.json().clone())
    }

    /// Waits until a JavaScript expression is true, looking whenever the page changes.
    ///
    /// # Errors
    /// When it is not in time; says what the page showed instead.
    pub async fn until(&self, expression: &str) -> anyhow::Result<()> {
        self.focus().await?;
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }};
             if (holds()) {{ done(true); return; }}
             const observer = new MutationObserver(() => {{
                 if (holds()) {{ observer.disconnect(); done(true); }}
             }});
             observer.observe(document, {{
                 subtree: true, childList: true, attributes: true, characterData: true,
             }});
             document.addEventListener('focusin', () => {{ if (holds()) done(true); }});"
        );
        if let Err(error) = self.driver.execute_async(script, Vec::new()).await {
            let shown = self.evaluate("document.body.innerText").await?;
            return Err(error)
                .with_context(|| format!("waited for {expression}; the page shows {shown}"));
        }
        Ok(())
    }

    /// Waits until an element is there.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_shown(&self, id: &str) -> anyhow::Result<()> {
        self.until(&element(id)).await
    }

    /// Waits until an element is not there any more.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_gone(&self, id: &str) -> anyhow::Result<()> {
        self.until(&format!("!{}", element(id))).await
    }

    /// Waits until an element's text contains something.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_text(&self, id: &str, part: &str) -> anyhow::Result<()> {
        let part = json!(part);
        self.until(&format!("{}.textContent.includes({part})", element(id)))
            .await
    }

    /// Waits until an element's attribute has a value.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_attribute(&self, id: &str, name: &str, value: &str) -> anyhow::Result<()> {
        let value = json!(value);
        self.until(&format!(
            "{}.getAttribute('{name}') === {value}",
            element(id)
        ))
        .await
    }

    /// Waits until the page says whose turn it is: `mine` or `theirs`.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_turn(&self, whose: &str) -> anyhow::Result<()> {
        self.until_attribute("turn", "data-turn", whose).await
    }

    /// Waits until the page holds this seat and knows of the other's presence.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_seated(&self, seat: u8, peer: &str) -> anyhow::Result<()> {
        self.until_text("seat", &seat.to_string()).await?;
        self.until_attribute("peer", "data-presence", peer).await
    }

    /// Waits until the keyboard is at this element.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_focused(&self, id: &str) -> anyhow::Result<()> {
        self.until(&format!("document.activeElement.dataset.testid === '{id}'"))
            .await
    }

    /// Waits until this is what is being written.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_draft(&self, text: &str) -> anyhow::Result<()> {
        let text = json!(text);
        self.until(&format!("{}.value === {text}", element("composer")))
            .await
    }

    /// Waits until there are this many messages.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_messages(&self, count: usize) -> anyhow::Result<()> {
        self.until(&format!(
            "document.querySelectorAll('[data-testid=\"entry\"]').length === {count}"
        ))
        .await
    }

    /// Waits until the newest message has come this far: `queued`, `sent`, `held`, or, these or any further, `stored`,
    /// `delivered`, `read`.
    ///
    /// # Errors
    /// As [`Page::until`].
    pub async fn until_newest(&self, state: &str) -> anyhow::Result<()> {
        let far = ["stored", "delivered", "read"];
        let enough = far.iter().position(|far| *far == state);
        let enough = enough.map_or(vec![state], |at| far[at..].to_vec());
        let newest = "[...document.querySelectorAll('[data-testid=\"entry\"]')].at(-1)";
        self.until(&format!(
            "{}.includes({newest}.dataset.state)",
            json!(enough)
        ))
        .await
    }

    /// The text of an element.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn text(&self, id: &str) -> anyhow::Result<String> {
        self.string(&format!("{}.textContent", element(id))).await
    }

    /// A text that a JavaScript expression gives.
    ///
    /// # Errors
    /// When it gives something else.
    pub async fn string(&self, expression: &str) -> anyhow::Result<String> {
        let value = self.evaluate(expression).await?;
        let text = value.as_str();
        Ok(text
            .with_context(|| format!("{expression} is {value}"))?
            .to_owned())
    }

    /// All messages, as shown.
    ///
    /// # Errors
    /// When the page cannot be read.
    pub async fn messages(&self) -> anyhow::Result<Vec<Line>> {
        let lines = self
            .evaluate(
                "[...document.querySelectorAll('[data-testid=\"entry\"]')].map((entry) => ({
                     seat: entry.dataset.seat,
                     state: entry.dataset.state,
                     text: entry.querySelector('.bubble').textContent,
                 }))",
            )
            .await?;
        let lines = lines.as_array().context("a list of messages")?;
        let field = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        Ok(lines
            .iter()
            .map(|line| Line {
                seat: field(line, "seat"),
                state: field(line, "state"),
                text: field(line, "text"),
            })
            .collect())
    }

    /// Clicks an element.
    ///
    /// # Errors
    /// When it is not there or covered.
    pub async fn click(&self, id: &str) -> anyhow::Result<()> {
        self.until_shown(id).await?;
        self.driver
            .find(By::Css(format!("[data-testid=\"{id}\"]")))
            .await?
            .click()
            .await?;
        Ok(())
    }

    /// Types into the composer, as a keyboard or an emoji picker would. Line breaks are typed with Shift+Enter.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn write(&self, text: &str) -> anyhow::Result<()> {
        self.until_shown("composer").await?;
        self.evaluate(&format!("{}.focus()", element("composer")))
            .await?;
        let mut first = true;
        for line in text.split('\n') {
            if !std::mem::take(&mut first) {
                let composer = self.driver.active_element().await?;
                composer.send_keys(Key::Shift + Key::Enter).await?;
            }
            self.browser_command("Input.insertText", json!({ "text": line }))
                .await?;
        }
        Ok(())
    }

    /// Presses Enter in the composer.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn press_enter(&self) -> anyhow::Result<()> {
        self.evaluate(&format!("{}.focus()", element("composer")))
            .await?;
        let composer = self.driver.active_element().await?;
        composer.send_keys(Key::Enter + "").await?;
        Ok(())
    }

    /// Writes and sends.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn say(&self, text: &str) -> anyhow::Result<()> {
        self.write(text).await?;
        self.press_enter().await
    }

    /// Goes to another address, as if it was typed.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn go(&self, url: &str) -> anyhow::Result<()> {
        self.focus().await?;
        self.driver.goto(url).await?;
        Ok(())
    }

    /// Makes the browser one without the Web Locks API, for whatever this tab loads from now on.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn without_locks(&self) -> anyhow::Result<()> {
        let script = json!({ "source": "delete Navigator.prototype.locks" });
        self.browser_command("Page.addScriptToEvaluateOnNewDocument", script)
            .await?;
        Ok(())
    }

    /// Closes the tab. Another one of its browser must be left.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn close(self) -> anyhow::Result<()> {
        self.focus().await?;
        self.driver.close_window().await?;
        Ok(())
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn reload(&self) -> anyhow::Result<()> {
        self.focus().await?;
        self.driver.refresh().await?;
        Ok(())
    }

    /// A command of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub async fn browser_command(&self, name: &str, arguments: Value) -> anyhow::Result<Value> {
        self.focus().await?;
        Ok(self.driver.cdp().send_raw(name, arguments).await?)
    }

    /// Shows the page at a size, in the light or the dark.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn look(&self, width: u32, height: u32, scheme: &str) -> anyhow::Result<()> {
        let mobile = width < 600;
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile,
        });
        self.browser_command("Emulation.setDeviceMetricsOverride", size)
            .await?;
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.browser_command(
            "Emulation.setEmulatedMedia",
            json!({ "features": [feature] }),
        )
        .await?;
        Ok(())
    }

    /// What is seen, as the bytes of a PNG.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn seen(&self) -> anyhow::Result<Vec<u8>> {
        Ok(self.driver.screenshot_as_png().await?)
    }

    /// Makes a picture of what is seen.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub async fn picture(&self, file: &Path) -> anyhow::Result<()> {
        self.focus().await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        self.driver.screenshot(file).await?;
        ensure!(file.exists(), "no picture at {}", file.display());
        Ok(())
    }
}
