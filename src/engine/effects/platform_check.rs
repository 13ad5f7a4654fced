//! What the platform is asked just before somebody confirms: of the person its directory, of the meter its records.

use crate::domain::clinic::Actor;
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::platform_check::{OwnerThere, Ownership, PlatformCheck};
use crate::platform::{Platform, RemoteError};

/// The person and whoever has the meter, as they are there now: whoever has it there, or is said to have it.
pub(super) async fn look(
    platform: &Platform,
    actor: &Actor,
    patient: &PatientId,
    (meter, said): (Option<&MeterIdentity>, Option<PatientId>),
) -> Result<PlatformCheck, RemoteError> {
    let owner = async {
        match meter {
            Some(meter) => platform.record.owner(actor, meter).await,
            None => Ok(Ownership { owner: said, ..Ownership::default() }),
        }
    };
    // At the same time: somebody stands before the screen and waits for both.
    let (there, owner) = tokio::try_join!(platform.directory.fetch(actor, patient), owner)?;
    let owner = match owner.owner {
        None if owner.is_taken_off => Some(OwnerThere::TakenOff),
        // Not asked for a second time: between two answers the person could have changed.
        Some(id) if id == *patient => there.clone().map(|there| OwnerThere::Known(Box::new(there))),
        Some(id) => Some(match platform.directory.fetch(actor, &id).await {
            Ok(Some(other)) => OwnerThere::Known(Box::new(other)),
            // That it is somebody's is known, and stops as surely as if they could be told.
            Ok(None) | Err(RemoteError::Refused(_) | RemoteError::NotAllowed(_) | RemoteError::OfAnother(_)) => {
                OwnerThere::NotShown
            }
            Err(error) => return Err(error),
        }),
        None => None,
    };
    Ok(PlatformCheck { patient: there, owner })
}
