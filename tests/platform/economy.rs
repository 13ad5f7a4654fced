//! How often a server is asked: hardly more than there are bundles to send.

use rstest::rstest;
use serde_json::Value;

use super::fhir_server::Fault;
use super::place::{Place, Served, Terminal, letters};
use super::records::{in_numbers, readings, record, somebody, visit};
use super::undone::small;

/// As many as the largest of the usual meters keep.
const FULL: u32 = 720;

/// In bundles of a hundred.
const BUNDLES: usize = 8;

/// The next visit of a meter: whether the record is still the patient's, whether meter and computer are there, and
/// bundles. At the first visit the server learns of both, and is tried.
#[test]
fn a_full_meter_takes_two_questions_besides_its_bundles() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    let asked = |from: usize| -> Vec<String> {
        let small = served.small.as_ref().unwrap();
        small.server.asked()[from..].iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect()
    };
    let mut all = Vec::new();
    for first in [0, FULL] {
        all = asked(0);
        visit(&terminal, &serial, &readings(first, FULL), &patient);
        assert_eq!(terminal.store().undelivered().unwrap(), []);
    }
    let last = asked(all.len());
    let (questions, bundles) = last.split_at(2);
    assert_eq!(questions, [format!("GET /{}", patient.id.0), "POST /Device/_search".to_owned()]);
    assert!(bundles.iter().all(|asked| asked == "POST /"), "{bundles:?}");
    assert_eq!(bundles.len(), BUNDLES);
    assert_eq!(stamps(&served).len(), 2, "what the clocks showed, at each visit");
}

/// What the clocks showed when a meter was read.
fn stamps(served: &Served) -> Vec<Value> {
    let all = served.small.as_ref().unwrap().all("Observation");
    all.into_iter().filter(|own| own["code"]["coding"][0]["code"] == "67975").collect()
}

/// A server that took time stamps and takes none any more gets the readings all the same.
#[test]
fn a_time_stamp_that_is_refused_holds_no_reading_up() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    for first in [0, 20, 40] {
        visit(&terminal, &serial, &readings(first, 20), &patient);
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        let stamps = stamps(&served);
        assert_eq!(stamps.len(), 1, "that of the first");
        let time = stamps[0]["effectiveDateTime"].as_str().unwrap().to_owned();
        served.small.as_ref().unwrap().shelf.lock().unwrap().poison = Some(time);
    }
    let sent = [0, 20, 40].map(|first| readings(first, 20)).concat();
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), in_numbers(&sent));
}

/// A server that may create what it is asked to create only if it is not there is asked for the time stamp before, as
/// it is for readings: when it goes alone, and when it goes beside them.
#[test]
fn a_time_stamp_is_there_once_where_conditions_are_ignored() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let shelf = || served.small.as_ref().unwrap().shelf.lock().unwrap();
    {
        let mut shelf = shelf();
        shelf.metadata = None;
        shelf.ignores_conditions = true;
        shelf.refuses = vec!["stamp"];
    }
    let patient = somebody(&terminal);
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    assert_eq!(stamps(&served).len(), 0);
    shelf().refuses.clear();
    for (visits, passes) in [(1, 1), (2, 0)] {
        {
            let mut shelf = shelf();
            (shelf.faults, shelf.passes) = (vec![Fault::LosesAnswer], passes);
        }
        visit(&terminal, &serial, &readings(20 * visits, 20), &patient);
        assert!(shelf().faults.is_empty());
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        assert_eq!(stamps(&served).len(), visits as usize);
    }
    let sent = [0, 20, 40].map(|first| readings(first, 20)).concat();
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), in_numbers(&sent));
}

/// A server that is too slow for so many at once: the next attempt is with half as many, until it bears them, and
/// without what it has done by then. Each reading is there once, a program that begins anew knows it, and later more go
/// again.
#[rstest]
#[case::where_it_is_not_done(&["slow"], &[100, 50, 25, 25, 25, 25, 18], 28)]
#[case::where_it_is_done(&[], &[100, 18], 50)]
fn what_is_too_slow_goes_in_smaller_bundles(
    #[case] refuses: &[&'static str],
    #[case] went: &[usize],
    #[case] then: usize,
) {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    let sizes = |from: usize| -> Vec<usize> {
        let asked = served.small.as_ref().unwrap().server.asked();
        let bundles = asked[from..].iter().filter(|asked| asked.method == "POST" && asked.target == "/");
        let sizes = bundles.map(|asked| serde_json::from_str::<Value>(&asked.body).unwrap()["entry"].clone());
        sizes.map(|entries| entries.as_array().unwrap().len()).filter(|size| *size > 4).collect()
    };
    let asked = || served.small.as_ref().unwrap().server.asked().len();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    {
        let mut shelf = small(&served);
        (shelf.slow_beyond, shelf.refuses) = (30, refuses.to_vec());
    }
    let before = asked();
    visit(&terminal, &serial, &readings(100, 120), &patient);
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(sizes(before), went, "117 readings and a time stamp");

    let again = Terminal::of(terminal.folder());
    small(&served).slow_beyond = 0;
    let before = asked();
    visit(&again, &serial, &readings(300, 120), &patient);
    assert_eq!(sizes(before)[..2], [then, then], "{:?}", sizes(before));
    let sent = [readings(0, 20), readings(100, 120), readings(300, 120)].concat();
    assert_eq!(in_numbers(&record(&again, &patient.id)), in_numbers(&sent));
}

/// A server that takes readings one by one only, and fails in the middle: the next attempt neither goes down the ladder
/// again nor sends what came through.
#[test]
fn an_attempt_that_is_broken_off_is_gone_on_with() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    {
        let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
        (shelf.most_at_once, shelf.refuses) = (1, vec!["batch"]);
    }
    let patient = somebody(&terminal);
    {
        let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
        (shelf.faults, shelf.passes) = (vec![Fault::Says(503)], 30);
    }
    let sent = readings(0, 40);
    visit(&terminal, &letters(), &sent, &patient);
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let of_patient = |entry: &&Value| entry["resource"]["code"]["coding"][0]["system"] == "http://loinc.org";
    let of_bundle = |body: &str| -> usize {
        let bundle: Value = serde_json::from_str(body).unwrap();
        bundle["entry"].as_array().unwrap().iter().filter(of_patient).count()
    };
    let asked = served.small.as_ref().unwrap().server.asked();
    let bundles = asked.iter().filter(|asked| asked.method == "POST" && asked.target == "/");
    let (single, several): (Vec<usize>, Vec<usize>) =
        bundles.map(|asked| of_bundle(&asked.body)).filter(|readings| *readings > 0).partition(|count| *count == 1);
    let expected = in_numbers(&sent);
    assert_eq!(several, [expected.len(), 8, 8], "a transaction, a small one and a batch, once");
    assert_eq!(single.len(), expected.len() + 1, "that which failed twice, all others once");
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), expected);
}
