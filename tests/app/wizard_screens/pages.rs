//! PgUp and PgDn move by what is shown, whatever the size of the window, and counters count what is drawn.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, PlatformTask, Request, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::{CursorList, DashboardTab, LogbookPage};
use glucodock::domain::association::{Owner, UploadId};
use glucodock::domain::patient::SearchPage;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Choices, Scene};
use glucodock::ui::view::{Extent, view, view_to};
use glucodock::ui::words::Words;

use super::cases::filled_dashboard;
use super::seen::theme;
use crate::clinic::{Clinic, guides, patient, upload};

const SIZES: [(u16, u16); 5] = [(71, 23), (80, 24), (99, 30), (120, 40), (200, 60)];

/// The screen as it is drawn.
fn shown(clinic: &Clinic, (columns, rows): (u16, u16)) -> Vec<String> {
    json::rows(&drawn(&view(&clinic.model, &Words::english()), &theme(), columns, rows).0)
}

/// Presses a key as the engine does: what is shown is told first.
fn press(clinic: &mut Clinic, (columns, rows): (u16, u16), key: Key) {
    let (_, sight) = drawn(&view(&clinic.model, &Words::english()), &theme(), columns, rows);
    if let Some(page) = sight.page {
        clinic.event(Event::Page(page));
    }
    clinic.event(Event::Key(key));
}

/// A dashboard of 160 readings, each with a time of its own.
fn at_dashboard() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    let mut dashboard = filled_dashboard();
    dashboard.readings = (0..160_u8)
        .rev()
        .map(|place| {
            let mut reading = dashboard.readings[usize::from(place) % 16].clone();
            let (hour, minute) = (i8::try_from(place / 60).unwrap(), i8::try_from(place % 60).unwrap());
            reading.time = Some(jiff::civil::date(2026, 7, 1).at(hour, minute, 0, 0));
            reading
        })
        .collect();
    step.content = Asked::Ready(Box::new(dashboard));
    let (days, list) = (CursorList::default(), CursorList::default());
    step.tab = DashboardTab::Logbook(LogbookPage::Readings { days, list });
    clinic
}

/// The first, the last and the number of all rows, as the screen says, after it was made sure that so many are drawn.
fn counted(clinic: &Clinic, size: (u16, u16)) -> (usize, usize, usize) {
    let rows = shown(clinic, size);
    let said = rows.iter().find(|row| row.contains(" to ") && row.contains(" of ")).unwrap();
    let numbers: Vec<usize> = said
        .split_once('↓')
        .or_else(|| said.split_once('↑'))
        .map_or(said.as_str(), |(_, numbers)| numbers)
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    let [first, last, total] = numbers[..] else { panic!("{said}") };
    let of_readings = rows.iter().filter(|row| row.contains("01-Jul-2026")).count();
    assert_eq!(of_readings, last + 1 - first, "{size:?}\n{}", rows.join("\n"));
    (first, last, total)
}

#[test]
fn pages_of_the_dashboard_follow_each_other_and_the_counter_counts_what_is_drawn() {
    for size in SIZES {
        let mut clinic = at_dashboard();
        let (first, mut last, total) = counted(&clinic, size);
        assert_eq!((first, total), (1, 160), "{size:?}");
        assert!(size != (80, 24) || last >= 6, "80x24 shows {last} readings");
        while last < total {
            press(&mut clinic, size, Key::PageDown);
            let (next, next_last, _) = counted(&clinic, size);
            assert!(next == last + 1 || next_last == total, "{size:?}: after {last} comes {next}");
            assert!(next_last > last, "{size:?}: nothing moved");
            last = next_last;
        }
        // Back by pages. The row under the cursor is in sight wherever it goes, and the list moves no further than
        // that.
        press(&mut clinic, size, Key::Down);
        let (end, _, _) = counted(&clinic, size);
        press(&mut clinic, size, Key::End);
        assert_eq!(counted(&clinic, size).1, total);
        for up in 1..total + 1 - end {
            press(&mut clinic, size, Key::Up);
            assert_eq!(counted(&clinic, size).0, end, "{size:?}: {up} times Up");
            assert_eq!(shown(&clinic, size).iter().filter(|row| row.starts_with('>')).count(), 1, "{size:?}");
        }
        press(&mut clinic, size, Key::Up);
        assert_eq!(counted(&clinic, size).0, end - 1, "{size:?}: from the first row in sight Up moves the list");
        press(&mut clinic, size, Key::End);
        press(&mut clinic, size, Key::PageUp);
        assert_eq!(counted(&clinic, size).1, end - 1, "{size:?}");
        press(&mut clinic, size, Key::Home);
        assert_eq!(counted(&clinic, size).0, 1);
    }
}

