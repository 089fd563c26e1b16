//! Text is text, whatever it says and however it is written.

use browser_tests::{Browser, Hub};

use crate::Pair;

#[tokio::test]
async fn markup_in_a_message_stays_text() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    let attacks = [
        "<script>window.harmed = true</script>",
        "<img src=x onerror=\"window.harmed = true\">",
        "</p><svg onload=window.harmed=true> &lt;b&gt; javascript:alert(1)",
    ];
    for (index, attack) in attacks.iter().enumerate() {
        let (speaker, listener) = if index % 2 == 0 {
            (&pair.one, &pair.two)
        } else {
            (&pair.two, &pair.one)
        };
        speaker.until_turn("mine").await?;
        speaker.say(attack).await?;
        listener.until_messages(index + 1).await?;
    }
    for side in [&pair.one, &pair.two] {
        let shown: Vec<_> = side
            .messages()
            .await?
            .into_iter()
            .map(|line| line.text)
            .collect();
        assert_eq!(shown, attacks);
        let inside = "document.querySelectorAll('.bubble script, .bubble img, .bubble svg').length";
        assert_eq!(side.evaluate(inside).await?, 0);
        assert_eq!(
            side.evaluate("window.harmed ?? 'unharmed'").await?,
            "unharmed"
        );
    }
    Ok(())
}

#[tokio::test]
async fn emoji_right_to_left_and_four_thousand_characters_arrive_intact() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    let long: String = "שלום, مرحبا — 👩‍👩‍👧‍👦 e\u{301} 日本語. "
        .chars()
        .cycle()
        .take(4_000)
        .collect();
    let long = format!("{}.", long.trim_end());
    pair.one.say(&long).await?;
    pair.two.until_messages(1).await?;
    assert_eq!(pair.two.messages().await?[0].text, long);
    pair.two.say("🎉").await?;
    pair.one.until_messages(2).await?;
    assert_eq!(pair.one.messages().await?[1].text, "🎉");
    // Nothing is wider than the page.
    for side in [&pair.one, &pair.two] {
        let overflow =
            "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(side.evaluate(overflow).await?, false);
    }
    Ok(())
}

#[tokio::test]
async fn enter_sends_unless_it_belongs_to_the_input_method_or_comes_with_shift()
-> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    one.write("日本").await?;
    for sign in ["isComposing: true", "keyCode: 229"] {
        // The page leaves such a press to the input method.
        let left = one
            .evaluate(&format!(
                "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{\
                     key: 'Enter', bubbles: true, cancelable: true, {sign} }}))"
            ))
            .await?;
        assert_eq!(left, true, "{sign}");
    }
    assert_eq!(one.messages().await?, []);
    one.write("\n語").await?;
    one.until_draft("日本\n語").await?;
    assert_eq!(one.messages().await?, []);
    one.press_enter().await?;
    // Alone at the table there is nobody to seal it for; it waits.
    one.until_newest("queued").await?;
    assert_eq!(one.messages().await?[0].text, "日本\n語");
    Ok(())
}

#[tokio::test]
async fn lines_are_kept_and_addresses_become_safe_links() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one
        .say("Look:\nhttps://example.org/a?b=c\n  indented")
        .await?;
    pair.two.until_messages(1).await?;
    let text = &pair.two.messages().await?[0].text;
    assert_eq!(text, "Look:\nhttps://example.org/a?b=c\n  indented");
    let link = "(({href, rel, target}) => `${href} ${rel} ${target}`)(document.querySelector('.bubble a'))";
    let link = pair.two.string(link).await?;
    assert!(link.starts_with("https://example.org/a?b=c "), "{link}");
    assert!(
        link.contains("noopener") && link.contains("noreferrer"),
        "{link}"
    );
    Ok(())
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_in_words_and_kept() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    let long = "x".repeat(shared::MAX_TEXT_BYTES + 1);
    one.say(&long).await?;
    one.until_text("status", "Too long by 1 byte").await?;
    assert_eq!(one.messages().await?, []);
    let kept = format!(
        "document.querySelector('[data-testid=\"composer\"]').value.length === {}",
        long.len()
    );
    one.until(&kept).await?;
    Ok(())
}
