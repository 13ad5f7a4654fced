//! Which meters the device panel shows where not all fit: the one in hand and those that are read, and how
//! many more there are.

use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::{Access, Attachment};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::Scene;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, attachment, cable, download};

/// Serial numbers whose ends tell twelve meters apart.
const SERIALS: [&str; 12] = [
    "92500000101",
    "92500000102",
    "92500000103",
    "92500000104",
    "92500000105",
    "92500000106",
    "92500000107",
    "92500000108",
    "92500000109",
    "92500000110",
    "92500000111",
    "92500000112",
];

fn scene(clinic: &Clinic) -> Scene {
    view(&clinic.model, &Words::english())
}

/// The rows of the panel, with the line above it where it stands below the step.
fn panel(clinic: &Clinic, (columns, rows): (u16, u16)) -> String {
    let theme = Theme::new(Colours::Mono, GlyphSet::Unicode);
    let rows = json::rows(&drawn(&scene(clinic), &theme, columns, rows).0);
    match rows.iter().position(|row| row.contains("─ Devices ─")) {
        Some(title) => rows.get(title..).unwrap().join("\n"),
        None => {
            rows.iter().filter_map(|row| row.split_once('│')).map(|(_, panel)| panel).collect::<Vec<_>>().join("\n")
        }
    }
}

/// A meter of its own model, so that its name is known before it was read.
fn named(id: u64, name: &str) -> Attachment {
    Attachment { name: name.into(), ..attachment(id) }
}

/// The end of the serial number of the meter that was read last.
fn newest(clinic: &Clinic) -> String {
    format!("..{}", SERIALS.get(clinic.kept - 1).and_then(|serial| serial.get(7..)).unwrap())
}

fn end(clinic: &mut Clinic, result: Result<(), ProblemCode>) {
    let ticket = clinic.read_ticket().unwrap();
    let answer = match result {
        Ok(()) => Ok(Box::new(download(Completeness::Complete))),
        Err(code) => Err(Problem::new(code, "staged")),
    };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(answer) });
}

/// Anna's meter is in hand, and behind it so many others were plugged in: read, not readable, failed.
fn in_hand_among(count: u64) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.serials = SERIALS.to_vec();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    for id in 2..=count {
        let plugged = named(id, &format!("Meter number {id}"));
        match id % 3 {
            0 => clinic.event(Event::MeterArrived(Attachment { access: Access::Denied, ..plugged })),
            1 => {
                clinic.event(Event::MeterArrived(plugged));
                end(&mut clinic, Err(ProblemCode::LinkFailed));
            }
            _ => {
                clinic.event(Event::MeterArrived(plugged));
                end(&mut clinic, Ok(()));
                // With nothing else plugged in it is gone on with at once; the others come while the list is open.
                if clinic.step() == "association_pending" {
                    clinic.keys([Key::Escape]);
                }
            }
        }
    }
    clinic.event(Event::MeterArrived(named(1, "Meter in hand")));
    end(&mut clinic, Ok(()));
    let ends_with = newest(&clinic);
    clinic.keys([Key::Home]);
    let rows = scene(&clinic).blocks;
    let list = rows.into_iter().find_map(|block| match block {
        glucodock::ui::scene::Block::Choices(list) => Some(list),
        _ => None,
    });
    let place = list.unwrap().rows.iter().position(|row| row.cells.concat().contains(&ends_with)).unwrap();
    clinic.keys(vec![Key::Down; place]);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "association_pending");
    clinic
}

#[test]
fn the_meter_in_hand_is_always_shown() {
    for count in [6, 12] {
        let mut clinic = in_hand_among(count);
        let name = newest(&clinic);
        let ways = [
            ("association_pending", vec![]),
            ("confirm_device", vec![Key::Enter]),
            ("select_patient", vec![Key::Tab, Key::Enter]),
            ("confirm_assignment", vec![Key::Down, Key::Enter]),
        ];
        for (step, keys) in ways {
            clinic.keys(keys);
            assert_eq!(clinic.step(), step);
            for size in [(71, 23), (80, 24), (99, 30), (120, 40)] {
                let panel = panel(&clinic, size);
                assert!(panel.contains(&name), "{name} of {count} at {step}, {size:?}:\n{panel}");
            }
        }
    }
}

/// Those that are read are shown before those that failed or wait, and the rest are counted, with what they are.
#[test]
fn what_is_read_is_shown_and_the_rest_is_counted_by_what_it_is() {
    for count in [6, 12] {
        let mut clinic = in_hand_among(count);
        clinic.keys([Key::Enter]);
        clinic.event(Event::MeterArrived(named(20, "Read now one")));
        clinic.event(Event::MeterArrived(named(21, "Read now two")));
        for size in [(80, 24), (99, 30), (120, 40)] {
            let panel = panel(&clinic, size);
            for name in ["Meter in hand", "Read now one", "Read now two"].map(str::to_owned) {
                let name = if name == "Meter in hand" { newest(&clinic) } else { name };
                assert!(panel.contains(&name), "{name} of {count} at {size:?}:\n{panel}");
            }
        }
        let hidden = count + 2 - 3;
        let failed = (2..=count).filter(|id| id % 3 != 2).count();
        let told = format!("+{hidden} more, {failed} to look at");
        assert!(panel(&clinic, (80, 24)).contains(&told), "{told}:\n{}", panel(&clinic, (80, 24)));
        // More are read than there are rows: so many are counted.
        for id in 22..25 {
            clinic.event(Event::MeterArrived(named(id, &format!("Read now {id}"))));
        }
        let told = format!("+{} more, 3 being read, {failed} to look at", hidden + 3);
        assert!(panel(&clinic, (80, 24)).contains(&told), "{told}:\n{}", panel(&clinic, (80, 24)));
    }
}

/// The cable for which a model is chosen is in hand.
#[test]
fn the_cable_that_is_asked_about_is_shown() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    for id in 1..=6 {
        let port = format!("serial port ttyUSB{id}");
        let plugged = cable(id, &format!("CABLE-{id}"));
        clinic.event(Event::MeterArrived(Attachment { connection: port.as_str().into(), ..plugged }));
    }
    for id in 1..=6 {
        clinic.keys([Key::Function(9)]);
        let name = format!("(serial port ttyUSB{id})");
        assert!(panel(&clinic, (80, 24)).contains(&name), "{name}:\n{}", panel(&clinic, (80, 24)));
    }
}
