//! The vector of the HID-to-UART bridge.

use glucodock::meters::codec::cp2110::Feature;
use glucodock::meters::link::Parity;

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "cp2110"
}

pub(super) fn check(vector: &Vector) {
    let Some(Feature::Configure(line)) = Feature::decode(&vector.bytes) else { panic!("no configuration") };
    assert_eq!(Feature::Configure(line).encode(), vector.bytes);
    let expected = &vector.expected;
    expected.says("baud", line.baud);
    expected.says("parity", u8::from(line.parity != Parity::None));
    expected.says("stop", 1 + u8::from(line.two_stop_bits));
    // The other two are the same for every line of ours; the codec refuses anything else.
    expected.says("flow", 0);
    expected.says("bits", 8);
}
