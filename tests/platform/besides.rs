//! What a server is told beside the record, where the settings want it: which meters wait, and what was done. It is
//! true whatever was undone, and told once, however often an answer is lost.

use serde_json::{Value, json};

use super::fhir_server::Fault;
use super::made_up::download;
use super::place::{Place, Terminal, letters, nora, wait};
use super::records::{readings, somebody, visit};
use super::undone::{all, carry_once, small, undo};

/// A meter whose assignment was undone waits again, and others see that; given to somebody else it waits no more.
#[test]
fn a_meter_that_waits_again_is_told_as_waiting() {
    let served = Place::Small.serve().unwrap();
    small(&served).metadata = None;
    let terminal = Terminal::with_settings(&served, "pending_task = true\n");
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), readings(0, 20))).unwrap().id;
    let task = || -> Value {
        wait(terminal.backend.platform.record.announce(&terminal.store().pending().unwrap()));
        let [task] = all(&served, "Task").try_into().unwrap();
        task
    };
    assert_eq!(task()["status"], "requested");
    let mut seen = Vec::new();
    for patient in [&ruth, &other, &ruth] {
        terminal.assign(&upload, patient, &letters()).unwrap();
        terminal.carry();
        let done = task();
        assert_eq!((&done["status"], &done["for"]["reference"]), (&json!("completed"), &json!(patient.id.0)));
        assert!(done["output"][0]["valueReference"]["reference"].is_string());
        undo(&terminal.backend.station, &upload);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        let again = task();
        assert_eq!(
            (&again["status"], &again["for"], &again["output"]),
            (&json!("requested"), &json!(null), &json!(null))
        );
        assert_eq!(task(), again, "it is told once");
        // A program that begins anew tells nothing twice.
        let anew = Terminal::of(terminal.folder());
        wait(anew.backend.platform.record.announce(&anew.store().pending().unwrap()));
        assert_eq!(all(&served, "Task"), std::slice::from_ref(&again));
        seen.push(again["meta"]["versionId"].to_string());
    }
    assert_eq!(seen, ["\"3\"", "\"5\"", "\"7\""], "each time it was done, and then open again");
}

/// What was done is told once: where an answer was lost on the way, too, and of a withdrawal that is looked at again.
#[test]
fn what_was_done_is_told_once_whichever_answer_is_lost() {
    for faults in 0..3 {
        for passes in 0..10 {
            let served = Place::Small.serve().unwrap();
            small(&served).metadata = None;
            let terminal = Terminal::with_settings(&served, "audit_event = true\n");
            let ruth = somebody(&terminal);
            (small(&served).passes, small(&served).faults) = (passes, vec![Fault::LosesAnswer; faults]);
            visit(&terminal, &letters(), &readings(0, 20), &ruth);
            assert_eq!(terminal.store().undelivered().unwrap(), []);
            let told: Vec<Value> =
                all(&served, "AuditEvent").into_iter().map(|event| event["action"].clone()).collect();
            assert_eq!(told, ["U", "C"], "{faults} answers after {passes} are lost");
        }
    }
}

/// The program ended before it was noted that all was done: it may have been told, and is not told once more.
#[test]
fn what_may_have_been_told_is_not_told_twice() {
    let served = Place::Small.serve().unwrap();
    small(&served).metadata = None;
    let terminal = Terminal::with_settings(&served, "audit_event = true\n");
    let ruth = somebody(&terminal);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), readings(0, 20))).unwrap().id;
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    let glucodock::domain::delivery::Errand::Deliver(parcel) =
        terminal.backend.station.next_errand("2099-01-01T00:00:00Z".parse().unwrap()).unwrap()
    else {
        panic!("nothing is to be delivered")
    };
    wait(terminal.backend.platform.record.deliver(&parcel, &glucodock::platform::SignsOfLife::default()));
    assert_eq!(all(&served, "AuditEvent").len(), 1);
    let (key, _) = carry_once(&terminal).unwrap_or_else(|| super::undone::carry_after(&terminal, 1).unwrap());
    assert_eq!((key, all(&served, "AuditEvent").len()), (parcel.key, 1));
}
