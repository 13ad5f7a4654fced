//! What a simulated meter says of itself: its offer, its objects, its identity. After the captures of a Guide.

use jiff::civil::DateTime;

use super::config::AccuChekConfig;
use crate::meters::codec::ieee11073::association::{AGENT, AssociationRequest, Party};
use crate::meters::codec::ieee11073::attribute::Attributes;
use crate::meters::codec::ieee11073::configuration::{Configuration, Object};
use crate::meters::codec::ieee11073::nomenclature::{attribute, class, metric, unit};
use crate::meters::codec::ieee11073::system::{ProductionEntry, Specification, SystemModel, encode_production};
use crate::meters::codec::ieee11073::time::AbsoluteTime;

/// The number of the only configuration: the first of those that are not standardized.
pub(super) const CONFIGURATION: u16 = 0x4000;

/// The meter's offer to talk.
pub(super) fn offer(config: &AccuChekConfig) -> AssociationRequest {
    AssociationRequest::new(&Party {
        protocol_version: 0x8000_0000,
        encoding_rules: 0x8000,
        nomenclature_version: 0x8000_0000,
        functional_units: 0,
        system_type: AGENT,
        system_id: system_id(config),
        configuration: CONFIGURATION,
        request_modes: 0,
        request_counts: [0, 0],
        options: Attributes::default(),
    })
}

/// An EUI-64 of Roche (00-60-19) that ends with the last digits of the serial number, as in the captures.
fn system_id(config: &AccuChekConfig) -> Vec<u8> {
    let digits: Vec<u8> = config.serial.bytes().rev().filter(u8::is_ascii_digit).take(8).map(|d| d - b'0').collect();
    let mut id = vec![0x00, 0x60, 0x19, 0x00];
    id.extend([7, 5, 3, 1].map(|high: usize| {
        let digit = |place: usize| digits.get(place).copied().unwrap_or(0);
        digit(high) * 16 + digit(high - 1)
    }));
    id
}

/// The meter's objects: glucose, control tests, errors, meals, and the store that keeps them.
pub(super) fn configuration(config: &AccuChekConfig) -> Configuration {
    let unit_code = config.quirks.unit_code.unwrap_or(unit::MG_PER_DL);
    let kind = |partition: u16, code: u16| [partition.to_be_bytes(), code.to_be_bytes()].concat();
    let number = |handle, code, unit: u16| Object {
        class: class::NUMERIC,
        handle,
        attributes: Attributes::default()
            .with(attribute::TYPE, kind(metric::PARTITION_SCADA, code))
            .with(attribute::METRIC_SPECIFICATION_SMALL, [0xC0, 0x40])
            .with(attribute::UNIT_CODE, unit.to_be_bytes())
            .with(
                attribute::VALUE_MAP,
                value_map(&[
                    (attribute::BASIC_NUMERIC_VALUE, 2),
                    (attribute::ABSOLUTE_TIME_STAMP, 8),
                    (attribute::MEASUREMENT_STATUS, 2),
                ]),
            ),
    };
    let enumeration = |handle, code, specification: [u8; 2], value| Object {
        class: class::ENUMERATION,
        handle,
        attributes: Attributes::default()
            .with(attribute::TYPE, kind(metric::PARTITION_DISEASE_MANAGEMENT, code))
            .with(attribute::METRIC_SPECIFICATION_SMALL, specification)
            .with(attribute::VALUE_MAP, value_map(&[(value, 2), (attribute::ABSOLUTE_TIME_STAMP, 8)])),
    };
    let store = Object {
        class: class::PM_STORE,
        handle: config.store_handle,
        attributes: Attributes::default()
            .with(attribute::PM_STORE_CAPABILITIES, [0x80, 0])
            .with(attribute::STORE_SAMPLE_ALGORITHM, [0, 0])
            .with(attribute::OPERATIONAL_STATE, [0, 0])
            .with(attribute::NUMBER_OF_SEGMENTS, [0, 4])
            .with(attribute::CLEAR_TIMEOUT, [0; 4]),
    };
    let mut objects = vec![
        number(1, metric::GLUCOSE_UNDETERMINED_PLASMA, unit_code),
        number(2, metric::CONTROL, unit_code),
        enumeration(3, metric::DEVICE_STATUS, [0xC0, 0x40], attribute::BASIC_BIT_STRING),
        enumeration(4, metric::MEAL, [0xC0, 0x48], attribute::SIMPLE_OID_VALUE),
    ];
    objects.extend((!config.quirks.has_no_store).then_some(store));
    Configuration { id: CONFIGURATION, objects }
}

fn value_map(values: &[(u16, u16)]) -> Vec<u8> {
    let mut writer = crate::meters::codec::ieee11073::mder::Writer::new();
    writer.list(values, |pair, (id, length)| {
        pair.u16(*id).u16(*length);
    });
    writer.into_bytes()
}

/// The attributes of the meter as a whole, in the order of the capture, when its clock shows `now`.
pub(super) fn system(config: &AccuChekConfig, now: DateTime) -> Attributes {
    let line = |kind, component, label: &str, value: &str| ProductionEntry {
        kind,
        component,
        text: format!("{label}: {value}"),
    };
    let production = [
        line(Specification::Serial, 0, "serial-number", &config.serial),
        // The captured meter pads this one by four zeros.
        line(Specification::Hardware, 0x1000, "hw-revision", "G\0\0\0\0"),
        line(Specification::Firmware, 0, "fw-revision", &config.firmware),
    ];
    let model = SystemModel { manufacturer: "Roche".to_owned(), number: config.model_number.clone() };
    // Real-time clock, and settable unless the quirk says otherwise; no synchronization; accuracy unknown; resolution
    // of a second.
    let capability = if config.quirks.has_fixed_clock { 0x80 } else { 0xC0 };
    let time_info = [capability, 0, 0x1F, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x64, 0, 0, 0, 0, 0, 0];
    let mut id = vec![0, 8];
    id.extend(system_id(config));
    let certification = [0, 2, 0, 0x12, 2, 1, 0, 8, 4, 1, 0, 1, 0, 2, 0x20, 0x11, 2, 2, 0, 2, 0, 0];
    Attributes::default()
        .with(attribute::MODEL, model.encode())
        .with(attribute::SYSTEM_ID, id)
        .with(attribute::DEVICE_CONFIGURATION_ID, CONFIGURATION.to_be_bytes())
        .with(attribute::PRODUCTION_SPECIFICATION, encode_production(&production))
        .with(attribute::ABSOLUTE_TIME, AbsoluteTime::of(now).0)
        .with(attribute::MDS_TIME_INFO, time_info)
        .with(attribute::CERTIFICATION, certification)
        .with(attribute::SYSTEM_TYPE_LIST, [0, 1, 0, 4, 0x10, 0x11, 0, 2])
}
