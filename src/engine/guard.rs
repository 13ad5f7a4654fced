//! The terminal while we use it, and as it was before.
//!
//! One idempotent [`Restorer::restore`] for every way out: the end, a panic, a signal, lost input. It erases the
//! alternate screen before leaving it, so that no name stays in a scrollback, and resets every mode that we or a
//! program before us could have set. It never waits long: a terminal that takes nothing is left as it is.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use super::display::Sink;

/// Sent at the start: mouse, focus reports and cursor key mode off, as a program before us may have left them; then
/// the alternate screen, empty, with the cursor hidden and bracketed paste on.
const ENTER: &[u8] = b"\x1b[?1000;1002;1003;1006;1004l\x1b[?1l\x1b>\x1b[?1049h\x1b[m\x1b[2J\x1b[H\x1b[?25l\x1b[?2004h";

/// Sent at the end. CAN ends a sequence that was cut; then synchronized update off, colours and scrolling region
/// reset, the screen erased, all modes off, the first character set, the normal screen, the cursor shown.
const LEAVE: &[u8] = b"\x18\x1b[?2026l\x1b[m\x1b[r\x1b[2J\x1b[H\x1b[?2004l\x1b[?1000;1002;1003;1006;1004l\x1b[?1l\x1b>\
\x1b[?7h\x1b(B\x0f\x1b[?1049l\x1b[m\x1b[?25h";

/// How long the way out waits for a frame under way, and for a terminal to take the last bytes: the program is gone
/// within 100 ms of a hang-up, also where the terminal takes nothing any more.
const PATIENCE: Duration = Duration::from_millis(40);

/// Puts the terminal back when dropped.
#[derive(Debug)]
pub struct Guard(Restorer);

/// Puts the terminal back. Clones do so for the same terminal; the first one does it.
#[derive(Debug, Clone)]
pub struct Restorer(Arc<TakenTerminal>);

#[derive(Debug)]
struct TakenTerminal {
    input: OwnedFd,
    output: OwnedFd,
    before: Termios,
    /// Whose the terminal is. Locked while a frame is written.
    state: Mutex<TerminalState>,
}

/// Whose the terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TerminalState {
    Ours,
    /// Put back for a while: the program was stopped.
    Away,
    /// Put back for good.
    Gone,
}

impl Guard {
    /// Takes the terminal: raw mode on `input`, the alternate screen on `output`. Both are duplicated.
    ///
    /// # Errors
    /// If `input` is no terminal, or it takes no bytes.
    pub fn enter(input: impl AsFd, output: impl AsFd) -> io::Result<Self> {
        let before = tcgetattr(&input)?;
        let terminal = TakenTerminal {
            input: input.as_fd().try_clone_to_owned()?,
            output: output.as_fd().try_clone_to_owned()?,
            before,
            state: Mutex::new(TerminalState::Away),
        };
        let guard = Self(Restorer(Arc::new(terminal)));
        guard.reenter()?;
        Ok(guard)
    }

    /// Takes the terminal again after the program was stopped and continued.
    ///
    /// # Errors
    /// If the terminal takes no settings or bytes.
    pub fn reenter(&self) -> io::Result<()> {
        let terminal = &*self.0.0;
        let mut state = terminal.lock();
        // A panic or a signal has put it back for good. Whatever takes it now would leave it raw.
        if *state == TerminalState::Gone {
            return Ok(());
        }
        // Before the first change: what fails in the middle is put back whole.
        *state = TerminalState::Ours;
        let mut raw = terminal.before.clone();
        raw.make_raw();
        tcsetattr(&terminal.input, OptionalActions::Now, &raw)?;
        write_all(&terminal.output, ENTER)
    }

    /// Puts the terminal back until [`Guard::reenter`]; frames are dropped till then.
    pub fn put_away(&self) {
        self.0.put_back(TerminalState::Away);
    }

    /// What puts the terminal back, for a panic hook.
    #[must_use]
    pub fn restorer(&self) -> Restorer {
        self.0.clone()
    }

    /// Where frames are written, one `write` each. Once the terminal was put back they are dropped.
    #[must_use]
    pub fn sink(&self) -> Sink {
        let terminal = Arc::clone(&self.0.0);
        Box::new(move |frame| {
            let state = terminal.lock();
            if *state == TerminalState::Ours { write_all(&terminal.output, frame) } else { Ok(()) }
        })
    }

    /// Columns and rows of the terminal; 80 by 24 if it does not say.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        match rustix::termios::tcgetwinsize(&self.0.0.output) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            Ok(_) | Err(_) => (80, 24),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.restore();
    }
}

impl Restorer {
    /// Puts the terminal back, once. Never fails: where the terminal is gone there is nothing to put back.
    pub fn restore(&self) {
        self.put_back(TerminalState::Gone);
    }

    fn put_back(&self, to: TerminalState) {
        let terminal = &*self.0;
        if let Some(mut state) = terminal.lock_soon() {
            let before = *state;
            if before != TerminalState::Gone {
                *state = to;
            }
            // Away or gone: a shell has it, and what is written or set now would be its screen.
            if before != TerminalState::Ours {
                return;
            }
            if takes_bytes(&terminal.output) {
                drop(write_all(&terminal.output, LEAVE));
            }
        }
        // Keys typed ahead are for the program that is gone, not for the shell after it.
        let _ = tcflush(&terminal.input, QueueSelector::IFlush);
        // `Now` waits for no output: a terminal that takes nothing would keep the program here.
        let _ = tcsetattr(&terminal.input, OptionalActions::Now, &terminal.before);
    }
}

impl TakenTerminal {
    fn lock(&self) -> MutexGuard<'_, TerminalState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock, unless a frame hangs in a terminal that takes nothing.
    fn lock_soon(&self) -> Option<MutexGuard<'_, TerminalState>> {
        let step = PATIENCE / 8;
        // `Mutex` has no lock that gives up after a time.
        for _ in 0..8 {
            match self.state.try_lock() {
                Ok(state) => return Some(state),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(step),
            }
        }
        None
    }
}

/// Whether the terminal takes bytes soon.
fn takes_bytes(output: &OwnedFd) -> bool {
    let mut polled = [PollFd::new(output, PollFlags::OUT)];
    let patience = Timespec::try_from(PATIENCE).ok();
    poll(&mut polled, patience.as_ref()).is_ok_and(|ready| ready > 0)
}

/// Writes everything. Waits where the descriptor was made non-blocking by somebody else who has it too.
fn write_all(output: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(output, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                poll(&mut [PollFd::new(output, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
