//! Pictures of the page as people see it, into `target/pictures`. With `DUOLOGUE_UPDATE_README=1` the README's
//! pictures, in `docs`, are made anew.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use browser_tests::{Browser, Hub, Page, Wire, namespace};
use shared::{ClientFrame, RoomId, SeatSecret, Seq, Turn, base64url};
use test_client::{Client, entry_id, person};

use crate::direct::{allow, speak, until_path};
use crate::direct_only::agree;
use crate::{Pair, host};

/// A short talk for the picture.
const TALK: [&str; 5] = [
    "Shall we take the early train? It leaves at 7:12.",
    "Early is fine. Do we change anywhere?",
    "Once, with twenty minutes between. There is a bakery on platform 3.",
    "Then I'll bring the coffee, you bring the map:\nhttps://example.org/walks/ridge",
    "Deal.",
];

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pictures")
}

/// The same moment, at a desk and on a phone, in the light and in the dark.
pub(crate) async fn everywhere(page: &Page, name: &str) -> anyhow::Result<()> {
    for (device, width, height) in [
        ("desktop", 1280, 800),
        ("phone", 390, 844),
        ("small", 320, 568),
    ] {
        for scheme in ["light", "dark"] {
            page.look(width, height, scheme).await?;
            let file = target().join(format!("{name}-{device}-{scheme}.png"));
            page.picture(&file).await?;
            let overflow =
                "document.documentElement.scrollWidth > document.documentElement.clientWidth";
            assert_eq!(
                page.evaluate(overflow).await?,
                false,
                "{name} at {width} pixels is too wide"
            );
        }
    }
    page.look(1280, 800, "light").await
}

/// Makes a picture of the README's anew, where that was asked for.
pub(crate) fn for_readme(made: &str, shown: &str) -> anyhow::Result<()> {
    if let Some(shown) = readme(shown) {
        std::fs::copy(target().join(made), shown)?;
    }
    Ok(())
}

/// Where a picture of the README's that takes long is to be made anew, if that was asked for.
pub(crate) fn readme(shown: &str) -> Option<PathBuf> {
    std::env::var_os("DUOLOGUE_UPDATE_README")?;
    Some(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(shown),
    )
}

/// The moment at a desk alone.
pub(crate) async fn at_desk(page: &Page, name: &str) -> anyhow::Result<()> {
    page.look(1280, 800, "light").await?;
    page.picture(&target().join(format!("{name}.png"))).await
}

#[tokio::test]
async fn the_page_in_every_light() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_alone, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    everywhere(&one, "alone").await?;
    drop((_alone, one));

    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    for (index, words) in TALK.iter().enumerate() {
        let (speaker, listener) = if index % 2 == 0 {
            (&pair.one, &pair.two)
        } else {
            (&pair.two, &pair.one)
        };
        speaker.until_turn("mine").await?;
        speaker.say(words).await?;
        listener.until_messages(index + 1).await?;
    }
    pair.one.until_newest("stored").await?;
    pair.one.write("While I wait, I can already wri").await?;
    everywhere(&pair.one, "waiting").await?;
    everywhere(&pair.two, "my-turn").await?;
    for_readme("waiting-desktop-light.png", "duologue.png")?;

    let (_third, third) = Browser::at(&hub.table()).await?;
    third.until_shown("room-full").await?;
    everywhere(&third, "room-full").await?;
    third.click("new-conversation").await?;
    third.until_shown("invite-link").await?;
    everywhere(&third, "invitation").await?;

    hub.stop().await?;
    pair.two
        .until_attribute("path", "data-path", "none")
        .await?;
    everywhere(&pair.two, "outage").await?;
    Ok(())
}

#[tokio::test]
async fn ones_own_invitation_in_every_light() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (browser, _one, link) = host(&hub).await?;
    let tab = browser.open_tab(&link).await?;
    tab.until_shown("own-invitation").await?;
    everywhere(&tab, "own-invitation").await
}

#[tokio::test]
async fn who_sits_across_in_every_light() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, link) = host(&hub).await?;
    let wire = Wire::to(&hub).await?;
    let elsewhere = link.replace(&hub.table(), &wire.table());
    let (_second, two) = Browser::at(&elsewhere).await?;
    two.until_seated(2, "here").await?;
    one.click("safety").await?;
    one.until_shown("safety-words").await?;
    everywhere(&one, "people").await?;
    one.click("people-close").await?;

    let (_third, third) = Browser::at(&link).await?;
    third.until_shown("room-full").await?;
    third.click("ask-in").await?;
    third.until_shown("ask-in-link").await?;
    everywhere(&third, "ask-in").await?;

    one.say("The first word").await?;
    two.until_messages(1).await?;
    two.say("The second").await?;
    one.until_messages(2).await?;
    wire.alter();
    one.say("The third, changed on its way").await?;
    two.until_shown("doubt").await?;
    everywhere(&two, "doubt").await?;

    one.click("safety").await?;
    one.click("leave").await?;
    one.click("leave-really").await?;
    one.until_shown("left").await?;
    everywhere(&one, "left").await?;
    let (_late, late) = Browser::at(&link).await?;
    late.until_shown("not-invited").await?;
    everywhere(&late, "not-invited").await?;
    Ok(())
}

