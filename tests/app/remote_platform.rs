//! A care platform beyond this computer drives the whole wizard: slow, failing, repeating, racing. What is decided here
//! goes there once, in order, whatever comes between.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use async_trait::async_trait;
use glucodock::domain::association::{IdempotencyKey, Owner};
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::delivery::{Content, DeliveryState, Item, Outcome, Parcel};
use glucodock::domain::meter::MeterIdentity;
use glucodock::domain::patient::{ComparedPeople, NewPatient, PageCursor, Patient, PatientId, SearchPage, Status};
use glucodock::domain::platform_check::{Ownership, OwnershipVersion};
use glucodock::domain::reading::Reading;
use glucodock::domain::record::{ChangeMark, PatientRecord, RecordExtent, RecordOrigin, RecordTotals, Span};
use glucodock::domain::report_kind::Paper;
use glucodock::domain::sign_in::{DeviceCode, SignInOutcome, SignInProof, SignInStart};
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::text::Private;
use glucodock::engine::effects::{Backend, BackendSource, Effects, Outside, ProgressPace};
use glucodock::engine::engine_event::mailbox;
use glucodock::engine::export::ExportDestination;
use glucodock::host::clock::VirtualClock;
use glucodock::host::export_file::ExportFolder;
use glucodock::host::simulated_bus::SimulatedBus;
use glucodock::host::watch::AttachmentIds;
use glucodock::meters::catalogue::Catalogue;
use glucodock::platform::{
    ClinicalRecord, CreatedPerson, PatientDirectory, Platform, RemoteError, SignIn, SignsOfLife,
};
use glucodock::station::Station;
use glucodock::store::{By, DirectoryAddress, Store};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::headless::{furnish, noon, passes_by_code, passes_on};

mod slow_search;

/// The platform: one nurse, one patient, and what was delivered.
#[derive(Default)]
struct Remote {
    /// What comes of the attempts to deliver, before the one that records; by the kind of parcel.
    staged: Mutex<Vec<Outcome>>,
    /// Every attempt, in order: the key, and whether it recorded.
    attempts: Mutex<Vec<(String, bool)>>,
    recorded: Mutex<BTreeMap<String, Parcel>>,
    /// Whose the meter is there by the time it is claimed.
    owner: Mutex<Option<PatientId>>,
    /// Whose it is while somebody confirms.
    owner_before: Mutex<Option<PatientId>>,
    /// What has become of Ruth since she was found.
    ruth_now: Mutex<Option<Patient>>,
    changed: Condvar,
    /// What is said of a code before it was typed, from the last to the first.
    codes: Mutex<Vec<NotTyped>>,
    /// Who signed out.
    signed_out: Mutex<Vec<String>>,
    /// Nothing is ever heard of the delivery with this key.
    never_comes_back: Mutex<Option<IdempotencyKey>>,
    /// How long a search takes there, by its clock.
    slowness: Mutex<SignedDuration>,
    /// Its clock: what has passed of it.
    clock: watch::Sender<SignedDuration>,
    searches: Mutex<Searches>,
}

/// The searches so far.
#[derive(Debug, Default)]
struct Searches {
    /// What was asked.
    asked: Vec<String>,
    /// How many were answered.
    answered: usize,
}

impl Remote {
    /// Lets a search hang for as long as one takes here.
    async fn takes_its_time(&self, query: &str) {
        let mut clock = self.clock.subscribe();
        let until = *clock.borrow_and_update() + *self.slowness.lock().unwrap();
        self.searches.lock().unwrap().asked.push(query.to_owned());
        self.changed.notify_all();
        clock.wait_for(|now| *now >= until).await.unwrap();
        self.searches.lock().unwrap().answered += 1;
    }
}

/// What is said of a code that was not typed.
#[derive(Debug, Clone, Copy)]
enum NotTyped {
    /// That it was not typed yet.
    Yet,
    /// Nothing.
    AndSilent,
}

/// Somebody whom only the platform knows.
fn ruth() -> Patient {
    super::ruth::ruth("Patient/7f", "H5550007")
}

/// Somebody else whom only the platform knows.
fn other() -> Patient {
    let name = |text: &str| Private::new(text.into());
    Patient { id: PatientId("Patient/other".into()), family: name("Okafor"), given: name("Chidi"), ..ruth() }
}

