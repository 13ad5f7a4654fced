//! In which unit a dashboard opens.

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::glucose::Unit;
use glucodock::domain::statistics::RangeCounts;

use crate::clinic::Clinic;

/// The unit that is shown, and what is counted.
fn shown(clinic: &Clinic) -> (Unit, RangeCounts) {
    let AppState::Working(working) = &clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &working.step else { panic!("no dashboard") };
    let Asked::Ready(dashboard) = &step.content else { panic!("nothing is shown") };
    (dashboard.unit, dashboard.summary.ranges)
}

fn open(clinic: &mut Clinic) {
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
}

/// The key wins as long as this dashboard is looked at, the settings before what most values were sent in.
#[test]
fn it_is_that_of_the_settings_until_the_key_asks_for_the_other() {
    let mut as_sent = Clinic::signed_in();
    open(&mut as_sent);
    assert_eq!(shown(&as_sent).0, Unit::MgPerDl);

    let mut clinic = Clinic::signed_in();
    clinic.model.unit = Some(Unit::MmolPerL);
    open(&mut clinic);
    assert_eq!(shown(&clinic), (Unit::MmolPerL, shown(&as_sent).1), "no count changes");
    clinic.keys([Key::Right]);
    assert_eq!(shown(&clinic).0, Unit::MmolPerL, "of another period too");
    clinic.keys([Key::Char('u')]);
    assert_eq!(shown(&clinic).0, Unit::MgPerDl);
    clinic.keys([Key::Right]);
    assert_eq!(shown(&clinic).0, Unit::MgPerDl, "what was chosen stays");
    // Another dashboard begins as the settings say.
    clinic.keys([Key::Escape, Key::Escape]);
    open(&mut clinic);
    assert_eq!(shown(&clinic).0, Unit::MmolPerL);
}
