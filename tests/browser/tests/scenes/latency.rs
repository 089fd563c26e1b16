//! How long it takes from Enter in one browser until the other one shows it, and where the time goes: told by
//! `--nocapture`.

use std::time::Duration;

use anyhow::Context as _;
use browser_tests::{Browser, Hub, Page};
use serde_json::{Value, json};

use crate::host;

/// Messages of each that are counted.
const ROUNDS: usize = 10;

/// Tabs of one conversation, all but the last of which are closed.
const TABS: usize = 6;

/// How long a message stands there before it is sent off.
const LOOK: Duration = Duration::from_millis(200);

/// Notes when, on the clock that both browsers share, what stands on the way of a message happens in this page.
const WATCH: &str = "
    window.watched = {};
    const now = () => performance.timeOrigin + performance.now();
    const note = (what) => { watched[what] ??= now(); };
    document.addEventListener('keydown', ({ key, timeStamp }) => {
        if (key === 'Enter') watched = { pressed: performance.timeOrigin + timeStamp, heard: now() };
    }, true);
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value, key) {
        if (`${key}`.endsWith('.outbox') && `${value}`.includes('\"letter\"')) {
            note('keeping');
            this.transaction.addEventListener('complete', () => note('kept'));
        }
        return put.call(this, value, key);
    };
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (text) {
        if (`${text}`.includes('\"say\"')) note('sent');
        return send.call(this, text);
    };
    const Plain = WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...how) {
            super(...how);
            note('connecting');
            this.addEventListener('message', ({ data }) => {
                if (data.includes('\"welcome\"')) note('welcomed');
                if (data.includes('\"entry\"')) note('came');
            });
        }
    };
    new MutationObserver(() => {
        const count = document.querySelectorAll('[data-testid=\"entry\"]').length;
        if (count !== window.entries) {
            window.entries = count;
            note('shown');
            requestAnimationFrame(() => note('drawn'));
        }
    }).observe(document, { subtree: true, childList: true });
";

async fn watch(page: &Page) -> anyhow::Result<()> {
    let script = json!({ "source": WATCH });
    page.browser_command("Page.addScriptToEvaluateOnNewDocument", script)
        .await?;
    page.reload().await
}

fn at(watched: &Value, what: &str) -> anyhow::Result<f64> {
    watched[what]
        .as_f64()
        .with_context(|| format!("no {what} in {watched}"))
}

/// In order: the least, the one in the middle, the one that nine of ten do not exceed.
fn told(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let quantile = |of: usize| times[(times.len() - 1) * of / 10];
    println!(
        "{name}: least {:.1} ms, half {:.1} ms, nine of ten {:.1} ms",
        quantile(0),
        quantile(5),
        quantile(9)
    );
}

#[tokio::test]
async fn from_enter_to_the_other_screen() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, link) = host(&hub).await?;
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    for page in [&one, &two] {
        watch(page).await?;
        page.until_attribute("path", "data-path", "server").await?;
    }
    let stages = ["heard", "keeping", "kept", "sent", "drawn"];
    let mut mine = vec![Vec::new(); stages.len()];
    let mut theirs = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..2 * ROUNDS {
        let (speaker, listener) = if round % 2 == 0 {
            (&one, &two)
        } else {
            (&two, &one)
        };
        speaker.until_turn("mine").await?;
        speaker.write(&format!("message {round}")).await?;
        // A person looks at what they have written.
        tokio::time::sleep(LOOK).await;
        listener.evaluate("window.watched = {}").await?;
        speaker.press_enter().await?;
        listener.until_turn("mine").await?;
        listener.until_messages(round + 1).await?;
        let drawn =
            "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true))))";
        listener.evaluate(drawn).await?;
        let (here, there) = (
            speaker.evaluate("window.watched").await?,
            listener.evaluate("window.watched").await?,
        );
        let pressed = at(&here, "pressed")?;
        // How long it takes is only told, since machines differ; the order holds on all of them.
        assert!(at(&here, "kept")? <= at(&here, "sent")?, "{here}");
        for (times, stage) in mine.iter_mut().zip(stages) {
            times.push(at(&here, stage)? - pressed);
        }
        for (times, stage) in theirs.iter_mut().zip(["came", "shown", "drawn"]) {
            times.push(at(&there, stage)? - pressed);
        }
    }
    for (times, stage) in mine.into_iter().zip(stages) {
        told(&format!("here {stage}"), times);
    }
    for (times, stage) in theirs.into_iter().zip(["came", "shown", "drawn"]) {
        told(&format!("there {stage}"), times);
    }
    Ok(())
}

/// From the end of the tab that leads until the next one has its socket, and its seat.
#[tokio::test]
async fn from_closing_to_the_next_tab() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (browser, first, link) = host(&hub).await?;
    let (_other, peer) = Browser::at(&link).await?;
    peer.until_seated(2, "here").await?;
    let address = first.string("location.href").await?;
    let mut tabs = vec![first];
    while tabs.len() < TABS {
        let tab = browser.open_tab(&address).await?;
        watch(&tab).await?;
        tab.until_attribute("path", "data-path", "server").await?;
        tabs.push(tab);
    }
    let (mut connecting, mut welcomed) = (Vec::new(), Vec::new());
    let mut tabs = tabs.into_iter();
    let mut leader = tabs.next().context("a tab")?;
    for next in tabs {
        assert_eq!(
            next.evaluate("'connecting' in window.watched").await?,
            false
        );
        let end = "addEventListener('pagehide', () => localStorage.setItem('closed', \
                   performance.timeOrigin + performance.now())) ?? true";
        leader.evaluate(end).await?;
        leader.close().await?;
        next.until("'welcomed' in window.watched").await?;
        let closed = next.string("localStorage.getItem('closed')").await?;
        let closed: f64 = closed.parse()?;
        let watched = next.evaluate("window.watched").await?;
        connecting.push(at(&watched, "connecting")? - closed);
        welcomed.push(at(&watched, "welcomed")? - closed);
        leader = next;
    }
    told("the next tab connects", connecting);
    told("the next tab is welcomed", welcomed);
    Ok(())
}
