//! The routes: socket, health, metrics, page.

use std::net::SocketAddr;
use std::sync::{Arc, Once};

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use shared::{MAX_FRAME_BYTES, SUBPROTOCOL};
use tokio::time::Instant;

use crate::addresses;
use crate::connection;
use crate::demo;
use crate::headers;
use crate::hub::Hub;
use crate::meter::Meter;
use crate::origin;
use crate::page;
use crate::websocket;

/// The hub over HTTP.
pub(crate) fn routes(hub: Arc<Hub>) -> Router {
    let headers = Arc::new(headers::of(
        hub.public_url.as_deref(),
        hub.tls.is_some(),
        page::INDEX,
        hub.demo,
    ));
    let page = if hub.demo {
        demo::routes(page::routes())
    } else {
        page::routes()
    };
    Router::new()
        .route("/ws", get(socket))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(hub)
        .merge(page)
        .layer(map_response_with_state(headers, headers::add))
}

async fn socket(
    State(hub): State<Arc<Hub>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    meter: Option<Extension<Meter>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let is_own = |url: Option<&str>| origin::is_own(&headers, url, hub.tls.is_some());
    let url = hub.public_url.as_deref();
    let in_fault_room = || hub.demo && is_own(url.map(demo::other_name).as_deref());
    if !is_own(url) && !in_fault_room() {
        let advice = "only this server's own page may open a socket here; \
                      name the address people reach it by with --public-url\n";
        return (StatusCode::FORBIDDEN, advice).into_response();
    }
    let admitted = match peer {
        None => None,
        Some(Extension(ConnectInfo(peer))) => {
            let address = addresses::client(peer, &headers, &hub.trusted_proxies);
            match hub.addresses.admit(address, Instant::now()) {
                Some(admitted) => Some(admitted),
                None => return too_many(&headers, address == peer.ip().to_canonical()),
            }
        }
    };
    let upgrade = websocket::sized(upgrade, MAX_FRAME_BYTES).protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let advice = format!("offer the WebSocket subprotocol {SUBPROTOCOL}\n");
        return (StatusCode::BAD_REQUEST, advice).into_response();
    }
    // Only now is it known whose connection it is, where a proxy carries it.
    if let (Some(Extension(meter)), Some(admitted)) = (meter, &admitted) {
        meter.start(hub.limits.bytes, admitted.bytes(), Instant::now());
    }
    upgrade.on_upgrade(|socket| async move {
        let shutdown = hub.shutdown.clone();
        let serving = Box::pin(connection::serve(hub, Box::pin(socket), admitted));
        shutdown.track(serving).await;
    })
}

/// Refuses one connection more from an address. Often it is a proxy's, and the person who runs it should hear of that.
fn too_many(headers: &HeaderMap, is_the_peers: bool) -> Response {
    static TOLD: Once = Once::new();
    if is_the_peers && headers.contains_key("x-forwarded-for") {
        TOLD.call_once(|| {
            tracing::warn!(
                "everybody behind a proxy counts as one address; name the proxy with --trusted-proxy"
            );
        });
    }
    let advice = "too many connections from this address; close some, or wait\n";
    (StatusCode::TOO_MANY_REQUESTS, advice).into_response()
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
