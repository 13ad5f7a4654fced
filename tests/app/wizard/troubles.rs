//! What is told and done when a meter could not be read or saved, a number is taken, or a hand knows the way.

use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::wizard::Step;
use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::meter::{Access, Attachment, AttachmentId};
use glucodock::domain::patient::{Identifier, Patient, SearchPage};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::paint::sight;
use glucodock::ui::scene::Block;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use rstest::rstest;

use super::said;
use crate::clinic::{Clinic, anna, attachment, berta, cable, download, identity};

fn at_upload() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");
    clinic
}

fn is_save(effect: &Effect) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))))
}

/// The one write that is held fails.
fn save_fails(clinic: &mut Clinic) {
    let held = std::mem::take(&mut clinic.held);
    let [Effect::Ask(ticket, _)] = held.as_slice() else { panic!("{held:?}") };
    let problem = Problem::new(ProblemCode::StoreUnwritable, "no space left on device");
    clinic.event(Event::EffectDone { ticket: *ticket, answer: EffectResult::Quarantined(Err(problem)) });
}

/// A meter is read, saving fails, and its cable is pulled: what was read is saved again with the key that is told, in
/// the step of the meter and at the search. Nothing has to be plugged in, and nothing is lost.
#[rstest]
#[case(true)]
#[case(false)]
fn what_was_read_of_a_pulled_meter_is_saved_again(#[case] in_hand: bool) {
    let mut clinic = if in_hand { at_upload() } else { Clinic::signed_in() };
    clinic.holds = is_save;
    clinic.plug_and_read(Completeness::Complete);
    save_fails(&mut clinic);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    assert!(said(&clinic).contains("F5 saves it again"), "{}", said(&clinic));
    assert!(said(&clinic).contains("save again"), "the hint line has it: {}", said(&clinic));
    // It fails once more, and is told again.
    clinic.keys([Key::Function(5)]);
    clinic.held.retain(is_save);
    save_fails(&mut clinic);
    assert!(said(&clinic).contains("F5 saves it again"), "{}", said(&clinic));
    assert_eq!(clinic.kept, 0);
    clinic.holds = |_| false;
    clinic.keys([Key::Function(5)]);
    assert_eq!(clinic.kept, 1, "it is on disk");
    assert!(clinic.model.panel.unsaved().is_empty());
    assert!(!said(&clinic).contains("saves it again"), "{}", said(&clinic));
    let reads = clinic
        .asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::ReadMeter { .. }))))
        .count();
    assert_eq!(reads, 1, "nothing is read again");
    let saved: Vec<_> = clinic.asked.iter().filter(|effect| is_save(effect)).collect();
    assert_eq!(saved.len(), 3);
    for effect in saved {
        let Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { download: saved }))) = effect else {
            continue;
        };
        assert_eq!(**saved, download(Completeness::Complete));
    }
}

/// The read that was asked for ends: the meter of this serial number gave all of these.
fn reads(clinic: &mut Clinic, serial: &str, readings: Vec<Reading>) {
    let ticket = clinic.read_ticket().unwrap();
    let download = Download { meter: identity(serial), readings, ..download(Completeness::Complete) };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(Box::new(download))) });
}

/// A meter was read, and what it gave could not be put on disk; by now there is room again.
fn not_saved(readings: Vec<Reading>) -> Clinic {
    let mut clinic = at_upload();
    clinic.holds = is_save;
    clinic.event(Event::MeterArrived(attachment(1)));
    reads(&mut clinic, "92500000042", readings);
    save_fails(&mut clinic);
    clinic.holds = |_| false;
    clinic
}

