//! A driver that reads a hostile meter: it comes to an end, does not panic, and keeps its promises.

use super::conversations::{Memory, meters, read, recorded};
use super::input::Input;
use super::played::{Ending, Event, Player};
use super::{promises, repair};
use crate::domain::download::Download;
use crate::meters::drivers::{Driver, FOLDER};
use crate::meters::error::MeterError;
use crate::meters::simulator::DriveFile;

/// A driver may ask so often, and so often more for each event, before it is said to have no end. Waiting for ten
/// seconds asks a hundred times.
const MOST_CALLS: usize = 100_000;
const CALLS_PER_EVENT: usize = 100;

/// No meter of a conversation that goes on for ever says so much.
const MOST_CALLS_AGAIN: usize = 2_000_000;

/// The drivers that keep what reports carry, not the reports.
const HAS_REPORTS: &[&str] = &["caresens"];

/// The conversations from which a fuzzer starts.
const MEMORIES: [Memory; 6] = [
    Memory { readings: 0, shows_mmol: false, has_ketone: false },
    Memory { readings: 1, shows_mmol: false, has_ketone: false },
    Memory { readings: 1, shows_mmol: false, has_ketone: true },
    Memory { readings: 3, shows_mmol: true, has_ketone: false },
    Memory { readings: 10, shows_mmol: false, has_ketone: false },
    Memory { readings: 30, shows_mmol: false, has_ketone: true },
];

/// Every simulated meter of the driver, read; each conversation with the download it gave.
#[must_use]
pub(crate) fn conversations(driver: &'static dyn Driver) -> Vec<(Input, Download)> {
    let mut found: Vec<(Input, Download)> = Vec::new();
    for meter in meters(driver.name()) {
        for memory in MEMORIES {
            let Some((events, download)) = recorded(driver, meter, memory) else { continue };
            // Whether the link took feature reports shows in what comes back when it is played.
            for takes_features in [false, true] {
                let input =
                    Input { ending: Ending::Silence, takes_features, is_repaired: true, events: events.clone() };
                let is_new = !found.iter().any(|(known, _)| *known == input);
                if is_new && is_played(driver, &input, &download) {
                    found.push((input, download.clone()));
                    break;
                }
            }
        }
    }
    found
}

fn is_played(driver: &'static dyn Driver, input: &Input, download: &Download) -> bool {
    play(driver, input.clone(), download.meter.model.as_str()).is_ok_and(|again| again.readings == download.readings)
}

/// Lets the driver read what these bytes say.
pub(crate) fn run(driver: &'static dyn Driver, bytes: &[u8]) {
    let _ = play(driver, Input::decode(bytes), "a meter");
}

fn play(driver: &'static dyn Driver, mut input: Input, sold_as: &str) -> Result<Download, MeterError> {
    let is_drive = FOLDER.iter().any(|known| known.name() == driver.name());
    if input.is_repaired {
        repair::check_values(driver.name(), &mut input.events);
    }
    let files = is_drive.then(|| files(&input.events));
    let most_calls = MOST_CALLS + CALLS_PER_EVENT * input.events.len();
    let mut player = Player::new(input.events, input.ending);
    player.takes_features = input.takes_features;
    player.most_calls = if input.ending == Ending::Again { MOST_CALLS_AGAIN } else { most_calls };
    player.files = files;
    let outcome = read(driver, &mut player, sold_as);
    match &outcome {
        Ok(download) => {
            let is_bridged = player.takes_features || HAS_REPORTS.contains(&driver.name());
            promises::of_download(download, &player.given, is_bridged);
        }
        Err(error) => {
            assert_ne!(*error, MeterError::Cancelled, "nobody cancelled");
            // The words of an error go to the log: they must be short.
            assert!(error.to_string().len() < 1000, "{error}");
        }
    }
    outcome
}

/// The files that events say: path, content, path, content. One path is there once.
fn files(events: &[Event]) -> Vec<DriveFile> {
    let transfers: Vec<&Vec<u8>> =
        events.iter().filter_map(|event| if let Event::Transfer(bytes) = event { Some(bytes) } else { None }).collect();
    let mut files: Vec<DriveFile> = Vec::new();
    for pair in transfers.chunks(2) {
        let [path, bytes] = pair else { continue };
        let path = String::from_utf8_lossy(path).into_owned();
        if !files.iter().any(|known| known.path == path) {
            files.push(DriveFile { path, bytes: (*bytes).clone() });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}
