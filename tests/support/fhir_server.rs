//! A small FHIR R4 server in memory: as much of it as the program asks for, strict where servers may be strict.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::http_server::{Answered, Asked, Server, fhir};

/// What the server holds, and how it is.
#[derive(Default)]
pub(crate) struct Shelf {
    /// Every resource, with its version in `meta.versionId`.
    pub(crate) resources: Vec<Value>,
    /// More conditional entries than this are refused in one bundle; none are at zero.
    pub(crate) most_at_once: usize,
    /// What it says that it can; nothing is said without.
    pub(crate) metadata: Option<Value>,
    /// Whether it creates without a look at the condition.
    pub(crate) ignores_conditions: bool,
    /// Whether it keeps what a transaction has done when a later entry fails.
    pub(crate) keeps_halves: bool,
    /// What it does not do at all: `everything`, `transaction`, `batch`, `condition` (a create with one), `stamp` (an
    /// observation of a device: 403), `date` (a search by it), `update` (of a patient: 403), `device` (an update of
    /// one: 403), `versions` (it tells none, and looks at none), `slow` (a bundle beyond [`Shelf::slow_beyond`], which
    /// it leaves off).
    pub(crate) refuses: Vec<&'static str>,
    /// A reading of this time is not taken, in no way.
    pub(crate) poison: Option<String>,
    /// These (`Patient/8`) are kept from whoever asks.
    pub(crate) hidden: Vec<String>,
    /// These (`Patient/8`) were deleted: 410, and no search finds them.
    pub(crate) deleted: Vec<String>,
    /// These are kept from searches, as by a label that the token may not see.
    pub(crate) unfound: Vec<&'static str>,
    /// At most so many results on a page.
    pub(crate) page: usize,
    /// How further pages are named.
    pub(crate) links: PageLinks,
    /// Results that are paged through.
    pages: Vec<Vec<Value>>,
    /// Comes of the next writes, in place of what was asked; from the last to the first.
    pub(crate) faults: Vec<Fault>,
    /// What arrives late ([`Shelf::arrive`]).
    pub(crate) late: Vec<Asked>,
    /// So many writes come through before the first fault.
    pub(crate) passes: usize,
    made: usize,
    /// A bundle of more entries than this it does, and a gateway before it has given up by then; of none at zero.
    pub(crate) slow_beyond: usize,
    /// After so many more bundles of readings somebody at the platform gives every meter to this patient.
    pub(crate) given_away: Option<(usize, String)>,
    /// Somebody else creates this a moment before the next of its type.
    pub(crate) overtaken_by: Option<Value>,
    /// Whether it says of what was created only that it was.
    pub(crate) shows_nothing: bool,
    /// Where it believes that it is: it writes this before each reference that it gives, and says it of itself.
    pub(crate) inner: Option<&'static str>,
}

/// How the address of a further page is written, and asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PageLinks {
    /// With nothing of the search.
    Opaque,
    /// With everything that was searched for, and a cursor.
    #[default]
    OfTheSearch,
    /// The same, and only that address is answered.
    OfTheSearchByGet,
}

/// What goes wrong with a write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// It is done, and the answer is lost.
    LosesAnswer,
    /// It is not done.
    Says(u16),
    /// It is on its way still when nobody waits for an answer any more: it is kept in [`Shelf::late`].
    IsLate,
}

/// The server, and its shelf.
pub(crate) struct FhirServer {
    pub(crate) server: Server,
    pub(crate) shelf: Arc<Mutex<Shelf>>,
}

impl FhirServer {
    /// One with these resources.
    pub(crate) fn start(resources: &[Value]) -> Self {
        Self::start_for(resources, |_| true)
    }

