//! The fault room (`--demo`): two pages side by side, and buttons that cut the server, the path between the two, or both.
//! For whoever wants to see what becomes of a talk then; the pages are the real ones.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::page::{INDEX, fresh};

/// The room itself.
const ROOM: &str = include_str!("demo/faults.html");
const ROOM_STYLE: &str = include_str!("demo/faults.css");
const ROOM_SCRIPT: &str = include_str!("demo/faults.js");
/// What a page obeys in there.
const IN_PAGE: &str = include_str!("demo/page.js");

/// The policy of a server with a fault room: its pages may stand in it. It is one for the machine that it runs on.
pub(crate) fn loosened(policy: &str) -> String {
    let here = "'self' http://localhost:* http://127.0.0.1:*";
    let policy = policy.replace("frame-ancestors 'none'", &format!("frame-ancestors {here}"));
    format!("{policy}; frame-src {here}")
}

/// `url` as the second of the room's two pages has it: for a storage of its own it comes by this machine's other name.
pub(crate) fn other_name(url: &str) -> String {
    url.replacen("//127.0.0.1", "//localhost", 1)
}

/// The page's routes, with what it obeys before its program, and those of the room.
pub(crate) fn routes(page: Router) -> Router {
    page.layer(map_response(obedient))
        .route(
            "/faults",
            get(|| async { fresh("text/html; charset=utf-8", ROOM) }),
        )
        .route(
            "/faults/room.css",
            get(|| async { fresh("text/css", ROOM_STYLE) }),
        )
        .route(
            "/faults/room.js",
            get(|| async { fresh("text/javascript", ROOM_SCRIPT) }),
        )
        .route(
            "/faults/page.js",
            get(|| async { fresh("text/javascript", IN_PAGE) }),
        )
}

/// Every document there is one and the same, whatever its address.
async fn obedient(response: Response) -> Response {
    let is_page = response.status() == StatusCode::OK
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/html"));
    if !is_page {
        return response;
    }
    // Before all else in it, and so before its program.
    let page = INDEX.replacen(
        "<title>",
        "<script src=\"/faults/page.js\"></script><title>",
        1,
    );
    let mut page = Response::new(Body::from(page));
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    page.headers_mut().insert(header::CONTENT_TYPE, kind);
    let fresh = HeaderValue::from_static("no-cache");
    page.headers_mut().insert(header::CACHE_CONTROL, fresh);
    page.into_response()
}
