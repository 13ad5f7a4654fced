//! What whoever is signed in may do on a step: by [`crate::domain::permission`], as the station and the platform look
//! at it again when it is done. What a role may not do is neither offered nor begun,
//! and neither is what a platform withholds.

use super::action::Action;
use super::model::Working;
use super::wizard::Step;
use super::wizard::dashboard::DashboardTab;
use crate::domain::permission::Permission;

/// Whether whoever is signed in may do this here.
#[must_use]
pub fn is_permitted(working: &Working, action: Action) -> bool {
    needed(&working.step, action).is_none_or(|permission| working.may(permission))
}

/// What this action needs on this step: of what it asks for, or leads to, that of which the fewest may do it. Moving
/// about needs nothing.
const fn needed(step: &Step, action: Action) -> Option<Permission> {
    match action {
        Action::NewPatient => Some(Permission::CreatePatients),
        Action::OpenDashboard | Action::ChooseDays | Action::ShowPopulation | Action::OtherFilter => {
            Some(Permission::SeeRecords)
        }
        Action::WaitingMeters | Action::ChooseModel | Action::LookAtDelivery => Some(Permission::KeepReadings),
        // On a meter it is the end of an ownership that is undone.
        Action::UndoAssignment => match step {
            Step::Dashboard(step) if matches!(step.tab, DashboardTab::Devices(_)) => Some(Permission::EndOwnerships),
            _ => Some(Permission::AssignMeters),
        },
        Action::TransferMeter => Some(Permission::TransferMeters),
        Action::EndOwnership => Some(Permission::EndOwnerships),
        Action::CorrectTimes => Some(Permission::CorrectTimes),
        Action::GoOn => to_go_on(step),
        Action::ReadAgain => match step {
            Step::Dashboard(_) | Step::Population(_) => Some(Permission::SeeRecords),
            _ => Some(Permission::KeepReadings),
        },
        // On a dashboard they load another period, of the clinic's patients another order; elsewhere they only move.
        Action::Left | Action::Right => match step {
            Step::Dashboard(_) | Step::Population(_) => Some(Permission::SeeRecords),
            _ => None,
        },
        // At the end of the clinic's patients they load more of them.
        Action::Down | Action::PageDown | Action::Last | Action::NextControl => match step {
            Step::Population(_) => Some(Permission::SeeRecords),
            _ => None,
        },
        // It leads to the record as it is by then.
        Action::Back if matches!(step, Step::TimeCorrection(_)) => Some(Permission::SeeRecords),
        Action::Back
        | Action::PreviousControl
        | Action::Up
        | Action::PageUp
        | Action::First
        | Action::Help
        | Action::DemoMeters
        | Action::NextPatient
        | Action::StopReading
        | Action::Search
        | Action::ShowOverview
        | Action::ShowStandardDay
        | Action::ShowLogbook
        | Action::ShowPatterns
        | Action::ShowDevices
        | Action::ShowUploads
        | Action::ShowExport
        | Action::OtherUnit
        | Action::OtherLowHigh
        | Action::OtherMeals
        | Action::Details
        | Action::ChangePassword
        | Action::Menu
        | Action::Repaint
        | Action::Leave => None,
    }
}

/// What is needed to act on the focused control.
const fn to_go_on(step: &Step) -> Option<Permission> {
    match step {
        Step::FindPatient(_) | Step::WaitingMeters(_) | Step::Upload(_) => Some(Permission::KeepReadings),
        Step::CreatePatient(_) | Step::NotedPerson(_) => Some(Permission::CreatePatients),
        Step::IntakeQuestion(_)
        | Step::AssociationPending(_)
        | Step::ConfirmDevice(_)
        | Step::SelectPatient(_)
        | Step::ConfirmAssignment(_)
        | Step::Undelivered(_)
        | Step::Undo(_) => Some(Permission::AssignMeters),
        Step::Transfer(_) => Some(Permission::TransferMeters),
        Step::TimeCorrection(_) => Some(Permission::CorrectTimes),
        Step::Ending(_) => Some(Permission::EndOwnerships),
        // It leads to the record, or to a new search; further into the record.
        Step::Dashboard(step) if matches!(step.tab, DashboardTab::Export(_)) => Some(Permission::ExportRecords),
        Step::Done(_) | Step::Dashboard(_) | Step::Population(_) => Some(Permission::SeeRecords),
        Step::OtherOwner(_) => None,
    }
}
