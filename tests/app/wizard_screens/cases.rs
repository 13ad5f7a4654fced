//! Takes a small clinic to each screen that a person can meet.

use glucodock::app::asked::Asked;
use glucodock::app::code_sign_in::CodeSignIn;
use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::idle_lock::IdleLock;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::update::update;
use glucodock::app::wizard::Step;
use glucodock::domain::association::{AssignmentResult, Holding, Owner, PastUpload, UploadId};
use glucodock::domain::clinic::Role;
use glucodock::domain::delivery::{DeliveryStanding, FollowedDelivery, WaitsBecause};
use glucodock::domain::download::Completeness;
use glucodock::domain::ending::EndingUndoOffer;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::meter::{Access, AttachmentId, ReadWay};
use glucodock::domain::not_theirs::NotTheirs;
use glucodock::domain::patient::{Likeness, LookAlike, PatientId};
use glucodock::domain::permission::Permission;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading};
use glucodock::domain::sign_in::Withheld;
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::domain::text::Private;
use glucodock::domain::undo::{UndoOffer, UndoTerms};
use jiff::SignedDuration;

use crate::clinic::{
    Clinic, anna, attachment, cable, carla, dashboard, download, ending_undo_offer, now, undo_offer, upload,
};
use crate::wizard::code_sign_in::code;
use crate::wizard::new_password;
use crate::wizard::noted::{noted, noted_at_optional, to_decide};
use crate::wizard::offline_search::offline;
use crate::wizard::time_correction;
use crate::wizard::undelivered::{readings, refused};

/// A screen: its name, where it starts, and the way there.
type Case = (&'static str, fn() -> Clinic, fn(&mut Clinic));

/// Every screen, with the clinic that shows it.
pub(crate) fn all() -> Vec<(&'static str, Clinic)> {
    [signing_in(), person(), meter(), assignment(), deliveries(), transfers(), endings(), times()]
        .concat()
        .into_iter()
        .map(|(name, start, go)| {
            let mut clinic = start();
            go(&mut clinic);
            (name, clinic)
        })
        .collect()
}

/// A patient is chosen: the upload step with nothing plugged in.
pub(crate) fn at_upload() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic
}

/// F5 asks for the recent patients and the waiting meters; the store answers neither.
pub(crate) fn lists_fail(clinic: &mut Clinic) {
    if let AppState::Working(working) = &mut clinic.model.state {
        working.recents.clear();
    }
    let (model, effects) = update(clinic.model.clone(), Event::Key(Key::Function(5)), now());
    clinic.model = model;
    let problem = || Problem::new(ProblemCode::StoreUnreadable, "the file is damaged");
    for effect in effects {
        let (ticket, answer) = match effect {
            Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::LoadRecents))) => {
                (ticket, EffectResult::Recents(Err(problem())))
            }
            Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::LoadWorkList))) => {
                (ticket, EffectResult::WorkList(Err(problem())))
            }
            other => panic!("{other:?}"),
        };
        clinic.event(Event::EffectDone { ticket, answer });
    }
}

/// The same; an Ultra 2 was read last through the cable.
fn remembering() -> Clinic {
    let mut clinic = at_upload();
    let key = cable(1, "CABLE-000-1").cable.unwrap();
    clinic.cables.as_mut().unwrap().insert(key, "onetouch-ultra-2".to_owned());
    clinic
}

/// Today another meter hangs on that cable.
fn no_answer(clinic: &mut Clinic) {
    clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
    clinic.keys([Key::Enter]);
    let ticket = clinic.read_ticket().unwrap();
    let silent = Problem::new(ProblemCode::LinkSilent, "no answer within 5s");
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Err(silent)) });
}

/// At the success message.
pub(crate) fn at_done(clinic: &mut Clinic) {
    clinic.go_to_confirm_assignment();
    type_identity(clinic, "am");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "done");
}

/// What somebody else assigned, and the care platform has.
fn told_offer(terms: UndoTerms) -> UndoOffer {
    UndoOffer { is_at_platform: true, assigned_by: "Otto Other".into(), terms, ..undo_offer() }
}

/// A clinician, at Anna's devices.
pub(crate) fn at_devices() -> Clinic {
    let mut clinic = Clinic::signed_in();
    to_devices(&mut clinic);
    clinic
}

