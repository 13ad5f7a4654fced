//! A program on a pseudo-terminal of its own, with a person at the other end: types, looks at the screen, resizes the
//! window, hangs up.

use std::io::{self, Read as _, Write as _};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

/// A guard against hanging, not a measure: so long may anything be waited for, on however slow a machine.
const PATIENCE: Duration = Duration::from_mins(5);

/// How to start a program.
pub(crate) struct Setting {
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
    /// Columns and rows.
    pub(crate) size: (u16, u16),
    /// The name of the terminal.
    pub(crate) term: &'static str,
    /// Variables besides `TERM`, `PATH`, `HOME` and `LANG`.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Setting {
    /// A program on an xterm of 80 by 24.
    pub(crate) fn new(command: &[&str]) -> Self {
        let command = command.iter().map(|&word| word.to_owned()).collect();
        Self { command, size: (80, 24), term: "xterm-256color", environment: Vec::new() }
    }
}

/// The person's end.
pub(crate) struct Pty {
    person: Option<OwnedFd>,
    /// The program's end, kept open so that its modes can be looked at after the program has gone.
    line: Option<OwnedFd>,
    before: Termios,
    child: Child,
    screen: vt100::Parser,
    /// How long anything is waited for.
    pub(crate) patience: Duration,
    /// Every byte the program has written.
    pub(crate) bytes: Vec<u8>,
    /// How many reads they came in; a program that writes a frame at once needs one for it.
    pub(crate) reads: usize,
}

impl Pty {
    /// Starts a program as the leader of a session on a new terminal.
    pub(crate) fn start(setting: &Setting) -> io::Result<Self> {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&person)?;
        unlockpt(&person)?;
        let line = ioctl_tiocgptpeer(&person, OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        let (columns, rows) = setting.size;
        tcsetwinsize(&line, window(columns, rows))?;
        let before = tcgetattr(&line)?;
        // `setsid` makes the terminal the controlling one, so that signals arrive; `env` gives back what `nohup` or a
        // shell's background took: a signal that is ignored at the start stays ignored, and the end is never seen.
        let mut command = Command::new("env");
        command.args(["--default-signal", "setsid", "-c"]).args(&setting.command);
        command.env_clear().env("TERM", setting.term).env("LANG", "C.UTF-8");
        // No test writes a log into the state folder of whoever runs it.
        command.env("GLUCODOCK_LOG", "off");
        for kept in ["PATH", "HOME"] {
            command.envs(std::env::var_os(kept).map(|value| (kept, value)));
        }
        command.envs(setting.environment.iter().map(|(name, value)| (name, value)));
        let end = || line.try_clone().map(Stdio::from);
        let child = command.stdin(end()?).stdout(end()?).stderr(end()?).spawn()?;
        let (Some(tall), Some(wide)) = (NonZero::new(rows), NonZero::new(columns)) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let screen = vt100::Parser::new(tall, wide, 0);
        let (person, line, patience) = (Some(person), Some(line), PATIENCE);
        Ok(Self { person, line, before, child, screen, patience, bytes: Vec::new(), reads: 0 })
    }

