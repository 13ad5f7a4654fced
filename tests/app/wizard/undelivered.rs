//! What is not at the care platform is seen by whoever is there, whenever it happened, and what the platform does not
//! take is sent again for a reason.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::domain::association::{IdempotencyKey, Owner, Upload};
use glucodock::domain::delivery::{ItemKind, WaitsBecause};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::text::Private;
use glucodock::domain::words::key;
use glucodock::domain::work_list::Undelivered;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, anna, identity, now, upload};

/// What the platform said.
const REASON: &str = "the platform does not take 4 of 720 readings: 14-Jul-2026 07:10 (422), 13-Jul-2026 21:55 \
                      (422), 13-Jul-2026 18:02 (422), ...";

pub(crate) fn refused() -> WaitsBecause {
    WaitsBecause::Refused(REASON.into())
}

/// Readings for Anna, as the platform knows her, that wait for this reason.
pub(crate) fn readings(name: &str, because: WaitsBecause) -> Undelivered {
    Undelivered {
        key: IdempotencyKey(format!("{name} readings")),
        kind: ItemKind::Readings,
        patient: Box::new(Patient { id: PatientId("Patient/1".into()), ..anna() }),
        meter: identity("92500000042"),
        readings: 720,
        since: now(),
        because,
        in_record_of: None,
    }
}

/// Somebody is signed in, and this is not at the care platform.
pub(crate) fn with(undelivered: Vec<Undelivered>) -> Clinic {
    let mut clinic = Clinic::new();
    (clinic.is_remote, clinic.undelivered) = (true, undelivered);
    clinic.sign_in();
    clinic
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

fn is_release(effect: &Effect) -> bool {
    matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Release { .. }))))
}

/// Whoever signs in hours later sees it at once: at the search, in the panel and in the list of what is left.
#[test]
fn what_was_refused_is_seen_by_whoever_comes_next() {
    let clinic = with(vec![readings("a", refused()), readings("b", WaitsBecause::Unanswered("silent".into()))]);
    assert!(
        said(&clinic).contains("does not take something that was assigned here. F3 shows it."),
        "{}",
        said(&clinic)
    );
    assert!(said(&clinic).contains("1 not taken, 1 to be delivered"), "{}", said(&clinic));
    let mut clinic = clinic;
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.step(), "waiting_meters");
    assert!(said(&clinic).contains("not taken") && said(&clinic).contains("to be delivered"), "{}", said(&clinic));
    // What waits needs nobody, and can be looked at.
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "undelivered");
    assert!(said(&clinic).contains("does not answer"), "{}", said(&clinic));
    clinic.text("x");
    clinic.keys([Key::Enter, Key::Escape]);
    assert_eq!(clinic.step(), "waiting_meters");
    assert!(!clinic.asked.iter().any(is_release));
    // Without anything left nothing is said of it.
    let clinic = with(vec![]);
    for word in ["not taken", "to be delivered", "Care platform"] {
        assert!(!said(&clinic).contains(word), "{word} in {}", said(&clinic));
    }
}

/// A lost race of yesterday is told in the panel, too, as long as the meter waits.
#[test]
fn what_was_taken_back_is_told_as_long_as_it_waits() {
    let mut clinic = Clinic::new();
    clinic.waiting = vec![Upload { taken_back: Some(TakenBack::LostRace), ..upload(Owner::Nobody) }];
    clinic.sign_in();
    assert!(said(&clinic).contains("1 meter taken back"), "{}", said(&clinic));
}

