//! References between resources (FHIR R4, references.html): of this server they are told as `Patient/7`, and one to
//! another server is never taken for the resource here that has the same id.

use serde_json::Value;

use super::json::{at, text};
use crate::config::ServerBase;
use crate::domain::text::{Clean, NAME_CELLS};

/// The longest id (FHIR R4, datatypes.html#id).
const LONGEST_ID: usize = 64;

/// What is referred to without saying where: by a number alone, or by words (FHIR R4, references.html#logical).
const SOMEWHERE: &str = "somewhere";

/// Whether this can be the id of a resource. It goes into addresses, where a slash, a question mark or two dots could
/// lead to another place.
pub(super) fn is_id(id: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    !id.is_empty() && id.len() <= LONGEST_ID && !matches!(id, "." | "..") && id.chars().all(is_sign)
}

/// Whether this names a resource of this server: `Patient/7`.
pub(super) fn is_here(reference: &str) -> bool {
    reference.split_once('/').is_some_and(|(kind, id)| {
        kind.starts_with(|c: char| c.is_ascii_uppercase())
            && kind.chars().all(|c| c.is_ascii_alphanumeric())
            && is_id(id)
    })
}

/// The reference of a resource of this type that was found.
pub(super) fn reference_of(kind: &str, found: &Value) -> String {
    format!("{kind}/{}", text(found, "/id"))
}

/// What the resource refers to at this place, without its version: `Patient/7` if it is of this server, else a text
/// that no resource of this server has for a name. Nothing if it refers to nothing.
pub(super) fn referred(resource: &Value, pointer: &str) -> Option<String> {
    let reference = at(resource, pointer);
    if !reference.is_object() {
        return None;
    }
    let named = text(reference, "/reference");
    let bare = named.split("/_history/").next().unwrap_or_default();
    if is_here(bare) {
        return Some(bare.to_owned());
    }
    // Whoever is somewhere else is somebody all the same: what is theirs is not free for others.
    let elsewhere = Clean::with_ellipsis(named, NAME_CELLS).to_string();
    Some(if elsewhere.is_empty() || is_here(&elsewhere) { SOMEWHERE.to_owned() } else { elsewhere })
}

/// Takes this address off all references of an answer: some servers write their own before every one. Gives whether
/// one is left that names an address.
pub(super) fn make_relative(answer: &mut Value, own: &ServerBase) -> bool {
    match answer {
        Value::Object(fields) => {
            let mut is_left = false;
            for (name, value) in fields {
                is_left |= match value {
                    Value::String(reference) if name == "reference" => {
                        let below = own.below(reference);
                        let is_elsewhere = below.is_none() && reference.contains("://");
                        if let Some(below) = below {
                            *reference = below;
                        }
                        is_elsewhere
                    }
                    other => make_relative(other, own),
                };
            }
            is_left
        }
        Value::Array(items) => items.iter_mut().fold(false, |is_left, item| make_relative(item, own) | is_left),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn base(address: &str) -> ServerBase {
        ServerBase::parse(address, true).unwrap()
    }

    #[test]
    fn the_own_address_goes_and_no_other() {
        let (named, inside) = (base("https://h.example/r4"), base("http://inside.example:8080/fhir"));
        for (reference, here) in [
            ("Patient/7", "Patient/7"),
            ("https://h.example/r4/Patient/7", "Patient/7"),
            ("https://H.example:443/r4/Patient/7/_history/3", "Patient/7"),
            // What ends TLS in front of a server leaves the server to believe that it speaks without.
            ("http://h.example/r4/Patient/7", "Patient/7"),
            ("http://inside.example:8080/fhir/Patient/7", "Patient/7"),
        ] {
            let mut answer = json!({ "entry": [{ "resource": { "patient": { "reference": reference } } }] });
            let is_left = make_relative(&mut answer, &named) && make_relative(&mut answer, &inside);
            assert_eq!(referred(&answer, "/entry/0/resource/patient").as_deref(), Some(here), "{reference}");
            assert!(!is_left, "{reference}");
        }
        for reference in [
            "https://hub.example/r4/Patient/7",
            "https://h.example/r5/Patient/7",
            "https://h.example/r4x/Patient/7",
            "https://h.example:8443/r4/Patient/7",
            "http://inside.example/fhir/Patient/7",
            "https://h.example/r4/../Patient/7",
            "https://h.example/r4/Patient/7?x",
            "Patient/../Patient/7",
            "Patient/..",
            "Patient/a_7",
            "/Patient/7",
            "XPatient/",
            "#7",
            "urn:uuid:7",
            "Patient/7/_history",
            "",
        ] {
            let mut answer = json!({ "patient": { "reference": reference, "display": "Somebody" } });
            let is_left = make_relative(&mut answer, &named) && make_relative(&mut answer, &inside);
            assert_eq!(is_left, reference.contains("://"), "{reference}");
            let told = referred(&answer, "/patient").unwrap();
            assert!(!told.is_empty() && !is_here(&told), "{reference}: {told}");
        }
        assert_eq!(referred(&json!({ "patient": null }), "/patient"), None);
        assert_eq!(referred(&json!({}), "/patient"), None);
    }
}
