//! The connection is cut at every frame of a turn, and of coming back: each message stands once, on both sides.

use browser_tests::Way;
use shared::Turn;
use test_client::entry_id;

use crate::wire::{Table, heard, texts, until_path};

/// Before which frame of a turn it is cut, and whether the other's answer is under way by then.
const TURN: [(&str, Way, usize, bool); 5] = [
    ("before the message arrives", Way::Up, 0, false),
    (
        "when it is stored, before that is told",
        Way::Down,
        0,
        false,
    ),
    (
        "when that is told, before the turn moves",
        Way::Down,
        1,
        false,
    ),
    (
        "when the turn moved, before the answer comes",
        Way::Down,
        2,
        true,
    ),
    (
        "when the answer came, before the turn moves",
        Way::Down,
        3,
        true,
    ),
];

/// Before which frame of coming back it is cut. Last the message itself, and only then has it not arrived before: else
/// coming back shows that it has.
const RETURN: [(&str, Way, Way, usize); 5] = [
    ("before the challenge", Way::Down, Way::Down, 0),
    ("before the hello", Way::Down, Way::Up, 0),
    ("before the welcome", Way::Down, Way::Down, 1),
    ("before what was missed", Way::Down, Way::Down, 2),
    ("before the message is said again", Way::Up, Way::Up, 1),
];

/// One round of the talk: what seat 1 says, what seat 2 answers, and in which turns.
struct Round {
    said: String,
    answer: String,
    turn: u64,
}

impl Round {
    fn new(number: usize) -> Self {
        Self {
            said: format!("said {number}"),
            answer: format!("answer {number}"),
            turn: 2 * number as u64 + 1,
        }
    }

    async fn answered(&self, table: &mut Table) {
        assert_eq!(heard(&mut table.two).await, self.said);
        let (id, turn) = (entry_id(self.turn), Turn(self.turn + 1));
        table.two.say_sealed(id, turn, &self.answer).await;
        table.two.stored(id).await;
    }
}

/// Whether the page shows each round once, in order, all of it stored, and may go on.
async fn all_is_well(table: &Table, rounds: usize) -> anyhow::Result<()> {
    until_path(&table.one, "server").await?;
    table.one.until_messages(2 * rounds).await?;
    table.one.until_turn("mine").await?;
    let expected: Vec<_> = (0..rounds)
        .map(Round::new)
        .flat_map(|round| [round.said, round.answer])
        .collect();
    assert_eq!(texts(&table.one).await?, expected);
    let lines = table.one.messages().await?;
    let kept = ["stored", "delivered", "read"];
    let all_kept = lines
        .iter()
        .filter(|line| line.seat == "1")
        .all(|line| kept.contains(&&*line.state));
    assert!(all_kept, "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn a_turn_survives_a_cut_at_each_of_its_frames() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    for (number, (place, way, frames, answers)) in TURN.into_iter().enumerate() {
        eprintln!("cut {place}");
        let round = Round::new(number);
        table.wire.cut_after(frames, way);
        table.one.say(&round.said).await?;
        if answers {
            round.answered(&mut table).await;
        }
        table.wire.until_cut().await;
        until_path(&table.one, "none").await?;
        table.wire.mend();
        if !answers {
            round.answered(&mut table).await;
        }
        all_is_well(&table, number + 1).await?;
    }
    Ok(())
}

#[tokio::test]
async fn coming_back_survives_a_cut_at_each_of_its_frames() -> anyhow::Result<()> {
    let mut table = Table::laid(&[]).await?;
    for (number, (place, lost, way, frames)) in RETURN.into_iter().enumerate() {
        eprintln!("cut {place}");
        let round = Round::new(number);
        // There is a message that the hub has and the page does not know to be stored, or one to say again.
        table.wire.cut_after(0, lost);
        table.one.say(&round.said).await?;
        table.wire.until_cut().await;
        until_path(&table.one, "none").await?;
        table.wire.cut_after(frames, way);
        table.wire.until_cut().await;
        table.wire.mend();
        round.answered(&mut table).await;
        all_is_well(&table, number + 1).await?;
    }
    Ok(())
}
