//! What is in a patient's record, on a FHIR server.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::super::oauth::OAuthError;
use super::super::{ClinicalRecord, RemoteError, SignsOfLife, apart};
use super::FhirPlatform;
use super::error::FhirError;
use super::json::text;
use super::mapping::{Ours, READ_CODES, owner, patient, reading, told_by};
use super::merged::PresentRecord;
use super::once_each::{FoundReading, not_here, once_each};
use super::search::FoundPage;
use crate::config::MappingPart;
use crate::domain::association::Upload;
use crate::domain::clinic::Actor;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::{Patient, PatientId};
use crate::domain::permission::Permission;
use crate::domain::platform_check::{Ownership, OwnershipVersion};
use crate::domain::reading::Reading;
use crate::domain::record::{ElsewhereReadings, PatientRecord, RecordExtent, RecordOrigin, RecordTotals, Span};
use crate::domain::text::Clean;
use crate::store::StoreError;

/// How many readings are asked for at once.
const PAGE: &str = "500";

/// How many readings of one record are fetched at most: those of a sensor's five years, and more than the days of a
/// dashboard have of any meter.
const MOST_READINGS: usize = 200_000;

/// How many pages of one record are followed at most: however few readings a server puts on one, and not for ever.
const MOST_RECORD_PAGES: usize = 20_000;

/// For how long a dashboard waits for what the server says of itself: most have said it long before.
const SAID_WITHIN: Duration = Duration::from_secs(5);

/// For how long pages of a record are asked for: less than the app waits for a dashboard, so that it shows what came.
const FETCHED_FOR: SignedDuration = SignedDuration::from_secs(10);

/// How far a time on a wall is from that time in UTC at most: the easternmost zone is 14 hours ahead.
const FARTHEST_ZONE: SignedDuration = SignedDuration::from_hours(14);

#[async_trait]
impl ClinicalRecord for FhirPlatform {
    async fn owner(&self, actor: &Actor, meter: &MeterIdentity) -> Result<Ownership, RemoteError> {
        let asked = self.asked_by(actor, Permission::KeepReadings).await?;
        let devices = asked.devices(meter).await?;
        let device = match devices.as_slice() {
            [] => {
                let is_taken_off = asked.has_told_owner(meter).await?;
                return Ok(Ownership { is_taken_off, ..Ownership::default() });
            }
            [device] => device,
            _ => return Err(FhirError::NoFhir("it has this meter more than once").into()),
        };
        let seen = asked.client.read(device).await?.ok_or(FhirError::NoFhir("a meter that was found is not there"))?;
        let owner = asked.owner_there(device, owner(&seen.resource)).await?;
        let version = seen.version.map(OwnershipVersion);
        let is_taken_off = owner.is_none() && asked.has_told_owner(meter).await?;
        Ok(Ownership { owner, version, is_taken_off })
    }

    async fn readings(&self, actor: &Actor, id: &PatientId, span: Span) -> Result<PatientRecord, RemoteError> {
        let answered = match self.asked_by(actor, Permission::SeeRecords).await {
            Ok(asked) => asked.readings_with_those_there(id, span).await,
            Err(error) => Err(error),
        };
        match answered {
            // What is here is as true as before; that it may not be all is said with it.
            Err(error) if error.is_silence() => {
                self.may_be_told_here(actor, Permission::SeeRecords).await?;
                let here = self.here.readings(actor, id, span).await.map_err(|here| error.beside(here))?;
                Ok(PatientRecord { origin: RecordOrigin::WithoutPlatform, ..here })
            }
            answered => answered,
        }
    }

    async fn deliver(&self, parcel: &Parcel, signs: &SignsOfLife) -> Outcome {
        Self { client: self.client.giving(signs), ..self.clone() }.carry(parcel).await
    }

    async fn waits_for_sign_in(&self) -> bool {
        match self.client.people() {
            Some(people) => matches!(people.bearer(None, None).await, Err(OAuthError::Ended)),
            None => false,
        }
    }

    fn announces(&self) -> bool {
        self.client.mapping().writes(MappingPart::PendingTask)
    }

    async fn announce(&self, waiting: &[Upload]) {
        let anew = self.client.giving(&SignsOfLife::default());
        Self { client: anew, ..self.clone() }.tell_waiting(waiting).await;
    }
}

