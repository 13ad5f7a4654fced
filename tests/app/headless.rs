//! The whole program under scripts: the real wizard, an encrypted store in a folder of its own, simulated meters.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use glucodock::app::action::Keymap;
use glucodock::app::setup::AppSetup;
use glucodock::domain::cause::Cause;
use glucodock::domain::clinic::{Password, Role};
use glucodock::domain::patient::{Gender, NewPatient, Status};
use glucodock::domain::report_kind::{ExportTarget, Paper};
use glucodock::domain::text::Private;
use glucodock::engine::display::in_theme;
use glucodock::engine::effects::Backend;
use glucodock::engine::engine_event::mailbox;
use glucodock::engine::export::ExportDestination;
use glucodock::engine::headless::board::SimulatedBoard;
use glucodock::engine::headless::harness::{Register, Speed, Surroundings};
use glucodock::engine::headless::output::ReportFormat;
use glucodock::engine::headless::run;
use glucodock::engine::headless::script::{Person, Staff};
use glucodock::engine::running_app::App;
use glucodock::host::clock::{Clock as _, VirtualClock};
use glucodock::host::export_file::ExportFolder;
use glucodock::host::simulated_bus::SimulatedBus;
use glucodock::host::watch::AttachmentIds;
use glucodock::meters::catalogue::Catalogue;
use glucodock::store::{By, NewUser, RegisteredPatient, Store};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::Extent;
use glucodock::ui::words::Words;
use jiff::Zoned;
use jiff::civil::date;

use super::backend::Failures;
use super::embedded;

pub(crate) fn noon() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

/// A store with one nurse and one patient.
pub(crate) fn furnish(folder: &Path) {
    let store = Store::open(folder).unwrap();
    let by = By::command("test", noon().timestamp());
    let password = Password::new("correct horse".to_owned());
    store
        .add_user(
            by,
            &NewUser {
                login: "nora".into(),
                name: "Nora Test".into(),
                role: Role::Assistant,
                password,
                password_is_given: false,
            },
        )
        .unwrap();
    let person = NewPatient {
        family: Private::new("Müller".into()),
        given: Private::new("Anna".into()),
        born: Private::new(date(1961, 7, 14)),
        gender: Gender::Female,
        mrn: Private::new("M1234567".into()),
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    };
    store.import_patients(by, &[RegisteredPatient { person, status: Status::Active, merged_into: None }]).unwrap();
}

/// The people of these scripts are there before.
struct NobodyElse;

impl Register for NobodyElse {
    fn check_user(&self, _: &Staff) -> Result<(), Cause> {
        Err("everybody is there already".into())
    }
    fn add_user(&self, staff: &Staff) -> Result<(), Cause> {
        self.check_user(staff)
    }
    fn check_patient(&self, _: &Person) -> Result<(), Cause> {
        Err("everybody is there already".into())
    }
    fn create_patient(&self, person: &Person) -> Result<(), Cause> {
        self.check_patient(person)
    }
}

/// How often an app was started: no two starts share an idempotency key, in a test as elsewhere.
static STARTS: AtomicU32 = AtomicU32::new(0);

/// Puts a station and a platform on a store.
pub(crate) type Open = Box<dyn Fn(Store) -> Backend>;

/// The folder of a store with [`furnish`]ed people, and what a script plays on.
pub(crate) fn surroundings(folder: &Path, open: Open, signs_in_by_code: bool) -> Surroundings {
    let (put, inbox) = mailbox();
    let clock = Arc::new(VirtualClock::new(noon()));
    let told = Arc::clone(&clock);
    let bus = SimulatedBus::new(
        Catalogue::embedded(),
        Arc::clone(&clock) as _,
        Arc::new(AttachmentIds::default()),
        put.bus(),
    );
    let bus = Arc::new(bus);
    let setup = move |at| AppSetup {
        site: "Test Clinic".into(),
        at,
        zone: noon().time_zone().clone(),
        keymap: Keymap::embedded().unwrap(),
        nonce: format!("test-{}", STARTS.fetch_add(1, Ordering::Relaxed)),
        guides: Vec::new(),
        demo: Vec::new(),
        demo_logins: Vec::new(),
        has_usb: true,
        signs_in_by_code,
        version: "0.0.1",
        log: None,
        exports: ExportTarget::default(),
        unit: None,
        scanner: glucodock::domain::scanned_code::ScannerRules::default(),
        locks_after: None,
    };
    let folder = folder.to_owned();
    let exports = folder.join("exports");
    Surroundings {
        app: App::new(setup, Words::shared(), Extent::Seen),
        open: Box::new(move || {
            let store = Store::open(&folder).map_err(|error| error.to_string())?;
            Ok(open(store))
        }),
        bus: Arc::clone(&bus) as _,
        board: Box::new(SimulatedBoard::new(bus)),
        register: Box::new(NobodyElse),
        toggle: Arc::new(|_| {}),
        cables: None,
        exports: ExportDestination { folder: ExportFolder::Own(exports), paper: Paper::A4 },
        now: Arc::new(move || told.now()),
        speed: Speed::Fast(clock),
        paint: in_theme(Theme::new(Colours::Mono, GlyphSet::Ascii)),
        size: (80, 24),
        queue: (put, inbox),
    }
}

/// Exit code, results and complaints of a script.
fn play(script: &str, format: ReportFormat) -> (u8, String, String) {
    play_with(Failures::default(), script, format)
}

