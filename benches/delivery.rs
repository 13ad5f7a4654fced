//! What it costs to bring readings to a FHIR server: `cargo bench --bench delivery`.
//!
//! - Meters of 720 readings are delivered, and then the same bundles are sent by a client that does nothing else: to a
//!   server that takes no time, and to one that takes as long for a reading as a real one was seen to. It fails if the
//!   second delivers fewer than 0.9 of the readings a second that the bare client sends.
//! - 7,200 readings wait in a store, and 100,000 in another, and `glucodock sync` delivers them: it fails if it ever
//!   holds more than a tenth more for the many than for the few.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that cannot go on fails")]

#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/support/embedded.rs"]
mod embedded;
#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/support/fhir_server.rs"]
mod fhir_server;
#[path = "../tests/support/http_server.rs"]
mod http_server;
#[path = "../tests/support/made_up.rs"]
mod made_up;
#[expect(dead_code, unused_macros, unused_imports, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/platform/place.rs"]
mod place;
#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/support/program.rs"]
mod program;
#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/platform/proxy.rs"]
mod proxy;

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Result, ensure};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Reading};
use jiff::civil::date;
use serde_json::{Value, json};

use fhir_server::Shelf;
use http_server::{Answered, Asked, Server, fhir};
use place::{Served, Terminal, letters, nora, says_all};

/// As many as the largest of the usual meters keep.
const FULL: u32 = 720;

/// Meters in one comparison.
const METERS: u32 = 5;

/// Meters with [`FULL`] readings that have 7,200 in all, and 100,000.
const FEW: u32 = 10;
const MANY: u32 = 139;

/// What a server takes for a reading: 500 in 0.42 s, which was measured at Helios 0.2.7 on SQLite, built for speed.
const REAL: Duration = Duration::from_micros(840);

/// The share of the bare client's readings a second that is wanted.
const SHARE: f64 = 0.9;

/// So many times what the program holds with the few it may hold with the many.
const MOST: f64 = 1.1;

/// A server that takes readings as quickly as it can be told them, and then waits for as long as a real one works; and
/// how many microseconds it was at work. What is no bundle of readings is the small server's of the tests.
fn server(for_a_reading: Duration) -> (Server, Served, Arc<AtomicU64>) {
    let mut shelf = Shelf::default();
    shelf.page = 1000;
    shelf.metadata = Some(says_all());
    let (shelf, there) = (Mutex::new(shelf), Mutex::new(HashSet::new()));
    let busy = Arc::new(AtomicU64::new(0));
    let own = Arc::clone(&busy);
    let receiver = Server::start(move |asked| {
        let begun = Instant::now();
        let answer = readings_of(asked).map(|entries| take(&entries, &mut there.lock().unwrap(), for_a_reading));
        let answer = answer.unwrap_or_else(|| shelf.lock().unwrap().answer(asked));
        own.fetch_add(u64::try_from(begun.elapsed().as_micros()).unwrap(), Ordering::Relaxed);
        answer
    });
    let served = Served { base: receiver.base.clone(), small: None, tenant: None };
    (receiver, served, busy)
}

/// What a bundle of readings is to create; nothing if it is something else.
fn readings_of(asked: &Asked) -> Option<Vec<Value>> {
    let mut bundle: Value = (asked.target == "/").then(|| serde_json::from_str(&asked.body).ok())??;
    let Value::Array(entries) = bundle["entry"].take() else { return None };
    let is_reading = |entry: &Value| {
        let subject = entry["resource"]["subject"]["reference"].as_str();
        entry["resource"]["resourceType"] == "Observation" && subject.is_some_and(|who| who.starts_with("Patient/"))
    };
    // A time stamp goes alone at first, and is looked for then.
    entries.iter().any(is_reading).then_some(entries)
}

fn take(entries: &[Value], there: &mut HashSet<String>, for_each: Duration) -> Answered {
    let answers: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let condition = entry["request"]["ifNoneExist"].as_str().unwrap_or_default();
            let status = if there.insert(condition.to_owned()) { "201 Created" } else { "200 OK" };
            json!({ "resource": entry["resource"], "response": { "status": status, "location": "Observation/1" } })
        })
        .collect();
    thread::sleep(for_each * u32::try_from(entries.len()).unwrap_or(u32::MAX));
    fhir(200, &json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": answers }))
}

/// As many readings as a full meter has.
fn memory_of_a_meter() -> Vec<Reading> {
    let first = date(2026, 1, 1).at(7, 0, 0, 0);
    (0..FULL)
        .map(|index| Reading {
            corrected_from: None,
            index,
            time: first.checked_add(jiff::SignedDuration::from_mins(i64::from(index) * 187)).ok(),
            measured: Measured::Value(Concentration::mg_per_dl(60 + index % 300)),
            kind: Kind::Blood,
            meal: None,
            doubts: vec![],
            raw: [("sfloat".to_owned(), format!("{index:04x}"))].into(),
        })
        .collect()
}