impl FhirPlatform {
    /// The readings there, and those of this station.
    async fn readings_with_those_there(&self, id: &PatientId, span: Span) -> Result<PatientRecord, RemoteError> {
        let at = (self.surroundings.now)();
        let (present, resource) = match self.present_record(id).await? {
            PresentRecord::Of(present, resource) => (present, resource),
            PresentRecord::Another => return Err(StoreError::AnotherPerson.into()),
            PresentRecord::Incomplete => return Err(RemoteError::Incomplete),
            PresentRecord::Unknown | PresentRecord::Deleted | PresentRecord::MergedAway => {
                return Err(RemoteError::NoRecord);
            }
        };
        let patient = patient(&resource).ok_or(RemoteError::Incomplete)?;
        // Whoever was merged into it as far as is known here is asked for as well: a merger that was taken back since
        // would show what is here of them under this one.
        let known = self.merged_here(&present).await?;
        let others = std::iter::once(id.clone()).chain(known).collect();
        let records = self.records_of(&present, &resource, others).await?;
        let (patient, names) = self.with_devices(patient, &records).await;
        let (mut there, mut extent) = (Vec::new(), RecordExtent::Whole);
        for record in &records {
            let (readings, given) = self.readings_there(record, span).await?;
            there.extend(not_here(&self.of_others_at(record).await?, readings, |_| false));
            extent = extent.max(given);
        }
        // What is here of a record that the server keeps from us, or says nothing of, may not be this person's.
        let mut unsaid = self.merged_here(&present).await?;
        unsaid.retain(|known| !records.contains(known));
        let unconfirmed = self.here_under(&patient, unsaid).await?.totals.readings;
        let here = self.here_under(&patient, records).await?;
        let own = self.own_gateways_among(&there).await;
        let others = not_here(&here.readings, there, |station| {
            own.as_ref().is_some_and(|own| !own.iter().any(|own| is_called(station, own)))
        });
        let sources = elsewhere(&others, &names);
        let others: Vec<Reading> = others.into_iter().map(|found| found.reading).collect();
        let elsewhere = u32::try_from(others.len()).unwrap_or(u32::MAX);
        let totals = here.totals.plus(&RecordTotals::of(&others));
        let mut readings = here.readings;
        readings.extend(others);
        readings.retain(|reading| reading.time.is_some_and(|time| span.from <= time && time < span.to));
        readings.sort_by_key(|reading| Reverse((reading.time, reading.index)));
        let origin = RecordOrigin::Platform { elsewhere, unconfirmed, extent, at };
        Ok(PatientRecord { readings, totals, origin, elsewhere: sources, ..here })
    }

    /// This computer's own resources there, where it matters which readings came through it: some have a corrected
    /// time. Nothing where that is not known.
    async fn own_gateways_among(&self, there: &[FoundReading]) -> Option<Vec<String>> {
        if there.iter().all(|found| found.reading.corrected_from.is_none()) {
            return None;
        }
        self.own_gateways_there().await
    }

    /// Whether the server has recorded that a meter is its present owner's, who stands here.
    async fn has_told_owner(&self, meter: &MeterIdentity) -> Result<bool, StoreError> {
        let (store, meter) = (Arc::clone(&self.surroundings.store), meter.clone());
        apart(move || store.has_told_owner(&meter)).await
    }

    /// What is here of a patient under these records alone.
    async fn here_under(&self, patient: &Patient, records: Vec<PatientId>) -> Result<PatientRecord, StoreError> {
        let (store, patient) = (Arc::clone(&self.surroundings.store), patient.clone());
        apart(move || store.record_under(patient, &records, Span::ALL)).await
    }

    /// What of others this station sent into a record while theirs was merged into it: until somebody has put that
    /// right there, it is not shown as this person's.
    async fn of_others_at(&self, id: &PatientId) -> Result<Vec<Reading>, StoreError> {
        let (store, id) = (Arc::clone(&self.surroundings.store), id.clone());
        apart(move || store.readings_of_others_at(&id)).await
    }

