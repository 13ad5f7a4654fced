//! What the platform is asked of whoever signs in.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::super::noted;
use super::super::panics::contain_polls;
use super::Backend;
use crate::domain::clinic::{Credentials, User};
use crate::domain::sign_in::{DeviceCode, SignInOutcome, SignInProof};
use crate::platform::{Platform, RemoteError, apart};

/// Who somebody is by name and password.
pub(super) async fn by_password(
    platform: &Platform,
    credentials: Credentials,
    session: &str,
    at: Timestamp,
) -> Result<User, RemoteError> {
    match platform.sign_in.complete(&SignInProof::Password(credentials), session, at).await? {
        SignInOutcome::SignedIn(user, _) => {
            noted::signed_in(&user);
            Ok(user)
        }
        SignInOutcome::NotYet(_) => Err(RemoteError::Malformed("a password is right or wrong at once".into())),
    }
}

/// Somebody signed in: what the platform did not answer is tried now, and not when its wait is over. Where that cannot
/// be noted, it goes when it is due. Nobody waits for it: a sign-in that somebody has is to be told at once.
pub(super) fn wake_delivery(backend: &Backend, at: Timestamp, bell: &Arc<Notify>) {
    let (station, bell) = (backend.station.clone(), Arc::clone(bell));
    tokio::spawn(async move {
        match contain_polls(apart(move || station.hurry(at))).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => drop(noted::failed("hurry", error.problem(), &error)),
            Err(panic) => drop(noted::no_answer("hurry", &panic.to_string())),
        }
        bell.notify_one();
    });
}

/// Who somebody is, once their code was typed on another device.
pub(super) async fn by_code(
    platform: &Platform,
    code: Box<DeviceCode>,
    session: &str,
    at: Timestamp,
) -> Result<SignInOutcome, RemoteError> {
    let outcome = platform.sign_in.complete(&SignInProof::DeviceCode(code), session, at).await?;
    if let SignInOutcome::SignedIn(user, _) = &outcome {
        noted::signed_in(user);
    }
    Ok(outcome)
}
