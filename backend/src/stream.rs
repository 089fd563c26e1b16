//! A connection's bytes on their way: read no faster than the meter lets them, and the place it takes among all.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::meter::Meter;

/// A connection. What it holds is given back when it is dropped, whoever has it by then: the HTTP library, a WebSocket.
pub(crate) struct Stream<S> {
    io: S,
    meter: Meter,
    /// While it waits, which most never do.
    pause: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl<S> Stream<S> {
    pub(crate) fn new(io: S, place: OwnedSemaphorePermit, meter: Meter) -> Self {
        Self {
            io,
            meter,
            pause: None,
            _place: place,
        }
    }

    /// Waits until the meter lets something in.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(until) = self.meter.until() {
            if until <= Instant::now() {
                break;
            }
            let pause = self
                .pause
                .get_or_insert_with(|| Box::pin(sleep_until(until)));
            if pause.deadline() != until {
                pause.as_mut().reset(until);
            }
            ready!(pause.as_mut().poll(cx));
        }
        self.pause = None;
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_pause(cx));
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        let read = buffer.filled().len() - before;
        self.meter.count(read, Instant::now());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