    /// What the server has of somebody in this time, and how much of that it gave.
    async fn readings_there(&self, id: &PatientId, span: Span) -> Result<(Vec<FoundReading>, RecordExtent), FhirError> {
        let codes = READ_CODES.map(|code| format!("http://loinc.org|{code}")).join(",");
        // With the type before the id: not every server finds the bare one.
        let all = [("patient", id.0.as_str()), ("code", codes.as_str()), ("_count", PAGE)];
        let dates = dates(span).filter(|dates| !dates.is_empty());
        // A server that does not say what it can has readings all the same.
        let said = self.client.capabilities_within(SAID_WITHIN).await;
        let is_by_date = said.is_some_and(|said| said.searches_by("Observation", "date"));
        if let Some(dates) = dates.filter(|_| is_by_date) {
            // Newest first: what is not waited for is the oldest.
            let newest_first = dates.iter().map(|date| ("date", date.as_str())).chain([("_sort", "-date")]);
            let conditions: Vec<(&str, &str)> = all.into_iter().chain(newest_first).collect();
            match self.client.search("Observation", &conditions).await {
                // It says that it knows the condition, and does not; then all of them are asked for.
                Err(FhirError::Status { status: 400 | 422 | 501, is_foreign: false, .. }) => {}
                found => return self.pages_of(id, found?, RecordExtent::Span).await,
            }
        }
        self.pages_of(id, self.client.search("Observation", &all).await?, RecordExtent::Whole).await
    }

    /// The readings of this page and of those behind it, as long as somebody waits for them.
    async fn pages_of(
        &self,
        id: &PatientId,
        mut found: FoundPage,
        extent: RecordExtent,
    ) -> Result<(Vec<FoundReading>, RecordExtent), FhirError> {
        let begun = (self.surroundings.now)();
        let (mut readings, mut seen) = (Vec::new(), BTreeSet::new());
        for _ in 0..MOST_RECORD_PAGES {
            for resource in &found.matches {
                // While others write, what was the last of a page may be the first of the next; and what two stations
                // created at once, one result of one meter, has one identifier.
                let is_new = seen.insert(text(resource, "/id").to_owned());
                let own = Ours::reading_of(resource);
                if !is_new || own.is_some_and(|own| !seen.insert(own.token())) {
                    continue;
                }
                let index = u32::try_from(readings.len()).unwrap_or(u32::MAX);
                let (meter, station) = told_by(resource);
                let found = |reading| FoundReading { reading, meter: meter.to_owned(), station: station.to_owned() };
                readings.extend(reading(resource, id, self.zone(), index).map(found));
            }
            let Some(next) = found.next else { return Ok((once_each(readings), extent)) };
            if readings.len() >= MOST_READINGS || (self.surroundings.now)().duration_since(begun) >= FETCHED_FOR {
                break;
            }
            found = self.client.page_at("Observation", &next).await?;
        }
        Ok((once_each(readings), RecordExtent::Part))
    }

    /// The zone on whose clocks meters here are.
    pub(super) const fn zone(&self) -> &TimeZone {
        &self.surroundings.zone
    }
}

/// Whether a reference, as it stands in a resource, names this one: with the server's address before it or without.
fn is_called(reference: &str, own: &str) -> bool {
    reference.strip_suffix(own).is_some_and(|base| base.is_empty() || base.ends_with('/'))
}

/// What only the server has, by meter and by who told it, most readings first; `names` are those of the meters there.
fn elsewhere(found: &[FoundReading], names: &BTreeMap<String, Clean>) -> Vec<ElsewhereReadings> {
    let sources = FoundReading::by_source(found).into_iter();
    let mut told: Vec<ElsewhereReadings> = sources
        .map(|(meter, is_of_station, readings)| ElsewhereReadings {
            meter: names.get(meter).cloned(),
            is_of_station,
            count: u32::try_from(readings.len()).unwrap_or(u32::MAX),
            last: readings.iter().filter_map(|reading| reading.time).max(),
        })
        .collect();
    told.sort_by_key(|source| Reverse(source.count));
    told
}

/// The conditions for what may be in a span of wall time, whatever zone it was measured in: some servers read a time
/// without an offset as UTC. None for all time; nothing where the span cannot be said so.
fn dates(span: Span) -> Option<Vec<String>> {
    let moment = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let mut dates = Vec::new();
    if span.from > Span::ALL.from {
        dates.push(format!("ge{}", moment(span.from)?.checked_sub(FARTHEST_ZONE).ok()?));
    }
    if span.to < Span::ALL.to {
        dates.push(format!("lt{}", moment(span.to)?.checked_add(FARTHEST_ZONE).ok()?));
    }
    Some(dates)
}
