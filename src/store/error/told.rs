//! How an error of the store is told.

use super::StoreError;
use crate::domain::problem::{Problem, ProblemCode, with_causes};

impl StoreError {
    /// The problem as the app tells it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = self.code();
        let doing = match code {
            ProblemCode::StoreUnreadable => "reading the store: ",
            ProblemCode::StoreUnwritable
            | ProblemCode::StoreLocked
            | ProblemCode::StoreReadOnly
            | ProblemCode::StoreReplaced => "writing the store: ",
            _ => "",
        };
        let wait_seconds = match self {
            Self::Throttled { seconds } => u32::try_from(*seconds).ok(),
            _ => None,
        };
        Problem { wait_seconds, ..Problem::new(code, &format!("{doing}{}", with_causes(self))) }
    }
}
