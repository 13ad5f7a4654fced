//! Each screen in the variants that decide how much room it needs: what can stand on it at most, where a key confirms,
//! chooses or saves something.

use glucodock::app::asked::Asked;
use glucodock::app::code_sign_in::CodeSignIn;
use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::{Burst, BurstEnd, Key};
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::confirm_assignment::{AssignmentWork, ConfirmAssignment, IdentityNotice};
use glucodock::app::wizard::dashboard::DashboardStep;
use glucodock::app::wizard::intake_question::IntakeQuestion;
use glucodock::domain::association::{AssignmentResult, Holding, Owner, Upload, UploadId};
use glucodock::domain::delivery::{DeliveryStanding, FollowedDelivery, WaitsBecause};
use glucodock::domain::download::Completeness;
use glucodock::domain::identity_check::Shared;
use glucodock::domain::left_out::LeftOut;
use glucodock::domain::meter::{Access, AttachmentId};
use glucodock::domain::not_theirs::NotTheirs;
use glucodock::domain::oddity::Oddity;
use glucodock::domain::ownership::{EndingReason, FormerOwner, OwnershipId};
use glucodock::domain::patient::{Identifier, Likeness, LookAlike, Patient, PatientId};
use glucodock::domain::platform_check::PlatformCheck;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::Doubt;
use glucodock::domain::record::{RecordExtent, RecordOrigin};
use glucodock::domain::statistics::Period;
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::text::{Clean, Private};
use glucodock::domain::time_correction::{CorrectionOffer, CorrectionReach};
use glucodock::ui::scene::Block;
use glucodock::ui::words::Words;
use jiff::civil::date;

use super::cases::{self, at_upload, filled_dashboard, lists_fail, type_identity};
use crate::clinic::{Attempt, Clinic, anna, attachment, carla, dashboard, now, patient, upload};
use crate::wizard::time_correction;

/// What can go wrong with what is asked of the store or the platform.
const REFUSALS: [ProblemCode; 19] = [
    ProblemCode::PlatformUnreachable,
    ProblemCode::PlatformUnreadable,
    ProblemCode::PatientIncomplete,
    ProblemCode::CreatedBeside,
    ProblemCode::NoRecord,
    ProblemCode::PlatformRefused,
    ProblemCode::AlreadyAssigned,
    ProblemCode::PatientNotActive,
    ProblemCode::NotFound,
    ProblemCode::IdentifierTaken,
    ProblemCode::IdentityNotProved,
    ProblemCode::ClockUndecided,
    ProblemCode::HeldByAnother,
    ProblemCode::UploadChanged,
    ProblemCode::MeterLost,
    ProblemCode::StoreUnreadable,
    ProblemCode::StoreUnwritable,
    ProblemCode::StoreLocked,
    ProblemCode::StoreReadOnly,
];

/// What can go wrong with a meter.
const OF_METERS: [ProblemCode; 12] = [
    ProblemCode::LinkDenied,
    ProblemCode::LinkBusy,
    ProblemCode::LinkSilent,
    ProblemCode::LinkGone,
    ProblemCode::LinkFailed,
    ProblemCode::MeterAborted,
    ProblemCode::MeterAnswer,
    ProblemCode::MeterRefused,
    ProblemCode::MeterShort,
    ProblemCode::MeterUnsupported,
    ProblemCode::MeterUnidentified,
    ProblemCode::MeterRecords,
];

/// Every variant: its name and the clinic that shows it. Where something went wrong, what takes the most words to say.
pub(crate) fn all() -> Vec<(String, Clinic)> {
    let mut all = Vec::new();
    people(&mut all);
    creating(&mut all);
    uploading(&mut all);
    devices(&mut all);
    confirming(&mut all);
    scanned(&mut all);
    transferring(&mut all);
    all.extend(super::tabs::all());
    dashboards(&mut all);
    boxes(&mut all);
    failing(&mut all, &[longest(&OF_METERS)], &[longest(&REFUSALS)]);
    all
}

