//! The simulated meter by itself: what it says, byte for byte, and how it holds a host to the protocol.

use jiff::civil::date;

use super::*;
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::transcript::hex;

/// Section 10 of the protocol's specification, message 1.
const OFFER: &str = "
    E2 00 00 32 80 00 00 00 00 01 00 2A 50 79 00 26 80 00 00 00 80 00 80 00 00 00 00 00 00 00 00 80
    00 00 00 08 00 60 19 00 00 00 00 42 40 00 00 00 00 00 00 00 00 00";
/// Message 2.
const ACCEPTED: &str = "
    E3 00 00 2C 00 03 50 79 00 26 80 00 00 02 80 00 80 00 00 00 00 00 00 00 80 00 00 00 00 08 12 34
    56 78 87 65 43 21 00 00 00 00 00 00 00 00 00 00";
/// Message 3.
const CONFIGURATION: &str = "
    E7 00 00 EC 00 EA 00 A3 01 01 00 E4 00 00 FF FF FF FF 0D 1C 00 DA 40 00 00 05 00 D4 00 06 00 01
    00 04 00 28 09 2F 00 04 00 02 72 70 0A 46 00 02 C0 40 09 96 00 02 08 52 0A 55 00 10 00 03 00 0C
    0A 4C 00 02 09 90 00 08 09 47 00 02 00 06 00 02 00 04 00 28 09 2F 00 04 00 02 71 D0 0A 46 00 02
    C0 40 09 96 00 02 08 52 0A 55 00 10 00 03 00 0C 0A 4C 00 02 09 90 00 08 09 47 00 02 00 05 00 03
    00 03 00 1E 09 2F 00 04 00 80 71 D8 0A 46 00 02 C0 40 0A 55 00 0C 00 02 00 08 0A 66 00 02 09 90
    00 08 00 05 00 04 00 03 00 1E 09 2F 00 04 00 80 72 48 0A 46 00 02 C0 48 0A 55 00 0C 00 02 00 08
    0A 49 00 02 09 90 00 08 00 3D 00 05 00 05 00 20 0A 4D 00 02 80 00 09 43 00 02 00 00 09 53 00 02
    00 00 09 51 00 02 00 04 0A 63 00 04 00 00 00 00";
/// Message 4.
const CONFIGURED: &str = "
    E7 00 00 16 00 14 00 A3 02 01 00 0E 00 00 00 00 00 00 0D 1C 00 04 40 00 00 00";
/// Message 6, captured from a Guide.
const SYSTEM: &str = "
    E7 00 00 D4 00 D2 00 A4 02 03 00 CC 00 00 00 08 00 C6 09 28 00 0E 00 06 52 6F 63 68 65 00 00 04
    39 32 35 00 09 84 00 0A 00 08 00 60 19 00 00 00 00 42 0A 44 00 02 40 00 09 2D 00 56 00 03 00 52
    00 01 00 00 00 1A 73 65 72 69 61 6C 2D 6E 75 6D 62 65 72 3A 20 39 32 35 30 30 30 30 30 30 34 32
    00 03 10 00 00 12 68 77 2D 72 65 76 69 73 69 6F 6E 3A 20 47 00 00 00 00 00 05 00 00 00 14 66 77
    2D 72 65 76 69 73 69 6F 6E 3A 20 76 31 2E 39 2E 36 00 09 87 00 08 20 26 10 01 21 06 58 00 0A 45
    00 10 C0 00 1F 00 FF FF FF FF 00 64 00 00 00 00 00 00 0A 4B 00 16 00 02 00 12 02 01 00 08 04 01
    00 01 00 02 20 11 02 02 00 02 00 00 0A 5A 00 08 00 01 00 04 10 11 00 02";
