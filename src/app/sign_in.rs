//! The sign-in: a name, a password, one session.

use super::action::Action;
use super::asked::{Asked, Attempt};
use super::effect::{Effect, Request};
use super::key_intent::KeyIntent;
use super::text_field::TextField;
use super::tickets::Tickets;
use crate::domain::clinic::{Credentials, Password};
use crate::domain::problem::Problem;
use crate::domain::text::Private;

/// What is typed at the sign-in, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct SignInForm {
    /// The login name.
    pub login: TextField,
    /// The password.
    pub password: TextField,
    /// Which of the two has the focus.
    pub focus: SignInFocus,
    /// The check of what was typed.
    pub check: Attempt,
    /// Which of the fields was left empty at the last try.
    pub missing: bool,
    /// What was typed while the password is checked.
    ahead: Ahead,
}

/// What was typed while a password is checked, for the search that comes next. Never shown, and
/// forgotten if the check fails.
#[derive(Debug, Clone, Default)]
struct Ahead {
    text: TextField,
    /// A key came that is no text. It was meant for a screen that nobody had seen: neither it nor what follows is kept.
    ended: bool,
    /// What is checked: whoever types it a second time must not see it in the search field.
    password: Option<Password>,
}

/// From so many characters on, text that begins like the password is taken for it: with fewer, many a name would be.
const LIKE_THE_PASSWORD: usize = 3;

/// The fields of the sign-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInFocus {
    /// The login name.
    #[default]
    Login,
    /// The password.
    Password,
}

impl SignInForm {
    /// Reacts to a key.
    pub fn press(&mut self, intent: &KeyIntent, tickets: &mut Tickets) -> Vec<Effect> {
        if self.check.is_waiting() {
            match intent {
                // Nothing of it is carried out or shown yet. Whether it was a search is known only
                // when the check has an answer.
                KeyIntent::Edit(edit) if !self.ahead.ended => drop(self.ahead.text.edit(edit)),
                KeyIntent::Edit(_) | KeyIntent::Act(_) => self.ahead.ended = true,
            }
            return Vec::new();
        }
        match intent {
            KeyIntent::Edit(edit) => {
                self.missing = false;
                match self.focus {
                    SignInFocus::Login => self.login.edit(edit),
                    SignInFocus::Password => self.password.edit(edit),
                };
            }
            KeyIntent::Act(Action::NextControl | Action::PreviousControl | Action::Up | Action::Down) => {
                self.focus = match self.focus {
                    SignInFocus::Login => SignInFocus::Password,
                    SignInFocus::Password => SignInFocus::Login,
                };
            }
            KeyIntent::Act(Action::GoOn) if self.focus == SignInFocus::Login && !self.login.is_blank() => {
                self.focus = SignInFocus::Password;
            }
            KeyIntent::Act(Action::GoOn) => return self.submit(tickets),
            KeyIntent::Act(_) => {}
        }
        Vec::new()
    }

    fn submit(&mut self, tickets: &mut Tickets) -> Vec<Effect> {
        if self.login.is_blank() || self.password.text().is_empty() {
            self.missing = true;
            return Vec::new();
        }
        let ticket = tickets.next();
        self.check = Asked::Waiting(ticket);
        let credentials = Credentials {
            login: Private::new(self.login.clean()),
            password: Password::new(self.password.text().to_owned()),
        };
        self.password.clear();
        // The copy is there to be compared with and for nothing else; a `Password` is wiped when it
        // goes.
        self.ahead = Ahead { password: Some(credentials.password.clone()), ..Ahead::default() };
        vec![Effect::Ask(ticket, Request::SignIn { credentials })]
    }

    /// What was typed ahead, if it may be a search.
    #[must_use]
    pub fn typed_ahead(&self) -> Option<String> {
        let text = self.ahead.text.text().trim();
        let is_password = self.ahead.password.as_ref().is_some_and(|password| {
            let begins_alike = text.chars().count() >= LIKE_THE_PASSWORD && password.expose().starts_with(text);
            begins_alike || text.contains(password.expose())
        });
        (!text.is_empty() && !is_password).then(|| text.to_owned())
    }

    /// The check failed: the password is typed again.
    pub fn refused(&mut self, problem: Problem) {
        self.ahead = Ahead::default();
        self.check = Asked::failed(problem);
        self.focus = SignInFocus::Password;
    }
}
