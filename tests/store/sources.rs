//! Where a reading of a record is from: every read of its meter that had it, and nothing of what is not in the record.

use glucodock::domain::glucose::Measured;
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::Beyond;
use glucodock::domain::record::Span;

use super::directory::{assign, known, memory, read};
use super::support::{by, download, record, store};

#[test]
fn a_reading_tells_every_read_that_had_it() {
    let (_directory, store) = store();
    let (ruth, other) = (known(&store, "Patient/7f"), known(&store, "Patient/8a"));
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let again = store.quarantine(by(50), &download("000-1", memory(4))).unwrap();

    let readings = record(&store, &ruth);
    assert_eq!(readings.len(), 3);
    for reading in &readings {
        let sources = store.sources_of(&ruth, reading).unwrap();
        let told: Vec<_> =
            sources.iter().map(|source| (source.read_at, source.serial_end.expose().as_str(), source.place)).collect();
        let end = "00-1";
        assert_eq!(told, [(upload.read_at, end, reading.index), (again.read_at, end, reading.index)]);
        assert_eq!(store.sources_of(&other, reading).unwrap(), [], "it is not in their record");
        let unknown = PatientId("Patient/unknown".into());
        assert_eq!(store.sources_of(&unknown, reading).unwrap(), [], "nothing was read for them here");
    }
    let [waiting] = memory(4).split_off(3).try_into().unwrap();
    assert_eq!(store.sources_of(&ruth, &waiting).unwrap(), [], "it is in no record yet");
}

/// By that meter's limits it is counted.
#[test]
fn a_result_beyond_its_meter_tells_which_meter_sent_it_first() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let mut readings = memory(3);
    readings[0].measured = Measured::Low;
    readings[2].measured = Measured::High;
    let (low, high) = (readings[0].time.unwrap(), readings[2].time.unwrap());
    let sent = download("000-1", readings);
    let upload = store.quarantine(by(50), &sent).unwrap();
    assign(&store, &upload.id, &ruth, "a").unwrap();
    store.quarantine(by(60), &sent).unwrap();

    let beyond = store.record(&ruth, Span::ALL).unwrap().beyond;
    let mut told: Vec<_> = beyond
        .iter()
        .map(|source| (source.time, source.beyond, source.driver.as_str(), source.model.as_str()))
        .collect();
    told.sort_by_key(|(time, ..)| *time);
    let (driver, model) = (sent.meter.driver.as_str(), sent.meter.model.as_str());
    assert_eq!(told, [(low, Beyond::Below, driver, model), (high, Beyond::Above, driver, model)]);
    let before = Span { to: low, ..Span::ALL };
    assert!(store.record(&ruth, before).unwrap().beyond.is_empty(), "of the span alone");
}