/// The same of whoever is signed in.
pub(crate) fn to_devices(clinic: &mut Clinic) {
    clinic.sign_out();
    clinic.role = Role::Clinician;
    clinic.sign_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step.content = Asked::Ready(Box::new(super::tabs::four_weeks()));
    clinic.keys([Key::Char('5')]);
}

pub(crate) fn to_the_first_day(clinic: &mut Clinic) {
    clinic.keys([Key::Char('t')]);
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Down, Key::Down, Key::Enter]);
}

pub(crate) fn to_the_reason(clinic: &mut Clinic) {
    to_the_first_day(clinic);
    clinic.text("1-Jul-2026");
    clinic.keys([Key::Enter]);
}

pub(crate) fn to_the_identities(clinic: &mut Clinic) {
    to_the_reason(clinic);
    clinic.text("her sister has used it since July");
    clinic.keys([Key::Enter, Key::Enter]);
}

pub(crate) fn to_the_decision(clinic: &mut Clinic) {
    to_the_identities(clinic);
    type_person(clinic, "am", "1961");
    type_person(clinic, "cm", "1972");
}

/// The last day of a meter that came back is asked for.
pub(crate) fn to_the_last_day(clinic: &mut Clinic) {
    clinic.keys([Key::Char('e'), Key::Down, Key::Down, Key::Down, Key::Enter]);
}

pub(crate) fn to_what_stays(clinic: &mut Clinic) {
    to_the_last_day(clinic);
    clinic.text("13-Jul-2026");
    clinic.keys([Key::Enter]);
}

pub(crate) fn to_the_identity_of_an_end(clinic: &mut Clinic) {
    to_what_stays(clinic);
    clinic.text("lent for a trial");
    clinic.keys([Key::Enter, Key::Enter]);
}

pub(crate) fn to_the_decision_of_an_end(clinic: &mut Clinic) {
    to_the_identity_of_an_end(clinic);
    type_person(clinic, "am", "1961");
}

/// The meter that ended last is under the cursor.
pub(crate) fn to_an_ended_meter(clinic: &mut Clinic) {
    to_devices(clinic);
    clinic.keys([Key::Down, Key::Down, Key::Down]);
}

pub(crate) fn at_an_ended_meter() -> Clinic {
    let mut clinic = at_devices();
    clinic.keys([Key::Down, Key::Down, Key::Down]);
    clinic
}

/// What a person says of themselves before a transfer, and on.
pub(crate) fn type_person(clinic: &mut Clinic, initials: &str, born: &str) {
    clinic.text(initials);
    clinic.keys([Key::Enter]);
    clinic.text(born);
    clinic.keys([Key::Enter, Key::Enter]);
}

pub(crate) fn type_identity(clinic: &mut Clinic, initials: &str) {
    clinic.text(initials);
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter]);
}

/// Signing in.
fn signing_in() -> Vec<Case> {
    vec![
        ("sign_in__first", Clinic::new, |_| {}),
        ("sign_in__refused", Clinic::new, |clinic| {
            clinic.text("nurse");
            clinic.keys([Key::Enter]);
            clinic.text("wrong");
            clinic.keys([Key::Enter]);
        }),
        ("new_password__given", new_password::given, |clinic| {
            clinic.text("password");
            clinic.keys([Key::Enter]);
        }),
        ("new_password__wanted", Clinic::new, |clinic| {
            clinic.text("nurse");
            clinic.keys([Key::Control('n')]);
            clinic.text("secret");
            clinic.keys([Key::Enter]);
            clinic.text("stapler mit brille");
            clinic.keys([Key::Enter]);
        }),
        ("sign_in__locked", at_upload, |clinic| {
            let now = clinic.model.at;
            clinic.model.idle = IdleLock::new(Some(SignedDuration::from_mins(5)), now);
            clinic.event_at(Event::Deadline, now.checked_add(SignedDuration::from_mins(5)).unwrap());
        }),
        ("sign_in_by_code__idle", Clinic::new, |clinic| clinic.model.state = AppState::nobody(true)),
        ("sign_in_by_code__shown", Clinic::new, |clinic| {
            clinic.model.state = AppState::SignInByCode(Box::new(CodeSignIn::show(Box::new(code()), clinic.model.at)));
        }),
        ("sign_in_by_code__ended", Clinic::new, |clinic| {
            let ended = Problem::new(ProblemCode::SignInEnded, "the sign-in at the platform has ended");
            clinic.model.state = AppState::SignInByCode(Box::new(CodeSignIn::Failed(ended)));
        }),
        ("sign_in_by_code__silent", Clinic::new, |clinic| {
            let silent = Problem::new(ProblemCode::PlatformUnreachable, "the platform does not answer");
            clinic.model.state = AppState::SignInByCode(Box::new(CodeSignIn::Failed(silent)));
        }),
    ]
}

