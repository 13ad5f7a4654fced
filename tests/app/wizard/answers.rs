//! No answer is dropped: every answer in every state, taken by who waits for it, told to who is there, or dropped with
//! the reason that stands in this table.

use std::sync::Arc;

use glucodock::app::answers::{Fate, Reason, take};
use glucodock::app::asked::Asked;
use glucodock::app::code_sign_in::CodeSignIn;
use glucodock::app::effect::{Effect, NotedTask, PlatformTask, Request, StationTask, Task, Ticket};
use glucodock::app::ending_task::{EndingAnswer, EndingMatter, EndingTask};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::problems;
use glucodock::app::remark::Remark;
use glucodock::app::times_task::{TimesAnswer, TimesTask};
use glucodock::app::transfer_task::{TransferReply, TransferTask};
use glucodock::app::under_way::Matter;
use glucodock::app::wizard::Step;
use glucodock::domain::association::{
    Assignment, AssignmentResult, AuditEntry, DecisionBasis, IdempotencyKey, IntakeAnswer, Owner, Proof, UploadId,
    UseAnswer,
};
use glucodock::domain::clinic::{Credentials, Password, Role, Session, SessionId, User};
use glucodock::domain::delivery::{DeliveryStanding, FollowedDelivery, KeptFromPlatform};
use glucodock::domain::download::Completeness;
use glucodock::domain::identity_check::{IdentityCheck, IdentityStanding, Shared};
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::noted_person::{NotedPerson, NotedStanding};
use glucodock::domain::oddity::{Oddity, WhoUses};
use glucodock::domain::patient::{ComparedPeople, Gender, NewPatient, PatientId, SearchPage};
use glucodock::domain::platform_check::PlatformCheck;
use glucodock::domain::population::{PopulationFilter, PopulationOrder, PopulationQuery};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading_source::SoughtReading;
use glucodock::domain::record::ChangeMark;
use glucodock::domain::report::ExportOrder;
use glucodock::domain::report_kind::{ReportKind, WrittenExport};
use glucodock::domain::sign_in::{SignInOutcome, SignInStart};
use glucodock::domain::statistics::Period;
use glucodock::domain::text::Private;
use glucodock::domain::time_correction::TimesMoved;
use glucodock::domain::transfer::TransferChecks;
use glucodock::domain::undo::Undone;
use glucodock::domain::words::{TextKey, key};
use glucodock::domain::work_list::WorkList;

use super::said;
use super::time_correction;
use crate::clinic::{
    Clinic, anna, attachment, cable, carla, correction_offer, dashboard, download, ending_offer, ending_undo_offer,
    transfer_offer, undo_offer, upload,
};
use crate::wizard::code_sign_in::code;
use crate::wizard::undelivered::{readings, refused};
use crate::wizard_screens::cases;
use crate::wizard_screens::tabs::four_weeks;

const TAKEN: Fate = Fate::Taken;
const NOT_WANTED: Fate = Fate::Dropped(Reason::NoLongerWanted);
const SIGNED_OUT: Fate = Fate::Dropped(Reason::SignedOut);
const STOPPED: Fate = Fate::Dropped(Reason::ReadStopped);
const PULLED: Fate = Fate::Dropped(Reason::PlugPulled);
const NOBODY_ASKED: Fate = Fate::Dropped(Reason::NobodyAsked);

fn problem() -> Problem {
    Problem::new(ProblemCode::StoreUnwritable, "disk full")
}

fn user() -> User {
    User { id: "3".into(), login: "ida".into(), name: "Ida".into(), role: Role::Assistant }
}

/// Both answers of each kind: what was asked for, and that it failed.
fn answers() -> Vec<(EffectResult, EffectResult)> {
    [most_answers(), answers_of_clinicians()].concat()
}

