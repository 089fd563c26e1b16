//! Talks in strict turns: message `n` is said in turn `n` and named `n`, so that a gap or a double can be seen.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shared::{Event, Rejection, RoomId, Seq, ServerFrame, Turn};
use test_client::{Client, entry_id, person, words};

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was told as stored.
    Stored,
    /// It was refused.
    Refused(Rejection),
}

/// Both people of a room.
#[derive(Debug)]
pub struct Pair {
    people: [Client; 2],
    /// The turn that comes next.
    pub turn: Turn,
}

impl Pair {
    /// Sits both down.
    pub async fn sit(address: SocketAddr, room: RoomId) -> Self {
        let (one, _) = Client::sit(address, room, &person(1)).await;
        let (two, welcome) = Client::sit(address, room, &person(2)).await;
        Self {
            people: [one, two],
            turn: welcome.floor.turn,
        }
    }

    /// Whose turn it is says something. What is refused may be said again.
    pub async fn say(&mut self, words: &str) -> Answer {
        let speaker = &mut self.people[usize::from(self.turn.0.is_multiple_of(2))];
        let id = entry_id(self.turn.0);
        speaker.say(id, self.turn, words).await;
        let answer = speaker
            .pick("an answer", |frame| match frame {
                ServerFrame::Stored { id: of, .. } if *of == id => Some(Answer::Stored),
                ServerFrame::Rejected {
                    id: Some(of),
                    rejection,
                } if *of == id => Some(Answer::Refused(rejection.clone())),
                _ => None,
            })
            .await;
        if answer == Answer::Stored {
            self.turn = self.turn.next();
        }
        answer
    }
}

/// Talks until the server is gone, and says in `acknowledged` how far it was told as stored.
///
/// # Panics
/// Never: what panics within is that the server is gone.
pub async fn talk(address: SocketAddr, room: RoomId, acknowledged: Arc<AtomicU64>, words: String) {
    let ends = tokio::spawn(async move {
        let mut pair = Pair::sit(address, room).await;
        loop {
            let turn = pair.turn.0;
            assert_eq!(pair.say(&words).await, Answer::Stored);
            acknowledged.store(turn, Ordering::SeqCst);
        }
    });
    // Its clients panic when the server is killed, as they should.
    let _: Result<(), _> = ends.await;
}

/// How long the talk in `room` is: 1, 2, 3 … without a gap, nothing twice, and each message as it was said.
///
/// # Panics
/// When it is not so.
pub async fn length(address: SocketAddr, room: RoomId, said: &str) -> u64 {
    let (client, welcome) = Client::sit(address, room, &person(1)).await;
    read(client, welcome.head, said).await
}

/// As [`length`], by somebody who sits already and is told of a head.
///
/// # Panics
/// As [`length`].
pub async fn read(mut client: Client, head: Seq, said: &str) -> u64 {
    let mut length = 0;
    let mut last = Seq::START;
    while last < head {
        for entry in client.entries().await {
            last = entry.seq;
            if let Event::Say { id, turn, .. } = entry.event {
                length += 1;
                assert_eq!((id, turn), (entry_id(length), Turn(length)));
                assert_eq!(words(&entry), said);
            }
        }
    }
    length
}

/// As [`length`], where so much was acknowledged: all of that is there, and at most the one more whose answer was cut off.
///
/// # Panics
/// When it is not so.
pub async fn holds(address: SocketAddr, room: RoomId, acknowledged: u64, said: &str) -> u64 {
    let length = length(address, room, said).await;
    assert!(
        (acknowledged..=acknowledged + 1).contains(&length),
        "{length} of {acknowledged} in {room}"
    );
    length
}
