//! The messages of USB/IP after a device was imported (kernel documentation `usb/usbip_protocol.rst`): 48 bytes each,
//! big-endian, with the data behind them.

use std::io::{self, Read};

/// Bytes of a message without its data.
const HEADER: usize = 48;

/// The longest transfer that is served; libusb splits at 16 KiB, usb-storage asks for at most 120.
const LONGEST: u32 = 1024 * 1024;

/// `URB_ZERO_PACKET` of the kernel: a transfer that fills its last packet is to be ended by an empty one.
const ZERO_PACKET: u32 = 0x40;

/// What the host's kernel asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsbipRequest {
    /// Do one transfer.
    Submit {
        /// Its number.
        sequence: u32,
        /// Endpoint with its direction; 0 is the control endpoint.
        endpoint: u8,
        /// Whether the device is to send.
        is_in: bool,
        /// Bytes that the host has room for, or sends.
        length: usize,
        /// The control request, on endpoint 0.
        setup: [u8; 8],
        /// What the host sends.
        data: Vec<u8>,
        /// Whether an empty packet ends a transfer that fills its last packet.
        ends_with_empty: bool,
    },
    /// Give up a transfer.
    Unlink {
        /// The number of this request.
        sequence: u32,
        /// The number of the transfer.
        target: u32,
    },
}

/// Reads one request.
///
/// # Errors
/// At the end of the connection, and for a message that is not USB/IP.
pub fn read(stream: &mut impl Read) -> io::Result<UsbipRequest> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header)?;
    let word = |place: usize| {
        let bytes = header.iter().skip(place * 4).take(4);
        bytes.fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
    };
    let (sequence, is_in) = (word(1), word(3) == 1);
    match word(0) {
        1 => {
            let length = word(6);
            // Room is made for as much as is announced; whoever connects could ask for all of the memory.
            if length > LONGEST {
                return Err(wrong("a transfer is too long"));
            }
            let length = usize::try_from(length).unwrap_or_default();
            let number = u8::try_from(word(4)).ok().filter(|number| *number < 16);
            let number = number.ok_or_else(|| wrong("there is no such endpoint"))?;
            let mut data = vec![0; if is_in { 0 } else { length }];
            stream.read_exact(&mut data)?;
            let mut setup = [0; 8];
            setup.iter_mut().zip(header.iter().skip(40)).for_each(|(to, from)| *to = *from);
            let endpoint = if is_in && number > 0 { number | 0x80 } else { number };
            let ends_with_empty = !is_in && word(5) & ZERO_PACKET != 0;
            Ok(UsbipRequest::Submit { sequence, endpoint, is_in, length, setup, data, ends_with_empty })
        }
        2 => Ok(UsbipRequest::Unlink { sequence, target: word(5) }),
        _ => Err(wrong("this is no USB/IP message")),
    }
}

fn wrong(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// The answer to a transfer: a status of the kernel (0 or a negative error number), how much was moved, and the data of
/// a transfer to the host.
#[must_use]
pub fn submit_reply(sequence: u32, status: i32, moved: usize, data: &[u8]) -> Vec<u8> {
    let moved = u32::try_from(moved).unwrap_or(u32::MAX);
    let mut bytes = reply(3, sequence, status);
    bytes.extend(moved.to_be_bytes());
    bytes.resize(HEADER, 0);
    bytes.extend(data);
    bytes
}

/// The answer to an [`UsbipRequest::Unlink`].
#[must_use]
pub fn unlink_reply(sequence: u32) -> Vec<u8> {
    let mut bytes = reply(4, sequence, 0);
    bytes.resize(HEADER, 0);
    bytes
}

/// Command, number, three words without meaning in an answer, status.
fn reply(command: u32, sequence: u32, status: i32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend(command.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.resize(20, 0);
    bytes.extend(status.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(words: [u32; 10], setup: [u8; 8], data: &[u8]) -> Vec<u8> {
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        bytes.extend(setup);
        bytes.extend(data);
        bytes
    }

    /// Command, number, device, direction, endpoint, flags, length, start frame, packets, interval.
    #[test]
    fn requests_are_read() {
        let setup = [0x80, 6, 0, 1, 0, 0, 18, 0];
        let bytes = message([1, 7, 0x1_0002, 1, 0, 0x200, 18, 0, 0, 0], setup, &[]);
        let control = read(&mut bytes.as_slice()).unwrap();
        let expected = UsbipRequest::Submit {
            sequence: 7,
            endpoint: 0,
            is_in: true,
            length: 18,
            setup,
            data: vec![],
            ends_with_empty: false,
        };
        assert_eq!(control, expected);
        let bytes = message([1, 8, 0x1_0002, 0, 1, 0x40, 3, 0, 0, 0], [0; 8], &[1, 2, 3]);
        let out = read(&mut bytes.as_slice()).unwrap();
        let expected = UsbipRequest::Submit {
            sequence: 8,
            endpoint: 1,
            is_in: false,
            length: 3,
            setup: [0; 8],
            data: vec![1, 2, 3],
            ends_with_empty: true,
        };
        assert_eq!(out, expected);
        let bytes = message([2, 9, 0x1_0002, 0, 0, 8, 0, 0, 0, 0], [0; 8], &[]);
        assert_eq!(read(&mut bytes.as_slice()).unwrap(), UsbipRequest::Unlink { sequence: 9, target: 8 });
    }

    #[test]
    fn what_is_not_usbip_is_refused() {
        let kind = |words| read(&mut message(words, [0; 8], &[]).as_slice()).unwrap_err().kind();
        assert_eq!(kind([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]), io::ErrorKind::InvalidData);
        assert_eq!(kind([1, 0, 0, 1, 1, 0, u32::MAX, 0, 0, 0]), io::ErrorKind::InvalidData);
        assert_eq!(kind([1, 0, 0, 1, 16, 0, 1, 0, 0, 0]), io::ErrorKind::InvalidData);
        assert_eq!(kind([1, 0, 0, 0, 1, 0, 1, 0, 0, 0]), io::ErrorKind::UnexpectedEof);
        assert_eq!(read(&mut [0; 47].as_slice()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn answers_are_48_bytes_and_the_data() {
        let bytes = submit_reply(0x0102_0304, -32, 2, &[0xaa, 0xbb]);
        assert_eq!(bytes.len(), 50);
        assert_eq!(bytes[..8], [0, 0, 0, 3, 1, 2, 3, 4]);
        assert_eq!(bytes[20..28], [0xff, 0xff, 0xff, 0xe0, 0, 0, 0, 2]);
        assert_eq!(bytes[48..], [0xaa, 0xbb]);
        let bytes = unlink_reply(5);
        assert_eq!((bytes.len(), &bytes[..8]), (48, &[0, 0, 0, 4, 0, 0, 0, 5][..]));
    }
}
