//! `glucodock config`: write the settings of this computer, check them, show what holds.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::{Side, aligned, print_json, print_text};
use super::settings::{SettingsOptions, export_destination};
use super::store::StoreOptions;
use super::{CommandError, Exit, Format};
use crate::config::{
    FhirSettings, MappingPart, OAuthSettings, PlatformSettings, SettingsLocation, SignInSettings, TEMPLATE,
    TenantHeader,
};
use crate::domain::clinic::Role;
use crate::domain::scanned_code::ScannerRules;
use crate::engine::export::ExportDestination;
use crate::host::paths;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Write a file with every setting in it, each behind a #; one that is there stays as it is
    Init(ConfigOptions),
    /// Say what is wrong with the settings: file, line, and what to write instead
    Check(ConfigOptions),
    /// Print what holds, defaults included
    Show(ConfigOptions),
}

/// Which settings.
#[derive(Debug, Args)]
pub(super) struct ConfigOptions {
    #[command(flatten)]
    settings: SettingsOptions,
    #[command(flatten)]
    store: StoreOptions,
}

/// Does what was asked.
pub(super) fn run(command: &ConfigCommand, format: Format) -> Result<Exit, CommandError> {
    let (ConfigCommand::Init(options) | ConfigCommand::Check(options) | ConfigCommand::Show(options)) = command;
    let place = options.settings.place(&options.store.folder()?)?;
    match command {
        ConfigCommand::Init(_) => init(&place, format)?,
        ConfigCommand::Check(_) => check(&place, format)?,
        ConfigCommand::Show(_) => show(&place, format)?,
    }
    Ok(Exit::Done)
}

fn init(place: &SettingsLocation, format: Format) -> Result<(), CommandError> {
    let file = &place.file;
    let shown = file.display();
    // A folder that somebody named is theirs: its rights stay as they are.
    if let (false, Some(folder)) = (place.is_named, file.parent()) {
        paths::make_private(folder).map_err(|error| CommandError::of(Exit::Failed, error))?;
    }
    // `create_new` writes over nothing, whoever else begins at the same moment.
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = made.and_then(|mut file| file.write_all(TEMPLATE.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "is there already, and stays as it is; name another one with --settings".to_owned()
            }
            _ => format!("cannot be written: {error}"),
        };
        CommandError::new(Exit::Failed, format!("{shown} {why}"))
    })?;
    match format {
        Format::Json => print_json(&json!({ "file": shown.to_string() }))?,
        Format::Text => print_text(&format!("{shown} is written: every setting stands in it behind a #.\n"))?,
    }
    Ok(())
}

fn check(place: &SettingsLocation, format: Format) -> Result<(), CommandError> {
    let file = place.read()?.file.map(|file| file.display().to_string());
    match format {
        Format::Json => print_json(&json!({ "file": file, "valid": true, "complaints": [] }))?,
        Format::Text => print_text(&match file {
            Some(file) => format!("{file}: nothing is wrong with it.\n"),
            None => format!("There is no {}: everything is as by default.\n", place.file.display()),
        })?,
    }
    Ok(())
}

fn scanner(rules: &ScannerRules) -> Vec<(&'static str, Value)> {
    let ScannerRules { prefix, suffix, nhs_numbers } = rules;
    vec![("prefix", json!(prefix)), ("suffix", json!(suffix)), ("nhs_numbers", json!(nhs_numbers))]
}

