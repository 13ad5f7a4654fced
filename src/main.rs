//! The binary: parse the command line, run the command, map the result to an exit code.

use std::process::ExitCode;

use glucodock::cli;

fn main() -> ExitCode {
    cli::main(std::env::args_os()).into()
}
