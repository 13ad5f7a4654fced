//! A dashboard of this station alone that is whole once the care platform answers: whoever looks at
//! something of it goes on with that.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, PlatformTask, Request, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::{DashboardStep, DashboardTab, ListPosition, LogbookPage};
use glucodock::domain::record::{RecordExtent, RecordOrigin};
use glucodock::domain::report_kind::ReportKind;
use glucodock::domain::statistics::Dashboard;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::SignedDuration;

use super::offline_search::offline;
use crate::clinic::{Clinic, now};
use crate::wizard_screens::tabs::four_weeks;

fn step(clinic: &mut Clinic) -> &mut DashboardStep {
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step
}

/// Of the four weeks every third reading, from this station alone.
fn alone() -> Dashboard {
    let mut dashboard = four_weeks();
    let mut place = 0;
    dashboard.readings.retain(|_| {
        place += 1;
        place % 3 == 0
    });
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    dashboard.origin = RecordOrigin::WithoutPlatform;
    dashboard
}

fn whole() -> Dashboard {
    let origin = RecordOrigin::Platform { elsewhere: 3, unconfirmed: 0, extent: RecordExtent::Whole, at: now() };
    Dashboard { origin, ..four_weeks() }
}

/// The dashboard without the platform, after these keys.
fn looking(keys: &[Key]) -> Clinic {
    let mut clinic = offline();
    clinic.is_remote = true;
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    step(&mut clinic).content = Asked::Ready(Box::new(alone()));
    clinic.keys(keys.to_vec());
    clinic
}

/// The platform answers with this.
fn answers(clinic: &mut Clinic, answer: Dashboard) {
    clinic.known_only = false;
    clinic.holds = |effect| matches!(effect, Effect::Ask(..));
    clinic.event_at(Event::Deadline, now() + SignedDuration::from_secs(30));
    let is_it = |effect: &Effect| {
        matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadDashboard { .. }))))
    };
    let asked = clinic.held.iter().find(|effect| is_it(effect)).cloned();
    let Some(Effect::Ask(ticket, _)) = asked else { panic!("not asked") };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Dashboard(Ok(Box::new(answer))) });
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap()
}

/// The time and the value of the reading under the cursor.
fn reading(clinic: &mut Clinic) -> String {
    format!("{:?}", step(clinic).reading().map(|reading| (reading.time, reading.measured)))
}

const INTO_A_READING: [Key; 7] = [Key::Char('3'), Key::Down, Key::Down, Key::Down, Key::Enter, Key::Down, Key::Enter];

#[test]
fn a_reading_that_is_looked_at_stays_and_so_does_the_way_back() {
    let mut clinic = looking(&INTO_A_READING);
    let (looked_at, place) = (reading(&mut clinic), step(&mut clinic).position());
    answers(&mut clinic, whole());
    assert!(matches!(step(&mut clinic).tab, DashboardTab::Logbook(LogbookPage::Reading { .. })));
    assert_eq!(reading(&mut clinic), looked_at);
    let now = step(&mut clinic).position();
    assert!(now.row > place.row, "newer readings came before it: {place:?}, {now:?}");
    assert_eq!(now.row - now.top, place.row - place.top, "it stands at the same height");
    clinic.keys([Key::Escape]);
    assert_eq!(reading(&mut clinic), looked_at);
    clinic.keys([Key::Down, Key::Up]);
    assert_eq!(reading(&mut clinic), looked_at, "the keys go on from there");
    clinic.keys([Key::Escape]);
    assert_eq!(step(&mut clinic).position().row, 3, "the day is the same");
}

#[test]
fn the_page_of_a_reading_that_is_gone_closes() {
    for keys in [&INTO_A_READING[..], &INTO_A_READING[..6]] {
        let mut clinic = looking(keys);
        let gone = step(&mut clinic).reading().unwrap().time;
        let mut without = whole();
        without.readings.retain(|reading| reading.time != gone);
        answers(&mut clinic, without);
        assert!(matches!(step(&mut clinic).tab, DashboardTab::Logbook(LogbookPage::Days(_))));
        assert_eq!(step(&mut clinic).position().row, 3);
    }
}

#[test]
fn a_pattern_and_a_form_of_export_stay_and_what_was_exported_of_less_is_said_no_longer() {
    let mut clinic = looking(&[Key::Char('4'), Key::Down, Key::Down]);
    let kind = step(&mut clinic).pattern().unwrap().kind;
    answers(&mut clinic, whole());
    assert_eq!(step(&mut clinic).pattern().unwrap().kind, kind);
    assert_eq!(step(&mut clinic).position().row, 2);

    let mut clinic = looking(&[Key::Char('7'), Key::Down, Key::Down, Key::Enter]);
    assert!(matches!(step(&mut clinic).export, Asked::Ready(_)), "{}", said(&clinic));
    answers(&mut clinic, whole());
    assert_eq!(step(&mut clinic).tab, DashboardTab::Export(Some(ReportKind::Pdf)));
    assert_eq!(step(&mut clinic).export, Asked::Idle);
}

/// After a merger another record is shown: nothing of it stands where something of the one before did.
#[test]
fn of_another_record_the_tab_begins_anew() {
    let mut clinic = looking(&INTO_A_READING);
    let mut other = whole();
    other.patient = crate::clinic::carla();
    answers(&mut clinic, other);
    assert_eq!(step(&mut clinic).position(), ListPosition::default());
    assert!(matches!(step(&mut clinic).tab, DashboardTab::Logbook(LogbookPage::Days(_))));
}

/// Two readings of one moment and value are two: of the second is told what is known of the second.
#[test]
fn of_two_equal_readings_the_one_that_is_looked_at_stays() {
    let twins = |mut dashboard: Dashboard| {
        let mut twin = dashboard.readings[0].clone();
        twin.raw.insert("place".to_owned(), "second".to_owned());
        dashboard.readings.insert(1, twin);
        dashboard.count_by(dashboard.low_high, dashboard.meals);
        dashboard
    };
    let mut first = four_weeks();
    first.origin = RecordOrigin::WithoutPlatform;
    let keys = [Key::Char('3'), Key::Enter, Key::Home, Key::Down, Key::Enter];
    let mut clinic = looking(&[]);
    step(&mut clinic).content = Asked::Ready(Box::new(twins(first)));
    clinic.keys(keys.to_vec());
    let is_second = |clinic: &mut Clinic| step(clinic).reading().unwrap().raw.contains_key("place");
    assert!(is_second(&mut clinic));
    answers(&mut clinic, twins(whole()));
    assert!(is_second(&mut clinic));
    clinic.keys([Key::Escape, Key::Down, Key::Up]);
    assert!(is_second(&mut clinic));
}
