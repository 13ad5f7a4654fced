//! Vectors of Accu-Chek USB meters and of the SFLOAT they send.

use glucodock::domain::glucose::{Concentration, Unit};
use glucodock::meters::codec::ieee11073::apdu::Apdu;
use glucodock::meters::codec::ieee11073::association::{AssociationRequest, AssociationResult};
use glucodock::meters::codec::ieee11073::configuration::{Configuration, ConfigurationResponse};
use glucodock::meters::codec::ieee11073::data::{Data, Message, error_name};
use glucodock::meters::codec::ieee11073::nomenclature::meal;
use glucodock::meters::codec::ieee11073::segment::{ALL_SEGMENTS, decode_segments};
use glucodock::meters::codec::ieee11073::sfloat::{Sfloat, SfloatValue};
use glucodock::meters::codec::ieee11073::system::{Specification, System};
use glucodock::meters::codec::ieee11073::time::AbsoluteTime;
use glucodock::meters::codec::ieee11073::transfer::{EventHeader, SegmentEvent, TransferAnswer, TransferResult};
use glucodock::meters::codec::phdc::Healthcare;
use serde_json::{Value, json};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    ["Accu-Chek USB", "Accu-Chek Guide", "IEEE 11073"].iter().any(|start| vector.device.starts_with(start))
}

pub(super) fn check(vector: &Vector) {
    if vector.device.starts_with("IEEE 11073") {
        return sfloat(vector);
    }
    if vector.expected.has("phdc_data_code") {
        return descriptors(vector);
    }
    let apdu = Apdu::decode(&vector.bytes).unwrap_or_else(|error| panic!("{error}"));
    // The only message that may be encoded in another way: an action that leaves out its length.
    if !matches!(vector.bytes.as_slice(), [0xE7, _, _, _, _, _, _, _, 0x01, 0x07, 0, 0, ..]) {
        assert_eq!(apdu.encode(), vector.bytes);
    }
    let name = match apdu {
        Apdu::AssociationRequest(request) => association_request(vector, &request),
        Apdu::AssociationResponse(response) => {
            assert_eq!(response.result, AssociationResult::AcceptedUnknownConfiguration);
            vector.expected.says("result", 3);
            "AARE"
        }
        Apdu::ReleaseRequest { reason } => named(vector, "RLRQ", reason),
        Apdu::ReleaseResponse { reason } => named(vector, "RLRE", reason),
        Apdu::Abort { reason } => named(vector, "ABRT", reason),
        Apdu::Data(data) => {
            vector.expected.says_if_at_all("invoke_id", data.invoke_id);
            data_name(vector, data)
        }
    };
    vector.expected.says("apdu", name);
}

fn named(vector: &Vector, name: &'static str, reason: u16) -> &'static str {
    vector.expected.says("reason", reason);
    name
}

fn association_request(vector: &Vector, request: &AssociationRequest) -> &'static str {
    let offers = request.offers().unwrap();
    let party = offers[0].party.as_ref().unwrap();
    vector.expected.says("proto", offers[0].protocol);
    vector.expected.says("system_id", hex::encode(&party.system_id));
    vector.expected.says("dev_config_id", party.configuration);
    "AARQ"
}

