//! The sign-in by a code: it is shown here and typed on another device, where the person signs in (RFC 8628). Whether
//! it was typed is asked from time to time, no more often than the platform wants.
//!
//! A code is asked for only when somebody wants to sign in: it is short-lived, and what lies on a
//! screen is typed by anyone.

use jiff::Timestamp;

use super::action::Action;
use super::effect::{Effect, Request, Ticket};
use super::key_intent::KeyIntent;
use super::tickets::Tickets;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::sign_in::DeviceCode;

/// Where the sign-in stands: of two questions, for a code and whether it was typed, the second is asked again and again
/// while the code is shown, which no [`super::asked::Asked`] can say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CodeSignIn {
    /// Nobody wants to sign in.
    #[default]
    Idle,
    /// A code is asked for.
    Beginning(Ticket),
    /// The code is shown.
    Shown {
        /// The code.
        code: Box<DeviceCode>,
        /// What is done to know whether it was typed.
        question: CodeQuestion,
    },
    /// There is no code any more.
    Failed(Problem),
}

/// What is done to know whether a code was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeQuestion {
    /// It is asked then.
    At(Timestamp),
    /// It is asked now.
    Open(Ticket),
}

impl CodeSignIn {
    /// Reacts to a key.
    pub fn press(&mut self, intent: &KeyIntent, tickets: &mut Tickets) -> Vec<Effect> {
        match (intent, &*self) {
            (KeyIntent::Act(Action::GoOn), Self::Idle | Self::Failed(_)) => {
                let ticket = tickets.next();
                *self = Self::Beginning(ticket);
                vec![Effect::Ask(ticket, Request::BeginSignIn)]
            }
            // Where the code was typed all the same, the answer finds nobody here, and the sign-in
            // that it brings is ended at the platform.
            (KeyIntent::Act(Action::Back), _) => {
                *self = Self::Idle;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Whether this is what is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        match self {
            Self::Beginning(asked) | Self::Shown { question: CodeQuestion::Open(asked), .. } => *asked == ticket,
            Self::Idle | Self::Shown { question: CodeQuestion::At(_), .. } | Self::Failed(_) => false,
        }
    }

    /// Shows a code, and asks after it when the platform wants to be asked.
    #[must_use]
    pub fn show(code: Box<DeviceCode>, at: Timestamp) -> Self {
        match code.next_question(at) {
            Some(next) => Self::Shown { code, question: CodeQuestion::At(next) },
            None => Self::expired(),
        }
    }

    /// It is not known whether the code was typed. Somebody may just be typing it: as long as it is worth anything, it
    /// is asked again, less often (RFC 8628 section 3.5).
    pub fn not_known(&mut self, problem: Problem, at: Timestamp) {
        let before = std::mem::replace(self, Self::Failed(problem));
        if let (Self::Shown { mut code, .. }, Self::Failed(problem)) = (before, &*self)
            && matches!(problem.code, ProblemCode::PlatformUnreachable | ProblemCode::PlatformUnreadable)
        {
            // RFC 8628, 3.5, wants fewer questions after a time-out and recommends to double the
            // interval. A server that says how long it wants to be left alone knows better where
            // that is longer.
            code.interval = problem.wait_seconds.unwrap_or(0).max(code.interval.saturating_mul(2));
            *self = Self::show(code, at);
        }
    }

    /// When something is to be done by itself.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Shown { question: CodeQuestion::At(next), .. } => Some(*next),
            Self::Idle | Self::Beginning(_) | Self::Shown { .. } | Self::Failed(_) => None,
        }
    }

    /// The time has come on: asks whether the code was typed, if it is time.
    pub fn at(&mut self, at: Timestamp, tickets: &mut Tickets) -> Option<Effect> {
        let Self::Shown { code, question } = self else { return None };
        // Taken off the screen and not asked about: nobody is to type a code to which the server
        // can only answer that it has expired (RFC 8628, 3.5).
        if code.expires <= at {
            *self = Self::expired();
            return None;
        }
        if !matches!(question, CodeQuestion::At(next) if *next <= at) {
            return None;
        }
        let ticket = tickets.next();
        *question = CodeQuestion::Open(ticket);
        Some(Effect::Ask(ticket, Request::SignInByCode { code: code.clone() }))
    }

    fn expired() -> Self {
        Self::Failed(Problem::new(ProblemCode::SignInCodeExpired, "the code has expired"))
    }
}
