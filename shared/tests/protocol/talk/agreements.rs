//! The second half of the worked talk: what Ana and Cem agree on, and what they do without each other and without a
//! server.

use shared::{Change, ClientFrame, Entry, Event, Input, Mode, Pace, Sealed, Seq, Store, Turn};

use super::{ANA, CEM, Talk, after, body_nonce, saying, wish};

/// Cem wants no haste, Ana would rather talk freely. Both speak at once, and they go back to taking turns.
pub(super) fn talk_freely(talk: &mut Talk) {
    let propose = |change| Event::Propose { change };
    talk.act(after(210), CEM, propose(Change::Pace(Pace::Letters)));
    talk.act(after(214), ANA, Event::Decline { proposal: Seq(10) });
    talk.act(after(215), ANA, propose(Change::Mode(Mode::Free)));
    talk.act(after(218), CEM, Event::Accept { proposal: Seq(12) });
    // When Cem sent this he had not seen what Ana said just before.
    talk.say_having_seen(
        after(230),
        ANA,
        "d7J0QmZyT4mVb1o3kq8xJw",
        4,
        13,
        "So, how are you?",
    );
    talk.say_having_seen(
        after(230),
        CEM,
        "yU5rX0cQSb2ZK7hP3n1e9A",
        4,
        13,
        "Where shall we begin?",
    );
    talk.act(after(240), CEM, propose(Change::Mode(Mode::Strict)));
    talk.act(after(241), ANA, Event::Accept { proposal: Seq(16) });
    talk.act(after(250), ANA, propose(Change::Pace(Pace::Live)));
    talk.act(after(252), ANA, Event::Withdraw { proposal: Seq(18) });
}

/// Ana has the floor and goes away.
pub(super) fn take_the_floor(talk: &mut Talk) {
    talk.ask(after(260), CEM, |_| ClientFrame::Ask { turn: Turn(5) });
    let ana = talk.people[&ANA].clone();
    talk.ask(after(270), ANA, |_| ClientFrame::Bye {});
    talk.people.remove(&ANA);
    talk.handle(after(870), Input::Wake);
    talk.act(after(890), CEM, Event::Claim { turn: Turn(5) });
    talk.come(after(900), ANA, ana);
    let payload = Sealed::new(body_nonce(0x51));
    talk.ask(after(901), CEM, |_| ClientFrame::Signal { payload });
}

/// The server is gone for a while, and the two go on by a path of their own.
pub(super) fn talk_without_a_server(talk: &mut Talk) {
    let mut entries: Vec<Entry> = Vec::new();
    let [mut ana, mut cem] = [ANA, CEM].map(|who| talk.people[&who].clone());
    let said = saying("Jc4mO7r2QbqzX5yKf0tV1g", 6, None);
    let said = cem.say(said, "Can you hear me?", &body_nonce(21));
    let at = after(1000);
    entries.push(
        cem.stored(&said.expect("a key"), Seq(21), at)
            .expect("a seat"),
    );
    ana.take(&entries[0]);
    cem.take(&entries[0]);
    let pass = wish(&ana, Event::Pass { turn: Turn(7) });
    let pass = pass.into_wish().expect("it is signed");
    entries.push(Entry {
        seq: Seq(22),
        at: after(1010),
        seat: ana.seat().expect("a seat"),
        prev: pass.prev,
        event: pass.event,
        sig: Some(pass.sig),
    });
    talk.ask(after(1050), ANA, |_| ClientFrame::Upload { entries });
}

/// It is back, and they would rather have it store nothing, for a while.
pub(super) fn talk_directly_only(talk: &mut Talk) {
    let store = |store| Event::Propose {
        change: Change::Store(store),
    };
    talk.act(after(1100), ANA, store(Store::Pages));
    talk.act(after(1102), CEM, Event::Accept { proposal: Seq(23) });
    talk.act(after(1200), CEM, store(Store::Server));
}
