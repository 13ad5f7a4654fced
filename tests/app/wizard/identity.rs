//! What is asked of whom on the confirm screen, and what follows a wrong answer.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::confirm_assignment::{ConfirmAssignment, IdentityNotice};
use glucodock::domain::association::{AuditEntry, Proof};
use glucodock::domain::download::Completeness;
use glucodock::domain::identity_check::{Born, IdentityQuestion, IdentityStanding, Shared, Who};
use glucodock::domain::patient::{Likeness, LookAlike, Patient, PatientId, Status};
use glucodock::domain::platform_check::{OwnerThere, PlatformCheck};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::text::Private;
use glucodock::domain::words::{TextKey, key};
use glucodock::ui::json::scene_json;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;

use super::super::clinic::{Attempt, Clinic, anna, berta, patient};
use super::assignments;

pub(super) fn answer(clinic: &mut Clinic, who: &str, born: &str) {
    clinic.text(who);
    clinic.keys([Key::Enter]);
    clinic.text(born);
    clinic.keys([Key::Enter, Key::Enter]);
}

fn confirming(clinic: &Clinic) -> &ConfirmAssignment {
    match &clinic.model.working().unwrap().step {
        Step::ConfirmAssignment(step) => step,
        _ => panic!("at {}", clinic.step()),
    }
}

/// Why the search of the patient began anew.
fn searching_because(clinic: &Clinic) -> Option<TextKey> {
    match &clinic.model.working().unwrap().step {
        Step::SelectPatient(step) => {
            assert!(step.anew.is_none() || step.proposed.is_none(), "nobody is proposed");
            step.anew
        }
        _ => panic!("at {}", clinic.step()),
    }
}

fn mismatches(clinic: &Clinic) -> usize {
    clinic.attempts.iter().filter(|(_, what)| *what == Attempt::Mismatch).count()
}

/// From the search of step 4 to the person in this row of the hits.
fn choose(clinic: &mut Clinic, row: usize) {
    clinic.text("mul");
    clinic.keys(std::iter::repeat_n(Key::Down, row).chain([Key::Enter]));
}

#[test]
fn one_retry_then_back_to_the_search() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1962");
    assert_eq!(confirming(&clinic).told, Some(IdentityNotice::Mismatch));
    assert!(confirming(&clinic).who.is_blank() && confirming(&clinic).born.is_blank());
    answer(&mut clinic, "am", "1962");
    assert_eq!(searching_because(&clinic), Some(key::IDENTITY_MISMATCH_TWICE));
    assert_eq!((mismatches(&clinic), assignments(&clinic)), (2, 0));
}

/// Wrong, Esc, choose again: the count is not that of the screen.
#[test]
fn going_back_gives_no_further_try() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1962");
    clinic.keys([Key::Escape]);
    choose(&mut clinic, 1);
    answer(&mut clinic, "am", "1963");
    assert_eq!(searching_because(&clinic), Some(key::IDENTITY_MISMATCH_TWICE));
    for _ in 0..40 {
        choose(&mut clinic, 1);
        assert_eq!(searching_because(&clinic), Some(key::IDENTITY_BLOCKED));
    }
    assert_eq!((mismatches(&clinic), assignments(&clinic)), (2, 0));
}

#[test]
fn after_another_person_an_identifier_is_asked_for_and_one_wrong_answer_blocks_again() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1962");
    answer(&mut clinic, "am", "1962");
    let look_at_carla_then_anna = |clinic: &mut Clinic| {
        choose(clinic, 3);
        assert_eq!(confirming(clinic).patient.id, PatientId("3".into()));
        clinic.keys([Key::Escape]);
        choose(clinic, 1);
        let by_identifier = IdentityQuestion { who: Who::Identifier, born: Born::Year };
        assert_eq!((confirming(clinic).patient.id.clone(), confirming(clinic).question()), (anna().id, by_identifier));
    };
    look_at_carla_then_anna(&mut clinic);
    answer(&mut clinic, "am", "1961");
    assert_eq!(searching_because(&clinic), Some(key::IDENTITY_MISMATCH_TWICE), "right initials do not do any more");
    choose(&mut clinic, 1);
    assert_eq!(searching_because(&clinic), Some(key::IDENTITY_BLOCKED));
    look_at_carla_then_anna(&mut clinic);
    answer(&mut clinic, "m1001", "1961");
    assert_eq!(clinic.step(), "done");
    assert_eq!((mismatches(&clinic), assignments(&clinic)), (3, 1));
}

#[test]
fn an_answer_that_cannot_be_counted_is_told_and_followed_by_no_other() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.noted = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    answer(&mut clinic, "xx", "1999");
    assert_eq!(clinic.told_wrong(), Some(key::TOLD_NOT_NOTED));
    assert_eq!(searching_because(&clinic), Some(key::IDENTITY_NOT_COUNTED));
}

