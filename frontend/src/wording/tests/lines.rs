//! The lines between the messages, what is said beside a message, and what a doubt says.

use shared::{Fault, LeaveReason, Seat, Seq};

use super::*;
use crate::state::tests::line as told;
use crate::state::{Held, What};

#[test]
fn every_line_between_the_messages_is_a_sentence_or_a_note() {
    let (seat, other) = (Seat::One, Seat::Two);
    let reason = |reason| What::Left {
        seat: other,
        reason,
    };
    for (what, words) in [
        (What::Sat { seat, mine: true }, "You took seat 1"),
        (
            What::Sat {
                seat: other,
                mine: false,
            },
            "Seat 2 sat down",
        ),
        (reason(LeaveReason::Asked), "Seat 2 left"),
        (
            reason(LeaveReason::Absent),
            "Seat 2 was away too long; the seat is free",
        ),
        (
            What::Unkept,
            "This browser keeps nothing here. After a reload your seat would be gone, and so would what is not sent.",
        ),
        (What::Passed { seat, mine: true }, "You passed"),
        (What::Passed { seat, mine: false }, "Seat 1 passed"),
        (
            What::Invited { seat, mine: true },
            "You opened seat 2 by a new link",
        ),
        (
            What::Invited { seat, mine: false },
            "Seat 1 opened your seat by a new link",
        ),
        (
            What::Reseated { seat, mine: true },
            "You were let in again under a new key",
        ),
        (
            What::Reseated {
                seat: other,
                mine: false,
            },
            "Seat 2 goes on with a new key. Compare the safety words again.",
        ),
        (
            What::Doubt(Fault::Gap {
                expected: Seq(5),
                found: Seq(6),
            }),
            "At 14:03 the server showed something that cannot be believed: entry 5 is missing. Nothing after it is \
             shown.",
        ),
        (
            What::Afresh,
            "What is above is as this page saw it. Below is what the server shows now.",
        ),
        (
            What::Yielded,
            "The server has something else than what you two said here without it. What you said since is sent again.",
        ),
        (
            What::Anew,
            "The server started anew at 14:03. What was said before is in this page at most.",
        ),
        (
            What::Lost { messages: 0 },
            "The server lost the last events of this talk.",
        ),
        (
            What::Lost { messages: 1 },
            "The server lost the message above. It is only in this browser.",
        ),
        (
            What::Lost { messages: 2 },
            "The server lost the 2 messages above. They are only in this browser.",
        ),
        (
            What::Gap,
            "You had no seat for a while. What was said meanwhile is not shown.",
        ),
    ] {
        assert_eq!(line(&told(what), clock), words);
    }
}

#[test]
fn a_doubt_says_what_is_wrong_and_since_when() {
    let seq = Seq(5);
    for (fault, what) in [
        (
            Fault::Gap {
                expected: seq,
                found: Seq(8),
            },
            "entries 5 to 7 are missing",
        ),
        (Fault::Repeated { seq }, "entry 5 was shown twice"),
        (
            Fault::OtherHistory { seq },
            "entry 5 follows upon another talk than the one shown here",
        ),
        (
            Fault::Forged { seq },
            "entry 5 was not written by the one it is said to be by",
        ),
        (
            Fault::AgainstRules { seq },
            "entry 5 is against the rules of the conversation",
        ),
    ] {
        let at = T0;
        assert_eq!(
            alarm(&Alarm { fault, at }, clock),
            format!(
                "Since 14:03 this page does not believe what it is shown: {what}. Someone in between, the server, or \
                 the other’s program has changed the talk."
            )
        );
    }
}

#[test]
fn a_held_message_says_why() {
    let words = "the signature is not this seat's".to_owned();
    for (why, words) in [
        (
            Held::NotYourTurn { holder: Seat::Two },
            "Not sent: it was seat 2’s turn.",
        ),
        (
            Held::TurnOver,
            "Not sent: the turn it was written for is over.",
        ),
        (
            Held::TalkOver,
            "Not sent: the talk it was written for is gone.",
        ),
        (Held::PeerLeft, "Not sent: whoever it was for has left."),
        (Held::PeerChanged, "Not sent: someone else sits there now."),
        (
            Held::PeerUnsure,
            "Not sent: the talk was interrupted, and someone else may sit there now.",
        ),
        (
            Held::Refused { words },
            "Not sent: the signature is not this seat's.",
        ),
    ] {
        assert_eq!(held(&why), words);
    }
}

#[test]
fn trust_is_told_in_a_word_or_two() {
    for (state, words) in [
        (Trust::Alone, "Sealed"),
        (Trust::Unverified, "Compare words"),
        (Trust::Verified, "Verified"),
        (Trust::Changed, "Key changed"),
    ] {
        assert_eq!(trust(state), words);
    }
}

#[test]
fn every_mark_has_a_name_and_words() {
    use crate::state::{Progress, Rank, Reach};
    let through = Rank::Through;
    let queued = Progress::Queued { not_before: T0 };
    for (mark, name, words) in [
        (
            through(Reach::Stored),
            "stored",
            "Stored, not delivered yet",
        ),
        (through(Reach::Delivered), "delivered", "Delivered"),
        (through(Reach::Read), "read", "Read"),
        (Rank::Lost, "held", "Only in this browser"),
        (Rank::Pending(queued), "queued", "Waiting to be sent"),
        (
            Rank::Pending(Progress::Sent),
            "sent",
            "Sent, not confirmed yet",
        ),
        (
            Rank::Pending(Progress::Held(Held::TurnOver)),
            "held",
            "Not sent",
        ),
    ] {
        assert_eq!(rank(&mark), (name, words));
    }
}

#[test]
fn saying_a_held_message_after_all_is_called_what_it_is() {
    let (id, at) = (EntryId([1; 16]), T0);
    let mut world = World::with_bea(TABLE, Seat::One);
    assert_eq!(again(&world.view), Some("Send it now"));
    world.say(id, "hello").give_in_vain();
    assert_eq!(again(&world.view), None, "one at a time");
    world.hear(ServerFrame::Rejected {
        id: Some(id),
        rejection: Rejection::StaleTurn {
            turn: shared::Turn(1),
            holder: Seat::One,
        },
    });
    world.pass();
    assert_eq!(again(&world.view), Some("Send it in my next turn"));
    world.act(Action::QueueAgain { id, at });
    let status = status(&world.view, clock);
    assert_eq!(
        status.spoken(),
        "Seat 2’s turn. Your message goes when the turn is yours."
    );
}
