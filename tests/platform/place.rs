//! Where the care platform of a test is, and a clinic that works on it.
//!
//! A real server is named by a variable: its base, and behind a space the header by which it tells tenants apart, if it
//! does. Tests never count on a server being empty: each clinic has a tenant of its own where there are tenants, and
//! names, numbers and meters that nobody else has everywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

use glucodock::config::{PlatformSettings, SETTINGS_FILE, Settings, SettingsLocation};
use glucodock::domain::association::{Assignment, IdempotencyKey, Proof, UploadId, UseAnswer};
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::delivery::{Errand, Jitter};
use glucodock::domain::identity_check::TypedAnswer;
use glucodock::domain::oddity::WhoUses;
use glucodock::domain::patient::{Gender, NewPatient, Patient};
use glucodock::domain::text::Private;
use glucodock::domain::undo::Withdrawals;
use glucodock::engine::effects::Backend;
use glucodock::meters::catalogue::Catalogue;
use glucodock::platform::fhir::{self, FhirClient, FhirSurroundings, MeasuringRange};
use glucodock::platform::{RemoteError, SignsOfLife, embedded};
use glucodock::station::Station;
use glucodock::store::{By, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use super::embedded::answered as wait;
use super::fhir_server::FhirServer;
use super::made_up;
pub(crate) use super::made_up::meter;
use super::proxy::Proxy;

/// Where a platform is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the store of this computer.
    Here,
    /// On a small server in memory.
    Small,
    /// On the real server that this variable names.
    At(&'static str),
}

/// Helios on a file database.
pub(crate) const HELIOS: Place = Place::At("GLUCODOCK_FHIR_HELIOS");
/// Helios on `PostgreSQL`.
pub(crate) const HELIOS_POSTGRESQL: Place = Place::At("GLUCODOCK_FHIR_HELIOS_POSTGRESQL");
/// Medplum's router on its store in memory.
pub(crate) const MEDPLUM: Place = Place::At("GLUCODOCK_FHIR_MEDPLUM");

/// Plays tests of a place, each on every server: `at_every_server!(test)` makes `test::on_a_small_server` and so on.
/// Those on real servers are ignored unless somebody asks for them by name.
macro_rules! at_every_server {
    ($($test:ident),+) => { $(
        mod $test {
            use super::super::place::{HELIOS, HELIOS_POSTGRESQL, MEDPLUM, Place};

            #[test]
            fn on_a_small_server() {
                super::$test(Place::Small);
            }

            #[test]
            #[ignore = "needs GLUCODOCK_FHIR_HELIOS: tests/servers/run helios"]
            fn on_helios() {
                super::$test(HELIOS);
            }

            #[test]
            #[ignore = "needs GLUCODOCK_FHIR_HELIOS_POSTGRESQL: tests/servers/run helios-postgresql"]
            fn on_postgresql() {
                super::$test(HELIOS_POSTGRESQL);
            }

            #[test]
            #[ignore = "needs GLUCODOCK_FHIR_MEDPLUM: tests/servers/run medplum"]
            fn on_medplum() {
                super::$test(MEDPLUM);
            }
        }
    )+ };
}
pub(crate) use at_every_server;

/// The same, and on the store of this computer besides.
macro_rules! at_every_place {
    ($($test:ident),+) => {
        crate::place::at_every_server!($($test),+);

        mod on_this_computer {
            $(
                #[test]
                fn $test() {
                    super::$test(super::super::place::Place::Here);
                }
            )+
        }
    };
}
pub(crate) use at_every_place;

/// A running server, and how it is reached.
pub(crate) struct Served {
    /// Kept for as long as it is asked.
    pub(crate) small: Option<FhirServer>,
    /// The base, for settings.
    pub(crate) base: String,
    /// Header and value of a tenant of our own.
    pub(crate) tenant: Option<String>,
}

impl Place {
    /// The server there; none for the store of this computer.
    pub(crate) fn serve(self) -> Option<Served> {
        match self {
            Self::Here => None,
            Self::Small => {
                let small = FhirServer::start(&[]);
                small.shelf.lock().unwrap().metadata = Some(says_all());
                Some(Served { base: small.server.base.clone(), small: Some(small), tenant: None })
            }
            Self::At(variable) => {
                let told = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names no server"));
                let (base, header) = told.split_once(' ').map_or((told.as_str(), None), |(base, of)| (base, Some(of)));
                let tenant = header.map(|header| format!("{header}: t{}", letters()));
                Some(Served { small: None, base: base.to_owned(), tenant })
            }
        }
    }
}

/// What a server says of itself that can do all that is asked of it.
pub(crate) fn says_all() -> Value {
    let of = |kind: &str| {
        let codes = ["read", "search-type", "create", "update"].map(|code| json!({ "code": code }));
        let searched = json!([{ "name": "date", "type": "date" }]);
        json!({ "type": kind, "conditionalCreate": true, "interaction": codes, "searchParam": searched })
    };
    let kinds = ["Patient", "Device", "DeviceUseStatement", "Observation", "Provenance"];
    let codes = ["transaction", "batch"].map(|code| json!({ "code": code }));
    let rest = json!({ "mode": "server", "interaction": codes, "resource": kinds.map(of) });
    json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] })
}

