//! What a screen says is said in full: which doubt, which key, what to compare, how often; and each row in its line.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::{AppState, Model};
use glucodock::app::offers::offers;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::{CursorList, DashboardTab, LogbookPage};
use glucodock::domain::association::{Owner, UploadId};
use glucodock::domain::download::Completeness;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::reading::{Doubt, Kind, Reading};
use glucodock::domain::text::Private;
use glucodock::domain::words::key;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Choices, Scene};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::cases::{at_upload, filled_dashboard, type_identity};
use super::pages::lists;
use super::seen::theme;
use super::{cases, variants};
use crate::clinic::{Clinic, attachment, cable, download, guides, upload};

const SIZES: [(u16, u16); 4] = [(71, 23), (80, 24), (99, 30), (120, 40)];

fn scene(clinic: &Clinic) -> Scene {
    view(&clinic.model, &Words::english())
}

fn shown(clinic: &Clinic, (columns, rows): (u16, u16)) -> Vec<String> {
    json::rows(&drawn(&scene(clinic), &theme(), columns, rows).0)
}

fn step(clinic: &mut Clinic) -> &mut Step {
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    &mut working.step
}

fn states() -> impl Iterator<Item = (String, Clinic)> {
    let all = cases::all().into_iter().map(|(name, clinic)| (name.to_owned(), clinic));
    all.chain(cases::full_panels()).chain(cases::after_work()).chain(variants::all())
}

/// A reading of 300 mg/dL with these doubts.
fn doubted(kind: Kind, doubts: &[Doubt]) -> Reading {
    let mut reading = filled_dashboard().readings.remove(0);
    reading.measured = Measured::Value(Concentration::mg_per_dl(300));
    reading.kind = kind;
    reading.doubts = doubts.to_vec();
    reading
}

/// Each doubt in words, and whether any number uses a blood glucose that has it.
const DOUBTS: [(Doubt, &str); 12] = [
    (Doubt::Invalid, "left out: invalid"),
    (Doubt::Questionable, "counted: questionable"),
    (Doubt::NotAvailable, "left out: no result"),
    (Doubt::TestData, "left out: test mode"),
    (Doubt::DamagedRecord, "left out: damaged"),
    (Doubt::TimeUncertain, "left out: time unsure"),
    (Doubt::OutsideMeterRange, "counted: off scale"),
    (Doubt::KindUncertain, "counted: kind unsure"),
    (Doubt::TimeAhead, "left out: in future"),
    (Doubt::TimeBeforeModel, "left out: too early"),
    (Doubt::ClockReset, "left out: clock reset"),
    (Doubt::ClockWrong, "left out: clock wrong"),
];

#[test]
fn the_dashboard_says_which_doubt_and_whether_the_reading_counts() {
    let said = |reading: Reading| {
        let mut clinic = Clinic::signed_in();
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Function(4)]);
        let Step::Dashboard(step) = step(&mut clinic) else { panic!("no dashboard") };
        let mut dashboard = filled_dashboard();
        dashboard.readings.insert(0, reading);
        step.content = Asked::Ready(Box::new(dashboard));
        let (days, list) = (CursorList::default(), CursorList::default());
        step.tab = DashboardTab::Logbook(LogbookPage::Readings { days, list });
        shown(&clinic, (80, 24)).join("\n")
    };
    for (doubt, words) in DOUBTS {
        let rows = said(doubted(Kind::Blood, &[doubt]));
        assert!(rows.contains(&format!("VERY HIGH, {words}")), "{doubt:?}:\n{rows}");
    }
    let rows = said(doubted(Kind::Blood, &[Doubt::Questionable, Doubt::ClockReset]));
    assert!(rows.contains("VERY HIGH, left out: clock\n"), "what decides comes first:\n{rows}");
    assert!(rows.lines().any(|row| row.trim() == "reset, questionable"), "the other is read, too:\n{rows}");
    for (kind, words) in [
        (Kind::Control, "left out: control, clock wrong"),
        (Kind::Ketone, "left out: ketone, clock wrong"),
        (Kind::Other, "left out: other, clock wrong"),
    ] {
        let rows = said(doubted(kind, &[Doubt::ClockWrong]));
        assert!(rows.contains(words), "{kind:?}:\n{rows}");
    }
    let rows = said(doubted(Kind::Control, &[]));
    assert!(rows.contains("control test") && !rows.contains("look twice"), "{rows}");
}

