//! The program as a script starts it: with these arguments, on this store, with this on standard input; and a simulated
//! meter of it in a process of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// The program with these arguments. It is given nothing to read, and what it says is kept.
pub(crate) fn glucodock(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    // No test writes a log into the state folder of whoever runs it.
    command
        .env("GLUCODOCK_LOG", "off")
        .env_remove("GLUCODOCK_SETTINGS")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What it says and how it ends.
pub(crate) fn run(arguments: &[&str]) -> Output {
    glucodock(arguments).output().unwrap()
}

/// The same on the store in a folder, with this on standard input.
pub(crate) fn on_store(data: &Path, arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    feed(glucodock(arguments).env("GLUCODOCK_DATA", data), input)
}

/// The same of any command.
pub(crate) fn feed(command: &mut Command, input: impl AsRef<[u8]>) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    child.wait_with_output().unwrap()
}

/// What was printed, as text.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The one object that was printed.
pub(crate) fn object(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// A running `glucodock simulate`; it ends with the test.
pub(crate) struct Simulator {
    child: Child,
    /// Its port, socket or folder.
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

impl Simulator {
    /// Starts it and waits until it says that it is ready. `way` is `--pty`, `--socket` or `--folder`.
    pub(crate) fn start(meter: &str, way: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        let command = [&["simulate", meter, way, path.to_str().unwrap()], more].concat();
        let mut child = glucodock(&command).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, format!("ready {}\n", path.display()), "{command:?}");
        Self { child, path, _folder: folder }
    }

    /// Reads it as JSON in another process. `way` is `--port`, `--socket` or `--folder`.
    pub(crate) fn read(&self, way: &str, more: &[&str]) -> Output {
        let mut command = glucodock(&["read", "--json", way]);
        command.args([self.path.as_os_str()]).args(more.iter().map(OsStr::new)).output().unwrap()
    }

    /// Ends it as a service manager does, and returns its exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
