use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::problem::ProblemCode;
use crate::domain::reading::Kind;
use crate::domain::text::Private;
use crate::meters::conversation::Cancel;
use crate::meters::link::{LineSettings, Link, LinkError};

struct Nothing;

impl Link for Nothing {
    fn send(&mut self, _bytes: &[u8], _wait: std::time::Duration) -> Result<(), LinkError> {
        Ok(())
    }

    fn receive(&mut self, _wait: std::time::Duration) -> Result<Vec<u8>, LinkError> {
        Err(LinkError::TimedOut)
    }

    fn set_line(&mut self, _settings: LineSettings) -> Result<(), LinkError> {
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Reading,
    Aside,
    Average,
    Damaged,
}

fn reading(index: u32) -> Reading {
    Reading {
        corrected_from: None,
        index,
        time: None,
        measured: Measured::Value(Concentration::mg_per_dl(100)),
        kind: Kind::Blood,
        meal: None,
        doubts: Vec::new(),
        raw: BTreeMap::new(),
    }
}

fn closed(announced: &[u32], records: &[Came], outcome: Result<(), MeterError>) -> Result<Download, MeterError> {
    let meter = MeterIdentity {
        manufacturer: "Roche".into(),
        model: "a meter".into(),
        model_number: None,
        serial: Private::default(),
        system_id: None,
        firmware: None,
        driver: "a driver".into(),
    };
    let (mut link, mut report) = (Nothing, |_| {});
    let now = || jiff::Zoned::now();
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
    let mut gathered = Gathered::default();
    for announced in announced {
        gathered.announce(&mut conversation, *announced);
    }
    for (index, came) in (0..).zip(records) {
        let record = match came {
            Came::Reading => Ok(MeterRecord::from(reading(index))),
            Came::Aside => Ok(MeterRecord::Aside("insulin".into(), Counted::Always)),
            Came::Average => Ok(MeterRecord::Aside("the average".into(), Counted::Perhaps)),
            Came::Damaged => Err("its month is unknown"),
        };
        gathered.take(&mut conversation, index, "108 Sept", record);
    }
    gathered.close(&mut conversation, meter, outcome).map(Account::into_download)
}

fn partial(download: &Download) -> (ProblemCode, u32, Option<u32>, &str) {
    match &download.completeness {
        Completeness::Partial(problem) => (problem.code, problem.done, problem.of, problem.detail.as_str()),
        Completeness::Complete => panic!("complete"),
    }
}

#[test]
fn a_record_that_was_not_taken_makes_the_download_partial_and_is_named() {
    let download = closed(&[3], &[Came::Reading, Came::Damaged, Came::Reading], Ok(())).unwrap();
    let detail = "1 of 3 records was not understood: record 2 of 3: its month is unknown";
    assert_eq!(partial(&download), (ProblemCode::MeterRecords, 2, Some(3), detail));
    let [row] = download.not_taken.as_slice() else { panic!("{:?}", download.not_taken) };
    assert_eq!((row.place.as_str(), row.reason.as_str()), ("record 2 of 3", "its month is unknown"));
    assert_eq!(row.said.as_str(), "108 Sept");
}

#[test]
fn without_an_announcement_the_records_that_came_are_the_number() {
    let download = closed(&[], &[Came::Damaged; 5], Ok(())).unwrap();
    let (code, done, of, detail) = partial(&download);
    assert_eq!((code, done, of, download.announced), (ProblemCode::MeterRecords, 0, Some(5), None));
    assert!(detail.starts_with("5 of 5 records were not understood: record 1: its month"), "{detail}");
    assert!(detail.ends_with("; and 2 more"), "{detail}");
}

#[test]
fn fewer_or_more_than_announced_is_partial_and_what_is_known_by_name_counts() {
    let (one, aside) = (Came::Reading, Came::Aside);
    assert!(closed(&[3], &[one, aside, one], Ok(())).unwrap().is_complete());
    assert!(closed(&[1, 2], &[one, aside, one], Ok(())).unwrap().is_complete());
    assert_eq!(partial(&closed(&[4], &[one, aside, one], Ok(())).unwrap()).0, ProblemCode::MeterShort);
    assert_eq!(partial(&closed(&[2], &[one, aside, one], Ok(())).unwrap()).0, ProblemCode::MeterAnswer);
    let download = closed(&[2], &[Came::Aside, Came::Aside], Ok(())).unwrap();
    assert_eq!(download.warnings[0].code.as_str(), "other-records");
    assert!(download.warnings[0].text.as_str().ends_with("insulin (2)"));
}

#[test]
fn an_average_may_be_counted_or_not() {
    let records = [Came::Average, Came::Reading, Came::Reading];
    let complete = |announced| closed(&[announced], &records, Ok(())).unwrap().is_complete();
    assert_eq!([1, 2, 3, 4].map(complete), [false, true, true, false]);
}

#[test]
fn an_error_comes_before_the_counts_and_a_cancelled_read_is_none() {
    let gone = MeterError::Link { during: "reading", cause: LinkError::Gone };
    let download = closed(&[3], &[Came::Damaged], Err(gone)).unwrap();
    assert_eq!((partial(&download).0, download.not_taken.len()), (ProblemCode::LinkGone, 1));
    assert_eq!(closed(&[3], &[Came::Reading], Err(MeterError::Cancelled)), Err(MeterError::Cancelled));
}

proptest! {
    #[test]
    fn complete_is_exactly_that_all_came_and_all_were_understood(
        records in prop::collection::vec(prop_oneof![
            3 => Just(Came::Reading), 1 => Just(Came::Aside), 1 => Just(Came::Damaged)
        ], 0..40),
        announced in 0_u32..40,
    ) {
        let download = closed(&[announced], &records, Ok(())).unwrap();
        let damaged = records.iter().filter(|came| **came == Came::Damaged).count();
        prop_assert_eq!(download.is_complete(), records.len() == announced as usize && damaged == 0);
        prop_assert_eq!(download.not_taken.len(), damaged);
        let readings = records.iter().filter(|came| **came == Came::Reading).count();
        prop_assert_eq!(download.readings.len(), readings);
    }
}
