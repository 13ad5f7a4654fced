//! What the operating system tells the program, as an asynchronous stream.

use std::io;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// Something the operating system told the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End now: `SIGTERM`.
    Terminate,
    /// The terminal or the connection is gone: `SIGHUP`.
    Hangup,
    /// Interrupt, from outside the program: in raw mode Ctrl-C is a key. `SIGINT`.
    Interrupt,
    /// The window has another size: `SIGWINCH`.
    Resized,
    /// The program runs again after it was stopped, so the screen may show something else: `SIGCONT`.
    Continued,
}

/// The signals that the program listens to, from [`Signals::listen`] on.
#[derive(Debug)]
pub struct Signals {
    terminate: Stream,
    hangup: Stream,
    interrupt: Stream,
    resized: Stream,
    continued: Stream,
}

impl Signals {
    /// Starts to listen; from then on none of these signals ends the process by itself. Needs a tokio runtime.
    ///
    /// # Errors
    /// If the system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            resized: signal(SignalKind::window_change())?,
            continued: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
        })
    }

    /// The next signal; several of one kind may count as one. Dropping the future loses none, so it may stand in a
    /// `select!`. If more than one waits, the one that ends the program comes first.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            biased;
            Some(()) = self.terminate.recv() => Signal::Terminate,
            Some(()) = self.hangup.recv() => Signal::Hangup,
            Some(()) = self.interrupt.recv() => Signal::Interrupt,
            Some(()) = self.continued.recv() => Signal::Continued,
            Some(()) = self.resized.recv() => Signal::Resized,
            // A stream ends only with the runtime that drives it, and this future with both.
            else => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustix::process::{getpid, kill_process};

    use super::*;

    /// One test for all kinds, because signals reach the whole test process: a second listener would hear them too.
    #[test]
    fn each_signal_arrives_as_its_kind() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut signals = Signals::listen().unwrap();
            for (number, kind) in [
                (Number::WINCH, Signal::Resized),
                (Number::CONT, Signal::Continued),
                (Number::INT, Signal::Interrupt),
                (Number::HUP, Signal::Hangup),
                (Number::TERM, Signal::Terminate),
            ] {
                kill_process(getpid(), number).unwrap();
                let next = tokio::time::timeout(Duration::from_secs(10), signals.next()).await;
                assert_eq!(next, Ok(kind));
            }
        });
    }
}
