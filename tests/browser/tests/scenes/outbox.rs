//! What is sent is kept before it leaves; what was not said can be had back or said after all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use browser_tests::{Browser, Hub, Page, Wire};
use serde_json::json;
use shared::{Event, RoomId, SeatSecret, Turn, base64url};
use test_client::{Client, entry_id, person};

use crate::{Pair, invitation};

/// Loads the page again, with a script that runs before it does.
async fn reload_with(page: &Page, script: &str) -> anyhow::Result<()> {
    let script = json!({ "source": script });
    page.browser_command("Page.addScriptToEvaluateOnNewDocument", script)
        .await?;
    page.reload().await
}

/// A conversation that two have open.
async fn conversation(hub: &Hub) -> anyhow::Result<(Browser, Page, Browser, Page)> {
    let (first, one, link) = crate::host(hub).await?;
    let (second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    Ok((first, one, second, two))
}

#[tokio::test]
async fn a_message_is_on_disk_before_it_is_on_the_wire() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, _second, two) = conversation(&hub).await?;
    reload_with(
        &one,
        "window.order = [];
         const { put } = IDBObjectStore.prototype;
         IDBObjectStore.prototype.put = function (value, key) {
             if (`${key}`.endsWith('.outbox') && `${value}`.includes('\"letter\"')) {
                 this.transaction.addEventListener('complete', () => order.push('kept'));
             }
             return put.call(this, value, key);
         };
         const { send } = WebSocket.prototype;
         WebSocket.prototype.send = function (text) {
             if (`${text}`.includes('\"say\"')) order.push('sent');
             return send.call(this, text);
         };",
    )
    .await?;
    one.until_turn("mine").await?;
    one.say("on paper first").await?;
    two.until_messages(1).await?;
    assert_eq!(one.evaluate("order[0]").await?, "kept");
    assert_eq!(one.evaluate("order.includes('sent')").await?, true);
    Ok(())
}

#[tokio::test]
async fn what_waits_in_a_conversation_is_there_after_the_browser_was_closed() -> anyhow::Result<()>
{
    let hub = Hub::start().await?;
    let (_first, one, _link) = crate::host(&hub).await?;
    let wire = Wire::to(&hub).await?;
    let link = invitation(&one).await?.replace(&hub.table(), &wire.table());
    let profile = empty_folder("closed-browser")?;
    let browser = Browser::start_keeping(&profile).await?;
    let two = browser.open(&link).await?;
    two.until_seated(2, "here").await?;
    one.say("your turn").await?;
    two.until_turn("mine").await?;
    wire.cut();
    two.until_attribute("path", "data-path", "none").await?;
    two.say("written, and the lid closed").await?;
    two.until_newest("queued").await?;
    two.write("and a thought half fin").await?;
    // The draft is kept at a pause; that it is can be seen in the storage alone.
    two.until(
        "new Promise((done) => {
             const opened = indexedDB.open('duologue');
             opened.onsuccess = () => {
                 const database = opened.result;
                 const store = database.objectStoreNames[0];
                 const all = database.transaction(store).objectStore(store).getAll();
                 all.onsuccess = () => {
                     database.close();
                     done(JSON.stringify(all.result).includes('half fin'));
                 };
             };
         })",
    )
    .await?;
    drop((two, browser));

    wire.mend();
    let browser = Browser::start_keeping(&profile).await?;
    let two = browser.open(&link).await?;
    two.until_draft("and a thought half fin").await?;
    two.until_newest("stored").await?;
    one.until_messages(2).await?;
    let texts = one.messages().await?.into_iter().map(|line| line.text);
    assert_eq!(
        texts.collect::<Vec<_>>(),
        ["your turn", "written, and the lid closed"]
    );
    Ok(())
}

/// An empty folder, for a browser's profile say.
pub(crate) fn empty_folder(name: &str) -> anyhow::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

#[tokio::test]
async fn what_waits_in_a_conversation_is_there_after_a_reload() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, _link) = crate::host(&hub).await?;
    // The other's link leads over a wire that can be cut.
    let wire = Wire::to(&hub).await?;
    let link = invitation(&one).await?.replace(&hub.table(), &wire.table());
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.say("your turn").await?;
    two.until_turn("mine").await?;
    wire.cut();
    two.until_attribute("path", "data-path", "none").await?;
    two.say("written on a train").await?;
    two.until_newest("queued").await?;
    wire.mend();
    two.reload().await?;
    two.until_newest("stored").await?;
    one.until_messages(2).await?;
    let texts = one.messages().await?.into_iter().map(|line| line.text);
    assert_eq!(
        texts.collect::<Vec<_>>(),
        ["your turn", "written on a train"]
    );
    Ok(())
}

