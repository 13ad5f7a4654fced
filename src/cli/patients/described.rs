//! A new patient as a JSON object. What is wrong is told field by field, all of it at once, and without a word of what
//! was written: not even the name of a field that there is not, which may be anything.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::CommandError;
use super::super::failure::WrongField;
use super::super::store::wrong_fields;
use crate::domain::patient::{Gender, NewPatient};
use crate::domain::validation::{self, Field, Written};

/// The fields that there are.
const FIELDS: [&str; 9] =
    ["family", "given", "born", "mrn", "gender", "other_identifier", "email", "phone", "reason_despite_look_alike"];

/// Those of them that may not be missing.
const REQUIRED: [&str; 4] = ["family", "given", "born", "mrn"];

/// The fields of another identifier.
const IDENTIFIER_FIELDS: [&str; 2] = ["label", "value"];

/// Reads a description and holds it to the rules that the form has.
pub(super) fn read(text: &str, reason: Option<&str>, today: Date) -> Result<NewPatient, CommandError> {
    let entries: JsonEntries<'_> = serde_json::from_str(text).map_err(|error| {
        // The message of the parser may quote what it read.
        CommandError::usage(format!(
            "standard input is no JSON object (line {}, column {}); see glucodock patients create --help",
            error.line(),
            error.column()
        ))
    })?;
    let mut object = JsonObject::of(entries, "", &FIELDS);
    for name in REQUIRED {
        if !object.values.contains_key(name) && !object.is_wrong(name) {
            object.wrong(name, "is missing");
        }
    }
    let [family, given, born, mrn, email, phone, own_reason] =
        ["family", "given", "born", "mrn", "email", "phone", "reason_despite_look_alike"].map(|name| object.text(name));
    let gender = object.gender();
    let other = object.other_identifier();
    let filled = |text: &Option<String>| text.clone().unwrap_or_default();
    let written = Written {
        family: &filled(&family),
        given: &filled(&given),
        born: validation::born(born.as_deref().unwrap_or_default()),
        mrn: &filled(&mrn),
        gender,
        other_identifier: other.as_ref().map(|(label, value)| (label.as_str(), value.as_str())),
        email: &filled(&email),
        phone: &filled(&phone),
        reason: reason.or(own_reason.as_deref()).unwrap_or_default(),
    };
    let checked = written.check(today);
    let mut wrong = object.wrong;
    let new = match checked {
        Ok(new) if wrong.is_empty() => return Ok(new),
        Ok(_) => Vec::new(),
        Err(complaints) => complaints,
    };
    // What could not be read has its complaint already.
    // A part of an identifier is told as `other_identifier.value`: its field is what stands before the dot.
    let is_told = |field: &str| wrong.iter().any(|told| told.field.split('.').next() == Some(field));
    let also: Vec<_> = new.into_iter().filter(|complaint| !is_told(complaint.field.name())).collect();
    wrong.extend(wrong_fields(&also).into_iter().map(|told| {
        // `--reason` and the field in JSON are one.
        let is_reason = told.field == Field::Reason.name() && reason.is_none();
        if is_reason { WrongField { field: "reason_despite_look_alike".to_owned(), ..told } } else { told }
    }));
    Err(CommandError::of_fields(wrong))
}

/// The entries of a JSON object as they stand.
struct JsonEntries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for JsonEntries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = JsonEntries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // A list and not a map, in which the second of two fields with one name would win
                // without a word.
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(JsonEntries(entries))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

/// An object whose fields are there once and known.
struct JsonObject<'a> {
    /// What stands before the names of its fields in complaints.
    prefix: &'static str,
    values: BTreeMap<&'static str, &'a RawValue>,
    wrong: Vec<WrongField>,
}

