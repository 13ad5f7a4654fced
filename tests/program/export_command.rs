//! `glucodock export`: whose record, in which form, into which file, and what is refused.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use glucodock::domain::association::{Assignment, IdempotencyKey, Proof};
use glucodock::domain::clinic::Role;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::identity_check::TypedAnswer;
use glucodock::domain::patient::{Identifier, NewPatient, Patient, PatientId, Status};
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading};
use glucodock::domain::record::Span;
use glucodock::domain::text::Private;
use glucodock::domain::time_correction::{ClockCorrection, CorrectionPlan, CorrectionRequest};
use glucodock::domain::undo::Withdrawals;
use glucodock::store::{By, RegisteredPatient, Store};
use glucodock::ui::report::REPORT_COLUMNS;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::Value;
use tempfile::TempDir;

use super::made_up::{download, person};
use super::program::{object, on_store as glucodock, text};

/// The days of all readings here.
const DAYS: [&str; 4] = ["--from", "2026-09-20", "--until", "2026-09-21"];

fn by() -> By<'static> {
    By::command("1", Timestamp::from_second(1_790_000_000).unwrap())
}

fn reading(index: u32, day: i8, hour: i8, measured: Measured, kind: Kind) -> Reading {
    Reading {
        corrected_from: None,
        index,
        time: Some(date(2026, 9, day).at(hour, 0, 0, 0)),
        measured,
        kind,
        meal: Some(Meal::Before),
        doubts: vec![],
        raw: [("raw".to_owned(), "00ff".to_owned())].into(),
    }
}

fn mass(value: u32) -> Measured {
    Measured::Value(Concentration::mg_per_dl(value))
}

/// Six readings, one of them a control test, and one of another month.
fn readings() -> Vec<Reading> {
    vec![
        reading(0, 20, 7, mass(102), Kind::Blood),
        reading(1, 20, 12, Measured::Low, Kind::Blood),
        reading(2, 20, 19, mass(251), Kind::Blood),
        reading(3, 21, 7, Measured::Value(Concentration::new(56, 1, Unit::MmolPerL)), Kind::Blood),
        reading(4, 21, 8, mass(130), Kind::Control),
        reading(5, 21, 12, mass(180), Kind::Blood),
        reading(6, 1, 12, mass(99), Kind::Blood),
    ]
}

fn create(store: &Store, new: &NewPatient) -> Patient {
    store.create_patient(by(), new, &IdempotencyKey(format!("create {}", new.mrn.expose()))).unwrap()
}

fn give(store: &Store, patient: &Patient, serial: &str, readings: Vec<Reading>) {
    let upload = store.quarantine(by(), &download(serial, readings)).unwrap();
    let typed = TypedAnswer {
        who: patient.identifiers[0].value.clone(),
        born: Private::new(patient.born.expose().year().to_string().into()),
    };
    let assignment = Assignment {
        upload: upload.id.clone(),
        patient: patient.id.clone(),
        key: IdempotencyKey(serial.to_owned()),
        proof: Proof::Typed(typed),
        seen: upload.seen(),
    };
    store.assign(by(), &assignment).unwrap();
}

/// A store with one record, and the patient.
fn filled() -> (TempDir, Patient) {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let patient = create(&store, &person("=Müller", "Anna", "1961-07-14", "M1000001"));
    give(&store, &patient, "5501", readings());
    (data, patient)
}

fn export(data: &Path, arguments: &[&str]) -> Output {
    glucodock(data, &[&["export"], arguments].concat(), "")
}

fn lines_of_the_trail(data: &Path) -> Vec<String> {
    let lines = object(&glucodock(data, &["audit", "list", "--json"], ""))["lines"].clone();
    let exported = |line: &&Value| line["action"] == "record-exported";
    let told = |line: &Value| format!("{} {}", line["patient"].as_str().unwrap(), line["detail"].as_str().unwrap());
    lines.as_array().unwrap().iter().filter(exported).map(told).collect()
}

