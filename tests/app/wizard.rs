//! The wizard without a screen: every branch of the flow, and what no sequence of keys may do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod cables;
pub(crate) mod code_sign_in;
mod days;
mod delivery;
mod elsewhere;
mod ending;
mod export;
mod giving_up;
mod identity;
mod intake;
mod kept_in_place;
mod locked;
mod meanwhile;
mod model_list;
mod nameless;
pub(crate) mod new_password;
pub(crate) mod noted;
mod numbers;
pub(crate) mod offline_search;
mod panel_rows;
mod paused;
mod plugged_meters;
mod population;
mod scanned;
mod selections;
mod sessions;
pub(crate) mod time_correction;
mod told;
mod transfer;
mod troubles;
mod typing;
pub(crate) mod undelivered;
mod undo;
mod unit;
mod ways_back;
mod who_uses;

use glucodock::app::effect::{Command, Effect, PlatformTask, Request, StationTask, Task, ToEngine};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::{Burst, BurstEnd, Key};
use glucodock::app::overlay::Overlay;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::create_patient::CreatePage;
use glucodock::domain::association::{AssignmentResult, AuditEntry, Owner};
use glucodock::domain::clinic::Role;
use glucodock::domain::download::Completeness;
use glucodock::domain::identity_check::Verdict;
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::patient::{Likeness, LookAlike};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::validation::FieldFault;
use glucodock::domain::words::key;
use proptest::prelude::*;

use super::clinic::{Clinic, anna, attachment, berta, carla, download, upload};

/// Everything that is said, as JSON.
fn said(clinic: &Clinic) -> String {
    let words = glucodock::ui::words::Words::english();
    serde_json::to_string(&glucodock::ui::view::view(&clinic.model, &words)).unwrap()
}

/// How many assignments were asked for.
fn assignments(clinic: &Clinic) -> usize {
    clinic
        .asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. })))))
        .count()
}

#[test]
fn a_first_connection_takes_eleven_keys_beside_typing() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");
    clinic.plug_and_read(Completeness::Complete);
    assert_eq!(clinic.step(), "association_pending", "a single meter is gone on with by itself");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "confirm_device");
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!(clinic.step(), "select_patient");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "confirm_assignment");
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "dashboard");
    assert_eq!(assignments(&clinic), 1);
}

#[test]
fn a_meter_of_the_chosen_patient_goes_straight_to_done() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Patient(Box::new(anna()));
    clinic.assign = Ok(AssignmentResult { new: 3, already_there: 717 });
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    let Step::Done(done) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    assert!(done.was_known);
    assert_eq!(done.result, AssignmentResult { new: 3, already_there: 717 });
}

#[test]
fn a_meter_of_somebody_else_stops_and_no_key_leads_on() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Patient(Box::new(carla()));
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    assert_eq!(clinic.step(), "other_owner");
    assert_eq!(assignments(&clinic), 0);
    assert!(clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(
            _,
            Request::For(_, Task::Station(StationTask::Audit { entry: AuditEntry::OwnerConflict { .. }, .. }))
        )
    )));
    clinic.keys([Key::Tab, Key::Down, Key::Function(4), Key::Function(8)]);
    assert_eq!(clinic.step(), "other_owner");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
}

#[test]
fn an_inactive_patient_is_found_but_not_selected() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
    assert_eq!(clinic.model.remark, Some(Remark::NotSelectable(key::REASON_INACTIVE)));
    assert_eq!(berta().status, glucodock::domain::patient::Status::Inactive);
}

#[test]
fn no_row_is_chosen_before_the_cursor_is_moved_there() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient", "the first Enter only leads into the list");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "upload");
}

