//! GLUCOCARD Expression.

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::Kind;
use glucodock::meters::codec::glucocard_expression::{From, READ_ALL, open, reading};

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn a_record() {
    let vectors = crate::of_family(|device| device == "GLUCOCARD Expression");
    assert_eq!(vectors.len(), 1);
    let (operation, payload) = open(From::Meter, &vectors[0].bytes).unwrap();
    let found = reading(payload, 0).unwrap();
    assert_eq!((operation, found.measured), (READ_ALL, Measured::Value(Concentration::mg_per_dl(123))));
    vectors[0].says("mg_dl", 123);
    vectors[0].says("time", found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
    vectors[0].says("control", found.kind == Kind::Control);
}
