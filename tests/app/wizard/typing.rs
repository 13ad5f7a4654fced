//! What is typed and where it goes: while a password is checked, in a list, in the form of a new patient; and dates
//! that can be read in two ways.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, PlatformTask, Request, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::create_patient::{CreatePage, CreatePatient};
use glucodock::app::wizard::new_patient_form::FormField;
use glucodock::app::wizard::patient_search::PatientSearch;
use glucodock::domain::patient::{Patient, SearchPage, Status};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::validation::FieldFault;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Attempt, Clinic, anna};

/// Name and password are sent and not answered yet.
fn checking(password: &str) -> Clinic {
    let mut clinic = Clinic::new();
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::SignIn { .. }));
    clinic.text("nurse");
    clinic.keys([Key::Enter]);
    clinic.text(password);
    clinic.keys([Key::Enter]);
    clinic
}

fn answer(clinic: &mut Clinic) {
    clinic.holds = |_| false;
    clinic.release();
}

fn step(clinic: &Clinic) -> &Step {
    &clinic.model.working().unwrap().step
}

fn search(clinic: &Clinic) -> &PatientSearch {
    match step(clinic) {
        Step::FindPatient(step) => &step.search,
        Step::SelectPatient(step) => &step.search,
        other => panic!("no search in {}", other.name()),
    }
}

fn form(clinic: &Clinic) -> &CreatePatient {
    let Step::CreatePatient(form) = step(clinic) else { panic!("no form") };
    form
}

fn typed(clinic: &Clinic) -> [&str; 4] {
    FormField::REQUIRED.map(|field| form(clinic).form.text(field))
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

#[test]
fn what_is_typed_while_the_password_is_checked_becomes_the_search_and_nothing_more() {
    let mut clinic = checking("secret");
    clinic.text("mux");
    clinic.keys([Key::Backspace, Key::Char('l')]);
    // A key that is no text was meant for a screen that nobody had seen. It does nothing, nor does what follows it.
    clinic.keys([Key::Down, Key::Enter, Key::Char('z'), Key::Enter, Key::Function(4)]);
    assert!(!said(&clinic).contains("mul"), "nothing of it is shown before the sign-in");
    answer(&mut clinic);
    assert_eq!((clinic.step(), search(&clinic).field.text()), ("find_patient", "mul"));
    assert_eq!(search(&clinic).selection.id(), None, "nobody is selected");
    assert_eq!(search(&clinic).page.patients.len(), 3, "it was searched for");
}

#[test]
fn what_is_typed_ahead_is_forgotten_with_a_wrong_password() {
    let mut clinic = checking("wrong");
    clinic.text("mul");
    answer(&mut clinic);
    let AppState::SignIn(sign_in) = &clinic.model.state else { panic!("signed in") };
    assert_eq!((sign_in.login.text(), sign_in.password.text()), ("nurse", ""));
    clinic.text("secret");
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), search(&clinic).field.text()), ("find_patient", ""));
}

#[test]
fn a_password_typed_twice_is_not_shown() {
    for again in ["secret", "secr", "sec", "secretsecret"] {
        let mut clinic = checking("secret");
        clinic.text(again);
        answer(&mut clinic);
        assert_eq!((clinic.step(), search(&clinic).field.text()), ("find_patient", ""), "{again}");
    }
}

#[test]
fn typing_in_a_list_of_patients_goes_on_in_the_search_field() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mu");
    clinic.keys([Key::Down, Key::Down]);
    assert!(search(&clinic).selection.id().is_some());
    clinic.keys([Key::Char('l')]);
    assert_eq!((search(&clinic).field.text(), search(&clinic).selection.id()), ("mul", None));
    clinic.keys([Key::Down, Key::Backspace]);
    assert_eq!((search(&clinic).field.text(), search(&clinic).selection.id()), ("mu", None));
    // Enter never chooses somebody who was not moved to after that.
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");

    clinic.go_to_select();
    clinic.keys([Key::Down]);
    assert!(search(&clinic).selection.id().is_some());
    clinic.text("mu");
    assert_eq!((search(&clinic).field.text(), search(&clinic).selection.id()), ("mu", None));
}

