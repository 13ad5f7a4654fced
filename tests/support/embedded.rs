//! A station and an embedded platform on one store.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use glucodock::engine::effects::Backend;
use glucodock::platform::embedded;
use glucodock::station::Station;
use glucodock::store::Store;

/// Both on this store.
pub(crate) fn on(store: Store) -> Backend {
    let store = Arc::new(store);
    Backend { station: Station::new(Arc::clone(&store)), platform: embedded::on(store) }
}

/// What an embedded platform answers: it is there at once.
pub(crate) fn at_once<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("an embedded platform lets nobody wait"),
    }
}
