//! The page opens without its server, once it has been there.

use browser_tests::{Browser, Hub, Page, namespace};

use crate::direct::{assert_one_talk, side_by_side, speak, until_path};
use crate::outbox::empty_folder;

/// The page and its parts are kept, and the next load of it goes by what keeps them.
const KEEPS: &str = "(async () => {
    await navigator.serviceWorker.ready;
    const names = (await (await caches.open('page')).keys()).map(({ url }) => new URL(url).pathname);
    return ['/', '.wasm', '.js', '.css'].every((end) => names.some((name) => name.endsWith(end)));
})()";

async fn until_kept(page: &Page) -> anyhow::Result<()> {
    page.until(KEEPS).await
}

#[tokio::test]
async fn a_page_that_has_been_there_opens_without_its_server() -> anyhow::Result<()> {
    let data = empty_folder("offline")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let (_first, one, link) = crate::host(&hub).await?;
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.say("kept in here").await?;
    two.until_messages(1).await?;
    two.until_turn("mine").await?;
    until_kept(&two).await?;
    two.write("and a draft").await?;
    let address = hub.kill().await?;
    two.reload().await?;
    // All that was said is there, and so is what was not; and it says how it is.
    two.until_messages(1).await?;
    two.until_draft("and a draft").await?;
    two.until_text(
        "status",
        "The server cannot be reached. What you wrote is kept.",
    )
    .await?;
    two.until_attribute("path", "data-path", "none").await?;
    two.press_enter().await?;

    let _hub = Hub::start_keeping(&data, Some(address)).await?;
    two.until_attribute("path", "data-path", "server").await?;
    one.until_messages(2).await?;
    two.until_messages(2).await
}

#[tokio::test]
async fn a_conversation_never_opened_here_opens_too_and_says_what_is_missing() -> anyhow::Result<()>
{
    let hub = Hub::start().await?;
    let (_browser, page) = Browser::at(&hub.table()).await?;
    page.until_seated(1, "vacant").await?;
    until_kept(&page).await?;
    let table = hub.table();
    hub.kill().await?;
    page.go(&format!(
        "{table}c/AAAAAAAAAAAAAAAAAAAAAA#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    ))
    .await?;
    page.until_text("status", "The server cannot be reached")
        .await
}

#[tokio::test]
async fn a_page_loaded_anew_without_the_server_waits_for_it() -> anyhow::Result<()> {
    if !namespace::inside("offline::a_page_loaded_anew_without_the_server_waits_for_it").await? {
        return Ok(());
    }
    let data = empty_folder("offline-direct")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let pair = side_by_side(&hub).await?;
    speak(&pair, 0).await?;
    for page in [&pair.one, &pair.two] {
        until_kept(page).await?;
    }
    let address = hub.kill().await?;
    until_path(&pair, "direct").await?;
    pair.one.until_text("unsaved", "Direct only").await?;
    speak(&pair, 1).await?;
    speak(&pair, 2).await?;
    // Nobody is left to lead the two to each other: what was said is kept, and the server gets it.
    pair.two.reload().await?;
    until_path(&pair, "none").await?;
    pair.two.until_messages(3).await?;
    pair.two
        .until_text("unsaved", "Not all that you two said is stored")
        .await?;
    let _hub = Hub::start_keeping(&data, Some(address)).await?;
    until_path(&pair, "both").await?;
    speak(&pair, 3).await?;
    assert_one_talk(&pair, &data).await
}

/// The code that a page shows.
async fn code(page: &Page) -> anyhow::Result<String> {
    page.until_shown("code").await?;
    page.string("document.querySelector('[data-testid=code]').value")
        .await
}

/// What a person does who was sent a code.
async fn paste(page: &Page, code: &str) -> anyhow::Result<()> {
    page.until_shown("their-code").await?;
    let paste = format!(
        "(() => {{
             const field = document.querySelector('[data-testid=their-code]');
             field.value = '{code}';
             field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
             return true;
         }})()"
    );
    page.evaluate(&paste).await.map(|_| ())
}

#[tokio::test]
async fn two_without_any_server_find_each_other_by_hand() -> anyhow::Result<()> {
    if !namespace::inside("offline::two_without_any_server_find_each_other_by_hand").await? {
        return Ok(());
    }
    let data = empty_folder("by-hand")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let (_first, one, link) = crate::host(&hub).await?;
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    let pair = crate::Pair {
        one,
        two,
        _browsers: [_first, _second],
    };
    speak(&pair, 0).await?;
    for page in [&pair.one, &pair.two] {
        until_kept(page).await?;
    }
    let address = hub.kill().await?;
    // Both begin with what their browsers have kept.
    for page in [&pair.one, &pair.two] {
        page.reload().await?;
        page.until_messages(1).await?;
        page.click("path").await?;
    }
    pair.one.click("make-code").await?;
    let offer = code(&pair.one).await?;
    paste(&pair.two, "no code at all").await?;
    pair.two.until_text("by-hand", "That is no code").await?;
    paste(&pair.two, &offer).await?;
    let answer = code(&pair.two).await?;
    paste(&pair.one, &answer).await?;
    until_path(&pair, "direct").await?;
    for page in [&pair.one, &pair.two] {
        page.click("path").await?;
    }
    for number in 1..4 {
        speak(&pair, number).await?;
    }
    // The talk joins its server later.
    let _hub = Hub::start_keeping(&data, Some(address)).await?;
    for page in [&pair.one, &pair.two] {
        page.until_gone("unsaved").await?;
    }
    until_path(&pair, "both").await?;
    speak(&pair, 4).await?;
    assert_one_talk(&pair, &data).await
}
