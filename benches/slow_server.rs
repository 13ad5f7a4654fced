//! Whether a server that is slow makes the keyboard slow: `cargo bench --bench slow_server`.
//!
//! A name is typed into the search, letter by letter, on a store of this computer and with a FHIR server that answers
//! each question after two seconds. How long it takes until a letter stands on the screen is printed for both, and it
//! fails if the slowest letter with the server takes more than twice as long as the slowest without, and 20 ms.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/support/fhir_server.rs"]
mod fhir_server;
#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/support/http_server.rs"]
mod http_server;
#[expect(dead_code, reason = "a measurement needs less of it than the tests")]
#[path = "../tests/support/program.rs"]
mod program;
#[expect(dead_code, reason = "a measurement needs less of a terminal than the tests")]
#[path = "../tests/support/pty.rs"]
mod pty;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Result, anyhow, ensure};
use fhir_server::Shelf;
use http_server::Server;
use pty::{Pty, Setting};

/// So long the server thinks about each question.
const SLOW: Duration = Duration::from_secs(2);

/// What is typed. No part of it stands on the screen before.
const TYPED: &str = "quxzwjyvkqxzj";

/// A letter with the server may take so many times what one takes without, and so much more.
const TIMES: u32 = 2;
const MORE: Duration = Duration::from_millis(20);

/// How long each letter takes until it is seen, the slowest last.
fn letters(data: &Path) -> Result<Vec<Duration>> {
    let nora = ["users", "add", "--training", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    let added = program::on_store(data, &nora, "correct horse\n");
    ensure!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let mut setting = Setting::new(&[program::PROGRAM]);
    setting.environment.push(("GLUCODOCK_DATA", data.display().to_string()));
    let mut pty = Pty::start(&setting)?;
    let say = |error: String| anyhow!("{error}");
    pty.wait_for("Sign in").map_err(say)?;
    pty.send(b"nora\rcorrect horse\r")?;
    pty.wait_for("Find the patient").map_err(say)?;
    let mut took = Vec::new();
    for end in 1..=TYPED.len() {
        let (begun, typed) = (Instant::now(), TYPED.get(..end).unwrap_or_default());
        pty.send(typed.get(end - 1..).unwrap_or_default().as_bytes())?;
        pty.wait_for(typed).map_err(say)?;
        took.push(begun.elapsed());
        // As people type: the search that the letter begins is under way when the next one comes.
        thread::sleep(Duration::from_millis(150));
    }
    took.sort();
    Ok(took)
}

fn main() -> Result<ExitCode> {
    let shelf = Mutex::new(Shelf::default());
    let server = Server::start(move |asked| {
        thread::sleep(SLOW);
        shelf.lock().unwrap().answer(asked)
    });
    let (here, there) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}\"\n", server.base);
    fs::write(there.path().join("settings.toml"), settings)?;
    let mut out = io::stdout();
    let mut slowest = Vec::new();
    for (what, data) in [("the store of this computer", here.path()), ("a server that takes 2 s", there.path())] {
        let took = letters(data)?;
        let (middle, last) = (took.get(took.len() / 2), took.last());
        let milliseconds = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e3);
        writeln!(
            out,
            "{what:<28} a letter is seen after {:.1} ms, the slowest after {:.1} ms",
            milliseconds(middle),
            milliseconds(last)
        )?;
        slowest.extend(last.copied());
    }
    let asked = server.asked().iter().filter(|asked| asked.target.ends_with("_search")).count();
    ensure!(asked > 0, "the server was not asked");
    let [without, with] = slowest.as_slice() else { return Ok(ExitCode::FAILURE) };
    Ok(if *with <= *without * TIMES + MORE { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
