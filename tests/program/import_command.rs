//! `glucodock patients import`: everybody in a file, or nobody.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it stands")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Output;

use rstest::rstest;
use serde_json::Value;

use super::program::{glucodock, object, on_store, text};

const TABLE: &str = "fixtures/import/people.csv";
const BUNDLE: &str = "fixtures/import/people.json";

/// A store with a member of staff and nobody else.
fn begun() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(on_store(data.path(), &nora, "correct horse\n").status.success());
    data
}

fn import(data: &Path, file: &Path, more: &[&str]) -> Output {
    on_store(data, &[&["patients", "import", file.to_str().unwrap()], more].concat(), "")
}

/// The same of a file that holds this.
fn import_of(data: &Path, bytes: impl AsRef<[u8]>, more: &[&str]) -> Output {
    let file = data.join("people");
    std::fs::write(&file, bytes).unwrap();
    import(data, &file, more)
}

/// Names and status of whoever is found.
fn found(data: &Path, query: &str) -> Vec<(String, String)> {
    let told = object(&on_store(data, &["patients", "search", query, "--json"], ""));
    let name = |patient: &Value| patient["family"].as_str().unwrap().to_owned();
    let status = |patient: &Value| patient["status"].as_str().unwrap().to_owned();
    told["patients"].as_array().unwrap().iter().map(|patient| (name(patient), status(patient))).collect()
}

fn one(family: &str, status: &str) -> Vec<(String, String)> {
    vec![(family.to_owned(), status.to_owned())]
}

fn lines_of_the_trail(data: &Path) -> usize {
    let trail = on_store(data, &["audit", "list", "--json"], "");
    String::from_utf8_lossy(&trail.stdout).matches("patients-imported").count()
}

#[test]
fn a_table_is_imported_once_however_often_it_is_given() {
    let data = begun();
    let tried = object(&import(data.path(), Path::new(TABLE), &["--dry-run", "--json"]));
    assert_eq!((&tried["imported"], &tried["would_import"]), (&0.into(), &4.into()), "{tried}");
    assert_eq!(found(data.path(), "okonkwo"), []);
    assert_eq!(lines_of_the_trail(data.path()), 0);
    let first = object(&import(data.path(), Path::new(TABLE), &["--json"]));
    assert_eq!((&first["imported"], &first["already_there"]), (&4.into(), &0.into()), "{first}");
    assert_eq!(found(data.path(), "chidi okonkwo"), one("Okonkwo", "ACTIVE"));
    assert_eq!(found(data.path(), "mueller"), one("Müller-Lüdenscheidt", "INACTIVE"));
    assert_eq!(found(data.path(), "9990000018"), one("Okonkwo", "ACTIVE"));
    let again = import(data.path(), Path::new(TABLE), &[]);
    assert!(again.status.success());
    assert_eq!(text(&again.stdout), "Imported 0 patients; 4 already there.\n");
    assert_eq!(lines_of_the_trail(data.path()), 1);
    let trail = on_store(data.path(), &["audit", "list"], "");
    assert!(text(&trail.stdout).contains("4 patients") && !text(&trail.stdout).contains("Okonkwo"));
}

#[test]
fn a_bundle_and_lines_of_patients_are_known_by_what_stands_in_them() {
    let data = begun();
    let told = object(&import(data.path(), Path::new(BUNDLE), &["--json"]));
    // The organization, and the passport number.
    assert_eq!((&told["imported"], &told["left_out"]), (&2.into(), &2.into()), "{told}");
    assert_eq!(found(data.path(), "H7770001"), one("Lindqvist", "ACTIVE"));
    assert_eq!(found(data.path(), "000000001"), one("Lindqvist", "ACTIVE"));
    assert_eq!(found(data.path(), "ferreira"), one("Ferreira", "INACTIVE"));
    let line = |mrn: &str, family: &str| {
        format!(
            "{{\"resourceType\":\"Patient\",\"identifier\":[{{\"type\":{{\"coding\":[{{\"code\":\"MR\"}}]}},\"value\":\
             \"{mrn}\"}}],\"name\":[{{\"family\":\"{family}\",\"given\":[\"Ida\"]}}],\"birthDate\":\"1950-05-05\"}}\n"
        )
    };
    let lines = line("H8880001", "Zabel") + "\n" + &line("K9990002", "Quint");
    let told = object(&import_of(data.path(), lines, &["--json"]));
    assert_eq!(told["imported"], 2, "{told}");
    assert_eq!(found(data.path(), "quint ida"), one("Quint", "ACTIVE"));
}

