//! The network goes and comes back: nothing is lost, nothing is told twice, and nothing goes to the wrong person.

use anyhow::ensure;
use browser_tests::{Browser, Hub, Page, Wire};
use shared::{Event, RoomId, Seat, Turn};
use test_client::{Client, entry_id, person};

/// A browser in seat 1 over a wire that can be cut, and a bare client in seat 2.
pub(crate) struct Table {
    hub: Hub,
    pub(crate) wire: Wire,
    pub(crate) one: Page,
    pub(crate) two: Client,
    _browser: Browser,
}

impl Table {
    pub(crate) async fn laid(flags: &[&str]) -> anyhow::Result<Self> {
        let hub = Hub::start_with(flags).await?;
        let wire = Wire::to(&hub).await?;
        let (browser, one) = Browser::at(&wire.table()).await?;
        one.until_seated(1, "vacant").await?;
        let (two, welcome) = Client::sit(hub.address(), RoomId::Table, &person(2)).await;
        ensure!(welcome.seat == Seat::Two);
        one.until_seated(1, "here").await?;
        Ok(Self {
            hub,
            wire,
            one,
            two,
            _browser: browser,
        })
    }
}

pub(crate) async fn until_path(page: &Page, path: &str) -> anyhow::Result<()> {
    page.until_attribute("path", "data-path", path).await
}

/// The next thing that is said to a client.
pub(crate) async fn heard(client: &mut Client) -> String {
    loop {
        let entry = client.entry().await;
        if let Event::Say { .. } = entry.event {
            return client.read(&entry);
        }
    }
}

pub(crate) async fn texts(page: &Page) -> anyhow::Result<Vec<String>> {
    let lines = page.messages().await?;
    Ok(lines.into_iter().map(|line| line.text).collect())
}

#[tokio::test]
async fn it_reconnects_by_itself_and_gets_what_it_missed_once() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    table.one.say("over to you").await?;
    table.one.until_newest("stored").await?;
    heard(&mut table.two).await;

    table.wire.cut();
    until_path(&table.one, "none").await?;
    table.one.write("half a thought").await?;
    table
        .two
        .say_sealed(entry_id(1), Turn(2), "while you were away")
        .await;
    table.two.stored(entry_id(1)).await;
    table.wire.mend();

    until_path(&table.one, "server").await?;
    table.one.until_messages(2).await?;
    table.one.until_turn("mine").await?;
    assert_eq!(
        texts(&table.one).await?,
        ["over to you", "while you were away"]
    );
    // What was being written is still there, and can be said.
    table.one.press_enter().await?;
    assert_eq!(heard(&mut table.two).await, "half a thought");
    Ok(())
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_stands_once_on_both_sides() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    table.wire.lose_answers();
    table.one.say("did you get that?").await?;
    assert_eq!(heard(&mut table.two).await, "did you get that?");
    table.one.until_newest("sent").await?;

    table.wire.cut();
    until_path(&table.one, "none").await?;
    table.wire.mend();
    table.one.until_newest("stored").await?;
    assert_eq!(texts(&table.one).await?, ["did you get that?"]);

    // The next thing the other hears is the next thing said.
    table.two.say_sealed(entry_id(1), Turn(2), "I did").await;
    table.one.until_messages(2).await?;
    table.one.say("good").await?;
    assert_eq!(heard(&mut table.two).await, "good");
    Ok(())
}

#[tokio::test]
async fn what_was_meant_for_one_person_is_not_given_to_the_next() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    table.wire.cut();
    until_path(&table.one, "none").await?;
    table.one.say("for you only").await?;
    table.one.until_newest("queued").await?;
    table.two.leave().await;
    table.two.ended().await;
    let address = table.hub.address();
    let (mut stranger, welcome) = Client::sit(address, RoomId::Table, &person(3)).await;
    ensure!(welcome.seat == Seat::Two);
    table.wire.mend();

    table.one.until_newest("held").await?;
    table
        .one
        .until("document.body.textContent.includes('someone else sits there now')")
        .await?;
    table.one.until_seated(1, "here").await?;
    table.one.click("take-back").await?;
    table.one.until_focused("composer").await?;
    table.one.until_draft("for you only").await?;
    table.one.write(", whoever you are").await?;
    table.one.press_enter().await?;
    assert_eq!(heard(&mut stranger).await, "for you only, whoever you are");
    Ok(())
}

#[tokio::test]
async fn whoever_lost_the_seat_keeps_the_talk_and_the_draft_in_sight() -> anyhow::Result<()> {
    let mut table = Table::laid(&["--table-hold", "1s"]).await?;
    table.one.say("between us").await?;
    table.one.until_newest("stored").await?;
    heard(&mut table.two).await;
    table.one.write("and another thing").await?;

    table.wire.cut();
    let left = table.two.entry().await;
    ensure!(matches!(left.event, Event::Leave { .. }), "{left:?}");
    let address = table.hub.address();
    let (_stranger, welcome) = Client::sit(address, RoomId::Table, &person(3)).await;
    ensure!(welcome.seat == Seat::One);
    table.wire.mend();

    table.one.until_shown("seat-lost").await?;
    assert_eq!(texts(&table.one).await?, ["between us"]);
    table.one.until_draft("and another thing").await?;
    table.one.click("go-on").await?;
    table.one.until_shown("seat-lost").await?;
    Ok(())
}

#[tokio::test]
async fn a_seat_that_was_left_is_told_from_one_that_was_never_taken() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    table.two.leave().await;
    table.two.ended().await;
    table.one.until_seated(1, "vacant").await?;
    table.one.until_text("status", "Seat 2 left.").await?;
    table.one.until_text("peer", "left").await?;
    Ok(())
}
