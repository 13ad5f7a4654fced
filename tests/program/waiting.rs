//! Who reads a silent meter is told at once what is waited for, and how long at most.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};

use glucodock::meters::drivers::patience::at_most;
use rstest::rstest;

use super::program::{Simulator, text};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// A process of ours, which ends with the test.
struct Ours(Child);

impl Drop for Ours {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn first_line(output: impl Read) -> String {
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).unwrap();
    line
}

/// None of these has given up by then: the shortest of them waits for 20 s, and the line comes after
/// a second and a half.
#[rstest]
#[case("sd-codefree", "sd-codefree", "--pty", "--port")]
#[case("onetouch-ultra2", "onetouch-ultra2", "--pty", "--port")]
#[case("contour-next-usb", "contour-hid", "--socket", "--socket")]
fn a_silent_meter_is_waited_for_in_words(
    #[case] slug: &str,
    #[case] driver: &str,
    #[case] there: &str,
    #[case] here: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("meter");
    let mut simulated = Command::new(PROGRAM)
        .args(["simulate", slug, "--readings", "3", "--fault", "stall@0", there])
        .arg(&place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let ready = first_line(simulated.stdout.take().unwrap());
    let _simulated = Ours(simulated);
    assert!(ready.starts_with("ready"), "{ready:?}");
    let mut read = Command::new(PROGRAM)
        .env("GLUCODOCK_LOG", "off")
        .args(["read", "--driver", driver, here])
        .arg(&place)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let told = first_line(read.stderr.take().unwrap());
    let mut read = Ours(read);
    let most = at_most(driver).unwrap().as_secs();
    let what = format!(
        "glucodock: waiting for the meter to answer in {driver}; a silent one is given up after {most} s at most\n"
    );
    assert_eq!(told, what);
    assert!(read.0.try_wait().unwrap().is_none(), "it was told after the end");
}

/// A meter of another kind understands nothing and says nothing: the end says the same seconds as the beginning.
#[rstest]
#[case("onetouch-verio-iq")]
#[case("onetouch-ultra-easy")]
fn how_long_nothing_was_said_is_told_at_the_end_too(#[case] driver: &str) {
    let simulated = Simulator::start("onetouch-ultra2", "--pty", &["--readings", "3"]);
    let output = simulated.read("--port", &["--driver", driver]);
    let told = text(&output.stderr);
    let most = at_most(driver).unwrap().as_secs();
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains(&format!("a silent one is given up after {most} s at most\n")), "{told}");
    let last = told.lines().last().unwrap();
    assert!(last.contains(&format!("; the meter said nothing for {most} s in all [E-LINK-3]")), "{told}");
}
