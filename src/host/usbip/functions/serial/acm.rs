//! A serial line of the communication class (USB CDC 1.2, PSTN 1.2: abstract control model): an interface that
//! controls, and one for the data. The kernel's driver is `cdc_acm`.

use super::line_coding::LineCoding;
use super::{Chip, bulk, interrupt};
use crate::host::usbip::descriptors::{Descriptors, InterfaceDescriptor};
use crate::host::usbip::function::SetupPacket;
use crate::meters::catalogue::UsbId;

/// Header of release 1.10; call management on interface 1; line coding is understood; interfaces 0 and 1 are one.
const CLASS: [u8; 19] = [5, 0x24, 0, 0x10, 0x01, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 0x02, 5, 0x24, 6, 0, 1];

/// The chip.
#[derive(Default)]
pub(in crate::host::usbip) struct Acm(LineCoding);

impl Chip for Acm {
    fn descriptors(&self, id: UsbId) -> Descriptors {
        let notices = [interrupt(0x82)];
        let line = [bulk(self.input()), bulk(0x01)];
        let control =
            InterfaceDescriptor { class: [2, 2, 1], string: 0, class_descriptors: &CLASS, endpoints: &notices };
        let data = InterfaceDescriptor { class: [0x0a, 0, 0], string: 0, class_descriptors: &[], endpoints: &line };
        Descriptors::new(id, 0x0100, ["glucodock", "Serial line"], &[], &[control, data])
    }

    fn input(&self) -> u8 {
        0x81
    }

    fn ask(&self, setup: SetupPacket, _baud: Option<u32>) -> Option<Vec<u8>> {
        self.0.ask(setup)
    }

    fn tell(&mut self, setup: SetupPacket, data: &[u8], baud: &mut Option<u32>) -> bool {
        self.0.tell(setup, data, baud)
    }
}
