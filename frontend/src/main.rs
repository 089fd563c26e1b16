//! Starts the page. Should it ever stop, `fallback.js` says so.

use frontend::app::App;
use frontend::browser::page;

fn main() {
    match page::root() {
        Some(root) => yew::Renderer::<App>::with_root(root).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}
