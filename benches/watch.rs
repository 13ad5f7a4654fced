//! What the background task that looks for meters costs: as good as nothing, or it would drain a kiosk's battery and
//! slow a busy machine down. Prints its share of a processor over twenty seconds, and the time of one look.
#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to go on with")]

use std::fs;
use std::io::Write as _;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use glucodock::host::real_bus::RealBus;
use glucodock::host::watch::{Lister as _, SystemLister};
use glucodock::meters::catalogue::Catalogue;
use tokio::sync::mpsc::unbounded_channel;

/// Time on a processor so far of every thread but the test runner's, by the kernel's scheduler statistics: what is left
/// is the watch and the threads of libusb.
fn busy() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let others = tasks.filter(|task| {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        !name.starts_with("watch-")
    });
    let nanoseconds = others.map(|task| {
        let statistics = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        statistics.split_whitespace().next().and_then(|first| first.parse::<u64>().ok()).unwrap_or(0)
    });
    Duration::from_nanos(nanoseconds.sum())
}

fn main() {
    let mut out = std::io::stdout();
    let (events, _received) = unbounded_channel();
    let bus = RealBus::start(Catalogue::embedded(), Vec::new(), Arc::default(), events).unwrap();
    thread::sleep(Duration::from_secs(1));
    let (start, before) = (Instant::now(), busy());
    thread::sleep(Duration::from_secs(20));
    let (elapsed, used) = (start.elapsed(), busy().checked_sub(before).unwrap());
    drop(bus);
    let percent = 100.0 * used.as_secs_f64() / elapsed.as_secs_f64();
    writeln!(out, "watching takes {used:?} of {elapsed:?}: {percent:.4} % of a processor").unwrap();

    let mut lister = SystemLister::new(Catalogue::embedded(), Vec::new());
    lister.list();
    let start = Instant::now();
    for _ in 0..1000 {
        lister.list();
    }
    writeln!(out, "one look takes {:?}", start.elapsed() / 1000).unwrap();
}
