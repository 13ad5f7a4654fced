//! How this computer signs in at a FHIR server, and what each way needs.

use std::path::PathBuf;

use super::KEY_FILE;
use super::folders::Folders;
use super::roles::{self, RoleSettings};
use super::secret::{self, SecretError};
use super::server::ServerBase;
use super::table::{Faults, FoundSetting, SettingsTable};
use crate::domain::clinic::Password;

/// A way to sign in, with the settings that it needs and those that it may have besides.
struct SignInWay {
    name: &'static str,
    needs: &'static [&'static str],
    takes: &'static [&'static str],
}

/// Every way that there is.
const WAYS: [SignInWay; 6] = [
    SignInWay { name: "none", needs: &[], takes: &[] },
    SignInWay { name: "basic", needs: &["client_id", "secret_file"], takes: &[] },
    SignInWay { name: "token", needs: &["secret_file"], takes: &[] },
    SignInWay { name: "secret", needs: &["client_id", "secret_file"], takes: &["issuer", "scopes"] },
    SignInWay { name: "backend", needs: &["client_id"], takes: &["issuer", "scopes", "key_file"] },
    SignInWay {
        name: "device",
        needs: &["client_id", "roles"],
        takes: &["issuer", "scopes", "secret_file", "role_claim"],
    },
];

/// What one way or another needs or takes.
const OF_WAYS: [&str; 7] = ["client_id", "secret_file", "issuer", "scopes", "key_file", "roles", "role_claim"];

/// What can be written.
const REMEDY: &str = "Write \"none\", \"basic\", \"token\", \"secret\", \"backend\" or \"device\".";

/// How this computer signs in at a FHIR server.
#[derive(Debug)]
pub enum SignInSettings {
    /// It does not.
    None,
    /// By name and password (RFC 7617).
    Basic {
        /// The name.
        user: String,
        /// The file of the password.
        file: PathBuf,
        /// The password.
        password: Password,
    },
    /// By a token that never changes (RFC 6750).
    Token {
        /// The file of the token.
        file: PathBuf,
        /// The token.
        token: Password,
    },
    /// As a registered client with a secret, which gets tokens that expire (RFC 6749 section 4.4).
    Secret {
        /// What it is registered as.
        client: OAuthSettings,
        /// The file of the secret.
        file: PathBuf,
        /// The secret.
        secret: Password,
    },
    /// As a registered client with a key of its own, which gets tokens that expire (SMART App Launch 2.2.0, backend
    /// services).
    Backend {
        /// What it is registered as.
        client: OAuthSettings,
        /// The file of the key; `glucodock platform keys` makes it.
        key_file: PathBuf,
    },
    /// Everybody signs in by a code that they type on another device (RFC 8628), and is asked for with their own token.
    Device {
        /// What this program is registered as.
        client: OAuthSettings,
        /// The file of its secret, and the secret, if it has one.
        secret: Option<(PathBuf, Password)>,
        /// Who may work here.
        roles: RoleSettings,
    },
}

/// What a client is registered as at an authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthSettings {
    /// The identifier that it was given (RFC 6749 section 2.2).
    pub client_id: String,
    /// The authorization server; without it the FHIR server says where it is.
    pub issuer: Option<ServerBase>,
    /// What is asked for (RFC 6749 section 3.3); without it what this program needs, in the form that the server takes.
    pub scopes: Option<String>,
}

impl SignInSettings {
    /// As it is written.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic { .. } => "basic",
            Self::Token { .. } => "token",
            Self::Secret { .. } => "secret",
            Self::Backend { .. } => "backend",
            Self::Device { .. } => "device",
        }
    }

    /// What this computer is registered as, if it gets its tokens from an authorization server.
    #[must_use]
    pub const fn client(&self) -> Option<&OAuthSettings> {
        match self {
            Self::None | Self::Basic { .. } | Self::Token { .. } => None,
            Self::Secret { client, .. } | Self::Backend { client, .. } | Self::Device { client, .. } => Some(client),
        }
    }
}

/// How this computer signs in; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(
    table: &SettingsTable<'_>,
    folders: Folders<'_>,
    allow_http: bool,
    faults: &mut Faults<'_>,
) -> Option<SignInSettings> {
    let way = way(table, faults)?;
    let client_id = table.get("client_id").and_then(|found| client_id(&found, way.name, faults));
    let secret = table.get("secret_file").and_then(|found| {
        let file = folders.settings.join(found.text(faults)?);
        let secret = secret(&found, &file, faults)?;
        Some((file, secret))
    });
    let issuer = match table.get("issuer") {
        None => Some(None),
        Some(found) => found.text(faults).and_then(|text| issuer(&found, text, allow_http, faults)).map(Some),
    };
    let scopes = match table.get("scopes") {
        None => Some(None),
        Some(found) => found.text(faults).and_then(|text| scopes(&found, text, faults)).map(Some),
    };
    let key_file = match table.get("key_file") {
        // This computer's own key is made in the data folder. One that is named is looked for
        // beside the settings that name it.
        None => Some(folders.data.join(KEY_FILE)),
        Some(found) => found.text(faults).map(|path| folders.settings.join(path)),
    };
    let client = || Some(OAuthSettings { client_id: client_id.clone()?, issuer: issuer?, scopes: scopes? });
    let roles = table.get("roles").and_then(|found| roles::read(&found, table.get("role_claim"), faults));
    match way.name {
        "basic" => {
            let (file, password) = secret?;
            Some(SignInSettings::Basic { user: client_id?, file, password })
        }
        "token" => secret.map(|(file, token)| SignInSettings::Token { file, token }),
        "secret" => {
            let (file, secret) = secret?;
            Some(SignInSettings::Secret { client: client()?, file, secret })
        }
        "backend" => Some(SignInSettings::Backend { client: client()?, key_file: key_file? }),
        // A secret that is named and cannot be read is a fault already. Without it this would be
        // taken for a client that has none.
        "device" if table.get("secret_file").is_some() && secret.is_none() => None,
        "device" => Some(SignInSettings::Device { client: client()?, secret, roles: roles? }),
        _ => Some(SignInSettings::None),
    }
}

