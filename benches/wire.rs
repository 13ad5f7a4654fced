//! How much time a read takes beyond what its bytes need on the wire, for every driver of a serial line.
//!
//! `cargo bench --bench wire` reads a meter of each family from another process, at the meter's own speed and without a
//! limit. It fails if the first read of a family that is held to it takes more than 5 % longer than its bytes, or if
//! the second is not several times as fast as the wire. How many readings a second those are is printed: it is the
//! machine's figure as much as ours. The other families are there to be seen.
//!
//! It needs no quiet machine: whatever else runs there can only make a read slower, so that the best of a few counts.
//! Where none is fast enough, the same bytes are exchanged by a loop that does nothing else, in turns with the read.
//! Only if that takes more than 5 % longer than the wire, too, is it the machine; then the read is held to the loop
//! instead of the wire, and said so. A meter on USB has no speed of its own: what its read takes beyond its transfers
//! is told, in milliseconds. An Accu-Chek's is held to a limit. `cargo bench --bench wire -- taidoc` measures that
//! family alone.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use glucodock::domain::download::{Direction, Packet};
use glucodock::domain::text::Clean;
use glucodock::host::links::serial::SerialLink;
use glucodock::host::pty::pacer::time_of;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers;
use glucodock::meters::link::{LineSettings, Link};
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::memory_link::{MemoryLink, MeterPace};
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::Zoned;

/// A read at a meter's own speed takes at most so many times what its bytes need.
const MOST: f64 = 1.05;

/// Without a meter's speed to wait for, a read is at least so many times as fast as the wire: then no computer on which
/// the program can be used is what a read waits for.
const LEAST_UNPACED: f64 = 4.0;

/// So many reads at most: the best counts, and the first that is fast enough ends it.
const READS: u32 = 5;

/// One family, by one of its meters.
struct Family {
    driver: &'static str,
    slug: &'static str,
    readings: u32,
    /// Whether its whole memory is read, and its speed is held to [`MOST`] and [`LEAST_UNPACED`].
    is_held: bool,
}

impl Family {
    const fn of(driver: &'static str, readings: u32, is_held: bool) -> Self {
        Self { driver, slug: driver, readings, is_held }
    }

    const fn by(self, slug: &'static str) -> Self {
        Self { slug, ..self }
    }
}

/// With a full memory where the speed is held to a limit, and some readings where it is not.
const FAMILIES: [Family; 12] = [
    Family::of("onetouch-ultra2", 500, true),
    Family::of("sd-codefree", 500, true),
    Family::of("onetouch-ultra-easy", 500, true),
    Family::of("onetouch-verio-iq", 750, true),
    Family::of("taidoc", 450, true).by("taidoc-serial"),
    Family::of("caresens", 100, false).by("relion-premier"),
    Family::of("contour-serial", 100, false).by("contour"),
    Family::of("freestyle-lite", 100, false),
    Family::of("freestyle-optium", 100, false),
    Family::of("glucocard-expression", 100, false),
    Family::of("glucomen-areo", 100, false),
    Family::of("relion-prime", 100, false),
];

/// Families whose meters speak over USB, with a full memory, and the most that a read takes beyond its transfers.
const ON_USB: [(Family, Option<Duration>); 2] = [
    (Family::of("accu-chek-usb", 720, false).by("accu-chek-guide"), Some(Duration::from_millis(20))),
    (Family::of("contour-hid", 800, false).by("contour-next-usb"), None),
];

