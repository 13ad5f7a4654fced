//! An assignment is undone from where it was made or from the record: what is shown comes first, one key too many
//! undoes nothing, and afterwards the readings are on the list of what waits.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::undo::UndoFocus;
use glucodock::domain::association::{Owner, Upload, UploadId, Whereabouts};
use glucodock::domain::delivery::{DeliveryStanding, FollowedDelivery};
use glucodock::domain::patient::PatientId;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::undo::{UndoOffer, UndoRequest, UndoTerms};
use glucodock::domain::words::key;
use glucodock::ui::linear::{keys, render};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, undo_offer, upload};
use crate::wizard_screens::cases::at_done;
use crate::wizard_screens::tabs;

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

/// What was asked to be undone.
fn requests(clinic: &Clinic) -> Vec<UndoRequest> {
    let request = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Undo { request }))) => Some((**request).clone()),
        _ => None,
    };
    clinic.asked.iter().filter_map(request).collect()
}

/// For which uploads it was asked what undoing would do.
fn offers(clinic: &Clinic) -> Vec<UploadId> {
    let of = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUndoOffer { upload }))) => Some(upload.clone()),
        _ => None,
    };
    clinic.asked.iter().filter_map(of).collect()
}

fn focus(clinic: &Clinic) -> UndoFocus {
    match &clinic.model.working().unwrap().step {
        Step::Undo(step) => step.focus,
        other => panic!("{}", other.name()),
    }
}

fn at_undo(terms: UndoTerms) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.undo_offer = Ok(UndoOffer { terms, ..undo_offer() });
    at_done(&mut clinic);
    clinic.keys([Key::Char('z')]);
    assert_eq!(clinic.step(), "undo");
    clinic
}

#[test]
fn what_was_just_assigned_is_undone_and_waits() {
    let mut clinic = at_undo(UndoTerms::AtOnce);
    assert_eq!(offers(&clinic), [UploadId("u1".into())]);
    let shown = said(&clinic);
    for told in ["Anna", "Accu-Chek Guide", "720 readings", "Nothing is deleted", "The meter is nobody's then"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(!shown.contains("Why"), "no reason is asked for");
    clinic.keys([Key::Tab]);
    assert_eq!((focus(&clinic), requests(&clinic).len()), (UndoFocus::Undo, 0));
    clinic.keys([Key::Enter]);
    let [request] = requests(&clinic).try_into().unwrap();
    assert_eq!((request.upload.0.as_str(), &request.seen, &request.reason), ("u1", &undo_offer().seen(), &None));
    assert_eq!(
        (clinic.step(), clinic.model.remark.clone()),
        ("waiting_meters", Some(Remark::Happened(key::TOLD_UNDONE)))
    );
    let working = clinic.model.working().unwrap();
    assert_eq!(working.waiting.iter().map(|upload| upload.taken_back).collect::<Vec<_>>(), [Some(TakenBack::Undone)]);
    assert!(working.handled.is_empty(), "it can be chosen again");
    let [slot] = clinic.model.panel.slots() else { panic!("one meter is plugged in") };
    let glucodock::app::panel::SlotState::Stored(upload) = &slot.state else { panic!("it was read") };
    assert_eq!(upload.whereabouts(None), Whereabouts::Wait, "the panel says so, too");
}

/// Enter once more than was meant, Esc, and the keys that move: nothing is undone.
#[test]
fn one_key_too_many_undoes_nothing() {
    for keys in [
        vec![Key::Enter],
        vec![Key::Escape],
        vec![Key::Tab, Key::Tab, Key::Enter],
        vec![Key::Up, Key::Down, Key::Enter],
    ] {
        let mut clinic = at_undo(UndoTerms::AtOnce);
        clinic.keys(keys.clone());
        assert_eq!((clinic.step(), requests(&clinic).len()), ("done", 0), "{keys:?}");
    }
}

#[test]
fn a_reason_is_typed_where_one_is_asked_for() {
    let mut clinic = at_undo(UndoTerms::WithReason);
    assert_eq!(focus(&clinic), UndoFocus::Reason);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_SAY_WHY_UNDONE)));
    // Round the field, too.
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!((focus(&clinic), requests(&clinic).len()), (UndoFocus::Reason, 0));
    clinic.text("   ");
    clinic.keys([Key::Tab, Key::Enter]);
    assert!(requests(&clinic).is_empty());
    clinic.keys([Key::Control('u')]);
    // Its own key is a letter of the reason.
    clinic.text("zwei Zeilen verwechselt");
    clinic.keys([Key::Enter]);
    assert_eq!((focus(&clinic), requests(&clinic).len()), (UndoFocus::Undo, 0));
    clinic.keys([Key::Enter]);
    let [request] = requests(&clinic).try_into().unwrap();
    assert_eq!(request.reason, Some("zwei Zeilen verwechselt".into()));
    assert_eq!(clinic.step(), "waiting_meters");
}

