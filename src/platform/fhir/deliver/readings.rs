//! Puts readings into a record, each once.

use std::fmt::Write as _;

use jiff::SignedDuration;
use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::learnt::DeliveryWay;
use super::super::mapping::{
    About, Ours, came_through, is_entered_in_error, moved, observation, owner, patient_of, reading_id, taken_over,
    time_stamp,
};
use super::super::references::reference_of;
use super::super::write::{SeenResource, version};
use super::not_carried::{NotCarried, not_found_yet, refused};
use super::parties::Parties;
use super::replace::Replaced;
use super::ways::{Created, ToCreate};
use crate::config::MappingPart;
use crate::domain::calendar;
use crate::domain::delivery::{Content, NumberedReading, Outcome, Parcel};
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::patient::PatientId;
use crate::domain::reading::Reading;

/// How many identifiers are asked for at once.
pub(super) const ASKED_AT_ONCE: usize = 50;

/// How many readings that a server does not take are named: so many fit where the reason is shown.
const MOST_NAMED: usize = 3;

/// How long readings go before it is looked again whose meter it is: as long as those of a full meter take at a slow
/// server. A look after each bundle would be as many questions again.
const LOOKED_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Why readings are refused that somebody else has.
const UNDER_ANOTHER: &str = "the platform has a reading of this meter under another patient";

/// Why a correction is refused of what this computer has not told.
pub(super) const TOLD_ELSEWHERE: &str =
    "another station has told a reading of these: name a span of what this one has told, and correct the rest there";

/// Which readings are there, under the patient.
pub(super) struct ReadingsThere<'a> {
    pub(super) ids: Vec<&'a Ours>,
    /// Whether some of them were given to the patient just now.
    pub(super) is_moved: bool,
    /// What another station has created of them, by its reference, and as it would be created here.
    by_others: Vec<(String, &'a ToCreate)>,
}

impl FhirPlatform {
    /// Adds the readings; whether any was new. One that the server does not take holds no other up.
    pub(super) async fn add(
        &self,
        parcel: &Parcel,
        readings: &[NumberedReading],
        parties: &Parties,
    ) -> Result<bool, NotCarried> {
        self.must_not_be_anothers(parties, parties.devices.named.as_ref()).await?;
        let (sent, resources, beside) = self.resources(parcel, readings, parties).await?;
        let mut left: Vec<(&Reading, &ToCreate)> = sent.into_iter().zip(&resources).collect();
        let (mut is_moved, mut by_others) = (false, Vec::new());
        let said = self.client.capabilities().await?;
        let goes_singly = |way: DeliveryWay| way.at_once() == 1 || way == DeliveryWay::SearchFirst;
        let is_slow = self.memory.learnt(said.known_software()).await.way.is_some_and(goes_singly);
        if is_slow || parcel.is_repeated() || !said.creates_by_condition("Observation") {
            // A server may create what it is asked to create only if it is not there, also where it says otherwise. And
            // where each is asked for by itself, one question tells of many that came through before an attempt was
            // broken off.
            let all: Vec<&ToCreate> = resources.iter().collect();
            let there = self.there(parcel, &all, parties).await?;
            is_moved |= there.is_moved;
            by_others = there.by_others;
            left.retain(|(_, (id, _))| !there.ids.contains(&id));
        }
        let to_create: Vec<&ToCreate> = left.iter().map(|(_, resource)| *resource).chain(&beside).collect();
        let mut created = self.create_while_theirs(parcel, &to_create, parties).await;
        let is_stamp_refused = match &mut created {
            Ok(created) => {
                created.len() > left.len() && created.pop().is_some_and(|stamp| matches!(stamp, Created::Refused(_)))
            }
            // Whoever is signed in now may not write what says nothing of a patient: it goes alone the next time.
            Err(NotCarried::Error(error)) => beside.is_some() && error.status() == Some(403),
            Err(NotCarried::With(_)) => false,
        };
        if is_stamp_refused {
            self.memory.note(|learnt| learnt.takes_time_stamps = false).await;
        }
        let created = created?;
        let of_the_server = created.iter().find_map(|created| match created {
            // What is wrong with a reading is 400 or 422; all else is wrong with the server, and passes.
            Created::Refused(400 | 422) | Created::New | Created::Said | Created::Before | Created::Twice => None,
            Created::Refused(status) => Some(*status),
        });
        if let Some(status) = of_the_server {
            return Err(FhirError::of_entry(status, "Observation").into());
        }
        let pairs = || created.iter().zip(&left);
        let was_there = |created: &Created| matches!(created, Created::Said | Created::Before | Created::Twice);
        let before: Vec<&ToCreate> =
            pairs().filter(|(created, _)| was_there(created)).map(|(_, (_, resource))| *resource).collect();
        // That the server says so is not enough: one that is under somebody else is refused here.
        let there = self.there(parcel, &before, parties).await?;
        if there.ids.len() < before.len() {
            return Err(NotCarried::With(Outcome::unanswered("readings that are said to be there are not found")));
        }
        by_others.extend(there.by_others);
        // Another station was faster. What a correction stood behind, nobody would take back.
        if matches!(parcel.content, Content::Correction(_)) && !by_others.is_empty() {
            return refused(TOLD_ELSEWHERE);
        }
        is_moved |= there.is_moved | self.stand_behind(parcel, &by_others, parties).await?;
        let of = |is: fn(&Created) -> bool| -> Vec<(&Created, &Reading)> {
            pairs().filter(|(created, _)| is(created)).map(|(created, (reading, _))| (created, *reading)).collect()
        };
        let not_taken = of(|created| matches!(created, Created::Refused(_)));
        if !not_taken.is_empty() {
            return refused(&told("the platform does not take", &not_taken, resources.len()));
        }
        let twice = of(|created| matches!(created, Created::Twice));
        if !twice.is_empty() {
            return refused(&told("the platform has more than once", &twice, resources.len()));
        }
        Ok(is_moved || created.iter().any(|created| matches!(created, Created::New | Created::Said)))
    }

