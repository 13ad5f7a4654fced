use super::*;
use crate::domain::download::Counts;
use crate::domain::patient::{Gender, Status};
use crate::domain::text::Private;

fn patient(id: &str) -> Box<Patient> {
    Box::new(Patient {
        id: PatientId(id.to_owned()),
        family: Private::new("Muster".into()),
        given: Private::new("Maria".into()),
        born: Private::new(jiff::civil::date(1961, 7, 14)),
        gender: Gender::Unknown,
        identifiers: vec![],
        status: Status::Active,
        devices: vec![],
        last_upload: None,
    })
}

fn upload(owner: Owner, record: Option<&str>) -> Upload {
    Upload {
        id: UploadId("1".to_owned()),
        meter: MeterIdentity {
            manufacturer: "Roche".into(),
            model: "Accu-Chek Guide".into(),
            model_number: None,
            serial: Private::new("92500000042".into()),
            system_id: None,
            firmware: None,
            driver: "accu-chek-usb".into(),
        },
        clock: None,
        read_at: Timestamp::UNIX_EPOCH,
        counts: Counts::default(),
        new_readings: 0,
        first: None,
        last: None,
        last_results: vec![],
        warnings: 0,
        owner,
        clock_verdict: None,
        held: vec![],
        record: record.map(patient),
        taken_back: None,
        not_theirs: None,
        former_owner: None,
    }
}

/// Every owner, with the readings waiting or in a record, to every person in hand.
#[test]
fn where_readings_are_is_said_of_what_is_so() {
    use Relation::{Other, Same, Unowned};
    use Whereabouts::{InARecord, InAnotherRecord, InThisRecord, Wait, WaitForAnother, WaitForOwner, WaitForThis};
    let of = |id: &str| Owner::Patient(patient(id));
    // Owner, record; with nobody in hand, with patient a, with patient b; relation to a and to b.
    let table = [
        (Owner::Nobody, None, [Wait, Wait, Wait], [Unowned, Unowned], None),
        (Owner::Unidentifiable, None, [Wait, Wait, Wait], [Unowned, Unowned], None),
        (of("a"), None, [WaitForOwner, WaitForThis, WaitForAnother], [Same, Other], Some("a")),
        (of("b"), None, [WaitForOwner, WaitForAnother, WaitForThis], [Other, Same], Some("b")),
        (of("a"), Some("a"), [InARecord, InThisRecord, InAnotherRecord], [Same, Other], Some("a")),
        (Owner::Unidentifiable, Some("a"), [InARecord, InThisRecord, InAnotherRecord], [Same, Other], Some("a")),
        (Owner::Unidentifiable, Some("b"), [InARecord, InAnotherRecord, InThisRecord], [Other, Same], Some("b")),
    ];
    for (owner, record, said, related, holder) in table {
        let upload = upload(owner, record);
        let [a, b] = ["a", "b"].map(patient);
        let places = [None, Some(&a.id), Some(&b.id)].map(|in_hand| upload.whereabouts(in_hand));
        assert_eq!(places, said, "{:?} {record:?}", upload.owner);
        assert_eq!([&a, &b].map(|patient| upload.relation(patient)), related, "{:?} {record:?}", upload.owner);
        assert_eq!(upload.holder().map(|patient| patient.id.0.as_str()), holder);
    }
}
