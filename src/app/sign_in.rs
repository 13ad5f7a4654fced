//! The sign-in: a name, a password, one session; and a new password where it is to be another.

use jiff::{SignedDuration, Timestamp};

use super::action::Action;
use super::asked::{Asked, Attempt};
use super::effect::{Effect, Request};
use super::key_intent::KeyIntent;
use super::new_password::{NewPasswordForm, NewPasswordStep};
use super::text_field::TextField;
use super::tickets::Tickets;
use crate::domain::clinic::{Credentials, Password};
use crate::domain::problem::{Problem, ProblemCode};
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
    /// The new password, while one is chosen.
    pub new: Option<Box<NewPasswordForm>>,
    /// Until when no key does anything.
    quiet_until: Option<Timestamp>,
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
    /// What is checked, and what is to come in its place: whoever types one of them a second time must not see it in
    /// the search field.
    passwords: Vec<Password>,
}

/// How long somebody goes on typing before they see that the screen is another one.
const UNSEEN: SignedDuration = SignedDuration::from_secs(2);

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
        if let Some(new) = &mut self.new {
            match new.press(intent, self.login.text()) {
                NewPasswordStep::Typing => {}
                NewPasswordStep::GivenUp => (self.new, self.check) = (None, Attempt::default()),
                NewPasswordStep::Chosen { old, new } => return self.ask(old, Some(new), tickets),
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
            KeyIntent::Act(Action::GoOn) => {
                if let Some(password) = self.typed_password() {
                    return self.ask(password, None, tickets);
                }
            }
            KeyIntent::Act(Action::ChangePassword) => {
                self.missing = self.login.is_blank();
                if !self.missing {
                    self.password.clear();
                    self.check = Attempt::default();
                    self.new = Some(Box::new(NewPasswordForm::wanted()));
                }
            }
            KeyIntent::Act(_) => {}
        }
        Vec::new()
    }

    /// Takes the password out of its field; nothing, and that is shown, while there is none or no name.
    fn typed_password(&mut self) -> Option<Password> {
        self.missing = self.login.is_blank() || self.password.text().is_empty();
        let password = (!self.missing).then(|| Password::new(self.password.text().to_owned()))?;
        self.password.clear();
        Some(password)
    }

    fn ask(&mut self, password: Password, new: Option<Password>, tickets: &mut Tickets) -> Vec<Effect> {
        let ticket = tickets.next();
        self.check = Asked::Waiting(ticket);
        // The copies are there to be compared with, and for a new password that is wanted then; a `Password` is wiped
        // when it goes.
        let passwords = std::iter::once(password.clone()).chain(new.clone()).collect();
        self.ahead = Ahead { passwords, ..Ahead::default() };
        let credentials = Credentials { login: Private::new(self.login.clean()), password, new };
        vec![Effect::Ask(ticket, Request::SignIn { credentials })]
    }

    /// Nothing typed yet, and why whoever was here is not any more. What they were typing was meant for another screen:
    /// for a moment no key does anything.
    #[must_use]
    pub fn told(problem: Problem, at: Timestamp) -> Self {
        let quiet_until = at.checked_add(UNSEEN).ok();
        Self { check: Asked::failed(problem), quiet_until, ..Self::default() }
    }

    /// Whether what is typed now was meant for the screen before.
    #[must_use]
    pub fn is_quiet(&self, at: Timestamp) -> bool {
        self.quiet_until.is_some_and(|until| at < until)
    }

    /// Whether somebody has left with passwords in it, or with one that was right already.
    #[must_use]
    pub fn holds_password(&self) -> bool {
        self.new.is_some() && !self.check.is_waiting()
    }

    /// What was typed ahead, if it may be a search.
    #[must_use]
    pub fn typed_ahead(&self) -> Option<String> {
        let text = self.ahead.text.text().trim();
        let is_password = self.ahead.passwords.iter().any(|password| {
            let begins_alike = text.chars().count() >= LIKE_THE_PASSWORD && password.expose().starts_with(text);
            begins_alike || text.contains(password.expose())
        });
        (!text.is_empty() && !is_password).then(|| text.to_owned())
    }

    /// The check failed: the password is typed again, or another one is chosen first.
    pub fn refused(&mut self, problem: Problem) {
        let typed = std::mem::take(&mut self.ahead).passwords.into_iter().next();
        self.focus = SignInFocus::Password;
        match (problem.code, typed) {
            (ProblemCode::PasswordToChange, Some(given)) => {
                // The form says it: nothing went wrong.
                self.check = Attempt::default();
                self.new = Some(Box::new(NewPasswordForm::given(given)));
            }
            (ProblemCode::PasswordUnfit, _) => self.check = Asked::failed(problem),
            _ => (self.new, self.check) = (None, Asked::failed(problem)),
        }
    }
}
