//! Work belongs to who began it: whoever is signed in when it ends, it is done under that person's name, and nobody
//! else goes on with it without having chosen it.

use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task, Ticket};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::panel::SlotState;
use glucodock::app::remark::Remark;
use glucodock::domain::association::Owner;
use glucodock::domain::clinic::Session;
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::key;

use crate::clinic::{Clinic, anna, attachment, download, upload};

fn whole() -> EffectResult {
    EffectResult::Read(Ok(Box::new(download(Completeness::Complete))))
}

/// Under whose name the downloads are put into quarantine, in order.
fn kept_for(clinic: &Clinic) -> Vec<&str> {
    fn who(effect: &Effect) -> Option<&str> {
        if let Effect::Ask(_, Request::For(session, Task::Station(StationTask::Quarantine { .. }))) = effect {
            Some(session.user.login.as_str())
        } else {
            None
        }
    }
    clinic.asked.iter().filter_map(who).collect()
}

/// Nora has a meter read and signs out while it is read.
fn read_under_way() -> (Clinic, Ticket) {
    let mut clinic = Clinic::signed_in();
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.sign_out();
    (clinic, ticket)
}

#[test]
fn signing_out_is_written_into_the_audit_trail_for_who_signs_out() {
    let (clinic, _) = read_under_way();
    let signed_out = clinic.asked.iter().any(|effect| {
        matches!(
            effect,
            Effect::Ask(_, Request::For(session, Task::Station(StationTask::SignOut)))
                if session.user.login.as_str() == "nurse"
        )
    });
    assert!(signed_out);
}

#[test]
fn a_read_that_ends_after_the_sign_out_is_kept_for_who_began_it() {
    let (mut clinic, ticket) = read_under_way();
    clinic.event(Event::EffectDone { ticket, answer: whole() });
    assert_eq!(kept_for(&clinic), ["nurse"]);
    let states: Vec<_> = clinic.model.panel.slots().iter().map(|slot| &slot.state).collect();
    assert!(matches!(states.as_slice(), [SlotState::Stored(_)]), "{states:?}");
}

#[test]
fn a_read_that_ends_when_somebody_else_is_signed_in_is_kept_for_who_began_it() {
    let (mut clinic, ticket) = read_under_way();
    clinic.sign_in_as("otto");
    clinic.event(Event::EffectDone { ticket, answer: whole() });
    assert_eq!(kept_for(&clinic), ["nurse"]);
    let reads = clinic
        .asked
        .iter()
        .filter(|effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::ReadMeter { .. }))))
        .count();
    assert_eq!(reads, 1, "a meter that is being read is not read again by the sign-in");
}

#[test]
fn a_meter_pulled_and_a_session_ended_while_reading_lose_nothing() {
    let (mut clinic, ticket) = read_under_way();
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    clinic.sign_in_as("otto");
    clinic.event(Event::EffectDone { ticket, answer: whole() });
    assert_eq!(kept_for(&clinic), ["nurse"]);
    let loads = |effect: &&Effect| {
        matches!(
            effect,
            Effect::Ask(_, Request::For(session, Task::Station(StationTask::LoadWorkList)))
                if session.user.login.as_str() == "otto"
        )
    };
    assert_eq!(clinic.asked.iter().filter(loads).count(), 2, "at the sign-in, and once there is one more");
}

#[test]
fn nobody_goes_on_by_himself_with_what_another_person_has_read() {
    let at_upload = |clinic: &mut Clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
    };
    // Read to the end before the other person comes to the upload step, and while he is there.
    for ends_first in [true, false] {
        let (mut clinic, ticket) = read_under_way();
        clinic.sign_in_as("otto");
        if ends_first {
            clinic.event(Event::EffectDone { ticket, answer: whole() });
            at_upload(&mut clinic);
        } else {
            at_upload(&mut clinic);
            clinic.event(Event::EffectDone { ticket, answer: whole() });
        }
        assert_eq!(clinic.step(), "upload", "{ends_first}");
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.step(), "association_pending", "chosen, he does");
    }
}

