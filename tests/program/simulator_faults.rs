//! Every fault that is listed for every meter of the catalogue: what is read is the exact list, a part that says that
//! it is one, or an error; never a wrong value.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::process::Output;

use glucodock::domain::cause::Cause;
use glucodock::domain::download::Download;
use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::{Doubt, Kind, Reading};
use glucodock::meters::catalogue::{Catalogue, LinkKind, Meter};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers;
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::fault::{Fault, FaultDescription, FaultKind};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::rehearsal::place_behind_reading;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Zoned};
use rstest::rstest;

use super::program::{Simulator, run};

/// So many readings does each meter hold.
const HELD: usize = 10;

fn last() -> DateTime {
    date(2026, 7, 14).at(8, 30, 12, 0)
}

/// What the meter holds and shows.
#[derive(Clone, Copy)]
struct Setting {
    readings: usize,
    mmol: bool,
}

const USUAL: Setting = Setting { readings: HELD, mmol: false };

/// Settings in which a fault may be seen that is not seen in the usual one.
const OTHERS: [Setting; 2] = [Setting { readings: 0, mmol: false }, Setting { readings: HELD, mmol: true }];

fn make(meter: &Meter, memory: ReadingSet, mmol: bool, fault: Option<Fault>) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let wanted = Wanted {
        fault,
        shows_mmol: mmol,
        ..Wanted::new(&meter.slug, memory, || last().saturating_add(SignedDuration::from_mins(37)))
    };
    shelf::make(&meter.driver, wanted)
}

/// Reads the meter in memory, with this fault; in words why there is no such meter.
fn try_read(meter: &Meter, setting: Setting, fault: Option<Fault>) -> Result<Result<Download, MeterError>, Cause> {
    let driver = drivers::by_name(&meter.driver).unwrap();
    let memory = ReadingSet::seeded(setting.readings, 3, last());
    let wire = match fault {
        Some(Fault { kind: FaultKind::UnplugReading, at }) => {
            let still = |memory| make(meter, memory, setting.mmol, None);
            let at = place_behind_reading(meter, &memory, at, &still)?;
            Some(Fault { kind: FaultKind::Unplug, at })
        }
        other => other,
    };
    let mut link = MemoryLink::new(make(meter, memory, setting.mmol, fault)?, wire);
    let noon = || -> Zoned { "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap() };
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &noon);
    Ok(driver.read(&mut conversation, &meter.name()))
}

fn read(meter: &Meter, fault: Option<Fault>) -> Result<Download, MeterError> {
    try_read(meter, USUAL, fault).unwrap()
}

/// Whether the conversation is another one with this fault, in some setting.
fn is_seen_elsewhere(meter: &Meter, fault: Fault) -> bool {
    OTHERS.into_iter().any(|setting| {
        let transcript = |fault| Some(try_read(meter, setting, fault).ok()?.ok()?.transcript);
        transcript(Some(fault)) != transcript(None)
    })
}

/// Which places or amounts to try: none for a case without a number; the first bytes, some in the middle, and one that
/// never comes; small amounts for all others.
fn numbers(told: &FaultDescription, kind: FaultKind, spoken: u64) -> Vec<u64> {
    let along = || (0..12).map(|part| spoken * part / 12).chain([1, spoken.saturating_sub(1), spoken + 9]).collect();
    match kind {
        _ if !told.takes_number => vec![0],
        FaultKind::UnplugReading => vec![1, 5],
        FaultKind::SlowStart | FaultKind::CountHigh => vec![1, 2, 40],
        FaultKind::Chunks => vec![1, 2, 7, 64],
        FaultKind::Odd(_) => (0..12).collect(),
        FaultKind::Drop
        | FaultKind::Flip
        | FaultKind::Repeat
        | FaultKind::Stall
        | FaultKind::Unplug
        | FaultKind::ToDrop
        | FaultKind::ToFlip
        | FaultKind::ToRepeat
        | FaultKind::ToStall
        | FaultKind::ToUnplug
        | FaultKind::Checksum => along(),
    }
}

/// What counts of a reading.
type Counts = (Option<DateTime>, Measured, Kind);