#[test]
fn the_device_step_says_which_doubts_and_what_comes_of_them() {
    let mut whole = download(Completeness::Complete);
    whole.readings = DOUBTS.iter().map(|(doubt, _)| doubted(Kind::Blood, &[*doubt])).collect();
    whole.readings.push(doubted(Kind::Blood, &[Doubt::Questionable, Doubt::Invalid]));
    whole.readings.push(Reading { time: None, ..doubted(Kind::Blood, &[Doubt::TimeUncertain]) });
    whole.readings.push(doubted(Kind::Control, &[Doubt::Questionable]));
    let mut clinic = at_upload();
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter]);
    let Step::ConfirmDevice(step) = step(&mut clinic) else { panic!("at {}", clinic.step()) };
    step.upload.counts = whole.counts();
    let scene = scene(&clinic);
    let facts = scene.blocks.iter().find_map(|block| match block {
        Block::Facts { facts, .. } => facts.iter().find(|fact| fact.label == "Doubtful"),
        _ => None,
    });
    assert_eq!(facts.unwrap().value, "left out: 2 invalid, 1 no result, 8 others; counted: 1 questionable, 2 others");
    let rows = shown(&clinic, (80, 24)).join("\n");
    assert!(rows.contains("[ Confirm device assignment ]") && rows.contains("2 others"), "{rows}");
}

#[test]
fn a_list_that_has_pages_names_their_keys_at_every_size() {
    let mut pages = 0;
    let long = lists(40).into_iter().map(|(name, clinic)| (name.to_owned(), clinic));
    for (case, mut clinic) in states().chain(long) {
        if clinic.model.overlay.is_none() && case.len() < 8 {
            clinic.keys([Key::Down]);
        }
        for size in SIZES {
            let rows = shown(&clinic, size);
            for row in rows.iter().filter(|row| row.contains(" page ") && row.contains(" of ")) {
                assert!(row.contains("PgUp/PgDn"), "{case} at {size:?}: {row}");
                pages += 1;
            }
        }
    }
    assert!(pages > 10, "only {pages} lists have pages");
}

/// The models behind a cable, as many as the catalogue may have, in no order.
fn at_models() -> Clinic {
    let mut clinic = at_upload();
    for name in ["Zeta One", "accu Two", "Beta Ultra", "OneTouch Ultra Mini", "GlucoRx Q"] {
        let mut guide = guides().remove(2);
        (guide.slug, guide.name) = (name.to_lowercase().replace(' ', "-"), name.into());
        clinic.model.guides.insert(0, guide);
    }
    clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
    clinic.keys([Key::Function(9)]);
    clinic
}

fn list(clinic: &Clinic) -> Choices {
    let blocks = scene(clinic).blocks;
    blocks.into_iter().find_map(|block| if let Block::Choices(list) = block { Some(list) } else { None }).unwrap()
}

fn chosen(clinic: &Clinic) -> String {
    list(clinic).chosen().unwrap().cells[0].clone()
}

#[test]
fn models_are_sorted_by_name() {
    let names: Vec<String> = list(&at_models()).rows.into_iter().map(|row| row.cells[0].clone()).collect();
    let sorted =
        ["accu Two", "Beta Ultra", "GlucoRx Q", "OneTouch Ultra 2", "OneTouch Ultra Mini", "SD CodeFree", "Zeta One"];
    assert_eq!(names, sorted);
}

#[test]
fn what_is_typed_in_a_list_of_models_leads_to_a_name() {
    let mut clinic = at_models();
    let hint = |clinic: &Clinic| shown(clinic, (80, 24)).join("\n");
    assert!(hint(&clinic).contains("A-Z find by name"), "{}", hint(&clinic));
    clinic.text("s");
    assert_eq!(chosen(&clinic), "SD CodeFree");
    clinic.keys([Key::Backspace]);
    clinic.text("one");
    assert_eq!(chosen(&clinic), "OneTouch Ultra 2");
    clinic.text("touch ultra m");
    assert_eq!(chosen(&clinic), "OneTouch Ultra Mini");
    assert!(hint(&clinic).contains("onetouch ultra m"), "what was typed is seen: {}", hint(&clinic));
    // A word in the name does as well, once no name begins so.
    clinic.keys([Key::Down, Key::Up]);
    clinic.text("code");
    assert_eq!(chosen(&clinic), "SD CodeFree");
    // What no name has marks nothing and is said, and Enter goes on with nothing.
    clinic.text("x");
    clinic.keys([Key::Enter]);
    assert!(list(&clinic).chosen().is_none());
    assert!(hint(&clinic).contains("No meter of this list is called that."), "{}", hint(&clinic));
    clinic.keys([Key::Backspace, Key::Enter]);
    assert!(hint(&clinic).contains("SD CodeFree"));
    let keys = [Key::Escape, Key::Char('?')];
    clinic.keys(keys);
    assert!(clinic.model.overlay.is_some(), "? is still the help");
}

