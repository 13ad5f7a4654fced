//! The encrypted store and the platform on it: what two terminals do at once, what a power cut leaves behind, what the
//! files show to somebody without the key, and that readings come out as they went in.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it stands")]

mod at_once;
mod backup;
mod changed;
mod corrected;
mod corrected_and_given;
mod directory;
mod earlier;
#[path = "../support/embedded.rs"]
mod embedded;
mod ended;
mod extent;
mod files;
mod holds;
mod identity;
mod kept;
#[path = "../support/made_up.rs"]
mod made_up;
mod meanwhile;
mod mergers;
mod misplaced;
mod noted;
mod once;
mod opening;
mod people;
mod permission;
mod pieces;
mod platform;
mod population;
mod replaced;
#[path = "../support/ruth.rs"]
mod ruth;
mod search;
mod sources;
mod staff;
mod support;
mod taken_back;
mod transferred;
mod undone;
mod unidentifiable;
mod who_uses;
