//! `glucodock meters`: what is attached now, or every meter that can be read.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::output::{print_json, print_text};
use super::{CommandError, Exit, Format};
use crate::domain::meter::{Access, Attachment, AttachmentId, Family};
use crate::domain::text::Clean;
use crate::host::watch::{Lister as _, Place, Seen, SystemLister, What};
use crate::meters::catalogue::{Catalogue, Known, Meter};

/// What to list.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// List every meter that can be read instead of what is attached
    #[arg(long)]
    supported: bool,
}

/// Lists and prints. Nothing attached is exit code 3.
pub(super) fn run(options: &Options, format: Format) -> Result<Exit, CommandError> {
    let catalogue =
        Catalogue::embedded().map_err(|error| CommandError::new(Exit::Failed, format!("the catalogue: {error}")))?;
    if options.supported {
        match format {
            Format::Json => print_json(&Supported::of(catalogue))?,
            Format::Text => print_text(&supported_text(catalogue))?,
        }
        return Ok(Exit::Done);
    }
    let seen = SystemLister::new(catalogue, Vec::new()).list();
    let attached: Vec<Attached> = seen.iter().map(|seen| Attached::of(catalogue, seen)).collect();
    match format {
        Format::Json => print_json(&AttachedList { meters: &attached })?,
        Format::Text => print_text(&attached_text(&attached))?,
    }
    if attached.is_empty() {
        let advice = "no meter is attached; plug one in, or see glucodock meters --supported for what can be read";
        return Err(CommandError::new(Exit::NoMeter, advice));
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct AttachedList<'a> {
    meters: &'a [Attached],
}

/// One attached thing.
#[derive(Serialize)]
struct Attached {
    name: Clean,
    family: Family,
    connection: Clean,
    access: Access,
    /// USB vendor and product, where it is on USB itself.
    usb: Option<String>,
    /// The device node of a serial port.
    port: Option<PathBuf>,
    /// The drivers that may read it: one for a meter, several behind a generic cable, none if it cannot be read.
    drivers: Vec<String>,
    /// Why it cannot be read, where that is so.
    reason: Option<Clean>,
}

impl Attached {
    fn of(catalogue: &Catalogue, seen: &Seen) -> Self {
        // The number of a plug means nothing to a command that ends at once.
        let Attachment { name, family, connection, access, .. } = seen.attachment(AttachmentId(0));
        let (usb, port) = match &seen.place {
            Place::Usb(place) => (Some(place.id.to_string()), None),
            Place::Serial { path, .. } => (None, Some(path.clone())),
        };
        let (drivers, reason) = match seen.what {
            What::Known(Known::Meter(meter)) => (vec![meter.driver.clone()], None),
            What::Known(Known::Cable(cable)) => {
                let mut drivers: Vec<String> = catalogue.behind(cable).map(|meter| meter.driver.clone()).collect();
                drivers.sort_unstable();
                drivers.dedup();
                (drivers, None)
            }
            What::Known(Known::Unreadable(meter)) => (Vec::new(), Some(meter.reason.clone())),
            What::NamedPort => (Vec::new(), None),
        };
        Self { name, family, connection, access, usb, port, drivers, reason }
    }

    /// Whether it can be read, in words.
    fn state(&self) -> String {
        match &self.access {
            Access::Open => "ready".to_owned(),
            Access::Denied => "no permission to open it".to_owned(),
            Access::Busy => "in use by another program".to_owned(),
            Access::AskModel => format!("say which meter is behind it: --driver {}", self.drivers.join(" or ")),
            Access::NotMounted => "its drive is not mounted; open it in the file manager, or mount it".to_owned(),
            Access::Unsupported => {
                format!("cannot be read: {}", self.reason.as_ref().map_or("", Clean::as_str))
            }
        }
    }
}

fn attached_text(attached: &[Attached]) -> String {
    let row = |meter: &Attached| format!("{:<28}  {:<20}  {}\n", meter.name, meter.connection, meter.state());
    attached.iter().map(row).collect()
}

/// Everything that is known, as JSON.
#[derive(Serialize)]
struct Supported<'a> {
    meters: Vec<SupportedMeter<'a>>,
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
    memory: Option<u32>,
    range_mg_dl: (u32, u32),
    tells: Vec<&'static str>,
    evidence: &'static str,
}

#[derive(Serialize)]
struct UnreadableMeter<'a> {
    slug: &'a str,
    name: &'a Clean,
    usb: Vec<String>,
    reason: &'a Clean,
}

