//! Which step waits for which answer. Who is asked here waits: the step that an answer belongs to is known before it is
//! taken, so that an answer for which no step waits can go elsewhere.

mod meter_stored;

use jiff::Timestamp;

use super::create_patient::CreatePage;
use super::patient_search::PatientSearch;
use super::undelivered::UndeliveredFrom;
use super::undo::UndoFrom;
use super::upload::UploadWork;
use super::{Step, StepContext};
use crate::app::effect::Ticket;
use crate::app::transfer_task::TransferReply;
use crate::domain::association::{AssignmentResult, Upload};
use crate::domain::delivery::FollowedDelivery;
use crate::domain::identity_check::{IdentityCheck, IdentityStanding};
use crate::domain::noted_person::NotedPerson;
use crate::domain::oddity::Oddity;
use crate::domain::patient::{ComparedPeople, Patient, PatientId, SearchPage};
use crate::domain::platform_check::PlatformCheck;
use crate::domain::population::PopulationPage;
use crate::domain::problem::Problem;
use crate::domain::reading_source::ReadingSource;
use crate::domain::record::ChangeMark;
use crate::domain::report_kind::WrittenExport;
use crate::domain::statistics::Dashboard;
use crate::domain::time_correction::{CorrectionOffer, TimesMoved};
use crate::domain::undo::{UndoOffer, Undone};

impl Step {
    /// The search of this step, or the one to which it leads back, if it asked this.
    pub fn search_that_asked(&mut self, ticket: Ticket) -> Option<&mut PatientSearch> {
        let search = match self {
            Self::FindPatient(step) => &mut step.search,
            Self::CreatePatient(step) => &mut step.found.search,
            Self::SelectPatient(step) => &mut step.search,
            Self::Dashboard(step) => step.search_behind()?,
            Self::Undelivered(step) => match &mut step.came_from {
                UndeliveredFrom::Dashboard(step) => step.search_behind()?,
                UndeliveredFrom::WaitingMeters(_) => return None,
            },
            Self::Transfer(step) => step.search()?,
            Self::Undo(step) => match &mut step.came_from {
                UndoFrom::Dashboard(step) => step.search_behind()?,
                UndoFrom::Done(_) => return None,
            },
            Self::TimeCorrection(step) => step.came_from.search_behind()?,
            Self::Ending(step) => step.behind().search_behind()?,
            Self::WaitingMeters(_)
            | Self::Upload(_)
            | Self::IntakeQuestion(_)
            | Self::AssociationPending(_)
            | Self::ConfirmDevice(_)
            | Self::ConfirmAssignment(_)
            | Self::OtherOwner(_)
            | Self::Done(_)
            | Self::NotedPerson(_)
            | Self::Population(_) => return None,
        };
        Some(search).filter(|search| search.asked(ticket))
    }

    /// Whether this step asked who has a number of a new patient.
    #[must_use]
    pub fn asked_for_number(&self, ticket: Ticket) -> bool {
        matches!(self, Self::CreatePatient(step) if step.asked_for_number(ticket))
    }

