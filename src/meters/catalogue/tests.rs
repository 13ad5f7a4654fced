use rstest::rstest;

use super::*;

/// The one source.
const FILE: &str = include_str!("../../../assets/meters.toml");

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded()
}

/// The file is sound, and the tables that the build made of it say the same.
#[test]
fn what_is_built_in_is_the_file() {
    let file = Catalogue::parse("assets/meters.toml", FILE);
    let file = file.unwrap_or_else(|error| panic!("{error}"));
    for (built, read) in catalogue().meters().iter().zip(file.meters()) {
        assert_eq!(built, read);
    }
    assert_eq!(catalogue(), &file);
}

/// The ids of the specification of the Accu-Chek USB meters, section 1, and of the cables of OneTouch, section 2.1.
#[rstest]
#[case("173a:21cc", "accu-chek-active")]
#[case("173a:21cf", "accu-chek-aviva-connect")]
#[case("173a:21d5", "accu-chek-guide")]
#[case("173A:21D6", "accu-chek-guide-me")]
#[case("173a:21d7", "accu-chek-instant")]
#[case("173a:21d8", "relion-platinum")]
fn an_id_of_its_own_names_the_meter(#[case] id: UsbId, #[case] slug: &str) {
    let Some(Known::Meter(meter)) = catalogue().by_usb(id) else { panic!("{id} is no meter") };
    assert_eq!(meter.slug, slug);
    assert_eq!((meter.driver.as_str(), meter.link), ("accu-chek-usb", LinkKind::UsbBulk));
    assert_eq!((meter.family, meter.range), (Family::AccuChek, (10, 600)));
}

#[rstest]
#[case("0403:6001", "ftdi")]
#[case("0403:6015", "ftdi")]
#[case("067b:2303", "pl2303")]
#[case("1a86:7523", "ch340")]
#[case("067b:2304", "pl2303")]
#[case("067b:23d3", "pl2303")]
#[case("0403:6014", "ftdi")]
#[case("1a86:55d4", "ch340")]
#[case("10c4:ea60", "cp210x")]
#[case("10c4:ea70", "cp210x")]
fn a_generic_cable_is_no_meter_but_may_carry_one(#[case] id: UsbId, #[case] slug: &str) {
    let Some(Known::Cable(cable)) = catalogue().by_usb(id) else { panic!("{id} is no cable") };
    assert_eq!(cable.slug, slug);
    let behind: Vec<_> = catalogue().behind(cable).map(|meter| meter.slug.as_str()).collect();
    assert!(behind.contains(&"onetouch-ultra2"), "{behind:?}");
}

/// The ids of the specification of the OneTouch meters, sections 4 and 5.1.
#[rstest]
#[case("10c4:85a7", "onetouch-verio-iq", LinkKind::Serial)]
#[case("2766:0000", "onetouch-verio", LinkKind::Scsi)]
#[case("2766:0004", "onetouch-verio-flex", LinkKind::Scsi)]
#[case("2766:000c", "onetouch-verio-reflect", LinkKind::Scsi)]
#[case("2766:000e", "onetouch-ultra-plus-flex", LinkKind::Scsi)]
#[case("2766:1000", "onetouch-select-plus", LinkKind::Scsi)]
#[case("2766:1004", "onetouch-select-plus-flex", LinkKind::Scsi)]
fn a_onetouch_with_an_id_of_its_own_is_known(#[case] id: UsbId, #[case] slug: &str, #[case] link: LinkKind) {
    let Some(Known::Meter(meter)) = catalogue().by_usb(id) else { panic!("{id} is no meter") };
    assert_eq!((meter.slug.as_str(), meter.link, meter.family), (slug, link, Family::Other));
    assert_eq!((meter.range, meter.cables.len()), ((20, 600), 0));
}