impl<'a> JsonObject<'a> {
    fn of(JsonEntries(entries): JsonEntries<'a>, prefix: &'static str, known: &[&'static str]) -> Self {
        let mut object = Self { prefix, values: BTreeMap::new(), wrong: Vec::new() };
        for (place, (name, value)) in entries.into_iter().enumerate() {
            match known.iter().find(|known| **known == name) {
                Some(known) if object.values.insert(known, value).is_some() => object.wrong(known, "is there twice"),
                Some(_) => {}
                None => {
                    let names = known.join(", ");
                    object.wrong(&format!("field {}", place + 1), &format!("is none of {names}"));
                }
            }
        }
        object
    }

    fn wrong(&mut self, name: &str, message: &str) {
        let field = format!("{}{name}", self.prefix);
        self.wrong.push(WrongField { field, message: message.to_owned() });
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.wrong.iter().any(|wrong| wrong.field == name)
    }

    /// The text of a field; nothing if it is not there, or null, or no text.
    fn text(&mut self, name: &'static str) -> Option<String> {
        let value = self.values.get(name)?;
        match serde_json::from_str::<Option<String>>(value.get()) {
            Ok(Some(text)) => Some(text),
            Ok(None) if !REQUIRED.contains(&name) && self.prefix.is_empty() => None,
            Ok(None) | Err(_) => {
                self.wrong(name, "is no text in double quotes");
                None
            }
        }
    }

    fn gender(&mut self) -> Gender {
        let Some(value) = self.values.get("gender") else { return Gender::Unknown };
        let Ok(gender) = serde_json::from_str::<Option<Gender>>(value.get()) else {
            self.wrong(Field::Gender.name(), "is none of female, male, other, unknown");
            return Gender::Unknown;
        };
        gender.unwrap_or(Gender::Unknown)
    }

    /// Label and value.
    fn other_identifier(&mut self) -> Option<(String, String)> {
        let value = *self.values.get("other_identifier")?;
        let Ok(entries) = serde_json::from_str::<Option<JsonEntries<'a>>>(value.get()) else {
            self.wrong("other_identifier", "is no object with label and value");
            return None;
        };
        let mut object = Self::of(entries?, "other_identifier.", &IDENTIFIER_FIELDS);
        for name in IDENTIFIER_FIELDS {
            if !object.values.contains_key(name) {
                object.wrong(name, "is missing");
            }
        }
        let [label, value] = IDENTIFIER_FIELDS.map(|name| object.text(name));
        self.wrong.append(&mut object.wrong);
        label.zip(value)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::cli::Exit;

    const TODAY: Date = jiff::civil::date(2026, 7, 14);

    #[test]
    fn a_patient_is_described_in_json() {
        let text = r#"{"family":"Müller","given":"Anna","born":"1961-07-14","mrn":"M1","gender":null,"email":null}"#;
        let new = read(text, Some("twins"), TODAY).unwrap();
        assert_eq!((new.family.expose().as_str(), new.gender), ("Müller", Gender::Unknown));
        assert_eq!(*new.born.expose(), jiff::civil::date(1961, 7, 14));
        assert_eq!(new.reason_despite_look_alike.unwrap().as_str(), "twins");
    }

    /// The dates that the help names.
    #[rstest]
    #[case("1961-07-14")]
    #[case("14-Jul-1961")]
    #[case("14.7.1961")]
    fn a_birth_date_is_read_in_each_way_that_the_help_names(#[case] born: &str) {
        assert!(super::super::HOW_TO_CREATE.contains(born));
        let text = format!(r#"{{"family":"Müller","given":"Anna","born":"{born}","mrn":"M1"}}"#);
        assert_eq!(*read(&text, None, TODAY).unwrap().born.expose(), jiff::civil::date(1961, 7, 14));
    }

    #[test]
    fn the_example_of_the_help_is_a_patient() {
        let example = super::super::ASK_FOR_PATIENT.lines().last().unwrap();
        assert!(super::super::HOW_TO_CREATE.contains(example));
        read(example, None, TODAY).unwrap();
    }

    #[rstest]
    #[case("", "standard input is no JSON object")]
    #[case("[]", "standard input is no JSON object")]
    #[case(r#"{"family":"Secret"#, "standard input is no JSON object")]
    #[case("{}", "family: is missing\n  given: is missing\n  born: is missing\n  mrn: is missing")]
    #[case(r#"{"family":"Secret","given":"A","born":"1961-07-14"}"#, "mrn: is missing")]
    #[case(
        r#"{"family":"Secret","family":"Secret","given":"A","born":"1961-07-14","mrn":"M1"}"#,
        "family: is there twice"
    )]
    #[case(
        r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","Secret":1}"#,
        "field 5: is none of family, given"
    )]
    #[case(
        r#"{"family":7,"given":null,"born":["Secret"],"mrn":{}}"#,
        "family: is no text in double quotes\n  given: is no text in double quotes\n  born: is no text in double \
         quotes\n  mrn: is no text in double quotes"
    )]
    #[case(
        r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","gender":"Secret"}"#,
        "gender: is none of female, male, other, unknown"
    )]
    #[case(r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","email":7}"#, "email: is no text")]
    #[case(
        r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","other_identifier":"Secret"}"#,
        "other_identifier: is no object"
    )]
    #[case(
        r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","other_identifier":{"label":"ID"}}"#,
        "other_identifier.value: is missing"
    )]
    #[case(
        concat!(
            r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","#,
            r#""other_identifier":{"label":"ID","value":"1","Secret":2}}"#
        ),
        "other_identifier.field 3: is none of label, value"
    )]
    #[case(
        r#"{"family":"Secret","given":" ","born":"1961-02-30","mrn":"R12","gender":1}"#,
        "gender: is none of female, male, other, unknown\n  given: Please type a name with at least one letter.\n  \
         born: Please type the date like 31-Dec-1901.\n  mrn: Rooms, beds and queues"
    )]
    #[case(r#"{"family":"Secret","given":"A","born":"2999-01-01","mrn":"M1"}"#, "born: This date is in the future")]
    #[case(r#"{"family":"Secret","given":"A","born":"-0100-01-01","mrn":"M1"}"#, "born: Please type the date")]
    #[case(
        r#"{"family":"Secret","given":"A","born":"7.7.79","mrn":"M1"}"#,
        "born: Two digits do not say which century"
    )]
    #[case(r#"{"family":"Secret","given":"A","born":"1800-01-01","mrn":"M1"}"#, "born: This date is before 1900")]
    #[case(r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"-"}"#, "mrn: Please type 1 to 25")]
    #[case(r#"{"family":"Secret","given":"7","born":"1961-07-14","mrn":"Q 1!"}"#, "mrn: Rooms, beds and queues")]
    fn a_mistake_is_told_with_its_field_and_without_the_data(#[case] text: &str, #[case] says: &str) {
        let error = read(text, None, TODAY).unwrap_err();
        assert_eq!(error.exit, Exit::Usage);
        assert!(error.message.contains(says), "{}", error.message);
        assert!(!error.message.contains("Secret"), "{}", error.message);
    }
}