#[test]
fn a_date_that_can_be_read_in_two_ways_is_told_where_it_is_typed() {
    let both = "08-Jul-1961 or 07-Aug-1961";
    let mut clinic = Clinic::signed_in();
    clinic.text("07/08/196");
    assert!(!said(&clinic).contains(both));
    clinic.text("1");
    assert!(said(&clinic).contains(&format!("07/08/1961 may be {both}")), "{}", said(&clinic));
    clinic.keys([Key::Control('u')]);
    clinic.text("14/07/1961");
    assert!(!said(&clinic).contains(" may be "));

    clinic.keys([Key::Control('u'), Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "07/08/1961", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    assert!(said(&clinic).contains(&format!("This may be {both}. Please type the month in letters.")));
}

/// What is not clear of `7.7.79` is neither day nor month: it is the century, and that is said.
#[test]
fn a_year_of_two_digits_is_told_where_a_date_is_written_down() {
    for born in ["7.7.79", "7 Jul 79", "07/08/79"] {
        let mut clinic = Clinic::signed_in();
        clinic.keys([Key::Function(2)]);
        for text in ["Nilsson", "Åsa", born, "M777"] {
            clinic.text(text);
            clinic.keys([Key::Enter]);
        }
        let words = "Two digits do not say which century. Please type the year in full, like 31-Dec-1901.";
        assert!(said(&clinic).contains(words), "{born}: {}", said(&clinic));
    }
    for born in ["7.7.79", "14 Jul 61", "61"] {
        let mut clinic = Clinic::signed_in();
        clinic.go_to_confirm_assignment();
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text(born);
        clinic.keys([Key::Enter, Key::Enter]);
        assert!(said(&clinic).contains("Two digits do not say which century. Type the year in full"), "{born}");
        assert!(clinic.attempts.iter().all(|(_, what)| *what == Attempt::Begun), "it was counted: {born}");
        clinic.text("14 jul 1961");
        clinic.keys([Key::Enter, Key::Enter]);
        assert_eq!(clinic.step(), "done");
    }
}

#[test]
fn a_date_that_can_be_read_in_two_ways_is_no_wrong_answer_and_no_right_one() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    let confirm = |clinic: &mut Clinic, born: &str| {
        clinic.text(born);
        clinic.keys([Key::Enter, Key::Enter]);
    };
    clinic.text("am");
    clinic.keys([Key::Enter]);
    confirm(&mut clinic, "07/08/1961");
    assert_eq!(clinic.step(), "confirm_assignment");
    assert!(said(&clinic).contains("This date can be read in two ways."));
    assert!(clinic.attempts.iter().all(|(_, what)| *what == Attempt::Begun), "it was counted");
    // One that can be read in one way is taken, and this one is right.
    confirm(&mut clinic, "14/07/1961");
    assert_eq!(clinic.step(), "done");
}

#[test]
fn the_form_takes_what_was_searched_for_and_keeps_what_was_typed_over_escape() {
    for (searched, expected, focus) in [
        ("Nilsson", ["Nilsson", "", "", ""], FormField::Given),
        ("Nilsson, Åsa Maria", ["Nilsson", "Åsa Maria", "", ""], FormField::Born),
        ("nilsson 1-Feb-1999", ["nilsson", "", "01-Feb-1999", ""], FormField::Given),
        ("MRN M777", ["", "", "", "M777"], FormField::Family),
        ("nilsson 1 feb 1999", ["nilsson", "", "01-Feb-1999", ""], FormField::Given),
        ("14 jul 1961", ["", "", "14-Jul-1961", ""], FormField::Family),
        ("07/08/1961", ["", "", "07/08/1961", ""], FormField::Family),
        ("M-12 34", ["", "", "", "M-1234"], FormField::Family),
        ("1961", ["", "", "", ""], FormField::Family),
        ("", ["", "", "", ""], FormField::Family),
    ] {
        let mut clinic = Clinic::signed_in();
        clinic.text(searched);
        clinic.keys([Key::Function(2)]);
        assert_eq!((typed(&clinic), form(&clinic).form.focus), (expected, focus), "{searched}");
        assert!(!said(&clinic).contains("is still there"), "{searched}");
    }
    let mut clinic = Clinic::signed_in();
    clinic.text("Nils");
    clinic.keys([Key::Function(2)]);
    clinic.text("Åsa");
    clinic.keys([Key::Escape]);
    clinic.text("son");
    clinic.keys([Key::Function(2)]);
    assert_eq!(typed(&clinic), ["Nils", "Åsa", "", ""]);
    assert!(said(&clinic).contains("What was typed here before is still there."));
    // The next patient gets a form of their own.
    clinic.keys([Key::Escape, Key::Control('u')]);
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter, Key::Escape, Key::Function(2)]);
    assert_eq!(typed(&clinic), ["", "", "", ""]);
}