/// Chips that many makers put into other things under the id with which they leave the factory: a CP2110 is in
/// multimeters and Braille displays, the HID demonstration of Microchip in a power strip that switches its sockets.
#[rstest]
#[case("10c4:ea80", "cp2110", "taidoc", "glucorx-nexus")]
#[case("04d8:003f", "microchip", "agm-4000", "agm-4000")]
fn a_generic_hid_chip_is_no_meter_until_somebody_says_which(
    #[case] id: UsbId,
    #[case] slug: &str,
    #[case] driver: &str,
    #[case] meter: &str,
) {
    let Some(Known::Cable(chip)) = catalogue().by_usb(id) else { panic!("{id} is taken for a meter") };
    assert_eq!((chip.slug.as_str(), chip.link), (slug, LinkKind::UsbHid));
    assert_eq!(catalogue().read_behind(chip, driver).map(|meter| meter.slug.as_str()), Some(meter));
    assert_eq!(catalogue().read_behind(chip, "onetouch-ultra2"), None, "a serial meter is not behind a HID chip");
}

/// Vendors that sell chips. A product id of theirs is a meter's own only where the vendor gave it to the meter's maker:
/// 10c4:85a7 and 10c4:8a32 (Silicon Labs), 0483:a18b (ST).
#[test]
fn a_chip_of_everybodys_is_never_read_unasked() {
    let given = ["10c4:85a7", "10c4:8a32", "0483:a18b"].map(|id| id.parse::<UsbId>().unwrap());
    let chip_makers = [0x0403, 0x0451, 0x0483, 0x04d8, 0x067b, 0x10c4, 0x1a86, 0x2c81];
    for meter in catalogue().meters() {
        for id in meter.ids.iter().filter(|id| chip_makers.contains(&id.vendor)) {
            assert!(given.contains(id), "{}: {id} is the id of a chip", meter.slug);
        }
    }
}

#[test]
fn another_adapter_may_be_between_a_meter_and_its_computer() {
    let cable = |slug: &str| catalogue().cables().iter().find(|cable| cable.slug == slug).unwrap();
    let behind =
        |slug: &str, driver: &str| catalogue().read_behind(cable(slug), driver).map(|meter| meter.slug.as_str());
    assert_eq!(behind("ftdi", "taidoc"), Some("taidoc-serial"));
    assert_eq!(behind("ch340", "contour-serial"), Some("contour"));
    assert_eq!(behind("indie", "glucomen-areo"), Some("glucomen-areo-gk"));
    assert_eq!(behind("cp210x", "glucomen-areo"), Some("glucomen-areo"));
    assert_eq!(behind("ftdi", "contour-hid"), None);
    assert_eq!(behind("ftdi", "onetouch-verio-iq"), None, "it has a plug of its own");
}

#[test]
fn a_meter_that_cannot_be_read_says_why() {
    let id = UsbId { vendor: 0x173a, product: 0x21db };
    let Some(Known::Unreadable(meter)) = catalogue().by_usb(id) else { panic!("not listed") };
    assert_eq!(meter.name.as_str(), "Accu-Chek Guide Link");
    assert!(meter.reason.as_str().contains("no data"));
    assert!(catalogue().by_slug("accu-chek-guide-link").is_none());
}

#[test]
fn every_meter_has_its_driver() {
    for meter in catalogue().meters() {
        assert!(crate::meters::drivers::by_name(&meter.driver).is_some(), "{}: no driver {}", meter.slug, meter.driver);
    }
}

#[test]
fn every_driver_has_its_meters() {
    for driver in crate::meters::drivers::ALL {
        assert!(catalogue().by_driver(driver.name()).next().is_some(), "{} reads nothing", driver.name());
    }
}

#[test]
fn an_unknown_id_is_nothing() {
    assert_eq!(catalogue().by_usb(UsbId { vendor: 0x173a, product: 0x2107 }), None);
    assert_eq!(catalogue().by_usb(UsbId { vendor: 0x1d6b, product: 0x0002 }), None);
}

