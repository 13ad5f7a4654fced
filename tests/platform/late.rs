//! What of an assignment that was undone arrives late: a request that nobody waits for any more, at a server that keeps
//! versions and at one that does not, whatever the clock here says, and into whichever record it was sent.

use glucodock::domain::delivery::{DeliveryState, Outcome};
use jiff::SignedDuration;
use serde_json::json;

use super::fhir_server::Fault;
use super::http_server::Asked;
use super::made_up::download;
use super::merged::{append, fetched, merge, take_apart};
use super::place::{Place, Terminal, letters, nora};
use super::proxy::{Mishap, Proxy};
use super::records::{in_numbers, readings, record, somebody, visit};
use super::undone::{
    all, assigned, carry_after, carry_once, count, elsewhere, is_reading, observations, small, undo, undone_on_the_way,
};

/// Given to somebody else after a first undoing, in a request that is still on its way when that is undone too: the
/// undoing moves the version on, so that it is not done, and it is waited for all the same.
#[test]
fn a_move_that_arrives_after_its_undoing_is_not_done() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    terminal.assign(&upload, &other, &letters()).unwrap();
    carry_once(&terminal).unwrap();
    // The creates come through, and find all of it there. What moves it is on its way.
    (small(&served).passes, small(&served).faults) = (1, vec![Fault::IsLate]);
    let outcome = carry_after(&terminal, 1).unwrap().1;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert!(small(&served).late[0].body.contains("\"PUT\""));
    undo(&terminal.backend.station, &upload);
    let (key, outcome) = carry_after(&terminal, 100).unwrap();
    assert!(key.0.ends_with(" withdrawal") && matches!(outcome, Outcome::Later(Some(_), _)), "{outcome:?}");
    small(&served).arrive();
    assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&other.id), (0, false), "its version is there no more");
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&other.id), (0, false));
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), 17);
    // It can be given to whose it is all the same.
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    terminal.carry();
    assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&ruth.id), (17, true));
}

/// However long it is since it was undone: what is not found at the first look is looked for once more.
#[test]
fn the_wait_for_what_may_arrive_begins_with_the_first_look() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::whose_time_passes(&served, SignedDuration::from_mins(10));
    let ruth = somebody(&terminal);
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    undo(&terminal.backend.station, &upload);
    let late = {
        let mut small = small(&served);
        let place = small.resources.iter().position(|own| own["status"] == "final" && is_reading(own)).unwrap();
        small.resources.remove(place)
    };
    let (_, outcome) = carry_once(&terminal).unwrap();
    assert!(matches!(outcome, Outcome::Later(Some(_), _)), "{outcome:?}");
    served.small.as_ref().unwrap().put(late);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), 17);
}

/// One answer is another one's, and says that nothing is there: that is not taken for nothing being left. What this
/// computer is called there is not taken for unknown either, or all would be other stations' and stay.
#[test]
fn one_wrong_answer_leaves_nothing_behind() {
    for wrong in 0..14 {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let ruth = somebody(&terminal);
        let serial = letters();
        let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
        undo(&terminal.backend.station, &upload);
        // Looked at before, in vain, and long ago.
        small(&served).refuses = vec!["everything"];
        carry_once(&terminal).unwrap();
        small(&served).refuses.clear();
        let mut searches = 0;
        let proxy = Proxy::before(&served.base, move |asked| {
            let is_meant = asked.target.ends_with("_search") && searches == wrong;
            searches += usize::from(asked.target.ends_with("_search"));
            if is_meant { Mishap::FindsNothing } else { Mishap::None }
        });
        served.write_settings(terminal.folder(), Some(&proxy), 30);
        let through = Terminal::of(terminal.folder());
        carry_after(&through, 2);
        through.carry();
        assert_eq!(through.store().undelivered().unwrap(), [], "{wrong}");
        assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&ruth.id), (0, false), "{wrong}");
        assert_eq!(count(&observations(&served), "/status", "final"), 0, "{wrong}");
    }
}

/// A clock that is set forward makes the wait no shorter, as long as the program runs.
#[test]
fn a_clock_that_is_set_makes_the_wait_no_shorter() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::whose_clock_is_set(&served);
    let ruth = somebody(&terminal);
    let upload = assigned(&terminal, &letters(), &readings(0, 20), &ruth);
    undo(&terminal.backend.station, &upload);
    small(&served).resources.retain(|own| own["status"] != "final" || !is_reading(own));
    // Each look is a year later by the clock by which it is due.
    for year in 0..3 {
        let (_, outcome) = carry_after(&terminal, 9_000 * year).unwrap();
        assert!(matches!(outcome, Outcome::Later(Some(_), _)), "{outcome:?}");
    }
    // Of a program that begins anew nobody knows how long the one before it ran.
    let anew = Terminal::of(terminal.folder());
    assert_eq!(carry_after(&anew, 27_000).unwrap().1, Outcome::AlreadyThere);
    assert_eq!(anew.store().undelivered().unwrap(), []);
}