/// Corrects the times of the readings of the first day by two hours.
fn correct_times(data: &Path, patient: &Patient) {
    let store = Store::open(data).unwrap();
    let upload = store.record(&patient.id, Span::ALL).unwrap().uploads[0].upload.clone();
    let offer = store
        .correction_offer(by(), Role::Clinician, &upload, &patient.id, &TimeZone::UTC, Withdrawals::Refused)
        .unwrap();
    let [first, last] = [7, 19].map(|hour| date(2026, 9, 20).at(hour, 0, 0, 0));
    let correction = ClockCorrection { first, last, seconds: -7200 };
    let seen = CorrectionPlan::of(&offer.readings, correction).unwrap().seen(&patient.id);
    let request = CorrectionRequest {
        upload,
        key: IdempotencyKey("times".to_owned()),
        correction,
        seen,
        reason: "the clock of another zone".into(),
    };
    assert_eq!(
        store.correct_times(by(), Role::Clinician, &request, &TimeZone::UTC, Withdrawals::Refused).unwrap().readings,
        3
    );
}

/// Every form has the corrected time, and says what the meter told: a table and JSON beside it, a document in a note.
#[test]
fn what_the_meter_told_stands_beside_a_corrected_time() {
    let (data, patient) = filled();
    correct_times(data.path(), &patient);
    let csv = export(data.path(), &[&["M1000001", "--as", "csv"], &DAYS as &[&str]].concat());
    let mut table = csv::Reader::from_reader(csv.stdout.as_slice());
    let place = |head: &csv::StringRecord, name: &str| head.iter().position(|own| own == name).unwrap();
    let head = table.headers().unwrap().clone();
    let columns = [place(&head, "time"), place(&head, "meter_time")];
    let rows: Vec<[String; 2]> =
        table.records().map(|row| columns.map(|column| row.as_ref().unwrap()[column].to_owned())).collect();
    let corrected =
        |hour: u8, told: u8| [format!("2026-09-20T{hour:02}:00:00"), format!("2026-09-20T{told:02}:00:00")].map(Some);
    let as_told = |hour: u8| [Some(format!("2026-09-21T{hour:02}:00:00")), None];
    let expected = [corrected(5, 7), corrected(10, 12), corrected(17, 19), as_told(7), as_told(8), as_told(12)];
    assert_eq!(rows, expected.clone().map(|row| row.map(Option::unwrap_or_default)));

    let json = object(&export(data.path(), &[&["M1000001", "--json"], &DAYS as &[&str]].concat()));
    let told = |reading: &Value| ["time", "meter_time"].map(|name| reading[name].as_str().map(str::to_owned));
    assert_eq!(json["readings"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), expected);
    let of_meter = &json["meters"][0]["corrections"][0];
    assert_eq!(
        (&of_meter["first"], &of_meter["seconds"], &of_meter["readings"], &of_meter["reason"]),
        (&"2026-09-20T07:00:00".into(), &(-7200).into(), &3.into(), &"the clock of another zone".into())
    );

    let document = object(&export(data.path(), &[&["M1000001", "--as", "fhir"], &DAYS as &[&str]].concat()));
    let of_type = |entry: &&Value| entry["resource"]["resourceType"] == "Observation";
    let observations: Vec<&Value> = document["entry"].as_array().unwrap().iter().filter(of_type).collect();
    let told: Vec<[Option<&str>; 2]> = observations
        .iter()
        .map(|entry| {
            let resource = &entry["resource"];
            [resource["effectiveDateTime"].as_str(), resource["note"][0]["text"].as_str()]
        })
        .collect();
    let note = "Time corrected by a clinician; the meter's own clock said 2026-09-20T07:00:00.";
    assert!(told[0][0].unwrap().starts_with("2026-09-20T05:00:00"), "{told:?}");
    assert_eq!(told[0][1], Some(note));
    // The control test is in no document; of the second day nothing was corrected.
    assert_eq!(told.iter().map(|[_, note]| note.is_some()).collect::<Vec<_>>(), [true, true, true, false, false]);
}

