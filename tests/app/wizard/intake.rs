//! The questions that stop the way: no key goes round them, nothing is said by itself, and what is said is kept first.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::domain::association::{Holding, IntakeAnswer, Owner};
use glucodock::domain::download::Completeness;
use glucodock::domain::intake_check::ClockVerdict;
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::patient::PatientId;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::key;
use rstest::rstest;

use super::assignments;
use crate::clinic::{Clinic, anna, carla};

/// The clinic's computer shows 14-Jul-2026 10:00; this is 2.3 days later.
const AHEAD: &str = "2026-07-16T17:12:00";

fn answers(clinic: &Clinic) -> Vec<IntakeAnswer> {
    clinic
        .asked
        .iter()
        .filter_map(|effect| {
            if let Effect::Ask(_, Request::For(_, Task::Station(StationTask::AnswerIntake { answer, .. }))) = effect {
                Some(answer.clone())
            } else {
                None
            }
        })
        .collect()
}

/// A patient is chosen and a meter read whose clock shows this.
fn read(owner: Owner, clock: &str) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.owner = owner;
    clinic.meter_clock = Some(clock.parse().unwrap());
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    clinic
}

/// A known meter as well as a new one, and one without a serial number.
#[rstest]
#[case::new(Owner::Nobody, "association_pending")]
#[case::known(Owner::Patient(Box::new(anna())), "done")]
#[case::unidentifiable(Owner::Unidentifiable, "association_pending")]
fn a_clock_more_than_a_day_off_stops_until_somebody_says_what_is_right(#[case] owner: Owner, #[case] then: &str) {
    for (downs, verdict) in [(1, ClockVerdict::MeterWrong), (2, ClockVerdict::MeterRight)] {
        let mut clinic = read(owner.clone(), AHEAD);
        assert_eq!(clinic.step(), "clock_stop");
        clinic.keys([Key::Enter, Key::Enter]);
        assert_eq!(clinic.step(), "clock_stop", "nothing is chosen by itself");
        assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)));
        assert_eq!((assignments(&clinic), answers(&clinic).len()), (0, 0));
        clinic.keys(std::iter::repeat_n(Key::Down, downs));
        clinic.keys([Key::Enter]);
        assert_eq!((answers(&clinic), clinic.step()), (vec![IntakeAnswer::Clock(verdict)], then));
    }
}

/// Whoever does not look types for the step that usually comes here: nothing of that is an answer, and what was pointed
/// at before is forgotten.
#[test]
fn what_is_meant_for_the_fields_of_another_step_answers_nothing() {
    let mut clinic = read(Owner::Nobody, AHEAD);
    clinic.keys([Key::Down]);
    for _ in 0..3 {
        clinic.text("am");
        clinic.keys([Key::Tab]);
        clinic.text("1961");
        clinic.keys([Key::Tab, Key::Enter, Key::BackTab, Key::Enter, Key::Enter]);
        assert_eq!((clinic.step(), answers(&clinic).len()), ("clock_stop", 0));
        assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)));
    }
}

/// Read again on the way to the confirmation: what was said of the clock was said of the read before.
#[test]
fn a_meter_that_is_read_again_is_asked_about_again() {
    for on_the_way in [vec![], vec![Key::Enter]] {
        let mut clinic = read(Owner::Nobody, AHEAD);
        clinic.keys([Key::Down, Key::Enter]);
        clinic.keys(on_the_way);
        clinic.event(Event::MeterLeft(AttachmentId(1)));
        // The meter's upload still waits: what is read now is added to it.
        clinic.kept = 0;
        clinic.plug_and_read(Completeness::Complete);
        assert_eq!((clinic.step(), assignments(&clinic)), ("clock_stop", 0));
        clinic.keys([Key::Down, Key::Enter]);
        assert_eq!((clinic.step(), answers(&clinic).len()), ("association_pending", 2));
    }
}

