//! What a step says in passing, beside what is on the screen.

use crate::domain::problem::Problem;
use crate::domain::words::{TextKey, key};

/// Something said in passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The key does nothing here.
    NoSuchKey,
    /// The action exists but cannot be done now, for the reason with this key in the word files.
    NotNow(TextKey),
    /// The patient cannot be selected, for the reason with this key in the word files.
    NotSelectable(TextKey),
    /// The confirming control is reached with Tab.
    ConfirmWithTab,
    /// Something that happened by itself, under this key in the word files.
    Happened(TextKey),
    /// Something that went wrong by itself, under this key in the word files, and why.
    Failed(TextKey, Box<Problem>),
}

impl Remark {
    /// Something that went wrong, and why.
    #[must_use]
    pub fn failed(told: TextKey, problem: Problem) -> Self {
        Self::Failed(told, Box::new(problem))
    }

    /// Under which key the word files say it.
    #[must_use]
    pub const fn words(&self) -> TextKey {
        match self {
            Self::NoSuchKey => key::REMARK_NO_SUCH_KEY,
            Self::ConfirmWithTab => key::REMARK_CONFIRM_WITH_TAB,
            Self::NotNow(told) | Self::NotSelectable(told) | Self::Happened(told) | Self::Failed(told, _) => *told,
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Failed(_, problem) => Some(problem),
            Self::NoSuchKey | Self::ConfirmWithTab | Self::NotNow(_) | Self::NotSelectable(_) | Self::Happened(_) => {
                None
            }
        }
    }
}
