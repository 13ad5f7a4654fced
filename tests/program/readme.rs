//! README's list of meters is made from the catalogue. `UPDATE_README=1 cargo test --test program readme::` writes it
//! anew. What docs/adding-a-meter.md shows of a file stands in that file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use glucodock::meters::catalogue::{Catalogue, Meter};

const BEGIN: &str = "<!-- meters: made from assets/meters.toml -->\n";
const END: &str = "<!-- end of meters -->\n";

fn names(meter: &Meter) -> String {
    meter.names().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The words in the order in which they come first.
fn each_once<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    once.join(", ")
}

fn table() -> String {
    let mut by_driver: BTreeMap<&str, Vec<&Meter>> = BTreeMap::new();
    for meter in Catalogue::embedded().meters() {
        by_driver.entry(&meter.driver).or_default().push(meter);
    }
    let mut table = "| driver | link | evidence | meters |\n|---|---|---|---|\n".to_owned();
    for (driver, meters) in by_driver {
        let link = each_once(meters.iter().map(|meter| meter.link.name()));
        let evidence = each_once(meters.iter().map(|meter| meter.evidence.name()));
        let sold_as: Vec<String> = meters.iter().map(|meter| names(meter)).collect();
        writeln!(table, "| `{driver}` | {link} | {evidence} | {} |", sold_as.join("; ")).unwrap();
    }
    table
}

#[test]
fn the_list_of_meters_is_that_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let expected = table();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(found, expected, "run UPDATE_README=1 cargo test --test program readme::");
}

#[test]
fn the_two_commands_of_a_fresh_machine_are_named() {
    let readme = include_str!("../../README.md");
    for command in ["cargo run --release -- demo", "cargo test"] {
        assert!(readme.contains(&format!("    {command}")), "{command}");
    }
}

/// The least window is one, wherever it is said.
#[test]
fn the_least_window_is_that_of_the_screen() {
    let (columns, rows) = glucodock::ui::layout::LEAST;
    let (short, long) = (format!("{columns} by {rows}"), format!("{columns} columns by {rows} rows"));
    for (page, says) in [
        (include_str!("../../README.md"), format!("{short} is the least")),
        (include_str!("../../CHANGELOG.md"), format!("the least window is {long}")),
        (include_str!("../../docs/safety.md"), format!("{long} is the smallest window")),
    ] {
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(&says), "{says}");
    }
}

/// The excerpts of a page: the file that the line before says, and the lines of the block.
fn excerpts(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut excerpts = Vec::new();
    let mut file = None;
    let mut lines = page.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("In `").and_then(|rest| rest.strip_suffix("`:")) {
            file = Some(name);
        } else if line.starts_with("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            excerpts.push((file.take().unwrap_or_else(|| panic!("a block of no file: {block:?}")), block));
        }
    }
    excerpts
}

#[test]
fn what_the_page_on_a_new_meter_shows_of_a_file_stands_in_it_in_that_order() {
    let excerpts = excerpts(include_str!("../../docs/adding-a-meter.md"));
    assert!(excerpts.len() >= 10, "{} excerpts", excerpts.len());
    for (file, block) in excerpts {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut rest = text.as_str();
        for line in block.into_iter().filter(|line| *line != "...") {
            rest = rest.split_once(line).unwrap_or_else(|| panic!("{file} has no {line:?} there")).1;
        }
    }
}

#[test]
fn an_excerpt_is_found_with_its_file() {
    let page = "In `a/b.rs`:\n\n   ```rust\n   one\n   ...\n   ```\n\ntext\n";
    assert_eq!(excerpts(page), [("a/b.rs", vec!["one", "..."])]);
}
