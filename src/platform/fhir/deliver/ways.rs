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

impl Created {
    /// Whether it came through.
    const fn is_there(self) -> bool {
        matches!(self, Self::New | Self::Said | Self::Before)
    }
}

/// Why something is not created in a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NotThisWay {
    status: u16,
    /// Whether the server itself has said so, and not something before it that may have passed when this is tried next.
    is_the_servers: bool,
    /// Whether something before the server has surely said so.
    is_foreign: bool,
}

impl NotThisWay {
    fn of(status: u16, outcome: &Outcomes, is_foreign: bool) -> Self {
        // What stands before a server says that a body is too long for both.
        let is_for_both = status == 413;
        Self { status, is_the_servers: !outcome.is_empty() || is_for_both, is_foreign: is_foreign && !is_for_both }
    }
}

/// The way in which is tried what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rung {
    way: DeliveryWay,
    /// Whether the server has refused all ways before it, so that what is learnt here is remembered before all is sent:
    /// a program that ends in the middle does not find it out again.
    is_kept: bool,
}

/// What a server that cannot do something in this way, or cannot with this resource, answers. All else is of the
/// moment.
pub(in crate::platform::fhir) const fn is_of_way(status: u16) -> bool {
    matches!(status, 400 | 404 | 405 | 412 | 413 | 415 | 422 | 501)
}

impl FhirPlatform {
    /// Creates all of them, and says what became of each.
    pub(super) async fn create_all(&self, resources: &[&ToCreate]) -> Result<Vec<Created>, FhirError> {
        let said = self.client.capabilities().await?;
        let known = self.memory.learnt(said.known_software()).await.way;
        let way = known.unwrap_or_else(|| DeliveryWay::first(said));
        let created = self.create_from(resources, &mut Rung { way, is_kept: true }).await?;
        if known.is_none() && !resources.is_empty() {
            self.keep(way).await;
        }
        Ok(created)
    }

    /// How many go in one bundle now.
    pub(super) async fn sent_at_once(&self) -> Result<usize, FhirError> {
        Ok(self.memory.at_once(self.known_way().await?.at_once()).await)
    }

    /// A parcel of so many came through.
    pub(super) async fn all_came_through(&self, sent: usize) -> Result<(), FhirError> {
        let taken = self.known_way().await?.at_once();
        self.memory.note(|learnt| learnt.bundles = learnt.bundles.after_parcel(sent, taken)).await;
        Ok(())
    }

    /// The way that is tried first.
    pub(super) async fn known_way(&self) -> Result<DeliveryWay, FhirError> {
        let said = self.client.capabilities().await?;
        let known = self.memory.learnt(said.known_software()).await.way;
        Ok(known.unwrap_or_else(|| DeliveryWay::first(said)))
    }

    /// Remembers a way that worked. What was found out on the way down stays.
    async fn keep(&self, way: DeliveryWay) {
        self.memory.note(|learnt| learnt.way = learnt.way.max(Some(way))).await;
    }

    /// Creates them, beginning with this way; what is left of it is the way in which all of a part came through.
    async fn create_from(&self, resources: &[&ToCreate], rung: &mut Rung) -> Result<Vec<Created>, FhirError> {
        let (mut created, mut left) = (Vec::with_capacity(resources.len()), resources);
        while !left.is_empty() {
            let at_once = self.memory.at_once(rung.way.at_once()).await;
            let (now, later) = left.split_at(left.len().min(at_once));
            created.extend(self.create_some(now, rung).await?);
            left = later;
        }
        Ok(created)
    }