fn most_answers() -> Vec<(EffectResult, EffectResult)> {
    let result = AssignmentResult { new: 720, already_there: 0 };
    vec![
        (EffectResult::SignedIn(Ok(user())), EffectResult::SignedIn(Err(problem()))),
        (EffectResult::SignInBegun(Ok(SignInStart::Password)), EffectResult::SignInBegun(Err(problem()))),
        (EffectResult::CodeAsked(Ok(SignInOutcome::NotYet(Box::new(code())))), EffectResult::CodeAsked(Err(problem()))),
        (
            EffectResult::Found(Ok(SearchPage { patients: vec![anna()], next: None, known_only: false })),
            EffectResult::Found(Err(problem())),
        ),
        (EffectResult::Withheld(Ok(vec![])), EffectResult::Withheld(Err(problem()))),
        (EffectResult::Recents(Ok(vec![carla()])), EffectResult::Recents(Err(problem()))),
        (
            EffectResult::WorkList(Ok(Box::new(WorkList {
                waiting: vec![upload(Owner::Nobody)],
                undelivered: vec![],
                noted: vec![],
            }))),
            EffectResult::WorkList(Err(problem())),
        ),
        (
            EffectResult::NotedPerson(Ok(Box::new(NotedPerson {
                key: IdempotencyKey("noted".into()),
                new: new_patient(),
                since: crate::clinic::now(),
                standing: NotedStanding::Created(anna().id),
            }))),
            EffectResult::NotedPerson(Err(problem())),
        ),
        (EffectResult::Released(Ok(true)), EffectResult::Released(Err(problem()))),
        (EffectResult::LookAlikes(Ok(ComparedPeople::default())), EffectResult::LookAlikes(Err(problem()))),
        (EffectResult::Created(Ok(Box::new(carla()))), EffectResult::Created(Err(problem()))),
        (EffectResult::Read(Ok(Box::new(download(Completeness::Complete)))), EffectResult::Read(Err(problem()))),
        (EffectResult::Recalled(Ok(None)), EffectResult::Recalled(Err(problem()))),
        (EffectResult::Quarantined(Ok(Box::new(upload(Owner::Nobody)))), EffectResult::Quarantined(Err(problem()))),
        (EffectResult::Upload(Ok(Box::new(upload(Owner::Nobody)))), EffectResult::Upload(Err(problem()))),
        (
            EffectResult::IdentityCheck(Ok(Box::new(IdentityCheck {
                standing: IdentityStanding::Open,
                look_alikes: vec![],
                shared: Shared::Nothing,
            }))),
            EffectResult::IdentityCheck(Err(problem())),
        ),
        (
            EffectResult::PlatformCheck(Ok(Box::new(PlatformCheck { patient: Some(anna()), owner: None }))),
            EffectResult::PlatformCheck(Err(problem())),
        ),
        (EffectResult::Standing(Ok(IdentityStanding::OneMoreTry)), EffectResult::Standing(Err(problem()))),
        (EffectResult::Assigned(Ok(result)), EffectResult::Assigned(Err(problem()))),
        (
            EffectResult::Followed(Ok(Box::new(FollowedDelivery {
                standing: Some(DeliveryStanding::InTheRecord),
                owner: None,
                kept: KeptFromPlatform { kept: 2, all: 720 },
            }))),
            EffectResult::Followed(Err(problem())),
        ),
        (
            EffectResult::Dashboard(Ok(Box::new(dashboard(anna(), Period::Days14)))),
            EffectResult::Dashboard(Err(problem())),
        ),
        (EffectResult::Sources(Ok(vec![])), EffectResult::Sources(Err(problem()))),
        (EffectResult::Population(Ok(Box::default())), EffectResult::Population(Err(problem()))),
        (EffectResult::Oddities(Ok(vec![Oddity::OthersUseIt])), EffectResult::Oddities(Err(problem()))),
        (EffectResult::UndoOffer(Ok(Box::new(undo_offer()))), EffectResult::UndoOffer(Err(problem()))),
        (
            EffectResult::Undone(Ok(Undone { readings: 720, ended_ownership: true })),
            EffectResult::Undone(Err(problem())),
        ),
        (
            EffectResult::Exported(Ok(Box::new(WrittenExport {
                file: "glucodock-20260714-100000.csv".into(),
                kind: ReportKind::Csv,
                readings: 70,
                bytes: 4096,
            }))),
            EffectResult::Exported(Err(problem())),
        ),
        (EffectResult::Noted(Ok(())), EffectResult::Noted(Err(problem()))),
    ]
}

/// What a clinician alone asks.
fn answers_of_clinicians() -> Vec<(EffectResult, EffectResult)> {
    vec![
        (
            EffectResult::Transfer(TransferReply::Offer(Ok(Box::new(transfer_offer())))),
            EffectResult::Transfer(TransferReply::Offer(Err(problem()))),
        ),
        (
            EffectResult::Transfer(TransferReply::Checks(Ok(Box::new(TransferChecks {
                from: IdentityCheck { standing: IdentityStanding::Open, look_alikes: vec![], shared: Shared::Nothing },
                to: IdentityCheck { standing: IdentityStanding::Open, look_alikes: vec![], shared: Shared::Nothing },
            })))),
            EffectResult::Transfer(TransferReply::Checks(Err(problem()))),
        ),
        (
            EffectResult::Transfer(TransferReply::Standing(Ok(IdentityStanding::OneMoreTry))),
            EffectResult::Transfer(TransferReply::Standing(Err(problem()))),
        ),
        (
            EffectResult::Transfer(TransferReply::Moved(Ok(transfer_offer().counts))),
            EffectResult::Transfer(TransferReply::Moved(Err(problem()))),
        ),
        (
            EffectResult::Times(TimesAnswer::Offer(Ok(Box::new(correction_offer())))),
            EffectResult::Times(TimesAnswer::Offer(Err(problem()))),
        ),
        (
            EffectResult::Times(TimesAnswer::Corrected(Ok(TimesMoved { readings: 3 }))),
            EffectResult::Times(TimesAnswer::Corrected(Err(problem()))),
        ),
        (
            EffectResult::Times(TimesAnswer::Undone(Ok(TimesMoved { readings: 3 }))),
            EffectResult::Times(TimesAnswer::Undone(Err(problem()))),
        ),
    ]
    .into_iter()
    .chain(answers_about_endings())
    .collect()
}

