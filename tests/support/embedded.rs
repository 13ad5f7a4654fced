//! A station and an embedded platform on one store.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use glucodock::engine::effects::Backend;
use glucodock::platform::embedded;
use glucodock::station::Station;
use glucodock::store::Store;
use tokio::runtime::{Builder, Runtime};

/// Both on this store.
pub(crate) fn on(store: Store) -> Backend {
    let store = Arc::new(store);
    Backend { station: Station::new(Arc::clone(&store)), platform: embedded::on(store) }
}

thread_local! {
    /// One for all calls of a test: a platform may block on threads of it.
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
}

/// What a platform answers, however long that takes.
pub(crate) fn answered<T>(answer: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(answer))
}