#[async_trait]
impl SignIn for Remote {
    async fn begin(&self, at: Timestamp) -> Result<SignInStart, RemoteError> {
        Ok(SignInStart::DeviceCode(Box::new(DeviceCode {
            user_code: "WDJB-MJHT".into(),
            uri: "https://login.example.org/device".into(),
            complete_uri: None,
            expires: at.checked_add(SignedDuration::from_mins(10)).unwrap(),
            interval: 5,
            secret: Private::new("secret".into()),
        })))
    }

    async fn complete(&self, proof: &SignInProof, _: &str, _: Timestamp) -> Result<SignInOutcome, RemoteError> {
        let login = match proof {
            SignInProof::Password(credentials) => credentials.login.expose().clone(),
            SignInProof::DeviceCode(code) => match self.codes.lock().unwrap().pop() {
                Some(NotTyped::Yet) => return Ok(SignInOutcome::NotYet(code.clone())),
                Some(NotTyped::AndSilent) => return Err(RemoteError::Throttled { seconds: 7, cause: "busy".into() }),
                None => "nora".into(),
            },
        };
        let user = User { id: "Practitioner/1".into(), login, name: "Nora Test".into(), role: Role::Assistant };
        Ok(SignInOutcome::SignedIn(user, Vec::new()))
    }

    async fn end(&self, actor: &Actor) -> Result<(), RemoteError> {
        self.signed_out.lock().unwrap().push(actor.user.id.clone());
        Err(RemoteError::Unreachable("nobody waits for this".into()))
    }
}

#[async_trait]
impl PatientDirectory for Remote {
    async fn search(&self, _: &Actor, query: &str, _: Option<&PageCursor>, _: u32) -> Result<SearchPage, RemoteError> {
        self.takes_its_time(query).await;
        if query == "ad" {
            return Err(RemoteError::Throttled { seconds: 3, cause: "busy".into() });
        }
        let patients = if "adeyemi".starts_with(query) { vec![ruth()] } else { vec![] };
        Ok(SearchPage { patients, next: None, known_only: false })
    }

    async fn fetch(&self, _: &Actor, id: &PatientId) -> Result<Option<Patient>, RemoteError> {
        if id.0 == "Patient/closed" {
            return Err(RemoteError::Refused("403".into()));
        }
        let there = [self.ruth_now.lock().unwrap().clone().unwrap_or_else(ruth), other()];
        Ok(there.into_iter().find(|patient| patient.id == *id))
    }

    async fn look_alikes(&self, _: &Actor, _: &NewPatient) -> Result<ComparedPeople, RemoteError> {
        Ok(ComparedPeople::default())
    }

    async fn create(&self, _: &Actor, _: &NewPatient, _: &IdempotencyKey) -> Result<Patient, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }

    async fn created(&self, _: &Actor, _: &IdempotencyKey) -> Result<Option<CreatedPerson>, RemoteError> {
        Ok(None)
    }
}

#[async_trait]
impl ClinicalRecord for Remote {
    async fn owner(&self, _: &Actor, _: &MeterIdentity) -> Result<Ownership, RemoteError> {
        let owner = self.owner_before.lock().unwrap().clone();
        let version = owner.is_some().then(|| OwnershipVersion("W/\"1\"".into()));
        Ok(Ownership { owner, version, is_taken_off: false })
    }

    async fn readings(&self, _: &Actor, _: &PatientId, span: Span) -> Result<PatientRecord, RemoteError> {
        let recorded = self.recorded.lock().unwrap();
        let mut readings: Vec<Reading> = recorded.values().flat_map(readings).collect();
        let totals = RecordTotals::of(&readings);
        readings.retain(|reading| reading.time.is_some_and(|time| time >= span.from && time < span.to));
        readings.sort_by_key(|reading| std::cmp::Reverse(reading.time));
        Ok(PatientRecord {
            meters: vec![],
            patient: ruth(),
            readings,
            totals,
            uploads: vec![],
            beyond: vec![],
            origin: RecordOrigin::Platform {
                elsewhere: totals.readings,
                unconfirmed: 0,
                extent: RecordExtent::Whole,
                at: noon().timestamp(),
            },
            elsewhere: vec![],
            mark: ChangeMark::default(),
        })
    }

