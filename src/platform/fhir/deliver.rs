//! Carries a parcel to a FHIR server: whose a meter is, and readings. What was carried before changes nothing.
//!
//! Whose a meter is goes in two steps, because not every server takes back what was done when a later part fails: first
//! the
//! `Device` in the version that was seen, which only one of two can do; then the statement since when, and who decided.
//! Whoever is second finds somebody else at the device and stops there, with nothing else written.

use jiff::Timestamp;
use serde_json::Value;

use super::FhirPlatform;
use super::error::FhirError;
use super::json::text;
use super::mapping::{
    About, Ours, assigned, meter, observation, owner, provenance, reading_ids, replaced_by, subject, use_statement,
};
use super::write::{Entered, create, create_once};
use crate::domain::delivery::{Content, Outcome, Parcel};
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::reading::Reading;
use crate::domain::text::Clean;

/// How many readings go at once, most first: some servers take fewer with conditions, or one.
const AT_ONCE: [usize; 3] = [100, 8, 1];

/// How many identifiers are asked for at once.
const ASKED_AT_ONCE: usize = 50;

/// How often a claim is tried that somebody else's change of the device came before.
const CLAIMS: usize = 3;

/// How the statement is called inside of its bundle; it means nothing outside.
const STATEMENT: &str = "urn:uuid:3d7a3c0e-5d1c-4c8e-9a55-6f0c4f1f7a01";

/// How much of a reason is kept, in terminal cells.
const REASON_CELLS: usize = 200;

/// Why a parcel was not carried, or not to the end.
enum NotCarried {
    /// This came of it.
    With(Outcome),
    /// The server did not.
    Error(FhirError),
}

/// The platform does not find what was added just now: a search may lag behind what was written (FHIR R4 leaves that to
/// the server), and an answer may have been another one's.
const NOT_FOUND_YET: NotCarried = NotCarried::With(Outcome::Later(None));

impl From<FhirError> for NotCarried {
    fn from(error: FhirError) -> Self {
        Self::Error(error)
    }
}

fn refused<T>(why: &str) -> Result<T, NotCarried> {
    Err(NotCarried::With(Outcome::Refused(Clean::new(why, REASON_CELLS))))
}

impl FhirPlatform {
    /// Carries it, and says what came of it.
    pub(super) async fn carry(&self, parcel: &Parcel) -> Outcome {
        match self.try_to_carry(parcel).await {
            Ok(true) => Outcome::Recorded,
            Ok(false) => Outcome::AlreadyThere,
            Err(NotCarried::With(outcome)) => outcome,
            Err(NotCarried::Error(error)) => outcome(&error, (self.surroundings.now)()),
        }
    }

    /// Whether anything of it was new.
    async fn try_to_carry(&self, parcel: &Parcel) -> Result<bool, NotCarried> {
        match self.client.read(&parcel.patient.0).await? {
            None => return refused("the platform does not know this patient"),
            Some(found) if replaced_by(&found.resource).is_some() => {
                return refused("this patient's record was merged into another one");
            }
            Some(_) => {}
        }
        if self.client.capabilities().await?.denies_transactions() {
            // Half of a bundle is worse than none: it waits until the server can.
            return Err(NotCarried::With(Outcome::Later(None)));
        }
        let device = self.device(parcel).await?;
        match &parcel.content {
            Content::Ownership => self.claim(parcel, &device).await,
            Content::Readings(readings) => self.add(parcel, readings, &device).await,
        }
    }

    /// The meter's own resources there: one, none, or several where two stations made it at once and the server let
    /// them.
    pub(super) async fn devices(&self, of: &MeterIdentity) -> Result<Vec<String>, FhirError> {
        let ours = Ours::meter(of);
        let found = self.client.search("Device", &[("identifier", &ours.token())]).await?;
        let own = found.matches.iter().filter(|device| ours.is_of(device));
        Ok(own.map(|device| format!("Device/{}", text(device, "/id"))).collect())
    }

    /// The meter's own resource there; made if there is none.
    async fn device(&self, parcel: &Parcel) -> Result<String, NotCarried> {
        let ours = Ours::meter(&parcel.meter);
        for is_made in [false, true] {
            match (self.devices(&parcel.meter).await?.as_slice(), is_made) {
                ([device], _) => return Ok(device.clone()),
                ([], true) => break,
                ([], false) => drop(self.client.transact(&[create_once(&meter(&parcel.meter), &ours)]).await?),
                ([_, _, ..], _) => return refused("the platform has this meter more than once"),
            }
        }
        Err(NOT_FOUND_YET)
    }

    async fn claim(&self, parcel: &Parcel, device: &str) -> Result<bool, NotCarried> {
        if !parcel.meter.is_identifiable() {
            return refused("a meter without a serial number belongs to nobody");
        }
        let is_claimed = self.claim_device(parcel, device).await?;
        let (ours, statement) = use_statement(parcel, device, self.zone());
        let found = self.client.search("DeviceUseStatement", &[("identifier", &ours.token())]).await?;
        if found.matches.iter().any(|found| ours.is_of(found)) {
            return Ok(is_claimed);
        }
        let mut entry = create_once(&statement, &ours);
        if let Value::Object(entry) = &mut entry {
            entry.insert("fullUrl".to_owned(), STATEMENT.into());
        }
        let entries = [entry, create(&provenance(parcel, [device, STATEMENT], self.zone()))];
        let entered = self.client.transact(&entries).await?;
        if entered.iter().any(|entered| matches!(entered, Entered::Otherwise(_))) {
            return refused("the platform does not record since when the meter is the patient's");
        }
        Ok(true)
    }

