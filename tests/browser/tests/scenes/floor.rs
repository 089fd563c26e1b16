//! Strict turns, as the page keeps them and as the server does when the page is left out.

use anyhow::ensure;
use browser_tests::{Browser, Hub};
use shared::{Rejection, RoomId, Seat, Turn};
use test_client::{Client, entry_id, person};

use crate::Pair;

#[tokio::test]
async fn ten_turns_go_back_and_forth_with_the_exact_words() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    let mut expected = Vec::new();
    for number in 1..=10 {
        let (speaker, listener, seat) = if number % 2 == 1 {
            (&pair.one, &pair.two, "1")
        } else {
            (&pair.two, &pair.one, "2")
        };
        speaker.until_turn("mine").await?;
        listener.until_turn("theirs").await?;
        let words = format!("Turn {number}: as exact as \"this\" — & <that>.");
        speaker.say(&words).await?;
        expected.push((seat.to_owned(), words));
        listener.until_messages(number).await?;
        speaker.until_newest("stored").await?;
    }
    for side in [&pair.one, &pair.two] {
        let talk = side.messages().await?;
        let told: Vec<_> = talk
            .into_iter()
            .map(|line| (line.seat, line.text))
            .collect();
        assert_eq!(told, expected);
    }
    Ok(())
}

#[tokio::test]
async fn out_of_turn_one_can_write_and_not_send() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.two.until_turn("theirs").await?;
    pair.two.say("too early").await?;
    pair.two.click("send").await?;
    // The page says why, keeps the words, and the cursor stays where it was.
    pair.two
        .until_text("status", "Not yet: it is seat 1’s turn.")
        .await?;
    let held = "document.activeElement.dataset.testid === 'composer' \
                && document.activeElement.value === 'too early'";
    pair.two.until(held).await?;
    assert_eq!(pair.two.messages().await?, []);
    pair.two
        .until("document.title.startsWith('Waiting')")
        .await?;

    // When the turn comes, the words are still there and can be sent.
    pair.one.say("your turn").await?;
    pair.two.until_turn("mine").await?;
    pair.two
        .until("document.title.startsWith('Your turn')")
        .await?;
    pair.two.press_enter().await?;
    pair.one.until_messages(2).await?;
    assert_eq!(pair.one.messages().await?[1].text, "too early");
    Ok(())
}

#[tokio::test]
async fn a_client_that_ignores_the_rules_is_refused_by_the_server() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    let (mut two, welcome) = Client::sit(hub.address(), RoomId::Table, &person(2)).await;
    ensure!(welcome.seat == Seat::Two);
    two.say_sealed(entry_id(1), Turn::FIRST, "I do not wait")
        .await;
    let (turn, holder) = (Turn::FIRST, Seat::One);
    let refused = (Some(entry_id(1)), Rejection::NotYourTurn { turn, holder });
    assert_eq!(two.rejected().await, refused);

    one.say("I do").await?;
    two.entry().await;
    two.say_sealed(entry_id(2), Turn(2), "now I may").await;
    one.until_messages(2).await?;
    assert_eq!(one.messages().await?[1].text, "now I may");
    Ok(())
}

#[tokio::test]
async fn the_floor_can_be_passed_with_a_button() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.until_turn("mine").await?;
    pair.one.click("pass").await?;
    pair.two.until_turn("mine").await?;
    pair.one.until_turn("theirs").await?;
    assert_eq!(pair.two.messages().await?, []);
    Ok(())
}

#[tokio::test]
async fn what_seat_one_says_alone_at_the_table_waits_for_whoever_comes() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    one.say("is anybody there?").await?;
    one.until_newest("queued").await?;
    one.until_text("status", "sent when someone takes seat 2")
        .await?;
    // It is kept over a reload.
    one.reload().await?;
    one.until_newest("queued").await?;
    let (_second, two) = Browser::at(&hub.table()).await?;
    two.until_messages(1).await?;
    assert_eq!(two.messages().await?[0].text, "is anybody there?");
    one.until_newest("stored").await?;
    two.until_turn("mine").await?;
    Ok(())
}

#[tokio::test]
async fn writing_is_seen_by_the_other() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.write("let me think").await?;
    pair.two
        .until("document.body.textContent.includes('is writing')")
        .await?;
    Ok(())
}
