//! How a plug is noticed: by the kernel's announcement, by looking, and in a container that hears no announcement. And
//! that a machine at which nothing happens is left alone.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use glucodock::host::bus::BusEvent;
use glucodock::host::usbip::descriptors::Descriptors;
use glucodock::host::usbip::function::{Function, In, Out, SetupPacket};
use glucodock::host::usbip::vhci::Port;
use glucodock::host::watch::{Noticing, PERIOD, SystemLister, Watch};
use glucodock::meters::catalogue::Catalogue;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::{Plugged, assert_all, case, glucodock, is_configured, outcome, plug, plugged, until};

/// A meter that says its serial number on USB, too.
struct Numbered {
    meter: Box<dyn Function>,
    serial: &'static str,
}

impl Function for Numbered {
    fn descriptors(&self) -> Descriptors {
        let mut told = self.meter.descriptors();
        told.strings.push(self.serial.to_owned());
        // `iSerialNumber` (USB 2.0, table 9-8).
        told.device[16] = u8::try_from(told.strings.len()).unwrap();
        told
    }

    fn configured(&mut self) {
        self.meter.configured();
    }

    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        self.meter.control_in(setup)
    }

    fn control_out(&mut self, setup: SetupPacket, data: &[u8]) -> bool {
        self.meter.control_out(setup, data)
    }

    fn packet_out(&mut self, endpoint: u8, packet: &[u8]) -> Out {
        self.meter.packet_out(endpoint, packet)
    }

    fn packet_in(&mut self, endpoint: u8) -> In {
        self.meter.packet_in(endpoint)
    }

    fn tick(&mut self) {
        self.meter.tick();
    }

    fn is_unplugged(&self) -> bool {
        self.meter.is_unplugged()
    }
}

/// An Accu-Chek Guide of this serial number with this many readings, plugged in by this process.
fn guide(serial: &'static str, readings: usize, says_it_on_usb: bool) -> Port {
    plugged("accu-chek-guide", Some(serial), readings, |meter| {
        if says_it_on_usb { Box::new(Numbered { meter, serial }) } else { meter }
    })
}

fn watch(period: Duration, wished: Noticing) -> (Watch, UnboundedReceiver<BusEvent>) {
    let lister = SystemLister::new(Catalogue::embedded(), Vec::new());
    let (sender, events) = unbounded_channel();
    (Watch::start(Box::new(lister), Arc::default(), sender, period, wished).unwrap(), events)
}

/// How long after its configuration each of so many plugs is told of, and how long after its end each unplug.
fn noticed(plugs: usize, events: &mut UnboundedReceiver<BusEvent>) -> [Vec<Duration>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for plug in 0..plugs {
        // At another moment between two looks each time.
        thread::sleep(Duration::from_millis(70) * u32::try_from(plug).unwrap());
        let port = guide("00092500001", 3, false);
        until("the configuration", || is_configured(&port));
        let begun = Instant::now();
        while !matches!(events.blocking_recv().unwrap(), BusEvent::Arrived(_)) {}
        times[0].push(begun.elapsed());
        let folder = port.folder().unwrap();
        let begun = Instant::now();
        port.unplug().unwrap();
        while !matches!(events.blocking_recv().unwrap(), BusEvent::Left(_)) {}
        times[1].push(begun.elapsed());
        until("the departure", || !folder.exists());
    }
    times
}