impl<'a> Supported<'a> {
    fn of(catalogue: &'a Catalogue) -> Self {
        let meters = catalogue.meters().iter().map(|meter| SupportedMeter {
            slug: &meter.slug,
            names: meter.names(),
            manufacturer: &meter.manufacturer,
            family: meter.family,
            driver: &meter.driver,
            link: meter.link.name(),
            usb: catalogue.ids_of(meter).map(|id| id.to_string()).collect(),
            generic_cable: !meter.cables.is_empty(),
            memory: meter.memory,
            range_mg_dl: meter.range,
            tells: tells(meter),
            evidence: meter.evidence.name(),
        });
        let unreadable = catalogue.unreadable().iter().map(|meter| UnreadableMeter {
            slug: &meter.slug,
            name: &meter.name,
            usb: meter.ids.iter().map(ToString::to_string).collect(),
            reason: &meter.reason,
        });
        Self { meters: meters.collect(), unreadable: unreadable.collect() }
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

/// A table of 80 columns at most; a meter of several names or ids takes several rows.
fn supported_text(catalogue: &Catalogue) -> String {
    let mut text = format!("{:<27}  {:<9} {:<8} {:<20} {}\n", "METER", "USB ID", "LINK", "DRIVER", "EVIDENCE");
    for meter in catalogue.meters() {
        let ids: Vec<String> = catalogue.ids_of(meter).map(|id| id.to_string()).collect();
        for row in 0..ids.len().max(meter.names().len()) {
            let name = meter.names().get(row).map_or("", Clean::as_str);
            let id = ids.get(row).map_or("", String::as_str);
            let (link, driver, evidence) =
                if row == 0 { (meter.link.name(), meter.driver.as_str(), meter.evidence.name()) } else { ("", "", "") };
            let columns = format!("{name:<27}  {id:<9} {link:<8} {driver:<20} {evidence}");
            text.push_str(columns.trim_end());
            text.push('\n');
        }
    }
    for meter in catalogue.unreadable() {
        let ids = meter.ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        for part in ["\n", meter.name.as_str(), " (", &ids, ") cannot be read.\n", meter.reason.as_str(), "\n"] {
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::watch::UsbPlace;

    fn attached(usb: &str, access: Access) -> Attached {
        let catalogue = Catalogue::embedded().unwrap();
        let id = usb.parse().unwrap();
        let known = catalogue.by_usb(id).unwrap();
        let place = match known {
            Known::Cable(_) => Place::Serial { path: "/dev/ttyUSB0".into(), plug: Some(1004) },
            Known::Meter(_) | Known::Unreadable(_) => Place::Usb(UsbPlace { bus: 1, address: 4, id }),
        };
        Attached::of(catalogue, &Seen { place, what: What::Known(known), access })
    }

    #[test]
    fn each_attached_meter_says_whether_it_can_be_read() {
        let text = attached_text(&[
            attached("173a:21d5", Access::Open),
            attached("173a:21d6", Access::Denied),
            attached("0403:6001", Access::AskModel),
            attached("173a:21db", Access::Unsupported),
        ]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[..2],
            [
                "Accu-Chek Guide               USB                   ready",
                "Accu-Chek Guide Me            USB                   no permission to open it",
            ]
        );
        // Every driver whose meters may be behind the cable is named.
        let cable = "USB serial cable (FTDI)       serial port ttyUSB0   say which meter is behind it: --driver ";
        let drivers: Vec<_> = lines[2].strip_prefix(cable).unwrap().split(" or ").collect();
        assert!(drivers.contains(&"onetouch-ultra2") && drivers.contains(&"onetouch-ultra-easy"), "{drivers:?}");
        assert_eq!(
            lines[3..],
            [
                "Accu-Chek Guide Link          USB                   cannot be read: It sends its readings to an insulin \
              pump only. Its USB plug gives no data."
            ]
        );
    }

    #[test]
    fn a_program_is_told_where_and_how() {
        let json = |meter: &Attached| serde_json::to_value(meter).unwrap();
        let guide = json(&attached("173a:21d5", Access::Open));
        assert_eq!((&guide["usb"], &guide["access"]), (&"173a:21d5".into(), &"open".into()));
        assert_eq!((&guide["drivers"][0], &guide["family"]), (&"accu-chek-usb".into(), &"accu-chek".into()));
        let cable = json(&attached("0403:6001", Access::AskModel));
        assert_eq!((&cable["port"], &cable["access"]), (&"/dev/ttyUSB0".into(), &"ask-model".into()));
        assert!(cable["usb"].is_null());
    }

    #[test]
    fn the_table_of_all_meters_fits_a_small_screen() {
        let catalogue = Catalogue::embedded().unwrap();
        let text = supported_text(catalogue);
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("accu-chek-usb")).count(), 5);
        assert!(text.contains("Accu-Chek Performa Connect\n"));
        assert!(text.contains("                             067b:2303\n"), "{text}");
        assert!(text.contains("Accu-Chek Guide Link (173a:21db) cannot be read."));
    }

    #[test]
    fn a_program_is_told_every_meter() {
        let all = serde_json::to_value(Supported::of(Catalogue::embedded().unwrap())).unwrap();
        let ultra = all["meters"].as_array().unwrap().iter().find(|meter| meter["slug"] == "onetouch-ultra2").unwrap();
        assert_eq!(ultra["usb"].as_array().unwrap().len(), 5);
        assert_eq!((&ultra["generic_cable"], &ultra["memory"]), (&true.into(), &500.into()));
        assert_eq!(ultra["range_mg_dl"], serde_json::json!([20, 600]));
        assert_eq!(all["unreadable"][0]["slug"], "accu-chek-guide-link");
    }
}