/// Anna's meter without a serial number on its way through all steps.
fn nameless(serial: &'static str, at: &str) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Unidentifiable;
    clinic.serials = vec![serial; 5];
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    let ways = [
        ("association_pending", vec![]),
        ("confirm_device", vec![Key::Enter]),
        ("select_patient", vec![Key::Tab, Key::Enter]),
        ("confirm_assignment", vec![Key::Down, Key::Enter]),
    ];
    for (name, keys) in ways {
        clinic.keys(keys);
        assert_eq!(clinic.step(), name);
        if name == at {
            return clinic;
        }
    }
    type_identity(&mut clinic, "am");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), at);
    clinic
}

#[test]
fn no_serial_number_is_to_be_compared_where_there_is_none() {
    for serial in ["", "00000000"] {
        for at in ["association_pending", "confirm_device", "select_patient", "confirm_assignment", "done"] {
            let clinic = nameless(serial, at);
            let said = serde_json::to_string(&scene(&clinic)).unwrap();
            assert!(!said.contains("serial number none"), "{at}: {said}");
            assert!(!said.contains("name and serial number"), "{at}: {said}");
            assert!(!said.contains("serial number 0000"), "{at}: {said}");
            if at == "confirm_device" {
                assert!(said.contains("No serial number: compare name and last reading"), "{said}");
            }
        }
    }
    // The list of those that wait, and the search that one of them leads to.
    let mut clinic = Clinic::new();
    clinic.waiting = vec![upload(Owner::Unidentifiable)];
    clinic.waiting[0].meter.serial = Private::new("".into());
    clinic.sign_in();
    clinic.keys([Key::Function(3), Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
    let said = serde_json::to_string(&scene(&clinic)).unwrap();
    assert!(said.contains("without serial number") && !said.contains("number none"), "{said}");
}

#[test]
fn what_is_new_of_a_nameless_meter_is_said_readably() {
    let clinic = nameless("", "confirm_device");
    let rows = shown(&clinic, (80, 24));
    let row = rows.iter().find(|row| row.contains("   New ")).unwrap();
    assert!(row.ends_with("counted when the readings go into a record"), "{row}");
}

#[test]
fn the_question_about_the_clock_is_about_the_newest_read() {
    let at_question = || {
        let mut clinic = at_upload();
        clinic.meter_clock = Some("2012-01-01T00:07:00".parse().unwrap());
        clinic.plug_and_read(Completeness::Complete);
        assert_eq!(clinic.step(), "clock_stop");
        clinic.keys([Key::Down]);
        clinic
    };
    // Pulled, set to another wrong date, and plugged in again: the store has it under the same name.
    let read_again = |clinic: &mut Clinic, clock: &str| {
        clinic.meter_clock = Some(clock.parse().unwrap());
        clinic.kept = 0;
        clinic.event(Event::MeterLeft(AttachmentId(1)));
        clinic.event(Event::MeterArrived(attachment(2)));
        let ticket = clinic.read_ticket().unwrap();
        let whole = Box::new(download(Completeness::Complete));
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
    };
    let mut clinic = at_question();
    read_again(&mut clinic, "2016-03-04T05:06:00");
    assert_eq!(clinic.step(), "clock_stop");
    let said = serde_json::to_string(&scene(&clinic)).unwrap();
    assert!(said.contains("04-Mar-2016") && !said.contains("01-Jan-2012"), "{said}");
    assert!(said.contains("read again"), "{said}");
    assert_eq!(list(&clinic).selected, None, "an answer to the old clock is no answer to the new one");
    // With the right time nothing has to be asked any more.
    let mut clinic = at_question();
    read_again(&mut clinic, "2026-07-14T10:00:00");
    assert_eq!(clinic.step(), "upload");
}

/// The steps that show a meter show it as it was read last.
#[test]
fn every_step_on_the_way_shows_the_newest_read() {
    let go = [vec![], vec![Key::Enter]];
    for keys in go {
        let mut clinic = at_upload();
        clinic.plug_and_read(Completeness::Complete);
        clinic.keys(keys);
        let before = clinic.step();
        let mut newer = upload(Owner::Nobody);
        newer.id = UploadId("u1".into());
        newer.counts.blood = 713;
        clinic.event(Event::MeterArrived(attachment(2)));
        let ticket = clinic.read_ticket().unwrap();
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))));
        let whole = Box::new(download(Completeness::Complete));
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
        clinic.holds = |_| false;
        let Some(Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::Quarantine { .. })))) =
            clinic.held.pop()
        else {
            panic!()
        };
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Quarantined(Ok(Box::new(newer))) });
        assert_eq!(clinic.step(), before);
        let said = serde_json::to_string(&scene(&clinic)).unwrap();
        assert!(said.contains("713 blood") || said.contains("721 readings"), "{before}: {said}");
    }
}

