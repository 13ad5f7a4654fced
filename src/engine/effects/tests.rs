use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use super::super::engine_event::{EngineEvent, Inbox};
use super::super::test_surroundings::{TestPlatform, backend, clock, effects, outside, session};
use super::*;
use crate::app::effect::{PlatformTask, StationTask};
use crate::domain::association::AuditEntry;
use crate::domain::cable::{CableKey, RememberedCable};
use crate::domain::clinic::{Credentials, Password, Session};
use crate::domain::meter::AttachmentId;
use crate::domain::problem::ProblemCode;
use crate::domain::sign_in::SignInStart;
use crate::domain::text::Private;
use crate::host::clock::Clock as _;
use crate::platform::embedded::{self, demo::DemoClinic};
use crate::station::{Call, Gate};

const UNTHROTTLED: ProgressPace = ProgressPace::Every(Duration::ZERO);

fn sign_in(ticket: u64) -> Effect {
    let credentials =
        Credentials { login: Private::new("ada".into()), password: Password::new("x".to_owned()), new: None };
    Effect::Ask(Ticket(ticket), Request::SignIn { credentials })
}

fn read(ticket: u64, readings: u64) -> Effect {
    Effect::Ask(
        Ticket(ticket),
        Request::For(session(), Task::ReadMeter { attachment: AttachmentId(readings), driver: None }),
    )
}

/// The next answer with its ticket, and how many progress reports came before it.
fn answer(inbox: &mut Inbox) -> (u64, Option<EffectResult>, Vec<u32>) {
    let mut progress = Vec::new();
    loop {
        match inbox.blocking_next().unwrap() {
            EngineEvent::Progress { done, .. } => progress.push(done),
            EngineEvent::EffectDone { ticket, answer } => return (ticket.0, answer, progress),
            other @ (EngineEvent::Opened(_) | EngineEvent::NotOpened) => panic!("unexpected: {other:?}"),
            EngineEvent::Bytes(..)
            | EngineEvent::TerminalGone
            | EngineEvent::FrameLeft
            | EngineEvent::Delivered { .. }
            | EngineEvent::OutboxNotKept(_)
            | EngineEvent::Bus(_) => {}
        }
    }
}

/// Effects with the tests' platform behind them.
fn signed_in(platform: &Arc<TestPlatform>) -> (Effects, Inbox) {
    let (effects, _, inbox) = effects(platform, UNTHROTTLED);
    (effects, inbox)
}

fn search(ticket: u64, session: Session, query: &str) -> Effect {
    Effect::Ask(
        Ticket(ticket),
        Request::of(session, PlatformTask::SearchPatients { query: query.to_owned(), from: None }),
    )
}

fn give_up(ticket: u64) -> Effect {
    Effect::Do(Command::GiveUp { ticket: Ticket(ticket) })
}

fn audit(ticket: u64, session: Session) -> Effect {
    Effect::Ask(Ticket(ticket), Request::of(session, StationTask::Audit { entry: AuditEntry::SignedOut }))
}

#[test]
fn everything_is_asked_for_whoever_began_it_whoever_signs_in_meanwhile() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, mut inbox) = signed_in(&platform);
    let mut other = session();
    other.user.login = "otto".into();
    other.user.id = "2".to_owned();
    effects.start(sign_in(1));
    effects.start(audit(2, other.clone()));
    effects.start(audit(3, session()));
    effects.start(search(4, other, "a"));
    for _ in 1..=4 {
        answer(&mut inbox);
    }
    assert_eq!(*platform.calls.lock().unwrap(), ["sign in by nobody", "search by otto"]);
    assert_eq!(platform.trail(), ["2", "1"], "in the order in which it was asked");
}

