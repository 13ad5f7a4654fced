//! Accu-Chek: USB, the reports of the Mobile, the Smart Pix reader.

use glucodock::domain::glucose::Unit;
use glucodock::domain::reading::Kind;
use glucodock::meters::codec::ieee11073::nomenclature::unit::MMOL_PER_L;
use glucodock::meters::drivers::accu_chek_reports::AccuChekReports;
use glucodock::meters::drivers::accu_chek_usb::AccuChekUsb;
use glucodock::meters::drivers::smart_pix::SmartPix;
use glucodock::meters::simulator::accu_chek_reports::{ReportFaults, SimulatedMobile};
use glucodock::meters::simulator::accu_chek_usb::{AccuChekConfig, Quirks, SimulatedAccuChek};
use glucodock::meters::simulator::smart_pix::{PixFaults, SimulatedSmartPix};

use super::super::super::bench::{last, meter_now, varied};
use super::super::values;
use super::{Guard, Lacks, Plug, Row, never};

const DRIVE: &str = "none; the drive's blocks";

fn guide(quirks: Quirks) -> SimulatedAccuChek {
    let mut readings = varied(10);
    if quirks.unit_code.is_some() {
        // The quirks give numbers with decimals to blood only.
        readings.readings.iter_mut().for_each(|reading| reading.kind = Kind::Blood);
    }
    SimulatedAccuChek::new(AccuChekConfig { entries_per_event: 4, quirks, ..AccuChekConfig::guide(readings, last()) })
}

pub(in super::super) fn accu_chek_usb() -> Row {
    let plug = |name, quirks: fn() -> Quirks| {
        // The numbers of the requests to read a segment and to clear it differ in one bit.
        Plug::new(name, move || guide(quirks()), SimulatedAccuChek::erase_was_asked, [20, 40]).with_unguarded_requests()
    };
    Row {
        lacks: Lacks::Meals,
        counts_records: true,
        // The answer to the release.
        counts_every_byte_but: Some(6),
        // Attributes are as unguarded as values; what contradicts them is remarked on.
        remarks: &["clock-adjusted", "entry-unknown", "meal-unreadable", "more-than-announced"],
        ..Row::new(
            &AccuChekUsb,
            Guard::Link { by: "none; CRC of USB", values: values::accu_chek_usb },
            vec![
                plug("a message a transfer", Quirks::default),
                plug("packets of 64 bytes", || Quirks { transfer_size: Some(64), ..Quirks::default() }),
                plug("in mmol/L", || {
                    let sfloats = (0..10).map(|place| (place, 0xF000 | (30 + u16::try_from(place).unwrap() * 7)));
                    Quirks { unit_code: Some(MMOL_PER_L), sfloats: sfloats.collect(), ..Quirks::default() }
                }),
            ],
        )
    }
}

fn drive(driver: &'static dyn glucodock::meters::drivers::Driver, guard: Guard, plugs: Vec<Plug>) -> Row {
    Row {
        is_drive: true,
        most_lost: 2,
        remarks: &["older-report", "unknown-attribute"],
        ..Row::new(driver, guard, plugs)
    }
}

pub(in super::super) fn accu_chek_reports() -> Row {
    let mobile = |unit| {
        move || {
            let faults = ReportFaults::default();
            SimulatedMobile::new("U000000042", unit, varied(10), Box::new(meter_now), faults)
        }
    };
    let row = drive(
        &AccuChekReports,
        Guard::Link { by: DRIVE, values: values::accu_chek_reports },
        vec![
            Plug::new("report in mg/dL", mobile(Unit::MgPerDl), never, [20, 21]),
            Plug::new("report in mmol/L", mobile(Unit::MmolPerL), never, [20, 21]),
        ],
    );
    // It does not say how many rows it has, and nothing stands behind the last one.
    Row { may_end_behind: Some(b'\n'), ..row }
}

pub(in super::super) fn smart_pix() -> Row {
    let reader = |is_model_2, unit| {
        move || {
            let faults = PixFaults { is_model_2, ..PixFaults::default() };
            SimulatedSmartPix::new("00050042", unit, varied(10), Box::new(meter_now), faults)
        }
    };
    drive(
        &SmartPix,
        Guard::Link { by: DRIVE, values: values::smart_pix },
        vec![
            Plug::new("Smart Pix", reader(false, Unit::MgPerDl), never, [6, 34]),
            Plug::new("Smart Pix 2 in mmol/L", reader(true, Unit::MmolPerL), never, [6, 34]),
        ],
    )
}