/// A day is not more than a day; and a meter of somebody else stops before anything is asked.
#[rstest]
#[case(Owner::Nobody, "2026-07-15T10:00:00", "association_pending")]
#[case(Owner::Nobody, "2026-07-13T10:00:00", "association_pending")]
#[case(Owner::Nobody, "2026-07-13T09:59:59", "clock_stop")]
#[case(Owner::Patient(Box::new(carla())), AHEAD, "other_owner")]
fn only_what_must_be_asked_is_asked(#[case] owner: Owner, #[case] clock: &str, #[case] step: &str) {
    assert_eq!(read(owner, clock).step(), step);
}

#[test]
fn the_way_back_says_nothing_and_the_question_comes_again() {
    for keys in [vec![Key::Escape], vec![Key::Up, Key::Enter]] {
        let mut clinic = read(Owner::Nobody, AHEAD);
        clinic.keys(keys);
        assert_eq!((clinic.step(), answers(&clinic).len()), ("upload", 0));
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.step(), "clock_stop");
    }
}

#[test]
fn an_answer_that_cannot_be_kept_leads_nowhere() {
    let mut clinic = read(Owner::Patient(Box::new(anna())), AHEAD);
    clinic.answered = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!((clinic.step(), assignments(&clinic)), ("clock_stop", 0));
    clinic.answered = Ok(());
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "done");
}

/// A meter that waits, taken up from the list, is asked about too.
#[test]
fn a_waiting_meter_is_asked_about_as_well() {
    let mut clinic = Clinic::signed_in();
    clinic.meter_clock = Some(AHEAD.parse().unwrap());
    clinic.plug_and_read(Completeness::Complete);
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "clock_stop");
}

fn at_confirm(holder: glucodock::domain::patient::Patient) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Unidentifiable;
    clinic.holders = vec![Holding { patient: Box::new(holder), readings: 700, repeated: 700 }];
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
    clinic
}

#[test]
fn readings_that_another_patient_has_are_a_question_before_the_assignment() {
    let mut clinic = at_confirm(carla());
    assert_eq!(clinic.step(), "shared_readings");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "shared_readings", "nothing is chosen by itself");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!((clinic.step(), answers(&clinic).len()), ("select_patient", 0), "the first answer is the way back");

    let mut clinic = at_confirm(carla());
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!(answers(&clinic), [IntakeAnswer::Shared(PatientId("1".into()))]);
    assert_eq!((clinic.step(), assignments(&clinic)), ("confirm_assignment", 0));
}

#[test]
fn readings_that_this_patient_has_are_no_question() {
    assert_eq!(at_confirm(anna()).step(), "confirm_assignment");
}

/// Another station answered, got the readings or read the meter while the assignment was confirmed: the way leads to
/// what is there now, and its question is asked again, instead of to the same screen with the same refusal.
#[rstest]
#[case(ProblemCode::UploadChanged)]
#[case(ProblemCode::ClockUndecided)]
#[case(ProblemCode::HeldByAnother)]
fn what_changed_before_it_was_assigned_is_looked_at_and_asked_about_anew(#[case] code: ProblemCode) {
    let mut clinic = read(Owner::Unidentifiable, AHEAD);
    clinic.keys([Key::Down, Key::Enter, Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "confirm_assignment");
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.assign = Err(Problem::new(code, ""));
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), assignments(&clinic)), ("clock_stop", 1));
    assert_eq!(clinic.told_wrong(), Some(key::TOLD_CHANGED));
}

/// The same for an answer: it was about what was shown.
#[test]
fn an_answer_to_what_changed_meanwhile_is_asked_for_anew() {
    let mut clinic = read(Owner::Nobody, AHEAD);
    clinic.answered = Err(Problem::new(ProblemCode::UploadChanged, ""));
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!((clinic.step(), answers(&clinic).len()), ("clock_stop", 1));
    assert_eq!(clinic.told_wrong(), Some(key::TOLD_CHANGED));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)), "no answer is left over");
}
