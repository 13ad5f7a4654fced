//! Which two endpoints carry the conversation: found by their kind, because models number them differently.

use rusb::{ConfigDescriptor, Direction, InterfaceDescriptor, TransferType};

use crate::meters::link::LinkError;

/// What an endpoint descriptor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::host::links) struct Endpoint {
    /// Number and direction as in `bEndpointAddress`: 0x81 is IN 1.
    pub(in crate::host::links) address: u8,
    /// Bulk, interrupt, ...
    pub(in crate::host::links) kind: TransferType,
    /// `wMaxPacketSize`, in bytes.
    pub(in crate::host::links) packet: u16,
}

impl Endpoint {
    fn direction(self) -> Direction {
        if self.address & 0x80 == 0 { Direction::Out } else { Direction::In }
    }
}

/// The two endpoints of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::host::links) struct Pair {
    /// From the meter to this computer.
    pub(in crate::host::links) input: Endpoint,
    /// From this computer to the meter.
    pub(in crate::host::links) output: Endpoint,
}

/// What an interface descriptor says, with its endpoints: alternate setting 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::host::links) struct Interface {
    /// `bInterfaceNumber`.
    pub(in crate::host::links) number: u8,
    /// Class, subclass and protocol.
    pub(in crate::host::links) class: [u8; 3],
    /// Its endpoints.
    pub(in crate::host::links) endpoints: Vec<Endpoint>,
}

/// The interfaces of a configuration.
pub(in crate::host::links) fn of(configuration: &ConfigDescriptor) -> Vec<Interface> {
    let settings = configuration.interfaces().flat_map(|interface| interface.descriptors());
    let interface = |setting: InterfaceDescriptor<'_>| Interface {
        number: setting.interface_number(),
        class: [setting.class_code(), setting.sub_class_code(), setting.protocol_code()],
        endpoints: setting
            .endpoint_descriptors()
            .map(|endpoint| Endpoint {
                address: endpoint.address(),
                kind: endpoint.transfer_type(),
                packet: endpoint.max_packet_size(),
            })
            .collect(),
    };
    // Setting 0 is the one that is active without being chosen; choosing another would be one more way to disturb the
    // meter.
    settings.filter(|setting| setting.setting_number() == 0).map(interface).collect()
}

impl Interface {
    /// The one bulk endpoint each way.
    ///
    /// # Errors
    /// If there is none, or more than one: then it is not known which one the meter speaks on.
    pub(in crate::host::links) fn bulk_pair(&self) -> Result<Pair, LinkError> {
        let only = |direction: Direction| {
            let mut bulk = self.of_kind(TransferType::Bulk, direction);
            match (bulk.next(), bulk.next()) {
                (Some(endpoint), None) => Ok(endpoint),
                (first, _) => {
                    let count = if first.is_some() { "more than one" } else { "no" };
                    let reason = format!("interface {} has {count} bulk endpoint {direction:?}", self.number);
                    Err(LinkError::Failed { operation: "opening", reason: reason.into() })
                }
            }
        };
        Ok(Pair { input: only(Direction::In)?, output: only(Direction::Out)? })
    }

    /// The first interrupt endpoint of this direction.
    pub(in crate::host::links) fn interrupt(&self, direction: Direction) -> Option<Endpoint> {
        self.of_kind(TransferType::Interrupt, direction).next()
    }

    fn of_kind(&self, kind: TransferType, direction: Direction) -> impl Iterator<Item = Endpoint> {
        let fits = move |endpoint: &Endpoint| {
            // Lengths are rounded up to whole packets, which panics for packets of no bytes.
            endpoint.kind == kind && endpoint.direction() == direction && endpoint.packet > 0
        };
        self.endpoints.iter().copied().filter(fits)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn bulk(address: u8) -> Endpoint {
        Endpoint { address, kind: TransferType::Bulk, packet: 64 }
    }

    fn choose(endpoints: &[Endpoint]) -> Result<Pair, LinkError> {
        Interface { number: 0, class: [0xff, 0, 0], endpoints: endpoints.to_vec() }.bulk_pair()
    }

    fn interrupt(address: u8) -> Endpoint {
        Endpoint { address, kind: TransferType::Interrupt, packet: 8 }
    }

    /// The numbers published for a Guide, an early Aviva Connect and an Active.
    #[rstest]
    #[case::guide(vec![bulk(0x81), bulk(0x01)], 0x81, 0x01)]
    #[case::aviva_connect(vec![bulk(0x83), bulk(0x03)], 0x83, 0x03)]
    #[case::active(vec![bulk(0x01), bulk(0x82)], 0x82, 0x01)]
    #[case::with_an_interrupt_endpoint(vec![bulk(0x01), interrupt(0x82), bulk(0x81)], 0x81, 0x01)]
    fn the_bulk_endpoints_are_found_whatever_their_numbers(
        #[case] endpoints: Vec<Endpoint>,
        #[case] from_meter: u8,
        #[case] to_meter: u8,
    ) {
        let pair = choose(&endpoints).unwrap();
        assert_eq!((pair.input, pair.output), (bulk(from_meter), bulk(to_meter)));
    }

    #[rstest]
    #[case::none(vec![], "no bulk endpoint In")]
    #[case::one_way(vec![bulk(0x81)], "no bulk endpoint Out")]
    #[case::two_ways_in(vec![bulk(0x81), bulk(0x82), bulk(0x01)], "more than one bulk endpoint In")]
    #[case::hid(vec![interrupt(0x81), interrupt(0x01)], "no bulk endpoint In")]
    #[case::no_packet(vec![Endpoint { packet: 0, ..bulk(0x81) }, bulk(0x01)], "no bulk endpoint In")]
    fn anything_else_is_refused(#[case] endpoints: Vec<Endpoint>, #[case] says: &str) {
        assert!(choose(&endpoints).unwrap_err().to_string().contains(says));
    }
}
