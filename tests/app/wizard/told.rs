//! What a person is told on the way: true of this patient, of this meter and of this clinic, and all of it.

use std::collections::BTreeSet;

use glucodock::app::effect::{DemoMeterId, Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::setup::DemoMeter;
use glucodock::app::wizard::Step;
use glucodock::domain::association::{Holding, Owner};
use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::intake_check::ClockVerdict;
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::patient::{Likeness, LookAlike, Patient};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::text::Private;
use glucodock::platform::embedded::demo::DemoClinic;
use glucodock::store::StoreError;
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Scene};
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, anna, attachment, carla, download, upload};

pub(super) fn scene(clinic: &Clinic) -> Scene {
    view(&clinic.model, &Words::english())
}

pub(super) fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&scene(clinic)).unwrap()
}

/// The value of a fact, by its label.
pub(super) fn fact(clinic: &Clinic, label: &str) -> String {
    let facts = scene(clinic).blocks.into_iter().filter_map(|block| match block {
        Block::Facts { facts, .. } => Some(facts),
        _ => None,
    });
    facts.flatten().find(|fact| fact.label == label).map(|fact| fact.value).unwrap_or_default()
}

fn tags(clinic: &Clinic) -> Vec<String> {
    let lists = scene(clinic).blocks.into_iter().filter_map(|block| match block {
        Block::Choices(list) => Some(list.rows),
        _ => None,
    });
    lists.flatten().map(|row| row.tag).collect()
}

fn hints(clinic: &Clinic) -> Vec<String> {
    scene(clinic).hints.into_iter().map(|hint| format!("{} {}", hint.key, hint.action)).collect()
}

fn demo() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.model.demo_logins = vec![("nurse".into(), "secret".into())];
    clinic
}

#[test]
fn the_demo_does_not_promise_that_anything_survives() {
    let mut clinic = demo();
    clinic.keys([Key::Control('c')]);
    let told = said(&clinic);
    assert!(told.contains("Nothing of the demo is kept") && !told.contains("stay safe"), "{told}");
    clinic.keys([Key::Escape]);
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    let told = said(&clinic);
    assert!(clinic.step() == "association_pending" && !told.contains("safe on this computer"), "{told}");
    // A clinic with patients promises it, and keeps it.
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Control('c')]);
    assert!(said(&clinic).contains("stay safe on this computer"));
}

/// A meter without a number, of whose 720 readings Anna has as many as given.
pub(super) fn nameless(held: Option<u32>) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Unidentifiable;
    clinic.holders =
        held.into_iter().map(|readings| Holding { patient: Box::new(anna()), readings, repeated: readings }).collect();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "confirm_device");
    clinic
}

#[test]
fn what_is_new_of_a_nameless_meter_is_told_for_the_patient_in_hand() {
    assert_eq!(fact(&nameless(Some(720)), "New"), "0; 720 are in this patient's record already");
    assert_eq!(fact(&nameless(Some(700)), "New"), "20; 700 are in this patient's record already");
    assert_eq!(fact(&nameless(None), "New"), "counted when the readings go into a record");
}

fn born(mut patient: Patient, year: i16, month: i8, day: i8) -> Patient {
    patient.born = Private::new(jiff::civil::date(year, month, day));
    patient
}

fn named(mut patient: Patient, family: &str, given: &str) -> Patient {
    patient.family = Private::new(family.into());
    patient.given = Private::new(given.into());
    patient
}

