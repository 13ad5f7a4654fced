use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::super::engine_event::mailbox;
use super::super::test_surroundings::{TestBus, TestPlatform, app, backend, clock, exports, meter, now, painter};
use super::harness::{PlugBoard, Register, Speed};
use super::script::{Person, Staff};
use super::*;
use crate::domain::cause::Cause;
use crate::domain::meter::AttachmentId;
use crate::host::bus::BusEvent;

/// Plugs a meter with as many readings as the description says.
struct Board(UnboundedSender<BusEvent>);

impl PlugBoard for Board {
    fn check(&self, description: &str) -> Result<(), Cause> {
        description.parse::<u64>().map(drop).map_err(Cause::of)
    }
    fn plug(&self, description: &str) -> Result<(), Cause> {
        let readings = description.parse().map_err(|_| "not a number")?;
        self.0.send(BusEvent::Arrived(meter(readings))).unwrap();
        Ok(())
    }
    fn unplug(&self, name: &str) -> Result<(), Cause> {
        let id = name.parse().map_err(|_| "not a number")?;
        if id == 0 {
            return Err("nothing is plugged in there".into());
        }
        self.0.send(BusEvent::Left(AttachmentId(id))).unwrap();
        Ok(())
    }
}

/// A register that takes whom a list does not name.
struct NobodyTwice;

impl Register for NobodyTwice {
    fn check_user(&self, staff: &Staff) -> Result<(), Cause> {
        if staff.role == "boss" { Err("there is no role \"boss\"".into()) } else { Ok(()) }
    }
    fn add_user(&self, _: &Staff) -> Result<(), Cause> {
        Ok(())
    }
    fn check_patient(&self, _: &Person) -> Result<(), Cause> {
        Ok(())
    }
    fn create_patient(&self, person: &Person) -> Result<(), Cause> {
        if person.mrn == "M1" { Err("the identifier is taken".into()) } else { Ok(()) }
    }
}

fn surroundings(platform: &Arc<TestPlatform>) -> Surroundings {
    let (put, inbox) = mailbox();
    let clock = clock();
    let platform = Arc::clone(platform);
    Surroundings {
        app: app(),
        open: Box::new(move || Ok(backend(&platform))),
        bus: Arc::new(TestBus),
        board: Box::new(Board(put.bus())),
        register: Box::new(NobodyTwice),
        toggle: Arc::new(|_| {}),
        cables: None,
        exports: exports(),
        now: now(&clock),
        speed: Speed::Fast(clock),
        paint: painter(),
        size: (80, 24),
        queue: (put, inbox),
    }
}

/// Exit code, results and complaints of a script.
fn play(script: &str, format: ReportFormat) -> (u8, String, String) {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let platform = Arc::new(TestPlatform::default());
    let code = run(surroundings(&platform), script, format, &mut out, &mut complaints).unwrap();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(complaints).unwrap())
}

fn passes(script: &str) {
    let (code, _, complaints) = play(script, ReportFormat::Text);
    assert_eq!((code, complaints.as_str()), (0, ""));
}

/// The complaint of a script that fails.
fn fails(script: &str) -> String {
    let (code, _, complaints) = play(script, ReportFormat::Text);
    assert_eq!(code, FAILED, "{complaints}");
    complaints
}

/// Nothing runs, and every line that is wrong is told, to people and to programs.
#[test]
fn every_error_of_a_script_is_told_at_once() {
    let script = "key a\njump\nplug toaster\nexpect hello\nuser nora Nora boss secret-word\nkey Hyper\n";
    let (code, out, complaints) = play(script, ReportFormat::Text);
    assert_eq!((code, out.as_str()), (WRONG_USE, ""));
    let lines: Vec<&str> = complaints.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 5", "line 6"]);
    assert!(!complaints.contains("secret-word"), "{complaints}");
    let (code, out, _) = play(script, ReportFormat::Json);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["error"]["code"], &told["error"]["field"]), (WRONG_USE, &"usage".into(), &"line 2".into()));
    assert_eq!(told["error"]["fields"].as_array().unwrap().len(), 4);
    assert!(told["error"]["fields"][3]["message"].as_str().unwrap().starts_with("there is no key \"Hyper\""));
}