#[test]
fn an_unplug_while_saving_and_then_a_failed_write_is_told_whoever_is_there() {
    for unplug in [true, false] {
        for sign_out in [true, false] {
            let mut clinic = Clinic::signed_in();
            clinic.event(Event::MeterArrived(attachment(1)));
            let read = clinic.read_ticket().unwrap();
            clinic.holds = |effect| {
                matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))))
            };
            clinic.event(Event::EffectDone { ticket: read, answer: whole() });
            let ticket = match clinic.held.as_slice() {
                [Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::Quarantine { .. })))] => *ticket,
                held => panic!("{held:?}"),
            };
            if unplug {
                clinic.event(Event::MeterLeft(AttachmentId(1)));
            }
            if sign_out {
                clinic.sign_out();
            }
            let problem = Problem::new(ProblemCode::StoreUnwritable, "disk full");
            clinic.event(Event::EffectDone { ticket, answer: EffectResult::Quarantined(Err(problem)) });
            let said = super::said(&clinic);
            assert!(said.contains(ProblemCode::StoreUnwritable.code()), "{unplug} {sign_out}: {said}");
            assert_eq!(clinic.told_wrong() == Some(key::TOLD_NOT_SAVED), unplug);
            // It stays until the meter was read and saved after all.
            clinic.keys([Key::Function(1), Key::Escape]);
            assert!(super::said(&clinic).contains(ProblemCode::StoreUnwritable.code()));
            if unplug && !sign_out {
                clinic.holds = |_| false;
                clinic.event(Event::MeterArrived(attachment(2)));
                let again = clinic.read_ticket().unwrap();
                clinic.event(Event::EffectDone { ticket: again, answer: whole() });
                assert!(clinic.model.panel.unsaved().is_empty());
            }
        }
    }
}

/// The step that asked is left: an assignment is done all the same, and whoever is there learns what came of it.
#[test]
fn an_append_that_was_left_is_told_and_shown() {
    let problem = || Problem::new(ProblemCode::StoreUnwritable, "disk full");
    for (left, fails, expected) in [
        ("back", false, key::TOLD_ASSIGNED),
        ("back", true, key::TOLD_NOT_ASSIGNED),
        ("sign out", false, key::TOLD_ASSIGNED),
        ("sign out", true, key::TOLD_NOT_ASSIGNED),
    ] {
        let mut clinic = Clinic::signed_in();
        clinic.owner = Owner::Patient(Box::new(anna()));
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. }))));
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
        assert_eq!(clinic.held.len(), 1, "the new readings are being appended");
        if left == "back" {
            clinic.keys([Key::Escape]);
        } else {
            clinic.sign_out();
        }
        if fails {
            clinic.assign = Err(problem());
        }
        let before = clinic.asked.len();
        clinic.release();
        assert_eq!(clinic.model.remark.as_ref().map(Remark::words), Some(expected), "{left}");
        assert_eq!(clinic.told_wrong().is_some(), fails, "{left}: the details say why");
        let looks = |effect: &Effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUpload { .. }))))
        };
        assert_eq!(clinic.asked.iter().skip(before).any(looks), !fails, "{left}: the panel shows how it stands");
        if left == "back" && !fails {
            assert_eq!(clinic.model.working().unwrap().handled, [upload(Owner::Nobody).id]);
        }
    }
}

#[test]
fn a_new_patient_who_is_created_after_the_form_was_left_is_told() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. }))));
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    clinic.keys([Key::Right, Key::Enter, Key::Enter, Key::Enter, Key::Enter]);
    assert_eq!(clinic.held.len(), 1, "she is being created");
    clinic.keys([Key::Escape, Key::Escape]);
    assert_eq!(clinic.step(), "find_patient");
    clinic.release();
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_PATIENT_CREATED)));
}

/// A search was under way when the form for a new patient was opened: back in the list, its hits are there.
#[test]
fn a_search_is_answered_behind_the_form_for_a_new_patient() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("mu");
    clinic.keys([Key::Function(2)]);
    assert_eq!(clinic.step(), "create_patient");
    clinic.release();
    clinic.keys([Key::Escape]);
    assert!(super::said(&clinic).contains("MÜLLER, Anna"), "{}", super::said(&clinic));
}

#[test]
fn what_was_asked_in_one_session_is_not_shown_in_the_next() {
    let mut clinic = Clinic::signed_in();
    clinic.holds = |effect| {
        matches!(
            effect,
            Effect::Ask(_, Request::For(session, Task::Station(StationTask::LoadRecents))) if is_nora(session)
        )
    };
    clinic.keys([Key::Function(5)]);
    clinic.sign_out();
    clinic.sign_in_as("otto");
    if let glucodock::app::model::AppState::Working(working) = &mut clinic.model.state {
        working.recents.clear();
    }
    clinic.release();
    assert!(clinic.model.working().unwrap().recents.is_empty());
}

fn is_nora(session: &Session) -> bool {
    session.user.login.as_str() == "nurse"
}