fn answers_about_endings() -> impl Iterator<Item = (EffectResult, EffectResult)> {
    let check = IdentityCheck { standing: IdentityStanding::Open, look_alikes: vec![], shared: Shared::Nothing };
    [
        (EndingAnswer::Offer(Ok(Box::new(ending_offer()))), EndingAnswer::Offer(Err(problem()))),
        (EndingAnswer::Check(Ok(Box::new(check))), EndingAnswer::Check(Err(problem()))),
        (EndingAnswer::Standing(Ok(IdentityStanding::OneMoreTry)), EndingAnswer::Standing(Err(problem()))),
        (EndingAnswer::Ended(Ok(ending_offer().counts)), EndingAnswer::Ended(Err(problem()))),
        (EndingAnswer::UndoOffer(Ok(Box::new(ending_undo_offer()))), EndingAnswer::UndoOffer(Err(problem()))),
        (EndingAnswer::Undone(Ok(())), EndingAnswer::Undone(Err(problem()))),
    ]
    .map(|(good, bad)| (EffectResult::Ending(good), EffectResult::Ending(bad)))
    .into_iter()
}

fn new_patient() -> Box<NewPatient> {
    Box::new(NewPatient {
        family: Private::new("Test".into()),
        given: Private::new("Tom".into()),
        born: Private::new(jiff::civil::date(1990, 1, 1)),
        mrn: Private::new("M1".into()),
        gender: Gender::Unknown,
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    })
}

/// An effect, what becomes of its two answers when nobody waits for them, in the same session and after it has ended,
/// and what is told of the second.
type Late = (Effect, [Fate; 2], [Fate; 2], Option<TextKey>);

/// The ticket of what is answered late.
const LATE: Ticket = Ticket(900);

fn asked(session: &Session, task: impl Into<Task>) -> Effect {
    Effect::Ask(LATE, Request::of(session.clone(), task))
}

/// What becomes of a late answer: in the same session, in an ended one, and what is told when it failed.
type Becomes = ([Fate; 2], [Fate; 2], Option<TextKey>);

/// What a person must hear of, whatever the screen shows.
fn kept(told: TextKey) -> Becomes {
    ([TAKEN; 2], [TAKEN; 2], Some(told))
}

/// What is asked for a screen alone is of no use behind it.
const ASKED_ONLY: Becomes = ([NOT_WANTED; 2], [SIGNED_OUT; 2], None);

fn row(effect: Effect, (same, ended, told): Becomes) -> Late {
    (effect, same, ended, told)
}

/// Every effect that is answered, as asked in a session.
fn late(session: &Session) -> Vec<Late> {
    let ticket = LATE;
    let credentials = Credentials { login: Private::new("ida".into()), password: Password::new("x".into()), new: None };
    let (patient, id) = (anna().id, upload(Owner::Nobody).id);
    let key = IdempotencyKey("k".into());
    let cable_key = cable(9, "CABLE-000-9").cable.unwrap();
    let before_a_session = ([NOT_WANTED; 2], [NOT_WANTED; 2], None);
    let others = vec![
        row(Effect::Ask(ticket, Request::SignIn { credentials }), before_a_session),
        row(Effect::Ask(ticket, Request::BeginSignIn), before_a_session),
        row(Effect::Ask(ticket, Request::SignInByCode { code: Box::new(code()) }), before_a_session),
        row(asked(session, PlatformTask::SearchPatients { query: "a".into(), from: None }), ASKED_ONLY),
        row(asked(session, PlatformTask::LoadWithheld), ASKED_ONLY),
        row(asked(session, PlatformTask::FindLookAlikes { new: new_patient() }), ASKED_ONLY),
        row(
            asked(session, Task::AboutNoted { key: key.clone(), what: NotedTask::Note(new_patient()) }),
            kept(key::TOLD_PERSON_NOT_NOTED),
        ),
        row(
            asked(session, Task::AboutNoted { key: key.clone(), what: NotedTask::Ask }),
            ([TAKEN, NOT_WANTED], [TAKEN, SIGNED_OUT], None),
        ),
        row(
            asked(session, Task::AboutNoted { key: key.clone(), what: NotedTask::Create(new_patient()) }),
            kept(key::TOLD_PATIENT_NOT_CREATED),
        ),
        row(asked(session, Task::AboutNoted { key: key.clone(), what: NotedTask::Drop }), kept(key::TOLD_NOT_NOTED)),
        row(
            asked(
                session,
                PlatformTask::LoadDashboard { patient: patient.clone(), period: Period::Days14, until: None },
            ),
            ASKED_ONLY,
        ),
        row(asked(session, PlatformTask::FollowDelivery { upload: id.clone() }), ASKED_ONLY),
        row(
            asked(session, Task::ReadMeter { attachment: AttachmentId(99), driver: None }),
            ([STOPPED; 2], [STOPPED; 2], None),
        ),
        row(
            asked(
                session,
                Task::Export(Box::new(ExportOrder {
                    dashboard: four_weeks(),
                    kind: ReportKind::Csv,
                    site: "Clinic".into(),
                })),
            ),
            kept(key::TOLD_NOT_EXPORTED),
        ),
        row(Effect::Ask(ticket, Request::RecallCable { cable: cable_key.clone() }), ([PULLED; 2], [PULLED; 2], None)),
        row(
            Effect::Ask(ticket, Request::RememberCable { cable: cable_key, model: "sd-codefree".into() }),
            kept(key::TOLD_CABLE_NOT_REMEMBERED),
        ),
        row(
            asked(session, PlatformTask::CreatePatient { new: new_patient(), key: key.clone() }),
            kept(key::TOLD_PATIENT_NOT_CREATED),
        ),
        row(
            asked(session, PlatformTask::CheckAtPlatform { patient: patient.clone(), meter: None, owner: None }),
            ASKED_ONLY,
        ),
        row(asked(session, PlatformTask::EndSignIn), kept(key::TOLD_SIGN_IN_NOT_ENDED)),
    ];
    others.into_iter().chain(late_of_station(session)).collect()
}