/// Whoever is not there yet is created from here, and what was sent is changed from here.
const OPEN: &str = "create_patients = true\nwithdraw_undone = true\n";

impl Served {
    /// Somebody at the small server changes what stands under this reference.
    pub(crate) fn change(&self, reference: &str, change: impl FnOnce(&mut Value)) {
        let mut kept = self.small.as_ref().unwrap().shelf.lock().unwrap();
        let is_own = |own: &&mut Value| {
            format!("{}/{}", own["resourceType"].as_str().unwrap(), own["id"].as_str().unwrap()) == reference
        };
        kept.resources.iter_mut().find(is_own).map(change).unwrap();
    }

    /// The settings of a terminal that works there, in its data folder; through this proxy, if there is one.
    pub(crate) fn write_settings(&self, folder: &Path, through: Option<&Proxy>, timeout: u32) -> PathBuf {
        let base = through.map_or_else(|| self.base.clone(), |proxy| proxy.base_of(&self.base));
        let tenant = self.tenant.as_ref().map_or_else(String::new, |tenant| format!("tenant_header = \"{tenant}\"\n"));
        let text =
            format!("[platform]\nkind = \"fhir\"\nbase = \"{base}\"\ntimeout_seconds = {timeout}\n{OPEN}{tenant}");
        let file = folder.join(SETTINGS_FILE);
        fs::write(&file, text).unwrap();
        move_store(folder);
        file
    }
}

/// Twelve letters that nobody had before, for names, numbers and serial numbers.
pub(crate) fn letters() -> String {
    let random = getrandom::u64().unwrap();
    (0..12).map(|place| char::from(b'a' + u8::try_from((random >> (5 * place)) % 26).unwrap())).collect()
}

/// A medical record number that nobody had before.
pub(crate) fn mrn() -> String {
    format!("M{:012}", getrandom::u64().unwrap() % 1_000_000_000_000)
}

/// More looks at what is to be carried than any test needs.
const MOST_LOOKS: usize = 200;

/// A terminal of the clinic.
pub(crate) struct Terminal {
    /// Its data folder, if it is its own.
    folder: Option<Arc<TempDir>>,
    pub(crate) backend: Backend,
}

impl Terminal {
    /// A new one, on a store of its own; on the store of this computer it shares `with` another's.
    pub(crate) fn new(served: Option<&Served>, with: Option<&Self>) -> Self {
        let folder = match (served, with) {
            (None, Some(Self { folder: Some(folder), .. })) => Arc::clone(folder),
            _ => Arc::new(tempfile::tempdir().unwrap()),
        };
        if let Some(served) = served {
            served.write_settings(folder.path(), None, 30);
        }
        let backend = backend(folder.path(), None);
        Self { folder: Some(folder), backend }
    }

