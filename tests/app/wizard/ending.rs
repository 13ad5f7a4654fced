//! A meter is a patient's no more: every question is answered before anything is ended, one key too many ends nothing,
//! what was shown and typed is what is asked for; and it is undone.

use glucodock::app::effect::{Effect, Request, Task};
use glucodock::app::ending_task::EndingTask;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::association_pending::AssociationPending;
use glucodock::domain::association::Owner;
use glucodock::domain::clinic::Role;
use glucodock::domain::ending::{EndingOrder, EndingUndoOffer, EndingUndoRequest};
use glucodock::domain::not_theirs::NotTheirs;
use glucodock::domain::ownership::{EndingReason, FormerOwner, OwnershipId};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::undo::UndoTerms;
use glucodock::domain::words::key;
use glucodock::ui::linear::{keys, render};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;
use rstest::rstest;

use crate::clinic::{Clinic, anna, carla, ending_offer, ending_undo_offer, upload};
use crate::wizard_screens::cases::{
    at_an_ended_meter, at_devices, to_the_decision_of_an_end, to_the_identity_of_an_end, to_what_stays, type_person,
};
use crate::wizard_screens::tabs;

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

/// What the station was asked about ends.
fn asked(clinic: &Clinic) -> Vec<EndingTask> {
    let task = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::AboutEnding(task))) => Some((**task).clone()),
        _ => None,
    };
    clinic.asked.iter().filter_map(task).collect()
}

fn is_end(effect: &Effect) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutEnding(task))) if task.name() == "end_ownership")
}

fn orders(clinic: &Clinic) -> Vec<EndingOrder> {
    let order = |task| if let EndingTask::End { request } = task { Some(*request) } else { None };
    asked(clinic).into_iter().filter_map(order).collect()
}

fn undone(clinic: &Clinic) -> Vec<EndingUndoRequest> {
    let request = |task| if let EndingTask::Undo { request } = task { Some(*request) } else { None };
    asked(clinic).into_iter().filter_map(request).collect()
}

#[test]
fn what_was_shown_and_typed_is_asked_for_and_what_stays_is_told() {
    let mut clinic = at_devices();
    to_the_decision_of_an_end(&mut clinic);
    assert_eq!((clinic.step(), orders(&clinic).len()), ("ending_decide", 0));
    let shown = said(&clinic);
    for told in [
        "720 readings stay, the last of 12-Jul-2026",
        "4 readings of the days until 13-Jul-2026, in no record",
        "2 readings without a sure time",
        "61 readings from after 13-Jul-2026, for whoever has the meter next",
        "returned, until 13-Jul-2026",
        "lent for a trial",
        "92500000042",
        "Nothing is deleted",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    clinic.keys([Key::Tab, Key::Enter]);
    let [request] = orders(&clinic).try_into().unwrap();
    assert_eq!((request.plan.ownership.0.as_str(), request.plan.why), ("0042", EndingReason::Returned));
    assert_eq!((request.plan.last_day, request.seen), (Some(date(2026, 7, 13)), ending_offer().counts));
    assert_eq!(request.reason.as_str(), "lent for a trial");
    let typed = (request.answer.who.expose().to_string(), request.answer.born.expose().to_string());
    assert_eq!(typed, ("am".to_owned(), "1961".to_owned()));
    assert_eq!(clinic.step(), "ending_done");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "dashboard");
}

/// Enter once more than was meant, Esc, and the keys that move.
#[rstest]
#[case::enter(&[Key::Enter])]
#[case::escape(&[Key::Escape])]
#[case::round_and_enter(&[Key::Tab, Key::Tab, Key::Enter])]
#[case::up_and_down(&[Key::Up, Key::Down, Key::Enter])]
fn one_key_too_many_ends_nothing(#[case] pressed: &[Key]) {
    let mut clinic = at_devices();
    to_the_decision_of_an_end(&mut clinic);
    clinic.keys(pressed.to_vec());
    assert_eq!((clinic.step(), orders(&clinic).len()), ("dashboard", 0));
}

