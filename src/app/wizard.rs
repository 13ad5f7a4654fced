//! The wizard: from the patient to the assigned meter, one file per step.
//!
//! A step owns what the steps before it proved, so that no screen can exist without what it needs: there is no
//! confirming without an upload on disk, and no assignment without a patient. Every step gives the next one by value.

mod answers;
pub mod association_pending;
pub mod confirm_assignment;
pub mod confirm_device;
pub mod create_patient;
pub mod dashboard;
pub mod done;
pub mod ending;
pub mod find_patient;
pub mod identity_form;
pub mod in_hand;
pub mod intake_question;
pub mod new_patient_form;
pub mod next_meter;
pub mod noted_person;
pub mod other_owner;
pub mod patient_search;
pub mod population;
pub mod scan;
pub mod select_patient;
pub mod time_correction;
pub mod transfer;
pub mod undelivered;
pub mod undo;
pub mod upload;
pub mod waiting_meters;

use super::action::Action;
use super::asked::Asked;
use super::effect::{Effect, Request, StationTask, Task, Ticket};
use super::key_intent::{KeyIntent, Typing};
use super::panel::Panel;
use super::remark::Remark;
use super::tickets::Tickets;
use crate::domain::association::{Upload, UploadId};
use crate::domain::clinic::Session;
use crate::domain::glucose::Unit;
use crate::domain::meter::MeterGuide;
use crate::domain::noted_person::NotedPerson;
use crate::domain::patient::{Patient, Status};
use crate::domain::text::Clean;
use crate::domain::words::{TextKey, key};
use crate::domain::work_list::Undelivered;
use association_pending::AssociationPending;
use confirm_assignment::ConfirmAssignment;
use confirm_device::ConfirmDevice;
use create_patient::CreatePatient;
use dashboard::DashboardStep;
use done::Done;
use ending::EndingStep;
use find_patient::FindPatient;
use intake_question::{IntakeQuestion, IntakeSubject};
use noted_person::NotedPersonStep;
use other_owner::OtherOwner;
use population::PopulationStep;
use scan::Scan;
use select_patient::SelectPatient;
use time_correction::TimeCorrectionStep;
use transfer::TransferStep;
use undelivered::UndeliveredStep;
use undo::UndoStep;
use upload::UploadStep;
use waiting_meters::WaitingMeters;

/// How many recent patients are kept (clinic-safety ID-07).
pub(super) const MOST_RECENTS: usize = 10;

/// Where the wizard is.
#[derive(Debug, Clone)]
pub enum Step {
    /// Find the patient.
    FindPatient(FindPatient),
    /// Create a new patient.
    CreatePatient(Box<CreatePatient>),
    /// The meters that were read and wait for a patient.
    WaitingMeters(WaitingMeters),
    /// Upload the meter's data.
    Upload(Box<UploadStep>),
    /// A question that stops the way: which clock is right, or whose the readings are.
    IntakeQuestion(Box<IntakeQuestion>),
    /// "Device association is pending".
    AssociationPending(Box<AssociationPending>),
    /// Confirm the device.
    ConfirmDevice(Box<ConfirmDevice>),
    /// Select the patient.
    SelectPatient(Box<SelectPatient>),
    /// Confirm the assignment.
    ConfirmAssignment(Box<ConfirmAssignment>),
    /// The meter belongs to somebody else: a hard stop.
    OtherOwner(Box<OtherOwner>),
    /// Assigned, or the owner's new readings appended.
    Done(Box<Done>),
    /// The patient's dashboard.
    Dashboard(Box<DashboardStep>),
    /// Something that the care platform has not recorded yet.
    Undelivered(Box<UndeliveredStep>),
    /// Somebody who was noted as a new patient.
    NotedPerson(Box<NotedPersonStep>),
    /// An assignment is undone.
    Undo(Box<UndoStep>),
    /// A meter goes to another patient.
    Transfer(Box<TransferStep>),
    /// The times of a meter are corrected.
    TimeCorrection(Box<TimeCorrectionStep>),
    /// A meter is a patient's no more, or that is undone.
    Ending(Box<EndingStep>),
    /// The clinic's patients as a list.
    Population(Box<PopulationStep>),
}