/// What the page's person says, and what the other answers.
const MARKED: [[&str; 2]; 3] = [
    ["Did the parcel come?", "It did, thank you!"],
    ["All three books?", "Two. The atlas is missing."],
    ["Odd. I packed it myself.", "Maybe it travels alone."],
];

#[tokio::test]
async fn every_mark_in_every_light() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let wire = Wire::to(&hub).await?;
    let (_browser, one) = Browser::at(&wire.table()).await?;
    one.until_seated(1, "vacant").await?;
    let (mut two, _) = Client::sit(hub.address(), RoomId::Table, &person(2)).await;
    for (turns, [said, answered]) in (0..).zip(MARKED) {
        one.until_turn("mine").await?;
        one.say(said).await?;
        two.entry().await;
        let (id, turn) = (entry_id(turns), Turn(2 * turns + 2));
        two.say_sealed(id, turn, answered).await;
        two.stored(id).await;
    }
    one.until_turn("mine").await?;
    // Two sits, and then one of each in turn.
    let known = two.knew_at(Seq(5)).bookmark().context("it was said")?;
    let word = two.person().receipt(known.seq, &known.hash, Some(Seq(3)));
    two.send(&ClientFrame::Receipt(word.context("a seat")?))
        .await;
    one.until(
        "document.querySelector('.mark-of.read') && document.querySelector('.mark-of.delivered')",
    )
    .await?;

    wire.lose_answers();
    one.say("I will ask at the post office.").await?;
    one.until_newest("sent").await?;
    everywhere(&one, "mark-sent").await?;
    two.entry().await;
    wire.cut();
    one.until_attribute("path", "data-path", "none").await?;
    wire.mend();
    one.until_newest("stored").await?;
    two.say_sealed(entry_id(9), Turn(8), "Do.").await;
    one.until_turn("mine").await?;

    wire.cut();
    one.until_attribute("path", "data-path", "none").await?;
    one.say("They are closed until Monday.").await?;
    one.until_newest("queued").await?;
    everywhere(&one, "mark-queued").await?;
    let key = one
        .string("sessionStorage.getItem('duologue.table.seat')")
        .await?;
    let key = SeatSecret::from_bytes(base64url::decode_array(&key).context("a key")?);
    let (mut elsewhere, _) = Client::sit(hub.address(), RoomId::Table, &key).await;
    elsewhere.pass(Turn(9)).await;
    elsewhere.turn().await;
    wire.mend();
    one.until_newest("held").await?;
    everywhere(&one, "mark-held").await?;
    one.click("send-again").await?;
    one.until_newest("queued").await?;
    everywhere(&one, "mark-ahead").await?;

    two.say_sealed(entry_id(10), Turn(10), "Then on Monday.")
        .await;
    one.until_newest("stored").await?;
    one.click("safety").await?;
    one.click("tell-reading").await?;
    one.until_attribute("tell-reading", "aria-checked", "true")
        .await?;
    everywhere(&one, "people-reading").await?;
    Ok(())
}

#[tokio::test]
async fn the_paths_in_every_light() -> anyhow::Result<()> {
    if !namespace::inside("pictures::the_paths_in_every_light").await? {
        return Ok(());
    }
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    everywhere(&pair.one, "path-question").await?;
    allow(&pair).await?;
    speak(&pair, 0).await?;
    pair.one.click("path").await?;
    everywhere(&pair.one, "path-details").await?;
    pair.one.click("path").await?;
    agree(&pair).await?;
    pair.one.click("path").await?;
    pair.one.until_shown("store-again").await?;
    everywhere(&pair.one, "direct-only").await?;
    pair.one.click("store-again").await?;
    until_path(&pair, "both").await?;
    hub.kill().await?;
    until_path(&pair, "direct").await?;
    pair.one.until_text("unsaved", "Direct only").await?;
    speak(&pair, 1).await?;
    speak(&pair, 2).await?;
    pair.one.until_newest("delivered").await?;
    everywhere(&pair.one, "path-direct").await
}

#[tokio::test]
async fn by_hand_in_every_light() -> anyhow::Result<()> {
    if !namespace::inside("pictures::by_hand_in_every_light").await? {
        return Ok(());
    }
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    speak(&pair, 0).await?;
    hub.kill().await?;
    until_path(&pair, "none").await?;
    pair.one.click("path").await?;
    everywhere(&pair.one, "by-hand").await?;
    pair.one.click("make-code").await?;
    pair.one.until_shown("code").await?;
    everywhere(&pair.one, "by-hand-code").await
}

#[tokio::test]
async fn the_floor_in_every_light() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.until_turn("mine").await?;
    pair.one.click("mode").await?;
    everywhere(&pair.one, "floor-menu").await?;
    pair.one.click("propose-mode").await?;
    pair.one.until_shown("suggested").await?;
    everywhere(&pair.one, "floor-suggested").await?;
    pair.two.until_shown("suggestion").await?;
    everywhere(&pair.two, "floor-suggestion").await?;
    pair.two.click("accept").await?;
    pair.two.until_turn("free").await?;
    pair.one.until_turn("free").await?;
    pair.one.say("Shall we just talk?").await?;
    pair.two.until_messages(1).await?;
    pair.two.say("Yes, and both at once.").await?;
    pair.one.until_messages(2).await?;
    everywhere(&pair.one, "free-talk").await
}
