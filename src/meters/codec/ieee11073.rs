//! The messages of ISO/IEEE 11073-20601 as a glucose meter (11073-10417) with a permanent memory uses them.
//!
//! All numbers are big-endian (MDER, the medical device encoding rules). Decoders are strict: every length must agree
//! with what is there, because a list that is one byte off would still look like readings. The one tolerance is named
//! where it is: [`data`].

pub mod apdu;
pub mod association;
pub mod attribute;
pub mod configuration;
pub mod data;
pub mod mder;
pub mod nomenclature;
pub mod segment;
pub mod sfloat;
pub mod status;
pub mod system;
pub mod time;
pub mod transfer;

/// Why bytes are not the message they should be. The texts hold no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end within a field.
    #[error("{what} ends early")]
    Truncated {
        /// The message or part of it.
        what: &'static str,
    },
    /// More bytes are there than belong to it.
    #[error("{what} has {excess} bytes too many")]
    Excess {
        /// The message or part of it.
        what: &'static str,
        /// How many too many.
        excess: usize,
    },
    /// Two fields that say the same thing differ.
    #[error("{what}: {said} announced, {found} found")]
    Mismatch {
        /// What was announced.
        what: &'static str,
        /// As announced.
        said: usize,
        /// As found.
        found: usize,
    },
    /// A field has a value that means nothing.
    #[error("{what} {value:#06x} is not known")]
    Unknown {
        /// The field.
        what: &'static str,
        /// Its value.
        value: u16,
    },
    /// A time stamp that no calendar has.
    #[error("a time stamp is impossible")]
    ImpossibleTime,
}
