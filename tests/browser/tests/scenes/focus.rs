//! Where the keyboard is: wherever it was, and never nowhere.

use browser_tests::{Browser, Hub, Page};

use crate::{Pair, invitation};

const COPY: &str =
    "[...document.querySelectorAll('button')].find((b) => b.textContent === 'Copy link')";

async fn in_conversation(browser: &Browser, hub: &Hub) -> anyhow::Result<(Page, String)> {
    let page = browser.open(&hub.table()).await?;
    page.until_seated(1, "vacant").await?;
    page.click("new-conversation").await?;
    page.until_shown("invite-link").await?;
    page.until_seated(1, "vacant").await?;
    let link = page.string("location.href").await?;
    Ok((page, link))
}

#[tokio::test]
async fn the_cursor_is_where_one_writes_from_the_start() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, page) = Browser::at(&hub.table()).await?;
    page.until_focused("composer").await
}

#[tokio::test]
async fn an_invitation_that_goes_leaves_the_cursor_where_one_writes() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let browser = Browser::start().await?;
    let (one, link) = in_conversation(&browser, &hub).await?;
    one.evaluate(&format!("{COPY}.focus()")).await?;
    one.until("document.activeElement.textContent === 'Copy link'")
        .await?;
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_gone("invite-link").await?;
    one.until_focused("composer").await
}

#[tokio::test]
async fn a_tab_that_takes_the_talk_back_has_the_cursor_where_one_writes() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let browser = Browser::start().await?;
    let old = browser.open(&hub.table()).await?;
    old.without_locks().await?;
    old.reload().await?;
    old.until_seated(1, "vacant").await?;
    old.click("new-conversation").await?;
    let link = invitation(&old).await?;
    old.write("half a thought").await?;
    let new = browser.open_tab("about:blank").await?;
    new.without_locks().await?;
    new.go(&link).await?;
    new.click("go-on-as-one").await?;
    new.until_draft("half a thought").await?;
    old.until_shown("superseded").await?;
    // What the other tab has sent meanwhile is not sent once more.
    new.say(", now whole").await?;
    new.until_newest("stored").await?;
    old.click("go-on").await?;
    old.until_seated(1, "vacant").await?;
    old.until_focused("composer").await?;
    old.until_draft("").await?;
    old.until_messages(1).await?;
    new.until_shown("superseded").await
}

#[tokio::test]
async fn a_page_without_a_seat_begins_with_its_heading() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let _pair = Pair::at_table(&hub).await?;
    let (_third, third) = Browser::at(&hub.table()).await?;
    third.until_shown("room-full").await?;
    let heading = "document.activeElement.tagName === 'H1' \
                   && document.activeElement.textContent === 'Both seats are taken'";
    third.until(heading).await?;
    third
        .evaluate("[...document.querySelectorAll('button')].at(-1).click()")
        .await?;
    third.until_shown("room-full").await?;
    third.until(heading).await
}

#[tokio::test]
async fn a_pass_out_of_turn_is_answered_and_the_cursor_stays() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.click("pass").await?;
    pair.one.until_turn("theirs").await?;
    pair.one.until_focused("composer").await?;
    // It is asked for once; then there is nothing but waiting.
    pair.one.click("ask").await?;
    pair.one.until_focused("composer").await?;
    pair.one
        .until_attribute("pass", "aria-disabled", "true")
        .await?;
    pair.one.click("pass").await?;
    pair.one.until_text("status", "Not yet: it is").await?;
    pair.one.until_focused("composer").await
}

#[tokio::test]
async fn a_button_that_has_done_its_work_leaves_the_cursor_where_one_writes() -> anyhow::Result<()>
{
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.say(&"a long story\n".repeat(80)).await?;
    pair.two.until_turn("mine").await?;
    pair.two.click("pass").await?;
    pair.one.until_turn("mine").await?;
    let scrolled = "(document.querySelector('[data-testid=\"transcript\"]').scrollTop = -500, \
                    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))";
    pair.two.evaluate(scrolled).await?;
    pair.one.say("and its end").await?;
    pair.two.until_shown("newest").await?;
    pair.two
        .evaluate("document.querySelector('[data-testid=\"newest\"]').focus()")
        .await?;
    pair.two.click("newest").await?;
    pair.two.until_gone("newest").await?;
    pair.two.until_focused("composer").await
}