/// Each kind is told as what the rule found, in the form, on the confirm screen and in JSON.
#[test]
fn a_look_alike_is_told_by_what_is_alike() {
    let table = [
        (anna(), "same name, birth date", Likeness::SamePerson, "same-person"),
        (
            named(anna(), "Muller", "Ana"),
            "close name, birth date",
            Likeness::SimilarNameAndBirthDate,
            "similar-name-and-birth-date",
        ),
        (born(anna(), 1961, 1, 2), "same name, year", Likeness::NameAndYear, "name-and-year"),
        (
            born(named(anna(), "Muller", "Ana"), 1961, 1, 2),
            "close name, year",
            Likeness::SimilarNameAndYear,
            "similar-name-and-year",
        ),
        (
            named(anna(), "Müller", "Xaver"),
            "one name, birth date",
            Likeness::OneNameAndBirthDate,
            "one-name-and-birth-date",
        ),
        (
            born(named(anna(), "Müller", "Xaver"), 1970, 1, 2),
            "similar number",
            Likeness::SimilarNumber,
            "similar-number",
        ),
    ];
    assert_eq!(table.each_ref().map(|(_, _, likeness, _)| *likeness), Likeness::ALL);
    for (other, words, likeness, json) in table {
        assert_eq!(serde_json::to_value(likeness).unwrap(), json);
        // What the rule says of the two is what is told.
        let ours = ("Müller", "Anna", jiff::civil::date(1961, 7, 14), "M1002");
        assert_eq!(glucodock::domain::patient::likeness(ours, &other), Some(likeness), "{json}");
        let mut clinic = Clinic::signed_in();
        let mut other = other;
        other.id = carla().id;
        clinic.look_alikes = Ok(vec![LookAlike { patient: other, likeness }]);
        clinic.keys([Key::Function(2)]);
        for text in ["Müller", "Anna", "14-Jul-1961", "M778"] {
            clinic.text(text);
            clinic.keys([Key::Enter]);
        }
        assert_eq!(tags(&clinic).first().map(String::as_str), Some(words), "in the form");
        clinic.keys([Key::Escape, Key::Escape]);
        clinic.go_to_select();
        clinic.keys([Key::Down, Key::Enter]);
        assert_eq!(clinic.step(), "confirm_assignment");
        let told = said(&clinic);
        assert!(told.contains(&format!("({words})")), "on the confirm screen: {words}: {told}");
        assert!(!told.contains("1961") && !told.contains("1970"), "and no date with it");
    }
}

#[test]
fn the_new_patient_form_tells_what_its_keys_do_on_each_field() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999"] {
        assert!(hints(&clinic).contains(&"Enter next field".to_owned()), "{:?}", hints(&clinic));
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    assert!(hints(&clinic).contains(&"Enter continue".to_owned()), "{:?}", hints(&clinic));
    clinic.text("M777");
    clinic.keys([Key::Enter]);
    assert!(hints(&clinic).contains(&"Left/Right choose".to_owned()), "{:?}", hints(&clinic));
    for _ in 0..3 {
        assert!(hints(&clinic).contains(&"Enter next field".to_owned()), "{:?}", hints(&clinic));
        clinic.keys([Key::Enter]);
        assert!(!hints(&clinic).iter().any(|hint| hint.starts_with("Left")), "{:?}", hints(&clinic));
    }
    assert!(hints(&clinic).contains(&"Enter create patient".to_owned()), "{:?}", hints(&clinic));
}

#[test]
fn a_taken_number_is_told_at_the_field_that_has_it() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. }))));
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    clinic.keys([Key::Enter]);
    clinic.text("S-1");
    clinic.keys([Key::Enter, Key::Enter, Key::Enter]);
    let Some(Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. })))) =
        clinic.held.pop()
    else {
        panic!("not asked")
    };
    let taken = Problem::new(ProblemCode::IdentifierTaken, "the identifier belongs to another patient");
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Created(Err(taken)) });
    // Which of the two it is, the platform does not say: the MRN was looked up before and was free.
    let fields: Vec<_> = scene(&clinic)
        .blocks
        .into_iter()
        .filter_map(|block| match block {
            Block::Field(field) => field.complaint.map(|complaint| (field.label, complaint)),
            _ => None,
        })
        .collect();
    assert_eq!(fields, [("Other identifier".to_owned(), "Another patient has this number already.".to_owned())]);
}

#[test]
fn enter_on_an_empty_required_field_says_what_is_missing() {
    let complaints = |clinic: &Clinic| -> Vec<String> {
        let fields = scene(clinic).blocks.into_iter().filter_map(|block| match block {
            Block::Field(field) => field.complaint.map(|_| field.label),
            _ => None,
        });
        fields.collect()
    };
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2), Key::Enter]);
    assert_eq!(complaints(&clinic), ["Family name"]);
    clinic.text("Nilsson");
    assert_eq!(complaints(&clinic), [""; 0]);
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.keys([Key::Enter]);
    assert_eq!(complaints(&clinic), ["Initials"]);
    clinic.text("am");
    assert_eq!(complaints(&clinic), [""; 0]);
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(complaints(&clinic), ["Birth year"]);
    // The confirming button finds what is missing, too.
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!(complaints(&clinic), ["Birth year"]);
}