#[test]
fn every_reading_of_the_days_is_in_each_form_digit_for_digit() {
    let (data, patient) = filled();
    let csv = export(data.path(), &[&["m 1000-001", "--as", "csv"], &DAYS as &[&str]].concat());
    assert!(csv.status.success(), "{csv:?}");
    let mut table = csv::Reader::from_reader(csv.stdout.as_slice());
    let head = table.headers().unwrap().clone();
    assert_eq!(head.len(), 26);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let column = |name: &str| {
        let place = head.iter().position(|own| own == name).unwrap();
        rows.iter().map(|row| row[place].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(column("value"), ["102", "", "251", "5.6", "130", "180"]);
    assert_eq!(column("unit"), ["mg/dL", "", "mg/dL", "mmol/L", "mg/dL", "mg/dL"]);
    assert_eq!(column("flag"), ["", "LO", "", "", "", ""]);
    assert_eq!(column("shown"), ["102", "", "251", "101", "130", "180"]);
    assert_eq!(column("range"), ["target", "very_low", "very_high", "target", "", "target"]);
    assert_eq!(column("counted"), ["yes", "yes", "yes", "yes", "no", "yes"]);
    assert_eq!(column("left_out"), ["", "", "", "", "kind", ""]);
    assert_eq!(column("time")[0], "2026-09-20T07:00:00");
    for (name, all) in
        [("family", "'=Müller"), ("patient_id", &patient.id.0), ("serial", "5501"), ("store", "patients")]
    {
        assert_eq!(column(name), [all; 6], "{name}");
    }

    let json = object(&export(data.path(), &[&["M1000001", "--json"], &DAYS as &[&str]].concat()));
    assert_eq!(json["patient"]["id"], patient.id.0.as_str());
    assert_eq!((&json["record"]["readings"], &json["record"]["outside_period"]), (&7.into(), &1.into()));
    let values: Vec<String> =
        json["readings"].as_array().unwrap().iter().map(|reading| reading["value"].to_string()).collect();
    assert_eq!(values, ["102", "null", "251", "5.6", "130", "180"]);
    assert_eq!(json["readings"][0]["source"]["meter"]["serial"], "5501");
    assert_eq!(json["readings"][0]["raw"]["raw"], "00ff");
    let numbers = &json["numbers"];
    for (name, count) in [("readings", 5), ("very_low", 1), ("target", 3), ("very_high", 1), ("window_days", 2)] {
        assert_eq!(numbers[name], count, "{name}");
    }
    assert_eq!(numbers["uncounted"]["control"], 1);
    // The meter measures from 10 to 600 mg/dL: (102 + 9 + 251 + 5.6 * 18.01559 + 180) / 5.
    assert_eq!(numbers["lo_hi"]["lo_mg_per_dl"], 9);
    assert!((numbers["mean"].as_f64().unwrap() - 128.577_460_8).abs() < 1e-9, "{}", numbers["mean"]);

    let document = object(&export(data.path(), &[&["M1000001", "--as", "fhir"], &DAYS as &[&str]].concat()));
    let kinds: Vec<&str> = document["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["resource"]["resourceType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[..4], ["Composition", "Patient", "Device", "Device"]);
    assert_eq!(kinds[4..], ["Observation"; 5]);
    assert!(document.to_string().contains("1 reading is not among the results"), "{document}");

    for paper in ["a4", "letter"] {
        let pdf = export(data.path(), &[&["M1000001", "--as", "pdf", "--paper", paper], &DAYS as &[&str]].concat());
        assert!(pdf.status.success() && pdf.stdout.starts_with(b"%PDF-1.7"), "{paper}");
    }

    let told = export(data.path(), &[&["key:1", "--unit", "mmol/L"], &DAYS as &[&str]].concat());
    let told = text(&told.stdout);
    for says in [
        "=MÜLLER, Anna, born ",
        "20-Sep-2026 to 21-Sep-2026, 2 days, values in mmol/L",
        "1 more reading of the record is not in here",
        "20-Sep-2026: 07:00 5.7",
        "21-Sep-2026: 07:00 5.6",
        "by the local administrator, glucodock ",
    ] {
        assert!(told.contains(says), "{says}: {told}");
    }
    assert!(!told.contains('['), "every text is filled: {told}");
    assert_eq!(
        lines_of_the_trail(data.path()),
        [
            "1 csv, 6 readings",
            "1 json, 6 readings",
            "1 fhir, 6 readings",
            "1 pdf, 6 readings",
            "1 pdf, 6 readings",
            "1 text, 6 readings"
        ]
    );
}

#[test]
fn a_file_is_the_owner_s_alone_and_one_that_is_there_stays() {
    let (data, _) = filled();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let output = export(data.path(), &[&["M1000001", "--as", "csv", "--to", to, "--json"], &DAYS as &[&str]].concat());
    let told = object(&output);
    assert_eq!((&told["as"], &told["readings"], &told["training"]), (&"csv".into(), &6.into(), &false.into()));
    let file = Path::new(told["file"].as_str().unwrap()).to_owned();
    assert_eq!(file.parent(), Some(folder.path()));
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("glucodock-2") && !name.contains("1000001") && !name.contains("ller"), "{name}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    let before = std::fs::read(&file).unwrap();
    assert_eq!(told["bytes"], before.len());

    let named = file.to_str().unwrap();
    let again = export(data.path(), &["M1000001", "--as", "text", "--to", named]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("already. It stays as it is, and nothing was exported"), "{again:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let forced = export(data.path(), &["M1000001", "--as", "text", "--to", named, "--force"]);
    assert!(text(&forced.stdout).contains("Wrote 0 readings to "), "{forced:?}");
    for says in ["No readings in this period.", "is of 21-Sep-2026: name days with --from or --until"] {
        assert!(text(&forced.stderr).contains(says), "{forced:?}");
    }
    assert_ne!(std::fs::read(&file).unwrap(), before);

    let missing = folder.path().join("none/a.csv");
    let output = export(data.path(), &["M1000001", "--json", "--to", missing.to_str().unwrap()]);
    assert_eq!((output.status.code(), &object(&output)["error"]["code"]), (Some(1), &"E-EXPORT-1".into()));
    assert!(object(&output)["error"]["message"].as_str().unwrap().contains("Make the folder first"), "{output:?}");
    for (to, force, code, says) in [
        (file.join("a.csv"), false, "E-EXPORT-1", "Make the folder first"),
        (folder.path().join("none/"), true, "E-EXPORT-1", "Make the folder first"),
        // What is no file is no export, whatever is forced.
        ("/dev/null".into(), true, "E-EXPORT-2", "leave --to out to print it"),
        ("/dev/full".into(), false, "E-EXPORT-2", "leave --to out to print it"),
        (folder.path().join("a".repeat(300)), false, "E-EXPORT-3", "a shorter name with --to"),
    ] {
        let to = to.to_str().unwrap();
        let force: &[&str] = if force { &["--force"] } else { &[] };
        let output = export(data.path(), &[&["M1000001", "--json", "--to", to], force].concat());
        let error = &object(&output)["error"];
        assert_eq!((output.status.code(), &error["code"]), (Some(1), &code.into()), "{to}: {output:?}");
        assert!(error["message"].as_str().unwrap().contains(says), "{to}: {error}");
    }
    assert!(std::fs::metadata("/dev/null").is_ok_and(|null| !null.is_file()));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [file.file_name().unwrap()], "nothing half written is left");
    assert_eq!(lines_of_the_trail(data.path()).len(), 2, "what was not written is in no line");
}

#[test]
fn nobody_is_guessed() {
    let (data, anna) = filled();
    let store = Store::open(data.path()).unwrap();
    // The number of the one is another sort of number of the other.
    let mut twin = person("Müller", "Berta", "1961-07-14", "M2000002");
    twin.other_identifier = Some(Identifier::new("NHS No.", "M1000001"));
    twin.reason_despite_look_alike = Some("a sister".into());
    let twin = create(&store, &twin);
    let registered = |number: &str, status, into: Option<&str>| RegisteredPatient {
        person: person("Gone", "Uta", "1950-01-02", number),
        status,
        merged_into: into.map(|mrn| Private::new(mrn.into())),
    };
    store.import_patients(by(), &[registered("M5", Status::Inactive, None)]).unwrap();
    drop(store);
    for (named, code, says) in [
        ("Müller", 5, "nobody here has this number or key"),
        ("M100000", 5, "nobody here has this number or key"),
        ("key:99", 5, "nobody here has this number or key"),
        ("key:M1000001", 5, "nobody here has this number or key"),
        ("M1000001", 5, "several people have this number"),
        // Elsewhere `id:` stands before a number, and keys of this store are small numbers: 1 is the key of somebody.
        ("id:1", 5, "nobody here has this number or key"),
        ("", 2, "whose record?"),
    ] {
        let output = export(data.path(), &["--", named]);
        assert_eq!(output.status.code(), Some(code), "{named}: {output:?}");
        assert!(text(&output.stderr).contains(says), "{named}: {output:?}");
        assert!(output.stdout.is_empty(), "{named}");
    }
    for one in [&anna, &twin] {
        let told = object(&export(data.path(), &[&format!("key:{}", one.id.0), "--json"]));
        assert_eq!(told["patient"]["id"], one.id.0.as_str());
    }
    let inactive = glucodock(data.path(), &["export"], "M5\n");
    assert!(inactive.status.success() && text(&inactive.stderr).contains("this person is INACTIVE"), "{inactive:?}");
    assert!(text(&inactive.stdout).contains("INACTIVE"), "{inactive:?}");
}

/// A search finds beginnings, and stops at a page and at the first meaning that leads anywhere. Whose record it is does
/// not follow from that.
#[test]
fn a_number_is_looked_for_whole_among_all() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let registered = |family: &str, born: &str, number: &str, other: Option<&str>| {
        let mut person = person(family, "Ida", born, number);
        person.other_identifier = other.map(|other| Identifier::new("File No", other));
        RegisteredPatient { person, status: Status::Active, merged_into: None }
    };
    let longer =
        (0..55).map(|n| registered(&format!("A{}", letters_of(n)), "1950-01-02", &format!("12{}", 10 + n), None));
    let people: Vec<RegisteredPatient> = longer
        .chain([
            registered("Zimmer", "1950-01-02", "12", None),
            registered("Xavier", "1970-01-02", "121961", None),
            registered("Young", "1961-01-02", "77", Some("12 1961")),
            registered("Aab", "1951-01-02", "9999", None),
        ])
        .collect();
    store.import_patients(by(), &people).unwrap();
    for (named, whose) in [("12", "Zimmer"), ("MRN 12", "Zimmer"), ("id: 9999", "Aab"), ("77", "Young")] {
        let told = object(&export(data.path(), &["--json", "--", named]));
        assert_eq!(told["patient"]["family"], whose, "{named}");
    }
    store.import_patients(by(), &[registered("Aac", "1952-01-02", "9998", Some("12"))]).unwrap();
    for (named, people) in
        [("12", ["ZIMMER", "AAC"]), ("12 1961", ["XAVIER", "YOUNG"]), ("121961", ["XAVIER", "YOUNG"])]
    {
        let output = export(data.path(), &["--", named]);
        assert_eq!(output.status.code(), Some(5), "{named}: {output:?}");
        let said = text(&output.stderr);
        assert!(
            said.contains("several people") && people.iter().all(|person| said.contains(person)),
            "{named}: {said}"
        );
    }
}

/// Letters that differ from number to number.
fn letters_of(number: u8) -> String {
    [b'a' + number / 26, b'a' + number % 26].map(char::from).iter().collect()
}

#[test]
fn what_makes_no_sense_is_wrong_use() {
    let (data, _) = filled();
    for (arguments, says) in [
        (&["M1000001", "--from", "2026-09-21", "--until", "2026-09-20"] as &[&str], "the first day is after the last"),
        (&["M1000001", "--from", "20/9"], "a day such as 2026-07-14"),
        (&["M1000001", "--until", "2199-01-01"], "--until: this day has not come yet"),
        (&["M1000001", "--window-days", "0"], "0 is not in"),
        (&["M1000001", "--as", "csv", "--json"], "--json says what was written"),
        (&["M1000001", "--force"], "--to"),
        (&["M1000001", "--as", "xls"], "invalid value"),
    ] {
        let output = export(data.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {output:?}");
    }
    assert_eq!(lines_of_the_trail(data.path()), [""; 0]);
    let nowhere = tempfile::tempdir().unwrap();
    let output = export(nowhere.path(), &["M1"]);
    assert!(text(&output.stderr).contains("there is no store in the data folder"), "{output:?}");
}

/// Two meters of one model have the same numbers at the same time: each reading says which it is from.
#[test]
fn a_record_of_two_meters_tells_them_apart() {
    let (data, patient) = filled();
    let store = Store::open(data.path()).unwrap();
    assert_eq!(patient.id, PatientId("1".to_owned()));
    give(
        &store,
        &patient,
        "7702",
        vec![reading(0, 20, 7, mass(102), Kind::Blood), reading(1, 21, 6, mass(88), Kind::Blood)],
    );
    drop(store);
    let told = object(&export(data.path(), &[&["M1000001", "--json"], &DAYS as &[&str]].concat()));
    let mut serials: Vec<(String, String)> = told["readings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|reading| reading["value"] == 102 || reading["value"] == 88)
        .map(|reading| (reading["value"].to_string(), reading["source"]["meter"]["serial"].to_string()))
        .collect();
    serials.sort();
    let said = |value: &str, serial: &str| (value.to_owned(), format!("\"{serial}\""));
    assert_eq!(serials, [said("102", "5501"), said("102", "7702"), said("88", "7702")]);
}

/// What was typed wins over what the settings say, and that over the unit in which most values were sent.
#[test]
fn the_unit_is_that_of_the_settings_unless_one_is_typed() {
    let (data, _) = filled();
    let numbers = |more: &[&str]| {
        let arguments = [&["M1000001", "--json"], &DAYS as &[&str], more].concat();
        object(&export(data.path(), &arguments))["numbers"].clone()
    };
    let sent = numbers(&[]);
    std::fs::write(data.path().join("settings.toml"), "[dashboard]\nunit = \"mmol/L\"\n").unwrap();
    let as_set = numbers(&[]);
    assert_eq!((&sent["unit"], &as_set["unit"]), (&"mg/dL".into(), &"mmol/L".into()));
    for name in ["readings", "very_low", "low", "target", "high", "very_high", "cv", "days_without"] {
        assert_eq!(sent[name], as_set[name], "{name}");
    }
    assert_eq!(numbers(&["--unit", "mg/dL"]), sent);
    let text_form = export(data.path(), &[&["M1000001"], &DAYS as &[&str]].concat());
    assert!(text(&text_form.stdout).contains("in mmol/L"), "{text_form:?}");
}

/// The part of a page under a heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let rest = page.split_once(&format!("\n## {heading}\n")).unwrap().1;
    rest.split_once("\n## ").map_or(rest, |(own, _)| own)
}

/// The rows of its table, each with the names in its first cell, and what stands in the others.
fn rows(section: &str) -> Vec<(Vec<String>, String)> {
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let (names, rest) = line.trim_start_matches('|').split_once('|').unwrap();
        (quoted(names), rest.to_owned())
    };
    rows.map(row).collect()
}

/// What stands between the signs of code.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn members(object: &Value) -> Vec<String> {
    let mut members: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    members.sort();
    members
}

