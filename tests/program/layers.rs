//! The arrows of the house: which room may use which, how long a file may be, and that a name means one thing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod circles;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sources::Source;

/// No file of the sources is longer than this.
const LONGEST_FILE: usize = 400;

/// No line is wider than this, in characters: `max_width` of rustfmt.toml.
const WIDEST_LINE: usize = 120;

/// Each room with the rooms it may use. A room may always use itself.
fn arrows() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("domain", &[] as &[&str]),
        ("meters", &["domain"]),
        ("store", &["domain"]),
        ("config", &["domain"]),
        ("platform", &["domain", "config", "store"]),
        ("station", &["domain", "store"]),
        ("host", &["domain", "meters"]),
        ("app", &["domain"]),
        ("ui", &["domain", "app"]),
        ("engine", &["domain", "meters", "station", "platform", "host", "app", "ui"]),
        ("cli", &["domain", "config", "meters", "store", "station", "platform", "host", "app", "ui", "engine"]),
    ])
}

/// Crates that reach outside: pure rooms must not know them.
const OUTSIDE: [&str; 9] =
    ["tokio", "tokio_util", "reqwest", "rusb", "rusqlite", "serialport", "rustix", "crossterm", "getrandom"];

/// Crates that pure rooms do not even speak of.
const UNHEARD_OF: [&str; 4] = ["tokio", "reqwest", "rusb", "rusqlite"];

/// Rooms without input, output and clock.
const PURE: [&str; 3] = ["domain", "app", "ui"];

/// The lines of code of a file, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

