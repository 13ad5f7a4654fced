//! The care platform on the encrypted store of this computer: the default, no server needed.
//!
//! Keeps the rules that need a role or a calendar; the rules of the data are the store's. Administrators and auditors
//! work without patients: every call that shows or changes one is refused to them.

pub mod demo;
mod error;

use std::path::Path;

use jiff::civil::Time;
use jiff::{Span, Timestamp};

use super::platform::{CarePlatform, PlatformError, Session};
use crate::domain::association::{
    Assignment, AssignmentResult, AuditEntry, IdempotencyKey, IntakeAnswer, Upload, UploadId,
};
use crate::domain::clinic::{Credentials, Role, User};
use crate::domain::download::Download;
use crate::domain::glucose::Unit;
use crate::domain::identity_check::{IdentityCheck, Standing};
use crate::domain::patient::{LookAlike, NewPatient, Patient, PatientId, SearchPage};
use crate::domain::statistics::{Dashboard, Period, summarise};
use crate::domain::text::Clean;
use crate::store::{By, Store, StoreError};

/// The platform of one clinic on one store.
pub struct Embedded {
    store: Store,
    site: Clean,
}

impl Embedded {
    /// The platform of the clinic named `site`.
    #[must_use]
    pub const fn new(store: Store, site: Clean) -> Self {
        Self { store, site }
    }

    /// Opens the store in `directory` as the platform of the clinic named `site`.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn open(directory: &Path, site: Clean) -> Result<Self, StoreError> {
        Ok(Self::new(Store::open(directory)?, site))
    }

    /// The store behind it, for what the app has no word for: users, audit trail.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }
}

/// Lets only roles pass that work with patients.
const fn with_patients(session: &Session, operation: &'static str) -> Result<(), PlatformError> {
    if session.user.role.sees_patients() { Ok(()) } else { Err(PlatformError::Forbidden { operation }) }
}

fn by(session: &Session) -> By<'_> {
    By { user: &session.user.id, at: session.at }
}

impl CarePlatform for Embedded {
    fn site(&self) -> String {
        self.site.to_string()
    }

    fn sign_in(&self, credentials: &Credentials, at: Timestamp) -> Result<User, PlatformError> {
        // Clinic-safety SEC-07: who manages users or reads the audit trail sees no clinical data.
        Ok(self.store.sign_in(credentials, at, Role::sees_patients)?)
    }

    fn search(&self, session: &Session, query: &str, offset: u32, limit: u32) -> Result<SearchPage, PlatformError> {
        with_patients(session, "searching patients")?;
        Ok(self.store.search(query, offset, limit)?)
    }

    fn recents(&self, session: &Session) -> Result<Vec<Patient>, PlatformError> {
        with_patients(session, "listing patients")?;
        Ok(self.store.recents(&session.user.id)?)
    }

    fn remember(&self, session: &Session, patient: &PatientId) -> Result<(), PlatformError> {
        with_patients(session, "selecting a patient")?;
        Ok(self.store.remember(by(session), patient)?)
    }

    fn look_alikes(&self, session: &Session, new: &NewPatient) -> Result<Vec<LookAlike>, PlatformError> {
        with_patients(session, "comparing patients")?;
        Ok(self.store.look_alikes(new)?)
    }

    fn create(&self, session: &Session, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, PlatformError> {
        with_patients(session, "creating a patient")?;
        Ok(self.store.create_patient(by(session), new, key)?)
    }

    fn quarantine(&self, session: &Session, download: &Download) -> Result<Upload, PlatformError> {
        with_patients(session, "keeping a download")?;
        Ok(self.store.quarantine(by(session), download)?)
    }

    fn pending(&self, session: &Session) -> Result<Vec<Upload>, PlatformError> {
        with_patients(session, "listing uploads")?;
        Ok(self.store.pending()?)
    }

    fn upload(&self, session: &Session, id: &UploadId) -> Result<Upload, PlatformError> {
        with_patients(session, "looking at an upload")?;
        Ok(self.store.upload(id)?)
    }

    fn begin_identity_check(
        &self,
        session: &Session,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<IdentityCheck, PlatformError> {
        with_patients(session, "confirming a patient")?;
        Ok(self.store.begin_identity_check(by(session), upload, patient)?)
    }

    fn note_mismatch(
        &self,
        session: &Session,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<Standing, PlatformError> {
        with_patients(session, "confirming a patient")?;
        Ok(self.store.note_mismatch(by(session), upload, patient)?)
    }

    fn answer_intake(
        &self,
        session: &Session,
        upload: &UploadId,
        answer: &IntakeAnswer,
    ) -> Result<Upload, PlatformError> {
        with_patients(session, "answering for a meter")?;
        Ok(self.store.answer_intake(by(session), upload, answer)?)
    }

    fn assign(&self, session: &Session, assignment: &Assignment) -> Result<AssignmentResult, PlatformError> {
        with_patients(session, "assigning a meter")?;
        Ok(self.store.assign(by(session), assignment)?)
    }

    fn dashboard(&self, session: &Session, patient: &PatientId, period: Period) -> Result<Dashboard, PlatformError> {
        with_patients(session, "opening a dashboard")?;
        let until = session.at.to_zoned(session.zone.clone()).date();
        // Both ends belong to the period: of 14 days, 13 lie before today.
        let first = until.saturating_sub(Span::new().days(period.days() - 1));
        let after = until.saturating_add(Span::new().days(1));
        let record = self.store.record(patient, first.to_datetime(Time::MIN), after.to_datetime(Time::MIN))?;
        Ok(Dashboard {
            patient: record.patient,
            period,
            until,
            unit: record.unit.unwrap_or(Unit::MgPerDl),
            summary: summarise(&record.readings),
            total_readings: record.total,
            left_out: record.left_out,
            readings: record.readings,
            uploads: record.uploads,
        })
    }

    fn audit(&self, session: &Session, entry: &AuditEntry) -> Result<(), PlatformError> {
        Ok(self.store.audit(by(session), entry)?)
    }
}