    async fn deliver(&self, parcel: &Parcel, _: &SignsOfLife) -> Outcome {
        let hangs = self.never_comes_back.lock().unwrap().as_ref() == Some(&parcel.key);
        if hangs {
            self.attempts.lock().unwrap().push((parcel.key.0.clone(), false));
            self.changed.notify_all();
            return std::future::pending().await;
        }
        let lost = self.owner.lock().unwrap().clone().map(Outcome::LostRace);
        let outcome = lost.or_else(|| self.staged.lock().unwrap().pop());
        let records = matches!(outcome, None | Some(Outcome::Unknown(_)));
        let mut recorded = self.recorded.lock().unwrap();
        let is_new = records && recorded.insert(parcel.key.0.clone(), parcel.clone()).is_none();
        self.attempts.lock().unwrap().push((parcel.key.0.clone(), is_new));
        self.changed.notify_all();
        outcome.unwrap_or(if is_new { Outcome::Recorded } else { Outcome::AlreadyThere })
    }

    fn silent_after(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

fn readings(parcel: &Parcel) -> Vec<Reading> {
    match &parcel.content {
        Content::Ownership | Content::Withdrawal(_) | Content::Correction(_) => vec![],
        Content::Readings(readings) => readings.iter().map(|numbered| numbered.reading.clone()).collect(),
    }
}

fn on(remote: &Arc<Remote>, store: Store) -> Backend {
    let directory = DirectoryAddress { base: "https://a.example".to_owned(), tenant: String::new() };
    store.belong_to(By::command("test", noon().timestamp()), &directory).unwrap();
    let remote = Arc::clone(remote);
    let platform = Platform { sign_in: Arc::clone(&remote) as _, directory: Arc::clone(&remote) as _, record: remote };
    Backend { station: Station::new(Arc::new(store)), platform }
}

#[track_caller]
fn play(folder: &Path, remote: &Arc<Remote>, is_real: bool, script: &str) {
    let remote = Arc::clone(remote);
    passes_on(folder, Box::new(move |store| on(&remote, store)), is_real, script);
}

/// Lets a program carry from this store until the platform has had so many attempts; its clock runs an hour at each
/// look, so that nothing is waited for.
fn carry(folder: &Path, remote: &Arc<Remote>, attempts: usize) {
    let (put, _inbox) = mailbox();
    let clock = Arc::new(VirtualClock::new(noon()));
    let ids = Arc::new(AttachmentIds::default());
    let bus = SimulatedBus::new(Catalogue::embedded(), Arc::clone(&clock) as _, ids, put.bus());
    // Later than any program before it.
    let hours = Mutex::new(100 * i64::try_from(attempts).unwrap());
    let now = move || {
        let mut hours = hours.lock().unwrap();
        *hours += 1;
        noon().checked_add(SignedDuration::from_hours(*hours)).unwrap()
    };
    let outside = Outside {
        backend: BackendSource::Open(on(remote, Store::open(folder).unwrap())),
        bus: Arc::new(bus),
        now: Arc::new(now),
        pace: ProgressPace::Stepped,
        toggle: Arc::new(|_| {}),
        cables: None,
        exports: ExportDestination { folder: ExportFolder::Own(folder.join("exports")), paper: Paper::A4 },
    };
    let mut effects = Effects::new(outside, put);
    let had = remote.attempts.lock().unwrap();
    let waited = remote.changed.wait_timeout_while(had, PATIENCE, |had| had.len() < attempts).unwrap();
    assert!(!waited.1.timed_out(), "{:?}", waited.0);
    drop(waited);
    assert!(effects.finish(PATIENCE));
}

/// Lets programs carry, one after the other, until the outbox is as wanted. However far the script's own lane came, and
/// whether a program ended between an answer and its note, the next carries on: at worst under the same key again.
fn carry_until(folder: &Path, remote: &Arc<Remote>, wanted: fn(&[Item]) -> bool) {
    while !wanted(&Store::open(folder).unwrap().undelivered().unwrap()) {
        let had = remote.attempts.lock().unwrap().len();
        carry(folder, remote, had + 1);
    }
}

/// How long something that must happen may take on a machine under load; nothing waits for so long that works.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(2);

const ASSIGN: &str = r#"
type "nora"
key Tab
type "correct horse"
key Enter
wait "Nora Test"
type "adey"
idle
keys Down Enter
plug accu-chek-guide serial=00000000042 readings=50
wait "pending"
keys Enter Tab Enter Down Enter
wait "an identifier"
type "H5550007"
key Enter
type "1968"
keys Enter Enter
wait "50 new readings, 0 already there"
"#;

/// The keys of what an assignment put into the outbox, as they were first attempted.
fn keys(remote: &Remote) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (key, _) in remote.attempts.lock().unwrap().iter() {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

/// From sign-in to the assignment with a platform that refuses a search at first and records nothing the first times it
/// is told: attempts in vain, an answer that was lost, and one that says not yet.
#[test]
fn the_whole_wizard_over_a_platform_that_fails_and_repeats() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let remote = Arc::new(Remote::default());
    // From the last to the first: the ownership is put off twice and recorded with an answer that is lost.
    remote.staged.lock().unwrap().extend([
        Outcome::unanswered("silent"),
        Outcome::put_off(None, "busy"),
        Outcome::put_off(Some(Timestamp::MAX), "busy"),
    ]);
    let script = ASSIGN.replace(
        "type \"adey\"\nidle\n",
        "type \"ad\"\nidle\nexpect \"E-PLAT-1\"\ntype \"ey\"\nidle\nrefuse \"E-PLAT-1\"\n",
    );
    play(folder.path(), &remote, false, &script);
    carry_until(folder.path(), &remote, <[Item]>::is_empty);
    let attempts = remote.attempts.lock().unwrap().clone();
    let keys = keys(&remote);
    assert_eq!(keys.len(), 2, "{attempts:?}");
    assert!(keys[0].ends_with(" ownership") && keys[1].ends_with(" readings"), "{keys:?}");
    let first_of_readings = attempts.iter().position(|(key, _)| *key == keys[1]).unwrap();
    assert!(attempts[..first_of_readings].iter().all(|(key, _)| *key == keys[0]), "one line, in order");
    let recorded = remote.recorded.lock().unwrap();
    let parcel = &recorded[&keys[1]];
    assert_eq!(
        (readings(parcel).len(), &parcel.patient, parcel.decided_by.as_str()),
        (50, &ruth().id, "Practitioner/1")
    );
    assert_eq!(parcel.meter.model.as_str(), "Accu-Chek Guide");
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.undelivered().unwrap(), [], "{attempts:?}");
    assert_eq!(store.record(&ruth().id, Span::ALL).unwrap().totals.readings, 50, "the station has them as well");
}

/// A platform that never comes back from one delivery: it is left as unanswered and tried again; what waits beside it
/// is delivered in the same run, and what is behind it waits. Then it comes back.
#[test]
fn a_delivery_that_never_comes_back_holds_no_other_up() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let remote = Arc::new(Remote::default());
    // Put off, so that both are still to be delivered when the programs of the scripts have ended.
    remote.staged.lock().unwrap().extend(std::iter::repeat_n(Outcome::put_off(Some(Timestamp::MAX), "busy"), 99));
    play(folder.path(), &remote, false, ASSIGN);
    play(folder.path(), &remote, false, &ASSIGN.replace("serial=00000000042", "serial=00000000043"));
    let waiting = Store::open(folder.path()).unwrap().undelivered().unwrap();
    let [claim, behind, beside, behind_that] = waiting.as_slice() else { panic!("{waiting:#?}") };
    let stands = |item: &Item| Store::open(folder.path()).unwrap().delivery(&item.key).unwrap().unwrap();
    remote.staged.lock().unwrap().clear();
    *remote.never_comes_back.lock().unwrap() = Some(claim.key.clone());
    let had = remote.attempts.lock().unwrap().len();
    // It hangs, the two beside are delivered, and it hangs again.
    carry(folder.path(), &remote, had + 4);
    let left = stands(claim);
    assert!(matches!(left.state, DeliveryState::Queued(_)), "{left:?}");
    assert!(left.attempts >= 2, "it was given up and tried again: {left:?}");
    assert_eq!(
        [beside, behind_that].map(|item| stands(item).state),
        [DeliveryState::Delivered, DeliveryState::Delivered]
    );
    assert_eq!(stands(behind).attempts, 0, "the readings wait for whose the meter is");
    *remote.never_comes_back.lock().unwrap() = None;
    carry_until(folder.path(), &remote, <[Item]>::is_empty);
    assert_eq!([claim, behind].map(|item| stands(item).state), [DeliveryState::Delivered, DeliveryState::Delivered]);
}

