//! The texts in `assets/words`: each is used, says something, and promises nothing that nobody can do.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its sources has to fail")]

use std::fs;
use std::path::{Path, PathBuf};

use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::TextKey;
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

#[test]
fn every_text_is_used() {
    let sources = sources();
    for text in TextKey::ALL {
        let name = format!("key::{}", text.as_str().replace('-', "_").to_uppercase());
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let is_used = sources.iter().any(|source| source.split(&name).skip(1).any(ends));
        assert!(is_used, "{} in assets/words/en.ftl is used nowhere", text.as_str());
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

/// The build finds a file that cannot be read and a key that is given twice; a message may still be without a text.
#[test]
fn every_key_has_a_text() {
    let words = Words::english();
    for key in TextKey::ALL {
        assert!(words.has(*key), "{} is empty", key.as_str());
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

/// Each of them is said beside meters that were read before: none may say that nothing was.
#[test]
fn every_fault_of_the_store_says_where_the_readings_are() {
    let of_the_store = ProblemCode::ALL.iter().filter(|code| code.code().starts_with("E-STORE-"));
    let texts: Vec<String> = of_the_store.map(|code| Words::shared().text(code.what())).collect();
    assert_eq!(texts.len(), 5);
    for text in texts {
        assert!(text.ends_with("what is not stored yet is still in the meter."), "{text}");
        assert!(text.contains("othing was assigned") && !text.contains("othing was read"), "{text}");
    }
}
