//! Where a server is, and what it wants to be told with every request.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The address of a FHIR server: the part before `/Patient`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBase(Url);

impl ServerBase {
    /// The address, if it can be one: with TLS, or without it on this computer, or where that is allowed.
    ///
    /// # Errors
    /// What is wrong, and what helps.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, (String, String)> {
        let example = "Write the address of the server, as https://fhir.example.org/r4.".to_owned();
        let mut url = Url::parse(text).map_err(|error| (format!("this is no address: {error}"), example.clone()))?;
        if url.host().is_none() || !matches!(url.scheme(), "https" | "http") {
            return Err(("this is no address of a web server".to_owned(), example));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let remedy = "Take it out, and use sign_in = \"basic\" with client_id and secret_file.";
            return Err((
                "a name or password stands in the address, which is shown and logged".to_owned(),
                remedy.to_owned(),
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(("the address has a part behind ? or #".to_owned(), "Take that part out.".to_owned()));
        }
        if url.scheme() == "http" && !is_this_computer(&url) && !allow_http {
            let remedy = "Write https://. Only in a network that nobody else can listen to, write allow_http = true.";
            return Err(("without TLS everybody on the way reads what is sent".to_owned(), remedy.to_owned()));
        }
        // One server written in two ways is one: a data folder is bound to this text.
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of something below it: `Patient/_search`. Nothing that a person typed belongs there.
    #[must_use]
    pub fn join(&self, below: &str) -> Url {
        let mut url = self.0.clone();
        let path = format!("{}/{below}", url.path().trim_end_matches('/'));
        // `set_path` writes `?` and `#` as %3F and %23: nothing can begin a query from here.
        url.set_path(&path);
        url
    }

    /// The address itself, to which bundles are sent.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Whether an address is of the same server: scheme, host and port.
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// What stands behind this base in an address: `Patient/7`. Whether there is TLS makes no difference, because what
    /// ends it in front of a server leaves the server to believe that there is none.
    #[must_use]
    pub fn below(&self, address: &str) -> Option<String> {
        let url = Url::parse(address).ok()?;
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_same = is_web && url.host() == self.0.host() && url.port() == self.0.port();
        if !is_same || url.query().is_some() || url.fragment().is_some() {
            return None;
        }
        let below = url.path().strip_prefix(self.0.path().trim_end_matches('/'))?.strip_prefix('/')?;
        Some(below.to_owned())
    }

    /// Whether the server is this computer.
    #[must_use]
    pub fn is_this_computer(&self) -> bool {
        is_this_computer(&self.0)
    }
}

impl fmt::Display for ServerBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Whether what is sent there never leaves this computer (RFC 6761 section 6.3 for the name).
fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// A header that tells a server with several tenants which one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantHeader {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// Beginnings of headers that are ours or the connection's, and name no tenant.
const OURS: [&str; 14] = [
    "accept",
    "authorization",
    "connection",
    "content-",
    "cookie",
    "expect",
    "host",
    "if-",
    "prefer",
    "proxy-",
    "te",
    "transfer-",
    "upgrade",
    "user-agent",
];

/// Why a text is no header for a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TenantHeaderError {
    /// Nothing divides name and value.
    #[error("there is no colon in it")]
    NoColon,
    /// No name, or one with other characters than letters, digits, `-` and `_`.
    #[error("before the colon stands no name of a header")]
    NoName,
    /// No value, or one that is not ASCII.
    #[error("behind the colon stands no value of plain letters")]
    NoValue,
    /// A header that the client sets, or that changes what a request means.
    #[error("this header is not for tenants")]
    NotForTenants,
}

impl TenantHeader {
    /// The header as it is written: `X-Tenant-ID: clinic`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TenantHeaderError> {
        let (name, value) = text.split_once(':').ok_or(TenantHeaderError::NoColon)?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(TenantHeaderError::NoName);
        }
        if value.is_empty() || !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(TenantHeaderError::NoValue);
        }
        let lower = name.to_ascii_lowercase();
        if OURS.iter().any(|ours| if ours.ends_with('-') { lower.starts_with(ours) } else { lower == *ours }) {
            return Err(TenantHeaderError::NotForTenants);
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}
