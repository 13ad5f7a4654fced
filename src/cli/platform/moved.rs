//! `glucodock platform moved`: the server of the settings is the one whose patients are known here, at another address.

use std::sync::Arc;

use serde_json::json;

use super::super::output::print_text;
use super::super::store::{local_administrator, store_json, store_mark};
use super::super::{CommandError, Exit, Format};
use super::{MovedOptions, PlatformOptions};
use crate::config::PlatformSettings;
use crate::platform::fhir::{FhirClient, MoveFindings, look_after_move};

/// Looks whether everybody known here is there under the same key, and if so delivers there from now on. Exit code 5
/// if not.
pub(super) fn run(options: &MovedOptions, format: Format) -> Result<Exit, CommandError> {
    let PlatformOptions { settings, store } = &options.platform;
    let settings = match settings.read(&store.folder()?)?.platform {
        PlatformSettings::Fhir(settings) => settings,
        PlatformSettings::Embedded => {
            let told = "the settings name no server. Write kind = \"fhir\" and its new address into them first";
            return Err(CommandError::usage(told));
        }
    };
    let client = FhirClient::new(settings.into())?;
    let to = client.directory();
    let store = Arc::new(store.open_existing()?);
    let from = store.directory_so_far(&to)?.ok_or_else(|| {
        CommandError::usage("nobody of a platform is known in this data folder: there is nothing to be moved")
    })?;
    // Whoever moves a data folder says of which server it is. Another folder that is named by
    // mistake would send what waits in it to this server.
    if from.base != options.from.trim_end_matches('/') {
        return Err(CommandError::usage(format!("--from: this data folder is of {from}")).because_of("from"));
    }
    let known = store.everybody_known()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let findings = runtime.block_on(look_after_move(&client, &store, &known))?;
    let is_moved = findings.is_same_server();
    if is_moved {
        store.directory_moved(local_administrator(), &from, &to)?;
    }
    let MoveFindings { same, others, gone, gone_and_waited_for } = findings;
    match format {
        Format::Json => store_json(
            store.purpose(),
            json!({
                "from": from.to_string(), "to": to.to_string(), "moved": is_moved, "same": same, "others": others,
                "gone": gone, "gone_and_waited_for": gone_and_waited_for,
            }),
        )?,
        Format::Text => print_text(&format!(
            "{}{to}\nof {} patients known here:\n  {same} are there\n  {others} are somebody else there\n  {} are not \
             there, {gone_and_waited_for} of them with something to be delivered\n{}\n",
            store_mark(store.purpose()),
            known.len(),
            gone + gone_and_waited_for,
            if is_moved {
                "What waits goes there from now on."
            } else {
                "This is not the same server: nothing was changed. Name another data folder for it with --data, or \
                 write the former address into the settings."
            }
        ))?,
    }
    Ok(if is_moved { Exit::Done } else { Exit::Platform })
}
