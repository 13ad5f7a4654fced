//! Says on the server that a meter is a patient's, so that no other is ever said beside.
//!
//! The `Device` is changed in the version that was seen, which only one of two can do. Where a transaction is known to
//! be taken back as a whole, since when and who decided go with it; elsewhere they follow once the device is the
//! patient's. Whoever is second finds somebody else at the device and stops there, with nothing else written.

use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::{at, text};
use super::super::mapping::{Ours, assigned, ended, provenance, use_statement};
use super::super::write::{EntryOutcome, SeenResource, create, create_once, replace, version};
use super::not_carried::{NotCarried, not_found_yet, refused};
use super::parties::Parties;
use super::standing::MeterStanding;
use super::ways::is_of_way;
use crate::domain::delivery::{Outcome, Parcel};

/// How often a claim is tried that somebody else's change of the device came before.
const CLAIMS: usize = 3;

/// How the statement is called inside of its bundle; it means nothing outside.
const STATEMENT: &str = "urn:uuid:3d7a3c0e-5d1c-4c8e-9a55-6f0c4f1f7a01";

/// What came of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claiming {
    /// The server did it.
    Done,
    /// Somebody else's change came before.
    Overtaken,
}

impl FhirPlatform {
    /// Makes the meter the patient's; whether it was not before.
    pub(super) async fn claim(&self, parcel: &Parcel, parties: &Parties) -> Result<bool, NotCarried> {
        if !parcel.meter.is_identifiable() {
            return refused("a meter without a serial number belongs to nobody");
        }
        let mut is_claimed = false;
        for _ in 0..CLAIMS {
            let Some(seen) = self.client.read(&parties.devices.meter).await? else {
                return Err(not_found_yet());
            };
            let standing = self.standing(parcel, parties, &seen).await?;
            if standing.is_said() {
                // What was claimed just now says itself who decided; of an earlier attempt that may
                // be missing.
                if is_claimed || !self.complete_provenance(parcel, parties, &standing).await? {
                    return Ok(is_claimed);
                }
                // Another station said it, which may have undone that meanwhile.
                continue;
            }
            self.must_not_be_undone(parcel).await?;
            // It is looked at again: a server that ignores the condition may have had another change come between.
            if self.try_to_claim(parcel, parties, &seen, &standing).await? == Claiming::Done {
                is_claimed = true;
            }
        }
        Err(NotCarried::With(Outcome::put_off(None, "others change whose the meter is at the same time")))
    }