/// The clinic's patients from the beginning.
fn all_patients() -> PopulationQuery {
    let (order, filter) = (PopulationOrder::default(), PopulationFilter::default());
    PopulationQuery { order, filter, today: jiff::civil::date(2026, 7, 14), from: None }
}

/// What is said of who uses a meter.
fn use_answer(upload: &UploadId, patient: &PatientId) -> StationTask {
    let about = vec![Oddity::OthersUseIt];
    let answer = UseAnswer { upload: upload.clone(), patient: patient.clone(), who: WhoUses::OnePerson, about };
    StationTask::AnswerUse { answer: Box::new(answer), read_at: crate::clinic::now() }
}

fn late_of_station(session: &Session) -> Vec<Late> {
    let (patient, id) = (anna().id, upload(Owner::Nobody).id);
    let key = IdempotencyKey("k".into());
    vec![
        row(asked(session, StationTask::LoadRecents), ASKED_ONLY),
        row(asked(session, StationTask::LoadWorkList), ASKED_ONLY),
        row(
            asked(session, StationTask::Release { key: key.clone(), reason: "repaired".into() }),
            kept(key::TOLD_NOT_RELEASED),
        ),
        row(asked(session, StationTask::LoadPopulation { query: all_patients() }), ASKED_ONLY),
        row(asked(session, StationTask::LookForChange { patient: patient.clone(), since: ChangeMark(3) }), ASKED_ONLY),
        row(
            asked(
                session,
                StationTask::LoadSources {
                    patient: patient.clone(),
                    reading: Box::new(SoughtReading { reading: four_weeks().readings.remove(0), alike_before: 0 }),
                },
            ),
            ASKED_ONLY,
        ),
        row(
            asked(session, StationTask::LoadUpload { upload: id.clone() }),
            ([TAKEN, NOT_WANTED], [TAKEN, SIGNED_OUT], None),
        ),
        row(
            asked(
                session,
                StationTask::AnswerIntake {
                    upload: id.clone(),
                    read_at: crate::clinic::now(),
                    seen: DecisionBasis::default(),
                    answer: IntakeAnswer::Shared(patient.clone()),
                },
            ),
            kept(key::TOLD_NOT_NOTED),
        ),
        row(asked(session, StationTask::LookAtUse { upload: id.clone(), patient: patient.clone() }), ASKED_ONLY),
        row(asked(session, use_answer(&id, &patient)), kept(key::TOLD_NOT_NOTED)),
        row(
            asked(session, StationTask::Quarantine { download: Arc::new(download(Completeness::Complete)) }),
            kept(key::TOLD_NOT_SAVED),
        ),
        row(
            asked(session, StationTask::BeginIdentityCheck { upload: id.clone(), patient: patient.clone() }),
            ASKED_ONLY,
        ),
        row(
            asked(session, StationTask::NoteMismatch { upload: id.clone(), patient: patient.clone() }),
            kept(key::TOLD_NOT_NOTED),
        ),
        row(
            asked(
                session,
                StationTask::Assign {
                    assignment: Assignment {
                        upload: id,
                        patient: patient.clone(),
                        key,
                        proof: Proof::Owner,
                        seen: DecisionBasis::default(),
                    },
                },
            ),
            kept(key::TOLD_NOT_ASSIGNED),
        ),
        row(
            asked(session, StationTask::Remember { patient: Box::new(crate::clinic::anna()) }),
            kept(key::TOLD_NOT_NOTED),
        ),
        row(asked(session, StationTask::SignOut), kept(key::TOLD_NOT_NOTED)),
        row(
            asked(session, StationTask::Audit { entry: AuditEntry::PatientViewed { patient } }),
            kept(key::TOLD_NOT_NOTED),
        ),
    ]
}

/// Every screen there is, somebody signed in or not.
fn states() -> Vec<(&'static str, Clinic)> {
    let mut other = Clinic::signed_in();
    other.sign_out();
    other.sign_in_as("otto");
    let mut states = cases::all();
    states.push(("another session", other));
    states
}