/// The same, with a platform that fails.
fn play_with(failures: Failures, script: &str, format: ReportFormat) -> (u8, String, String) {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let open = Box::new(move |store| failures.before(embedded::on(store)));
    let code = run(surroundings(folder.path(), open, false), script, format, &mut out, &mut complaints).unwrap();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(complaints).unwrap())
}

/// A script on this store that must pass, in virtual or in real time.
#[track_caller]
pub(crate) fn passes_on(folder: &Path, open: Open, is_real: bool, script: &str) {
    let mut surroundings = surroundings(folder, open, false);
    if is_real {
        surroundings.speed = Speed::Real;
    }
    passes_in(surroundings, script);
}

/// The same in virtual time, where people sign in by a code.
#[track_caller]
pub(crate) fn passes_by_code(folder: &Path, open: Open, script: &str) {
    passes_in(surroundings(folder, open, true), script);
}

#[track_caller]
fn passes_in(surroundings: Surroundings, script: &str) {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let code = run(surroundings, script, ReportFormat::Text, &mut out, &mut complaints).unwrap();
    let [out, complaints] = [out, complaints].map(|text| String::from_utf8(text).unwrap());
    assert_eq!((code, complaints.as_str()), (0, ""), "{out}");
}

fn passes(script: &str) {
    let (code, out, complaints) = play(script, ReportFormat::Text);
    assert_eq!((code, complaints.as_str()), (0, ""), "{out}");
}

/// Up to the search.
pub(crate) const SIGN_IN: &str = r#"
type "nora"
key Tab
type "correct horse"
key Enter
wait "Nora Test"
"#;

#[test]
fn a_first_connection_ends_on_the_dashboard() {
    passes(&format!(
        r#"{SIGN_IN}
plug accu-chek-guide serial=00000000042 readings=50
idle
expect-json /wizard/step "find_patient"
type "mul"
idle
keys Down Enter
wait "pending"
expect-json /wizard/step "association_pending"
key Enter
expect-json /wizard/step "confirm_device"
keys Tab Enter
idle
expect-json /wizard/step "select_patient"
keys Down Enter
idle
expect-json /wizard/step "confirm_assignment"
type "am"
key Enter
type "1961"
keys Enter Enter
idle
expect-json /wizard/step "done"
key Enter
idle
expect-json /wizard/step "dashboard"
"#
    ));
}

#[test]
fn a_platform_that_fails_is_tried_again_and_nothing_is_lost() {
    let failures = Failures::default();
    failures.search.store(1, Ordering::SeqCst);
    failures.assign.store(1, Ordering::SeqCst);
    let script = format!(
        r#"{SIGN_IN}
type "m"
idle
expect "The care platform does not answer."
expect "E-PLAT-1"
type "ul"
idle
refuse "E-PLAT-1"
keys Down Enter
plug accu-chek-guide serial=00000000042 readings=50
wait "pending"
keys Enter Tab Enter Down Enter
wait "Confirm the assignment"
type "am"
key Enter
type "1961"
keys Enter Enter
idle
expect-json /wizard/step "confirm_assignment"
expect "Nothing was assigned"
expect "E-STORE-2"
key Enter
wait "50 new readings, 0 already there"
"#
    );
    let (code, out, complaints) = play_with(failures, &script, ReportFormat::Text);
    assert_eq!((code, complaints.as_str()), (0, ""), "{out}");
}

#[test]
fn readings_that_cannot_be_written_are_not_said_to_be_safe() {
    let failures = Failures::default();
    failures.quarantine.store(1, Ordering::SeqCst);
    let script = format!(
        r#"{SIGN_IN}
type "mul"
idle
keys Down Enter
plug accu-chek-guide serial=00000000042 readings=50
idle
expect "E-STORE-2"
refuse "pending"
refuse "quarantined"
key F5
wait "The device association is pending"
expect "50 readings"
"#
    );
    let (code, out, complaints) = play_with(failures, &script, ReportFormat::Text);
    assert_eq!((code, complaints.as_str()), (0, ""), "{out}");
}

#[test]
fn a_kill_while_reading_loses_nothing_and_the_meter_is_read_again() {
    passes(&format!(
        r#"{SIGN_IN}
plug accu-chek-guide serial=00000000042 readings=200
wait "of 200"
restart
expect-json /wizard/step "sign_in"
refuse "Nora Test"
{SIGN_IN}
idle
type "mul"
idle
keys Down Enter
wait "pending"
"#
    ));
}

#[test]
fn the_password_is_nowhere_in_what_is_printed() {
    let (code, out, complaints) = play(&format!("{SIGN_IN}\nscreen\nexpect nothing-like-it"), ReportFormat::Json);
    assert_eq!(code, 1);
    assert!(!out.contains("correct horse") && !complaints.contains("correct horse"));
    assert!(!out.contains("correct"), "parts of it");
}

#[test]
fn a_meter_pulled_out_while_it_is_read_is_said_and_the_same_each_time() {
    let script = format!(
        r#"{SIGN_IN}
type "mul"
idle
keys Down Enter
plug accu-chek-guide serial=00000000042 readings=200
wait "of 200"
unplug accu-chek-guide
idle
expect "E-LINK-4"
screen pulled
plug accu-chek-guide serial=00000000042 readings=200
wait "pending"
"#
    );
    let (code, first, complaints) = play(&script, ReportFormat::Text);
    assert_eq!((code, complaints.as_str()), (0, ""), "{first}");
    assert!(first.contains("was unplugged before it sent a reading"), "{first}");
    let (_, json, _) = play(&script, ReportFormat::Json);
    for _ in 0..3 {
        assert_eq!(play(&script, ReportFormat::Json).1, json, "the same script gave something else");
    }
}