    /// A new one at a server, on whose clock so much has passed at each look.
    pub(crate) fn whose_time_passes(served: &Served, at_each_look: SignedDuration) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        served.write_settings(folder.path(), None, 30);
        let looks = AtomicI32::new(0);
        let now = move || noon() + at_each_look * looks.fetch_add(1, Ordering::Relaxed);
        let backend = backend_at(folder.path(), None, Arc::new(now), hours());
        Self { folder: Some(folder), backend }
    }

    /// A new one at a server, with these lines of settings besides.
    pub(crate) fn with_settings(served: &Served, lines: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let file = served.write_settings(folder.path(), None, 30);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}{lines}")).unwrap();
        Self { backend: backend(folder.path(), None), folder: Some(folder) }
    }

    /// A new one at a server, which runs for no time at all, whatever its clock says.
    pub(crate) fn whose_clock_is_set(served: &Served) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        served.write_settings(folder.path(), None, 30);
        let backend = backend_at(folder.path(), None, Arc::new(noon), Arc::new(|| Duration::ZERO));
        Self { folder: Some(folder), backend }
    }

    /// The one whose store and settings are in a folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { folder: None, backend: backend(folder, None) }
    }

    /// The same, but it waits for an answer for so many milliseconds only.
    pub(crate) fn patient_for(folder: &Path, milliseconds: u64) -> Self {
        Self { folder: None, backend: backend(folder, Some(Duration::from_millis(milliseconds))) }
    }

    /// Its own data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// The store.
    pub(crate) fn store(&self) -> &Store {
        self.backend.station.store()
    }

    /// Creates a patient and waits for it.
    pub(crate) fn create(&self, new: &NewPatient, key: &str) -> Result<Patient, RemoteError> {
        wait(self.backend.platform.directory.create(&nora(), new, &IdempotencyKey(key.to_owned())))
    }

    /// Assigns an upload as somebody does who was selected and then typed who they are.
    pub(crate) fn assign(&self, upload: &UploadId, patient: &Patient, key: &str) -> Result<(u32, u32), String> {
        let station = &self.backend.station;
        station.remember(&nora(), patient).map_err(|error| error.to_string())?;
        let (seen, key) = (self.store().upload(upload).unwrap().seen(), IdempotencyKey(key.to_owned()));
        let typed = TypedAnswer {
            who: patient.identifiers[0].value.clone(),
            born: Private::new(patient.born.expose().year().to_string().into()),
        };
        let (upload, patient) = (upload.clone(), patient.id.clone());
        // What a test makes up is more than one person measures, here and there.
        let about = station.oddities(&nora(), &upload, &patient).map_err(|error| error.to_string())?;
        if !about.is_empty() {
            let read_at = self.store().upload(&upload).unwrap().read_at;
            let (upload, patient) = (upload.clone(), patient.clone());
            let answer = UseAnswer { upload, patient, who: WhoUses::OnePerson, about };
            station.answer_use(&nora(), &answer, read_at).map_err(|error| error.to_string())?;
        }
        let assignment = Assignment { upload, patient, key, proof: Proof::Typed(typed), seen };
        let result = station.assign(&nora(), &assignment).map_err(|error| error.to_string())?;
        Ok((result.new, result.already_there))
    }

    /// Carries what waits until nothing is left that can be carried; an hour passes at each look. A program that ended
    /// in a delivery has it for some minutes more by the real clock, which all of this is behind.
    pub(crate) fn carry(&self) {
        let mut now: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
        for _ in 0..MOST_LOOKS {
            now += SignedDuration::from_hours(1);
            match self.backend.station.next_errand(now).unwrap() {
                Errand::Deliver(parcel) => {
                    let outcome = wait(self.backend.platform.record.deliver(&parcel, &SignsOfLife::default()));
                    assert!(self.backend.station.note_delivery(&parcel.key, outcome, now, Jitter(0)).unwrap());
                }
                Errand::WaitUntil(_) => {}
                Errand::Rest => return,
            }
        }
        panic!("it does not come to an end: {:?}", self.store().undelivered().unwrap());
    }
}

/// Says that the platform is found where the settings say now, as an administrator does who made sure of it.
fn move_store(folder: &Path) {
    if Store::is_absent(folder).unwrap() {
        return;
    }
    let (store, by) = (Store::open(folder).unwrap(), By::command("test", noon()));
    if let (Some(from), PlatformSettings::Fhir(settings)) = (store.directory().unwrap(), settings(folder).platform) {
        store.directory_moved(by, &from, &FhirClient::new(settings.into()).unwrap().directory()).unwrap();
    }
}

fn settings(folder: &Path) -> Settings {
    SettingsLocation::find(None, None, folder).unwrap().read().unwrap()
}

/// Station and platform as the settings in a folder say.
fn backend(folder: &Path, timeout: Option<Duration>) -> Backend {
    backend_at(folder, timeout, Arc::new(noon), hours())
}

/// Tells for how long a computer runs: an hour passes at each look at it, as it does between two errands.
fn hours() -> Arc<dyn Fn() -> Duration + Send + Sync> {
    let looks = AtomicU64::new(0);
    Arc::new(move || Duration::from_hours(looks.fetch_add(1, Ordering::Relaxed)))
}

/// The same, where these tell the time, and for how long the computer runs.
fn backend_at(
    folder: &Path,
    timeout: Option<Duration>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
) -> Backend {
    let store = Store::open(folder).unwrap();
    let settings = settings(folder);
    let store = Arc::new(store);
    let station = Station::new(Arc::clone(&store)).withdrawing(Withdrawals::Sent);
    let embedded = embedded::on(Arc::clone(&store));
    let platform = match settings.platform {
        PlatformSettings::Embedded => embedded,
        PlatformSettings::Fhir(mut settings) => {
            settings.timeout = timeout.unwrap_or(settings.timeout);
            let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
            let range: MeasuringRange =
                Arc::new(|meter| Catalogue::embedded().range_of(meter.driver.as_str(), &meter.model));
            let surroundings = FhirSurroundings { zone, now, uptime, has_network_time: true, range, store };
            let client = FhirClient::new(settings.into()).unwrap();
            surroundings.store.belong_to(By::command("test", noon()), &client.directory()).unwrap();
            fhir::on(client, surroundings, embedded)
        }
    };
    Backend { station, platform }
}

pub(crate) fn noon() -> Timestamp {
    "2026-09-21T10:00:00Z".parse().unwrap()
}

/// Somebody who works with patients.
pub(crate) fn nora() -> Actor {
    let user = User { id: "1".into(), login: "nora".into(), name: "Nora Test".into(), role: Role::Assistant };
    Actor { user, session: "s".into(), at: noon() }
}

/// Somebody whom nobody resembles, if the family name is nobody's.
pub(crate) fn person(family: &str, given: &str, born: &str, mrn: &str) -> NewPatient {
    NewPatient { gender: Gender::Female, ..made_up::person(family, given, born, mrn) }
}
