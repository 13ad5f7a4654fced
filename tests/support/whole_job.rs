//! The whole job on the demo's screen: sign in, find a patient, read a meter with 720 readings, assign it, and look.

use std::time::Duration;

use super::pty::Pty;

/// Silent for so long, the program has answered all that was typed: a search that is answered later
/// takes the cursor away.
const QUIET: Duration = Duration::from_millis(300);

/// What is typed, and what the screen says when it is done.
const STEPS: [(&str, &str); 11] = [
    ("", "Sign in"),
    ("nurse\rdemo-nurse\r", "Find the patient"),
    ("okafor chidi", "OKAFOR, Chidi"),
    ("\x1b[B\r", "Upload the data"),
    // F6: the fifth of the demo's meters has a full memory; the first has the focus.
    ("\x1b[17~", "Plug in or unplug a simulated meter"),
    ("\x1b[B\x1b[B\x1b[B\x1b[B\r", "The device association is pending."),
    ("\r", "Confirm the device"),
    ("\t\r", "Select the patient"),
    ("\x1b[B\r", "Confirm the assignment"),
    ("co\r1975\r\r", "is now assigned to OKAFOR, Chidi"),
    ("\r", "720 in all"),
];

/// Does the job; `look` is told of each step that is done.
pub(crate) fn whole_job(pty: &mut Pty, mut look: impl FnMut(&str)) -> Result<(), String> {
    for (keys, says) in STEPS {
        pty.send(keys.as_bytes()).map_err(|error| error.to_string())?;
        pty.wait_for(says)?;
        pty.read_until_quiet(QUIET);
        look(says);
    }
    Ok(())
}
