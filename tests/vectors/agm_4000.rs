//! Allmedicus AGM-4000.

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::codec::agm_4000::{RECORD, open, parse_record};

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn a_record() {
    let vectors = crate::of_family(|device| device == "Allmedicus AGM-4000");
    assert_eq!(vectors.len(), 1);
    let (command, data) = open(&vectors[0].bytes).unwrap();
    let (index, found) = parse_record(data).unwrap();
    assert_eq!((command, found.measured), (RECORD, Measured::Value(Concentration::mg_per_dl(123))));
    vectors[0].says("mg_dl", 123);
    vectors[0].says("index", index);
    vectors[0].says("time", found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
    let is_normal = (found.kind, found.meal) == (Kind::Blood, Some(Meal::None));
    vectors[0].says("event", if is_normal { "normal" } else { "another" });
}
