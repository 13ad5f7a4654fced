//! `SAFETY.md` and `SECURITY.md` name the tests that hold what they say; that each of them is there is held here.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::path::Path;

/// The requirements of the clinic, and the ways in which a person at the desk goes wrong.
const REQUIRED: [(&str, u32); 6] = [("ID-", 10), ("DEV-", 7), ("TIME-", 4), ("INT-", 4), ("SEC-", 11), ("U", 12)];

/// What no test holds yet. Whoever meets one of them takes it out here.
const NOT_YET: [&str; 1] = ["SEC-11"];

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// What stands between backticks in a cell.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Whether a file has a test of this name: `tests/store/once.rs::a_switched_display_adds_no_reading`. A journey is a
/// test by itself, `journeys` plays each.
fn is_there(test: &str) -> bool {
    match test.split_once("::") {
        None => test.starts_with("fixtures/journeys/") && Path::new(env!("CARGO_MANIFEST_DIR")).join(test).is_file(),
        Some((file, name)) => {
            let source = read(file);
            let Some((before, _)) = source.split_once(&format!("fn {name}(")) else { return false };
            // Its attributes stand between it and whatever came before.
            let attributes = before.rsplit_once("\n}\n").map_or(before, |(_, attributes)| attributes);
            ["#[test]", "#[rstest]", "#[tokio::test", "proptest! {"].iter().any(|one| attributes.contains(one))
        }
    }
}

/// The rows of all tables, cell by cell, without their heads.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| id |") && !line.starts_with("| what ");
    text.lines().filter(is_row).map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn every_requirement_has_its_test() {
    let text = read("SAFETY.md");
    let mut ids = Vec::new();
    for row in rows(&text) {
        let &[id, what, held_by, missing] = row.as_slice() else { panic!("not four cells: {row:?}") };
        let tests: Vec<&str> = named(held_by).collect();
        for test in &tests {
            assert!(is_there(test), "{id}: there is no test {test}");
        }
        assert_eq!(tests.is_empty(), NOT_YET.contains(&id), "{id}: {tests:?}");
        assert_ne!(what, "", "{id}");
        assert!(!tests.is_empty() || !missing.is_empty(), "{id}");
        ids.push(id.to_owned());
    }
    let required: Vec<String> = REQUIRED
        .iter()
        .flat_map(|(kind, last)| {
            (1..=*last).map(
                move |number| if kind.len() > 1 { format!("{kind}{number:02}") } else { format!("{kind}{number}") },
            )
        })
        .collect();
    assert_eq!(ids, required);
}

#[test]
fn every_threat_has_its_test_or_says_that_it_has_none() {
    let text = read("SECURITY.md");
    let rows = rows(&text);
    assert!(rows.len() > 15);
    for row in rows {
        let &[threat, against, held_by] = row.as_slice() else { panic!("not three cells: {row:?}") };
        let tests: BTreeSet<&str> = named(held_by).collect();
        for test in &tests {
            assert!(is_there(test), "{threat}: there is no test {test}");
        }
        assert_eq!(tests.is_empty(), against.contains("**not "), "{threat}: {tests:?}");
    }
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    assert!(is_there("tests/program/promises.rs::a_test_that_is_not_there_is_noticed"));
    // A function that is no test holds nothing.
    assert!(!is_there("tests/program/promises.rs::is_there"));
    assert!(!is_there("tests/program/promises.rs::nothing_of_this_name"));
    assert!(!is_there("fixtures/journeys/nowhere.journey"));
}