/// Nothing is proposed: neither why, nor a day.
#[test]
fn why_and_until_when_are_answered() {
    let mut clinic = at_devices();
    clinic.keys([Key::Char('e'), Key::Enter]);
    assert_eq!(clinic.step(), "ending_why");
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)));
    clinic.keys([Key::Down, Key::Down, Key::Down, Key::Enter]);
    for (typed, told) in [("", "Please"), ("7/8/2026", "This may be"), ("15-Jul-2026", "in the future")] {
        clinic.keys([Key::Control('u')]);
        clinic.text(typed);
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.step(), "ending_last_day", "{typed}");
        assert!(said(&clinic).contains(told), "{typed}: {}", said(&clinic));
    }
    assert!(asked(&clinic).is_empty());
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "ending_why");
    // What never was theirs has no last day.
    clinic.keys([Key::End, Key::Enter]);
    assert_eq!(clinic.step(), "ending_reason");
    let asked = asked(&clinic);
    let [EndingTask::LoadOffer { plan }] = asked.as_slice() else { panic!("one question") };
    assert_eq!((plan.why, plan.last_day), (EndingReason::Error, None));
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "ending_why");
}

#[test]
fn what_is_known_of_it_is_typed_before_anybody_is_asked_who_they_are() {
    let mut clinic = at_devices();
    to_what_stays(&mut clinic);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_SAY_WHY_ENDED)));
    clinic.text("  ");
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!((clinic.step(), asked(&clinic).len()), ("ending_reason", 1));
    // Back leads to the day as it was typed.
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "ending_last_day");
    assert!(said(&clinic).contains("13-Jul-2026"));
}

#[test]
fn why_it_cannot_be_done_is_told_with_what_helps() {
    for (code, helps) in [
        (ProblemCode::EndAtPlatform, "at the care platform"),
        (ProblemCode::EndBeforeReadings, "Type the day of their last reading"),
        (ProblemCode::EndNotInError, "undo the uploads in tab 6"),
    ] {
        let mut clinic = at_devices();
        clinic.ending_offer = Err(Problem::new(code, "no"));
        to_what_stays(&mut clinic);
        let shown = said(&clinic);
        assert!(shown.contains(helps) && shown.contains(code.code()) && !shown.contains("Go on"), "{shown}");
        clinic.keys([Key::Tab, Key::Enter]);
        assert_eq!((clinic.step(), orders(&clinic).len()), ("dashboard", 0));
    }
}

/// The first wrong answer may be a slip; the second leaves all as it is.
#[test]
fn whoever_is_typed_wrong_twice_is_not_asked_a_third_time() {
    let mut clinic = at_devices();
    to_the_identity_of_an_end(&mut clinic);
    type_person(&mut clinic, "xx", "1961");
    assert!(said(&clinic).contains("one more try"), "{}", said(&clinic));
    for born in ["61", "7/8/1961"] {
        type_person(&mut clinic, "am", born);
        clinic.keys([Key::BackTab, Key::Control('u')]);
    }
    assert_eq!((clinic.step(), clinic.ending_mismatches), ("ending_identify", 1));
    type_person(&mut clinic, "xx", "1961");
    assert_eq!((clinic.step(), clinic.ending_mismatches), ("dashboard", 2));
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_ENDING_BLOCKED)));
    assert!(orders(&clinic).is_empty());
}

/// What went wrong is told where it was asked; under the same key it is asked again. What was shown and is not so any
/// more is shown anew.
#[test]
fn what_went_wrong_is_told_and_done_once() {
    let mut clinic = at_devices();
    to_the_decision_of_an_end(&mut clinic);
    clinic.ended = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    clinic.keys([Key::Tab, Key::Enter]);
    assert!(said(&clinic).contains("E-STORE-2"), "{}", said(&clinic));
    clinic.ended = Err(Problem::new(ProblemCode::IdentityNotProved, "not proved"));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "ending_identify");
    type_person(&mut clinic, "am", "1961");
    clinic.ended = Err(Problem::new(ProblemCode::UploadChanged, "changed"));
    clinic.keys([Key::Tab, Key::Enter]);
    let keys: Vec<_> = orders(&clinic).into_iter().map(|order| order.key).collect();
    assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(clinic.step(), "ending_reason");
    assert!(said(&clinic).contains("lent for a trial"));
}

