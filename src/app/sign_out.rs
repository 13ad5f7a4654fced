//! The end of somebody's session.

use super::effect::{Effect, PlatformTask, Request, StationTask};
use super::tickets::Tickets;
use crate::domain::clinic::Session;

/// What it asks for: the platform is told, and the trail has it.
#[must_use]
pub fn effects(tickets: &mut Tickets, session: Session) -> [Effect; 2] {
    let tell = Effect::Ask(tickets.next(), Request::of(session.clone(), PlatformTask::EndSignIn));
    [tell, Effect::Ask(tickets.next(), Request::of(session, StationTask::SignOut))]
}
