//! Being asked to stop by the system: SIGINT (Ctrl-C), SIGTERM, SIGHUP.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// A flag that one of the signals sets. Waits under way are interrupted by the signal.
///
/// # Errors
/// If the system refuses a handler.
pub fn flag() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // The library has calls go on behind a signal (SA_RESTART). A poll never does (signal(7)),
        // and by polls the servers of simulated meters wait.
        signal_hook::flag::register(signal, Arc::clone(&flag))?;
    }
    Ok(flag)
}
