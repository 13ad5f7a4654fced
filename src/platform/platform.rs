//! What every care platform can do for the app, and how it fails.
//!
//! Calls block; the engine runs them on its own threads. Each call carries the [`Session`] so that the platform can
//! check the role and write the audit trail; `at` comes from the one clock.

use jiff::Timestamp;

use crate::domain::association::{
    Assignment, AssignmentResult, AuditEntry, IdempotencyKey, IntakeAnswer, Upload, UploadId,
};
use crate::domain::clinic::{Credentials, User};
use crate::domain::download::Download;
use crate::domain::identity_check::{IdentityCheck, Standing};
use crate::domain::patient::{LookAlike, NewPatient, Patient, PatientId, SearchPage};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::statistics::{Dashboard, Period};

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Session {
    /// The signed-in member of staff.
    pub user: User,
    /// The time of the request.
    pub at: Timestamp,
    /// The time zone of the clinic, for calendar days.
    pub zone: jiff::tz::TimeZone,
}

/// Why the platform did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// Name or password is wrong.
    #[error("name or password is wrong")]
    SignInRefused,
    /// Too many wrong passwords.
    #[error("too many failed sign-ins, next try in {seconds} seconds")]
    Throttled {
        /// Seconds to wait.
        seconds: u64,
    },
    /// Name and password are right, but the role does not work with patients.
    #[error("the role does not work with patients")]
    RoleRefused,
    /// The role may not do this.
    #[error("the role does not allow {operation}")]
    Forbidden {
        /// What was asked for.
        operation: &'static str,
    },
    /// The meter belongs to somebody else.
    #[error("the meter belongs to another patient")]
    OwnedByAnother,
    /// The patient may not receive readings.
    #[error("the patient is not active")]
    NotActive,
    /// What was typed does not prove who the patient is, or the patient is blocked for this upload.
    #[error("the identity is not proved")]
    IdentityNotProved,
    /// The meter's clock is more than a day off, and nobody said which clock is right.
    #[error("nobody said whether the meter's times are right")]
    ClockUndecided,
    /// Another patient has these readings, and nobody said whose they are.
    #[error("another patient has these readings")]
    HeldByAnother,
    /// The meter was read again after its readings were shown.
    #[error("the upload has changed since it was shown")]
    UploadChanged,
    /// The identifier belongs to another patient.
    #[error("the identifier is taken")]
    IdentifierTaken,
    /// A person who looks the same exists, and no reason was given.
    #[error("the same person exists already")]
    SamePerson,
    /// A partial download cannot be kept as a whole one.
    #[error("the download is not complete")]
    Incomplete,
    /// What was asked for is not there.
    #[error("{what} does not exist")]
    NotFound {
        /// What was asked for.
        what: &'static str,
    },
    /// The data file cannot be read.
    #[error("reading the store: {reason}")]
    Unreadable {
        /// What the database said.
        reason: String,
    },
    /// The data file cannot be written.
    #[error("writing the store: {reason}")]
    Unwritable {
        /// What the database said.
        reason: String,
    },
    /// The data file is locked by another program.
    #[error("writing the store: another program keeps it locked")]
    Locked,
    /// The data file or its file system takes no writes.
    #[error("writing the store: {reason}")]
    ReadOnly {
        /// Which of the two.
        reason: String,
    },
    /// The data file was replaced by another one, or by an older copy of itself, while it was open.
    #[error("writing the store: {reason}")]
    Replaced {
        /// Which file, or how far it went back.
        reason: String,
    },
    /// The platform does not answer.
    #[error("the platform does not answer: {reason}")]
    Unreachable {
        /// What the network said.
        reason: String,
    },
}

impl PlatformError {
    /// The problem as the app tells it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::SignInRefused => ProblemCode::SignInRefused,
            Self::RoleRefused => ProblemCode::RoleWithoutPatients,
            Self::Throttled { .. } => ProblemCode::SignInThrottled,
            Self::Forbidden { .. } | Self::SamePerson | Self::Incomplete => ProblemCode::PlatformRefused,
            Self::OwnedByAnother => ProblemCode::AlreadyAssigned,
            Self::NotActive => ProblemCode::PatientNotActive,
            Self::IdentityNotProved => ProblemCode::IdentityNotProved,
            Self::ClockUndecided => ProblemCode::ClockUndecided,
            Self::HeldByAnother => ProblemCode::HeldByAnother,
            Self::UploadChanged => ProblemCode::UploadChanged,
            Self::IdentifierTaken => ProblemCode::IdentifierTaken,
            Self::NotFound { .. } => ProblemCode::NotFound,
            Self::Unreadable { .. } => ProblemCode::StoreUnreadable,
            Self::Unwritable { .. } => ProblemCode::StoreUnwritable,
            Self::Locked => ProblemCode::StoreLocked,
            Self::ReadOnly { .. } => ProblemCode::StoreReadOnly,
            Self::Replaced { .. } => ProblemCode::StoreReplaced,
            Self::Unreachable { .. } => ProblemCode::PlatformUnreachable,
        };
        let wait_seconds = match self {
            Self::Throttled { seconds } => u32::try_from(*seconds).ok(),
            _ => None,
        };
        Problem { wait_seconds, ..Problem::new(code, &self.to_string()) }
    }
}

