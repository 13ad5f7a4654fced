//! What others do to a record while its dashboard is shown: it is shown, no key acts on another row than was seen, and
//! what is no longer so is not exported.

use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task, Ticket};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::DashboardStep;
use glucodock::domain::association::{PastUpload, UploadId};
use glucodock::domain::ownership::OwnershipId;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::record::ChangeMark;
use glucodock::domain::statistics::Dashboard;
use glucodock::domain::words::key;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::{SignedDuration, Timestamp};

use crate::clinic::{Clinic, now};
use crate::wizard_screens::tabs::{at, four_weeks};

fn step(clinic: &mut Clinic) -> &mut DashboardStep {
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

fn is_load(effect: &Effect) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadDashboard { .. }))))
}

/// Up to where each look asked, in order.
fn looks(clinic: &Clinic) -> Vec<ChangeMark> {
    let look = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::LookForChange { since, .. }))) => Some(*since),
        _ => None,
    };
    clinic.asked.iter().filter_map(look).collect()
}

fn loads(clinic: &Clinic) -> usize {
    clinic.asked.iter().filter(|effect| is_load(effect)).count()
}

/// Which uploads were asked about to be undone.
fn asked_to_undo(clinic: &Clinic) -> Vec<String> {
    let upload = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUndoOffer { upload }))) => Some(upload.0.clone()),
        _ => None,
    };
    clinic.asked.iter().filter_map(upload).collect()
}

/// The time of the next deadline, which comes.
fn wait(clinic: &mut Clinic) -> Timestamp {
    let due = clinic.model.deadline().unwrap();
    clinic.event_at(Event::Deadline, due);
    due
}

/// The record changes and is loaded as it is now; what is loaded is held.
fn changes(clinic: &mut Clinic, mark: i64) -> Ticket {
    clinic.changed = Ok(Some(ChangeMark(mark)));
    clinic.holds = is_load;
    wait(clinic);
    let Some(Effect::Ask(ticket, _)) = clinic.held.pop() else { panic!("nothing is loaded") };
    clinic.changed = Ok(None);
    ticket
}

fn loaded(clinic: &mut Clinic, ticket: Ticket, dashboard: Dashboard) {
    let answer = EffectResult::Dashboard(Ok(Box::new(dashboard)));
    clinic.event(Event::EffectDone { ticket, answer });
}

/// With one more upload, the newest.
fn with_another(id: &str) -> Dashboard {
    let mut dashboard = four_weeks();
    let first = PastUpload { upload: UploadId(id.to_owned()), ..dashboard.uploads.first().unwrap().clone() };
    dashboard.uploads.insert(0, first);
    dashboard
}

#[test]
fn nothing_is_loaded_and_nothing_said_as_long_as_nobody_has_changed_the_record() {
    let mut clinic = at(&[Key::Char('6'), Key::Down]);
    let (before, loaded) = (said(&clinic), loads(&clinic));
    let first = wait(&mut clinic);
    assert_eq!(first.duration_since(now()), SignedDuration::from_secs(5));
    let mut last = first;
    for _ in 0..11 {
        last = wait(&mut clinic);
    }
    assert_eq!(last.duration_since(first), SignedDuration::from_secs(55));
    assert_eq!((looks(&clinic).len(), loads(&clinic)), (12, loaded));
    assert_eq!(said(&clinic), before);
    // Nor is it looked for where nothing is shown.
    clinic.keys([Key::Escape]);
    assert!(clinic.model.deadline().is_none_or(|due| due > last + SignedDuration::from_mins(1)));
}

#[test]
fn a_change_is_shown_once_with_the_cursor_where_it_was() {
    let mut clinic = at(&[Key::Char('6'), Key::Down]);
    let upload = step(&mut clinic).past_upload().unwrap().upload.clone();
    let loaded_before = loads(&clinic);
    let ticket = changes(&mut clinic, 7);
    assert!(said(&clinic).contains("OneTouch Ultra 2"), "what is shown stays meanwhile");
    loaded(&mut clinic, ticket, with_another("u99"));
    assert_eq!(step(&mut clinic).past_upload().unwrap().upload, upload);
    assert_eq!(step(&mut clinic).position().row, 2);
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_RECORD_CHANGED)));
    // It is known up to there.
    for _ in 0..5 {
        wait(&mut clinic);
    }
    assert_eq!(loads(&clinic), loaded_before + 1);
    assert!(looks(&clinic).iter().rev().take(5).all(|since| *since == ChangeMark(7)), "{:?}", looks(&clinic));
    clinic.keys([Key::Char('z')]);
    assert_eq!(asked_to_undo(&clinic), [upload.0.as_str()]);
}

/// Nobody has moved, and a newer upload comes before the one that is seen under the cursor: the key is meant for that.
#[test]
fn a_row_that_comes_first_does_not_get_the_key_that_was_meant_for_the_one_below() {
    let mut clinic = at(&[Key::Char('6')]);
    let ticket = changes(&mut clinic, 7);
    loaded(&mut clinic, ticket, with_another("u99"));
    clinic.keys([Key::Char('z')]);
    assert_eq!(asked_to_undo(&clinic), ["u0"]);

    let mut clinic = at(&[Key::Char('5')]);
    let ticket = changes(&mut clinic, 7);
    let mut dashboard = four_weeks();
    let other = dashboard.meters[1].clone();
    dashboard.meters.insert(
        0,
        glucodock::domain::held_meter::HeldMeter { ownership: OwnershipId("new".into()), end: None, ..other },
    );
    loaded(&mut clinic, ticket, dashboard);
    assert_eq!(step(&mut clinic).held_meter().unwrap().ownership.0, "0042");
}

