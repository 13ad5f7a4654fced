//! The problems that the screen tells now: what the details view explains.

use super::code_sign_in::CodeSignIn;
use super::model::{AppState, Model, Working};
use super::overlay::Overlay;
use super::panel::SlotState;
use super::wizard::Step;
use super::wizard::confirm_assignment::AssignmentWork;
use super::wizard::upload::UploadWork;
use crate::domain::problem::Problem;

/// The problems told by the screen, the device panel and in passing, that of the step first; each once.
#[must_use]
pub fn shown(model: &Model) -> Vec<&Problem> {
    let mut told: Vec<&Problem> = match &model.state {
        AppState::SignIn(sign_in) => sign_in.check.problem().into_iter().collect(),
        AppState::SignInByCode(sign_in) => match &**sign_in {
            CodeSignIn::Failed(problem) => vec![problem],
            CodeSignIn::Idle | CodeSignIn::Beginning(_) | CodeSignIn::Shown { .. } => Vec::new(),
        },
        AppState::Working(working) => of_step(working),
    };
    told.extend(model.panel.slots().iter().filter_map(|slot| match &slot.state {
        SlotState::Failed(problem) | SlotState::NotSaved(problem) => Some(problem),
        SlotState::Recognised
        | SlotState::Reading { .. }
        | SlotState::Saving { .. }
        | SlotState::Stored(_)
        | SlotState::Stopped => None,
    }));
    let in_hand = model.working().and_then(|working| working.step.patient_in_hand());
    told.extend(model.panel.cut_short(in_hand).map(|note| &note.problem));
    told.extend(model.panel.unsaved().iter().map(|note| &note.problem));
    told.extend(model.remark.as_ref().and_then(|remark| remark.problem()));
    if let Some(Overlay::Details(Some(said))) = &model.overlay {
        told.push(said);
    }
    let mut once: Vec<&Problem> = Vec::new();
    for problem in told {
        if !once.contains(&problem) {
            once.push(problem);
        }
    }
    once
}

fn of_step(working: &Working) -> Vec<&Problem> {
    let one = match &working.step {
        Step::FindPatient(step) => {
            let lists =
                [&working.waiting_asked, &working.recents_asked].into_iter().filter_map(|asked| asked.problem());
            return step.search.problem().into_iter().chain(lists).collect();
        }
        Step::SelectPatient(step) => step.search.problem(),
        Step::CreatePatient(step) => step.problem(),
        Step::Upload(step) => match &step.work {
            UploadWork::Failed(problem) => Some(problem),
            UploadWork::Idle
            | UploadWork::Checking(_)
            | UploadWork::AskingPlatform { .. }
            | UploadWork::Appending { .. } => None,
        },
        Step::IntakeQuestion(step) => step.problem(),
        Step::ConfirmAssignment(step) => {
            let of_work = match &step.work {
                AssignmentWork::Failed(problem) => Some(problem),
                AssignmentWork::Idle
                | AssignmentWork::Noting(_)
                | AssignmentWork::Checking
                | AssignmentWork::Assigning(_) => None,
            };
            // Without the check more is asked of the person; the screen says so.
            return of_work.into_iter().chain(step.check.problem()).collect();
        }
        Step::Dashboard(step) => step
            .content
            .problem()
            .or_else(|| step.sources_shown()?.problem())
            .or_else(|| step.export_shown()?.problem()),
        Step::Undelivered(step) => step.release.problem(),
        Step::TimeCorrection(step) => {
            return step.offer.problem().into_iter().chain(step.doing.problem()).collect();
        }
        Step::Undo(step) => {
            return step.offer.problem().into_iter().chain(step.undoing.problem()).collect();
        }
        Step::Transfer(step) => step.problem(),
        Step::Ending(step) => return step.problems(),
        Step::WaitingMeters(_) => working.waiting_asked.problem(),
        Step::Population(step) => step.problem(),
        Step::Done(step) => step.delivery.problem(),
        Step::AssociationPending(_) | Step::ConfirmDevice(_) | Step::OtherOwner(_) | Step::NotedPerson(_) => None,
    };
    one.into_iter().collect()
}
