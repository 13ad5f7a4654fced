//! How a meter and a host agree to talk: AARQ and AARE.

use super::DecodeError;
use super::attribute::Attributes;
use super::mder::{MderReader, Writer, list};
use super::nomenclature::DATA_PROTOCOL_20601;

/// The meter's offer, still encoded: a host must not fail on its details (odd version bits were met).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationRequest {
    /// What follows the header.
    pub content: Vec<u8>,
}

/// One of the protocols that a meter offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolOffer {
    /// Its number; [`DATA_PROTOCOL_20601`] is the one understood here.
    pub protocol: u16,
    /// What the meter says of itself, if the protocol is that one.
    pub party: Option<Party>,
}

/// What one side says of itself (`PhdAssociationInformation`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Versions of the protocol, a bit each; 8000 0000 is version 1.
    pub protocol_version: u32,
    /// Encoding rules, a bit each; 8000 is MDER.
    pub encoding_rules: u16,
    /// Versions of the nomenclature, a bit each.
    pub nomenclature_version: u32,
    /// Optional functions, a bit each.
    pub functional_units: u32,
    /// 8000 0000 manager, 0080 0000 agent.
    pub system_type: u32,
    /// EUI-64.
    pub system_id: Vec<u8>,
    /// The configuration the agent will use; 0 from a manager.
    pub configuration: u16,
    /// How data may be requested, a bit each.
    pub request_modes: u16,
    /// How many requests the agent and the manager may have open.
    pub request_counts: [u8; 2],
    /// Further options.
    pub options: Attributes,
}

/// System type of a meter. (11073-20601, `SystemType`.)
pub const AGENT: u32 = 0x0080_0000;
/// System type of a host. (11073-20601, `SystemType`.)
pub const MANAGER: u32 = 0x8000_0000;

impl Party {
    fn read(reader: &mut MderReader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            protocol_version: reader.u32()?,
            encoding_rules: reader.u16()?,
            nomenclature_version: reader.u32()?,
            functional_units: reader.u32()?,
            system_type: reader.u32()?,
            system_id: reader.block("system id")?.remainder().to_vec(),
            configuration: reader.u16()?,
            request_modes: reader.u16()?,
            request_counts: reader.array()?,
            options: Attributes::read(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u32(self.protocol_version).u16(self.encoding_rules).u32(self.nomenclature_version);
        writer.u32(self.functional_units).u32(self.system_type);
        writer.block(|id| {
            id.raw(&self.system_id);
        });
        writer.u16(self.configuration).u16(self.request_modes).raw(&self.request_counts);
        self.options.write(writer);
    }
}

impl AssociationRequest {
    /// A request that offers 11073-20601 only.
    #[must_use]
    pub fn new(party: &Party) -> Self {
        let mut writer = Writer::new();
        writer.u32(0x8000_0000).list(&[party], |item, party| {
            item.u16(DATA_PROTOCOL_20601).block(|info| party.write(info));
        });
        Self { content: writer.into_bytes() }
    }

    /// The protocols offered.
    ///
    /// # Errors
    /// If the content is inconsistent.
    pub fn offers(&self) -> Result<Vec<ProtocolOffer>, DecodeError> {
        let mut reader = MderReader::new(&self.content, "association request");
        // The version of the association protocol. Its bits are odd on some meters, and nothing here depends on them.
        reader.u32()?;
        let offers = list(&mut reader, "protocol list", |item| {
            let protocol = item.u16()?;
            let mut info = item.block("protocol")?;
            let party = if protocol == DATA_PROTOCOL_20601 { Some(Party::read(&mut info)?) } else { None };
            Ok(ProtocolOffer { protocol, party })
        })?;
        reader.finish()?;
        Ok(offers)
    }
}

/// How a host answers an association request. The numbers are those of `AssociateResult` in 11073-20601.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssociationResult {
    /// Accepted; the configuration is known.
    Accepted,
    /// Accepted; the meter shall send its configuration.
    AcceptedUnknownConfiguration,
    /// Not accepted, with the number of the standard: 1 and 2 rejected, 4 to 8 nothing in common.
    Rejected(u16),
}

impl AssociationResult {
    const fn from_number(number: u16) -> Self {
        match number {
            0 => Self::Accepted,
            3 => Self::AcceptedUnknownConfiguration,
            other => Self::Rejected(other),
        }
    }

    const fn number(self) -> u16 {
        match self {
            Self::Accepted => 0,
            Self::AcceptedUnknownConfiguration => 3,
            Self::Rejected(number) => number,
        }
    }
}

/// The host's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationResponse {
    /// Whether it accepts.
    pub result: AssociationResult,
    /// The protocol chosen.
    pub protocol: u16,
    /// What the host says of itself.
    pub party: Party,
}

impl AssociationResponse {
    pub(super) fn read(reader: &mut MderReader<'_>) -> Result<Self, DecodeError> {
        let result = AssociationResult::from_number(reader.u16()?);
        let protocol = reader.u16()?;
        let mut info = reader.block("protocol")?;
        let party = Party::read(&mut info)?;
        info.finish()?;
        Ok(Self { result, protocol, party })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u16(self.result.number()).u16(self.protocol).block(|info| self.party.write(info));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::codec::ieee11073::apdu::Apdu;

    /// Section 10, message 1 of the protocol's specification.
    const REQUEST: [u8; 54] = [
        0xE2, 0x00, 0x00, 0x32, 0x80, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x2A, 0x50, 0x79, 0x00, 0x26, 0x80, 0x00,
        0x00, 0x00, 0x80, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x08,
        0x00, 0x60, 0x19, 0x00, 0x00, 0x00, 0x00, 0x42, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    #[test]
    fn a_meter_offers_the_protocol_and_names_itself() {
        let Ok(Apdu::AssociationRequest(request)) = Apdu::decode(&REQUEST) else { panic!("no request") };
        let offers = request.offers().unwrap();
        let party = offers[0].party.clone().unwrap();
        assert_eq!((offers.len(), offers[0].protocol), (1, 20601));
        assert_eq!(party.system_id, [0x00, 0x60, 0x19, 0x00, 0x00, 0x00, 0x00, 0x42]);
        assert_eq!((party.configuration, party.system_type), (0x4000, AGENT));
        assert_eq!(Apdu::AssociationRequest(AssociationRequest::new(&party)).encode(), REQUEST);
    }

    #[test]
    fn odd_details_do_not_spoil_a_request() {
        let mut odd = REQUEST;
        odd[9] = 7;
        let Ok(Apdu::AssociationRequest(request)) = Apdu::decode(&odd) else { panic!("no request") };
        assert!(request.offers().is_err());
    }
}
