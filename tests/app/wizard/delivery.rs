//! How the care platform takes what was decided: one of four things is said of it, whenever it is known.

use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::domain::association::{AuditEntry, Owner, Upload};
use glucodock::domain::delivery::{DeliveryStanding, FollowedDelivery, KeptFromPlatform, WaitsBecause};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::words::key;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::SignedDuration;

use super::identity::answer;
use super::told::fact;
use crate::clinic::{Clinic, carla, now, upload};

fn told(standing: DeliveryStanding, owner: Option<Patient>) -> FollowedDelivery {
    FollowedDelivery { standing: Some(standing), owner: owner.map(Box::new), ..FollowedDelivery::default() }
}

fn lost() -> DeliveryStanding {
    DeliveryStanding::OwnedBy(PatientId("Patient/9".into()))
}

fn unanswered() -> DeliveryStanding {
    DeliveryStanding::Waits { since: now(), because: WaitsBecause::Unanswered("silent".into()) }
}

/// A clinic whose patients are the platform's, after an assignment.
fn assigned(set: impl FnOnce(&mut Clinic)) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.is_remote = true;
    set(&mut clinic);
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1961");
    clinic
}

fn is_follow(effect: &Effect) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::FollowDelivery { .. }))))
}

fn said(clinic: &Clinic) -> String {
    view(&clinic.model, &Words::english()).instruction
}

fn anna_there() -> PatientId {
    PatientId("Patient/1".into())
}

#[test]
fn the_success_message_says_one_of_four_things() {
    let words = Words::english();
    let silent = Problem::new(ProblemCode::PlatformUnreachable, "silent");
    for (delivery, step, instruction) in [
        (Ok(told(DeliveryStanding::InTheRecord, None)), "done", key::INSTRUCTION_DONE_AT_PLATFORM),
        (Ok(told(DeliveryStanding::AlreadyThere, None)), "done", key::INSTRUCTION_DONE_WAS_THERE),
        (Ok(told(unanswered(), None)), "done", key::INSTRUCTION_DONE_WAITS),
        (Ok(told(lost(), None)), "other_owner", key::INSTRUCTION_TAKEN_BACK),
        (Err(silent), "done", key::INSTRUCTION_DONE_HERE),
    ] {
        let clinic = assigned(|clinic| clinic.delivery = delivery);
        assert_eq!((clinic.step(), said(&clinic)), (step, words.text(instruction)));
        // What was there is not called new.
        let was_there = instruction == key::INSTRUCTION_DONE_WAS_THERE;
        assert_eq!(fact(&clinic, "Readings").contains("new"), step == "done" && !was_there);
    }
    // Of a patient of this store nobody is told.
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    answer(&mut clinic, "am", "1961");
    assert_eq!(said(&clinic), words.text(key::INSTRUCTION_DONE));
    assert!(!clinic.asked.iter().any(is_follow));
}

/// What no number uses is sent to nobody: that a record has it would be wrong.
#[test]
fn nothing_is_said_to_be_in_a_record_that_never_goes_there() {
    let words = Words::english();
    for standing in [DeliveryStanding::InTheRecord, DeliveryStanding::AlreadyThere] {
        let keeps = |kept, all| {
            let kept = KeptFromPlatform { kept, all };
            let delivery = FollowedDelivery { kept, ..told(standing.clone(), None) };
            assigned(move |clinic| clinic.delivery = Ok(delivery))
        };
        let page = |clinic: &Clinic| serde_json::to_string(&view(&clinic.model, &words)).unwrap();
        let none = keeps(0, 720);
        assert!(!page(&none).contains("stay out of it"), "{}", page(&none));
        let some = keeps(2, 720);
        assert!(page(&some).contains("2 of these readings are not in the record of the care platform"));
        let all = keeps(720, 720);
        assert_eq!(said(&all), words.text(key::INSTRUCTION_DONE_KEPT_ALL));
        assert!(!page(&all).contains("had these readings already") && !page(&all).contains("stay out of it"));
    }
}

/// The screen waits for some seconds, or until a key says not to; what comes later is said all the same.
#[test]
fn nobody_waits_longer_than_they_want() {
    let words = Words::english();
    for stops_by_key in [true, false] {
        let mut clinic = assigned(|clinic| clinic.holds = is_follow);
        assert_eq!(said(&clinic), words.text(key::INSTRUCTION_DONE_TELLING));
        let until = clinic.model.deadline().unwrap();
        assert_eq!(until, now() + SignedDuration::from_secs(8));
        if stops_by_key {
            clinic.keys([Key::Function(8)]);
        } else {
            clinic.event_at(Event::Deadline, until);
        }
        assert_eq!((clinic.step(), said(&clinic)), ("done", words.text(key::INSTRUCTION_DONE_HERE)));
        assert_eq!(clinic.model.deadline(), None);
        clinic.holds = |_| false;
        clinic.release();
        assert_eq!(said(&clinic), words.text(key::INSTRUCTION_DONE_AT_PLATFORM));
        // With nothing to wait for the key is none.
        clinic.keys([Key::Function(8)]);
        assert_eq!(clinic.model.remark, Some(Remark::NoSuchKey));
    }
}