/// The meter became somebody else's on the platform first: nothing of it is sent behind that, it is nobody's here
/// again, and the trail has it.
#[test]
fn a_lost_race_holds_the_readings_back() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let remote = Arc::new(Remote::default());
    *remote.owner.lock().unwrap() = Some(other().id);
    play(folder.path(), &remote, false, ASSIGN);
    carry_until(folder.path(), &remote, <[Item]>::is_empty);
    assert!(keys(&remote).iter().all(|key| key.ends_with(" ownership")), "{:?}", keys(&remote));
    let store = Store::open(folder.path()).unwrap();
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!((waiting.taken_back, waiting.owner), (Some(TakenBack::LostRace), Owner::Nobody));
    assert_eq!(
        store.record(&ruth().id, Span::ALL).unwrap().totals.readings,
        0,
        "no reading counts for the wrong patient"
    );
    let trail = store.audit_trail().unwrap();
    assert_eq!(trail.iter().filter(|line| line.action == "taken-back").count(), 1);
}

/// What another terminal has done since the search is seen before anybody confirms: the meter is somebody else's there,
/// or the person is not ACTIVE any more, or is told from others by something else. Nothing of it is sent.
#[test]
fn what_the_platform_says_now_stops_before_anything_is_confirmed() {
    let born_otherwise = Patient { born: Private::new(date(1986, 3, 9)), ..ruth() };
    let inactive = Patient { status: Status::Inactive, ..ruth() };
    let to_confirm = ASSIGN.split("wait \"an identifier\"").next().unwrap();
    let typed = "type \"H5550007\"\nkey Enter\ntype \"1986\"\nkeys Enter Enter\nwait \"50 new readings\"\n";
    for (owner, now, then) in [
        (Some(other().id), None, "expect \"belongs to another patient\"\nexpect \"initials CO\"\n".to_owned()),
        // Whose record is closed to this computer, or gone: it is somebody's all the same.
        (Some(PatientId("Patient/closed".into())), None, "expect \"it does not show here\"\n".to_owned()),
        (Some(PatientId("Patient/gone".into())), None, "expect \"it does not show here\"\n".to_owned()),
        (None, Some(inactive), "expect \"INACTIVE\"\nexpect \"Select the patient\"\n".to_owned()),
        (None, Some(born_otherwise), format!("expect \"was changed meanwhile\"\n{typed}")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        furnish(folder.path());
        let remote = Arc::new(Remote::default());
        let is_assigned = owner.is_none() && then.contains("50 new");
        *remote.owner_before.lock().unwrap() = owner;
        *remote.ruth_now.lock().unwrap() = now;
        play(folder.path(), &remote, false, &format!("{to_confirm}idle\n{then}"));
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.pending().unwrap().is_empty(), is_assigned, "{then}");
    }
}

/// A code is shown, not typed for a while, then the platform is silent, then it is typed: whoever typed it is signed
/// in, and their leaving is told to the platform, which nobody waits for.
#[test]
fn somebody_signs_in_by_a_code_on_another_device() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let remote = Arc::new(Remote::default());
    remote.codes.lock().unwrap().extend([NotTyped::Yet, NotTyped::AndSilent, NotTyped::Yet]);
    let script = r#"
expect "Press Enter for the code"
key Enter
wait "WDJB-MJHT"
expect "https://login.example.org/device"
advance 5s
advance 5s
refuse "Nora Test"
advance 10s
advance 10s
wait "Nora Test"
key F10
keys End Up Enter
idle
expect "Press Enter for the code"
"#;
    let on_remote = Arc::clone(&remote);
    passes_by_code(folder.path(), Box::new(move |store| on(&on_remote, store)), script);
    assert_eq!(*remote.signed_out.lock().unwrap(), ["Practitioner/1"]);
    let store = Store::open(folder.path()).unwrap();
    assert!(store.audit_trail().unwrap().iter().any(|line| line.action == "signed-out"), "whatever the platform says");
}
