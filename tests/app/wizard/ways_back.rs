//! Every way back leads to where one came from, as it was; and nobody is stuck before a screen.

use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::overlay::Overlay;
use glucodock::app::remark::Remark;
use glucodock::app::update::update;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::create_patient::CreatePage;
use glucodock::app::wizard::upload::UploadView;
use glucodock::domain::association::Owner;
use glucodock::domain::patient::{Identifier, Likeness, LookAlike, Patient, SearchPage};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::key;

use super::super::clinic::{Clinic, anna, berta, now, upload};
use super::said;

fn step(clinic: &Clinic) -> &Step {
    &clinic.model.working().unwrap().step
}

#[test]
fn the_dashboard_leads_back_to_the_search_as_it_was() {
    let mut clinic = Clinic::signed_in();
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.keys([Key::Function(5), Key::Function(3), Key::Enter]);
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Down, Key::Function(4)]);
    assert_eq!(clinic.step(), "dashboard");
    clinic.keys([Key::Escape]);
    let Step::FindPatient(search) = step(&clinic) else { panic!("at {}", clinic.step()) };
    assert_eq!(search.search.field.text(), "mul");
    assert_eq!(search.search.selection.id(), Some(&berta().id));
    assert!(search.upload.is_some(), "the meter that waits is still in hand");
    // An answer that comes while the dashboard is looked at is found there.
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.keys([Key::Char('l'), Key::Backspace]);
    assert_eq!(clinic.held.len(), 2);
    clinic.keys([Key::Control('u')]);
    clinic.keys([Key::Down, Key::Function(4)]);
    clinic.release();
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "find_patient");
}

#[test]
fn help_opens_over_every_box_and_the_menu_takes_the_keys_that_it_names() {
    for open in [Key::Function(10), Key::Control('x')] {
        let mut clinic = Clinic::signed_in();
        clinic.go_to_confirm_assignment();
        clinic.assign = Err(Problem::new(ProblemCode::StoreUnwritable, "staged"));
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter, Key::Enter, open]);
        assert!(
            matches!(clinic.model.overlay, Some(Overlay::Menu(_) | Overlay::Details(_))),
            "{:?}",
            clinic.model.overlay
        );
        clinic.keys([Key::Function(1)]);
        assert_eq!((&clinic.model.overlay, &clinic.model.remark), (&Some(Overlay::Help), &None));
    }
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(10), Key::Function(2)]);
    assert_eq!((clinic.step(), &clinic.model.overlay), ("create_patient", &None));
    // What the menu does not name does nothing there.
    clinic.keys([Key::Function(10), Key::Function(4)]);
    assert!(matches!(clinic.model.overlay, Some(Overlay::Menu(_))));
    assert_eq!(clinic.model.remark, Some(Remark::NoSuchKey));
}

/// A kiosk's window cannot be made larger.
#[test]
fn a_step_that_is_not_seen_in_full_can_be_left() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    let asked = clinic.asked.len();
    let (model, effects) = update(clinic.model.clone(), Event::KeyUnseen(Key::Escape), now());
    clinic.model = model;
    assert_eq!((clinic.step(), effects), ("select_patient", vec![]));
    assert_eq!(clinic.asked.len(), asked);
    let scene = glucodock::ui::view::view(&clinic.model, &glucodock::ui::words::Words::english());
    let keys: Vec<_> = scene.ways_out.iter().map(|hint| (hint.key.as_str(), hint.action.as_str())).collect();
    assert_eq!(keys, [("Esc", "back"), ("Ctrl-C", "leave")]);
}

#[test]
fn enter_on_the_steps_of_a_meter_without_its_cable_starts_nothing_and_says_so() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    // Other meters, and there one that is read through a cable.
    clinic.keys([Key::End, Key::Enter]);
    clinic.text("ultra");
    clinic.keys([Key::Enter]);
    let is_guide =
        |clinic: &Clinic| matches!(step(clinic), Step::Upload(step) if matches!(step.view, UploadView::Guide { .. }));
    assert!(is_guide(&clinic), "{}", said(&clinic));
    clinic.keys([Key::Enter]);
    assert!(is_guide(&clinic));
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_CABLE_MISSING)));
    assert!(!said(&clinic).contains("to the meters"));
}

fn fill_in(clinic: &mut Clinic, mrn: &str) {
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999", mrn] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
}

