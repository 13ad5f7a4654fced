//! The fault sweep: each driver of [`drivers::ALL`] reads ten readings with one fault on the wire, at every byte of the
//! conversation, both ways. The outcome is the exact list, or an error, or a part of the list that says that it is one.
//! Only where nothing but the link guards a value, a changed one may pass unseen, if it is plausible.
//!
//! What stands where is in [`table`]: what guards a protocol against changed bits, which meters are plugged in, and
//! how many of their reads end how. A driver that is not in it fails a test.
//!
//! `GLUCODOCK_SWEEP=all` strikes everything; else positions are drawn by a seed, which `GLUCODOCK_SWEEP_SEED` changes.
//! A failure names the seed and the faults. `-- --nocapture` shows how many faults were tried, and how they ended.

#[path = "sweep/judge.rs"]
mod judge;
#[path = "sweep/table.rs"]
mod table;
#[path = "sweep/values.rs"]
mod values;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use glucodock::domain::download::{Direction, Download};
use glucodock::meters::drivers;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::LinkError;

use self::judge::{Case, Ending, judge};
use self::table::{Guard, Plug, Row};
use super::bench::read_link;
use super::struck_link::{Harm, Strike, StruckLink};

/// How many faults are drawn for each meter of the table, if not all of them are tried.
const DRAWN: usize = 500;

/// Mistakes that a failure names; more of them seldom say more.
const NAMED: usize = 8;

/// How often the reads of one meter ended how.
#[derive(Debug, Default)]
struct Tally {
    exact: usize,
    partial: usize,
    failed: usize,
    unseen: usize,
}

impl Tally {
    fn count(&mut self, ending: Ending) {
        match ending {
            Ending::Exact => self.exact += 1,
            Ending::Partial => self.partial += 1,
            Ending::Failed => self.failed += 1,
            Ending::Unseen => self.unseen += 1,
        }
    }

    fn all(&self) -> usize {
        self.exact + self.partial + self.failed + self.unseen
    }
}

/// Numbers in an order that the seed decides: `SplitMix64` (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

fn seed() -> u64 {
    let given = std::env::var("GLUCODOCK_SWEEP_SEED").ok();
    given.map_or(1, |text| text.parse().unwrap_or_else(|_| panic!("GLUCODOCK_SWEEP_SEED is no whole number: {text}")))
}

fn strikes_all() -> bool {
    std::env::var_os("GLUCODOCK_SWEEP").is_some_and(|what| what == "all")
}

/// Every fault of the conversation that this link has carried, byte by byte.
fn every_strike(link: &StruckLink, is_drive: bool) -> Vec<Strike> {
    let mut strikes = Vec::new();
    for (way, passed) in [(Direction::ToMeter, &link.to_meter), (Direction::FromMeter, &link.from_meter)] {
        let begins: BTreeSet<usize> = passed.transfers.iter().copied().collect();
        for at in 0..passed.passed {
            strikes.extend(Harm::OF_BYTES.map(|harm| Strike { way, harm, at }));
            if begins.contains(&at) {
                strikes.extend([Harm::LoseTransfer, Harm::RepeatTransfer].map(|harm| Strike { way, harm, at }));
            }
            if is_drive {
                strikes.push(Strike { way, harm: Harm::EndFile, at });
            }
        }
    }
    strikes
}

/// All of them, or as many as are drawn: one of each stretch of the conversation, so that none is passed over.
fn drawn(all: Vec<Strike>, name: &str) -> Vec<Strike> {
    if strikes_all() || all.len() <= DRAWN {
        return all;
    }
    let mut chance = Chance(name.bytes().fold(seed(), |mixed, byte| mixed.wrapping_mul(31) ^ u64::from(byte)));
    (0..DRAWN)
        .map(|stretch| {
            let (start, end) = (stretch * all.len() / DRAWN, (stretch + 1) * all.len() / DRAWN);
            all[start + chance.below(end - start)]
        })
        .collect()
}

/// One read with this strike, if any, and the link afterwards. Fails if the meter was asked for what it must not do.
fn read(row: &Row, plug: &Plug, strike: Option<Strike>) -> (Result<Download, MeterError>, StruckLink) {
    let plugged = (plug.open)();
    let mut link = StruckLink::new(plugged.link, plugged.needs, strike);
    let outcome = read_link(row.driver, &mut link, plug.sold_as);
    let is_changed =
        strike.is_some_and(|strike| strike.way == Direction::ToMeter && matches!(strike.harm, Harm::Flip(_)));
    let is_excused = plug.has_unguarded_requests && is_changed;
    assert!(is_excused || !(plugged.misdeed)(), "the meter was asked to erase its memory or to set its clock");
    (outcome, link)
}

/// Strikes one meter.
fn sweep(row: &Row, plug: &Plug) -> Tally {
    let (good, link) = read(row, plug, None);
    let good = good.unwrap();
    assert!(good.is_complete() && good.readings.len() == 10, "{}: {:?}", plug.name, good.completeness);
    let values = match row.guard {
        Guard::Own(_) => BTreeSet::new(),
        Guard::Link { values, .. } => values(&good),
    };
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for strike in drawn(every_strike(&link, row.is_drive), plug.name) {
        let is_value =
            strike.way == Direction::FromMeter && matches!(strike.harm, Harm::Flip(_)) && values.contains(&strike.at);
        let case = Case { row, plug, strike, is_value, good: &good };
        let outcome = catch_unwind(AssertUnwindSafe(|| read(row, plug, Some(strike)).0));
        let ending = outcome.map_err(|panic| judge::said(&*panic)).and_then(|outcome| judge(&case, outcome));
        match ending {
            Ok(ending) => tally.count(ending),
            Err(why) => wrong.push(format!("{strike:?}: {why}")),
        }
    }
    let found = wrong.len();
    wrong.truncate(NAMED);
    assert_eq!(
        found,
        0,
        "{}, {}: {found} faults of {} ended wrongly; again with GLUCODOCK_SWEEP_SEED={}\n{}",
        row.driver.name(),
        plug.name,
        tally.all() + found,
        seed(),
        wrong.join("\n")
    );
    tally
}