#[test]
fn a_failed_look_for_people_with_similar_data_is_not_taken_for_nobody() {
    let mut clinic = Clinic::signed_in();
    clinic.look_alikes = Err(Problem::new(ProblemCode::StoreUnreadable, "gone"));
    clinic.go_to_confirm_assignment();
    assert!(matches!(confirming(&clinic).check, Asked::Failed(_)));
    assert_eq!(confirming(&clinic).question().who, Who::Identifier);
    answer(&mut clinic, "M1001", "1961");
    assert_eq!(clinic.step(), "done");
}

/// Anna Müller of 14-Jul-1961 beside another one of that year, and one of that day.
#[test]
fn two_of_one_name_and_year_are_told_apart_by_the_day_and_of_one_day_by_the_number() {
    let mut sister = patient("9", "Müller", "Anna", 1961);
    let look_alike = |patient| Ok(vec![LookAlike { patient, likeness: Likeness::NameAndYear }]);
    let mut clinic = Clinic::signed_in();
    clinic.look_alikes = look_alike(sister.clone());
    clinic.go_to_confirm_assignment();
    assert_eq!(confirming(&clinic).question(), IdentityQuestion { who: Who::Identifier, born: Born::Year });

    sister.born = glucodock::domain::text::Private::new(date(1961, 3, 2));
    let mut clinic = Clinic::signed_in();
    clinic.look_alikes = look_alike(sister);
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1961");
    assert_eq!(confirming(&clinic).told, Some(IdentityNotice::DateNeeded));
    clinic.text("14-Jul-1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), mismatches(&clinic)), ("done", 0));
}

/// Nobody is similar, but the answer would be right for a stranger of the clinic as well.
#[test]
fn an_answer_that_is_also_a_strangers_is_not_asked_for_and_the_screen_says_why() {
    let asked = |shared| {
        let mut clinic = Clinic::signed_in();
        clinic.shared = shared;
        clinic.go_to_confirm_assignment();
        clinic
    };
    let says = |clinic: &Clinic, words: &str| {
        let scene = scene_json(&view(&clinic.model, &Words::english())).to_string();
        scene.contains(words)
    };
    let (year, date) = ("Initials and year are another patient's too", "Initials and date are another patient's too");
    let mut clinic = asked(Shared::Year);
    assert!(says(&clinic, year) && says(&clinic, "full birth date they say") && !says(&clinic, date));
    answer(&mut clinic, "am", "1961");
    assert_eq!((confirming(&clinic).told, mismatches(&clinic)), (Some(IdentityNotice::DateNeeded), 0));
    clinic.text("14-Jul-1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), mismatches(&clinic)), ("done", 0));

    let mut clinic = asked(Shared::Date);
    assert!(says(&clinic, date) && !says(&clinic, "M1001"));
    assert_eq!(confirming(&clinic).question(), IdentityQuestion { who: Who::Identifier, born: Born::Year });
    answer(&mut clinic, "M1001", "1961");
    assert_eq!(clinic.step(), "done");
    assert!(![year, date].iter().any(|words| says(&asked(Shared::Nothing), words)));
}

#[test]
fn what_is_asked_for_does_not_stand_on_the_screen() {
    for (look_alike, hidden) in [
        (None, ["1961", "65 y"].as_slice()),
        (Some(patient("9", "Müller", "Anna", 1961)), &["1961", "65 y", "M1001", "M1009"]),
    ] {
        let mut clinic = Clinic::signed_in();
        clinic.look_alikes =
            Ok(look_alike.map(|patient| LookAlike { patient, likeness: Likeness::NameAndYear }).into_iter().collect());
        clinic.go_to_confirm_assignment();
        let scene = scene_json(&view(&clinic.model, &Words::english())).to_string();
        assert!(scene.contains("MÜLLER, Anna") && scene.contains("Female"), "{scene}");
        for text in hidden {
            assert!(!scene.contains(text), "{text} in {scene}");
        }
    }
}

#[test]
fn the_assignment_carries_what_was_typed() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "a.m.", "1961");
    let proofs = clinic.asked.iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { assignment, .. }))) => {
            Some(&assignment.proof)
        }
        _ => None,
    });
    let [Proof::Typed(typed)] = proofs.collect::<Vec<_>>()[..] else { panic!("not one proof") };
    assert_eq!((typed.who.expose().as_str(), typed.born.expose().as_str()), ("a.m.", "1961"));
}

