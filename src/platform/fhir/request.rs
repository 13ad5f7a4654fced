//! What is asked of a FHIR server: method, address, conditions and body.

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::content::FHIR_JSON;
use crate::config::ServerBase;
use crate::domain::text::Clean;

/// How much is told of what a request was about, in terminal cells: the types of every bundle that is sent fit.
const ABOUT_CELLS: usize = 100;

/// How a server is to understand a search, and what it is to give back (FHIR R4, http.html#ops).
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// A request.
#[derive(Debug)]
pub(super) struct FhirRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    /// Whether anybody may ask it.
    pub(super) is_open: bool,
    /// The types of what is in a bundle: what a token must allow is not told by its address.
    bundled: Vec<String>,
}

impl FhirRequest {
    /// One without a body.
    pub(super) fn get(url: Url) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: None, is_open: false, bundled: Vec::new() }
    }

    /// One without a body that a server answers whoever asks: no token is asked for to be able to ask it.
    pub(super) fn open(url: Url) -> Self {
        Self { is_open: true, ..Self::get(url) }
    }

    /// A search, its parameters in the body (FHIR R4, search.html#st1.1). What the server does not
    /// understand it is to refuse.
    pub(super) fn search(url: Url, parameters: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (PREFER, HeaderValue::from_static("handling=strict")),
            // A server may give a result that it has kept since before the last write.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        let (headers, body) = (headers.into_iter().collect(), Some(body.into_bytes()));
        Self { method: Method::POST, url, headers, body, is_open: false, bundled: Vec::new() }
    }

    /// Whether it changes nothing, however often it is sent.
    pub(super) fn is_question(&self) -> bool {
        self.method == Method::GET || self.url.path().ends_with("/_search")
    }

    /// An update, of this version alone if one is named (FHIR R4, http.html#concurrency).
    pub(super) fn put(url: Url, resource: &Value, version: Option<&str>) -> Self {
        let version = version.and_then(|version| HeaderValue::try_from(version).ok());
        let condition = version.map(|version| (header::IF_MATCH, version));
        Self::write(Method::PUT, url, resource, condition)
    }

    /// A create, which does nothing where a resource meets this condition (FHIR R4, http.html#ccreate).
    pub(super) fn create(url: Url, resource: &Value, condition: Option<&str>) -> Self {
        let condition = condition.and_then(|condition| HeaderValue::try_from(condition).ok());
        let condition = condition.map(|condition| (HeaderName::from_static("if-none-exist"), condition));
        Self::write(Method::POST, url, resource, condition)
    }

    /// A bundle that is to be done. What was created is wanted back: by its identifier it is known that the answer is
    /// to this bundle, and not to another one.
    pub(super) fn bundle(url: Url, bundle: &impl Serialize, types: BTreeSet<&str>) -> Self {
        let mut request = Self::write(Method::POST, url, bundle, None);
        request.headers.insert(PREFER, HeaderValue::from_static("return=representation"));
        Self { bundled: types.into_iter().map(str::to_owned).collect(), ..request }
    }

    /// What it is about, by its method and the types of resources alone: `PUT Device`. Nothing else of an address is
    /// repeated, nor of a body.
    pub(super) fn about(&self, base: &ServerBase) -> Clean {
        let below = self.url.path().strip_prefix(base.url().path()).unwrap_or_default();
        let is_type = |named: &&str| named.chars().all(|letter| letter.is_ascii_alphabetic());
        let named = below.trim_start_matches('/').split('/').next().filter(is_type).unwrap_or_default();
        let types = if self.bundled.is_empty() { named.to_owned() } else { self.bundled.join(", ") };
        let text = match (self.method.as_str(), below.ends_with("/_search"), self.bundled.is_empty()) {
            (_, true, _) => format!("a search of {types}"),
            (_, _, false) => format!("a bundle of {types}"),
            (method, _, true) => format!("{method} {types}"),
        };
        Clean::new(text.trim_end(), ABOUT_CELLS)
    }

    /// What is written is not wanted back: what is shown comes from here.
    fn write(method: Method, url: Url, body: &impl Serialize, more: Option<(HeaderName, HeaderValue)>) -> Self {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON)),
            (PREFER, HeaderValue::from_static("return=minimal")),
        ];
        let headers = headers.into_iter().chain(more).collect();
        // Writing JSON into memory fails for maps whose keys are no texts only: none here.
        let body = serde_json::to_vec(body).ok();
        Self { method, url, headers, body, is_open: false, bundled: Vec::new() }
    }
}
