//! Memory after work is memory before it: the program on a pseudo-terminal, counted by the kernel's own books.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::pty::{Pty, Setting};
use super::whole_job::whole_job;

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// Password checks, each of which takes 9 MiB while it lasts.
const CHECKS: usize = 20;

/// What the program may hold of its own after all of them, in KiB: 30 MB. What is mapped from its file is not counted,
/// because a program that is built for tests is several times as large as the one that is shipped.
const MOST: u64 = 30_000;

/// What all checks together may leave behind, in KiB: less than half of what one of them takes.
const MOST_GROWTH: u64 = 4 * 1024;

/// What the program may ever have held of its own, also while a password was checked, in KiB: with the 13 MB that the
/// shipped one had mapped from its file when this was decided, and what the loader writes into it, 30 MB. The file has
/// grown since; `benches/memory.rs` tells what all of it is. On a machine that does much else at once it was 14,036:
/// what is freed a moment later then stands beside a password check.
const MOST_EVER: u64 = 14_300;

/// A line of the kernel's books of a process, in KiB.
fn books(process: &str, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|all| all.strip_prefix(line)).unwrap();
    line.trim_start_matches(':').trim_end_matches("kB").trim().parse().unwrap()
}

/// What the loader has written into pages of the program's own file, in KiB: addresses, of which a program that is
/// built for tests has twice as many as the one that is shipped. The kernel counts them as if no file stood behind.
fn relocated(process: &str) -> u64 {
    let maps = fs::read_to_string(format!("/proc/{process}/smaps")).unwrap();
    let (mut is_own, mut all) = (false, 0);
    for line in maps.lines() {
        if line.split(' ').next().is_some_and(|first| first.contains('-')) {
            is_own = line.contains(PROGRAM);
        } else if let Some(pages) = line.strip_prefix("Anonymous:").filter(|_| is_own) {
            all += pages.trim_end_matches("kB").trim().parse::<u64>().unwrap();
        }
    }
    assert!(all > 0, "no page of {PROGRAM} in {maps}");
    all
}

/// Memory of a process that no file stands behind, in KiB.
fn anonymous(process: &str) -> u64 {
    books(process, "RssAnon") - relocated(process)
}

/// The most of it that there ever was. What is mapped from files is never given back as long as the process works.
fn anonymous_ever(process: &str) -> u64 {
    books(process, "VmHWM") - books(process, "RssFile") - relocated(process)
}

fn add_user(data: &Path) {
    let mut child = Command::new(PROGRAM)
        .env("GLUCODOCK_LOG", "off")
        .args(["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"])
        .env("GLUCODOCK_DATA", data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    assert!(child.wait().unwrap().success());
}

/// Starts the program so that its number is written down: the shell does that and becomes the program.
fn numbered(number: &Path, command: &str) -> Setting {
    Setting::new(&["sh", "-c", &format!("echo $$ > {}; exec {PROGRAM} {command}", number.display())])
}

fn written(number: &Path) -> String {
    fs::read_to_string(number).unwrap().trim().to_owned()
}

/// Whether the last letter of `secret` stands in its field, as a sign for each.
fn password_is_typed(app: &Pty) -> bool {
    app.rows().iter().any(|row| row.contains("••••••") || row.contains("******"))
}

/// A name that nobody has is checked as long as any other, and is not slowed down by the failures of another name.
#[test]
fn password_checks_give_their_memory_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, number) = (folder.path().join("data"), folder.path().join("process"));
    add_user(&data);
    let mut setting = numbered(&number, "");
    setting.environment.push(("GLUCODOCK_DATA", data.display().to_string()));
    let mut app = Pty::start(&setting).unwrap();
    app.wait_for("Sign in").unwrap();
    let process = written(&number);

    let mut held = Vec::new();
    for check in 0..CHECKS {
        // Back to the name, whose end gets a letter more.
        let keys: &[u8] = if check == 0 { b"nobody\rsecret" } else { b"\x1b[Zx\rsecret" };
        app.send(keys).unwrap();
        app.wait_until("a typed password", password_is_typed).unwrap();
        app.send(b"\r").unwrap();
        app.wait_until("a refusal", |app| !password_is_typed(app) && app.rows().join(" ").contains("E-SIGN-1"))
            .unwrap();
        app.read_until_quiet(std::time::Duration::from_millis(150));
        held.push(anonymous(&process));
    }
    let (first, last) = (held.first().unwrap(), held.last().unwrap());
    assert!(last.saturating_sub(*first) < MOST_GROWTH, "KiB after each check: {held:?}");
    assert!(*last < MOST, "KiB after each check: {held:?}");
    let ever = anonymous_ever(&process);
    assert!(ever < MOST_EVER, "{ever} KiB while a password was checked");
}

#[test]
fn the_whole_job_with_720_readings_fits_into_30_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let number = folder.path().join("process");
    let mut app = Pty::start(&numbered(&number, "demo")).unwrap();
    let mut held = Vec::new();
    let mut ever = 0;
    whole_job(&mut app, |step| {
        let process = written(&number);
        held.push((step.to_owned(), anonymous(&process)));
        ever = anonymous_ever(&process).max(ever);
    })
    .unwrap();
    assert!(held.iter().all(|(_, held)| *held < MOST), "KiB after each step: {held:?}");
    assert!(ever < MOST_EVER, "{ever} KiB at some time; after each step: {held:?}");
}