/// Others list it for a device of Roche, and nobody says which: it is named and not read.
#[test]
fn a_device_of_roche_that_nobody_names_is_not_read() {
    let known = catalogue().by_usb(UsbId { vendor: 0x173a, product: 0x2106 });
    assert!(matches!(known, Some(Known::Unreadable(device)) if device.slug == "roche-unknown"), "{known:?}");
}

/// Bayer's serial converters have the product numbers of FTDI's chips.
#[test]
fn every_converter_of_bayer_is_the_cable_of_a_contour() {
    for product in [0x6001, 0x6010, 0x6011, 0x6014, 0x6015] {
        let known = catalogue().by_usb(UsbId { vendor: 0x1a79, product });
        assert!(matches!(known, Some(Known::Cable(cable)) if cable.slug == "bayer"), "{product:x}: {known:?}");
    }
}

#[test]
fn the_two_choices_of_the_upload_step_share_out_all_meters() {
    let accu_chek = catalogue().by_family(Family::AccuChek).count();
    let other: Vec<_> = catalogue().by_family(Family::Other).map(Meter::name).collect();
    assert_eq!(accu_chek + other.len(), catalogue().meters().len());
    assert!(other.contains(&Clean::from("OneTouch Ultra 2")));
}

#[test]
fn a_meter_is_found_by_slug_and_by_driver() {
    let ultra = catalogue().by_slug("onetouch-ultra2").unwrap();
    assert_eq!((ultra.memory, ultra.range, ultra.link), (Some(500), (20, 600), LinkKind::Serial));
    let older = catalogue().by_slug("onetouch-ultra").unwrap();
    assert_eq!(catalogue().by_driver("onetouch-ultra2").collect::<Vec<_>>(), [ultra, older]);
    assert_eq!(catalogue().by_driver("accu-chek-usb").count(), 6);
    assert_eq!(catalogue().ids_of(ultra).count(), 23);
}

#[rstest]
#[case("173a:21d5", true)]
#[case("173a21d5", false)]
#[case("173a:21d", false)]
#[case("+73a:21d5", false)]
#[case("173a:21d5:1", false)]
#[case("0x173a:0x21d5", false)]
fn a_usb_id_is_twice_four_digits(#[case] text: &str, #[case] right: bool) {
    assert_eq!(text.parse::<UsbId>().is_ok(), right, "{text}");
}

/// A small file without a mistake, into which each case puts one.
const SOUND: &str = r#"[[cable]]
slug = "ftdi"
name = "Cable"
ids = ["0403:6001"]

[[meter]]
slug = "one"
names = ["One"]
manufacturer = "Maker"
family = "other"
driver = "onetouch-ultra2"
link = "serial"
cables = ["ftdi"]
cable_hint = "Take the cable."
instructions = ["Plug it in."]
tells = ["clock"]
memory = 1
range = [20, 600]
evidence = "one-source"
"#;

#[test]
fn only_a_drive_may_be_without_usb_id_and_cable() {
    let serial = "link = \"serial\"\ncables = [\"ftdi\"]\n";
    assert!(SOUND.contains(serial));
    let with = |link: &str| Catalogue::parse("x.toml", &SOUND.replacen(serial, link, 1));
    assert!(with("link = \"folder\"\n").is_ok_and(|catalogue| catalogue.meters()[0].ids.is_empty()));
    assert!(with("link = \"usb-bulk\"\n").is_err());
    assert!(with("link = \"folder\"\ncables = [\"ftdi\"]\n").is_err());
}