/// A screen, and the way from there to what is refused.
type Way = (&'static str, fn(&mut Clinic));

/// From the list and from the dashboard it is sent again, for a reason, which goes along.
#[test]
fn what_is_refused_is_sent_again_for_a_reason() {
    let ways: [Way; 2] = [
        ("waiting_meters", |clinic| clinic.keys([Key::Function(3), Key::Enter])),
        ("dashboard", |clinic| {
            clinic.text("mul");
            clinic.keys([Key::Down, Key::Function(4), Key::Control('r')]);
        }),
    ];
    for (from, go) in ways {
        let mut clinic = with(vec![readings("a", refused())]);
        go(&mut clinic);
        assert_eq!(clinic.step(), "undelivered");
        assert!(said(&clinic).contains(REASON), "{}", said(&clinic));
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_SAY_WHY_AGAIN)));
        clinic.text(&"x".repeat(201));
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_TOO_LONG)));
        assert!(!clinic.asked.iter().any(is_release), "without a reason nothing is sent again");
        clinic.keys([Key::Control('u')]);
        clinic.text("the server was repaired");
        clinic.keys([Key::Enter]);
        let sent: Vec<&Effect> = clinic.asked.iter().filter(|effect| is_release(effect)).collect();
        let [Effect::Ask(_, Request::For(_, Task::Station(StationTask::Release { key, reason })))] = sent[..] else {
            panic!("{sent:?}")
        };
        assert_eq!((key.0.as_str(), reason.as_str()), ("a readings", "the server was repaired"));
        assert_eq!((clinic.step(), clinic.model.remark.clone()), (from, Some(Remark::Happened(key::TOLD_RELEASED))));
        assert!(clinic.model.working().unwrap().undelivered.is_empty(), "the list is loaded anew");
    }
}

/// What cannot be noted is said where it was typed, with what was typed; what somebody else released meanwhile is told.
#[test]
fn a_release_that_fails_or_comes_late_is_told() {
    let at_release = |clinic: &mut Clinic| {
        clinic.keys([Key::Function(3), Key::Enter]);
        clinic.text("repaired");
    };
    let mut clinic = with(vec![readings("a", refused())]);
    clinic.noted = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    at_release(&mut clinic);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "undelivered");
    assert!(said(&clinic).contains("E-STORE-2") && said(&clinic).contains("repaired"), "{}", said(&clinic));

    let mut clinic = with(vec![readings("a", refused())]);
    at_release(&mut clinic);
    clinic.undelivered.clear();
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_NOT_REFUSED)));
    assert_eq!(clinic.step(), "undelivered", "how it stands now is there to be seen");
    assert!(!said(&clinic).contains("E-PLAT"), "{}", said(&clinic));
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "waiting_meters");
    // Somebody else sent it again just before, and it waits.
    let mut clinic = with(vec![readings("a", refused())]);
    at_release(&mut clinic);
    clinic.holds = is_release;
    clinic.keys([Key::Enter]);
    clinic.undelivered = vec![readings("a", WaitsBecause::Unanswered("silent".into()))];
    let Some(Effect::Ask(ticket, _)) = clinic.held.pop() else { panic!("nothing is asked") };
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Released(Ok(false)) });
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_NOT_REFUSED)));
    assert_eq!(clinic.step(), "undelivered");
    assert!(!said(&clinic).contains(REASON) && said(&clinic).contains("does not answer"), "{}", said(&clinic));

    // The answer comes when somebody is elsewhere.
    for (answer, told) in [
        (Ok(true), key::TOLD_RELEASED),
        (Err(Problem::new(ProblemCode::StoreUnwritable, "disk full")), key::TOLD_NOT_RELEASED),
    ] {
        let mut clinic = with(vec![readings("a", refused())]);
        clinic.holds = is_release;
        at_release(&mut clinic);
        clinic.keys([Key::Enter, Key::Escape]);
        let Some(Effect::Ask(ticket, _)) = clinic.held.pop() else { panic!("nothing is asked") };
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Released(answer) });
        assert_eq!(clinic.model.remark.as_ref().map(Remark::words), Some(told));
        assert_eq!(clinic.told_wrong().is_some(), told == key::TOLD_NOT_RELEASED, "the details say why");
    }
}

