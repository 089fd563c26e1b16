//! Two histories at once: one for each person, or one before and another after a break.

use shared::{
    Bookmark, ClientFrame, ConnectionId, Delivery, Entry, Event, Input, Outputs, ResyncReason,
    Room, Rules, Seat, Seq, ServerFrame, Sit, Timestamp,
};

use crate::story::{ONE, Story, THREE, TWO, read, say};
use crate::support::secret;
use crate::{forged, other_history, repeated, story};

/// What the other says after having been shown `history`, as entry `seq`.
fn next_word(story: &Story, history: &[Entry], author: u8, name: u8, turn: u64) -> Entry {
    let mut theirs = story.clone();
    theirs.log = history.to_vec();
    let seq = history.len() as u64 + 1;
    let mut shown = theirs.then(seq, &secret(author), Seat::Two, say(name, turn));
    shown.pop().expect("the word")
}

fn another_signature(entry: &mut Entry) {
    entry.sig.as_mut().expect("signed").0[0] ^= 1;
}

/// How the other was lied to: what they were shown instead of the first three entries.
type Other = (&'static str, fn(&Story) -> Vec<Entry>);

#[rustfmt::skip]
const OTHERS: &[Other] = &[
    ("other words", |s| s.then(3, &secret(ONE), Seat::One, say(9, 1))),
    ("another signature", |s| s.smoothed(s.with(3, another_signature)[..3].to_vec())),
    ("another signature long ago", |s| s.smoothed(s.with(1, another_signature)[..3].to_vec())),
];

#[test]
fn two_histories_meet_at_the_others_next_word() {
    let story = story();
    for (what, other) in OTHERS {
        let word = next_word(&story, &other(&story), TWO, 8, 2);
        let mut shown = story.log[..3].to_vec();
        shown.push(word);
        assert_eq!(
            read(&mut story.one(), &shown),
            Err(other_history(4)),
            "{what}"
        );
        let smoothed = story.smoothed(shown);
        assert_eq!(
            read(&mut story.one(), &smoothed),
            Err(forged(4)),
            "{what}, smoothed"
        );
    }
}

/// A server that is set back to before the last entries, and goes on from there as if they had never been.
#[test]
fn a_rewound_journal_is_noticed_by_whoever_comes_back() {
    let story = story();
    let mut one = story.one();
    assert_eq!(read(&mut one, &story.log), Ok(()));
    let known = one.bookmark().expect("a talk");

    let word = next_word(&story, &story.log[..11], THREE, 9, 6);
    let outset = one.record().expect("seated").outset(Seat::One);
    let welcomed = one.welcome(Seat::One, story.scope.epoch, outset);
    assert_eq!(
        (welcomed, one.bookmark()),
        (Ok(()), Some(known)),
        "nothing is forgotten"
    );
    assert_eq!(one.check(&word), Err(repeated(12)));
    let as_new = Entry {
        seq: Seq(15),
        ..word.clone()
    };
    assert_eq!(one.check(&as_new), Err(other_history(15)));
    let fitted = Entry {
        prev: known.hash,
        ..as_new
    };
    assert_eq!(one.check(&fitted), Err(forged(15)));
}

/// What somebody who comes back hears first from a server with this journal.
fn come_back(story: &Story, log: &[Entry], position: Bookmark) -> Option<ResyncReason> {
    let rules = Rules {
        room: story.scope.room,
        hold: None,
    };
    let restored = Room::restore(rules, story.scope.epoch, log.to_vec(), Timestamp(1));
    let mut room = restored.expect("a whole journal");
    let ClientFrame::Hello {
        seat_key: key,
        invite,
        sig,
        ..
    } = story.one().hello(&shared::Nonce([0; 32]))
    else {
        unreachable!("hello is a hello");
    };
    let Outputs { deliveries, .. } = room.handle(
        Timestamp(2),
        Input::Join {
            connection: ConnectionId(1),
            sit: Sit { key, invite, sig },
            position: Some(position),
        },
    );
    deliveries.into_iter().find_map(|delivery| match delivery {
        Delivery::Frame {
            frame: ServerFrame::Resync { why },
            ..
        } => Some(why),
        _ => None,
    })
}

/// An honest server that has lost entries says so itself, and one whose entries are others does, too.
#[test]
fn an_honest_server_tells_that_its_journal_was_rewound() {
    let story = story();
    let mut one = story.one();
    assert_eq!(read(&mut one, &story.log), Ok(()));
    let known = one.bookmark().expect("a talk");
    assert_eq!(come_back(&story, &story.log, known), None);
    let rewound = come_back(&story, &story.log[..11], known);
    assert_eq!(rewound, Some(ResyncReason::AheadOfJournal));
    let mut forked = story.log[..11].to_vec();
    for (name, turn) in [(7, 6), (8, 7), (9, 8)] {
        forked.push(next_word(&story, &forked, THREE, name, turn));
    }
    let elsewhere = come_back(&story, &forked, known);
    assert_eq!(elsewhere, Some(ResyncReason::OtherHistory));
}

/// The server looks at numbers and hashes when it opens a room: a journal that was tampered with is not served.
#[test]
fn a_changed_journal_is_not_opened() {
    let story = story();
    let rules = Rules {
        room: story.scope.room,
        hold: None,
    };
    for seq in 1..story.log.len() as u64 {
        let log = story.with(seq, |entry| match &mut entry.event {
            Event::Say { turn, .. } => turn.0 += 1,
            _ => another_signature(entry),
        });
        let broken = Room::restore(rules, story.scope.epoch, log, Timestamp(1));
        let fault = broken.map(|_| ()).expect_err("a changed entry").0;
        assert_eq!(fault, other_history(seq + 1));
    }
}
