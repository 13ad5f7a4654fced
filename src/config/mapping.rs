//! How what is written on a FHIR server is written: what a national profile forbids, or wants besides.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::table::{Faults, FoundSetting, SettingsTable};

/// The types of resources that are written, each of which may claim profiles.
const TYPES: [&str; 7] = ["AuditEvent", "Device", "DeviceUseStatement", "Observation", "Patient", "Provenance", "Task"];

/// Something that is written or not, as the settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MappingPart {
    /// A `Patient` is created for somebody who is not there yet. Where records are made elsewhere, a second one of
    /// somebody begins with this.
    NewPatient,
    /// A `Device` names the patient whose it is.
    DevicePatient,
    /// A `DeviceUseStatement` says since when.
    DeviceUseStatement,
    /// A reading refers to the time stamp of the meter's clock (an extension of HL7 PHD 2.0.1).
    TimeStampReference,
    /// A reading of a meter with a system id has the identifier of HL7 PHD 2.0.1 too, in which the patient's id stands.
    PhdIdentifier,
    /// A `Task` says that a meter waits for its patient.
    PendingTask,
    /// An `AuditEvent` says what was done, where the server takes it.
    AuditEvent,
    /// Tests with control solution go to the server, about the meter and never about a patient.
    ControlSolution,
    /// What was undone here is marked there as entered in error, unless another station stands behind it too.
    Withdrawal,
}

impl MappingPart {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NewPatient,
        Self::DevicePatient,
        Self::DeviceUseStatement,
        Self::TimeStampReference,
        Self::PhdIdentifier,
        Self::PendingTask,
        Self::AuditEvent,
        Self::ControlSolution,
        Self::Withdrawal,
    ];

    /// The setting.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NewPatient => "create_patients",
            Self::DevicePatient => "device_patient",
            Self::DeviceUseStatement => "device_use_statement",
            Self::TimeStampReference => "time_stamp_reference",
            Self::PhdIdentifier => "phd_identifier",
            Self::PendingTask => "pending_task",
            Self::AuditEvent => "audit_event",
            Self::ControlSolution => "control_solution",
            Self::Withdrawal => "withdraw_undone",
        }
    }

    /// Whether it is written without a setting: what says whose a meter is.
    const fn is_usual(self) -> bool {
        matches!(self, Self::DevicePatient | Self::DeviceUseStatement)
    }
}

/// What is written, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingSettings {
    /// Profiles that resources of a type claim (`meta.profile`): a `Device` that is a meter, an `Observation` that is a
    /// reading.
    pub profiles: BTreeMap<String, Vec<String>>,
    /// What of the parts is written.
    pub parts: BTreeSet<MappingPart>,
}

impl MappingSettings {
    /// Whether this is written.
    #[must_use]
    pub fn writes(&self, part: MappingPart) -> bool {
        self.parts.contains(&part)
    }
}

impl Default for MappingSettings {
    fn default() -> Self {
        let usual = MappingPart::ALL.into_iter().filter(|part| part.is_usual());
        Self { profiles: BTreeMap::new(), parts: usual.collect() }
    }
}

/// What the table says of it; `None` if something is wrong, which is among the faults then.
pub(super) fn read(table: &SettingsTable<'_>, faults: &mut Faults<'_>) -> Option<MappingSettings> {
    let profiles = match table.get("profiles") {
        None => Some(BTreeMap::new()),
        Some(found) => profiles(&found, faults),
    };
    let mut parts = Some(BTreeSet::new());
    for part in MappingPart::ALL {
        let is_written = table.get(part.key()).map_or(Some(part.is_usual()), |found| found.truth(faults));
        // All of them are read, also after one that is wrong: whoever mends the file is told
        // everything at once.
        parts = parts.zip(is_written).map(|(mut parts, is_written)| {
            parts.extend(is_written.then_some(part));
            parts
        });
    }
    let settings = MappingSettings { profiles: profiles?, parts: parts? };
    let says_whose = [MappingPart::DevicePatient, MappingPart::DeviceUseStatement].map(|part| settings.writes(part));
    if let (false, Some(found)) = (says_whose.contains(&true), table.get(MappingPart::DeviceUseStatement.key())) {
        let what = "device_patient and device_use_statement are both false: nothing would say whose a meter is";
        faults.add(found.at, &found.path, what, "Take one of them out.");
        return None;
    }
    Some(settings)
}

/// Types with their profiles: `{ Observation = "https://..." }`.
fn profiles(found: &FoundSetting<'_>, faults: &mut Faults<'_>) -> Option<BTreeMap<String, Vec<String>>> {
    let mut profiles = Some(BTreeMap::new());
    for entry in found.entries(faults)? {
        let read = profile(&entry, faults);
        profiles = profiles.zip(read).map(|(mut all, urls)| {
            all.insert(entry.name().to_owned(), urls);
            all
        });
    }
    profiles
}

fn profile(entry: &FoundSetting<'_>, faults: &mut Faults<'_>) -> Option<Vec<String>> {
    if !TYPES.contains(&entry.name()) {
        let what = format!("{}: no such resource is written", entry.path);
        let remedy = format!("Write one of {}, or take it out.", TYPES.join(", "));
        faults.add(entry.at.clone(), &entry.path, what, remedy);
        return None;
    }
    let urls = entry.texts(faults)?;
    if let Some(wrong) = urls.iter().find(|url| Url::parse(url).is_err()) {
        let what = format!("{}: {wrong:?} is no address of a profile", entry.path);
        faults.add(entry.at.clone(), &entry.path, what, "Write it in full, as its guide does: \"https://...\".");
        return None;
    }
    Some(urls.into_iter().map(str::to_owned).collect())
}
