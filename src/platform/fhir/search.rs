//! Searches and their pages (FHIR R4, search.html and http.html#paging).

use serde_json::Value;
use url::Url;

use super::client::{Answer, FhirClient, FhirRequest};
use super::error::FhirError;
use super::json::{at, list, text};

/// One page of what was found.
#[derive(Debug, Default)]
pub struct FoundPage {
    /// The resources that match. What a server adds besides, an outcome or what they refer to, is not among them.
    pub matches: Vec<Value>,
    /// Where the next page is.
    pub next: Option<NextPage>,
}

/// Where a page of results is, on the server that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextPage(Url);

impl NextPage {
    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.as_str()
    }
}

impl FhirClient {
    /// Finds resources of this type. The server is to refuse what it does not understand, and whoever asks looks at
    /// each match all the same: some servers leave out a condition and say so in passing only.
    ///
    /// # Errors
    /// [`FhirError`].
    pub async fn search(&self, kind: &str, parameters: &[(&str, &str)]) -> Result<FoundPage, FhirError> {
        let answer = self.search_answer(kind, parameters).await?;
        self.page(&answer.body, kind)
    }

    /// The answer to a search, as it came.
    pub(super) async fn search_answer(&self, kind: &str, parameters: &[(&str, &str)]) -> Result<Answer, FhirError> {
        self.send(FhirRequest::search(self.base().join(&format!("{kind}/_search")), parameters)).await
    }

    /// A page that the server has named.
    ///
    /// # Errors
    /// [`FhirError`].
    pub async fn page_at(&self, kind: &str, page: &NextPage) -> Result<FoundPage, FhirError> {
        let answer = self.send(FhirRequest::get(page.0.clone())).await?;
        let found = self.page(&answer.body, kind)?;
        if found.next.as_ref() == Some(page) {
            return Err(FhirError::NoFhir("a page leads to itself"));
        }
        Ok(found)
    }

    /// What a page of results holds.
    pub(super) fn page(&self, body: &Value, kind: &str) -> Result<FoundPage, FhirError> {
        if text(body, "/resourceType") != "Bundle" {
            return Err(FhirError::NoFhir("there is no bundle in it"));
        }
        let is_match = |entry: &&Value| matches!(text(entry, "/search/mode"), "" | "match");
        let resources = list(body, "/entry").iter().filter(is_match).map(|entry| at(entry, "/resource"));
        let matches = resources.filter(|resource| text(resource, "/resourceType") == kind).cloned().collect();
        let next = list(body, "/link").iter().find(|link| text(link, "/relation") == "next");
        let next = next.map(|link| self.next_page(link)).transpose()?;
        Ok(FoundPage { matches, next })
    }

    /// A page by its address.
    ///
    /// # Errors
    /// [`FhirError::NoFhir`] if it is not of this server.
    pub fn named_page(&self, address: &str) -> Result<NextPage, FhirError> {
        let url = Url::parse(address).map_err(|_| FhirError::NoFhir("the address of the page is none"))?;
        if !self.base().is_origin_of(&url) {
            return Err(FhirError::NoFhir("the page is on another server"));
        }
        Ok(NextPage(url))
    }

    /// The page that a link names. One on another server is not asked for: what says who we are goes to this one only.
    fn next_page(&self, link: &Value) -> Result<NextPage, FhirError> {
        let named = at(link, "/url").as_str().ok_or(FhirError::NoFhir("the next page has no address"))?;
        // Relative links are relative to the base (FHIR R4, bundle.html#Bundle.link).
        let base = Url::parse(&format!("{}/", self.base())).map_err(|_| FhirError::NoFhir("the base is no address"))?;
        let url = base.join(named).map_err(|_| FhirError::NoFhir("the address of the next page is none"))?;
        self.named_page(url.as_str())
    }
}
