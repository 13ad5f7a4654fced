use std::fs;
use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;

use super::super::super::engine_event::mailbox;
use super::super::super::test_surroundings::{TestPlatform, backend, clock, now};
use super::*;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::Actor;
use crate::domain::delivery::{AttemptsBefore, Content};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::platform_check::Ownership;
use crate::domain::record::{PatientRecord, Span};
use crate::domain::text::Private;
use crate::host::log;
use crate::platform::{ClinicalRecord, RemoteError, SignsOfLife};

/// What the platform does with every parcel.
#[derive(Clone)]
enum Fate {
    Comes(Outcome),
    Panics,
    /// After some time, which is longer than any answer is waited for, with signs of life.
    ComesLate,
    /// It is waited for all day.
    Hangs,
    /// It hangs as well, and is not waited for.
    IsSilent,
}

#[async_trait]
impl ClinicalRecord for Fate {
    async fn owner(&self, _: &Actor, _: &MeterIdentity) -> Result<Ownership, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }

    async fn readings(&self, _: &Actor, _: &PatientId, _: Span) -> Result<PatientRecord, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }

    async fn deliver(&self, _: &Parcel, signs: &SignsOfLife) -> Outcome {
        match self {
            Self::Comes(outcome) => outcome.clone(),
            Self::Panics => panic!("a bug with a name in it: Okafor"),
            Self::ComesLate => {
                for _ in 0..100 {
                    signs.give();
                    tokio::task::yield_now().await;
                }
                Outcome::Recorded
            }
            Self::Hangs | Self::IsSilent => std::future::pending().await,
        }
    }

    fn silent_after(&self) -> Duration {
        if matches!(self, Self::Hangs) { Duration::MAX } else { Duration::ZERO }
    }
}

fn parcel() -> Box<Parcel> {
    let meter = MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: None,
        serial: Private::new("00000109Y".into()),
        system_id: None,
        firmware: None,
        driver: "accu-chek-usb".into(),
    };
    Box::new(Parcel {
        key: IdempotencyKey("k1 ownership".to_owned()),
        patient: PatientId("Patient/7f".to_owned()),
        meter,
        read_at: Timestamp::UNIX_EPOCH,
        clock: None,
        decided_by: "Practitioner/1".to_owned(),
        decided_at: Timestamp::UNIX_EPOCH,
        before: AttemptsBefore::None,
        content: Content::Ownership,
    })
}

/// The lane in front of a platform that does this.
fn lane(fate: Fate) -> Courier {
    let mut backend = backend(&Arc::new(TestPlatform::default()));
    backend.platform.record = Arc::new(fate);
    Courier {
        backend,
        now: now(&clock()),
        deadline: Duration::ZERO,
        stop: Notify::new(),
        bell: Arc::default(),
        is_hurried: Arc::default(),
        was_silent: AtomicBool::new(false),
        moved: watch::channel(false).0,
        mailbox: mailbox().0,
    }
}

/// What is logged by this work: the level, the event and its fields, each patient as `patient`.
fn logged(work: impl Future<Output = ()>) -> Vec<String> {
    let state = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    tracing::subscriber::with_default(log::subscriber(state.path()).unwrap(), || runtime.block_on(work));
    lines(state.path())
}

fn lines(state: &Path) -> Vec<String> {
    let files = fs::read_dir(log::folder(state)).unwrap().map(|entry| entry.unwrap().path());
    let written: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    let said = |line: &str| {
        let (before, said) = line.split_once(&format!(" {} ", std::process::id())).unwrap();
        format!("{} {said}", before.split_whitespace().nth(1).unwrap())
    };
    written.lines().map(said).collect()
}

