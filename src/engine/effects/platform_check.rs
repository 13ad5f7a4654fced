//! What the platform is asked just before somebody confirms: of the person its directory, of the meter its records.

use crate::domain::clinic::Actor;
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::platform_check::PlatformCheck;
use crate::platform::{Platform, RemoteError};

/// The person and whoever has the meter, as they are there now.
pub(super) async fn look(
    platform: &Platform,
    actor: &Actor,
    patient: &PatientId,
    meter: Option<&MeterIdentity>,
) -> Result<PlatformCheck, RemoteError> {
    let owner = async {
        match meter {
            Some(meter) => Ok(platform.record.owner(actor, meter).await?.owner),
            None => Ok(None),
        }
    };
    let (there, owner) = tokio::try_join!(platform.directory.fetch(actor, patient), owner)?;
    let owner = match owner {
        Some(id) if id == *patient => there.clone(),
        Some(id) => {
            let other = platform.directory.fetch(actor, &id).await?;
            Some(other.ok_or_else(|| RemoteError::Malformed("the meter is of somebody who is not there".into()))?)
        }
        None => None,
    };
    Ok(PlatformCheck { patient: there, owner })
}
