//! Accu-Chek USB meters.

use std::sync::atomic::Ordering;

use glucodock::domain::download::{Completeness, Direction, Download, Packet};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading};
use glucodock::meters::conversation::{Cancel, Conversation, Progress};
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::accu_chek_usb::AccuChekUsb;
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::accu_chek_usb::{AccuChekConfig, Quirks, SimulatedAccuChek, TransferRefusal};
use glucodock::meters::simulator::fault::Fault;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::{ReadingSet, SimulatedReading};
use glucodock::meters::transcript::ReplayLink;
use jiff::Zoned;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use rstest::rstest;

use super::bench::{last, partial, warned};

fn now() -> Zoned {
    "2026-07-14T08:31:00+02:00[Europe/Berlin]".parse().unwrap()
}

fn guide(count: usize) -> AccuChekConfig {
    AccuChekConfig::guide(ReadingSet::seeded(count, 11, last()), date(2026, 7, 14).at(8, 30, 57, 0))
}

fn with(count: usize, quirks: Quirks) -> AccuChekConfig {
    AccuChekConfig { quirks, entries_per_event: 5, ..guide(count) }
}

/// Reads a simulated meter, and fails if it was asked to erase anything.
fn read_over(config: AccuChekConfig, fault: Option<Fault>) -> (Result<Download, MeterError>, Vec<Progress>) {
    let meter = SimulatedAccuChek::new(config);
    let erase = meter.erase_watch();
    let mut link = MemoryLink::new(Box::new(meter), fault);
    let mut progress = Vec::new();
    let mut report = |step| progress.push(step);
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
    let result = AccuChekUsb.read(&mut conversation, &"an Accu-Chek".into());
    assert!(!erase.load(Ordering::Acquire), "the meter was asked to erase its memory");
    (result, progress)
}

fn read(config: AccuChekConfig) -> Download {
    read_over(config, None).0.unwrap()
}

type Facts = (Option<DateTime>, Measured, Kind, Option<Meal>);

fn facts(reading: &Reading) -> Facts {
    (reading.time, reading.measured, reading.kind, reading.meal)
}

fn truth(reading: &SimulatedReading) -> Facts {
    let meal = if reading.kind == Kind::Blood { reading.meal } else { Some(Meal::None) };
    (Some(reading.time), reading.measured, reading.kind, meal)
}

/// Fails unless the download is complete and has exactly what the meter holds.
#[track_caller]
fn assert_exact(download: &Download, set: &ReadingSet) {
    assert_eq!(download.completeness, Completeness::Complete);
    assert_eq!(download.announced, Some(u32::try_from(set.readings.len()).unwrap()));
    let found: Vec<Facts> = download.readings.iter().map(facts).collect();
    let expected: Vec<Facts> = set.readings.iter().map(truth).collect();
    assert_eq!(found, expected);
    assert!(download.readings.iter().all(|reading| reading.doubts.is_empty()));
    assert!(!download.transcript.is_empty());
}

#[track_caller]
fn problem(download: &Download) -> (ProblemCode, u32, Option<u32>) {
    let problem = partial(download);
    (problem.code, problem.done, problem.of)
}

#[rstest]
fn everything_arrives_as_it_was(
    #[values(0, 1, 10, 720)] count: usize,
    #[values(1, 5, 13, 80)] entries_per_event: usize,
    #[values(3, 5)] store_handle: u16,
) {
    let config = AccuChekConfig { entries_per_event, store_handle, first_invoke_id: 0xFFFF, ..guide(count) };
    let set = config.readings.clone();
    let (download, progress) = read_over(config, None);
    let download = download.unwrap();
    assert_exact(&download, &set);
    assert!(download.warnings.is_empty());
    let whole = u32::try_from(count).unwrap();
    assert_eq!(progress.last(), Some(&Progress { done: whole, of: Some(whole) }));
    assert!(progress.windows(2).all(|pair| pair[0].done <= pair[1].done));
}

#[test]
fn the_meter_is_identified() {
    let download = read(guide(3));
    let meter = download.meter;
    assert_eq!((meter.manufacturer.as_str(), meter.model.as_str()), ("Roche", "Accu-Chek Guide"));
    assert_eq!(meter.model_number.unwrap().as_str(), "925");
    assert_eq!(meter.serial.expose().as_str(), "92500000042");
    assert_eq!(meter.firmware.unwrap().as_str(), "v1.9.6");
    assert_eq!(meter.driver.as_str(), "accu-chek-usb");
    assert_eq!(download.clock.unwrap().offset_seconds(), -3);
}

