//! The meter that is plugged in: found on the buses of this computer, by its USB id or as the only one.
//!
//! Behind a generic cable, without a driver named, it is read as what was read through that cable last, and that is
//! said. Another meter may hang on it today: then it does not answer in that language, and nothing is read.

use std::thread;
use std::time::{Duration, Instant};

use super::open_link::opening;
use crate::cli::usb_choice::UsbChoice;
use crate::cli::{CommandError, Exit};
use crate::domain::cable::RememberedCable;
use crate::domain::meter::{Attachment, AttachmentId};
use crate::domain::text::Clean;
use crate::host::bus::OpenMeter;
use crate::host::location::PortLocation;
use crate::host::real_bus::open_seen;
use crate::host::watch::identity::Identity;
use crate::host::watch::{Lister as _, Sighting, SystemLister, What};
use crate::meters::catalogue::{Catalogue, Known, UsbId};
use crate::meters::link::LinkError;

/// How long to look for a meter that is perhaps being plugged in: a script is told within two seconds that there is
/// none.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The pause between two looks: a look costs some thousandths of a second, and nobody notices to have waited for the
/// next.
const PAUSE: Duration = Duration::from_millis(100);

/// What was opened.
pub(super) struct OpenedAttachment {
    pub(super) meter: OpenMeter,
    /// The cable whose memory said which driver to take; none where it was named, or the meter has a plug of its own.
    pub(super) remembered: Option<RememberedCable>,
}

/// One attached thing, and what tells it from others of its model.
struct Candidate {
    seen: Sighting,
    identity: Identity,
    /// What was read through it last, if it is a generic cable, and that meter's driver.
    last: Option<(RememberedCable, &'static str)>,
}

/// Opens the meter that is chosen on USB, or without a choice the only meter that is plugged in. What `cables` remember
/// stands in for a `driver` that is not named.
pub(super) fn open(
    choice: Option<&UsbChoice>,
    driver: Option<&str>,
    cables: &[RememberedCable],
) -> Result<OpenedAttachment, CommandError> {
    let catalogue = Catalogue::embedded();
    let mut lister = SystemLister::new(catalogue, Vec::new());
    let end = Instant::now() + PATIENCE;
    loop {
        let attached: Vec<_> = lister.list().into_iter().map(|seen| Candidate::new(catalogue, cables, seen)).collect();
        match choose(catalogue, &attached, choice, driver) {
            Ok(chosen) => {
                let last = chosen.last.as_ref().filter(|_| driver.is_none());
                let driver = driver.or_else(|| last.map(|(_, driver)| *driver));
                let meter = open_seen(catalogue, &lister, &chosen.seen, driver)
                    .map_err(|error| refused(&chosen.name(), &error).with_detail(opening(&error)))?;
                return Ok(OpenedAttachment { meter, remembered: last.map(|(cable, _)| cable.clone()) });
            }
            Err(error) if error.exit == Exit::NoMeter && Instant::now() < end => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
}

/// The one that is meant.
fn choose<'a>(
    catalogue: &Catalogue,
    attached: &'a [Candidate],
    choice: Option<&UsbChoice>,
    driver: Option<&str>,
) -> Result<&'a Candidate, CommandError> {
    let is_meant = |candidate: &&Candidate| {
        choice.map_or_else(
            // Behind a cable, somebody must have said what it is.
            || !candidate.needs_name() || driver.is_some() || candidate.last.is_some(),
            |choice| candidate.has_id(choice.id) && choice.means(&candidate.identity),
        )
    };
    let mut meant: Vec<&Candidate> = attached.iter().filter(is_meant).collect();
    // A remembered cable may be in its socket without a meter: it does not make a meter with a plug of its own one of
    // several.
    if choice.is_none() && driver.is_none() && meant.iter().any(|candidate| !candidate.needs_name()) {
        meant.retain(|candidate| !candidate.needs_name());
    }
    match meant.as_slice() {
        [] => Err(none(attached, choice)),
        [one] if one.needs_name() && driver.is_none() && one.last.is_none() => Err(which_model(catalogue, one)),
        [one] => Ok(one),
        [_, _, ..] => Err(several(&meant)),
    }
}

impl Candidate {
    fn new(catalogue: &'static Catalogue, cables: &[RememberedCable], seen: Sighting) -> Self {
        let cable = cables.iter().find(|cable| seen.cable.as_ref() == Some(&cable.key));
        let last = cable.and_then(|cable| Some((cable.clone(), catalogue.by_slug(&cable.model)?.driver.as_str())));
        Self { identity: Identity::of(&seen.place), seen, last }
    }