/// Creates nobody: the platform says why not.
fn is_not_created(clinic: &mut Clinic, code: ProblemCode) {
    clinic.holds = |effect| {
        matches!(
            effect,
            Effect::Ask(
                _,
                Request::For(
                    _,
                    Task::Platform(PlatformTask::CreatePatient { .. } | PlatformTask::SearchPatients { .. })
                )
            )
        )
    };
    clinic.keys([Key::Enter, Key::Enter, Key::Enter, Key::Enter]);
    let held = std::mem::take(&mut clinic.held);
    let [Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. })))] = held.as_slice()
    else {
        panic!("{held:?} {}", said(clinic))
    };
    let answer = EffectResult::Created(Err(Problem::new(code, "staged")));
    clinic.event(Event::EffectDone { ticket: *ticket, answer });
}

#[test]
fn whoever_was_registered_meanwhile_is_shown() {
    let mut clinic = Clinic::signed_in();
    fill_in(&mut clinic, "M777");
    clinic.look_alikes = Ok(vec![LookAlike { patient: anna(), likeness: Likeness::SamePerson }]);
    is_not_created(&mut clinic, ProblemCode::SamePerson);
    let Step::CreatePatient(created) = step(&clinic) else { panic!("at {}", clinic.step()) };
    assert!(matches!(&created.page, CreatePage::LookAlikes(others) if others.found[0].patient == anna()));
    assert!(said(&clinic).contains("Meanwhile somebody with the same name and birth date was registered"));
}

/// They are there: nothing is left to send, and the other record is to be seen to. The lists have them.
#[test]
fn whoever_was_created_beside_somebody_is_found_like_anybody_else() {
    let mut clinic = Clinic::signed_in();
    fill_in(&mut clinic, "M777");
    is_not_created(&mut clinic, ProblemCode::CreatedBeside);
    assert_eq!(clinic.step(), "find_patient");
    assert!(said(&clinic).contains("another record at the care platform has the same identifier"), "{}", said(&clinic));
    let loads = |task: &StationTask| {
        let asked = clinic.asked.iter().rev().take(2);
        asked
            .filter(|effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(own))) if own == task))
            .count()
    };
    assert_eq!((loads(&StationTask::LoadRecents), loads(&StationTask::LoadWorkList)), (1, 1));
}

/// Looked up once more, its holder is named, and what was refused is not sent in a circle.
#[test]
fn a_number_that_was_given_away_meanwhile_is_looked_up_again() {
    let mut clinic = Clinic::signed_in();
    fill_in(&mut clinic, "M777");
    is_not_created(&mut clinic, ProblemCode::IdentifierTaken);
    let held = std::mem::take(&mut clinic.held);
    let [Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::SearchPatients { query, .. })))] =
        held.as_slice()
    else {
        panic!("{held:?}")
    };
    assert_eq!(query, "M777");
    let mut holder: Patient = berta();
    holder.identifiers = vec![Identifier::new("MRN", "M777")];
    let answer = EffectResult::Found(Ok(SearchPage { patients: vec![holder], next: None, known_only: false }));
    clinic.event(Event::EffectDone { ticket: *ticket, answer });
    assert!(said(&clinic).contains("This is the number of MUSTER, Berta"), "{}", said(&clinic));
    clinic.keys([Key::Enter]);
    let Step::CreatePatient(created) = step(&clinic) else { panic!("at {}", clinic.step()) };
    assert!(matches!(created.page, CreatePage::Required { .. }));
    assert_eq!(clinic.held, []);
}

/// Every further line would be one less for what must be seen.
#[test]
fn a_dozen_meters_and_a_dozen_look_alikes_take_a_line() {
    let mut clinic = Clinic::signed_in();
    let like = |family: &str| LookAlike {
        patient: super::super::clinic::patient("9", family, "Anna", 1961),
        likeness: Likeness::SimilarNameAndYear,
    };
    clinic.look_alikes = Ok(vec![like("Mueler"), like("Mullar"), like("Moller")]);
    let devices = (1..=12).map(|number| format!("Guide ..{number:04}").as_str().into()).collect();
    let there = Patient { devices, ..anna() };
    clinic.at_platform =
        Some(Ok(glucodock::domain::platform_check::PlatformCheck { patient: Some(there), owner: None }));
    clinic.go_to_confirm_assignment();
    let said = said(&clinic);
    assert!(said.contains("Guide ..0010, Guide ..0011, Guide ..0012 and 9 more"), "{said}");
    assert!(said.contains("Easily confused with MUELER, Anna") && said.contains(") and 2 more"), "{said}");
}
