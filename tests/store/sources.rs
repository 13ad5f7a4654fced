//! Where a reading of a record is from: every read of its meter that had it, and nothing of what is not in the record.

use glucodock::domain::download::Download;
use glucodock::domain::glucose::Measured;
use glucodock::domain::meter::{MeterIdentity, ReadWay};
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::{Beyond, Reading};
use glucodock::domain::reading_source::SoughtReading;
use glucodock::domain::record::Span;

use super::directory::{assign, known, memory, read};
use super::support::{by, download, record, store};

fn sought(reading: &Reading, alike_before: usize) -> SoughtReading {
    SoughtReading { reading: reading.clone(), alike_before }
}

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
        let sources = store.sources_of(&ruth, &sought(reading, 0)).unwrap();
        let told: Vec<_> =
            sources.iter().map(|source| (source.read_at, source.serial_end.expose().as_str(), source.place)).collect();
        let end = "00-1";
        assert_eq!(told, [(upload.read_at, end, reading.index), (again.read_at, end, reading.index)]);
        assert_eq!(store.sources_of(&other, &sought(reading, 0)).unwrap(), [], "it is not in their record");
        let unknown = PatientId("Patient/unknown".into());
        assert_eq!(store.sources_of(&unknown, &sought(reading, 0)).unwrap(), [], "nothing was read for them here");
    }
    let [waiting] = memory(4).split_off(3).try_into().unwrap();
    assert_eq!(store.sources_of(&ruth, &sought(&waiting, 0)).unwrap(), [], "it is in no record yet");
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

/// What the same memory told, of another meter.
fn of_model(serial: &str, model: &str, readings: Vec<Reading>) -> Download {
    let plain = download(serial, readings);
    Download { meter: MeterIdentity { model: model.into(), ..plain.meter.clone() }, ..plain }
}

/// Which meter a reading is from decides about its limits and about whom it is traced to: two meters of one person may
/// have the same result at the same minute, and at the same place of their memories.
#[test]
fn equal_results_of_two_meters_tell_each_its_own_meter() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let mut readings = memory(2);
    readings[0].measured = Measured::Low;
    for (serial, model, second) in [("000-1", "Accu-Chek Guide", 50), ("000-2", "Accu-Chek Instant", 60)] {
        let upload = store.quarantine(by(second), &of_model(serial, model, readings.clone())).unwrap();
        assign(&store, &upload.id, &ruth, serial).unwrap();
    }

    let record = store.record(&ruth, Span::ALL).unwrap();
    assert_eq!(record.readings.len(), 4);
    let ends: Vec<Vec<String>> = record
        .readings
        .iter()
        .enumerate()
        .map(|(place, reading)| {
            let alike = record.readings[..place].iter().filter(|other| other.was_sent_alike(reading)).count();
            let sources = store.sources_of(&ruth, &sought(reading, alike)).unwrap();
            sources.iter().map(|source| source.serial_end.expose().to_string()).collect()
        })
        .collect();
    assert_eq!(ends, [["00-2"], ["00-1"], ["00-2"], ["00-1"]], "one each, the later assigned first");
    assert_eq!(store.sources_of(&ruth, &sought(&record.readings[0], 2)).unwrap(), [], "there is no third");

    let models: Vec<&str> = record.beyond.iter().map(|source| source.model.as_str()).collect();
    assert_eq!(models, ["Accu-Chek Instant", "Accu-Chek Guide"], "in the order of the readings");
    assert!(record.beyond.iter().all(|source| source.index == readings[0].index));
}

/// What stands there of them tells them apart where it differs, whatever their order.
#[test]
fn what_the_meters_sent_tells_their_equal_results_apart() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let first = memory(1);
    let mut second = memory(1);
    second[0].raw = [("sfloat".to_owned(), "0".to_owned())].into();
    for (serial, readings, at) in [("000-1", &first, 50), ("000-2", &second, 60)] {
        let upload = store.quarantine(by(at), &download(serial, readings.clone())).unwrap();
        assign(&store, &upload.id, &ruth, serial).unwrap();
    }
    for (reading, end) in [(&first[0], "00-1"), (&second[0], "00-2")] {
        let sources = store.sources_of(&ruth, &sought(reading, 0)).unwrap();
        let ends: Vec<&str> = sources.iter().map(|source| source.serial_end.expose().as_str()).collect();
        assert_eq!(ends, [end]);
        assert_eq!(store.sources_of(&ruth, &sought(reading, 1)).unwrap(), []);
    }
}

/// A report file is no cable: whoever looks for a meter that was read has to know that there may have been none here.
#[test]
fn an_upload_tells_whether_a_meter_was_asked_or_its_files_were_read() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    for (serial, driver, second) in [("000-1", "accu-chek-usb", 50), ("000-2", "accu-chek-reports", 60)] {
        let plain = download(serial, memory(1));
        let meter = MeterIdentity { driver: driver.into(), ..plain.meter.clone() };
        let upload = store.quarantine(by(second), &Download { meter, ..plain }).unwrap();
        assign(&store, &upload.id, &ruth, serial).unwrap();
    }
    let uploads = store.record(&ruth, Span::ALL).unwrap().uploads;
    let told: Vec<(&str, ReadWay)> =
        uploads.iter().map(|upload| (upload.serial_end.expose().as_str(), upload.way)).collect();
    assert_eq!(told, [("00-2", ReadWay::File), ("00-1", ReadWay::Cable)]);
}
