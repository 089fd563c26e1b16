//! The plug is pulled: two browsers go on without the server, and it gets all of it when it is back.

use std::path::Path;

use browser_tests::{Browser, Hub, Page, namespace};
use serde_json::Value;

use crate::outbox::empty_folder;
use crate::{Pair, host};

/// What a browser keeps of the talk: its entries, as they were signed.
const KEPT: &str = "new Promise((done) => {
    const opening = indexedDB.open('duologue');
    opening.onsuccess = () => {
        const store = opening.result.transaction('rooms').objectStore('rooms');
        const names = store.getAllKeys();
        const texts = store.getAll();
        texts.onsuccess = () => done(texts.result.filter((_, at) => names.result[at].includes('.entry.')));
    };
})";

/// A conversation of two browsers that have allowed each other a path of their own.
pub(crate) async fn side_by_side(hub: &Hub) -> anyhow::Result<Pair> {
    let (first, one, link) = host(hub).await?;
    let (second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    let pair = Pair {
        one,
        two,
        _browsers: [first, second],
    };
    allow(&pair).await?;
    Ok(pair)
}

pub(crate) async fn allow(pair: &Pair) -> anyhow::Result<()> {
    pair.one.click("allow-direct").await?;
    pair.two
        .until_text("direct-question", "Seat 1 would like a direct path")
        .await?;
    pair.two.click("allow-direct").await?;
    until_path(pair, "both").await
}

pub(crate) async fn until_path(pair: &Pair, path: &str) -> anyhow::Result<()> {
    for page in [&pair.one, &pair.two] {
        page.until_attribute("path", "data-path", path).await?;
    }
    Ok(())
}

/// The next words are said by whoever has the turn.
pub(crate) async fn speak(pair: &Pair, number: usize) -> anyhow::Result<()> {
    let (speaker, listener) = if number.is_multiple_of(2) {
        (&pair.one, &pair.two)
    } else {
        (&pair.two, &pair.one)
    };
    speaker.until_turn("mine").await?;
    speaker.say(&format!("turn {number}")).await?;
    listener.until_messages(number + 1).await
}

/// What everybody who had a part in it would know an entry by.
fn signed(entry: &Value) -> (Option<u64>, Value, Value) {
    (
        entry["seq"].as_u64(),
        entry["prev"].clone(),
        entry["sig"].clone(),
    )
}

async fn kept_by(page: &Page) -> anyhow::Result<Vec<(Option<u64>, Value, Value)>> {
    let kept = page.evaluate(KEPT).await?;
    let texts = kept.as_array().cloned().unwrap_or_default();
    let entries = texts.iter().filter_map(Value::as_str);
    let entries = entries
        .map(serde_json::from_str)
        .collect::<Result<Vec<Value>, _>>()?;
    Ok(entries.iter().map(signed).collect())
}

/// The journal holds exactly what both saw.
pub(crate) async fn assert_one_talk(pair: &Pair, data: &Path) -> anyhow::Result<()> {
    let journal = Hub::export(data).await?;
    // Before the conversation was opened somebody sat at the table.
    let conversation = journal.iter().filter(|line| line["room"] != "table");
    let journal: Vec<_> = conversation.map(|line| signed(&line["entry"])).collect();
    for page in [&pair.one, &pair.two] {
        assert_eq!(kept_by(page).await?, journal);
    }
    let [one, two] = [pair.one.messages().await?, pair.two.messages().await?];
    let words = |lines: Vec<browser_tests::Line>| {
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    assert_eq!(words(one), words(two));
    Ok(())
}

#[tokio::test]
async fn the_two_go_on_when_the_server_is_killed() -> anyhow::Result<()> {
    if !namespace::inside("direct::the_two_go_on_when_the_server_is_killed").await? {
        return Ok(());
    }
    let data = empty_folder("direct-turns")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let pair = side_by_side(&hub).await?;
    pair.one
        .until_text("path-details", "ms there and back")
        .await?;
    for number in 0..4 {
        speak(&pair, number).await?;
    }
    // In the middle of a turn.
    pair.one.write("turn 4").await?;
    let address = hub.kill().await?;
    until_path(&pair, "direct").await?;
    pair.one.until_text("unsaved", "Direct only").await?;
    pair.one.press_enter().await?;
    pair.two.until_messages(5).await?;
    for number in 5..25 {
        speak(&pair, number).await?;
    }
    pair.one.until_text("unsaved", "not stored yet").await?;
    pair.one.until_newest("delivered").await?;

    let hub = Hub::start_keeping(&data, Some(address)).await?;
    until_path(&pair, "both").await?;
    for page in [&pair.one, &pair.two] {
        page.until_gone("unsaved").await?;
    }
    speak(&pair, 25).await?;
    pair.two.until_newest("delivered").await?;
    assert_one_talk(&pair, &data).await?;
    drop(hub);
    Ok(())
}

#[tokio::test]
async fn both_speak_at_once_without_a_server() -> anyhow::Result<()> {
    if !namespace::inside("direct::both_speak_at_once_without_a_server").await? {
        return Ok(());
    }
    let data = empty_folder("direct-free")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let pair = side_by_side(&hub).await?;
    let address = hub.kill().await?;
    until_path(&pair, "direct").await?;
    pair.one.until_text("unsaved", "Direct only").await?;
    pair.one.click("mode").await?;
    pair.one.click("propose-mode").await?;
    pair.two.until_shown("suggestion").await?;
    pair.two.click("accept").await?;
    for page in [&pair.one, &pair.two] {
        page.until_turn("free").await?;
    }
    for number in 0..200 {
        let (one, two) = (format!("one {number}"), format!("two {number}"));
        let (said, too) = tokio::join!(pair.one.say(&one), pair.two.say(&two));
        said.and(too)?;
    }
    for page in [&pair.one, &pair.two] {
        page.until_messages(400).await?;
        let told = "!document.querySelector('[data-testid=entry][data-state=queued]')";
        page.until(told).await?;
    }
    let _hub = Hub::start_keeping(&data, Some(address)).await?;
    until_path(&pair, "both").await?;
    for page in [&pair.one, &pair.two] {
        page.until_gone("unsaved").await?;
    }
    assert_one_talk(&pair, &data).await
}

/// Counts the ends of paths that a page makes, and how often each describes itself.
const WATCH: &str = "(() => {
    window.ends = [];
    window.described = 0;
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...how) {
            super(...how);
            ends.push(this);
        }
        setLocalDescription(...what) {
            described += 1;
            return super.setLocalDescription(...what);
        }
    };
    return true;
})()";

