//! One conversation of the load: two sockets, and a message from one to the other.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use shared::{SUBPROTOCOL, Seat, Turn};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::frames::{Heard, Speaker};
use crate::small_buffers;

/// What is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `duologue serve`: seats, turns, a journal, an acknowledgement.
    Server,
    /// [`crate::relay`]: each text goes to the partner as it is.
    Relay,
    /// The same, and a word to whoever said it: what an acknowledgement costs that promises nothing.
    AckingRelay,
}

/// Two people who take turns.
pub(crate) struct Talk {
    kind: Kind,
    author: End,
    reader: End,
}

/// One seated connection.
pub(crate) struct End {
    socket: WebSocketStream<TcpStream>,
    speaker: Speaker,
}

impl Talk {
    /// Connects both ends, one after the other: the server gives seat 1 to the first.
    pub(crate) async fn open(kind: Kind, address: SocketAddr, number: u64) -> Result<Self> {
        let mut author = End::open(kind, address, number, Seat::One).await?;
        let reader = End::open(kind, address, number, Seat::Two).await?;
        author.speaker.believe(&reader.speaker);
        Ok(Self {
            kind,
            author,
            reader,
        })
    }

    /// One message, and the time until the other end had it. Returns when everybody has been told of it and the other
    /// end may speak.
    pub(crate) async fn exchange(&mut self) -> Result<Duration> {
        let turn = self.author.speaker.turn();
        let (id, text) = self.author.speaker.say()?;
        let sent = Instant::now();
        self.author.send(text.clone()).await?;
        let arrived = match self.kind {
            Kind::Server => {
                let arrived = self.reader.hear(&Heard::Said(id)).await?;
                self.reader.hear_the_floor_move(turn).await?;
                self.author.hear(&Heard::Stored(id)).await?;
                self.author.hear_the_floor_move(turn).await?;
                self.reader.speaker.believe(&self.author.speaker);
                arrived
            }
            Kind::Relay | Kind::AckingRelay => {
                ensure!(self.reader.text().await? == text, "the relay garbles");
                let arrived = Instant::now();
                if self.kind == Kind::AckingRelay {
                    self.author.text().await?;
                }
                arrived
            }
        };
        std::mem::swap(&mut self.author, &mut self.reader);
        Ok(arrived - sent)
    }
}

impl End {
    async fn open(kind: Kind, address: SocketAddr, number: u64, seat: Seat) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        Self::over(stream, kind, address, number, seat).await
    }

    /// Sits down over a connection that is there.
    pub(crate) async fn over(
        stream: TcpStream,
        kind: Kind,
        address: SocketAddr,
        number: u64,
        seat: Seat,
    ) -> Result<Self> {
        let path = match kind {
            Kind::Server => "ws".to_owned(),
            Kind::Relay | Kind::AckingRelay => number.to_string(),
        };
        let mut request = format!("ws://{address}/{path}").into_client_request()?;
        if kind == Kind::Server {
            let offer = HeaderValue::from_static(SUBPROTOCOL);
            request
                .headers_mut()
                .insert("sec-websocket-protocol", offer);
        }
        stream.set_nodelay(true)?;
        let (socket, _) = client_async_with_config(request, stream, Some(small_buffers()))
            .await
            .context("the upgrade to a WebSocket is refused")?;
        let speaker = Speaker::new(number, seat);
        let mut end = Self { socket, speaker };
        if kind == Kind::Server {
            end.sit().await?;
        }
        Ok(end)
    }

    async fn sit(&mut self) -> Result<()> {
        let challenge = self.text().await?;
        self.send(self.speaker.hello(&challenge)?).await?;
        loop {
            let answer = self.text().await?;
            if self.speaker.welcomed(&answer)? {
                return Ok(());
            }
        }
    }

    /// Reads until `wanted` came, and answers when that was.
    async fn hear(&mut self, wanted: &Heard) -> Result<Instant> {
        loop {
            let text = self.text().await?;
            let arrived = Instant::now();
            if self.speaker.hear(&text)? == *wanted {
                return Ok(arrived);
            }
        }
    }

    /// Reads until the floor is beyond `turn`.
    async fn hear_the_floor_move(&mut self, turn: Turn) -> Result<()> {
        while self.speaker.turn() <= turn {
            let text = self.text().await?;
            self.speaker.hear(&text)?;
        }
        Ok(())
    }

    async fn send(&mut self, text: Utf8Bytes) -> Result<()> {
        let sent = self.socket.send(Message::Text(text)).await;
        sent.context("a message cannot be sent")
    }

    async fn text(&mut self) -> Result<Utf8Bytes> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(close))) => bail!("the other side closes: {close:?}"),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error).context("a connection broke"),
                None => bail!("a connection ended"),
            }
        }
    }
}
