//! The one function that changes the state.

use jiff::Timestamp;

use super::effect::Effect;
use super::event::Event;
use super::model::Model;

/// Moves the app on by one event that happened at `at`. Pure: no clock, no input or output, no chance.
#[must_use]
pub fn update(model: Model, event: Event, at: Timestamp) -> (Model, Vec<Effect>) {
    let _ = (event, at);
    (model, Vec::new())
}
