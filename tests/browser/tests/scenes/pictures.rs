//! Pictures of the page as people see it, into `target/pictures`. With `DUOLOGUE_UPDATE_README=1` the README's
//! picture, `docs/duologue.png`, is made anew.

use std::path::{Path, PathBuf};

use browser_tests::{Browser, Hub, Page};

use crate::Pair;

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
async fn everywhere(page: &Page, name: &str) -> anyhow::Result<()> {
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
    if std::env::var_os("DUOLOGUE_UPDATE_README").is_some() {
        let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/duologue.png");
        std::fs::copy(target().join("waiting-desktop-light.png"), shown)?;
    }

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
