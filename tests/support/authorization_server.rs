//! An authorization server on this computer: it gives out tokens as the standards say, looks at every proof, and goes
//! wrong as a test wants it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA384, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Value, json};

use super::http_server::{Answered, Asked, Server};

/// How a client is known.
#[derive(Debug, Clone, Default)]
pub(crate) enum Known {
    /// By no more than its name.
    #[default]
    Name,
    /// By this secret, sent so.
    Secret(&'static str, SentIn),
    /// By a key of this set.
    Key(Value),
}

/// Where a secret is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SentIn {
    Header,
    Body,
}

/// What the server knows and how it is.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// The one client, `glucodock`.
    pub(crate) known: Known,
    /// What is granted in place of what is asked for.
    pub(crate) grants: Option<&'static str>,
    /// Whether it leaves out what was granted.
    pub(crate) is_silent_of_scopes: bool,
    /// How long a token lasts, in seconds; not said without.
    pub(crate) lifetime: Option<u64>,
    /// Comes in place of the next tokens; from the last to the first.
    pub(crate) faults: Vec<Answered>,
    /// Comes in place of the next answers where tokens are made worth nothing; from the last to the first.
    pub(crate) revocation_faults: Vec<Answered>,
    /// The tokens that are worth something.
    pub(crate) good: BTreeSet<String>,
    /// What comes of the questions whether the code was typed, before it is; from the last to the first.
    pub(crate) not_typed: Vec<&'static str>,
    /// What stands behind the address that opens the page with the code in it.
    pub(crate) more_of_page: String,
    /// What is said of whoever typed it.
    pub(crate) claims: Value,
    /// What comes with the tokens and says who it is, if anything does.
    pub(crate) id_claims: Option<Value>,
    /// Whether tokens can be renewed.
    pub(crate) renews: bool,
    /// The next question for something there is no longer answered: the token ends at it.
    pub(crate) ends_at: Option<&'static str>,
    /// With what the next token is got; everything else that was is spent.
    refresh: Option<String>,
    spent: BTreeSet<String>,
    /// Besides what the metadata say.
    pub(crate) metadata: BTreeMap<&'static str, Value>,
    /// The assertions that were used.
    used: BTreeSet<String>,
    made: usize,
}

/// The server, and its desk.
pub(crate) struct AuthorizationServer {
    pub(crate) server: Server,
    pub(crate) desk: Arc<Mutex<Desk>>,
}

/// An answer of OAuth.
pub(crate) fn told(status: u16, body: &Value) -> Answered {
    Answered::Whole(status, vec![("Content-Type", "application/json".to_owned())], body.to_string())
}

/// It says no (RFC 6749 section 5.2).
pub(crate) fn refused(status: u16, code: &str) -> Answered {
    told(status, &json!({ "error": code, "error_description": "Zarathustra may not" }))
}

/// A page of whoever stands before it.
pub(crate) fn page(status: u16) -> Answered {
    let kind = vec![("Content-Type", "text/html".to_owned())];
    Answered::Whole(status, kind, "<html>Zarathustra</html>".to_owned())
}

impl AuthorizationServer {
    /// One that knows its client so.
    pub(crate) fn start(known: Known) -> Self {
        let claims = json!({ "sub": "n7", "name": "Nora Test", "preferred_username": "nora", "roles": ["nurse"] });
        let desk = Desk { known, lifetime: Some(300), claims, renews: true, ..Desk::default() };
        let desk = Arc::new(Mutex::new(desk));
        let answering = Arc::clone(&desk);
        Self { server: Server::start(move |asked| answering.lock().unwrap().answer(asked)), desk }
    }