#[test]
fn a_raw_reading_keeps_the_fields_of_the_wire() {
    let quirks = Quirks { sfloats: [(0, 0x0067)].into(), statuses: [(0, 0x00C0)].into(), ..Quirks::default() };
    let reading = read(with(1, quirks)).readings.remove(0);
    assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(103)));
    let raw: Vec<_> = reading.raw.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(raw, [("sfloat", "0067"), ("status", "00C0"), ("type", "7270")]);
}

#[rstest]
#[case::unknown_model(AccuChekConfig { model_number: "999".into(), ..guide(3) }, "an Accu-Chek (unknown model 999)")]
#[case::no_model(AccuChekConfig { model_number: String::new(), ..guide(3) }, "an Accu-Chek")]
#[case::instant(AccuChekConfig { model_number: "958".into(), ..guide(3) }, "Accu-Chek Instant (single-button)")]
fn a_model_has_a_name(#[case] config: AccuChekConfig, #[case] name: &str) {
    assert_eq!(read(config).meter.model.as_str(), name);
}

#[rstest]
#[case(date(2026, 7, 14).at(8, 51, 0, 0), 1200)]
#[case(date(2025, 7, 14).at(8, 31, 0, 0), -31_536_000)]
fn a_wrong_clock_is_told_and_not_set(#[case] clock: DateTime, #[case] offset: i64) {
    let config = AccuChekConfig { clock, ..guide(3) };
    assert_eq!(read(config).clock.unwrap().offset_seconds(), offset);
}

/// What a driver has to bear without losing anything.
#[rstest]
#[case::empty_transfers(Quirks { empty_transfers: true, ..Quirks::default() })]
#[case::small_transfers(Quirks { transfer_size: Some(64), ..Quirks::default() })]
#[case::single_bytes(Quirks { transfer_size: Some(1), ..Quirks::default() })]
#[case::association_twice(Quirks { asks_association_twice: true, ..Quirks::default() })]
#[case::busy_once(Quirks { refusal: Some(TransferRefusal { result: 2, times: 1 }), ..Quirks::default() })]
#[case::busy_thrice(Quirks { refusal: Some(TransferRefusal { result: 2, times: 3 }), ..Quirks::default() })]
#[case::event_repeated(Quirks { repeats_event: Some(1), ..Quirks::default() })]
#[case::first_event_repeated(Quirks { repeats_event: Some(0), ..Quirks::default() })]
#[case::no_maps(Quirks { has_no_maps: true, ..Quirks::default() })]
#[case::fixed_clock(Quirks { has_fixed_clock: true, ..Quirks::default() })]
fn a_quirk_costs_nothing(#[case] quirks: Quirks) {
    let config = with(200, quirks);
    let set = config.readings.clone();
    let download = read(config);
    assert_exact(&download, &set);
    assert!(download.warnings.is_empty());
}

/// As two readers find them in an Accu-Chek Active: nothing describes the entries, and they end with the value.
#[rstest]
#[case(1)]
#[case(30)]
#[case(500)]
fn entries_without_a_status_are_read_to_the_last(#[case] count: usize) {
    let quirks = Quirks { has_no_maps: true, has_short_entries: true, ..Quirks::default() };
    let mut config = with(count, quirks);
    config.readings.readings.retain(|reading| reading.kind == Kind::Blood);
    for reading in &mut config.readings.readings {
        reading.meal = None;
    }
    let set = config.readings.clone();
    let download = read(config);
    assert_eq!(download.announced, Some(u32::try_from(set.readings.len()).unwrap()));
    let told: Vec<_> = download.readings.iter().map(|reading| (reading.time, reading.measured)).collect();
    let held: Vec<_> = set.readings.iter().map(|reading| (Some(reading.time), reading.measured)).collect();
    assert_eq!(told, held);
    assert!(download.is_complete() && download.readings.iter().all(|reading| !reading.raw.contains_key("status")));
}

/// Where the meter describes its entries, another length is damage.
#[test]
fn a_described_entry_has_its_length() {
    let download = read(with(30, Quirks { has_short_entries: true, ..Quirks::default() }));
    assert!(!download.is_complete());
    assert_eq!(download.readings, []);
}