/// What one transfer over USB takes, about.
const TRANSFER: Duration = Duration::from_millis(1);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut is_fast = true;
    for family in FAMILIES {
        if only.is_empty() || only.iter().any(|name| name == family.driver) {
            is_fast &= measure(&family)?;
        }
    }
    for (family, limit) in ON_USB {
        if only.is_empty() || only.iter().any(|name| name == family.driver) {
            is_fast &= measure_beyond(&family, limit)?;
        }
    }
    Ok(if is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads one family both ways, and says whether it is fast enough.
fn measure(family: &Family) -> Result<bool, Failure> {
    let Family { driver, readings, is_held, .. } = family;
    let mut out = io::stdout();
    let (packets, baud) = packets_of_a_read(family)?;
    let bytes: u64 = packets.iter().map(|packet| packet.bytes.len() as u64).sum();
    let wire = time_of(bytes, baud).as_secs_f64();
    writeln!(out, "{driver}: {readings} readings, {bytes} bytes both ways, {wire:.2} s on a wire of {baud} baud")?;

    let at_own_speed = ["--baud".to_owned(), baud.to_string()];
    let enough = if *is_held { wire * MOST } else { f64::INFINITY };
    let (mut paced, mut reads) = best(enough, READS, || read_time(family, &at_own_speed))?;
    let mut bare = f64::INFINITY;
    let is_fast =
        |paced: f64, bare: f64| paced <= enough || (bare > enough && bare.is_finite() && paced <= bare * MOST);
    while !is_fast(paced, bare) && reads < 2 * READS {
        bare = bare.min(loop_time(family, &at_own_speed, &packets, baud)?.as_secs_f64());
        paced = paced.min(read_time(family, &at_own_speed)?.as_secs_f64());
        reads += 1;
    }
    let ratio = paced / wire;
    let limit = if *is_held { format!("at most {MOST}") } else { "no limit".to_owned() };
    writeln!(out, "  read in {paced:.2} s, the best of {reads}: {ratio:.4} times the wire ({limit})")?;
    if paced > enough {
        let (of_the_wire, of_the_loop) = (bare / wire, paced / bare);
        writeln!(out, "  the bytes alone in {bare:.2} s: {of_the_wire:.4} times the wire")?;
        writeln!(out, "  the read takes {of_the_loop:.4} times as long as the bytes alone")?;
    }
    let is_fast = is_fast(paced, bare);

    let readings = f64::from(*readings);
    let (free, reads) = best(0.0, READS, || read_time(family, &[]))?;
    let (per_second, ratio) = (readings / free, wire / free);
    let in_ms = free * 1000.0;
    let limit = if *is_held { format!("at least {LEAST_UNPACED}") } else { "no limit".to_owned() };
    writeln!(out, "  unpaced in {in_ms:.1} ms, the best of {reads}: {per_second:.0} readings/s")?;
    writeln!(out, "  {ratio:.1} times as fast as the wire ({limit})")?;
    Ok(is_fast && (!is_held || ratio >= LEAST_UNPACED))
}

/// The shortest of at most so many tries in seconds, and how many there were: no more once one is within `enough`.
fn best(enough: f64, most: u32, mut once: impl FnMut() -> Result<Duration, Failure>) -> Result<(f64, u32), Failure> {
    let mut best = f64::INFINITY;
    for read in 1..=most {
        best = best.min(once()?.as_secs_f64());
        if best <= enough {
            return Ok((best, read));
        }
    }
    Ok((best, most))
}

/// What a read over USB takes beyond its transfers, and whether that is little enough. The transfers alone and the read
/// take turns.
fn measure_beyond(family: &Family, limit: Option<Duration>) -> Result<bool, Failure> {
    let paced = || {
        Ok::<_, Failure>(MemoryLink::new(meter(family)?, None).with_pace(MeterPace::Real { per_transfer: TRANSFER }))
    };
    let packets = read_over(family, &mut MemoryLink::new(meter(family)?, None))?;
    let (mut read, mut alone) = (Duration::MAX, Duration::MAX);
    for _ in 0..READS {
        let (mut link, started) = (paced()?, Instant::now());
        read_over(family, &mut link)?;
        read = read.min(started.elapsed());
        let (mut link, started) = (paced()?, Instant::now());
        exchange(&mut link, &packets)?;
        alone = alone.min(started.elapsed());
    }
    let beyond = read.saturating_sub(alone);
    let limit_told = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("at most {limit:.0?}"));
    let Family { driver, readings, .. } = family;
    writeln!(
        io::stdout(),
        "{driver}: {readings} readings in {} transfers over USB of {TRANSFER:?} each, the best of {READS}\n  \
         read in {read:.1?}, the transfers alone in {alone:.1?}: {beyond:.1?} beyond them ({limit_told})",
        packets.len()
    )?;
    Ok(limit.is_none_or(|limit| beyond <= limit))
}

