//! What a whole memory costs beyond its transfers: the waits in vain of each driver, counted and not waited.

use std::time::Duration;

use glucodock::meters::catalogue::LinkKind;
use glucodock::meters::drivers;
use glucodock::meters::folder::Folder;
use glucodock::meters::link::{LineSettings, Link, LinkError};
use glucodock::meters::simulator::memory_link::MemoryLink;

use super::fuzz::shared::targets::conversations::{self, Memory};

/// A wire on which every wait for something that does not come is counted.
struct Counted {
    link: MemoryLink,
    in_vain: Duration,
}

impl Link for Counted {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.link.send(bytes, wait)
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let outcome = self.link.receive(wait);
        if outcome == Err(LinkError::TimedOut) {
            self.in_vain += wait;
        }
        outcome
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.link.set_line(settings)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.link.send_feature(report, wait)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.link.command(cdb, data_out, expected, wait)
    }

    fn folder(&mut self) -> Option<&mut dyn Folder> {
        self.link.folder()
    }
}

/// Milliseconds that a driver waits in vain while a sound meter with 720 readings, or with as many as it holds, is
/// read, and why. Every other driver waits for nothing.
const WAITS: [(&str, u128, &str); 6] = [
    ("accu-chek-usb", 10, "once, whether a meter that was left plugged in has asked for the association again"),
    (
        "agm-4000",
        50_500,
        "10 ms between two bytes of a question, of which it takes one in a report: 720 questions of 8",
    ),
    ("freestyle-insulinx", 90, "10 ms before each of 9 questions, for the late rest of an earlier answer"),
    ("freestyle-neo", 90, "the same"),
    ("freestyle-libre", 100, "the same, with 10 questions"),
    ("glucocard-expression", 100, "once, whether more comes behind the last packet: then all before it is one off"),
];

#[test]
fn what_each_driver_waits_for_in_vain_is_known() {
    let mut wrong = Vec::new();
    for driver in drivers::ALL {
        for meter in conversations::meters(driver.name()).filter(|meter| meter.link != LinkKind::Folder) {
            let readings = meter.memory.map_or(720, |memory| memory.min(720)) as usize;
            let Some(made) = conversations::simulated(meter, Memory { readings, shows_mmol: false, has_ketone: false })
            else {
                wrong.push(format!("{} is not simulated", meter.slug));
                continue;
            };
            let mut link = Counted { link: MemoryLink::new(made, None), in_vain: Duration::ZERO };
            let download = conversations::read(*driver, &mut link, meter.name().as_str()).unwrap();
            assert!(download.is_complete(), "{}", meter.slug);
            let expected = WAITS.iter().find(|(name, ..)| *name == driver.name()).map_or(0, |(_, most, _)| *most);
            if link.in_vain.as_millis() != expected {
                wrong.push(format!("{} ({}): {:?}, not {expected} ms", driver.name(), meter.slug, link.in_vain));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let accu_chek = WAITS.iter().find(|(name, ..)| *name == "accu-chek-usb").map(|(_, most, _)| *most);
    assert!(accu_chek.is_some_and(|most| most <= 20));
}
