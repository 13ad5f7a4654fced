//! The tab on which what is seen is written into a file.

use glucodock::app::effect::{Effect, Request, Task};
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::domain::glucose::Unit;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::report::ExportOrder;
use glucodock::domain::report_kind::ReportKind;
use glucodock::domain::statistics::{LowHighPolicy, MealFilter};
use glucodock::domain::words::key;
use glucodock::ui::linear::{keys, render};
use glucodock::ui::scene::Scene;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::Clinic;
use crate::wizard_screens::tabs::at;

/// What was asked to be exported, in order.
fn orders(clinic: &Clinic) -> Vec<&ExportOrder> {
    fn order(effect: &Effect) -> Option<&ExportOrder> {
        match effect {
            Effect::Ask(_, Request::For(_, Task::Export(order))) => Some(order),
            _ => None,
        }
    }
    clinic.asked.iter().filter_map(order).collect()
}

fn scene(clinic: &Clinic) -> Scene {
    view(&clinic.model, &Words::english())
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&scene(clinic)).unwrap()
}

#[test]
fn nothing_is_written_before_a_form_was_chosen_and_then_what_is_seen_is() {
    let mut clinic = at(&[Key::Char('u'), Key::Char('l'), Key::Char('m'), Key::Char('7')]);
    clinic.keys([Key::Enter]);
    assert_eq!(orders(&clinic).len(), 0, "Enter leads into the list");
    clinic.keys([Key::Down, Key::Enter]);
    let [order] = orders(&clinic)[..] else { panic!("{:?}", orders(&clinic).len()) };
    assert_eq!((order.kind, order.site.as_str()), (ReportKind::Pdf, "Demo Clinic"));
    let board = &order.dashboard;
    assert_eq!((board.unit, board.low_high, board.meals), (Unit::MmolPerL, LowHighPolicy::Exclude, MealFilter::Before));
    let counted = board.shown().filter(|reading| reading.is_in_numbers()).count();
    assert_eq!(usize::try_from(board.summary.count).unwrap(), counted);
    assert!(said(&clinic).contains("glucodock-20260714-100000.pdf"));
    // What is seen is another thing now: what was written says nothing of it.
    clinic.keys([Key::Char('u')]);
    assert!(!said(&clinic).contains("glucodock-20260714-100000.pdf"));
}

#[test]
fn one_file_at_a_time_and_another_tab_does_not_lose_what_came_of_it() {
    let mut clinic = at(&[Key::Char('7'), Key::Down]);
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Export(_))));
    clinic.keys([Key::Enter, Key::Enter, Key::Down, Key::Enter]);
    assert_eq!(orders(&clinic).len(), 1);
    clinic.keys([Key::Char('1')]);
    clinic.release();
    assert!(!said(&clinic).contains("glucodock-20260714"), "the overview says nothing of files");
    clinic.keys([Key::Char('7')]);
    assert!(said(&clinic).contains("readings are in glucodock-20260714-100000.txt"));
}

#[test]
fn whoever_has_gone_on_is_told_what_came_of_it() {
    for (result, told) in [
        (Ok(()), key::TOLD_EXPORTED),
        (Err(Problem::new(ProblemCode::ExportUnwritable, "no storage space")), key::TOLD_NOT_EXPORTED),
    ] {
        let mut clinic = at(&[Key::Char('7'), Key::Down]);
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Export(_))));
        clinic.keys([Key::Enter, Key::Escape]);
        assert_eq!(clinic.step(), "find_patient");
        clinic.exported = result;
        clinic.release();
        assert_eq!(clinic.model.remark.as_ref().map(Remark::words), Some(told));
    }
}

#[test]
fn a_failure_is_told_with_its_remedy_and_is_over_with_another_form() {
    let mut clinic = at(&[Key::Char('7'), Key::Down]);
    clinic.exported = Err(Problem::new(ProblemCode::ExportFolder, "the folder of the file is not there"));
    clinic.keys([Key::Enter]);
    for words in ["Nothing was exported.", "in the settings under export", "E-EXPORT-1", "/media/station/exports"] {
        assert!(said(&clinic).contains(words), "{words}: {}", said(&clinic));
    }
    clinic.keys([Key::Control('x')]);
    assert!(said(&clinic).contains("the folder of the file is not there"), "{}", said(&clinic));
    clinic.keys([Key::Escape, Key::Down]);
    assert!(!said(&clinic).contains("E-EXPORT-1"));
}

/// What is typed in lines is the same, and each form has a number. On every other tab the same digit leads to a tab: it
/// marks the form here, and Enter writes it.
#[test]
fn in_lines_a_form_is_marked_by_its_number_and_written_by_enter() {
    let mut clinic = at(&[]);
    clinic.keys(keys("=7", &scene(&clinic)));
    let lines = render(None, &scene(&clinic));
    assert!(lines.iter().any(|line| line.starts_with("3: CSV")), "{lines:#?}");
    clinic.keys(keys("3", &scene(&clinic)));
    assert!(orders(&clinic).is_empty(), "a number alone writes nothing");
    let lines = render(None, &scene(&clinic));
    assert!(lines.iter().any(|line| line.starts_with("Marked: CSV")), "{lines:#?}");
    clinic.keys(keys("", &scene(&clinic)));
    assert_eq!(orders(&clinic).iter().map(|order| order.kind).collect::<Vec<_>>(), [ReportKind::Csv]);
}
