//! `glucodock completions` and `glucodock man`: what a package has besides the program, made from the command line
//! itself, so that it says the same.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use super::output::{print_bytes, print_json, print_text};
use super::{Arguments, CommandError, Exit, Format};
use crate::domain::text::Clean;

/// How they are put where the shell looks.
const HOW_TO_INSTALL: &str = "\
  glucodock completions bash > ~/.local/share/bash-completion/completions/glucodock
  glucodock completions zsh > \"${fpath[1]}/_glucodock\"
  glucodock completions fish > ~/.config/fish/completions/glucodock.fish";

/// How they are read.
const HOW_TO_READ: &str = "\
  mkdir -p ~/.local/share/man/man1
  glucodock man --to ~/.local/share/man/man1
  man glucodock-export";

/// For which shell.
#[derive(Debug, Args)]
#[command(after_help = HOW_TO_INSTALL)]
pub(super) struct CompletionsOptions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Where the pages go.
#[derive(Debug, Args)]
#[command(after_help = HOW_TO_READ)]
pub(super) struct ManOptions {
    /// The folder that gets a page for each command; without it the page of the program goes to standard output
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// Prints the completions.
pub(super) fn completions(options: &CompletionsOptions, format: Format) -> Result<Exit, CommandError> {
    if format == Format::Json {
        return Err(CommandError::usage("completions are a script of the shell: leave out --json"));
    }
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), NAME, &mut script);
    print_bytes(&script)?;
    Ok(Exit::Done)
}

/// Writes the pages, or prints that of the program.
pub(super) fn man(options: &ManOptions, format: Format) -> Result<Exit, CommandError> {
    let Some(folder) = &options.to else {
        if format == Format::Json {
            return Err(CommandError::json_without("--to DIR"));
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(documented()).render(&mut page)?;
        print_bytes(&page)?;
        return Ok(Exit::Done);
    };
    let shown = Clean::from(folder.display().to_string());
    let command = documented();
    let pages = pages(&command);
    clap_mangen::generate_to(command, folder).map_err(|error| {
        let said = format!("{shown}: the pages cannot be written there: {error}. Make the folder, or name another one");
        CommandError::new(Exit::Failed, said).because_of("to")
    })?;
    match format {
        Format::Json => print_json(&json!({ "folder": shown.as_str(), "pages": pages }))?,
        Format::Text => print_text(&format!("Wrote {pages} pages to {shown}.\n"))?,
    }
    Ok(Exit::Done)
}

/// What the program is called by those who type it.
const NAME: &str = "glucodock";

/// The command line as the pages have it: without the command that only prints help.
fn documented() -> Command {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    command
}

/// A command has one, and each below it.
fn pages(command: &Command) -> usize {
    1 + command.get_subcommands().filter(|below| !below.is_hide_set()).map(pages).sum::<usize>()
}