/// Readings with two and three doubts among others: each doubt is read in full, wherever its reading stands, and
/// turning pages passes over none.
#[test]
fn every_doubt_of_a_reading_is_read_in_full() {
    for size in SIZES {
        let mut clinic = at_dashboard();
        let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
        let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
        let Asked::Ready(dashboard) = &mut step.content else { panic!("not loaded") };
        let two = vec![Doubt::TimeAhead, Doubt::ClockWrong];
        let three = vec![Doubt::Questionable, Doubt::ClockReset, Doubt::ClockWrong];
        for (place, reading) in dashboard.readings.iter_mut().enumerate() {
            reading.kind = Kind::Blood;
            reading.doubts = match place {
                10..40 | 157.. => three.clone(),
                place if place % 5 == 0 => two.clone(),
                _ => Vec::new(),
            };
        }
        let mut said = String::new();
        let mut passed = Vec::new();
        for turn in 0..200 {
            let (first, last, total) = counted(&clinic, size);
            passed.push((first, last));
            said.push_str(&notes(&clinic, size));
            if last == total {
                break;
            }
            assert!(turn < 199, "{size:?}: no end");
            press(&mut clinic, size, Key::PageDown);
        }
        assert!(passed.windows(2).all(|pair| pair[1].0 <= pair[0].1 + 1 && pair[1].1 > pair[0].1), "{passed:?}");
        for whole in ["in future, clock wrong", "clock reset, clock wrong, questionable"] {
            assert!(said.contains(whole), "{size:?}: {whole} is not in {said}");
        }
        assert!(!said.contains('…'), "{size:?}: {said}");
        // Back to the top, and to the end at once.
        let mut first = counted(&clinic, size).0;
        while first > 1 {
            press(&mut clinic, size, Key::PageUp);
            let (next, last, _) = counted(&clinic, size);
            assert!(next < first && last + 1 >= first, "{size:?}: {next} to {last} before {first}");
            first = next;
        }
        press(&mut clinic, size, Key::End);
        let (_, last, total) = counted(&clinic, size);
        assert_eq!(last, total, "{size:?}");
    }
}

/// What stands in the last column, its lines joined.
fn notes(clinic: &Clinic, size: (u16, u16)) -> String {
    let rows = shown(clinic, size);
    let head = rows.iter().position(|row| row.contains("Notes")).unwrap();
    let left =
        rows[head].chars().collect::<Vec<_>>().windows(5).position(|part| part.iter().collect::<String>() == "Notes");
    let lines = rows[head + 1..].iter().take_while(|row| !row.starts_with('─') && !row.is_empty());
    let beside = |row: &String| row.chars().take_while(|c| *c != '│').skip(left.unwrap()).collect::<String>();
    lines.map(|row| beside(row).trim().to_owned()).collect::<Vec<_>>().join(" ")
}

/// Every list of the program with so many rows.
pub(super) fn lists(count: u32) -> Vec<(&'static str, Clinic)> {
    let hits = || (0..count).map(|number| patient(&format!("{number:02}"), "Muster", "Hit", 1950)).collect::<Vec<_>>();
    let mut find = Clinic::signed_in();
    find.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    find.text("m");
    let Some(Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. })))) =
        find.held.pop()
    else {
        panic!("nobody is searched")
    };
    let page = SearchPage { patients: hits(), next: None, known_only: false };
    find.event(Event::EffectDone { ticket, answer: EffectResult::Found(Ok(page)) });
    let mut waiting = Clinic::new();
    waiting.waiting = (0..u64::from(count))
        .map(|number| {
            let mut upload = upload(Owner::Nobody);
            upload.id = UploadId(format!("w{number}"));
            upload.meter = crate::clinic::identity(&format!("{:011}", 92_500_000_000_u64 + number));
            upload
        })
        .collect();
    waiting.sign_in();
    waiting.keys([Key::Function(3)]);
    let mut models = Clinic::signed_in();
    models.model.guides = (0..count)
        .map(|number| {
            let mut guide = guides().remove(0);
            (guide.slug, guide.name) = (format!("g{number}"), format!("Accu-Chek {number:02}").as_str().into());
            guide
        })
        .collect();
    models.text("mul");
    models.keys([Key::Down, Key::Enter, Key::Down, Key::Down, Key::Up, Key::Enter]);
    vec![("hits", find), ("waiting", waiting), ("models", models)]
}