#[test]
fn people_are_added_where_a_script_says() {
    passes("user nora \"Nora Example\" clinician \"correct horse\"\npatient Tester Anna 1961-07-14 M2");
    assert!(fails("patient Tester Anna 1961-07-14 M1").starts_with("line 1: the identifier is taken"));
}

/// From the start to the search for a patient.
const SIGN_IN: &str = "type ada\nkey Enter\ntype secret\nkey Enter\nidle\nexpect-json /wizard/step \"find_patient\"\n";

/// A script that goes on from there.
fn signed_in(script: &str) -> String {
    format!("{SIGN_IN}{script}")
}

#[test]
fn keys_and_answers_reach_the_screen() {
    passes(
        "type \"Mül\"\nexpect \"[Mül \"\nkeys Down\ntype x\nexpect \"[* \"\nkey Enter\nexpect-json \
         /wizard/step \"sign_in\"\n\
         idle\nexpect \"Ada\"\nexpect-json /wizard/step \"find_patient\"\nkey F2\nexpect-json \
         /wizard/step \"create_patient_required\"",
    );
    passes(&signed_in("wait \"Ada\"\nscan \"M1001\"\nexpect \"[M1001 \""));
}

#[test]
fn a_read_can_be_stopped_at_any_count_and_always_the_same() {
    let script = signed_in("type bird\nidle\nkeys Down Enter\nexpect-json /wizard/step \"upload\"\nplug 1000\n");
    passes(&format!("{script}wait \"412 of 1000\"\nidle\nrefuse \"412 of 1000\"\nrefuse stopped"));
    passes(&format!("{script}wait \"412 of 1000\"\nkey F8\nidle\nexpect stopped"));
    let stopped = signed_in("plug 1000\nplug 500\nwait \"300 of 500\"\nscreen both");
    let (_, first, complaints) = play(&stopped, ReportFormat::Text);
    assert!(first.contains("300 of 1000"), "{first}{complaints}");
    assert!((0..5).all(|_| play(&stopped, ReportFormat::Text).1 == first));
}

/// A meter that was pulled out is shown for ten seconds.
#[test]
fn time_moves_only_when_nothing_else_can_happen() {
    let pulled = signed_in("plug 3\nidle\nunplug 3\nidle\nexpect unplugged\n");
    passes(&format!("{pulled}idle\nexpect unplugged\nadvance 9s\nexpect unplugged\nadvance 1s\nrefuse unplugged"));
    passes(&format!("{pulled}wait \"No meter attached\" 10s\nexpect-json /at \"2026-07-14T10:00:10Z\""));
    let complaint = fails(&format!("{pulled}wait \"No meter attached\" 9s"));
    assert!(complaint.starts_with("line 12: the screen did not show \"No meter attached\" within"), "{complaint}");
    passes("advance 5m\nexpect-json /at \"2026-07-14T10:05:00Z\"\nexpect-json /busy 0");
}

#[test]
fn a_restart_forgets_the_app_and_meets_the_plugged_meters_again() {
    passes(
        "type abe\nplug 3\nplug 4\nidle\nexpect \"Meter 3\"\nunplug 3\nidle\nrestart\nrefuse abe\nexpect \"Meter 4\"\n\
         refuse \"Meter 3\"",
    );
    // In the middle of a read, with a plug that the app was not told of yet.
    let script = format!("plug 1000\nwait \"300 of 1000\"\nplug 2\nrestart\nrefuse \"300 of 1000\"\n{SIGN_IN}");
    passes(&signed_in(&format!("{script}idle\nexpect \"..00-2\"\nexpect \"..1000\"\nexpect \"2 meters were read\"")));
}

#[test]
fn an_app_that_has_ended_takes_no_keys_until_it_is_started_again() {
    let leave = "keys Ctrl-C Tab Enter\n";
    let complaint = fails(&format!("{leave}expect-json /ended true\nkey a"));
    assert!(complaint.starts_with("line 3: the program has ended"), "{complaint}");
    passes(&format!("{leave}restart\nkey a\nexpect \"[a \""));
}