    /// Whether nothing but a person knows which meter is behind it.
    fn needs_name(&self) -> bool {
        self.attachment().must_be_named()
    }

    fn name(&self) -> Clean {
        self.attachment().name
    }

    fn attachment(&self) -> Attachment {
        // The number of a plug means nothing to a command that ends soon.
        self.seen.attachment(AttachmentId(0))
    }

    fn has_id(&self, id: UsbId) -> bool {
        self.id() == Some(id)
    }

    /// Its id on USB, or that of the cable whose serial port it is behind.
    fn id(&self) -> Option<UsbId> {
        match &self.seen.place {
            PortLocation::Usb(place) => Some(place.id),
            PortLocation::Serial { .. } => self.identity.id,
        }
    }

    /// The arguments that choose it among these.
    fn arguments(&self, among: &[&Self]) -> Option<String> {
        let id = self.id()?;
        let others: Vec<Identity> = among
            .iter()
            .filter(|other| other.seen.place != self.seen.place && other.has_id(id))
            .map(|other| other.identity.clone())
            .collect();
        Some(format!("--usb {}", UsbChoice::of(id, &self.identity, &others)))
    }
}

/// One line for each, with the way to choose it.
fn list(candidates: &[&Candidate]) -> String {
    let line = |candidate: &&Candidate| {
        let choose = candidate.arguments(candidates).unwrap_or_default();
        format!("\n  {:<28}  {choose}", candidate.name().as_str())
    };
    candidates.iter().map(line).collect()
}

fn none(attached: &[Candidate], choice: Option<&UsbChoice>) -> CommandError {
    let alike: Vec<&Candidate> =
        attached.iter().filter(|candidate| choice.is_some_and(|choice| candidate.has_id(choice.id))).collect();
    let message = match choice {
        Some(choice) if !alike.is_empty() => {
            format!("no meter {choice} is attached; attached with this USB id:{}", list(&alike))
        }
        Some(choice) => format!("no meter {choice} is attached; see glucodock meters for what is"),
        None if attached.is_empty() => "no meter is attached; plug one in, or see glucodock doctor".to_owned(),
        None => "only a cable is attached; say which meter is behind it with --driver, see glucodock meters".to_owned(),
    };
    CommandError::new(Exit::NoMeter, message)
}

fn which_model(catalogue: &Catalogue, candidate: &Candidate) -> CommandError {
    let mut drivers: Vec<&str> = match candidate.seen.what {
        What::Known(Known::Cable(cable)) => catalogue.behind(cable).map(|meter| meter.driver.as_str()).collect(),
        What::Known(Known::Meter(_) | Known::Unreadable(_)) | What::NamedPort => Vec::new(),
    };
    drivers.sort_unstable();
    drivers.dedup();
    let name = candidate.name();
    CommandError::usage(format!("say which meter is behind the {name}: --driver {}", drivers.join(" or ")))
}

fn several(meant: &[&Candidate]) -> CommandError {
    CommandError::usage(format!("more than one meter is attached; say which, or unplug all but one:{}", list(meant)))
}

fn refused(name: &Clean, error: &LinkError) -> CommandError {
    match error {
        LinkError::Gone => CommandError::new(Exit::NoMeter, format!("{name} was unplugged")),
        LinkError::Denied { .. } => CommandError::new(
            Exit::Failed,
            format!("no permission to open {name}; glucodock doctor says what to install"),
        ),
        LinkError::Busy { .. } => CommandError::new(
            Exit::Failed,
            format!("{name} is in use by another program; end that program and try again"),
        ),
        LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{name} cannot be opened: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::meter::Access;
    use crate::domain::text::Private;
    use crate::host::location::UsbLocation;

    /// Something with this USB id; the last part of its way is its address as well.
    fn attached(usb: &str, address: u8, serial: Option<&str>) -> Candidate {
        remembering(usb, address, serial, &[])
    }

    fn remembering(usb: &str, address: u8, serial: Option<&str>, cables: &[RememberedCable]) -> Candidate {
        let id = usb.parse().unwrap();
        let catalogue = Catalogue::embedded();
        let known = catalogue.by_usb(id).unwrap();
        let place = match known {
            Known::Cable(_) => PortLocation::Serial { path: "/dev/ttyUSB0".into(), plug: Some(address.into()) },
            Known::Meter(_) | Known::Unreadable(_) => PortLocation::Usb(UsbLocation { bus: 1, address, id }),
        };
        let serial = serial.map(|serial| Private::new(Clean::from(serial)));
        let way = Some(Clean::new(&format!("1-{address}"), 20));
        let identity = Identity { id: Some(id), serial, way };
        let seen = Sighting { place, what: What::Known(known), access: Access::Open, cable: identity.cable_key() };
        Candidate { identity, ..Candidate::new(catalogue, cables, seen) }
    }

    /// A meter of this slug was read through the cable in socket 1 of bus 1.
    fn noted(model: &str) -> [RememberedCable; 1] {
        let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
        [RememberedCable { key: "0403:6001@1-1".parse().unwrap(), model: model.to_owned(), read_at }]
    }

    /// The way of the chosen one, or exit code and message.
    fn chosen(attached: &[Candidate], usb: Option<&str>, driver: Option<&str>) -> Result<String, (Exit, String)> {
        let choice = usb.map(|usb| usb.parse().unwrap());
        choose(Catalogue::embedded(), attached, choice.as_ref(), driver)
            .map(|candidate| candidate.identity.way.as_ref().unwrap().to_string())
            .map_err(|error| (error.exit, error.message))
    }

    #[test]
    fn two_of_one_model_are_chosen_by_number_or_by_way() {
        let two = [attached("173a:21d5", 1, Some("000-1")), attached("173a:21d5", 2, Some("000-2"))];
        assert_eq!(chosen(&two, Some("173a:21d5:000-2"), None), Ok("1-2".to_owned()));
        assert_eq!(chosen(&two, Some("173a:21d5@1-1"), None), Ok("1-1".to_owned()));
        for all in [None, Some("173a:21d5")] {
            let (exit, message) = chosen(&two, all, None).unwrap_err();
            assert_eq!(exit, Exit::Usage);
            let lines: Vec<_> = message.lines().skip(1).collect();
            assert_eq!(
                lines,
                [
                    "  Accu-Chek Guide               --usb 173a:21d5:000-1",
                    "  Accu-Chek Guide               --usb 173a:21d5:000-2",
                ]
            );
        }
    }

    #[test]
    fn without_numbers_the_way_is_offered_and_another_model_needs_only_its_id() {
        let three = [attached("173a:21d5", 1, None), attached("173a:21d5", 2, None), attached("173a:21d7", 3, None)];
        let (_, message) = chosen(&three, None, None).unwrap_err();
        let offers: Vec<_> = message.lines().skip(1).filter_map(|line| line.split("--usb ").nth(1)).collect();
        assert_eq!(offers, ["173a:21d5@1-1", "173a:21d5@1-2", "173a:21d7"]);
        // What is offered is taken.
        for (offer, way) in offers.iter().zip(["1-1", "1-2", "1-3"]) {
            assert_eq!(chosen(&three, Some(offer), None), Ok(way.to_owned()));
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let one = [attached("173a:21d5", 1, Some("000-1"))];
        let (exit, message) = chosen(&one, Some("173a:21d5:000-9"), None).unwrap_err();
        assert_eq!(exit, Exit::NoMeter);
        assert!(message.contains("173a:21d5:000-9") && message.ends_with("--usb 173a:21d5"), "{message}");
        let (exit, message) = chosen(&one, Some("173a:21d7"), None).unwrap_err();
        assert_eq!((exit, message.lines().count()), (Exit::NoMeter, 1));
        assert_eq!(chosen(&[], None, None).unwrap_err().0, Exit::NoMeter);
    }

    #[test]
    fn a_cable_needs_a_driver() {
        let cable = [attached("0403:6001", 1, None)];
        assert_eq!(chosen(&cable, None, Some("onetouch-ultra2")), Ok("1-1".to_owned()));
        assert_eq!(chosen(&cable, Some("0403:6001"), Some("onetouch-ultra2")), Ok("1-1".to_owned()));
        let (exit, message) = chosen(&cable, None, None).unwrap_err();
        assert!(exit == Exit::NoMeter && message.contains("--driver"), "{message}");
        let (exit, message) = chosen(&cable, Some("0403:6001"), None).unwrap_err();
        assert!(exit == Exit::Usage && message.contains(" or onetouch-ultra2"), "{message}");
        // Beside a meter with a plug of its own, a cable that nobody asked for is no second meter.
        let both = [attached("0403:6001", 1, None), attached("173a:21d5", 2, None)];
        assert_eq!(chosen(&both, None, None), Ok("1-2".to_owned()));
    }

    #[test]
    fn only_the_same_cable_is_remembered_and_only_as_a_meter_that_exists() {
        let driver = |address: u8, model: &str| {
            remembering("0403:6001", address, None, &noted(model)).last.map(|(_, driver)| driver)
        };
        assert_eq!(driver(1, "contour-plus"), Some("contour-serial"));
        assert_eq!(driver(1, "no-such-meter"), None);
        assert_eq!(driver(2, "contour-plus"), None);
    }

    #[test]
    fn a_remembered_cable_needs_no_driver_and_stands_in_no_meters_way() {
        let cable = |address| remembering("0403:6001", address, None, &noted("contour-plus"));
        assert_eq!(chosen(&[cable(1)], None, None), Ok("1-1".to_owned()));
        assert_eq!(chosen(&[cable(1)], Some("0403:6001"), None), Ok("1-1".to_owned()));
        // A second cable of which nothing is remembered is not meant.
        assert_eq!(chosen(&[cable(1), cable(2)], None, None), Ok("1-1".to_owned()));
        assert_eq!(chosen(&[cable(1), attached("173a:21d5", 3, None)], None, None), Ok("1-3".to_owned()));
        // With a driver named, the cable may be meant as well as the meter.
        let both = [cable(1), attached("173a:21d5", 3, None)];
        assert_eq!(chosen(&both, None, Some("contour-serial")).unwrap_err().0, Exit::Usage);
    }

    /// Whether it may be opened changes nothing of what it is: it stands in no meter's way, and must be named.
    #[test]
    fn a_cable_that_may_not_be_opened_is_a_cable() {
        for access in [Access::Denied, Access::Busy] {
            let mut cable = attached("0403:6001", 1, None);
            cable.seen.access = access;
            let (exit, message) = chosen(std::slice::from_ref(&cable), Some("0403:6001"), None).unwrap_err();
            assert!(exit == Exit::Usage && message.contains("say which meter is behind the "), "{message}");
            assert_eq!(chosen(&[cable, attached("173a:21d5", 3, None)], None, None), Ok("1-3".to_owned()));
        }
    }

    #[test]
    fn each_refusal_has_its_exit_code_and_its_remedy() {
        let name = Clean::from("Accu-Chek Guide");
        let told = |error: LinkError| {
            let CommandError { exit, message, .. } = refused(&name, &error);
            (exit, message)
        };
        let what = String::from("bus 1");
        assert_eq!(told(LinkError::Gone).0, Exit::NoMeter);
        let (exit, message) = told(LinkError::Denied { what: what.clone() });
        assert!(exit == Exit::Failed && message.contains("glucodock doctor"), "{message}");
        let (exit, message) = told(LinkError::Busy { what });
        assert!(exit == Exit::Failed && message.contains("end that program"), "{message}");
    }
}