#[test]
fn whoever_may_not_is_told_who_may() {
    for terms in [Ok(UndoTerms::Refused), Err(ProblemCode::UndoLaterFirst), Err(ProblemCode::UndoMisplaced)] {
        let mut clinic = Clinic::signed_in();
        clinic.undo_offer =
            terms.map_err(|code| Problem::new(code, "no")).map(|terms| UndoOffer { terms, ..undo_offer() });
        at_done(&mut clinic);
        clinic.keys([Key::Char('z'), Key::Tab, Key::Tab]);
        assert_eq!(focus(&clinic), UndoFocus::Leave, "{terms:?}");
        let shown = said(&clinic);
        let told = match terms {
            Ok(_) => "Ask a clinician",
            Err(ProblemCode::UndoLaterFirst) => "Undo the later assignment first",
            Err(_) => "Have that put right at the care platform first",
        };
        assert!(shown.contains(told) && !shown.contains("choose Undo"), "{shown}");
        clinic.keys([Key::Enter]);
        assert_eq!((clinic.step(), requests(&clinic).len()), ("done", 0));
    }
}

/// A quarter of an hour passes in front of the screen: it is looked at anew, and a reason is asked for.
#[test]
fn what_has_changed_meanwhile_is_looked_at_anew() {
    for code in [ProblemCode::UndoReasonMissing, ProblemCode::UploadChanged, ProblemCode::UndoRefused] {
        let mut clinic = at_undo(UndoTerms::AtOnce);
        clinic.undone = Err(Problem::new(code, "too late"));
        clinic.undo_offer = Ok(UndoOffer { terms: UndoTerms::WithReason, ..undo_offer() });
        clinic.keys([Key::Tab, Key::Enter]);
        assert_eq!((clinic.step(), offers(&clinic).len(), focus(&clinic)), ("undo", 2, UndoFocus::Reason), "{code:?}");
    }
    // What the store cannot write is told where it was asked, and asked again under the same key.
    let mut clinic = at_undo(UndoTerms::AtOnce);
    clinic.undone = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    clinic.keys([Key::Tab, Key::Enter]);
    assert!(said(&clinic).contains("E-STORE-2"), "{}", said(&clinic));
    clinic.undone = Ok(glucodock::domain::undo::Undone { readings: 720, ended_ownership: true });
    clinic.keys([Key::Enter]);
    let [first, second] = requests(&clinic).try_into().unwrap();
    assert_eq!((first, clinic.step()), (second, "waiting_meters"));
}

