//! A terminal that does not show what is typed: for a password. However the program ends meanwhile, it shows again.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::stdio::stdin;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::{CommandError, Exit};
use crate::host::signals;

/// Hides what is typed until this is dropped.
pub(super) struct HiddenInput {
    is_terminal: bool,
}

/// How the terminal was before; nothing where it is so again, or never was a terminal.
static SHOWN: Mutex<Option<Termios>> = Mutex::new(None);

/// Whether a signal is waited for that ends the program.
static IS_WATCHED: Mutex<bool> = Mutex::new(false);

impl HiddenInput {
    /// Asks for a password with this question, if standard input is a terminal.
    pub(super) fn begin(question: &str) -> Result<Self, CommandError> {
        if !io::stdin().is_terminal() {
            return Ok(Self { is_terminal: false });
        }
        let failed = |_| CommandError::new(Exit::Failed, "the terminal cannot hide the password");
        let before = tcgetattr(stdin()).map_err(failed)?;
        // Before it is hidden: a signal in between finds what is to be put back.
        *locked(&SHOWN) = Some(before);
        // From here on it is shown again however this ends, also if the question cannot be written.
        let hidden = Self { is_terminal: true };
        let mut is_watched = IS_WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_watched {
            // Once: of two that watch, the one with nothing to put back would end the program first.
            let going_on = || hide(locked(&SHOWN).as_ref()).unwrap_or_default();
            signals::at_the_end(|| show(locked(&SHOWN).as_ref()), going_on)?;
            *is_watched = true;
        }
        drop(is_watched);
        hide(locked(&SHOWN).as_ref()).map_err(failed)?;
        // What is typed after the question is hidden for certain.
        write!(io::stderr(), "{question}")?;
        Ok(hidden)
    }

    /// Asks for the same once more, if standard input is a terminal; says whether it did.
    pub(super) fn ask_again(&self) -> Result<bool, CommandError> {
        if self.is_terminal {
            write!(io::stderr(), "\nThe same again: ")?;
        }
        Ok(self.is_terminal)
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        let mut shown = locked(&SHOWN);
        show(shown.as_ref());
        if shown.take().is_some() {
            // The terminal is gone if this fails, and with it what it could show.
            let _ = writeln!(io::stderr());
        }
    }
}

fn locked(shown: &Mutex<Option<Termios>>) -> MutexGuard<'_, Option<Termios>> {
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