/// While it is done no key is taken; and whoever comes next hears what came of it.
#[test]
fn what_came_of_it_is_told_to_whoever_is_there() {
    for (is_done, told) in [(true, key::TOLD_ENDED), (false, key::TOLD_NOT_ENDED)] {
        let mut clinic = at_devices();
        to_the_decision_of_an_end(&mut clinic);
        if !is_done {
            clinic.ended = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
        }
        clinic.holds = is_end;
        clinic.keys([Key::Tab, Key::Enter, Key::Enter, Key::Escape]);
        assert_eq!((clinic.step(), orders(&clinic).len()), ("ending_decide", 1));
        clinic.sign_out();
        clinic.sign_in_as("ida");
        clinic.holds = |_| false;
        clinic.release();
        assert_eq!(clinic.model.remark.clone().unwrap().words(), told);
    }
}

/// Whoever is no clinician is offered neither, nor is a meter that is theirs no more.
#[test]
fn only_a_clinician_is_offered_it_and_only_of_what_is_theirs() {
    let mut assistant = tabs::at(&[Key::Char('5')]);
    assert!(!said(&assistant).contains("end that it is theirs"));
    assistant.keys([Key::Char('e')]);
    assert_eq!(assistant.step(), "dashboard");
    assistant.keys([Key::Down, Key::Down, Key::Down, Key::Char('z')]);
    assert_eq!(assistant.step(), "dashboard");
    let mut clinic = at_devices();
    assert_eq!(clinic.role, Role::Clinician);
    assert!(said(&clinic).contains("end that it is theirs"));
    // Theirs, and transferred: none that became nobody's.
    for row in 0..2 {
        clinic.keys([Key::Char('z')]);
        assert_eq!(clinic.step(), "dashboard", "{row}");
        clinic.keys([Key::Down]);
    }
    assert!(!said(&clinic).contains("end that it is theirs") && !said(&clinic).contains("undo the end"));
    clinic.keys([Key::Char('e')]);
    assert_eq!(clinic.step(), "dashboard");
    clinic.keys([Key::Down]);
    assert!(said(&clinic).contains("undo the end"), "{}", said(&clinic));
    assert!(said(&clinic).contains("was theirs until 02-Jul-2026 by its own clock (lost): left on the bus"));
}

#[test]
fn the_end_is_undone_with_a_reason_where_one_is_asked_for() {
    let mut clinic = at_an_ended_meter();
    clinic.keys([Key::Char('z')]);
    assert!(said(&clinic).contains("left on the bus"), "{}", said(&clinic));
    // The cursor stands on leaving it.
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), undone(&clinic).len()), ("dashboard", 0));

    let mut clinic = at_an_ended_meter();
    clinic.keys([Key::Char('z'), Key::Tab, Key::Enter]);
    let [request] = undone(&clinic).try_into().unwrap();
    assert_eq!((request.ownership.0.as_str(), request.reason), ("5520", None));
    assert_eq!(clinic.step(), "dashboard");
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_END_UNDONE)));

    let mut clinic = at_an_ended_meter();
    clinic.ending_undo_offer = Ok(EndingUndoOffer { terms: UndoTerms::WithReason, ..ending_undo_offer() });
    clinic.keys([Key::Char('z'), Key::Enter]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_SAY_WHY_UNDONE)));
    clinic.text("it was found");
    clinic.keys([Key::Enter, Key::Enter]);
    let [request] = undone(&clinic).try_into().unwrap();
    assert_eq!(request.reason.clone(), Some("it was found".into()));

    // Time passed meanwhile, and a reason is asked for.
    let mut clinic = at_an_ended_meter();
    clinic.keys([Key::Char('z')]);
    clinic.ending_undo_offer = Ok(EndingUndoOffer { terms: UndoTerms::WithReason, ..ending_undo_offer() });
    clinic.end_undone = Err(Problem::new(ProblemCode::EndReasonMissing, "no reason"));
    clinic.keys([Key::Tab, Key::Enter]);
    assert!(said(&clinic).contains("E-END-5"), "{}", said(&clinic));
    assert_eq!(
        (clinic.step(), clinic.model.working().unwrap().step.typing()),
        ("ending_undo", glucodock::app::key_intent::Typing::Field)
    );
}