/// Which way is meant. What it needs and is not there, and what is there and means nothing with it, are faults.
fn way(table: &SettingsTable<'_>, faults: &mut Faults<'_>) -> Option<&'static SignInWay> {
    let found = table.get("sign_in");
    let name = match &found {
        None => "none",
        Some(found) => found.text(faults)?,
    };
    let at = found.as_ref().map_or_else(|| table.at(), |found| found.at.clone());
    let Some(way) = WAYS.iter().find(|way| way.name == name) else {
        faults.add(at, "platform.sign_in", format!("there is no sign_in {name:?}"), REMEDY);
        return None;
    };
    for key in OF_WAYS {
        let (is_needed, is_taken) = (way.needs.contains(&key), way.takes.contains(&key));
        match table.get(key) {
            Some(stray) if !is_needed && !is_taken => {
                let what = format!("{} means nothing with sign_in = {name:?}", stray.path);
                faults.add(stray.at, &stray.path, what, "Take it out, or write another sign_in.");
            }
            None if is_needed => {
                let path = format!("platform.{key}");
                let what = format!("sign_in is {name:?}, and {path} is missing");
                let value = if key == "roles" { "{ clinician = [\"...\"] }" } else { "\"...\"" };
                faults.add(at.clone(), &path, what, format!("Write {key} = {value}."));
            }
            Some(_) | None => {}
        }
    }
    Some(way)
}

/// A name that can be told from the password behind it (RFC 7617 section 2), or the identifier of a client (RFC 6749
/// appendix A.1).
fn client_id(found: &FoundSetting<'_>, way: &str, faults: &mut Faults<'_>) -> Option<String> {
    let id = found.text(faults)?;
    let (is_right, rule) = if way == "basic" {
        let is_name = !id.is_empty() && !id.contains(':') && !id.chars().any(char::is_control);
        (is_name, "a name has at least one letter, and no colon")
    } else {
        let is_id = !id.is_empty() && id.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        (is_id, "the identifier of a client has plain letters only, and at least one")
    };
    if !is_right {
        let what = format!("{}: {rule}", found.path);
        faults.add(found.at.clone(), &found.path, what, "Write the name that the server gave to this computer.");
        return None;
    }
    Some(id.to_owned())
}

fn secret(found: &FoundSetting<'_>, file: &std::path::Path, faults: &mut Faults<'_>) -> Option<Password> {
    let error = match secret::read(file) {
        Ok(secret) => return Some(secret),
        Err(error) => error,
    };
    let shown = file.display();
    let remedy = match &error {
        SecretError::Unreadable(_) | SecretError::NoFile => {
            "Write the secret into a file, and its path here.".to_owned()
        }
        SecretError::Exposed => format!("Run: chmod 600 {shown}"),
        SecretError::Empty | SecretError::Unsendable | SecretError::TooLong => {
            "Write the secret into its first line, and nothing else.".to_owned()
        }
    };
    faults.add(found.at.clone(), &found.path, format!("{} {shown}: {error}", found.path), remedy);
    None
}

fn issuer(found: &FoundSetting<'_>, text: &str, allow_http: bool, faults: &mut Faults<'_>) -> Option<ServerBase> {
    match ServerBase::parse(text, allow_http) {
        Ok(issuer) => Some(issuer),
        Err((what, _)) => {
            let remedy = "Write the address of the authorization server, as https://login.example.org/realms/clinic.";
            faults.add(found.at.clone(), &found.path, format!("{}: {what}", found.path), remedy);
            None
        }
    }
}

/// Words of the letters that a scope may have, one space between two (RFC 6749 section 3.3).
fn scopes(found: &FoundSetting<'_>, text: &str, faults: &mut Faults<'_>) -> Option<String> {
    let is_letter = |byte: u8| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
    if text.split(' ').all(|scope| !scope.is_empty() && scope.bytes().all(is_letter)) {
        return Some(text.to_owned());
    }
    let what = format!("{}: scopes have plain letters only, and one space between two", found.path);
    faults.add(found.at.clone(), &found.path, what, "Write them as \"system/Patient.rs system/Observation.crus\".");
    None
}
