//! The table `[platform]`: where patients and records live, and how this computer signs in there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::secret::{self, SecretError};
use super::server::{ServerBase, TenantHeader};
use super::table::{Faults, FoundSetting, SettingsTable};
use crate::domain::clinic::Password;

/// Every setting of the table.
const KEYS: [&str; 12] = [
    "kind",
    "base",
    "sign_in",
    "issuer",
    "client_id",
    "secret_file",
    "key_file",
    "ca_file",
    "allow_http",
    "tenant_header",
    "timeout_seconds",
    "profiles",
];

/// Settings of the table that are for what this version does not do.
const LATER: [&str; 3] = ["issuer", "key_file", "profiles"];

/// Ways to sign in that this version does not know.
const LATER_SIGN_INS: [&str; 3] = ["secret", "backend", "device"];

/// How long a server's answer is waited for without a setting, in seconds: less than the app waits, so that it can say
/// why there is none.
const TIMEOUT: u64 = 20;

/// How long it is waited for at most, in seconds: the app does not wait for a later answer.
const LONGEST_TIMEOUT: u64 = 30;

/// Where patients and records live.
#[derive(Debug)]
pub enum PlatformSettings {
    /// In the store of this computer.
    Embedded,
    /// On a FHIR server.
    Fhir(Box<FhirSettings>),
}

/// A FHIR server.
#[derive(Debug)]
pub struct FhirSettings {
    /// Where it is.
    pub base: ServerBase,
    /// How this computer signs in.
    pub sign_in: SignInSettings,
    /// Certificates, of which one must have signed the server's; without it, those of the system.
    pub ca_file: Option<PathBuf>,
    /// Whether what is sent may go without TLS.
    pub allow_http: bool,
    /// Which tenant is meant.
    pub tenant_header: Option<TenantHeader>,
    /// How long an answer is waited for.
    pub timeout: Duration,
}

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
}

impl SignInSettings {
    /// As it is written.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic { .. } => "basic",
            Self::Token { .. } => "token",
        }
    }
}

/// The platform; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(table: &SettingsTable<'_>, folder: &Path, faults: &mut Faults<'_>) -> Option<PlatformSettings> {
    table.refuse_others(&KEYS, faults);
    for key in LATER {
        if let Some(found) = table.get(key) {
            let what = format!("this version does not offer {key} yet");
            faults.add(found.at, &found.path, what, "Take it out.");
        }
    }
    let Some(kind) = table.get("kind") else {
        // A server that is written down and not used would be taken for the one that readings go to.
        if let Some(stray) = KEYS.iter().find_map(|key| table.get(key)) {
            let what = format!("{} is of a FHIR server, and there is no kind", stray.path);
            faults.add(stray.at, &stray.path, what, "Write kind = \"fhir\" above it, or take it out.");
        }
        return Some(PlatformSettings::Embedded);
    };
    match kind.text(faults)? {
        "embedded" => Some(PlatformSettings::Embedded),
        "fhir" => server(table, &kind, folder, faults).map(|server| PlatformSettings::Fhir(Box::new(server))),
        other => {
            let what = format!("there is no kind {other:?}");
            faults.add(kind.at, &kind.path, what, "Write \"embedded\" or \"fhir\".");
            None
        }
    }
}

fn server(
    table: &SettingsTable<'_>,
    kind: &FoundSetting<'_>,
    folder: &Path,
    faults: &mut Faults<'_>,
) -> Option<FhirSettings> {
    let allow_http = table.get("allow_http").map_or(Some(false), |found| found.truth(faults));
    let base = base(table, kind, allow_http.unwrap_or(true), faults);
    let sign_in = sign_in(table, folder, faults);
    let ca_file = match table.get("ca_file") {
        None => Some(None),
        Some(found) => found.text(faults).and_then(|path| certificates(&found, folder.join(path), faults)).map(Some),
    };
    let tenant_header = match table.get("tenant_header") {
        None => Some(None),
        Some(found) => found.text(faults).and_then(|text| tenant(&found, text, faults)).map(Some),
    };
    let timeout = match table.get("timeout_seconds") {
        None => Some(TIMEOUT),
        Some(found) => found.number(faults).and_then(|seconds| timeout(&found, seconds, faults)),
    };
    Some(FhirSettings {
        base: base?,
        sign_in: sign_in?,
        ca_file: ca_file?,
        allow_http: allow_http?,
        tenant_header: tenant_header?,
        timeout: Duration::from_secs(timeout?),
    })
}