#[test]
fn every_late_answer_in_every_state_is_taken_or_dropped_as_the_table_says() {
    let mut pairs = 0;
    for (state, clinic) in states() {
        let here = clinic.model.working().map(|working| working.session.clone());
        let nora = Session { id: SessionId(777), user: user() };
        for (session, same) in here.map(|session| (session, true)).into_iter().chain([(nora, false)]) {
            for (effect, in_session, ended, told) in late(&session) {
                let mut model = clinic.model.clone();
                model.under_way.ask(&effect);
                let before = said_of(&model);
                let fates = if same { in_session } else { ended };
                for (good, bad) in answers() {
                    for (answer, fate) in [(good, fates[0]), (bad, fates[1])] {
                        pairs += 1;
                        let fits = fits(&effect, &answer);
                        let failed = is_error(&answer);
                        let (after, effects, became) = take(model.clone(), LATE, answer.clone());
                        let name = || format!("{state}, {same}: {effect:?} answered {answer:?}");
                        assert_eq!(became, if fits { fate } else { NOBODY_ASKED }, "{}", name());
                        let still_open = after.under_way.open().any(|(ticket, _)| ticket == LATE);
                        assert_eq!(still_open, !fits, "{}", name());
                        if became != TAKEN {
                            assert!(effects.is_empty(), "{}", name());
                            assert!(!fits || said_of(&after) == before, "what is dropped changes nothing: {}", name());
                        } else if failed {
                            assert_eq!(after.remark.as_ref().map(Remark::words), told, "{}", name());
                            let why = after.remark.as_ref().and_then(Remark::problem);
                            assert_eq!(why.is_some(), told.is_some(), "{}", name());
                            assert!(why.is_none_or(|why| problems::shown(&after).contains(&why)), "{}", name());
                        }
                    }
                }
            }
        }
    }
    assert!(pairs > 10_000, "{pairs}");
}

fn said_of(model: &glucodock::app::model::Model) -> String {
    let words = glucodock::ui::words::Words::english();
    serde_json::to_string(&glucodock::ui::view::view(model, &words)).unwrap()
}

fn fits(effect: &Effect, answer: &EffectResult) -> bool {
    match effect {
        Effect::Ask(_, Request::For(_, Task::Station(task))) => fits_station(task, answer),
        Effect::Ask(_, Request::For(_, Task::Platform(task))) => fits_platform(task, answer),
        Effect::Ask(_, Request::For(_, Task::AboutEnding(task))) => fits_ending(task, answer),
        Effect::Ask(_, request) => matches!(
            (request, answer),
            (Request::SignIn { .. }, EffectResult::SignedIn(_))
                | (Request::BeginSignIn, EffectResult::SignInBegun(_))
                | (Request::SignInByCode { .. }, EffectResult::CodeAsked(_))
                | (Request::RecallCable { .. }, EffectResult::Recalled(_))
                | (
                    Request::RememberCable { .. }
                        | Request::For(_, Task::AboutNoted { what: NotedTask::TakeAs(_) | NotedTask::Drop, .. }),
                    EffectResult::Noted(_)
                )
                | (Request::For(_, Task::ReadMeter { .. }), EffectResult::Read(_))
                | (Request::For(_, Task::Export(_)), EffectResult::Exported(_))
                | (
                    Request::For(_, Task::AboutTimes(TimesTask::LoadOffer { .. })),
                    EffectResult::Times(TimesAnswer::Offer(_))
                )
                | (
                    Request::For(_, Task::AboutTimes(TimesTask::Correct { .. })),
                    EffectResult::Times(TimesAnswer::Corrected(_))
                )
                | (
                    Request::For(_, Task::AboutTimes(TimesTask::Undo { .. })),
                    EffectResult::Times(TimesAnswer::Undone(_))
                )
                | (Request::For(_, Task::AboutNoted { what: NotedTask::Create(_), .. }), EffectResult::Created(_))
                | (
                    Request::For(_, Task::AboutNoted { what: NotedTask::Note(_) | NotedTask::Ask, .. }),
                    EffectResult::NotedPerson(_)
                )
        ),
        Effect::Do(_) | Effect::Engine(_) => false,
    }
}

fn fits_station(task: &StationTask, answer: &EffectResult) -> bool {
    if let StationTask::Transfer(task) = task {
        return fits_transfer(task, answer);
    }
    matches!(
        (task, answer),
        (StationTask::LoadRecents, EffectResult::Recents(_))
            | (StationTask::LoadWorkList, EffectResult::WorkList(_))
            | (StationTask::Release { .. }, EffectResult::Released(_))
            | (StationTask::Quarantine { .. }, EffectResult::Quarantined(_))
            | (
                StationTask::LoadUpload { .. } | StationTask::AnswerIntake { .. } | StationTask::AnswerUse { .. },
                EffectResult::Upload(_)
            )
            | (StationTask::LookAtUse { .. }, EffectResult::Oddities(_))
            | (StationTask::BeginIdentityCheck { .. }, EffectResult::IdentityCheck(_))
            | (StationTask::NoteMismatch { .. }, EffectResult::Standing(_))
            | (StationTask::Assign { .. }, EffectResult::Assigned(_))
            | (StationTask::LoadSources { .. }, EffectResult::Sources(_))
            | (StationTask::LookForChange { .. }, EffectResult::LookedForChange(_))
            | (StationTask::LoadPopulation { .. }, EffectResult::Population(_))
            | (StationTask::LoadUndoOffer { .. }, EffectResult::UndoOffer(_))
            | (StationTask::Undo { .. }, EffectResult::Undone(_))
            | (StationTask::Remember { .. } | StationTask::SignOut | StationTask::Audit { .. }, EffectResult::Noted(_))
    )
}