/// The family's meter, simulated in this process.
fn meter(family: &Family) -> Result<Box<dyn SimulatedMeter>, Failure> {
    let now = Zoned::now().datetime();
    let memory = ReadingSet::seeded(usize::try_from(family.readings)?, 1, now);
    Ok(shelf::make(family.driver, Wanted::new(family.slug, memory, move || now))?)
}

/// What goes over the wire in one read, had in memory, and the wire's speed.
fn packets_of_a_read(family: &Family) -> Result<(Vec<Packet>, u32), Failure> {
    let meter = meter(family)?;
    let baud = meter.baud().ok_or("the meter has no line")?;
    Ok((read_over(family, &mut MemoryLink::new(meter, None))?, baud))
}

/// Reads the family's meter in this process, and gives what went over the wire.
fn read_over(family: &Family, link: &mut MemoryLink) -> Result<Vec<Packet>, Failure> {
    let mut report = |_| {};
    let mut conversation = Conversation::new(link, Cancel::default(), &mut report, &Zoned::now);
    let driver = drivers::by_name(family.driver).ok_or("there is no such driver")?;
    let download = driver.read(&mut conversation, &Clean::default())?;
    if !download.is_complete() {
        return Err("the meter was not read completely".into());
    }
    Ok(download.transcript)
}

/// How long `glucodock read` takes, from its start to its end.
fn read_time(family: &Family, more: &[String]) -> Result<Duration, Failure> {
    with_simulator(family, more, |port| {
        let started = Instant::now();
        let mut glucodock = Command::new(env!("CARGO_BIN_EXE_glucodock"));
        glucodock.env("GLUCODOCK_LOG", "off");
        let read = glucodock.args(["read", "--json", "--driver", family.driver, "--port"]).arg(port).output()?;
        let time = started.elapsed();
        if read.status.success() { Ok(time) } else { Err("the read failed".into()) }
    })
}

/// How long it takes to exchange the bytes of a read with nothing done between.
fn loop_time(family: &Family, more: &[String], packets: &[Packet], baud: u32) -> Result<Duration, Failure> {
    with_simulator(family, more, |port| {
        let started = Instant::now();
        let mut link = SerialLink::open(port)?;
        link.set_line(LineSettings::eight_n_one(baud))?;
        exchange(&mut link, packets)?;
        Ok(started.elapsed())
    })
}

/// Sends what was sent, and receives as many bytes as were received.
fn exchange(link: &mut dyn Link, packets: &[Packet]) -> Result<(), Failure> {
    let wait = Duration::from_secs(10);
    for packet in packets {
        match packet.direction {
            Direction::ToMeter => link.send(&packet.bytes, wait)?,
            Direction::FromMeter => {
                let mut missing = packet.bytes.len();
                while missing > 0 {
                    missing = missing.saturating_sub(link.receive(wait)?.len());
                }
            }
        }
    }
    Ok(())
}

/// Does `work` while the family's meter is simulated in another process, at the port it is given.
fn with_simulator(
    family: &Family,
    more: &[String],
    work: impl FnOnce(&Path) -> Result<Duration, Failure>,
) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("meter");
    let mut simulator = Command::new(env!("CARGO_BIN_EXE_glucodock"))
        .args(["simulate", family.slug, "--readings", &family.readings.to_string(), "--pty"])
        .arg(&path)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut ready = String::new();
    let output = simulator.stdout.take().map(BufReader::new);
    let is_ready = output.is_some_and(|mut output| output.read_line(&mut ready).is_ok());
    let time = if is_ready { work(&path) } else { Err("the meter is not there".into()) };
    simulator.kill()?;
    simulator.wait()?;
    time
}
