//! Signing in at an authorization server that nobody here wrote: `oidc-provider`, where people type a code, refresh
//! tokens are worth something once, and a computer proves who it is by its key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use glucodock::domain::clinic::{Actor, Role};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::sign_in::{DeviceCode, SignInOutcome, SignInProof, SignInStart};
use glucodock::platform::{Platform, RemoteError};
use jiff::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

use super::http_server::{Server, fhir};
use super::place::{Terminal, wait};
use super::program::{glucodock, object};

/// The issuer that the variable names.
fn issuer() -> String {
    std::env::var("GLUCODOCK_OIDC_PROVIDER").unwrap_or_else(|_| panic!("GLUCODOCK_OIDC_PROVIDER names no server"))
}

/// What came of a request.
struct Page {
    status: u16,
    location: Option<String>,
    cookies: Vec<(String, String)>,
    body: String,
}

/// Sends a request and waits for all of the answer.
fn ask(method: &str, url: &Url, kind: &str, cookies: &BTreeMap<String, String>, body: &str) -> Page {
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut stream = TcpStream::connect((host, port)).unwrap();
    // HTTP/1.0: the answer ends with the connection.
    write!(
        stream,
        "{method} {target} HTTP/1.0\r\nHost: {host}:{port}\r\nCookie: {}\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        cookies.join("; "),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let fields: Vec<(String, &str)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let cookie = |value: &str| {
        let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    Page {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        location: fields.iter().find(|(name, _)| name == "location").map(|(_, value)| (*value).to_owned()),
        cookies: fields.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| cookie(value)).collect(),
        body: body.to_owned(),
    }
}

impl Page {
    /// The value of an attribute of the first tag in which this stands before it.
    fn attribute(&self, before: &str, name: &str) -> Option<&str> {
        let behind = self.body.split_once(before)?.1.split('>').next()?;
        behind.split_once(&format!("{name}=\""))?.1.split('"').next()
    }

    /// What a form sends along without a word.
    fn hidden(&self, name: &str) -> Option<&str> {
        self.attribute(&format!("name=\"{name}\""), "value")
    }
}

/// The phone of whoever types the code.
struct Browser {
    at: Url,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Asks, and goes where it is sent.
    fn go(&mut self, method: &str, to: &str, form: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.at = self.at.join(to).unwrap();
        let mut page = ask(method, &self.at, "application/x-www-form-urlencoded", &self.cookies, &body);
        loop {
            self.cookies.extend(std::mem::take(&mut page.cookies));
            self.cookies.retain(|_, value| !value.is_empty());
            let Some(next) = page.location.take() else { return page };
            self.at = self.at.join(&next).unwrap();
            page = ask("GET", &self.at, "text/plain", &self.cookies, "");
        }
    }

    /// Opens the page of a code and says whether it is what the person wants; then signs in as this person.
    fn answer(code: &DeviceCode, verdict: &str, login: &str) {
        let page = Url::parse(code.complete_uri.as_ref().unwrap().as_str()).unwrap();
        let mut browser = Self { at: page.clone(), cookies: BTreeMap::new() };
        let opened = browser.go("GET", page.as_str(), &[]);
        let xsrf = opened.hidden("xsrf").unwrap().to_owned();
        let mut form = vec![("xsrf", xsrf.as_str()), ("user_code", code.user_code.as_str())];
        let asked = browser.go("POST", "/device", &form);
        assert_eq!(asked.status, 200, "{}", asked.body);
        form.push((verdict, "yes"));
        let mut page = browser.go("POST", "/device", &form);
        while let Some(prompt) = page.hidden("prompt").map(ToOwned::to_owned) {
            let to = page.attribute("<form", "action").unwrap().to_owned();
            page = browser.go("POST", &to, &[("prompt", &prompt), ("login", login), ("password", "x")]);
        }
        assert_eq!(page.status, 200, "{}", page.body);
    }
}

/// A FHIR server where nobody is found, by whoever has a token that has not ended, and settings for it.
struct ProviderClinic {
    /// Kept for as long as it is asked.
    _fhir: Server,
    /// What is asked with, as it is shown.
    shown: Arc<Mutex<Shown>>,
}

/// Tokens that came, and those of them that are worth nothing any more.
#[derive(Default)]
struct Shown {
    all: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl ProviderClinic {
    fn new(data: &Path, more: &str) -> Self {
        let shown = Arc::<Mutex<Shown>>::default();
        let seen = Arc::clone(&shown);
        let fhir = Server::start(move |asked| {
            if asked.method == "GET" {
                return fhir(404, &json!({}));
            }
            let mut seen = seen.lock().unwrap();
            let token = asked.header("authorization").unwrap_or_default().to_owned();
            let is_good = token.starts_with("Bearer ") && !seen.ended.contains(&token);
            seen.all.insert(token);
            let nobody = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0 });
            fhir(if is_good { 200 } else { 401 }, &nobody)
        });
        let (base, issuer) = (&fhir.base, issuer());
        let text = format!(
            "[platform]\nkind = \"fhir\"\nbase = \"{base}\"\nissuer = \"{issuer}\"\ncreate_patients = true\n{more}\n"
        );
        fs::write(data.join("settings.toml"), text).unwrap();
        Self { _fhir: fhir, shown }
    }

    /// Every token that came ends.
    fn end_all(&self) {
        let mut shown = self.shown.lock().unwrap();
        let all = shown.all.clone();
        shown.ended.extend(all);
    }

    /// How many tokens came.
    fn tokens(&self) -> usize {
        self.shown.lock().unwrap().all.len()
    }
}

