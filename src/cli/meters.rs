//! `glucodock meters`: what is attached now, or every meter that can be read.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::output::{print_json, print_text};
use super::store::StoreOptions;
use super::usb_choice::UsbChoice;
use super::{CommandError, Exit, Format, model_name};
use crate::domain::cable::{CableKey, RememberedCable};
use crate::domain::meter::{Access, Attachment, AttachmentId, Family};
use crate::domain::text::Clean;
use crate::host::location::PortLocation;
use crate::host::watch::identity::Identity;
use crate::host::watch::{Lister as _, Sighting, SystemLister, What};
use crate::meters::catalogue::{Catalogue, Known, Meter};

mod cables;
mod supported;

use supported::{Supported, named_text, supported_text};

/// What to list.
#[derive(Debug, Args)]
pub(super) struct MetersOptions {
    /// Only the meters that can be read and are called so: a short name, or what the label says; as
    /// --supported lists them
    #[arg(value_name = "NAME", conflicts_with_all = ["cables", "forget_cable"])]
    name: Option<String>,
    /// List every meter that can be read instead of what is attached
    #[arg(long)]
    supported: bool,
    /// List which meter was last read through which generic cable
    #[arg(long, conflicts_with = "supported")]
    cables: bool,
    /// Forget which meter was read through this cable, as --cables prints it
    #[arg(long, value_name = "KEY", conflicts_with_all = ["supported", "cables"])]
    forget_cable: Option<CableKey>,
    #[command(flatten)]
    store: StoreOptions,
}

impl MetersOptions {
    /// Whether only what is known without looking is listed.
    pub(super) const fn is_about_nothing_attached(&self) -> bool {
        self.supported || self.name.is_some()
    }
}

/// Lists and prints. Nothing attached is exit code 3.
pub(super) fn run(options: &MetersOptions, format: Format) -> Result<Exit, CommandError> {
    let catalogue = Catalogue::embedded();
    if let Some(name) = &options.name {
        return list_named(catalogue, name, format);
    }
    if options.supported {
        match format {
            Format::Json => print_json(&Supported::of(catalogue))?,
            Format::Text => print_text(&supported_text(catalogue))?,
        }
        return Ok(Exit::Done);
    }
    if options.cables {
        return cables::list(catalogue, &options.store, format);
    }
    if let Some(cable) = &options.forget_cable {
        return cables::forget(cable, &options.store, format);
    }
    let seen = SystemLister::new(catalogue, Vec::new()).list();
    let identities: Vec<Identity> = seen.iter().map(|seen| Identity::of(&seen.place)).collect();
    let remembered = options.store.remembered_cables();
    let attached: Vec<Attached> = seen
        .iter()
        .zip(&identities)
        .map(|(seen, mine)| Attached::of(catalogue, seen, mine, &identities, &remembered))
        .collect();
    if attached.is_empty() {
        let advice = "no meter is attached; plug one in, or see glucodock meters --supported for what can be read";
        return Err(CommandError::new(Exit::NoMeter, advice).with_result(json!({ "meters": [] })));
    }
    match format {
        Format::Json => print_json(&AttachedList { meters: &attached })?,
        Format::Text => print_text(&attached_text(&attached))?,
    }
    Ok(Exit::Done)
}

