//! Starts the page, and lets it say so should it ever stop.

use frontend::app::App;
use frontend::browser::page;

fn main() {
    yew::set_custom_panic_hook(Box::new(|panic| {
        page::warn(&panic.to_string());
        page::show_crash();
    }));
    match page::root() {
        Some(root) => yew::Renderer::<App>::with_root(root).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}