    /// What a FHIR server says of it.
    pub(crate) fn smart_configuration(&self) -> Value {
        let endpoint = format!("{}/token", self.server.base);
        let mut said =
            json!({ "issuer": self.server.base, "token_endpoint": endpoint, "capabilities": ["permission-v2"] });
        if let Known::Secret(_, SentIn::Body) = self.desk.lock().unwrap().known {
            said["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
        }
        said
    }

    /// Whether a question comes with a token that is worth something.
    pub(crate) fn lets_in(desk: &Mutex<Desk>, asked: &Asked) -> bool {
        let token = asked.header("authorization").and_then(|said| said.strip_prefix("Bearer "));
        token.is_some_and(|token| desk.lock().unwrap().is_good(token, &asked.target))
    }

    /// The forms that came to its token endpoint.
    pub(crate) fn forms(&self) -> Vec<BTreeMap<String, String>> {
        let asked = self.server.asked().into_iter().filter(|asked| asked.target == "/token");
        asked.map(|asked| form(&asked)).collect()
    }
}

fn form(asked: &Asked) -> BTreeMap<String, String> {
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect()
}

impl Desk {
    fn answer(&mut self, asked: &Asked) -> Answered {
        let base = format!("http://{}", asked.header("host").unwrap());
        match (asked.method.as_str(), asked.target.as_str()) {
            ("GET", "/.well-known/openid-configuration") => {
                let mut said = json!({
                    "issuer": base, "token_endpoint": format!("{base}/token"),
                    "device_authorization_endpoint": format!("{base}/device/code"),
                    "revocation_endpoint": format!("{base}/revoke"), "userinfo_endpoint": format!("{base}/me"),
                });
                for (name, value) in &self.metadata {
                    said[*name] = value.clone();
                }
                told(200, &said)
            }
            ("POST", "/token") => match self.faults.pop() {
                Some(fault) => fault,
                None => self.token(asked, &base),
            },
            ("POST", "/device/code") => {
                if !self.is_client(asked, &form(asked), &base) {
                    return refused(401, "invalid_client");
                }
                told(
                    200,
                    &json!({
                        "device_code": "Zarathustra's", "user_code": "WDJB-MJHT", "expires_in": 600,
                        "verification_uri": format!("{base}/device"),
                        "verification_uri_complete": format!("{base}/device?user_code=WDJB-MJHT{}", self.more_of_page),
                    }),
                )
            }
            ("POST", "/revoke") if !self.revocation_faults.is_empty() => {
                self.revocation_faults.pop().unwrap_or(Answered::Never)
            }
            ("POST", "/revoke") => {
                let token = form(asked)["token"].clone();
                self.good.remove(&token);
                if self.refresh.as_ref() == Some(&token) {
                    self.forget_family();
                }
                told(200, &Value::Null)
            }
            ("GET", "/me") => told(200, &self.claims),
            _ => page(404),
        }
    }

    fn is_good(&mut self, token: &str, target: &str) -> bool {
        if self.ends_at.is_some_and(|place| target.starts_with(place)) {
            self.ends_at = None;
            self.good.remove(token);
        }
        self.good.contains(token)
    }

    /// Whoever shows twice what a token was renewed with may have stolen it: nothing of it is worth anything any more.
    pub(crate) fn forget_family(&mut self) {
        self.refresh = None;
        self.good.clear();
    }

    /// The next token, for the one thing that it is given for (RFC 9700 section 4.14.2).
    fn renew(&mut self, refresh: &str) -> Answered {
        if self.spent.contains(refresh) {
            self.forget_family();
        }
        if self.refresh.as_deref() != Some(refresh) {
            return refused(400, "invalid_grant");
        }
        self.spent.insert(refresh.to_owned());
        self.give("user/*.cruds", true)
    }

    fn token(&mut self, asked: &Asked, base: &str) -> Answered {
        let form = form(asked);
        if !self.is_client(asked, &form, &format!("{base}/token")) {
            return refused(401, "invalid_client");
        }
        match form.get("grant_type").map(String::as_str) {
            Some("client_credentials") => self.give(&form["scope"], false),
            Some("urn:ietf:params:oauth:grant-type:device_code") => match self.not_typed.pop() {
                Some(code) => refused(400, code),
                None => self.give("openid user/*.cruds", true),
            },
            Some("refresh_token") => self.renew(&form["refresh_token"]),
            _ => refused(400, "unsupported_grant_type"),
        }
    }

