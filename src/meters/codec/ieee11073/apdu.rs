//! Protocol data units: what goes over the wire as one message.

use super::DecodeError;
use super::association::{AssociationRequest, AssociationResponse};
use super::data::Data;
use super::mder::{MderReader, Writer};

/// Bytes before the content of every APDU: type and length.
pub const HEADER: usize = 4;

/// What a message is, by the numbers of `ApduType` (11073-20601, annex A).
const ASSOCIATION_REQUEST: u16 = 0xE200;
const ASSOCIATION_RESPONSE: u16 = 0xE300;
const RELEASE_REQUEST: u16 = 0xE400;
const RELEASE_RESPONSE: u16 = 0xE500;
const ABORT: u16 = 0xE600;
const DATA: u16 = 0xE700;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apdu {
    /// AARQ: a meter offers to talk.
    AssociationRequest(AssociationRequest),
    /// AARE: the host's answer.
    AssociationResponse(AssociationResponse),
    /// RLRQ: an orderly end; 0 normal, 1 no more configurations, 2 configuration changed.
    ReleaseRequest {
        /// Why.
        reason: u16,
    },
    /// RLRE: the answer to it.
    ReleaseResponse {
        /// Why; always 0.
        reason: u16,
    },
    /// ABRT: an end without answer.
    Abort {
        /// Why; see [`abort_name`].
        reason: u16,
    },
    /// PRST: everything else.
    Data(Data),
}

impl Apdu {
    /// How long the APDU is that begins with these bytes, once its header is there.
    #[must_use]
    pub fn length(start: &[u8]) -> Option<usize> {
        let &[_, _, high, low, ..] = start else { return None };
        Some(HEADER + usize::from(u16::from_be_bytes([high, low])))
    }

    /// Whether these bytes begin an association request.
    #[must_use]
    pub fn begins_association(start: &[u8]) -> bool {
        start.starts_with(&ASSOCIATION_REQUEST.to_be_bytes())
    }

    /// Reads exactly one APDU.
    ///
    /// # Errors
    /// If the bytes are less or more than one, of an unknown type, or inconsistent.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(bytes, "APDU");
        let kind = reader.u16()?;
        let mut content = reader.block("APDU")?;
        reader.finish()?;
        let apdu = match kind {
            ASSOCIATION_REQUEST => {
                // Whatever it holds: a detail of it that cannot be read must not end the
                // conversation.
                return Ok(Self::AssociationRequest(AssociationRequest { content: content.remainder().to_vec() }));
            }
            ASSOCIATION_RESPONSE => Self::AssociationResponse(AssociationResponse::read(&mut content)?),
            RELEASE_REQUEST => Self::ReleaseRequest { reason: content.u16()? },
            RELEASE_RESPONSE => Self::ReleaseResponse { reason: content.u16()? },
            ABORT => Self::Abort { reason: content.u16()? },
            DATA => Self::Data(Data::read(&mut content)?),
            value => return Err(DecodeError::Unknown { what: "APDU type", value }),
        };
        content.finish()?;
        Ok(apdu)
    }

    /// The bytes of the APDU.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.kind()).block(|content| match self {
            Self::AssociationRequest(request) => {
                content.raw(&request.content);
            }
            Self::AssociationResponse(response) => response.write(content),
            Self::ReleaseRequest { reason } | Self::ReleaseResponse { reason } | Self::Abort { reason } => {
                content.u16(*reason);
            }
            Self::Data(data) => data.write(content),
        });
        writer.into_bytes()
    }

    const fn kind(&self) -> u16 {
        match self {
            Self::AssociationRequest(_) => ASSOCIATION_REQUEST,
            Self::AssociationResponse(_) => ASSOCIATION_RESPONSE,
            Self::ReleaseRequest { .. } => RELEASE_REQUEST,
            Self::ReleaseResponse { .. } => RELEASE_RESPONSE,
            Self::Abort { .. } => ABORT,
            Self::Data(_) => DATA,
        }
    }
}

/// What the reason of an abort means (11073-20601, Abort-reason).
#[must_use]
pub const fn abort_name(reason: u16) -> &'static str {
    match reason {
        0 => "undefined",
        1 => "buffer overflow",
        2 => "response timeout",
        3 => "configuration timeout",
        _ => "unknown reason",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_messages_are_as_in_the_standard() {
        for (apdu, bytes) in [
            (Apdu::ReleaseRequest { reason: 0 }, [0xE4, 0, 0, 2, 0, 0]),
            (Apdu::ReleaseResponse { reason: 0 }, [0xE5, 0, 0, 2, 0, 0]),
            (Apdu::Abort { reason: 2 }, [0xE6, 0, 0, 2, 0, 2]),
        ] {
            assert_eq!(apdu.encode(), bytes);
            assert_eq!(Apdu::decode(&bytes), Ok(apdu));
        }
    }

    #[test]
    fn a_message_is_exactly_as_long_as_it_says() {
        assert_eq!(Apdu::decode(&[0xE6, 0, 0, 2, 0]), Err(DecodeError::Truncated { what: "APDU" }));
        assert_eq!(Apdu::decode(&[0xE6, 0, 0, 2, 0, 0, 0]), Err(DecodeError::Excess { what: "APDU", excess: 1 }));
        assert_eq!(Apdu::decode(&[0xE6, 0, 0, 3, 0, 0, 0]), Err(DecodeError::Excess { what: "APDU", excess: 1 }));
        assert_eq!(Apdu::length(&[0xE7, 0, 1]), None);
        assert_eq!(Apdu::length(&[0xE7, 0, 1, 0xD2, 9]), Some(470));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_apdu_or_an_error(kind in 0xE1_u8..0xE9, body in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut bytes = vec![kind, 0, 0, u8::try_from(body.len()).unwrap()];
            bytes.extend(body);
            if let Ok(apdu) = Apdu::decode(&bytes) {
                prop_assert_eq!(Apdu::decode(&apdu.encode()), Ok(apdu));
            }
        }
    }
}
