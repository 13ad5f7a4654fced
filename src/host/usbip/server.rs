//! Offers one simulated device over TCP, to `usbip attach` of any Linux with `vhci_hcd`. One host at a time.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::descriptors::Descriptors;
use super::engine::Engine;
use super::serve::{UsbipEnd, serve};

/// The name of the device: `usbip attach -r HOST -b 1-1`.
pub const BUS_ID: &str = "1-1";

/// Version 1.1.1 of the protocol, and what is asked and answered in it (`Documentation/usb/usbip_protocol.rst` of the
/// kernel).
const VERSION: u16 = 0x0111;
const LIST: u16 = 0x8005;
const LISTED: u16 = 0x0005;
const IMPORT: u16 = 0x8003;
const IMPORTED: u16 = 0x0003;

/// Status of an answer: there is no such device.
const NO_DEVICE: u32 = 4;

/// How long a host may take to say what it wants.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// How often to look for a host.
const LOOK: Duration = Duration::from_millis(50);

/// Serves one host after the other until `stop` is set or a fault pulls the cable.
///
/// # Errors
/// If the system refuses to listen. A host that breaks off is no error.
pub fn run(listener: &TcpListener, engine: &Mutex<Engine>, stop: &AtomicBool) -> io::Result<UsbipEnd> {
    // An accept that waits could not be ended by the flag.
    listener.set_nonblocking(true)?;
    while !stop.load(Ordering::Acquire) {
        match listener.accept() {
            Ok((mut stream, _)) => {
                // Whatever one host does wrong, the next one is served.
                if let Ok(ended @ (UsbipEnd::Stopped | UsbipEnd::Unplugged)) = serve_host(&mut stream, engine, stop) {
                    return Ok(ended);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(LOOK),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(UsbipEnd::Stopped)
}

fn serve_host(stream: &mut TcpStream, engine: &Mutex<Engine>, stop: &AtomicBool) -> io::Result<UsbipEnd> {
    // Linux does not hand the listener's mode down to a connection, other systems do.
    stream.set_nonblocking(false)?;
    // Messages are small and each is waited for: TCP must not collect them.
    stream.set_nodelay(true)?;
    // It stays while the device is served: a message that has begun must come to its end, too.
    stream.set_read_timeout(Some(HANDSHAKE))?;
    let descriptors = {
        let engine = engine.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        engine.descriptors().clone()
    };
    if shake_hands(stream, &descriptors)? { serve(stream, engine, stop) } else { Ok(UsbipEnd::Detached) }
}

/// Answers what a host asks first. Whether it has imported the device.
fn shake_hands(stream: &mut (impl Read + Write), descriptors: &Descriptors) -> io::Result<bool> {
    let mut head = [0; 8];
    stream.read_exact(&mut head)?;
    let [_, _, code0, code1, ..] = head;
    match u16::from_be_bytes([code0, code1]) {
        LIST => {
            let mut answer = header(LISTED, 0);
            answer.extend(1_u32.to_be_bytes());
            answer.extend(record(descriptors));
            // The class of each interface, and a byte of padding.
            answer.extend(descriptors.classes().iter().flat_map(|[class, sub, protocol]| [*class, *sub, *protocol, 0]));
            stream.write_all(&answer)?;
            Ok(false)
        }
        IMPORT => {
            let mut name = [0; 32];
            stream.read_exact(&mut name)?;
            let is_ours = name == padded::<32>(BUS_ID);
            let mut answer = header(IMPORTED, if is_ours { 0 } else { NO_DEVICE });
            if is_ours {
                answer.extend(record(descriptors));
            }
            stream.write_all(&answer)?;
            Ok(is_ours)
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "this is no USB/IP request")),
    }
}

fn header(code: u16, status: u32) -> Vec<u8> {
    let mut bytes = VERSION.to_be_bytes().to_vec();
    bytes.extend(code.to_be_bytes());
    bytes.extend(status.to_be_bytes());
    bytes
}

/// A device as it is listed: path, name, bus, number, speed, ids, release, class, configurations.
fn record(descriptors: &Descriptors) -> Vec<u8> {
    let mut bytes = padded::<256>("/sys/devices/glucodock/usb1/1-1").to_vec();
    bytes.extend(padded::<32>(BUS_ID));
    // Bus 1, device 2; and 2 again, the kernel's number for full speed.
    for number in [1_u32, 2, 2] {
        bytes.extend(number.to_be_bytes());
    }
    // In the descriptor the lower byte comes first.
    let number = |place: usize| descriptors.device.iter().skip(place).take(2).rev();
    for place in [8, 10, 12] {
        bytes.extend(number(place));
    }
    // Class of the device: that of its interfaces. Configuration 1 of 1, with so many interfaces.
    bytes.extend([0, 0, 0, 1, 1, u8::try_from(descriptors.classes().len()).unwrap_or(u8::MAX)]);
    bytes
}

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    bytes
}

#[cfg(test)]
mod tests;
