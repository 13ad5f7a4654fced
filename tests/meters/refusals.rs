//! Every refusal of every driver stands in `refusals.md` with its evidence, and nothing else stands there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use glucodock::meters::drivers;

const TABLE: &str = include_str!("refusals.md");

/// What a refusal may rest on.
const EVIDENCE: [&str; 8] =
    ["check: ", "form: ", "contradiction: ", "damage: ", "need: ", "meter: ", "bound: ", "safety: "];

/// What stands before the sentence of a refusal, up to its quote.
const BEFORE: [&str; 8] = [
    "#[error(\"",
    "reason: \"",
    "reason = \"",
    "reason: format!(\"",
    "reason = format!(\"",
    "Form(\"",
    "RecordError(\"",
    "wrong(\"",
];

type Refusals = BTreeSet<(String, String)>;
type FilesOfDrivers = BTreeMap<String, Vec<String>>;
/// The evidence of each refusal.
type Rows = BTreeMap<(String, String), String>;

/// Up to the quote that ends it.
fn sentence(text: &str) -> String {
    let mut sentence = String::new();
    let mut is_escaped = false;
    for character in text.chars().take_while(|character| {
        let ends = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        !ends
    }) {
        sentence.push(character);
    }
    sentence
}

/// The refusals of one source file, its tests left out.
fn refusals(source: &str) -> impl Iterator<Item = String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let is_code = |line: &&str| !line.contains("#[expect") && !line.trim_start().starts_with("//");
    code.lines().filter(is_code).flat_map(|line| {
        let named = BEFORE.iter().filter_map(|before| line.split_once(before));
        // The second argument is the sentence; a first one names what is wrong.
        let built = line.split_once("malformed(").and_then(|(_, rest)| rest.split_once(", \""));
        named.chain(built).map(|(_, text)| sentence(text)).collect::<Vec<_>>()
    })
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                sources(&path, found);
            }
        } else if !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

fn in_the_sources() -> Refusals {
    let meters = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/meters");
    let mut files = Vec::new();
    for room in ["codec", "drivers"] {
        sources(&meters.join(room), &mut files);
    }
    let refusals = |file: PathBuf| {
        let name = file.strip_prefix(&meters).unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        refusals(&text).map(|refusal| (name.clone(), refusal)).collect::<Vec<_>>()
    };
    files.into_iter().flat_map(refusals).collect()
}

/// The table: the files of each driver, and the refusals of each file with their evidence.
fn table() -> (FilesOfDrivers, Rows) {
    let (mut of_drivers, mut rows) = (BTreeMap::new(), BTreeMap::new());
    let (mut heading, mut refusal) = (String::new(), String::new());
    for line in TABLE.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut heading);
        } else if let Some(evidence) = line.strip_prefix("  - ") {
            let row = (heading.clone(), std::mem::take(&mut refusal));
            assert!(!row.1.is_empty() && rows.insert(row, evidence.to_owned()).is_none(), "twice: {line}");
        } else if let Some(text) = line.strip_prefix("- ") {
            if heading == "Drivers" {
                let (driver, files) = text.split_once(": ").unwrap();
                of_drivers.insert(driver.to_owned(), files.split(' ').map(str::to_owned).collect());
            } else if !heading.is_empty() {
                assert!(refusal.is_empty(), "without evidence: {refusal}");
                text.clone_into(&mut refusal);
            }
        }
    }
    (of_drivers, rows)
}

#[test]
fn each_refusal_has_its_evidence_and_none_is_forgotten() {
    let (_, rows) = table();
    let listed: Refusals = rows.keys().cloned().collect();
    let said = in_the_sources();
    assert!(said.len() > 150, "{}", said.len());
    let missing: Vec<_> = said.difference(&listed).collect();
    assert!(missing.is_empty(), "these stand in no row: {missing:#?}");
    let gone: Vec<_> = listed.difference(&said).collect();
    assert!(gone.is_empty(), "these are refused no more: {gone:#?}");
    for (row, evidence) in &rows {
        let is_evidence = EVIDENCE.iter().any(|kind| evidence.strip_prefix(kind).is_some_and(|why| why.len() > 3));
        assert!(is_evidence, "{row:?}: {evidence}");
    }
}

#[test]
fn each_driver_is_in_the_table_with_its_files_and_each_file_is_some_drivers() {
    let (of_drivers, rows) = table();
    let known: BTreeSet<&str> = drivers::ALL.iter().map(|driver| driver.name()).collect();
    assert_eq!(of_drivers.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for (file, _) in rows.keys() {
        let is_some_drivers = of_drivers.values().flatten().any(|of| file.starts_with(of.as_str()));
        assert!(is_some_drivers, "{file} belongs to no driver");
    }
    let meters = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/meters");
    for file in of_drivers.values().flatten() {
        let path = meters.join(file);
        assert!(path.exists() || path.with_extension("rs").exists(), "{file}");
    }
}

/// The reader of sources finds what it is to find.
#[test]
fn a_sentence_is_found_wherever_it_is_said() {
    let source = "#[error(\"a\")]\nlet reason = \"b \\\"c\\\" d\".to_owned();\n// reason: \"no\"\n\
        #[expect(x, reason = \"no\")]\nmalformed(&COUNT, \"e\")\nmalformed(\"what\", error)\n#[cfg(test)]\nmod tests \
        {\nreason: \"no\"";
    assert_eq!(refusals(source).collect::<Vec<_>>(), ["a", "b \\\"c\\\" d", "e"]);
}