    /// The same, of which only some may ask.
    pub(crate) fn start_for(resources: &[Value], may: impl Fn(&Asked) -> bool + Send + Sync + 'static) -> Self {
        let mut shelf = Shelf { page: 1000, ..Shelf::default() };
        for resource in resources {
            shelf.keep(resource.clone());
        }
        let shelf = Arc::new(Mutex::new(shelf));
        let answering = Arc::clone(&shelf);
        let answer = move |asked: &Asked| {
            let is_open = asked.target == "/metadata" || asked.target.starts_with("/.well-known/");
            // Before the shelf is held: whoever says who may ask may change what is on it.
            if !is_open && !may(asked) {
                return refusal(401);
            }
            let mut shelf = answering.lock().unwrap();
            let answer = shelf.answer(asked);
            answer.with_references_in_full(shelf.inner)
        };
        Self { server: Server::start(answer), shelf }
    }

    /// Somebody else puts this there.
    pub(crate) fn put(&self, resource: Value) {
        self.shelf.lock().unwrap().keep(resource);
    }

    /// The resources of this type.
    pub(crate) fn all(&self, kind: &str) -> Vec<Value> {
        let on_it = self.shelf.lock().unwrap();
        on_it.resources.iter().filter(|resource| resource["resourceType"] == kind).cloned().collect()
    }
}

impl Answered {
    pub(crate) fn with_references_in_full(self, inner: Option<&str>) -> Self {
        let (Self::Whole(status, headers, body), Some(inner)) = (&self, inner) else { return self };
        let in_full = |body: String, kind| {
            let (bare, full) = (format!("\"reference\":\"{kind}/"), format!("\"reference\":\"{inner}/{kind}/"));
            body.replace(&bare, &full)
        };
        Self::Whole(*status, headers.clone(), ["Patient", "Device"].into_iter().fold(body.clone(), in_full))
    }
}

impl Shelf {
    fn keep(&mut self, mut resource: Value) {
        if !self.refuses.contains(&"versions") {
            resource["meta"]["versionId"] = json!("1");
        }
        resource["meta"]["lastUpdated"] = json!(format!("2026-01-01T00:00:00.{:06}Z", self.resources.len()));
        self.resources.push(resource);
    }

    /// What it answers.
    pub(crate) fn answer(&mut self, asked: &Asked) -> Answered {
        if self.refuses.contains(&"everything") {
            return refusal(503);
        }
        let base = format!("http://{}", asked.header("host").unwrap());
        let path = asked.target.trim_start_matches('/');
        let is_write = asked.method == "PUT" || !path.ends_with("_search") && asked.method == "POST";
        let passes = is_write && self.passes > 0;
        self.passes -= usize::from(passes);
        let fault = if is_write && !passes { self.faults.pop() } else { None };
        match fault {
            Some(Fault::Says(status)) => return refusal(status),
            Some(Fault::IsLate) => {
                self.late.push(asked.clone());
                return Answered::HungUp;
            }
            Some(Fault::LosesAnswer) | None => {}
        }
        let answer = match (asked.method.as_str(), path) {
            ("POST", "") => {
                let bundle: Value = serde_json::from_str(&asked.body).unwrap();
                let is_slow = self.slow_beyond > 0 && bundle["entry"].as_array().unwrap().len() > self.slow_beyond;
                if is_slow && self.refuses.contains(&"slow") {
                    return refusal(504);
                }
                let answer = self.bundle(&bundle);
                self.give_away(&bundle);
                if is_slow { refusal(504) } else { answer }
            }
            ("PUT", reference) if self.refuses.contains(&"update") && reference.starts_with("Patient/") => refusal(403),
            ("PUT", reference) => {
                let resource = serde_json::from_str(&asked.body).unwrap();
                match self.update(reference, resource, asked.header("if-match")) {
                    Ok(()) => Answered::Whole(200, Vec::new(), String::new()),
                    Err(status) => refusal(status),
                }
            }
            ("POST", path) if !path.ends_with("/_search") => {
                let resource: Value = serde_json::from_str(&asked.body).unwrap();
                assert_eq!(resource["resourceType"], path);
                match self.create(resource, asked.header("if-none-exist")) {
                    Ok((status, place)) => Answered::Whole(status, vec![("Location", place)], String::new()),
                    Err(status) => refusal(status),
                }
            }
            ("POST", _) if self.links == PageLinks::OfTheSearchByGet && asked.body.contains("_cursor=") => refusal(400),
            ("POST", path) => self.search(path.strip_suffix("/_search").unwrap(), &asked.body, &base),
            ("GET", path) if path.starts_with("_page") => self.page(path, &base),
            ("GET", path) if path.contains("_cursor=") => {
                let (kind, search) = path.split_once('?').unwrap();
                self.search(kind, search, &base)
            }
            ("GET", "metadata") => self.metadata.as_ref().map_or_else(|| refusal(404), |said| fhir(200, said)),
            ("GET", reference) if self.deleted.iter().any(|deleted| deleted == reference) => refusal(410),
            ("GET", reference) if self.hidden.iter().any(|hidden| hidden == reference) => refusal(403),
            ("GET", reference) => {
                self.place(reference).map_or_else(|| refusal(404), |at| fhir(200, &self.resources[at]))
            }
            other => panic!("{other:?}"),
        };
        if let Some(Fault::LosesAnswer) = fault { Answered::Cut(200, Vec::new(), "{}".to_owned(), 0) } else { answer }
    }

