//! Texts by name in the browser's own database (IndexedDB), shared by all tabs of this site.

use std::cell::RefCell;
use std::rc::Rc;

use idb::{DatabaseEvent as _, Error, Factory, ObjectStoreParams, TransactionMode};
use wasm_bindgen::JsValue;

const NAME: &str = "duologue";
const VERSION: u32 = 1;
const STORE: &str = "rooms";

thread_local! {
    /// Opened once a page, so that what is kept is kept in the order in which it was given.
    static OPEN: RefCell<Option<Database>> = const { RefCell::new(None) };
}

/// The database, open.
#[derive(Clone, Debug)]
pub struct Database(Rc<idb::Database>);

impl Database {
    /// Opens it. `None` where the browser has none, or gives none in this kind of window.
    pub async fn open() -> Option<Self> {
        if let Some(open) = OPEN.with_borrow(Clone::clone) {
            return Some(open);
        }
        let mut request = Factory::new().ok()?.open(NAME, Some(VERSION)).ok()?;
        request.on_upgrade_needed(|event| {
            let made = event
                .database()
                .and_then(|database| database.create_object_store(STORE, ObjectStoreParams::new()));
            // Without the store every look-up fails, as without a database.
            drop(made);
        });
        let open = Self(Rc::new(request.await.ok()?));
        OPEN.set(Some(open.clone()));
        Some(open)
    }

    /// What is kept under `name`.
    pub async fn get(&self, name: &str) -> Option<String> {
        let store = self.store(TransactionMode::ReadOnly).ok()?;
        let found = store.get(JsValue::from(name)).ok()?.await.ok()??;
        found.as_string()
    }

    /// Keeps `value` if nothing is kept under `name`, and answers what is.
    pub async fn get_or_add(&self, name: &str, value: &str) -> Option<String> {
        if let Some(kept) = self.get(name).await {
            return Some(kept);
        }
        // Another tab may have been as fast. The browser lets one of two additions win.
        self.add(name, value).await.ok();
        self.get(name).await
    }

    /// Keeps `value` under `name`; an empty one is not worth a place. That a full or forbidden storage does not keep
    /// it is not an error of the talk's.
    pub fn set(&self, name: &str, value: &str) {
        let written = self.store(TransactionMode::ReadWrite).and_then(|store| {
            if value.is_empty() {
                store.delete(JsValue::from(name))?;
            } else {
                store.put(&value.into(), Some(&name.into()))?;
            }
            // Done even if the page goes right now.
            store.transaction().commit()
        });
        drop(written);
    }

    async fn add(&self, name: &str, value: &str) -> Result<(), Error> {
        let store = self.store(TransactionMode::ReadWrite)?;
        store.add(&value.into(), Some(&name.into()))?.await?;
        Ok(())
    }

    fn store(&self, mode: TransactionMode) -> Result<idb::ObjectStore, Error> {
        self.0.transaction(&[STORE], mode)?.object_store(STORE)
    }
}
