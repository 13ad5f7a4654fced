//! The demo clinic: fictitious staff, patients and meters in a store that lives as long as the demonstration.
//!
//! Everything a person may want to change is in `fixtures/demo-clinic`. The store is a real one, in a private
//! directory of its own that is removed with all its content when [`DemoClinic`] is dropped.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use tempfile::TempDir;

use crate::domain::clinic::Role;
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::{Gender, Identifier, NewPatient, Status};
use crate::domain::text::{Clean, Private};
use crate::store::{By, ClinicData, ReadyUser, RegisteredPatient, Store, StoreError};

/// The clinic, its people and their meters, as a file that can be read and changed.
const CLINIC: &str = include_str!("../../../fixtures/demo-clinic/clinic.toml");
const PATIENTS: &str = include_str!("../../../fixtures/demo-clinic/patients.toml");
const METERS: &str = include_str!("../../../fixtures/demo-clinic/meters.toml");

/// Who did what was there before the demonstration began.
const AUTHOR: &str = "demo";

/// Why there is no demo clinic.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The private directory cannot be made.
    #[error("making a directory for the demonstration: {0}")]
    Directory(#[source] std::io::Error),
    /// A file of the demo clinic is wrong.
    #[error("{file}: {cause}")]
    Fixture {
        /// Which file.
        file: &'static str,
        /// What is wrong in which line.
        #[source]
        cause: toml::de::Error,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A meter that can be plugged in during the demonstration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoMeterSpec {
    /// Slug of the meter in the catalogue: `accu-chek-guide`.
    pub model: String,
    /// Who makes it, as its driver says.
    pub manufacturer: Clean,
    /// The name under which its driver reports it.
    pub name: Clean,
    /// The serial number; empty if the meter tells none.
    #[serde(default)]
    pub serial: String,
    /// How many readings it has.
    pub readings: usize,
    /// Which readings: the same seed gives the same values.
    pub seed: u64,
    /// Its clock minus ours, in seconds.
    #[serde(default)]
    pub clock_offset_seconds: i64,
    /// What else is special, in the words of the harness's `plug`: `control-only`, `mmol`, `fault=unplug@4000`.
    #[serde(default)]
    pub special: String,
    /// What a person is told is special about it, in few words, so that it stands beside the name: `memory full`.
    pub remark: Clean,
    /// The MRN of the patient who owns it when the demonstration starts.
    pub owner_mrn: Option<String>,
}

impl DemoMeterSpec {
    /// The meter as the harness's `plug` writes it.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { model, serial, readings, seed, clock_offset_seconds, special, .. } = self;
        let serial = if serial.is_empty() { String::new() } else { format!(" serial={serial}") };
        let line =
            format!("{model}{serial} readings={readings} seed={seed} clock-offset={clock_offset_seconds} {special}");
        line.trim_end().to_owned()
    }

    /// The meter as it is listed: name and end of the serial number.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.identity().serial_end() {
            Some(end) => format!("{} ..{end}", self.name),
            None => self.name.to_string(),
        }
    }

    /// The meter as its driver will report it; what the key of ownership does not need is left out.
    fn identity(&self) -> MeterIdentity {
        MeterIdentity {
            manufacturer: self.manufacturer.clone(),
            model: self.name.clone(),
            model_number: None,
            serial: Private::new(self.serial.as_str().into()),
            system_id: None,
            firmware: None,
            driver: Clean::default(),
        }
    }
}