#[test]
fn a_panic_in_the_platform_or_the_station_is_a_problem_without_its_message_and_work_goes_on() {
    let platform = Arc::new(TestPlatform::default());
    let gate: Gate = Arc::new(|call| if call == Call::WorkList { panic!("Ada") } else { Ok(()) });
    let broken = Backend { station: platform.station.clone().behind(gate), ..backend(&platform) };
    let (mailbox, mut inbox) = super::super::engine_event::mailbox();
    let outside = Outside { backend: BackendSource::Open(broken), ..outside(&platform, &clock(), UNTHROTTLED) };
    let mut effects = Effects::new(outside, mailbox);
    effects.start(search(1, session(), "!"));
    let (1, Some(EffectResult::Found(Err(of_platform))), _) = answer(&mut inbox) else { panic!("no problem") };
    effects.start(Effect::Ask(Ticket(2), Request::of(session(), StationTask::LoadWorkList)));
    let (2, Some(EffectResult::WorkList(Err(of_station))), _) = answer(&mut inbox) else { panic!("no problem") };
    for problem in [of_platform, of_station] {
        assert_eq!(problem.code, ProblemCode::PlatformUnreachable);
        assert!(!problem.detail.as_str().contains("Ada"));
    }
    effects.start(sign_in(3));
    assert!(matches!(answer(&mut inbox), (3, Some(EffectResult::SignedIn(Ok(_))), _)));
    effects.start(Effect::Ask(Ticket(4), Request::of(session(), StationTask::LoadRecents)));
    assert!(matches!(answer(&mut inbox), (4, Some(EffectResult::Recents(Ok(_))), _)));
}

#[test]
fn busy_counts_up_at_the_start_and_down_after_the_handling() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, _, mut inbox) = effects(&platform, UNTHROTTLED);
    effects.start(sign_in(1));
    effects.start(read(2, 5));
    assert_eq!((effects.busy(), effects.reading()), (2, vec![Ticket(2)]));
    for left in [1, 0] {
        let (ticket, ..) = answer(&mut inbox);
        assert_eq!(effects.busy(), left + 1);
        effects.settled(Ticket(ticket));
        assert_eq!(effects.busy(), left);
    }
    assert_eq!(effects.reading(), []);
}

/// What is asked before the platform is open waits for it, and is answered after it was told how the site is shown.
#[test]
fn calls_wait_for_a_platform_that_is_opened_later() {
    let platform = Arc::new(TestPlatform::default());
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let opened = backend(&platform);
    let open: OpenLater = Box::new(move || wait.recv().ok().map(|()| (opened, "TRAINING - Test clinic".into())));
    let (mailbox, mut inbox) = super::super::engine_event::mailbox();
    let outside = Outside { backend: BackendSource::ToOpen(open), ..outside(&platform, &clock(), UNTHROTTLED) };
    let mut effects = Effects::new(outside, mailbox);
    effects.start(sign_in(1));
    assert!(inbox.try_next().is_none() && platform.calls.lock().unwrap().is_empty());
    go.send(()).unwrap();
    assert!(
        matches!(inbox.blocking_next(), Some(EngineEvent::Opened(site)) if site.as_str() == "TRAINING - Test clinic")
    );
    assert!(matches!(answer(&mut inbox), (1, Some(EffectResult::SignedIn(Ok(_))), _)));
}

#[test]
fn a_platform_that_cannot_be_opened_is_told_even_if_opening_has_a_bug() {
    let openings: [OpenLater; 2] = [Box::new(|| None), Box::new(|| panic!("the name of a patient"))];
    for open in openings {
        let (mailbox, mut inbox) = super::super::engine_event::mailbox();
        let platform = Arc::new(TestPlatform::default());
        let outside = Outside { backend: BackendSource::ToOpen(open), ..outside(&platform, &clock(), UNTHROTTLED) };
        let _effects = Effects::new(outside, mailbox);
        assert!(matches!(inbox.blocking_next(), Some(EngineEvent::NotOpened)));
    }
}

#[test]
fn a_read_tells_every_step_and_gives_the_download() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, _, mut inbox) = effects(&platform, UNTHROTTLED);
    effects.start(read(1, 3));
    let (1, Some(EffectResult::Read(Ok(download))), progress) = answer(&mut inbox) else { panic!("no download") };
    assert_eq!(download.announced, Some(3));
    assert_eq!(progress, [0, 1, 2, 3]);
}

#[test]
fn throttled_progress_still_tells_the_last_step() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, _, mut inbox) = effects(&platform, ProgressPace::Every(Duration::from_hours(1)));
    effects.start(read(1, 500));
    let (_, _, progress) = answer(&mut inbox);
    assert_eq!(progress, [0, 500]);
}

