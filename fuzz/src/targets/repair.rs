//! Puts the check values of a hostile meter's messages right: a fuzzer would not guess them, and would never reach what
//! they guard.
//!
//! A message may lie in several reports. So what the reports carry is joined, put right, and laid back into its places.

use super::played::Event;
use crate::meters::codec::glucomen_areo::crc8;
use crate::meters::codec::lifescan_frame::crc16;
use crate::meters::codec::{agm_4000, freestyle_hid, freestyle_serial, glucocard_expression, isens, true_metrix};

/// Puts right what these events of a meter of `driver` carry.
pub(crate) fn check_values(driver: &str, events: &mut [Event]) {
    let mut transfers: Vec<&mut Vec<u8>> = events
        .iter_mut()
        .filter_map(|event| if let Event::Transfer(bytes) = event { Some(bytes) } else { None })
        .collect();
    let (carried, repair): (Carried, Repair) = match driver {
        "agm-4000" => (whole, agm_packets),
        "caresens" => (whole, isens_packets),
        "contour-hid" => (|report| places(report.get(3), 4, report), astm_frames),
        "contour-serial" => (whole, astm_frames),
        "freestyle-insulinx" | "freestyle-libre" | "freestyle-neo" => (
            |report| if report.first() == Some(&freestyle_hid::TEXT) { places(report.get(1), 2, report) } else { 0..0 },
            freestyle_answers,
        ),
        "freestyle-lite" | "freestyle-optium" => (whole, freestyle_logs),
        "glucocard-expression" => (whole, glucocard_packets),
        "glucomen-areo" => (whole, areo_blocks),
        "onetouch-ultra-easy" | "onetouch-verio-iq" => (whole, |line| lifescan_frames(line, 1)),
        "onetouch-ultra2" => (whole, ultra_lines),
        "onetouch-verio" => {
            for block in transfers {
                lifescan_frames(block, 2);
            }
            return;
        }
        "relion-prime" => (whole, relion_messages),
        "sd-codefree" => (whole, codefree_frames),
        "taidoc" => (whole, taidoc_frames),
        "true-metrix" => (|report| places(report.first(), 1, report), true_metrix_frames),
        _ => return,
    };
    let mut joined: Vec<u8> = Vec::new();
    for transfer in &transfers {
        joined.extend(transfer.get(carried(transfer)).unwrap_or_default());
    }
    repair(&mut joined);
    let mut rest = joined.as_slice();
    for transfer in &mut transfers {
        let place = carried(transfer);
        let (mine, others) = rest.split_at(place.len());
        rest = others;
        transfer[place].copy_from_slice(mine);
    }
}

/// Which bytes of a transfer belong to the messages.
type Carried = fn(&[u8]) -> std::ops::Range<usize>;

/// Puts right the messages of a meter, as they follow one another.
type Repair = fn(&mut [u8]);

fn whole(transfer: &[u8]) -> std::ops::Range<usize> {
    0..transfer.len()
}

/// So many bytes as the length says, behind the head; none if the report is shorter.
fn places(length: Option<&u8>, head: usize, report: &[u8]) -> std::ops::Range<usize> {
    let end = head + length.map_or(0, |length| usize::from(*length));
    if end <= report.len() { head..end } else { 0..0 }
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(*byte)).sum()
}

/// Writes so many hexadecimal digits of a number.
fn write_digits(place: &mut [u8], number: u32) {
    let count = place.len();
    let text = format!("{number:08X}");
    place.copy_from_slice(&text.as_bytes()[8 - count..]);
}

/// Where a text stands, from a place on.
fn find(bytes: &[u8], from: usize, text: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(text.len()).position(|window| window == text).map(|place| from + place)
}

fn agm_packets(line: &mut [u8]) {
    let mut at = 0;
    while let Some([0x80, size, _, command]) = line.get(at..at + 4) {
        let (size, command) = (usize::from(*size), *command);
        let Some(data) = line.get(at + 4..at + 3 + size) else { return };
        let packet = agm_4000::encode(command, data);
        let Some(place) = line.get_mut(at..at + packet.len()) else { return };
        place.copy_from_slice(&packet);
        // Packets come in reports of 64 bytes.
        at += 64;
    }
}

fn isens_packets(line: &mut [u8]) {
    let mut at = 0;
    while let Some(start) = find(line, at, b"\x02iSPc") {
        at = start + 1;
        let Some(size) = line.get(start + 5).map(|size| usize::from(*size)) else { continue };
        let Some(body) = line.get(start + 6..start + 3 + size) else { continue };
        let Some((command, payload)) = body.split_first_chunk() else { continue };
        let packet = isens::IsensPacket { command: *command, payload: payload.to_vec() }.encode();
        if let Some(place) = line.get_mut(start..start + packet.len()) {
            place.copy_from_slice(&packet);
            at = start + packet.len();
        }
    }
}

fn astm_frames(line: &mut [u8]) {
    let mut start = None;
    for at in 0..line.len() {
        match (line[at], start) {
            (0x02, _) => start = Some(at + 1),
            (0x03 | 0x17, Some(from)) => {
                start = None;
                let sum = sum(&line[from..=at]);
                if let Some(digits) = line.get_mut(at + 1..at + 3) {
                    write_digits(digits, sum);
                }
            }
            _ => {}
        }
    }
}