/// Two meters of one model have plugs of one name: that the second is on disk says nothing of the first.
#[test]
fn another_meter_of_the_model_does_not_take_the_place_of_what_is_not_saved() {
    let mut clinic = not_saved(vec![]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    clinic.event(Event::MeterArrived(attachment(2)));
    reads(&mut clinic, "92500000043", vec![]);
    assert_eq!((clinic.kept, clinic.model.panel.unsaved().len()), (1, 1), "the other one is on disk");
    clinic.keys([Key::Escape, Key::Function(5)]);
    assert_eq!((clinic.kept, clinic.model.panel.unsaved().len()), (2, 0));
}

/// A meter that keeps fewer than it was asked for has forgotten the oldest by the next read.
#[test]
fn what_the_meter_has_forgotten_meanwhile_is_saved_from_the_read_before() {
    let reading = |day| Reading {
        corrected_from: None,
        index: 0,
        time: Some(jiff::civil::date(2026, 7, day).at(8, 0, 0, 0)),
        measured: Measured::Value(Concentration::mg_per_dl(104)),
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: std::collections::BTreeMap::new(),
    };
    let mut clinic = not_saved(vec![reading(1), reading(2)]);
    clinic.keys([Key::Function(5)]);
    assert_eq!(clinic.model.panel.unsaved().len(), 1, "it is kept while the meter is read anew");
    reads(&mut clinic, "92500000042", vec![reading(2), reading(3)]);
    assert_eq!((clinic.kept, clinic.model.panel.unsaved().len()), (1, 1), "the first of July is in no upload");
    clinic.keys([Key::Escape, Key::Function(5)]);
    assert_eq!((clinic.kept, clinic.model.panel.unsaved().len()), (2, 0));
}

/// A read that was not saved, and one after it that the unplugging cut short: what the first one gave is still there.
#[test]
fn a_read_that_fails_does_not_take_away_what_the_one_before_gave() {
    let mut clinic = not_saved(vec![]);
    clinic.keys([Key::Function(5)]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    assert!(said(&clinic).contains("F5 saves it again"), "{}", said(&clinic));
    clinic.keys([Key::Function(5)]);
    assert_eq!((clinic.kept, clinic.model.panel.unsaved().len()), (1, 0));
}

/// What is to be done about a meter that is there is over when it is gone; that the cable was pulled while
/// it was read, is not.
#[rstest]
#[case(ProblemCode::LinkSilent, false)]
#[case(ProblemCode::MeterAnswer, false)]
#[case(ProblemCode::LinkGone, true)]
#[case(ProblemCode::LinkFailed, true)]
fn the_advice_for_a_meter_goes_with_it(#[case] code: ProblemCode, #[case] stays: bool) {
    let mut clinic = at_upload();
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Err(Problem::new(code, "staged"))) });
    assert!(said(&clinic).contains(code.code()), "{}", said(&clinic));
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    assert_eq!(said(&clinic).contains(code.code()), stays, "{}", said(&clinic));
}

/// At the success message the ways that are always there stand always in the same place.
#[test]
fn the_second_button_of_the_success_message_is_always_the_next_patient() {
    for more in [false, true] {
        let mut clinic = Clinic::signed_in();
        clinic.go_to_confirm_assignment();
        if more {
            clinic.event(Event::MeterArrived(cable(2, "CABLE-000-2")));
        }
        clinic.text("am");
        clinic.keys([Key::Tab]);
        clinic.text("1961");
        clinic.keys([Key::Tab, Key::Enter]);
        assert_eq!(clinic.step(), "done", "{}", said(&clinic));
        let scene = view(&clinic.model, &Words::english());
        let buttons: Vec<_> = scene
            .blocks
            .iter()
            .filter_map(|block| if let Block::Buttons { buttons } = block { Some(buttons) } else { None })
            .flatten()
            .map(|button| button.label.as_str())
            .collect();
        let all = ["Go to dashboard", "Next patient", "Next meter of this patient"];
        assert_eq!(buttons, if more { &all[..] } else { &all[..2] });
        clinic.keys([Key::Tab, Key::Enter]);
        assert_eq!(clinic.step(), "find_patient");
    }
}

/// Only what can be gone on with waits: no meter of which the read failed, and nothing that cannot be read.
#[rstest]
#[case(attachment(2), true, false)]
#[case(Attachment { access: Access::Denied, ..attachment(2) }, false, false)]
#[case(Attachment { access: Access::Unsupported, ..attachment(2) }, false, false)]
#[case(cable(2, "CABLE-000-1"), false, true)]
#[case(Attachment { access: Access::Denied, ..cable(2, "CABLE-000-1") }, false, false)]
fn a_meter_that_failed_does_not_wait(#[case] plugged: Attachment, #[case] fails: bool, #[case] waits: bool) {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.event(Event::MeterArrived(plugged));
    if fails {
        let ticket = clinic.read_ticket().unwrap();
        let problem = Problem::new(ProblemCode::LinkSilent, "staged");
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Err(problem)) });
    }
    clinic.text("am");
    clinic.keys([Key::Tab]);
    clinic.text("1961");
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    assert_eq!(said(&clinic).contains("One more meter waits"), waits, "{}", said(&clinic));
}

