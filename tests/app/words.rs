//! The texts in `assets/words` against the keys in the sources: none is missing, none is left over.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its sources has to fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::ui::scene::Block;
use glucodock::ui::words::Words;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The sources without their unit tests, which may ask for keys that are not there.
fn sources() -> Vec<String> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    let read = |path: &PathBuf| fs::read_to_string(path).unwrap();
    files.iter().map(read).map(|text| text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()).collect()
}

fn keys_of_the_asset() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("assets/words/en.ftl")).unwrap();
    let starts_a_message = |line: &str| line.starts_with(|c: char| c.is_ascii_lowercase());
    text.lines().filter(|line| starts_a_message(line)).map(|line| line.split(" =").next().unwrap().to_owned()).collect()
}

/// The text between the quotes at the start of `rest`, if there is a plain literal.
fn literal(rest: &str) -> Option<&str> {
    rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
}

/// Every text between quotes. Good enough for keys, which hold neither quotes nor backslashes.
fn all_literals(source: &str) -> BTreeSet<String> {
    source.lines().flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_key_in_the_sources_has_its_text() {
    let words = Words::english();
    let mut asked = 0;
    for source in sources() {
        for call in [".text(", ".filled("] {
            for key in source.split(call).skip(1).filter_map(literal) {
                asked += 1;
                assert!(words.has(key), "no text for {key} in assets/words/en.ftl");
            }
        }
    }
    assert!(asked > 0, "the search found no key at all");
}

#[test]
fn every_text_is_used() {
    let literals: BTreeSet<String> = sources().iter().flat_map(|source| all_literals(source)).collect();
    // `format!("problem-{code}-what")` uses every key with that beginning and that end.
    let patterns: Vec<(&str, &str)> = literals
        .iter()
        .filter_map(|literal| Some((literal.split_once('{')?.0, literal.rsplit_once('}')?.1)))
        .filter(|(start, end)| start.ends_with('-') && !start.contains(' ') && !end.contains(' '))
        .collect();
    for key in keys_of_the_asset() {
        let built = patterns.iter().any(|(start, end)| key.starts_with(start) && key.ends_with(end));
        assert!(built || literals.contains(&key), "{key} in assets/words/en.ftl is used nowhere");
    }
}

/// A sentence that sends somebody on stands only where there is somebody or something to go to. Nobody moves a meter to
/// another patient, nobody may be asked for it, and the device panel shows a state, not what helps.
#[test]
fn no_text_promises_what_nobody_can_do() {
    let text = fs::read_to_string(root().join("assets/words/en.ftl")).unwrap();
    let mut said = text.lines().filter(|line| !line.starts_with('#'));
    for promise in ["administrator", "transfer a meter", "device panel"] {
        let found = said.clone().find(|line| line.to_lowercase().contains(&promise.to_lowercase()));
        assert_eq!(found, None, "{promise}");
    }
    assert!(said.any(|line| line.contains("Wait")), "the search finds what is there");
}

#[test]
fn no_key_is_given_twice_and_each_can_be_read() {
    let text = fs::read_to_string(root().join("assets/words/en.ftl")).unwrap();
    let words = Words::english();
    let keys = keys_of_the_asset();
    for key in &keys {
        assert!(words.has(key), "{key} is damaged");
        let given = text.lines().filter(|line| line.split(" =").next() == Some(key)).count();
        assert_eq!(given, 1, "{key} is given {given} times");
    }
}

#[test]
fn every_problem_says_what_happened_and_what_to_do() {
    let words = Words::english();
    for code in ProblemCode::ALL {
        for (done, of) in [(0, None), (1, None), (412, None), (412, Some(720))] {
            let problem = Problem { done, of, ..Problem::new(*code, "") };
            let Block::Problem { what, remedy, code } = words.problem(&problem) else { panic!("not a problem") };
            for text in [&what, &remedy] {
                assert!(text.ends_with('.'), "{code}: {text}");
                assert!(!text.contains(['[', '{', '\n']) && !text.contains("  "), "{code}: {text}");
            }
        }
    }
}