#[test]
fn late_hits_take_the_cursor_away() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down]);
    let Step::FindPatient(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert_eq!(step.search.selection.id(), Some(&anna().id));
    clinic.keys([Key::Up]);
    clinic.text("x");
    let Step::FindPatient(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert_eq!(step.search.selection.id(), None);
}

#[test]
fn a_partial_download_is_not_put_into_quarantine() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    let problem = Problem { done: 412, of: Some(720), ..Problem::new(ProblemCode::LinkSilent, "silent") };
    clinic.plug_and_read(Completeness::Partial(problem));
    assert_eq!(clinic.step(), "upload");
    assert!(!clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. })))
    )));
    clinic.keys([Key::Function(5)]);
    let reads = clinic
        .asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::ReadMeter { .. }))))
        .count();
    assert_eq!(reads, 2, "F5 reads again");
}

#[test]
fn an_unplug_while_reading_leaves_a_problem_and_drops_the_late_answer() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.event(Event::ReadProgress { ticket, done: 300, of: Some(720) });
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    let cut_short = &clinic.model.panel.cut_short(Some(&anna().id)).next().unwrap().problem;
    assert_eq!((cut_short.code, cut_short.done, cut_short.of), (ProblemCode::LinkGone, 300, Some(720)));
    // The unplugging is noticed before the last readings are counted.
    let problem = Problem { done: 310, of: Some(720), ..Problem::new(ProblemCode::LinkGone, "gone") };
    let partial = Completeness::Partial(problem);
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(Box::new(download(partial)))) });
    let cut_short = &clinic.model.panel.cut_short(Some(&anna().id)).next().unwrap().problem;
    assert_eq!((cut_short.done, cut_short.of), (310, Some(720)));
    assert!(!clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. })))
    )));
    assert_eq!(clinic.step(), "upload");
}

#[test]
fn a_read_that_was_whole_when_the_meter_left_is_still_kept() {
    let mut clinic = Clinic::signed_in();
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    clinic.event(Event::EffectDone {
        ticket,
        answer: EffectResult::Read(Ok(Box::new(download(Completeness::Complete)))),
    });
    assert!(clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. })))
    )));
    assert!(clinic.model.panel.cut_short(None).next().is_none());
}

#[test]
fn stopping_a_read_drops_what_still_comes() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.keys([Key::Function(8)]);
    assert!(clinic.asked.contains(&Effect::Do(Command::CancelRead { ticket })));
    clinic.event(Event::EffectDone {
        ticket,
        answer: EffectResult::Read(Ok(Box::new(download(Completeness::Complete)))),
    });
    assert!(!clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. })))
    )));
}

#[test]
fn a_meter_is_not_read_before_somebody_is_signed_in() {
    let mut clinic = Clinic::new();
    clinic.event(Event::MeterArrived(attachment(1)));
    assert!(clinic.read_ticket().is_none());
    clinic.sign_in();
    assert!(clinic.read_ticket().is_some());
}

#[test]
fn back_leads_from_every_step_to_the_one_before_without_loss() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    for step in ["select_patient", "confirm_device", "association_pending", "upload", "find_patient"] {
        clinic.keys([Key::Escape]);
        assert_eq!(clinic.step(), step);
    }
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "find_patient", "Esc never quits");
    assert_eq!(assignments(&clinic), 0);
}

#[test]
fn a_waiting_meter_is_gone_on_with_after_a_restart() {
    let mut clinic = Clinic::new();
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.sign_in();
    clinic.keys([Key::Function(3), Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "association_pending");
}

#[test]
fn somebody_faster_leads_to_the_hard_stop() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.assign = Err(Problem::new(ProblemCode::AlreadyAssigned, "taken"));
    clinic.owner = Owner::Patient(Box::new(carla()));
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "other_owner");
}

