//! The arrows of the house: which room may use which, and how long a file may be.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// No file of the sources is longer than this.
const LONGEST_FILE: usize = 400;

/// Each room with the rooms it may use. A room may always use itself.
fn arrows() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("domain", &[] as &[&str]),
        ("meters", &["domain"]),
        ("store", &["domain"]),
        ("platform", &["domain", "store"]),
        ("station", &["domain", "store"]),
        ("host", &["domain", "meters"]),
        ("app", &["domain"]),
        ("ui", &["domain", "app"]),
        ("engine", &["domain", "meters", "station", "platform", "host", "app", "ui"]),
        ("cli", &["domain", "meters", "store", "station", "platform", "host", "app", "ui", "engine"]),
    ])
}

/// Crates that reach outside: pure rooms must not know them.
const OUTSIDE: [&str; 9] =
    ["tokio", "tokio_util", "reqwest", "rusb", "rusqlite", "serialport", "rustix", "crossterm", "getrandom"];

/// Rooms without input, output and clock.
const PURE: [&str; 3] = ["domain", "app", "ui"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn all_sources() -> Vec<(PathBuf, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&folder)
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&folder).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
            let room = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            (inside.to_path_buf(), room, text)
        })
        .collect()
}

/// The lines of code of a file, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

/// The rooms named behind `crate::` or `glucodock::` in a line.
fn rooms_named(line: &str) -> Vec<&str> {
    ["crate::", "glucodock::"]
        .iter()
        .flat_map(|prefix| line.split(prefix).skip(1))
        .map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap_or(""))
        .collect()
}

#[test]
fn imports_point_one_way() {
    let arrows = arrows();
    let mut wrong = Vec::new();
    for (file, room, text) in all_sources() {
        let Some(allowed) = arrows.get(room.as_str()) else { continue };
        for line in code(&text) {
            for named in rooms_named(line) {
                if arrows.contains_key(named) && named != room && !allowed.contains(&named) {
                    wrong.push(format!("{}: {line}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the arrows of the house:\n{}", wrong.join("\n"));
}

/// `use crate::{store::..., app::...}` would hide its rooms from the check above.
#[test]
fn each_room_is_named_in_full() {
    let hides = |line: &&str| ["crate::{", "glucodock::{"].iter().any(|hidden| line.contains(hidden));
    let found: Vec<String> = all_sources()
        .iter()
        .flat_map(|(file, _, text)| code(text).filter(hides).map(|line| format!("{}: {line}", file.display())))
        .collect();
    let own = found.iter().filter(|line| !line.starts_with("main.rs")).collect::<Vec<_>>();
    assert!(own.is_empty(), "rooms behind a brace: {own:#?}");
}

#[test]
fn pure_rooms_reach_nothing_outside() {
    let mut wrong = Vec::new();
    for (file, room, text) in all_sources().into_iter().filter(|(_, room, _)| PURE.contains(&room.as_str())) {
        for line in code(&text) {
            let outside = OUTSIDE.iter().any(|name| line.contains(&format!("{name}::")));
            let clock = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"]
                .iter()
                .any(|clock| line.contains(clock));
            if outside || clock {
                wrong.push(format!("{room}, {}: {line}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "a pure room reaches outside:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_has_its_arrows() {
    let known = arrows();
    let unknown: Vec<String> = all_sources()
        .into_iter()
        .filter(|(_, room, _)| !known.contains_key(room.as_str()) && room != "lib" && room != "main")
        .map(|(file, _, _)| file.display().to_string())
        .collect();
    assert!(unknown.is_empty(), "rooms without arrows: {unknown:?}");
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = all_sources()
        .into_iter()
        .filter(|(_, _, text)| text.lines().count() > LONGEST_FILE)
        .map(|(file, _, text)| format!("{} has {} lines", file.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files over {LONGEST_FILE} lines: {long:?}");
}

#[test]
fn the_check_itself_sees_an_import() {
    assert_eq!(rooms_named("use crate::store::Store;"), ["store"]);
    assert_eq!(rooms_named("let x = crate::domain::text::fold(glucodock::ui::y);"), ["domain", "ui"]);
    assert_eq!(code("// use crate::store\nuse crate::app::x;").collect::<Vec<_>>(), ["use crate::app::x;"]);
}
