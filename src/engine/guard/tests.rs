use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcsetwinsize};

use super::*;

/// A pseudo-terminal: the end of the person, and ours.
fn terminal() -> (OwnedFd, OwnedFd) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let ours = ioctl_tiocgptpeer(&person, OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    (person, ours)
}

/// Everything the person's end has got so far.
fn got(person: &OwnedFd) -> String {
    let mut bytes = Vec::new();
    let mut some = [0; 4096];
    let nothing = Timespec { tv_sec: 0, tv_nsec: 0 };
    while poll(&mut [PollFd::new(person, PollFlags::IN)], Some(&nothing)).unwrap() > 0 {
        let length = rustix::io::read(person, &mut some).unwrap();
        bytes.extend_from_slice(&some[..length]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_terminal_is_as_it_was_and_nothing_stays_on_it() {
    let (person, ours) = terminal();
    let before = tcgetattr(&ours).unwrap();
    let guard = Guard::enter(&ours, &ours).unwrap();
    let raw = tcgetattr(&ours).unwrap();
    assert!(!raw.local_modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG));
    let entered = got(&person);
    assert!(entered.contains("\x1b[?1049h") && entered.contains("\x1b[?2004h"), "{entered:?}");

    drop(guard);
    let after = tcgetattr(&ours).unwrap();
    assert_eq!(after.local_modes, before.local_modes);
    assert_eq!(after.input_modes, before.input_modes);
    assert_eq!(after.output_modes, before.output_modes);
    let left = got(&person);
    let erased = left.find("\x1b[2J").unwrap();
    assert!(erased < left.find("\x1b[?1049l").unwrap(), "erased after leaving: {left:?}");
    for mode in ["\x1b[?2004l", "\x1b[?25h", "\x1b[?2026l", "\x1b[m"] {
        assert!(left.contains(mode), "{mode:?} is missing in {left:?}");
    }
}

#[test]
fn the_second_restore_does_nothing_and_later_frames_are_dropped() {
    let (person, ours) = terminal();
    let guard = Guard::enter(&ours, &ours).unwrap();
    let mut sink = guard.sink();
    sink(b"frame").unwrap();
    guard.restorer().restore();
    assert!(got(&person).contains("frame"));
    guard.restorer().restore();
    sink(b"late").unwrap();
    drop(guard);
    assert_eq!(got(&person), "");
}

#[test]
fn a_terminal_that_was_put_away_shows_nothing_and_can_be_taken_again() {
    let (person, ours) = terminal();
    let before = tcgetattr(&ours).unwrap();
    let guard = Guard::enter(&ours, &ours).unwrap();
    let mut sink = guard.sink();
    got(&person);
    guard.put_away();
    let away = got(&person);
    assert!(away.find("\x1b[2J").unwrap() < away.find("\x1b[?1049l").unwrap(), "{away:?}");
    assert_eq!(tcgetattr(&ours).unwrap().local_modes, before.local_modes);
    sink(b"MUELLER").unwrap();
    guard.put_away();
    assert_eq!(got(&person), "");
    guard.reenter().unwrap();
    assert!(got(&person).contains("\x1b[?1049h"));
    sink(b"frame").unwrap();
    assert_eq!(got(&person), "frame");
    guard.put_away();
    got(&person);
    guard.restorer().restore();
    guard.reenter().unwrap();
    sink(b"late").unwrap();
    assert_eq!(got(&person), "", "put back for good");
}

#[test]
fn a_full_terminal_does_not_hold_up_the_way_out() {
    let (person, ours) = terminal();
    let before = tcgetattr(&ours).unwrap();
    let guard = Guard::enter(&ours, &ours).unwrap();
    let mut sink = guard.sink();
    let restorer = guard.restorer();
    let hung = std::thread::spawn(move || sink(&vec![b'x'; 1 << 20]));
    // The line takes nothing more once its buffer is full; nobody reads it.
    while takes_bytes(&ours.try_clone().unwrap()) {
        std::thread::yield_now();
    }
    restorer.restore();
    assert_eq!(tcgetattr(&ours).unwrap().local_modes, before.local_modes);
    drop((person, ours));
    assert!(hung.join().unwrap().is_err());
}

#[test]
fn the_size_is_the_terminals_or_the_usual_one() {
    let (_person, ours) = terminal();
    let guard = Guard::enter(&ours, &ours).unwrap();
    assert_eq!(guard.size(), (80, 24));
    tcsetwinsize(&ours, Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    assert_eq!(guard.size(), (120, 40));
}
