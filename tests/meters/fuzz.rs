//! The fuzz targets without a fuzzer: every seed, what was found once (`fixtures/fuzz/TARGET/`), and mutations of both
//! that are the same on every machine. `GLUCODOCK_FUZZ=1000` makes a thousand of each seed instead of a few.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

mod mutation;
// The same sources that libFuzzer runs.
#[path = "../../fuzz/src"]
pub(crate) mod shared {
    pub(crate) mod targets;
}

use self::mutation::Mutations;
use self::shared::targets::conversations::{self, Memory};
use self::shared::targets::input::Input;
use self::shared::targets::played::{Ending, Event};
use self::shared::targets::{Target, all, by_name, driver};

/// Mutations of each target, shared among its seeds.
const MUTATIONS: usize = 150;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a fuzzer has found for this target.
fn findings(target: &Target) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder("fixtures/fuzz").join(target.name)).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Runs the target, and names the bytes if something does not hold.
fn run(target: &Target, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| target.run(bytes))).is_err() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}", target.name));
        fs::write(&file, bytes).unwrap();
        panic!("{} fails for the bytes in {}", target.name, file.display());
    }
}

/// Plays every seed and finding of some targets, and mutations of them.
fn play(targets: impl Iterator<Item = &'static Target>) {
    let wanted: Option<usize> = std::env::var("GLUCODOCK_FUZZ").ok().map(|number| number.parse().unwrap());
    for target in targets {
        let mut corpus = target.seeds();
        assert!(!corpus.is_empty(), "{} has no seeds", target.name);
        corpus.extend(findings(target));
        corpus.push(vec![0; 64]);
        let mut mutations = Mutations::new(&corpus);
        let each = wanted.unwrap_or(MUTATIONS.div_ceil(corpus.len()));
        for bytes in &corpus {
            run(target, bytes);
            for _ in 0..each {
                run(target, &mutations.of(bytes));
            }
        }
    }
}

fn is_driver(target: &Target) -> bool {
    glucodock::meters::drivers::by_name(target.name).is_some()
}

#[test]
fn hostile_meters_with_names_up_to_g() {
    play(all().iter().filter(|target| is_driver(target) && target.name < "glucomen"));
}

#[test]
fn hostile_meters_with_names_from_g_on() {
    play(all().iter().filter(|target| is_driver(target) && target.name >= "glucomen"));
}

#[test]
fn hostile_messages_and_files() {
    play(all().iter().filter(|target| !is_driver(target)));
}

/// A seed is a conversation that the driver reads to its end; otherwise a fuzzer would begin with nonsense.
#[test]
fn every_driver_starts_from_whole_conversations() {
    for driver in glucodock::meters::drivers::ALL {
        let conversations = driver::conversations(*driver);
        let most = conversations.iter().map(|(_, download)| download.readings.len()).max();
        assert!(most.is_some_and(|most| most >= 9), "{}: {most:?}", driver.name());
        for (input, download) in &conversations {
            assert!(download.is_complete(), "{}", driver.name());
            assert_eq!(&Input::decode(&input.encode()), input, "{}", driver.name());
        }
        let sorts = conversations
            .iter()
            .map(|(_, download)| download.readings.len())
            .collect::<std::collections::BTreeSet<_>>();
        assert!(sorts.contains(&1) && sorts.len() >= 3, "{}: {sorts:?}", driver.name());
    }
}

/// Every driver and every codec has its target, and every target its binary.
#[test]
fn nothing_that_decodes_is_left_out() {
    let names: Vec<&str> = all().iter().map(|target| target.name).collect();
    for driver in glucodock::meters::drivers::ALL {
        assert!(by_name(driver.name()).is_some(), "{} has no fuzz target", driver.name());
    }
    let codecs = fs::read_to_string(folder("src/meters/codec.rs")).unwrap();
    for module in codecs.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        let name = format!("codec-{}", module.replace('_', "-"));
        assert!(names.contains(&name.as_str()), "there is no fuzz target {name}");
    }
    let manifest = manifest("fuzz/Cargo.toml");
    let binaries = manifest["bin"].as_array().unwrap().iter().map(|binary| binary["name"].as_str().unwrap());
    let mut expected = names.clone();
    expected.sort_unstable();
    assert_eq!(binaries.collect::<Vec<_>>(), expected, "the binaries in fuzz/Cargo.toml, sorted");
    for entry in fs::read_dir(folder("fixtures/fuzz")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name.as_str()), "fixtures/fuzz/{name} is of no target");
    }
}