/// The screens that confirm, as they are and with the barcode of something else scanned: what is said of that must
/// leave everything else in its place.
fn scanned(all: &mut Vec<(String, Clinic)>) {
    let mut again = Vec::new();
    devices(&mut again);
    confirming(&mut again);
    for (name, clinic) in again.into_iter().filter(|(name, _)| name.starts_with("confirm_")) {
        add(all, format!("{name}__scanned"), clinic, |clinic| {
            let (text, end) = ("M7777777".to_owned(), BurstEnd::Enter);
            clinic.keys([Key::Scan(Burst { text, end })]);
        });
    }
    add(all, "find_patient__scanned", Clinic::signed_in(), |clinic| {
        clinic.keys([Key::Scan(Burst { text: "M7777777".to_owned(), end: BurstEnd::Enter })]);
    });
    add(all, "confirm_device__scanned_match", at_device(), |clinic| {
        clinic.keys([Key::Scan(Burst { text: "92500000042".to_owned(), end: BurstEnd::Enter })]);
    });
    add(all, "confirm_assignment__scanned_match", Clinic::signed_in(), |clinic| {
        clinic.go_to_confirm_assignment();
        clinic.keys([Key::Scan(Burst { text: "M1001".to_owned(), end: BurstEnd::Enter })]);
    });
}

fn at_device() -> Clinic {
    let mut clinic = at_upload();
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter]);
    clinic
}

/// Every screen on which something can have gone wrong, with everything that can.
pub(crate) fn all_problems() -> Vec<(String, Clinic)> {
    let mut all = Vec::new();
    failing(&mut all, &OF_METERS, &REFUSALS);
    all
}

/// What takes the most words to say.
fn longest(codes: &[ProblemCode]) -> ProblemCode {
    let words = Words::english();
    let said = |code: &&ProblemCode| match words.problem(&problem(**code)) {
        Block::Problem { what, remedy, .. } => what.len() + remedy.len(),
        other => panic!("{other:?}"),
    };
    *codes.iter().max_by_key(said).unwrap()
}

fn add(all: &mut Vec<(String, Clinic)>, name: impl Into<String>, mut clinic: Clinic, go: impl FnOnce(&mut Clinic)) {
    go(&mut clinic);
    all.push((name.into(), clinic));
}

fn problem(code: ProblemCode) -> Problem {
    Problem { done: 719, of: Some(720), ..Problem::new(code, "not looked at") }
}

fn step(clinic: &mut Clinic) -> &mut Step {
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    &mut working.step
}

fn dashboards(all: &mut Vec<(String, Clinic)>) {
    add(all, "dashboard__empty", Clinic::signed_in(), |clinic| {
        let empty = dashboard(anna(), Period::Days14);
        at_dashboard(clinic).content = Asked::Ready(Box::new(empty));
    });
    for (name, origin) in [
        (
            "dashboard__from_elsewhere",
            RecordOrigin::Platform { elsewhere: 12, unconfirmed: 0, extent: RecordExtent::Whole, at: now() },
        ),
        (
            "dashboard__unconfirmed_merger",
            RecordOrigin::Platform { elsewhere: 0, unconfirmed: 40, extent: RecordExtent::Whole, at: now() },
        ),
        (
            "dashboard__part_of_record",
            RecordOrigin::Platform { elsewhere: 12, unconfirmed: 0, extent: RecordExtent::Part, at: now() },
        ),
        ("dashboard__without_platform", RecordOrigin::WithoutPlatform),
    ] {
        add(all, name, Clinic::signed_in(), |clinic| {
            let mut filled = filled_dashboard();
            filled.origin = origin;
            at_dashboard(clinic).content = Asked::Ready(Box::new(filled));
        });
    }
    add(all, "dashboard__left_out", Clinic::signed_in(), |clinic| {
        let mut filled = filled_dashboard();
        filled.left_out = LeftOut { clock_wrong: 3, ahead: 1, before_model: 2, clock_changed: 14, without_time: 9 };
        filled.readings = vec![filled.readings; 100].concat();
        filled.uploads = vec![filled.uploads[0].clone(); 3];
        at_dashboard(clinic).content = Asked::Ready(Box::new(filled));
    });
}

