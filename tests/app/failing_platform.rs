//! A care platform that fails a number of times before it does what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use glucodock::domain::association::{
    Assignment, AssignmentResult, AuditEntry, IdempotencyKey, IntakeAnswer, Upload, UploadId,
};
use glucodock::domain::clinic::{Credentials, User};
use glucodock::domain::download::Download;
use glucodock::domain::identity_check::{IdentityCheck, Standing};
use glucodock::domain::patient::{LookAlike, NewPatient, Patient, PatientId, SearchPage};
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::platform::{CarePlatform, PlatformError, Session};
use jiff::Timestamp;

/// What fails how many times more; shared by all openings of the platform.
#[derive(Clone, Default)]
pub(crate) struct Failures {
    pub(crate) assign: Arc<AtomicUsize>,
    pub(crate) quarantine: Arc<AtomicUsize>,
    pub(crate) search: Arc<AtomicUsize>,
}

fn fails(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// The platform in front of another one.
pub(crate) struct FailingPlatform<P> {
    pub(crate) inner: P,
    pub(crate) failures: Failures,
}

impl<P: CarePlatform> CarePlatform for FailingPlatform<P> {
    fn site(&self) -> String {
        self.inner.site()
    }

    fn sign_in(&self, credentials: &Credentials, at: Timestamp) -> Result<User, PlatformError> {
        self.inner.sign_in(credentials, at)
    }

    fn search(&self, session: &Session, query: &str, offset: u32, limit: u32) -> Result<SearchPage, PlatformError> {
        if fails(&self.failures.search) {
            return Err(PlatformError::Unreachable { reason: "staged".to_owned() });
        }
        self.inner.search(session, query, offset, limit)
    }

    fn recents(&self, session: &Session) -> Result<Vec<Patient>, PlatformError> {
        self.inner.recents(session)
    }

    fn remember(&self, session: &Session, patient: &PatientId) -> Result<(), PlatformError> {
        self.inner.remember(session, patient)
    }

    fn look_alikes(&self, session: &Session, new: &NewPatient) -> Result<Vec<LookAlike>, PlatformError> {
        self.inner.look_alikes(session, new)
    }

    fn create(&self, session: &Session, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, PlatformError> {
        self.inner.create(session, new, key)
    }

    fn quarantine(&self, session: &Session, download: &Download) -> Result<Upload, PlatformError> {
        if fails(&self.failures.quarantine) {
            return Err(PlatformError::Unwritable { reason: "staged".to_owned() });
        }
        self.inner.quarantine(session, download)
    }

    fn pending(&self, session: &Session) -> Result<Vec<Upload>, PlatformError> {
        self.inner.pending(session)
    }

    fn upload(&self, session: &Session, id: &UploadId) -> Result<Upload, PlatformError> {
        self.inner.upload(session, id)
    }

    fn begin_identity_check(
        &self,
        session: &Session,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<IdentityCheck, PlatformError> {
        self.inner.begin_identity_check(session, upload, patient)
    }

    fn note_mismatch(
        &self,
        session: &Session,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<Standing, PlatformError> {
        self.inner.note_mismatch(session, upload, patient)
    }

    fn answer_intake(
        &self,
        session: &Session,
        upload: &UploadId,
        answer: &IntakeAnswer,
    ) -> Result<Upload, PlatformError> {
        self.inner.answer_intake(session, upload, answer)
    }

    fn assign(&self, session: &Session, assignment: &Assignment) -> Result<AssignmentResult, PlatformError> {
        if fails(&self.failures.assign) {
            return Err(PlatformError::Unwritable { reason: "staged".to_owned() });
        }
        self.inner.assign(session, assignment)
    }

    fn dashboard(&self, session: &Session, patient: &PatientId, period: Period) -> Result<Dashboard, PlatformError> {
        self.inner.dashboard(session, patient, period)
    }

    fn audit(&self, session: &Session, entry: &AuditEntry) -> Result<(), PlatformError> {
        self.inner.audit(session, entry)
    }
}
