//! What is told of a meter without a serial number, and of a clock that is asked about.

use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::association::{LastResult, Owner};
use glucodock::domain::download::Completeness;
use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::Kind;
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, TextRole};
use glucodock::ui::theme::{Colours, Theme};

use super::told::{fact, nameless, said, scene};
use crate::clinic::Clinic;

/// The display of the meter in the hand shows its last result: that is what can be compared.
#[test]
fn a_nameless_meter_is_told_by_its_last_result() {
    let clinic = nameless(None);
    assert_eq!(fact(&clinic, "Last reading"), "14-Jul-2026 07:10: 5.8 mmol/L");
    assert_eq!((fact(&clinic, "First").as_str(), fact(&clinic, "First, last").as_str()), ("02-Jan-2026 07:40", ""));
    let control = |clinic: &mut Clinic| {
        let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
        let Step::ConfirmDevice(step) = &mut working.step else { panic!("not there") };
        step.upload.last_results.push(LastResult { kind: Kind::Control, measured: Measured::High });
    };
    let mut clinic = clinic;
    control(&mut clinic);
    assert_eq!(fact(&clinic, "Last reading"), "14-Jul-2026 07:10: 5.8 mmol/L, HI (control test)");
    for size in [(71, 23), (80, 24), (120, 40)] {
        assert!(
            drawn(&scene(&clinic), &Theme::new(Colours::Sixteen, GlyphSet::Unicode), size.0, size.1).1.is_whole,
            "{size:?}"
        );
    }
}

/// What stands where a serial number would is no identity, and does not look like one.
#[test]
fn a_placeholder_is_not_shown_as_a_serial_number() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Unidentifiable;
    clinic.serials = vec!["11111111"; 5];
    clinic.meter_clock = Some("2012-01-01T00:07:00".parse().unwrap());
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    let mut seen = Vec::new();
    for keys in [&[][..], &[Key::Down, Key::Enter], &[Key::Enter], &[Key::Tab, Key::Enter]] {
        clinic.keys(keys.iter().cloned());
        seen.push(clinic.step());
        let blocks = scene(&clinic).blocks;
        let facts = blocks.iter().filter_map(|block| match block {
            Block::Facts { facts, .. } => Some(facts),
            _ => None,
        });
        for fact in facts.flatten().filter(|fact| fact.label == "Serial number") {
            assert_eq!((fact.value.as_str(), fact.role), ("none (the meter says 11111111)", TextRole::Dim));
        }
        let said = said(&clinic);
        assert!(!said.contains("1111 1111") && !said.contains("..1111"), "{said}");
    }
    assert_eq!(seen, ["clock_stop", "association_pending", "confirm_device", "select_patient"]);
}

/// Whoever is asked which clock is right sees who the patient is, and of when the times are: minutes
/// pass before an answer.
#[test]
fn the_question_about_the_clock_says_whose_meter_it_is_and_when_the_times_were() {
    let mut clinic = Clinic::signed_in();
    clinic.meter_clock = Some("2026-07-16T17:12:00".parse().unwrap());
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    assert_eq!(clinic.step(), "clock_stop");
    assert_eq!(fact(&clinic, "Patient"), "MÜLLER, Anna, MRN M1001");
    assert_eq!(fact(&clinic, "This computer"), "14-Jul-2026 10:00, when it was read");
}
