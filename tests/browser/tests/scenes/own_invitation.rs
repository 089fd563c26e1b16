//! Everybody's first try: the invitation, opened in another tab of the browser that made it.

use browser_tests::{Browser, Hub};

use crate::{host, invitation};

#[tokio::test]
async fn one_can_go_on_in_ones_own_seat_and_is_not_asked_twice() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (browser, one, link) = host(&hub).await?;
    one.reload().await?;
    one.until_shown("invite-link").await?;

    let tab = browser.open_tab(&link).await?;
    tab.until_shown("own-invitation").await?;
    tab.until_text("own-invitation", "You are already seat 1 here")
        .await?;
    tab.click("go-on-as-one").await?;
    tab.until_seated(1, "vacant").await?;
    tab.until_focused("composer").await?;
    tab.reload().await?;
    tab.until_shown("invite-link").await?;
    tab.evaluate("location.assign('/')").await?;
    tab.until("location.pathname === '/'").await?;
    tab.until_shown("new-conversation").await?;
    tab.evaluate("history.back()").await?;
    tab.until_shown("invite-link").await?;
    tab.say("here as there").await?;
    one.until_messages(1).await?;

    // Where seat 2 is taken there is nothing to try.
    let (_other, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    let third = browser.open_tab(&link).await?;
    third.until_seated(1, "here").await?;
    third.until_messages(1).await?;
    Ok(())
}

#[tokio::test]
async fn seat_two_can_be_tried_in_a_tab_of_its_own() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (browser, one, link) = host(&hub).await?;
    one.write("not for the other one").await?;
    let two = browser.open_tab(&link).await?;
    two.click("try-seat-two").await?;
    two.until_seated(2, "here").await?;
    two.until_draft("").await?;
    one.until_seated(1, "here").await?;
    one.until_draft("not for the other one").await?;

    two.write("mine alone").await?;
    one.press_enter().await?;
    two.until_messages(1).await?;
    two.until_draft("mine alone").await?;
    two.reload().await?;
    two.until_seated(2, "here").await?;
    two.until_draft("mine alone").await?;
    two.until_messages(1).await?;
    two.until_turn("mine").await?;
    two.press_enter().await?;
    one.until_messages(2).await?;
    one.reload().await?;
    one.until_seated(1, "here").await?;
    one.until_messages(2).await?;

    // Whoever has tried enough leaves, and the seat is there for the other person.
    two.click("safety").await?;
    two.click("leave").await?;
    two.click("leave-really").await?;
    two.until_shown("left").await?;
    one.click("new-link").await?;
    let (_other, guest) = Browser::at(&invitation(&one).await?).await?;
    guest.until_seated(2, "here").await?;
    Ok(())
}
