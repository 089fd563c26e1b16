//! What a server can show other than what happened, and at which entry an honest page notices. Each lie is a line in a
//! table: what is done, and the [`Fault`] that is found.

mod agreements;
mod authors;
mod fields;
mod histories;
mod honesty;
mod order;
mod outsets;
mod receipts;
mod story;
#[path = "../support/mod.rs"]
mod support;

use shared::{ConversationId, Entry, Epoch, Fault, RoomId, Seq};

use story::{Story, read};

/// What is done, how, and what is found.
type Lie = (&'static str, fn(&Story) -> Vec<Entry>, Fault);

fn story() -> Story {
    Story::of(support::CONVERSATION, Epoch(1))
}

/// The same people saying the same, somewhere else.
fn story_of_another_room() -> Story {
    Story::of(RoomId::Conversation(ConversationId([6; 16])), Epoch(1))
}

/// The same people saying the same in the same room, another time.
fn story_of_another_epoch() -> Story {
    Story::of(support::CONVERSATION, Epoch(2))
}

/// Tells each lie to whoever sits in seat 1.
fn each_is_noticed(lies: &[Lie]) {
    each_is_noticed_in(&story(), lies);
}

fn each_is_noticed_in(story: &Story, lies: &[Lie]) {
    for (what, lie, fault) in lies {
        let noticed = read(&mut story.one(), &lie(story));
        assert_eq!(noticed, Err(*fault), "{what}");
    }
}

const fn gap(expected: u64, found: u64) -> Fault {
    Fault::Gap {
        expected: Seq(expected),
        found: Seq(found),
    }
}

const fn repeated(seq: u64) -> Fault {
    Fault::Repeated { seq: Seq(seq) }
}

const fn other_history(seq: u64) -> Fault {
    Fault::OtherHistory { seq: Seq(seq) }
}

const fn forged(seq: u64) -> Fault {
    Fault::Forged { seq: Seq(seq) }
}

const fn against_rules(seq: u64) -> Fault {
    Fault::AgainstRules { seq: Seq(seq) }
}
