//! Who may sit: a link that reached the wrong person, a seat that was left, a device that was lost.

use anyhow::ensure;
use browser_tests::{Browser, Hub, Page};

use crate::{host, invitation};

async fn open_people(page: &Page) -> anyhow::Result<()> {
    page.click("safety").await?;
    page.until("document.querySelector('[data-testid=\"people\"]').open")
        .await
}

#[tokio::test]
async fn a_seat_can_be_taken_back_until_its_guest_has_spoken() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, link) = host(&hub).await?;
    one.say("for you alone").await?;
    one.until_newest("stored").await?;
    let (_wrong, stranger) = Browser::at(&link).await?;
    stranger.until_seated(2, "here").await?;
    open_people(&one).await?;
    one.click("withdraw").await?;
    stranger.until_shown("withdrawn").await?;
    let fresh = invitation(&one).await?;
    ensure!(fresh != link, "the old link must not come back");
    // The page's own address is the new link too.
    one.until(&format!("location.href === '{fresh}'")).await?;

    // The old link opens nothing, the new one does, and shows nothing of what was said before.
    let (_late, late) = Browser::at(&link).await?;
    late.until_shown("not-invited").await?;
    let (_second, two) = Browser::at(&fresh).await?;
    two.until_seated(2, "here").await?;
    assert_eq!(two.messages().await?, []);
    two.until_turn("mine").await?;
    two.say("I am the right one").await?;
    one.until_messages(2).await?;
    // Now the seat is theirs.
    open_people(&one).await?;
    one.until_gone("withdraw").await?;
    Ok(())
}

#[tokio::test]
async fn a_seat_that_was_left_is_opened_by_a_new_link_only() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, link) = host(&hub).await?;
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.say("hello").await?;
    two.until_messages(1).await?;
    two.say("and goodbye").await?;
    one.until_messages(2).await?;
    open_people(&two).await?;
    two.click("leave").await?;
    two.click("leave-really").await?;
    two.until_shown("left").await?;
    one.until_text("status", "Seat 2 left.").await?;

    let (_late, late) = Browser::at(&link).await?;
    late.until_shown("not-invited").await?;
    one.click("new-link").await?;
    let fresh = invitation(&one).await?;
    let (_third, next) = Browser::at(&fresh).await?;
    next.until_seated(2, "here").await?;
    assert_eq!(next.messages().await?, []);
    one.say("welcome").await?;
    next.until_messages(1).await?;
    Ok(())
}

#[tokio::test]
async fn whoever_lost_the_device_is_let_in_again_by_the_other() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, link) = host(&hub).await?;
    one.say("before you came").await?;
    one.until_newest("stored").await?;
    let (_lost, old) = Browser::at(&link).await?;
    old.until_messages(1).await?;
    old.say("said on the old device").await?;
    one.until_messages(2).await?;
    open_people(&one).await?;
    one.click("verify").await?;
    one.click("people-close").await?;
    one.until_attribute("safety", "data-trust", "verified")
        .await?;

    // A new device has another key: the link alone opens nothing.
    let (_new, new) = Browser::at(&link).await?;
    new.until_shown("room-full").await?;
    new.click("ask-in").await?;
    new.until_shown("ask-in-link").await?;
    let request = new
        .string("document.querySelector('[data-testid=\"ask-in-link\"]').value")
        .await?;

    // A reload asks on, under the same key.
    new.reload().await?;
    new.until_shown("ask-in-link").await?;
    new.until(&format!(
        "document.querySelector('[data-testid=\"ask-in-link\"]').value === '{request}'"
    ))
    .await?;

    // The other opens the request where they sit, and is asked: once, if they do not want to.
    let asked = _first.open_tab(&request).await?;
    asked.until_shown("let-in").await?;
    asked.click("people-close").await?;
    asked.reload().await?;
    asked.until_seated(1, "here").await?;
    asked.until_messages(2).await?;
    asked
        .until("!document.querySelector('[data-testid=\"people\"]').open")
        .await?;
    asked.go(&request).await?;
    asked.until_shown("let-in").await?;
    asked.click("let-in").await?;
    old.until_shown("reseated").await?;
    new.until_seated(2, "here").await?;
    new.until_messages(2).await?;
    let told: Vec<_> = new
        .messages()
        .await?
        .into_iter()
        .map(|line| line.text)
        .collect();
    assert_eq!(told, ["before you came", "said on the old device"]);

    // Both see it, and the words have to be compared again.
    asked
        .until_text("transcript", "goes on with a new key")
        .await?;
    asked
        .until_attribute("safety", "data-trust", "changed")
        .await?;
    new.until_text("transcript", "let in again").await?;
    asked.say("good to have you back").await?;
    new.until_messages(3).await?;
    new.say("good to be back").await?;
    asked.until_messages(4).await?;
    Ok(())
}
