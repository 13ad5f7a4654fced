//! The station's calls about the times of a meter whose clock was wrong, and what the log is told of them.

use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::super::noted;
use super::calls::{CallTag, CallThread};
use crate::app::event::EffectResult;
use crate::app::times_task::{TimesAnswer, TimesTask};
use crate::domain::clinic::Actor;
use crate::station::Station;

/// Asks the station for whoever it is, signed in or not by now, in the order in which it is asked.
pub(super) fn start(
    station: &CallThread<Station>,
    bell: Arc<Notify>,
    actor: Actor,
    call: CallTag,
    task: TimesTask,
    zone: TimeZone,
) {
    match task {
        TimesTask::LoadOffer { upload, patient } => {
            station.ask(
                call,
                |offer| EffectResult::Times(TimesAnswer::Offer(offer)),
                move |station| station.correction_offer(&actor, &upload, &patient, &zone).map(Box::new),
            );
        }
        TimesTask::Correct { request } => {
            station.ask(
                call,
                |moved| EffectResult::Times(TimesAnswer::Corrected(moved)),
                move |station| {
                    let moved = station.correct_times(&actor, &request, &zone);
                    // A care platform may have to be told.
                    bell.notify_one();
                    moved.inspect(|moved| noted::times_corrected(&actor, &request, *moved))
                },
            );
        }
        TimesTask::Undo { request } => {
            station.ask(
                call,
                |moved| EffectResult::Times(TimesAnswer::Undone(moved)),
                move |station| {
                    let moved = station.undo_correction(&actor, &request);
                    bell.notify_one();
                    moved.inspect(|moved| noted::correction_undone(&actor, *moved))
                },
            );
        }
    }
}
