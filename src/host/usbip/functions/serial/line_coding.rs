//! The requests with which a host sets a line of the communication class (USB PSTN 1.2, 6.3), and Prolific's chips too.

use crate::host::usbip::function::SetupPacket;

/// The settings of a line: speed, stop bits, parity, data bits.
#[derive(Default)]
pub(super) struct LineCoding([u8; 7]);

impl LineCoding {
    /// `GET_LINE_CODING`.
    pub(super) fn ask(&self, setup: SetupPacket) -> Option<Vec<u8>> {
        ((setup.request_type, setup.request) == (0xa1, 0x21)).then(|| self.0.to_vec())
    }

    /// `SET_LINE_CODING`, `SET_CONTROL_LINE_STATE`, `SEND_BREAK`; `false` for another request.
    pub(super) fn tell(&mut self, setup: SetupPacket, data: &[u8], baud: &mut Option<u32>) -> bool {
        match (setup.request_type, setup.request, <[u8; 7]>::try_from(data)) {
            (0x21, 0x20, Ok(coding)) => {
                let [a, b, c, d, ..] = coding;
                *baud = Some(u32::from_le_bytes([a, b, c, d]));
                self.0 = coding;
                true
            }
            (0x21, 0x22 | 0x23, _) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 9600 baud, one stop bit, no parity, 8 data bits (table 17).
    #[test]
    fn the_speed_comes_first() {
        let mut line = LineCoding::default();
        let mut baud = None;
        let set = SetupPacket::new([0x21, 0x20, 0, 0, 0, 0, 7, 0]);
        let coding = [0x80, 0x25, 0, 0, 0, 0, 8];
        assert!(line.tell(set, &coding, &mut baud));
        assert_eq!(baud, Some(9600));
        assert_eq!(line.ask(SetupPacket::new([0xa1, 0x21, 0, 0, 0, 0, 7, 0])), Some(coding.to_vec()));
        assert!(!line.tell(set, &[0; 6], &mut baud));
        assert!(line.tell(SetupPacket::new([0x21, 0x22, 3, 0, 0, 0, 0, 0]), &[], &mut baud));
        assert_eq!(baud, Some(9600));
    }
}
