//! The whole wizard, from sign-in to dashboard, with a meter that is plugged into real USB on the way, and pulled.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::drive::{mount, unmount};
use crate::support::{case, glucodock, plug, within_a_second};

/// Longer than any step of a script waits.
const PATIENCE: Duration = Duration::from_secs(200);

fn command(data: &str, arguments: &[&str], input: &str) {
    let mut child = Command::new("glucodock")
        .args(arguments)
        .env("GLUCODOCK_DATA", data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{arguments:?}");
}

/// The app on real buses, driven by a script.
struct App {
    process: Child,
    lines: Receiver<(String, Instant)>,
}

impl App {
    /// A new clinic with one user and two patients, and the app on it.
    fn start(data: &str, script: &[u8]) -> Self {
        let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
        command(data, &nora, "correct horse\n");
        let anna = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
        let berta = r#"{"family":"Tester","given":"Berta","born":"1972-03-02","mrn":"M2000077"}"#;
        command(data, &["patients", "create"], anna);
        command(data, &["patients", "create"], berta);
        let mut process = Command::new("glucodock")
            .args(["headless", "--speed", "real", "-"])
            .env("GLUCODOCK_DATA", data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(script).unwrap();
        let (sender, lines) = mpsc::channel();
        let out = BufReader::new(process.stdout.take().unwrap());
        thread::spawn(move || {
            out.lines().map_while(Result::ok).try_for_each(|line| sender.send((line, Instant::now())))
        });
        Self { process, lines }
    }

    /// Waits until the script shows the screen of this name: when that was.
    #[track_caller]
    fn screen(&self, name: &str) -> Instant {
        let mut seen = String::new();
        while let Ok((line, at)) = self.lines.recv_timeout(PATIENCE) {
            seen.push_str(&line);
            seen.push('\n');
            if line.contains(name) {
                return at;
            }
        }
        panic!("no screen {name} in:\n{seen}");
    }

    fn end(mut self) {
        self.screen("at-the-end");
        assert!(self.process.wait().unwrap().success());
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_goes_from_the_plug_to_the_dashboard() {
    let _case = case("wizard: from sign-in to dashboard, the meter on real USB");
    let app = App::start("/tmp/clinic", include_bytes!("wizard.journey"));
    app.screen("before-the-plug");
    let meter = plug("accu-chek-guide", 60, &[]);
    let configured = Instant::now();
    let recognised = app.screen("after-the-plug").saturating_duration_since(configured);
    within_a_second("plug: configured by the kernel to recognised in the panel", recognised);
    app.screen("before-the-unplug");
    let mut meter = meter;
    let pulled = Instant::now();
    meter.pull();
    let gone = app.screen("after-the-unplug").saturating_duration_since(pulled);
    within_a_second("unplug: cable pulled to gone from the panel", gone);
    meter.unplug();
    let drive = plug("accu-chek-mobile", 12, &[]);
    app.screen("drive-seen");
    mount(&drive);
    app.screen("drive-read");
    unmount();
    drive.unplug();
    app.end();
}

/// The serial numbers of the meters that wait for a patient.
fn waiting(data: &str) -> Vec<String> {
    let pending = glucodock(&["pending", "--data", data]);
    let serial = |upload: &serde_json::Value| upload["serial"].as_str().unwrap().to_owned();
    pending.json["pending"].as_array().unwrap().iter().map(serial).collect()
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_cable_pulled_at_any_stage_costs_nothing_and_assigns_nothing_wrongly() {
    let _case = case("wizard: the cable pulled at six stages and replugged");
    let data = "/tmp/clinic-unplugged";
    let app = App::start(data, include_bytes!("unplugged.journey"));
    let of =
        |readings, fault: &[&str]| plug("accu-chek-guide", readings, &[&["--serial", "00092500007"], fault].concat());
    let guide = || of(60, &[]);

    app.screen("at-find");
    let meter = guide();
    app.screen("read-at-find");
    meter.unplug();

    app.screen("at-upload");
    for (readings, byte, screen) in [(60, 300, "cut-once"), (200, 1500, "cut-twice"), (250, 3000, "cut-thrice")] {
        let meter = of(readings, &["--fault", &format!("unplug@{byte}")]);
        app.screen(screen);
        meter.unplug();
    }

    let meter = guide();
    app.screen("at-confirm-device");
    meter.unplug();
    app.screen("pulled-at-confirm-device");
    let meter = guide();
    app.screen("at-assignment");
    meter.unplug();
    app.screen("at-success");
    // The three whole reads were one upload, and the person has it.
    assert_eq!(waiting(data), [] as [String; 0]);
    let meter = guide();
    app.end();
    meter.unplug();
    // The meter was read once more: that waits until somebody goes on with it.
    assert_eq!(waiting(data), ["00092500007"]);
}
