//! In which way a server takes what is to be created once: from whole bundles down to one resource that is looked for
//! before. What a server refuses in one way is tried in the next, and a way that all of a bundle came through is
//! remembered.

use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::{FhirError, Outcomes};
use super::super::json::text;
use super::super::learnt::DeliveryWay;
use super::super::mapping::Ours;
use super::super::write::{BundleKind, Entered, EntryOutcome, create_once};

/// A resource that is to be created once.
pub(super) type ToCreate = (Ours, Value);

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Created {
    /// It is there now.
    New,
    /// The server says that it is there now, and does not show it: an answer may have been another one's.
    Said,
    /// It was there.
    Before,
    /// It is there more than once (FHIR R4, http.html#ccreate: 412): nothing was created.
    Twice,
    /// The server does not take it, in no way, with this status.
    Refused(u16),
}

/// Why something is not created in a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NotThisWay {
    status: u16,
    /// Whether the server itself has said so, and not something before it that may have passed when this is tried next.
    is_the_servers: bool,
}

impl NotThisWay {
    fn of(status: u16, outcome: &Outcomes) -> Self {
        // What stands before a server says that a body is too long for both.
        Self { status, is_the_servers: !outcome.is_empty() || status == 413 }
    }
}

/// What a server that cannot do something in this way, or cannot with this resource, answers. All else is of the
/// moment.
const fn is_of_way(status: u16) -> bool {
    matches!(status, 400 | 404 | 405 | 412 | 413 | 415 | 422 | 501)
}

impl FhirPlatform {
    /// Creates all of them, and says what became of each.
    pub(super) async fn create_all(&self, resources: &[&ToCreate]) -> Result<Vec<Created>, FhirError> {
        let said = self.client.capabilities().await?;
        let known = self.memory.learnt(said.software.as_str()).await.way;
        let mut way = known.unwrap_or_else(|| DeliveryWay::first(said));
        let created = self.create_from(resources, &mut way).await?;
        if Some(way) != known && !resources.is_empty() {
            self.memory.note(|learnt| learnt.way = Some(way)).await;
        }
        Ok(created)
    }

    /// Creates them, beginning with this way; what is left of it is the way in which all of a part came through.
    async fn create_from(&self, resources: &[&ToCreate], way: &mut DeliveryWay) -> Result<Vec<Created>, FhirError> {
        let (mut created, mut left) = (Vec::with_capacity(resources.len()), resources);
        while !left.is_empty() {
            let (now, later) = left.split_at(left.len().min(way.at_once()));
            created.extend(self.create_some(now, way).await?);
            left = later;
        }
        Ok(created)
    }

    async fn create_some(&self, resources: &[&ToCreate], way: &mut DeliveryWay) -> Result<Vec<Created>, FhirError> {
        let tried = self.try_way(resources, *way).await?;
        let not_so: Vec<&ToCreate> =
            tried.iter().zip(resources).filter(|(tried, _)| tried.is_err()).map(|(_, resource)| *resource).collect();
        let mut others = Vec::new();
        if let (Some(next), false) = (way.next(), not_so.is_empty()) {
            let mut lower = next;
            others = Box::pin(self.create_from(&not_so, &mut lower)).await?;
            let is_whole = not_so.len() == resources.len();
            let is_sure = tried.iter().all(|tried| tried.is_err_and(|why| why.is_the_servers));
            // One that is refused in every way says nothing of the ways.
            if is_whole
                && is_sure
                && others.iter().all(|created| matches!(created, Created::New | Created::Said | Created::Before))
            {
                *way = lower;
            }
        }
        let mut others = others.into_iter();
        Ok(tried
            .into_iter()
            .map(|tried| tried.or_else(|why| others.next().ok_or(why.status)))
            .map(|created| created.unwrap_or_else(Created::Refused))
            .collect())
    }