/// The form with everything but the MRN.
fn form_without_number() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic
}

fn found(clinic: &mut Clinic, found: Result<Vec<Patient>, Problem>) {
    let Some(Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. })))) =
        clinic.held.pop()
    else {
        panic!("not asked")
    };
    let page = found.map(|patients| SearchPage { patients, next: None, known_only: false });
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Found(page) });
}

fn complaint(clinic: &Clinic) -> Option<FieldFault> {
    form(clinic).form.complaints.get(&FormField::Mrn).copied()
}

#[test]
fn a_taken_number_is_told_when_its_field_is_left() {
    let mut clinic = form_without_number();
    clinic.text("m1001");
    clinic.keys([Key::Tab]);
    found(&mut clinic, Ok(vec![anna()]));
    assert_eq!((complaint(&clinic), form(&clinic).form.focus), (Some(FieldFault::Taken), FormField::Family));
    let holder = "This is the number of MÜLLER, Anna, born 14-Jul-1961 (65 y), ACTIVE.";
    assert!(said(&clinic).contains(holder), "{}", said(&clinic));
    // It stays so, without being asked again, and stops the page.
    clinic.keys([Key::BackTab, Key::Enter]);
    assert_eq!((complaint(&clinic), clinic.held.len()), (Some(FieldFault::Taken), 0));
    assert!(matches!(form(&clinic).page, CreatePage::Required { check: Asked::Idle }));
    assert!(said(&clinic).contains(holder));
    // Another number, which only begins alike.
    clinic.keys([Key::Backspace, Key::Enter]);
    assert!(matches!(form(&clinic).page, CreatePage::Required { check: Asked::Waiting(_) }));
    found(&mut clinic, Ok(vec![anna()]));
    assert!(matches!(form(&clinic).page, CreatePage::Optional { .. }));
}

#[test]
fn a_taken_number_stops_the_page_and_an_unknown_one_does_not() {
    let mut clinic = form_without_number();
    clinic.text("M1001");
    clinic.keys([Key::Enter]);
    found(&mut clinic, Ok(vec![anna()]));
    assert_eq!((complaint(&clinic), form(&clinic).form.focus), (Some(FieldFault::Taken), FormField::Mrn));

    // Where nobody can look, creating will tell.
    let mut clinic = form_without_number();
    clinic.text("M1001");
    clinic.keys([Key::Enter]);
    found(&mut clinic, Err(Problem::new(ProblemCode::PlatformUnreachable, "silent")));
    assert!(matches!(form(&clinic).page, CreatePage::Optional { .. }));
}

#[test]
fn the_help_says_what_this_confirmation_asks_for() {
    let mut clinic = Clinic::signed_in();
    clinic.look_alikes = Err(Problem::new(ProblemCode::StoreUnreadable, "damaged"));
    clinic.go_to_confirm_assignment();
    clinic.keys([Key::Function(1)]);
    let overlay = serde_json::to_string(&view(&clinic.model, &Words::english()).overlay).unwrap();
    assert!(overlay.contains("Type the identifier in full and the birth year."), "{overlay}");
    assert!(!overlay.contains("initials"), "{overlay}");
}

#[test]
fn somebody_who_is_no_longer_in_care_is_marked_on_the_dashboard() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    assert!(!said(&clinic).contains("INACTIVE"));
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(dashboard) = &mut working.step else { panic!("no dashboard") };
    let glucodock::app::asked::Asked::Ready(loaded) = &mut dashboard.content else { panic!("not loaded") };
    loaded.patient.status = Status::Inactive;
    assert!(said(&clinic).contains("MRN M1001, INACTIVE"), "{}", said(&clinic));
}

#[test]
fn left_and_right_go_round_the_periods() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let right = [30, 90, 7, 14].map(|days| (Key::Right, days));
    let left = [7, 90, 30, 14].map(|days| (Key::Left, days));
    for (key, days) in right.into_iter().chain(left) {
        clinic.keys([key]);
        assert!(said(&clinic).contains(&format!("Dashboard: the last {days} days")), "{days}");
    }
    assert!(said(&clinic).contains("\"key\":\"Left/Right\""));
}
