//! The clinic's patients as a list: what orders it follows from the records, whatever became of them.

use glucodock::domain::association::UploadId;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::patient::{PageCursor, Patient, PatientId, Status};
use glucodock::domain::population::{PopulationFilter, PopulationOrder, PopulationPage, PopulationQuery};
use glucodock::domain::reading::{Doubt, Kind, Reading};
use glucodock::domain::statistics::Range;
use glucodock::store::{RegisteredPatient, Store};
use jiff::civil::date;

use super::support::{assignment, blood, by, create, database, download, person, record, store, used_by_one};

fn listed(store: &Store, order: PopulationOrder, filter: PopulationFilter) -> PopulationPage {
    page(store, order, filter, None)
}

fn page(store: &Store, order: PopulationOrder, filter: PopulationFilter, from: Option<PageCursor>) -> PopulationPage {
    let query = PopulationQuery { order, filter, today: date(2026, 9, 22), from };
    store.population(by(1_000), &query).unwrap()
}

fn names(page: &PopulationPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.patient.family.expose().as_str()).collect()
}

fn give(store: &Store, patient: &Patient, serial: &str, second: i64, readings: Vec<Reading>) -> UploadId {
    let upload = store.quarantine(by(second), &download(serial, readings)).unwrap();
    if !store.oddities(&upload.id, &patient.id).unwrap().is_empty() {
        used_by_one(store, &upload.id, &patient.id);
    }
    store.assign(by(second), &assignment(store, &upload.id, &patient.id, &format!("{serial} {second}"))).unwrap();
    upload.id
}

/// Every kind, doubt, unit and limit: in the list it counts what a dashboard counts, before and behind every change.
#[test]
fn the_lows_of_the_list_are_those_of_the_dashboard() {
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1000001"));
    let mut readings = Vec::new();
    let values = [9, 53, 54, 55, 69, 70, 71, 149, 150, 300].map(Concentration::mg_per_dl);
    let finer = [29, 30, 38, 39, 40].map(|tenths| Concentration::new(tenths, 1, Unit::MmolPerL));
    let measured = values.into_iter().chain(finer).chain([Concentration::new(6949, 2, Unit::MgPerDl)]);
    let words = [Measured::Low, Measured::High, Measured::Unscaled(9)];
    let all: Vec<Measured> = measured.map(Measured::Value).chain(words).collect();
    let doubts = std::iter::once(vec![]).chain(Doubt::ALL.map(|doubt| vec![doubt]));
    let doubts: Vec<Vec<Doubt>> = doubts.chain([vec![Doubt::Questionable, Doubt::OutsideMeterRange]]).collect();
    for kind in [Kind::Blood, Kind::Control, Kind::Ketone] {
        for doubts in &doubts {
            for measured in &all {
                let index = u32::try_from(readings.len()).unwrap();
                let reading = blood(index, i64::from(index), 100);
                readings.push(Reading { measured: *measured, kind, doubts: doubts.clone(), ..reading });
            }
        }
    }
    readings.push(Reading { time: None, ..blood(9_999, 0, 40) });
    let upload = give(&store, &patient, "000-1", 1, readings);
    let agrees = |when: &str| {
        let record = record(&store, &patient.id);
        let ranges: Vec<Range> =
            record.iter().filter(|reading| reading.is_in_numbers()).filter_map(Range::of_reading).collect();
        let count = |is: fn(&Range) -> bool| u32::try_from(ranges.iter().filter(|range| is(range)).count()).unwrap();
        let row = listed(&store, PopulationOrder::Lows, PopulationFilter::All).rows.remove(0);
        let wanted = [
            count(|range| *range <= Range::Low),
            count(|range| *range == Range::VeryLow),
            count(|range| *range >= Range::High),
        ];
        assert_eq!([row.low, row.very_low, row.high], wanted, "{when}");
        let last = record.iter().filter(|reading| reading.is_in_numbers()).filter_map(|reading| reading.time).max();
        assert_eq!(row.last_reading, last, "{when}");
        row.low
    };
    assert!(agrees("as they came") > 20);
    // Doubts that come later, and those that are withdrawn: the last one, and one of each.
    let connection = database(directory.path());
    for (table, every) in [("reading_doubts", 3), ("withdrawn_doubts", 2)] {
        for doubt in ["clock-wrong", "time-ahead", "questionable", "invalid", "outside-meter-range"] {
            connection
                .execute(
                    &format!(
                        "INSERT INTO {table} (reading, doubt, upload) SELECT id, ?1, 1 FROM readings WHERE id % ?2 = 0"
                    ),
                    (doubt, every),
                )
                .unwrap();
            agrees(&format!("{table} {doubt}"));
        }
    }
    drop(connection);
    assert_eq!(upload.0, "1");
}

fn three() -> (tempfile::TempDir, Store, [Patient; 3]) {
    let (directory, store) = store();
    let people = [("Adam", "M1000001"), ("Berg", "X200"), ("Cohn", "Q30007")];
    let people = people.map(|(family, mrn)| create(&store, &person(family, "Ida", "1950-01-01", mrn)));
    (directory, store, people)
}