/// Message 8, captured from a Guide; here with all segments empty.
const SEGMENTS: &str = "
    E7 00 01 D2 01 D0 00 A5 02 07 01 CA 00 05 0C 0D 01 C4 00 04 01 C0 00 00 00 09 00 6C 09 22 00 02
    00 00 0A 4E 00 1A 80 00 00 01 00 14 00 06 00 02 72 70 00 01 00 02 00 08 0A 4C 00 02 09 47 00 02
    09 53 00 02 00 00 0A 58 00 0C 00 0A 50 4D 53 65 67 47 6C 75 63 20 0A 62 00 06 00 00 00 00 00 00
    09 92 00 08 20 14 01 01 00 00 00 00 09 8A 00 08 20 14 01 01 00 00 00 00 09 7B 00 04 00 00 00 00
    0A 64 00 04 00 02 71 00 00 01 00 09 00 6C 09 22 00 02 00 01 0A 4E 00 1A 80 00 00 01 00 14 00 06
    00 02 71 D0 00 02 00 02 00 08 0A 4C 00 02 09 47 00 02 09 53 00 02 00 00 0A 58 00 0C 00 0A 50 4D
    53 65 67 43 74 72 6C 20 0A 62 00 06 00 00 00 00 00 00 09 92 00 08 20 14 01 01 00 00 00 00 09 8A
    00 08 20 14 01 01 00 00 00 00 09 7B 00 04 00 00 00 00 0A 64 00 04 00 02 71 00 00 02 00 09 00 68
    09 22 00 02 00 02 0A 4E 00 16 80 00 00 01 00 10 00 05 00 80 71 D8 00 03 00 01 00 04 0A 66 00 02
    09 53 00 02 00 00 0A 58 00 0C 00 0A 50 4D 53 65 67 45 72 72 6F 72 0A 62 00 06 00 00 00 00 00 00
    09 92 00 08 20 14 01 01 00 00 00 00 09 8A 00 08 20 14 01 01 00 00 00 00 09 7B 00 04 00 00 00 00
    0A 64 00 04 00 02 71 00 00 03 00 09 00 68 09 22 00 02 00 03 0A 4E 00 16 80 00 00 01 00 10 00 05
    00 80 72 48 00 04 00 01 00 04 0A 49 00 02 09 53 00 02 00 00 0A 58 00 0C 00 0A 50 4D 53 65 67 43
    4D 65 61 6C 0A 62 00 06 00 00 00 00 00 00 09 92 00 08 20 14 01 01 00 00 00 00 09 8A 00 08 20 14
    01 01 00 00 00 00 09 7B 00 04 00 00 00 00 0A 64 00 04 00 02 71 00";

const ABORT: &str = "E6 00 00 02 00 00";

fn bytes(text: &str) -> Vec<u8> {
    hex(text).unwrap()
}

fn meter(count: usize, quirks: Quirks) -> SimulatedAccuChek {
    let readings = ReadingSet::seeded(count, 1, date(2026, 7, 14).at(8, 30, 0, 0));
    let clock = date(2026, 10, 1).at(21, 6, 58, 0);
    SimulatedAccuChek::new(AccuChekConfig { quirks, ..AccuChekConfig::guide(readings, clock) })
}

/// A meter that waits for requests.
fn operating(count: usize, quirks: Quirks) -> SimulatedAccuChek {
    let mut meter = meter(count, quirks);
    meter.plugged();
    meter.hear(&bytes(ACCEPTED));
    assert!(meter.hear(&bytes(CONFIGURED)).is_empty());
    meter
}

#[track_caller]
fn hears(meter: &mut SimulatedAccuChek, said: &str, answer: &str) {
    assert_eq!(meter.hear(&bytes(said)), [bytes(answer)]);
}

