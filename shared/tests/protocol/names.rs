//! Every name has an example.

use std::collections::BTreeSet;

use shared::{
    Change, ClientFrame, Event, Fault, Floor, LeaveReason, Mode, Pace, Presence, Rejection,
    ResyncReason, ServerFrame, Signal, Store, TurnCause,
};

use crate::document::{DOCUMENT, client_examples, entries, examples, server_examples};

/// The wire names of a type's variants, and which one a value is. Without a wildcard: a new variant does not compile
/// until it stands here, and then fails until the document shows it.
macro_rules! names {
    ($of:ident: $kind:ty { $($variant:pat => $name:literal),+ $(,)? }) => {
        pub(crate) mod $of {
            use super::*;

            pub(crate) const ALL: &[&str] = &[$($name),+];

            pub(crate) fn name(value: &$kind) -> &'static str {
                match value {
                    $($variant => $name),+
                }
            }
        }
    };
}

names!(client: ClientFrame {
    ClientFrame::Hello { .. } => "hello",
    ClientFrame::Say { .. } => "say",
    ClientFrame::Pass { .. } => "pass",
    ClientFrame::Invite { .. } => "invite",
    ClientFrame::Reseat { .. } => "reseat",
    ClientFrame::Typing {} => "typing",
    ClientFrame::Receipt(_) => "receipt",
    ClientFrame::Leave { .. } => "leave",
    ClientFrame::Ping {} => "ping",
    ClientFrame::Claim { .. } => "claim",
    ClientFrame::Propose { .. } => "propose",
    ClientFrame::Accept { .. } => "accept",
    ClientFrame::Decline { .. } => "decline",
    ClientFrame::Withdraw { .. } => "withdraw",
    ClientFrame::Ask { .. } => "ask",
    ClientFrame::Bye {} => "bye",
    ClientFrame::Upload { .. } => "upload",
    ClientFrame::Signal { .. } => "signal",
    ClientFrame::Ice {} => "ice",
    ClientFrame::Direct { .. } => "direct",
});

names!(server: ServerFrame {
    ServerFrame::Challenge { .. } => "challenge",
    ServerFrame::Welcome { .. } => "welcome",
    ServerFrame::Entries { .. } => "entries",
    ServerFrame::Entry(_) => "entry",
    ServerFrame::Turn(_) => "turn",
    ServerFrame::Presence { .. } => "presence",
    ServerFrame::Stored { .. } => "stored",
    ServerFrame::Rejected { .. } => "rejected",
    ServerFrame::Typing { .. } => "typing",
    ServerFrame::Receipt { .. } => "receipt",
    ServerFrame::Resync { .. } => "resync",
    ServerFrame::Draining {} => "draining",
    ServerFrame::Pong {} => "pong",
    ServerFrame::Ask { .. } => "ask",
    ServerFrame::Claimable { .. } => "claimable",
    ServerFrame::Signal { .. } => "signal",
    ServerFrame::Ice { .. } => "ice",
});

names!(signal: Signal {
    Signal::Ready { .. } => "ready",
    Signal::Offer { .. } => "offer",
    Signal::Answer { .. } => "answer",
    Signal::Candidate { .. } => "candidate",
    Signal::No { .. } => "no",
});

names!(event: Event {
    Event::Sit { .. } => "sit",
    Event::Leave { .. } => "leave",
    Event::Say { .. } => "say",
    Event::Pass { .. } => "pass",
    Event::Invite { .. } => "invite",
    Event::Reseat { .. } => "reseat",
    Event::Claim { .. } => "claim",
    Event::Propose { .. } => "propose",
    Event::Accept { .. } => "accept",
    Event::Decline { .. } => "decline",
    Event::Withdraw { .. } => "withdraw",
});

names!(fault: Fault {
    Fault::Gap { .. } => "gap",
    Fault::Repeated { .. } => "repeated",
    Fault::OtherHistory { .. } => "other_history",
    Fault::Forged { .. } => "forged",
    Fault::AgainstRules { .. } => "against_rules",
    Fault::OtherLink { .. } => "other_link",
});

names!(leave_reason: LeaveReason {
    LeaveReason::Asked => "asked",
    LeaveReason::Absent => "absent",
});

names!(presence: Presence {
    Presence::Vacant {} => "vacant",
    Presence::Here {} => "here",
    Presence::Away { .. } => "away",
});

names!(resync: ResyncReason {
    ResyncReason::EpochChanged => "epoch_changed",
    ResyncReason::AheadOfJournal => "ahead_of_journal",
    ResyncReason::OtherHistory => "other_history",
});

