//! What it costs to bring readings to a FHIR server: `cargo bench --bench delivery`.
//!
//! - Meters of 720 readings are delivered, and then the same bundles are sent by a client that does nothing else: to a
//!   server that takes no time, and to one that takes as long for a reading as a real one was seen to. It fails if the
//!   second delivers fewer than 0.9 of the readings a second that the bare client sends.
//! - 100,000 readings wait in a store, and `glucodock sync` delivers them: it fails if the program ever holds more than
//!   30 MB.
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
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result, ensure};
use fhir_server::Shelf;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Reading};
use http_server::{Answered, Asked, Server, fhir};
use jiff::civil::date;
use place::{Served, Terminal, letters, nora, says_all};
use serde_json::{Value, json};

/// As many as the largest of the usual meters keep.
const FULL: u32 = 720;

/// Meters in one comparison.
const METERS: u32 = 5;

/// Meters with [`FULL`] readings that have 100,000 in all.
const MANY: u32 = 139;

/// What a server takes for a reading: 500 in 0.42 s, which was measured at Helios 0.2.7 on SQLite, built for speed.
const REAL: Duration = Duration::from_micros(840);

/// The share of the bare client's readings a second that is wanted.
const SHARE: f64 = 0.9;

/// The most that is wanted of the program at any time, in kB.
const MOST: u64 = 30_000;

/// A server that takes readings as quickly as it can be told them, and then waits for as long as a real one works. What
/// is no bundle of readings is the small server's of the tests.
fn server(for_a_reading: Duration) -> (Server, Served) {
    let mut shelf = Shelf::default();
    shelf.page = 1000;
    shelf.metadata = Some(says_all());
    let (shelf, there) = (Mutex::new(shelf), Mutex::new(HashSet::new()));
    let receiver = Server::start(move |asked| {
        let answer = readings_of(asked).map(|entries| take(&entries, &mut there.lock().unwrap(), for_a_reading));
        answer.unwrap_or_else(|| shelf.lock().unwrap().answer(asked))
    });
    let served = Served { base: receiver.base.clone(), small: None, tenant: None };
    (receiver, served)
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

/// A terminal that has assigned so many meters and told the server of none.
fn terminal(served: &Served, meters: u32) -> Result<Terminal> {
    let terminal = Terminal::new(Some(served), None);
    let person = place::person(&letters(), "Ruth", "1968-03-09", &place::mrn());
    let patient = terminal.create(&person, &letters())?;
    let readings = memory_of_a_meter();
    for _ in 0..meters {
        let download = made_up::download(&letters(), readings.clone());
        let upload = terminal.backend.station.quarantine(&nora(), &download)?;
        ensure!(terminal.assign(&upload.id, &patient, &letters()).is_ok(), "it is not assigned");
    }
    Ok(terminal)
}

/// What of the requests brings readings.
fn bundles(server: &Server) -> Vec<String> {
    server.asked().into_iter().filter(|asked| readings_of(asked).is_some()).map(|asked| asked.body).collect()
}

/// Readings a second of ours, and of a client that only sends the same bundles to a server that has none of them.
fn rates(for_a_reading: Duration) -> Result<(f64, f64)> {
    let (ours, served) = server(for_a_reading);
    let terminal = terminal(&served, METERS)?;
    let begun = Instant::now();
    terminal.carry();
    let own = begun.elapsed();
    let sent = bundles(&ours);

    let (bare, _) = server(for_a_reading);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = reqwest::Client::new();
    let begun = Instant::now();
    runtime.block_on(async {
        for body in sent {
            let request = client.post(&bare.base).header("Content-Type", "application/fhir+json").body(body);
            request.send().await?.bytes().await?;
        }
        Ok::<_, reqwest::Error>(())
    })?;
    let readings = f64::from(METERS * FULL);
    Ok((readings / own.as_secs_f64(), readings / begun.elapsed().as_secs_f64()))
}

/// The most that `glucodock sync` held at any time while it delivered [`MANY`] meters, in kB.
fn most_held() -> Result<u64> {
    let (receiver, served) = server(Duration::ZERO);
    let terminal = terminal(&served, MANY)?;
    let mut child = program::glucodock(&["sync"]).env("GLUCODOCK_DATA", terminal.folder()).spawn()?;
    let books = format!("/proc/{}/status", child.id());
    let mut most = 0;
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
    let readings = usize::try_from(MANY * FULL)?;
    ensure!(delivered >= readings, "{delivered} of {readings} readings were delivered");
    Ok(most)
}

fn main() -> Result<ExitCode> {
    let mut out = io::stdout();
    let mut share = 0.0;
    for (server, for_a_reading) in [("a server that takes no time", Duration::ZERO), ("one that takes 0.84 ms", REAL)] {
        let (own, bare) = rates(for_a_reading)?;
        share = own / bare;
        writeln!(out, "{server:<28} {own:>7.0} readings a second, a bare client {bare:>7.0}: {share:.2} of it")?;
    }
    writeln!(out, "of the bare client's at the second at least {SHARE} is wanted")?;
    let most = most_held().context("100,000 readings")?;
    writeln!(out, "100,000 readings delivered: {most} kB at most; at most {MOST} kB are wanted")?;
    Ok(if share >= SHARE && most <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
