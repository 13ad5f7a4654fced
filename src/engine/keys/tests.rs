use proptest::prelude::*;

use super::*;

fn decode(bytes: &[u8]) -> Vec<Key> {
    let start = Instant::now();
    let mut decoder = Decoder::new(ESCAPE_WAIT);
    let mut keys = decoder.feed(bytes, start);
    keys.extend(decoder.expire(start + REST_WAIT));
    keys
}

fn text(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

#[test]
fn every_common_encoding_of_a_key_gives_that_key() {
    let table: &[(&[&str], Key)] = &[
        (&["\x1b[A", "\x1bOA", "\x1b[1;5A", "\x1b[a", "\x1bOa"], Key::Up),
        (&["\x1b[B", "\x1bOB", "\x1b[1;2B", "\x1b[b"], Key::Down),
        (&["\x1b[C", "\x1bOC", "\x1b[1;5C", "\x1b[c"], Key::Right),
        (&["\x1b[D", "\x1bOD", "\x1b[d"], Key::Left),
        (&["\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[7$"], Key::Home),
        (&["\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x1b[8^"], Key::End),
        (&["\x1b[3~", "\x1b[3;5~", "\x1b[3$", "\x1b[3@"], Key::Delete),
        (&["\x1b[5~"], Key::PageUp),
        (&["\x1b[6~"], Key::PageDown),
        (&["\x1b[Z"], Key::BackTab),
        (&["\t", "\x1bOI"], Key::Tab),
        (&["\r", "\n", "\r\n", "\x1bOM"], Key::Enter),
        (&["\x7f", "\x08"], Key::Backspace),
        (&["\x1b"], Key::Escape),
        (&["\x1bOP", "\x1b[11~", "\x1b[[A", "\x1b[P"], Key::Function(1)),
        (&["\x1bOQ", "\x1b[12~", "\x1b[[B"], Key::Function(2)),
        (&["\x1bOR", "\x1b[13~", "\x1b[[C"], Key::Function(3)),
        (&["\x1bOS", "\x1b[14~", "\x1b[[D"], Key::Function(4)),
        (&["\x1b[15~", "\x1b[[E"], Key::Function(5)),
        (&["\x1b[17~"], Key::Function(6)),
        (&["\x1b[18~"], Key::Function(7)),
        (&["\x1b[19~"], Key::Function(8)),
        (&["\x1b[20~"], Key::Function(9)),
        (&["\x1b[21~"], Key::Function(10)),
        (&["\x1b[23~"], Key::Function(11)),
        (&["\x1b[24~"], Key::Function(12)),
        (&["\x03"], Key::Control('c')),
        (&["\x1a"], Key::Control('z')),
        (&["\x1c"], Key::Control('\\')),
        (&["ü"], Key::Char('ü')),
        (&["\u{1F600}"], Key::Char('\u{1F600}')),
        (&["\x1bOp"], Key::Char('0')),
        (&["\x1bOy"], Key::Char('9')),
        (&["\x1bOn"], Key::Char('.')),
    ];
    for (encodings, key) in table {
        for encoding in *encodings {
            assert_eq!(decode(encoding.as_bytes()), std::slice::from_ref(key), "{encoding:?}");
        }
    }
}

#[test]
fn an_unknown_sequence_is_dropped_whole_and_the_keys_after_it_arrive() {
    for unknown in [
        "\x1b[?2026;2$y",                 // answer to a question about a mode
        "\x1b[?62;22c",                   // device attributes
        "\x1b[>41;380;0c",                // secondary device attributes
        "\x1b[24;80R",                    // cursor position
        "\x1b[I",                         // focus
        "\x1b[2~",                        // Insert
        "\x1b[99;5u",                     // another keyboard protocol
        "\x1b[<0;10;10M",                 // mouse
        "\x1b[25~",                       // F13
        "\x1b[15;2~",                     // Shift-F5 is not F5
        "\x1b]11;rgb:0000/0000/0000\x07", // colour, ended by BEL
        "\x1b]11;rgb:0000/0000/0000\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b^private\x1b\\",
    ] {
        assert_eq!(
            decode(format!("{unknown}abc\x1b[B").as_bytes()),
            [text("abc"), vec![Key::Down]].concat(),
            "{unknown:?}"
        );
    }
    let long = format!("\x1b[{}Aabc", "1;".repeat(1000));
    assert_eq!(decode(long.as_bytes()), text("abc"));
}

#[test]
fn a_key_within_a_broken_sequence_is_not_lost() {
    assert_eq!(decode(b"\x1b[1;\r"), [Key::Enter]);
    assert_eq!(decode(b"\x1b[1;\x1b[A"), [Key::Up]);
    assert_eq!(decode(b"\x1b]11;rgb\x1b[A"), [Key::Up]);
    assert_eq!(decode(b"\x1b]11;rgb\rx"), [Key::Enter, Key::Char('x')]);
    assert_eq!(decode("\x1b[ü".as_bytes()), text("ü"));
}

#[test]
fn damaged_utf_8_is_dropped_and_nothing_after_it() {
    assert_eq!(decode(b"a\xc3b"), text("ab"));
    assert_eq!(decode(b"\xc0\xafx"), text("x"));
    assert_eq!(decode(b"\xed\xa0\x80x"), text("x"));
    assert_eq!(decode(b"\xf0\x9f\x98\x1b[A"), [Key::Up]);
    assert_eq!(decode(b"\x80\xff\xfe\x00x"), text("x"));
    assert_eq!(decode("\u{85}\u{9b}x".as_bytes()), text("x"));
}

#[test]
fn a_paste_is_one_key_without_control_characters() {
    let pasted = |bytes: &[u8]| decode(&[b"\x1b[200~", bytes, b"\x1b[201~"].concat());
    assert_eq!(pasted(b"M1234567\r\n"), [Key::Paste("M1234567".to_owned())]);
    assert_eq!(pasted(b"a\x07b\x1b[31mc"), [Key::Paste("ab[31mc".to_owned())]);
    assert_eq!(pasted("Müller\tAda".as_bytes()), [Key::Paste("Müller Ada".to_owned())]);
    assert_eq!(pasted(b"a\xffb\x1b\x1b[20x"), [Key::Paste("ab[20x".to_owned())]);
    assert_eq!(pasted(b"\r\n"), []);
    assert_eq!(decode(b"\x1b[200~x\x1b[201~y"), [Key::Paste("x".to_owned()), Key::Char('y')]);
}

#[test]
fn a_paste_without_end_gives_what_came() {
    let start = Instant::now();
    let mut decoder = Decoder::new(ESCAPE_WAIT);
    assert_eq!(decoder.feed(b"\x1b[200~abc", start), []);
    assert_eq!(decoder.expire(start + REST_WAIT), Some(Key::Paste("abc".to_owned())));
    assert_eq!(decoder.feed(b"d", start + REST_WAIT), text("d"));
}

#[test]
fn escape_counts_when_its_time_is_over_and_not_before() {
    let start = Instant::now();
    for wait in [ESCAPE_WAIT, ESCAPE_WAIT_REMOTE] {
        let mut decoder = Decoder::new(wait);
        assert_eq!(decoder.feed(b"\x1b", start), []);
        assert_eq!(decoder.deadline(), Some(start + wait));
        let too_soon = wait.checked_sub(Duration::from_millis(1)).unwrap();
        assert_eq!(decoder.expire(start + too_soon), None);
        assert_eq!(decoder.expire(start + wait), Some(Key::Escape));
        assert_eq!(decoder.deadline(), None);
    }
}

#[test]
fn an_arrow_key_in_two_packets_is_joined() {
    let start = Instant::now();
    for (first, second) in [("\x1b", "[B"), ("\x1b[", "B"), ("\x1bO", "B"), ("\x1b[1;", "5B")] {
        let mut decoder = Decoder::new(ESCAPE_WAIT);
        assert_eq!(decoder.feed(first.as_bytes(), start), []);
        assert_eq!(decoder.expire(start + Duration::from_millis(30)), None);
        assert_eq!(decoder.feed(second.as_bytes(), start + Duration::from_millis(40)), [Key::Down], "{first:?}");
    }
}

#[test]
fn the_rest_of_a_cut_sequence_is_dropped_when_its_time_is_over() {
    let start = Instant::now();
    let mut decoder = Decoder::new(ESCAPE_WAIT);
    assert_eq!(decoder.feed(b"\x1b[1;", start), []);
    assert_eq!(decoder.expire(start + REST_WAIT), None);
    assert_eq!(decoder.feed(b"a", start + REST_WAIT), text("a"));
}

#[test]
fn escape_and_a_key_in_one_packet_are_two_keys() {
    assert_eq!(decode(b"\x1bx"), [Key::Escape, Key::Char('x')]);
    assert_eq!(decode(b"\x1b\r"), [Key::Escape, Key::Enter]);
    assert_eq!(decode(b"\x1b\x1b"), [Key::Escape, Key::Escape]);
    assert_eq!(decode(b"\x1b\x1b[A"), [Key::Escape, Key::Up]);
}

/// Bytes that are rich in the beginnings of sequences.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        Just(b"\x1b[".to_vec()),
        Just(b"\x1bO".to_vec()),
        Just(b"\x1b]".to_vec()),
        Just(b"\x1b[200~".to_vec()),
        Just(b"\x1b[201~".to_vec()),
        Just("ü".as_bytes().to_vec()),
        "[0-9;$~A-Z\r\n]{1,3}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn however_bytes_are_split_the_keys_are_the_same(
        bytes in bytes(),
        cuts in proptest::collection::vec(0..120_usize, 0..8),
    ) {
        let start = Instant::now();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.sort_unstable();
        cuts.push(bytes.len());
        let mut split = Decoder::new(ESCAPE_WAIT);
        let mut keys = Vec::new();
        let mut from = 0;
        for to in cuts {
            keys.extend(split.feed(&bytes[from..to], start));
            from = to;
        }
        keys.extend(split.expire(start + REST_WAIT));
        prop_assert_eq!(keys, decode(&bytes));
    }

    #[test]
    fn no_key_carries_a_control_character_and_later_keys_arrive(bytes in bytes()) {
        let start = Instant::now();
        let mut decoder = Decoder::new(ESCAPE_WAIT);
        let mut keys = decoder.feed(&bytes, start);
        keys.extend(decoder.expire(start + REST_WAIT));
        for key in &keys {
            if let Key::Char(character) = key {
                prop_assert!(!character.is_control());
            } else if let Key::Paste(text) = key {
                prop_assert!(!text.chars().any(char::is_control));
            } else if let Key::Function(number) = key {
                prop_assert!((1..=12).contains(number));
            }
        }
        prop_assert_eq!(decoder.feed(b"x", start + REST_WAIT), vec![Key::Char('x')]);
    }
}