const fn fits_platform(task: &PlatformTask, answer: &EffectResult) -> bool {
    matches!(
        (task, answer),
        (PlatformTask::SearchPatients { .. }, EffectResult::Found(_))
            | (PlatformTask::LoadWithheld, EffectResult::Withheld(_))
            | (PlatformTask::FindLookAlikes { .. }, EffectResult::LookAlikes(_))
            | (PlatformTask::CreatePatient { .. }, EffectResult::Created(_))
            | (PlatformTask::CheckAtPlatform { .. }, EffectResult::PlatformCheck(_))
            | (PlatformTask::FollowDelivery { .. }, EffectResult::Followed(_))
            | (PlatformTask::LoadDashboard { .. }, EffectResult::Dashboard(_))
            | (PlatformTask::EndSignIn, EffectResult::Noted(_))
    )
}

fn fits_transfer(task: &TransferTask, answer: &EffectResult) -> bool {
    matches!(
        (task, answer),
        (TransferTask::LoadOffer { .. }, EffectResult::Transfer(TransferReply::Offer(_)))
            | (TransferTask::BeginChecks { .. }, EffectResult::Transfer(TransferReply::Checks(_)))
            | (TransferTask::NoteMismatch { .. }, EffectResult::Transfer(TransferReply::Standing(_)))
            | (TransferTask::Move { .. }, EffectResult::Transfer(TransferReply::Moved(_)))
    )
}

fn fits_ending(task: &EndingTask, answer: &EffectResult) -> bool {
    let EffectResult::Ending(answer) = answer else { return false };
    matches!(
        (task, answer),
        (EndingTask::LoadOffer { .. }, EndingAnswer::Offer(_))
            | (EndingTask::BeginCheck { .. }, EndingAnswer::Check(_))
            | (EndingTask::NoteMismatch { .. }, EndingAnswer::Standing(_))
            | (EndingTask::End { .. }, EndingAnswer::Ended(_))
            | (EndingTask::LoadUndoOffer { .. }, EndingAnswer::UndoOffer(_))
            | (EndingTask::Undo { .. }, EndingAnswer::Undone(_))
    )
}

const fn is_error(answer: &EffectResult) -> bool {
    match answer {
        EffectResult::Ending(answer) => answer.problem().is_some(),
        EffectResult::Transfer(TransferReply::Offer(result)) => result.is_err(),
        EffectResult::Transfer(TransferReply::Checks(result)) => result.is_err(),
        EffectResult::Transfer(TransferReply::Moved(result)) => result.is_err(),
        EffectResult::SignedIn(result) => result.is_err(),
        EffectResult::SignInBegun(result) => result.is_err(),
        EffectResult::CodeAsked(result) => result.is_err(),
        EffectResult::Found(result) => result.is_err(),
        EffectResult::Withheld(result) => result.is_err(),
        EffectResult::Recents(result) => result.is_err(),
        EffectResult::WorkList(result) => result.is_err(),
        EffectResult::Released(result) => result.is_err(),
        EffectResult::LookAlikes(result) => result.is_err(),
        EffectResult::Created(result) => result.is_err(),
        EffectResult::NotedPerson(result) => result.is_err(),
        EffectResult::Read(result) => result.is_err(),
        EffectResult::Recalled(result) => result.is_err(),
        EffectResult::Quarantined(result) | EffectResult::Upload(result) => result.is_err(),
        EffectResult::IdentityCheck(result) => result.is_err(),
        EffectResult::PlatformCheck(result) => result.is_err(),
        EffectResult::Standing(result) | EffectResult::Transfer(TransferReply::Standing(result)) => result.is_err(),
        EffectResult::Assigned(result) => result.is_err(),
        EffectResult::Dashboard(result) => result.is_err(),
        EffectResult::Sources(result) => result.is_err(),
        EffectResult::LookedForChange(result) => result.is_err(),
        EffectResult::Population(result) => result.is_err(),
        EffectResult::Oddities(result) => result.is_err(),
        EffectResult::UndoOffer(result) => result.is_err(),
        EffectResult::Undone(result) => result.is_err(),
        EffectResult::Times(TimesAnswer::Offer(result)) => result.is_err(),
        EffectResult::Times(TimesAnswer::Corrected(result) | TimesAnswer::Undone(result)) => result.is_err(),
        EffectResult::Exported(result) => result.is_err(),
        EffectResult::Followed(result) => result.is_err(),
        EffectResult::Noted(result) => result.is_err(),
    }
}

/// Whether a question about the end of an ownership is asked that is about this.
fn is_ending(effect: &Effect, matter: EndingMatter) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutEnding(task))) if task.matter() == matter)
}

/// Whether a question about a transfer is asked that is called so.
fn is_transfer(effect: &Effect, name: &str) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Transfer(task)))) if task.name() == name)
}