/// Without the hash of the patient.
fn without_whom(line: &str) -> String {
    let words = line.split(' ').filter(|word| !word.starts_with("patient="));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_log_has_what_came_of_every_delivery_and_of_whom_a_hash() {
    let noon = clock_time();
    let came = |outcome| Fate::Comes(outcome);
    let table: [(Fate, &[&str]); 9] = [
        (came(Outcome::Recorded), &["INFO delivered"]),
        (came(Outcome::AlreadyThere), &["INFO delivered"]),
        (
            came(Outcome::LostRace(PatientId("Patient/okafor".to_owned()))),
            &["WARN delivery refused error=\"the meter is somebody else's there\""],
        ),
        (
            came(Outcome::Refused("Chinwe Okafor has died".into())),
            &["WARN delivery refused error=\"the platform does not take it\""],
        ),
        (came(Outcome::put_off(Some(noon), "busy")), &["INFO delivery put off code=E-PLAT-1 error=busy"]),
        (
            came(Outcome::unanswered("no JSON")),
            &["WARN delivery not answered, made again later code=E-PLAT-1 error=\"no JSON\""],
        ),
        // However long it takes, as long as it goes on.
        (Fate::ComesLate, &["INFO delivered"]),
        (
            Fate::IsSilent,
            &["WARN delivery not answered, made again later code=E-PLAT-1 error=\"given up: it went on no longer\""],
        ),
        (Fate::Panics, &["WARN delivery not answered, made again later code=E-PLAT-1 error=\"internal error at "]),
    ];
    for (fate, expected) in table {
        let lane = lane(fate);
        let lines = logged(async { lane.deliver(parcel()).await.unwrap() });
        let said: Vec<String> = lines.iter().map(|line| without_whom(line)).collect();
        assert_eq!(said.len(), expected.len(), "{said:#?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.starts_with(expected), "{said} is not {expected}");
        }
        let all = lines.concat();
        assert!(all.contains(" patient="), "{all}");
        for nobodys in ["kafor", "Patient/7f", "Practitioner", "109Y"] {
            assert!(!all.contains(nobodys), "{nobodys} in {all}");
        }
    }
}

fn clock_time() -> Timestamp {
    (now(&clock()))().timestamp()
}

/// The outbox cannot be read or written: no item can be carried, which the log is told, and whoever is there if the
/// store cannot be written.
#[test]
fn the_log_has_what_the_station_said_when_the_outbox_fails() {
    let lane = lane(Fate::Comes(Outcome::Recorded));
    let lines = logged(async {
        let refusal = StationError::Forbidden(Permission::KeepReadings);
        lane.tell(lane.at_the_station::<()>("next_errand", |_| Err(refusal)).await.unwrap_err());
        lane.tell(lane.at_the_station::<()>("note_delivery", |_| panic!("Okafor")).await.unwrap_err());
        assert_eq!(lane.at_the_station("next_errand", |_| Ok(7)).await, Ok(7));
    });
    let [refused, bug] = lines.as_slice() else { panic!("{lines:#?}") };
    let said = "WARN call failed call=next_errand code=E-PLAT-2 error=\"the role does not allow keeping readings\"";
    assert_eq!(refused, said);
    let place = "WARN call failed call=note_delivery code=E-PLAT-1 error=\"internal error at ";
    assert!(bug.starts_with(place) && !bug.contains("Okafor"), "{bug}");
}

/// A disk that is full when it is to be noted what came of a parcel: whoever is there is told.
#[test]
fn a_full_disk_is_told_to_whoever_is_there() {
    let (mailbox, mut inbox) = mailbox();
    let lane = Courier { mailbox, ..lane(Fate::Comes(Outcome::Recorded)) };
    lane.tell(Problem::new(ProblemCode::StoreLocked, "another program writes"));
    lane.tell(Problem::new(ProblemCode::StoreUnwritable, "the disk is full"));
    let Some(EngineEvent::OutboxNotKept(problem)) = inbox.blocking_next() else { panic!("nobody is told") };
    assert_eq!(problem.code, ProblemCode::StoreUnwritable);
}

/// After a silence the first answer has everything else tried that was not answered; until then, and at every answer
/// without a silence before, nothing is hurried.
#[test]
fn the_first_answer_after_a_silence_hurries_what_was_not_answered() {
    let mut lane = lane(Fate::Comes(Outcome::Recorded));
    let turns = [
        (Outcome::Recorded, false),
        (Outcome::unanswered("silent"), false),
        (Outcome::put_off(None, "busy"), false),
        (Outcome::AlreadyThere, true),
        (Outcome::Recorded, false),
    ];
    for (outcome, is_hurried) in turns {
        lane.backend.platform.record = Arc::new(Fate::Comes(outcome.clone()));
        logged(async { lane.deliver(parcel()).await.unwrap() });
        assert_eq!(lane.is_hurried.swap(false, Ordering::Relaxed), is_hurried, "{outcome:?}");
    }
}

/// Whoever wants to go home is not held up by thousands of readings: what was under way is noted, and sent again.
#[test]
fn a_delivery_that_takes_long_is_left_when_it_is_told_to_stop() {
    let lane = lane(Fate::Hangs);
    lane.stop();
    let lines = logged(async { lane.deliver(parcel()).await.unwrap() });
    let [left] = lines.as_slice() else { panic!("{lines:#?}") };
    let said = "WARN delivery not answered, made again later code=E-PLAT-1 error=\"stopped before all of it was \
                delivered\"";
    assert_eq!(without_whom(left), said);
}
