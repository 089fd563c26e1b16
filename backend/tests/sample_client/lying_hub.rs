//! A hub that changes what it shows, or a person who signs falsely: the sample client says so and stops.

mod conversation;

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use shared::{
    Change, ClientFrame, Entry, EntryHash, Epoch, Event, Mode, Nonce, Outset, Person, Presence,
    Record, RoomId, SUBPROTOCOL, Saying, Scope, Sealed, Seat, Seq, ServerFrame, Signature, Store,
    Timestamp, Turn,
};
use test_client::{Client, entry_id, person};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::sample::{PATIENCE, Sample};
use crate::support::TestServer;

/// The table it speaks of.
const SCOPE: Scope = Scope {
    room: RoomId::Table,
    epoch: Epoch(0xaa),
};

/// A hub for one visitor, which shows what it is told to.
struct LyingHub {
    socket: WebSocketStream<TcpStream>,
    /// The visitor's hello.
    visitor: ClientFrame,
}

impl LyingHub {
    /// Takes the upgrade and the hello.
    async fn meet(listener: TcpListener) -> Self {
        let (stream, _) = listener.accept().await.expect("the sample client comes");
        #[expect(clippy::result_large_err, reason = "the library's signature")]
        let offer = |_: &Request, mut response: Response| {
            let spoken = HeaderValue::from_static(SUBPROTOCOL);
            let headers = response.headers_mut();
            headers.insert("sec-websocket-protocol", spoken);
            Ok(response)
        };
        let socket = tokio_tungstenite::accept_hdr_async(stream, offer).await;
        let mut socket = socket.expect("the upgrade");
        let nonce = Nonce([1; 32]);
        tell(&mut socket, &ServerFrame::Challenge { nonce }).await;
        let hello = socket.next().await.expect("a hello").expect("a frame");
        let visitor = serde_json::from_str(hello.to_text().expect("text")).expect("a frame");
        Self { socket, visitor }
    }

    /// Gives the second seat, shows these, and lets the sample client go.
    async fn show(mut self, outset: Outset, shown: &[Entry]) {
        let record = Record::new(SCOPE);
        let welcome = ServerFrame::Welcome {
            seat: Seat::Two,
            epoch: SCOPE.epoch,
            head: Seq(3),
            outset,
            floor: *record.floor(),
            peer: Presence::Here {},
        };
        tell(&mut self.socket, &welcome).await;
        for entry in shown {
            tell(&mut self.socket, &ServerFrame::Entry(entry.clone())).await;
        }
        // Without an answer to its goodbye, and an end of the connection, the sample client would wait for both.
        while let Some(Ok(_)) = self.socket.next().await {}
    }
}

async fn tell(socket: &mut WebSocketStream<TcpStream>, frame: &ServerFrame) {
    let text = serde_json::to_string(frame).expect("a frame is JSON");
    let told = socket.send(Message::text(text)).await;
    told.expect("the sample client listens");
}

/// Whoever said this hello sits down.
fn sit(hello: &ClientFrame, seat: Seat, seq: Seq, prev: EntryHash) -> Entry {
    let ClientFrame::Hello {
        seat_key: key,
        invite,
        sig,
        ..
    } = *hello
    else {
        panic!("no hello: {hello:?}");
    };
    Entry {
        seq,
        at: Timestamp(seq.0),
        seat,
        prev,
        event: Event::Sit { key, invite },
        sig: Some(sig),
    }
}

/// Ana sits, the visitor sits, and Ana says two things.
fn talk(visitor: &ClientFrame) -> Vec<Entry> {
    let secret = person(1);
    let mut ana = Person::new(SCOPE.room, secret, Vec::new());
    let outset = Record::new(SCOPE).outset(Seat::One);
    let begun = ana.welcome(Seat::One, SCOPE.epoch, outset);
    begun.expect("the very beginning");
    let mut entries = Vec::new();
    let first = ana.hello(&Nonce([1; 32]));
    for (seat, hello) in [(Seat::One, &first), (Seat::Two, visitor)] {
        let known = ana.record().expect("a seat").bookmark();
        let entry = sit(hello, seat, known.seq.next(), known.hash);
        ana.check(&entry).expect("an honest talk");
        ana.take(&entry);
        entries.push(entry);
    }
    for (number, text) in [(3, "first"), (4, "second")] {
        let (id, seq) = (entry_id(number), Seq(number));
        let say = ana.say(Saying::in_turn(id, Turn::FIRST, false), text, &[3; 24]);
        let say = say.expect("both sit");
        let entry = ana.stored(&say, seq, Timestamp(number)).expect("a message");
        ana.check(&entry).expect("an honest talk");
        ana.take(&entry);
        entries.push(entry);
    }
    entries
}

/// What the sample client complains of in this room when it is shown what is made of its hello.
async fn complaint_of(
    room: RoomId,
    shown: impl FnOnce(&ClientFrame) -> (Outset, Vec<Entry>),
) -> (Option<i32>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address: SocketAddr = listener.local_addr().expect("a bound socket");
    let mut sample = Sample::start(address, room);
    let met = timeout(PATIENCE, LyingHub::meet(listener)).await;
    let hub = met.expect("the sample client says hello");
    let (outset, entries) = shown(&hub.visitor);
    let shown = timeout(PATIENCE, hub.show(outset, &entries)).await;
    shown.expect("the sample client goes");
    let (status, complaint) = sample.ended().await;
    (status.code(), complaint)
}

/// What the sample client complains of after a hub has changed the honest talk in some way.
async fn complaint(change: impl FnOnce(&mut Outset, &mut Vec<Entry>)) -> (Option<i32>, String) {
    let changed = |visitor: &ClientFrame| {
        let mut outset = Record::new(SCOPE).outset(Seat::Two);
        let mut shown = talk(visitor);
        change(&mut outset, &mut shown);
        (outset, shown)
    };
    complaint_of(SCOPE.room, changed).await
}