/// Finding and creating a patient.
fn person() -> Vec<Case> {
    vec![
        ("find_patient__not_created_here", Clinic::new, |clinic| {
            clinic.withheld = Ok(vec![Withheld::NewPatientsHere]);
            clinic.sign_in();
            clinic.text("zz");
        }),
        ("find_patient__withheld", Clinic::new, |clinic| {
            let of = |(permission, missing): (_, &str)| Withheld::NotGranted { permission, missing: missing.into() };
            let all = [
                (Permission::CreatePatients, "Patient.c"),
                (Permission::AssignMeters, "Provenance.c"),
                (Permission::SeeRecords, "Observation.rs"),
            ];
            clinic.withheld = Ok(all.map(of).to_vec());
            clinic.sign_in();
        }),
        ("find_patient__recents", Clinic::signed_in, |_| {}),
        ("find_patient__hits", Clinic::signed_in, |clinic| {
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Down]);
        }),
        ("find_patient__inactive", Clinic::signed_in, |clinic| {
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Down, Key::Enter]);
        }),
        ("find_patient__not_loaded", Clinic::signed_in, lists_fail),
        ("find_patient__no_hits", Clinic::signed_in, |clinic| clinic.text("zz")),
        ("waiting_meters__one", Clinic::new, |clinic| {
            clinic.waiting = vec![upload(Owner::Nobody)];
            clinic.sign_in();
            clinic.keys([Key::Function(3), Key::Down]);
        }),
        ("create_patient_required__complaint", Clinic::signed_in, |clinic| {
            clinic.keys([Key::Function(2)]);
            for text in ["Nilsson", "Åsa", "01/02/1999", "M777"] {
                clinic.text(text);
                clinic.keys([Key::Enter]);
            }
        }),
        ("create_patient_look_alikes__same_person", Clinic::signed_in, |clinic| {
            clinic.look_alikes = Ok(vec![
                LookAlike { patient: anna(), likeness: Likeness::SamePerson },
                LookAlike { patient: carla(), likeness: Likeness::SimilarNameAndYear },
            ]);
            clinic.keys([Key::Function(2)]);
            for text in ["Müller", "Anna", "14-Jul-1961", "M778"] {
                clinic.text(text);
                clinic.keys([Key::Enter]);
            }
            clinic.keys([Key::Down, Key::Down, Key::Down, Key::Enter]);
        }),
        ("create_patient_optional__empty", Clinic::signed_in, |clinic| {
            clinic.keys([Key::Function(2)]);
            for text in ["Nilsson", "Åsa", "1-Feb-1999", "M777"] {
                clinic.text(text);
                clinic.keys([Key::Enter]);
            }
        }),
        ("find_patient__details", Clinic::signed_in, |clinic| {
            lists_fail(clinic);
            clinic.keys([Key::Control('x')]);
        }),
        ("find_patient__help", Clinic::signed_in, |clinic| clinic.keys([Key::Function(1)])),
        ("find_patient__menu", Clinic::signed_in, |clinic| clinic.keys([Key::Function(10)])),
        ("find_patient__leave", Clinic::signed_in, |clinic| clinic.keys([Key::Control('c')])),
    ]
}