fn people(all: &mut Vec<(String, Clinic)>) {
    add(all, "sign_in__missing", Clinic::new(), |clinic| clinic.keys([Key::Enter]));
    for code in [ProblemCode::SignInThrottled, ProblemCode::RoleWithoutPatients, ProblemCode::StoreLocked] {
        add(all, format!("sign_in__{code:?}"), Clinic::new(), |clinic| {
            clinic.model.demo_logins = vec![("nora".into(), "nora".into()), ("karl".into(), "karl".into())];
            clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::SignIn { .. }));
            clinic.text("nurse");
            clinic.keys([Key::Enter]);
            clinic.text("secret");
            clinic.keys([Key::Enter]);
            let Some(Effect::Ask(ticket, Request::SignIn { .. })) = clinic.held.pop() else { panic!("not asked") };
            clinic.event(Event::EffectDone { ticket, answer: EffectResult::SignedIn(Err(problem(code))) });
        });
    }
    for code in [ProblemCode::SignInCodeExpired, ProblemCode::SignInCodeDenied] {
        add(all, format!("sign_in_by_code__{code:?}"), Clinic::new(), |clinic| {
            clinic.model.state = AppState::SignInByCode(Box::new(CodeSignIn::Failed(problem(code))));
        });
    }
    add(all, "sign_in__checking", Clinic::new(), |clinic| {
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::SignIn { .. }));
        clinic.text("nurse");
        clinic.keys([Key::Enter]);
        clinic.text("secret");
        clinic.keys([Key::Enter]);
    });
    add(all, "waiting_meters__nothing_new", Clinic::new(), |clinic| {
        let owned = Upload { new_readings: 0, ..upload(Owner::Patient(Box::new(anna()))) };
        clinic.waiting = vec![Upload { id: UploadId("u0".into()), new_readings: 1, ..owned.clone() }, owned];
        clinic.sign_in();
        clinic.keys([Key::Function(3)]);
    });
    add(all, "find_patient__for_a_meter", Clinic::new(), |clinic| {
        clinic.waiting = vec![upload(Owner::Nobody)];
        clinic.sign_in();
        clinic.keys([Key::Function(3), Key::Down, Key::Enter]);
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Down, Key::Enter]);
    });
    add(all, "find_patient__everything_said", Clinic::new(), |clinic| {
        clinic.waiting = vec![upload(Owner::Nobody)];
        clinic.sign_in();
        lists_fail(clinic);
        clinic.keys([Key::Down]);
    });
    for (name, anew) in [("twice", 2), ("blocked", 2)] {
        add(all, format!("select_patient__{name}_and_inactive"), Clinic::signed_in(), |clinic| {
            if name == "blocked" {
                clinic.attempts = vec![(anna().id, Attempt::Mismatch); anew];
                clinic.text("mul");
                clinic.keys([Key::Down, Key::Enter]);
                clinic.plug_and_read(Completeness::Complete);
                clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
            } else {
                clinic.go_to_confirm_assignment();
                for _ in 0..anew {
                    type_identity(clinic, "xx");
                    clinic.keys([Key::Enter]);
                }
            }
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Down, Key::Enter]);
            assert_eq!(clinic.step(), "select_patient");
        });
    }
}

fn creating(all: &mut Vec<(String, Clinic)>) {
    add(all, "find_patient__unclear_date", Clinic::signed_in(), |clinic| clinic.text("mul 07/08/1961"));
    add(all, "create_patient_required__kept", Clinic::signed_in(), |clinic| {
        clinic.text("Nilsson");
        clinic.keys([Key::Function(2)]);
        clinic.text("Åsa");
        clinic.keys([Key::Escape, Key::Function(2)]);
    });
    add(all, "create_patient_required__all_wrong", Clinic::signed_in(), |clinic| {
        required(clinic, ["77", "-", "1/2/99999", "Bed 12"]);
    });
    add(all, "create_patient_required__taken", Clinic::signed_in(), |clinic| {
        required(clinic, ["Nilsson", "Åsa", "1-Feb-1999", "M777"]);
        create_fails(clinic, ProblemCode::IdentifierTaken);
    });
    add(all, "create_patient_optional__all_wrong", Clinic::signed_in(), |clinic| {
        required(clinic, ["Nilsson", "Åsa", "1-Feb-1999", "M777"]);
        for text in ["", "Bed 12", "no mail", &"1".repeat(50)] {
            clinic.text(text);
            clinic.keys([Key::Tab]);
        }
        clinic.keys([Key::BackTab, Key::Enter]);
    });
    add(all, "create_patient_look_alikes__many", Clinic::signed_in(), |clinic| {
        let other = |number: usize| LookAlike {
            patient: patient(
                &number.to_string(),
                "Müller",
                if number == 0 { "Anna Marie" } else { "Anna Maria" },
                1961,
            ),
            likeness: if number == 0 { Likeness::SamePerson } else { Likeness::SimilarNameAndBirthDate },
        };
        clinic.look_alikes = Ok((0..10).map(other).collect());
        required(clinic, ["Müller", "Anna Marie", "14-Jul-1961", "M778"]);
        clinic.keys([Key::Up, Key::Enter, Key::Enter]);
    });
}