#[test]
fn where_the_row_under_the_cursor_is_gone_no_key_acts_on_another_until_somebody_moves() {
    let mut clinic = at(&[Key::Char('6'), Key::Down]);
    let gone = step(&mut clinic).past_upload().unwrap().upload.clone();
    let ticket = changes(&mut clinic, 7);
    let mut without = four_weeks();
    without.uploads.retain(|past| past.upload != gone);
    loaded(&mut clinic, ticket, without);
    assert_eq!(step(&mut clinic).past_upload(), None);
    clinic.keys([Key::Char('z'), Key::Char('c')]);
    assert_eq!((clinic.step(), asked_to_undo(&clinic).len()), ("dashboard", 0));
    assert_eq!(clinic.model.remark, Some(Remark::NoSuchKey));
    clinic.keys([Key::Down]);
    assert_eq!(step(&mut clinic).past_upload().unwrap().upload.0, "u0", "into what is seen");
    clinic.keys([Key::Down, Key::Char('z')]);
    assert_eq!(asked_to_undo(&clinic), ["u14"]);
}

#[test]
fn what_is_no_longer_so_is_not_exported_and_is_shown_as_it_is() {
    let mut clinic = at(&[Key::Char('7'), Key::Down]);
    clinic.exported = Err(Problem::new(ProblemCode::RecordChanged, "the record has changed since it was loaded"));
    clinic.holds = is_load;
    clinic.keys([Key::Enter]);
    assert!(said(&clinic).contains("E-EXPORT-4"), "{}", said(&clinic));
    let Some(Effect::Ask(ticket, _)) = clinic.held.pop() else { panic!("nothing is loaded") };
    let orders = |clinic: &Clinic| {
        let is_order = |effect: &&Effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Export(_))));
        clinic.asked.iter().filter(is_order).count()
    };
    clinic.keys([Key::Enter]);
    assert_eq!(orders(&clinic), 1, "not before it is there");
    loaded(&mut clinic, ticket, with_another("u99"));
    assert!(said(&clinic).contains("E-EXPORT-4"), "why nothing was exported stays to be read");
    clinic.exported = Ok(());
    clinic.keys([Key::Enter]);
    assert_eq!(orders(&clinic), 2);
    assert!(said(&clinic).contains("glucodock-20260714-100000.txt"));
}

/// The same record loaded once more, because a read of its meter may have changed it and has not: nobody is told so,
/// and what was exported is told still.
#[test]
fn a_record_that_is_as_before_is_said_nothing_of() {
    let mut clinic = at(&[Key::Char('7'), Key::Down, Key::Enter]);
    let before = said(&clinic);
    let ticket = changes(&mut clinic, 7);
    loaded(&mut clinic, ticket, Dashboard { mark: ChangeMark(8), ..four_weeks() });
    assert_eq!(said(&clinic), before);
    assert!(before.contains("glucodock-20260714-100000.txt"));
}

#[test]
fn what_cannot_be_looked_for_is_looked_for_less_often_and_what_cannot_be_loaded_is_told() {
    let mut clinic = at(&[]);
    clinic.changed = Err(Problem::new(ProblemCode::StoreLocked, "busy"));
    let before = said(&clinic);
    let first = wait(&mut clinic);
    assert_eq!(wait(&mut clinic).duration_since(first), SignedDuration::from_mins(1));
    assert_eq!(said(&clinic), before);

    let mut clinic = at(&[]);
    let ticket = changes(&mut clinic, 7);
    let answer = EffectResult::Dashboard(Err(Problem::new(ProblemCode::StoreUnreadable, "damaged")));
    clinic.event(Event::EffectDone { ticket, answer });
    assert!(said(&clinic).contains("E-STORE-1"), "what is known to be old is not shown as if it were so");
    assert!(clinic.model.deadline().is_none(), "and is not asked for without end");
}

/// Something that makes change after change does not have the record loaded without end.
#[test]
fn change_after_change_is_looked_for_less_and_less_often() {
    let mut clinic = at(&[]);
    let mut waits = Vec::new();
    for mark in 7..14 {
        clinic.changed = Ok(Some(ChangeMark(mark)));
        let before = clinic.model.at;
        waits.push(wait(&mut clinic).duration_since(before).as_secs());
    }
    assert_eq!(waits, [5, 5, 10, 20, 40, 80, 80]);
    clinic.changed = Ok(None);
    wait(&mut clinic);
    let before = clinic.model.at;
    assert_eq!(wait(&mut clinic).duration_since(before), SignedDuration::from_secs(5), "as soon as there is none");
}

/// Another period is asked for while a change is being loaded: what comes of the change is of the period before.
#[test]
fn another_period_takes_the_place_of_what_is_being_loaded() {
    let mut clinic = at(&[Key::Char('6')]);
    let ticket = changes(&mut clinic, 7);
    clinic.keys([Key::Right]);
    let Some(Effect::Ask(wanted, _)) = clinic.held.pop() else { panic!("nothing is loaded") };
    loaded(&mut clinic, ticket, with_another("u99"));
    assert!(step(&mut clinic).content.is_waiting());
    loaded(&mut clinic, wanted, four_weeks());
    assert_eq!(step(&mut clinic).content.ready().unwrap().uploads.len(), 3);
}