#[tokio::test]
async fn a_path_is_mended_when_the_network_is_another_one() -> anyhow::Result<()> {
    if !namespace::inside("direct::a_path_is_mended_when_the_network_is_another_one").await? {
        return Ok(());
    }
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    for page in [&pair.one, &pair.two] {
        page.evaluate(WATCH).await?;
    }
    allow(&pair).await?;
    speak(&pair, 0).await?;
    namespace::move_house().await?;
    for page in [&pair.one, &pair.two] {
        // Described once more, by the same end.
        let mended =
            "described > 1 && ['connected', 'completed'].includes(ends[0].iceConnectionState)";
        page.until(mended).await?;
        page.until("ends.length === 1").await?;
    }
    // It carries what they say when nothing else does.
    hub.kill().await?;
    until_path(&pair, "direct").await?;
    pair.one.until_text("unsaved", "Direct only").await?;
    for number in 1..5 {
        speak(&pair, number).await?;
    }
    assert_eq!(pair.two.evaluate("ends.length").await?, 1);
    Ok(())
}

#[tokio::test]
async fn without_both_there_is_no_direct_path() -> anyhow::Result<()> {
    if !namespace::inside("direct::without_both_there_is_no_direct_path").await? {
        return Ok(());
    }
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.click("allow-direct").await?;
    pair.two
        .until_text("direct-question", "Seat 1 would like")
        .await?;
    pair.two.click("not-direct").await?;
    pair.two.until_gone("direct-question").await?;
    pair.one
        .until_text("path-details", "once seat 2 allows it too")
        .await?;
    speak(&pair, 0).await?;
    until_path(&pair, "server").await?;
    // It is asked once, and can be had later all the same.
    pair.two.reload().await?;
    pair.two.until_seated(2, "here").await?;
    pair.two.click("path").await?;
    pair.two.click("allow-direct").await?;
    until_path(&pair, "both").await?;
    pair.one.click("path").await?;
    pair.one.click("forbid-direct").await?;
    until_path(&pair, "server").await
}