#[test]
fn it_introduces_itself_as_the_captured_meter() {
    let mut meter = meter(0, Quirks::default());
    assert_eq!(meter.plugged(), [bytes(OFFER)]);
    hears(&mut meter, ACCEPTED, CONFIGURATION);
    assert!(meter.hear(&bytes(CONFIGURED)).is_empty());
    hears(&mut meter, "E7 00 00 0E 00 0C 00 A4 01 03 00 06 00 00 00 00 00 00", SYSTEM);
    hears(&mut meter, "E7 00 00 14 00 12 00 A5 01 07 00 0C 00 05 0C 0D 00 06 00 01 00 02 00 00", SEGMENTS);
    hears(&mut meter, "E7 00 00 14 00 12 00 A5 01 07 00 00 00 05 0C 0D 00 06 00 01 00 02 00 00", SEGMENTS);
    let empty = "E7 00 00 12 00 10 00 A7 02 07 00 0A 00 05 0C 1C 00 04 00 01 00 03";
    hears(&mut meter, "E7 00 00 10 00 0E 00 A7 01 07 00 08 00 05 0C 1C 00 02 00 01", empty);
    hears(&mut meter, "E4 00 00 02 00 00", "E5 00 00 02 00 00");
    assert!(meter.hear(&bytes("E4 00 00 02 00 00")).is_empty());
}

#[test]
fn the_standard_version_is_accepted_too() {
    let mut meter = meter(0, Quirks::default());
    meter.plugged();
    hears(&mut meter, &ACCEPTED.replacen("80 00 00 02", "80 00 00 00", 1), CONFIGURATION);
}

#[test]
fn a_refused_offer_ends_everything() {
    let mut meter = meter(0, Quirks::default());
    meter.plugged();
    assert!(meter.hear(&bytes(&ACCEPTED.replacen("00 03 50 79", "00 01 50 79", 1))).is_empty());
    assert!(meter.wait(Duration::from_mins(1)).is_empty());
}

#[test]
fn it_offers_three_more_times_and_gives_up() {
    let mut meter = meter(0, Quirks::default());
    meter.plugged();
    let offers = |meter: &mut SimulatedAccuChek, seconds| meter.wait(Duration::from_secs(seconds)).len();
    let times = [9, 10, 19, 20, 30, 40, 1000].map(|seconds| offers(&mut meter, seconds));
    assert_eq!(times, [0, 1, 0, 1, 1, 0, 0]);
}

#[test]
fn it_waits_for_the_configuration_to_be_accepted() {
    let mut meter = meter(0, Quirks::default());
    meter.plugged();
    meter.hear(&bytes(ACCEPTED));
    assert!(meter.wait(Duration::from_secs(9)).is_empty());
    assert_eq!(meter.wait(Duration::from_secs(10)), [bytes("E6 00 00 02 00 03")]);
}

/// Agent table of 11073-20601, row 5.22.
#[test]
fn it_describes_itself_before_its_configuration_is_confirmed() {
    let mut meter = meter(0, Quirks::default());
    meter.plugged();
    meter.hear(&bytes(ACCEPTED));
    hears(&mut meter, "E7 00 00 0E 00 0C 00 A4 01 03 00 06 00 00 00 00 00 00", SYSTEM);
    assert!(meter.hear(&bytes(CONFIGURED)).is_empty());
}

/// Agent table of 11073-20601, row 8.16.
#[test]
fn it_can_be_released_while_an_event_is_not_acknowledged() {
    let mut meter = operating(4, Quirks::default());
    assert_eq!(meter.hear(&bytes("E7 00 00 10 00 0E 00 A7 01 07 00 08 00 05 0C 1C 00 02 00 00")).len(), 2);
    hears(&mut meter, "E4 00 00 02 00 00", "E5 00 00 02 00 00");
}

#[test]
fn another_answer_to_the_configuration_is_an_abort() {
    let mut meter = meter(0, Quirks::default());
    meter.plugged();
    meter.hear(&bytes(ACCEPTED));
    hears(&mut meter, &CONFIGURED.replacen("00 A3", "00 A4", 1), ABORT);
}

#[test]
fn the_clock_alone_may_be_asked_for() {
    let clock = "E7 00 00 1C 00 1A 00 A4 02 03 00 14 00 00 00 01 00 0C 09 87 00 08 20 26 10 01 21 06 58 00";
    let length_is_right = clock.replacen("00 1C 00 1A", "00 1A 00 18", 1).replacen("00 14 00 00", "00 12 00 00", 1);
    let mut meter = operating(0, Quirks::default());
    hears(&mut meter, "E7 00 00 10 00 0E 00 A4 01 03 00 08 00 00 00 01 00 02 09 87", &length_is_right);
}