#[rstest]
#[case::unknown_field("memory = 1", "memroy = 1", 17, "unknown field")]
#[case::not_toml("memory = 1", "memory = ", 17, "")]
#[case::unknown_family("family = \"other\"", "family = \"others\"", 10, "unknown variant")]
#[case::unknown_link("link = \"serial\"", "link = \"bluetooth\"", 12, "unknown variant")]
#[case::unknown_cable("cables = [\"ftdi\"]", "cables = [\"fdti\"]", 13, "there is no cable \"fdti\"")]
#[case::bad_id("\"0403:6001\"", "\"0403-6001\"", 4, "is not a USB id")]
#[case::same_id_twice("\"0403:6001\"", "\"0403:6001\", \"0403:6001\"", 4, "is used twice")]
#[case::same_slug_twice("slug = \"one\"", "slug = \"ftdi\"", 7, "is used twice")]
#[case::slug_with_space("slug = \"one\"", "slug = \"O ne\"", 7, "lower case")]
#[case::ids_and_cables("cables = [\"ftdi\"]", "cables = [\"ftdi\"]\nids = [\"0001:0001\"]", 7, "either")]
#[case::bulk_behind_cable("link = \"serial\"", "link = \"usb-bulk\"", 13, "behind the cable ftdi has the link serial")]
#[case::cable_over_scsi("name = \"Cable\"", "name = \"Cable\"\nlink = \"scsi\"", 4, "unknown variant")]
#[case::serial_behind_hid("name = \"Cable\"", "name = \"Cable\"\nlink = \"usb-hid\"", 14, "ftdi has the link usb-hid")]
#[case::range_reversed("[20, 600]", "[600, 20]", 18, "from low to high")]
#[case::no_memory("memory = 1", "memory = 0", 17, "at least one")]
#[case::no_steps("[\"Plug it in.\"]", "[]", 15, "may not be empty")]
#[case::escape("Plug it in.", "Plug \\u001b[2J it in.", 15, "control characters")]
#[case::empty_name("names = [\"One\"]", "names = [\"\"]", 8, "1 to 80 cells")]
fn a_mistake_is_named_with_its_line(#[case] right: &str, #[case] wrong: &str, #[case] line: usize, #[case] says: &str) {
    assert!(Catalogue::parse("x.toml", SOUND).is_ok());
    assert!(SOUND.contains(right));
    let error = Catalogue::parse("x.toml", &SOUND.replacen(right, wrong, 1)).unwrap_err();
    assert_eq!(error.line, line, "{error}");
    assert!(error.reason.to_string().contains(says), "{error}");
    assert!(error.to_string().starts_with(&format!("x.toml:{line}: ")));
}

/// A year that nobody can look up is a guess.
#[test]
fn each_year_has_its_source_in_the_line_above() {
    let lines: Vec<&str> = FILE.lines().collect();
    let mut years = 0;
    for pair in lines.windows(2) {
        let Some(year) = pair[1].strip_prefix("sold_since = ") else { continue };
        let year: i32 = year.parse().unwrap();
        // The youngest year that the source names, by its words: `cleared 31-Aug-2016`, `of August 2008`.
        let words = pair[0].split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() == 4);
        let named =
            words.filter_map(|word| word.parse::<i32>().ok()).filter(|named| (1990..2050).contains(named)).min();
        assert!(pair[0].starts_with("# "), "{year} without a source");
        assert!(named.is_some_and(|named| (year..=year + 3).contains(&named)), "{year}: {}", pair[0]);
        years += 1;
    }
    assert_eq!(years, catalogue().meters().iter().filter(|meter| meter.sold_since.is_some()).count());
}

/// What is told of an upload, cable or file, follows from its driver.
#[test]
fn the_drivers_of_folders_are_those_that_read_files() {
    let all = catalogue().meters().iter();
    let mut of_folders: Vec<&str> =
        all.filter(|meter| meter.link == LinkKind::Folder).map(|meter| meter.driver.as_str()).collect();
    of_folders.sort_unstable();
    of_folders.dedup();
    assert_eq!(of_folders, crate::domain::meter::ReadWay::OF_FILES);
    for driver in of_folders {
        assert!(catalogue().by_driver(driver).all(|meter| meter.link == LinkKind::Folder), "{driver}");
    }
}
