//! Vectors of TaiDoc meters.

use glucodock::domain::reading::Meal;
use glucodock::meters::codec::taidoc::fields::{Quantity, RecordMark, Stamp, Value, model};
use glucodock::meters::codec::taidoc::{Frame, Sender, command};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device.starts_with("TaiDoc") || vector.device == "td42xx"
}

pub(super) fn check(vector: &Vector) {
    if let Ok(stamp) = <[u8; 4]>::try_from(vector.bytes.as_slice()) {
        let time = Stamp(stamp).decode().unwrap();
        vector.expected.says("time", time.strftime("%Y-%m-%dT%H:%M").to_string());
        return;
    }
    let bytes = <[u8; 8]>::try_from(vector.bytes.as_slice()).unwrap();
    let sender = if bytes[6] == 0xA3 { Sender::Host } else { Sender::Meter };
    let frame = Frame::decode(bytes, sender).unwrap_or_else(|| panic!("no frame"));
    assert_eq!(frame.encode(sender), bytes);
    match (sender, frame.command) {
        (Sender::Host, number) => {
            let name =
                if vector.expected["command"] == "connect" { "connect".to_owned() } else { format!("{number:02X}") };
            assert!(name != "connect" || number == command::CONNECT);
            vector.expected.says("command", name);
        }
        (Sender::Meter, command::MODEL) => {
            let model = model(frame.data);
            let is_prefixed = vector.expected["model"].as_str().unwrap().starts_with("TD-");
            vector.expected.says("model", if is_prefixed { format!("TD-{model}") } else { model });
        }
        (Sender::Meter, command::RECORD_VALUE) => value(vector, Value::decode(frame.data)),
        (Sender::Meter, number) => {
            assert_eq!(number, command::READY);
            vector.expected.says("meaning", "entered communication mode; drop");
        }
    }
}

fn value(vector: &Vector, value: Value) {
    vector.expected.says_if_at_all("raw", value.number);
    vector.expected.says_if_at_all("mg_dl", value.number);
    vector.expected.says_if_at_all("control", value.mark == RecordMark::Control);
    vector.expected.says_if_at_all("type", if value.quantity == Quantity::Ketone { "ketone" } else { "other" });
    let meal = match value.mark {
        RecordMark::Meal(Meal::Before) => "before",
        RecordMark::Meal(Meal::After) => "after",
        RecordMark::Meal(_) => "none",
        RecordMark::Control => "control",
    };
    vector.expected.says_if_at_all("meal", meal);
}