/// A time in doubt is as good as none.
fn counts(download: &Download) -> Vec<Counts> {
    let counts = |reading: &Reading| {
        let is_timed = !reading.doubts.contains(&Doubt::TimeUncertain);
        (reading.time.filter(|_| is_timed), reading.measured, reading.kind)
    };
    download.readings.iter().map(counts).collect()
}

/// Whether a reading says nothing else than the one in the meter's memory: the same, or the same without its time, or
/// one that is marked as no blood glucose or as beyond the range.
fn is_honest(found: Counts, kept: Counts) -> bool {
    let (time, measured, kind) = found;
    let (kept_time, kept_measured, kept_kind) = kept;
    let is_marked = measured.concentration().is_none() || !matches!(kind, Kind::Blood | Kind::Sensor);
    (measured == kept_measured && kind == kept_kind && time.is_none())
        || (time == kept_time && (is_marked || (measured == kept_measured && kind == kept_kind)))
}

/// How many records the download names as no readings, in remarks that end in `uric acid (1)`.
fn set_aside(download: &Download) -> usize {
    let named = download.warnings.iter().filter(|warning| warning.code.as_str() == "other-records");
    named
        .map(|warning| {
            warning.text.as_str().rsplit_once('(').unwrap().1.trim_end_matches(')').parse::<usize>().unwrap()
        })
        .sum()
}

/// What is wrong with an outcome, if anything.
fn complaint(download: &Download, sound: &Download, name: &str) -> Option<String> {
    // What such a meter says it is, under a right check value.
    if download.meter.serial != sound.meter.serial && name != "other-serial" {
        return Some("another serial number".to_owned());
    }
    let usual = counts(sound);
    let mut left = usual.clone();
    let mut strangers = Vec::new();
    for found in counts(download) {
        match left.iter().position(|kept| is_honest(found, *kept)) {
            Some(place) => drop(left.swap_remove(place)),
            None => strangers.push(found),
        }
    }
    // The one that was measured meanwhile is new; one that came twice is in a list that is called incomplete.
    let is_new = name == "measures-at" && strangers.len() == 1;
    let is_repeated = !download.is_complete() && strangers.iter().all(|stranger| usual.contains(stranger));
    if !strangers.is_empty() && !is_new && !is_repeated {
        return Some(format!("{} wrong readings", strangers.len()));
    }
    // A Verio IQ sends mg/dL whatever it shows; an Accu-Chek sends what its unit says.
    if name == "unknown-unit" && download.meter.driver.as_str() == "accu-chek-usb" && download.is_complete() {
        return Some("a number without its unit was taken".to_owned());
    }
    let is_short = download.is_complete() && left.len() > set_aside(download);
    is_short.then(|| format!("called complete, and {} readings are missing: {:?}", left.len(), download.warnings))
}

/// A changed bit is seen only where something is checked: a packet of USB and a file of a drive have their check values
/// below what a simulator says.
fn may_pass_unseen(kind: FaultKind, faults: &[FaultDescription]) -> bool {
    kind == FaultKind::Flip && faults.iter().all(|told| told.name != FaultKind::Checksum.name())
}

