//! The sign-in: a name, a password, one session.

use super::action::Action;
use super::effect::{Effect, Ticket};
use super::model::Tickets;
use super::press::Press;
use super::text_field::TextField;
use crate::domain::clinic::{Credentials, Password};
use crate::domain::problem::Problem;
use crate::domain::text::Private;

/// What is typed at the sign-in, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// The login name.
    pub login: TextField,
    /// The password.
    pub password: TextField,
    /// Which of the two has the keys.
    pub focus: SignInFocus,
    /// The check under way.
    pub checking: Option<Ticket>,
    /// Why the last try failed.
    pub problem: Option<Problem>,
    /// Which of the fields was left empty at the last try.
    pub missing: bool,
}

/// The fields of the sign-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInFocus {
    /// The login name.
    #[default]
    Login,
    /// The password.
    Password,
}

impl SignIn {
    /// Reacts to a key.
    pub fn press(&mut self, press: &Press, tickets: &mut Tickets) -> Vec<Effect> {
        if self.checking.is_some() {
            return Vec::new();
        }
        match press {
            Press::Edit(edit) => {
                self.missing = false;
                match self.focus {
                    SignInFocus::Login => self.login.edit(edit),
                    SignInFocus::Password => self.password.edit(edit),
                };
            }
            Press::Act(Action::NextControl | Action::PreviousControl | Action::Up | Action::Down) => {
                self.focus = match self.focus {
                    SignInFocus::Login => SignInFocus::Password,
                    SignInFocus::Password => SignInFocus::Login,
                };
            }
            Press::Act(Action::GoOn) if self.focus == SignInFocus::Login && !self.login.is_blank() => {
                self.focus = SignInFocus::Password;
            }
            Press::Act(Action::GoOn) => return self.submit(tickets),
            Press::Act(_) => {}
        }
        Vec::new()
    }

    fn submit(&mut self, tickets: &mut Tickets) -> Vec<Effect> {
        if self.login.is_blank() || self.password.text().is_empty() {
            self.missing = true;
            return Vec::new();
        }
        let ticket = tickets.next();
        self.checking = Some(ticket);
        self.problem = None;
        let credentials = Credentials {
            login: Private::new(self.login.clean()),
            password: Password::new(self.password.text().to_owned()),
        };
        self.password.clear();
        vec![Effect::SignIn { ticket, credentials }]
    }

    /// The check failed: the password is typed again.
    pub fn refused(&mut self, problem: Problem) {
        self.checking = None;
        self.problem = Some(problem);
        self.focus = SignInFocus::Password;
    }
}
