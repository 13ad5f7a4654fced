//! How long until there is something to see: `cargo bench --bench start`.
//!
//! Starts the demo, the app on a store, and whiptail (`apt-get install whiptail`; without it nothing is judged) in
//! turns on a terminal, and tells how long each took until its first screen was read. Judged is the fastest of each,
//! which other work on the machine disturbs least: the program may take twice as long as whiptail and 20 ms. Then short
//! commands are started 200 times beside `/bin/true`; `meters` may take 5 ms longer. Before the figures are taken
//! nothing is warmed up but by the first turns themselves.

#[path = "../tests/support/pty.rs"]
#[expect(dead_code, reason = "a measurement needs less of a terminal than the tests")]
mod pty;

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use pty::{Pty, Setting};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// Turns of each program on a terminal, and starts of each command.
const TURNS: usize = 15;
const STARTS: usize = 200;

/// So many times as long as whiptail, and so much more, may a first screen take.
const TIMES: u32 = 2;
const MORE: Duration = Duration::from_millis(20);

/// So much longer than `/bin/true` may `meters` take.
const METERS: Duration = Duration::from_millis(5);

/// A program, and what its first screen says.
struct Shown {
    name: &'static str,
    setting: Setting,
    says: &'static str,
    times: Vec<Duration>,
}

impl Shown {
    fn new(name: &'static str, command: &[&str], says: &'static str) -> Self {
        Self { name, setting: Setting::new(command), says, times: Vec::new() }
    }

    fn start(&mut self) -> Result<()> {
        let begun = Instant::now();
        let mut pty = Pty::start(&self.setting)?;
        pty.wait_for(self.says).map_err(|error| anyhow!("{}: {error}", self.name))?;
        self.times.push(begun.elapsed());
        pty.hang_up();
        // How it ends is not measured here.
        let _ = pty.exit_code();
        Ok(())
    }
}

fn main() -> Result<ExitCode> {
    let mut out = io::stdout();
    let data = tempfile::tempdir()?;
    begin_store(data.path())?;
    let mut store = Shown::new("the app on a store", &[PROGRAM], "Sign in");
    store.setting.environment.push(("GLUCODOCK_DATA", data.path().display().to_string()));
    let mut programs = vec![store, Shown::new("the demo", &[PROGRAM, "demo"], "Sign in")];
    let has_whiptail = Command::new("whiptail").arg("--version").output().is_ok();
    if has_whiptail {
        programs.push(Shown::new("whiptail", &["whiptail", "--msgbox", "Something to see", "10", "40"], "to see"));
    } else {
        writeln!(out, "whiptail is not installed: apt-get install whiptail; nothing is judged")?;
    }
    for _ in 0..TURNS {
        programs.iter_mut().try_for_each(Shown::start)?;
    }
    let fastest: Vec<Duration> =
        programs.iter_mut().map(|program| told(&mut out, program.name, &mut program.times)).collect::<Result<_>>()?;
    let mut is_fast = true;
    if let [ours @ .., whiptail] = fastest.as_slice()
        && has_whiptail
    {
        let most = *whiptail * TIMES + MORE;
        for (program, time) in programs.iter().zip(ours) {
            let ratio = time.as_secs_f64() / whiptail.as_secs_f64();
            writeln!(out, "{}: {ratio:.2} times whiptail; at most {most:.1?} is wanted", program.name)?;
            is_fast &= *time <= most;
        }
    }
    Ok(if is_fast & short_commands(&mut out)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts short commands in turns; whether `meters` is short.
fn short_commands(out: &mut impl Write) -> Result<bool> {
    let commands: [(&str, &[&str]); 4] = [
        ("/bin/true", &["/bin/true"]),
        ("--version", &[PROGRAM, "--version"]),
        ("meters", &[PROGRAM, "meters"]),
        ("meters --supported", &[PROGRAM, "meters", "--supported"]),
    ];
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..STARTS {
        for ((_, command), times) in commands.iter().zip(&mut times) {
            let [program, arguments @ ..] = command else { continue };
            let begun = Instant::now();
            let output = Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
            times.push(begun.elapsed());
            if output.status.code().is_none() {
                bail!("{program} was killed");
            }
        }
    }
    let mut fastest = Vec::new();
    for ((name, _), times) in commands.iter().zip(&mut times) {
        fastest.push(told(out, name, times)?);
    }
    let [nothing, _, meters, supported] = fastest.as_slice() else { bail!("four commands were started") };
    let longer = (*meters).max(*supported).saturating_sub(*nothing);
    writeln!(out, "meters takes {longer:.1?} longer than nothing; at most {METERS:.1?} is wanted")?;
    Ok(longer <= METERS)
}

/// Prints the fastest and the middle of some times; gives the fastest.
fn told(out: &mut impl Write, name: &str, times: &mut [Duration]) -> Result<Duration> {
    times.sort_unstable();
    let (Some(fastest), Some(middle)) = (times.first(), times.get(times.len() / 2)) else {
        bail!("nothing was measured")
    };
    writeln!(out, "{name:<18} fastest {fastest:>8.1?}, middle {middle:>8.1?} of {}", times.len())?;
    Ok(*fastest)
}

/// A store with one user.
fn begin_store(data: &Path) -> Result<()> {
    let mut add = Command::new(PROGRAM)
        .env("GLUCODOCK_LOG", data)
        .args(["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    add.stdin.take().ok_or_else(|| anyhow!("no input"))?.write_all(b"correct horse\n")?;
    if add.wait()?.success() { Ok(()) } else { bail!("the store was not begun") }
}
