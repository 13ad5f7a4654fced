//! A meter behind a generic cable: what was read last is proposed, never used by itself, and never in the way.

use glucodock::app::effect::{Effect, Request, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::upload::{UploadStep, UploadView};
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::{Attachment, AttachmentId, Bridge, MeterGuide};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::key;
use glucodock::ui::scene::Block;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use proptest::prelude::*;
use rstest::rstest;

use super::{any_key, said};
use crate::clinic::{Clinic, cable, download};

const SERIAL: &str = "CABLE-000-1";
const ULTRA: &str = "onetouch-ultra-2";
const CODEFREE: &str = "sd-codefree";

/// At the upload step; `model` was read last through the cable.
fn remembering(model: &str) -> Clinic {
    let mut clinic = Clinic::new();
    note(&mut clinic, model);
    clinic.sign_in();
    at_upload(&mut clinic);
    clinic
}

fn note(clinic: &mut Clinic, model: &str) {
    let key = cable(1, SERIAL).cable.unwrap();
    clinic.cables.as_mut().unwrap().insert(key, model.to_owned());
}

fn at_upload(clinic: &mut Clinic) {
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");
}

fn plug(clinic: &mut Clinic, id: u64) {
    clinic.event(Event::MeterArrived(cable(id, SERIAL)));
}

/// The plug and the driver of each read that was asked for.
fn reads(clinic: &Clinic) -> Vec<(u64, Option<&str>)> {
    let read = |effect: &'_ _| match effect {
        Effect::Ask(_, Request::For(_, Task::ReadMeter { attachment, driver, .. })) => {
            Some((attachment.0, driver.clone()))
        }
        _ => None,
    };
    let owned: Vec<_> = clinic.asked.iter().filter_map(read).collect();
    let known = |driver: &str| ["onetouch-ultra2", "sd-codefree"].into_iter().find(|known| *known == driver).unwrap();
    owned.into_iter().map(|(plug, driver)| (plug, driver.map(|driver| known(&driver)))).collect()
}

/// What was noted of cables, in order.
fn noted(clinic: &Clinic) -> Vec<&str> {
    fn note(effect: &Effect) -> Option<&str> {
        if let Effect::Ask(_, Request::RememberCable { model, .. }) = effect { Some(model) } else { None }
    }
    clinic.asked.iter().filter_map(note).collect()
}

/// The read under way ends so.
fn end(clinic: &mut Clinic, result: Result<Completeness, ProblemCode>) {
    let ticket = clinic.read_ticket().unwrap();
    let answer = match result {
        Ok(completeness) => Ok(Box::new(download(completeness))),
        Err(code) => Err(Problem::new(code, "staged")),
    };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(answer) });
}

/// The name of the row under the cursor of the list of models, if that list is open.
fn model_under_cursor(clinic: &Clinic) -> Option<String> {
    let Step::Upload(step) = &clinic.model.working()?.step else { return None };
    matches!(step.view, UploadView::Models { .. }).then_some(())?;
    let scene = view(&clinic.model, &Words::english());
    scene.blocks.iter().find_map(|block| match block {
        Block::Choices(list) => list.chosen()?.cells.first().cloned(),
        _ => None,
    })
}

#[test]
fn the_model_read_last_is_proposed_and_one_enter_reads_it() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    assert!(said(&clinic).contains("probably OneTouch Ultra 2"));
    assert_eq!(reads(&clinic), [], "never by itself");
    clinic.keys([Key::Enter]);
    assert_eq!(reads(&clinic), [(1, Some("onetouch-ultra2"))]);
    assert!(
        said(&clinic).contains("The meter on USB serial cable (FTDI) is spoken to as OneTouch Ultra 2."),
        "nobody waits without knowing for what"
    );
    let ticket = clinic.read_ticket().unwrap();
    clinic.event(Event::ReadProgress { ticket, done: 3, of: Some(720) });
    assert!(!said(&clinic).contains("is spoken to as"));
    end(&mut clinic, Ok(Completeness::Complete));
    assert_eq!(clinic.step(), "association_pending");
    assert_eq!(noted(&clinic), [ULTRA]);
}

#[test]
fn a_cable_is_remembered_once_its_meter_was_read_to_the_end() {
    let mut clinic = Clinic::signed_in();
    at_upload(&mut clinic);
    plug(&mut clinic, 1);
    assert!(said(&clinic).contains("say which meter it is") && !said(&clinic).contains("probably"));
    clinic.keys([Key::Enter]);
    assert_eq!(model_under_cursor(&clinic).unwrap(), "OneTouch Ultra 2");
    clinic.keys([Key::Enter, Key::Enter]);
    end(&mut clinic, Err(ProblemCode::LinkSilent));
    clinic.keys([Key::Function(5)]);
    end(&mut clinic, Ok(Completeness::Partial(Problem::new(ProblemCode::LinkGone, "staged"))));
    assert_eq!(noted(&clinic), [] as [&str; 0]);
    clinic.keys([Key::Function(5)]);
    end(&mut clinic, Ok(Completeness::Complete));
    assert_eq!(noted(&clinic), [ULTRA]);
    assert_eq!(reads(&clinic), [(1, Some("onetouch-ultra2")); 3], "again means: as the same model");
}