/// A place where patients, meters and readings live.
pub trait CarePlatform: Send + Sync {
    /// The clinic's name, always visible.
    fn site(&self) -> String;

    /// Checks a name and a password. Only roles are admitted that work with patients.
    ///
    /// # Errors
    /// [`PlatformError::SignInRefused`], [`PlatformError::RoleRefused`], [`PlatformError::Throttled`], or the store's.
    fn sign_in(&self, credentials: &Credentials, at: Timestamp) -> Result<User, PlatformError>;

    /// Finds patients by prefixes of family and given name, by any identifier, or by birth date; best match first.
    /// Patients that cannot be selected are found too. `limit` per page.
    ///
    /// # Errors
    /// The store's.
    fn search(&self, session: &Session, query: &str, offset: u32, limit: u32) -> Result<SearchPage, PlatformError>;

    /// The patients this user created or selected lately, newest first, at most ten.
    ///
    /// # Errors
    /// The store's.
    fn recents(&self, session: &Session) -> Result<Vec<Patient>, PlatformError>;

    /// Notes that this user selected this patient, for [`CarePlatform::recents`].
    ///
    /// # Errors
    /// The store's.
    fn remember(&self, session: &Session, patient: &PatientId) -> Result<(), PlatformError>;

    /// People who may be taken for the new one, most alike first.
    ///
    /// # Errors
    /// The store's.
    fn look_alikes(&self, session: &Session, new: &NewPatient) -> Result<Vec<LookAlike>, PlatformError>;

    /// Creates a patient, ACTIVE. A repeated call with the same key gives the same patient.
    ///
    /// # Errors
    /// [`PlatformError::IdentifierTaken`], [`PlatformError::SamePerson`] without a reason, or the store's.
    fn create(&self, session: &Session, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, PlatformError>;

    /// Keeps a complete download in quarantine; on disk when this returns. Reading the same meter again adds nothing
    /// and gives the pending upload of the meter, if it has one.
    ///
    /// # Errors
    /// [`PlatformError::Incomplete`] for a partial download, or the store's.
    fn quarantine(&self, session: &Session, download: &Download) -> Result<Upload, PlatformError>;

    /// The uploads that wait for a patient, oldest first.
    ///
    /// # Errors
    /// The store's.
    fn pending(&self, session: &Session) -> Result<Vec<Upload>, PlatformError>;

    /// One upload as it stands now.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`], or the store's.
    fn upload(&self, session: &Session, id: &UploadId) -> Result<Upload, PlatformError>;

    /// Begins the check of a person for an upload: that this person was looked at is noted, and how they stand and who
    /// may be taken for them is told.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`], or the store's.
    fn begin_identity_check(
        &self,
        session: &Session,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<IdentityCheck, PlatformError>;

    /// Notes that what was typed was not this person's, in the audit trail too, and tells how they stand now.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`], or the store's.
    fn note_mismatch(
        &self,
        session: &Session,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<Standing, PlatformError>;

    /// Keeps what a person said of a waiting upload: which clock is right, or that readings which another patient has are
    /// this patient's. Gives the upload as it stands now.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`], or the store's.
    fn answer_intake(
        &self,
        session: &Session,
        upload: &UploadId,
        answer: &IntakeAnswer,
    ) -> Result<Upload, PlatformError>;

    /// Makes the patient the owner of the meter and moves its readings into the record, in one transaction. Also
    /// appends to the record of a patient who owns the meter already. A repeated call with the same key changes
    /// nothing and gives the same result.
    ///
    /// # Errors
    /// [`PlatformError::OwnedByAnother`], [`PlatformError::NotActive`], [`PlatformError::IdentityNotProved`],
    /// [`PlatformError::NotFound`],
    /// [`PlatformError::ClockUndecided`] and [`PlatformError::HeldByAnother`] before a person has answered, or the
    /// store's; then nothing was changed.
    fn assign(&self, session: &Session, assignment: &Assignment) -> Result<AssignmentResult, PlatformError>;

    /// The numbers, readings and uploads of one patient.
    ///
    /// # Errors
    /// [`PlatformError::NotFound`], or the store's.
    fn dashboard(&self, session: &Session, patient: &PatientId, period: Period) -> Result<Dashboard, PlatformError>;

    /// Writes a line of the audit trail.
    ///
    /// # Errors
    /// The store's.
    fn audit(&self, session: &Session, entry: &AuditEntry) -> Result<(), PlatformError>;
}