/// While somebody looks at it, it may be delivered: then nothing is sent again.
#[test]
fn what_is_delivered_meanwhile_is_said_to_be_over() {
    let mut clinic = with(vec![readings("a", refused())]);
    clinic.keys([Key::Function(3), Key::Enter]);
    clinic.undelivered = vec![readings("a", WaitsBecause::UnderWay)];
    let delivered = Event::Delivered { patient: PatientId("Patient/1".into()), is_lost: false, has_stayed: false };
    clinic.event(delivered.clone());
    assert!(said(&clinic).contains("goes by itself"), "{}", said(&clinic));
    clinic.undelivered.clear();
    clinic.event(delivered);
    assert!(said(&clinic).contains("does not wait any more"), "{}", said(&clinic));
    clinic.keys([Key::Enter, Key::Escape]);
    assert_eq!(clinic.step(), "waiting_meters");
    assert!(!clinic.asked.iter().any(is_release));
}

/// A server that comes back after a day takes many in a second: the list is asked for once at a time, and once more if
/// something came meanwhile.
#[test]
fn the_list_is_asked_for_once_at_a_time() {
    let is_list =
        |effect: &Effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadWorkList))));
    let mut clinic = with(vec![readings("a", WaitsBecause::Unanswered("silent".into()))]);
    let from = clinic.asked.len();
    clinic.holds = is_list;
    for _ in 0..100 {
        clinic.event(Event::Delivered { patient: PatientId("Patient/1".into()), is_lost: false, has_stayed: false });
    }
    assert_eq!(clinic.held.len(), 1);
    clinic.holds = |_| false;
    clinic.undelivered.clear();
    clinic.release();
    let asked = clinic.asked[from..].iter().filter(|effect| is_list(effect)).count();
    assert_eq!((asked, clinic.model.working().unwrap().undelivered.len()), (2, 0));
}

/// Whoever leaves is told what goes on without them only when the program, or `sync`, runs again.
#[test]
fn whoever_leaves_is_told_what_is_not_delivered() {
    let question = |undelivered| {
        let mut clinic = with(undelivered);
        clinic.keys([Key::Control('c')]);
        serde_json::to_string(&view(&clinic.model, &Words::english()).overlay).unwrap()
    };
    let waits = |key| readings(key, WaitsBecause::Unanswered("silent".into()));
    assert!(question(vec![waits("a"), waits("b")]).contains("2 deliveries wait for the care platform: they go when"));
    assert!(question(vec![waits("a")]).contains("One delivery waits for the care platform: it goes when"));
    assert!(!question(vec![]).contains("deliver"));
}

/// The dashboard of Anna, while this is not at the care platform.
fn dashboard(undelivered: Vec<Undelivered>) -> Clinic {
    let mut clinic = with(undelivered);
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    clinic
}

/// The dashboard of a person says what of their readings is not in the record; nobody else's does.
#[test]
fn a_dashboard_says_what_is_not_in_the_record() {
    let clinic = dashboard(vec![readings("a", refused()), readings("b", WaitsBecause::PutOff("busy".into()))]);
    assert!(said(&clinic).contains("Of 720 readings of Accu-Chek Guide ..0042 not all are in"), "{}", said(&clinic));
    assert!(said(&clinic).contains("4 of 720 readings: 14-Jul-2026 07:10"), "{}", said(&clinic));
    assert!(said(&clinic).contains("Ctrl-R shows it"), "{}", said(&clinic));
    let clinic = dashboard(vec![readings("b", WaitsBecause::PutOff("busy".into()))]);
    assert!(said(&clinic).contains("720 readings wait for the care platform"), "{}", said(&clinic));
    let somebody = Patient { id: PatientId("Patient/3".into()), ..anna() };
    let mut clinic = dashboard(vec![Undelivered { patient: Box::new(somebody), ..readings("a", refused()) }]);
    assert!(!said(&clinic).contains("not all are in"), "{}", said(&clinic));
    clinic.keys([Key::Control('r')]);
    assert_eq!((clinic.step(), clinic.model.remark.clone()), ("dashboard", Some(Remark::NoSuchKey)));
}

/// What the platform has in another person's record since a merger was taken back.
fn misplaced() -> Undelivered {
    let other = Patient { id: PatientId("Patient/2".into()), family: Private::new("Okafor".into()), ..anna() };
    Undelivered { in_record_of: Some(Box::new(other)), ..readings("a", WaitsBecause::Misplaced) }
}

