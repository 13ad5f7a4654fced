//! `glucodock meters --supported`: every meter that can be read, the cables it may be behind, and what cannot be read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::domain::meter::Family;
use crate::domain::text::Clean;
use crate::meters::catalogue::{Catalogue, Meter};

/// How much is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Totals {
    /// Languages.
    drivers: usize,
    /// Entries of the catalogue.
    meters: usize,
    /// Names under which those are sold.
    names: usize,
    /// USB ids by which they show themselves, their own and those of cables, each once.
    usb_ids: usize,
    /// USB ids of what is recognised and cannot be read.
    unreadable_usb_ids: usize,
}

impl Totals {
    fn of(catalogue: &Catalogue) -> Self {
        let drivers: BTreeSet<&str> = catalogue.meters().iter().map(|meter| meter.driver.as_str()).collect();
        Self {
            drivers: drivers.len(),
            meters: catalogue.meters().len(),
            names: catalogue.meters().iter().map(|meter| meter.names().len()).sum(),
            usb_ids: catalogue.readable_ids().len(),
            unreadable_usb_ids: catalogue.unreadable().iter().map(|meter| meter.ids.len()).sum(),
        }
    }

    fn sentence(self) -> String {
        let Self { drivers, meters, names, usb_ids, unreadable_usb_ids } = self;
        format!(
            "{drivers} drivers read {meters} meters sold under {names} names, by {usb_ids} USB ids;\n\
             {unreadable_usb_ids} more USB ids are known and cannot be read.\n"
        )
    }
}

/// Everything that is known, as JSON.
#[derive(Serialize)]
pub(super) struct Supported<'a> {
    totals: Totals,
    meters: Vec<SupportedMeter<'a>>,
    cables: Vec<GenericCable<'a>>,
    unreadable: Vec<UnreadableMeter<'a>>,
}

#[derive(Serialize)]
struct SupportedMeter<'a> {
    slug: &'a str,
    names: &'a [Clean],
    manufacturer: &'a Clean,
    family: Family,
    driver: &'a str,
    link: &'static str,
    usb: Vec<String>,
    /// Whether the USB ids are those of cables that say nothing of the meter.
    generic_cable: bool,
    /// Those cables.
    cables: &'a [String],
    memory: Option<u32>,
    range_mg_dl: (u32, u32),
    tells: Vec<&'static str>,
    evidence: &'static str,
}

#[derive(Serialize)]
struct GenericCable<'a> {
    slug: &'a str,
    name: &'a Clean,
    link: &'static str,
    usb: Vec<String>,
}

#[derive(Serialize)]
struct UnreadableMeter<'a> {
    slug: &'a str,
    name: &'a Clean,
    usb: Vec<String>,
    reason: &'a Clean,
}

impl<'a> Supported<'a> {
    pub(super) fn of(catalogue: &'a Catalogue) -> Self {
        Self::only(catalogue, catalogue.meters())
    }

    /// The same with only these of the meters.
    pub(super) fn only(catalogue: &'a Catalogue, meters: impl IntoIterator<Item = &'a Meter>) -> Self {
        let meters = meters.into_iter().map(|meter| SupportedMeter {
            slug: &meter.slug,
            names: meter.names(),
            manufacturer: &meter.manufacturer,
            family: meter.family,
            driver: &meter.driver,
            link: meter.link.name(),
            usb: catalogue.ids_of(meter).map(|id| id.to_string()).collect(),
            generic_cable: !meter.cables.is_empty(),
            cables: &meter.cables,
            memory: meter.memory,
            range_mg_dl: meter.range,
            tells: tells(meter),
            evidence: meter.evidence.name(),
        });
        let cables = catalogue.cables().iter().map(|cable| GenericCable {
            slug: &cable.slug,
            name: &cable.name,
            link: cable.link.name(),
            usb: cable.ids.iter().map(ToString::to_string).collect(),
        });
        let unreadable = catalogue.unreadable().iter().map(|meter| UnreadableMeter {
            slug: &meter.slug,
            name: &meter.name,
            usb: meter.ids.iter().map(ToString::to_string).collect(),
            reason: &meter.reason,
        });
        Self {
            totals: Totals::of(catalogue),
            meters: meters.collect(),
            cables: cables.collect(),
            unreadable: unreadable.collect(),
        }
    }
}

fn tells(meter: &Meter) -> Vec<&'static str> {
    let abilities = [
        (meter.tells.clock, "clock"),
        (meter.tells.unit, "unit"),
        (meter.tells.meal, "meal"),
        (meter.tells.control, "control"),
    ];
    abilities.into_iter().filter(|(is_told, _)| *is_told).map(|(_, word)| word).collect()
}

/// A table of 80 columns at most; a meter of several names or ids takes several rows. A meter behind a cable has the
/// cable's short name where its id would be; what ids that is stands in a table of its own.
fn table<'a>(meters: impl IntoIterator<Item = &'a Meter>) -> String {
    let mut text = format!("{:<27}  {:<9} {:<8} {:<20} {}\n", "METER", "USB ID", "LINK", "DRIVER", "EVIDENCE");
    for meter in meters {
        let own = meter.ids.iter().map(ToString::to_string);
        let found_by: Vec<String> = own.chain(meter.cables.iter().cloned()).collect();
        // Neither list is cut to the other: a name or an id that is left out is not found here.
        for row in 0..found_by.len().max(meter.names().len()) {
            let name = meter.names().get(row).map_or("", Clean::as_str);
            let id = found_by.get(row).map_or("", String::as_str);
            let (link, driver, evidence) =
                if row == 0 { (meter.link.name(), meter.driver.as_str(), meter.evidence.name()) } else { ("", "", "") };
            let columns = format!("{name:<27}  {id:<9} {link:<8} {driver:<20} {evidence}");
            text.push_str(columns.trim_end());
            text.push('\n');
        }
    }
    text
}