    async fn try_to_claim(
        &self,
        parcel: &Parcel,
        parties: &Parties,
        seen: &SeenResource,
        standing: &MeterStanding,
    ) -> Result<Claiming, NotCarried> {
        // Only where a transaction is known to be taken back as a whole: Medplum's test store refuses the device in a
        // stale version and writes the statement beside it all the same.
        if self.takes_back(parties).await? {
            let mut entries = self.changes(parcel, parties, seen, standing);
            entries.extend(self.statement_and_provenance(parcel, parties, standing));
            match self.client.transact(&entries).await {
                Ok(entered) if !entered.iter().any(|entered| matches!(entered.what, EntryOutcome::Otherwise(_))) => {
                    return Ok(Claiming::Done);
                }
                Ok(_) | Err(FhirError::Status { status: 400 | 409 | 412 | 422, .. }) => {
                    // That somebody else came before may be said in many ways: what is there now says it.
                    let now = self.client.read(&parties.devices.meter).await?;
                    if now.and_then(|now| now.version) != seen.version {
                        return Ok(Claiming::Overtaken);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        for change in self.changes(parcel, parties, seen, standing) {
            let (reference, condition) = (text(&change, "/request/url"), text(&change, "/request/ifMatch"));
            let version = (!condition.is_empty()).then(|| condition.to_owned());
            let resource = at(&change, "/resource");
            let seen = SeenResource { resource: Value::Null, version };
            match self.client.replace(reference, &seen, resource).await {
                Ok(()) => {}
                Err(FhirError::Status { status: 409 | 412, .. }) => return Ok(Claiming::Overtaken),
                Err(error) => return Err(error.into()),
            }
        }
        self.say_since_when(parcel, parties, standing).await?;
        Ok(Claiming::Done)
    }

    /// What of what is there becomes something else.
    fn changes(&self, parcel: &Parcel, parties: &Parties, seen: &SeenResource, standing: &MeterStanding) -> Vec<Value> {
        let device = (!standing.is_named).then(|| {
            let changed = assigned(seen.resource.clone(), &parties.patient);
            replace(&parties.devices.meter, seen, &changed)
        });
        let ended = standing.to_end.iter().map(|(reference, statement)| {
            let seen = SeenResource { resource: Value::Null, version: version(statement) };
            replace(reference, &seen, &ended(statement.clone(), parcel, self.zone()))
        });
        device.into_iter().chain(ended).collect()
    }

    /// What is new: since when it is theirs, and who decided.
    fn statement_and_provenance(&self, parcel: &Parcel, parties: &Parties, standing: &MeterStanding) -> Vec<Value> {
        let (named, entry) = match &standing.statement {
            Some((there, _)) => (Some(there.as_str()), None),
            None if !standing.has_statements => (None, None),
            None => {
                let (ours, statement) = use_statement(parcel, &parties.patient, &parties.devices.meter, self.zone());
                let mut entry = create_once(&self.marked(statement), &ours);
                if let Value::Object(entry) = &mut entry {
                    entry.insert("fullUrl".to_owned(), STATEMENT.into());
                }
                (Some(STATEMENT), Some(entry))
            }
        };
        let provenance = self.provenance(parcel, parties, named);
        entry.into_iter().chain([create(&provenance)]).collect()
    }

    fn provenance(&self, parcel: &Parcel, parties: &Parties, statement: Option<&str>) -> Value {
        let targets: Vec<&str> = std::iter::once(parties.devices.meter.as_str()).chain(statement).collect();
        self.marked(provenance(parcel, &parties.patient, &targets, &parties.devices.gateway, self.zone()))
    }

    /// Says it of a device that is theirs: in one transaction, or where the server takes none one after the other.
    async fn say_since_when(
        &self,
        parcel: &Parcel,
        parties: &Parties,
        standing: &MeterStanding,
    ) -> Result<(), NotCarried> {
        if !self.client.capabilities().await?.denies_transactions() {
            let entries = self.statement_and_provenance(parcel, parties, standing);
            match self.client.transact(&entries).await {
                Ok(entered) if !entered.iter().any(|entered| matches!(entered.what, EntryOutcome::Otherwise(_))) => {
                    return Ok(());
                }
                // What is wrong with one of them is told where each is created by itself.
                Ok(_) => {}
                Err(error) if error.status().is_some_and(is_of_way) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let there = match &standing.statement {
            Some((there, _)) => Some(there.clone()),
            None if standing.has_statements => {
                let (ours, statement) = use_statement(parcel, &parties.patient, &parties.devices.meter, self.zone());
                Some(self.create_once(&self.marked(statement), &ours, false).await?)
            }
            None => None,
        };
        self.client.create(&self.provenance(parcel, parties, there.as_deref()), None).await?;
        Ok(())
    }

    /// Says who decided what an earlier attempt has said, if that came no further; and of what another station has said
    /// that this one stands behind it too. Whether it is to be looked at again: as long as another one's holds.
    async fn complete_provenance(
        &self,
        parcel: &Parcel,
        parties: &Parties,
        standing: &MeterStanding,
    ) -> Result<bool, NotCarried> {
        let (statement, is_anothers) = match &standing.statement {
            Some((statement, is_own)) => (Some(statement.as_str()), !is_own),
            None => (None, false),
        };
        let target = statement.unwrap_or(&parties.devices.meter);
        let support = self.support_of(&[target]).await?.remove(target).unwrap_or_default();
        if is_anothers {
            return Ok(match &standing.said_as {
                // Of one that is being withdrawn nobody knows for how long it holds.
                Some(said_as) if support.is_undone(said_as) => {
                    let (ours, own) = use_statement(parcel, &parties.patient, &parties.devices.meter, self.zone());
                    self.create_once(&self.marked(own), &ours, false).await?;
                    true
                }
                _ => self.verify(parcel, parties, &[target]).await?,
            });
        }
        let is_said = support.says(&Ours::assignment(&parcel.key));
        if !is_said {
            self.client.create(&self.provenance(parcel, parties, statement), None).await?;
        }
        // Where no statement tells who says so, it may be another station.
        Ok(!is_said && statement.is_none())
    }
}