fn data_name(vector: &Vector, data: Data) -> &'static str {
    match data.message {
        Message::Get { handle: 0, attributes } if attributes.is_empty() => "GET MDS all",
        Message::GetResponse { attributes, .. } => {
            vector.expected.says("attribute_count", attributes.0.len());
            vector.expected.says("dev_config_id", attributes.u16(0x0A44));
            vector.expected.says("system_id", hex::encode(&attributes.get(0x0984).unwrap()[2..]));
            let capabilities: [u8; 2] = attributes.get(0x0A45).unwrap()[..2].try_into().unwrap();
            vector.expected.says("time_capabilities", u16::from_be_bytes(capabilities));
            let system = System::from_attributes(&attributes).unwrap();
            vector.expected.says("manufacturer", system.model.manufacturer.as_str());
            vector.expected.says("model", system.model.digits());
            vector.expected.says("serial", system.entry(Specification::Serial));
            vector.expected.says("hw_revision", system.entry(Specification::Hardware));
            vector.expected.says("fw_revision", system.entry(Specification::Firmware));
            vector.expected.says("clock", time(system.clock.unwrap()));
            vector
                .expected
                .waive("tidepool_device_id", "the name that Tidepool gives a meter, of its model and serial number");
            "PRST GET response"
        }
        Message::Event { event: 0x0D1C, info, .. } => configuration_report(vector, &info),
        Message::Event { event: 0x0D21, info, .. } => segment_event(vector, &info),
        Message::EventResponse { event: 0x0D1C, info, .. } => {
            let response = ConfigurationResponse::decode(&info).unwrap();
            vector.expected.says("config_report_id", response.id);
            vector.expected.says("result", response.result);
            "configuration response"
        }
        Message::EventResponse { handle, event: 0x0D21, info, .. } => {
            let header = EventHeader::decode(&info).unwrap();
            vector.expected.says("pm_store_handle", handle);
            vector.expected.says("segment", header.instance);
            vector.expected.says("first_index", header.first);
            vector.expected.says("count", header.count);
            vector.expected.says("status", header.status);
            "event response"
        }
        Message::Action { handle, action, info } => action_name(vector, handle, action, &info),
        Message::ActionResponse { handle, action: 0x0C0D, info } => segments(vector, handle, &info),
        Message::ActionResponse { action: 0x0C1C, info, .. } => {
            let answer = TransferAnswer::decode(&info).unwrap();
            vector.expected.says("segment", answer.instance);
            match vector.expected["result"].as_u64().unwrap() {
                0 => assert_eq!(answer.result, TransferResult::Success),
                3 => {
                    assert_eq!(answer.result, TransferResult::Empty);
                    vector.expected.says("meaning", "segment empty");
                }
                other => panic!("no check for result {other}"),
            }
            "trigger response"
        }
        Message::ActionResponse { action, .. } => {
            vector.expected.says("action", action);
            vector.expected.says("ok", true);
            "action response"
        }
        Message::Error { error, .. } => {
            vector.expected.says("error", error);
            vector.expected.says("meaning", error_name(error));
            "error"
        }
        other => panic!("no check for {other:?}"),
    }
}

fn action_name(vector: &Vector, handle: u16, action: u16, info: &[u8]) -> &'static str {
    match action {
        0x0C0D => {
            vector.expected.says("pm_store_handle", handle);
            assert_eq!(info, ALL_SEGMENTS);
            "SEG_GET_INFO"
        }
        0x0C17 => {
            vector.expected.says("time", time(AbsoluteTime(*info.first_chunk().unwrap())));
            "SET_TIME"
        }
        0x0C1C => {
            vector.expected.says("pm_store_handle", handle);
            vector.expected.says("segment", u16::from_be_bytes(info.try_into().unwrap()));
            "SEG_TRIG_XFER"
        }
        other => panic!("no check for action {other:04X}"),
    }
}

fn configuration_report(vector: &Vector, info: &[u8]) -> &'static str {
    let configuration = Configuration::decode(info).unwrap();
    vector.expected.says("config_report_id", configuration.id);
    vector.expected.says("pm_store_handle", configuration.store());
    let objects: Vec<_> = configuration.objects.iter().map(|object| json!([object.class, object.handle])).collect();
    vector.expected.says("objects", objects);
    let store = configuration.objects.iter().find(|object| object.class == 61).unwrap();
    vector.expected.says("num_segments", store.attributes.u16(0x0951));
    "configuration report"
}

