//! Something that is asked for outside, and what is known of it.

use std::convert::Infallible;

use super::effect::Ticket;
use crate::domain::problem::Problem;

/// Where a question stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Asked<T> {
    /// Nothing was asked.
    #[default]
    Idle,
    /// The answer to this question is waited for.
    Waiting(Ticket),
    /// The answer.
    Ready(T),
    /// Why there is no answer.
    Failed(Box<Problem>),
}

/// Something whose success leads elsewhere: it is never ready where it was asked for.
pub type Attempt = Asked<Infallible>;

impl<T> Asked<T> {
    /// That there is no answer, and why.
    #[must_use]
    pub fn failed(problem: Problem) -> Self {
        Self::Failed(Box::new(problem))
    }

    /// Whether this is the question whose answer is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        matches!(self, Self::Waiting(asked) if *asked == ticket)
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting(_))
    }

    /// The answer, if it is there.
    #[must_use]
    pub const fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(answer) => Some(answer),
            Self::Idle | Self::Waiting(_) | Self::Failed(_) => None,
        }
    }

    /// Why there is no answer.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Failed(problem) => Some(problem),
            Self::Idle | Self::Waiting(_) | Self::Ready(_) => None,
        }
    }
}

impl<T> From<Result<T, Problem>> for Asked<T> {
    fn from(answer: Result<T, Problem>) -> Self {
        match answer {
            Ok(answer) => Self::Ready(answer),
            Err(problem) => Self::failed(problem),
        }
    }
}
