//! What is told of readings that only the care platform has.

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::record::{ElsewhereReadings, RecordExtent, RecordOrigin};
use glucodock::ui::scene::Block;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;

use crate::clinic::{Clinic, now};
use crate::wizard_screens::tabs::at;

fn source(meter: Option<&str>, is_of_station: bool, count: u32) -> ElsewhereReadings {
    let last = Some(date(2026, 7, 13).at(21, 5, 0, 0));
    ElsewhereReadings { meter: meter.map(Into::into), is_of_station, count, last }
}

fn told(clinic: &Clinic) -> Vec<String> {
    let facts = view(&clinic.model, &Words::english()).blocks.into_iter().find_map(|block| match block {
        Block::Facts { facts, .. } => Some(facts),
        _ => None,
    });
    facts.into_iter().flatten().map(|fact| format!("{}: {}", fact.label, fact.value)).collect()
}

/// Of which meter, and who told it: another station, or something else; as many places as have room.
#[test]
fn the_uploads_tell_what_other_stations_have_told_the_platform() {
    let mut clinic = at(&[Key::Char('6')]);
    assert_eq!(told(&clinic), [""; 0], "all is of this station");
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    let Asked::Ready(dashboard) = &mut step.content else { panic!("nothing is shown") };
    dashboard.origin = RecordOrigin::Platform { elsewhere: 18, unconfirmed: 0, extent: RecordExtent::Whole, at: now() };
    dashboard.elsewhere = vec![
        source(Some("Accu-Chek Guide 0105"), true, 12),
        source(None, false, 3),
        source(None, true, 2),
        source(Some("Contour Next 1199"), true, 1),
    ];
    assert_eq!(
        told(&clinic),
        [
            "From: here, and 18 from the care platform alone, as of 14-Jul-2026 10:00",
            "Elsewhere: 12 of Accu-Chek Guide 0105, from another station; the last of 13-Jul-2026 21:05",
            "Elsewhere: 3 of a meter that is not named there, from no station of this program; the last of \
             13-Jul-2026 21:05",
            "Elsewhere: 3 more, from 2 other places",
        ]
    );
}
