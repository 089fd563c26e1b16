//! The page, its wasm and its css, from inside the binary: compressed, and cached by name.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use memory_serve::CacheControl;

/// The page itself, as every browser gets it.
pub(crate) const INDEX: &str = include_str!(env!("DUOLOGUE_INDEX"));

/// Built once a process: unpacking the page leaves its bytes in memory for good.
static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    memory_serve::load!()
        .index_file(Some("/index.html"))
        // The room's name is read by the page; the hub learns it from `hello`.
        .add_alias("/c/{room}", "/index.html")
        // Any other path shows the page's own "not found".
        .fallback(Some("/index.html"))
        .html_cache_control(CacheControl::NoCache)
        // Every file but the page itself carries a hash of its content in its name.
        .cache_control(CacheControl::Long)
        .into_router()
});

/// What keeps the page in the browser, for when the server is gone. It has no hash in its name: the browser looks by
/// itself whether there is another.
const WORKER: &str = include_str!("../../frontend/sw.js");

/// What makes the page one that can be installed.
const MANIFEST: &str = include_str!("../../frontend/manifest.webmanifest");
const ICON: &str = include_str!("../../frontend/favicon.svg");

/// Routes to everything a browser loads.
pub(crate) fn routes() -> Router {
    ROUTES
        .clone()
        .route("/sw.js", get(|| async { fresh("text/javascript", WORKER) }))
        .route(
            "/manifest.webmanifest",
            get(|| async { fresh("application/manifest+json", MANIFEST) }),
        )
        .route("/icon.svg", get(|| async { fresh("image/svg+xml", ICON) }))
}

/// A file that is asked for anew each time.
pub(crate) fn fresh(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text)
}
