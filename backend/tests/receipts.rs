//! How far the other has come: told at once, told again to whoever comes later, and forgotten with whose word it was.

mod support;

use shared::{ClientFrame, Receipt, Seat, Seq, ServerFrame, Turn};
use support::TestServer;
use test_client::{Client, conversation, entry_id, person};

/// Both sit, and seat 1 has said something: entry 3.
async fn talk(hub: &TestServer) -> (Client, Client) {
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    one.say(entry_id(1), Turn(1), "hello").await;
    one.stored(entry_id(1)).await;
    two.entry().await;
    (one, two)
}

/// Seat 2's word that it has come to the last entry.
async fn tell(two: &mut Client, read: Option<u64>) -> Receipt {
    let known = two.person().bookmark().expect("something is known");
    let word = two.person().receipt(known.seq, &known.hash, read.map(Seq));
    let word = word.expect("a seat");
    two.send(&ClientFrame::Receipt(word)).await;
    word
}

async fn told(client: &mut Client) -> (Seat, Receipt) {
    client
        .pick("receipt", |frame| match frame {
            ServerFrame::Receipt { seat, receipt } => Some((*seat, *receipt)),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn the_other_is_told_at_once_and_again_on_coming_back() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = talk(&hub).await;
    let word = tell(&mut two, Some(3)).await;
    assert_eq!(told(&mut one).await, (Seat::Two, word));
    assert_eq!(word.delivered, Seq(3));
    let known = two.person().bookmark().expect("something is known");
    assert!(one.person().confirms(Seat::Two, &word, &known.hash));

    let anew = one.knew_at(Seq(0));
    drop(one);
    let (mut back, _) = Client::resume(hub.address, anew).await;
    assert_eq!(told(&mut back).await, (Seat::Two, word));
    let passed = back.take_passed();
    let entries = passed
        .iter()
        .any(|frame| matches!(frame, ServerFrame::Entries { .. }));
    assert!(entries, "behind the entries it speaks of: {passed:?}");
}

#[tokio::test]
async fn whoever_comes_back_is_told_their_own_word() {
    let hub = TestServer::start().await;
    let (_one, mut two) = talk(&hub).await;
    let word = tell(&mut two, Some(3)).await;
    two.ping().await;
    let known = two.knew_at(Seq(3));
    drop(two);
    let (mut back, _) = Client::resume(hub.address, known).await;
    assert_eq!(told(&mut back).await, (Seat::Two, word));
}

#[tokio::test]
async fn a_smaller_or_impossible_one_is_dropped_without_a_word() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = talk(&hub).await;
    let word = tell(&mut two, Some(3)).await;
    told(&mut one).await;
    let changed = |change: fn(&mut Receipt)| {
        let mut other = word;
        change(&mut other);
        other
    };
    for lie in [
        changed(|word| word.delivered = Seq(2)),
        changed(|word| word.delivered = Seq(4)),
        changed(|word| word.read = Some(Seq(2))),
        changed(|word| word.read = Some(Seq(4))),
        changed(|word| word.epoch.0 ^= 1),
    ] {
        two.send(&ClientFrame::Receipt(lie)).await;
    }
    two.ping().await;
    let refused = |frame: &ServerFrame| matches!(frame, ServerFrame::Rejected { .. });
    assert!(!two.take_passed().iter().any(refused));
    // Whoever stops telling takes nothing back: the next that counts.
    let silent = tell(&mut two, None).await;
    assert_eq!(told(&mut one).await, (Seat::Two, silent));
}

#[tokio::test]
async fn whoever_sits_there_next_has_come_nowhere_yet() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = talk(&hub).await;
    tell(&mut two, None).await;
    told(&mut one).await;
    two.leave().await;
    one.pick("leave", |frame| match frame {
        ServerFrame::Entry(entry) => (entry.seat == Seat::Two).then_some(()),
        _ => None,
    })
    .await;
    let anew = one.knew_at(Seq(0));
    drop(one);
    let (mut back, _) = Client::resume(hub.address, anew).await;
    back.ping().await;
    let passed = back.take_passed();
    let receipt = |frame: &ServerFrame| matches!(frame, ServerFrame::Receipt { .. });
    assert!(!passed.iter().any(receipt), "{passed:?}");
}
