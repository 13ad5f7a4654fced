//! What is selected is a thing, not a row: whatever comes, goes or moves in a list, Enter acts on what was selected
//! when it was last moved, or on nothing. And what is kept of a meter is kept under the id of its upload and its plug.

use glucodock::app::effect::{Command, DemoMeterId, Effect, PlatformTask, Request, StationTask, Task, Ticket};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::overlay::Overlay;
use glucodock::app::panel::SlotState;
use glucodock::app::setup::DemoMeter;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::upload::{UploadRow, UploadView};
use glucodock::app::wizard::waiting_meters::WaitingRow;
use glucodock::domain::association::{Owner, Upload, UploadId};
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::patient::{PageCursor, SearchPage};
use glucodock::ui::scene::{Block, Choices};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, anna, attachment, cable, carla, download, patient, upload};

/// An upload that waits, of a meter with this serial number.
fn waits(id: &str, serial: &str) -> Upload {
    Upload { id: UploadId(id.to_owned()), meter: crate::clinic::identity(serial), ..upload(Owner::Nobody) }
}

/// Plugs a meter and reads it.
fn read(clinic: &mut Clinic, id: u64) {
    clinic.event(Event::MeterArrived(attachment(id)));
    let ticket = clinic.read_ticket().unwrap();
    let whole = Box::new(download(Completeness::Complete));
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
}

fn at_upload(clinic: &mut Clinic) {
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");
}

/// The uploads that were looked at, in order.
fn looked_at(clinic: &Clinic) -> Vec<&str> {
    fn id(effect: &Effect) -> Option<&str> {
        if let Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUpload { upload, .. }))) = effect {
            Some(&upload.0)
        } else {
            None
        }
    }
    clinic.asked.iter().filter_map(id).collect()
}

/// What the slots hold.
fn stored(clinic: &Clinic) -> Vec<&str> {
    fn id(state: &SlotState) -> Option<&str> {
        if let SlotState::Stored(upload) = state { Some(&upload.id.0) } else { None }
    }
    clinic.model.panel.slots().iter().filter_map(|slot| id(&slot.state)).collect()
}

fn selected_row(clinic: &Clinic) -> Option<UploadRow> {
    let Step::Upload(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    let UploadView::Meters(selection) = &step.view else { panic!("{:?}", step.view) };
    selection.id().cloned()
}

/// The first cell of the row that is drawn as selected, in the focused list.
fn drawn_as_selected(clinic: &Clinic) -> Option<String> {
    fn of(list: &Choices) -> Option<String> {
        list.chosen()?.cells.first().cloned()
    }
    let scene = view(&clinic.model, &Words::english());
    let blocks = scene.overlay.map_or(scene.blocks, |overlay| overlay.blocks);
    blocks.iter().find_map(|block| if let Block::Choices(list) = block { of(list) } else { None })
}

/// The ticket of the last question for the waiting uploads.
fn asked_for_waiting(clinic: &Clinic) -> Ticket {
    let ticket = |effect: &Effect| {
        if let Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::LoadWorkList))) = effect {
            Some(*ticket)
        } else {
            None
        }
    };
    clinic.asked.iter().rev().find_map(ticket).unwrap()
}

/// Both meters give the same identity, as two without a serial number do.
#[test]
fn looking_at_one_of_two_meters_that_cannot_be_told_apart_leaves_the_other_alone() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Unidentifiable;
    read(&mut clinic, 1);
    read(&mut clinic, 2);
    assert_eq!(stored(&clinic), ["u1", "u2"]);
    at_upload(&mut clinic);
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "association_pending");
    assert_eq!((looked_at(&clinic), stored(&clinic)), (vec!["u1"], vec!["u1", "u2"]));
    clinic.keys([Key::Escape, Key::Escape]);
    at_upload(&mut clinic);
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!(looked_at(&clinic), ["u1", "u2"], "the second person gets the second meter");
}

#[test]
fn a_meter_that_arrives_does_not_move_another_row_under_the_cursor() {
    let mut clinic = Clinic::new();
    clinic.waiting = vec![waits("w1", "1"), waits("w2", "2")];
    clinic.sign_in();
    at_upload(&mut clinic);
    clinic.keys([Key::Down, Key::Down]);
    assert_eq!(selected_row(&clinic), Some(UploadRow::Waiting(UploadId("w2".into()))));
    clinic.event(Event::MeterArrived(attachment(1)));
    assert_eq!(selected_row(&clinic), Some(UploadRow::Waiting(UploadId("w2".into()))));
    clinic.keys([Key::Enter]);
    assert_eq!(looked_at(&clinic), ["w2"]);
}