#[test]
fn what_could_not_be_saved_is_not_told_as_not_read() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))));
    clinic.plug_and_read(Completeness::Complete);
    let Some(Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::Quarantine { .. })))) = clinic.held.pop()
    else {
        panic!("not asked")
    };
    let replaced = Problem::new(ProblemCode::StoreReplaced, "replaced");
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Quarantined(Err(replaced)) });
    let states: Vec<_> = scene(&clinic).panel.entries.into_iter().map(|entry| entry.state).collect();
    assert_eq!(states, ["read, not saved [E-STORE-5]"]);
}

#[test]
fn what_failed_stands_before_what_is_in_order() {
    let mut clinic = Clinic::signed_in();
    for id in 1..=4 {
        clinic.event(Event::MeterArrived(attachment(id)));
        let ticket = clinic.read_ticket().unwrap();
        let answer = if id == 4 {
            Err(Problem::new(ProblemCode::LinkSilent, "silent"))
        } else {
            Ok(Box::new(download(Completeness::Complete)))
        };
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(answer) });
    }
    let first = scene(&clinic).panel.entries.remove(0).state;
    assert!(first.contains("E-LINK-3"), "{first}");
}

#[test]
fn who_is_in_hand_is_said_from_the_meter_on() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    for step in ["association_pending", "confirm_device"] {
        assert_eq!(clinic.step(), step);
        let told = said(&clinic);
        assert!(told.contains("M\u{dc}LLER, Anna, MRN M1001"), "{step}: {told}");
        assert!(!told.contains("1961"), "{step}: what is asked for later is not shown");
        clinic.keys([Key::Enter]);
    }
}

#[test]
fn tab_enters_the_list_of_meters() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    let selected = |clinic: &Clinic| {
        scene(clinic).blocks.into_iter().find_map(|block| match block {
            Block::Choices(list) => list.selected,
            _ => None,
        })
    };
    assert_eq!(selected(&clinic), None);
    clinic.keys([Key::Tab]);
    assert_eq!(selected(&clinic), Some(0));
    clinic.keys([Key::Tab]);
    assert_eq!(selected(&clinic), Some(1));
    clinic.keys([Key::BackTab]);
    assert_eq!(selected(&clinic), Some(0));
}

#[test]
fn after_one_meter_the_next_one_is_offered() {
    let mut clinic = Clinic::signed_in();
    clinic.serials = vec!["92500000042", "92500000043"];
    clinic.go_to_confirm_assignment();
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    assert!(!hints(&clinic).iter().any(|hint| hint.contains("next meter")), "{:?}", hints(&clinic));
    clinic.event(Event::MeterArrived(attachment(2)));
    let ticket = clinic.read_ticket().unwrap();
    let whole = Box::new(download(Completeness::Complete));
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
    assert_eq!(clinic.step(), "done");
    let told = said(&clinic);
    assert!(told.contains("One more meter waits"), "{told}");
    assert!(hints(&clinic).contains(&"F3 next meter".to_owned()), "{:?}", hints(&clinic));
    let here = clinic.model.clone();

    // For the same patient.
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.step(), "association_pending");
    assert_eq!(fact(&clinic, "Patient"), "M\u{dc}LLER, Anna, MRN M1001");

    // From the dashboard, too.
    clinic.model = here.clone();
    clinic.keys([Key::Function(4)]);
    assert_eq!(clinic.step(), "dashboard");
    assert!(hints(&clinic).contains(&"F3 next meter".to_owned()), "{:?}", hints(&clinic));
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.step(), "association_pending");

    // For another patient: the search says what waits.
    clinic.model = here;
    clinic.keys([Key::Function(7)]);
    assert_eq!(clinic.step(), "find_patient");
    assert!(said(&clinic).contains("One meter was read and waits"), "{}", said(&clinic));
    assert_eq!(clinic.model.panel.slots().last().unwrap().attachment.id, AttachmentId(2));
    assert_eq!(upload(Owner::Nobody).counts.total(), 720);
}

