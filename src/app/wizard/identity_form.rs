//! The two fields in which it is typed what a person says of who they are, beside the way of the wizard: before a meter
//! goes to another patient, or is nobody's any more. What is asked is in [`identity_check`]; wrong answers are counted
//! by the store.

use super::confirm_assignment::IdentityNotice;
use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::text_field::TextField;
use crate::domain::identity_check::{self, IdentityQuestion, Others, TypedAnswer, Verdict};
use crate::domain::patient::Patient;
use crate::domain::text::Private;
use crate::domain::typed_date;

/// What is typed of one person.
#[derive(Debug, Clone, Default)]
pub struct IdentityForm {
    /// What is typed in the first field.
    pub who: TextField,
    /// What is typed in the second.
    pub born: TextField,
    /// Where the cursor stands.
    pub focus: IdentityFocus,
    /// A field that was to be acted on and is empty.
    pub missing: Option<IdentityFocus>,
    /// What is said of the last answer.
    pub told: Option<IdentityNotice>,
}

/// The controls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdentityFocus {
    /// The first field: who.
    #[default]
    Who,
    /// The second field: born when.
    Born,
    /// To go on.
    GoOn,
    /// Back to what was asked before.
    Back,
}

/// What a key in the form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKey {
    /// Nothing more.
    Used,
    /// To go back.
    Back,
    /// To look at the answer: both fields are filled.
    Judge,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JudgedAnswer {
    /// It is this person's.
    Right(TypedAnswer),
    /// It is not.
    Wrong,
    /// It is none yet: the form says what is asked for.
    NotYet,
}

impl IdentityFocus {
    const fn next(self) -> Self {
        match self {
            Self::Who => Self::Born,
            Self::Born => Self::GoOn,
            Self::GoOn => Self::Back,
            Self::Back => Self::Who,
        }
    }
}

impl IdentityForm {
    /// Whether a field has the focus.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        matches!(self.focus, IdentityFocus::Who | IdentityFocus::Born)
    }

    /// Reacts to a key.
    pub fn press(&mut self, intent: &KeyIntent) -> IdentityKey {
        match intent {
            KeyIntent::Act(Action::Back) => return IdentityKey::Back,
            KeyIntent::Edit(edit) => {
                self.missing = None;
                match self.focus {
                    IdentityFocus::Who => self.who.edit(edit),
                    IdentityFocus::Born => self.born.edit(edit),
                    IdentityFocus::GoOn | IdentityFocus::Back => false,
                };
            }
            KeyIntent::Act(Action::GoOn) => match self.focus {
                IdentityFocus::Who if self.who.is_blank() => self.missing = Some(self.focus),
                IdentityFocus::Born if self.born.is_blank() => self.missing = Some(self.focus),
                IdentityFocus::Who | IdentityFocus::Born => self.focus = self.focus.next(),
                IdentityFocus::Back => return IdentityKey::Back,
                IdentityFocus::GoOn if self.who.is_blank() || self.born.is_blank() => {
                    self.focus = if self.who.is_blank() { IdentityFocus::Who } else { IdentityFocus::Born };
                    self.missing = Some(self.focus);
                }
                IdentityFocus::GoOn => return IdentityKey::Judge,
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.focus = self.focus.next(),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => {
                // Of four controls, three further is one back.
                self.focus = self.focus.next().next().next();
            }
            KeyIntent::Act(_) => {}
        }
        IdentityKey::Used
    }

    /// Looks at what is typed.
    pub fn judge(&mut self, question: IdentityQuestion, patient: &Patient, others: Others<'_>) -> JudgedAnswer {
        // Both before the verdict: what can be read in more than one way is no answer, and no wrong one.
        if typed_date::lacks_century(self.born.text()) {
            return self.ask_for_the_date(IdentityNotice::YearShort);
        }
        if matches!(typed_date::read(self.born.text().trim()), typed_date::Typed::Days(days) if days.len() > 1) {
            return self.ask_for_the_date(IdentityNotice::DateUnclear);
        }
        let typed = TypedAnswer { who: Private::new(self.who.clean()), born: Private::new(self.born.clean()) };
        match identity_check::verdict(question, patient, others, &typed) {
            Verdict::Match => JudgedAnswer::Right(typed),
            Verdict::DateNeeded => self.ask_for_the_date(IdentityNotice::DateNeeded),
            Verdict::Mismatch => JudgedAnswer::Wrong,
        }
    }

    fn ask_for_the_date(&mut self, why: IdentityNotice) -> JudgedAnswer {
        self.told = Some(why);
        self.born.clear();
        self.focus = IdentityFocus::Born;
        JudgedAnswer::NotYet
    }

    /// Asks from the beginning.
    pub fn ask_anew(&mut self, why: Option<IdentityNotice>) {
        *self = Self { told: why, ..Self::default() };
    }
}
