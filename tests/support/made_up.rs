//! Made-up people, meters and downloads.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use glucodock::domain::download::{Completeness, Direction, Download, Packet};
use glucodock::domain::meter::MeterIdentity;
use glucodock::domain::patient::{Gender, NewPatient};
use glucodock::domain::reading::Reading;
use glucodock::domain::text::Private;

/// Somebody of whom no more is known.
pub(crate) fn person(family: &str, given: &str, born: &str, mrn: &str) -> NewPatient {
    NewPatient {
        family: Private::new(family.into()),
        given: Private::new(given.into()),
        born: Private::new(born.parse().unwrap()),
        mrn: Private::new(mrn.into()),
        gender: Gender::Unknown,
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    }
}

/// A meter with this serial number.
pub(crate) fn meter(serial: &str) -> MeterIdentity {
    MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: Some("925".into()),
        serial: Private::new(serial.into()),
        system_id: None,
        firmware: Some("v1.9.6".into()),
        driver: "accu-chek-usb".into(),
    }
}

/// What a meter with this serial number gave.
pub(crate) fn download(serial: &str, mut readings: Vec<Reading>) -> Download {
    glucodock::domain::reading::sort(&mut readings);
    Download {
        meter: meter(serial),
        clock: None,
        announced: u32::try_from(readings.len()).ok(),
        completeness: Completeness::Complete,
        readings,
        not_taken: Vec::new(),
        warnings: vec![],
        transcript: vec![Packet { direction: Direction::FromMeter, bytes: serial.as_bytes().to_vec() }],
    }
}