/// Uploading and confirming the device.
fn meter() -> Vec<Case> {
    vec![
        ("upload__nothing_plugged", at_upload, |_| {}),
        ("upload__reading", at_upload, |clinic| {
            clinic.event(Event::MeterArrived(attachment(1)));
            let ticket = clinic.read_ticket().unwrap();
            clinic.event(Event::ReadProgress { ticket, done: 412, of: Some(720) });
        }),
        ("upload__silent_and_denied", at_upload, |clinic| {
            let problem = Problem { done: 412, of: Some(720), ..Problem::new(ProblemCode::LinkSilent, "silent") };
            clinic.plug_and_read(Completeness::Partial(problem));
            let mut denied = attachment(2);
            denied.access = Access::Denied;
            clinic.event(Event::MeterArrived(denied));
        }),
        ("upload__details", at_upload, |clinic| {
            let detail = "waiting for the association request: no answer within 5s";
            let problem = Problem { done: 412, of: Some(720), ..Problem::new(ProblemCode::LinkSilent, detail) };
            clinic.plug_and_read(Completeness::Partial(problem));
            clinic.keys([Key::Control('x')]);
        }),
        ("upload__records_not_understood", at_upload, |clinic| {
            let detail = "1 of 720 records was not understood: record 212 of 720: its value is not a number";
            let problem = Problem { done: 719, of: Some(720), ..Problem::new(ProblemCode::MeterRecords, detail) };
            clinic.plug_and_read(Completeness::Partial(problem));
        }),
        ("upload__not_mounted", at_upload, |clinic| {
            let mut drive = attachment(1);
            drive.name = "Accu-Chek Mobile".into();
            drive.connection = "USB".into();
            drive.access = Access::NotMounted;
            clinic.event(Event::MeterArrived(drive));
        }),
        ("upload__unplugged", at_upload, |clinic| {
            clinic.event(Event::MeterArrived(attachment(1)));
            let ticket = clinic.read_ticket().unwrap();
            clinic.event(Event::ReadProgress { ticket, done: 360, of: Some(720) });
            clinic.event(Event::MeterLeft(AttachmentId(1)));
        }),
        ("upload__guide", Clinic::signed_in, |clinic| {
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter, Key::Down, Key::Down, Key::Enter, Key::Down, Key::Enter]);
        }),
        ("upload__cable_asked", at_upload, |clinic| clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")))),
        ("upload__cable_as_last_time", remembering, |clinic| {
            clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
        }),
        ("upload__cable_asking", remembering, |clinic| {
            clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
            clinic.keys([Key::Enter]);
        }),
        ("upload__cable_no_answer", remembering, no_answer),
        ("upload__cable_which_meter", remembering, |clinic| {
            no_answer(clinic);
            clinic.keys([Key::Enter, Key::Down]);
        }),
        ("upload__cable_notes_damaged", at_upload, |clinic| {
            clinic.cables = Err(Problem::new(ProblemCode::StoreUnreadable, "line 3 is not readable"));
            clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
        }),
        ("association_pending__guide", at_upload, |clinic| {
            clinic.plug_and_read(Completeness::Complete);
        }),
        ("confirm_device__guide", at_upload, |clinic| {
            clinic.plug_and_read(Completeness::Complete);
            clinic.keys([Key::Enter, Key::Tab]);
        }),
    ]
}