#[test]
fn a_locked_name_is_told_how_long() {
    let words = Words::english();
    let problem = |seconds| Problem { wait_seconds: Some(seconds), ..Problem::new(ProblemCode::SignInThrottled, "") };
    for (seconds, remedy) in [
        (1, "Wait 1 second, then try again."),
        (30, "Wait 30 seconds, then try again."),
        (119, "Wait 119 seconds, then try again."),
        (121, "Wait 3 minutes, then try again."),
        (900, "Wait 15 minutes, then try again."),
    ] {
        let Block::Problem { remedy: told, .. } = words.problem(&problem(seconds)) else { panic!() };
        assert_eq!(told, remedy, "{seconds} s");
    }
}

#[test]
fn a_refusal_for_a_while_says_how_long_it_lasts() {
    let problem = StoreError::Throttled { seconds: 27 }.problem();
    assert_eq!((problem.code, problem.wait_seconds), (ProblemCode::SignInThrottled, Some(27)));
    assert_eq!(StoreError::SignInRefused.problem().wait_seconds, None);
}

#[test]
fn readings_without_a_time_are_counted_and_told() {
    let reading = |time| Reading {
        corrected_from: None,
        index: 0,
        time,
        measured: Measured::Value(Concentration::mg_per_dl(100)),
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: std::collections::BTreeMap::new(),
    };
    let at = Some(jiff::civil::date(2026, 7, 1).at(8, 0, 0, 0));
    let whole =
        Download { readings: vec![reading(None), reading(at), reading(None)], ..download(Completeness::Complete) };
    assert_eq!(whole.counts().without_time, 2);

    let mut clinic = nameless(None);
    assert_eq!(fact(&clinic, "Doubtful"), "");
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::ConfirmDevice(step) = &mut working.step else { panic!("no device") };
    step.upload.counts.without_time = 2;
    assert_eq!(fact(&clinic, "Doubtful"), "left out: 2 no time");
}

/// A person said which clock is right: the step after it does not say the opposite.
#[test]
fn a_meter_whose_clock_was_said_to_be_right_is_not_called_wrong() {
    let mut clinic = nameless(None);
    let far = |clinic: &mut Clinic, verdict| {
        let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
        let Step::ConfirmDevice(step) = &mut working.step else { panic!("no device") };
        let host: jiff::Zoned = "2026-07-14T10:00:00+02:00[Europe/Berlin]".parse().unwrap();
        step.upload.clock = Some(ClockReading { meter: jiff::civil::date(2026, 7, 9).at(20, 53, 0, 0), host });
        step.upload.clock_verdict = verdict;
        said(clinic).contains("do not rely on them")
    };
    assert!(far(&mut clinic, Some(ClockVerdict::MeterWrong)));
    assert!(far(&mut clinic, None));
    assert!(!far(&mut clinic, Some(ClockVerdict::MeterRight)));
}

/// Each meter of the demo has one line, its remark in the same column, also with all of them plugged in.
#[test]
fn the_demo_lists_each_meter_on_one_line() {
    let mut clinic = demo();
    let fixture = DemoClinic::create(crate::clinic::now()).unwrap();
    clinic.model.demo = fixture
        .meters()
        .iter()
        .map(|meter| DemoMeter {
            id: DemoMeterId(meter.shown()),
            name: meter.shown().as_str().into(),
            remark: meter.remark.clone(),
            plugged: true,
        })
        .collect();
    assert!(fixture.meters().iter().any(|meter| meter.serial.is_empty()), "one tells no serial number");
    clinic.keys([Key::Function(6)]);
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let rows = json::rows(&drawn(&scene(&clinic), &theme, 80, 24).0);
    let mut columns = BTreeSet::new();
    for meter in &clinic.model.demo {
        let row = rows.iter().find(|row| row.contains(meter.name.as_str()) && row.contains("plugged"));
        let row = row.unwrap_or_else(|| panic!("{} has no line:\n{}", meter.name, rows.join("\n")));
        let (before, _) = row.split_once(meter.remark.as_str()).unwrap_or_else(|| panic!("no remark in {row}"));
        columns.insert(before.chars().count());
    }
    assert_eq!(columns.len(), 1, "the remarks stand in one column:\n{}", rows.join("\n"));
}