names!(rejection: Rejection {
    Rejection::Malformed { .. } => "malformed",
    Rejection::TooLarge { .. } => "too_large",
    Rejection::HelloFirst {} => "hello_first",
    Rejection::HelloTwice {} => "hello_twice",
    Rejection::BadProof {} => "bad_proof",
    Rejection::RoomFull {} => "room_full",
    Rejection::NoTable {} => "no_table",
    Rejection::RoomOver {} => "room_over",
    Rejection::NotSeated {} => "not_seated",
    Rejection::NotYourTurn { .. } => "not_your_turn",
    Rejection::StaleTurn { .. } => "stale_turn",
    Rejection::NoTurns {} => "no_turns",
    Rejection::YourTurn {} => "your_turn",
    Rejection::AskedAlready {} => "asked_already",
    Rejection::NotAway {} => "not_away",
    Rejection::NothingToChange {} => "nothing_to_change",
    Rejection::AlreadyProposed {} => "already_proposed",
    Rejection::NoProposal {} => "no_proposal",
    Rejection::Behind { .. } => "behind",
    Rejection::NotBelieved { .. } => "not_believed",
    Rejection::BadSignature {} => "bad_signature",
    Rejection::NotInvited {} => "not_invited",
    Rejection::NotAtTable {} => "not_at_table",
    Rejection::SeatTaken {} => "seat_taken",
    Rejection::SeatVacant {} => "seat_vacant",
    Rejection::NeedsServer {} => "needs_server",
    Rejection::DirectOnly {} => "direct_only",
    Rejection::RateLimited { .. } => "rate_limited",
    Rejection::JournalUnavailable {} => "journal_unavailable",
});

names!(cause: TurnCause {
    TurnCause::Start => "start",
    TurnCause::Said => "said",
    TurnCause::Passed => "passed",
    TurnCause::Claimed => "claimed",
    TurnCause::ModeChange => "mode_change",
});

names!(mode: Mode {
    Mode::Strict => "strict",
    Mode::Free => "free",
});

names!(pace: Pace {
    Pace::Live => "live",
    Pace::Relaxed => "relaxed",
    Pace::Correspondence => "correspondence",
    Pace::Letters => "letters",
});

names!(store: Store {
    Store::Server => "server",
    Store::Pages => "pages",
});

#[track_caller]
pub(crate) fn all_shown(what: &str, all: &[&str], shown: impl IntoIterator<Item = &'static str>) {
    let shown: BTreeSet<_> = shown.into_iter().collect();
    let all: BTreeSet<_> = all.iter().copied().collect();
    let missing: Vec<_> = all.difference(&shown).collect();
    assert!(missing.is_empty(), "{what} without an example: {missing:?}");
}

fn floors(frames: &[ServerFrame]) -> impl Iterator<Item = Floor> {
    frames.iter().filter_map(|frame| match frame {
        ServerFrame::Welcome { floor, .. } | ServerFrame::Turn(floor) => Some(*floor),
        _ => None,
    })
}

#[test]
fn every_frame_has_an_example() {
    let frames = client_examples();
    all_shown(
        "client frames",
        client::ALL,
        frames.iter().map(client::name),
    );
    let frames = server_examples();
    all_shown("hub frames", server::ALL, frames.iter().map(server::name));
}

#[test]
fn every_signal_has_an_example() {
    let signals: Vec<Signal> = examples("json signal");
    all_shown("signals", signal::ALL, signals.iter().map(signal::name));
}

#[test]
fn every_name_inside_a_frame_has_an_example() {
    let frames = server_examples();
    let entries = entries(&frames);
    let events = || entries.iter().map(|entry| &entry.event);
    all_shown("events", event::ALL, events().map(event::name));
    let reasons = events().filter_map(|event| match event {
        Event::Leave { reason } => Some(leave_reason::name(reason)),
        _ => None,
    });
    all_shown("reasons to leave", leave_reason::ALL, reasons);
    let stores = events().filter_map(|event| match event {
        Event::Propose {
            change: Change::Store(to),
        } => Some(store::name(to)),
        _ => None,
    });
    all_shown("stores", store::ALL, stores);
    let states = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Presence { presence, .. } => Some(presence::name(presence)),
        _ => None,
    });
    all_shown("presences", presence::ALL, states);
    let why = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Resync { why } => Some(resync::name(why)),
        _ => None,
    });
    all_shown("reasons to resync", resync::ALL, why);
    let modes = floors(&frames).map(|floor| mode::name(&floor.mode));
    all_shown("modes", mode::ALL, modes);
    // Some may be told in a table alone: the first turn is rarely seen beginning.
    for name in [cause::ALL, pace::ALL, fault::ALL].concat() {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name}");
    }
    assert!(floors(&frames).all(|floor| cause::ALL.contains(&cause::name(&floor.cause))));
    assert!(floors(&frames).all(|floor| pace::ALL.contains(&pace::name(&floor.pace))));
    let faults = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Rejected {
            rejection: Rejection::NotBelieved { fault },
            ..
        } => Some(fault::name(fault)),
        _ => None,
    });
    assert!(faults.count() > 0, "a fault without an example");
}
