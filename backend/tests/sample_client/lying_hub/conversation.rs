//! A hub that makes up where a conversation begins, or a whole one for somebody who is let in.

use shared::{
    ClientFrame, Entry, EntryHash, Event, LinkSecret, Nonce, Opening, Outset, Person, Record,
    Scope, Sealed, Seat, Seq, Signature, Sitter, Timestamp,
};
use test_client::{conversation, link, person};

use super::{SCOPE, complaint_of, sit, stopped};

/// A conversation's life, of which a lying hub speaks.
fn conversation_scope() -> Scope {
    Scope {
        room: conversation(1),
        ..SCOPE
    }
}

/// How Ana opened the second seat with her third entry to whoever comes by the link, changed by the hub.
fn opened(change: impl FnOnce(&mut Opening)) -> Outset {
    let (scope, ana) = (conversation_scope(), person(1));
    let link = link(scope.room).expect("a conversation");
    let mut opening = Opening {
        prev: EntryHash([5; 32]),
        invite: link.vouch(&scope.room, &ana.key()),
        sig: Signature([0; 64]),
    };
    let event = |opening: &Opening| Event::Invite {
        invite: opening.invite,
    };
    opening.sig = ana.sign_event(&scope, &opening.prev, Seat::One, &event(&opening));
    change(&mut opening);
    let entry = Entry {
        seq: Seq(3),
        at: Timestamp(3),
        seat: Seat::One,
        prev: opening.prev,
        event: event(&opening),
        sig: Some(opening.sig),
    };
    Outset {
        seq: entry.seq,
        hash: entry.hash(&scope),
        floor: *Record::new(scope).floor(),
        peer: Some(Sitter {
            key: ana.key(),
            opened: Some(opening),
        }),
    }
}

const BEGINS_ELSEWHERE: &str = "the talk does not begin where it should";

/// After an outset, the visitor sits; then comes an entry whose number tells that all before was believed.
async fn complaint_of_outset(outset: Outset) -> (Option<i32>, String) {
    let sits_and_more = |visitor: &ClientFrame| {
        let sit = sit(visitor, Seat::Two, outset.seq.next(), outset.hash);
        let mut missing = sit.clone();
        missing.seq = sit.seq.next().next();
        (outset, vec![sit, missing])
    };
    complaint_of(conversation_scope().room, sits_and_more).await
}

#[tokio::test]
async fn an_outset_that_the_other_signed_is_believed() {
    let complaint = complaint_of_outset(opened(|_| ())).await;
    let told = "entry 6 came where entry 5 should: something is missing";
    stopped(&complaint, told);
}

#[tokio::test]
async fn an_outset_with_another_hash_is_noticed() {
    let mut outset = opened(|_| ());
    outset.hash.0[0] ^= 1;
    stopped(&complaint_of_outset(outset).await, BEGINS_ELSEWHERE);
}

#[tokio::test]
async fn an_outset_at_another_place_is_noticed_though_its_hash_is_mended() {
    let moved = opened(|opening| opening.prev.0[0] ^= 1);
    stopped(&complaint_of_outset(moved).await, BEGINS_ELSEWHERE);
}

#[tokio::test]
async fn an_outset_by_another_hand_is_noticed() {
    let (scope, stranger) = (conversation_scope(), person(3));
    let forged = opened(|opening| {
        let event = Event::Invite {
            invite: opening.invite,
        };
        opening.sig = stranger.sign_event(&scope, &opening.prev, Seat::One, &event);
    });
    stopped(&complaint_of_outset(forged).await, BEGINS_ELSEWHERE);
}

#[tokio::test]
async fn an_outset_by_a_link_that_vouches_for_another_is_noticed() {
    let (scope, ana) = (conversation_scope(), person(1));
    let forged = opened(|opening| {
        let link = link(scope.room).expect("a conversation");
        let invite = link.vouch(&scope.room, &person(3).key());
        opening.invite = invite;
        let event = Event::Invite { invite };
        opening.sig = ana.sign_event(&scope, &opening.prev, Seat::One, &event);
    });
    stopped(&complaint_of_outset(forged).await, BEGINS_ELSEWHERE);
}

#[tokio::test]
async fn an_outset_that_does_not_tell_its_entry_is_noticed() {
    let mut outset = opened(|_| ());
    outset.peer = outset.peer.map(|peer| Sitter {
        opened: None,
        ..peer
    });
    stopped(&complaint_of_outset(outset).await, BEGINS_ELSEWHERE);
}

/// What the sample client complains of when two who came by this link let it in, and an entry is missing then.
async fn complaint_of_reseat(link: LinkSecret) -> (Option<i32>, String) {
    let let_in = |visitor: &ClientFrame| {
        let scope = conversation_scope();
        let ClientFrame::Hello { seat_key: key, .. } = *visitor else {
            panic!("no hello: {visitor:?}");
        };
        let outset = Record::new(scope).outset(Seat::Two);
        let mut shown: Vec<Entry> = Vec::new();
        for (seat, secret) in [(Seat::One, person(1)), (Seat::Two, person(2))] {
            let prev = shown.last().map_or(outset.hash, |last| last.hash(&scope));
            let seq = shown.last().map_or(outset.seq, |last| last.seq).next();
            let hello = Person::new(scope.room, secret, vec![link]).hello(&Nonce([1; 32]));
            shown.push(sit(&hello, seat, seq, prev));
        }
        let event = Event::Reseat {
            key,
            keyring: Sealed::new(vec![0; 128]),
        };
        let prev = shown[1].hash(&scope);
        let reseat = Entry {
            seq: Seq(3),
            at: Timestamp(3),
            seat: Seat::One,
            prev,
            sig: Some(person(1).sign_event(&scope, &prev, Seat::One, &event)),
            event,
        };
        let mut missing = reseat.clone();
        missing.seq = Seq(5);
        shown.extend([reseat, missing]);
        (outset, shown)
    };
    complaint_of(conversation_scope().room, let_in).await
}

#[tokio::test]
async fn who_is_let_in_by_a_known_link_believes_it() {
    let known = link(conversation_scope().room).expect("a conversation");
    let told = "entry 5 came where entry 4 should: something is missing";
    stopped(&complaint_of_reseat(known).await, told);
}

#[tokio::test]
async fn who_is_let_in_by_another_link_notices() {
    let made_up = LinkSecret([9; 32]);
    let told = "entry 3 is of a talk by another link than the one that led here";
    stopped(&complaint_of_reseat(made_up).await, told);
}
