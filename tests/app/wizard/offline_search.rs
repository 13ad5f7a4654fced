//! While the care platform does not answer, who was chosen here before can be found, and the screen says that this is
//! all; once it answers again, the search works by itself, and that is said.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Command, Effect, PlatformTask, Request, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::reach::Reach;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::create_patient::CreatePage;
use glucodock::domain::patient::SearchPage;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::record::{RecordExtent, RecordOrigin};
use glucodock::domain::statistics::Period;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::SignedDuration;

use crate::clinic::{Clinic, anna, dashboard, now};

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

fn searches(clinic: &Clinic) -> usize {
    let is_search = |effect: &&Effect| {
        matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))))
    };
    clinic.asked.iter().filter(is_search).count()
}

pub(crate) fn offline() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.known_only = true;
    clinic
}

fn page(clinic: &Clinic) -> &CreatePage {
    let Some(Step::CreatePatient(step)) = clinic.model.working().map(|working| &working.step) else {
        panic!("at {}", clinic.step())
    };
    &step.page
}

const ONLY: &str = "Only patients who were chosen at this station before can be found";

#[test]
fn the_screen_says_that_only_who_is_known_here_can_be_found() {
    let mut clinic = offline();
    clinic.text("mul");
    assert!(said(&clinic).contains(ONLY) && said(&clinic).contains("MÜLLER, Anna"), "{}", said(&clinic));
    assert!(said(&clinic).contains("does not answer"), "in the device panel: {}", said(&clinic));
    // Who is found can be worked for.
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");

    let mut clinic = offline();
    clinic.text("zz");
    let said_of_nobody = said(&clinic);
    assert!(said_of_nobody.contains("Others are found once the care platform answers"), "{said_of_nobody}");
    assert!(!said_of_nobody.contains("Check the spelling"), "nobody knows whether it is wrong: {said_of_nobody}");
}

#[test]
fn once_it_answers_the_search_works_by_itself_and_that_is_said() {
    let mut clinic = offline();
    clinic.text("mul");
    let asked = searches(&clinic);
    let mut at = now();
    // Still silent: what was found stays.
    for _ in 0..2 {
        at += SignedDuration::from_secs(10);
        assert_eq!(clinic.model.deadline(), Some(at));
        clinic.event_at(Event::Deadline, at);
        assert!(said(&clinic).contains(ONLY) && said(&clinic).contains("MÜLLER, Anna"), "{}", said(&clinic));
    }
    assert_eq!(searches(&clinic), asked + 2);
    clinic.known_only = false;
    at += SignedDuration::from_secs(10);
    clinic.event_at(Event::Deadline, at);
    assert!(!said(&clinic).contains(ONLY) && said(&clinic).contains("MÜLLER, Anna"), "{}", said(&clinic));
    assert!(said(&clinic).contains("answers again"), "{}", said(&clinic));
    at += SignedDuration::from_secs(30);
    assert_eq!(clinic.model.deadline(), Some(at), "it is asked no more");
    clinic.event_at(Event::Deadline, at);
    assert!(!said(&clinic).contains("answers again"), "{}", said(&clinic));
    assert_eq!((searches(&clinic), clinic.model.deadline()), (asked + 3, None));
}

/// Not only a search tells that it answers: whatever it answers does.
#[test]
fn any_answer_ends_the_silence() {
    let silent = || Err(Problem::new(ProblemCode::PlatformUnreachable, "silent"));
    for (at_platform, is_back) in [(None, true), (Some(silent()), false)] {
        let mut clinic = offline();
        clinic.at_platform = at_platform;
        clinic.go_to_confirm_assignment();
        let reach = clinic.model.working().unwrap().reach;
        assert_eq!((matches!(reach, Reach::Back(_)), matches!(reach, Reach::Silent(_))), (is_back, !is_back));
        assert_eq!(said(&clinic).contains("answers again"), is_back, "{}", said(&clinic));
    }
}

/// Nobody among those who are known here has the number: that does not make it free.
#[test]
fn a_number_that_only_those_known_here_were_asked_for_is_asked_for_again() {
    let mut clinic = offline();
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999", "M-1001"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    assert!(matches!(page(&clinic), CreatePage::Optional { .. }), "once for one Enter");
    // The care platform answers again, and knows whose number it is.
    clinic.keys([Key::Escape, Key::Up]);
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.keys([Key::Enter]);
    let held = std::mem::take(&mut clinic.held);
    let [Effect::Ask(ticket, _)] = held.as_slice() else { panic!("not asked anew: {held:?}") };
    let found = SearchPage { patients: vec![anna()], next: None, known_only: false };
    clinic.event(Event::EffectDone { ticket: *ticket, answer: EffectResult::Found(Ok(found)) });
    assert!(said(&clinic).contains("This is the number of MÜLLER, Anna"), "{}", said(&clinic));
    assert!(matches!(page(&clinic), CreatePage::Required { check: Asked::Idle }));
}

/// New hits take the cursor away: while somebody is selected, none come by themselves.
#[test]
fn whoever_is_selected_stays_selected() {
    let mut clinic = offline();
    clinic.text("mul");
    clinic.keys([Key::Down]);
    assert_eq!(clinic.model.deadline(), None);
    clinic.keys([Key::Char('/')]);
    assert!(clinic.model.deadline().is_some(), "back in the field");
}

/// A dashboard from this station alone stays on the screen, is asked for again now and then, and is whole once the
/// platform answers; what it did not answer is delivered at once then.
#[test]
fn a_dashboard_without_the_platform_is_asked_for_again_by_itself() {
    let mut clinic = offline();
    clinic.is_remote = true;
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    assert_eq!(clinic.step(), "dashboard");
    let alone = "Shown is only what this station has";
    assert!(said(&clinic).contains(alone), "{}", said(&clinic));
    let hurried = |clinic: &Clinic| clinic.asked.contains(&Effect::Do(Command::HurryDelivery));
    for tick in 1..=2 {
        let at = now() + SignedDuration::from_secs(10 * tick);
        // Whether somebody has changed the record is looked for more often.
        while let Some(due) = clinic.model.deadline().filter(|due| *due < at) {
            clinic.event_at(Event::Deadline, due);
        }
        assert_eq!(clinic.model.deadline(), Some(at));
        clinic.event_at(Event::Deadline, at);
        assert!(said(&clinic).contains(alone) && !hurried(&clinic), "{}", said(&clinic));
    }
    clinic.known_only = false;
    // Nothing of what is shown is gone while it is asked for.
    clinic.holds = |effect| matches!(effect, Effect::Ask(..));
    clinic.event_at(Event::Deadline, now() + SignedDuration::from_secs(30));
    assert!(said(&clinic).contains(alone), "{}", said(&clinic));
    let is_load = |effect: &Effect| {
        matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadDashboard { .. }))))
    };
    let asked = clinic.held.iter().find(|effect| is_load(effect)).cloned();
    let Some(Effect::Ask(ticket, _)) = asked else { panic!("not asked") };
    let mut whole = dashboard(anna(), Period::default());
    whole.origin = RecordOrigin::Platform { elsewhere: 3, unconfirmed: 0, extent: RecordExtent::Whole, at: now() };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Dashboard(Ok(Box::new(whole))) });
    let told = said(&clinic);
    assert!(!told.contains(alone) && told.contains("and 3 from the care platform alone"), "{told}");
    assert!(hurried(&clinic));
}