    /// Who has a number of a new patient, for the step that asked; nothing if it is not known.
    #[must_use]
    pub fn number_looked_up(self, ticket: Ticket, found: Option<&SearchPage>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::CreatePatient(step) => step.number_looked_up(ticket, found, context),
            other => other,
        }
    }

    /// Whether this step waits for the answer to this question. A search is not asked here.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        match self {
            Self::CreatePatient(step) => match &step.page {
                CreatePage::Required { check } => check.waits_for(ticket),
                CreatePage::Optional { creation, .. } => creation.waits_for(ticket),
                CreatePage::LookAlikes(_) => false,
            },
            Self::Upload(step) => match &step.work {
                UploadWork::Checking(asked)
                | UploadWork::AskingPlatform { ticket: asked, .. }
                | UploadWork::Appending { ticket: asked, .. } => *asked == ticket,
                UploadWork::Idle | UploadWork::Failed(_) => false,
            },
            Self::ConfirmAssignment(step) => step.waits_for(ticket),
            Self::IntakeQuestion(step) => step.waits_for(ticket),
            Self::Dashboard(step) => {
                step.content.waits_for(ticket)
                    || step.again.waits_for(ticket)
                    || step.sources.waits_for(ticket)
                    || step.export.waits_for(ticket)
                    || step.watch.look.waits_for(ticket)
            }
            Self::Done(step) => step.delivery.waits_for(ticket),
            Self::Undelivered(step) => step.release.waits_for(ticket),
            Self::Undo(step) => step.waits_for(ticket),
            Self::Transfer(step) => step.waits_for(ticket),
            Self::TimeCorrection(step) => step.waits_for(ticket),
            Self::Ending(step) => step.waits_for(ticket),
            Self::Population(step) => step.waits_for(ticket),
            Self::FindPatient(_)
            | Self::WaitingMeters(_)
            | Self::AssociationPending(_)
            | Self::ConfirmDevice(_)
            | Self::SelectPatient(_)
            | Self::OtherOwner(_)
            | Self::NotedPerson(_) => false,
        }
    }

    /// The people who look alike, for the step that waits for them.
    #[must_use]
    pub fn look_alikes_found(self, found: Result<ComparedPeople, Problem>) -> Self {
        match self {
            Self::CreatePatient(step) => step.look_alikes_found(found),
            other => other,
        }
    }

    /// The new patient, for the step that waits for them.
    #[must_use]
    pub fn patient_created(self, created: Result<Box<Patient>, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::CreatePatient(step) => step.created(created, context),
            other => other,
        }
    }

    /// Who was noted as a new patient, for the step that asked.
    #[must_use]
    pub fn person_noted(self, noted: Result<Box<NotedPerson>, Problem>) -> Self {
        match self {
            Self::CreatePatient(step) => step.noted(noted),
            other => other,
        }
    }

    /// What is odd about readings, for the step that waits for it.
    #[must_use]
    pub fn oddities_found(self, found: Result<Vec<Oddity>, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::IntakeQuestion(step) => step.oddities_found(found, context),
            other => other,
        }
    }

    /// How an upload stands, for the step that waits for it.
    #[must_use]
    pub fn upload_loaded(self, loaded: Result<Box<Upload>, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Upload(step) => step.loaded(loaded, context),
            Self::IntakeQuestion(step) => step.kept(loaded, context),
            other => other,
        }
    }

    /// How a person stands to the upload in hand, for the step that waits for it.
    #[must_use]
    pub fn identity_checked(self, check: Result<Box<IdentityCheck>, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::ConfirmAssignment(step) => step.checked(check, context),
            other => other,
        }
    }

    /// What the care platform has of the person and the meter in hand, for the step that waits for it.
    #[must_use]
    pub fn checked_at_platform(
        self,
        check: Result<Box<PlatformCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Self {
        match self {
            Self::Upload(step) => step.checked_at_platform(check, context),
            Self::ConfirmAssignment(step) => step.checked_at_platform(check, context),
            Self::IntakeQuestion(step) => step.checked_at_platform(check, context),
            other => other,
        }
    }

    /// How a person stands after a wrong answer, for the step that waits for it.
    #[must_use]
    pub fn mismatch_noted(self, standing: Result<IdentityStanding, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::ConfirmAssignment(step) => step.noted(standing, context),
            other => other,
        }
    }

    /// What came of an assignment, for the step that waits for it.
    #[must_use]
    pub fn assigned(self, result: Result<AssignmentResult, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Upload(step) => step.appended(result, context),
            Self::ConfirmAssignment(step) => step.assigned(result, context),
            other => other,
        }
    }

    /// Something is delivered again, or why not, for the step that asked.
    #[must_use]
    pub fn released(self, result: Result<bool, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Undelivered(step) => step.released(result, context),
            other => other,
        }
    }

    /// What undoing an assignment would do, for the step that asked.
    #[must_use]
    pub fn undo_offered(self, offer: Result<Box<UndoOffer>, Problem>) -> Self {
        match self {
            Self::Undo(step) => step.offered(offer),
            other => other,
        }
    }

    /// An assignment is undone, or why not, for the step that asked.
    #[must_use]
    pub fn undone(self, result: Result<Undone, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Undo(step) => step.undone(result, context),
            other => other,
        }
    }

    /// What came of a question about a transfer, for the step that asked.
    #[must_use]
    pub fn transfer_answered(self, answer: TransferReply, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Transfer(step) => step.answered(answer, context),
            other => other,
        }
    }

    /// How the care platform takes what was decided, for the step that waits for it.
    #[must_use]
    pub fn delivery_followed(
        self,
        followed: Result<Box<FollowedDelivery>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Self {
        match self {
            Self::Done(step) => step.followed(followed, context),
            other => other,
        }
    }

    /// Something came of a delivery about this person: what is shown of it is looked at again.
    #[must_use]
    pub fn delivered(self, patient: &PatientId, is_lost: bool, context: &mut StepContext<'_>) -> Self {
        match self {
            // What was told may be about another upload of theirs: how this one stands is asked,
            // not guessed.
            Self::Done(mut step) if step.patient.id == *patient => {
                step.look_again(context);
                Self::Done(step)
            }
            // What it shows may be in the record no more.
            Self::Dashboard(mut step) if step.patient.id == *patient && is_lost => {
                step.refresh(context);
                Self::Dashboard(step)
            }
            other => other,
        }
    }

    /// When this step changes by time alone.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Done(step) => step.delivery.until(),
            Self::Dashboard(step) => step.watch.due(),
            _ => None,
        }
    }

    /// Whether what it asked is to be asked again by itself once the care platform answers.
    #[must_use]
    pub fn wants_all(&self) -> bool {
        match self {
            Self::FindPatient(step) => step.search.wants_all(),
            Self::SelectPatient(step) => step.search.wants_all(),
            Self::Dashboard(step) => step.wants_all(),
            _ => false,
        }
    }

    /// Time has passed; the care platform may be asked again what it did not answer, or not yet.
    #[must_use]
    pub fn at(mut self, is_asked_again: bool, context: &mut StepContext<'_>) -> Self {
        match &mut self {
            Self::Done(step) => step.delivery.at(context.at),
            Self::FindPatient(step) if is_asked_again => step.search.ask_again(context),
            Self::SelectPatient(step) if is_asked_again => step.search.ask_again(context),
            Self::Dashboard(step) => {
                if is_asked_again {
                    step.ask_again(context);
                }
                step.look_if_due(context);
            }
            _ => {}
        }
        self
    }

    /// A dashboard, for the step that waits for it.
    #[must_use]
    pub fn dashboard_loaded(self, loaded: Result<Box<Dashboard>, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Dashboard(step) => Self::Dashboard(step.loaded(loaded, context)),
            other => other,
        }
    }

    /// Whether somebody has changed the record that is shown, for the dashboard that asked.
    #[must_use]
    pub fn looked_for_change(
        mut self,
        found: &Result<Option<ChangeMark>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Self {
        if let Self::Dashboard(step) = &mut self {
            step.looked_for_change(found, context);
        }
        self
    }

    /// Where a reading is from, for the dashboard that waits for it.
    #[must_use]
    pub fn sources_found(mut self, found: Result<Vec<ReadingSource>, Problem>) -> Self {
        if let Self::Dashboard(step) = &mut self {
            step.sources = found.into();
        }
        self
    }

    /// What can be corrected of a meter's times, for the step that asked.
    #[must_use]
    pub fn correction_offered(self, offer: Result<Box<CorrectionOffer>, Problem>) -> Self {
        match self {
            Self::TimeCorrection(step) => step.offered(offer),
            other => other,
        }
    }

    /// Times were corrected, or that was undone, or why not, for the step that asked.
    #[must_use]
    pub fn times_changed(self, result: Result<TimesMoved, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::TimeCorrection(step) => step.changed(result, context),
            other => other,
        }
    }

    /// A page of the clinic's patients, for the list that waits for it.
    #[must_use]
    pub fn population_loaded(mut self, page: Result<Box<PopulationPage>, Problem>) -> Self {
        if let Self::Population(step) = &mut self {
            step.loaded(page);
        }
        self
    }

    /// What came of an export, for the dashboard that waits for it.
    #[must_use]
    pub fn exported(self, result: Result<Box<WrittenExport>, Problem>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Dashboard(step) => Self::Dashboard(step.exported(result, context)),
            other => other,
        }
    }
}