#[test]
fn pages_of_a_list_follow_each_other() {
    for size in [SIZES[0], SIZES[1], SIZES[2], SIZES[3]] {
        for (name, mut clinic) in lists(40) {
            press(&mut clinic, size, Key::Down);
            let selected = |clinic: &Clinic| {
                let rows = shown(clinic, size);
                let place = rows.iter().position(|row| row.starts_with('>')).unwrap();
                let page = rows.iter().find_map(|row| row.split_once("page ").map(|(_, page)| page.to_owned()));
                (place, page)
            };
            let (place, page) = selected(&clinic);
            let page = page.unwrap_or_else(|| panic!("{name} at {size:?} is on one page"));
            assert!(page.starts_with("1 of "), "{name}: {page}");
            press(&mut clinic, size, Key::PageDown);
            let (next_place, next_page) = selected(&clinic);
            let next_page = next_page.unwrap();
            assert!(next_page.starts_with("2 of "), "{name} at {size:?}: {next_page}");
            assert_eq!(next_place, place, "{name} at {size:?}: the same row of the next page");
        }
    }
}

/// While nothing is selected the first page is seen, also where the focus goes to a field above the list:
/// PgDn leads to the next.
#[test]
fn the_first_page_down_turns_a_page() {
    for size in [SIZES[0], SIZES[1], SIZES[2], SIZES[3]] {
        for (name, mut clinic) in lists(40) {
            let page = |clinic: &Clinic| {
                let rows = shown(clinic, size);
                rows.iter().find_map(|row| row.split_once("page ").map(|(_, page)| page.to_owned())).unwrap()
            };
            assert!(page(&clinic).starts_with("1 of "), "{name} at {size:?}");
            let scene = view(&clinic.model, &Words::english());
            let seen = drawn(&scene, &theme(), size.0, size.1).1.page.unwrap().rows;
            assert!(list_of(&scene).selected.is_none() || name == "models", "a model is marked, a patient never");
            press(&mut clinic, size, Key::PageDown);
            assert!(page(&clinic).starts_with("2 of "), "{name} at {size:?}: {}", page(&clinic));
            let selected = list_of(&view(&clinic.model, &Words::english())).selected;
            assert_eq!(selected, Some(seen), "{name} at {size:?}: the first row that was not seen");
        }
    }
}

fn list_of(scene: &Scene) -> &Choices {
    let list = scene.blocks.iter().find_map(|block| if let Block::Choices(list) = block { Some(list) } else { None });
    list.unwrap()
}

/// Only the rows that may be seen are made, and each page is full of its own; lines, which have no end, have all rows.
#[test]
fn a_long_list_is_made_as_far_as_it_is_seen() {
    const COUNT: u32 = 500;
    let keys = [Key::Down, Key::PageDown, Key::PageDown, Key::End, Key::Up, Key::PageUp, Key::Home];
    for size in SIZES {
        for (name, mut clinic) in lists(COUNT) {
            for key in &keys {
                press(&mut clinic, size, key.clone());
                let scene = view(&clinic.model, &Words::english());
                let whole = view_to(&clinic.model, &Words::english(), Extent::Whole);
                let (list, all) = (list_of(&scene), list_of(&whole));
                assert!(list.rows.len() <= 90, "{name}: {} rows are made", list.rows.len());
                assert_eq!((list.total, all.rows.len()), (COUNT as usize, COUNT as usize), "{name}");
                assert_eq!(list.rows, all.rows[list.first..][..list.rows.len()], "{name} at {size:?} after {key:?}");
                assert_eq!((list.selected, list.chosen()), (all.selected, all.chosen()), "{name} at {size:?}");
                let (cells, sight) = drawn(&scene, &theme(), size.0, size.1);
                let page = sight.page.unwrap().rows;
                let begin = all.selected.unwrap() / page * page;
                let wanted: Vec<&str> = all.rows[begin..].iter().take(page).map(|row| row.cells[0].as_str()).collect();
                let rows = json::rows(&cells);
                let said = rows.iter().map(|row| row.trim_start_matches(['>', ' ']));
                let is_row = |said: &&str| all.rows.iter().any(|row| said.starts_with(&row.cells[0]));
                let said: Vec<&str> = said.filter(is_row).collect();
                assert_eq!(said.len(), wanted.len(), "{name} at {size:?} after {key:?}");
                let same = said.iter().zip(&wanted).all(|(said, wanted)| said.starts_with(wanted));
                assert!(same, "{name} at {size:?} after {key:?}: {wanted:?}, {said:?}");
            }
        }
    }
}
