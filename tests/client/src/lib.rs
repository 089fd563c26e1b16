//! A bare client of `duologue.v1` for tests and benchmarks: it sends what it is told, true or not. Bodies are left
//! unsealed, so that a test can read them; what it is shown it checks, as every page does.
//!
//! Whatever goes wrong is a panic that says so: a client under test has no other way out.

// Said once, above, for all of them.
#![allow(clippy::missing_panics_doc)]

mod knowledge;
mod sealed;
mod waiting;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use shared::{
    Bookmark, ClientFrame, CloseCode, ConversationId, Entry, EntryId, Epoch, Event, Floor,
    LinkSecret, Nonce, Outset, Person, Presence, Proof, RoomId, SUBPROTOCOL, Seat, SeatKey,
    SeatSecret, Seq, ServerFrame, Turn,
};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use knowledge::Knowledge;

/// What should come comes within this time, or the test has failed. Generous: only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

/// A seat for tests, told apart by a number.
#[must_use]
pub fn person(number: u8) -> SeatSecret {
    SeatSecret::from_bytes([number; 32])
}

/// A conversation for tests, told apart by a number.
#[must_use]
pub fn conversation(number: u8) -> RoomId {
    RoomId::Conversation(ConversationId([number; 16]))
}

/// The secret of the link by which tests come to a conversation.
#[must_use]
pub fn link(room: RoomId) -> Option<LinkSecret> {
    match room {
        RoomId::Table => None,
        RoomId::Conversation(ConversationId([number, ..])) => Some(LinkSecret([number; 32])),
    }
}

/// A message's name, told apart by a number.
#[must_use]
pub fn entry_id(number: u64) -> EntryId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    EntryId(bytes)
}

/// What a `say` entry says.
#[must_use]
pub fn words(entry: &Entry) -> String {
    let Event::Say { sealed, .. } = &entry.event else {
        panic!("not a message: {entry:?}");
    };
    String::from_utf8(sealed.0.to_vec()).expect("words are UTF-8")
}

/// What `welcome` said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The seat given.
    pub seat: Seat,
    /// The journal's life.
    pub epoch: Epoch,
    /// The last entry there is.
    pub head: Seq,
    /// Where what may be seen begins.
    pub outset: Outset,
    /// Who may speak.
    pub floor: Floor,
    /// The other seat.
    pub peer: Presence,
}

/// What ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A close frame with this code.
    Closed(CloseCode),
    /// The connection broke without one.
    Broken,
}

/// One socket to a hub.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    /// The server's challenge.
    pub nonce: Nonce,
    /// Frames that came while another was waited for.
    passed: VecDeque<ServerFrame>,
    knowledge: Knowledge,
}

impl Client {
    /// Opens a socket and reads the challenge.
    pub async fn connect(hub: SocketAddr) -> Self {
        let mut request = format!("ws://{hub}/ws")
            .into_client_request()
            .expect("an address");
        request.headers_mut().insert(
            "sec-websocket-protocol",
            HeaderValue::from_static(SUBPROTOCOL),
        );
        let stream = TcpStream::connect(hub).await.expect("the hub listens");
        stream.set_nodelay(true).expect("a TCP socket");
        let (socket, _) = tokio_tungstenite::client_async(request, stream)
            .await
            .expect("the hub takes the upgrade");
        let mut client = Self {
            socket,
            nonce: Nonce([0; 32]),
            passed: VecDeque::new(),
            knowledge: Knowledge::default(),
        };
        match client.frame().await {
            ServerFrame::Challenge { nonce } => client.nonce = nonce,
            other => panic!("expected a challenge, got {other:?}"),
        }
        client
    }

    /// Opens a socket and takes a seat.
    pub async fn sit(hub: SocketAddr, room: RoomId, secret: &SeatSecret) -> (Self, Welcome) {
        let mut client = Self::connect(hub).await;
        client.hello(room, secret).await;
        let welcome = client.welcome().await;
        (client, welcome)
    }

    /// Opens a socket and comes back to a seat with what was known of it, see [`Client::knew_at`].
    pub async fn resume(hub: SocketAddr, known: Person) -> (Self, Welcome) {
        let mut client = Self::connect(hub).await;
        client.hello_as(known).await;
        let welcome = client.welcome().await;
        (client, welcome)
    }

    /// The person as they were when they knew of `seq` and nothing after it.
    #[must_use]
    pub fn knew_at(&self, seq: Seq) -> Person {
        self.knowledge.at(seq)
    }

    /// The person as they are.
    #[must_use]
    pub fn person(&self) -> &Person {
        self.knowledge.now()
    }

    /// Says a true hello, by the link that [`link`] gives.
    pub async fn hello(&mut self, room: RoomId, secret: &SeatSecret) {
        let links = link(room).into_iter().collect();
        self.hello_as(Person::new(room, secret.clone(), links))
            .await;
    }

    /// Says a true hello by the links this person knows, with what they know of the room.
    pub async fn hello_as(&mut self, person: Person) {
        let hello = person.hello(&self.nonce);
        self.knowledge = Knowledge::of(person);
        self.send(&hello).await;
    }

    /// Says a true hello that claims to know the room up to `claimed`.
    pub async fn hello_from(&mut self, room: RoomId, secret: &SeatSecret, claimed: Bookmark) {
        let links = link(room).into_iter().collect();
        let person = Person::new(room, secret.clone(), links);
        let mut hello = person.hello(&self.nonce);
        if let ClientFrame::Hello { position, .. } = &mut hello {
            *position = Some(claimed);
        }
        self.knowledge = Knowledge::of(person);
        self.send(&hello).await;
    }

