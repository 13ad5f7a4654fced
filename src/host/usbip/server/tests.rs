//! A host on loopback asks for the device and talks to it, as the kernel does.

use std::sync::Arc;

use super::*;
use crate::host::usbip;
use crate::host::usbip::wire::{submit_reply, unlink_reply};
use crate::meters::catalogue::Catalogue;
use crate::meters::simulator::fault::FaultyWire;
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::shelf;
use crate::meters::simulator::wanted::Wanted;

fn guide() -> Engine {
    let catalogue = Catalogue::embedded();
    let model = catalogue.by_slug("accu-chek-guide").unwrap();
    let now = jiff::civil::date(2026, 7, 14).at(12, 0, 0, 0);
    let wanted = Wanted::new(&model.slug, ReadingSet::seeded(3, 1, now), move || now);
    let meter = shelf::make(&model.driver, wanted).unwrap();
    Engine::new(usbip::device(catalogue, model, None, meter, FaultyWire::default()).unwrap())
}

/// A request of the kernel: command, number, device, direction, endpoint, flags, length, three words, control request.
fn submit(sequence: u32, is_in: bool, endpoint: u32, length: u32, setup: [u8; 8]) -> Vec<u8> {
    let words = [1, sequence, 0x1_0002, u32::from(is_in), endpoint, 0, length, 0, 0, 0];
    words.iter().flat_map(|word: &u32| word.to_be_bytes()).chain(setup).collect()
}

fn read(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_host_lists_imports_and_uses_the_device() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let server = thread::spawn(move || run(&listener, &Mutex::new(guide()), &asked));

    let mut lister = TcpStream::connect(address).unwrap();
    lister.write_all(&[0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0]).unwrap();
    let list = read(&mut lister, 12 + 312 + 4);
    assert_eq!(list[..12], [0x01, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(&list[12 + 256..12 + 260], b"1-1\0");
    // Bus 1, number 2, full speed; vendor, product, release; class; configuration 1 of 1, one interface.
    let numbers = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0x17, 0x3a, 0x21, 0xd5, 1, 0, 0, 0, 0, 1, 1, 1];
    assert_eq!(list[12 + 288..12 + 312], numbers);
    assert_eq!(list[12 + 312..], [0x0f, 0, 0, 0]);

    let import = |name: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&[0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0]).unwrap();
        stream.write_all(&padded::<32>(name)).unwrap();
        let head = read(&mut stream, 8);
        (stream, head)
    };
    assert_eq!(import("9-9").1, [0x01, 0x11, 0, 3, 0, 0, 0, 4]);
    let (mut host, head) = import(BUS_ID);
    assert_eq!(head, [0x01, 0x11, 0, 3, 0, 0, 0, 0]);
    assert_eq!(read(&mut host, 312), list[12..12 + 312]);

    host.write_all(&submit(1, true, 0, 4, [0x80, 6, 0, 1, 0, 0, 4, 0])).unwrap();
    assert_eq!(read(&mut host, 52), submit_reply(1, 0, 4, &[18, 1, 0, 2]));
    host.write_all(&submit(2, true, 1, 1024, [0; 8])).unwrap();
    host.write_all(&submit(3, false, 0, 0, [0, 9, 1, 0, 0, 0, 0, 0])).unwrap();
    assert_eq!(read(&mut host, 48), submit_reply(3, 0, 0, &[]));
    // The meter speaks first, as soon as it is configured: an association request.
    let head = read(&mut host, 48);
    assert_eq!(head[..8], [0, 0, 0, 3, 0, 0, 0, 2]);
    let count = usize::from(u16::from_be_bytes([head[26], head[27]]));
    assert_eq!(read(&mut host, count)[..2], [0xe2, 0x00]);
    host.write_all(&submit(4, true, 1, 64, [0; 8])).unwrap();
    let unlink: Vec<u8> =
        [2, 5, 0x1_0002, 0, 0, 4, 0, 0, 0, 0, 0, 0].iter().flat_map(|word: &u32| word.to_be_bytes()).collect();
    host.write_all(&unlink).unwrap();
    assert_eq!(read(&mut host, 96), [submit_reply(4, -104, 0, &[]), unlink_reply(5)].concat());

    drop(host);
    stop.store(true, Ordering::Release);
    assert_eq!(server.join().unwrap().unwrap(), UsbipEnd::Stopped);
}
