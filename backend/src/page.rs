//! The page, its wasm and its css, from inside the binary: compressed, and cached by name.

use std::sync::LazyLock;

use axum::Router;
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

/// Routes to everything a browser loads.
pub(crate) fn routes() -> Router {
    ROUTES.clone()
}
