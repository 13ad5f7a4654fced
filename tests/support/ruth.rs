//! Ruth Adeyemi, who does not exist: a patient whom only a care platform knows.

use glucodock::domain::patient::{Gender, Identifier, Patient, PatientId, Status};
use glucodock::domain::text::Private;
use jiff::civil::date;

/// As a directory gives her, under its key and with her number in the clinic.
pub(crate) fn ruth(id: &str, mrn: &str) -> Patient {
    Patient {
        id: PatientId(id.to_owned()),
        family: Private::new("Adeyemi".into()),
        given: Private::new("Ruth".into()),
        born: Private::new(date(1968, 3, 9)),
        gender: Gender::Female,
        identifiers: vec![Identifier { label: "MRN".into(), value: Private::new(mrn.to_owned().into()) }],
        status: Status::Active,
        devices: vec![],
        last_upload: None,
    }
}