#[track_caller]
fn stopped(complaint: &(Option<i32>, String), because: &str) {
    let told = format!("This does not hold: {because}. Nothing more is believed or said here.\n");
    assert_eq!(*complaint, (Some(1), told));
}

const FORGED: &str = "was not written by the one it is said to be by";
const ANOTHER: &str = "follows upon another talk than the one shown here";

fn alter(entry: &mut Entry) {
    if let Event::Say { sealed, .. } = &mut entry.event {
        let mut bytes = sealed.0.to_vec();
        bytes[30] ^= 1;
        *sealed = Sealed::new(bytes);
    }
}

#[tokio::test]
async fn an_altered_body_is_noticed() {
    let complaint = complaint(|_, shown| alter(&mut shown[2])).await;
    stopped(&complaint, &format!("entry 3 {FORGED}"));
}

#[tokio::test]
async fn a_dropped_entry_is_noticed() {
    let complaint = complaint(|_, shown| drop(shown.remove(2))).await;
    let told = "entry 4 came where entry 3 should: something is missing";
    stopped(&complaint, told);
}

#[tokio::test]
async fn a_dropped_entry_is_noticed_though_the_numbers_are_mended() {
    let dropped = |_: &mut Outset, shown: &mut Vec<Entry>| {
        shown.remove(2);
        shown[2].seq = Seq(3);
    };
    stopped(&complaint(dropped).await, &format!("entry 3 {ANOTHER}"));
}

#[tokio::test]
async fn an_entry_shown_twice_is_noticed() {
    let complaint = complaint(|_, shown| shown.insert(3, shown[2].clone())).await;
    stopped(&complaint, "entry 3 was shown twice");
}

/// What is shown when Ana has done something else instead of saying the first thing.
async fn complaint_of_doing(event: impl FnOnce(&Event) -> Event) -> (Option<i32>, String) {
    complaint(|_, shown| {
        let done = &mut shown[2];
        done.event = event(&done.event);
        let sig = person(1).sign_event(&SCOPE, &done.prev, done.seat, &done.event);
        done.sig = Some(sig);
    })
    .await
}

const AGAINST_RULES: &str = "entry 3 is against the rules of the conversation";

#[tokio::test]
async fn words_in_another_turn_are_noticed_though_they_are_signed() {
    let complaint = complaint_of_doing(|said| {
        let mut said = said.clone();
        if let Event::Say { turn, .. } = &mut said {
            *turn = turn.next();
        }
        said
    });
    stopped(&complaint.await, AGAINST_RULES);
}

#[tokio::test]
async fn words_that_have_seen_what_is_to_come_are_noticed() {
    let complaint = complaint_of_doing(|said| {
        let mut said = said.clone();
        if let Event::Say { seen, .. } = &mut said {
            *seen = Some(Seq(3));
        }
        said
    });
    stopped(&complaint.await, AGAINST_RULES);
}

#[tokio::test]
async fn a_consent_to_nothing_is_noticed() {
    let complaint = complaint_of_doing(|_| Event::Accept { proposal: Seq(2) });
    stopped(&complaint.await, AGAINST_RULES);
}

#[tokio::test]
async fn a_claim_by_the_holder_is_noticed() {
    let complaint = complaint_of_doing(|_| Event::Claim { turn: Turn::FIRST });
    stopped(&complaint.await, AGAINST_RULES);
}

#[tokio::test]
async fn a_beginning_in_which_something_is_agreed_is_noticed() {
    let complaint = complaint(|outset, _| outset.floor.mode = Mode::Free).await;
    stopped(&complaint, "something is agreed where the talk begins");
}

#[tokio::test]
async fn a_beginning_in_which_nothing_is_stored_is_noticed() {
    let complaint = complaint(|outset, _| outset.floor.direct_only = Some(Seq(1))).await;
    stopped(&complaint, "something is agreed where the talk begins");
}

#[tokio::test]
async fn a_wish_for_what_is_so_already_is_noticed() {
    let change = Change::Store(Store::Server);
    let complaint = complaint_of_doing(|_| Event::Propose { change });
    stopped(&complaint.await, AGAINST_RULES);
}

#[tokio::test]
async fn another_first_turn_is_noticed() {
    let complaint = complaint(|outset, _| outset.floor.holder = Seat::Two).await;
    stopped(&complaint, "the talk does not begin where it should");
}

#[tokio::test]
async fn another_beginning_is_noticed() {
    let complaint = complaint(|outset, _| outset.hash.0[0] ^= 1).await;
    stopped(&complaint, "the talk does not begin where it should");
}

#[tokio::test]
async fn the_second_seat_taken_before_the_first_is_noticed() {
    let second_first = |outset: &mut Outset, shown: &mut Vec<Entry>| {
        shown.remove(0);
        (shown[0].seq, shown[0].prev) = (Seq(1), outset.hash);
    };
    let told = "entry 1 is against the rules of the conversation";
    stopped(&complaint(second_first).await, told);
}

#[tokio::test]
async fn a_person_who_signs_falsely_is_noticed() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    one.presence().await;
    let said = one.person().say(
        Saying::in_turn(entry_id(1), Turn::FIRST, true),
        "?",
        &[1; 24],
    );
    let mut said = said.expect("both sit");
    if let ClientFrame::Say { sig, .. } = &mut said {
        *sig = Signature([7; 64]);
    }
    // The hub hands it on: whoever reads it checks.
    one.send(&said).await;
    let (status, complaint) = sample.ended().await;
    stopped(&(status.code(), complaint), &format!("entry 3 {FORGED}"));
}
