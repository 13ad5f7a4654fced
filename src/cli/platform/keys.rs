//! `glucodock platform keys`: this computer's own key for signing in, and its public half.

use std::path::Path;

use serde_json::json;

use super::super::output::{print_json, print_text};
use super::super::{CommandError, Exit, Format};
use super::KeysOptions;
use crate::config::{KEY_FILE, PlatformSettings, SignInSettings};
use crate::domain::problem::with_causes;
use crate::host::paths::make_private;
use crate::platform::oauth::{SigningKey, SigningKeyError};

/// Prints the public half: the set as it is registered, or with its file and algorithm as JSON.
pub(super) fn run(options: &KeysOptions, format: Format) -> Result<Exit, CommandError> {
    let folder = options.platform.store.folder()?;
    let file = match options.platform.settings.read(&folder)?.platform {
        PlatformSettings::Fhir(server) => match server.sign_in {
            SignInSettings::Backend { key_file, .. } => key_file,
            // Also before sign_in says so: the key is registered first, and then signed in with.
            _ => folder.join(KEY_FILE),
        },
        PlatformSettings::Embedded => folder.join(KEY_FILE),
    };
    // Another folder was named by somebody, and its rights stay as they are.
    if options.new && file.starts_with(&folder) {
        make_private(&folder).map_err(|error| CommandError::of(Exit::Failed, error))?;
    }
    let key = if options.new { SigningKey::make(&file) } else { SigningKey::read(&file) };
    let key = key.map_err(|error| refused(&error, &file))?;
    match format {
        Format::Json => print_json(&json!({
            "file": file.display().to_string(), "algorithm": key.algorithm(), "jwks": key.public_set(),
        }))?,
        Format::Text => print_text(&format!("{:#}\n", key.public_set()))?,
    }
    Ok(Exit::Done)
}

fn refused(error: &SigningKeyError, file: &Path) -> CommandError {
    let shown = file.display();
    let remedy = remedy(error, file);
    CommandError::new(Exit::Failed, format!("{shown}: {}. {remedy}", with_causes(error)))
}

/// What helps where a key cannot be used.
pub(super) fn remedy(error: &SigningKeyError, file: &Path) -> String {
    let shown = file.display();
    match error {
        SigningKeyError::Missing => "Make one, and register what this prints: glucodock platform keys --new".to_owned(),
        SigningKeyError::IsThere => "Leave out --new: what is there may be registered already.".to_owned(),
        SigningKeyError::Exposed => format!("Run: chmod 600 {shown}"),
        SigningKeyError::Unusable(_) => {
            format!("Move {shown} away, and make another one: glucodock platform keys --new")
        }
        SigningKeyError::File(_) => "Look whether this user may read and write there.".to_owned(),
        SigningKeyError::NoRandom => "Try again.".to_owned(),
    }
}