async fn code(platform: &Platform) -> DeviceCode {
    let SignInStart::DeviceCode(code) = platform.sign_in.begin(Timestamp::now()).await.unwrap() else {
        panic!("no code")
    };
    *code
}

async fn typed(platform: &Platform, code: &DeviceCode) -> Result<SignInOutcome, RemoteError> {
    let proof = SignInProof::DeviceCode(Box::new(code.clone()));
    platform.sign_in.complete(&proof, "session", Timestamp::now()).await
}

const DEVICE: &str = "sign_in = \"device\"\nclient_id = \"glucodock\"\nroles = { assistant = [\"nurse\"] }";

/// A refresh token is worth something once: shown twice, all is taken back. So whoever is given one token after the
/// other, for questions at once too, was still signed in only if each refresh token was shown once.
#[test]
#[ignore = "needs GLUCODOCK_OIDC_PROVIDER: tests/servers/run oidc"]
fn whoever_typed_a_code_is_asked_for_with_tokens_that_are_renewed_one_after_the_other() {
    let data = tempfile::tempdir().unwrap();
    let place = ProviderClinic::new(data.path(), DEVICE);
    let platform = Terminal::of(data.path()).backend.platform;
    wait(async {
        let code = code(&platform).await;
        assert!(matches!(typed(&platform, &code).await.unwrap(), SignInOutcome::NotYet(_)), "nobody typed it");
        Browser::answer(&code, "confirm", "nora");
        let SignInOutcome::SignedIn(user, _) = typed(&platform, &code).await.unwrap() else { panic!("not typed") };
        assert_eq!((user.name.as_str(), user.role), ("Nurse nora", Role::Assistant));
        assert!(user.id.ends_with("/Practitioner/nora"), "{}", user.id);

        let actor = Actor { user, session: "session".to_owned(), at: Timestamp::now() };
        let search = || platform.directory.search(&actor, "adeyemi", None, 20);
        search().await.unwrap();
        for _ in 0..3 {
            place.end_all();
            search().await.unwrap();
        }
        place.end_all();
        let (one, two, three) = tokio::join!(search(), search(), search());
        for found in [one, two, three] {
            found.unwrap();
        }
        assert_eq!(place.tokens(), 5, "one for the three that asked at once");

        platform.sign_in.end(&actor).await.unwrap();
        assert!(search().await.is_err(), "it ended");
    });
}

#[test]
#[ignore = "needs GLUCODOCK_OIDC_PROVIDER: tests/servers/run oidc"]
fn whoever_refuses_on_the_phone_is_not_signed_in() {
    let data = tempfile::tempdir().unwrap();
    let _place = ProviderClinic::new(data.path(), DEVICE);
    let platform = Terminal::of(data.path()).backend.platform;
    wait(async {
        let code = code(&platform).await;
        Browser::answer(&code, "abort", "nora");
        let refused = typed(&platform, &code).await.unwrap_err();
        assert_eq!(refused.problem().code, ProblemCode::SignInCodeDenied, "{refused}");
    });
}

/// What `glucodock platform keys` prints is registered as it is.
#[rstest]
#[case::es384("ES384", None)]
#[case::rs384("RS384", Some("rs384.pem"))]
#[ignore = "needs GLUCODOCK_OIDC_PROVIDER: tests/servers/run oidc"]
fn a_key_that_is_registered_gets_tokens(#[case] algorithm: &str, #[case] pem: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let run = |arguments: &[&str]| glucodock(arguments).env("GLUCODOCK_DATA", data).output().unwrap();
    let key_file = pem.map_or_else(String::new, |pem| {
        let file = data.join(pem);
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/keys").join(pem), &file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        format!("key_file = \"{pem}\"")
    });
    let known_as = |client: &str| format!("sign_in = \"backend\"\nclient_id = \"{client}\"\n{key_file}");
    let _unknown = ProviderClinic::new(data, &known_as("nobody"));
    let printed = run(if pem.is_none() { &["platform", "keys", "--new"] } else { &["platform", "keys"] });
    let set: Value = serde_json::from_slice(&printed.stdout).unwrap_or_else(|_| panic!("{printed:?}"));

    let output = run(&["platform", "check", "--json"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(object(&output).to_string().contains("invalid_client"), "{output:?}");

    let client = json!({
        "client_name": "A terminal", "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [],
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": algorithm, "jwks": set,
    });
    let place_of_clients = Url::parse(&issuer()).unwrap().join("/reg").unwrap();
    let registered = ask("POST", &place_of_clients, "application/json", &BTreeMap::new(), &client.to_string());
    assert_eq!(registered.status, 201, "{}", registered.body);
    let registered: Value = serde_json::from_str(&registered.body).unwrap();

    let place = ProviderClinic::new(data, &known_as(registered["client_id"].as_str().unwrap()));
    let output = run(&["platform", "check", "--json"]);
    let told = object(&output);
    for check in ["scopes", "sign-in"] {
        let finding = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == check);
        assert_eq!(finding.unwrap()["state"], "good", "{told}");
    }
    assert_eq!(place.tokens(), 1, "{told}");
}