/// Selecting, confirming, the hard stop and the success.
fn assignment() -> Vec<Case> {
    vec![
        ("select_patient__proposed", at_upload, |clinic| {
            clinic.plug_and_read(Completeness::Complete);
            clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down]);
        }),
        ("confirm_assignment__look_alike", Clinic::signed_in, |clinic| {
            clinic.look_alikes = Ok(vec![LookAlike { patient: carla(), likeness: Likeness::SimilarNameAndYear }]);
            clinic.go_to_confirm_assignment();
            type_identity(clinic, "am");
        }),
        ("confirm_assignment__look_alikes_unknown", Clinic::signed_in, |clinic| {
            clinic.look_alikes = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
            clinic.go_to_confirm_assignment();
        }),
        ("confirm_assignment__mismatch", Clinic::signed_in, |clinic| {
            clinic.look_alikes = Ok(vec![LookAlike { patient: carla(), likeness: Likeness::SimilarNameAndYear }]);
            clinic.go_to_confirm_assignment();
            type_identity(clinic, "xx");
            clinic.keys([Key::Enter]);
        }),
        ("select_patient__mismatch_not_counted", Clinic::signed_in, |clinic| {
            clinic.noted = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
            clinic.go_to_confirm_assignment();
            type_identity(clinic, "xx");
            clinic.keys([Key::Enter]);
        }),
        ("confirm_assignment__failed", Clinic::signed_in, |clinic| {
            clinic.go_to_confirm_assignment();
            clinic.assign = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
            type_identity(clinic, "am");
            clinic.keys([Key::Enter]);
        }),
        ("select_patient__mismatch_twice", Clinic::signed_in, |clinic| {
            clinic.go_to_confirm_assignment();
            for _ in 0..2 {
                type_identity(clinic, "xx");
                clinic.keys([Key::Enter]);
            }
        }),
        ("clock_stop", Clinic::signed_in, |clinic| {
            clinic.meter_clock = Some("2026-07-16T17:12:00".parse().unwrap());
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter]);
            clinic.plug_and_read(Completeness::Complete);
        }),
        ("clock_stop__failed", Clinic::signed_in, |clinic| {
            clinic.meter_clock = Some("2012-01-01T00:07:00".parse().unwrap());
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter]);
            clinic.plug_and_read(Completeness::Complete);
            clinic.answered = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
            clinic.keys([Key::Down, Key::Enter]);
        }),
        ("shared_readings", Clinic::signed_in, |clinic| {
            clinic.owner = Owner::Unidentifiable;
            clinic.holders = vec![Holding { patient: Box::new(carla()), readings: 318, repeated: 318 }];
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter]);
            clinic.plug_and_read(Completeness::Complete);
            clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter, Key::Down, Key::Down]);
        }),
        ("other_owner__assistant", Clinic::signed_in, |clinic| {
            clinic.owner = Owner::Patient(Box::new(carla()));
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter]);
            clinic.plug_and_read(Completeness::Complete);
        }),
        ("other_owner__clinician", Clinic::new, |clinic| {
            clinic.role = Role::Clinician;
            clinic.sign_in();
            clinic.owner = Owner::Patient(Box::new(carla()));
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter]);
            clinic.plug_and_read(Completeness::Complete);
        }),
        ("done__assigned", Clinic::signed_in, |clinic| {
            clinic.go_to_confirm_assignment();
            type_identity(clinic, "am");
            clinic.keys([Key::Enter]);
        }),
        ("done__known", Clinic::signed_in, |clinic| {
            clinic.owner = Owner::Patient(Box::new(anna()));
            clinic.assign = Ok(AssignmentResult { new: 3, already_there: 717 });
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Enter]);
            clinic.plug_and_read(Completeness::Complete);
        }),
        ("dashboard__filled", Clinic::signed_in, |clinic| {
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Function(4)]);
            let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
            let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
            step.content = Asked::Ready(Box::new(filled_dashboard()));
        }),
    ]
}

/// A meter waits, the care platform does not take some readings, and others wait for it.
fn refused_and_waiting() -> Clinic {
    let mut clinic = Clinic::new();
    clinic.is_remote = true;
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.undelivered = vec![readings("a", refused()), readings("b", WaitsBecause::Unanswered("silent".into()))];
    clinic.sign_in();
    clinic
}

/// A meter goes to another patient.
fn transfers() -> Vec<Case> {
    vec![
        ("transfer_to__found", at_devices, |clinic| {
            clinic.keys([Key::Char('t')]);
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Down, Key::Down]);
        }),
        ("transfer_first_day__wrong", at_devices, |clinic| {
            to_the_first_day(clinic);
            clinic.text("7/8/2026");
            clinic.keys([Key::Enter]);
        }),
        ("transfer_reason__shown", at_devices, |clinic| {
            to_the_reason(clinic);
            clinic.text("her sister has used it since July");
        }),
        ("transfer_reason__refused", at_devices, |clinic| {
            clinic.transfer_offer = Err(Problem::new(ProblemCode::MoveAtPlatform, "a platform was told"));
            to_the_reason(clinic);
        }),
        ("transfer_identify__from", at_devices, |clinic| {
            to_the_identities(clinic);
        }),
        ("transfer_identify__to_once_more", at_devices, |clinic| {
            to_the_identities(clinic);
            type_person(clinic, "am", "1961");
            type_person(clinic, "cm", "1973");
        }),
        ("transfer_decide__shown", at_devices, to_the_decision),
        ("transfer_done__moved", at_devices, |clinic| {
            to_the_decision(clinic);
            clinic.keys([Key::Tab, Key::Enter]);
        }),
    ]
}