fn base(
    table: &SettingsTable<'_>,
    kind: &FoundSetting<'_>,
    allow_http: bool,
    faults: &mut Faults<'_>,
) -> Option<ServerBase> {
    let Some(found) = table.get("base") else {
        let remedy = "Write base = \"https://...\", the address of the server.";
        faults.add(kind.at.clone(), "platform.base", "kind is \"fhir\", and platform.base is missing", remedy);
        return None;
    };
    match ServerBase::parse(found.text(faults)?, allow_http) {
        Ok(base) => Some(base),
        Err((what, remedy)) => {
            faults.add(found.at.clone(), &found.path, format!("{}: {what}", found.path), remedy);
            None
        }
    }
}

fn sign_in(table: &SettingsTable<'_>, folder: &Path, faults: &mut Faults<'_>) -> Option<SignInSettings> {
    let found = table.get("sign_in");
    let way = match &found {
        None => "none",
        Some(found) => found.text(faults)?,
    };
    let at = found.as_ref().map_or_else(|| table.at(), |found| found.at.clone());
    if LATER_SIGN_INS.contains(&way) {
        let what = format!("this version does not offer sign_in = {way:?} yet");
        faults.add(at, "platform.sign_in", what, "Write \"none\", \"basic\" or \"token\".");
        return None;
    }
    let needed: &[&str] = match way {
        "none" => &[],
        "basic" => &["client_id", "secret_file"],
        "token" => &["secret_file"],
        other => {
            let what = format!("there is no sign_in {other:?}");
            faults.add(at, "platform.sign_in", what, "Write \"none\", \"basic\" or \"token\".");
            return None;
        }
    };
    for key in ["client_id", "secret_file"] {
        match (table.get(key), needed.contains(&key)) {
            (Some(stray), false) => {
                let what = format!("{} means nothing with sign_in = {way:?}", stray.path);
                faults.add(stray.at, &stray.path, what, "Take it out, or write another sign_in.");
            }
            (None, true) => {
                let path = format!("platform.{key}");
                let what = format!("sign_in is {way:?}, and {path} is missing");
                faults.add(at.clone(), &path, what, format!("Write {key} = \"...\"."));
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    if way == "none" {
        return Some(SignInSettings::None);
    }
    let user = table.get("client_id").and_then(|found| user(&found, faults));
    let secret_file = table.get("secret_file")?;
    let file = folder.join(secret_file.text(faults)?);
    let secret = secret(&secret_file, &file, faults)?;
    if way == "basic" {
        return Some(SignInSettings::Basic { user: user?, file, password: secret });
    }
    Some(SignInSettings::Token { file, token: secret })
}

/// A name that can be told from the password behind it (RFC 7617 section 2).
fn user(found: &FoundSetting<'_>, faults: &mut Faults<'_>) -> Option<String> {
    let user = found.text(faults)?;
    if user.is_empty() || user.contains(':') || user.chars().any(char::is_control) {
        let what = format!("{}: a name has at least one letter, and no colon", found.path);
        faults.add(found.at.clone(), &found.path, what, "Write the name that the server gave to this computer.");
        return None;
    }
    Some(user.to_owned())
}

fn secret(found: &FoundSetting<'_>, file: &Path, faults: &mut Faults<'_>) -> Option<Password> {
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
        SecretError::Empty | SecretError::Unsendable => {
            "Write the secret into its first line, and nothing else.".to_owned()
        }
    };
    faults.add(found.at.clone(), &found.path, format!("{} {shown}: {error}", found.path), remedy);
    None
}

/// A file that has a certificate in it; whether it is a sound one says whoever uses it.
fn certificates(found: &FoundSetting<'_>, file: PathBuf, faults: &mut Faults<'_>) -> Option<PathBuf> {
    let what = match super::text(&file) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => return Some(file),
        Ok(_) => "there is no certificate in it".to_owned(),
        Err(error) => format!("it cannot be read: {error}"),
    };
    let what = format!("{} {}: {what}", found.path, file.display());
    faults.add(found.at.clone(), &found.path, what, "Write the path of a file with certificates in PEM form.");
    None
}

fn tenant(found: &FoundSetting<'_>, text: &str, faults: &mut Faults<'_>) -> Option<TenantHeader> {
    match TenantHeader::parse(text) {
        Ok(header) => Some(header),
        Err(what) => {
            let remedy = "Write a header as \"X-Tenant-ID: clinic\".";
            faults.add(found.at.clone(), &found.path, format!("{}: {what}", found.path), remedy);
            None
        }
    }
}

fn timeout(found: &FoundSetting<'_>, seconds: u64, faults: &mut Faults<'_>) -> Option<u64> {
    if (1..=LONGEST_TIMEOUT).contains(&seconds) {
        return Some(seconds);
    }
    let what = format!("{} must be from 1 to {LONGEST_TIMEOUT}", found.path);
    faults.add(found.at.clone(), &found.path, what, format!("Write timeout_seconds = {TIMEOUT}."));
    None
}