/// A terminal that has assigned so many meters with full memories and told the server of no reading: whose they are it
/// has told, with one reading each.
fn terminal(served: &Served, meters: u32) -> Result<Terminal> {
    let terminal = Terminal::new(Some(served), None);
    let person = place::person(&letters(), "Ruth", "1968-03-09", &place::mrn());
    let patient = terminal.create(&person, &letters())?;
    let readings = memory_of_a_meter();
    let serials: Vec<String> = (0..meters).map(|_| letters()).collect();
    let assign = |serial: &str, count: usize| -> Result<()> {
        let download = made_up::download(serial, readings[..count].to_vec());
        let upload = terminal.backend.station.quarantine(&nora(), &download)?;
        ensure!(terminal.assign(&upload.id, &patient, &letters()).is_ok(), "it is not assigned");
        Ok(())
    };
    for serial in &serials {
        assign(serial, 1)?;
        terminal.carry();
    }
    for serial in &serials {
        assign(serial, readings.len())?;
    }
    Ok(terminal)
}

/// What of the requests brings readings.
fn bundles(server: &Server) -> Vec<String> {
    server.asked().into_iter().filter(|asked| readings_of(asked).is_some()).map(|asked| asked.body).collect()
}

/// Readings a second, and how long a bundle takes besides the server's work.
struct Rate {
    a_second: f64,
    besides: Duration,
}

impl Rate {
    /// So many bundles with the readings of [`METERS`], since then.
    fn since(begun: Instant, bundles: usize, busy: u64) -> Result<Self> {
        let took = begun.elapsed();
        let besides = took.saturating_sub(Duration::from_micros(busy)) / u32::try_from(bundles)?;
        Ok(Self { a_second: f64::from(METERS * FULL) / took.as_secs_f64(), besides })
    }
}

/// Ours, and that of a client that only sends the same bundles to a server that has none of them.
fn rates(for_a_reading: Duration) -> Result<(Rate, Rate)> {
    let (ours, served, busy) = server(for_a_reading);
    let terminal = terminal(&served, METERS)?;
    busy.store(0, Ordering::Relaxed);
    let before = bundles(&ours).len();
    let begun = Instant::now();
    terminal.carry();
    let sent = bundles(&ours).split_off(before);
    let own = Rate::since(begun, sent.len(), busy.load(Ordering::Relaxed))?;

    let (bare, _, busy) = server(for_a_reading);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (client, count) = (reqwest::Client::new(), sent.len());
    let begun = Instant::now();
    runtime.block_on(async {
        for body in sent {
            let request = client.post(&bare.base).header("Content-Type", "application/fhir+json").body(body);
            request.send().await?.bytes().await?;
        }
        Ok::<_, reqwest::Error>(())
    })?;
    Ok((own, Rate::since(begun, count, busy.load(Ordering::Relaxed))?))
}

/// The most that `glucodock sync` held at any time while it delivered so many meters, in MB.
fn most_held(meters: u32) -> Result<f64> {
    let (receiver, served, _) = server(Duration::ZERO);
    let terminal = terminal(&served, meters)?;
    let mut child = program::glucodock(&["sync"]).env("GLUCODOCK_DATA", terminal.folder()).spawn()?;
    let books = format!("/proc/{}/status", child.id());
    let mut most: u32 = 0;
    while child.try_wait()?.is_none() {
        let status = fs::read_to_string(&books)?;
        // A process that has ended and was not waited for has no such line.
        if let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) {
            most = line.trim().trim_end_matches(" kB").parse()?;
        }
        thread::sleep(Duration::from_millis(50));
    }
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let delivered: usize = bundles(&receiver).iter().map(|body| body.matches("ifNoneExist").count()).sum();
    // A time stamp goes with each upload besides, or before it.
    let readings = usize::try_from(meters * FULL)?;
    ensure!(delivered >= readings, "{delivered} of {readings} readings were delivered");
    Ok(f64::from(most) * 1024.0 / 1e6)
}

fn main() -> Result<ExitCode> {
    let mut out = io::stdout();
    let mut share = 0.0;
    for (server, for_a_reading) in [("a server that takes no time", Duration::ZERO), ("one that takes 0.84 ms", REAL)] {
        let (own, bare) = rates(for_a_reading)?;
        share = own.a_second / bare.a_second;
        for (client, Rate { a_second, besides }) in [("glucodock", own), ("a bare client", bare)] {
            let besides = besides.as_secs_f64() * 1e3;
            writeln!(
                out,
                "{server:<28} {client:<14} {a_second:>7.0} readings a second, {besides:.1} ms a bundle besides"
            )?;
        }
        writeln!(out, "{server:<28} glucodock has {share:.2} of the bare client's readings a second")?;
    }
    writeln!(out, "of the bare client's at the second at least {SHARE} is wanted")?;
    let (few, many) = (most_held(FEW)?, most_held(MANY)?);
    let times = many / few;
    writeln!(out, "7,200 readings delivered: {few:.1} MB at most; 100,000: {many:.1} MB, {times:.2} of it")?;
    writeln!(out, "at most {MOST} of it is wanted")?;
    Ok(if share >= SHARE && times <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