#[test]
fn a_meter_that_cannot_be_opened_and_a_driver_with_a_bug_are_problems() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, _, mut inbox) = effects(&platform, UNTHROTTLED);
    for (readings, code) in [(0, ProblemCode::LinkDenied), (13, ProblemCode::LinkFailed)] {
        effects.start(read(readings, readings));
        let (_, Some(EffectResult::Read(Err(problem))), _) = answer(&mut inbox) else { panic!("no problem") };
        assert_eq!(problem.code, code);
    }
}

#[test]
fn a_cancelled_read_answers_with_how_far_it_had_come() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, _, mut inbox) = effects(&platform, ProgressPace::Stepped);
    effects.start(read(1, 1000));
    let hold = loop {
        match inbox.blocking_next().unwrap() {
            EngineEvent::Progress { done: 300, hold: Some(last), .. } => {
                // The reading thread waits at 300 while this is held.
                effects.start(Effect::Do(Command::CancelRead { ticket: Ticket(1) }));
                break last;
            }
            EngineEvent::Progress { done, .. } => assert!(done < 300),
            other @ (EngineEvent::EffectDone { .. }
            | EngineEvent::Bytes(..)
            | EngineEvent::TerminalGone
            | EngineEvent::FrameLeft
            | EngineEvent::Opened(_)
            | EngineEvent::NotOpened
            | EngineEvent::Delivered { .. }
            | EngineEvent::OutboxNotKept(_)
            | EngineEvent::Bus(_)) => panic!("unexpected: {other:?}"),
        }
    };
    drop(hold);
    let (1, Some(EffectResult::Read(Err(problem))), progress) = answer(&mut inbox) else { panic!("no problem") };
    assert_eq!((problem.done, problem.of, progress), (300, Some(1000), vec![]));
}

#[test]
fn what_was_given_up_is_answered_so() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, mut inbox) = signed_in(&platform);
    for ticket in 2..=50 {
        effects.start(search(ticket, session(), "..."));
        effects.start(give_up(ticket));
    }
    effects.start(search(51, session(), "a"));
    let answers: BTreeMap<_, _> = (2..=51).map(|_| answer(&mut inbox)).map(|(ticket, of, _)| (ticket, of)).collect();
    assert_eq!(answers.keys().copied().collect::<Vec<_>>(), (2..=51).collect::<Vec<_>>(), "each once");
    assert!((2..=50).all(|ticket| answers[&ticket].is_none()), "{answers:?}");
    assert!(matches!(answers[&51], Some(EffectResult::Found(_))));
    // What was answered cannot be given up any more.
    effects.settled(Ticket(51));
    effects.start(give_up(51));
    assert!(effects.finish(Duration::from_mins(1)), "nothing is under way");
}

/// A server that does not answer holds up neither what is this computer's nor what else is asked of it.
#[test]
fn a_search_that_hangs_delays_no_other_work() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, mut inbox) = signed_in(&platform);
    effects.start(search(1, session(), "..."));
    effects.start(audit(2, session()));
    assert!(matches!(answer(&mut inbox), (2, Some(EffectResult::Noted(Ok(()))), _)));
    effects.start(sign_in(3));
    assert!(matches!(answer(&mut inbox), (3, Some(EffectResult::SignedIn(Ok(_))), _)));
    effects.start(read(4, 3));
    assert!(matches!(answer(&mut inbox), (4, Some(EffectResult::Read(Ok(_))), _)));
    assert_eq!(effects.busy(), 4, "none of them is handled yet");
    assert!(!effects.finish(Duration::ZERO), "the search is under way still");
    effects.abandon();
    assert!(effects.are_gone(Duration::from_mins(1)));
}

/// The store keeps a sign-in waiting for its turn, as while another terminal has it: whatever else the network thread
/// is asked is answered meanwhile, and what of it needs the store too.
#[test]
fn a_sign_in_that_waits_for_the_store_delays_no_other_question() {
    let clinic = DemoClinic::create(clock().now().timestamp()).unwrap();
    let store = Arc::new(clinic.open().unwrap());
    let behind = Backend { station: Station::new(Arc::clone(&store)), platform: embedded::on(store) };
    let (mailbox, mut inbox) = super::super::engine_event::mailbox();
    let tests = outside(&Arc::new(TestPlatform::default()), &clock(), UNTHROTTLED);
    let mut effects = Effects::new(Outside { backend: BackendSource::Open(behind), ..tests }, mailbox);
    let turn = File::open(clinic.directory().join("glucodock.key")).unwrap();
    rustix::fs::flock(&turn, rustix::fs::FlockOperation::LockExclusive).unwrap();
    effects.start(sign_in(1));
    effects.start(Effect::Ask(Ticket(2), Request::BeginSignIn));
    assert!(matches!(answer(&mut inbox), (2, Some(EffectResult::SignInBegun(Ok(SignInStart::Password))), _)));
    effects.start(search(3, session(), "adeyemi"));
    assert!(matches!(answer(&mut inbox), (3, Some(EffectResult::Found(Ok(_))), _)));
    drop(turn);
    let (1, Some(EffectResult::SignedIn(Err(problem))), _) = answer(&mut inbox) else { panic!("signed in") };
    assert_eq!(problem.code, ProblemCode::SignInRefused, "it had its turn");
}

