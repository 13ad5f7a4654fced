//! How much time a read takes beyond what its bytes need on the wire. Needs no quiet machine: at a meter's own speed the
//! wire is the slowest part by far.
//!
//! `cargo bench --bench wire` reads a full meter of each family from another process, once at the meter's own speed and
//! once without a limit. It fails if the first read takes more than 5 % longer than its bytes, or if the second brings
//! fewer readings a second than the family must.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use glucodock::domain::text::Clean;
use glucodock::host::pty::pacer::time_of;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf::{self, Wanted};
use jiff::Zoned;

/// A read at a meter's own speed takes at most so many times what its bytes need.
const MOST: f64 = 1.05;

/// One family: the name of its driver is the slug of its meter too.
struct Family {
    name: &'static str,
    readings: u32,
    baud: u32,
    least_per_second: f64,
}

const FAMILIES: [Family; 3] = [
    Family { name: "onetouch-ultra2", readings: 500, baud: 9600, least_per_second: 5000.0 },
    Family { name: "onetouch-ultra-easy", readings: 500, baud: 9600, least_per_second: 2000.0 },
    Family { name: "onetouch-verio-iq", readings: 750, baud: 38_400, least_per_second: 2000.0 },
];

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let mut is_fast = true;
    for family in FAMILIES {
        is_fast &= measure(&family)?;
    }
    Ok(if is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads one family both ways, and says whether it is fast enough.
fn measure(family: &Family) -> Result<bool, Failure> {
    let Family { name, readings, baud, least_per_second } = family;
    let mut out = io::stdout();
    let bytes = bytes_of_a_read(family)?;
    let wire = time_of(bytes, *baud).as_secs_f64();
    writeln!(out, "{name}: {readings} readings, {bytes} bytes both ways, {wire:.2} s on a wire of {baud} baud")?;
    let paced = read_time(family, &["--baud", &baud.to_string()])?.as_secs_f64();
    let ratio = paced / wire;
    writeln!(out, "  read in {paced:.2} s: {ratio:.4} times the wire (at most {MOST})")?;
    let free = read_time(family, &[])?.as_secs_f64();
    let per_second = f64::from(*readings) / free;
    let in_ms = free * 1000.0;
    writeln!(out, "  without a limit: {in_ms:.1} ms, {per_second:.0} readings/s (at least {least_per_second})")?;
    Ok(ratio <= MOST && per_second >= *least_per_second)
}

/// The bytes that go over the wire in one read, counted in memory.
fn bytes_of_a_read(family: &Family) -> Result<u64, Failure> {
    let now = Zoned::now().datetime();
    let count = usize::try_from(family.readings)?;
    let memory = ReadingSet::seeded(count, 1, now);
    let wanted = Wanted {
        slug: family.name.to_owned(),
        serial: None,
        memory,
        clock: Box::new(move || now),
        fault: None,
        shows_mmol: false,
        clock_was_adjusted: false,
    };
    let meter = shelf::make(family.name, wanted)?;
    let mut link = MemoryLink::new(meter, None);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &Zoned::now);
    let driver = drivers::by_name(family.name).ok_or("there is no such driver")?;
    let download = driver.read(&mut conversation, &Clean::default())?;
    if !download.is_complete() || download.readings.len() != count {
        return Err("the meter was not read completely".into());
    }
    Ok(download.transcript.iter().map(|packet| packet.bytes.len() as u64).sum())
}

/// How long `glucodock read` takes, from its start to its end.
fn read_time(family: &Family, more: &[&str]) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("meter");
    let glucodock = || Command::new(env!("CARGO_BIN_EXE_glucodock"));
    let mut simulator = glucodock()
        .args(["simulate", family.name, "--readings", &family.readings.to_string(), "--pty"])
        .arg(&path)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()?;
    let time = simulator.stdout.take().ok_or("no output").map(BufReader::new).map(|mut output| {
        let mut ready = String::new();
        output.read_line(&mut ready).and_then(|_| timed(glucodock(), family, &path))
    });
    simulator.kill()?;
    simulator.wait()?;
    Ok(time??)
}

fn timed(mut glucodock: Command, family: &Family, port: &Path) -> io::Result<Duration> {
    let started = Instant::now();
    let read = glucodock.args(["read", "--json", "--driver", family.name, "--port"]).arg(port).output()?;
    let time = started.elapsed();
    if read.status.success() { Ok(time) } else { Err(io::Error::other("the read failed")) }
}
