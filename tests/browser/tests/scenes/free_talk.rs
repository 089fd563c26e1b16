//! Free talk by consent, and the rest of the floor: asked for, kept, and taken from somebody who is away.

use browser_tests::{Browser, Hub};

use crate::Pair;

/// Both take part: what one suggests the other agrees to.
async fn agree_to_speak_freely(pair: &Pair) -> anyhow::Result<()> {
    pair.one.click("mode").await?;
    pair.one.click("propose-mode").await?;
    pair.one.until_shown("suggested").await?;
    pair.two
        .until_text("suggestion", "Seat 1 suggests talking freely.")
        .await?;
    pair.two.click("accept").await?;
    for side in [&pair.one, &pair.two] {
        side.until_turn("free").await?;
        side.until_text("mode", "Free talk").await?;
    }
    Ok(())
}

#[tokio::test]
async fn both_speak_at_once_and_take_turns_again() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.until_turn("mine").await?;
    pair.two.until_turn("theirs").await?;
    agree_to_speak_freely(&pair).await?;
    // At the same time, again and again: each message is there once, in the same order for both.
    for number in 0..20 {
        let (one, two) = (format!("one {number}"), format!("two {number}"));
        let (said, too) = tokio::join!(pair.one.say(&one), pair.two.say(&two));
        said.and(too)?;
    }
    let mut told = Vec::new();
    for side in [&pair.one, &pair.two] {
        side.until_messages(40).await?;
        let all = "document.querySelectorAll('[data-testid=entry]:not([data-state=queued], [data-state=sent])').length === 40";
        side.until(all).await?;
        let talk = side.messages().await?;
        told.push(talk.into_iter().map(|line| line.text).collect::<Vec<_>>());
    }
    assert_eq!(told[0], told[1]);
    for seat in ["one", "two"] {
        let of_seat = told[0].iter().filter(|text| text.starts_with(seat));
        let expected: Vec<_> = (0..20).map(|number| format!("{seat} {number}")).collect();
        assert_eq!(of_seat.cloned().collect::<Vec<_>>(), expected);
    }

    // Back to turns: whoever did not speak last begins.
    pair.one.say("the last word").await?;
    pair.two.until_messages(41).await?;
    pair.two.click("mode").await?;
    pair.two.click("propose-mode").await?;
    pair.one.until_shown("suggestion").await?;
    pair.one.click("accept").await?;
    pair.one.until_turn("theirs").await?;
    pair.two.until_turn("mine").await
}

#[tokio::test]
async fn a_suggestion_can_be_declined_and_taken_back() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.two.until_turn("theirs").await?;
    pair.two.click("mode").await?;
    pair.two.click("propose-letters").await?;
    pair.one
        .until_text("suggestion", "Seat 2 suggests that the turn is never taken")
        .await?;
    pair.one.click("decline").await?;
    let gone = "!document.querySelector('[data-testid=suggested]')";
    pair.two.until(gone).await?;
    pair.two.click("mode").await?;
    pair.two.click("propose-mode").await?;
    pair.one.until_shown("suggestion").await?;
    pair.two.click("withdraw").await?;
    pair.one.until_gone("suggestion").await?;
    pair.one.until_turn("mine").await
}

#[tokio::test]
async fn several_messages_in_one_turn_and_a_turn_asked_for() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.until_turn("mine").await?;
    pair.one.click("keep-turn").await?;
    pair.one.say("first").await?;
    pair.two.until_messages(1).await?;
    pair.two.until_text("status", "They go on.").await?;
    pair.two.click("ask").await?;
    pair.one.until_text("status", "Seat 2 asks for it.").await?;
    pair.two.until_text("status", "You asked for it.").await?;
    pair.one.until_turn("mine").await?;
    pair.one.click("keep-turn").await?;
    pair.one.say("last").await?;
    pair.two.until_turn("mine").await?;
    pair.two.until_messages(2).await
}

/// Whoever closes the page says so, and at the table the turn can then be taken after a quarter of a minute.
#[tokio::test]
async fn the_turn_is_taken_from_somebody_who_went() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (browser, one) = Browser::at(&hub.table()).await?;
    let (_other, two) = Browser::at(&hub.table()).await?;
    two.until_seated(2, "here").await?;
    one.until_turn("mine").await?;
    one.close().await?;
    drop(browser);
    two.until_attribute("peer", "data-presence", "away").await?;
    two.until_turn("theirs").await?;
    two.until_text("claimable", "You can wait, or take the turn.")
        .await?;
    two.click("claim").await?;
    two.until_turn("mine").await?;
    two.until_gone("claimable").await?;
    two.say("then I go first").await?;
    two.until_newest("stored").await
}
