//! Work that blocks (a disk, a lock of another program, a hash that is slow on purpose), kept off the network thread: a
//! deadline there, and every other question, can only act while nothing blocks it.

use std::panic::resume_unwind;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
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

/// The same; if nobody waits for it any more, `unheard` is done with what came of it. A panic in it goes on in whoever
/// waits. Only within a tokio runtime.
pub(super) async fn heard_or<T, U, Undo>(work: impl Future<Output = T> + Send + 'static, unheard: U) -> T
where
    T: Send + 'static,
    U: FnOnce(T) -> Undo + Send + 'static,
    Undo: Future<Output = ()> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let working = tokio::spawn(async move {
        let done = work.await;
        if let Err((done, unheard)) = tell.send((done, unheard)) {
            unheard(done).await;
        }
    });
    let mut hearing = Hearing { told };
    match (&mut hearing.told).await {
        Ok((done, _)) => done,
        // It panicked before it had anything to tell.
        Err(_) => match working.await.map_err(JoinError::try_into_panic) {
            Err(Ok(panic)) => resume_unwind(panic),
            // Only a runtime that ends gives it up, and whoever waits ends with it.
            Ok(()) | Err(Err(_)) => std::future::pending().await,
        },
    }
}

/// Whoever waits to hear of some work. What was told and never heard is undone.
struct Hearing<T, U, Undo>
where
    T: Send + 'static,
    U: FnOnce(T) -> Undo + Send + 'static,
    Undo: Future<Output = ()> + Send + 'static,
{
    told: oneshot::Receiver<(T, U)>,
}

impl<T, U, Undo> Drop for Hearing<T, U, Undo>
where
    T: Send + 'static,
    U: FnOnce(T) -> Undo + Send + 'static,
    Undo: Future<Output = ()> + Send + 'static,
{
    fn drop(&mut self) {
        self.told.close();
        if let (Ok((done, unheard)), Ok(runtime)) = (self.told.try_recv(), Handle::try_current()) {
            runtime.spawn(unheard(done));
        }
    }
}

/// Whoever waits for some work.
struct WhoWaits(AbortHandle);

impl Drop for WhoWaits {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    fn runs<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn what_nobody_heard_is_undone() {
        runs(async {
            let (done, undone) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
            let unheard = |undone: &Arc<Notify>| {
                let undone = Arc::clone(undone);
                move |seven: u8| async move {
                    assert_eq!(seven, 7);
                    undone.notify_one();
                }
            };
            // Given up before it is done.
            let goes = Arc::clone(&done);
            let work = async move {
                goes.notified().await;
                7
            };
            tokio::select! {
                biased;
                _ = heard_or(work, unheard(&undone)) => panic!("it is not done yet"),
                () = std::future::ready(()) => {}
            }
            done.notify_one();
            undone.notified().await;
            // Given up when it is done, before whoever waits looked.
            let mut waiting = Box::pin(heard_or(std::future::ready(7), unheard(&undone)));
            assert!(
                std::future::poll_fn(|context| std::task::Poll::Ready(waiting.as_mut().poll(context).is_pending()))
                    .await
            );
            tokio::task::yield_now().await;
            drop(waiting);
            undone.notified().await;
            // Heard, it stays.
            assert_eq!(heard_or(std::future::ready(7), |_| std::future::ready(())).await, 7);
        });
    }

    #[test]
    #[should_panic = "it went wrong"]
    fn a_panic_goes_on_in_whoever_waits() {
        let goes_wrong = std::future::poll_fn(|_| -> std::task::Poll<u8> { panic!("it went wrong") });
        runs(heard_or(goes_wrong, |_| std::future::ready(())));
    }
}
