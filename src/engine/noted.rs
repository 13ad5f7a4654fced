//! What the log is told of the work: what was begun, what came of it, and every call that failed with all its causes.
//! An id is given under its name in the table of [`crate::host::log`], which hashes it; a name, a serial number or a
//! value is never given at all.

use std::error::Error;

use tracing::{info, warn};

use crate::domain::association::{Assignment, AssignmentResult, AuditEntry, Upload, UploadId};
use crate::domain::clinic::{Actor, User};
use crate::domain::delivery::Outcome;
use crate::domain::download::{Completeness, Download};
use crate::domain::ending::EndingOrder;
use crate::domain::meter::{Attachment, AttachmentId};
use crate::domain::patient::{Patient, PatientId};
use crate::domain::problem::{Problem, ProblemCode, with_causes};
use crate::domain::time_correction::{CorrectionRequest, TimesMoved};
use crate::domain::transfer::{TransferCounts, TransferOrder};
use crate::domain::undo::{UndoRequest, Undone};
use crate::host::bus::BusEvent;

/// Something changed on the bus. What hangs on it is known by its model alone.
pub(super) fn bus(event: &BusEvent) {
    match event {
        BusEvent::Arrived(meter) => {
            info!(attachment = meter.id.0, model = model(meter), "meter plugged in");
        }
        BusEvent::Changed(meter) => {
            info!(attachment = meter.id.0, model = model(meter), "meter changed");
        }
        BusEvent::Left(id) => info!(attachment = id.0, "meter removed"),
    }
}

/// What is known of it. A port that was named is known by its name alone, which may be made of a serial number.
fn model(meter: &Attachment) -> &str {
    if meter.name == meter.connection { "a port" } else { meter.name.as_str() }
}

/// A call of the station or the platform failed. Gives the problem back.
pub(super) fn failed(call: &'static str, problem: Problem, error: &dyn Error) -> Problem {
    warn!(call, code = problem.code.code(), error = with_causes(error), "call failed");
    problem
}

/// A call failed for a reason of this program, which the problem tells. Gives the problem back.
pub(super) fn unanswered(call: &'static str, problem: Problem) -> Problem {
    warn!(call, code = problem.code.code(), error = problem.detail.as_str(), "call failed");
    problem
}

/// The platform gave no answer, for this reason of this program. Gives the problem.
pub(super) fn no_answer(call: &'static str, why: &str) -> Problem {
    unanswered(call, Problem::new(ProblemCode::PlatformUnreachable, why))
}

/// What came of an attempt to deliver to the platform. Why it refuses is a text of its own and may name anybody: it
/// stays in the outbox, where the station shows it.
pub(super) fn delivered(patient: &PatientId, outcome: &Outcome) {
    let patient = &patient.0;
    match outcome {
        Outcome::Recorded | Outcome::AlreadyThere | Outcome::TakenBackBut(_) => info!(patient, "delivered"),
        Outcome::LostRace(_) => warn!(patient, error = "the meter is somebody else's there", "delivery refused"),
        Outcome::Refused(_) => warn!(patient, error = "the platform does not take it", "delivery refused"),
        Outcome::Later(_, why) | Outcome::NotAllowed(why) => {
            let (code, error) = (why.code.code(), why.detail.as_str());
            info!(patient, code, error, "delivery put off");
        }
        Outcome::Unknown(why) => {
            let (code, error) = (why.code.code(), why.detail.as_str());
            warn!(patient, code, error, "delivery not answered, made again later");
        }
    }
}

/// Somebody signed in.
pub(super) fn signed_in(user: &User) {
    info!(user = user.id, role = user.role.name(), "signed in");
}

/// Something a step had written into the trail.
pub(super) fn audited(actor: &Actor, entry: &AuditEntry) {
    let user = &actor.user.id;
    match entry {
        AuditEntry::SignedOut => info!(user, "signed out"),
        AuditEntry::TrailExported { lines } => info!(user, lines, "audit trail exported"),
        AuditEntry::OwnerConflict { upload, patient } => {
            warn!(user, upload = upload.0, patient = patient.0, "meter of somebody else met");
        }
        AuditEntry::SerialMismatch { upload } => warn!(user, upload = upload.0, "barcode of another meter scanned"),
        AuditEntry::WristbandMismatch { upload, patient } => {
            warn!(user, upload = upload.0, patient = patient.0, "wristband of somebody else scanned");
        }
        AuditEntry::PatientViewed { patient } => info!(user, patient = patient.0, "record opened"),
        AuditEntry::RecordExported { patient, kind, readings } => {
            info!(user, patient = patient.0, kind = kind.name(), readings, "record exported");
        }
    }
}

