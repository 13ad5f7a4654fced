//! Work that blocks (a disk, a lock of another program, a hash that is slow on purpose), kept off the network thread: a
//! deadline there, and every other question, can only act while nothing blocks it.

use std::panic::resume_unwind;

use tokio::task::{AbortHandle, JoinError, spawn_blocking};

/// Does the work on a thread of its own. If nobody waits for it any more before it was begun, it never is; what was
/// begun is done to its end. A panic in it goes on in whoever waits. Only within a tokio runtime.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let work = spawn_blocking(work);
    let _waiting = WhoWaits(work.abort_handle());
    match work.await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => resume_unwind(panic),
        // Only a runtime that ends gives up work that was not begun, and whoever waits ends with it.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// Does this to its end, even if nobody waits for it any more. A panic in it goes on in whoever waits. Only within a
/// tokio runtime.
pub(super) async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => resume_unwind(panic),
        // Only a runtime that ends gives it up, and whoever waits ends with it.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// Whoever waits for some work.
struct WhoWaits(AbortHandle);

impl Drop for WhoWaits {
    fn drop(&mut self) {
        self.0.abort();
    }
}
