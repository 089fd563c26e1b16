//! A connection that carries nothing any more and does not say so, a page that slept, a server that restarts while both
//! write.

use std::time::Duration;

use browser_tests::{Browser, Hub, Page};
use serde_json::json;
use shared::Turn;
use test_client::entry_id;

use crate::wire::{Table, heard, texts, until_path};

/// What a browser tells a page that comes back, as the page hears it.
const SIGNS: [(&str, &str); 3] = [
    ("the network came back", "window.dispatchEvent(new Event('online'))"),
    ("the page was shown from memory", "window.dispatchEvent(new Event('pageshow'))"),
    (
        "the page came into view",
        "['hidden', 'visible'].every((state) => {
             Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
             return document.dispatchEvent(new Event('visibilitychange'));
         })",
    ),
];

/// What the page does about its connection at a sign: what it sends, and for how long it waits then.
fn followed(sign: &str) -> String {
    format!(
        "(() => {{
             const {{ setTimeout: wait, WebSocket: {{ prototype }} }} = window;
             const {{ send }} = prototype;
             const followed = [];
             prototype.send = function (text) {{
                 followed.push(JSON.parse(text).type);
                 return send.call(this, text);
             }};
             window.setTimeout = (then, millis, ...rest) => {{
                 if (followed.at(-1) === 'ping') followed.push(millis);
                 return wait(then, millis, ...rest);
             }};
             {sign};
             window.setTimeout = wait;
             prototype.send = send;
             return followed;
         }})()"
    )
}

#[tokio::test]
async fn a_dead_connection_is_found_out_at_each_sign_of_coming_back() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    for (number, (sign, script)) in (0_u64..).zip(SIGNS) {
        eprintln!("{sign}");
        table.wire.swallow();
        let said = format!("into silence {number}");
        table.one.say(&said).await?;
        table.one.until_newest("sent").await?;
        // Asked at the sign itself, with four seconds for the answer.
        let followed = table.one.evaluate(&followed(script)).await?;
        assert_eq!(followed[0], "ping", "{sign}");
        let wait = followed[1].as_u64().unwrap_or_default();
        // What is done in between counts.
        assert!((3_900..=4_000).contains(&wait), "{sign}: {wait}");
        until_path(&table.one, "none").await?;
        table.wire.mend();
        table.one.until_newest("stored").await?;
        assert_eq!(heard(&mut table.two).await, said);
        let (id, turn) = (entry_id(number + 1), Turn(2 * number + 2));
        table.two.say_sealed(id, turn, "there you are").await;
        table.one.until_turn("mine").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_browser_that_was_offline_goes_on_where_it_was() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    let network = |offline| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    let emulate = "Network.emulateNetworkConditions";
    table
        .one
        .browser_command("Network.enable", json!({}))
        .await?;
    table.wire.swallow();
    table.one.browser_command(emulate, network(true)).await?;
    table.one.until("!navigator.onLine").await?;
    table.one.say("said on the train").await?;
    table.one.until_messages(1).await?;
    table.one.browser_command(emulate, network(false)).await?;
    until_path(&table.one, "none").await?;
    table.wire.mend();
    until_path(&table.one, "server").await?;
    table.one.until_newest("stored").await?;
    assert_eq!(heard(&mut table.two).await, "said on the train");
    assert_eq!(texts(&table.one).await?, ["said on the train"]);
    Ok(())
}

/// How long the page sleeps: no time at all, unless told otherwise in seconds.
fn asleep() -> anyhow::Result<Duration> {
    let told = std::env::var("DUOLOGUE_ASLEEP").ok();
    let seconds = told.map_or(Ok(0), |seconds| seconds.parse())?;
    Ok(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_page_that_slept_gets_what_was_said_meanwhile() -> anyhow::Result<()> {
    let mut table = Table::laid(&["--table-hold", "1h"]).await?;
    table.one.say("over to you").await?;
    table.one.until_newest("stored").await?;
    heard(&mut table.two).await;
    table.one.write("half a thought").await?;

    // As in a pocket: nothing of the page runs, the network forgets its connection, and the hub gives it up.
    let lifecycle = "Page.setWebLifecycleState";
    table
        .one
        .browser_command(lifecycle, json!({ "state": "frozen" }))
        .await?;
    table.wire.cut();
    table
        .two
        .say_sealed(entry_id(1), Turn(2), "while you slept")
        .await;
    table.two.stored(entry_id(1)).await;
    tokio::time::sleep(asleep()?).await;
    table.wire.mend();
    table
        .one
        .browser_command(lifecycle, json!({ "state": "active" }))
        .await?;

    table.one.until_messages(2).await?;
    until_path(&table.one, "server").await?;
    assert_eq!(texts(&table.one).await?, ["over to you", "while you slept"]);
    table.one.until_draft("half a thought").await?;
    Ok(())
}

/// What is being written, and where the cursor is in it.
async fn desk(page: &Page) -> anyhow::Result<String> {
    let composer = "document.querySelector('[data-testid=\"composer\"]')";
    page.string(&format!(
        "`${{{composer}.value}}|${{{composer}.selectionStart}}|${{document.activeElement === {composer}}}`"
    ))
    .await
}

#[tokio::test]
async fn a_restart_takes_nothing_from_two_who_write() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("duologue-restart-{}", std::process::id()));
    let hub = Hub::start_keeping(&folder, None).await?;
    let (_first, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    let (_second, two) = Browser::at(&hub.table()).await?;
    two.until_seated(2, "here").await?;
    one.say("before").await?;
    two.until_messages(1).await?;
    two.until_turn("mine").await?;
    let composer = "document.querySelector('[data-testid=\"composer\"]')";
    for (page, text) in [(&one, "a reply to come"), (&two, "my answer is")] {
        page.write(text).await?;
        page.evaluate(&format!("{composer}.setSelectionRange(3, 3)"))
            .await?;
    }

    let address = hub.stop().await?;
    for page in [&one, &two] {
        until_path(page, "none").await?;
    }
    let hub = Hub::start_keeping(&folder, Some(address)).await?;
    for page in [&one, &two] {
        until_path(page, "server").await?;
        page.until_attribute("peer", "data-presence", "here")
            .await?;
    }
    assert_eq!(desk(&one).await?, "a reply to come|3|true");
    assert_eq!(desk(&two).await?, "my answer is|3|true");
    assert_eq!(
        [texts(&one).await?, texts(&two).await?],
        [["before"], ["before"]]
    );
    two.press_enter().await?;
    one.until_messages(2).await?;
    one.until_turn("mine").await?;
    assert_eq!(texts(&one).await?, ["before", "my answer is"]);
    drop(hub);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
