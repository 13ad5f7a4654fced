//! Families on a serial line or HID of which there is one driver each.

use glucodock::domain::glucose::Unit;
use glucodock::meters::drivers::agm_4000::Agm4000;
use glucodock::meters::drivers::glucocard_expression::GlucocardExpression;
use glucodock::meters::drivers::glucomen_areo::GlucoMenAreo;
use glucodock::meters::drivers::relion_prime::ReliOnPrime;
use glucodock::meters::drivers::sd_codefree::SdCodeFree;
use glucodock::meters::drivers::true_metrix::TrueMetrix;
use glucodock::meters::link::{LineSettings, Parity};
use glucodock::meters::simulator::agm_4000::{AgmFaults, SimulatedAgm};
use glucodock::meters::simulator::glucocard_expression::{ExpressionFaults, SimulatedExpression};
use glucodock::meters::simulator::glucomen_areo::{AreoFaults, SimulatedAreo};
use glucodock::meters::simulator::relion_prime::{PrimeFaults, SimulatedPrime};
use glucodock::meters::simulator::sd_codefree::{CodeFreeFaults, SimulatedCodeFree};
use glucodock::meters::simulator::true_metrix::{SimulatedTrueMetrix, TrueMetrixFaults};

use super::super::super::bench::{meter_now, varied};
use super::{Guard, Lacks, Plug, Row, never, that_passes};

pub(in super::super) fn agm_4000() -> Row {
    let meter = || SimulatedAgm::new("000SIM1", varied(10), AgmFaults::default(), None);
    let plug = Plug::new("bytes in HID reports", meter, SimulatedAgm::clock_was_set, [68, 13]).healing(that_passes);
    Row::new(&Agm4000, Guard::Own("two XORs of a packet"), vec![plug])
}

pub(in super::super) fn glucocard_expression() -> Row {
    let meter =
        || SimulatedExpression::new("000SIM01", varied(10), Box::new(meter_now), ExpressionFaults::default(), None);
    let plug = Plug::new("serial line", meter, SimulatedExpression::clock_was_set, [68, 13]).healing(that_passes);
    Row::new(&GlucocardExpression, Guard::Own("packet and record sum"), vec![plug])
}

/// A lost or doubled byte may agree with a check value of eight bits: two answers must be the same.
pub(in super::super) fn glucomen_areo() -> Row {
    let meter = |unit, chunk| {
        move || SimulatedAreo::new("000A1000001", unit, varied(10), AreoFaults { chunk, ..AreoFaults::default() }, None)
    };
    let line = LineSettings { baud: 9600, parity: Parity::Odd, two_stop_bits: false };
    let plug = |name, unit, chunk| {
        Plug::new(name, meter(unit, chunk), SimulatedAreo::clock_was_set, [68, 13]).on_line(line).healing(that_passes)
    };
    Row::new(
        &GlucoMenAreo,
        Guard::Own("CRC-8, read twice"),
        vec![plug("in mmol/L", Unit::MmolPerL, None), plug("in pieces of seven bytes", Unit::MgPerDl, Some(7))],
    )
}

/// What has no check value is asked for twice, or compared.
pub(in super::super) fn relion_prime() -> Row {
    let meter = || {
        let faults = PrimeFaults { trailing: b"|\r\n", ..PrimeFaults::default() };
        SimulatedPrime::new("000SIM01", varied(10), Box::new(meter_now), faults, None)
    };
    let line = LineSettings { two_stop_bits: true, ..LineSettings::eight_n_one(19_200) };
    let plug =
        Plug::new("serial line", meter, SimulatedPrime::clock_was_set, [68, 13]).on_line(line).healing(that_passes);
    Row::new(&ReliOnPrime, Guard::Own("8-bit sum, read twice"), vec![plug])
}

pub(in super::super) fn sd_codefree() -> Row {
    let meter = || SimulatedCodeFree::new(varied(10), CodeFreeFaults::default(), None);
    let plug = Plug::new("serial line", meter, SimulatedCodeFree::clock_was_set, [0, 80]);
    Row::new(&SdCodeFree, Guard::Own("XOR of a message"), vec![plug])
}

/// Every frame has a check value, and all results together another.
pub(in super::super) fn true_metrix() -> Row {
    let meter = || {
        let faults = TrueMetrixFaults::default();
        SimulatedTrueMetrix::new("MR2", "000SIM01", varied(10), Box::new(meter_now), faults, None)
    };
    let plug = Plug::new("HID reports", meter, never, [68, 9]).healing(that_passes);
    Row { lacks: Lacks::Version, ..Row::new(&TrueMetrix, Guard::Own("8-bit sum of a frame"), vec![plug]) }
}