    /// Stops where the meter was given to somebody else there since it became the patient's. Which of the two is right
    /// a person must say.
    pub(super) async fn must_not_be_anothers(
        &self,
        parties: &Parties,
        named: Option<&PatientId>,
    ) -> Result<(), NotCarried> {
        let others = if self.client.mapping().writes(MappingPart::DevicePatient) {
            named.into_iter().filter(|named| **named != parties.patient).cloned().collect()
        } else {
            self.others_by_statement(parties).await?
        };
        for other in others {
            if !self.was_merged_into(&other, &parties.patient).await? {
                return refused("the meter is another patient's at the platform");
            }
        }
        Ok(())
    }

    /// Creates them part by part, as long as the meter is the patient's: a long parcel takes its time, and the meter
    /// may be given to another there meanwhile.
    async fn create_while_theirs(
        &self,
        parcel: &Parcel,
        resources: &[&ToCreate],
        parties: &Parties,
    ) -> Result<Vec<Created>, NotCarried> {
        let (mut created, mut left) = (Vec::with_capacity(resources.len()), resources);
        let mut looked_at = (self.surroundings.now)();
        while !left.is_empty() {
            let since = (self.surroundings.now)().duration_since(looked_at);
            // A clock that was set back says nothing of how long it was.
            self.must_not_be_undone(parcel).await?;
            if !created.is_empty() && (since >= LOOKED_AFTER || since.is_negative()) {
                let seen = self.client.read(&parties.devices.meter).await?.ok_or_else(not_found_yet)?;
                self.must_not_be_anothers(parties, owner(&seen.resource).as_ref()).await?;
                looked_at = (self.surroundings.now)();
            }
            let (now, later) = left.split_at(left.len().min(self.created_at_once().await?));
            created.extend(self.create_all(now).await?);
            left = later;
        }
        self.all_came_through(resources.len()).await?;
        Ok(created)
    }

    /// How many go before it is looked again whether they are to: as few as go in one request.
    async fn created_at_once(&self) -> Result<usize, FhirError> {
        // What is asked for one by one is sent one by one.
        if self.known_way().await? == DeliveryWay::SearchFirst { Ok(1) } else { Ok(self.sent_at_once().await?.max(1)) }
    }

