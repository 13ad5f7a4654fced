//! Passwords that a command is given: one after the other, each a line of standard input; at a terminal asked for and
//! not shown.

use zeroize::Zeroizing;

use super::super::hidden_input::HiddenInput;
use super::super::{CommandError, input};
use crate::domain::validation::Field;

/// The lines of standard input.
#[derive(Debug, Default)]
pub(super) struct TypedPasswords {
    lines: usize,
}

impl TypedPasswords {
    /// A password that its owner knows: whether it is right is found out.
    pub(super) fn password(&mut self, question: &str) -> Result<Zeroizing<String>, CommandError> {
        let _hidden = HiddenInput::begin(question)?;
        self.line()
    }

    /// A new password. Whoever types it sees nothing of it, and types it twice: a slip would lock its owner out.
    pub(super) fn new_password(&mut self, question: &str) -> Result<Zeroizing<String>, CommandError> {
        let hidden = HiddenInput::begin(question)?;
        let password = self.line()?;
        // At a terminal alone: what a script sends has no slips of the finger, and is one line.
        if hidden.ask_again()? && self.line()? != password {
            drop(hidden);
            let message = "password: the two are not the same; nothing was changed";
            return Err(CommandError::usage(message).because_of(Field::Password.name()));
        }
        Ok(password)
    }

    fn line(&mut self) -> Result<Zeroizing<String>, CommandError> {
        self.lines += 1;
        input::line(self.lines == 1).map_err(|error| error.because_of(Field::Password.name()))
    }
}
