use jiff::civil::date;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

const TODAY: Date = date(2026, 7, 14);

fn anna() -> Written<'static> {
    Written {
        family: "Müller",
        given: "Anna",
        born: Some(date(1961, 7, 14)),
        mrn: "M1234567",
        gender: Gender::Female,
        other_identifier: None,
        email: "",
        phone: "",
        reason: "",
    }
}

fn complaint(written: &Written<'_>) -> (Field, Fault) {
    let complaints = written.check(TODAY).unwrap_err();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    (complaints[0].field, complaints[0].fault)
}

#[test]
fn a_sound_patient_is_taken_as_written() {
    let new = Written { other_identifier: Some(("NHS No.", "943 476 5919")), phone: " 0151  1 ", ..anna() }
        .check(TODAY)
        .unwrap();
    assert_eq!((new.family.expose().as_str(), new.mrn.expose().as_str()), ("Müller", "M1234567"));
    assert_eq!(new.other_identifier.as_ref().unwrap().value.expose().as_str(), "943 476 5919");
    assert_eq!((new.phone.as_ref().unwrap().expose().as_str(), &new.email), ("0151 1", &None));
}

#[rstest]
#[case("", Fault::NoLetters)]
#[case("   ", Fault::NoLetters)]
#[case("12", Fault::NoLetters)]
#[case("- '", Fault::NoLetters)]
#[case("An\u{1b}na", Fault::Unprintable)]
#[case("An\u{202e}na", Fault::Unprintable)]
#[case("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHI", Fault::TooLong(60))]
#[case("字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字", Fault::TooLong(60))]
fn names_that_are_none(#[case] name: &str, #[case] fault: Fault) {
    assert_eq!(complaint(&Written { family: name, ..anna() }), (Field::Family, fault));
    assert_eq!(complaint(&Written { given: name, ..anna() }), (Field::Given, fault));
}

#[rstest]
#[case("李", "明")]
#[case("Ó", "X Æ A-12")]
#[case("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH", "عبد")]
fn names_that_are(#[case] family: &str, #[case] given: &str) {
    let new = Written { family, given, ..anna() }.check(TODAY).unwrap();
    assert_eq!((new.family.expose().as_str(), new.given.expose().as_str()), (family, given));
}

#[rstest]
#[case(None, Fault::NotADate)]
#[case(Some(date(2999, 1, 1)), Fault::InFuture)]
#[case(Some(date(2026, 7, 15)), Fault::InFuture)]
#[case(Some(date(1899, 12, 31)), Fault::TooEarly)]
#[case(Some(date(-100, 1, 1)), Fault::TooEarly)]
fn birth_dates_that_nobody_has(#[case] born: Option<Date>, #[case] fault: Fault) {
    assert_eq!(complaint(&Written { born, ..anna() }), (Field::Born, fault));
}

#[rstest]
#[case(date(1900, 1, 1))]
#[case(date(2026, 7, 14))]
fn birth_dates_at_the_edge(#[case] born: Date) {
    assert_eq!(*Written { born: Some(born), ..anna() }.check(TODAY).unwrap().born.expose(), born);
}

#[rstest]
#[case("", Fault::NotANumber)]
#[case("-", Fault::NotANumber)]
#[case("M 1", Fault::NotANumber)]
#[case("Müll7", Fault::NotANumber)]
#[case("12345678901234567890123456", Fault::NotANumber)]
#[case("Room 12", Fault::PlaceNumber)]
#[case("ROOM12", Fault::PlaceNumber)]
#[case("room-12a", Fault::PlaceNumber)]
#[case("Bed 3", Fault::PlaceNumber)]
#[case("Q 1!", Fault::PlaceNumber)]
#[case("Q1", Fault::PlaceNumber)]
#[case("Ward-7", Fault::PlaceNumber)]
#[case("Zimmer 4", Fault::PlaceNumber)]
#[case("ROOM", Fault::PlaceNumber)]
fn numbers_that_are_no_mrn(#[case] mrn: &str, #[case] fault: Fault) {
    assert_eq!(complaint(&Written { mrn, ..anna() }), (Field::Mrn, fault));
}

#[rstest]
#[case("M1")]
#[case("12")]
#[case("Q1234567")]
#[case("BED-20210034")]
#[case("1234567890123456789012345")]
fn numbers_that_are_an_mrn(#[case] mrn: &str) {
    assert_eq!(Written { mrn, ..anna() }.check(TODAY).unwrap().mrn.expose().as_str(), mrn);
}

#[rstest]
#[case(("MRN", "M9"), Fault::SecondMrn)]
#[case((" mrn.", "M9"), Fault::SecondMrn)]
#[case(("Room", "4711"), Fault::PlaceNumber)]
#[case(("Bed No.", "A-1"), Fault::PlaceNumber)]
#[case(("ID", "Bed 7"), Fault::PlaceNumber)]
#[case(("ID", ""), Fault::HalfAnIdentifier)]
#[case(("", "4711"), Fault::HalfAnIdentifier)]
#[case(("A label of many words", "4711"), Fault::TooLong(20))]
#[case(("ID", "12345678901234567890123456789012345678901"), Fault::TooLong(40))]
fn other_identifiers_that_are_none(#[case] other: (&str, &str), #[case] fault: Fault) {
    assert_eq!(complaint(&Written { other_identifier: Some(other), ..anna() }), (Field::OtherIdentifier, fault));
}

#[test]
fn each_field_has_its_complaint() {
    let long = "x".repeat(201);
    let written = Written {
        family: "1",
        given: "",
        born: None,
        mrn: "Bed 1",
        other_identifier: Some(("MRN", "1")),
        email: "nobody",
        phone: &long,
        reason: &long,
        ..anna()
    };
    let fields: Vec<Field> = written.check(TODAY).unwrap_err().iter().map(|complaint| complaint.field).collect();
    let expected = [
        Field::Family,
        Field::Given,
        Field::Born,
        Field::Mrn,
        Field::OtherIdentifier,
        Field::Email,
        Field::Phone,
        Field::Reason,
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_password_is_what_the_sign_in_can_take() {
    assert_eq!(password("1234567").unwrap_err(), Fault::TooShort(8));
    assert_eq!(password("tab\there").unwrap_err(), Fault::Unprintable);
    assert_eq!(password("bell\u{7}bell").unwrap_err(), Fault::Unprintable);
    assert_eq!(password(&"ü".repeat(129)).unwrap_err(), Fault::TooLong(128));
    assert_eq!(password(&"ü".repeat(128)).unwrap().expose(), "ü".repeat(128));
    assert_eq!(password(" spaces stay ").unwrap().expose(), " spaces stay ");
}

#[test]
fn a_login_can_be_typed() {
    assert_eq!(login("no\u{7}ra").unwrap_err(), Fault::Unprintable);
    assert_eq!(login("12").unwrap_err(), Fault::NoLetters);
    assert_eq!(login(&"n".repeat(41)).unwrap_err(), Fault::TooLong(40));
    assert_eq!(login("nora").unwrap().as_str(), "nora");
}

proptest! {
    /// Whatever is written: it is taken as it is, or refused.
    #[test]
    fn nothing_is_cut(family in "\\PC{0,100}", reason in ".{0,300}") {
        if let Ok(new) = (Written { family: &family, reason: &reason, ..anna() }).check(TODAY) {
            prop_assert_eq!(new.family.expose(), &Clean::new(&family, usize::MAX));
            let kept = new.reason_despite_look_alike.unwrap_or_default();
            prop_assert_eq!(kept, Clean::new(&reason, usize::MAX));
        }
    }
}