#[test]
fn another_meter_is_one_key_away_and_is_what_is_remembered_then() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Function(9)]);
    assert_eq!(model_under_cursor(&clinic).unwrap(), "OneTouch Ultra 2", "the list begins at the proposal");
    clinic.keys([Key::Down, Key::Enter, Key::Enter]);
    assert_eq!(reads(&clinic), [(1, Some("sd-codefree"))]);
    end(&mut clinic, Ok(Completeness::Complete));
    assert_eq!(noted(&clinic), [CODEFREE]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    plug(&mut clinic, 2);
    assert!(said(&clinic).contains("probably SD CodeFree"));
}

/// What a meter of another language does leads to the list; a cable that was pulled or is not permitted does not.
#[rstest]
#[case(ProblemCode::LinkSilent, true)]
#[case(ProblemCode::MeterAnswer, true)]
#[case(ProblemCode::MeterRefused, true)]
#[case(ProblemCode::MeterAborted, true)]
#[case(ProblemCode::MeterUnsupported, true)]
#[case(ProblemCode::LinkGone, false)]
#[case(ProblemCode::LinkDenied, false)]
#[case(ProblemCode::LinkBusy, false)]
#[case(ProblemCode::LinkFailed, false)]
fn no_answer_says_what_was_tried_and_offers_the_list(#[case] code: ProblemCode, #[case] offers: bool) {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Enter]);
    end(&mut clinic, Err(code));
    assert_eq!(
        said(&clinic).contains("The meter on USB serial cable (FTDI) was spoken to as OneTouch Ultra 2."),
        offers
    );
    let silent = code == ProblemCode::LinkSilent;
    assert_eq!(said(&clinic).contains("no answer as OneTouch Ultra 2"), silent);
    assert_eq!(said(&clinic).contains("not read as OneTouch Ultra 2"), offers && !silent);
    clinic.keys([Key::Enter]);
    assert_eq!(model_under_cursor(&clinic), offers.then(|| "OneTouch Ultra 2".to_owned()));
    if offers {
        assert!(said(&clinic).contains(if silent { "no answer as this" } else { "not read as this" }));
        clinic.keys([Key::Down, Key::Enter, Key::Enter]);
        assert_eq!(reads(&clinic).last(), Some(&(1, Some("sd-codefree"))));
    }
}

/// Some drivers wait minutes for a meter to be switched on; a person knows sooner that it is another one.
#[test]
fn a_read_that_was_stopped_offers_the_list_too() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Enter, Key::Function(8)]);
    assert!(said(&clinic).contains("The meter on USB serial cable (FTDI) was spoken to as OneTouch Ultra 2."));
    clinic.keys([Key::Enter]);
    assert_eq!(model_under_cursor(&clinic).unwrap(), "OneTouch Ultra 2");
    clinic.keys([Key::Function(5)]);
    assert_eq!(reads(&clinic), [(1, Some("onetouch-ultra2")); 2]);
}

/// Once it has said who it is, it is no other meter: only the read was cut short.
#[test]
fn a_meter_that_answered_is_read_again_as_what_it_is() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Enter]);
    end(&mut clinic, Ok(Completeness::Partial(Problem::new(ProblemCode::LinkSilent, "staged"))));
    assert!(!said(&clinic).contains("was spoken to as"));
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(reads(&clinic), [(1, Some("onetouch-ultra2")); 2]);
}

/// A file that a person edited, or one of another version: no such model, a model that no cable carries.
#[rstest]
#[case("one-touch")]
#[case("accu-chek-guide")]
#[case("")]
fn a_remembered_model_that_cannot_be_is_not_proposed(#[case] model: &str) {
    let mut clinic = remembering(model);
    plug(&mut clinic, 1);
    assert!(said(&clinic).contains("say which meter it is") && !said(&clinic).contains("probably"));
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((model_under_cursor(&clinic), reads(&clinic)), (None, vec![]));
}

#[test]
fn notes_that_cannot_be_read_are_told_and_the_person_is_asked() {
    let mut clinic = Clinic::new();
    clinic.cables = Err(Problem::new(ProblemCode::StoreUnreadable, "line 3 is not readable"));
    clinic.sign_in();
    at_upload(&mut clinic);
    plug(&mut clinic, 1);
    assert_eq!(clinic.told_wrong(), Some(key::TOLD_CABLES_UNREADABLE));
    clinic.keys([Key::Enter, Key::Enter, Key::Down, Key::Enter, Key::Enter]);
    end(&mut clinic, Ok(Completeness::Complete));
    assert_eq!(clinic.told_wrong(), Some(key::TOLD_CABLE_NOT_REMEMBERED));
    assert_eq!(clinic.step(), "association_pending", "the readings do not wait for a note");
}