/// In two halves, for two processors.
#[rstest]
fn no_fault_changes_a_value_unseen(#[values(0, 1)] half: usize) {
    let mut wrong = Vec::new();
    let mut idle = BTreeSet::new();
    for meter in Catalogue::embedded().meters().iter().skip(half).step_by(2) {
        let sound = read(meter, None).unwrap();
        let usual = counts(&sound);
        assert!(sound.is_complete() && usual.len() + 1 >= HELD, "{}: {} readings", meter.slug, usual.len());
        let spoken: u64 = sound.transcript.iter().map(|packet| packet.bytes.len() as u64).sum();
        let faults = shelf::faults(meter);
        for told in &faults {
            let kind = kind_of(told);
            let mut has_effect = false;
            for at in numbers(told, kind, spoken) {
                // Where several readings come as one, there is no place between them, and that is said.
                let outcome = match try_read(meter, USUAL, Some(Fault { kind, at })) {
                    Ok(outcome) => outcome,
                    Err(reason) => {
                        let is_said = reason.to_string().contains("as one: the cable can be pulled behind reading")
                            || reason.to_string().contains("has nothing more to say");
                        assert!(kind == FaultKind::UnplugReading && is_said, "{} {}: {reason}", meter.slug, told.name);
                        has_effect = true;
                        continue;
                    }
                };
                has_effect |= outcome.as_ref().map_or(true, |download| download.transcript != sound.transcript)
                    || is_seen_elsewhere(meter, Fault { kind, at });
                // Pieces are no damage.
                if kind == FaultKind::Chunks {
                    let found = outcome.as_ref().map(|download| (download.is_complete(), counts(download)));
                    assert_eq!(found.ok(), Some((true, usual.clone())), "{} chunks@{at}", meter.slug);
                }
                let complaint = outcome.ok().and_then(|download| complaint(&download, &sound, told.name));
                if let Some(complaint) = complaint.filter(|_| !may_pass_unseen(kind, &faults)) {
                    wrong.push(format!("{} {}@{at}: {complaint}", meter.slug, told.name));
                }
            }
            // A byte too many or another one may well be nothing to the meter.
            if !has_effect && !told.name.starts_with("to-") {
                idle.insert(format!("{} {}", meter.driver, told.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(idle.is_empty(), "these do nothing: {idle:?}");
}

fn kind_of(told: &FaultDescription) -> FaultKind {
    FaultKind::GENERAL.into_iter().find(|kind| kind.name() == told.name).unwrap_or(FaultKind::Odd(told.name))
}

fn simulate(arguments: &[&str]) -> Output {
    run(&[&["simulate"], arguments].concat())
}

/// Where a meter is simulated, and where it is read.
const fn places(link: LinkKind) -> (&'static str, &'static str) {
    match link {
        LinkKind::Serial => ("--pty", "--port"),
        LinkKind::Folder => ("--folder", "--folder"),
        LinkKind::UsbBulk | LinkKind::UsbHid | LinkKind::Scsi => ("--socket", "--socket"),
    }
}

/// Reads the meter with this fault through two processes: the exit code, and what was printed.
fn read_elsewhere(meter: &Meter, fault: &str) -> (i32, serde_json::Value) {
    let (there, here) = places(meter.link);
    let newest = last().to_string();
    let more = ["--seed", "3", "--newest", &newest, "--readings", "10", "--fault", fault];
    let output = Simulator::start(&meter.slug, there, &more).read(here, &["--driver", &meter.driver]);
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// The first meter of each driver.
fn one_of_each_driver() -> Vec<&'static Meter> {
    let mut seen = BTreeSet::new();
    Catalogue::embedded().meters().iter().filter(|meter| seen.insert(meter.driver.as_str())).collect()
}

/// A pulled cable loses no more than what was not read, and a piecemeal meter is read like any other.
#[test]
fn faults_of_the_wire_are_had_from_process_to_process() {
    for meter in one_of_each_driver().into_iter().filter(|meter| meter.link != LinkKind::Folder) {
        let mut memory = ReadingSet::seeded(10, 3, last());
        if !meter.tells.control {
            memory.make_controls_blood();
        }
        let still = |memory| make(meter, memory, false, None);
        if let Err(reason) = place_behind_reading(meter, &memory, 4, &still) {
            // What comes as one cannot be cut behind its fourth part, and that is said.
            let (place, newest) = (places(meter.link).0, last().to_string());
            let counted = ["--readings", "10", "--seed", "3", "--newest", &newest];
            let asked = [&[&meter.slug, place, "p", "--fault", "unplug-reading@4"], counted.as_slice()].concat();
            let refused = simulate(&asked);
            let complaint = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{}: {complaint}", meter.slug);
            assert!(
                reason.to_string().contains("as one") && complaint.contains("as one"),
                "{}: {complaint}",
                meter.slug
            );
        } else {
            let (code, read) = read_elsewhere(meter, "unplug-reading@4");
            assert_eq!((code, read["complete"].as_bool().unwrap_or(false)), (4, false), "{}: {read}", meter.slug);
            // A log or a group that is checked as a whole gives nothing when it is cut.
            let found = read["readings"].as_array().map_or(0, Vec::len);
            let is_proved_as_a_whole = meter.driver.starts_with("freestyle-") || meter.driver == "true-metrix";
            // What a pseudo-terminal holds unread is lost with it.
            let may_lose = is_proved_as_a_whole || meter.link == LinkKind::Serial;
            assert!(found == 4 || (may_lose && found < 4), "{}: {found}", meter.slug);
        }
        let (code, _) = read_elsewhere(meter, "to-unplug@0");
        assert_eq!(code, 4, "{}", meter.slug);
        if shelf::faults(meter).iter().any(|told| told.name == "chunks") {
            let (code, read) = read_elsewhere(meter, "chunks@3");
            assert_eq!((code, &read["complete"]), (0, &true.into()), "{}: {read}", meter.slug);
        }
    }
}

/// Late answers to other questions, one of which has the form of a serial number.
#[rstest]
fn a_late_answer_to_another_question_is_no_serial_number(
    #[values("freestyle-neo", "freestyle-libre", "freestyle-insulinx")] slug: &str,
) {
    let catalogue = Catalogue::embedded();
    let meter = catalogue.by_slug(slug).unwrap();
    let (code, read) = read_elsewhere(meter, "stale-serial@1");
    assert_eq!((code, read["meter"]["serial"].as_str()), (0, Some("000SIM1-00001")), "{read}");
    // Where no other answer comes nobody is read.
    let (code, read) = read_elsewhere(meter, "stale-serial@40");
    assert_eq!(code, 4, "{read}");
    assert!(read["readings"].is_null() && !read.to_string().contains("2.1.2"), "{read}");
    assert!(read["error"]["message"].as_str().unwrap().contains("another question"), "{read}");
}

#[test]
fn every_meter_lists_its_faults_and_names_them_when_one_is_unknown() {
    for meter in one_of_each_driver() {
        let listed = simulate(&[&meter.slug, "--faults"]);
        assert_eq!(listed.status.code(), Some(0), "{}", meter.slug);
        let listed = String::from_utf8(listed.stdout).unwrap();
        let refused = simulate(&[&meter.slug, "--fault", "burn@3", "--pty", "p"]);
        let elsewhere = simulate(&[&meter.slug, "--fault", "burn@3", "--socket", "p"]);
        let in_folder = simulate(&[&meter.slug, "--fault", "burn@3", "--folder", "p"]);
        let refusals: Vec<String> =
            [refused, elsewhere, in_folder].map(|output| String::from_utf8(output.stderr).unwrap()).into();
        for told in shelf::faults(meter) {
            let is_listed = listed.lines().any(|line| {
                line.split_once("  ")
                    .is_some_and(|(name, what)| name.trim() == told.written() && what.trim() == told.what)
            });
            assert!(is_listed, "{} does not list {}: {listed}", meter.slug, told.name);
            // A folder cannot be pulled at a byte; a drive on USB can.
            let is_elsewhere = meter.link == LinkKind::Folder && told.name == "unplug";
            let is_named = is_elsewhere
                || refusals.iter().any(|refusal| refusal.contains("\"burn\"") && refusal.contains(&told.written()));
            assert!(is_named, "{} does not name {}", meter.slug, told.name);
        }
    }
}

#[test]
fn the_list_is_there_for_programs_and_mistakes_are_wrong_use() {
    let listed = simulate(&["accu-chek-guide", "--faults", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed[0]["fault"], "drop@N");
    assert!(listed.as_array().unwrap().iter().any(|line| line["fault"] == "no-maps"));
    for (fault, says) in [
        ("drop", "the fault drop is written drop@N"),
        ("echo@2", "the fault echo is written without a number"),
        ("drop@x", "the position \"x\" is not a whole number"),
        ("unplug-reading@0", "the meter sends no reading 0"),
        ("no-maps", "no fault of kind \"no-maps\"; there are drop@N, "),
    ] {
        let refused = simulate(&["onetouch-ultra2", "--pty", "p", "--fault", fault]);
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{fault}: {complaint}");
        assert!(complaint.contains(says), "{fault}: {complaint}");
    }
}
