//! What is in a patient's record.

use async_trait::async_trait;

use super::RemoteError;
use crate::domain::association::Upload;
use crate::domain::clinic::Actor;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::platform_check::Ownership;
use crate::domain::record::{PatientRecord, Span};

/// The authority on records.
#[async_trait]
pub trait ClinicalRecord: Send + Sync {
    /// Whose a meter is there now. Only of a meter that can be told from others.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn owner(&self, actor: &Actor, meter: &MeterIdentity) -> Result<Ownership, RemoteError>;

    /// The record of one patient over a span of wall time.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn readings(&self, actor: &Actor, patient: &PatientId, span: Span) -> Result<PatientRecord, RemoteError>;

    /// Records what a station has decided: whose a meter is, or that readings are somebody's. Sent again under the same
    /// key it changes nothing. A platform that is the station's own store takes nothing: it has it by then.
    ///
    /// It may take long, and ends as soon as the platform is silent: each answer is waited for a limited time, and the
    /// number of questions is limited.
    async fn deliver(&self, parcel: &Parcel) -> Outcome;

    /// Whether nothing can be delivered before somebody signs in: then it is not tried.
    async fn waits_for_sign_in(&self) -> bool {
        false
    }

    /// Whether others are to be told of meters that wait for their patients.
    fn announces(&self) -> bool {
        false
    }

    /// Tells others that these uploads wait for their patients, where that is wanted. Told again it changes nothing,
    /// and nothing depends on it.
    async fn announce(&self, _waiting: &[Upload]) {}
}
