//! What is in a patient's record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::RemoteError;
use crate::domain::association::Upload;
use crate::domain::clinic::Actor;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::platform_check::Ownership;
use crate::domain::record::{PatientRecord, Span};

/// After how long without a sign of life a delivery is taken for one that never comes back: eight answers at the most
/// that the settings let one take (30 s). Five may be needed for a token, before the platform is asked anything, and
/// none of what was learnt by them is kept if they are left.
const SILENT_AFTER: Duration = Duration::from_mins(4);

/// What a delivery gives while it goes on, so that one that takes long is told from one that hangs.
#[derive(Debug, Clone, Default)]
pub struct SignsOfLife(Arc<AtomicBool>);

impl SignsOfLife {
    /// The platform was asked something, or has answered.
    pub fn give(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether any was given since this was asked last.
    #[must_use]
    pub fn were_given(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

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
    /// It may take long, as long as it gives signs of life: one with every question and every answer of the platform.
    /// Without any for [`ClinicalRecord::silent_after`] it is given up, as one of which it is not known whether it
    /// arrived.
    async fn deliver(&self, parcel: &Parcel, signs: &SignsOfLife) -> Outcome;

    /// How long a delivery may be without a sign of life: longer than any one answer is waited for.
    fn silent_after(&self) -> Duration {
        SILENT_AFTER
    }

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