/// Fills in the required page and goes on.
fn required(clinic: &mut Clinic, texts: [&str; 4]) {
    clinic.keys([Key::Function(2)]);
    for text in texts {
        clinic.text(text);
        clinic.keys([Key::Tab]);
    }
    clinic.keys([Key::BackTab, Key::Enter]);
}

/// Creates the patient of the optional page; it fails so.
fn create_fails(clinic: &mut Clinic, code: ProblemCode) {
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. }))));
    clinic.keys([Key::BackTab, Key::Enter]);
    let Some(Effect::Ask(ticket, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. })))) =
        clinic.held.pop()
    else {
        panic!("not asked")
    };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Created(Err(problem(code))) });
}

fn uploading(all: &mut Vec<(String, Clinic)>) {
    add(all, "upload__checking", at_upload(), |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUpload { .. }))));
        clinic.plug_and_read(Completeness::Complete);
    });
    add(all, "upload__appending", at_upload(), |clinic| {
        clinic.owner = Owner::Patient(Box::new(anna()));
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. }))));
        clinic.plug_and_read(Completeness::Complete);
    });
    add(all, "upload__many_meters", at_upload(), |clinic| {
        clinic.plug_and_read(Completeness::Partial(problem(ProblemCode::MeterRecords)));
        for id in 2..=5 {
            let mut meter = attachment(id);
            meter.access = [Access::Denied, Access::Busy, Access::NotMounted, Access::Unsupported]
                [usize::try_from(id % 4).unwrap()]
            .clone();
            clinic.event(Event::MeterArrived(meter));
        }
        clinic.keys([Key::Down, Key::Down, Key::Enter]);
    });
    add(all, "upload__not_saved", at_upload(), |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))));
        clinic.plug_and_read(Completeness::Complete);
        clinic.event(Event::MeterLeft(AttachmentId(1)));
        let Some(Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::Quarantine { .. })))) =
            clinic.held.pop()
        else {
            panic!("not asked")
        };
        clinic.event(Event::EffectDone {
            ticket,
            answer: EffectResult::Quarantined(Err(problem(ProblemCode::StoreUnwritable))),
        });
    });
}

fn devices(all: &mut Vec<(String, Clinic)>) {
    add(all, "association_pending__unidentifiable", at_upload(), |clinic| {
        clinic.owner = Owner::Unidentifiable;
        clinic.plug_and_read(Completeness::Complete);
    });
    add(all, "confirm_device__everything_said", at_upload(), |clinic| {
        clinic.meter_clock = Some("2026-07-14T14:12:00".parse().unwrap());
        clinic.plug_and_read(Completeness::Complete);
        clinic.keys([Key::Enter]);
        let Step::ConfirmDevice(step) = step(clinic) else { panic!("no device") };
        worst(&mut step.upload);
        clinic.keys([Key::Enter]);
    });
    add(all, "shared_readings__keeping", at_upload(), |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::AnswerIntake { .. }))));
        to_shared_readings(clinic);
        clinic.keys([Key::Enter]);
    });
    add(all, "who_uses__all_that_is_unusual", Clinic::signed_in(), to_who_uses);
    add(all, "who_uses__chosen", Clinic::signed_in(), |clinic| {
        to_who_uses(clinic);
        clinic.keys([Key::Down, Key::Down]);
    });
    add(all, "who_uses__looking", Clinic::signed_in(), |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LookAtUse { .. }))));
        to_who_uses(clinic);
    });
    add(all, "who_uses__not_kept", Clinic::signed_in(), |clinic| {
        clinic.answered = Err(problem(ProblemCode::StoreUnwritable));
        to_who_uses(clinic);
        clinic.keys([Key::Down, Key::Down, Key::Enter]);
    });
    add(all, "clock_stop__nothing_answered", at_upload(), |clinic| {
        to_clock_stop(clinic);
        clinic.keys([Key::Enter]);
    });
}

fn to_shared_readings(clinic: &mut Clinic) {
    clinic.owner = Owner::Unidentifiable;
    let holding = |patient: Patient| Holding { patient: Box::new(patient), readings: 318, repeated: 318 };
    clinic.holders = vec![holding(carla()), holding(patient("4", "Müller", "Dora", 1950))];
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter, Key::Down, Key::Down]);
    assert_eq!(clinic.step(), "shared_readings");
}