/// Two cables whose meters gave no answer, at ports with long names: all that must be seen is seen in the smallest
/// windows, of the marked one what to do, of the other that there is something.
#[test]
fn two_failed_cables_with_long_names_leave_room_for_the_step() {
    let mut clinic = at_upload();
    for id in [1, 2] {
        let serial = if id == 1 { "CABLE-000-1" } else { "CABLE-000-2" };
        let connection = format!("serial port ttyUSB-FTDI-Adapter-{id}0").as_str().into();
        clinic.event(Event::MeterArrived(Attachment { connection, ..cable(id, serial) }));
    }
    // The first F9 asks about the first cable, one more about the next.
    for cable in [1, 2] {
        clinic.keys(vec![Key::Function(9); cable]);
        clinic.keys([Key::Enter, Key::Enter]);
        let ticket = clinic.read_ticket().unwrap();
        let problem = Problem::new(ProblemCode::LinkSilent, "staged");
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Err(problem)) });
    }
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    for keys in [vec![], vec![Key::Down], vec![Key::Down], vec![Key::Down]] {
        clinic.keys(keys);
        let scene = view(&clinic.model, &Words::english());
        for (columns, rows) in [(71, 23), (80, 24), (120, 40)] {
            let whole = sight(&scene, &theme, columns, rows).is_whole;
            assert!(whole, "{columns}x{rows}: {}", said(&clinic));
        }
        assert!(said(&clinic).contains("Also (mark it to see what to do): "), "{}", said(&clinic));
    }
}

/// Whoever is not found in step 4 is created with the key that is told, for the meter in hand.
#[test]
fn the_new_patient_of_step_4_gets_the_meter_in_hand() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_select();
    clinic.text("xyz");
    assert!(said(&clinic).contains("press F2 to create a new patient"), "{}", said(&clinic));
    clinic.keys([Key::Function(2)]);
    let Step::CreatePatient(step) = &clinic.model.working().unwrap().step else { panic!("{}", clinic.step()) };
    assert!(step.found.upload.is_some());
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "find_patient");
    assert!(said(&clinic).contains("For the meter Accu-Chek Guide"), "{}", said(&clinic));
}

/// A taken number says whose it is, the other identifier as the MRN.
#[test]
fn a_taken_other_identifier_says_whose_it_is() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2)]);
    for text in ["Neu", "Nina", "14-Jul-1961", "M77777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    clinic.keys([Key::Down]);
    clinic.text("X-4711");
    clinic.holds = |effect| {
        matches!(
            effect,
            Effect::Ask(
                _,
                Request::For(
                    _,
                    Task::Platform(PlatformTask::CreatePatient { .. } | PlatformTask::SearchPatients { .. })
                )
            )
        )
    };
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    let held = std::mem::take(&mut clinic.held);
    let [Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. })))] = held.as_slice()
    else {
        panic!("{held:?} {}", said(&clinic))
    };
    let taken = Problem::new(ProblemCode::IdentifierTaken, "staged");
    clinic.event(Event::EffectDone { ticket: *ticket, answer: EffectResult::Created(Err(taken)) });
    let mut holder: Patient = berta();
    holder.identifiers.push(Identifier::new("ID", "x 4711"));
    // A number of another sort that is written the same is not the taken one.
    let mut other: Patient = anna();
    other.identifiers.push(Identifier::new("Health insurance", "X-4711"));
    for effect in std::mem::take(&mut clinic.held) {
        let Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::SearchPatients { query, .. }))) = effect
        else {
            panic!("{effect:?}")
        };
        let patients = if query == "X-4711" { vec![other.clone(), holder.clone()] } else { vec![] };
        clinic.event(Event::EffectDone {
            ticket,
            answer: EffectResult::Found(Ok(SearchPage { patients, next: None, known_only: false })),
        });
    }
    assert!(said(&clinic).contains("This is the number of MUSTER, Berta"), "{}", said(&clinic));
}
