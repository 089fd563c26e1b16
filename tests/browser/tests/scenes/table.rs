//! The table: seats by arrival, no click, no account.

use anyhow::ensure;
use browser_tests::{Browser, Hub};

use crate::Pair;

#[tokio::test]
async fn two_browsers_get_the_seats_and_a_third_is_offered_its_own_conversation()
-> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.until_turn("mine").await?;
    pair.two.until_turn("theirs").await?;
    pair.one.say("between the two of us").await?;
    pair.two.until_messages(1).await?;

    let (_browser, third) = Browser::at(&hub.table()).await?;
    third.until_shown("room-full").await?;
    let shown = third.string("document.body.innerText").await?;
    ensure!(!shown.contains("between the two of us"), "{shown}");
    third.click("new-conversation").await?;
    third.until_seated(1, "vacant").await?;
    let address = third.string("location.pathname").await?;
    ensure!(address.starts_with("/c/"), "{address}");

    // The two at the table have not noticed.
    pair.two.say("still here").await?;
    pair.one.until_messages(2).await?;
    Ok(())
}

#[tokio::test]
async fn two_tabs_of_one_browser_are_two_people() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let browser = Browser::start().await?;
    let one = browser.open(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    let two = browser.open_tab(&hub.table()).await?;
    two.until_seated(2, "here").await?;
    one.say("hello, other me").await?;
    two.until_messages(1).await?;
    two.say("hello").await?;
    one.until_messages(2).await?;
    let third = browser.open_tab(&hub.table()).await?;
    third.until_shown("room-full").await?;
    Ok(())
}

#[tokio::test]
async fn a_duplicated_tab_is_a_person_of_its_own() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let browser = Browser::start().await?;
    let one = browser.open(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    // A window opened by a page begins with a copy of its session storage, as a duplicated tab does.
    let copy = browser.opened_by(&one, "window.open('/')").await?;
    copy.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    Ok(())
}

#[tokio::test]
async fn a_reload_keeps_the_seat_and_the_talk() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.say("first").await?;
    pair.two.until_messages(1).await?;
    pair.two.write("half a thought").await?;
    pair.two.reload().await?;
    pair.two.until_seated(2, "here").await?;
    pair.two.until_messages(1).await?;
    // What was being written is there too.
    let draft = "document.querySelector('[data-testid=\"composer\"]').value === 'half a thought'";
    pair.two.until(draft).await?;
    pair.two.press_enter().await?;
    pair.one.until_messages(2).await?;

    pair.one.reload().await?;
    pair.one.until_seated(1, "here").await?;
    pair.one.until_messages(2).await?;
    let talk = pair.one.messages().await?;
    let told: Vec<_> = talk
        .iter()
        .map(|line| (line.seat.as_str(), line.text.as_str()))
        .collect();
    assert_eq!(told, [("1", "first"), ("2", "half a thought")]);
    Ok(())
}

#[tokio::test]
async fn a_server_without_a_table_offers_a_conversation() -> anyhow::Result<()> {
    let hub = Hub::start_with(&["--no-table"]).await?;
    let (_browser, page) = Browser::at(&hub.table()).await?;
    page.until_shown("no-table").await?;
    page.click("new-conversation").await?;
    page.until_seated(1, "vacant").await?;
    Ok(())
}