/// What a step works with besides what it owns.
#[derive(Debug)]
pub struct StepContext<'a> {
    /// Who is signed in: for whom everything is asked.
    pub session: &'a Session,
    /// The clinic's name.
    pub site: &'a Clean,
    /// Numbers for effects.
    pub tickets: &'a mut Tickets,
    /// What the step asks to be done.
    pub effects: Vec<Effect>,
    /// What the step says in passing.
    pub remark: Option<Remark>,
    /// The attached meters.
    pub panel: &'a mut Panel,
    /// The patients this user created or selected lately.
    pub recents: &'a mut Vec<Patient>,
    /// The uploads that wait for a patient.
    pub waiting: &'a [Upload],
    /// What the care platform has not recorded yet.
    pub undelivered: &'a [Undelivered],
    /// Who was noted as a new patient and is none yet.
    pub noted: &'a [NotedPerson],
    /// When the recent patients were asked for last.
    pub recents_asked: &'a mut Asked<()>,
    /// When the uploads that wait were asked for last.
    pub waiting_asked: &'a mut Asked<()>,
    /// Why there are none, as a key of the word files; `None` if there are.
    pub none_waits: Option<TextKey>,
    /// Uploads that were dealt with since the sign-in.
    pub handled: &'a mut Vec<UploadId>,
    /// Uploads that the step has found to be in a record: they wait no more.
    pub recorded: Vec<UploadId>,
    /// The meters that can be read.
    pub guides: &'a [MeterGuide],
    /// The unit in which values are shown at first; without it that in which most of somebody's were sent.
    pub unit: Option<Unit>,
    /// How many rows are seen at once of the focused list or table.
    pub page: usize,
    /// The time now.
    pub at: jiff::Timestamp,
    /// The calendar day at the clinic.
    pub today: jiff::civil::Date,
}

impl StepContext<'_> {
    /// Asks that this be done for whoever is signed in.
    pub fn ask(&mut self, task: impl Into<Task>) -> Ticket {
        let ticket = self.tickets.next();
        self.effects.push(Effect::Ask(ticket, Request::of(self.session.clone(), task)));
        ticket
    }

    /// Puts a patient on top of the recent ones, here and on the platform.
    pub fn remember(&mut self, patient: &Patient) {
        self.recents.retain(|recent| recent.id != patient.id);
        self.recents.insert(0, patient.clone());
        self.recents.truncate(MOST_RECENTS);
        self.ask(StationTask::Remember { patient: Box::new(patient.clone()) });
    }

    /// The readings of an upload are in this person's record now: that is true at once for the panel and the lists.
    pub fn is_recorded(&mut self, upload: &mut Upload, patient: &Patient) {
        upload.record = Some(Box::new(patient.clone()));
        self.panel.refresh(upload);
        self.handled.push(upload.id.clone());
        self.recorded.push(upload.id.clone());
        self.look_who_waits();
    }

    /// Asks anew which uploads wait: another station may have dealt with one.
    pub fn look_who_waits(&mut self) {
        *self.waiting_asked = Asked::Waiting(self.ask(StationTask::LoadWorkList));
    }
}