#[test]
fn a_failed_assignment_is_tried_again_with_the_same_key() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.assign = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "confirm_assignment");
    clinic.assign = Ok(AssignmentResult { new: 720, already_there: 0 });
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "done");
    let keys: Vec<_> = clinic
        .asked
        .iter()
        .filter_map(|effect| match effect {
            Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { assignment, .. }))) => {
                Some(assignment.key.clone())
            }
            _ => None,
        })
        .collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn a_new_patient_is_created_on_two_pages() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    let Step::CreatePatient(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    assert!(matches!(step.page, CreatePage::Optional { .. }));
    clinic.keys([Key::Right, Key::Enter, Key::Enter, Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "upload", "the new patient is in hand");
}

#[test]
fn a_required_field_that_is_wrong_has_the_keys_and_says_what_is_allowed() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "01/02/1999", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    let Step::CreatePatient(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert_eq!(step.form.complaints.values().collect::<Vec<_>>(), [&FieldFault::NotADate]);
    assert!(!clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::FindLookAlikes { .. })))
    )));
}

/// A form does not make anything shorter to fit, nor take the number of a room for a person's.
#[test]
fn what_is_too_long_or_no_identifier_is_refused_at_its_field() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2)]);
    for text in ["N".repeat(300).as_str(), "Åsa", "1-Feb-1999", "Room-12"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    let Step::CreatePatient(step) = &clinic.model.working().unwrap().step else { panic!() };
    let complaints: Vec<_> = step.form.complaints.values().copied().collect();
    assert_eq!(complaints, [FieldFault::TooLong(60), FieldFault::PlaceNumber]);
    assert!(!clinic.asked.iter().any(|effect| matches!(
        effect,
        Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::FindLookAlikes { .. })))
    )));
}

#[test]
fn the_same_person_is_offered_and_a_second_record_needs_a_reason() {
    let mut clinic = Clinic::signed_in();
    clinic.look_alikes = Ok(vec![LookAlike { patient: anna(), likeness: Likeness::SamePerson }]);
    clinic.keys([Key::Function(2)]);
    for text in ["Müller", "Anna", "14-Jul-1961", "M778"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    // What is typed for the optional page, which usually comes here, chooses nobody and creates nobody.
    clinic.keys([Key::Enter, Key::Enter, Key::Tab, Key::Tab, Key::Enter]);
    clinic.text("anna@example.org");
    clinic.keys([Key::Enter]);
    assert_eq!(
        (clinic.step(), &clinic.model.remark),
        ("create_patient", &Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)))
    );
    clinic.keys([Key::Down, Key::Down, Key::Enter, Key::Enter]);
    let Step::CreatePatient(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert!(matches!(step.page, CreatePage::LookAlikes(_)), "an empty reason does not do");
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_SAY_WHY)));
    clinic.text("twin");
    clinic.keys([Key::Enter]);
    let Step::CreatePatient(step) = &clinic.model.working().unwrap().step else { panic!() };
    assert!(matches!(step.page, CreatePage::Optional { .. }));
    clinic.keys([Key::Escape, Key::Escape]);
    assert_eq!(clinic.step(), "find_patient");
}

#[test]
fn leaving_asks_first() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Control('c')]);
    assert_eq!(clinic.model.overlay, Some(Overlay::Leave { leave: false }));
    clinic.keys([Key::Enter]);
    assert!(!clinic.asked.contains(&Effect::Engine(ToEngine::Quit)), "the cursor stands on staying");
    clinic.keys([Key::Control('c'), Key::Right, Key::Enter]);
    assert!(clinic.asked.contains(&Effect::Engine(ToEngine::Quit)));
}

