//! What a barcode scanner typed: never keys. No character of it acts, and the Enter behind it confirms nothing
//! (clinic-safety ID-08, U8).
//!
//! | where | what becomes of it |
//! |---|---|
//! | sign-in | it is typed, with what ended it: a program that fills in passwords types as fast |
//! | a search of patients, the device, the confirm screen, a new patient | the step takes the number |
//! | another field, such as a reason | it is typed, without what ended it |
//! | anywhere else, or below help or a menu | nothing, and that is said |

use super::key::{Burst, Key};
use super::key_intent::Typing;
use super::model::{AppState, Model};
use super::wizard::Step;
use super::wizard::scan::Scan;
use crate::domain::scanned_code::{ScanFault, ScannedCode};
use crate::domain::words::{TextKey, key};

/// What a burst means now.
#[derive(Debug, Clone)]
pub(super) enum BurstMeaning {
    /// These keys, one after the other.
    Typed(Vec<Key>),
    /// A number for the step.
    Scan(Scan),
    /// A number for the step that cannot be read, for this reason: what was scanned before does not hold any more.
    Unread(TextKey),
    /// Nothing, for this reason.
    Nothing(TextKey),
}

impl BurstMeaning {
    /// What it means on the screen that is shown.
    #[must_use]
    pub(super) fn of(burst: &Burst, model: &Model) -> Self {
        let place = ScanPlace::of(model);
        if place == ScanPlace::Password {
            return Self::Typed(burst.keys().collect());
        }
        match ScannedCode::of(&burst.text, &model.scanner) {
            // Fingers, or what fills in forms: the scanner of this computer would have marked it.
            None if is_field(model) => Self::Typed(burst.keys().collect()),
            Some(_) if place == ScanPlace::Field => Self::Typed(burst.text_keys().collect()),
            Some(Ok(code)) if place == ScanPlace::Patient && code.is_misread_patient() => {
                Self::Unread(key::SCAN_CHECK_DIGIT)
            }
            Some(Ok(code)) if place.is_step() => Self::Scan(Scan { code, text: burst.text.clone() }),
            Some(Err(ScanFault::CheckDigit)) if place.is_step() => Self::Unread(key::SCAN_CHECK_DIGIT),
            Some(Err(ScanFault::Unreadable)) if place.is_step() => Self::Unread(key::SCAN_UNREADABLE),
            None | Some(_) => Self::Nothing(key::SCAN_NOT_HERE),
        }
    }
}

/// Where a burst goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScanPlace {
    /// Name and password.
    Password,
    /// A step that knows what the number of a patient is.
    Patient,
    /// The step that compares a meter's.
    Device,
    /// Some other field.
    Field,
    /// Nowhere.
    Nowhere,
}

impl ScanPlace {
    const fn is_step(self) -> bool {
        matches!(self, Self::Patient | Self::Device)
    }

    fn of(model: &Model) -> Self {
        match (&model.overlay, &model.state) {
            (Some(_), _) | (None, AppState::SignInByCode(_)) => Self::Nowhere,
            (None, AppState::SignIn(_)) => Self::Password,
            (None, AppState::Working(working)) => match &working.step {
                Step::FindPatient(_) | Step::SelectPatient(_) | Step::ConfirmAssignment(_) | Step::CreatePatient(_) => {
                    Self::Patient
                }
                Step::ConfirmDevice(_) => Self::Device,
                step if step.typing() == Typing::Field => Self::Field,
                _ => Self::Nowhere,
            },
        }
    }
}

/// Whether a character would be text.
fn is_field(model: &Model) -> bool {
    model.overlay.is_none() && model.working().is_some_and(|working| working.step.typing() == Typing::Field)
}
