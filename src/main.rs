//! The binary: parse the command line, run the command, map the result to an exit code.

use std::io::Write as _;

use glucodock::{cli, host};

fn main() {
    if let Err(error) = host::core_dumps::forbid() {
        // The work goes on: it is as safe as this system lets a program be.
        let _ = writeln!(std::io::stderr(), "glucodock: core dumps cannot be switched off: {error}");
    }
    let exit = cli::main(std::env::args_os());
    // Nobody is left to be told if these are closed.
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().flush();
    // Not by returning: that runs the exit handler of SQLCipher, which frees what a call still works with that was cut
    // short (a signal leaves it 40 ms). What such a call has not committed is undone at the next opening.
    signal_hook::low_level::exit(i32::from(exit.code()));
}
