//! The whole wizard, from sign-in to dashboard, with a meter that is plugged into real USB on the way.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{case, plug};

/// The data folder of this clinic.
const DATA: &str = "/tmp/clinic";

fn command(arguments: &[&str], input: &str) {
    let mut child = Command::new("glucodock")
        .args(arguments)
        .env("GLUCODOCK_DATA", DATA)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{arguments:?}");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_goes_from_the_plug_to_the_dashboard() {
    let _case = case("wizard: from sign-in to dashboard, the meter on real USB");
    let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    command(&nora, "correct horse\n");
    let anna = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
    command(&["patients", "create"], anna);

    let mut app = Command::new("glucodock")
        .args(["headless", "--speed", "real", "-"])
        .env("GLUCODOCK_DATA", DATA)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    app.stdin.take().unwrap().write_all(include_bytes!("wizard.journey")).unwrap();
    let (sender, lines) = mpsc::channel();
    let out = BufReader::new(app.stdout.take().unwrap());
    thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send((line, Instant::now()))));
    // The lines up to one that names a screen, or all of them if none does.
    let screen = |name: &str| {
        let mut seen = String::new();
        while let Ok((line, at)) = lines.recv_timeout(Duration::from_secs(200)) {
            seen.push_str(&line);
            seen.push('\n');
            if line.contains(name) {
                return at;
            }
        }
        panic!("no screen {name} in:\n{seen}");
    };
    screen("before-the-plug");
    let meter = plug("accu-chek-guide", 60, &[]);
    let configured = Instant::now();
    let recognised = screen("after-the-plug").saturating_duration_since(configured);
    println!("configured to recognised in the panel: {recognised:?}");
    assert!(recognised < Duration::from_secs(1));
    screen("at-the-end");
    assert!(app.wait().unwrap().success());
    meter.unplug();
}