#[test]
fn imports_point_one_way() {
    let arrows = arrows();
    let mut wrong = Vec::new();
    for source in sources::all() {
        let Some(allowed) = arrows.get(source.room()) else { continue };
        for named in source.names(true) {
            let Some(room) = named.first().map(String::as_str) else { continue };
            if arrows.contains_key(room) && room != source.room() && !allowed.contains(&room) {
                wrong.push(format!("{}: {}", source.file.display(), named.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the arrows of the house:\n{}", wrong.join("\n"));
}

/// The steps of the wizard lead to one another, on and back.
const STEPS: [&str; 2] = ["app", "wizard"];

#[test]
fn no_files_need_each_other_in_a_circle() {
    let found = circles_of(&circles::arrows(&sources::all()));
    assert!(found.is_empty(), "circles of files:\n{}", found.join("\n"));
}

/// The circles among these, but for those of the wizard's steps.
fn circles_of(arrows: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> Vec<String> {
    let of_steps = |part: &Vec<String>| part.len() > STEPS.len() && part.starts_with(&STEPS.map(str::to_owned));
    let circles = arrows.keys().filter_map(|part| circles::circle(arrows, part));
    let found = circles.filter(|circle| !circle.iter().all(of_steps));
    found.map(|circle| circle.iter().map(|part| part.join("::")).collect::<Vec<_>>().join(" -> ")).collect()
}

#[test]
fn no_sub_rooms_need_each_other_in_a_circle() {
    let all: Vec<Source> = sources::all().into_iter().filter(|source| !source.is_test()).collect();
    let deepest = all.iter().map(|source| source.module.len()).max().unwrap();
    let found: Vec<String> = (2..=deepest).flat_map(|names| circles_of(&circles::between_parts(&all, names))).collect();
    assert!(found.is_empty(), "circles of sub-rooms:\n{}", found.join("\n"));
}

/// Where a name may be that of several types among themselves, though never that of a type elsewhere, and why.
const SHARED_NAMES: [(&str, &str); 3] = [
    (
        "meters/codec",
        "a codec speaks as its specification does, and several of them have a frame, a record; no name of theirs \
         leaves its driver and its simulator",
    ),
    ("meters/drivers", "a driver has the words of its codec, and nobody else sees them"),
    ("meters/simulator", "a simulator has the words of its codec, and nobody else sees them"),
];

#[test]
fn a_name_means_one_thing() {
    let (mut types, mut seen): (BTreeMap<String, Vec<String>>, usize) = (BTreeMap::new(), 0);
    for source in sources::all().iter().filter(|source| !source.is_test()) {
        for name in source.types() {
            seen += 1;
            types.entry(name).or_default().push(source.file.with_extension("").display().to_string());
        }
    }
    assert!(seen > 900, "only {seen} types are seen");
    let shares = |file: &String| SHARED_NAMES.iter().any(|(room, _)| file.starts_with(room));
    types.retain(|_, files| files.len() > 1 && !files.iter().all(shares));
    assert!(types.is_empty(), "types with one name: {types:#?}");
}

/// Where a month is read or written in letters, and why.
const MONTHS_IN_LETTERS: [(&str, &str); 3] = [
    ("domain/typed_date.rs", "it reads what a person typed"),
    ("domain/calendar.rs", "it writes a date for everybody else"),
    ("meters/codec", "a meter has its own way"),
];

#[test]
fn a_date_is_written_in_one_place() {
    let others = sources::everywhere().into_iter().filter_map(|(path, text)| {
        let file = path.strip_prefix("src").ok()?.to_owned();
        let is_allowed = MONTHS_IN_LETTERS.iter().any(|(place, _)| file.starts_with(place));
        let is_written = text.contains("%b") || text.contains("%B");
        (is_written && !is_allowed).then(|| file.display().to_string())
    });
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new(), "dates are written by domain::calendar");
}

#[test]
fn pure_rooms_reach_nothing_outside() {
    let mut wrong = Vec::new();
    for source in sources::all().iter().filter(|source| PURE.contains(&source.room())) {
        let mut say = |what: &str| wrong.push(format!("{}: {what}", source.file.display()));
        for line in code(&source.text) {
            let outside = OUTSIDE.iter().any(|name| line.contains(&format!("{name}::")));
            let clock = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"]
                .iter()
                .any(|clock| line.contains(clock));
            if outside || clock {
                say(line);
            }
        }
        // Not even a comment speaks of them: what a pure room has to say does not depend on what carries it out.
        for line in source.text.lines() {
            let words: Vec<&str> = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
            if UNHEARD_OF.iter().any(|name| words.contains(name)) {
                say(line.trim());
            }
        }
    }
    assert!(wrong.is_empty(), "a pure room reaches outside:\n{}", wrong.join("\n"));
}

/// What the engine asks of the station goes through its calls, where the permission and the gate are.
#[test]
fn the_engine_does_not_ask_the_store_behind_the_station() {
    let asks = |source: &&Source| source.room() == "engine" && !source.is_test() && source.calls_of("store") > 0;
    let found: Vec<String> =
        sources::all().iter().filter(asks).map(|source| source.file.display().to_string()).collect();
    assert!(found.is_empty(), "they ask the store behind the station: {found:?}");
}

#[test]
fn the_check_itself_sees_a_call() {
    let text = "
        fn f(station: &Station) { station.store().pending(); tokio::select! { () = station.store().a() => {} } }
        impl A { fn g(&self) { self.ask(|station| station.store().b()); self.store(1); self.stored(); } }
        fn i() { backend.ask(Station::store); store(); }
        #[test] fn h() { station.store(); }
        #[cfg(test)] mod tests { fn i() { station.store(); } }";
    assert_eq!(made_up("x.rs", text).calls_of("store"), 4);
}

#[test]
fn every_room_has_its_arrows() {
    let known = arrows();
    let unknown: Vec<String> = sources::all()
        .iter()
        .filter(|source| !known.contains_key(source.room()) && source.room() != "lib" && source.room() != "main")
        .map(|source| source.file.display().to_string())
        .collect();
    assert!(unknown.is_empty(), "rooms without arrows: {unknown:?}");
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources::all()
        .iter()
        .filter(|source| source.text.lines().count() > LONGEST_FILE)
        .map(|source| format!("{} has {} lines", source.file.display(), source.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files over {LONGEST_FILE} lines: {long:?}");
}

/// Also comments, texts and what stands in macros, which rustfmt leaves as they are.
#[test]
fn no_line_is_wider_than_rustfmt_would_leave_it() {
    let mut wide = Vec::new();
    let files = sources::everywhere();
    assert!(files.len() > 600, "only {} files are seen", files.len());
    for (file, text) in &files {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| line.chars().count() > WIDEST_LINE);
        wide.extend(lines.map(|(number, line)| format!("{}:{number}: {}", file.display(), line.trim())));
    }
    assert!(wide.is_empty(), "lines over {WIDEST_LINE} characters:\n{}", wide.join("\n"));
}

/// What this look finds in the sources outside tests, each with its file.
fn found_by(look: fn(&sources::Source) -> Vec<String>) -> Vec<String> {
    let all = sources::all();
    let ours = all.iter().filter(|source| !source.is_test());
    ours.flat_map(|source| look(source).into_iter().map(|name| format!("{}: {name}", source.file.display()))).collect()
}

/// Every limit, time and number of a protocol says what it is, and the comment has room for why.
#[test]
fn every_constant_says_what_it_is() {
    let unexplained = found_by(sources::Source::unexplained_constants);
    assert!(unexplained.is_empty(), "constants without a word:\n{}", unexplained.join("\n"));
}

/// Whoever gets a text cannot tell what went wrong, nor what was wrong below: errors are types.
#[test]
fn no_error_is_a_text() {
    let in_words = found_by(sources::Source::errors_in_words);
    assert!(in_words.is_empty(), "errors that are texts:\n{}", in_words.join("\n"));
}

#[test]
fn imports_stand_in_one_order() {
    let files = sources::everywhere().into_iter();
    let late = files.flat_map(|(file, text)| {
        sources::late_imports(&text).into_iter().map(move |first| format!("{}: {first}", file.display()))
    });
    assert_eq!(late.collect::<Vec<_>>(), Vec::<String>::new(), "imports stand so: std, other crates, ours");
}

/// A file of the sources that a test makes up.
fn made_up(file: &str, text: &str) -> Source {
    Source::parse(Path::new(file), text.to_owned()).unwrap()
}

#[test]
fn the_check_itself_sees_every_import() {
    let text = "
        use crate::{store::{Store, key as lock}, app::model::*};
        use super::super::super::engine::effects;
        pub(crate) use glucodock::cli;
        use std::io;
        fn f(x: super::sibling::Thing) -> crate::host::Clock {
            assert_eq!(vec![crate::ui::paint::all()], super::other());
            // use crate::platform
        }
        mod inner { use super::super::neighbour; }
        #[cfg(test)]
        mod tests { use crate::meters; }
        ";
    let named = |tests| {
        let names = made_up("app/wizard/done.rs", text).names(tests);
        names.iter().map(|path| path.join("::")).collect::<Vec<_>>()
    };
    let mut expected = vec![
        "app::model",
        "app::wizard::neighbour",
        "app::wizard::other",
        "app::wizard::sibling::Thing",
        "cli",
        "engine::effects",
        "host::Clock",
        "store::Store",
        "store::key",
        "ui::paint::all",
    ];
    assert_eq!(named(false), expected);
    expected.insert(7, "meters");
    assert_eq!(named(true), expected);
}

#[test]
fn the_check_itself_sees_a_circle() {
    let house = |second: &str| {
        let files = [
            made_up("store.rs", "mod key; mod files; use files::Files;"),
            made_up("store/key.rs", "use crate::{store::{files::Files, Store}};"),
            made_up("store/files.rs", second),
            made_up("store/files/list.rs", "use super::super::key::Key;"),
        ];
        let arrows = circles::arrows(&files);
        circles::circle(&arrows, &files[1].module).map(|circle| circle.len() - 1)
    };
    assert_eq!(house("use super::Store; mod list;"), None);
    assert_eq!(house("fn f() -> super::key::Key {}"), Some(2));
    assert_eq!(house("#[cfg(test)] mod tests { use crate::store::key; }"), None);
}

/// A file below the face of a sub-room leads out of it, and another sub-room back to the face.
#[test]
fn the_check_itself_sees_a_circle_through_a_face() {
    let files = [
        made_up("host/watch.rs", "mod listing; pub struct Location;"),
        made_up("host/watch/listing.rs", "use crate::host::mounts::Mounts;"),
        made_up("host/mounts.rs", "use super::watch::Location;"),
    ];
    let watch = files[0].module.clone();
    assert_eq!(circles::circle(&circles::arrows(&files), &watch), None);
    let arrows = circles::between_parts(&files, 2);
    assert_eq!(circles::circle(&arrows, &watch).map(|circle| circle.len() - 1), Some(2));
}

#[test]
fn the_check_itself_sees_a_constant_without_a_word() {
    let text = "
        /// The two.
        const A: u8 = 1;
        const B: u8 = 2;
        fn f() {}
        const C: u8 = 3;
        impl D { const E: u8 = 4; }
        impl F for D { const G: u8 = 5; }
        #[cfg(test)] mod tests { const H: u8 = 6; }";
    assert_eq!(made_up("x.rs", text).unexplained_constants(), ["C", "E"]);
}

#[test]
fn the_check_itself_sees_errors_in_words() {
    let text = "
        fn a() -> Result<u8, String> {}
        fn b(fits: &dyn Fn(u8) -> std::result::Result<(), &'static str>) {}
        fn c() -> Result<String, Error> {}
        fn d() { let e = |x| -> Result<Vec<(u8, u8)>, std::string::String> { x }; }
        impl G { fn f() -> Result<(), String> {} }
        trait H { fn i() -> Option<Result<(), String>>; }
        #[cfg(test)] fn j() -> Result<(), String> {}
        #[cfg(test)] mod tests { fn k() -> Result<(), String> {} }";
    assert_eq!(made_up("x.rs", text).errors_in_words(), ["a", "b", "d", "f", "i"]);
}

#[test]
fn the_check_itself_sees_types() {
    let text = "pub struct A; pub(super) enum B {} trait C {} pub type D = u8; pub mod e { pub trait F {} }
        #[cfg(test)] struct G; #[cfg(test)] mod tests { struct H; }";
    assert_eq!(made_up("x.rs", text).types(), ["A", "B", "C", "D", "F"]);
}

#[test]
fn the_check_itself_sees_an_import_that_comes_late() {
    let late = |text| sources::late_imports(text);
    assert_eq!(
        late("mod a; pub use a::A; use std::io; use syn::File; use crate::b; use super::c;"),
        Vec::<String>::new()
    );
    assert_eq!(late("mod a; use a::A; use std::io; use crate::b; use syn::File;"), ["std", "syn"]);
}
