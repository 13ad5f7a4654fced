//! How many readings a second each driver makes of what a meter sends: `cargo bench --bench decode`.
//!
//! For every family of the shelf, a meter with a full memory is read again and again in this process, first as it was
//! recorded (decoding alone: no simulator, no wire, no waiting), then over a simulated meter in memory (both sides of the
//! conversation). Compare families, and changes of one, within one run on one machine. It fails only if a
//! reading of a full memory takes more than [`MOST`] times as long to decode as one of a tenth of it: a decoder that looks
//! at every byte again for each new one would. The figures themselves are the machine's as much as ours.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use glucodock::{domain, meters};

use conversations::{Memory, read, recorded, simulated};
use meters::catalogue::Meter;
use meters::drivers::{self, Driver};
use meters::link::Link;
use meters::simulator::memory_link::MemoryLink;
use played::{Ending, Player};

// The fuzz targets begin with the same conversations.
#[path = "../fuzz/src/targets/conversations.rs"]
mod conversations;
#[path = "../fuzz/src/targets/played.rs"]
mod played;

/// A decoder whose work grows with the square of the bytes takes ten times as long for each reading of ten times as many.
const MOST: f64 = 3.0;

/// How long each family is read.
const TIME: Duration = Duration::from_millis(500);

/// For families whose memory is not known.
const USUAL_MEMORY: usize = 500;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let mut out = io::stdout();
    writeln!(
        out,
        "{:22} {:>8} {:>12} {:>10} {:>12} {:>14}",
        "driver", "readings", "decoded/s", "ns each", "of a tenth", "with meter/s"
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
    let decoded = decoded(driver, meter, full)?;
    let tenth = self::decoded(driver, meter, Memory { readings: (readings / 10).max(1), ..full })?;
    let ratio = tenth / decoded;
    // A meter that cannot tell a control test holds none.
    let held = recorded(driver, meter, full).ok_or("the meter was not read")?.1.readings.len();
    let spoken = per_second(driver, held, || simulated(meter, full).map(|meter| MemoryLink::new(meter, None)))?;
    writeln!(
        out,
        "{:22} {readings:>8} {decoded:>12.0} {:>10.0} {ratio:>12.2} {spoken:>14.0}",
        driver.name(),
        1e9 / decoded,
    )?;
    Ok(ratio <= MOST)
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

/// Reads over fresh links for [`TIME`], counting the time of the reads only.
fn per_second<L: Link>(driver: &dyn Driver, count: usize, open: impl Fn() -> Option<L>) -> Result<f64, Failure> {
    let mut spent = Duration::ZERO;
    let mut reads = 0_u32;
    while spent < TIME {
        let mut link = open().ok_or("no such meter")?;
        let started = Instant::now();
        let download = read(driver, &mut link, "a meter")?;
        spent += started.elapsed();
        reads += 1;
        if !download.is_complete() || download.readings.len() != count {
            return Err(format!("{}: {:?}", driver.name(), download.completeness).into());
        }
    }
    let readings = f64::from(reads) * f64::from(u32::try_from(count)?);
    Ok(readings / spent.as_secs_f64())
}