fn freestyle_answers(line: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = find(line, from, b"CKSM:") {
        // The last line of a table is its number of records and the sum of their lines.
        let table = line.get(from..at).and_then(|message| message.strip_suffix(b"\r\n")).unwrap_or_default();
        let last = table.windows(2).rposition(|pair| pair == b"\r\n").map_or(0, |place| place + 2);
        let records = sum(&table[..last]);
        if table.len() >= last + 9 && table[table.len() - 9] == b',' {
            let end = from + table.len();
            write_digits(&mut line[end - 8..end], records);
        }
        let message = sum(&line[from..at]);
        if let Some(digits) = line.get_mut(at + 5..at + 13) {
            write_digits(digits, message);
        }
        from = find(line, at, b"CMD OK\r\n").map_or(line.len(), |end| end + 8);
    }
}

fn freestyle_logs(line: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = find(line, from, b"  END\r\n") {
        if let Some(digits) = at.checked_sub(6).filter(|digits| *digits >= from && line[*digits..].starts_with(b"0x")) {
            // Other answers may stand before the log.
            let before = line[from..digits].windows(8).rposition(|end| end == b"CMD OK\r\n");
            let start = before.map_or(from, |end| from + end + 8);
            let log = freestyle_serial::without_frame(&line[start..digits]);
            let sum = freestyle_serial::checksum(&log);
            write_digits(&mut line[digits + 2..digits + 6], sum.into());
        }
        from = at + 7;
    }
}

fn glucocard_packets(line: &mut [u8]) {
    for packet in line.chunks_exact_mut(glucocard_expression::PACKET) {
        let Ok([_, operation, payload @ .., _]) = <[u8; glucocard_expression::PACKET]>::try_from(&*packet) else {
            continue;
        };
        let mut payload: [u8; 8] = payload;
        if operation == glucocard_expression::READ_ALL
            && payload != glucocard_expression::EMPTY
            && let Err(glucocard_expression::PacketError::Checksum { computed, .. }) =
                glucocard_expression::reading(payload, 0)
        {
            payload[6..].copy_from_slice(&computed.to_le_bytes());
        }
        packet.copy_from_slice(&glucocard_expression::encode(glucocard_expression::Sender::Meter, operation, payload));
    }
}

fn areo_blocks(line: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = find(line, from, b"\r\n]\r\n") {
        if let Some(digits) = at.checked_sub(2).filter(|digits| *digits > from + 10) {
            let check = crc8(&line[from..digits]);
            write_digits(&mut line[digits..at], check.into());
        }
        from = at + 5;
    }
}

/// Frames whose length has so many bytes.
fn lifescan_frames(line: &mut [u8], length_bytes: usize) {
    let mut at = 0;
    while at < line.len() {
        let length = match line.get(at..at + 3) {
            Some([0x02, low, _]) if length_bytes == 1 => usize::from(*low),
            Some([0x02, low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
            _ => 0,
        };
        let Some(frame) = line.get_mut(at..at + length).filter(|_| length >= 6) else {
            at += 1;
            continue;
        };
        frame[length - 3] = 0x03;
        let crc = crc16(&frame[..length - 2]);
        frame[length - 2..].copy_from_slice(&crc.to_le_bytes());
        at += length;
    }
}

fn ultra_lines(line: &mut [u8]) {
    let mut from = 0;
    while let Some(end) = find(line, from, b"\r\n") {
        if let Some(digits) = end.checked_sub(4).filter(|digits| *digits > from) {
            let sum = sum(&line[from..digits - 1]);
            write_digits(&mut line[digits..end], sum);
        }
        from = end + 2;
    }
}

fn relion_messages(line: &mut [u8]) {
    let mut start = None;
    for at in 0..line.len() {
        match (line[at], start) {
            // The header begins behind 02, a record with the D of D|.
            (0x02, _) => start = Some(at + 1),
            (b'D', _) if line.get(at + 1) == Some(&b'|') => start = Some(at),
            (0x17, Some(from)) => {
                start = None;
                let sum = sum(&line[from..=at]);
                if let Some(digits) = line.get_mut(at + 1..at + 3) {
                    write_digits(digits, sum);
                }
            }
            _ => {}
        }
    }
}

fn codefree_frames(line: &mut [u8]) {
    let mut at = 0;
    while let Some(start) = find(line, at, &[0x53, 0x20]) {
        at = start + 1;
        let Some(length) = line.get(start + 2).map(|length| usize::from(*length)) else { continue };
        let Some(frame) = line.get_mut(start + 3..start + 3 + length) else { continue };
        if let Some((message, [check, end])) = frame.split_last_chunk_mut::<2>() {
            *check = message.iter().fold(0, |sum, byte| sum ^ byte);
            *end = 0xAA;
            at = start + 3 + length;
        }
    }
}

fn taidoc_frames(line: &mut [u8]) {
    for frame in line.chunks_exact_mut(8) {
        if let [0x51, .., stop, check] = frame {
            *stop = 0xA5;
            *check = 0;
            let computed = sum(frame);
            frame[7] = u8::try_from(computed & 0xFF).unwrap_or(0);
        }
    }
}

fn true_metrix_frames(line: &mut [u8]) {
    let mut results: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(start) = find(line, at, b"(") {
        let Some(end) = find(line, start, b")") else { return };
        at = end + 1;
        let text = String::from_utf8_lossy(&line[start + 1..end]).into_owned();
        if let Some(result) = text.strip_prefix("g5") {
            results.push(result.to_owned());
        } else if text.starts_with('x') && text.len() == 6 {
            let total = true_metrix::total(results.iter().map(String::as_str));
            write_digits(&mut line[end - 4..end], total.into());
            results.clear();
        }
        let sum = sum(&line[start..=end]);
        if let Some(digits) = line.get_mut(end + 1..end + 3) {
            write_digits(digits, sum);
        }
    }
}