fn show(place: &SettingsLocation, format: Format) -> Result<(), CommandError> {
    let settings = place.read()?;
    let file = settings.file.map(|file| file.display().to_string());
    let tables = [
        ("platform", platform(&settings.platform)),
        ("export", export(&export_destination(settings.export, &place.data))),
        ("dashboard", vec![("unit", json!(settings.dashboard.written_unit()))]),
        ("lock", vec![("after_minutes", json!(settings.lock.written_minutes()))]),
        ("scanner", scanner(&settings.scanner)),
    ];
    match format {
        Format::Json => {
            let object = |rows: Vec<(&'static str, Value)>| {
                Value::Object(rows.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            };
            let all = tables.into_iter().map(|(name, rows)| (name.to_owned(), object(rows)));
            print_json(&Value::Object(std::iter::once(("file".to_owned(), json!(file))).chain(all).collect()))?;
        }
        Format::Text => {
            let head = match file {
                Some(file) => format!("# {file}\n"),
                None => "# There is no file: this holds by default.\n".to_owned(),
            };
            let written = |(name, rows): &(&str, Vec<(&'static str, Value)>)| {
                let rows: Vec<[String; 2]> = rows
                    .iter()
                    // TOML has no null: what is not set has no line.
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| [(*key).to_owned(), format!("= {}", as_toml(value))])
                    .collect();
                format!("[{name}]\n{}", aligned(&[Side::Left, Side::Left], &rows))
            };
            let tables = tables.each_ref().map(written).join("\n");
            print_text(&format!("{head}{tables}"))?;
        }
    }
    Ok(())
}

/// A value as it can be written in the file: all but a table is so in JSON already.
fn as_toml(value: &Value) -> String {
    let Some(table) = value.as_object() else { return value.to_string() };
    let entries: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}

/// Every setting of exports with what holds.
fn export(to: &ExportDestination) -> Vec<(&'static str, Value)> {
    let folder = to.folder.path().display().to_string();
    vec![("folder", json!(folder)), ("paper", json!(to.paper.name()))]
}

/// Every setting of the platform with what holds. A secret stays in its file.
fn platform(settings: &PlatformSettings) -> Vec<(&'static str, Value)> {
    let FhirSettings { base, sign_in, ca_file, certificates, allow_http, tenant_header, timeout, mapping } =
        match settings {
            PlatformSettings::Embedded => return vec![("kind", json!("embedded"))],
            PlatformSettings::Fhir(server) => server.as_ref(),
        };
    let path = |file: &PathBuf| file.display().to_string();
    let (client_id, secret_file, key_file) = match sign_in {
        SignInSettings::None => (None, None, None),
        SignInSettings::Basic { user, file, .. } => (Some(user), Some(path(file)), None),
        SignInSettings::Token { file, .. } => (None, Some(path(file)), None),
        SignInSettings::Secret { client, file, .. } => (Some(&client.client_id), Some(path(file)), None),
        SignInSettings::Backend { client, key_file } => (Some(&client.client_id), None, Some(path(key_file))),
        SignInSettings::Device { client, secret, .. } => {
            (Some(&client.client_id), secret.as_ref().map(|(file, _)| path(file)), None)
        }
    };
    let roles = if let SignInSettings::Device { roles, .. } = sign_in { Some(roles) } else { None };
    let words = |role: Role| {
        let words = roles.and_then(|roles| roles.words().iter().find(|(own, _)| *own == role));
        words.map(|(_, words)| words)
    };
    let (issuer, scopes) = sign_in.client().map_or((None, None), |OAuthSettings { issuer, scopes, .. }| {
        (issuer.as_ref().map(ToString::to_string), scopes.as_ref())
    });
    let shown: Vec<String> = certificates.iter().map(ToString::to_string).collect();
    let tenant = tenant_header.as_ref().map(|TenantHeader { name, value }| format!("{name}: {value}"));
    let mut settings = vec![
        ("kind", json!("fhir")),
        ("base", json!(base.to_string())),
        ("sign_in", json!(sign_in.name())),
        ("client_id", json!(client_id)),
        ("secret_file", json!(secret_file)),
        ("key_file", json!(key_file)),
        ("issuer", json!(issuer)),
        ("scopes", json!(scopes)),
        ("role_claim", json!(roles.map(|roles| &roles.claim))),
        ("roles.clinician", json!(words(Role::Clinician))),
        ("roles.assistant", json!(words(Role::Assistant))),
        ("ca_file", json!(ca_file.as_ref().map(path))),
        ("certificate_sha256", if shown.is_empty() { json!(null) } else { json!(shown) }),
        ("allow_http", json!(allow_http)),
        ("tenant_header", json!(tenant)),
        ("timeout_seconds", json!(timeout.as_secs())),
        ("profiles", if mapping.profiles.is_empty() { json!(null) } else { json!(mapping.profiles) }),
    ];
    settings.extend(MappingPart::ALL.map(|part| (part.key(), json!(mapping.writes(part)))));
    settings
}
