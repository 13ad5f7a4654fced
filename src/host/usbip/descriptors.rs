//! Builds USB descriptors (USB 2.0, 9.6).

use crate::meters::catalogue::UsbId;

/// What a device says it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Descriptors {
    /// The device descriptor.
    pub device: Vec<u8>,
    /// The one configuration with everything in it.
    pub configuration: Vec<u8>,
    /// The strings, numbered from 1.
    pub strings: Vec<String>,
}

/// Kind of an endpoint: `bmAttributes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointKind {
    /// Bulk transfers.
    Bulk,
    /// Interrupt transfers.
    Interrupt,
}

/// One endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointDescriptor {
    /// Number and direction: 0x81 is IN 1.
    pub address: u8,
    /// What it transfers.
    pub kind: EndpointKind,
    /// The longest packet, in bytes.
    pub packet: u16,
}

/// One interface: class, subclass, protocol; the class's own descriptors; endpoints.
#[derive(Debug, Clone)]
pub struct InterfaceDescriptor<'a> {
    /// `bInterfaceClass`, `bInterfaceSubClass`, `bInterfaceProtocol`.
    pub class: [u8; 3],
    /// Number of its string, 0 for none.
    pub string: u8,
    /// Descriptors of the class, between the interface's and its endpoints'.
    pub class_descriptors: &'a [u8],
    /// Its endpoints.
    pub endpoints: &'a [EndpointDescriptor],
}

impl Descriptors {
    /// A full-speed device without a serial number string, with these interfaces, numbered from 0: maker and product
    /// are strings 1 and 2, `more` follows.
    #[must_use]
    pub fn new(
        id: UsbId,
        release: u16,
        names: [&str; 2],
        more: &[&str],
        interfaces: &[InterfaceDescriptor<'_>],
    ) -> Self {
        // USB 2.00; no class of its own, its interfaces have theirs; 64 bytes in a packet of
        // endpoint 0.
        let mut device = vec![18, 1, 0x00, 0x02, 0, 0, 0, 64];
        device.extend(id.vendor.to_le_bytes());
        device.extend(id.product.to_le_bytes());
        device.extend(release.to_le_bytes());
        // The 0 stands for no serial number string, as a captured Guide has none: two meters of one
        // model are told apart by what they say alone.
        device.extend([1, 2, 0, 1]);
        let body: Vec<u8> = (0..).zip(interfaces).flat_map(|(number, interface)| body(number, interface)).collect();
        let length = u16::try_from(9 + body.len()).unwrap_or(u16::MAX);
        let mut configuration = vec![9, 2];
        configuration.extend(length.to_le_bytes());
        // Configuration 1, no string, bus powered, 100 mA.
        configuration.extend([u8::try_from(interfaces.len()).unwrap_or(u8::MAX), 1, 0, 0x80, 50]);
        configuration.extend(body);
        let strings = names.iter().chain(more).map(|&text| text.to_owned()).collect();
        Self { device, configuration, strings }
    }

    /// The endpoints of the configuration with the length of their packets.
    #[must_use]
    pub fn endpoints(&self) -> Vec<(u8, usize)> {
        let mut found = Vec::new();
        self.each(|descriptor| {
            if let [_, 5, address, _, low, high, ..] = *descriptor {
                // The bits above are further transactions of a high-speed endpoint (USB 2.0, table
                // 9-13).
                found.push((address, usize::from(u16::from_le_bytes([low, high]) & 0x07ff)));
            }
        });
        found
    }

    /// Class, subclass and protocol of each interface.
    #[must_use]
    pub fn classes(&self) -> Vec<[u8; 3]> {
        let mut found = Vec::new();
        self.each(|descriptor| {
            if let [_, 4, _, _, _, class, subclass, protocol, ..] = *descriptor {
                found.push([class, subclass, protocol]);
            }
        });
        found
    }

    /// Shows every descriptor of the configuration, itself first.
    fn each(&self, mut look: impl FnMut(&[u8])) {
        let mut rest = self.configuration.as_slice();
        while let Some(length) = rest.first().map(|length| usize::from(*length)).filter(|length| *length >= 2) {
            let Some((descriptor, after)) = rest.split_at_checked(length) else { break };
            look(descriptor);
            rest = after;
        }
    }

    /// The string of this number as a descriptor; 0 lists the one language, American English.
    #[must_use]
    pub fn string(&self, number: u8) -> Option<Vec<u8>> {
        if number == 0 {
            return Some(vec![4, 3, 0x09, 0x04]);
        }
        let text = self.strings.get(usize::from(number) - 1)?;
        // A descriptor tells its length in one byte.
        let units: Vec<u8> = text.encode_utf16().take(126).flat_map(u16::to_le_bytes).collect();
        let mut descriptor = vec![u8::try_from(2 + units.len()).ok()?, 3];
        descriptor.extend(units);
        Some(descriptor)
    }
}

fn body(number: u8, interface: &InterfaceDescriptor<'_>) -> Vec<u8> {
    let [class, subclass, protocol] = interface.class;
    let count = u8::try_from(interface.endpoints.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![9, 4, number, 0, count, class, subclass, protocol, interface.string];
    bytes.extend(interface.class_descriptors);
    for endpoint in interface.endpoints {
        let (attributes, interval) = match endpoint.kind {
            EndpointKind::Bulk => (2, 0),
            // Asked every millisecond, as often as a full-speed device can be (USB 2.0, 9.6.6).
            EndpointKind::Interrupt => (3, 1),
        };
        let [low, high] = endpoint.packet.to_le_bytes();
        bytes.extend([7, 5, endpoint.address, attributes, low, high, interval]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written out by hand after USB 2.0, tables 9-8 to 9-13.
    #[test]
    fn a_device_is_described_byte_for_byte() {
        let id = UsbId { vendor: 0x173a, product: 0x21d5 };
        let endpoints = [
            EndpointDescriptor { address: 0x81, kind: EndpointKind::Bulk, packet: 64 },
            EndpointDescriptor { address: 0x02, kind: EndpointKind::Interrupt, packet: 8 },
        ];
        let interface =
            InterfaceDescriptor { class: [15, 0, 0], string: 3, class_descriptors: &[2, 0x20], endpoints: &endpoints };
        let other = InterfaceDescriptor { class: [10, 0, 0], string: 0, class_descriptors: &[], endpoints: &[] };
        let told = Descriptors::new(id, 0x0100, ["Ö", "P"], &["x"], &[interface, other]);
        assert_eq!(told.device, [18, 1, 0, 2, 0, 0, 0, 64, 0x3a, 0x17, 0xd5, 0x21, 0, 1, 1, 2, 0, 1]);
        let expected = [
            &[9, 2, 43, 0, 2, 1, 0, 0x80, 50][..],
            &[9, 4, 0, 0, 2, 15, 0, 0, 3],
            &[2, 0x20],
            &[7, 5, 0x81, 2, 64, 0, 0],
            &[7, 5, 0x02, 3, 8, 0, 1],
            &[9, 4, 1, 0, 0, 10, 0, 0, 0],
        ];
        assert_eq!(told.configuration, expected.concat());
        assert_eq!(told.endpoints(), [(0x81, 64), (0x02, 8)]);
        assert_eq!(told.classes(), [[15, 0, 0], [10, 0, 0]]);
        assert_eq!(told.string(0), Some(vec![4, 3, 9, 4]));
        assert_eq!(told.string(1), Some(vec![4, 3, 0xd6, 0]));
        assert_eq!(told.string(3), Some(vec![4, 3, b'x', 0]));
        assert_eq!(told.string(4), None);
    }
}