/// Whatever is said later of what waits is said, once each time something came of it.
#[test]
fn what_waits_is_asked_about_when_something_came_of_it() {
    let mut clinic = assigned(|clinic| clinic.delivery = Ok(told(unanswered(), None)));
    let asked = |clinic: &Clinic| clinic.asked.iter().filter(|effect| is_follow(effect)).count();
    assert_eq!(asked(&clinic), 1);
    clinic.event(Event::Delivered { patient: PatientId("Patient/3".into()), is_lost: false, has_stayed: false });
    assert_eq!(asked(&clinic), 1, "about somebody else");
    clinic.delivery = Ok(told(DeliveryStanding::InTheRecord, None));
    clinic.event(Event::Delivered { patient: anna_there(), is_lost: false, has_stayed: false });
    assert_eq!((asked(&clinic), said(&clinic)), (2, Words::english().text(key::INSTRUCTION_DONE_AT_PLATFORM)));
    clinic.event(Event::Delivered { patient: anna_there(), is_lost: false, has_stayed: false });
    assert_eq!(asked(&clinic), 2, "it cannot change any more");
}

/// A lost race stops hard: the meter is nobody's here, waits in the list, and the trail has it.
#[test]
fn a_lost_race_is_a_hard_stop() {
    let mut clinic = assigned(|clinic| clinic.delivery = Ok(told(lost(), Some(carla()))));
    assert_eq!(clinic.step(), "other_owner");
    let conflict = |effect: &Effect| {
        let Effect::Ask(_, Request::For(_, Task::Station(StationTask::Audit { entry }))) = effect else { return false };
        matches!(entry, AuditEntry::OwnerConflict { patient, .. } if *patient == anna_there())
    };
    assert!(clinic.asked.iter().any(conflict));
    assert!(clinic.model.panel.waiting().next().is_some(), "it is in no record");
    let shown = serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    assert!(shown.contains("initials CM") && !shown.contains("Carla"), "{shown}");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
}

/// The answer comes when somebody is elsewhere: it is told, and the lists and what is shown of the person are loaded
/// anew.
#[test]
fn a_race_that_was_lost_late_is_told_wherever_somebody_is() {
    let loads = |clinic: &Clinic, from: usize| {
        let is_loaded = |effect: &&Effect| {
            let Effect::Ask(_, Request::For(_, task)) = effect else { return false };
            matches!(
                task,
                Task::Station(StationTask::LoadWorkList | StationTask::LoadUpload { .. })
                    | Task::Platform(PlatformTask::LoadDashboard { .. })
            )
        };
        clinic.asked[from..].iter().filter(is_loaded).map(Effect::name).collect::<Vec<_>>()
    };
    let lost_late = Event::Delivered { patient: anna_there(), is_lost: true, has_stayed: false };
    // At the dashboard of the person, and at the search for the next one.
    for (keys, expected) in [
        (vec![Key::Enter], vec!["load_dashboard", "load_upload", "load_work_list"]),
        (vec![Key::Function(7)], vec!["load_upload", "load_work_list"]),
    ] {
        let mut clinic = assigned(|clinic| clinic.delivery = Ok(told(unanswered(), None)));
        clinic.keys(keys);
        let from = clinic.asked.len();
        clinic.records.clear();
        clinic.waiting = vec![Upload { taken_back: Some(TakenBack::LostRace), ..upload(Owner::Nobody) }];
        clinic.event(lost_late.clone());
        assert_eq!(loads(&clinic, from), expected);
        assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_TAKEN_BACK)));
        assert_eq!(clinic.model.working().unwrap().waiting[0].taken_back, Some(TakenBack::LostRace));
        assert!(clinic.model.panel.waiting().next().is_some());
    }
    // On the screen that says how it stands, it stops.
    let mut clinic = assigned(|clinic| clinic.delivery = Ok(told(unanswered(), None)));
    clinic.delivery = Ok(told(lost(), None));
    clinic.event(lost_late.clone());
    assert_eq!(clinic.step(), "other_owner");
    // With nobody signed in, there is nobody to be told, and nothing is asked.
    let mut clinic = assigned(|clinic| clinic.delivery = Ok(told(unanswered(), None)));
    clinic.sign_out();
    let from = clinic.asked.len();
    clinic.event(lost_late);
    assert_eq!((clinic.asked.len(), clinic.model.remark.clone()), (from, None));
}
