//! Two programs on one store carry at once, as the app and `glucodock sync` do: nothing goes twice, and no reading
//! before the claim.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use glucodock::domain::clinic::Actor;
use glucodock::domain::delivery::{Outcome, Parcel};
use glucodock::domain::meter::MeterIdentity;
use glucodock::domain::patient::PatientId;
use glucodock::domain::platform_check::Ownership;
use glucodock::domain::record::{PatientRecord, Span};
use glucodock::engine::effects::{Carried, Courier, Now};
use glucodock::platform::{ClinicalRecord, RemoteError, SignsOfLife};
use glucodock::store::Store;
use jiff::SignedDuration;

use super::fhir_platform::{assign_only, is_there_once, on, ruth, wait};
use super::fhir_server::FhirServer;
use super::headless::noon;

/// Tells a time that runs an hour at each look, so that nothing is waited for.
fn hours(from: i64) -> Now {
    let hours = Mutex::new(from);
    Arc::new(move || {
        let mut hours = hours.lock().unwrap();
        *hours += 1;
        noon().checked_add(SignedDuration::from_hours(*hours)).unwrap()
    })
}

/// Carries until nothing is left; tells how many it carried.
async fn carry_all(courier: &Courier) -> usize {
    let mut carried = 0;
    loop {
        match courier.carry_one().await {
            Carried::One(_) => carried += 1,
            Carried::Nothing => return carried,
            // The other one has it; it goes on meanwhile.
            Carried::ByAnother | Carried::NothingBefore(_) => tokio::task::yield_now().await,
            Carried::NotKept(problem) => panic!("the outbox is not read: {problem:?}"),
        }
    }
}

/// The platform of people who sign in there: nothing goes without anybody.
struct OfPeople {
    there: Arc<dyn ClinicalRecord>,
    is_somebody: AtomicBool,
}

#[async_trait]
impl ClinicalRecord for OfPeople {
    async fn owner(&self, actor: &Actor, meter: &MeterIdentity) -> Result<Ownership, RemoteError> {
        self.there.owner(actor, meter).await
    }

    async fn readings(&self, actor: &Actor, id: &PatientId, span: Span) -> Result<PatientRecord, RemoteError> {
        self.there.readings(actor, id, span).await
    }

    async fn deliver(&self, parcel: &Parcel, signs: &SignsOfLife) -> Outcome {
        self.there.deliver(parcel, signs).await
    }

    async fn waits_for_sign_in(&self) -> bool {
        !self.is_somebody.load(Ordering::SeqCst)
    }
}

/// Without anybody nothing is tried, so that nothing is put off, either: whoever signs in has it delivered at once.
#[test]
fn nothing_is_tried_before_somebody_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    assign_only(folder.path(), &server);
    let mut backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let there = Arc::clone(&backend.platform.record);
    let of_people = Arc::new(OfPeople { there, is_somebody: AtomicBool::new(false) });
    backend.platform.record = Arc::clone(&of_people) as _;
    let undelivered = || Store::open(folder.path()).unwrap().undelivered().unwrap();
    let before = undelivered();
    let courier = Courier::new(backend, hours(48));
    assert_eq!(wait(courier.carry_one()), Carried::Nothing);
    assert_eq!(undelivered(), before);
    of_people.is_somebody.store(true, Ordering::SeqCst);
    assert_eq!(wait(carry_all(&courier)), before.len());
    is_there_once(folder.path(), &server);
}

#[test]
fn two_who_carry_at_once_deliver_each_item_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    assign_only(folder.path(), &server);
    let before = Store::open(folder.path()).unwrap().undelivered().unwrap();
    assert_eq!(before.len(), 2);
    let courier = || Courier::new(on(&server.server.base, Store::open(folder.path()).unwrap()), hours(48));
    let (app, sync) = (courier(), courier());
    let (by_app, by_sync) = wait(async { tokio::join!(carry_all(&app), carry_all(&sync)) });
    assert_eq!(by_app + by_sync, before.len(), "{by_app} and {by_sync}");
    is_there_once(folder.path(), &server);
    assert_eq!(server.all("DeviceUseStatement").len(), 1);
    let store = Store::open(folder.path()).unwrap();
    for item in before {
        let now = store.delivery(&item.key).unwrap().unwrap();
        assert_eq!(now.attempts, item.attempts + 1, "{now:?}");
    }
}
