use jiff::civil::date;
use proptest::prelude::*;
use rstest::rstest;

use super::number::PLACES;
use super::*;

const TODAY: Date = date(2026, 7, 14);

fn anna() -> Written<'static> {
    Written {
        family: "Müller",
        given: "Anna",
        born: Ok(date(1961, 7, 14)),
        mrn: "M1234567",
        gender: Gender::Female,
        other_identifier: None,
        email: "",
        phone: "",
        reason: "",
    }
}

fn complaint(written: &Written<'_>) -> (Field, FieldFault) {
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
#[case("", FieldFault::NoLetters)]
#[case("   ", FieldFault::NoLetters)]
#[case("12", FieldFault::NoLetters)]
#[case("- '", FieldFault::NoLetters)]
#[case("An\u{1b}na", FieldFault::Unprintable)]
#[case("An\u{202e}na", FieldFault::Unprintable)]
#[case("An\tna", FieldFault::Unprintable)]
#[case("Anna\n", FieldFault::Unprintable)]
#[case("An\u{2800}na", FieldFault::Unprintable)]
#[case("\u{301}Anna", FieldFault::Unprintable)]
#[case("Anna\u{301}\u{302}\u{303}\u{304}\u{305}", FieldFault::Marks)]
#[case("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHI", FieldFault::TooLong(60))]
#[case("字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字", FieldFault::TooLong(60))]
fn names_that_are_none(#[case] name: &str, #[case] fault: FieldFault) {
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
#[case(born("x"), FieldFault::NotADate)]
#[case(born("07/08/1979"), FieldFault::NotADate)]
#[case(born("7.7.79"), FieldFault::ShortYear)]
#[case(born("7 Jul 79"), FieldFault::ShortYear)]
#[case(Ok(date(2999, 1, 1)), FieldFault::InFuture)]
#[case(Ok(date(2026, 7, 15)), FieldFault::InFuture)]
#[case(Ok(date(1899, 12, 31)), FieldFault::TooEarly)]
#[case(Ok(date(-100, 1, 1)), FieldFault::TooEarly)]
fn birth_dates_that_nobody_has(#[case] born: Result<Date, FieldFault>, #[case] fault: FieldFault) {
    assert_eq!(complaint(&Written { born, ..anna() }), (Field::Born, fault));
}

#[rstest]
#[case(date(1900, 1, 1))]
#[case(date(2026, 7, 14))]
fn birth_dates_at_the_edge(#[case] born: Date) {
    assert_eq!(*Written { born: Ok(born), ..anna() }.check(TODAY).unwrap().born.expose(), born);
}

#[rstest]
#[case("", FieldFault::NotANumber)]
#[case("-", FieldFault::NotANumber)]
#[case("M 1", FieldFault::NotANumber)]
#[case("Müll7", FieldFault::NotANumber)]
#[case("12345678901234567890123456", FieldFault::NotANumber)]
#[case("Q 1!", FieldFault::PlaceNumber)]
#[case("ROOM", FieldFault::PlaceNumber)]
#[case("Q", FieldFault::PlaceNumber)]
fn numbers_that_are_no_mrn(#[case] mrn: &str, #[case] fault: FieldFault) {
    assert_eq!(complaint(&Written { mrn, ..anna() }), (Field::Mrn, fault));
}

/// Every word for a place, however its number is written, in the MRN and in a second identifier (ID-09). With five
/// digits and more it is the number of a record.
#[test]
fn a_number_of_a_place_is_no_identifier_in_any_form() {
    for word in PLACES {
        for name in [word.to_owned(), word.to_uppercase()] {
            for between in ["", " ", "-", ".", " no. ", " Nr ", "-Number-", "#"] {
                for number in ["1", "77", "0012", "12a", "3 D"] {
                    let place = format!("{name}{between}{number}");
                    let in_mrn = complaint(&Written { mrn: &place, ..anna() });
                    assert_eq!(in_mrn, (Field::Mrn, FieldFault::PlaceNumber), "{place}");
                    let other = Some(("ID", place.as_str()));
                    let in_other = complaint(&Written { other_identifier: other, ..anna() });
                    assert_eq!(in_other, (Field::OtherIdentifier, FieldFault::PlaceNumber), "{place}");
                    if !between.contains(char::is_alphabetic) {
                        let behind = format!("{number}{between}{name}");
                        let in_mrn = complaint(&Written { mrn: &behind, ..anna() });
                        assert_eq!(in_mrn, (Field::Mrn, FieldFault::PlaceNumber), "{behind}");
                    }
                }
            }
            let record = format!("{name}-12345");
            assert!(Written { mrn: &record, ..anna() }.check(TODAY).is_ok(), "{record}");
        }
        let label = Some((word, "4711"));
        let in_label = complaint(&Written { other_identifier: label, ..anna() });
        assert_eq!(in_label, (Field::OtherIdentifier, FieldFault::PlaceNumber), "{word}");
    }
}

/// ID-09 says never: a letter of the three and up to four digits is taken for a place although it may be a record's.
#[rstest]
#[case("12Room")]
#[case("3B")]
#[case("12a")]
#[case("B2004")]
#[case("2004-Q")]
fn numbers_that_may_be_of_a_place(#[case] mrn: &str) {
    assert_eq!(complaint(&Written { mrn, ..anna() }), (Field::Mrn, FieldFault::PlaceNumber));
}

#[rstest]
#[case("0")]
#[case("00-000")]
#[case("NONE")]
#[case("unknown")]
#[case("N-A")]
fn what_stands_where_nobody_has_a_number_is_none(#[case] number: &str) {
    assert_eq!(complaint(&Written { mrn: number, ..anna() }), (Field::Mrn, FieldFault::NobodysNumber));
    let other = complaint(&Written { other_identifier: Some(("NHS No.", number)), ..anna() });
    assert_eq!(other, (Field::OtherIdentifier, FieldFault::NobodysNumber));
}

#[rstest]
#[case("M1")]
#[case("12")]
#[case("100")]
#[case("11111")]
#[case("1234A")]
#[case("12345B")]
#[case("3E")]
#[case("B20040")]
#[case("Q1234567")]
#[case("BED-20210034")]
#[case("1234567890123456789012345")]
fn numbers_that_are_an_mrn(#[case] mrn: &str) {
    assert_eq!(Written { mrn, ..anna() }.check(TODAY).unwrap().mrn.expose().as_str(), mrn);
}

#[rstest]
#[case(("MRN", "M9"), FieldFault::SecondMrn)]
#[case((" mrn.", "M9"), FieldFault::SecondMrn)]
#[case(("Room", "4711"), FieldFault::PlaceNumber)]
#[case(("Bed No.", "A-1"), FieldFault::PlaceNumber)]
#[case(("ID", "Bed 7"), FieldFault::PlaceNumber)]
#[case(("ID", ""), FieldFault::HalfAnIdentifier)]
#[case(("", "4711"), FieldFault::HalfAnIdentifier)]
#[case(("A label of many words", "4711"), FieldFault::TooLong(20))]
#[case(("ID", "12345678901234567890123456789012345678901"), FieldFault::TooLong(40))]
fn other_identifiers_that_are_none(#[case] other: (&str, &str), #[case] fault: FieldFault) {
    assert_eq!(complaint(&Written { other_identifier: Some(other), ..anna() }), (Field::OtherIdentifier, fault));
}

#[test]
fn each_field_has_its_complaint() {
    let long = "x".repeat(201);
    let written = Written {
        family: "1",
        given: "",
        born: Err(FieldFault::NotADate),
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
fn hundreds_of_accents_are_no_part_of_a_name() {
    let name = format!("Anna{}", "\u{301}".repeat(300));
    assert_eq!(complaint(&Written { given: &name, ..anna() }), (Field::Given, FieldFault::Marks));
    for name in ["Nguyễn", "Ñandú", "ดำรงค์", "שָׁלוֹם", "प्रिया"] {
        assert!(Written { given: name, ..anna() }.check(TODAY).is_ok(), "{name}");
    }
}

#[rstest]
#[case("no\u{7}ra", FieldFault::Unprintable)]
#[case("no\tra", FieldFault::Unprintable)]
#[case("nora\n", FieldFault::Unprintable)]
#[case("no\u{200b}ra", FieldFault::Unprintable)]
#[case("no\u{2800}ra", FieldFault::Unprintable)]
#[case("no\u{202e}ra", FieldFault::Unprintable)]
#[case("12", FieldFault::NoLetters)]
#[case("n\u{43e}ra", FieldFault::MixedLetters)] // a Cyrillic o among Latin letters
#[case("nora\u{2122}", FieldFault::MixedLetters)]
#[case("no/ra", FieldFault::MixedLetters)]
#[case("n\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", FieldFault::Marks)]
fn logins_that_are_none(#[case] raw: &str, #[case] fault: FieldFault) {
    assert_eq!(login(raw).unwrap_err(), fault);
}

#[test]
fn a_login_can_be_typed() {
    assert_eq!(login(&"n".repeat(41)).unwrap_err(), FieldFault::TooLong(40));
    for name in ["nora", "Nora Lee", "n.o-r_a", "nora@clinic.example", "björn", "นรา", "нора", "李明"] {
        assert_eq!(login(name).unwrap().as_str(), name);
    }
}

#[rstest]
#[case("nora", "NORA", true)]
#[case("nora", "n0ra", true)]
#[case("paul", "раul", true)] // Cyrillic er and a
#[case("роса", "poca", true)] // all Cyrillic, all Latin
#[case("will", "wi1l", true)]
#[case("nora", "nora2", false)]
#[case("nora", "norah", false)]
fn logins_that_look_the_same(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    assert_eq!(looks(one) == looks(other), same);
}

#[test]
fn a_query_is_refused_and_not_cut() {
    assert_eq!(query(&"ü".repeat(LONGEST_QUERY)).unwrap().chars().count(), LONGEST_QUERY);
    assert_eq!(query(&"ü".repeat(LONGEST_QUERY + 1)).unwrap_err(), FieldFault::TooLong(LONGEST_QUERY));
    const { assert!(LONGEST_QUERY < FIELD_HOLDS, "what a field cuts is refused") };
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
