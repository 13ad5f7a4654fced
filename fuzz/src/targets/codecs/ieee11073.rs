//! The messages of IEEE 11073-20601 and what they carry.

use crate::domain::glucose::Unit;
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::codec::ieee11073::attribute::Attributes;
use crate::meters::codec::ieee11073::configuration::{Configuration, ConfigurationResponse};
use crate::meters::codec::ieee11073::data::{Data, Message};
use crate::meters::codec::ieee11073::mder::MderReader;
use crate::meters::codec::ieee11073::segment::{decode_segments, encode_segments};
use crate::meters::codec::ieee11073::sfloat::{Sfloat, SfloatValue};
use crate::meters::codec::ieee11073::status::MeasurementStatus;
use crate::meters::codec::ieee11073::system::{System, SystemModel, encode_production, production};
use crate::meters::codec::ieee11073::time::AbsoluteTime;
use crate::meters::codec::ieee11073::transfer::{EventHeader, SegmentEvent, TransferAnswer};

pub(super) fn run(bytes: &[u8]) {
    if let Ok(apdu) = Apdu::decode(bytes) {
        assert_eq!(Apdu::length(bytes), Some(bytes.len()));
        let encoded = apdu.encode();
        assert_eq!(Apdu::decode(&encoded).as_ref(), Ok(&apdu));
        if let Apdu::AssociationRequest(request) = &apdu {
            let _ = request.offers();
        }
        // The one tolerance is for actions.
        let is_action = matches!(&apdu, Apdu::Data(Data { message: Message::Action { .. }, .. }));
        assert!(is_action || encoded == bytes);
    }
    info(bytes);
    values(bytes);
}

fn info(bytes: &[u8]) {
    if let Ok(configuration) = Configuration::decode(bytes) {
        assert_eq!(configuration.encode(), bytes);
        let _ = configuration.store().map(|handle| configuration.unit(handle));
    }
    if let Ok(response) = ConfigurationResponse::decode(bytes) {
        assert_eq!(response.encode(), bytes);
    }
    if let Ok(segments) = decode_segments(bytes) {
        assert_eq!(encode_segments(&segments), bytes);
        for segment in &segments {
            let _ = (segment.label(), segment.usage_count(), segment.transfer_timeout(), segment.is_clock_adjusted());
            if let Ok(Some(map)) = segment.map() {
                assert!(map.header_size() <= map.entry_size());
                for (id, _) in map.elements.iter().flat_map(|element| &element.attributes) {
                    assert!(map.place(*id).is_some_and(|place| place.end <= map.entry_size()));
                }
            }
        }
    }
    if let Ok(answer) = TransferAnswer::decode(bytes) {
        assert_eq!(answer.encode(), bytes);
    }
    if let Ok(header) = EventHeader::decode(bytes) {
        assert_eq!(header.acknowledgement().len(), bytes.len());
    }
    if let Ok(event) = SegmentEvent::decode(bytes) {
        assert_eq!(event.encode(), bytes);
        for size in [0, 2, 10, 12] {
            let entries = event.split(size).unwrap_or_default();
            assert!(entries.is_empty() || entries.concat() == event.entries);
        }
    }
}

fn values(bytes: &[u8]) {
    if let Ok(attributes) = Attributes::read(&mut MderReader::new(bytes, "attributes"))
        && let Ok(system) = System::from_attributes(&attributes)
    {
        let _ = (system.clock.map(AbsoluteTime::decode), system.model.digits());
    }
    if let Ok(model) = SystemModel::decode(bytes) {
        assert_eq!(SystemModel::decode(&model.encode()), Ok(model));
    }
    if let Ok(entries) = production(bytes) {
        for entry in &entries {
            assert!(entry.text.contains(entry.value()));
        }
        assert_eq!(production(&encode_production(&entries)), Ok(entries));
    }
    for word in bytes.as_chunks::<2>().0 {
        let word = u16::from_be_bytes(*word);
        let number = Sfloat(word).decode();
        if let SfloatValue::Finite { mantissa, exponent } = number {
            assert_eq!(Sfloat::finite(mantissa, exponent), Some(Sfloat(word)));
        }
        let value = number.concentration(Unit::MgPerDl);
        assert!(value.is_none_or(|value| value.decimals() <= 6));
        assert!(MeasurementStatus(word).doubts().is_sorted());
    }
    for stamp in bytes.as_chunks::<8>().0 {
        if let Ok(time) = AbsoluteTime(*stamp).decode() {
            assert_eq!(AbsoluteTime::of(time), AbsoluteTime(*stamp));
        }
    }
}

pub(super) fn open(apdu: &[u8]) -> Vec<Vec<u8>> {
    let Ok(Apdu::Data(data)) = Apdu::decode(apdu) else { return Vec::new() };
    match data.message {
        Message::Event { info, .. } | Message::ActionResponse { info, .. } => vec![info],
        Message::GetResponse { attributes, .. } => attributes.0.into_iter().map(|attribute| attribute.value).collect(),
        _ => Vec::new(),
    }
}