/// The fuzz targets compile the package's own sources, so they need what the package needs, as the package needs it.
#[test]
fn the_fuzz_targets_use_the_crates_of_the_package() {
    let (package, fuzz) = (manifest("Cargo.toml"), manifest("fuzz/Cargo.toml"));
    let own: BTreeMap<_, _> =
        fuzz["dependencies"].as_table().unwrap().iter().filter(|(name, _)| *name != "libfuzzer-sys").collect();
    assert!(own.contains_key(&"jiff".to_owned()));
    for (name, wanted) in own {
        assert_eq!(Some(wanted), package["dependencies"].get(name), "{name} in fuzz/Cargo.toml");
    }
}

/// A crate that a source of these rooms names, the fuzz targets have: else they do not build, and only
/// the fuzzer would say.
#[test]
fn the_fuzz_targets_have_every_crate_that_their_rooms_name() {
    let (package, fuzz) = (manifest("Cargo.toml"), manifest("fuzz/Cargo.toml"));
    let mut named = 0;
    for name in package["dependencies"].as_table().unwrap().keys() {
        let path = format!("{}::", name.replace('-', "_"));
        let uses = |text: &str| {
            text.match_indices(&path).any(|(at, _)| {
                // `host::rusb::` and `my_csv::` name something else.
                let goes_on = |before: char| before.is_alphanumeric() || before == '_' || before == ':';
                !text.get(..at).unwrap_or_default().ends_with(goes_on)
            })
        };
        let sources = ["src/domain", "src/meters"].iter().flat_map(|room| sources(&folder(room)));
        for source in sources.filter(|source| !is_of_tests_only(source)) {
            if uses(&fs::read_to_string(&source).unwrap()) {
                assert!(fuzz["dependencies"].get(name).is_some(), "{name}, which {} names", source.display());
                named += 1;
            }
        }
    }
    assert!(named > 50, "the search finds the crates");
    // Tables that the package's build script makes are part of the rooms.
    assert_eq!(fuzz["package"]["build"].as_str(), Some("../build.rs"));
    assert_eq!(fuzz["build-dependencies"], package["build-dependencies"]);
}

/// The fuzz targets have these rooms one room further in: a visibility that names its place from the top leads nowhere
/// there, and only the fuzzer would say.
#[test]
fn no_visibility_in_the_rooms_of_the_fuzz_targets_is_named_from_the_top() {
    let named: Vec<String> = ["src/domain", "src/meters"]
        .iter()
        .flat_map(|room| sources(&folder(room)))
        .filter(|source| fs::read_to_string(source).unwrap().contains("pub(in crate::"))
        .map(|source| source.display().to_string())
        .collect();
    assert_eq!(named, [""; 0], "write pub(super) or pub(in super::super)");
}

fn sources(room: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Whether the source is a module that its parent has in tests only: the fuzz targets are built without tests.
fn is_of_tests_only(source: &Path) -> bool {
    let name = source.file_stem().unwrap().to_str().unwrap();
    let parent = fs::read_to_string(source.parent().unwrap().with_extension("rs")).unwrap_or_default();
    parent.contains(&format!("#[cfg(test)]\nmod {name};"))
}

fn manifest(path: &str) -> toml::Table {
    fs::read_to_string(folder(path)).unwrap().parse().unwrap()
}

#[test]
fn any_bytes_are_a_conversation() {
    assert_eq!(
        Input::decode(&[0b1110, 2, 7, 8, 0xF1, 1, 0xFF, 0xF0, 1, 0, 9, 0xF3, 0xF2, 5, 1]),
        Input {
            ending: Ending::Again,
            takes_features: true,
            is_repaired: true,
            events: vec![
                Event::Transfer(vec![7, 8]),
                Event::Silence,
                Event::Silence,
                Event::Transfer(vec![9]),
                Event::Failure,
                Event::Unplug,
                Event::Transfer(vec![1]),
            ],
        }
    );
}

/// A meter is simulated as asked.
#[test]
fn a_meter_without_ketones_cannot_hold_one() {
    let meter = conversations::meters("onetouch-ultra2").next().unwrap();
    let memory = Memory { readings: 1, shows_mmol: false, has_ketone: true };
    assert!(conversations::simulated(meter, memory).is_none());
    assert!(conversations::simulated(meter, Memory { has_ketone: false, ..memory }).is_some());
}