/// 13 entries make an event of 192 bytes, three packets of 64: the empty transfer behind it is passed over.
#[test]
fn a_message_may_end_at_the_border_of_a_packet() {
    let quirks = Quirks { transfer_size: Some(64), ..Quirks::default() };
    let config = AccuChekConfig { entries_per_event: 13, ..with(100, quirks) };
    let set = config.readings.clone();
    assert_exact(&read(config), &set);
}

/// What ends a read early: the problem, and how many readings had come.
#[rstest]
#[case::abort(Quirks { aborts_at_event: Some(2), ..Quirks::default() }, ProblemCode::MeterAborted, 10)]
#[case::abort_at_once(Quirks { aborts_at_event: Some(0), ..Quirks::default() }, ProblemCode::MeterAborted, 0)]
#[case::transfer_ended(Quirks { ends_transfer_at_event: Some(1), ..Quirks::default() }, ProblemCode::MeterAborted, 10)]
#[case::gap(Quirks { skips_entry_at_event: Some(3), ..Quirks::default() }, ProblemCode::MeterAnswer, 15)]
#[case::gap_at_start(Quirks { skips_entry_at_event: Some(0), ..Quirks::default() }, ProblemCode::MeterAnswer, 0)]
#[case::always_busy(
    Quirks { refusal: Some(TransferRefusal { result: 2, times: 9 }), ..Quirks::default() },
    ProblemCode::MeterRefused,
    0
)]
#[case::empty_though_announced(
    Quirks { refusal: Some(TransferRefusal { result: 3, times: 1 }), ..Quirks::default() }, ProblemCode::MeterShort, 0)]
#[case::no_such_segment(
    Quirks { refusal: Some(TransferRefusal { result: 1, times: 1 }), ..Quirks::default() }, ProblemCode::MeterShort, 0)]
#[case::other_failure(
    Quirks { refusal: Some(TransferRefusal { result: 512, times: 1 }), ..Quirks::default() },
    ProblemCode::MeterRefused,
    0
)]
#[case::one_fewer_than_announced(Quirks { announces_more: 1, ..Quirks::default() }, ProblemCode::MeterShort, 40)]
#[case::fewer_than_announced(Quirks { announces_more: 2, ..Quirks::default() }, ProblemCode::MeterShort, 40)]
fn an_early_end_is_partial_and_says_why(#[case] quirks: Quirks, #[case] code: ProblemCode, #[case] done: u32) {
    let more = quirks.announces_more;
    let mut config = with(40, quirks);
    for reading in &mut config.readings.readings {
        reading.kind = Kind::Blood;
    }
    let set = config.readings.clone();
    let download = read(config);
    assert_eq!(problem(&download), (code, done, Some(40 + more)));
    assert_eq!(download.readings.len(), usize::try_from(done).unwrap());
    for (found, expected) in download.readings.iter().zip(&set.readings) {
        assert_eq!((found.time, found.measured), (Some(expected.time), expected.measured));
    }
}

/// A list of segments without a segment says nothing about the memory.
#[test]
fn a_meter_without_segments_is_not_one_without_readings() {
    let download = read(with(10, Quirks { has_no_segments: true, ..Quirks::default() }));
    assert_eq!(problem(&download), (ProblemCode::MeterUnsupported, 0, None));
    assert_eq!((download.announced, download.readings.len()), (None, 0));
    assert_eq!(warned(&download), ["segments-unrecognised"]);
}

/// Without map and label only the first segment can be guessed; what the others hold is told as not taken.
#[test]
fn nameless_segments_are_read_as_the_first_one_and_the_others_are_missed() {
    let config = with(300, Quirks { has_nameless_segments: true, ..Quirks::default() });
    let of_kind = |kind| config.readings.readings.iter().filter(|reading| reading.kind == kind).count();
    let (blood, controls) = (of_kind(Kind::Blood), of_kind(Kind::Control));
    assert!(controls > 0);
    let download = read(config);
    assert_eq!(problem(&download).0, ProblemCode::MeterRecords);
    assert_eq!(download.readings.len(), blood);
    let row = &download.not_taken[0];
    let told = (row.place.as_str(), row.reason.as_str(), row.said.as_str());
    assert_eq!(told, ("segment 1", "it does not say what its entries are", format!("{controls} entries").as_str()));
    assert_eq!(warned(&download), ["segments-unrecognised"]);
}

#[test]
fn a_meter_without_meals_cannot_say() {
    let download = read(with(30, Quirks { has_no_meals: true, ..Quirks::default() }));
    assert_eq!(download.readings.len(), 30);
    assert!(download.readings.iter().all(|reading| reading.meal.is_none()));
}

