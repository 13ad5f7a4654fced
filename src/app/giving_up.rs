//! Gives up what is asked of the care platform once nobody waits for it: the step was left or has asked anew, the
//! session ended, the program ends. A platform that hangs then keeps neither the program nor its own server busy.
//!
//! What changes something outside is never given up, a sign-in included: what it gives must be known to be ended. Nor
//! is what this computer itself is asked, which answers at once.

use super::effect::{Command, Effect, Ticket, ToEngine};
use super::model::{AppState, Model};

/// The commands that give up what nobody waits for any more; each once. `effects` are what the same event led to.
pub fn give_up(model: &mut Model, effects: &[Effect]) -> Vec<Effect> {
    let quits = effects.contains(&Effect::Engine(ToEngine::Quit));
    let asked: Vec<Ticket> = model.under_way.that_can_be_given_up().collect();
    let mut waits =
        |ticket| is_wanted(&mut model.state, ticket) || model.paused.iter_mut().any(|paused| paused.waits_for(ticket));
    let unwanted = asked.into_iter().filter(|ticket| quits || !waits(*ticket));
    let given_up: Vec<Ticket> = unwanted.collect();
    // Marked and not forgotten: an answer that is on its way already finds its question, and the
    // command goes out once instead of with every event from now on.
    for ticket in &given_up {
        model.under_way.give_up(*ticket);
    }
    given_up.into_iter().map(|ticket| Effect::Do(Command::GiveUp { ticket })).collect()
}

/// Whether the screen waits for the answer to this question.
fn is_wanted(state: &mut AppState, ticket: Ticket) -> bool {
    match state {
        AppState::SignIn(_) => false,
        AppState::SignInByCode(sign_in) => sign_in.waits_for(ticket),
        AppState::Working(working) => working.waits_for(ticket),
    }
}
