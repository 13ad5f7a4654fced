use rstest::rstest;
use serde_json::json;

use super::*;

/// Knows no toaster and no boss.
struct Usual;

impl Checks for Usual {
    fn plug(&self, description: &str) -> Result<(), Cause> {
        if description.starts_with("toaster") { Err("no such meter".into()) } else { Ok(()) }
    }
    fn user(&self, staff: &Staff) -> Result<(), Cause> {
        if staff.role == "boss" { Err("no such role".into()) } else { Ok(()) }
    }
    fn patient(&self, person: &Person) -> Result<(), Cause> {
        if person.mrn == "R12" { Err("no identifier".into()) } else { Ok(()) }
    }
}

fn parse(text: &str) -> Result<Vec<ScriptStep>, Vec<ScriptError>> {
    Script::parse(text, &Usual).map(|script| script.lines.into_iter().map(|line| line.step).collect())
}

fn text(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

/// A person without a reason.
fn dam() -> Person {
    Person {
        family: "Dam".to_owned(),
        given: "Anna".to_owned(),
        born: "1961-07-14".to_owned(),
        mrn: "M1".to_owned(),
        reason: String::new(),
    }
}

#[rstest]
#[case("key Enter", ScriptStep::Keys(vec![Key::Enter]))]
#[case(
    "keys Down Down pgdn Ctrl-C F10 x",
    ScriptStep::Keys(vec![Key::Down, Key::Down, Key::PageDown, Key::Control('c'), Key::Function(10), Key::Char('x')])
)]
#[case("type \"Mü \\\"x\\\\\"", ScriptStep::Keys(text("Mü \"x\\")))]
#[case("type \"a\\n\\u{e9}\"", ScriptStep::Keys(vec![Key::Char('a'), Key::Enter, Key::Char('é')]))]
#[case(
    "scan \"M1\"",
    ScriptStep::Keys(vec![Key::Scan(Burst { text: "M1".to_owned(), end: BurstEnd::Enter })])
)]
#[case(
    "plug accu-chek-guide serial=92500000042  readings=720 # full",
    ScriptStep::Plug("accu-chek-guide serial=92500000042 readings=720".to_owned())
)]
#[case("unplug accu-chek-guide", ScriptStep::Unplug("accu-chek-guide".to_owned()))]
#[case("unplug accu-chek-guide serial=000", ScriptStep::Unplug("accu-chek-guide serial=000".to_owned()))]
#[case(
    "wait \"Confirm device\" 250ms",
    ScriptStep::Wait { text: "Confirm device".to_owned(), limit: SignedDuration::from_millis(250) }
)]
#[case("wait \"x\"", ScriptStep::Wait { text: "x".to_owned(), limit: SignedDuration::from_secs(10) })]
#[case("expect \"# no remark\"", ScriptStep::Expect("# no remark".to_owned()))]
#[case("refuse Ada", ScriptStep::Refuse("Ada".to_owned()))]
#[case(
    "expect-json /wizard/step \"confirm_device\"",
    ScriptStep::ExpectJson { pointer: "/wizard/step".to_owned(), value: json!("confirm_device") }
)]
#[case(
    "expect-json /scene/blocks/0 {\"a\": [1, null]}",
    ScriptStep::ExpectJson { pointer: "/scene/blocks/0".to_owned(), value: json!({"a": [1, null]}) }
)]
#[case("screen start", ScriptStep::Screen("start".to_owned()))]
#[case("resize 120x40", ScriptStep::Resize { columns: 120, rows: 40 })]
#[case("idle", ScriptStep::Idle)]
#[case(
    "user nora \"Nora Example\" clinician \"correct horse\"",
    ScriptStep::User(Staff {
        login: "nora".to_owned(),
        name: "Nora Example".to_owned(),
        role: "clinician".to_owned(),
        password: "correct horse".to_owned(),
    })
)]
#[case(
    "patient \"van Dam\" Anna 1961-07-14 M1",
    ScriptStep::Patient(Person { family: "van Dam".to_owned(), ..dam() })
)]
#[case(
    "patient Dam Anna 1961-07-14 M1 \"a twin\"",
    ScriptStep::Patient(Person { reason: "a twin".to_owned(), ..dam() })
)]
#[case("advance 1h30m", ScriptStep::Advance(SignedDuration::from_mins(90)))]
#[case("  restart  ", ScriptStep::Restart)]
fn every_step_is_understood(#[case] line: &str, #[case] step: ScriptStep) {
    assert_eq!(parse(line), Ok(vec![step]));
}

