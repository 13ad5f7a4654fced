//! Says what a read waits for, where a meter does not answer at once.

use std::io::{self, Write as _};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::meters::drivers::Driver;
use crate::meters::drivers::patience::at_most;

/// How long a meter may be silent before somebody is told; a script must be told within two seconds.
const UNSAID: Duration = Duration::from_millis(1500);

/// Tells a person who waits. It is told nothing more once the meter has announced its readings, or this is dropped.
pub(super) struct WaitNotice {
    over: Option<Sender<()>>,
}

impl WaitNotice {
    /// Begins to wait for a meter that speaks the language of this driver.
    pub(super) fn begin(driver: &dyn Driver) -> Self {
        let (over, is_over) = channel::<()>();
        let text = text(driver);
        // Without a thread nobody is told, and the meter is read all the same.
        let told = thread::Builder::new().name("wait notice".to_owned()).spawn(move || {
            if is_over.recv_timeout(UNSAID) == Err(RecvTimeoutError::Timeout) {
                let _ = writeln!(io::stderr(), "glucodock: {text}");
            }
        });
        Self { over: told.is_ok().then_some(over) }
    }

    /// The meter has answered.
    pub(super) fn end(&mut self) {
        // The thread hears that nobody is left to send, and says nothing.
        self.over = None;
    }
}

fn text(driver: &dyn Driver) -> String {
    let name = driver.name();
    match at_most(name) {
        Some(most) => {
            format!(
                "waiting for the meter to answer in {name}; a silent one is given up after {} s at most",
                most.as_secs()
            )
        }
        None => format!("waiting for the meter to answer in {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::drivers::sd_codefree::SdCodeFree;

    #[test]
    fn it_says_what_is_waited_for_and_how_long() {
        let text = text(&SdCodeFree);
        assert_eq!(
            text,
            "waiting for the meter to answer in sd-codefree; a silent one is given up after 300 s at most"
        );
    }
}