impl Step {
    /// Reacts to a key.
    #[must_use]
    pub fn press(self, intent: &KeyIntent, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::FindPatient(step) => step.press(intent, context),
            Self::CreatePatient(step) => step.press(intent, context),
            Self::WaitingMeters(step) => step.press(intent, context),
            Self::Upload(step) => step.press(intent, context),
            Self::IntakeQuestion(step) => step.press(intent, context),
            Self::AssociationPending(step) => step.press(intent, context),
            Self::ConfirmDevice(step) => step.press(intent, context),
            Self::SelectPatient(step) => step.press(intent, context),
            Self::ConfirmAssignment(step) => step.press(intent, context),
            Self::OtherOwner(step) => step.press(intent, context),
            Self::Done(step) => step.press(intent, context),
            Self::Dashboard(step) => step.press(intent, context),
            Self::Undelivered(step) => step.press(intent, context),
            Self::NotedPerson(step) => step.press(intent, context),
            Self::Undo(step) => step.press(intent, context),
            Self::Transfer(step) => step.press(intent, context),
            Self::TimeCorrection(step) => step.press(intent, context),
            Self::Ending(step) => step.press(intent, context),
            Self::Population(step) => step.press(intent, context),
        }
    }

    /// Takes what was scanned.
    #[must_use]
    pub fn scan(self, scan: Scan, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::FindPatient(mut step) => {
                step.search.scan(scan.code, context);
                Self::FindPatient(step)
            }
            Self::SelectPatient(mut step) => {
                step.search.scan(scan.code, context);
                Self::SelectPatient(step)
            }
            Self::CreatePatient(step) => step.scan(&scan, context),
            Self::ConfirmDevice(step) => step.scan(&scan.code, context),
            Self::ConfirmAssignment(step) => step.scan(&scan, context),
            other => other,
        }
    }

    /// Something was scanned that could not be read: what was said of the last scan is said no more. That it was of
    /// something else stays.
    #[must_use]
    pub fn without_scan(mut self) -> Self {
        match &mut self {
            Self::ConfirmDevice(step) => step.scanned = step.scanned.unread(),
            Self::ConfirmAssignment(step) => step.scanned = step.scanned.unread(),
            _ => {}
        }
        self
    }

    /// Where what is typed goes.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        let is_typing = match self {
            Self::FindPatient(step) => return step.search.typing(),
            Self::SelectPatient(step) => return step.search.typing(),
            Self::CreatePatient(step) => return step.typing(),
            // There is no field, but what is typed must reach the step: it was meant for the next
            // one, and takes the mark off the answers.
            Self::IntakeQuestion(_) => return Typing::Beside,
            Self::Upload(step) => return step.typing(),
            Self::Transfer(step) => return step.typing(),
            Self::Ending(step) => return step.typing(),
            Self::ConfirmAssignment(step) => step.is_typing(),
            Self::Undelivered(step) => step.is_typing(),
            Self::Undo(step) => step.is_typing(),
            Self::TimeCorrection(step) => step.is_typing(),
            Self::Dashboard(step) => step.days.is_some(),
            Self::WaitingMeters(_)
            | Self::AssociationPending(_)
            | Self::ConfirmDevice(_)
            | Self::OtherOwner(_)
            | Self::Done(_)
            | Self::NotedPerson(_)
            | Self::Population(_) => false,
        };
        if is_typing { Typing::Field } else { Typing::Nowhere }
    }

    /// Whether this is the key of what is shown.
    #[must_use]
    pub fn is_shown_by(&self, action: Action) -> bool {
        matches!(self, Self::Dashboard(step) if step.days.is_none() && step.tab.kind().action() == action)
    }

    /// Stable name, for tests and the harness.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::FindPatient(_) => "find_patient",
            Self::CreatePatient(_) => "create_patient",
            Self::WaitingMeters(_) => "waiting_meters",
            Self::Upload(_) => "upload",
            Self::IntakeQuestion(step) => match &step.question {
                IntakeSubject::Clock => "clock_stop",
                IntakeSubject::Shared => "shared_readings",
                IntakeSubject::Use(_) => "who_uses",
            },
            Self::AssociationPending(_) => "association_pending",
            Self::ConfirmDevice(_) => "confirm_device",
            Self::SelectPatient(_) => "select_patient",
            Self::ConfirmAssignment(_) => "confirm_assignment",
            Self::OtherOwner(_) => "other_owner",
            Self::Done(_) => "done",
            Self::Dashboard(_) => "dashboard",
            Self::Undelivered(_) => "undelivered",
            Self::NotedPerson(_) => "noted_person",
            Self::Undo(_) => "undo",
            Self::Transfer(step) => step.name(),
            Self::Ending(step) => step.name(),
            Self::TimeCorrection(_) => "time_correction",
            Self::Population(_) => "population",
        }
    }
}

/// Why this person cannot be selected, as a key of the word files; `None` if they can.
#[must_use]
pub const fn not_selectable(patient: &Patient) -> Option<TextKey> {
    match patient.status {
        Status::Active => None,
        Status::Inactive => Some(key::REASON_INACTIVE),
        Status::Pending => Some(key::REASON_PENDING),
        Status::Merged => Some(key::REASON_MERGED),
        Status::Deceased => Some(key::REASON_DECEASED),
    }
}
