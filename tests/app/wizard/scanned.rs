//! What a barcode scanner types is never a key, stands for one identifier and never for both, and confirms nothing
//! (clinic-safety ID-08, U8).

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::key::{Burst, BurstEnd, Key};
use glucodock::app::overlay::Overlay;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::new_patient_form::FormField;
use glucodock::app::wizard::scan::ScanMatch;
use glucodock::domain::association::AuditEntry;
use glucodock::domain::download::Completeness;
use glucodock::domain::scanned_code::ScannerRules;
use glucodock::domain::words::{TextKey, key};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::super::clinic::Clinic;
use super::assignments;

fn scan(text: &str) -> Key {
    Key::Scan(Burst { text: text.to_owned(), end: BurstEnd::Enter })
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

fn says(clinic: &Clinic, words: TextKey) -> bool {
    said(clinic).contains(&Words::english().text(words))
}

fn told(clinic: &Clinic) -> Option<TextKey> {
    clinic.model.remark.as_ref().map(Remark::words)
}

fn audited(clinic: &Clinic) -> Vec<&AuditEntry> {
    let entry = |effect| match effect {
        &Effect::Ask(_, Request::For(_, Task::Station(StationTask::Audit { ref entry }))) => Some(entry),
        _ => None,
    };
    clinic.asked.iter().filter_map(entry).collect()
}

fn searched(clinic: &Clinic) -> (String, Option<String>) {
    let search = match &clinic.model.working().unwrap().step {
        Step::FindPatient(step) => &step.search,
        Step::SelectPatient(step) => &step.search,
        _ => panic!("at {}", clinic.step()),
    };
    (search.field.text().to_owned(), search.selection.id().map(|id| id.0.clone()))
}

#[test]
fn a_wristband_leads_to_its_person_and_chooses_nobody() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([scan("M1001")]);
    assert_eq!((searched(&clinic), clinic.step()), (("M1001".into(), Some("1".into())), "find_patient"));
    // Another one takes its place: two numbers in a row are none.
    clinic.keys([scan("]C0 m-1003 ")]);
    assert_eq!(searched(&clinic), ("m-1003".into(), Some("3".into())));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "upload");
}

#[test]
fn a_number_that_nobody_has_finds_nobody_and_names_no_key_that_creates_somebody() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([scan("M7777")]);
    assert_eq!((searched(&clinic), clinic.step()), (("M7777".into(), None), "find_patient"));
    assert!(
        says(&clinic, key::NO_SCANNED_HITS) && !said(&clinic).contains("to create a new patient."),
        "{}",
        said(&clinic)
    );
    // Once somebody types in the field, it is theirs.
    clinic.keys([Key::Backspace]);
    assert!(!says(&clinic, key::NO_SCANNED_HITS));
    assert!(clinic.asked.iter().all(|effect| !format!("{effect:?}").contains("CreatePatient")));
}

/// Anna's meter at the confirm-device screen.
fn at_device() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "confirm_device");
    clinic
}

#[test]
fn the_barcode_of_another_meter_stops_the_way_until_the_right_one_was_scanned() {
    let mut clinic = at_device();
    // The cursor stands on the button: the Enter of the scanner presses it no more than its characters do.
    clinic.keys([Key::Tab, scan("92500000043")]);
    assert_eq!(clinic.step(), "confirm_device");
    assert!(says(&clinic, key::SCAN_SERIAL_MISMATCH), "{}", said(&clinic));
    assert!(matches!(audited(&clinic).as_slice(), [AuditEntry::SerialMismatch { .. }]), "{:?}", audited(&clinic));
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), told(&clinic)), ("confirm_device", Some(key::REASON_SERIAL_MISMATCH)));
    clinic.keys([scan("]d2")]);
    assert!(says(&clinic, key::SCAN_SERIAL_MISMATCH), "what cannot be read takes back no stop");
    clinic.keys([scan("]d2010000000000001721 92500000042")]);
    assert!(says(&clinic, key::SCAN_SERIAL_MATCH), "{}", said(&clinic));
    clinic.keys([scan("]d2")]);
    assert!(!says(&clinic, key::SCAN_SERIAL_MATCH), "the last scan could not be read");
    // A serial number has no check digit of a patient's number.
    clinic.model.scanner.nhs_numbers = true;
    clinic.keys([scan("1234567890")]);
    assert!(says(&clinic, key::SCAN_SERIAL_MISMATCH), "{}", said(&clinic));
    clinic.keys([scan("92500000042")]);
    assert!(says(&clinic, key::SCAN_SERIAL_MATCH), "{}", said(&clinic));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "select_patient");
    assert_eq!(audited(&clinic).len(), 2, "a right one is no event");
}

