use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// The published sample: records, their number with their sum, the answer's sum.
const RESULT: &[u8] = b"7,12,5,6,20,7,8,0,123,0,1,0,0,0,0,0,0,0,0\r\n9,11,5,6,20,7,5,0,18,1\r\n\
    7,10,5,5,20,22,0,0,HI,0,1,0,0,0,0,0,0,0,0\r\n3,000013B6\r\nCKSM:000015C8\r\nCMD OK\r\n";

#[test]
fn the_published_list_is_read_and_written() {
    let message = decode_answer(RESULT).unwrap();
    let table = RecordTable::decode(message).unwrap();
    assert_eq!((table.announced, table.rows.len(), table.wrong_sum), (3, 3, None));
    assert_eq!(table.rows[1], "9,11,5,6,20,7,5,0,18,1");
    assert_eq!(encode_answer(&table.encode()), RESULT);
}

/// The sums are published with their texts.
#[rstest]
#[case("DB Record Number = 226988\r\n", 0x765)]
#[case("2.1.2\r\n", 0x108)]
#[case("\r\n", 0x17)]
fn a_sum_is_the_published_one(#[case] text: &str, #[case] sum: u32) {
    assert_eq!(checksum(text.as_bytes()), sum);
}

/// Published reports: the serial number asked for and answered.
#[test]
fn the_published_reports_are_read_and_written() {
    let asked = HidReport::to_meter(TEXT_COMMAND, b"$serlnum?").unwrap();
    assert_eq!(asked[..11], [0x21, 0x09, 0x24, 0x73, 0x65, 0x72, 0x6C, 0x6E, 0x75, 0x6D, 0x3F]);
    assert_eq!((asked.len(), &asked[11..]), (64, &[0; 53][..]));
    let mut answered = b"\x60\x26LCMV123-A4567\r\nCKSM:00000323\r\nCMD OK\r\n".to_vec();
    answered.resize(64, 0x55);
    let report = HidReport::parse(&answered).unwrap();
    assert_eq!((report.kind, report.payload.len()), (TEXT, 0x26));
    assert!(is_whole(&report.payload));
    assert_eq!(one_line(decode_answer(&report.payload).unwrap()).unwrap(), "LCMV123-A4567");
}

#[test]
fn a_report_of_another_size_or_length_is_refused() {
    assert_eq!(HidReport::parse(&[0x60; 63]), Err(ReportError::Size));
    assert_eq!(HidReport::parse(&[0x60; 65]), Err(ReportError::Size));
    assert_eq!(HidReport::parse(&[]), Err(ReportError::Size));
    // A length of 0x3F, one too many.
    assert_eq!(HidReport::parse(&[0x3F; 64]), Err(ReportError::Length));
    assert_eq!(HidReport::to_meter(TEXT, &[b'x'; 55]), Err(ReportError::Length));
}

#[rstest]
#[case(b"2.1.2\r\nCKSM:00000111\r\nCMD OK\r\n", AnswerError::Checksum { sent: 0x111, computed: 0x108 })]
#[case(b"2.1.2\r\nCKSM:108\r\nCMD OK\r\n", AnswerError::Form("there is no checksum of eight digits"))]
#[case(b"2.1.2\r\nCKSM:00000108\r\nCMD Fail!\r\n", AnswerError::Refused)]
#[case(b"2.1.2\r\nCKSM:00000108\r\nCMD OK", AnswerError::Form("the answer has no end"))]
#[case(b"2.1.2\r\n\0CKSM:00000108\r\nCMD OK\r\n", AnswerError::Form("the message holds zeros"))]
#[case(b"x\r\nCMD OK\r\n", AnswerError::Form("there is no checksum"))]
fn a_wrong_answer_is_refused(#[case] answer: &[u8], #[case] error: AnswerError) {
    assert_eq!(decode_answer(answer), Err(error));
}

#[test]
fn a_list_may_be_empty_or_wrong() {
    assert_eq!(RecordTable::decode(b"Log Empty\r\n"), Ok(RecordTable::default()));
    assert_eq!(RecordTable::default().encode(), b"Log Empty\r\n");
    let damaged = RecordTable::decode(b"7,12\r\n1,00000001\r\n").unwrap();
    // 7 , 1 2 CR LF: 0x37 + 0x2C + 0x31 + 0x32 + 0x0D + 0x0A.
    assert_eq!(damaged.wrong_sum, Some((1, 0xDD)));
    for wrong in [&b"7,12\r\n"[..], b"\r\n", b"", b"7,12\r\nx,000000DD\r\n"] {
        assert!(RecordTable::decode(wrong).is_err());
    }
}

#[test]
fn a_name_cut_within_a_character_is_kept_as_far_as_it_goes() {
    assert_eq!(one_line(b"Ren\xC3\r\n").unwrap(), "Ren\u{FFFD}");
    assert!(one_line(b"a\r\nb\r\n").is_err());
}

proptest! {
    #[test]
    fn an_answer_is_read_as_it_was_written(rows in prop::collection::vec("[0-9,]{1,40}", 0..20)) {
        let announced = u32::try_from(rows.len()).unwrap();
        let table = RecordTable { rows, announced, wrong_sum: None };
        let answer = encode_answer(&table.encode());
        prop_assert!(is_whole(&answer));
        prop_assert_eq!(RecordTable::decode(decode_answer(&answer).unwrap()).unwrap(), table);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = (decode_answer(&bytes), RecordTable::decode(&bytes), HidReport::parse(&bytes), one_line(&bytes));
    }
}