#[tokio::test]
async fn without_a_storage_or_with_a_silent_one_the_talk_goes_on_and_it_is_told()
-> anyhow::Result<()> {
    for broken in [
        "Object.defineProperty(window, 'indexedDB', {
             get() { throw new DOMException('forbidden', 'SecurityError'); },
         });",
        "const { open } = IDBFactory.prototype;
         IDBFactory.prototype.open = function (...how) {
             const request = open.apply(this, how);
             for (const name of ['success', 'error', 'upgradeneeded']) {
                 request.addEventListener(name, (event) => event.stopImmediatePropagation());
             }
             return request;
         };",
    ] {
        let hub = Hub::start().await?;
        let (_first, one, link) = crate::host(&hub).await?;
        let browser = Browser::start().await?;
        let two = browser.open(&hub.table()).await?;
        let script = json!({ "source": broken });
        two.browser_command("Page.addScriptToEvaluateOnNewDocument", script)
            .await?;
        two.evaluate(&format!("location.assign({})", json!(link)))
            .await?;
        two.until_seated(2, "here").await?;
        two.until("document.body.textContent.includes('This browser keeps nothing here')")
            .await?;
        one.say("hello").await?;
        two.until_turn("mine").await?;
        two.say("hello from nowhere").await?;
        one.until_messages(2).await?;
        let told = "document.body.textContent.split('This browser keeps nothing here').length - 1";
        assert_eq!(two.evaluate(told).await?, 1, "once");
    }
    Ok(())
}

/// Somebody at the table who said this after the wire was cut, and whom they said it to.
async fn unsent(hub: &Hub, wire: &Wire, words: &str) -> anyhow::Result<(Browser, Page, Client)> {
    let (browser, one) = Browser::at(&wire.table()).await?;
    one.until_seated(1, "vacant").await?;
    let (two, _) = Client::sit(hub.address(), RoomId::Table, &person(2)).await;
    one.until_seated(1, "here").await?;
    wire.cut();
    one.until_attribute("path", "data-path", "none").await?;
    one.say(words).await?;
    one.until_newest("queued").await?;
    Ok((browser, one, two))
}

#[tokio::test]
async fn what_waits_can_be_withdrawn_and_changed() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let wire = Wire::to(&hub).await?;
    let (_browser, one, mut two) = unsent(&hub, &wire, "I never want to").await?;
    one.click("take-back").await?;
    one.until_messages(0).await?;
    one.until_draft("I never want to").await?;
    one.until_focused("composer").await?;
    one.say(" miss this").await?;
    wire.mend();
    assert_eq!(heard(&mut two).await, "I never want to miss this");
    one.until_newest("stored").await?;
    Ok(())
}

/// The next thing that is said to a client.
async fn heard(client: &mut Client) -> String {
    loop {
        let entry = client.entry().await;
        if let Event::Say { .. } = entry.event {
            return client.read(&entry);
        }
    }
}

#[tokio::test]
async fn when_the_turn_has_moved_it_is_held_and_one_tap_queues_it_again() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let wire = Wire::to(&hub).await?;
    let (_browser, one, mut two) = unsent(&hub, &wire, "a word too late").await?;

    // The same person hands the floor over elsewhere.
    let key = one
        .string("sessionStorage.getItem('duologue.table.seat')")
        .await?;
    let key = base64url::decode_array(&key).context("a key")?;
    let (mut elsewhere, _) =
        Client::sit(hub.address(), RoomId::Table, &SeatSecret::from_bytes(key)).await;
    elsewhere.pass(Turn(1)).await;
    elsewhere.turn().await;
    wire.mend();

    one.until_newest("held").await?;
    one.until_turn("theirs").await?;
    one.until("document.body.textContent.includes('it was seat 2’s turn')")
        .await?;
    one.until_text("send-again", "in my next turn").await?;
    one.click("send-again").await?;
    one.until_newest("queued").await?;
    one.until_text("status", "goes when the turn is yours")
        .await?;
    two.say_sealed(entry_id(1), Turn(2), "my turn").await;
    assert_eq!(heard(&mut two).await, "a word too late");
    one.until_newest("stored").await?;
    Ok(())
}

#[tokio::test]
async fn marks_tell_what_was_delivered_and_what_was_read() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.say("do you see me?").await?;
    pair.one.until_newest("delivered").await?;
    pair.one
        .until("document.querySelector('.entry .mark-of').textContent === 'Delivered'")
        .await?;

    for side in [&pair.one, &pair.two] {
        side.click("safety").await?;
        side.click("tell-reading").await?;
        side.until_attribute("tell-reading", "aria-checked", "true")
            .await?;
        side.click("people-close").await?;
    }
    pair.two.until_turn("mine").await?;
    pair.two.say("I do").await?;
    pair.one.until_messages(2).await?;
    pair.one.until_turn("mine").await?;
    pair.two.until_newest("read").await?;
    let first = "document.querySelector('[data-testid=\"entry\"]').dataset.state === 'read'";
    pair.one.until(first).await?;

    // Marks stand after a reload, and so does the willingness.
    pair.one.reload().await?;
    pair.one.until(first).await?;
    pair.one.say("good").await?;
    pair.one.until_newest("read").await?;
    Ok(())
}