fn to_who_uses(clinic: &mut Clinic) {
    let day = date(2026, 7, 12);
    clinic.oddities = Ok(vec![
        Oddity::OthersUseIt,
        Oddity::MetersDisagree { readings: 120 },
        Oddity::ManyTests { day, tests: 41 },
        Oddity::MedianMoved { before: 118, now: 214 },
        Oddity::MoreOften { before: 31, now: 124 },
    ]);
    clinic.go_to_confirm_assignment();
    super::cases::type_identity(clinic, "am");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "who_uses");
}

fn to_clock_stop(clinic: &mut Clinic) {
    clinic.meter_clock = Some("2026-07-16T17:12:00".parse().unwrap());
    clinic.plug_and_read(Completeness::Complete);
    assert_eq!(clinic.step(), "clock_stop");
}

fn question(clinic: &mut Clinic) -> &mut IntakeQuestion {
    let Step::IntakeQuestion(question) = step(clinic) else { panic!("no question") };
    question
}

/// Everything of a meter that is said on the screen that confirms it.
fn worst(upload: &mut Upload) {
    upload.counts.doubtful = 720;
    for doubt in Doubt::ALL {
        (0..720).for_each(|_| upload.counts.left_out.add(doubt));
        (0..720).for_each(|_| upload.counts.doubted.add(doubt));
    }
    upload.counts.other = 12;
    upload.counts.without_time = 12;
    upload.counts.duplicates = 100;
    upload.warnings = 2;
    upload.meter.serial = Private::new("0123456789ABCDEF-0123456789".into());
    upload.meter.model = "GlucoMen areo 2K with Bluetooth".into();
    upload.meter.manufacturer = "A. Menarini Diagnostics".into();
}

/// Somebody similar to Anna.
fn similar(family: &str, born: jiff::civil::Date) -> LookAlike {
    let mut other = patient("4", family, "Anna", 1961);
    other.born = Private::new(born);
    let likeness = match (family, born == date(1961, 7, 14)) {
        ("Müller", true) => Likeness::SamePerson,
        ("Müller", false) => Likeness::NameAndYear,
        _ => Likeness::SimilarNameAndYear,
    };
    LookAlike { patient: other, likeness }
}

/// Two who were born in Anna's year and have her initials.
fn same_year() -> Vec<LookAlike> {
    vec![similar("Müller", date(1961, 2, 2)), similar("Meier", date(1961, 3, 3))]
}

/// One who was born on the same day.
fn same_date() -> Vec<LookAlike> {
    vec![similar("Müller", date(1961, 7, 14))]
}

/// On the way of a meter to another patient.
fn transferring(all: &mut Vec<(String, Clinic)>) {
    add(all, "confirm_assignment__not_theirs", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        let first_day = date(2026, 7, 14);
        confirm(clinic).upload.not_theirs = Some(NotTheirs { first_day, earlier: 1_720, unsure: 1_720 });
    });
    let former = |why| FormerOwner {
        ownership: OwnershipId("7".into()),
        patient: Box::new(carla()),
        last_day: date(2026, 7, 13),
        why,
    };
    add(all, "confirm_assignment__former_owner", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        let first_day = date(2026, 7, 14);
        let upload = &mut confirm(clinic).upload;
        upload.not_theirs = Some(NotTheirs { first_day, earlier: 1_720, unsure: 1_720 });
        upload.former_owner = Some(former(EndingReason::Returned));
    });
    add(all, "confirm_assignment__lost", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        confirm(clinic).upload.former_owner = Some(former(EndingReason::Lost));
    });
    add(all, "ending_decide__failed", cases::at_devices(), |clinic| {
        clinic.ended = Err(problem(ProblemCode::EndNotTheirs));
        cases::to_the_decision_of_an_end(clinic);
        clinic.keys([Key::Tab, Key::Enter]);
    });
    add(all, "ending_undo__failed", cases::at_an_ended_meter(), |clinic| {
        clinic.end_undone = Err(problem(ProblemCode::EndFollowed));
        clinic.keys([Key::Char('z'), Key::Tab, Key::Enter]);
    });
    add(all, "transfer_decide__failed", cases::at_devices(), |clinic| {
        clinic.transferred = Err(problem(ProblemCode::MoveNotTheirs));
        cases::to_the_decision(clinic);
        clinic.keys([Key::Tab, Key::Enter]);
    });
    add(all, "transfer_identify__look_alike", cases::at_devices(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        cases::to_the_identities(clinic);
    });
    add(all, "transfer_reason__refused_at_length", cases::at_devices(), |clinic| {
        clinic.transfer_offer = Err(problem(ProblemCode::MoveNotTheirs));
        cases::to_the_reason(clinic);
    });
}