    /// The readings that go out, what they are as resources, and what goes with them: the time stamp, where nothing
    /// names it and the server is known to take such.
    async fn resources<'r>(
        &self,
        parcel: &Parcel,
        readings: &'r [NumberedReading],
        parties: &Parties,
    ) -> Result<(Vec<&'r Reading>, Vec<ToCreate>, Option<ToCreate>), NotCarried> {
        // LO and HI have no unit of their own, and take that of the values beside them.
        let unit =
            readings.iter().find_map(|numbered| numbered.reading.measured.concentration()).map(Concentration::unit);
        let about = About {
            patient: &parties.patient,
            meter: &parcel.meter,
            device: &parties.devices.meter,
            gateway: &parties.devices.gateway,
            time_stamp: None,
            unit: unit.unwrap_or(Unit::MgPerDl),
            range: (self.surroundings.range)(&parcel.meter),
            zone: self.zone(),
            settings: self.client.mapping(),
        };
        let ids: Vec<Ours> = readings.iter().map(|numbered| reading_id(parcel, numbered)).collect();
        let readings = || readings.iter().map(|numbered| &numbered.reading);
        // A time stamp that no reading goes with says nothing of anybody's readings, and one of a clock that was wrong
        // nothing of corrected times.
        let is_corrected = matches!(parcel.content, Content::Correction(_));
        let is_sent =
            !is_corrected && readings().zip(&ids).any(|(reading, id)| observation(reading, id, about).is_some());
        let (mut named, mut beside) = (None, None);
        if is_sent {
            let (ours, stamp) = time_stamp(parcel, &parties.devices.meter, &parties.devices.gateway, self.zone());
            let stamp = (ours, self.marked_only(stamp));
            let said = self.client.capabilities().await?;
            let is_named = about.settings.writes(MappingPart::TimeStampReference);
            if !is_named && self.memory.learnt(said.known_software()).await.takes_time_stamps {
                let (ours, resource) = &stamp;
                let is_there = self.before(resource, ours, parcel.is_repeated()).await?.is_some();
                beside = (!is_there).then_some(stamp);
            } else {
                named = self.time_stamp(parcel, &stamp).await?.filter(|_| is_named);
            }
        }
        let about = About { time_stamp: named.as_deref(), ..about };
        let sent = readings().zip(ids);
        let resources = sent.filter_map(|(reading, id)| {
            observation(reading, &id, about).map(|resource| (reading, (id, self.marked(resource))))
        });
        let (sent, resources) = resources.unzip();
        Ok((sent, resources, beside))
    }

    /// What the clocks showed when the meter was read, as it is there. A server that does not take that gets the
    /// readings all the same.
    async fn time_stamp(&self, parcel: &Parcel, (ours, stamp): &ToCreate) -> Result<Option<String>, FhirError> {
        match self.create_once(stamp, ours, parcel.is_repeated()).await {
            Ok(reference) => {
                self.memory.note(|learnt| learnt.takes_time_stamps = true).await;
                Ok(Some(reference))
            }
            Err(FhirError::Status { status: 400 | 403 | 404 | 405 | 422, is_foreign: false, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Which of these are there, each under whom it is to be: whoever was first may have given one to somebody else.
    /// One that came before a merger is under the record that was merged. What was withdrawn because an assignment was
    /// undone is given to the patient; what somebody else has marked as wrong of theirs stays so.
    pub(super) async fn there<'a>(
        &self,
        parcel: &Parcel,
        wanted: &[&'a ToCreate],
        parties: &Parties,
    ) -> Result<ReadingsThere<'a>, NotCarried> {
        let (mut ids, mut to_move, mut by_others) = (Vec::new(), Vec::new(), Vec::new());
        // A control test is under the meter.
        let mut theirs = vec![parties.patient.clone(), PatientId(parties.devices.meter.clone())];
        for asked in wanted.chunks(self.memory.at_once(ASKED_AT_ONCE).await) {
            let tokens: Vec<String> = asked.iter().map(|(id, _)| id.token()).collect();
            let found = self.observations_of(&tokens).await?;
            for wanted in asked {
                let (id, resource) = wanted;
                let of_id = found.iter().filter(|found| id.is_of(found));
                let (wrong, own): (Vec<&Value>, Vec<&Value>) = of_id.partition(|found| is_entered_in_error(found));
                for subject in own.iter().map(|own| patient_of(own, "/subject")) {
                    if !self.is_under(subject, parties, &mut theirs).await? {
                        return refused(UNDER_ANOTHER);
                    }
                }
                let by_id = |found: &&Value| (!Ours::is_undone(found), text(found, "/id").to_owned());
                match (own.into_iter().max_by_key(by_id), wrong.into_iter().min_by_key(by_id)) {
                    // Whoever created it undid that, and whoever stands behind it may do so in this moment.
                    (Some(own), _) if Ours::is_undone(own) => {
                        let resource = taken_over(own.clone(), &parties.devices.gateway);
                        to_move.push((id, under_its_id(&resource, own)));
                    }
                    (Some(own), _) => {
                        ids.push(id);
                        if came_through(own).is_none_or(|gateway| gateway != parties.devices.gateway) {
                            by_others.push((reference_of("Observation", own), *wanted));
                        }
                    }
                    // Of several the one that this program has withdrawn.
                    (None, Some(wrong))
                        if Ours::is_undone(wrong)
                            || !self.is_under(patient_of(wrong, "/subject"), parties, &mut theirs).await? =>
                    {
                        to_move.push((id, under_its_id(resource, wrong)));
                    }
                    (None, Some(_)) => ids.push(id),
                    (None, None) => {}
                }
            }
        }
        let is_moved = !to_move.is_empty();
        ids.extend(self.move_to(parcel, to_move, parties).await?);
        Ok(ReadingsThere { ids, is_moved, by_others })
    }

    /// Whether this is the patient, or whoever's record was merged into theirs.
    async fn is_under(
        &self,
        subject: Option<PatientId>,
        parties: &Parties,
        theirs: &mut Vec<PatientId>,
    ) -> Result<bool, NotCarried> {
        let Some(subject) = subject else { return Ok(false) };
        if theirs.contains(&subject) {
            return Ok(true);
        }
        let is_merged = self.was_merged_into(&subject, &parties.patient).await?;
        if is_merged {
            theirs.push(subject);
        }
        Ok(is_merged)
    }

    /// Gives the patient what was withdrawn, in the version that was seen; gives what they have then.
    async fn move_to<'a>(
        &self,
        parcel: &Parcel,
        to_move: Vec<(&'a Ours, (String, SeenResource))>,
        parties: &Parties,
    ) -> Result<Vec<&'a Ours>, NotCarried> {
        if to_move.is_empty() {
            return Ok(Vec::new());
        }
        let (ids, changes): (Vec<_>, Vec<_>) = to_move.into_iter().unzip();
        for replaced in self.replace_while_standing(parcel, &changes).await? {
            match replaced {
                Replaced::Done => {}
                Replaced::Overtaken => {
                    let why = "others change readings of this meter at the same time";
                    return Err(NotCarried::With(Outcome::put_off(None, why)));
                }
                Replaced::Refused(status) => {
                    return refused(&format!(
                        "the platform does not take readings that were withdrawn before ({status})"
                    ));
                }
            }
        }
        let targets: Vec<&str> = changes.iter().map(|(reference, _)| reference.as_str()).collect();
        let provenance = self.marked(moved(parcel, &targets, &parties.devices.gateway, self.zone()));
        self.client.create(&provenance, None).await?;
        Ok(ids)
    }

    /// The observations that have one of these identifiers.
    pub(super) async fn observations_of(&self, tokens: &[String]) -> Result<Vec<Value>, NotCarried> {
        // With room for some that are there twice, so that one page has them all as a rule.
        let count = (2 * ASKED_AT_ONCE).to_string();
        let conditions = [("identifier", tokens.join(",")), ("_count", count)];
        let conditions = conditions.each_ref().map(|(name, value)| (*name, value.as_str()));
        match self.client.search_all("Observation", &conditions).await {
            Ok(found) => Ok(found),
            Err(error) => {
                self.send_fewer_after(&error, tokens.len()).await;
                Err(error.into())
            }
        }
    }
}

/// A reading as it is to be, in the place of the one that was seen.
fn under_its_id(resource: &Value, seen: &Value) -> (String, SeenResource) {
    let mut resource = resource.clone();
    if let Value::Object(fields) = &mut resource {
        fields.insert("id".to_owned(), text(seen, "/id").into());
    }
    (reference_of("Observation", seen), SeenResource { resource, version: version(seen) })
}

/// Which readings it is about, by their times, and what the server said.
fn told(what: &str, readings: &[(&Created, &Reading)], of: usize) -> String {
    let mut told = format!("{what} {} of {of} readings:", readings.len());
    for (place, (created, reading)) in readings.iter().take(MOST_NAMED).enumerate() {
        let between = if place == 0 { " " } else { ", " };
        let time = reading.time.map_or_else(String::new, calendar::written_with_time);
        // Writing into a text cannot fail.
        let _ = write!(told, "{between}{time}");
        if let Created::Refused(status) = created {
            let _ = write!(told, " ({status})");
        }
    }
    if readings.len() > MOST_NAMED {
        told.push_str(", ...");
    }
    told
}