fn list_with_keys(model: &Model) -> Option<Choices> {
    let scene = view(model, &Words::english());
    let blocks = scene.overlay.map_or(scene.blocks, |overlay| overlay.blocks);
    let lists = blocks.into_iter().filter_map(|block| if let Block::Choices(list) = block { Some(list) } else { None });
    lists.into_iter().find(|list| list.focused)
}

#[test]
fn where_nothing_is_marked_enter_is_not_said_to_choose() {
    use glucodock::app::action::Action;
    let mut checked = 0;
    for (case, clinic) in states() {
        let Some(list) = list_with_keys(&clinic.model) else { continue };
        if list.selected.is_some() || list.rows.is_empty() {
            continue;
        }
        let offers = offers(&clinic.model);
        let enter = offers.iter().find(|offer| offer.is(Action::GoOn) && offer.not_now.is_none());
        let words = enter.map(|offer| offer.words);
        assert!(matches!(words, None | Some(key::HINT_TO_LIST)), "{case}: Enter {words:?}");
        let moves = offers.iter().any(|offer| offer.is(Action::Down) && offer.words == key::HINT_MARK);
        assert!(moves || words.is_some(), "{case}: nothing says how to mark a row");
        checked += 1;
    }
    assert!(checked >= 8, "only {checked} lists have nothing marked");
}

#[test]
fn a_second_mismatch_says_how_often_and_what_to_do() {
    let (_, clinic) = states().find(|(case, _)| case == "select_patient__mismatch_twice").unwrap();
    let said = serde_json::to_string(&scene(&clinic)).unwrap();
    assert!(said.contains("was wrong at least twice"), "{said}");
    assert!(said.contains("search for that person") && !said.contains("or more"), "{said}");
}

#[test]
fn a_meter_that_is_unplugged_need_not_be_unplugged() {
    let (_, mut clinic) = states().find(|(case, _)| case == "done__assigned").unwrap();
    let said = |clinic: &Clinic| serde_json::to_string(&scene(clinic)).unwrap();
    assert!(said(&clinic).contains("You can unplug the meter now"));
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    assert!(!said(&clinic).contains("unplug the meter"), "{}", said(&clinic));
}

#[test]
fn every_waiting_meter_has_one_line() {
    let names =
        ["GlucoMen areo 2K", "OneTouch Ultra 2 (with the very long name of 1999)", "FreeStyle Freedom Lite", "Guide"];
    let mut clinic = Clinic::new();
    clinic.waiting = names
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let nameless = place < 2;
            let mut upload = upload(if nameless { Owner::Unidentifiable } else { Owner::Nobody });
            upload.id = UploadId(format!("w{place}"));
            upload.meter.model = (*name).into();
            if nameless {
                upload.meter.serial = Private::new("".into());
            }
            upload
        })
        .collect();
    clinic.sign_in();
    clinic.keys([Key::Function(3)]);
    for size in [(80, 24), (120, 40)] {
        let rows = shown(&clinic, size);
        let at = rows.iter().position(|row| row.contains("Read and safe")).unwrap();
        for (row, name) in rows[at + 1..].iter().zip(names) {
            let begin: String = name.chars().take(10).collect();
            assert!(row.contains(&begin) && row.contains("720 readings"), "{size:?}: {name} in {row}");
            assert!(row.contains("14-Jul-2026 10:00"), "{size:?}: {row}");
        }
    }
    // The one that is marked is told in full.
    clinic.keys([Key::Down, Key::Down]);
    let rows = shown(&clinic, (80, 24)).join("\n");
    assert!(rows.contains(names[1]), "{rows}");
}