    /// What was on its way arrives.
    pub(crate) fn arrive(&mut self) {
        for late in std::mem::take(&mut self.late) {
            self.answer(&late);
        }
    }

    fn give_away(&mut self, bundle: &Value) {
        let is_of_readings = bundle["entry"][0]["resource"]["resourceType"] == "Observation";
        let Some((left, patient)) = self.given_away.take_if(|_| is_of_readings) else { return };
        if left > 1 {
            self.given_away = Some((left - 1, patient));
            return;
        }
        for device in self.resources.iter_mut().filter(|own| own["resourceType"] == "Device") {
            if device["patient"].is_object() {
                device["patient"]["reference"] = json!(patient);
            }
        }
    }

    fn place(&self, reference: &str) -> Option<usize> {
        let (kind, id) = reference.split_once('/')?;
        self.resources.iter().position(|own| own["id"] == id && own["resourceType"] == kind)
    }

    fn update(&mut self, reference: &str, mut resource: Value, condition: Option<&str>) -> Result<(), u16> {
        let at = self.place(reference).ok_or(404_u16)?;
        if self.refuses.contains(&"device") && reference.starts_with("Device/") {
            return Err(403);
        }
        let version = self.resources[at]["meta"]["versionId"].as_str().unwrap_or_default().to_owned();
        if condition.is_some_and(|wanted| wanted != format!("W/\"{version}\"")) {
            return Err(412);
        }
        // FHIR R4, http.html#update: type and id of the body are those of the address.
        let (kind, id) = reference.split_once('/').unwrap();
        if resource["resourceType"] != kind || resource["id"] != id {
            return Err(400);
        }
        if !self.refuses.contains(&"versions") {
            resource["meta"]["versionId"] = json!((version.parse::<u32>().unwrap() + 1).to_string());
        }
        self.resources[at] = resource;
        Ok(())
    }

    /// Status and place of what was created, or was there.
    fn create(&mut self, mut resource: Value, condition: Option<&str>) -> Result<(u16, String), u16> {
        let kind = resource["resourceType"].as_str().unwrap().to_owned();
        if condition.is_some() && self.refuses.contains(&"condition") {
            return Err(400);
        }
        let subject = resource["subject"]["reference"].as_str();
        if self.refuses.contains(&"stamp")
            && kind == "Observation"
            && subject.is_some_and(|who| who.starts_with("Device/"))
        {
            return Err(403);
        }
        if self.poison.is_some() && resource["effectiveDateTime"].as_str() == self.poison.as_deref() {
            return Err(422);
        }
        if let Some(before) = self.overtaken_by.take_if(|before| before["resourceType"] == *kind) {
            self.keep(before);
        }
        let token = condition.filter(|_| !self.ignores_conditions).map(|condition| {
            let (name, value) = url::form_urlencoded::parse(condition.as_bytes()).next().unwrap();
            assert_eq!(name, "identifier");
            value.into_owned()
        });
        let is_it = |own: &&Value| {
            token.as_ref().is_some_and(|token| own["resourceType"] == kind && has(own, "identifier", token))
        };
        let there: Vec<&Value> = self.resources.iter().filter(is_it).collect();
        let (status, id) = match there.as_slice() {
            [] => {
                self.made += 1;
                let id = format!("made-{}", self.made);
                resource["id"] = json!(id);
                self.keep(resource);
                (201, id)
            }
            [own] => (200, own["id"].as_str().unwrap().to_owned()),
            _ => return Err(412),
        };
        Ok((status, format!("{kind}/{id}/_history/1")))
    }