fn confirming(all: &mut Vec<(String, Clinic)>) {
    add(all, "confirm_assignment__initials", Clinic::signed_in(), Clinic::go_to_confirm_assignment);
    add(all, "confirm_assignment__date", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_year());
        clinic.go_to_confirm_assignment();
    });
    for (name, shared) in
        [("confirm_assignment__year_is_shared", Shared::Year), ("confirm_assignment__date_is_shared", Shared::Date)]
    {
        add(all, name, Clinic::signed_in(), |clinic| {
            clinic.shared = shared;
            clinic.go_to_confirm_assignment();
        });
    }
    add(all, "confirm_assignment__date_needed", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_year());
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "am");
        clinic.keys([Key::Enter]);
    });
    add(all, "confirm_assignment__date_mismatch", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_year());
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "xx");
        clinic.keys([Key::Enter]);
    });
    add(all, "confirm_assignment__identifier", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
    });
    add(all, "confirm_assignment__identifier_mismatch", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "xx");
        clinic.keys([Key::Enter]);
    });
    add(all, "confirm_assignment__identifier_asked_anew", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::BeginIdentityCheck { .. }))))
        };
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "am");
        clinic.release();
    });
    add(all, "confirm_assignment__person_changed", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CheckAtPlatform { .. }))))
        };
        clinic.go_to_confirm_assignment();
        let there = Patient { born: Private::new(date(1991, 7, 14)), ..anna() };
        clinic.at_platform = Some(Ok(PlatformCheck { patient: Some(there), owner: None }));
        clinic.holds = |_| false;
        clinic.release();
    });
    add(all, "confirm_assignment__undone_but", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        confirm(clinic).upload.taken_back = Some(TakenBack::UndoneBut(1_720));
        confirm(clinic).told = Some(IdentityNotice::WasUndone);
    });
    add(all, "confirm_assignment__taken_off", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        confirm(clinic).told = Some(IdentityNotice::TakenOff);
    });
    add(all, "confirm_assignment__without_identifier", Clinic::signed_in(), |clinic| {
        clinic.look_alikes = Ok(same_date());
        clinic.go_to_confirm_assignment();
        confirm(clinic).patient.identifiers.clear();
    });
    in_other_letters(all);
    add(all, "confirm_assignment__checking", Clinic::signed_in(), |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::BeginIdentityCheck { .. }))))
        };
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "am");
        clinic.keys([Key::Enter]);
    });
    add(all, "confirm_assignment__assigning", Clinic::signed_in(), |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. }))));
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "am");
        clinic.keys([Key::Enter]);
    });
    deliveries(all);
    for (name, new) in [("unidentifiable", 720), ("were_there", 0)] {
        add(all, format!("done__{name}"), Clinic::signed_in(), |clinic| {
            clinic.owner = Owner::Unidentifiable;
            clinic.go_to_confirm_assignment();
            clinic.assign = Ok(AssignmentResult { new, already_there: 720 - new });
            type_identity(clinic, "am");
            clinic.keys([Key::Enter]);
            assert_eq!(clinic.step(), "done");
        });
    }
}

/// Whoever is written in other letters may be named in either.
fn in_other_letters(all: &mut Vec<(String, Clinic)>) {
    for (name, look_alikes) in [("either", vec![]), ("either_date", same_year())] {
        add(all, format!("confirm_assignment__{name}"), Clinic::signed_in(), |clinic| {
            clinic.look_alikes = Ok(look_alikes);
            clinic.go_to_confirm_assignment();
            let confirm = confirm(clinic);
            confirm.patient.family = Private::new("Μυλωνάς".into());
            confirm.patient.given = Private::new("Άννα".into());
            if let Asked::Ready(check) = &mut confirm.check {
                for other in &mut check.look_alikes {
                    other.patient.family = Private::new("Μυλωνάς".into());
                    other.patient.given = Private::new("Άννα".into());
                }
            }
        });
    }
}