fn told(times: &mut [Duration]) -> String {
    times.sort();
    format!("{:?} to {:?}, median {:?}", times[0], times[times.len() - 1], times[times.len() / 2])
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn an_announcement_brings_the_look() {
    let _case = case("hotplug: noticed by the kernel's announcement, 8 times");
    // So long that it is the announcement, or nothing.
    let (watch, mut events) = watch(Duration::from_hours(24), Noticing::Announcements);
    assert_eq!(watch.noticing(), Noticing::Announcements);
    let [mut arrivals, mut departures] = noticed(8, &mut events);
    println!("announced: arrival after {}; departure after {}", told(&mut arrivals), told(&mut departures));
    // Its threads end with it. The kernel lists one for a moment after it was joined.
    drop(watch);
    let is_ours = |name: &str| name == "usb-announce" || name == "meter-watch";
    until("the end of its threads", || !threads().into_iter().any(|(name, ..)| is_ours(&name)));
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn without_announcements_looking_is_enough() {
    let _case = case("hotplug: switched off, noticed by looking, 8 times");
    let (watch, mut events) = watch(PERIOD, Noticing::Polling);
    assert_eq!(watch.noticing(), Noticing::Polling);
    let [mut arrivals, mut departures] = noticed(8, &mut events);
    println!("by looking: arrival after {}; departure after {}", told(&mut arrivals), told(&mut departures));
    let slowest = arrivals.iter().chain(&departures).max().unwrap();
    assert!(*slowest < Duration::from_secs(1), "{slowest:?}");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_container_that_hears_nothing_sees_every_plug() {
    let _case = case("hotplug: in a container without announcements, 2 plugs");
    let inside = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["-U", "-r", "-n", "glucodock"]).args(arguments).env("GLUCODOCK_DATA", "/tmp/container");
        command
    };
    let sick = outcome(inside(&["doctor"]).arg("--json"));
    let noticing = sick.json["findings"].as_array().unwrap().iter().find(|found| found["check"] == "noticing").unwrap();
    assert!(noticing["what"].as_str().unwrap().contains("twice a second"), "{noticing}");

    let mut add = inside(&["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"]);
    let mut add = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    add.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    assert!(add.wait().unwrap().success());
    let mut app = inside(&["headless", "--speed", "real", "-"]);
    let mut app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let script = "wait \"Sign in\" 60s\nscreen ready\nwait \"Accu-Chek Guide\" 60s\nscreen first-plug\n\
        wait \"No meter\" 60s\nscreen pulled\nwait \"Accu-Chek Guide\" 60s\nscreen second-plug\n";
    app.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let mut lines = BufReader::new(app.stdout.take().unwrap()).lines();
    let mut screen = |name: &str| {
        let mut seen = String::new();
        for line in lines.by_ref() {
            seen = seen + &line.unwrap() + "\n";
            if seen.contains(name) {
                return Instant::now();
            }
        }
        panic!("no screen {name} in:\n{seen}");
    };
    screen("ready");
    for name in ["first-plug", "second-plug"] {
        let port = guide("00092500001", 3, false);
        until("the configuration", || is_configured(&port));
        let begun = Instant::now();
        println!("in the container: {name} seen after {:?}", screen(name).saturating_duration_since(begun));
        let folder = port.folder().unwrap();
        port.unplug().unwrap();
        until("the departure", || !folder.exists());
        if name == "first-plug" {
            screen("pulled");
        }
    }
    assert!(app.wait().unwrap().success());
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn doctor_names_what_decides() {
    let _case = case("doctor: a meter that the person may not open, and why");
    let meter = plug("accu-chek-guide", 4, &[]);
    let sick = outcome(Command::new("su").args(["nurse", "-s", "/bin/sh", "-c", "/tests/glucodock doctor --json"]));
    assert_eq!(sick.exit, 1, "{sick:?}");
    let finding = |check: &str| {
        let findings = sick.json["findings"].as_array().unwrap().iter();
        let found = findings.clone().find(|finding| finding["check"] == check).unwrap();
        [&found["state"], &found["what"], &found["remedy"]].map(|text| text.as_str().unwrap_or_default().to_owned())
    };
    let [state, what, remedy] = finding("meter");
    assert_eq!(state, "bad");
    let number = fs::read_to_string(meter.folder().join("devnum")).unwrap();
    let node = format!("you may not open /dev/bus/usb/001/{:0>3} (group root, mode 06", number.trim());
    assert!(what.contains(&node), "{what}");
    assert!(remedy.contains("Install the udev rules"), "{remedy}");
    assert_eq!(finding("udev-rules")[0], "warning");
    assert_eq!(finding("noticing")[1], "A plug is noticed when the kernel announces it.");
    // The console's serial port shows the group; nurse is not in it.
    assert!(finding("serial-group")[1].contains("You are not in the group"), "{:?}", finding("serial-group"));
    let is_there = fs::exists("/run/udev/control").unwrap();
    assert_eq!(finding("udev")[0], if is_there { "good" } else { "warning" });
    meter.unplug();
}

/// Name, voluntary switches and processor time (in nanoseconds) of every thread of this process.
fn threads() -> Vec<(String, u64, u64)> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let thread = |task: fs::DirEntry| {
        let read = |file: &str| fs::read_to_string(task.path().join(file)).ok();
        let status = read("status")?;
        let switches = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        let busy = read("schedstat")?.split_whitespace().next()?.parse().ok()?;
        Some((read("comm")?.trim().to_owned(), switches.trim().parse().ok()?, busy))
    };
    tasks.filter_map(thread).collect()
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn an_idle_watch_wakes_at_most_three_times_a_second() {
    let _case = case("hotplug: idle for 10 s with a meter attached");
    let port = guide("00092500001", 3, false);
    until("the configuration", || is_configured(&port));
    // All but the simulated meter: the watch, the threads of libusb, and this one, which sleeps.
    let sum = || {
        let threads = threads().into_iter().filter(|(name, ..)| !name.starts_with("usb-port"));
        threads.fold((0, 0, 0), |sum, (_, switches, busy)| (sum.0 + 1, sum.1 + switches, sum.2 + busy))
    };
    let (watch, mut events) = watch(PERIOD, Noticing::Announcements);
    assert_eq!(watch.noticing(), Noticing::Announcements);
    while !matches!(events.blocking_recv().unwrap(), BusEvent::Arrived(_)) {}
    // What the plug brought with it is over.
    thread::sleep(Duration::from_secs(1));
    let (begun, before) = (Instant::now(), sum());
    thread::sleep(Duration::from_secs(10));
    let (elapsed, after) = (begun.elapsed().as_secs_f64(), sum());
    let (switches, busy) = (after.1 - before.1, Duration::from_nanos(after.2 - before.2));
    let rate = f64::from(u32::try_from(switches).unwrap()) / elapsed;
    let share = 100.0 * busy.as_secs_f64() / elapsed;
    println!("idle: {rate:.2} wake-ups a second in {} threads, {busy:?} in {elapsed:.1} s: {share:.3} % here", after.0);
    assert!(rate <= 3.0, "{rate}");
    let folder = port.folder().unwrap();
    port.unplug().unwrap();
    until("the departure", || !folder.exists());
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn one_of_two_of_a_model_is_chosen() {
    let _case = case("choice: two of a model by serial number, two by their ports");
    let numbered = [guide("00092500001", 3, true), guide("00092500002", 5, true)];
    until("the configuration", || numbered.iter().all(is_configured));
    for (serial, readings) in [("00092500001", 3), ("00092500002", 5)] {
        let read = glucodock(&["read", "--usb", &format!("173a:21d5:{serial}")]);
        assert_all(&read, readings);
        assert_eq!(read.json["meter"]["serial"], serial);
    }
    let both = glucodock(&["read", "--usb", "173a:21d5"]);
    assert_eq!(both.exit, 2, "{both:?}");
    assert!(both.message.contains("--usb 173a:21d5:00092500001\n"), "{both:?}");
    assert!(both.message.contains("--usb 173a:21d5:00092500002\n"), "{both:?}");
    let none = glucodock(&["read", "--usb", "173a:21d5:00092500003"]);
    assert_eq!(none.exit, 3, "{none:?}");
    assert!(none.message.contains("--usb 173a:21d5:00092500002\n"), "{none:?}");
    for port in numbered {
        let folder = port.folder().unwrap();
        port.unplug().unwrap();
        until("the departure", || !folder.exists());
    }

    let nameless = [plug("accu-chek-guide", 4, &[]), plug("accu-chek-guide", 6, &[])];
    for (meter, readings) in nameless.iter().zip([4, 6]) {
        let way = meter.folder().file_name().unwrap().to_str().unwrap();
        assert_all(&glucodock(&["read", "--usb", &format!("173a:21d5@{way}")]), readings);
    }
    let listed = glucodock(&["meters"]);
    let listed = listed.json["meters"].as_array().unwrap().iter();
    let mut choices: Vec<_> = listed.map(|meter| meter["choice"].as_str().unwrap().to_owned()).collect();
    choices.sort();
    let way = |meter: &Plugged| meter.folder().file_name().unwrap().to_str().unwrap().to_owned();
    let mut ways: Vec<_> = nameless.iter().map(|meter| format!("173a:21d5@{}", way(meter))).collect();
    ways.sort();
    assert_eq!(choices, ways);
}
