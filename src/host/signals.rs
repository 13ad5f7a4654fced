//! What the operating system tells the program, as an asynchronous stream.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::Poll;

use rustix::process::Signal as Number;
use signal_hook::consts::{SIGBUS, SIGSYS, SIGTRAP, SIGTSTP};
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
    /// Stop until told to go on: `SIGTSTP`. The screen is to be put away first.
    Stopped,
    /// Another signal that ends a program, by its number.
    Ending(i32),
    /// The program runs again after it was stopped, so the screen may show something else: `SIGCONT`.
    Continued,
}

/// The signals besides `SIGTERM`, `SIGHUP` and `SIGINT` that end a program unless it listens, without those that tell
/// of a fault in the program itself; real-time signals follow them.
const ENDING: [Number; 12] = [
    Number::QUIT,
    Number::ABORT,
    Number::USR1,
    Number::USR2,
    Number::ALARM,
    Number::VTALARM,
    Number::PROF,
    Number::XCPU,
    Number::XFSZ,
    Number::IO,
    Number::POWER,
    Number::STKFLT,
];

/// The real-time signals that programs may use, by number (signal(7); the C library keeps 32 and 33).
const REAL_TIME: std::ops::RangeInclusive<i32> = 34..=64;

/// Signals of a fault that a handler may listen to. A fault that is real comes again as soon as the handler returns, so
/// the second one ends the process. `SIGSEGV`, `SIGILL` and `SIGFPE` are the kernel's alone.
const FAULTS: [i32; 3] = [SIGBUS, SIGTRAP, SIGSYS];

/// The numbers of all signals that end a program unless it listens, and that it can listen to, without `SIGTERM`,
/// `SIGHUP` and `SIGINT`.
fn ending() -> impl Iterator<Item = i32> {
    ENDING.into_iter().map(Number::as_raw).chain(FAULTS).chain(REAL_TIME)
}

/// Stops the process, as `SIGTSTP` does to one that does not listen. Returns when it was told to go on.
pub fn stop_here() {
    // It cannot fail for this signal.
    let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
}

/// Runs `clean_up` and ends the process with the signal's exit code as soon as one comes that ends a program; on
/// `SIGTSTP` runs it, stops, and runs `again` once the process goes on. For as long as the process lives.
///
/// # Errors
/// If the system refuses a handler or a thread.
pub fn at_the_end(clean_up: impl Fn() + Send + 'static, again: impl Fn() + Send + 'static) -> io::Result<()> {
    let three = [Number::TERM, Number::HUP, Number::INT].map(Number::as_raw);
    let mut signals = signal_hook::iterator::Signals::new(ending().chain(three).chain([SIGTSTP]))?;
    let watch = move || {
        for signal in signals.forever() {
            clean_up();
            if signal != SIGTSTP {
                // The exit code with which shells tell that a signal ended a program.
                signal_hook::low_level::exit(128 + signal);
            }
            stop_here();
            again();
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(watch).map(drop)
}

/// The signals that the program listens to, from [`Signals::listen`] on.
#[derive(Debug)]
pub struct Signals {
    terminate: Stream,
    hangup: Stream,
    interrupt: Stream,
    resized: Stream,
    continued: Stream,
    stopped: Stream,
    ending: Vec<(i32, Stream)>,
}

impl Signals {
    /// Starts to listen; from then on none of these signals ends the process by itself. Needs a tokio runtime.
    ///
    /// # Errors
    /// If the system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        for fault in FAULTS {
            let came = Arc::new(AtomicBool::new(false));
            // In this order: the first fault finds the flag clear and only sets it, the second one ends the process as
            // if nobody listened.
            signal_hook::flag::register_conditional_default(fault, Arc::clone(&came))?;
            signal_hook::flag::register(fault, came)?;
        }
        let ending = ending().map(|number| Ok((number, signal(SignalKind::from_raw(number))?)));
        Ok(Self {
            stopped: signal(SignalKind::from_raw(SIGTSTP))?,
            ending: ending.collect::<io::Result<_>>()?,
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
            // In the order below: a program that is to end must not redraw first.
            biased;
            Some(()) = self.terminate.recv() => Signal::Terminate,
            Some(()) = self.hangup.recv() => Signal::Hangup,
            Some(()) = self.interrupt.recv() => Signal::Interrupt,
            number = next_of(&mut self.ending) => Signal::Ending(number),
            Some(()) = self.stopped.recv() => Signal::Stopped,
            Some(()) = self.continued.recv() => Signal::Continued,
            Some(()) = self.resized.recv() => Signal::Resized,
            // A stream ends only with the runtime that drives it, and this future with both.
            else => std::future::pending().await,
        }
    }
}

/// The number of the first signal of these that comes.
async fn next_of(streams: &mut [(i32, Stream)]) -> i32 {
    poll_fn(|context| {
        let came = streams.iter_mut().find_map(|(number, stream)| match stream.poll_recv(context) {
            Poll::Ready(Some(())) => Some(*number),
            Poll::Ready(None) | Poll::Pending => None,
        });
        came.map_or(Poll::Pending, Poll::Ready)
    })
    .await
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
            for number in ending() {
                signal_hook::low_level::raise(number).unwrap();
                let next = tokio::time::timeout(Duration::from_secs(10), signals.next()).await;
                assert_eq!(next, Ok(Signal::Ending(number)));
            }
            for (number, kind) in [
                (Number::TSTP, Signal::Stopped),
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
