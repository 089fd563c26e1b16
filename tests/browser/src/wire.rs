//! The network between a browser and the hub, which a test can cut and mend, overhear and tamper with.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::frames::Frames;
use crate::hub::Hub;

/// What gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passes {
    /// Everything.
    All,
    /// Everything, but one bit of each sealed body from the hub is another.
    Altered,
    /// What the browser says; what the hub says is lost.
    Outgoing,
    /// Nothing, and nobody is told: a connection that was there at the time stays open and carries no more, ever.
    Swallowed,
    /// So many more WebSocket frames that way, of all connections together; then nothing.
    Frames(Way, usize),
    /// Nothing: connections end, and new ones come to nothing.
    Nothing,
}

/// Which way something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the browser to the hub.
    Up,
    /// From the hub to the browser.
    Down,
}

/// A wire to a hub, with an address of its own. It ends when it is dropped.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    passes: watch::Sender<Passes>,
    overheard: Overheard,
    carrier: JoinHandle<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.carrier.abort();
        self.passes.send_replace(Passes::Nothing);
    }
}

impl Wire {
    /// A whole wire to `hub`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn to(hub: &Hub) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let passes = watch::Sender::new(Passes::All);
        let control = passes.clone();
        let hub = hub.address();
        let overheard = Overheard::default();
        let connections = overheard.clone();
        let carrier = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let connection = connections.connection();
                tokio::spawn(carry(browser, hub, control.clone(), connection));
            }
        });
        Ok(Self {
            address,
            passes,
            overheard,
            carrier,
        })
    }

    /// The table's address at this end.
    #[must_use]
    pub fn table(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Nothing gets through any more.
    pub fn cut(&self) {
        self.passes.send_replace(Passes::Nothing);
    }

    /// The hub still hears the browser; its answers are lost. [`Wire::cut`] comes next.
    pub fn lose_answers(&self) {
        self.passes.send_replace(Passes::Outgoing);
    }

    /// Carries nothing any more and tells nobody, as a network does that forgot a connection.
    pub fn swallow(&self) {
        self.passes.send_replace(Passes::Swallowed);
    }

    /// Carries so many more WebSocket frames `way`, whatever goes the other way, then cuts; so also a wire that was cut
    /// before.
    pub fn cut_after(&self, frames: usize, way: Way) {
        self.passes.send_replace(Passes::Frames(way, frames));
    }

    /// Waits until the wire is cut.
    pub async fn until_cut(&self) {
        let mut passes = self.passes.subscribe();
        // The sender is here, so the wait ends only as it should.
        let _ = passes.wait_for(|&passes| passes == Passes::Nothing).await;
    }

    /// From now on the hub, or whoever sits on the wire, lies about what was said.
    pub fn alter(&self) {
        self.passes.send_replace(Passes::Altered);
    }

    /// All that went over the wire so far, connection by connection.
    #[must_use]
    pub fn overheard(&self) -> Vec<Connection> {
        self.overheard.all()
    }

    /// Everything gets through again, on new connections.
    pub fn mend(&self) {
        self.passes.send_replace(Passes::All);
    }
}

/// What went over one connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// From the browser.
    pub up: Vec<u8>,
    /// From the hub.
    pub down: Vec<u8>,
}

/// Every connection so far.
#[derive(Clone, Debug, Default)]
struct Overheard(Arc<Mutex<Vec<Connection>>>);

impl Overheard {
    fn connection(&self) -> Ear {
        let mut all = self.lock();
        all.push(Connection::default());
        Ear {
            all: self.clone(),
            index: all.len() - 1,
        }
    }

    fn all(&self) -> Vec<Connection> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where one connection is written down.
#[derive(Debug)]
struct Ear {
    all: Overheard,
    index: usize,
}

impl Ear {
    fn hear(&self, bytes: &[u8], side: impl Fn(&mut Connection) -> &mut Vec<u8>) {
        if let Some(connection) = self.all.lock().get_mut(self.index) {
            side(connection).extend_from_slice(bytes);
        }
    }
}

/// Carries one connection until either end or the wire ends it.
async fn carry(browser: TcpStream, hub: SocketAddr, control: watch::Sender<Passes>, ear: Ear) {
    let mut passes = control.subscribe();
    if *passes.borrow() == Passes::Nothing {
        return;
    }
    let Ok(hub) = TcpStream::connect(hub).await else {
        return;
    };
    let (from_browser, to_browser) = browser.into_split();
    let (from_hub, to_hub) = hub.into_split();
    let up = pass(Way::Up, from_browser, to_hub, &control, |bytes| {
        ear.hear(bytes, |connection| &mut connection.up);
    });
    let down = pass(Way::Down, from_hub, to_browser, &control, |bytes| {
        ear.hear(bytes, |connection| &mut connection.down);
    });
    // However it ends, both sockets are dropped, and with them both connections.
    tokio::select! {
        () = up => {}
        () = down => {}
        _ = passes.wait_for(|&passes| passes == Passes::Nothing) => {}
    }
}

/// Passes on what comes, as long as it comes, as far as the wire carries it.
async fn pass(
    way: Way,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    control: &watch::Sender<Passes>,
    hear: impl Fn(&[u8]),
) {
    let mut buffer = vec![0; 16 * 1024];
    let mut frames = Frames::default();
    let mut swallowed = false;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let bytes = &mut buffer[..count];
        hear(bytes);
        let ends = frames.ends(bytes);
        let mut carried = count;
        control.send_if_modified(|passes| match passes {
            Passes::Altered if way == Way::Down => {
                alter(bytes);
                false
            }
            Passes::Outgoing if way == Way::Down => {
                carried = 0;
                false
            }
            Passes::Swallowed => {
                swallowed = true;
                false
            }
            Passes::Frames(counted, left) if *counted == way => {
                // The last that may pass is carried whole, and nothing of the next.
                match ends.get(*left) {
                    Some(_) => {
                        carried = left.checked_sub(1).map_or(0, |last| ends[last]);
                        *passes = Passes::Nothing;
                        true
                    }
                    None => {
                        *left -= ends.len();
                        false
                    }
                }
            }
            _ => false,
        });
        if !swallowed && to.write_all(&bytes[..carried]).await.is_err() {
            return;
        }
    }
}

/// Changes each sealed body in some text to another of the same length.
fn alter(text: &mut [u8]) {
    const BODY: &[u8] = b"\"sealed\":\"";
    let places: Vec<_> = text
        .windows(BODY.len())
        .enumerate()
        .filter(|(_, window)| *window == BODY)
        .map(|(at, _)| at + BODY.len())
        .collect();
    for at in places {
        if let Some(byte) = text.get_mut(at) {
            *byte = if *byte == b'A' { b'B' } else { b'A' };
        }
    }
}