#[test]
fn a_wristband_stands_for_who_it_is_and_never_for_when_they_were_born() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.keys([scan("M1001"), scan("M1001")]);
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), assignments(&clinic)), ("confirm_assignment", 0));
    let Step::ConfirmAssignment(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert_eq!((step.who.text(), step.born.text(), step.scanned), ("AM", "", ScanMatch::Match));
    assert!(says(&clinic, key::SCAN_WRISTBAND_MATCH));
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(assignments(&clinic), 1);
}

#[test]
fn the_wristband_of_somebody_else_stops_the_way_whatever_is_typed() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, scan("M1003")]);
    assert!(says(&clinic, key::SCAN_WRISTBAND_MISMATCH), "{}", said(&clinic));
    clinic.keys([Key::Enter]);
    assert_eq!((assignments(&clinic), told(&clinic)), (0, Some(key::REASON_WRISTBAND_MISMATCH)));
    assert!(matches!(audited(&clinic).as_slice(), [AuditEntry::WristbandMismatch { .. }]), "{:?}", audited(&clinic));
    // A birth date that comes at once, as over a slow network, is no number of anybody.
    clinic.keys([Key::BackTab, Key::Control('u'), scan("14-Jul-1961")]);
    let Step::ConfirmAssignment(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert_eq!((step.born.text(), audited(&clinic).len()), ("14-Jul-1961", 1));
    clinic.keys([scan("M1001"), Key::Enter, Key::Enter]);
    assert_eq!(assignments(&clinic), 1);
}

#[test]
fn no_character_of_a_scan_is_a_key_where_none_is_taken() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    let before = clinic.asked.len();
    for text in ["z12345", "123456", "dashboard4", "\u{1d}4y4y4y"] {
        clinic.keys([scan(text)]);
        assert_eq!((clinic.step(), told(&clinic), clinic.asked.len()), ("done", Some(key::SCAN_NOT_HERE), before));
    }
    // Nor below a question that Enter answers.
    clinic.keys([Key::Control('c'), Key::Right, scan("123456")]);
    assert!(matches!(clinic.model.overlay, Some(Overlay::Leave { leave: true })));
    clinic.keys([Key::Escape, Key::Function(4)]);
    assert_eq!(clinic.step(), "dashboard");
    clinic.keys([scan("1234567")]);
    assert_eq!((clinic.step(), told(&clinic)), ("dashboard", Some(key::SCAN_NOT_HERE)));
}

/// A program that fills in passwords types as fast as a scanner.
#[test]
fn at_the_sign_in_what_comes_fast_is_typed() {
    let mut clinic = Clinic::new();
    let end = BurstEnd::Tab;
    clinic.keys([
        Key::Scan(Burst { text: "nora42".into(), end }),
        Key::Scan(Burst { text: "secret7".into(), end: BurstEnd::Nothing }),
    ]);
    let said = said(&clinic);
    assert!(said.contains("nora42") && !said.contains("secret7"), "{said}");
}

#[test]
fn a_new_patient_takes_a_scan_as_a_number_only() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2), scan("M7777777")]);
    let form = |clinic: &Clinic| match &clinic.model.working().unwrap().step {
        Step::CreatePatient(step) => step.form.clone(),
        _ => panic!("at {}", clinic.step()),
    };
    assert_eq!((told(&clinic), form(&clinic).text(FormField::Family)), (Some(key::SCAN_INTO_NUMBER), ""));
    clinic.keys([Key::Tab, Key::Tab, scan("14-Jul-1961"), Key::Tab, scan("M7777777"), scan("]C0M7777778")]);
    let form = form(&clinic);
    assert_eq!((form.text(FormField::Born), form.text(FormField::Mrn)), ("14-Jul-1961", "M7777778"));
    assert!(
        clinic.asked.iter().all(|effect| !format!("{effect:?}").contains("FindLookAlikes")),
        "nothing is submitted"
    );
}

#[test]
fn where_the_scanner_marks_its_codes_all_else_was_typed() {
    let mut clinic = Clinic::signed_in();
    clinic.model.scanner = ScannerRules { prefix: "~".into(), ..ScannerRules::default() };
    clinic.keys([scan("~M1001")]);
    assert_eq!(searched(&clinic), ("M1001".into(), Some("1".into())));
    clinic.keys([Key::Control('u'), Key::Scan(Burst { text: "M10039".into(), end: BurstEnd::Nothing })]);
    assert_eq!(searched(&clinic), ("M10039".into(), None));
    clinic.model.scanner = ScannerRules { nhs_numbers: true, ..ScannerRules::default() };
    clinic.keys([scan("9434765918")]);
    assert_eq!((searched(&clinic).0.as_str(), told(&clinic)), ("M10039", Some(key::SCAN_CHECK_DIGIT)));
    clinic.keys([scan("]d2012")]);
    assert_eq!((searched(&clinic).0.as_str(), told(&clinic)), ("M10039", Some(key::SCAN_UNREADABLE)));
}