/// A meter is a patient's no more, and is again.
fn endings() -> Vec<Case> {
    vec![
        ("ending_why__chosen", at_devices, |clinic| clinic.keys([Key::Char('e'), Key::Down, Key::Down])),
        ("ending_last_day__ahead", at_devices, |clinic| {
            to_the_last_day(clinic);
            clinic.text("15-Jul-2026");
            clinic.keys([Key::Enter]);
        }),
        ("ending_reason__shown", at_devices, |clinic| {
            to_what_stays(clinic);
            clinic.text("lent for a trial");
        }),
        ("ending_reason__refused", at_devices, |clinic| {
            clinic.ending_offer = Err(Problem::new(ProblemCode::EndBeforeReadings, "later readings"));
            to_what_stays(clinic);
        }),
        ("ending_identify__once_more", at_devices, |clinic| {
            to_the_identity_of_an_end(clinic);
            type_person(clinic, "xx", "1961");
        }),
        ("ending_decide__shown", at_devices, to_the_decision_of_an_end),
        ("ending_done__returned", at_devices, |clinic| {
            to_the_decision_of_an_end(clinic);
            clinic.keys([Key::Tab, Key::Enter]);
        }),
        ("ending_undo__at_once", at_an_ended_meter, |clinic| clinic.keys([Key::Char('z')])),
        ("ending_undo__later", at_an_ended_meter, |clinic| {
            clinic.ending_undo_offer = Ok(EndingUndoOffer { terms: UndoTerms::WithReason, ..ending_undo_offer() });
            clinic.keys([Key::Char('z')]);
            clinic.text("the meter was found");
        }),
    ]
}

/// Correcting the times of a meter.
fn times() -> Vec<Case> {
    vec![
        ("time_correction__form", Clinic::signed_in, time_correction::open),
        ("time_correction__wrong", Clinic::signed_in, |clinic| {
            time_correction::open(clinic);
            time_correction::describe(clinic, "3-Jan-2020 23:20", "15-Jul-2026 08:10");
        }),
        ("time_correction__check", Clinic::signed_in, |clinic| {
            time_correction::open(clinic);
            time_correction::describe(clinic, "3-Jan-2020 23:20", "10-Jul-2026 08:10");
        }),
        ("time_correction__corrected", Clinic::signed_in, |clinic| {
            clinic.correction_offer = Ok(time_correction::corrected_offer());
            time_correction::open(clinic);
        }),
        ("time_correction__undo", Clinic::signed_in, |clinic| {
            clinic.correction_offer = Ok(time_correction::corrected_offer());
            time_correction::open(clinic);
            clinic.keys([Key::BackTab, Key::BackTab, Key::Enter]);
        }),
        ("time_correction__at_platform", Clinic::signed_in, |clinic| {
            clinic.correction_offer = Err(Problem::new(ProblemCode::TimesToldThere, "told"));
            time_correction::open(clinic);
        }),
    ]
}