    /// Makes the device the patient's; whether it was not before.
    async fn claim_device(&self, parcel: &Parcel, device: &str) -> Result<bool, NotCarried> {
        let mut is_claimed = false;
        for _ in 0..CLAIMS {
            let Some(seen) = self.client.read(device).await? else {
                return Err(NOT_FOUND_YET);
            };
            match owner(&seen.resource) {
                Some(other) if other != parcel.patient => return Err(NotCarried::With(Outcome::LostRace(other))),
                Some(_) => return Ok(is_claimed),
                None => {}
            }
            let changed = assigned(seen.resource.clone(), &parcel.patient);
            match self.client.replace(device, &seen, &changed).await {
                // It is looked at again: a server that ignores the condition may have had another change come between.
                Ok(()) => is_claimed = true,
                Err(FhirError::Status { status: 409 | 412, .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(NotCarried::With(Outcome::Later(None)))
    }

    /// Adds the readings; whether any was new.
    async fn add(&self, parcel: &Parcel, readings: &[Reading], device: &str) -> Result<bool, NotCarried> {
        let unit = readings.iter().find_map(|reading| reading.measured.concentration()).map(Concentration::unit);
        let about = About {
            patient: &parcel.patient,
            device,
            unit: unit.unwrap_or(Unit::MgPerDl),
            zone: self.zone(),
            is_training: self.surroundings.is_training,
        };
        let ids = reading_ids(parcel, readings);
        let resources: Vec<(Ours, Value)> = readings
            .iter()
            .zip(ids)
            .filter_map(|(reading, id)| observation(reading, &id, about).map(|resource| (id, resource)))
            .collect();
        let mut left: Vec<&(Ours, Value)> = resources.iter().collect();
        if !self.client.capabilities().await?.creates_by_condition("Observation") {
            // It may create what it is asked to create only if it is not there.
            let ids: Vec<&Ours> = resources.iter().map(|(id, _)| id).collect();
            let there = self.there(&ids, &parcel.patient).await?;
            left.retain(|(id, _)| !there.contains(&id));
        }
        let (mut is_new, mut before, mut most) = (false, Vec::new(), AT_ONCE.as_slice());
        let mut left = left.as_slice();
        while !left.is_empty() {
            let [at_once, fewer @ ..] = most else { break };
            let (now, later) = left.split_at(left.len().min(*at_once));
            let entries: Vec<Value> = now.iter().map(|(id, resource)| create_once(resource, id)).collect();
            match self.client.transact(&entries).await {
                Ok(entered) => {
                    for (entered, (id, _)) in entered.iter().zip(now) {
                        match entered {
                            Entered::New => is_new = true,
                            Entered::Before => before.push(id),
                            Entered::Otherwise(status) => {
                                return refused(&format!("the platform does not take a reading ({status})"));
                            }
                        }
                    }
                    left = later;
                }
                // It may be one of them, or too many for this server.
                Err(FhirError::Status { status: 400 | 413 | 422 | 501, .. }) if !fewer.is_empty() => most = fewer,
                Err(error) => return Err(error.into()),
            }
        }
        if self.there(&before, &parcel.patient).await?.len() < before.len() {
            return Err(NotCarried::With(Outcome::Unknown));
        }
        Ok(is_new)
    }

    /// Which of these readings are there, all of them this patient's: whoever was first may have given one to somebody
    /// else.
    async fn there<'a>(&self, ids: &[&'a Ours], patient: &PatientId) -> Result<Vec<&'a Ours>, NotCarried> {
        let mut there = Vec::new();
        for asked in ids.chunks(ASKED_AT_ONCE) {
            let tokens: Vec<String> = asked.iter().map(|id| id.token()).collect();
            let count = (2 * ASKED_AT_ONCE).to_string();
            let mut found =
                self.client.search("Observation", &[("identifier", &tokens.join(",")), ("_count", &count)]).await?;
            loop {
                for id in asked {
                    let own = found.matches.iter().filter(|resource| id.is_of(resource));
                    let subjects: Vec<_> = own.map(subject).collect();
                    if subjects.iter().any(|subject| subject.as_ref() != Some(patient)) {
                        return refused("the platform has a reading of this meter under another patient");
                    }
                    if !subjects.is_empty() {
                        there.push(*id);
                    }
                }
                match found.next {
                    Some(next) => found = self.client.page_at("Observation", &next).await?,
                    None => break,
                }
            }
        }
        Ok(there)
    }
}

/// What comes of an attempt that the server did not answer as wanted. What can be put right there waits; only what is
/// wrong with the parcel is refused.
fn outcome(error: &FhirError, now: Timestamp) -> Outcome {
    match error {
        FhirError::Status { retry_after: Some(seconds), .. } => {
            Outcome::Later(now.checked_add(jiff::SignedDuration::from_secs(i64::from(*seconds))).ok())
        }
        FhirError::Status { status: 400 | 412 | 422, .. } => {
            Outcome::Refused(Clean::new(&error.to_string(), REASON_CELLS))
        }
        FhirError::Status { .. }
        | FhirError::SignIn(_)
        | FhirError::Settings(_)
        | FhirError::Certificates(_)
        | FhirError::SentOn { .. } => Outcome::Later(None),
        FhirError::Connection(_)
        | FhirError::TooLate { .. }
        | FhirError::TooLong { .. }
        | FhirError::NoFhir(_)
        | FhirError::NoJson(_) => Outcome::Unknown,
    }
}