    /// What became of each in this way; a reason where it is to be tried in the next.
    async fn try_way(
        &self,
        resources: &[&ToCreate],
        way: DeliveryWay,
    ) -> Result<Vec<Result<Created, NotThisWay>>, FhirError> {
        let kind = match way {
            DeliveryWay::Transaction | DeliveryWay::SmallTransaction | DeliveryWay::SingleTransaction => {
                BundleKind::Transaction
            }
            DeliveryWay::Batch => BundleKind::Batch,
            DeliveryWay::Create | DeliveryWay::SearchFirst => return self.try_each(resources, way).await,
        };
        let entries: Vec<Value> = resources.iter().map(|(ours, resource)| create_once(resource, ours)).collect();
        let entered = match self.client.bundle(kind, &entries).await {
            Ok(entered) => entered,
            Err(FhirError::Status { status, outcome, .. }) if is_of_way(status) => {
                return Ok(vec![Err(NotThisWay::of(status, &outcome)); resources.len()]);
            }
            Err(error) => return Err(error),
        };
        let became = |(Entered { what, shown, .. }, (ours, _)): (Entered, &&ToCreate)| match what {
            EntryOutcome::New if shown.is_some_and(|shown| ours.is_of(&shown)) => Ok(Ok(Created::New)),
            EntryOutcome::New => Ok(Ok(Created::Said)),
            EntryOutcome::Before => Ok(Ok(Created::Before)),
            EntryOutcome::Otherwise(412) => Ok(Ok(Created::Twice)),
            EntryOutcome::Otherwise(status) if is_of_way(status) => {
                Ok(Err(NotThisWay { status, is_the_servers: true }))
            }
            // Of the moment, for one of many: all of them are sent again later.
            EntryOutcome::Otherwise(status) => Err(FhirError::of_entry(status)),
        };
        entered.into_iter().zip(resources).map(became).collect()
    }

    async fn try_each(
        &self,
        resources: &[&ToCreate],
        way: DeliveryWay,
    ) -> Result<Vec<Result<Created, NotThisWay>>, FhirError> {
        let mut tried = Vec::with_capacity(resources.len());
        for (ours, resource) in resources {
            let condition = (way == DeliveryWay::Create).then_some(ours);
            let found = if condition.is_none() { self.find(resource, ours).await? } else { Vec::new() };
            tried.push(match found.as_slice() {
                [] => match self.client.create(resource, condition).await {
                    Ok(Entered { what: EntryOutcome::New, .. }) => Ok(Created::Said),
                    Ok(_) => Ok(Created::Before),
                    Err(FhirError::Status { status: 412, .. }) if condition.is_some() => Ok(Created::Twice),
                    Err(FhirError::Status { status, outcome, .. }) if is_of_way(status) => {
                        Err(NotThisWay::of(status, &outcome))
                    }
                    Err(error) => return Err(error),
                },
                [_] => Ok(Created::Before),
                _ => Ok(Created::Twice),
            });
        }
        Ok(tried)
    }

    /// The resources of this kind with this identifier.
    async fn find(&self, like: &Value, ours: &Ours) -> Result<Vec<Value>, FhirError> {
        let found = self.client.search(text(like, "/resourceType"), &[("identifier", &ours.token())]).await?;
        Ok(found.matches.into_iter().filter(|resource| ours.is_of(resource)).collect())
    }

    /// Creates one resource once, and says where it is.
    pub(super) async fn create_once(&self, resource: &Value, ours: &Ours) -> Result<String, FhirError> {
        let denies = self.client.capabilities().await?.denies_transactions();
        let mut way = if denies { DeliveryWay::Create } else { DeliveryWay::SingleTransaction };
        let to_create = (ours.clone(), resource.clone());
        match self.create_some(&[&to_create], &mut way).await?.first() {
            Some(Created::Refused(status)) => return Err(FhirError::of_entry(*status)),
            Some(Created::New | Created::Said | Created::Before | Created::Twice) | None => {}
        }
        let kind = text(resource, "/resourceType");
        let found = self.find(resource, ours).await?;
        let first = found.iter().map(|found| text(found, "/id")).min();
        first.map(|id| format!("{kind}/{id}")).ok_or(FhirError::NoFhir("what was created is not found"))
    }
}
