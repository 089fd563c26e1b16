//! Handing a link on: the clipboard, and the device's own share sheet.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlInputElement, Navigator, ShareData};

fn navigator() -> Option<Navigator> {
    Some(web_sys::window()?.navigator())
}

/// Whether the browser has this method: types promise it, insecure origins and older browsers lack it.
fn has(target: &JsValue, method: &str) -> bool {
    Reflect::get(target, &method.into()).is_ok_and(|found| found.is_instance_of::<Function>())
}

async fn done(promise: Promise) -> bool {
    JsFuture::from(promise).await.is_ok()
}

/// Puts the field's text on the clipboard. `false`: it could not be done, and the text is selected for the person
/// to copy.
pub async fn copy(field: &HtmlInputElement) -> bool {
    let clipboard = navigator()
        .and_then(|navigator| Reflect::get(&navigator, &"clipboard".into()).ok())
        .filter(has_write);
    if let (Some(_), Some(navigator)) = (clipboard, navigator())
        && done(navigator.clipboard().write_text(&field.value())).await
    {
        return true;
    }
    field.focus().ok();
    field.select();
    // The old way still works where the new one is missing.
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| exec_copy(&document))
}

fn has_write(clipboard: &JsValue) -> bool {
    clipboard.is_object() && has(clipboard, "writeText")
}

fn exec_copy(document: &JsValue) -> bool {
    let command = Reflect::get(document, &"execCommand".into());
    command
        .ok()
        .and_then(|found| found.dyn_into::<Function>().ok())
        .and_then(|command| command.call1(document, &"copy".into()).ok())
        .is_some_and(|copied| copied.is_truthy())
}

/// Whether the device has a share sheet.
#[must_use]
pub fn can_share() -> bool {
    navigator().is_some_and(|navigator| has(&navigator, "share"))
}

/// Opens the share sheet. That the person closes it again is no failure to speak of.
pub async fn share(title: &str, link: &str) {
    let data = ShareData::new();
    data.set_title(title);
    data.set_url(link);
    if let Some(navigator) = navigator() {
        done(navigator.share_with_data(&data)).await;
    }
}
