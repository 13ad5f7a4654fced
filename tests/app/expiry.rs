//! The sign-in ends in the middle of each step of the wizard, whatever the person is about to do there: at the next
//! thing that the platform is asked they are told, sign in again, and stand where they stood, with nothing lost.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use glucodock::domain::patient::PatientId;
use glucodock::domain::record::Span;
use glucodock::engine::headless::harness::Harness;
use glucodock::engine::headless::script::Script;
use glucodock::store::Store;
use serde_json::{Value, json};

use super::device_sign_in::{SignInPlace, on, signed_in};
use super::fhir_platform::{carry_with, person, wait};
use super::fhir_server::Fault;
use super::headless::surroundings;

/// Every step but that of what the platform did not take: a patient is created, a meter whose clock is ahead is
/// assigned, another one is somebody else's and waits.
const ALL_DAY: &str = r#"
key F2
type "Testperson"
key Enter
type "Tea"
key Enter
type "31-Dec-1980"
key Enter
type "M9990001"
key Enter
key Right
keys Enter Enter Enter
key Enter
key Esc
type "adey"
key Down
key Enter
plug accu-chek-guide serial=92500000042 readings=20 clock-offset=200000
keys Down Down
key Enter
key Enter
key Tab
key Enter
key Down
key Enter
type "H5550007"
key Enter
type "1968"
key Enter
key Enter
key Enter
key Right
key F7
unplug accu-chek-guide
type "adey"
key Down
key Enter
plug accu-chek-guide serial=92500000099 readings=20
key Enter
key Tab
key Enter
type "ruth"
key Down
key Enter
key Enter
unplug accu-chek-guide
key F3
key Esc
type "ruth"
"#;

/// The platform does not take what was assigned, until somebody has looked at it.
const REFUSED: &str = r#"
type "adey"
key Down
key Enter
plug accu-chek-guide serial=92500000043 readings=20
key Enter
key Tab
key Enter
key Down
key Enter
type "H5550007"
key Enter
type "1968"
key Enter
key Enter
key F7
key F3
key Down
key Enter
type "looked"
key Esc
key Esc
type "ruth"
"#;

/// The steps of the wizard, as the harness names them: the form of a new patient has two, and of the questions before
/// an assignment one is of the clock.
const STEPS: [&str; 14] = [
    "association_pending",
    "clock_stop",
    "confirm_assignment",
    "confirm_device",
    "create_patient_optional",
    "create_patient_required",
    "dashboard",
    "done",
    "find_patient",
    "other_owner",
    "select_patient",
    "undelivered",
    "upload",
    "waiting_meters",
];

/// Where she stands once what was asked of the platform is answered: the others ask this computer alone.
const ASK_THE_PLATFORM: [&str; 7] = [
    "confirm_assignment",
    "create_patient_optional",
    "dashboard",
    "find_patient",
    "other_owner",
    "select_patient",
    "upload",
];

/// Where somebody is: the step, and the screen without the meters below it, which are everybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    step: String,
    rows: Vec<String>,
}

struct Player {
    harness: Harness,
    place: SignInPlace,
}

impl Player {
    fn start() -> Self {
        let place = SignInPlace::new();
        place.fhir.put(person("8a", "Boateng", "Adam", "1971-05-05", "H7"));
        place.fhir.put(json!({
            "resourceType": "Device", "id": "m1", "patient": { "reference": "Patient/8a" },
            "identifier": [{
                "system": "https://glucodock.example/sid/meter/roche/accuchekguide", "value": "92500000099",
            }],
        }));
        let folder = place.folder.path().to_owned();
        let open = Box::new(move |store| on(&folder, store));
        let harness = Harness::start(surroundings(place.folder.path(), open, true)).unwrap();
        let mut player = Self { harness, place };
        player.sign_in();
        player
    }

