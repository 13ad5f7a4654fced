//! Waits with whoever confirmed an assignment for what the care platform says of it. The outbox is carried by the lane
//! beside this, or by another program on the same store; what came of it stands in the store in any case.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::Backend;
use crate::domain::association::UploadId;
use crate::domain::clinic::Actor;
use crate::domain::delivery::{DeliveryStanding, FollowedDelivery};
use crate::platform::{RemoteError, apart};
use crate::station::{Station, StationError};

/// How long it is followed at most: longer than a person waits, and shorter than any question is waited for.
const FOLLOWED: Duration = Duration::from_secs(20);

/// How often the outbox is looked at if nothing is heard: another program may carry it.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How the delivery of an upload stands once there is no more to be told of it, or after a while. `moved` changes with
/// every attempt of this program, and is true once the program ends: then nobody waits any more.
pub(super) async fn follow(
    backend: Backend,
    mut moved: watch::Receiver<bool>,
    actor: Actor,
    upload: UploadId,
) -> Result<FollowedDelivery, RemoteError> {
    let until = Instant::now() + FOLLOWED;
    let standing = loop {
        // Marked as seen before the store is looked at: an attempt in between ends the next wait at
        // once instead of being missed.
        let is_ending = *moved.borrow_and_update();
        let standing = ask(&backend, &actor, &upload, Station::told).await?;
        let is_settled = standing.as_ref().is_none_or(DeliveryStanding::is_settled);
        if is_settled || is_ending || Instant::now() >= until {
            break standing;
        }
        // Whichever comes first: an attempt, the next look, or the end.
        let _ = timeout_at(until.min(Instant::now() + LOOK_AGAIN), moved.changed()).await;
    };
    let owner = match &standing {
        // Who it is helps whoever asks around, and the meter is theirs whether that can be told or not.
        Some(DeliveryStanding::OwnedBy(owner)) => {
            backend.platform.directory.fetch(&actor, owner).await.ok().flatten().map(Box::new)
        }
        _ => None,
    };
    let kept = ask(&backend, &actor, &upload, Station::kept_from_platform).await?;
    Ok(FollowedDelivery { standing, owner, kept })
}

/// On a thread of its own: it waits for the disk.
async fn ask<T: Send + 'static>(
    backend: &Backend,
    actor: &Actor,
    upload: &UploadId,
    question: fn(&Station, &Actor, &UploadId) -> Result<T, StationError>,
) -> Result<T, RemoteError> {
    let (station, actor, upload) = (backend.station.clone(), actor.clone(), upload.clone());
    match apart(move || question(&station, &actor, &upload)).await {
        Ok(answer) => Ok(answer),
        Err(StationError::Forbidden(permission)) => Err(RemoteError::Forbidden(permission)),
        Err(StationError::Store(error)) => Err(RemoteError::Store(error)),
    }
}