#[test]
fn a_step_that_fails_gives_line_reason_and_screen() {
    let complaint = fails("type abe\n\nexpect nothing\ntype never");
    let (reason, screen) = complaint.split_once('\n').unwrap();
    assert_eq!(reason, "line 3: the screen does not show \"nothing\"");
    assert!(screen.contains("[abe ") && !screen.contains("never"), "{screen}");
    assert!(fails("type abe\nrefuse abe").starts_with("line 2: the screen shows \"abe\""));
    let complaint = fails("expect-json /wizard/step \"other\"");
    assert!(complaint.contains("/wizard/step is \"sign_in\", not \"other\""), "{complaint}");
    assert!(fails("expect-json /nowhere 1").contains("the state has no /nowhere"));
    assert!(fails("unplug 0").contains("nothing is plugged in there"));
}

#[test]
fn a_script_that_makes_no_sense_runs_nothing() {
    let (code, out, complaints) = play("screen first\njump\n", ReportFormat::Text);
    assert_eq!((code, out.as_str(), complaints.as_str()), (WRONG_USE, "", "line 2: there is no step \"jump\"\n"));
    assert_eq!(play("plug toaster", ReportFormat::Text).0, WRONG_USE);
    assert_eq!(play("unplug toaster", ReportFormat::Text).0, WRONG_USE);
}

#[test]
fn data_that_cannot_be_opened_is_wrong_use() {
    let platform = Arc::new(TestPlatform::default());
    let mut closed = surroundings(&platform);
    closed.open = Box::new(|| Err("the store is locked".into()));
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    assert_eq!(run(closed, "idle", ReportFormat::Text, &mut out, &mut complaints).unwrap(), WRONG_USE);
    assert_eq!(complaints, b"the store is locked\n");
}

#[test]
fn text_prints_the_screens_that_are_asked_for() {
    let (_, out, _) = play("type abe\nscreen one\nresize 100x30\nscreen", ReportFormat::Text);
    let (first, second) = out.strip_prefix("== one\n").unwrap().split_once("==\n").unwrap();
    for (screen, rows) in [(first, 24), (second, 30)] {
        assert!(screen.lines().count() == rows && screen.contains("[abe "), "{out}");
    }
}

#[test]
fn json_says_what_each_step_did_and_never_what_is_hidden() {
    let (code, out, _) = play(&signed_in("idle\nexpect nothing"), ReportFormat::Json);
    assert_eq!(code, FAILED);
    assert!(!out.contains("secret"));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[0]["command"], "type");
    assert!(lines[0]["rows"].as_array().unwrap().iter().any(|row| row.as_str().unwrap().contains("[ada ")), "{out}");
    assert_eq!((&lines[0]["step"], &lines[0]["scene"]["step"]), (&"sign_in".into(), &"sign_in".into()));
    assert!(lines[0]["bytes"].as_u64().unwrap() > 0);
    assert_eq!((&lines[3]["effects"][0], &lines[3]["busy"]), (&"sign_in".into(), &1.into()));
    assert_eq!((&lines[6]["bytes"], &lines[6]["ok"]), (&0.into(), &true.into()));
    assert_eq!((&lines[7]["ok"], &lines[7]["line"]), (&false.into(), &8.into()));
    assert!(lines[7]["reason"].as_str().unwrap().contains("does not show"));
}

#[test]
fn real_time_works_alike() {
    let platform = Arc::new(TestPlatform::default());
    let mut real = surroundings(&platform);
    real.speed = Speed::Real;
    real.now = Arc::new(jiff::Zoned::now);
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let script = signed_in("plug 50\nwait quarantined 60s\nidle\nadvance 20ms\nwait never 20ms");
    let code = run(real, &script, ReportFormat::Text, &mut out, &mut complaints).unwrap();
    let complaints = String::from_utf8(complaints).unwrap();
    assert_eq!(code, FAILED);
    assert!(complaints.starts_with("line 11: "), "{complaints}");
}
