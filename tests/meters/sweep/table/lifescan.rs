//! `OneTouch`.

use glucodock::domain::download::Direction;
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::onetouch_ultra_easy::OneTouchUltraEasy;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::drivers::onetouch_verio::OneTouchVerio;
use glucodock::meters::drivers::onetouch_verio_iq::OneTouchVerioIq;
use glucodock::meters::simulator::onetouch_ultra_easy::{SimulatedUltraEasy, UltraEasyFaults};
use glucodock::meters::simulator::onetouch_ultra2::{SimulatedUltra2, Ultra2Faults};
use glucodock::meters::simulator::onetouch_verio::{Misdeeds, SimulatedVerio, VerioFaults};
use glucodock::meters::simulator::onetouch_verio_iq::{SimulatedVerioIq, VerioIqFaults};

use super::super::super::bench::{meter_now, varied, wanted};
use super::super::super::struck_link::{Harm, Strike};
use super::{Guard, InPieces, Lacks, Plug, Row, that_passes};

const CRC: Guard = Guard::Own("CRC-16 of a frame");

pub(in super::super) fn onetouch_ultra_easy() -> Row {
    let meter =
        || SimulatedUltraEasy::new(wanted("onetouch-ultra-easy", varied(10)), UltraEasyFaults::default()).unwrap();
    let misdeed = |meter: &SimulatedUltraEasy| meter.misdeeds() != Misdeeds::default();
    in_steps(&OneTouchUltraEasy, CRC, vec![Plug::new("serial line", meter, misdeed, [68, 13]).healing(that_passes)])
}

pub(in super::super) fn onetouch_verio_iq() -> Row {
    let meter = || SimulatedVerioIq::new(wanted("onetouch-verio-iq", varied(10)), VerioIqFaults::default()).unwrap();
    let misdeed = |meter: &SimulatedVerioIq| meter.misdeeds() != Misdeeds::default();
    in_steps(&OneTouchVerioIq, CRC, vec![Plug::new("serial line", meter, misdeed, [68, 13]).healing(that_passes)])
}

pub(in super::super) fn onetouch_ultra2() -> Row {
    let meter =
        || SimulatedUltra2::new("GMF600DCY", varied(10), Box::new(meter_now), Ultra2Faults::default(), None).unwrap();
    let in_pieces = move || InPieces(meter());
    // A command has no check value: one changed bit makes DMP, the memory, DMT, the time.
    let misdeed = |meter: &SimulatedUltra2| meter.erase_was_asked() || meter.clock_was_set();
    let of_pieces = |meter: &InPieces<SimulatedUltra2>| meter.0.erase_was_asked() || meter.0.clock_was_set();
    in_steps(
        &OneTouchUltra2,
        Guard::Own("16-bit sum of a line"),
        vec![
            Plug::new("a line a transfer", meter, misdeed, [68, 13]).healing(that_passes).with_unguarded_requests(),
            Plug::new("pieces of seven bytes", in_pieces, of_pieces, [68, 13])
                .healing(that_passes)
                .with_unguarded_requests(),
        ],
    )
}

/// The data of INQUIRY and block 0, in which a fault makes the drive a foreign one, which is refused.
const IDENTITY_BYTES: usize = 36 + 512;

fn is_read_again(strike: Strike) -> bool {
    let is_identity = strike.way == Direction::FromMeter && strike.at < IDENTITY_BYTES;
    matches!(strike.harm, Harm::Flip(_)) && !is_identity
}

pub(in super::super) fn onetouch_verio() -> Row {
    let meter = || SimulatedVerio::new(wanted("onetouch-verio", varied(10)), VerioFaults::default()).unwrap();
    // A damaged block is strange by itself.
    let misdeed = |meter: &SimulatedVerio| meter.misdeeds().erase_was_asked || meter.misdeeds().clock_was_set;
    in_steps(&OneTouchVerio, CRC, vec![Plug::new("SCSI blocks", meter, misdeed, [60, 18]).healing(is_read_again)])
}

/// The serial number comes first, the version later.
fn in_steps(driver: &'static dyn Driver, guard: Guard, plugs: Vec<Plug>) -> Row {
    Row { lacks: Lacks::Version, ..Row::new(driver, guard, plugs) }
}
