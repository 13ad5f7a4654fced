//! A new password, chosen at the sign-in: because somebody else gave the old one, or because its owner wants another.
//! Typed twice; until it is taken nobody is signed in.

use super::action::Action;
use super::key_intent::KeyIntent;
use super::text_field::TextField;
use crate::domain::clinic::Password;
use crate::domain::password_rules;
use crate::domain::validation::FieldFault;

/// What is typed for a new password.
#[derive(Debug, Clone)]
pub struct NewPasswordForm {
    /// The one in whose place it comes.
    old: OldPassword,
    /// The new one.
    pub first: TextField,
    /// The same again: a slip of the finger would lock its owner out.
    pub again: TextField,
    /// Which field has the focus.
    pub focus: NewPasswordFocus,
    /// Which field was wrong at the last try, and what in it; nothing of one that is empty.
    pub fault: Option<(NewPasswordFocus, Option<FieldFault>)>,
}

/// The password in whose place a new one comes.
#[derive(Debug, Clone)]
enum OldPassword {
    /// Somebody else gave it, and it was right.
    Given(Password),
    /// Its owner wants another, and types it.
    Typed(TextField),
}

/// The fields of a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewPasswordFocus {
    /// The old password.
    Old,
    /// The new password.
    First,
    /// The same again.
    Again,
}

/// What comes of a key.
#[derive(Debug)]
pub enum NewPasswordStep {
    /// It goes on being typed.
    Typing,
    /// Nothing is changed.
    GivenUp,
    /// This one is wanted in the place of the old one.
    Chosen {
        /// The one that is known.
        old: Password,
        /// The one that is wanted.
        new: Password,
    },
}

impl NewPasswordForm {
    /// For one that somebody else gave.
    #[must_use]
    pub fn given(old: Password) -> Self {
        Self::at(OldPassword::Given(old), NewPasswordFocus::First)
    }

    /// For whoever wants another.
    #[must_use]
    pub fn wanted() -> Self {
        Self::at(OldPassword::Typed(TextField::default()), NewPasswordFocus::Old)
    }

    fn at(old: OldPassword, focus: NewPasswordFocus) -> Self {
        Self { old, first: TextField::default(), again: TextField::default(), focus, fault: None }
    }

    /// The field of the old password, where it is asked for.
    #[must_use]
    pub const fn old(&self) -> Option<&TextField> {
        match &self.old {
            OldPassword::Given(_) => None,
            OldPassword::Typed(field) => Some(field),
        }
    }

    /// Reacts to a key; `login` is whose password it is.
    pub fn press(&mut self, intent: &KeyIntent, login: &str) -> NewPasswordStep {
        match intent {
            KeyIntent::Edit(edit) => {
                self.fault = None;
                match (self.focus, &mut self.old) {
                    (NewPasswordFocus::Old, OldPassword::Typed(field)) => drop(field.edit(edit)),
                    (NewPasswordFocus::Again, _) => drop(self.again.edit(edit)),
                    (NewPasswordFocus::Old | NewPasswordFocus::First, _) => drop(self.first.edit(edit)),
                }
            }
            KeyIntent::Act(Action::NextControl | Action::Down) => self.focus = self.beside(1),
            KeyIntent::Act(Action::PreviousControl | Action::Up) => self.focus = self.beside(-1),
            KeyIntent::Act(Action::Back) => return NewPasswordStep::GivenUp,
            KeyIntent::Act(Action::GoOn) => return self.go_on(login),
            KeyIntent::Act(_) => {}
        }
        NewPasswordStep::Typing
    }

    /// The field so many places further, round and round.
    fn beside(&self, places: isize) -> NewPasswordFocus {
        let all = [NewPasswordFocus::Old, NewPasswordFocus::First, NewPasswordFocus::Again];
        let fields: Vec<_> =
            all.into_iter().filter(|field| self.old().is_some() || *field != NewPasswordFocus::Old).collect();
        let here = fields.iter().position(|field| *field == self.focus).unwrap_or(0);
        let next = here.cast_signed().wrapping_add(places).rem_euclid(fields.len().cast_signed());
        fields.get(next.cast_unsigned()).copied().unwrap_or(self.focus)
    }

    fn go_on(&mut self, login: &str) -> NewPasswordStep {
        let checked = self.checked(login);
        match (self.focus, checked) {
            _ if self.old().is_some_and(|old| old.text().is_empty()) => {
                (self.focus, self.fault) = (NewPasswordFocus::Old, Some((NewPasswordFocus::Old, None)));
            }
            (NewPasswordFocus::Old, _) => self.focus = NewPasswordFocus::First,
            (NewPasswordFocus::First | NewPasswordFocus::Again, Err(fault)) => {
                (self.focus, self.fault) = (NewPasswordFocus::First, Some((NewPasswordFocus::First, Some(fault))));
            }
            (NewPasswordFocus::First, Ok(_)) => self.focus = NewPasswordFocus::Again,
            (NewPasswordFocus::Again, Ok((old, new))) => {
                let is_same = new.expose() == self.again.text();
                // In which of the two the slip is, nobody sees.
                self.first.clear();
                self.again.clear();
                self.focus = NewPasswordFocus::First;
                if is_same {
                    return NewPasswordStep::Chosen { old, new };
                }
                self.fault = Some((NewPasswordFocus::First, Some(FieldFault::NotTheSame)));
            }
        }
        NewPasswordStep::Typing
    }

    /// The old one and the new one, as far as is known here.
    fn checked(&self, login: &str) -> Result<(Password, Password), FieldFault> {
        let new = password_rules::new_password(self.first.text(), &[login])?;
        let old = match &self.old {
            OldPassword::Given(old) => old.clone(),
            OldPassword::Typed(field) => Password::new(field.text().to_owned()),
        };
        if new == old { Err(FieldFault::SamePassword) } else { Ok((old, new)) }
    }
}
