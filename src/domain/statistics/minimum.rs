//! Why a number is not shown.

/// There is too little of what a number needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooFew {
    /// Too few readings with a number.
    #[error("only {have} of the {need} readings with a number that it needs")]
    Readings {
        /// So many there are.
        have: u32,
        /// So many it needs.
        need: u32,
    },
    /// Too few days with at least [`LEAST_A_DAY`](super::risk::LEAST_A_DAY) readings.
    #[error("only {have} of the {need} days with 3 or more readings that it needs")]
    Days {
        /// So many there are.
        have: u32,
        /// So many it needs.
        need: u32,
    },
}
