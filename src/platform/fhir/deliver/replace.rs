//! Puts resources in the place of those that were seen, many at once where the server takes bundles.

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::learnt::DeliveryWay;
use super::super::write::{BundleKind, EntryOutcome, SeenResource, replace};
use super::not_carried::NotCarried;
use super::ways::is_of_way;
use crate::domain::delivery::Parcel;

/// What became of a resource that was to take another one's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    /// It did.
    Done,
    /// Somebody else's change came before, or there is nothing any more.
    Overtaken,
    /// The server does not take it, with this status.
    Refused(u16),
}

impl Replaced {
    /// The status with which the server does not take it.
    pub(super) const fn refused(self) -> Option<u16> {
        match self {
            Self::Refused(status) => Some(status),
            Self::Done | Self::Overtaken => None,
        }
    }

    fn by(status: u16, resource: &SeenResource) -> Result<Self, FhirError> {
        match status {
            404 | 409 | 410 | 412 => Ok(Self::Overtaken),
            400 | 422 => Ok(Self::Refused(status)),
            status => Err(FhirError::of_entry(status, text(&resource.resource, "/resourceType"))),
        }
    }
}

impl FhirPlatform {
    /// Puts each where this reference stands, in the version that is named with it, and says what became of it.
    pub(super) async fn replace_all(&self, changes: &[(String, SeenResource)]) -> Result<Vec<Replaced>, FhirError> {
        let (mut replaced, mut left) = (Vec::with_capacity(changes.len()), changes);
        while !left.is_empty() {
            let (now, later) = left.split_at(left.len().min(self.replaced_at_once().await?));
            replaced.extend(self.replace_some(now).await?);
            left = later;
        }
        Ok(replaced)
    }

    /// The same, as long as nobody has undone here what the parcel tells: that is looked at before each request.
    pub(super) async fn replace_while_standing(
        &self,
        parcel: &Parcel,
        changes: &[(String, SeenResource)],
    ) -> Result<Vec<Replaced>, NotCarried> {
        let (mut replaced, mut left) = (Vec::with_capacity(changes.len()), changes);
        while !left.is_empty() {
            self.must_not_be_undone(parcel).await?;
            let (now, later) = left.split_at(left.len().min(self.replaced_at_once().await?));
            replaced.extend(self.replace_some(now).await?);
            left = later;
        }
        Ok(replaced)
    }

    /// How many go in one request.
    async fn replaced_at_once(&self) -> Result<usize, FhirError> {
        Ok(if self.replaced_in().await?.is_some() { self.sent_at_once().await?.max(1) } else { 1 })
    }

    /// In which kind of bundle they go, if the server takes any.
    async fn replaced_in(&self) -> Result<Option<BundleKind>, FhirError> {
        Ok(match self.known_way().await? {
            DeliveryWay::Transaction | DeliveryWay::SmallTransaction => Some(BundleKind::Transaction),
            DeliveryWay::Batch => Some(BundleKind::Batch),
            DeliveryWay::SingleTransaction | DeliveryWay::Create | DeliveryWay::SearchFirst => None,
        })
    }

    async fn replace_some(&self, changes: &[(String, SeenResource)]) -> Result<Vec<Replaced>, FhirError> {
        if let Some(kind) = self.replaced_in().await?
            && let Some(together) = self.replace_together(kind, changes).await?
        {
            return Ok(together);
        }
        let mut replaced = Vec::with_capacity(changes.len());
        for (reference, seen) in changes {
            replaced.push(self.replace_one(reference, seen).await?);
        }
        Ok(replaced)
    }

    /// All of them in one bundle; nothing where the server does not take it so: then each is told by itself.
    async fn replace_together(
        &self,
        kind: BundleKind,
        changes: &[(String, SeenResource)],
    ) -> Result<Option<Vec<Replaced>>, FhirError> {
        let entries: Vec<_> =
            changes.iter().map(|(reference, seen)| replace(reference, seen, &seen.resource)).collect();
        let entered = match self.client.bundle(kind, &entries).await {
            Ok(entered) => entered,
            Err(FhirError::Status { status, .. }) if is_of_way(status) || matches!(status, 409 | 410) => {
                return Ok(None);
            }
            Err(error) => {
                self.send_fewer_after(&error, entries.len()).await;
                return Err(error);
            }
        };
        let became = |(entered, (_, seen)): (_, &(String, SeenResource))| match entered {
            EntryOutcome::New | EntryOutcome::Before => Ok(Replaced::Done),
            EntryOutcome::Otherwise(status) => Replaced::by(status, seen),
        };
        entered.into_iter().map(|entered| entered.what).zip(changes).map(became).collect::<Result<_, _>>().map(Some)
    }

    async fn replace_one(&self, reference: &str, seen: &SeenResource) -> Result<Replaced, FhirError> {
        match self.client.replace(reference, seen, &seen.resource).await {
            Ok(()) => Ok(Replaced::Done),
            Err(FhirError::Status { status: 404 | 409 | 410 | 412, .. }) => Ok(Replaced::Overtaken),
            Err(FhirError::Status { status: status @ (400 | 422), is_foreign: false, .. }) => {
                Ok(Replaced::Refused(status))
            }
            Err(error) => Err(error),
        }
    }
}