    fn give(&mut self, wanted: &str, is_of_a_person: bool) -> Answered {
        self.made += 1;
        let token = format!("token-{}", self.made);
        self.good.insert(token.clone());
        let mut said = json!({ "access_token": token, "token_type": "Bearer" });
        if let Some(lifetime) = self.lifetime {
            said["expires_in"] = json!(lifetime);
        }
        if is_of_a_person && self.renews {
            let refresh = format!("next-{}", self.made);
            said["refresh_token"] = json!(refresh);
            self.refresh = Some(refresh);
        }
        if let Some(claims) = self.id_claims.as_ref().filter(|_| is_of_a_person) {
            said["id_token"] = json!(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string())));
        }
        if !self.is_silent_of_scopes {
            said["scope"] = json!(self.grants.unwrap_or(wanted));
        }
        told(200, &said)
    }

    fn is_client(&mut self, asked: &Asked, form: &BTreeMap<String, String>, endpoint: &str) -> bool {
        let is_named = form.get("client_id").is_some_and(|id| id == "glucodock");
        match self.known.clone() {
            Known::Name => is_named,
            Known::Secret(secret, SentIn::Body) => {
                is_named && form.get("client_secret").is_some_and(|sent| sent == secret)
            }
            Known::Secret(secret, SentIn::Header) => {
                // RFC 6749 section 2.3.1: each is encoded as in a form before they are put together.
                let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let wanted = STANDARD.encode(format!("glucodock:{}", encoded(secret)));
                asked.header("authorization") == Some(format!("Basic {wanted}").as_str())
            }
            Known::Key(set) => {
                form.get("client_assertion_type").map(String::as_str)
                    == Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    && form.get("client_assertion").is_some_and(|jwt| self.is_proof(jwt, &set, endpoint))
            }
        }
    }

    /// Looked at as SMART App Launch 2.2.0 wants it (client-confidential-asymmetric).
    fn is_proof(&mut self, jwt: &str, set: &Value, endpoint: &str) -> bool {
        let parts: Vec<&str> = jwt.split('.').collect();
        let [header, claims, signature] = parts[..] else { return false };
        let (header, claims) = (object(header), object(claims));
        let key = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]);
        let now = jiff::Timestamp::now().as_second();
        let is_timely = claims["exp"].as_i64().is_some_and(|until| (now..=now + 300).contains(&until));
        let is_about = claims["iss"] == "glucodock" && claims["sub"] == "glucodock" && claims["aud"] == endpoint;
        let is_new = self.used.insert(claims["jti"].as_str().unwrap().to_owned());
        let said = jwt.rsplit_once('.').unwrap().0;
        is_timely
            && is_about
            && is_new
            && header["typ"] == "JWT"
            && key.is_some_and(|key| is_signed(key, &header, said.as_bytes(), &bytes(signature)))
    }
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn object(part: &str) -> Value {
    serde_json::from_slice(&bytes(part)).unwrap()
}

fn is_signed(key: &Value, header: &Value, said: &[u8], signature: &[u8]) -> bool {
    let member = |name: &str| bytes(key[name].as_str().unwrap());
    match (key["alg"].as_str(), header["alg"].as_str()) {
        (Some("ES384"), Some("ES384")) => {
            let point = [vec![4], member("x"), member("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(said, signature).is_ok()
        }
        (Some("RS384"), Some("RS384")) => {
            let public = RsaPublicKeyComponents { n: member("n"), e: member("e") };
            public.verify(&RSA_PKCS1_2048_8192_SHA384, said, signature).is_ok()
        }
        _ => false,
    }
}
