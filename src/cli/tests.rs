//! The command line as it is typed: what may stand where, and that it is sound.

use super::*;

fn given(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

fn understood(line: &str) -> Result<Arguments, clap::Error> {
    parse(&arranged(&given(line)))
}

#[test]
fn what_every_command_takes_may_stand_before_it_or_behind_it() {
    for line in ["glucodock --json pending", "glucodock pending --json", "glucodock --format json audit verify"] {
        assert_eq!(understood(line).unwrap().output.format(), Format::Json, "{line}");
    }
    for line in ["glucodock --site x users list", "glucodock --linear doctor", "glucodock --data x simulate y --faults"]
    {
        assert_eq!(understood(line).unwrap_err().kind(), ErrorKind::ArgumentConflict, "{line}");
    }
    // What only a command takes stands behind it.
    for line in ["glucodock --supported meters", "glucodock --auto read", "glucodock --limit 3 patients search a"] {
        assert_eq!(understood(line).unwrap_err().kind(), ErrorKind::UnknownArgument, "{line}");
    }
    assert!(understood("glucodock --data x --site y").is_ok());
    assert!(understood("glucodock --data").is_err());
    // A value that is called as a command is one all the same, and what stands behind `--` is no option.
    let searched = understood("glucodock --data pending --json patients search -- --data").unwrap();
    assert_eq!(searched.output.format(), Format::Json);
    let as_behind = understood("glucodock patients search --json --data pending -- --data").unwrap();
    assert_eq!(format!("{searched:?}"), format!("{as_behind:?}"));
}

/// Every option of the app before every command that has one of that name: the same as behind it.
#[test]
fn every_option_of_the_app_may_stand_before_a_command_that_takes_it() {
    let app = Arguments::command();
    let mut leaves = Vec::new();
    for command in app.get_subcommands() {
        leaves.push((command.get_name().to_owned(), command));
        let below = command.get_subcommands();
        leaves.extend(below.map(|leaf| (format!("{} {}", command.get_name(), leaf.get_name()), leaf)));
    }
    let mut tried = 0;
    for (path, leaf) in leaves.iter().filter(|(_, leaf)| !leaf.has_subcommands()) {
        for option in app.get_arguments() {
            let long = option.get_long().unwrap_or_default();
            let (Some(_), false) = (leaf.get_arguments().find(|own| own.get_long() == Some(long)), long.is_empty())
            else {
                continue;
            };
            let value =
                option.get_possible_values().last().map_or("value".to_owned(), |value| value.get_name().to_owned());
            for written in [format!("--{long} {value}"), format!("--{long}={value}"), format!("--{long}")] {
                if option.get_action().takes_values() == (written == format!("--{long}")) {
                    continue;
                }
                let (program, behind) =
                    (given(&format!("glucodock {path} {written}")), format!("glucodock {written} {path}"));
                let before = arranged(&given(&behind));
                let is_same = before == program || option.is_global_set();
                assert!(is_same, "{behind}: {before:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn a_wish_for_json_is_seen_in_a_command_line_that_makes_no_sense() {
    for (line, wish) in [
        ("glucodock users --json", true),
        ("glucodock --format json toaster", true),
        ("glucodock users add --format=json --role boss", true),
        ("glucodock users --format text", false),
        ("glucodock patients search -- --json", false),
    ] {
        assert_eq!(wants_json(&given(line)), wish, "{line}");
        assert!(understood(line).is_err() || !wish, "{line}");
    }
}

#[test]
fn the_command_line_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn every_option_is_explained() {
    for command in Arguments::command().get_subcommands() {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
    }
}
