//! Whether the terminal echoes what is typed: not while a hidden field has the focus.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

/// The echo of a terminal. Clones switch the same one.
#[derive(Debug, Clone)]
pub struct Echo {
    input: Arc<OwnedFd>,
    before: Termios,
}

impl Echo {
    /// The echo of the terminal that is typed on; nothing for a pipe or a file, which echo nothing.
    ///
    /// # Errors
    /// If the system gives no descriptor.
    pub fn of(input: impl AsFd) -> io::Result<Option<Self>> {
        let Ok(before) = tcgetattr(&input) else { return Ok(None) };
        Ok(Some(Self { input: Arc::new(input.as_fd().try_clone_to_owned()?), before }))
    }

    /// Hides what is typed; only the ends of lines are still echoed.
    ///
    /// # Errors
    /// If the terminal takes no settings: what is typed could be seen.
    pub fn hide(&self) -> io::Result<()> {
        let mut hidden = self.before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // Without it the next sentence would go on in the line in which the password was typed.
        hidden.local_modes.insert(LocalModes::ECHONL);
        Ok(tcsetattr(&*self.input, OptionalActions::Now, &hidden)?)
    }

    /// Forgets what was typed and is not read yet: the rest of a line without its end.
    pub fn forget_typed(&self) {
        // Where the terminal is gone nobody types.
        let _ = tcflush(&*self.input, QueueSelector::IFlush);
    }

    /// Shows what is typed, as before.
    pub fn restore(&self) {
        // Where the terminal is gone there is nothing to put back.
        let _ = tcsetattr(&*self.input, OptionalActions::Now, &self.before);
    }
}