    fn search(&mut self, kind: &str, body: &str, base: &str) -> Answered {
        let (mut count, mut found) = (self.page, self.of(kind));
        found.retain(|resource| !self.deleted.contains(&format!("{kind}/{}", resource["id"].as_str().unwrap())));
        found.retain(|resource| !self.unfound.iter().any(|unfound| resource["id"] == *unfound));
        let mut cursor = None;
        for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
            match name.as_ref() {
                "_cursor" => cursor = Some(value.into_owned()),
                "_count" => count = count.min(value.parse().unwrap()),
                "_sort" if value == "-date" => found.sort_by_key(|resource| std::cmp::Reverse(moment(resource))),
                "date" if !self.refuses.contains(&"date") => found.retain(|resource| is_then(resource, &value)),
                "_id" => found.retain(|resource| resource["id"] == *value),
                "identifier" | "name" | "family" | "birthdate" | "patient" | "code" | "device" | "focus" | "target" => {
                    found.retain(|resource| value.split(',').any(|value| has(resource, &name, value)));
                }
                _ => return refusal(400),
            }
        }
        let begin = cursor.unwrap_or_else(|| {
            self.pages.push(found);
            format!("{}&0&{count}", self.pages.len() - 1)
        });
        let own = body.split('&').filter(|pair| !pair.starts_with("_cursor=")).collect::<Vec<_>>().join("&");
        let asked = (self.links != PageLinks::Opaque).then(|| format!("{base}/{kind}?{own}&_cursor="));
        self.page_as(&format!("_page?{begin}"), base, asked.as_deref())
    }

    fn page(&self, path: &str, base: &str) -> Answered {
        self.page_as(path, base, None)
    }

    /// A page of results, with something among them that is none. The next one is behind what was asked, if that is to
    /// stand in its address.
    fn page_as(&self, path: &str, base: &str, asked: Option<&str>) -> Answered {
        let numbers: Vec<usize> =
            path.trim_start_matches("_page?").split('&').map(|number| number.parse().unwrap()).collect();
        let (found, from, count) = (&self.pages[numbers[0]], numbers[1], numbers[2]);
        let page = found.iter().skip(from).take(count);
        let mut entries: Vec<Value> =
            page.map(|resource| json!({ "resource": resource, "search": { "mode": "match" } })).collect();
        entries.push(json!({ "resource": { "resourceType": "OperationOutcome" }, "search": { "mode": "outcome" } }));
        let cursor = format!("{}&{}&{count}", numbers[0], from + count);
        let next = match asked {
            Some(asked) => format!("{asked}{}", cursor.replace('&', "%26")),
            None => format!("{base}/_page?{cursor}"),
        };
        let has_more = from + count < found.len();
        let links = if has_more { json!([{ "relation": "next", "url": next }]) } else { json!([]) };
        fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries }))
    }

    fn of(&self, kind: &str) -> Vec<Value> {
        self.resources.iter().filter(|resource| resource["resourceType"] == kind).cloned().collect()
    }

    /// What stands in a bundle: all or nothing of a transaction, and of a batch each by itself.
    fn bundle(&mut self, bundle: &Value) -> Answered {
        let kind = bundle["type"].as_str().unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        let is_transaction = kind == "transaction";
        let conditional = entries.iter().filter(|entry| entry["request"]["ifNoneExist"].is_string()).count();
        if self.refuses.contains(&kind) || is_transaction && self.most_at_once > 0 && conditional > self.most_at_once {
            return refusal(400);
        }
        let (before, mut answers, mut named) = (self.resources.clone(), Vec::new(), Vec::new());
        let (creates, updates): (Vec<_>, Vec<_>) =
            entries.iter().enumerate().partition(|(_, entry)| entry["request"]["method"] == "POST");
        let mut failed = None;
        for (place, entry) in creates.into_iter().chain(updates) {
            let (request, resource) = (&entry["request"], entry["resource"].clone());
            let url = request["url"].as_str().unwrap();
            let done = match request["method"].as_str().unwrap() {
                "POST" => self.create(resource, request["ifNoneExist"].as_str()),
                "PUT" => self.update(url, resource, request["ifMatch"].as_str()).map(|()| (200, url.to_owned())),
                other => panic!("{other}"),
            };
            if let (Some(name), Ok((_, location))) = (entry["fullUrl"].as_str(), &done) {
                named.push((name.to_owned(), location.split("/_history").next().unwrap().to_owned()));
            }
            failed = failed.or(done.as_ref().err().copied());
            answers.push((
                place,
                match done {
                    Ok((status, location)) => {
                        let mut answer =
                            json!({ "response": { "status": format!("{status} done"), "location": location } });
                        if !self.shows_nothing {
                            let place = self.place(location.split("/_history").next().unwrap()).unwrap();
                            answer["resource"] = self.resources[place].clone();
                        }
                        answer
                    }
                    Err(status) => json!({ "response": { "status": status.to_string() } }),
                },
            ));
        }
        if let (true, Some(status)) = (is_transaction, failed) {
            if !self.keeps_halves {
                self.resources = before;
            }
            return refusal(status);
        }
        for (name, reference) in named {
            for resource in &mut self.resources {
                *resource = serde_json::from_str(&resource.to_string().replace(&name, &reference)).unwrap();
            }
        }
        answers.sort_by_key(|(place, _)| *place);
        let answers: Vec<Value> = answers.into_iter().map(|(_, answer)| answer).collect();
        fhir(200, &json!({ "resourceType": "Bundle", "type": format!("{kind}-response"), "entry": answers }))
    }
}