/// What is said of an assignment that a care platform is told of.
fn deliveries() -> Vec<Case> {
    vec![
        ("done__waits", Clinic::signed_in, |clinic| {
            clinic.is_remote = true;
            let standing = DeliveryStanding::Waits { since: now(), because: WaitsBecause::Unanswered("silent".into()) };
            clinic.delivery =
                Ok(FollowedDelivery { standing: Some(standing), owner: None, ..FollowedDelivery::default() });
            clinic.go_to_confirm_assignment();
            type_identity(clinic, "am");
            clinic.keys([Key::Enter]);
        }),
        ("population", Clinic::signed_in, |clinic| clinic.keys([Key::Control('p')])),
        ("population__chosen", Clinic::signed_in, |clinic| {
            clinic.keys([Key::Control('p'), Key::Right, Key::Down, Key::Down, Key::Down, Key::Down]);
        }),
        ("population__known_here", Clinic::signed_in, |clinic| {
            clinic.keys([Key::Control('p'), Key::Char('f'), Key::Down]);
        }),
        ("population__nobody", Clinic::signed_in, |clinic| {
            clinic.keys([Key::Control('p'), Key::Char('f'), Key::Char('f')]);
        }),
        ("find_patient__offline", offline, |clinic| clinic.text("mul")),
        ("find_patient__refused", refused_and_waiting, |_| {}),
        ("waiting_meters__undelivered", refused_and_waiting, |clinic| clinic.keys([Key::Function(3), Key::Down])),
        ("create_patient_required__silent", offline, |clinic| {
            clinic.text("zz");
            clinic.keys([Key::Function(2)]);
        }),
        ("create_patient_optional__noting", noted_at_optional, |_| {}),
        ("noted_person__now", noted, |_| {}),
        ("waiting_meters__noted", noted, |clinic| clinic.keys([Key::Enter, Key::Function(3), Key::Down])),
        ("noted_person__waits", noted, |clinic| clinic.keys([Key::Enter, Key::Function(3), Key::Enter])),
        ("find_patient__to_decide", to_decide, |_| {}),
        ("noted_person__to_decide", to_decide, |clinic| {
            clinic.keys([Key::Function(3), Key::Enter, Key::Down]);
        }),
        ("create_patient_look_alikes__noted", to_decide, |clinic| {
            clinic.keys([Key::Function(3), Key::Enter, Key::Down, Key::Enter, Key::Down]);
        }),
        ("undelivered__refused", refused_and_waiting, |clinic| {
            clinic.keys([Key::Function(3), Key::Down, Key::Down, Key::Enter]);
            clinic.text("the server was repaired");
        }),
        ("undelivered__waits", refused_and_waiting, |clinic| {
            clinic.keys([Key::Function(3), Key::Down, Key::Down, Key::Down, Key::Enter]);
        }),
        ("dashboard__refused", refused_and_waiting, |clinic| {
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Function(4)]);
            let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
            let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
            step.content = Asked::Ready(Box::new(filled_dashboard()));
        }),
        ("undo__at_once", Clinic::signed_in, |clinic| {
            at_done(clinic);
            clinic.keys([Key::Char('z')]);
        }),
        ("undo__with_reason", Clinic::signed_in, |clinic| {
            clinic.undo_offer = Ok(told_offer(UndoTerms::WithReason));
            at_done(clinic);
            clinic.keys([Key::Char('z')]);
            clinic.text("the wrong row was chosen");
        }),
        ("undo__refused", Clinic::signed_in, |clinic| {
            clinic.undo_offer = Ok(told_offer(UndoTerms::Refused));
            at_done(clinic);
            clinic.keys([Key::Char('z')]);
        }),
        ("undo__later_first", Clinic::signed_in, |clinic| {
            clinic.undo_offer = Err(Problem::new(ProblemCode::UndoLaterFirst, "something rests on it"));
            at_done(clinic);
            clinic.keys([Key::Char('z')]);
        }),
        ("waiting_meters__undone", Clinic::signed_in, |clinic| {
            at_done(clinic);
            clinic.keys([Key::Char('z'), Key::Tab, Key::Enter]);
        }),
        ("done__not_theirs", Clinic::signed_in, |clinic| {
            at_done(clinic);
            let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
            let Step::Done(step) = &mut working.step else { panic!("not done") };
            let first_day = jiff::civil::date(2026, 7, 1);
            step.upload.not_theirs = Some(NotTheirs { first_day, earlier: 3, unsure: 2 });
        }),
        ("other_owner__lost_race", Clinic::signed_in, |clinic| {
            clinic.is_remote = true;
            let standing = DeliveryStanding::OwnedBy(PatientId("Patient/3".into()));
            clinic.delivery = Ok(FollowedDelivery {
                standing: Some(standing),
                owner: Some(Box::new(carla())),
                ..FollowedDelivery::default()
            });
            clinic.go_to_confirm_assignment();
            type_identity(clinic, "am");
            clinic.keys([Key::Enter]);
        }),
    ]
}

