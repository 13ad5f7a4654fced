use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use rstest::rstest;
use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::host::bus::BusEvent;
use crate::host::location::UsbLocation;
use crate::meters::catalogue::{Catalogue, UsbId};

/// An Accu-Chek Guide at this address of bus 1.
fn guide(address: u8, access: Access) -> Sighting {
    let id: UsbId = "173a:21d5".parse().unwrap();
    let known = Catalogue::embedded().by_usb(id).unwrap();
    Sighting {
        place: PortLocation::Usb(UsbLocation { bus: 1, address, id }),
        what: What::Known(known),
        access,
        cable: None,
    }
}

/// A generic cable on `ttyUSB0` at this plug.
fn cable(plug: u32) -> Sighting {
    let known = Catalogue::embedded().by_usb("0403:6001".parse().unwrap()).unwrap();
    let place = PortLocation::Serial { path: "/dev/ttyUSB0".into(), plug: Some(plug) };
    Sighting { place, what: What::Known(known), access: Access::Open, cable: None }
}

/// What the events say, short: `+1 open`, `~1 denied`, `-1`.
fn told(events: &[BusEvent]) -> Vec<String> {
    let word = |attachment: &Attachment| format!("{} {:?}", attachment.id.0, attachment.access).to_lowercase();
    events
        .iter()
        .map(|event| match event {
            BusEvent::Arrived(attachment) => format!("+{}", word(attachment)),
            BusEvent::Changed(attachment) => format!("~{}", word(attachment)),
            BusEvent::Left(id) => format!("-{}", id.0),
        })
        .collect()
}

fn open(address: u8) -> Sighting {
    guide(address, Access::Open)
}

fn denied(address: u8) -> Sighting {
    guide(address, Access::Denied)
}

fn busy(address: u8) -> Sighting {
    guide(address, Access::Busy)
}

/// The looks are a second apart; what is refused at its arrival is told after two.
#[rstest]
#[case::nothing(vec![vec![], vec![]], &["", ""])]
#[case::already_there(vec![vec![open(4)], vec![open(4)]], &["+1 open", ""])]
#[case::plug_and_unplug(vec![vec![], vec![open(4)], vec![open(4)], vec![]], &["", "+1 open", "", "-1"])]
#[case::numbers_are_not_used_again(vec![vec![open(4)], vec![], vec![open(4)]], &["+1 open", "-1", "+2 open"])]
#[case::replug_between_two_looks(vec![vec![open(4)], vec![open(5)]], &["+1 open", "-1 +2 open"])]
#[case::cable_replugged_between_two_looks(vec![vec![cable(7)], vec![cable(8)]], &["+1 open", "-1 +2 open"])]
#[case::two_of_one_model(vec![vec![open(4), open(5)], vec![open(5)]], &["+1 open +2 open", "-1"])]
#[case::another_order_is_no_change(vec![vec![open(4), cable(7)], vec![cable(7), open(4)]], &["+1 open +2 open", ""])]
#[case::udev_is_a_little_late(vec![vec![denied(4)], vec![open(4)]], &["", "+1 open"])]
#[case::denied_for_good(vec![vec![denied(4)], vec![denied(4)], vec![denied(4)]], &["", "", "+1 denied"])]
#[case::denied_is_told_once(
    vec![vec![denied(4)], vec![denied(4)], vec![denied(4)], vec![denied(4)]],
    &["", "", "+1 denied", ""]
)]
#[case::a_service_has_it_for_a_moment(vec![vec![busy(4)], vec![open(4)]], &["", "+1 open"])]
#[case::taken_for_good(vec![vec![busy(4)], vec![busy(4)], vec![busy(4)]], &["", "", "+1 busy"])]
#[case::first_denied_then_busy(vec![vec![denied(4)], vec![busy(4)], vec![busy(4)]], &["", "", "+1 busy"])]
#[case::denied_and_gone_at_once(vec![vec![denied(4)], vec![]], &["", ""])]
#[case::permission_came_later(
    vec![vec![denied(4)], vec![denied(4)], vec![denied(4)], vec![open(4)]],
    &["", "", "+1 denied", "~1 open"]
)]
#[case::permission_taken(vec![vec![open(4)], vec![denied(4)]], &["+1 open", "~1 denied"])]
#[case::another_program_takes_it(vec![vec![open(4)], vec![busy(4)], vec![open(4)]], &["+1 open", "~1 busy", "~1 open"])]
fn a_look_tells_what_changed(#[case] looks: Vec<Vec<Sighting>>, #[case] expected: &[&str]) {
    let ids = AttachmentIds::default();
    let mut plugged = Vec::new();
    let mut at = Instant::now();
    for (look, expected) in looks.into_iter().zip(expected) {
        let difference = difference(&plugged, &look, at, &mut || ids.next());
        assert_eq!(told(&difference.events).join(" "), *expected);
        plugged = difference.plugged;
        at += Duration::from_secs(1);
    }
}

