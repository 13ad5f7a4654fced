use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::domain::clinic::Role;
use crate::domain::report_kind::Paper;

/// What a file with this text says, with these files beside it: a secret `s` (mode 0600), an open one `open`, an empty
/// one `empty`, one `long` beyond what a secret is, a `pipe` that nobody writes to, and certificates `ca.pem`, as many
/// as systems trust.
pub(super) fn settings(text: &str) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, mode) in [
        (SETTINGS_FILE, text, 0o644),
        ("s", "  geheim \nmore\n", 0o600),
        ("open", "geheim\n", 0o640),
        ("empty", "\ngeheim\n", 0o600),
        ("long", &"x".repeat(16 * 1024 + 1), 0o600),
        ("ca.pem", &format!("{}-----BEGIN CERTIFICATE-----\n", "# an authority\n".repeat(16 * 1024)), 0o644),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }
    rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    SettingsLocation::find(None, None, folder.path()).unwrap().read()
}

fn server(text: &str) -> FhirSettings {
    match settings(text).unwrap().platform {
        PlatformSettings::Fhir(server) => *server,
        PlatformSettings::Embedded => panic!("no server"),
    }
}

/// Line, key and a part of each complaint with its remedy.
fn complaints(text: &str) -> Vec<(usize, String, String)> {
    match settings(text) {
        Err(SettingsError::Wrong { faults, .. }) => faults
            .into_iter()
            .map(|fault| (fault.line, fault.key, format!("{}. {}", fault.what, fault.remedy)))
            .collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[rstest]
#[case("")]
#[case("# nothing\n")]
#[case("[platform]\n")]
#[case("[platform]\nkind = \"embedded\"\n")]
#[case(TEMPLATE)]
fn without_a_server_everything_is_on_this_computer(#[case] text: &str) {
    let settings = settings(text).unwrap();
    assert!(matches!(settings.platform, PlatformSettings::Embedded));
    assert!(settings.file.is_some());
}

/// What the template says behind its signs is right, and names every setting that is offered.
#[test]
fn the_template_says_what_can_be_written() {
    let lines = TEMPLATE.lines().map(|line| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let is_setting = bare.starts_with('[') || bare.split(' ').nth(1) == Some("=");
        if is_setting { bare } else { line }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    // Those of another way to sign in are left out.
    let of_backend = ["key_file", "issuer", "scopes", "roles", "role_claim"];
    let (others, lines): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| of_backend.iter().any(|key| line.starts_with(&format!("{key} "))));
    let backend = text.replace("\"token\"\n", "\"backend\"\n").replace("secret_file", "# secret_file");
    let device = backend.replace("\"backend\"\n", "\"device\"\n").replace("key_file", "# key_file");
    assert!(matches!(server(&device).sign_in, SignInSettings::Device { .. }));
    let backend = backend.replace("roles = ", "# ").replace("role_claim", "# ");
    assert!(matches!(server(&backend).sign_in, SignInSettings::Backend { .. }));
    assert_eq!(others.len(), of_backend.len());
    let text = lines.join("\n").replace("platform.secret", "s").replace("\"token\"\n", "\"basic\"\n");
    let server = server(&text);
    assert_eq!(server.base.to_string(), "https://fhir.example.org/r4");
    assert!(matches!(&server.sign_in, SignInSettings::Basic { user, .. } if user == "glucodock"), "{server:?}");
    assert_eq!(server.timeout.as_secs(), 20);
    assert!(server.ca_file.is_some() && server.tenant_header.is_some() && !server.allow_http);
    assert_eq!(server.certificates.len(), 1);
    let profiles = vec!["https://example.org/StructureDefinition/reading".to_owned()];
    let profiles = [("Observation".to_owned(), profiles)].into_iter().collect();
    assert_eq!(server.mapping, MappingSettings { profiles, ..MappingSettings::default() }, "the usual is written");
    let named = Some("/media/clinic/exports".into());
    assert_eq!(settings(&text).unwrap().export, ExportSettings { folder: named, paper: Paper::A4 });
}

/// A folder may be missing when the app starts: it is on a stick.
#[test]
fn exports_go_where_the_settings_say() {
    let export = |text: &str| settings(text).unwrap().export;
    for text in ["", "[platform]\n", "[export]\n"] {
        assert_eq!(export(text), ExportSettings { folder: None, paper: Paper::A4 });
    }
    let named = export("[export]\nfolder = \"/media/none\"\npaper = \"letter\"\n");
    assert_eq!(named, ExportSettings { folder: Some("/media/none".into()), paper: Paper::Letter });
    let beside = export("export = { folder = \"stick\" }").folder.unwrap();
    assert!(beside.is_absolute() && beside.ends_with("stick"), "{beside:?}");
    for (text, line, key, said) in [
        ("export = 1\n", 1, "export", "must be a table. Write [export]"),
        ("[export]\nfolder = \"\"\n", 2, "export.folder", "is empty. Write the path of a folder"),
        ("[export]\nfolder = 7\n", 2, "export.folder", "must be a text"),
        ("[export]\n\npaper = \"A4\"\n", 3, "export.paper", "no paper \"A4\". Write \"a4\" or \"letter\"."),
        ("[export]\nfolders = \"x\"\n", 2, "export.folders", "is no setting. Write folder."),
        ("[exports]\nfolder = \"x\"\n", 1, "exports", "is no setting. Write export."),
    ] {
        let told = complaints(text);
        let [(at, of, what)] = told.as_slice() else { panic!("{text}: {told:?}") };
        assert_eq!((*at, of.as_str()), (line, key), "{text}");
        assert!(what.contains(said), "{text}: {what}");
    }
}

#[test]
fn a_server_is_known_by_its_settings() {
    let least = server("[platform]\nkind = \"fhir\"\nbase = \"https://h.example/r4/\"\n");
    assert_eq!(least.base.to_string(), "https://h.example/r4");
    assert_eq!(least.base.join("Patient/_search").as_str(), "https://h.example/r4/Patient/_search");
    assert!(matches!(least.sign_in, SignInSettings::None));
    assert!(least.certificates.is_empty());
    assert_eq!((least.ca_file, least.allow_http, least.tenant_header), (None, false, None));
    assert_eq!(least.mapping, MappingSettings::default());
    assert!(!least.mapping.writes(MappingPart::NewPatient), "nobody is created without a word");
    let other = server(
        "[platform]\nkind = \"fhir\"\nbase = \"https://h.example\"\ndevice_patient = false\naudit_event = true\n\
         create_patients = true\n\
         [platform.profiles]\nDevice = [\"urn:a\", \"urn:b\"]\nTask = \"urn:c\"\n",
    );
    let profiles: Vec<_> = other.mapping.profiles.iter().map(|(of, urls)| (of.as_str(), urls.join(" "))).collect();
    assert_eq!(profiles, [("Device", "urn:a urn:b".to_owned()), ("Task", "urn:c".to_owned())]);
    let parts: Vec<_> = other.mapping.parts.iter().map(|part| part.key()).collect();
    assert_eq!(parts, ["create_patients", "device_use_statement", "audit_event"]);
    let all = server(
        "platform = { kind = \"fhir\", base = \"http://h.example\", sign_in = \"token\", secret_file = \"s\", \
         allow_http = true, timeout_seconds = 0x1e, tenant_header = \"X-Tenant-ID: one\", ca_file = \"ca.pem\" }",
    );
    assert_eq!(all.base.to_string(), "http://h.example");
    assert_eq!(all.base.join("metadata").as_str(), "http://h.example/metadata");
    let SignInSettings::Token { token, .. } = &all.sign_in else { panic!("{all:?}") };
    assert_eq!(token.expose(), "geheim");
    assert_eq!(all.timeout.as_secs(), 30);
    assert!(!format!("{all:?}").contains("geheim"));
}

#[test]
fn a_registered_client_is_known_by_its_settings() {
    let base = "[platform]\nkind = \"fhir\"\nbase = \"https://h.example/r4/\"\nclient_id = \"glu:co dock\"\n";
    let by_secret =
        server(&format!("{base}sign_in = \"secret\"\nsecret_file = \"s\"\nscopes = \"system/*.rs openid\"\n"));
    let SignInSettings::Secret { client, secret, .. } = &by_secret.sign_in else { panic!("{by_secret:?}") };
    assert_eq!((client.client_id.as_str(), secret.expose()), ("glu:co dock", "geheim"));
    assert_eq!((client.issuer.as_ref(), client.scopes.as_deref()), (None, Some("system/*.rs openid")));
    assert!(!format!("{by_secret:?}").contains("geheim"));
    let issuer = "issuer = \"https://login.example/realms/one/\"\n";
    for (lines, ends) in [("", "platform-key.pem"), ("key_file = \"/k.pem\"\n", "/k.pem")] {
        let by_key = server(&format!("{base}sign_in = \"backend\"\n{issuer}{lines}"));
        let SignInSettings::Backend { client, key_file } = &by_key.sign_in else { panic!("{by_key:?}") };
        // Without a slash at its end: so it is named by itself, or not.
        assert_eq!(client.issuer.as_ref().unwrap().to_string(), "https://login.example/realms/one");
        assert!(key_file.ends_with(ends) && key_file.is_absolute(), "{key_file:?}");
    }
}

/// Whoever has several words gets the role that may do more.
#[test]
fn roles_are_known_by_the_words_of_a_claim() {
    let base = "[platform]\nkind = \"fhir\"\nbase = \"https://h.example\"\nsign_in = \"device\"\nclient_id = \"x\"\n";
    let plain = server(&format!("{base}roles = {{ assistant = [\"nurse\", \"aide\"], clinician = [\"doctor\"] }}\n"));
    let SignInSettings::Device { roles, secret: None, .. } = &plain.sign_in else { panic!("{plain:?}") };
    for (words, role) in [
        (&["aide", "x"][..], Some(Role::Assistant)),
        (&["nurse", "doctor"], Some(Role::Clinician)),
        (&["Doctor"], None),
        (&[], None),
    ] {
        assert_eq!(roles.role_of(|word| words.contains(&word)), role, "{words:?}");
    }
    assert_eq!(roles.claim, "roles");
    let more = "secret_file = \"s\"\nrole_claim = \"realm_access.roles\"\n[platform.roles]\nclinician = [\"doctor\"]\n";
    let more = server(&format!("{base}{more}"));
    let SignInSettings::Device { roles, secret: Some(_), .. } = &more.sign_in else { panic!("{more:?}") };
    assert_eq!(roles.claim, "realm_access.roles");
    let wrong = complaints(&format!("{base}roles = {{ auditor = [\"x\"], clinician = [\"y\"] }}\n"));
    assert!(wrong[0].2.contains("platform.roles.auditor is no setting"), "{wrong:?}");
}

/// Each line with what is said of it: its number, its setting, and words of what is wrong and what helps.
#[rstest]
#[case("kind", 1, "", &["no TOML", "config init"])]
#[case("[platform\nkind = 1", 1, "", &["no TOML"])]
#[case("\n[platfrm]", 2, "platfrm", &["no setting", "Write platform."])]
#[case("colour = 1", 1, "colour", &["no setting", "there is: platform, export, dashboard, lock, scanner."])]
#[case("platform = 1", 1, "platform", &["must be a table", "[platform]"])]
#[case("[platform]\nkind = \"embedded\"\nbsae = \"x\"", 3, "platform.bsae", &["no setting", "Write base."])]
#[case("[platform]\nkind = 1", 2, "platform.kind", &["must be a text"])]
#[case("[platform]\nkind = \"cloud\"", 2, "platform.kind", &["no kind \"cloud\"", "\"embedded\" or \"fhir\""])]
#[case("[platform]\nbase = \"https://h.example\"", 2, "platform.base", &["no kind", "kind = \"fhir\""])]
#[case("[platform]\nkind = \"fhir\"", 2, "platform.base", &["missing", "base = \"https://"])]
#[case(
    "[platform]\nkind = \"embedded\"\nbase = \"https://h.example\"",
    3,
    "platform.base",
    &["means nothing with kind = \"embedded\"", "Take it out, or write another kind."]
)]
fn what_is_wrong_is_said_with_its_line(
    #[case] text: &str,
    #[case] line: usize,
    #[case] key: &str,
    #[case] words: &[&str],
) {
    let found = complaints(text);
    let [(at, of, said)] = found.as_slice() else { panic!("{text}: {found:?}") };
    assert_eq!((*at, of.as_str()), (line, key), "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
}

/// None of the settings that another kind reads is passed over.
#[test]
fn every_setting_of_a_server_is_refused_without_one() {
    for key in platform::FHIR_KEYS {
        let found = complaints(&format!("[platform]\nkind = \"embedded\"\n{key} = 1"));
        let [(line, of, said)] = found.as_slice() else { panic!("{key}: {found:?}") };
        assert_eq!((*line, of.as_str()), (3, &*format!("platform.{key}")), "{said}");
        assert!(said.contains("means nothing with kind"), "{said}");
    }
}

/// The same of settings of a server, of which the one in line 4 is wrong.
#[rstest]
#[case("base = \"fhir.example.org\"", "base", &["no address"])]
#[case("base = \"ftp://fhir.example.org\"", "base", &["no address of a web server"])]
#[case("base = \"https://anna:geheim@h.example\"", "base", &["name or password", "sign_in = \"basic\""])]
#[case("base = \"https://h.example/?a=1\"", "base", &["behind ? or #"])]
#[case("base = \"http://h.example\"", "base", &["without TLS", "allow_http = true"])]
#[case("base = \"http://127.0.0.1.example\"", "base", &["without TLS"])]
#[case("sign_in = \"device\"\nclient_id = \"x\"", "roles", &["roles is missing", "clinician = [\"...\"]"])]
#[case("sign_in = \"device\"\nclient_id = \"x\"\nroles = 1", "roles", &["must be a table"])]
#[case("sign_in = \"device\"\nclient_id = \"x\"\nroles = {}", "roles", &["nobody could sign in"])]
#[case("sign_in = \"device\"\nclient_id = \"x\"\nroles.clinician = [1]", "roles.clinician", &["a list of texts"])]
#[case("sign_in = \"device\"\nclient_id = \"x\"\nroles.clinician = []", "roles.clinician", &["a list of texts"])]
#[case(
    "sign_in = \"device\"\nclient_id = \"x\"\nroles.clinician = [\"a\"]\nrole_claim = \"a..b\"",
    "role_claim",
    &["has a name", "realm_access.roles"]
)]
#[case(
    "sign_in = \"device\"\nclient_id = \"x\"\nsecret_file = \"nowhere\"\nroles.clinician = [\"a\"]",
    "secret_file",
    &["cannot be read"]
)]
#[case("roles.clinician = [\"a\"]", "roles", &["means nothing"])]
#[case("sign_in = \"secret\"\nsecret_file = \"s\"", "client_id", &["client_id is missing"])]
#[case("sign_in = \"secret\"\nclient_id = \"x\"", "secret_file", &["secret_file is missing"])]
#[case("sign_in = \"secret\"\nclient_id = \"ü\"\nsecret_file = \"s\"", "client_id", &["plain letters"])]
#[case("sign_in = \"backend\"", "client_id", &["client_id is missing"])]
#[case("sign_in = \"backend\"\nclient_id = \"x\"\nsecret_file = \"s\"", "secret_file", &["means nothing"])]
#[case("sign_in = \"backend\"\nclient_id = \"x\"\nissuer = \"http://h.example\"", "issuer", &["without TLS"])]
#[case("sign_in = \"backend\"\nclient_id = \"x\"\nissuer = \"idp\"", "issuer", &["no address", "https://login"])]
#[case("sign_in = \"backend\"\nclient_id = \"x\"\nscopes = \"a  b\"", "scopes", &["one space"])]
#[case("sign_in = \"backend\"\nclient_id = \"x\"\nscopes = \"\"", "scopes", &["plain letters"])]
#[case("issuer = \"https://h.example\"", "issuer", &["means nothing with sign_in = \"none\""])]
#[case("sign_in = \"pin\"", "sign_in", &["no sign_in \"pin\"", "\"token\""])]
#[case("sign_in = \"token\"", "secret_file", &["secret_file is missing"])]
#[case("sign_in = \"token\"\nsecret_file = \"nowhere\"", "secret_file", &["cannot be read"])]
#[case("sign_in = \"token\"\nsecret_file = \".\"", "secret_file", &["is no file"])]
#[case("sign_in = \"token\"\nsecret_file = \"open\"", "secret_file", &["other users", "chmod 600"])]
#[case("sign_in = \"token\"\nsecret_file = \"long\"", "secret_file", &["longer than 16384 bytes"])]
#[case("sign_in = \"token\"\nsecret_file = \"pipe\"", "secret_file", &["is no file"])]
#[case("sign_in = \"token\"\nsecret_file = \"empty\"", "secret_file", &["first line is empty"])]
#[case("sign_in = \"token\"\nsecret_file = \"s\"\nclient_id = \"x\"", "client_id", &["means nothing"])]
#[case("secret_file = \"s\"", "secret_file", &["means nothing with sign_in = \"none\""])]
#[case("sign_in = \"basic\"\nsecret_file = \"s\"", "client_id", &["client_id is missing"])]
#[case("sign_in = \"basic\"\nsecret_file = \"s\"\nclient_id = \"a:b\"", "client_id", &["no colon"])]
#[case("ca_file = \"nowhere\"", "ca_file", &["cannot be read", "PEM"])]
#[case("certificate_sha256 = \"1D:42\"", "certificate_sha256", &["no SHA-256", "-fingerprint -sha256"])]
#[case("certificate_sha256 = []", "certificate_sha256", &["no SHA-256"])]
#[case("ca_file = \"s\"", "ca_file", &["no certificate"])]
#[case("allow_http = \"yes\"", "allow_http", &["true or false"])]
#[case("tenant_header = \"clinic\"", "tenant_header", &["no colon", "X-Tenant-ID"])]
#[case("tenant_header = \"Authorization: x\"", "tenant_header", &["not for tenants"])]
#[case("tenant_header = \"Content-Type: x\"", "tenant_header", &["not for tenants"])]
#[case("tenant_header = \"X-Tenant: a\\nb\"", "tenant_header", &["plain letters"])]
#[case("timeout_seconds = 0", "timeout_seconds", &["from 1 to 30"])]
#[case("timeout_seconds = 31", "timeout_seconds", &["from 1 to 30"])]
#[case("timeout_seconds = -1", "timeout_seconds", &["whole number"])]
#[case("timeout_seconds = 2.5", "timeout_seconds", &["whole number"])]
#[case("key_file = \"k\"", "key_file", &["means nothing"])]
#[case("profiles = []", "profiles", &["must be a table", "profiles = {"])]
#[case("profiles = { Observation = 1 }", "profiles.Observation", &["a text or a list of texts"])]
#[case("profiles = { Observation = [1] }", "profiles.Observation", &["a text or a list of texts"])]
#[case("profiles = { Observation = \"reading\" }", "profiles.Observation", &["no address", "in full"])]
#[case("profiles = { Medication = \"urn:x\" }", "profiles.Medication", &["no such resource", "Observation"])]
#[case("device_patient = 0", "device_patient", &["true or false"])]
#[case("device_use_statement = \"no\"", "device_use_statement", &["true or false"])]
#[case("time_stamp_reference = 1", "time_stamp_reference", &["true or false"])]
#[case("phd_identifier = 1", "phd_identifier", &["true or false"])]
#[case("pending_task = 1", "pending_task", &["true or false"])]
#[case("audit_event = 1", "audit_event", &["true or false"])]
#[case("control_solution = 1", "control_solution", &["true or false"])]
#[case("device_patient = false\ndevice_use_statement = false", "device_use_statement", &["whose a meter is"])]
fn what_is_wrong_with_a_server_is_said(#[case] lines: &str, #[case] key: &str, #[case] words: &[&str]) {
    let base = if lines.starts_with("base") { "# here" } else { "base = \"https://h.example\"" };
    let found = complaints(&format!("[platform]\nkind = \"fhir\"\n{base}\n{lines}\n"));
    let [(line, of, said)] = found.as_slice() else { panic!("{lines}: {found:?}") };
    assert_eq!(of, &format!("platform.{key}"), "{said}");
    let own = lines.lines().position(|line| line.starts_with(key)).unwrap_or(0);
    assert_eq!(*line, 4 + own, "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{lines}: {said}");
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "[platform]\ntimeout_seconds = 99\nkind = \"fhir\"\nsign_in = \"basic\"\ncolour = 1\n";
    let found: Vec<_> = complaints(text).into_iter().map(|(line, key, _)| (line, key)).collect();
    let wrong = [(2, "timeout_seconds"), (3, "base"), (4, "client_id"), (4, "secret_file"), (5, "colour")];
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(sorted, wrong.map(|(line, key)| (line, format!("platform.{key}"))));
    let error = settings(text).unwrap_err().to_string();
    assert_eq!(error.lines().count(), 5);
    assert!(error.lines().all(|line| line.contains("/settings.toml:")), "{error}");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let absent = SettingsLocation::find(None, None, folder.path()).unwrap();
    assert!(absent.read().unwrap().file.is_none());
    let other = folder.path().join("other.toml");
    let by_option = SettingsLocation::find(Some(&other), Some("/elsewhere".into()), folder.path()).unwrap();
    assert_eq!(by_option, SettingsLocation { file: other.clone(), is_named: true, data: folder.path().to_owned() });
    let by_variable = SettingsLocation::find(None, Some(other.clone().into()), folder.path()).unwrap();
    assert_eq!(by_variable, by_option);
    assert!(matches!(by_option.read(), Err(SettingsError::Unreadable { .. })));
    assert_eq!(SettingsLocation::find(None, Some("".into()), folder.path()).unwrap(), absent);
    let relative = SettingsLocation::find(None, Some("x.toml".into()), folder.path()).unwrap_err();
    assert!(relative.to_string().contains("must be an absolute path, not x.toml"), "{relative}");
    fs::write(&other, vec![b'#'; 70_000]).unwrap();
    let long = by_option.read().unwrap_err();
    assert!(long.to_string().contains("longer than 65536 bytes"), "{long}");
    fs::write(&other, [0xff]).unwrap();
    assert!(matches!(by_option.read(), Err(SettingsError::Unreadable { .. })));
}

