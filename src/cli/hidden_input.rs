//! A terminal that does not show what is typed: for a password. However the program ends meanwhile, it shows again.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::stdio::stdin;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::{CommandError, Exit};
use crate::host::signals;

/// Hides what is typed until this is dropped.
pub(super) struct HiddenInput(Shown);

/// How the terminal was before; nothing where it is so again, or never was a terminal.
type Shown = Arc<Mutex<Option<Termios>>>;

impl HiddenInput {
    /// Asks for the password, if standard input is a terminal.
    pub(super) fn begin() -> Result<Self, CommandError> {
        if !io::stdin().is_terminal() {
            return Ok(Self(Shown::default()));
        }
        let failed = |_| CommandError::new(Exit::Failed, "the terminal cannot hide the password");
        let before = tcgetattr(stdin()).map_err(failed)?;
        let shown = Shown::new(Mutex::new(Some(before)));
        let (ending, going_on) = (Arc::clone(&shown), Arc::clone(&shown));
        // Before it is hidden: a signal in between finds what is to be put back.
        signals::at_the_end(
            move || show(locked(&ending).as_ref()),
            move || {
                hide(locked(&going_on).as_ref()).unwrap_or_default();
            },
        )?;
        hide(locked(&shown).as_ref()).map_err(failed)?;
        // From here on it is shown again however this ends, also if the question cannot be written.
        let hidden = Self(shown);
        // What is typed after the question is hidden for certain.
        write!(io::stderr(), "Password: ")?;
        Ok(hidden)
    }

    /// Asks for the same once more, if standard input is a terminal; says whether it did.
    pub(super) fn ask_again(&self) -> Result<bool, CommandError> {
        let is_terminal = locked(&self.0).is_some();
        if is_terminal {
            write!(io::stderr(), "\nThe same again: ")?;
        }
        Ok(is_terminal)
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        let mut shown = locked(&self.0);
        show(shown.as_ref());
        if shown.take().is_some() {
            // The terminal is gone if this fails, and with it what it could show.
            let _ = writeln!(io::stderr());
        }
    }
}

fn locked(shown: &Shown) -> MutexGuard<'_, Option<Termios>> {
    // Also after a panic: a terminal that shows nothing of what is typed is worse than any state in here.
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hide(before: Option<&Termios>) -> rustix::io::Result<()> {
    let Some(mut hidden) = before.cloned() else { return Ok(()) };
    hidden.local_modes.remove(LocalModes::ECHO);
    // `Flush` throws away what was typed before the question: everybody saw it, so it is no
    // password.
    tcsetattr(stdin(), OptionalActions::Flush, &hidden)
}

fn show(before: Option<&Termios>) {
    if let Some(before) = before {
        // Where the terminal is gone there is nothing to put back.
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
    }
}