#[test]
fn records_without_a_number_are_not_taken_and_say_so() {
    let sfloats = [(1, 0x07FF), (2, 0x0800), (3, 0x0801), (4, 0x0F9C)].into();
    let mut config = with(10, Quirks { sfloats, ..Quirks::default() });
    for reading in &mut config.readings.readings {
        (reading.kind, reading.meal) = (Kind::Blood, None);
    }
    let download = read(config);
    assert_eq!(problem(&download), (ProblemCode::MeterRecords, 6, Some(10)));
    let places: Vec<_> = download.not_taken.iter().map(|row| row.place.as_str()).collect();
    assert_eq!(places, ["record 2 of 10", "record 3 of 10", "record 4 of 10", "record 5 of 10"]);
    assert_eq!(download.readings.iter().map(|reading| reading.index).collect::<Vec<_>>(), [0, 5, 6, 7, 8, 9]);
}

#[rstest]
fn numbers_have_their_exponent_and_unit(#[values(false, true)] has_no_maps: bool) {
    let sfloats = [(0, 0xF039), (1, 0xF0B4), (2, 0x07FE), (3, 0x0802)].into();
    let mut config = with(4, Quirks { sfloats, unit_code: Some(0x1272), has_no_maps, ..Quirks::default() });
    for reading in &mut config.readings.readings {
        reading.kind = Kind::Blood;
    }
    let measured: Vec<_> = read(config).readings.into_iter().map(|reading| reading.measured).collect();
    let value = |digits| Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL));
    assert_eq!(measured, [value(57), value(180), Measured::High, Measured::Low]);
}

/// Neither 5.7 nor 6 says its unit by itself; HI needs none.
#[rstest]
#[case::unknown(0x1273, false)]
#[case::not_tied_to_an_object(0x0FFF, true)]
fn a_number_needs_its_unit(#[case] unit_code: u16, #[case] has_no_maps: bool) {
    let sfloats = [(0, 0xF039), (1, 0x0006), (2, 0x07FE)].into();
    let mut config = with(3, Quirks { sfloats, unit_code: Some(unit_code), has_no_maps, ..Quirks::default() });
    for reading in &mut config.readings.readings {
        reading.kind = Kind::Blood;
    }
    let download = read(config);
    assert_eq!(problem(&download), (ProblemCode::MeterRecords, 1, Some(3)));
    let told: Vec<_> = download.not_taken.iter().map(|row| (row.place.as_str(), row.reason.as_str())).collect();
    let reason = "the unit of its number is not known";
    assert_eq!(told, [("record 1 of 3", reason), ("record 2 of 3", reason)]);
    let measured: Vec<_> = download.readings.iter().map(|reading| reading.measured).collect();
    assert_eq!(measured, [Measured::High]);
}

#[test]
fn a_status_gives_doubts_and_keeps_the_reading() {
    let statuses = [(0, 0x8000), (1, 0x4000), (2, 0x2000), (3, 0x0400), (4, 0x0029)].into();
    let sfloats = [(5, 601), (6, 9), (7, 600), (8, 10), (9, 100)].into();
    let mut config = with(10, Quirks { statuses, sfloats, ..Quirks::default() });
    for reading in &mut config.readings.readings {
        reading.kind = Kind::Blood;
    }
    let doubts: Vec<_> = read(config).readings.into_iter().map(|reading| reading.doubts).collect();
    let outside = vec![Doubt::OutsideMeterRange];
    assert_eq!(
        doubts[..5],
        [vec![Doubt::Invalid], vec![Doubt::Questionable], vec![Doubt::NotAvailable], vec![Doubt::TestData], vec![],]
    );
    assert_eq!(doubts[5..], [outside.clone(), outside, vec![], vec![], vec![]]);
}

#[test]
fn an_impossible_stamp_leaves_the_reading_without_a_time() {
    let mut config = with(5, Quirks { damaged_stamp: Some(2), ..Quirks::default() });
    for reading in &mut config.readings.readings {
        (reading.kind, reading.meal) = (Kind::Blood, None);
    }
    let download = read(config);
    let first = &download.readings[0];
    assert_eq!((first.index, first.time), (2, None));
    assert_eq!(first.doubts, [Doubt::TimeUncertain]);
    assert_eq!(first.raw["time"].get(4..6), Some("AA"));
    assert_eq!((download.readings.len(), warned(&download)), (5, vec!["time-unreadable"]));
}