#[test]
fn what_is_in_another_persons_record_is_seen_with_whose_it_is_and_released_for_a_reason() {
    let mut clinic = with(vec![misplaced(), readings("b", WaitsBecause::BehindMisplaced)]);
    for words in ["in another patient's record at the care platform. F3 shows it.", "1 to be put right"] {
        assert!(said(&clinic).contains(words), "{words} in {}", said(&clinic));
    }
    clinic.keys([Key::Function(3)]);
    assert!(said(&clinic).contains("wrong record"), "{}", said(&clinic));
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert!(said(&clinic).contains("goes by itself once somebody has seen to that"), "{}", said(&clinic));
    clinic.keys([Key::Escape, Key::Up, Key::Enter]);
    for words in ["OKAFOR", "In the record of", "it is not sent again"] {
        assert!(said(&clinic).contains(words), "{words} in {}", said(&clinic));
    }
    clinic.text("moved");
    clinic.keys([Key::Enter]);
    assert!(clinic.asked.iter().any(is_release));
}

/// Nobody knows whether it arrived there: that is what is said, and it is sent after somebody has looked.
#[test]
fn what_may_be_in_another_persons_record_is_told_as_such() {
    let perhaps = Undelivered { because: WaitsBecause::PerhapsMisplaced, ..misplaced() };
    let mut clinic = with(vec![perhaps]);
    assert!(said(&clinic).contains("is, or may be, in another patient's record"), "{}", said(&clinic));
    clinic.keys([Key::Function(3)]);
    assert!(said(&clinic).contains("wrong record?"), "{}", said(&clinic));
    clinic.keys([Key::Down, Key::Enter]);
    for words in ["OKAFOR", "Perhaps in that of", "no answer came", "to send what is not there"] {
        assert!(said(&clinic).contains(words), "{words} in {}", said(&clinic));
    }
    clinic.text("nothing was there");
    clinic.keys([Key::Enter]);
    assert!(clinic.asked.iter().any(is_release));
}

/// What came of deliveries cannot be kept, because the disk is full: whoever is there hears it.
#[test]
fn that_the_outbox_cannot_be_written_is_told() {
    let mut clinic = with(vec![]);
    clinic.event(Event::OutboxNotKept(Problem::new(ProblemCode::StoreUnwritable, "the disk is full")));
    assert!(said(&clinic).contains("cannot be noted on this computer. Nothing is lost"), "{}", said(&clinic));
}

/// On the dashboard of whose the readings are, and of in whose record they are.
#[test]
fn both_dashboards_say_what_is_in_the_wrong_record() {
    let clinic = dashboard(vec![misplaced()]);
    assert!(
        said(&clinic).contains("720 readings of this patient are, or may be, in another patient's"),
        "{}",
        said(&clinic)
    );
    let swapped = |item: Undelivered| Undelivered {
        in_record_of: Some(item.patient),
        patient: item.in_record_of.unwrap(),
        ..item
    };
    let mut clinic = dashboard(vec![swapped(misplaced())]);
    assert!(
        said(&clinic).contains("720 readings of another patient are, or may be, in this record"),
        "{}",
        said(&clinic)
    );
    clinic.keys([Key::Control('r')]);
    assert_eq!(clinic.step(), "undelivered");
}

/// A correction that waits is told on the dashboard; of one that arrived, and is misplaced since a merger was taken
/// back, nobody says that the platform does not have it.
#[test]
fn corrected_times_that_are_not_there_are_told() {
    let correction = |item: Undelivered| Undelivered { kind: ItemKind::Correction, ..item };
    let words = "does not have 720 corrected times yet";
    let clinic = dashboard(vec![correction(readings("a", refused()))]);
    assert!(said(&clinic).contains(words), "{}", said(&clinic));
    let clinic = dashboard(vec![correction(misplaced())]);
    assert!(!said(&clinic).contains(words), "{}", said(&clinic));
}
