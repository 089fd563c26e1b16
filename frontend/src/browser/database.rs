//! Texts by name in the browser's own database (IndexedDB), shared by all tabs of this site.

use std::cell::{Cell, RefCell};
use std::future::{Future, IntoFuture as _};
use std::pin::pin;
use std::rc::Rc;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use idb::{
    DatabaseEvent as _, Error, Factory, KeyRange, ObjectStoreParams, Query, TransactionMode,
};
use wasm_bindgen::JsValue;

const NAME: &str = "duologue";
const VERSION: u32 = 1;
const STORE: &str = "rooms";

/// Milliseconds after which a database that does not answer counts as none: the talk goes on without.
const LIMIT: u32 = 4_000;

thread_local! {
    /// Opened once a page, so that what is kept is kept in the order in which it was given.
    static OPEN: RefCell<Option<Database>> = const { RefCell::new(None) };
    /// It did not answer. Nobody waits for it twice.
    static SILENT: Cell<bool> = const { Cell::new(false) };
    /// The browser was asked to keep it.
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// What a database answers, unless it takes too long.
async fn answer<T>(question: impl Future<Output = T>) -> Option<T> {
    if SILENT.get() {
        return None;
    }
    match select(pin!(question), TimeoutFuture::new(LIMIT)).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => {
            SILENT.set(true);
            None
        }
    }
}

/// The database, open.
#[derive(Clone, Debug)]
pub struct Database(Rc<idb::Database>);

impl Database {
    /// Opens it. `None` where the browser has none, gives none in this kind of window, or does not answer.
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
        let opened = answer(request.into_future()).await?;
        let open = Self(Rc::new(opened.ok()?));
        OPEN.set(Some(open.clone()));
        Some(open)
    }

    /// What is kept under `name`.
    pub async fn get(&self, name: &str) -> Option<String> {
        let store = self.store(TransactionMode::ReadOnly).ok()?;
        let found = answer(store.get(JsValue::from(name)).ok()?.into_future()).await?;
        found.ok()??.as_string()
    }

    /// All that is kept under names between these two, in the order of the names.
    pub async fn between(&self, first: &str, last: &str) -> Vec<String> {
        let values = async {
            let range = KeyRange::bound(&first.into(), &last.into(), None, None).ok()?;
            let store = self.store(TransactionMode::ReadOnly).ok()?;
            let found = store.get_all(Some(Query::KeyRange(range)), None).ok()?;
            answer(found.into_future()).await?.ok()
        };
        let values = values.await.unwrap_or_default();
        values.iter().filter_map(JsValue::as_string).collect()
    }

    /// Keeps `value` if nothing is kept under `name`, and answers what is.
    pub async fn get_or_add(&self, name: &str, value: &str) -> Option<String> {
        if let Some(kept) = self.get(name).await {
            return Some(kept);
        }
        // Another tab may have been as fast. The browser lets one of two additions win.
        answer(self.add(name, value)).await;
        self.get(name).await
    }

    /// Keeps each value under its name from now on, all or none; an empty one is not worth a place. Whoever waits for the
    /// answer is told when it is kept, and whether: not, where the browser refuses. Of one that only takes its time,
    /// nobody can say that it does not keep it.
    pub fn keep(
        &self,
        values: &mut dyn Iterator<Item = (String, &str)>,
    ) -> impl Future<Output = bool> + use<> {
        let written = self.write(values);
        async move {
            ask_to_last();
            match written {
                Ok(written) => match answer(written.into_future()).await {
                    Some(end) => end.is_ok_and(|end| end.is_committed()),
                    None => true,
                },
                Err(_) => false,
            }
        }
    }

    fn write(
        &self,
        values: &mut dyn Iterator<Item = (String, &str)>,
    ) -> Result<idb::Transaction, Error> {
        let store = self.store(TransactionMode::ReadWrite)?;
        for (name, value) in values {
            if value.is_empty() {
                store.delete(JsValue::from(name))?;
            } else {
                store.put(&value.into(), Some(&name.into()))?;
            }
        }
        // Done even if the page goes right now.
        store.transaction().commit()
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

/// Asks the browser, once, not to clear the database when it needs room. Some ask the person, so it is done when the
/// person sends something. Whatever the answer, what is kept is kept for now.
fn ask_to_last() {
    if !ASKED.replace(true)
        && let Some(window) = web_sys::window()
    {
        // An insecure origin has no such thing, and says so by an error.
        drop(window.navigator().storage().persist());
    }
}
