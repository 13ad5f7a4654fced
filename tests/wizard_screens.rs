//! Every screen of the wizard as a reviewed snapshot, at 80x24 and 120x40, in colour and monochrome.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "support/clinic.rs"]
mod clinic;

use clinic::{Clinic, anna, attachment, carla, dashboard, upload};
use glucodock::app::event::{Answer, Event};
use glucodock::app::key::Key;
use glucodock::domain::association::{AssignmentResult, Owner, PastUpload};
use glucodock::domain::clinic::Role;
use glucodock::domain::download::Completeness;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::meter::{Access, AttachmentId};
use glucodock::domain::patient::{Likeness, LookAlike};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading};
use glucodock::domain::statistics::{Period, summarise};
use glucodock::domain::text::Private;
use glucodock::ui::json;
use glucodock::ui::paint::paint;
use glucodock::ui::theme::{Colours, GlyphSet, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Takes a clinic to each screen that a person can meet.
fn cases() -> Vec<(&'static str, Clinic)> {
    let mut cases = Vec::new();
    let mut case = |name, start: fn() -> Clinic, go: fn(&mut Clinic)| {
        let mut clinic = start();
        go(&mut clinic);
        cases.push((name, clinic));
    };
    case("sign_in__first", Clinic::new, |_| {});
    case("sign_in__refused", Clinic::new, |clinic| {
        clinic.text("nurse");
        clinic.keys([Key::Enter]);
        clinic.text("wrong");
        clinic.keys([Key::Enter]);
    });
    case("find_patient__recents", Clinic::signed_in, |_| {});
    case("find_patient__hits", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Down]);
    });
    case("find_patient__inactive", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Down, Key::Enter]);
    });
    case("find_patient__no_hits", Clinic::signed_in, |clinic| clinic.text("zz"));
    case("waiting_meters__one", Clinic::new, |clinic| {
        clinic.waiting = vec![upload(Owner::Nobody)];
        clinic.sign_in();
        clinic.keys([Key::Function(3), Key::Down]);
    });
    case("create_patient_required__complaint", Clinic::signed_in, |clinic| {
        clinic.keys([Key::Function(2)]);
        for text in ["Nilsson", "Åsa", "01/02/1999", "M777"] {
            clinic.text(text);
            clinic.keys([Key::Enter]);
        }
    });
    case("create_patient_look_alikes__same_person", Clinic::signed_in, |clinic| {
        clinic.look_alikes = vec![
            LookAlike { patient: anna(), likeness: Likeness::SamePerson },
            LookAlike { patient: carla(), likeness: Likeness::NameAndYear },
        ];
        clinic.keys([Key::Function(2)]);
        for text in ["Müller", "Anna", "14-Jul-1961", "M778"] {
            clinic.text(text);
            clinic.keys([Key::Enter]);
        }
        clinic.keys([Key::Down, Key::Down, Key::Down, Key::Enter]);
    });
    case("create_patient_optional__empty", Clinic::signed_in, |clinic| {
        clinic.keys([Key::Function(2)]);
        for text in ["Nilsson", "Åsa", "1-Feb-1999", "M777"] {
            clinic.text(text);
            clinic.keys([Key::Enter]);
        }
    });
    case("upload__nothing_plugged", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
    });
    case("upload__reading", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.event(Event::MeterArrived(attachment(1)));
        let ticket = clinic.read_ticket().unwrap();
        clinic.event(Event::ReadProgress { ticket, done: 412, of: Some(720) });
    });
    case("upload__silent_and_denied", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        let problem = Problem { done: 412, of: Some(720), ..Problem::new(ProblemCode::LinkSilent, "silent") };
        clinic.plug_and_read(Completeness::Partial(problem));
        let mut denied = attachment(2);
        denied.access = Access::Denied;
        clinic.event(Event::MeterArrived(denied));
    });
    case("upload__unplugged", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.event(Event::MeterArrived(attachment(1)));
        let ticket = clinic.read_ticket().unwrap();
        clinic.event(Event::ReadProgress { ticket, done: 360, of: Some(720) });
        clinic.event(Event::MeterLeft(AttachmentId(1)));
    });
    case("upload__guide", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter, Key::Down, Key::Down, Key::Enter, Key::Down, Key::Enter]);
    });
    case("association_pending__guide", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
    });
    case("confirm_device__guide", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
        clinic.keys([Key::Enter, Key::Tab]);
    });
    case("select_patient__proposed", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
        clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down]);
    });
    case("confirm_assignment__look_alike", Clinic::signed_in, |clinic| {
        clinic.look_alikes = vec![LookAlike { patient: carla(), likeness: Likeness::NameAndYear }];
        clinic.to_confirm_assignment();
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter]);
    });
    case("confirm_assignment__mismatch", Clinic::signed_in, |clinic| {
        clinic.look_alikes = vec![LookAlike { patient: carla(), likeness: Likeness::NameAndYear }];
        clinic.to_confirm_assignment();
        clinic.text("xx");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter, Key::Enter]);
    });
    case("confirm_assignment__failed", Clinic::signed_in, |clinic| {
        clinic.to_confirm_assignment();
        clinic.assign = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter, Key::Enter]);
    });
    case("select_patient__mismatch_twice", Clinic::signed_in, |clinic| {
        clinic.to_confirm_assignment();
        for _ in 0..2 {
            clinic.text("xx");
            clinic.keys([Key::Enter]);
            clinic.text("1961");
            clinic.keys([Key::Enter, Key::Enter]);
        }
    });
    case("other_owner__assistant", Clinic::signed_in, |clinic| {
        clinic.owner = Owner::Patient(Box::new(carla()));
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
    });
    case("other_owner__clinician", Clinic::new, |clinic| {
        clinic.role = Role::Clinician;
        clinic.sign_in();
        clinic.owner = Owner::Patient(Box::new(carla()));
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
    });
    case("done__assigned", Clinic::signed_in, |clinic| {
        clinic.to_confirm_assignment();
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter, Key::Enter]);
    });
    case("done__known", Clinic::signed_in, |clinic| {
        clinic.owner = Owner::Patient(Box::new(anna()));
        clinic.assign = Ok(AssignmentResult { new: 3, already_there: 717 });
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
    });
    case("dashboard__filled", Clinic::signed_in, |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Function(4)]);
        let Some(glucodock::app::wizard::Step::Dashboard(step)) =
            clinic.model.working().map(|working| working.step.clone())
        else {
            panic!("no dashboard");
        };
        let mut step = step;
        let filled = filled_dashboard();
        step.content = glucodock::app::dashboard::DashboardContent::Loaded(Box::new(filled));
        let glucodock::app::model::Place::Working(working) = &mut clinic.model.place else { panic!() };
        working.step = glucodock::app::wizard::Step::Dashboard(step);
    });
    case("find_patient__help", Clinic::signed_in, |clinic| clinic.keys([Key::Function(1)]));
    case("find_patient__menu", Clinic::signed_in, |clinic| clinic.keys([Key::Function(10), Key::Down]));
    case("find_patient__leave", Clinic::signed_in, |clinic| clinic.keys([Key::Control('c')]));
    cases
}

