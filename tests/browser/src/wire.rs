//! The network between a browser and the hub, which a test can cut and mend.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::hub::Hub;

/// What gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passes {
    /// Everything.
    All,
    /// What the browser says; what the hub says is lost.
    Outgoing,
    /// Nothing: connections end, and new ones come to nothing.
    Nothing,
}

/// A wire to a hub, with an address of its own. It ends when it is dropped.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    passes: watch::Sender<Passes>,
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
        let (passes, state) = watch::channel(Passes::All);
        let hub = hub.address();
        let carrier = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(carry(browser, hub, state.clone()));
            }
        });
        Ok(Self {
            address,
            passes,
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

    /// Everything gets through again, on new connections.
    pub fn mend(&self) {
        self.passes.send_replace(Passes::All);
    }
}

/// Carries one connection until either end or the wire ends it.
async fn carry(browser: TcpStream, hub: SocketAddr, mut passes: watch::Receiver<Passes>) {
    if *passes.borrow() == Passes::Nothing {
        return;
    }
    let Ok(hub) = TcpStream::connect(hub).await else {
        return;
    };
    let (mut from_browser, to_browser) = browser.into_split();
    let (from_hub, mut to_hub) = hub.into_split();
    let answers = carry_answers(from_hub, to_browser, passes.clone());
    // However it ends, both sockets are dropped, and with them both connections.
    tokio::select! {
        _ = copy(&mut from_browser, &mut to_hub) => {}
        () = answers => {}
        _ = passes.wait_for(|&passes| passes == Passes::Nothing) => {}
    }
}

async fn carry_answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    passes: watch::Receiver<Passes>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if *passes.borrow() == Passes::All && to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