/// A state that waits for an answer: its name, and the way there with everything held.
type Waiting = (&'static str, fn(&mut Clinic));

/// Each question while it is waited for, whoever waits: what is shown after an error differs from
/// what was shown before.
const WAITING: [Waiting; 39] = [
    ("how a delivery goes", |clinic| {
        clinic.is_remote = true;
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::FollowDelivery { .. }))))
        };
        clinic.go_to_confirm_assignment();
        cases::type_identity(clinic, "am");
        clinic.keys([Key::Enter]);
    }),
    ("what the platform has", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CheckAtPlatform { .. }))))
        };
        clinic.go_to_confirm_assignment();
    }),
    ("a code", |clinic| {
        clinic.model.state = AppState::nobody(true);
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::BeginSignIn));
        clinic.keys([Key::Enter]);
    }),
    ("a code that is typed elsewhere", |clinic| {
        clinic.model.state = AppState::SignInByCode(Box::new(CodeSignIn::show(Box::new(code()), crate::clinic::now())));
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::SignInByCode { .. }));
        let next = clinic.model.deadline().unwrap();
        clinic.event_at(Event::Deadline, next);
    }),
    ("sign-in", |clinic| {
        clinic.sign_out();
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::SignIn { .. }));
        clinic.text("ida");
        clinic.keys([Key::Enter]);
        clinic.text("x");
        clinic.keys([Key::Enter]);
    }),
    ("search", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))))
        };
        clinic.text("m");
    }),
    ("search behind the form", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))))
        };
        clinic.text("m");
        clinic.keys([Key::Function(2)]);
    }),
    ("recents", |clinic| {
        if let AppState::Working(working) = &mut clinic.model.state {
            working.recents_asked = Asked::failed(problem());
        }
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadRecents))));
        clinic.keys([Key::Function(5)]);
    }),
    ("waiting meters", |clinic| {
        if let AppState::Working(working) = &mut clinic.model.state {
            working.waiting_asked = Asked::failed(problem());
        }
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadWorkList))));
        clinic.keys([Key::Function(5)]);
    }),
    ("what is sent again", |clinic| {
        clinic.undelivered = vec![readings("a", refused())];
        clinic.event(Event::Delivered { patient: anna().id, is_lost: false, has_stayed: false });
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Release { .. }))));
        clinic.keys([Key::Function(3), Key::Enter]);
        clinic.text("repaired");
        clinic.keys([Key::Enter]);
    }),
    ("look-alikes of a new patient", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::FindLookAlikes { .. }))))
        };
        fill_in(clinic);
    }),
    ("how the person to confirm stands", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::BeginIdentityCheck { .. }))))
        };
        clinic.go_to_confirm_assignment();
    }),
    ("wrong answer", |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::NoteMismatch { .. }))));
        clinic.go_to_confirm_assignment();
        clinic.text("xx");
        clinic.keys([Key::Enter]);
        clinic.text("1999");
        clinic.keys([Key::Enter, Key::Enter]);
    }),
    ("creation", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. }))))
        };
        fill_in(clinic);
        clinic.keys([Key::Right, Key::Enter, Key::Enter, Key::Enter, Key::Enter]);
    }),
    ("read", |clinic| {
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::ReadMeter { .. })));
        clinic.event(Event::MeterArrived(attachment(1)));
    }),
    ("recall", |clinic| {
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::RecallCable { .. }));
        clinic.event(Event::MeterArrived(cable(1, "CABLE-000-1")));
    }),
    ("quarantine", |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Quarantine { .. }))));
        clinic.plug_and_read(Completeness::Complete);
    }),
    ("upload", |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUpload { .. }))));
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
    }),
    ("what was said of the clock", |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::AnswerIntake { .. }))));
        clinic.meter_clock = Some("2026-07-16T17:12:00".parse().unwrap());
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
        clinic.keys([Key::Down, Key::Enter]);
    }),
    ("assignment", |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. }))));
        clinic.go_to_confirm_assignment();
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter, Key::Enter]);
    }),
    ("dashboard", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadDashboard { .. }))))
        };
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Function(4)]);
    }),
    ("where a reading is from", |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Function(4)]);
        let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
        let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
        step.content = Asked::Ready(Box::new(four_weeks()));
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadSources { .. }))));
        clinic.keys([Key::Char('3'), Key::Enter, Key::Enter]);
    }),
    ("the clinic's patients", |clinic| {
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadPopulation { .. }))))
        };
        clinic.keys([Key::Control('p')]);
    }),
    ("what undoing would do", |clinic| {
        cases::at_done(clinic);
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadUndoOffer { .. }))))
        };
        clinic.keys([Key::Char('z')]);
    }),
    ("what a transfer would do", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_transfer(effect, "load_transfer_offer");
        cases::to_the_reason(clinic);
    }),
    ("how two people stand", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_transfer(effect, "begin_transfer_checks");
        cases::to_the_identities(clinic);
    }),
    ("a wrong answer before a transfer", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_transfer(effect, "note_transfer_mismatch");
        cases::to_the_identities(clinic);
        cases::type_person(clinic, "xx", "1961");
    }),
    ("a transfer", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_transfer(effect, "transfer");
        cases::to_the_decision(clinic);
        clinic.keys([Key::Tab, Key::Enter]);
    }),
    ("what an end would leave", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_ending(effect, EndingMatter::Offer);
        cases::to_what_stays(clinic);
    }),
    ("how a patient stands before an end", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_ending(effect, EndingMatter::Check);
        cases::to_the_identity_of_an_end(clinic);
    }),
    ("a wrong answer before an end", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_ending(effect, EndingMatter::Mismatch);
        cases::to_the_identity_of_an_end(clinic);
        cases::type_person(clinic, "xx", "1961");
    }),
    ("an end", |clinic| {
        cases::to_devices(clinic);
        clinic.holds = |effect| is_ending(effect, EndingMatter::End);
        cases::to_the_decision_of_an_end(clinic);
        clinic.keys([Key::Tab, Key::Enter]);
    }),
    ("what undoing an end would do", |clinic| {
        cases::to_an_ended_meter(clinic);
        clinic.holds = |effect| is_ending(effect, EndingMatter::UndoOffer);
        clinic.keys([Key::Char('z')]);
    }),
    ("an end that is undone", |clinic| {
        cases::to_an_ended_meter(clinic);
        clinic.holds = |effect| is_ending(effect, EndingMatter::Undoing);
        clinic.keys([Key::Char('z'), Key::Tab, Key::Enter]);
    }),
    ("what is undone", |clinic| {
        cases::at_done(clinic);
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Undo { .. }))));
        clinic.keys([Key::Char('z'), Key::Tab, Key::Enter]);
    }),
    ("what can be corrected", |clinic| {
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutTimes(TimesTask::LoadOffer { .. }))));
        time_correction::open(clinic);
    }),
    ("what is corrected", |clinic| {
        time_correction::open(clinic);
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutTimes(TimesTask::Correct { .. }))));
        time_correction::confirm(clinic);
    }),
    ("what is corrected no more", |clinic| {
        clinic.correction_offer = Ok(time_correction::corrected_offer());
        time_correction::open(clinic);
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutTimes(TimesTask::Undo { .. }))));
        time_correction::undo(clinic);
    }),
    ("export", |clinic| {
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Function(4)]);
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Export(_))));
        clinic.keys([Key::Char('7'), Key::Down, Key::Enter]);
    }),
];

