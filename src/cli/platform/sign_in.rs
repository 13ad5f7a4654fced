//! What came of getting a token, and what helps.

use super::super::findings::{Finding, FindingState};
use super::keys;
use crate::config::{FhirSettings, SignInSettings};
use crate::domain::problem::with_causes;
use crate::platform::fhir::check::TokenCheck;
use crate::platform::oauth::OAuthError;

/// What helps where the rest can be looked at only with somebody's sign-in.
const SIGN_IN: &str = "Sign in to glucodock on this computer, and check again while somebody is signed in.";

/// What is found of a token, or of why there is none.
pub(super) fn found(token: Result<&TokenCheck, &OAuthError>, is_of_a_person: bool, settings: &FhirSettings) -> Finding {
    match token {
        Ok(token) => scopes(token, settings),
        Err(OAuthError::Ended) if is_of_a_person => {
            let what = "The sign-in that was kept here has ended: the server was not asked any further.";
            Finding::new("sign-in", FindingState::Warning, what, SIGN_IN)
        }
        Err(error) => failed(error, settings),
    }
}

/// Whether people can sign in by a code.
pub(super) fn codes(gives: Result<&bool, &OAuthError>, settings: &FhirSettings) -> Finding {
    match gives {
        Ok(true) => Finding::good("sign-in", "People sign in by a code that they type on another device."),
        Ok(false) => Finding::new(
            "sign-in",
            FindingState::Bad,
            "The authorization server gives out no codes for another device.",
            "Ask whoever looks after it to allow this client the device authorization grant (RFC 8628), or write \
             another sign_in into the settings.",
        ),
        Err(error) => failed(error, settings),
    }
}

/// With whose sign-in it is asked further.
pub(super) fn kept(whose: Result<&Option<String>, &OAuthError>, settings: &FhirSettings) -> Finding {
    match whose {
        Ok(Some(whose)) => {
            let what = format!("It is asked with the sign-in of {whose}, which is kept here.");
            Finding::good("sign-in", what)
        }
        Ok(None) => {
            let what = "Nobody is signed in with whose rights it could be asked any further.";
            Finding::new("sign-in", FindingState::Warning, what, SIGN_IN)
        }
        Err(error) => failed(error, settings),
    }
}

/// There is no token.
pub(super) fn failed(error: &OAuthError, settings: &FhirSettings) -> Finding {
    let said = match error {
        // Shown here and logged nowhere, as what a FHIR server says in sentences.
        OAuthError::Said { sentence, .. } if !sentence.expose().is_empty() => {
            format!(" It says: {}", sentence.expose())
        }
        _ => String::new(),
    };
    let way = settings.sign_in.name();
    let what = format!("No token is given to this computer (sign_in = {way:?}): {}.{said}", with_causes(error));
    Finding::new("sign-in", FindingState::Bad, what, remedy(error, settings))
}

/// What was granted of what is needed.
fn scopes(TokenCheck { asked, granted }: &TokenCheck, settings: &FhirSettings) -> Finding {
    if granted.are_unsaid() {
        let what = "What the token allows is not said in the way of SMART; it is tried.";
        return Finding::good("scopes", what);
    }
    let missing = granted.missing(&settings.mapping);
    if missing.is_empty() {
        return Finding::good("scopes", format!("The token allows everything that is needed ({granted})."));
    }
    // Without these patients are found all the same, and their readings delivered.
    let is_of_creating = |missing: &String| matches!(missing.as_str(), "Patient.c" | "Patient.u" | "Patient.cu");
    let state = if missing.iter().all(is_of_creating) { FindingState::Warning } else { FindingState::Bad };
    let what = format!("The token does not allow: {} (it allows {granted}).", missing.join(", "));
    let remedy = format!("Ask whoever looks after the authorization server to grant this client: {asked}");
    Finding::new("scopes", state, what, remedy)
}

/// What helps where no token is given.
pub(super) fn remedy(error: &OAuthError, settings: &FhirSettings) -> String {
    match error {
        OAuthError::Key(error) => match &settings.sign_in {
            SignInSettings::Backend { key_file, .. } => keys::remedy(error, key_file),
            _ => "Make one: glucodock platform keys --new".to_owned(),
        },
        OAuthError::NoEndpoint(_) => {
            "Write the address of the authorization server into the settings: issuer = \"https://...\".".to_owned()
        }
        OAuthError::Readable => {
            "Ask whoever looks after the server to name the authorization server with https.".to_owned()
        }
        OAuthError::Said { code, .. } => said(code.as_str(), settings),
        OAuthError::Answer { status: 429 | 503, retry_after } => {
            let wait = retry_after.map_or_else(|| "a while".to_owned(), |seconds| format!("{seconds} s"));
            format!("It has too much to do: try again in {wait}.")
        }
        OAuthError::Answer { status: 500.., .. } => {
            "It is in trouble: tell whoever looks after the authorization server.".to_owned()
        }
        OAuthError::Unreached(_) | OAuthError::Late { .. } => {
            "Look whether the authorization server can be reached from here, and whether its certificate is of an \
             authority that this computer trusts (ca_file in the settings is for it as well)."
                .to_owned()
        }
        OAuthError::Store(error) => error.remedy().unwrap_or("Try it again.").to_owned(),
        OAuthError::Ended => "Start glucodock, and sign in there.".to_owned(),
        OAuthError::Answer { .. } | OAuthError::NoJson | OAuthError::Unusable(_) => {
            "Look whether issuer in the settings is the authorization server, and not a page before it.".to_owned()
        }
    }
}

/// What helps against a code of RFC 6749 section 5.2.
fn said(code: &str, settings: &FhirSettings) -> String {
    match (code, &settings.sign_in) {
        ("invalid_client", SignInSettings::Backend { .. }) => {
            "Look whether client_id is the registered one, whether what glucodock platform keys prints is registered \
             there, and whether this computer's clock is right."
                .to_owned()
        }
        ("invalid_client", SignInSettings::Secret { file, .. }) => {
            let shown = file.display();
            format!("Look whether client_id is the registered one, and write its secret into {shown}.")
        }
        ("invalid_scope", _) => {
            "Write the scopes that are registered for this client into the settings: scopes = \"...\".".to_owned()
        }
        ("unauthorized_client" | "unsupported_grant_type", _) => {
            "Ask whoever looks after the authorization server to allow this client the grant client_credentials."
                .to_owned()
        }
        _ => "Tell whoever looks after the authorization server.".to_owned(),
    }
}
