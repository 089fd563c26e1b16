//! One conversation in several tabs of one browser: one leads, the others show the same and do the same.

use browser_tests::{Browser, Hub, Line, Page};
use serde_json::json;

use crate::{host, invitation};

/// A conversation in two tabs of one browser, and the other person in another one.
struct Room {
    leader: Page,
    mirror: Page,
    peer: Page,
    browser: Browser,
    _other: Browser,
}

async fn room(hub: &Hub) -> anyhow::Result<Room> {
    let (browser, leader, link) = host(hub).await?;
    let (_other, peer) = Browser::at(&link).await?;
    peer.until_seated(2, "here").await?;
    leader.until_seated(1, "here").await?;
    let mirror = browser.open_tab(&link).await?;
    mirror.until_seated(1, "here").await?;
    Ok(Room {
        leader,
        mirror,
        peer,
        browser,
        _other,
    })
}

fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[tokio::test]
async fn every_tab_shows_the_same_and_can_send() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let room = room(&hub).await?;
    let tabs = [&room.leader, &room.mirror];
    room.mirror.until_turn("mine").await?;
    room.mirror.say("from the second tab").await?;
    room.peer.until_messages(1).await?;
    for tab in tabs {
        tab.until_messages(1).await?;
        tab.until_newest("stored").await?;
        tab.until_turn("theirs").await?;
        tab.until_draft("").await?;
    }
    room.peer.say("to both").await?;
    for tab in tabs {
        tab.until_messages(2).await?;
        tab.until_turn("mine").await?;
    }

    // What is written in one is there in the other, and can be sent from there.
    room.leader.write("begun in the first").await?;
    room.mirror.until_draft("begun in the first").await?;
    room.mirror.press_enter().await?;
    room.peer.until_messages(3).await?;
    for tab in tabs {
        tab.until_newest("stored").await?;
        tab.until_draft("").await?;
    }
    room.peer.say("and now pass").await?;
    room.mirror.until_messages(4).await?;
    room.mirror.until_turn("mine").await?;
    room.mirror.click("pass").await?;
    room.peer.until_turn("mine").await?;
    for tab in tabs {
        tab.until_text("transcript", "passed").await?;
    }

    // A third tab is told all that the first has seen.
    let third = room
        .browser
        .open_tab(&room.leader.string("location.href").await?)
        .await?;
    third.until_messages(4).await?;
    let said = room.leader.messages().await?;
    assert_eq!(
        texts(&said),
        [
            "from the second tab",
            "to both",
            "begun in the first",
            "and now pass"
        ]
    );
    assert_eq!(third.messages().await?, said);
    assert_eq!(room.mirror.messages().await?, said);
    Ok(())
}

#[tokio::test]
async fn when_the_leading_tab_closes_the_next_goes_on() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let room = room(&hub).await?;
    room.leader.say("from the first tab").await?;
    room.peer.until_messages(1).await?;
    room.peer.say("an answer").await?;
    let third = room
        .browser
        .open_tab(&room.leader.string("location.href").await?)
        .await?;
    third.until_messages(2).await?;
    room.leader.write("half a sentence").await?;
    room.mirror.until_draft("half a sentence").await?;

    room.leader.close().await?;
    room.mirror.write(", made whole").await?;
    room.mirror.press_enter().await?;
    room.peer.until_messages(3).await?;
    for tab in [&room.mirror, &third] {
        tab.until_messages(3).await?;
        tab.until_newest("stored").await?;
        tab.until_attribute("path", "data-path", "server").await?;
    }
    room.peer.say("heard").await?;

    // And the next again, by a reload this time: the tab that was reloaded is the last in line then.
    third.until_messages(4).await?;
    room.mirror.reload().await?;
    third.until_turn("mine").await?;
    third.say("from the third tab").await?;
    room.mirror.until_messages(5).await?;
    room.peer.until_messages(5).await?;
    let said = room.peer.messages().await?;
    assert_eq!(
        texts(&said),
        [
            "from the first tab",
            "an answer",
            "half a sentence, made whole",
            "heard",
            "from the third tab"
        ]
    );
    for tab in [&room.mirror, &third] {
        assert_eq!(texts(&tab.messages().await?), texts(&said));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_wished_in_one_tab_is_done_for_all() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let room = room(&hub).await?;
    let tabs = [&room.leader, &room.mirror];
    room.mirror.click("safety").await?;
    room.mirror.click("verify").await?;
    for tab in tabs {
        tab.until_attribute("safety", "data-trust", "verified")
            .await?;
    }
    // The guest has said nothing: a new link puts them out, and is the same in both tabs.
    room.mirror.click("withdraw").await?;
    room.peer.until_shown("withdrawn").await?;
    let fresh = invitation(&room.mirror).await?;
    for tab in tabs {
        tab.until(&format!("location.href === '{fresh}'")).await?;
    }
    let (_third, next) = Browser::at(&fresh).await?;
    next.until_seated(2, "here").await?;
    room.mirror.until_seated(1, "here").await?;
    room.mirror.click("safety").await?;
    room.mirror.click("leave").await?;
    room.mirror.click("leave-really").await?;
    for tab in tabs {
        tab.until_shown("left").await?;
    }
    next.until_text("status", "Seat 1 left.").await?;
    Ok(())
}

#[tokio::test]
async fn a_leading_tab_that_stands_still_is_relieved() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let room = room(&hub).await?;
    // Its socket and its lock stay, and it hears nothing.
    let state = |state: &str| json!({ "state": state });
    let leader = &room.leader;
    leader
        .browser_command("Page.setWebLifecycleState", state("frozen"))
        .await?;
    room.mirror.say("does anybody hear this?").await?;
    room.peer.until_messages(1).await?;
    room.mirror.until_newest("stored").await?;
    leader
        .browser_command("Page.setWebLifecycleState", state("active"))
        .await?;
    leader.until_messages(1).await?;
    leader.until_turn("theirs").await?;
    room.peer.say("yes").await?;
    leader.until_messages(2).await?;
    leader.until_turn("mine").await?;
    leader.say("good").await?;
    room.peer.until_messages(3).await?;
    room.mirror.until_messages(3).await?;
    room.mirror.until_newest("stored").await?;
    Ok(())
}
