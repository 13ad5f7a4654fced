//! `glucodock platform`: looks whether the care platform of the settings can be worked with. Nothing is written there,
//! and nobody's data is asked for. And it keeps this computer's own key for signing in.

mod delivery;
mod keys;
mod moved;
mod said;
mod sign_in;

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::findings::{Finding, FindingState, Report, page};
use super::output::{print_json, print_text};
use super::settings::SettingsOptions;
use super::store::{StoreOptions, now};
use super::{CommandError, Exit, Format};
use crate::config::{FhirSettings, PlatformSettings, SignInSettings};
use crate::domain::problem::with_causes;
use crate::platform::fhir::check::{self, CheckUp};
use crate::platform::fhir::{FhirClient, FhirError};
use crate::store::{DirectoryAddress, Store, StoreError};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum PlatformCommand {
    /// Ask the server what it can, sign in, and search for nobody; say what helps where something is wrong
    Check(PlatformOptions),
    /// Print the public half of this computer's own key, to be registered for signing in with it
    Keys(KeysOptions),
    /// Say that the server is found at another address: looks there for everybody known here, and changes that only
    Moved(MovedOptions),
}

/// What is done with the key.
#[derive(Debug, Args)]
pub(super) struct KeysOptions {
    /// Make the key first; one that is there stays as it is
    #[arg(long)]
    new: bool,
    #[command(flatten)]
    platform: PlatformOptions,
}

/// From where.
#[derive(Debug, Args)]
pub(super) struct MovedOptions {
    /// Where the platform was, as this data folder says it
    #[arg(long, value_name = "ADDRESS")]
    from: String,
    #[command(flatten)]
    platform: PlatformOptions,
}

/// Which platform.
#[derive(Debug, Args)]
pub(super) struct PlatformOptions {
    #[command(flatten)]
    settings: SettingsOptions,
    #[command(flatten)]
    store: StoreOptions,
}

/// Does what was asked. Exit code 5 if the platform cannot be worked with, 1 if there is no key.
pub(super) fn run(command: &PlatformCommand, format: Format) -> Result<Exit, CommandError> {
    match command {
        PlatformCommand::Check(options) => check(options, format),
        PlatformCommand::Keys(options) => keys::run(options, format),
        PlatformCommand::Moved(options) => moved::run(options, format),
    }
}

fn check(options: &PlatformOptions, format: Format) -> Result<Exit, CommandError> {
    let settings = match options.settings.read(&options.store.folder()?)?.platform {
        PlatformSettings::Fhir(settings) => Arc::<FhirSettings>::from(settings),
        PlatformSettings::Embedded => {
            let what = "Patients and records are in the store of this computer: there is no server to be looked at.";
            return tell(None, &[Finding::good("platform", what)], format);
        }
    };
    let findings = match FhirClient::new(Arc::clone(&settings)) {
        Ok(client) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let (store, beside) = match options.store.if_there() {
                Ok(Some(store)) => {
                    let beside = of_another(&store, &client.directory())?;
                    (Some(store), beside)
                }
                Ok(None) => (None, None),
                Err(error) => (None, Some(delivery::unread(&error))),
            };
            let mut findings = findings(&settings, &runtime.block_on(check::look(&client, store.map(Arc::new), now)));
            findings.extend(beside);
            findings
        }
        Err(error) => vec![unprepared(&error, &settings)],
    };
    tell(Some(&settings), &findings, format)
}

/// That the patients known in the data folder are of another platform, with whom nothing else begins.
fn of_another(store: &Store, meant: &DirectoryAddress) -> Result<Option<Finding>, CommandError> {
    let said = store.directory_so_far(meant)?.filter(|said| said != meant);
    Ok(said.map(|said| {
        let error = StoreError::OfAnotherDirectory { said: said.to_string() };
        let remedy = error.remedy().unwrap_or("Name another data folder with --data");
        Finding::new(
            "data folder",
            FindingState::Bad,
            format!("It is of another platform: {error}."),
            format!("{remedy}."),
        )
    }))
}

fn tell(server: Option<&FhirSettings>, findings: &[Finding], format: Format) -> Result<Exit, CommandError> {
    let report = Report::of(findings);
    let exit = if report.state == FindingState::Bad { Exit::Platform } else { Exit::Done };
    match format {
        Format::Json => {
            let mut object = serde_json::to_value(&report).unwrap_or_default();
            if let Value::Object(object) = &mut object {
                object.insert("server".to_owned(), json!(server.map(|server| server.base.to_string())));
                let tenant = server.and_then(|server| server.tenant_header.as_ref()).map(|tenant| &tenant.value);
                object.insert("tenant".to_owned(), json!(tenant));
            }
            print_json(&object)?;
        }
        Format::Text => {
            let head = server.map_or_else(String::new, |server| match &server.tenant_header {
                Some(tenant) => format!("{} ({}: {})\n", server.base, tenant.name, tenant.value),
                None => format!("{}\n", server.base),
            });
            print_text(&format!("{head}{}", page(findings)))?;
        }
    }
    Ok(exit)
}

fn unprepared(error: &FhirError, settings: &FhirSettings) -> Finding {
    let what = format!("The connection cannot be prepared: {}.", with_causes(error));
    let remedy = match error {
        FhirError::SignIn(error) => return sign_in::failed(error, settings),
        FhirError::Certificates(_) | FhirError::Pinned(_) => {
            "Write another ca_file into the settings: certificates in PEM form."
        }
        _ => "Install the certificates of this system (ca-certificates), or write a ca_file into the settings.",
    };
    Finding::new("connection", FindingState::Bad, what, remedy)
}