#[test]
fn the_clock_can_be_set_unless_it_is_fixed() {
    let set = "E7 00 00 1A 00 18 00 A6 01 07 00 12 00 00 0C 17 00 0C 20 26 10 01 21 15 00 00 00 00 00 00";
    let mut meter = operating(0, Quirks::default());
    hears(&mut meter, set, "E7 00 00 0E 00 0C 00 A6 02 07 00 06 00 00 0C 17 00 00");
    assert_eq!(meter.clock.now(), date(2026, 10, 1).at(21, 15, 0, 0));
    let mut meter = operating(0, Quirks { has_fixed_clock: true, ..Quirks::default() });
    hears(&mut meter, set, "E7 00 00 0C 00 0A 00 A6 03 00 00 04 00 18 00 00");
}

#[test]
fn what_it_does_not_have_is_an_error() {
    let mut meter = operating(0, Quirks::default());
    let no_action = "E7 00 00 0C 00 0A 00 A7 03 00 00 04 00 09 00 00";
    hears(&mut meter, "E7 00 00 0E 00 0C 00 A7 01 07 00 06 00 05 0C 1E 00 00", no_action);
    let no_object = "E7 00 00 0C 00 0A 00 A7 03 00 00 04 00 01 00 00";
    hears(&mut meter, "E7 00 00 0E 00 0C 00 A7 01 03 00 06 00 07 00 00 00 00", no_object);
    assert!(!meter.erase_was_asked());
}

#[test]
fn a_request_to_erase_is_remembered_and_refused() {
    let mut meter = operating(5, Quirks::default());
    let clear = "E7 00 00 14 00 12 00 A7 01 07 00 0C 00 05 0C 0C 00 06 00 01 00 02 00 00";
    hears(&mut meter, clear, "E7 00 00 0C 00 0A 00 A7 03 00 00 04 00 09 00 00");
    assert!(meter.erase_was_asked() && meter.erase_watch().load(Ordering::Acquire));
}

#[test]
fn an_event_wants_its_own_acknowledgement() {
    const TRIGGER: &str = "E7 00 00 10 00 0E 00 A7 01 07 00 08 00 05 0C 1C 00 02 00 00";
    let acknowledgement = "E7 00 00 1E 00 1C 00 A4 02 01 00 16 00 05 FF FF FF FF 0D 21 00 0C
                           00 00 00 00 00 00 00 00 00 02 00 80";
    let started = || {
        let mut meter = operating(4, Quirks::default());
        meter.config.entries_per_event = 2;
        let said = meter.hear(&bytes(TRIGGER));
        assert_eq!(said[0], bytes("E7 00 00 12 00 10 00 A7 02 07 00 0A 00 05 0C 1C 00 04 00 00 00 00"));
        assert_eq!(said.len(), 2);
        meter
    };
    let mut meter = started();
    let next = meter.hear(&bytes(acknowledgement)).remove(0);
    // The second event: number A5, first entry 2, two entries, the last ones.
    assert_eq!((&next[6..8], &next[24..34]), (&[0, 0xA5][..], &bytes("00 00 00 02 00 00 00 02 40 00")[..]));
    for wrong in ["00 A4", "00 02 00 80", "00 80"] {
        let other = acknowledgement.replacen(wrong, &wrong.replace("A4", "A9").replace("80", "81"), 1);
        assert_ne!(other, acknowledgement);
        hears(&mut started(), &other, ABORT);
    }
    assert!(started().wait(Duration::from_millis(2999)).is_empty());
    assert_eq!(started().wait(Duration::from_secs(3)), [bytes("E6 00 00 02 00 02")]);
    // A host may end the transfer; the meter then waits for other requests.
    let mut meter = started();
    assert!(meter.hear(&bytes(&acknowledgement.replacen("00 80", "00 08", 1))).is_empty());
    assert_eq!(meter.hear(&bytes(TRIGGER)).len(), 2);
}

#[test]
fn noise_is_answered_with_an_abort() {
    hears(&mut operating(0, Quirks::default()), "E7 00 00 02 00 00", ABORT);
}
