use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::super::engine_event::mailbox;
use super::super::test_program::{
    TestBus, TestPainter, TestPlatform, TestProgram, backend, clock, meter, now, program,
};
use super::harness::{PlugBoard, Register, Speed};
use super::script::{Person, Staff};
use super::*;
use crate::domain::meter::AttachmentId;
use crate::host::bus::BusEvent;

/// Plugs a meter with as many readings as the description says.
struct Board(UnboundedSender<BusEvent>);

impl PlugBoard for Board {
    fn check(&self, description: &str) -> Result<(), String> {
        description.parse::<u64>().map(drop).map_err(|error| error.to_string())
    }
    fn plug(&self, description: &str) -> Result<(), String> {
        let readings = description.parse().map_err(|_| "not a number")?;
        self.0.send(BusEvent::Arrived(meter(readings))).unwrap();
        Ok(())
    }
    fn unplug(&self, name: &str) -> Result<(), String> {
        let id = name.parse().map_err(|_| "not a number")?;
        if id == 0 {
            return Err("nothing is plugged in there".to_owned());
        }
        self.0.send(BusEvent::Left(AttachmentId(id))).unwrap();
        Ok(())
    }
}

/// A register that takes whom a list does not name.
struct NobodyTwice;

impl Register for NobodyTwice {
    fn check_user(&self, staff: &Staff) -> Result<(), String> {
        if staff.role == "boss" { Err("there is no role \"boss\"".to_owned()) } else { Ok(()) }
    }
    fn add_user(&self, _: &Staff) -> Result<(), String> {
        Ok(())
    }
    fn check_patient(&self, _: &Person) -> Result<(), String> {
        Ok(())
    }
    fn create_patient(&self, person: &Person) -> Result<(), String> {
        if person.mrn == "M1" { Err("the identifier is taken".to_owned()) } else { Ok(()) }
    }
}

fn surroundings(platform: &Arc<TestPlatform>) -> Surroundings<TestProgram> {
    let (put, inbox) = mailbox();
    let clock = clock();
    let platform = Arc::clone(platform);
    Surroundings {
        program: program(),
        open: Box::new(move || Ok(backend(&platform))),
        bus: Arc::new(TestBus),
        board: Box::new(Board(put.bus())),
        register: Box::new(NobodyTwice),
        toggle: Arc::new(|_| {}),
        cables: None,
        now: now(&clock),
        speed: Speed::Fast(clock),
        paint: Box::new(TestPainter),
        size: (60, 12),
        queue: (put, inbox),
    }
}

/// Exit code, results and complaints of a script.
fn play(script: &str, format: Format) -> (u8, String, String) {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let platform = Arc::new(TestPlatform::default());
    let code = run(surroundings(&platform), script, format, &mut out, &mut complaints).unwrap();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(complaints).unwrap())
}

fn passes(script: &str) {
    let (code, _, complaints) = play(script, Format::Text);
    assert_eq!((code, complaints.as_str()), (0, ""));
}

/// The complaint of a script that fails.
fn fails(script: &str) -> String {
    let (code, _, complaints) = play(script, Format::Text);
    assert_eq!(code, FAILED, "{complaints}");
    complaints
}

