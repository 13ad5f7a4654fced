//! The end of somebody's session.

use super::effect::{Effect, PlatformTask, Request, StationTask};
use super::model::{AppState, Model};
use super::tickets::Tickets;
use crate::domain::clinic::Session;

/// What it asks for: the platform is told, and the trail has it.
#[must_use]
pub fn effects(tickets: &mut Tickets, session: Session) -> [Effect; 2] {
    let tell = Effect::Ask(tickets.next(), Request::of(session.clone(), PlatformTask::EndSignIn));
    [tell, Effect::Ask(tickets.next(), Request::of(session, StationTask::SignOut))]
}

/// Ends the session. What it began goes on under its user: reads are put on disk, writes are done.
#[must_use]
pub fn end(mut model: Model) -> (Model, Vec<Effect>) {
    let nobody = AppState::nobody(model.signs_in_by_code);
    let AppState::Working(working) = std::mem::replace(&mut model.state, nobody) else {
        return (model, Vec::new());
    };
    // The panel itself stays: meters are plugged into the computer, not into a session. What is
    // being read is kept for whoever began it.
    model.panel.forget_notes();
    let effects = effects(&mut model.tickets, working.session);
    (model, effects.to_vec())
}