pub(crate) fn filled_dashboard() -> Dashboard {
    let values = [104, 62, 187, 260, 48, 133, 98, 145, 171, 92, 119, 77, 203, 110, 88, 156];
    let mut readings: Vec<Reading> = values
        .iter()
        .enumerate()
        .map(|(place, value)| Reading {
            corrected_from: None,
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
    dashboard.uploads = vec![PastUpload {
        upload: UploadId("u1".into()),
        read_at: now(),
        model: "Accu-Chek Guide".into(),
        serial_end: Private::new("0042".into()),
        new: 720,
        already_there: 0,
        user: "Nurse Nora".into(),
        way: ReadWay::Cable,
        is_transferred: false,
    }];
    dashboard.readings = readings;
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    dashboard
}

/// A meter of the list below: its model, serial number and owner.
type PluggedMeter = (&'static str, &'static str, fn() -> Owner);

/// Meters of two makers, three of them of one model; one belongs to Carla, one has no serial number.
const PLUGGED: [PluggedMeter; 6] = [
    ("Accu-Chek Guide", "00000000101", || Owner::Nobody),
    ("Accu-Chek Guide", "00000000102", || Owner::Patient(Box::new(carla()))),
    ("Accu-Chek Guide", "00000000103", || Owner::Patient(Box::new(anna()))),
    ("Accu-Chek Instant (two-button)", "00000000104", || Owner::Nobody),
    ("FreeStyle Freedom Lite", "", || Owner::Unidentifiable),
    ("FreeStyle Freedom Lite", "", || Owner::Unidentifiable),
];

/// The first `count` meters of these, all read but the last of six, of which half has come.
fn plug_meters(clinic: &mut Clinic, count: u64) {
    for (id, (model, serial, owner)) in (1..=count).zip(PLUGGED) {
        let mut plug = attachment(id);
        plug.name = model.into();
        clinic.event(Event::MeterArrived(plug));
        let ticket = clinic.read_ticket().unwrap();
        if id == 6 {
            clinic.event(Event::ReadProgress { ticket, done: 120, of: Some(240) });
            continue;
        }
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))));
        let whole = Box::new(download(Completeness::Complete));
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
        clinic.holds = |_| false;
        let Some(Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::Quarantine { .. })))) =
            clinic.held.pop()
        else {
            panic!("it is not kept")
        };
        let mut kept = upload(owner());
        kept.id = UploadId(format!("w{id}"));
        kept.meter.model = model.into();
        kept.meter.serial = Private::new(serial.into());
        clinic.waiting.push(kept.clone());
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Quarantined(Ok(Box::new(kept))) });
    }
}

/// With one, three and six meters plugged in: at the sign-in, at the search, at the upload, in the
/// list of those that wait.
pub(crate) fn full_panels() -> Vec<(String, Clinic)> {
    let mut all = Vec::new();
    for count in [1, 3, 6] {
        let mut clinic = Clinic::signed_in();
        plug_meters(&mut clinic, count);
        all.push((format!("find_patient__plugged_{count}"), clinic));
        let mut clinic = Clinic::signed_in();
        plug_meters(&mut clinic, count);
        clinic.keys([Key::Function(3)]);
        all.push((format!("waiting_meters__plugged_{count}"), clinic));
        let mut clinic = Clinic::signed_in();
        clinic.text("mul");
        // Two that are still read stop the first from being gone on with.
        clinic.event(Event::MeterArrived(cable(8, "CABLE-000-8")));
        clinic.keys([Key::Down, Key::Enter]);
        plug_meters(&mut clinic, count);
        clinic.event(Event::MeterLeft(AttachmentId(8)));
        clinic.model.panel.expire("2026-07-14T09:00:00Z".parse().unwrap());
        all.push((format!("upload__plugged_{count}"), clinic));
        let mut clinic = Clinic::signed_in();
        plug_meters(&mut clinic, count);
        clinic.sign_out();
        all.push((format!("sign_in__plugged_{count}"), clinic));
    }
    all
}

/// The hard stop before readings that are in another record already.
fn recorded_for_carla(clinic: &mut Clinic) {
    clinic.plug_and_read(Completeness::Complete);
    clinic.records.insert(UploadId("u1".into()), carla());
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
}

/// Screens of meters that are told about after their work is done.
pub(crate) fn after_work() -> Vec<(String, Clinic)> {
    let cases: [Case; 4] = [
        ("other_owner__in_a_record", Clinic::signed_in, |clinic| {
            clinic.owner = Owner::Patient(Box::new(carla()));
            recorded_for_carla(clinic);
        }),
        ("other_owner__readings_only", Clinic::signed_in, |clinic| {
            clinic.owner = Owner::Unidentifiable;
            recorded_for_carla(clinic);
        }),
        ("find_patient__unplugged", Clinic::signed_in, |clinic| {
            clinic.event(Event::MeterArrived(attachment(1)));
            let ticket = clinic.read_ticket().unwrap();
            clinic.event(Event::ReadProgress { ticket, done: 224, of: Some(300) });
            clinic.event(Event::MeterLeft(AttachmentId(1)));
        }),
        ("upload__guide_cable", at_upload, |clinic| {
            clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
            clinic.keys([Key::Enter, Key::Enter]);
        }),
    ];
    let go = |(name, start, go): Case| {
        let mut clinic = start();
        go(&mut clinic);
        (name.to_owned(), clinic)
    };
    cases.into_iter().map(go).collect()
}