/// Nothing runs, and every line that is wrong is told, to people and to programs.
#[test]
fn every_error_of_a_script_is_told_at_once() {
    let script = "key i\njump\nplug toaster\nexpect hello\nuser nora Nora boss secret-word\nkey Hyper\n";
    let (code, out, complaints) = play(script, Format::Text);
    assert_eq!((code, out.as_str()), (WRONG_USE, ""));
    let lines: Vec<&str> = complaints.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 5", "line 6"]);
    assert!(!complaints.contains("secret-word"), "{complaints}");
    let (code, out, _) = play(script, Format::Json);
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

#[test]
fn keys_and_answers_reach_the_screen() {
    passes(
        "type \"Mül\"\nexpect \"typed: Mül\"\nkey i\nrefuse hello\nidle\nexpect \"hello Ada\"\nkeys Down F2\nexpect \"key Function(2)\"",
    );
    passes("key i\nwait \"hello Ada\"\nscan \"M1\"\nexpect \"typed: M1\"\nexpect \"key Enter\"");
}

#[test]
fn a_read_can_be_stopped_at_any_count_and_always_the_same() {
    let script = "plug 1000\nwait \"read 412 of 1000\"\nidle\nexpect \"done 1000\"";
    passes(script);
    passes("plug 1000\nwait \"read 412 of 1000\"\nkey c\nidle\nexpect \"E-LINK-3 after 412\"");
    let stopped = "plug 1000\nplug 500\nwait \"read 300 of 500\"\nscreen both";
    let (_, first, _) = play(stopped, Format::Text);
    assert!(first.contains("read 300 of 1000"), "{first}");
    assert!((0..5).all(|_| play(stopped, Format::Text).1 == first));
}

#[test]
fn time_moves_only_when_nothing_else_can_happen() {
    passes("key w\nidle\nrefuse woken\nadvance 59s\nrefuse woken\nadvance 1s\nexpect woken");
    passes("key w\nwait woken 60s\nexpect-json /at \"2026-07-14T10:01:00Z\"");
    assert!(fails("key w\nwait woken 59s").starts_with("line 2: the screen did not show \"woken\" within"));
    passes("advance 5m\nexpect-json /at \"2026-07-14T10:05:00Z\"\nexpect-json /busy 0");
}

#[test]
fn a_restart_forgets_the_program_and_meets_the_plugged_meters_again() {
    passes(
        "type abe\nplug 3\nplug 4\nidle\nunplug 3\nidle\nrestart\nrefuse abe\nexpect \"arrived 4\"\nrefuse \"arrived 3\"\nidle\nexpect \"done 4\"",
    );
    // In the middle of a read, with a plug that the program was not told of yet.
    passes(
        "plug 1000\nwait \"read 300 of 1000\"\nplug 2\nrestart\nrefuse \"read 300\"\nwait \"done 2\"\nwait \"done 1000\"",
    );
}

#[test]
fn a_program_that_has_ended_takes_no_keys_until_it_is_started_again() {
    assert!(fails("key q\nexpect-json /ended true\nkey a").starts_with("line 3: the program has ended"));
    passes("key q\nrestart\nkey a\nexpect \"typed: a\"");
}

#[test]
fn a_step_that_fails_gives_line_reason_and_screen() {
    let complaint = fails("type abe\n\nexpect nothing\ntype never");
    assert_eq!(complaint, "line 3: the screen does not show \"nothing\"\ntyped: abe\n");
    assert!(fails("type abe\nrefuse abe").starts_with("line 2: the screen shows \"abe\""));
    assert!(fails("expect-json /wizard/step \"other\"").contains("/wizard/step is \"toy\", not \"other\""));
    assert!(fails("expect-json /nowhere 1").contains("the state has no /nowhere"));
    assert!(fails("unplug 0").contains("nothing is plugged in there"));
}

#[test]
fn a_script_that_makes_no_sense_runs_nothing() {
    let (code, out, complaints) = play("screen first\njump\n", Format::Text);
    assert_eq!((code, out.as_str(), complaints.as_str()), (WRONG_USE, "", "line 2: there is no step \"jump\"\n"));
    assert_eq!(play("plug toaster", Format::Text).0, WRONG_USE);
    assert_eq!(play("unplug toaster", Format::Text).0, WRONG_USE);
}

#[test]
fn data_that_cannot_be_opened_is_wrong_use() {
    let platform = Arc::new(TestPlatform::default());
    let mut closed = surroundings(&platform);
    closed.open = Box::new(|| Err("the store is locked".to_owned()));
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    assert_eq!(run(closed, "idle", Format::Text, &mut out, &mut complaints).unwrap(), WRONG_USE);
    assert_eq!(complaints, b"the store is locked\n");
}

#[test]
fn text_prints_the_screens_that_are_asked_for() {
    let (_, out, _) = play("type abe\nscreen one\nresize 20x3\nscreen", Format::Text);
    assert_eq!(out, format!("== one\ntyped: abe\n{}==\ntyped: abe\n\n\n", "\n".repeat(11)));
}

#[test]
fn json_says_what_each_step_did_and_never_what_was_typed() {
    let (code, out, _) = play("type \"hunter2\"\nkey i\nidle\nidle\nexpect nothing", Format::Json);
    assert_eq!(code, FAILED);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["command"], "type");
    assert_eq!(lines[0]["rows"][0], "typed: hunter2");
    assert_eq!(lines[0]["step"], "toy");
    assert_eq!(lines[0]["scene"]["heading"], "typed: hunter2");
    assert!(lines[0]["bytes"].as_u64().unwrap() > 0);
    assert_eq!(
        (&lines[1]["effects"][0], &lines[1]["bytes"], &lines[1]["busy"]),
        (&"sign_in".into(), &0.into(), &1.into())
    );
    assert_eq!((&lines[3]["bytes"], &lines[3]["ok"]), (&0.into(), &true.into()));
    assert_eq!((&lines[4]["ok"], &lines[4]["line"]), (&false.into(), &5.into()));
    assert!(lines[4]["reason"].as_str().unwrap().contains("does not show"));
}

#[test]
fn real_time_works_alike() {
    let platform = Arc::new(TestPlatform::default());
    let mut real = surroundings(&platform);
    real.speed = Speed::Real;
    real.now = Arc::new(jiff::Zoned::now);
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let script = "key i\nwait \"hello Ada\" 10s\nplug 50\nwait \"done 50\" 10s\nidle\nadvance 20ms\nwait never 20ms";
    let code = run(real, script, Format::Text, &mut out, &mut complaints).unwrap();
    assert_eq!(code, FAILED);
    assert!(String::from_utf8(complaints).unwrap().starts_with("line 7: "));
}