#[rstest]
#[case::semicolons("family;given;born;mrn\nZabel;Ida;1950-05-05;H1234567\n")]
#[case::a_mark_before_it("\u{FEFF}family,given,born,mrn\r\nZabel,Ida,1950-05-05,H1234567\r\n")]
#[case::empty_lines("family,given,born,mrn\r\n\r\nZabel,Ida,1950-05-05,H1234567\r\n\r\n")]
#[case::a_number_from_abroad("family,given,born,mrn,phone\nZabel,Ida,1950-05-05,H1234567,+49 30 1234567\n")]
#[case::quotes_and_other_columns("mrn\tPhone\tGiven\tfamily\tborn\nH1234567\t\t\"Ida\"\t\"Zabel\"\t1950-05-05")]
fn a_table_is_read_as_programs_write_it(#[case] table: &str) {
    let data = begun();
    let told = object(&import_of(data.path(), table, &["--json"]));
    assert_eq!(told["imported"], 1, "{told}");
    assert_eq!(found(data.path(), "H1234567"), one("Zabel", "ACTIVE"));
}

const HEAD: &str = "family,given,born,mrn,gender\n";
const SOUND: &str = "Sound,Ida,1950-05-05,H1234567,\n";

/// Whatever is wrong is told with its line, all of it at once, without a word of what was written; and nobody is
/// imported.
#[rstest]
#[case::dates("Secret,A,5.5.1950,M100001,\nSecret,B,1950-02-30,M200002,\nSecret,C,1950-5-5,M3,\n",
    &["people:3: born: it is no day as 1961-07-14", "people:4: born: it is no day", "people:5: born: it is no day"])]
#[case::names("1,2,1950-05-05,M100001,\n", &["people:3: family: Please type a name", "people:3: given: Please type"])]
#[case::a_formula("=1+1,Secret,1950-05-05,M100001,\n@SUM(A1),Secret,1950-05-05,M100002,\n",
    &["people:3: family: it begins as a formula", "people:4: family: it begins as a formula"])]
