//! The real binary with a meter on a real serial line, killed without warning while the association is pending.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use super::pty::{Pty, Setting};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");
const DOWN: &[u8] = b"\x1b[B";

/// A simulated meter in a process of its own; it ends with the test.
struct Meter(Child);

impl Meter {
    fn start(port: &Path) -> Self {
        let mut child = Command::new(PROGRAM)
            .env("GLUCODOCK_LOG", "off")
            .args(["simulate", "onetouch-ultra2", "--readings", "200", "--serial", "000SIM77Y", "--pty"])
            .arg(port)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.starts_with("ready"), "{ready:?}");
        Self(child)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command on the data folder; returns what it printed.
fn command(data: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(PROGRAM)
        .env("GLUCODOCK_LOG", "off")
        .args(arguments)
        .env("GLUCODOCK_DATA", data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {complaints}");
    String::from_utf8(output.stdout).unwrap()
}

fn app(data: &Path, port: &Path) -> Pty {
    let mut setting = Setting::new(&[PROGRAM, "--site", "Test Clinic", "--port"]);
    setting.command.push(port.display().to_string());
    setting.environment.push(("GLUCODOCK_DATA", data.display().to_string()));
    setting.environment.push(("LC_ALL", "C.UTF-8".to_owned()));
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for("Sign in").unwrap();
    pty.send(b"nora\rcorrect horse\r").unwrap();
    pty.wait_for("Find the patient").unwrap();
    pty
}

fn choose_anna(pty: &mut Pty) {
    pty.send(b"tester anna").unwrap();
    // Hits that come late take the cursor away: wait for them before moving it.
    pty.wait_for("Patients found").unwrap();
    pty.wait_for("TESTER, Anna").unwrap();
    pty.read_until_quiet(Duration::from_millis(300));
    pty.send(DOWN).unwrap();
    pty.wait_until("the chosen row", |pty| pty.rows().iter().any(|row| row.starts_with(">  TESTER"))).unwrap();
    pty.send(b"\r").unwrap();
}

#[test]
fn a_pending_meter_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let (data, port) = (folder.path().join("data"), folder.path().join("ttyMETER"));
    command(
        &data,
        &["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"],
        "correct horse\n",
    );
    let anna = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
    command(&data, &["patients", "create"], anna);
    let meter = Meter::start(&port);

    let mut pty = app(&data, &port);
    choose_anna(&mut pty);
    pty.wait_for("say which meter it is").unwrap();
    // The only cable has the focus: Enter asks for the one model that can be behind it, then for its steps.
    pty.send(b"\r").unwrap();
    pty.wait_for("Behind serial port").unwrap();
    pty.read_until_quiet(Duration::from_millis(200));
    while !pty.rows().iter().any(|row| row.starts_with('>') && row.contains("OneTouch Ultra 2")) {
        pty.send(DOWN).unwrap();
        pty.read_answer(Duration::from_millis(100));
    }
    pty.send(b"\r").unwrap();
    pty.wait_for("Enter read this meter").unwrap();
    pty.send(b"\r").unwrap();
    pty.wait_for("The device association is pending").unwrap();
    pty.signal(Signal::KILL).unwrap();
    assert_eq!(pty.exit_code().unwrap(), 128 + 9);
    drop(meter);

    let printed: serde_json::Value = serde_json::from_str(&command(&data, &["pending", "--json"], "")).unwrap();
    let [waiting] = printed["pending"].as_array().unwrap().as_slice() else { panic!("{printed}") };
    assert_eq!(waiting["serial"], "000SIM77Y");
    let counts = &waiting["counts"];
    assert_eq!(counts["blood"].as_u64().unwrap() + counts["control"].as_u64().unwrap(), 200);
    assert!(command(&data, &["pending"], "").contains("OneTouch Ultra 2"));

    // The app offers to go on, and the work ends where it was to end.
    let mut pty = app(&data, &port);
    pty.wait_for("One meter was read and waits for a patient.").unwrap();
    pty.send(b"\x1bOR").unwrap();
    pty.wait_for("Meters that wait for a patient").unwrap();
    pty.wait_for("200 readings").unwrap();
    pty.send(b"\r").unwrap();
    pty.wait_for("For the meter OneTouch Ultra 2").unwrap();
    choose_anna(&mut pty);
    pty.wait_for("The device association is pending").unwrap();
    pty.send(b"\r\t\r").unwrap();
    pty.wait_for("Select the patient").unwrap();
    pty.send(DOWN).unwrap();
    pty.send(b"\r").unwrap();
    pty.wait_for("Confirm the assignment").unwrap();
    pty.send(b"at\r1961\r\r").unwrap();
    pty.wait_for("200 new readings, 0 already there").unwrap();
    pty.send(b"\r").unwrap();
    pty.wait_for("200 in all").unwrap();
    let printed: serde_json::Value = serde_json::from_str(&command(&data, &["pending", "--json"], "")).unwrap();
    assert_eq!(printed["pending"].as_array().unwrap().len(), 0);
}
