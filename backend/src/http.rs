//! The routes: socket, health, metrics, page.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use shared::{MAX_FRAME_BYTES, SUBPROTOCOL};

use crate::connection;
use crate::headers;
use crate::hub::Hub;
use crate::origin;
use crate::page;

/// Read and write buffer of a socket. The default of 128 KiB costs 130 KiB a connection and four times the CPU.
const SOCKET_BUFFER: usize = 4 * 1024;

/// The hub over HTTP.
pub(crate) fn routes(hub: Arc<Hub>) -> Router {
    let headers = Arc::new(headers::of(hub.public_url.as_deref(), page::INDEX));
    Router::new()
        .route("/ws", get(socket))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(hub)
        .merge(page::routes())
        .layer(map_response_with_state(headers, headers::add))
}

async fn socket(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_own(&headers, hub.public_url.as_deref()) {
        let advice = "only this server's own page may open a socket here; \
                      name the address people reach it by with --public-url\n";
        return (StatusCode::FORBIDDEN, advice).into_response();
    }
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(SOCKET_BUFFER)
        .write_buffer_size(SOCKET_BUFFER)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES);
    if upgrade.selected_protocol().is_none() {
        let advice = format!("offer the WebSocket subprotocol {SUBPROTOCOL}\n");
        return (StatusCode::BAD_REQUEST, advice).into_response();
    }
    upgrade.on_upgrade(|socket| async move {
        let shutdown = hub.shutdown.clone();
        shutdown.track(connection::serve(hub, socket)).await;
    })
}

/// Ready when the journal answers.
async fn ready(State(hub): State<Arc<Hub>>) -> (StatusCode, String) {
    match hub.journal.check().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

async fn metrics(State(hub): State<Arc<Hub>>) -> Response {
    // The format's media type, as the Prometheus documentation of OpenMetrics names it.
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match hub.metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