fn fill_in(clinic: &mut Clinic) {
    clinic.keys([Key::Function(2)]);
    for text in ["Nilsson", "Åsa", "1-Feb-1999", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
}

#[test]
fn every_answer_that_is_waited_for_is_taken_and_every_failure_is_shown() {
    let mut waited_for = Vec::new();
    for (name, go) in WAITING {
        let mut clinic = Clinic::signed_in();
        go(&mut clinic);
        let [effect] = clinic.held.as_slice() else { panic!("{name}: {:?}", clinic.held) };
        let open: Vec<_> = clinic.model.under_way.open().map(|(ticket, question)| (ticket, question.clone())).collect();
        let [.., (ticket, question)] = open.as_slice() else { panic!("{name}: nothing is open") };
        for (good, bad) in answers() {
            for answer in [good, bad] {
                let fits = fits(effect, &answer);
                let (after, _, fate) = take(clinic.model.clone(), *ticket, answer.clone());
                assert_eq!(fate, if fits { TAKEN } else { NOBODY_ASKED }, "{name}: {answer:?}");
                if !fits {
                    assert_eq!(said_of(&after), said(&clinic), "{name}: {answer:?}");
                } else if is_error(&answer)
                    && !["search behind the form", "a code that is typed elsewhere"].contains(&name)
                {
                    assert_ne!(said_of(&after), said(&clinic), "{name}: a failure is shown");
                }
                if fits {
                    let (_, _, again) = take(after, *ticket, answer);
                    assert_eq!(again, NOBODY_ASKED, "{name}: an answer that comes twice");
                }
            }
        }
        waited_for.push(std::mem::discriminant(&question.matter));
    }
    // Whatever can be asked is waited for in one of the states above; notes are waited for by nobody.
    let every = [
        Matter::SignIn,
        Matter::SignInStart,
        Matter::Code,
        Matter::Search,
        Matter::Recents,
        Matter::WorkList,
        Matter::Release,
        Matter::LookAlikes,
        Matter::PlatformCheck,
        Matter::Delivery,
        Matter::Creation,
        Matter::Read,
        Matter::Recall,
        Matter::Quarantine,
        Matter::Upload,
        Matter::Assignment(upload(Owner::Nobody).id),
        Matter::Dashboard,
        Matter::Sources,
        Matter::Population,
        Matter::TransferOffer,
        Matter::TransferChecks,
        Matter::TransferMismatch,
        Matter::Transfer,
        Matter::Ending(EndingMatter::Offer),
        Matter::Export,
    ];
    for asked in every {
        assert!(waited_for.contains(&std::mem::discriminant(&asked)), "{asked:?}");
    }
}

/// What was given up is known not to be answered.
#[test]
fn a_search_that_was_given_up_is_no_longer_waited_for() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("m");
    let Some((ticket, _)) = clinic.model.under_way.open().last() else { panic!("nothing is open") };
    clinic.event(Event::GivenUp(ticket));
    assert_eq!(clinic.model.under_way.open().count(), 0);
    let (_, _, fate) = take(clinic.model, ticket, EffectResult::Found(Err(problem())));
    assert_eq!(fate, NOBODY_ASKED);
}
