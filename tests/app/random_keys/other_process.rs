//! Another process of the operating system that has the same store open: it does what one of the terminals asks of the
//! platform, and is killed when that terminal is.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use glucodock::app::effect::Effect;
use glucodock::app::event::EffectResult;
use glucodock::store::Store;
use jiff::Zoned;

use super::super::embedded::on;
use super::terminal::carry_out;

/// Tells the other process on which store.
const STORE: &str = "GLUCODOCK_KEYS_STORE";

/// Stands before an answer, among what a test program prints of itself.
const ANSWER: &str = "answer ";

/// The process, and how to talk to it.
pub(super) struct OtherProcess {
    folder: PathBuf,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl OtherProcess {
    /// Starts this test program again, as the other process.
    pub(super) fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--ignored", "--nocapture", "random_keys::other_process::the_other_process"])
            .env(STORE, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { folder: folder.to_owned(), child, input, output }
    }

    /// Has an effect carried out there.
    pub(super) fn carry_out(&mut self, effect: &Effect, now: &Zoned) -> EffectResult {
        let asked = serde_json::to_string(&(now, effect)).unwrap();
        writeln!(self.input, "{asked}").unwrap();
        let mut answers = (&mut self.output).lines().map(|line| line.expect("the other process talks"));
        let answer = answers.find_map(|line| line.strip_prefix(ANSWER).map(str::to_owned));
        serde_json::from_str(&answer.expect("the other process answers")).unwrap()
    }

    /// Kills it and starts another one.
    pub(super) fn restart(&mut self) {
        let fresh = Self::start(&self.folder);
        drop(std::mem::replace(self, fresh));
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        self.child.kill().expect("it runs until it is killed");
        self.child.wait().unwrap();
    }
}

/// What the other process does. Without a store there is nothing to do.
#[test]
#[ignore = "the random keys start it in a process of its own"]
fn the_other_process() {
    let Some(folder) = std::env::var_os(STORE) else { return };
    let backend = on(Store::open(Path::new(&folder)).unwrap());
    let mut out = std::io::stdout();
    for line in std::io::stdin().lines() {
        let (now, effect): (Zoned, Effect) = serde_json::from_str(&line.unwrap()).unwrap();
        let answer = serde_json::to_string(&carry_out(&backend, &effect, &now)).unwrap();
        writeln!(out, "{ANSWER}{answer}").unwrap();
    }
}
