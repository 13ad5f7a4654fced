//! The encrypted store and the platform on it: what two terminals do at once, what a power cut leaves behind, what the
//! files show to somebody without the key, and that readings come out as they went in.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it stands")]

#[path = "store/at_once.rs"]
mod at_once;
#[path = "store/files.rs"]
mod files;
#[path = "store/kept.rs"]
mod kept;
#[path = "store/people.rs"]
mod people;
#[path = "store/platform.rs"]
mod platform;
#[path = "store/search.rs"]
mod search;
#[path = "store/support.rs"]
mod support;
