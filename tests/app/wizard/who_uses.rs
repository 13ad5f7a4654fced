//! Readings that are odd beside the record of their patient: who uses the meter is asked, no answer is proposed, and
//! what was to be done goes on as soon as it is said.

use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task};
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::domain::association::{Holding, Owner};
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::oddity::{Oddity, WhoUses};
use glucodock::domain::platform_check::{OwnerThere, PlatformCheck};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::key;
use rstest::rstest;

use super::assignments;
use crate::clinic::{Clinic, anna, berta};
use crate::wizard_screens::cases;

fn odd() -> Vec<Oddity> {
    vec![Oddity::MetersDisagree { readings: 3 }]
}

/// Anna's meter is on the desk, and its readings are odd.
fn at_question(owner: &Owner) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.oddities = Ok(odd());
    if *owner == Owner::Nobody {
        clinic.go_to_confirm_assignment();
        cases::type_identity(&mut clinic, "am");
        clinic.keys([Key::Enter]);
    } else {
        clinic.owner = owner.clone();
        clinic.text("mul");
        clinic.keys([Key::Down, Key::Enter]);
        clinic.plug_and_read(Completeness::Complete);
    }
    assert_eq!(clinic.step(), "who_uses");
    clinic
}

/// What is odd is asked for, and has not come yet.
fn while_it_is_looked() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.oddities = Ok(odd());
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LookAtUse { .. }))));
    clinic.go_to_confirm_assignment();
    cases::type_identity(&mut clinic, "am");
    clinic.keys([Key::Enter]);
    clinic
}

/// Of a new meter, and of one whose owner nobody is asked about.
#[rstest]
fn what_was_to_be_assigned_goes_on_once_it_is_said(
    #[values(Owner::Nobody, Owner::Patient(Box::new(anna())))] owner: Owner,
    #[values((1, WhoUses::OnePerson), (2, WhoUses::MorePeople), (3, WhoUses::NotKnown))] chosen: (usize, WhoUses),
) {
    let mut clinic = at_question(&owner);
    let tried = assignments(&clinic);
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("who_uses", 0), "nothing is chosen by itself");
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)));
    let (downs, who) = chosen;
    // The first answer leads back.
    clinic.keys(std::iter::repeat_n(Key::Down, downs + 1));
    clinic.keys([Key::Enter]);
    let [said] = clinic.uses_said.as_slice() else { panic!("{:?}", clinic.uses_said) };
    assert_eq!((said.who, &said.about, &said.patient), (who, &odd(), &anna().id));
    assert_eq!((clinic.step(), assignments(&clinic)), ("done", tried + 1));
}

/// Back, by the key or by the answer: nothing is said, and nothing assigned.
#[rstest]
fn the_way_back_says_nothing(
    #[values(Owner::Nobody, Owner::Patient(Box::new(anna())))] owner: Owner,
    #[values(vec![Key::Escape], vec![Key::Down, Key::Enter])] keys: Vec<Key>,
) {
    let mut clinic = at_question(&owner);
    let tried = assignments(&clinic);
    clinic.keys(keys);
    assert_eq!((clinic.step(), clinic.uses_said.len(), assignments(&clinic)), ("upload", 0, tried));
}

/// Whoever types for a field that is not there answers nothing.
#[test]
fn what_is_typed_answers_nothing() {
    let mut clinic = at_question(&Owner::Nobody);
    clinic.keys([Key::Down, Key::Down]);
    clinic.text("am");
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("who_uses", 0));
}

/// What is odd cannot be looked at: nothing can be answered, and it can be tried again.
#[test]
fn nothing_is_answered_before_it_is_shown_what_is_odd() {
    let mut clinic = while_it_is_looked();
    clinic.keys([Key::Down, Key::Down, Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("who_uses", 0));
    clinic.oddities = Err(Problem::new(ProblemCode::StoreUnreadable, "torn"));
    clinic.release();
    clinic.keys([Key::Down]);
    clinic.holds = |_| false;
    clinic.oddities = Ok(odd());
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.uses_said.len(), 0, "that looked once more");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.uses_said.len(), 0, "what was chosen before it was shown is chosen no more");
}

/// Meanwhile nothing is odd any more: it is looked at anew, and nothing goes on by itself.
#[test]
fn what_is_odd_no_more_is_looked_at_again() {
    let mut clinic = while_it_is_looked();
    clinic.oddities = Ok(vec![]);
    clinic.release();
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("association_pending", 0));
    assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_NOTHING_ODD)));
}

/// The answer is not kept: it stays on the screen, and is given once more; or what was asked about is not there any
/// more.
#[test]
fn an_answer_that_is_not_kept_is_given_again() {
    let mut clinic = at_question(&Owner::Nobody);
    clinic.answered = Err(Problem::new(ProblemCode::StoreUnwritable, "full"));
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("who_uses", 0));
    clinic.answered = Ok(());
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("done", 1));

    let mut clinic = at_question(&Owner::Nobody);
    clinic.answered = Err(Problem::new(ProblemCode::UploadChanged, "read again"));
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "association_pending");
}

/// A care platform that answers late is heard while the question stands: what was confirmed may stand no more.
#[test]
fn what_the_platform_says_meanwhile_is_heard() {
    let after = |there: PlatformCheck| {
        let mut clinic = Clinic::signed_in();
        clinic.oddities = Ok(odd());
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CheckAtPlatform { .. }))))
        };
        clinic.go_to_confirm_assignment();
        cases::type_identity(&mut clinic, "am");
        clinic.keys([Key::Enter]);
        assert_eq!((clinic.step(), clinic.held.len()), ("who_uses", 1));
        clinic.at_platform = Some(Ok(there));
        clinic.holds = |_| false;
        clinic.release();
        clinic
    };
    let owned = PlatformCheck { patient: Some(anna()), owner: Some(OwnerThere::Known(Box::new(berta()))) };
    assert_eq!(after(owned).step(), "other_owner");
    assert_eq!(after(PlatformCheck { patient: None, owner: None }).step(), "select_patient");
    let mut clinic = after(PlatformCheck { patient: Some(anna()), owner: None });
    assert_eq!(clinic.step(), "who_uses");
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("done", 1));
}

/// What somebody else said of the upload while the question stood nobody here has seen: it is assigned as it was shown,
/// which the store refuses if it is not so any more.
#[test]
fn it_is_assigned_as_it_was_shown() {
    let mut clinic = at_question(&Owner::Patient(Box::new(anna())));
    clinic.holders = vec![Holding { patient: Box::new(berta()), readings: 3, repeated: 3 }];
    clinic.keys([Key::Down, Key::Down, Key::Enter]);
    let seen = clinic.asked.iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { assignment }))) => Some(&assignment.seen),
        _ => None,
    });
    let [first, last] = seen.collect::<Vec<_>>()[..] else { panic!("not tried twice") };
    assert_eq!((first, last.held_by.len()), (last, 0));
}

/// It was read again meanwhile: what was confirmed is not what it holds.
#[test]
fn a_meter_that_is_read_again_is_looked_at_again() {
    let mut clinic = at_question(&Owner::Nobody);
    clinic.kept = 0;
    clinic.event(Event::MeterLeft(AttachmentId(1)));
    clinic.plug_and_read(Completeness::Complete);
    assert_eq!((clinic.step(), clinic.uses_said.len()), ("association_pending", 0));
}