/// What is remembered, asked for by a second start on the same folder; nothing without a folder.
#[test]
fn a_cable_is_remembered_from_one_start_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    let cable: CableKey = "0403:6001:CABLE-000-1".parse().unwrap();
    let start = |cables: Option<CableFile>| {
        let (mailbox, inbox) = super::super::engine_event::mailbox();
        let platform = Arc::new(TestPlatform::default());
        (Effects::new(Outside { cables, ..outside(&platform, &clock(), UNTHROTTLED) }, mailbox), inbox)
    };
    let recall = || Effect::Ask(Ticket(1), Request::RecallCable { cable: cable.clone() });
    let remember =
        || Effect::Ask(Ticket(2), Request::RememberCable { cable: cable.clone(), model: "onetouch-ultra2".to_owned() });

    let (mut without, mut inbox) = start(None);
    without.start(remember());
    assert!(matches!(answer(&mut inbox), (2, Some(EffectResult::Noted(Ok(()))), _)));
    without.start(recall());
    assert!(matches!(answer(&mut inbox), (1, Some(EffectResult::Recalled(Ok(None))), _)));

    // Told and at once asked again: one after the other.
    let (mut first, mut inbox) = start(Some(file.clone()));
    first.start(remember());
    first.start(recall());
    assert_eq!(first.busy(), 2);
    assert!(matches!(answer(&mut inbox), (2, Some(EffectResult::Noted(Ok(()))), _)));
    let (1, Some(EffectResult::Recalled(Ok(Some(model)))), _) = answer(&mut inbox) else { panic!("nothing recalled") };
    assert_eq!(model, "onetouch-ultra2");
    assert!(first.finish(Duration::from_mins(1)));
    let noon = clock().now().timestamp();
    assert_eq!(file.list().unwrap(), [RememberedCable { key: cable.clone(), model, read_at: noon }]);

    std::fs::write(file.path(), "what is this").unwrap();
    let (mut second, mut inbox) = start(Some(file.clone()));
    second.start(recall());
    let (1, Some(EffectResult::Recalled(Err(problem))), _) = answer(&mut inbox) else { panic!("no problem") };
    assert_eq!(problem.detail.as_str(), "line 1 is not readable");
    second.start(remember());
    assert!(matches!(answer(&mut inbox), (2, Some(EffectResult::Noted(Ok(()))), _)));
    assert_eq!(file.list().unwrap().len(), 1);

    // Killed: what was not begun is not written any more, and the thread is gone.
    let (mut killed, _inbox) = start(Some(file));
    killed.abandon();
    assert!(killed.are_gone(Duration::from_mins(1)));
}

#[test]
fn what_was_asked_for_is_finished_but_nothing_more_after_a_kill() {
    let platform = Arc::new(TestPlatform::default());
    let (mut effects, _inbox) = signed_in(&platform);
    for ticket in 2..=20 {
        effects.start(audit(ticket, session()));
    }
    assert!(effects.finish(Duration::from_mins(1)));
    assert_eq!(platform.trail().len(), 19);

    let (mut effects, mut inbox) = signed_in(&platform);
    effects.start(read(2, 1000));
    effects.abandon();
    assert!(effects.are_gone(Duration::from_mins(1)));
    effects.start(audit(3, session()));
    let refused = loop {
        let (ticket, refused, _) = answer(&mut inbox);
        if ticket == 3 {
            break refused;
        }
    };
    assert!(matches!(refused, Some(EffectResult::Noted(Err(_)))));
}