/// Before anybody is chosen it is said who had it, and no more than the role may know; and before it is confirmed what
/// of it is not theirs.
#[test]
fn whoever_comes_next_is_told_who_had_it() {
    for (role, named, hidden) in [(Role::Clinician, "Carla", "initials CM"), (Role::Assistant, "initials CM", "Carla")]
    {
        let mut clinic = Clinic::new();
        clinic.role = role;
        clinic.sign_in();
        let mut met = upload(Owner::Nobody);
        met.former_owner = Some(FormerOwner {
            ownership: OwnershipId("7".into()),
            patient: Box::new(carla()),
            last_day: date(2026, 7, 13),
            why: EndingReason::Replaced,
        });
        met.not_theirs = Some(NotTheirs { first_day: date(2026, 7, 14), earlier: 7, unsure: 2 });
        let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody") };
        working.step = Step::AssociationPending(Box::new(AssociationPending { upload: met, proposed: Some(anna()) }));
        let shown = said(&clinic);
        assert!(shown.contains("another patient's until 13-Jul-2026 (replaced)"), "{shown}");
        assert!(shown.contains(named) && !shown.contains(hidden), "{shown}");
        clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
        assert_eq!(clinic.step(), "confirm_assignment");
        let shown = said(&clinic);
        assert!(
            shown.contains("until 13-Jul-2026 (replaced). 7 readings of before and 2 without a sure time"),
            "{shown}"
        );
    }
}

/// A line of the screen reader's mode, as keys on what is shown.
fn line(clinic: &mut Clinic, line: &str) {
    let pressed = keys(line, &view(&clinic.model, &Words::english()));
    clinic.keys(pressed);
}

/// In lines it is said in the same order, and a number chooses.
#[test]
fn it_is_ended_in_lines_as_well() {
    let mut clinic = at_devices();
    line(&mut clinic, "e");
    let lines = |clinic: &Clinic| render(None, &view(&clinic.model, &Words::english()));
    let press = |clinic: &mut Clinic, button: &str| {
        let told = lines(clinic);
        let number = told.iter().find_map(|line| Some(line.split_once(": ")?).filter(|it| it.1.starts_with(button)));
        let number = number.unwrap_or_else(|| panic!("{button}: {told:?}")).0.to_owned();
        line(clinic, &number);
    };
    press(&mut clinic, "Returned");
    // What is answered here is written down: it is marked, and then gone on with.
    line(&mut clinic, "");
    assert_eq!(clinic.step(), "ending_last_day");
    line(&mut clinic, "13-Jul-2026");
    assert_eq!(clinic.step(), "ending_reason");
    assert!(
        lines(&clinic).iter().any(|line| line.contains("In the record: 720 readings stay")),
        "{:?}",
        lines(&clinic)
    );
    line(&mut clinic, "lent for a trial");
    press(&mut clinic, "Go on");
    line(&mut clinic, "am");
    line(&mut clinic, "1961");
    press(&mut clinic, "Go on");
    assert!(orders(&clinic).is_empty());
    press(&mut clinic, "End it");
    assert_eq!((orders(&clinic).len(), clinic.step()), (1, "ending_done"));
}
