//! The table `[platform]`: where patients and records live, and how this computer signs in there.

use std::path::PathBuf;
use std::time::Duration;

use super::fingerprint::CertificateFingerprint;
use super::folders::Folders;
use super::mapping::{self, MappingSettings};
use super::server::{ServerBase, TenantHeader};
use super::sign_in::{self, SignInSettings};
use super::table::{Faults, FoundSetting, SettingsTable};

/// A kind of platform, with every setting that it reads beside `kind`.
struct PlatformKind {
    name: &'static str,
    reads: &'static [&'static str],
}

/// Every kind that there is.
const KINDS: [PlatformKind; 2] =
    [PlatformKind { name: "embedded", reads: &[] }, PlatformKind { name: "fhir", reads: &FHIR_KEYS }];

/// What is read of a FHIR server; which of it means something with which `sign_in` says [`super::sign_in`].
pub(super) const FHIR_KEYS: [&str; 24] = [
    "base",
    "sign_in",
    "issuer",
    "client_id",
    "secret_file",
    "key_file",
    "scopes",
    "roles",
    "role_claim",
    "ca_file",
    "certificate_sha256",
    "allow_http",
    "tenant_header",
    "timeout_seconds",
    "profiles",
    "create_patients",
    "device_patient",
    "device_use_statement",
    "time_stamp_reference",
    "phd_identifier",
    "pending_task",
    "audit_event",
    "control_solution",
    "withdraw_undone",
];

/// How long a server's answer is waited for without a setting, in seconds: less than the app waits, so that it can say
/// why there is none.
const TIMEOUT: u64 = 20;

/// No bundle of certificates is longer, in bytes: those of all authorities that systems trust are a quarter of a
/// megabyte.
const MOST_CERTIFICATE_BYTES: u64 = 4 * 1024 * 1024;

/// How long it is waited for at most, in seconds: the app does not wait for a later answer.
const LONGEST_TIMEOUT: u64 = 30;

/// Where patients and records live.
#[derive(Debug, Default)]
pub enum PlatformSettings {
    /// In the store of this computer.
    #[default]
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
    /// The server's own certificate, or several of which it has one; without any it is known by who signed it.
    pub certificates: Vec<CertificateFingerprint>,
    /// Whether what is sent may go without TLS.
    pub allow_http: bool,
    /// Which tenant is meant.
    pub tenant_header: Option<TenantHeader>,
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// How what is written there is written.
    pub mapping: MappingSettings,
}

/// The platform; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(
    table: &SettingsTable<'_>,
    folders: Folders<'_>,
    faults: &mut Faults<'_>,
) -> Option<PlatformSettings> {
    let of_kinds = || KINDS.iter().flat_map(|kind| kind.reads).copied();
    let known: Vec<&str> = std::iter::once("kind").chain(of_kinds()).collect();
    table.refuse_others(&known, faults);
    let Some(kind) = table.get("kind") else {
        // A server that is written down and not used would be taken for the one that readings go to.
        if let Some(stray) = of_kinds().find_map(|key| table.get(key)) {
            let what = format!("{} is of a FHIR server, and there is no kind", stray.path);
            faults.add(stray.at, &stray.path, what, "Write kind = \"fhir\" above it, or take it out.");
        }
        return Some(PlatformSettings::Embedded);
    };
    let name = kind.text(faults)?;
    if let Some(PlatformKind { name, reads }) = KINDS.iter().find(|kind| kind.name == name) {
        // The same, where another kind is written down.
        for stray in of_kinds().filter(|key| !reads.contains(key)).filter_map(|key| table.get(key)) {
            let what = format!("{} means nothing with kind = {name:?}", stray.path);
            faults.add(stray.at, &stray.path, what, "Take it out, or write another kind.");
        }
    }
    match name {
        "embedded" => Some(PlatformSettings::Embedded),
        "fhir" => server(table, &kind, folders, faults).map(|server| PlatformSettings::Fhir(Box::new(server))),
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
    folders: Folders<'_>,
    faults: &mut Faults<'_>,
) -> Option<FhirSettings> {
    let allow_http = table.get("allow_http").map_or(Some(false), |found| found.truth(faults));
    // What cannot be read is a fault already. Taken for yes, it brings no second complaint about an
    // address that may be meant so.
    let base = base(table, kind, allow_http.unwrap_or(true), faults);
    let sign_in = sign_in::read(table, folders, allow_http.unwrap_or(true), faults);
    let ca_file = match table.get("ca_file") {
        None => Some(None),
        Some(found) => {
            found.text(faults).and_then(|path| certificates(&found, folders.settings.join(path), faults)).map(Some)
        }
    };
    let certificates = match table.get("certificate_sha256") {
        None => Some(Vec::new()),
        Some(found) => found.texts(faults).and_then(|texts| fingerprints(&found, &texts, faults)),
    };
    let tenant_header = match table.get("tenant_header") {
        None => Some(None),
        Some(found) => found.text(faults).and_then(|text| tenant(&found, text, faults)).map(Some),
    };
    let timeout = match table.get("timeout_seconds") {
        None => Some(TIMEOUT),
        Some(found) => found.number(TIMEOUT, faults).and_then(|seconds| timeout(&found, seconds, faults)),
    };
    let mapping = mapping::read(table, faults);
    Some(FhirSettings {
        base: base?,
        sign_in: sign_in?,
        ca_file: ca_file?,
        certificates: certificates?,
        allow_http: allow_http?,
        tenant_header: tenant_header?,
        timeout: Duration::from_secs(timeout?),
        mapping: mapping?,
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

/// A file that has a certificate in it; whether it is a sound one says whoever uses it.
fn certificates(found: &FoundSetting<'_>, file: PathBuf, faults: &mut Faults<'_>) -> Option<PathBuf> {
    let what = match super::text(&file, MOST_CERTIFICATE_BYTES) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => return Some(file),
        Ok(_) => "there is no certificate in it".to_owned(),
        Err(error) => format!("it cannot be read: {error}"),
    };
    let what = format!("{} {}: {what}", found.path, file.display());
    faults.add(found.at.clone(), &found.path, what, "Write the path of a file with certificates in PEM form.");
    None
}

fn fingerprints(
    found: &FoundSetting<'_>,
    texts: &[&str],
    faults: &mut Faults<'_>,
) -> Option<Vec<CertificateFingerprint>> {
    let read: Option<Vec<_>> = texts.iter().map(|text| CertificateFingerprint::parse(text)).collect();
    if let Some(read) = read.filter(|read| !read.is_empty()) {
        return Some(read);
    }
    let what = format!("{} is no SHA-256 of a certificate", found.path);
    let remedy = "Write the 64 hexadecimal digits that openssl x509 -noout -fingerprint -sha256 prints of it.";
    faults.add(found.at.clone(), &found.path, what, remedy);
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
