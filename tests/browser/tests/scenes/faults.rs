//! The fault room: two pages side by side, whose ways are cut and mended from there.

use std::time::Duration;

use browser_tests::{Browser, Film, Hub, Page, namespace};

/// Whether a path is drawn as open.
async fn until_open(page: &Page, path: &str, open: bool) -> anyhow::Result<()> {
    page.until(&format!(
        "document.querySelector('line[data-path={path}]').dataset.open === '{open}'"
    ))
    .await
}

async fn press(page: &Page, button: &str) -> anyhow::Result<()> {
    let press = format!("document.querySelector('{button}').click() ?? true");
    page.evaluate(&press).await.map(|_| ())
}

/// Something of this name has gone over a way lately.
async fn until_goes(page: &Page, what: &str) -> anyhow::Result<()> {
    page.until(&format!(
        "document.getElementById('log').textContent.includes('{what}')"
    ))
    .await
}

#[tokio::test]
async fn what_is_cut_there_is_cut_and_the_talk_goes_on() -> anyhow::Result<()> {
    if !namespace::inside("faults::what_is_cut_there_is_cut_and_the_talk_goes_on").await? {
        return Ok(());
    }
    let hub = Hub::start_with(&["--demo"]).await?;
    let (_browser, page) = Browser::at(&format!("{}faults", hub.table())).await?;
    for path in ["one", "two", "direct"] {
        until_open(&page, path, true).await?;
    }
    press(&page, "#talk").await?;
    until_goes(&page, "server: say").await?;
    crate::pictures::at_desk(&page, "faults").await?;

    press(&page, "[data-cut=server]").await?;
    for path in ["one", "two"] {
        until_open(&page, path, false).await?;
    }
    until_goes(&page, "2 → direct: wish").await?;
    until_goes(&page, "1 → direct: entry").await?;
    crate::pictures::at_desk(&page, "faults-server-cut").await?;

    press(&page, "[data-cut=server]").await?;
    for path in ["one", "two"] {
        until_open(&page, path, true).await?;
    }
    until_goes(&page, "server: upload").await?;
    press(&page, "[data-cut=direct]").await?;
    until_open(&page, "direct", false).await?;
    until_goes(&page, "server: say").await?;
    press(&page, "[data-cut=both]").await?;
    for path in ["one", "two", "direct"] {
        until_open(&page, path, false).await?;
    }
    Ok(())
}

/// The README's film: the two talk, the server is cut off, they go on, and it is back.
#[tokio::test]
async fn a_film_of_it_is_made_for_the_readme() -> anyhow::Result<()> {
    let Some(file) = crate::pictures::readme("fault-room.png") else {
        return Ok(());
    };
    if !namespace::inside("faults::a_film_of_it_is_made_for_the_readme").await? {
        return Ok(());
    }
    let hub = Hub::start_with(&["--demo"]).await?;
    let (_browser, page) = Browser::at(&format!("{}faults", hub.table())).await?;
    for path in ["one", "two", "direct"] {
        until_open(&page, path, true).await?;
    }
    page.look(1200, 920, "light").await?;
    let distance = Duration::from_millis(400);
    let mut film = Film::default();
    film.shoot(&page, 2, distance).await?;
    press(&page, "#talk").await?;
    film.shoot(&page, 8, distance).await?;
    press(&page, "[data-cut=server]").await?;
    film.shoot(&page, 16, distance).await?;
    press(&page, "[data-cut=server]").await?;
    until_goes(&page, "server: upload").await?;
    film.shoot(&page, 8, distance).await?;
    film.save(&file)
}

#[tokio::test]
async fn a_server_without_it_has_no_such_room_and_lets_nobody_show_its_page() -> anyhow::Result<()>
{
    let hub = Hub::start().await?;
    let (_browser, page) = Browser::at(&format!("{}faults", hub.table())).await?;
    page.until("!document.querySelector('iframe')").await?;
    let policy = "fetch('/').then((answer) => answer.headers.get('content-security-policy'))";
    let policy = page.string(policy).await?;
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    Ok(())
}
