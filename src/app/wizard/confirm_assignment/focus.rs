//! Where the keys go on the confirm screen.

/// The controls of the confirm screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentFocus {
    /// The first field: who.
    Who,
    /// The second field: born when.
    Born,
    /// The confirming control.
    Confirm,
    /// The control that leads back.
    Back,
}

impl AssignmentFocus {
    /// The next one, from the last to the first.
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Who => Self::Born,
            Self::Born => Self::Confirm,
            Self::Confirm => Self::Back,
            Self::Back => Self::Who,
        }
    }
}