fn refusal(status: u16) -> Answered {
    let issue = json!({ "severity": "error", "code": "processing", "diagnostics": "not this" });
    fhir(status, &json!({ "resourceType": "OperationOutcome", "issue": [issue] }))
}

/// When something was observed.
fn moment(observation: &Value) -> Option<jiff::Timestamp> {
    observation["effectiveDateTime"].as_str()?.parse().ok()
}

/// Whether something was observed so: from a moment on, or before it.
fn is_then(observation: &Value, wanted: &str) -> bool {
    let (way, then) = wanted.split_at(2);
    let then: jiff::Timestamp = then.parse().unwrap();
    moment(observation).is_some_and(|at| if way == "ge" { at >= then } else { at < then })
}

/// Whether a resource has a value of a search parameter.
fn has(resource: &Value, name: &str, value: &str) -> bool {
    let folded = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let names = || resource["name"].as_array().into_iter().flatten();
    let begins = |text: &Value| folded(text).starts_with(&value.to_lowercase());
    match name {
        "identifier" => {
            resource["identifier"].as_array().into_iter().flatten().any(|own| match value.split_once('|') {
                Some((system, value)) => own["system"] == system && own["value"] == value,
                None => own["value"] == value,
            })
        }
        "family" => names().any(|name| begins(&name["family"])),
        "name" => {
            names().any(|name| begins(&name["family"]) || name["given"].as_array().into_iter().flatten().any(&begins))
        }
        "birthdate" => folded(&resource["birthDate"]).starts_with(value),
        "patient" => [&resource["subject"]["reference"], &resource["patient"]["reference"]].contains(&&json!(value)),
        "device" | "focus" => resource[name]["reference"] == value,
        "target" => resource["target"].as_array().into_iter().flatten().any(|own| own["reference"] == value),
        "code" => {
            let (system, code) = value.split_once('|').unwrap();
            let codings = resource["code"]["coding"].as_array().into_iter().flatten();
            codings.into_iter().any(|coding| coding["system"] == system && coding["code"] == code)
        }
        other => panic!("{other}"),
    }
}