    /// Types bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let person = self.person.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        std::fs::File::from(person.try_clone()?).write_all(bytes)
    }

    /// The rows of the screen as the person sees them.
    pub(crate) fn rows(&self) -> Vec<String> {
        let (_, columns) = self.screen.screen().size();
        self.screen.screen().rows(0, columns.get()).collect()
    }

    /// The screen itself: attributes, cursor, modes.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait_for(&mut self, text: &str) -> Result<(), String> {
        self.wait_until(text, |pty| pty.rows().iter().any(|row| row.contains(text)))
    }

    /// Waits until something is so. `what` names it in the complaint, which shows the screen.
    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> Result<(), String> {
        let end = Instant::now() + self.patience;
        while !is_so(self) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.read_some(left) {
                // What the program wrote last may have come with its end.
                return if is_so(self) { Ok(()) } else { Err(format!("no {what:?} on:\n{}", self.rows().join("\n"))) };
            }
        }
        Ok(())
    }

    /// Reads what the program says to what it was just told: waits for its beginning, however long that takes, then
    /// until it has been silent for so long. Returns the bytes.
    pub(crate) fn read_answer(&mut self, quiet: Duration) -> Vec<u8> {
        let from = self.bytes.len();
        if self.read_some(self.patience) {
            self.read_until_quiet(quiet);
        }
        self.bytes.split_at(from).1.to_vec()
    }

    /// Reads until the program has been silent for so long; returns the bytes.
    pub(crate) fn read_until_quiet(&mut self, quiet: Duration) -> Vec<u8> {
        let from = self.bytes.len();
        while self.read_some(quiet) {}
        self.bytes.split_at(from).1.to_vec()
    }

    /// Gives the window another size; the program is told by a signal.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        let person = self.person.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        tcsetwinsize(person, window(columns, rows))?;
        if let (Some(rows), Some(columns)) = (NonZero::new(rows), NonZero::new(columns)) {
            self.screen.screen_mut().set_size(rows, columns);
        }
        Ok(())
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), signal)?)
    }

    /// Sends the program a signal by its number, of which the real-time ones have no name.
    pub(crate) fn signal_number(&self, number: i32) -> io::Result<()> {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{number} {}", self.child.id())).status()?;
        if sent.success() { Ok(()) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// The state of the program's process as the kernel names it: `T` is stopped.
    pub(crate) fn state(&self) -> io::Result<char> {
        let facts = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the name, which may hold anything.
        facts.rsplit(") ").next().and_then(|rest| rest.chars().next()).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Closes the window, as a lost connection does.
    pub(crate) fn hang_up(&mut self) {
        self.line = None;
        self.person = None;
    }

    /// Waits for the end of the program; returns its status, what it wrote till then being on the screen.
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        let end = Instant::now() + self.patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                while self.read_some(Duration::ZERO) {}
                return Ok(status);
            }
            if Instant::now() > end {
                self.child.kill()?;
                return Err(io::ErrorKind::TimedOut.into());
            }
            if !self.read_some(Duration::from_millis(2)) {
                std::thread::yield_now();
            }
        }
    }

    /// The exit code of the program, or 128 and the signal that ended it.
    pub(crate) fn exit_code(&mut self) -> io::Result<i32> {
        let status = self.wait()?;
        Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()))
    }

    /// Whether line modes, alternate screen, cursor and paste mode are as they were before the program.
    pub(crate) fn is_restored(&self) -> Result<(), String> {
        let line = self.line.as_ref().ok_or("the window was closed")?;
        let after = tcgetattr(line).map_err(|error| error.to_string())?;
        let modes = |modes: &Termios| (modes.input_modes, modes.output_modes, modes.control_modes, modes.local_modes);
        let screen = self.screen.screen();
        let checks = [
            ("line modes", modes(&after) == modes(&self.before)),
            ("the normal screen", !screen.alternate_screen()),
            ("the cursor", !screen.hide_cursor()),
            ("no bracketed paste", !screen.bracketed_paste()),
            ("no cursor key mode", !screen.application_cursor()),
        ];
        let missing: Vec<&str> = checks.iter().filter(|(_, restored)| !restored).map(|(what, _)| *what).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("not restored: {}", missing.join(", "))) }
    }

    /// Reads what is there within `wait`; false if nothing came.
    fn read_some(&mut self, wait: Duration) -> bool {
        let Some(person) = &self.person else { return false };
        let wait = Timespec::try_from(wait).ok();
        if !poll(&mut [PollFd::new(person, PollFlags::IN)], wait.as_ref()).is_ok_and(|ready| ready > 0) {
            return false;
        }
        let mut bytes = vec![0; 65536];
        let Ok(length) = person.try_clone().map(std::fs::File::from).and_then(|mut file| file.read(&mut bytes)) else {
            return false;
        };
        bytes.truncate(length);
        self.screen.process(&bytes);
        self.bytes.extend_from_slice(&bytes);
        self.reads += 1;
        length > 0
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It may have ended long ago.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn window(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}