/// Lists the meters that are called so. Of several, all: here nothing is done with them.
fn list_named(catalogue: &'static Catalogue, name: &str, format: Format) -> Result<Exit, CommandError> {
    let all: Vec<&'static Meter> = catalogue.meters().iter().collect();
    let meant = model_name::meant(&all, name);
    if meant.is_empty() {
        // Says which there are.
        return model_name::one(name, "to read", |_| true).map(|_| Exit::Done);
    }
    match format {
        Format::Json => print_json(&Supported::only(catalogue, meant))?,
        Format::Text => print_text(&named_text(&meant))?,
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
    /// Whether its plug tells nothing of the meter, so that `read` must be told which one it is.
    must_be_named: bool,
    /// USB vendor and product, where it is on USB itself.
    usb: Option<String>,
    /// The serial number of its USB plug, and its bus and ports (`1-2.3`), where it is on USB.
    usb_serial: Option<Clean>,
    usb_way: Option<Clean>,
    /// What `read --usb` takes for this one, if another with its USB id is attached.
    choice: Option<String>,
    /// The device node of a serial port.
    port: Option<PathBuf>,
    /// The drivers that may read it: one for a meter, several behind a generic cable, none if it cannot be read.
    drivers: Vec<String>,
    /// For a generic cable, which one it is.
    cable: Option<CableKey>,
    /// The meter that was last read through it, by its slug.
    last_read: Option<String>,
    /// Why it cannot be read, where that is so.
    reason: Option<Clean>,
}

impl Attached {
    /// `all` are the identities of everything attached, this one's among them.
    fn of(
        catalogue: &Catalogue,
        seen: &Sighting,
        mine: &Identity,
        all: &[Identity],
        remembered: &[RememberedCable],
    ) -> Self {
        // The number of a plug means nothing to a command that ends at once.
        let attachment = seen.attachment(AttachmentId(0));
        let must_be_named = attachment.must_be_named();
        let Attachment { name, family, connection, access, cable, .. } = attachment;
        let (usb, port) = match &seen.place {
            PortLocation::Usb(place) => (Some(place.id.to_string()), None),
            PortLocation::Serial { path, .. } => (None, Some(path.clone())),
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
        // By the way and not by the serial number: makers have been seen to give one to every device.
        let twins: Vec<Identity> =
            all.iter().filter(|other| other.id == mine.id && other.way != mine.way).cloned().collect();
        let choice = mine.id.filter(|_| !twins.is_empty()).map(|id| UsbChoice::of(id, mine, &twins).to_string());
        let (usb_serial, usb_way) = (mine.serial.as_ref().map(|serial| serial.expose().clone()), mine.way.clone());
        let last = remembered.iter().find(|remembered| Some(&remembered.key) == cable.as_ref());
        let last_read = last.map(|last| last.model.clone());
        Self {
            name,
            family,
            connection,
            access,
            must_be_named,
            usb,
            usb_serial,
            usb_way,
            choice,
            port,
            drivers,
            cable,
            last_read,
            reason,
        }
    }

    /// Whether it can be read, in words.
    fn state(&self) -> String {
        match &self.access {
            Access::Open if self.must_be_named => {
                let last = self.last_read.as_ref().map_or_else(String::new, |model| format!("last time {model}; "));
                format!("{last}say which meter is behind it: --driver {}", self.drivers.join(" or "))
            }
            Access::Open => "ready".to_owned(),
            Access::Denied => "no permission to open it".to_owned(),
            Access::Busy => "in use by another program".to_owned(),
            Access::NotMounted => "its drive is not mounted; open it in the file manager, or mount it".to_owned(),
            Access::Unsupported => {
                format!("cannot be read: {}", self.reason.as_ref().map_or("", Clean::as_str))
            }
        }
    }
}

fn attached_text(attached: &[Attached]) -> String {
    let row = |meter: &Attached| {
        let choice = meter.choice.as_ref().map(|choice| format!("  --usb {choice}\n")).unwrap_or_default();
        format!("{:<28}  {:<20}  {}\n{choice}", meter.name, meter.connection, meter.state())
    };
    attached.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Private;
    use crate::host::location::UsbLocation;
    use crate::meters::catalogue::{LinkKind, UsbId};

    const CABLE: &str = "0403:6001:CABLE-000-1";

    fn attached(usb: &str, access: Access) -> Attached {
        attached_remembering(usb, access, &[])
    }

    fn attached_remembering(usb: &str, access: Access, remembered: &[RememberedCable]) -> Attached {
        let catalogue = Catalogue::embedded();
        let id = usb.parse().unwrap();
        let known = catalogue.by_usb(id).unwrap();
        let place = match known {
            Known::Cable(cable) if cable.link == LinkKind::Serial => {
                PortLocation::Serial { path: "/dev/ttyUSB0".into(), plug: Some(1004) }
            }
            Known::Cable(_) | Known::Meter(_) | Known::Unreadable(_) => {
                PortLocation::Usb(UsbLocation { bus: 1, address: 4, id })
            }
        };
        let cable = matches!(known, Known::Cable(_)).then(|| CABLE.parse().unwrap());
        let seen = Sighting { place, what: What::Known(known), access, cable };
        let mine = Identity::default();
        Attached::of(catalogue, &seen, &mine, std::slice::from_ref(&mine), remembered)
    }

    #[test]
    fn a_cable_says_what_was_read_through_it() {
        let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
        let noted = |key: &str| RememberedCable { key: key.parse().unwrap(), model: "contour".to_owned(), read_at };
        let known = attached_remembering("0403:6001", Access::Open, &[noted(CABLE)]);
        assert!(known.state().starts_with("last time contour; say which meter is behind it: --driver "));
        let json = serde_json::to_value(&known).unwrap();
        assert_eq!((&json["cable"], &json["last_read"]), (&CABLE.into(), &"contour".into()));
        let other = attached_remembering("0403:6001", Access::Open, &[noted("0403:6001:B7")]);
        assert_eq!(serde_json::to_value(&other).unwrap()["last_read"], serde_json::Value::Null);
    }

    #[test]
    fn each_attached_meter_says_whether_it_can_be_read() {
        let text = attached_text(&[
            attached("173a:21d5", Access::Open),
            attached("173a:21d6", Access::Denied),
            attached("0403:6001", Access::Open),
            attached("173a:21db", Access::Unsupported),
            attached("10c4:ea80", Access::Open),
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
                "Accu-Chek Guide Link          USB                   cannot be read: It sends its readings to an \
                 insulin \
              pump only. Its USB plug gives no data.",
                "HID bridge (CP2110)           USB                   say which meter is behind it: --driver taidoc",
            ]
        );
    }

    #[test]
    fn a_program_is_told_where_and_how() {
        let json = |meter: &Attached| serde_json::to_value(meter).unwrap();
        let guide = json(&attached("173a:21d5", Access::Open));
        assert_eq!((&guide["usb"], &guide["access"]), (&"173a:21d5".into(), &"open".into()));
        assert_eq!((&guide["drivers"][0], &guide["family"]), (&"accu-chek-usb".into(), &"accu-chek".into()));
        let cable = json(&attached("0403:6001", Access::Open));
        assert_eq!((&cable["port"], &cable["access"]), (&"/dev/ttyUSB0".into(), &"open".into()));
        assert!(cable["usb"].is_null());
        let named = |meter: &serde_json::Value| meter["must_be_named"].as_bool();
        assert_eq!((named(&guide), named(&cable)), (Some(false), Some(true)));
    }

    #[test]
    fn two_of_one_model_are_told_apart() {
        let catalogue = Catalogue::embedded();
        let id: UsbId = "173a:21d5".parse().unwrap();
        let identity = |serial: &str, way: &str| Identity {
            id: Some(id),
            serial: Some(Private::new(Clean::from(serial))),
            way: Some(Clean::from(way)),
        };
        let seen = Sighting {
            place: PortLocation::Usb(UsbLocation { bus: 1, address: 4, id }),
            what: What::Known(catalogue.by_usb(id).unwrap()),
            access: Access::Open,
            cable: None,
        };
        let all = [identity("000-1", "1-1"), identity("000-2", "1-2.4")];
        let two: Vec<_> = all.iter().map(|mine| Attached::of(catalogue, &seen, mine, &all, &[])).collect();
        let text = attached_text(&two);
        assert!(text.contains("ready\n  --usb 173a:21d5:000-1\n"), "{text}");
        assert!(text.ends_with("ready\n  --usb 173a:21d5:000-2\n"), "{text}");
        let json = serde_json::to_value(&two[1]).unwrap();
        assert_eq!((&json["usb_serial"], &json["usb_way"]), (&"000-2".into(), &"1-2.4".into()));
        let one = Attached::of(catalogue, &seen, &all[0], &all[..1], &[]);
        assert_eq!(one.choice, None);
    }
}