    /// Says hello with any proof.
    pub async fn hello_with(&mut self, room: RoomId, secret: &SeatSecret, forged: Proof) {
        let links = link(room).into_iter().collect();
        let mut hello = Person::new(room, secret.clone(), links).hello(&self.nonce);
        if let ClientFrame::Hello { proof, .. } = &mut hello {
            *proof = forged;
        }
        self.send(&hello).await;
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).expect("a frame is JSON");
        self.knowledge.sent(frame);
        self.send_raw(Message::text(text)).await;
    }

    /// Sends anything.
    pub async fn send_raw(&mut self, message: Message) {
        self.try_send_raw(message)
            .await
            .expect("the socket takes it");
    }

    /// Sends anything to a socket that may be gone.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn try_send_raw(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// Says something after all that has happened by now, and hands the floor over.
    pub async fn say(&mut self, id: EntryId, turn: Turn, words: &str) {
        self.ping().await;
        let say = self.knowledge.say(id, turn, true, words.as_bytes());
        self.send(&say).await;
    }

    /// A signed message with any body.
    #[must_use]
    pub fn say_frame(&self, id: EntryId, turn: Turn, end_turn: bool, body: &[u8]) -> ClientFrame {
        self.knowledge.say(id, turn, end_turn, body)
    }

    /// Hands the floor over without a word.
    pub async fn pass(&mut self, turn: Turn) {
        self.ping().await;
        let pass = self.person().pass(turn).expect("a seat");
        self.send(&pass).await;
    }

    /// Gives the seat up.
    pub async fn leave(&mut self) {
        self.ping().await;
        let leave = self.person().leave().expect("a seat");
        self.send(&leave).await;
    }

    /// Opens the other seat to whoever has this link.
    pub async fn invite(&mut self, link: LinkSecret) {
        self.ping().await;
        self.knowledge.now_mut().add_link(link);
        let invite = self.person().invite(&link).expect("a seat");
        self.send(&invite).await;
    }

    /// Lets the other in again under this key.
    pub async fn reseat(&mut self, key: SeatKey) {
        self.ping().await;
        let reseat = self.person().reseat(key, &[7; 24]).expect("a seat");
        self.send(&reseat).await;
    }

    /// The next frame not yet looked at.
    pub async fn frame(&mut self) -> ServerFrame {
        if let Some(frame) = self.passed.pop_front() {
            return frame;
        }
        match self.receive().await {
            Ok(frame) => frame,
            Err(ended) => panic!("expected a frame, the connection ended: {ended:?}"),
        }
    }

    /// The next frame, or what ended the connection instead.
    ///
    /// # Errors
    /// What ended it.
    pub async fn frame_or_end(&mut self) -> Result<ServerFrame, Ended> {
        match self.passed.pop_front() {
            Some(frame) => Ok(frame),
            None => self.receive().await,
        }
    }

    /// Waits for a frame that `choose` wants. Frames of other kinds are kept for later, in order.
    pub async fn pick<T>(&mut self, what: &str, choose: impl Fn(&ServerFrame) -> Option<T>) -> T {
        let found = self
            .passed
            .iter()
            .enumerate()
            .find_map(|(index, frame)| Some((index, choose(frame)?)));
        if let Some((index, chosen)) = found {
            self.passed.remove(index);
            return chosen;
        }
        loop {
            match self.receive().await {
                Ok(frame) => match choose(&frame) {
                    Some(chosen) => return chosen,
                    None => self.passed.push_back(frame),
                },
                Err(ended) => panic!(
                    "waited for {what}, the connection ended: {ended:?}; passed: {:?}",
                    self.passed
                ),
            }
        }
    }

    /// Asks for a sign of life: when it comes, everything sent before has been dealt with.
    pub async fn ping(&mut self) {
        self.send(&ClientFrame::Ping {}).await;
        self.pick("pong", |frame| {
            matches!(frame, ServerFrame::Pong {}).then_some(())
        })
        .await;
    }

    /// Reads to the end and answers what ended it.
    pub async fn ended(&mut self) -> Ended {
        self.to_the_end().await.1
    }

    /// Reads to the end: what came, and what ended it.
    pub async fn to_the_end(&mut self) -> (Vec<ServerFrame>, Ended) {
        let mut frames = Vec::new();
        loop {
            match self.receive().await {
                Ok(frame) => frames.push(frame),
                Err(ended) => return (frames, ended),
            }
        }
    }

    /// Takes what came and was not looked at.
    pub fn take_passed(&mut self) -> Vec<ServerFrame> {
        self.passed.drain(..).collect()
    }

    async fn receive(&mut self) -> Result<ServerFrame, Ended> {
        // The hub's pings are no reason to wait on: they come for ever.
        let deadline = Instant::now() + PATIENCE;
        loop {
            let next = timeout_at(deadline, self.socket.next())
                .await
                .unwrap_or_else(|_| {
                    panic!("nothing came in {PATIENCE:?}; passed: {:?}", self.passed)
                });
            match next {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text);
                    let frame = frame.unwrap_or_else(|error| panic!("{error} in {text}"));
                    self.knowledge.heard(&frame);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    // The library has an answer ready; sent now, it lets the hub end the connection at once.
                    let _ = self.socket.flush().await;
                    return Err(Ended::Closed(CloseCode(frame.code.into())));
                }
                Some(Ok(Message::Close(None))) | None | Some(Err(_)) => return Err(Ended::Broken),
                Some(Ok(_)) => {}
            }
        }
    }
}