    fn play(&mut self, text: &str) {
        let checks = surroundings(self.place.folder.path(), Box::new(|_| panic!("nothing is opened")), true);
        let script = Script::parse(text, &checks).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        for line in &script.lines {
            if let Err(cause) = self.harness.step(&line.step) {
                panic!("{}: {cause:?}\n{}", line.text, self.harness.rows().join("\n"));
            }
        }
    }

    fn sign_in(&mut self) {
        self.play("key Enter\nwait \"WDJB-MJHT\"\nadvance 5s\nwait \"Nora Test\"\nidle");
    }

    fn stand(&self) -> Stand {
        let step = self.harness.state().pointer("/wizard/step").and_then(Value::as_str).unwrap().to_owned();
        // What is delivered meanwhile depends on when she signed in again, and so does how much room charts and a table
        // have.
        let is_below = |row: &String| ["Devices -", "Hour of day", "Meal "].iter().any(|below| row.contains(below));
        let is_of_the_step = |row: &String| !row.contains("care platform");
        // How many charts have none stands beside the heading.
        let without_count = |row: String| match row.split_once(" more part") {
            Some((heading, _)) => heading.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end().to_owned(),
            None => row,
        };
        let rows = self.harness.rows().into_iter().take_while(|row| !is_below(row)).filter(is_of_the_step);
        let rows = rows.map(without_count);
        Stand { step, rows: rows.collect() }
    }

    /// Does one thing; signs in again if the sign-in has ended. Whether it had.
    fn go_on(&mut self, line: &str) -> bool {
        self.play(line);
        self.play("idle");
        let has_ended = self.harness.shows("E-SIGN-6");
        if has_ended {
            self.play("expect \"You come back to where you were\"");
            self.sign_in();
        }
        has_ended
    }

    /// Nothing that she was given is worth anything any more.
    fn end_sign_in(&self) {
        self.place.authority.desk.lock().unwrap().forget_family();
    }

    /// What there is at the end, once everything is delivered.
    fn end(self) -> (usize, Vec<usize>) {
        let Self { harness, place } = self;
        drop(harness);
        place.fhir.shelf.lock().unwrap().faults.clear();
        carry_with(place.folder.path(), |store| {
            let backend = on(place.folder.path(), store);
            wait(signed_in(&backend.platform, "at the end"));
            backend
        });
        let store = Store::open(place.folder.path()).unwrap();
        let here = store.record(&PatientId("Patient/7f".into()), Span::ALL).unwrap().readings.len();
        let kinds = ["Patient", "Device", "DeviceUseStatement", "Observation", "Provenance"];
        (here, kinds.map(|kind| place.fhir.all(kind).len()).to_vec())
    }
}

/// What is done, one thing after the other: a person types letter by letter, and sees what comes of each.
fn things(script: &str) -> Vec<String> {
    let letters = |text: &str| text.chars().map(|letter| format!("type \"{letter}\"")).collect::<Vec<_>>();
    let of = |line: &str| match line.strip_prefix("type ") {
        Some(text) => letters(text.trim_matches('"')),
        None => vec![line.to_owned()],
    };
    script.lines().filter(|line| !line.is_empty()).flat_map(of).collect()
}

/// Plays it to its end, where the sign-in ends before the thing at this place. Where she stood after each thing, and
/// after which she had to sign in again.
fn played(
    things: &[String],
    prepare: fn(&Player),
    ends: Option<usize>,
) -> (Vec<Stand>, Option<usize>, (usize, Vec<usize>)) {
    let mut player = Player::start();
    prepare(&player);
    let (mut stands, mut back) = (Vec::new(), None);
    for (place, thing) in things.iter().enumerate() {
        if ends == Some(place) {
            player.end_sign_in();
        }
        if player.go_on(thing) {
            assert_eq!(back.replace(place), None, "once");
        }
        stands.push(player.stand());
    }
    (stands, back, player.end())
}