fn filled_dashboard() -> glucodock::domain::statistics::Dashboard {
    let values = [104, 62, 187, 260, 48, 133, 98, 145, 171, 92, 119, 77, 203, 110, 88, 156];
    let mut readings: Vec<Reading> = values
        .iter()
        .enumerate()
        .map(|(place, value)| Reading {
            index: u32::try_from(place).unwrap(),
            time: Some(jiff::civil::date(2026, 7, 13).at(i8::try_from(23 - place).unwrap(), 5, 0, 0)),
            measured: Measured::Value(Concentration::mg_per_dl(*value)),
            kind: Kind::Blood,
            meal: Some([Meal::Before, Meal::After, Meal::None, Meal::Bedtime][place % 4]),
            doubts: vec![],
            raw: std::collections::BTreeMap::new(),
        })
        .collect();
    readings[3].measured = Measured::High;
    readings[4].measured = Measured::Low;
    readings[5].kind = Kind::Control;
    readings[6].doubts = vec![Doubt::Questionable];
    let mut dashboard = dashboard(anna(), Period::Days14);
    dashboard.patient.devices = vec!["Accu-Chek Guide".into()];
    dashboard.summary = summarise(&readings);
    dashboard.uploads = vec![PastUpload {
        read_at: clinic::now(),
        model: "Accu-Chek Guide".into(),
        serial_end: Private::new("0042".into()),
        new: 720,
        user: "Nurse Nora".into(),
    }];
    dashboard.readings = readings;
    dashboard
}

/// The rows behind a bar, so that no white space is lost, and the roles below them.
fn snapshot(clinic: &Clinic, theme: &Theme, columns: u16, rows: u16) -> String {
    let scene = view(&clinic.model, &Words::english());
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paint(frame, &scene, theme)).unwrap();
    let buffer = terminal.backend().buffer();
    let framed = |rows: Vec<String>| rows.iter().map(|row| format!("|{row}")).collect::<Vec<_>>().join("\n");
    format!("{}\n\n{}", framed(json::rows(buffer)), framed(json::roles(buffer, theme)))
}

#[test]
fn every_screen_looks_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/wizard");
    let _bound = settings.bind_to_scope();
    for (case, clinic) in cases() {
        for (colours, glyphs, columns, rows, name) in [
            (Colours::Sixteen, GlyphSet::Unicode, 80, 24, "80x24__unicode"),
            (Colours::Mono, GlyphSet::Ascii, 80, 24, "80x24__mono_ascii"),
            (Colours::Sixteen, GlyphSet::Unicode, 120, 40, "120x40__unicode"),
        ] {
            let theme = Theme::new(colours, glyphs);
            insta::assert_snapshot!(format!("{case}__{name}"), snapshot(&clinic, &theme, columns, rows));
        }
    }
}