/// A server that keeps no versions does what arrives late as if it were new: nothing that is decided later is sent
/// before that can arrive no more.
#[test]
fn where_no_versions_are_kept_what_follows_waits_until_nothing_can_arrive() {
    let served = Place::Small.serve().unwrap();
    small(&served).refuses = vec!["versions"];
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    undo(&terminal.backend.station, &upload);
    terminal.assign(&upload, &other, &letters()).unwrap();
    // The second write of it: first it is said who undid it.
    (small(&served).passes, small(&served).faults) = (1, vec![Fault::IsLate]);
    assert!(matches!(carry_once(&terminal).unwrap().1, Outcome::Unknown(_)));
    let (first, outcome) = carry_after(&terminal, 1).unwrap();
    assert!(matches!(outcome, Outcome::Later(Some(_), _)), "{outcome:?}");
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), 17);
    small(&served).arrive();
    let (second, outcome) = carry_after(&terminal, 2).unwrap();
    assert_eq!((second, outcome), (first, Outcome::AlreadyThere));
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let there = elsewhere(Some(&served), &terminal, &serial);
    assert_eq!((there(&ruth.id), there(&other.id)), ((0, false), (17, true)));
}

/// Undone at one program while another one moves readings one by one: those that follow are not moved.
#[test]
fn what_is_undone_while_readings_are_moved_is_not_moved_to_the_end() {
    let is_move = |asked: &Asked| asked.method == "PUT" && asked.body.contains("\"final\"");
    let (undoing, served) = undone_on_the_way(is_move, &["transaction", "batch"]);
    let terminal = Terminal::new(Some(&served), None);
    let other_program = Terminal::of(terminal.folder());
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 200), &ruth);
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    terminal.assign(&upload, &other, &letters()).unwrap();
    *undoing.lock().unwrap() = Some((other_program.backend.station.clone(), upload, 3));
    carry_once(&terminal).unwrap();
    let (key, outcome) = carry_once(&terminal).unwrap();
    assert!(key.0.ends_with(" readings") && matches!(outcome, Outcome::Later(None, _)), "{key:?} {outcome:?}");
    assert_eq!(count(&observations(&served), "/status", "final"), 3);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(count(&observations(&served), "/status", "final"), 0);
}

/// Sent one by one to a slow server, too: after each it is looked whether that is to go on.
#[test]
fn what_is_undone_while_readings_are_created_one_by_one_is_not_sent_to_the_end() {
    let is_create = |asked: &Asked| asked.target == "/Observation" && asked.body.contains("\"final\"");
    let (undoing, served) = undone_on_the_way(is_create, &["transaction", "batch", "condition"]);
    let terminal = Terminal::new(Some(&served), None);
    let other_program = Terminal::of(terminal.folder());
    let ruth = somebody(&terminal);
    visit(&terminal, &letters(), &readings(0, 20), &ruth);
    let before = observations(&served).len();
    let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), readings(0, 40))).unwrap().id;
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    *undoing.lock().unwrap() = Some((other_program.backend.station.clone(), upload, 5));
    carry_once(&terminal).unwrap();
    let (key, outcome) = carry_once(&terminal).unwrap();
    assert!(key.0.ends_with(" readings") && matches!(outcome, Outcome::Later(None, _)), "{key:?} {outcome:?}");
    let sent = observations(&served).len() - before;
    assert!((4..=5).contains(&sent), "{sent}");
}

/// Sent into the record with which hers was one then: it is withdrawn there, whatever became of the two since.
#[test]
fn what_went_into_another_record_is_withdrawn_there() {
    for is_apart in [true, false] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let (pia, mia) = (somebody(&terminal), somebody(&terminal));
        let serial = letters();
        visit(&terminal, &serial, &readings(0, 20), &pia);
        merge(&served, &pia, &mia);
        assert_eq!(fetched(&terminal, &pia).id, mia.id);
        append(&terminal, &serial, &readings(20, 20), &mia);
        terminal.carry();
        assert_eq!(count(&observations(&served), "/subject/reference", &mia.id.0), 17);
        if is_apart {
            // Nobody here has heard of it.
            take_apart(&served, &pia, &mia);
        } else {
            // Whoever has the record now cannot be she.
            served.change(&mia.id.0, |person| person["birthDate"] = json!("1971-01-01"));
        }
        let uploads = terminal.store().record(&mia.id, glucodock::domain::record::Span::ALL).unwrap().uploads;
        let upload = uploads.iter().max_by_key(|upload| upload.upload.0.clone()).unwrap().upload.clone();
        undo(&terminal.backend.station, &upload);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), [], "{is_apart}");
        let left = observations(&served);
        let of_mia: Vec<_> = left.iter().filter(|own| own["subject"]["reference"] == mia.id.0.as_str()).collect();
        assert!(of_mia.len() == 17 && of_mia.iter().all(|own| own["status"] == "entered-in-error"), "{is_apart}");
        assert_eq!(count(&left, "/status", "final"), 17, "those of the first visit");
    }
}

/// A server has a reading twice, of which staff has marked one as wrong: given to her again, it is the other one that
/// comes back.
#[test]
fn of_two_the_one_comes_back_that_was_withdrawn_here() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    let mut copy = observations(&served)[0].clone();
    copy["id"] = json!("0-is-before-all-others");
    copy["status"] = json!("entered-in-error");
    served.small.as_ref().unwrap().put(copy);
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    assert_eq!(count(&observations(&served), "/status", "final"), 0);
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    terminal.carry();
    assert!(all(&served, "Observation").len() >= 18);
    assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&ruth.id).0, 17);
    let unsettled = terminal.store().undelivered().unwrap();
    // That it is there twice is told, as it was before.
    assert!(unsettled.iter().all(|item| matches!(item.state, DeliveryState::Refused(_))), "{unsettled:?}");
    assert_eq!(in_numbers(&record(&Terminal::new(Some(&served), None), &ruth.id)).len(), 17);
}