#[rstest]
#[case("http://127.0.0.1:8088", true)]
#[case("http://localhost:8103/fhir/R4", true)]
#[case("http://[::1]:8080", true)]
#[case("http://127.9.9.9", true)]
#[case("http://localhost.example", false)]
#[case("http://10.0.0.1", false)]
fn what_stays_on_this_computer_needs_no_tls(#[case] base: &str, #[case] is_taken: bool) {
    assert_eq!(ServerBase::parse(base, false).is_ok(), is_taken);
    let base = ServerBase::parse(base, true).unwrap();
    assert_eq!(base.is_this_computer(), is_taken);
}

#[test]
fn a_server_is_told_by_scheme_host_and_port() {
    let base = ServerBase::parse("https://h.example/r4", false).unwrap();
    for (url, is_same) in [
        ("https://h.example:443/other?x=1", true),
        ("https://h.example:8443/r4", false),
        ("http://h.example/r4", false),
        ("https://h.example.org/r4", false),
        ("https://h.example@evil.example/r4", false),
    ] {
        assert_eq!(base.is_origin_of(&url.parse().unwrap()), is_same, "{url}");
    }
}

proptest! {
    /// Any text is settings or complaints about lines that it has.
    #[test]
    fn any_text_is_read(
        text in "(\\[platform\\]\n)?([a-z_]{1,8} ?= ?(\"[ -~]{0,8}\"|[0-9]{1,3}|true|\\[\\])\n|.{0,12}\n){0,6}",
    ) {
        if let Err(error) = settings(&text) {
            let SettingsError::Wrong { faults, .. } = error else { return Err(TestCaseError::fail(error.to_string())) };
            prop_assert!(!faults.is_empty());
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{:?}", faults);
        }
    }
}
