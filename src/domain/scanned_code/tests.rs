//! Codes as scanners send them, made from GS1's General Specifications and ISO/IEC 15424 by hand.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn read(text: &str) -> Result<ScannedCode, ScanFault> {
    ScannedCode::of(text, &ScannerRules::default()).unwrap()
}

fn patient(text: &str) -> Result<String, ScanFault> {
    read(text).map(|code| code.patient_number().to_owned())
}

#[rstest]
#[case::plain("M1000001", "M1000001")]
#[case::blanks_around("  M1000001 ", "M1000001")]
#[case::code_128("]C0M1000001", "M1000001")]
#[case::data_matrix("]d1M1000001", "M1000001")]
// No letter follows: it is part of the number.
#[case::no_symbology("]1M1000001", "]1M1000001")]
// Its check digit by hand: 7*1 + 1*3 = 10.
#[case::a_recipient("]d28018000000000000000017", "000000000000000017")]
#[case::a_recipient_behind_another("]d21112345621ABC\u{1d}8018000000000000000017", "000000000000000017")]
#[case::gs1_without_a_recipient("]C10100000000000017", "0100000000000017")]
fn the_number_of_a_patient_is_what_is_left(#[case] text: &str, #[case] number: &str) {
    assert_eq!(patient(text).as_deref(), Ok(number));
}

#[test]
fn a_label_of_a_meter_has_its_serial_number_beside_others() {
    // (01) GTIN, (11) made on, (21) serial: GTIN and date have fixed lengths.
    let label = "]d20100000000000017112607012192500000042";
    assert!(read(label).unwrap().is_serial(&Clean::from("925-0000-0042")));
    assert!(read("92500000042").unwrap().is_serial(&Clean::from("92500000042")));
    for other in ["92500000043", "0092500000042", "", "-"] {
        assert!(!read(label).unwrap().is_serial(&Clean::from(other)), "{other}");
    }
    // Of another kind of label the whole is the number, and never a part of it.
    assert!(!read("]d120100000000000017112607012192500000042").unwrap().is_serial(&Clean::from("92500000042")));
}

#[test]
fn a_wrong_check_digit_is_no_number() {
    for wrong in ["]d28018000000000000000018", "]C10100000000000018", "]C100000000000000000018"] {
        assert_eq!(patient(wrong), Err(ScanFault::CheckDigit), "{wrong}");
    }
    let nhs = ScannerRules { nhs_numbers: true, ..ScannerRules::default() };
    let is_misread = |text: &str| ScannedCode::of(text, &nhs).unwrap().unwrap().is_misread_patient();
    assert!(!is_misread("9434765919") && !is_misread("943 476 5919"));
    assert!(is_misread("9434765918") && is_misread("943 476 5918"));
    // Of another length it is another number; and a meter's has no such digit.
    assert!(!is_misread("943476591"));
    assert!(ScannedCode::of("9434765918", &nhs).unwrap().unwrap().is_serial(&Clean::from("9434765918")));
}

#[test]
fn what_is_no_number_of_anything_is_told_as_that() {
    for text in ["]C1", "]d2011234", "---", &"1".repeat(LONGEST_SCAN + 1)] {
        assert_eq!(patient(text), Err(ScanFault::Unreadable), "{text}");
    }
}

/// What the scanner puts around a code tells it from what was typed.
#[test]
fn without_what_the_scanner_puts_around_it_nothing_was_scanned() {
    let rules = ScannerRules { prefix: "~".into(), suffix: "#".into(), nhs_numbers: false };
    let of = |text: &str| ScannedCode::of(text, &rules).map(|code| code.unwrap().patient_number().to_owned());
    assert_eq!(of("~M1000001#").as_deref(), Some("M1000001"));
    for typed in ["M1000001", "~M1000001", "M1000001#"] {
        assert_eq!(of(typed), None, "{typed}");
    }
}

#[test]
fn what_was_scanned_is_in_no_log() {
    assert_eq!(format!("{:?}", read("M1000001")), "Ok([private])");
}

proptest! {
    /// Whatever stands on a label: it is a number or a reason why not, and a number without a control character.
    #[test]
    fn every_text_is_read(text in any::<String>()) {
        if let Ok(code) = read(&text) {
            prop_assert!(!code.patient_number().chars().any(char::is_control));
            prop_assert!(!squeeze(code.patient_number()).is_empty());
        }
    }

    /// Elements in any order: a serial number is found where it stands, and nothing else is taken for one.
    #[test]
    fn a_serial_number_is_found_where_it_stands(
        serial in "[A-Z0-9]{1,20}",
        lot in "[A-Z0-9]{1,20}",
        is_last in any::<bool>(),
    ) {
        let (lot, own) = (format!("10{lot}"), format!("21{serial}"));
        let label = if is_last { format!("]d2{lot}\u{1d}{own}") } else { format!("]d2{own}\u{1d}{lot}") };
        prop_assert!(read(&label).unwrap().is_serial(&Clean::from(serial.as_str())));
    }
}