#[test]
fn empty_lines_and_remarks_are_nothing_but_count() {
    assert_eq!(parse("# remark\n\n   \n").unwrap(), []);
    let script = Script::parse("# remark\n\nidle # now\n", &Usual).unwrap();
    assert_eq!(script.lines[0].number, 3);
}

#[test]
fn what_is_typed_is_not_repeated() {
    let text = "type \"hunter2\"\nscan \"hunter2\"\nuser nora Nora clinician hunter2";
    let script = Script::parse(text, &Usual).unwrap();
    assert!(!format!("{:?}", script.lines[2]).contains("hunter2"));
    assert!(script.lines.iter().all(|line| !line.text.contains("hunter2")));
}

#[rstest]
#[case("jump", "there is no step \"jump\"")]
#[case("key Hyper", "there is no key \"Hyper\"")]
#[case("key F13", "there is no key \"F13\"")]
#[case("key", "key with 0 words")]
#[case("type \"open", "a quote is not closed")]
#[case("type \"a\"b", "no space after a closing quote")]
#[case("type \"\\q\"", "there is no escape \\q")]
#[case("type \"\\u{110000}\"", "\\u needs a number")]
#[case("type \"\\u{+e9}\"", "\\u needs a number")]
#[case("wait \"x\" soon", "\"soon\" is no time")]
#[case("advance -5m", "\"-5m\" is no time")]
#[case("advance 90000000h", "\"90000000h\" is too long: a script takes at most 100 years (876600h)")]
#[case("advance 99999999999999999999h", "is no time")]
#[case("wait \"x\" 876601h", "is too long")]
#[case("resize 0x24", "\"0x24\" is no size")]
#[case("resize 80", "\"80\" is no size")]
#[case("expect-json wizard 1", "is no JSON pointer")]
#[case("expect-json /wizard confirm", "the value is no JSON")]
#[case("expect-json /wizard", "expected: expect-json")]
#[case("plug toaster", "no such meter")]
#[case("idle now", "nothing after it")]
#[case("user nora Nora boss secret", "no such role")]
#[case("user nora Nora clinician", "expected: user LOGIN")]
#[case("patient Müller Anna 1961-07-14 R12", "no identifier")]
#[case("patient Müller Anna", "expected: patient")]
fn what_makes_no_sense_is_refused_with_its_line(#[case] line: &str, #[case] reason: &str) {
    let errors = parse(&format!("idle\n{line}\nidle\n")).unwrap_err();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(error.line, 2);
    assert!(error.reason.to_string().contains(reason), "{}", error.reason);
}

/// Each time is allowed, and all of them are more than a script may take: told once, where it is too much.
#[test]
fn all_times_of_a_script_together_are_within_the_calendar() {
    assert!(parse("advance 876600h\nidle").is_ok());
    let errors = parse("advance 876600h\nwait x 1ms\nadvance 1h\nadvance 1h").unwrap_err();
    let told = errors.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told, ["line 2: all times up to here together are more than 100 years (876600h)"]);
}

#[test]
fn of_a_long_word_the_beginning_is_repeated() {
    for verb in ["", "key ", "resize ", "advance ", "expect-json "] {
        let errors = parse(&format!("{verb}{} 1", "9".repeat(30_000))).unwrap_err();
        assert!(errors.iter().all(|error| error.to_string().len() < 300), "{errors:?}");
    }
}

const GUIDE: &str = include_str!("../../../../docs/headless.md");

/// The rows of a table of the guide, by its heading; of the first cell of each row the words in code.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let rows = GUIDE.lines().skip_while(|line| !line.starts_with(heading)).skip(2);
    let cells = rows.take_while(|line| line.starts_with('|'));
    let first = cells.filter_map(|row| row.split('|').nth(1));
    first.map(|cell| cell.split('`').skip(1).step_by(2).collect()).collect()
}

/// Every key that the guide names is one, and every key that there is has its name there.
#[test]
fn the_guide_names_every_key() {
    let named: Vec<&str> = table("| key |").concat();
    assert!(named.len() > 20, "{named:?}");
    for name in &named {
        assert!(keys::named(name).is_ok(), "{name}");
    }
    for name in keys::NAMES.iter().flat_map(|(names, _)| names.iter()) {
        assert!(named.iter().any(|told| told.to_lowercase() == *name), "{name} is not in the guide");
    }
}

/// Every step of the guide is one, with the usage that it shows.
#[test]
fn the_guide_shows_steps_that_are_understood() {
    let steps = table("| step |").concat();
    assert_eq!(steps.len(), 18, "{steps:?}");
    for step in steps {
        assert!(parse(step).is_ok(), "{step}: {:?}", parse(step));
    }
}