/// What is said of an assignment that a care platform is told of.
fn deliveries(all: &mut Vec<(String, Clinic)>) {
    let waits = |because| DeliveryStanding::Waits { since: now(), because };
    let withheld = "the platform does not allow assign-meters: Device.u was not granted";
    let reason = || Clean::from("422 Unprocessable Entity: invariant, Observation.value[x]");
    let standings = [
        ("at_platform", DeliveryStanding::InTheRecord),
        ("was_there", DeliveryStanding::AlreadyThere),
        ("waits_for_its_turn", waits(WaitsBecause::UnderWay)),
        ("waits_unanswered", waits(WaitsBecause::Unanswered("silent".into()))),
        ("waits_put_off", waits(WaitsBecause::PutOff("busy".into()))),
        ("waits_not_allowed", waits(WaitsBecause::NotAllowed(withheld.into()))),
        ("waits_refused", waits(WaitsBecause::Refused(reason()))),
        ("waits_behind", waits(WaitsBecause::Behind(reason()))),
    ];
    let assign = |clinic: &mut Clinic| {
        clinic.is_remote = true;
        clinic.go_to_confirm_assignment();
        type_identity(clinic, "am");
        clinic.keys([Key::Enter]);
    };
    for (name, standing) in standings {
        add(all, format!("done__{name}"), Clinic::signed_in(), |clinic| {
            clinic.delivery =
                Ok(FollowedDelivery { standing: Some(standing), owner: None, ..FollowedDelivery::default() });
            assign(clinic);
        });
    }
    add(all, "done__telling", Clinic::signed_in(), |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::FollowDelivery { .. }))))
        };
        assign(clinic);
    });
    let owner = || PatientId("Patient/9".into());
    for (name, told) in [("taken_back", Some(Box::new(carla()))), ("taken_back_from_whom", None)] {
        add(all, format!("other_owner__{name}"), Clinic::signed_in(), |clinic| {
            let standing = Some(DeliveryStanding::OwnedBy(owner()));
            clinic.delivery = Ok(FollowedDelivery { standing, owner: told, ..FollowedDelivery::default() });
            assign(clinic);
        });
    }
    of_times(all);
    add(all, "waiting_meters__undone_but", Clinic::signed_in(), |clinic| {
        clinic.waiting = vec![Upload { taken_back: Some(TakenBack::UndoneBut(1_720)), ..upload(Owner::Nobody) }];
        clinic.event(Event::Delivered { patient: anna().id, is_lost: false, has_stayed: true });
        clinic.keys([Key::Function(3)]);
    });
    add(all, "waiting_meters__taken_back", Clinic::signed_in(), |clinic| {
        clinic.waiting = vec![Upload { taken_back: Some(TakenBack::LostRace), ..upload(Owner::Nobody) }];
        clinic.keys([Key::Function(5), Key::Function(3)]);
    });
}

/// All that can be told of a correction of times, and what can go wrong with it.
fn of_times(all: &mut Vec<(String, Clinic)>) {
    add(all, "time_correction__most", Clinic::signed_in(), |clinic| {
        clinic.correction_offer = Ok(time_correction::long_offer());
        time_correction::open(clinic);
        time_correction::describe(clinic, "5-Jan-2020 23:00", "5-Jul-2026 08:10:07");
        clinic.keys([Key::Tab]);
        clinic.text(&"the battery was changed ".repeat(8));
    });
    for (name, was) in [("ahead", "15-Jul-2026 08:10"), ("unclear", "07/08/2026 08:10"), ("nothing", "x")] {
        add(all, format!("time_correction__again_{name}"), Clinic::signed_in(), |clinic| {
            let mut offer = time_correction::corrected_offer();
            offer.standing.extend(offer.standing.clone());
            clinic.correction_offer = Ok(offer);
            time_correction::open(clinic);
            clinic.text("9-Jul-2026 08:00");
            time_correction::describe(clinic, "9-Jul-2026 08:00", was);
        });
    }
    add(all, "time_correction__only_undone", Clinic::signed_in(), |clinic| {
        let (reach, offer) = (CorrectionReach::OnlyUndone, time_correction::corrected_offer());
        clinic.correction_offer = Ok(CorrectionOffer { reach, readings: Vec::new(), span: None, ..offer });
        time_correction::open(clinic);
    });
    for (name, code) in [("changed", ProblemCode::UploadChanged), ("unwritable", ProblemCode::StoreUnwritable)] {
        add(all, format!("time_correction__{name}"), Clinic::signed_in(), |clinic| {
            time_correction::open(clinic);
            clinic.times_moved = Err(problem(code));
            time_correction::confirm(clinic);
        });
        add(all, format!("time_correction__undo_{name}"), Clinic::signed_in(), |clinic| {
            clinic.correction_offer = Ok(time_correction::corrected_offer());
            time_correction::open(clinic);
            clinic.times_moved = Err(problem(code));
            time_correction::undo(clinic);
        });
    }
}