    async fn create_some(&self, resources: &[&ToCreate], rung: &mut Rung) -> Result<Vec<Created>, FhirError> {
        let tried = self.try_way(resources, rung.way).await?;
        // There is no other way in which the server itself could be asked: what a gateway says refuses nothing.
        if rung.way.next().is_none()
            && let Some((why, (_, resource))) = tried
                .iter()
                .zip(resources)
                .find_map(|(tried, resource)| Some((tried.as_ref().err().filter(|why| why.is_foreign)?, resource)))
        {
            return Err(FhirError::of_gateway(why.status, text(resource, "/resourceType")));
        }
        let not_so: Vec<&ToCreate> =
            tried.iter().zip(resources).filter(|(tried, _)| tried.is_err()).map(|(_, resource)| *resource).collect();
        let mut others = Vec::new();
        if let (Some(next), false) = (rung.way.next(), not_so.is_empty()) {
            // What was refused whole, and by the server itself.
            let is_the_servers = tried.iter().all(|tried| tried.is_err_and(|why| why.is_the_servers));
            let mut lower = Rung { way: next, is_kept: rung.is_kept && is_the_servers };
            others = Box::pin(self.create_from(&not_so, &mut lower)).await?;
            // One that is refused in every way says nothing of the ways, unless the next is not the server's either.
            let is_next_refused = lower.way != next;
            if is_the_servers && (is_next_refused || others.iter().all(|created| created.is_there())) {
                rung.way = lower.way;
                if rung.is_kept {
                    self.keep(rung.way).await;
                }
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
            Err(FhirError::Status { status, outcome, is_foreign, .. }) if is_of_way(status) => {
                return Ok(vec![Err(NotThisWay::of(status, &outcome, is_foreign)); resources.len()]);
            }
            Err(error) => {
                self.send_fewer_after(&error, entries.len()).await;
                return Err(error);
            }
        };
        let became = |(Entered { what, shown, .. }, (ours, resource)): (Entered, &&ToCreate)| match what {
            EntryOutcome::New if shown.is_some_and(|shown| ours.is_of(&shown)) => Ok(Ok(Created::New)),
            EntryOutcome::New => Ok(Ok(Created::Said)),
            EntryOutcome::Before => Ok(Ok(Created::Before)),
            EntryOutcome::Otherwise(412) => Ok(Ok(Created::Twice)),
            EntryOutcome::Otherwise(status) if is_of_way(status) => {
                Ok(Err(NotThisWay { status, is_the_servers: true, is_foreign: false }))
            }
            // Of the moment, for one of many: all of them are sent again later.
            EntryOutcome::Otherwise(status) => Err(FhirError::of_entry(status, text(resource, "/resourceType"))),
        };
        entered.into_iter().zip(resources).map(became).collect()
    }

    /// So many that were sent or asked for at once may have been too many: the next attempt is with half as many.
    pub(super) async fn send_fewer_after(&self, error: &FhirError, sent: usize) {
        if error.is_too_late() {
            self.memory.note(|learnt| learnt.bundles = learnt.bundles.after_time_out(sent)).await;
        }
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
                    // The answer to a single create shows nothing of it, and may be another one's.
                    Ok(Entered { what: EntryOutcome::New, .. }) => Ok(Created::Said),
                    Ok(_) => Ok(Created::Before),
                    Err(FhirError::Status { status: 412, .. }) if condition.is_some() => Ok(Created::Twice),
                    Err(FhirError::Status { status, outcome, is_foreign, .. }) if is_of_way(status) => {
                        Err(NotThisWay::of(status, &outcome, is_foreign))
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
    pub(super) async fn find(&self, like: &Value, ours: &Ours) -> Result<Vec<Value>, FhirError> {
        let found = self.client.search(text(like, "/resourceType"), &[("identifier", &ours.token())]).await?;
        Ok(found.matches.into_iter().filter(|resource| ours.is_of(resource)).collect())
    }

    /// Creates one resource once, and says where it is; `may_be_there` from before, as far as is known here.
    pub(in crate::platform::fhir) async fn create_once(
        &self,
        resource: &Value,
        ours: &Ours,
        may_be_there: bool,
    ) -> Result<String, FhirError> {
        if let Some(there) = self.before(resource, ours, may_be_there).await? {
            return Ok(there);
        }
        // One resource goes as a transaction too, where there are any: equal creates with a condition in a header were
        // doubled when sent at once (Helios on PostgreSQL: eight of eight), equal transactions were not.
        let denies = self.client.capabilities().await?.denies_transactions();
        let way = if denies { DeliveryWay::Create } else { DeliveryWay::SingleTransaction };
        let to_create = (ours.clone(), resource.clone());
        // What is true of one resource is not of the bundles in which readings go.
        match self.create_some(&[&to_create], &mut Rung { way, is_kept: false }).await?.first() {
            Some(Created::Refused(status)) => {
                return Err(FhirError::of_entry(*status, text(resource, "/resourceType")));
            }
            Some(Created::New | Created::Said | Created::Before | Created::Twice) | None => {}
        }
        self.find_one(resource, ours).await?.ok_or(FhirError::NoFhir("what was created is not found"))
    }

    /// Where it is, if it was there. Looked for where the server does not say that it creates by condition, and of what
    /// may be there from an attempt before: some say so and create it once more.
    pub(super) async fn before(
        &self,
        resource: &Value,
        ours: &Ours,
        may_be_there: bool,
    ) -> Result<Option<String>, FhirError> {
        if !may_be_there && self.client.capabilities().await?.creates_by_condition(text(resource, "/resourceType")) {
            return Ok(None);
        }
        self.find_one(resource, ours).await
    }

    /// Where the resource of this kind with this identifier is; of several always the same.
    async fn find_one(&self, like: &Value, ours: &Ours) -> Result<Option<String>, FhirError> {
        let found = self.find(like, ours).await?;
        let first = found.iter().map(|found| text(found, "/id")).min();
        Ok(first.map(|id| format!("{}/{id}", text(like, "/resourceType"))))
    }
}
