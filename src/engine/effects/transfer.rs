//! What the station is asked about a meter that is to go to another patient, and what the log is told of it.

use super::super::noted;
use super::calls::{CallTag, CallThread};
use crate::app::event::EffectResult;
use crate::app::transfer_task::{TransferReply, TransferTask};
use crate::domain::clinic::Actor;
use crate::station::Station;

/// Asks the station.
pub(super) fn start(station: &CallThread<Station>, actor: Actor, call: CallTag, task: TransferTask) {
    match task {
        TransferTask::LoadOffer { plan } => station.ask(
            call,
            |offer| EffectResult::Transfer(TransferReply::Offer(offer)),
            move |station| station.transfer_offer(&actor, &plan).map(Box::new),
        ),
        TransferTask::BeginChecks { ownership, to } => station.ask(
            call,
            |checks| EffectResult::Transfer(TransferReply::Checks(checks)),
            move |station| station.begin_transfer_check(&actor, &ownership, &to).map(Box::new),
        ),
        TransferTask::NoteMismatch { ownership, patient } => station.ask(
            call,
            |standing| EffectResult::Transfer(TransferReply::Standing(standing)),
            move |station| {
                // Before it is counted: that somebody answered wrongly is in the log also where the store cannot be
                // written.
                noted::transfer_mismatched(&actor, &patient);
                station.note_transfer_mismatch(&actor, &ownership, &patient)
            },
        ),
        TransferTask::Move { request } => station.ask(
            call,
            |moved| EffectResult::Transfer(TransferReply::Moved(moved)),
            move |station| {
                station.transfer(&actor, &request).inspect(|counts| noted::transferred(&actor, &request, *counts))
            },
        ),
    }
}
