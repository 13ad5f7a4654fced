//! The decoders under `meters/codec`: any bytes are taken without a panic; what was decoded and is encoded again is
//! decoded to the same; what a stream of messages holds does not depend on how its bytes arrive.

mod abbott;
mod framed;
mod ieee11073;
mod lifescan;
mod text;

use std::collections::BTreeSet;

use super::driver;
use super::played::Event;
use crate::meters::drivers;

/// One decoder: its module, what is done with the bytes, the drivers that use it, and how to get from a transfer of
/// such a meter to the messages within.
pub(crate) struct Codec {
    name: &'static str,
    run: fn(&[u8]),
    drivers: &'static [&'static str],
    open: fn(&[u8]) -> Vec<Vec<u8>>,
}

/// Every codec; the part of the name behind `codec-` is its module.
pub(super) const ALL: &[Codec] = &[
    Codec { name: "codec-agm-4000", run: framed::agm_4000, drivers: &["agm-4000"], open: framed::open_agm_4000 },
    Codec { name: "codec-astm", run: text::astm, drivers: &["contour-serial"], open: text::open_astm },
    Codec { name: "codec-contour-report", run: framed::contour_report, drivers: &["contour-hid"], open: as_it_is },
    Codec { name: "codec-cp2110", run: framed::cp2110, drivers: &["taidoc"], open: as_it_is },
    Codec {
        name: "codec-freestyle-hid",
        run: abbott::hid,
        drivers: &["freestyle-insulinx", "freestyle-libre", "freestyle-neo"],
        open: abbott::open_hid,
    },
    Codec {
        name: "codec-freestyle-serial",
        run: abbott::serial,
        drivers: &["freestyle-lite", "freestyle-optium"],
        open: text::lines,
    },
    Codec {
        name: "codec-glucocard-expression",
        run: framed::glucocard_expression,
        drivers: &["glucocard-expression"],
        open: as_it_is,
    },
    Codec { name: "codec-glucomen-areo", run: text::glucomen_areo, drivers: &["glucomen-areo"], open: text::lines },
    Codec { name: "codec-ieee11073", run: ieee11073::run, drivers: &["accu-chek-usb"], open: ieee11073::open },
    Codec { name: "codec-isens", run: framed::isens, drivers: &["caresens"], open: as_it_is },
    Codec {
        name: "codec-lifescan-ascii",
        run: lifescan::ascii,
        drivers: &["onetouch-ultra2"],
        open: lifescan::open_ascii,
    },
    Codec {
        name: "codec-lifescan-frame",
        run: lifescan::frame,
        drivers: &["onetouch-ultra-easy", "onetouch-verio", "onetouch-verio-iq"],
        open: lifescan::open_frame,
    },
    Codec { name: "codec-phdc", run: framed::phdc, drivers: &["accu-chek-usb"], open: as_it_is },
    Codec { name: "codec-relion-prime", run: text::relion_prime, drivers: &["relion-prime"], open: text::open_relion },
    Codec { name: "codec-reports", run: text::reports, drivers: &["accu-chek-reports", "smart-pix"], open: as_it_is },
    Codec {
        name: "codec-sd-codefree",
        run: framed::sd_codefree,
        drivers: &["sd-codefree"],
        open: framed::open_sd_codefree,
    },
    Codec { name: "codec-taidoc", run: framed::taidoc, drivers: &["taidoc"], open: as_it_is },
    Codec {
        name: "codec-true-metrix",
        run: text::true_metrix,
        drivers: &["true-metrix"],
        open: text::open_true_metrix,
    },
];

/// The longest transfer that is a seed: more of the same teaches a fuzzer nothing.
const LONGEST_SEED: usize = 4096;

impl Codec {
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn run(&self, bytes: &[u8]) {
        (self.run)(bytes);
    }

    /// What the simulated meters send, and the messages within, each once.
    pub(super) fn seeds(&self) -> Vec<Vec<u8>> {
        let mut seeds = BTreeSet::new();
        for driver in self.drivers.iter().filter_map(|name| drivers::by_name(name)) {
            for (input, _) in driver::conversations(driver) {
                for event in input.events {
                    let Event::Transfer(bytes) = event else { continue };
                    seeds.extend((self.open)(&bytes));
                    seeds.insert(bytes);
                }
            }
        }
        seeds.into_iter().filter(|seed| seed.len() <= LONGEST_SEED).collect()
    }
}

fn as_it_is(_: &[u8]) -> Vec<Vec<u8>> {
    Vec::new()
}
