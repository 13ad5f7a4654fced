use jiff::SignedDuration;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

const fn mg(digits: u32) -> Measured {
    Measured::Value(Concentration::mg_per_dl(digits))
}

const fn mmol(digits: u32, decimals: u8) -> Measured {
    Measured::Value(Concentration::new(digits, decimals, Unit::MmolPerL))
}

fn at(second: i64) -> DateTime {
    let midnight = jiff::civil::date(2026, 9, 21).at(0, 0, 0, 0);
    midnight.checked_add(SignedDuration::from_secs(second)).unwrap()
}

fn entry(kind: Kind, second: i64, measured: Measured, tells_seconds: bool) -> MemoryEntry {
    MemoryEntry { kind, time: Some(at(second)), measured, tells_seconds }
}

/// By hand, with 18.016: 103/18.016 = 5.717; 100/18.016 = 5.551, shown as 5.6 (100.9 mg/dL), by a meter that measures
/// 99.7 as 5.5; 300/18.016 = 16.652 and 300/18.02 = 16.648, shown as 16.7 or 16.6; 600/18 = 33.33.
#[rstest]
#[case::same_digits(Kind::Blood, mg(103), mg(103), true)]
#[case::next_digit(Kind::Blood, mg(103), mg(104), false)]
#[case::other_unit(Kind::Blood, mg(103), mmol(57, 1), true)]
#[case::other_unit_finer(Kind::Blood, mg(103), mmol(572, 2), true)]
#[case::at_the_edge(Kind::Blood, mg(100), mmol(56, 1), true)]
#[case::at_the_edge_below(Kind::Blood, mg(100), mmol(55, 1), true)]
#[case::beyond(Kind::Blood, mg(100), mmol(57, 1), false)]
#[case::beyond_below(Kind::Blood, mg(100), mmol(54, 1), false)]
#[case::either_factor(Kind::Blood, mg(300), mmol(166, 1), true)]
#[case::either_factor_more(Kind::Blood, mg(300), mmol(167, 1), true)]
#[case::of_the_top(Kind::Blood, mg(600), mmol(333, 1), true)]
#[case::of_the_top_no_more(Kind::Blood, mg(600), mmol(335, 1), false)]
#[case::control(Kind::Control, mg(103), mmol(57, 1), true)]
#[case::sensor(Kind::Sensor, mg(103), mmol(57, 1), true)]
#[case::finer_rounds_down(Kind::Blood, mmol(574, 2), mmol(57, 1), true)]
#[case::finer_rounds_up(Kind::Blood, mmol(565, 2), mmol(57, 1), true)]
#[case::finer_is_another(Kind::Blood, mmol(576, 2), mmol(57, 1), false)]
#[case::the_same_with_a_zero(Kind::Ketone, mmol(60, 2), mmol(6, 1), true)]
#[case::ketone_has_one_unit(Kind::Ketone, mg(103), mmol(57, 1), false)]
#[case::lo_is_lo(Kind::Blood, Measured::Low, Measured::Low, true)]
#[case::lo_is_no_number(Kind::Blood, Measured::Low, mg(10), false)]
#[case::lo_is_not_hi(Kind::Blood, Measured::Low, Measured::High, false)]
#[case::a_number_without_a_scale_is_itself(Kind::Ketone, Measured::Unscaled(6), Measured::Unscaled(6), true)]
#[case::a_number_without_a_scale_is_no_other(Kind::Ketone, Measured::Unscaled(6), Measured::Unscaled(7), false)]
fn a_value_is_the_same_on_two_displays(
    #[case] kind: Kind,
    #[case] one: Measured,
    #[case] two: Measured,
    #[case] is_same: bool,
) {
    let (one, two) = (entry(kind, 60, one, true), entry(kind, 60, two, true));
    assert_eq!((one.may_be(&two), two.may_be(&one)), (is_same, is_same));
    let other_kind = MemoryEntry { kind: Kind::Other, ..two };
    assert!(!one.may_be(&other_kind));
}

#[rstest]
#[case::equal(75, true, 75, true, true)]
#[case::cut(75, true, 60, false, true)]
#[case::not_cut(75, true, 60, true, false)]
#[case::both_cut(60, false, 60, false, true)]
#[case::next_minute(75, true, 120, false, false)]
#[case::minute_before(59, true, 60, false, false)]
fn a_time_is_the_same_with_its_seconds_cut_off(
    #[case] one: i64,
    #[case] one_tells: bool,
    #[case] two: i64,
    #[case] two_tells: bool,
    #[case] is_same: bool,
) {
    let (one, two) = (entry(Kind::Blood, one, mg(99), one_tells), entry(Kind::Blood, two, mg(99), two_tells));
    assert_eq!((one.may_be(&two), two.may_be(&one)), (is_same, is_same));
    assert!(!one.may_be(&MemoryEntry { time: None, ..two }));
}

/// The exact pair must give way: otherwise the second new entry finds no partner and is added again.
#[test]
fn a_partner_is_given_up_where_another_needs_it() {
    let known = [entry(Kind::Blood, 60, mmol(56, 1), false), entry(Kind::Blood, 60, mg(101), true)];
    let new = [entry(Kind::Blood, 60, mmol(56, 1), true), entry(Kind::Blood, 90, mmol(56, 1), true)];
    assert_eq!(pair(&known, &new), [Some(1), Some(0)]);
}