#[test]
fn an_attachment_says_what_and_where() {
    let meter = open(4).attachment(AttachmentId(1));
    assert_eq!((meter.name.as_str(), meter.connection.as_str()), ("Accu-Chek Guide", "USB"));
    assert!(meter.family == Family::AccuChek && !meter.must_be_named());
    let wire = cable(7).attachment(AttachmentId(2));
    assert_eq!((wire.name.as_str(), wire.connection.as_str()), ("USB serial cable (FTDI)", "serial port ttyUSB0"));
    assert!(wire.must_be_named());
    assert_eq!((wire.family, wire.access), (Family::Other, Access::Open));
    let denied = Sighting { access: Access::Denied, ..cable(7) }.attachment(AttachmentId(2));
    assert!(
        denied.must_be_named() && denied.access == Access::Denied,
        "who it is and whether it opens are two questions"
    );
}

#[test]
fn a_meter_that_we_hold_ourselves_is_not_busy() {
    let ids = AttachmentIds::default();
    let roster = Arc::new(Roster::default());
    assert_eq!(told(&roster.take_in(vec![open(4)], Instant::now(), &ids)), ["+1 open"]);
    let hold = roster.hold(AttachmentId(1));
    assert_eq!(told(&roster.take_in(vec![busy(4)], Instant::now(), &ids)), Vec::<String>::new());
    drop(hold);
    assert_eq!(told(&roster.take_in(vec![busy(4)], Instant::now(), &ids)), ["~1 busy"]);
}

/// A lister that gives the lists it is sent, and says when it is asked.
struct Script {
    lists: Receiver<Vec<Sighting>>,
    asked: Sender<()>,
}

impl Lister for Script {
    fn list(&mut self) -> Vec<Sighting> {
        // The test has gone: the watch ends as well.
        let _ = self.asked.send(());
        self.lists.recv().unwrap_or_default()
    }
}

#[test]
fn the_watch_speaks_only_on_change_and_ends_with_its_owner() {
    let (send, lists) = channel();
    let (asked, looks) = channel();
    let (events, mut received) = unbounded_channel();
    let lister = Box::new(Script { lists, asked });
    let watch = Watch::start(lister, Arc::default(), events, Duration::from_hours(1), Noticing::Polling).unwrap();
    for list in [vec![open(4)], vec![open(4)], vec![open(4), cable(7)]] {
        looks.recv().unwrap();
        send.send(list).unwrap();
        watch.look_now();
    }
    looks.recv().unwrap();
    send.send(vec![cable(7)]).unwrap();
    drop(watch);

    let mut all = Vec::new();
    while let Some(event) = received.blocking_recv() {
        all.push(event);
    }
    assert_eq!(told(&all), ["+1 open", "+2 open", "-1"]);
}

#[test]
fn the_roster_knows_a_plug_until_it_leaves() {
    let ids = AttachmentIds::default();
    let roster = Roster::default();
    let _ = roster.take_in(vec![open(4)], Instant::now(), &ids);
    assert_eq!(roster.find(AttachmentId(1)), Some(open(4)));
    let _ = roster.take_in(vec![], Instant::now(), &ids);
    assert_eq!(roster.find(AttachmentId(1)), None);
}
