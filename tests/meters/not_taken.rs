//! Of each driver's memory one record is damaged: what says so is the download itself, in every language.

use glucodock::domain::download::Download;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Kind;
use glucodock::meters::catalogue::{Catalogue, Meter};
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;

use super::bench::{memory, partial, read_link, wanted};

/// Which fault damages the fourth record of a driver's meter, and how the problem is called: the check value over a
/// whole memory comes before one of its records.
const DAMAGED: [(&str, &str, ProblemCode); 22] = [
    ("accu-chek-reports", "damaged@3", ProblemCode::MeterRecords),
    ("accu-chek-usb", "no-number@3", ProblemCode::MeterRecords),
    ("agm-4000", "wrong-check@3", ProblemCode::MeterRecords),
    ("caresens", "damaged@3", ProblemCode::MeterRecords),
    ("contour-hid", "strange-unit@4", ProblemCode::MeterRecords),
    ("contour-serial", "strange-unit@4", ProblemCode::MeterRecords),
    ("freestyle-insulinx", "damaged@3", ProblemCode::MeterRecords),
    ("freestyle-libre", "damaged@5", ProblemCode::MeterRecords),
    ("freestyle-lite", "damaged@3", ProblemCode::MeterRecords),
    ("freestyle-neo", "damaged@3", ProblemCode::MeterRecords),
    ("freestyle-optium", "damaged@3", ProblemCode::MeterRecords),
    ("glucocard-expression", "wrong-check@3", ProblemCode::MeterRecords),
    ("glucomen-areo", "damaged@3", ProblemCode::MeterRecords),
    ("onetouch-ultra-easy", "damaged@3", ProblemCode::MeterRecords),
    ("onetouch-ultra2", "wrong-checksum@3", ProblemCode::MeterRecords),
    ("onetouch-verio", "wrong-check@3", ProblemCode::MeterRecords),
    ("onetouch-verio-iq", "wrong-check@3", ProblemCode::MeterRecords),
    ("relion-prime", "wrong-check@3", ProblemCode::MeterRecords),
    ("sd-codefree", "wrong-check@3", ProblemCode::MeterRecords),
    ("smart-pix", "damaged@3", ProblemCode::MeterRecords),
    ("taidoc", "unknown-quantity@3", ProblemCode::MeterRecords),
    ("true-metrix", "wrong-check@3", ProblemCode::MeterAnswer),
];

fn meter_of(driver: &str) -> &'static Meter {
    Catalogue::embedded().by_driver(driver).next().unwrap()
}

fn read(driver: &str, fault: Option<&str>) -> Download {
    let meter = meter_of(driver);
    let mut held = memory(10);
    // A meter that cannot tell control tests keeps none. A Libre has six of these in its first list, four in the other.
    held.readings.iter_mut().for_each(|reading| (reading.kind, reading.meal) = (Kind::Blood, None));
    let fault = fault.map(|text| shelf::fault(meter, text).unwrap());
    let made = shelf::make(driver, Wanted { fault, ..wanted(&meter.slug, held) }).unwrap();
    let mut link = MemoryLink::new(made, fault);
    read_link(drivers::by_name(driver).unwrap(), &mut link, meter.name().as_str()).unwrap()
}

#[test]
fn no_driver_calls_a_memory_complete_of_which_it_did_not_understand_a_record() {
    let known: Vec<&str> = DAMAGED.iter().map(|(driver, ..)| *driver).collect();
    let mut all: Vec<&str> = drivers::ALL.iter().map(|driver| driver.name()).collect();
    all.sort_unstable();
    assert_eq!(known, all, "a driver without a row");
    for (driver, fault, code) in DAMAGED {
        let whole = read(driver, None);
        assert!(whole.is_complete() && whole.not_taken.is_empty(), "{driver}: {:?}", whole.completeness);
        let damaged = read(driver, Some(fault));
        let problem = partial(&damaged);
        // A True Metrix announces a sum of its results, and no number.
        let of = if code == ProblemCode::MeterRecords { Some(10) } else { None };
        assert_eq!((problem.code, problem.done, problem.of), (code, 9, of), "{driver}: {problem:?}");
        let [row] = damaged.not_taken.as_slice() else { panic!("{driver}: {:?}", damaged.not_taken) };
        let has_number = row.place.as_str().contains(|c: char| c.is_ascii_digit());
        assert!(has_number && !row.reason.is_empty(), "{driver}: {row:?}");
        if code == ProblemCode::MeterRecords {
            let named = format!("1 of 10 records was not understood: {}: ", row.place);
            assert!(problem.detail.as_str().starts_with(&named), "{driver}: {}", problem.detail);
        }
        // The other nine are as they are in the whole memory.
        let mut rest = whole.readings.clone();
        rest.retain(|reading| damaged.readings.contains(reading));
        assert_eq!((rest.len(), &rest), (9, &damaged.readings), "{driver}");
    }
}
