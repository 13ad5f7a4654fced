//! Searches and their pages (FHIR R4, search.html and http.html#paging).

use std::fmt;

use serde_json::Value;
use url::{Url, form_urlencoded};

use super::client::{Answer, FhirClient};
use super::error::FhirError;
use super::json::{at, list, text};
use super::request::FhirRequest;

/// How many pages a search that is wanted whole has at most: a server whose pages never end is not followed for ever.
const MOST_PAGES: usize = 100;

/// One page of what was found.
#[derive(Debug, Default)]
pub struct FoundPage {
    /// The resources that match. What a server adds besides, an outcome or what they refer to, is not among them.
    pub matches: Vec<Value>,
    /// Where the next page is.
    pub next: Option<NextPage>,
}

/// Where a page of results is, on the server that gave it.
#[derive(Clone, PartialEq, Eq)]
pub enum NextPage {
    /// The server has named it.
    Named(Url),
    /// The server names none, although it counts more results than it gave: the same search goes on behind those. Not
    /// of FHIR, but known to several servers; one that gives nothing then is not believed.
    Behind {
        /// The conditions of the search.
        conditions: Vec<(String, String)>,
        /// How many results were given.
        given: usize,
    },
}

/// Says nothing of what was searched for.
impl fmt::Debug for NextPage {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(_) => to.write_str("Named"),
            Self::Behind { given, .. } => write!(to, "Behind({given})"),
        }
    }
}

/// The conditions of ours that say something of a person or their meter, by the type. Of readings none does: whose
/// record they are in is told by its key, which stands in the address of the record too.
const PERSONAL: [(&str, &[&str]); 2] =
    [("Patient", &["birthdate", "family", "identifier", "name"]), ("Device", &["identifier"])];

/// What stands before the conditions of a page that the server does not name. No address begins so.
const BEHIND: &str = "behind ";