#[test]
fn whoever_uploaded_last_had_lows_or_has_no_data_comes_first() {
    let (_directory, store, [adam, berg, cohn]) = three();
    give(&store, &adam, "000-11", 10, vec![blood(0, 0, 60), blood(1, 9, 50), blood(2, 20, 120)]);
    give(&store, &berg, "000-22", 20, vec![blood(0, -24 * 60 * 30, 60)]);
    let all = PopulationFilter::All;
    assert_eq!(names(&listed(&store, PopulationOrder::LastUpload, all)), ["Berg", "Adam", "Cohn"]);
    let by_lows = listed(&store, PopulationOrder::Lows, all);
    assert_eq!(names(&by_lows), ["Adam", "Berg", "Cohn"]);
    // The low of 22-Aug lies further back than fourteen days.
    assert_eq!(by_lows.rows.iter().map(|row| (row.low, row.very_low)).collect::<Vec<_>>(), [(2, 1), (0, 0), (0, 0)]);
    let without = listed(&store, PopulationOrder::DaysWithout, all);
    assert_eq!(names(&without), ["Berg", "Adam", "Cohn"]);
    let days: Vec<_> = without.rows.iter().map(|row| row.days_without(date(2026, 9, 22))).collect();
    assert_eq!(days, [Some(31), Some(1), None]);
    assert_eq!(names(&listed(&store, PopulationOrder::DaysWithout, PopulationFilter::WithLows)), ["Adam"]);

    // A meter of hers is read again, and waits.
    store.register_owner(by(25), &download("000-33", vec![]).meter, &cohn.id).unwrap();
    store.quarantine(by(30), &download("000-33", vec![blood(0, 0, 100)])).unwrap();
    let waiting = listed(&store, PopulationOrder::Waiting, all);
    assert_eq!(names(&waiting), ["Cohn", "Berg", "Adam"]);
    assert_eq!(waiting.rows.iter().map(|row| row.waiting).collect::<Vec<_>>(), [1, 0, 0]);
    for order in PopulationOrder::ALL {
        assert_eq!(names(&listed(&store, order, PopulationFilter::WithWaiting)), ["Cohn"], "{order:?}");
        assert_eq!(names(&listed(&store, order, PopulationFilter::WithLows)), ["Adam"], "{order:?}");
        assert_eq!(names(&listed(&store, order, PopulationFilter::NoUpload)), ["Cohn"], "{order:?}");
        assert_eq!(listed(&store, order, PopulationFilter::Active).rows.len(), 3, "{order:?}");
    }
}

/// Once an assignment is undone, nothing of it is left in the list.
#[test]
fn what_is_undone_is_in_the_list_no_more() {
    let (directory, store, [adam, ..]) = three();
    give(&store, &adam, "000-11", 10, vec![blood(0, 0, 60)]);
    let upload = give(&store, &adam, "000-12", 20, vec![blood(0, 9, 50)]);
    assert_eq!(listed(&store, PopulationOrder::Lows, PopulationFilter::WithLows).rows[0].low, 2);
    drop(store);
    let connection = database(directory.path());
    connection
        .execute_batch(&format!(
            "INSERT INTO assignments
                     (request_key, kind, meter, upload, supersedes, user, session, at, new, already_there)
                 SELECT 'undone', 'undone', meter, upload, id, '1', '', 30, 0, 0 FROM assignments WHERE upload = {};
             INSERT INTO assigned_readings SELECT g.reading, (SELECT max(id) FROM assignments)
                 FROM assigned_readings g JOIN assignments a ON a.id = g.assignment WHERE a.upload = {};",
            upload.0, upload.0
        ))
        .unwrap();
    drop(connection);
    let store = Store::open(directory.path()).unwrap();
    let row = listed(&store, PopulationOrder::Lows, PopulationFilter::WithLows).rows.remove(0);
    assert_eq!((row.low, row.very_low), (1, 0));
    assert_eq!(row.last_reading, blood(0, 0, 60).time);
    assert_eq!(row.patient.last_upload, Some(super::support::at(10)));
}

/// Every page of every list together has everybody once, in one order.
#[test]
fn pages_leave_out_nobody_and_tell_nobody_twice() {
    let (_directory, store, people) = three();
    let more: Vec<RegisteredPatient> = (0..150)
        .map(|number| RegisteredPatient {
            person: person("Other", "Ida", "1950-01-01", &format!("N{number:05}")),
            status: if number % 3 == 0 { Status::Inactive } else { Status::Active },
            merged_into: None,
        })
        .collect();
    store.import_patients(by(1), &more).unwrap();
    for (place, patient) in people.iter().enumerate() {
        give(&store, patient, &format!("000-4{place}"), 5, vec![blood(0, 3, 60)]);
    }
    for (order, filter, count) in PopulationOrder::ALL
        .into_iter()
        .flat_map(|order| [(order, PopulationFilter::All, 153_usize), (order, PopulationFilter::Active, 103)])
    {
        let (mut seen, mut from, mut pages): (Vec<PatientId>, _, _) = (Vec::new(), None, 0);
        loop {
            let page = page(&store, order, filter, from);
            seen.extend(page.rows.iter().map(|row| row.patient.id.clone()));
            pages += 1;
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (count, count.div_ceil(60)), "{order:?} {filter:?}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count, "{order:?} {filter:?}");
    }
    let cursor = Some(PageCursor("nonsense".to_owned()));
    let query = PopulationQuery {
        order: PopulationOrder::Lows,
        filter: PopulationFilter::All,
        today: date(2026, 9, 22),
        from: cursor,
    };
    assert!(store.population(by(1), &query).is_err());
}

#[test]
fn a_look_at_the_list_is_in_the_trail_once_and_names_nobody() {
    let (_directory, store, _) = three();
    let before = store.audit_trail().unwrap().len();
    listed(&store, PopulationOrder::Lows, PopulationFilter::Active);
    let trail = store.audit_trail().unwrap();
    assert_eq!(trail.len(), before + 1);
    let line = trail.last().unwrap();
    assert_eq!((line.action.as_str(), line.detail.as_str()), ("population-viewed", "by lows, active"));
    assert_eq!((line.patient.as_str(), line.upload.as_str()), ("", ""));
}