/// Programs are written by that page: it names every column and every member, and none that is not there.
#[test]
fn the_page_about_exports_names_what_is_in_them() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/export.md")).unwrap();
    let columns: Vec<String> = rows(section(&page, "`--as csv`")).into_iter().flat_map(|(names, _)| names).collect();
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(columns), sorted(REPORT_COLUMNS.map(str::to_owned).to_vec()));

    let (data, _) = filled();
    let told = object(&export(data.path(), &[&["M1000001", "--json"], &DAYS as &[&str]].concat()));
    let rows = rows(section(&page, "`--as json`"));
    let named: Vec<String> = rows.iter().flat_map(|(names, _)| names.clone()).collect();
    assert_eq!(sorted(named), members(&told));
    let said_of = |name: &str| quoted(&rows.iter().find(|(names, _)| names.iter().any(|own| own == name)).unwrap().1);
    for (name, object) in [
        ("made", &told["made"]),
        ("period", &told["period"]),
        ("record", &told["record"]),
        ("origin", &told["origin"]),
        ("readings", &told["readings"][0]),
        ("readings", &told["readings"][0]["source"]),
        ("meters", &told["meters"][0]),
        ("uploads", &told["uploads"][0]),
    ] {
        let said = said_of(name);
        let untold: Vec<String> = members(object).into_iter().filter(|member| !said.contains(member)).collect();
        assert_eq!(untold, [""; 0], "{name}");
    }
    for (name, parts) in
        [("made", vec![&told["made"]]), ("period", vec![&told["period"]]), ("record", vec![&told["record"]])]
    {
        let there: Vec<String> = parts.into_iter().flat_map(members).collect();
        let other: Vec<String> = said_of(name).into_iter().filter(|said| !there.contains(said)).collect();
        assert_eq!(other, [""; 0], "{name}");
    }
    let numbers = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/stats.md");
    let numbers = std::fs::read_to_string(numbers).unwrap();
    let named: Vec<String> =
        self::rows(section(&numbers, "The object of `--json`")).into_iter().flat_map(|(names, _)| names).collect();
    assert_eq!(sorted(named), members(&told["numbers"]));
}