/// Sweeps every meter of a row and says how it went.
#[expect(clippy::print_stderr, reason = "the harness keeps it unless somebody asks to see it")]
fn sweep_row(make: fn() -> Row) {
    let row = make();
    for plug in &row.plugs {
        let tally = sweep(&row, plug);
        let Tally { exact, partial, failed, unseen } = tally;
        let (all, name) = (tally.all(), row.driver.name());
        eprintln!(
            "{name:20} {:30} {:25} {all:6} faults: {exact:6} exact {partial:5} partial {failed:5} error {unseen:4} \
             unseen",
            plug.name,
            row.guard.name()
        );
        for (what, count, least) in [("exact", exact, plug.least[0]), ("partial", partial, plug.least[1])] {
            assert!(count * 100 >= least * all, "{name}, {}: {count} of {all} are {what}: under {least} %", plug.name);
        }
        let may_be_unseen = matches!(row.guard, Guard::Link { .. });
        assert!(unseen == 0 || may_be_unseen, "{name}, {}: {unseen} changed values", plug.name);
        // Of a few that are drawn, none may lie before the meter has said who it is.
        assert!(failed > 0 || !strikes_all(), "{name}, {}: no read has failed", plug.name);
    }
}

/// The rows, in the order of `drivers::ALL`, and a test for each.
macro_rules! table {
    ($($family:ident::$row:ident,)*) => {
        const TABLE: &[fn() -> Row] = &[$(table::$family::$row),*];
        $(
            #[test]
            fn $row() {
                sweep_row(table::$family::$row);
            }
        )*
    };
}

table! {
    roche::accu_chek_reports,
    roche::accu_chek_usb,
    serial::agm_4000,
    others::caresens,
    others::contour_hid,
    others::contour_serial,
    abbott::freestyle_insulinx,
    abbott::freestyle_libre,
    abbott::freestyle_lite,
    abbott::freestyle_neo,
    abbott::freestyle_optium,
    serial::glucocard_expression,
    serial::glucomen_areo,
    lifescan::onetouch_ultra2,
    lifescan::onetouch_ultra_easy,
    lifescan::onetouch_verio,
    lifescan::onetouch_verio_iq,
    serial::relion_prime,
    serial::sd_codefree,
    roche::smart_pix,
    others::taidoc,
    serial::true_metrix,
}

#[test]
fn every_driver_has_exactly_one_row() {
    let rows: Vec<_> = TABLE.iter().map(|make| make().driver.name()).collect();
    let all: Vec<_> = drivers::ALL.iter().map(|driver| driver.name()).collect();
    assert_eq!(rows, all);
}

/// The wire itself: each harm does what it says, so that no sweep passes because nothing was struck.
#[test]
fn a_struck_link_does_what_it_says() {
    use std::time::Duration;

    use glucodock::meters::link::Link as _;
    use glucodock::meters::simulator::SimulatedMeter;
    use glucodock::meters::simulator::memory_link::MemoryLink;

    /// Gives back what it hears, in one transfer, and a 9 in another.
    struct Parrot;

    impl SimulatedMeter for Parrot {
        fn plugged(&mut self) -> Vec<Vec<u8>> {
            Vec::new()
        }

        fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
            vec![bytes.to_vec(), vec![9]]
        }
    }

    let wait = Duration::from_millis(1);
    let heard = |way, harm, at| {
        let link = MemoryLink::new(Box::new(Parrot), None);
        let mut link = StruckLink::new(link, None, Some(Strike { way, harm, at }));
        let _ = link.send(&[4, 5, 6], wait);
        let received = (0..4).filter_map(|_| match link.receive(wait) {
            Err(LinkError::TimedOut) => None,
            Err(_) => Some(vec![0]),
            Ok(bytes) => Some(bytes),
        });
        received.collect::<Vec<_>>()
    };
    let gone = vec![0];
    let from = |harm| heard(Direction::FromMeter, harm, 1);
    assert_eq!(from(Harm::Cut), [vec![4], gone.clone(), gone.clone(), gone.clone()]);
    assert_eq!(from(Harm::Stall), [[4]]);
    assert_eq!(from(Harm::Freeze), [[4]]);
    assert_eq!(from(Harm::Drop), [vec![4, 6], vec![9]]);
    assert_eq!(from(Harm::Repeat), [vec![4, 5, 5, 6], vec![9]]);
    assert_eq!(from(Harm::Flip(7)), [vec![4, 0x85, 6], vec![9]]);
    assert_eq!(from(Harm::LoseTransfer), [[9]]);
    assert_eq!(from(Harm::RepeatTransfer), [vec![4, 5, 6], vec![4, 5, 6], vec![9]]);
    let to = |harm| heard(Direction::ToMeter, harm, 0);
    assert_eq!(to(Harm::Cut), vec![gone; 4]);
    assert_eq!(to(Harm::Drop), [vec![5, 6], vec![9]]);
    assert_eq!(to(Harm::Flip(0)), [vec![5, 5, 6], vec![9]]);
    assert_eq!(to(Harm::LoseTransfer), Vec::<Vec<u8>>::new());
    assert_eq!(to(Harm::RepeatTransfer), [vec![4, 5, 6], vec![9], vec![4, 5, 6], vec![9]]);
}
