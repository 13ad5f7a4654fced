//! What happens when a bug shows: in a worker it becomes a failed answer, anywhere else the terminal is put right, one
//! calm sentence is said, and the program ends. A panic's own message may hold patient data and is never shown.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

thread_local! {
    /// Whether this thread's panics are contained.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread works for another, which contains its panics.
    static IS_ELSEWHERE: Cell<bool> = const { Cell::new(false) };
    /// Where in the source the last panic of this thread was.
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Where the last panic was on a thread that works for another: it goes on there, and is contained there.
static LOCATION_ELSEWHERE: Mutex<Option<String>> = Mutex::new(None);

/// A panic that was contained, by its place in the source alone: `src/engine/keys.rs:12`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("internal error at {0}")]
pub struct PanicLocation(String);

/// Runs `work`; a panic in it becomes an error.
///
/// # Errors
/// [`PanicLocation`], where the panic was.
pub fn contain<T>(work: impl FnOnce() -> T) -> Result<T, PanicLocation> {
    // Put back to what it was, not to false: work that is contained may contain work itself.
    let outer = CONTAINED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(outer);
    // The payload is dropped unread: a message such as that of a failed slice quotes what was in it.
    result.map_err(|_payload| last_location())
}

/// The same for work that waits.
///
/// # Errors
/// [`PanicLocation`], where the panic was.
pub async fn contain_polls<T>(work: impl Future<Output = T>) -> Result<T, PanicLocation> {
    let mut work = pin!(work);
    poll_fn(|context| match contain(|| work.as_mut().poll(context)) {
        Ok(polled) => polled.map(Ok),
        Err(place) => Poll::Ready(Err(place)),
    })
    .await
}

/// Leaves every panic of this thread to the one that waits for its work, which contains it.
pub fn contain_thread() {
    CONTAINED.set(true);
    IS_ELSEWHERE.set(true);
}

/// Where in the source the last panic of this thread was, or of one that worked for it.
fn last_location() -> PanicLocation {
    PanicLocation(LOCATION.take().or_else(|| elsewhere().take()).unwrap_or_else(|| "unknown place".to_owned()))
}

/// A panic that holds this lock leaves a whole place or none.
fn elsewhere() -> MutexGuard<'static, Option<String>> {
    LOCATION_ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs the hook for the life of the program. On a panic that is not contained it runs `restore` first and then
/// writes `sentence` with the place of the panic to standard error.
pub fn install(restore: impl Fn() + Send + Sync + 'static, sentence: String) {
    std::panic::set_hook(Box::new(move |information| {
        let place = information
            .location()
            .map_or_else(|| "unknown place".to_owned(), |location| format!("{}:{}", location.file(), location.line()));
        tracing::error!(place, "bug");
        if IS_ELSEWHERE.get() {
            *elsewhere() = Some(place.clone());
        } else {
            LOCATION.set(Some(place.clone()));
        }
        if CONTAINED.get() {
            return;
        }
        restore();
        // Standard error may be closed; there is nobody left to tell then.
        drop(writeln!(std::io::stderr(), "{sentence} [{place}]"));
    }));
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Builder;

    use super::*;
    use crate::platform::apart;

    #[test]
    fn a_contained_panic_is_an_error_and_work_goes_on() {
        assert_eq!(contain(|| 5), Ok(5));
        assert!(contain(|| -> u8 { panic!("secret") }).is_err_and(|place| !place.to_string().contains("secret")));
        assert!(!CONTAINED.get());
    }

    /// The bug is on a thread that works for another: there it is an error with its place, and neither of them ends.
    #[test]
    fn a_panic_on_a_thread_that_works_for_another_is_contained_there() {
        let runtime = Builder::new_current_thread().on_thread_start(contain_thread).build().unwrap();
        let contained = runtime.block_on(contain_polls(apart(|| assert!(!CONTAINED.get(), "a secret"))));
        assert!(contained.is_err_and(|place| !place.to_string().contains("secret")));
        assert_eq!(runtime.block_on(contain_polls(apart(|| 5))), Ok(5));
    }
}