fn segments(vector: &Vector, handle: u16, info: &[u8]) -> &'static str {
    vector.expected.says("pm_store_handle", handle);
    let found: Vec<Value> = decode_segments(info)
        .unwrap()
        .iter()
        .map(|segment| {
            let map = segment.map().unwrap().unwrap();
            let element = &map.elements[0];
            json!({
                "instance": segment.instance, "label": segment.label(), "obj_class": element.class,
                "partition": element.partition, "code": element.code, "handle": element.handle,
                "entry_size": map.entry_size(), "usage": segment.usage_count(),
                "start": time(stamp(segment.attributes.get(0x0992).unwrap())),
                "end": time(stamp(segment.attributes.get(0x098A).unwrap())),
                "transfer_timeout_s": segment.transfer_timeout().unwrap().as_secs(),
            })
        })
        .collect();
    let expected = vector.expected["segments"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(found.get(name), Some(value), "{name} of {expected}");
        }
    }
    "SEG_GET_INFO response"
}

fn segment_event(vector: &Vector, info: &[u8]) -> &'static str {
    let event = SegmentEvent::decode(info).unwrap();
    vector.expected.says("segment", event.header.instance);
    vector.expected.says_if_at_all("first_index", event.header.first);
    vector.expected.says("count", event.header.count);
    vector.expected.says("first", event.header.has(EventHeader::FIRST));
    vector.expected.says("last", event.header.has(EventHeader::LAST));
    let is_meal = vector.expected["entries"][0].get("oid").is_some();
    let entries: Vec<Value> = event
        .split(if is_meal { 10 } else { 12 })
        .unwrap()
        .iter()
        .map(|entry| {
            let time = time(stamp(&entry[..8]));
            let value = u16::from_be_bytes([entry[8], entry[9]]);
            if is_meal {
                let mark = [(meal::BEFORE, "before"), (meal::AFTER, "after")].into_iter().find(|pair| pair.0 == value);
                return json!({ "time": time, "oid": value, "meal": mark.unwrap().1 });
            }
            let number = Sfloat(value).decode();
            let flag = match number {
                SfloatValue::PositiveInfinity => Some("HI"),
                SfloatValue::NegativeInfinity => Some("LO"),
                _ => None,
            };
            let digits = number.concentration(Unit::MgPerDl).map(Concentration::digits);
            json!({ "time": time, "mg_dl": digits, "flag": flag, "status": u16::from_be_bytes([entry[10], entry[11]]) })
        })
        .collect();
    vector.expected.says("entries", entries);
    "segment data event"
}

fn sfloat(vector: &Vector) {
    let number = Sfloat(u16::from_be_bytes(vector.bytes.as_slice().try_into().unwrap())).decode();
    let special = match number {
        SfloatValue::Finite { mantissa, exponent } => {
            let found = f64::from(mantissa) * 10_f64.powi(i32::from(exponent));
            let expected = vector.expected["value"].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
            if expected >= 0.0 {
                let digits = number.concentration(Unit::MgPerDl).unwrap().to_number();
                assert_eq!(digits, vector.expected["value"].to_string());
            }
            return;
        }
        SfloatValue::PositiveInfinity => "+INF",
        SfloatValue::NegativeInfinity => "-INF",
        SfloatValue::NotANumber => "NaN",
        SfloatValue::NotAtThisResolution => "NRes",
        SfloatValue::Reserved => "reserved",
    };
    vector.expected.says("special", special);
}

fn descriptors(vector: &Vector) {
    let known = Healthcare::from_descriptors(&vector.bytes);
    vector.expected.says("phdc_data_code", known.data_code);
    vector.expected.says("metadata_preamble", known.has_metadata_preamble);
    vector.expected.says("specializations", known.specializations);
}

fn stamp(bytes: &[u8]) -> AbsoluteTime {
    AbsoluteTime(bytes.try_into().unwrap())
}

fn time(stamp: AbsoluteTime) -> String {
    stamp.decode().unwrap().to_string()
}
