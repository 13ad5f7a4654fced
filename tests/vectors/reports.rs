//! The report files of the Accu-Chek Mobile and of the Smart Pix.

use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::meters::codec::reports::{mobile_csv, smart_pix_xml};
use serde_json::Value;

fn load(device: &str) -> Vec<Value> {
    let folder = std::env::var_os("GLUCODOCK_VECTORS").unwrap();
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("vectors-b.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    all.into_iter().filter(|vector| vector["device"] == device).collect()
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn names_of_the_columns_of_a_mobile() {
    let vectors = load("accuchek-mobile");
    for vector in &vectors {
        assert_eq!((vector["kind"].as_str(), &vector["expected"]["columns"]), (Some("CSV line 3"), &10.into()));
        let names = vector["hex_or_text"].as_str().unwrap();
        let report =
            |names: &str| mobile_csv::parse(format!("Serial number\r\nU1;14.07.2026;08:30\r\n{names}\r\n").as_bytes());
        assert!(report(names).is_ok());
        assert!(report(names.strip_prefix("Date;").unwrap()).is_err());
    }
    assert_eq!(vectors.len(), 1);
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn elements_of_a_smart_pix() {
    let vectors = load("accuchek-smartpix");
    let meter = "<DEVICE SN=\"1\" BGUnit=\"mmol/L\"/>";
    let mut checked = 0;
    for vector in &vectors {
        let element = vector["hex_or_text"].as_str().unwrap();
        let expected = &vector["expected"];
        if element.starts_with("<DEVICE") {
            let report = smart_pix_xml::parse(format!("<IMPORT>{element}</IMPORT>").as_bytes());
            let device = &report.devices[0];
            assert_eq!(
                (&expected["model"], &expected["serial"]),
                (&device.name.clone().into(), &device.serial.clone().into())
            );
            assert_eq!(device.clock.unwrap(), expected["clock"].as_str().unwrap().parse().unwrap());
            assert_eq!((device.unit, &expected["unit"]), (Some(Unit::MmolPerL), &"mmol/L".into()));
            checked += 1;
            continue;
        }
        let text = format!("<IMPORT>{meter}<BGDATA>{element}</BGDATA></IMPORT>");
        let report = smart_pix_xml::parse(text.as_bytes());
        assert_eq!(report.cut, None);
        if expected.get("glucose").is_some_and(Value::is_null) {
            assert_eq!(report.readings, []);
            checked += 1;
            continue;
        }
        let reading = report.readings[0].clone().unwrap();
        let tenths = format!("{:.1}", expected["mmol_l"].as_f64().unwrap()).replace('.', "").parse().unwrap();
        assert_eq!(reading.measured, Measured::Value(Concentration::new(tenths, 1, Unit::MmolPerL)));
        if let Some(time) = expected["time"].as_str() {
            assert_eq!(reading.time.unwrap(), time.parse().unwrap());
        }
        for (attribute, name) in [("Flg", "flag"), ("Evt", "event")] {
            if let Some(text) = expected[name].as_str() {
                assert_eq!(reading.raw[attribute], text);
            }
        }
        checked += 1;
    }
    assert_eq!((checked, vectors.len()), (5, 5));
}
