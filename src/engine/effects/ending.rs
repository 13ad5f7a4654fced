//! The station's calls about a meter that is to be a patient's no more, and what the log is told of them.

use super::super::noted;
use super::calls::{CallTag, CallThread};
use crate::app::ending_task::{EndingAnswer, EndingTask};
use crate::app::event::EffectResult;
use crate::domain::clinic::Actor;
use crate::station::Station;

/// Asks the station for whoever it is, signed in or not by now, in the order in which it is asked.
pub(super) fn start(station: &CallThread<Station>, actor: Actor, call: CallTag, task: EndingTask) {
    match task {
        EndingTask::LoadOffer { plan } => station.ask(
            call,
            |offer| EffectResult::Ending(EndingAnswer::Offer(offer)),
            move |station| station.ending_offer(&actor, &plan).map(Box::new),
        ),
        EndingTask::BeginCheck { ownership } => station.ask(
            call,
            |check| EffectResult::Ending(EndingAnswer::Check(check)),
            move |station| station.begin_ending_check(&actor, &ownership).map(Box::new),
        ),
        EndingTask::NoteMismatch { ownership } => station.ask(
            call,
            |standing| EffectResult::Ending(EndingAnswer::Standing(standing)),
            move |station| {
                // Before it is counted: that somebody answered wrongly is in the log also where the store cannot be
                // written.
                noted::ending_mismatched(&actor);
                station.note_ending_mismatch(&actor, &ownership)
            },
        ),
        EndingTask::End { request } => station.ask(
            call,
            |counts| EffectResult::Ending(EndingAnswer::Ended(counts)),
            move |station| station.end_ownership(&actor, &request).inspect(|_| noted::ended(&actor, &request)),
        ),
        EndingTask::LoadUndoOffer { ownership } => station.ask(
            call,
            |offer| EffectResult::Ending(EndingAnswer::UndoOffer(offer)),
            move |station| station.ending_undo_offer(&actor, &ownership).map(Box::new),
        ),
        EndingTask::Undo { request } => station.ask(
            call,
            |undone| EffectResult::Ending(EndingAnswer::Undone(undone)),
            move |station| station.undo_ending(&actor, &request).inspect(|()| noted::ending_undone(&actor)),
        ),
    }
}