/// What was exported as a table or as an object is counted as the dashboard counts it, by which the numbers in it were
/// made.
#[test]
fn the_numbers_of_an_export_come_out_of_its_file() {
    let (data, patient) = filled();
    let store = Store::open(data.path()).unwrap();
    // Another meter, of another range; a doubted time, and what is no glucose.
    let mut others = vec![
        reading(0, 20, 8, Measured::Low, Kind::Blood),
        reading(1, 20, 9, Measured::High, Kind::Blood),
        reading(2, 21, 13, mass(70), Kind::Blood),
        reading(3, 21, 14, Measured::Value(Concentration::new(12, 1, Unit::MmolPerL)), Kind::Ketone),
    ];
    others[2].doubts = vec![Doubt::ClockWrong, Doubt::Questionable];
    give(&store, &patient, "5502", others);
    drop(store);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for form in ["json", "csv", "fhir", "pdf", "text"] {
        let written = export(data.path(), &[&["M1000001", "--as", form, "--to", &file(form)], &DAYS[..]].concat());
        assert!(written.status.success(), "{written:?}");
    }
    let stats = |arguments: &[&str]| glucodock(data.path(), &[&["stats"], arguments].concat(), "");
    let exported: Value = serde_json::from_slice(&std::fs::read(file("json")).unwrap()).unwrap();
    for policy in ["limits", "tidepool", "exclude"] {
        let from_json = object(&stats(&[&file("json"), "--json", "--lo-hi", policy]));
        if policy == "limits" {
            assert_eq!(from_json, exported["numbers"]);
        }
        let from_csv = object(&stats(&[&file("csv"), "--json", "--lo-hi", policy]));
        assert_eq!(from_csv, from_json, "each day of these has a reading");
    }
    assert_eq!(exported["numbers"]["uncounted"]["time_doubted"], 1);

    for (form, says) in
        [("fhir", "this is a FHIR document"), ("pdf", "this is a PDF"), ("text", "the first line names the columns")]
    {
        let refused = stats(&[&file(form)]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        let told = text(&refused.stderr);
        assert!(told.contains(says) && refused.stdout.is_empty(), "{told}");
    }
    // Numbers of two people are nobody's.
    let table = std::fs::read_to_string(file("csv")).unwrap();
    let last = table.lines().last().unwrap();
    let (_, rest) = last.split_once(',').unwrap();
    std::fs::write(file("csv"), format!("{table}9,{rest}\r\n")).unwrap();
    let refused = stats(&[&file("csv")]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(text(&refused.stderr).contains("another person's than the lines before it"), "{refused:?}");
    // Nor is what no export writes taken for something else.
    let columns: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let mut cells: Vec<&str> = last.split(',').collect();
    assert_eq!(cells.len(), columns.len());
    for (column, cell) in [("value", ""), ("unit", ""), ("flag", ""), ("unscaled", "many")] {
        cells[columns.iter().position(|known| *known == column).unwrap()] = cell;
    }
    std::fs::write(file("csv"), format!("{table}{}\r\n", cells.join(","))).unwrap();
    let refused = stats(&[&file("csv")]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(text(&refused.stderr).contains("unscaled is \"many\", which no export has there"), "{refused:?}");
}