#[test]
fn a_refused_proof_begins_the_check_anew() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.assign = Err(Problem::new(ProblemCode::IdentityNotProved, "somebody similar was registered"));
    clinic.look_alikes =
        Ok(vec![LookAlike { patient: patient("9", "Müller", "Anna", 1961), likeness: Likeness::NameAndYear }]);
    answer(&mut clinic, "am", "1961");
    let step = confirming(&clinic);
    assert!(
        step.who.is_blank() && matches!(&step.check, Asked::Ready(check) if check.standing == IdentityStanding::Open)
    );
    assert_eq!(step.question().who, Who::Identifier);
    assert_eq!(mismatches(&clinic), 0);
}

#[test]
fn what_the_platform_has_of_the_two_is_seen_before_anything_is_confirmed() {
    let at = |change: fn(&mut PlatformCheck)| {
        let mut clinic = Clinic::signed_in();
        let mut check = PlatformCheck { patient: Some(anna()), owner: None };
        change(&mut check);
        clinic.at_platform = Some(Ok(check));
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
        clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
        clinic
    };
    let asked_about = |clinic: &Clinic| {
        let meters = clinic.asked.iter().filter_map(|effect| match effect {
            Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CheckAtPlatform { meter, .. }))) => {
                Some(meter.is_some())
            }
            _ => None,
        });
        meters.collect::<Vec<_>>()
    };
    let person =
        |check: &mut PlatformCheck, change: fn(&mut Patient)| check.patient.as_mut().into_iter().for_each(change);

    let clinic = at(|check| check.owner = Some(OwnerThere::Known(Box::new(anna()))));
    assert_eq!((clinic.step(), confirming(&clinic).told), ("confirm_assignment", None));
    assert_eq!(asked_about(&clinic), [true]);

    let clinic = at(|check| check.owner = Some(OwnerThere::Known(Box::new(berta()))));
    assert_eq!(clinic.step(), "other_owner");
    assert!(clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Audit { entry: AuditEntry::OwnerConflict { .. } })))
    )));

    let clinic = at(|check| check.owner = Some(OwnerThere::NotShown));
    assert_eq!(clinic.step(), "other_owner");
    let shown = serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap();
    assert!(shown.contains("somebody's whose record it does not show here"), "{shown}");

    let clinic = at(|check| check.patient = None);
    assert_eq!(searching_because(&clinic), Some(key::IDENTITY_PERSON_GONE));

    let clinic = at(|check| check.patient = Some(Patient { status: Status::Merged, ..anna() }));
    assert_eq!(searching_because(&clinic), None);
    assert_eq!(clinic.model.remark, Some(Remark::NotSelectable(key::REASON_MERGED)));

    // What was typed by then is no answer to what is shown now, and nobody's wrong one.
    let mut clinic = at(|_| {});
    clinic.keys([Key::Escape]);
    clinic.holds = |effect| {
        matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CheckAtPlatform { .. }))))
    };
    clinic.keys([Key::Down, Key::Enter]);
    clinic.text("am");
    let mut there = PlatformCheck { patient: Some(anna()), owner: None };
    person(&mut there, |anna| anna.born = Private::new(date(1991, 7, 14)));
    clinic.at_platform = Some(Ok(there));
    clinic.holds = |_| false;
    clinic.release();
    assert_eq!(confirming(&clinic).told, Some(IdentityNotice::PersonChanged));
    assert!(confirming(&clinic).who.is_blank());
    answer(&mut clinic, "am", "1991");
    assert_eq!((clinic.step(), mismatches(&clinic)), ("done", 0));
}

#[test]
fn nobody_waits_for_the_platform_and_silence_is_told() {
    let mut clinic = Clinic::signed_in();
    clinic.at_platform = Some(Err(Problem::new(ProblemCode::PlatformUnreachable, "silent")));
    clinic.go_to_confirm_assignment();
    assert_eq!(clinic.told_wrong(), Some(key::TOLD_NOT_CHECKED));
    answer(&mut clinic, "am", "1961");
    assert_eq!(clinic.step(), "done");

    // Not answered before the assignment is under way: what comes of that decides.
    let mut clinic = Clinic::signed_in();
    clinic.holds = |effect| {
        matches!(
            effect,
            Effect::Ask(
                _,
                Request::For(
                    _,
                    Task::Platform(PlatformTask::CheckAtPlatform { .. }) | Task::Station(StationTask::Assign { .. })
                )
            )
        )
    };
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1961");
    assert_eq!((assignments(&clinic), clinic.held.len()), (1, 2));
    clinic.at_platform = Some(Ok(PlatformCheck { patient: None, owner: None }));
    clinic.holds = |_| false;
    clinic.release();
    assert_eq!(clinic.step(), "done");
}