/// These meters, each with its short name and how it is connected.
pub(super) fn named_text(meters: &[&Meter]) -> String {
    let mut text = table(meters.iter().copied());
    for meter in meters {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\n{}: {}", meter.slug, meter.name());
        let _ = writeln!(text, "{}", meter.cable_hint);
        for (place, step) in meter.instructions.iter().enumerate() {
            let _ = writeln!(text, "{}. {step}", place + 1);
        }
    }
    text
}

/// Everything that is known.
pub(super) fn supported_text(catalogue: &Catalogue) -> String {
    let mut text = table(catalogue.meters());
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "\nsimulate, read --model and meters take any of these names; the plug of a script, the short one."
    );
    let _ = writeln!(text, "{:<32}  METER", "SHORT NAME");
    for meter in catalogue.meters() {
        let _ = writeln!(text, "{:<32}  {}", meter.slug, meter.name());
    }
    let _ = writeln!(text, "\nWhich meter is behind one of these must be said.");
    let _ = writeln!(text, "{:<35}  {:<9} USB IDS", "CABLE OR CHIP", "NAME");
    for cable in catalogue.cables() {
        // Three of them end within 80 columns.
        for (row, ids) in cable.ids.chunks(3).enumerate() {
            let (name, slug) = if row == 0 { (cable.name.as_str(), cable.slug.as_str()) } else { ("", "") };
            let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "{name:<35}  {slug:<9} {ids}");
        }
    }
    for meter in catalogue.unreadable() {
        let ids = meter.ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        for part in ["\n", meter.name.as_str(), " (", &ids, ") cannot be read.\n", meter.reason.as_str(), "\n"] {
            text.push_str(part);
        }
    }
    text.push('\n');
    text.push_str(&Totals::of(catalogue).sentence());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_all_meters_fits_a_small_screen() {
        let catalogue = Catalogue::embedded();
        let text = supported_text(catalogue);
        let wide: Vec<_> = text.lines().filter(|line| line.len() > 80 && !line.ends_with('.')).collect();
        assert!(wide.is_empty(), "{wide:?}");
        assert_eq!(text.lines().filter(|line| line.contains("accu-chek-usb")).count(), 6);
        assert!(text.contains("Accu-Chek Performa Connect\n"));
        assert!(text.contains("OneTouch Ultra 2             ftdi      serial   onetouch-ultra2      captured\n"));
        assert!(text.contains("                             pl2303\n"), "{text}");
        assert!(
            text.contains("USB serial cable (Prolific)          pl2303    067b:2303 067b:2304 067b:23a3\n"),
            "{text}"
        );
        assert!(text.contains("Accu-Chek Guide Link (173a:21db) cannot be read."));
    }

    /// What `simulate` takes is in the text, each on a line of its own.
    #[test]
    fn every_short_name_of_a_meter_is_listed() {
        let catalogue = Catalogue::embedded();
        let text = supported_text(catalogue);
        for meter in catalogue.meters() {
            let row = format!("{:<32}  {}", meter.slug, meter.name());
            assert_eq!(text.lines().filter(|line| *line == row).count(), 1, "{row}");
        }
    }

    /// Every slug that stands in the column of the ids fits it.
    #[test]
    fn the_short_names_of_cables_are_short() {
        let catalogue = Catalogue::embedded();
        assert!(catalogue.cables().iter().all(|cable| cable.slug.len() <= 9));
    }

    /// The ids that the text shows are those that are counted.
    #[test]
    fn the_totals_are_those_of_the_table() {
        let catalogue = Catalogue::embedded();
        let text = supported_text(catalogue);
        let is_id = |word: &&str| word.parse::<crate::meters::catalogue::UsbId>().is_ok();
        let words = text.split([' ', '\n', '(', ')']).filter(is_id).collect::<BTreeSet<_>>();
        let totals = Totals::of(catalogue);
        assert_eq!(words.len(), totals.usb_ids + totals.unreadable_usb_ids);
        assert_eq!(totals.drivers, crate::meters::drivers::ALL.len());
        assert!(totals.usb_ids > 60, "{totals:?}");
        assert!(text.ends_with(&totals.sentence()));
    }

    #[test]
    fn a_program_is_told_every_meter() {
        let all = serde_json::to_value(Supported::of(Catalogue::embedded())).unwrap();
        let ultra = all["meters"].as_array().unwrap().iter().find(|meter| meter["slug"] == "onetouch-ultra2").unwrap();
        assert_eq!(ultra["usb"].as_array().unwrap().len(), 23);
        assert_eq!(ultra["cables"], serde_json::json!(["ftdi", "pl2303", "ch340", "cp210x"]));
        assert_eq!((&ultra["generic_cable"], &ultra["memory"]), (&true.into(), &500.into()));
        assert_eq!(ultra["range_mg_dl"], serde_json::json!([20, 600]));
        assert!(all["unreadable"].as_array().unwrap().iter().any(|meter| meter["slug"] == "accu-chek-guide-link"));
        let bridge = all["cables"].as_array().unwrap().iter().find(|cable| cable["slug"] == "cp2110").unwrap();
        assert_eq!((&bridge["link"], &bridge["usb"][0]), (&"usb-hid".into(), &"10c4:ea80".into()));
        assert_eq!(all["totals"]["meters"], all["meters"].as_array().unwrap().len());
    }
}
