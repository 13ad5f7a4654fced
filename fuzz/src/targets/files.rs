//! What people and other programs write: files, faults, texts; and a host that talks nonsense to a simulated meter.

use super::conversations::{Memory, NEWEST, meters, simulated};
use super::driver;
use super::input::Input;
use super::played::Event;
use super::promises;
use crate::domain::calendar;
use crate::domain::download::{Direction, Packet};
use crate::domain::text::{Clean, NAME_CELLS, fold};
use crate::domain::typed_date;
use crate::meters::catalogue::{Catalogue, UsbId};
use crate::meters::drivers;
use crate::meters::simulator::fault::Fault;
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::readings::file::{Form, parse};
use crate::meters::transcript;

/// A target of its own, with its seeds.
pub(crate) struct File {
    pub(super) name: &'static str,
    pub(super) run: fn(&[u8]),
    pub(super) seeds: fn() -> Vec<Vec<u8>>,
}

pub(super) const ALL: &[File] = &[
    File {
        name: "file-catalogue",
        run: catalogue,
        seeds: || vec![include_bytes!("../../../assets/meters.toml").to_vec()],
    },
    File { name: "file-readings-csv", run: |bytes| readings(bytes, Form::Csv), seeds: readings_csv },
    File { name: "file-readings-toml", run: |bytes| readings(bytes, Form::Toml), seeds: readings_toml },
    File { name: "file-transcript", run: transcript_file, seeds: transcripts },
    File { name: "simulators", run: simulators, seeds: hosts },
    File { name: "text", run: text, seeds: texts },
];

fn catalogue(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match Catalogue::parse("meters.toml", text) {
        Ok(catalogue) => {
            for meter in catalogue.meters() {
                assert_eq!(catalogue.by_slug(&meter.slug), Some(meter));
                assert!(meter.range.0 < meter.range.1 && !meter.name().is_empty());
            }
        }
        Err(error) => assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}"),
    }
    let _ = text.parse::<UsbId>().map(|id| assert!(id.to_string().eq_ignore_ascii_case(text)));
}

fn readings(bytes: &[u8], form: Form) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match parse(text, form, &|_| Ok(())) {
        Ok(set) => assert!(set.readings.is_sorted_by_key(|reading| reading.time) && set.readings.len() <= bytes.len()),
        Err(error) => assert!((1..=text.len() as u64 + 2).contains(&error.line), "{error}"),
    }
}

fn readings_csv() -> Vec<Vec<u8>> {
    let lines = "time,value,unit,kind,meal\n2026-07-14T08:30:12,103,,,before\n2026-07-14T10:31:05,9.4,mmol/L,,after\n\
                 # a remark\n2026-07-14T10:40:00,121,,control,\n2026-07-14T23:05:00,LO,,,\n";
    vec![lines.as_bytes().to_vec()]
}

fn readings_toml() -> Vec<Vec<u8>> {
    let tables = "[[reading]]\ntime = 2026-07-14T08:30:12\nvalue = 103\nmeal = \"before\"\n\n[[reading]]\n\
                  time = \"2026-07-14T10:31:05\"\nvalue = 9.4\nunit = \"mmol/L\"\nkind = \"control\"\n";
    vec![tables.as_bytes().to_vec()]
}

fn transcript_file(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(packets) = transcript::parse(text) {
        assert_eq!(transcript::parse(&transcript::write(&packets)), Ok(packets));
    }
    let packets = vec![Packet { direction: Direction::FromMeter, bytes: bytes.to_vec() }];
    assert_eq!(transcript::parse(&transcript::write(&packets)), Ok(packets));
}

fn transcripts() -> Vec<Vec<u8>> {
    let texts = [
        include_str!("../../../fixtures/transcripts/accu-chek-usb/guide-aborted.txt"),
        include_str!("../../../fixtures/transcripts/accu-chek-usb/guide-three-readings.txt"),
        include_str!("../../../fixtures/transcripts/onetouch-ultra2/three-records.txt"),
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// The first byte chooses the family; the transfers are what a host sends.
fn simulators(bytes: &[u8]) {
    let (choice, rest) = bytes.split_first().map_or((0, bytes), |(choice, rest)| (usize::from(*choice), rest));
    let Some(driver) = drivers::ALL.get(choice % drivers::ALL.len()) else { return };
    let Some(meter) = meters(driver.name()).next() else { return };
    let memory = Memory { readings: 3, shows_mmol: false, has_ketone: false };
    let Some(mut meter) = simulated(meter, memory) else { return };
    let mut said = meter.plugged();
    for event in Input::decode(rest).events {
        said = match event {
            Event::Transfer(bytes) => [meter.hear(&bytes), meter.hear_feature(&bytes)].concat(),
            Event::Silence => meter.wait(std::time::Duration::from_secs(10)),
            Event::Failure => meter.command(&bytes[..bytes.len().min(10)], bytes, 512).into_iter().collect(),
            Event::Unplug => meter.plugged(),
        };
    }
    assert!(said.len() <= 10_000, "it never ends speaking");
}

/// What drivers say to each family.
fn hosts() -> Vec<Vec<u8>> {
    let host = |(choice, driver): (u8, &&'static dyn drivers::Driver)| {
        let (_, download) =
            driver::conversations(*driver).into_iter().max_by_key(|(_, download)| download.readings.len())?;
        let sent = download.transcript.into_iter().filter(|packet| packet.direction == Direction::ToMeter);
        let mut input = Input::decode(&[]);
        input.events = sent.map(|packet| Event::Transfer(packet.bytes)).collect();
        Some([&[choice], input.encode().as_slice()].concat())
    };
    (0..).zip(drivers::ALL).filter_map(host).collect()
}

/// Text of any source: made harmless once, it stays as it is.
fn text(bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    for cells in [1, NAME_CELLS, 1000] {
        let clean = Clean::new(&raw, cells);
        assert!(clean.cells() <= cells, "{clean:?} is wider than {cells}");
        promises::of_text(&clean);
    }
    let folded = fold(&raw);
    assert_eq!(fold(&folded), folded);
    if let Some(date) = typed_date::plain(&raw) {
        assert_eq!(typed_date::plain(&calendar::written(date)), Some(date));
    }
    if let Ok(fault) = raw.parse::<Fault>() {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
}

fn texts() -> Vec<Vec<u8>> {
    let set = ReadingSet::seeded(1, 1, NEWEST);
    let texts = [
        "Müller-Lüdenscheidt",
        "e\u{301}\u{301} \u{202E}abc",
        "14-Jul-1961",
        "drop@300",
        "한글 ﬁ ß İ",
        " \t\u{1F468}\u{200D}\u{1F469}",
    ];
    let times = set.readings.iter().map(|reading| reading.time.to_string().into_bytes());
    texts.map(|text| text.as_bytes().to_vec()).into_iter().chain(times).collect()
}
