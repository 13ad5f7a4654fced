//! How many readings a second each driver makes of what a meter sends: `cargo bench --bench decode`.
//!
//! For every family of the shelf, a meter with a full memory is read again and again in this process, first as it was
//! recorded (decoding alone: no simulator, no wire, no waiting), then over a simulated meter in memory (both sides of
//! the conversation). Compare families, and changes of one, within one run on one machine. Each is told by its fastest
//! read, which other work on the machine disturbs least. It fails if a reading of a full memory takes more than
//! [`MOST`] times as long to decode as one of a tenth of it: a decoder that looks at every byte again for each new one
//! would. And it fails if a family is slower than its floor: a third of what was measured when the floor was written,
//! beside a loop that does nothing of ours and runs again for each family.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use glucodock::{domain, meters};
use meters::catalogue::Meter;
use meters::drivers::{self, Driver};
use meters::link::Link;
use meters::simulator::memory_link::MemoryLink;

use conversations::{Memory, read, recorded, simulated};
use played::{Ending, Player};

// The fuzz targets begin with the same conversations.
#[path = "../fuzz/src/targets/conversations.rs"]
mod conversations;
#[path = "../fuzz/src/targets/played.rs"]
mod played;

/// A decoder whose work grows with the square of the bytes takes ten times as long for each reading
/// of ten times as many.
const MOST: f64 = 3.0;

/// Bytes in one round of the loop that the families are compared with.
const ROUND: usize = 64;

/// How many readings are decoded in the time of a hundred rounds at the least: a third of what was measured.
const FLOORS: [(&str, f64); 22] = [
    ("accu-chek-reports", 2.5),
    ("accu-chek-usb", 5.3),
    ("agm-4000", 5.4),
    ("caresens", 6.0),
    ("contour-hid", 3.3),
    ("contour-serial", 3.4),
    ("freestyle-insulinx", 4.4),
    ("freestyle-libre", 1.5),
    ("freestyle-lite", 4.3),
    ("freestyle-neo", 3.7),
    ("freestyle-optium", 4.4),
    ("glucocard-expression", 5.6),
    ("glucomen-areo", 5.9),
    ("onetouch-ultra2", 4.5),
    ("onetouch-ultra-easy", 4.0),
    ("onetouch-verio", 2.3),
    ("onetouch-verio-iq", 4.3),
    ("relion-prime", 2.2),
    ("sd-codefree", 5.5),
    ("smart-pix", 2.7),
    ("taidoc", 4.1),
    ("true-metrix", 12.9),
];

/// How long each family is read.
const TIME: Duration = Duration::from_millis(500);

/// For families whose memory is not known.
const USUAL_MEMORY: usize = 500;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let mut out = io::stdout();
    writeln!(
        out,
        "{:22} {:>8} {:>12} {:>10} {:>12} {:>14} {:>12} {:>8}",
        "driver", "readings", "decoded/s", "ns each", "of a tenth", "with meter/s", "a 100 rounds", "floor"
    )?;
    let mut is_fast = true;
    for driver in drivers::ALL {
        is_fast &= measure(&mut out, *driver)?;
    }
    Ok(if is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures one family both ways, and says whether it is fast enough.
fn measure(out: &mut impl io::Write, driver: &'static dyn Driver) -> Result<bool, Failure> {
    let meter = conversations::meters(driver.name()).next().ok_or("no meter has this driver")?;
    let readings = meter.memory.map_or(Ok(USUAL_MEMORY), usize::try_from)?;
    let full = Memory { readings, shows_mmol: false, has_ketone: false };
    let before = round();
    let decoded = decoded(driver, meter, full)?;
    // Of the two, the one that other work on the machine disturbed as much as it may have disturbed the reads.
    let round = round().max(before);
    let tenth = self::decoded(driver, meter, Memory { readings: (readings / 10).max(1), ..full })?;
    let ratio = tenth / decoded;
    // A meter that cannot tell a control test holds none.
    let held = recorded(driver, meter, full).ok_or("the meter was not read")?.1.readings.len();
    let spoken = per_second(driver, held, || simulated(meter, full).map(|meter| MemoryLink::new(meter, None)))?;
    let beside = 100.0 * decoded * round;
    let (_, floor) = FLOORS.iter().find(|(name, _)| *name == driver.name()).ok_or("a driver without a floor")?;
    writeln!(
        out,
        "{:22} {readings:>8} {decoded:>12.0} {:>10.0} {ratio:>12.2} {spoken:>14.0} {beside:>12.1} {floor:>8.1}",
        driver.name(),
        1e9 / decoded,
    )?;
    Ok(ratio <= MOST && beside >= *floor)
}

/// Seconds that one round takes: a CRC-16 over [`ROUND`] bytes, bit by bit. The fastest of many.
fn round() -> f64 {
    let bytes: [u8; ROUND] = std::hint::black_box([0x5A; ROUND]);
    let mut fastest = Duration::MAX;
    for _ in 0..200 {
        let begun = Instant::now();
        for _ in 0..100 {
            let crc = std::hint::black_box(bytes).iter().fold(0xFFFF_u16, |crc, byte| {
                (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 })
            });
            std::hint::black_box(crc);
        }
        fastest = fastest.min(begun.elapsed());
    }
    fastest.as_secs_f64() / 100.0
}

/// How many readings of a recording are decoded in a second.
fn decoded(driver: &'static dyn Driver, meter: &Meter, memory: Memory) -> Result<f64, Failure> {
    let (events, download) = recorded(driver, meter, memory).ok_or("the meter was not read")?;
    let files = simulated(meter, memory).and_then(|meter| meter.drive());
    let takes_features = MemoryLink::new(simulated(meter, memory).ok_or("no such meter")?, None)
        .send_feature(&[0], Duration::ZERO)
        .is_ok();
    per_second(driver, download.readings.len(), || {
        let mut player = Player::new(events.clone(), Ending::Silence);
        player.files.clone_from(&files);
        player.takes_features = takes_features;
        Some(player)
    })
}

/// Reads over fresh links for [`TIME`]; how many readings a second the fastest read makes.
fn per_second<L: Link>(driver: &dyn Driver, count: usize, open: impl Fn() -> Option<L>) -> Result<f64, Failure> {
    let mut spent = Duration::ZERO;
    let mut fastest = Duration::MAX;
    while spent < TIME {
        let mut link = open().ok_or("no such meter")?;
        let started = Instant::now();
        let download = read(driver, &mut link, "a meter")?;
        let time = started.elapsed();
        spent += time;
        fastest = fastest.min(time);
        if !download.is_complete() || download.readings.len() != count {
            return Err(format!("{}: {:?}", driver.name(), download.completeness).into());
        }
    }
    Ok(f64::from(u32::try_from(count)?) / fastest.as_secs_f64())
}