#[test]
fn equal_entries_of_one_download_stay_as_many() {
    let twice = [entry(Kind::Blood, 60, mg(99), true); 2];
    assert_eq!(pair(&[], &twice), [None, None]);
    assert_eq!(pair(&twice[..1], &twice), [Some(0), None]);
    assert_eq!(pair(&twice, &twice[..1]), [Some(0)]);
}

/// How a download shows a memory.
#[derive(Debug, Clone, Copy)]
struct Way {
    unit: Unit,
    seconds: bool,
}

/// A test as it was: its second of the day and its glucose in mg/dL, or beyond the range.
#[derive(Debug, Clone, Copy)]
struct Truth {
    kind: Kind,
    second: i64,
    value: Option<u32>,
}

fn shown(truth: &Truth, way: Way, factor: f64, tells_seconds: bool) -> MemoryEntry {
    let second = if way.seconds { truth.second } else { truth.second - truth.second % 60 };
    let measured = match (truth.value, way.unit) {
        (None, _) => Measured::High,
        (Some(value), Unit::MgPerDl) => mg(value),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 to 600 mg/dL")]
        (Some(value), Unit::MmolPerL) => mmol((f64::from(value) / factor * 10.0).round() as u32, 1),
    };
    entry(truth.kind, second, measured, tells_seconds)
}

fn download(tests: &[Truth], way: Way, factor: f64) -> Vec<MemoryEntry> {
    let tells = way.seconds && tests.iter().any(|truth| truth.second % 60 != 0);
    tests.iter().map(|truth| shown(truth, way, factor, tells)).collect()
}

fn way() -> impl Strategy<Value = Way> {
    let unit = prop_oneof![Just(Unit::MgPerDl), Just(Unit::MmolPerL)];
    (unit, any::<bool>()).prop_map(|(unit, seconds)| Way { unit, seconds })
}

/// The factor with which a meter converts.
fn factor() -> impl Strategy<Value = f64> {
    prop_oneof![Just(18.0), Just(MG_PER_DL_IN_MMOL_PER_L), Just(18.02)]
}

/// Few minutes and near values, so that look-alikes are common.
fn truth() -> impl Strategy<Value = Truth> {
    let kind = prop_oneof![3 => Just(Kind::Blood), 1 => Just(Kind::Control)];
    let value = prop_oneof![3 => (95_u32..110).prop_map(Some), 2 => (20_u32..=600).prop_map(Some), 1 => Just(None)];
    (kind, 0_i64..240, value).prop_map(|(kind, second, value)| Truth { kind, second, value })
}

proptest! {
    /// A memory that grows, read in any mix of units, with and without seconds: each test is in the record exactly
    /// once, in the digits of the read that first had it.
    #[test]
    fn each_test_is_there_once_whatever_it_is_shown_in(
        tests in prop::collection::vec(truth(), 1..30),
        reads in prop::collection::vec((way(), 0_usize..8), 1..6),
        factor in factor(),
    ) {
        let mut record: Vec<MemoryEntry> = Vec::new();
        let mut held = 0;
        for (way, more) in reads {
            held = (held + more).min(tests.len());
            let new = download(&tests[..held], way, factor);
            let before = record.len();
            let pairs = pair(&record, &new);
            let mut taken: Vec<_> = pairs.iter().flatten().copied().collect();
            for (entry, known) in new.iter().zip(&pairs) {
                match known {
                    Some(known) => prop_assert!(entry.may_be(&record[*known]) || *entry == record[*known]),
                    None => record.push(*entry),
                }
            }
            taken.sort_unstable();
            prop_assert_eq!(taken, (0..before).collect::<Vec<_>>(), "everything that is there is known again, once");
            prop_assert_eq!(record.len(), held);
        }
    }

    /// Tests that lie a minute and more apart are never taken for each other, whatever the meter has forgotten.
    #[test]
    fn different_tests_are_never_one(
        gaps in prop::collection::vec((60_i64..200, 20_u32..=600), 2..30),
        ways in prop::collection::vec((way(), 0_usize..30, 0_usize..30), 1..6),
        factor in factor(),
    ) {
        let mut second = 0;
        let tests: Vec<Truth> = gaps.into_iter().map(|(gap, value)| {
            second += gap;
            Truth { kind: Kind::Blood, second, value: Some(value) }
        }).collect();
        let mut record: Vec<(usize, MemoryEntry)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (way, one, two) in ways {
            let (from, to) = (one.min(two).min(tests.len()), one.max(two).min(tests.len()));
            seen.extend(from..to);
            let known: Vec<MemoryEntry> = record.iter().map(|(_, entry)| *entry).collect();
            let new = download(&tests[from..to], way, factor);
            for (test, (entry, pair)) in (from..).zip(new.iter().zip(pair(&known, &new))) {
                match pair {
                    Some(place) => prop_assert_eq!(record[place].0, test),
                    None => record.push((test, *entry)),
                }
            }
        }
        let mut stored: Vec<usize> = record.iter().map(|(test, _)| *test).collect();
        stored.sort_unstable();
        prop_assert_eq!(stored, seen.into_iter().collect::<Vec<_>>());
    }
}
