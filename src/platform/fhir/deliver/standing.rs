//! How a meter stands on the server to the patient of a parcel: whose it is, and since when.

use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::mapping::{Ours, is_ours, owner, patient_of, withdrawn};
use super::super::references::{is_here, referred};
use super::super::write::{SeenResource, version, written_at};
use super::not_carried::NotCarried;
use super::parties::Parties;
use crate::config::MappingPart;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::patient::PatientId;

/// How it stands. That nobody else has it is sure.
pub(super) struct MeterStanding {
    /// Whether the device names the patient, or is not to name anybody.
    pub(super) is_named: bool,
    /// Since when it is theirs, and whether that was said by this parcel; nothing if it is not said yet.
    pub(super) statement: Option<(String, bool)>,
    /// The parcel of another station that said so, if it was one of this program.
    pub(super) said_as: Option<Ours>,
    /// What is said of a record that was merged into theirs, and ends now.
    pub(super) to_end: Vec<(String, Value)>,
    /// Whether statements are written.
    pub(super) has_statements: bool,
}

impl MeterStanding {
    /// Whether everything is said that says whose it is.
    pub(super) const fn is_said(&self) -> bool {
        self.is_named && (self.statement.is_some() || !self.has_statements) && self.to_end.is_empty()
    }
}

impl FhirPlatform {
    /// How the device that was seen stands to the patient.
    ///
    /// # Errors
    /// [`Outcome::LostRace`] if it is somebody else's.
    pub(super) async fn standing(
        &self,
        parcel: &Parcel,
        parties: &Parties,
        seen: &SeenResource,
    ) -> Result<MeterStanding, NotCarried> {
        let mapping = self.client.mapping();
        // Where devices are not to name patients here, what another program wrote there decides
        // nothing.
        let named = owner(&seen.resource).filter(|_| mapping.writes(MappingPart::DevicePatient));
        if let Some(other) = named.as_ref().filter(|named| **named != parties.patient) {
            self.must_be_merged(other, &parties.patient).await?;
        }
        let mut standing = MeterStanding {
            is_named: !mapping.writes(MappingPart::DevicePatient) || named.as_ref() == Some(&parties.patient),
            statement: None,
            said_as: None,
            to_end: Vec::new(),
            has_statements: mapping.writes(MappingPart::DeviceUseStatement),
        };
        if mapping.writes(MappingPart::DeviceUseStatement) {
            self.look_at_statements(parcel, parties, &mut standing).await?;
        }
        Ok(standing)
    }

    async fn look_at_statements(
        &self,
        parcel: &Parcel,
        parties: &Parties,
        standing: &mut MeterStanding,
    ) -> Result<(), NotCarried> {
        let ours = Ours::assignment(&parcel.key);
        let (mut own, mut others) = (None, Vec::new());
        for statement in self.statements(&parties.devices.meter).await? {
            let reference = format!("DeviceUseStatement/{}", text(&statement, "/id"));
            let is_active = text(&statement, "/status") == "active";
            match patient_of(&statement, "/subject") {
                // What this parcel said counts even when somebody has ended it since.
                Some(_) if ours.is_of(&statement) && text(&statement, "/status") != "entered-in-error" => {
                    standing.statement = Some((reference, true));
                    own = Some(statement);
                }
                // Not in the place of this parcel's own: that one it has to explain still.
                Some(subject) if is_active && subject == parties.patient && standing.statement.is_none() => {
                    standing.statement = Some((reference, false));
                    standing.said_as = Ours::parcel_of(&statement);
                }
                Some(subject) if is_active && subject == parties.patient => {}
                Some(subject) if is_active => others.push((subject, reference, statement)),
                _ => {}
            }
        }
        for (subject, reference, statement) in others {
            // Where no device names anybody, two may have said so at once: whoever was first has it, and stays.
            let is_first = own.as_ref().is_some_and(|own| {
                !self.client.mapping().writes(MappingPart::DevicePatient) && is_older(own, &statement)
            });
            if is_first && !self.was_merged_into(&subject, &parties.patient).await? {
                continue;
            }
            self.must_be_merged_or_withdraw(&subject, parties, own.as_ref()).await?;
            // That of another program is its own to end.
            if is_ours(&statement) {
                standing.to_end.push((reference, statement));
            }
        }
        Ok(())
    }

