//! `glucodock completions` and `glucodock man`: a shell takes them, and they have every command.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::program::on_store;

fn printed(arguments: &[&str]) -> String {
    let output = on_store(Path::new("/nonexistent"), arguments, "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What bash offers behind these words.
fn offered(script: &Path, words: &str) -> Vec<String> {
    let asked = format!(
        "source {}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
         _glucodock glucodock \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display()
    );
    let output = Command::new("bash").args(["--norc", "-c", &asked]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("glucodock");
    std::fs::write(&script, printed(&["completions", "bash"])).unwrap();
    assert_eq!(offered(&script, "glucodock pat"), ["patients"]);
    assert_eq!(offered(&script, "glucodock patients im"), ["import"]);
    assert_eq!(offered(&script, "glucodock export --win"), ["--window-days"]);
    assert_eq!(offered(&script, "glucodock export --as f"), ["fhir"]);
}

#[test]
fn every_shell_gets_a_script_of_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for name in ["patients", "export", "accept-restored"] {
            assert!(script.contains(name), "{shell}: {name}");
        }
    }
    let refused = on_store(Path::new("/nonexistent"), &["completions", "bash", "--json"], "");
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let said: Value = serde_json::from_str(&printed(&["man", "--to", to, "--json"])).unwrap();
    let mut pages: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    assert_eq!(said["pages"], pages.len());
    for name in ["glucodock.1", "glucodock-export.1", "glucodock-store-accept-restored.1"] {
        assert!(pages.iter().any(|page| page == name), "{name} in {pages:?}");
    }
    let export = std::fs::read_to_string(folder.path().join("glucodock-export.1")).unwrap();
    assert!(export.contains("window\\-days") && export.contains("a patient"), "{export}");
    assert_eq!(std::fs::read_to_string(folder.path().join("glucodock.1")).unwrap(), printed(&["man"]));
    let nowhere = on_store(Path::new("/nonexistent"), &["man", "--to", "/nonexistent/man"], "");
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("Make the folder"), "{nowhere:?}");
}