#[case::control_characters("Sec\u{1b}[2Jret,A,1950-05-05,M100001,\n", &["people:3: family: There are characters"])]
#[case::turned_writing("Sec\u{202e}ret,A,1950-05-05,M100001,\n", &["people:3: family: There are characters in it"])]
#[case::a_gender("Secret,A,1950-05-05,M100001,Secret\n", &["people:3: gender: it is none of female, male, other"])]
#[case::cells("Secret,A,1950-05-05\n", &["people:3: it has 3 cells, the first line 5"])]
#[case::a_quotation_mark("\"Secret,A,1950-05-05,M100001,\nB,C,1950-05-05,M100002,\n", &["people:3: a cell goes on"])]
#[case::a_place("Secret,A,1950-05-05,Room 12,\n", &["people:3: mrn: Rooms, beds and queues"])]
fn what_is_wrong_is_told_with_its_line(#[case] lines: &str, #[case] says: &[&str]) {
    let data = begun();
    let refused = import_of(data.path(), format!("{HEAD}{SOUND}{lines}"), &["--json"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    for says in says {
        assert!(text(&refused.stderr).contains(says), "{says}: {}", text(&refused.stderr));
    }
    let told = object(&refused);
    assert_eq!(told["imported"], 0);
    assert!(told["error"]["fields"][0]["field"].as_str().unwrap().starts_with("line "), "{told}");
    for said in [&refused.stdout, &refused.stderr] {
        assert!(!text(said).contains("Secret"), "{}", text(said));
    }
    assert_eq!(found(data.path(), "sound"), []);
}

/// No cell of a table is a formula, whatever it is of.
#[rstest]
#[case("other_label", "=SUM", "other_number", "1234567")]
#[case("other_label", "NHS", "other_number", "=1+2")]
#[case("email", "=a@b.ch", "phone", "")]
#[case("email", "", "phone", "=41")]
fn a_formula_is_no_number_and_no_address(
    #[case] column: &str,
    #[case] cell: &str,
    #[case] other: &str,
    #[case] beside: &str,
) {
    let table = format!("family,given,born,mrn,{column},{other}\nA,B,1950-05-05,M100001,{cell},{beside}\n");
    let refused = import_of(begun().path(), table, &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let wrong = if cell.starts_with('=') { column } else { other };
    let says = format!("people:2: {wrong}: it begins as a formula");
    assert!(text(&refused.stderr).contains(&says), "{says}: {}", text(&refused.stderr));
}

/// A name or a number holds until the end of its period (FHIR R4, Period.end).
#[rstest]
#[case("2099-01-01", true)]
#[case("2099", true)]
#[case("2020-01-01", false)]
#[case("2020-01-01T00:00:00Z", false)]
#[case("2020", false)]
fn what_ends_later_is_used_now(#[case] end: &str, #[case] is_used: bool) {
    let data = begun();
    let patient = format!(
        "{{\"resourceType\":\"Patient\",\"identifier\":[{{\"type\":{{\"coding\":[{{\"code\":\"MR\"}}]}},\"value\":\
         \"H8880001\"}}],\"name\":[{{\"family\":\"Zabel\",\"given\":[\"Ida\"],\"period\":{{\"end\":\"{end}\"}}}}],\
         \"birthDate\":\"1950-05-05\"}}\n"
    );
    let told = import_of(data.path(), patient, &[]);
    assert_eq!(told.status.success(), is_used, "{told:?}");
    assert_eq!(found(data.path(), "zabel").len(), usize::from(is_used));
}

/// A line that is too long is told by its number.
#[test]
fn a_line_that_is_too_long_has_its_number() {
    let people = (1..6).map(|number| format!("A,B,1950-05-05,M10000{number},\n")).collect::<Vec<_>>().concat();
    let refused = import_of(begun().path(), format!("{HEAD}{people}{}\n", "x".repeat(600_000)), &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(text(&refused.stderr).contains("people:7: it is longer than"), "{}", text(&refused.stderr));
}

#[rstest]
#[case::empty("", "there is no column family")]
#[case::another_table("local,mgdl\n2026-01-01,100\n", "the column \"local\" is not known")]
#[case::without_a_number("family,given,born\nA,B,1950-05-05\n", "there is no column mrn")]
#[case::twice("family,given,born,mrn,mrn\n", "the column mrn stands there twice")]
#[case::a_list("[{\"resourceType\":\"Patient\"}]", "it is no JSON of a FHIR Bundle or Patient")]
#[case::half_a_bundle(
    "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Pat",
    "the file ends within it"
)]
#[case::nothing_of_fhir("{\"a\":1}", "resourceType is missing")]
fn a_file_of_another_sort_is_refused(#[case] file: &str, #[case] says: &str) {
    let data = begun();
    let refused = import_of(data.path(), file, &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
}

/// A file that is not there is told in words, and a folder is none.
#[test]
fn what_is_no_file_is_told_as_what_it_is() {
    let data = begun();
    for (file, says) in
        [(data.path().join("nowhere.csv"), "there is no such file"), (data.path().into(), "it is a folder")]
    {
        let output = import(data.path(), &file, &[]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(says), "{output:?}");
    }
}

#[test]
fn letters_of_another_character_set_are_told_with_their_line() {
    let data = begun();
    let refused = import_of(data.path(), [HEAD.as_bytes(), b"M\xfcller,A,1950-05-05,M100001,\n"].concat(), &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("people:2: it is not UTF-8"), "{}", text(&refused.stderr));
}

/// What spreadsheets save as "Unicode text", with the mark at its beginning or without.
#[test]
fn utf_16_is_told_with_what_turns_it_into_utf_8() {
    let data = begun();
    let people = format!("{HEAD}M\u{fc}ller,A,1950-05-05,M100001,\n");
    for (mark, of_unit) in [
        (&[0xFF, 0xFE][..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (&[0xFE, 0xFF], u16::to_be_bytes),
        (&[], u16::to_le_bytes),
    ] {
        let file = [mark.to_vec(), people.encode_utf16().flat_map(of_unit).collect()].concat();
        let refused = import_of(data.path(), file, &[]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("iconv -f UTF-16 -t UTF-8"), "{}", text(&refused.stderr));
    }
}

/// JSON a thousand lists deep, and a line that never ends: told, with as much memory as any.
#[test]
fn a_line_without_an_end_and_json_without_a_bottom_are_refused() {
    let data = begun();
    let deep = format!("{{\"resourceType\":\"Patient\",\"x\":{}", "[".repeat(100_000));
    let refused = import_of(data.path(), deep, &[]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    for start in ["family,given,born,mrn\n\"", "{\"resourceType\":\"Patient\",\"id\":\""] {
        let path = data.path().join("endless");
        let mut file = File::create(&path).unwrap();
        file.write_all(start.as_bytes()).unwrap();
        // Nothing but zeros: it takes no room on the disk.
        file.set_len(1 << 30).unwrap();
        let refused = import(data.path(), &path, &[]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        let says = text(&refused.stderr);
        assert!(says.contains("longer than any description") || says.contains("it is no JSON"), "{says}");
    }
}

#[test]
fn a_number_that_is_anothers_is_refused_with_whose_it_is() {
    let data = begun();
    assert!(import(data.path(), Path::new(TABLE), &[]).status.success());
    let table = format!("{HEAD}{SOUND}Other,Paul,1933-03-03,h-555-0001,\n");
    let refused = import_of(data.path(), table, &["--json"]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    let told = object(&refused);
    assert_eq!(told["error"]["code"], "E-PLAT-5", "{told}");
    assert_eq!((&told["taken"][0]["line"], &told["taken"][0]["holder"]["family"]), (&3.into(), &"Okonkwo".into()));
    assert_eq!(found(data.path(), "sound"), []);
}

#[test]
fn who_looks_alike_is_listed_and_imported_only_with_a_reason() {
    let data = begun();
    assert!(import(data.path(), Path::new(TABLE), &[]).status.success());
    let table = format!("{HEAD}{SOUND}Okonkwo,Chidi,1958-02-28,Q700001,\n");
    let refused = import_of(data.path(), &table, &[]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(text(&refused.stdout).contains("people:3: OKONKWO, Chidi  born 28-Feb-1958"), "{refused:?}");
    assert!(text(&refused.stderr).contains("--reason TEXT"), "{refused:?}");
    assert_eq!(found(data.path(), "sound"), []);
    let told = object(&import_of(data.path(), &table, &["--json", "--reason", "twins of one name"]));
    assert_eq!((&told["imported"], &told["look_alikes"][0]["line"]), (&2.into(), &3.into()), "{told}");
    assert_eq!(found(data.path(), "okonkwo").len(), 2);
}

/// A hundred lines are told; behind them nothing is looked at, and that is said.
#[test]
fn there_is_an_end_to_what_is_told() {
    let data = begun();
    let mut table = HEAD.to_owned();
    for line in 0..150 {
        writeln!(table, "Secret,A,x,M1{line:05},").unwrap();
    }
    let refused = import_of(data.path(), table, &["--json"]);
    let told = object(&refused);
    assert_eq!(told["error"]["fields"].as_array().unwrap().len(), 100);
    assert_eq!(told["whole_file"], false);
    assert!(text(&refused.stderr).contains("what stands behind that was not looked at"));
}

/// Where a care platform keeps the patients, nobody is made here whom it does not know.
#[test]
fn nobody_is_imported_where_a_care_platform_keeps_the_patients() {
    let data = begun();
    let settings = "[platform]\nkind = \"fhir\"\nbase = \"http://127.0.0.1:9/fhir\"\n";
    std::fs::write(data.path().join("settings.toml"), settings).unwrap();
    let refused = import(data.path(), Path::new(TABLE), &["--json"]);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    assert!(text(&refused.stderr).contains("import them there"), "{refused:?}");
}

/// Killed without warning in the midst of it: nobody is there.
#[test]
fn an_import_that_is_killed_leaves_nobody() {
    let data = begun();
    let mut table = HEAD.to_owned();
    for line in 0..40_000 {
        writeln!(table, "Same,Anna,1950-05-05,M1{line:07},").unwrap();
    }
    let file = data.path().join("many.csv");
    std::fs::write(&file, table).unwrap();
    let arguments = ["patients", "import", file.to_str().unwrap(), "--reason", "a test"];
    let mut child = glucodock(&arguments).env("GLUCODOCK_DATA", data.path()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains(" bytes"), "{said}");
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    assert_eq!(found(data.path(), "same"), []);
    assert_eq!(lines_of_the_trail(data.path()), 0);
    assert!(on_store(data.path(), &["audit", "verify"], "").status.success());
}