#[test]
fn a_meter_that_leaves_takes_its_selection_with_it() {
    let mut clinic = Clinic::signed_in();
    read(&mut clinic, 1);
    read(&mut clinic, 2);
    at_upload(&mut clinic);
    clinic.keys([Key::Down]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    assert_eq!(selected_row(&clinic), None);
    clinic.keys([Key::Enter]);
    assert_eq!(looked_at(&clinic), [""; 0], "Enter leads into the list and chooses nothing");
}

#[test]
fn a_cable_that_is_left_alone_by_an_unplugging_is_not_proposed_in_place_of_the_other() {
    let mut clinic = Clinic::signed_in();
    clinic.cables =
        Ok([1, 2].map(|id| (cable(id, &format!("CABLE-000-{id}")).cable.unwrap(), "sd-codefree".to_owned())).into());
    at_upload(&mut clinic);
    clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
    clinic.event(Event::MeterArrived(cable(2, "CABLE-000-2")));
    clinic.keys([Key::Down]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.read_ticket(), None, "the other cable is not read by an Enter meant for this one");
}

#[test]
fn a_model_chosen_for_a_cable_that_was_pulled_is_read_through_no_other() {
    let mut clinic = Clinic::signed_in();
    at_upload(&mut clinic);
    clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
    clinic.keys([Key::Function(9), Key::Down, Key::Enter]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    clinic.event(Event::MeterArrived(cable(2, "CABLE-000-2")));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.read_ticket(), None);
}

/// Assigned elsewhere, read again, read just now: the list of waiting meters is replaced while it is open.
#[test]
fn the_waiting_list_is_replaced_under_the_cursor() {
    let lists = [
        (vec![waits("w2", "2"), waits("w1", "1"), waits("w3", "3")], Some("w2")),
        (vec![waits("w3", "3"), waits("w2", "2")], Some("w2")),
        (vec![waits("w1", "1"), waits("w3", "3")], None),
        (vec![], None),
    ];
    for (list, expected) in lists {
        let mut clinic = Clinic::new();
        clinic.waiting = vec![waits("w1", "1"), waits("w2", "2")];
        clinic.sign_in();
        clinic.event(Event::MeterArrived(attachment(1)));
        let read = clinic.read_ticket().unwrap();
        clinic.keys([Key::Function(3), Key::Down, Key::Down]);
        // The answer that replaces the list belongs to the question that the end of the read asks.
        clinic.waiting.clone_from(&list);
        let whole = Box::new(download(Completeness::Complete));
        clinic.event(Event::EffectDone { ticket: read, answer: EffectResult::Read(Ok(whole)) });
        let Step::WaitingMeters(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
        let expected_row = expected.map(|id| WaitingRow::Meter(UploadId(id.to_owned())));
        assert_eq!(step.selection.id(), expected_row.as_ref(), "{list:?}");
        assert!(asked_for_waiting(&clinic) > read);
        clinic.keys([Key::Enter]);
        let chosen = match &clinic.model.working().unwrap().step {
            Step::FindPatient(step) => step.upload.as_ref().map(|upload| upload.id.0.as_str()),
            Step::WaitingMeters(_) => None,
            _ => panic!("at {}", clinic.step()),
        };
        assert_eq!(chosen, expected, "{list:?}");
    }
}

#[test]
fn a_menu_row_that_is_gone_is_not_replaced_by_the_next() {
    let mut clinic = Clinic::signed_in();
    at_upload(&mut clinic);
    clinic.event(Event::MeterArrived(attachment(1)));
    clinic.keys([Key::Function(10), Key::Down]);
    assert_eq!(drawn_as_selected(&clinic).unwrap(), "stop reading");
    let ticket = clinic.read_ticket().unwrap();
    let whole = Box::new(download(Completeness::Complete));
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
    let Some(Overlay::Menu(selection)) = &clinic.model.overlay else { panic!("{:?}", clinic.model.overlay) };
    assert_eq!(selection.id(), None);
    assert_eq!(drawn_as_selected(&clinic), None);
    let asked = clinic.asked.len();
    clinic.keys([Key::Enter]);
    assert!(matches!(clinic.model.overlay, Some(Overlay::Menu(_))), "nothing was done");
    assert_eq!(clinic.asked.len(), asked);
}

#[test]
fn a_demo_meter_is_plugged_by_its_id() {
    let mut clinic = Clinic::signed_in();
    let meter = |id: &str| DemoMeter {
        id: DemoMeterId(id.to_owned()),
        name: "SD CodeFree".into(),
        remark: "".into(),
        plugged: false,
    };
    clinic.model.demo = vec![meter("a"), meter("b"), meter("c")];
    clinic.keys([Key::Function(6), Key::Down]);
    clinic.model.demo.remove(0);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.asked.last(), Some(&Effect::Do(Command::ToggleDemoMeter { meter: DemoMeterId("b".to_owned()) })));
    let plugged: Vec<_> = clinic.model.demo.iter().map(|meter| (meter.id.0.as_str(), meter.plugged)).collect();
    assert_eq!(plugged, [("b", true), ("c", false)]);
}

/// Between two pages another station adds somebody: the second page begins with the last of the first.
#[test]
fn nobody_is_listed_twice_when_pages_move() {
    let mut clinic = Clinic::signed_in();
    clinic.text("x");
    let page = |ids: std::ops::Range<u16>, next: Option<&str>| SearchPage {
        patients: ids.map(|id| patient(&id.to_string(), "Müller", "Xenia", 1960)).collect(),
        next: next.map(|next| PageCursor(next.to_owned())),
        known_only: false,
    };
    let search = |clinic: &Clinic| {
        let ticket = |effect: &Effect| match effect {
            Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))) => Some(*ticket),
            _ => None,
        };
        clinic.asked.iter().rev().find_map(ticket).unwrap()
    };
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("y");
    clinic.event(Event::EffectDone {
        ticket: search(&clinic),
        answer: EffectResult::Found(Ok(page(10..30, Some("link")))),
    });
    clinic.keys([Key::Down, Key::End, Key::Down]);
    let asked = clinic.asked.last().cloned();
    let Some(Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { from: Some(from), .. })))) =
        asked
    else {
        panic!("{asked:?}")
    };
    assert_eq!(from.0, "link", "the next page is asked for as its server names it");
    clinic.event(Event::EffectDone { ticket: search(&clinic), answer: EffectResult::Found(Ok(page(29..40, None))) });
    let Step::FindPatient(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    let shown: Vec<String> = step.search.page.patients.iter().map(|patient| patient.id.0.clone()).collect();
    assert_eq!(shown, (10..40).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(step.search.selection.id().unwrap().0, "29");
}

/// End goes to the last who has come, and asks for those behind at once; the cursor waits where it is for them.
#[test]
fn the_end_of_a_list_loads_on() {
    let mut clinic = Clinic::signed_in();
    let page = |ids: std::ops::Range<u16>, next: Option<&str>| SearchPage {
        patients: ids.map(|id| patient(&id.to_string(), "Müller", "Xenia", 1960)).collect(),
        next: next.map(|next| PageCursor(next.to_owned())),
        known_only: false,
    };
    let search = |clinic: &Clinic| {
        let asked = |effect: &Effect| match effect {
            Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::SearchPatients { from, .. }))) => {
                Some((*ticket, from.clone().map(|from| from.0)))
            }
            _ => None,
        };
        clinic.asked.iter().rev().find_map(asked).unwrap()
    };
    let selected = |clinic: &Clinic| {
        let Step::FindPatient(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
        step.search.selection.id().unwrap().0.clone()
    };
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("y");
    let answer = |page: SearchPage| EffectResult::Found(Ok(page));
    clinic.event(Event::EffectDone { ticket: search(&clinic).0, answer: answer(page(10..30, Some("two"))) });
    clinic.keys([Key::Down, Key::End]);
    assert_eq!((selected(&clinic).as_str(), search(&clinic).1.as_deref()), ("29", Some("two")));
    clinic.event(Event::EffectDone { ticket: search(&clinic).0, answer: answer(page(30..40, Some("three"))) });
    assert_eq!(selected(&clinic), "29");
    clinic.keys([Key::End]);
    assert_eq!((selected(&clinic).as_str(), search(&clinic).1.as_deref()), ("39", Some("three")));
    clinic.event(Event::EffectDone { ticket: search(&clinic).0, answer: answer(page(40..45, None)) });
    let asked = clinic.asked.len();
    clinic.keys([Key::End]);
    assert_eq!((selected(&clinic).as_str(), clinic.asked.len()), ("44", asked), "there is nobody more");
}

