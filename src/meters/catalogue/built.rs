//! The catalogue that is built into the program: tables that the build makes of `assets/meters.toml`, so that a command
//! which needs one meter does not read them all.

use super::load::SENTENCE_CELLS;
use super::{Cable, Catalogue, Evidence, LinkKind, Meter, Tells, Unreadable, UsbId};
use crate::domain::meter::Family;
use crate::domain::text::{Clean, NAME_CELLS};

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

struct CableRow {
    slug: &'static str,
    name: &'static str,
    link: LinkKind,
    ids: &'static [UsbId],
}

struct MeterRow {
    slug: &'static str,
    names: &'static [&'static str],
    manufacturer: &'static str,
    family: Family,
    driver: &'static str,
    link: LinkKind,
    ids: &'static [UsbId],
    cables: &'static [&'static str],
    cable_hint: &'static str,
    instructions: &'static [&'static str],
    tells: Tells,
    memory: Option<u32>,
    sold_since: Option<i16>,
    range: (u32, u32),
    evidence: Evidence,
}

struct UnreadableRow {
    slug: &'static str,
    names: &'static [&'static str],
    manufacturer: &'static str,
    family: Family,
    ids: &'static [UsbId],
    reason: &'static str,
}

/// The catalogue from its tables.
pub(super) fn catalogue() -> Catalogue {
    Catalogue {
        meters: METERS.iter().map(meter).collect(),
        cables: CABLES.iter().map(cable).collect(),
        unreadable: UNREADABLE.iter().map(unreadable).collect(),
    }
}

fn cable(row: &CableRow) -> Cable {
    Cable { slug: row.slug.to_owned(), name: name(row.name), link: row.link, ids: row.ids.to_vec() }
}

fn meter(row: &MeterRow) -> Meter {
    Meter {
        slug: row.slug.to_owned(),
        names: row.names.iter().map(|text| name(text)).collect(),
        manufacturer: name(row.manufacturer),
        family: row.family,
        driver: row.driver.to_owned(),
        link: row.link,
        ids: row.ids.to_vec(),
        cables: row.cables.iter().map(|&slug| slug.to_owned()).collect(),
        cable_hint: sentence(row.cable_hint),
        instructions: row.instructions.iter().map(|text| sentence(text)).collect(),
        tells: row.tells,
        memory: row.memory,
        sold_since: row.sold_since,
        range: row.range,
        evidence: row.evidence,
    }
}

fn unreadable(row: &UnreadableRow) -> Unreadable {
    Unreadable {
        slug: row.slug.to_owned(),
        name: row.names.first().map(|text| name(text)).unwrap_or_default(),
        manufacturer: name(row.manufacturer),
        family: row.family,
        ids: row.ids.to_vec(),
        reason: sentence(row.reason),
    }
}

fn name(text: &str) -> Clean {
    Clean::new(text, NAME_CELLS)
}

fn sentence(text: &str) -> Clean {
    Clean::new(text, SENTENCE_CELLS)
}