/// A login of the demo clinic, shown on its sign-in screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoLogin {
    /// The name to type.
    pub login: Clean,
    /// The password to type. Not a secret: it is printed in the fixture.
    pub password: String,
    /// Its hash as the store keeps it, made beforehand: making it takes time, and hides nothing here.
    password_hash: String,
    /// The name shown.
    pub name: Clean,
    /// What the user may do.
    pub role: Role,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clinic {
    site: Clean,
    users: Vec<DemoLogin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patients {
    patients: Vec<DemoPatient>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoPatient {
    family: Clean,
    given: Clean,
    born: Date,
    mrn: Clean,
    gender: Gender,
    status: Status,
    merged_into: Option<Clean>,
    other_identifier: Option<Identifier>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meters {
    meters: Vec<DemoMeterSpec>,
}

/// The demo clinic's data. Keep it as long as a store opened by [`DemoClinic::open`] is in use: dropping it removes
/// everything.
pub struct DemoClinic {
    directory: TempDir,
    at: Timestamp,
    site: Clean,
    logins: Vec<DemoLogin>,
    meters: Vec<DemoMeterSpec>,
}

impl DemoClinic {
    /// A fresh demo clinic, whose store is made when it is opened. `at` is when its patients were registered.
    ///
    /// # Errors
    /// [`DemoError`].
    pub fn create(at: Timestamp) -> Result<Self, DemoError> {
        let clinic: Clinic = read("clinic.toml", CLINIC)?;
        let meters: Meters = read("meters.toml", METERS)?;
        let mut private = tempfile::Builder::new();
        private.prefix("glucodock-demo-").permissions(Permissions::from_mode(0o700));
        let directory = private.tempdir().map_err(DemoError::Directory)?;
        Ok(Self { directory, at, site: clinic.site, logins: clinic.users, meters: meters.meters })
    }

    /// Opens the clinic as it stands now: the first time, when its store is made, or again after a
    /// crash that was staged.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn open(&self) -> Result<Store, DemoError> {
        self.opening()()
    }

    /// The same for another thread. It does not keep the clinic.
    pub fn opening(&self) -> impl FnOnce() -> Result<Store, DemoError> + Send + use<> {
        let (directory, at) = (self.directory.path().to_owned(), self.at);
        let users = self.logins.iter().map(DemoLogin::ready).collect();
        let owned = self.meters.iter().filter_map(|meter| Some((meter.identity(), meter.owner_mrn.clone()?)));
        let owners = owned.collect();
        move || {
            let patients: Patients = read("patients.toml", PATIENTS)?;
            let patients = patients.patients.into_iter().map(DemoPatient::registered).collect();
            let store = Store::open_to_throw_away(&directory)?;
            store.fill(By::command(AUTHOR, at), &ClinicData { users, patients, owners })?;
            Ok(store)
        }
    }

    /// The clinic's name.
    #[must_use]
    pub const fn site(&self) -> &Clean {
        &self.site
    }

    /// Where its store is.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Who can sign in.
    #[must_use]
    pub fn logins(&self) -> &[DemoLogin] {
        &self.logins
    }

    /// The meters that can be plugged in.
    #[must_use]
    pub fn meters(&self) -> &[DemoMeterSpec] {
        &self.meters
    }
}

fn read<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, DemoError> {
    toml::from_str(text).map_err(|cause| DemoError::Fixture { file, cause })
}

impl DemoLogin {
    fn ready(&self) -> ReadyUser {
        let Self { login, name, role, password_hash, .. } = self;
        let (login, name, password_hash) = (login.clone(), name.clone(), password_hash.clone());
        ReadyUser { login, name, role: *role, password_hash }
    }
}

impl DemoPatient {
    fn registered(self) -> RegisteredPatient {
        RegisteredPatient {
            person: NewPatient {
                family: Private::new(self.family),
                given: Private::new(self.given),
                born: Private::new(self.born),
                mrn: Private::new(self.mrn),
                gender: self.gender,
                other_identifier: self.other_identifier,
                email: None,
                phone: None,
                reason_despite_look_alike: None,
            },
            status: self.status,
            merged_into: self.merged_into.map(Private::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::association::Relation;

    fn clinic() -> DemoClinic {
        DemoClinic::create("2026-07-14T08:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn the_story_has_its_people() {
        let clinic = clinic();
        let store = clinic.open().unwrap();
        let all = store.search("M", None, 100).unwrap().patients;
        assert_eq!(all.len(), 20);
        for status in [Status::Inactive, Status::Pending, Status::Merged, Status::Deceased] {
            assert_eq!(all.iter().filter(|patient| patient.status == status).count(), 1, "{status:?}");
        }
        let namesakes = store.search("Müller Anna", None, 10).unwrap().patients;
        assert_eq!(namesakes.len(), 2);
        let mrn = |place: usize| namesakes[place].identifiers[0].value.expose().as_str().to_owned();
        assert_eq!(strsim::osa_distance(&mrn(0), &mrn(1)), 1);
        assert_eq!(store.search("29-Feb-1992", None, 10).unwrap().patients.len(), 1);
    }

    #[test]
    fn one_meter_has_an_owner_and_no_readings() {
        let clinic = clinic();
        let with_owner: Vec<_> = clinic.meters().iter().filter(|meter| meter.owner_mrn.is_some()).collect();
        assert_eq!(with_owner.len(), 1);
        let store = clinic.open().unwrap();
        let owner = store.patient_by_mrn(with_owner[0].owner_mrn.as_deref().unwrap()).unwrap();
        assert_eq!((owner.devices.len(), owner.last_upload), (1, None));
        let download = crate::domain::download::Download {
            meter: with_owner[0].identity(),
            clock: None,
            announced: None,
            completeness: crate::domain::download::Completeness::Complete,
            readings: vec![],
            not_taken: Vec::new(),
            warnings: vec![],
            transcript: vec![],
        };
        let upload = store.quarantine(By::command("1", Timestamp::UNIX_EPOCH), &download).unwrap();
        assert_eq!(upload.owner.relation(&owner), Relation::Same);
    }

    #[test]
    fn serial_numbers_are_made_up_and_each_meter_has_its_own() {
        let clinic = clinic();
        let mut serials: Vec<_> = clinic.meters().iter().map(|meter| meter.serial.clone()).collect();
        let without = serials.iter().filter(|serial| serial.is_empty()).count();
        assert_eq!(without, 1, "and one tells none");
        serials.retain(|serial| !serial.is_empty());
        assert!(serials.iter().all(|serial| serial.starts_with("000")));
        serials.sort();
        serials.dedup();
        assert_eq!(serials.len() + without, clinic.meters().len());
    }

    #[test]
    fn everybody_can_sign_in_and_nothing_survives() {
        let clinic = clinic();
        let path = clinic.directory().to_owned();
        let store = clinic.open().unwrap();
        for login in clinic.logins() {
            let credentials = crate::domain::clinic::Credentials {
                login: Private::new(login.login.clone()),
                password: crate::domain::clinic::Password::new(login.password.clone()),
                new: None,
            };
            assert!(login.password_hash.starts_with("$argon2id$v=19$m=9216,t=4,p=1$"), "as the store makes them");
            let user = store.sign_in(&credentials, ("", Timestamp::UNIX_EPOCH), |_| true).unwrap();
            assert_eq!(user.role, login.role);
        }
        drop(store);
        let again = clinic.open().unwrap();
        assert_eq!(again.staff().unwrap().len(), clinic.logins().len(), "filled once");
        drop((again, clinic));
        assert!(!path.exists());
    }
}