/// What the platform took back but for what another station stands behind is told wherever somebody is, and the list
/// and whoever decides next say how many readings that are.
#[test]
fn what_stays_at_the_platform_is_told() {
    let mut clinic = at_undo(UndoTerms::AtOnce);
    clinic.keys([Key::Tab, Key::Enter]);
    clinic.waiting = vec![Upload { taken_back: Some(TakenBack::UndoneBut(17)), ..upload(Owner::Nobody) }];
    clinic.event(Event::Delivered { patient: PatientId("Patient/1".into()), is_lost: false, has_stayed: true });
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_STAYED)));
    assert!(said(&clinic).contains("undone, 17 stay"), "{}", said(&clinic));
}

/// While it is done no key is taken; and whoever signs out meanwhile leaves it to whoever comes next to hear of it.
#[test]
fn what_came_of_it_is_told_to_whoever_is_there() {
    for (undone, told) in [(true, key::TOLD_UNDONE), (false, key::TOLD_NOT_UNDONE)] {
        let mut clinic = at_undo(UndoTerms::AtOnce);
        if !undone {
            clinic.undone = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
        }
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Undo { .. }))));
        clinic.keys([Key::Tab, Key::Enter, Key::Enter, Key::Escape]);
        assert_eq!((clinic.step(), requests(&clinic).len()), ("undo", 1));
        clinic.sign_out();
        clinic.sign_in_as("ida");
        clinic.holds = |_| false;
        clinic.release();
        let remark = clinic.model.remark.clone().unwrap();
        assert_eq!(remark.words(), told);
    }
}

/// The upload under the cursor, and no other; elsewhere on the dashboard the key does nothing.
#[test]
fn an_upload_of_the_record_is_undone_from_its_list() {
    let mut clinic = tabs::at(&[Key::Char('z'), Key::Char('5'), Key::Char('z')]);
    assert_eq!((clinic.step(), offers(&clinic).len()), ("dashboard", 0));
    clinic.keys([Key::Char('6'), Key::Down, Key::Char('z')]);
    assert_eq!((clinic.step(), offers(&clinic)), ("undo", vec![UploadId("u13".into())]));
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "dashboard");
    assert!(requests(&clinic).is_empty());
}

/// What somebody else undid meanwhile is told at the success message, and is not offered again.
#[test]
fn what_somebody_else_undid_is_told() {
    let mut clinic = Clinic::signed_in();
    clinic.is_remote = true;
    clinic.delivery =
        Ok(FollowedDelivery { standing: Some(DeliveryStanding::Undone), owner: None, ..FollowedDelivery::default() });
    at_done(&mut clinic);
    assert!(said(&clinic).contains("This assignment was undone"), "{}", said(&clinic));
    clinic.keys([Key::Char('z')]);
    assert_eq!((clinic.step(), offers(&clinic).len()), ("done", 0));
}

/// A line of the screen reader's mode, as keys on what is shown.
fn line(clinic: &mut Clinic, line: &str) {
    let pressed = keys(line, &view(&clinic.model, &Words::english()));
    clinic.keys(pressed);
}

/// In lines it is said in the same order, and a number chooses.
#[test]
fn it_is_undone_in_lines_as_well() {
    for terms in [UndoTerms::AtOnce, UndoTerms::WithReason] {
        let mut clinic = Clinic::signed_in();
        clinic.undo_offer = Ok(UndoOffer { terms, ..undo_offer() });
        at_done(&mut clinic);
        line(&mut clinic, "z");
        let told = render(None, &view(&clinic.model, &Words::english()));
        assert!(told.iter().any(|line| line.contains("Taken out: 720 readings")), "{told:?}");
        if terms == UndoTerms::WithReason {
            line(&mut clinic, "the wrong row");
            assert!(requests(&clinic).is_empty());
        }
        let told = render(None, &view(&clinic.model, &Words::english()));
        let number = told.iter().find_map(|line| line.strip_suffix(": Undo")).unwrap().to_owned();
        line(&mut clinic, &number);
        let [request] = requests(&clinic).try_into().unwrap();
        assert_eq!(request.reason.is_some(), terms == UndoTerms::WithReason);
        assert_eq!(clinic.step(), "waiting_meters");
    }
}