    /// Who else has the meter where no device names anybody. Of two of whom that was said at once the first has it.
    pub(super) async fn others_by_statement(&self, parties: &Parties) -> Result<Vec<PatientId>, FhirError> {
        let statements = self.statements(&parties.devices.meter).await?;
        let (own, others): (Vec<_>, Vec<_>) = statements
            .iter()
            .filter(|statement| text(statement, "/status") == "active")
            .filter_map(|statement| Some((patient_of(statement, "/subject")?, statement)))
            .partition(|(subject, _)| *subject == parties.patient);
        let is_first = |other: &Value| own.iter().any(|(_, own)| is_older(own, other));
        Ok(others.into_iter().filter(|(_, other)| !is_first(other)).map(|(subject, _)| subject).collect())
    }

    /// Who has a meter there: whom its device names, or where devices are not to name anybody, by what is said of it.
    pub(in crate::platform::fhir) async fn owner_there(
        &self,
        device: &str,
        named: Option<PatientId>,
    ) -> Result<Option<PatientId>, FhirError> {
        if self.client.mapping().writes(MappingPart::DevicePatient) {
            Ok(named)
        } else {
            self.owner_by_statement(device).await
        }
    }

    /// Who has a meter where no device names anybody: of all of whom that is said now, the one of whom it was said
    /// first, in whatever order the server tells them.
    async fn owner_by_statement(&self, device: &str) -> Result<Option<PatientId>, FhirError> {
        let statements = self.statements(device).await?;
        let active = statements.iter().filter(|statement| text(statement, "/status") == "active");
        let first = active.min_by_key(|statement| {
            let made = written_at(statement);
            (made.is_none(), made, text(statement, "/id").to_owned())
        });
        Ok(first.and_then(|statement| patient_of(statement, "/subject")))
    }

    /// All that is said of who uses a device (FHIR R4 has no search by its status).
    pub(in crate::platform::fhir) async fn statements(&self, device: &str) -> Result<Vec<Value>, FhirError> {
        let mut statements = self.client.search_all("DeviceUseStatement", &[("device", device)]).await?;
        // A server may leave the condition out and give everybody's. What names the device by an address that nobody
        // knows was asked for, and says that somebody has it.
        let is_of_another = |named: &str| is_here(named) && named != device;
        statements.retain(|own| referred(own, "/device").is_none_or(|named| !is_of_another(&named)));
        Ok(statements)
    }

    /// The same, and takes back what was said for the patient where no device names anybody.
    async fn must_be_merged_or_withdraw(
        &self,
        other: &PatientId,
        parties: &Parties,
        own: Option<&Value>,
    ) -> Result<(), NotCarried> {
        let lost = self.must_be_merged(other, &parties.patient).await;
        if let (Err(NotCarried::With(Outcome::LostRace(_))), Some(own), false) =
            (&lost, own, self.client.mapping().writes(MappingPart::DevicePatient))
        {
            let reference = format!("DeviceUseStatement/{}", text(own, "/id"));
            let seen = SeenResource { resource: own.clone(), version: version(own) };
            self.client.replace(&reference, &seen, &withdrawn(own.clone())).await?;
        }
        lost
    }

    /// Stops at somebody else, who is not the patient under the number of a record that was merged into theirs.
    async fn must_be_merged(&self, other: &PatientId, patient: &PatientId) -> Result<(), NotCarried> {
        if self.was_merged_into(other, patient).await? {
            Ok(())
        } else {
            Err(NotCarried::With(Outcome::LostRace(other.clone())))
        }
    }
}

/// Whether one statement was there before another. One of which the server does not say when counts as later.
fn is_older(own: &Value, other: &Value) -> bool {
    match (written_at(own), written_at(other)) {
        (Some(own_time), Some(other_time)) => (own_time, text(own, "/id")) < (other_time, text(other, "/id")),
        (_, _) => false,
    }
}