/// Plays it once as it is, and then with the sign-in ending in the middle of each step that she comes to. The steps in
/// the middle of which it ended, and those to which she came back.
fn with_an_end_in_each_step(script: &str, prepare: fn(&Player), from: usize) -> [BTreeSet<String>; 2] {
    let things = things(script);
    let (reference, never, at_the_end) = played(&things, prepare, None);
    assert_eq!(never, None);
    let (mut ended, mut came_back) = (BTreeSet::new(), BTreeSet::new());
    let mut first = 0;
    while let Some(stand) = reference.get(first) {
        let many = reference.iter().skip(first).take_while(|other| other.step == stand.step).count();
        // Before the thing that is done in the middle of what is done at this step, and before that which leads on.
        let places = BTreeSet::from([first + 1 + (many - 1) / 2, first + many]);
        first += many;
        for before in places.into_iter().filter(|before| (from..things.len()).contains(before)) {
            let (stands, back, end) = played(&things, prepare, Some(before));
            let told = || format!("ended at {before} in {}", stand.step);
            let place = back.unwrap_or_else(|| panic!("{}, and nobody was told", told()));
            assert_eq!(stands.get(place), reference.get(place), "{}", told());
            let steps = |stands: &[Stand]| stands.iter().map(|stand| stand.step.clone()).collect::<Vec<_>>();
            assert_eq!((steps(&stands), end), (steps(&reference), at_the_end.clone()), "{}", told());
            ended.insert(stand.step.clone());
            came_back.extend(stands.get(place).map(|stand| stand.step.clone()));
        }
    }
    [ended, came_back]
}

#[test]
fn a_sign_in_that_ends_in_any_step_leads_back_to_where_it_ended() {
    let refuse = |player: &Player| player.place.fhir.shelf.lock().unwrap().faults = vec![Fault::Says(422); 1000];
    let until_refused = things(REFUSED).iter().position(|thing| thing == "key F3").unwrap();
    let [mut ended, mut came_back] = with_an_end_in_each_step(ALL_DAY, |_| {}, 0);
    let [more, back] = with_an_end_in_each_step(REFUSED, refuse, until_refused);
    ended.extend(more);
    came_back.extend(back);
    let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
    assert_eq!(ended, STEPS, "in the middle of each");
    let came_back: Vec<&str> = came_back.iter().map(String::as_str).collect();
    assert_eq!(came_back, ASK_THE_PLATFORM);
}

/// Somebody else signs in meanwhile: they begin at the search, and see nothing of it; the first stands where she stood.
#[test]
fn somebody_else_who_comes_meanwhile_begins_at_the_search() {
    let mut player = Player::start();
    let things = things(ALL_DAY);
    let typed = things.iter().position(|thing| thing == "type \"5\"").unwrap();
    for thing in things.iter().take(typed) {
        player.go_on(thing);
    }
    // At the confirm screen, with the first letter typed, she looks once more who was selected.
    player.play("key Esc\nidle");
    player.end_sign_in();
    player.play("key Down\nkey Enter\nidle\nexpect \"E-SIGN-6\"");
    let paul = json!({ "sub": "p8", "name": "Paul Test", "roles": ["nurse"] });
    let nora = std::mem::replace(&mut player.place.authority.desk.lock().unwrap().claims, paul);
    player.play("key Enter\nwait \"WDJB-MJHT\"\nadvance 5s\nwait \"Paul Test\"\nidle");
    let stand = player.stand();
    assert_eq!(stand.step, "find_patient");
    assert!(!stand.rows.iter().any(|row| row.contains("ADEYEMI")), "{stand:?}");
    player.play("keys F10 End Up Enter\nidle\nexpect \"Press Enter for the code\"");
    player.place.authority.desk.lock().unwrap().claims = nora;
    player.sign_in();
    let stand = player.stand();
    assert_eq!(stand.step, "confirm_assignment");
    assert!(stand.rows.iter().any(|row| row.contains("ADEYEMI, Ruth")), "{stand:?}");
}