impl NextPage {
    /// It as a text, for [`FhirClient::named_page`].
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Named(url) => url.to_string(),
            Self::Behind { conditions, given } => {
                let mut written = form_urlencoded::Serializer::new(String::new());
                format!("{BEHIND}{given} {}", written.extend_pairs(conditions).finish())
            }
        }
    }

    /// What [`Self::address`] wrote of a page that the server does not name.
    fn behind(written: &str) -> Option<Self> {
        let (given, conditions) = written.strip_prefix(BEHIND)?.split_once(' ')?;
        let conditions = form_urlencoded::parse(conditions.as_bytes()).into_owned().collect();
        Some(Self::Behind { conditions, given: given.parse().ok()? })
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
        let named = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.page(&answer.body, kind, || parameters.iter().map(named).collect(), 0)
    }

    /// The same, and all pages.
    pub(super) async fn search_all(&self, kind: &str, parameters: &[(&str, &str)]) -> Result<Vec<Value>, FhirError> {
        let mut found = self.search(kind, parameters).await?;
        let mut all = Vec::new();
        for _ in 0..MOST_PAGES {
            all.append(&mut found.matches);
            match found.next {
                Some(next) => found = self.page_at(kind, &next).await?,
                None => return Ok(all),
            }
        }
        Err(FhirError::NoFhir("its pages do not end"))
    }

    /// The answer to a search, as it came.
    pub(super) async fn search_answer(&self, kind: &str, parameters: &[(&str, &str)]) -> Result<Answer, FhirError> {
        self.send(FhirRequest::search(self.base().join(&format!("{kind}/_search")), parameters)).await
    }

    /// A page that a page before led to.
    ///
    /// # Errors
    /// [`FhirError`].
    pub async fn page_at(&self, kind: &str, page: &NextPage) -> Result<FoundPage, FhirError> {
        match page {
            NextPage::Named(url) => {
                let answer = self.named_answer(kind, url).await?;
                let found = self.page(&answer.body, kind, Vec::new, 0)?;
                if found.next.as_ref() == Some(page) {
                    return Err(FhirError::NoFhir("a page leads to itself"));
                }
                Ok(found)
            }
            NextPage::Behind { conditions, given } => {
                let offset = given.to_string();
                let own = conditions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let asked: Vec<(&str, &str)> = own.chain([("_offset", offset.as_str())]).collect();
                let answer = self.search_answer(kind, &asked).await?;
                let found = self.page(&answer.body, kind, || conditions.clone(), *given)?;
                if found.matches.is_empty() {
                    return Err(FhirError::NoFhir("it counts more results than it gives"));
                }
                Ok(found)
            }
        }
    }

    /// The answer to a page by its address. Servers put what was searched for into it (FHIR R4, http.html#paging leaves
    /// that to them): then it is searched for in the body, as the first page was, and nobody is named in an address.
    async fn named_answer(&self, kind: &str, url: &Url) -> Result<Answer, FhirError> {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        // What every type has begins with an underscore, and so do the cursors of servers (FHIR R4, search.html#all).
        let is_search = pairs.iter().any(|(name, _)| !name.starts_with('_'));
        let of_type = [kind.to_owned(), format!("{kind}/_search")].map(|place| self.base().join(&place));
        if is_search && of_type.iter().any(|of_type| of_type.path() == url.path()) {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            match self.search_answer(kind, &pairs).await {
                Err(FhirError::Status { status: 400 | 404 | 405 | 415 | 422 | 501, .. }) => {}
                answer => return answer,
            }
        }
        // A server may write a modifier behind one (FHIR R4, search.html#modifiers): `name:contains`.
        let is_personal = |(name, _): &(String, String)| {
            let name = name.split(':').next().unwrap_or_default();
            PERSONAL.iter().any(|(of, names)| *of == kind && names.contains(&name))
        };
        if pairs.iter().any(is_personal) {
            return Err(FhirError::NoFhir("its next page can only be had with who was searched for in the address"));
        }
        self.send(FhirRequest::get(url.clone())).await
    }

    /// What a page of results holds, behind so many others. `conditions` are those of the search, if they are known.
    pub(super) fn page(
        &self,
        body: &Value,
        kind: &str,
        conditions: impl FnOnce() -> Vec<(String, String)>,
        before: usize,
    ) -> Result<FoundPage, FhirError> {
        match text(body, "/resourceType") {
            "Bundle" => {}
            "" => return Err(FhirError::Foreign("there is no resource in it")),
            _ => return Err(FhirError::NoFhir("there is no bundle in it")),
        }
        // Helios puts an outcome among the results when it leaves a condition out.
        let is_match = |entry: &&Value| matches!(text(entry, "/search/mode"), "" | "match");
        let resources: Vec<&Value> =
            list(body, "/entry").iter().filter(is_match).map(|entry| at(entry, "/resource")).collect();
        let given = before + resources.len();
        let links = list(body, "/link");
        let next = match links.iter().find(|link| text(link, "/relation") == "next") {
            Some(link) => Some(self.next_page(link)?),
            // A server with links of its own has said with none that this is the last page.
            None if links.is_empty() && at(body, "/total").as_u64().is_some_and(|total| total > given as u64) => {
                Some(conditions())
                    .filter(|conditions| !conditions.is_empty())
                    .map(|conditions| NextPage::Behind { conditions, given })
            }
            None => None,
        };
        let matches = resources.into_iter().filter(|own| text(own, "/resourceType") == kind).cloned().collect();
        Ok(FoundPage { matches, next })
    }

    /// A page by its address.
    ///
    /// # Errors
    /// [`FhirError::NoFhir`] if it is not of this server.
    pub fn named_page(&self, address: &str) -> Result<NextPage, FhirError> {
        if let Some(page) = NextPage::behind(address) {
            return Ok(page);
        }
        let url = Url::parse(address).map_err(|_| FhirError::NoFhir("the address of the page is none"))?;
        if !self.base().is_origin_of(&url) {
            return Err(FhirError::NoFhir("the page is on another server"));
        }
        Ok(NextPage::Named(url))
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
