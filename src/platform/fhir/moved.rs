//! Whether a server at another address is the one whose patients are known here: under each key the same person.

use std::sync::Arc;

use super::client::FhirClient;
use super::error::FhirError;
use super::mapping::patient;
use crate::store::{KnownPatient, Store};

/// What a server has of everybody known here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoveFindings {
    /// So many are there as they are known here, or with no more changed than a person's life changes.
    pub same: usize,
    /// Of so many it has somebody else under their key.
    pub others: usize,
    /// So many are not there, and nothing waits to be delivered to them.
    pub gone: usize,
    /// So many are not there, and something waits for them.
    pub gone_and_waited_for: usize,
}

impl MoveFindings {
    /// Whether it can be the same server: nobody is somebody else, nothing that waits has lost its patient, and if
    /// anybody is known, somebody was found.
    #[must_use]
    pub const fn is_same_server(&self) -> bool {
        self.others == 0 && self.gone_and_waited_for == 0 && (self.same > 0 || self.gone == 0)
    }
}

/// Looks for each of them there. Nothing is written.
///
/// # Errors
/// [`FhirError`] as soon as the server does not say it of one.
pub async fn look_after_move(
    client: &FhirClient,
    store: &Arc<Store>,
    known: &[KnownPatient],
) -> Result<MoveFindings, FhirError> {
    if let Some(people) = client.people() {
        people.keep_in(store);
    }
    let mut findings = MoveFindings::default();
    for KnownPatient { patient: known, is_waited_for } in known {
        let there = client.read(&known.id.0).await?.map(|seen| patient(&seen.resource));
        let count = match there {
            None if *is_waited_for => &mut findings.gone_and_waited_for,
            None => &mut findings.gone,
            Some(Some(there)) if known.can_be_still(&there) => &mut findings.same,
            Some(_) => &mut findings.others,
        };
        *count += 1;
    }
    Ok(findings)
}