#[test]
fn nothing_is_read_before_or_by_signing_in() {
    let mut clinic = Clinic::new();
    note(&mut clinic, ULTRA);
    plug(&mut clinic, 1);
    assert!(said(&clinic).contains("probably OneTouch Ultra 2"));
    clinic.sign_in();
    at_upload(&mut clinic);
    assert_eq!(reads(&clinic), []);
}

#[test]
fn with_a_second_cable_the_person_chooses_which() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.event(Event::MeterArrived(cable(2, "B7003AA2")));
    clinic.keys([Key::Enter]);
    assert_eq!(reads(&clinic), [], "the first Enter only leads into the list");
    clinic.keys([Key::Down, Key::Enter, Key::Down, Key::Down, Key::Enter, Key::Enter]);
    assert_eq!(reads(&clinic), [(2, Some("sd-codefree"))]);
    clinic.keys([Key::Home, Key::Enter]);
    assert_eq!(reads(&clinic).last(), Some(&(1, Some("onetouch-ultra2"))));
}

#[test]
fn a_cable_pulled_while_its_model_is_chosen_is_not_read() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Function(9), Key::Enter]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    assert!(said(&clinic).contains("Plug the cable in first"));
    clinic.keys([Key::Enter, Key::Function(9)]);
    assert_eq!((reads(&clinic), clinic.model.remark.clone()), (vec![], Some(Remark::NotNow(key::REASON_NO_CABLE))));
}

/// A cable stays in its socket and the meters are changed at its other end: the next one is read without a replug.
#[test]
fn the_next_meter_on_the_same_cable_is_read_when_it_is_named() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Enter]);
    clinic.keys([Key::Function(9)]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_STILL_READING)));
    end(&mut clinic, Ok(Completeness::Complete));
    clinic.keys([Key::Escape]);
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), reads(&clinic).len()), ("association_pending", 1), "Enter goes on with what was read");
    clinic.keys([Key::Escape, Key::Function(9), Key::Down, Key::Enter, Key::Enter]);
    assert_eq!(reads(&clinic).last(), Some(&(1, Some("sd-codefree"))));
}

#[test]
fn a_cable_pulled_right_after_a_whole_read_is_remembered_too() {
    let mut clinic = remembering(ULTRA);
    plug(&mut clinic, 1);
    clinic.keys([Key::Function(9), Key::Down, Key::Enter, Key::Enter]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    end(&mut clinic, Ok(Completeness::Complete));
    assert_eq!(noted(&clinic), [CODEFREE]);
}

/// An answer for a cable that was pulled meanwhile says nothing about the next one.
#[test]
fn a_late_memory_is_dropped() {
    let mut clinic = Clinic::signed_in();
    at_upload(&mut clinic);
    plug(&mut clinic, 1);
    let ticket = clinic.asked.iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Request::RecallCable { .. }) => Some(*ticket),
        _ => None,
    });
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    plug(&mut clinic, 2);
    clinic.event(Event::EffectDone {
        ticket: ticket.unwrap(),
        answer: EffectResult::Recalled(Ok(Some(ULTRA.to_owned()))),
    });
    assert!(!said(&clinic).contains("probably"));
}

proptest! {
    /// Whatever is pressed, a meter behind a cable is read only by an Enter, or by an F5 after one.
    #[test]
    fn only_enter_has_a_remembered_model_read(keys in proptest::collection::vec(any_key(), 0..60)) {
        let mut clinic = remembering(ULTRA);
        plug(&mut clinic, 1);
        for key in keys {
            let before = reads(&clinic).len();
            let enter = key == Key::Enter || (key == Key::Function(5) && before > 0);
            clinic.keys([key]);
            prop_assert!(enter || reads(&clinic).len() == before);
        }
    }
}

#[test]
fn a_chip_is_no_serial_cable() {
    let mut clinic = remembering(ULTRA);
    clinic.model.guides.push(MeterGuide {
        slug: "glucorx-nexus".to_owned(),
        name: "GlucoRx Nexus".into(),
        bridge: Some(Bridge::HidChip),
        ..clinic.model.guides[0].clone()
    });
    let listed = |clinic: &Clinic| -> Vec<String> {
        let Step::Upload(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
        let UploadView::Models { list, .. } = &step.view else { panic!("{:?}", step.view) };
        UploadStep::models(&clinic.model.guides, *list).map(|guide| guide.slug.clone()).collect()
    };
    clinic.event(Event::MeterArrived(Attachment { bridge: Some(Bridge::HidChip), ..cable(1, SERIAL) }));
    clinic.keys([Key::Function(9)]);
    assert_eq!(listed(&clinic), ["glucorx-nexus"]);
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    plug(&mut clinic, 2);
    clinic.keys([Key::Function(9)]);
    assert_eq!(listed(&clinic), [ULTRA, CODEFREE]);
}