#[test]
fn the_first_row_of_the_menu_is_marked_when_it_opens() {
    let mut clinic = Clinic::signed_in();
    at_upload(&mut clinic);
    clinic.event(Event::MeterArrived(attachment(1)));
    for step in ["upload", "find_patient"] {
        assert_eq!(clinic.step(), step);
        clinic.keys([Key::Function(10)]);
        let marked = drawn_as_selected(&clinic).unwrap();
        let Some(Overlay::Menu(selection)) = &clinic.model.overlay else { panic!("{:?}", clinic.model.overlay) };
        let rows = glucodock::app::offers::menu_rows(&clinic.model);
        assert_eq!((selection.place(&rows), marked.is_empty()), (Some(0), false));
        clinic.keys([Key::Escape]);
        clinic.keys([Key::Escape]);
    }
}

#[test]
fn a_person_is_selected_by_id_when_the_list_of_recent_patients_moves() {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Down]);
    let Step::FindPatient(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    assert_eq!(step.search.selection.id(), Some(&carla().id));
    if let glucodock::app::model::AppState::Working(working) = &mut clinic.model.state {
        working.recents.insert(0, anna());
    }
    assert!(drawn_as_selected(&clinic).unwrap().contains("Carla"));
    clinic.keys([Key::Enter]);
    let Step::Upload(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    assert_eq!(step.patient.id, carla().id);
}