/// Every way out of a session is in the audit trail, asked for while it is known whose session it was.
#[test]
fn whoever_signs_out_or_leaves_is_in_the_trail_with_it() {
    let ends: [(&[Key], &[Effect]); 2] = [
        (&[Key::Function(10), Key::End, Key::Up, Key::Enter], &[]),
        (&[Key::Control('c'), Key::Right, Key::Enter], &[Effect::Engine(ToEngine::Quit)]),
    ];
    for (keys, last) in ends {
        let mut clinic = Clinic::signed_in();
        clinic.noted = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
        let before = clinic.asked.len();
        clinic.keys(keys.iter().cloned());
        let [
            Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::EndSignIn))),
            Effect::Ask(_, Request::For(_, Task::Station(StationTask::SignOut))),
            rest @ ..,
        ] = &clinic.asked[before..]
        else {
            panic!("{:?}", &clinic.asked[before..])
        };
        assert_eq!(rest, last);
        assert_eq!(clinic.told_wrong(), Some(key::TOLD_NOT_NOTED), "a trail that cannot be written is told");
    }
    // Whatever a platform admits: who sees no patients gets no session, so that none has to end.
    let mut clinic = Clinic::new();
    clinic.role = Role::Auditor;
    clinic.text("nurse");
    clinic.keys([Key::Enter]);
    clinic.text("secret");
    clinic.keys([Key::Enter]);
    assert!(matches!(clinic.asked.as_slice(), [Effect::Ask(_, Request::SignIn { .. })]), "{:?}", clinic.asked);
    assert_eq!(clinic.step(), "sign_in");
    // Without a session nothing is noted.
    let mut clinic = Clinic::new();
    clinic.keys([Key::Control('c'), Key::Right, Key::Enter]);
    assert_eq!(clinic.asked, [Effect::Engine(ToEngine::Quit)]);
}

/// A text that is missing comes out as its key in brackets: `"[hint-back]"`.
fn names_a_missing_text(said: &str) -> bool {
    said.split("\"[").skip(1).any(|rest| {
        let key: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        key.len() > 3 && rest.get(key.len()..).is_some_and(|after| after.starts_with("]\""))
    })
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        4 => Just(Key::Enter),
        2 => Just(Key::Tab),
        1 => Just(Key::BackTab),
        2 => Just(Key::Down),
        1 => Just(Key::Up),
        1 => Just(Key::Escape),
        1 => Just(Key::Left),
        1 => Just(Key::Right),
        1 => (1_u8..=10).prop_map(Key::Function),
        2 => proptest::char::any().prop_map(Key::Char),
        // Digits and letters of somebody else's identity: near misses.
        2 => prop_oneof!["c", "k", "1972", "62", "cm"].prop_map(Key::Paste),
        2 => prop_oneof!["M1001", "M1003", "92500000042", "14-Jul-1961", "]d2x"]
            .prop_map(|text| Key::Scan(Burst { text, end: BurstEnd::Enter })),
    ]
}

proptest! {
    /// ID-03: whatever is pressed, nothing is assigned unless what is asked of the person was typed.
    #[test]
    fn no_keys_reach_an_assignment_without_the_identity(keys in proptest::collection::vec(any_key(), 0..120)) {
        let mut clinic = Clinic::signed_in();
        clinic.go_to_confirm_assignment();
        for key in keys {
            let typed = match &clinic.model.working() {
                Some(working) => match &working.step {
                    Step::ConfirmAssignment(step) => step.verdict() == Verdict::Match,
                    _ => false,
                },
                None => false,
            };
            let before = assignments(&clinic);
            clinic.keys([key]);
            prop_assert!(typed || assignments(&clinic) == before);
            // Whose the meter is was confirmed then: what it has at their next visit asks for nobody's identity.
            if assignments(&clinic) > 0 {
                break;
            }
        }
    }

    /// Whatever is pressed from the start, no key panics and every screen can be said.
    #[test]
    fn every_reachable_screen_can_be_said(keys in proptest::collection::vec(any_key(), 0..150)) {
        let words = glucodock::ui::words::Words::english();
        let mut clinic = Clinic::signed_in();
        clinic.plug_and_read(Completeness::Complete);
        for key in keys {
            clinic.keys([key]);
            let scene = glucodock::ui::view::view(&clinic.model, &words);
            let said = serde_json::to_string(&scene).unwrap();
            prop_assert!(!names_a_missing_text(&said), "a text is missing: {said}");
        }
    }
}