fn confirm(clinic: &mut Clinic) -> &mut ConfirmAssignment {
    let Step::ConfirmAssignment(confirm) = step(clinic) else { panic!("nothing to confirm") };
    confirm
}

fn at_dashboard(clinic: &mut Clinic) -> &mut DashboardStep {
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let Step::Dashboard(dashboard) = step(clinic) else { panic!("no dashboard") };
    dashboard
}

/// Each screen on which something went wrong.
fn failing(all: &mut Vec<(String, Clinic)>, of_meters: &[ProblemCode], refusals: &[ProblemCode]) {
    for code in of_meters {
        add(all, format!("upload__{code:?}"), at_upload(), |clinic| {
            clinic.plug_and_read(Completeness::Partial(problem(*code)));
            clinic.keys([Key::Down]);
        });
    }
    for code in refusals.iter().copied() {
        add(all, format!("upload__append_{code:?}"), at_upload(), |clinic| {
            clinic.owner = Owner::Patient(Box::new(anna()));
            clinic.assign = Err(problem(code));
            clinic.plug_and_read(Completeness::Complete);
            clinic.keys([Key::Down]);
        });
        add(all, format!("create_patient_optional__{code:?}"), Clinic::signed_in(), |clinic| {
            required(clinic, ["Nilsson", "Åsa", "1-Feb-1999", "M777"]);
            create_fails(clinic, code);
        });
        add(all, format!("shared_readings__{code:?}"), at_upload(), |clinic| {
            to_shared_readings(clinic);
            question(clinic).keeping = Asked::failed(problem(code));
        });
        add(all, format!("clock_stop__{code:?}"), at_upload(), |clinic| {
            to_clock_stop(clinic);
            question(clinic).keeping = Asked::failed(problem(code));
            clinic.keys([Key::Down]);
        });
        for (name, look_alikes) in [("date", same_year()), ("identifier", same_date())] {
            add(all, format!("confirm_assignment__{name}_{code:?}"), Clinic::signed_in(), |clinic| {
                clinic.look_alikes = Ok(look_alikes);
                clinic.go_to_confirm_assignment();
                let confirm = confirm(clinic);
                let second = Identifier { label: "Insurance".into(), value: Private::new("DE-0123456789".into()) };
                confirm.patient.identifiers.push(second);
                confirm.patient.devices = vec!["Accu-Chek Guide".into(), "OneTouch Ultra 2".into()];
                confirm.work = AssignmentWork::Failed(problem(code));
            });
        }
        add(all, format!("dashboard_reading__{code:?}"), super::tabs::at(&[]), |clinic| {
            clinic.sources = Err(problem(code));
            clinic.keys([Key::Char('3'), Key::Enter, Key::Enter]);
        });
        add(all, format!("dashboard__{code:?}"), Clinic::signed_in(), |clinic| {
            at_dashboard(clinic).content = Asked::failed(problem(code));
        });
    }
}

/// A screen, by its name.
type Start = (&'static str, fn() -> Clinic);

/// What lies over a screen, over each kind of screen.
fn boxes(all: &mut Vec<(String, Clinic)>) {
    let starts: [Start; 4] = [
        ("upload", || {
            let mut clinic = at_upload();
            clinic.event(Event::MeterArrived(attachment(1)));
            clinic
        }),
        ("confirm_assignment", || {
            let mut clinic = Clinic::signed_in();
            clinic.go_to_confirm_assignment();
            clinic
        }),
        ("dashboard", || {
            let mut clinic = Clinic::signed_in();
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Function(4)]);
            clinic
        }),
        ("sign_in", Clinic::new),
    ];
    for (name, start) in starts {
        for (what, key) in [("help", Key::Function(1)), ("menu", Key::Function(10)), ("leave", Key::Control('c'))] {
            add(all, format!("{name}__{what}"), start(), |clinic| clinic.keys([key, Key::Down]));
        }
    }
}