/// A patient was created.
pub(super) fn created(actor: &Actor, patient: &Patient) {
    info!(user = actor.user.id, patient = patient.id.0, "patient created");
}

/// A meter is about to be read.
pub(super) fn read_begun(attachment: AttachmentId, driver: Option<&str>) {
    info!(attachment = attachment.0, driver = driver.unwrap_or("its own"), "read begun");
}

/// A meter was read.
pub(super) fn read_ended(attachment: AttachmentId, driver: &str, download: &Download) {
    let (readings, announced) = (download.readings.len(), download.announced);
    match &download.completeness {
        Completeness::Complete => info!(attachment = attachment.0, driver, readings, announced, "read ended"),
        Completeness::Partial(problem) => {
            let (code, error) = (problem.code.code(), problem.detail.as_str());
            warn!(attachment = attachment.0, driver, readings, announced, code, error, "read ended early");
        }
    }
}

/// A meter could not be read. Gives the problem back.
pub(super) fn read_failed(attachment: AttachmentId, problem: Problem) -> Problem {
    let (code, error) = (problem.code.code(), problem.detail.as_str());
    warn!(attachment = attachment.0, code, error, readings = problem.done, announced = problem.of, "read failed");
    problem
}

/// A download is on disk.
pub(super) fn quarantined(actor: &Actor, upload: &Upload) {
    let (user, new) = (&actor.user.id, upload.new_readings);
    info!(user, upload = upload.id.0, readings = upload.counts.total(), new, "readings in quarantine");
}

/// What was typed was not the person's.
pub(super) fn mismatched(actor: &Actor, upload: &UploadId, patient: &PatientId) {
    warn!(user = actor.user.id, upload = upload.0, patient = patient.0, "answers were not this patient's");
}

/// Readings left a record.
pub(super) fn undone(actor: &Actor, request: &UndoRequest, undone: Undone) {
    let (user, upload, patient) = (&actor.user.id, &request.upload.0, &request.seen.patient.0);
    info!(user, upload, patient, readings = undone.readings, "assignment undone");
}

/// What was typed before a transfer was not the person's.
pub(super) fn transfer_mismatched(actor: &Actor, patient: &PatientId) {
    warn!(user = actor.user.id, patient = patient.0, "answers before a transfer were not this patient's");
}

/// A meter went to another patient.
pub(super) fn transferred(actor: &Actor, request: &TransferOrder, counts: TransferCounts) {
    let (user, patient) = (&actor.user.id, &request.plan.to.0);
    info!(user, patient, readings = counts.moved, "meter transferred");
}

/// What was typed before the end of an ownership was not the patient's.
pub(super) fn ending_mismatched(actor: &Actor) {
    warn!(user = actor.user.id, "answers before the end of an ownership were not this patient's");
}

/// A meter is a patient's no more.
pub(super) fn ended(actor: &Actor, request: &EndingOrder) {
    info!(user = actor.user.id, ownership = request.plan.ownership.0, "ownership ended");
}

/// It is theirs again.
pub(super) fn ending_undone(actor: &Actor) {
    info!(user = actor.user.id, "end of an ownership undone");
}

/// Readings of a record have other times.
pub(super) fn times_corrected(actor: &Actor, request: &CorrectionRequest, moved: TimesMoved) {
    let (user, upload, patient) = (&actor.user.id, &request.upload.0, &request.seen.patient.0);
    info!(user, upload, patient, readings = moved.readings, "times corrected");
}

/// Readings of a record have the meter's own times again.
pub(super) fn correction_undone(actor: &Actor, moved: TimesMoved) {
    info!(user = actor.user.id, readings = moved.readings, "correction of times undone");
}

/// Readings went into a record.
pub(super) fn assigned(actor: &Actor, assignment: &Assignment, result: AssignmentResult) {
    let (user, upload, patient) = (&actor.user.id, &assignment.upload.0, &assignment.patient.0);
    info!(user, upload, patient, new = result.new, known = result.already_there, "readings assigned");
}
