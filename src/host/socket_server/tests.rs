use std::sync::Arc;
use std::thread::{JoinHandle, spawn};

use tempfile::TempDir;

use super::*;
use crate::host::links::socket::SocketLink;
use crate::meters::link::Link as _;

/// A guard against hanging: nothing of this takes a second.
const WAIT: Duration = Duration::from_mins(1);
const MOMENT: Duration = Duration::from_millis(20);

/// Says 1, 2, 3 when plugged in, gives back what it hears, a feature report twice, of a command the CDB and the data.
struct Parrot;

impl SimulatedMeter for Parrot {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        vec![vec![1, 2, 3]]
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        vec![bytes.to_vec()]
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        vec![report.to_vec(), report.to_vec()]
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], _expected: usize) -> Option<Vec<u8>> {
        Some(if data_out.is_empty() { cdb.to_vec() } else { Vec::new() })
    }
}

/// A parrot behind a socket, served by a thread.
struct Served {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<PtyEnd>>,
    _folder: TempDir,
}

impl Served {
    fn start(fault: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        let listener = Listener::bind(&path).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let wire = FaultyWire::new(fault.map(|fault| fault.parse().unwrap()));
        let flag = Arc::clone(&stop);
        let thread = spawn(move || SocketServer::new(listener, &mut Parrot, wire).serve(&flag).unwrap());
        Self { path, stop, thread: Some(thread), _folder: folder }
    }

    fn connect(&self) -> SocketLink {
        let mut link = SocketLink::open(&self.path).unwrap();
        assert_eq!(link.receive(WAIT), Ok(vec![1, 2, 3]));
        link
    }

    fn end(&mut self) -> PtyEnd {
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

#[test]
fn reports_pass_whole_in_both_directions() {
    let served = Served::start(None);
    let mut link = served.connect();
    let report: Vec<u8> = (0..64).collect();
    link.send(&report, WAIT).unwrap();
    link.send(&[], WAIT).unwrap();
    link.send_feature(&[0x50, 1], WAIT).unwrap();
    assert_eq!(link.receive(WAIT), Ok(report));
    assert_eq!(link.receive(WAIT), Ok(Vec::new()));
    assert_eq!(link.receive(WAIT), Ok(vec![0x50, 1]));
    assert_eq!(link.receive(WAIT), Ok(vec![0x50, 1]));
    assert_eq!(link.receive(MOMENT), Err(LinkError::TimedOut));
}

#[test]
fn each_command_has_its_answer() {
    let served = Served::start(None);
    let mut link = served.connect();
    assert_eq!(link.command(&[0x12, 1, 2], &[], 36, WAIT), Ok(vec![0x12, 1, 2]));
    assert_eq!(link.command(&[0x12, 1, 2], &[], 2, WAIT), Ok(vec![0x12, 1]));
    assert_eq!(link.command(&[0x2A], &[0; 512], 0, WAIT), Ok(Vec::new()));
}

#[test]
fn one_reader_is_served_after_the_other() {
    let mut served = Served::start(None);
    let mut first = served.connect();
    let mut second = SocketLink::open(&served.path).unwrap();
    assert_eq!(second.receive(MOMENT), Err(LinkError::TimedOut), "the first is still there");
    first.send(&[7], WAIT).unwrap();
    drop(first);
    assert_eq!(second.receive(WAIT), Ok(vec![1, 2, 3]), "nothing of the first reader's is left");
    served.stop.store(true, Ordering::Release);
    assert_eq!(served.end(), PtyEnd::Stopped);
    assert_eq!(second.receive(WAIT), Err(LinkError::Gone));
    assert!(served.path.symlink_metadata().is_err());
}

#[test]
fn a_pulled_cable_ends_it_and_what_was_said_before_arrives() {
    let mut served = Served::start(Some("unplug@4"));
    let mut link = served.connect();
    link.send(&[8, 9], WAIT).unwrap();
    assert_eq!(link.receive(WAIT), Ok(vec![8]));
    assert_eq!(link.receive(WAIT), Err(LinkError::Gone));
    assert_eq!(link.send(&[1], WAIT), Err(LinkError::Gone));
    assert_eq!(served.end(), PtyEnd::Unplugged);
}

#[test]
fn a_stalled_meter_stays_and_says_nothing() {
    let served = Served::start(Some("stall@3"));
    let mut link = served.connect();
    assert_eq!(link.command(&[0x12], &[], 36, MOMENT), Err(LinkError::TimedOut));
    assert_eq!(link.receive(MOMENT), Err(LinkError::TimedOut));
}