fn findings(settings: &FhirSettings, seen: &CheckUp) -> Vec<Finding> {
    let mut findings = match &seen.capabilities {
        Ok(said) => said::capable(said, settings),
        Err(error) => vec![failed("connection", "It does not say what it can", error, settings)],
    };
    // What goes to this computer itself passes nobody on the way.
    if settings.base.url().scheme() == "http" && !settings.base.is_this_computer() {
        let what = "Everything, patients too, goes to it readable for all on the way (allow_http).";
        findings.push(Finding::new("tls", FindingState::Warning, what, "Write an https address into the settings."));
    }
    if let (Ok(said), Some(plan)) = (&seen.capabilities, &seen.delivery) {
        findings.extend(delivery::planned(said, *plan));
    }
    findings.extend(seen.discovery.as_ref().map(|said| {
        let is_of_statement = seen.capabilities.as_ref().is_ok_and(|said| said.names_token_endpoint);
        said::discovered(said.as_ref(), is_of_statement, settings)
    }));
    findings.extend(seen.gives_codes.as_ref().map(|gives| sign_in::codes(gives.as_ref(), settings)));
    findings.extend(seen.kept.as_ref().map(|whose| sign_in::kept(whose.as_ref(), settings)));
    findings.extend(seen.token.as_ref().map(|token| sign_in::found(token.as_ref(), seen.is_of_a_person(), settings)));
    findings.extend(seen.search.as_ref().map(|searched| match searched {
        Ok(()) => Finding::good("sign-in", format!("It answers a search (sign_in = {:?}).", settings.sign_in.name())),
        Err(error) => failed("sign-in", "It does not answer a search", error, settings),
    }));
    findings.extend(seen.refuses_unknown.as_ref().map(|refused| match refused {
        Ok(true) => Finding::good("search", "It refuses a search that it does not understand in full."),
        Ok(false) => Finding::good(
            "search",
            "It leaves out conditions of a search that it does not understand; each result is looked at here.",
        ),
        Err(error) => {
            failed("search", "It does not say what it does with a condition it does not know", error, settings)
        }
    }));
    // The time stands in its answers, so that without a search there is none to be judged.
    if seen.refuses_unknown.is_some() {
        findings.push(said::patients(seen.patients, settings));
    }
    findings.extend(seen.search.is_some().then(|| said::clock(seen.clock)));
    findings
}

fn failed(check: &'static str, what: &str, error: &FhirError, settings: &FhirSettings) -> Finding {
    let said = match error {
        FhirError::Status { outcome, .. } => outcome.issues().first().map_or_else(String::new, |issue| {
            // Shown here and written into no log. Nothing of anybody was sent, so there is nobody
            // whom the server could name in it.
            let sentence = issue.sentence.expose();
            if sentence.as_str().is_empty() { String::new() } else { format!(" It says: {sentence}") }
        }),
        _ => String::new(),
    };
    Finding::new(check, FindingState::Bad, format!("{what}: {}.{said}", with_causes(error)), remedy(error, settings))
}

fn remedy(error: &FhirError, settings: &FhirSettings) -> String {
    let way = &settings.sign_in;
    match error {
        FhirError::SignIn(error) => sign_in::remedy(error, settings),
        FhirError::Store(error) => error.remedy().unwrap_or("Run: glucodock doctor").to_owned(),
        FhirError::Status { status: 401, .. } => match way {
            SignInSettings::None => "It wants to know who asks: write sign_in into the settings.".to_owned(),
            SignInSettings::Basic { file, .. } | SignInSettings::Token { file, .. } => {
                format!("It does not accept what is in {}: write a new one into it.", file.display())
            }
            SignInSettings::Secret { .. } | SignInSettings::Backend { .. } | SignInSettings::Device { .. } => {
                "It does not accept the token that it was said to want: ask whoever looks after it whether it trusts \
                 this authorization server (issuer in the settings)."
                    .to_owned()
            }
        },
        FhirError::Status { status: 403, .. } => {
            "It knows who asks, and does not allow it: ask whoever looks after it for the right to find patients."
                .to_owned()
        }
        FhirError::Status { status: 404 | 405 | 410, .. } => {
            "Look whether base in the settings is the part of the address before /Patient.".to_owned()
        }
        FhirError::Status { status: 429 | 503, retry_after, .. } => {
            let wait = retry_after.map_or_else(|| "a while".to_owned(), |seconds| format!("{seconds} s"));
            format!("It has too much to do: try again in {wait}.")
        }
        FhirError::Status { status: 500.., .. } => "It is in trouble: tell whoever looks after it.".to_owned(),
        FhirError::Status { .. } => "Tell whoever looks after it.".to_owned(),
        FhirError::TooLate { .. } => {
            "Look whether it runs, or write a longer timeout_seconds into the settings.".to_owned()
        }
        FhirError::AddressUnknown(_) => {
            "It writes addresses that are not below base: let /metadata through, which says what its own is.".to_owned()
        }
        FhirError::SentOn { .. }
        | FhirError::Foreign(_)
        | FhirError::NoFhir(_)
        | FhirError::NoJson(_)
        | FhirError::TooLong { .. } => {
            "This may be another server, or a page before it: look whether base in the settings is right.".to_owned()
        }
        FhirError::Connection(_) | FhirError::Settings(_) | FhirError::Certificates(_) | FhirError::Pinned(_) => {
            format!(
                "Look whether {} can be reached from here, and whether its certificate is of an authority that this \
                 computer trusts (ca_file in the settings), or the one that the settings name (certificate_sha256).",
                settings.base
            )
        }
    }
}