#[test]
fn a_changed_clock_makes_times_uncertain() {
    let download = read(with(5, Quirks { is_clock_adjusted: true, ..Quirks::default() }));
    assert!(download.readings.iter().all(|reading| reading.doubts == [Doubt::TimeUncertain]));
    assert!(warned(&download).contains(&"clock-adjusted"));
}

#[test]
fn a_meal_mark_without_a_reading_is_told() {
    let config = with(30, Quirks { has_stray_meal: true, ..Quirks::default() });
    let set = config.readings.clone();
    let download = read(config);
    assert_exact(&download, &set);
    assert_eq!(warned(&download), ["meal-without-reading"]);
}

/// Two readings of one second: a mark that is the same goes to both, different ones to none.
#[rstest]
#[case(None, Some(Meal::After), "meal-shared")]
#[case(Some(Meal::Before), Some(Meal::None), "meal-unclear")]
fn readings_of_one_second_share_a_mark(#[case] other: Option<Meal>, #[case] result: Option<Meal>, #[case] code: &str) {
    let reading = |value, meal| SimulatedReading {
        time: last(),
        measured: Measured::Value(Concentration::mg_per_dl(value)),
        kind: Kind::Blood,
        meal,
    };
    let readings = ReadingSet { readings: vec![reading(100, Some(Meal::After)), reading(101, other)] };
    let download = read(AccuChekConfig { readings, ..guide(0) });
    assert_eq!(download.readings.iter().map(|reading| reading.meal).collect::<Vec<_>>(), [result, result]);
    assert_eq!(warned(&download), [code]);
}

/// A control test carries no mark, even at the second of a reading that does.
#[test]
fn a_mark_belongs_to_blood() {
    let value = |value| Measured::Value(Concentration::mg_per_dl(value));
    let blood = SimulatedReading { time: last(), measured: value(100), kind: Kind::Blood, meal: Some(Meal::After) };
    let control = SimulatedReading { measured: value(110), kind: Kind::Control, meal: None, ..blood.clone() };
    let readings = ReadingSet { readings: vec![blood, control] };
    let download = read(AccuChekConfig { readings: readings.clone(), ..guide(0) });
    assert_exact(&download, &readings);
    assert!(download.warnings.is_empty());
}

#[test]
fn a_meter_without_a_store_cannot_be_read() {
    let (result, _) = read_over(with(3, Quirks { has_no_store: true, ..Quirks::default() }), None);
    assert_eq!(
        result.unwrap_err().to_string(),
        "waiting for the configuration report: no permanent store is described"
    );
}

#[test]
fn a_cancelled_read_is_an_error() {
    let meter = SimulatedAccuChek::new(with(100, Quirks::default()));
    let mut link = MemoryLink::new(Box::new(meter), None);
    let cancel = Cancel::default();
    let asked = cancel.clone();
    let mut report = move |progress: Progress| {
        if progress.done >= 20 {
            asked.cancel();
        }
    };
    let mut conversation = Conversation::new(&mut link, cancel, &mut report, &now);
    let result = AccuChekUsb.read(&mut conversation, &"an Accu-Chek".into());
    assert_eq!(result, Err(MeterError::Cancelled));
}

#[test]
fn a_cable_pulled_meanwhile_gives_what_had_come() {
    let meter = SimulatedAccuChek::new(with(100, Quirks::default()));
    let mut link = MemoryLink::new(Box::new(meter), None);
    let cable = link.unplug_handle();
    let mut report = move |progress: Progress| {
        if progress.done >= 20 {
            cable.unplug();
        }
    };
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
    let download = AccuChekUsb.read(&mut conversation, &"an Accu-Chek".into()).unwrap();
    assert_eq!(problem(&download), (ProblemCode::LinkGone, 20, Some(100)));
}

#[test]
fn too_high_a_count_is_partial() {
    let fault: Fault = "count-high@3".parse().unwrap();
    let download = read_over(with(24, fault.into()), Some(fault)).0.unwrap();
    assert_eq!(download.announced, Some(27));
    assert!(!download.is_complete());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A meter that says anything at all is an error in the end.
    #[test]
    fn noise_is_an_error(transfers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
        let packets = transfers.into_iter().map(|bytes| Packet { direction: Direction::FromMeter, bytes });
        let mut link = ReplayLink::new(packets.collect());
        let mut report = |_| {};
        let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
        prop_assert!(AccuChekUsb.read(&mut conversation, &"an Accu-Chek".into()).is_err());
    }
}
